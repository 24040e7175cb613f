#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show a picture through MAP, draw, UNMAP, and look at the display.

demo.py OUT [PICTURE.png]

Boots a virtual machine with a bochs-display, loads the module there, has
vidmemctl show the picture, and takes QEMU's own screenshot from outside. It is
left as OUT/screenshot.png. Without a picture a test card is shown, and passes
only if the screenshot is the same pixel for pixel.
"""

import os
import shutil
import sys

import testcard
from vm import Machine, MachineError, cache

WIDTH, HEIGHT = 1024, 768

JOB = f"""
modprobe -d "$VIDMEM_KERNEL" -a $(modinfo -F depends vidmem.ko | tr , ' ') ||
	exit 10
echo "loading the module"
insmod vidmem.ko || exit 11
out/tools/vidmemctl list
out/tools/vidmemctl --mode {WIDTH}x{HEIGHT} show /out/picture.png >/out/show &
show=$!
until grep -q showing /out/show; do
	kill -0 $show || exit 12
	sleep 0.1
done
cat /out/show
exec 3<>"$VIDMEM_CONTROL"
echo "screendump screenshot" >&3
read -r answer <&3
[ "$answer" = done ] || exit 13
kill -TERM $show
wait $show || exit 14
rmmod vidmem || exit 15
"""

WHY = {10: "the kernel's DRM modules do not load",
       11: "the module does not load; see console.log",
       12: "vidmemctl could not show the picture",
       13: "QEMU took no screenshot",
       14: "vidmemctl did not end well",
       15: "the module cannot be removed; see console.log"}


def main():
    """See the top of this file."""
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    out = os.path.abspath(sys.argv[1])
    picture = sys.argv[2] if len(sys.argv) == 3 else None
    kernel = os.path.realpath(os.path.join(cache(), "kernel"))

    print("demo: booting a virtual machine with a bochs-display", flush=True)
    with Machine(kernel, out, ["bochs-display"]) as machine:
        path = os.path.join(out, "picture.png")
        if picture:
            shutil.copy(picture, path)
        else:
            testcard.write_png(path, testcard.card(WIDTH, HEIGHT))
        try:
            status = machine.run(JOB, 120,
                                 lambda line: print("demo: " + line,
                                                    flush=True),
                                 {"VIDMEM_KERNEL": kernel})
        except (MachineError, OSError) as error:
            print(f"demo: FAILED: {error}")
            return 1
        if status:
            print(f"demo: FAILED: {WHY.get(status, status)}")
            return 1
        splats = machine.splats()
        for line in splats:
            print(f"demo: FAILED: kernel log: {line}")
        if splats:
            return 1
    shot = os.path.join(out, "screenshot")
    if not picture and not testcard.compare(testcard.read(path),
                                            testcard.read(shot + ".ppm")):
        print(f"demo: FAILED: {shot}.png is not {path}")
        return 1
    print("demo: what QEMU's display shows" +
          ("" if picture else ", the same pixel for pixel") + ":")
    print(shot + ".png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
