#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# With nomodeset on the kernel's command line: PCI devices are left alone, virtual
# adapters are made. For the virtual machine, which has one PCI adapter.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
grep -qw nomodeset /proc/cmdline || skip_all "the kernel has no nomodeset"
[ -n "$VIDMEM_MODULE" ] || skip_all "VIDMEM_MODULE does not name the module to load"
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
pci=$(grep -l 0x1111 /sys/bus/pci/devices/*/device | head -n 1)

check load insmod "$VIDMEM_MODULE" adapters=1
check device_is_there test -n "$pci"
check device_is_left_alone test ! -e "${pci%/*}/driver"
only_virtual() {
	"$ctl" list | tee /dev/stderr | grep -q virtual && [ "$("$ctl" list | wc -l)" = 1 ]
}
check virtual_is_made only_virtual
bind() {
	! echo "$(basename "${pci%/*}")" >/sys/bus/pci/drivers/vidmem/bind &&
		test ! -e "${pci%/*}/driver"
}
check bind_is_refused bind
check remove rmmod vidmem
tap_exit
