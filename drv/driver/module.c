// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/module.h>

#include "adapters/adapter.h"

static int __init vidmem_init(void)
{
	int ret;

	ret = vidmem_bochs_init();
	if (ret)
		return ret;

	ret = vidmem_virtual_init();
	if (ret < 0)
		goto out_bochs;

	ret = vidmem_configfs_init(ret);
	if (ret)
		goto out_virtual;

	return 0;

out_virtual:
	vidmem_virtual_exit();
out_bochs:
	vidmem_bochs_exit();
	return ret;
}

static void __exit vidmem_exit(void)
{
	vidmem_configfs_exit();
	vidmem_virtual_exit();
	vidmem_bochs_exit();
}

module_init(vidmem_init);
module_exit(vidmem_exit);

MODULE_DESCRIPTION("DRM driver that maps video memory by one request");
MODULE_AUTHOR("The vidmem developers");
MODULE_LICENSE("Dual MIT/GPL");
