/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINIOCTL_H
#define VIDMEM_WINIOCTL_H

/* How control codes are made; of the codes themselves only those for displays. */

#include "windef.h"
#include "ddk/devioctl.h"

#endif /* VIDMEM_WINIOCTL_H */
