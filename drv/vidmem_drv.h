/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DRV_H_
#define _VIDMEM_DRV_H_

#include <linux/completion.h>
#include <linux/iosys-map.h>
#include <linux/mutex.h>

#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_device.h>
#include <drm/drm_encoder.h>
#include <drm/drm_gem.h>
#include <drm/drm_mm.h>
#include <drm/drm_modes.h>
#include <drm/drm_plane.h>

#include <drm/vidmem_drm.h>

struct dmem_cgroup_pool_state;
struct dmem_cgroup_region;
struct drm_color_lut;
struct drm_driver;
struct drm_edid;
struct drm_file;
struct drm_format_info;
struct drm_framebuffer;
struct drm_mode_create_dumb;
struct drm_printer;
struct file;
struct mm_struct;
struct page;
struct task_struct;
struct vm_area_struct;
struct vidmem_device;

#define VIDMEM_NAME		"vidmem"
#define VIDMEM_PALETTE_SIZE	256

/**
 * struct vidmem_adapter_funcs - what an adapter can do
 *
 * This is all that differs between adapters once video memory is known. The
 * calls come with the device present (inside drm_dev_enter()) and one at a
 * time, save for @mode_valid, @scanout_valid and @read_edid, which come at any
 * time. The ones that return nothing cannot fail: what they are given has
 * passed @mode_valid and @scanout_valid.
 */
struct vidmem_adapter_funcs {
	/** @mode_valid: Can the adapter show this mode? */
	enum drm_mode_status (*mode_valid)(struct vidmem_device *vdev,
					   const struct drm_display_mode *mode);
	/**
	 * @scanout_valid: Can the adapter show a frame buffer of this format
	 * with @pitch bytes per line that starts @start bytes into video memory?
	 */
	bool (*scanout_valid)(struct vidmem_device *vdev,
			      const struct drm_format_info *format,
			      u32 pitch, u64 start);
	/** @set_mode: Set the mode, show @fb from @start, turn the display on. */
	void (*set_mode)(struct vidmem_device *vdev,
			 const struct drm_display_mode *mode,
			 const struct drm_framebuffer *fb, u64 start);
	/** @set_start: Show @fb from @start. Its format is that of the mode. */
	void (*set_start)(struct vidmem_device *vdev,
			  const struct drm_framebuffer *fb, u64 start);
	/**
	 * @load_palette: Set the %VIDMEM_PALETTE_SIZE colors of C8. NULL: shades
	 * of gray. Not called where C8 is not among the formats.
	 */
	void (*load_palette)(struct vidmem_device *vdev,
			     const struct drm_color_lut *lut);
	/** @blank: Turn the display off. */
	void (*blank)(struct vidmem_device *vdev);
	/**
	 * @read_edid: Returns the EDID of the display or NULL when it has none.
	 */
	const struct drm_edid *(*read_edid)(struct vidmem_device *vdev);
};

/**
 * struct vidmem_vram - the video memory of an adapter
 *
 * Set up once by the adapter, which fills in @size, @factor, @map, and one of
 * @phys and @pages. It stays in place until the last reference to the DRM
 * device goes, so that a mapping in the kernel or in a process never outlives
 * it.
 */
struct vidmem_vram {
	/** @size: Bytes, a multiple of the page size. */
	u64 size;
	/**
	 * @factor: Where there is room, ranges start at a multiple of this many
	 * times their alignment. 1, or what the display's start address needs.
	 */
	u32 factor;
	/** @map: All of it, in the kernel. */
	struct iosys_map map;
	/** @phys: Address of byte 0, if it is the memory of a device. */
	phys_addr_t phys;
	/** @pages: Its pages, if it is system memory; else NULL. */
	struct page **pages;
	/**
	 * @large: A bit for each PMD_SIZE of @pages: set where they are one large
	 * page in system memory, too.
	 */
	unsigned long *large;
	/** @granule: Bytes of the largest page that it can be mapped by. */
	u64 granule;
	/** @cgroup: What control groups count it as, or NULL. */
	struct dmem_cgroup_region *cgroup;

	/**
	 * @lock: Protects @mm and @used. Innermost: nothing is locked and no
	 * memory allocated under it, so any caller may hold any lock.
	 */
	struct mutex lock;
	/** @mm: Who has which part. */
	struct drm_mm mm;
	/** @used: Bytes that objects have. */
	u64 used;
};

/**
 * struct vidmem_range - a part of video memory that is in use
 */
struct vidmem_range {
	/** @node: Where it lies. */
	struct drm_mm_node node;
	/** @charge: Which control group pays for it, or NULL. */
	struct dmem_cgroup_pool_state *charge;
};

/**
 * struct vidmem_device - an adapter
 */
struct vidmem_device {
	/** @drm: The DRM device. */
	struct drm_device drm;
	/** @funcs: How to drive the hardware. */
	const struct vidmem_adapter_funcs *funcs;
	/** @kind: DRM_VIDMEM_ADAPTER_*. */
	u32 kind;
	/** @vram: The video memory. */
	struct vidmem_vram vram;
	/** @unplugged: Done when nothing maps video memory any more. */
	struct completion unplugged;

	/** @formats: Pixel formats, the preferred one first. */
	const u32 *formats;
	/** @format_count: How many. */
	unsigned int format_count;
	/** @max_width: Widest frame buffer in pixels. */
	u32 max_width;
	/** @max_height: Highest frame buffer in lines. */
	u32 max_height;
	/** @preferred_width: Preferred mode of a display without EDID. */
	u32 preferred_width;
	/** @preferred_height: Preferred mode of a display without EDID. */
	u32 preferred_height;
	/** @non_desktop: Desktops shall leave the display alone. */
	bool non_desktop;

	/** @plane: The only plane. Its state says what is on display. */
	struct drm_plane plane;
	/** @crtc: The only CRTC. */
	struct drm_crtc crtc;
	/** @encoder: The only encoder. */
	struct drm_encoder encoder;
	/** @connector: The only connector. */
	struct drm_connector connector;
};

#define to_vidmem_device(d) container_of(d, struct vidmem_device, drm)

/**
 * struct vidmem_object - a GEM object in video memory
 */
struct vidmem_object {
	/** @base: The GEM object. */
	struct drm_gem_object base;
	/** @range: Its place in video memory, the same for its whole life. */
	struct vidmem_range range;
	/**
	 * @gone_page: What its mappings show once the adapter has gone. Set by
	 * the first fault after that.
	 */
	struct page *gone_page;
	/**
	 * @scanout: A frame buffer was made of it once, so it may be on display.
	 */
	bool scanout;
};

#define to_vidmem_object(o) container_of(o, struct vidmem_object, base)

/**
 * struct vidmem_file - an open file of an adapter
 */
struct vidmem_file {
	/**
	 * @map_lock: One MAP at a time through this file. Taken before the
	 * mmap lock; the fault handlers never take it.
	 */
	struct mutex map_lock;
	/** @map_task: Who is in vm_mmap() for a MAP, under @map_lock; or NULL. */
	struct task_struct *map_task;
	/** @map_obj: The object it maps. Valid for @map_task alone. */
	struct drm_gem_object *map_obj;
	/**
	 * @place: Where the last view began that the kernel chose a place for,
	 * odd until it is unmapped. A hint, under no lock.
	 */
	unsigned long place;
	/**
	 * @place_mm: In which address space. To compare, not to follow. Under
	 * @map_lock.
	 */
	struct mm_struct *place_mm;
};

/* vidmem_drv.c */
extern const struct drm_driver vidmem_driver;
int vidmem_device_register(struct vidmem_device *vdev);
void vidmem_device_shutdown(struct device *dev);
extern const struct dev_pm_ops vidmem_pm_ops;

/* vidmem_bochs.c, vidmem_virtual.c */
int vidmem_bochs_init(void);
void vidmem_bochs_exit(void);
bool vidmem_bochs_bound(void);
int vidmem_virtual_init(void);
void vidmem_virtual_exit(void);

/* vidmem_vram.c */
int vidmem_vram_init(struct vidmem_device *vdev);
int vidmem_vram_alloc(struct vidmem_vram *vram, struct vidmem_range *range,
		      u64 size);
void vidmem_vram_free(struct vidmem_vram *vram, struct vidmem_range *range);
unsigned long vidmem_vram_pfn(const struct vidmem_vram *vram, u64 offset);
bool vidmem_vram_is_large(const struct vidmem_vram *vram, u64 offset,
			  unsigned int order);
int vidmem_get_param_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);

/* vidmem_gem.c */
void vidmem_show_fdinfo(struct drm_printer *p, struct drm_file *file);
int vidmem_dumb_create(struct drm_file *file, struct drm_device *drm,
		       struct drm_mode_create_dumb *args);
int vidmem_create_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

/* vidmem_map.c */
extern const struct vm_operations_struct vidmem_mmap_vm_ops;
int vidmem_gem_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma);
int vidmem_mmap(struct file *filp, struct vm_area_struct *vma);
unsigned long vidmem_get_unmapped_area(struct file *filp, unsigned long addr,
				       unsigned long len, unsigned long pgoff,
				       unsigned long flags);
int vidmem_map_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vidmem_unmap_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);

/* vidmem_kms.c */
int vidmem_kms_init(struct vidmem_device *vdev);
struct drm_gem_object *vidmem_displayed_object(struct vidmem_device *vdev,
					       u64 *offset, u64 *length);

#endif /* _VIDMEM_DRV_H_ */
