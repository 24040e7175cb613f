// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_damage_helper.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "compat/compat.h"
#include "display/internal.h"
#include "driver/device.h"

/* As large as any program wants one. */
#define VIDMEM_CURSOR_SIZE	256

/**
 * DOC: modesetting
 *
 * What belongs to no mode object alone: frame buffers, and the order in which an
 * update is checked and made. The mode objects are planes (plane.c), a CRTC
 * (crtc.c), a connector (connector.c), and without hardware one for writeback
 * (writeback.c). How pixels come to the screen is in scanout.c.
 */

/* For MAP, which does not wait for the locks of KMS. */
static void vidmem_note_displayed(struct vidmem_device *vdev,
				  struct drm_atomic_state *atomic)
{
	struct drm_plane *plane = &vdev->display.planes[VIDMEM_PRIMARY];
	const struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);
	const struct drm_framebuffer *fb;
	u64 start;

	if (!state)
		return;
	fb = state->fb;
	if (!fb) {
		vidmem_displayed_set(vdev, NULL, 0, 0);
		return;
	}
	start = fb->offsets[0] + vidmem_src_offset(state);
	if (to_vidmem_plane_state(state)->way > VIDMEM_DIRECT)
		vidmem_displayed_set(vdev, fb->obj[0], start, 0);
	else
		vidmem_displayed_set(vdev, fb->obj[0], start,
				     (u64)(state->src_h >> 16) * fb->pitches[0]);
}

/* What has been drawn is on the screen already where it is shown directly. */
static int vidmem_fb_dirty(struct drm_framebuffer *fb, struct drm_file *file,
			   unsigned int flags, unsigned int color,
			   struct drm_clip_rect *clips, unsigned int clip_count)
{
	if (vidmem_displayed_is_direct(to_vidmem_device(fb->dev), fb->obj[0]))
		return 0;

	return drm_atomic_helper_dirtyfb(fb, file, flags, color, clips,
					 clip_count);
}

static const struct drm_framebuffer_funcs vidmem_fb_funcs = {
	.destroy	= drm_gem_fb_destroy,
	.create_handle	= drm_gem_fb_create_handle,
	.dirty		= vidmem_fb_dirty,
};

/*
 * What CREATE has made does not move and is not copied, so what no screen can show is
 * known now. Better to say so here than when it is to be shown.
 */
static struct drm_framebuffer *
vidmem_fb_create(struct drm_device *drm, struct drm_file *file,
		 VIDMEM_FB_INFO_PARAM const struct drm_mode_fb_cmd2 *cmd)
{
	struct drm_framebuffer *fb;

	if (!drm_any_plane_has_format(drm, cmd->pixel_format,
				      cmd->modifier[0])) {
		drm_dbg_kms(drm, "no format %p4cc\n", &cmd->pixel_format);
		return ERR_PTR(-EINVAL);
	}

	fb = drm_gem_fb_create_with_funcs(drm, file, VIDMEM_FB_INFO_ARG cmd,
					  &vidmem_fb_funcs);
	if (IS_ERR(fb) || vidmem_scanout_could_show(to_vidmem_device(drm), fb))
		return fb;

	drm_dbg_kms(drm, "no scanout by %u bytes per line of %p4cc\n",
		    fb->pitches[0], &cmd->pixel_format);
	drm_framebuffer_put(fb);

	return ERR_PTR(-EINVAL);
}

static int vidmem_atomic_check(struct drm_device *drm,
			       struct drm_atomic_state *atomic)
{
	int ret;

	ret = vidmem_scanout_add_primary(atomic);
	if (!ret)
		ret = drm_atomic_helper_check(drm, atomic);
	if (!ret)
		ret = vidmem_scanout_check(atomic);

	return ret;
}

static const struct drm_mode_config_funcs vidmem_mode_config_funcs = {
	.fb_create	= vidmem_fb_create,
	.atomic_check	= vidmem_atomic_check,
	.atomic_commit	= drm_atomic_helper_commit,
};

/* Modes before planes: there is no start address while the display is off. */
static void vidmem_atomic_commit_tail(struct drm_atomic_state *atomic)
{
	struct drm_device *drm = atomic->dev;
	struct vidmem_device *vdev = to_vidmem_device(drm);

	drm_atomic_helper_commit_modeset_disables(drm, atomic);
	drm_atomic_helper_commit_modeset_enables(drm, atomic);
	drm_atomic_helper_commit_planes(drm, atomic,
					DRM_PLANE_COMMIT_ACTIVE_ONLY);
	if (!vdev->funcs)
		vidmem_writeback_commit(vdev, atomic);
	vidmem_note_displayed(vdev, atomic);
	drm_atomic_helper_commit_hw_done(atomic);
	drm_atomic_helper_wait_for_flip_done(drm, atomic);
	drm_atomic_helper_cleanup_planes(drm, atomic);
}

static const struct drm_mode_config_helper_funcs
vidmem_mode_config_helper_funcs = {
	.atomic_commit_tail	= vidmem_atomic_commit_tail,
};

static bool vidmem_has_states(struct drm_device *drm)
{
	struct drm_connector_list_iter iter;
	struct drm_connector *connector;
	struct drm_plane *plane;
	struct drm_crtc *crtc;
	bool has = true;

	drm_for_each_plane(plane, drm)
		has = has && plane->state;
	drm_for_each_crtc(crtc, drm)
		has = has && crtc->state;
	drm_connector_list_iter_begin(drm, &iter);
	drm_for_each_connector_iter(connector, &iter)
		has = has && connector->state;
	drm_connector_list_iter_end(&iter);

	return has;
}

static void vidmem_display_fini(struct drm_device *drm, void *data)
{
	struct vidmem_display *display = data;

	vidmem_picture_fini(&display->picture);
	mutex_destroy(&display->lock);
}

/**
 * vidmem_display_init - create the mode objects
 * @vdev: the adapter
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_display_init(struct vidmem_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	struct vidmem_display *display = &vdev->display;
	struct drm_mode_config *config = &drm->mode_config;
	int ret;

	ret = drmm_mode_config_init(drm);
	if (ret)
		return ret;
	mutex_init(&display->lock);
	/* Only now: its gamma table must go before all such do. */
	ret = drmm_add_action_or_reset(drm, vidmem_display_fini, display);
	if (ret)
		return ret;

	config->max_width = vdev->max_width;
	config->max_height = vdev->max_height;
	config->cursor_width = VIDMEM_CURSOR_SIZE;
	config->cursor_height = VIDMEM_CURSOR_SIZE;
	config->preferred_depth = 24;
	config->async_page_flip = true;
	/* The console scrolls, and to read video memory is slow. */
	vidmem_prefer_shadow_fbdev(config);
	config->funcs = &vidmem_mode_config_funcs;
	config->helper_private = &vidmem_mode_config_helper_funcs;

	ret = vidmem_watch_init(vdev);
	if (!ret)
		ret = vidmem_planes_init(vdev);
	if (!ret)
		ret = vidmem_crtc_init(vdev);
	if (!ret)
		ret = vidmem_connector_init(vdev);
	if (!ret && !vdev->funcs)
		ret = vidmem_writeback_init(vdev);
	if (ret)
		return ret;

	/* It has no way to say so when there is no memory for a first state. */
	drm_mode_config_reset(drm);

	return vidmem_has_states(drm) ? 0 : -ENOMEM;
}
