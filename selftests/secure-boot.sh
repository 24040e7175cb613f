#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What README.md says of Secure Boot, in a machine that has it. See vm/secure_boot.py.
#
#   secure-boot.sh refused    before the keys are trusted; imports them
#   secure-boot.sh enrolled   after MokManager was told to trust them
#   secure-boot.sh locked     with the module loaded: what a kernel that is locked down refuses

cd "$(dirname "$0")" || exit 1
. ./tap.sh
. ./modules.sh
[ -n "$VIDMEM_PASSWORD" ] || skip_all "by make check-secure-boot only"
here=$PWD
ctl=${VIDMEMCTL:-$here/../out/tools/vidmemctl}

if [ "$1" = locked ]; then
	mountpoint -q /sys/kernel/config ||
		mount -t configfs configfs /sys/kernel/config
	no_hibernation() {
		cat /sys/power/disk
		grep -x '\[disabled\]' /sys/power/disk &&
			! echo disk >/sys/power/state
	}
	check no_hibernation no_hibernation
	no_edid_override() {
		edid=$(echo "/sys/kernel/debug/dri/${VIDMEM_DEVICE##*card}"/Virtual-*/edid_override)
		error=$({ printf reset >"$edid"; } 2>&1)
		echo "$error" | tee /dev/stderr | grep 'Operation not permitted'
	}
	check no_edid_override no_edid_override
	# That of the VGA for another screen.
	edid() {
		cat /sys/class/drm/card*-Virtual-*/edid >/tmp/edid
		[ -s /tmp/edid ] && "$ctl" add locked && "$ctl" edid locked /tmp/edid &&
			"$ctl" remove locked
	}
	check edid_by_vidmemctl edid
	tap_exit
fi

work=$(mktemp -d)
cd "$work" || exit 1

# As Debian mounts them.
mount -t securityfs securityfs /sys/kernel/security
modprobe -d "$VIDMEM_KERNEL" efivarfs
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
place_modules $(modinfo -F depends "$VIDMEM_MODULE" | tr , ' ')

# commands SECTION N FOLDER: the N-th block of the section, run by root and with keys in
# the folder, without what there is no need or no way for here.
commands() {
	echo 'sudo() { "$@"; }'
	"$here/readme" "### $1" "$2" | grep -v -e '^sudo apt' -e '^sudo reboot' |
		sed "s,/root/mok,${3:-/root/mok},g"
}
make_key() {
	commands "Secure Boot" 1 "$1" | grep -v mokutil >key.sh
	sh -e key.sh 2>key.log || cat key.log
}
typed_password() { printf '%s\n' "$VIDMEM_PASSWORD" "$VIDMEM_PASSWORD" | sh -e "$1"; }
import_key() {
	commands "Secure Boot" 1 >import.sh
	typed_password import.sh
}
unsigned() { cp "$VIDMEM_MODULE" vidmem.ko; }
sign_and_load() {
	unsigned
	commands "Secure Boot" 2 "$1" >load.sh
	sh -e load.sh
}

# Passes if the command fails to load the module by an error that README.md tells of.
readme=$(tr '\n' ' ' <"$here/../README.md")
refused() {
	! "$@" 2>error || return 1
	cat error
	[ ! -e /sys/module/vidmem ] || return 1
	error=$(tail -n 1 error)
	case $readme in *"\"${error##*: }\""*) ;; *) return 1 ;; esac
}

firmware() { mokutil --sb-state | tee /dev/stderr | grep -qx 'SecureBoot enabled'; }
kernel() {
	dmesg | grep -i secure
	dmesg | grep -q 'Secure boot enabled' &&
		grep -F '[integrity]' /sys/kernel/security/lockdown
}
check firmware_has_secure_boot firmware
check kernel_is_locked_down kernel

unsigned
check unsigned_is_refused refused insmod vidmem.ko adapters=1

# The README's way by DKMS, with Debian's dkms, which builds by copying what is built.
install -D "$VIDMEM_SIGNED/dkms" /usr/sbin/dkms
install -D -m 644 "$VIDMEM_SIGNED/framework.conf" /etc/dkms/framework.conf
mkdir -p /var/lib/dkms
(cd "$here/.." && commands DKMS 1 | grep -e '^sudo()' -e 'git archive' | sh -e)
printf '%s\n' "MAKE[0]='cp $VIDMEM_MODULE vidmem.ko'" CLEAN=true \
	>>/usr/src/vidmem-1.0.0/dkms.conf
dkms_install() {
	commands DKMS 1 | grep -v 'git archive' >dkms.sh
	sh -e dkms.sh
}
signed_by_dkms() { modinfo -F signer vidmem | grep -x 'DKMS module signing key'; }
dkms_import() {
	grep -o 'sudo mokutil --import /var/lib/dkms/mok.pub' "$here/../README.md" |
		sed 's/^sudo //' >dkms-import.sh
	[ -s dkms-import.sh ] && typed_password dkms-import.sh
}

case $1 in
refused)
	imported() {
		import_key && [ "$(stat -c %a /root/mok)" = 700 ] &&
			mokutil --list-new | tee /dev/stderr |
				grep 'CN *= *vidmem module signing'
	}
	check import imported
	check signed_is_refused_before_enrolment refused sign_and_load /root/mok
	dkms_refused() { refused dkms_install && signed_by_dkms; }
	check dkms_is_refused_before_enrolment dkms_refused
	check dkms_import dkms_import
	cp -r /root/mok /out/mok
	cp /var/lib/dkms/mok.* /out/mok
	;;
enrolled)
	cp -r "$VIDMEM_MOK" /root/mok
	enrolled() {
		mokutil --test-key /root/mok/MOK.der | tee /dev/stderr |
			grep 'already enrolled' &&
			dmesg | grep "Loaded X.509 cert 'vidmem module signing"
	}
	check enrolled enrolled
	make_key "$work/other"
	check other_key_is_refused refused sign_and_load "$work/other"
	damaged() {
		unsigned
		commands "Secure Boot" 2 /root/mok | grep -v insmod >sign.sh
		sh -e sign.sh && printf 'vidmem' |
			dd of=vidmem.ko bs=1 seek=4096 conv=notrunc &&
			refused insmod vidmem.ko
	}
	check damaged_is_refused damaged
	cp "$VIDMEM_MOK"/mok.* /var/lib/dkms
	dkms_loads() {
		dkms_install && [ -e /sys/module/vidmem ] &&
			signed_by_dkms && rmmod vidmem
	}
	check dkms_loads dkms_loads
	check signed_loads sign_and_load /root/mok
	# Bit 13: unsigned modules.
	trusted() {
		cat /proc/sys/kernel/tainted
		[ "$(modinfo -F signer vidmem.ko)" = "vidmem module signing" ] &&
			[ $(($(cat /proc/sys/kernel/tainted) >> 13 & 1)) = 0 ]
	}
	check kernel_trusts_it trusted
	cp vidmem.ko /out
	check remove rmmod vidmem
	;;
esac
cd /
rm -rf "$work"
tap_exit
