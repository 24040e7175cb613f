/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINERROR_H
#define VIDMEM_WINERROR_H

/* The Win32 numbers that a video request can end with. */

#ifndef NO_ERROR
#define NO_ERROR			0
#endif
#define ERROR_SUCCESS			0
#define ERROR_INVALID_FUNCTION		1
#define ERROR_INVALID_HANDLE		6
#define ERROR_NOT_ENOUGH_MEMORY		8
#define ERROR_DEV_NOT_EXIST		55
#define ERROR_INVALID_PARAMETER		87
#define ERROR_INSUFFICIENT_BUFFER	122
#define ERROR_BUSY			170
#define ERROR_MORE_DATA			234

#endif /* VIDMEM_WINERROR_H */
