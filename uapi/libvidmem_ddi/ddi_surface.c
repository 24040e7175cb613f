// SPDX-License-Identifier: MIT
/*
 * Surfaces: bitmaps over memory of the driver's or our own, and what only the
 * driver can draw into. Nothing is drawn here but what is plain copying and
 * filling; the rest of GDI's drawing there is not.
 */

#include <stdlib.h>
#include <string.h>

#include <winerror.h>

#include "ddi_priv.h"

struct surface {
	struct object object;
	SURFOBJ surfobj;
	FLONG hooks;
	void *own_bits;
};

static struct vidmem_ddi_dev *devs;

ddi_public void vidmem_ddi_add_dev(struct vidmem_ddi_dev *dev)
{
	dev->next = devs;
	devs = dev;
}

ddi_public void vidmem_ddi_remove_dev(struct vidmem_ddi_dev *dev)
{
	struct vidmem_ddi_dev **at;

	for (at = &devs; *at; at = &(*at)->next) {
		if (*at == dev) {
			*at = dev->next;
			return;
		}
	}
}

static struct vidmem_ddi_dev *find_dev(HDEV hdev)
{
	struct vidmem_ddi_dev *dev;

	for (dev = devs; dev && dev != hdev; dev = dev->next)
		;
	return dev;
}

static ULONG bits_of(ULONG format)
{
	switch (format) {
	case BMF_1BPP:
		return 1;
	case BMF_4BPP:
		return 4;
	case BMF_8BPP:
		return 8;
	case BMF_16BPP:
		return 16;
	case BMF_24BPP:
		return 24;
	case BMF_32BPP:
		return 32;
	default:
		return 0;
	}
}

static struct surface *new_surface(SIZEL size, ULONG format, USHORT type)
{
	struct surface *surface;

	if (!bits_of(format) || size.cx <= 0 || size.cy <= 0 ||
	    size.cx > MAXSHORT || size.cy > MAXSHORT) {
		EngSetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	surface = calloc(1, sizeof(*surface));
	if (!surface)
		return NULL;
	surface->surfobj.hsurf = surface;
	surface->surfobj.sizlBitmap = size;
	surface->surfobj.iBitmapFormat = format;
	surface->surfobj.iType = type;

	return surface;
}

/* Where line 0 is, and which way it goes from there. */
static void set_bits(SURFOBJ *pso, void *bits, LONG stride, bool topdown)
{
	LONG last = pso->sizlBitmap.cy - 1;

	pso->cjBits = (ULONG)stride * pso->sizlBitmap.cy;
	pso->pvBits = bits;
	pso->lDelta = topdown ? stride : -stride;
	pso->pvScan0 = topdown ? bits : (char *)bits + (size_t)stride * last;
}

ddi_public HBITMAP EngCreateBitmap(SIZEL sizl, LONG lWidth, ULONG iFormat,
				   FLONG fl, PVOID pvBits)
{
	struct surface *surface = new_surface(sizl, iFormat, STYPE_BITMAP);
	LONG least;

	if (!surface)
		return NULL;
	least = (LONG)(((ULONGLONG)sizl.cx * bits_of(iFormat) + 7) / 8);
	if (lWidth < 0)
		lWidth = -lWidth;
	/* Of our own: whole groups of 4 bytes, as all bitmaps of Windows. */
	if (!pvBits) {
		if (lWidth < least)
			lWidth = (least + 3) & ~3;
		pvBits = calloc(sizl.cy, lWidth);
		surface->own_bits = pvBits;
	}
	if (!pvBits || lWidth < least) {
		EngSetLastError(pvBits ? ERROR_INVALID_PARAMETER :
				ERROR_NOT_ENOUGH_MEMORY);
		free(surface->own_bits);
		free(surface);
		return NULL;
	}
	surface->surfobj.fjBitmap = fl & (BMF_TOPDOWN | BMF_NOZEROINIT |
					  BMF_DONTCACHE | BMF_USERMEM);
	set_bits(&surface->surfobj, pvBits, lWidth, fl & BMF_TOPDOWN);
	add_object(&surfaces, &surface->object);

	return surface;
}

static HSURF create_device(DHSURF dhsurf, SIZEL size, ULONG format, USHORT type)
{
	struct surface *surface = new_surface(size, format, type);

	if (!surface)
		return NULL;
	surface->surfobj.dhsurf = dhsurf;
	add_object(&surfaces, &surface->object);

	return surface;
}

ddi_public HSURF EngCreateDeviceSurface(DHSURF dhsurf, SIZEL sizl,
					ULONG iFormatCompat)
{
	return create_device(dhsurf, sizl, iFormatCompat, STYPE_DEVICE);
}

ddi_public HBITMAP EngCreateDeviceBitmap(DHSURF dhsurf, SIZEL sizl,
					 ULONG iFormatCompat)
{
	return create_device(dhsurf, sizl, iFormatCompat, STYPE_DEVBITMAP);
}

ddi_public BOOL EngDeleteSurface(HSURF hsurf)
{
	struct surface *surface = hsurf;

	if (!remove_object(&surfaces, hsurf))
		return FALSE;
	free(surface->own_bits);
	free(surface);

	return TRUE;
}

static struct surface *find_surface(HSURF hsurf)
{
	return has_object(&surfaces, hsurf) ? hsurf : NULL;
}

static bool associate(struct surface *surface, HDEV hdev, FLONG hooks)
{
	struct vidmem_ddi_dev *dev = find_dev(hdev);

	if (!surface || !dev) {
		EngSetLastError(ERROR_INVALID_HANDLE);
		return false;
	}
	surface->surfobj.hdev = hdev;
	surface->surfobj.dhpdev = dev->dhpdev;
	surface->hooks = hooks;

	return true;
}

ddi_public BOOL EngAssociateSurface(HSURF hsurf, HDEV hdev, FLONG flHooks)
{
	return associate(find_surface(hsurf), hdev, flHooks);
}

/* A device surface becomes a bitmap over memory, which may change its place. */
ddi_public BOOL EngModifySurface(HSURF hsurf, HDEV hdev, FLONG flHooks,
				 FLONG flSurface, DHSURF dhsurf, void *pvScan0,
				 LONG lDelta, void *pvReserved)
{
	struct surface *surface = find_surface(hsurf);
	SURFOBJ *pso;

	(void)pvReserved;
	if (!associate(surface, hdev, flHooks))
		return FALSE;
	pso = &surface->surfobj;
	pso->dhsurf = dhsurf;
	if (flSurface & MS_NOTSYSTEMMEMORY)
		pso->fjBitmap |= BMF_NOTSYSMEM;
	if (!pvScan0) {
		pso->iType = STYPE_DEVICE;
		set_bits(pso, NULL, 0, true);
		pso->pvScan0 = NULL;
		return TRUE;
	}
	pso->iType = STYPE_BITMAP;
	if (lDelta < 0) {
		set_bits(pso, (char *)pvScan0 +
			 (LONG_PTR)lDelta * (pso->sizlBitmap.cy - 1), -lDelta,
			 false);
	} else {
		set_bits(pso, pvScan0, lDelta, true);
		pso->fjBitmap |= BMF_TOPDOWN;
	}

	return TRUE;
}

ddi_public SURFOBJ *EngLockSurface(HSURF hsurf)
{
	struct surface *surface = find_surface(hsurf);

	return surface ? &surface->surfobj : NULL;
}

ddi_public void EngUnlockSurface(SURFOBJ *pso)
{
	(void)pso;
}

ddi_public FLONG vidmem_ddi_hooks(const SURFOBJ *pso)
{
	struct surface *surface;

	if (!pso)
		return 0;
	surface = find_surface(pso->hsurf);

	return surface ? surface->hooks : 0;
}

/* The part of a rectangle that a surface has. */
static bool clip(const SURFOBJ *pso, const CLIPOBJ *pco, RECTL *rect)
{
	rect->left = max(rect->left, 0);
	rect->top = max(rect->top, 0);
	rect->right = min(rect->right, pso->sizlBitmap.cx);
	rect->bottom = min(rect->bottom, pso->sizlBitmap.cy);
	if (pco && pco->iDComplexity != DC_TRIVIAL) {
		rect->left = max(rect->left, pco->rclBounds.left);
		rect->top = max(rect->top, pco->rclBounds.top);
		rect->right = min(rect->right, pco->rclBounds.right);
		rect->bottom = min(rect->bottom, pco->rclBounds.bottom);
	}

	return rect->left < rect->right && rect->top < rect->bottom;
}

static BYTE *pixel_at(const SURFOBJ *pso, LONG x, LONG y)
{
	return (BYTE *)pso->pvScan0 + (LONG_PTR)y * pso->lDelta +
	       (size_t)x * (bits_of(pso->iBitmapFormat) / 8);
}

/* Whole bytes for a pixel, in memory. */
static bool plain(const SURFOBJ *pso)
{
	return pso && pso->iType == STYPE_BITMAP && pso->pvScan0 &&
	       bits_of(pso->iBitmapFormat) >= 8;
}

ddi_public BOOL EngEraseSurface(SURFOBJ *pso, RECTL *prcl, ULONG iColor)
{
	RECTL rect;
	ULONG bytes;
	LONG x, y;

	if (!plain(pso) || !prcl)
		return FALSE;
	rect = *prcl;
	if (!clip(pso, NULL, &rect))
		return TRUE;
	bytes = bits_of(pso->iBitmapFormat) / 8;
	for (y = rect.top; y < rect.bottom; y++)
		for (x = rect.left; x < rect.right; x++)
			memcpy(pixel_at(pso, x, y), &iColor, bytes);

	return TRUE;
}

/*
 * Between bitmaps of one format, in one rectangle, with colors as they are: what
 * a driver hands back after it has made sure that memory is in place.
 */
ddi_public BOOL EngCopyBits(SURFOBJ *psoDest, SURFOBJ *psoSrc, CLIPOBJ *pco,
			    struct _XLATEOBJ *pxlo, struct _RECTL *prclDest,
			    struct _POINTL *pptlSrc)
{
	RECTL rect, source;
	LONG dx, dy, i, lines;
	bool up;

	if (!plain(psoDest) || !plain(psoSrc) || !prclDest || !pptlSrc ||
	    psoDest->iBitmapFormat != psoSrc->iBitmapFormat ||
	    (pxlo && !(pxlo->flXlate & XO_TRIVIAL)) ||
	    (pco && pco->iDComplexity == DC_COMPLEX)) {
		EngSetLastError(ERROR_NOT_SUPPORTED);
		return FALSE;
	}
	rect = *prclDest;
	dx = pptlSrc->x - rect.left;
	dy = pptlSrc->y - rect.top;
	if (!clip(psoDest, pco, &rect))
		return TRUE;
	source.left = rect.left + dx;
	source.top = rect.top + dy;
	source.right = rect.right + dx;
	source.bottom = rect.bottom + dy;
	if (!clip(psoSrc, NULL, &source))
		return TRUE;
	/* Down by lines if the source would be overwritten from its start. */
	up = dy < 0;
	lines = source.bottom - source.top;
	for (i = 0; i < lines; i++) {
		LONG y = source.top + (up ? lines - 1 - i : i);

		memmove(pixel_at(psoDest, source.left - dx, y - dy),
			pixel_at(psoSrc, source.left, y),
			(size_t)(source.right - source.left) *
			(bits_of(psoSrc->iBitmapFormat) / 8));
	}

	return TRUE;
}

/* One rectangle at a time, which is what a host gives. */
ddi_public ULONG CLIPOBJ_cEnumStart(CLIPOBJ *pco, BOOL bAll, ULONG iType,
				    ULONG iDirection, ULONG cLimit)
{
	(void)pco;
	(void)bAll;
	(void)iType;
	(void)iDirection;
	(void)cLimit;
	return 1;
}

ddi_public BOOL CLIPOBJ_bEnum(CLIPOBJ *pco, ULONG cj, ULONG *pv)
{
	ENUMRECTS *rects = (ENUMRECTS *)pv;

	if (cj >= sizeof(*rects)) {
		rects->c = 1;
		rects->arcl[0] = pco->rclBounds;
	}
	return FALSE;
}

/* There is no pointer: whoever asks for one to be drawn gets none. */
ddi_public ULONG EngSetPointerShape(SURFOBJ *pso, SURFOBJ *psoMask,
				    SURFOBJ *psoColor, XLATEOBJ *pxlo,
				    LONG xHot, LONG yHot, LONG x, LONG y,
				    RECTL *prcl, FLONG fl)
{
	(void)pso;
	(void)psoMask;
	(void)psoColor;
	(void)pxlo;
	(void)xHot;
	(void)yHot;
	(void)x;
	(void)y;
	(void)prcl;
	(void)fl;
	return SPS_ACCEPT_NOEXCLUDE;
}

ddi_public void EngMovePointer(SURFOBJ *pso, LONG x, LONG y, RECTL *prcl)
{
	(void)pso;
	(void)x;
	(void)y;
	(void)prcl;
}
