#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The library and vidmemctl under valgrind's memcheck, where MAP is an mmap(2).

cd "$(dirname "$0")" || exit 1
. ./tap.sh
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
device=${VIDMEM_DEVICE:-0}

[ -x "$ctl" ] || skip_all "no $ctl: run make in the folder above"
command -v valgrind >/dev/null || skip_all "no valgrind"
[ -n "$VIDMEM_DEVICE" ] || "$ctl" list >/dev/null 2>&1 ||
	skip_all "no vidmem adapter that may be opened"
work=$(mktemp -d)

# Called with the exit status that a program must have; an error of memory, or
# memory that nothing points to at the end, gives 99.
memcheck() {
	want=$1
	shift
	valgrind --quiet --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect,possible "$@"
	[ $? = "$want" ]
}

python3 vm/testcard.py "$work/card.png" 64 48

check list memcheck 0 "$ctl" list
check info memcheck 0 "$ctl" -d "$device" info
check modes memcheck 0 "$ctl" -d "$device" modes
check show memcheck 0 "$ctl" -d "$device" -m 640x480 -t 0 show "$work/card.png"
check screenshot memcheck 0 "$ctl" -d "$device" screenshot "$work/shot.png"
check no_adapter memcheck 1 "$ctl" -d 99 info
check no_picture memcheck 1 "$ctl" -d "$device" show "$work/nothing.png"
check bad_picture memcheck 1 "$ctl" -d "$device" show tap.sh
check no_such_mode memcheck 1 "$ctl" -d "$device" -m 77x55 show "$work/card.png"
check bad_option memcheck 2 "$ctl" --fly list
check threads memcheck 0 ./threads

rm -rf "$work"
tap_exit
