// SPDX-License-Identifier: MIT
/* A picture of the display: one look at what is live on it. */

#include <errno.h>
#include <string.h>

#include <xf86drm.h>

#include "live.h"
#include "screenshot.h"

/* Handles of frame buffers are for root and for whoever has the display: nobody, perhaps. */
static const char *look(int fd, struct live *live)
{
	const char *reason = live_look(live);

	if (reason != live_forbidden || drmIsMaster(fd) || drmSetMaster(fd))
		return reason;
	reason = live_look(live);
	drmDropMaster(fd);

	return reason;
}

static void ignore(void *data, uint32_t x, uint32_t y, uint32_t width,
		   uint32_t height)
{
	(void)data;
	(void)x;
	(void)y;
	(void)width;
	(void)height;
}

static const char *take(struct live *live, struct picture *picture)
{
	if (!live_is_on(live))
		return "the display is off";
	live_fit(live, picture);
	if (!picture->pixels)
		return strerror(errno);
	live_update(live, picture, ignore, NULL);

	return NULL;
}

const char *screenshot_take(struct vidmem_device *dev, struct picture *picture)
{
	int fd = vidmem_device_fd(dev);
	const char *reason;
	struct live *live;

	memset(picture, 0, sizeof(*picture));
	reason = live_open(fd, &live);
	if (reason)
		return reason;
	reason = look(fd, live);
	if (!reason)
		reason = take(live, picture);
	live_close(live);
	if (reason == live_forbidden)
		return "not allowed to read what another program displays; run as root";

	return reason;
}
