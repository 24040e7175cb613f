#!/bin/bash
# SPDX-License-Identifier: MIT
# fbi shows a picture through the frame buffer device, pixel for pixel.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)
python3 ../vm/testcard.py /out/fbi.png ${size%x*} ${size#*x}
pngtopnm /out/fbi.png >/out/fbi.ppm

# It ends with its input.
mkfifo "$tap_log.in"
exec 4<>"$tap_log.in"
log=/out/$case_name-fbi.log
exec_in_tree fbi -T 1 -d /dev/fb0 --noverbose /out/fbi.png \
	<"$tap_log.in" >"$log" 2>&1 &
# The one that goes on is a child of it.
wait $!
client_pids=$(tree_processes | sed -n 's/ fbi$//p')
shows() {
	sees picture same:/out/fbi.ppm && running "$client_pids"
}
check picture shows
check ends stop
rm "$tap_log.in"
tap_exit
