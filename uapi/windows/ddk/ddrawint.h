/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_DDRAWINT_H
#define VIDMEM_DDRAWINT_H

/*
 * DirectDraw, as far as drivers name it in passing: what their own structures
 * hold, and what is only pointed to. DirectDraw itself is not served.
 */

#include <windef.h>

#ifndef FLATPTR_DEFINED
#define FLATPTR_DEFINED
typedef ULONG_PTR FLATPTR;
#endif

typedef struct _DDSCAPS {
	DWORD dwCaps;
} DDSCAPS, *LPDDSCAPS;

typedef struct _DDSCAPSEX {
	DWORD dwCaps2;
	DWORD dwCaps3;
	DWORD dwCaps4;
} DDSCAPSEX, *LPDDSCAPSEX;

typedef struct _DDCOLORKEY {
	DWORD dwColorSpaceLowValue;
	DWORD dwColorSpaceHighValue;
} DDCOLORKEY, *LPDDCOLORKEY;

typedef struct _DDPIXELFORMAT {
	DWORD dwSize;
	DWORD dwFlags;
	DWORD dwFourCC;
	__extension__ union {
		DWORD dwRGBBitCount;
		DWORD dwYUVBitCount;
		DWORD dwZBufferBitDepth;
		DWORD dwAlphaBitDepth;
	};
	__extension__ union {
		DWORD dwRBitMask;
		DWORD dwYBitMask;
	};
	__extension__ union {
		DWORD dwGBitMask;
		DWORD dwUBitMask;
	};
	__extension__ union {
		DWORD dwBBitMask;
		DWORD dwVBitMask;
	};
	__extension__ union {
		DWORD dwRGBAlphaBitMask;
		DWORD dwYUVAlphaBitMask;
	};
} DDPIXELFORMAT, *LPDDPIXELFORMAT;

typedef struct _VIDEOMEMORY {
	DWORD dwFlags;
	FLATPTR fpStart;
	__extension__ union {
		FLATPTR fpEnd;
		DWORD dwWidth;
	};
	DDSCAPS ddsCaps;
	DDSCAPS ddsCapsAlt;
	__extension__ union {
		struct _VMEMHEAP *lpHeap;
		DWORD dwHeight;
	};
} VIDEOMEMORY, *PVIDEOMEMORY;

typedef struct _VIDEOMEMORYINFO {
	FLATPTR fpPrimary;
	DWORD dwFlags;
	DWORD dwDisplayWidth;
	DWORD dwDisplayHeight;
	LONG lDisplayPitch;
	DDPIXELFORMAT ddpfDisplay;
	DWORD dwOffscreenAlign;
	DWORD dwOverlayAlign;
	DWORD dwTextureAlign;
	DWORD dwZBufferAlign;
	DWORD dwAlphaAlign;
	PVOID pvPrimary;
} VIDEOMEMORYINFO, *LPVIDEOMEMORYINFO;

typedef struct _DD_CREATESURFACEDATA *PDD_CREATESURFACEDATA;
typedef struct _DD_CANCREATESURFACEDATA *PDD_CANCREATESURFACEDATA;
typedef struct _DD_DESTROYSURFACEDATA *PDD_DESTROYSURFACEDATA;
typedef struct _DD_BLTDATA *PDD_BLTDATA;
typedef struct _DD_FLIPDATA *PDD_FLIPDATA;
typedef struct _DD_LOCKDATA *PDD_LOCKDATA;
typedef struct _DD_UNLOCKDATA *PDD_UNLOCKDATA;
typedef struct _DD_GETBLTSTATUSDATA *PDD_GETBLTSTATUSDATA;
typedef struct _DD_GETFLIPSTATUSDATA *PDD_GETFLIPSTATUSDATA;
typedef struct _DD_MAPMEMORYDATA *PDD_MAPMEMORYDATA;
typedef struct _DD_WAITFORVERTICALBLANKDATA *PDD_WAITFORVERTICALBLANKDATA;
typedef struct _DD_GETDRIVERINFODATA *PDD_GETDRIVERINFODATA;

/*
 * What a driver fills in to say what it serves: its size, flags, and functions,
 * none of which is ever called.
 */
typedef struct DD_CALLBACKS {
	DWORD dwSize;
	DWORD dwFlags;
	PVOID DestroyDriver;
	DWORD (WINAPI *CreateSurface)(struct _DD_CREATESURFACEDATA *data);
	PVOID SetColorKey;
	PVOID SetMode;
	DWORD (WINAPI *WaitForVerticalBlank)
		(struct _DD_WAITFORVERTICALBLANKDATA *data);
	DWORD (WINAPI *CanCreateSurface)(struct _DD_CANCREATESURFACEDATA *data);
	PVOID CreatePalette;
	PVOID GetScanLine;
	DWORD (WINAPI *MapMemory)(struct _DD_MAPMEMORYDATA *data);
} DD_CALLBACKS, *PDD_CALLBACKS;

typedef struct DD_SURFACECALLBACKS {
	DWORD dwSize;
	DWORD dwFlags;
	DWORD (WINAPI *DestroySurface)(struct _DD_DESTROYSURFACEDATA *data);
	DWORD (WINAPI *Flip)(struct _DD_FLIPDATA *data);
	PVOID SetClipList;
	DWORD (WINAPI *Lock)(struct _DD_LOCKDATA *data);
	DWORD (WINAPI *Unlock)(struct _DD_UNLOCKDATA *data);
	DWORD (WINAPI *Blt)(struct _DD_BLTDATA *data);
	PVOID SetColorKey;
	PVOID AddAttachedSurface;
	DWORD (WINAPI *GetBltStatus)(struct _DD_GETBLTSTATUSDATA *data);
	DWORD (WINAPI *GetFlipStatus)(struct _DD_GETFLIPSTATUSDATA *data);
	PVOID UpdateOverlay;
	PVOID SetOverlayPosition;
	PVOID reserved4;
	PVOID SetPalette;
} DD_SURFACECALLBACKS, *PDD_SURFACECALLBACKS;

typedef struct DD_PALETTECALLBACKS {
	DWORD dwSize;
	DWORD dwFlags;
	PVOID DestroyPalette;
	PVOID SetEntries;
} DD_PALETTECALLBACKS, *PDD_PALETTECALLBACKS;

typedef struct _DD_DIRECTDRAW_GLOBAL DD_DIRECTDRAW_GLOBAL,
	*PDD_DIRECTDRAW_GLOBAL;
typedef struct _DD_DIRECTDRAW_LOCAL DD_DIRECTDRAW_LOCAL,
	*PDD_DIRECTDRAW_LOCAL;
typedef struct _DD_HALINFO DD_HALINFO, *PDD_HALINFO;
typedef struct _DD_SURFACE_GLOBAL DD_SURFACE_GLOBAL, *PDD_SURFACE_GLOBAL;
typedef struct _DD_SURFACE_LOCAL DD_SURFACE_LOCAL, *PDD_SURFACE_LOCAL;

#endif /* VIDMEM_DDRAWINT_H */
