#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do what README.md says of Secure Boot, print TAP, end with "N passed, M failed".

secure_boot.py OUT SIGNED

SIGNED is the folder that selftests/vm/firmware prints. One machine, with one set of the
firmware's variables, is started three times: the module is refused and the key
imported; MokManager asks, is answered, and the signed module loads; the tests run with
that module on the kernel that is locked down.
"""

import functools
import os
import re
import shutil
import sys
import time

import check
from check import Setting, Tap, run_machine
from vm import Machine, MachineError, cache

FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
# With the keys of Microsoft, as a machine from the shop has them.
VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"

PASSWORD = "vidmem42"
# What MokManager shows, what is chosen there, and what is pressed for it. README.md
# tells to choose the same.
ENROL = [
    ("Press any key to perform MOK management", None, ["ret"]),
    ("Enroll MOK", "Enroll MOK", ["down", "ret"]),
    # Two keys: our own and that of DKMS.
    ("View key 1", "Continue", ["down", "down", "ret"]),
    ("Enroll the key(s)?", "Yes", ["down", "ret"]),
    ("Password:", None, [*PASSWORD, "ret"]),
    ("Reboot", "Reboot", ["ret"]),
]
CHOICES = [choice for text, choice, keys in ENROL if choice]

# All that runs elsewhere but scanout, which writes to edid_override in debugfs.
PROGRAMS = ["secure-boot.sh locked", *check.PROGRAMS, "tools.sh", "trace.sh"]
PROGRAMS.remove("scanout")

BEGIN = "=== the machine is up"


class SecureMachine(Machine):
    """One whose firmware starts what is signed, from a disk."""

    def __init__(self, *args, signed, variables, answers=(), **options):
        super().__init__(*args, cpus=1, **options)
        self.signed = signed
        self.answers = answers
        self.qemu += [
            "-machine", "q35,smm=on",
            "-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", "if=pflash,format=raw,unit=0,readonly=on,"
            f"file={FIRMWARE}",
            "-drive", f"if=pflash,format=raw,unit=1,file={variables}"]

    def _boot(self, vmlinuz, append):
        """A disk such as Debian makes for a machine without entries to boot by."""
        disk = os.path.join(self.out, "esp")
        boot = os.path.join(disk, "EFI", "BOOT")
        debian = os.path.join(disk, "EFI", "debian")
        os.makedirs(boot)
        os.makedirs(debian)
        for name, to in (("shimx64.efi", "BOOTX64.EFI"),
                         ("mmx64.efi", "mmx64.efi"),
                         ("grubx64.efi", "grubx64.efi")):
            shutil.copy(os.path.join(self.signed, name),
                        os.path.join(boot, to))
        shutil.copy(vmlinuz, os.path.join(disk, "vmlinuz"))
        shutil.move(self._initramfs(), os.path.join(disk, "initrd.img"))
        with open(os.path.join(debian, "grub.cfg"), "w") as file:
            file.write(f"linux /vmlinuz {append}\ninitrd /initrd.img\nboot\n")
        return ["-drive", "if=virtio,format=raw,readonly=on,file=fat:" + disk]

    def run(self, job, timeout, on_line=None, env=None):
        """As in Machine, without what the firmware prints before."""
        begun = []

        def after_firmware(line):
            if begun:
                on_line(line)
            elif line == BEGIN:
                begun.append(line)

        return super().run(f"echo; echo '{BEGIN}'; {job}", timeout,
                           after_firmware if on_line else None, env)

    def _start(self):
        if self.answers:
            self._answer()
        super()._start()

    def _answer(self):
        """Sit before MokManager, until it starts the machine again."""
        self._spawn()
        self._open_qmp(self._connect("qmp"))
        seen = 0
        for number, (text, _, keys) in enumerate(self.answers):
            seen = self._expect(text, seen)
            self._screendump(f"mokmanager-{number}")
            for key in keys:
                self.qmp("send-key", keys=[{"type": "qcode", "data": key}])
                time.sleep(0.5)
        self.process.wait(max(0.01, self.deadline - time.monotonic()))
        self._stop()
        shutil.copy(os.path.join(self.out, "console.log"),
                    os.path.join(self.out, "mokmanager.log"))

    def _expect(self, text, seen):
        """Wait for the text behind what is seen; returns what is seen then."""
        while True:
            with open(os.path.join(self.out, "console.log"),
                      errors="replace") as file:
                log = re.sub(r"\x1b\[[0-9;=?]*[A-Za-z]", "", file.read())
            if text in log[seen:]:
                return len(log)
            if self.process.poll() is not None:
                raise MachineError(f"the machine ended before \"{text}\"")
            if time.monotonic() > self.deadline:
                self._screendump("mokmanager")
                raise MachineError(f"no \"{text}\"; see "
                                   f"{self.out}/mokmanager.png")
            time.sleep(0.2)


def choices():
    """What README.md tells to choose, in its order."""
    with open("README.md", encoding="utf-8") as file:
        text = " ".join(file.read().split())
    text = text[text.index("### Secure Boot"):]
    text = text[text.index("MokManager"):text.index("Then sign")]
    return re.findall('"([^"]*)"', text)


def main():
    """See the top of this file."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out, signed = map(os.path.abspath, sys.argv[1:])
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    variables = os.path.join(out, "variables.fd")
    shutil.copy(VARIABLES, variables)
    machine = functools.partial(SecureMachine, signed=signed,
                                variables=variables)
    setting = Setting(os.path.realpath(os.path.join(cache(), "kernel")),
                      os.path.abspath("vidmem.ko"))
    setting.env.update(VIDMEM_MOK=os.path.join(out, "refused", "mok"),
                       VIDMEM_SIGNED=signed, VIDMEM_PASSWORD=PASSWORD)
    tap = Tap()
    tap.result(choices() == CHOICES, "README.md names MokManager's choices")
    setting.kind = machine
    run_machine(tap, out, setting, "refused", ["VGA"], "none",
                ["secure-boot.sh refused"])
    setting.kind = functools.partial(machine, answers=ENROL)
    run_machine(tap, out, setting, "enrolled", ["VGA"], "none",
                ["secure-boot.sh enrolled"])
    setting.kind = machine
    # As it was signed there.
    setting.env["VIDMEM_MODULE"] = os.path.join(out, "enrolled", "vidmem.ko")
    run_machine(tap, out, setting, "locked-down", ["VGA"], "adapters=1",
                PROGRAMS)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
