// SPDX-License-Identifier: MIT
/* A picture of the display, from the video memory that is on it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xf86drm.h>
#include <xf86drmMode.h>

#include "frame.h"
#include "screenshot.h"

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

static const char *take_frame_buffer(struct vidmem_device *dev,
				     const drmModeCrtc *crtc,
				     const drmModeFB2 *fb,
				     struct picture *picture)
{
	const struct format *format = frame_format(fb);
	uint64_t offset, size = frame_size(fb);
	int fd = vidmem_device_fd(dev);
	uint32_t palette[PALETTE_SIZE];
	const unsigned char *base;
	const char *reason;

	if (!format)
		return "its pixel format is unknown";
	if (!fb->handles[0])
		return "not allowed to read what another program displays; run as root";
	offset = frame_offset(fd, fb);
	base = offset ? frame_map(fd, offset, size) : NULL;
	if (!base)
		return strerror(errno);

	frame_palette(fd, crtc->crtc_id, palette);
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
	frame_free(fd, fb);
	drmModeFreeCrtc(crtc);
	drmModeFreeResources(res);

	return reason;
}
