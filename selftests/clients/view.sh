#!/bin/bash
# SPDX-License-Identifier: MIT
# A view of video memory lives through switches of the virtual terminal, with and
# without the display; vidmemctl show gives the display back to the console.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
[ "$VIDMEM_DRIVER" = vidmem ] || skip_all "only vidmem has views"
size=$(console_size)

python3 view.py >/out/view.log 2>&1 </dev/null &
view=$!
log=/out/view.log
view_up() {
	within 30 grep -q ready /out/view.log && running $view
}
check view view_up

switches() {
	write_console first tty1
	write_console second tty2
	for _ in 1 2 3; do
		busybox chvt 2 && sees second "$size" text:second || return 1
		busybox chvt 1 && sees first "$size" text:first || return 1
	done
	running $view
}
check switches switches

# One that has the display keeps it: the console comes back when it ends.
python3 ../vm/testcard.py /out/view.png ${size%x*} ${size#*x}
pngtopnm /out/view.png >/out/view.ppm
"$VIDMEMCTL" -d "$VIDMEM_DEVICE" -m "$size" show /out/view.png \
	>/out/view-show.log 2>&1 </dev/null &
show=$!
shows() {
	log=/out/view-show.log
	sees show same:/out/view.ppm && running $show
}
check show shows
switches_below() {
	log=/out/view-show.log
	busybox chvt 2
	sleep 1
	sees below same:/out/view.ppm && busybox chvt 1 &&
		sees below same:/out/view.ppm && running $show
}
check switches_below_show switches_below
check_refusal
show_ends() {
	kill -TERM $show
	wait $show || return 1
	write_console "$console_text"
	sees after "$size" "text:$console_text"
}
check show_ends show_ends

# Says whether it still has what it had written.
unchanged() {
	kill -TERM $view
	wait $view
	status=$?
	cat /out/view.log
	return $status
}
check view_unchanged unchanged
tap_exit
