#!/bin/bash
# SPDX-License-Identifier: MIT
# Weston with a window, at 1920x1080, which a VGA of 16 MiB has memory for, if not
# for much beside it.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
root=336699 window=cc3300
output=$(basename /sys/class/drm/card0-* | sed 's/card0-//')

cat >"$VIDMEM_CLIENTS/tmp/weston.ini" <<END
[core]
idle-time=0
[shell]
background-color=0xff$root
panel-position=none
locking=false
[output]
name=$output
mode=1920x1080
END
start server weston --backend=drm-backend.so --use-pixman --tty=2 \
	--config=/tmp/weston.ini
server=$started
shows() {
	comes_up $server has_wayland || return 1
	start foot foot -w 400x300 -o colors.background=$window \
		-o cursor.color="$window $window" -o csd.preferred=none \
		sleep 1000
	sees window 1920x1080 "0,0=$root" "-1,-1=$root" "box:400x300=$window" &&
		running $server
}
check window shows
check_refusal
check ends stop
# It leaves that to who started it.
busybox chvt 1
tap_exit
