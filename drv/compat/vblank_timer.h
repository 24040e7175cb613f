/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The kernel's vblank timer (drm_vblank_helper.h, since 6.19), and the same under
 * its names for kernels that have none.
 */
#ifndef _VIDMEM_COMPAT_VBLANK_TIMER_H_
#define _VIDMEM_COMPAT_VBLANK_TIMER_H_

#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include <drm/drm_crtc.h>
#include <drm/drm_vblank.h>

#include "compat/compat.h"

#ifdef VIDMEM_HAS_VBLANK_TIMER
#include <drm/drm_vblank_helper.h>

#define VIDMEM_VBLANK_TIMEOUT(handler)	.handle_vblank_timeout = handler,

/**
 * struct vidmem_vblank_crtc - a CRTC with a vblank timer
 */
struct vidmem_vblank_crtc {
	/** @base: The CRTC. */
	struct drm_crtc base;
};

static inline void
vidmem_vblank_crtc_init(struct vidmem_vblank_crtc *crtc,
			bool (*handler)(struct drm_crtc *crtc))
{
}

static inline void vidmem_vblank_crtc_fini(struct vidmem_vblank_crtc *crtc)
{
}
#else
struct drm_atomic_state;

#define VIDMEM_VBLANK_TIMEOUT(handler)

/**
 * struct vidmem_vblank_crtc - a CRTC with a vblank timer
 */
struct vidmem_vblank_crtc {
	/** @base: The CRTC. */
	struct drm_crtc base;
	/** @handler: Called at each vblank; returns whether to go on. */
	bool (*handler)(struct drm_crtc *crtc);
	/** @timer: Expires at each vblank while somebody wants them. */
	struct hrtimer timer;
	/** @lock: Protects @interval. Innermost. */
	spinlock_t lock;
	/** @interval: Duration of a frame, or 0: no more vblanks. */
	ktime_t interval;
};

void vidmem_vblank_crtc_init(struct vidmem_vblank_crtc *crtc,
			     bool (*handler)(struct drm_crtc *crtc));
void vidmem_vblank_crtc_fini(struct vidmem_vblank_crtc *crtc);
void drm_crtc_vblank_atomic_flush(struct drm_crtc *crtc,
				  struct drm_atomic_state *atomic);
int drm_crtc_vblank_helper_enable_vblank_timer(struct drm_crtc *crtc);
void drm_crtc_vblank_helper_disable_vblank_timer(struct drm_crtc *crtc);
bool drm_crtc_vblank_helper_get_vblank_timestamp_from_timer(struct drm_crtc *crtc,
							    int *max_error,
							    ktime_t *vblank_time,
							    bool in_vblank_irq);

#define DRM_CRTC_VBLANK_TIMER_FUNCS						\
	.enable_vblank		= drm_crtc_vblank_helper_enable_vblank_timer,	\
	.disable_vblank		= drm_crtc_vblank_helper_disable_vblank_timer,	\
	.get_vblank_timestamp	=						\
		drm_crtc_vblank_helper_get_vblank_timestamp_from_timer
#endif

#endif /* _VIDMEM_COMPAT_VBLANK_TIMER_H_ */
