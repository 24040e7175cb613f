#!/bin/bash
# SPDX-License-Identifier: MIT
# Xorg with a window, xrandr through every mode and back, DPMS, and the console
# in between.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)
root=336699 window=cc3300

start server Xorg :0 vt2 -noreset -nolisten tcp -logverbose 3 \
	-logfile "/out/$case_name-Xorg.log"
server=$started

check starts comes_up $server test -S "$VIDMEM_CLIENTS/tmp/.X11-unix/X0"
in_tree_env=DISPLAY=:0

# A solid background, and a window of known place and size in front of it: in
# xterm's font a character has 6x13.
shows() {
	in_tree xset s off || return 1
	in_tree xsetroot -solid "#$root" || return 1
	start xterm xterm -fn 6x13 -geometry 40x10+100+100 -bg "#$window" \
		-fg "#$window" -cr "#$window" -bw 0 -b 0 +sb -e sleep 1000
	sees window "$size" "0,0=$root" "-1,-1=$root" "box:240x130=$window" \
		"100,100=$window" "99,99=$root" "339,229=$window" "340,230=$root"
}
check window shows

check_refusal

# Another terminal has the display in between.
switch() {
	write_console "$console_text"
	busybox chvt 1 && sees console "text:$console_text" &&
		busybox chvt 2 && sees back "$size" "0,0=$root" \
			"box:240x130=$window"
}
check switch switch

current_mode() {
	in_tree xrandr | sed -n 's/.* connected.* \([0-9]*x[0-9]*\)+0+0.*/\1/p'
}
modes=$(in_tree xrandr | awk '$1 ~ /^[0-9]+x[0-9]+$/ { print $1 }' | sort -u -V)
output=$(in_tree xrandr | awk '$2 == "connected" { print $1; exit }')

# Drawn again in each: the server forgets the background now and then.
every_mode() {
	echo "$output: $(echo $modes)"
	[ "$(echo "$modes" | wc -l)" -gt 5 ] || return 1
	for mode in $modes $size; do
		in_tree xrandr --output "$output" --mode "$mode" || return 1
		[ "$(current_mode)" = "$mode" ] || return 1
		in_tree xsetroot -solid "#$root" || return 1
		sees "mode-$mode" "$mode" "0,0=$root" "-1,-1=$root" \
			"120,110=$window" || return 1
	done
}
check every_mode every_mode
# Also where one of them failed.
in_tree xrandr --output "$output" --mode "$size" >/dev/null 2>&1

# What a monitor would be told. bochs-display cannot turn dark, VGA can.
active() {
	grep -q "active=$1" /sys/kernel/debug/dri/0/state
}
dpms() {
	in_tree xset dpms force off
	within 10 active 0 || { echo "not off"; return 1; }
	if [ "${VIDMEM_KIND%-64}" = VGA ]; then
		sees off "0,0=000000" "-1,-1=000000" "120,110=000000" || return 1
	fi
	in_tree xset dpms force on
	within 10 active 1 || { echo "not on"; return 1; }
	sees on "$size" "0,0=$root" "box:240x130=$window" && return
	in_tree ffmpeg -v error -f x11grab -i :0 -frames:v 1 /out/xorg-grab.png
	return 1
}
check dpms dpms

check ends stop
tap_exit
