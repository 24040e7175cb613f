// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/highmem.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_managed.h>

#include "adapters/config.h"
#include "adapters/virtual.h"
#include "compat/compat.h"
#include "driver/device.h"

/**
 * DOC: virtual adapter
 *
 * Video memory made of system memory, behind a display that shows nothing: there is
 * no hardware, and nothing to do for it. Video memory is taken in chunks as
 * large as a large page where the system has such, so that mappings of it can
 * be made of large pages too.
 */

#define VIRTUAL_NAME		"vidmem-virtual"
#define VIRTUAL_MAX_ADAPTERS	16

static int adapters = -1;
module_param(adapters, int, 0444);
MODULE_PARM_DESC(adapters,
		 "Number of virtual adapters, 0 to 16; -1: one if there is no PCI adapter (default)");

static unsigned int vram_mb = 64;
module_param(vram_mb, uint, 0444);
MODULE_PARM_DESC(vram_mb,
		 "Video memory of each virtual adapter in MiB, 1 to 16384 (default 64)");

static char *mode = "1024x768";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode,
		 "Preferred mode of virtual adapters, WIDTHxHEIGHT or WIDTHxHEIGHT@HZ (default 1024x768)");

static bool desktop;
module_param(desktop, bool, 0444);
MODULE_PARM_DESC(desktop,
		 "Offer virtual displays to desktops and to the console (default no)");

static const u32 virtual_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_RGB888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB1555,
	DRM_FORMAT_C8,
};

/* What belongs to a device, bound or not. Under the device's lock. */
struct virtual_data {
	struct vidmem_config config;
	/* Why it could not be bound. */
	int error;
};

/* As the parameters say: for those, and where nobody says otherwise. */
static struct vidmem_config virtual_default;

static DEFINE_IDA(virtual_ids);

static void virtual_vram_fini(struct drm_device *drm, void *data)
{
	struct vidmem_vram *vram = data;
	size_t i, count = vram->size >> PAGE_SHIFT;

	vunmap(vram->map.vaddr);
	for (i = 0; i < count && vram->pages[i]; i++) {
		__free_page(vram->pages[i]);
		cond_resched();
	}
	kvfree(vram->pages);
}

/* Not every kernel clears these, whatever it is told; see init_on_alloc. */
static void virtual_clear_contig(struct page *page, size_t count)
{
	size_t i;

	if (want_init_on_alloc(GFP_KERNEL) || want_init_on_free())
		return;
	for (i = 0; i < count; i++) {
		clear_highpage(page + i);
		cond_resched();
	}
}

/*
 * The next pages of video memory, cleared: a large page of the largest kind, of the
 * other kind, or one page, so that large pages lie at multiples of their size.
 * Each page can be freed alone. To fail is better than to have a process killed
 * for it. Returns how many.
 */
static size_t virtual_alloc_chunk(struct page **pages, size_t done,
				  size_t count)
{
	size_t largest = PUD_SIZE / PAGE_SIZE, large = PMD_SIZE / PAGE_SIZE;
	unsigned int order = get_order(PMD_SIZE);
	struct page *page = NULL;
	size_t i, got;

	if (IS_ALIGNED(done, largest) && count - done >= largest) {
		page = alloc_contig_pages(largest, GFP_KERNEL | __GFP_NOWARN,
					  numa_mem_id(), NULL);
		if (page)
			virtual_clear_contig(page, largest);
		got = largest;
	}
	if (!page && IS_ALIGNED(done, large) && count - done >= large) {
		page = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				   __GFP_NORETRY, order);
		if (page)
			split_page(page, order);
		got = large;
	}
	if (!page) {
		page = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				  __GFP_RETRY_MAYFAIL);
		got = 1;
	}
	if (!page)
		return 0;

	for (i = 0; i < got; i++)
		pages[done + i] = page + i;

	return got;
}

static int virtual_no_memory(struct vidmem_device *vdev)
{
	dev_err(vdev->drm.dev, "no %llu MiB of memory: lower vram_mb\n",
		vdev->vram.size / SZ_1M);

	return -ENOMEM;
}

static int virtual_vram_init(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;
	size_t done, got, count;
	void *vaddr;
	int ret;

	vram->factor = 1;
	count = vram->size >> PAGE_SHIFT;
	if (count > si_mem_available())
		return virtual_no_memory(vdev);
	vram->pages = kvcalloc(count, sizeof(*vram->pages), GFP_KERNEL);
	if (!vram->pages)
		return -ENOMEM;
	ret = drmm_add_action_or_reset(&vdev->drm, virtual_vram_fini, vram);
	if (ret)
		return ret;

	for (done = 0; done < count; done += got) {
		got = virtual_alloc_chunk(vram->pages, done, count);
		if (!got)
			return virtual_no_memory(vdev);
		cond_resched();
	}

	vaddr = vmap(vram->pages, count, VM_MAP, PAGE_KERNEL);
	if (!vaddr)
		return -ENOMEM;
	iosys_map_set_vaddr(&vram->map, vaddr);
	vram->is_clear = true;

	return 0;
}

static int virtual_bind(struct platform_device *pdev,
			const struct vidmem_config *config)
{
	struct vidmem_device *vdev;
	int ret;

	vdev = devm_drm_dev_alloc(&pdev->dev, &vidmem_driver,
				  struct vidmem_device, drm);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	vdev->kind = DRM_VIDMEM_ADAPTER_VIRTUAL;
	vdev->formats = virtual_formats;
	vdev->format_count = ARRAY_SIZE(virtual_formats);
	vdev->max_width = VIDMEM_CONFIG_SIZE_MAX;
	vdev->max_height = VIDMEM_CONFIG_SIZE_MAX;
	vdev->min_mode_size = VIDMEM_MODE_SIZE_MIN;
	vdev->non_desktop = !config->is_desktop;
	vdev->display.screen = config->screen;
	vdev->vram.size = (u64)config->vram_mb * SZ_1M;

	ret = virtual_vram_init(vdev);
	if (ret)
		return ret;

	return vidmem_device_register(vdev);
}

static int virtual_probe(struct platform_device *pdev)
{
	struct virtual_data *data = dev_get_platdata(&pdev->dev);

	data->error = virtual_bind(pdev, &data->config);

	return data->error;
}

static void virtual_shutdown(struct platform_device *pdev)
{
	vidmem_device_shutdown(&pdev->dev);
}

/* For udev, which gives the display to a seat. */
static ssize_t desktop_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	const struct virtual_data *data = dev_get_platdata(dev);

	return sysfs_emit(buf, "%d\n", data->config.is_desktop);
}

static DEVICE_ATTR_RO(desktop);

static struct attribute *virtual_attrs[] = {
	&dev_attr_desktop.attr,
	NULL
};
ATTRIBUTE_GROUPS(virtual);

static struct platform_driver virtual_driver = {
	.probe		= virtual_probe,
	.shutdown	= virtual_shutdown,
	.driver = {
		.name		= VIRTUAL_NAME,
		.pm		= pm_sleep_ptr(&vidmem_pm_ops),
		/* vidmem_virtual_add() looks at the outcome. */
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

static struct platform_device *
virtual_device_add(const struct vidmem_config *config)
{
	struct platform_device *pdev = NULL;
	struct virtual_data *data;
	int id, ret;

	id = ida_alloc(&virtual_ids, GFP_KERNEL);
	if (id < 0)
		return ERR_PTR(id);

	ret = -ENOMEM;
	data = kzalloc(sizeof(*data), GFP_KERNEL);
	if (data)
		pdev = platform_device_alloc(VIRTUAL_NAME, id);
	if (!pdev)
		goto out_put;
	data->config = *config;
	ret = platform_device_add_data(pdev, data, sizeof(*data));
	if (ret)
		goto out_put;
	/* Before udev looks for them, when there is a card. */
	pdev->dev.groups = virtual_groups;
	ret = platform_device_add(pdev);
	if (ret)
		goto out_put;
	kfree(data);

	return pdev;

out_put:
	platform_device_put(pdev);
	kfree(data);
	ida_free(&virtual_ids, id);
	return ERR_PTR(ret);
}

/**
 * vidmem_virtual_add - create a virtual adapter
 * @config: what it shall be
 *
 * Returns: its device, for vidmem_virtual_remove(), or a negative error number:
 * -EINVAL when its mode does not fit into its video memory, -ENOMEM.
 */
struct platform_device *vidmem_virtual_add(const struct vidmem_config *config)
{
	const struct virtual_data *data;
	struct platform_device *pdev;
	bool tried;
	int ret;

	if (!vidmem_config_mode_fits(config)) {
		pr_err(VIDMEM_NAME ": mode=%ux%u needs more than vram_mb=%u\n",
		       config->screen.width, config->screen.height,
		       config->vram_mb);
		return ERR_PTR(-EINVAL);
	}

	pdev = virtual_device_add(config);
	if (IS_ERR(pdev))
		return pdev;

	/* The log says why it did not bind. */
	device_lock(&pdev->dev);
	data = dev_get_platdata(&pdev->dev);
	ret = data->error;
	tried = ret || platform_get_drvdata(pdev);
	device_unlock(&pdev->dev);
	/* Where nothing is bound by itself, or the bus did not get as far as that. */
	if (!tried)
		ret = device_driver_attach(&virtual_driver.driver, &pdev->dev);
	if (ret) {
		vidmem_virtual_remove(pdev);
		return ERR_PTR(ret);
	}

	return pdev;
}

/**
 * vidmem_virtual_remove - remove a virtual adapter
 * @pdev: its device
 *
 * Whoever uses it is left with what unplugging leaves.
 */
void vidmem_virtual_remove(struct platform_device *pdev)
{
	int id = pdev->id;

	platform_device_unregister(pdev);
	ida_free(&virtual_ids, id);
}

/**
 * vidmem_virtual_set_screen - change what is at the connector of a virtual adapter
 * @pdev: its device
 * @config: what the adapter shall be; all but the screen is as it was
 *
 * Programs are told, as by hardware.
 *
 * Returns: 0; -EINVAL when its mode does not fit into its video memory; -EINTR when a
 * signal came while another program kept the display.
 */
int vidmem_virtual_set_screen(struct platform_device *pdev,
			      const struct vidmem_config *config)
{
	struct virtual_data *data = dev_get_platdata(&pdev->dev);
	struct drm_device *drm;
	int ret = 0;

	if (!vidmem_config_mode_fits(config))
		return -EINVAL;

	device_lock(&pdev->dev);
	drm = platform_get_drvdata(pdev);
	if (drm)
		ret = vidmem_display_set_screen(to_vidmem_device(drm),
						&config->screen);
	if (!ret)
		data->config = *config;
	device_unlock(&pdev->dev);

	return ret;
}

/**
 * vidmem_virtual_card - which of DRM's cards a virtual adapter is
 * @pdev: its device
 *
 * Returns: the number, or -ENODEV when it is not bound to the driver.
 */
int vidmem_virtual_card(struct platform_device *pdev)
{
	struct drm_device *drm;
	int card;

	device_lock(&pdev->dev);
	drm = platform_get_drvdata(pdev);
	card = drm ? drm->primary->index : -ENODEV;
	device_unlock(&pdev->dev);

	return card;
}

/**
 * vidmem_virtual_config - what a virtual adapter is where nobody says otherwise
 *
 * Returns: what the parameters of the module say.
 */
const struct vidmem_config *vidmem_virtual_config(void)
{
	return &virtual_default;
}

static int virtual_check_params(void)
{
	struct vidmem_config *config = &virtual_default;

	if (adapters < -1 || adapters > VIRTUAL_MAX_ADAPTERS) {
		pr_err(VIDMEM_NAME ": adapters=%d is not in -1 to %d\n",
		       adapters, VIRTUAL_MAX_ADAPTERS);
		return -EINVAL;
	}
	if (!vram_mb || vram_mb > VIDMEM_CONFIG_VRAM_MB_MAX) {
		pr_err(VIDMEM_NAME ": vram_mb=%u is not in 1 to %d\n",
		       vram_mb, VIDMEM_CONFIG_VRAM_MB_MAX);
		return -EINVAL;
	}
	config->vram_mb = vram_mb;
	config->is_desktop = desktop;
	config->screen.refresh = 60;
	config->screen.is_plugged = true;
	if (vidmem_config_set_mode(config, mode, strlen(mode))) {
		pr_err(VIDMEM_NAME ": mode=%s is not WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, %ux%u to %ux%u, %u to %u Hz\n",
		       mode, VIDMEM_MODE_SIZE_MIN, VIDMEM_MODE_SIZE_MIN,
		       VIDMEM_CONFIG_SIZE_MAX, VIDMEM_CONFIG_SIZE_MAX,
		       VIDMEM_CONFIG_REFRESH_MIN, VIDMEM_CONFIG_REFRESH_MAX);
		return -EINVAL;
	}
	if (!vidmem_config_mode_fits(config)) {
		pr_err(VIDMEM_NAME ": mode=%s needs more than vram_mb=%u\n",
		       mode, vram_mb);
		return -EINVAL;
	}

	return 0;
}

/**
 * vidmem_virtual_init - make virtual adapters possible
 *
 * To be called when the PCI adapters are bound.
 *
 * Returns: how many the parameters ask for, or a negative error number.
 */
int vidmem_virtual_init(void)
{
	int ret;

	ret = virtual_check_params();
	if (ret)
		return ret;

	ret = platform_driver_register(&virtual_driver);
	if (ret)
		return ret;

	return adapters < 0 ? !vidmem_bochs_bound() : adapters;
}

/**
 * vidmem_virtual_exit - have no more virtual adapters
 *
 * To be called when all have been removed.
 */
void vidmem_virtual_exit(void)
{
	platform_driver_unregister(&virtual_driver);
	ida_destroy(&virtual_ids);
}
