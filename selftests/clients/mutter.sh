#!/bin/bash
# SPDX-License-Identifier: MIT
# mutter, the compositor of GNOME, with a window.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

check logind start_logind
in_tree glib-compile-schemas /usr/share/glib-2.0/schemas
start_session mutter mutter --wayland --display-server --no-x11
# Drawing by OpenGL rounds colors.
check window sees_window cc3300 --near 2 window "$size"
check_refusal
check ends stop
busybox chvt 1
tap_exit
