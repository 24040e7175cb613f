#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""In the tree of Debian's packages: run a program in a session of logind's, as a
display manager would, on the second terminal.

session.py PROGRAM...
"""

import os
import sys

import dbus                                     # pylint: disable=import-error

# The session ends when the last one that holds this end of its pipe does.
SESSION_ID, SESSION_PIPE = 0, 3
TERMINAL = 2


def main():
    """See the top of this file."""
    manager = dbus.Interface(
        dbus.SystemBus().get_object("org.freedesktop.login1",
                                    "/org/freedesktop/login1"),
        "org.freedesktop.login1.Manager")
    session = manager.CreateSession(
        dbus.UInt32(os.getuid()), dbus.UInt32(os.getpid()), "vidmem", "wayland",
        "user", "", "seat0", dbus.UInt32(TERMINAL), f"tty{TERMINAL}", "", False,
        "", "", dbus.Array([], signature="(sv)"))
    os.set_inheritable(session[SESSION_PIPE].take(), True)
    manager.ActivateSession(session[SESSION_ID])
    os.environ.update(XDG_SESSION_ID=session[SESSION_ID], XDG_SEAT="seat0",
                      XDG_SESSION_TYPE="wayland", XDG_VTNR=str(TERMINAL))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
