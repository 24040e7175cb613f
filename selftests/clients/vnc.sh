#!/bin/bash
# SPDX-License-Identifier: MIT
# vidmemctl vnc: gvnccapture sees what is displayed, cursor included; clients get
# what changes and nothing else, and type; who may not look is told so.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
[ "$VIDMEM_DRIVER" = vidmem ] || skip_all "vidmemctl knows only vidmem"
size=$(console_size)
busybox ifconfig lo up 127.0.0.1
modprobe -q -d "$VIDMEM_KERNEL" uinput

# serve NAME OPTION...: in the background.
serve() {
	vnc_log=/out/$case_name-$1.log
	shift
	"$VIDMEMCTL" -d "$VIDMEM_DEVICE" vnc "$@" >"$vnc_log" 2>&1 </dev/null &
	vnc=$!
	within 20 grep -q ^serving "$vnc_log" && return
	cat "$vnc_log"
	return 1
}

# It ends as it should, and without a word.
serve_ends() {
	kill -TERM $vnc
	wait $vnc || { echo "status $?"; cat "$vnc_log"; return 1; }
	cat "$vnc_log"
	[ "$(wc -l <"$vnc_log")" = 1 ]
}

# What a client sees, as /out/NAME-client.ppm.
capture() {
	in_tree timeout 60 gvnccapture 127.0.0.1:0 "/out/$1-client.png" \
		>"$tap_log.capture" 2>&1 || { cat "$tap_log.capture"; return 1; }
	pngtopnm "/out/$1-client.png" >"/out/$1-client.ppm"
}

python3 ../vm/testcard.py /out/vnc.png ${size%x*} ${size#*x}
pngtopnm /out/vnc.png >/out/vnc.ppm
show_card() {
	start mpv mpv --no-config --vo=drm --drm-device=/dev/dri/card0 --no-audio \
		--image-display-duration=inf --osd-level=0 /out/vnc.png
	sees card same:/out/vnc.ppm
}
check shows show_card
check serves serve server
card() {
	capture card && cmp /out/card-client.ppm /out/vnc.ppm
}
check card card
still() {
	python3 vnc.py still 5 $vnc
}
check still still
# Somebody looks on while another client does.
mpv_ends_and_console_comes() {
	python3 vnc.py changes $vnc >"$tap_log.changes" 2>&1 &
	client=$!
	within 20 grep -q ready "$tap_log.changes" && stop &&
		write_console "$console_text" && wait $client
	status=$?
	cat "$tap_log.changes"
	return $status
}
check changes mpv_ends_and_console_comes
console() {
	sees console "text:$console_text" && capture console || return 1
	python3 screen.py vnc-console same:/out/console-client.ppm
}
check console console

# Xorg's pointer is a plane of its own, which its windows leave out. QEMU, where it
# has a screen, shows what the hardware does with it.
without_pointer() {
	in_tree ffmpeg -v error -y -f x11grab -draw_mouse 0 -video_size "$size" -i :0 \
		-frames:v 1 "/out/$1.png" </dev/null &&
		pngtopnm "/out/$1.png" >"/out/$1.ppm"
}
start xorg Xorg :0 vt2 -noreset -nolisten tcp -retro \
	-logfile "/out/$case_name-Xorg.log"
xorg=$started
cursor() {
	comes_up $xorg test -S "$VIDMEM_CLIENTS/tmp/.X11-unix/X0" || return 1
	in_tree_env=DISPLAY=:0
	in_tree xsetroot -solid "#336699" -cursor_name gumby || return 1
	sleep 2
	capture cursor || return 1
	sees cursor same:/out/cursor-client.ppm && without_pointer without || return 1
	python3 vnc.py cursor /out/without.ppm /out/cursor-client.ppm
}
check cursor cursor

# A window with its own picture in it: the pointer comes to be in the window.
views() {
	env DISPLAY=:0 $no_avx "$VIDMEMCTL" -d "$VIDMEM_DEVICE" view >/out/$case_name-view.log \
		2>&1 </dev/null &
	view=$!
	log=/out/$case_name-view.log
	comes_up $view in_tree xwininfo -name "vidmem card0" || return 1
	within 30 pointer_in_window
	status=$?
	kill -TERM $view
	wait $view && [ ! -s "$log" ] && [ $status = 0 ] && return
	cat "$log"
	return 1
}
pointer_in_window() {
	without_pointer window || return 1
	color=$(pamcut -left 0 -top 0 -width 1 -height 1 /out/window.ppm |
		tail -c 3 | od -An -tx1 | tr -d ' \n')
	ppmmake "rgb:${color:0:2}/${color:2:2}/${color:4:2}" ${size%x*} ${size#*x} \
		>/out/empty.ppm
	python3 vnc.py cursor /out/empty.ppm /out/window.ppm
}
check view views

# Without a client, nobody reads; the mode that comes then is the one served.
mode() {
	output=$(in_tree xrandr | awk '$2 == "connected" { print $1; exit }')
	in_tree xrandr --output "$output" --mode 800x600 || return 1
	in_tree xsetroot -solid "#663399" || return 1
	sleep 1
	capture mode || return 1
	head -c 11 /out/mode-client.ppm | grep -a "800 600" &&
		in_tree xrandr --output "$output" --mode "$size"
}
check mode mode
off() {
	in_tree xset dpms force off
	sleep 1
	capture off && ppmhist -noheader /out/off-client.ppm | tee /dev/stderr |
		awk '$1 + $2 + $3 || NR > 1 { exit 1 }'
}
check off off
check still_runs kill -0 $vnc
check ends serve_ends
check xorg_ends stop

check input_serves serve input --input
check input python3 vnc.py input "vidmem card0"
check input_ends serve_ends
no_devices() { ! grep vidmem /proc/bus/input/devices; }
check input_gone no_devices

# refuses TEXT COMMAND...
refuses() {
	text=$1
	shift
	timeout 20 "$@" >"$tap_log.refuses" 2>&1
	status=$?
	cat "$tap_log.refuses"
	[ $status = 1 ] && grep -q -- "$text" "$tap_log.refuses"
}
group=$(stat -c %g "$VIDMEM_DEVICE")
check not_root refuses CAP_SYS_ADMIN setpriv --reuid 65534 --regid "$group" \
	--clear-groups "$VIDMEMCTL" -d "$VIDMEM_DEVICE" vnc
check not_root_record refuses CAP_SYS_ADMIN setpriv --reuid 65534 \
	--regid "$group" --clear-groups "$VIDMEMCTL" -d "$VIDMEM_DEVICE" record -
check no_password refuses "--password-file" "$VIDMEMCTL" -d "$VIDMEM_DEVICE" vnc \
	--listen 0.0.0.0:5900
echo secret >/run/vnc-password
chmod 644 /run/vnc-password
check open_password refuses "chmod 600" "$VIDMEMCTL" -d "$VIDMEM_DEVICE" vnc \
	--listen 0.0.0.0:5900 --password-file /run/vnc-password
chmod 600 /run/vnc-password
check password_serves serve password --listen 0.0.0.0:5900 \
	--password-file /run/vnc-password
check password_refused python3 vnc.py refused
check password_ends serve_ends

# What ffmpeg, having read it all, makes of a recording: the card, as near as YUV is.
recorded() {
	show_card || return 1
	"$VIDMEMCTL" -d "$VIDMEM_DEVICE" -t 1 record - |
		in_tree ffmpeg -v error -y -i - -vf "select=eq(n\\,5)" -vsync vfr \
			-sws_flags accurate_rnd+full_chroma_int -pix_fmt rgb24 \
			/out/recorded.ppm
	[ "${PIPESTATUS[*]}" = "0 0" ] || return 1
	python3 screen.py --near 4 --seconds 0 vnc-record "$size" \
		same:/out/recorded.ppm && stop
}
check record recorded
tap_exit
