#!/bin/bash
# SPDX-License-Identifier: MIT
# The kernel's console: text, colors, another virtual terminal, and 16 bits where
# the driver offers them.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)

text() {
	write_console "$console_text"
	sees text "$size" "text:$console_text" 0,-1=000000
}
check text text

# The colors of the console, as blanks, in the first cells of the third line.
colors() {
	printf '\033c\033[?25l\n\n\033[41m  \033[42m  \033[44m  \033[47m  \033[0m' >/dev/tty1
	sees colors "$size" 0,32,16x16=aa0000 16,32,16x16=00aa00 \
		32,32,16x16=0000aa 48,32,16x16=aaaaaa 64,32,16x16=000000
}
check colors colors

# More lines than there are.
scroll() {
	printf '\033c\033[?25l' >/dev/tty1
	seq -f 'line %g' 300 >/dev/tty1
	printf 'last line' >/dev/tty1
	sees scroll "$size" "text:last line" "text:line 300"
}
check scroll scroll

switch() {
	write_console first tty1
	write_console second tty2
	busybox chvt 2 && sees second "$size" text:second &&
		busybox chvt 1 && sees first "$size" text:first
}
check switch switch

# Either the driver says no, or the console goes on in 16 bits.
fbset_16() {
	in_tree fbset -fb /dev/fb0 -depth 16
	in_tree fbset -fb /dev/fb0 | grep geometry
	write_console "$console_text"
	sees fbset-16 "$size" "text:$console_text"
	status=$?
	in_tree fbset -fb /dev/fb0 -depth 32
	return $status
}
check fbset_16 fbset_16

# A picture of noise comes out as it is, by the frame buffer device.
noise() {
	write_console ""
	python3 - "$size" <<-END
	import os, sys
	width, height = map(int, sys.argv[1].split("x"))
	data = os.urandom(width * height * 4)
	stride = int(open("/sys/class/graphics/fb0/stride").read())
	# In one go: 6.1 forgets to show a write of just one line.
	with open("/dev/fb0", "wb", buffering=0) as fb:
	    fb.write(b"".join(data[y * width * 4:(y + 1) * width * 4].ljust(stride)
	                      for y in range(height)))
	rgb = bytearray(width * height * 3)
	for part in range(3):
	    rgb[part::3] = data[2 - part::4]
	with open("/out/noise.ppm", "wb") as file:
	    file.write(b"P6\n%d %d\n255\n" % (width, height) + rgb)
	END
	sees noise "$size" same:/out/noise.ppm
}
check frame_buffer noise

tap_exit
