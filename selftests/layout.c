// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Layouts and numbers that are for ever, checked while compiling: headers.sh
 * compiles this for 64 and for 32 bits.
 */

#include <stddef.h>

#include <ntddvdeo.h>

#ifdef WITH_DRM
#include <vidmem_drm.h>
#endif

#define SIZE(type, bits32, bits64) \
	_Static_assert(sizeof(type) == (sizeof(void *) == 4 ? bits32 : bits64), \
		       #type)
#define OFFSET(type, member, bits32, bits64) \
	_Static_assert(offsetof(type, member) == \
		       (sizeof(void *) == 4 ? bits32 : bits64), \
		       #type "." #member)
#define CODE(name, code) \
	_Static_assert(IOCTL_VIDEO_##name == code, #name)

SIZE(ULONG, 4, 4);
SIZE(LONG, 4, 4);
SIZE(DWORD, 4, 4);
SIZE(USHORT, 2, 2);
SIZE(SHORT, 2, 2);
SIZE(UCHAR, 1, 1);
SIZE(PVOID, 4, 8);
SIZE(HANDLE, 4, 8);
SIZE(ULONG_PTR, 4, 8);

SIZE(VIDEO_MEMORY, 4, 8);
OFFSET(VIDEO_MEMORY, RequestedVirtualAddress, 0, 0);
SIZE(VIDEO_MEMORY_INFORMATION, 16, 32);
OFFSET(VIDEO_MEMORY_INFORMATION, VideoRamBase, 0, 0);
OFFSET(VIDEO_MEMORY_INFORMATION, VideoRamLength, 4, 8);
OFFSET(VIDEO_MEMORY_INFORMATION, FrameBufferBase, 8, 16);
OFFSET(VIDEO_MEMORY_INFORMATION, FrameBufferLength, 12, 24);
SIZE(VIDEO_MODE, 4, 4);
SIZE(VIDEO_NUM_MODES, 8, 8);
OFFSET(VIDEO_NUM_MODES, NumModes, 0, 0);
OFFSET(VIDEO_NUM_MODES, ModeInformationLength, 4, 4);
SIZE(VIDEO_MODE_INFORMATION, 80, 80);
OFFSET(VIDEO_MODE_INFORMATION, Length, 0, 0);
OFFSET(VIDEO_MODE_INFORMATION, ModeIndex, 4, 4);
OFFSET(VIDEO_MODE_INFORMATION, VisScreenWidth, 8, 8);
OFFSET(VIDEO_MODE_INFORMATION, VisScreenHeight, 12, 12);
OFFSET(VIDEO_MODE_INFORMATION, ScreenStride, 16, 16);
OFFSET(VIDEO_MODE_INFORMATION, NumberOfPlanes, 20, 20);
OFFSET(VIDEO_MODE_INFORMATION, BitsPerPlane, 24, 24);
OFFSET(VIDEO_MODE_INFORMATION, Frequency, 28, 28);
OFFSET(VIDEO_MODE_INFORMATION, XMillimeter, 32, 32);
OFFSET(VIDEO_MODE_INFORMATION, YMillimeter, 36, 36);
OFFSET(VIDEO_MODE_INFORMATION, NumberRedBits, 40, 40);
OFFSET(VIDEO_MODE_INFORMATION, NumberGreenBits, 44, 44);
OFFSET(VIDEO_MODE_INFORMATION, NumberBlueBits, 48, 48);
OFFSET(VIDEO_MODE_INFORMATION, RedMask, 52, 52);
OFFSET(VIDEO_MODE_INFORMATION, GreenMask, 56, 56);
OFFSET(VIDEO_MODE_INFORMATION, BlueMask, 60, 60);
OFFSET(VIDEO_MODE_INFORMATION, AttributeFlags, 64, 64);
OFFSET(VIDEO_MODE_INFORMATION, VideoMemoryBitmapWidth, 68, 68);
OFFSET(VIDEO_MODE_INFORMATION, VideoMemoryBitmapHeight, 72, 72);
OFFSET(VIDEO_MODE_INFORMATION, DriverSpecificAttributeFlags, 76, 76);

CODE(ENABLE_VDM, 0x230000);
CODE(DISABLE_VDM, 0x230004);
CODE(REGISTER_VDM, 0x230008);
CODE(SET_OUTPUT_DEVICE_POWER_STATE, 0x23000c);
CODE(GET_OUTPUT_DEVICE_POWER_STATE, 0x230010);
CODE(MONITOR_DEVICE, 0x230014);
CODE(ENUM_MONITOR_PDO, 0x230018);
CODE(INIT_WIN32K_CALLBACKS, 0x23001c);
CODE(HANDLE_VIDEOPARAMETERS, 0x230020);
CODE(IS_VGA_DEVICE, 0x230024);
CODE(USE_DEVICE_IN_SESSION, 0x230028);
CODE(PREPARE_FOR_EARECOVERY, 0x23002c);
CODE(SAVE_HARDWARE_STATE, 0x230200);
CODE(RESTORE_HARDWARE_STATE, 0x230204);
CODE(QUERY_AVAIL_MODES, 0x230400);
CODE(QUERY_NUM_AVAIL_MODES, 0x230404);
CODE(QUERY_CURRENT_MODE, 0x230408);
CODE(SET_CURRENT_MODE, 0x23040c);
CODE(RESET_DEVICE, 0x230410);
CODE(LOAD_AND_SET_FONT, 0x230414);
CODE(SET_PALETTE_REGISTERS, 0x230418);
CODE(SET_COLOR_REGISTERS, 0x23041c);
CODE(ENABLE_CURSOR, 0x230420);
CODE(DISABLE_CURSOR, 0x230424);
CODE(SET_CURSOR_ATTR, 0x230428);
CODE(QUERY_CURSOR_ATTR, 0x23042c);
CODE(SET_CURSOR_POSITION, 0x230430);
CODE(QUERY_CURSOR_POSITION, 0x230434);
CODE(ENABLE_POINTER, 0x230438);
CODE(DISABLE_POINTER, 0x23043c);
CODE(SET_POINTER_ATTR, 0x230440);
CODE(QUERY_POINTER_ATTR, 0x230444);
CODE(SET_POINTER_POSITION, 0x230448);
CODE(QUERY_POINTER_POSITION, 0x23044c);
CODE(QUERY_POINTER_CAPABILITIES, 0x230450);
CODE(GET_BANK_SELECT_CODE, 0x230454);
CODE(MAP_VIDEO_MEMORY, 0x230458);
CODE(UNMAP_VIDEO_MEMORY, 0x23045c);
CODE(QUERY_PUBLIC_ACCESS_RANGES, 0x230460);
CODE(FREE_PUBLIC_ACCESS_RANGES, 0x230464);
CODE(QUERY_COLOR_CAPABILITIES, 0x230468);
CODE(SET_POWER_MANAGEMENT, 0x23046c);
CODE(GET_POWER_MANAGEMENT, 0x230470);
CODE(SHARE_VIDEO_MEMORY, 0x230474);
CODE(UNSHARE_VIDEO_MEMORY, 0x230478);
CODE(SET_COLOR_LUT_DATA, 0x23047c);
CODE(GET_CHILD_STATE, 0x230480);
CODE(VALIDATE_CHILD_STATE_CONFIGURATION, 0x230484);
CODE(SET_CHILD_STATE_CONFIGURATION, 0x230488);
CODE(SWITCH_DUALVIEW, 0x23048c);
CODE(SET_BANK_POSITION, 0x230490);
CODE(QUERY_SUPPORTED_BRIGHTNESS, 0x230494);
CODE(QUERY_DISPLAY_BRIGHTNESS, 0x230498);
CODE(SET_DISPLAY_BRIGHTNESS, 0x23049c);

#ifdef WITH_DRM
/* The same for 32 and 64 bits, by rule. */
SIZE(struct drm_vidmem_map_video_memory, 64, 64);
OFFSET(struct drm_vidmem_map_video_memory, requested_virtual_address, 0, 0);
OFFSET(struct drm_vidmem_map_video_memory, handle, 8, 8);
OFFSET(struct drm_vidmem_map_video_memory, flags, 12, 12);
OFFSET(struct drm_vidmem_map_video_memory, view_offset, 16, 16);
OFFSET(struct drm_vidmem_map_video_memory, view_size, 24, 24);
OFFSET(struct drm_vidmem_map_video_memory, video_ram_base, 32, 32);
OFFSET(struct drm_vidmem_map_video_memory, video_ram_length, 40, 40);
OFFSET(struct drm_vidmem_map_video_memory, frame_buffer_base, 48, 48);
OFFSET(struct drm_vidmem_map_video_memory, frame_buffer_length, 56, 56);
SIZE(struct drm_vidmem_unmap_video_memory, 16, 16);
OFFSET(struct drm_vidmem_unmap_video_memory, requested_virtual_address, 0, 0);
OFFSET(struct drm_vidmem_unmap_video_memory, flags, 8, 8);
SIZE(struct drm_vidmem_create, 16, 16);
OFFSET(struct drm_vidmem_create, size, 0, 0);
OFFSET(struct drm_vidmem_create, flags, 8, 8);
OFFSET(struct drm_vidmem_create, handle, 12, 12);
SIZE(struct drm_vidmem_get_param, 16, 16);
OFFSET(struct drm_vidmem_get_param, param, 0, 0);
OFFSET(struct drm_vidmem_get_param, value, 8, 8);

_Static_assert(DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY == 0xc0406440, "MAP");
_Static_assert(DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY == 0x40106441, "UNMAP");
_Static_assert(DRM_IOCTL_VIDMEM_CREATE == 0xc0106442, "CREATE");
_Static_assert(DRM_IOCTL_VIDMEM_GET_PARAM == 0xc0106443, "GET_PARAM");
#endif
