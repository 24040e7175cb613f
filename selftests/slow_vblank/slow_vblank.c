// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * For tests: each vblank is handled late, as if the processor that has the
 * interrupt were busy with something else.
 */

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

/* Most of a frame, so that what another processor does meanwhile falls into it. */
#define SLOW_VBLANK_MS	10

static int slow_vblank_wait(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(SLOW_VBLANK_MS);

	return 0;
}

static struct kprobe slow_vblank_probe = {
	.symbol_name	= "drm_handle_vblank",
	.pre_handler	= slow_vblank_wait,
};

static int __init slow_vblank_init(void)
{
	return register_kprobe(&slow_vblank_probe);
}

static void __exit slow_vblank_exit(void)
{
	unregister_kprobe(&slow_vblank_probe);
}

module_init(slow_vblank_init);
module_exit(slow_vblank_exit);
MODULE_DESCRIPTION("Late vblanks, for tests");
MODULE_LICENSE("Dual MIT/GPL");
