#!/bin/bash
# SPDX-License-Identifier: MIT
# KWin, the compositor of KDE Plasma, with a window.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
window=cc3300
size=$(console_size)

check logind start_logind
# It draws in a thread that goes before all others, which on a slow machine is too much.
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
start_session kwin kwin_wayland --drm --no-lockscreen --no-global-shortcuts
shows() {
	comes_up $server has_wayland || return 1
	start_window $window
	# Drawing by OpenGL rounds colors.
	sees --near 2 window "$size" "0,0=000000" "box:$window_size=$window" &&
		running $server
}
check window shows
check_refusal
check ends stop
busybox chvt 1
tap_exit
