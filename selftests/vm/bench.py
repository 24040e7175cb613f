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
ROWS += [(f"Create and free 4 KiB beside {what}", f"create_free_{name}", 4 << 10)
         for what, name in (("1 other", "1"), ("100000 others", "100000"),
                            ("65536 holes", "holes_65536"))]
ROWS += [("Redraw 1920x1080: copied", "redraw_copy", 1920 * 1080 * 4),
         ("Redraw 1920x1080: drawn", "redraw_draw", 1920 * 1080 * 4),
         ("Flip 1920x1080", "flip", 1920 * 1080 * 4),
         ("Say that 64x64 have changed", "dirty", 64 * 64 * 4),
         ("Move a cursor of 64x64", "cursor", 64 * 64 * 4),
         ("Change the mode", "mode", 1920 * 1080 * 4)]


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
                    if operation == "faults" else f"{value / 1000:.2f}"
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


def chart(all_figures, path):
    """64 MiB, all three, on each kernel: bars on a logarithmic scale."""
    colors = {"vidmem-pci": "#0b6e4f", "vidmem-virtual": "#08a045",
              "vidmem-pci-user": "#6bbf9a"}
    left, bar, gap, plot = 170, 16, 34, 520
    decades = range(4, 9)               # 10 us to 100 ms, in nanoseconds

    def place(value):
        span = decades[-1] + 0.4 - decades[0]
        return left + plot * (math.log10(value) - decades[0]) / span

    body = []
    y = 46
    for figures in all_figures:
        body.append(f'<text x="10" y="{y}" font-weight="bold">Linux '
                    f'{figures.kernel}</text>')
        y += 8
        for subject in figures.subjects:
            value = figures.get(subject, "total", 64 << 20)
            end = place(value)
            body.append(
                f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">'
                f'{subject.replace("-populate", " + populate")}</text>'
                f'<rect x="{left}" y="{y}" width="{end - left:.1f}" '
                f'height="{bar - 3}" fill="'
                f'{colors.get(subject.replace("-populate", ""), "#8a8d91")}"/>'
                f'<text x="{end + 5:.1f}" y="{y + 11}">'
                f'{value / 1e6:.2f} ms</text>')
            y += bar
        y += gap
    grid = [f'<line x1="{place(10 ** d):.1f}" y1="34" x2="{place(10 ** d):.1f}"'
            f' y2="{y - gap}" stroke="#d5d7da"/><text x="{place(10 ** d):.1f}" '
            f'y="{y - gap + 16}" text-anchor="middle">'
            f'{10 ** d / 1e6:g} ms</text>' for d in decades]
    with open(path, "w") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + plot + 90}'
            f'" height="{y}" font-family="sans-serif" font-size="11">'
            '<rect width="100%" height="100%" fill="white"/>'
            '<text x="10" y="18" font-size="14">64 MiB of video memory: map, '
            'write to each page, unmap (logarithmic; 1 ns = 1 instruction)'
            '</text>' + "".join(grid) + "".join(body) + "</svg>\n")


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
