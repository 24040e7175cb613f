/* SPDX-License-Identifier: MIT */
#ifndef VIDMEM_SESSION_H
#define VIDMEM_SESSION_H

/*
 * What the files that serve requests share, each built on those named before it:
 * vidmem_call.c has what all of them do with their buffers, vidmem_display.c what
 * concerns modes and the display, vidmem_brightness.c what concerns a panel,
 * vidmem_memory.c what concerns mappings, vidmem_request.c the table of requests
 * and the life of a session.
 */

#include <stdbool.h>
#include <stdint.h>

#include <xf86drmMode.h>

#include <ntddvdeo.h>
#include <winerror.h>

#include "vidmem_drmif.h"
#include "vidmem_lock.h"

#define PALETTE_SIZE 256

struct pixel_format;

struct mode {
	drmModeModeInfo info;
	const struct pixel_format *format;
	uint32_t index;
	uint32_t stride;
};

struct palette {
	uint16_t red[PALETTE_SIZE], green[PALETTE_SIZE], blue[PALETTE_SIZE];
};

struct vidmem_session {
	/* One request at a time (rule G1). Protects all below. */
	struct vidmem_lock lock;
	struct vidmem_device *dev;
	int fd;
	bool owns_fd;

	uint32_t connector;
	uint32_t crtc;
	uint32_t dpms_property;
	uint32_t width_mm, height_mm;
	/* What was on display before, and is so again after a reset. */
	drmModeCrtcPtr before;
	struct palette palette_before;
	bool has_palette;

	/*
	 * The video memory: one object, displayed from its first byte. An
	 * observer has no object, and its size is that of the adapter's memory.
	 */
	uint32_t handle;
	uint64_t size;

	struct mode *modes;
	uint32_t mode_count;
	/* The current mode, or NULL before any and after a reset. */
	const struct mode *current;
	uint32_t framebuffer;
	/* Of the current mode. */
	struct palette palette;
	uint32_t power;

	/* All of this process, for power: see set_power(). */
	struct vidmem_session *next;
};

/*
 * One that has no video memory of its own, since others have it or since it was
 * opened for the panel alone: it tells what the adapter has and displays, and
 * sets power and brightness. What needs memory answers 8.
 */
static inline bool is_observer(const struct vidmem_session *session)
{
	return !session->handle;
}

/* One request in progress. */
struct call {
	const void *input;
	uint32_t input_size;
	void *output;
	uint32_t output_size;
	uint32_t written;
};

/* vidmem_call.c */
uint32_t to_win32(int error);
uint32_t get_input(const struct call *call, void *to, uint32_t size);
uint32_t check_output(const struct call *call, uint64_t size);
void put_output(struct call *call, const void *from, uint32_t size);

/* A request: checks all, then changes something or writes its output. */
typedef uint32_t (*serve_fn)(struct vidmem_session *session, struct call *call);

/* vidmem_display.c */
void add_session(struct vidmem_session *session);
void remove_session(struct vidmem_session *session);
int find_display(struct vidmem_session *session);
bool lacks_24_bits(struct vidmem_session *session);
uint32_t query_num_avail_modes(struct vidmem_session *session,
			       struct call *call);
uint32_t query_avail_modes(struct vidmem_session *session, struct call *call);
uint32_t query_current_mode(struct vidmem_session *session, struct call *call);
uint32_t set_current_mode(struct vidmem_session *session, struct call *call);
uint32_t reset_device(struct vidmem_session *session, struct call *call);
uint32_t set_color_registers(struct vidmem_session *session, struct call *call);
uint32_t query_color_capabilities(struct vidmem_session *session,
				  struct call *call);
uint32_t query_pointer_capabilities(struct vidmem_session *session,
				    struct call *call);
uint32_t get_power_management(struct vidmem_session *session,
			      struct call *call);
uint32_t set_power_management(struct vidmem_session *session,
			      struct call *call);
uint32_t get_child_state(struct vidmem_session *session, struct call *call);
uint32_t validate_child_state_configuration(struct vidmem_session *session,
					    struct call *call);
uint32_t set_child_state_configuration(struct vidmem_session *session,
				       struct call *call);

/* vidmem_brightness.c */
uint32_t query_supported_brightness(struct vidmem_session *session,
				    struct call *call);
uint32_t query_display_brightness(struct vidmem_session *session,
				  struct call *call);
uint32_t set_display_brightness(struct vidmem_session *session,
				struct call *call);

/* vidmem_memory.c */
int take_video_memory(struct vidmem_session *session, uint64_t size);
int observe_video_memory(struct vidmem_session *session);
uint32_t map_video_memory(struct vidmem_session *session, struct call *call);
uint32_t unmap_video_memory(struct vidmem_session *session, struct call *call);
uint32_t share_video_memory(struct vidmem_session *session, struct call *call);
uint32_t unshare_video_memory(struct vidmem_session *session,
			      struct call *call);
uint32_t query_public_access_ranges(struct vidmem_session *session,
				    struct call *call);
uint32_t free_public_access_ranges(struct vidmem_session *session,
				   struct call *call);

/* vidmem_request.c */
uint32_t open_session(unsigned int n, bool observer,
		      struct vidmem_session **session);

#endif /* VIDMEM_SESSION_H */
