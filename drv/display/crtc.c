// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_color_mgmt.h>
#include <drm/drm_crtc.h>
#include <drm/drm_drv.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_modeset_lock.h>
#include <drm/drm_print.h>
#include <drm/drm_property.h>
#include <drm/drm_vblank.h>

#include "display/internal.h"
#include "driver/device.h"
#include "driver/trace.h"

/**
 * DOC: the CRTC
 *
 * Modes and gamma, and who is told when a picture is on the screen.
 */

/* What a timer can be asked for, and a client can wait for. */
#define VIDMEM_FRAME_NS_MIN	NSEC_PER_MSEC
#define VIDMEM_FRAME_NS_MAX	NSEC_PER_SEC

static enum drm_mode_status
vidmem_rate_valid(const struct drm_display_mode *mode)
{
	u64 pixels = mul_u32_u32(mode->htotal, mode->vtotal);
	u64 frame_ns;

	if (mode->clock <= 0)
		return MODE_CLOCK_LOW;
	frame_ns = div_u64(pixels * (NSEC_PER_SEC / 1000), mode->clock);
	if (frame_ns < VIDMEM_FRAME_NS_MIN)
		return MODE_CLOCK_HIGH;
	if (frame_ns > VIDMEM_FRAME_NS_MAX)
		return MODE_CLOCK_LOW;

	return MODE_OK;
}

static enum drm_mode_status
vidmem_crtc_mode_valid(struct drm_crtc *crtc,
		       const struct drm_display_mode *mode)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	u64 pitch = (u64)ALIGN(mode->hdisplay, 8) * 4;

	if (mode->flags & (DRM_MODE_FLAG_INTERLACE | DRM_MODE_FLAG_DBLSCAN |
			   DRM_MODE_FLAG_DBLCLK))
		return MODE_BAD;
	if (mode->hdisplay < vdev->min_mode_size)
		return MODE_BAD_HVALUE;
	if (mode->vdisplay < vdev->min_mode_size)
		return MODE_BAD_VVALUE;
	if (mode->hdisplay > vdev->max_width)
		return MODE_VIRTUAL_X;
	if (mode->vdisplay > vdev->max_height)
		return MODE_VIRTUAL_Y;
	if (pitch * mode->vdisplay > vdev->vram.size)
		return MODE_MEM;

	return vidmem_rate_valid(mode);
}

static bool vidmem_lut_changes_colors(const struct drm_property_blob *lut)
{
	const struct drm_color_lut *colors = lut->data;
	int i;

	for (i = 0; i < VIDMEM_PALETTE_SIZE; i++)
		if (colors[i].red >> 8 != i || colors[i].green >> 8 != i ||
		    colors[i].blue >> 8 != i)
			return true;

	return false;
}

/* Whether the frame buffer's colors are those of the gamma table. */
static bool vidmem_shows_palette(struct vidmem_device *vdev,
				 struct drm_atomic_state *atomic)
{
	struct drm_plane *plane = &vdev->display.planes[VIDMEM_PRIMARY];
	const struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);

	/* Without the plane's lock, if hardware has no need of it. */
	if (!state)
		state = plane->state;

	return state->fb && state->fb->format->format == DRM_FORMAT_C8;
}

static int vidmem_crtc_atomic_check(struct drm_crtc *crtc,
				    struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	struct drm_crtc_state *state =
		drm_atomic_get_new_crtc_state(atomic, crtc);
	struct vidmem_crtc_state *vstate = to_vidmem_crtc_state(state);

	if (state->color_mgmt_changed && state->gamma_lut &&
	    drm_color_lut_size(state->gamma_lut) != VIDMEM_PALETTE_SIZE) {
		drm_dbg_kms(crtc->dev, "gamma table without %u entries\n",
			    VIDMEM_PALETTE_SIZE);
		return -EINVAL;
	}
	if (state->color_mgmt_changed)
		vstate->has_gamma = state->gamma_lut &&
				    vidmem_lut_changes_colors(state->gamma_lut);
	/* It may have been set before the mode that it is for. */
	if (vstate->has_gamma && vidmem_shows_palette(vdev, atomic))
		vstate->has_gamma = false;

	return 0;
}

static void vidmem_crtc_atomic_enable(struct drm_crtc *crtc,
				      struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);

	vidmem_scanout_set_lut(vdev);
	vidmem_scanout_set_mode(vdev);
	trace_vidmem_mode(crtc->dev, &crtc->state->mode);
	drm_crtc_vblank_on(crtc);
}

/* Before the planes. */
static void vidmem_crtc_atomic_begin(struct drm_crtc *crtc,
				     struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	const struct drm_crtc_state *old =
		drm_atomic_get_old_crtc_state(atomic, crtc);

	if (crtc->state->color_mgmt_changed ||
	    to_vidmem_crtc_state(crtc->state)->has_gamma !=
	    to_vidmem_crtc_state(old)->has_gamma)
		vidmem_scanout_set_lut(vdev);
	vidmem_scanout_update_hidden(vdev, atomic);
}

static void vidmem_crtc_send_event(struct drm_crtc *crtc, bool at_vblank)
{
	struct drm_crtc_state *state = crtc->state;

	spin_lock_irq(&crtc->dev->event_lock);
	if (state->event && at_vblank && !drm_crtc_vblank_get(crtc))
		drm_crtc_arm_vblank_event(crtc, state->event);
	else if (state->event)
		drm_crtc_send_vblank_event(crtc, state->event);
	state->event = NULL;
	spin_unlock_irq(&crtc->dev->event_lock);
}

static void vidmem_crtc_atomic_flush(struct drm_crtc *crtc,
				     struct drm_atomic_state *atomic)
{
	/* An asynchronous flip is on the screen already. */
	vidmem_crtc_send_event(crtc, !crtc->state->async_flip);
}

static void vidmem_crtc_atomic_disable(struct drm_crtc *crtc,
				       struct drm_atomic_state *atomic)
{
	drm_crtc_vblank_off(crtc);
	vidmem_scanout_blank(to_vidmem_device(crtc->dev));
	if (!crtc->state->active)
		vidmem_crtc_send_event(crtc, false);
}

static const struct drm_crtc_helper_funcs vidmem_crtc_helper_funcs = {
	.mode_valid	= vidmem_crtc_mode_valid,
	.atomic_check	= vidmem_crtc_atomic_check,
	.atomic_begin	= vidmem_crtc_atomic_begin,
	.atomic_flush	= vidmem_crtc_atomic_flush,
	.atomic_enable	= vidmem_crtc_atomic_enable,
	.atomic_disable	= vidmem_crtc_atomic_disable,
};

static int vidmem_commit_without_gamma(struct drm_crtc *crtc,
				       struct drm_modeset_acquire_ctx *ctx)
{
	struct drm_atomic_state *atomic;
	struct drm_crtc_state *state;
	int ret;

	if (!crtc->state->gamma_lut)
		return 0;
	atomic = drm_atomic_state_alloc(crtc->dev);
	if (!atomic)
		return -ENOMEM;
	atomic->acquire_ctx = ctx;

	state = drm_atomic_get_crtc_state(atomic, crtc);
	ret = PTR_ERR_OR_ZERO(state);
	if (!ret) {
		drm_property_replace_blob(&state->gamma_lut, NULL);
		state->color_mgmt_changed = true;
		ret = drm_atomic_commit(atomic);
	}
	drm_atomic_state_put(atomic);

	return ret;
}

/**
 * vidmem_crtc_drop_gamma - show colors as they are
 * @vdev: the adapter, which no client has open
 *
 * DRM would leave the last one's gamma table to the console, and to the next client.
 */
void vidmem_crtc_drop_gamma(struct vidmem_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	struct drm_modeset_acquire_ctx ctx;
	int ret;

	DRM_MODESET_LOCK_ALL_BEGIN(drm, ctx, 0, ret);
	ret = vidmem_commit_without_gamma(&vdev->display.crtc, &ctx);
	DRM_MODESET_LOCK_ALL_END(drm, ctx, ret);
	if (ret)
		drm_dbg_kms(drm, "gamma stays: %d\n", ret);
}

static void vidmem_crtc_destroy_state(struct drm_crtc *crtc,
				      struct drm_crtc_state *state)
{
	__drm_atomic_helper_crtc_destroy_state(state);
	kfree(to_vidmem_crtc_state(state));
}

static void vidmem_crtc_reset(struct drm_crtc *crtc)
{
	struct vidmem_crtc_state *vstate;

	if (crtc->state) {
		vidmem_crtc_destroy_state(crtc, crtc->state);
		crtc->state = NULL;
	}
	vstate = kzalloc(sizeof(*vstate), GFP_KERNEL);
	if (vstate)
		__drm_atomic_helper_crtc_reset(crtc, &vstate->base);
}

static struct drm_crtc_state *
vidmem_crtc_duplicate_state(struct drm_crtc *crtc)
{
	struct vidmem_crtc_state *vstate;

	vstate = kzalloc(sizeof(*vstate), GFP_KERNEL);
	if (!vstate)
		return NULL;
	__drm_atomic_helper_crtc_duplicate_state(crtc, &vstate->base);
	vstate->has_gamma = to_vidmem_crtc_state(crtc->state)->has_gamma;

	return &vstate->base;
}

static const struct drm_crtc_funcs vidmem_crtc_funcs = {
	.set_config		= drm_atomic_helper_set_config,
	.page_flip		= drm_atomic_helper_page_flip,
	.destroy		= drm_crtc_cleanup,
	.reset			= vidmem_crtc_reset,
	.atomic_duplicate_state	= vidmem_crtc_duplicate_state,
	.atomic_destroy_state	= vidmem_crtc_destroy_state,
	.get_crc_sources	= vidmem_watch_get_sources,
	.set_crc_source		= vidmem_watch_set_source,
	.verify_crc_source	= vidmem_watch_verify_source,
	.enable_vblank		= vidmem_vblank_enable,
	.disable_vblank		= vidmem_vblank_disable,
	.get_vblank_timestamp	= vidmem_vblank_timestamp,
};

/**
 * vidmem_crtc_init - create the CRTC
 * @vdev: the adapter, which has its planes
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_crtc_init(struct vidmem_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	struct vidmem_display *display = &vdev->display;
	struct drm_crtc *crtc = &display->crtc;
	int ret;

	/* Not the managed one: if it fails late, it leaves what has no end. */
	ret = drm_crtc_init_with_planes(drm, crtc,
					&display->planes[VIDMEM_PRIMARY],
					&display->planes[VIDMEM_CURSOR],
					&vidmem_crtc_funcs, NULL);
	if (ret)
		return ret;
	drm_crtc_helper_add(crtc, &vidmem_crtc_helper_funcs);

	ret = drm_mode_crtc_set_gamma_size(crtc, VIDMEM_PALETTE_SIZE);
	if (ret)
		return ret;
	drm_crtc_enable_color_mgmt(crtc, 0, false, VIDMEM_PALETTE_SIZE);

	return vidmem_vblank_init(vdev);
}
