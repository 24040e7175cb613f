// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: placement
 *
 * An address is chosen so that it lies in its large page as the object lies in
 * that of video memory: then both can be mapped by large pages.
 *
 * MAP and UNMAP in turn are common. So a file remembers where its last view was,
 * and the next mapping takes that place again, if a search would find no other,
 * which is then saved.
 */

/**
 * vidmem_place_is_taken - remember where the last view is
 * @vfile: the file that it was made through
 * @place: its address
 */
void vidmem_place_is_taken(struct vidmem_file *vfile, unsigned long place)
{
	spin_lock(&vfile->lock);
	vfile->place = place;
	vfile->mm = current->mm;
	vfile->is_free = false;
	spin_unlock(&vfile->lock);
}

/* The place of the last view, if it has gone and was one of this process. */
static unsigned long vidmem_free_place(struct vidmem_file *vfile)
{
	unsigned long place;

	spin_lock(&vfile->lock);
	place = vfile->is_free && vfile->mm == current->mm ? vfile->place : 0;
	spin_unlock(&vfile->lock);

	return place;
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

/* The place of the last view, if a search would lead there; else 0. */
static unsigned long vidmem_last_place(struct vidmem_file *vfile,
				       unsigned long len, u64 offset,
				       unsigned long align)
{
	unsigned long place = vidmem_free_place(vfile);
	struct vm_area_struct *next;

	if (!place || !IS_ALIGNED(place - (unsigned long)offset, align))
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

/* Where in video memory the first page of a mapping lies. */
static bool vidmem_pgoff_vram_offset(struct drm_device *drm,
				     unsigned long pgoff, unsigned long len,
				     u64 *offset)
{
	struct vidmem_object *vobj =
		vidmem_offset_lookup(drm, pgoff, len >> PAGE_SHIFT);

	if (!vobj)
		return false;
	*offset = vobj->range.node.start + vidmem_offset_in_object(vobj, pgoff);
	drm_gem_object_put(&vobj->base);

	return true;
}

/**
 * vidmem_get_unmapped_area - choose the address of a mapping
 * @filp: the device file
 * @addr: where the caller would like it
 * @len: bytes
 * @pgoff: offset in the device file, in pages
 * @flags: MAP_* of mmap(2)
 *
 * Returns: the address, or a negative error number.
 */
unsigned long vidmem_get_unmapped_area(struct file *filp, unsigned long addr,
				       unsigned long len, unsigned long pgoff,
				       unsigned long flags)
{
	struct drm_file *file = filp->private_data;
	struct vidmem_device *vdev = to_vidmem_device(file->minor->dev);
	unsigned long align = vidmem_map_alignment(&vdev->vram, len);
	unsigned long place;
	u64 offset = 0;

	if (addr || flags & MAP_FIXED) {
		place = mm_get_unmapped_area(filp, addr, len, 0, flags);
		if (place == addr || IS_ERR_VALUE(place))
			return place;
	}

	/* Whoever maps a few pages only gets any place. */
	if (align > PAGE_SIZE &&
	    !vidmem_pgoff_vram_offset(&vdev->drm, pgoff, len, &offset))
		align = PAGE_SIZE;
	place = vidmem_last_place(file->driver_priv, len, offset, align);
	if (place)
		return place;

	if (align > PAGE_SIZE) {
		place = vidmem_aligned_area(filp, len, offset, flags, align);
		if (IS_ERR_VALUE(place))
			place = vidmem_aligned_area(filp, len, offset, flags,
						    PMD_SIZE);
		if (!IS_ERR_VALUE(place))
			return place;
	}

	return mm_get_unmapped_area(filp, 0, len, 0, flags);
}
