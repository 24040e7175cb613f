// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "compat.h"
#include "driver/device.h"
#include "memory/internal.h"

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

vm_fault_t vidmem_huge_fault(struct vm_fault *vmf, unsigned int order)
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

vm_fault_t vidmem_fault(struct vm_fault *vmf)
{
	return vidmem_huge_fault(vmf, 0);
}

/* For debuggers, ptrace(2) and /proc/PID/mem. */
int vidmem_access(struct vm_area_struct *vma, unsigned long address, void *buf,
		  int len, int write)
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
