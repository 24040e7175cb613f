/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * All differences between kernel versions, and the only place that may know of
 * them: the newest kernel's names for older kernels.
 */
#ifndef _VIDMEM_COMPAT_H_
#define _VIDMEM_COMPAT_H_

#include <linux/mm.h>
#include <linux/version.h>

#include <drm/drm_device.h>
#include <drm/drm_fb_helper.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "vidmem needs Linux 6.1 or newer"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}

static inline void vm_flags_clear(struct vm_area_struct *vma,
				  unsigned long flags)
{
	vma->vm_flags &= ~flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define drm_atomic_helper_check_crtc_primary_plane(state) \
	drm_atomic_helper_check_crtc_state(state, false)
#endif

/* The format's description comes with .fb_create() since 6.17. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define VIDMEM_FB_INFO_PARAM
#define VIDMEM_FB_INFO_ARG
#else
#define VIDMEM_FB_INFO_PARAM	const struct drm_format_info *info,
#define VIDMEM_FB_INFO_ARG	info,
#endif

/* What struct drm_driver must say on older kernels: PRIME until 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define VIDMEM_COMPAT_DRIVER_OPS				\
	.date			= "20261122",			\
	.prime_handle_to_fd	= drm_gem_prime_handle_to_fd,	\
	.prime_fd_to_handle	= drm_gem_prime_fd_to_handle,	\
	.gem_prime_mmap		= drm_gem_prime_mmap,
#endif

/* fbdev emulation as a DRM client, set up after registration. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline void drm_client_setup(struct drm_device *drm, const void *format)
{
	drm_fbdev_generic_setup(drm, 32);
}
#endif

#endif /* _VIDMEM_COMPAT_H_ */
