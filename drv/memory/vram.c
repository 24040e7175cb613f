// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/bitmap.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: video memory accounting
 *
 * A &drm_mm hands out ranges of &vidmem_vram. Where a range starts decides what it
 * is good for: on a %PMD_SIZE boundary all of it can be mapped by large pages, at
 * a multiple of &vidmem_vram.factor pages a screen of 3-byte pixels can begin. These
 * are wishes. They give way before a request fails, and but for large pages before
 * there is room for fewer ranges like this one than there could be. A range is taken
 * where video memory is ready, see ready.c.
 */

/* Holes are kept in order, the largest first: however many, it is at hand. */
static u64 vidmem_vram_largest(const struct vidmem_vram *vram)
{
	struct rb_node *hole = rb_first_cached(&vram->mm.holes_size);

	return hole ? rb_entry(hole, struct drm_mm_node,
			       rb_hole_size)->hole_size : 0;
}

static u64 vidmem_vram_hole_start(const struct drm_mm_node *node)
{
	const struct drm_mm_node *last = list_prev_entry(node, node_list);

	return last->start + last->size;
}

static u64 vidmem_vram_hole_end(const struct drm_mm_node *node)
{
	return list_next_entry(node, node_list)->start;
}

/* What a range is wished for, see vidmem_vram_place(). */
struct vidmem_wish {
	u64 size, align, end;
	bool aside;
};

/*
 * Whether a place in a hole leaves room for as many ranges like this one as there could
 * be; or if it is to be aside, leaves the hole in one piece.
 */
static bool vidmem_vram_is_thrifty(const struct drm_mm_node *node,
				   const struct vidmem_wish *wish)
{
	u64 before = node->start - vidmem_vram_hole_start(node);
	u64 after = vidmem_vram_hole_end(node) - (node->start + node->size);

	if (wish->aside)
		return before < wish->align || after < wish->align;

	return div64_u64(before + after, node->size) ==
	       div64_u64(before, node->size) + div64_u64(after, node->size);
}

/* At @start, which is free in @mm: taken if that is what is ready, or else only tried. */
static bool vidmem_vram_try(struct vidmem_vram *vram, struct drm_mm *mm,
			    struct vidmem_range *range, u64 start,
			    const struct vidmem_wish *wish, bool may_waste)
{
	struct drm_mm_node *node = &range->node;

	vidmem_vram_reserve(&vram->mm, node, start, wish->size);
	if (!may_waste && !vidmem_vram_is_thrifty(node, wish)) {
		drm_mm_remove_node(node);
		return false;
	}
	if (mm == &vram->mm) {
		drm_mm_remove_node(node);
		return true;
	}
	vidmem_vram_reserve(mm, &range->unready->node, start, wish->size);
	vram->used += wish->size;

	return true;
}

/* The smallest hole that is large enough, without taking it; drm_mm only takes. */
static bool vidmem_vram_smallest_hole(const struct drm_mm *mm, u64 size, u64 *start,
				      u64 *end)
{
	const struct rb_node *rb = mm->holes_size.rb_root.rb_node;
	const struct drm_mm_node *node, *best = NULL;

	while (rb) {
		node = rb_entry(rb, struct drm_mm_node, rb_hole_size);
		if (node->hole_size >= size) {
			best = node;
			rb = rb->rb_right;
		} else {
			rb = rb->rb_left;
		}
	}
	if (!best)
		return false;
	*start = drm_mm_hole_node_start(best);
	*end = *start + best->hole_size;

	return true;
}

/* The best hole by @mode, taken for a moment. */
static bool vidmem_vram_best_hole(struct drm_mm *mm, const struct vidmem_wish *wish,
				  u64 more, enum drm_mm_insert_mode mode, u64 *start,
				  u64 *end)
{
	struct drm_mm_node node = {};

	if (drm_mm_insert_node_in_range(mm, &node, wish->size + more,
					wish->align >= PMD_SIZE ? wish->align :
					PAGE_SIZE, 0, 0, wish->end, mode))
		return false;
	*start = vidmem_vram_hole_start(&node);
	*end = min(vidmem_vram_hole_end(&node), wish->end);
	drm_mm_remove_node(&node);

	return true;
}

/*
 * The first and the last good start in a hole of @mm with @more bytes than needed. For
 * large pages any hole is looked at, of which there are few; else one, the smallest or
 * the uppermost.
 */
static bool vidmem_vram_find(struct vidmem_vram *vram, struct drm_mm *mm,
			     const struct vidmem_wish *wish, u64 more, u64 *first,
			     u64 *last)
{
	/* Pieces of 1 GiB come first: whoever cannot use one goes behind. */
	bool go_up = vram->granule == PUD_SIZE && wish->size < PUD_SIZE;
	u64 start, end;
	bool found;

	if (wish->end == vram->size && !go_up && wish->align < PMD_SIZE)
		found = vidmem_vram_smallest_hole(mm, wish->size + more, &start,
						  &end);
	else
		found = vidmem_vram_best_hole(mm, wish, more, go_up ?
					      DRM_MM_INSERT_HIGH :
					      DRM_MM_INSERT_BEST, &start, &end);
	if (!found)
		return false;
	*first = DIV64_U64_ROUND_UP(start, wish->align) * wish->align;
	*last = div64_u64(end - wish->size, wish->align) * wish->align;
	if (*first > *last)
		return false;
	if (go_up)
		swap(*first, *last);

	return true;
}

/* At either end of a hole of @mm, where all starts are good or any can be made so. */
static bool vidmem_vram_fit(struct vidmem_vram *vram, struct drm_mm *mm,
			    struct vidmem_range *range,
			    const struct vidmem_wish *wish, bool may_waste)
{
	u64 most = wish->align < PMD_SIZE ? wish->align - PAGE_SIZE : 0;
	u64 first, last, more;

	for (more = 0; more <= most; more += most ?: PAGE_SIZE) {
		if (vidmem_vram_find(vram, mm, wish, more, &first, &last) &&
		    (vidmem_vram_try(vram, mm, range, first, wish, may_waste) ||
		     vidmem_vram_try(vram, mm, range, last, wish, may_waste)))
			return true;
	}

	return false;
}

/**
 * vidmem_vram_place - take a range of video memory that is ready
 * @vram: the video memory
 * @range: the range, not taken, with its &vidmem_range.unready
 * @size: bytes, a multiple of the page size
 * @factor: how many pages or large pages a good start is a multiple of
 * @end: where it must end at the latest
 * @aside: out of the way of others, and not for large pages
 *
 * Under &vidmem_vram.lock.
 *
 * Returns: 0; -EAGAIN when it succeeds, or has a better start, with more memory ready;
 * -ENOSPC.
 */
int vidmem_vram_place(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size, u32 factor, u64 end, bool aside)
{
	bool may_be_large = IS_ALIGNED(size, PMD_SIZE) && !aside;
	u64 large = may_be_large ? (u64)PMD_SIZE * factor : 0;
	u64 huge = may_be_large && size >= PUD_SIZE &&
		   vram->granule == PUD_SIZE ? PUD_SIZE : 0;
	const struct {
		u64 align;
		bool may_waste;
	} ways[] = {
		/* Large pages are worth the room for another range. */
		{ huge, false }, { huge, true },
		{ large, false }, { large, true },
		{ PAGE_SIZE * factor, false }, { PAGE_SIZE, false },
	};
	int i;

	if (size > vidmem_vram_largest(vram))
		return -ENOSPC;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct vidmem_wish wish = {
			.size = size,
			.align = ways[i].align,
			.end = end,
			.aside = aside,
		};

		if (!wish.align)
			continue;
		if (vidmem_vram_fit(vram, &vram->ready, range, &wish,
				    ways[i].may_waste))
			return 0;
		/* A range stays where it is: that is worth some clearing. */
		if (!list_empty(&vram->waiting) &&
		    vidmem_vram_fit(vram, &vram->mm, range, &wish,
				    ways[i].may_waste))
			return -EAGAIN;
	}

	return -ENOSPC;
}

/**
 * vidmem_vram_unplace - have nobody have a range of video memory
 * @vram: the video memory
 * @range: a range that vidmem_vram_place() has taken
 *
 * Under &vidmem_vram.lock. What held it is still not ready.
 */
void vidmem_vram_unplace(struct vidmem_vram *vram, struct vidmem_range *range)
{
	vram->used -= range->node.size;
	drm_mm_remove_node(&range->node);
}

/**
 * vidmem_vram_free - give a range of video memory back
 * @vram: the video memory
 * @range: a range that vidmem_vram_alloc() gave
 */
void vidmem_vram_free(struct vidmem_vram *vram, struct vidmem_range *range)
{
	dmem_cgroup_uncharge(range->charge, range->node.size);

	mutex_lock(&vram->lock);
	vidmem_vram_unplace(vram, range);
	vidmem_ready_wait(vram, range->unready);
	mutex_unlock(&vram->lock);
}

/* Cleared at once; then others may run, and the end of video memory may come. */
#define VIDMEM_CLEAR_BYTES	SZ_1M

/**
 * vidmem_vram_clear - have a range of video memory read zero
 * @vram: the video memory
 * @range: the range
 *
 * Returns: 0; -ENODEV when video memory has gone; -EINTR when the caller has been
 * killed.
 */
int vidmem_vram_clear(struct vidmem_vram *vram, const struct vidmem_range *range)
{
	u64 start = range->node.start;
	u64 end = start + range->node.size;
	size_t bytes;

	for (; start < end; start += bytes) {
		bytes = min_t(u64, end - start, VIDMEM_CLEAR_BYTES);
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!vidmem_vram_enter(vram))
			return -ENODEV;
		iosys_map_memset(&vram->map, start, 0, bytes);
		vidmem_vram_exit(vram);
		cond_resched();
	}

	return 0;
}

static int vidmem_vram_place_when_ready(struct vidmem_vram *vram,
					struct vidmem_range *range, u64 size,
					u32 factor)
{
	int ret;

	for (;;) {
		if (vidmem_vram_has_gone(vram))
			return -ENODEV;
		mutex_lock(&vram->lock);
		ret = vidmem_vram_place(vram, range, size, factor, vram->size,
					false);
		mutex_unlock(&vram->lock);
		if (ret != -EAGAIN)
			return ret;
		ret = vidmem_ready_more(vram);
		if (ret)
			return ret;
	}
}

/**
 * vidmem_vram_alloc - take a range of video memory that reads zero
 * @vram: the video memory
 * @range: the range, cleared to 0 by the caller
 * @size: bytes, a multiple of the page size
 * @factor: how many pages or large pages a good start is a multiple of
 *
 * Returns: 0; -ENOSPC when no free range is large enough; -ENOSPC or -ENOMEM when
 * the caller's control group may not have it; -ENOMEM; -ENODEV when video memory has
 * gone; -EINTR when the caller has been killed.
 */
int vidmem_vram_alloc(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size, u32 factor)
{
	int ret;

	range->unready = vidmem_unready_alloc();
	if (!range->unready)
		return -ENOMEM;
	ret = dmem_cgroup_try_charge(vram->cgroup, size, &range->charge, NULL);
	if (ret) {
		/* To try again is no use: drmIoctl() would do so for ever. */
		ret = ret == -EAGAIN ? -ENOSPC : ret;
		goto out_free;
	}
	ret = vidmem_vram_place_when_ready(vram, range, size, factor);
	if (ret)
		goto out_uncharge;

	return 0;

out_uncharge:
	dmem_cgroup_uncharge(range->charge, size);
out_free:
	kfree(range->unready);
	return ret;
}

/**
 * vidmem_vram_pfn - page frame of a place in video memory
 * @vram: the video memory
 * @offset: bytes into it
 *
 * Returns: the page frame number.
 */
unsigned long vidmem_vram_pfn(const struct vidmem_vram *vram, u64 offset)
{
	if (vram->pages)
		return page_to_pfn(vram->pages[offset >> PAGE_SHIFT]);

	return PHYS_PFN(vram->phys + offset);
}

/**
 * vidmem_vram_is_large - whether a place in video memory is one large page
 * @vram: the video memory
 * @offset: bytes into it
 * @order: binary logarithm of the size of the large page in pages, that of
 *	PMD_SIZE at least
 *
 * Returns: whether what begins there is a large page that begins there.
 */
bool vidmem_vram_is_large(const struct vidmem_vram *vram, u64 offset,
			  unsigned int order)
{
	unsigned long pfn = vidmem_vram_pfn(vram, offset);
	u64 size = (u64)PAGE_SIZE << order;
	u64 done;

	if (!IS_ALIGNED(offset, PMD_SIZE) || !IS_ALIGNED(pfn, 1UL << order) ||
	    size > vram->size - offset)
		return false;

	for (done = 0; vram->pages && done < size; done += PMD_SIZE)
		if (!test_bit((offset + done) / PMD_SIZE, vram->large) ||
		    vidmem_vram_pfn(vram, offset + done) !=
		    pfn + PHYS_PFN(done))
			return false;

	return true;
}

/**
 * vidmem_vram_has - whether a mapping in the kernel is one of video memory
 * @vram: the video memory
 * @map: the mapping
 */
bool vidmem_vram_has(const struct vidmem_vram *vram,
		     const struct iosys_map *map)
{
	return map->is_iomem == vram->map.is_iomem &&
	       map->vaddr >= vram->map.vaddr &&
	       map->vaddr < vram->map.vaddr + vram->size;
}

/**
 * vidmem_vram_largest_free - how large an object could be
 * @vram: the video memory
 *
 * Returns: the largest size in bytes that vidmem_vram_alloc() would serve.
 */
u64 vidmem_vram_largest_free(struct vidmem_vram *vram)
{
	u64 largest;

	mutex_lock(&vram->lock);
	largest = vidmem_vram_largest(vram);
	mutex_unlock(&vram->lock);

	return largest;
}

/**
 * vidmem_vram_unused - how much of video memory no object has
 * @vram: the video memory
 *
 * Returns: bytes.
 */
u64 vidmem_vram_unused(struct vidmem_vram *vram)
{
	u64 unused;

	mutex_lock(&vram->lock);
	unused = vram->size - vram->used;
	mutex_unlock(&vram->lock);

	return unused;
}

static enum vidmem_part_kind
vidmem_vram_kind(const struct vidmem_vram *vram, const struct drm_mm_node *node)
{
	if (node == &vram->area.range.node)
		return VIDMEM_PART_AREA;

	return container_of(node, struct vidmem_object, range.node)->is_dumb ?
	       VIDMEM_PART_DUMB : VIDMEM_PART_OBJECT;
}

/**
 * vidmem_vram_part - tell what is at a place of video memory
 * @vram: the video memory
 * @offset: the place, below its size
 * @part: from there on, as far as it is of one kind and owner
 *
 * For those who want to see all of it, part by part: nobody waits for more than one.
 */
void vidmem_vram_part(struct vidmem_vram *vram, u64 offset,
		      struct vidmem_part *part)
{
	const struct drm_mm_node *node;
	u64 end;

	mutex_lock(&vram->lock);
	node = __drm_mm_interval_first(&vram->ready, offset, U64_MAX);
	if (node->start > offset) {
		part->kind = VIDMEM_PART_FREE;
		end = node->start;
	} else {
		end = node->start + node->size;
		node = __drm_mm_interval_first(&vram->mm, offset, U64_MAX);
		part->kind = VIDMEM_PART_UNREADY;
		if (node->start <= offset)
			part->kind = vidmem_vram_kind(vram, node);
	}
	mutex_unlock(&vram->lock);

	part->start = offset;
	part->size = end - offset;
}

static void vidmem_vram_fini(struct drm_device *drm, void *data)
{
	struct vidmem_vram *vram = data;

	drm_WARN_ON(drm, vram->used);
	drm_mm_takedown(&vram->mm);
	mutex_destroy(&vram->evict_lock);
	mutex_destroy(&vram->area.lock);
	mutex_destroy(&vram->lock);
	percpu_free_rwsem(&vram->gate);
}

/* Which of the pages are large ones. */
static int vidmem_vram_find_large(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;
	u64 count = div_u64(vram->size, PMD_SIZE);
	u64 i, offset;

	/* One at least: a small video memory has none. */
	vram->large = drmm_kcalloc(&vdev->drm, BITS_TO_LONGS(count) + 1,
				   sizeof(*vram->large), GFP_KERNEL);
	if (!vram->large)
		return -ENOMEM;

	for (i = 0; i < count; i++) {
		unsigned long pfn = vidmem_vram_pfn(vram, i * PMD_SIZE);

		for (offset = 0; offset < PMD_SIZE; offset += PAGE_SIZE)
			if (vidmem_vram_pfn(vram, i * PMD_SIZE + offset) !=
			    pfn + PHYS_PFN(offset))
				break;
		cond_resched();
		if (offset == PMD_SIZE && IS_ALIGNED(pfn, PTRS_PER_PMD))
			__set_bit(i, vram->large);
	}

	return 0;
}

static bool vidmem_vram_has_large(const struct vidmem_vram *vram,
				  unsigned int order)
{
	u64 offset;

	if (order == UINT_MAX)
		return false;
	for (offset = 0; offset < vram->size; offset += PMD_SIZE)
		if (vidmem_vram_is_large(vram, offset, order))
			return true;

	return false;
}

/**
 * vidmem_vram_revoke - end all use of video memory
 * @vdev: the adapter, whose end has come
 *
 * When this returns nobody touches video memory by a mapping of a process: what
 * is mapped has another page behind it when it is touched next. Kernel mappings
 * that were given out before stay, and what they show is undefined.
 *
 * To be called before anything that waits for clients of the device: see
 * &vidmem_vram.gate.
 */
void vidmem_vram_revoke(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;

	percpu_down_write(&vram->gate);
	WRITE_ONCE(vram->gone, true);
	unmap_mapping_range(vdev->drm.anon_inode->i_mapping, 0, 0, 1);
	percpu_up_write(&vram->gate);
}

/**
 * vidmem_vram_init - begin to hand out video memory
 * @vdev: the adapter, whose video memory is described
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_vram_init(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;
	const struct dmem_cgroup_init init = { .size = vram->size };
	int ret;

	if (vram->pages) {
		ret = vidmem_vram_find_large(vdev);
		if (ret)
			return ret;
	}
	vram->granule = vidmem_vram_has_large(vram, VIDMEM_PUD_ORDER) ?
			PUD_SIZE :
			vidmem_vram_has_large(vram, VIDMEM_PMD_ORDER) ?
			PMD_SIZE : PAGE_SIZE;

	vram->cgroup = drmm_cgroup_register_region(&vdev->drm, "vram", &init);
	if (IS_ERR(vram->cgroup))
		return PTR_ERR(vram->cgroup);

	ret = percpu_init_rwsem(&vram->gate);
	if (ret)
		return ret;
	mutex_init(&vram->lock);
	mutex_init(&vram->area.lock);
	mutex_init(&vram->evict_lock);
	INIT_LIST_HEAD(&vram->movable);
	INIT_LIST_HEAD(&vram->area.users);
	INIT_LIST_HEAD(&vram->saved);
	drm_mm_init(&vram->mm, 0, vram->size);
	ret = drmm_add_action_or_reset(&vdev->drm, vidmem_vram_fini, vram);
	if (ret)
		return ret;

	return vidmem_ready_init(vdev);
}
