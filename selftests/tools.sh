#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# vidmemctl as people call it, and modetest as a stranger to this driver.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
device=${VIDMEM_DEVICE:-0}
work=$(mktemp -d)

[ -x "$ctl" ] || skip_all "no $ctl: run make in the folder above"
[ -n "$VIDMEM_DEVICE" ] || "$ctl" list >/dev/null 2>&1 ||
	skip_all "no vidmem adapter that may be opened"

# Called with an exit status and a text on stderr that it must end with.
fails() {
	status=$1
	text=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	cat "$work/err"
	[ "$got" = "$status" ] && [ ! -s "$work/out" ] &&
		grep -q -- "$text" "$work/err"
}

prints() {
	text=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	status=$?
	cat "$work/out" "$work/err"
	[ "$status" = 0 ] && [ ! -s "$work/err" ] && grep -q -- "$text" "$work/out"
}

check help prints "Usage: vidmemctl" "$ctl" --help
check version prints "vidmemctl [0-9]" "$ctl" --version
check no_command fails 2 "--help" "$ctl"
check unknown_command fails 2 "unknown command: fly" "$ctl" fly
check unknown_option fails 2 "--help" "$ctl" --fly list
check no_file fails 2 "needs a file name" "$ctl" show
check too_many fails 2 "unexpected argument: b" "$ctl" show a b
check bad_mode fails 2 "not WIDTHxHEIGHT" "$ctl" -m big show a
check bad_seconds fails 2 "not a number of seconds" "$ctl" -t -1 show a
check no_adapter fails 1 "insmod" "$ctl" -d 99 info
check no_device fails 1 "insmod" "$ctl" -d /dev/dri/nothing info
check not_vidmem fails 1 "insmod" "$ctl" -d /dev/null info
check no_permission fails 1 "group" setpriv --reuid 65534 --regid 65534 \
	--clear-groups "$ctl" -d "$device" info

# completes WORDS... RESULT: the last of the words becomes that.
completes() (
	. ../tools/vidmemctl.bash
	COMP_WORDS=("${@:1:$#-1}")
	COMP_CWORD=$(($# - 2))
	_vidmemctl
	echo "${COMPREPLY[*]}"
	[ "${COMPREPLY[*]}" = "${!#}" ]
)
check completes_command completes vidmemctl sc screenshot
check completes_later completes vidmemctl -d 1 un unplug
check completes_option completes vidmemctl add x --v "--vram --version"
check completes_file completes vidmemctl show tools. tools.sh
check completes_no_name completes vidmemctl add t ""
check record_no_file fails 2 "needs a file name" "$ctl" record
check view_too_many fails 2 "unexpected argument: b" "$ctl" view a b

# What is built without its library has nothing to refuse.
if ! "$ctl" view 99 2>&1 | grep -q "built without"; then
	check view_no_adapter fails 1 "insmod" "$ctl" view 99
fi

vnc() { "$ctl" -d "$device" vnc "$@"; }
if ! vnc --listen nowhere 2>&1 | grep -q "built without"; then
	check vnc_bad_address fails 2 "not ADDRESS:PORT: nowhere" vnc \
		--listen nowhere
	check vnc_no_password fails 1 "--password-file" vnc --listen 0.0.0.0:5900
	check vnc_no_password_file fails 1 "No such file" vnc \
		--password-file "$work/nothing"
	echo secret >"$work/password"
	chmod 640 "$work/password"
	check vnc_open_password fails 1 "chmod 600" vnc \
		--password-file "$work/password"
	: >"$work/empty"
	chmod 600 "$work/empty"
	check vnc_empty_password fails 1 "no password in it" vnc \
		--password-file "$work/empty"
fi

check list prints "MiB" "$ctl" list
check info prints "^free .*KiB" "$ctl" -d "$device" info
check info_brightness prints "^brightness .*100 %" "$ctl" -d "$device" info
check modes prints "1024x768  60 Hz" "$ctl" -d "$device" modes
check modes_preferred prints "preferred" "$ctl" -d "$device" modes

python3 vm/testcard.py "$work/card.png" 640 480
python3 vm/testcard.py "$work/small.png" 64 48
pngtopnm "$work/card.png" >"$work/card.ppm"

check no_picture fails 1 "nothing.png" "$ctl" -d "$device" show nothing.png
check bad_picture fails 1 "tools.sh" "$ctl" -d "$device" show tools.sh
check no_such_mode fails 1 "vidmemctl modes" "$ctl" -d "$device" -m 77x55 \
	show "$work/card.png"
check show prints "showing .* at 640x480" "$ctl" -d "$device" -m 640x480 -t 0 \
	show "$work/card.png"

# A picture of the mode's size comes back from the display pixel for pixel.
show_and() {
	"$ctl" -d "$device" -m 640x480 show "$1" >"$work/show" &
	show=$!
	for _ in $(seq 100); do
		grep -q showing "$work/show" && break
		sleep 0.1
	done
	shift
	"$@"
	status=$?
	kill -TERM $show
	wait $show && [ $status = 0 ]
}

show_and_screenshot() {
	show_and "$1" "$ctl" -d "$device" screenshot "$work/shot.png" &&
		pngtopnm "$work/shot.png" >"$work/shot.ppm"
}

same() {
	show_and_screenshot "$work/card.png" &&
		cmp "$work/card.ppm" "$work/shot.ppm"
}

check screenshot_same same

# A smaller one is scaled, ten times here: the grid is where it was.
scaled() {
	show_and_screenshot "$work/small.png" || return 1
	for spot in "0 0 ff0000" "630 0 00ff00" "0 470 0000ff" \
			"630 470 ffff00"; do
		set -- $spot
		pamcut -left "$1" -top "$2" -width 1 -height 1 \
			"$work/shot.ppm" | tail -c 3 | od -An -tx1 |
			tr -d ' \n' | grep -qx "$3" || return 1
	done
}
check screenshot_scaled scaled

# Whoever only looks, or is about to write what it has seen, has no display. That
# takes one that is on, as the console's is.
takes_no_display() {
	mkfifo "$work/fifo"
	"$ctl" -d "$device" screenshot "$work/fifo" &
	looks=$!
	for _ in $(seq 100); do
		grep -q wait_for_partner /proc/$looks/wchan && break
		sleep 0.1
	done
	show_and "$work/card.png" grep -q wait_for_partner /proc/$looks/wchan
	shown=$?
	timeout 10 cat "$work/fifo" >/dev/null
	wait $looks && [ $shown = 0 ]
}
[ -z "${VIDMEM_SCREEN-}" ] || check screenshot_takes_no_display takes_no_display
check screenshot_no_folder show_and "$work/card.png" fails 1 "No such file" \
	"$ctl" -d "$device" screenshot "$work/no/shot.png"

free() {
	"$ctl" -d "$device" info | sed -n 's/^free *//p'
}

# An end by signal is an end like any other.
nothing_lost() {
	before=$(free)
	"$ctl" -d "$device" show "$work/card.png" >/dev/null &
	sleep 1
	kill -KILL $!
	wait $!
	[ "$(free)" = "$before" ]
}

check show_killed nothing_lost

# Two at once: the second is told why not.
check show_two_at_once show_and "$work/card.png" fails 1 "has the display" \
	"$ctl" -d "$device" -m 640x480 show "$work/card.png"

# What root is told of video memory leaves nothing out, and is what info says.
layout() {
	number=${device##*card}
	cat "/sys/kernel/debug/dri/$number/vidmem_layout"
}
layout_adds_up() {
	layout
	size=$("$ctl" -d "$device" info | sed -n 's/^video memory *\([0-9]*\) KiB/\1/p')
	[ -n "$size" ] && layout | awk -v size="$size" '
		$1 != end || NF != 3 { exit bad = 1 }
		{ end += $2; all[$3] += $2 }
		END { exit bad || end != size * 1024 }'
}
free_as_told() {
	layout | awk '$3 == "free" || $3 == "unready" { sum += $2 }
		END { print sum / 1024 " KiB" }' | grep -Fx "$(free)"
}
# An object for the picture, of 640x480 and no less, and none before and after it.
shows_object() {
	"$ctl" -d "$device" vram >"$work/map"
	cat "$work/map"
	layout | awk '$3 == "object" && $2 >= 640 * 480 * 4 { found = 1 }
		END { exit !found }' && grep -q "#" "$work/map"
}
shows_objects_that_are() {
	! shows_object && show_and "$work/card.png" shows_object && ! shows_object
}
# As many signs as it says, in lines of 64.
draws_all() {
	"$ctl" -d "$device" vram >"$work/map"
	cat "$work/map"
	awk -v size="$(layout | awk '{ sum += $2 } END { print sum }')" '
		NR == 1 { sign = $(NF - 3) * ($(NF - 2) == "MiB" ? 1048576 : 1024) }
		NR > 2 && NF == 2 && $1 + 0 == $1 { signs += length($2) }
		NR > 2 && NF == 2 && length($2) > 64 { exit wide = 1 }
		END { exit wide || !sign || signs != int((size + sign - 1) / sign) }
	' "$work/map"
}
check layout_adds_up layout_adds_up
check layout_free free_as_told
check layout_object shows_objects_that_are
check vram_draws_all draws_all
check vram_no_color sh -c '! "$1" -d "$2" vram | grep -q "$(printf "\033")"' - \
	"$ctl" "$device"
check vram_too_many fails 2 "unexpected argument: a" "$ctl" vram a
# Whoever may open the adapter may not see what others have there.
not_for_all() {
	chmod 666 "$1"
	fails 1 "debugfs is root's alone" setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$ctl" -d "$1" vram
	status=$?
	chmod 600 "$1"
	return $status
}
[ -z "${VIDMEM_DEVICE-}" ] || check vram_not_for_all not_for_all "$device"

# A view of the program that shows the picture, where it has it and as large as the
# object it is of, and none before and after.
views() {
	cat "/sys/kernel/debug/dri/${device##*card}/vidmem_views"
}
shows_view() {
	views | tee "$work/views"
	[ "$(wc -l <"$work/views")" = 1 ] || return 1
	read -r pid address size place offset access <"$work/views"
	[ "$pid" = $show ] && [ "$offset $access" = "0 rw" ] &&
		layout | grep -qx "$place $size object" &&
		grep -q "^$(printf "%08x-%08x rw-s" "$address" $((address + size)))" \
			"/proc/$pid/maps"
}
shows_views_that_are() {
	[ -z "$(views)" ] && show_and "$work/card.png" shows_view && [ -z "$(views)" ]
}
check views shows_views_that_are
# top_says [PID]: of that program alone, or of none. Rates are not known at first.
top_says() {
	"$ctl" -t 0 top >"$work/top"
	cat "$work/top"
	vram=$("$ctl" -d "$device" info | sed -n 's/^video memory *\([0-9]*\) KiB/\1/p')
	awk -v card="${device##*/}" -v vram=$((vram / 1024)) -v pid="${1-none}" '
		NR == 1 { of = "adapters"; next }
		$1 == "PID" { of = "programs"; next }
		of == "adapters" && $1 == card {
			found = $3 == vram && $4 == "MiB" && $(NF - 1) == "-" &&
				$(NF - 2) == (pid == "none" ? 0 : 1) &&
				$(NF - 3) >= (pid == "none" ? 0 : 1)
		}
		of == "programs" && $1 == pid {
			is_told = $2 == "vidmemctl" && $3 == card && $4 == 1
		}
		of == "programs" && $3 == card && $1 != pid { more = 1 }
		END { exit !found || more || pid != "none" && !is_told }
	' "$work/top"
}
tops() {
	top_says && show_and "$work/card.png" eval 'top_says $show' && top_says
}
check top tops
check top_too_many fails 2 "unexpected argument: a" "$ctl" top a
check top_not_for_all fails 1 "debugfs is root's alone" setpriv --reuid 65534 \
	--regid 65534 --clear-groups "$ctl" top

# modetest takes the first adapter of this driver: with several, that may be
# another than the one under test, which is good enough for a stranger.
connector=$(modetest -M vidmem -c | awk '$3 == "connected" { print $1 }')
crtc=$(modetest -M vidmem -p | awk '/^CRTCs/ { c = 1 } c && /^[0-9]/ {
	print $1; exit }')

run_modetest() {
	# It ends when its input does.
	(sleep 2) | modetest -M vidmem -s "$connector@$crtc:640x480" "$@"
}

modetest_prints() {
	text=$1
	shift
	run_modetest "$@" >"$work/modetest" 2>&1
	status=$?
	cat "$work/modetest"
	[ $status = 0 ] && grep -q "$text" "$work/modetest"
}

check modetest_mode modetest_prints "setting mode 640x480"
check modetest_flips modetest_prints "freq: [0-9.]*Hz" -v

# A picture of each format: three of the bars that modetest draws, so far as the
# format has their colors.
bars() {
	"$ctl" -d "$device" screenshot "$work/bars.png" || return 1
	pngtopnm "$work/bars.png" >"$work/bars.ppm" || return 1
	for spot in "45 192 192 192" "137 192 192 0" "595 0 0 192"; do
		set -- $spot
		pamcut -left "$1" -top 10 -width 1 -height 1 \
			"$work/bars.ppm" | tail -c 3 | od -An -tu1 | awk \
			"{ print; exit !(\$1 - $2 < 9 && $2 - \$1 < 9 &&
			\$2 - $3 < 9 && $3 - \$2 < 9 &&
			\$3 - $4 < 9 && $4 - \$3 < 9) }" || return 1
	done
}

# It shows them until its input ends.
screenshot_of() {
	rm -f "$work/input"
	mkfifo "$work/input"
	modetest -M vidmem -s "$connector@$crtc:640x480@$1" <"$work/input" \
		>"$work/modetest" 2>&1 &
	show=$!
	exec 5>"$work/input"
	for _ in $(seq 100); do
		bars
		status=$?
		[ $status != 0 ] || break
		sleep 0.1
	done
	exec 5>&-
	wait $show
	return $status
}

# These need the adapter that modetest takes.
formats=XR24
[ "${VIDMEM_DEPTHS:-5}" = 5 ] && formats="XR24 RG24 RG16 XR15 C8"
first=$("$ctl" list | awk 'NR == 1 { print $2 }')
if [ "$first" = "$device" ] || [ "$device" = 0 ]; then
	for format in $formats; do
		check "screenshot_$format" screenshot_of $format
	done
fi

rm -rf "$work"
tap_exit
