// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>

#include <drm/drm_gem.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: plain mappings
 *
 * What mmap(2) makes of the first half of an object's offsets, and of a dma-buf:
 * Linux's usual rules, and nothing of the contract.
 */

#define VIDMEM_MAPPING_VM_OPS			\
	.open		= drm_gem_vm_open,	\
	.close		= drm_gem_vm_close

const struct vm_operations_struct vidmem_mapping_vm_ops = {
	VIDMEM_MAPPING_VM_OPS,
	VIDMEM_FAULT_VM_OPS
};

static const struct vm_operations_struct vidmem_small_mapping_vm_ops = {
	VIDMEM_MAPPING_VM_OPS,
	VIDMEM_SMALL_FAULT_VM_OPS
};

/**
 * vidmem_vma_init - prepare a VMA over an object
 * @vobj: the object
 * @vma: the VMA, its vm_pgoff one of the object's offsets
 *
 * All mappings come through here: mmap(2) of the device and of a dma-buf, and
 * MAP. What is left to do is to choose the operations.
 *
 * Returns: 0, or -EINVAL for what reaches past the end of the object, and for a
 * private writable mapping, which a mapping of page frames without pages behind
 * them cannot be.
 */
int vidmem_vma_init(struct vidmem_object *vobj, struct vm_area_struct *vma)
{
	struct vidmem_device *vdev = to_vidmem_device(vobj->base.dev);
	u64 offset = vidmem_offset_in_object(vobj, vma->vm_pgoff);

	if (vma_is_cow_mapping(vma) ||
	    vma->vm_end - vma->vm_start > vobj->base.size - offset)
		return -EINVAL;

	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	/*
	 * As the kernel's own mapping: where it is a device's, write-combined,
	 * and not encrypted in a guest that encrypts its own memory.
	 */
	if (!vdev->vram.pages)
		vma->vm_page_prot =
			pgprot_decrypted(pgprot_writecombine(vma->vm_page_prot));

	return 0;
}

/**
 * vidmem_gem_mmap - make a plain mapping
 * @obj: the object
 * @vma: the VMA, its vm_pgoff one of the object's offsets
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);
	int ret;

	ret = vidmem_vma_init(vobj, vma);
	if (!ret && !vidmem_may_map_large(&to_vidmem_device(obj->dev)->vram))
		vma->vm_ops = &vidmem_small_mapping_vm_ops;

	return ret;
}
