// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>

#include <drm/drm_gem.h>

#include "compat.h"
#include "driver/device.h"
#include "memory/internal.h"

const struct vm_operations_struct vidmem_mmap_vm_ops = {
	VIDMEM_VM_OPS,
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
