// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <drm/drm_device.h>
#include <drm/drm_managed.h>

#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: cleared memory
 *
 * Every range of video memory reads zero when it is handed out. So that CREATE does
 * not have to wait for that, what is freed is cleared in the background and is ready
 * then: &vidmem_vram.ready has a node for each part that is in use or waits for being
 * cleared, and its holes are what can be handed out. &vidmem_vram.mm knows nothing of
 * it: what waits is free there, and whoever needs it clears it himself, with the same
 * function.
 *
 * Steps are short, as they are made under &vidmem_vram.lock: nobody can be given a
 * part that is just being cleared, and nobody has to wait for more than a step.
 */

#define VIDMEM_READY_STEP	SZ_16K
/* What of a larger part is ready already becomes free in pieces of this size. */
#define VIDMEM_READY_PIECE	SZ_1M
/* Milliseconds until the background begins: one start for many small objects. */
#define VIDMEM_READY_DELAY	10

/**
 * vidmem_unready_alloc - what stands for a part of video memory that is not ready
 *
 * Returns: it, to be freed by kfree() or given to vidmem_ready_wait(); or NULL.
 */
struct vidmem_unready *vidmem_unready_alloc(void)
{
	struct vidmem_unready *unready;

	unready = kzalloc(sizeof(*unready), GFP_KERNEL_ACCOUNT);
	if (unready)
		INIT_LIST_HEAD(&unready->waiting);

	return unready;
}

/**
 * vidmem_ready_wait - let a part of video memory be cleared and become ready
 * @vram: the video memory
 * @unready: the part, which nobody has any more; freed in time
 *
 * Under &vidmem_vram.lock.
 */
void vidmem_ready_wait(struct vidmem_vram *vram, struct vidmem_unready *unready)
{
	unready->cleared = 0;
	list_add_tail(&unready->waiting, &vram->waiting);
	vram->waiting_size += unready->node.size;
	queue_delayed_work(vram->clearer, &vram->clear_work,
			   msecs_to_jiffies(VIDMEM_READY_DELAY));
}

/**
 * vidmem_ready_wait_at - the same for a part that nothing stands for
 * @vram: the video memory
 * @unready: what shall, or is freed if it is not needed
 * @start: where the part begins, which nobody has
 * @end: where it ends; there is none if that is not behind @start
 *
 * Under &vidmem_vram.lock.
 */
void vidmem_ready_wait_at(struct vidmem_vram *vram,
			  struct vidmem_unready *unready, u64 start, u64 end)
{
	if (start >= end) {
		kfree(unready);
		return;
	}
	vidmem_vram_reserve(&vram->ready, &unready->node, start, end - start);
	vidmem_ready_wait(vram, unready);
}

/* Under the lock of video memory. What of it reads zero can be handed out. */
static void vidmem_ready_release(struct vidmem_vram *vram,
				 struct vidmem_unready *unready)
{
	struct drm_mm_node *node = &unready->node;
	u64 start = node->start + unready->cleared;
	u64 size = node->size - unready->cleared;

	drm_mm_remove_node(node);
	vram->waiting_size -= unready->cleared;
	if (size) {
		vidmem_vram_reserve(&vram->ready, node, start, size);
		unready->cleared = 0;
	} else {
		list_del(&unready->waiting);
		kfree(unready);
	}
}

enum vidmem_ready_result {
	VIDMEM_READY_NOTHING,		/* Nothing waits. */
	VIDMEM_READY_STEP_DONE,
	VIDMEM_READY_RELEASED,		/* More can be handed out than before. */
};

/* Or -ENODEV when video memory has gone. */
static int vidmem_ready_step(struct vidmem_vram *vram)
{
	int ret = VIDMEM_READY_NOTHING;
	struct vidmem_unready *unready;
	struct drm_mm_node *node;
	size_t bytes;

	if (!vidmem_vram_enter(vram))
		return -ENODEV;
	mutex_lock(&vram->lock);
	unready = list_first_entry_or_null(&vram->waiting,
					   struct vidmem_unready, waiting);
	if (unready) {
		node = &unready->node;
		bytes = min_t(u64, node->size - unready->cleared,
			      VIDMEM_READY_STEP);
		iosys_map_memset(&vram->map, node->start + unready->cleared, 0,
				 bytes);
		unready->cleared += bytes;
		ret = VIDMEM_READY_STEP_DONE;
		if (unready->cleared == node->size ||
		    unready->cleared >= VIDMEM_READY_PIECE) {
			vidmem_ready_release(vram, unready);
			ret = VIDMEM_READY_RELEASED;
		}
	}
	mutex_unlock(&vram->lock);
	vidmem_vram_exit(vram);

	return ret;
}

/**
 * vidmem_ready_more - have more of free video memory ready
 * @vram: the video memory
 *
 * Returns: 0, also if all of it is already; -ENODEV when video memory has gone; -EINTR
 * when the caller has been killed.
 */
int vidmem_ready_more(struct vidmem_vram *vram)
{
	int ret;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = vidmem_ready_step(vram);
		cond_resched();
	} while (ret == VIDMEM_READY_STEP_DONE);

	return min(ret, 0);
}

static void vidmem_ready_work(struct work_struct *work)
{
	struct vidmem_vram *vram = container_of(to_delayed_work(work),
						struct vidmem_vram, clear_work);

	while (vidmem_ready_step(vram) > VIDMEM_READY_NOTHING)
		cond_resched();
}

/**
 * vidmem_ready_restore - have ready again what was when the machine went off
 * @vram: the video memory
 *
 * All other programs are stopped: what is ready or waits stays so.
 */
void vidmem_ready_restore(struct vidmem_vram *vram)
{
	u64 start, end, bytes;
	struct vidmem_unready *unready;
	struct drm_mm_node *node;

	if (!vidmem_vram_enter(vram))
		return;
	drm_mm_for_each_hole(node, &vram->ready, start, end) {
		for (; start < end; start += bytes) {
			bytes = min_t(u64, end - start, VIDMEM_READY_PIECE);
			iosys_map_memset(&vram->map, start, 0, bytes);
			cond_resched();
		}
	}
	list_for_each_entry(unready, &vram->waiting, waiting)
		unready->cleared = 0;
	vidmem_vram_exit(vram);
}

/**
 * vidmem_ready_waiting - how much of free video memory is not ready
 * @vram: the video memory
 *
 * Returns: bytes.
 */
u64 vidmem_ready_waiting(struct vidmem_vram *vram)
{
	u64 size;

	mutex_lock(&vram->lock);
	size = vram->waiting_size;
	mutex_unlock(&vram->lock);

	return size;
}

static void vidmem_ready_fini(struct drm_device *drm, void *data)
{
	struct vidmem_vram *vram = data;
	struct vidmem_unready *unready, *next;

	cancel_delayed_work_sync(&vram->clear_work);
	destroy_workqueue(vram->clearer);
	list_for_each_entry_safe(unready, next, &vram->waiting, waiting) {
		drm_mm_remove_node(&unready->node);
		kfree(unready);
	}
	drm_mm_takedown(&vram->ready);
}

/**
 * vidmem_ready_init - begin to have video memory ready
 * @vdev: the adapter, all of whose video memory is free
 *
 * Returns: 0 or -ENOMEM.
 */
int vidmem_ready_init(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;
	struct vidmem_unready *unready = NULL;
	int ret;

	if (!vram->is_clear) {
		unready = vidmem_unready_alloc();
		if (!unready)
			return -ENOMEM;
	}
	/* What takes long shall not keep a processor's other work waiting. */
	vram->clearer = alloc_workqueue(VIDMEM_NAME,
					WQ_UNBOUND | WQ_FREEZABLE, 1);
	if (!vram->clearer) {
		kfree(unready);
		return -ENOMEM;
	}
	INIT_DELAYED_WORK(&vram->clear_work, vidmem_ready_work);
	INIT_LIST_HEAD(&vram->waiting);
	drm_mm_init(&vram->ready, 0, vram->size);
	ret = drmm_add_action_or_reset(&vdev->drm, vidmem_ready_fini, vram);
	if (ret) {
		kfree(unready);
		return ret;
	}

	if (unready) {
		mutex_lock(&vram->lock);
		vidmem_ready_wait_at(vram, unready, 0, vram->size);
		mutex_unlock(&vram->lock);
	}

	return 0;
}
