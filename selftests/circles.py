#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tell which object files need each other, in a circle.

circles.py OBJECT...

A file needs another if it calls what that one defines. Prints each circle, one a
line; prints nothing where every file can be read after those that it needs.
"""

import subprocess
import sys


def symbols(path):
    """What an object file defines and what it needs."""
    defined, needed = set(), set()
    for line in subprocess.run(["nm", "-g", path], check=True, text=True,
                               stdout=subprocess.PIPE).stdout.splitlines():
        kind, name = line.split()[-2:]
        (needed if kind == "U" else defined).add(name)
    return defined, needed


def reachable(needs, start):
    """All files that this one needs, and those that they need."""
    found, todo = set(), [start]
    while todo:
        for other in needs[todo.pop()] - found:
            found.add(other)
            todo.append(other)
    return found


def main():
    """See the top of this file."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    files = {path: symbols(path) for path in sys.argv[1:]}
    needs = {a: {b for b in files if a != b and files[a][1] & files[b][0]}
             for a in files}
    all_needs = {a: reachable(needs, a) for a in files}
    circles = {tuple(sorted(b for b in all_needs[a] if a in all_needs[b]))
               for a in files if a in all_needs[a]}
    for circle in sorted(circles):
        print("these need each other:", *circle)
    return 1 if circles else 0


if __name__ == "__main__":
    sys.exit(main())
