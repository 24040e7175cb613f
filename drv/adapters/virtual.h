/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_VIRTUAL_H_
#define _VIDMEM_VIRTUAL_H_

/* Virtual adapters, for whoever decides that there shall be some: configfs.c. */

struct platform_device;
struct vidmem_config;

struct platform_device *vidmem_virtual_add(const struct vidmem_config *config);
void vidmem_virtual_remove(struct platform_device *pdev);
int vidmem_virtual_set_screen(struct platform_device *pdev,
			      const struct vidmem_config *config);
int vidmem_virtual_card(struct platform_device *pdev);
const struct vidmem_config *vidmem_virtual_config(void);

#endif /* _VIDMEM_VIRTUAL_H_ */
