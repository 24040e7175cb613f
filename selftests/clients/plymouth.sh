#!/bin/bash
# SPDX-License-Identifier: MIT
# plymouth, which shows a picture while a system starts and leaves again. That it
# does so by KMS, not by the frame buffer device, shows in that it has the display.

cd "$(dirname "$0")" || exit 1
. ./lib.sh
size=$(console_size)
themes=$VIDMEM_CLIENTS/usr/share/plymouth/themes

mkdir -p "$themes/vidmem" "$VIDMEM_CLIENTS/etc/plymouth" \
	"$VIDMEM_CLIENTS/var/lib/plymouth" "$VIDMEM_CLIENTS/run/plymouth"
cat >"$themes/vidmem/vidmem.plymouth" <<END
[Plymouth Theme]
Name=vidmem
Description=two colors
ModuleName=script
[script]
ImageDir=/usr/share/plymouth/themes/vidmem
ScriptFile=/usr/share/plymouth/themes/vidmem/vidmem.script
END
# A background, and a picture of 200x100 on it.
ppmmake '#cc3300' 200 100 2>/dev/null | pnmtopng -force \
	>"$themes/vidmem/box.png" 2>/dev/null
cat >"$themes/vidmem/vidmem.script" <<END
Window.SetBackgroundTopColor(0.2, 0.4, 0.6);
Window.SetBackgroundBottomColor(0.2, 0.4, 0.6);
box = Sprite(Image("box.png"));
box.SetX(100);
box.SetY(100);
END
cat >"$VIDMEM_CLIENTS/etc/plymouth/plymouthd.conf" <<END
[Daemon]
Theme=vidmem
ShowDelay=0
DeviceTimeout=5
END

start plymouthd plymouthd --no-daemon --mode=boot --tty=/dev/tty1 --debug \
	--debug-file=/out/plymouth-debug.log --ignore-serial-consoles \
	--kernel-command-line="splash plymouth.ignore-serial-consoles"
daemon=$started
shows() {
	comes_up $daemon in_tree plymouth --ping || return 1
	in_tree plymouth show-splash
	sees --near 2 splash "$size" 0,0=336699 -1,-1=336699 \
		100,100,200x100=cc3300 99,99=336699 300,200=336699
}
check splash shows
check_refusal
quits() {
	in_tree plymouth quit
	within 20 eval "! kill -0 $daemon 2>/dev/null"
}
check quits quits
check ends stop
tap_exit
