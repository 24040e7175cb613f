// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/highmem.h>
#include <linux/kref.h>
#include <linux/mm.h>

#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: moving out
 *
 * Where video memory is short, a dumb buffer moves to system memory when the
 * display needs a place to copy to, or CREATE one for an object. It does so once, and
 * never comes back. Its mappings stay: who touches one next finds the pages in
 * system memory. What MAP has given to anybody, or somebody holds, stays as it is.
 *
 * The move is made under &vidmem_vram.gate, taken for writing, so that no fault
 * sees an object in between. Whoever makes it may hold any lock of DRM.
 */

/* With nobody touching the object: from one place to the other. */
static void vidmem_evict_copy(struct vidmem_vram *vram,
			      const struct vidmem_object *vobj,
			      struct page **pages)
{
	u64 offset;

	for (offset = 0; offset < vobj->base.size; offset += PAGE_SIZE) {
		void *to = kmap_local_page(pages[offset >> PAGE_SHIFT]);

		iosys_map_memcpy_from(to, &vram->map,
				      vobj->range.node.start + offset,
				      PAGE_SIZE);
		kunmap_local(to);
		cond_resched();
	}
}

/* Of an object that nobody but @holds holders holds. One at a time. */
static int vidmem_evict(struct vidmem_vram *vram, struct vidmem_object *vobj,
			unsigned int holds)
{
	struct drm_device *drm = vobj->base.dev;
	struct page **pages;
	bool may_move, has_gone;
	int ret;

	ret = vidmem_system_get(vobj, &pages);
	if (ret)
		return ret;

	percpu_down_write(&vram->gate);
	mutex_lock(&vram->lock);
	has_gone = vram->gone;
	may_move = !has_gone && !vobj->is_fixed && vobj->holds <= holds;
	if (may_move) {
		list_del_init(&vobj->movable);
		WRITE_ONCE(vobj->pages, pages);
	}
	mutex_unlock(&vram->lock);
	if (may_move) {
		drm_vma_node_unmap(&vobj->base.vma_node,
				   drm->anon_inode->i_mapping);
		vidmem_evict_copy(vram, vobj, pages);
	}
	percpu_up_write(&vram->gate);

	if (!may_move) {
		vidmem_system_put(vobj, pages);
		return has_gone ? -ENODEV : -EBUSY;
	}
	vidmem_vram_free(vram, &vobj->range);

	return 0;
}

/* With a reference: the first that can move, or else @shown if that can. */
static struct vidmem_object *vidmem_evict_find(struct vidmem_vram *vram,
					       struct vidmem_object *shown)
{
	struct vidmem_object *vobj, *found = NULL;

	mutex_lock(&vram->lock);
	list_for_each_entry(vobj, &vram->movable, movable) {
		if (vobj != shown && !vobj->holds &&
		    kref_get_unless_zero(&vobj->base.refcount)) {
			found = vobj;
			break;
		}
	}
	if (!found && shown && !list_empty(&shown->movable) &&
	    shown->holds <= 1) {
		drm_gem_object_get(&shown->base);
		found = shown;
	}
	mutex_unlock(&vram->lock);

	return found;
}

/**
 * vidmem_evict_some - move an object out of video memory
 * @vram: the video memory
 * @shown: one that moves if no other can, although the display holds it, or NULL
 *
 * Returns: 0; -ENOSPC when none can; -ENOMEM; -ENODEV when video memory has gone.
 */
int vidmem_evict_some(struct vidmem_vram *vram, struct vidmem_object *shown)
{
	struct vidmem_object *vobj;
	int ret;

	mutex_lock(&vram->evict_lock);
	do {
		vobj = vidmem_evict_find(vram, shown);
		if (!vobj) {
			ret = -ENOSPC;
			break;
		}
		ret = vidmem_evict(vram, vobj, vobj == shown ? 1 : 0);
		drm_gem_object_put(&vobj->base);
	} while (ret == -EBUSY);
	mutex_unlock(&vram->evict_lock);

	return ret;
}

/**
 * vidmem_evict_could_free - whether moving objects out could make enough room
 * @vram: the video memory
 * @size: bytes that are needed
 *
 * Returns: false if it could not for sure.
 */
bool vidmem_evict_could_free(struct vidmem_vram *vram, u64 size)
{
	struct vidmem_object *vobj;
	u64 could;

	mutex_lock(&vram->lock);
	could = vram->size - vram->used;
	list_for_each_entry(vobj, &vram->movable, movable)
		if (!vobj->holds)
			could += vobj->range.node.size;
	mutex_unlock(&vram->lock);

	return could >= size;
}
