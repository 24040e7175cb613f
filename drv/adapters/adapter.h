/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_ADAPTER_H_
#define _VIDMEM_ADAPTER_H_

/*
 * The adapters: hardware, and what stands in for it. A file here is one kind of
 * adapter and the only one that touches its registers. All others reach them
 * through &vidmem_adapter_funcs.
 */

#include <linux/types.h>

#include <drm/drm_modes.h>

struct drm_color_lut;
struct drm_format_info;
struct vidmem_device;

#define VIDMEM_PALETTE_SIZE	256

/**
 * struct vidmem_scanout - what hardware shows
 */
struct vidmem_scanout {
	/** @format: What a pixel is. */
	const struct drm_format_info *format;
	/** @start: First byte, counted from the start of video memory. */
	u64 start;
	/** @pitch: Bytes per line. */
	u32 pitch;
};

/**
 * struct vidmem_adapter_funcs - what an adapter can do
 *
 * This is all that differs between adapters once video memory is known. An adapter
 * without hardware has none. The calls come with the device present (inside
 * drm_dev_enter()) and one at a time, save for @scanout_valid, @scanout_end and
 * @read_edid, which come at any time. The ones that return nothing cannot fail: modes
 * they are given are within the adapter's limits, scanouts have passed @scanout_valid.
 */
struct vidmem_adapter_funcs {
	/**
	 * @scanout_valid: Can the adapter show lines of @width pixels of this?
	 */
	bool (*scanout_valid)(struct vidmem_device *vdev, u32 width,
			      const struct vidmem_scanout *scanout);
	/**
	 * @scanout_end: Bytes of video memory that frames of this format and pitch
	 * can begin in.
	 */
	u64 (*scanout_end)(struct vidmem_device *vdev,
			   const struct drm_format_info *format, u32 pitch);
	/** @set_mode: Set the mode, show @scanout, turn the display on. */
	void (*set_mode)(struct vidmem_device *vdev,
			 const struct drm_display_mode *mode,
			 const struct vidmem_scanout *scanout);
	/** @set_start: Show @scanout. Its format is that of the mode. */
	void (*set_start)(struct vidmem_device *vdev,
			  const struct vidmem_scanout *scanout);
	/**
	 * @load_palette: Set the %VIDMEM_PALETTE_SIZE colors of C8. NULL: shades
	 * of gray. Not called where C8 is not among the formats.
	 */
	void (*load_palette)(struct vidmem_device *vdev,
			     const struct drm_color_lut *lut);
	/**
	 * @wake: Set up again what is not a part of a mode, after the adapter was
	 * without power. NULL: nothing is.
	 */
	void (*wake)(struct vidmem_device *vdev);
	/** @blank: Turn the display off. */
	void (*blank)(struct vidmem_device *vdev);
	/**
	 * @read_edid: Reads a block of the EDID of the display at the connector,
	 * as drm_edid_read_custom() wants it.
	 */
	int (*read_edid)(struct vidmem_device *vdev, u8 *buf,
			 unsigned int block, size_t len);
};

int vidmem_bochs_init(void);
void vidmem_bochs_exit(void);
bool vidmem_bochs_bound(void);
int vidmem_virtual_init(void);
void vidmem_virtual_exit(void);
int vidmem_configfs_init(int count);
void vidmem_configfs_exit(void);

#endif /* _VIDMEM_ADAPTER_H_ */
