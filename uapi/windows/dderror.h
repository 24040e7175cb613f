/* SPDX-License-Identifier: MIT */
#include "ddk/dderror.h"
