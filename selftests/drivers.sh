#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Display drivers of Windows on vidmem-run: the two in tools/drivers, in each depth,
# built for 64 and for 32 bits, with what they draw seen from outside.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
device=${VIDMEM_DEVICE:-/dev/dri/card0}
ctl=${VIDMEMCTL:-../out/tools/vidmemctl}
work=$(mktemp -d)
export work device ctl

[ -x ../out/tools/vidmem-run ] || skip_all "no vidmem-run: make tools"
adapter=$("$ctl" list 2>/dev/null | awk -v d="$device" '$2 == d { print $1 }')
[ -n "$adapter" ] || skip_all "no vidmem adapter that may be opened"

# Called by vidmem-run for each picture, which it must show. Without somebody outside
# who looks at the display, that is what the kernel says it shows. The next picture is
# one of another size.
cat >"$work/look" <<'END'
#!/bin/bash
if [ -n "$VIDMEM_CONTROL" ] && [ -n "$VIDMEM_SCREEN" ]; then
	exec 3<>"$VIDMEM_CONTROL"
	echo "screendump driver" >&3
	read -r answer <&3
	[ "$answer" = done ] && cp /out/driver.ppm "$work/seen.ppm" || exit 1
else
	"$ctl" -d "$device" screenshot "$work/seen.png" &&
		pngtopnm "$work/seen.png" >"$work/seen.ppm" || exit 1
fi
cmp "$work/$2x$3x$4.ppm" "$work/seen.ppm" || exit 1
echo "$1" >>"$work/looked"
cp "$work/800x600.png" "$work/card.png"
END
chmod +x "$work/look"

# Pictures of both modes, and after the display was given back; nothing is left.
run_driver() {
	rm -f "$work/looked"
	cp "$work/640x480.png" "$work/card.png"
	"$1/vidmem-run" -a "$adapter" -m "640x480x$3" -n "800x600x$3" \
		-p "$work/card.png" -e "$work/look" \
		-s "$work/shot.png" "$1/$2.so" >"$work/told" 2>&1
	status=$?
	cat "$work/told"
	[ $status = 0 ] && [ "$(tr '\n' ' ' <"$work/looked")" = \
		"drawn changed asserted " ] &&
		! grep -q "left behind" "$work/told" &&
		pngtopnm "$work/shot.png" >"$work/shot.ppm" &&
		cmp "$work/800x600x$3.ppm" "$work/shot.ppm"
}

fails() {
	status=$1
	text=$2
	shift 2
	"$@" >"$work/out" 2>&1 </dev/null
	got=$?
	cat "$work/out"
	[ $got = "$status" ] && grep -q -- "$text" "$work/out"
}

depths=32
[ "${VIDMEM_DEPTHS:-5}" = 5 ] && depths="32 24 16 8"
for size in 640x480 800x600; do
	python3 vm/testcard.py "$work/$size.png" ${size%x*} ${size#*x}
	for depth in $depths; do
		python3 vm/testcard.py --shown "$work/$size.png" $depth \
			"$work/${size}x$depth.ppm"
	done
done
for bits in 64 32; do
	tools=../out/tools
	[ $bits = 64 ] || tools=../out/32/tools
	[ -x $tools/vidmem-run ] || continue
	for driver in onemap remap; do
		for depth in $depths; do
			check "$driver.$depth.on_$bits" run_driver $tools \
				$driver "$depth"
		done
	done
done

run=../out/tools/vidmem-run
onemap=../out/tools/onemap.so
check help fails 0 "Usage: vidmem-run" $run --help
check no_driver fails 2 "no driver" $run
check bad_mode fails 2 "not a mode: 640" $run -m 640 $onemap
check no_such_mode fails 1 "does not offer" $run -a "$adapter" -m 77x55 $onemap
check no_such_adapter fails 1 "error 55" $run -a 200 $onemap
check no_file fails 1 "nothing.so" $run -a "$adapter" nothing.so
check no_entry fails 1 "no DrvEnableDriver" $run -a "$adapter" \
	../out/lib/libvidmem_ddi.so.1
check list fails 0 "^640x480x32@" $run -a "$adapter" -l $onemap

traced() {
	"$run" -t -a "$adapter" -m 640x480x32 -n 800x600x32 "$1" \
		>"$work/out" 2>&1 || return 1
	cat "$work/out"
	shift
	for text; do
		grep -q -- "$text" "$work/out" || return 1
	done
}

check trace traced $onemap "^DrvEnableSurface" \
	"^  MAP_VIDEO_MEMORY({RequestedVirtualAddress=NULL}) = 0, 32 bytes: {V" \
	"^  UNMAP_VIDEO_MEMORY({RequestedVirtualAddress=0x[0-9a-f]*}) = 0, 0 bytes$"

# A driver that forgets where its view began, and one that calls what there is not.
build() {
	cc -std=gnu99 -w -fPIC -shared -I../uapi/windows -I../tools/drivers \
		-o "$work/changed.so" "$work/changed.c" ../tools/drivers/display.c
}

moved() {
	sed 's/VirtualAddress = ppdev->pjScreen/& + 8192/' \
		../tools/drivers/onemap.c >"$work/changed.c" && build &&
		traced "$work/changed.so" "where no view begins"
}
check trace_moved_address moved

# calls_missing [CONDITION]: onemap, which calls then what there is not.
calls_missing() {
	sed "s/return bSetMode(ppdev)/$1 EngStretchBlt(0,0,0,0,0,0,0,0,0,0,0); &/" \
		../tools/drivers/onemap.c >"$work/changed.c" && build &&
		fails 1 "EngStretchBlt" "$run" -a "$adapter" "$work/changed.so"
}
check missing_function calls_missing
# It may run until it calls that.
check lazy_called fails 127 "EngStretchBlt" "$run" -z -a "$adapter" "$work/changed.so"

never_called() {
	calls_missing "if (!ppdev)" &&
		fails 0 "^asserted" "$run" -z -a "$adapter" "$work/changed.so"
}
check lazy never_called

rm -rf "$work"
tap_exit
