/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DISPLAY_INTERNAL_H_
#define _VIDMEM_DISPLAY_INTERNAL_H_

/* What the files about the display share, and nobody else may use. */

#include <drm/drm_crtc.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_plane.h>

#include "compat/compat.h"
#include "display/display.h"
#include "memory/memory.h"

struct drm_atomic_state;
struct drm_scanout_buffer;

/**
 * struct vidmem_fb_map - a frame buffer in the kernel
 */
struct vidmem_fb_map {
	/** @objects: Its objects. */
	struct iosys_map objects[DRM_FORMAT_MAX_PLANES];
	/** @pixels: Its first pixels. */
	struct iosys_map pixels[DRM_FORMAT_MAX_PLANES];
	/** @is_there: It is mapped. */
	bool is_there;
};

/**
 * struct vidmem_plane_state - the state of a plane
 */
struct vidmem_plane_state {
	/** @base: What KMS knows of it. */
	struct drm_plane_state base;
	/** @is_composed: Hardware cannot show the picture alone. Primary plane. */
	bool is_composed;
	/** @width: Pixels of a line on the screen. Primary plane, when checked. */
	u32 width;
	/** @height: How many lines. Likewise. */
	u32 height;
	/** @way: How it comes to the screen. Primary plane, when prepared. */
	enum vidmem_way way;
	/** @scanout: What hardware is to show. Likewise. */
	struct vidmem_scanout scanout;
	/** @area: What it needs of the area. Likewise. */
	struct vidmem_area_user area;
	/** @map: The frame buffer. */
	struct vidmem_fb_map map;
};

#define to_vidmem_plane_state(s) container_of(s, struct vidmem_plane_state, base)

/**
 * struct vidmem_crtc_state - the state of the CRTC
 */
struct vidmem_crtc_state {
	/** @base: What KMS knows of it. */
	struct drm_crtc_state base;
	/**
	 * @has_gamma: The gamma table is one. What C8 has been shown with is a
	 * palette, and what changes nothing is none.
	 */
	bool has_gamma;
};

#define to_vidmem_crtc_state(s) container_of(s, struct vidmem_crtc_state, base)

/**
 * vidmem_src_offset - where in its frame buffer a plane begins to show it
 * @state: the plane's state, checked, with a frame buffer
 *
 * Returns: bytes from the start of the frame buffer.
 */
static inline u64 vidmem_src_offset(const struct drm_plane_state *state)
{
	return (u64)(state->src.y1 >> 16) * state->fb->pitches[0] +
	       (state->src.x1 >> 16) * state->fb->format->cpp[0];
}

/* compose.c */
void vidmem_compose_line(const struct vidmem_picture *picture, int x, int y,
			 u32 width, u32 *line);
int vidmem_picture_grow(struct vidmem_picture *picture, u32 width);
void vidmem_picture_fini(struct vidmem_picture *picture);

/* scanout.c */
int vidmem_scanout_add_primary(struct drm_atomic_state *atomic);
int vidmem_scanout_check(struct drm_atomic_state *atomic);
int vidmem_scanout_prepare(struct drm_plane_state *state);
void vidmem_scanout_cleanup(struct drm_plane_state *state);
bool vidmem_scanout_could_show(struct vidmem_device *vdev,
			       const struct drm_framebuffer *fb);
void vidmem_scanout_update(struct vidmem_device *vdev,
			   struct drm_plane_state *old,
			   struct drm_plane_state *state);
void vidmem_scanout_update_hidden(struct vidmem_device *vdev,
				  struct drm_atomic_state *atomic);
void vidmem_scanout_set_mode(struct vidmem_device *vdev);
void vidmem_scanout_set_lut(struct vidmem_device *vdev);
void vidmem_scanout_blank(struct vidmem_device *vdev);
int vidmem_scanout_panic_buffer(struct drm_plane *plane,
				struct drm_scanout_buffer *buffer);

/* plane.c */
int vidmem_planes_init(struct vidmem_device *vdev);

/* crtc.c */
int vidmem_crtc_init(struct vidmem_device *vdev);

/* vblank.c */
int vidmem_vblank_init(struct vidmem_device *vdev);
int vidmem_vblank_enable(struct drm_crtc *crtc);
void vidmem_vblank_disable(struct drm_crtc *crtc);
bool vidmem_vblank_timestamp(struct drm_crtc *crtc, int *max_error,
			     ktime_t *vblank_time, bool in_vblank_irq);

/* connector.c */
int vidmem_connector_init(struct vidmem_device *vdev);

/* watch.c */
int vidmem_watch_init(struct vidmem_device *vdev);
void vidmem_watch_frame(struct vidmem_device *vdev);
const char *const *vidmem_watch_get_sources(struct drm_crtc *crtc,
					    size_t *count);
int vidmem_watch_set_source(struct drm_crtc *crtc, const char *source);
int vidmem_watch_verify_source(struct drm_crtc *crtc, const char *source,
			       size_t *values);

/* writeback.c */
int vidmem_writeback_init(struct vidmem_device *vdev);
void vidmem_writeback_commit(struct vidmem_device *vdev,
			     struct drm_atomic_state *atomic);

#endif /* _VIDMEM_DISPLAY_INTERNAL_H_ */
