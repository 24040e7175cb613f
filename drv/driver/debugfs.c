// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/kernel.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "driver/debugfs.h"
#include "driver/device.h"

/* Each number is right at its moment; others may have changed since. */
static int vidmem_debugfs_vram(struct seq_file *seq, void *data)
{
	struct drm_info_node *node = seq->private;
	struct vidmem_vram *vram = &to_vidmem_device(node->minor->dev)->vram;

	seq_printf(seq, "size: %llu\n", vram->size);
	seq_printf(seq, "unused: %llu\n", vidmem_vram_unused(vram));
	seq_printf(seq, "largest free: %llu\n", vidmem_vram_largest_free(vram));
	seq_printf(seq, "waiting: %llu\n", vidmem_ready_waiting(vram));

	return 0;
}

static const struct drm_info_list vidmem_debugfs_files[] = {
	{ VIDMEM_NAME "_vram", vidmem_debugfs_vram },
};

/**
 * vidmem_debugfs_init - show in debugfs what becomes of video memory
 * @minor: whose folder it is
 */
void vidmem_debugfs_init(struct drm_minor *minor)
{
	drm_debugfs_create_files(vidmem_debugfs_files,
				 ARRAY_SIZE(vidmem_debugfs_files),
				 minor->debugfs_root, minor);
}
