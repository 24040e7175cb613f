/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_DEBUGFS_H_
#define _VIDMEM_DEBUGFS_H_

struct drm_minor;

void vidmem_debugfs_init(struct drm_minor *minor);

#endif /* _VIDMEM_DEBUGFS_H_ */
