// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/aperture.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#include <drm/drm_color_mgmt.h>
#include <drm/drm_drv.h>
#include <drm/drm_edid.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_managed.h>

#include <video/vga.h>

#include "driver/device.h"

/**
 * DOC: bochs adapter
 *
 * PCI 1234:1111, which QEMU offers as three devices: VGA and secondary-vga, a
 * VGA with DISPI registers, and bochs-display, DISPI alone. BAR 0 is video
 * memory. BAR 2 holds, little-endian:
 *
 * ======= =========================================================
 * 0x000   EDID, up to 1 KiB, unless switched off
 * 0x400   VGA registers 0x3c0 to 0x3df, bytes; not on bochs-display
 * 0x500   DISPI registers, 16 bits each
 * 0x600   QEMU's own: size of this block, then byte order
 * ======= =========================================================
 *
 * DISPI places the screen in a wider virtual one by pixel and line. Line times
 * virtual width plus pixel reaches any start address that is a multiple of 4
 * bytes and of a pixel, up to the highest line number that the device takes. So
 * that 3-byte pixels can be shown, objects start at multiples of 3 pages.
 */

#define BOCHS_EDID_SIZE			0x400
#define BOCHS_VGA(port)			(0x400 + (port) - 0x3c0)
#define BOCHS_DISPI(index)		(0x500 + 2 * (index))
#define BOCHS_QEXT_SIZE			0x600
#define BOCHS_QEXT_ENDIAN		0x604
#define BOCHS_QEXT_LITTLE_ENDIAN	0x1e1e1e1e

#define DISPI_ID			0x0
#define   DISPI_ID_MASK			0xfff0
#define   DISPI_ID_BOCHS		0xb0c0
#define DISPI_XRES			0x1
#define DISPI_YRES			0x2
#define DISPI_BPP			0x3
#define DISPI_ENABLE			0x4
#define   DISPI_ENABLED			BIT(0)
#define   DISPI_GETCAPS			BIT(1)
#define   DISPI_8BIT_DAC		BIT(5)
#define   DISPI_LFB_ENABLED		BIT(6)
#define   DISPI_NOCLEARMEM		BIT(7)
#define DISPI_BANK			0x5
#define DISPI_VIRT_WIDTH		0x6
#define DISPI_VIRT_HEIGHT		0x7
#define DISPI_X_OFFSET			0x8
#define DISPI_Y_OFFSET			0x9
#define DISPI_VIDEO_MEMORY_64K		0xa

/* All start addresses are counted in these bytes. */
#define BOCHS_START_UNIT		4

/* bochs-display has the first ones alone. */
#define BOCHS_DISPLAY_FORMATS		2

static const u32 bochs_formats[] = {
	DRM_FORMAT_XRGB8888,
	DRM_FORMAT_ARGB8888,
	DRM_FORMAT_RGB888,
	DRM_FORMAT_RGB565,
	DRM_FORMAT_XRGB1555,
	DRM_FORMAT_C8,
};

struct bochs_adapter {
	struct vidmem_device vdev;
	/* BAR 2. Only with the device present: it is unmapped on unbind. */
	void __iomem *regs;
	/* It is a VGA, not a bare bochs-display. */
	bool has_vga;
};

#define to_bochs(v) container_of(v, struct bochs_adapter, vdev)

/* Whether a PCI adapter was bound when the module was loaded. */
static bool bochs_bound;

static void bochs_vga_write(struct bochs_adapter *bochs, u16 port, u8 value)
{
	writeb(value, bochs->regs + BOCHS_VGA(port));
}

static u8 bochs_vga_read(struct bochs_adapter *bochs, u16 port)
{
	return readb(bochs->regs + BOCHS_VGA(port));
}

static void bochs_dispi_write(struct bochs_adapter *bochs, u16 index, u16 value)
{
	writew(value, bochs->regs + BOCHS_DISPI(index));
}

static u16 bochs_dispi_read(struct bochs_adapter *bochs, u16 index)
{
	return readw(bochs->regs + BOCHS_DISPI(index));
}

static void bochs_vga_show(struct bochs_adapter *bochs, bool show)
{
	if (!bochs->has_vga)
		return;

	/* The address of the input status register depends on this bit. */
	bochs_vga_write(bochs, VGA_MIS_W, VGA_MIS_COLOR);
	/* Reading it makes the next write to the attribute port an index. */
	bochs_vga_read(bochs, VGA_IS1_RC);
	bochs_vga_write(bochs, VGA_ATT_W, show ? VGA_AR_ENABLE_DISPLAY : 0);
}

/* A VGA counts the width in characters: it shows a little more than asked for. */
static u32 bochs_shown_width(struct bochs_adapter *bochs, u32 width)
{
	return bochs->has_vga ? ALIGN(width, 8) : width;
}

static bool bochs_scanout_valid(struct vidmem_device *vdev, u32 width,
				const struct vidmem_scanout *scanout)
{
	u32 pitch = scanout->pitch, cpp = scanout->format->cpp[0];
	u32 rest;
	u64 line = div_u64_rem(scanout->start, pitch, &rest);

	return IS_ALIGNED(scanout->start, BOCHS_START_UNIT) &&
	       rest % cpp == 0 && pitch % (8 * cpp) == 0 &&
	       pitch / cpp >= bochs_shown_width(to_bochs(vdev), width) &&
	       pitch / cpp <= vdev->max_width && line <= vdev->max_height;
}

static u64 bochs_scanout_end(struct vidmem_device *vdev,
			     const struct drm_format_info *format, u32 pitch)
{
	return mul_u32_u32(vdev->max_height, pitch);
}

static void bochs_set_start(struct vidmem_device *vdev,
			    const struct vidmem_scanout *scanout)
{
	struct bochs_adapter *bochs = to_bochs(vdev);
	u32 cpp = scanout->format->cpp[0];
	u32 rest;
	u64 line = div_u64_rem(scanout->start, scanout->pitch, &rest);

	bochs_dispi_write(bochs, DISPI_VIRT_WIDTH, scanout->pitch / cpp);
	bochs_dispi_write(bochs, DISPI_X_OFFSET, rest / cpp);
	bochs_dispi_write(bochs, DISPI_Y_OFFSET, line);
}

static u16 bochs_bits_per_pixel(const struct vidmem_scanout *scanout)
{
	if (scanout->format->format == DRM_FORMAT_XRGB1555)
		return 15;

	return scanout->format->cpp[0] * 8;
}

static void bochs_set_mode(struct vidmem_device *vdev,
			   const struct drm_display_mode *mode,
			   const struct vidmem_scanout *scanout)
{
	struct bochs_adapter *bochs = to_bochs(vdev);

	/* No picture while it is neither the old nor the new one. */
	bochs_vga_show(bochs, false);
	bochs_dispi_write(bochs, DISPI_ENABLE, 0);
	bochs_dispi_write(bochs, DISPI_BPP, bochs_bits_per_pixel(scanout));
	bochs_dispi_write(bochs, DISPI_XRES,
			  bochs_shown_width(bochs, mode->hdisplay));
	bochs_dispi_write(bochs, DISPI_YRES, mode->vdisplay);
	bochs_dispi_write(bochs, DISPI_BANK, 0);
	/* A VGA clears video memory here unless told not to. */
	bochs_dispi_write(bochs, DISPI_ENABLE, DISPI_ENABLED | DISPI_8BIT_DAC |
			  DISPI_LFB_ENABLED | DISPI_NOCLEARMEM);
	/* Only now, as enabling resets the start address. */
	bochs_set_start(vdev, scanout);
	bochs_vga_show(bochs, true);
}

static void bochs_load_palette(struct vidmem_device *vdev,
			       const struct drm_color_lut *lut)
{
	struct bochs_adapter *bochs = to_bochs(vdev);
	int i;

	bochs_vga_write(bochs, VGA_PEL_IW, 0);
	for (i = 0; i < VIDMEM_PALETTE_SIZE; i++) {
		bochs_vga_write(bochs, VGA_PEL_D, lut ? lut[i].red >> 8 : i);
		bochs_vga_write(bochs, VGA_PEL_D, lut ? lut[i].green >> 8 : i);
		bochs_vga_write(bochs, VGA_PEL_D, lut ? lut[i].blue >> 8 : i);
	}
}

static void bochs_blank(struct vidmem_device *vdev)
{
	struct bochs_adapter *bochs = to_bochs(vdev);

	bochs_vga_show(bochs, false);
	if (!bochs->has_vga)
		bochs_dispi_write(bochs, DISPI_ENABLE, 0);
}

static int bochs_read_edid(struct vidmem_device *vdev, u8 *buf,
			   unsigned int block, size_t len)
{
	struct bochs_adapter *bochs = to_bochs(vdev);
	size_t start = block * EDID_LENGTH;

	if (start + len > BOCHS_EDID_SIZE)
		return -EINVAL;
	memcpy_fromio(buf, bochs->regs + start, len);

	/* Not an error: QEMU's edid=off. */
	if (!block && drm_edid_header_is_valid(buf) != 8)
		return -ENODEV;

	return 0;
}

static void bochs_set_little_endian(struct bochs_adapter *bochs)
{
	u32 size = readl(bochs->regs + BOCHS_QEXT_SIZE);

	/* All ones or nothing where the device is older than the register. */
	if (size >= 8 && size < SZ_4K)
		writel(BOCHS_QEXT_LITTLE_ENDIAN, bochs->regs + BOCHS_QEXT_ENDIAN);
}

static void bochs_wake(struct vidmem_device *vdev)
{
	bochs_set_little_endian(to_bochs(vdev));
}

static const struct vidmem_adapter_funcs bochs_funcs = {
	.scanout_valid	= bochs_scanout_valid,
	.scanout_end	= bochs_scanout_end,
	.set_mode	= bochs_set_mode,
	.set_start	= bochs_set_start,
	.load_palette	= bochs_load_palette,
	.wake		= bochs_wake,
	.blank		= bochs_blank,
	.read_edid	= bochs_read_edid,
};

/* Sets the limits. A VGA tells them, bochs-display takes all 16 bits. */
static void bochs_read_limits(struct bochs_adapter *bochs)
{
	struct vidmem_device *vdev = &bochs->vdev;
	u16 width, height;

	bochs_dispi_write(bochs, DISPI_ENABLE, 0);
	bochs_dispi_write(bochs, DISPI_XRES, 0);
	bochs_dispi_write(bochs, DISPI_ENABLE, DISPI_GETCAPS);
	width = bochs_dispi_read(bochs, DISPI_XRES);
	height = bochs_dispi_read(bochs, DISPI_YRES);
	bochs_dispi_write(bochs, DISPI_ENABLE, 0);

	bochs->has_vga = width;
	vdev->max_width = width ?: U16_MAX;
	vdev->max_height = width ? height : U16_MAX;
	/* bochs-display shows nothing smaller. */
	vdev->min_mode_size = 64;
	vdev->formats = bochs_formats;
	vdev->format_count = width ? ARRAY_SIZE(bochs_formats) :
				     BOCHS_DISPLAY_FORMATS;
	vdev->vram.factor = width ? 3 : 1;
}

static void bochs_vram_unmap(struct drm_device *drm, void *data)
{
	iounmap((void __iomem *)data);
}

static int bochs_vram_map(struct bochs_adapter *bochs, struct pci_dev *pdev)
{
	struct vidmem_vram *vram = &bochs->vdev.vram;
	void __iomem *map;
	u64 size;

	size = bochs_dispi_read(bochs, DISPI_VIDEO_MEMORY_64K) * (u64)SZ_64K;
	vram->size = min_t(u64, size, pci_resource_len(pdev, 0));
	vram->phys = pci_resource_start(pdev, 0);
	if (!vram->size)
		return dev_err_probe(&pdev->dev, -ENODEV, "no video memory\n");

	if (!devm_request_mem_region(&pdev->dev, vram->phys, vram->size,
				     VIDMEM_NAME))
		return dev_err_probe(&pdev->dev, -EBUSY,
				     "video memory is in use\n");

	/*
	 * Not devm: another driver may hold a vmap of a dma-buf until after the
	 * unbinding.
	 */
	map = ioremap_wc(vram->phys, vram->size);
	if (!map)
		return -ENOMEM;
	iosys_map_set_vaddr_iomem(&vram->map, map);

	return drmm_add_action_or_reset(&bochs->vdev.drm, bochs_vram_unmap,
					(void __force *)map);
}

static int bochs_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct bochs_adapter *bochs;
	struct vidmem_device *vdev;
	int ret;

	/* The command line: nomodeset. */
	if (drm_firmware_drivers_only())
		return -ENODEV;

	/* Old QEMU without BAR 2 would need I/O ports. */
	if (!(pci_resource_flags(pdev, 0) & IORESOURCE_MEM) ||
	    !(pci_resource_flags(pdev, 2) & IORESOURCE_MEM))
		return dev_err_probe(dev, -ENODEV, "no memory BARs\n");

	ret = aperture_remove_conflicting_pci_devices(pdev, VIDMEM_NAME);
	if (ret)
		return ret;

	bochs = devm_drm_dev_alloc(dev, &vidmem_driver, struct bochs_adapter,
				   vdev.drm);
	if (IS_ERR(bochs))
		return PTR_ERR(bochs);
	vdev = &bochs->vdev;
	vdev->kind = DRM_VIDMEM_ADAPTER_BOCHS;
	vdev->funcs = &bochs_funcs;
	vdev->display.screen.width = 1024;
	vdev->display.screen.height = 768;
	vdev->display.screen.refresh = 60;
	vdev->display.screen.is_plugged = true;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;

	bochs->regs = devm_ioremap_resource(dev, &pdev->resource[2]);
	if (IS_ERR(bochs->regs))
		return PTR_ERR(bochs->regs);

	if ((bochs_dispi_read(bochs, DISPI_ID) & DISPI_ID_MASK) !=
	    DISPI_ID_BOCHS)
		return dev_err_probe(dev, -ENODEV, "no DISPI registers\n");

	bochs_set_little_endian(bochs);
	bochs_read_limits(bochs);
	ret = bochs_vram_map(bochs, pdev);
	if (ret)
		return ret;

	ret = vidmem_device_register(vdev);
	if (ret)
		return ret;

	bochs_bound = true;

	return 0;
}

static void bochs_shutdown(struct pci_dev *pdev)
{
	vidmem_device_shutdown(&pdev->dev);
}

/*
 * No MODULE_DEVICE_TABLE: the kernel's own bochs driver is for this device, and
 * ours comes only to those who load it.
 */
static const struct pci_device_id bochs_ids[] = {
	{ PCI_DEVICE(0x1234, 0x1111) },
	{ }
};

static struct pci_driver bochs_driver = {
	.name		= VIDMEM_NAME,
	.id_table	= bochs_ids,
	.probe		= bochs_probe,
	.shutdown	= bochs_shutdown,
	.driver = {
		.pm		= pm_sleep_ptr(&vidmem_pm_ops),
		/* vidmem_bochs_bound() tells the outcome. */
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

/**
 * vidmem_bochs_bound - ask for PCI adapters
 *
 * Returns: whether one was bound when the module was loaded.
 */
bool vidmem_bochs_bound(void)
{
	return bochs_bound;
}

/**
 * vidmem_bochs_init - bind the PCI adapters that no other driver has
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_bochs_init(void)
{
	return pci_register_driver(&bochs_driver);
}

/**
 * vidmem_bochs_exit - let go of all PCI adapters
 */
void vidmem_bochs_exit(void)
{
	pci_unregister_driver(&bochs_driver);
}
