/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_DDI_H
#define VIDMEM_DDI_H

/*
 * What a host of display drivers, one that plays win32k's part, needs of the
 * library beside the functions that drivers call.
 */

#include <winddi.h>

#if defined(__cplusplus)
extern "C" {
#endif

/*
 * What an HDEV points to. A host makes one for each PDEV before it calls
 * DrvEnablePDEV(), and adds it before DrvCompletePDEV(), with dhpdev set: drivers
 * name it when they associate a surface.
 */
struct vidmem_ddi_dev {
	DHPDEV dhpdev;
	struct vidmem_ddi_dev *next;
};

void vidmem_ddi_add_dev(struct vidmem_ddi_dev *dev);
void vidmem_ddi_remove_dev(struct vidmem_ddi_dev *dev);

/* HOOK_*: what the driver of a surface wants to draw itself. 0 for no surface. */
FLONG vidmem_ddi_hooks(const SURFOBJ *surface);

/* What DrvSetPalette() takes. NULL for what is no palette. */
PALOBJ *vidmem_ddi_lock_palette(HPALETTE palette);

/* What drivers have made and not given back. */
struct vidmem_ddi_left {
	unsigned int allocations, surfaces, palettes, semaphores;
};

void vidmem_ddi_left(struct vidmem_ddi_left *left);

#if defined(__cplusplus)
}
#endif

#endif /* VIDMEM_DDI_H */
