// SPDX-License-Identifier: MIT
/*
 * Requests in words, one in a line, like strace(1): the request, what its input
 * holds, its status, the bytes returned, and what its output holds.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <windows.h>

#include "trace.h"

struct member {
	const char *name;
	unsigned int offset, size;
	/* Hexadecimal. Addresses are so by their size. */
	bool hex;
};

struct layout {
	const char *name;
	unsigned int size;
	struct member members[12];
};

#define M(type, member) \
	{ #member, offsetof(type, member), sizeof(((type *)0)->member), false }
#define X(type, member) \
	{ #member, offsetof(type, member), sizeof(((type *)0)->member), true }

static const struct layout memory = { "", sizeof(VIDEO_MEMORY), {
	X(VIDEO_MEMORY, RequestedVirtualAddress) } };
static const struct layout information = {
	"", sizeof(VIDEO_MEMORY_INFORMATION), {
	X(VIDEO_MEMORY_INFORMATION, VideoRamBase),
	M(VIDEO_MEMORY_INFORMATION, VideoRamLength),
	X(VIDEO_MEMORY_INFORMATION, FrameBufferBase),
	M(VIDEO_MEMORY_INFORMATION, FrameBufferLength) } };
static const struct layout share = { "", sizeof(VIDEO_SHARE_MEMORY), {
	X(VIDEO_SHARE_MEMORY, ProcessHandle),
	M(VIDEO_SHARE_MEMORY, ViewOffset), M(VIDEO_SHARE_MEMORY, ViewSize),
	X(VIDEO_SHARE_MEMORY, RequestedVirtualAddress) } };
static const struct layout shared = {
	"", sizeof(VIDEO_SHARE_MEMORY_INFORMATION), {
	M(VIDEO_SHARE_MEMORY_INFORMATION, SharedViewOffset),
	M(VIDEO_SHARE_MEMORY_INFORMATION, SharedViewSize),
	X(VIDEO_SHARE_MEMORY_INFORMATION, VirtualAddress) } };
static const struct layout mode = { "", sizeof(VIDEO_MODE), {
	X(VIDEO_MODE, RequestedMode) } };
static const struct layout num_modes = { "", sizeof(VIDEO_NUM_MODES), {
	M(VIDEO_NUM_MODES, NumModes),
	M(VIDEO_NUM_MODES, ModeInformationLength) } };
static const struct layout mode_information = {
	"modes", sizeof(VIDEO_MODE_INFORMATION), {
	M(VIDEO_MODE_INFORMATION, ModeIndex),
	M(VIDEO_MODE_INFORMATION, VisScreenWidth),
	M(VIDEO_MODE_INFORMATION, VisScreenHeight),
	M(VIDEO_MODE_INFORMATION, ScreenStride),
	M(VIDEO_MODE_INFORMATION, BitsPerPlane),
	M(VIDEO_MODE_INFORMATION, Frequency),
	X(VIDEO_MODE_INFORMATION, RedMask),
	X(VIDEO_MODE_INFORMATION, GreenMask),
	X(VIDEO_MODE_INFORMATION, BlueMask),
	X(VIDEO_MODE_INFORMATION, AttributeFlags),
	M(VIDEO_MODE_INFORMATION, VideoMemoryBitmapHeight) } };
static const struct layout clut = {
	"", offsetof(VIDEO_CLUT, LookupTable), {
	M(VIDEO_CLUT, NumEntries), M(VIDEO_CLUT, FirstEntry) } };
static const struct layout ranges = {
	"ranges", sizeof(VIDEO_PUBLIC_ACCESS_RANGES), {
	M(VIDEO_PUBLIC_ACCESS_RANGES, InIoSpace),
	M(VIDEO_PUBLIC_ACCESS_RANGES, MappedInIoSpace),
	X(VIDEO_PUBLIC_ACCESS_RANGES, VirtualAddress) } };
static const struct layout color = { "", sizeof(VIDEO_COLOR_CAPABILITIES), {
	X(VIDEO_COLOR_CAPABILITIES, AttributeFlags),
	M(VIDEO_COLOR_CAPABILITIES, WhiteChromaticity_x),
	M(VIDEO_COLOR_CAPABILITIES, WhiteChromaticity_y),
	M(VIDEO_COLOR_CAPABILITIES, RedGamma) } };
static const struct layout pointer = { "", sizeof(VIDEO_POINTER_CAPABILITIES), {
	X(VIDEO_POINTER_CAPABILITIES, Flags),
	M(VIDEO_POINTER_CAPABILITIES, MaxWidth),
	M(VIDEO_POINTER_CAPABILITIES, MaxHeight) } };
static const struct layout power = { "", sizeof(VIDEO_POWER_MANAGEMENT), {
	M(VIDEO_POWER_MANAGEMENT, PowerState) } };
static const struct layout brightness = { "", sizeof(DISPLAY_BRIGHTNESS), {
	M(DISPLAY_BRIGHTNESS, ucDisplayPolicy),
	M(DISPLAY_BRIGHTNESS, ucACBrightness),
	M(DISPLAY_BRIGHTNESS, ucDCBrightness) } };
static const struct layout number = { "", sizeof(ULONG), {
	{ "value", 0, sizeof(ULONG), true } } };
static const struct layout children = {
	"", sizeof(VIDEO_CHILD_STATE_CONFIGURATION), {
	M(VIDEO_CHILD_STATE_CONFIGURATION, Count) } };

#define REQUEST(name, input, output) \
	{ IOCTL_VIDEO_##name, #name, input, output }

static const struct {
	ULONG code;
	const char *name;
	const struct layout *input, *output;
} requests[] = {
	REQUEST(QUERY_NUM_AVAIL_MODES, NULL, &num_modes),
	REQUEST(QUERY_AVAIL_MODES, NULL, &mode_information),
	REQUEST(QUERY_CURRENT_MODE, NULL, &mode_information),
	REQUEST(SET_CURRENT_MODE, &mode, NULL),
	REQUEST(RESET_DEVICE, NULL, NULL),
	REQUEST(MAP_VIDEO_MEMORY, &memory, &information),
	REQUEST(UNMAP_VIDEO_MEMORY, &memory, NULL),
	REQUEST(SHARE_VIDEO_MEMORY, &share, &shared),
	REQUEST(UNSHARE_VIDEO_MEMORY, &share, NULL),
	REQUEST(QUERY_PUBLIC_ACCESS_RANGES, NULL, &ranges),
	REQUEST(FREE_PUBLIC_ACCESS_RANGES, &memory, NULL),
	REQUEST(SET_COLOR_REGISTERS, &clut, NULL),
	REQUEST(QUERY_COLOR_CAPABILITIES, NULL, &color),
	REQUEST(QUERY_POINTER_CAPABILITIES, NULL, &pointer),
	REQUEST(GET_POWER_MANAGEMENT, NULL, &power),
	REQUEST(SET_POWER_MANAGEMENT, &power, NULL),
	REQUEST(QUERY_DISPLAY_BRIGHTNESS, NULL, &brightness),
	REQUEST(SET_DISPLAY_BRIGHTNESS, &brightness, NULL),
	REQUEST(QUERY_SUPPORTED_BRIGHTNESS, NULL, NULL),
	REQUEST(GET_CHILD_STATE, &number, &number),
	REQUEST(VALIDATE_CHILD_STATE_CONFIGURATION, &children, &number),
	REQUEST(SET_CHILD_STATE_CONFIGURATION, &children, NULL),
	/* Not served: only to be told by their names. */
	REQUEST(ENABLE_POINTER, NULL, NULL),
	REQUEST(DISABLE_POINTER, NULL, NULL),
	REQUEST(SET_POINTER_ATTR, NULL, NULL),
	REQUEST(SET_POINTER_POSITION, NULL, NULL),
	REQUEST(QUERY_POINTER_ATTR, NULL, NULL),
	REQUEST(QUERY_POINTER_POSITION, NULL, NULL),
	REQUEST(GET_BANK_SELECT_CODE, NULL, NULL),
	REQUEST(SET_BANK_POSITION, NULL, NULL),
	REQUEST(SET_COLOR_LUT_DATA, NULL, NULL),
	REQUEST(SWITCH_DUALVIEW, NULL, NULL),
	REQUEST(SET_PALETTE_REGISTERS, NULL, NULL),
	REQUEST(HANDLE_VIDEOPARAMETERS, NULL, NULL),
	REQUEST(IS_VGA_DEVICE, NULL, NULL),
	REQUEST(INIT_WIN32K_CALLBACKS, NULL, NULL),
	REQUEST(SAVE_HARDWARE_STATE, NULL, NULL),
	REQUEST(RESTORE_HARDWARE_STATE, NULL, NULL),
};

/* Where views begin, to tell addresses that have been moved. */
#define MAX_VIEWS 64
static const void *views[MAX_VIEWS];

static void change_view(const void *from, const void *to)
{
	int i;

	for (i = 0; i < MAX_VIEWS; i++) {
		if (views[i] == from) {
			views[i] = to;
			return;
		}
	}
}

static bool is_view(const void *address)
{
	int i;

	for (i = 0; i < MAX_VIEWS; i++)
		if (address && views[i] == address)
			return true;
	return false;
}

static void print_member(const struct member *member, const char *from)
{
	unsigned long long value = 0;

	/* In the order of the bytes of all machines that Windows runs on. */
	memcpy(&value, from + member->offset, member->size);
	fprintf(stderr, "%s=", member->name);
	if (member->size == sizeof(void *) && member->hex && !value)
		fprintf(stderr, "NULL");
	else
		fprintf(stderr, member->hex ? "%#llx" : "%llu", value);
}

static void print_buffer(const struct layout *layout, const void *buffer,
			 unsigned int size)
{
	const struct member *member = layout->members;

	if (!buffer || size < layout->size) {
		fprintf(stderr, "%u bytes", size);
		return;
	}
	if (*layout->name && size >= 2 * layout->size) {
		fprintf(stderr, "%u %s", size / layout->size, layout->name);
		return;
	}
	fputc('{', stderr);
	for (; member->name; member++) {
		print_member(member, buffer);
		if (member[1].name)
			fputs(", ", stderr);
	}
	fputc('}', stderr);
}

/* What views there are; a remark on an address that begins none. */
static const char *follow_views(const struct vidmem_traced *request)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_SHARE_MEMORY_INFORMATION part;
	VIDEO_PUBLIC_ACCESS_RANGES range;
	VIDEO_SHARE_MEMORY unshare;
	VIDEO_MEMORY release;
	bool known;

	switch (request->code) {
	case IOCTL_VIDEO_MAP_VIDEO_MEMORY:
		if (request->status)
			break;
		memcpy(&info, request->output, sizeof(info));
		change_view(NULL, info.VideoRamBase);
		break;
	case IOCTL_VIDEO_SHARE_VIDEO_MEMORY:
		if (request->status)
			break;
		memcpy(&part, request->output, sizeof(part));
		change_view(NULL, part.VirtualAddress);
		break;
	case IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES:
		if (request->status)
			break;
		memcpy(&range, request->output, sizeof(range));
		change_view(NULL, range.VirtualAddress);
		break;
	case IOCTL_VIDEO_UNMAP_VIDEO_MEMORY:
	case IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES:
	case IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY:
		if (!request->input)
			break;
		if (request->code != IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY &&
		    request->input_size >= sizeof(release)) {
			memcpy(&release, request->input, sizeof(release));
		} else if (request->input_size >= sizeof(unshare)) {
			memcpy(&unshare, request->input, sizeof(unshare));
			release.RequestedVirtualAddress =
				unshare.RequestedVirtualAddress;
		} else {
			break;
		}
		known = is_view(release.RequestedVirtualAddress);
		if (!request->status && known)
			change_view(release.RequestedVirtualAddress, NULL);
		if (known)
			break;
		return request->status ?
			"  <-- in no view: has it been moved, or released?" :
			"  <-- where no view begins: the one around it is gone";
	}

	return "";
}

static void trace(const struct vidmem_traced *request, void *data)
{
	const struct layout *input = NULL, *output = NULL;
	const char *name = NULL;
	size_t i;

	(void)data;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (requests[i].code != request->code)
			continue;
		name = requests[i].name;
		input = requests[i].input;
		output = requests[i].output;
	}
	if (name)
		fprintf(stderr, "  %s(", name);
	else
		fprintf(stderr, "  %#x(", request->code);
	if (input)
		print_buffer(input, request->input, request->input_size);
	else if (request->input_size)
		fprintf(stderr, "%u bytes", request->input_size);
	fprintf(stderr, ") = %u, %u bytes", request->status, request->returned);
	if (!request->status && output) {
		fputs(": ", stderr);
		print_buffer(output, request->output, request->returned);
	}
	fprintf(stderr, "%s\n", follow_views(request));
}

static bool started;

void trace_start(void)
{
	started = true;
	vidmem_trace(trace, NULL);
}

void trace_step(const char *what)
{
	if (started)
		fprintf(stderr, "%s\n", what);
}
