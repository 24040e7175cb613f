/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_SCREEN_H_
#define _VIDMEM_SCREEN_H_

/* What is at a connector, as far as hardware does not tell. */

#include <linux/types.h>

/*
 * Pixels and lines of the smallest mode: one character of the console's largest fonts.
 * Where it has no room for one, it writes behind its frame buffer.
 */
#define VIDMEM_MODE_SIZE_MIN	32

#define VIDMEM_EDID_BLOCK	128
/* What fits into a file of configfs, which is a page, less one byte. */
#define VIDMEM_EDID_MAX		(31 * VIDMEM_EDID_BLOCK)

/**
 * struct vidmem_screen - what is at a connector
 */
struct vidmem_screen {
	/** @width: Preferred mode of a screen without EDID, in pixels. */
	u32 width;
	/** @height: The same, in lines. */
	u32 height;
	/** @refresh: The same, in Hz. */
	u32 refresh;
	/** @width_mm: Its size without EDID in millimetres, or 0: not known. */
	u32 width_mm;
	/** @height_mm: The same. */
	u32 height_mm;
	/** @is_plugged: There is one. */
	bool is_plugged;
	/** @edid_size: Bytes of @edid, or 0: it has none, or hardware has it. */
	u32 edid_size;
	/** @edid: What it says of itself. */
	u8 edid[VIDMEM_EDID_MAX];
};

#endif /* _VIDMEM_SCREEN_H_ */
