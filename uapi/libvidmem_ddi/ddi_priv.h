/* SPDX-License-Identifier: MIT */
#ifndef DDI_PRIV_H
#define DDI_PRIV_H

#include <stdbool.h>

#include "vidmem_ddi.h"

#define ddi_public __attribute__((visibility("default")))

/*
 * What a driver is given a handle of. Handles are looked up in a list and never
 * followed, so that a wrong one is an error and nothing worse.
 */
struct object {
	struct object *next;
};

struct objects {
	struct object *first;
	unsigned int count;
};

void add_object(struct objects *list, struct object *object);
bool has_object(struct objects *list, const void *object);
/* False if it was not there. */
bool remove_object(struct objects *list, const void *object);

extern struct objects allocations, semaphores, surfaces, palettes;

#endif /* DDI_PRIV_H */
