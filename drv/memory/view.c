// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: the mapping engine
 *
 * The contract: MAP puts an object into the caller's address space as a *view*,
 * UNMAP takes the whole view away again, given any address in it.
 *
 * A view is a VMA of the DRM file over the object's fake offset, as mmap(2)
 * would make it, and nothing else: no list, no memory of its own. What a VMA is
 * shows in its operations:
 *
 * - &vidmem_mmap_vm_ops: made by mmap(2), with Linux's usual rules;
 * - &vidmem_view_vm_ops: a view;
 * - &vidmem_claimed_vm_ops: a view that an UNMAP has claimed and now releases.
 *
 * MAP goes through vm_mmap(), so that limits, security modules and accounting
 * see what they see of mmap(2). It comes back to this driver in vidmem_mmap(),
 * which knows by &vidmem_file.map_task that it serves a MAP.
 *
 * UNMAP must not release anything but a view, and each view once. It finds the
 * VMA and claims it under the mmap lock, then has vm_munmap() release it, which
 * takes that lock itself. In between only the owner of the claim or munmap(2)
 * can end the view. A program that calls both for the same view at once has a
 * race of its own making.
 *
 * Faults take no lock: where an object lies in video memory never changes, and
 * drm_dev_unplug() waits for the faults that are on their way before it takes
 * the mappings down. What kind of entry an address gets depends on nothing that
 * can change either, so that threads which fault together agree: none of them
 * makes a page table where another one maps a large page.
 */

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
	VIDMEM_VM_OPS,				\
	.may_split	= vidmem_view_may_split, \
	.mremap		= vidmem_view_mremap

static const struct vm_operations_struct vidmem_view_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
};

static const struct vm_operations_struct vidmem_claimed_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
};

/* Only this task can have set it to itself, in a MAP that it is still in. */
bool vidmem_is_map(const struct vidmem_file *vfile)
{
	return READ_ONCE(vfile->map_task) == current;
}

static int vidmem_view_mmap(struct drm_gem_object *obj,
			    struct vm_area_struct *vma)
{
	/* personality(READ_IMPLIES_EXEC) asks for VM_EXEC: not to be had. */
	unsigned long refused = VM_EXEC | VM_MAYEXEC;
	int ret;

	if (!(vma->vm_flags & VM_WRITE))
		refused |= VM_MAYWRITE;
	vm_flags_mod(vma, VM_DONTCOPY, refused);

	/* Not drm_gem_mmap(): it maps no object from the middle. */
	ret = drm_gem_mmap_obj(obj, obj->size, vma);
	if (!ret)
		vma->vm_ops = &vidmem_view_vm_ops;

	return ret;
}

/**
 * vidmem_mmap - mmap(2) of the device file, and the second half of MAP
 * @filp: the device file
 * @vma: the new VMA
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct drm_file *file = filp->private_data;
	struct vidmem_file *vfile = file->driver_priv;

	if (vidmem_is_map(vfile))
		return vidmem_view_mmap(vfile->map_obj, vma);

	return drm_gem_mmap(filp, vma);
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

static bool vidmem_vma_is(struct vm_area_struct *vma, struct file *filp,
			  const struct vm_operations_struct *ops)
{
	return vma && vma->vm_file == filp && vma->vm_ops == ops;
}

/* Release the view of this file that the address lies in, and nothing else. */
int vidmem_view_release(struct file *filp, unsigned long address)
{
	struct drm_file *file = filp->private_data;
	struct vidmem_file *vfile = file->driver_priv;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long start, size;
	int ret;

	ret = mmap_read_lock_killable(mm);
	if (ret)
		return ret;
	vma = vma_lookup(mm, address);
	/* The claim. Faults may run meanwhile: both tables serve them. */
	if (!vidmem_vma_is(vma, filp, &vidmem_view_vm_ops) ||
	    cmpxchg(&vma->vm_ops, &vidmem_view_vm_ops,
		    &vidmem_claimed_vm_ops) != &vidmem_view_vm_ops) {
		mmap_read_unlock(mm);
		return -EINVAL;
	}
	start = vma->vm_start;
	size = vma->vm_end - vma->vm_start;
	mmap_read_unlock(mm);

	ret = vm_munmap(start, size);
	if (ret) {
		/* It is still there and still ours: give up the claim. */
		mmap_read_lock(mm);
		vma = vma_lookup(mm, start);
		if (vidmem_vma_is(vma, filp, &vidmem_claimed_vm_ops))
			WRITE_ONCE(vma->vm_ops, &vidmem_view_vm_ops);
		mmap_read_unlock(mm);
	} else if (READ_ONCE(vfile->place) == (start | VIDMEM_PLACE_TAKEN)) {
		WRITE_ONCE(vfile->place, start);
	}

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

long vidmem_view_create(struct drm_file *file, struct drm_gem_object *obj,
			u64 offset, u64 size, u64 address, u32 flags)
{
	struct vidmem_file *vfile = file->driver_priv;
	unsigned long prot = PROT_READ;
	unsigned long map_flags = MAP_SHARED;
	unsigned long base;
	int ret;

	if (!(flags & DRM_VIDMEM_MAP_READ_ONLY))
		prot |= PROT_WRITE;
	if (address)
		map_flags |= MAP_FIXED_NOREPLACE;

	ret = mutex_lock_interruptible(&vfile->map_lock);
	if (ret)
		return ret;
	vfile->map_obj = obj;
	WRITE_ONCE(vfile->map_task, current);
	base = vm_mmap(file->filp, address, size, prot, map_flags,
		       drm_vma_node_offset_addr(&obj->vma_node) + offset);
	WRITE_ONCE(vfile->map_task, NULL);
	if (!address && !IS_ERR_VALUE(base)) {
		WRITE_ONCE(vfile->place, base | VIDMEM_PLACE_TAKEN);
		vfile->place_mm = current->mm;
	}
	mutex_unlock(&vfile->map_lock);

	if (IS_ERR_VALUE(base))
		return vidmem_map_error(base);

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
