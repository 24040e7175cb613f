#!/bin/bash
# SPDX-License-Identifier: MIT
# ffmpeg's kmsgrab takes what is on display by GETFB2 and PRIME, from a client and
# from the console.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

# The same as what is seen from outside.
grab() {
	log=/out/$case_name-$1.log
	in_tree ffmpeg -v error -y -nostdin -device /dev/dri/card0 -f kmsgrab \
		-i - -vf hwdownload,format=bgr0 -frames:v 1 -pix_fmt rgb24 \
		"/out/$case_name-$1-grab.ppm" >"$log" 2>&1 || { cat "$log"; return 1; }
	sees "$1" "$size" "same:/out/$case_name-$1-grab.ppm"
}

write_console "$console_text"
of_console() {
	sees before "$size" "text:$console_text" && grab console
}
check console of_console

python3 ../vm/testcard.py /out/capture.png ${size%x*} ${size#*x}
pngtopnm /out/capture.png >/out/capture.ppm
start mpv mpv --no-config --vo=drm --drm-device=/dev/dri/card0 --no-audio \
	--image-display-duration=inf --osd-level=0 /out/capture.png
mpv=$started
of_client() {
	sees card same:/out/capture.ppm && grab client && running $mpv
}
check client of_client
check ends stop
tap_exit
