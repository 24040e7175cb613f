#!/bin/bash
# SPDX-License-Identifier: MIT
# GStreamer's kmssink, as panels and kiosks play films: it sets the mode that the film
# has; and on the overlay, where there is one, with the console below.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

# film WIDTH HEIGHT PROPERTY...: colored bars without an end.
film() {
	start film gst-launch-1.0 videotestsrc pattern=smpte100 ! \
		"video/x-raw,width=$1,height=$2,framerate=5/1" ! videoconvert ! \
		kmssink "driver-name=$module" "${@:3}"
	film=$started
}

film 640 480 force-modesetting=true
plays() {
	sees --near 8 mode 640x480 45,100=ffffff 137,100=ffff00 228,100=00ffff \
		320,100=00ff00 411,100=ff00ff 502,100=ff0000 594,100=0000ff &&
		running $film
}
check mode plays
check_refusal
check ends stop

overlay=$(planes | awk '$2 == 0 { print $1; exit }')
if [ -n "$overlay" ]; then
	# In the middle of the screen, as large as it is.
	film 320 240 "plane-id=$overlay"
	x=$(((${size%x*} - 320) / 2)) y=$(((${size#*x} - 240) / 2))
	over() {
		sees --near 8 overlay "$size" "$((x + 22)),$((y + 50))=ffffff" \
			"$((x + 297)),$((y + 50))=0000ff" \
			"$((x - 1)),$y=000000" "$((x + 320)),$y=000000" &&
			running $film
	}
	check overlay over
	check overlay_ends stop
fi
tap_exit
