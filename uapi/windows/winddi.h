/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINDDI_H
#define VIDMEM_WINDDI_H

/* Requests to a device, as a Windows display driver makes them. */

#include "windef.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The same as DeviceIoControl() of windows.h, on the same handles. Returns 0 or
 * a Win32 error number.
 */
DWORD vidmem_eng_device_io_control(HANDLE device, DWORD code, LPVOID input,
				   DWORD input_size, LPVOID output,
				   DWORD output_size, LPDWORD returned);
#define EngDeviceIoControl vidmem_eng_device_io_control

#ifdef __cplusplus
}
#endif

#endif /* VIDMEM_WINDDI_H */
