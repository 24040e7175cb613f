/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINGDI_H
#define VIDMEM_WINGDI_H

/*
 * What display drivers take from GDI's header: structures that win32k hands to
 * them and they hand back, and the numbers in these. No function of GDI is here.
 */

#include "windef.h"

#define CCHDEVICENAME			32
#define CCHFORMNAME			32

/* DEVMODEW.dmSpecVersion */
#define DM_SPECVERSION			0x0401

/* Character sets, precisions and qualities of LOGFONTW */
#define CLIP_TO_PATH			4097
#define TMPF_FIXED_PITCH		0x01
#define LF_FACESIZE			32
#define LF_FULLFACESIZE			64
#define OUT_DEFAULT_PRECIS		0
#define OUT_STRING_PRECIS		1
#define OUT_CHARACTER_PRECIS		2
#define OUT_STROKE_PRECIS		3
#define OUT_TT_PRECIS			4
#define OUT_DEVICE_PRECIS		5
#define OUT_RASTER_PRECIS		6
#define OUT_TT_ONLY_PRECIS		7
#define OUT_OUTLINE_PRECIS		8
#define OUT_SCREEN_OUTLINE_PRECIS	9
#define OUT_PS_ONLY_PRECIS		10
#define CLIP_DEFAULT_PRECIS		0
#define CLIP_CHARACTER_PRECIS		1
#define CLIP_STROKE_PRECIS		2
#define CLIP_MASK			0xf
#define CLIP_LH_ANGLES			(1 << 4)
#define CLIP_TT_ALWAYS			(2 << 4)
#define CLIP_DFA_DISABLE		(4 << 4)
#define CLIP_EMBEDDED			(8 << 4)
#define DEFAULT_QUALITY			0
#define DRAFT_QUALITY			1
#define PROOF_QUALITY			2
#define NONANTIALIASED_QUALITY		3
#define ANTIALIASED_QUALITY		4
#define CLEARTYPE_QUALITY		5
#define CLEARTYPE_NATURAL_QUALITY	6
#define DEFAULT_PITCH			0
#define FIXED_PITCH			1
#define VARIABLE_PITCH			2
#define ANSI_CHARSET			0
#define DEFAULT_CHARSET			1
#define SYMBOL_CHARSET			2
#define SHIFTJIS_CHARSET		128
#define HANGEUL_CHARSET			129
#define HANGUL_CHARSET			129
#define GB2312_CHARSET			134
#define CHINESEBIG5_CHARSET		136
#define OEM_CHARSET			255
#define JOHAB_CHARSET			130
#define HEBREW_CHARSET			177
#define ARABIC_CHARSET			178
#define GREEK_CHARSET			161
#define TURKISH_CHARSET			162
#define VIETNAMESE_CHARSET		163
#define THAI_CHARSET			222
#define EASTEUROPE_CHARSET		238
#define RUSSIAN_CHARSET			204
#define MAC_CHARSET			77
#define BALTIC_CHARSET			186
#define FW_DONTCARE			0
#define FW_THIN				100
#define FW_EXTRALIGHT			200
#define FW_LIGHT			300
#define FW_NORMAL			400
#define FW_MEDIUM			500
#define FW_SEMIBOLD			600
#define FW_BOLD				700
#define FW_EXTRABOLD			800
#define FW_HEAVY			900
#define FF_DONTCARE			0x00
#define FF_ROMAN			0x10
#define FF_SWISS			0x20
#define FF_MODERN			0x30
#define FF_SCRIPT			0x40
#define FF_DECORATIVE			0x50

/* Kinds of devices, and what they can do, in GDIINFO */
#define CM_OUT_OF_GAMUT		255
#define CM_IN_GAMUT		0
#define PC_RESERVED		0x01
#define PC_EXPLICIT		0x02
#define PC_NOCOLLAPSE		0x04
#define DT_PLOTTER		0
#define DT_RASDISPLAY		1
#define DT_RASPRINTER		2
#define DT_RASCAMERA		3
#define DT_CHARSTREAM		4
#define DT_METAFILE		5
#define DT_DISPFILE		6
#define CC_NONE			0
#define CC_CIRCLES		1
#define CC_PIE			2
#define CC_CHORD		4
#define CC_ELLIPSES		8
#define CC_WIDE			16
#define CC_STYLED		32
#define CC_WIDESTYLED		64
#define CC_INTERIORS		128
#define CC_ROUNDRECT		256
#define LC_NONE			0
#define LC_POLYLINE		2
#define LC_MARKER		4
#define LC_POLYMARKER		8
#define LC_WIDE			16
#define LC_STYLED		32
#define LC_WIDESTYLED		64
#define LC_INTERIORS		128
#define PC_NONE			0
#define PC_POLYGON		1
#define PC_RECTANGLE		2
#define PC_WINDPOLYGON		4
#define PC_TRAPEZOID		4
#define PC_SCANLINE		8
#define PC_WIDE			16
#define PC_STYLED		32
#define PC_WIDESTYLED		64
#define PC_INTERIORS		128
#define PC_POLYPOLYGON		256
#define PC_PATHS		512
#define TC_OP_CHARACTER		0x00000001
#define TC_OP_STROKE		0x00000002
#define TC_CP_STROKE		0x00000004
#define TC_CR_90		0x00000008
#define TC_CR_ANY		0x00000010
#define TC_SF_X_YINDEP		0x00000020
#define TC_SA_DOUBLE		0x00000040
#define TC_SA_INTEGER		0x00000080
#define TC_SA_CONTIN		0x00000100
#define TC_EA_DOUBLE		0x00000200
#define TC_IA_ABLE		0x00000400
#define TC_UA_ABLE		0x00000800
#define TC_SO_ABLE		0x00001000
#define TC_RA_ABLE		0x00002000
#define TC_VA_ABLE		0x00004000
#define TC_RESERVED		0x00008000
#define TC_SCROLLBLT		0x00010000
#define RC_BITBLT		1
#define RC_BANDING		2
#define RC_SCALING		4
#define RC_BITMAP64		8
#define RC_GDI20_OUTPUT		0x0010
#define RC_GDI20_STATE		0x0020
#define RC_SAVEBITMAP		0x0040
#define RC_DI_BITMAP		0x0080
#define RC_PALETTE		0x0100
#define RC_DIBTODEV		0x0200
#define RC_BIGFONT		0x0400
#define RC_STRETCHBLT		0x0800
#define RC_FLOODFILL		0x1000
#define RC_STRETCHDIB		0x2000
#define RC_OP_DX_OUTPUT		0x4000
#define RC_DEVBITS		0x8000
#define SB_NONE			0x00000000
#define SB_CONST_ALPHA		0x00000001
#define SB_PIXEL_ALPHA		0x00000002
#define SB_PREMULT_ALPHA	0x00000004
#define SB_GRAD_RECT		0x00000010
#define SB_GRAD_TRI		0x00000020
#define CM_NONE			0x00000000
#define CM_DEVICE_ICM		0x00000001
#define CM_GAMMA_RAMP		0x00000002
#define CM_CMYK_COLOR		0x00000004

/* What pixels are drawn with: MIX and the fourth byte of ROP4 */
#define R2_BLACK	1
#define R2_NOTMERGEPEN	2
#define R2_MASKNOTPEN	3
#define R2_NOTCOPYPEN	4
#define R2_MASKPENNOT	5
#define R2_NOT		6
#define R2_XORPEN	7
#define R2_NOTMASKPEN	8
#define R2_MASKPEN	9
#define R2_NOTXORPEN	10
#define R2_NOP		11
#define R2_MERGENOTPEN	12
#define R2_COPYPEN	13
#define R2_MERGEPENNOT	14
#define R2_MERGEPEN	15
#define R2_WHITE	16
#define R2_LAST		16

/* Operations with a source and a pattern */
#define SRCCOPY		0x00cc0020
#define SRCPAINT	0x00ee0086
#define SRCAND		0x008800c6
#define SRCINVERT	0x00660046
#define SRCERASE	0x00440328
#define NOTSRCCOPY	0x00330008
#define NOTSRCERASE	0x001100a6
#define MERGECOPY	0x00c000ca
#define MERGEPAINT	0x00bb0226
#define PATCOPY		0x00f00021
#define PATPAINT	0x00fb0a09
#define PATINVERT	0x005a0049
#define DSTINVERT	0x00550009
#define BLACKNESS	0x00000042
#define WHITENESS	0x00ff0062
#define NOMIRRORBITMAP	0x80000000
#define CAPTUREBLT	0x40000000

/* Members of DEVMODEW that hold something */
#define DM_ORIENTATION		0x00000001
#define DM_PAPERSIZE		0x00000002
#define DM_PAPERLENGTH		0x00000004
#define DM_PAPERWIDTH		0x00000008
#define DM_SCALE		0x00000010
#define DM_POSITION		0x00000020
#define DM_NUP			0x00000040
#define DM_DISPLAYORIENTATION	0x00000080
#define DM_COPIES		0x00000100
#define DM_DEFAULTSOURCE	0x00000200
#define DM_PRINTQUALITY		0x00000400
#define DM_COLOR		0x00000800
#define DM_DUPLEX		0x00001000
#define DM_YRESOLUTION		0x00002000
#define DM_TTOPTION		0x00004000
#define DM_COLLATE		0x00008000
#define DM_FORMNAME		0x00010000
#define DM_LOGPIXELS		0x00020000
#define DM_BITSPERPEL		0x00040000
#define DM_PELSWIDTH		0x00080000
#define DM_PELSHEIGHT		0x00100000
#define DM_DISPLAYFLAGS		0x00200000
#define DM_DISPLAYFREQUENCY	0x00400000
#define DM_ICMMETHOD		0x00800000
#define DM_ICMINTENT		0x01000000
#define DM_MEDIATYPE		0x02000000
#define DM_DITHERTYPE		0x04000000
#define DM_PANNINGWIDTH		0x08000000
#define DM_PANNINGHEIGHT	0x10000000
#define DM_DISPLAYFIXEDOUTPUT	0x20000000
#define DM_INTERLACED		0x00000002

/* Values of some of them */
#define DMCOLOR_MONOCHROME	1
#define DMCOLOR_COLOR		2
#define DMDO_DEFAULT		0
#define DMDO_90			1
#define DMDO_180		2
#define DMDO_270		3
#define DMDFO_DEFAULT		0
#define DMDFO_STRETCH		1
#define DMDFO_CENTER		2
#define DMDISPLAYFLAGS_TEXTMODE	0x00000004
#define DMICMMETHOD_NONE	1
#define DMICMMETHOD_SYSTEM	2
#define DMICMMETHOD_DRIVER	3
#define DMICMMETHOD_DEVICE	4
#define DMICMMETHOD_USER	256
#define DMICM_SATURATE		1
#define DMICM_CONTRAST		2
#define DMICM_COLORIMETRIC	3
#define DMICM_ABS_COLORIMETRIC	4
#define DMICM_USER		256
#define DMDITHER_NONE		1
#define DMDITHER_COARSE		2
#define DMDITHER_FINE		3
#define DMDITHER_LINEART	4
#define DMDITHER_ERRORDIFFUSION	5
#define DMDITHER_RESERVED6	6
#define DMDITHER_RESERVED7	7
#define DMDITHER_RESERVED8	8
#define DMDITHER_RESERVED9	9
#define DMDITHER_GRAYSCALE	10
#define DMDITHER_USER		256

/* Bitmaps and palettes */
#define LCS_CALIBRATED_RGB	0x00000000
#define LCS_GM_BUSINESS		0x00000001
#define LCS_GM_GRAPHICS		0x00000002
#define LCS_GM_IMAGES		0x00000004
#define LCS_GM_ABS_COLORIMETRIC	0x00000008
#define BI_RGB			0
#define BI_RLE8			1
#define BI_RLE4			2
#define BI_BITFIELDS		3
#define BI_JPEG			4
#define BI_PNG			5
#define DIB_RGB_COLORS		0
#define DIB_PAL_COLORS		1
#define SYSPAL_ERROR		0
#define SYSPAL_STATIC		1
#define SYSPAL_NOSTATIC		2
#define SYSPAL_NOSTATIC256	3

/* Blending and gradients */
#define AC_SRC_OVER		0x00
#define AC_SRC_ALPHA		0x01
#define GRADIENT_FILL_RECT_H	0x00000000
#define GRADIENT_FILL_RECT_V	0x00000001
#define GRADIENT_FILL_TRIANGLE	0x00000002
#define GRADIENT_FILL_OP_FLAG	0x000000ff

/* Stretching, filling, backgrounds, brushes, pens */
#define BLACKONWHITE		1
#define WHITEONBLACK		2
#define COLORONCOLOR		3
#define HALFTONE		4
#define ALTERNATE		1
#define WINDING			2
#define TRANSPARENT		1
#define OPAQUE			2
#define BS_SOLID		0
#define BS_NULL			1
#define BS_HATCHED		2
#define BS_PATTERN		3
#define BS_INDEXED		4
#define BS_DIBPATTERN		5
#define BS_DIBPATTERNPT		6
#define BS_PATTERN8X8		7
#define BS_DIBPATTERN8X8	8
#define BS_MONOPATTERN		9
#define HS_HORIZONTAL		0
#define HS_VERTICAL		1
#define HS_FDIAGONAL		2
#define HS_BDIAGONAL		3
#define HS_CROSS		4
#define HS_DIAGCROSS		5
#define HS_API_MAX		12
#define PS_SOLID		0
#define PS_DASH			1
#define PS_DOT			2
#define PS_DASHDOT		3
#define PS_DASHDOTDOT		4
#define PS_NULL			5
#define PS_INSIDEFRAME		6
#define PS_USERSTYLE		7
#define PS_ALTERNATE		8
#define PS_STYLE_MASK		0x0000000f
#define PS_ENDCAP_ROUND		0x00000000
#define PS_ENDCAP_SQUARE	0x00000100
#define PS_ENDCAP_FLAT		0x00000200
#define PS_ENDCAP_MASK		0x00000f00
#define PS_JOIN_ROUND		0x00000000
#define PS_JOIN_BEVEL		0x00001000
#define PS_JOIN_MITER		0x00002000
#define PS_JOIN_MASK		0x0000f000
#define PS_COSMETIC		0x00000000
#define PS_GEOMETRIC		0x00010000
#define PS_TYPE_MASK		0x000f0000
#define STRETCH_ANDSCANS		BLACKONWHITE
#define STRETCH_ORSCANS			WHITEONBLACK
#define STRETCH_DELETESCANS		COLORONCOLOR
#define STRETCH_HALFTONE		HALFTONE

/* Escapes that reach display drivers */
#define GETCOLORTABLE		5
#define QUERYESCSUPPORT		8
#define SETCOPYCOUNT		17
#define PASSTHROUGH		19
#define DRAWPATTERNRECT		25
#define MOUSETRAILS		39
#define GETEXTENDEDTEXTMETRICS	256
#define QUERYDIBSUPPORT		3073
#define EXT_DEVICE_CAPS		4099
#define CHECKJPEGFORMAT		4119
#define CHECKPNGFORMAT		4120
#define QDI_SETDIBITS		1
#define QDI_GETDIBITS		2
#define QDI_DIBTOSCREEN		4
#define QDI_STRETCHDIB		8

/* Kinds of fonts */
#define RASTER_FONTTYPE		0x0001
#define DEVICE_FONTTYPE		0x002
#define TRUETYPE_FONTTYPE	0x004

typedef struct tagLOGFONTW {
	LONG lfHeight;
	LONG lfWidth;
	LONG lfEscapement;
	LONG lfOrientation;
	LONG lfWeight;
	BYTE lfItalic;
	BYTE lfUnderline;
	BYTE lfStrikeOut;
	BYTE lfCharSet;
	BYTE lfOutPrecision;
	BYTE lfClipPrecision;
	BYTE lfQuality;
	BYTE lfPitchAndFamily;
	WCHAR lfFaceName[LF_FACESIZE];
} LOGFONTW, *PLOGFONTW, *LPLOGFONTW;

typedef struct _devicemodeW {
	WCHAR dmDeviceName[CCHDEVICENAME];
	WORD dmSpecVersion;
	WORD dmDriverVersion;
	WORD dmSize;			/* bytes, without the driver's extra */
	WORD dmDriverExtra;
	DWORD dmFields;			/* DM_*: which members hold something */
	VIDMEM_UNNAMED union {
		VIDMEM_UNNAMED struct {
			SHORT dmOrientation;
			SHORT dmPaperSize;
			SHORT dmPaperLength;
			SHORT dmPaperWidth;
			SHORT dmScale;
			SHORT dmCopies;
			SHORT dmDefaultSource;
			SHORT dmPrintQuality;
		};
		VIDMEM_UNNAMED struct {
			POINTL dmPosition;
			DWORD dmDisplayOrientation;
			DWORD dmDisplayFixedOutput;
		};
	};
	SHORT dmColor;
	SHORT dmDuplex;
	SHORT dmYResolution;
	SHORT dmTTOption;
	SHORT dmCollate;
	WCHAR dmFormName[CCHFORMNAME];
	WORD dmLogPixels;
	DWORD dmBitsPerPel;
	DWORD dmPelsWidth;
	DWORD dmPelsHeight;
	VIDMEM_UNNAMED union {
		DWORD dmDisplayFlags;
		DWORD dmNup;
	};
	DWORD dmDisplayFrequency;
	DWORD dmICMMethod;
	DWORD dmICMIntent;
	DWORD dmMediaType;
	DWORD dmDitherType;
	DWORD dmReserved1;
	DWORD dmReserved2;
	DWORD dmPanningWidth;
	DWORD dmPanningHeight;
} DEVMODEW, *PDEVMODEW, *LPDEVMODEW;

#ifdef UNICODE
typedef DEVMODEW DEVMODE, *PDEVMODE, *LPDEVMODE;
typedef LOGFONTW LOGFONT, *PLOGFONT, *LPLOGFONT;
#endif

typedef struct tagPALETTEENTRY {
	BYTE peRed;
	BYTE peGreen;
	BYTE peBlue;
	BYTE peFlags;
} PALETTEENTRY, *PPALETTEENTRY, *LPPALETTEENTRY;

typedef struct tagLOGPALETTE {
	WORD palVersion;
	WORD palNumEntries;
	PALETTEENTRY palPalEntry[1];
} LOGPALETTE, *PLOGPALETTE, *LPLOGPALETTE;

typedef struct tagRGBQUAD {
	BYTE rgbBlue;
	BYTE rgbGreen;
	BYTE rgbRed;
	BYTE rgbReserved;
} RGBQUAD, *LPRGBQUAD;

typedef struct tagBITMAPINFOHEADER {
	DWORD biSize;
	LONG biWidth;
	LONG biHeight;
	WORD biPlanes;
	WORD biBitCount;
	DWORD biCompression;
	DWORD biSizeImage;
	LONG biXPelsPerMeter;
	LONG biYPelsPerMeter;
	DWORD biClrUsed;
	DWORD biClrImportant;
} BITMAPINFOHEADER, *PBITMAPINFOHEADER, *LPBITMAPINFOHEADER;

typedef struct tagBITMAPCOREHEADER {
	DWORD bcSize;
	WORD bcWidth;
	WORD bcHeight;
	WORD bcPlanes;
	WORD bcBitCount;
} BITMAPCOREHEADER, *PBITMAPCOREHEADER, *LPBITMAPCOREHEADER;

/* What a file begins with: no member is aligned. */
#pragma pack(push, 2)
typedef struct tagBITMAPFILEHEADER {
	WORD bfType;
	DWORD bfSize;
	WORD bfReserved1;
	WORD bfReserved2;
	DWORD bfOffBits;
} BITMAPFILEHEADER, *PBITMAPFILEHEADER, *LPBITMAPFILEHEADER;
#pragma pack(pop)

typedef LONG FXPT2DOT30, *LPFXPT2DOT30;

typedef struct tagCIEXYZ {
	FXPT2DOT30 ciexyzX;
	FXPT2DOT30 ciexyzY;
	FXPT2DOT30 ciexyzZ;
} CIEXYZ, *LPCIEXYZ;

typedef struct tagICEXYZTRIPLE {
	CIEXYZ ciexyzRed;
	CIEXYZ ciexyzGreen;
	CIEXYZ ciexyzBlue;
} CIEXYZTRIPLE, *LPCIEXYZTRIPLE;

typedef struct {
	DWORD bV4Size;
	LONG bV4Width;
	LONG bV4Height;
	WORD bV4Planes;
	WORD bV4BitCount;
	DWORD bV4V4Compression;
	DWORD bV4SizeImage;
	LONG bV4XPelsPerMeter;
	LONG bV4YPelsPerMeter;
	DWORD bV4ClrUsed;
	DWORD bV4ClrImportant;
	DWORD bV4RedMask;
	DWORD bV4GreenMask;
	DWORD bV4BlueMask;
	DWORD bV4AlphaMask;
	DWORD bV4CSType;
	CIEXYZTRIPLE bV4Endpoints;
	DWORD bV4GammaRed;
	DWORD bV4GammaGreen;
	DWORD bV4GammaBlue;
} BITMAPV4HEADER, *PBITMAPV4HEADER, *LPBITMAPV4HEADER;

typedef struct {
	DWORD bV5Size;
	LONG bV5Width;
	LONG bV5Height;
	WORD bV5Planes;
	WORD bV5BitCount;
	DWORD bV5Compression;
	DWORD bV5SizeImage;
	LONG bV5XPelsPerMeter;
	LONG bV5YPelsPerMeter;
	DWORD bV5ClrUsed;
	DWORD bV5ClrImportant;
	DWORD bV5RedMask;
	DWORD bV5GreenMask;
	DWORD bV5BlueMask;
	DWORD bV5AlphaMask;
	DWORD bV5CSType;
	CIEXYZTRIPLE bV5Endpoints;
	DWORD bV5GammaRed;
	DWORD bV5GammaGreen;
	DWORD bV5GammaBlue;
	DWORD bV5Intent;
	DWORD bV5ProfileData;
	DWORD bV5ProfileSize;
	DWORD bV5Reserved;
} BITMAPV5HEADER, *PBITMAPV5HEADER, *LPBITMAPV5HEADER;

typedef struct tagBITMAPINFO {
	BITMAPINFOHEADER bmiHeader;
	RGBQUAD bmiColors[1];
} BITMAPINFO, *PBITMAPINFO, *LPBITMAPINFO;

typedef struct _BLENDFUNCTION {
	BYTE BlendOp;
	BYTE BlendFlags;
	BYTE SourceConstantAlpha;
	BYTE AlphaFormat;
} BLENDFUNCTION, *PBLENDFUNCTION;

typedef USHORT COLOR16;

typedef struct _TRIVERTEX {
	LONG x;
	LONG y;
	COLOR16 Red;
	COLOR16 Green;
	COLOR16 Blue;
	COLOR16 Alpha;
} TRIVERTEX, *PTRIVERTEX, *LPTRIVERTEX;

typedef struct _GRADIENT_RECT {
	ULONG UpperLeft;
	ULONG LowerRight;
} GRADIENT_RECT, *PGRADIENT_RECT, *LPGRADIENT_RECT;

typedef struct _GRADIENT_TRIANGLE {
	ULONG Vertex1;
	ULONG Vertex2;
	ULONG Vertex3;
} GRADIENT_TRIANGLE, *PGRADIENT_TRIANGLE, *LPGRADIENT_TRIANGLE;

typedef struct tagCOLORADJUSTMENT {
	WORD caSize;
	WORD caFlags;
	WORD caIlluminantIndex;
	WORD caRedGamma;
	WORD caGreenGamma;
	WORD caBlueGamma;
	WORD caReferenceBlack;
	WORD caReferenceWhite;
	SHORT caContrast;
	SHORT caBrightness;
	SHORT caColorfulness;
	SHORT caRedGreenTint;
} COLORADJUSTMENT, *PCOLORADJUSTMENT, *LPCOLORADJUSTMENT;

typedef struct tagPIXELFORMATDESCRIPTOR {
	WORD nSize;
	WORD nVersion;
	DWORD dwFlags;
	BYTE iPixelType;
	BYTE cColorBits;
	BYTE cRedBits;
	BYTE cRedShift;
	BYTE cGreenBits;
	BYTE cGreenShift;
	BYTE cBlueBits;
	BYTE cBlueShift;
	BYTE cAlphaBits;
	BYTE cAlphaShift;
	BYTE cAccumBits;
	BYTE cAccumRedBits;
	BYTE cAccumGreenBits;
	BYTE cAccumBlueBits;
	BYTE cAccumAlphaBits;
	BYTE cDepthBits;
	BYTE cStencilBits;
	BYTE cAuxBuffers;
	BYTE iLayerType;
	BYTE bReserved;
	DWORD dwLayerMask;
	DWORD dwVisibleMask;
	DWORD dwDamageMask;
} PIXELFORMATDESCRIPTOR, *PPIXELFORMATDESCRIPTOR, *LPPIXELFORMATDESCRIPTOR;

#define RGB(red, green, blue) \
	((COLORREF)((BYTE)(red) | (WORD)(BYTE)(green) << 8 | \
	 (DWORD)(BYTE)(blue) << 16))
#define GetRValue(color)		((BYTE)(color))
#define GetGValue(color)		((BYTE)((color) >> 8))
#define GetBValue(color)		((BYTE)((color) >> 16))

#endif /* VIDMEM_WINGDI_H */
