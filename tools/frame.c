// SPDX-License-Identifier: MIT
/* Frame buffers on display: what their pixels mean, and where they are. */

#include <string.h>
#include <sys/mman.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "frame.h"

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

static uint32_t read_argb8888(const unsigned char *pixel,
			      const uint32_t *palette)
{
	return read_xrgb8888(pixel, palette) | (uint32_t)pixel[3] << 24;
}

static uint32_t read_c8(const unsigned char *pixel, const uint32_t *palette)
{
	return palette[*pixel];
}

static const struct format formats[] = {
	{ DRM_FORMAT_XRGB8888, 4, read_xrgb8888 },
	{ DRM_FORMAT_ARGB8888, 4, read_argb8888 },
	{ DRM_FORMAT_RGB888, 3, read_rgb888 },
	{ DRM_FORMAT_RGB565, 2, read_rgb565 },
	{ DRM_FORMAT_XRGB1555, 2, read_xrgb1555 },
	{ DRM_FORMAT_C8, 1, read_c8 },
};

const struct format *frame_format(const drmModeFB2 *fb)
{
	size_t i;

	if (fb->flags & DRM_MODE_FB_MODIFIERS && fb->modifier)
		return NULL;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].fourcc == fb->pixel_format)
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
void frame_palette(int fd, uint32_t crtc, uint32_t *palette)
{
	drmModePropertyBlobPtr blob = get_blob(fd, crtc, "GAMMA_LUT");
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

/*
 * Not by MAP: that is for what is in video memory, and would keep another program's
 * buffer there.
 */
uint64_t frame_offset(int fd, const drmModeFB2 *fb)
{
	struct drm_mode_map_dumb args = { .handle = fb->handles[0] };

	return drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &args) ? 0 : args.offset;
}

uint64_t frame_size(const drmModeFB2 *fb)
{
	return fb->offsets[0] + (uint64_t)fb->pitches[0] * fb->height;
}

const unsigned char *frame_map(int fd, uint64_t offset, uint64_t size)
{
	void *base = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, offset);

	return base == MAP_FAILED ? NULL : base;
}

void frame_free(int fd, drmModeFB2 *fb)
{
	if (fb && fb->handles[0])
		drmCloseBufferHandle(fd, fb->handles[0]);
	drmModeFreeFB2(fb);
}
