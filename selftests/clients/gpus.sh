#!/bin/bash
# SPDX-License-Identifier: MIT
# Two GPUs and one desktop, sway: vkms renders what our display shows, which imports its
# buffers for that.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
needs_copies
ours=336699 window=cc3300

# sway_on RENDERS SHOWS COLOR: two cards, and the background of the latter. It goes on
# without one that it cannot use, but not with its output.
sway_on() {
	cat >"$VIDMEM_CLIENTS/tmp/sway.conf" <<-END
	xwayland disable
	default_border none
	output $(connector "$1") bg #000000 solid_color
	output $(connector "$2") bg #$3 solid_color
	for_window [app_id="foot"] floating enable, move container to output $(connector "$2"), move position center
	END
	in_tree udevadm settle
	start_sway "/dev/dri/$1:/dev/dri/$2" && start_window $window &&
		within 20 has_output "$1" && within 20 has_output "$2"
}
has_output() { in_tree wlr-randr | grep "^$(connector "$1") "; }

# Our display may be one that QEMU shows.
ours_card=$(basename "$VIDMEM_DEVICE")
vkms=
load_vkms() {
	before=$(ls /dev/dri)
	if [ -n "$VIDMEM_VKMS" ]; then
		modprobe -d "$VIDMEM_KERNEL" -a \
			$(modinfo -F depends "$VIDMEM_VKMS" | tr , ' ') &&
			insmod "$VIDMEM_VKMS"
	else
		modprobe -d "$VIDMEM_KERNEL" vkms
	fi || return
	in_tree udevadm settle
	vkms=$(ls /dev/dri | grep '^card' | grep -vxF "$before")
	[ -n "$vkms" ]
}
check vkms load_vkms
check seatd start_seatd
renders_vkms() {
	sway_on "$vkms" "$ours_card" $ours || return
	sees vkms "0,0=$ours" "-1,-1=$ours" "box:$window_size=$window" &&
		running "$server"
}
check vkms_renders renders_vkms
check_refusal
check ends stop
busybox chvt 1
check vkms_removed rmmod vkms
tap_exit
