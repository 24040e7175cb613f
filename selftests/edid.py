#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Write an EDID of one block: 1600x900 at 60 Hz, on a screen of this name.

edid.py NAME [FAULT]

FAULT is what is wrong with it: header, sum, blocks or size.
"""

import sys


def make(name, fault=""):
    """All of its bytes."""
    edid = bytearray(128)
    edid[0:8] = bytes.fromhex("00ffffffffffff00")
    edid[8:10] = bytes([0x59, 0xa4])        # VMD
    edid[16:20] = bytes([1, 36, 1, 4])
    edid[20:24] = bytes([0x80, 60, 34, 120])
    edid[24] = 0x0a
    # 108 MHz, 600 mm x 340 mm.
    edid[54:72] = bytes.fromhex("302a40c8608464301850130058542100001e")
    edid[72:90] = b"\0\0\0\xfc\0" + name.encode().ljust(13, b"\n")[:13]
    for start in (90, 108):
        edid[start:start + 5] = b"\0\0\0\x10\0"
    if fault == "blocks":
        edid[126] = 1
    if fault == "header":
        edid[1] = 254
    edid[127] = -sum(edid) % 256
    if fault == "sum":
        edid[127] ^= 1
    if fault == "size":
        edid += bytes(1)
    return edid


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.stdout.buffer.write(make(*sys.argv[1:]))
