#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run IGT's tests on vidmem, beside other drivers, print TAP and a table, end with
"N passed, M failed".

igt.py [OPTIONS] OUT TREE NAME KERNEL MODULE [NAME KERNEL MODULE ...]

TREE is that of fetch-igt, KERNEL a folder of selftests/vm/setup or kernels, MODULE
the module built for it. Each driver has a machine of its own, with one processor
and a clock that counts instructions: what waits for a vertical blank has the same
result each time, whoever else runs on the host.

What the drivers are measured by is igt-expected. A program of IGT's is passed if
vidmem's failures in it are those expected, and what is skipped though a peer passes
it has a reason there. A failure that every driver has is IGT's own. Results of each
subtest, with what IGT says of it, are in OUT/results.csv, the table in OUT/table.txt
and table.csv, what programs print in OUT/NAME/DRIVER.
"""

import argparse
import collections
import concurrent.futures
import csv
import fnmatch
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vm"))
# pylint: disable=wrong-import-position
from check import Tap                                       # noqa: E402
from vm import ICOUNT, Machine, MachineError                # noqa: E402

PROGRAMS = os.path.join(HERE, "igt-programs")
EXPECTED = os.path.join(HERE, "igt-expected")

# QEMU devices of each. What is ours is judged, the others are to compare with.
DRIVERS = {
    "vidmem-pci": ["bochs-display,vgamem=256M"],
    "vidmem-vga": ["VGA,vgamem_mb=256"],
    "vidmem-virtual": [],
    "bochs-drm": ["bochs-display,vgamem=256M"],
    "vkms": [],
}
DEFAULT = ["vidmem-pci", "vidmem-virtual", "bochs-drm", "vkms"]

# Seconds of the machine's clock for a program, and how much slower that may be than
# the host's.
SECONDS = 600
SLOWER = 15
# How often a driver's machine may die and another one go on.
MACHINES = 12

Result = collections.namedtuple("Result", "outcome seconds reason")


def ours(driver):
    """Whether it is one to judge."""
    return driver.startswith("vidmem")


def read_lines(path):
    """The lines of a list, without comments."""
    with open(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip() and not line.startswith("#"):
                yield number, line.strip()


def read_programs():
    """Each program with its seconds, and those of the small selection."""
    programs, small = {}, {}
    for number, line in read_lines(PROGRAMS):
        match = re.fullmatch(r"(\w+)(?: +(\d+))?(?: +\+(\S*))?", line)
        if not match:
            sys.exit(f"{PROGRAMS}:{number}: not PROGRAM [SECONDS] [+SUBTESTS]")
        programs[match[1]] = int(match[2] or SECONDS)
        if match[3] is not None:
            small[match[1]] = match[3]
    return programs, small


class Rule:
    """One line of igt-expected."""

    def __init__(self, number, line):
        words = line.split(None, 4)
        if len(words) < 5 or words[2] not in ("fail", "skip", "either"):
            sys.exit(f"{EXPECTED}:{number}: not DRIVER KERNEL "
                     "fail|skip|either TEST REASON")
        self.driver, self.kernel, self.outcome, self.test, self.reason = words
        self.number = number
        self.met = 0

    def about(self, kernel, driver, test):
        """Whether it is about this test there."""
        return (fnmatch.fnmatchcase(driver, self.driver) and
                fnmatch.fnmatchcase(kernel, self.kernel) and
                fnmatch.fnmatchcase(test, self.test))

    def __str__(self):
        return f"igt-expected:{self.number}: {self.test}"


def read_rules():
    """All of them, in their order: the first that is about a test counts."""
    return [Rule(*line) for line in read_lines(EXPECTED)]


# What IGT prints before messages that are not plain information, and in those that
# say why something failed or was skipped.
PREFIX = re.compile(r"(?:\[[\d.]+\] )?\(\w+:\d+\) (?:[\w-]+-)?[A-Z]+: ")
PLACE = re.compile(r"Test (?:assertion failure|requirement not met in) function "
                   r"\w+, file (?:.*/)?([^/]+:\d+):")
REASON = re.compile(
    r"(?:Failed assertion|Test requirement|Test abort in function|Test failed): "
    r"?(.*)|(Received signal [^ .]*).*|(No dynamic tests executed)\.?")
# The two values that an assertion has compared, or why a requirement is not met.
DETAIL = re.compile(r"(?!Last errno|Stack trace|Subtest|Dynamic|  #|\*\*\*\*)(.+)")
ENDED = re.compile(r"(Dynamic subtest|Subtest) (\S+): ([A-Z]+) \(([\d.]+)s\)")
SIMPLE = re.compile(r"(SUCCESS|SKIP|FAIL|CRASH) \(([\d.]+)s\)")
STARTED = re.compile(r"Starting (dynamic )?subtest: (\S+)")
OUTCOMES = {"SUCCESS": "pass", "SKIP": "skip"}


class Log:
    """What one program of IGT said."""

    def __init__(self):
        self.results = {}               # by subtest, "" for a program without
        self.dynamic = {}               # by subtest@dynamic
        self.subtest = None
        # Why: of this subtest, and of those that a fixture decides about.
        self.reason = self.shared = self.place = ""
        self.fresh = False              # a detail may follow
        self.simple = None

    def _reason(self, text):
        match = PLACE.match(text)
        if match:
            self.place = match[1] + ": "
            return
        match = REASON.match(text)
        if match:
            found = next(group for group in match.groups() if group)
            # Its ioctl numbers are spelled out.
            found = self.place + (found if len(found) < 100
                                  else found[:100] + "...")
            self.place, self.fresh = "", True
            if self.subtest is None:
                self.shared = found
            elif not self.reason:
                self.reason = found
            else:
                self.fresh = False
            return
        if text.startswith("Last errno"):
            return
        match = DETAIL.match(text)
        if match and self.fresh:
            detail = "; " + match[1].strip()[:100]
            if self.subtest is None:
                self.shared += detail
            else:
                self.reason += detail
        self.fresh = False

    def _result(self, kind, name, outcome, seconds):
        outcome = OUTCOMES.get(outcome, "fail")
        why = self.reason if name == self.subtest or self.reason else self.shared
        result = Result(outcome, float(seconds),
                        "" if outcome == "pass" else why)
        self.fresh = False
        if kind == "Dynamic subtest":
            self.dynamic.setdefault(f"{self.subtest}@{name}", result)
            # The first that fails is what the whole is about.
            if outcome != "fail":
                self.reason = ""
        else:
            self.results.setdefault(name, result)
            self.subtest, self.reason = None, ""

    def _ended(self, status):
        """The program has ended; perhaps within a subtest."""
        how = {124: "the time is up", 137: "killed: the time is up",
               112: "IGT gave up"}.get(status)
        how = how or (f"signal {status - 128}" if status > 128
                      else f"exit status {status}")
        if self.subtest is not None:
            self.results.setdefault(self.subtest, Result(
                "fail", 0, "; ".join(filter(None, (self.reason, how)))))
        self.subtest, self.reason = None, ""
        return how

    def read(self, path):
        """Read a log of guest-igt."""
        how, status = "it has not ended", None
        with open(path, errors="replace") as file:
            for line in file:
                line = line.rstrip("\n")
                match = ENDED.match(line)
                if match:
                    self._result(*match.groups())
                    continue
                match = STARTED.match(line)
                if match:
                    if not match[1]:
                        self.subtest, self.reason = match[2], ""
                    continue
                match = SIMPLE.match(line)
                if match:
                    self.simple = Result(OUTCOMES.get(match[1], "fail"),
                                         float(match[2]), self.shared)
                    continue
                if line.startswith("=== ended "):
                    status = int(line.split()[2])
                    how = self._ended(status)
                    continue
                self._reason(PREFIX.sub("", line))
        return status, how

    def cut(self, how):
        """The machine went down with it."""
        if self.subtest is not None:
            self.results[self.subtest] = Result("fail", 0, how)
            self.subtest = None

    def complete(self, names, status, how):
        """Give a result to what has none: what has not run has failed."""
        outcome = "skip" if status == 77 else "fail"
        if not names:
            simple = self.simple or Result(outcome, 0, self.shared or how)
            if simple.outcome == "pass" and status:
                simple = Result("fail", simple.seconds, how)
            self.results.setdefault("", simple)
        for name in names:
            self.results.setdefault(name, Result(
                outcome, 0, "; ".join(filter(None, (
                    "" if status == 77 else "has not run", self.shared, how)))))


class IgtMachine(Machine):
    """Its job tells how long it may take from now on, and puts it to sleep."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lock = threading.Lock()

    def qmp(self, command, **arguments):
        with self.lock:
            return super().qmp(command, **arguments)

    def _start(self):
        super()._start()
        threading.Thread(target=self._keep_awake, daemon=True).start()

    def _keep_awake(self):
        """It would sleep for 15 seconds, and does so dozens of times."""
        try:
            while self.exit_status is None:
                time.sleep(1)
                if self.qmp("query-status")["status"] == "suspended":
                    self.qmp("system_wakeup")
        except (MachineError, OSError, ValueError):
            pass                        # The machine has ended.

    def serve(self, request):
        words = request.split()
        if words[0] == "patience":
            self.deadline = time.monotonic() + 120 + SLOWER * int(words[1])
            return "done"
        if words[0] == "stuck":
            raise MachineError("a program cannot be ended")
        return super().serve(request)


class Run:
    """One driver on one kernel: all programs."""

    def __init__(self, args, name, kernel, module, driver):
        self.args, self.name, self.driver = args, name, driver
        self.kernel, self.module = kernel, module
        self.vkms = "" if has_vkms(kernel) else args.vkms
        self.results = {}               # by program, then subtest
        self.dynamic = {}
        self.took = {}                  # seconds of its clock, and of the host's
        self.splats = []
        self.problems = []
        self.folders = []

    def _stamp(self):
        """What it runs: results of anything else are no part of it."""
        with open(self.module if ours(self.driver) else self.vkms or
                  os.path.join(self.kernel, "vmlinuz"), "rb") as file:
            return (f"{hashlib.sha256(file.read()).hexdigest()} "
                    f"{self.args.seed}\n")

    def _folder(self, number):
        """Its n-th machine's."""
        return os.path.join(self.args.out, self.name, self.driver +
                            (f"-{number}" if number > 1 else ""))

    def _say(self, text):
        print(f"# {self.name}/{self.driver}: {text}", flush=True)

    def _read(self, program, problem=None):
        """Results of a program, out of all machines that ran it."""
        log = Log()
        status, how = None, "it has not started"
        names = []
        for number, folder in enumerate(self.folders, 1):
            path = os.path.join(folder, program)
            if not os.path.exists(path + ".log"):
                continue
            status, how = log.read(path + ".log")
            if number < len(self.folders) or problem:
                log.cut("the machine went down")
            if os.path.exists(path + ".list"):
                with open(path + ".list") as file:
                    names = file.read().split()
        _, _, subtests = program_words(self.args.run[program])
        if subtests:
            names = [name for name in names if is_selected(name, subtests)]
        log.complete(names, status, problem or how)
        self.results[program] = log.results
        self.dynamic[program] = log.dynamic

    def _rescue(self, program):
        """What the kernel's log has of a program whose own is lost with the
        machine: IGT writes there, too."""
        folder = self.folders[-1]
        with open(os.path.join(folder, "console.log"), errors="replace") as file:
            lines = re.findall(
                rf"\[IGT\] {program}: (starting subtest|finished subtest) "
                r"([^\s,]+)(?:, ([A-Z]+))?", file.read())
        with open(os.path.join(folder, program + ".log"), "a") as file:
            for what, subtest, outcome in lines:
                file.write(f"Starting subtest: {subtest}\n"
                           if what.startswith("starting") else
                           f"Subtest {subtest}: {outcome} (0.000s)\n")

    def _left(self, program):
        """What of a program a next machine can run; None if that is nothing."""
        done = set()
        for folder in self.folders:
            path = os.path.join(folder, program + ".log")
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    found = set(re.findall(r"^Starting subtest: (\S+)",
                                           file.read(), re.M))
                if folder == self.folders[-1] and not found - done:
                    return None
                done |= found
        name, seconds, subtests = program_words(self.args.run[program])
        return f"{name}:{seconds}:" + ",".join(
            [subtests or "*"] + ["!" + name for name in sorted(done)])

    def _machine(self, words):
        """One machine; returns the words of what is left for the next one."""
        left = collections.OrderedDict(
            (program_words(word)[0], word) for word in words)
        current = [None, 0, None]       # program, its start, file
        log = []
        folder = self._folder(len(self.folders) + 1)

        def on_line(line):
            if line.startswith("|"):
                with open(current[2], "a") as file:
                    file.write(line[1:] + "\n")
                return
            log.append(line)
            words = line.split()
            if line.startswith("=== file "):
                current[2] = os.path.join(folder, words[2])
                with open(current[2], "w"):
                    pass
            elif line.startswith("=== begin "):
                current[:2] = [words[2], time.monotonic()]
            elif line.startswith("=== end "):
                self._end(words[2], int(words[4]),
                          time.monotonic() - current[1])
                left.pop(words[2])
                current[0] = None
            else:
                self._say(line)

        with IgtMachine(self.kernel, folder, DRIVERS[self.driver],
                        **ICOUNT) as machine:
            self.folders.append(folder)
            with open(os.path.join(folder, "stamp"), "w") as file:
                file.write(self._stamp())
            problem = None
            try:
                status = machine.run(
                    f"selftests/foreign/guest-igt {self.driver} "
                    f"{self.args.archive} " + " ".join(
                        f"'{word}'" for word in words), 600, on_line,
                    {"VIDMEM_KERNEL": self.kernel,
                     "VIDMEM_MODULE": self.module,
                     "VIDMEM_VKMS": self.vkms,
                     "VIDMEM_SEED": str(self.args.seed)})
                if status:
                    problem = f"the job failed with status {status}"
            except (MachineError, OSError) as error:
                problem = str(error)
            machine.readers and machine.readers[-1].join(5)
            self.splats += machine.splats()
            with open(os.path.join(folder, "job.log"), "w") as file:
                file.write("\n".join(log) + "\n")
        if not problem:
            return []
        self._say(f"{current[0] or 'between programs'}: {problem}")
        self.problems.append(problem)
        if not current[0]:
            # Nothing ran, so nothing will.
            return []
        program = current[0]
        self._rescue(program)
        rest = self._left(program)
        left.pop(program)
        if not rest:
            self._read(program, problem)
            self._print(program)
        return ([rest] if rest else []) + list(left.values())

    def _end(self, program, seconds, host):
        self._read(program)
        old = self.took.get(program, (0, 0))
        self.took[program] = (old[0] + seconds, old[1] + host)
        with open(os.path.join(self.folders[-1], "ended"), "a") as file:
            file.write(f"{program}\n")
        self._print(program)

    def _print(self, program):
        passed, failed, skipped = self.counts(program)
        seconds, host = self.took.get(program, (0, 0))
        self._say(f"{program}: {passed} passed, {failed} failed, {skipped} "
                  f"skipped, in {seconds} s, {host:.0f} of the host's")

    def counts(self, program):
        """How many passed, failed and were skipped."""
        outcomes = [result.outcome
                    for result in self.results.get(program, {}).values()]
        return tuple(outcomes.count(which) for which in ("pass", "fail", "skip"))

    def run(self):
        """Run them all, on as many machines as it takes."""
        if self.args.go_on:
            self._load_ended()
        words = [word for program, word in self.args.run.items()
                 if program not in self.results]
        while words and len(self.folders) < MACHINES:
            words = self._machine(words)
        for word in words:
            self._read(program_words(word)[0], "no machine stays up")
        self._rest()
        return self

    def _rest(self):
        for program in self.args.run:
            if program not in self.results:
                self.results[program] = {"": Result("fail", 0, "has not run")}
                self.dynamic[program] = {}

    def load(self):
        """Take what an earlier run has left, instead of running."""
        self._load(self.args.run)
        self._rest()
        return self

    def _load(self, programs):
        for number in range(1, MACHINES + 1):
            folder = self._folder(number)
            if not os.path.exists(folder):
                break
            self.folders.append(folder)
            self.splats += Machine(self.kernel, folder).splats()
        for program in programs:
            if any(os.path.exists(os.path.join(folder, program + ".log"))
                   for folder in self.folders):
                self._read(program)

    def _load_ended(self):
        """Take what an earlier run has ended, if it was of the same; nothing else
        of it stays."""
        ended = set()
        stamp = self._stamp()
        same = True
        for number in range(1, MACHINES + 1):
            folder = self._folder(number)
            try:
                with open(os.path.join(folder, "stamp")) as file:
                    same = same and file.read() == stamp
                if same:
                    with open(os.path.join(folder, "ended")) as file:
                        ended |= set(file.read().split())
            except FileNotFoundError:
                same = False
            if not same:
                shutil.rmtree(folder, ignore_errors=True)
        self._load([name for name in self.args.run if name in ended])


def pack(tree, archive, programs):
    """What of the tree it takes to run them, as one file: machines have to read
    all of it through a narrow channel."""
    names = [name for name in os.listdir(tree) if name not in ("usr", "var")]
    names += [f"usr/{name}" for name in (
        "bin", "sbin", "lib64", "lib/x86_64-linux-gnu", "share/fonts",
        "share/fontconfig", "share/igt-gpu-tools")]
    names += [f"usr/libexec/igt-gpu-tools/{name}" for name in programs]
    subprocess.run(["tar", "-C", tree, "-cf", archive, "--exclude=gconv",
                    "--exclude=python3*", "--exclude=perl*", *names],
                   check=True)


def program_words(word):
    """Name, seconds and subtests of what guest-igt is told."""
    return word.split(":")


def is_selected(name, subtests):
    """As IGT has it: of its patterns the last one that matches decides."""
    selected = False
    for pattern in subtests.split(","):
        if fnmatch.fnmatchcase(name, pattern.lstrip("!")):
            selected = not pattern.startswith("!")
    return selected


class Judge:
    """Compares the runs of one kernel with each other, and with what is expected."""

    def __init__(self, tap, rules, kernel, runs):
        self.tap, self.rules, self.kernel = tap, rules, kernel
        self.runs = runs
        self.peers = [run for run in runs if not ours(run.driver)]

    @staticmethod
    def test(program, subtest):
        """Its name in the list."""
        return f"{program}@{subtest}" if subtest else program

    def shared(self, program, subtest):
        """Whether all drivers fail, of more than ours."""
        outcomes = [run.results[program].get(subtest) for run in self.runs]
        return 0 < len(self.peers) < len(self.runs) and all(
            outcome and outcome.outcome == "fail" for outcome in outcomes)

    def passed_by(self, program, subtest):
        """Peers that pass it."""
        return [run.driver for run in self.peers
                if run.results[program].get(subtest, Result("", 0, "")).outcome
                == "pass"]

    def judge(self, run, program, subtest, result):
        """What is wrong with a result of ours, or nothing."""
        test = self.test(program, subtest)
        rule = next((rule for rule in self.rules
                     if rule.about(self.kernel, run.driver, test)), None)
        if rule:
            rule.met += 1
        expected = rule.outcome if rule else "pass"
        if result.outcome == "fail":
            if (expected in ("fail", "either") or
                    self.shared(program, subtest)):
                return None
            return f"fails: {result.reason}"
        if result.outcome == "pass":
            if rule and expected != "either":
                return f"passes, though {rule} has it {expected}"
            return None
        peers = self.passed_by(program, subtest)
        if peers and expected != "skip":
            return (f"is skipped, and {' and '.join(peers)} passes: "
                    f"{result.reason}")
        if expected == "fail":
            return f"is skipped, though {rule} has it fail: {result.reason}"
        return None

    def all(self):
        """A result for each program of each driver of ours."""
        for run in self.runs:
            if not ours(run.driver):
                ran = any(r.outcome != "fail" for results in run.results.values()
                          for r in results.values())
                self.tap.result(ran, f"{self.kernel}/{run.driver} ran")
                continue
            for program, results in run.results.items():
                wrong = 0
                for subtest, result in results.items():
                    what = self.judge(run, program, subtest, result)
                    if what:
                        wrong += 1
                        print(f"# {self.kernel}/{run.driver}: "
                              f"{self.test(program, subtest)} {what}")
                self.tap.result(not wrong,
                                f"{self.kernel}/{run.driver}/{program}")
            for line in run.splats:
                print(f"# {self.kernel}/{run.driver}: kernel log: {line}")
            self.tap.result(not run.splats and not run.problems,
                            f"{self.kernel}/{run.driver} clean kernel log")


def table(args, runs):
    """Lines of text: passed/failed/skipped of each program and driver."""
    for name, of_kernel in runs.items():
        width = max(map(len, args.run))
        yield f"Linux {name}: subtests passed/failed/skipped"
        yield " " * width + "".join(f"  {run.driver:>14}" for run in of_kernel)
        totals = [[0, 0, 0] for run in of_kernel]
        everywhere = 0
        for program in args.run:
            line = f"{program:{width}}"
            for total, run in zip(totals, of_kernel):
                counts = run.counts(program)
                total[:] = map(sum, zip(total, counts))
                line += f"  {'/'.join(map(str, counts)):>14}"
            judge = Judge(None, [], name, of_kernel)
            shared = sum(judge.shared(program, subtest)
                         for subtest in of_kernel[0].results[program])
            everywhere += shared
            if shared:
                line += f"  {shared} fail everywhere"
            yield line
        yield f"{'All':{width}}" + "".join(
            f"  {'/'.join(map(str, total)):>14}" for total in totals) + (
                f"  {everywhere} fail everywhere" if everywhere else "")
        yield ""


def write_csv(args, runs):
    """Each result, with its reason; and the table's numbers."""
    with open(os.path.join(args.out, "results.csv"), "w", newline="") as one, \
            open(os.path.join(args.out, "table.csv"), "w", newline="") as two:
        each, sums = csv.writer(one), csv.writer(two)
        each.writerow(["kernel", "driver", "test", "result", "seconds", "reason",
                       "everywhere"])
        sums.writerow(["kernel", "driver", "program", "passed", "failed",
                       "skipped", "seconds", "host_seconds"])
        for name, of_kernel in runs.items():
            judge = Judge(None, [], name, of_kernel)
            for run in of_kernel:
                for program, results in run.results.items():
                    seconds, host = run.took.get(program, (0, 0))
                    sums.writerow([name, run.driver, program,
                                   *run.counts(program), seconds,
                                   round(host)])
                    for subtest, result in results.items():
                        each.writerow(
                            [name, run.driver, judge.test(program, subtest),
                             *result, "everywhere" if judge.shared(
                                 program, subtest) else ""])
                    for part, result in run.dynamic[program].items():
                        each.writerow([name, run.driver,
                                       judge.test(program, part), *result, ""])


def has_vkms(kernel):
    """Debian's have none."""
    return bool(subprocess.run(
        ["find", "-L", os.path.join(kernel, "lib", "modules"), "-name",
         "vkms.ko*"], check=True, stdout=subprocess.PIPE).stdout)


def arguments():
    """What is to run, as a namespace."""
    programs, small = read_programs()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [OPTIONS] OUT TREE NAME KERNEL MODULE "
        "[NAME KERNEL MODULE ...]")
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("tree", metavar="TREE")
    parser.add_argument("kernels", nargs="+", metavar="NAME KERNEL MODULE")
    parser.add_argument("--drivers", default=",".join(DEFAULT),
                        help="of " + " ".join(DRIVERS) + " (default: all but "
                        "vidmem-vga), separated by commas")
    parser.add_argument("--programs", default="*", help="names or patterns, "
                        "separated by commas; with @SUBTEST for one of them; "
                        "with ! before it, not that one")
    parser.add_argument("--small", action="store_true",
                        help="what igt-programs marks with a plus")
    parser.add_argument("--again", action="store_true", help="run nothing, judge "
                        "what OUT has of an earlier run")
    parser.add_argument("--continue", action="store_true", dest="go_on",
                        help="run only what an earlier run, which was stopped, "
                        "has not ended in OUT, or ended with another module")
    parser.add_argument("--seed", type=int, default=1,
                        help="of what is random in there (default: 1)")
    parser.add_argument("--vkms", default="", metavar="MODULE", type=lambda
                        path: path and os.path.abspath(path),
                        help="for kernels that come without it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="machines at a time (default: as processors)")
    args = parser.parse_args()
    args.drivers = args.drivers.split(",")
    if len(args.kernels) % 3 or not set(args.drivers) <= set(DRIVERS):
        parser.error("kernels come by three: NAME KERNEL MODULE"
                     if len(args.kernels) % 3 else "no such driver")
    args.run = {}
    for pattern in args.programs.split(","):
        pattern, _, subtest = pattern.partition("@")
        for name in fnmatch.filter(programs, pattern.lstrip("!")):
            args.run.pop(name, None)
            if not pattern.startswith("!") and (not args.small or name in small):
                args.run[name] = f"{name}:{programs[name]}:" + (
                    subtest or args.small and small[name] or "")
    if not args.run:
        parser.error("no such program")
    args.complete = args.programs == "*" and not args.small
    return args


def main():
    """See the top of this file."""
    args = arguments()
    args.archive = os.path.abspath(os.path.join(args.out, "igt.tar"))
    if not args.again:
        if not args.go_on:
            shutil.rmtree(args.out, ignore_errors=True)
        os.makedirs(args.out, exist_ok=True)
        pack(args.tree, args.archive, args.run)
    rules = read_rules()
    tap = Tap()
    runs = {}
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        pending = []
        for i in range(0, len(args.kernels), 3):
            name, kernel, module = args.kernels[i:i + 3]
            kernel = os.path.realpath(kernel)
            for driver in args.drivers:
                if driver == "vkms" and not (args.vkms or has_vkms(kernel)):
                    print(f"# {name} has no vkms", flush=True)
                    continue
                run = Run(args, name, kernel, os.path.abspath(module), driver)
                pending.append(pool.submit(run.load if args.again else run.run))
        for run in pending:
            runs.setdefault(run.result().name, []).append(run.result())

    for name, of_kernel in runs.items():
        Judge(tap, rules, name, of_kernel).all()
    if args.complete:
        for rule in rules:
            if not rule.met and any(
                    fnmatch.fnmatchcase(run.driver, rule.driver) and
                    fnmatch.fnmatchcase(name, rule.kernel)
                    for name, of_kernel in runs.items() for run in of_kernel):
                print(f"# {rule} is about nothing that ran")
                tap.result(False, f"{rule} stands for something")
    write_csv(args, runs)
    text = "\n".join(table(args, runs))
    with open(os.path.join(args.out, "table.txt"), "w") as file:
        file.write(text)
    print("".join(f"# {line}\n" for line in text.splitlines()), end="")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
