// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The contract of MAP and UNMAP, rule by rule: once by the raw ioctls, once by
 * the requests of ntddvdeo.h. The rules are in Documentation/contract.rst. What
 * only one of the two has is in uapi.c and request.c.
 */

#include <sched.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "entry_type.h"
#include "vidmem_test.h"

#define OBJECT_SIZE (8 * MiB)
#define WIDTH 1024
#define HEIGHT 768
#define STRIDE (WIDTH * 4)
/* Large: hardware that clears memory with the mode would reach the object. */
#define OTHER_WIDTH 1920
#define OTHER_HEIGHT 1080

struct view {
	char *base;
	uint64_t length;
	char *fb_base;
	uint64_t fb_length;
};

FIXTURE(contract)
{
	int fd;
	uint64_t free_before;
	/* raw */
	uint32_t handle;
	uint32_t fb, other_fb;
	struct display display;
	/* shim */
	struct vidmem_session *session;
	VIDEO_MODE_INFORMATION modes[256];
	uint32_t mode_count;
};

FIXTURE_VARIANT(contract)
{
	bool shim;
	/* What the caller sees of each kind of refusal. */
	int invalid, taken, no_memory;
};

FIXTURE_VARIANT_ADD(contract, raw)
{
	.shim = false,
	.invalid = EINVAL, .taken = EEXIST, .no_memory = ENOMEM,
};

FIXTURE_VARIANT_ADD(contract, shim)
{
	.shim = true,
	.invalid = ERROR_INVALID_PARAMETER, .taken = ERROR_INVALID_PARAMETER,
	.no_memory = ERROR_NOT_ENOUGH_MEMORY,
};

#define SELF FIXTURE_DATA(contract) * self

static uint32_t request(SELF, uint32_t code, const void *in, uint32_t in_size,
			void *out, uint32_t out_size)
{
	uint32_t returned = 12345;
	uint32_t status = vidmem_request(self->session, code, in, in_size, out,
					 out_size, &returned);

	/* G4, U2: MAP alone of what is used below returns anything. */
	if (returned != (status ? 0 : out_size))
		abort();
	return status;
}

static int map_at(SELF, const void *address, struct view *view)
{
	struct drm_vidmem_map_video_memory args = {
		.handle = self->handle,
		.requested_virtual_address = (uintptr_t)address,
	};
	VIDEO_MEMORY in = { .RequestedVirtualAddress = (void *)address };
	VIDEO_MEMORY_INFORMATION out;
	int ret;

	if (self->session) {
		ret = request(self, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
			      sizeof(in), &out, sizeof(out));
		if (!ret)
			*view = (struct view) {
				out.VideoRamBase, out.VideoRamLength,
				out.FrameBufferBase, out.FrameBufferLength,
			};
		return ret;
	}
	ret = test_map(self->fd, &args);
	if (!ret)
		*view = (struct view) {
			(char *)(uintptr_t)args.video_ram_base,
			args.video_ram_length,
			(char *)(uintptr_t)args.frame_buffer_base,
			args.frame_buffer_length,
		};
	return ret;
}

static int map(SELF, struct view *view)
{
	return map_at(self, NULL, view);
}

static int unmap(SELF, const void *address)
{
	VIDEO_MEMORY in = { .RequestedVirtualAddress = (void *)address };

	if (self->session)
		return request(self, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &in,
			       sizeof(in), NULL, 0);
	return test_unmap(self->fd, (uintptr_t)address);
}

/* In the shim without clearing, so that rules on content are about MAP. */
static int set_mode(SELF, int width, int height)
{
	VIDEO_MODE in;
	uint32_t i;

	if (!self->session)
		return set_crtc(self->fd, &self->display,
				width == WIDTH ? self->fb : self->other_fb,
				find_mode(&self->display, width, height));

	for (i = 0; i < self->mode_count; i++) {
		if ((int)self->modes[i].VisScreenWidth != width ||
		    (int)self->modes[i].VisScreenHeight != height)
			continue;
		in.RequestedMode = self->modes[i].ModeIndex |
				   VIDEO_MODE_NO_ZERO_MEMORY;
		return request(self, IOCTL_VIDEO_SET_CURRENT_MODE, &in,
			       sizeof(in), NULL, 0);
	}
	return -1;
}

static int reset_device(SELF)
{
	if (self->session)
		return request(self, IOCTL_VIDEO_RESET_DEVICE, NULL, 0, NULL,
			       0);
	return set_crtc(self->fd, &self->display, 0, NULL);
}

FIXTURE_SETUP(contract)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	self->session = NULL;
	if (variant->shim) {
		VIDEO_NUM_MODES num;

		ASSERT_EQ(0, vidmem_session_new(self->fd, OBJECT_SIZE,
						&self->session));
		ASSERT_EQ(0, request(self, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
				     NULL, 0, &num, sizeof(num)));
		self->mode_count = num.NumModes;
		ASSERT_LE(num.NumModes * sizeof(self->modes[0]),
			  sizeof(self->modes));
		ASSERT_EQ(0, request(self, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL,
				     0, self->modes,
				     num.NumModes * sizeof(self->modes[0])));
	} else {
		ASSERT_EQ(0, test_create(self->fd, OBJECT_SIZE, &self->handle));
		ASSERT_EQ(0, get_display(self->fd, &self->display));
		ASSERT_EQ(0, add_fb(self->fd, self->handle, WIDTH, HEIGHT,
				    STRIDE, 0, &self->fb));
		ASSERT_EQ(0, add_fb(self->fd, self->handle, OTHER_WIDTH,
				    OTHER_HEIGHT, OTHER_WIDTH * 4, 0,
				    &self->other_fb));
	}
	ASSERT_EQ(0, set_mode(self, WIDTH, HEIGHT));
}

FIXTURE_TEARDOWN(contract)
{
	if (self->fd < 0)
		return;
	vidmem_session_close(self->session);
	drmModeFreeConnector(self->display.info);
	close(self->fd);
	/* Whatever the test did: all video memory is back. */
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

/* M1: all of video memory, not just the visible part */
TEST_F(contract, M1_maps_all)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(OBJECT_SIZE, view.length);
	EXPECT_GT(view.length, view.fb_length);
	EXPECT_EQ(0, write_signal(view.base));
	EXPECT_EQ(0, write_signal(view.base + view.length - 4));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M2: address 0 in, the system chooses */
TEST_F(contract, M2_system_chooses)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_NE(NULL, view.base);
	EXPECT_EQ(0, (uintptr_t)view.base % PAGE);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M3: an address is taken exactly */
TEST_F(contract, M3_requested_address)
{
	struct view view, again;

	ASSERT_EQ(0, map(self, &view));
	ASSERT_EQ(0, unmap(self, view.base));
	ASSERT_EQ(0, map_at(self, view.base, &again));
	EXPECT_EQ(view.base, again.base);
	EXPECT_EQ(0, unmap(self, again.base));
}

/* M3: or refused, and what is there stays */
TEST_F(contract, M3_taken_address)
{
	static struct maps before, after;
	struct view view, other;
	uint32_t *anonymous;

	anonymous = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, anonymous);
	*anonymous = 0x12345678;
	ASSERT_EQ(0, map(self, &view));

	read_maps(&before);
	EXPECT_EQ(variant->taken, map_at(self, anonymous, &other));
	/* One page of it is enough, at either end. */
	EXPECT_EQ(variant->taken,
		  map_at(self, (char *)anonymous - OBJECT_SIZE + PAGE, &other));
	EXPECT_EQ(variant->taken, map_at(self, view.base, &other));
	EXPECT_EQ(variant->taken,
		  map_at(self, view.base + view.length - PAGE, &other));
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
	EXPECT_EQ(0x12345678, *anonymous);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M4: Windows rounds down to 64 KiB, here any page will do */
TEST_F(contract, M4_any_page)
{
	struct view view, again;

	ASSERT_EQ(0, map(self, &view));
	ASSERT_EQ(0, unmap(self, view.base));
	ASSERT_EQ(0, map_at(self, view.base - PAGE, &again));
	EXPECT_EQ(view.base - PAGE, again.base);
	EXPECT_EQ(0, unmap(self, again.base));
}

/* M3: and no address between pages */
TEST_F(contract, M3_misaligned_address)
{
	static struct maps before, after;
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	ASSERT_EQ(0, unmap(self, view.base));
	read_maps(&before);
	EXPECT_EQ(variant->invalid, map_at(self, view.base + 1, &view));
	EXPECT_EQ(variant->invalid, map_at(self, view.base + PAGE - 1, &view));
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
}

/* M5: VideoRamLength is whole lines of the mode, as many as there are */
TEST_F(contract, M5_length)
{
	VIDEO_MODE_INFORMATION mode;
	struct view view;

	ASSERT_EQ(0, set_mode(self, OTHER_WIDTH, OTHER_HEIGHT));
	ASSERT_EQ(0, map(self, &view));
	if (!variant->shim) {
		EXPECT_EQ(OBJECT_SIZE, view.length);
	} else {
		ASSERT_EQ(0, request(self, IOCTL_VIDEO_QUERY_CURRENT_MODE,
				     NULL, 0, &mode, sizeof(mode)));
		EXPECT_EQ(OBJECT_SIZE / mode.ScreenStride,
			  mode.VideoMemoryBitmapHeight);
		EXPECT_EQ((uint64_t)mode.VideoMemoryBitmapHeight *
			  mode.ScreenStride, view.length);
		EXPECT_LT(view.length, OBJECT_SIZE);
	}
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M6: the frame buffer lies in the mapping, here at its start */
TEST_F(contract, M6_frame_buffer_inside)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(view.base, view.fb_base);
	EXPECT_LE(view.fb_length, view.length);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M7: addresses of the caller, while it is mapped */
TEST_F(contract, M7_caller_addresses)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_STREQ("rw-s", permissions(view.base));
	EXPECT_STREQ("rw-s", permissions(view.base + view.length - 1));
	EXPECT_EQ(0, unmap(self, view.base));
	EXPECT_STREQ("", permissions(view.base));
}

/* M8: FrameBufferLength is height times stride (D1) */
TEST_F(contract, M8_frame_buffer_length)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ((uint64_t)HEIGHT * STRIDE, view.fb_length);
	EXPECT_EQ(0, unmap(self, view.base));
	ASSERT_EQ(0, set_mode(self, OTHER_WIDTH, OTHER_HEIGHT));
	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ((uint64_t)OTHER_HEIGHT * OTHER_WIDTH * 4, view.fb_length);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M9, E4: what comes out comes out on success alone */
TEST_F(contract, M9_output_on_success_alone)
{
	struct drm_vidmem_map_video_memory args, old = {
		.handle = self->handle, .view_offset = 1,
		.video_ram_base = 1, .video_ram_length = 2,
		.frame_buffer_base = 3, .frame_buffer_length = 4,
	};
	VIDEO_MEMORY in = { (PVOID)1 };
	VIDEO_MEMORY_INFORMATION out, untouched;
	uint32_t returned = 7;

	if (!variant->shim) {
		args = old;
		EXPECT_EQ(EINVAL, test_map(self->fd, &args));
		EXPECT_EQ(0, memcmp(&args, &old, sizeof(args)));
		return;
	}
	memset(&out, 0xee, sizeof(out));
	untouched = out;
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  vidmem_request(self->session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				 &in, sizeof(in), &out, sizeof(out),
				 &returned));
	EXPECT_EQ(0, returned);
	EXPECT_EQ(0, memcmp(&out, &untouched, sizeof(out)));
	in.RequestedVirtualAddress = NULL;
	EXPECT_EQ(0, vidmem_request(self->session,
				    IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
				    sizeof(in), &out, sizeof(out), &returned));
	EXPECT_EQ(sizeof(VIDEO_MEMORY_INFORMATION), returned);
	EXPECT_EQ(0, unmap(self, out.VideoRamBase));
}

/* M10, D5: video memory stays in place over any set-mode */
TEST_F(contract, M10_set_mode_moves_nothing)
{
	volatile uint32_t *last;
	struct view view, after;

	ASSERT_EQ(0, map(self, &view));
	last = (uint32_t *)(view.base + OBJECT_SIZE - 4);
	*last = 0xcafe0001;
	ASSERT_EQ(0, set_mode(self, WIDTH, HEIGHT));
	EXPECT_EQ(0xcafe0001, *last);
	*last = 0xcafe0002;
	ASSERT_EQ(0, set_mode(self, OTHER_WIDTH, OTHER_HEIGHT));
	EXPECT_EQ(0xcafe0002, *last);
	*last = 0xcafe0003;
	ASSERT_EQ(0, map(self, &after));
	EXPECT_EQ(0xcafe0003,
		  *(uint32_t *)(after.base + OBJECT_SIZE - 4));
	EXPECT_EQ(0, unmap(self, after.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M11, D2: a set-mode that asks for it keeps what was drawn */
TEST_F(contract, M11_contents_kept)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	memset(view.base, 0x5a, view.fb_length);
	ASSERT_EQ(0, set_mode(self, OTHER_WIDTH, OTHER_HEIGHT));
	ASSERT_EQ(0, set_mode(self, WIDTH, HEIGHT));
	EXPECT_EQ(0x5a5a5a5a, *(uint32_t *)view.base);
	EXPECT_EQ(0x5a5a5a5a,
		  *(uint32_t *)(view.base + view.fb_length - 4));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M12: without a mode, all memory; by request all of it is the frame buffer */
TEST_F(contract, M12_no_mode)
{
	struct view view;

	ASSERT_EQ(0, reset_device(self));
	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(OBJECT_SIZE, view.length);
	EXPECT_EQ(self->session ? OBJECT_SIZE : 0, view.fb_length);
	EXPECT_EQ(0, write_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/*
 * M13: a buffer that is too short is refused, and nothing mapped. The ioctl has
 * the length of its structure in its number; DRM reads a short one as if the
 * rest were 0, so what it must not do is to take an offset for another.
 */
TEST_F(contract, M13_short_buffers)
{
	static struct maps before, after;
	struct drm_vidmem_map_video_memory args = {
		.handle = self->handle, .view_offset = 1 * MiB,
	};
	VIDEO_MEMORY in = { NULL };
	VIDEO_MEMORY_INFORMATION out;

	read_maps(&before);
	if (variant->shim) {
		EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
			  request(self, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
				  sizeof(in) - 1, &out, sizeof(out)));
		EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
			  request(self, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &in,
				  sizeof(in), &out, sizeof(out) - 1));
	} else {
		/* Up to the base: the lengths are not told, the view made. */
		ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOC(DRM_IOC_READWRITE,
			  DRM_IOCTL_BASE, DRM_COMMAND_BASE, 40), &args));
		EXPECT_EQ(0, args.video_ram_length);
		EXPECT_EQ(1 * MiB, args.view_offset);
		EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	}
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
}

/* M14, M15: a mapping that fails is an error, not a success with base 0 */
TEST_F(contract, M15_failure_is_reported)
{
	static struct maps before, after;
	struct rlimit limit = { .rlim_cur = 1 * MiB, .rlim_max = RLIM_INFINITY };
	struct rlimit old;
	struct view view = { .base = (char *)1 };
	int ret;

	read_maps(&before);
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &old));
	limit.rlim_max = old.rlim_max;
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	ret = map(self, &view);
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &old));
	read_maps(&after);
	EXPECT_EQ(variant->no_memory, ret);
	EXPECT_EQ((char *)1, view.base);
	EXPECT_TRUE(same_maps(&before, &after));
}

/* M15: nor may a limit on locked memory make callers try for ever */
TEST_F(contract, M15_locked_memory_limit)
{
	struct rlimit limit = { .rlim_cur = 64 * KiB };
	struct view view;
	int status = -1;
	pid_t pid;

	ASSERT_EQ(0, getrlimit(RLIMIT_MEMLOCK, &limit));
	pid = fork();
	if (!pid) {
		/*
		 * Root has no limit: become nobody, who has. By system call, as
		 * under AddressSanitizer mlockall(2) does nothing.
		 */
		limit.rlim_cur = 64 * KiB;
		if (setrlimit(RLIMIT_MEMLOCK, &limit) ||
		    syscall(SYS_mlockall, MCL_FUTURE | MCL_ONFAULT) ||
		    setuid(65534))
			_exit(100);
		alarm(5);
		_exit(map(self, &view));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFEXITED(status));
	EXPECT_EQ(variant->no_memory, WEXITSTATUS(status));
}

/* M16: nothing past the length asked for is mapped */
TEST_F(contract, M16_no_more_than_length)
{
	struct view view;

	ASSERT_EQ(0, map_at(self, free_range(OBJECT_SIZE), &view));
	EXPECT_STREQ("rw-s", permissions(view.base + OBJECT_SIZE - 1));
	EXPECT_STREQ("---p", permissions(view.base + OBJECT_SIZE));
	EXPECT_EQ(SIGSEGV, read_signal(view.base + OBJECT_SIZE));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* Run in a forked child; its result is that of the function. */
static int in_child(int (*function)(SELF, struct view *), SELF,
		    struct view *view)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(function(self, view));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int child_reads(SELF, struct view *view)
{
	(void)self;
	return read_signal(view->base);
}

static int child_unmaps(SELF, struct view *view)
{
	return unmap(self, view->base);
}

static int child_maps_there(SELF, struct view *view)
{
	struct view own;
	int ret = map_at(self, view->base, &own);

	if (ret || own.base != view->base)
		return 100 + ret;
	own.base[0] = 1;
	return unmap(self, own.base);
}

/* M17: a mapping belongs to the process that asked for it */
TEST_F(contract, M17_process_scope)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	/* In the child the very same place is free. */
	EXPECT_EQ(0, in_child(child_maps_there, self, &view));
	EXPECT_EQ(1, view.base[0]);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M18: a child does not get the view */
TEST_F(contract, M18_not_inherited)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	ASSERT_EQ(0, write_signal(view.base));
	EXPECT_EQ(SIGSEGV, in_child(child_reads, self, &view));
	EXPECT_EQ(0, read_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M19, D10: write-combined where it is a device's, as the kernel's own mapping */
TEST_F(contract, M19_write_combining)
{
	unsigned long start = 0, end, from, to;
	bool combined = false;
	char path[64], line[256];
	struct view view;
	struct stat stat;
	FILE *file;

	/* In place before it is looked for: a mapping of another kind of
	 * caching would have been refused or have changed it.
	 */
	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(0, write_signal(view.base));
	ASSERT_EQ(0, fstat(self->fd, &stat));
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/resource",
		 major(stat.st_rdev), minor(stat.st_rdev));
	file = fopen(path, "r");
	EXPECT_EQ(test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
		  DRM_VIDMEM_ADAPTER_BOCHS, file != NULL);
	if (file) {
		ASSERT_EQ(2, fscanf(file, "%lx %lx", &start, &end));
		fclose(file);
		file = fopen("/sys/kernel/debug/x86/pat_memtype_list", "r");
		if (!file && can_ask_types()) {
			EXPECT_STREQ("write-combined", type_at(view.base));
			EXPECT_EQ(0, unmap(self, view.base));
			return;
		}
		if (!file) {
			unmap(self, view.base);
			SKIP(return, "no pat_memtype_list to look at");
		}
		while (fgets(line, sizeof(line), file))
			if (sscanf(line, "PAT: [mem %lx-%lx]", &from,
				   &to) == 2 && from == start)
				combined = strstr(line, "write-combining");
		fclose(file);
		EXPECT_TRUE(combined);
	}
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M20: read and write, never execute, whatever the personality */
TEST_F(contract, M20_protection)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_STREQ("rw-s", permissions(view.base));
	EXPECT_EQ(-1, mprotect(view.base, OBJECT_SIZE,
			       PROT_READ | PROT_WRITE | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	EXPECT_STREQ("rw-s", permissions(view.base));
	EXPECT_EQ(0, unmap(self, view.base));

	/* READ_IMPLIES_EXEC */
	ASSERT_EQ(0, syscall(SYS_personality, 0x0400000));
	ASSERT_EQ(0, map(self, &view));
	EXPECT_STREQ("rw-s", permissions(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M21, D6: each MAP is a fresh view of the same memory, to be unmapped */
TEST_F(contract, M21_fresh_views)
{
	struct view one, two;

	ASSERT_EQ(0, map(self, &one));
	ASSERT_EQ(0, map(self, &two));
	EXPECT_NE(one.base, two.base);
	*(volatile uint32_t *)(one.base + 4096) = 0xfeed;
	EXPECT_EQ(0xfeed, *(volatile uint32_t *)(two.base + 4096));
	EXPECT_EQ(0, unmap(self, one.base));
	EXPECT_EQ(SIGSEGV, read_signal(one.base));
	EXPECT_EQ(0xfeed, *(volatile uint32_t *)(two.base + 4096));
	EXPECT_EQ(0, unmap(self, two.base));
}

/* M22: the view outlives RESET_DEVICE, DPMS off and the loss of the display */
TEST_F(contract, M22_outlives_reset)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	*(volatile uint32_t *)view.base = 0xabcd;
	ASSERT_EQ(0, reset_device(self));
	EXPECT_EQ(0xabcd, *(volatile uint32_t *)view.base);
	EXPECT_EQ(0, write_signal(view.base + OBJECT_SIZE - 4));
	EXPECT_EQ(0, drmDropMaster(self->fd));
	EXPECT_EQ(0, write_signal(view.base));
	EXPECT_EQ(0, drmSetMaster(self->fd));
	ASSERT_EQ(0, set_mode(self, WIDTH, HEIGHT));
	EXPECT_EQ(0xabcd, *(volatile uint32_t *)view.base);
	EXPECT_EQ(0, unmap(self, view.base));
}

/* M23: a mode that video memory cannot hold is not to be had */
TEST_F(contract, M23_oversize_mode)
{
	uint32_t i, fb;

	if (!variant->shim) {
		EXPECT_EQ(EINVAL, add_fb(self->fd, self->handle, 2048,
					 OBJECT_SIZE / 8192 + 1, 8192, 0, &fb));
		return;
	}
	for (i = 0; i < self->mode_count; i++) {
		EXPECT_LE((uint64_t)self->modes[i].ScreenStride *
			  self->modes[i].VisScreenHeight, OBJECT_SIZE);
	}
}

/* U1: by the base, all of it goes */
TEST_F(contract, U1_by_base)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(0, unmap(self, view.base));
	EXPECT_STREQ("", permissions(view.base));
	EXPECT_STREQ("", permissions(view.base + OBJECT_SIZE - 1));
}

/* U2: nothing comes out of UNMAP, and an output buffer is left alone */
TEST_F(contract, U2_no_output)
{
	struct drm_vidmem_unmap_video_memory args;
	uint32_t returned = 7;
	VIDEO_MEMORY in, out;
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	if (variant->shim) {
		in.RequestedVirtualAddress = view.base;
		memset(&out, 0xee, sizeof(out));
		EXPECT_EQ(0, vidmem_request(self->session,
					    IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
					    &in, sizeof(in), &out, sizeof(out),
					    &returned));
		EXPECT_EQ(0, returned);
		EXPECT_EQ((PVOID)(uintptr_t)0xeeeeeeeeeeeeeeee,
			  out.RequestedVirtualAddress);
		return;
	}
	args = (struct drm_vidmem_unmap_video_memory) {
		.requested_virtual_address = (uintptr_t)view.base,
	};
	EXPECT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY,
				&args));
	EXPECT_EQ((uintptr_t)view.base, args.requested_virtual_address);
	EXPECT_EQ(0, args.flags);
}

/* U3: too short an input, and nothing is unmapped */
TEST_F(contract, U3_short_input)
{
	VIDEO_MEMORY in;
	struct view view;
	char *address;

	ASSERT_EQ(0, map(self, &view));
	in.RequestedVirtualAddress = view.base;
	address = view.base;
	if (variant->shim) {
		EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
			  request(self, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &in,
				  sizeof(in) - 1, NULL, 0));
	} else {
		/* Half an address is another one. */
		EXPECT_EQ(EINVAL, test_ioctl(self->fd, DRM_IOC(DRM_IOC_WRITE,
			  DRM_IOCTL_BASE, DRM_COMMAND_BASE + 1,
			  sizeof(address) / 2), &address));
	}
	EXPECT_EQ(0, read_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* U4, D7: or by any address inside */
TEST_F(contract, U4_by_any_address)
{
	static const uint64_t offsets[] = {
		1, 4096, 4097, OBJECT_SIZE / 2, OBJECT_SIZE - 1,
	};
	struct view view;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_EQ(0, map(self, &view));
		EXPECT_EQ(0, unmap(self, view.base + offsets[i]));
		EXPECT_STREQ("", permissions(view.base));
		EXPECT_STREQ("", permissions(view.base + OBJECT_SIZE - 1));
	}
	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(0, unmap(self, view.fb_base));
	EXPECT_STREQ("", permissions(view.base));
	/* One past the end is outside. */
	ASSERT_EQ(0, map_at(self, free_range(OBJECT_SIZE), &view));
	EXPECT_EQ(variant->invalid, unmap(self, view.base + OBJECT_SIZE));
	EXPECT_EQ(variant->invalid, unmap(self, view.base - 1));
	EXPECT_EQ(0, read_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* U5: there is no part release */
TEST_F(contract, U5_no_part)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(-1, munmap(view.base, PAGE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, munmap(view.base + OBJECT_SIZE - PAGE, PAGE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, write_signal(view.base));
	EXPECT_EQ(0, write_signal(view.base + OBJECT_SIZE - 4));
	/* But Linux's own call may release the whole. */
	EXPECT_EQ(0, munmap(view.base, OBJECT_SIZE));
	EXPECT_EQ(variant->invalid, unmap(self, view.base));
}

/* U7, D8: an unknown address is an error, and nothing else is touched */
TEST_F(contract, U7_unknown_address)
{
	static struct maps before, after;
	uint32_t local = 1, *anonymous;

	anonymous = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, anonymous);
	read_maps(&before);
	EXPECT_EQ(variant->invalid, unmap(self, NULL));
	EXPECT_EQ(variant->invalid, unmap(self, anonymous));
	EXPECT_EQ(variant->invalid, unmap(self, &local));
	EXPECT_EQ(variant->invalid, unmap(self, (void *)getpid));
	EXPECT_EQ(variant->invalid, unmap(self, (void *)(uintptr_t)PAGE));
	EXPECT_EQ(variant->invalid, unmap(self, (void *)~0ul));
	EXPECT_EQ(variant->invalid, unmap(self, (void *)~(~0ul >> 1)));
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
	EXPECT_EQ(0, *anonymous);
}

/* U8: a mapping of another process cannot be released from here */
TEST_F(contract, U8_not_from_another_process)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(variant->invalid, in_child(child_unmaps, self, &view));
	EXPECT_EQ(0, read_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
}

/* U9: the second UNMAP of a view finds nothing */
TEST_F(contract, U9_twice)
{
	struct view view;

	ASSERT_EQ(0, map(self, &view));
	EXPECT_EQ(0, unmap(self, view.base));
	EXPECT_EQ(variant->invalid, unmap(self, view.base));
}

struct race {
	FIXTURE_DATA(contract) * self;
	atomic_int *waiting;
	char *base;
	int ret;
};

static void *race_thread(void *data)
{
	struct race *race = data;
	int spins = 0;

	/* To the instruction, not to the wake-up; unless both share a CPU. */
	atomic_fetch_sub(race->waiting, 1);
	while (atomic_load(race->waiting))
		if (++spins % 4096 == 0)
			sched_yield();
	race->ret = unmap(race->self, race->base);
	return NULL;
}

/* U9: of two that race, exactly one succeeds */
TEST_F_TIMEOUT(contract, U9_race, 600)
{
	int round;

	for (round = 0; round < 500; round++) {
		atomic_int waiting = 2;
		struct race races[2];
		pthread_t threads[2];
		struct view view;
		int i;

		ASSERT_EQ(0, map(self, &view));
		for (i = 0; i < 2; i++) {
			races[i] = (struct race) {
				self, &waiting, view.base + i * PAGE, -1
			};
			ASSERT_EQ(0, pthread_create(&threads[i], NULL,
						    race_thread, &races[i]));
		}
		for (i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		ASSERT_EQ(variant->invalid, races[0].ret + races[1].ret);
		ASSERT_TRUE(!races[0].ret || !races[1].ret);
	}
}

/* U10: after UNMAP the old pointer faults, other mappings stay */
TEST_F(contract, U10_faults_afterwards)
{
	struct view view, other;

	ASSERT_EQ(0, map(self, &view));
	ASSERT_EQ(0, map(self, &other));
	EXPECT_EQ(0, write_signal(view.base));
	EXPECT_EQ(0, unmap(self, view.base));
	EXPECT_EQ(SIGSEGV, read_signal(view.base));
	EXPECT_EQ(SIGSEGV, write_signal(view.base + OBJECT_SIZE - 4));
	EXPECT_EQ(0, write_signal(other.base));
	EXPECT_EQ(0, unmap(self, other.base));
}

/* U11: served in any mode or none, and the mode does not notice */
TEST_F(contract, U11_nonmodal)
{
	struct view one, two, three;
	drmModeCrtcPtr crtc;
	struct display display;

	ASSERT_EQ(0, get_display(self->fd, &display));
	ASSERT_EQ(0, map(self, &one));
	ASSERT_EQ(0, map(self, &two));
	ASSERT_EQ(0, map(self, &three));
	ASSERT_EQ(0, set_mode(self, OTHER_WIDTH, OTHER_HEIGHT));
	EXPECT_EQ(0, unmap(self, one.base));
	crtc = drmModeGetCrtc(self->fd, display.crtc);
	ASSERT_NE(NULL, crtc);
	EXPECT_EQ(1, crtc->mode_valid);
	EXPECT_EQ(OTHER_WIDTH, crtc->mode.hdisplay);
	drmModeFreeCrtc(crtc);
	drmModeFreeConnector(display.info);

	ASSERT_EQ(0, reset_device(self));
	EXPECT_EQ(0, unmap(self, two.base));
	ASSERT_EQ(0, drmDropMaster(self->fd));
	EXPECT_EQ(0, unmap(self, three.base));
	ASSERT_EQ(0, drmSetMaster(self->fd));
}

TEST_HARNESS_MAIN
