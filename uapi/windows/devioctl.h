/* SPDX-License-Identifier: MIT */
#include "ddk/devioctl.h"
