#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make a test card as PNG, and compare pictures.

testcard.py OUT.png WIDTH HEIGHT
testcard.py --compare A B      pixel for pixel: PNG as made here, binary PPM
testcard.py --shown A BITS B   B is what a display of so many bits makes of A, as PPM
"""

import struct
import sys
import zlib


def card(width, height):
    """Rows of (r, g, b): color bars, ramps, a grid, and a circle."""
    bars = [(255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0),
            (255, 0, 255), (255, 0, 0), (0, 0, 255), (0, 0, 0)]
    step = max(width // 16, 4)
    radius = min(width, height) * 2 // 5
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            if y * 3 < height:
                color = bars[x * 8 // width]
            elif y * 3 < height * 2:
                ramp = x * 255 // max(width - 1, 1)
                part = (y * 3 - height) * 4 // height
                color = [(ramp, 0, 0), (0, ramp, 0), (0, 0, ramp),
                         (ramp, ramp, ramp)][part]
            else:
                color = ((x * 7 + y * 3) & 255, (x ^ y) & 255,
                         (y * 5 - x) & 255)
            if x % step == 0 or y % step == 0:
                color = (96, 96, 96)
            dx, dy = x - width // 2, y - height // 2
            if abs(dx * dx + dy * dy - radius * radius) < radius * 3:
                color = (255, 255, 255)
            row.append(color)
        rows.append(row)
    # A corner each, so that no turn or flip goes unnoticed.
    size = max(min(width, height) // 16, 2)
    corners = [(0, 0, (255, 0, 0)), (width - size, 0, (0, 255, 0)),
               (0, height - size, (0, 0, 255)),
               (width - size, height - size, (255, 255, 0))]
    for left, top, color in corners:
        for y in range(top, top + size):
            for x in range(left, left + size):
                rows[y][x] = color
    return rows


def write_png(path, rows):
    """Write rows of (r, g, b)."""
    raw = b"".join(b"\0" + bytes(c for pixel in row for c in pixel)
                   for row in rows)

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" +
                   chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]),
                                              len(rows), 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(raw, 6)) +
                   chunk(b"IEND", b""))


def read_png(path):
    """Width, height and RGB bytes of a PNG that write_png() wrote."""
    with open(path, "rb") as file:
        data = file.read()
    pos, packed = 8, b""
    while pos < len(data):
        length, kind = struct.unpack(">I4s", data[pos:pos + 8])
        body = data[pos + 8:pos + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, lace = struct.unpack(
                ">IIBBBBB", body)
            if (depth, color, lace) != (8, 2, 0):
                raise ValueError(f"{path}: not 8-bit RGB")
        elif kind == b"IDAT":
            packed += body
        pos += 12 + length
    raw = zlib.decompress(packed)
    stride = width * 3 + 1
    if any(raw[y * stride] for y in range(height)):
        raise ValueError(f"{path}: filtered")
    rows = [raw[y * stride + 1:(y + 1) * stride] for y in range(height)]
    return width, height, b"".join(rows)


def read_ppm(path):
    """Width, height and RGB bytes of a binary PPM."""
    with open(path, "rb") as file:
        data = file.read()
    magic, width, height, depth = data.split(maxsplit=4)[:4]
    if (magic, depth) != (b"P6", b"255"):
        raise ValueError(f"{path}: not a binary PPM")
    width, height = int(width), int(height)
    # QEMU fills lines up to whole words.
    header = data.index(b"\n255\n") + 5
    line = (len(data) - header) // height
    return width, height, b"".join(
        data[header + y * line:header + y * line + 3 * width]
        for y in range(height))


def read(path):
    """Either, by its name."""
    return read_ppm(path) if path.endswith(".ppm") else read_png(path)


def as_shown(data, bits):
    """What formats of 8 and 16 bits leave of RGB bytes: 3 of red and of green and 2 of
    blue, by a palette; or 5, 6 and 5, the highest of which repeat below."""
    shown = bytearray(data)
    for i, n in enumerate({8: (3, 3, 2), 16: (5, 6, 5)}.get(bits, ())):
        if bits == 8:
            table = [(v >> 8 - n) * 255 // (2 ** n - 1) for v in range(256)]
        else:
            levels = [v * (2 ** n - 1) // 255 for v in range(256)]
            table = [v << 8 - n | v >> 2 * n - 8 for v in levels]
        shown[i::3] = data[i::3].translate(bytes(table))
    return bytes(shown)


def compare(one, two):
    """Whether they are the same; the differences go to stdout."""
    if one[:2] != two[:2]:
        print(f"{one[0]}x{one[1]} against {two[0]}x{two[1]}")
        return False
    if one == two:
        return True
    wrong = [i // 3 for i in range(0, len(one[2]), 3)
             if one[2][i:i + 3] != two[2][i:i + 3]]
    y, x = divmod(wrong[0], one[0])
    print(f"{len(wrong)} pixels differ, the first at {x},{y}")
    return False


def main():
    """See the top of this file."""
    args = sys.argv[1:]
    if len(args) == 3 and args[0] == "--compare":
        return not compare(read(args[1]), read(args[2]))
    if len(args) == 4 and args[0] == "--shown":
        width, height, data = read(args[1])
        with open(args[3], "wb") as file:
            file.write(b"P6\n%d %d\n255\n" % (width, height) +
                       as_shown(data, int(args[2])))
        return 0
    if len(args) != 3:
        sys.exit(__doc__)
    write_png(args[0], card(int(args[1]), int(args[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
