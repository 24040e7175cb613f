// SPDX-License-Identifier: GPL-2.0-only OR MIT

/* The tracepoints themselves; those who have something to tell include the header. */
#define CREATE_TRACE_POINTS
#include "driver/trace.h"
