// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * For programs that test a mapping of a file whose name they are given: with this
 * in LD_PRELOAD the name "vidmem" opens the adapter in $VIDMEM_DEVICE, and what
 * is mapped of it is an object in video memory. With $VIDMEM_VIEW set it is mapped
 * as a view, else plainly.
 */

#include <dlfcn.h>
#include <stdarg.h>

#include "../vidmem_calls.h"

#define SIZE (4 * MiB)

static int device = -1;
static uint64_t first;

static int open_object(void)
{
	struct drm_mode_map_dumb dumb = { 0 };

	if (device >= 0)
		return device;
	device = test_open();
	if (device < 0 || test_create(device, SIZE, &dumb.handle) ||
	    test_ioctl(device, DRM_IOCTL_MODE_MAP_DUMB, &dumb))
		return -1;
	first = dumb.offset;
	if (getenv("VIDMEM_VIEW"))
		first += SIZE;
	return device;
}

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
	va_list list;
	mode_t mode;

	if (!strcmp(path, "vidmem"))
		return open_object();
	va_start(list, flags);
	mode = va_arg(list, mode_t);
	va_end(list);
	return next(path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

void *mmap(void *address, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *(*next)(void *, size_t, int, int, int, off_t) =
		dlsym(RTLD_NEXT, "mmap");

	if (fd >= 0 && fd == device)
		offset += first;
	return next(address, size, prot, flags, fd, offset);
}

void *mmap64(void *address, size_t size, int prot, int flags, int fd,
	     off_t offset) __attribute__((alias("mmap")));
