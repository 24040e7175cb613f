// SPDX-License-Identifier: MIT
/* A picture of the display, from the video memory that is on it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "screenshot.h"

#define PALETTE_SIZE 256

/* One pixel of the format as XRGB8888. */
typedef uint32_t (*read_fn)(const unsigned char *pixel, const uint32_t *palette);

/* The highest bits repeat below, so that the brightest becomes the brightest. */
static uint32_t widen(uint32_t value, unsigned int bits)
{
	return value << (8 - bits) | value >> (2 * bits - 8);
}

static uint32_t read_16(const unsigned char *pixel)
{
	return pixel[0] | pixel[1] << 8;
}

static uint32_t read_xrgb8888(const unsigned char *pixel,
			      const uint32_t *palette)
{
	(void)palette;
	return read_16(pixel) | (uint32_t)pixel[2] << 16;
}

static uint32_t read_rgb888(const unsigned char *pixel, const uint32_t *palette)
{
	return read_xrgb8888(pixel, palette);
}

static uint32_t read_rgb565(const unsigned char *pixel, const uint32_t *palette)
{
	uint32_t value = read_16(pixel);

	(void)palette;
	return widen(value >> 11, 5) << 16 | widen(value >> 5 & 63, 6) << 8 |
	       widen(value & 31, 5);
}

static uint32_t read_xrgb1555(const unsigned char *pixel,
			      const uint32_t *palette)
{
	uint32_t value = read_16(pixel);

	(void)palette;
	return widen(value >> 10 & 31, 5) << 16 |
	       widen(value >> 5 & 31, 5) << 8 | widen(value & 31, 5);
}

static uint32_t read_c8(const unsigned char *pixel, const uint32_t *palette)
{
	return palette[*pixel];
}

static const struct format {
	uint32_t fourcc;
	uint32_t bytes;
	read_fn read;
} formats[] = {
	{ DRM_FORMAT_XRGB8888, 4, read_xrgb8888 },
	{ DRM_FORMAT_RGB888, 3, read_rgb888 },
	{ DRM_FORMAT_RGB565, 2, read_rgb565 },
	{ DRM_FORMAT_XRGB1555, 2, read_xrgb1555 },
	{ DRM_FORMAT_C8, 1, read_c8 },
};

static const struct format *find_format(uint32_t fourcc)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].fourcc == fourcc)
			return &formats[i];

	return NULL;
}

/* What the property holds, to be freed, or NULL. */
static drmModePropertyBlobPtr get_blob(int fd, uint32_t crtc, const char *name)
{
	drmModeObjectPropertiesPtr all =
		drmModeObjectGetProperties(fd, crtc, DRM_MODE_OBJECT_CRTC);
	drmModePropertyBlobPtr blob = NULL;
	uint32_t i;

	for (i = 0; all && !blob && i < all->count_props; i++) {
		drmModePropertyPtr property =
			drmModeGetProperty(fd, all->props[i]);

		if (property && !strcmp(property->name, name))
			blob = drmModeGetPropertyBlob(fd, all->prop_values[i]);
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(all);

	return blob;
}

/*
 * Shades of gray where none was loaded. Not drmModeCrtcGetGamma(), which knows
 * only of what was loaded by its counterpart.
 */
static void get_palette(int fd, const drmModeCrtc *crtc, uint32_t *palette)
{
	drmModePropertyBlobPtr blob = get_blob(fd, crtc->crtc_id, "GAMMA_LUT");
	const struct drm_color_lut *lut = NULL;
	uint32_t i;

	if (blob && blob->length == PALETTE_SIZE * sizeof(*lut))
		lut = blob->data;
	for (i = 0; i < PALETTE_SIZE; i++)
		palette[i] = lut ? (uint32_t)(lut[i].red >> 8) << 16 |
			     (uint32_t)(lut[i].green >> 8) << 8 |
			     lut[i].blue >> 8 : i << 16 | i << 8 | i;
	drmModeFreePropertyBlob(blob);
}

static const char *copy_pixels(const drmModeFB2 *fb,
			       const struct format *format,
			       const uint32_t *palette, uint64_t first,
			       const unsigned char *base, uint64_t size,
			       struct picture *picture)
{
	const unsigned char *line = base + first;
	uint32_t x, y;

	/* Never past the mapping, whatever the frame buffer says. */
	if (first + (uint64_t)(picture->height - 1) * fb->pitches[0] +
	    (uint64_t)picture->width * format->bytes > size)
		return "the frame buffer ends before the display";

	picture->pixels = malloc((size_t)picture->width * picture->height * 4);
	if (!picture->pixels)
		return strerror(errno);
	for (y = 0; y < picture->height; y++, line += fb->pitches[0])
		for (x = 0; x < picture->width; x++)
			picture->pixels[(size_t)y * picture->width + x] =
				format->read(line + x * format->bytes, palette);

	return NULL;
}

/*
 * Not by MAP: that is for what is in video memory, and would keep another program's
 * buffer there.
 */
static const unsigned char *map_frame_buffer(int fd, const drmModeFB2 *fb,
					     uint64_t size)
{
	struct drm_mode_map_dumb args = { .handle = fb->handles[0] };
	void *base;

	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &args))
		return NULL;
	base = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, args.offset);

	return base == MAP_FAILED ? NULL : base;
}

static const char *take_frame_buffer(struct vidmem_device *dev,
				     const drmModeCrtc *crtc,
				     const drmModeFB2 *fb,
				     struct picture *picture)
{
	const struct format *format = find_format(fb->pixel_format);
	uint64_t size = fb->offsets[0] + (uint64_t)fb->pitches[0] * fb->height;
	int fd = vidmem_device_fd(dev);
	uint32_t palette[PALETTE_SIZE];
	const unsigned char *base;
	const char *reason;

	if (!format || (fb->flags & DRM_MODE_FB_MODIFIERS && fb->modifier))
		return "its pixel format is unknown";
	if (!fb->handles[0])
		return "not allowed to read what another program displays; run as root";
	base = map_frame_buffer(fd, fb, size);
	if (!base)
		return strerror(errno);

	get_palette(fd, crtc, palette);
	picture->width = crtc->mode.hdisplay;
	picture->height = crtc->mode.vdisplay;
	reason = copy_pixels(fb, format, palette, fb->offsets[0] +
			     (uint64_t)crtc->y * fb->pitches[0] +
			     (uint64_t)crtc->x * format->bytes, base, size,
			     picture);
	munmap((void *)base, size);

	return reason;
}

/* Its handles are for root and for whoever has the display: nobody, perhaps. */
static drmModeFB2Ptr get_frame_buffer(int fd, uint32_t id)
{
	drmModeFB2Ptr fb = drmModeGetFB2(fd, id);

	if (!fb || fb->handles[0] || drmIsMaster(fd) || drmSetMaster(fd))
		return fb;
	drmModeFreeFB2(fb);
	fb = drmModeGetFB2(fd, id);
	drmDropMaster(fd);

	return fb;
}

const char *screenshot_take(struct vidmem_device *dev, struct picture *picture)
{
	int fd = vidmem_device_fd(dev);
	drmModeResPtr res = drmModeGetResources(fd);
	const char *reason = "the display is off";
	drmModeCrtcPtr crtc = NULL;
	drmModeFB2Ptr fb = NULL;

	memset(picture, 0, sizeof(*picture));
	if (res && res->count_crtcs)
		crtc = drmModeGetCrtc(fd, res->crtcs[0]);
	if (crtc && crtc->mode_valid && crtc->buffer_id)
		fb = get_frame_buffer(fd, crtc->buffer_id);
	if (fb)
		reason = take_frame_buffer(dev, crtc, fb, picture);
	if (fb && fb->handles[0])
		drmCloseBufferHandle(fd, fb->handles[0]);
	drmModeFreeFB2(fb);
	drmModeFreeCrtc(crtc);
	drmModeFreeResources(res);

	return reason;
}
