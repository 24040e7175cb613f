// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Who has which part of video memory, beside a simple model of it: a byte for each page.
 * No request fails while the model has room for it, nothing is given out twice, and
 * what is given out reads zero.
 */

#include <kunit/test.h>

#include <linux/prandom.h>
#include <linux/vmalloc.h>

/* As they are not the module's to export. */
#include "memory/ready.c"
#include "memory/vram.c"

#define PAGES		4096		/* 16 MiB */
#define RANGES		256
#define ROUNDS		5000

struct model {
	struct vidmem_vram *vram;
	/* Which pages somebody has. */
	u8 used[PAGES];
	struct vidmem_range *ranges[RANGES];
	struct rnd_state random;
};

/* The same each time. */
static u32 below(struct model *model, u32 limit)
{
	return prandom_u32_state(&model->random) % limit;
}

static u32 model_largest(const struct model *model)
{
	u32 i, run = 0, largest = 0;

	for (i = 0; i < PAGES; i++) {
		run = model->used[i] ? 0 : run + 1;
		largest = max(largest, run);
	}

	return largest;
}

static void model_take(struct kunit *test, struct model *model, u32 pages,
		       u32 factor, struct vidmem_range **slot)
{
	struct vidmem_vram *vram = model->vram;
	u32 largest = model_largest(model);
	struct vidmem_range *range;
	u32 i, first;
	int ret;

	range = kzalloc(sizeof(*range), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, range);
	range->unready = vidmem_unready_alloc();
	KUNIT_ASSERT_NOT_NULL(test, range->unready);
	ret = vidmem_vram_place_when_ready(vram, range, (u64)pages * PAGE_SIZE,
					   factor);
	KUNIT_ASSERT_EQ_MSG(test, ret, pages <= largest ? 0 : -ENOSPC,
			    "%u pages with a hole of %u", pages, largest);
	if (ret) {
		kfree(range->unready);
		kfree(range);
		return;
	}

	first = range->node.start / PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, range->node.start % PAGE_SIZE, 0);
	KUNIT_ASSERT_EQ(test, range->node.size, (u64)pages * PAGE_SIZE);
	KUNIT_ASSERT_LE(test, first + pages, PAGES);
	for (i = first; i < first + pages; i++)
		KUNIT_ASSERT_FALSE(test, model->used[i]);
	KUNIT_ASSERT_PTR_EQ(test,
			    memchr_inv(vram->map.vaddr + range->node.start, 0,
				       range->node.size), NULL);
	memset(vram->map.vaddr + range->node.start, 0xa5, range->node.size);
	memset(model->used + first, 1, pages);
	*slot = range;
}

static void model_give(struct model *model, struct vidmem_range **slot)
{
	struct vidmem_range *range = *slot;

	memset(model->used + range->node.start / PAGE_SIZE, 0,
	       range->node.size / PAGE_SIZE);
	vidmem_vram_free(model->vram, range);
	kfree(range);
	*slot = NULL;
}

/* Small ones mostly, whole large pages, and whatever is left. */
static u32 model_size(struct model *model)
{
	switch (below(model, 8)) {
	case 0:
		return (1 + below(model, 4)) * (PMD_SIZE / PAGE_SIZE);
	case 1:
		return 1 + below(model, PAGES / 2);
	case 2:
		return model_largest(model) + 1;
	case 3:
		return max(model_largest(model), 1);
	default:
		return 1 + below(model, 64);
	}
}

static void vram_fuzz(struct kunit *test, u32 factor)
{
	struct vidmem_vram *vram;
	struct model *model;
	u32 i, slot;

	model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	vram = kunit_kzalloc(test, sizeof(*vram), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model);
	KUNIT_ASSERT_NOT_NULL(test, vram);
	model->vram = vram;
	prandom_seed_state(&model->random, factor);

	vram->size = (u64)PAGES * PAGE_SIZE;
	vram->factor = factor;
	vram->granule = PMD_SIZE;
	iosys_map_set_vaddr(&vram->map, vmalloc(vram->size));
	KUNIT_ASSERT_NOT_NULL(test, vram->map.vaddr);
	vram->clearer = alloc_workqueue("vidmem-kunit", WQ_UNBOUND, 1);
	KUNIT_ASSERT_NOT_NULL(test, vram->clearer);
	KUNIT_ASSERT_EQ(test, percpu_init_rwsem(&vram->gate), 0);
	mutex_init(&vram->lock);
	INIT_LIST_HEAD(&vram->waiting);
	INIT_DELAYED_WORK(&vram->clear_work, vidmem_ready_work);
	drm_mm_init(&vram->mm, 0, vram->size);
	drm_mm_init(&vram->ready, 0, vram->size);
	/* All of it is dirty, as an adapter's may be. */
	memset(vram->map.vaddr, 0xa5, vram->size);
	mutex_lock(&vram->lock);
	vidmem_ready_wait_at(vram, vidmem_unready_alloc(), 0, vram->size);
	mutex_unlock(&vram->lock);

	for (i = 0; i < ROUNDS; i++) {
		slot = below(model, RANGES);
		if (model->ranges[slot])
			model_give(model, &model->ranges[slot]);
		else
			model_take(test, model, model_size(model),
				   below(model, 2) ? factor : 1,
				   &model->ranges[slot]);
		KUNIT_ASSERT_EQ(test, vidmem_vram_largest_free(vram) / PAGE_SIZE,
				model_largest(model));
		cond_resched();
	}

	for (slot = 0; slot < RANGES; slot++)
		if (model->ranges[slot])
			model_give(model, &model->ranges[slot]);
	KUNIT_EXPECT_EQ(test, vidmem_vram_unused(vram), vram->size);
	/* It ends by itself, with all of it clear. */
	flush_delayed_work(&vram->clear_work);
	KUNIT_EXPECT_EQ(test, vidmem_ready_waiting(vram), 0);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(vram->map.vaddr, 0, vram->size),
			    NULL);

	destroy_workqueue(vram->clearer);
	drm_mm_takedown(&vram->ready);
	drm_mm_takedown(&vram->mm);
	percpu_free_rwsem(&vram->gate);
	vfree(vram->map.vaddr);
}

static void vram_fuzz_1(struct kunit *test)
{
	vram_fuzz(test, 1);
}

/* As on a VGA, for pixels of 3 bytes. */
static void vram_fuzz_3(struct kunit *test)
{
	vram_fuzz(test, 3);
}

static struct kunit_case vram_cases[] = {
	KUNIT_CASE(vram_fuzz_1),
	KUNIT_CASE(vram_fuzz_3),
	{}
};

static struct kunit_suite vram_suite = {
	.name		= "vidmem-vram",
	.test_cases	= vram_cases,
};
kunit_test_suite(vram_suite);
