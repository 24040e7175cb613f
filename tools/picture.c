// SPDX-License-Identifier: MIT

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "picture.h"

/* Keeps all sizes in 32 bits. */
#define MAX_SIZE 16384

int picture_load(struct picture *picture, const char *path)
{
	png_image png = { .version = PNG_IMAGE_VERSION };
	png_color black = { 0, 0, 0 };
	size_t i, count;
	uint8_t *bgr;

	memset(picture, 0, sizeof(*picture));
	if (!png_image_begin_read_from_file(&png, path)) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, png.message);
		return -1;
	}
	if (png.width > MAX_SIZE || png.height > MAX_SIZE) {
		fprintf(stderr, "%s: %s: %ux%u is more than %ux%u\n",
			program_invocation_short_name, path, png.width,
			png.height, MAX_SIZE, MAX_SIZE);
		png_image_free(&png);
		return -1;
	}
	count = (size_t)png.width * png.height;
	picture->pixels = malloc(count * 4);
	if (!picture->pixels) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, strerror(errno));
		png_image_free(&png);
		return -1;
	}
	/* Three bytes each, on black, in the rear: widened front to back. */
	png.format = PNG_FORMAT_BGR;
	bgr = (uint8_t *)picture->pixels + count;
	if (!png_image_finish_read(&png, &black, bgr, 0, NULL)) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, png.message);
		picture_free(picture);
		return -1;
	}
	for (i = 0; i < count; i++)
		picture->pixels[i] = (uint32_t)bgr[3 * i + 2] << 16 |
				     bgr[3 * i + 1] << 8 | bgr[3 * i];
	picture->width = png.width;
	picture->height = png.height;

	return 0;
}

int picture_save(const struct picture *picture, const char *path)
{
	png_image png = {
		.version = PNG_IMAGE_VERSION,
		.width = picture->width,
		.height = picture->height,
		.format = PNG_FORMAT_BGR,
	};
	size_t i, count = (size_t)picture->width * picture->height;
	uint8_t *bgr = malloc(count * 3);
	int ok;

	if (!bgr) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, strerror(errno));
		return -1;
	}
	for (i = 0; i < count; i++) {
		bgr[3 * i] = picture->pixels[i];
		bgr[3 * i + 1] = picture->pixels[i] >> 8;
		bgr[3 * i + 2] = picture->pixels[i] >> 16;
	}
	ok = png_image_write_to_file(&png, path, 0, bgr, 0, NULL);
	if (!ok)
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name,
			path, png.message);
	free(bgr);

	return ok ? 0 : -1;
}

void picture_free(struct picture *picture)
{
	free(picture->pixels);
	memset(picture, 0, sizeof(*picture));
}

/* Between a and b, at weight/256 from a, in each of the four bytes. */
static uint32_t blend(uint32_t a, uint32_t b, uint32_t weight)
{
	uint32_t even = (a & 0xff00ff) * (256 - weight) +
			(b & 0xff00ff) * weight;
	uint32_t odd = (a >> 8 & 0xff00ff) * (256 - weight) +
		       (b >> 8 & 0xff00ff) * weight;

	return (even >> 8 & 0xff00ff) | (odd & 0xff00ff00);
}

/* The point x/256, y/256 of the picture, from the four pixels around it. */
static uint32_t sample(const struct picture *picture, uint32_t x, uint32_t y)
{
	uint32_t column = x >> 8, row = y >> 8;
	uint32_t right = column + 1 < picture->width;
	uint32_t below = row + 1 < picture->height;
	const uint32_t *p = picture->pixels +
			    (size_t)row * picture->width + column;
	const uint32_t *q = below ? p + picture->width : p;

	return blend(blend(p[0], p[right], x & 255),
		     blend(q[0], q[right], x & 255), y & 255);
}

void picture_draw(const struct picture *picture, void *frame_buffer,
		  uint32_t width, uint32_t height, uint32_t stride)
{
	uint32_t wide = width, high = height;
	uint32_t left, top, x, y;

	if ((uint64_t)picture->width * height >
	    (uint64_t)picture->height * width)
		high = (uint64_t)picture->height * width / picture->width;
	else
		wide = (uint64_t)picture->width * height / picture->height;
	wide = wide ? wide : 1;
	high = high ? high : 1;
	left = (width - wide) / 2;
	top = (height - high) / 2;

	for (y = 0; y < height; y++) {
		uint32_t *line = (uint32_t *)((char *)frame_buffer +
					      (size_t)y * stride);

		if (y < top || y >= top + high) {
			memset(line, 0, (size_t)width * 4);
			continue;
		}
		for (x = 0; x < width; x++) {
			uint32_t u, v;

			if (x < left || x >= left + wide) {
				line[x] = 0;
				continue;
			}
			u = (uint64_t)(x - left) * picture->width * 256 / wide;
			v = (uint64_t)(y - top) * picture->height * 256 / high;
			line[x] = sample(picture, u, v);
		}
	}
}
