// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <drm/drm_blend.h>
#include <drm/drm_color_mgmt.h>
#include <drm/drm_property.h>

#include "display/internal.h"

/**
 * DOC: composing
 *
 * The layers of a picture become lines of 32-bit pixels, XRGB8888 in the order of
 * the machine: for hardware that has no cursor or gamma of its own, and for those
 * who look at a display that has no hardware. A line of an opaque layer in this very
 * format is copied once, straight to its place.
 */

#define VIDMEM_OPAQUE	0xff000000

static u32 vidmem_lut_color(const struct drm_property_blob *lut, u8 red,
			    u8 green, u8 blue)
{
	const struct drm_color_lut *colors = lut->data;

	return VIDMEM_OPAQUE | colors[red].red >> 8 << 16 |
	       colors[green].green >> 8 << 8 | colors[blue].blue >> 8;
}

static u32 vidmem_widen(u32 value, unsigned int bits)
{
	return value << (8 - bits) | value >> (2 * bits - 8);
}

/* From how it lies in memory. */
static void vidmem_line_convert(const struct vidmem_picture *picture, u32 format,
				u32 *to, u32 width)
{
	const __le32 *from32 = picture->source;
	const __le16 *from16 = picture->source;
	const u8 *from8 = picture->source;
	u32 i, pixel;

	switch (format) {
	case DRM_FORMAT_XRGB8888:
		for (i = 0; i < width; i++)
			to[i] = VIDMEM_OPAQUE | le32_to_cpu(from32[i]);
		break;
	case DRM_FORMAT_ARGB8888:
		for (i = 0; i < width; i++)
			to[i] = le32_to_cpu(from32[i]);
		break;
	case DRM_FORMAT_RGB888:
		for (i = 0; i < width; i++)
			to[i] = VIDMEM_OPAQUE | from8[3 * i + 2] << 16 |
				from8[3 * i + 1] << 8 | from8[3 * i];
		break;
	case DRM_FORMAT_RGB565:
		for (i = 0; i < width; i++) {
			pixel = le16_to_cpu(from16[i]);
			to[i] = VIDMEM_OPAQUE |
				vidmem_widen(pixel >> 11, 5) << 16 |
				vidmem_widen(pixel >> 5 & 0x3f, 6) << 8 |
				vidmem_widen(pixel & 0x1f, 5);
		}
		break;
	case DRM_FORMAT_XRGB1555:
		for (i = 0; i < width; i++) {
			pixel = le16_to_cpu(from16[i]);
			to[i] = VIDMEM_OPAQUE |
				vidmem_widen(pixel >> 10 & 0x1f, 5) << 16 |
				vidmem_widen(pixel >> 5 & 0x1f, 5) << 8 |
				vidmem_widen(pixel & 0x1f, 5);
		}
		break;
	default:
		for (i = 0; i < width; i++)
			to[i] = picture->lut ?
				vidmem_lut_color(picture->lut, from8[i],
						 from8[i], from8[i]) :
				VIDMEM_OPAQUE | from8[i] * 0x010101;
		break;
	}
}

static u32 vidmem_div255(u32 value)
{
	return (value + 128 + ((value + 128) >> 8)) >> 8;
}

static u32 vidmem_blend_channel(u32 from, u32 to, u32 weight, u32 rest)
{
	return min_t(u32, vidmem_div255(from * weight + to * rest), 255);
}

static u32 vidmem_blend_pixel(const struct vidmem_layer *layer, u32 from, u32 to)
{
	u32 alpha = layer->alpha >> 8, opacity = from >> 24;
	u32 weight = alpha, rest;

	if (layer->blend == DRM_MODE_BLEND_PIXEL_NONE) {
		rest = 255 - alpha;
	} else {
		opacity = vidmem_div255(opacity * alpha);
		rest = 255 - opacity;
		if (layer->blend == DRM_MODE_BLEND_COVERAGE)
			weight = opacity;
	}

	return VIDMEM_OPAQUE |
	       vidmem_blend_channel(from >> 16 & 0xff, to >> 16 & 0xff, weight,
				    rest) << 16 |
	       vidmem_blend_channel(from >> 8 & 0xff, to >> 8 & 0xff, weight,
				    rest) << 8 |
	       vidmem_blend_channel(from & 0xff, to & 0xff, weight, rest);
}

/* Most pixels of a cursor are opaque, or not there at all. */
static void vidmem_blend_line(const struct vidmem_layer *layer, const u32 *from,
			      u32 *to, u32 count)
{
	bool by_pixel = layer->blend != DRM_MODE_BLEND_PIXEL_NONE;
	bool by_pixel_alone = by_pixel && layer->alpha == DRM_BLEND_ALPHA_OPAQUE;

	for (; count; count--, from++, to++) {
		if (*from >= VIDMEM_OPAQUE && by_pixel_alone)
			*to = *from;
		else if (*from || !by_pixel)
			*to = vidmem_blend_pixel(layer, *from, *to);
	}
}

static bool vidmem_layer_is_opaque(const struct vidmem_layer *layer)
{
	return layer->alpha == DRM_BLEND_ALPHA_OPAQUE &&
	       (!layer->format->has_alpha ||
		layer->blend == DRM_MODE_BLEND_PIXEL_NONE);
}

static void vidmem_compose_layer(const struct vidmem_picture *picture,
				 const struct vidmem_layer *layer, int x, int y,
				 u32 width, u32 *line)
{
	int start = max(x, layer->dst.x1);
	int end = min_t(int, x + width, layer->dst.x2);
	u32 *to = line + (start - x);
	u32 count = end - start;
	size_t offset;

	if (!layer->format || y < layer->dst.y1 || y >= layer->dst.y2 ||
	    start >= end)
		return;

	offset = (size_t)(y - layer->dst.y1) * layer->pitch +
		 (start - layer->dst.x1) * layer->format->cpp[0];
	if (layer->format->format == DRM_FORMAT_XRGB8888 &&
	    !IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) &&
	    vidmem_layer_is_opaque(layer)) {
		iosys_map_memcpy_from(to, &layer->map, offset, 4 * count);
		return;
	}

	iosys_map_memcpy_from(picture->source, &layer->map, offset,
			      count * layer->format->cpp[0]);
	if (vidmem_layer_is_opaque(layer)) {
		vidmem_line_convert(picture, layer->format->format, to, count);
		return;
	}
	vidmem_line_convert(picture, layer->format->format, picture->converted,
			    count);
	vidmem_blend_line(layer, picture->converted, to, count);
}

/**
 * vidmem_compose_line - make a part of a line of the picture
 * @picture: the picture, with room for its lines, see vidmem_picture_grow()
 * @x: the first pixel
 * @y: the line
 * @width: how many pixels
 * @line: where they go: @picture's own line, or other memory that is no I/O memory
 *
 * What is in the place of transparency in a pixel is undefined.
 */
void vidmem_compose_line(const struct vidmem_picture *picture, int x, int y,
			 u32 width, u32 *line)
{
	const struct drm_rect *below = &picture->layers[VIDMEM_PRIMARY].dst;
	u32 i;

	if (!picture->layers[VIDMEM_PRIMARY].format || x < below->x1 ||
	    x + (int)width > below->x2 || y < below->y1 || y >= below->y2)
		memset(line, 0, width * sizeof(*line));
	for (i = 0; i < VIDMEM_LAYERS; i++)
		vidmem_compose_layer(picture, &picture->layers[i], x, y,
				     width, line);
	for (i = 0; picture->has_gamma && i < width; i++)
		line[i] = vidmem_lut_color(picture->lut, line[i] >> 16,
					   line[i] >> 8, line[i]);
}

/**
 * vidmem_picture_grow - take memory for composing
 * @picture: the picture
 * @width: pixels that a line may have
 *
 * Returns: 0 or -ENOMEM.
 */
int vidmem_picture_grow(struct vidmem_picture *picture, u32 width)
{
	u32 *lines;

	if (width <= picture->line_width)
		return 0;

	lines = kvmalloc_array(width, 3 * sizeof(*lines), GFP_KERNEL);
	if (!lines)
		return -ENOMEM;
	kvfree(picture->line);
	picture->line = lines;
	picture->source = lines + width;
	picture->converted = lines + 2 * width;
	picture->line_width = width;

	return 0;
}

/**
 * vidmem_picture_fini - give all back that belongs to a picture
 * @picture: the picture
 */
void vidmem_picture_fini(struct vidmem_picture *picture)
{
	drm_property_blob_put(picture->lut);
	kvfree(picture->line);
}
