// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_blend.h>
#include <drm/drm_damage_helper.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_gem_atomic_helper.h>
#include <drm/drm_plane.h>

#include "display/internal.h"
#include "driver/device.h"

/**
 * DOC: planes
 *
 * A primary plane and a cursor, and without hardware an overlay between them. The
 * cursor is moved at once, not with the next vblank, when nothing else changes.
 */

/* An overlay, too. */
static const u32 vidmem_overlay_formats[] = {
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_RGB888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB1555,
	DRM_FORMAT_C8,
};

static const u32 vidmem_cursor_formats[] = {
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_XRGB8888,
};

static const u64 vidmem_modifiers[] = {
	DRM_FORMAT_MOD_LINEAR,
	DRM_FORMAT_MOD_INVALID,
};

static int vidmem_plane_atomic_check(struct drm_plane *plane,
				     struct drm_atomic_state *atomic)
{
	struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);
	struct drm_crtc_state *crtc_state = NULL;

	if (state->crtc)
		crtc_state = drm_atomic_get_new_crtc_state(atomic, state->crtc);

	return drm_atomic_helper_check_plane_state(state, crtc_state,
						   DRM_PLANE_NO_SCALING,
						   DRM_PLANE_NO_SCALING,
						   true, true);
}

static int vidmem_plane_prepare_fb(struct drm_plane *plane,
				   struct drm_plane_state *state)
{
	int ret;

	ret = drm_gem_plane_helper_prepare_fb(plane, state);
	if (ret)
		return ret;

	return vidmem_scanout_prepare(state);
}

static void vidmem_plane_cleanup_fb(struct drm_plane *plane,
				    struct drm_plane_state *state)
{
	vidmem_scanout_cleanup(state);
}

static void vidmem_plane_atomic_update(struct drm_plane *plane,
				       struct drm_atomic_state *atomic)
{
	vidmem_scanout_update(to_vidmem_device(plane->dev),
			      drm_atomic_get_old_plane_state(atomic, plane),
			      drm_atomic_get_new_plane_state(atomic, plane));
}

/* A cursor that comes or goes is another matter: see vidmem_scanout_add_primary(). */
static int vidmem_cursor_async_check(VIDMEM_ASYNC_CHECK_PARAMS)
{
	struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);
	const struct drm_crtc *crtc = state->crtc;

	/* Under the lock of the CRTC. */
	if (!crtc || !state->fb || !plane->state->fb || !crtc->state->active)
		return -EINVAL;

	return drm_atomic_helper_check_plane_state(state, crtc->state,
						   DRM_PLANE_NO_SCALING,
						   DRM_PLANE_NO_SCALING,
						   true, true);
}

/* Puts the old frame buffer into the new state, which is cleaned up then. */
static void vidmem_cursor_async_update(struct drm_plane *plane,
				       struct drm_atomic_state *atomic)
{
	struct drm_plane_state *new =
		drm_atomic_get_new_plane_state(atomic, plane);
	struct vidmem_plane_state *vnew = to_vidmem_plane_state(new);
	struct vidmem_plane_state *vold = to_vidmem_plane_state(plane->state);

	swap(plane->state->fb, new->fb);
	swap(vold->map, vnew->map);
	plane->state->crtc_x = new->crtc_x;
	plane->state->crtc_y = new->crtc_y;
	plane->state->crtc_w = new->crtc_w;
	plane->state->crtc_h = new->crtc_h;
	plane->state->src_x = new->src_x;
	plane->state->src_y = new->src_y;
	plane->state->src_w = new->src_w;
	plane->state->src_h = new->src_h;
	plane->state->src = new->src;
	plane->state->dst = new->dst;
	plane->state->visible = new->visible;

	vidmem_scanout_update(to_vidmem_device(plane->dev), NULL, plane->state);
}

static const struct drm_plane_helper_funcs vidmem_primary_helper_funcs = {
	.prepare_fb	= vidmem_plane_prepare_fb,
	.cleanup_fb	= vidmem_plane_cleanup_fb,
	.atomic_check	= vidmem_plane_atomic_check,
	.atomic_update	= vidmem_plane_atomic_update,
	VIDMEM_PANIC_FUNC(vidmem_scanout_panic_buffer)
};

static const struct drm_plane_helper_funcs vidmem_overlay_helper_funcs = {
	.prepare_fb	= vidmem_plane_prepare_fb,
	.cleanup_fb	= vidmem_plane_cleanup_fb,
	.atomic_check	= vidmem_plane_atomic_check,
	.atomic_update	= vidmem_plane_atomic_update,
};

static const struct drm_plane_helper_funcs vidmem_cursor_helper_funcs = {
	.prepare_fb		= vidmem_plane_prepare_fb,
	.cleanup_fb		= vidmem_plane_cleanup_fb,
	.atomic_check		= vidmem_plane_atomic_check,
	.atomic_update		= vidmem_plane_atomic_update,
	.atomic_async_check	= vidmem_cursor_async_check,
	.atomic_async_update	= vidmem_cursor_async_update,
};

static void vidmem_plane_reset(struct drm_plane *plane)
{
	struct vidmem_plane_state *vstate;

	if (plane->state) {
		__drm_atomic_helper_plane_destroy_state(plane->state);
		kfree(to_vidmem_plane_state(plane->state));
		plane->state = NULL;
	}
	vstate = kzalloc(sizeof(*vstate), GFP_KERNEL);
	if (vstate)
		__drm_atomic_helper_plane_reset(plane, &vstate->base);
}

static struct drm_plane_state *
vidmem_plane_duplicate_state(struct drm_plane *plane)
{
	struct vidmem_plane_state *vstate;

	vstate = kzalloc(sizeof(*vstate), GFP_KERNEL);
	if (!vstate)
		return NULL;
	__drm_atomic_helper_plane_duplicate_state(plane, &vstate->base);
	vstate->is_composed = to_vidmem_plane_state(plane->state)->is_composed;

	return &vstate->base;
}

static void vidmem_plane_destroy_state(struct drm_plane *plane,
				       struct drm_plane_state *state)
{
	__drm_atomic_helper_plane_destroy_state(state);
	kfree(to_vidmem_plane_state(state));
}

static bool vidmem_plane_format_supported(struct drm_plane *plane, u32 format,
					  u64 modifier)
{
	return modifier == DRM_FORMAT_MOD_LINEAR;
}

#define VIDMEM_PLANE_FUNCS						\
	.update_plane		= drm_atomic_helper_update_plane,	\
	.disable_plane		= drm_atomic_helper_disable_plane,	\
	.destroy		= drm_plane_cleanup,			\
	.reset			= vidmem_plane_reset,			\
	.atomic_duplicate_state	= vidmem_plane_duplicate_state,		\
	.atomic_destroy_state	= vidmem_plane_destroy_state,		\
	.format_mod_supported	= vidmem_plane_format_supported

static const struct drm_plane_funcs vidmem_primary_funcs = {
	VIDMEM_PLANE_FUNCS,
	VIDMEM_ASYNC_FORMATS(vidmem_plane_format_supported)
};

static const struct drm_plane_funcs vidmem_plane_funcs = {
	VIDMEM_PLANE_FUNCS,
};

struct vidmem_plane_kind {
	enum drm_plane_type type;
	const u32 *formats;
	unsigned int format_count;
	const struct drm_plane_funcs *funcs;
	const struct drm_plane_helper_funcs *helper_funcs;
};

static int vidmem_plane_init(struct vidmem_device *vdev,
			     enum vidmem_layer_id id,
			     const struct vidmem_plane_kind *kind)
{
	unsigned int blend_modes = BIT(DRM_MODE_BLEND_PREMULTI) |
				   BIT(DRM_MODE_BLEND_COVERAGE) |
				   BIT(DRM_MODE_BLEND_PIXEL_NONE);
	struct drm_plane *plane = &vdev->display.planes[id];
	int ret;

	/* Not the managed one: see vidmem_crtc_init(). */
	ret = drm_universal_plane_init(&vdev->drm, plane, 1, kind->funcs,
				       kind->formats, kind->format_count,
				       vidmem_modifiers, kind->type, NULL);
	if (ret)
		return ret;
	drm_plane_helper_add(plane, kind->helper_funcs);

	if (id == VIDMEM_PRIMARY) {
		drm_plane_enable_fb_damage_clips(plane);
	} else {
		ret = drm_plane_create_alpha_property(plane);
		if (ret)
			return ret;
		ret = drm_plane_create_blend_mode_property(plane, blend_modes);
		if (ret)
			return ret;
	}

	return drm_plane_create_zpos_immutable_property(plane, id);
}

/**
 * vidmem_planes_init - create the planes
 * @vdev: the adapter
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_planes_init(struct vidmem_device *vdev)
{
	const struct vidmem_plane_kind primary = {
		DRM_PLANE_TYPE_PRIMARY, vdev->formats, vdev->format_count,
		&vidmem_primary_funcs, &vidmem_primary_helper_funcs,
	};
	const struct vidmem_plane_kind overlay = {
		DRM_PLANE_TYPE_OVERLAY, vidmem_overlay_formats,
		ARRAY_SIZE(vidmem_overlay_formats),
		&vidmem_plane_funcs, &vidmem_overlay_helper_funcs,
	};
	const struct vidmem_plane_kind cursor = {
		DRM_PLANE_TYPE_CURSOR, vidmem_cursor_formats,
		ARRAY_SIZE(vidmem_cursor_formats),
		&vidmem_plane_funcs, &vidmem_cursor_helper_funcs,
	};
	int ret;

	ret = vidmem_plane_init(vdev, VIDMEM_PRIMARY, &primary);
	if (!ret && !vdev->funcs)
		ret = vidmem_plane_init(vdev, VIDMEM_OVERLAY, &overlay);
	if (!ret)
		ret = vidmem_plane_init(vdev, VIDMEM_CURSOR, &cursor);

	return ret;
}
