/* SPDX-License-Identifier: MIT */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>

/* XRGB8888, rows one after the other. */
struct picture {
	uint32_t width, height;
	uint32_t *pixels;
};

/* Both return 0, or -1 with the reason on stderr. */
int picture_load(struct picture *picture, const char *path);
int picture_save(const struct picture *picture, const char *path);

void picture_free(struct picture *picture);

/*
 * Draw the picture as large as it fits into a frame buffer, in the middle, on
 * black. At its own size it is copied pixel for pixel.
 */
void picture_draw(const struct picture *picture, void *frame_buffer,
		  uint32_t width, uint32_t height, uint32_t stride);

#endif /* PICTURE_H */
