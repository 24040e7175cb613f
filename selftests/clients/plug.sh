#!/bin/bash
# SPDX-License-Identifier: MIT
# Displays that come, change and go while the machine runs: made by systemd, known to
# udev, and plugged in and out under Weston.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
mount_configfs || exit 1
folders=/sys/kernel/config/vidmem
root=336699

# What systemd does at boot with what Documentation/adapters.rst has in a file.
cat >"$VIDMEM_CLIENTS/tmp/vidmem.conf" <<END
d /sys/kernel/config/vidmem/left
w /sys/kernel/config/vidmem/left/mode - - - - 1280x720@60
w /sys/kernel/config/vidmem/left/desktop - - - - 1
w /sys/kernel/config/vidmem/left/enabled - - - - 1
END
by_tmpfiles() {
	in_tree systemd-tmpfiles --create /tmp/vidmem.conf &&
		[ -e "/dev/dri/$(card left)" ]
}
check tmpfiles by_tmpfiles

# The rule gives what is not for desktops a seat of its own, and leaves others alone.
mkdir -p /run/udev/rules.d
cp ../../tools/72-vidmem.rules /run/udev/rules.d
in_tree udevadm control --reload
seat() {
	in_tree udevadm settle
	in_tree udevadm info -q property "/dev/dri/$(card "$1")" |
		sed -n 's/^ID_SEAT=//p'
}
seats() {
	"$VIDMEMCTL" add hidden && [ "$(seat hidden)" = seat-vidmem ] &&
		"$VIDMEMCTL" add shown --desktop && [ -z "$(seat shown)" ]
}
check seats seats
rm /run/udev/rules.d/72-vidmem.rules
in_tree udevadm control --reload
check removed eval '"$VIDMEMCTL" remove hidden && "$VIDMEMCTL" remove shown'

# Of this display alone, as vidmemctl has it: there is no other look at it.
export VIDMEM_DEVICE=/dev/dri/$(card left)
unset VIDMEM_SCREEN

weston_ini server $root
start_weston server $(weston_vt) --drm-device="$(card left)"
check weston sees_window cc3300 window 1280x720 "0,0=$root" "-1,-1=$root"
unplugged() {
	"$VIDMEMCTL" unplug left && within 20 off left && running $server
}
check weston_unplugged unplugged
plugged() {
	"$VIDMEMCTL" plug left || return
	within 20 sees plugged 1280x720 "0,0=$root" "-1,-1=$root" && running $server
}
check weston_plugged plugged
# Another screen: out with the one, in with the other.
another() {
	"$VIDMEMCTL" unplug left && within 20 off left &&
		echo 1024x600 >"$folders/left/mode" && "$VIDMEMCTL" plug left &&
		within 20 sees another 1024x600 "0,0=$root" "-1,-1=$root" &&
		running $server
}
check weston_another another
gone() {
	card=$(card left)
	"$VIDMEMCTL" remove left && [ ! -e "/dev/dri/$card" ]
}
check weston_adapter_gone gone
check weston_ends stop
busybox chvt 1
tap_exit
