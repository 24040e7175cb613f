// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_color_mgmt.h>
#include <drm/drm_drv.h>
#include <drm/drm_edid.h>
#include <drm/drm_encoder.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_atomic_helper.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_managed.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_print.h>
#include <drm/drm_probe_helper.h>

#include "compat/compat.h"
#include "driver/device.h"

/**
 * DOC: modesetting
 *
 * One plane, one CRTC, one encoder, one connector. The display shows video
 * memory itself, so what is drawn is on screen without a further call, and a
 * page flip is a new start address. All hardware access goes through
 * &vidmem_adapter_funcs, inside drm_dev_enter().
 */

static bool vidmem_has_palette(struct vidmem_device *vdev)
{
	unsigned int i;

	for (i = 0; i < vdev->format_count; i++)
		if (vdev->formats[i] == DRM_FORMAT_C8)
			return true;

	return false;
}

/* First byte on display, counted from the start of the object. */
static u64 vidmem_object_start(const struct drm_plane_state *state)
{
	const struct drm_framebuffer *fb = state->fb;

	return fb->offsets[0] +
	       (u64)(state->src_y >> 16) * fb->pitches[0] +
	       (state->src_x >> 16) * fb->format->cpp[0];
}

/* First byte on display, counted from the start of video memory. */
static u64 vidmem_vram_start(const struct drm_plane_state *state)
{
	return to_vidmem_object(state->fb->obj[0])->range.node.start +
	       vidmem_object_start(state);
}

/* For MAP, which does not wait for the locks of KMS. */
static void vidmem_note_displayed(struct vidmem_device *vdev,
				  struct drm_atomic_state *atomic)
{
	const struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, &vdev->display.plane);
	const struct drm_framebuffer *fb;

	if (!state)
		return;
	fb = state->fb;
	if (fb)
		vidmem_displayed_set(vdev, fb->obj[0],
				     vidmem_object_start(state),
				     (u64)(state->src_h >> 16) * fb->pitches[0]);
	else
		vidmem_displayed_set(vdev, NULL, 0, 0);
}

static int vidmem_plane_atomic_check(struct drm_plane *plane,
				     struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(plane->dev);
	struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);
	struct drm_crtc_state *crtc_state = NULL;
	int ret;

	if (state->crtc)
		crtc_state = drm_atomic_get_new_crtc_state(atomic, state->crtc);

	ret = drm_atomic_helper_check_plane_state(state, crtc_state,
						  DRM_PLANE_NO_SCALING,
						  DRM_PLANE_NO_SCALING,
						  false, false);
	if (ret || !state->visible)
		return ret;

	if (!vdev->funcs->scanout_valid(vdev, state->fb->format,
					state->fb->pitches[0],
					vidmem_vram_start(state))) {
		drm_dbg_kms(plane->dev, "no scanout from %#llx by %u\n",
			    vidmem_vram_start(state), state->fb->pitches[0]);
		return -EINVAL;
	}

	return 0;
}

/* The gamma table is the palette of C8. All other formats go without. */
static void vidmem_load_palette(struct vidmem_device *vdev)
{
	const struct drm_property_blob *lut = vdev->display.crtc.state->gamma_lut;

	if (vidmem_has_palette(vdev))
		vdev->funcs->load_palette(vdev, lut ? lut->data : NULL);
}

/* With the device present. */
static void vidmem_set_mode(struct vidmem_device *vdev,
			    const struct drm_plane_state *state)
{
	vdev->funcs->set_mode(vdev, &vdev->display.crtc.state->mode, state->fb,
			      vidmem_vram_start(state));
	vidmem_load_palette(vdev);
}

static void vidmem_plane_atomic_update(struct drm_plane *plane,
				       struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(plane->dev);
	struct drm_plane_state *old =
		drm_atomic_get_old_plane_state(atomic, plane);
	struct drm_plane_state *state = plane->state;
	int idx;

	if (!state->visible || !drm_dev_enter(plane->dev, &idx))
		return;
	/* To the hardware the format is a part of the mode, to KMS it is not. */
	if (old->fb && old->fb->format != state->fb->format)
		vidmem_set_mode(vdev, state);
	else
		vdev->funcs->set_start(vdev, state->fb,
				       vidmem_vram_start(state));
	drm_dev_exit(idx);
}

static const struct drm_plane_helper_funcs vidmem_plane_helper_funcs = {
	.prepare_fb	= drm_gem_plane_helper_prepare_fb,
	.atomic_check	= vidmem_plane_atomic_check,
	.atomic_update	= vidmem_plane_atomic_update,
};

static const struct drm_plane_funcs vidmem_plane_funcs = {
	.update_plane		= drm_atomic_helper_update_plane,
	.disable_plane		= drm_atomic_helper_disable_plane,
	.destroy		= drm_plane_cleanup,
	.reset			= drm_atomic_helper_plane_reset,
	.atomic_duplicate_state	= drm_atomic_helper_plane_duplicate_state,
	.atomic_destroy_state	= drm_atomic_helper_plane_destroy_state,
};

static enum drm_mode_status
vidmem_crtc_mode_valid(struct drm_crtc *crtc,
		       const struct drm_display_mode *mode)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	u64 pitch = (u64)mode->hdisplay * 4;

	if (mode->flags & (DRM_MODE_FLAG_INTERLACE | DRM_MODE_FLAG_DBLSCAN |
			   DRM_MODE_FLAG_DBLCLK))
		return MODE_BAD;
	if (mode->hdisplay > vdev->max_width)
		return MODE_VIRTUAL_X;
	if (mode->vdisplay > vdev->max_height)
		return MODE_VIRTUAL_Y;
	if (pitch * mode->vdisplay > vdev->vram.size)
		return MODE_MEM;

	return vdev->funcs->mode_valid(vdev, mode);
}

static int vidmem_crtc_atomic_check(struct drm_crtc *crtc,
				    struct drm_atomic_state *atomic)
{
	struct drm_crtc_state *state =
		drm_atomic_get_new_crtc_state(atomic, crtc);

	if (!state->enable)
		return 0;

	if (state->gamma_lut &&
	    drm_color_lut_size(state->gamma_lut) != VIDMEM_PALETTE_SIZE) {
		drm_dbg_kms(crtc->dev, "gamma table without %u entries\n",
			    VIDMEM_PALETTE_SIZE);
		return -EINVAL;
	}

	/* The hardware has no screen without a frame buffer. */
	return drm_atomic_helper_check_crtc_primary_plane(state);
}

static void vidmem_crtc_atomic_enable(struct drm_crtc *crtc,
				      struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	int idx;

	if (!drm_dev_enter(crtc->dev, &idx))
		return;
	vidmem_set_mode(vdev, vdev->display.plane.state);
	drm_dev_exit(idx);
}

static void vidmem_crtc_atomic_flush(struct drm_crtc *crtc,
				     struct drm_atomic_state *atomic)
{
	int idx;

	if (!crtc->state->color_mgmt_changed ||
	    !drm_dev_enter(crtc->dev, &idx))
		return;
	vidmem_load_palette(to_vidmem_device(crtc->dev));
	drm_dev_exit(idx);
}

static void vidmem_crtc_atomic_disable(struct drm_crtc *crtc,
				       struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	int idx;

	if (!drm_dev_enter(crtc->dev, &idx))
		return;
	vdev->funcs->blank(vdev);
	drm_dev_exit(idx);
}

static const struct drm_crtc_helper_funcs vidmem_crtc_helper_funcs = {
	.mode_valid	= vidmem_crtc_mode_valid,
	.atomic_check	= vidmem_crtc_atomic_check,
	.atomic_flush	= vidmem_crtc_atomic_flush,
	.atomic_enable	= vidmem_crtc_atomic_enable,
	.atomic_disable	= vidmem_crtc_atomic_disable,
};

static const struct drm_crtc_funcs vidmem_crtc_funcs = {
	.set_config		= drm_atomic_helper_set_config,
	.page_flip		= drm_atomic_helper_page_flip,
	.destroy		= drm_crtc_cleanup,
	.reset			= drm_atomic_helper_crtc_reset,
	.atomic_duplicate_state	= drm_atomic_helper_crtc_duplicate_state,
	.atomic_destroy_state	= drm_atomic_helper_crtc_destroy_state,
};

/* Of any size: that of a panel is often no standard one. */
static int vidmem_add_preferred_mode(struct vidmem_device *vdev)
{
	struct drm_display_mode *mode;

	mode = drm_cvt_mode(&vdev->drm, vdev->preferred_width,
			    vdev->preferred_height, 60, false, false, false);
	if (!mode)
		return 0;
	/* CVT counts in groups of 8 pixels. */
	mode->hdisplay = vdev->preferred_width;
	mode->type |= DRM_MODE_TYPE_PREFERRED | DRM_MODE_TYPE_DRIVER;
	drm_mode_set_name(mode);
	drm_mode_probed_add(&vdev->display.connector, mode);

	return 1;
}

static int vidmem_connector_get_modes(struct drm_connector *connector)
{
	struct vidmem_device *vdev = to_vidmem_device(connector->dev);
	const struct drm_edid *edid = NULL;
	int count = 0;
	int idx;

	if (vdev->funcs->read_edid && drm_dev_enter(connector->dev, &idx)) {
		edid = vdev->funcs->read_edid(vdev, connector);
		drm_dev_exit(idx);
		drm_edid_connector_update(connector, edid);
		count = drm_edid_connector_add_modes(connector);
	}
	/* The usual modes beside those of the EDID, which are the preferred. */
	count += drm_add_modes_noedid(connector, vdev->max_width,
				      vdev->max_height);
	if (!edid)
		count += vidmem_add_preferred_mode(vdev);
	drm_edid_free(edid);

	return count;
}

static const struct drm_connector_helper_funcs vidmem_connector_helper_funcs = {
	.get_modes	= vidmem_connector_get_modes,
};

static const struct drm_connector_funcs vidmem_connector_funcs = {
	.fill_modes		= drm_helper_probe_single_connector_modes,
	.reset			= drm_atomic_helper_connector_reset,
	.atomic_duplicate_state	= drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state	= drm_atomic_helper_connector_destroy_state,
};

/*
 * Objects do not move, so what no screen can show is known now. Better to say
 * so here than when it is to be shown.
 */
static struct drm_framebuffer *
vidmem_fb_create(struct drm_device *drm, struct drm_file *file,
		 VIDMEM_FB_INFO_PARAM const struct drm_mode_fb_cmd2 *cmd)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct vidmem_object *vobj;
	struct drm_framebuffer *fb;
	u64 start;

	if (!drm_any_plane_has_format(drm, cmd->pixel_format,
				      cmd->modifier[0])) {
		drm_dbg_kms(drm, "no format %p4cc\n", &cmd->pixel_format);
		return ERR_PTR(-EINVAL);
	}

	fb = drm_gem_fb_create(drm, file, VIDMEM_FB_INFO_ARG cmd);
	if (IS_ERR(fb))
		return fb;

	vobj = to_vidmem_object(fb->obj[0]);
	start = vobj->range.node.start + fb->offsets[0];
	if (!vdev->funcs->scanout_valid(vdev, fb->format, fb->pitches[0],
					start)) {
		drm_dbg_kms(drm, "no scanout by %u bytes per line of %p4cc\n",
			    fb->pitches[0], &cmd->pixel_format);
		drm_framebuffer_put(fb);
		return ERR_PTR(-EINVAL);
	}
	return fb;
}

static const struct drm_mode_config_funcs vidmem_mode_config_funcs = {
	.fb_create	= vidmem_fb_create,
	.atomic_check	= drm_atomic_helper_check,
	.atomic_commit	= drm_atomic_helper_commit,
};

/*
 * Not drm_atomic_helper_commit_tail_rpm(): it waits for a vblank in the end, and
 * looks for that at the new state of the CRTC. There are none, so that by then
 * the next page flip may be done and have freed it.
 */
static void vidmem_atomic_commit_tail(struct drm_atomic_state *atomic)
{
	struct drm_device *drm = atomic->dev;

	drm_atomic_helper_commit_modeset_disables(drm, atomic);
	drm_atomic_helper_commit_modeset_enables(drm, atomic);
	/* No start address while the display is off. */
	drm_atomic_helper_commit_planes(drm, atomic,
					DRM_PLANE_COMMIT_ACTIVE_ONLY);
	vidmem_note_displayed(to_vidmem_device(drm), atomic);
	drm_atomic_helper_fake_vblank(atomic);
	drm_atomic_helper_commit_hw_done(atomic);
	drm_atomic_helper_cleanup_planes(drm, atomic);
}

static const struct drm_mode_config_helper_funcs
vidmem_mode_config_helper_funcs = {
	.atomic_commit_tail	= vidmem_atomic_commit_tail,
};

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

	config->max_width = vdev->max_width;
	config->max_height = vdev->max_height;
	config->preferred_depth = 24;
	/* The console scrolls, and to read video memory is slow. */
	vidmem_prefer_shadow_fbdev(config);
	config->funcs = &vidmem_mode_config_funcs;
	config->helper_private = &vidmem_mode_config_helper_funcs;

	ret = drm_universal_plane_init(drm, &display->plane, 0,
				       &vidmem_plane_funcs, vdev->formats,
				       vdev->format_count, NULL,
				       DRM_PLANE_TYPE_PRIMARY, NULL);
	if (ret)
		return ret;
	drm_plane_helper_add(&display->plane, &vidmem_plane_helper_funcs);

	/* Not the managed one: if it fails late, it leaves what has no end. */
	ret = drm_crtc_init_with_planes(drm, &display->crtc, &display->plane,
					NULL, &vidmem_crtc_funcs, NULL);
	if (ret)
		return ret;
	drm_crtc_helper_add(&display->crtc, &vidmem_crtc_helper_funcs);
	if (vidmem_has_palette(vdev)) {
		ret = drm_mode_crtc_set_gamma_size(&display->crtc,
						   VIDMEM_PALETTE_SIZE);
		if (ret)
			return ret;
		drm_crtc_enable_color_mgmt(&display->crtc, 0, false,
					   VIDMEM_PALETTE_SIZE);
	}

	ret = drmm_encoder_init(drm, &display->encoder, NULL,
				DRM_MODE_ENCODER_VIRTUAL, NULL);
	if (ret)
		return ret;
	display->encoder.possible_crtcs = drm_crtc_mask(&display->crtc);

	ret = drmm_connector_init(drm, &display->connector,
				  &vidmem_connector_funcs,
				  DRM_MODE_CONNECTOR_VIRTUAL, NULL);
	if (ret)
		return ret;
	drm_connector_helper_add(&display->connector,
				 &vidmem_connector_helper_funcs);
	if (vdev->funcs->read_edid)
		drm_connector_attach_edid_property(&display->connector);
	if (vdev->non_desktop) {
		display->connector.display_info.non_desktop = true;
		drm_object_property_set_value(&display->connector.base,
					      config->non_desktop_property, 1);
	}

	ret = drm_connector_attach_encoder(&display->connector,
					   &display->encoder);
	if (ret)
		return ret;

	/* It has no way to say so when there is no memory for a first state. */
	drm_mode_config_reset(drm);
	if (!display->plane.state || !display->crtc.state ||
	    !display->connector.state)
		return -ENOMEM;

	return 0;
}
