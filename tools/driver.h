/* SPDX-License-Identifier: MIT */
#ifndef DRIVER_H
#define DRIVER_H

/*
 * A display driver, and what win32k does with one. Functions that can fail have
 * told why on stderr.
 */

#include <stdbool.h>

#include <vidmem_ddi.h>

#include "picture.h"

struct driver {
	void *library;
	HANDLE device;
	PFN functions[INDEX_LAST];
	/* Of the driver's WCHAR, as its DEVMODEW tells; 0 before it was seen. */
	unsigned int wchar_size;
	/* Its modes, as it made them. */
	char *modes;
	unsigned int mode_count, mode_size;
};

struct driver_mode {
	unsigned int width, height, bits, hertz;
};

/* A PDEV with its surface. */
struct driver_pdev {
	struct driver *driver;
	struct vidmem_ddi_dev dev;
	struct driver_mode mode;
	HSURF hsurf;
	SURFOBJ *surface;
	HPALETTE palette;
	bool palette_managed;
	/* What is sent by DrvSetPalette(), in modes with a palette. */
	HPALETTE colors;
};

/*
 * Load it, DrvEnableDriver() and DrvGetModes(). If @lazy, functions may be missing:
 * the first call of one ends the process, by its name.
 */
bool driver_load(struct driver *driver, const char *path, HANDLE device, bool lazy);
void driver_unload(struct driver *driver);

struct driver_mode driver_mode(const struct driver *driver, unsigned int i);
/* The first mode that fits; members that are 0 fit all. -1 if there is none. */
int driver_find_mode(const struct driver *driver,
		     const struct driver_mode *wanted);

/* DrvEnablePDEV() to DrvEnableSurface(), and DrvSetPalette(). */
struct driver_pdev *driver_enable(struct driver *driver, int mode);
/* DrvDisableSurface() and DrvDisablePDEV(). */
void driver_disable(struct driver_pdev *pdev);

/* DrvAssertMode(), and after TRUE DrvSetPalette(). */
bool driver_assert_mode(struct driver_pdev *pdev, bool enable);

/* Show a picture: into the surface's memory, or by the driver's drawing. */
bool driver_draw(struct driver_pdev *pdev, const struct picture *picture);

#endif /* DRIVER_H */
