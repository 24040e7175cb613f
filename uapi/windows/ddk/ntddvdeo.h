/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_NTDDVDEO_H
#define VIDMEM_NTDDVDEO_H

/*
 * Names, numbers and layouts of the Windows video requests, in the shape of the
 * header of this name. Layouts are those of a Windows program of the same
 * pointer size; selftests/layout.c checks each of them.
 *
 * A request is a control code with an input and an output buffer. Below, IN
 * and OUT name what the buffers hold; see Documentation/requests.rst for which
 * requests are served.
 */

#include <windef.h>

#include "devioctl.h"
#include "tvout.h"

/* Of its device file: adapter 0 is DISPLAY1. */
#define VIDEO_DEVICE_NAME	"DISPLAY%d"
#define WVIDEO_DEVICE_NAME	L"DISPLAY%d"

#define VIDEO_REQUEST(function) \
	CTL_CODE(FILE_DEVICE_VIDEO, function, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* Modes */
/* OUT: VIDEO_MODE_INFORMATION, as many as there are modes */
#define IOCTL_VIDEO_QUERY_AVAIL_MODES		VIDEO_REQUEST(0x100)
/* OUT: VIDEO_NUM_MODES */
#define IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES	VIDEO_REQUEST(0x101)
/* OUT: VIDEO_MODE_INFORMATION */
#define IOCTL_VIDEO_QUERY_CURRENT_MODE		VIDEO_REQUEST(0x102)
/* IN: VIDEO_MODE */
#define IOCTL_VIDEO_SET_CURRENT_MODE		VIDEO_REQUEST(0x103)
#define IOCTL_VIDEO_RESET_DEVICE		VIDEO_REQUEST(0x104)

/* VGA text and palette */
#define IOCTL_VIDEO_LOAD_AND_SET_FONT		VIDEO_REQUEST(0x105)
#define IOCTL_VIDEO_SET_PALETTE_REGISTERS	VIDEO_REQUEST(0x106)
/* IN: VIDEO_CLUT with its table */
#define IOCTL_VIDEO_SET_COLOR_REGISTERS		VIDEO_REQUEST(0x107)
#define IOCTL_VIDEO_ENABLE_CURSOR		VIDEO_REQUEST(0x108)
#define IOCTL_VIDEO_DISABLE_CURSOR		VIDEO_REQUEST(0x109)
#define IOCTL_VIDEO_SET_CURSOR_ATTR		VIDEO_REQUEST(0x10a)
#define IOCTL_VIDEO_QUERY_CURSOR_ATTR		VIDEO_REQUEST(0x10b)
#define IOCTL_VIDEO_SET_CURSOR_POSITION		VIDEO_REQUEST(0x10c)
#define IOCTL_VIDEO_QUERY_CURSOR_POSITION	VIDEO_REQUEST(0x10d)

/* Pointer */
#define IOCTL_VIDEO_ENABLE_POINTER		VIDEO_REQUEST(0x10e)
#define IOCTL_VIDEO_DISABLE_POINTER		VIDEO_REQUEST(0x10f)
#define IOCTL_VIDEO_SET_POINTER_ATTR		VIDEO_REQUEST(0x110)
#define IOCTL_VIDEO_QUERY_POINTER_ATTR		VIDEO_REQUEST(0x111)
#define IOCTL_VIDEO_SET_POINTER_POSITION	VIDEO_REQUEST(0x112)
#define IOCTL_VIDEO_QUERY_POINTER_POSITION	VIDEO_REQUEST(0x113)
/* OUT: VIDEO_POINTER_CAPABILITIES */
#define IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES	VIDEO_REQUEST(0x114)

/* Memory */
#define IOCTL_VIDEO_GET_BANK_SELECT_CODE	VIDEO_REQUEST(0x115)
/* IN: VIDEO_MEMORY, OUT: VIDEO_MEMORY_INFORMATION */
#define IOCTL_VIDEO_MAP_VIDEO_MEMORY		VIDEO_REQUEST(0x116)
/* IN: VIDEO_MEMORY */
#define IOCTL_VIDEO_UNMAP_VIDEO_MEMORY		VIDEO_REQUEST(0x117)
/* OUT: VIDEO_PUBLIC_ACCESS_RANGES */
#define IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES	VIDEO_REQUEST(0x118)
/* IN: VIDEO_MEMORY */
#define IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES	VIDEO_REQUEST(0x119)
/* IN: VIDEO_SHARE_MEMORY, OUT: VIDEO_SHARE_MEMORY_INFORMATION */
#define IOCTL_VIDEO_SHARE_VIDEO_MEMORY		VIDEO_REQUEST(0x11d)
/* IN: VIDEO_SHARE_MEMORY */
#define IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY	VIDEO_REQUEST(0x11e)
#define IOCTL_VIDEO_SET_BANK_POSITION		VIDEO_REQUEST(0x124)

/* Color, power, children, brightness */
/* OUT: VIDEO_COLOR_CAPABILITIES */
#define IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES	VIDEO_REQUEST(0x11a)
/* IN: VIDEO_POWER_MANAGEMENT */
#define IOCTL_VIDEO_SET_POWER_MANAGEMENT	VIDEO_REQUEST(0x11b)
/* OUT: VIDEO_POWER_MANAGEMENT */
#define IOCTL_VIDEO_GET_POWER_MANAGEMENT	VIDEO_REQUEST(0x11c)
#define IOCTL_VIDEO_SET_COLOR_LUT_DATA		VIDEO_REQUEST(0x11f)
/* IN: ULONG, index of the child; OUT: ULONG, VIDEO_CHILD_* */
#define IOCTL_VIDEO_GET_CHILD_STATE		VIDEO_REQUEST(0x120)
/* IN: VIDEO_CHILD_STATE_CONFIGURATION; OUT: ULONG, 1 or 0 */
#define IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION VIDEO_REQUEST(0x121)
/* IN: VIDEO_CHILD_STATE_CONFIGURATION */
#define IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION VIDEO_REQUEST(0x122)
#define IOCTL_VIDEO_SWITCH_DUALVIEW		VIDEO_REQUEST(0x123)
/* OUT: UCHAR, as many as there are levels */
#define IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS	VIDEO_REQUEST(0x125)
/* OUT: DISPLAY_BRIGHTNESS */
#define IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS	VIDEO_REQUEST(0x126)
/* IN: DISPLAY_BRIGHTNESS */
#define IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS	VIDEO_REQUEST(0x127)

/* The port driver's own */
#define IOCTL_VIDEO_ENABLE_VDM			VIDEO_REQUEST(0x000)
#define IOCTL_VIDEO_DISABLE_VDM			VIDEO_REQUEST(0x001)
#define IOCTL_VIDEO_REGISTER_VDM		VIDEO_REQUEST(0x002)
#define IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE VIDEO_REQUEST(0x003)
#define IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE VIDEO_REQUEST(0x004)
#define IOCTL_VIDEO_MONITOR_DEVICE		VIDEO_REQUEST(0x005)
#define IOCTL_VIDEO_ENUM_MONITOR_PDO		VIDEO_REQUEST(0x006)
#define IOCTL_VIDEO_INIT_WIN32K_CALLBACKS	VIDEO_REQUEST(0x007)
#define IOCTL_VIDEO_HANDLE_VIDEOPARAMETERS	VIDEO_REQUEST(0x008)
#define IOCTL_VIDEO_IS_VGA_DEVICE		VIDEO_REQUEST(0x009)
#define IOCTL_VIDEO_USE_DEVICE_IN_SESSION	VIDEO_REQUEST(0x00a)
#define IOCTL_VIDEO_PREPARE_FOR_EARECOVERY	VIDEO_REQUEST(0x00b)
#define IOCTL_VIDEO_SAVE_HARDWARE_STATE		VIDEO_REQUEST(0x080)
#define IOCTL_VIDEO_RESTORE_HARDWARE_STATE	VIDEO_REQUEST(0x081)

typedef struct _VIDEO_MEMORY {
	/* MAP: where to map, 0 for anywhere. UNMAP: any address in it. */
	PVOID RequestedVirtualAddress;
} VIDEO_MEMORY, *PVIDEO_MEMORY;

typedef struct _VIDEO_MEMORY_INFORMATION {
	PVOID VideoRamBase;		/* where all of it begins */
	ULONG VideoRamLength;		/* bytes; whole lines of the mode */
	PVOID FrameBufferBase;		/* where the displayed part begins */
	ULONG FrameBufferLength;	/* bytes; visible lines * stride */
} VIDEO_MEMORY_INFORMATION, *PVIDEO_MEMORY_INFORMATION;

/* In VIDEO_MODE.RequestedMode, beside the index of the mode */
#define VIDEO_MODE_NO_ZERO_MEMORY	0x80000000u
#define VIDEO_MODE_MAP_MEM_LINEAR	0x40000000u

typedef struct _VIDEO_MODE {
	ULONG RequestedMode;
} VIDEO_MODE, *PVIDEO_MODE;

typedef struct _VIDEO_NUM_MODES {
	ULONG NumModes;
	ULONG ModeInformationLength;	/* bytes from one mode to the next */
} VIDEO_NUM_MODES, *PVIDEO_NUM_MODES;

/* VIDEO_MODE_INFORMATION.AttributeFlags */
#define VIDEO_MODE_COLOR		0x001
#define VIDEO_MODE_GRAPHICS		0x002
#define VIDEO_MODE_PALETTE_DRIVEN	0x004
#define VIDEO_MODE_MANAGED_PALETTE	0x008
#define VIDEO_MODE_INTERLACED		0x010
#define VIDEO_MODE_NO_OFF_SCREEN	0x020
#define VIDEO_MODE_NO_64_BIT_ACCESS	0x040
#define VIDEO_MODE_BANKED		0x080
#define VIDEO_MODE_LINEAR		0x100

typedef struct _VIDEO_MODE_INFORMATION {
	ULONG Length;			/* of this structure, in bytes */
	ULONG ModeIndex;		/* for SET_CURRENT_MODE */
	ULONG VisScreenWidth;		/* pixels */
	ULONG VisScreenHeight;		/* lines */
	ULONG ScreenStride;		/* bytes from a line to the next */
	ULONG NumberOfPlanes;
	ULONG BitsPerPlane;		/* bits per pixel in each */
	ULONG Frequency;		/* Hz */
	ULONG XMillimeter;		/* size of the display */
	ULONG YMillimeter;
	ULONG NumberRedBits;		/* of the digital-analog converter */
	ULONG NumberGreenBits;
	ULONG NumberBlueBits;
	ULONG RedMask;			/* in a pixel */
	ULONG GreenMask;
	ULONG BlueMask;
	ULONG AttributeFlags;		/* VIDEO_MODE_* */
	ULONG VideoMemoryBitmapWidth;	/* pixels */
	ULONG VideoMemoryBitmapHeight;	/* lines that video memory holds */
	ULONG DriverSpecificAttributeFlags;
} VIDEO_MODE_INFORMATION, *PVIDEO_MODE_INFORMATION;

typedef struct _VIDEO_SHARE_MEMORY {
	HANDLE ProcessHandle;		/* whose: the caller's own, or NULL */
	ULONG ViewOffset;		/* bytes from the frame buffer's start */
	ULONG ViewSize;			/* bytes */
	/* SHARE: where to map, 0 for anywhere. UNSHARE: any address in it. */
	PVOID RequestedVirtualAddress;
} VIDEO_SHARE_MEMORY, *PVIDEO_SHARE_MEMORY;

typedef struct _VIDEO_SHARE_MEMORY_INFORMATION {
	ULONG SharedViewOffset;		/* as asked for */
	ULONG SharedViewSize;		/* as asked for, up to whole 64 KiB */
	PVOID VirtualAddress;		/* where ViewOffset is */
} VIDEO_SHARE_MEMORY_INFORMATION, *PVIDEO_SHARE_MEMORY_INFORMATION;

typedef struct _VIDEO_PUBLIC_ACCESS_RANGES {
	ULONG InIoSpace;		/* 0: memory */
	ULONG MappedInIoSpace;
	PVOID VirtualAddress;
} VIDEO_PUBLIC_ACCESS_RANGES, *PVIDEO_PUBLIC_ACCESS_RANGES;

typedef struct _VIDEO_CLUTDATA {
	UCHAR Red;
	UCHAR Green;
	UCHAR Blue;
	UCHAR Unused;
} VIDEO_CLUTDATA, *PVIDEO_CLUTDATA;

typedef struct _VIDEO_CLUT {
	USHORT NumEntries;
	USHORT FirstEntry;		/* what element 0 of the table sets */
	union {
		VIDEO_CLUTDATA RgbArray;
		ULONG RgbLong;
	} LookupTable[1];		/* NumEntries of them */
} VIDEO_CLUT, *PVIDEO_CLUT;

typedef struct _VIDEO_PALETTE_DATA {
	USHORT NumEntries;
	USHORT FirstEntry;
	USHORT Colors[1];
} VIDEO_PALETTE_DATA, *PVIDEO_PALETTE_DATA;

/* VIDEO_COLOR_CAPABILITIES.AttributeFlags */
#define VIDEO_DEVICE_COLOR		0x1
#define VIDEO_OPTIONAL_GAMMET_TABLE	0x2

/* All values from the decay on are times 10000. */
typedef struct _VIDEO_COLOR_CAPABILITIES {
	ULONG Length;			/* of this structure, in bytes */
	ULONG AttributeFlags;
	LONG RedPhosphoreDecay;
	LONG GreenPhosphoreDecay;
	LONG BluePhosphoreDecay;
	LONG WhiteChromaticity_x;
	LONG WhiteChromaticity_y;
	LONG WhiteChromaticity_Y;
	LONG RedChromaticity_x;
	LONG RedChromaticity_y;
	LONG GreenChromaticity_x;
	LONG GreenChromaticity_y;
	LONG BlueChromaticity_x;
	LONG BlueChromaticity_y;
	LONG WhiteGamma;
	LONG RedGamma;
	LONG GreenGamma;
	LONG BlueGamma;
} VIDEO_COLOR_CAPABILITIES, *PVIDEO_COLOR_CAPABILITIES;

#define VIDEO_COLOR_LUT_DATA_FORMAT_RGB256WORDS	0x1
#define VIDEO_COLOR_LUT_DATA_FORMAT_PRIVATEFORMAT 0x80000000u

typedef struct _VIDEO_COLOR_LUT_DATA {
	ULONG Length;
	ULONG LutDataFormat;
	UCHAR LutData[1];
} VIDEO_COLOR_LUT_DATA, *PVIDEO_COLOR_LUT_DATA;

/* VIDEO_POINTER_CAPABILITIES.Flags and VIDEO_POINTER_ATTRIBUTES.Flags */
#define VIDEO_MODE_ASYNC_POINTER	0x01
#define VIDEO_MODE_MONO_POINTER		0x02
#define VIDEO_MODE_COLOR_POINTER	0x04
#define VIDEO_MODE_ANIMATE_START	0x08
#define VIDEO_MODE_ANIMATE_UPDATE	0x10

typedef struct _VIDEO_POINTER_CAPABILITIES {
	ULONG Flags;			/* 0: no pointer in hardware */
	ULONG MaxWidth;			/* pixels */
	ULONG MaxHeight;
	ULONG HWPtrBitmapStart;		/* all ones: not applicable */
	ULONG HWPtrBitmapEnd;
} VIDEO_POINTER_CAPABILITIES, *PVIDEO_POINTER_CAPABILITIES;

typedef struct _VIDEO_POINTER_ATTRIBUTES {
	ULONG Flags;
	ULONG Width;
	ULONG Height;
	ULONG WidthInBytes;
	ULONG Enable;
	SHORT Column;
	SHORT Row;
	UCHAR Pixels[1];
} VIDEO_POINTER_ATTRIBUTES, *PVIDEO_POINTER_ATTRIBUTES;

typedef struct _VIDEO_POINTER_POSITION {
	SHORT Column;
	SHORT Row;
} VIDEO_POINTER_POSITION, *PVIDEO_POINTER_POSITION;

typedef struct _VIDEO_CURSOR_ATTRIBUTES {
	USHORT Width;
	USHORT Height;
	SHORT Column;
	SHORT Row;
	UCHAR Rate;
	UCHAR Enable;
} VIDEO_CURSOR_ATTRIBUTES, *PVIDEO_CURSOR_ATTRIBUTES;

typedef struct _VIDEO_CURSOR_POSITION {
	SHORT Column;
	SHORT Row;
} VIDEO_CURSOR_POSITION, *PVIDEO_CURSOR_POSITION;

typedef enum _VIDEO_POWER_STATE {
	VideoPowerUnspecified = 0,
	VideoPowerOn,
	VideoPowerStandBy,
	VideoPowerSuspend,
	VideoPowerOff,
	VideoPowerHibernate,
	VideoPowerShutdown,
	VideoPowerMaximum
} VIDEO_POWER_STATE, *PVIDEO_POWER_STATE;

typedef struct _VIDEO_POWER_MANAGEMENT {
	ULONG Length;			/* of this structure, in bytes */
	ULONG DPMSVersion;		/* GET alone */
	ULONG PowerState;		/* VIDEO_POWER_STATE */
} VIDEO_POWER_MANAGEMENT, *PVIDEO_POWER_MANAGEMENT;

#define VIDEO_CHILD_ACTIVE		0x00000001
#define VIDEO_CHILD_DETACHED		0x00000002
#define VIDEO_CHILD_NOPRUNE_RESOLUTION	0x40000000
#define VIDEO_CHILD_NOPRUNE_FREQ	0x80000000u

typedef struct _VIDEO_CHILD_STATE {
	ULONG Id;			/* index of the child */
	ULONG State;			/* VIDEO_CHILD_ACTIVE or 0 */
} VIDEO_CHILD_STATE, *PVIDEO_CHILD_STATE;

typedef struct _VIDEO_CHILD_STATE_CONFIGURATION {
	ULONG Count;
	VIDEO_CHILD_STATE ChildStateArray[1];	/* Count of them */
} VIDEO_CHILD_STATE_CONFIGURATION, *PVIDEO_CHILD_STATE_CONFIGURATION;

/* Only for requests that are not served. */

typedef struct _VIDEO_LOAD_FONT_INFORMATION {
	USHORT WidthInPixels;
	USHORT HeightInPixels;
	ULONG FontSize;
	UCHAR Font[1];
} VIDEO_LOAD_FONT_INFORMATION, *PVIDEO_LOAD_FONT_INFORMATION;

typedef enum _VIDEO_BANK_TYPE {
	VideoNotBanked = 0,
	VideoBanked1RW,
	VideoBanked1R1W,
	VideoBanked2RW
} VIDEO_BANK_TYPE, *PVIDEO_BANK_TYPE;

typedef struct _VIDEO_BANK_SELECT {
	ULONG Length;
	ULONG Size;
	ULONG BankingFlags;
	ULONG BankingType;
	ULONG PlanarHCBankingType;
	ULONG BitmapWidthInBytes;
	ULONG BitmapSize;
	ULONG Granularity;
	ULONG PlanarHCGranularity;
	ULONG CodeOffset;
	ULONG PlanarHCBankCodeOffset;
	ULONG PlanarHCEnableCodeOffset;
	ULONG PlanarHCDisableCodeOffset;
} VIDEO_BANK_SELECT, *PVIDEO_BANK_SELECT;

typedef struct _BANK_POSITION {
	ULONG ReadBankPosition;
	ULONG WriteBankPosition;
} BANK_POSITION, *PBANK_POSITION;

typedef struct _VIDEO_HARDWARE_STATE {
	PVOID StateHeader;
	ULONG StateLength;
} VIDEO_HARDWARE_STATE, *PVIDEO_HARDWARE_STATE;

typedef struct _VIDEO_VDM {
	HANDLE ProcessHandle;
} VIDEO_VDM, *PVIDEO_VDM;

typedef struct _VIDEO_REGISTER_VDM {
	ULONG MinimumStateSize;
} VIDEO_REGISTER_VDM, *PVIDEO_REGISTER_VDM;

typedef struct _VIDEO_DEVICE_SESSION_STATUS {
	ULONG bEnable;
	ULONG bSuccess;
} VIDEO_DEVICE_SESSION_STATUS, *PVIDEO_DEVICE_SESSION_STATUS;

typedef VOID (*PVIDEO_WIN32K_CALLOUT)(PVOID Params);

typedef struct _VIDEO_WIN32K_CALLBACKS {
	PVOID PhysDisp;
	PVIDEO_WIN32K_CALLOUT Callout;
	ULONG bACPI;
	HANDLE pPhysDeviceObject;
	ULONG DualviewFlags;
} VIDEO_WIN32K_CALLBACKS, *PVIDEO_WIN32K_CALLBACKS;

/* The brightness of a panel, in percent, on mains and on a battery. */

#define DISPLAYPOLICY_AC		0x1
#define DISPLAYPOLICY_DC		0x2
#define DISPLAYPOLICY_BOTH		0x3

typedef struct _DISPLAY_BRIGHTNESS {
	UCHAR ucDisplayPolicy;
	UCHAR ucACBrightness;
	UCHAR ucDCBrightness;
} DISPLAY_BRIGHTNESS, *PDISPLAY_BRIGHTNESS;

#endif /* VIDMEM_NTDDVDEO_H */
