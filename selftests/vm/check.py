#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run tests, print TAP, end with "N passed, M failed".

check.py OUT [BUILDS]
check.py --devices OUT
check.py --fuzz OUT
check.py --soak OUT
check.py [--debug] OUT KERNEL MODULE
check.py --arm64 OUT FOLDER MODULE

Without more, each program in C runs once, on one adapter or the other, which
takes less than three minutes. --devices is for all programs on each kind of
device. With BUILDS, names of folders in out/ separated by commas, the programs built
there run, each folder's in machines of its own. With a kernel folder of
selftests/vm/kernels and a module built for it, the programs that are about the
module run on that kernel. --debug is for a debug kernel: more machines,
patience, and in each a look for leaks in the end. --arm64 is for the folder of
selftests/vm/setup-arm64, with programs in out/arm64. --fuzz runs the fuzzer alone, and
--soak for 2 million operations on an adapter of each kind, after 60 seconds of
page flips in each of its modes.

In a virtual machine nothing may be skipped: whatever cannot run there is
broken, and counts as failed. So do a splat in the kernel's log, a test program
that ends early, and a machine that never came up.
"""

import concurrent.futures
import glob
import os
import re
import shlex
import subprocess
import sys
import threading

from vm import ICOUNT, Machine, MachineError, arm64, cache

PROGRAMS = ["contract", "uapi", "vma", "faults", "large", "isolation", "ready",
            "request", "lifetime", "display", "scanout", "clock", "pdev", "threads",
            "unplug"]
# Needs a module that is not built for every kernel.
TYPES = ["types"]

# What one run of each program has on a virtual adapter.
ON_VIRTUAL = ["faults", "clock", "threads", "unplug"]

# Name, QEMU devices, module parameters, programs, and what the kernel is told.
# Each program in C once; what is short, and about mappings, twice. They take about
# as long as each other.
MACHINES = [
    ("bochs-display", ["bochs-display"], "adapters=0",
     [name for name in PROGRAMS if name not in ON_VIRTUAL] + TYPES),
    ("virtual", [], "adapters=1",
     ["contract", "uapi", "vma", "large", "isolation", "lifetime", *ON_VIRTUAL]
     + TYPES),
]

NOMODESET = ("nomodeset", ["VGA"], "none", ["nomodeset.sh"], "nomodeset")
DISPLAYS = ("displays", [], "none", ["displays.sh"])

# All programs, on each kind of device.
DEVICE_MACHINES = [
    # The slowest first, so that they do not end alone.
    ("VGA", ["VGA"], "adapters=0", PROGRAMS + TYPES + ["tools.sh"]),
    ("bochs-display", ["bochs-display"], "adapters=1", PROGRAMS + TYPES),
    ("secondary-vga", ["secondary-vga"], "adapters=0",
     PROGRAMS + TYPES + ["trace.sh"]),
    ("virtual", [], "mode=1280x800 vram_mb=512", ["tools.sh", "lifetime",
                                                  "trace.sh"]),
    DISPLAYS,
    ("drivers", ["VGA"], "adapters=1", ["drivers.sh"]),
    ("module", ["bochs-display"], "none", ["module.sh"]),
    ("bochs-display-drivers", ["bochs-display"], "adapters=0",
     ["drivers.sh"]),
    NOMODESET,
]

# On another kernel.
OTHER_KERNEL = ("bochs-display", ["bochs-display"], "adapters=1",
                PROGRAMS + ["mm.sh"])
# Where the module can have pages of 1 GiB, since 7.2.
GIGABYTES = ("gigabytes", [], "vram_mb=2560",
             ["large", "vma", "faults", "lifetime", "unplug"])
# Where the kernel has KUnit, of those that are built here.
KUNIT = ("kunit", [], "none", ["kunit.sh"])

# For programs built in other ways, into a folder in out/ of this name.
BUILDS = {
    "32": [("bochs-display-32", ["bochs-display"], "adapters=0", PROGRAMS),
           ("virtual-32", [], "adapters=1", PROGRAMS)],
    "address": [("VGA-address", ["VGA"], "adapters=1",
                 ["request", "contract", "pdev", "display", "tools.sh"])],
    "thread": [("VGA-thread", ["VGA"], "adapters=1", ["threads"])],
    # Finds errors in programs that are built as usual.
    "valgrind": [("VGA-valgrind", ["VGA"], "adapters=0", ["valgrind.sh"])],
}

# What unbinds comes last: the adapter may have another number afterwards.
FUZZ_MACHINE = ("fuzz", ["bochs-display"], "adapters=1",
                ["fuzz --seed 1 --seconds 30",
                 "fuzz --seed 3 --operations 2000 --rounds 10 --reload",
                 "fuzz --seed 2 --seconds 30 --unbind"])
STEERED_FUZZ_MACHINE = (*FUZZ_MACHINE[:3],
                        ["fuzz --seed 1 --seconds 60 --steer",
                         *FUZZ_MACHINE[3][1:]])

SOAK = "fuzz --seed 1 --operations 510000 --rounds 20"
SOAK_MACHINES = [
    ("soak-bochs", ["bochs-display,vgamem=64M"], "adapters=0", [SOAK]),
    ("soak-virtual", [], "mode=1280x800", [SOAK]),
]

# On a clock of its own, on which every vertical blank is there in time.
FLIPS_MACHINES = [
    ("flips-bochs", ["bochs-display"], "adapters=0", ["clock"]),
    ("flips-virtual", [], "mode=1280x800", ["clock"]),
]

# On a debug kernel, which stops at the first warning. What runs nowhere else
# (it breaks things on purpose, or takes long) comes here.
DEBUG_MACHINES = [
    ("VGA", ["VGA"], "adapters=0", PROGRAMS + ["tools.sh"]),
    ("bochs-display", ["bochs-display"], "adapters=0", PROGRAMS),
    ("virtual", [], "adapters=1", PROGRAMS),
    ("module", ["bochs-display"], "none", ["module.sh"]),
    DISPLAYS,
    KUNIT,
    ("virtual-tools", [], "mode=1280x800", ["tools.sh"]),
    STEERED_FUZZ_MACHINE,
    ("failnth", ["bochs-display"], "adapters=2 vram_mb=16", ["failnth"]),
]

# On a processor of another kind.
ARM64_MACHINES = [
    ("bochs-display", ["bochs-display"], "adapters=1", PROGRAMS + TYPES),
    # What is about depths, of which that has but one.
    ("secondary-vga", ["secondary-vga"], "adapters=0",
     ["request", "display", "scanout", "pdev"] + TYPES),
    ("module", ["bochs-display"], "none", ["module.sh"]),
    ("virtual", [], "mode=1280x800", ["tools.sh", "trace.sh"]),
    ("fuzz", ["bochs-display"], "adapters=1", ["fuzz --seed 1 --seconds 60"]),
    NOMODESET,
]


class Setting:
    """What the machines of one run have in common."""

    def __init__(self, kernel, module, debug=False, build="selftests"):
        self.kernel, self.module = kernel, module
        self.kind = Machine
        self.machine = {}
        self.env = {"VIDMEM_KERNEL": kernel, "VIDMEM_MODULE": module,
                    "VIDMEM_BUILD": os.path.abspath(build),
                    "VIDMEM_MM": os.path.abspath("out/mm"),
                    "VIDMEM_KUNIT": os.path.join(os.path.dirname(module),
                                                 "vidmem_kunit.ko")}
        self.timeout = 900
        self.last = []
        if debug:
            # Shadow memory; and every access and lock takes its time. While
            # 7.2 identifies the boot processor, it forgets for a moment that
            # it has five levels of page tables: KASAN reports whatever
            # interrupt comes then. ACPI's table of PCI interrupts is a
            # program, which takes a minute there.
            self.machine = {"memory": 2048,
                            "append": "panic_on_warn=1 no5lvl acpi=noirq"}
            self.env.update(VIDMEM_DEBUG="1", VIDMEM_TIMEOUT="1800")
            self.timeout = 3600
            self.last = ["debug.sh"]


RESULT = re.compile(r"(not )?ok (\d+) ?(.*)$")


class Tap:
    """One stream out of many."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()
        print("TAP version 13", flush=True)

    def result(self, ok, name, skip=None):
        """Print and count one test."""
        with self.lock:
            self._result(ok, name, skip)

    def _result(self, ok, name, skip):
        number = self.passed + self.failed + self.skipped + 1
        if skip:
            self.skipped += 1
            print(f"ok {number} {name} # SKIP {skip}", flush=True)
            return
        if ok:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok' if ok else 'not ok'} {number} {name}", flush=True)

    def end(self):
        """The plan and the closing line; returns the exit status."""
        total = self.passed + self.failed + self.skipped
        print(f"1..{total}")
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{skipped}",
              flush=True)
        return 1 if self.failed or not self.passed else 0


class Program:
    """Follows the TAP of one test program."""

    def __init__(self, tap, prefix, may_skip):
        self.tap, self.prefix, self.may_skip = tap, prefix, may_skip
        self.seen, self.plan, self.reason = 0, None, ""

    def line(self, line):
        """One line of its output."""
        if re.match(r"1\.\.\d+", line):
            self.plan = int(re.match(r"1\.\.(\d+)", line).group(1))
            if not self.plan:
                self.reason = line.partition("SKIP")[2].strip()
            return
        match = RESULT.match(line)
        if not match:
            if line.startswith("#      SKIP"):
                self.reason = line[12:].strip()
            noise = (" RUN  ", "  OK  ", "# Starting", "# PASSED", "# Totals")
            if line.startswith("#") and not any(n in line for n in noise):
                print(f"# {self.prefix}: {line[1:].strip()}", flush=True)
            return
        self.seen += 1
        name = f"{self.prefix} {match.group(3)}".strip()
        if re.search(r"# *SKIP", line):
            if self.may_skip:
                self.tap.result(True, name.split("#")[0].strip(),
                                self.reason or "no reason told")
            else:
                print(f"# {name}: skipped ({self.reason}), but must run here")
                self.tap.result(False, name.split("#")[0].strip())
        else:
            self.tap.result(not match.group(1), name)
        self.reason = ""

    def end(self, status):
        """It has ended: did it do all that it had announced?"""
        if self.may_skip and self.plan == self.seen == 0 and self.reason:
            self.tap.result(True, self.prefix, self.reason)
            return
        if not self.plan or self.plan != self.seen:
            print(f"# {self.prefix}: {self.seen} results of {self.plan} "
                  f"planned, exit status {status} {self.reason}")
            self.tap.result(False, f"{self.prefix} complete")


def run_host(tap, out):
    """What needs no adapter runs here."""
    program = Program(tap, "host/headers.sh", False)
    run = subprocess.run(["sh", "selftests/headers.sh"], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         check=False)
    with open(os.path.join(out, "headers.log"), "w") as log:
        log.write(run.stdout)
    for line in run.stdout.splitlines():
        program.line(line)
    program.end(run.returncode)


def run_machine(tap, out, setting, name, devices, parameters, programs,
                append=""):
    """All programs of one machine."""
    current = [None]
    ended = []
    log = []
    options = dict(setting.machine)
    options["append"] = f"{options.get('append', '')} {append}"

    def on_line(line):
        log.append(line)
        words = line.split()
        if line.startswith("=== begin"):
            current[0] = Program(tap, f"{name}/{words[3]}/{words[2]}", False)
        elif line.startswith("=== end"):
            current[0].end(int(words[4]))
            print(f"# {current[0].prefix}: took {words[5]} s of the "
                  "machine's time", flush=True)
            ended.append(words[2])
            current[0] = None
        elif current[0]:
            current[0].line(line)
        else:
            print(f"# {name}: {line}", flush=True)

    with setting.kind(setting.kernel, os.path.join(out, name), devices,
                      **options) as machine:
        problem = None
        try:
            status = machine.run(
                f"selftests/vm/guest-tests {name} '{parameters}' "
                + " ".join(map(shlex.quote, programs)), setting.timeout,
                on_line, setting.env)
            if status:
                problem = f"the job failed with status {status}"
        except (MachineError, OSError) as error:
            problem = str(error)
        if current[0]:
            current[0].end("none")
        if problem:
            print(f"# {name}: {problem}")
        names = {program.split()[0] for program in programs + setting.last}
        tap.result(not problem and set(ended) == names,
                   f"{name} ran all programs")
        splats = machine.splats()
        for line in splats:
            print(f"# {name}: kernel log: {line}")
        tap.result(not splats and not problem, f"{name} clean kernel log")
        with open(os.path.join(out, name, "job.log"), "w") as file:
            file.write("\n".join(log) + "\n")


def chosen(machines):
    """Those that $VIDMEM_MACHINES names, or all."""
    only = os.environ.get("VIDMEM_MACHINES", "").split()
    found = [machine for machine in machines if not only or machine[0] in only]
    if not found:
        print(f"# VIDMEM_MACHINES={' '.join(only)} names none of: "
              + " ".join(machine[0] for machine in machines), flush=True)
    return found


def run_machines(tap, out, setting, machines):
    """As many at a time as there are cores: each takes little more than one."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(run_machine, tap, out, setting, *machine)
                for machine in chosen(machines)]
        for run in runs:
            run.result()


def run_builds(tap, out, kernel, module, builds):
    """What is not built as usual."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = []
        for build in builds:
            setting = Setting(kernel, module, build=os.path.join("out", build))
            # Sanitizers take their time.
            setting.timeout = 1800
            runs += [pool.submit(run_machine, tap, out, setting, *machine)
                     for machine in BUILDS[build]]
        for run in runs:
            run.result()


def kernel_version(kernel):
    """Of a kernel's folder, as two numbers."""
    version = os.listdir(os.path.join(kernel, "lib", "modules"))[0]
    return [int(n) for n in re.findall(r"\d+", version)[:2]]


def run_kernel(tap, out, kernel, module):
    """One kernel beside the stock one."""
    setting = Setting(kernel, module)
    machines = [OTHER_KERNEL, DISPLAYS]
    if glob.glob(os.path.join(kernel, "lib", "**", "kunit.ko*"),
                 recursive=True):
        machines.append(KUNIT)
    run_machines(tap, out, setting, machines)
    if kernel_version(kernel) >= [7, 2]:
        setting.machine = {"memory": 6144}
        run_machine(tap, out, setting, *GIGABYTES)


def main():
    """See the top of this file."""
    args = sys.argv[1:]
    counts = {None: (1, 2, 3), "--debug": (3,), "--arm64": (3,),
              "--devices": (1,), "--fuzz": (1,), "--soak": (1,)}
    option = args.pop(0) if args and args[0] in counts else None
    if len(args) not in counts[option]:
        sys.exit(__doc__)
    out = args[0]
    os.makedirs(out, exist_ok=True)
    kernel, module = args[1:] if len(args) == 3 else (
        os.path.join(cache(), "kernel"), "vidmem.ko")
    kernel, module = os.path.realpath(kernel), os.path.abspath(module)
    tap = Tap()
    if option == "--debug":
        run_machines(tap, out, Setting(kernel, module, True), DEBUG_MACHINES)
    elif option == "--arm64":
        kernel, board = arm64(kernel)
        setting = Setting(kernel, module, build="out/arm64")
        setting.machine = {"board": board}
        setting.env["VIDMEM_TIMEOUT"] = "1800"
        setting.env["VIDMEM_ENTRY_TYPE"] = os.path.abspath(
            "out/arm64/entry_type/entry_type.ko")
        setting.timeout = 7200
        run_machines(tap, out, setting, ARM64_MACHINES)
    elif option == "--fuzz":
        run_machines(tap, out, Setting(kernel, module), [FUZZ_MACHINE])
    elif option == "--soak":
        setting = Setting(kernel, module)
        setting.machine = ICOUNT
        setting.timeout = 3600
        setting.env.update(VIDMEM_FLIP_SECONDS="60", VIDMEM_TIMEOUT="7000")
        run_machines(tap, out, setting, FLIPS_MACHINES)
        setting = Setting(kernel, module)
        setting.timeout = 7200
        setting.env["VIDMEM_TIMEOUT"] = "7000"
        run_machines(tap, out, setting, SOAK_MACHINES)
    elif len(args) == 3:
        run_kernel(tap, out, kernel, module)
    elif len(args) == 2:
        run_builds(tap, out, kernel, module, args[1].split(","))
    else:
        if not option and not os.environ.get("VIDMEM_MACHINES"):
            run_host(tap, out)
        setting = Setting(kernel, module)
        # Built for the stock kernel, which has what it takes (kprobes).
        setting.env["VIDMEM_SLOW_VBLANK"] = os.path.abspath(
            "out/slow_vblank/slow_vblank.ko")
        setting.env["VIDMEM_ENTRY_TYPE"] = os.path.abspath(
            "out/entry_type/entry_type.ko")
        run_machines(tap, out, setting, DEVICE_MACHINES if option else MACHINES)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
