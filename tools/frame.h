/* SPDX-License-Identifier: MIT */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>
#include <stdint.h>

#include <xf86drmMode.h>

#define PALETTE_SIZE 256

/* How pixels of a frame buffer lie in memory. */
struct format {
	uint32_t fourcc;
	uint32_t bytes;
	/* One of them as ARGB8888, or XRGB8888 where it has no alpha. */
	uint32_t (*read)(const unsigned char *pixel, const uint32_t *palette);
};

/* The frame buffer's, or NULL if it is unknown. */
const struct format *frame_format(const drmModeFB2 *fb);

/* The colors of C8. */
void frame_palette(int fd, uint32_t crtc, uint32_t *palette);

/*
 * Where the object begins in the device file, or 0 with errno set. As long as it is
 * mapped, no other object begins there.
 */
uint64_t frame_offset(int fd, const drmModeFB2 *fb);

/* Bytes of the object that the frame buffer may take, for mmap(2). */
uint64_t frame_size(const drmModeFB2 *fb);

/* The object, to be unmapped, or NULL with errno set. */
const unsigned char *frame_map(int fd, uint64_t offset, uint64_t size);

/* Frees it, and its handles. */
void frame_free(int fd, drmModeFB2 *fb);

#endif /* FRAME_H */
