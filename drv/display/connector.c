// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_connector.h>
#include <drm/drm_drv.h>
#include <drm/drm_edid.h>
#include <drm/drm_encoder.h>
#include <drm/drm_managed.h>
#include <drm/drm_modes.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_probe_helper.h>

#include "display/internal.h"
#include "driver/device.h"

/**
 * DOC: the connector
 *
 * What the screen says of itself, and which modes follow. An EDID given by
 * drm.edid_firmware or debugfs takes the place of the hardware's, and of none.
 */

/* Of any size: that of a panel is often no standard one. */
static int vidmem_add_preferred_mode(struct vidmem_device *vdev)
{
	const struct vidmem_screen *screen = &vdev->display.screen;
	struct drm_display_mode *mode;

	mode = drm_cvt_mode(&vdev->drm, screen->width, screen->height,
			    screen->refresh, false, false, false);
	if (!mode)
		return 0;
	/* CVT counts in groups of 8 pixels. */
	mode->hdisplay = screen->width;
	mode->type |= DRM_MODE_TYPE_PREFERRED | DRM_MODE_TYPE_DRIVER;
	drm_mode_set_name(mode);
	drm_mode_probed_add(&vdev->display.connector, mode);

	return 1;
}

static int vidmem_read_edid(void *data, u8 *buf, unsigned int block, size_t len)
{
	struct vidmem_device *vdev = data;
	const struct vidmem_screen *screen = &vdev->display.screen;
	int idx, ret;

	if (!vdev->funcs) {
		if (block * VIDMEM_EDID_BLOCK + len > screen->edid_size)
			return -ENODEV;
		memcpy(buf, screen->edid + block * VIDMEM_EDID_BLOCK, len);
		return 0;
	}
	if (!drm_dev_enter(&vdev->drm, &idx))
		return -ENODEV;
	ret = vdev->funcs->read_edid(vdev, buf, block, len);
	drm_dev_exit(idx);

	return ret;
}

static void vidmem_connector_set_non_desktop(struct drm_connector *connector)
{
	struct drm_mode_config *config = &connector->dev->mode_config;

	connector->display_info.non_desktop = true;
	drm_object_property_set_value(&connector->base,
				      config->non_desktop_property, 1);
}

static int vidmem_connector_get_modes(struct drm_connector *connector)
{
	struct vidmem_device *vdev = to_vidmem_device(connector->dev);
	const struct vidmem_screen *screen = &vdev->display.screen;
	const struct drm_edid *edid;
	int count;

	edid = drm_edid_read_custom(connector, vidmem_read_edid, vdev);
	drm_edid_connector_update(connector, edid);
	/* Whatever the EDID says of this. */
	if (vdev->non_desktop)
		vidmem_connector_set_non_desktop(connector);
	count = drm_edid_connector_add_modes(connector);
	/* The usual modes beside those of the EDID, which are the preferred. */
	count += drm_add_modes_noedid(connector, vdev->max_width,
				      vdev->max_height);
	if (!edid) {
		count += vidmem_add_preferred_mode(vdev);
		connector->display_info.width_mm = screen->width_mm;
		connector->display_info.height_mm = screen->height_mm;
	}
	drm_edid_free(edid);

	return count;
}

static const struct drm_connector_helper_funcs vidmem_connector_helper_funcs = {
	.get_modes	= vidmem_connector_get_modes,
};

static enum drm_connector_status
vidmem_screen_status(const struct vidmem_screen *screen)
{
	return READ_ONCE(screen->is_plugged) ? connector_status_connected :
					       connector_status_disconnected;
}

static enum drm_connector_status
vidmem_connector_detect(struct drm_connector *connector, bool force)
{
	return vidmem_screen_status(&to_vidmem_device(connector->dev)
						->display.screen);
}

static const struct drm_connector_funcs vidmem_connector_funcs = {
	.detect			= vidmem_connector_detect,
	.fill_modes		= drm_helper_probe_single_connector_modes,
	.reset			= drm_atomic_helper_connector_reset,
	.atomic_duplicate_state	= drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state	= drm_atomic_helper_connector_destroy_state,
};

/**
 * vidmem_connector_init - create the connector and its encoder
 * @vdev: the adapter, which has its CRTC
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_connector_init(struct vidmem_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	struct vidmem_display *display = &vdev->display;
	struct drm_connector *connector = &display->connector;
	int ret;

	ret = drmm_encoder_init(drm, &display->encoder, NULL,
				DRM_MODE_ENCODER_VIRTUAL, NULL);
	if (ret)
		return ret;
	display->encoder.possible_crtcs = drm_crtc_mask(&display->crtc);

	ret = drmm_connector_init(drm, connector, &vidmem_connector_funcs,
				  DRM_MODE_CONNECTOR_VIRTUAL, NULL);
	if (ret)
		return ret;
	drm_connector_helper_add(connector, &vidmem_connector_helper_funcs);
	drm_connector_attach_edid_property(connector);
	if (vdev->non_desktop)
		vidmem_connector_set_non_desktop(connector);

	return drm_connector_attach_encoder(connector, &display->encoder);
}

/**
 * vidmem_display_set_screen - change what is at the connector, and tell programs
 * @vdev: the adapter, whose screen hardware does not tell of
 * @screen: what is there now
 *
 * Returns: 0; -EINTR when a signal came while somebody else had the connector.
 */
int vidmem_display_set_screen(struct vidmem_device *vdev,
			      const struct vidmem_screen *screen)
{
	struct drm_connector *connector = &vdev->display.connector;
	struct mutex *lock = &vdev->drm.mode_config.mutex;
	int ret;

	/* DRM may be waiting for a program's memory under it. */
	ret = mutex_lock_interruptible(lock);
	if (ret)
		return ret;
	vdev->display.screen = *screen;
	connector->status = vidmem_screen_status(screen);
	connector->epoch_counter++;
	mutex_unlock(lock);
	drm_kms_helper_connector_hotplug_event(connector);

	return 0;
}
