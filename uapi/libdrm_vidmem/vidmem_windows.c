// SPDX-License-Identifier: MIT
/*
 * The calls of Windows, on handles. A handle is a place in a table and how often
 * that place was given out before, so that an old one is told from a new one.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <winddi.h>
#include <windows.h>

#include "vidmem_lock.h"
#include "vidmem_priv.h"
#include "vidmem_request.h"
#include "vidmem_session.h"

#define PLACES 64u
/* The lowest two bits of a handle of Windows are 0, and NULL is none. */
#define HANDLE_SHIFT 2
#define FIRST_NUMBER PLACES
/* As device numbers are, none is higher. */
#define MAX_ADAPTERS 256

static struct {
	struct vidmem_session *session;
	/* Requests under way: it is closed when they are done. */
	unsigned int users;
	/* How often the place was given out, kept so small that a handle fits
	 * into 32 bits with its sign bit clear.
	 */
	uint32_t round;
} places[PLACES];

static struct vidmem_lock lock = VIDMEM_LOCK_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;

static void lock_places(void)
{
	uint32_t place;

	if (!vidmem_lock(&lock))
		return;
	/* The parent's requests under way are none of this process. */
	for (place = 0; place < PLACES; place++)
		places[place].users = 0;
	pthread_cond_init(&idle, NULL);
}

static __thread DWORD last_error;

static HANDLE to_handle(uint32_t place)
{
	uintptr_t number = FIRST_NUMBER + places[place].round * PLACES + place;

	return (HANDLE)(number << HANDLE_SHIFT);
}

/* Its place, or PLACES for what is no open handle. Under the lock. */
static uint32_t find_place(HANDLE handle)
{
	uintptr_t number = (uintptr_t)handle >> HANDLE_SHIFT;
	uint32_t place = number % PLACES;

	if (!places[place].session || to_handle(place) != handle)
		return PLACES;
	return place;
}

static HANDLE open_handle(DWORD n, bool observer)
{
	struct vidmem_session *session;
	HANDLE handle = INVALID_HANDLE_VALUE;
	uint32_t place, status;

	status = open_session(n, observer, &session);
	if (status) {
		last_error = status;
		return handle;
	}

	lock_places();
	for (place = 0; place < PLACES; place++)
		if (!places[place].session && !places[place].users)
			break;
	if (place < PLACES) {
		places[place].session = session;
		places[place].round = (places[place].round + 1) & 0x3fffff;
		handle = to_handle(place);
	}
	vidmem_unlock(&lock);
	if (place == PLACES) {
		vidmem_session_close(session);
		last_error = ERROR_NOT_ENOUGH_MEMORY;
	}

	return handle;
}

vidmem_public HANDLE vidmem_open_adapter(DWORD n)
{
	return open_handle(n, false);
}

/* DISPLAY1 is adapter 0; LCD is the panel of that, and not its memory. */
vidmem_public HANDLE vidmem_create_file(LPCSTR name)
{
	HANDLE handle = INVALID_HANDLE_VALUE;
	unsigned long n;
	char *end;

	last_error = ERROR_FILE_NOT_FOUND;
	if (!name || strncmp(name, "\\\\.\\", 4))
		return handle;
	name += 4;
	if (!strcasecmp(name, "LCD")) {
		handle = open_handle(0, true);
	} else if (!strncasecmp(name, "DISPLAY", 7) &&
		   name[7] >= '1' && name[7] <= '9') {
		n = strtoul(name + 7, &end, 10);
		if (!*end && n <= MAX_ADAPTERS)
			handle = open_handle(n - 1, false);
	}
	/* Of a file it is its name that does not exist. */
	if (handle == INVALID_HANDLE_VALUE &&
	    last_error == ERROR_DEV_NOT_EXIST)
		last_error = ERROR_FILE_NOT_FOUND;

	return handle;
}

vidmem_public BOOL vidmem_close_handle(HANDLE device)
{
	struct vidmem_session *session = NULL;
	uint32_t place;

	lock_places();
	place = find_place(device);
	if (place < PLACES) {
		session = places[place].session;
		/* From here on no request finds it. */
		places[place].session = NULL;
		while (places[place].users)
			pthread_cond_wait(&idle, &lock.mutex);
	}
	vidmem_unlock(&lock);
	if (!session) {
		last_error = ERROR_INVALID_HANDLE;
		return FALSE;
	}
	vidmem_session_close(session);

	return TRUE;
}

vidmem_public DWORD vidmem_eng_device_io_control(HANDLE device, DWORD code,
						 LPVOID input, DWORD input_size,
						 LPVOID output,
						 DWORD output_size,
						 LPDWORD returned)
{
	struct vidmem_session *session = NULL;
	uint32_t place, status;

	lock_places();
	place = find_place(device);
	if (place < PLACES) {
		session = places[place].session;
		places[place].users++;
	}
	vidmem_unlock(&lock);

	/* Without a session, too: it knows what to answer. */
	status = vidmem_request(session, code, input, input_size, output,
				output_size, returned);

	if (session) {
		lock_places();
		if (!--places[place].users)
			pthread_cond_broadcast(&idle);
		vidmem_unlock(&lock);
	}

	return status;
}

vidmem_public BOOL vidmem_device_io_control(HANDLE device, DWORD code,
					    LPVOID input, DWORD input_size,
					    LPVOID output, DWORD output_size,
					    LPDWORD returned, LPVOID overlapped)
{
	DWORD status = vidmem_eng_device_io_control(device, code, input,
						    input_size, output,
						    output_size, returned);

	(void)overlapped;
	if (status)
		last_error = status;

	return !status;
}

vidmem_public DWORD vidmem_get_last_error(void)
{
	return last_error;
}

vidmem_public void vidmem_set_last_error(DWORD error)
{
	last_error = error;
}
