// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>
#include <linux/rbtree.h>
#include <linux/sched/mm.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <drm/drm_vma_manager.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: views
 *
 * The contract: MAP puts an object into the caller's address space as a *view*,
 * UNMAP takes the whole view away again, given any address in it.
 *
 * A view is a VMA over the object's offsets for views, and nothing else. MAP makes
 * one with vm_mmap(), so that limits, security modules and accounting see what
 * they see of mmap(2).
 *
 * UNMAP must not release anything but a view, and each view once. Under the mmap
 * lock it finds the VMA and claims it, which is to add a note to the file that the
 * view belongs to; then it has vm_munmap() release it, which takes the mmap lock
 * itself. Another UNMAP that finds the note leaves the view alone. The note goes
 * with the VMA, so that it never stands for what is mapped there next. In between
 * only the owner of the claim or munmap(2) can end the view: a program that calls
 * both for the same view at once has a race of its own making.
 */

/* On the stack of an UNMAP, in &vidmem_file.claims. */
struct vidmem_claim {
	struct list_head link;
	const struct mm_struct *mm;
	unsigned long start;
};

static struct vidmem_file *vidmem_vma_file(const struct vm_area_struct *vma)
{
	struct drm_file *file = vma->vm_file->private_data;

	return file->driver_priv;
}

/* Under &vidmem_file.lock. */
static struct vidmem_claim *vidmem_find_claim(struct vidmem_file *vfile,
					      const struct vm_area_struct *vma)
{
	struct vidmem_claim *claim;

	list_for_each_entry(claim, &vfile->claims, link)
		if (claim->mm == vma->vm_mm && claim->start == vma->vm_start)
			return claim;

	return NULL;
}

static void vidmem_view_close(struct vm_area_struct *vma)
{
	struct vidmem_file *vfile = vidmem_vma_file(vma);
	struct vidmem_claim *claim;

	spin_lock(&vfile->lock);
	claim = vidmem_find_claim(vfile, vma);
	if (claim)
		list_del_init(&claim->link);
	spin_unlock(&vfile->lock);
	drm_gem_vm_close(vma);
}

static int vidmem_view_may_split(struct vm_area_struct *vma,
				 unsigned long address)
{
	return -EINVAL;
}

static int vidmem_view_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}

#define VIDMEM_VIEW_VM_OPS			\
	.open		= drm_gem_vm_open,	\
	.close		= vidmem_view_close,	\
	.may_split	= vidmem_view_may_split, \
	.mremap		= vidmem_view_mremap

static const struct vm_operations_struct vidmem_view_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
	VIDMEM_FAULT_VM_OPS
};

static const struct vm_operations_struct vidmem_small_view_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
	VIDMEM_SMALL_FAULT_VM_OPS
};

static bool vidmem_vma_is_view(const struct vm_area_struct *vma)
{
	return vma->vm_ops == &vidmem_view_vm_ops ||
	       vma->vm_ops == &vidmem_small_view_vm_ops;
}

/* What was found when the file was opened, if it is still so. */
static bool vidmem_view_may_be_large(struct vidmem_object *vobj,
				     const struct vm_area_struct *vma)
{
	if (vma->vm_file->f_cred == current_cred())
		return vidmem_vma_file(vma)->may_map_large;

	return vidmem_may_map_large(&to_vidmem_device(vobj->base.dev)->vram);
}

/* Takes over the caller's reference to the object. */
static int vidmem_view_mmap(struct vidmem_object *vobj,
			    struct vm_area_struct *vma)
{
	/* personality(READ_IMPLIES_EXEC) asks for VM_EXEC: not to be had. */
	unsigned long refused = VM_EXEC | VM_MAYEXEC;
	int ret;

	ret = vidmem_vma_init(vobj, vma);
	if (ret)
		return ret;
	ret = vidmem_object_fix(vobj);
	if (ret)
		return ret;

	if (!(vma->vm_flags & VM_WRITE))
		refused |= VM_MAYWRITE;
	vm_flags_mod(vma, VM_DONTCOPY, refused);
	vma->vm_ops = vidmem_view_may_be_large(vobj, vma) ?
		      &vidmem_view_vm_ops : &vidmem_small_view_vm_ops;
	vma->vm_private_data = &vobj->base;

	return 0;
}

/**
 * vidmem_mmap - map what has these offsets in the device file
 * @filp: the device file
 * @vma: the new VMA
 *
 * Makes a view or a plain mapping, as the offsets say.
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct drm_device *drm = file->minor->dev;
	struct vidmem_object *vobj;
	int ret;

	vobj = vidmem_offset_lookup(drm, vma->vm_pgoff, vma_pages(vma));
	if (!vobj || !vidmem_offset_is_view(vobj, vma->vm_pgoff)) {
		if (vobj)
			drm_gem_object_put(&vobj->base);
		return drm_gem_mmap(filp, vma);
	}

	if (vidmem_vram_has_gone(&to_vidmem_device(drm)->vram))
		ret = -ENODEV;
	else if (!drm_vma_node_is_allowed(&vobj->base.vma_node, file))
		ret = -EACCES;
	else
		ret = vidmem_view_mmap(vobj, vma);
	if (ret)
		drm_gem_object_put(&vobj->base);

	return ret;
}

/* The errors that a caller can tell apart are those of the uapi. */
static int vidmem_map_error(long error)
{
	switch (error) {
	case -EAGAIN:
		/* Over RLIMIT_MEMLOCK. drmIoctl() would try again for ever. */
		return -ENOMEM;
	case -EOVERFLOW:
		return -EINVAL;
	default:
		return error;
	}
}

/* Under the mmap lock, at whose VMA the note is. */
static bool vidmem_view_claim(struct vidmem_file *vfile,
			      struct vidmem_claim *claim,
			      const struct vm_area_struct *vma)
{
	bool is_free;

	claim->mm = vma->vm_mm;
	claim->start = vma->vm_start;
	spin_lock(&vfile->lock);
	is_free = !vidmem_find_claim(vfile, vma);
	if (is_free)
		list_add(&claim->link, &vfile->claims);
	spin_unlock(&vfile->lock);

	return is_free;
}

/**
 * vidmem_view_release - release a view
 * @filp: the file that it was made through
 * @address: any address in it
 *
 * Returns: 0, -EINVAL if there is no view of this file and process, -EINTR, or
 * what munmap(2) answers; nothing has changed then.
 */
int vidmem_view_release(struct file *filp, unsigned long address)
{
	struct drm_file *file = filp->private_data;
	struct vidmem_file *vfile = file->driver_priv;
	struct mm_struct *mm = current->mm;
	struct vidmem_claim claim;
	struct vm_area_struct *vma;
	unsigned long size;
	int ret;

	ret = mmap_read_lock_killable(mm);
	if (ret)
		return ret;
	vma = vma_lookup(mm, address);
	if (!vma || vma->vm_file != filp || !vidmem_vma_is_view(vma) ||
	    !vidmem_view_claim(vfile, &claim, vma)) {
		mmap_read_unlock(mm);
		return -EINVAL;
	}
	size = vma->vm_end - vma->vm_start;
	mmap_read_unlock(mm);

	ret = vm_munmap(claim.start, size);

	spin_lock(&vfile->lock);
	/* If the view is still there, so is the claim. */
	list_del(&claim.link);
	if (!ret && vfile->place == claim.start && vfile->mm == mm)
		vfile->is_free = true;
	spin_unlock(&vfile->lock);

	return ret;
}

/* Have each page of a new view present before anybody touches it. */
static int vidmem_view_populate(unsigned long start, unsigned long end,
				unsigned int fault_flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long address;
	int ret = 0;

	for (address = start; address < end && !ret;
	     address = ALIGN(address + 1, PMD_SIZE)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = mmap_read_lock_killable(mm);
		if (ret)
			return ret;
		ret = fixup_user_fault(mm, address, fault_flags, NULL);
		mmap_read_unlock(mm);
		cond_resched();
	}

	return ret;
}

/**
 * vidmem_view_create - make a view
 * @file: the file to make it through
 * @vobj: the object, which the file may map
 * @offset: first byte of the object in it, page aligned
 * @size: bytes, in whole pages, within the object
 * @address: where, or 0
 * @flags: DRM_VIDMEM_MAP_*
 *
 * Returns: its address, or a negative error number.
 */
long vidmem_view_create(struct drm_file *file, struct vidmem_object *vobj,
			u64 offset, u64 size, u64 address, u32 flags)
{
	unsigned long prot = PROT_READ;
	unsigned long map_flags = MAP_SHARED;
	unsigned long base;
	int ret;

	/* It has no offsets either where it is another device's. */
	if (!vidmem_object_is_in_vram(vobj))
		return -EOPNOTSUPP;
	if (vidmem_offsets_init(vobj))
		return -ENOMEM;
	if (!(flags & DRM_VIDMEM_MAP_READ_ONLY))
		prot |= PROT_WRITE;
	if (address)
		map_flags |= MAP_FIXED_NOREPLACE;

	offset += vidmem_view_offset(vobj);
	/* On 32 bits, vm_mmap() does not reach as far as mmap(2) does. */
	if (offset > ULONG_MAX)
		return -ENOMEM;
	base = vm_mmap(file->filp, address, size, prot, map_flags, offset);
	if (IS_ERR_VALUE(base))
		return vidmem_map_error(base);
	if (!address)
		vidmem_place_is_taken(file->driver_priv, base);

	if (flags & DRM_VIDMEM_MAP_POPULATE) {
		ret = vidmem_view_populate(base, base + size,
					   prot & PROT_WRITE ? FAULT_FLAG_WRITE : 0);
		if (ret) {
			vidmem_view_release(file->filp, base);
			return ret;
		}
	}

	return base;
}

static void vidmem_view_print(const struct vm_area_struct *vma,
			      struct drm_printer *p)
{
	struct vidmem_object *vobj = to_vidmem_object(vma->vm_private_data);

	drm_printf(p, "%d %#lx %lu %llu %llu %s\n", vidmem_mm_pid(vma->vm_mm),
		   vma->vm_start, vma->vm_end - vma->vm_start,
		   vobj->range.node.start,
		   vidmem_offset_in_object(vobj, vma->vm_pgoff),
		   vma->vm_flags & VM_WRITE ? "rw" : "r");
}

/**
 * vidmem_views_print - tell of each view, in a line
 * @drm: the DRM device
 * @p: whom to tell; waits for nothing
 *
 * The process, where the view is in it, bytes, the object's place in video memory,
 * where in the object the view begins, and whether it can be written to.
 */
void vidmem_views_print(struct drm_device *drm, struct drm_printer *p)
{
	struct address_space *mapping = drm->anon_inode->i_mapping;
	const struct vm_area_struct *vma;
	struct rb_node *node;

	/* Neither does a VMA go nor does it change. */
	i_mmap_lock_read(mapping);
	for (node = rb_first_cached(&mapping->i_mmap); node;
	     node = rb_next(node)) {
		vma = rb_entry(node, struct vm_area_struct, shared.rb);
		if (vidmem_vma_is_view(vma))
			vidmem_view_print(vma, p);
	}
	i_mmap_unlock_read(mapping);
}
