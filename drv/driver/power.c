// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/device.h>
#include <linux/pm.h>
#include <linux/suspend.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>
#include <drm/drm_modeset_helper.h>
#include <drm/drm_print.h>

#include "driver/device.h"
#include "driver/power.h"

/**
 * DOC: sleep
 *
 * Through sleep in memory, video memory stays as it is. Through hibernation it does
 * not, and is saved: see vidmem_vram_save(). In both the display is set up again
 * afterwards.
 */

static int vidmem_suspend(struct device *dev)
{
	return drm_mode_config_helper_suspend(dev_get_drvdata(dev));
}

static void vidmem_wake(struct drm_device *drm)
{
	struct vidmem_device *vdev = to_vidmem_device(drm);
	int idx;

	if (!vdev->funcs || !vdev->funcs->wake || !drm_dev_enter(drm, &idx))
		return;
	vdev->funcs->wake(vdev);
	drm_dev_exit(idx);
}

static int vidmem_resume(struct device *dev)
{
	struct drm_device *drm = dev_get_drvdata(dev);

	vidmem_wake(drm);

	return drm_mode_config_helper_resume(drm);
}

static void vidmem_say_no_memory(struct drm_device *drm)
{
	drm_err(drm, "no memory to save what video memory holds: the machine cannot hibernate now\n");
}

static int vidmem_freeze(struct device *dev)
{
	struct drm_device *drm = dev_get_drvdata(dev);
	int ret;

	ret = drm_mode_config_helper_suspend(drm);
	if (ret)
		return ret;
	ret = vidmem_vram_save(&to_vidmem_device(drm)->vram);
	if (ret) {
		vidmem_say_no_memory(drm);
		drm_mode_config_helper_resume(drm);
	}

	return ret;
}

/* The image is made, or was not: video memory is as it was. */
static int vidmem_thaw(struct device *dev)
{
	struct drm_device *drm = dev_get_drvdata(dev);

	vidmem_vram_drop_save(&to_vidmem_device(drm)->vram);

	return drm_mode_config_helper_resume(drm);
}

static int vidmem_restore(struct device *dev)
{
	struct drm_device *drm = dev_get_drvdata(dev);

	vidmem_wake(drm);
	vidmem_vram_restore(&to_vidmem_device(drm)->vram);

	return drm_mode_config_helper_resume(drm);
}

const struct dev_pm_ops vidmem_pm_ops = {
	.suspend	= vidmem_suspend,
	.resume		= vidmem_resume,
	.freeze		= vidmem_freeze,
	.thaw		= vidmem_thaw,
	.poweroff	= vidmem_suspend,
	.restore	= vidmem_restore,
};

/* Before programs stop, and before the image takes what memory there is. */
static int vidmem_pm_notify(struct notifier_block *notifier,
			    unsigned long event, void *data)
{
	struct vidmem_device *vdev =
		container_of(notifier, struct vidmem_device, pm_notifier);
	int ret;

	switch (event) {
	case PM_HIBERNATION_PREPARE:
		ret = vidmem_vram_prepare_save(&vdev->vram);
		if (ret)
			vidmem_say_no_memory(&vdev->drm);
		return notifier_from_errno(ret);
	case PM_POST_HIBERNATION:
		vidmem_vram_drop_save(&vdev->vram);
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static void vidmem_power_fini(void *data)
{
	struct vidmem_device *vdev = data;

	unregister_pm_notifier(&vdev->pm_notifier);
	vidmem_vram_drop_save(&vdev->vram);
}

/**
 * vidmem_power_init - take part in hibernation
 * @vdev: the adapter
 *
 * Until its device is unbound.
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_power_init(struct vidmem_device *vdev)
{
	int ret;

	vdev->pm_notifier.notifier_call = vidmem_pm_notify;
	ret = register_pm_notifier(&vdev->pm_notifier);
	if (ret)
		return ret;

	return devm_add_action_or_reset(vdev->drm.dev, vidmem_power_fini, vdev);
}
