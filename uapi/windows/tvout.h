/* SPDX-License-Identifier: MIT */
#include "ddk/tvout.h"
