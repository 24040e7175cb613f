/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * All differences between kernel versions, and the only place that may know of
 * them: the newest kernel's names for older kernels. It knows nothing of ours.
 */
#ifndef _VIDMEM_COMPAT_H_
#define _VIDMEM_COMPAT_H_

#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/userfaultfd_k.h>
#include <linux/version.h>

#include <drm/drm_connector.h>
#include <drm/drm_device.h>
#include <drm/drm_fb_helper.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "vidmem needs Linux 6.1 or newer"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
/* Whoever writes has the lock of the whole process, and there is no other. */
static inline void vma_start_write(struct vm_area_struct *vma)
{
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_mod(struct vm_area_struct *vma, unsigned long set,
				unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}

/* drm_edid_connector_update() adds the modes itself. */
static inline int drm_edid_connector_add_modes(struct drm_connector *connector)
{
	struct list_head *mode;
	int count = 0;

	list_for_each(mode, &connector->probed_modes)
		count++;

	return count;
}
#endif

/* The process that an address space belongs to, for the caller; 0 if it is not known. */
static inline pid_t vidmem_mm_pid(const struct mm_struct *mm)
{
	pid_t pid = 0;

#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner)
		pid = task_tgid_vnr(owner);
	rcu_read_unlock();
#endif

	return pid;
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define drm_atomic_helper_check_crtc_primary_plane(state) \
	drm_atomic_helper_check_crtc_state(state, false)
#endif

#ifndef VIDMEM_HAS_HRTIMER_SETUP
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *timer),
	      clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

/*
 * Large pages of device memory. Before 6.12 the kernel asks no .huge_fault() of
 * a mapping like ours, but lets .fault() install one itself: as a devmap entry,
 * of which get_user_pages_fast() finds no pages to take. This is for 6.1 alone:
 * from 6.2 to 6.5 /proc/PID/smaps looks for a page behind such an entry of any
 * mapping, and the memory of a device has none.
 */
#if defined(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP)
#define VIDMEM_PMD_ORDER		(PMD_SHIFT - PAGE_SHIFT)
#define VIDMEM_PFN_FLAGS		PFN_DEV
#define VIDMEM_HUGE_FAULT(handler)	.huge_fault = handler,
#elif defined(CONFIG_TRANSPARENT_HUGEPAGE) && \
	defined(CONFIG_ARCH_HAS_PTE_DEVMAP) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define VIDMEM_PMD_ORDER		(PMD_SHIFT - PAGE_SHIFT)
#define VIDMEM_PFN_FLAGS		(PFN_DEV | PFN_MAP)
#define VIDMEM_HUGE_FAULT(handler)
#else
#define VIDMEM_PMD_ORDER		UINT_MAX
#define VIDMEM_HUGE_FAULT(handler)
#define vmf_insert_pfn_pmd(vmf, pfn, write) ((void)(pfn), VM_FAULT_FALLBACK)
#endif

#if defined(CONFIG_ARCH_SUPPORTS_PUD_PFNMAP)
#define VIDMEM_PUD_ORDER		(PUD_SHIFT - PAGE_SHIFT)
#else
#define VIDMEM_PUD_ORDER		UINT_MAX
#define vmf_insert_pfn_pud(vmf, pfn, write) ((void)(pfn), VM_FAULT_FALLBACK)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>

#ifndef vmf_insert_pfn_pmd
#define vmf_insert_pfn_pmd(vmf, pfn, write) \
	vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, VIDMEM_PFN_FLAGS), write)
#endif
#ifndef vmf_insert_pfn_pud
#define vmf_insert_pfn_pud(vmf, pfn, write) \
	vmf_insert_pfn_pud(vmf, __pfn_to_pfn_t(pfn, VIDMEM_PFN_FLAGS), write)
#endif
#endif

/*
 * Where userfaultfd watches for writes, it leaves a mark in the place of an entry
 * that is not there. Some kernels let it watch any mapping, ours too.
 */
#if !defined(VIDMEM_HAS_PTE_SWP_UFFD_ANY)
#define pte_swp_uffd_any pte_swp_uffd_wp_any
#define pte_mkuffd pte_mkuffd_wp
#endif

#define vidmem_pte_is_marker(pte)	pte_swp_uffd_any(pte)

static inline pte_t vidmem_pte_keep_marker(pte_t pte, pte_t old)
{
	return pte_swp_uffd_any(old) ? pte_mkuffd(pte) : pte;
}

/* Flags of a VMA are a bitmap since 7.0, which has names of its own. */
#ifdef VIDMEM_HAS_VMA_FLAGS
#define VIDMEM_NORESERVE	mk_vma_flags(VMA_NORESERVE_BIT)
#else
#define VIDMEM_NORESERVE	VM_NORESERVE
#endif

/* Chunks of 1 GiB: the allocator is there for modules since 7.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0) || !defined(CONFIG_CONTIG_ALLOC)
#undef alloc_contig_pages
#define alloc_contig_pages(count, gfp, node, mask) ((struct page *)NULL)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define mm_get_unmapped_area(filp, addr, len, pgoff, flags) \
	(current->mm->get_unmapped_area(filp, addr, len, pgoff, flags))
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define mm_get_unmapped_area(filp, addr, len, pgoff, flags) \
	mm_get_unmapped_area(current->mm, filp, addr, len, pgoff, flags)
#endif

/* It asks the VMA itself since 7.3. */
#if !defined(VIDMEM_HAS_VMA_IS_COW_MAPPING)
#define vma_is_cow_mapping(vma) is_cow_mapping((vma)->vm_flags)
#endif

/* Control groups count device memory since 6.14. Before 7.3 the size alone is told. */
#if defined(VIDMEM_HAS_CGROUP_DMEM)
#include <linux/cgroup_dmem.h>
#endif

#if !defined(VIDMEM_HAS_DMEM_CGROUP_INIT)
struct dmem_cgroup_init {
	u64 size;
};
#endif

#if !defined(VIDMEM_HAS_CGROUP_DMEM)
#define drmm_cgroup_register_region(drm, name, init) ({ (void)(init); NULL; })
#define dmem_cgroup_try_charge(region, size, pool, limit) \
	({ (void)(region); (void)(size); *(pool) = NULL; 0; })
#define dmem_cgroup_uncharge(pool, size) do { } while (0)
#elif !defined(VIDMEM_HAS_DMEM_CGROUP_INIT)
#define drmm_cgroup_register_region(drm, name, init) \
	drmm_cgroup_register_region(drm, name, (init)->size)
#endif

/*
 * What a driver adds to /proc/PID/fdinfo is an operation of it since 6.5. Before
 * that, all of it was. @show: what the driver adds.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

#define VIDMEM_FDINFO_DRIVER_OPS(show)
#define VIDMEM_DEFINE_SHOW_FDINFO(show)						\
static void drm_show_fdinfo(struct seq_file *m, struct file *filp)		\
{										\
	struct drm_file *file = filp->private_data;				\
	struct device *dev = file->minor->dev->dev;				\
	struct drm_printer p = drm_seq_file_printer(m);				\
										\
	seq_printf(m, "drm-driver:\t%s\n", file->minor->dev->driver->name);	\
	if (dev_is_pci(dev))							\
		seq_printf(m, "drm-pdev:\t%s\n", dev_name(dev));		\
	show(&p, file);								\
}
#else
#define VIDMEM_FDINFO_DRIVER_OPS(show)	.show_fdinfo = show,
#define VIDMEM_DEFINE_SHOW_FDINFO(show)
#endif

/* The format's description comes with .fb_create() since 6.17. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define VIDMEM_FB_INFO_PARAM
#define VIDMEM_FB_INFO_ARG
#else
#define VIDMEM_FB_INFO_PARAM	const struct drm_format_info *info,
#define VIDMEM_FB_INFO_ARG	info,
#endif

/*
 * fbdev emulation is a DRM client with a buffer operation of the driver. Before
 * that it was one call, after registration. Stable kernels have got the new way
 * as well, so Kbuild looks for its headers.
 */
#if defined(VIDMEM_HAS_DRM_CLIENTS)
#include <drm/clients/drm_client_setup.h>
#include <drm/drm_fbdev_ttm.h>
#define VIDMEM_FBDEV_DRIVER_OPS DRM_FBDEV_TTM_DRIVER_OPS,
#elif defined(VIDMEM_HAS_DRM_CLIENT_SETUP)
#include <drm/drm_client_setup.h>
#include <drm/drm_fbdev_ttm.h>
#define VIDMEM_FBDEV_DRIVER_OPS DRM_FBDEV_TTM_DRIVER_OPS,
#else
#if defined(VIDMEM_HAS_DRM_FBDEV_GENERIC)
#include <drm/drm_fbdev_generic.h>
#elif defined(VIDMEM_HAS_DRM_FBDEV_TTM)
/* 6.11 and the first 6.12: the new name for the old way. */
#include <drm/drm_fbdev_ttm.h>
#define drm_fbdev_generic_setup drm_fbdev_ttm_setup
#endif
#define VIDMEM_FBDEV_DRIVER_OPS

static inline void drm_client_setup(struct drm_device *drm, const void *format)
{
	drm_fbdev_generic_setup(drm, 32);
}
#endif

/* What struct drm_driver must say: the date until 6.14, PRIME until 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define VIDMEM_COMPAT_DRIVER_OPS				\
	.date			= "20261122",			\
	.prime_handle_to_fd	= drm_gem_prime_handle_to_fd,	\
	.prime_fd_to_handle	= drm_gem_prime_fd_to_handle,	\
	.gem_prime_mmap		= drm_gem_prime_mmap,
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define VIDMEM_COMPAT_DRIVER_OPS				\
	.date			= "20261122",
#else
#define VIDMEM_COMPAT_DRIVER_OPS
#endif

/* Offsets of the device file use all bits of loff_t. */
#ifndef FOP_UNSIGNED_OFFSET
#define VIDMEM_COMPAT_FOPS
#else
#define VIDMEM_COMPAT_FOPS .fop_flags = FOP_UNSIGNED_OFFSET,
#endif

/* The console draws in system memory, always so since 6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#define vidmem_prefer_shadow_fbdev(config) ((config)->prefer_shadow_fbdev = true)
#else
#define vidmem_prefer_shadow_fbdev(config) do { } while (0)
#endif

/* The name of the symbols of dma-buf is a string since 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define VIDMEM_IMPORT_DMA_BUF	MODULE_IMPORT_NS(DMA_BUF)
#else
#define VIDMEM_IMPORT_DMA_BUF	MODULE_IMPORT_NS("DMA_BUF")
#endif

/* What drm_plane_helper_funcs.atomic_async_check() is given: flips too, since 6.15. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define VIDMEM_ASYNC_CHECK_PARAMS \
	struct drm_plane *plane, struct drm_atomic_state *atomic
#else
#define VIDMEM_ASYNC_CHECK_PARAMS \
	struct drm_plane *plane, struct drm_atomic_state *atomic, bool flip
#endif

/* Which formats can be flipped to at once: Kbuild looks for it. */
#ifdef VIDMEM_HAS_ASYNC_FORMATS
#define VIDMEM_ASYNC_FORMATS(supported)	.format_mod_supported_async = supported,
#else
#define VIDMEM_ASYNC_FORMATS(supported)
#endif

/* A panic on the screen. Stable kernels may have got it: Kbuild looks. */
#ifdef VIDMEM_HAS_DRM_PANIC
#include <drm/drm_panic.h>

#define VIDMEM_PANIC_FUNC(function)	.get_scanout_buffer = function,
#else
#define VIDMEM_PANIC_FUNC(function)
#endif

/* The type of an atomic update was renamed; no old names are left to clash. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define drm_atomic_state drm_atomic_commit
#define drm_atomic_state_alloc drm_atomic_commit_alloc
#define drm_atomic_state_put drm_atomic_commit_put
#endif

#endif /* _VIDMEM_COMPAT_H_ */
