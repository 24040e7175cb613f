// SPDX-License-Identifier: MIT
/*
 * A display driver that maps video memory before it sets a mode, to see how much
 * there is, and maps anew whenever it gets the display. Its surface is the
 * device's own, made a bitmap over wherever memory is now.
 */

#include "display.h"

#define HOOKS HOOK_SYNCHRONIZE

static BOOL bMap(PPDEV ppdev)
{
	ULONG needed = ppdev->mode.VisScreenHeight * ppdev->mode.ScreenStride;
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY memory = { NULL };

	if (!bRequest(ppdev, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory,
		      sizeof(memory), &info, sizeof(info)))
		return FALSE;
	ppdev->pjScreen = (PBYTE)info.VideoRamBase;
	if (info.FrameBufferLength >= needed)
		return TRUE;

	vDebug("%lu bytes of frame buffer, %lu needed\n",
	       info.FrameBufferLength, needed);
	return FALSE;
}

static VOID vUnmap(PPDEV ppdev)
{
	VIDEO_MEMORY memory;

	if (!ppdev->pjScreen)
		return;
	memory.RequestedVirtualAddress = ppdev->pjScreen;
	bRequest(ppdev, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &memory,
		 sizeof(memory), NULL, 0);
	ppdev->pjScreen = NULL;
}

static BOOL bPlaceSurface(PPDEV ppdev)
{
	return EngModifySurface(ppdev->hsurf, ppdev->hdev, HOOKS,
				MS_NOTSYSTEMMEMORY, (DHSURF)ppdev,
				ppdev->pjScreen, ppdev->mode.ScreenStride,
				NULL);
}

HSURF APIENTRY DrvEnableSurface(DHPDEV dhpdev)
{
	PPDEV ppdev = (PPDEV)dhpdev;
	SIZEL size;

	size.cx = ppdev->mode.VisScreenWidth;
	size.cy = ppdev->mode.VisScreenHeight;
	ppdev->hsurf = EngCreateDeviceSurface((DHSURF)ppdev, size,
					      ulFormat(ppdev));
	if (!ppdev->hsurf || !bMap(ppdev) || !bSetMode(ppdev) ||
	    !bPlaceSurface(ppdev))
		return NULL;

	return ppdev->hsurf;
}

VOID APIENTRY DrvDisableSurface(DHPDEV dhpdev)
{
	PPDEV ppdev = (PPDEV)dhpdev;

	EngDeleteSurface(ppdev->hsurf);
	vUnmap(ppdev);
}

BOOL APIENTRY DrvAssertMode(DHPDEV dhpdev, BOOL bEnable)
{
	PPDEV ppdev = (PPDEV)dhpdev;

	if (!bEnable) {
		vUnmap(ppdev);
		return bRequest(ppdev, IOCTL_VIDEO_RESET_DEVICE, NULL, 0, NULL,
				0);
	}

	return bMap(ppdev) && bSetMode(ppdev) && bPlaceSurface(ppdev);
}

/* Nothing is ever under way: a frame buffer has no engine to wait for. */
VOID APIENTRY DrvSynchronize(DHPDEV dhpdev, RECTL *prcl)
{
	UNREFERENCED_PARAMETER(dhpdev);
	UNREFERENCED_PARAMETER(prcl);
}

static DRVFN gadrvfn[] = {
	{ INDEX_DrvEnablePDEV, (PFN)DrvEnablePDEV },
	{ INDEX_DrvCompletePDEV, (PFN)DrvCompletePDEV },
	{ INDEX_DrvDisablePDEV, (PFN)DrvDisablePDEV },
	{ INDEX_DrvEnableSurface, (PFN)DrvEnableSurface },
	{ INDEX_DrvDisableSurface, (PFN)DrvDisableSurface },
	{ INDEX_DrvAssertMode, (PFN)DrvAssertMode },
	{ INDEX_DrvSynchronize, (PFN)DrvSynchronize },
	{ INDEX_DrvSetPalette, (PFN)DrvSetPalette },
	{ INDEX_DrvGetModes, (PFN)DrvGetModes },
};

BOOL APIENTRY DrvEnableDriver(ULONG iEngineVersion, ULONG cj,
			      DRVENABLEDATA *pded)
{
	UNREFERENCED_PARAMETER(iEngineVersion);
	if (cj < sizeof(*pded))
		return FALSE;
	pded->iDriverVersion = DDI_DRIVER_VERSION_NT5_01;
	pded->c = sizeof(gadrvfn) / sizeof(gadrvfn[0]);
	pded->pdrvfn = gadrvfn;

	return TRUE;
}
