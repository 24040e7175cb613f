/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_CONFIG_H_
#define _VIDMEM_CONFIG_H_

/*
 * What a virtual adapter shall be: data, what it is written as, and what of it is
 * right. It knows of no device and of no file.
 */

#include <linux/types.h>

#include "display/screen.h"

#define VIDMEM_CONFIG_SIZE_MAX		16384
#define VIDMEM_CONFIG_VRAM_MB_MAX	16384
#define VIDMEM_CONFIG_REFRESH_MIN	24
#define VIDMEM_CONFIG_REFRESH_MAX	360

/**
 * struct vidmem_config - what a virtual adapter shall be
 */
struct vidmem_config {
	/** @vram_mb: Video memory in MiB. */
	u32 vram_mb;
	/** @is_desktop: Desktops and the console may have its display. */
	bool is_desktop;
	/** @screen: What is at its connector. */
	struct vidmem_screen screen;
};

/* Reads what a user has written: text, or bytes. */
typedef int (*vidmem_config_set_fn)(struct vidmem_config *config,
				    const char *text, size_t size);

int vidmem_config_set_vram_mb(struct vidmem_config *config, const char *text,
			      size_t size);
int vidmem_config_set_desktop(struct vidmem_config *config, const char *text,
			      size_t size);
int vidmem_config_set_mode(struct vidmem_config *config, const char *text,
			   size_t size);
int vidmem_config_set_refresh(struct vidmem_config *config, const char *text,
			      size_t size);
int vidmem_config_set_size_mm(struct vidmem_config *config, const char *text,
			      size_t size);
int vidmem_config_set_edid(struct vidmem_config *config, const char *text,
			   size_t size);
int vidmem_config_set_plugged(struct vidmem_config *config, const char *text,
			      size_t size);
bool vidmem_config_mode_fits(const struct vidmem_config *config);

#endif /* _VIDMEM_CONFIG_H_ */
