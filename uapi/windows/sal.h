/* SPDX-License-Identifier: MIT */
#include "ddk/specstrings.h"
