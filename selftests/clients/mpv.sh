#!/bin/bash
# SPDX-License-Identifier: MIT
# mpv --vo=drm with a film of two pictures, one red and one blue.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

ppmmake red ${size%x*} ${size#*x} | pnmtopng -force >/out/mpv-1.png 2>/dev/null
ppmmake blue ${size%x*} ${size#*x} | pnmtopng -force >/out/mpv-2.png 2>/dev/null
start mpv mpv --no-config --vo=drm --drm-device=/dev/dri/card0 --no-audio \
	--mf-fps=0.2 --loop-file=inf --osd-level=0 'mf:///out/mpv-?.png'
mpv=$started
shows() {
	sees --near 3 red "$size" 0,0=ff0000 -1,-1=ff0000 &&
		sees --near 3 blue "$size" 0,0=0000ff -1,-1=0000ff &&
		running $mpv
}
check film shows
check_refusal
check ends stop
tap_exit
