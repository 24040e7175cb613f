// SPDX-License-Identifier: MIT
/*
 * The requests of a Windows video miniport, served by KMS and the native calls.
 * Rule numbers (M1, U1, ...) are those of Documentation/contract.rst.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <ntddvdeo.h>
#include <winerror.h>

#include "vidmem_drmif.h"
#include "vidmem_priv.h"
#include "vidmem_request.h"

#define BYTES_PER_PIXEL 4
/* Lengths are 32 bits in the structures: the last page short of 4 GiB. */
#define MAX_VIDEO_MEMORY 0xfffff000u
#define MODE_INDEX 0x3fffffffu

struct mode {
	drmModeModeInfo info;
	uint32_t stride;
};

struct vidmem_session {
	/* One request at a time (rule G1). */
	pthread_mutex_t lock;
	struct vidmem_device *dev;
	int fd;
	bool owns_fd;

	uint32_t connector;
	uint32_t crtc;
	uint32_t width_mm, height_mm;
	/* What was on display before, and is so again after a reset. */
	drmModeCrtcPtr before;

	/* The video memory: one object, displayed from its first byte. */
	uint32_t handle;
	uint64_t size;

	struct mode *modes;
	uint32_t mode_count;
	/* The current mode, or NULL before any and after a reset. */
	const struct mode *current;
	uint32_t framebuffer;
};

/* One request in progress. */
struct call {
	const void *input;
	uint32_t input_size;
	void *output;
	uint32_t output_size;
	uint32_t written;
};

static uint32_t to_win32(int error)
{
	switch (error) {
	case 0:
		return NO_ERROR;
	case -ENOMEM:
	case -ENOSPC:
	case -EMFILE:
	case -ENFILE:
		return ERROR_NOT_ENOUGH_MEMORY;
	case -ENODEV:
	case -ENXIO:
		return ERROR_DEV_NOT_EXIST;
	case -EACCES:
	case -EBUSY:
		return ERROR_BUSY;
	case -ENOTTY:
	case -EOPNOTSUPP:
		return ERROR_INVALID_FUNCTION;
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

/* Reads all input before anything is written: they may be one (rule G2). */
static uint32_t get_input(const struct call *call, void *to, uint32_t size)
{
	if (call->input_size < size)
		return ERROR_INSUFFICIENT_BUFFER;
	if (!call->input)
		return ERROR_INVALID_PARAMETER;

	memcpy(to, call->input, size);
	return NO_ERROR;
}

static uint32_t check_output(const struct call *call, uint64_t size)
{
	if (call->output_size < size)
		return ERROR_INSUFFICIENT_BUFFER;
	if (!call->output)
		return ERROR_INVALID_PARAMETER;

	return NO_ERROR;
}

static void put_output(struct call *call, const void *from, uint32_t size)
{
	memcpy((char *)call->output + call->written, from, size);
	call->written += size;
}

static void fill_mode(const struct vidmem_session *session,
		      const struct mode *mode, VIDEO_MODE_INFORMATION *info)
{
	memset(info, 0, sizeof(*info));
	info->Length = sizeof(*info);
	info->ModeIndex = mode - session->modes;
	info->VisScreenWidth = mode->info.hdisplay;
	info->VisScreenHeight = mode->info.vdisplay;
	info->ScreenStride = mode->stride;
	info->NumberOfPlanes = 1;
	info->BitsPerPlane = 8 * BYTES_PER_PIXEL;
	info->Frequency = mode->info.vrefresh;
	info->XMillimeter = session->width_mm;
	info->YMillimeter = session->height_mm;
	info->NumberRedBits = 8;
	info->NumberGreenBits = 8;
	info->NumberBlueBits = 8;
	info->RedMask = 0xff0000;
	info->GreenMask = 0x00ff00;
	info->BlueMask = 0x0000ff;
	info->AttributeFlags = VIDEO_MODE_COLOR | VIDEO_MODE_GRAPHICS |
			       VIDEO_MODE_LINEAR;
	info->VideoMemoryBitmapWidth = mode->stride / BYTES_PER_PIXEL;
	/* All of video memory, so that M1 and M5 both hold. */
	info->VideoMemoryBitmapHeight = session->size / mode->stride;
}

static uint32_t query_num_avail_modes(struct vidmem_session *session,
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

static uint32_t query_avail_modes(struct vidmem_session *session,
				  struct call *call)
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

static uint32_t query_current_mode(struct vidmem_session *session,
				   struct call *call)
{
	VIDEO_MODE_INFORMATION info;
	uint32_t status = check_output(call, sizeof(info));

	if (status)
		return status;
	if (!session->current)
		return ERROR_INVALID_FUNCTION;

	fill_mode(session, session->current, &info);
	put_output(call, &info, sizeof(info));
	return NO_ERROR;
}

static int set_crtc(struct vidmem_session *session, uint32_t framebuffer,
		    uint32_t x, uint32_t y, const drmModeModeInfo *mode)
{
	drmModeModeInfo copy;
	int ret;

	if (mode)
		copy = *mode;
	ret = drmModeSetCrtc(session->fd, session->crtc, framebuffer, x, y,
			     &session->connector, mode ? 1 : 0,
			     mode ? &copy : NULL);
	/* Whoever had the display may have left since we came. */
	if (ret == -EACCES && !drmSetMaster(session->fd))
		ret = drmModeSetCrtc(session->fd, session->crtc, framebuffer,
				     x, y, &session->connector, mode ? 1 : 0,
				     mode ? &copy : NULL);

	return ret;
}

static void drop_framebuffer(struct vidmem_session *session)
{
	if (session->framebuffer)
		drmModeRmFB(session->fd, session->framebuffer);
	session->framebuffer = 0;
}

static uint32_t set_current_mode(struct vidmem_session *session,
				 struct call *call)
{
	struct drm_vidmem_map_video_memory map = { .handle = session->handle };
	uint32_t pitches[4] = { 0 }, offsets[4] = { 0 }, handles[4] = { 0 };
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
	mode = &session->modes[request.RequestedMode & MODE_INDEX];
	zero = !(request.RequestedMode & VIDEO_MODE_NO_ZERO_MEMORY);

	/* All that can fail comes first, what cannot be undone last. */
	handles[0] = session->handle;
	pitches[0] = mode->stride;
	ret = drmModeAddFB2(session->fd, mode->info.hdisplay,
			    mode->info.vdisplay, DRM_FORMAT_XRGB8888, handles,
			    pitches, offsets, &framebuffer, 0);
	if (ret)
		return to_win32(ret);
	if (zero)
		ret = vidmem_map(session->dev, &map);
	if (!ret) {
		ret = set_crtc(session, framebuffer, 0, 0, &mode->info);
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

	return NO_ERROR;
}

static uint32_t reset_device(struct vidmem_session *session, struct call *call)
{
	const drmModeCrtc *before = session->before;

	(void)call;
	if (!session->current)
		return NO_ERROR;

	if (!before || !before->mode_valid || !before->buffer_id ||
	    set_crtc(session, before->buffer_id, before->x, before->y,
		     &before->mode))
		set_crtc(session, 0, 0, 0, NULL);
	drop_framebuffer(session);
	session->current = NULL;

	/* Whatever happened: it cannot fail (rule R5). */
	return NO_ERROR;
}

static uint32_t map_video_memory(struct vidmem_session *session,
				 struct call *call)
{
	struct drm_vidmem_map_video_memory map = { .handle = session->handle };
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY request;
	uint32_t status;
	int ret;

	status = get_input(call, &request, sizeof(request));
	if (!status)
		status = check_output(call, sizeof(info));
	if (status)
		return status;

	/* A nonzero address is a wish, taken exactly or refused (rule M3). */
	map.requested_virtual_address =
		(uintptr_t)request.RequestedVirtualAddress;
	ret = vidmem_map(session->dev, &map);
	if (ret)
		return to_win32(ret == -EACCES ? -EINVAL : ret);

	/* Clears the padding, too. */
	memset(&info, 0, sizeof(info));
	info.VideoRamBase = (PVOID)(uintptr_t)map.video_ram_base;
	info.VideoRamLength = map.video_ram_length;
	info.FrameBufferBase = info.VideoRamBase;
	if (session->current) {
		const struct mode *mode = session->current;

		info.VideoRamLength -= info.VideoRamLength % mode->stride;
		info.FrameBufferLength = mode->info.vdisplay * mode->stride;
	}
	put_output(call, &info, sizeof(info));

	return NO_ERROR;
}

static uint32_t unmap_video_memory(struct vidmem_session *session,
				   struct call *call)
{
	VIDEO_MEMORY request;
	uint32_t status = get_input(call, &request, sizeof(request));

	if (status)
		return status;

	return to_win32(vidmem_unmap(session->dev,
				     request.RequestedVirtualAddress));
}

static const struct {
	uint32_t code;
	uint32_t (*serve)(struct vidmem_session *session, struct call *call);
} requests[] = {
	{ IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,	query_num_avail_modes },
	{ IOCTL_VIDEO_QUERY_AVAIL_MODES,	query_avail_modes },
	{ IOCTL_VIDEO_QUERY_CURRENT_MODE,	query_current_mode },
	{ IOCTL_VIDEO_SET_CURRENT_MODE,		set_current_mode },
	{ IOCTL_VIDEO_RESET_DEVICE,		reset_device },
	{ IOCTL_VIDEO_MAP_VIDEO_MEMORY,		map_video_memory },
	{ IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,	unmap_video_memory },
};

vidmem_public uint32_t vidmem_request(struct vidmem_session *session,
				      uint32_t code, const void *input,
				      uint32_t input_size, void *output,
				      uint32_t output_size, uint32_t *returned)
{
	struct call call = {
		.input = input,
		.input_size = input_size,
		.output = output,
		.output_size = output_size,
	};
	uint32_t status = ERROR_INVALID_FUNCTION;
	size_t i;

	if (returned)
		*returned = 0;
	if (!session)
		return ERROR_INVALID_HANDLE;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (requests[i].code != code)
			continue;
		pthread_mutex_lock(&session->lock);
		status = requests[i].serve(session, &call);
		pthread_mutex_unlock(&session->lock);
		break;
	}
	if (returned && !status)
		*returned = call.written;

	return status;
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

static int add_modes(struct vidmem_session *session,
		     const drmModeConnector *connector)
{
	int i;

	session->modes = calloc(connector->count_modes + 1,
				sizeof(*session->modes));
	if (!session->modes)
		return -ENOMEM;

	for (i = 0; i < connector->count_modes; i++) {
		const drmModeModeInfo *info = &connector->modes[i];
		uint32_t stride = info->hdisplay * BYTES_PER_PIXEL;
		uint32_t j;

		if ((uint64_t)stride * info->vdisplay > session->size)
			continue;
		/* Callers choose by size and frequency: one of each. */
		for (j = 0; j < session->mode_count; j++) {
			const drmModeModeInfo *other = &session->modes[j].info;

			if (other->hdisplay == info->hdisplay &&
			    other->vdisplay == info->vdisplay &&
			    other->vrefresh == info->vrefresh)
				break;
		}
		if (j < session->mode_count)
			continue;
		session->modes[j].info = *info;
		session->modes[j].stride = stride;
		session->mode_count++;
	}

	return 0;
}

static int find_display(struct vidmem_session *session)
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
		session->width_mm = connector->mmWidth;
		session->height_mm = connector->mmHeight;
		session->before = drmModeGetCrtc(session->fd, session->crtc);
		ret = add_modes(session, connector);
	}
	drmModeFreeConnector(connector);
	drmModeFreeResources(res);

	return ret;
}

static int take_video_memory(struct vidmem_session *session, uint64_t size)
{
	int ret;

	if (!size) {
		ret = vidmem_get_param(session->dev,
				       DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE,
				       &size);
		if (ret)
			return ret;
		if (!size)
			return -ENOSPC;
	}
	if (size > MAX_VIDEO_MEMORY)
		size = MAX_VIDEO_MEMORY;

	session->size = size;
	return vidmem_create(session->dev, &session->size, &session->handle);
}

vidmem_public uint32_t vidmem_session_new(int fd, uint64_t video_memory,
					  struct vidmem_session **session)
{
	struct vidmem_session *new = calloc(1, sizeof(*new));
	int ret;

	if (!new)
		return ERROR_NOT_ENOUGH_MEMORY;
	new->fd = fd;
	pthread_mutex_init(&new->lock, NULL);

	ret = vidmem_device_new(fd, &new->dev);
	if (!ret)
		ret = take_video_memory(new, video_memory);
	if (!ret)
		ret = find_display(new);
	if (ret) {
		vidmem_session_close(new);
		return to_win32(ret);
	}
	*session = new;

	return NO_ERROR;
}

vidmem_public uint32_t vidmem_session_open(unsigned int n,
					   struct vidmem_session **session)
{
	int fd = vidmem_open(n);
	uint32_t status;

	if (fd < 0)
		return to_win32(fd);

	status = vidmem_session_new(fd, 0, session);
	if (status)
		close(fd);
	else
		(*session)->owns_fd = true;

	return status;
}

vidmem_public void vidmem_session_close(struct vidmem_session *session)
{
	if (!session)
		return;

	reset_device(session, NULL);
	vidmem_device_del(session->dev);
	if (session->handle)
		drmCloseBufferHandle(session->fd, session->handle);
	drmModeFreeCrtc(session->before);
	free(session->modes);
	pthread_mutex_destroy(&session->lock);
	if (session->owns_fd)
		close(session->fd);
	free(session);
}
