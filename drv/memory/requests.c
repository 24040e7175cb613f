// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include <drm/drm_auth.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_print.h>
#include <drm/drm_vma_manager.h>

#include "driver/device.h"
#include "driver/trace.h"
#include "memory/internal.h"

/*
 * Which object to map. Returns it with a reference. Handle 0 stands for what is
 * on display, but only for the master, who is shown nothing by it that its own
 * handles would not.
 */
static struct drm_gem_object *
vidmem_map_lookup(struct vidmem_device *vdev, struct drm_file *file, u32 handle)
{
	struct drm_gem_object *obj;

	if (handle) {
		obj = drm_gem_object_lookup(file, handle);
		return obj ?: ERR_PTR(-ENOENT);
	}

	if (!drm_is_current_master(file))
		return ERR_PTR(-EACCES);

	obj = vidmem_displayed_object(vdev);
	if (!obj)
		return ERR_PTR(-ENOENT);
	if (!drm_vma_node_is_allowed(&obj->vma_node, file)) {
		drm_gem_object_put(obj);
		return ERR_PTR(-EACCES);
	}

	return obj;
}

/* Where what is on display lies in the new view of @obj. */
static void vidmem_view_frame_buffer(struct vidmem_device *vdev,
				     struct drm_gem_object *obj,
				     struct drm_vidmem_map_video_memory *args)
{
	u64 start, length, end;

	args->frame_buffer_base = 0;
	args->frame_buffer_length = 0;

	if (!vidmem_displayed_part(vdev, obj, &start, &length))
		return;
	end = min(start + length, args->view_offset + args->video_ram_length);
	start = max(start, args->view_offset);
	if (start >= end)
		return;

	args->frame_buffer_base = args->video_ram_base +
				  (start - args->view_offset);
	args->frame_buffer_length = end - start;
}

/**
 * vidmem_map_ioctl - serve DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY
 * @drm: the DRM device
 * @data: &struct drm_vidmem_map_video_memory
 * @file: the caller's file
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_map_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct drm_vidmem_map_video_memory *args = data;
	struct drm_gem_object *obj;
	u64 size = args->view_size;
	u64 end;
	long base;

	if (args->flags & ~(DRM_VIDMEM_MAP_POPULATE |
			    DRM_VIDMEM_MAP_READ_ONLY)) {
		drm_dbg_driver(drm, "unknown flags %#x\n", args->flags);
		return -EINVAL;
	}
	if (!PAGE_ALIGNED(args->requested_virtual_address) ||
	    !PAGE_ALIGNED(args->view_offset)) {
		drm_dbg_driver(drm, "address or offset not page aligned\n");
		return -EINVAL;
	}

	obj = vidmem_map_lookup(vdev, file, args->handle);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	base = -EINVAL;
	if (args->view_offset >= obj->size ||
	    size > obj->size - args->view_offset) {
		drm_dbg_driver(drm, "view past the end of the object\n");
		goto out_put;
	}
	/* An object is whole pages, so this stays inside it. */
	size = size ? PAGE_ALIGN(size) : obj->size - args->view_offset;
	if (check_add_overflow(args->requested_virtual_address, size, &end) ||
	    end > TASK_SIZE) {
		drm_dbg_driver(drm, "no user address range\n");
		goto out_put;
	}

	base = vidmem_view_create(file, to_vidmem_object(obj),
				  args->view_offset, size,
				  args->requested_virtual_address, args->flags);
	if (IS_ERR_VALUE(base))
		goto out_put;

	trace_vidmem_map(to_vidmem_object(obj), args->view_offset, size, base,
			 args->flags);
	args->video_ram_base = base;
	args->video_ram_length = size;
	vidmem_view_frame_buffer(vdev, obj, args);
	base = 0;

out_put:
	drm_gem_object_put(obj);
	return base;
}

/* As DRM does: what a short structure lacks is 0, what a long one adds unseen. */
static int vidmem_copy_args(void *args, size_t size, unsigned int cmd,
			    unsigned long arg)
{
	size_t given = cmd & IOC_IN ? min_t(size_t, _IOC_SIZE(cmd), size) : 0;

	memset(args + given, 0, size - given);

	return copy_from_user(args, (void __user *)arg, given) ? -EFAULT : 0;
}

/**
 * vidmem_unmap_ioctl - serve DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY
 * @filp: the caller's file
 * @cmd: the request, with the size of the caller's structure
 * @arg: &struct drm_vidmem_unmap_video_memory of the caller
 *
 * It touches no hardware, so it is served whether the adapter is there or not
 * (rule U11). DRM would not call it once the adapter has gone.
 *
 * Returns: 0, or a negative error number.
 */
long vidmem_unmap_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct drm_vidmem_unmap_video_memory args;
	struct drm_file *file = filp->private_data;
	struct drm_device *drm = file->minor->dev;
	int ret;

	ret = vidmem_copy_args(&args, sizeof(args), cmd, arg);
	if (ret)
		return ret;
	if (args.flags) {
		drm_dbg_driver(drm, "unknown flags %#llx\n", args.flags);
		return -EINVAL;
	}
	if (args.requested_virtual_address >= TASK_SIZE)
		return -EINVAL;

	ret = vidmem_view_release(filp, args.requested_virtual_address);
	trace_vidmem_unmap(drm, args.requested_virtual_address, ret);
	if (ret == -EINVAL)
		drm_dbg_driver(drm, "no view of this file there\n");

	return ret;
}
