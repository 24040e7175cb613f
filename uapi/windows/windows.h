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
#include "wingdi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INVALID_HANDLE_VALUE	((HANDLE)(LONG_PTR)-1)
/* What VIDEO_SHARE_MEMORY.ProcessHandle and MAP's address take for the caller's own process. */
#define GetCurrentProcess()	((HANDLE)(LONG_PTR)-1)

/*
 * The adapter of this number, counted from 0, for one user of its display: a
 * session as in vidmem_request.h. Returns INVALID_HANDLE_VALUE if that fails;
 * GetLastError() says why.
 */
HANDLE vidmem_open_adapter(DWORD n);

/*
 * The same by a name of Windows: "\\\\.\\DISPLAY1" is adapter 0, and so on, and
 * "\\\\.\\LCD" is the panel of adapter 0, for power and brightness, which takes no
 * video memory. ERROR_FILE_NOT_FOUND for any other name.
 */
HANDLE vidmem_create_file(LPCSTR name);

/* By the caller's own WCHAR, of whichever size that is. */
static __inline__ HANDLE vidmem_create_file_wide(LPCWSTR name)
{
	char narrow[32];
	size_t i;

	for (i = 0; i < sizeof(narrow); i++) {
		narrow[i] = name[i] > 0 && name[i] < 128 ? (char)name[i] : 0;
		if (!narrow[i])
			return vidmem_create_file(name[i] ? NULL : narrow);
	}
	return vidmem_create_file(NULL);
}

/* All that these take beyond the name means files. */
#define CreateFileA(name, access, share, security, how, flags, like) \
	vidmem_create_file(name)
#define CreateFileW(name, access, share, security, how, flags, like) \
	vidmem_create_file_wide(name)
#ifdef UNICODE
#define CreateFile CreateFileW
#else
#define CreateFile CreateFileA
#endif
#define GENERIC_READ			0x80000000u
#define GENERIC_WRITE			0x40000000
#define FILE_SHARE_READ			1
#define FILE_SHARE_WRITE		2
#define OPEN_EXISTING			3
#define FILE_ATTRIBUTE_NORMAL		0x80
#define FILE_FLAG_OVERLAPPED		0x40000000

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
