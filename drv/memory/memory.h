/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_MEMORY_H_
#define _VIDMEM_MEMORY_H_

/*
 * Video memory: who has which part of it, and who has it mapped. Here is the
 * contract of MAP and UNMAP. No file here knows of KMS or of registers.
 */

#include <linux/iosys-map.h>
#include <linux/mutex.h>

#include <drm/drm_gem.h>
#include <drm/drm_mm.h>

struct dmem_cgroup_pool_state;
struct dmem_cgroup_region;
struct drm_device;
struct drm_file;
struct drm_mode_create_dumb;
struct drm_printer;
struct file;
struct mm_struct;
struct page;
struct task_struct;
struct vidmem_device;
struct vm_area_struct;

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

/* vram.c */
int vidmem_vram_init(struct vidmem_device *vdev);
int vidmem_get_param_ioctl(struct drm_device *drm, void *data,
			   struct drm_file *file);

/* object.c */
void vidmem_show_fdinfo(struct drm_printer *p, struct drm_file *file);
int vidmem_dumb_create(struct drm_file *file, struct drm_device *drm,
		       struct drm_mode_create_dumb *args);
int vidmem_create_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

/* view.c */
int vidmem_mmap(struct file *filp, struct vm_area_struct *vma);

/* placement.c */
unsigned long vidmem_get_unmapped_area(struct file *filp, unsigned long addr,
				       unsigned long len, unsigned long pgoff,
				       unsigned long flags);

/* requests.c */
int vidmem_map_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vidmem_unmap_ioctl(struct drm_device *drm, void *data,
		       struct drm_file *file);

#endif /* _VIDMEM_MEMORY_H_ */
