// SPDX-License-Identifier: MIT
/*
 * A small display driver in the shape that Windows gives them, for a linear
 * frame buffer of 8, 16, 24 or 32 bits. It knows nothing of Linux: the headers
 * below and EngDeviceIoControl() are all it uses. See Documentation/requests.rst
 * for the order of requests that it keeps.
 */

#include <stdlib.h>
#include <string.h>

#include <ntddvdeo.h>
#include <winddi.h>
#include <winerror.h>

#include "fbdriver.h"

#define PALETTE_SIZE 256

struct pdev {
	HANDLE device;
	VIDEO_MODE_INFORMATION mode;
	/* NULL while there is no surface. */
	UCHAR *ram;
	UCHAR *screen;
};

static DWORD request(const struct pdev *pdev, DWORD code, void *in,
		     DWORD in_size, void *out, DWORD out_size)
{
	DWORD returned;

	return EngDeviceIoControl(pdev->device, code, in, in_size, out,
				  out_size, &returned);
}

/* One that this driver can draw in; others are struck from the list. */
static BOOL usable(const VIDEO_MODE_INFORMATION *mode)
{
	return mode->NumberOfPlanes == 1 &&
	       mode->AttributeFlags & VIDEO_MODE_GRAPHICS &&
	       !(mode->AttributeFlags & VIDEO_MODE_BANKED) &&
	       (mode->BitsPerPlane == 8 || mode->BitsPerPlane == 16 ||
		mode->BitsPerPlane == 24 || mode->BitsPerPlane == 32);
}

static BOOL choose_mode(struct pdev *pdev, ULONG width, ULONG height,
			ULONG bits)
{
	VIDEO_NUM_MODES modes;
	UCHAR *list;
	ULONG i;
	BOOL found = FALSE;

	if (request(pdev, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0, &modes,
		    sizeof(modes)) ||
	    !modes.NumModes)
		return FALSE;
	list = calloc(modes.NumModes, modes.ModeInformationLength);
	if (!list)
		return FALSE;

	if (!request(pdev, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL, 0, list,
		     modes.NumModes * modes.ModeInformationLength)) {
		for (i = 0; i < modes.NumModes && !found; i++) {
			/* By the length that was told, not by our own. */
			memcpy(&pdev->mode,
			       list + i * modes.ModeInformationLength,
			       sizeof(pdev->mode));
			found = usable(&pdev->mode) &&
				pdev->mode.VisScreenWidth == width &&
				pdev->mode.VisScreenHeight == height &&
				pdev->mode.BitsPerPlane == bits;
		}
	}
	free(list);

	return found;
}

struct pdev *enable_pdev(HANDLE device, ULONG width, ULONG height, ULONG bits)
{
	VIDEO_POINTER_CAPABILITIES pointer;
	VIDEO_COLOR_CAPABILITIES color;
	struct pdev *pdev;

	pdev = calloc(1, sizeof(*pdev));
	if (!pdev)
		return NULL;
	pdev->device = device;
	if (!choose_mode(pdev, width, height, bits)) {
		free(pdev);
		return NULL;
	}

	/* Both may fail: then there are defaults, and no pointer. */
	request(pdev, IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES, NULL, 0, &color,
		sizeof(color));
	request(pdev, IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, NULL, 0,
		&pointer, sizeof(pointer));

	return pdev;
}

void disable_pdev(struct pdev *pdev)
{
	free(pdev);
}

/* Three bits of red, three of green, two of blue. */
static ULONG palette_color(ULONG index)
{
	ULONG red = (index >> 5) * 255 / 7, green = (index >> 2 & 7) * 255 / 7,
	      blue = (index & 3) * 255 / 3;

	return red << 16 | green << 8 | blue;
}

static BOOL set_palette(struct pdev *pdev)
{
	ULONG size = sizeof(VIDEO_CLUT) + PALETTE_SIZE * sizeof(ULONG);
	VIDEO_CLUT *clut = calloc(1, size);
	DWORD status;
	ULONG i;

	if (!clut)
		return FALSE;
	clut->NumEntries = PALETTE_SIZE;
	for (i = 0; i < PALETTE_SIZE; i++) {
		VIDEO_CLUTDATA *entry = &clut->LookupTable[i].RgbArray;
		ULONG color = palette_color(i);

		entry->Red = color >> 16;
		entry->Green = color >> 8;
		entry->Blue = color;
	}
	status = request(pdev, IOCTL_VIDEO_SET_COLOR_REGISTERS, clut, size,
			 NULL, 0);
	free(clut);

	return status == NO_ERROR;
}

static BOOL set_mode(struct pdev *pdev)
{
	/* What is in video memory stays: it may be another PDEV's. */
	VIDEO_MODE mode = {
		pdev->mode.ModeIndex | VIDEO_MODE_NO_ZERO_MEMORY
	};

	if (request(pdev, IOCTL_VIDEO_SET_CURRENT_MODE, &mode, sizeof(mode),
		    NULL, 0))
		return FALSE;

	return pdev->mode.BitsPerPlane != 8 || set_palette(pdev);
}

BOOL enable_surface(struct pdev *pdev)
{
	VIDEO_MEMORY memory = { NULL };
	VIDEO_MEMORY_INFORMATION info;
	volatile ULONG *probe;
	ULONG before;

	if (!set_mode(pdev) ||
	    request(pdev, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory, sizeof(memory),
		    &info, sizeof(info)))
		return FALSE;
	pdev->ram = info.VideoRamBase;
	pdev->screen = info.FrameBufferBase;
	/* The stride may have been corrected by setting the mode. */
	request(pdev, IOCTL_VIDEO_QUERY_CURRENT_MODE, NULL, 0, &pdev->mode,
		sizeof(pdev->mode));

	/* Is there memory? */
	probe = (volatile ULONG *)pdev->screen;
	before = *probe;
	*probe = 0xaa55aa55;
	if (*probe != 0xaa55aa55) {
		disable_surface(pdev);
		return FALSE;
	}
	*probe = before;

	return TRUE;
}

void disable_surface(struct pdev *pdev)
{
	VIDEO_MEMORY memory = { pdev->screen };

	/* By the frame buffer's address, as drivers do; nothing to be done
	 * about a failure.
	 */
	request(pdev, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &memory, sizeof(memory),
		NULL, 0);
	pdev->ram = NULL;
	pdev->screen = NULL;
}

BOOL assert_mode(struct pdev *pdev, BOOL enable)
{
	/* No MAP or UNMAP in either: the surface lives on. */
	if (enable)
		return set_mode(pdev);

	return !request(pdev, IOCTL_VIDEO_RESET_DEVICE, NULL, 0, NULL, 0);
}

/* Scales 8 bits of color to the bits of a mask, in place. */
static ULONG to_mask(ULONG value, ULONG mask)
{
	ULONG low = mask & -mask;

	return value * (mask / low) / 255 * low;
}

static ULONG from_mask(ULONG pixel, ULONG mask)
{
	ULONG low = mask & -mask;

	return (pixel & mask) / low * 255 / (mask / low);
}

/* Diagonal stripes on ramps. */
static ULONG pattern(ULONG x, ULONG y, ULONG seed)
{
	ULONG stripe = (x + y + seed * 37) / 32 % 2 ? 0xff : 0x3f;

	return (x & 0xff & stripe) << 16 | (y & 0xff & stripe) << 8 |
	       ((x ^ y ^ seed * 11) & 0xff);
}

static ULONG to_pixel(const struct pdev *pdev, ULONG color)
{
	ULONG red = color >> 16, green = color >> 8 & 0xff, blue = color & 0xff;

	if (pdev->mode.BitsPerPlane == 8)
		return (red & 0xe0) | (green & 0xe0) >> 3 | blue >> 6;

	return to_mask(red, pdev->mode.RedMask) |
	       to_mask(green, pdev->mode.GreenMask) |
	       to_mask(blue, pdev->mode.BlueMask);
}

void draw_picture(struct pdev *pdev, ULONG seed)
{
	ULONG bytes = pdev->mode.BitsPerPlane / 8;
	ULONG x, y;

	for (y = 0; y < pdev->mode.VisScreenHeight; y++) {
		UCHAR *line = pdev->screen + y * pdev->mode.ScreenStride;

		for (x = 0; x < pdev->mode.VisScreenWidth; x++) {
			ULONG pixel = to_pixel(pdev, pattern(x, y, seed));

			memcpy(line + x * bytes, &pixel, bytes);
		}
	}
}

ULONG picture_color(const struct pdev *pdev, ULONG x, ULONG y, ULONG seed)
{
	ULONG pixel = to_pixel(pdev, pattern(x, y, seed));

	if (pdev->mode.BitsPerPlane == 8)
		return palette_color(pixel);

	return from_mask(pixel, pdev->mode.RedMask) << 16 |
	       from_mask(pixel, pdev->mode.GreenMask) << 8 |
	       from_mask(pixel, pdev->mode.BlueMask);
}
