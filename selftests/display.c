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
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
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

static bool has_outside(void)
{
	return getenv("VIDMEM_CONTROL") && getenv("VIDMEM_SCREEN");
}

/*
 * Have the outside take a screenshot and compare it with the pattern, whose
 * point left, top is in the upper left corner. Returns the number of pixels
 * that differ, or -1 if there is no screenshot of this size.
 */
static long differs(uint32_t width, uint32_t height, uint32_t left,
		    uint32_t top, uint32_t seed)
{
	int control = open(getenv("VIDMEM_CONTROL"), O_RDWR | O_NOCTTY);
	unsigned int wide, high;
	uint32_t x, y;
	char answer[8] = "";
	long wrong = 0;
	FILE *file;

	if (control < 0 || write(control, "screendump test\n", 16) != 16 ||
	    read(control, answer, 5) != 5 || memcmp(answer, "done\n", 5))
		return -1;
	close(control);
	file = fopen("/out/test.ppm", "r");
	if (!file || fscanf(file, "P6 %u %u 255", &wide, &high) != 2 ||
	    fgetc(file) != '\n' || wide != width || high != height)
		return -1;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			uint32_t seen = fgetc(file) << 16;

			seen |= fgetc(file) << 8;
			seen |= fgetc(file);
			wrong += seen != (pattern(x + left, y + top, seed) &
					  0xffffff);
		}
	fclose(file);

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
		uint64_t bytes = 4ull * mode->hdisplay * mode->vdisplay;
		struct screen screen;

		EXPECT_LE(bytes, size);
		if (bytes > largest)
			continue;
		ASSERT_EQ(0, new_screen(self->fd, mode->hdisplay,
					mode->vdisplay, mode->hdisplay * 4, 0,
					&screen));
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

/* Formats and pitches that the hardware has not are refused. */
TEST_F(display, bad_frame_buffers)
{
	drmModeModeInfo *mode = find_mode(&self->display, 640, 480);
	uint32_t handle, fb, handles[4] = { 0 }, pitches[4] = { 2560 },
		 offsets[4] = { 0 };

	ASSERT_NE(NULL, mode);
	ASSERT_EQ(0, test_create(self->fd, 2 * MiB, &handle));
	handles[0] = handle;
	if (!drmModeAddFB2(self->fd, 640, 480, DRM_FORMAT_YUYV, handles,
			   pitches, offsets, &fb, 0)) {
		EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, fb,
					   mode));
		drmModeRmFB(self->fd, fb);
	}
	EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2556, 0, &fb));
	EXPECT_EQ(EINVAL, add_fb(self->fd, handle, 640, 480, 2560, 1 * MiB,
				 &fb));
	EXPECT_EQ(ENOENT, add_fb(self->fd, handle + 1, 640, 480, 2560, 0, &fb));
	/* A start that is no multiple of a pixel is on no screen of bochs. */
	if (test_param(self->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
	    DRM_VIDMEM_ADAPTER_BOCHS) {
		ASSERT_EQ(0, add_fb(self->fd, handle, 640, 480, 2560, 2, &fb));
		EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, fb,
					   mode));
		drmModeRmFB(self->fd, fb);
	}
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

TEST_HARNESS_MAIN
