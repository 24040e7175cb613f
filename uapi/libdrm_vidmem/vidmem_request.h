/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_REQUEST_H
#define VIDMEM_REQUEST_H

/*
 * Video memory through the requests of a Windows video miniport, as named and
 * numbered in ntddvdeo.h.
 *
 * A session is one user of one adapter. It owns one piece of video memory, from
 * its start to its end, which every mode displays from its first byte on. So
 * what MAP has answered stays true over all mode changes, save for the lengths.
 *
 * A child of fork(2) may go on with a session, whatever threads of the parent were
 * doing. It has none of the mappings, and one display and one piece of video memory
 * together with the parent.
 *
 * All functions may be called from several threads at once, for the same
 * session, too. But vidmem_session_close() must be the last for its session: to
 * see to it that no other is under way or follows is the caller's part.
 */

#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

struct vidmem_session;

/*
 * Begin a session on adapter number n, counted from 0. To set modes, it must be
 * the only program that displays something there.
 *
 * Returns 0 or a Win32 error number:
 *  55 ERROR_DEV_NOT_EXIST      there is no such adapter
 *   8 ERROR_NOT_ENOUGH_MEMORY  system memory ran out
 * 170 ERROR_BUSY               the device file may not be opened
 *
 * If other programs have the video memory, so that what is left does not hold
 * the display's preferred mode in 32 bits, the session has none of its own: it
 * tells modes, which one is on display, capabilities, power and brightness, and
 * sets the last two. MAP, SHARE, QUERY_PUBLIC_ACCESS_RANGES and SET_CURRENT_MODE
 * answer 8 then. Setting power answers 170 if another process has the display.
 */
uint32_t vidmem_session_open(unsigned int n, struct vidmem_session **session);

/*
 * The same on an open file of the adapter, which stays the caller's and must
 * stay open, and with so many bytes of video memory, rounded up to whole 64 KiB;
 * 0: the largest free piece, as above. 8 if a size that was asked for is not
 * free.
 */
uint32_t vidmem_session_new(int fd, uint64_t video_memory,
			    struct vidmem_session **session);

/*
 * End a session: its mappings go, and the display shows again what it showed
 * before. NULL is allowed.
 */
void vidmem_session_close(struct vidmem_session *session);

/*
 * Serve one request. Requests of one session are served one after the other,
 * whatever thread they come from.
 *
 * The buffers may overlap and need no alignment. More bytes than a request
 * needs are no error. *returned, if not NULL, is always set: to the number of
 * bytes written to the output buffer, 0 on any error. On an error nothing else
 * has changed, the output buffer included.
 *
 * Returns 0 or a Win32 error number:
 *   1 ERROR_INVALID_FUNCTION     not served, or not now
 *   6 ERROR_INVALID_HANDLE       no session
 *   8 ERROR_NOT_ENOUGH_MEMORY    out of memory or address space
 *  55 ERROR_DEV_NOT_EXIST        the adapter has gone
 *  87 ERROR_INVALID_PARAMETER    a value, an address or a NULL buffer is wrong
 * 122 ERROR_INSUFFICIENT_BUFFER  a buffer is shorter than its structure
 * 170 ERROR_BUSY                 another program has the display
 */
uint32_t vidmem_request(struct vidmem_session *session, uint32_t code,
			const void *input, uint32_t input_size,
			void *output, uint32_t output_size,
			uint32_t *returned);

/*
 * A request that has been served, as somebody who watches sees it.
 */
struct vidmem_traced {
	uint32_t code;
	uint32_t status;
	/* As it was before: the output may be the same memory. */
	const void *input;
	uint32_t input_size;
	const void *output;
	uint32_t output_size;
	uint32_t returned;
};

typedef void (*vidmem_trace_fn)(const struct vidmem_traced *request,
				void *data);

/*
 * Have a function called after each request of this process, in the thread that
 * made it; NULL ends that. To be set while no request is under way.
 */
void vidmem_trace(vidmem_trace_fn trace, void *data);

/*
 * The session's video memory as a dma-buf, a file descriptor that the caller
 * closes: what SHARE_VIDEO_MEMORY does for another process. Send it there
 * (SCM_RIGHTS of unix(7)); the other process makes a handle of it with
 * vidmem_import() and maps what it wants with vidmem_map(). Its views are its
 * own, and end as any views do; the video memory lives as long as one of them.
 *
 * Returns 0 or a Win32 error number.
 */
uint32_t vidmem_session_export(struct vidmem_session *session, int *dma_buf);

/*
 * The brightness of an adapter's panel, in percent: what SET_DISPLAY_BRIGHTNESS
 * of any program has set, 100 before that.
 */
void vidmem_get_brightness(int fd, unsigned int *mains, unsigned int *battery);

#if defined(__cplusplus)
}
#endif

#endif /* VIDMEM_REQUEST_H */
