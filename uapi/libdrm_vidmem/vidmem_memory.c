// SPDX-License-Identifier: MIT
/*
 * The requests that map video memory. Each mapping is a view of the session's
 * one object; any address in it releases it. Rule numbers (M1, U1, S1, ...) are
 * those of Documentation/contract.rst.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <windows.h>
#include <xf86drm.h>

#include "vidmem_session.h"

/*
 * What SHARE counts in, and so what the memory of a session is made of: all
 * lines that it holds can be shared, rounded up. Lengths have 32 bits in the
 * structures.
 */
#define SHARE_GRANULE 0x10000u
#define MAX_VIDEO_MEMORY 0xffff0000u
/* Objects start at multiples of 2 MiB; of three in a row one will do. */
#define STEP_LESS (2u << 20)
#define MAX_LESS (2 * STEP_LESS)

/* A size of whole granules. */
static int create(struct vidmem_session *session, uint64_t size)
{
	session->size = size < MAX_VIDEO_MEMORY ? size : MAX_VIDEO_MEMORY;
	return vidmem_create(session->dev, &session->size, &session->handle);
}

/*
 * The largest free piece, or one up to 4 MiB smaller if that one is at a place
 * from which modes of 24 bits can be shown, too.
 */
static int create_largest(struct vidmem_session *session, uint64_t largest)
{
	uint64_t less;
	int ret;

	largest -= largest % SHARE_GRANULE;

	for (less = 0; less <= MAX_LESS && less < largest; less += STEP_LESS) {
		ret = create(session, largest - less);
		if (ret || !lacks_24_bits(session))
			return ret;
		drmCloseBufferHandle(session->fd, session->handle);
		session->handle = 0;
	}

	return create(session, largest);
}

int observe_video_memory(struct vidmem_session *session)
{
	uint64_t size;
	int ret = vidmem_get_param(session->dev, DRM_VIDMEM_PARAM_VRAM_SIZE,
				   &size);

	if (!ret)
		session->size = size < MAX_VIDEO_MEMORY ?
				size : MAX_VIDEO_MEMORY;
	return ret;
}

/* What the display's preferred mode takes in 32 bits; 0 if it has none. */
static uint64_t preferred_size(const struct vidmem_session *session)
{
	drmModeResPtr res = drmModeGetResources(session->fd);
	drmModeConnectorPtr connector = NULL;
	uint64_t size = 0;

	if (res && res->count_connectors)
		connector = drmModeGetConnector(session->fd,
						res->connectors[0]);
	if (connector && connector->count_modes)
		size = connector->modes[0].hdisplay * 4ull *
		       connector->modes[0].vdisplay;
	drmModeFreeConnector(connector);
	drmModeFreeResources(res);

	return size;
}

/*
 * The largest free piece, but no remainder that others have left and that is
 * good for nothing: then the session is an observer. An adapter that is free
 * is taken, however small.
 */
static int take_largest(struct vidmem_session *session)
{
	uint64_t all, left, largest;
	int ret;

	ret = vidmem_get_param(session->dev, DRM_VIDMEM_PARAM_VRAM_SIZE, &all);
	if (!ret)
		ret = vidmem_get_param(session->dev,
				       DRM_VIDMEM_PARAM_VRAM_FREE, &left);
	if (!ret)
		ret = vidmem_get_param(session->dev,
				       DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE,
				       &largest);
	if (ret)
		return ret;

	if (largest >= SHARE_GRANULE &&
	    (left == all || largest >= preferred_size(session)))
		ret = create_largest(session, largest);
	else
		ret = -ENOSPC;

	/* Others may have been faster. */
	return ret == -ENOSPC ? observe_video_memory(session) : ret;
}

int take_video_memory(struct vidmem_session *session, uint64_t size)
{
	if (!size)
		return take_largest(session);
	if (size > MAX_VIDEO_MEMORY)
		size = MAX_VIDEO_MEMORY;

	return create(session, (size + SHARE_GRANULE - 1) &
		      ~(uint64_t)(SHARE_GRANULE - 1));
}

/* An address that is wished for is taken exactly or refused (rule M3). */
static uint32_t map_part(struct vidmem_session *session, uintptr_t address,
			 uint32_t offset, uint32_t size, char **base)
{
	uint32_t before = offset % sysconf(_SC_PAGESIZE);
	struct drm_vidmem_map_video_memory map = {
		.handle = session->handle,
		.requested_virtual_address = address ? address - before : 0,
		.view_offset = offset - before,
		.view_size = size ? (uint64_t)before + size : 0,
	};
	int ret;

	*base = NULL;
	if (is_observer(session))
		return ERROR_NOT_ENOUGH_MEMORY;
	/* Nothing begins at 0, which would mean anywhere. */
	if (address && address <= before)
		return ERROR_INVALID_PARAMETER;
	ret = vidmem_map(session->dev, &map);
	if (ret)
		return to_win32(ret == -EACCES ? -EINVAL : ret);
	*base = (char *)(uintptr_t)map.video_ram_base + before;

	return NO_ERROR;
}

/*
 * Only into the caller's own process. Another one gets the memory by a dma-buf:
 * see Documentation/requests.rst.
 */
static bool own_process(HANDLE process)
{
	return !process || process == GetCurrentProcess();
}

uint32_t map_video_memory(struct vidmem_session *session, struct call *call)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY request;
	uint32_t status;
	char *base;

	status = get_input(call, &request, sizeof(request));
	if (!status)
		status = check_output(call, sizeof(info));
	if (status)
		return status;

	/* Some callers name their process here, as miniports expect (M3). */
	if (own_process(request.RequestedVirtualAddress))
		request.RequestedVirtualAddress = NULL;
	status = map_part(session, (uintptr_t)request.RequestedVirtualAddress,
			  0, 0, &base);
	if (status)
		return status;

	/* Clears the padding, too. */
	memset(&info, 0, sizeof(info));
	info.VideoRamBase = base;
	info.VideoRamLength = session->size;
	info.FrameBufferBase = base;
	/* Before any mode all of it may be displayed later (rule M12). */
	info.FrameBufferLength = session->size;
	if (session->current) {
		const struct mode *mode = session->current;

		info.VideoRamLength -= info.VideoRamLength % mode->stride;
		info.FrameBufferLength = mode->info.vdisplay * mode->stride;
	}
	put_output(call, &info, sizeof(info));

	return NO_ERROR;
}

static uint32_t unmap(struct vidmem_session *session, const void *address)
{
	return to_win32(vidmem_unmap(session->dev, address));
}

uint32_t unmap_video_memory(struct vidmem_session *session, struct call *call)
{
	VIDEO_MEMORY request;
	uint32_t status = get_input(call, &request, sizeof(request));

	return status ? status :
	       unmap(session, request.RequestedVirtualAddress);
}

uint32_t share_video_memory(struct vidmem_session *session, struct call *call)
{
	VIDEO_SHARE_MEMORY_INFORMATION info;
	VIDEO_SHARE_MEMORY request;
	uint32_t status;
	char *base;

	status = get_input(call, &request, sizeof(request));
	if (!status)
		status = check_output(call, sizeof(info));
	if (status)
		return status;
	/* In 64 bits: the sum of two ULONGs may wrap in 32 (rule S1). */
	if (!own_process(request.ProcessHandle) || !request.ViewSize ||
	    (uint64_t)request.ViewOffset + request.ViewSize > session->size)
		return ERROR_INVALID_PARAMETER;

	/* Mapped at the offset (rule S5). */
	status = map_part(session, (uintptr_t)request.RequestedVirtualAddress,
			  request.ViewOffset, request.ViewSize, &base);
	if (status)
		return status;

	/* What is told is rounded, what is mapped is not (rule S2). */
	memset(&info, 0, sizeof(info));
	info.SharedViewOffset = request.ViewOffset;
	info.SharedViewSize = (request.ViewSize + SHARE_GRANULE - 1) &
			      ~(SHARE_GRANULE - 1);
	info.VirtualAddress = base;
	put_output(call, &info, sizeof(info));

	return NO_ERROR;
}

uint32_t unshare_video_memory(struct vidmem_session *session, struct call *call)
{
	VIDEO_SHARE_MEMORY request;
	uint32_t status = get_input(call, &request, sizeof(request));

	if (status)
		return status;
	if (!own_process(request.ProcessHandle))
		return ERROR_INVALID_PARAMETER;

	return unmap(session, request.RequestedVirtualAddress);
}

/* A frame buffer has one range that is public: video memory itself. */
uint32_t query_public_access_ranges(struct vidmem_session *session,
				    struct call *call)
{
	VIDEO_PUBLIC_ACCESS_RANGES range;
	uint32_t status = check_output(call, sizeof(range));
	char *base;

	if (!status)
		status = map_part(session, 0, 0, 0, &base);
	if (status)
		return status;

	memset(&range, 0, sizeof(range));
	range.VirtualAddress = base;
	put_output(call, &range, sizeof(range));

	return NO_ERROR;
}

uint32_t free_public_access_ranges(struct vidmem_session *session,
				   struct call *call)
{
	return unmap_video_memory(session, call);
}
