# SPDX-License-Identifier: MIT
# What the tests of clients share. They run in the virtual machine, in the folder
# of this file. Programs run in the tree of Debian's packages, $VIDMEM_CLIENTS;
# what looks at them runs outside of it.

. ../tap.sh
client_pids=
# Beside the usual, such as where clients find their server, once there is one.
in_tree_env=
runtime=/run/user

# A program of the tree, as it would find things on an installed system, in place
# of this one: who is killed shall be the program.
exec_in_tree() {
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/blas:/usr/lib/x86_64-linux-gnu/lapack \
		XDG_RUNTIME_DIR=$runtime LIBSEAT_BACKEND=builtin \
		SYSTEMD_IGNORE_CHROOT=1 LIBGL_ALWAYS_SOFTWARE=1 $in_tree_env \
		chroot "$VIDMEM_CLIENTS" "$@"
}

in_tree() { (exec_in_tree "$@"); }

# The same in the background: start NAME COMMAND..., its output in /out/NAME.log. Its
# input never comes, nor does it end, which some take for a key.
start() {
	log=/out/$case_name-$1.log
	shift
	[ -p /run/silence ] || mkfifo /run/silence
	exec_in_tree "$@" >"$log" 2>&1 <>/run/silence &
	started=$!
	client_pids="$client_pids $started"
}

# Ends what was started, the last one first; passes if all of it ends.
stop() {
	status=0
	for pid in $(echo $client_pids | tr ' ' '\n' | tac); do
		kill -TERM "$pid" 2>/dev/null
		for _ in $(seq 100); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.2
		done
		if kill -KILL "$pid" 2>/dev/null; then
			echo "$pid does not end"
			status=1
		fi
		wait "$pid"
	done
	client_pids=
	return $status
}

running() {
	kill -0 "$1" 2>/dev/null && return
	echo "it has ended:"
	tail -n 20 "$log"
	return 1
}

# within SECONDS COMMAND...: until it passes.
within() {
	end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

# comes_up PID COMMAND...: the same for a program that takes its time to start.
comes_up() {
	end=$((SECONDS + 60))
	program=$1
	shift
	until "$@"; do
		running "$program" || return 1
		[ $SECONDS -lt $end ] || { tail -n 20 "$log"; return 1; }
		sleep 0.5
	done
}

# What DRM calls the driver.
module=vidmem
[ "${VIDMEM_DRIVER-}" != bochs ] || module=bochs-drm

# Number and type of each plane: 0 is an overlay, 1 the primary one, 2 the cursor.
planes() {
	in_tree modetest -M $module -p | awk '/^Planes/ { p = 1 }
		p && /^[0-9]/ { id = $1 }
		p && $2 == "type:" { t = 1 }
		t && $1 == "value:" { print id, $2; t = 0 }'
}

# Whose root is the tree, but udev's: number and name.
tree_processes() {
	for pid in /proc/[0-9]*; do
		[ "$(readlink "$pid/root")" = "$VIDMEM_CLIENTS" ] || continue
		read -r comm <"$pid/comm"
		[ "$comm" = systemd-udevd ] || [ "$comm" = "(udev-worker)" ] ||
			echo "${pid#/proc/} $comm"
	done
}

# A compositor has its socket.
has_wayland() {
	display=$(cd "$runtime" && ls | grep -x 'wayland-[0-9]*') || return 1
	in_tree_env="$in_tree_env WAYLAND_DISPLAY=$display"
}

# Virtual adapters by configfs, for vidmemctl and for systemd of the tree.
mount_configfs() {
	for sys in /sys "$VIDMEM_CLIENTS/sys"; do
		mountpoint -q $sys/kernel/config ||
			mount -t configfs none $sys/kernel/config || return
	done
}

# Of the virtual adapter of this name: the device file, and whether it is off.
card() { cat "/sys/kernel/config/vidmem/$1/card"; }
off() {
	"$VIDMEMCTL" -d "/dev/dri/$(card "$1")" info | grep -q '^display  *off'
}

# connector CARD: what programs call its output.
connector() { basename "/sys/class/drm/$1-Virtual-"* | sed 's/^card[0-9]*-//'; }

# shows ADAPTER NAME THING...: as sees, of a virtual one, at which there is no other look.
shows() {
	adapter=$1 picture=$2
	shift 2
	VIDMEM_SCREEN='' VIDMEM_DEVICE=/dev/dri/$(card "$adapter") \
		sees "$picture-$adapter" "$@"
}

# Two of them: left has a mode, right an EDID.
make_two() {
	python3 ../edid.py "Right screen" >/out/right.edid
	"$VIDMEMCTL" add left --mode 1280x720@60 --desktop &&
		"$VIDMEMCTL" add right --edid /out/right.edid --desktop &&
		in_tree udevadm settle
}
remove_two() {
	"$VIDMEMCTL" remove left && "$VIDMEMCTL" remove right &&
		[ ! -e /sys/kernel/config/vidmem/left ] &&
		[ ! -e /sys/kernel/config/vidmem/right ]
}

# weston_ini NAME COLOR: NAME.ini, of a background of that color, which stays.
weston_ini() {
	cat >"$VIDMEM_CLIENTS/tmp/$1.ini" <<-END
	[core]
	idle-time=0
	[shell]
	background-color=0xff$2
	panel-position=none
	locking=false
	END
}

# start_weston NAME OPTION...: with NAME.ini.
start_weston() {
	name=$1
	shift
	start "$name" weston --backend=drm-backend.so --use-pixman \
		--config="/tmp/$name.ini" "$@"
	server=$started
}

# Options for Weston to be on another terminal than ours. Version 10 has to be told;
# later ones take what is there.
weston_vt() {
	if in_tree weston --help | grep -q -e --tty; then
		echo --tty=2
	else
		busybox chvt 2
	fi
}

# start_window COLOR [OPTION...]: of this size, in that color alone. It is whole
# characters of 7x13 or 7x14, as foot has them by its version.
window_size=420x364
start_window() {
	color=$1
	shift
	start foot foot -w $window_size -o pad=0x0 -o colors.background=$color \
		-o cursor.color="$color $color" -o csd.preferred=none "$@" \
		sleep 1000
}

# sees_window COLOR [OPTION N] NAME SIZE [THING...]: the compositor comes up, and shows a
# window of that color.
sees_window() {
	box=box:$window_size=$1
	comes_up $server has_wayland || return 1
	start_window "$1"
	shift
	sees "$@" "$box" && running $server
}

# Compositors on wlroots do not run as root, so seatd opens devices for nobody.
start_seatd() {
	start seatd seatd -u nobody
	comes_up $started test -S /run/seatd.sock || return
	runtime=/run/nobody
	mkdir -p -m 700 $runtime
	chown nobody $runtime
	# Of one that was killed.
	rm -f $runtime/wayland-*
	in_tree_env="LIBSEAT_BACKEND=seatd HOME=/tmp"
}

# For compositors that take their devices from logind alone, in a session that ends with
# them: start_session NAME COMMAND...
start_logind() {
	mkdir -p /run/dbus /run/systemd "$VIDMEM_CLIENTS/var/lib/dbus"
	in_tree dbus-uuidgen --ensure=/etc/machine-id
	# Of a bus that was ended.
	rm -f /run/dbus/system_bus_socket $runtime/bus
	start bus dbus-daemon --system --nofork --nopidfile
	comes_up $started test -S /run/dbus/system_bus_socket || return
	mountpoint -q "$VIDMEM_CLIENTS/sys/fs/cgroup" ||
		mount -t cgroup2 none "$VIDMEM_CLIENTS/sys/fs/cgroup" || return
	logind=/usr/libexec/elogind
	[ -x "$VIDMEM_CLIENTS$logind" ] || logind=/lib/elogind/elogind
	# They write to the kernel's log else.
	console=SYSTEMD_LOG_TARGET=console
	start logind env $console $logind
	comes_up $started in_tree env $console loginctl list-seats || return
	start session-bus dbus-daemon --session --nofork \
		--address=unix:path=$runtime/bus
	comes_up $started test -S $runtime/bus || return
	in_tree_env="$in_tree_env DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime/bus"
}
start_session() {
	cp session.py "$VIDMEM_CLIENTS/tmp"
	name=$1
	shift
	busybox chvt 2
	start "$name" env $no_avx python3 /tmp/session.py "$@"
	server=$started
}

# llvmpipe's AVX code ends in a segmentation fault in this machine.
no_avx=GALLIUM_OVERRIDE_CPU_CAPS=sse4.1

# sway on two GPUs. wlroots 0.18, of sway 1.10, copies from one to the other only what
# has a modifier, and what Mesa draws in software has none.
needs_copies() {
	case $(in_tree sway --version) in
	*" 1.1"[0-9]*)
		skip_all "this sway does not copy between GPUs what software draws" ;;
	esac
}

# start_sway CARD[:CARD...]: with sway.conf. The first card renders; on the others a
# renderer of their own copies that. Only OpenGL can do so, here by llvmpipe, which with
# threads has not finished when the other one copies: nothing says that it has.
start_sway() {
	start sway chroot --userspec=nobody:video / env \
		WLR_RENDERER=gles2 WLR_RENDERER_ALLOW_SOFTWARE=1 \
		$no_avx LP_NUM_THREADS=0 \
		WLR_DRM_DEVICES="$1" WLR_LIBINPUT_NO_DEVICES=1 sway -c /tmp/sway.conf
	server=$started
	comes_up "$server" has_wayland
}

# The picture's name gets that of the case in front. If it is not what it should
# be, the end of what the program said may tell why.
sees() {
	case $1 in --*)
		options="$1 $2"
		shift 2 ;;
	*) options= ;;
	esac
	name=$1
	shift
	python3 screen.py $options "$case_name-$name" "$@" && return
	[ ! -e "$log" ] || tail -n 20 "$log"
	return 1
}

# What the console should be after each case.
console_text="The quick brown fox 0123456789"
write_console() {
	printf '\033c\033[?25l%s' "$1" >"/dev/${2:-tty1}"
}

# The display's size, as the console has it.
console_size() {
	tr , x </sys/class/graphics/fb0/virtual_size
}

active_vt() {
	cat /sys/class/tty/tty0/active
}

# What holds the display keeps it, and vidmemctl says so in a line or two.
refuses_show() {
	"$VIDMEMCTL" -d "$VIDMEM_DEVICE" -t 1 show /out/card.png \
		>"$tap_log.show" 2>&1
	status=$?
	cat "$tap_log.show"
	[ $status = 1 ] && [ "$(wc -l <"$tap_log.show")" -le 2 ] &&
		grep -q "has the display" "$tap_log.show"
}

check_refusal() {
	[ "$VIDMEM_DRIVER" != vidmem ] || check vidmemctl_refused refuses_show
}

case_name=$(basename "$0" .sh)
