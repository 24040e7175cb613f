/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_MEMORY_H_
#define _VIDMEM_MEMORY_H_

/*
 * Video memory: who has which part of it, and who has it mapped. Here is the
 * contract of MAP and UNMAP. No file here knows of KMS or of registers.
 */

#include <linux/atomic.h>
#include <linux/iosys-map.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <drm/drm_gem.h>
#include <drm/drm_mm.h>

struct dma_buf;
struct dmem_cgroup_pool_state;
struct dmem_cgroup_region;
struct drm_device;
struct drm_file;
struct drm_mode_create_dumb;
struct drm_printer;
struct file;
struct mm_struct;
struct page;
struct vidmem_device;
struct vm_area_struct;

/**
 * struct vidmem_unready - a part of video memory that cannot be handed out
 *
 * Somebody has it, or has had it: then it waits for being cleared.
 */
struct vidmem_unready {
	/** @node: Where it lies, in &vidmem_vram.ready. */
	struct drm_mm_node node;
	/** @waiting: In &vidmem_vram.waiting, or empty. */
	struct list_head waiting;
	/** @cleared: How many bytes from its start have been cleared. */
	u64 cleared;
};

/**
 * struct vidmem_range - a part of video memory that is in use
 */
struct vidmem_range {
	/** @node: Where it lies, in &vidmem_vram.mm. */
	struct drm_mm_node node;
	/** @unready: Stands for the same part in &vidmem_vram.ready. */
	struct vidmem_unready *unready;
	/** @charge: Which control group pays for it, or NULL. */
	struct dmem_cgroup_pool_state *charge;
};

/**
 * struct vidmem_area - where the display shows what it cannot show from its place
 */
struct vidmem_area {
	/** @lock: Protects all below. Nothing but memory is waited for under it. */
	struct mutex lock;
	/** @range: Its place; none while nobody needs it. */
	struct vidmem_range range;
	/** @is_clear: It has been cleared since it is there. */
	bool is_clear;
	/** @may_move: There may be a better place for it. */
	bool may_move;
	/** @users: The frames that are or will be on display and are shown there. */
	struct list_head users;
};

/**
 * struct vidmem_area_user - what a frame needs of the area
 */
struct vidmem_area_user {
	/** @link: On &vidmem_area.users. */
	struct list_head link;
	/** @size: Bytes from its start, or 0: the frame is not shown there. */
	u64 size;
};

/**
 * struct vidmem_vram - the video memory of an adapter
 *
 * Set up once by the adapter, which fills in @size, @factor, @map, @is_clear, and one
 * of @phys and @pages. The kernel's mapping of it, and system memory that it is
 * made of, stay in place until the last reference to the DRM device goes; the
 * memory of a device is there until vidmem_vram_revoke().
 */
struct vidmem_vram {
	/** @size: Bytes, a multiple of the page size. */
	u64 size;
	/**
	 * @factor: Where there is room, objects that may be shown in 3 bytes a
	 * pixel start at a multiple of this many times their alignment. 1, or
	 * what the display's start address needs.
	 */
	u32 factor;
	/** @map: All of it, in the kernel. */
	struct iosys_map map;
	/** @is_clear: It reads zero when it is set up. */
	bool is_clear;
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
	 * @gate: Held for reading by whoever touches video memory or gives a
	 * mapping of it to somebody, see vidmem_vram_enter(). Held for writing
	 * when video memory goes, and while an object moves out of it.
	 *
	 * The fault handlers take it inside the mmap lock, and any copy from or
	 * to user memory can be such a fault, also one that DRM does under its
	 * modeset locks. So what is done under it waits for memory, and for
	 * nothing else: no lock of DRM, no copy from or to user memory, nobody's
	 * answer. The writer takes the locks of page tables inside it.
	 */
	struct percpu_rw_semaphore gate;
	/** @gone: It is not there any more. Under @gate. */
	bool gone;

	/**
	 * @lock: Protects @mm, @ready, @waiting, @waiting_size, @used, @movable
	 * and what it says at the members of &vidmem_object. Innermost: nothing is
	 * locked and no memory allocated under it, so any caller may hold any lock.
	 */
	struct mutex lock;
	/** @mm: Who has which part. */
	struct drm_mm mm;
	/** @ready: The same, and what waits for being cleared: its holes read zero. */
	struct drm_mm ready;
	/** @waiting: The parts that do, in the order of their time. */
	struct list_head waiting;
	/** @waiting_size: Bytes of them. */
	u64 waiting_size;
	/** @clearer: Where @clear_work runs. */
	struct workqueue_struct *clearer;
	/** @clear_work: Clears what waits. */
	struct delayed_work clear_work;
	/** @used: Bytes that objects and the area have. */
	u64 used;
	/**
	 * @evict_lock: Held while an object moves out. Outside @gate; only memory
	 * is waited for under it.
	 */
	struct mutex evict_lock;
	/** @movable: The objects that may move out of it, the oldest first. */
	struct list_head movable;
	/** @area: A part that the display copies to. */
	struct vidmem_area area;
	/** @system_used: Bytes of system memory that objects have. */
	atomic64_t system_used;

	/**
	 * @saved: Pages for what objects hold, while the machine is about to
	 * hibernate. All other programs are stopped whenever it is used.
	 */
	struct list_head saved;
	/** @saved_count: How many. */
	unsigned long saved_count;
};

/**
 * enum vidmem_part_kind - what a part of video memory is to whom
 */
enum vidmem_part_kind {
	/** @VIDMEM_PART_FREE: Nobody's; reads zero. */
	VIDMEM_PART_FREE,
	/** @VIDMEM_PART_UNREADY: Nobody's, and waits for being cleared. */
	VIDMEM_PART_UNREADY,
	/** @VIDMEM_PART_OBJECT: An object of CREATE. */
	VIDMEM_PART_OBJECT,
	/** @VIDMEM_PART_DUMB: A dumb buffer, the console's or another. */
	VIDMEM_PART_DUMB,
	/** @VIDMEM_PART_AREA: What the display copies to, &vidmem_vram.area. */
	VIDMEM_PART_AREA,
};

/**
 * struct vidmem_part - a part of video memory, as it was when somebody asked
 */
struct vidmem_part {
	/** @start: Its first byte. */
	u64 start;
	/** @size: Bytes. */
	u64 size;
	/** @kind: What it is. */
	enum vidmem_part_kind kind;
};

/**
 * struct vidmem_object - a GEM object
 *
 * It is in video memory, unless @pages or @import says where else.
 */
struct vidmem_object {
	/** @base: The GEM object. */
	struct drm_gem_object base;
	/** @range: Its place in video memory. */
	struct vidmem_range range;
	/**
	 * @pages: Its pages in system memory, or NULL. Set when it is made, or
	 * under &vidmem_vram.gate for writing, and never again.
	 */
	struct page **pages;
	/** @vaddr: @pages in the kernel, or NULL. Set by the first who needs it. */
	void *vaddr;
	/** @import: What it stands for, if that is another device's, or NULL. */
	struct dma_buf *import;
	/**
	 * @is_dumb: It is a KMS client's: it may be in system memory, and be
	 * shown by copying it. One of CREATE is neither.
	 */
	bool is_dumb;
	/** @is_fixed: It stays where it is. Under &vidmem_vram.lock. */
	bool is_fixed;
	/**
	 * @holds: How many want it to stay where it is for now. Under
	 * &vidmem_vram.lock.
	 */
	unsigned int holds;
	/** @movable: In &vidmem_vram.movable, or empty. */
	struct list_head movable;
	/** @has_offsets: It has those that are in offsets.c; set once. */
	bool has_offsets;
	/**
	 * @gone_page: What stands for each of its pages once the adapter has
	 * gone. Set by the first who needs it.
	 */
	struct page *gone_page;
};

#define to_vidmem_object(o) container_of(o, struct vidmem_object, base)

/**
 * struct vidmem_displayed - which part of video memory is on display
 *
 * What the display says of itself, for those who may not wait for it.
 */
struct vidmem_displayed {
	/** @lock: Protects all below. Innermost. */
	spinlock_t lock;
	/**
	 * @obj: The object, or NULL. Without a reference: the display says that
	 * it shows another one before it gives up its own.
	 */
	struct drm_gem_object *obj;
	/** @offset: First byte on display, counted from the start of @obj. */
	u64 offset;
	/**
	 * @length: Visible lines times bytes per line; 0 if a copy is on display,
	 * not the object itself.
	 */
	u64 length;
};

/**
 * struct vidmem_file - an open file of an adapter
 */
struct vidmem_file {
	/** @may_map_large: vidmem_may_map_large() of who has opened it. */
	bool may_map_large;
	/** @lock: Protects all below. Innermost. */
	spinlock_t lock;
	/**
	 * @place: Where the last view began that the kernel chose a place for,
	 * in the address space @mm. A hint.
	 */
	unsigned long place;
	/** @mm: To compare, not to follow. */
	struct mm_struct *mm;
	/** @is_free: That view has been unmapped. */
	bool is_free;
	/** @claims: What UNMAPs under way release. See view.c. */
	struct list_head claims;
};

/**
 * vidmem_vram_has_gone - whether video memory is not there any more
 * @vram: the video memory
 *
 * For those who do not touch it: it may go at any moment.
 */
static inline bool vidmem_vram_has_gone(const struct vidmem_vram *vram)
{
	return READ_ONCE(vram->gone);
}

/* vram.c */
int vidmem_vram_init(struct vidmem_device *vdev);
void vidmem_vram_revoke(struct vidmem_device *vdev);
u64 vidmem_vram_unused(struct vidmem_vram *vram);
void vidmem_vram_part(struct vidmem_vram *vram, u64 offset,
		      struct vidmem_part *part);
u64 vidmem_vram_largest_free(struct vidmem_vram *vram);

/* ready.c */
u64 vidmem_ready_waiting(struct vidmem_vram *vram);

/* save.c */
int vidmem_vram_prepare_save(struct vidmem_vram *vram);
int vidmem_vram_save(struct vidmem_vram *vram);
void vidmem_vram_restore(struct vidmem_vram *vram);
void vidmem_vram_drop_save(struct vidmem_vram *vram);

/* area.c */
int vidmem_area_get(struct vidmem_device *vdev, struct vidmem_area_user *user,
		    u64 size, u64 end, struct vidmem_object *shown, u64 *start);
void vidmem_area_tidy(struct vidmem_device *vdev);
void vidmem_area_lock(struct vidmem_device *vdev);
bool vidmem_area_is_at(const struct vidmem_device *vdev, u64 start);
void vidmem_area_unlock(struct vidmem_device *vdev);
void vidmem_area_put(struct vidmem_device *vdev, struct vidmem_area_user *user);

/* import.c */
struct drm_gem_object *vidmem_prime_import(struct drm_device *drm,
					   struct dma_buf *dma_buf);

/* object.c */
bool vidmem_object_is_in_vram(const struct vidmem_object *vobj);
void vidmem_show_fdinfo(struct drm_printer *p, struct drm_file *file);
int vidmem_dumb_create(struct drm_file *file, struct drm_device *drm,
		       struct drm_mode_create_dumb *args);
int vidmem_dumb_map_offset(struct drm_file *file, struct drm_device *drm,
			   u32 handle, u64 *offset);
int vidmem_create_ioctl(struct drm_device *drm, void *data,
			struct drm_file *file);

/* fault.c */
bool vidmem_may_map_large(const struct vidmem_vram *vram);

/* displayed.c */
void vidmem_displayed_set(struct vidmem_device *vdev,
			  struct drm_gem_object *obj, u64 offset, u64 length);
bool vidmem_displayed_is_direct(struct vidmem_device *vdev,
				struct drm_gem_object *obj);

/* view.c */
int vidmem_mmap(struct file *filp, struct vm_area_struct *vma);
void vidmem_views_print(struct drm_device *drm, struct drm_printer *p);

/* placement.c */
unsigned long vidmem_get_unmapped_area(struct file *filp, unsigned long addr,
				       unsigned long len, unsigned long pgoff,
				       unsigned long flags);

/* requests.c */
int vidmem_map_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
long vidmem_unmap_ioctl(struct file *filp, unsigned int cmd, unsigned long arg);

#endif /* _VIDMEM_MEMORY_H_ */
