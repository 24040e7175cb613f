// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>

#include <drm/drm_auth.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <drm/drm_vma_manager.h>

#include "compat.h"
#include "vidmem_drv.h"

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

/* Where in the object an address of the VMA lies. */
static u64 vidmem_vma_offset(struct vm_area_struct *vma, unsigned long address)
{
	struct drm_gem_object *obj = vma->vm_private_data;
	unsigned long page = vma->vm_pgoff -
			     drm_vma_node_start(&obj->vma_node);

	return ((u64)page << PAGE_SHIFT) + (address - vma->vm_start);
}

static u64 vidmem_vma_vram_offset(struct vm_area_struct *vma,
				  unsigned long address)
{
	struct drm_gem_object *obj = vma->vm_private_data;

	return to_vidmem_object(obj)->range.node.start +
	       vidmem_vma_offset(vma, address);
}

/*
 * The adapter is gone: whatever is read or written now goes to one page of
 * system memory, the same all over the object but no other object's.
 */
static vm_fault_t vidmem_fault_gone(struct vm_fault *vmf,
				    struct vidmem_device *vdev)
{
	struct vidmem_object *vobj =
		to_vidmem_object((struct drm_gem_object *)
				 vmf->vma->vm_private_data);
	struct page *page = READ_ONCE(vobj->gone_page);
	pgprot_t prot = vm_get_page_prot(vmf->vma->vm_flags);

	if (!page) {
		struct page *other;

		page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!page)
			return VM_FAULT_OOM;
		other = cmpxchg(&vobj->gone_page, NULL, page);
		if (other) {
			__free_page(page);
			page = other;
		}
	}

	/* Until then, large pages may be there or still on their way. */
	wait_for_completion(&vdev->unplugged);

	return vmf_insert_pfn_prot(vmf->vma, vmf->address, page_to_pfn(page),
				   prot);
}

struct vidmem_span {
	struct vm_area_struct *vma;
	const struct vidmem_vram *vram;
};

static int vidmem_set_pte(pte_t *pte, unsigned long address, void *data)
{
	const struct vidmem_span *span = data;
	struct vm_area_struct *vma = span->vma;
	u64 offset = vidmem_vma_vram_offset(vma, address);
	unsigned long pfn = vidmem_vram_pfn(span->vram, offset);

	if (pte_none(ptep_get(pte)))
		set_pte_at(vma->vm_mm, address, pte,
			   pte_mkspecial(pfn_pte(pfn, vma->vm_page_prot)));

	return 0;
}

/* One page, and with it as many around as one page table holds. */
static vm_fault_t vidmem_fault_pages(struct vm_fault *vmf,
				     const struct vidmem_vram *vram)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vidmem_span span = { .vma = vma, .vram = vram };
	u64 offset = vidmem_vma_vram_offset(vma, vmf->address);
	unsigned long table = ALIGN_DOWN(vmf->address, PMD_SIZE);
	unsigned long start = max(vma->vm_start, table);
	unsigned long size = min(vma->vm_end - start,
				 PMD_SIZE - (start - table));
	vm_fault_t ret;

	ret = vmf_insert_pfn(vma, vmf->address, vidmem_vram_pfn(vram, offset));
	if (ret != VM_FAULT_NOPAGE)
		return ret;

	/* The table is there now, so this cannot fail. */
	apply_to_page_range(vma->vm_mm, start, size, vidmem_set_pte, &span);

	return ret;
}

/* One large page, if the view and video memory have it at this place. */
static vm_fault_t vidmem_fault_large(struct vm_fault *vmf,
				     const struct vidmem_vram *vram,
				     unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long size = PAGE_SIZE << order;
	unsigned long start = ALIGN_DOWN(vmf->address, size);
	unsigned long pfn;
	u64 offset;

	if (start < vma->vm_start || vma->vm_end - start < size)
		return VM_FAULT_FALLBACK;
	offset = vidmem_vma_vram_offset(vma, start);
	if (!vidmem_vram_is_large(vram, offset, order))
		return VM_FAULT_FALLBACK;
	pfn = vidmem_vram_pfn(vram, offset);

	/*
	 * Not told whether it is a write, as then these would warn of what they
	 * find there if another fault was faster.
	 */
	if (order == VIDMEM_PUD_ORDER)
		return vmf_insert_pfn_pud(vmf, pfn, false);

	return vmf_insert_pfn_pmd(vmf, pfn, false);
}

/* In the place of one page: a large one, if there is one. */
static vm_fault_t vidmem_fault_small(struct vm_fault *vmf,
				     const struct vidmem_vram *vram)
{
	vm_fault_t ret = VM_FAULT_FALLBACK;
	pmd_t pmd = READ_ONCE(*vmf->pmd);

	/* Some kernels do not ask for large pages, others not always. */
	if (VIDMEM_PMD_ORDER != UINT_MAX && (pmd_none(pmd) || pmd_leaf(pmd)))
		ret = vidmem_fault_large(vmf, vram, VIDMEM_PMD_ORDER);
	if (ret == VM_FAULT_FALLBACK)
		ret = vidmem_fault_pages(vmf, vram);

	return ret;
}

static vm_fault_t vidmem_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct drm_gem_object *obj = vmf->vma->vm_private_data;
	struct vidmem_device *vdev = to_vidmem_device(obj->dev);
	vm_fault_t ret = VM_FAULT_FALLBACK;
	int idx;

	if (!drm_dev_enter(obj->dev, &idx))
		return order ? VM_FAULT_FALLBACK : vidmem_fault_gone(vmf, vdev);
	if (!order)
		ret = vidmem_fault_small(vmf, &vdev->vram);
	else if (order == VIDMEM_PMD_ORDER || order == VIDMEM_PUD_ORDER)
		ret = vidmem_fault_large(vmf, &vdev->vram, order);
	drm_dev_exit(idx);

	return ret;
}

static vm_fault_t vidmem_fault(struct vm_fault *vmf)
{
	return vidmem_huge_fault(vmf, 0);
}

/* For debuggers, ptrace(2) and /proc/PID/mem. */
static int vidmem_access(struct vm_area_struct *vma, unsigned long address,
			 void *buf, int len, int write)
{
	struct drm_gem_object *obj = vma->vm_private_data;
	struct vidmem_device *vdev = to_vidmem_device(obj->dev);
	u64 offset = vidmem_vma_vram_offset(vma, address);
	int idx;

	/* The caller's FOLL_FORCE is for private mappings. */
	if (write && !(vma->vm_flags & VM_WRITE))
		return -EACCES;
	if (len > vma->vm_end - address)
		len = vma->vm_end - address;

	if (!drm_dev_enter(obj->dev, &idx))
		return -EIO;
	if (write)
		iosys_map_memcpy_to(&vdev->vram.map, offset, buf, len);
	else
		iosys_map_memcpy_from(buf, &vdev->vram.map, offset, len);
	drm_dev_exit(idx);

	return len;
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

#define VIDMEM_VM_OPS				\
	.open		= drm_gem_vm_open,	\
	.close		= drm_gem_vm_close,	\
	.fault		= vidmem_fault,		\
	VIDMEM_HUGE_FAULT(vidmem_huge_fault)	\
	.access		= vidmem_access

#define VIDMEM_VIEW_VM_OPS			\
	VIDMEM_VM_OPS,				\
	.may_split	= vidmem_view_may_split, \
	.mremap		= vidmem_view_mremap

const struct vm_operations_struct vidmem_mmap_vm_ops = {
	VIDMEM_VM_OPS,
};

static const struct vm_operations_struct vidmem_view_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
};

static const struct vm_operations_struct vidmem_claimed_vm_ops = {
	VIDMEM_VIEW_VM_OPS,
};

/**
 * vidmem_gem_mmap - set up a VMA over an object
 * @obj: the object
 * @vma: the VMA, its vm_pgoff at the object's fake offset or behind
 *
 * All mappings come through here: mmap(2) of the device and of a dma-buf, and
 * MAP.
 *
 * Returns: 0, or -EINVAL for a private writable mapping, which a mapping of
 * page frames without pages behind them cannot be.
 */
int vidmem_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct vidmem_device *vdev = to_vidmem_device(obj->dev);

	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;

	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	/* As the kernel's own mapping: write-combined where it is a device's. */
	if (!vdev->vram.pages)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);

	return 0;
}

/* Only this task can have set it to itself, in a MAP that it is still in. */
static bool vidmem_is_map(const struct vidmem_file *vfile)
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

/* In &vidmem_file.place: the view there has not been unmapped yet. */
#define VIDMEM_PLACE_TAKEN 1UL

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

/*
 * Which object to map. Returns it with a reference. Handle 0 stands for what is
 * on display, but only for the master, who is shown nothing by it that its own
 * handles would not.
 */
static struct drm_gem_object *
vidmem_map_lookup(struct vidmem_device *vdev, struct drm_file *file, u32 handle)
{
	struct drm_gem_object *obj;
	u64 offset, length;

	if (handle) {
		obj = drm_gem_object_lookup(file, handle);
		return obj ?: ERR_PTR(-ENOENT);
	}

	if (!drm_is_current_master(file))
		return ERR_PTR(-EACCES);

	obj = vidmem_displayed_object(vdev, &offset, &length);
	if (!obj)
		return ERR_PTR(-ENOENT);
	if (!drm_vma_node_is_allowed(&obj->vma_node, file)) {
		drm_gem_object_put(obj);
		return ERR_PTR(-EACCES);
	}

	return obj;
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
static int vidmem_view_release(struct file *filp, unsigned long address)
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

static long vidmem_view_create(struct drm_file *file, struct drm_gem_object *obj,
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

/* Where what is on display lies in the new view of @obj. */
static void vidmem_view_frame_buffer(struct vidmem_device *vdev,
				     struct drm_gem_object *obj,
				     struct drm_vidmem_map_video_memory *args)
{
	struct drm_gem_object *displayed;
	u64 start, length, end;

	args->frame_buffer_base = 0;
	args->frame_buffer_length = 0;

	if (!READ_ONCE(to_vidmem_object(obj)->scanout))
		return;
	displayed = vidmem_displayed_object(vdev, &start, &length);
	if (!displayed)
		return;
	drm_gem_object_put(displayed);
	if (displayed != obj)
		return;

	end = min(start + length, args->view_offset + args->video_ram_length);
	start = max(start, args->view_offset);
	if (start >= end)
		return;

	args->frame_buffer_base = args->video_ram_base +
				  (start - args->view_offset);
	args->frame_buffer_length = end - start;
}

/**
 * vidmem_map_ioctl - serve DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY
 * @drm: the DRM device
 * @data: &struct drm_vidmem_map_video_memory
 * @file: the caller's file
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_map_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct drm_vidmem_map_video_memory *args = data;
	struct drm_gem_object *obj;
	u64 size = args->view_size;
	u64 end;
	long base;

	if (args->flags & ~(DRM_VIDMEM_MAP_POPULATE |
			    DRM_VIDMEM_MAP_READ_ONLY)) {
		drm_dbg_driver(drm, "unknown flags %#x\n", args->flags);
		return -EINVAL;
	}
	if (!PAGE_ALIGNED(args->requested_virtual_address) ||
	    !PAGE_ALIGNED(args->view_offset)) {
		drm_dbg_driver(drm, "address or offset not page aligned\n");
		return -EINVAL;
	}

	obj = vidmem_map_lookup(vdev, file, args->handle);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	base = -EINVAL;
	if (args->view_offset >= obj->size ||
	    size > obj->size - args->view_offset) {
		drm_dbg_driver(drm, "view past the end of the object\n");
		goto out_put;
	}
	/* An object is whole pages, so this stays inside it. */
	size = size ? PAGE_ALIGN(size) : obj->size - args->view_offset;
	if (check_add_overflow(args->requested_virtual_address, size, &end) ||
	    end > TASK_SIZE) {
		drm_dbg_driver(drm, "no user address range\n");
		goto out_put;
	}

	base = vidmem_view_create(file, obj, args->view_offset, size,
				  args->requested_virtual_address, args->flags);
	if (IS_ERR_VALUE(base))
		goto out_put;

	args->video_ram_base = base;
	args->video_ram_length = size;
	vidmem_view_frame_buffer(vdev, obj, args);
	base = 0;

out_put:
	drm_gem_object_put(obj);
	return base;
}

/**
 * vidmem_unmap_ioctl - serve DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY
 * @drm: the DRM device
 * @data: &struct drm_vidmem_unmap_video_memory
 * @file: the caller's file
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_unmap_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file)
{
	struct drm_vidmem_unmap_video_memory *args = data;
	int ret;

	if (args->flags) {
		drm_dbg_driver(drm, "unknown flags %#llx\n", args->flags);
		return -EINVAL;
	}
	if (args->requested_virtual_address >= TASK_SIZE)
		return -EINVAL;

	ret = vidmem_view_release(file->filp, args->requested_virtual_address);
	if (ret == -EINVAL)
		drm_dbg_driver(drm, "no view of this file there\n");

	return ret;
}
