// SPDX-License-Identifier: MIT
/*
 * The requests that concern modes and the display, by KMS. Rule numbers (M11,
 * R1, D2, ...) are those of Documentation/contract.rst.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <drm_fourcc.h>
#include <xf86drm.h>

#include "vidmem_session.h"

#define MODE_INDEX 0x3fffffffu

struct pixel_format {
	uint32_t fourcc;
	uint32_t bits, bytes;
	uint32_t red, green, blue;
	uint32_t attributes;
};

static const struct pixel_format formats[] = {
	{ DRM_FORMAT_XRGB8888, 32, 4, 0xff0000, 0x00ff00, 0x0000ff, 0 },
	{ DRM_FORMAT_RGB888, 24, 3, 0xff0000, 0x00ff00, 0x0000ff, 0 },
	{ DRM_FORMAT_RGB565, 16, 2, 0xf800, 0x07e0, 0x001f, 0 },
	{ DRM_FORMAT_XRGB1555, 15, 2, 0x7c00, 0x03e0, 0x001f, 0 },
	{ DRM_FORMAT_C8, 8, 1, 0, 0, 0,
	  VIDEO_MODE_PALETTE_DRIVEN | VIDEO_MODE_MANAGED_PALETTE },
};

static void fill_mode(const struct vidmem_session *session,
		      const struct mode *mode, VIDEO_MODE_INFORMATION *info)
{
	memset(info, 0, sizeof(*info));
	info->Length = sizeof(*info);
	info->ModeIndex = mode->index;
	info->VisScreenWidth = mode->info.hdisplay;
	info->VisScreenHeight = mode->info.vdisplay;
	info->ScreenStride = mode->stride;
	info->NumberOfPlanes = 1;
	info->BitsPerPlane = mode->format->bits;
	info->Frequency = mode->info.vrefresh;
	info->XMillimeter = session->width_mm;
	info->YMillimeter = session->height_mm;
	/* Of the DAC, not of the pixel. */
	info->NumberRedBits = 8;
	info->NumberGreenBits = 8;
	info->NumberBlueBits = 8;
	info->RedMask = mode->format->red;
	info->GreenMask = mode->format->green;
	info->BlueMask = mode->format->blue;
	info->AttributeFlags = VIDEO_MODE_COLOR | VIDEO_MODE_GRAPHICS |
			       VIDEO_MODE_LINEAR | mode->format->attributes;
	info->VideoMemoryBitmapWidth = mode->stride / mode->format->bytes;
	/* All of video memory, so that M1 and M5 both hold. */
	info->VideoMemoryBitmapHeight = session->size / mode->stride;
}

uint32_t query_num_avail_modes(struct vidmem_session *session,
			       struct call *call)
{
	VIDEO_NUM_MODES modes = {
		.NumModes = session->mode_count,
		.ModeInformationLength = sizeof(VIDEO_MODE_INFORMATION),
	};
	uint32_t status = check_output(call, sizeof(modes));

	if (!status)
		put_output(call, &modes, sizeof(modes));
	return status;
}

uint32_t query_avail_modes(struct vidmem_session *session, struct call *call)
{
	VIDEO_MODE_INFORMATION info;
	uint32_t i, status;

	status = check_output(call, (uint64_t)session->mode_count *
			      sizeof(info));
	if (status)
		return status;

	for (i = 0; i < session->mode_count; i++) {
		fill_mode(session, &session->modes[i], &info);
		put_output(call, &info, sizeof(info));
	}
	return NO_ERROR;
}

static bool is_shown(const struct mode *mode, const drmModeCrtc *crtc,
		     const drmModeFB2 *framebuffer)
{
	return mode->format->fourcc == framebuffer->pixel_format &&
	       mode->info.hdisplay == crtc->mode.hdisplay &&
	       mode->info.vdisplay == crtc->mode.vdisplay &&
	       mode->info.vrefresh == crtc->mode.vrefresh;
}

/* The mode of whoever has the display; false if it is none of ours. */
static bool observe_mode(const struct vidmem_session *session,
			 struct mode *mode)
{
	drmModeCrtcPtr crtc = drmModeGetCrtc(session->fd, session->crtc);
	drmModeFB2Ptr framebuffer = NULL;
	bool found = false;
	uint32_t i;

	if (crtc && crtc->mode_valid && crtc->buffer_id)
		framebuffer = drmModeGetFB2(session->fd, crtc->buffer_id);
	for (i = 0; framebuffer && i < session->mode_count && !found; i++) {
		found = is_shown(&session->modes[i], crtc, framebuffer);
		if (found) {
			*mode = session->modes[i];
			mode->index = i;
			mode->stride = framebuffer->pitches[0];
		}
	}
	if (framebuffer && framebuffer->handles[0])
		drmCloseBufferHandle(session->fd, framebuffer->handles[0]);
	drmModeFreeFB2(framebuffer);
	drmModeFreeCrtc(crtc);

	return found;
}

uint32_t query_current_mode(struct vidmem_session *session, struct call *call)
{
	const struct mode *current = session->current;
	VIDEO_MODE_INFORMATION info;
	struct mode observed;
	uint32_t status = check_output(call, sizeof(info));

	if (status)
		return status;
	if (is_observer(session) && observe_mode(session, &observed))
		current = &observed;
	if (!current)
		return ERROR_INVALID_FUNCTION;

	fill_mode(session, current, &info);
	put_output(call, &info, sizeof(info));
	return NO_ERROR;
}

/*
 * Is a call that failed for want of being master worth a second try? Whoever
 * had the display before may have left.
 */
static bool became_master(struct vidmem_session *session, int error)
{
	return error == -EACCES && !drmIsMaster(session->fd) &&
	       !drmSetMaster(session->fd);
}

static int set_crtc(struct vidmem_session *session, uint32_t framebuffer,
		    uint32_t x, uint32_t y, const drmModeModeInfo *mode)
{
	drmModeModeInfo copy;
	int ret;

	if (mode)
		copy = *mode;
	do
		ret = drmModeSetCrtc(session->fd, session->crtc, framebuffer,
				     x, y, &session->connector, mode ? 1 : 0,
				     mode ? &copy : NULL);
	while (became_master(session, ret));

	return ret;
}

static int add_framebuffer(struct vidmem_session *session,
			   const struct pixel_format *format, uint32_t width,
			   uint32_t height, uint32_t stride,
			   uint32_t *framebuffer)
{
	uint32_t handles[4] = { session->handle }, pitches[4] = { stride };
	uint32_t offsets[4] = { 0 };

	return drmModeAddFB2(session->fd, width, height, format->fourcc,
			     handles, pitches, offsets, framebuffer, 0);
}

static void drop_framebuffer(struct vidmem_session *session)
{
	if (session->framebuffer)
		drmModeRmFB(session->fd, session->framebuffer);
	session->framebuffer = 0;
}

static bool in_palette_mode(const struct vidmem_session *session)
{
	return session->current &&
	       session->current->format->fourcc == DRM_FORMAT_C8;
}

static int load_palette(struct vidmem_session *session, struct palette *palette)
{
	int ret;

	do
		ret = drmModeCrtcSetGamma(session->fd, session->crtc,
					  PALETTE_SIZE, palette->red,
					  palette->green, palette->blue);
	while (became_master(session, ret));

	return ret;
}

/* The palette goes with the mode: every mode begins with shades of gray. */
static void fill_gray(struct palette *palette)
{
	int i;

	for (i = 0; i < PALETTE_SIZE; i++) {
		palette->red[i] = i * 0x101;
		palette->green[i] = i * 0x101;
		palette->blue[i] = i * 0x101;
	}
}

/* With the palette first, as that comes into force with the mode. */
static int show_framebuffer(struct vidmem_session *session,
			    const struct mode *mode, uint32_t framebuffer)
{
	struct palette gray;
	int ret = 0;

	fill_gray(&gray);
	if (mode->format->fourcc == DRM_FORMAT_C8)
		ret = load_palette(session, &gray);
	if (!ret)
		ret = set_crtc(session, framebuffer, 0, 0, &mode->info);
	if (!ret)
		session->palette = gray;
	else if (in_palette_mode(session))
		load_palette(session, &session->palette);

	return ret;
}

uint32_t set_current_mode(struct vidmem_session *session, struct call *call)
{
	struct drm_vidmem_map_video_memory map = { .handle = session->handle };
	const struct mode *mode;
	uint32_t framebuffer;
	VIDEO_MODE request;
	uint32_t status;
	bool zero;
	int ret;

	status = get_input(call, &request, sizeof(request));
	if (status)
		return status;
	/* Every mode is linear, with or without that flag (rule R2). */
	if ((request.RequestedMode & MODE_INDEX) >= session->mode_count)
		return ERROR_INVALID_PARAMETER;
	if (is_observer(session))
		return ERROR_NOT_ENOUGH_MEMORY;
	mode = &session->modes[request.RequestedMode & MODE_INDEX];
	zero = !(request.RequestedMode & VIDEO_MODE_NO_ZERO_MEMORY);

	/* All that can fail comes first, what cannot be undone last. */
	ret = add_framebuffer(session, mode->format, mode->info.hdisplay,
			      mode->info.vdisplay, mode->stride, &framebuffer);
	if (ret)
		return to_win32(ret);
	if (zero)
		ret = vidmem_map(session->dev, &map);
	if (!ret) {
		ret = show_framebuffer(session, mode, framebuffer);
		if (zero && !ret)
			memset((void *)(uintptr_t)map.video_ram_base, 0,
			       map.video_ram_length);
		if (zero)
			vidmem_unmap(session->dev,
				     (void *)(uintptr_t)map.video_ram_base);
	}
	if (ret) {
		drmModeRmFB(session->fd, framebuffer);
		return to_win32(ret);
	}
	drop_framebuffer(session);
	session->framebuffer = framebuffer;
	session->current = mode;
	session->power = VideoPowerOn;

	return NO_ERROR;
}

uint32_t reset_device(struct vidmem_session *session, struct call *call)
{
	const drmModeCrtc *before = session->before;

	(void)call;
	if (!session->current)
		return NO_ERROR;

	if (session->has_palette)
		load_palette(session, &session->palette_before);
	if (!before || !before->mode_valid || !before->buffer_id ||
	    set_crtc(session, before->buffer_id, before->x, before->y,
		     &before->mode))
		set_crtc(session, 0, 0, 0, NULL);
	drop_framebuffer(session);
	session->current = NULL;
	session->power = VideoPowerOn;

	/* Whatever happened: it cannot fail (rule R5). */
	return NO_ERROR;
}

uint32_t set_color_registers(struct vidmem_session *session, struct call *call)
{
	const uint32_t head = offsetof(VIDEO_CLUT, LookupTable);
	const unsigned char *table = call->input;
	struct palette palette = session->palette;
	VIDEO_CLUT clut;
	uint32_t i, status;
	int ret;

	status = get_input(call, &clut, head);
	if (status)
		return status;
	if (!clut.NumEntries ||
	    clut.FirstEntry + clut.NumEntries > PALETTE_SIZE)
		return ERROR_INVALID_PARAMETER;
	/* No more than the table itself (D14). */
	if (call->input_size < head + 4u * clut.NumEntries)
		return ERROR_INSUFFICIENT_BUFFER;
	if (!in_palette_mode(session))
		return ERROR_INVALID_FUNCTION;

	for (i = 0; i < clut.NumEntries; i++) {
		const unsigned char *entry = table + head + 4 * i;

		palette.red[clut.FirstEntry + i] = entry[0] * 0x101;
		palette.green[clut.FirstEntry + i] = entry[1] * 0x101;
		palette.blue[clut.FirstEntry + i] = entry[2] * 0x101;
	}
	ret = load_palette(session, &palette);
	if (!ret)
		session->palette = palette;

	return to_win32(ret);
}

uint32_t query_color_capabilities(struct vidmem_session *session,
				  struct call *call)
{
	/* sRGB, as nothing better is known of a virtual display. */
	static const VIDEO_COLOR_CAPABILITIES srgb = {
		.Length = sizeof(srgb),
		.AttributeFlags = VIDEO_DEVICE_COLOR,
		.WhiteChromaticity_x = 3127, .WhiteChromaticity_y = 3290,
		.RedChromaticity_x = 6400, .RedChromaticity_y = 3300,
		.GreenChromaticity_x = 3000, .GreenChromaticity_y = 6000,
		.BlueChromaticity_x = 1500, .BlueChromaticity_y = 600,
		.WhiteGamma = 22000, .RedGamma = 22000,
		.GreenGamma = 22000, .BlueGamma = 22000,
	};
	uint32_t status = check_output(call, sizeof(srgb));

	(void)session;
	if (!status)
		put_output(call, &srgb, sizeof(srgb));
	return status;
}

/* No adapter has a pointer: the display driver draws it. */
uint32_t query_pointer_capabilities(struct vidmem_session *session,
				    struct call *call)
{
	static const VIDEO_POINTER_CAPABILITIES none = {
		.HWPtrBitmapStart = UINT32_MAX, .HWPtrBitmapEnd = UINT32_MAX,
	};
	uint32_t status = check_output(call, sizeof(none));

	(void)session;
	if (!status)
		put_output(call, &none, sizeof(none));
	return status;
}

static struct vidmem_session *sessions;
static struct vidmem_lock sessions_lock = VIDMEM_LOCK_INITIALIZER;

static void lock_sessions(void)
{
	/* The parent's are none of this process, and may be half changed. */
	if (vidmem_lock(&sessions_lock))
		sessions = NULL;
}

void add_session(struct vidmem_session *session)
{
	lock_sessions();
	session->next = sessions;
	sessions = session;
	vidmem_unlock(&sessions_lock);
}

void remove_session(struct vidmem_session *session)
{
	struct vidmem_session **at;

	lock_sessions();
	for (at = &sessions; *at; at = &(*at)->next) {
		if (*at == session) {
			*at = session->next;
			break;
		}
	}
	vidmem_unlock(&sessions_lock);
}

static bool same_adapter(int one, int two)
{
	struct stat a, b;

	return !fstat(one, &a) && !fstat(two, &b) && a.st_rdev == b.st_rdev;
}

static int set_dpms(const struct vidmem_session *session, int fd,
		    uint64_t dpms)
{
	return drmModeConnectorSetProperty(fd, session->connector,
					   session->dpms_property, dpms);
}

/*
 * An observer asks the session that has the display, if that is of this process:
 * Linux lets nobody else. What it became master for it gives back.
 */
static int observer_set_dpms(struct vidmem_session *session, uint32_t power,
			     uint64_t dpms)
{
	struct vidmem_session *other;
	int ret = -EACCES;

	lock_sessions();
	for (other = sessions; other; other = other->next) {
		if (other == session || !drmIsMaster(other->fd) ||
		    !same_adapter(other->fd, session->fd))
			continue;
		ret = set_dpms(session, other->fd, dpms);
		if (!ret)
			__atomic_store_n(&other->power, power,
					 __ATOMIC_RELAXED);
		break;
	}
	vidmem_unlock(&sessions_lock);
	if (ret == -EACCES && !drmSetMaster(session->fd)) {
		ret = set_dpms(session, session->fd, dpms);
		drmDropMaster(session->fd);
	}

	return ret;
}

/* Only of a display that shows this session's mode: others have their own. */
static uint32_t set_power(struct vidmem_session *session, uint32_t power,
			  uint64_t dpms)
{
	int ret;

	if (is_observer(session))
		return to_win32(observer_set_dpms(session, power, dpms));
	if (!session->current)
		return ERROR_INVALID_FUNCTION;

	do
		ret = set_dpms(session, session->fd, dpms);
	while (became_master(session, ret));
	if (!ret)
		__atomic_store_n(&session->power, power, __ATOMIC_RELAXED);

	return to_win32(ret);
}

/* What the session has set, or what an observer sees. */
static uint32_t get_power(const struct vidmem_session *session)
{
	uint32_t power = __atomic_load_n(&session->power, __ATOMIC_RELAXED);
	drmModeConnectorPtr connector;
	int i;

	if (!is_observer(session))
		return power;

	connector = drmModeGetConnectorCurrent(session->fd, session->connector);
	for (i = 0; connector && i < connector->count_props; i++)
		if (connector->props[i] == session->dpms_property)
			power = connector->prop_values[i] == DRM_MODE_DPMS_ON ?
				VideoPowerOn : VideoPowerOff;
	drmModeFreeConnector(connector);

	return power;
}

uint32_t get_power_management(struct vidmem_session *session, struct call *call)
{
	VIDEO_POWER_MANAGEMENT info = {
		.Length = sizeof(info),
		.DPMSVersion = 0x10,
		.PowerState = get_power(session),
	};
	uint32_t status = check_output(call, sizeof(info));

	if (!status)
		put_output(call, &info, sizeof(info));
	return status;
}

uint32_t set_power_management(struct vidmem_session *session, struct call *call)
{
	static const uint64_t dpms[] = {
		[VideoPowerOn] = DRM_MODE_DPMS_ON,
		[VideoPowerStandBy] = DRM_MODE_DPMS_STANDBY,
		[VideoPowerSuspend] = DRM_MODE_DPMS_SUSPEND,
		[VideoPowerOff] = DRM_MODE_DPMS_OFF,
		/* Of the machine; the display is off in both. */
		[VideoPowerHibernate] = DRM_MODE_DPMS_OFF,
		[VideoPowerShutdown] = DRM_MODE_DPMS_OFF,
	};
	VIDEO_POWER_MANAGEMENT request;
	uint32_t status = get_input(call, &request, sizeof(request));

	if (status)
		return status;
	if (request.PowerState == VideoPowerUnspecified ||
	    request.PowerState >= VideoPowerMaximum)
		return ERROR_INVALID_PARAMETER;

	return set_power(session, request.PowerState,
			 dpms[request.PowerState]);
}

/* The only child is the display, number 0, active unless its power is off. */
uint32_t get_child_state(struct vidmem_session *session, struct call *call)
{
	drmModeConnectorPtr connector;
	ULONG child = 0, flags = 0;
	uint32_t status = NO_ERROR;

	/* Without an input it is about the only one, as with some miniports. */
	if (call->input_size)
		status = get_input(call, &child, sizeof(child));
	if (!status)
		status = check_output(call, sizeof(flags));
	if (status)
		return status;
	if (child)
		return ERROR_INVALID_PARAMETER;

	connector = drmModeGetConnectorCurrent(session->fd,
					       session->connector);
	if (!connector)
		return to_win32(-errno);
	if (connector->connection != DRM_MODE_CONNECTED)
		flags = VIDEO_CHILD_DETACHED;
	else if (get_power(session) < VideoPowerOff)
		flags = VIDEO_CHILD_ACTIVE;
	drmModeFreeConnector(connector);
	put_output(call, &flags, sizeof(flags));

	return NO_ERROR;
}

/* Sets *possible, and *active to the state that the display would get. */
static uint32_t get_configuration(const struct call *call, bool *possible,
				  bool *active)
{
	const uint32_t head = offsetof(VIDEO_CHILD_STATE_CONFIGURATION,
				       ChildStateArray);
	VIDEO_CHILD_STATE child;
	ULONG i, count;
	uint32_t status = get_input(call, &count, sizeof(count));

	if (status)
		return status;
	if (call->input_size < head + (uint64_t)count * sizeof(child))
		return ERROR_INSUFFICIENT_BUFFER;

	*possible = count;
	for (i = 0; i < count; i++) {
		memcpy(&child, (const char *)call->input + head +
		       i * sizeof(child), sizeof(child));
		if (child.Id || child.State > VIDEO_CHILD_ACTIVE)
			*possible = false;
		*active = child.State;
	}
	return NO_ERROR;
}

uint32_t validate_child_state_configuration(struct vidmem_session *session,
					    struct call *call)
{
	bool possible, active;
	uint32_t status = get_configuration(call, &possible, &active);
	ULONG go;

	(void)session;
	if (!status)
		status = check_output(call, sizeof(go));
	if (status)
		return status;

	go = possible;
	put_output(call, &go, sizeof(go));
	return NO_ERROR;
}

uint32_t set_child_state_configuration(struct vidmem_session *session,
				       struct call *call)
{
	bool possible, active;
	uint32_t status = get_configuration(call, &possible, &active);

	if (status)
		return status;
	if (!possible)
		return ERROR_INVALID_PARAMETER;

	return active ? set_power(session, VideoPowerOn, DRM_MODE_DPMS_ON) :
	       set_power(session, VideoPowerOff, DRM_MODE_DPMS_OFF);
}

/* The CRTC that the connector can use, or 0. */
static uint32_t find_crtc(int fd, const drmModeRes *res,
			  const drmModeConnector *connector)
{
	int i, j;

	for (i = 0; i < connector->count_encoders; i++) {
		drmModeEncoderPtr encoder =
			drmModeGetEncoder(fd, connector->encoders[i]);
		uint32_t possible = encoder ? encoder->possible_crtcs : 0;

		drmModeFreeEncoder(encoder);
		for (j = 0; j < res->count_crtcs; j++)
			if (possible & 1u << j)
				return res->crtcs[j];
	}

	return 0;
}

static uint32_t find_property(int fd, const drmModeConnector *connector,
			      const char *name)
{
	uint32_t found = 0;
	int i;

	for (i = 0; i < connector->count_props && !found; i++) {
		drmModePropertyPtr property =
			drmModeGetProperty(fd, connector->props[i]);

		if (property && !strcmp(property->name, name))
			found = property->prop_id;
		drmModeFreeProperty(property);
	}

	return found;
}

/* Has the display this format, wherever the memory is? */
static bool has_format(const struct vidmem_session *session, uint32_t fourcc)
{
	drmModePlaneResPtr planes;
	drmModePlanePtr plane;
	bool found = false;
	uint32_t i, j;

	/* Without it the primary plane is not listed. */
	drmSetClientCap(session->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	planes = drmModeGetPlaneResources(session->fd);
	for (i = 0; planes && i < planes->count_planes; i++) {
		plane = drmModeGetPlane(session->fd, planes->planes[i]);
		for (j = 0; plane && j < plane->count_formats; j++)
			found |= plane->formats[j] == fourcc;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	drmSetClientCap(session->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 0);

	return found;
}

/*
 * Whether the adapter can show it from the first byte of video memory on: not
 * all have all formats, pixels of 3 bytes do not fit every place, and small
 * modes do not reach far into a large memory.
 */
static bool can_show(struct vidmem_session *session, const struct mode *mode)
{
	uint32_t framebuffer;

	if ((uint64_t)mode->stride * mode->info.vdisplay > session->size)
		return false;
	if (is_observer(session))
		return has_format(session, mode->format->fourcc);
	if (add_framebuffer(session, mode->format, mode->info.hdisplay,
			    mode->info.vdisplay, mode->stride, &framebuffer))
		return false;
	drmModeRmFB(session->fd, framebuffer);
	return true;
}

/* Has the adapter these modes in general, but not from where the memory is? */
bool lacks_24_bits(struct vidmem_session *session)
{
	struct mode mode = {
		.info = { .hdisplay = 640, .vdisplay = 480 },
	};
	const struct pixel_format *format;
	bool shown[33] = { false };

	for (format = formats; format < formats +
	     sizeof(formats) / sizeof(formats[0]); format++) {
		mode.format = format;
		mode.stride = mode.info.hdisplay * format->bytes;
		shown[format->bits] = can_show(session, &mode);
	}

	return shown[8] && shown[32] && !shown[24];
}

static bool has_mode(const struct vidmem_session *session,
		     const struct mode *wanted)
{
	uint32_t i;

	for (i = 0; i < session->mode_count; i++) {
		const struct mode *mode = &session->modes[i];

		if (mode->format == wanted->format &&
		    mode->info.hdisplay == wanted->info.hdisplay &&
		    mode->info.vdisplay == wanted->info.vdisplay &&
		    mode->info.vrefresh == wanted->info.vrefresh)
			return true;
	}

	return false;
}

static int add_modes(struct vidmem_session *session,
		     const drmModeConnector *connector)
{
	const size_t format_count = sizeof(formats) / sizeof(formats[0]);
	const struct pixel_format *format;
	int i;

	session->modes = calloc(connector->count_modes * format_count + 1,
				sizeof(*session->modes));
	if (!session->modes)
		return -ENOMEM;

	for (format = formats; format < formats + format_count; format++) {
		for (i = 0; i < connector->count_modes; i++) {
			struct mode *mode =
				&session->modes[session->mode_count];

			mode->info = connector->modes[i];
			mode->format = format;
			mode->index = session->mode_count;
			/* Whole groups of 8 pixels, as DISPI counts. */
			mode->stride = (mode->info.hdisplay + 7u) / 8 * 8 *
				       format->bytes;
			/* Callers choose by what they see: one of each. */
			if (!has_mode(session, mode) && can_show(session, mode))
				session->mode_count++;
		}
	}

	return 0;
}

int find_display(struct vidmem_session *session)
{
	drmModeConnectorPtr connector = NULL;
	drmModeResPtr res;
	int ret = -ENODEV;

	res = drmModeGetResources(session->fd);
	if (res && res->count_connectors)
		connector = drmModeGetConnector(session->fd,
						res->connectors[0]);
	if (connector) {
		session->connector = connector->connector_id;
		session->crtc = find_crtc(session->fd, res, connector);
		session->dpms_property = find_property(session->fd, connector,
						       "DPMS");
		session->width_mm = connector->mmWidth;
		session->height_mm = connector->mmHeight;
		session->before = drmModeGetCrtc(session->fd, session->crtc);
		session->has_palette =
			!drmModeCrtcGetGamma(session->fd, session->crtc,
					     PALETTE_SIZE,
					     session->palette_before.red,
					     session->palette_before.green,
					     session->palette_before.blue);
		session->power = VideoPowerOn;
		ret = add_modes(session, connector);
	}
	drmModeFreeConnector(connector);
	drmModeFreeResources(res);

	return ret;
}
