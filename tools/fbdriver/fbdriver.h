/* SPDX-License-Identifier: MIT */
#ifndef FBDRIVER_H
#define FBDRIVER_H

#include <windef.h>

/* One mode of one adapter in use: what a display driver calls a PDEV. */
struct pdev;

/* Step 2: choose a mode of this size. NULL if there is none. */
struct pdev *enable_pdev(HANDLE device, ULONG width, ULONG height, ULONG bits);
void disable_pdev(struct pdev *pdev);

/* Steps 3 and 7: set the mode and map video memory; unmap it. */
BOOL enable_surface(struct pdev *pdev);
void disable_surface(struct pdev *pdev);

/* Step 5: give the display back for a while, take it again. */
BOOL assert_mode(struct pdev *pdev, BOOL enable);

/* Step 4: draw; a seed makes one picture differ from another. */
void draw_picture(struct pdev *pdev, ULONG seed);
/* The color of this point of that picture, as 0xRRGGBB. */
ULONG picture_color(const struct pdev *pdev, ULONG x, ULONG y, ULONG seed);

#endif /* FBDRIVER_H */
