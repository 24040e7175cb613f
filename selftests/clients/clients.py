#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run Debian's graphical programs on the adapters, print TAP, end with "N passed,
M failed".

Each case (CASE.sh here) starts programs in a virtual machine, looks at the display
from outside, and ends them; then the console must be back, video memory as it was,
and the kernel's log empty. Pictures of the display are left in OUT/MACHINE, as
CASE-NAME.png.
"""

import argparse
import concurrent.futures
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vm"))

# pylint: disable=wrong-import-position
from check import Program, Tap
from vm import Machine, MachineError, cache

# In the order in which they run.
CASES = ["console", "modetest", "xorg", "weston", "cage", "kmscube", "fbi", "mpv",
         "plymouth", "capture", "view", "vnc", "plug", "two",
         "sway", "kwin", "mutter", "gpus", "gstreamer", "qt", "glmark"]

# QEMU devices. VGA has 16 MiB if not told otherwise, and so has bochs-display.
# The virtual adapter is made by the module.
DEVICES = {"bochs-display": ["bochs-display"], "VGA": ["VGA"], "virtual": [],
           "VGA-64": ["VGA,vgamem_mb=64"]}
# The last one is for comparison with the kernel's own driver, which runs out of
# memory where ours need not.
USUAL = ["bochs-display", "VGA", "virtual"]

# Per case, on the slowest of machines.
CASE_SECONDS = 500


def run_machine(tap, name, out, device, cases, env):
    """All cases on one adapter."""
    current = [None, None]
    ended = []
    log = []

    def on_line(line):
        log.append(line)
        words = line.split()
        if line.startswith("=== begin"):
            current[0] = Program(tap, f"{name}/{words[2]}", True)
        elif line.startswith("=== end"):
            current[0].end(int(words[3]))
            if words[2] != "afterwards":
                print(f"# {current[0].prefix}: took {words[4]} s of the "
                      "machine's time", flush=True)
                ended.append(words[2])
            current[0] = None
        elif current[0]:
            current[0].line(line)
        else:
            print(f"# {name}: {line}", flush=True)

    problem = None
    with Machine(env["VIDMEM_KERNEL"], os.path.join(out, name.replace("/", "-")),
                 DEVICES[device], memory=2048) as machine:
        try:
            status = machine.run(
                "selftests/clients/guest-clients " + shlex.join(cases),
                120 + CASE_SECONDS * len(cases), on_line, env)
            if status:
                problem = f"the job failed with status {status}"
        except (MachineError, OSError) as error:
            problem = str(error)
        if current[0]:
            current[0].end("none")
        if problem:
            print(f"# {name}: {problem}")
        tap.result(not problem and ended == cases, f"{name} ran all cases")
        splats = machine.splats()
        for line in splats:
            print(f"# {name}: kernel log: {line}")
        tap.result(not splats and not problem, f"{name} clean kernel log")
        with open(os.path.join(machine.out, "job.log"), "w") as file:
            file.write("\n".join(log) + "\n")


def main():
    """See the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", help="folder for pictures and logs")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES,
                        metavar="CASE", help="of " + ", ".join(CASES))
    parser.add_argument("--devices", nargs="+", choices=DEVICES,
                        default=USUAL, metavar="DEVICE",
                        help="of " + ", ".join(DEVICES))
    parser.add_argument("--driver", choices=["vidmem", "bochs"],
                        default="vidmem",
                        help="bochs: the kernel's own, to compare with")
    parser.add_argument("--kernel", nargs=3,
                        metavar=("NAME", "FOLDER", "MODULE"),
                        default=["6.1", os.path.join(cache(), "kernel"),
                                 "vidmem.ko"],
                        help="one of selftests/vm/setup or kernels, and the\n"
                             "module built for it (Debian's 6.1)")
    parser.add_argument("--release", default="",
                        help="of Debian, whose programs they are\n(the oldest that is known)")
    parser.add_argument("--vkms", default="", metavar="MODULE",
                        help="for a kernel that comes without it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="machines at a time (as many as processors)")
    args = parser.parse_args()
    kernel, folder, module = args.kernel
    devices = [device for device in args.devices
               if args.driver == "vidmem" or DEVICES[device]]
    tree = subprocess.run(
        ["sh", os.path.join(HERE, "tree"), *args.release.split()], check=True,
        stdout=subprocess.PIPE, text=True).stdout.strip()
    os.makedirs(args.out, exist_ok=True)
    tap = Tap()
    env = {"VIDMEM_KERNEL": os.path.realpath(folder),
           "VIDMEM_MODULE": os.path.abspath(module),
           "VIDMEM_DRIVER": args.driver, "VIDMEM_ROOT": os.getcwd(),
           "VIDMEM_CLIENTS": tree,
           "VIDMEM_VKMS": args.vkms and os.path.abspath(args.vkms)}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        runs = [pool.submit(run_machine, tap, "/".join(
                    [kernel, device] + ["bochs"] * (args.driver == "bochs")),
                            args.out, device, args.cases,
                            {**env, "VIDMEM_KIND": device})
                for device in devices]
        for run in runs:
            run.result()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
