#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Loading and removing the module, its parameters, and who gets which adapter.
# Takes the adapters away from everybody, so it runs only where it is told which
# module to load: in the virtual machine, which has one PCI adapter for it.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
. ./modules.sh
module=$VIDMEM_MODULE
[ -n "$module" ] || skip_all "VIDMEM_MODULE does not name the module to load"
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
pci=$(grep -l 0x1111 /sys/bus/pci/devices/*/device | head -n 1)
pci=$(basename "$(dirname "$pci")")

loaded() { grep -q '^vidmem ' /proc/modules; }
driver() { basename "$(readlink "/sys/bus/pci/devices/$pci/driver")" 2>/dev/null; }
count() { "$ctl" list 2>/dev/null | grep -c "${1:-card}"; }
remove() { ! loaded || rmmod vidmem; }

load() {
	remove
	insmod "$module" "$@"
}

# Refused, with the parameter named in the log, and nothing left behind.
refused() {
	text=$1
	shift
	dmesg -C
	! load "$@" || return 1
	dmesg
	! loaded && dmesg | grep -q "$text" && [ ! -e /dev/dri/card0 ]
}

check bad_adapters_low refused "adapters=-2 is not in" adapters=-2
check bad_adapters_high refused "adapters=17 is not in" adapters=17
check bad_adapters_text refused "invalid for parameter .adapters" adapters=two
check bad_vram_low refused "vram_mb=0 is not in" vram_mb=0
check bad_vram_high refused "vram_mb=16385 is not in" vram_mb=16385
check bad_vram_text refused "invalid for parameter .vram_mb" vram_mb=-1
check bad_vram_too_much refused "lower vram_mb" adapters=1 vram_mb=16384
check bad_mode_text refused "mode=big is not" mode=big
check bad_mode_half refused "mode=640x is not" mode=640x
check bad_mode_zero refused "mode=0x480 is not" mode=0x480
check bad_mode_rest refused "mode=640x480x3 is not" mode=640x480x3
check bad_mode_small refused "mode=640x31 is not" mode=640x31
check bad_mode_large refused "mode=20000x480 is not" mode=20000x480
check bad_mode_memory refused "needs more than vram_mb=1" vram_mb=1
check bad_desktop refused "invalid for parameter .desktop" desktop=maybe
check unknown_parameter load adapters=0 unknown=1

described() {
	for p in adapters vram_mb mode desktop; do
		modinfo -F parm "$module" | grep -q "^$p:.*default" || return 1
	done
	[ "$(modinfo -F parm "$module" | wc -l)" = 4 ]
}
check parameters_described described

# A plain insmod: the PCI adapter and nothing else.
plain() {
	load && [ "$(driver)" = vidmem ] && [ "$(count bochs)" = 1 ] &&
		[ "$(count virtual)" = 0 ]
}
check plain_insmod plain

with_virtual() {
	load adapters="$1" vram_mb=4 && [ "$(count bochs)" = 1 ] &&
		[ "$(count virtual)" = "$1" ]
}
check adapters_0 with_virtual 0
check adapters_1 with_virtual 1
check adapters_3 with_virtual 3
check adapters_16 with_virtual 16

parameters_work() {
	load adapters=1 vram_mb=7 mode=800x600 &&
		"$ctl" -d 1 info | grep -q '^video memory  *7168 KiB' &&
		"$ctl" -d 1 modes | grep -q '^800x600 .*preferred' &&
		! "$ctl" -d 1 modes | grep -q 2048x1152
}
check parameters_work parameters_work

# A panel's size is often no standard one.
any_mode() {
	load adapters=1 "mode=$1" && "$ctl" -d 1 modes >"$tap_log.modes"
	cat "$tap_log.modes"
	grep -q "^$1 .*preferred" "$tap_log.modes" &&
		[ "$(grep -c preferred "$tap_log.modes")" = 1 ]
}
check mode_800x480 any_mode 800x480
check mode_1366x768 any_mode 1366x768
check mode_1024x768 any_mode 1024x768

# A desktop, and the console, leave a virtual display alone unless asked.
non_desktop() {
	load adapters=1 desktop="$1" || return 1
	cat /proc/fb
	[ "$(wc -l </proc/fb)" = "$2" ] || return 1
	# Alone, so that modetest takes it for the first.
	echo "$pci" >/sys/bus/pci/drivers/vidmem/unbind
	value=$(modetest -M vidmem -c | awk '/non-desktop/ { p = 1 }
		p && /value:/ { print $2; exit }')
	echo "$value"
	[ "$value" = "$3" ]
}
check not_for_desktops non_desktop 0 1 1
check for_desktops non_desktop 1 2 0

# A console appears, and what is written to it is on the screen.
screen() {
	[ -n "$VIDMEM_CONTROL" ] || return 1
	# In one go: what comes while the port is not open is lost.
	exec 3<>"$VIDMEM_CONTROL"
	echo "screendump $1" >&3
	read -r answer <&3
	exec 3>&-
	[ "$answer" = done ]
}
console() {
	load || return 1
	cat /proc/fb
	grep -q vidmemdrmfb /proc/fb || return 1
	printf '\033[2J\033[H' >/dev/tty1
	sleep 1
	screen console-empty || return 1
	printf 'vidmem console test\n' >/dev/tty1
	# Drawn by a worker, when it comes to that.
	for _ in $(seq 30); do
		sleep 1
		screen console-text || return 1
		cmp -s /out/console-empty.ppm /out/console-text.ppm || return 0
	done
	return 1
}
check console console

again_and_again() {
	for i in $(seq 10); do
		load adapters=1 vram_mb=4 || return 1
		[ "$(count)" = 2 ] || return 1
		rmmod vidmem || return 1
	done
}
check load_10_times again_and_again

place_modules bochs $(modinfo -F depends "$module" | tr , ' ')
mkdir -p /etc/modprobe.d

# The kernel's own driver has the adapter: ours does not take it away, but makes
# a virtual one. Then the way that the documentation tells.
modprobe bochs
not_stolen() {
	[ "$(driver)" = bochs-drm ] && load && [ "$(driver)" = bochs-drm ] &&
		[ "$(count virtual)" = 1 ] && [ "$(count bochs)" = 0 ]
}
# readme N: the N-th block of what README.md says of it, for the adapter of this machine.
work=$(mktemp -d)
cp "$module" "$work/vidmem.ko"
readme() {
	{
		echo "device=$pci"
		./readme "### The PCI adapter, and the kernel's own driver for it" "$1" |
			sed "s/^device=[^ ]*/device=$pci/"
	} >"$work/block"
	(cd "$work" && sh -ex block)
}
handed_over() {
	remove && readme 1 && [ "$(driver)" = vidmem ] && [ "$(count)" = 1 ]
}
handed_back() {
	readme 2 && [ "$(driver)" = bochs-drm ]
}
if remove; then
	echo "$pci" >/sys/bus/pci/drivers_probe
fi
check not_stolen not_stolen
check handed_over handed_over
check handed_back handed_back
check removed remove

# The same from boot on. boot INSTALLED: as udev does, with the module there or not.
boot() {
	remove && { ! grep -q '^bochs ' /proc/modules || rmmod bochs; } &&
		rm -f "$placed/vidmem.ko" || return 1
	[ "$1" = no ] || cp "$module" "$placed/vidmem.ko"
	depmod && modprobe -b "$(cat "/sys/bus/pci/devices/$pci/modalias")"
	lsmod
	echo "driver: $(driver)"
}
in_readme() { grep -x "sudo $1 *\(#.*\)\?" ../README.md | sed 's/^sudo //' | (cd .. && sh -e); }
by_default() {
	boot yes && [ "$(driver)" = bochs-drm ] && ! loaded
}
from_boot() {
	in_readme "cp Documentation/modprobe-vidmem.conf .*" && boot yes &&
		[ "$(driver)" = vidmem ] && [ "$(count)" = 1 ]
}
not_there() { boot no && [ "$(driver)" = bochs-drm ]; }
not_loadable() {
	echo "options vidmem adapters=17" >/etc/modprobe.d/wrong.conf
	boot yes && [ "$(driver)" = bochs-drm ] && ! loaded
	status=$?
	rm /etc/modprobe.d/wrong.conf
	return $status
}
undone() {
	in_readme "rm /etc/modprobe.d/vidmem.conf" && by_default
}
check boot_by_default by_default
check boot_handed_over from_boot
check boot_without_vidmem not_there
check boot_with_vidmem_refused not_loadable
check boot_undone undone
check removed_again remove

rm -rf "$tap_log.modes" "$work"
tap_exit
