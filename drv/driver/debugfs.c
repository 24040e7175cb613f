// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_print.h>

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

/* All parts of video memory in their order; each is right at its moment. */
struct vidmem_layout {
	struct vidmem_vram *vram;
	struct vidmem_part part;
};

static void *vidmem_layout_start(struct seq_file *seq, loff_t *pos)
{
	struct vidmem_layout *layout = seq->private;

	if (*pos >= layout->vram->size)
		return NULL;
	vidmem_vram_part(layout->vram, *pos, &layout->part);

	return &layout->part;
}

static void *vidmem_layout_next(struct seq_file *seq, void *data, loff_t *pos)
{
	const struct vidmem_part *part = data;

	*pos = part->start + part->size;

	return vidmem_layout_start(seq, pos);
}

static void vidmem_layout_stop(struct seq_file *seq, void *data)
{
}

static int vidmem_layout_show(struct seq_file *seq, void *data)
{
	static const char *const names[] = {
		[VIDMEM_PART_FREE]	= "free",
		[VIDMEM_PART_UNREADY]	= "unready",
		[VIDMEM_PART_OBJECT]	= "object",
		[VIDMEM_PART_DUMB]	= "dumb",
		[VIDMEM_PART_AREA]	= "area",
	};
	const struct vidmem_part *part = data;

	seq_printf(seq, "%llu %llu %s\n", part->start, part->size,
		   names[part->kind]);

	return 0;
}

static const struct seq_operations vidmem_layout_ops = {
	.start	= vidmem_layout_start,
	.next	= vidmem_layout_next,
	.stop	= vidmem_layout_stop,
	.show	= vidmem_layout_show,
};

static int vidmem_layout_open(struct inode *inode, struct file *file)
{
	struct vidmem_layout *layout =
		__seq_open_private(file, &vidmem_layout_ops, sizeof(*layout));

	if (!layout)
		return -ENOMEM;
	layout->vram = inode->i_private;

	return 0;
}

static const struct file_operations vidmem_layout_fops = {
	.owner		= THIS_MODULE,
	.open		= vidmem_layout_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= seq_release_private,
};

static int vidmem_views_show(struct seq_file *seq, void *data)
{
	struct drm_printer p = drm_seq_file_printer(seq);

	vidmem_views_print(seq->private, &p);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vidmem_views);

/**
 * vidmem_debugfs_init - show in debugfs who has which part of video memory
 * @minor: whose folder it is
 */
void vidmem_debugfs_init(struct drm_minor *minor)
{
	drm_debugfs_create_files(vidmem_debugfs_files,
				 ARRAY_SIZE(vidmem_debugfs_files),
				 minor->debugfs_root, minor);
	debugfs_create_file(VIDMEM_NAME "_layout", 0400, minor->debugfs_root,
			    &to_vidmem_device(minor->dev)->vram,
			    &vidmem_layout_fops);
	debugfs_create_file(VIDMEM_NAME "_views", 0400, minor->debugfs_root,
			    minor->dev, &vidmem_views_fops);
}
