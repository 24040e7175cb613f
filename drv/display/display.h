/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DISPLAY_H_
#define _VIDMEM_DISPLAY_H_

/*
 * The display: KMS, and nothing else has to do with KMS. It knows objects of
 * video memory by where they lie, and hardware by &vidmem_adapter_funcs.
 */

#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_encoder.h>
#include <drm/drm_plane.h>

struct vidmem_device;

/**
 * struct vidmem_display - the mode objects of an adapter
 */
struct vidmem_display {
	/** @plane: The only plane. Its state says what is on display. */
	struct drm_plane plane;
	/** @crtc: The only CRTC. */
	struct drm_crtc crtc;
	/** @encoder: The only encoder. */
	struct drm_encoder encoder;
	/** @connector: The only connector. */
	struct drm_connector connector;
};

int vidmem_display_init(struct vidmem_device *vdev);

#endif /* _VIDMEM_DISPLAY_H_ */
