// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What a user may say a virtual adapter shall be. Each setter is given right words and
 * wrong ones; these leave all as it was.
 */

#include <kunit/test.h>

#include <linux/module.h>

/* As they are not the module's to export. */
#include "adapters/config.c"

static const struct vidmem_config start = {
	.vram_mb = 64,
	.screen = {
		.width = 1024, .height = 768, .refresh = 60,
		.width_mm = 300, .height_mm = 200, .is_plugged = true,
	},
};

struct text_case {
	vidmem_config_set_fn set;
	const char *text;
	/* What is set, or -1 for what is refused. */
	s64 first, second, third;
};

static const struct text_case text_cases[] = {
	{ vidmem_config_set_vram_mb, "1", 1 },
	{ vidmem_config_set_vram_mb, "16384\n", 16384 },
	{ vidmem_config_set_vram_mb, "0", -1 },
	{ vidmem_config_set_vram_mb, "16385", -1 },
	{ vidmem_config_set_vram_mb, "4294967297", -1 },
	{ vidmem_config_set_vram_mb, "-1", -1 },
	{ vidmem_config_set_vram_mb, "0x10", -1 },
	{ vidmem_config_set_vram_mb, "64 M", -1 },
	{ vidmem_config_set_vram_mb, "", -1 },
	{ vidmem_config_set_desktop, "1\n", 1 },
	{ vidmem_config_set_desktop, "n", 0 },
	{ vidmem_config_set_desktop, "", -1 },
	{ vidmem_config_set_plugged, "0", 0 },
	{ vidmem_config_set_plugged, "on", 1 },
	{ vidmem_config_set_plugged, "2", -1 },
	{ vidmem_config_set_mode, "32x32", 32, 32, 60 },
	{ vidmem_config_set_mode, "31x480", -1 },
	{ vidmem_config_set_mode, "640x31", -1 },
	{ vidmem_config_set_mode, " 16384x16384@360\n", 16384, 16384, 360 },
	{ vidmem_config_set_mode, "640x480@24", 640, 480, 24 },
	{ vidmem_config_set_mode, "640x480@23", -1 },
	{ vidmem_config_set_mode, "640x480@361", -1 },
	{ vidmem_config_set_mode, "640x480@3601", -1 },
	{ vidmem_config_set_mode, "640x480@", -1 },
	{ vidmem_config_set_mode, "640x480@60Hz", -1 },
	{ vidmem_config_set_mode, "640x480x60", -1 },
	{ vidmem_config_set_mode, "640x480 60", -1 },
	{ vidmem_config_set_mode, "640", -1 },
	{ vidmem_config_set_mode, "640x", -1 },
	{ vidmem_config_set_mode, "0x480", -1 },
	{ vidmem_config_set_mode, "640x0", -1 },
	{ vidmem_config_set_mode, "16385x480", -1 },
	{ vidmem_config_set_mode, "640x16385", -1 },
	{ vidmem_config_set_mode, "4294967936x480", -1 },
	{ vidmem_config_set_mode, "-640x480", -1 },
	{ vidmem_config_set_mode, "640x480                              ", -1 },
	{ vidmem_config_set_refresh, "24", 24 },
	{ vidmem_config_set_refresh, "360\n", 360 },
	{ vidmem_config_set_refresh, "23", -1 },
	{ vidmem_config_set_refresh, "361", -1 },
	{ vidmem_config_set_refresh, "60.0", -1 },
	{ vidmem_config_set_size_mm, "600x340\n", 600, 340 },
	{ vidmem_config_set_size_mm, "0x0", 0, 0 },
	{ vidmem_config_set_size_mm, "600x0", -1 },
	{ vidmem_config_set_size_mm, "0x340", -1 },
	{ vidmem_config_set_size_mm, "600x340mm", -1 },
	{ vidmem_config_set_size_mm, "600", -1 },
};

/* What is to be there after what is not refused. */
static void expect_set(const struct text_case *text, struct vidmem_config *want)
{
	if (text->set == vidmem_config_set_vram_mb) {
		want->vram_mb = text->first;
	} else if (text->set == vidmem_config_set_desktop) {
		want->is_desktop = text->first;
	} else if (text->set == vidmem_config_set_plugged) {
		want->screen.is_plugged = text->first;
	} else if (text->set == vidmem_config_set_mode) {
		want->screen.width = text->first;
		want->screen.height = text->second;
		want->screen.refresh = text->third;
	} else if (text->set == vidmem_config_set_refresh) {
		want->screen.refresh = text->first;
	} else {
		want->screen.width_mm = text->first;
		want->screen.height_mm = text->second;
	}
}

static void config_texts(struct kunit *test)
{
	struct vidmem_config *config, *want;
	int i, ret;

	config = kunit_kzalloc(test, sizeof(*config), GFP_KERNEL);
	want = kunit_kzalloc(test, sizeof(*want), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, config);
	KUNIT_ASSERT_NOT_NULL(test, want);

	for (i = 0; i < ARRAY_SIZE(text_cases); i++) {
		const struct text_case *text = &text_cases[i];

		*config = start;
		*want = start;
		ret = text->set(config, text->text, strlen(text->text));
		if (text->first < 0)
			KUNIT_EXPECT_LT_MSG(test, ret, 0, "\"%s\"", text->text);
		else
			KUNIT_EXPECT_EQ_MSG(test, ret, 0, "\"%s\"", text->text);
		if (text->first >= 0)
			expect_set(text, want);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(config, want, sizeof(*want)),
				    0, "\"%s\"", text->text);
	}
}

/* So many blocks, all right. */
static void make_edid(u8 *edid, int blocks)
{
	int block, i;

	memset(edid, 0, blocks * VIDMEM_EDID_BLOCK);
	memset(edid + 1, 255, 6);
	edid[126] = blocks - 1;
	for (block = 0; block < blocks; block++, edid += VIDMEM_EDID_BLOCK) {
		edid[100] = block + 1;
		for (i = 0; i < VIDMEM_EDID_BLOCK - 1; i++)
			edid[VIDMEM_EDID_BLOCK - 1] -= edid[i];
	}
}

static void config_edid(struct kunit *test)
{
	size_t most = VIDMEM_EDID_MAX + VIDMEM_EDID_BLOCK;
	struct vidmem_config *config, *before;
	const u32 sizes[] = { 1, 127, 129, 255 };
	char *edid;
	int blocks, i;

	config = kunit_kzalloc(test, sizeof(*config), GFP_KERNEL);
	before = kunit_kzalloc(test, sizeof(*before), GFP_KERNEL);
	edid = kunit_kzalloc(test, most, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, config);
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_ASSERT_NOT_NULL(test, edid);

	for (blocks = 1; blocks <= VIDMEM_EDID_MAX / VIDMEM_EDID_BLOCK; blocks++) {
		u32 size = blocks * VIDMEM_EDID_BLOCK;

		*config = start;
		make_edid(edid, blocks);
		KUNIT_EXPECT_EQ(test, vidmem_config_set_edid(config, edid, size), 0);
		KUNIT_EXPECT_EQ(test, config->screen.edid_size, size);
		KUNIT_EXPECT_EQ(test, memcmp(config->screen.edid, edid, size), 0);

		/* Any block is looked at. */
		*before = *config;
		for (i = 0; i < size; i += 31) {
			edid[i] ^= 1 << i % 8;
			KUNIT_EXPECT_EQ_MSG(test,
					    vidmem_config_set_edid(config, edid, size),
					    -EINVAL, "byte %d of %u", i, size);
			edid[i] ^= 1 << i % 8;
		}
		KUNIT_EXPECT_EQ(test, vidmem_config_set_edid(config, edid,
							     size - 128),
				size == 128 ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, !!memcmp(config, before, sizeof(*before)),
				size == 128);
	}

	make_edid(edid, 1);
	*before = *config;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		KUNIT_EXPECT_EQ(test, vidmem_config_set_edid(config, edid, sizes[i]),
				-EINVAL);
	KUNIT_EXPECT_EQ(test, vidmem_config_set_edid(config, edid, most), -EFBIG);
	KUNIT_EXPECT_EQ(test, memcmp(config, before, sizeof(*before)), 0);

	KUNIT_EXPECT_EQ(test, vidmem_config_set_edid(config, "\n", 1), 0);
	KUNIT_EXPECT_EQ(test, config->screen.edid_size, 0);
}

static void config_mode_fits(struct kunit *test)
{
	struct vidmem_config *config;

	config = kunit_kzalloc(test, sizeof(*config), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, config);
	config->vram_mb = 4;
	config->screen.width = 1024;
	config->screen.height = 1024;
	KUNIT_EXPECT_TRUE(test, vidmem_config_mode_fits(config));
	config->screen.height = 1025;
	KUNIT_EXPECT_FALSE(test, vidmem_config_mode_fits(config));
	/* Past 32 bits. */
	config->screen.width = 16384;
	config->screen.height = 16384;
	config->vram_mb = 1023;
	KUNIT_EXPECT_FALSE(test, vidmem_config_mode_fits(config));
	config->vram_mb = 1024;
	KUNIT_EXPECT_TRUE(test, vidmem_config_mode_fits(config));
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE(config_texts),
	KUNIT_CASE(config_edid),
	KUNIT_CASE(config_mode_fits),
	{}
};

static struct kunit_suite config_suite = {
	.name		= "vidmem-config",
	.test_cases	= config_cases,
};
kunit_test_suite(config_suite);

MODULE_DESCRIPTION("Tests of vidmem without an adapter");
MODULE_LICENSE("Dual MIT/GPL");
