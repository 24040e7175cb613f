// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/slab.h>

#include <drm/drm_mm.h>

#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: the area
 *
 * What hardware cannot show from its place is copied to a part of video memory from
 * where it can: the area. There is one, as large as the largest frame that is shown
 * there, and only while there are such.
 *
 * It may have to grow while the display shows it. Where there is no room for both,
 * the new one takes the place of the old: what is on display then is overwritten by
 * the frame that comes next anyway.
 */

/* Under the lock of video memory: as it is, or was. */
static void vidmem_area_place_at(struct vidmem_vram *vram, u64 start, u64 size)
{
	struct vidmem_range *range = &vram->area.range;

	vidmem_vram_reserve(&vram->mm, &range->node, start, size);
	vidmem_vram_reserve(&vram->ready, &range->unready->node, start, size);
	vram->used += size;
}

/* Under the lock of video memory, to be placed again before it is given up. */
static void vidmem_area_unplace(struct vidmem_vram *vram)
{
	vidmem_vram_unplace(vram, &vram->area.range);
	drm_mm_remove_node(&vram->area.range.unready->node);
}

/*
 * To a place that may overlap the old one; on failure it is where it was. What it
 * leaves waits for being cleared: what lies before the new place, and behind it.
 */
static int vidmem_area_move(struct vidmem_vram *vram, u64 size, u64 end)
{
	struct vidmem_unready *unready, *behind, *old;
	struct vidmem_area *area = &vram->area;
	struct drm_mm_node *node = &area->range.node;
	u64 old_start = node->start, old_end = old_start + node->size;
	bool was_there = drm_mm_node_allocated(node);
	u64 new_end;
	int ret;

	unready = vidmem_unready_alloc();
	behind = vidmem_unready_alloc();
	if (!unready || !behind) {
		kfree(unready);
		kfree(behind);
		return -ENOMEM;
	}

	mutex_lock(&vram->lock);
	old = area->range.unready;
	if (was_there)
		vidmem_area_unplace(vram);
	area->range.unready = unready;
	ret = vidmem_vram_place(vram, &area->range, size, vram->factor,
				min(end, vram->size), true);
	if (ret) {
		kfree(unready);
		kfree(behind);
		area->range.unready = old;
		/* Nobody else had a chance to take it. */
		if (was_there)
			vidmem_area_place_at(vram, old_start,
					     old_end - old_start);
		goto out_unlock;
	}

	new_end = node->start + node->size;
	if (!was_there || old_end <= node->start || new_end <= old_start)
		area->is_clear = true;
	else if (node->start != old_start || new_end != old_end)
		area->is_clear = false;
	if (was_there) {
		vidmem_ready_wait_at(vram, old, old_start,
				     min(old_end, node->start));
		vidmem_ready_wait_at(vram, behind, max(old_start, new_end),
				     old_end);
	} else {
		kfree(behind);
	}
out_unlock:
	mutex_unlock(&vram->lock);
	return ret;
}

static bool vidmem_area_fits(const struct vidmem_area *area, u64 size, u64 end)
{
	const struct drm_mm_node *node = &area->range.node;

	return drm_mm_node_allocated(node) && node->size >= size &&
	       node->start + size <= end;
}

static void vidmem_area_free(struct vidmem_vram *vram)
{
	vidmem_vram_free(vram, &vram->area.range);
	memset(&vram->area.range, 0, sizeof(vram->area.range));
}

/* No larger than those that are left need it: frames are drawn to as they are. */
static void vidmem_area_shrink(struct vidmem_vram *vram)
{
	const struct drm_mm_node *node = &vram->area.range.node;
	u64 start = node->start, end = start + node->size;
	const struct vidmem_area_user *user;
	struct vidmem_unready *unready;
	u64 size = 0;

	list_for_each_entry(user, &vram->area.users, link)
		size = max(size, user->size);
	if (size >= node->size)
		return;

	unready = vidmem_unready_alloc();
	if (!unready)
		return;

	mutex_lock(&vram->lock);
	vidmem_area_unplace(vram);
	/* Nobody else had a chance to take it. */
	vidmem_area_place_at(vram, start, size);
	vidmem_ready_wait_at(vram, unready, start + size, end);
	mutex_unlock(&vram->lock);
}

/**
 * vidmem_area_get - have the area
 * @vdev: the adapter
 * @user: the frame that is to be shown there, cleared to 0
 * @size: bytes, a multiple of the page size
 * @end: where they must end at the latest
 * @shown: the object that is on display, or NULL; it is about to be replaced
 * @start: set to where they begin
 *
 * Moves dumb buffers out of video memory if need be.
 *
 * Returns: 0; -ENOSPC; -ENOMEM; -ENODEV when video memory has gone; -EINTR.
 */
int vidmem_area_get(struct vidmem_device *vdev, struct vidmem_area_user *user,
		    u64 size, u64 end, struct vidmem_object *shown, u64 *start)
{
	struct vidmem_vram *vram = &vdev->vram;
	struct vidmem_area *area = &vram->area;
	const struct drm_mm_node *node = &area->range.node;
	int ret = 0;

	mutex_lock(&area->lock);
	if (area->may_move && vidmem_area_fits(area, size, end)) {
		do
			ret = vidmem_area_move(vram, node->size,
					       end + node->size - size);
		while (ret == -EAGAIN && !vidmem_ready_more(vram));
		ret = 0;
	}
	area->may_move = false;
	while (!vidmem_area_fits(area, size, end)) {
		ret = vidmem_area_move(vram, size, end);
		if (ret == -EAGAIN)
			ret = vidmem_ready_more(vram);
		else if (ret == -ENOSPC)
			ret = vidmem_evict_some(vram, shown);
		if (ret)
			goto out_unlock;
	}

	/* More of it than a frame may be visible: see the adapters' set_mode(). */
	if (!area->is_clear)
		ret = vidmem_vram_clear(vram, &area->range);
	if (!ret) {
		area->is_clear = true;
		user->size = size;
		list_add(&user->link, &area->users);
		*start = node->start;
	} else if (list_empty(&area->users)) {
		vidmem_area_free(vram);
	}
out_unlock:
	mutex_unlock(&area->lock);
	return ret;
}

/**
 * vidmem_area_tidy - let the area lie elsewhere from the next frame on
 * @vdev: the adapter
 *
 * For when programs have ended: it may be in the middle of what they have left, where
 * no large object fits beside it.
 */
void vidmem_area_tidy(struct vidmem_device *vdev)
{
	struct vidmem_area *area = &vdev->vram.area;

	mutex_lock(&area->lock);
	area->may_move = true;
	mutex_unlock(&area->lock);
}

/**
 * vidmem_area_lock - keep the area where it is, to draw there
 * @vdev: the adapter
 */
void vidmem_area_lock(struct vidmem_device *vdev)
{
	mutex_lock(&vdev->vram.area.lock);
}

/**
 * vidmem_area_is_at - whether the area is where a frame has it
 * @vdev: the adapter
 * @start: where the frame has it
 *
 * Under vidmem_area_lock().
 *
 * Returns: false if it has moved for the frame that comes next: then the place may be
 * somebody else's.
 */
bool vidmem_area_is_at(const struct vidmem_device *vdev, u64 start)
{
	const struct drm_mm_node *node = &vdev->vram.area.range.node;

	return drm_mm_node_allocated(node) && node->start == start;
}

/**
 * vidmem_area_unlock - have drawn
 * @vdev: the adapter
 */
void vidmem_area_unlock(struct vidmem_device *vdev)
{
	mutex_unlock(&vdev->vram.area.lock);
}

/**
 * vidmem_area_put - be done with the area
 * @vdev: the adapter
 * @user: a frame that vidmem_area_get() has let use it
 */
void vidmem_area_put(struct vidmem_device *vdev, struct vidmem_area_user *user)
{
	struct vidmem_area *area = &vdev->vram.area;

	mutex_lock(&area->lock);
	list_del(&user->link);
	user->size = 0;
	if (list_empty(&area->users))
		vidmem_area_free(&vdev->vram);
	else
		vidmem_area_shrink(&vdev->vram);
	mutex_unlock(&area->lock);
}
