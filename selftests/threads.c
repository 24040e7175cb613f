// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What the library promises about threads: a device, a session and a handle
 * serve several at once, and nothing is shared that a caller could see. Built
 * with ThreadSanitizer by make check-sanitizers.
 */

#include <stdatomic.h>
#include <sys/stat.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <windows.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_CLO_CHANGE(option)
#endif

#include "vidmem_test.h"
#include "watch.h"

#define THREADS 4
#define ROUNDS 50
#define SIZE (64 * KiB)

FIXTURE(threads)
{
	int fd;
	uint64_t free_before;
};

FIXTURE_SETUP(threads)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
}

FIXTURE_TEARDOWN(threads)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

struct worker {
	pthread_t thread;
	int number;
	void *shared;
	/* The line that found something wrong, or 0. */
	int line;
};

#define CHECK(condition) do { \
	if (!(condition)) { \
		worker->line = __LINE__; \
		return NULL; \
	} \
} while (0)

/* In all threads at once. Returns the line that found something wrong, or 0. */
static int run(void *(*work)(void *worker), void *shared)
{
	struct worker workers[THREADS];
	int i, line = 0;

	for (i = 0; i < THREADS; i++) {
		workers[i] = (struct worker) { .number = i, .shared = shared };
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			abort();
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].line)
			line = workers[i].line;
	}

	return line;
}

/*
 * ThreadSanitizer knows of no order between the end of one file's view and the
 * begin of another's at the same address, which the kernel sees to.
 */
__attribute__((no_sanitize("thread")))
static bool touch(uint64_t base, uint32_t value)
{
	volatile uint32_t *word = (uint32_t *)(uintptr_t)base;

	*word = value;
	return *word == value;
}

/* Objects and views of one thread, through a device that others use, too. */
static void *use_device(void *data)
{
	struct worker *worker = data;
	struct vidmem_device *dev = worker->shared;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct drm_vidmem_map_video_memory one = { 0 }, two;
		uint64_t size = SIZE, value = 0;
		volatile uint32_t *words;

		CHECK(!vidmem_create(dev, &size, &one.handle));
		two = one;
		CHECK(!vidmem_map(dev, &one));
		words = (uint32_t *)(uintptr_t)one.video_ram_base;
		words[0] = worker->number;
		CHECK(!vidmem_map(dev, &two));
		words = (uint32_t *)(uintptr_t)two.video_ram_base;
		words[1] = round;
		CHECK(!vidmem_get_param(dev, DRM_VIDMEM_PARAM_VRAM_SIZE,
					&value) && value);
		CHECK(words[0] == worker->number);
		CHECK(!vidmem_unmap(dev, (void *)(words + 77)));
		words = (uint32_t *)(uintptr_t)one.video_ram_base;
		CHECK(words[1] == round);
		/* Some are left to vidmem_device_del(). */
		if (round % 8)
			CHECK(!vidmem_unmap(dev, (void *)words));
		CHECK(!drmCloseBufferHandle(vidmem_device_fd(dev), one.handle));
	}

	return NULL;
}

TEST_F_TIMEOUT(threads, device, 120)
{
	struct vidmem_device *dev;

	ASSERT_EQ(0, vidmem_device_new(self->fd, &dev));
	EXPECT_EQ(0, run(use_device, dev));
	vidmem_device_del(dev);
}

/* Each with devices and files of its own, which come and go. */
static void *use_own_device(void *data)
{
	struct worker *worker = data;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct drm_vidmem_map_video_memory map = { 0 };
		struct vidmem_device *dev;
		uint64_t size = SIZE;
		int fd = test_open(), other = vidmem_open(0);

		CHECK(fd >= 0);
		CHECK(other >= 0);
		close(other);
		CHECK(!vidmem_device_new(fd, &dev));
		CHECK(!vidmem_create(dev, &size, &map.handle));
		CHECK(!vidmem_map(dev, &map));
		CHECK(touch(map.video_ram_base, worker->number));
		vidmem_device_del(dev);
		close(fd);
	}

	return NULL;
}

TEST_F_TIMEOUT(threads, own_device, 120)
{
	EXPECT_EQ(0, run(use_own_device, NULL));
}

static uint32_t serve(struct vidmem_session *session, uint32_t code,
		      const void *in, uint32_t in_size, void *out,
		      uint32_t out_size)
{
	return vidmem_request(session, code, in, in_size, out, out_size, NULL);
}

/* All kinds of requests to one session. */
static void *use_session(void *data)
{
	struct worker *worker = data;
	struct vidmem_session *session = worker->shared;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		VIDEO_SHARE_MEMORY_INFORMATION shared;
		VIDEO_MEMORY_INFORMATION info;
		VIDEO_MODE_INFORMATION mode;
		VIDEO_MEMORY in = { 0 };
		VIDEO_SHARE_MEMORY share = {
			.ViewOffset = worker->number * SIZE, .ViewSize = SIZE,
		};
		VIDEO_POWER_MANAGEMENT power = {
			sizeof(power), 0, 1 + round % 4,
		};
		ULONG number = (round + worker->number) % 3;
		int dma_buf;

		CHECK(!serve(session, IOCTL_VIDEO_SET_CURRENT_MODE, &number,
			     sizeof(number), NULL, 0));
		CHECK(!serve(session, IOCTL_VIDEO_QUERY_CURRENT_MODE, NULL, 0,
			     &mode, sizeof(mode)));
		CHECK(mode.ModeIndex < 3);
		CHECK(!serve(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
			     sizeof(in), &info, sizeof(info)));
		/* In the mode of whichever thread. */
		CHECK(info.FrameBufferLength);
		CHECK(!serve(session, IOCTL_VIDEO_SHARE_VIDEO_MEMORY, &share,
			     sizeof(share), &shared, sizeof(shared)));
		CHECK(!serve(session, IOCTL_VIDEO_SET_POWER_MANAGEMENT, &power,
			     sizeof(power), NULL, 0));
		CHECK(!serve(session, IOCTL_VIDEO_GET_POWER_MANAGEMENT, NULL, 0,
			     &power, sizeof(power)));
		CHECK(!vidmem_session_export(session, &dma_buf));
		close(dma_buf);
		in.RequestedVirtualAddress = info.VideoRamBase;
		CHECK(!serve(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &in,
			     sizeof(in), NULL, 0));
		share.RequestedVirtualAddress = shared.VirtualAddress;
		CHECK(!serve(session, IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY, &share,
			     sizeof(share), NULL, 0));
	}

	return NULL;
}

TEST_F_TIMEOUT(threads, session, 120)
{
	struct vidmem_session *session;

	ASSERT_EQ(0, vidmem_session_new(self->fd, 4 * MiB, &session));
	EXPECT_EQ(0, run(use_session, session));
	vidmem_session_close(session);
}

/* Each with sessions of its own; only one can have the display. */
static void *use_own_session(void *data)
{
	struct worker *worker = data;
	int round;

	for (round = 0; round < ROUNDS / 10; round++) {
		VIDEO_MEMORY_INFORMATION info;
		struct vidmem_session *session;
		VIDEO_MEMORY in = { 0 };
		VIDEO_NUM_MODES num;
		int fd = test_open();

		CHECK(fd >= 0);
		/* Enough for 640x480 in 32 bits. */
		CHECK(!vidmem_session_new(fd, 3 * MiB / 2, &session));
		CHECK(!serve(session, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL,
			     0, &num, sizeof(num)));
		CHECK(num.NumModes);
		CHECK(!serve(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
			     sizeof(in), &info, sizeof(info)));
		CHECK(touch((uintptr_t)info.VideoRamBase, worker->number));
		vidmem_session_close(session);
		close(fd);
	}

	return NULL;
}

TEST_F_TIMEOUT(threads, own_session, 120)
{
	EXPECT_EQ(0, run(use_own_session, NULL));
}

/* Which number the adapter under test has. */
static int adapter_number(int fd)
{
	struct stat want, have;
	int n, other;

	if (fstat(fd, &want))
		return -1;
	for (n = 0; (other = vidmem_open(n)) >= 0; n++) {
		fstat(other, &have);
		close(other);
		if (have.st_rdev == want.st_rdev)
			return n;
	}
	return -1;
}

struct handle {
	_Atomic(HANDLE) handle;
	atomic_int served;
	int adapter;
};

/*
 * A handle that one thread closes and opens again while the others use it. Each
 * is served or told that it is closed, and no error of another thread is seen.
 */
static void *use_handle(void *data)
{
	struct worker *worker = data;
	struct handle *shared = worker->shared;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		HANDLE handle = shared->handle;
		VIDEO_NUM_MODES num;
		ULONG bytes = 7;

		if (!worker->number && round % 4 == 3) {
			CHECK(vidmem_close_handle(handle));
			SetLastError(NO_ERROR);
			CHECK(!vidmem_close_handle(handle));
			CHECK(GetLastError() == ERROR_INVALID_HANDLE);
			handle = vidmem_open_adapter(shared->adapter);
			CHECK(handle != INVALID_HANDLE_VALUE);
			shared->handle = handle;
			continue;
		}
		SetLastError(1000 + worker->number);
		if (DeviceIoControl(handle, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
				    NULL, 0, &num, sizeof(num), &bytes, NULL)) {
			CHECK(bytes == sizeof(num) && num.NumModes);
			CHECK(GetLastError() == 1000 + worker->number);
			shared->served++;
		} else {
			CHECK(!bytes);
			CHECK(GetLastError() == ERROR_INVALID_HANDLE);
		}
	}

	return NULL;
}

TEST_F_TIMEOUT(threads, handle, 120)
{
	struct handle shared = { .adapter = adapter_number(self->fd) };

	shared.handle = vidmem_open_adapter(shared.adapter);
	ASSERT_TRUE(shared.handle != INVALID_HANDLE_VALUE);
	EXPECT_EQ(0, run(use_handle, &shared));
	EXPECT_TRUE(shared.served > 0);
	EXPECT_TRUE(vidmem_close_handle(shared.handle));
}

/* A program that is in the library with all its threads but the one that forks. */
#define FORKS 40

struct busy {
	struct vidmem_device *dev;
	struct vidmem_session *session;
	HANDLE handle;
	uint32_t object;
	atomic_bool stop;
};

static bool map_and_unmap(struct vidmem_device *dev, uint32_t object)
{
	struct drm_vidmem_map_video_memory map = { .handle = object };

	return !vidmem_map(dev, &map) && touch(map.video_ram_base, 1) &&
	       !vidmem_unmap(dev, (void *)(uintptr_t)map.video_ram_base);
}

static bool map_by_request(struct vidmem_session *session)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY in = { 0 };

	if (serve(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in, sizeof(in),
		  &info, sizeof(info)))
		return false;
	in.RequestedVirtualAddress = info.VideoRamBase;
	return !serve(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &in, sizeof(in),
		      NULL, 0);
}

static bool query_by_handle(HANDLE handle)
{
	VIDEO_NUM_MODES num;

	return DeviceIoControl(handle, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL,
			       0, &num, sizeof(num), &(ULONG){ 0 }, NULL);
}

static void *be_busy(void *data)
{
	struct busy *busy = data;

	while (!busy->stop) {
		map_and_unmap(busy->dev, busy->object);
		map_by_request(busy->session);
		query_by_handle(busy->handle);
	}
	return NULL;
}

/* What it can do, and in the end what it can close. */
static int forked_child(struct busy *busy, uint64_t base)
{
	struct vidmem_device *dev;
	int fd;

	/* What other threads had in their hands at the fork is lost here. */
	VALGRIND_CLO_CHANGE("--leak-check=no");
	if (vidmem_unmap(busy->dev, (void *)(uintptr_t)base) != -EINVAL)
		return 1;
	if (!map_and_unmap(busy->dev, busy->object))
		return 2;
	if (!map_by_request(busy->session))
		return 3;
	if (!query_by_handle(busy->handle))
		return 4;
	fd = test_open();
	if (fd < 0 || vidmem_device_new(fd, &dev))
		return 5;
	vidmem_device_del(dev);
	vidmem_device_del(busy->dev);
	if (!CloseHandle(busy->handle))
		return 6;
	return 0;
}

TEST_F_TIMEOUT(threads, fork, 1800)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	struct busy busy = { 0 };
	uint64_t size = SIZE;
	pthread_t threads[2];
	int i, round, fd;

	ASSERT_EQ(0, vidmem_device_new(self->fd, &busy.dev));
	ASSERT_EQ(0, vidmem_create(busy.dev, &size, &busy.object));
	map.handle = busy.object;
	ASSERT_EQ(0, vidmem_map(busy.dev, &map));
	fd = test_open();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, vidmem_session_new(fd, MiB, &busy.session));
	busy.handle = vidmem_open_adapter(adapter_number(self->fd));
	ASSERT_TRUE(busy.handle != INVALID_HANDLE_VALUE);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, be_busy, &busy));
	for (round = 0; round < FORKS; round++) {
		pid_t pid;

		usleep(2000);
		pid = fork();
		if (!pid)
			(_exit)(forked_child(&busy, map.video_ram_base));
		EXPECT_EQ(0, watch_child(pid, "a forked child"));
	}
	busy.stop = true;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	/* The parent has all that it had. */
	EXPECT_TRUE(touch(map.video_ram_base, 2));
	EXPECT_EQ(0, vidmem_unmap(busy.dev,
				  (void *)(uintptr_t)map.video_ram_base));
	EXPECT_TRUE(map_by_request(busy.session));
	EXPECT_TRUE(CloseHandle(busy.handle));
	vidmem_session_close(busy.session);
	close(fd);
	vidmem_device_del(busy.dev);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, busy.object));
}

TEST_HARNESS_MAIN
