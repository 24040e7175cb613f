// SPDX-License-Identifier: MIT
/*
 * A display driver that sets its mode, maps video memory once, and draws by that
 * pointer until its surface ends, whatever becomes of the display meanwhile.
 * Its surface is a bitmap over the mapping.
 */

#include "display.h"

HSURF APIENTRY DrvEnableSurface(DHPDEV dhpdev)
{
	PPDEV ppdev = (PPDEV)dhpdev;
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY memory = { NULL };
	volatile ULONG *probe;
	SIZEL size;

	if (!bSetMode(ppdev) ||
	    !bRequest(ppdev, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory,
		      sizeof(memory), &info, sizeof(info)))
		return NULL;
	ppdev->pjScreen = (PBYTE)info.FrameBufferBase;

	/* Is there memory? */
	probe = (volatile ULONG *)ppdev->pjScreen;
	*probe = 0xaa55aa55;
	if (*probe != 0xaa55aa55)
		return NULL;

	size.cx = ppdev->mode.VisScreenWidth;
	size.cy = ppdev->mode.VisScreenHeight;
	ppdev->hsurf = (HSURF)EngCreateBitmap(size, ppdev->mode.ScreenStride,
					      ulFormat(ppdev), BMF_TOPDOWN,
					      ppdev->pjScreen);
	if (!ppdev->hsurf ||
	    !EngAssociateSurface(ppdev->hsurf, ppdev->hdev, 0))
		return NULL;

	return ppdev->hsurf;
}

VOID APIENTRY DrvDisableSurface(DHPDEV dhpdev)
{
	PPDEV ppdev = (PPDEV)dhpdev;
	VIDEO_MEMORY memory;

	EngDeleteSurface(ppdev->hsurf);
	memory.RequestedVirtualAddress = ppdev->pjScreen;
	bRequest(ppdev, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &memory,
		 sizeof(memory), NULL, 0);
}

BOOL APIENTRY DrvAssertMode(DHPDEV dhpdev, BOOL bEnable)
{
	PPDEV ppdev = (PPDEV)dhpdev;

	if (bEnable)
		return bSetMode(ppdev);
	return bRequest(ppdev, IOCTL_VIDEO_RESET_DEVICE, NULL, 0, NULL, 0);
}

static DRVFN gadrvfn[] = {
	{ INDEX_DrvEnablePDEV, (PFN)DrvEnablePDEV },
	{ INDEX_DrvCompletePDEV, (PFN)DrvCompletePDEV },
	{ INDEX_DrvDisablePDEV, (PFN)DrvDisablePDEV },
	{ INDEX_DrvEnableSurface, (PFN)DrvEnableSurface },
	{ INDEX_DrvDisableSurface, (PFN)DrvDisableSurface },
	{ INDEX_DrvAssertMode, (PFN)DrvAssertMode },
	{ INDEX_DrvSetPalette, (PFN)DrvSetPalette },
	{ INDEX_DrvGetModes, (PFN)DrvGetModes },
};

BOOL APIENTRY DrvEnableDriver(ULONG iEngineVersion, ULONG cj,
			      DRVENABLEDATA *pded)
{
	UNREFERENCED_PARAMETER(iEngineVersion);
	if (cj < sizeof(*pded))
		return FALSE;
	pded->iDriverVersion = DDI_DRIVER_VERSION_NT5;
	pded->c = sizeof(gadrvfn) / sizeof(gadrvfn[0]);
	pded->pdrvfn = gadrvfn;

	return TRUE;
}
