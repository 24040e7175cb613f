// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>
#include <drm/drm_print.h>

#include "driver/device.h"
#include "driver/trace.h"
#include "memory/internal.h"

/**
 * DOC: objects
 *
 * A &vidmem_object is a GEM object. One of CREATE has a range of video memory, from
 * its creation to its end. A dumb buffer has one if there is room, and else system
 * memory; it may move there later (see evict.c), until somebody has a view of it. An
 * imported dma-buf is an object, too (see import.c).
 */

/**
 * vidmem_object_is_in_vram - whether an object is in video memory
 * @vobj: the object
 *
 * Without &vidmem_vram.gate, a hold or a view it may leave at any moment.
 */
bool vidmem_object_is_in_vram(const struct vidmem_object *vobj)
{
	return !READ_ONCE(vobj->pages) && !vobj->import;
}

static struct vidmem_vram *vidmem_object_vram(const struct vidmem_object *vobj)
{
	return &to_vidmem_device(vobj->base.dev)->vram;
}

/*
 * Have an object stay where it is until it is unheld; only the display, which says so
 * when it asks for the area, lets go of it earlier.
 */
static void vidmem_object_hold(struct vidmem_object *vobj)
{
	struct vidmem_vram *vram = vidmem_object_vram(vobj);

	mutex_lock(&vram->lock);
	vobj->holds++;
	mutex_unlock(&vram->lock);
}

static void vidmem_object_unhold(struct vidmem_object *vobj)
{
	struct vidmem_vram *vram = vidmem_object_vram(vobj);

	mutex_lock(&vram->lock);
	vobj->holds--;
	mutex_unlock(&vram->lock);
}

/**
 * vidmem_object_fix - have an object stay in video memory for the rest of its life
 * @vobj: the object
 *
 * Returns: 0, or -EOPNOTSUPP if it is not there.
 */
int vidmem_object_fix(struct vidmem_object *vobj)
{
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	int ret = 0;

	mutex_lock(&vram->lock);
	if (vidmem_object_is_in_vram(vobj)) {
		vobj->is_fixed = true;
		list_del_init(&vobj->movable);
	} else {
		ret = -EOPNOTSUPP;
	}
	mutex_unlock(&vram->lock);

	return ret;
}

struct vidmem_usage {
	u64 total, shared;
};

static void vidmem_show_usage(struct drm_printer *p, const char *region,
			      const struct vidmem_usage *usage)
{
	drm_printf(p, "drm-total-%s:\t%llu KiB\n", region,
		   usage->total / SZ_1K);
	drm_printf(p, "drm-shared-%s:\t%llu KiB\n", region,
		   usage->shared / SZ_1K);
	drm_printf(p, "drm-resident-%s:\t%llu KiB\n", region,
		   usage->total / SZ_1K);
}

/**
 * vidmem_show_fdinfo - say in /proc/PID/fdinfo what a client has
 * @p: where to
 * @file: the client's open file
 *
 * Counts the objects that it has handles of, but for what other devices have
 * exported. All of it is resident.
 */
void vidmem_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct vidmem_usage vram = {}, memory = {};
	struct drm_gem_object *obj;
	int id;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, id) {
		struct vidmem_object *vobj = to_vidmem_object(obj);
		struct vidmem_usage *usage =
			vidmem_object_is_in_vram(vobj) ? &vram : &memory;

		if (vobj->import)
			continue;
		usage->total += obj->size;
		if (obj->handle_count > 1)
			usage->shared += obj->size;
	}
	spin_unlock(&file->table_lock);

	vidmem_show_usage(p, "vram", &vram);
	vidmem_show_usage(p, "memory", &memory);
}

static void vidmem_object_free(struct drm_gem_object *obj)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);

	trace_vidmem_free(vobj);

	mutex_lock(&vram->lock);
	list_del_init(&vobj->movable);
	mutex_unlock(&vram->lock);

	/* No mapping is left: each holds a reference. */
	vunmap(vobj->vaddr);
	if (vobj->pages)
		vidmem_system_put(vobj, vobj->pages);
	else
		vidmem_vram_free(vram, &vobj->range);
	if (vobj->gone_page)
		__free_page(vobj->gone_page);
	drm_gem_object_release(obj);
	kfree(vobj);
}

static int vidmem_object_vmap_there(struct vidmem_object *vobj,
				    struct iosys_map *map)
{
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	int ret = 0;

	if (!vidmem_vram_enter(vram))
		return vidmem_gone_vmap(vobj, map);
	if (vobj->pages) {
		iosys_map_set_vaddr(map, vidmem_system_vaddr(vobj));
		ret = map->vaddr ? 0 : -ENOMEM;
	} else {
		*map = vram->map;
		iosys_map_incr(map, vobj->range.node.start);
	}
	vidmem_vram_exit(vram);

	return ret;
}

static int vidmem_object_vmap(struct drm_gem_object *obj,
			      struct iosys_map *map)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);
	int ret;

	vidmem_object_hold(vobj);
	ret = vidmem_object_vmap_there(vobj, map);
	if (ret)
		vidmem_object_unhold(vobj);

	return ret;
}

static void vidmem_object_vunmap(struct drm_gem_object *obj,
				 struct iosys_map *map)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);

	if (!vidmem_vram_has(vidmem_object_vram(vobj), map) &&
	    map->vaddr != vobj->vaddr)
		vunmap(map->vaddr);
	vidmem_object_unhold(vobj);
}

/*
 * Other devices reach what is in system memory: what they would need to reach a PCI
 * BAR, peer-to-peer, this driver cannot promise.
 */
static int vidmem_object_pin(struct drm_gem_object *obj)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);

	vidmem_object_hold(vobj);
	if (vobj->pages || vidmem_object_vram(vobj)->pages)
		return 0;
	vidmem_object_unhold(vobj);

	return -EOPNOTSUPP;
}

static void vidmem_object_unpin(struct drm_gem_object *obj)
{
	vidmem_object_unhold(to_vidmem_object(obj));
}

static struct sg_table *vidmem_object_get_sg_table(struct drm_gem_object *obj)
{
	struct vidmem_object *vobj = to_vidmem_object(obj);
	struct vidmem_vram *vram = vidmem_object_vram(vobj);
	struct page **pages = vobj->pages;

	if (!pages) {
		if (!vram->pages)
			return ERR_PTR(-EOPNOTSUPP);
		pages = vram->pages + (vobj->range.node.start >> PAGE_SHIFT);
	}

	return drm_prime_pages_to_sg(obj->dev, pages, obj->size >> PAGE_SHIFT);
}

/* Whoever gets the dma-buf may map it. */
static struct dma_buf *vidmem_object_export(struct drm_gem_object *obj, int flags)
{
	int ret = vidmem_offsets_init(to_vidmem_object(obj));

	return ret ? ERR_PTR(ret) : drm_gem_prime_export(obj, flags);
}

static const struct drm_gem_object_funcs vidmem_object_funcs = {
	.free		= vidmem_object_free,
	.export		= vidmem_object_export,
	.pin		= vidmem_object_pin,
	.unpin		= vidmem_object_unpin,
	.get_sg_table	= vidmem_object_get_sg_table,
	.vmap		= vidmem_object_vmap,
	.vunmap		= vidmem_object_vunmap,
	.mmap		= vidmem_gem_mmap,
	.vm_ops		= &vidmem_mapping_vm_ops,
};

/* In video memory, from where others may have to move out. */
static int vidmem_object_place_fixed(struct vidmem_vram *vram,
				     struct vidmem_object *vobj)
{
	u64 size = vobj->base.size;
	int ret;

	if (size > vram->size)
		return -ENOSPC;
	do
		ret = vidmem_vram_alloc(vram, &vobj->range, size, vram->factor);
	while (ret == -ENOSPC && vidmem_evict_could_free(vram, size) &&
	       !vidmem_evict_some(vram, NULL));

	return ret;
}

/* In video memory if there is room. */
static int vidmem_object_place_dumb(struct vidmem_vram *vram,
				    struct vidmem_object *vobj, u32 factor)
{
	u64 size = vobj->base.size;
	int ret = -ENOSPC;

	if (size <= vram->size)
		ret = vidmem_vram_alloc(vram, &vobj->range, size, factor);
	if (ret == -ENOSPC)
		ret = vidmem_system_get(vobj, &vobj->pages);

	return ret;
}

static void vidmem_object_make_movable(struct vidmem_vram *vram,
				       struct vidmem_object *vobj)
{
	mutex_lock(&vram->lock);
	list_add_tail(&vobj->movable, &vram->movable);
	mutex_unlock(&vram->lock);
}

/* For a dumb buffer, @factor says how its start is best aligned; else it is 0. */
static struct vidmem_object *vidmem_object_create(struct vidmem_device *vdev,
						  u64 size, u32 factor)
{
	struct vidmem_vram *vram = &vdev->vram;
	struct vidmem_object *vobj;
	int ret;

	vobj = kzalloc(sizeof(*vobj), GFP_KERNEL_ACCOUNT);
	if (!vobj)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&vobj->movable);
	vobj->is_dumb = factor;
	vobj->is_fixed = !factor;
	vobj->base.funcs = &vidmem_object_funcs;
	drm_gem_private_object_init(&vdev->drm, &vobj->base, size);

	if (factor)
		ret = vidmem_object_place_dumb(vram, vobj, factor);
	else
		ret = vidmem_object_place_fixed(vram, vobj);
	if (ret) {
		drm_gem_object_release(&vobj->base);
		kfree(vobj);
		return ERR_PTR(ret);
	}

	trace_vidmem_create(vobj);

	/* From here on vidmem_object_free() gives everything back. */
	if (vobj->is_dumb) {
		ret = vidmem_offsets_init(vobj);
		if (ret) {
			drm_gem_object_put(&vobj->base);
			return ERR_PTR(ret);
		}
	}
	if (vobj->is_dumb && !vobj->pages)
		vidmem_object_make_movable(vram, vobj);

	return vobj;
}

/* On success the handle holds the only reference. */
static int vidmem_handle_create(struct drm_file *file, struct drm_device *drm,
				u32 factor, u64 *size, u32 *handle)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct vidmem_object *vobj;
	u64 bytes = *size;
	int ret;

	/* Kept so small that rounding up does not wrap, on 32 bits neither. */
	if (!bytes || bytes > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	bytes = PAGE_ALIGN(bytes);

	vobj = vidmem_object_create(vdev, bytes, factor);
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

	return vidmem_handle_create(file, drm, 0, &args->size, &args->handle);
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
	const struct vidmem_vram *vram = &to_vidmem_device(drm)->vram;
	u32 pitch, cpp = DIV_ROUND_UP(args->bpp, 8);
	u64 size;
	int ret;

	/* Whole groups of 8 pixels: what DISPI can count a line in. */
	if (args->flags || args->width > U32_MAX - 7 ||
	    check_mul_overflow(ALIGN(args->width, 8), cpp, &pitch))
		return -EINVAL;
	size = mul_u32_u32(pitch, args->height);

	ret = vidmem_handle_create(file, drm, cpp == 3 ? vram->factor : 1,
				   &size, &args->handle);
	if (ret)
		return ret;

	args->pitch = pitch;
	args->size = size;

	return 0;
}
