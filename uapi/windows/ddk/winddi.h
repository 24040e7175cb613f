/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINDDI_H
#define VIDMEM_WINDDI_H

/*
 * The interface between win32k and a display driver. What the library
 * libvidmem_ddi has of the functions that are declared here is listed in
 * Documentation/porting.rst; calls of the others fail to link, by their names.
 * Fonts, printers and the layers above DirectDraw and OpenGL are left out.
 *
 * Base types come from <windef.h> and <wingdi.h>: those of the folder above, or
 * whoever's are on the include path.
 */

#include <stdarg.h>

#include <windef.h>
#include <wingdi.h>

#include "ddrawint.h"
#include "specstrings.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GDI_DRIVER_VERSION	0x4000

/* Versions of the interface, in DRVENABLEDATA.iDriverVersion */
#define DDI_DRIVER_VERSION_NT4		0x00020000
/* Its name when there was one */
#define DDI_DRIVER_VERSION		DDI_DRIVER_VERSION_NT4
#define DDI_DRIVER_VERSION_SP3		0x00020003
#define DDI_DRIVER_VERSION_NT5		0x00030000
#define DDI_DRIVER_VERSION_NT5_01	0x00030100
#define DDI_DRIVER_VERSION_NT5_01_SP1	0x00030101

/* Functions of a driver, in DRVFN.iFunc */
#define INDEX_DrvEnablePDEV			0
#define INDEX_DrvCompletePDEV			1
#define INDEX_DrvDisablePDEV			2
#define INDEX_DrvEnableSurface			3
#define INDEX_DrvDisableSurface			4
#define INDEX_DrvAssertMode			5
#define INDEX_DrvOffset				6
#define INDEX_DrvResetPDEV			7
#define INDEX_DrvDisableDriver			8
#define INDEX_DrvCreateDeviceBitmap		10
#define INDEX_DrvDeleteDeviceBitmap		11
#define INDEX_DrvRealizeBrush			12
#define INDEX_DrvDitherColor			13
#define INDEX_DrvStrokePath			14
#define INDEX_DrvFillPath			15
#define INDEX_DrvStrokeAndFillPath		16
#define INDEX_DrvPaint				17
#define INDEX_DrvBitBlt				18
#define INDEX_DrvCopyBits			19
#define INDEX_DrvStretchBlt			20
#define INDEX_DrvSetPalette			22
#define INDEX_DrvTextOut			23
#define INDEX_DrvEscape				24
#define INDEX_DrvDrawEscape			25
#define INDEX_DrvQueryFont			26
#define INDEX_DrvQueryFontTree			27
#define INDEX_DrvQueryFontData			28
#define INDEX_DrvSetPointerShape		29
#define INDEX_DrvMovePointer			30
#define INDEX_DrvLineTo				31
#define INDEX_DrvSendPage			32
#define INDEX_DrvStartPage			33
#define INDEX_DrvEndDoc				34
#define INDEX_DrvStartDoc			35
#define INDEX_DrvGetGlyphMode			37
#define INDEX_DrvSynchronize			38
#define INDEX_DrvSaveScreenBits			40
#define INDEX_DrvGetModes			41
#define INDEX_DrvFree				42
#define INDEX_DrvDestroyFont			43
#define INDEX_DrvQueryFontCaps			44
#define INDEX_DrvLoadFontFile			45
#define INDEX_DrvUnloadFontFile			46
#define INDEX_DrvFontManagement			47
#define INDEX_DrvQueryTrueTypeTable		48
#define INDEX_DrvQueryTrueTypeOutline		49
#define INDEX_DrvGetTrueTypeFile		50
#define INDEX_DrvQueryFontFile			51
#define INDEX_DrvMovePanning			52
#define INDEX_DrvQueryAdvanceWidths		53
#define INDEX_DrvSetPixelFormat			54
#define INDEX_DrvDescribePixelFormat		55
#define INDEX_DrvSwapBuffers			56
#define INDEX_DrvStartBanding			57
#define INDEX_DrvNextBand			58
#define INDEX_DrvGetDirectDrawInfo		59
#define INDEX_DrvEnableDirectDraw		60
#define INDEX_DrvDisableDirectDraw		61
#define INDEX_DrvQuerySpoolType			62
#define INDEX_DrvIcmCreateColorTransform	64
#define INDEX_DrvIcmDeleteColorTransform	65
#define INDEX_DrvIcmCheckBitmapBits		66
#define INDEX_DrvIcmSetDeviceGammaRamp		67
#define INDEX_DrvGradientFill			68
#define INDEX_DrvStretchBltROP			69
#define INDEX_DrvPlgBlt				70
#define INDEX_DrvAlphaBlend			71
#define INDEX_DrvSynthesizeFont			72
#define INDEX_DrvGetSynthesizedFontFiles	73
#define INDEX_DrvTransparentBlt			74
#define INDEX_DrvQueryPerBandInfo		75
#define INDEX_DrvQueryDeviceSupport		76
#define INDEX_DrvDeriveSurface			85
#define INDEX_DrvQueryGlyphAttrs		86
#define INDEX_DrvNotify				87
#define INDEX_DrvSynchronizeSurface		88
#define INDEX_DrvResetDevice			89
#define INDEX_DrvRenderHint			93
#define INDEX_LAST				93

/* What a driver can do, in DEVINFO */
#define GCAPS_BEZIERS		0x00000001
#define GCAPS_GEOMETRICWIDE	0x00000002
#define GCAPS_ALTERNATEFILL	0x00000004
#define GCAPS_WINDINGFILL	0x00000008
#define GCAPS_HALFTONE		0x00000010
#define GCAPS_COLOR_DITHER	0x00000020
#define GCAPS_HORIZSTRIKE	0x00000040
#define GCAPS_VERTSTRIKE	0x00000080
#define GCAPS_OPAQUERECT	0x00000100
#define GCAPS_VECTORFONT	0x00000200
#define GCAPS_MONO_DITHER	0x00000400
#define GCAPS_ASYNCCHANGE	0x00000800
#define GCAPS_ASYNCMOVE		0x00001000
#define GCAPS_DONTJOURNAL	0x00002000
#define GCAPS_DIRECTDRAW	0x00004000
#define GCAPS_ARBRUSHOPAQUE	0x00008000
#define GCAPS_PANNING		0x00010000
#define GCAPS_HIGHRESTEXT	0x00040000
#define GCAPS_PALMANAGED	0x00080000
#define GCAPS_DITHERONREALIZE	0x00200000
#define GCAPS_NO64BITMEMACCESS	0x00400000
#define GCAPS_FORCEDITHER	0x00800000
#define GCAPS_GRAY16		0x01000000
#define GCAPS_ICM		0x02000000
#define GCAPS_CMYKCOLOR		0x04000000
#define GCAPS_LAYERED		0x08000000
#define GCAPS_ARBRUSHTEXT	0x10000000
#define GCAPS_SCREENPRECISION	0x20000000
#define GCAPS_FONT_RASTERIZER	0x40000000
#define GCAPS_NUP		0x80000000
#define GCAPS2_JPEGSRC		0x00000001
#define GCAPS2_PNGSRC		0x00000008
#define GCAPS2_CHANGEGAMMARAMP	0x00000010
#define GCAPS2_ALPHACURSOR	0x00000020
#define GCAPS2_SYNCFLUSH	0x00000040
#define GCAPS2_SYNCTIMER	0x00000080
#define GCAPS2_ICD_MULTIMON	0x00000100
#define GCAPS2_MOUSETRAILS	0x00000200
#define GCAPS2_RESERVED1	0x00000400
#define GCAPS2_EXCLUDELAYERED	0x00000800
#define GCAPS2_INCLUDEAPIBITMAPS	0x00001000
#define GCAPS2_SHOWHIDDENPOINTER	0x00002000

/* Formats of bitmaps; flags of SURFOBJ.fjBitmap and of EngCreateBitmap() */
#define BMF_1BPP	1
#define BMF_4BPP	2
#define BMF_8BPP	3
#define BMF_16BPP	4
#define BMF_24BPP	5
#define BMF_32BPP	6
#define BMF_4RLE	7
#define BMF_8RLE	8
#define BMF_JPEG	9
#define BMF_PNG		10
#define BMF_TOPDOWN	0x0001
#define BMF_NOZEROINIT	0x0002
#define BMF_DONTCACHE	0x0004
#define BMF_USERMEM	0x0008
#define BMF_KMSECTION	0x0010
#define BMF_NOTSYSMEM	0x0020
#define BMF_WINDOW_BLT	0x0040
#define BMF_UMPDMEM	0x0080
#define BMF_RESERVED	0xff00

/* Kinds of surfaces */
#define STYPE_BITMAP	0
#define STYPE_DEVICE	1
#define STYPE_DEVBITMAP	3

/* What a surface leaves to its driver; flags of EngModifySurface() */
#define HOOK_BITBLT		0x00000001
#define HOOK_STRETCHBLT		0x00000002
#define HOOK_PLGBLT		0x00000004
#define HOOK_TEXTOUT		0x00000008
#define HOOK_PAINT		0x00000010
#define HOOK_STROKEPATH		0x00000020
#define HOOK_FILLPATH		0x00000040
#define HOOK_STROKEANDFILLPATH	0x00000080
#define HOOK_LINETO		0x00000100
#define HOOK_COPYBITS		0x00000400
#define HOOK_MOVEPANNING	0x00000800
#define HOOK_SYNCHRONIZE	0x00001000
#define HOOK_STRETCHBLTROP	0x00002000
#define HOOK_SYNCHRONIZEACCESS	0x00004000
#define HOOK_TRANSPARENTBLT	0x00008000
#define HOOK_ALPHABLEND		0x00010000
#define HOOK_GRADIENTFILL	0x00020000
#define HOOK_FLAGS		0x0003b5ff
#define MS_NOTSYSTEMMEMORY	0x00000001
#define MS_SHAREDACCESS		0x00000002

/* Kinds of palettes */
#define PAL_INDEXED	0x00000001
#define PAL_BITFIELDS	0x00000002
#define PAL_RGB		0x00000004
#define PAL_BGR		0x00000008
#define PAL_CMYK	0x00000010

/* Colors: XLATEOBJ.flXlate, XLATEOBJ_cGetPalette(), brushes */
#define DCR_SOLID		0
#define DCR_DRIVER		1
#define DCR_HALFTONE		2
#define BR_DEVICE_ICM		0x01
#define BR_HOST_ICM		0x02
#define BR_CMYKCOLOR		0x04
#define BR_ORIGCOLOR		0x08
#define XO_TRIVIAL		0x00000001
#define XO_TABLE		0x00000002
#define XO_TO_MONO		0x00000004
#define XO_FROM_CMYK		0x00000008
#define XO_DEVICE_ICM		0x00000010
#define XO_HOST_ICM		0x00000020
#define XO_SRCPALETTE		1
#define XO_DESTPALETTE		2
#define XO_DESTDCPALETTE	3
#define XO_SRCBITFIELDS		4
#define XO_DESTBITFIELDS	5
#define DM_DEFAULT		0x00000001
#define DM_MONOCHROME		0x00000002
#define RB_DITHERCOLOR		0x80000000

/* Clipping */
#define DC_TRIVIAL	0
#define DC_RECT		1
#define DC_COMPLEX	3
#define FC_RECT		1
#define FC_RECT4	2
#define FC_COMPLEX	3
#define TC_RECTANGLES	0
#define TC_PATHOBJ	2
#define OC_BANK_CLIP	1
#define CT_RECTANGLES	0
#define CD_RIGHTDOWN	0x00000000
#define CD_LEFTDOWN	0x00000001
#define CD_LEFTWARDS	0x00000001
#define CD_RIGHTUP	0x00000002
#define CD_UPWARDS	0x00000002
#define CD_LEFTUP	0x00000003
#define CD_ANY		0x00000004

/* Halftoning and the order of primary colors */
#define PRIMARY_ORDER_ABC		0
#define PRIMARY_ORDER_ACB		1
#define PRIMARY_ORDER_BAC		2
#define PRIMARY_ORDER_BCA		3
#define PRIMARY_ORDER_CBA		4
#define PRIMARY_ORDER_CAB		5
#define HT_PATSIZE_2x2			0
#define HT_PATSIZE_2x2_M		1
#define HT_PATSIZE_4x4			2
#define HT_PATSIZE_4x4_M		3
#define HT_PATSIZE_6x6			4
#define HT_PATSIZE_6x6_M		5
#define HT_PATSIZE_8x8			6
#define HT_PATSIZE_8x8_M		7
#define HT_PATSIZE_10x10		8
#define HT_PATSIZE_10x10_M		9
#define HT_PATSIZE_12x12		10
#define HT_PATSIZE_12x12_M		11
#define HT_PATSIZE_14x14		12
#define HT_PATSIZE_14x14_M		13
#define HT_PATSIZE_16x16		14
#define HT_PATSIZE_16x16_M		15
#define HT_PATSIZE_SUPERCELL		16
#define HT_PATSIZE_SUPERCELL_M		17
#define HT_PATSIZE_USER			18
#define HT_PATSIZE_MAX_INDEX		HT_PATSIZE_USER
#define HT_PATSIZE_DEFAULT		HT_PATSIZE_SUPERCELL_M
#define HT_FORMAT_1BPP			0
#define HT_FORMAT_4BPP			2
#define HT_FORMAT_4BPP_IRGB		3
#define HT_FORMAT_8BPP			4
#define HT_FORMAT_16BPP			5
#define HT_FORMAT_24BPP			6
#define HT_FORMAT_32BPP			7
#define HT_FLAG_SQUARE_DEVICE_PEL	0x00000001
#define HT_FLAG_HAS_BLACK_DYE		0x00000002
#define HT_FLAG_ADDITIVE_PRIMS		0x00000004
#define HT_FLAG_USE_8BPP_BITMASK	0x00000008
#define HT_FLAG_INK_HIGH_ABSORPTION	0x00000010
#define HT_FLAG_INK_ABSORPTION_INDICES	0x00000060
#define HT_FLAG_DO_DEVCLR_XFORM		0x00000080
#define HT_FLAG_OUTPUT_CMY		0x00000100
#define HT_FLAG_PRINT_DRAFT_MODE	0x00000200
#define HT_FLAG_INVERT_8BPP_BITMASK_IDX	0x00000400
#define HT_FLAG_8BPP_CMY332_MASK	0xff000000
#define HT_FLAG_INK_ABSORPTION_IDX0	0x00000000
#define HT_FLAG_INK_ABSORPTION_IDX1	0x00000020
#define HT_FLAG_INK_ABSORPTION_IDX2	0x00000040
#define HT_FLAG_INK_ABSORPTION_IDX3	0x00000060
#define HT_FLAG_HIGHEST_INK_ABSORPTION	0x00000070
#define HT_FLAG_HIGHER_INK_ABSORPTION	0x00000050
#define HT_FLAG_HIGH_INK_ABSORPTION	0x00000030
#define HT_FLAG_NORMAL_INK_ABSORPTION	HT_FLAG_INK_ABSORPTION_IDX0
#define HT_FLAG_LOW_INK_ABSORPTION	HT_FLAG_INK_ABSORPTION_IDX1
#define HT_FLAG_LOWER_INK_ABSORPTION	HT_FLAG_INK_ABSORPTION_IDX2
#define HT_FLAG_LOWEST_INK_ABSORPTION	HT_FLAG_INK_ABSORPTION_IDX3
#define HS_DDI_MAX			6

/* Paths and lines */
#define FP_ALTERNATEMODE	1
#define FP_WINDINGMODE		2
#define PD_BEGINSUBPATH		0x00000001
#define PD_ENDSUBPATH		0x00000002
#define PD_RESETSTYLE		0x00000004
#define PD_CLOSEFIGURE		0x00000008
#define PD_BEZIERS		0x00000010
#define PD_ALL			0x0000001f
#define PO_BEZIERS		0x00000001
#define PO_ELLIPSE		0x00000002
#define PO_ALL_INTEGERS		0x00000004
#define PO_ENUM_AS_INTEGERS	0x00000008
#define LA_GEOMETRIC		0x00000001
#define LA_ALTERNATE		0x00000002
#define LA_STARTGAP		0x00000004
#define LA_STYLED		0x00000008
#define JOIN_ROUND		0
#define JOIN_BEVEL		1
#define JOIN_MITER		2
#define ENDCAP_ROUND		0
#define ENDCAP_SQUARE		1
#define ENDCAP_BUTT		2

/* Text */
#define FO_TYPE_RASTER			RASTER_FONTTYPE
#define FO_TYPE_DEVICE			DEVICE_FONTTYPE
#define FO_TYPE_TRUETYPE		TRUETYPE_FONTTYPE
#define FO_SIM_BOLD				0x00002000
#define FO_SIM_ITALIC				0x00004000
#define FO_EM_HEIGHT				0x00008000
#define FO_GRAY16				0x00010000
#define FO_NOGRAY16				0x00020000
#define FO_NOHINTS				0x00040000
#define FO_NO_CHOICE				0x00080000
#define FO_CFF					0x00100000
#define FO_POSTSCRIPT				0x00200000
#define FO_MULTIPLEMASTER			0x00400000
#define FO_VERT_FACE				0x00800000
#define FO_DBCS_FONT				0x01000000
#define FO_NOCLEARTYPE				0x02000000
#define FO_CLEARTYPE_X				0x10000000
#define FO_CLEARTYPE_Y				0x20000000
#define SO_FLAG_DEFAULT_PLACEMENT		0x00000001
#define SO_HORIZONTAL				0x00000002
#define SO_VERTICAL				0x00000004
#define SO_REVERSED				0x00000008
#define SO_ZERO_BEARINGS			0x00000010
#define SO_CHAR_INC_EQUAL_BM_BASE		0x00000020
#define SO_MAXEXT_EQUAL_BM_SIDE			0x00000040
#define SO_DO_NOT_SUBSTITUTE_DEVICE_FONT	0x00000080
#define SO_GLYPHINDEX_TEXTOUT			0x00000100
#define SO_ESC_NOT_ORIENT			0x00000200
#define SO_DXDY					0x00000400
#define SO_CHARACTER_EXTRA			0x00000800
#define SO_BREAK_EXTRA				0x00001000
#define FO_HGLYPHS				0
#define FO_GLYPHBITS				1
#define FO_PATHOBJ				2

/* Transformations */
#define GX_IDENTITY	0
#define GX_OFFSET	1
#define GX_SCALE	2
#define GX_GENERAL	3
#define XF_LTOL		0
#define XF_INV_LTOL	1
#define XF_LTOFX	2
#define XF_INV_FXTOL	3

/* Windows on a surface */
#define WNDOBJ_SETUP		4354
#define WOC_RGN_CLIENT_DELTA	0x00000001
#define WOC_RGN_CLIENT		0x00000002
#define WOC_RGN_SURFACE_DELTA	0x00000004
#define WOC_RGN_SURFACE		0x00000008
#define WOC_CHANGED		0x00000010
#define WOC_DELETE		0x00000020
#define WOC_DRAWN		0x00000040
#define WOC_SPRITE_OVERLAP	0x00000080
#define WOC_SPRITE_NO_OVERLAP	0x00000100
#define WOC_RGN_SPRITE		0x00000200
#define WO_RGN_CLIENT_DELTA	0x00000001
#define WO_RGN_CLIENT		0x00000002
#define WO_RGN_SURFACE_DELTA	0x00000004
#define WO_RGN_SURFACE		0x00000008
#define WO_RGN_UPDATE_ALL	0x00000010
#define WO_RGN_WINDOW		0x00000020
#define WO_DRAW_NOTIFY		0x00000040
#define WO_SPRITE_NOTIFY	0x00000080
#define WO_RGN_DESKTOP_COORD	0x00000100
#define WO_RGN_SPRITE		0x00000200

/* The pointer */
#define SPS_ERROR		0x00000000
#define SPS_DECLINE		0x00000001
#define SPS_ACCEPT_NOEXCLUDE	0x00000002
#define SPS_ACCEPT_EXCLUDE	0x00000003
#define SPS_ACCEPT_SYNCHRONOUS	0x00000004
#define SPS_CHANGE		0x00000001
#define SPS_ASYNCCHANGE		0x00000002
#define SPS_ANIMATESTART	0x00000004
#define SPS_ANIMATEUPDATE	0x00000008
#define SPS_ALPHA		0x00000010
#define SPS_LENGTHMASK		0x00000f00
#define SPS_FREQMASK		0x000ff000

/* What GDIINFO tells of pixels; gamma ramps; other answers */
#define OPENGL_CMD				4352
#define OPENGL_GETINFO				4353
#define FD_ERROR				0xffffffff
#define DEVHTADJF_COLOR_DEVICE			0x00000001
#define DEVHTADJF_ADDITIVE_DEVICE		0x00000002
#define PPC_DEFAULT				0x0
#define PPC_UNDEFINED				0x1
#define PPC_RGB_ORDER_VERTICAL_STRIPES		0x2
#define PPC_BGR_ORDER_VERTICAL_STRIPES		0x3
#define PPC_RGB_ORDER_HORIZONTAL_STRIPES	0x4
#define PPC_BGR_ORDER_HORIZONTAL_STRIPES	0x5
#define PPG_DEFAULT				0
#define PPG_SRGB				1
#define EHN_RESTORED				0x00000000
#define EHN_ERROR				0x00000001
#define IGRF_RGB_256BYTES			0x00000000
#define IGRF_RGB_256WORDS			0x00000001
#define DRVQUERY_USERMODE			0x00000001

/* Other calls */
#define DDI_ERROR		0xffffffff
#define DN_ACCELERATION_LEVEL	1
#define DN_DEVICE_ORIGIN	2
#define DN_SLEEP_MODE		3
#define DN_DRAWING_BEGIN	4
#define FL_ZERO_MEMORY		0x00000001
#define FL_NONPAGED_MEMORY	0x00000002
#define ECS_TEARDOWN		0x00000001
#define ECS_REDRAW		0x00000002
#define QSA_MMX			0x00000100
#define QSA_SSE			0x00002000
#define QSA_3DNOW		0x00004000
#define QDS_CHECKJPEGFORMAT	0x00000000
#define QDS_CHECKPNGFORMAT	0x00000001
#define DRD_SUCCESS		0
#define DRD_ERROR		1
#define SS_SAVE			0x00000000
#define SS_RESTORE		0x00000001
#define SS_FREE			0x00000002
#define DSS_TIMER_EVENT		0x00000001
#define DSS_FLUSH_EVENT		0x00000002

typedef SHORT FWORD;
typedef LONG LDECI4;
typedef ULONG IDENT;
typedef LONG PTRDIFF;
typedef PTRDIFF *PPTRDIFF;
typedef LONG FIX;
typedef FIX *PFIX;
typedef ULONG ROP4;
typedef ULONG MIX;
typedef ULONG HGLYPH;
typedef HGLYPH *PHGLYPH;
typedef LONG_PTR (APIENTRY *PFN)();

typedef HANDLE HBM;
typedef HANDLE HDEV;
typedef HANDLE HSURF;
typedef HANDLE DHSURF;
typedef HANDLE DHPDEV;
typedef HANDLE HDRVOBJ;

typedef ULONG_PTR HFF;
typedef ULONG_PTR HFC;
typedef struct _ENG_EVENT *PEVENT;

/* Drivers for 32 bits keep numbers in registers of the integer kind. */
#ifdef __i386__
typedef DWORD FLOATL;
typedef struct _FLOATOBJ {
	ULONG ul1;
	ULONG ul2;
} FLOATOBJ, *PFLOATOBJ;
#else
typedef FLOAT FLOATL;
typedef FLOAT FLOATOBJ, *PFLOATOBJ;
#endif

typedef struct _POINTE {
	FLOATL x;
	FLOATL y;
} POINTE, *PPOINTE;

typedef union _FLOAT_LONG {
	FLOATL e;
	LONG l;
} FLOAT_LONG, *PFLOAT_LONG;

typedef struct _POINTFIX {
	FIX x;
	FIX y;
} POINTFIX, *PPOINTFIX;

typedef struct _RECTFX {
	FIX xLeft;
	FIX yTop;
	FIX xRight;
	FIX yBottom;
} RECTFX, *PRECTFX;

typedef struct _POINTQF {
	LARGE_INTEGER x;
	LARGE_INTEGER y;
} POINTQF, *PPOINTQF;

typedef struct _BLENDOBJ {
	BLENDFUNCTION BlendFunction;
} BLENDOBJ, *PBLENDOBJ;

typedef struct _BRUSHOBJ {
	ULONG iSolidColor;
	PVOID pvRbrush;
	FLONG flColorType;
} BRUSHOBJ;

typedef struct _CIECHROMA {
	LDECI4 x;
	LDECI4 y;
	LDECI4 Y;
} CIECHROMA;

typedef struct _RUN {
	LONG iStart;
	LONG iStop;
} RUN, *PRUN;

typedef struct _CLIPLINE {
	POINTFIX ptfxA;
	POINTFIX ptfxB;
	LONG lStyleState;
	ULONG c;
	RUN arun[1];
} CLIPLINE, *PCLIPLINE;

typedef struct _CLIPOBJ {
	ULONG iUniq;
	RECTL rclBounds;
	BYTE iDComplexity;
	BYTE iFComplexity;
	BYTE iMode;
	BYTE fjOptions;
} CLIPOBJ;

typedef struct _COLORINFO {
	CIECHROMA Red;
	CIECHROMA Green;
	CIECHROMA Blue;
	CIECHROMA Cyan;
	CIECHROMA Magenta;
	CIECHROMA Yellow;
	CIECHROMA AlignmentWhite;
	LDECI4 RedGamma;
	LDECI4 GreenGamma;
	LDECI4 BlueGamma;
	LDECI4 MagentaInCyanDye;
	LDECI4 YellowInCyanDye;
	LDECI4 CyanInMagentaDye;
	LDECI4 YellowInMagentaDye;
	LDECI4 CyanInYellowDye;
	LDECI4 MagentaInYellowDye;
} COLORINFO, *PCOLORINFO;

typedef struct _DEVINFO {
	FLONG flGraphicsCaps;
	LOGFONTW lfDefaultFont;
	LOGFONTW lfAnsiVarFont;
	LOGFONTW lfAnsiFixFont;
	ULONG cFonts;
	ULONG iDitherFormat;
	USHORT cxDither;
	USHORT cyDither;
	HPALETTE hpalDefault;
	FLONG flGraphicsCaps2;
} DEVINFO, *PDEVINFO;

struct _DRIVEROBJ;
typedef BOOL (APIENTRY *FREEOBJPROC)(struct _DRIVEROBJ *pDriverObj);

typedef struct _DRIVEROBJ {
	PVOID pvObj;
	FREEOBJPROC pFreeProc;
	HDEV hdev;
	DHPDEV dhpdev;
} DRIVEROBJ;

typedef struct _DRVFN {
	ULONG iFunc;
	PFN pfn;
} DRVFN, *PDRVFN;

typedef struct _DRVENABLEDATA {
	ULONG iDriverVersion;
	ULONG c;
	DRVFN *pdrvfn;
} DRVENABLEDATA, *PDRVENABLEDATA;

typedef HANDLE HSEMAPHORE;

typedef struct _ENGSAFESEMAPHORE {
	HSEMAPHORE hsem;
	LONG lCount;
} ENGSAFESEMAPHORE;

typedef struct _ENG_TIME_FIELDS {
	USHORT usYear;
	USHORT usMonth;
	USHORT usDay;
	USHORT usHour;
	USHORT usMinute;
	USHORT usSecond;
	USHORT usMilliseconds;
	USHORT usWeekday;
} ENG_TIME_FIELDS, *PENG_TIME_FIELDS;

typedef struct _ENUMRECTS {
	ULONG c;
	RECTL arcl[1];
} ENUMRECTS;

typedef struct _FLOATOBJ_XFORM {
	FLOATOBJ eM11;
	FLOATOBJ eM12;
	FLOATOBJ eM21;
	FLOATOBJ eM22;
	FLOATOBJ eDx;
	FLOATOBJ eDy;
} FLOATOBJ_XFORM, *PFLOATOBJ_XFORM;

typedef struct _FONTOBJ {
	ULONG iUniq;
	ULONG iFace;
	ULONG cxMax;
	FLONG flFontType;
	ULONG_PTR iTTUniq;
	ULONG_PTR iFile;
	SIZE sizLogResPpi;
	ULONG ulStyleSize;
	PVOID pvConsumer;
	PVOID pvProducer;
} FONTOBJ;

typedef struct _GAMMARAMP {
	WORD Red[256];
	WORD Green[256];
	WORD Blue[256];
} GAMMARAMP, *PGAMMARAMP;

typedef struct _GDIINFO {
	ULONG ulVersion;
	ULONG ulTechnology;
	ULONG ulHorzSize;
	ULONG ulVertSize;
	ULONG ulHorzRes;
	ULONG ulVertRes;
	ULONG cBitsPixel;
	ULONG cPlanes;
	ULONG ulNumColors;
	ULONG flRaster;
	ULONG ulLogPixelsX;
	ULONG ulLogPixelsY;
	ULONG flTextCaps;
	ULONG ulDACRed;
	ULONG ulDACGreen;
	ULONG ulDACBlue;
	ULONG ulAspectX;
	ULONG ulAspectY;
	ULONG ulAspectXY;
	LONG xStyleStep;
	LONG yStyleStep;
	LONG denStyleStep;
	POINTL ptlPhysOffset;
	SIZEL szlPhysSize;
	ULONG ulNumPalReg;
	COLORINFO ciDevice;
	ULONG ulDevicePelsDPI;
	ULONG ulPrimaryOrder;
	ULONG ulHTPatternSize;
	ULONG ulHTOutputFormat;
	ULONG flHTFlags;
	ULONG ulVRefresh;
	ULONG ulBltAlignment;
	ULONG ulPanningHorzRes;
	ULONG ulPanningVertRes;
	ULONG xPanningAlignment;
	ULONG yPanningAlignment;
	ULONG cxHTPat;
	ULONG cyHTPat;
	LPBYTE pHTPatA;
	LPBYTE pHTPatB;
	LPBYTE pHTPatC;
	ULONG flShadeBlend;
	ULONG ulPhysicalPixelCharacteristics;
	ULONG ulPhysicalPixelGamma;
} GDIINFO, *PGDIINFO;

typedef struct _PATHDATA {
	FLONG flags;
	ULONG count;
	POINTFIX *pptfx;
} PATHDATA, *PPATHDATA;

typedef struct _PATHOBJ {
	FLONG fl;
	ULONG cCurves;
} PATHOBJ;

typedef struct _GLYPHBITS {
	POINTL ptlOrigin;
	SIZEL sizlBitmap;
	BYTE aj[1];
} GLYPHBITS;

typedef union _GLYPHDEF {
	GLYPHBITS *pgb;
	PATHOBJ *ppo;
} GLYPHDEF;

typedef struct _GLYPHPOS {
	HGLYPH hg;
	GLYPHDEF *pgdf;
	POINTL ptl;
} GLYPHPOS, *PGLYPHPOS;

typedef struct _GLYPHDATA {
	GLYPHDEF gdf;
	HGLYPH hg;
	FIX fxD;
	FIX fxA;
	FIX fxAB;
	FIX fxInkTop;
	FIX fxInkBottom;
	RECTL rclInk;
	POINTQF ptqD;
} GLYPHDATA;

typedef struct _LINEATTRS {
	FLONG fl;
	ULONG iJoin;
	ULONG iEndCap;
	FLOAT_LONG elWidth;
	FLOATL eMiterLimit;
	ULONG cstyle;
	PFLOAT_LONG pstyle;
	FLOAT_LONG elStyleState;
} LINEATTRS, *PLINEATTRS;

typedef struct _PALOBJ {
	ULONG ulReserved;
} PALOBJ;

typedef struct _STROBJ {
	ULONG cGlyphs;
	FLONG flAccel;
	ULONG ulCharInc;
	RECTL rclBkGround;
	GLYPHPOS *pgp;
	LPWSTR pwszOrg;
} STROBJ;

typedef struct _SURFOBJ {
	DHSURF dhsurf;
	HSURF hsurf;
	DHPDEV dhpdev;
	HDEV hdev;
	SIZEL sizlBitmap;
	ULONG cjBits;
	PVOID pvBits;
	PVOID pvScan0;
	LONG lDelta;
	ULONG iUniq;
	ULONG iBitmapFormat;
	USHORT iType;
	USHORT fjBitmap;
} SURFOBJ;

typedef struct _WNDOBJ {
	CLIPOBJ coClient;
	PVOID pvConsumer;
	RECTL rclClient;
	SURFOBJ *psoOwner;
} WNDOBJ, *PWNDOBJ;

typedef struct _XFORML {
	FLOATL eM11;
	FLOATL eM12;
	FLOATL eM21;
	FLOATL eM22;
	FLOATL eDx;
	FLOATL eDy;
} XFORML, *PXFORML;

typedef struct _XFORMOBJ {
	ULONG ulReserved;
} XFORMOBJ;

typedef struct _XLATEOBJ {
	ULONG iUniq;
	FLONG flXlate;
	USHORT iSrcType;
	USHORT iDstType;
	ULONG cEntries;
	ULONG *pulXlate;
} XLATEOBJ;

typedef void (APIENTRY *WNDOBJCHANGEPROC)(WNDOBJ *pwo, FLONG fl);
typedef enum _ENG_SYSTEM_ATTRIBUTE {
	EngProcessorFeature = 1,
	EngNumberOfProcessors,
	EngOptimumAvailableUserMemory,
	EngOptimumAvailableSystemMemory
} ENG_SYSTEM_ATTRIBUTE;

typedef enum _ENG_DEVICE_ATTRIBUTE {
	QDA_RESERVED = 0,
	QDA_ACCELERATION_LEVEL
} ENG_DEVICE_ATTRIBUTE;

typedef int (*SORTCOMP)(const void *pv1, const void *pv2);

/* Functions of a driver: these have the names by which DRVFN numbers them. */

BOOL APIENTRY DrvAlphaBlend(SURFOBJ *psoDest, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDest, RECTL *prclSrc,
		BLENDOBJ *pBlendObj);
BOOL APIENTRY DrvAssertMode(DHPDEV dhpdev, BOOL bEnable);
BOOL APIENTRY DrvBitBlt(SURFOBJ *psoTrg, SURFOBJ *psoSrc, SURFOBJ *psoMask,
		CLIPOBJ *pco, XLATEOBJ *pxlo, RECTL *prclTrg, POINTL *pptlSrc,
		POINTL *pptlMask, BRUSHOBJ *pbo, POINTL *pptlBrush, ROP4 rop4);
void APIENTRY DrvCompletePDEV(DHPDEV dhpdev, HDEV hdev);
BOOL APIENTRY DrvCopyBits(SURFOBJ *psoDest, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDest, POINTL *pptlSrc);
HBITMAP APIENTRY DrvCreateDeviceBitmap(DHPDEV dhpdev, SIZEL sizl,
		ULONG iFormat);
void APIENTRY DrvDeleteDeviceBitmap(DHSURF dhsurf);
HBITMAP APIENTRY DrvDeriveSurface(DD_DIRECTDRAW_GLOBAL *pDirectDraw,
		DD_SURFACE_LOCAL *pSurface);
void APIENTRY DrvDisableDriver(void);
void APIENTRY DrvDisablePDEV(DHPDEV dhpdev);
void APIENTRY DrvDisableSurface(DHPDEV dhpdev);
ULONG APIENTRY DrvDitherColor(DHPDEV dhpdev, ULONG iMode, ULONG rgb,
		ULONG *pul);
ULONG APIENTRY DrvDrawEscape(SURFOBJ *pso, ULONG iEsc, CLIPOBJ *pco,
		RECTL *prcl, ULONG cjIn, PVOID pvIn);
BOOL APIENTRY DrvEnableDriver(ULONG iEngineVersion, ULONG cj,
		DRVENABLEDATA *pded);
DHPDEV APIENTRY DrvEnablePDEV(DEVMODEW *pdm, LPWSTR pwszLogAddress, ULONG cPat,
		HSURF *phsurfPatterns, ULONG cjCaps, ULONG *pdevcaps,
		ULONG cjDevInfo, DEVINFO *pdi, HDEV hdev, LPWSTR pwszDeviceName,
		HANDLE hDriver);
HSURF APIENTRY DrvEnableSurface(DHPDEV dhpdev);
ULONG APIENTRY DrvEscape(SURFOBJ *pso, ULONG iEsc, ULONG cjIn, PVOID pvIn,
		ULONG cjOut, PVOID pvOut);
BOOL APIENTRY DrvFillPath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		BRUSHOBJ *pbo, POINTL *pptlBrushOrg, MIX mix, FLONG flOptions);
ULONG APIENTRY DrvGetModes(HANDLE hDriver, ULONG cjSize, DEVMODEW *pdm);
BOOL APIENTRY DrvGradientFill(SURFOBJ *psoDest, CLIPOBJ *pco, XLATEOBJ *pxlo,
		TRIVERTEX *pVertex, ULONG nVertex, PVOID pMesh, ULONG nMesh,
		RECTL *prclExtents, POINTL *pptlDitherOrg, ULONG ulMode);
BOOL APIENTRY DrvIcmSetDeviceGammaRamp(DHPDEV dhpdev, ULONG iFormat,
		LPVOID lpRamp);
BOOL APIENTRY DrvLineTo(SURFOBJ *pso, CLIPOBJ *pco, BRUSHOBJ *pbo, LONG x1,
		LONG y1, LONG x2, LONG y2, RECTL *prclBounds, MIX mix);
void APIENTRY DrvMovePointer(SURFOBJ *pso, LONG x, LONG y, RECTL *prcl);
void APIENTRY DrvNotify(SURFOBJ *pso, ULONG iType, PVOID pvData);
BOOL APIENTRY DrvOffset(SURFOBJ *pso, LONG x, LONG y, FLONG flReserved);
BOOL APIENTRY DrvPaint(SURFOBJ *pso, CLIPOBJ *pco, BRUSHOBJ *pbo,
		POINTL *pptlBrushOrg, MIX mix);
BOOL APIENTRY DrvPlgBlt(SURFOBJ *psoTrg, SURFOBJ *psoSrc, SURFOBJ *psoMsk,
		CLIPOBJ *pco, XLATEOBJ *pxlo, COLORADJUSTMENT *pca,
		POINTL *pptlBrushOrg, POINTFIX *pptfx, RECTL *prcl,
		POINTL *pptl, ULONG iMode);
BOOL APIENTRY DrvQueryDeviceSupport(SURFOBJ *pso, XLATEOBJ *pxlo, XFORMOBJ *pxo,
		ULONG iType, ULONG cjIn, PVOID pvIn, ULONG cjOut, PVOID pvOut);
BOOL APIENTRY DrvRealizeBrush(BRUSHOBJ *pbo, SURFOBJ *psoTarget,
		SURFOBJ *psoPattern, SURFOBJ *psoMask, XLATEOBJ *pxlo,
		ULONG iHatch);
ULONG APIENTRY DrvResetDevice(DHPDEV dhpdev, PVOID Reserved);
BOOL APIENTRY DrvResetPDEV(DHPDEV dhpdevOld, DHPDEV dhpdevNew);
ULONG_PTR APIENTRY DrvSaveScreenBits(SURFOBJ *pso, ULONG iMode, ULONG_PTR ident,
		RECTL *prcl);
BOOL APIENTRY DrvSetPalette(DHPDEV dhpdev, PALOBJ *ppalo, FLONG fl,
		ULONG iStart, ULONG cColors);
ULONG APIENTRY DrvSetPointerShape(SURFOBJ *pso, SURFOBJ *psoMask,
		SURFOBJ *psoColor, XLATEOBJ *pxlo, LONG xHot, LONG yHot, LONG x,
		LONG y, RECTL *prcl, FLONG fl);
BOOL APIENTRY DrvStretchBlt(SURFOBJ *psoDest, SURFOBJ *psoSrc, SURFOBJ *psoMask,
		CLIPOBJ *pco, XLATEOBJ *pxlo, COLORADJUSTMENT *pca,
		POINTL *pptlHTOrg, RECTL *prclDest, RECTL *prclSrc,
		POINTL *pptlMask, ULONG iMode);
BOOL APIENTRY DrvStretchBltROP(SURFOBJ *psoDest, SURFOBJ *psoSrc,
		SURFOBJ *psoMask, CLIPOBJ *pco, XLATEOBJ *pxlo,
		COLORADJUSTMENT *pca, POINTL *pptlHTOrg, RECTL *prclDest,
		RECTL *prclSrc, POINTL *pptlMask, ULONG iMode, BRUSHOBJ *pbo,
		DWORD rop4);
BOOL APIENTRY DrvStrokeAndFillPath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		XFORMOBJ *pxo, BRUSHOBJ *pboStroke, LINEATTRS *plineattrs,
		BRUSHOBJ *pboFill, POINTL *pptlBrushOrg, MIX mixFill,
		FLONG flOptions);
BOOL APIENTRY DrvStrokePath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		XFORMOBJ *pxo, BRUSHOBJ *pbo, POINTL *pptlBrushOrg,
		LINEATTRS *plineattrs, MIX mix);
void APIENTRY DrvSynchronize(DHPDEV dhpdev, RECTL *prcl);
void APIENTRY DrvSynchronizeSurface(SURFOBJ *pso, RECTL *prcl, FLONG fl);
BOOL APIENTRY DrvTextOut(SURFOBJ *pso, STROBJ *pstro, FONTOBJ *pfo,
		CLIPOBJ *pco, RECTL *prclExtra, RECTL *prclOpaque,
		BRUSHOBJ *pboFore, BRUSHOBJ *pboOpaque, POINTL *pptlOrg,
		MIX mix);
BOOL APIENTRY DrvTransparentBlt(SURFOBJ *psoDst, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDst, RECTL *prclSrc,
		ULONG iTransColor, ULONG ulReserved);
void APIENTRY DrvDisableDirectDraw(DHPDEV dhpdev);
BOOL APIENTRY DrvEnableDirectDraw(DHPDEV dhpdev, DD_CALLBACKS *pCallBacks,
		DD_SURFACECALLBACKS *pSurfaceCallBacks,
		DD_PALETTECALLBACKS *pPaletteCallBacks);
BOOL APIENTRY DrvGetDirectDrawInfo(DHPDEV dhpdev, DD_HALINFO *pHalInfo,
		DWORD *pdwNumHeaps, VIDEOMEMORY *pvmList,
		DWORD *pdwNumFourCCCodes, DWORD *pdwFourCC);

/* What a driver calls. */

/*
 * One request to the adapter, on the handle that DrvEnablePDEV() and
 * DrvGetModes() are given: the same as DeviceIoControl() of windows.h, on the
 * same handles. Returns 0 or a Win32 error number.
 */
DWORD vidmem_eng_device_io_control(HANDLE device, DWORD code, LPVOID input,
		DWORD input_size, LPVOID output, DWORD output_size,
		LPDWORD returned);
#define EngDeviceIoControl vidmem_eng_device_io_control

HANDLE APIENTRY BRUSHOBJ_hGetColorTransform(BRUSHOBJ *pbo);
PVOID APIENTRY BRUSHOBJ_pvAllocRbrush(BRUSHOBJ *pbo, ULONG cj);
PVOID APIENTRY BRUSHOBJ_pvGetRbrush(BRUSHOBJ *pbo);
ULONG APIENTRY BRUSHOBJ_ulGetBrushColor(BRUSHOBJ *pbo);
BOOL APIENTRY CLIPOBJ_bEnum(CLIPOBJ *pco, ULONG cj, ULONG *pv);
ULONG APIENTRY CLIPOBJ_cEnumStart(CLIPOBJ *pco, BOOL bAll, ULONG iType,
		ULONG iDirection, ULONG cLimit);
PATHOBJ *APIENTRY CLIPOBJ_ppoGetPath(CLIPOBJ *pco);
void APIENTRY EngAcquireSemaphore(HSEMAPHORE hsem);
PVOID APIENTRY EngAllocMem(ULONG Flags, ULONG MemSize, ULONG Tag);
PVOID APIENTRY EngAllocPrivateUserMem(PDD_SURFACE_LOCAL psl, SIZE_T cj,
		ULONG tag);
PVOID APIENTRY EngAllocUserMem(SIZE_T cj, ULONG tag);
BOOL APIENTRY EngAlphaBlend(SURFOBJ *psoDest, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDest, RECTL *prclSrc,
		BLENDOBJ *pBlendObj);
BOOL APIENTRY EngAssociateSurface(HSURF hsurf, HDEV hdev, FLONG flHooks);
BOOL APIENTRY EngBitBlt(SURFOBJ *psoTrg, SURFOBJ *psoSrc, SURFOBJ *psoMask,
		CLIPOBJ *pco, XLATEOBJ *pxlo, RECTL *prclTrg, POINTL *pptlSrc,
		POINTL *pptlMask, BRUSHOBJ *pbo, POINTL *pptlBrush, ROP4 rop4);
void APIENTRY EngClearEvent(PEVENT pEvent);
BOOL APIENTRY EngControlSprites(WNDOBJ *pwo, FLONG fl);
BOOL APIENTRY EngCopyBits(SURFOBJ *psoDest, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDest, POINTL *pptlSrc);
HBITMAP APIENTRY EngCreateBitmap(SIZEL sizl, LONG lWidth, ULONG iFormat,
		FLONG fl, PVOID pvBits);
CLIPOBJ *APIENTRY EngCreateClip(void);
HBITMAP APIENTRY EngCreateDeviceBitmap(DHSURF dhsurf, SIZEL sizl,
		ULONG iFormatCompat);
HSURF APIENTRY EngCreateDeviceSurface(DHSURF dhsurf, SIZEL sizl,
		ULONG iFormatCompat);
HDRVOBJ APIENTRY EngCreateDriverObj(PVOID pvObj, FREEOBJPROC pFreeObjProc,
		HDEV hdev);
BOOL APIENTRY EngCreateEvent(PEVENT *ppEvent);
HPALETTE APIENTRY EngCreatePalette(ULONG iMode, ULONG cColors, ULONG *pulColors,
		FLONG flRed, FLONG flGreen, FLONG flBlue);
PATHOBJ *APIENTRY EngCreatePath(void);
HSEMAPHORE APIENTRY EngCreateSemaphore(void);
WNDOBJ *APIENTRY EngCreateWnd(SURFOBJ *pso, HWND hwnd, WNDOBJCHANGEPROC pfn,
		FLONG fl, int iPixelFormat);
void APIENTRY EngDebugBreak(void);
void APIENTRY EngDebugPrint(PCHAR StandardPrefix, PCHAR DebugMessage,
		va_list ap);
void APIENTRY EngDeleteClip(CLIPOBJ *pco);
BOOL APIENTRY EngDeleteDriverObj(HDRVOBJ hdo, BOOL bCallBack, BOOL bLocked);
BOOL APIENTRY EngDeleteEvent(PEVENT pEvent);
BOOL APIENTRY EngDeleteFile(LPWSTR pwszFileName);
BOOL APIENTRY EngDeletePalette(HPALETTE hpal);
void APIENTRY EngDeletePath(PATHOBJ *ppo);
void APIENTRY EngDeleteSafeSemaphore(ENGSAFESEMAPHORE *pssem);
void APIENTRY EngDeleteSemaphore(HSEMAPHORE hsem);
BOOL APIENTRY EngDeleteSurface(HSURF hsurf);
void APIENTRY EngDeleteWnd(WNDOBJ *pwo);
ULONG APIENTRY EngDitherColor(HDEV hdev, ULONG iMode, ULONG rgb, ULONG *pul);
BOOL APIENTRY EngEraseSurface(SURFOBJ *pso, RECTL *prcl, ULONG iColor);
BOOL APIENTRY EngFillPath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		BRUSHOBJ *pbo, POINTL *pptlBrushOrg, MIX mix, FLONG flOptions);
PVOID APIENTRY EngFindImageProcAddress(HANDLE hModule, LPSTR lpProcName);
PVOID APIENTRY EngFindResource(HANDLE h, int iName, int iType, PULONG pulSize);
void APIENTRY EngFreeMem(PVOID Mem);
void APIENTRY EngFreeModule(HANDLE h);
void APIENTRY EngFreePrivateUserMem(PDD_SURFACE_LOCAL psl, PVOID pv);
void APIENTRY EngFreeUserMem(PVOID pv);
void APIENTRY EngGetCurrentCodePage(PUSHORT OemCodePage, PUSHORT AnsiCodePage);
HANDLE APIENTRY EngGetCurrentProcessId(void);
HANDLE APIENTRY EngGetCurrentThreadId(void);
ULONG APIENTRY EngGetLastError(void);
HANDLE APIENTRY EngGetProcessHandle(void);
BOOL APIENTRY EngGradientFill(SURFOBJ *psoDest, CLIPOBJ *pco, XLATEOBJ *pxlo,
		TRIVERTEX *pVertex, ULONG nVertex, PVOID pMesh, ULONG nMesh,
		RECTL *prclExtents, POINTL *pptlDitherOrg, ULONG ulMode);
ULONG APIENTRY EngHangNotification(HDEV hDev, PVOID Reserved);
BOOL APIENTRY EngInitializeSafeSemaphore(ENGSAFESEMAPHORE *pssem);
BOOL APIENTRY EngIsSemaphoreOwned(HSEMAPHORE hsem);
BOOL APIENTRY EngIsSemaphoreOwnedByCurrentThread(HSEMAPHORE hsem);
BOOL APIENTRY EngLineTo(SURFOBJ *pso, CLIPOBJ *pco, BRUSHOBJ *pbo, LONG x1,
		LONG y1, LONG x2, LONG y2, RECTL *prclBounds, MIX mix);
HANDLE APIENTRY EngLoadImage(LPWSTR pwszDriver);
HANDLE APIENTRY EngLoadModule(LPWSTR pwsz);
HANDLE APIENTRY EngLoadModuleForWrite(LPWSTR pwsz, ULONG cjSizeOfModule);
PDD_SURFACE_LOCAL APIENTRY EngLockDirectDrawSurface(HANDLE hSurface);
DRIVEROBJ *APIENTRY EngLockDriverObj(HDRVOBJ hdo);
SURFOBJ *APIENTRY EngLockSurface(HSURF hsurf);
PEVENT APIENTRY EngMapEvent(HDEV hDev, HANDLE hUserObject, PVOID Reserved1,
		PVOID Reserved2, PVOID Reserved3);
PVOID APIENTRY EngMapFile(LPWSTR pwsz, ULONG cjSize, ULONG_PTR *piFile);
PVOID APIENTRY EngMapModule(HANDLE h, PULONG pSize);
BOOL APIENTRY EngModifySurface(HSURF hsurf, HDEV hdev, FLONG flHooks,
		FLONG flSurface, DHSURF dhsurf, void *pvScan0, LONG lDelta,
		void *pvReserved);
void APIENTRY EngMovePointer(SURFOBJ *pso, LONG x, LONG y, RECTL *prcl);
int APIENTRY EngMulDiv(int a, int b, int c);
void APIENTRY EngMultiByteToUnicodeN(LPWSTR UnicodeString,
		ULONG MaxBytesInUnicodeString, PULONG BytesInUnicodeString,
		PCHAR MultiByteString, ULONG BytesInMultiByteString);
INT APIENTRY EngMultiByteToWideChar(UINT CodePage, LPWSTR WideCharString,
		INT BytesInWideCharString, LPSTR MultiByteString,
		INT BytesInMultiByteString);
BOOL APIENTRY EngPaint(SURFOBJ *pso, CLIPOBJ *pco, BRUSHOBJ *pbo,
		POINTL *pptlBrushOrg, MIX mix);
BOOL APIENTRY EngPlgBlt(SURFOBJ *psoTrg, SURFOBJ *psoSrc, SURFOBJ *psoMsk,
		CLIPOBJ *pco, XLATEOBJ *pxlo, COLORADJUSTMENT *pca,
		POINTL *pptlBrushOrg, POINTFIX *pptfx, RECTL *prcl,
		POINTL *pptl, ULONG iMode);
void APIENTRY EngProbeForRead(PVOID Address, ULONG Length, ULONG Alignment);
void APIENTRY EngProbeForReadAndWrite(PVOID Address, ULONG Length,
		ULONG Alignment);
BOOL APIENTRY EngQueryDeviceAttribute(HDEV hdev, ENG_DEVICE_ATTRIBUTE devAttr,
		void *pvIn, ULONG ulInSize, void *pvOut, ULONG ulOutSize);
void APIENTRY EngQueryLocalTime(PENG_TIME_FIELDS ptf);
ULONG APIENTRY EngQueryPalette(HPALETTE hPal, ULONG *piMode, ULONG cColors,
		ULONG *pulColors);
void APIENTRY EngQueryPerformanceCounter(LONGLONG *pPerformanceCount);
void APIENTRY EngQueryPerformanceFrequency(LONGLONG *pFrequency);
BOOL APIENTRY EngQuerySystemAttribute(ENG_SYSTEM_ATTRIBUTE CapNum,
		PDWORD pCapability);
LONG APIENTRY EngReadStateEvent(PEVENT pEvent);
void APIENTRY EngReleaseSemaphore(HSEMAPHORE hsem);
BOOL APIENTRY EngRestoreFloatingPointState(void *pBuffer);
ULONG APIENTRY EngSaveFloatingPointState(void *pBuffer, ULONG cjBufferSize);
HANDLE APIENTRY EngSecureMem(PVOID Address, ULONG Length);
LONG APIENTRY EngSetEvent(PEVENT pEvent);
void APIENTRY EngSetLastError(ULONG iError);
ULONG APIENTRY EngSetPointerShape(SURFOBJ *pso, SURFOBJ *psoMask,
		SURFOBJ *psoColor, XLATEOBJ *pxlo, LONG xHot, LONG yHot, LONG x,
		LONG y, RECTL *prcl, FLONG fl);
void APIENTRY EngSort(PBYTE pjBuf, ULONG c, ULONG cjElem, SORTCOMP pfnComp);
BOOL APIENTRY EngStretchBlt(SURFOBJ *psoDest, SURFOBJ *psoSrc, SURFOBJ *psoMask,
		CLIPOBJ *pco, XLATEOBJ *pxlo, COLORADJUSTMENT *pca,
		POINTL *pptlHTOrg, RECTL *prclDest, RECTL *prclSrc,
		POINTL *pptlMask, ULONG iMode);
BOOL APIENTRY EngStretchBltROP(SURFOBJ *psoDest, SURFOBJ *psoSrc,
		SURFOBJ *psoMask, CLIPOBJ *pco, XLATEOBJ *pxlo,
		COLORADJUSTMENT *pca, POINTL *pptlHTOrg, RECTL *prclDest,
		RECTL *prclSrc, POINTL *pptlMask, ULONG iMode, BRUSHOBJ *pbo,
		DWORD rop4);
BOOL APIENTRY EngStrokeAndFillPath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		XFORMOBJ *pxo, BRUSHOBJ *pboStroke, LINEATTRS *plineattrs,
		BRUSHOBJ *pboFill, POINTL *pptlBrushOrg, MIX mixFill,
		FLONG flOptions);
BOOL APIENTRY EngStrokePath(SURFOBJ *pso, PATHOBJ *ppo, CLIPOBJ *pco,
		XFORMOBJ *pxo, BRUSHOBJ *pbo, POINTL *pptlBrushOrg,
		LINEATTRS *plineattrs, MIX mix);
BOOL APIENTRY EngTextOut(SURFOBJ *pso, STROBJ *pstro, FONTOBJ *pfo,
		CLIPOBJ *pco, RECTL *prclExtra, RECTL *prclOpaque,
		BRUSHOBJ *pboFore, BRUSHOBJ *pboOpaque, POINTL *pptlOrg,
		MIX mix);
BOOL APIENTRY EngTransparentBlt(SURFOBJ *psoDst, SURFOBJ *psoSrc, CLIPOBJ *pco,
		XLATEOBJ *pxlo, RECTL *prclDst, RECTL *prclSrc,
		ULONG iTransColor, ULONG ulReserved);
void APIENTRY EngUnicodeToMultiByteN(PCHAR MultiByteString,
		ULONG MaxBytesInMultiByteString, PULONG BytesInMultiByteString,
		PWSTR UnicodeString, ULONG BytesInUnicodeString);
void APIENTRY EngUnloadImage(HANDLE hModule);
BOOL APIENTRY EngUnlockDirectDrawSurface(PDD_SURFACE_LOCAL pSurface);
BOOL APIENTRY EngUnlockDriverObj(HDRVOBJ hdo);
void APIENTRY EngUnlockSurface(SURFOBJ *pso);
BOOL APIENTRY EngUnmapEvent(PEVENT pEvent);
BOOL APIENTRY EngUnmapFile(ULONG_PTR iFile);
void APIENTRY EngUnsecureMem(HANDLE hSecure);
BOOL APIENTRY EngWaitForSingleObject(PEVENT pEvent, PLARGE_INTEGER pTimeOut);
INT APIENTRY EngWideCharToMultiByte(UINT CodePage, LPWSTR WideCharString,
		INT BytesInWideCharString, LPSTR MultiByteString,
		INT BytesInMultiByteString);
ULONG APIENTRY FONTOBJ_cGetGlyphs(FONTOBJ *pfo, ULONG iMode, ULONG cGlyph,
		HGLYPH *phg, PVOID *ppvGlyph);
PVOID APIENTRY FONTOBJ_pvTrueTypeFontFile(FONTOBJ *pfo, ULONG *pcjFile);
LPWSTR APIENTRY FONTOBJ_pwszFontFilePaths(FONTOBJ *pfo, ULONG *pcwc);
XFORMOBJ *APIENTRY FONTOBJ_pxoGetXform(FONTOBJ *pfo);
ULONG APIENTRY PALOBJ_cGetColors(PALOBJ *ppalo, ULONG iStart, ULONG cColors,
		ULONG *pulColors);
BOOL APIENTRY PATHOBJ_bCloseFigure(PATHOBJ *ppo);
BOOL APIENTRY PATHOBJ_bEnum(PATHOBJ *ppo, PATHDATA *ppd);
BOOL APIENTRY PATHOBJ_bEnumClipLines(PATHOBJ *ppo, ULONG cb, CLIPLINE *pcl);
BOOL APIENTRY PATHOBJ_bMoveTo(PATHOBJ *ppo, POINTFIX ptfx);
BOOL APIENTRY PATHOBJ_bPolyBezierTo(PATHOBJ *ppo, POINTFIX *pptfx, ULONG cptfx);
BOOL APIENTRY PATHOBJ_bPolyLineTo(PATHOBJ *ppo, POINTFIX *pptfx, ULONG cptfx);
void APIENTRY PATHOBJ_vEnumStart(PATHOBJ *ppo);
void APIENTRY PATHOBJ_vEnumStartClipLines(PATHOBJ *ppo, CLIPOBJ *pco,
		SURFOBJ *pso, LINEATTRS *pla);
void APIENTRY PATHOBJ_vGetBounds(PATHOBJ *ppo, PRECTFX prectfx);
BOOL APIENTRY STROBJ_bEnum(STROBJ *pstro, ULONG *pc, PGLYPHPOS *ppgpos);
BOOL APIENTRY STROBJ_bEnumPositionsOnly(STROBJ *pstro, ULONG *pc,
		PGLYPHPOS *ppgpos);
BOOL APIENTRY STROBJ_bGetAdvanceWidths(STROBJ *pso, ULONG iFirst, ULONG c,
		POINTQF *pptqD);
DWORD APIENTRY STROBJ_dwGetCodePage(STROBJ *pstro);
FIX APIENTRY STROBJ_fxBreakExtra(STROBJ *pstro);
FIX APIENTRY STROBJ_fxCharacterExtra(STROBJ *pstro);
void APIENTRY STROBJ_vEnumStart(STROBJ *pstro);
BOOL APIENTRY WNDOBJ_bEnum(WNDOBJ *pwo, ULONG cj, ULONG *pul);
ULONG APIENTRY WNDOBJ_cEnumStart(WNDOBJ *pwo, ULONG iType, ULONG iDirection,
		ULONG cLimit);
void APIENTRY WNDOBJ_vSetConsumer(WNDOBJ *pwo, PVOID pvConsumer);
BOOL APIENTRY XFORMOBJ_bApplyXform(XFORMOBJ *pxo, ULONG iMode, ULONG cPoints,
		PVOID pvIn, PVOID pvOut);
ULONG APIENTRY XFORMOBJ_iGetFloatObjXform(XFORMOBJ *pxo, FLOATOBJ_XFORM *pxfo);
ULONG APIENTRY XFORMOBJ_iGetXform(XFORMOBJ *pxo, XFORML *pxform);
ULONG APIENTRY XLATEOBJ_cGetPalette(XLATEOBJ *pxlo, ULONG iPal, ULONG cPal,
		ULONG *pPal);
HANDLE APIENTRY XLATEOBJ_hGetColorTransform(XLATEOBJ *pxlo);
ULONG APIENTRY XLATEOBJ_iXlate(XLATEOBJ *pxlo, ULONG iColor);
ULONG *APIENTRY XLATEOBJ_piVector(XLATEOBJ *pxlo);

/* Of miniports, but used by display drivers, too: VideoDebugPrint((0, "...")). */
void vidmem_video_debug_print(ULONG level, const char *message, ...);
#ifndef VideoDebugPrint
#define VideoDebugPrint(arguments) vidmem_video_debug_print arguments
#endif

/* 28.4 fixed point */
#define LTOFX(x)		((x) << 4)
#define FXTOL(x)		((x) >> 4)
#define FXTOLFLOOR(x)		((x) >> 4)
#define FXTOLCEILING(x)		(((x) + 0x0f) >> 4)
#define FXTOLROUND(x)		((((x) >> 3) + 1) >> 1)

#ifdef __cplusplus
}
#endif

#endif /* VIDMEM_WINDDI_H */
