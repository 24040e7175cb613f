/* SPDX-License-Identifier: MIT */
#include "ddk/ntddvdeo.h"
