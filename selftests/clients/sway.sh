#!/bin/bash
# SPDX-License-Identifier: MIT
# sway on two virtual displays, each an adapter of its own: what is rendered for the
# second is copied from buffers of the first. Screens are plugged out, in, and exchanged,
# and the last adapter but one is taken away.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
needs_copies
mount_configfs || exit 1
left=336699 right=993366 window=cc3300

check made make_two
left_output=$(connector "$(card left)")
right_output=$(connector "$(card right)")
check seatd start_seatd
cat >"$VIDMEM_CLIENTS/tmp/sway.conf" <<END
xwayland disable
default_border none
output $left_output bg #$left solid_color
output $right_output bg #$right solid_color
for_window [app_id="left"] floating enable, move container to output $left_output, move position center
for_window [app_id="right"] floating enable, move container to output $right_output, move position center
END
starts() {
	start_sway "/dev/dri/$(card left):/dev/dri/$(card right)" &&
		start_window $window --app-id=left &&
		start_window $window --app-id=right
}
check sway starts
both_show() {
	shows left window 1280x720 "0,0=$left" "-1,-1=$left" "box:$window_size=$window" &&
		shows right window 1600x900 "0,0=$right" "-1,-1=$right" \
			"box:$window_size=$window"
}
check both both_show

# What wlr-randr says of an output: lines from its name to the next one's.
randr() {
	in_tree wlr-randr | awk -v output="$1" '
		/^[^ ]/ { wanted = $1 == output }
		wanted'
}
says() {
	randr "$1" >"$tap_log.randr"
	cat "$tap_log.randr"
	grep -q "$2" "$tap_log.randr"
}
modes_and_names() {
	says "$left_output" '^[^ ]* "<Unknown> <Unknown> ' &&
		says "$left_output" '^ *1280x720 px, 59.97.*(preferred, current)' &&
		says "$right_output" '^[^ ]* ".*Right screen ' &&
		says "$right_output" '^ *Physical size: 600x340 mm' &&
		says "$right_output" '^ *1600x900 px, 60.00.*(preferred, current)'
}
check modes_and_names modes_and_names

not_there() { [ -n "$(randr "$2")" ] && [ -z "$(randr "$1")" ]; }
unplugged() {
	"$VIDMEMCTL" unplug right &&
		within 20 not_there "$right_output" "$left_output" &&
		within 20 off right && running "$server"
}
check unplugged unplugged
plugged() {
	"$VIDMEMCTL" plug right && within 20 says "$right_output" current &&
		shows right plugged 1600x900 "0,0=$right" "-1,-1=$right" &&
		running "$server"
}
check plugged plugged
# Another screen has another name.
another() {
	python3 ../edid.py "Left screen" >/out/left.edid
	"$VIDMEMCTL" unplug left &&
		within 20 not_there "$left_output" "$right_output" &&
		"$VIDMEMCTL" edid left /out/left.edid &&
		"$VIDMEMCTL" plug left && within 20 says "$left_output" current &&
		says "$left_output" '".*Left screen ' &&
		shows left another 1600x900 "0,0=$left" "-1,-1=$left" &&
		running "$server"
}
check another_name another
gone() {
	"$VIDMEMCTL" remove right &&
		within 20 not_there "$right_output" "$left_output" &&
		running "$server" && shows left alone 1600x900 "0,0=$left"
}
check adapter_gone gone
check ends stop
check removed "$VIDMEMCTL" remove left
busybox chvt 1
tap_exit
