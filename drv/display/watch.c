// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/jhash.h>
#include <linux/workqueue.h>

#include <drm/drm_crtc.h>
#include <drm/drm_debugfs_crc.h>
#include <drm/drm_managed.h>
#include <drm/drm_vblank.h>

#include "display/internal.h"
#include "driver/device.h"

/**
 * DOC: checksums
 *
 * Test programs compare pictures by checksums, one a frame, which debugfs gives
 * them. The picture is composed for that, and only while somebody reads them. Where
 * frames come faster than that can be done, one checksum stands for several. It is
 * no CRC, whatever DRM calls it: a hash of words takes a part of its time.
 */

#define VIDMEM_CRC_SOURCE	"auto"

static const char *const vidmem_crc_sources[] = { VIDMEM_CRC_SOURCE };

static int vidmem_picture_crc(struct vidmem_picture *picture, u32 *crc)
{
	int i, y, ret;

	ret = vidmem_picture_grow(picture, picture->width);
	if (ret)
		return ret;

	*crc = 0;
	for (y = 0; y < picture->height; y++) {
		vidmem_compose_line(picture, 0, y, picture->width,
				    picture->line);
		for (i = 0; i < picture->width; i++)
			picture->line[i] &= 0xffffff;
		*crc = jhash2(picture->line, picture->width, *crc);
	}

	return 0;
}

static void vidmem_watch_work(struct work_struct *work)
{
	struct vidmem_display *display =
		container_of(work, struct vidmem_display, watch.work);
	struct vidmem_watch *watch = &display->watch;
	u64 first, last;
	u32 crc;
	int ret;

	spin_lock_irq(&watch->lock);
	first = watch->first;
	last = watch->last;
	watch->is_pending = false;
	spin_unlock_irq(&watch->lock);

	mutex_lock(&display->lock);
	ret = vidmem_picture_crc(&display->picture, &crc);
	mutex_unlock(&display->lock);

	for (; !ret && first <= last; first++)
		drm_crtc_add_crc_entry(&display->crtc, true, first, &crc);
}

/**
 * vidmem_watch_frame - have a look at the frame that begins now
 * @vdev: the adapter
 *
 * In interrupts.
 */
void vidmem_watch_frame(struct vidmem_device *vdev)
{
	struct vidmem_watch *watch = &vdev->display.watch;
	unsigned long flags;
	bool is_on;
	u64 frame;

	/* Hardly ever, and it is called for each frame. */
	if (!READ_ONCE(watch->is_on))
		return;

	frame = drm_crtc_accurate_vblank_count(&vdev->display.crtc);
	spin_lock_irqsave(&watch->lock, flags);
	is_on = watch->is_on;
	if (is_on) {
		if (!watch->is_pending)
			watch->first = frame;
		watch->last = frame;
		watch->is_pending = true;
	}
	spin_unlock_irqrestore(&watch->lock, flags);
	if (is_on)
		queue_work(system_highpri_wq, &watch->work);
}

/**
 * vidmem_watch_get_sources - of what there are checksums
 * @crtc: the CRTC
 * @count: set to how many
 *
 * Returns: their names.
 */
const char *const *vidmem_watch_get_sources(struct drm_crtc *crtc,
					    size_t *count)
{
	*count = ARRAY_SIZE(vidmem_crc_sources);

	return vidmem_crc_sources;
}

/**
 * vidmem_watch_verify_source - whether there are checksums of something
 * @crtc: the CRTC
 * @source: its name, or NULL for nothing
 * @values: set to how many numbers a checksum has
 *
 * Returns: 0 or -EINVAL.
 */
int vidmem_watch_verify_source(struct drm_crtc *crtc, const char *source,
			       size_t *values)
{
	if (source && strcmp(source, VIDMEM_CRC_SOURCE))
		return -EINVAL;
	*values = 1;

	return 0;
}

/**
 * vidmem_watch_set_source - begin or end to make checksums
 * @crtc: the CRTC
 * @source: of what, or NULL
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_watch_set_source(struct drm_crtc *crtc, const char *source)
{
	struct vidmem_device *vdev = to_vidmem_device(crtc->dev);
	struct vidmem_watch *watch = &vdev->display.watch;
	size_t values;
	bool was_on;
	int ret;

	ret = vidmem_watch_verify_source(crtc, source, &values);
	if (ret)
		return ret;
	/* Frames are counted as long as somebody wants to know of vblanks. */
	if (source) {
		ret = drm_crtc_vblank_get(crtc);
		if (ret)
			return ret;
	}

	spin_lock_irq(&watch->lock);
	was_on = watch->is_on;
	WRITE_ONCE(watch->is_on, source);
	spin_unlock_irq(&watch->lock);

	if (was_on)
		drm_crtc_vblank_put(crtc);
	if (!source)
		flush_work(&watch->work);

	return 0;
}

static void vidmem_watch_fini(struct drm_device *drm, void *data)
{
	struct vidmem_watch *watch = data;

	cancel_work_sync(&watch->work);
}

/**
 * vidmem_watch_init - be ready to make checksums
 * @vdev: the adapter
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_watch_init(struct vidmem_device *vdev)
{
	struct vidmem_watch *watch = &vdev->display.watch;

	spin_lock_init(&watch->lock);
	INIT_WORK(&watch->work, vidmem_watch_work);

	return drmm_add_action_or_reset(&vdev->drm, vidmem_watch_fini, watch);
}
