// SPDX-License-Identifier: MIT

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "trace.h"

/* The last of the XP model. */
#define ENGINE_VERSION DDI_DRIVER_VERSION_NT5_01_SP1
#define PALETTE_SIZE 256
#define DOTS_PER_INCH 96

static bool failed(int printed)
{
	(void)printed;
	fputc('\n', stderr);
	return false;
}

#define fail(...) failed(fprintf(stderr, "vidmem-run: " __VA_ARGS__))

/* The driver's function of this name, by its type, or NULL. */
#define FUNCTION(driver, name) \
	((__typeof__(Drv##name) *)(void *) \
	 (driver)->functions[INDEX_Drv##name])

/*
 * DEVMODEW and DEVINFO have strings in them, so their layout depends on how wide
 * the driver's WCHAR is, and that need not be ours. A member is at one place with
 * WCHARs of 2 bytes, and at another with such of 4.
 */
struct place {
	unsigned int narrow, wide;
};

static const struct place dm_size = { 68, 132 }, dm_extra = { 70, 134 },
	dm_log_pixels = { 166, 296 }, dm_bits = { 168, 300 },
	dm_width = { 172, 304 }, dm_height = { 176, 308 },
	dm_hertz = { 184, 316 };

#define BY_POINTER(bits32, bits64) (sizeof(void *) == 4 ? (bits32) : (bits64))
static const struct place di_caps = { 0, 0 },
	di_palette = { BY_POINTER(292, 296), BY_POINTER(484, 488) },
	di_end = { BY_POINTER(300, 312), BY_POINTER(492, 504) };

static unsigned int offset_of(const struct driver *driver,
			      const struct place *place)
{
	return driver->wchar_size == 2 ? place->narrow : place->wide;
}

static uint16_t get_16(const struct driver *driver, const void *of,
		       const struct place *place)
{
	uint16_t value;

	memcpy(&value, (const char *)of + offset_of(driver, place),
	       sizeof(value));
	return value;
}

static uint32_t get_32(const struct driver *driver, const void *of,
		       const struct place *place)
{
	uint32_t value;

	memcpy(&value, (const char *)of + offset_of(driver, place),
	       sizeof(value));
	return value;
}

/* How wide its characters are shows where it has put the structure's size. */
static bool find_wchar_size(struct driver *driver, unsigned int bytes)
{
	unsigned int size, extra;

	for (driver->wchar_size = 2; driver->wchar_size <= 4;
	     driver->wchar_size += 2) {
		if (bytes < 132 + sizeof(uint32_t))
			break;
		size = get_16(driver, driver->modes, &dm_size);
		extra = get_16(driver, driver->modes, &dm_extra);
		/* NT 4 ends it behind the frequency. */
		if (size < (driver->wchar_size == 2 ? 188 : 320) ||
		    size > 1024 || bytes % (size + extra))
			continue;
		driver->mode_size = size + extra;
		driver->mode_count = bytes / driver->mode_size;
		return true;
	}

	return fail("DrvGetModes() gives no list of DEVMODEW");
}

static bool get_modes(struct driver *driver)
{
	__typeof__(DrvGetModes) *modes = FUNCTION(driver, GetModes);
	ULONG bytes;

	if (!modes)
		return fail("the driver has no DrvGetModes()");
	trace_step("DrvGetModes");
	bytes = modes(driver->device, 0, NULL);
	if (!bytes || bytes == DDI_ERROR)
		return fail("DrvGetModes() knows no mode of this adapter");
	driver->modes = calloc(1, bytes);
	if (!driver->modes)
		return fail("out of memory");
	bytes = modes(driver->device, bytes, (DEVMODEW *)(void *)driver->modes);
	if (!bytes)
		return fail("DrvGetModes() can use no mode of this adapter");

	return find_wchar_size(driver, bytes);
}

bool driver_load(struct driver *driver, const char *path, HANDLE device, bool lazy)
{
	int flags = (lazy ? RTLD_LAZY : RTLD_NOW) | RTLD_LOCAL;
	__typeof__(DrvEnableDriver) *enable;
	DRVENABLEDATA data = { 0 };
	ULONG i;

	memset(driver, 0, sizeof(*driver));
	driver->device = device;
	/* A path, as dlopen() looks for names without a slash elsewhere. */
	if (!strchr(path, '/')) {
		char *here;

		if (asprintf(&here, "./%s", path) < 0)
			return fail("out of memory");
		driver->library = dlopen(here, flags);
		free(here);
	} else {
		driver->library = dlopen(path, flags);
	}
	/* Also says which function a driver calls that there is not. */
	if (!driver->library)
		return fail("%s", dlerror());

	*(void **)&enable = dlsym(driver->library, "DrvEnableDriver");
	if (!enable)
		return fail("%s: it has no DrvEnableDriver()", path);
	trace_step("DrvEnableDriver");
	if (!enable(ENGINE_VERSION, sizeof(data), &data))
		return fail("DrvEnableDriver() failed");
	for (i = 0; i < data.c; i++)
		if (data.pdrvfn[i].iFunc < INDEX_LAST)
			driver->functions[data.pdrvfn[i].iFunc] =
				data.pdrvfn[i].pfn;

	if (!FUNCTION(driver, EnablePDEV) || !FUNCTION(driver, EnableSurface) ||
	    !FUNCTION(driver, DisableSurface) ||
	    !FUNCTION(driver, DisablePDEV))
		return fail("%s: it lacks functions of a display driver", path);

	return get_modes(driver);
}

void driver_unload(struct driver *driver)
{
	__typeof__(DrvDisableDriver) *disable = FUNCTION(driver, DisableDriver);

	if (disable) {
		trace_step("DrvDisableDriver");
		disable();
	}
	free(driver->modes);
	if (driver->library)
		dlclose(driver->library);
}

struct driver_mode driver_mode(const struct driver *driver, unsigned int i)
{
	char *mode = driver->modes + i * driver->mode_size;
	struct driver_mode found = {
		.width = get_32(driver, mode, &dm_width),
		.height = get_32(driver, mode, &dm_height),
		.bits = get_32(driver, mode, &dm_bits),
		.hertz = get_32(driver, mode, &dm_hertz),
	};

	return found;
}

int driver_find_mode(const struct driver *driver,
		     const struct driver_mode *wanted)
{
	unsigned int i;

	for (i = 0; i < driver->mode_count; i++) {
		struct driver_mode mode = driver_mode(driver, i);

		if ((!wanted->width || wanted->width == mode.width) &&
		    (!wanted->height || wanted->height == mode.height) &&
		    (!wanted->bits || wanted->bits == mode.bits) &&
		    (!wanted->hertz || wanted->hertz == mode.hertz))
			return i;
	}

	return -1;
}

/* Three bits of red, three of green, two of blue. */
static HPALETTE make_colors(void)
{
	ULONG colors[PALETTE_SIZE], i;

	for (i = 0; i < PALETTE_SIZE; i++)
		colors[i] = (i >> 5) * 255 / 7 | ((i >> 2 & 7) * 255 / 7) << 8 |
			    ((i & 3) * 255 / 3) << 16;
	return EngCreatePalette(PAL_INDEXED, PALETTE_SIZE, colors, 0, 0, 0);
}

/*
 * On Windows the system sends it when a palette is realized, and whenever the
 * display comes back: drivers rely on that, as the palette goes with the mode.
 */
static bool send_palette(struct driver_pdev *pdev)
{
	__typeof__(DrvSetPalette) *set = FUNCTION(pdev->driver, SetPalette);

	if (!pdev->colors || !set)
		return true;
	trace_step("DrvSetPalette");
	if (!set(pdev->dev.dhpdev, vidmem_ddi_lock_palette(pdev->colors), 0, 0,
		 PALETTE_SIZE))
		return fail("DrvSetPalette() failed");

	return true;
}

static void complete_pdev(struct driver_pdev *pdev)
{
	__typeof__(DrvCompletePDEV) *complete =
		FUNCTION(pdev->driver, CompletePDEV);

	if (!complete)
		return;
	trace_step("DrvCompletePDEV");
	complete(pdev->dev.dhpdev, &pdev->dev);
}

static bool enable_pdev(struct driver_pdev *pdev, int mode)
{
	static WCHAR name[16];
	struct driver *driver = pdev->driver;
	uint16_t dots = DOTS_PER_INCH;
	void *devmode, *devinfo;
	ULONG devinfo_size;
	GDIINFO gdi_info;
	HSURF patterns[HS_DDI_MAX] = { NULL };

	memset(&gdi_info, 0, sizeof(gdi_info));
	devinfo_size = offset_of(driver, &di_end);
	devinfo = calloc(1, devinfo_size);
	devmode = malloc(driver->mode_size);
	if (!devinfo || !devmode || !devinfo_size) {
		free(devinfo);
		free(devmode);
		return fail("out of memory");
	}
	memcpy(devmode, driver->modes + (size_t)mode * driver->mode_size,
	       driver->mode_size);
	memcpy((char *)devmode + offset_of(driver, &dm_log_pixels), &dots,
	       sizeof(dots));

	trace_step("DrvEnablePDEV");
	pdev->dev.dhpdev =
		FUNCTION(driver, EnablePDEV)(devmode, name, HS_DDI_MAX, patterns,
					     sizeof(gdi_info),
					     (ULONG *)(void *)&gdi_info,
					     devinfo_size, devinfo, &pdev->dev,
					     name, driver->device);
	if (pdev->dev.dhpdev) {
		memcpy(&pdev->palette,
		       (char *)devinfo + offset_of(driver, &di_palette),
		       sizeof(pdev->palette));
		pdev->palette_managed = get_32(driver, devinfo, &di_caps) &
					GCAPS_PALMANAGED;
	}
	free(devinfo);
	free(devmode);
	if (!pdev->dev.dhpdev)
		return fail("DrvEnablePDEV() failed");

	vidmem_ddi_add_dev(&pdev->dev);
	complete_pdev(pdev);

	return true;
}

static void disable_pdev(struct driver_pdev *pdev)
{
	trace_step("DrvDisablePDEV");
	FUNCTION(pdev->driver, DisablePDEV)(pdev->dev.dhpdev);
	vidmem_ddi_remove_dev(&pdev->dev);
}

static bool enable_surface(struct driver_pdev *pdev)
{
	trace_step("DrvEnableSurface");
	pdev->hsurf = FUNCTION(pdev->driver, EnableSurface)(pdev->dev.dhpdev);
	pdev->surface = EngLockSurface(pdev->hsurf);
	if (!pdev->surface)
		return fail("DrvEnableSurface() gave no surface");
	if (pdev->surface->sizlBitmap.cx != (LONG)pdev->mode.width ||
	    pdev->surface->sizlBitmap.cy != (LONG)pdev->mode.height)
		return fail("the surface is %dx%d, the mode %ux%u",
			    pdev->surface->sizlBitmap.cx,
			    pdev->surface->sizlBitmap.cy, pdev->mode.width,
			    pdev->mode.height);

	return true;
}

static void disable_surface(struct driver_pdev *pdev)
{
	if (pdev->surface)
		EngUnlockSurface(pdev->surface);
	trace_step("DrvDisableSurface");
	FUNCTION(pdev->driver, DisableSurface)(pdev->dev.dhpdev);
}

struct driver_pdev *driver_enable(struct driver *driver, int mode)
{
	struct driver_pdev *pdev = calloc(1, sizeof(*pdev));

	if (!pdev) {
		fail("out of memory");
		return NULL;
	}
	pdev->driver = driver;
	pdev->mode = driver_mode(driver, mode);
	if (!enable_pdev(pdev, mode)) {
		free(pdev);
		return NULL;
	}
	if (pdev->mode.bits == 8 && pdev->palette_managed)
		pdev->colors = make_colors();
	if (!enable_surface(pdev) || !send_palette(pdev)) {
		driver_disable(pdev);
		return NULL;
	}

	return pdev;
}

void driver_disable(struct driver_pdev *pdev)
{
	if (pdev->hsurf)
		disable_surface(pdev);
	disable_pdev(pdev);
	if (pdev->colors)
		EngDeletePalette(pdev->colors);
	free(pdev);
}

bool driver_assert_mode(struct driver_pdev *pdev, bool enable)
{
	__typeof__(DrvAssertMode) *assert = FUNCTION(pdev->driver, AssertMode);

	if (!assert)
		return fail("the driver has no DrvAssertMode()");
	trace_step(enable ? "DrvAssertMode(TRUE)" : "DrvAssertMode(FALSE)");
	if (!assert(pdev->dev.dhpdev, enable))
		return fail("DrvAssertMode() failed");

	return !enable || send_palette(pdev);
}

/* 8 bits of a color to those of a mask. */
static uint32_t to_mask(uint32_t value, uint32_t mask)
{
	uint32_t low = mask & -mask;

	return low ? value * (mask / low) / 255 * low : 0;
}

/* What its default palette says of the bits of a pixel. */
static void get_masks(const struct driver_pdev *pdev, ULONG *masks)
{
	ULONG mode;
	bool is_16 = pdev->surface->iBitmapFormat == BMF_16BPP;

	if (EngQueryPalette(pdev->palette, &mode, 3, masks) &&
	    mode != PAL_INDEXED)
		return;
	masks[0] = is_16 ? 0xf800 : 0xff0000;
	masks[1] = is_16 ? 0x07e0 : 0x00ff00;
	masks[2] = is_16 ? 0x001f : 0x0000ff;
}

/* A line of XRGB8888 as the surface's format has it. */
static void convert(const struct driver_pdev *pdev, const uint32_t *from,
		    unsigned char *to, unsigned int bytes)
{
	unsigned int x, width = pdev->mode.width;
	ULONG masks[3];

	get_masks(pdev, masks);
	for (x = 0; x < width; x++) {
		uint32_t red = from[x] >> 16 & 0xff, green = from[x] >> 8 & 0xff;
		uint32_t blue = from[x] & 0xff, pixel;

		if (bytes == 1)
			pixel = (red & 0xe0) | (green & 0xe0) >> 3 | blue >> 6;
		else
			pixel = to_mask(red, masks[0]) |
				to_mask(green, masks[1]) |
				to_mask(blue, masks[2]);
		memcpy(to + (size_t)x * bytes, &pixel, bytes);
	}
}

static void draw_into(const struct driver_pdev *pdev, const SURFOBJ *surface,
		      const struct picture *picture, uint32_t *card,
		      unsigned int bytes)
{
	unsigned int y;

	picture_draw(picture, card, pdev->mode.width, pdev->mode.height,
		     pdev->mode.width * 4);
	for (y = 0; y < pdev->mode.height; y++)
		convert(pdev, card + (size_t)y * pdev->mode.width,
			(unsigned char *)surface->pvScan0 +
			(LONG_PTR)y * surface->lDelta, bytes);
}

/* Through a bitmap of the same format, which the driver copies. */
static bool draw_by_driver(struct driver_pdev *pdev,
			   const struct picture *picture, uint32_t *card,
			   unsigned int bytes)
{
	__typeof__(DrvCopyBits) *copy = FUNCTION(pdev->driver, CopyBits);
	__typeof__(DrvBitBlt) *blt = FUNCTION(pdev->driver, BitBlt);
	RECTL all = { 0, 0, pdev->mode.width, pdev->mode.height };
	POINTL start = { 0, 0 };
	CLIPOBJ clip = { 0 };
	XLATEOBJ same = { .flXlate = XO_TRIVIAL };
	HBITMAP bitmap;
	SURFOBJ *source;
	bool done;

	if (!copy && !blt)
		return fail("the surface has no memory, and the driver neither "
			    "DrvCopyBits() nor DrvBitBlt()");
	clip.rclBounds = all;
	bitmap = EngCreateBitmap(pdev->surface->sizlBitmap, 0,
				 pdev->surface->iBitmapFormat, BMF_TOPDOWN,
				 NULL);
	source = EngLockSurface(bitmap);
	if (!source)
		return fail("out of memory");
	draw_into(pdev, source, picture, card, bytes);
	trace_step(copy ? "DrvCopyBits" : "DrvBitBlt");
	/* 0xcccc: the source as it is. */
	done = copy ? copy(pdev->surface, source, &clip, &same, &all, &start) :
	       blt(pdev->surface, source, NULL, &clip, &same, &all, &start,
		   NULL, NULL, NULL, 0xcccc);
	EngUnlockSurface(source);
	EngDeleteSurface(bitmap);

	return done || fail("the driver has not drawn the picture");
}

bool driver_draw(struct driver_pdev *pdev, const struct picture *picture)
{
	__typeof__(DrvSynchronize) *synchronize =
		FUNCTION(pdev->driver, Synchronize);
	SURFOBJ *surface = pdev->surface;
	static const unsigned char sizes[] = {
		[BMF_8BPP] = 1, [BMF_16BPP] = 2, [BMF_24BPP] = 3,
		[BMF_32BPP] = 4,
	};
	unsigned int bytes = surface->iBitmapFormat < sizeof(sizes) ?
			     sizes[surface->iBitmapFormat] : 0;
	bool done = true;
	uint32_t *card;

	if (!bytes)
		return fail("surfaces of format %u are not drawn into",
			    surface->iBitmapFormat);
	card = calloc(pdev->mode.width, pdev->mode.height * 4);
	if (!card)
		return fail("out of memory");
	/* Memory is the host's to draw into, whatever the driver hooks. */
	if (surface->iType == STYPE_BITMAP && surface->pvScan0) {
		if (synchronize && vidmem_ddi_hooks(surface) & HOOK_SYNCHRONIZE)
			synchronize(pdev->dev.dhpdev, NULL);
		draw_into(pdev, surface, picture, card, bytes);
	} else {
		done = draw_by_driver(pdev, picture, card, bytes);
	}
	free(card);

	return done;
}
