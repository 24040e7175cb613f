/* SPDX-License-Identifier: MIT */
#ifndef SCREENSHOT_H
#define SCREENSHOT_H

#include <vidmem_drmif.h>

#include "picture.h"

/*
 * Take a picture of what an adapter displays, in any of its formats, to be freed
 * by picture_free(). Returns NULL, or what is in the way.
 */
const char *screenshot_take(struct vidmem_device *dev, struct picture *picture);

#endif /* SCREENSHOT_H */
