// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The clock of the display: no adapter has an interrupt at the end of a frame, so
 * a timer expires there. It runs as long as somebody wants to know.
 *
 * Not the kernel's own (drm_vblank_helper.h, since 6.19): when that is started
 * while its function runs on another processor, it waits for it with locks that
 * the function may be waiting for.
 */

#include <linux/hrtimer.h>

#include <drm/drm_crtc.h>
#include <drm/drm_managed.h>
#include <drm/drm_vblank.h>

#include "display/internal.h"
#include "driver/device.h"

static struct vidmem_clock *vidmem_crtc_clock(struct drm_crtc *crtc)
{
	return &to_vidmem_device(crtc->dev)->display.clock;
}

static enum hrtimer_restart vidmem_vblank_expired(struct hrtimer *timer)
{
	struct vidmem_clock *clock =
		container_of(timer, struct vidmem_clock, timer);
	struct vidmem_device *vdev =
		container_of(clock, struct vidmem_device, display.clock);
	unsigned long flags;
	bool is_due, is_wanted;

	spin_lock_irqsave(&clock->lock, flags);
	/* Not if it has been stopped since, nor if started again. */
	is_due = clock->interval && !hrtimer_is_queued(timer);
	if (is_due)
		/* First, as DRM asks when the next one is. */
		hrtimer_forward_now(timer, clock->interval);
	spin_unlock_irqrestore(&clock->lock, flags);

	if (!is_due)
		return HRTIMER_NORESTART;

	is_wanted = drm_crtc_handle_vblank(&vdev->display.crtc);
	vidmem_watch_frame(vdev);

	return is_wanted ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

/**
 * vidmem_vblank_enable - somebody wants vblanks
 * @crtc: the CRTC
 *
 * Called with DRM's locks on vblanks. Does not wait for the last vblank, which may
 * be waiting for them.
 *
 * Returns: 0.
 */
int vidmem_vblank_enable(struct drm_crtc *crtc)
{
	struct vidmem_clock *clock = vidmem_crtc_clock(crtc);
	unsigned long flags;

	drm_calc_timestamping_constants(crtc, &crtc->mode);

	spin_lock_irqsave(&clock->lock, flags);
	clock->interval =
		crtc->dev->vblank[drm_crtc_index(crtc)].framedur_ns;
	hrtimer_start(&clock->timer, clock->interval, HRTIMER_MODE_REL);
	spin_unlock_irqrestore(&clock->lock, flags);

	return 0;
}

/**
 * vidmem_vblank_disable - nobody wants vblanks any more
 * @crtc: the CRTC
 *
 * Called with DRM's locks on vblanks. Does not wait for the last vblank, either.
 */
void vidmem_vblank_disable(struct drm_crtc *crtc)
{
	struct vidmem_clock *clock = vidmem_crtc_clock(crtc);
	unsigned long flags;

	spin_lock_irqsave(&clock->lock, flags);
	clock->interval = 0;
	hrtimer_try_to_cancel(&clock->timer);
	spin_unlock_irqrestore(&clock->lock, flags);
}

/**
 * vidmem_vblank_timestamp - when the last vblank was
 * @crtc: the CRTC
 * @max_error: not used
 * @vblank_time: set to the time
 * @in_vblank_irq: not used
 *
 * Returns: true.
 */
bool vidmem_vblank_timestamp(struct drm_crtc *crtc, int *max_error,
			     ktime_t *vblank_time, bool in_vblank_irq)
{
	struct vidmem_clock *clock = vidmem_crtc_clock(crtc);
	unsigned long flags;

	spin_lock_irqsave(&clock->lock, flags);
	if (clock->interval)
		*vblank_time = ktime_sub(hrtimer_get_expires(&clock->timer),
					 clock->interval);
	else
		*vblank_time = ktime_get();
	spin_unlock_irqrestore(&clock->lock, flags);

	return true;
}

static void vidmem_vblank_fini(struct drm_device *drm, void *data)
{
	struct vidmem_clock *clock = data;

	hrtimer_cancel(&clock->timer);
}

/**
 * vidmem_vblank_init - prepare the clock
 * @vdev: the adapter, which has its CRTC
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_vblank_init(struct vidmem_device *vdev)
{
	struct vidmem_clock *clock = &vdev->display.clock;
	struct drm_device *drm = &vdev->drm;
	int ret;

	ret = drm_vblank_init(drm, 1);
	if (ret)
		return ret;
	/* The timer is exact: there is no need to let it run on. */
	drm->vblank_disable_immediate = true;

	spin_lock_init(&clock->lock);
	hrtimer_setup(&clock->timer, vidmem_vblank_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);

	/* Before what DRM has for vblanks is freed. */
	return drmm_add_action_or_reset(drm, vidmem_vblank_fini, clock);
}
