/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef _VIDMEM_POWER_H_
#define _VIDMEM_POWER_H_

struct vidmem_device;

int vidmem_power_init(struct vidmem_device *vdev);

#endif /* _VIDMEM_POWER_H_ */
