// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/compat.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm_atomic_helper.h>
#include <drm/drm_drv.h>
#include <drm/drm_fb_helper.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>

#include "compat/compat.h"
#include "driver/debugfs.h"
#include "driver/device.h"
#include "driver/power.h"

/**
 * DOC: the driver
 *
 * An adapter allocates and fills in a &vidmem_device and hands it to
 * vidmem_device_register(). All that belongs to it is managed: what a user
 * could still reach goes with the last reference to the DRM device, what
 * belongs to the hardware goes when the driver is unbound.
 */

static int vidmem_open(struct drm_device *drm, struct drm_file *file)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct vidmem_file *vfile;

	vfile = kzalloc(sizeof(*vfile), GFP_KERNEL_ACCOUNT);
	if (!vfile)
		return -ENOMEM;

	vfile->may_map_large = vidmem_may_map_large(&vdev->vram);
	spin_lock_init(&vfile->lock);
	INIT_LIST_HEAD(&vfile->claims);
	file->driver_priv = vfile;

	/* Not while the display is put back behind the last one. */
	mutex_lock(&vdev->open_lock);
	mutex_unlock(&vdev->open_lock);

	return 0;
}

static void vidmem_postclose(struct drm_device *drm, struct drm_file *file)
{
	kfree(file->driver_priv);
}

/* It goes with the device, and some kernels leave the pointer to it. */
static bool vidmem_has_console(struct drm_device *drm)
{
	bool has_console;
	int idx;

	if (!drm_dev_enter(drm, &idx))
		return false;
	has_console = drm->fb_helper && drm->fb_helper->fb;
	drm_dev_exit(idx);

	return has_console;
}

/*
 * The last client leaves the display to the console. Where there is none, nobody
 * would take away a cursor, for example, which is no client's own.
 */
static int vidmem_release(struct inode *inode, struct file *filp)
{
	struct drm_file *file = filp->private_data;
	struct drm_device *drm = file->minor->dev;
	struct vidmem_device *vdev = to_vidmem_device(drm);
	int ret;

	drm_dev_get(drm);
	if (atomic_read(&drm->open_count) == 1)
		vidmem_area_tidy(vdev);
	ret = drm_release(inode, filp);
	mutex_lock(&vdev->open_lock);
	if (!atomic_read(&drm->open_count)) {
		if (!vidmem_has_console(drm))
			drm_atomic_helper_shutdown(drm);
		vidmem_crtc_drop_gamma(vdev);
	}
	mutex_unlock(&vdev->open_lock);
	drm_dev_put(drm);

	return ret;
}

/* Nothing is served once the adapter has gone, but for UNMAP. */
static bool vidmem_is_unmap(unsigned int cmd)
{
	return DRM_IOCTL_NR(cmd) ==
	       DRM_COMMAND_BASE + DRM_VIDMEM_UNMAP_VIDEO_MEMORY;
}

/* DRM says so a little later, when a request may have said it already. */
static bool vidmem_has_gone(struct file *filp)
{
	struct drm_file *file = filp->private_data;

	return vidmem_vram_has_gone(&to_vidmem_device(file->minor->dev)->vram);
}

static long vidmem_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	if (vidmem_is_unmap(cmd))
		return vidmem_unmap_ioctl(filp, cmd, arg);
	if (vidmem_has_gone(filp))
		return -ENODEV;

	return drm_ioctl(filp, cmd, arg);
}

#ifdef CONFIG_COMPAT
static long vidmem_compat_ioctl(struct file *filp, unsigned int cmd,
				unsigned long arg)
{
	if (vidmem_is_unmap(cmd))
		return vidmem_unmap_ioctl(filp, cmd,
					  (unsigned long)compat_ptr(arg));
	if (vidmem_has_gone(filp))
		return -ENODEV;

	return drm_compat_ioctl(filp, cmd, arg);
}
#endif

VIDMEM_DEFINE_SHOW_FDINFO(vidmem_show_fdinfo)

static const struct file_operations vidmem_fops = {
	.owner			= THIS_MODULE,
	.open			= drm_open,
	.release		= vidmem_release,
	.unlocked_ioctl		= vidmem_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl		= vidmem_compat_ioctl,
#endif
	.poll			= drm_poll,
	.read			= drm_read,
	.llseek			= noop_llseek,
	.mmap			= vidmem_mmap,
	.get_unmapped_area	= vidmem_get_unmapped_area,
	.show_fdinfo		= drm_show_fdinfo,
	VIDMEM_COMPAT_FOPS
};

/* Serves DRM_IOCTL_VIDMEM_GET_PARAM. */
static int vidmem_get_param_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	struct drm_vidmem_get_param *args = data;

	switch (args->param) {
	case DRM_VIDMEM_PARAM_VRAM_SIZE:
		args->value = vdev->vram.size;
		return 0;
	case DRM_VIDMEM_PARAM_VRAM_FREE:
		args->value = vidmem_vram_unused(&vdev->vram);
		return 0;
	case DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE:
		args->value = vidmem_vram_largest_free(&vdev->vram);
		return 0;
	case DRM_VIDMEM_PARAM_MAP_GRANULE:
		args->value = vidmem_may_map_large(&vdev->vram) ?
			      vdev->vram.granule : PAGE_SIZE;
		return 0;
	case DRM_VIDMEM_PARAM_ADAPTER:
		args->value = vdev->kind;
		return 0;
	default:
		drm_dbg_driver(drm, "unknown parameter %llu\n", args->param);
		return -EINVAL;
	}
}

static const struct drm_ioctl_desc vidmem_ioctls[] = {
	DRM_IOCTL_DEF_DRV(VIDMEM_MAP_VIDEO_MEMORY, vidmem_map_ioctl, 0),
	DRM_IOCTL_DEF_DRV(VIDMEM_CREATE, vidmem_create_ioctl, 0),
	DRM_IOCTL_DEF_DRV(VIDMEM_GET_PARAM, vidmem_get_param_ioctl, 0),
};

const struct drm_driver vidmem_driver = {
	.driver_features	= DRIVER_GEM | DRIVER_MODESET | DRIVER_ATOMIC |
				  DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE,
	.name			= VIDMEM_NAME,
	.desc			= "Video memory mapped by one request",
	.major			= 1,
	.minor			= 1,
	.fops			= &vidmem_fops,
	.ioctls			= vidmem_ioctls,
	.num_ioctls		= ARRAY_SIZE(vidmem_ioctls),
	.open			= vidmem_open,
	.postclose		= vidmem_postclose,
	.debugfs_init		= vidmem_debugfs_init,
	.dumb_create		= vidmem_dumb_create,
	.dumb_map_offset	= vidmem_dumb_map_offset,
	.gem_prime_import	= vidmem_prime_import,
	VIDMEM_FDINFO_DRIVER_OPS(vidmem_show_fdinfo)
	VIDMEM_FBDEV_DRIVER_OPS
	VIDMEM_COMPAT_DRIVER_OPS
};

static void vidmem_device_unplug(void *data)
{
	struct drm_device *drm = data;

	/*
	 * The mappings first: DRM waits for its clients' locks, whose owners may
	 * be in a fault of ours.
	 */
	vidmem_vram_revoke(to_vidmem_device(drm));
	drm_dev_unplug(drm);
	drm_atomic_helper_shutdown(drm);
}

/**
 * vidmem_device_register - make an adapter known to the world
 * @vdev: the adapter, its video memory and limits described
 *
 * It is unplugged when its device is unbound, before anything that the adapter
 * had allocated for it until now is released.
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_device_register(struct vidmem_device *vdev)
{
	struct drm_device *drm = &vdev->drm;
	int ret;

	dev_set_drvdata(drm->dev, drm);
	spin_lock_init(&vdev->displayed.lock);
	ret = drmm_mutex_init(drm, &vdev->open_lock);
	if (ret)
		return ret;

	ret = vidmem_vram_init(vdev);
	if (ret)
		return ret;

	ret = vidmem_display_init(vdev);
	if (ret)
		return ret;

	ret = drm_dev_register(drm, 0);
	if (ret)
		return ret;

	ret = devm_add_action_or_reset(drm->dev, vidmem_device_unplug, drm);
	if (ret)
		return ret;

	ret = vidmem_power_init(vdev);
	if (ret)
		return ret;

	drm_client_setup(drm, NULL);

	return 0;
}

/**
 * vidmem_device_shutdown - turn the display off for shutdown or kexec
 * @dev: the adapter's device
 */
void vidmem_device_shutdown(struct device *dev)
{
	drm_atomic_helper_shutdown(dev_get_drvdata(dev));
}

