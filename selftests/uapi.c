// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The raw ioctls: each refusal alone, all else being valid, and after each of
 * them nothing has changed.
 */

#include <sys/prctl.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "vidmem_test.h"

#define SIZE (4 * MiB)

FIXTURE(uapi)
{
	int fd;
	uint32_t handle;
	uint64_t free_before;
	uint64_t free_now;
	struct maps before, after;
};

FIXTURE_SETUP(uapi)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, test_create(self->fd, SIZE, &self->handle));
	self->free_now = vram_free(self->fd);
	ASSERT_EQ(self->free_before - SIZE, self->free_now);
	read_maps(&self->before);
}

FIXTURE_TEARDOWN(uapi)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, self->handle));
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

#define EXPECT_NOTHING_CHANGED() do { \
	read_maps(&self->after); \
	EXPECT_TRUE(same_maps(&self->before, &self->after)); \
	EXPECT_EQ(self->free_now, vram_free(self->fd)); \
} while (0)

/* A MAP that is wrong in what the caller changed in args, and in that only. */
#define EXPECT_MAP_REFUSED(error, args) do { \
	struct drm_vidmem_map_video_memory __args = args, __old = args; \
	EXPECT_EQ(error, test_map(self->fd, &__args)); \
	EXPECT_EQ(0, memcmp(&__args, &__old, sizeof(__args))); \
	EXPECT_NOTHING_CHANGED(); \
} while (0)

#define MAP_ARGS struct drm_vidmem_map_video_memory args = { \
	.handle = self->handle, \
	.video_ram_base = 0x1111, .video_ram_length = 0x2222, \
	.frame_buffer_base = 0x3333, .frame_buffer_length = 0x4444, \
}

TEST_F(uapi, map_unknown_flags)
{
	MAP_ARGS;
	int bit;

	for (bit = 2; bit < 32; bit++) {
		args.flags = 1u << bit;
		EXPECT_MAP_REFUSED(EINVAL, args);
	}
}

TEST_F(uapi, map_misaligned_address)
{
	MAP_ARGS;

	args.requested_virtual_address = 0x10000000 + 1;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.requested_virtual_address = 0x10000000 + PAGE / 2;
	EXPECT_MAP_REFUSED(EINVAL, args);
}

TEST_F(uapi, map_taken_address)
{
	MAP_ARGS;

	args.requested_virtual_address = (uintptr_t)&_metadata & -PAGE;
	args.view_size = PAGE;
	EXPECT_MAP_REFUSED(EEXIST, args);
}

TEST_F(uapi, map_kernel_address)
{
	static const uint64_t addresses[] = {
		0xffffffff80000000, 0xffff888000000000, 0xff11000000000000,
		0x8000000000000000, 0x0100000000000000, 0xfffffffffffff000,
#if UINTPTR_MAX == UINT32_MAX
		/* No address of a program of 32 bits, though of its kernel. */
		0x100000000, 0x7f0000000000, 0xfffff000,
#endif
	};
	MAP_ARGS;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		args.requested_virtual_address = addresses[i];
		EXPECT_MAP_REFUSED(EINVAL, args);
	}
	/* Out of user addresses, with five-level page tables; else outside. */
	args.requested_virtual_address = 0x00fffffffffff000 - PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
}

TEST_F(uapi, map_below_mmap_min_addr)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	FILE *file = fopen("/proc/sys/vm/mmap_min_addr", "r");
	struct __user_cap_data_struct caps[2];
	unsigned long lowest = 0;
	MAP_ARGS;

	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%lu", &lowest));
	fclose(file);
	if (lowest <= PAGE)
		SKIP(return, "vm.mmap_min_addr allows all pages but the first");
	read_maps(&self->before);
	ASSERT_EQ(0, syscall(SYS_capget, &header, caps));
	caps[0].effective &= ~(1u << CAP_SYS_RAWIO);
	ASSERT_EQ(0, syscall(SYS_capset, &header, caps));
	args.requested_virtual_address = PAGE;
	EXPECT_MAP_REFUSED(EPERM, args);
}

TEST_F(uapi, map_view_past_end)
{
	MAP_ARGS;

	args.view_size = SIZE + 1;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_size = SIZE + PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_offset = PAGE;
	args.view_size = SIZE;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_offset = SIZE;
	args.view_size = 0;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_size = PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
}

TEST_F(uapi, map_view_wraps)
{
	MAP_ARGS;

	args.view_offset = PAGE;
	args.view_size = -PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_size = UINT64_MAX;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_offset = -PAGE;
	args.view_size = 2 * PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_size = 0;
	EXPECT_MAP_REFUSED(EINVAL, args);
	/* Address plus size, too. */
	args.view_offset = 0;
	args.requested_virtual_address = -PAGE;
	EXPECT_MAP_REFUSED(EINVAL, args);
}

TEST_F(uapi, map_misaligned_offset)
{
	MAP_ARGS;

	args.view_offset = 1;
	EXPECT_MAP_REFUSED(EINVAL, args);
	args.view_offset = PAGE - 1;
	EXPECT_MAP_REFUSED(EINVAL, args);
}

TEST_F(uapi, map_no_such_handle)
{
	MAP_ARGS;

	args.handle = self->handle + 1;
	EXPECT_MAP_REFUSED(ENOENT, args);
	args.handle = UINT32_MAX;
	EXPECT_MAP_REFUSED(ENOENT, args);
}

TEST_F(uapi, map_foreign_handle)
{
	int other = test_open();
	uint32_t first, second;
	MAP_ARGS;

	/* Valid there, and of another number than the one here. */
	ASSERT_GE(other, 0);
	ASSERT_EQ(0, test_create(other, PAGE, &first));
	ASSERT_EQ(0, test_create(other, PAGE, &second));
	ASSERT_NE(self->handle, second);
	self->free_now -= 2 * PAGE;
	args.handle = second;
	EXPECT_MAP_REFUSED(ENOENT, args);
	close(other);
}

TEST_F(uapi, map_displayed_without_master)
{
	MAP_ARGS;

	args.handle = 0;
	ASSERT_EQ(0, drmDropMaster(self->fd));
	EXPECT_MAP_REFUSED(EACCES, args);
	ASSERT_EQ(0, drmSetMaster(self->fd));
}

TEST_F(uapi, map_displayed_nothing)
{
	struct display display;
	MAP_ARGS;

	ASSERT_EQ(0, get_display(self->fd, &display));
	ASSERT_EQ(0, set_crtc(self->fd, &display, 0, NULL));
	args.handle = 0;
	EXPECT_MAP_REFUSED(ENOENT, args);
}

/* Displayed, but by somebody else: the master does not get it for that. */
TEST_F(uapi, map_displayed_not_held)
{
	struct display display;
	uint32_t handle, fb;
	int other;
	MAP_ARGS;

	ASSERT_EQ(0, get_display(self->fd, &display));
	ASSERT_EQ(0, drmDropMaster(self->fd));
	other = test_open();
	ASSERT_GE(other, 0);
	ASSERT_EQ(0, drmSetMaster(other));
	ASSERT_EQ(0, test_create(other, SIZE, &handle));
	ASSERT_EQ(0, add_fb(other, handle, 640, 480, 2560, 0, &fb));
	ASSERT_EQ(0, set_crtc(other, &display, fb,
			      find_mode(&display, 640, 480)));
	ASSERT_EQ(0, drmDropMaster(other));
	ASSERT_EQ(0, drmSetMaster(self->fd));

	self->free_now -= SIZE;
	args.handle = 0;
	EXPECT_MAP_REFUSED(EACCES, args);
	close(other);
}

TEST_F(uapi, map_displayed)
{
	struct display display;
	uint32_t fb;
	MAP_ARGS;

	ASSERT_EQ(0, get_display(self->fd, &display));
	ASSERT_EQ(0, add_fb(self->fd, self->handle, 640, 480, 2560, 64 * KiB,
			    &fb));
	ASSERT_EQ(0, set_crtc(self->fd, &display, fb,
			      find_mode(&display, 640, 480)));
	args.handle = 0;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(SIZE, args.video_ram_length);
	EXPECT_EQ(args.video_ram_base + 64 * KiB, args.frame_buffer_base);
	EXPECT_EQ(480 * 2560, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));

	/* The visible part, cut to what the view shows of it. */
	args.view_offset = 128 * KiB;
	args.view_size = PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(args.video_ram_base, args.frame_buffer_base);
	EXPECT_EQ(PAGE, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	args.view_offset = 0;
	args.view_size = 64 * KiB + PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(args.video_ram_base + 64 * KiB, args.frame_buffer_base);
	EXPECT_EQ(PAGE, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	args.view_size = 64 * KiB;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, args.frame_buffer_base);
	EXPECT_EQ(0, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	args.view_offset = 2 * MiB;
	args.view_size = 0;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, args.frame_buffer_base);
	EXPECT_EQ(0, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	EXPECT_EQ(0, drmModeRmFB(self->fd, fb));

	/* Lines that are longer than the screen is wide, and panned. */
	ASSERT_EQ(0, add_fb(self->fd, self->handle, 1000, 700, 4032, 0, &fb));
	ASSERT_EQ(0, drmModeSetCrtc(self->fd, display.crtc, fb, 16, 3,
				    &display.connector, 1,
				    find_mode(&display, 640, 480)));
	args.view_offset = 0;
	args.view_size = 0;
	args.handle = self->handle;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(args.video_ram_base + 3 * 4032 + 16 * 4,
		  args.frame_buffer_base);
	EXPECT_EQ(480 * 4032, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	/* Of another object nothing is on display. */
	ASSERT_EQ(0, test_create(self->fd, PAGE, &args.handle));
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, args.frame_buffer_base);
	EXPECT_EQ(0, args.frame_buffer_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, args.handle));
	EXPECT_EQ(0, drmModeRmFB(self->fd, fb));
}

TEST_F(uapi, map_view)
{
	uint32_t *whole = map_whole(self->fd, self->handle);
	MAP_ARGS;

	ASSERT_NE(NULL, whole);
	args.requested_virtual_address = (uintptr_t)free_range(2 * PAGE);
	read_maps(&self->before);
	args.view_offset = 3 * PAGE;
	args.view_size = PAGE + 1;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(2 * PAGE, args.video_ram_length);
	whole[3 * PAGE / 4] = 0x1234;
	EXPECT_EQ(0x1234, *(uint32_t *)(uintptr_t)args.video_ram_base);
	whole[5 * PAGE / 4 - 1] = 0x5678;
	EXPECT_EQ(0x5678, *(uint32_t *)(uintptr_t)
		  (args.video_ram_base + 2 * PAGE - 4));
	EXPECT_EQ(SIGSEGV, read_signal(args.video_ram_base + 2 * PAGE));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base + PAGE));
	EXPECT_NOTHING_CHANGED();
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)whole));
}

TEST_F(uapi, map_read_only)
{
	uint32_t *whole = map_whole(self->fd, self->handle);
	void *base;
	MAP_ARGS;

	ASSERT_NE(NULL, whole);
	whole[0] = 0xbeef;
	args.flags = DRM_VIDMEM_MAP_READ_ONLY;
	ASSERT_EQ(0, test_map(self->fd, &args));
	base = (void *)(uintptr_t)args.video_ram_base;
	EXPECT_EQ(0xbeef, *(uint32_t *)base);
	EXPECT_STREQ("r--s", permissions(base));
	EXPECT_EQ(SIGSEGV, write_signal(base));
	EXPECT_EQ(-1, mprotect(base, SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(SIGSEGV, write_signal(base));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)whole));
}

TEST_F(uapi, map_on_read_only_file)
{
	const char *path = getenv("VIDMEM_DEVICE");
	struct drm_vidmem_map_video_memory args = { 0 };
	int fd = open(path ?: "/dev/dri/card0", O_RDONLY | O_CLOEXEC);
	void *base;

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, test_create(fd, PAGE, &args.handle));
	EXPECT_EQ(EACCES, test_map(fd, &args));
	args.flags = DRM_VIDMEM_MAP_READ_ONLY;
	ASSERT_EQ(0, test_map(fd, &args));
	base = (void *)(uintptr_t)args.video_ram_base;
	EXPECT_EQ(SIGSEGV, write_signal(base));
	EXPECT_EQ(-1, mprotect(base, PAGE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, test_unmap(fd, args.video_ram_base));
	close(fd);
	EXPECT_NOTHING_CHANGED();
}

TEST_F(uapi, map_populate)
{
	MAP_ARGS;

	args.flags = DRM_VIDMEM_MAP_POPULATE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, faults_of(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));

	/* And not without: nothing is spent on what nobody touches. */
	args.flags = 0;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_GT(faults_of(&args), 0);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));

	/* A part, read-only. */
	args.flags = DRM_VIDMEM_MAP_POPULATE | DRM_VIDMEM_MAP_READ_ONLY;
	args.view_offset = 5 * PAGE;
	args.view_size = 2 * MiB + PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, faults_of(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
}

/* As few faults as there are large pages, and small ones where they end. */
TEST_F(uapi, map_large_pages)
{
	uintptr_t fits = 0;
	MAP_ARGS;

	/* The kernel chooses no such address for programs of 32 bits. */
	if (sizeof(void *) == 4)
		fits = ((uintptr_t)free_range(SIZE + 2 * MiB) | (2 * MiB - 1)) +
		       1;
	args.requested_virtual_address = fits;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(SIZE / (2 * MiB), faults_of(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	/* A page more in front of a large page, and one less behind. */
	args.view_offset = 2 * MiB - PAGE;
	args.view_size = 2 * MiB;
	if (fits)
		args.requested_virtual_address = fits + args.view_offset;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(2, faults_of(&args));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
}

#if UINTPTR_MAX > UINT32_MAX
/*
 * A large view begins in its large page where the object does. Where addresses
 * are few, the kernel rather keeps them hard to guess.
 */
TEST_F(uapi, map_address_fits_large_pages)
{
	void *mapped;
	MAP_ARGS;

	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(0, args.video_ram_base % (2 * MiB));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	args.view_offset = 3 * PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(3 * PAGE, args.video_ram_base % (2 * MiB));
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	mapped = mmap_object(self->fd, self->handle, SIZE,
			     PROT_READ | PROT_WRITE, MAP_SHARED);
	ASSERT_NE(NULL, mapped);
	EXPECT_EQ(0, (uintptr_t)mapped % (2 * MiB));
	EXPECT_EQ(0, munmap(mapped, SIZE));
}
#endif

TEST_F(uapi, unmap_unknown_flags)
{
	void *base = map_whole(self->fd, self->handle);
	struct drm_vidmem_unmap_video_memory args = {
		.requested_virtual_address = (uintptr_t)base,
	};
	int bit;

	ASSERT_NE(NULL, base);
	for (bit = 0; bit < 64; bit++) {
		args.flags = 1ull << bit;
		EXPECT_EQ(EINVAL,
			  test_ioctl(self->fd,
				     DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY,
				     &args));
	}
	EXPECT_EQ(0, read_signal(base));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)base));
}

TEST_F(uapi, unmap_address_0)
{
	EXPECT_EQ(EINVAL, test_unmap(self->fd, 0));
	EXPECT_NOTHING_CHANGED();
}

/* All 64 bits of an address count, for programs of 32 bits, too. */
TEST_F(uapi, unmap_high_half)
{
	void *base = map_whole(self->fd, self->handle);
	int bit;

	ASSERT_NE(NULL, base);
	for (bit = 32; bit < 64; bit++)
		EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)base ^
					     1ull << bit));
	EXPECT_EQ(0, read_signal(base));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)base));
}

TEST_F(uapi, unmap_anonymous_memory)
{
	char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	read_maps(&self->before);
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)memory));
	EXPECT_NOTHING_CHANGED();
}

TEST_F(uapi, unmap_plain_mmap)
{
	void *mapped = mmap_object(self->fd, self->handle, SIZE,
				   PROT_READ | PROT_WRITE, MAP_SHARED);

	ASSERT_NE(NULL, mapped);
	read_maps(&self->before);
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)mapped));
	EXPECT_NOTHING_CHANGED();
	EXPECT_EQ(0, munmap(mapped, SIZE));
}

TEST_F(uapi, unmap_view_of_another_file)
{
	int other = test_open();
	uint32_t handle;
	void *base;
	int copy;

	ASSERT_GE(other, 0);
	ASSERT_EQ(0, test_create(other, PAGE, &handle));
	base = map_whole(other, handle);
	ASSERT_NE(NULL, base);
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)base));
	EXPECT_EQ(0, read_signal(base));
	/* A copy of the descriptor is the same file. */
	copy = dup(other);
	EXPECT_EQ(0, test_unmap(copy, (uintptr_t)base));
	close(copy);
	close(other);
}

TEST_F(uapi, create_unknown_flags)
{
	struct drm_vidmem_create args = { .size = PAGE };
	int bit;

	for (bit = 0; bit < 32; bit++) {
		args.flags = 1u << bit;
		EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_CREATE,
					     &args));
		EXPECT_EQ(0, args.handle);
	}
	EXPECT_NOTHING_CHANGED();
}

TEST_F(uapi, create_bad_size)
{
	uint32_t handle;

	EXPECT_EQ(EINVAL, test_create(self->fd, 0, &handle));
	EXPECT_EQ(EINVAL, test_create(self->fd, UINT64_MAX, &handle));
	EXPECT_EQ(EINVAL, test_create(self->fd, UINT64_MAX - PAGE + 2, &handle));
	EXPECT_EQ(ENOSPC, test_create(self->fd, UINT64_MAX / 2, &handle));
	EXPECT_EQ(ENOSPC, test_create(self->fd, test_param(self->fd,
		  DRM_VIDMEM_PARAM_VRAM_SIZE) + 1, &handle));
	EXPECT_NOTHING_CHANGED();
}

TEST_F(uapi, create_rounds_up)
{
	struct drm_vidmem_create args = { .size = 1 };

	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_CREATE, &args));
	EXPECT_EQ(PAGE, args.size);
	EXPECT_EQ(self->free_now - PAGE, vram_free(self->fd));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, args.handle));
	EXPECT_NOTHING_CHANGED();
}

/* What the parameter promises can be had; one page more cannot. */
TEST_F(uapi, create_largest_free)
{
	uint32_t handle, small[3];
	uint64_t largest;
	int round;

	for (round = 0; round < 3; round++) {
		largest = test_param(self->fd,
				     DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
		ASSERT_GT(largest, 0);
		EXPECT_EQ(ENOSPC, test_create(self->fd, largest + PAGE,
					      &handle));
		ASSERT_EQ(0, test_create(self->fd, largest, &handle));
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
		/* Once more with that memory cut up. */
		ASSERT_EQ(0, test_create(self->fd, round ? 1 * MiB + PAGE :
					 5 * PAGE, &small[round]));
	}
	for (round = 0; round < 3; round++)
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, small[round]));
}

/* All of it: ENOSPC for the next one, and all of it back afterwards. */
TEST_F(uapi, create_until_full)
{
	uint64_t size = 1 * MiB;
	uint32_t handle;
	int ret = 0;

	while (size >= PAGE) {
		while (!(ret = test_create(self->fd, size, &handle)))
			;
		ASSERT_EQ(ENOSPC, ret);
		size /= 2;
	}
	EXPECT_EQ(0, vram_free(self->fd));
	EXPECT_EQ(0, test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE));
	close(self->fd);
	OPEN_OR_SKIP(self->fd);
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	ASSERT_EQ(0, test_create(self->fd, PAGE, &self->handle));
}

/* New memory reads zero, to the last byte, whatever its last owner left. */
TEST_F(uapi, create_zeroed)
{
	uint64_t size = SIZE - PAGE;
	uint32_t handle;
	uint64_t i, nonzero = 0;
	uint32_t *base;
	int round;

	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, test_create(self->fd, size, &handle));
		base = map_whole(self->fd, handle);
		ASSERT_NE(NULL, base);
		for (i = 0; i < size / 4; i++)
			nonzero += base[i] != 0;
		EXPECT_EQ(0, nonzero);
		memset(base, 0xff, size);
		EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)base));
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	}
}

TEST_F(uapi, get_param)
{
	struct drm_vidmem_get_param args = { .value = 0x55 };
	uint64_t granule = test_param(self->fd, DRM_VIDMEM_PARAM_MAP_GRANULE);

	EXPECT_LE(self->free_before,
		  test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_SIZE));
	EXPECT_GE(granule, PAGE);
	EXPECT_EQ(0, granule & (granule - 1));
	EXPECT_LE(test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER),
		  DRM_VIDMEM_ADAPTER_VIRTUAL);

	args.param = DRM_VIDMEM_PARAM_ADAPTER + 1;
	EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_GET_PARAM,
				     &args));
	args.param = 1ull << 32;
	EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_GET_PARAM,
				     &args));
	EXPECT_EQ(0x55, args.value);
}

TEST_F(uapi, unknown_ioctl)
{
	char buffer[256] = { 0 };
	int nr;

	for (nr = 4; nr < DRM_COMMAND_END - DRM_COMMAND_BASE; nr++)
		EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOC(DRM_IOC_READWRITE,
			  DRM_IOCTL_BASE, DRM_COMMAND_BASE + nr, 64), buffer));
}

/* Not readable: before anything. Not writable: documented to leave the view. */
TEST_F(uapi, bad_pointer)
{
	EXPECT_EQ(EFAULT, test_map(self->fd, NULL));
	EXPECT_EQ(EFAULT, test_ioctl(self->fd,
				     DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY,
				     (void *)16));
	EXPECT_EQ(EFAULT, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_CREATE, NULL));
	EXPECT_EQ(EFAULT, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_GET_PARAM,
				     NULL));
	EXPECT_NOTHING_CHANGED();
}

/*
 * DRM takes a structure shorter than its own as one whose rest is 0, and of a
 * longer one what it knows: both are how old and new programs go on working.
 */
TEST_F(uapi, lengths)
{
	struct {
		struct drm_vidmem_map_video_memory map;
		uint64_t tail[4];
	} args = {
		.map = { .handle = self->handle },
		.tail = { 1, 2, 3, 4 },
	};
	unsigned long longer = DRM_IOC(DRM_IOC_READWRITE, DRM_IOCTL_BASE,
				       DRM_COMMAND_BASE, sizeof(args));
	unsigned long shorter = DRM_IOC(DRM_IOC_READWRITE, DRM_IOCTL_BASE,
					DRM_COMMAND_BASE, 40);

	ASSERT_EQ(0, test_ioctl(self->fd, longer, &args));
	EXPECT_EQ(SIZE, args.map.video_ram_length);
	EXPECT_EQ(1, args.tail[0]);
	EXPECT_EQ(4, args.tail[3]);
	EXPECT_EQ(0, test_unmap(self->fd, args.map.video_ram_base));
	/* Up to video_ram_base, of 40 bytes; the others stay as they are. */
	args.map.video_ram_length = 77;
	ASSERT_EQ(0, test_ioctl(self->fd, shorter, &args));
	EXPECT_EQ(77, args.map.video_ram_length);
	EXPECT_EQ(0, test_unmap(self->fd, args.map.video_ram_base));
	/* Flags that a longer structure does not reach are still refused. */
	args.map.flags = 1u << 31;
	EXPECT_EQ(EINVAL, test_ioctl(self->fd, longer, &args));
	EXPECT_NOTHING_CHANGED();
}

/* Dumb buffers are objects like any other. */
TEST_F(uapi, dumb_buffer)
{
	struct drm_mode_create_dumb dumb = {
		.width = 801, .height = 600, .bpp = 32,
	};
	uint32_t *view, *mapped;

	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	EXPECT_GE(dumb.pitch, 801 * 4);
	EXPECT_EQ(0, dumb.pitch % 32);
	EXPECT_EQ((dumb.pitch * 600 + PAGE - 1) / PAGE * PAGE, dumb.size);
	view = map_whole(self->fd, dumb.handle);
	ASSERT_NE(NULL, view);
	mapped = mmap_object(self->fd, dumb.handle, dumb.size,
			     PROT_READ | PROT_WRITE, MAP_SHARED);
	ASSERT_NE(NULL, mapped);
	view[1234] = 0xaa55;
	EXPECT_EQ(0xaa55, mapped[1234]);
	EXPECT_EQ(0, munmap(mapped, dumb.size));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, dumb.handle));
	EXPECT_NOTHING_CHANGED();
}

TEST_F(uapi, dumb_buffer_bad_size)
{
	struct drm_mode_create_dumb dumb = {
		.width = UINT32_MAX, .height = 1, .bpp = 8,
	};

	EXPECT_NE(0, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	dumb.width = UINT32_MAX / 4;
	dumb.bpp = 32;
	dumb.height = UINT32_MAX;
	EXPECT_NE(0, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	dumb.width = dumb.height = 64;
	dumb.flags = 1;
	EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB,
				     &dumb));
	dumb.flags = 0;
	dumb.width = dumb.height = 65536;
	EXPECT_NE(0, test_ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	EXPECT_NOTHING_CHANGED();
}

TEST_HARNESS_MAIN
