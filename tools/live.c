// SPDX-License-Identifier: MIT

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "frame.h"
#include "live.h"

#define MAX_LAYERS 4
#define MAX_OBJECTS 8
/* An object not displayed for so many looks is given up: its owner may have. */
#define KEEP_LOOKS 60

#define TILE_WIDTH 64
#define TILE_HEIGHT 16

const char *const live_forbidden = "not allowed to read what another program displays";

/* Values of "pixel blend mode". */
enum { PREMULTIPLIED, COVERAGE, NO_PIXEL_ALPHA };

enum property {
	PLANE_CRTC, PLANE_FB, PLANE_X, PLANE_Y, PLANE_WIDTH, PLANE_HEIGHT,
	PLANE_SRC_X, PLANE_SRC_Y, PLANE_ALPHA, PLANE_BLEND, PLANE_PROPERTIES
};

static const char *const property_names[PLANE_PROPERTIES] = {
	"CRTC_ID", "FB_ID", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H",
	"SRC_X", "SRC_Y", "alpha", "pixel blend mode"
};

/* What a plane shows; no format: nothing. Planes lie in the order of their list. */
struct layer {
	uint32_t plane;
	uint32_t properties[PLANE_PROPERTIES];
	const struct format *format;
	const unsigned char *pixels;
	uint32_t pitch;
	int32_t left, top, right, bottom;
	uint32_t alpha, blend;
	bool is_opaque;
};

/* Mapped. Where it begins in the device file is its name, as long as it is. */
struct object {
	uint64_t offset, size;
	const unsigned char *base;
	uint64_t seen;
};

struct live {
	int fd;
	uint32_t crtc, active;
	drmModeModeInfo mode;
	bool is_on, is_asked;
	uint64_t time, looks;
	unsigned int count;
	struct layer layers[MAX_LAYERS];
	struct object objects[MAX_OBJECTS];
	uint32_t palette[PALETTE_SIZE];
};

/* The property's number, or 0. */
static uint32_t find_property(int fd, uint32_t id, uint32_t type, const char *name)
{
	drmModeObjectPropertiesPtr all = drmModeObjectGetProperties(fd, id, type);
	uint32_t i, found = 0;

	for (i = 0; all && !found && i < all->count_props; i++) {
		drmModePropertyPtr property = drmModeGetProperty(fd, all->props[i]);

		if (property && !strcmp(property->name, name))
			found = property->prop_id;
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(all);

	return found;
}

static void add_plane(struct live *live, uint32_t id)
{
	struct layer *layer = &live->layers[live->count];
	int i;

	if (live->count == MAX_LAYERS)
		return;
	layer->plane = id;
	for (i = 0; i < PLANE_PROPERTIES; i++)
		layer->properties[i] = find_property(live->fd, id,
						     DRM_MODE_OBJECT_PLANE,
						     property_names[i]);
	live->count++;
}

const char *live_open(int fd, struct live **new)
{
	struct live *live = calloc(1, sizeof(*live));
	drmModePlaneResPtr planes = NULL;
	drmModeResPtr res = NULL;
	uint32_t i;

	if (!live)
		return strerror(errno);
	/* Where planes are is told only to those who know of atomic updates. */
	if (!drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1)) {
		res = drmModeGetResources(fd);
		planes = drmModeGetPlaneResources(fd);
	}
	if (!res || !res->count_crtcs || !planes) {
		drmModeFreeResources(res);
		drmModeFreePlaneResources(planes);
		free(live);
		return "the adapter does not tell of its planes";
	}

	live->fd = fd;
	live->crtc = res->crtcs[0];
	live->active = find_property(fd, live->crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE");
	for (i = 0; i < planes->count_planes; i++)
		add_plane(live, planes->planes[i]);
	drmModeFreeResources(res);
	drmModeFreePlaneResources(planes);
	/* Of a display that has never been on. */
	live->mode = (drmModeModeInfo){ .hdisplay = 640, .vdisplay = 480 };
	*new = live;

	return NULL;
}

static void forget_object(struct object *object)
{
	if (object->base)
		munmap((void *)object->base, object->size);
	object->base = NULL;
}

void live_forget(struct live *live)
{
	unsigned int i;

	for (i = 0; i < live->count; i++)
		live->layers[i].format = NULL;
	for (i = 0; i < MAX_OBJECTS; i++)
		forget_object(&live->objects[i]);
}

void live_close(struct live *live)
{
	live_forget(live);
	free(live);
}

bool live_is_on(const struct live *live)
{
	return live->is_on;
}

uint32_t live_width(const struct live *live)
{
	return live->mode.hdisplay;
}

uint32_t live_height(const struct live *live)
{
	return live->mode.vdisplay;
}

uint64_t live_time(const struct live *live)
{
	return live->time;
}

void live_rate(const struct live *live, uint64_t *frames, uint64_t *seconds)
{
	*frames = (uint64_t)live->mode.clock * 1000;
	*seconds = (uint64_t)live->mode.htotal * live->mode.vtotal;
}

/* The object's memory, mapped once as long as it is displayed, or NULL. */
static const unsigned char *find_object(struct live *live, const drmModeFB2 *fb)
{
	uint64_t offset = frame_offset(live->fd, fb), size = frame_size(fb);
	struct object *object = &live->objects[0];
	int i;

	if (!offset)
		return NULL;
	/* In place of the one that was seen longest ago, if it is none of them. */
	for (i = 0; i < MAX_OBJECTS; i++) {
		struct object *known = &live->objects[i];

		if (known->base && known->offset == offset && known->size == size) {
			known->seen = live->looks;
			return known->base;
		}
		if (!known->base || (object->base && known->seen < object->seen))
			object = known;
	}
	forget_object(object);
	*object = (struct object){ offset, size,
				   frame_map(live->fd, offset, size), live->looks };

	return object->base;
}

/* The part of the frame buffer that is on the display. */
static const char *look_at_frame(struct live *live, struct layer *layer,
				 const drmModeFB2 *fb, const int32_t *values)
{
	const struct format *format = frame_format(fb);
	int32_t x = values[PLANE_SRC_X] >> 16, y = values[PLANE_SRC_Y] >> 16;
	const unsigned char *base;

	if (!format)
		return "its pixel format is unknown";
	if (!fb->handles[0])
		return live_forbidden;
	base = find_object(live, fb);
	if (!base)
		return strerror(errno);

	layer->left = values[PLANE_X];
	layer->top = values[PLANE_Y];
	/* Never past the mapping, whatever the plane says. */
	layer->right = layer->left + values[PLANE_WIDTH];
	if (layer->right > layer->left + (int32_t)fb->width - x)
		layer->right = layer->left + (int32_t)fb->width - x;
	layer->bottom = layer->top + values[PLANE_HEIGHT];
	if (layer->bottom > layer->top + (int32_t)fb->height - y)
		layer->bottom = layer->top + (int32_t)fb->height - y;
	layer->pitch = fb->pitches[0];
	layer->pixels = base + fb->offsets[0] + (size_t)y * layer->pitch +
			(size_t)x * format->bytes;
	layer->alpha = (values[PLANE_ALPHA] & 0xffff) >> 8;
	layer->blend = values[PLANE_BLEND];
	/* Below the first one is nothing but black. */
	layer->is_opaque = layer->alpha == 255 &&
			   (layer == live->layers ||
			    format->fourcc != DRM_FORMAT_ARGB8888 ||
			    layer->blend == NO_PIXEL_ALPHA);
	if (format->fourcc == DRM_FORMAT_C8)
		frame_palette(live->fd, live->crtc, live->palette);
	layer->format = format;

	return NULL;
}

static const char *look_at_plane(struct live *live, struct layer *layer)
{
	drmModeObjectPropertiesPtr all =
		drmModeObjectGetProperties(live->fd, layer->plane,
					   DRM_MODE_OBJECT_PLANE);
	int32_t values[PLANE_PROPERTIES] = { [PLANE_ALPHA] = 0xffff };
	const char *reason = NULL;
	drmModeFB2Ptr fb;
	uint32_t i;
	int j;

	layer->format = NULL;
	if (!all)
		return strerror(errno);
	for (i = 0; i < all->count_props; i++)
		for (j = 0; j < PLANE_PROPERTIES; j++)
			if (all->props[i] == layer->properties[j])
				values[j] = (int32_t)all->prop_values[i];
	drmModeFreeObjectProperties(all);
	if (!values[PLANE_FB] || (uint32_t)values[PLANE_CRTC] != live->crtc)
		return NULL;

	errno = 0;
	fb = drmModeGetFB2(live->fd, values[PLANE_FB]);
	if (fb)
		reason = look_at_frame(live, layer, fb, values);
	else if (errno != ENOENT)
		reason = strerror(errno);
	/* Else removed just now: the next look finds what is there instead. */
	frame_free(live->fd, fb);

	return reason;
}

static bool is_active(const struct live *live)
{
	drmModeObjectPropertiesPtr all =
		drmModeObjectGetProperties(live->fd, live->crtc,
					   DRM_MODE_OBJECT_CRTC);
	bool active = false;
	uint32_t i;

	for (i = 0; all && i < all->count_props; i++)
		if (all->props[i] == live->active)
			active = all->prop_values[i];
	drmModeFreeObjectProperties(all);

	return active;
}

const char *live_look(struct live *live)
{
	drmModeCrtcPtr crtc = drmModeGetCrtc(live->fd, live->crtc);
	const char *reason = NULL;
	unsigned int i;

	if (!crtc)
		return errno == ENODEV ? "the adapter has gone" : strerror(errno);
	live->is_on = crtc->mode_valid && is_active(live);
	if (live->is_on)
		live->mode = crtc->mode;
	drmModeFreeCrtc(crtc);
	live->looks++;
	if (!live->is_on) {
		live_forget(live);
		return NULL;
	}

	for (i = 0; i < live->count && !reason; i++)
		reason = look_at_plane(live, &live->layers[i]);
	for (i = 0; i < MAX_OBJECTS; i++)
		if (live->objects[i].seen + KEEP_LOOKS < live->looks)
			forget_object(&live->objects[i]);

	return reason;
}

/* Rounded, as the display does it. */
static uint32_t div255(uint32_t value)
{
	return (value + 127) / 255;
}

static uint32_t mix(const struct layer *layer, uint32_t from, uint32_t to)
{
	uint32_t weight = layer->alpha, opacity = layer->alpha, shift, result = 0;

	if (layer->format->fourcc == DRM_FORMAT_ARGB8888 &&
	    layer->blend != NO_PIXEL_ALPHA)
		opacity = div255((from >> 24) * layer->alpha);
	if (layer->blend == COVERAGE)
		weight = opacity;
	for (shift = 0; shift < 24; shift += 8) {
		uint32_t sum = div255((from >> shift & 255) * weight +
				      (to >> shift & 255) * (255 - opacity));

		result |= (sum < 255 ? sum : 255) << shift;
	}

	return result;
}

static const unsigned char *layer_pixel(const struct layer *layer, int32_t x,
					int32_t y)
{
	return layer->pixels + (size_t)(y - layer->top) * layer->pitch +
	       (size_t)(x - layer->left) * layer->format->bytes;
}

/* Whether a line of it is what a line of the picture shall be, as it lies there. */
static bool is_ready(const struct layer *layer, int32_t x, int32_t y, int32_t end)
{
	return layer->is_opaque && layer->format->bytes == 4 &&
	       htole32(1) == 1 &&
	       x >= layer->left && end <= layer->right &&
	       !((uintptr_t)layer_pixel(layer, x, y) % sizeof(uint32_t));
}

static void add_layer(const struct live *live, const struct layer *layer, int32_t x,
		      int32_t y, int32_t end, uint32_t *line)
{
	int32_t start = x > layer->left ? x : layer->left;
	const unsigned char *pixel = layer_pixel(layer, start, y);
	uint32_t *to = line + (start - x);

	if (end > layer->right)
		end = layer->right;
	for (; start < end; start++, pixel += layer->format->bytes, to++) {
		uint32_t from = layer->format->read(pixel, live->palette);

		*to = layer->is_opaque ? from : mix(layer, from, *to);
	}
}

/*
 * Pixels of a line, XRGB8888 with anything in the place of the X: where they lie, if
 * they do, else composed in the space given.
 */
static const uint32_t *read_line(const struct live *live, int32_t x, int32_t y,
				 uint32_t count, uint32_t *space)
{
	int32_t end = x + (int32_t)count;
	const uint32_t *line = NULL;
	unsigned int i;

	for (i = 0; i < live->count; i++) {
		const struct layer *layer = &live->layers[i];

		if (!layer->format || y < layer->top || y >= layer->bottom ||
		    end <= layer->left || x >= layer->right)
			continue;
		if (is_ready(layer, x, y, end)) {
			line = (const void *)layer_pixel(layer, x, y);
			continue;
		}
		if (!line)
			memset(space, 0, count * sizeof(*space));
		else if (line != space)
			memcpy(space, line, count * sizeof(*space));
		line = space;
		add_layer(live, layer, x, y, end, space);
	}
	if (line)
		return line;

	return memset(space, 0, count * sizeof(*space));
}

/* Returns whether anything has changed in it. */
static bool update_tile(const struct live *live, const struct picture *picture,
			uint32_t x, uint32_t y, uint32_t width, uint32_t bottom)
{
	uint32_t space[TILE_WIDTH];
	bool changed = false;

	for (; y < bottom; y++) {
		const uint32_t *from = read_line(live, (int32_t)x, (int32_t)y, width,
						 space);
		uint32_t *to = picture->pixels + (size_t)y * picture->width + x;

		if (memcmp(to, from, width * sizeof(*to))) {
			memcpy(to, from, width * sizeof(*to));
			changed = true;
		}
	}

	return changed;
}

void live_update(const struct live *live, const struct picture *picture,
		 live_changed_fn changed, void *data)
{
	uint32_t x, y;

	for (y = 0; y < picture->height; y += TILE_HEIGHT) {
		uint32_t height = picture->height - y, first = picture->width;

		if (height > TILE_HEIGHT)
			height = TILE_HEIGHT;
		/* Neighbours are told of as one. */
		for (x = 0; x < picture->width; x += TILE_WIDTH) {
			uint32_t width = picture->width - x;

			if (width > TILE_WIDTH)
				width = TILE_WIDTH;
			if (update_tile(live, picture, x, y, width, y + height)) {
				first = first < x ? first : x;
			} else if (first < x) {
				changed(data, first, y, x - first, height);
				first = picture->width;
			}
		}
		if (first < picture->width)
			changed(data, first, y, picture->width - first, height);
	}
}

bool live_fit(const struct live *live, struct picture *picture)
{
	uint32_t width = live_width(live), height = live_height(live);

	if (picture->width == width && picture->height == height)
		return false;
	picture->width = width;
	picture->height = height;
	picture->pixels = calloc((size_t)width * height, sizeof(uint32_t));

	return true;
}

static void frame_came(int fd, uint64_t sequence, uint64_t ns, uint64_t data)
{
	struct live *live = (struct live *)(uintptr_t)data;

	(void)fd;
	(void)sequence;
	live->is_asked = false;
	live->time = ns;
}

bool live_wait(struct live *live, fd_set *files, int max, const sigset_t *mask)
{
	drmEventContext events = { .version = 4, .sequence_handler = frame_came };
	/* The longest that a frame may take; how often to look for one to come. */
	struct timespec on = { .tv_sec = 1 }, off = { .tv_nsec = 100000000 }, now;
	int ret;

	if (!live->is_asked)
		live->is_asked = !drmCrtcQueueSequence(live->fd, live->crtc,
						       DRM_CRTC_SEQUENCE_RELATIVE, 1,
						       NULL, (uintptr_t)live);
	FD_SET(live->fd, files);
	ret = pselect((max > live->fd ? max : live->fd) + 1, files, NULL, NULL,
		      live->is_asked ? &on : &off, mask);
	if (ret > 0 && FD_ISSET(live->fd, files)) {
		FD_CLR(live->fd, files);
		drmHandleEvent(live->fd, &events);
		return true;
	}
	if (ret > 0)
		return false;
	FD_ZERO(files);
	clock_gettime(CLOCK_MONOTONIC, &now);
	live->time = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;

	return !ret;
}
