// SPDX-License-Identifier: MIT
/*
 * The native calls. Each is one ioctl, save that MAP and UNMAP also keep track
 * of the views made, to release those that are left at the end.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>
#include <xf86drmMode.h>

#ifdef HAVE_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include "vidmem_drmif.h"
#include "vidmem_lock.h"
#include "vidmem_priv.h"

#define DRIVER_NAME "vidmem"
#define MAX_CARDS 256

struct view {
	uintptr_t base;
	size_t size;
};

struct vidmem_device {
	int fd;
	/*
	 * Protects views, and is held over the ioctls that make and release
	 * them, so that the tree always says what the kernel says.
	 */
	struct vidmem_lock lock;
	/* tsearch(3) tree of struct view. */
	void *views;
	/*
	 * In a forked child: the parent's. None of its views is there, and a
	 * thread may have been about to change it, so it is not looked at.
	 */
	void *parents_views;
};

static void lock_views(struct vidmem_device *dev)
{
	if (vidmem_lock(&dev->lock)) {
		dev->parents_views = dev->views;
		dev->views = NULL;
	}
}

/* Equal means overlap: there is one view at an address, at most. */
static int compare_views(const void *a, const void *b)
{
	const struct view *x = a, *y = b;

	if (x->base + x->size <= y->base)
		return -1;
	return x->base >= y->base + y->size;
}

static struct view *find_view(struct vidmem_device *dev, uintptr_t base,
			      size_t size)
{
	struct view key = { .base = base, .size = size };
	void *node = tfind(&key, &dev->views, compare_views);

	return node ? *(struct view **)node : NULL;
}

static void forget_view(struct vidmem_device *dev, struct view *view)
{
	tdelete(view, &dev->views, compare_views);
	free(view);
}

static int remember_view(struct vidmem_device *dev, struct view *view,
			 uintptr_t base, size_t size)
{
	struct view *stale;

	/* Whoever was there must have gone by munmap(2). */
	while ((stale = find_view(dev, base, size)))
		forget_view(dev, stale);

	view->base = base;
	view->size = size;

	return tsearch(view, &dev->views, compare_views) ? 0 : -ENOMEM;
}

static int vidmem_ioctl(struct vidmem_device *dev, unsigned long request,
			void *args)
{
	return drmIoctl(dev->fd, request, args) ? -errno : 0;
}

static int map(struct vidmem_device *dev,
	       struct drm_vidmem_map_video_memory *args)
{
	return vidmem_ioctl(dev, DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, args);
}

static int unmap(struct vidmem_device *dev, uintptr_t address)
{
	struct drm_vidmem_unmap_video_memory args = {
		.requested_virtual_address = address,
	};

	return vidmem_ioctl(dev, DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY, &args);
}

static int is_vidmem(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	int is = version && !strcmp(version->name, DRIVER_NAME);

	drmFreeVersion(version);
	return is;
}

/*
 * Known without opening it to be another driver's: to open a card can make one
 * its master.
 */
static int is_foreign(unsigned int card)
{
	char path[64], module[256];
	ssize_t length;

	snprintf(path, sizeof(path),
		 "/sys/class/drm/card%u/device/driver/module", card);
	length = readlink(path, module, sizeof(module) - 1);
	if (length < 0)
		return 0;
	module[length] = 0;
	return strcmp(strrchr(module, '/') + 1, DRIVER_NAME) != 0;
}

vidmem_public int vidmem_open(unsigned int n)
{
	int error = -ENODEV;
	unsigned int card;

	for (card = 0; card < MAX_CARDS; card++) {
		char path[32];
		int fd;

		if (is_foreign(card))
			continue;
		snprintf(path, sizeof(path), "/dev/dri/card%u", card);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0) {
			/* Perhaps the one that was meant: worth telling. */
			if (errno != ENOENT)
				error = -errno;
			continue;
		}
		if (is_vidmem(fd) && !n--)
			return fd;
		close(fd);
	}

	return error;
}

vidmem_public int vidmem_device_new(int fd, struct vidmem_device **dev)
{
	if (!is_vidmem(fd))
		return -ENODEV;

	*dev = calloc(1, sizeof(**dev));
	if (!*dev)
		return -ENOMEM;
	(*dev)->fd = fd;
	vidmem_lock_init(&(*dev)->lock);

	return 0;
}

vidmem_public void vidmem_device_del(struct vidmem_device *dev)
{
	if (!dev)
		return;

	lock_views(dev);
	while (dev->views) {
		struct view *view = *(struct view **)dev->views;

		/* Perhaps gone by munmap(2): the kernel releases only views. */
		unmap(dev, view->base);
		forget_view(dev, view);
	}
	vidmem_unlock(&dev->lock);
	vidmem_lock_destroy(&dev->lock);
	free(dev);
}

vidmem_public int vidmem_device_fd(const struct vidmem_device *dev)
{
	return dev->fd;
}

vidmem_public int vidmem_get_param(struct vidmem_device *dev, uint64_t param,
				   uint64_t *value)
{
	struct drm_vidmem_get_param args = { .param = param };
	int ret = vidmem_ioctl(dev, DRM_IOCTL_VIDMEM_GET_PARAM, &args);

	if (!ret)
		*value = args.value;
	return ret;
}

vidmem_public int vidmem_create(struct vidmem_device *dev, uint64_t *size,
				uint32_t *handle)
{
	struct drm_vidmem_create args = { .size = *size };
	int ret = vidmem_ioctl(dev, DRM_IOCTL_VIDMEM_CREATE, &args);

	if (!ret) {
		*size = args.size;
		*handle = args.handle;
	}
	return ret;
}

vidmem_public int vidmem_import(struct vidmem_device *dev, int dma_buf,
				uint32_t *handle)
{
	return drmPrimeFDToHandle(dev->fd, dma_buf, handle) ? -errno : 0;
}

/*
 * What MAP would do, by mmap(2). Let MAP itself judge the arguments and say
 * where the frame buffer is, then map the same again.
 */
static int map_for_valgrind(struct vidmem_device *dev,
			    struct drm_vidmem_map_video_memory *args)
{
	struct drm_vidmem_map_video_memory view = *args, whole = {
		.handle = args->handle,
	};
	struct drm_mode_map_dumb dumb = { .handle = args->handle };
	int prot = PROT_READ, flags = MAP_SHARED;
	char *base;
	int ret;

	/* There is no offset to be had without a handle. */
	if (!args->handle)
		return -ENOENT;

	ret = map(dev, &view);
	if (!ret)
		ret = unmap(dev, view.video_ram_base);
	if (!ret)
		ret = map(dev, &whole);
	if (!ret)
		ret = unmap(dev, whole.video_ram_base);
	if (!ret)
		ret = vidmem_ioctl(dev, DRM_IOCTL_MODE_MAP_DUMB, &dumb);
	if (ret)
		return ret;

	if (!(args->flags & DRM_VIDMEM_MAP_READ_ONLY))
		prot |= PROT_WRITE;
	/*
	 * Free, as MAP has just said. Not MAP_FIXED_NOREPLACE: valgrind does not
	 * know that flag and puts the mapping anywhere.
	 */
	if (args->requested_virtual_address)
		flags |= MAP_FIXED;
	base = mmap((void *)(uintptr_t)args->requested_virtual_address,
		    view.video_ram_length, prot, flags, dev->fd, dumb.offset +
		    whole.video_ram_length + args->view_offset);
	if (base == MAP_FAILED)
		return -errno;

	if (view.frame_buffer_base)
		view.frame_buffer_base += (uintptr_t)base - view.video_ram_base;
	view.video_ram_base = (uintptr_t)base;
	*args = view;

	return 0;
}

vidmem_public int vidmem_map(struct vidmem_device *dev,
			     struct drm_vidmem_map_video_memory *args)
{
	struct view *view = malloc(sizeof(*view));
	int ret;

	if (!view)
		return -ENOMEM;

	lock_views(dev);
	ret = RUNNING_ON_VALGRIND ? map_for_valgrind(dev, args) :
	      map(dev, args);
	if (!ret) {
		ret = remember_view(dev, view, args->video_ram_base,
				    args->video_ram_length);
		if (ret)
			unmap(dev, args->video_ram_base);
	}
	vidmem_unlock(&dev->lock);
	if (ret)
		free(view);

	return ret;
}

vidmem_public int vidmem_unmap(struct vidmem_device *dev, const void *address)
{
	struct view *view;
	int ret;

	lock_views(dev);
	view = find_view(dev, (uintptr_t)address, 1);
	ret = unmap(dev, (uintptr_t)address);
	if (!ret && view) {
		/* There is nothing any more, but valgrind does not know. */
		if (RUNNING_ON_VALGRIND)
			munmap((void *)view->base, view->size);
		forget_view(dev, view);
	}
	vidmem_unlock(&dev->lock);

	return ret;
}
