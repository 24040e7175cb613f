#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The driver's tracepoints: what they say of a program that shows a picture, and that
# they say nothing when they are off.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
device=${VIDMEM_DEVICE:-0}
work=$(mktemp -d)
tracing=/sys/kernel/tracing
events=$tracing/events/vidmem

[ -x "$ctl" ] || skip_all "no $ctl: run make in the folder above"
[ "$(id -u)" = 0 ] || skip_all "not root"
[ -e $tracing/trace ] || mount -t tracefs none $tracing 2>/dev/null ||
	skip_all "no tracefs"

names="create fault frame free map mode unmap"
all_there() {
	ls $events
	[ "$(cd $events && echo vidmem_*)" = "$(printf 'vidmem_%s ' $names |
		sed 's/ $//')" ]
}
check events all_there
[ -d $events ] || tap_exit

python3 vm/testcard.py "$work/card.png" 640 480

# In $work/log: what is said while it shows a picture. Without names of programs, which
# come from elsewhere.
trace_show() {
	echo "$1" >$events/enable || return
	: >$tracing/trace
	"$ctl" -d "$device" -m 640x480 -t 0 show "$work/card.png"
	status=$?
	echo 0 >$events/enable
	sed -n 's/^.*: \(vidmem_[a-z]*: .*\)/\1/p' $tracing/trace >"$work/log"
	cat "$work/log"
	return $status
}
silent() {
	trace_show 0 && [ ! -s "$work/log" ]
}
check off silent
check on trace_show 1

card=$("$ctl" -d "$device" info >/dev/null && echo "${device##*card}")
says() {
	cat "$work/log"
	grep -Eq "^vidmem_$1: card=$card $2\$" "$work/log"
}
check create says create "place=[0-9]+ size=[0-9]+"
check map says map \
	"place=[0-9]+ offset=0 size=[0-9]+ address=0x[0-9a-f]+ flags=0(x[0-9a-f]+)?"
check fault says fault \
	"place=[0-9]+ address=0x[0-9a-f]+ order=[0-9]+ write=[01] result=0x[0-9a-f]+"
check mode says mode "mode=640x480@60"
check frame says frame "place=[0-9]+ direct=1"
check unmap says unmap "address=0x[0-9a-f]+ status=0"
check free says free "place=[0-9]+ size=[0-9]+"

# Each object that came has gone, and so has each mapping.
pairs() {
	cat "$work/log"
	objects() { sed -n "s/^vidmem_$1: //p" "$work/log" | sort; }
	addresses() {
		sed -n "s/^vidmem_$1: .*\(address=[0-9a-fx]*\).*/\1/p" "$work/log" |
			sort
	}
	for of in "objects create free" "addresses map unmap"; do
		set -- $of
		$1 "$2" >"$work/came" && $1 "$3" >"$work/went" &&
			diff "$work/came" "$work/went" || return 1
	done
}
check pairs pairs

# Faults are where a mapping is.
faults_in_mappings() {
	cat "$work/log"
	python3 - "$work/log" <<-'END'
		import re, sys
		maps, faults = [], []
		for line in open(sys.argv[1]):
		    of = dict(re.findall(r"(\w+)=(\w+)", line))
		    if line.startswith("vidmem_map:"):
		        start = int(of["address"], 16)
		        maps.append((start, start + int(of["size"])))
		    elif line.startswith("vidmem_fault:"):
		        faults.append(int(of["address"], 16))
		sys.exit(not faults or any(not any(start <= fault < end for start, end in maps)
		                           for fault in faults))
	END
}
check faults_in_mappings faults_in_mappings
no_kernel_address() {
	cat "$work/log"
	! grep -Eq "0xffff[0-9a-f]{12}" "$work/log" && ! grep -q "%p" $events/*/format
}
check no_kernel_address no_kernel_address

# What top counts: flips and page faults of this adapter, and none of another one.
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
connector=$(modetest -M vidmem -c | awk '$3 == "connected" { print $1 }')
crtc=$(modetest -M vidmem -p | awk '/^CRTCs/ { c = 1 } c && /^[0-9]/ {
	print $1; exit }')
flips() {
	(sleep 4) | modetest -M vidmem -s "$connector@$crtc:640x480" -v >/dev/null 2>&1
}
faults() {
	for _ in 1 2 3 4 5 6 7 8; do
		"$ctl" -d "$device" -m 640x480 -t 0 show "$work/card.png" >/dev/null
	done
}
# top_counts FIELD COMMAND: of how many a second, counted from the last one.
top_counts() {
	field=$1
	"$ctl" add other --vram 8M || return
	$2 &
	"$ctl" -t 2 top >"$work/top"
	status=$?
	wait
	cat "$work/top"
	"$ctl" remove other || status=1
	awk -v card="card$card" -v field="$field" '
		$1 == "CARD" { round++ }
		$1 == card && round > 1 { sum += $(NF - field) }
		$2 == "other" && round > 1 { others++; wrong += $(NF - field) != "0.0" }
		END { exit !(round == 3 && sum > 1 && others == 2 && !wrong) }
	' "$work/top" && [ $status = 0 ]
}
# modetest takes the first adapter, whichever is under test.
first=$("$ctl" list | awk 'NR == 1 { print $2 }')
if [ "$first" = "$device" ] || [ "$device" = 0 ]; then
	check top_frames top_counts 1 flips
fi
check top_faults top_counts 0 faults
# Nobody is left who counts.
check top_ends eval '! "$ctl" -t 0 top | grep -q "card.*[0-9.]$"'

rm -r "$work"
tap_exit
