/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINDOWS_H
#define VIDMEM_WINDOWS_H

/*
 * Requests to a device, as a Windows program makes them. Handles are numbers
 * that are looked up: one that was never given or is closed already is an
 * error, ERROR_INVALID_HANDLE, and nothing worse. All may be called from several
 * threads at once, for the same handle, too, be it that one closes it.
 *
 * The names of Windows are macros here, so that the library defines none of
 * them itself.
 */

#include "windef.h"
#include "winerror.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INVALID_HANDLE_VALUE	((HANDLE)(LONG_PTR)-1)
/* What VIDEO_SHARE_MEMORY.ProcessHandle takes for the caller's own process. */
#define GetCurrentProcess()	((HANDLE)(LONG_PTR)-1)

/*
 * The adapter of this number, counted from 0, for one user of its display: a
 * session as in vidmem_request.h. Returns INVALID_HANDLE_VALUE if that fails;
 * GetLastError() says why.
 */
HANDLE vidmem_open_adapter(DWORD n);

/*
 * End the session, when the requests that are under way are done. FALSE for
 * what is no open handle.
 */
BOOL vidmem_close_handle(HANDLE device);
#define CloseHandle vidmem_close_handle

/*
 * One request. *returned, which may be NULL, is always set. The last argument,
 * Windows' OVERLAPPED, is ignored: all requests are done on return. FALSE if it
 * failed; GetLastError() says why.
 */
BOOL vidmem_device_io_control(HANDLE device, DWORD code, LPVOID input,
			      DWORD input_size, LPVOID output,
			      DWORD output_size, LPDWORD returned,
			      LPVOID overlapped);
#define DeviceIoControl vidmem_device_io_control

/* Of this thread. A success does not clear it. */
DWORD vidmem_get_last_error(void);
#define GetLastError vidmem_get_last_error
void vidmem_set_last_error(DWORD error);
#define SetLastError vidmem_set_last_error

#ifdef __cplusplus
}
#endif

#endif /* VIDMEM_WINDOWS_H */
