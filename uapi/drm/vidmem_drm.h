/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef _VIDMEM_DRM_H_
#define _VIDMEM_DRM_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * DOC: uapi rules
 *
 * Every structure is a multiple of 8 bytes, every member naturally aligned and
 * every hole a named member, so 32-bit and 64-bit programs share one layout.
 *
 * Members marked [in] are read, [out] are written on success only, [inout] are
 * both. Unknown flag bits and non-zero members marked MBZ are refused with
 * EINVAL before anything else is looked at, so that they can get a meaning
 * later. New members go to the end, zero means the old behaviour, and every
 * addition raises the driver's minor version. Numbers are never used again.
 *
 * A request that fails changes nothing. ENODEV from any of them but UNMAP, which
 * is served always, says that the adapter is gone; EFAULT that the argument
 * structure cannot be read or written. One case of EFAULT leaves something
 * behind: when MAP succeeds but its results cannot be copied out because the
 * caller's structure is read-only, the view stays until the process exits.
 */

#define DRM_VIDMEM_MAP_VIDEO_MEMORY	0x00
#define DRM_VIDMEM_UNMAP_VIDEO_MEMORY	0x01
#define DRM_VIDMEM_CREATE		0x02
#define DRM_VIDMEM_GET_PARAM		0x03

/**
 * DRM_VIDMEM_MAP_POPULATE - All pages of the view are present on return; no
 * access to it faults, short of the adapter going away.
 */
#define DRM_VIDMEM_MAP_POPULATE		(1 << 0)
/**
 * DRM_VIDMEM_MAP_READ_ONLY - The view can only be read, for its whole life:
 * mprotect(2) cannot make it writable. Without this flag the device file must
 * be open for writing.
 */
#define DRM_VIDMEM_MAP_READ_ONLY	(1 << 1)

/**
 * struct drm_vidmem_map_video_memory - Map video memory into the caller.
 *
 * Each call makes a fresh view. A view is one thing: it cannot be split, moved,
 * grown, partly unmapped or partly re-protected, a forked child does not get
 * it, it is never executable and not part of core dumps. It lives until
 * DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY, munmap(2) of exactly the whole view, or
 * the end of the process; closing the file or the handle does not end it.
 *
 * For tools that see system calls only, mmap(2) makes a view as well, since
 * driver version 1.1: MAP_SHARED, at the offset that DRM_IOCTL_MODE_MAP_DUMB
 * tells, plus the size of the object, plus what would be @view_offset. At the
 * offset itself it makes a plain mapping, with Linux's usual rules.
 *
 * Errors:
 *  - EINVAL: unknown flag, offset or address not a multiple of the page size,
 *    offset or offset + size past the end of the object, or an address range
 *    that is no user address range
 *  - ENOENT: no object has this handle, or handle is 0 and nothing is displayed
 *  - EACCES: handle is 0 and the caller is not the current DRM master, or holds
 *    no handle of the displayed object; or the file is not open for reading,
 *    or not for writing and the view not read-only
 *  - EEXIST: something is mapped in the requested range; it is left alone
 *  - EOPNOTSUPP: the object is not in video memory: a dumb buffer for which
 *    there was no room or that had to make room, or another device's dma-buf
 *  - EPERM: the requested address is below vm.mmap_min_addr, which only
 *    processes with CAP_SYS_RAWIO may map
 *  - ENOMEM: out of system memory, or of address space, or over a limit of the
 *    process
 *  - EINTR: the process is being killed
 */
struct drm_vidmem_map_video_memory {
	/**
	 * @requested_virtual_address: [in] Where the view shall begin: exactly
	 * there or not at all. A multiple of the page size. 0: the kernel
	 * chooses. (Rules M2 and M3.)
	 */
	__u64 requested_virtual_address;
	/**
	 * @handle: [in] GEM handle of the object. 0: the object that is on
	 * display, for the DRM master that holds a handle of it.
	 */
	__u32 handle;
	/** @flags: [in] DRM_VIDMEM_MAP_*. All other bits MBZ. */
	__u32 flags;
	/**
	 * @view_offset: [in] First byte of the object in the view. A multiple
	 * of the page size, less than the size of the object.
	 */
	__u64 view_offset;
	/**
	 * @view_size: [in] Bytes in the view, rounded up to whole pages.
	 * 0: from @view_offset to the end of the object. (Rule M1.)
	 */
	__u64 view_size;
	/** @video_ram_base: [out] Address of the first byte of the view. */
	__u64 video_ram_base;
	/** @video_ram_length: [out] Bytes mapped, a multiple of the page size. */
	__u64 video_ram_length;
	/**
	 * @frame_buffer_base: [out] Address in this view of what was on display
	 * at the time of the call; 0 if none of it lies in the view. (Rule M6.)
	 */
	__u64 frame_buffer_base;
	/**
	 * @frame_buffer_length: [out] Visible lines times bytes per line, cut
	 * to what lies in the view; 0 if nothing does. (Rule M8.)
	 */
	__u64 frame_buffer_length;
};

/**
 * struct drm_vidmem_unmap_video_memory - Release a view as a whole.
 *
 * Served in every mode, and when the adapter has gone: it touches no hardware
 * (rule U11). Of two calls that race for one view exactly one succeeds.
 *
 * Errors:
 *  - EINVAL: non-zero flags, or the address does not lie in a view that this
 *    process made through this file; nothing is unmapped then (rule U7)
 *  - ENOMEM: out of system memory; the view is still there
 *  - EPERM: the process has sealed the view by mseal(2), so that it stays there
 */
struct drm_vidmem_unmap_video_memory {
	/**
	 * @requested_virtual_address: [in] Any address inside the view.
	 * (Rules U1 and U4.)
	 */
	__u64 requested_virtual_address;
	/** @flags: [in] MBZ. */
	__u64 flags;
};

/**
 * struct drm_vidmem_create - Create an object in video memory.
 *
 * The object reads as zero, stays at one place in video memory for its life,
 * and goes with the last handle, view, framebuffer or dma-buf that names it.
 *
 * Errors:
 *  - EINVAL: size is 0 or cannot be rounded up, or non-zero flags
 *  - ENOSPC: no free range of video memory is large enough; see
 *    DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE
 *  - ENOMEM: out of system memory
 *  - EINTR: the process is being killed
 */
struct drm_vidmem_create {
	/**
	 * @size: [inout] Bytes wanted, not 0; returned rounded up to whole
	 * pages.
	 */
	__u64 size;
	/** @flags: [in] MBZ. */
	__u32 flags;
	/** @handle: [out] GEM handle of the new object, never 0. */
	__u32 handle;
};

/** DRM_VIDMEM_PARAM_VRAM_SIZE - Bytes of video memory of the adapter. */
#define DRM_VIDMEM_PARAM_VRAM_SIZE		0
/** DRM_VIDMEM_PARAM_VRAM_FREE - Bytes of it that no object has. */
#define DRM_VIDMEM_PARAM_VRAM_FREE		1
/**
 * DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE - Bytes of the largest object that could
 * be created now.
 */
#define DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE	2
/**
 * DRM_VIDMEM_PARAM_MAP_GRANULE - Bytes of the largest page that a view of the
 * caller's can be made of. A power of two, the page size or more.
 */
#define DRM_VIDMEM_PARAM_MAP_GRANULE		3
/** DRM_VIDMEM_PARAM_ADAPTER - Kind of adapter, DRM_VIDMEM_ADAPTER_*. */
#define DRM_VIDMEM_PARAM_ADAPTER		4

/** DRM_VIDMEM_ADAPTER_BOCHS - PCI 1234:1111, as in QEMU. */
#define DRM_VIDMEM_ADAPTER_BOCHS		0
/** DRM_VIDMEM_ADAPTER_VIRTUAL - Video memory made of system memory. */
#define DRM_VIDMEM_ADAPTER_VIRTUAL		1

/**
 * struct drm_vidmem_get_param - Ask for a property of the adapter.
 *
 * Errors:
 *  - EINVAL: unknown param
 */
struct drm_vidmem_get_param {
	/** @param: [in] DRM_VIDMEM_PARAM_*. */
	__u64 param;
	/** @value: [out] Its value, in the unit that the parameter names. */
	__u64 value;
};

#define DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VIDMEM_MAP_VIDEO_MEMORY, \
		 struct drm_vidmem_map_video_memory)
#define DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VIDMEM_UNMAP_VIDEO_MEMORY, \
		struct drm_vidmem_unmap_video_memory)
#define DRM_IOCTL_VIDMEM_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VIDMEM_CREATE, \
		 struct drm_vidmem_create)
#define DRM_IOCTL_VIDMEM_GET_PARAM \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VIDMEM_GET_PARAM, \
		 struct drm_vidmem_get_param)

#if defined(__cplusplus)
}
#endif

#endif /* _VIDMEM_DRM_H_ */
