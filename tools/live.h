/* SPDX-License-Identifier: MIT */
/* What an adapter displays, frame by frame, read where it lies. */
#ifndef LIVE_H
#define LIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>

#include "picture.h"

struct live;

/* Returns NULL, or what is in the way. The file stays the caller's, and open. */
const char *live_open(int fd, struct live **live);
void live_close(struct live *live);

/* What live_look() says to whom the kernel gives no handles of frame buffers. */
extern const char *const live_forbidden;

/*
 * Find out what is displayed now. Returns NULL, or what is in the way. A display that
 * is off is black, in the size that it had.
 */
const char *live_look(struct live *live);

bool live_is_on(const struct live *live);
uint32_t live_width(const struct live *live);
uint32_t live_height(const struct live *live);

/* Frames in so many seconds: the display's rate is the one by the other. */
void live_rate(const struct live *live, uint64_t *frames, uint64_t *seconds);

/* When the last frame came that live_wait() has waited for, in ns. */
uint64_t live_time(const struct live *live);

typedef void (*live_changed_fn)(void *data, uint32_t x, uint32_t y,
				uint32_t width, uint32_t height);

/*
 * Bring a picture of the display's size up to what live_look() has found, telling
 * which parts have changed. What has not is read, but not written.
 */
void live_update(const struct live *live, const struct picture *picture,
		 live_changed_fn changed, void *data);

/* Make the picture one of the display's size, black. Returns whether it was none. */
bool live_fit(const struct live *live, struct picture *picture);

/*
 * Until the next frame, a signal of the mask, or until one of the files, as in
 * pselect(2), can be read; with all there if a frame has come or it is time to look
 * whether the display is on again.
 */
bool live_wait(struct live *live, fd_set *files, int max, const sigset_t *mask);

/* Keep nothing of what was displayed, until the next look. */
void live_forget(struct live *live);

#endif /* LIVE_H */
