// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What ordinary programs do to a display, with dumb buffers: whatever fits is shown,
 * from where it is or by a copy. As in display.c the screen is looked at from outside
 * where there is an outside.
 */

#include <dirent.h>
#include <linux/udmabuf.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "vidmem_test.h"

FIXTURE(scanout)
{
	int fd;
	struct display display;
	uint64_t free_before;
	bool has_hardware;
};

FIXTURE_SETUP(scanout)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, get_display(self->fd, &self->display));
	self->has_hardware =
		test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
		DRM_VIDMEM_ADAPTER_BOCHS;
}

FIXTURE_TEARDOWN(scanout)
{
	if (self->fd < 0)
		return;
	drmModeFreeConnector(self->display.info);
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	/* What has moved out of video memory, the console's, does not come back. */
	EXPECT_LE(self->free_before,
		  vram_free_in_the_end(self->fd, self->free_before));
	close(self->fd);
}

/* A frame buffer on a dumb buffer, drawn into through mmap(2). */
struct buffer {
	uint32_t handle, fb, width, height, pitch;
	uint64_t size;
	char *base;
};

static int make_buffer(int fd, uint32_t width, uint32_t height, uint32_t fourcc,
		       struct buffer *buffer)
{
	struct drm_mode_create_dumb args = {
		.width = width, .height = height, .bpp = 32,
	};
	uint32_t handles[4] = { 0 }, pitches[4] = { 0 }, offsets[4] = { 0 };
	int ret = test_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &args);

	if (ret)
		return ret;
	*buffer = (struct buffer) {
		.handle = args.handle, .width = width, .height = height,
		.pitch = args.pitch, .size = args.size,
	};
	handles[0] = args.handle;
	pitches[0] = args.pitch;
	ret = -drmModeAddFB2(fd, width, height, fourcc, handles, pitches,
			     offsets, &buffer->fb, 0);
	if (!ret)
		buffer->base = mmap_object(fd, buffer->handle, buffer->size,
					   PROT_READ | PROT_WRITE, MAP_SHARED);
	return ret ?: buffer->base ? 0 : ENOMEM;
}

static void drop_buffer(int fd, struct buffer *buffer)
{
	drmModeRmFB(fd, buffer->fb);
	munmap(buffer->base, buffer->size);
	drmCloseBufferHandle(fd, buffer->handle);
}

static uint32_t *pixel(const struct buffer *buffer, uint32_t x, uint32_t y)
{
	return (uint32_t *)(buffer->base + (uint64_t)y * buffer->pitch) + x;
}

/* Each pixel differs from those beside it, and from those of another seed. */
static uint32_t pattern(uint32_t x, uint32_t y, uint32_t seed)
{
	return (((x * 2654435761u) ^ (y * 40503u * 2246822519u) ^
		 (seed * 3266489917u)) >> 8) & 0xffffff;
}

static void draw(const struct buffer *buffer, uint32_t seed)
{
	uint32_t x, y;

	for (y = 0; y < buffer->height; y++)
		for (x = 0; x < buffer->width; x++)
			*pixel(buffer, x, y) = pattern(x, y, seed);
}

/* Pixels of @buffer that do not have the pattern. */
static long lost(const struct buffer *buffer, uint32_t seed)
{
	uint32_t x, y;
	long wrong = 0;

	for (y = 0; y < buffer->height; y++)
		for (x = 0; x < buffer->width; x++)
			wrong += *pixel(buffer, x, y) != pattern(x, y, seed);
	return wrong;
}

/* Has the screen been changed here? Else it is the pattern. */
typedef bool (*is_changed_fn)(uint32_t x, uint32_t y, uint32_t *color);

/* Pixels of the screen that differ; -1 if it has another size. */
static long differs(uint32_t width, uint32_t height, uint32_t seed,
		    is_changed_fn is_changed)
{
	/* A VGA shows whole characters. */
	uint32_t shown = take_screenshot_width();
	uint32_t *seen, x, y;
	long wrong = 0;

	if (shown < width || shown > (width + 7) / 8 * 8)
		return -1;
	seen = take_screenshot(shown, height);
	if (!seen)
		return -1;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			uint32_t color = pattern(x, y, seed);

			if (is_changed)
				is_changed(x, y, &color);
			wrong += seen[y * shown + x] != color;
		}
	free(seen);

	return wrong;
}

#define EXPECT_SHOWS(buffer, seed, is_changed) do { \
	if (has_outside()) \
		EXPECT_EQ(0, differs((buffer).width, (buffer).height, seed, \
				     is_changed)); \
} while (0)

static int show(int fd, struct display *display, struct buffer *buffer)
{
	drmModeModeInfo *mode = find_mode(display, buffer->width,
					  buffer->height);

	return mode ? set_crtc(fd, display, buffer->fb, mode) : ENOENT;
}

/* As after drawing, where that is not seen by itself. */
static int dirty(int fd, struct buffer *buffer)
{
	return -drmModeDirtyFB(fd, buffer->fb, NULL, 0);
}

/*
 * Objects of CREATE in all of video memory but for @rest bytes in one piece. Returns
 * how many there are in @handles.
 */
static int fill_vram(int fd, uint64_t rest, uint32_t *handles)
{
	uint64_t largest;
	uint32_t last;
	int count = 0;

	if (test_create(fd, rest, &last))
		return 0;
	while (count < 64) {
		largest = test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
		if (!largest || test_create(fd, largest, &handles[count]))
			break;
		count++;
	}
	drmCloseBufferHandle(fd, last);

	return count;
}

/* What can be had when others have to move out. */
static int fill_rest(int fd, uint32_t *handles, int count)
{
	uint64_t size;

	for (size = 512 * KiB; size >= PAGE; size /= 2)
		while (count < 64 && !test_create(fd, size, &handles[count]))
			count++;

	return count;
}

static void empty_vram(int fd, uint32_t *handles, int count)
{
	while (count--)
		drmCloseBufferHandle(fd, handles[count]);
}

/* Programs try what works with buffers that no mode could show. */
TEST_F(scanout, small_frame_buffers)
{
	static const uint32_t sizes[] = { 1, 2, 8, 16, 31, 64, 100, 256 };
	struct buffer buffer;
	uint32_t far;
	size_t i;

	/* From behind this no hardware could show them. */
	ASSERT_EQ(0, test_create(self->fd, self->free_before / 2, &far));
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, make_buffer(self->fd, sizes[i], sizes[i],
					 DRM_FORMAT_XRGB8888, &buffer))
			TH_LOG("%ux%u", sizes[i], sizes[i]);
		drop_buffer(self->fd, &buffer);
	}
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, far));
}

static int flip_and_wait(int fd, uint32_t crtc, uint32_t fb)
{
	drmEventContext events = { .version = 2 };
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int ret = drmModePageFlip(fd, crtc, fb, DRM_MODE_PAGE_FLIP_EVENT, NULL);

	if (ret)
		return -ret;
	if (poll(&ready, 1, 10000) != 1)
		return ETIMEDOUT;

	return drmHandleEvent(fd, &events) ? EIO : 0;
}

/* Each mode, beside the console, with two buffers that are flipped. */
TEST_F(scanout, two_buffers_for_each_mode)
{
	drmModeConnector *info = self->display.info;
	struct buffer buffers[2];
	int i, j;

	for (i = 0; i < info->count_modes; i++) {
		drmModeModeInfo *mode = &info->modes[i];

		if (i && !strcmp(mode->name, info->modes[i - 1].name))
			continue;
		for (j = 0; j < 2; j++) {
			ASSERT_EQ(0, make_buffer(self->fd, mode->hdisplay,
						 mode->vdisplay,
						 DRM_FORMAT_XRGB8888,
						 &buffers[j]))
				TH_LOG("%s: buffer %d", mode->name, j);
			if (i % 8 == 0)
				draw(&buffers[j], i + j);
		}
		ASSERT_EQ(0, set_crtc(self->fd, &self->display, buffers[0].fb,
				      mode))
			TH_LOG("%s", mode->name);
		if (i % 8 == 0)
			EXPECT_SHOWS(buffers[0], i, NULL);
		ASSERT_EQ(0, flip_and_wait(self->fd, self->display.crtc,
					   buffers[1].fb))
			TH_LOG("%s", mode->name);
		if (i % 8 == 0)
			EXPECT_SHOWS(buffers[1], i + 1, NULL);
		for (j = 0; j < 2; j++)
			drop_buffer(self->fd, &buffers[j]);
	}
}

/* Buffers that fit by sum, and a page each, are all in video memory. */
TEST_F(scanout, buffers_are_packed)
{
	struct buffer buffers[4];
	uint64_t rest = 4 * (4000 * KiB + PAGE);
	uint32_t handles[64];
	int i, count = 0;
	char *view;

	if (self->free_before < rest)
		rest = 3 * (4000 * KiB + PAGE);
	if (self->free_before > rest)
		count = fill_vram(self->fd, rest, handles);
	for (i = 0; i < rest / (4000 * KiB); i++) {
		ASSERT_EQ(0, make_buffer(self->fd, 1280, 800,
					 DRM_FORMAT_XRGB8888, &buffers[i]));
		/* It is in video memory: elsewhere there are no views. */
		view = map_whole(self->fd, buffers[i].handle);
		ASSERT_NE(NULL, view)
			TH_LOG("buffer %d", i);
		EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
	}
	while (i--)
		drop_buffer(self->fd, &buffers[i]);
	empty_vram(self->fd, handles, count);
}

/* Without room in video memory: shown by copies, no views of it. */
TEST_F(scanout, system_memory)
{
	struct drm_vidmem_map_video_memory args = { 0 };
	uint32_t handles[64], fixed, fb, *seen;
	struct buffer buffer;
	int count;

	/* Something on display that does not make room. */
	ASSERT_EQ(0, test_create(self->fd, 640 * 480 * 4, &fixed));
	ASSERT_EQ(0, add_fb(self->fd, fixed, 640, 480, 2560, 0, &fb));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, fb,
			      find_mode(&self->display, 640, 480)));
	count = fill_vram(self->fd, 1 * MiB, handles);
	ASSERT_LT(0, count);
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &buffer));
	args.handle = buffer.handle;
	EXPECT_EQ(EOPNOTSUPP, test_map(self->fd, &args));
	draw(&buffer, 1);
	if (self->has_hardware) {
		/* Not even room for a copy. */
		count = fill_rest(self->fd, handles, count);
		EXPECT_EQ(ENOSPC, show(self->fd, &self->display, &buffer));
	}
	empty_vram(self->fd, handles, count);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	EXPECT_SHOWS(buffer, 1, NULL);
	draw(&buffer, 2);
	ASSERT_EQ(0, dirty(self->fd, &buffer));
	EXPECT_SHOWS(buffer, 2, NULL);

	/* A part of it alone. */
	if (has_outside()) {
		drmModeClip clip = { 100, 50, 120, 60 };

		draw(&buffer, 3);
		ASSERT_EQ(0, drmModeDirtyFB(self->fd, buffer.fb, &clip, 1));
		seen = take_screenshot(640, 480);
		ASSERT_NE(NULL, seen);
		EXPECT_EQ(pattern(100, 50, 3), seen[50 * 640 + 100]);
		EXPECT_EQ(pattern(119, 59, 3), seen[59 * 640 + 119]);
		EXPECT_EQ(pattern(120, 59, 2), seen[59 * 640 + 120]);
		EXPECT_EQ(pattern(99, 50, 2), seen[50 * 640 + 99]);
		free(seen);
	}
	args = (struct drm_vidmem_map_video_memory) { 0 };
	EXPECT_EQ(EOPNOTSUPP, test_map(self->fd, &args));
	drop_buffer(self->fd, &buffer);
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, fixed));
}

/* A mapping of a buffer that has to move out does not notice. */
TEST_F(scanout, moves_out)
{
	struct drm_vidmem_map_video_memory args = { 0 };
	uint32_t handles[64];
	struct buffer buffer;
	uint64_t size;
	int count;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &buffer));
	draw(&buffer, 1);
	size = test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	count = fill_vram(self->fd, PAGE, handles);
	ASSERT_LE(1, count);
	/* The console's may move, too. */
	count = fill_rest(self->fd, handles, count);
	EXPECT_EQ(0, lost(&buffer, 1));
	args.handle = buffer.handle;
	EXPECT_EQ(EOPNOTSUPP, test_map(self->fd, &args));
	draw(&buffer, 2);
	EXPECT_EQ(0, lost(&buffer, 2));
	empty_vram(self->fd, handles, count);
	EXPECT_GE(test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE),
		  size);
	/* Once moved, it stays. */
	EXPECT_EQ(EOPNOTSUPP, test_map(self->fd, &args));
	EXPECT_EQ(0, lost(&buffer, 2));
	drop_buffer(self->fd, &buffer);
}

/* What has a view stays, and so does what is on display. */
TEST_F(scanout, stays)
{
	struct buffer viewed, shown;
	uint32_t handles[64];
	char *view;
	int count;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &viewed));
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &shown));
	draw(&viewed, 1);
	draw(&shown, 2);
	view = map_whole(self->fd, viewed.handle);
	ASSERT_NE(NULL, view);
	ASSERT_EQ(0, show(self->fd, &self->display, &shown));
	count = fill_vram(self->fd, PAGE, handles);
	count = fill_rest(self->fd, handles, count);
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
	view = map_whole(self->fd, viewed.handle);
	ASSERT_NE(NULL, view);
	EXPECT_EQ(0, memcmp(view, viewed.base, viewed.size));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
	EXPECT_SHOWS(shown, 2, NULL);
	/* Without a further call, so it is still shown from its place. */
	draw(&shown, 3);
	EXPECT_SHOWS(shown, 3, NULL);
	empty_vram(self->fd, handles, count);
	drop_buffer(self->fd, &viewed);
	drop_buffer(self->fd, &shown);
}

/* What is copied to takes no more than what is shown needs. */
TEST_F(scanout, copies_give_back)
{
	struct buffer small, large;
	uint32_t handles[64];
	uint64_t free_at_first;
	int count;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &small));
	ASSERT_EQ(0, make_buffer(self->fd, 1024, 768, DRM_FORMAT_XRGB8888,
				 &large));
	draw(&small, 1);
	draw(&large, 2);
	/* Both move out. */
	count = fill_vram(self->fd, PAGE, handles);
	count = fill_rest(self->fd, handles, count);
	empty_vram(self->fd, handles, count);

	ASSERT_EQ(0, show(self->fd, &self->display, &small));
	free_at_first = vram_free(self->fd);
	ASSERT_EQ(0, show(self->fd, &self->display, &large));
	EXPECT_SHOWS(large, 2, NULL);
	if (self->has_hardware)
		EXPECT_GT(free_at_first, vram_free(self->fd));
	ASSERT_EQ(0, show(self->fd, &self->display, &small));
	EXPECT_SHOWS(small, 1, NULL);
	EXPECT_EQ(free_at_first, vram_free(self->fd));
	drop_buffer(self->fd, &small);
	drop_buffer(self->fd, &large);
}

static bool free_is_one_piece(int fd)
{
	return vram_free(fd) ==
	       test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
}

/* Nor does it stay where it is in the way of others once programs have ended. */
TEST_F(scanout, copies_make_room)
{
	uint32_t handles[64], first;
	int count, tries, buf;

	/* The console is copied from now on, to behind what is not let go yet. */
	count = fill_vram(self->fd, PAGE, handles);
	count = fill_rest(self->fd, handles, count);
	empty_vram(self->fd, handles, count);
	ASSERT_TRUE(all_is_clear_in_the_end(self->fd));
	/* Its cursor blinks: it may be back before anybody looks. */
	for (tries = 0; tries < 20; tries++) {
		ASSERT_EQ(0, set_crtc(self->fd, &self->display, 0, NULL));
		ASSERT_EQ(0, test_create(self->fd, 1 * MiB, &first));
		ASSERT_EQ(0, drmPrimeHandleToFD(self->fd, first, DRM_CLOEXEC,
						&buf));
		close(self->fd);
		self->fd = test_open();
		close(buf);
		if (!self->has_hardware || !free_is_one_piece(self->fd))
			break;
	}
	ASSERT_LT(tries, 20);

	close(self->fd);
	self->fd = test_open();
	for (tries = 0; tries < 100; tries++) {
		if (free_is_one_piece(self->fd))
			break;
		usleep(100000);
	}
	EXPECT_LT(tries, 100);
}

#define PART_X		100
#define PART_Y		50
#define PART_WIDTH	320
#define PART_HEIGHT	240

static uint32_t part_seed;

/* Black, but for the part, which has the pattern from its own corner. */
static bool all_but_part(uint32_t x, uint32_t y, uint32_t *color)
{
	uint32_t in_x = x - PART_X, in_y = y - PART_Y;

	*color = in_x < PART_WIDTH && in_y < PART_HEIGHT ?
		 pattern(in_x, in_y, part_seed) : 0;
	return true;
}

static int show_at(int fd, struct display *display, uint32_t fb, int32_t x,
		   int32_t y, uint32_t width, uint32_t height)
{
	drmModePlaneResPtr planes;
	int ret;

	/* The primary one comes first. */
	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	planes = drmModeGetPlaneResources(fd);
	ret = -drmModeSetPlane(fd, planes->planes[0], display->crtc, fb, 0, x, y,
			       width, height, 0, 0, width << 16, height << 16);
	drmModeFreePlaneResources(planes);
	return ret;
}

static int show_part(int fd, struct display *display, uint32_t fb)
{
	return show_at(fd, display, fb, PART_X, PART_Y, PART_WIDTH, PART_HEIGHT);
}

/* A frame buffer in a part of the screen, the rest of which is black. */
TEST_F(scanout, part_of_the_screen)
{
	struct buffer screen, part;
	uint32_t handle, fb;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &screen));
	ASSERT_EQ(0, make_buffer(self->fd, PART_WIDTH, PART_HEIGHT,
				 DRM_FORMAT_XRGB8888, &part));
	draw(&screen, 1);
	draw(&part, 2);
	ASSERT_EQ(0, show(self->fd, &self->display, &screen));
	ASSERT_EQ(0, show_part(self->fd, &self->display, part.fb));
	part_seed = 2;
	EXPECT_SHOWS(screen, 2, all_but_part);
	draw(&part, 3);
	ASSERT_EQ(0, dirty(self->fd, &part));
	part_seed = 3;
	EXPECT_SHOWS(screen, 3, all_but_part);

	/* What is drawn to without a word cannot be put together with others. */
	ASSERT_EQ(0, test_create(self->fd, 640 * 480 * 4, &handle));
	ASSERT_EQ(0, add_fb(self->fd, handle, 640, 480, 2560, 0, &fb));
	EXPECT_EQ(self->has_hardware ? EINVAL : 0,
		  show_part(self->fd, &self->display, fb));
	ASSERT_EQ(0, show(self->fd, &self->display, &screen));
	EXPECT_SHOWS(screen, 1, NULL);
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	drop_buffer(self->fd, &part);
	drop_buffer(self->fd, &screen);
}

static const drmModeModeInfo odd_mode = {
	.clock = 85500, .hdisplay = 1366, .hsync_start = 1436,
	.hsync_end = 1579, .htotal = 1792, .vdisplay = 768,
	.vsync_start = 771, .vsync_end = 774, .vtotal = 798,
	.vrefresh = 60, .name = "1366x768",
};

/* No width that hardware counts in. */
TEST_F(scanout, odd_width)
{
	drmModeModeInfo mode = odd_mode;
	struct buffer buffer;

	ASSERT_EQ(0, make_buffer(self->fd, 1366, 768, DRM_FORMAT_XRGB8888,
				 &buffer));
	draw(&buffer, 1);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, buffer.fb, &mode));
	EXPECT_SHOWS(buffer, 1, NULL);
	drop_buffer(self->fd, &buffer);
}

/* A console needs room for a character, of 32 by 32 pixels at most. */
TEST_F(scanout, smallest_mode)
{
	drmModeModeInfo mode = odd_mode;
	struct buffer buffer;

	mode.hdisplay = 64;
	mode.vdisplay = 64;
	ASSERT_EQ(0, make_buffer(self->fd, 64, 64, DRM_FORMAT_XRGB8888,
				 &buffer));
	draw(&buffer, 1);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, buffer.fb, &mode));
	mode.hdisplay = 31;
	EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, buffer.fb, &mode));
	mode.hdisplay = 64;
	mode.vdisplay = 31;
	EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, buffer.fb, &mode));
	EXPECT_SHOWS(buffer, 1, NULL);
	drop_buffer(self->fd, &buffer);
}

#define CURSOR_X	300
#define CURSOR_Y	200
#define CURSOR_SIZE	64

static int cursor_x, cursor_y;

/* Opaque red left, nothing in the middle, half of a blue right. */
static bool cursor_changes(uint32_t x, uint32_t y, uint32_t *color)
{
	x -= cursor_x;
	y -= cursor_y;
	if (x >= CURSOR_SIZE || y >= CURSOR_SIZE)
		return false;
	if (x < 16) {
		*color = 0xff0000;
	} else if (x >= 48) {
		uint32_t r = *color >> 16, g = *color >> 8 & 0xff,
			 b = *color & 0xff;

		/* (color * 127 + 127) / 255 for each, and blue's 0x80. */
		*color = (r * 127 + 127) / 255 << 16 |
			 (g * 127 + 127) / 255 << 8 |
			 (0x80 + (b * 127 + 127) / 255);
	}
	return true;
}

static void draw_cursor(struct buffer *cursor)
{
	uint32_t x, y;

	for (y = 0; y < CURSOR_SIZE; y++)
		for (x = 0; x < CURSOR_SIZE; x++)
			*pixel(cursor, x, y) = x < 16 ? 0xffff0000 :
					       x < 48 ? 0 : 0x80000080;
}

/* In a buffer of its own, at the usual place. */
static int show_cursor(int fd, uint32_t crtc, struct buffer *cursor)
{
	int ret = make_buffer(fd, CURSOR_SIZE, CURSOR_SIZE, DRM_FORMAT_ARGB8888,
			      cursor);

	if (ret)
		return ret;
	draw_cursor(cursor);
	cursor_x = CURSOR_X;
	cursor_y = CURSOR_Y;
	return drmModeMoveCursor(fd, crtc, CURSOR_X, CURSOR_Y) ?:
	       drmModeSetCursor(fd, crtc, cursor->handle, CURSOR_SIZE,
				CURSOR_SIZE);
}

TEST_F(scanout, cursor)
{
	struct buffer buffer, cursor;
	uint32_t handle, fb;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &buffer));
	draw(&buffer, 1);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	ASSERT_EQ(0, show_cursor(self->fd, self->display.crtc, &cursor));
	EXPECT_SHOWS(buffer, 1, cursor_changes);
	/* Over the edge; where it was, there is the buffer again. */
	cursor_x = 620;
	cursor_y = -10;
	ASSERT_EQ(0, drmModeMoveCursor(self->fd, self->display.crtc, 620, -10));
	EXPECT_SHOWS(buffer, 1, cursor_changes);
	draw(&buffer, 2);
	ASSERT_EQ(0, dirty(self->fd, &buffer));
	EXPECT_SHOWS(buffer, 2, cursor_changes);
	ASSERT_EQ(0, drmModeSetCursor(self->fd, self->display.crtc, 0, 0, 0));
	EXPECT_SHOWS(buffer, 2, NULL);
	/* And from its place again. */
	draw(&buffer, 3);
	EXPECT_SHOWS(buffer, 3, NULL);

	/* What its owner draws into without saying so cannot be copied. */
	ASSERT_EQ(0, test_create(self->fd, 640 * 480 * 4, &handle));
	ASSERT_EQ(0, add_fb(self->fd, handle, 640, 480, 2560, 0, &fb));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, fb,
			      find_mode(&self->display, 640, 480)));
	EXPECT_EQ(self->has_hardware ? -EINVAL : 0,
		  drmModeSetCursor(self->fd, self->display.crtc, cursor.handle,
				   CURSOR_SIZE, CURSOR_SIZE));
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	drop_buffer(self->fd, &cursor);
	drop_buffer(self->fd, &buffer);
}

static bool cursor_alone(uint32_t x, uint32_t y, uint32_t *color)
{
	*color = 0;
	return cursor_changes(x, y, color);
}

/* A property of the CRTC, as programs set it that know atomic requests alone. */
static int set_crtc_property(int fd, uint32_t crtc, const char *name, uint64_t value)
{
	drmModeAtomicReqPtr commit = drmModeAtomicAlloc();
	int ret;

	drmModeAtomicAddProperty(commit, crtc,
				 find_property(fd, crtc, DRM_MODE_OBJECT_CRTC, name),
				 value);
	ret = -drmModeAtomicCommit(fd, commit, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
	drmModeAtomicFree(commit);
	return ret;
}

/* The buffer below it goes, or is elsewhere: over black. */
TEST_F(scanout, cursor_over_nothing)
{
	const struct buffer large = { .width = 800, .height = 600 };
	uint32_t crtc = self->display.crtc, mode;
	drmModeModeInfo *large_mode = find_mode(&self->display, 800, 600);
	struct buffer buffer, cursor;
	drmModeCrtcPtr seen;

	ASSERT_NE(NULL, large_mode);
	ASSERT_EQ(0, drmSetClientCap(self->fd, DRM_CLIENT_CAP_ATOMIC, 1));
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888, &buffer));
	draw(&buffer, 1);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	ASSERT_EQ(0, show_cursor(self->fd, crtc, &cursor));
	ASSERT_EQ(0, show_at(self->fd, &self->display, buffer.fb, 640, 0, 640, 480));
	EXPECT_SHOWS(buffer, 1, cursor_alone);
	ASSERT_EQ(0, show_at(self->fd, &self->display, buffer.fb, 0, 0, 640, 480));
	EXPECT_SHOWS(buffer, 1, cursor_changes);

	EXPECT_EQ(0, drmModeRmFB(self->fd, buffer.fb));
	seen = drmModeGetCrtc(self->fd, crtc);
	ASSERT_NE(NULL, seen);
	EXPECT_EQ(0, seen->buffer_id);
	drmModeFreeCrtc(seen);
	EXPECT_SHOWS(buffer, 1, cursor_alone);
	cursor_x = 620;
	ASSERT_EQ(0, drmModeMoveCursor(self->fd, crtc, cursor_x, cursor_y));
	EXPECT_SHOWS(buffer, 1, cursor_alone);

	/* All that changes what is shown knows of it. */
	ASSERT_EQ(0, drmModeCreatePropertyBlob(self->fd, large_mode,
					       sizeof(*large_mode), &mode));
	ASSERT_EQ(0, set_crtc_property(self->fd, crtc, "MODE_ID", mode));
	EXPECT_SHOWS(large, 1, cursor_alone);
	ASSERT_EQ(0, set_crtc_property(self->fd, crtc, "ACTIVE", 0));
	ASSERT_EQ(0, set_crtc_property(self->fd, crtc, "ACTIVE", 1));
	EXPECT_SHOWS(large, 1, cursor_alone);

	/* It goes, and comes again to what is black by itself. */
	ASSERT_EQ(0, drmModeSetCursor(self->fd, crtc, 0, 0, 0));
	ASSERT_EQ(0, drmModeSetCursor(self->fd, crtc, cursor.handle, CURSOR_SIZE,
				      CURSOR_SIZE));
	EXPECT_SHOWS(large, 1, cursor_alone);
	drop_buffer(self->fd, &buffer);
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888, &buffer));
	draw(&buffer, 2);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	EXPECT_SHOWS(buffer, 2, cursor_changes);
	ASSERT_EQ(0, drmModeSetCursor(self->fd, crtc, 0, 0, 0));
	EXPECT_SHOWS(buffer, 2, NULL);
	drmModeDestroyPropertyBlob(self->fd, mode);
	drop_buffer(self->fd, &cursor);
	drop_buffer(self->fd, &buffer);
}

/* Green halved, no blue: as programs for the evening do. */
static bool gamma_changes(uint32_t x, uint32_t y, uint32_t *color)
{
	*color = (*color & 0xff0000) | (*color >> 9 & 0x7f) << 8;
	return true;
}

static int set_gamma(int fd, uint32_t crtc, bool on)
{
	uint16_t red[256], green[256], blue[256];
	int i;

	for (i = 0; i < 256; i++) {
		red[i] = i * 0x101;
		green[i] = on ? (i / 2) * 0x101 : i * 0x101;
		blue[i] = on ? 0 : i * 0x101;
	}
	return drmModeCrtcSetGamma(fd, crtc, 256, red, green, blue);
}

TEST_F(scanout, gamma)
{
	struct buffer buffer;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
				 &buffer));
	draw(&buffer, 1);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	ASSERT_EQ(0, set_gamma(self->fd, self->display.crtc, true));
	EXPECT_SHOWS(buffer, 1, gamma_changes);
	ASSERT_EQ(0, set_gamma(self->fd, self->display.crtc, false));
	EXPECT_SHOWS(buffer, 1, NULL);
	draw(&buffer, 2);
	EXPECT_SHOWS(buffer, 2, NULL);
	drop_buffer(self->fd, &buffer);
}

/* The console's colors are its own again, and so are those of who comes next. */
TEST_F(scanout, gamma_ends_with_its_client)
{
	uint32_t crtc = self->display.crtc, property, handle, fb;
	drmModeObjectPropertiesPtr all;
	struct buffer buffer;
	uint32_t i;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888, &buffer));
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	ASSERT_EQ(0, set_gamma(self->fd, crtc, true));
	drop_buffer(self->fd, &buffer);
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);

	property = find_property(self->fd, crtc, DRM_MODE_OBJECT_CRTC, "GAMMA_LUT");
	all = drmModeObjectGetProperties(self->fd, crtc, DRM_MODE_OBJECT_CRTC);
	ASSERT_NE(NULL, all);
	for (i = 0; i < all->count_props; i++)
		if (all->props[i] == property)
			EXPECT_EQ(0, all->prop_values[i]);
	drmModeFreeObjectProperties(all);
	EXPECT_NE(0, property);

	/* Which hardware has no gamma for. */
	ASSERT_EQ(0, test_create(self->fd, 4 * MiB, &handle));
	ASSERT_EQ(0, add_fb(self->fd, handle, 1024, 768, 4096, 0, &fb));
	EXPECT_EQ(0, set_crtc(self->fd, &self->display, fb,
			      find_mode(&self->display, 1024, 768)));
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* As programs draw that think of what is below them: there is nothing. */
TEST_F(scanout, alpha)
{
	struct writeback writeback;
	struct buffer buffer, cursor;

	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_ARGB8888, &buffer));
	/* All of it transparent. */
	draw(&buffer, 1);
	ASSERT_EQ(0, show(self->fd, &self->display, &buffer));
	EXPECT_SHOWS(buffer, 1, NULL);
	ASSERT_EQ(0, show_cursor(self->fd, self->display.crtc, &cursor));
	EXPECT_SHOWS(buffer, 1, cursor_changes);
	ASSERT_EQ(0, drmModeSetCursor(self->fd, self->display.crtc, 0, 0, 0));
	drop_buffer(self->fd, &cursor);

	if (!self->has_hardware) {
		struct buffer target;

		ASSERT_TRUE(find_writeback(self->fd, &writeback));
		ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888,
					 &target));
		ASSERT_EQ(0, write_back(self->fd, &writeback, self->display.crtc,
					target.fb, DRM_MODE_ATOMIC_ALLOW_MODESET));
		EXPECT_EQ(0, lost(&target, 1));
		drop_buffer(self->fd, &target);
	}
	drop_buffer(self->fd, &buffer);
}

/* A program has what is shown written into its memory, while it is shown. */
TEST_F(scanout, writeback)
{
	struct buffer shown, target;
	struct writeback writeback;
	drmModeCrtcPtr crtc;

	ASSERT_EQ(self->has_hardware, !find_writeback(self->fd, &writeback));
	if (self->has_hardware)
		return;
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888, &shown));
	ASSERT_EQ(0, make_buffer(self->fd, 640, 480, DRM_FORMAT_XRGB8888, &target));
	draw(&shown, 1);
	ASSERT_EQ(0, show(self->fd, &self->display, &shown));
	ASSERT_EQ(0, write_back(self->fd, &writeback, self->display.crtc, target.fb,
				DRM_MODE_ATOMIC_ALLOW_MODESET));
	EXPECT_EQ(0, lost(&target, 1));
	/* The next one changes nothing but the picture. */
	draw(&shown, 2);
	ASSERT_EQ(0, write_back(self->fd, &writeback, self->display.crtc, target.fb,
				0));
	EXPECT_EQ(0, lost(&target, 2));

	crtc = drmModeGetCrtc(self->fd, self->display.crtc);
	ASSERT_NE(NULL, crtc);
	EXPECT_EQ(shown.fb, crtc->buffer_id);
	EXPECT_EQ(1, crtc->mode_valid);
	drmModeFreeCrtc(crtc);
	drop_buffer(self->fd, &shown);
	drop_buffer(self->fd, &target);
}

/* A card of this driver other than the one under test. */
static int open_other(int fd, const char *want)
{
	char path[300], name[32] = "";
	struct dirent *entry;
	DIR *dir = opendir("/dev/dri");
	int found = -1;

	while (dir && found < 0 && (entry = readdir(dir))) {
		drmVersionPtr version;
		struct stat ours, theirs;

		if (strncmp(entry->d_name, "card", 4))
			continue;
		snprintf(path, sizeof(path), "/dev/dri/%s", entry->d_name);
		found = open(path, O_RDWR | O_CLOEXEC);
		version = found < 0 ? NULL : drmGetVersion(found);
		if (version)
			snprintf(name, sizeof(name), "%s", version->name);
		drmFreeVersion(version);
		if (found >= 0 &&
		    (strcmp(name, want) || fstat(fd, &ours) ||
		     fstat(found, &theirs) || ours.st_rdev == theirs.st_rdev)) {
			close(found);
			found = -1;
		}
	}
	if (dir)
		closedir(dir);

	return found;
}

/* A buffer of another device, which we show. */
static void import_from(struct __test_metadata *_metadata, int fd,
			struct display *display, int other)
{
	struct drm_mode_create_dumb args = {
		.width = 640, .height = 480, .bpp = 32,
	};
	struct drm_vidmem_map_video_memory map = { 0 };
	struct stat first, second;
	struct buffer theirs, ours;
	uint32_t handle, fb;
	int prime, again;

	ASSERT_EQ(0, test_ioctl(other, DRM_IOCTL_MODE_CREATE_DUMB, &args));
	theirs = (struct buffer) {
		.width = 640, .height = 480, .pitch = args.pitch,
		.size = args.size,
		.base = mmap_object(other, args.handle, args.size,
				    PROT_READ | PROT_WRITE, MAP_SHARED),
	};
	ASSERT_NE(NULL, theirs.base);
	draw(&theirs, 1);
	ASSERT_EQ(0, drmPrimeHandleToFD(other, args.handle,
					DRM_CLOEXEC | DRM_RDWR, &prime));
	ASSERT_EQ(0, drmPrimeFDToHandle(fd, prime, &handle));
	ASSERT_EQ(0, add_fb(fd, handle, 640, 480, args.pitch, 0, &fb));
	ASSERT_EQ(0, set_crtc(fd, display, fb, find_mode(display, 640, 480)));
	EXPECT_SHOWS(theirs, 1, NULL);
	draw(&theirs, 2);
	EXPECT_EQ(0, drmModeDirtyFB(fd, fb, NULL, 0));
	EXPECT_SHOWS(theirs, 2, NULL);

	/* There is no view of it, but a mapping, of the same memory. */
	map.handle = handle;
	EXPECT_EQ(EOPNOTSUPP, test_map(fd, &map));
	ours = theirs;
	ours.base = mmap_object(fd, handle, args.size, PROT_READ | PROT_WRITE,
				MAP_SHARED);
	ASSERT_NE(NULL, ours.base);
	EXPECT_EQ(0, lost(&ours, 2));
	draw(&ours, 3);
	EXPECT_EQ(0, lost(&theirs, 3));
	EXPECT_EQ(NULL, mmap_object(fd, handle, args.size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE));
	EXPECT_EQ(NULL, mmap_object(fd, handle, args.size + PAGE, PROT_READ,
				    MAP_SHARED));
	/* What goes out again is what came in. */
	ASSERT_EQ(0, drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC, &again));
	EXPECT_EQ(0, fstat(prime, &first));
	EXPECT_EQ(0, fstat(again, &second));
	EXPECT_EQ(first.st_ino, second.st_ino);
	close(again);
	close(prime);
	drmModeRmFB(fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(fd, handle));
	munmap(theirs.base, theirs.size);
	EXPECT_EQ(0, drmCloseBufferHandle(other, args.handle));
	/* The mapping needs none of it. */
	EXPECT_EQ(0, lost(&ours, 3));
	munmap(ours.base, ours.size);
}

TEST_F(scanout, import)
{
	int other = open_other(self->fd, "vgem");

	ASSERT_LE(0, other)
		TH_LOG("no vgem");
	import_from(_metadata, self->fd, &self->display, other);
	close(other);
	/* Where there are two adapters: the other one's. */
	other = open_other(self->fd, "vidmem");
	if (other >= 0)
		import_from(_metadata, self->fd, &self->display, other);
	close(other);
}

/* Who got a dma-buf to read cannot write by way of us. */
TEST_F(scanout, import_to_read)
{
	int prime, other = open_other(self->fd, "vgem");
	struct drm_mode_create_dumb args = {
		.width = 64, .height = 64, .bpp = 32,
	};
	uint32_t handle;
	void *base;

	ASSERT_LE(0, other)
		TH_LOG("no vgem");
	ASSERT_EQ(0, test_ioctl(other, DRM_IOCTL_MODE_CREATE_DUMB, &args));
	ASSERT_EQ(0, drmPrimeHandleToFD(other, args.handle, DRM_CLOEXEC, &prime));
	ASSERT_EQ(0, drmPrimeFDToHandle(self->fd, prime, &handle));
	base = mmap_object(self->fd, handle, args.size, PROT_READ | PROT_WRITE,
			   MAP_SHARED);
	EXPECT_EQ(NULL, base);
	EXPECT_EQ(EACCES, errno);
	base = mmap_object(self->fd, handle, args.size, PROT_READ, MAP_SHARED);
	ASSERT_NE(NULL, base);
	EXPECT_EQ(-1, mprotect(base, args.size, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	munmap(base, args.size);
	close(prime);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	close(other);
}

/* One of no GPU at all, whose exporter cares less about its mappings. */
TEST_F(scanout, import_udmabuf)
{
	struct udmabuf_create args = { .size = 16 * PAGE };
	int prime, device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	uint32_t handle;
	char *base, *other;

	/* Not in each kernel; Debian's 6.1 is without. */
	if (device < 0) {
		ASSERT_EQ(ENOENT, errno);
		return;
	}
	args.memfd = memfd_create("udmabuf", MFD_ALLOW_SEALING);
	ASSERT_EQ(0, ftruncate(args.memfd, args.size));
	ASSERT_EQ(0, fcntl(args.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	prime = ioctl(device, UDMABUF_CREATE, &args);
	ASSERT_LE(0, prime);
	ASSERT_EQ(0, drmPrimeFDToHandle(self->fd, prime, &handle));
	base = mmap_object(self->fd, handle, args.size, PROT_READ | PROT_WRITE,
			   MAP_SHARED);
	ASSERT_NE(NULL, base);
	other = mmap(NULL, args.size, PROT_READ, MAP_SHARED, args.memfd, 0);
	ASSERT_NE(MAP_FAILED, other);
	base[15 * PAGE] = 7;
	EXPECT_EQ(7, other[15 * PAGE]);
	/* No mapping of a DRM device grows. */
	EXPECT_EQ(MAP_FAILED, mremap(base, args.size, 2 * args.size,
				     MREMAP_MAYMOVE));
	munmap(base, args.size);
	munmap(other, args.size);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
	close(prime);
	close(args.memfd);
	close(device);
}

/* The least that can be in a mode list: preferred 648x496, by a file of debugfs. */
static void fill_edid(uint8_t *edid)
{
	static const uint8_t timing[18] = {
		/* 25.20 MHz, 648 + 152, 496 + 29. */
		0xd8, 0x09, 0x88, 0x98, 0x20, 0xf0, 0x1d, 0x10, 0x10, 0x20,
		0x22, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1e,
	};
	int i, sum = 0;

	memset(edid, 0, 128);
	memset(edid + 1, 0xff, 6);
	edid[8] = 0x59;		/* VMT */
	edid[9] = 0xb4;
	edid[16] = 1;
	edid[17] = 36;
	edid[18] = 1;
	edid[19] = 4;
	edid[20] = 0xa5;
	edid[24] = 0x02;	/* the first timing is the preferred one */
	memset(edid + 38, 1, 16);
	memcpy(edid + 54, timing, sizeof(timing));
	edid[54 + 18 + 3] = edid[54 + 36 + 3] = edid[54 + 54 + 3] = 0x10;
	for (i = 0; i < 127; i++)
		sum += edid[i];
	edid[127] = -sum;
}

static int override_edid(int fd, const void *edid, size_t size)
{
	int i, file = -1, ret;
	struct stat info;
	char path[128];

	fstat(fd, &info);
	/* Numbered through all adapters. */
	for (i = 1; i < 9 && file < 0; i++) {
		snprintf(path, sizeof(path),
			 "/sys/kernel/debug/dri/%u/Virtual-%d/edid_override",
			 minor(info.st_rdev), i);
		file = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (file < 0)
		return errno;
	ret = write(file, edid, size) == size ? 0 : errno;
	close(file);

	return ret;
}

TEST_F(scanout, edid_override)
{
	drmModeConnectorPtr info;
	uint8_t edid[128];

	fill_edid(edid);
	ASSERT_EQ(0, override_edid(self->fd, edid, sizeof(edid)));
	info = drmModeGetConnector(self->fd, self->display.connector);
	ASSERT_NE(NULL, info);
	EXPECT_EQ(648, info->modes[0].hdisplay);
	EXPECT_EQ(496, info->modes[0].vdisplay);
	EXPECT_TRUE(info->modes[0].type & DRM_MODE_TYPE_PREFERRED);
	drmModeFreeConnector(info);
	ASSERT_EQ(0, override_edid(self->fd, "reset", 5));
	info = drmModeGetConnector(self->fd, self->display.connector);
	EXPECT_NE(648, info->modes[0].hdisplay);
	drmModeFreeConnector(info);
}

TEST_HARNESS_MAIN
