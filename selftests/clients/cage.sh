#!/bin/bash
# SPDX-License-Identifier: MIT
# cage, a compositor on wlroots, with a window that fills the display, and grim,
# which takes a picture by the compositor.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
window=cc3300
size=$(console_size)

check seatd start_seatd
start cage chroot --userspec=nobody:nogroup / env WLR_RENDERER=pixman \
	WLR_DRM_DEVICES=/dev/dri/card0 WLR_LIBINPUT_NO_DEVICES=1 \
	cage -- foot -o csd.preferred=none -o colors.background=$window \
	-o cursor.color="$window $window" sleep 1000
server=$started
starts() {
	comes_up $server has_wayland &&
		sees window "$size" "0,0=$window" "-1,-1=$window" \
			"60,200,100x100=$window"
}
check window starts
check_refusal

# What the compositor says it shows is what is on the display, pointer included.
grims() {
	in_tree grim -c -t ppm "/out/$case_name-grim.ppm" || return 1
	sees compared "same:/out/$case_name-grim.ppm"
}
check grim grims

check still_there running $server
check ends stop
tap_exit
