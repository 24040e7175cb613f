// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "adapters/config.h"

/**
 * DOC: configuration
 *
 * The words of module parameters and of configfs are read here, each alone: what is
 * wrong changes nothing. Where one has to fit another is told when there is to be an
 * adapter, so that they can be written in any order.
 */

/* Of text that a user has written, with white space around it: the longest, and more. */
#define VIDMEM_CONFIG_TEXT	32

/* Returns: whether it is not too long, with what is left of it in @buf. */
static bool vidmem_config_trim(char *buf, const char *text)
{
	char *start;

	if (strscpy(buf, text, VIDMEM_CONFIG_TEXT) < 0)
		return false;
	start = strim(buf);
	memmove(buf, start, strlen(start) + 1);

	return true;
}

static int vidmem_config_number(const char *text, u32 min, u32 max, u32 *number)
{
	u32 value;
	int ret;

	ret = kstrtou32(text, 10, &value);
	if (ret)
		return ret;
	if (value < min || value > max)
		return -EINVAL;
	*number = value;

	return 0;
}

/* Two numbers of up to five digits, and what follows them. */
static bool vidmem_config_pair(const char *text, u32 *first, u32 *second,
			       char *rest)
{
	char buf[VIDMEM_CONFIG_TEXT];

	rest[0] = '\0';

	return vidmem_config_trim(buf, text) &&
	       sscanf(buf, "%5ux%5u%31s", first, second, rest) >= 2;
}

/**
 * vidmem_config_set_vram_mb - read the size of video memory
 * @config: what is changed
 * @text: MiB, up to %VIDMEM_CONFIG_VRAM_MB_MAX
 * @size: bytes of it
 *
 * Returns: 0, -EINVAL or -ERANGE.
 */
int vidmem_config_set_vram_mb(struct vidmem_config *config, const char *text,
			      size_t size)
{
	return vidmem_config_number(text, 1, VIDMEM_CONFIG_VRAM_MB_MAX,
				    &config->vram_mb);
}

/**
 * vidmem_config_set_desktop - read who may have the display
 * @config: what is changed
 * @text: a boolean: whether desktops and the console may
 * @size: bytes of it
 *
 * Returns: 0 or -EINVAL.
 */
int vidmem_config_set_desktop(struct vidmem_config *config, const char *text,
			      size_t size)
{
	return kstrtobool(text, &config->is_desktop);
}

/**
 * vidmem_config_set_plugged - read whether there is a screen
 * @config: what is changed
 * @text: a boolean
 * @size: bytes of it
 *
 * Returns: 0 or -EINVAL.
 */
int vidmem_config_set_plugged(struct vidmem_config *config, const char *text,
			      size_t size)
{
	return kstrtobool(text, &config->screen.is_plugged);
}

/**
 * vidmem_config_set_mode - read the preferred mode of a screen without EDID
 * @config: what is changed
 * @text: WIDTHxHEIGHT or WIDTHxHEIGHT@REFRESH
 * @size: bytes of it
 *
 * Returns: 0, -EINVAL or -ERANGE.
 */
int vidmem_config_set_mode(struct vidmem_config *config, const char *text,
			   size_t size)
{
	struct vidmem_screen *screen = &config->screen;
	u32 width, height, refresh = screen->refresh;
	char rest[VIDMEM_CONFIG_TEXT];
	int ret;

	if (!vidmem_config_pair(text, &width, &height, rest) ||
	    width < VIDMEM_MODE_SIZE_MIN || width > VIDMEM_CONFIG_SIZE_MAX ||
	    height < VIDMEM_MODE_SIZE_MIN || height > VIDMEM_CONFIG_SIZE_MAX ||
	    (rest[0] && rest[0] != '@'))
		return -EINVAL;
	if (rest[0]) {
		ret = vidmem_config_number(rest + 1, VIDMEM_CONFIG_REFRESH_MIN,
					   VIDMEM_CONFIG_REFRESH_MAX, &refresh);
		if (ret)
			return ret;
	}
	screen->width = width;
	screen->height = height;
	screen->refresh = refresh;

	return 0;
}

/**
 * vidmem_config_set_refresh - read the rate of the preferred mode
 * @config: what is changed
 * @text: Hz, %VIDMEM_CONFIG_REFRESH_MIN to %VIDMEM_CONFIG_REFRESH_MAX
 * @size: bytes of it
 *
 * Returns: 0, -EINVAL or -ERANGE.
 */
int vidmem_config_set_refresh(struct vidmem_config *config, const char *text,
			      size_t size)
{
	return vidmem_config_number(text, VIDMEM_CONFIG_REFRESH_MIN,
				    VIDMEM_CONFIG_REFRESH_MAX,
				    &config->screen.refresh);
}

/**
 * vidmem_config_set_size_mm - read the size of a screen without EDID
 * @config: what is changed
 * @text: WIDTHxHEIGHT in millimetres, or 0x0: not known
 * @size: bytes of it
 *
 * Returns: 0 or -EINVAL.
 */
int vidmem_config_set_size_mm(struct vidmem_config *config, const char *text,
			      size_t size)
{
	u32 width, height;
	char rest[VIDMEM_CONFIG_TEXT];

	if (!vidmem_config_pair(text, &width, &height, rest) || rest[0] ||
	    !width != !height)
		return -EINVAL;
	config->screen.width_mm = width;
	config->screen.height_mm = height;

	return 0;
}

static bool vidmem_edid_block_is_right(const u8 *block)
{
	u8 sum = 0;
	int i;

	for (i = 0; i < VIDMEM_EDID_BLOCK; i++)
		sum += block[i];

	return !sum;
}

/**
 * vidmem_config_set_edid - take what a screen says of itself
 * @config: what is changed
 * @edid: whole blocks, as many as the first one tells, each with its checksum
 * @size: bytes; 0, or one that ends a line: the screen shall say nothing
 *
 * Returns: 0; -EINVAL if it is none; -EFBIG.
 */
int vidmem_config_set_edid(struct vidmem_config *config, const char *edid,
			   size_t size)
{
	static const u8 header[] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	const u8 *bytes = (const u8 *)edid;
	size_t done;

	/* There is no other way to write nothing to a file of configfs. */
	if (size == 1 && *edid == '\n')
		size = 0;
	if (size > VIDMEM_EDID_MAX)
		return -EFBIG;
	/* The last but one byte of the first block says how many follow. */
	if (size && (size < VIDMEM_EDID_BLOCK ||
		     memcmp(bytes, header, sizeof(header)) ||
		     size != (bytes[126] + 1) * VIDMEM_EDID_BLOCK))
		return -EINVAL;
	for (done = 0; done < size; done += VIDMEM_EDID_BLOCK)
		if (!vidmem_edid_block_is_right(bytes + done))
			return -EINVAL;
	memcpy(config->screen.edid, bytes, size);
	config->screen.edid_size = size;

	return 0;
}

/**
 * vidmem_config_mode_fits - whether the preferred mode fits into video memory
 * @config: what the adapter shall be
 */
bool vidmem_config_mode_fits(const struct vidmem_config *config)
{
	return (u64)config->screen.width * config->screen.height * 4 <=
	       (u64)config->vram_mb * SZ_1M;
}
