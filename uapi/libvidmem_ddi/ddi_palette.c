// SPDX-License-Identifier: MIT
/* Palettes: colors by number, or where in a pixel each primary color is. */

#include <stdlib.h>
#include <string.h>

#include <winerror.h>

#include "ddi_priv.h"

#define MAX_COLORS 1024

struct palette {
	struct object object;
	PALOBJ palobj;
	ULONG mode;		/* PAL_* */
	ULONG count;
	/* Of PAL_INDEXED the colors, 0x00BBGGRR; else the three masks. */
	ULONG colors[];
};

ddi_public HPALETTE EngCreatePalette(ULONG iMode, ULONG cColors,
				     ULONG *pulColors, FLONG flRed,
				     FLONG flGreen, FLONG flBlue)
{
	struct palette *palette;
	ULONG count = iMode == PAL_INDEXED ? cColors : 3;

	if ((iMode == PAL_INDEXED && (!cColors || !pulColors)) ||
	    (iMode != PAL_INDEXED && iMode != PAL_BITFIELDS &&
	     iMode != PAL_RGB && iMode != PAL_BGR) || count > MAX_COLORS) {
		EngSetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	palette = calloc(1, sizeof(*palette) + count * sizeof(ULONG));
	if (!palette)
		return NULL;

	palette->mode = iMode;
	palette->count = count;
	if (iMode == PAL_INDEXED) {
		memcpy(palette->colors, pulColors, count * sizeof(ULONG));
	} else {
		bool bitfields = iMode == PAL_BITFIELDS;
		bool rgb = iMode == PAL_RGB;

		palette->colors[0] = bitfields ? flRed : rgb ? 0xff : 0xff0000;
		palette->colors[1] = bitfields ? flGreen : 0xff00;
		palette->colors[2] = bitfields ? flBlue : rgb ? 0xff0000 : 0xff;
	}
	add_object(&palettes, &palette->object);

	return palette;
}

ddi_public BOOL EngDeletePalette(HPALETTE hpal)
{
	if (!remove_object(&palettes, hpal))
		return FALSE;
	free(hpal);

	return TRUE;
}

ddi_public ULONG EngQueryPalette(HPALETTE hPal, ULONG *piMode, ULONG cColors,
				 ULONG *pulColors)
{
	const struct palette *palette = hPal;

	if (!has_object(&palettes, hPal))
		return 0;
	*piMode = palette->mode;
	if (cColors > palette->count)
		cColors = palette->count;
	if (cColors && pulColors)
		memcpy(pulColors, palette->colors, cColors * sizeof(ULONG));

	return palette->count;
}

ddi_public PALOBJ *vidmem_ddi_lock_palette(HPALETTE hpal)
{
	struct palette *palette = hpal;

	return has_object(&palettes, hpal) ? &palette->palobj : NULL;
}

ddi_public ULONG PALOBJ_cGetColors(PALOBJ *ppalo, ULONG iStart, ULONG cColors,
				   ULONG *pulColors)
{
	const struct palette *palette;

	if (!ppalo)
		return 0;
	palette = CONTAINING_RECORD(ppalo, struct palette, palobj);
	if (!has_object(&palettes, palette) || iStart >= palette->count)
		return 0;
	if (cColors > palette->count - iStart)
		cColors = palette->count - iStart;
	memcpy(pulColors, palette->colors + iStart, cColors * sizeof(ULONG));

	return cColors;
}

/* A host makes no other translations than by a table. */
ddi_public ULONG XLATEOBJ_iXlate(XLATEOBJ *pxlo, ULONG iColor)
{
	if (!pxlo || !(pxlo->flXlate & XO_TABLE) || !pxlo->pulXlate)
		return iColor;

	return iColor < pxlo->cEntries ? pxlo->pulXlate[iColor] : 0;
}

ddi_public ULONG *XLATEOBJ_piVector(XLATEOBJ *pxlo)
{
	return pxlo && pxlo->flXlate & XO_TABLE ? pxlo->pulXlate : NULL;
}
