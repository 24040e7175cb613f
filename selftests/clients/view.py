#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""In the virtual machine: hold a view of video memory that is not on display.

Says "ready" when the view is filled. On SIGTERM, says whether it still holds what
was written, releases it, and exits with 0 if it does.
"""

import ctypes
import fcntl
import os
import signal
import sys

SIZE = 1 << 20
DRM_IOCTL_DROP_MASTER = 0x641f


class Map(ctypes.Structure):
    """struct drm_vidmem_map_video_memory"""
    _fields_ = [("requested_virtual_address", ctypes.c_uint64),
                ("handle", ctypes.c_uint32), ("flags", ctypes.c_uint32)] + [
                    (name, ctypes.c_uint64) for name in
                    ("view_offset", "view_size", "video_ram_base",
                     "video_ram_length", "frame_buffer_base",
                     "frame_buffer_length")]


def call(status, what):
    """Ends the program where the library says no."""
    if status:
        sys.exit(f"{what}: {os.strerror(-status)}")


def main():
    """See the top of this file."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    library = ctypes.CDLL(os.path.join(os.environ["VIDMEM_ROOT"], "out", "lib",
                                       "libdrm_vidmem.so"))
    fd = os.open(os.environ["VIDMEM_DEVICE"], os.O_RDWR | os.O_CLOEXEC)
    # Who opens the device first gets the display. This one wants none.
    try:
        fcntl.ioctl(fd, DRM_IOCTL_DROP_MASTER)
    except OSError as error:
        print(f"not master: {error}")
    device = ctypes.c_void_p()
    call(library.vidmem_device_new(fd, ctypes.byref(device)), "open")
    size = ctypes.c_uint64(SIZE)
    view = Map()
    handle = ctypes.c_uint32()
    call(library.vidmem_create(device, ctypes.byref(size),
                               ctypes.byref(handle)), "create")
    view.handle = handle
    call(library.vidmem_map(device, ctypes.byref(view)), "map")
    memory = (ctypes.c_char * SIZE).from_address(view.video_ram_base)
    pattern = os.urandom(SIZE)
    memory.raw = pattern
    print("ready", flush=True)
    signal.sigwait([signal.SIGTERM])
    same = memory.raw == pattern
    print("unchanged" if same else "changed")
    call(library.vidmem_unmap(device, ctypes.c_void_p(view.video_ram_base)),
         "unmap")
    library.vidmem_device_del(device)
    os.close(fd)
    return not same


if __name__ == "__main__":
    sys.exit(main())
