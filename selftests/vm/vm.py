# SPDX-License-Identifier: MIT
"""A virtual machine on this machine's root file system, to load the module in.

QEMU boots Debian's kernel with a small initramfs. The machine sees the root
file system of the host below a tmpfs, so that it can read all and change
nothing, and the output folder as /out. One of another architecture has a tree
of its own programs over those of the host. Four channels lead out of it:

  console kernel log, to OUT/console.log
  ttyS1   what the job prints, line by line to the caller
  ttyS2   the job's requests: see Machine.serve()
  /out    files
"""

import filecmp
import glob
import json
import os
import re
import select
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time

# What no kernel log may hold.
SPLAT = re.compile(
    r"WARNING:|BUG:|Oops|Call Trace:|kernel BUG|general protection|"
    r"Kernel panic|KASAN|UBSAN|INFO: (task|possible|rcu)|unregister_netdevice|"
    r"refcount_t:|list_(add|del) corruption|possible recursive locking|"
    r"sleeping function called|scheduling while atomic|\bleaked?\b|"
    r"vidmem-init: FAILED")


class MachineError(Exception):
    """The machine did not do what it should; nothing can be said of tests."""


# How often a machine is started, and how long the kernel may take until it comes
# to modules: none of this is about the driver.
BOOTS = 3
BOOT_SECONDS = 180

# For machines whose clock counts instructions, one a nanosecond, whoever else runs on
# the host; while nobody runs, it leaps to the next timer.
ICOUNT = {"cpus": 1, "accel": "tcg", "append": "tsc=reliable", "memory": 2048,
          "qemu": ["-icount", "shift=0,sleep=off"]}


def cache():
    """The folder for what is downloaded or slow to make."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("VIDMEM_CACHE") or os.path.join(home, "vidmem")


def kvm_usable(vmlinuz):
    """Whether KVM not only exists but also runs a guest. Asked once a boot."""
    if os.environ.get("VIDMEM_ACCEL"):
        return os.environ["VIDMEM_ACCEL"] == "kvm"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    with open("/proc/sys/kernel/random/boot_id") as file:
        boot = file.read().strip()
    known = os.path.join(cache(), "kvm-usable")
    if os.path.exists(known):
        with open(known) as file:
            answer = file.read().split()
        if answer[:1] == [boot]:
            return answer[1:] == ["yes"]
    cmd = [Pc.qemu, "-accel", "kvm", "-m", "256", "-nodefaults",
           "-display", "none", "-no-reboot", "-kernel", vmlinuz, "-serial",
           "stdio", "-append", "console=ttyS0 panic=-1"]
    try:
        # It panics for want of a root file system, which is all we ask.
        run = subprocess.run(cmd, stdin=subprocess.DEVNULL, timeout=10,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             check=False)
        usable = b"Kernel panic" in run.stdout
    except subprocess.TimeoutExpired:
        usable = False
    with open(known, "w") as file:
        file.write(f"{boot} {'yes' if usable else 'no'}\n")
    return usable


class Pc:
    """A PC of x86-64, in which the programs of the host run."""

    qemu = "qemu-system-x86_64"
    tree = None
    busybox = "/bin/busybox"

    @staticmethod
    def accel(vmlinuz):
        """What QEMU runs it by, if nobody says otherwise."""
        return "kvm" if kvm_usable(vmlinuz) else "tcg"

    @staticmethod
    def append(cpus):
        """What its kernel has to be told."""
        # Several processors without KVM lose a timer's interrupt now and then:
        # with a periodic tick that costs a tick, else the machine hangs.
        ticks = " nohz=off highres=off" if cpus > 1 else ""
        return "console=ttyS0 no_timer_check" + ticks

    @staticmethod
    def options(accel):
        """QEMU's; of what leads out, job is ttyS1 then, and control ttyS2."""
        return ["-cpu", "host" if accel == "kvm" else "max",
                "-serial", "chardev:console", "-serial", "chardev:job",
                "-serial", "chardev:control"]


class Arm64:
    """QEMU's machine of arm64, in which nothing of the host can run."""

    qemu = "qemu-system-aarch64"

    def __init__(self, tree):
        self.tree = tree                # folder with its programs, laid over /
        self.busybox = os.path.join(tree, "bin", "busybox")

    @staticmethod
    def accel(_vmlinuz):
        """See Pc."""
        return "tcg"

    @staticmethod
    def append(_cpus):
        """See Pc."""
        return "console=ttyAMA0"

    @staticmethod
    def options(_accel):
        """See Pc: its own port is no ttyS, so these two are on a card of four."""
        return ["-machine", "virt", "-cpu", "max,pauth-impdef=on",
                "-serial", "chardev:console",
                "-chardev", "null,id=port0", "-chardev", "null,id=port3",
                "-device", "pci-serial-4x,chardev1=port0,chardev2=job,"
                "chardev3=control,chardev4=port3"]


def arm64(folder):
    """Of a folder as made by setup-arm64: its kernel, and what to run it on."""
    return os.path.join(folder, "kernel"), Arm64(os.path.join(folder, "tree"))


class Machine:
    """One run of a job. Use as a context manager, then call run()."""

    def __init__(self, kernel, out, devices=(), memory=1024, cpus=2,
                 append="", accel=None, qemu=(), disk=0, board=Pc):
        self.kernel = kernel            # folder as made by setup: vmlinuz, lib
        self.out = os.path.abspath(out)
        self.devices = list(devices)
        self.memory = memory
        self.cpus = cpus
        self.append = append
        self.accel = accel
        self.qemu = list(qemu)
        self.disk = disk                # GiB, as /dev/vda
        self.board = board              # a Pc, or what has the same to say
        self.cmd = []
        self.on_line = None
        self.readers = []
        self.process = None
        self.qmp_file = None
        self.events = []
        self.later = None
        self.control = None
        self.deadline = None
        self.exit_status = None
        self.sockets = []

    def __enter__(self):
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        return self

    def __exit__(self, *exc):
        self._stop()

    def _spawn(self):
        with open(os.path.join(self.out, "qemu.log"), "w") as log:
            self.process = subprocess.Popen(self.cmd, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def _read_lines(self, sock):
        for line in sock.makefile("r", errors="replace"):
            if self.on_line:
                self.on_line(line.rstrip("\r\n"))

    def _start(self):
        """Boot, and be connected."""
        # 6.1 with lock debugging hangs now and then in a test of its own RCU.
        for _ in range(BOOTS):
            self._spawn()
            job = self._connect("job")
            self.control = self._connect("control")
            qmp = self._connect("qmp")
            if self._has_booted():
                break
            print(f"# {self.out}: the kernel does not come up", flush=True)
            self._stop()
        else:
            raise MachineError(f"no kernel; see {self.out}/console.log")
        self._open_qmp(qmp)
        reader = threading.Thread(target=self._read_lines, args=(job,),
                                  daemon=True)
        reader.start()
        self.readers.append(reader)

    def _open_qmp(self, sock):
        sock.settimeout(max(0.01, self.deadline - time.monotonic()))
        self.qmp_file = sock.makefile("rw")
        self.qmp_file.readline()
        self.qmp("qmp_capabilities")

    def _has_booted(self):
        """Whether the kernel gets as far as to its first process."""
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with open(os.path.join(self.out, "console.log"),
                      errors="replace") as log:
                if "Run /init as init process" in log.read():
                    return True
            time.sleep(0.2)
        return False

    def _stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for sock in self.sockets:
            sock.close()
        self.sockets.clear()
        for path in glob.glob(os.path.join(self.out, "*.sock")):
            os.unlink(path)

    def _initramfs(self):
        """init, busybox and the modules it takes to reach the host's files."""
        here = os.path.dirname(os.path.abspath(__file__))
        root = os.path.join(self.out, "initramfs")
        os.makedirs(os.path.join(root, "bin"))
        for name in "modules", "proc", "sys", "dev":
            os.makedirs(os.path.join(root, name))
        shutil.copy(os.path.join(here, "init"), os.path.join(root, "init"))
        os.chmod(os.path.join(root, "init"), 0o755)
        shutil.copy(self.board.busybox, os.path.join(root, "bin", "busybox"))
        order = []
        version = os.listdir(os.path.join(self.kernel, "lib", "modules"))[0]
        modules = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]
        if self.disk:
            modules.append("virtio_blk")
        for module in modules:
            deps = subprocess.run(
                ["/sbin/modprobe", "-d", self.kernel, "-S", version,
                 "--show-depends", module],
                check=True, stdout=subprocess.PIPE, text=True).stdout
            for path in re.findall(r"^insmod (\S+)", deps, re.M):
                name = os.path.basename(path)
                if name not in order:
                    order.append(name)
                    shutil.copy(path, os.path.join(root, "modules", name))
        with open(os.path.join(root, "modules", "order"), "w") as file:
            file.write("\n".join(order))
        archive = os.path.join(self.out, "initramfs.cpio")
        with open(archive, "wb") as file:
            names = subprocess.run(["find", "."], cwd=root, check=True,
                                   stdout=subprocess.PIPE).stdout
            subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=root,
                           input=names, stdout=file, check=True)
        shutil.rmtree(root)
        return archive

    def _boot(self, vmlinuz, append):
        """Options of QEMU to boot the kernel by."""
        return ["-kernel", vmlinuz, "-initrd", self._initramfs(),
                "-append", append]

    def _start_script(self, job, env):
        exports = "".join(f"export {k}={shlex.quote(v)}\n"
                          for k, v in env.items())
        with open(os.path.join(self.out, "start"), "w") as file:
            file.write(f"""\
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 VIDMEM_CONTROL=/dev/ttyS2
{exports}stty -F /dev/ttyS2 raw -echo
stty -F /dev/ttyS1 -onlcr
cd {shlex.quote(os.getcwd())}
(
{job}
)
status=$?
sync
echo "exit $status" >/dev/ttyS2
sleep 1000
""")

    def _connect(self, name):
        path = os.path.join(self.out, name + ".sock")
        sock = socket.socket(socket.AF_UNIX)
        self.sockets.append(sock)
        while True:
            try:
                sock.connect(path)
                return sock
            except OSError:
                if self.process.poll() is not None:
                    raise MachineError("QEMU did not start; see " +
                                       os.path.join(self.out, "qemu.log"))
                if time.monotonic() > self.deadline:
                    raise MachineError("QEMU does not answer")
                time.sleep(0.05)

    def qmp(self, command, **arguments):
        """Send a command to QEMU's monitor and return its answer."""
        self.qmp_file.write(json.dumps(
            {"execute": command, "arguments": arguments}) + "\n")
        self.qmp_file.flush()
        while True:
            line = self.qmp_file.readline()
            if not line:
                raise MachineError("QEMU is gone")
            answer = json.loads(line)
            if "event" in answer:
                self.events.append(answer)
            if "error" in answer:
                raise MachineError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def event(self, name, **data):
        """Wait until QEMU tells of this event; returns its data."""
        while True:
            while self.events:
                event = self.events.pop(0)
                found = event.get("data", {})
                if event["event"] == name and data.items() <= found.items():
                    return found
            line = self.qmp_file.readline()
            if not line:
                raise MachineError(f"QEMU is gone before {name}")
            answer = json.loads(line)
            if "event" in answer:
                self.events.append(answer)

    def _wake(self):
        self.event("SUSPEND")
        self.qmp("system_wakeup")

    def _press(self):
        """Press the power button until the job asks for something else."""
        while not select.select([self.control], [], [], 1)[0]:
            if time.monotonic() > self.deadline:
                raise MachineError("the power button wakes nobody")
            self.qmp("system_powerdown")

    def _off(self):
        """The end of a job that turns the machine off, and nothing else."""
        reason = self.event("SHUTDOWN")["reason"]
        if reason != "guest-shutdown":
            raise MachineError("the machine ended by " + reason)
        self._screendump("off")
        with open(os.path.join(self.out, "off.ppm"), "rb") as file:
            # Behind type, size and depth.
            pixels = file.read().split(maxsplit=4)[4]
        if any(pixels):
            raise MachineError("the machine is off, its display is not")
        self.qmp("quit")
        self.process.wait()
        self.exit_status = 0

    def _panic(self):
        """The end of a job that has the kernel panic: it says so on the display."""
        log = os.path.join(self.out, "console.log")
        while True:
            with open(log, errors="replace") as file:
                if "end Kernel panic" in file.read():
                    break
            if time.monotonic() > self.deadline:
                raise MachineError("no panic")
            time.sleep(0.2)
        self._screendump("panic")
        with open(os.path.join(self.out, "panic.ppm"), "rb") as file:
            pixels = file.read().split(maxsplit=4)[4]
        # White words on a black screen.
        if set(pixels) != {0, 255}:
            raise MachineError("the display does not tell of the panic; see "
                               f"{self.out}/panic.png")
        self.exit_status = 0

    def _hibernate(self):
        """The machine turns itself off, and goes on where it was when it boots."""
        self.process.wait(max(0.01, self.deadline - time.monotonic()))
        self._stop()
        self._start()

    def _screendump(self, name, **which):
        path = os.path.join(self.out, name)
        # The display is drawn when asked for, from what it saw before.
        for _ in range(2):
            self.qmp("screendump", filename=path + ".ppm", **which)
        self.qmp("screendump", filename=path + ".png", format="png", **which)

    def serve(self, request):
        """One request of the job; returns the answer or None at its end.

        screendump NAME [ID]  what the display (of the device with this ID)
                              shows, as OUT/NAME.ppm and .png
        compare NAME NAME     whether two screendumps are equal: "same", else
                              "differs"
        device_del ID         take a device out; answered when it is out
        device_add DRIVER,... put one in, as in -device
        wake                  wake the machine up when it has gone to sleep
        press                 the same for a sleep that QEMU does not know of
        hibernate             turn the machine on again when it is off
        off                   the job is done when the machine turns itself off,
                              and fails if its display is left on
        panic                 the job is done when the kernel has panicked, and
                              fails if its display does not say so
        exit STATUS           the job is done
        """
        words = request.split()
        if words[0] == "screendump":
            which = {"device": words[2]} if len(words) > 2 else {}
            self._screendump(words[1], **which)
            return "done"
        if words[0] == "compare":
            dumps = [os.path.join(self.out, w + ".ppm") for w in words[1:3]]
            same = filecmp.cmp(*dumps, shallow=False)
            return "same" if same else "differs"
        if words[0] == "device_del":
            self.events.clear()
            self.qmp("device_del", id=words[1])
            self.event("DEVICE_DELETED", device=words[1])
            return "done"
        if words[0] == "device_add":
            driver, *rest = words[1].split(",")
            self.qmp("device_add", driver=driver,
                     **dict(r.split("=", 1) for r in rest))
            return "done"
        if words[0] in ("wake", "press", "hibernate", "off",
                        "panic"):
            self.events.clear()
            if words[0] == "off":
                # So that there is something to look at.
                self.qmp("set-action", shutdown="pause")
            self.later = getattr(self, "_" + words[0])
            return "done"
        if words[0] == "exit":
            self.exit_status = int(words[1])
            return None
        return "unknown"

    def run(self, job, timeout, on_line=None, env=None):
        """Boot, run the shell command in the machine, return its status."""
        self.deadline = time.monotonic() + timeout
        self.on_line = on_line
        out = self.out
        self._start_script(job, env or {})
        vmlinuz = os.path.join(self.kernel, "vmlinuz")
        board = self.board
        accel = self.accel or board.accel(vmlinuz)
        cmd = self.cmd
        cmd += [board.qemu, "-accel", accel,
                "-m", str(self.memory), "-smp", str(self.cpus), "-nodefaults",
                "-display", "none", "-no-reboot",
                *self._boot(vmlinuz, "panic=-1 "
                            f"{board.append(self.cpus)} {self.append}"),
                "-virtfs", "local,path=/,mount_tag=host,readonly=on,"
                "security_model=none,multidevs=remap",
                "-virtfs", f"local,path={out},mount_tag=out,"
                "security_model=none,multidevs=remap",
                "-qmp", f"unix:{out}/qmp.sock,server=on,wait=off",
                "-chardev", f"file,id=console,path={out}/console.log"]
        for channel in "job", "control":
            cmd += ["-chardev", f"socket,id={channel},"
                    f"path={out}/{channel}.sock,server=on,wait=off"]
        cmd += board.options(accel)
        if board.tree:
            cmd += ["-virtfs", f"local,path={board.tree},mount_tag=tree,"
                    "readonly=on,security_model=none,multidevs=remap"]
        for device in self.devices:
            cmd += ["-device", device]
        if self.disk:
            with open(os.path.join(out, "disk"), "wb") as file:
                file.truncate(self.disk << 30)
            cmd += ["-drive", f"if=virtio,format=raw,file={out}/disk"]
        cmd += self.qemu
        self._start()

        buffer = b""
        while self.exit_status is None:
            control = self.control
            control.settimeout(max(0.01, self.deadline - time.monotonic()))
            try:
                data = control.recv(4096)
            except socket.timeout:
                raise MachineError(f"no end after {timeout} s; see "
                                   f"{out}/console.log") from None
            if not data:
                raise MachineError(f"the machine died; see {out}/console.log")
            buffer += data
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                answer = self.serve(line.decode())
                if answer is not None:
                    control.sendall(answer.encode() + b"\n")
                if self.later:
                    later, self.later = self.later, None
                    later()
        time.sleep(0.2)                     # the last lines of the job
        if self.process.poll() is None:
            self.qmp("quit")
        self.process.wait()
        self.readers[-1].join(5)
        return self.exit_status

    def splats(self):
        """Lines of the kernel log that no sound kernel writes."""
        with open(os.path.join(self.out, "console.log"),
                  errors="replace") as log:
            return [line.strip() for line in log if SPLAT.search(line)]


def main():
    """vm.py [--arm64] OUT DEVICE JOB: for trying things out by hand."""
    args = sys.argv[1:]
    kernel, board = os.path.join(cache(), "kernel"), Pc
    if args[0] == "--arm64":
        args.pop(0)
        kernel, board = arm64(os.path.join(cache(), "arm64"))
    with Machine(kernel, args[0], [args[1]] if args[1] else [],
                 board=board) as machine:
        status = machine.run(args[2], 600, print, {"VIDMEM_KERNEL": kernel})
        for line in machine.splats():
            print("kernel log:", line)
    return status


if __name__ == "__main__":
    sys.exit(main())
