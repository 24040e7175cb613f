#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run selftests/lifecycle, print TAP, end with "N passed, M failed".

lifecycle.py [--debug] OUT ROUNDS [KERNEL MODULE]

ROUNDS is how often adapters and the module come and go. $VIDMEM_MACHINES names
the machines to run, where not all of them shall. KERNEL and MODULE are for another
kernel than the stock one, --debug for a debug kernel, as in check.py.
"""

import concurrent.futures
import os
import shlex
import sys

from check import Program, Setting, Tap, chosen, kernel_version
from vm import Machine, MachineError, cache

# Name, QEMU device, one of how many rounds, phases of lifecycle.c. Of QEMU's
# devices, secondary-vga is the one that can be put in again: VGA cannot be taken
# out, and bochs-display is not freed, so that QEMU finds its memory twice.
MACHINES = [
    ("reload", "VGA", 1, ["reload"]),
    ("unbind", "VGA", 1, ["unbind"]),
    ("unbind-virtual", "VGA", 1, ["unbind_virtual"]),
    ("folder", "VGA", 1, ["folder"]),
    ("hotplug", "secondary-vga,id=adapter,vgamem_mb=64,bus=pci.0,addr=7", 10,
     ["unbind", "remove", "hotplug"]),
    ("sleep", "bochs-display,vgamem=64M", 50, ["s2idle", "s3", "s3_virtual"]),
    ("sleep-VGA", "VGA,vgamem_mb=64", 50, ["s3", "s3_copied", "s3_palette"]),
    ("hibernate", "VGA", 250, ["s4", "s4_copied", "s4_virtual"]),
    ("off", "VGA", 1, ["off"]),
    ("kexec", "VGA", 1, ["kexec"]),
]
# For kernels that have a screen for it.
PANIC = ("panic", "VGA", 1, ["panic"])

JOB = """\
modprobe -d "$VIDMEM_KERNEL" -a $(modinfo -F depends "$VIDMEM_MODULE" | tr , ' ')
modprobe -q -d "$VIDMEM_KERNEL" button
if [ -b /dev/vda ]; then mkswap /dev/vda && swapon /dev/vda; fi >/dev/null
selftests/lifecycle {phases}
"""


def run_machine(tap, out, setting, rounds, name, device, part, phases):
    """All phases of one machine; on a debug kernel then a look for leaks."""
    program = Program(tap, name, False)
    log = []

    def on_line(line):
        log.append(line)
        program.line(line)

    rounds = max(1, rounds // part)
    # After sleep debug.sh cannot be read from the host, nor when the machine is
    # off; and what a kernel leaves to the next one has gone.
    if setting.last and phases[-1] not in ("s3_virtual", "s3_palette",
                                           "s4_virtual", "off", "kexec",
                                           "panic"):
        phases = phases + ["no_leaks"]
    status, problem = None, None
    env = {**setting.env, "VIDMEM_ROUNDS": str(rounds),
           "VIDMEM_HOTPLUG": device}
    options = dict(setting.machine)
    if phases[0].startswith("s"):
        # QEMU's firmware starts the others anew when one wakes up from S3, and
        # without KVM now and then they hang in there.
        options["cpus"] = 1
    if phases == ["panic"]:
        # The last of these counts: it stays as it is.
        options["append"] = options.get("append", "") + " panic=0"
    with Machine(setting.kernel, os.path.join(out, name), [device],
                 disk=1 if "s4" in phases else 0, **options) as machine:
        try:
            status = machine.run(JOB.format(phases=shlex.join(phases)),
                                 setting.timeout + 20 * rounds, on_line, env)
        except (MachineError, OSError) as error:
            problem = str(error)
            print(f"# {name}: {problem}")
        if phases in (["off"], ["panic"]):
            tap.result(not problem and status == 0,
                       f"{name} leaves the display as it should")
        else:
            program.end(status)
            tap.result(not problem and status == 0, f"{name} ran all phases")
        if phases != ["panic"]:
            splats = machine.splats()
            for line in splats:
                print(f"# {name}: kernel log: {line}")
            tap.result(not splats, f"{name} clean kernel log")
        with open(os.path.join(out, name, "job.log"), "w") as file:
            file.write("\n".join(log) + "\n")


def main():
    """See the top of this file."""
    args = sys.argv[1:]
    debug = args[:1] == ["--debug"]
    args = args[debug:]
    if len(args) != 4 and (debug or len(args) != 2):
        sys.exit(__doc__)
    out, rounds = args[0], int(args[1])
    kernel, module = args[2:] or (os.path.join(cache(), "kernel"), "vidmem.ko")
    setting = Setting(os.path.realpath(kernel), os.path.abspath(module), debug)
    os.makedirs(out, exist_ok=True)
    machines = MACHINES
    if kernel_version(kernel) >= [7, 2]:
        machines = MACHINES + [PANIC]
    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(run_machine, tap, out, setting, rounds, *machine)
                for machine in chosen(machines)]
        for run in runs:
            run.result()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
