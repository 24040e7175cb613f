#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure what mappings cost, on each kernel, and print tables.

bench.py OUT NAME KERNEL MODULE [NAME KERNEL MODULE ...]

KERNEL is a folder of selftests/vm/setup or kernels, MODULE the module built for
it. The machine has one processor and a clock that counts instructions, one a
nanosecond, so that the figures are the same each time on any host. They come
from selftests/bench. Writes OUT/bench.csv and OUT/bench.svg.
"""

import concurrent.futures
import csv
import math
import os
import shutil
import sys
import time

from vm import ICOUNT, Machine, MachineError

DISPLAYS = [f"bochs-display,id={name},addr={slot},vgamem=256M,xres=1920,"
            "yres=1080"
            for name, slot in (("vidmem-pci", 4), ("bochs-drm", 5))]

# What a row of the tables is called, by operation and size.
SIZES = {4 << 10: "4 KiB", 4 << 20: "4 MiB", 64 << 20: "64 MiB"}
ROWS = [(f"{title}, {name}", operation, size)
        for size, name in SIZES.items()
        for title, operation in (
            ("Map", "map"), ("Write to each page", "touch"),
            ("Unmap", "unmap"), ("All three", "total"), ("Faults", "faults"))]
ROWS += [(f"64 MiB, one page of it: {title}", f"single_{operation}", 64 << 20)
         for title, operation in (("map", "map"), ("write", "touch"),
                                  ("unmap", "unmap"), ("all", "total"))]
ROWS += [(f"Map and unmap 4 KiB beside {count} others", f"round_trip_{count}",
          4 << 10) for count in (1, 1000, 10000)]
ROWS += [(f"Create and free, {name}", "create_free", size)
         for size, name in SIZES.items()]
ROWS += [(f"Create and map, {name}, cleared before", "create_map", size)
         for size, name in SIZES.items() if size != 4 << 20]
ROWS += [(f"{title} beside {what}", f"{operation}_{name}", 4 << 10)
         for title, operation in (("Create and free 4 KiB", "create_free"),
                                  ("Ask for the largest free", "largest_free"))
         for what, name in (("1 other", "1"), ("100000 others", "100000"),
                            ("65536 holes", "holes_65536"))]
ROWS += [("Redraw 1920x1080: copied", "redraw_copy", 1920 * 1080 * 4),
         ("Redraw 1920x1080: drawn", "redraw_draw", 1920 * 1080 * 4),
         ("Flip 1920x1080", "flip", 1920 * 1080 * 4),
         ("Flip 1920x1080, copied", "flip_copied", 1920 * 1080 * 4),
         ("Compose 1920x1080 and a cursor", "composed", 1920 * 1080 * 4),
         ("Say that 64x64 have changed", "dirty", 64 * 64 * 4),
         ("Move a cursor of 64x64", "cursor", 64 * 64 * 4),
         ("Change the mode", "mode", 1920 * 1080 * 4),
         ("Add a display, and set its mode", "add", 0),
         ("Remove it", "remove", 0),
         ("Timer interrupts in 10 idle seconds, on", "idle_on", 0),
         ("Timer interrupts in 10 idle seconds, off", "idle_off", 0)]
# All others are times.
COUNTS = ("faults", "idle_on", "idle_off")


class Figures:
    """What was measured on one kernel."""

    def __init__(self, kernel, path):
        self.kernel = kernel
        self.values = {}
        self.subjects = []
        with open(path, newline="") as file:
            for subject, operation, size, value, _ in csv.reader(file):
                if subject not in self.subjects:
                    self.subjects.append(subject)
                self.values[subject, operation, int(size)] = int(value)

    def get(self, subject, operation, size):
        """A figure, or None where there is none."""
        return self.values.get((subject, operation, size))

    def table(self):
        """All figures: counts, and times in microseconds."""
        width = max(len(row[0]) for row in ROWS)
        heads = [subject.replace("-populate", "+populate")
                 for subject in self.subjects]
        yield (f"Linux {self.kernel}: microseconds, 1000 instructions each; "
               "medians")
        yield " " * width + "".join(f"  {head:>{max(11, len(head))}}"
                                    for head in heads)
        for title, operation, size in ROWS:
            line = f"{title:{width}}"
            for subject, head in zip(self.subjects, heads):
                value = self.get(subject, operation, size)
                text = "" if value is None else str(value) \
                    if operation in COUNTS else f"{value / 1000:.2f}"
                line += f"  {text:>{max(11, len(head))}}"
            yield line

    def ratio(self, operation, size, one, other):
        """How many times the figure of the other."""
        return self.get(one, operation, size) / self.get(other, operation,
                                                         size)

    def comparison(self):
        """What vidmem is for, as multiples."""
        big, picture = 64 << 20, 1920 * 1080 * 4
        for adapter in "vidmem-pci", "vidmem-virtual":
            own = self.get(adapter, "total", big)
            yield (f"{adapter}: 64 MiB mapped, written to and unmapped in "
                   f"{own / 1e6:.3f} ms: " + ", ".join(
                       f"{self.ratio('total', big, other, adapter):.0f} "
                       f"times less than {other}" for other in self.subjects
                       if not other.startswith("vidmem")))
            one, many = (self.get(adapter, f"round_trip_{count}", 4 << 10)
                         for count in (1, 10000))
            yield (f"{adapter}: map and unmap beside 10000 views: "
                   f"{many / one:.2f} times that beside one")
        for operation in "redraw_copy", "redraw_draw":
            ratio = self.ratio(operation, picture, "vidmem-pci", "bochs-drm")
            yield f"{operation}: {ratio:.2f} times that of bochs-drm"


def measure(out, name, kernel, module):
    """One kernel: returns its figures."""
    kernel = os.path.realpath(kernel)
    start = time.monotonic()
    print(f"Linux {name}: measuring ...", file=sys.stderr, flush=True)
    with Machine(kernel, os.path.join(out, name), DISPLAYS,
                 **ICOUNT) as machine:
        log = []
        status = machine.run("selftests/vm/guest-bench", 1500, log.append,
                             {"VIDMEM_KERNEL": kernel,
                              "VIDMEM_MODULE": os.path.abspath(module)})
        if status:
            raise MachineError("\n".join(log[-10:]) +
                               f"\nthe job failed with status {status}")
    print(f"Linux {name}: took {time.monotonic() - start:.0f} s",
          file=sys.stderr, flush=True)
    return Figures(name, os.path.join(out, name, "bench.csv"))


COLORS = {"vidmem-pci": "#0b6e4f", "vidmem-virtual": "#08a045",
          "vidmem-pci-user": "#6bbf9a"}
LEFT, BAR, GAP, PLOT = 190, 16, 34, 500

# What else the chart has, each beside vidmem on an adapter of the same kind: what has
# hardware, and what has none.
PEERS = (("bochs-drm", "vidmem-pci"), ("vkms", "vidmem-virtual"))
PICTURE = 1920 * 1080 * 4
COMPARED = (("create + map 4 KiB", "create_map", 4 << 10),
            ("create + map 64 MiB", "create_map", 64 << 20),
            ("create + free 64 MiB", "create_free", 64 << 20),
            ("flip 1920x1080", "flip", PICTURE),
            ("64x64 have changed", "dirty", 64 * 64 * 4),
            ("move a cursor", "cursor", 64 * 64 * 4),
            ("compose 1920x1080", "composed", PICTURE),
            ("change the mode", "mode", PICTURE),
            ("add a display", "add", 0))


def times(ratio):
    """As text, with two digits or more."""
    return f"\u00d7{ratio:.0f}" if ratio >= 10 else f"\u00d7{ratio:.2g}"


class Scale:
    """A logarithmic one from the left of the chart to its right."""

    def __init__(self, first, last):
        self.first, self.last = first, last

    def place(self, value):
        """Where it is in the chart."""
        span = self.last + 0.4 - self.first
        return LEFT + PLOT * (math.log10(value) - self.first) / span

    def grid(self, top, bottom, text):
        """A line for each power of ten, and what it is."""
        for power in range(self.first, self.last + 1):
            x = f"{self.place(10 ** power):.1f}"
            yield (f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" '
                   f'stroke="#d5d7da"/><text x="{x}" y="{bottom + 16}" '
                   f'text-anchor="middle">{text(10.0 ** power)}</text>')


def bar(y, name, start, end, color, text):
    """A bar, what it is, and what it says."""
    start, end = sorted((start, end))
    return (f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{name}</text>'
            f'<rect x="{start:.1f}" y="{y}" width="{end - start:.1f}" '
            f'height="{BAR - 3}" fill="{color}"/>'
            f'<text x="{end + 5:.1f}" y="{y + 11}">{text}</text>')


def chart_mappings(all_figures, y):
    """64 MiB, all three, on each kernel. Returns SVG and where it ends."""
    scale, top, big = Scale(4, 8), y + 16, 64 << 20     # 10 us to 100 ms
    body = [f'<text x="10" y="{y}" font-size="14">64 MiB of video memory: map, '
            'write to each page, unmap: time, and how many times that of '
            'vidmem-pci</text>']
    y += 28
    for figures in all_figures:
        body.append(f'<text x="10" y="{y}" font-weight="bold">Linux '
                    f'{figures.kernel}</text>')
        y += 8
        for subject in figures.subjects:
            value = figures.get(subject, "total", big)
            ratio = figures.ratio("total", big, subject, "vidmem-pci")
            body.append(bar(
                y, subject.replace("-populate", " + populate"), LEFT,
                scale.place(value),
                COLORS.get(subject.replace("-populate", ""), "#8a8d91"),
                f"{value / 1e6:.2f} ms, {times(ratio)}"))
            y += BAR
        y += GAP
    grid = scale.grid(top, y - GAP, lambda value: f"{value / 1e6:g} ms")
    return [*grid, *body], y


def chart_peers(figures, y):
    """The life of an object and the display, as multiples of vidmem's."""
    scale, top = Scale(-1, 4), y + 16
    body = [f'<text x="10" y="{y}" font-size="14">Linux {figures.kernel}: how '
            'many times what vidmem takes (microseconds, and vidmem\'s)</text>']
    y += 28
    for peer, own in PEERS:
        body.append(f'<text x="10" y="{y}" font-weight="bold">{peer}, beside '
                    f'{own}</text>')
        y += 8
        for title, operation, size in COMPARED:
            value = figures.get(peer, operation, size)
            if value is None:
                continue
            ours = figures.get(own, operation, size)
            body.append(bar(
                y, title, scale.place(1), scale.place(value / ours),
                "#8a8d91" if value >= ours else "#c0392b",
                f"{times(value / ours)} ({value / 1e3:.1f}, "
                f"{ours / 1e3:.1f})"))
            y += BAR
        y += GAP
    grid = scale.grid(top, y - GAP, lambda value: f"\u00d7{value:g}")
    return [*grid, *body], y


def chart(all_figures, path):
    """Bars on logarithmic scales; the newest kernel comes last."""
    body, y = chart_mappings(all_figures, 20)
    if any(all_figures[-1].get(peer, "flip", PICTURE) for peer, _ in PEERS):
        more, y = chart_peers(all_figures[-1], y + 24)
        body += more
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + PLOT + 110}'
            f'" height="{y}" font-family="sans-serif" font-size="11">'
            '<rect width="100%" height="100%" fill="white"/>' + "".join(body) +
            f'<text x="{LEFT}" y="{y - 2}" fill="#6b6f76">1 ns = 1 instruction; '
            'logarithmic; make bench</text></svg>\n')


def main():
    """See the top of this file."""
    if len(sys.argv) < 5 or (len(sys.argv) - 2) % 3:
        sys.exit(__doc__)
    out = sys.argv[1]
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    all_figures = []
    # Side by side: the clock of a machine does not see who else runs.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [(sys.argv[i], pool.submit(measure, out, *sys.argv[i:i + 3]))
                for i in range(2, len(sys.argv), 3)]
        for name, run in runs:
            try:
                figures = run.result()
            except MachineError as error:
                sys.exit(f"bench: Linux {name}: {error}")
            all_figures.append(figures)
            print("\n".join(figures.table()) + "\n")
            print("\n".join(figures.comparison()) + "\n", flush=True)

    path = os.path.join(out, "bench.csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kernel", "driver", "operation", "size", "value"])
        for figures in all_figures:
            for key, value in figures.values.items():
                writer.writerow([figures.kernel, *key, value])
    chart(all_figures, os.path.join(out, "bench.svg"))
    print(f"Figures: {path}\nChart:   {os.path.join(out, 'bench.svg')}")


if __name__ == "__main__":
    main()
