/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DISPLAY_H_
#define _VIDMEM_DISPLAY_H_

/*
 * The display: KMS, and nothing else has to do with KMS. It knows objects by where
 * they lie, and hardware by &vidmem_adapter_funcs.
 */

#include <linux/hrtimer.h>
#include <linux/iosys-map.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_encoder.h>
#include <drm/drm_plane.h>
#include <drm/drm_rect.h>
#include <drm/drm_writeback.h>

#include "adapters/adapter.h"
#include "display/screen.h"

struct vidmem_device;

/**
 * enum vidmem_layer_id - the planes, from the lowest to the highest
 */
enum vidmem_layer_id {
	/** @VIDMEM_PRIMARY: Covers the screen. */
	VIDMEM_PRIMARY,
	/** @VIDMEM_OVERLAY: Anywhere. Adapters without hardware have it. */
	VIDMEM_OVERLAY,
	/** @VIDMEM_CURSOR: The cursor. */
	VIDMEM_CURSOR,
	/** @VIDMEM_LAYERS: How many there are. */
	VIDMEM_LAYERS
};

/**
 * struct vidmem_layer - what a plane adds to the picture
 */
struct vidmem_layer {
	/** @map: The first pixel that can be seen, in the kernel. */
	struct iosys_map map;
	/** @format: What a pixel is. NULL: nothing can be seen. */
	const struct drm_format_info *format;
	/** @pitch: Bytes per line. */
	u32 pitch;
	/** @dst: Where on the screen. */
	struct drm_rect dst;
	/** @alpha: How opaque it is, up to %DRM_BLEND_ALPHA_OPAQUE. */
	u16 alpha;
	/** @blend: DRM_MODE_BLEND_*. */
	u16 blend;
};

/**
 * struct vidmem_picture - what is on the screen
 */
struct vidmem_picture {
	/** @layers: What each plane adds to it. */
	struct vidmem_layer layers[VIDMEM_LAYERS];
	/** @lut: %VIDMEM_PALETTE_SIZE colors, or NULL. */
	struct drm_property_blob *lut;
	/** @has_gamma: @lut is for all colors, not the palette of C8 alone. */
	bool has_gamma;
	/** @width: Pixels. */
	u32 width;
	/** @height: Lines. */
	u32 height;
	/** @line: A line, for those who compose. */
	u32 *line;
	/** @source: A line as it lies in memory. */
	void *source;
	/** @converted: A line of one layer. */
	u32 *converted;
	/** @line_width: Pixels that these lines can have. */
	u32 line_width;
};

/**
 * enum vidmem_way - how a frame buffer comes to the screen
 */
enum vidmem_way {
	/** @VIDMEM_HIDDEN: It does not. */
	VIDMEM_HIDDEN,
	/** @VIDMEM_DIRECT: It is scanned out from its place. */
	VIDMEM_DIRECT,
	/** @VIDMEM_COPIED: What changes in it is copied to the area. */
	VIDMEM_COPIED,
	/** @VIDMEM_COMPOSED: The area has the picture that all layers make. */
	VIDMEM_COMPOSED
};

/**
 * struct vidmem_watch - who wants checksums of the picture
 */
struct vidmem_watch {
	/** @lock: Protects all below, also in interrupts. Innermost. */
	spinlock_t lock;
	/** @is_on: Somebody does. */
	bool is_on;
	/** @is_pending: @work has frames to look at. */
	bool is_pending;
	/** @first: The first of them. */
	u64 first;
	/** @last: The last of them. */
	u64 last;
	/** @work: Looks at them. */
	struct work_struct work;
};

/**
 * struct vidmem_clock - when frames end
 */
struct vidmem_clock {
	/** @timer: Expires at each vblank while somebody wants them. */
	struct hrtimer timer;
	/**
	 * @lock: Protects @interval, and when @timer expires, also in interrupts.
	 * Innermost.
	 */
	spinlock_t lock;
	/** @interval: Duration of a frame, or 0: no more vblanks. */
	ktime_t interval;
};

/**
 * struct vidmem_display - the mode objects of an adapter
 */
struct vidmem_display {
	/** @planes: What there is of them is initialized. */
	struct drm_plane planes[VIDMEM_LAYERS];
	/** @crtc: The only CRTC. */
	struct drm_crtc crtc;
	/** @clock: Its vblanks. */
	struct vidmem_clock clock;
	/** @encoder: That of @connector. */
	struct drm_encoder encoder;
	/** @connector: Where the screen is. */
	struct drm_connector connector;
	/** @screen: The screen, under the lock of &drm_mode_config.mutex. */
	struct vidmem_screen screen;
	/** @writeback: Gives pictures to programs. Without hardware only. */
	struct drm_writeback_connector writeback;

	/**
	 * @lock: Protects all below. Taken to change or compose the picture, by
	 * commits, by those that do not wait for commits (cursors), and by who
	 * watches. Only memory is waited for under it.
	 */
	struct mutex lock;
	/** @picture: What is on the screen. */
	struct vidmem_picture picture;
	/** @way: How the primary plane comes there. */
	enum vidmem_way way;
	/** @scanout: What hardware shows, unless @way is %VIDMEM_HIDDEN. */
	struct vidmem_scanout scanout;
	/** @is_on: Hardware has a mode. */
	bool is_on;

	/** @watch: Who wants checksums. */
	struct vidmem_watch watch;
};

int vidmem_display_init(struct vidmem_device *vdev);
int vidmem_display_set_screen(struct vidmem_device *vdev,
			      const struct vidmem_screen *screen);

/* crtc.c */
void vidmem_crtc_drop_gamma(struct vidmem_device *vdev);

#endif /* _VIDMEM_DISPLAY_H_ */
