// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>

#include <drm/drm_device.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>

#include "memory/internal.h"

/**
 * DOC: offsets
 *
 * Each object has a range of offsets in the device file, twice as long as itself.
 * What maps an offset in the first half makes a plain mapping, with Linux's usual
 * rules; what maps one in the second half makes a view. So a VMA says all by
 * itself what it is, however it came to be, and MAP needs no way to tell
 * vidmem_mmap() that it is the caller. DRM_IOCTL_MODE_MAP_DUMB tells where the
 * range begins.
 *
 * An object of CREATE has its range from when somebody may first need it, and for
 * life: to find one takes longer the more there are. The kernel maps dumb buffers
 * without asking, so that they have theirs from the beginning.
 */

/**
 * vidmem_offsets_init - have an object have its offsets
 * @vobj: the object, which may have them already
 *
 * Returns: 0, or -ENOSPC if there are none left.
 */
int vidmem_offsets_init(struct vidmem_object *vobj)
{
	int ret;

	/* Pairs with the release below: who sees it sees the range, too. */
	if (smp_load_acquire(&vobj->has_offsets))
		return 0;
	ret = drm_gem_create_mmap_offset_size(&vobj->base, 2 * vobj->base.size);
	if (ret)
		return ret;
	/* Pairs with the acquire above. */
	smp_store_release(&vobj->has_offsets, true);

	return 0;
}

/**
 * vidmem_dumb_map_offset - serve DRM_IOCTL_MODE_MAP_DUMB
 * @file: the caller's file
 * @drm: the DRM device
 * @handle: the object
 * @offset: where its offsets begin, in bytes
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_dumb_map_offset(struct drm_file *file, struct drm_device *drm,
			   u32 handle, u64 *offset)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(file, handle);
	int ret;

	if (!obj)
		return -ENOENT;
	/* There are no views of what is another device's. */
	if (to_vidmem_object(obj)->import)
		ret = drm_gem_create_mmap_offset(obj);
	else
		ret = vidmem_offsets_init(to_vidmem_object(obj));
	if (!ret)
		*offset = drm_vma_node_offset_addr(&obj->vma_node);
	drm_gem_object_put(obj);

	return ret;
}

/**
 * vidmem_view_offset - where an object's offsets for views begin
 * @vobj: the object
 *
 * Returns: bytes into the device file.
 */
u64 vidmem_view_offset(struct vidmem_object *vobj)
{
	return drm_vma_node_offset_addr(&vobj->base.vma_node) +
	       vobj->base.size;
}

/**
 * vidmem_offset_is_view - whether what maps an offset makes a view
 * @vobj: the object whose offset it is
 * @pgoff: the offset, in pages
 */
bool vidmem_offset_is_view(struct vidmem_object *vobj, unsigned long pgoff)
{
	return pgoff - drm_vma_node_start(&vobj->base.vma_node) >=
	       vobj->base.size >> PAGE_SHIFT;
}

/**
 * vidmem_offset_in_object - which byte of the object an offset stands for
 * @vobj: the object whose offset it is
 * @pgoff: the offset, in pages
 *
 * Returns: bytes into the object.
 */
u64 vidmem_offset_in_object(struct vidmem_object *vobj, unsigned long pgoff)
{
	unsigned long page = pgoff - drm_vma_node_start(&vobj->base.vma_node);
	unsigned long half = vobj->base.size >> PAGE_SHIFT;

	return (u64)(page < half ? page : page - half) << PAGE_SHIFT;
}

/**
 * vidmem_offset_lookup - find the object that has these offsets
 * @drm: the DRM device
 * @pgoff: the first, in pages
 * @pages: how many
 *
 * Returns: the object, with a reference, or NULL if no object has all of them.
 */
struct vidmem_object *vidmem_offset_lookup(struct drm_device *drm,
					   unsigned long pgoff,
					   unsigned long pages)
{
	struct drm_vma_offset_manager *manager = drm->vma_offset_manager;
	struct drm_vma_offset_node *node;
	struct vidmem_object *vobj = NULL;

	drm_vma_offset_lock_lookup(manager);
	node = drm_vma_offset_lookup_locked(manager, pgoff, pages);
	if (node) {
		vobj = container_of(node, struct vidmem_object, base.vma_node);
		/* The last reference may have gone, but not the node yet. */
		if (!kref_get_unless_zero(&vobj->base.refcount))
			vobj = NULL;
	}
	drm_vma_offset_unlock_lookup(manager);

	return vobj;
}
