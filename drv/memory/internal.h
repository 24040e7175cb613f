/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_MEMORY_INTERNAL_H_
#define _VIDMEM_MEMORY_INTERNAL_H_

/* What the files about video memory share, and nobody else may use. */

#include <linux/mm.h>

#include "memory/memory.h"

/* vram.c */
int vidmem_vram_alloc(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size);
void vidmem_vram_free(struct vidmem_vram *vram, struct vidmem_range *range);
unsigned long vidmem_vram_pfn(const struct vidmem_vram *vram, u64 offset);
bool vidmem_vram_is_large(const struct vidmem_vram *vram, u64 offset,
			  unsigned int order);

/* fault.c */
vm_fault_t vidmem_fault(struct vm_fault *vmf);
vm_fault_t vidmem_huge_fault(struct vm_fault *vmf, unsigned int order);
int vidmem_access(struct vm_area_struct *vma, unsigned long address, void *buf,
		  int len, int write);

#define VIDMEM_VM_OPS				\
	.open		= drm_gem_vm_open,	\
	.close		= drm_gem_vm_close,	\
	.fault		= vidmem_fault,		\
	VIDMEM_HUGE_FAULT(vidmem_huge_fault)	\
	.access		= vidmem_access

/* mapping.c */
extern const struct vm_operations_struct vidmem_mmap_vm_ops;
int vidmem_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma);

/* In &vidmem_file.place: the view there has not been unmapped yet. */
#define VIDMEM_PLACE_TAKEN 1UL

/* view.c */
bool vidmem_is_map(const struct vidmem_file *vfile);
long vidmem_view_create(struct drm_file *file, struct drm_gem_object *obj,
			u64 offset, u64 size, u64 address, u32 flags);
int vidmem_view_release(struct file *filp, unsigned long address);

#endif /* _VIDMEM_MEMORY_INTERNAL_H_ */
