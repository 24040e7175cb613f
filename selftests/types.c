// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The type of memory that mappings have: that of the kernel's own mapping of the same
 * memory, whatever is done to them. Where two of them differ, a processor may show
 * old contents in one of them; emulated ones have no caches that could. So the
 * entries themselves are asked for, by the module that VIDMEM_ENTRY_TYPE names.
 */

#include "entry_type.h"
#include "vidmem_test.h"

#define SIZE (4 * MiB)
#define ALL (PROT_READ | PROT_WRITE)

FIXTURE(types)
{
	int fd;
	/* Of video memory. */
	const char *type;
	char driver[PATH_MAX];
	char device[64];
	bool unbound;
};

FIXTURE_SETUP(types)
{
	OPEN_OR_SKIP(self->fd);
	if (!can_ask_types() && !getenv("VIDMEM_ENTRY_TYPE"))
		SKIP(return, "VIDMEM_ENTRY_TYPE names no module");
	ASSERT_TRUE(can_ask_types());
	self->type = test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
		     DRM_VIDMEM_ADAPTER_BOCHS ? "write-combined" : "cached";
	ASSERT_TRUE(find_driver(self->fd, self->device, self->driver));
}

FIXTURE_TEARDOWN(types)
{
	if (self->fd >= 0)
		close(self->fd);
	if (self->unbound)
		EXPECT_EQ(0, write_file(self->driver, "bind", self->device));
}

/* Now, and after each change that a program may ask for. */
#define EXPECT_TYPE(type, base, size) do { \
	EXPECT_STREQ(type, type_at(base)); \
	EXPECT_STREQ(type, type_at((base) + (size) - 1)); \
	EXPECT_EQ(0, mprotect(base, size, PROT_READ)); \
	EXPECT_STREQ(type, type_at(base)); \
	EXPECT_STREQ(type, type_at((base) + (size) - 1)); \
	EXPECT_EQ(0, mprotect(base, size, ALL)); \
	EXPECT_STREQ(type, type_at(base)); \
	EXPECT_EQ(0, write_signal(base)); \
	EXPECT_STREQ(type, type_at(base)); \
	EXPECT_STREQ(type, type_at((base) + (size) - 1)); \
} while (0)

TEST_F(types, of_this_program)
{
	static char own[] = "memory";

	EXPECT_STREQ("cached", type_at(own));
}

/* Of a size that has large pages, and of one that has not. */
TEST_F(types, views)
{
	const size_t sizes[] = { SIZE, 16 * KiB };
	uint32_t handle;
	char *view;
	size_t i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, test_create(self->fd, sizes[i], &handle));
		view = map_whole(self->fd, handle);
		ASSERT_NE(NULL, view);
		EXPECT_TYPE(self->type, view, sizes[i]);
		EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	}
}

TEST_F(types, plain_mappings)
{
	const size_t sizes[] = { SIZE, 16 * KiB };
	uint32_t handle;
	char *base;
	size_t i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, test_create(self->fd, sizes[i], &handle));
		base = mmap_object(self->fd, handle, sizes[i], ALL, MAP_SHARED);
		ASSERT_NE(NULL, base);
		EXPECT_TYPE(self->type, base, sizes[i]);
		/* A part of it has another VMA. */
		EXPECT_TYPE(self->type, base + PAGE, 2 * PAGE);
		EXPECT_STREQ(self->type, type_at(base));
		EXPECT_EQ(0, munmap(base, sizes[i]));
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	}
}

/* All of video memory for others, so that what can move has moved. */
static bool move_all(int fd, uint32_t *handles, int *count, int max)
{
	uint64_t size = SIZE;

	*count = 0;
	while (size >= PAGE && *count < max) {
		int ret = test_create(fd, size, &handles[*count]);

		if (ret == ENOSPC)
			size /= 2;
		else if (ret)
			return false;
		else
			++*count;
	}
	return *count < max;
}

/* The pages are the kernel's then, which it has cached. */
TEST_F(types, moved_to_system_memory)
{
	struct drm_mode_create_dumb dumb = {
		.width = 640, .height = 480, .bpp = 32,
	};
	struct drm_vidmem_map_video_memory args = { 0 };
	static uint32_t handles[4096];
	int count;
	char *base;

	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	base = mmap_object(self->fd, dumb.handle, dumb.size, ALL, MAP_SHARED);
	ASSERT_NE(NULL, base);
	EXPECT_TYPE(self->type, base, dumb.size);
	ASSERT_TRUE(move_all(self->fd, handles, &count, 4096));
	args.handle = dumb.handle;
	ASSERT_EQ(EOPNOTSUPP, test_map(self->fd, &args));
	EXPECT_TYPE("cached", base, dumb.size);
	EXPECT_TYPE("cached", base + PAGE, 2 * PAGE);
	while (count)
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handles[--count]));
	EXPECT_EQ(0, munmap(base, dumb.size));
}

TEST_F(types, after_the_adapter)
{
	uint32_t handle;
	char *base, *view, *shared;
	int buf;

	ASSERT_EQ(0, test_create(self->fd, SIZE, &handle));
	ASSERT_EQ(0, drmPrimeHandleToFD(self->fd, handle, DRM_CLOEXEC | DRM_RDWR,
					&buf));
	shared = mmap(NULL, SIZE, ALL, MAP_SHARED, buf, 0);
	ASSERT_NE(MAP_FAILED, shared);
	close(buf);
	base = mmap_object(self->fd, handle, SIZE, ALL, MAP_SHARED);
	view = map_whole(self->fd, handle);
	ASSERT_NE(NULL, base);
	ASSERT_NE(NULL, view);
	EXPECT_STREQ(self->type, type_at(base));
	EXPECT_STREQ(self->type, type_at(view));
	EXPECT_TYPE(self->type, shared, SIZE);
	ASSERT_EQ(0, write_file(self->driver, "unbind", self->device));
	self->unbound = true;
	EXPECT_TYPE("cached", base, SIZE);
	EXPECT_TYPE("cached", base + PAGE, 2 * PAGE);
	EXPECT_TYPE("cached", view, SIZE);
	EXPECT_TYPE("cached", shared, SIZE);
	EXPECT_EQ(0, munmap(base, SIZE));
	EXPECT_EQ(0, munmap(view, SIZE));
	EXPECT_EQ(0, munmap(shared, SIZE));
}

TEST_HARNESS_MAIN
