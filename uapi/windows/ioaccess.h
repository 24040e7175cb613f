/* SPDX-License-Identifier: MIT */
#include "ddk/ioaccess.h"
