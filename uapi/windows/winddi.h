/* SPDX-License-Identifier: MIT */
#include "ddk/winddi.h"
