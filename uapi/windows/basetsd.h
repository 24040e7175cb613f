/* SPDX-License-Identifier: MIT */
/* The base types of Windows, which are all in one file here. */
#include <windef.h>
