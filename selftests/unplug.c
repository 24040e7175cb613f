// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The adapter goes while it is in use: its driver is unbound, and bound again
 * afterwards. Whatever is mapped goes on reading and writing.
 */

#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "copier.h"
#include "vidmem_test.h"
#include "watch.h"

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
	OPEN_OR_SKIP(self->fd);
	if (geteuid())
		SKIP(return, "unbinding is for root");
	ASSERT_TRUE(find_driver(self->fd, self->device, self->driver));
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

/*
 * UNMAP is served as before: it touches no hardware (rule U11). It releases views
 * and nothing else, whatever lies where one was.
 */
TEST_F(unplug, U11_unmap_is_served)
{
	struct drm_vidmem_unmap_video_memory args = { 0 };
	char *view, *again, *gone, *plain;
	int other = test_open();
	uint32_t handle;

	ASSERT_GE(other, 0);
	ASSERT_EQ(0, test_create(self->fd, SIZE, &handle));
	view = map_whole(self->fd, handle);
	again = map_whole(self->fd, handle);
	gone = map_whole(self->fd, handle);
	plain = mmap_object(self->fd, handle, SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED);
	ASSERT_NE(NULL, view);
	ASSERT_NE(NULL, again);
	ASSERT_NE(NULL, gone);
	ASSERT_NE(NULL, plain);
	ASSERT_EQ(0, munmap(gone, SIZE));
	ASSERT_EQ(gone, mmap(gone, SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0));
	strcpy(gone, "mine");

	UNBIND();
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)gone));
	EXPECT_STREQ("mine", gone);
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)plain));
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)&args));
	EXPECT_EQ(EINVAL, test_unmap(self->fd, 0));
	EXPECT_EQ(EINVAL, test_unmap(self->fd, UINT64_MAX));
	EXPECT_EQ(EINVAL, test_unmap(other, (uintptr_t)view));
	args.requested_virtual_address = (uintptr_t)view;
	args.flags = 1;
	EXPECT_EQ(EINVAL, test_ioctl(self->fd,
				     DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY,
				     &args));
	EXPECT_EQ(EFAULT, test_ioctl(self->fd,
				     DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY,
				     NULL));
	EXPECT_EQ(0, read_signal(view));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view + SIZE - 1));
	EXPECT_EQ(SIGSEGV, read_signal(view));
	EXPECT_EQ(SIGSEGV, read_signal(view + SIZE - 4));
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)view));
	EXPECT_EQ(0, write_signal(again));
	EXPECT_EQ(0, write_signal(plain));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)again));
	EXPECT_EQ(0, munmap(plain, SIZE));
	EXPECT_EQ(0, munmap(gone, SIZE));
	close(other);
}

/*
 * The program waits for a page of its own with the modeset locks held, the unbind
 * waits for those locks, and the next thing that the program touches is a view.
 */
static void copy_while_unbinding(struct __test_metadata *_metadata,
				 FIXTURE_DATA(unplug) *self, bool answers)
{
	pid_t user, unbind;
	int ready[2], fd;
	char byte;

	ASSERT_EQ(0, pipe(ready));
	user = fork();
	if (!user) {
		struct uffdio_zeropage zero = { .range.len = PAGE };
		struct copier c;
		pthread_t thread;
		int uffd;

		fd = test_open();
		if (fd < 0 || !open_copier(&c, fd, SIZE))
			(_exit)(1);
		uffd = absent_page(&c.own);
		if (uffd < 0)
			(_exit)(2);
		c.stop = true;
		pthread_create(&thread, NULL, copy_properties, &c);
		if (!absent_page_asked(uffd) || write(ready[1], "r", 1) != 1)
			(_exit)(3);
		sleep(answers ? 3 : 10000);
		zero.range.start = (uintptr_t)c.own;
		if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
			(_exit)(4);
		pthread_join(thread, NULL);
		(_exit)(write_signal(c.view));
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	/* Held from here: it must not be what keeps the adapter. */
	close(self->fd);
	self->fd = -1;
	unbind = fork();
	if (!unbind)
		(_exit)(write_file(self->driver, "unbind", self->device));
	if (answers) {
		EXPECT_EQ(0, watch_child(user, "a copy under modeset locks"));
	} else {
		sleep(2);
		EXPECT_EQ(0, kill(user, SIGKILL));
		EXPECT_EQ(SIGKILL, watch_child(user, "a copy that is killed"));
	}
	EXPECT_EQ(0, watch_child(unbind, "unbind"));
	self->unbound = true;
	close(ready[0]);
	close(ready[1]);
}

TEST_F(unplug, copy_under_modeset_locks)
{
	copy_while_unbinding(_metadata, self, true);
}

/* Nobody ever answers: the end of the program ends it. */
TEST_F(unplug, copy_that_is_never_answered)
{
	copy_while_unbinding(_metadata, self, false);
}

/* The same without help, by trying. */
TEST_F_TIMEOUT(unplug, copies_while_unbinding, 1800)
{
	int round;

	close(self->fd);
	self->fd = -1;
	for (round = 0; round < 12; round++) {
		int ready[2], end[2];
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe(ready));
		ASSERT_EQ(0, pipe(end));
		pid = fork();
		if (!pid) {
			struct copier c[2];
			pthread_t threads[2];
			int i, fd = test_open();

			for (i = 0; i < 2; i++) {
				if (fd < 0 ||
				    !open_copier(&c[i], fd, SIZE))
					(_exit)(1);
				pthread_create(&threads[i], NULL,
					       copy_properties, &c[i]);
			}
			while (c[0].done < 100)
				usleep(1000);
			if (write(ready[1], "r", 1) != 1 ||
			    read(end[0], &byte, 1) != 1)
				(_exit)(2);
			for (i = 0; i < 2; i++) {
				c[i].stop = true;
				pthread_join(threads[i], NULL);
			}
			(_exit)(0);
		}
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		usleep(rand() % 20000);
		UNBIND();
		ASSERT_EQ(1, write(end[1], "e", 1));
		EXPECT_EQ(0, watch_child(pid, "copies while unbinding"));
		close(ready[0]);
		close(ready[1]);
		close(end[0]);
		close(end[1]);
		ASSERT_EQ(0, write_file(self->driver, "bind", self->device));
		self->unbound = false;
	}
}

/* The console's own mapping: what is drawn goes nowhere, and nobody is told. */
TEST_F(unplug, console_is_drawn_to)
{
	char path[2 * PATH_MAX], name[16] = "";
	struct dirent *entry;
	char *screen;
	DIR *dir;
	int fb;

	snprintf(path, sizeof(path), "%s/%s/graphics", self->driver,
		 self->device);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			snprintf(name, sizeof(name), "%.10s", entry->d_name);
	if (dir)
		closedir(dir);
	/* A virtual adapter has none. */
	if (!*name)
		return;
	snprintf(path, sizeof(path), "/dev/%s", name);
	fb = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_GE(fb, 0);
	screen = mmap(NULL, MiB, PROT_READ | PROT_WRITE, MAP_SHARED, fb, 0);
	ASSERT_NE(MAP_FAILED, screen);
	memset(screen, 1, MiB);
	close(self->fd);
	self->fd = -1;
	UNBIND();
	memset(screen, 2, MiB);
	/* It is drawn a little later, by somebody else. */
	usleep(300000);
	memset(screen, 3, MiB);
	usleep(300000);
	munmap(screen, MiB);
	close(fb);
}

/* Again and again, with somebody drawing. Each new adapter clears its memory. */
TEST_F_TIMEOUT(unplug, while_drawing, 300)
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
