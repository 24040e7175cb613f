#!/bin/bash
# SPDX-License-Identifier: MIT
# kmscube: OpenGL by Mesa's software rasterizer, into buffers of the adapter.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)
middle=$((${size%x*} / 2)),$((${size#*x} / 2))

start cube kmscube -D /dev/dri/card0
cube=$started
# Grey, and the cube in front of it, which turns but never shows grey.
shows() {
	sees --near 1 cube "$size" 0,0=808080 -1,-1=808080 "$middle!=808080" \
		"$middle!=000000" && running $cube
}
check cube shows
turns() {
	cp "/out/$case_name-cube.ppm" "/out/$case_name-before.ppm"
	within 20 eval 'sees --seconds 0 turned "$size" &&
		! cmp -s /out/$case_name-before.ppm /out/$case_name-turned.ppm' &&
		running $cube
}
check turns turns
check_refusal
check ends stop
tap_exit
