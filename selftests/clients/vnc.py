#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""In the virtual machine: be a VNC client that counts and types, which those that
save pictures do not.

vnc.py still SECONDS PID
                        after a whole picture, nothing comes for so long, and the
                        server writes nothing into the picture that it keeps
vnc.py changes PID      after a whole picture, an update comes within 20 seconds,
                        of what the server has written there
vnc.py refused          a wrong password is asked for, and refused
vnc.py input NAME       what a client types and points at arrives at the input
                        devices "NAME keyboard" and "NAME pointer"
vnc.py cursor A.ppm B.ppm
                        B is A with a pointer in the middle
"""

import os
import re
import select
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vm"))

import testcard                         # pylint: disable=wrong-import-position

PORT = 5900
SOFT_DIRTY = 1 << 55
EVENT = struct.Struct("llHHi")
EV_KEY, EV_ABS, KEY_A, KEY_LEFTSHIFT, BTN_LEFT = 1, 3, 30, 42, 0x110


class Client:
    """A connection, past its beginning."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT), 60)
        assert self.read(12) == b"RFB 003.008\n"
        self.socket.sendall(b"RFB 003.008\n")
        self.security = list(self.read(self.read(1)[0]))
        self.width = self.height = 0

    def read(self, size):
        """So many bytes."""
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                sys.exit("the server has ended the connection")
            data += part
        return data

    def start(self):
        """Without a password; raw pictures only."""
        assert 1 in self.security, self.security
        self.socket.sendall(b"\1")
        assert self.read(4) == bytes(4)
        self.socket.sendall(b"\1")
        self.width, self.height, length = struct.unpack(">HH16xI",
                                                        self.read(24))
        print("serves", self.read(length).decode(), self.width, self.height)
        self.socket.sendall(struct.pack(">BxHi", 2, 1, 0))

    def ask(self, incremental):
        """For an update of it all."""
        self.socket.sendall(struct.pack(">BBHHHH", 3, incremental, 0, 0,
                                        self.width, self.height))

    def update(self):
        """Read one; its rectangles."""
        kind, count = struct.unpack(">BxH", self.read(4))
        assert kind == 0, kind
        rectangles = []
        for _ in range(count):
            *rectangle, encoding = struct.unpack(">HHHHi", self.read(12))
            assert encoding == 0, encoding
            self.read(rectangle[2] * rectangle[3] * 4)
            rectangles.append(rectangle)
        return rectangles

    def comes(self, seconds):
        """Whether anything does."""
        return bool(select.select([self.socket], [], [], seconds)[0])


def forget_writes(pid):
    """Of this process, the kernel notes anew which pages it writes to."""
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("4")


def pages_written(pid, size):
    """Since then, of its own memory that can hold so much in one piece."""
    places = []
    with open(f"/proc/{pid}/maps") as file:
        for line in file:
            area, access, _, _, inode = line.split()[:5]
            start, end = (int(n, 16) for n in area.split("-"))
            if access == "rw-p" and inode == "0" and end - start >= size:
                places.append((start, end))
    assert places
    written = 0
    with open(f"/proc/{pid}/pagemap", "rb") as file:
        for start, end in places:
            file.seek(start // 4096 * 8)
            pages = file.read((end - start) // 4096 * 8)
            written += sum(page & SOFT_DIRTY != 0
                           for page, in struct.iter_unpack("<Q", pages))
    return written


def still(seconds, pid):
    """What comes of a picture that does not change, and what is copied."""
    client = Client()
    client.start()
    client.ask(0)
    print("whole:", client.update())
    client.ask(1)
    forget_writes(pid)
    if client.comes(seconds):
        sys.exit(f"an update: {client.update()}")
    written = pages_written(pid, client.width * client.height * 4)
    if written:
        sys.exit(f"{written} pages written")


def changes(pid):
    """Another picture comes, and no more of it than what is another."""
    client = Client()
    client.start()
    client.ask(0)
    client.update()
    client.ask(1)
    forget_writes(pid)
    print("ready", flush=True)
    if not client.comes(20):
        sys.exit("no update")
    print("changed:", client.update())
    written = pages_written(pid, client.width * client.height * 4)
    print("written:", written, "pages")
    assert written


def refused():
    """The only way in is by password, and not by any."""
    client = Client()
    assert client.security == [2], client.security
    client.socket.sendall(b"\2")
    client.read(16)
    client.socket.sendall(bytes(16))
    assert client.read(4) == struct.pack(">I", 1)


def find_device(name):
    """Open the input device."""
    with open("/proc/bus/input/devices") as file:
        for device in file.read().split("\n\n"):
            if f'Name="{name}"' in device:
                event = re.search(r"Handlers=.*(event\d+)", device)[1]
                return os.open("/dev/input/" + event, os.O_RDONLY)
    return sys.exit(f"there is no {name}")


def events(device, wanted):
    """Read until all of them have come, in their order."""
    end = time.monotonic() + 20
    wanted = list(wanted)
    while wanted:
        if not select.select([device], [], [], end - time.monotonic())[0]:
            sys.exit(f"did not come: {wanted}")
        kind, code, value = EVENT.unpack(os.read(device, EVENT.size))[2:]
        print("event", kind, code, value)
        if wanted[0] == (kind, code, value):
            wanted.pop(0)


def send_input(name):
    """A key with shift, a place, a click; and what is pressed in the end is not."""
    keyboard, pointer = (find_device(name + " " + kind)
                         for kind in ("keyboard", "pointer"))
    client = Client()
    client.start()
    for down, symbol in (1, 0xffe1), (1, ord("A")), (0, ord("A")):
        client.socket.sendall(struct.pack(">BBxxI", 4, down, symbol))
    right, middle = client.width - 1, client.height // 2
    for buttons in 0, 1:
        client.socket.sendall(struct.pack(">BBHH", 5, buttons, right, middle))
    events(keyboard, [(EV_KEY, KEY_LEFTSHIFT, 1), (EV_KEY, KEY_A, 1),
                      (EV_KEY, KEY_A, 0)])
    events(pointer, [(EV_ABS, 0, 65535),
                     (EV_ABS, 1, middle * 65535 // (client.height - 1)),
                     (EV_KEY, BTN_LEFT, 1)])
    client.socket.close()
    events(keyboard, [(EV_KEY, KEY_LEFTSHIFT, 0)])
    events(pointer, [(EV_KEY, BTN_LEFT, 0)])


def cursor(without, with_it):
    """Where pictures differ is in the middle, and not of one color."""
    width, height, first = testcard.read_ppm(without)
    assert (width, height) == testcard.read_ppm(with_it)[:2]
    second = testcard.read_ppm(with_it)[2]
    there = [i // 3 for i in range(0, len(first), 3)
             if first[i:i + 3] != second[i:i + 3]]
    colors = {second[3 * i:3 * i + 3] for i in there}
    print(len(there), "pixels of", len(colors), "colors")
    assert len(there) > 20 and len(colors) > 1
    for i in there:
        assert abs(i % width - width // 2) < 64, i
        assert abs(i // width - height // 2) < 64, i


def main():
    """See the top of this file."""
    match sys.argv[1:]:
        case ["still", seconds, pid]:
            still(int(seconds), pid)
        case ["changes", pid]:
            changes(pid)
        case ["refused"]:
            refused()
        case ["input", name]:
            send_input(name)
        case ["cursor", without, with_it]:
            cursor(without, with_it)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
