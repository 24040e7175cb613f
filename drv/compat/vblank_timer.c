// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include <drm/drm_atomic.h>
#include <drm/drm_crtc.h>
#include <drm/drm_vblank.h>

#include "compat/vblank_timer.h"

#define to_vblank_crtc(c) container_of(c, struct vidmem_vblank_crtc, base)

static ktime_t vidmem_vblank_interval(struct vidmem_vblank_crtc *crtc)
{
	unsigned long flags;
	ktime_t interval;

	spin_lock_irqsave(&crtc->lock, flags);
	interval = crtc->interval;
	spin_unlock_irqrestore(&crtc->lock, flags);

	return interval;
}

static void vidmem_vblank_set_interval(struct vidmem_vblank_crtc *crtc,
				       ktime_t interval)
{
	unsigned long flags;

	spin_lock_irqsave(&crtc->lock, flags);
	crtc->interval = interval;
	spin_unlock_irqrestore(&crtc->lock, flags);
}

static enum hrtimer_restart vidmem_vblank_expired(struct hrtimer *timer)
{
	struct vidmem_vblank_crtc *crtc =
		container_of(timer, struct vidmem_vblank_crtc, timer);
	ktime_t interval = vidmem_vblank_interval(crtc);

	if (!interval)
		return HRTIMER_NORESTART;

	/* First, as DRM asks when the next one is. */
	hrtimer_forward_now(timer, interval);

	return crtc->handler(&crtc->base) ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

/**
 * vidmem_vblank_crtc_init - prepare the vblank timer of a CRTC
 * @crtc: the CRTC
 * @handler: to be called at each vblank; returns whether to go on
 */
void vidmem_vblank_crtc_init(struct vidmem_vblank_crtc *crtc,
			     bool (*handler)(struct drm_crtc *crtc))
{
	crtc->handler = handler;
	spin_lock_init(&crtc->lock);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	hrtimer_init(&crtc->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	crtc->timer.function = vidmem_vblank_expired;
#else
	hrtimer_setup(&crtc->timer, vidmem_vblank_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);
#endif
}

/**
 * vidmem_vblank_crtc_fini - wait for the last vblank of a CRTC
 * @crtc: the CRTC, which has been turned off
 */
void vidmem_vblank_crtc_fini(struct vidmem_vblank_crtc *crtc)
{
	hrtimer_cancel(&crtc->timer);
}

/**
 * drm_crtc_vblank_atomic_flush - have the event of an update sent at the next vblank
 * @crtc: the CRTC
 * @atomic: the update
 */
void drm_crtc_vblank_atomic_flush(struct drm_crtc *crtc,
				  struct drm_atomic_state *atomic)
{
	struct drm_crtc_state *state =
		drm_atomic_get_new_crtc_state(atomic, crtc);

	spin_lock_irq(&crtc->dev->event_lock);
	if (state->event && !drm_crtc_vblank_get(crtc))
		drm_crtc_arm_vblank_event(crtc, state->event);
	else if (state->event)
		drm_crtc_send_vblank_event(crtc, state->event);
	state->event = NULL;
	spin_unlock_irq(&crtc->dev->event_lock);
}

/**
 * drm_crtc_vblank_helper_enable_vblank_timer - somebody wants vblanks
 * @crtc: the CRTC
 *
 * Returns: 0.
 */
int drm_crtc_vblank_helper_enable_vblank_timer(struct drm_crtc *crtc)
{
	struct vidmem_vblank_crtc *vcrtc = to_vblank_crtc(crtc);
	ktime_t interval;

	/* One that was told to end may be at it still. */
	while (hrtimer_active(&vcrtc->timer))
		hrtimer_try_to_cancel(&vcrtc->timer);

	drm_calc_timestamping_constants(crtc, &crtc->mode);
	interval = crtc->dev->vblank[drm_crtc_index(crtc)].framedur_ns;
	vidmem_vblank_set_interval(vcrtc, interval);
	hrtimer_start(&vcrtc->timer, interval, HRTIMER_MODE_REL);

	return 0;
}

/**
 * drm_crtc_vblank_helper_disable_vblank_timer - nobody wants vblanks any more
 * @crtc: the CRTC
 */
void drm_crtc_vblank_helper_disable_vblank_timer(struct drm_crtc *crtc)
{
	struct vidmem_vblank_crtc *vcrtc = to_vblank_crtc(crtc);

	/* Not to wait for it: it may wait for a lock of the caller's. */
	vidmem_vblank_set_interval(vcrtc, 0);
	hrtimer_try_to_cancel(&vcrtc->timer);
}

/**
 * drm_crtc_vblank_helper_get_vblank_timestamp_from_timer - when the last vblank was
 * @crtc: the CRTC
 * @max_error: not used
 * @vblank_time: set to the time
 * @in_vblank_irq: not used
 *
 * Returns: true.
 */
bool drm_crtc_vblank_helper_get_vblank_timestamp_from_timer(struct drm_crtc *crtc,
							    int *max_error,
							    ktime_t *vblank_time,
							    bool in_vblank_irq)
{
	struct vidmem_vblank_crtc *vcrtc = to_vblank_crtc(crtc);

	if (READ_ONCE(crtc->dev->vblank[drm_crtc_index(crtc)].enabled))
		*vblank_time = ktime_sub(hrtimer_get_expires(&vcrtc->timer),
					 vidmem_vblank_interval(vcrtc));
	else
		*vblank_time = ktime_get();

	return true;
}
