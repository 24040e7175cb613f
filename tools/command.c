// SPDX-License-Identifier: MIT

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include <vidmem_drmif.h>
#include <vidmem_request.h>

#include "command.h"
#include "live.h"

int fail(const char *what, const char *why, const char *hint)
{
	fprintf(stderr, "vidmemctl: %s: %s\n", what, why);
	if (hint)
		fprintf(stderr, "vidmemctl: %s\n", hint);
	return 1;
}

int wrong(const char *what, const char *which)
{
	fprintf(stderr, "vidmemctl: %s%s%s\n"
		"Try 'vidmemctl --help'.\n", what, which ? ": " : "",
		which ? which : "");
	return 2;
}

/* What to do about an adapter that could not be opened. */
int fail_open(const char *device, int error)
{
	switch (error) {
	case ENODEV:
	case ENOENT:
		return fail(device, "no such vidmem adapter",
			    "Load the driver (sudo insmod vidmem.ko). A PCI "
			    "adapter must first be let go by the bochs driver; "
			    "see the README.");
	case EACCES:
	case EPERM:
		return fail(device, "permission denied",
			    "Run as root, or join the group that owns "
			    "/dev/dri/card* (usually: sudo adduser $USER "
			    "video), then log in again.");
	default:
		return fail(device, strerror(error), NULL);
	}
}

int fail_debugfs(const char *command, const char *path, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return fail(command, "permission denied", "Run as root: debugfs is "
			    "root's alone.");
	case ENOENT:
		return fail(path, strerror(error), "Mount debugfs: mount -t debugfs "
			    "none /sys/kernel/debug");
	default:
		return fail(path, strerror(error), NULL);
	}
}

const char *size_text(uint64_t size, char *text, size_t length)
{
	if (size < 1 << 20)
		snprintf(text, length, "%" PRIu64 " KiB", size >> 10);
	else
		snprintf(text, length, "%.*f MiB", size % (1 << 20) ? 1 : 0,
			 size / 1048576.0);
	return text;
}

void leave_display(int fd)
{
	drmDropMaster(fd);
}

int open_device(const char *device)
{
	struct vidmem_device *dev;
	char *end;
	unsigned long n = strtoul(device, &end, 10);
	int fd, ret;

	if (*device >= '0' && *device <= '9' && !*end && n < 256) {
		fd = vidmem_open(n);
		if (fd < 0)
			fail_open(device, -fd);
		else
			leave_display(fd);
		return fd < 0 ? -1 : fd;
	}

	fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fail_open(device, errno);
		return -1;
	}
	ret = vidmem_device_new(fd, &dev);
	if (ret) {
		fail_open(device, -ret);
		close(fd);
		return -1;
	}
	vidmem_device_del(dev);
	leave_display(fd);

	return fd;
}

int open_live(const char *device, struct live **live)
{
	int fd = open_device(device);
	const char *reason;

	if (fd < 0)
		return -1;
	reason = live_open(fd, live);
	if (!reason)
		return fd;
	fail(device, reason, NULL);
	close(fd);

	return -1;
}

const char *device_name(int fd, char *name, size_t size)
{
	char *path = drmGetDeviceNameFromFd2(fd);
	const char *end = path ? strrchr(path, '/') : NULL;

	snprintf(name, size, "%s", end ? end + 1 : "display");
	free(path);

	return name;
}

int look(const char *command, struct live *live)
{
	const char *reason = live_look(live);

	if (!reason)
		return 0;
	return fail(command, reason, reason == live_forbidden ?
		    "Run as root: it takes CAP_SYS_ADMIN." : NULL);
}

volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped++;
}

void stop_by_signals(sigset_t *wait)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t block;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (!wait)
		return;
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, wait);
}
