// SPDX-License-Identifier: MIT
/*
 * Modes, PDEVs and palettes of a linear frame buffer. Written as display drivers
 * of Windows are: nothing in here knows that it runs on Linux.
 */

#include "display.h"

#define ALLOC_TAG 'dmdv'
#define FREQUENCIES_FIT(mode, wanted) \
	(!(wanted) || (mode)->Frequency == (wanted))

VOID vDebug(PCHAR message, ...)
{
	va_list ap;

	va_start(ap, message);
	EngDebugPrint("example: ", message, ap);
	va_end(ap);
}

BOOL bRequest(PPDEV ppdev, DWORD code, PVOID in, ULONG cjIn, PVOID out,
	      ULONG cjOut)
{
	DWORD returned;
	DWORD status = EngDeviceIoControl(ppdev->hDriver, code, in, cjIn, out,
					  cjOut, &returned);

	if (status)
		vDebug("request %lx failed: %lu\n", code, status);
	return !status;
}

static BOOL bUsable(const VIDEO_MODE_INFORMATION *mode)
{
	return mode->NumberOfPlanes == 1 &&
	       (mode->AttributeFlags & VIDEO_MODE_GRAPHICS) &&
	       (mode->BitsPerPlane == 8 || mode->BitsPerPlane == 16 ||
		mode->BitsPerPlane == 24 || mode->BitsPerPlane == 32);
}

/* All modes, those that are of no use with Length 0; to be freed. */
static PBYTE pjGetModes(HANDLE hDriver, VIDEO_NUM_MODES *num)
{
	PDEV asking = { 0 };
	ULONG i, size;
	PBYTE modes;

	asking.hDriver = hDriver;
	if (!bRequest(&asking, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0, num,
		      sizeof(*num)))
		return NULL;
	size = num->NumModes * num->ModeInformationLength;
	modes = EngAllocMem(FL_ZERO_MEMORY, size, ALLOC_TAG);
	if (!modes)
		return NULL;
	if (!bRequest(&asking, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL, 0, modes,
		      size)) {
		EngFreeMem(modes);
		return NULL;
	}
	for (i = 0; i < num->NumModes; i++) {
		PVIDEO_MODE_INFORMATION mode = (PVIDEO_MODE_INFORMATION)
			(modes + i * num->ModeInformationLength);

		if (!bUsable(mode))
			mode->Length = 0;
	}

	return modes;
}

ULONG APIENTRY DrvGetModes(HANDLE hDriver, ULONG cjSize, DEVMODEW *pdm)
{
	ULONG i, count = 0, room = cjSize / sizeof(DEVMODEW);
	VIDEO_NUM_MODES num;
	PBYTE modes = pjGetModes(hDriver, &num);

	if (!modes)
		return 0;
	for (i = 0; i < num.NumModes && (!pdm || count < room); i++) {
		PVIDEO_MODE_INFORMATION mode = (PVIDEO_MODE_INFORMATION)
			(modes + i * num.ModeInformationLength);

		if (!mode->Length)
			continue;
		if (pdm) {
			RtlZeroMemory(pdm, sizeof(*pdm));
			memcpy(pdm->dmDeviceName, L"example",
			       sizeof(L"example"));
			pdm->dmSpecVersion = DM_SPECVERSION;
			pdm->dmDriverVersion = DM_SPECVERSION;
			pdm->dmSize = sizeof(*pdm);
			pdm->dmBitsPerPel = mode->BitsPerPlane;
			pdm->dmPelsWidth = mode->VisScreenWidth;
			pdm->dmPelsHeight = mode->VisScreenHeight;
			pdm->dmDisplayFrequency = mode->Frequency;
			pdm->dmFields = DM_BITSPERPEL | DM_PELSWIDTH |
					DM_PELSHEIGHT | DM_DISPLAYFREQUENCY |
					DM_DISPLAYFLAGS;
			pdm++;
		}
		count++;
	}
	EngFreeMem(modes);

	return count * sizeof(DEVMODEW);
}

static BOOL bChooseMode(PPDEV ppdev, const DEVMODEW *pdm)
{
	VIDEO_NUM_MODES num;
	PBYTE modes = pjGetModes(ppdev->hDriver, &num);
	BOOL found = FALSE;
	ULONG i;

	if (!modes)
		return FALSE;
	for (i = 0; i < num.NumModes && !found; i++) {
		PVIDEO_MODE_INFORMATION mode = (PVIDEO_MODE_INFORMATION)
			(modes + i * num.ModeInformationLength);

		found = mode->Length &&
			mode->VisScreenWidth == pdm->dmPelsWidth &&
			mode->VisScreenHeight == pdm->dmPelsHeight &&
			mode->BitsPerPlane == pdm->dmBitsPerPel &&
			FREQUENCIES_FIT(mode, pdm->dmDisplayFrequency);
		if (found)
			ppdev->mode = *mode;
	}
	EngFreeMem(modes);

	return found;
}

ULONG ulFormat(const PDEV *ppdev)
{
	switch (ppdev->mode.BitsPerPlane) {
	case 8:
		return BMF_8BPP;
	case 16:
		return BMF_16BPP;
	case 24:
		return BMF_24BPP;
	default:
		return BMF_32BPP;
	}
}

static BOOL bMakePalette(PPDEV ppdev)
{
	ULONG colors[256], i;

	/* Shades of gray, until the system sends its own. */
	for (i = 0; i < 256; i++)
		colors[i] = i * 0x010101;
	ppdev->hpal = ppdev->mode.BitsPerPlane == 8 ?
		EngCreatePalette(PAL_INDEXED, 256, colors, 0, 0, 0) :
		EngCreatePalette(PAL_BITFIELDS, 0, NULL, ppdev->mode.RedMask,
				 ppdev->mode.GreenMask, ppdev->mode.BlueMask);

	return ppdev->hpal != NULL;
}

static VOID vFillInfo(const PDEV *ppdev, GDIINFO *gdi, DEVINFO *dev)
{
	gdi->ulVersion = GDI_DRIVER_VERSION;
	gdi->ulTechnology = DT_RASDISPLAY;
	gdi->ulHorzSize = ppdev->mode.XMillimeter;
	gdi->ulVertSize = ppdev->mode.YMillimeter;
	gdi->ulHorzRes = ppdev->mode.VisScreenWidth;
	gdi->ulVertRes = ppdev->mode.VisScreenHeight;
	gdi->cBitsPixel = ppdev->mode.BitsPerPlane;
	gdi->cPlanes = 1;
	gdi->ulNumColors = ppdev->mode.BitsPerPlane == 8 ? 20 : (ULONG)-1;
	gdi->ulNumPalReg = ppdev->mode.BitsPerPlane == 8 ? 256 : 0;
	gdi->flTextCaps = TC_RA_ABLE;
	gdi->ulAspectX = 0x24;
	gdi->ulAspectY = 0x24;
	gdi->ulAspectXY = 0x33;
	gdi->ulVRefresh = ppdev->mode.Frequency;
	gdi->ulPrimaryOrder = PRIMARY_ORDER_CBA;
	gdi->ulHTPatternSize = HT_PATSIZE_4x4_M;

	dev->flGraphicsCaps = GCAPS_OPAQUERECT;
	if (ppdev->mode.BitsPerPlane == 8)
		dev->flGraphicsCaps |= GCAPS_PALMANAGED;
	dev->iDitherFormat = ulFormat(ppdev);
	dev->hpalDefault = ppdev->hpal;
}

DHPDEV APIENTRY DrvEnablePDEV(DEVMODEW *pdm, LPWSTR pwszLogAddress, ULONG cPat,
			      HSURF *phsurfPatterns, ULONG cjCaps,
			      ULONG *pdevcaps, ULONG cjDevInfo, DEVINFO *pdi,
			      HDEV hdev, LPWSTR pwszDeviceName, HANDLE hDriver)
{
	GDIINFO gdi = { 0 };
	DEVINFO dev = { 0 };
	PPDEV ppdev;

	UNREFERENCED_PARAMETER(pwszLogAddress);
	UNREFERENCED_PARAMETER(cPat);
	UNREFERENCED_PARAMETER(phsurfPatterns);
	UNREFERENCED_PARAMETER(hdev);
	UNREFERENCED_PARAMETER(pwszDeviceName);

	ppdev = EngAllocMem(FL_ZERO_MEMORY, sizeof(*ppdev), ALLOC_TAG);
	if (!ppdev)
		return NULL;
	ppdev->hDriver = hDriver;
	if (!bChooseMode(ppdev, pdm) || !bMakePalette(ppdev)) {
		EngFreeMem(ppdev);
		return NULL;
	}
	vFillInfo(ppdev, &gdi, &dev);
	memcpy(pdevcaps, &gdi, min(cjCaps, sizeof(gdi)));
	memcpy(pdi, &dev, min(cjDevInfo, sizeof(dev)));

	return (DHPDEV)ppdev;
}

VOID APIENTRY DrvCompletePDEV(DHPDEV dhpdev, HDEV hdev)
{
	((PPDEV)dhpdev)->hdev = hdev;
}

VOID APIENTRY DrvDisablePDEV(DHPDEV dhpdev)
{
	PPDEV ppdev = (PPDEV)dhpdev;

	EngDeletePalette(ppdev->hpal);
	EngFreeMem(ppdev);
}

BOOL bSetMode(PPDEV ppdev)
{
	VIDEO_MODE mode;

	mode.RequestedMode = ppdev->mode.ModeIndex;
	return bRequest(ppdev, IOCTL_VIDEO_SET_CURRENT_MODE, &mode,
			sizeof(mode), NULL, 0);
}

BOOL APIENTRY DrvSetPalette(DHPDEV dhpdev, PALOBJ *ppalo, FLONG fl,
			    ULONG iStart, ULONG cColors)
{
	ULONG size = sizeof(VIDEO_CLUT) + cColors * sizeof(ULONG);
	ULONG colors[256], i;
	PVIDEO_CLUT clut;
	BOOL done;

	UNREFERENCED_PARAMETER(fl);
	if (iStart + cColors > 256 ||
	    PALOBJ_cGetColors(ppalo, iStart, cColors, colors) != cColors)
		return FALSE;
	clut = EngAllocMem(FL_ZERO_MEMORY, size, ALLOC_TAG);
	if (!clut)
		return FALSE;
	clut->NumEntries = (USHORT)cColors;
	clut->FirstEntry = (USHORT)iStart;
	/* Red is the lowest byte in both. */
	for (i = 0; i < cColors; i++)
		clut->LookupTable[i].RgbLong = colors[i] & 0xffffff;
	done = bRequest((PPDEV)dhpdev, IOCTL_VIDEO_SET_COLOR_REGISTERS, clut,
			size, NULL, 0);
	EngFreeMem(clut);

	return done;
}
