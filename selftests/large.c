// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Views made of large pages: that they show the right bytes wherever they begin
 * and end, that as few faults are taken as there are large pages, whatever is
 * said of transparent huge pages, and that nobody gets at pages behind them.
 */

#include <linux/io_uring.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "vidmem_test.h"

#define LARGE	(2 * MiB)
#define GiB	(1024 * MiB)
#define SIZE	(3 * LARGE)

#define THP	"/sys/kernel/mm/transparent_hugepage/enabled"

/* Kernels for real time have no transparent huge pages. */
static bool has_thp(void)
{
	return !access(THP, F_OK);
}

FIXTURE(large)
{
	int fd;
	uint32_t handle;
	uint64_t free_before;
};

/* Each page says which one of the object it is. */
static void number_pages(char *base, uint64_t size)
{
	uint64_t offset;

	for (offset = 0; offset < size; offset += PAGE)
		*(uint64_t *)(base + offset) = ~offset;
}

/* How many pages of a view are not those that they should be. */
static int wrong_pages(const struct drm_vidmem_map_video_memory *args)
{
	const char *base = (char *)(uintptr_t)args->video_ram_base;
	uint64_t offset, page = PAGE;
	int wrong = 0;

	for (offset = 0; offset < args->video_ram_length; offset += page)
		wrong += *(volatile uint64_t *)(base + offset) !=
			 ~(args->view_offset + offset);

	return wrong;
}

FIXTURE_SETUP(large)
{
	char *base;

	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, test_create(self->fd, SIZE, &self->handle));
	base = map_whole(self->fd, self->handle);
	ASSERT_NE(NULL, base);
	number_pages(base, SIZE);
	ASSERT_EQ(0, test_unmap(self->fd, (uintptr_t)base));
}

FIXTURE_TEARDOWN(large)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, self->handle));
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

/* Bytes of this process's page tables. */
static long page_tables(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long size = -1;

	while (status && fgets(line, sizeof(line), status))
		sscanf(line, "VmPTE: %ld kB", &size);
	if (status)
		fclose(status);
	if (size < 0)
		abort();

	return size * KiB;
}

/* A large page needs no page table; small ones need one for each 2 MiB. */
TEST_F(large, no_page_tables)
{
	uint64_t granule = test_param(self->fd, DRM_VIDMEM_PARAM_MAP_GRANULE);
	struct drm_vidmem_map_video_memory args = { .handle = self->handle };
	char *range = free_range(SIZE + 2 * LARGE);
	char *view;
	long before;

	ASSERT_EQ(0, test_map(self->fd, &args));
	view = (char *)(uintptr_t)args.video_ram_base;
	/* The first one brings in the tables above, which are shared. */
	view[0] = 0;
	page_tables();
	before = page_tables();
	view[LARGE] = 0;
	view[2 * LARGE] = 0;
	EXPECT_EQ(granule < LARGE ? 2 * PAGE : 0, page_tables() - before);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));

	args.requested_virtual_address =
		(((uintptr_t)range + LARGE - 1) & ~(LARGE - 1)) + PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	view = (char *)(uintptr_t)args.video_ram_base;
	view[0] = 0;
	before = page_tables();
	view[LARGE] = 0;
	view[2 * LARGE] = 0;
	EXPECT_EQ(2 * PAGE, page_tables() - before);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
}

/* Views that begin and end beside the bounds of large pages, and on them. */
TEST_F(large, odd_views)
{
	const uint64_t starts[] = {
		0, PAGE, LARGE - PAGE, LARGE, LARGE + PAGE, 2 * LARGE,
	};
	const uint64_t sizes[] = {
		PAGE, LARGE - PAGE, LARGE, LARGE + PAGE, 2 * LARGE,
	};
	struct drm_vidmem_map_video_memory args;
	int i, j, flags, done = 0;

	for (i = 0; i < 6; i++) {
		for (j = 0; j < 5; j++) {
			if (starts[i] + sizes[j] > SIZE)
				continue;
			for (flags = 0; flags < 4; flags++) {
				args = (struct drm_vidmem_map_video_memory){
					.handle = self->handle,
					.view_offset = starts[i],
					.view_size = sizes[j],
					.flags = flags,
				};
				ASSERT_EQ(0, test_map(self->fd, &args));
				EXPECT_EQ(0, wrong_pages(&args));
				EXPECT_EQ(0, test_unmap(self->fd,
							args.video_ram_base));
				done++;
			}
		}
	}
	EXPECT_EQ(27 * 4, done);
}

/* At an address of the caller's that fits no large page, and one that does. */
TEST_F(large, odd_addresses)
{
	struct drm_vidmem_map_video_memory args = { .handle = self->handle };
	char *range = free_range(SIZE + 2 * LARGE);
	uintptr_t fits = ((uintptr_t)range + LARGE - 1) & ~(LARGE - 1);

	args.requested_virtual_address = fits + PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	/* What is there now has to go before large pages come. */
	args.requested_virtual_address = fits;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(SIZE / LARGE, faults_of(&args));
	number_pages((char *)fits, SIZE);
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
}

/*
 * The kernel's switches are about memory that it could move. Where it has none of
 * them, as many pages come with a fault.
 */
TEST_F(large, thp_never)
{
	struct drm_vidmem_map_video_memory args = { .handle = self->handle };
	int thp = open(THP, O_RDWR | O_CLOEXEC);
	char before[64] = "", *end;
	long faults;

	ASSERT_EQ(has_thp(), thp >= 0);
	if (thp >= 0) {
		ASSERT_LT(0, read(thp, before, sizeof(before) - 1));
		/* The current choice is the one in brackets. */
		ASSERT_NE(NULL, strchr(before, '['));
		end = strchr(before, ']');
		ASSERT_NE(NULL, end);
		*end = 0;
		ASSERT_EQ(5, pwrite(thp, "never", 5, 0));
	}
	EXPECT_EQ(0, test_map(self->fd, &args));
	faults = faults_of(&args);
	number_pages((char *)(uintptr_t)args.video_ram_base, SIZE);
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	if (thp >= 0) {
		end = strchr(before, '[') + 1;
		EXPECT_EQ(strlen(end), pwrite(thp, end, strlen(end), 0));
		close(thp);
	}
	EXPECT_EQ(SIZE / LARGE, faults);
}

TEST_F(large, thp_disabled_for_process)
{
	struct drm_vidmem_map_video_memory args = { .handle = self->handle };

	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(SIZE / LARGE, faults_of(&args));
	number_pages((char *)(uintptr_t)args.video_ram_base, SIZE);
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	EXPECT_EQ(0, prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
}

/* Mapped by mmap(2), re-protected and moved in parts: no stale page after. */
TEST_F(large, plain_mapping_in_parts)
{
	struct drm_vidmem_map_video_memory args = { 0 };
	char *base, *moved;

	base = mmap_object(self->fd, self->handle, SIZE,
			   PROT_READ | PROT_WRITE, MAP_SHARED);
	ASSERT_NE(NULL, base);
	args.video_ram_base = (uintptr_t)base;
	args.video_ram_length = SIZE;
	EXPECT_EQ(has_thp() ? 0 : -1, madvise(base, SIZE, MADV_NOHUGEPAGE));
	EXPECT_EQ(0, wrong_pages(&args));
	/* One page in the middle of a large one. */
	EXPECT_EQ(0, mprotect(base + LARGE + 5 * PAGE, PAGE, PROT_READ));
	EXPECT_EQ(SIGSEGV, write_signal(base + LARGE + 5 * PAGE));
	EXPECT_EQ(0, write_signal(base + LARGE + 4 * PAGE));
	EXPECT_EQ(0, write_signal(base + LARGE + 6 * PAGE));
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, munmap(base + LARGE + 5 * PAGE, PAGE));
	EXPECT_EQ(SIGSEGV, write_signal(base + LARGE + 5 * PAGE));
	EXPECT_EQ(0, write_signal(base + LARGE + 6 * PAGE));
	/* The first one goes elsewhere, to an odd address. */
	moved = free_range(LARGE + PAGE);
	moved += (uintptr_t)moved % LARGE ? 0 : PAGE;
	ASSERT_EQ(moved, mremap(base, LARGE, LARGE, MREMAP_MAYMOVE |
				MREMAP_FIXED, moved));
	EXPECT_EQ(SIGSEGV, write_signal(base));
	args.video_ram_base = (uintptr_t)moved;
	args.video_ram_length = LARGE;
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, munmap(moved, LARGE));
	EXPECT_EQ(0, munmap(base + LARGE, SIZE - LARGE));
}

/* Buffers that the kernel would hold on to need pages; there are none. */
TEST_F(large, io_uring_fixed_buffer)
{
	struct io_uring_params params = { 0 };
	char *view = map_whole(self->fd, self->handle);
	struct iovec buffer = { .iov_base = view, .iov_len = LARGE };
	int ring = syscall(SYS_io_uring_setup, 4, &params);

	ASSERT_NE(NULL, view);
	ASSERT_GE(ring, 0);
	EXPECT_EQ(0, write_signal(view));
	EXPECT_EQ(-1, syscall(SYS_io_uring_register, ring,
			      IORING_REGISTER_BUFFERS, &buffer, 1));
	EXPECT_EQ(EFAULT, errno);
	close(ring);
	EXPECT_EQ(0, write_signal(view));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
}

struct toucher {
	pthread_t thread;
	pthread_barrier_t *barrier;
	char *view;
	int first;
};

static void *touch_view(void *data)
{
	struct toucher *toucher = data;
	long wrong = 0;
	int i;

	pthread_barrier_wait(toucher->barrier);
	for (i = 0; i < SIZE / LARGE; i++) {
		uint64_t offset = i * LARGE + toucher->first * PAGE;

		wrong += *(volatile uint64_t *)(toucher->view + offset) !=
			 ~offset;
	}

	return (void *)wrong;
}

/* Several threads fault in the same large page at once, switches in flight. */
TEST_F(large, faults_at_once)
{
	struct toucher touchers[4];
	pthread_barrier_t barrier;
	int i, round;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 5));
	for (round = 0; round < 200; round++) {
		char *view = map_whole(self->fd, self->handle);
		void *wrong;

		ASSERT_NE(NULL, view);
		for (i = 0; i < 4; i++) {
			touchers[i] = (struct toucher){
				.barrier = &barrier, .view = view, .first = i,
			};
			ASSERT_EQ(0, pthread_create(&touchers[i].thread, NULL,
						    touch_view, &touchers[i]));
		}
		pthread_barrier_wait(&barrier);
		prctl(PR_SET_THP_DISABLE, round & 1, 0, 0, 0);
		for (i = 0; i < 4; i++) {
			ASSERT_EQ(0, pthread_join(touchers[i].thread, &wrong));
			EXPECT_EQ(NULL, wrong);
		}
		ASSERT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
	}
	EXPECT_EQ(0, prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	pthread_barrier_destroy(&barrier);
}

/* Where video memory has such pages: the machine says what to expect. */
TEST_F(large, largest_page)
{
	const char *expected = getenv("VIDMEM_GRANULE");
	uint64_t granule = test_param(self->fd, DRM_VIDMEM_PARAM_MAP_GRANULE);
	struct drm_vidmem_map_video_memory args = { 0 };
	uint64_t size = granule;

	EXPECT_EQ(expected ? strtoull(expected, NULL, 0) : granule, granule);
	ASSERT_TRUE(granule == PAGE || granule == LARGE || granule == GiB);
	/* A large one, and pages of the next smaller kind behind it. */
	if (granule == GiB)
		size += 2 * LARGE;
	ASSERT_EQ(0, test_create(self->fd, size, &args.handle));
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, args.video_ram_base % granule);
	EXPECT_EQ(granule == GiB ? 3 : 1, faults_of(&args));
	number_pages((char *)(uintptr_t)args.video_ram_base, size);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));

	args.requested_virtual_address = 0;
	args.flags = DRM_VIDMEM_MAP_POPULATE;
	args.view_offset = granule - PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, wrong_pages(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, args.handle));
}

TEST_HARNESS_MAIN
