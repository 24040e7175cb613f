#!/bin/bash
# SPDX-License-Identifier: MIT
# libdrm's modetest: each format that the plane offers, the plane by atomic
# requests, the cursor, and how fast it flips. And its vbltest, under the console.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
mode=800x600
connector=$(in_tree modetest -M $module -c |
	awk '$3 == "connected" { print $1; exit }')
crtc=$(in_tree modetest -M $module -p | awk '/^CRTCs/ { c = 1 }
	c && /^[0-9]/ { print $1; exit }')
planes=$(planes)
# Of the primary one.
formats=$(in_tree modetest -M $module -p | sed -n 's/^  formats: //p' | head -n 1)
primary=$(echo "$planes" | awk '$2 == 1 { print $1; exit }')
cursor=$(echo "$planes" | awk '$2 == 2 { print $1; exit }')

found() {
	echo "connector '$connector', CRTC '$crtc', planes '$planes', formats '$formats'"
	[ -n "$connector" ] && [ -n "$crtc" ] && [ -n "$primary" ] &&
		[ -n "$formats" ]
}
check found found

# They run until their input ends; modetest shows its picture until then.
run_test() {
	mkfifo "$tap_log.in"
	exec_in_tree "$@" <"$tap_log.in" >"$log" 2>&1 &
	pid=$!
	exec 4>"$tap_log.in"
	rm "$tap_log.in"
}
modetest() { run_test modetest -M $module "$@"; }

end_test() {
	exec 4>&-
	for _ in $(seq 50); do
		kill -0 $pid 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL $pid 2>/dev/null && echo "it does not end"
	wait $pid
}

# Three of the bars, so far as the format has their colors, and the size.
bars="57,10=c0c0c0 171,10=c0c000 743,10=0000c0"
format() {
	log=/out/$case_name-$1.log
	modetest -s "$connector@$crtc:$mode@$1"
	sees_bars "$1" && running $pid
	status=$?
	end_test
	return $status
}
# 16 bits have 5 for red; a palette of 8 has what modetest makes of it.
sees_bars() {
	name=$1
	shift
	python3 screen.py --near 8 --seconds 30 "$case_name-$name" "$mode" \
		$bars && return
	cat "$log"
	return 1
}
for name in $formats; do
	check "format_$name" format "$name"
done

atomic() {
	log=/out/$case_name-atomic.log
	modetest -a -s "$connector@$crtc:$mode" \
		-P "$primary@$crtc:$mode@XR24"
	sees_bars atomic && running $pid &&
		{ [ "$VIDMEM_DRIVER" != vidmem ] || refuses_show; }
	status=$?
	end_test
	return $status
}
check plane atomic

# modetest moves a cursor of 64x64 about, so where it is stays unknown. Without
# it the picture has nothing but bars and what is below them.
cursor() {
	log=/out/$case_name-cursor.log
	modetest -s "$connector@$crtc:$mode" -C
	sleep 2
	cat "$log"
	! grep -qi "failed\|unsupported\|cannot" "$log" && running $pid
	status=$?
	end_test
	return $status
}
if [ -n "$cursor" ]; then
	check cursor cursor
else
	tap_count=$((tap_count + 1))
	echo "#      SKIP      the driver has no cursor plane"
	echo "ok $tap_count cursor # SKIP"
fi

# tells_rate HZ: it does by lines in its log, and no faster than that, but for what its
# clock is off. Slower, where the machine is.
tells_rate() {
	within 60 eval '[ "$(grep -c ^freq "$log")" -ge 3 ]'
	end_test
	grep ^freq "$log" | tail -n 3
	grep ^freq "$log" | awk -v hz="$1" '{ sub(/Hz/, "", $2); if ($2 > max) max = $2 }
		END { exit !(max > 10 && max < hz * 1.1) }'
}
flip_rate() {
	log=/out/$case_name-flips.log
	modetest -s "$connector@$crtc:$mode" -v
	tells_rate 60
}
check flip_rate flip_rate

# The consoles here have 60 Hz, or 75 where an EDID of QEMU's says so.
vbltest() {
	log=/out/$case_name-vbltest.log
	run_test vbltest -M $module
	tells_rate 75
}
check vblank_rate vbltest

tap_exit
