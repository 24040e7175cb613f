// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What is drawn through a mapping is what the display shows. The display is
 * looked at from outside, where there is an outside: in the virtual machine,
 * whose runner answers on $VIDMEM_CONTROL and leaves screenshots in /out. An
 * adapter without such a display ($VIDMEM_SCREEN is not set) is only asked.
 */

#include <sys/poll.h>

#include "vidmem_test.h"

FIXTURE(display)
{
	int fd;
	struct display display;
	uint64_t free_before;
};

FIXTURE_SETUP(display)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, get_display(self->fd, &self->display));
}

FIXTURE_TEARDOWN(display)
{
	if (self->fd < 0)
		return;
	drmModeFreeConnector(self->display.info);
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(self->free_before,
		  vram_free_in_the_end(self->fd, self->free_before));
	close(self->fd);
}

static bool plane_has(int fd, uint32_t fourcc)
{
	drmModePlaneResPtr planes;
	drmModePlanePtr plane;
	bool has = false;
	uint32_t i;

	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	planes = drmModeGetPlaneResources(fd);
	plane = drmModeGetPlane(fd, planes->planes[0]);
	for (i = 0; i < plane->count_formats; i++)
		has |= plane->formats[i] == fourcc;
	drmModeFreePlane(plane);
	drmModeFreePlaneResources(planes);

	return has;
}

/* A frame buffer on an object of its own, drawn into through a view. */
struct screen {
	uint32_t handle, fb;
	uint32_t width, height, pitch, offset;
	uint64_t size;
	char *view;
};

static int new_screen(int fd, uint32_t width, uint32_t height, uint32_t pitch,
		      uint32_t offset, struct screen *screen)
{
	int ret;

	*screen = (struct screen) {
		.width = width, .height = height, .pitch = pitch,
		.offset = offset, .size = offset + (uint64_t)pitch * height,
	};
	ret = test_create(fd, screen->size, &screen->handle);
	if (!ret)
		ret = add_fb(fd, screen->handle, width, height, pitch, offset,
			     &screen->fb);
	if (!ret)
		screen->view = map_whole(fd, screen->handle);
	return ret ?: screen->view ? 0 : ENOMEM;
}

static void drop_screen(int fd, struct screen *screen)
{
	drmModeRmFB(fd, screen->fb);
	test_unmap(fd, (uintptr_t)screen->view);
	drmCloseBufferHandle(fd, screen->handle);
}

static uint32_t *pixel(const struct screen *screen, uint32_t x, uint32_t y)
{
	return (uint32_t *)(screen->view + screen->offset +
			    (uint64_t)y * screen->pitch) + x;
}

/* Each pixel differs from those beside it, and from those of another seed. */
static uint32_t pattern(uint32_t x, uint32_t y, uint32_t seed)
{
	return ((x * 2654435761u) ^ (y * 40503u * 2246822519u) ^
		(seed * 3266489917u)) >> 8;
}

static void draw(const struct screen *screen, uint32_t seed)
{
	uint32_t x, y;

	for (y = 0; y < screen->height; y++)
		for (x = 0; x < screen->width; x++)
			*pixel(screen, x, y) = pattern(x, y, seed);
}

/*
 * Compare what the outside sees with the pattern, whose point left, top is in
 * the upper left corner. Returns the number of pixels that differ, or -1 if
 * there is no screenshot of this size.
 */
static long differs(uint32_t width, uint32_t height, uint32_t left,
		    uint32_t top, uint32_t seed)
{
	uint32_t *seen = take_screenshot(width, height);
	uint32_t x, y;
	long wrong = 0;

	if (!seen)
		return -1;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			wrong += seen[y * width + x] !=
				 (pattern(x + left, y + top, seed) & 0xffffff);
	free(seen);

	return wrong;
}

/* Only where there is an outside; what else a test shows it shows anyway. */
#define EXPECT_SHOWS(width, height, left, top, seed) do { \
	if (has_outside()) \
		EXPECT_EQ(0, differs(width, height, left, top, seed)); \
} while (0)

TEST_F(display, shows_what_is_drawn)
{
	drmModeModeInfo *mode = find_mode(&self->display, 1024, 768);
	struct screen screen;

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, new_screen(self->fd, 1024, 768, 4096, 0, &screen));
	draw(&screen, 1);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	EXPECT_SHOWS(1024, 768, 0, 0, 1);
	/* Without any further call. */
	draw(&screen, 2);
	EXPECT_SHOWS(1024, 768, 0, 0, 2);
	drop_screen(self->fd, &screen);
}

/* The same through a plain mapping, and through a view by handle 0. */
TEST_F(display, every_kind_of_mapping)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	struct drm_vidmem_map_video_memory args = { 0 };
	struct screen screen, other;

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 0, &screen));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	other = screen;
	other.view = mmap_object(self->fd, screen.handle, screen.size,
				 PROT_READ | PROT_WRITE, MAP_SHARED);
	ASSERT_NE(NULL, other.view);
	draw(&other, 3);
	EXPECT_SHOWS(640, 480, 0, 0, 3);
	EXPECT_EQ(pattern(639, 479, 3), *pixel(&screen, 639, 479));
	EXPECT_EQ(0, munmap(other.view, screen.size));

	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(480 * 2560, args.frame_buffer_length);
	other.view = (char *)(uintptr_t)args.frame_buffer_base;
	draw(&other, 4);
	EXPECT_SHOWS(640, 480, 0, 0, 4);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	drop_screen(self->fd, &screen);
}

/* A frame buffer in the midst of its object, in the midst of video memory. */
TEST_F(display, any_start)
{
	drmModeModeInfo *mode = find_mode(&self->display, 800, 600);
	uint32_t in_between;
	struct screen screen;

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, test_create(self->fd, 3 * PAGE, &in_between));
	ASSERT_EQ(0, new_screen(self->fd, 800, 600, 832 * 4, 12344, &screen));
	draw(&screen, 5);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	EXPECT_SHOWS(800, 600, 0, 0, 5);
	drop_screen(self->fd, &screen);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, in_between));
}

/* A frame buffer larger than the mode is looked at through a window. */
TEST_F(display, panning)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	struct screen screen;

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, new_screen(self->fd, 1000, 700, 4000 + 32, 0, &screen));
	draw(&screen, 6);
	ASSERT_EQ(0, drmModeSetCrtc(self->fd, self->display.crtc, screen.fb,
				    123, 45, &self->display.connector, 1,
				    mode));
	EXPECT_SHOWS(640, 480, 123, 45, 6);
	ASSERT_EQ(0, drmModeSetCrtc(self->fd, self->display.crtc, screen.fb,
				    360, 220, &self->display.connector, 1,
				    mode));
	EXPECT_SHOWS(640, 480, 360, 220, 6);
	drop_screen(self->fd, &screen);
}

static int flips;

static void count_flip(int fd, unsigned int sequence, unsigned int sec,
		       unsigned int usec, void *data)
{
	flips++;
}

TEST_F(display, page_flip)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	drmEventContext events = {
		.version = 2, .page_flip_handler = count_flip,
	};
	struct pollfd ready = { .fd = self->fd, .events = POLLIN };
	struct screen screens[2];
	int i;

	ASSERT_NE(NULL, mode);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 0,
					&screens[i]));
		draw(&screens[i], 7 + i);
	}
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screens[0].fb, mode));
	for (i = 1; i < 10; i++) {
		ASSERT_EQ(0, drmModePageFlip(self->fd, self->display.crtc,
					     screens[i % 2].fb,
					     DRM_MODE_PAGE_FLIP_EVENT, NULL));
		ASSERT_EQ(1, poll(&ready, 1, 5000));
		ASSERT_EQ(0, drmHandleEvent(self->fd, &events));
		EXPECT_EQ(i, flips);
		if (i < 3)
			EXPECT_SHOWS(640, 480, 0, 0, 7 + i % 2);
	}
	for (i = 0; i < 2; i++)
		drop_screen(self->fd, &screens[i]);
}

/*
 * As fast as it goes, as nothing keeps them apart: each commit may end before the
 * one before it has cleaned up.
 */
TEST_F(display, page_flips_in_a_row)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	struct screen screens[2];
	int i, done = 0, error;

	ASSERT_NE(NULL, mode);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 0,
					&screens[i]));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screens[0].fb, mode));
	while (done < 1000) {
		error = -drmModePageFlip(self->fd, self->display.crtc,
					 screens[done % 2].fb, 0, NULL);
		if (!error)
			done++;
		else	/* the one before has not been done yet */
			ASSERT_EQ(EBUSY, error);
	}
	for (i = 0; i < 2; i++)
		drop_screen(self->fd, &screens[i]);
}

static void set_dpms(int fd, struct display *display, uint64_t value)
{
	int i;

	for (i = 0; i < display->info->count_props; i++) {
		drmModePropertyPtr prop =
			drmModeGetProperty(fd, display->info->props[i]);

		if (!strcmp(prop->name, "DPMS"))
			drmModeConnectorSetProperty(fd, display->connector,
						    prop->prop_id, value);
		drmModeFreeProperty(prop);
	}
}

/* How many pixels of the screen are not black. */
static long lit_pixels(uint32_t width, uint32_t height)
{
	uint32_t *seen = take_screenshot(width, height);
	uint32_t i;
	long lit = 0;

	if (!seen)
		return -1;
	for (i = 0; i < width * height; i++)
		lit += seen[i] != 0;
	free(seen);

	return lit;
}

/* DPMS off and on: views work meanwhile, and the picture is back. */
TEST_F(display, dpms)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	struct screen screen;

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 4096, &screen));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	draw(&screen, 9);
	set_dpms(self->fd, &self->display, DRM_MODE_DPMS_OFF);
	draw(&screen, 10);
	/* A VGA goes dark; bochs-display has nothing to do so. */
	if (has_outside() && plane_has(self->fd, DRM_FORMAT_C8))
		EXPECT_EQ(0, lit_pixels(640, 480));
	set_dpms(self->fd, &self->display, DRM_MODE_DPMS_ON);
	EXPECT_SHOWS(640, 480, 0, 0, 10);
	drop_screen(self->fd, &screen);
}

/* Every mode that is offered can be set, if there is memory for it now. */
TEST_F(display, every_mode)
{
	uint64_t largest = test_param(self->fd,
				      DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	uint64_t size = test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_SIZE);
	int i, set = 0;

	ASSERT_GT(self->display.info->count_modes, 0);
	for (i = 0; i < self->display.info->count_modes; i++) {
		drmModeModeInfo *mode = &self->display.info->modes[i];
		/* Whole groups of 8 pixels, as hardware counts them. */
		uint32_t pitch = (mode->hdisplay + 7) / 8 * 8 * 4;
		uint64_t bytes = (uint64_t)pitch * mode->vdisplay;
		struct screen screen;

		EXPECT_LE(bytes, size);
		if (bytes > largest)
			continue;
		ASSERT_EQ(0, new_screen(self->fd, mode->hdisplay,
					mode->vdisplay, pitch, 0, &screen));
		ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb,
				      mode))
			TH_LOG("%ux%u", mode->hdisplay, mode->vdisplay);
		/* All of them from outside would take too long. */
		if (!(set++ % 8)) {
			draw(&screen, i);
			EXPECT_SHOWS(mode->hdisplay, mode->vdisplay, 0, 0, i);
		}
		drop_screen(self->fd, &screen);
	}
	EXPECT_GT(set, 3);
}

/* Its first detailed timing, at byte 54. */
static void expect_preferred(struct __test_metadata *_metadata,
			     const drmModeModeInfo *mode, const uint8_t *edid)
{
	EXPECT_EQ(edid[56] | (edid[58] & 0xf0) << 4, mode->hdisplay);
	EXPECT_EQ(edid[59] | (edid[61] & 0xf0) << 4, mode->vdisplay);
}

/*
 * The PCI adapter's display describes itself, the virtual one's does not. Both
 * have a mode they prefer.
 */
TEST_F(display, edid)
{
	bool bochs = test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
		     DRM_VIDMEM_ADAPTER_BOCHS;
	drmModeModeInfo *mode = self->display.info->modes;
	bool found = false;
	int i;

	ASSERT_GT(self->display.info->count_modes, 0);
	EXPECT_TRUE(mode->type & DRM_MODE_TYPE_PREFERRED);
	for (i = 0; i < self->display.info->count_props; i++) {
		drmModePropertyPtr prop =
			drmModeGetProperty(self->fd,
					   self->display.info->props[i]);
		uint64_t value = self->display.info->prop_values[i];

		if (!strcmp(prop->name, "EDID") && value) {
			drmModePropertyBlobPtr blob =
				drmModeGetPropertyBlob(self->fd, value);

			found = blob && blob->length >= 128 &&
				!memcmp(blob->data, "\0\xff\xff\xff", 4);
			if (found)
				expect_preferred(_metadata, mode, blob->data);
			drmModeFreePropertyBlob(blob);
		}
		drmModeFreeProperty(prop);
	}
	EXPECT_EQ(bochs, found);
}

/* Without a frame buffer the screen is black, where hardware can do that. */
TEST_F(display, plane_off)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	drmModePlaneResPtr planes;
	struct screen screen;

	ASSERT_NE(NULL, mode);
	drmSetClientCap(self->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	planes = drmModeGetPlaneResources(self->fd);
	ASSERT_NE(NULL, planes);
	ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 0, &screen));
	draw(&screen, 13);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	EXPECT_EQ(0, drmModeSetPlane(self->fd, planes->planes[0],
				     self->display.crtc, 0, 0, 0, 0, 0, 0, 0,
				     0, 0, 0));
	if (has_outside() && plane_has(self->fd, DRM_FORMAT_C8))
		EXPECT_EQ(0, lit_pixels(640, 480));
	EXPECT_EQ(0, drmModeSetPlane(self->fd, planes->planes[0],
				     self->display.crtc, screen.fb, 0, 0, 0,
				     640, 480, 0, 0, 640 << 16, 480 << 16));
	EXPECT_SHOWS(640, 480, 0, 0, 13);
	drmModeFreePlaneResources(planes);
	drop_screen(self->fd, &screen);
}

/* Formats and pitches that the hardware has not are refused. */
TEST_F(display, bad_frame_buffers)
{
	uint32_t handle, fb, handles[4] = { 0 }, pitches[4] = { 2560 },
		 offsets[4] = { 0 };

	ASSERT_EQ(0, test_create(self->fd, 2 * MiB, &handle));
	handles[0] = handle;
	EXPECT_EQ(-EINVAL, drmModeAddFB2(self->fd, 640, 480, DRM_FORMAT_YUYV,
					 handles, pitches, offsets, &fb, 0));
	EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2556, 0, &fb));
	EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2560, 1 * MiB,
				 &fb));
	EXPECT_EQ(ENOENT, add_fb(self->fd, handle + 1, 640, 480, 2560, 0, &fb));
	/* A start that is no multiple of a pixel is on no screen of bochs. */
	if (test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
	    DRM_VIDMEM_ADAPTER_BOCHS) {
		EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2560, 2,
					 &fb));
		EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2564, 0,
					 &fb));
	}
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* What a stored value looks like on the screen, in each format. */
static uint32_t shown_rgb565(uint32_t v)
{
	uint32_t r = v >> 11 & 31, g = v >> 5 & 63, b = v & 31;

	return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 |
	       (b << 3 | b >> 2);
}

static uint32_t shown_xrgb1555(uint32_t v)
{
	uint32_t r = v >> 10 & 31, g = v >> 5 & 31, b = v & 31;

	return (r << 3 | r >> 2) << 16 | (g << 3 | g >> 2) << 8 |
	       (b << 3 | b >> 2);
}

static uint32_t shown_rgb888(uint32_t v)
{
	return v & 0xffffff;
}

static uint16_t palette[3][256];

static uint32_t shown_c8(uint32_t v)
{
	v &= 255;
	return (palette[0][v] >> 8) << 16 | (palette[1][v] >> 8) << 8 |
	       palette[2][v] >> 8;
}

/*
 * QEMU fills the low bits of 5 and 6 bit colors with zeroes or with the high
 * ones, by version: only the high bits are the display's own.
 */
FIXTURE(format)
{
	int fd;
	struct display display;
	uint64_t free_before;
};

FIXTURE_VARIANT(format)
{
	uint32_t fourcc, bytes, mask;
	uint32_t (*shown)(uint32_t value);
};

FIXTURE_VARIANT_ADD(format, XRGB8888)
{
	.fourcc = DRM_FORMAT_XRGB8888, .bytes = 4, .mask = 0xffffff,
	.shown = shown_rgb888,
};

FIXTURE_VARIANT_ADD(format, RGB888)
{
	.fourcc = DRM_FORMAT_RGB888, .bytes = 3, .mask = 0xffffff,
	.shown = shown_rgb888,
};

FIXTURE_VARIANT_ADD(format, RGB565)
{
	.fourcc = DRM_FORMAT_RGB565, .bytes = 2, .mask = 0xf8fcf8,
	.shown = shown_rgb565,
};

FIXTURE_VARIANT_ADD(format, XRGB1555)
{
	.fourcc = DRM_FORMAT_XRGB1555, .bytes = 2, .mask = 0xf8f8f8,
	.shown = shown_xrgb1555,
};

FIXTURE_VARIANT_ADD(format, C8)
{
	.fourcc = DRM_FORMAT_C8, .bytes = 1, .mask = 0xffffff,
	.shown = shown_c8,
};

FIXTURE_SETUP(format)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, get_display(self->fd, &self->display));
}

FIXTURE_TEARDOWN(format)
{
	if (self->fd < 0)
		return;
	drmModeFreeConnector(self->display.info);
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(self->free_before,
		  vram_free_in_the_end(self->fd, self->free_before));
	close(self->fd);
}

static long format_differs(const uint8_t *base, uint32_t pitch, uint32_t bytes,
			   uint32_t mask, uint32_t (*shown)(uint32_t value))
{
	uint32_t *seen = take_screenshot(640, 480);
	uint32_t x, y;
	long wrong = 0;

	if (!seen)
		return -1;
	for (y = 0; y < 480; y++)
		for (x = 0; x < 640; x++) {
			uint32_t value = 0;

			memcpy(&value, base + y * pitch + x * bytes, bytes);
			wrong += ((seen[y * 640 + x] ^ shown(value)) & mask) !=
				 0;
		}
	free(seen);

	return wrong;
}

TEST_F(format, shows_what_is_drawn)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	uint32_t handles[4] = { 0 }, pitches[4] = { 640 * variant->bytes },
		 offsets[4] = { 0 };
	/* Hardware has palettes; for gamma it needs copies, which CREATE has not. */
	int gamma = variant->fourcc == DRM_FORMAT_C8 || !has_outside() ?
		    0 : -EINVAL;
	uint32_t fb, i, size = pitches[0] * 480;
	uint8_t *base;

	ASSERT_NE(NULL, mode);
	/* Large, so that it is where all formats can be shown from. */
	ASSERT_EQ(0, test_create(self->fd, 2 * MiB, &handles[0]));
	if (!plane_has(self->fd, variant->fourcc)) {
		/* The adapter says that it has not; then it must refuse. */
		EXPECT_EQ(-EINVAL, drmModeAddFB2(self->fd, 640, 480,
						 variant->fourcc, handles,
						 pitches, offsets, &fb, 0));
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handles[0]));
		return;
	}
	base = map_whole(self->fd, handles[0]);
	ASSERT_NE(NULL, base);
	for (i = 0; i < size; i++)
		base[i] = (i * 2654435761u) >> 13;
	ASSERT_EQ(0, drmModeAddFB2(self->fd, 640, 480, variant->fourcc,
				   handles, pitches, offsets, &fb, 0));
	/* Before the mode: it comes into force with it. */
	for (i = 0; i < 256; i++)
		palette[0][i] = palette[1][i] = palette[2][i] =
			(variant->fourcc == DRM_FORMAT_C8 ? i ^ 0x33 : i) *
			0x101;
	EXPECT_EQ(0, drmModeCrtcSetGamma(self->fd, self->display.crtc, 256,
					 palette[0], palette[1], palette[2]));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, fb, mode));
	if (has_outside())
		EXPECT_EQ(0, format_differs(base, pitches[0], variant->bytes,
					    variant->mask, variant->shown));

	/* A table that changes colors. */
	for (i = 0; i < 256; i++) {
		palette[0][i] = (255 - i) * 0x101;
		palette[1][i] = (i ^ 0x55) * 0x101;
		palette[2][i] = (i * 7 & 255) * 0x101;
	}
	EXPECT_EQ(gamma, drmModeCrtcSetGamma(self->fd, self->display.crtc, 256,
					     palette[0], palette[1],
					     palette[2]));
	if (has_outside())
		EXPECT_EQ(0, format_differs(base, pitches[0], variant->bytes,
					    variant->mask, variant->shown));
	/* It stays over DPMS. */
	set_dpms(self->fd, &self->display, DRM_MODE_DPMS_OFF);
	set_dpms(self->fd, &self->display, DRM_MODE_DPMS_ON);
	if (has_outside())
		EXPECT_EQ(0, format_differs(base, pitches[0], variant->bytes,
					    variant->mask, variant->shown));
	/* A palette is nothing to the format that comes next. */
	if (variant->fourcc == DRM_FORMAT_C8) {
		uint32_t other;

		ASSERT_EQ(0, add_fb(self->fd, handles[0], 640, 480, 2560, 0,
				    &other));
		EXPECT_EQ(0, set_crtc(self->fd, &self->display, other, mode));
		if (has_outside())
			EXPECT_EQ(0, format_differs(base, 2560, 4, 0xffffff,
						    shown_rgb888));
		drmModeRmFB(self->fd, other);
	}
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)base));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handles[0]));
}

/* Another format in the same mode is no modeset to KMS, but to the hardware. */
TEST_F(display, format_alone_changes)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	uint32_t handles[4] = { 0 }, pitches[4] = { 1280 }, offsets[4] = { 0 };
	struct screen screen;
	uint16_t *short_base;
	uint32_t fb, x, y;

	ASSERT_NE(NULL, mode);
	if (!plane_has(self->fd, DRM_FORMAT_RGB565))
		return;
	ASSERT_EQ(0, new_screen(self->fd, 640, 480, 2560, 0, &screen));
	draw(&screen, 11);
	ASSERT_EQ(0, test_create(self->fd, 640 * 480 * 2, &handles[0]));
	short_base = map_whole(self->fd, handles[0]);
	ASSERT_NE(NULL, short_base);
	for (y = 0; y < 480; y++)
		for (x = 0; x < 640; x++)
			short_base[y * 640 + x] = pattern(x, y, 12);
	ASSERT_EQ(0, drmModeAddFB2(self->fd, 640, 480, DRM_FORMAT_RGB565,
				   handles, pitches, offsets, &fb, 0));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	EXPECT_SHOWS(640, 480, 0, 0, 11);
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, fb, mode));
	if (has_outside())
		EXPECT_EQ(0, format_differs((uint8_t *)short_base, 1280, 2,
					    0xf8fcf8, shown_rgb565));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, screen.fb, mode));
	EXPECT_SHOWS(640, 480, 0, 0, 11);
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)short_base));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handles[0]));
	drop_screen(self->fd, &screen);
}

TEST_HARNESS_MAIN
