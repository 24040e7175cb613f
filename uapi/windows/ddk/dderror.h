/* SPDX-License-Identifier: MIT */
/* The numbers that a miniport may answer are those of winerror.h. */
#include <winerror.h>
