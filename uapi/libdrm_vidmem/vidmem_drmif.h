/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_DRMIF_H
#define VIDMEM_DRMIF_H

/*
 * Video memory through vidmem's own requests.
 *
 * All functions that return int return 0 or a negative error number; which
 * ones, and what they mean, is in drm/vidmem_drm.h.
 *
 * A child of fork(2) may go on with a device, whatever threads of the parent were
 * doing; it has none of the views.
 *
 * All may be called from several threads at once, for the same device, too. But
 * vidmem_device_del() must be the last for its device: to see to it that no
 * other is under way or follows is the caller's part.
 */

#include <stdint.h>

#include <vidmem_drm.h>

#if defined(__cplusplus)
extern "C" {
#endif

struct vidmem_device;

/*
 * Open adapter number n, counted from 0 in the order of /dev/dri/card*.
 * Returns a file descriptor, to be closed by the caller, or a negative error
 * number: -ENODEV when there is no such adapter, else what open(2) said.
 */
int vidmem_open(unsigned int n);

/*
 * Make a device of an open file. The file stays the caller's and must stay open
 * until vidmem_device_del(). -ENODEV when it is no vidmem adapter.
 */
int vidmem_device_new(int fd, struct vidmem_device **dev);

/*
 * Release all views that this process made through the device and free it. The
 * file stays open. NULL is allowed.
 */
void vidmem_device_del(struct vidmem_device *dev);

int vidmem_device_fd(const struct vidmem_device *dev);

/* DRM_IOCTL_VIDMEM_GET_PARAM */
int vidmem_get_param(struct vidmem_device *dev, uint64_t param,
		     uint64_t *value);

/*
 * DRM_IOCTL_VIDMEM_CREATE. *size is set to what it was rounded up to. Close the
 * handle with drmCloseBufferHandle().
 */
int vidmem_create(struct vidmem_device *dev, uint64_t *size, uint32_t *handle);

/*
 * Make a handle, in this file, of the object behind a dma-buf of the same
 * adapter. The object lives while anybody has a handle, a view or a dma-buf of
 * it. Close the handle with drmCloseBufferHandle().
 */
int vidmem_import(struct vidmem_device *dev, int dma_buf, uint32_t *handle);

/*
 * DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, with the members marked [in] filled in by
 * the caller and those marked [out] by the function.
 *
 * Under valgrind, which does not see what ioctls map, this goes by mmap(2)
 * instead. Handle 0, which has no offset, is answered by -ENOENT then.
 */
int vidmem_map(struct vidmem_device *dev,
	       struct drm_vidmem_map_video_memory *args);

/* DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY. Also when the adapter has gone. */
int vidmem_unmap(struct vidmem_device *dev, const void *address);

#if defined(__cplusplus)
}
#endif

#endif /* VIDMEM_DRMIF_H */
