/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_DEVIOCTL_H
#define VIDMEM_DEVIOCTL_H

/* How control codes are made: those of displays, and those that drivers make up. */

#ifndef CTL_CODE
#define CTL_CODE(device, function, method, access) \
	((ULONG)(device) << 16 | (ULONG)(access) << 14 | \
	 (ULONG)(function) << 2 | (ULONG)(method))
#endif
#ifndef DEVICE_TYPE
#define DEVICE_TYPE			ULONG
#endif
#ifndef DEVICE_TYPE_FROM_CTL_CODE
#define DEVICE_TYPE_FROM_CTL_CODE(code)	((ULONG)(code) >> 16)
#endif

#ifndef METHOD_BUFFERED
#define METHOD_BUFFERED			0
#define METHOD_IN_DIRECT		1
#define METHOD_OUT_DIRECT		2
#define METHOD_NEITHER			3
#endif

#ifndef FILE_ANY_ACCESS
#define FILE_ANY_ACCESS			0
#define FILE_SPECIAL_ACCESS		FILE_ANY_ACCESS
#define FILE_READ_ACCESS		0x0001
#define FILE_WRITE_ACCESS		0x0002
#endif

#ifndef FILE_DEVICE_VIDEO
#define FILE_DEVICE_SCREEN		0x0000001c
#define FILE_DEVICE_UNKNOWN		0x00000022
#define FILE_DEVICE_VIDEO		0x00000023
#endif
#ifndef FILE_DEVICE_FULLSCREEN_VIDEO
#define FILE_DEVICE_FULLSCREEN_VIDEO	0x00000034
#endif

#endif /* VIDMEM_DEVIOCTL_H */
