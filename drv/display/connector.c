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

static int vidmem_read_edid(void *data, u8 *buf, unsigned int block, size_t len)
{
	struct vidmem_device *vdev = data;
	int idx, ret;

	if (!vdev->funcs || !drm_dev_enter(&vdev->drm, &idx))
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
