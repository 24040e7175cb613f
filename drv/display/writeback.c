// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_connector.h>
#include <drm/drm_edid.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_managed.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_print.h>
#include <drm/drm_probe_helper.h>
#include <drm/drm_writeback.h>

#include "display/internal.h"
#include "driver/device.h"

/**
 * DOC: writeback
 *
 * A connector that gives the picture to programs, as hardware with such a unit does:
 * a frame is composed into a frame buffer of theirs when they ask for it.
 */

static const u32 vidmem_writeback_formats[] = { DRM_FORMAT_XRGB8888 };

static int vidmem_writeback_atomic_check(struct drm_encoder *encoder,
					 struct drm_crtc_state *crtc_state,
					 struct drm_connector_state *conn_state)
{
	const struct drm_display_mode *mode = &crtc_state->mode;
	const struct drm_framebuffer *fb;

	if (!conn_state->writeback_job || !conn_state->writeback_job->fb)
		return 0;

	fb = conn_state->writeback_job->fb;
	if (fb->width != mode->hdisplay || fb->height != mode->vdisplay ||
	    fb->format->format != vidmem_writeback_formats[0]) {
		drm_dbg_kms(encoder->dev, "no writeback to %ux%u of %p4cc\n",
			    fb->width, fb->height, &fb->format->format);
		return -EINVAL;
	}

	return 0;
}

static const struct drm_encoder_helper_funcs vidmem_writeback_encoder_funcs = {
	.atomic_check	= vidmem_writeback_atomic_check,
};

static int vidmem_writeback_get_modes(struct drm_connector *connector)
{
	const struct drm_mode_config *config = &connector->dev->mode_config;

	return drm_add_modes_noedid(connector, config->max_width,
				    config->max_height);
}

static int vidmem_writeback_prepare_job(struct drm_writeback_connector *wb,
					struct drm_writeback_job *job)
{
	struct vidmem_device *vdev = to_vidmem_device(wb->base.dev);
	struct vidmem_display *display = &vdev->display;
	struct vidmem_fb_map *target;
	int ret;

	if (!job->fb)
		return 0;

	mutex_lock(&display->lock);
	ret = vidmem_picture_grow(&display->picture, job->fb->width);
	mutex_unlock(&display->lock);
	if (ret)
		return ret;

	target = kzalloc(sizeof(*target), GFP_KERNEL);
	if (!target)
		return -ENOMEM;
	ret = drm_gem_fb_vmap(job->fb, target->objects, target->pixels);
	if (ret) {
		kfree(target);
		return ret;
	}
	job->priv = target;

	return 0;
}

static void vidmem_writeback_cleanup_job(struct drm_writeback_connector *wb,
					 struct drm_writeback_job *job)
{
	struct vidmem_fb_map *target = job->priv;

	if (!target)
		return;
	drm_gem_fb_vunmap(job->fb, target->objects);
	kfree(target);
}

/* Straight into what the program gave, where the processor can work in it. */
static void vidmem_writeback_compose(struct vidmem_display *display,
				     struct drm_writeback_job *job)
{
	struct vidmem_picture *picture = &display->picture;
	struct vidmem_fb_map *target = job->priv;
	struct iosys_map *pixels = &target->pixels[0];
	u32 y, pitch = job->fb->pitches[0];
	bool straight = !pixels->is_iomem &&
			IS_ALIGNED((uintptr_t)pixels->vaddr | pitch, sizeof(u32));

	mutex_lock(&display->lock);
	for (y = 0; y < picture->height; y++) {
		size_t offset = (size_t)y * pitch;
		u32 *line = straight ? pixels->vaddr + offset : picture->line;

		vidmem_compose_line(picture, 0, y, picture->width, line);
		cpu_to_le32_array(line, picture->width);
		if (!straight)
			iosys_map_memcpy_to(pixels, offset, line,
					    picture->width * sizeof(*line));
	}
	mutex_unlock(&display->lock);
}

/**
 * vidmem_writeback_commit - give a program the picture that it asked for
 * @vdev: the adapter, whose planes have been committed
 * @atomic: what is committed
 *
 * Not by &drm_connector_helper_funcs.atomic_commit, which comes with the modes: what the
 * same commit changes on planes belongs to the picture.
 */
void vidmem_writeback_commit(struct vidmem_device *vdev,
			     struct drm_atomic_state *atomic)
{
	struct drm_writeback_connector *wb = &vdev->display.writeback;
	struct drm_connector_state *state =
		drm_atomic_get_new_connector_state(atomic, &wb->base);
	struct drm_writeback_job *job = state ? state->writeback_job : NULL;

	if (!job || !job->fb)
		return;
	/* From here on the job belongs to the connector. */
	drm_writeback_queue_job(wb, state);
	vidmem_writeback_compose(&vdev->display, job);
	drm_writeback_signal_completion(wb, 0);
}

static const struct drm_connector_helper_funcs vidmem_writeback_helper_funcs = {
	.get_modes		= vidmem_writeback_get_modes,
	.prepare_writeback_job	= vidmem_writeback_prepare_job,
	.cleanup_writeback_job	= vidmem_writeback_cleanup_job,
};

static const struct drm_connector_funcs vidmem_writeback_funcs = {
	.fill_modes		= drm_helper_probe_single_connector_modes,
	.destroy		= drm_connector_cleanup,
	.reset			= drm_atomic_helper_connector_reset,
	.atomic_duplicate_state	= drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state	= drm_atomic_helper_connector_destroy_state,
};

/**
 * vidmem_writeback_init - create the connector for programs
 * @vdev: the adapter, which has its CRTC and its connector
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_writeback_init(struct vidmem_device *vdev)
{
	struct vidmem_display *display = &vdev->display;
	struct drm_writeback_connector *wb = &display->writeback;
	struct drm_encoder *encoder = &display->encoder;
	int ret;

	drm_connector_helper_add(&wb->base, &vidmem_writeback_helper_funcs);

	ret = drm_writeback_connector_init(&vdev->drm, wb,
					   &vidmem_writeback_funcs,
					   &vidmem_writeback_encoder_funcs,
					   vidmem_writeback_formats,
					   ARRAY_SIZE(vidmem_writeback_formats),
					   drm_crtc_mask(&display->crtc));
	if (ret)
		return ret;

	/* What it gives is what the screen shows meanwhile. */
	encoder->possible_clones = drm_encoder_mask(encoder) |
				   drm_encoder_mask(&wb->encoder);
	wb->encoder.possible_clones = encoder->possible_clones;

	return 0;
}
