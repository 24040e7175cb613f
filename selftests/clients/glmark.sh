#!/bin/bash
# SPDX-License-Identifier: MIT
# glmark2: OpenGL with alpha in its frame buffers, in the largest mode of the list.

cd "$(dirname "$0")" || exit 1
. ./lib.sh

start glmark env $no_avx glmark2-es2-drm -b build:duration=1000
glmark=$started
# A horse of light pixels in the middle of black.
shows() {
	size=$(sed -n 's/.*Surface Size: *\([0-9x]*\).*/\1/p' "$log") &&
		[ -n "$size" ] &&
		sees --near 3 horse "$size" 0,0=000000 -1,-1=000000 \
			"$((${size%x*} / 2)),$((${size#*x} / 2))!=000000" &&
		running $glmark
}
check shows within 100 shows
check_refusal
check ends stop
tap_exit
