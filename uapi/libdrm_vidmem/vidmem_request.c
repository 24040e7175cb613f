// SPDX-License-Identifier: MIT
/*
 * The requests of a Windows video miniport: the table of those that are served,
 * and the life of a session. Rule numbers (G1, E3, ...) are those of
 * Documentation/contract.rst.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include "vidmem_priv.h"
#include "vidmem_request.h"
#include "vidmem_session.h"

/* Every other code answers 1, with nothing changed. */
static const struct {
	uint32_t code;
	serve_fn serve;
} requests[] = {
	{ IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,	query_num_avail_modes },
	{ IOCTL_VIDEO_QUERY_AVAIL_MODES,	query_avail_modes },
	{ IOCTL_VIDEO_QUERY_CURRENT_MODE,	query_current_mode },
	{ IOCTL_VIDEO_SET_CURRENT_MODE,		set_current_mode },
	{ IOCTL_VIDEO_RESET_DEVICE,		reset_device },
	{ IOCTL_VIDEO_MAP_VIDEO_MEMORY,		map_video_memory },
	{ IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,	unmap_video_memory },
	{ IOCTL_VIDEO_SHARE_VIDEO_MEMORY,	share_video_memory },
	{ IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY,	unshare_video_memory },
	{ IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, query_public_access_ranges },
	{ IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES, free_public_access_ranges },
	{ IOCTL_VIDEO_SET_COLOR_REGISTERS,	set_color_registers },
	{ IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES,	query_color_capabilities },
	{ IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, query_pointer_capabilities },
	{ IOCTL_VIDEO_GET_POWER_MANAGEMENT,	get_power_management },
	{ IOCTL_VIDEO_SET_POWER_MANAGEMENT,	set_power_management },
	{ IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS, query_supported_brightness },
	{ IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS,	query_display_brightness },
	{ IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS,	set_display_brightness },
	{ IOCTL_VIDEO_GET_CHILD_STATE,		get_child_state },
	{ IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION,
	  validate_child_state_configuration },
	{ IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION,
	  set_child_state_configuration },
};

static uint32_t serve(struct vidmem_session *session, uint32_t code,
		      const void *input, uint32_t input_size, void *output,
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

	*returned = 0;
	if (!session)
		return ERROR_INVALID_HANDLE;

	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (requests[i].code != code)
			continue;
		vidmem_lock(&session->lock);
		status = requests[i].serve(session, &call);
		vidmem_unlock(&session->lock);
		break;
	}
	if (!status)
		*returned = call.written;

	return status;
}

static vidmem_trace_fn trace_fn;
static void *trace_data;

vidmem_public void vidmem_trace(vidmem_trace_fn trace, void *data)
{
	trace_fn = trace;
	trace_data = data;
}

vidmem_public uint32_t vidmem_request(struct vidmem_session *session,
				      uint32_t code, const void *input,
				      uint32_t input_size, void *output,
				      uint32_t output_size, uint32_t *returned)
{
	void *copy = trace_fn && input ? malloc(input_size) : NULL;
	uint32_t count, status;

	if (copy)
		memcpy(copy, input, input_size);
	status = serve(session, code, input, input_size, output, output_size,
		       &count);
	if (returned)
		*returned = count;
	if (trace_fn) {
		struct vidmem_traced request = {
			.code = code,
			.status = status,
			.input = copy,
			.input_size = input_size,
			.output = output,
			.output_size = output_size,
			.returned = count,
		};

		trace_fn(&request, trace_data);
	}
	free(copy);

	return status;
}

static uint32_t new_session(int fd, bool observer, uint64_t video_memory,
			    struct vidmem_session **session)
{
	struct vidmem_session *new = calloc(1, sizeof(*new));
	int ret;

	if (!new)
		return ERROR_NOT_ENOUGH_MEMORY;
	new->fd = fd;
	vidmem_lock_init(&new->lock);

	ret = vidmem_device_new(fd, &new->dev);
	if (!ret)
		ret = observer ? observe_video_memory(new) :
		      take_video_memory(new, video_memory);
	if (!ret)
		ret = find_display(new);
	if (ret) {
		vidmem_session_close(new);
		return to_win32(ret);
	}
	add_session(new);
	*session = new;

	return NO_ERROR;
}

vidmem_public uint32_t vidmem_session_new(int fd, uint64_t video_memory,
					  struct vidmem_session **session)
{
	return new_session(fd, false, video_memory, session);
}

vidmem_public uint32_t vidmem_session_export(struct vidmem_session *session,
					     int *dma_buf)
{
	if (!session)
		return ERROR_INVALID_HANDLE;
	if (is_observer(session))
		return ERROR_NOT_ENOUGH_MEMORY;

	return drmPrimeHandleToFD(session->fd, session->handle,
				  DRM_CLOEXEC | DRM_RDWR, dma_buf) ?
		to_win32(-errno) : NO_ERROR;
}

uint32_t open_session(unsigned int n, bool observer,
		      struct vidmem_session **session)
{
	int fd = vidmem_open(n);
	uint32_t status;

	if (fd < 0)
		return to_win32(fd);

	status = new_session(fd, observer, 0, session);
	if (status) {
		close(fd);
		return status;
	}
	(*session)->owns_fd = true;
	/* The first to open the device file got the display with it. */
	if (is_observer(*session))
		drmDropMaster(fd);

	return NO_ERROR;
}

vidmem_public uint32_t vidmem_session_open(unsigned int n,
					   struct vidmem_session **session)
{
	return open_session(n, false, session);
}

vidmem_public void vidmem_session_close(struct vidmem_session *session)
{
	if (!session)
		return;

	remove_session(session);
	reset_device(session, NULL);
	vidmem_device_del(session->dev);
	if (session->handle)
		drmCloseBufferHandle(session->fd, session->handle);
	drmModeFreeCrtc(session->before);
	free(session->modes);
	vidmem_lock_destroy(&session->lock);
	if (session->owns_fd)
		close(session->fd);
	free(session);
}
