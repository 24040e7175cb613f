// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <drm/drm_drv.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_managed.h>

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
#define VIRTUAL_MAX_VRAM_MB	16384
#define VIRTUAL_MAX_SIZE	16384

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
		 "Preferred mode of virtual adapters, WIDTHxHEIGHT (default 1024x768)");

static bool desktop;
module_param(desktop, bool, 0444);
MODULE_PARM_DESC(desktop,
		 "Offer virtual displays to desktops and to the console (default no)");

static const u32 virtual_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_RGB888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB1555,
	DRM_FORMAT_C8,
};

/* From the parameter mode. */
static unsigned int mode_width, mode_height;

static struct platform_device *virtual_devices[VIRTUAL_MAX_ADAPTERS];

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
	dev_err(vdev->drm.dev, "no %u MiB of memory: lower vram_mb\n", vram_mb);

	return -ENOMEM;
}

static int virtual_vram_init(struct vidmem_device *vdev)
{
	struct vidmem_vram *vram = &vdev->vram;
	size_t done, got, count;
	void *vaddr;
	int ret;

	vram->size = (u64)vram_mb * SZ_1M;
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

static int virtual_probe(struct platform_device *pdev)
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
	vdev->max_width = VIRTUAL_MAX_SIZE;
	vdev->max_height = VIRTUAL_MAX_SIZE;
	vdev->preferred_width = mode_width;
	vdev->preferred_height = mode_height;
	vdev->non_desktop = !desktop;

	ret = virtual_vram_init(vdev);
	if (ret)
		return ret;

	return vidmem_device_register(vdev);
}

static void virtual_shutdown(struct platform_device *pdev)
{
	vidmem_device_shutdown(&pdev->dev);
}

static struct platform_driver virtual_driver = {
	.probe		= virtual_probe,
	.shutdown	= virtual_shutdown,
	.driver = {
		.name		= VIRTUAL_NAME,
		.pm		= pm_sleep_ptr(&vidmem_pm_ops),
		/* vidmem_virtual_init() looks at the outcome. */
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

static int virtual_check_params(void)
{
	char rest;

	if (adapters < -1 || adapters > VIRTUAL_MAX_ADAPTERS) {
		pr_err(VIDMEM_NAME ": adapters=%d is not in -1 to %d\n",
		       adapters, VIRTUAL_MAX_ADAPTERS);
		return -EINVAL;
	}
	if (!vram_mb || vram_mb > VIRTUAL_MAX_VRAM_MB) {
		pr_err(VIDMEM_NAME ": vram_mb=%u is not in 1 to %d\n",
		       vram_mb, VIRTUAL_MAX_VRAM_MB);
		return -EINVAL;
	}
	if (sscanf(mode, "%ux%u%c", &mode_width, &mode_height, &rest) != 2 ||
	    !mode_width || mode_width > VIRTUAL_MAX_SIZE ||
	    !mode_height || mode_height > VIRTUAL_MAX_SIZE) {
		pr_err(VIDMEM_NAME ": mode=%s is not WIDTHxHEIGHT, up to %ux%u\n",
		       mode, VIRTUAL_MAX_SIZE, VIRTUAL_MAX_SIZE);
		return -EINVAL;
	}
	if ((u64)mode_width * mode_height * 4 > (u64)vram_mb * SZ_1M) {
		pr_err(VIDMEM_NAME ": mode=%s needs more than vram_mb=%u\n",
		       mode, vram_mb);
		return -EINVAL;
	}

	return 0;
}

/**
 * vidmem_virtual_init - create the virtual adapters that were asked for
 *
 * To be called when the PCI adapters are bound.
 *
 * Returns: 0, or a negative error number with nothing created.
 */
int vidmem_virtual_init(void)
{
	int i, ret, count = adapters;

	ret = virtual_check_params();
	if (ret)
		return ret;

	ret = platform_driver_register(&virtual_driver);
	if (ret)
		return ret;

	if (count < 0)
		count = !vidmem_bochs_bound();
	for (i = 0; i < count; i++) {
		struct platform_device *pdev;

		pdev = platform_device_register_simple(VIRTUAL_NAME, i, NULL, 0);
		if (IS_ERR(pdev)) {
			vidmem_virtual_exit();
			return PTR_ERR(pdev);
		}
		virtual_devices[i] = pdev;
		/* The log says why it did not bind. Mostly it is this. */
		if (!platform_get_drvdata(pdev)) {
			vidmem_virtual_exit();
			return -ENOMEM;
		}
	}

	return 0;
}

/**
 * vidmem_virtual_exit - remove all virtual adapters
 */
void vidmem_virtual_exit(void)
{
	int i;

	for (i = 0; i < VIRTUAL_MAX_ADAPTERS; i++) {
		platform_device_unregister(virtual_devices[i]);
		virtual_devices[i] = NULL;
	}
	platform_driver_unregister(&virtual_driver);
}
