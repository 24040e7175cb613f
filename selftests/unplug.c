// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The adapter goes while it is in use: its driver is unbound, and bound again
 * afterwards. Whatever is mapped goes on reading and writing.
 */

#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "vidmem_test.h"

#define SIZE (4 * MiB)

FIXTURE(unplug)
{
	int fd;
	char driver[PATH_MAX];
	char device[64];
	bool unbound;
};

FIXTURE_SETUP(unplug)
{
	char path[PATH_MAX], link[PATH_MAX];
	struct stat stat;

	OPEN_OR_SKIP(self->fd);
	if (geteuid())
		SKIP(return, "unbinding is for root");
	ASSERT_EQ(0, fstat(self->fd, &stat));
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device",
		 major(stat.st_rdev), minor(stat.st_rdev));
	ASSERT_NE(NULL, realpath(link, path));
	snprintf(self->device, sizeof(self->device), "%.60s", basename(path));
	strcat(link, "/driver");
	ASSERT_NE(NULL, realpath(link, self->driver));
}

FIXTURE_TEARDOWN(unplug)
{
	if (self->fd >= 0)
		close(self->fd);
	if (self->unbound)
		EXPECT_EQ(0, write_file(self->driver, "bind", self->device));
}

#define UNBIND() do { \
	ASSERT_EQ(0, write_file(self->driver, "unbind", self->device)); \
	self->unbound = true; \
} while (0)

TEST_F(unplug, mappings_stay)
{
	struct drm_vidmem_map_video_memory args = { 0 };
	uint32_t handle, second;
	char *view, *untouched, *mapped, *shared, *other;
	int buf, mem;

	ASSERT_EQ(0, test_create(self->fd, SIZE, &handle));
	ASSERT_EQ(0, test_create(self->fd, SIZE, &second));
	view = map_whole(self->fd, handle);
	untouched = map_whole(self->fd, handle);
	other = map_whole(self->fd, second);
	mapped = mmap_object(self->fd, handle, SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED);
	ASSERT_EQ(0, drmPrimeHandleToFD(self->fd, handle, DRM_CLOEXEC |
					DRM_RDWR, &buf));
	shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);
	ASSERT_NE(NULL, view);
	ASSERT_NE(NULL, untouched);
	ASSERT_NE(NULL, other);
	ASSERT_NE(NULL, mapped);
	ASSERT_NE(MAP_FAILED, shared);
	memset(view, 0x11, SIZE);
	memset(mapped, 0x22, SIZE);
	memset(shared, 0x33, SIZE);
	memset(other, 0x44, SIZE);

	UNBIND();
	/* What was there is out of reach, here and for a debugger. */
	EXPECT_EQ(0, *(volatile int *)(other + 64));
	EXPECT_EQ(0, *(volatile int *)(view + SIZE - 64));
	mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(-1, pread(mem, &handle, 4, (off_t)(uintptr_t)other));
	close(mem);
	EXPECT_EQ(0, write_signal(view));
	EXPECT_EQ(0, write_signal(view + SIZE - 4));
	EXPECT_EQ(0, write_signal(untouched + SIZE / 2));
	EXPECT_EQ(0, write_signal(mapped));
	EXPECT_EQ(0, write_signal(shared + PAGE));
	memset(view, 0x55, SIZE);
	memset(untouched, 0x66, SIZE);
	memset(mapped, 0x77, SIZE);
	memset(shared, 0x78, SIZE);
	/* One object's mappings never show what another's hold. */
	*(volatile int *)other = 1;
	EXPECT_NE(0x44444444, *(volatile int *)(view + 64));
	EXPECT_EQ(0x78, *(volatile char *)(view + 64));
	*(volatile char *)(view + 64) = 0x79;
	EXPECT_NE(0x79, *(volatile char *)(other + 64));

	/* Requests say what has happened. */
	args.handle = second;
	EXPECT_EQ(ENODEV, test_map(self->fd, &args));
	EXPECT_EQ(ENODEV, test_unmap(self->fd, (uintptr_t)view));
	EXPECT_EQ(ENODEV, test_create(self->fd, PAGE, &second));
	EXPECT_EQ(NULL, mmap_object(self->fd, handle, SIZE, PROT_READ,
				    MAP_SHARED));

	EXPECT_EQ(0, munmap(view, SIZE));
	EXPECT_EQ(0, munmap(untouched, SIZE));
	EXPECT_EQ(0, munmap(other, SIZE));
	EXPECT_EQ(0, munmap(mapped, SIZE));
	EXPECT_EQ(0, munmap(shared, SIZE));
	close(buf);
}

/* The library's UNMAP still releases its views, whole and by any address. */
TEST_F(unplug, library_unmaps)
{
	VIDEO_MEMORY memory = { NULL };
	VIDEO_MEMORY_INFORMATION one, two, three;
	struct vidmem_session *session;
	uint32_t mode = 0, returned;
	int status;
	pid_t pid;

	ASSERT_EQ(0, vidmem_session_new(self->fd, SIZE, &session));
	ASSERT_EQ(0, vidmem_request(session, IOCTL_VIDEO_SET_CURRENT_MODE,
				    &mode, 4, NULL, 0, NULL));
	ASSERT_EQ(0, vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				    &memory, sizeof(memory), &one, sizeof(one),
				    &returned));
	ASSERT_EQ(0, vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				    &memory, sizeof(memory), &two, sizeof(two),
				    &returned));
	memset(one.VideoRamBase, 1, one.VideoRamLength);
	/* A third, gone before the adapter: its place is somebody else's. */
	ASSERT_EQ(0, vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				    &memory, sizeof(memory), &three,
				    sizeof(three), &returned));
	memory.RequestedVirtualAddress = three.VideoRamBase;
	ASSERT_EQ(0, vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				    &memory, sizeof(memory), NULL, 0,
				    &returned));
	ASSERT_EQ(three.VideoRamBase,
		  mmap(three.VideoRamBase, PAGE, PROT_READ,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		       0));

	UNBIND();
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				 &memory, sizeof(memory), NULL, 0, &returned));
	EXPECT_EQ(0, read_signal(three.VideoRamBase));
	/* Nor is a view of this process one of its child's. */
	memory.RequestedVirtualAddress = one.VideoRamBase;
	pid = fork();
	if (!pid) {
		mmap(one.VideoRamBase, PAGE, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		status = vidmem_request(session,
					IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
					&memory, sizeof(memory), NULL, 0,
					&returned);
		_exit(read_signal(one.VideoRamBase) ? 1 : status);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, WEXITSTATUS(status));
	memory.RequestedVirtualAddress = NULL;
	memset(one.VideoRamBase, 2, one.VideoRamLength);
	memset(two.VideoRamBase, 3, two.VideoRamLength);
	EXPECT_EQ(ERROR_DEV_NOT_EXIST,
		  vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				 &memory, sizeof(memory), &two, sizeof(two),
				 &returned));
	EXPECT_EQ(0, returned);
	memory.RequestedVirtualAddress = (char *)one.VideoRamBase + 4097;
	EXPECT_EQ(0, vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				    &memory, sizeof(memory), NULL, 0,
				    &returned));
	EXPECT_EQ(SIGSEGV, read_signal(one.VideoRamBase));
	EXPECT_EQ(SIGSEGV, read_signal((char *)one.VideoRamBase + SIZE - 4));
	EXPECT_EQ(0, read_signal(two.VideoRamBase));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				 &memory, sizeof(memory), NULL, 0, &returned));
	memory.RequestedVirtualAddress = &memory;
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				 &memory, sizeof(memory), NULL, 0, &returned));
	/* The end of the session takes what is left. */
	vidmem_session_close(session);
	EXPECT_EQ(SIGSEGV, read_signal(two.VideoRamBase));
}

/* Again and again, with somebody drawing all the time. */
TEST_F_TIMEOUT(unplug, while_drawing, 60)
{
	int round, status;
	pid_t pid;

	close(self->fd);
	for (round = 0; round < 10; round++) {
		int pipes[2];
		char byte;

		ASSERT_EQ(0, pipe(pipes));
		pid = fork();
		if (!pid) {
			uint32_t handle;
			int fd = test_open();
			char *view;

			if (fd < 0 || test_create(fd, SIZE, &handle))
				_exit(1);
			view = map_whole(fd, handle);
			if (!view || write(pipes[1], "r", 1) != 1)
				_exit(2);
			for (;;)
				memset(view, round, SIZE);
		}
		ASSERT_EQ(1, read(pipes[0], &byte, 1));
		UNBIND();
		/* It is still drawing: into nothing, but alive. */
		EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
		EXPECT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(SIGKILL, WTERMSIG(status));
		close(pipes[0]);
		close(pipes[1]);
		ASSERT_EQ(0, write_file(self->driver, "bind", self->device));
		self->unbound = false;
	}
	self->fd = -1;
}

TEST_HARNESS_MAIN
