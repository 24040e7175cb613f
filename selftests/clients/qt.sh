#!/bin/bash
# SPDX-License-Identifier: MIT
# Qt without a desktop, as in panels: on /dev/fb0, on dumb buffers, and by OpenGL in
# Mesa's software rasterizer.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)
program=/usr/lib/x86_64-linux-gnu/qt5/examples/widgets/widgets/digitalclock/digitalclock
# A clock in the middle of that color.
echo '* { background: #30a050; border: none }' >"$VIDMEM_CLIENTS/tmp/qt.qss"

# qt NAME VARIABLE...: the terminal keeps its mode, which nobody would set again.
qt() {
	start "$1" env QT_QPA_ENABLE_TERMINAL_KEYBOARD=1 $no_avx "${@:2}" \
		$program -stylesheet /tmp/qt.qss
	qt=$started
}
shows() {
	sees --near 2 "$1" "$size" 100,40=30a050 -1,-1=30a050 0,-1=30a050 -1,0=30a050 &&
		running $qt
}

qt fb QT_QPA_PLATFORM=linuxfb:nographicsmodeswitch
check fb shows fb
check fb_ends stop
qt dumb QT_QPA_PLATFORM=linuxfb QT_QPA_FB_DRM=1
check dumb shows dumb
check_refusal
check dumb_ends stop
qt opengl QT_QPA_PLATFORM=eglfs QT_QPA_EGLFS_INTEGRATION=eglfs_kms
check opengl shows opengl
check opengl_ends stop
tap_exit
