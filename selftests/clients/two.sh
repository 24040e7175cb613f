#!/bin/bash
# SPDX-License-Identifier: MIT
# Two virtual displays, each an adapter of its own: under two Westons, one for each, and
# as two screens of Xorg. One of them is plugged out and in meanwhile.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
mount_configfs || exit 1
left=336699 right=993366 window=cc3300

check made make_two
left_output=$(connector "$(card left)")
right_output=$(connector "$(card right)")

# The second has a seat of its own, without a terminal, but with the mouse: foot has no
# window where there is no input.
rule=/run/udev/rules.d/72-two.rules
mkdir -p "$(dirname $rule)"
reload() {
	in_tree udevadm control --reload && in_tree udevadm trigger --action=change &&
		in_tree udevadm settle
}
seat() {
	cat >$rule <<-END
	SUBSYSTEM=="drm", KERNEL=="$(card right)", ENV{ID_SEAT}="seat-right"
	KERNEL=="event*", ENV{ID_INPUT_MOUSE}=="1", ENV{ID_SEAT}="seat-right"
	END
	reload && in_tree udevadm info -q property "/dev/dri/$(card right)" |
		grep '^ID_SEAT=seat-right'
}
check seat seat
weston_on() {
	runtime=/run/$1
	mkdir -p -m 700 "$runtime"
	in_tree_env=
	weston_ini "$1" "$2"
	start_weston "$1" --drm-device="$(card "$1")" ${3:+"$3"}
	comes_up "$server" has_wayland && start_window $window
}
check weston_left weston_on left $left $(weston_vt)
left_server=$server
check weston_right weston_on right $right --seat=seat-right
right_server=$server
westons_run() { running "$left_server" && running "$right_server"; }
westons_show() {
	shows left "$1" 1280x720 "0,0=$left" "-1,-1=$left" "box:$window_size=$window" &&
		shows right "$1" 1600x900 "0,0=$right" "-1,-1=$right" \
			"box:$window_size=$window"
}
check weston_both westons_show weston
weston_unplugged() {
	"$VIDMEMCTL" unplug right && within 20 off right && westons_run &&
		shows left weston-alone 1280x720 "box:$window_size=$window"
}
check weston_unplugged weston_unplugged
weston_plugged() {
	"$VIDMEMCTL" plug right && westons_show weston-plugged && westons_run
}
check weston_plugged weston_plugged
check weston_ends stop
rm $rule
reload
busybox chvt 1

# Two screens, which is what Xorg can do here: see sinks() below.
runtime=/run/user
{
	cat <<-END
	Section "ServerFlags"
		Option "AutoAddGPU" "false"
	EndSection
	Section "ServerLayout"
		Identifier "both"
		Screen 0 "left"
		Screen 1 "right" RightOf "left"
	EndSection
	END
	for display in left right; do
		cat <<-END
		Section "Device"
			Identifier "$display"
			Driver "modesetting"
			Option "kmsdev" "/dev/dri/$(card $display)"
		EndSection
		Section "Screen"
			Identifier "$display"
			Device "$display"
		EndSection
		END
	done
} >"$VIDMEM_CLIENTS/tmp/xorg.conf"
start server Xorg :0 vt2 -noreset -nolisten tcp -logverbose 3 \
	-config /tmp/xorg.conf -logfile "/out/$case_name-Xorg.log"
server=$started
check xorg comes_up "$server" test -S "$VIDMEM_CLIENTS/tmp/.X11-unix/X0"
# on DISPLAY COMMAND...
on() {
	case $1 in
	left) in_tree_env=DISPLAY=:0.0 ;;
	right) in_tree_env=DISPLAY=:0.1 ;;
	esac
	shift
	"$@"
}
xorg_windows() {
	on left in_tree xset s off &&
		on left in_tree xsetroot -solid "#$left" &&
		on right in_tree xsetroot -solid "#$right" || return
	for display in left right; do
		on $display start xterm-$display xterm -fn 6x13 \
			-geometry 40x10+100+100 -bg "#$window" -fg "#$window" \
			-cr "#$window" -bw 0 -b 0 +sb -e sleep 1000
	done
	shows left xorg 1280x720 "0,0=$left" "-1,-1=$left" "box:240x130=$window" &&
		shows right xorg 1600x900 "0,0=$right" "-1,-1=$right" \
			"box:240x130=$window"
}
check xorg_both xorg_windows
# The EDID's bytes are a property, in lines of 16.
xorg_edid() {
	on "$1" in_tree xrandr --props |
		sed -n 's/^\t*\([0-9a-f]\{32\}\)$/\1/p' | tr -d '\n'
}
# says DISPLAY PATTERN: xrandr, in a line.
says() {
	on "$1" in_tree xrandr >"$tap_log.xrandr"
	cat "$tap_log.xrandr"
	grep -q "$2" "$tap_log.xrandr"
}
xorg_outputs() {
	says left "^$left_output connected .*1280x720+0+0.* 0mm x 0mm" &&
		says left '^ *1280x720 .*59.97\*+' &&
		[ -z "$(xorg_edid left)" ] &&
		says right "^$right_output connected .*1600x900+0+0.* 600mm x 340mm" &&
		says right '^ *1600x900 .*60.00\*+' &&
		[ "$(xorg_edid right)" = "$(od -An -tx1 -v /out/right.edid | tr -d ' \n')" ] &&
		grep "Monitor name: Right screen" "/out/$case_name-Xorg.log"
}
check xorg_outputs xorg_outputs
# Each could show what another one renders, but nobody renders: that takes glamor, which
# refuses to work in software.
sinks() {
	for display in left right; do
		on $display in_tree xrandr --listproviders |
			grep "cap: 0x2, Sink Output crtcs: 1 outputs: 1" || return
	done
}
check xorg_sinks sinks
xorg_unplugged() {
	"$VIDMEMCTL" unplug right && within 20 says right "^$right_output disconnected " &&
		on right in_tree xrandr --output "$right_output" --off &&
		within 20 off right &&
		says left "^$left_output connected " && running "$server"
}
check xorg_unplugged xorg_unplugged
xorg_plugged() {
	"$VIDMEMCTL" plug right && within 20 says right "^$right_output connected " &&
		on right in_tree xrandr --output "$right_output" --auto &&
		on right in_tree xsetroot -solid "#$right" &&
		shows right xorg-plugged 1600x900 "0,0=$right" "-1,-1=$right" \
			"box:240x130=$window" && running "$server"
}
check xorg_plugged xorg_plugged
check xorg_ends stop

check removed remove_two
busybox chvt 1
tap_exit
