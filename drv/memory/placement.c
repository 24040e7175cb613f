// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/* Where the mapping begins in video memory, if it is one of an object. */
static bool vidmem_mmap_vram_offset(struct drm_file *file, unsigned long len,
				    unsigned long pgoff, u64 *offset)
{
	struct drm_vma_offset_manager *mgr =
		file->minor->dev->vma_offset_manager;
	struct drm_vma_offset_node *node;

	drm_vma_offset_lock_lookup(mgr);
	node = drm_vma_offset_lookup_locked(mgr, pgoff, len >> PAGE_SHIFT);
	if (node) {
		struct vidmem_object *vobj =
			container_of(node, struct vidmem_object, base.vma_node);

		*offset = vobj->range.node.start +
			  ((u64)(pgoff - drm_vma_node_start(node)) <<
			   PAGE_SHIFT);
	}
	drm_vma_offset_unlock_lookup(mgr);

	return node;
}

/* What the place of a mapping of @len bytes should be aligned to. */
static unsigned long vidmem_map_alignment(const struct vidmem_vram *vram,
					  unsigned long len)
{
	if (len >= PUD_SIZE && vram->granule >= PUD_SIZE)
		return PUD_SIZE;

	return len >= PMD_SIZE ? PMD_SIZE : PAGE_SIZE;
}

/* An address that lies in its large page as @offset lies in that of VRAM. */
static unsigned long vidmem_aligned_area(struct file *filp, unsigned long len,
					 u64 offset, unsigned long flags,
					 unsigned long align)
{
	unsigned long more, base;

	if (check_add_overflow(len, align - PAGE_SIZE, &more))
		return -ENOMEM;
	base = mm_get_unmapped_area(filp, 0, more, 0, flags);
	if (IS_ERR_VALUE(base))
		return base;

	return base + (((unsigned long)offset - base) & (align - 1));
}

/*
 * MAP and UNMAP in turn: the place of the last view, if it is free again and a
 * search would find no other, which it then saves. 0: search.
 */
static unsigned long vidmem_view_place(struct vidmem_file *vfile,
				       unsigned long len, unsigned long pgoff,
				       unsigned long align)
{
	struct drm_gem_object *obj = vfile->map_obj;
	unsigned long place = READ_ONCE(vfile->place);
	unsigned long page = pgoff - drm_vma_node_start(&obj->vma_node);
	u64 offset = to_vidmem_object(obj)->range.node.start +
		     ((u64)page << PAGE_SHIFT);
	struct vm_area_struct *next;

	/* A taken one is not aligned to anything. */
	if (!IS_ALIGNED(place - (unsigned long)offset, align) ||
	    vfile->place_mm != current->mm)
		return 0;

	/*
	 * Right below another mapping, as a search goes down from the top. One
	 * that is in the way makes the difference wrap around.
	 */
	next = find_vma(current->mm, place);
	if (!next || next->vm_flags & VM_GROWSDOWN ||
	    next->vm_start - place - len >= align)
		return 0;

	return place;
}

/**
 * vidmem_get_unmapped_area - choose the address of a mapping
 * @filp: the device file
 * @addr: where the caller would like it
 * @len: bytes
 * @pgoff: fake offset, in pages
 * @flags: MAP_* of mmap(2)
 *
 * Chooses an address that lies in its large page as the object lies in that of
 * video memory, so that both can be mapped by large pages.
 *
 * Returns: the address, or a negative error number.
 */
unsigned long vidmem_get_unmapped_area(struct file *filp, unsigned long addr,
				       unsigned long len, unsigned long pgoff,
				       unsigned long flags)
{
	struct drm_file *file = filp->private_data;
	struct vidmem_device *vdev = to_vidmem_device(file->minor->dev);
	struct vidmem_file *vfile = file->driver_priv;
	unsigned long align = vidmem_map_alignment(&vdev->vram, len);
	unsigned long base;
	u64 offset;

	if (addr || flags & MAP_FIXED) {
		base = mm_get_unmapped_area(filp, addr, len, 0, flags);
		if (base == addr || IS_ERR_VALUE(base))
			return base;
	} else if (vidmem_is_map(vfile)) {
		base = vidmem_view_place(vfile, len, pgoff, align);
		if (base)
			return base;
	}

	if (align > PAGE_SIZE &&
	    vidmem_mmap_vram_offset(file, len, pgoff, &offset)) {
		base = vidmem_aligned_area(filp, len, offset, flags, align);
		if (IS_ERR_VALUE(base))
			base = vidmem_aligned_area(filp, len, offset, flags,
						   PMD_SIZE);
		if (!IS_ERR_VALUE(base))
			return base;
	}

	return mm_get_unmapped_area(filp, 0, len, 0, flags);
}
