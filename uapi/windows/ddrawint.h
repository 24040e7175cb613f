/* SPDX-License-Identifier: MIT */
#include "ddk/ddrawint.h"
