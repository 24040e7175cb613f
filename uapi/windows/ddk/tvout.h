/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_TVOUT_H
#define VIDMEM_TVOUT_H

/* What HANDLE_VIDEOPARAMETERS takes and gives. No adapter has television output. */

#include <windef.h>
#include <guiddef.h>

typedef struct _VIDEOPARAMETERS {
	GUID Guid;
	ULONG dwOffset;
	ULONG dwCommand;		/* VP_COMMAND_* */
	ULONG dwFlags;			/* VP_FLAGS_* */
	ULONG dwMode;			/* VP_MODE_* */
	ULONG dwTVStandard;		/* VP_TV_STANDARD_* */
	ULONG dwAvailableModes;
	ULONG dwAvailableTVStandard;
	ULONG dwFlickerFilter;		/* in tenths of a percent */
	ULONG dwOverScanX;
	ULONG dwOverScanY;
	ULONG dwMaxUnscaledX;
	ULONG dwMaxUnscaledY;
	ULONG dwPositionX;
	ULONG dwPositionY;
	ULONG dwBrightness;
	ULONG dwContrast;
	ULONG dwCPType;
	ULONG dwCPCommand;
	ULONG dwCPStandard;
	ULONG dwCPKey;
	ULONG bCP_APSTriggerBits;
	UCHAR bOEMCopyProtection[256];
} VIDEOPARAMETERS, *PVIDEOPARAMETERS, *LPVIDEOPARAMETERS;

#define VP_COMMAND_GET		0x0001
#define VP_COMMAND_SET		0x0002

#define VP_FLAGS_TV_MODE	0x0001
#define VP_FLAGS_TV_STANDARD	0x0002
#define VP_FLAGS_FLICKER	0x0004
#define VP_FLAGS_OVERSCAN	0x0008
#define VP_FLAGS_MAX_UNSCALED	0x0010
#define VP_FLAGS_POSITION	0x0020
#define VP_FLAGS_BRIGHTNESS	0x0040
#define VP_FLAGS_CONTRAST	0x0080
#define VP_FLAGS_COPYPROTECT	0x0100

#define VP_MODE_WIN_GRAPHICS	0x0001
#define VP_MODE_TV_PLAYBACK	0x0002

#endif /* VIDMEM_TVOUT_H */
