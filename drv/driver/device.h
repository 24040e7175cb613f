/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DEVICE_H_
#define _VIDMEM_DEVICE_H_

/*
 * An adapter as the DRM device that it is to the world, from its registration
 * to its end.
 */

#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pm.h>

#include <drm/drm_device.h>

#include <drm/vidmem_drm.h>

#include "adapters/adapter.h"
#include "display/display.h"
#include "memory/memory.h"

struct drm_driver;

#define VIDMEM_NAME		"vidmem"

/**
 * struct vidmem_device - an adapter
 */
struct vidmem_device {
	/** @drm: The DRM device. */
	struct drm_device drm;
	/** @funcs: How to drive the hardware, or NULL: there is none. */
	const struct vidmem_adapter_funcs *funcs;
	/** @kind: DRM_VIDMEM_ADAPTER_*. */
	u32 kind;
	/** @vram: The video memory. */
	struct vidmem_vram vram;
	/** @displayed: Which part of it is on display. */
	struct vidmem_displayed displayed;

	/** @formats: Pixel formats, the preferred one first. */
	const u32 *formats;
	/** @format_count: How many. */
	unsigned int format_count;
	/** @max_width: Widest frame buffer in pixels. */
	u32 max_width;
	/** @max_height: Highest frame buffer in lines. */
	u32 max_height;
	/** @min_mode_size: Pixels and lines of a mode, VIDMEM_MODE_SIZE_MIN or more. */
	u32 min_mode_size;
	/** @non_desktop: Desktops shall leave the display alone. */
	bool non_desktop;

	/** @display: What KMS has of it. */
	struct vidmem_display display;
	/**
	 * @open_lock: Taken to open a file, and to leave nothing of the last client on
	 * display when none is open, and so nobody but the kernel has a lock of KMS.
	 */
	struct mutex open_lock;
	/** @pm_notifier: Called when the machine is about to hibernate. */
	struct notifier_block pm_notifier;
};

#define to_vidmem_device(d) container_of(d, struct vidmem_device, drm)

extern const struct drm_driver vidmem_driver;
extern const struct dev_pm_ops vidmem_pm_ops;

int vidmem_device_register(struct vidmem_device *vdev);
void vidmem_device_shutdown(struct device *dev);

#endif /* _VIDMEM_DEVICE_H_ */
