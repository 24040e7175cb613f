// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/capability.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/user_namespace.h>

#include <drm/drm_gem.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "driver/trace.h"
#include "memory/internal.h"

/**
 * DOC: faults
 *
 * Any access to memory in the kernel that copies from or to a program can be a
 * fault in a mapping of ours, whatever locks its caller holds: DRM itself copies
 * under its modeset locks. So a fault waits for memory and for nothing else. It
 * takes one lock, &vidmem_vram.gate, for reading; whoever has that for writing,
 * to take all mappings down, waits for faults that are under way and for page
 * tables, and for nothing else either.
 *
 * What kind of entry an address gets, large or not, depends on the place of the
 * object, on the bounds of the VMA, and on what the VMA allows. None of them can
 * change while a fault is under way, so that threads which fault together agree:
 * none of them makes a page table where another one maps a large page.
 *
 * An entry allows what vma->vm_page_prot says. While the kernel wants to know of
 * writes (soft-dirty, userfaultfd), that lacks the right to write although the
 * VMA has it. Pages are made writable by the kernel then, one by one, when they
 * are written to. It does not do so with large entries: there are none for such a
 * VMA, and one that cannot be written to makes place for pages.
 *
 * Behind the memory of a device there is no struct page. mbind(2) with
 * MPOL_MF_STRICT takes it that there is one behind any large entry, and crashes
 * (queue_folios_pmd(), at least until Linux 7.2). So the memory of a device is
 * mapped by large pages only for those who may do anything to the machine anyway.
 */

static u64 vidmem_vma_vram_offset(struct vidmem_object *vobj,
				  struct vm_area_struct *vma,
				  unsigned long address)
{
	return vobj->range.node.start +
	       vidmem_offset_in_object(vobj, vma->vm_pgoff) +
	       (address - vma->vm_start);
}

/* What vidmem_set_pte() puts behind addresses of a VMA. */
struct vidmem_span {
	struct vm_area_struct *vma;
	pgprot_t prot;
	/* An address less @base is the place in video memory or in @pages. */
	u64 base;
	/* One of these is behind it. The last is one page for all. */
	const struct vidmem_vram *vram;
	struct page **pages;
	struct page *page;
};

static unsigned long vidmem_span_pfn(const struct vidmem_span *span,
				     unsigned long address)
{
	if (span->vram)
		return vidmem_vram_pfn(span->vram, address - span->base);
	if (span->pages)
		return page_to_pfn(span->pages[(address - span->base) >>
					       PAGE_SHIFT]);

	return page_to_pfn(span->page);
}

static int vidmem_set_pte(pte_t *ptep, unsigned long address, void *data)
{
	const struct vidmem_span *span = data;
	pte_t old = ptep_get(ptep), pte;

	/* No entry, or what userfaultfd has left in its place. */
	if (!pte_none(old) && !vidmem_pte_is_marker(old))
		return 0;

	pte = pte_mkspecial(pfn_pte(vidmem_span_pfn(span, address), span->prot));
	if (!pte_none(old))
		pte = vidmem_pte_keep_marker(pte, old);
	set_pte_at(span->vma->vm_mm, address, ptep, pte);

	return 0;
}

/* The page at the address of the fault, and with it those from @start on. */
static vm_fault_t vidmem_fault_span(struct vm_fault *vmf,
				    struct vidmem_span *span,
				    unsigned long start, unsigned long size)
{
	vm_fault_t ret;

	ret = vmf_insert_pfn_prot(vmf->vma, vmf->address,
				  vidmem_span_pfn(span, vmf->address),
				  span->prot);
	if (ret != VM_FAULT_NOPAGE)
		return ret;

	/* The table is there now, so this cannot fail. */
	apply_to_page_range(vmf->vma->vm_mm, start, size, vidmem_set_pte, span);

	return ret;
}

/* It may be written to, but the kernel wants to know when. */
static bool vidmem_notes_writes(struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE &&
	       !pte_write(pfn_pte(0, vma->vm_page_prot));
}

/* As vm_page_prot, but never write-combined, as that of a device may be. */
static pgprot_t vidmem_cached_prot(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;

	if (vidmem_notes_writes(vma))
		flags &= ~VM_SHARED;

	return vm_get_page_prot(flags);
}

/* The adapter is gone. */
static vm_fault_t vidmem_fault_gone(struct vm_fault *vmf,
				    struct vidmem_object *vobj)
{
	struct vidmem_span span = {
		.vma = vmf->vma,
		.page = vidmem_gone_page(vobj),
		.prot = vidmem_cached_prot(vmf->vma),
	};
	vm_fault_t ret = VM_FAULT_OOM;

	if (span.page)
		ret = vidmem_fault_span(vmf, &span, vmf->address & PAGE_MASK,
					PAGE_SIZE);
	trace_vidmem_fault(vobj, vmf, 0, ret);

	return ret;
}

/* One page, and with it as many around as one page table holds. */
static vm_fault_t vidmem_fault_pages(struct vm_fault *vmf,
				     struct vidmem_object *vobj,
				     const struct vidmem_vram *vram)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vidmem_span span = { .vma = vma };
	unsigned long table = ALIGN_DOWN(vmf->address, PMD_SIZE);
	unsigned long start = max(vma->vm_start, table);
	unsigned long size = min(vma->vm_end - start,
				 PMD_SIZE - (start - table));

	if (vobj->pages) {
		span.prot = vidmem_cached_prot(vma);
		span.pages = vobj->pages;
		span.base = vma->vm_start -
			    vidmem_offset_in_object(vobj, vma->vm_pgoff);
	} else {
		span.prot = vma->vm_page_prot;
		span.vram = vram;
		span.base = vma->vm_start -
			    vidmem_vma_vram_offset(vobj, vma, vma->vm_start);
	}

	return vidmem_fault_span(vmf, &span, start, size);
}

/* One large page, if the VMA and video memory have it at this place. */
static vm_fault_t vidmem_fault_large(struct vm_fault *vmf,
				     struct vidmem_object *vobj,
				     const struct vidmem_vram *vram,
				     unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long size = PAGE_SIZE << order;
	unsigned long start = ALIGN_DOWN(vmf->address, size);
	unsigned long pfn;
	u64 offset;

	if (vobj->pages || start < vma->vm_start ||
	    vma->vm_end - start < size || vidmem_notes_writes(vma))
		return VM_FAULT_FALLBACK;
	offset = vidmem_vma_vram_offset(vobj, vma, start);
	if (!vidmem_vram_is_large(vram, offset, order))
		return VM_FAULT_FALLBACK;
	pfn = vidmem_vram_pfn(vram, offset);

	/*
	 * Not told whether it is a write, as then these would warn of what they
	 * find there if another fault was faster. vm_page_prot says enough.
	 */
	if (order == VIDMEM_PUD_ORDER)
		return vmf_insert_pfn_pud(vmf, pfn, false);

	return vmf_insert_pfn_pmd(vmf, pfn, false);
}

/* The kernel asks for a large page, or what to do with a write to one. */
static vm_fault_t vidmem_fault_order(struct vm_fault *vmf,
				     struct vidmem_object *vobj,
				     const struct vidmem_vram *vram,
				     unsigned int order)
{
	if (order == VIDMEM_PMD_ORDER) {
		pmd_t pmd = READ_ONCE(*vmf->pmd);

		/* It stays as it is, so the kernel takes it away. */
		if (vmf->flags & FAULT_FLAG_WRITE && pmd_leaf(pmd) &&
		    !pmd_write(pmd))
			return VM_FAULT_FALLBACK;
	} else if (order == VIDMEM_PUD_ORDER) {
		pud_t pud = READ_ONCE(*vmf->pud);

		if (vmf->flags & FAULT_FLAG_WRITE && pud_leaf(pud) &&
		    !pud_write(pud))
			return VM_FAULT_FALLBACK;
	} else {
		return VM_FAULT_FALLBACK;
	}

	return vidmem_fault_large(vmf, vobj, vram, order);
}

/* In the place of one page: a large one, if there is one. */
static vm_fault_t vidmem_fault_any(struct vm_fault *vmf,
				   struct vidmem_object *vobj,
				   const struct vidmem_vram *vram)
{
	vm_fault_t ret = VM_FAULT_FALLBACK;
	pmd_t pmd = READ_ONCE(*vmf->pmd);

	/* Another fault was faster; what is missing still, the next one tells. */
	if (pmd_leaf(pmd))
		return VM_FAULT_NOPAGE;
	/* Some kernels do not ask for large pages, others not always. */
	if (VIDMEM_PMD_ORDER != UINT_MAX && pmd_none(pmd))
		ret = vidmem_fault_large(vmf, vobj, vram, VIDMEM_PMD_ORDER);
	if (ret == VM_FAULT_FALLBACK)
		ret = vidmem_fault_pages(vmf, vobj, vram);

	return ret;
}

static struct vidmem_object *vidmem_vma_object(const struct vm_area_struct *vma)
{
	struct drm_gem_object *obj = vma->vm_private_data;

	return to_vidmem_object(obj);
}

static struct vidmem_vram *vidmem_object_vram(const struct vidmem_object *vobj)
{
	return &to_vidmem_device(vobj->base.dev)->vram;
}

/**
 * vidmem_may_map_large - whether the caller may have mappings of large pages
 * @vram: the video memory
 *
 * Asked once for a VMA, since those who fault in it must agree.
 */
bool vidmem_may_map_large(const struct vidmem_vram *vram)
{
	return vram->pages || ns_capable_noaudit(&init_user_ns, CAP_SYS_RAWIO);
}

/**
 * vidmem_huge_fault - put a large page behind an address of a mapping
 * @vmf: the fault
 * @order: binary logarithm of its size in pages
 *
 * Returns: VM_FAULT_*.
 */
vm_fault_t vidmem_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vidmem_object *vobj = vidmem_vma_object(vmf->vma);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	vm_fault_t ret;

	if (!vidmem_vram_enter(vram))
		return VM_FAULT_FALLBACK;
	ret = vidmem_fault_order(vmf, vobj, vram, order);
	vidmem_vram_exit(vram);
	trace_vidmem_fault(vobj, vmf, order, ret);

	return ret;
}

/**
 * vidmem_fault - put something behind an address of a mapping
 * @vmf: the fault
 *
 * Returns: VM_FAULT_*.
 */
vm_fault_t vidmem_fault(struct vm_fault *vmf)
{
	struct vidmem_object *vobj = vidmem_vma_object(vmf->vma);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	vm_fault_t ret;

	if (!vidmem_vram_enter(vram))
		return vidmem_fault_gone(vmf, vobj);
	ret = vidmem_fault_any(vmf, vobj, vram);
	vidmem_vram_exit(vram);
	trace_vidmem_fault(vobj, vmf, 0, ret);

	return ret;
}

/**
 * vidmem_small_fault - the same with no large page
 * @vmf: the fault
 *
 * Returns: VM_FAULT_*.
 */
vm_fault_t vidmem_small_fault(struct vm_fault *vmf)
{
	struct vidmem_object *vobj = vidmem_vma_object(vmf->vma);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	vm_fault_t ret;

	if (!vidmem_vram_enter(vram))
		return vidmem_fault_gone(vmf, vobj);
	ret = vidmem_fault_pages(vmf, vobj, vram);
	vidmem_vram_exit(vram);
	trace_vidmem_fault(vobj, vmf, 0, ret);

	return ret;
}

/* Whether its entries are not of the type that vm_page_prot has. */
static bool vidmem_vma_is_cached(struct vidmem_object *vobj, struct vidmem_vram *vram)
{
	bool is_cached;

	if (vram->pages)
		return false;
	if (!vidmem_vram_enter(vram))
		return true;
	is_cached = READ_ONCE(vobj->pages);
	vidmem_vram_exit(vram);

	return is_cached;
}

/**
 * vidmem_mprotect - before entries get other rights
 * @vma: the mapping
 * @start: of these addresses
 * @end: and where they end
 * @newflags: the rights
 *
 * They get them from vm_page_prot, and with these on some processors, as arm64, the
 * type of memory. For system memory that is the wrong one. So there are none then.
 *
 * Returns: 0.
 */
int vidmem_mprotect(struct vm_area_struct *vma, unsigned long start,
		    unsigned long end, unsigned long newflags)
{
	struct vidmem_object *vobj = vidmem_vma_object(vma);
	struct drm_device *drm = vobj->base.dev;
	u64 offset = ((u64)vma->vm_pgoff << PAGE_SHIFT) + (start - vma->vm_start);

	/* From here to the end of mprotect(2) there are no faults. */
	vma_start_write(vma);
	if (vidmem_vma_is_cached(vobj, vidmem_object_vram(vobj)))
		unmap_mapping_range(drm->anon_inode->i_mapping, offset,
				    end - start, 1);

	return 0;
}

/* No more than one page: the caller comes back. */
static int vidmem_access_pages(struct vidmem_object *vobj,
			       struct vm_area_struct *vma,
			       unsigned long address, void *buf, int len,
			       int write)
{
	u64 offset = vidmem_offset_in_object(vobj, vma->vm_pgoff) +
		     (address - vma->vm_start);
	struct page *page = vobj->pages[offset >> PAGE_SHIFT];

	len = min_t(int, len, PAGE_SIZE - offset_in_page(offset));
	if (write)
		memcpy_to_page(page, offset_in_page(offset), buf, len);
	else
		memcpy_from_page(buf, page, offset_in_page(offset), len);

	return len;
}

/**
 * vidmem_access - read or write for ptrace(2) and /proc/PID/mem
 * @vma: the mapping
 * @address: where
 * @buf: from or to where
 * @len: bytes
 * @write: whether to write
 *
 * Returns: bytes done, or a negative error number.
 */
int vidmem_access(struct vm_area_struct *vma, unsigned long address, void *buf,
		  int len, int write)
{
	struct vidmem_object *vobj = vidmem_vma_object(vma);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);

	/* The caller's FOLL_FORCE is for private mappings. */
	if (write && !(vma->vm_flags & VM_WRITE))
		return -EACCES;
	if (len > vma->vm_end - address)
		len = vma->vm_end - address;

	if (!vidmem_vram_enter(vram))
		return -EIO;
	if (vobj->pages)
		len = vidmem_access_pages(vobj, vma, address, buf, len, write);
	else if (write)
		iosys_map_memcpy_to(&vram->map,
				    vidmem_vma_vram_offset(vobj, vma, address),
				    buf, len);
	else
		iosys_map_memcpy_from(buf, &vram->map,
				      vidmem_vma_vram_offset(vobj, vma, address),
				      len);
	vidmem_vram_exit(vram);

	return len;
}
