// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>

#include "memory/internal.h"

/**
 * DOC: hibernation
 *
 * The memory of a device does not survive hibernation, when the machine is off.
 * What objects hold is copied to pages of system memory, which become a part of
 * the image, and back when the machine goes on. Video memory that is system memory
 * is a part of it as it is.
 *
 * Pages are taken before the image is made, when memory can still be had; no more
 * than objects have by then. If there are too few when programs have stopped, more
 * are asked for.
 */

static int vidmem_vram_add_saved(struct vidmem_vram *vram, unsigned long count)
{
	struct page *page;

	while (vram->saved_count < count) {
		page = alloc_page(GFP_KERNEL | __GFP_HIGHMEM | __GFP_NOWARN |
				  __GFP_RETRY_MAYFAIL);
		if (!page)
			return -ENOMEM;
		list_add(&page->lru, &vram->saved);
		vram->saved_count++;
		cond_resched();
	}

	return 0;
}

/**
 * vidmem_vram_drop_save - give the pages back
 * @vram: the video memory
 */
void vidmem_vram_drop_save(struct vidmem_vram *vram)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &vram->saved, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	vram->saved_count = 0;
}

/**
 * vidmem_vram_prepare_save - take pages for what objects hold
 * @vram: the video memory
 *
 * Returns: 0 or -ENOMEM.
 */
int vidmem_vram_prepare_save(struct vidmem_vram *vram)
{
	int ret;

	if (vram->pages)
		return 0;
	ret = vidmem_vram_add_saved(vram, (vram->size - vidmem_vram_unused(vram))
				    >> PAGE_SHIFT);
	if (ret)
		vidmem_vram_drop_save(vram);

	return ret;
}

/* In the same order each time: no object comes or goes in between. */
static void vidmem_vram_copy_saved(struct vidmem_vram *vram, bool restore)
{
	struct page *page = list_first_entry(&vram->saved, struct page, lru);
	struct drm_mm_node *node;
	u64 offset;

	if (!vidmem_vram_enter(vram))
		return;
	drm_mm_for_each_node(node, &vram->mm) {
		for (offset = node->start; offset < node->start + node->size;
		     offset += PAGE_SIZE) {
			void *copy = kmap_local_page(page);

			if (restore)
				iosys_map_memcpy_to(&vram->map, offset, copy,
						    PAGE_SIZE);
			else
				iosys_map_memcpy_from(copy, &vram->map, offset,
						      PAGE_SIZE);
			kunmap_local(copy);
			page = list_next_entry(page, lru);
			cond_resched();
		}
	}
	vidmem_vram_exit(vram);
}

/**
 * vidmem_vram_save - copy what objects hold to system memory
 * @vram: the video memory
 *
 * With all programs stopped.
 *
 * Returns: 0 or -ENOMEM.
 */
int vidmem_vram_save(struct vidmem_vram *vram)
{
	int ret;

	ret = vidmem_vram_prepare_save(vram);
	if (!ret && !vram->pages)
		vidmem_vram_copy_saved(vram, false);

	return ret;
}

/**
 * vidmem_vram_restore - copy back what vidmem_vram_save() has copied
 * @vram: the video memory
 */
void vidmem_vram_restore(struct vidmem_vram *vram)
{
	if (vram->pages)
		return;
	vidmem_vram_copy_saved(vram, true);
	vidmem_ready_restore(vram);
	vidmem_vram_drop_save(vram);
}
