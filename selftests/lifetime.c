// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Several users at once, and users that leave without saying so: video memory
 * is theirs alone while they live and all back when they are gone.
 */

#include <sched.h>
#include <sys/syscall.h>

#include "vidmem_test.h"

#define SIZE (4 * MiB)

FIXTURE(lifetime)
{
	int fd;
	uint64_t free_before;
};

FIXTURE_SETUP(lifetime)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
}

FIXTURE_TEARDOWN(lifetime)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

/* An object and a view of it, through a file of its own. */
static char *open_and_map(int *fd, uint32_t *handle)
{
	*fd = test_open();
	if (*fd < 0 || test_create(*fd, SIZE, handle))
		return NULL;
	return map_whole(*fd, *handle);
}

static bool filled_with(const char *base, int value)
{
	size_t i;

	for (i = 0; i < SIZE; i += 64)
		if (base[i] != value)
			return false;
	return true;
}

/* Run in a child with a view; says over the pipe when it is ready. */
static pid_t spawn(void (*run)(char *base, int ready), int *ready)
{
	int pipes[2];
	pid_t pid;

	if (pipe(pipes))
		abort();
	pid = fork();
	if (!pid) {
		uint32_t handle;
		char *base;
		int fd;

		close(pipes[0]);
		base = open_and_map(&fd, &handle);
		if (!base)
			_exit(1);
		run(base, pipes[1]);
		_exit(0);
	}
	close(pipes[1]);
	*ready = pipes[0];
	return pid;
}

static bool wait_ready(int ready)
{
	char byte;

	return read(ready, &byte, 1) == 1;
}

static void say_ready(int ready)
{
	if (write(ready, "r", 1) != 1)
		_exit(2);
}

static void fill_and_check(char *base, int ready)
{
	int round, own = getpid() & 127;

	say_ready(ready);
	for (round = 0; round < 10; round++) {
		memset(base, own, SIZE);
		if (!filled_with(base, own))
			_exit(3);
	}
}

TEST_F(lifetime, two_processes)
{
	int ready[2], status, i;
	pid_t pids[2];

	for (i = 0; i < 2; i++)
		pids[i] = spawn(fill_and_check, &ready[i]);
	for (i = 0; i < 2; i++) {
		EXPECT_TRUE(wait_ready(ready[i]));
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
		close(ready[i]);
	}
}

TEST_F(lifetime, two_files)
{
	uint32_t handles[2];
	char *bases[2];
	int fds[2], i;

	for (i = 0; i < 2; i++) {
		bases[i] = open_and_map(&fds[i], &handles[i]);
		ASSERT_NE(NULL, bases[i]);
	}
	EXPECT_EQ(self->free_before - 2 * SIZE, vram_free(self->fd));
	memset(bases[0], 1, SIZE);
	memset(bases[1], 2, SIZE);
	EXPECT_TRUE(filled_with(bases[0], 1));
	EXPECT_TRUE(filled_with(bases[1], 2));
	EXPECT_EQ(EINVAL, test_unmap(fds[0], (uintptr_t)bases[1]));
	EXPECT_EQ(EINVAL, test_unmap(fds[1], (uintptr_t)bases[0]));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, test_unmap(fds[i], (uintptr_t)bases[i]));
		close(fds[i]);
	}
}

/* U12: exit without UNMAP */
TEST_F(lifetime, U12_exit)
{
	int ready, status;
	pid_t pid = spawn(fill_and_check, &ready);

	EXPECT_TRUE(wait_ready(ready));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(ready);
	/* The teardown looks at the memory. */
}

static void draw_for_ever(char *base, int ready)
{
	say_ready(ready);
	for (;;)
		memset(base, 0x11, SIZE);
}

/* U12: and killed in the midst of drawing */
TEST_F(lifetime, U12_kill)
{
	int ready, status, round;
	pid_t pid;

	for (round = 0; round < 5; round++) {
		pid = spawn(draw_for_ever, &ready);
		EXPECT_TRUE(wait_ready(ready));
		EXPECT_GT(self->free_before, vram_free(self->fd));
		EXPECT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_EQ(self->free_before, vram_free(self->fd));
		close(ready);
	}
}

static void exec_other(char *base, int ready)
{
	say_ready(ready);
	execl("/bin/true", "true", NULL);
	_exit(4);
}

TEST_F(lifetime, exec)
{
	int ready, status;
	pid_t pid = spawn(exec_other, &ready);

	EXPECT_TRUE(wait_ready(ready));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(ready);
}

/* The next owner of memory sees nothing of the last one's. */
TEST_F(lifetime, memory_of_the_dead)
{
	int ready, status, fd;
	uint32_t handle;
	pid_t pid = spawn(draw_for_ever, &ready);
	char *base;

	EXPECT_TRUE(wait_ready(ready));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	close(ready);
	base = open_and_map(&fd, &handle);
	ASSERT_NE(NULL, base);
	EXPECT_TRUE(filled_with(base, 0));
	EXPECT_EQ(0, test_unmap(fd, (uintptr_t)base));
	close(fd);
}

/* Who has not the handle has not the offset either. */
TEST_F(lifetime, foreign_offset)
{
	struct drm_mode_map_dumb args = { 0 };
	char *base;
	int fd;

	base = open_and_map(&fd, &args.handle);
	ASSERT_NE(NULL, base);
	ASSERT_EQ(0, test_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &args));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE, PROT_READ, MAP_SHARED, self->fd,
				   args.offset));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, test_unmap(fd, (uintptr_t)base));
	close(fd);
}

/* A dma-buf carries an object to another file, and keeps it. */
TEST_F(lifetime, dma_buf)
{
	char *base, *there, *mapped;
	uint32_t handle, other;
	int fd, buf;

	base = open_and_map(&fd, &handle);
	ASSERT_NE(NULL, base);
	memset(base, 0x21, SIZE);
	ASSERT_EQ(0, drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR,
					&buf));
	mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);
	ASSERT_NE(MAP_FAILED, mapped);
	EXPECT_TRUE(filled_with(mapped, 0x21));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE, buf, 0));

	ASSERT_EQ(0, drmPrimeFDToHandle(self->fd, buf, &other));
	there = map_whole(self->fd, other);
	ASSERT_NE(NULL, there);
	EXPECT_TRUE(filled_with(there, 0x21));
	there[64] = 0x22;
	EXPECT_EQ(0x22, base[64]);
	EXPECT_EQ(0x22, mapped[64]);

	/* The first owner leaves; nothing changes for the others. */
	EXPECT_EQ(0, test_unmap(fd, (uintptr_t)base));
	close(fd);
	EXPECT_EQ(self->free_before - SIZE, vram_free(self->fd));
	EXPECT_EQ(0x22, there[64]);
	close(buf);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, other));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)there));
	EXPECT_EQ(self->free_before - SIZE, vram_free(self->fd));
	EXPECT_EQ(0x22, mapped[64]);
	EXPECT_EQ(0, munmap(mapped, SIZE));
}

/* The module stays while anybody uses it: a file, or a view alone. */
TEST_F(lifetime, module_in_use)
{
	uint32_t handle;
	char *base;
	int fd;

	EXPECT_EQ(-1, syscall(SYS_delete_module, "vidmem", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	base = open_and_map(&fd, &handle);
	ASSERT_NE(NULL, base);
	close(fd);
	close(self->fd);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "vidmem", O_NONBLOCK));
	EXPECT_EQ(EWOULDBLOCK, errno);
	base[0] = 1;
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(0, munmap(base, SIZE));
}

/* Many views of one object, released in another order than made. */
TEST_F(lifetime, many_views)
{
	enum { VIEWS = 1000 };
	static uint64_t bases[VIEWS];
	uint32_t handle;
	int i;

	ASSERT_EQ(0, test_create(self->fd, SIZE, &handle));
	for (i = 0; i < VIEWS; i++) {
		struct drm_vidmem_map_video_memory args = {
			.handle = handle,
			.view_offset = i % 64 * PAGE,
			.view_size = PAGE,
		};

		ASSERT_EQ(0, test_map(self->fd, &args));
		bases[i] = args.video_ram_base;
		*(volatile int *)(uintptr_t)bases[i] = i;
	}
	for (i = 0; i < VIEWS; i++) {
		int other = i * 7 % VIEWS;

		EXPECT_EQ(0, test_unmap(self->fd, bases[other]));
	}
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* Half of video memory in one object, if that is so much that clearing it shows. */
static uint64_t large_size(int fd)
{
	uint64_t size = test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE) / 2;

	return size < 128 * MiB ? 0 : size / PAGE * PAGE;
}

/* In a child, with all that is free waiting for being cleared. */
static pid_t create_on_cpu_0(int fd, uint64_t size)
{
	uint64_t all = test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	cpu_set_t cpus;
	uint32_t handle;
	pid_t pid;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	if (test_create(fd, all, &handle) || drmCloseBufferHandle(fd, handle))
		return -1;
	pid = fork();
	if (!pid) {
		fd = test_open();
		(_exit)(fd < 0 || test_create(fd, size, &handle));
	}
	return pid;
}

/* CREATE clears what is not clear; the processor's other users go on meanwhile. */
TEST_F(lifetime, create_lets_others_run)
{
	uint64_t size = large_size(self->fd);
	int status, turns = 0;
	pid_t pid;

	if (!size)
		return;
	pid = create_on_cpu_0(self->fd, size);
	while (!waitpid(pid, &status, WNOHANG)) {
		usleep(1000);
		turns++;
	}
	EXPECT_EQ(0, status);
	EXPECT_GT(turns, 20);
}

/* And it ends when it is killed: its processor time says how far it came. */
TEST_F(lifetime, create_is_killed)
{
	uint64_t size = large_size(self->fd);
	struct rusage whole, killed;
	int status;
	pid_t pid;

	if (!size)
		return;
	pid = create_on_cpu_0(self->fd, size);
	ASSERT_EQ(pid, wait4(pid, &status, 0, &whole));
	ASSERT_EQ(0, status);
	pid = create_on_cpu_0(self->fd, size);
	usleep(20000);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, wait4(pid, &status, 0, &killed));
	EXPECT_EQ(SIGKILL, status);
	EXPECT_LT(killed.ru_stime.tv_sec * 1000000 + killed.ru_stime.tv_usec,
		  (whole.ru_stime.tv_sec * 1000000 + whole.ru_stime.tv_usec) / 2);
}

TEST_HARNESS_MAIN
