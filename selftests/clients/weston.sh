#!/bin/bash
# SPDX-License-Identifier: MIT
# Weston with a window, at 1920x1080, which a VGA of 16 MiB has memory for, if not
# for much beside it.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
root=336699
output=$(basename /sys/class/drm/card0-* | sed 's/card0-//')

weston_ini server $root
cat >>"$VIDMEM_CLIENTS/tmp/server.ini" <<END
[output]
name=$output
mode=1920x1080
END
start_weston server $(weston_vt)
check window sees_window cc3300 window 1920x1080 "0,0=$root" "-1,-1=$root"
check_refusal
check ends stop
# It leaves that to who started it.
busybox chvt 1
tap_exit
