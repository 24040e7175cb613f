#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Virtual adapters that are made, changed and removed while the machine runs, by the
# driver's files in configfs and by vidmemctl. Runs only where it is told which module to
# load: in the virtual machine, which has no other adapter for it.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
module=$VIDMEM_MODULE
[ -n "$module" ] || skip_all "VIDMEM_MODULE does not name the module to load"
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
root=/sys/kernel/config/vidmem
folder=$root/test
work=$(mktemp -d)

mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config

load() {
	! grep -q '^vidmem ' /proc/modules || rmmod vidmem || return
	insmod "$module" "$@"
}

cards() { find /dev/dri -name 'card*' 2>/dev/null | wc -l; }
card() { cat "$folder/card"; }
connector() { echo "/sys/class/drm/$(card)-Virtual-1"; }
preferred() { "$ctl" -d "/dev/dri/$(card)" modes | grep preferred; }
put() { cat >"$work/put" && cat "$work/put" >"$folder/$1"; }

# say FILE TEXT
say() { echo "$2" >"$folder/$1"; }

# refuses ERROR FILE TEXT: that is the error, and what the file says is as before.
refuses() {
	cat "$folder/$2" >"$work/before"
	! echo "$3" 2>"$work/error" >"$folder/$2" || return
	cat "$work/error"
	cat "$folder/$2" >"$work/after"
	grep -q "$1" "$work/error" && cmp "$work/before" "$work/after"
}

# vidmemctl is refused, and says that.
fails() {
	text=$1
	shift
	! "$ctl" "$@" >"$work/out" 2>&1 || return
	cat "$work/out"
	grep -q -- "$text" "$work/out"
}

edid() { python3 edid.py "$@"; }

# During a command: how many hotplug events of the card there are.
uevents() {
	python3 - "$(card)" "$@" <<-'END'
		import socket, subprocess, sys
		card, *command = sys.argv[1:]
		events = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
		events.bind((0, 1))
		subprocess.run(command, check=True)
		events.settimeout(1)
		count = 0
		try:
		    while True:
		        event = events.recv(8192).split(b"\0")
		        count += (b"HOTPLUG=1" in event and
		                  event[0].endswith(b"/" + card.encode()))
		except socket.timeout:
		    pass
		print(count)
	END
}

# The same of a text that is written to one of its files: one event.
tells() {
	count=$(uevents sh -c "echo '$2' >$folder/$1")
	echo "$count events"
	[ "$count" = 1 ]
}

check no_driver fails "the driver is not loaded" add test
check loads load adapters=0
check nothing_yet eval '[ "$(cards)" = 0 ] && [ -z "$(ls $root)" ]'

check made mkdir "$folder"
defaults() {
	for pair in vram_mb=64 desktop=0 mode=1024x768 refresh=60 size_mm=0x0 edid= \
		plugged=1 enabled=0 card=; do
		[ "$(cat "$folder/${pair%%=*}")" = "${pair#*=}" ] ||
			{ echo "not $pair"; return 1; }
	done
	[ "$(cards)" = 0 ]
}
check defaults defaults
check no_subfolder eval '! mkdir $folder/sub'
check same_name eval '! mkdir $folder'

for text in 0 16385 -1 1M "" 99999999999; do
	check "bad_vram_mb:$text" refuses "Invalid\|range" vram_mb "$text"
done
for text in big 640x 640x0 0x480 640x480x3 640x31 31x480 20000x480 4294967936x480 \
	640x480@ 640x480@23 640x480@361 640x480@6x 640x480@60@60; do
	check "bad_mode:$text" refuses Invalid mode "$text"
done
for text in 23 361 -60 60Hz ""; do
	check "bad_refresh:$text" refuses Invalid refresh "$text"
done
for text in 600 600x 600x0 0x340 600x340x1; do
	check "bad_size_mm:$text" refuses Invalid size_mm "$text"
done
for file in desktop plugged enabled; do
	check "bad_$file" refuses Invalid $file maybe
done

# As refuses(), of bytes.
refuses_edid() {
	cat "$folder/edid" >"$work/before"
	edid bad "$1" >"$work/edid"
	! cat "$work/edid" 2>"$work/error" >"$folder/edid" || return
	grep -q Invalid "$work/error" && cat "$folder/edid" | cmp "$work/before"
}
for fault in header sum blocks size; do
	check "bad_edid:$fault" refuses_edid $fault
done
long_edid() { ! head -c 4095 /dev/zero >"$folder/edid"; }
check bad_edid:long long_edid

check mode_too_large_said eval 'say vram_mb 1'
check mode_too_large refuses Invalid enabled 1
check mode_too_large_nothing eval '[ "$(cards)" = 0 ]'
too_much() {
	say vram_mb 16384 && refuses "allocate memory" enabled 1 && [ "$(cards)" = 0 ]
}
check too_much_memory too_much

configured() {
	say vram_mb 8 && say mode 1366x768@75 && say size_mm 300x170 &&
		say enabled 1 && [ -e "/dev/dri/$(card)" ] && preferred &&
		preferred | grep -q '^1366x768  75 Hz' &&
		"$ctl" -d "/dev/dri/$(card)" info | grep -q '^video memory  *8192 KiB' &&
		"$ctl" list | grep -q 'virtual  8 MiB  test$'
}
check configured configured
check enabled_twice say enabled 1
check one_card eval '[ "$(cards)" = 1 ]'
for file in vram_mb desktop; do
	check "busy_$file" refuses busy $file 1
done
size_mm() { modetest -D "$(card | tr -d card)" -M vidmem -c | grep -q "300x170"; }
check size_mm_seen size_mm

check mode_told tells mode 1600x1200
check mode_changed eval 'preferred | grep "^1600x1200  75 Hz"'
check mode_past_memory refuses Invalid mode 8000x8000
check refresh_told tells refresh 120
check refresh_changed eval 'preferred | grep "^1600x1200  120 Hz"'
check unplug_told tells plugged 0
check unplugged eval '[ "$(cat $(connector)/status)" = disconnected ]'
check unplugged_modes eval '[ -z "$(cat $(connector)/modes)" ]'
check plug_told tells plugged 1
check plugged eval '[ "$(cat $(connector)/status)" = connected ]'
check plugged_modes eval 'preferred | grep "^1600x1200  120 Hz"'

edid first >"$work/first"
edid second >"$work/second"
takes_edid() {
	count=$(uevents cp "$work/$1" "$folder/edid") && [ "$count" = 1 ] &&
		"$ctl" -d "/dev/dri/$(card)" modes | grep '^1600x900 .*preferred' &&
		cmp "$work/$1" "$folder/edid" &&
		cmp "$work/$1" "$(connector)/edid" &&
		grep -q "$1" "$(connector)/edid"
}
check edid takes_edid first
check edid_another takes_edid second
no_edid() {
	say edid "" && preferred | grep '^1600x1200  120 Hz' &&
		[ -z "$(cat "$(connector)/edid")" ] && [ -z "$(cat "$folder/edid")" ]
}
check edid_none no_edid

# A client of the display is left with what unplugging leaves, and can end.
python3 vm/testcard.py "$work/card.png" 640 480
removed_in_use() {
	"$ctl" -d "/dev/dri/$(card)" -t 60 show "$work/card.png" >"$work/show" &
	client=$!
	for _ in $(seq 100); do
		! grep -q '^showing' "$work/show" || break
		sleep 0.1
	done
	grep '^showing' "$work/show" && rmdir "$folder" && [ ! -e "$folder" ] &&
		[ "$(cards)" = 0 ] && kill -0 $client && kill $client && wait $client
}
check removed_in_use removed_in_use
check removed_for_good eval '! cat $folder/card'
check made_again mkdir "$folder"
check defaults_again defaults

unbound() {
	say enabled 1 && say mode 800x600 && name=$(basename \
		"$(readlink -f "/sys/class/drm/$(card)/device")") &&
		driver=/sys/bus/platform/drivers/vidmem-virtual &&
		echo "$name" >$driver/unbind && [ -z "$(card)" ] &&
		[ "$(cat "$folder/enabled")" = 1 ] && say refresh 90 &&
		echo "$name" >$driver/bind && preferred | grep '^800x600  90 Hz' &&
		say enabled 0 && [ "$(cards)" = 0 ] && say vram_mb 16 && say enabled 1
}
check unbound unbound
# Somebody asked for this one, whether or not devices get their drivers by themselves.
no_autoprobe() {
	say enabled 0 && echo 0 >/sys/bus/platform/drivers_autoprobe || return
	say enabled 1 && preferred | grep '^800x600  90 Hz'
	status=$?
	echo 1 >/sys/bus/platform/drivers_autoprobe
	return $status
}
check no_autoprobe no_autoprobe
check keeps_module eval '! rmmod vidmem'
check removed rmdir "$folder"
not_root() {
	! setpriv --reuid 65534 --regid 65534 --clear-groups mkdir "$folder" &&
		[ ! -e "$folder" ]
}
check not_root not_root

# The same by vidmemctl.
check add_bad_name fails "not a name" add a/b
check add_bad_mode fails "not a mode" add test --mode big
check add_bad_vram fails "not a size" add test --vram 64
check add_large_vram fails "not a size of video memory" add test --vram 17G
check add_no_edid fails "No such file" add test --edid "$work/nothing"
check add_bad_edid fails "not an EDID" add test --edid "$work/card.png"
check add_small fails "more video memory" add test --mode 1024x768 --vram 2M
check add_left_nothing eval '[ -z "$(ls $root)" ] && [ "$(cards)" = 0 ]'
check remove_unknown fails "no virtual adapter" remove test
check plug_unknown fails "no virtual adapter" plug test
added() {
	"$ctl" add test --mode 2560x1440@60 --edid "$work/first" >"$work/out" &&
		[ "$(cat "$work/out")" = "test is /dev/dri/$(card)" ] &&
		[ "$(cat "$folder/vram_mb")" = 64 ] &&
		[ "$(cat "$folder/mode")" = 2560x1440 ] &&
		cmp "$work/first" "$(connector)/edid"
}
check add added
check add_twice fails "already" add test
check add_denied eval 'setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$ctl" add other 2>&1 | grep "Run as root"'
# In the shell.
completes() (
	. ../tools/vidmemctl.bash
	COMP_WORDS=(vidmemctl remove t)
	COMP_CWORD=2
	_vidmemctl
	[ "${COMPREPLY[*]}" = test ]
)
check completes completes
check unplug eval '"$ctl" unplug test && [ "$(cat $(connector)/status)" = disconnected ]'
check plug eval '"$ctl" plug test && [ "$(cat $(connector)/status)" = connected ]'
check edid_file eval '"$ctl" edid test "$work/second" && cmp "$work/second" $(connector)/edid'
check edid_bad fails "not an EDID" edid test "$work/card.png"
check edid_removed eval '"$ctl" edid test none && preferred | grep "^2560x1440  60 Hz"'
check remove eval '"$ctl" remove test && [ ! -e $folder ] && [ "$(cards)" = 0 ]'
check add_sized eval '"$ctl" add test --mode 3840x2160 && [ "$(cat $folder/vram_mb)" = 127 ]'
check remove_sized "$ctl" remove test

many() {
	for n in $(seq 64); do
		"$ctl" add "n$n" --mode 640x400 --vram 1M || return
	done
	[ "$(cards)" = 64 ] && [ "$("$ctl" list | grep -c '  n[0-9]*$')" = 64 ]
}
check adapters_64 many
fewer() {
	for n in $(seq 64); do
		"$ctl" remove "n$n" || return
	done
	[ "$(cards)" = 0 ]
}
check adapters_0 fewer

# Those of the parameters are here, too, and stay.
parameters() {
	load adapters=2 vram_mb=8 mode=800x600@50 && [ "$(ls $root)" = "virtual0
virtual1" ] && folder=$root/virtual1 && [ "$(cat "$folder/enabled")" = 1 ] &&
		preferred | grep '^800x600  50 Hz' && ! rmdir "$folder" &&
		[ "$(cards)" = 2 ] && "$ctl" remove virtual1 && [ "$(cards)" = 1 ] &&
		say mode 1024x768 && say enabled 1 && preferred | grep '^1024x768'
}
check parameters parameters
check unloads rmmod vidmem

rm -rf "$work"
tap_exit
