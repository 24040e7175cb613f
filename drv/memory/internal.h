/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_MEMORY_INTERNAL_H_
#define _VIDMEM_MEMORY_INTERNAL_H_

/* What the files about video memory share, and nobody else may use. */

#include <linux/mm.h>

#include "memory/memory.h"

/* vram.c */
int vidmem_vram_place(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size, u32 factor, u64 end, bool aside);
void vidmem_vram_unplace(struct vidmem_vram *vram, struct vidmem_range *range);
int vidmem_vram_clear(struct vidmem_vram *vram,
		      const struct vidmem_range *range);
int vidmem_vram_alloc(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size, u32 factor);
void vidmem_vram_free(struct vidmem_vram *vram, struct vidmem_range *range);
unsigned long vidmem_vram_pfn(const struct vidmem_vram *vram, u64 offset);
bool vidmem_vram_is_large(const struct vidmem_vram *vram, u64 offset,
			  unsigned int order);
bool vidmem_vram_has(const struct vidmem_vram *vram,
		     const struct iosys_map *map);

/**
 * vidmem_vram_enter - use video memory for a moment
 * @vram: the video memory
 *
 * Returns: true if it is there and stays until vidmem_vram_exit(); false if it
 * has gone, for good, and nothing maps it any more.
 */
static inline bool vidmem_vram_enter(struct vidmem_vram *vram)
{
	percpu_down_read(&vram->gate);
	if (likely(!vram->gone))
		return true;
	percpu_up_read(&vram->gate);

	return false;
}

/**
 * vidmem_vram_exit - be done with video memory
 * @vram: the video memory
 */
static inline void vidmem_vram_exit(struct vidmem_vram *vram)
{
	percpu_up_read(&vram->gate);
}

/**
 * vidmem_vram_reserve - take a part that nobody has
 * @mm: who has what
 * @node: what stands for it from now on
 * @start: where it begins
 * @size: bytes
 *
 * Under &vidmem_vram.lock. Cannot fail: the caller knows that it is free.
 */
static inline void vidmem_vram_reserve(struct drm_mm *mm,
				       struct drm_mm_node *node, u64 start,
				       u64 size)
{
	memset(node, 0, sizeof(*node));
	node->start = start;
	node->size = size;
	drm_mm_reserve_node(mm, node);
}

/* ready.c */
int vidmem_ready_init(struct vidmem_device *vdev);
struct vidmem_unready *vidmem_unready_alloc(void);
void vidmem_ready_wait(struct vidmem_vram *vram, struct vidmem_unready *unready);
void vidmem_ready_wait_at(struct vidmem_vram *vram,
			  struct vidmem_unready *unready, u64 start, u64 end);
int vidmem_ready_more(struct vidmem_vram *vram);
void vidmem_ready_restore(struct vidmem_vram *vram);

/* system.c */
int vidmem_system_get(struct vidmem_object *vobj, struct page ***pages);
void vidmem_system_put(struct vidmem_object *vobj, struct page **pages);
void *vidmem_system_vaddr(struct vidmem_object *vobj);

/* object.c */
int vidmem_object_fix(struct vidmem_object *vobj);

/* evict.c */
int vidmem_evict_some(struct vidmem_vram *vram, struct vidmem_object *shown);
bool vidmem_evict_could_free(struct vidmem_vram *vram, u64 size);

/* offsets.c */
int vidmem_offsets_init(struct vidmem_object *vobj);
u64 vidmem_view_offset(struct vidmem_object *vobj);
bool vidmem_offset_is_view(struct vidmem_object *vobj, unsigned long pgoff);
u64 vidmem_offset_in_object(struct vidmem_object *vobj, unsigned long pgoff);
struct vidmem_object *vidmem_offset_lookup(struct drm_device *drm,
					   unsigned long pgoff,
					   unsigned long pages);

/* gone.c */
struct page *vidmem_gone_page(struct vidmem_object *vobj);
int vidmem_gone_vmap(struct vidmem_object *vobj, struct iosys_map *map);

/* fault.c */
vm_fault_t vidmem_fault(struct vm_fault *vmf);
vm_fault_t vidmem_huge_fault(struct vm_fault *vmf, unsigned int order);
vm_fault_t vidmem_small_fault(struct vm_fault *vmf);
int vidmem_access(struct vm_area_struct *vma, unsigned long address, void *buf,
		  int len, int write);
int vidmem_mprotect(struct vm_area_struct *vma, unsigned long start,
		    unsigned long end, unsigned long newflags);

/* For a VMA with a GEM object as its vm_private_data: large pages, too. */
#define VIDMEM_FAULT_VM_OPS			\
	.fault		= vidmem_fault,		\
	VIDMEM_HUGE_FAULT(vidmem_huge_fault)	\
	.access		= vidmem_access,	\
	.mprotect	= vidmem_mprotect,

/* The same without. */
#define VIDMEM_SMALL_FAULT_VM_OPS		\
	.fault		= vidmem_small_fault,	\
	.access		= vidmem_access,	\
	.mprotect	= vidmem_mprotect,

/* mapping.c */
extern const struct vm_operations_struct vidmem_mapping_vm_ops;
int vidmem_vma_init(struct vidmem_object *vobj, struct vm_area_struct *vma);
int vidmem_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma);

/* placement.c */
void vidmem_place_is_taken(struct vidmem_file *vfile, unsigned long place);

/* view.c */
long vidmem_view_create(struct drm_file *file, struct vidmem_object *vobj,
			u64 offset, u64 size, u64 address, u32 flags);
int vidmem_view_release(struct file *filp, unsigned long address);

/* displayed.c */
struct drm_gem_object *vidmem_displayed_object(struct vidmem_device *vdev);
bool vidmem_displayed_part(struct vidmem_device *vdev,
			   struct drm_gem_object *obj, u64 *offset,
			   u64 *length);

#endif /* _VIDMEM_MEMORY_INTERNAL_H_ */
