// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>

#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: objects
 *
 * A &vidmem_object is a GEM object with a range of video memory, from its
 * creation to its end. There is nothing to pin, move or evict, so all that GEM
 * asks for is an address computation.
 */

/**
 * vidmem_show_fdinfo - say in /proc/PID/fdinfo what a client has
 * @p: where to
 * @file: the client's open file
 *
 * Counts the objects that it has handles of. Video memory is never moved out,
 * so all of it is resident.
 */
void vidmem_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct drm_gem_object *obj;
	u64 total = 0, shared = 0;
	int id;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, id) {
		total += obj->size;
		if (obj->handle_count > 1)
			shared += obj->size;
	}
	spin_unlock(&file->table_lock);

	drm_printf(p, "drm-total-vram:\t%llu KiB\n", total / SZ_1K);
	drm_printf(p, "drm-shared-vram:\t%llu KiB\n", shared / SZ_1K);
	drm_printf(p, "drm-resident-vram:\t%llu KiB\n", total / SZ_1K);
}

static void vidmem_object_free(struct drm_gem_object *obj)
{
	struct vidmem_device *vdev = to_vidmem_device(obj->dev);
	struct vidmem_object *vobj = to_vidmem_object(obj);

	/* No mapping is left: each holds a reference. */
	vidmem_vram_free(&vdev->vram, &vobj->range);
	if (vobj->gone_page)
		__free_page(vobj->gone_page);
	drm_gem_object_release(obj);
	kfree(vobj);
}

static int vidmem_object_vmap(struct drm_gem_object *obj,
			      struct iosys_map *map)
{
	struct vidmem_vram *vram = &to_vidmem_device(obj->dev)->vram;
	struct vidmem_object *vobj = to_vidmem_object(obj);

	if (!vidmem_vram_enter(vram))
		return vidmem_gone_vmap(vobj, map);
	*map = vram->map;
	iosys_map_incr(map, vobj->range.node.start);
	vidmem_vram_exit(vram);

	return 0;
}

static void vidmem_object_vunmap(struct drm_gem_object *obj,
				 struct iosys_map *map)
{
	const struct vidmem_vram *vram = &to_vidmem_device(obj->dev)->vram;

	if (vidmem_vram_has(vram, map))
		return;
	vunmap(map->vaddr);
}

/*
 * Other devices reach video memory only where it is system memory: what they
 * would need to reach a PCI BAR, peer-to-peer, this driver cannot promise.
 */
static int vidmem_object_pin(struct drm_gem_object *obj)
{
	return to_vidmem_device(obj->dev)->vram.pages ? 0 : -EOPNOTSUPP;
}

static void vidmem_object_unpin(struct drm_gem_object *obj)
{
}

static struct sg_table *vidmem_object_get_sg_table(struct drm_gem_object *obj)
{
	struct vidmem_device *vdev = to_vidmem_device(obj->dev);
	u64 start = to_vidmem_object(obj)->range.node.start;

	if (!vdev->vram.pages)
		return ERR_PTR(-EOPNOTSUPP);

	return drm_prime_pages_to_sg(obj->dev,
				     vdev->vram.pages + (start >> PAGE_SHIFT),
				     obj->size >> PAGE_SHIFT);
}

static const struct drm_gem_object_funcs vidmem_object_funcs = {
	.free		= vidmem_object_free,
	.pin		= vidmem_object_pin,
	.unpin		= vidmem_object_unpin,
	.get_sg_table	= vidmem_object_get_sg_table,
	.vmap		= vidmem_object_vmap,
	.vunmap		= vidmem_object_vunmap,
	.mmap		= vidmem_gem_mmap,
	.vm_ops		= &vidmem_mapping_vm_ops,
};

static struct vidmem_object *vidmem_object_create(struct vidmem_device *vdev,
						  u64 size)
{
	struct vidmem_object *vobj;
	int ret;

	vobj = kzalloc(sizeof(*vobj), GFP_KERNEL_ACCOUNT);
	if (!vobj)
		return ERR_PTR(-ENOMEM);

	ret = vidmem_vram_alloc(&vdev->vram, &vobj->range, size);
	if (ret) {
		kfree(vobj);
		return ERR_PTR(ret);
	}

	/* From here on vidmem_object_free() gives everything back. */
	vobj->base.funcs = &vidmem_object_funcs;
	drm_gem_private_object_init(&vdev->drm, &vobj->base, size);

	/* Twice as many offsets as it has pages: see offsets.c. */
	ret = drm_gem_create_mmap_offset_size(&vobj->base, 2 * size);
	if (ret) {
		drm_gem_object_put(&vobj->base);
		return ERR_PTR(ret);
	}

	return vobj;
}

/* On success the handle holds the only reference. */
static int vidmem_handle_create(struct drm_file *file, struct drm_device *drm,
				u64 *size, u32 *handle)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct vidmem_object *vobj;
	u64 bytes = *size;
	int ret;

	/* Kept so small that rounding up does not wrap, on 32 bits neither. */
	if (!bytes || bytes > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	bytes = PAGE_ALIGN(bytes);
	if (bytes > vdev->vram.size)
		return -ENOSPC;

	vobj = vidmem_object_create(vdev, bytes);
	if (IS_ERR(vobj))
		return PTR_ERR(vobj);

	ret = drm_gem_handle_create(file, &vobj->base, handle);
	drm_gem_object_put(&vobj->base);
	if (!ret)
		*size = bytes;

	return ret;
}

/**
 * vidmem_create_ioctl - serve DRM_IOCTL_VIDMEM_CREATE
 * @drm: the DRM device
 * @data: &struct drm_vidmem_create
 * @file: the caller's file
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_create_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file)
{
	struct drm_vidmem_create *args = data;

	if (args->flags) {
		drm_dbg_driver(drm, "unknown flags %#x\n", args->flags);
		return -EINVAL;
	}

	return vidmem_handle_create(file, drm, &args->size, &args->handle);
}

/**
 * vidmem_dumb_create - serve DRM_IOCTL_MODE_CREATE_DUMB
 * @file: the caller's file
 * @drm: the DRM device
 * @args: size and depth in; pitch, size and handle out
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_dumb_create(struct drm_file *file, struct drm_device *drm,
		       struct drm_mode_create_dumb *args)
{
	u32 pitch, cpp = DIV_ROUND_UP(args->bpp, 8);
	u64 size;
	int ret;

	/* Whole groups of 8 pixels: what DISPI can count a line in. */
	if (args->flags || args->width > U32_MAX - 7 ||
	    check_mul_overflow(ALIGN(args->width, 8), cpp, &pitch))
		return -EINVAL;
	size = mul_u32_u32(pitch, args->height);

	ret = vidmem_handle_create(file, drm, &size, &args->handle);
	if (ret)
		return ret;

	args->pitch = pitch;
	args->size = size;

	return 0;
}
