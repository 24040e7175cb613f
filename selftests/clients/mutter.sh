#!/bin/bash
# SPDX-License-Identifier: MIT
# mutter, the compositor of GNOME, with a window.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
window=cc3300
size=$(console_size)

check logind start_logind
in_tree glib-compile-schemas /usr/share/glib-2.0/schemas
start_session mutter mutter --wayland --display-server --no-x11
shows() {
	comes_up $server has_wayland || return 1
	start_window $window
	# Drawing by OpenGL rounds colors.
	sees --near 2 window "$size" "box:$window_size=$window" && running $server
}
check window shows
check_refusal
check ends stop
busybox chvt 1
tap_exit
