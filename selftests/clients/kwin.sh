#!/bin/bash
# SPDX-License-Identifier: MIT
# KWin, the compositor of KDE Plasma, with a window.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

check logind start_logind
# It draws in a thread that goes before all others, which on a slow machine is too much.
realtime=/proc/sys/kernel/sched_rt_runtime_us
limit=$(cat $realtime)
echo -1 >$realtime
start_session kwin kwin_wayland --drm --no-lockscreen --no-global-shortcuts
# Drawing by OpenGL rounds colors.
check window sees_window cc3300 --near 2 window "$size" "0,0=000000"
check_refusal
check ends stop
echo "$limit" >$realtime
busybox chvt 1
tap_exit
