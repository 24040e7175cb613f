// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-buf.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "compat/compat.h"
#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: imports
 *
 * A dma-buf of another device is shown by copying it, and the processor does that.
 * So it is not attached to: that is for devices that read it themselves, and some
 * exporters, as we with the memory of a PCI adapter, have nothing to offer to them.
 * Programs map it by its own file descriptor, by the handle that its own device has
 * of it, or by ours, as Mesa's renderer in software does with what it samples from:
 * each way they get the same mapping, the exporter's.
 */

static void vidmem_import_free(struct drm_gem_object *obj)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);

	/* The object's reservation is that of the dma-buf. */
	drm_gem_object_release(obj);
	dma_buf_put(vobj->import);
	kfree(vobj);
}

static int vidmem_import_vmap(struct drm_gem_object *obj, struct iosys_map *map)
{
	return dma_buf_vmap(to_vidmem_object(obj)->import, map);
}

static void vidmem_import_vunmap(struct drm_gem_object *obj,
				 struct iosys_map *map)
{
	dma_buf_vunmap(to_vidmem_object(obj)->import, map);
}

/* With the file descriptor that it came by, whose exporter knows all about it. */
static struct dma_buf *vidmem_import_export(struct drm_gem_object *obj,
					    int flags)
{
	struct dma_buf *dma_buf = to_vidmem_object(obj)->import;

	get_dma_buf(dma_buf);

	return dma_buf;
}

static int vidmem_import_mmap(struct drm_gem_object *obj,
			      struct vm_area_struct *vma)
{
	struct dma_buf *dma_buf = to_vidmem_object(obj)->import;
	int ret;

	/* What mmap(2) asks of a file: it was asked of ours. */
	if (!(dma_buf->file->f_mode & FMODE_WRITE)) {
		if (vma->vm_flags & VM_WRITE)
			return -EACCES;
		vm_flags_mod(vma, 0, VM_MAYWRITE);
	}
	vma->vm_ops = NULL;
	vma->vm_private_data = NULL;
	ret = dma_buf_mmap(dma_buf, vma, 0);
	if (ret)
		return ret;
	/* DRM warns without, and some exporters leave it out. */
	vm_flags_set(vma, VM_DONTEXPAND);
	/* The mapping holds the dma-buf, and no longer the object. */
	drm_gem_object_put(obj);

	return 0;
}

static const struct drm_gem_object_funcs vidmem_import_funcs = {
	.free		= vidmem_import_free,
	.export		= vidmem_import_export,
	.vmap		= vidmem_import_vmap,
	.vunmap		= vidmem_import_vunmap,
	.mmap		= vidmem_import_mmap,
};

/**
 * vidmem_prime_import - make an object of a dma-buf
 * @drm: the DRM device
 * @dma_buf: the dma-buf
 *
 * Returns: the object, or an error pointer.
 */
struct drm_gem_object *vidmem_prime_import(struct drm_device *drm,
					   struct dma_buf *dma_buf)
{
	struct vidmem_object *vobj;

	/* What this module exports are GEM objects. The adapter's own come back. */
	if (dma_buf->owner == THIS_MODULE) {
		struct drm_gem_object *obj = dma_buf->priv;

		if (obj->dev == drm) {
			drm_gem_object_get(obj);
			return obj;
		}
	}

	vobj = kzalloc(sizeof(*vobj), GFP_KERNEL_ACCOUNT);
	if (!vobj)
		return ERR_PTR(-ENOMEM);
	get_dma_buf(dma_buf);
	vobj->import = dma_buf;
	vobj->is_dumb = true;
	INIT_LIST_HEAD(&vobj->movable);
	vobj->base.funcs = &vidmem_import_funcs;
	vobj->base.resv = dma_buf->resv;
	drm_gem_private_object_init(drm, &vobj->base, dma_buf->size);

	return &vobj->base;
}

VIDMEM_IMPORT_DMA_BUF;
