/* SPDX-License-Identifier: MIT */
#ifndef DISPLAY_H
#define DISPLAY_H

/*
 * What the two drivers in this folder have in common: modes, and what win32k is
 * told of a device. How they come by their memory, they do each in its way.
 */

#include <stdarg.h>

#include <windef.h>
#include <wingdi.h>
#include <winddi.h>
#include <devioctl.h>
#include <ntddvdeo.h>

typedef struct _PDEV {
	HANDLE hDriver;
	HDEV hdev;
	HSURF hsurf;
	HPALETTE hpal;
	VIDEO_MODE_INFORMATION mode;
	PBYTE pjScreen;
} PDEV, *PPDEV;

/* One request without a word on how much comes back. TRUE if it was served. */
BOOL bRequest(PPDEV ppdev, DWORD code, PVOID in, ULONG cjIn, PVOID out,
	      ULONG cjOut);

BOOL bSetMode(PPDEV ppdev);
ULONG ulFormat(const PDEV *ppdev);
VOID vDebug(PCHAR message, ...);

#endif /* DISPLAY_H */
