#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""In the virtual machine: look at the display until it shows what it should.

screen.py [--near N] [--seconds S] NAME [WIDTHxHEIGHT] THING...

takes a picture of the display, as /out/NAME.ppm and .png, and compares. Each
THING is one of

  X,Y=RRGGBB              the pixel there; negative numbers count from the
                          right and the bottom edge
  X,Y,WIDTHxHEIGHT=RRGGBB each pixel of that part
  X,Y!=RRGGBB             another color than this one
  box:WIDTHxHEIGHT=RRGGBB somewhere a rectangle of that color, filled but for a
                          tenth, and that color nowhere else
  same:FILE.ppm           the picture of the file, pixel for pixel
  text:WORDS              a line of the kernel's console begins with the words,
                          in the font of the console

--near lets each part of a color differ by N (0). What is not there after S
seconds (100) is told, and the exit status is 1. With --seconds 0 it looks once.

QEMU takes the picture where it has a screen for the adapter, $VIDMEM_SCREEN set;
else vidmemctl does.
"""

import argparse
import array
import fcntl
import os
import re
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vm"))

import testcard                         # pylint: disable=wrong-import-position

KDFONTOP, KD_FONT_OP_GET = 0x4b72, 1
# A glyph has 32 lines, as many as it needs of them used.
GLYPH_LINES = 32


def take(name):
    """A picture of the display, by who can see it: width, height, RGB."""
    path = "/out/" + name
    if os.environ.get("VIDMEM_SCREEN"):
        with open(os.environ["VIDMEM_CONTROL"], "r+b", buffering=0) as control:
            control.write(f"screendump {name}\n".encode())
            answer = b""
            while not answer.endswith(b"\n"):
                answer += control.read(1)
        if answer != b"done\n":
            raise OSError(f"no screenshot: {answer.decode()}")
    else:
        run = subprocess.run(
            [os.environ["VIDMEMCTL"], "-d", os.environ["VIDMEM_DEVICE"],
             "screenshot", path + ".png"], check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode:
            raise OSError(run.stdout.strip())
        with open(path + ".ppm", "wb") as file:
            subprocess.run(["pngtopnm", path + ".png"], stdout=file,
                           check=True)
    return testcard.read_ppm(path + ".ppm")


class Picture:
    """What one picture shows."""

    def __init__(self, picture, near):
        self.width, self.height, self.data = picture
        self.near = near

    def pixel(self, x, y):
        """Its color there, in six digits."""
        x, y = x % self.width, y % self.height
        start = 3 * (y * self.width + x)
        return self.data[start:start + 3]

    def like(self, color, wanted):
        """Whether the two colors are the same, or near enough."""
        return all(abs(a - b) <= self.near for a, b in zip(color, wanted))

    def size(self, width, height):
        """What is wrong with the size. A VGA shows whole characters: the rest of
        the last one is no part of the picture."""
        shown = self.width
        if width < shown == (width + 7) // 8 * 8 and self.height == height:
            self.data = b"".join(self.data[3 * y * shown:3 * (y * shown + width)]
                                 for y in range(height))
            self.width = width
        if (self.width, self.height) != (width, height):
            return f"it has {self.width}x{self.height}"
        return None

    def part(self, x, y, width, height, wanted):
        """What is wrong with a rectangle of one color."""
        if x + width > self.width or y + height > self.height:
            return f"it has but {self.width}x{self.height}"
        for line in range(height):
            for column in range(width):
                color = self.pixel(x + column, y + line)
                if not self.like(color, wanted):
                    return f"{x + column},{y + line} is {color.hex()}"
        return None

    def rows(self, color):
        """Of each line with that color: number, first, last, how often."""
        packed = bytearray(self.data)
        for part, value in enumerate(color):
            packed[part::3] = packed[part::3].translate(bytes(
                value if abs(i - value) <= self.near else i for i in range(256)))
        for y in range(self.height):
            line = packed[3 * y * self.width:3 * (y + 1) * self.width]
            found = [x for x in range(self.width)
                     if line[3 * x] == color[0] and
                     line[3 * x + 1] == color[1] and
                     line[3 * x + 2] == color[2]] \
                if color in line else None
            if found:
                yield y, found[0], found[-1], len(found)

    def box(self, width, height, color):
        """What is wrong with a rectangle of one color, wherever it is."""
        rows = list(self.rows(color))
        if not rows:
            return f"there is no {color.hex()}"
        left, right = min(r[1] for r in rows), max(r[2] for r in rows)
        found = (right - left + 1, rows[-1][0] - rows[0][0] + 1)
        if found != (width, height):
            return (f"{color.hex()} is from {left},{rows[0][0]} to "
                    f"{right},{rows[-1][0]}, so {found[0]}x{found[1]}")
        count = sum(r[3] for r in rows)
        if count * 10 < width * height * 9:
            return f"{count} pixels of {width * height} are {color.hex()}"
        return None

    def same(self, path):
        """What is wrong against another picture."""
        other = testcard.read_ppm(path)
        problem = self.size(*other[:2])
        if problem or self.data == other[2]:
            return problem
        for i in range(0, len(self.data), 3):
            if not self.like(self.data[i:i + 3], other[2][i:i + 3]):
                y, x = divmod(i // 3, self.width)
                return (f"{x},{y} is {self.data[i:i + 3].hex()}, "
                        f"not {other[2][i:i + 3].hex()}")
        return None

    def lines(self):
        """The text of a console, line by line; unknown glyphs are a ~."""
        width, height, glyphs = console_font()
        # A byte for each pixel, 0 where it is black.
        parts = [int.from_bytes(self.data[part::3], "big") for part in range(3)]
        drawn = (parts[0] | parts[1] | parts[2]).to_bytes(
            self.width * self.height, "big").translate(b"0" + b"1" * 255)
        for top in range(0, self.height - height + 1, height):
            text = ""
            for left in range(0, self.width - width + 1, width):
                starts = [y * self.width + left
                          for y in range(top, top + height)]
                cell = b"".join(drawn[s:s + width] for s in starts)
                text += glyphs.get(cell, "~")
                # The rest of a line is of no interest.
                if text.endswith("    "):
                    break
            yield text.rstrip()

    def text(self, words):
        """What is wrong with the text of a console."""
        read = []
        for line in self.lines():
            if line.startswith(words):
                return None
            read.append(line)
        return f"the text is {[line for line in read if line]}"


def console_font():
    """Width, height and glyphs by their bits, of the printable characters."""
    data = array.array("B", bytes(512 * GLYPH_LINES * 2))
    ask = struct.pack("IIIIIxxxxQ", KD_FONT_OP_GET, 0, 32, 32, 512,
                      data.buffer_info()[0])
    with open("/dev/tty1", "rb") as console:
        answer = fcntl.ioctl(console, KDFONTOP, ask)
    width, height = struct.unpack("IIIIIxxxxQ", answer)[2:4]
    octets = (width + 7) // 8
    glyphs = {}
    for code in range(32, 127):
        start = code * GLYPH_LINES * octets
        rows = [int.from_bytes(data[start + y * octets:start + (y + 1) * octets],
                               "big") for y in range(height)]
        glyphs["".join(f"{row:0{8 * octets}b}"[:width]
                       for row in rows).encode()] = chr(code)
    return width, height, glyphs


PART = re.compile(r"(-?\d+),(-?\d+)(?:,(\d+)x(\d+))?(!?)=([0-9a-f]{6})$")
BOX = re.compile(r"box:(\d+)x(\d+)=([0-9a-f]{6})$")


def wrong(picture, thing):
    """What is wrong with one thing, or None."""
    if thing.startswith("text:"):
        return picture.text(thing[5:])
    if thing.startswith("same:"):
        return picture.same(thing[5:])
    match = BOX.match(thing)
    if match:
        return picture.box(int(match[1]), int(match[2]),
                           bytes.fromhex(match[3]))
    match = PART.match(thing)
    if match:
        x, y, color = int(match[1]), int(match[2]), bytes.fromhex(match[6])
        if match[5]:
            there = picture.pixel(x, y)
            return f"{x},{y} is {there.hex()}" \
                if picture.like(there, color) else None
        return picture.part(x, y, int(match[3] or 1), int(match[4] or 1),
                            color)
    match = re.match(r"(\d+)x(\d+)$", thing)
    if match:
        return picture.size(int(match[1]), int(match[2]))
    sys.exit(f"screen.py: what is {thing}?")


def main():
    """See the top of this file."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--near", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=100)
    parser.add_argument("name")
    # Those that begin with a minus are things, too.
    args, things = parser.parse_known_args()
    if not things:
        sys.exit(__doc__)
    end = time.monotonic() + args.seconds
    while True:
        try:
            picture = Picture(take(args.name), args.near)
            problems = [f"{thing}: {problem}" for thing, problem in
                        ((thing, wrong(picture, thing)) for thing in things)
                        if problem]
        except OSError as error:
            problems = [str(error)]
        if not problems:
            return 0
        if time.monotonic() >= end:
            print(f"{args.name}: " + "; ".join(problems))
            return 1
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
