// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/vmalloc.h>

#include <drm/drm_gem.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: objects in system memory
 *
 * A dumb buffer for which there is no room in video memory is made of the pages of
 * an unlinked file, which the caller's control group pays for. They stay in memory
 * as long as the object lives. All objects of an adapter together may have a part
 * of the machine's memory, so that a client without a control group cannot take
 * all of it.
 */

#define VIDMEM_SYSTEM_SHARE	8

static bool vidmem_system_charge(struct vidmem_vram *vram, u64 size)
{
	u64 limit = (u64)totalram_pages() / VIDMEM_SYSTEM_SHARE << PAGE_SHIFT;

	if (size > limit)
		return false;
	if (atomic64_add_return(size, &vram->system_used) <= limit)
		return true;
	atomic64_sub(size, &vram->system_used);

	return false;
}

/**
 * vidmem_system_get - take system memory for an object
 * @vobj: the object, which has none
 * @pages: set to the pages, which read zero
 *
 * Returns: 0; -ENOSPC when the adapter's objects would have too much of it;
 * -ENOMEM.
 */
int vidmem_system_get(struct vidmem_object *vobj, struct page ***pages)
{
	struct drm_gem_object *obj = &vobj->base;
	struct vidmem_vram *vram = &to_vidmem_device(obj->dev)->vram;
	struct file *filp;

	if (!vidmem_system_charge(vram, obj->size))
		return -ENOSPC;

	filp = shmem_file_setup(VIDMEM_NAME, obj->size, VIDMEM_NORESERVE);
	if (IS_ERR(filp))
		goto err_uncharge;
	obj->filp = filp;
	*pages = drm_gem_get_pages(obj);
	if (!IS_ERR(*pages))
		return 0;

	obj->filp = NULL;
	fput(filp);
err_uncharge:
	atomic64_sub(obj->size, &vram->system_used);
	return -ENOMEM;
}

/**
 * vidmem_system_put - give system memory back
 * @vobj: the object
 * @pages: what vidmem_system_get() gave
 */
void vidmem_system_put(struct vidmem_object *vobj, struct page **pages)
{
	struct drm_gem_object *obj = &vobj->base;

	drm_gem_put_pages(obj, pages, true, false);
	fput(obj->filp);
	obj->filp = NULL;
	atomic64_sub(obj->size, &to_vidmem_device(obj->dev)->vram.system_used);
}

/**
 * vidmem_system_vaddr - where in the kernel the pages of an object are mapped
 * @vobj: the object, which is in system memory
 *
 * Returns: the address, the same for the rest of the object's life, or NULL when
 * there is no memory for it.
 */
void *vidmem_system_vaddr(struct vidmem_object *vobj)
{
	void *vaddr = READ_ONCE(vobj->vaddr), *other;

	if (vaddr)
		return vaddr;

	vaddr = vmap(vobj->pages, vobj->base.size >> PAGE_SHIFT, VM_MAP,
		     PAGE_KERNEL);
	if (!vaddr)
		return NULL;
	other = cmpxchg(&vobj->vaddr, NULL, vaddr);
	if (!other)
		return vaddr;
	vunmap(vaddr);

	return other;
}
