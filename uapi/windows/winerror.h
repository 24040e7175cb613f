/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINERROR_H
#define VIDMEM_WINERROR_H

/*
 * The Win32 numbers that a video request can end with, those that files answer
 * with, and those that miniports and display drivers name.
 */

#ifndef NO_ERROR
#define NO_ERROR			0
#endif
#define ERROR_SUCCESS			0
#define ERROR_INVALID_FUNCTION		1
#define ERROR_FILE_NOT_FOUND		2
#define ERROR_ACCESS_DENIED		5
#define ERROR_INVALID_HANDLE		6
#define ERROR_NOT_ENOUGH_MEMORY		8
#define ERROR_GEN_FAILURE		31
#define ERROR_NOT_SUPPORTED		50
#define ERROR_DEV_NOT_EXIST		55
#define ERROR_INVALID_PARAMETER		87
#define ERROR_BAD_DRIVER_LEVEL		119
#define ERROR_INSUFFICIENT_BUFFER	122
#define ERROR_INVALID_NAME		123
#define ERROR_BUSY			170
#define ERROR_MORE_DATA			234
#define WAIT_TIMEOUT			258
#define ERROR_NO_MORE_ITEMS		259
#define ERROR_IO_PENDING		997
#define ERROR_DEVICE_REINITIALIZATION_NEEDED 1164
#define ERROR_CONTINUE			1246
#define ERROR_NO_MORE_DEVICES		1248

#ifndef S_OK
#define S_OK				0
#define S_FALSE				1
#endif

#endif /* VIDMEM_WINERROR_H */
