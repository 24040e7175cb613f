// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The requests of ntddvdeo.h: buffers of every kind, statuses, the number of
 * bytes returned, and what the mode requests do.
 */

#include <sys/socket.h>

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "vidmem_test.h"

#define VIDEO_MEMORY_SIZE (8 * MiB)
#define MAX_MODES 256

FIXTURE(request)
{
	int fd;
	struct vidmem_session *session;
	uint64_t free_before;
	VIDEO_MODE_INFORMATION modes[MAX_MODES];
	uint32_t mode_count;
};

static uint32_t returned;

static uint32_t call(struct vidmem_session *session, uint32_t code,
		     const void *in, uint32_t in_size, void *out,
		     uint32_t out_size)
{
	returned = 0xdead;
	return vidmem_request(session, code, in, in_size, out, out_size,
			      &returned);
}

FIXTURE_SETUP(request)
{
	VIDEO_NUM_MODES num;

	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, vidmem_session_new(self->fd, VIDEO_MEMORY_SIZE,
					&self->session));
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
			  NULL, 0, &num, sizeof(num)));
	self->mode_count = num.NumModes;
	ASSERT_GT(num.NumModes, 3);
	ASSERT_LE(num.NumModes, MAX_MODES);
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL,
			  0, self->modes,
			  num.NumModes * num.ModeInformationLength));
}

FIXTURE_TEARDOWN(request)
{
	if (self->fd < 0)
		return;
	vidmem_session_close(self->session);
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

static uint32_t set_mode(struct vidmem_session *session, uint32_t mode)
{
	return call(session, IOCTL_VIDEO_SET_CURRENT_MODE, &mode, sizeof(mode),
		    NULL, 0);
}

static uint32_t current_mode(struct vidmem_session *session,
			     VIDEO_MODE_INFORMATION *mode)
{
	return call(session, IOCTL_VIDEO_QUERY_CURRENT_MODE, NULL, 0, mode,
		    sizeof(*mode));
}

static uint32_t map(struct vidmem_session *session,
		    VIDEO_MEMORY_INFORMATION *info)
{
	VIDEO_MEMORY memory = { NULL };

	return call(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory,
		    sizeof(memory), info, sizeof(*info));
}

static uint32_t unmap(struct vidmem_session *session, void *address)
{
	VIDEO_MEMORY memory = { address };

	return call(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &memory,
		    sizeof(memory), NULL, 0);
}

/*
 * What each request takes and gives. For those that a linear frame buffer
 * cannot serve there is no row: they answer 1.
 */
enum effect {
	NONE,
	/* The output names a new view, at the end of the structure or not. */
	MAPS, SHARES, GIVES_RANGE,
	/* The input names a view, which goes. */
	UNMAPS, UNSHARES,
	/* The input may be missing. */
	NO_INPUT_TOO,
};

static const struct row {
	const char *name;
	uint32_t code;
	uint32_t in_size, out_size;
	enum effect effect;
	/* An input that is right; all zero if none is given. */
	uint32_t input[4];
	/* Only in a mode with a palette. */
	bool palette;
} rows[] = {
	{ "QUERY_NUM_AVAIL_MODES", IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, 0, 8 },
	{ "QUERY_AVAIL_MODES", IOCTL_VIDEO_QUERY_AVAIL_MODES, 0,
	  0 /* times the number of modes */ },
	{ "QUERY_CURRENT_MODE", IOCTL_VIDEO_QUERY_CURRENT_MODE, 0, 80 },
	{ "SET_CURRENT_MODE", IOCTL_VIDEO_SET_CURRENT_MODE, 4, 0 },
	{ "RESET_DEVICE", IOCTL_VIDEO_RESET_DEVICE, 0, 0 },
	{ "MAP_VIDEO_MEMORY", IOCTL_VIDEO_MAP_VIDEO_MEMORY,
	  sizeof(VIDEO_MEMORY), sizeof(VIDEO_MEMORY_INFORMATION), MAPS },
	{ "UNMAP_VIDEO_MEMORY", IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
	  sizeof(VIDEO_MEMORY), 0, UNMAPS },
	{ "SHARE_VIDEO_MEMORY", IOCTL_VIDEO_SHARE_VIDEO_MEMORY,
	  sizeof(VIDEO_SHARE_MEMORY), sizeof(VIDEO_SHARE_MEMORY_INFORMATION),
	  SHARES },
	{ "UNSHARE_VIDEO_MEMORY", IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY,
	  sizeof(VIDEO_SHARE_MEMORY), 0, UNSHARES },
	{ "QUERY_PUBLIC_ACCESS_RANGES",
	  IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, 0,
	  sizeof(VIDEO_PUBLIC_ACCESS_RANGES), GIVES_RANGE },
	{ "FREE_PUBLIC_ACCESS_RANGES", IOCTL_VIDEO_FREE_PUBLIC_ACCESS_RANGES,
	  sizeof(VIDEO_MEMORY), 0, UNMAPS },
	/* NumEntries 2 from FirstEntry 1 on */
	{ "SET_COLOR_REGISTERS", IOCTL_VIDEO_SET_COLOR_REGISTERS, 12, 0, NONE,
	  { 2 | 1 << 16, 0x112233, 0x445566 }, true },
	{ "QUERY_COLOR_CAPABILITIES", IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES, 0,
	  72 },
	{ "QUERY_POINTER_CAPABILITIES",
	  IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, 0, 20 },
	{ "GET_POWER_MANAGEMENT", IOCTL_VIDEO_GET_POWER_MANAGEMENT, 0, 12 },
	{ "SET_POWER_MANAGEMENT", IOCTL_VIDEO_SET_POWER_MANAGEMENT, 12, 0,
	  NONE, { 12, 0, VideoPowerOn } },
	{ "GET_CHILD_STATE", IOCTL_VIDEO_GET_CHILD_STATE, 4, 4, NO_INPUT_TOO },
	{ "QUERY_SUPPORTED_BRIGHTNESS",
	  IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS, 0, 101 },
	{ "QUERY_DISPLAY_BRIGHTNESS", IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS, 0,
	  3 },
	{ "SET_DISPLAY_BRIGHTNESS", IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS, 3, 0,
	  NONE, { DISPLAYPOLICY_BOTH | 100 << 8 | 100 << 16 } },
	{ "VALIDATE_CHILD_STATE_CONFIGURATION",
	  IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION, 12, 4, NONE,
	  { 1, 0, VIDEO_CHILD_ACTIVE } },
	{ "SET_CHILD_STATE_CONFIGURATION",
	  IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION, 12, 0, NONE,
	  { 1, 0, VIDEO_CHILD_ACTIVE } },
};

static uint32_t out_size(FIXTURE_DATA(request) * self, const struct row *row)
{
	if (row->code == IOCTL_VIDEO_QUERY_AVAIL_MODES)
		return 80 * self->mode_count;
	return row->out_size;
}

/* An input that is right, with a live view of its own if it takes one. */
static void good_input(struct vidmem_session *session, const struct row *row,
		       void *in)
{
	VIDEO_SHARE_MEMORY share = { .ViewSize = 4096 };
	VIDEO_MEMORY_INFORMATION info;

	memset(in, 0, 64);
	memcpy(in, row->input, sizeof(row->input));
	if (row->effect == SHARES)
		memcpy(in, &share, sizeof(share));
	if (row->effect != UNMAPS && row->effect != UNSHARES)
		return;
	if (map(session, &info))
		abort();
	share.RequestedVirtualAddress = info.VideoRamBase;
	if (row->effect == UNSHARES)
		memcpy(in, &share, sizeof(share));
	else
		memcpy(in, &info.VideoRamBase, sizeof(info.VideoRamBase));
}

/* The view of an input that was not used up. */
static void drop_input(struct vidmem_session *session, const struct row *row,
		       const void *in)
{
	VIDEO_SHARE_MEMORY share;
	void *base;

	memcpy(&share, in, sizeof(share));
	memcpy(&base, in, sizeof(base));
	if (row->effect == UNSHARES)
		base = share.RequestedVirtualAddress;
	else if (row->effect != UNMAPS)
		return;
	if (unmap(session, base))
		abort();
}

/* The view that a request made. */
static void drop_output(struct vidmem_session *session, const struct row *row,
			const void *out)
{
	VIDEO_SHARE_MEMORY_INFORMATION share;
	VIDEO_PUBLIC_ACCESS_RANGES range;
	VIDEO_MEMORY_INFORMATION info;
	void *base;

	memcpy(&share, out, sizeof(share));
	memcpy(&range, out, sizeof(range));
	memcpy(&info, out, sizeof(info));
	switch (row->effect) {
	case MAPS:
		base = info.VideoRamBase;
		break;
	case SHARES:
		base = share.VirtualAddress;
		break;
	case GIVES_RANGE:
		base = range.VirtualAddress;
		break;
	default:
		return;
	}
	if (write_signal(base) || unmap(session, base))
		abort();
}

static bool untouched(const unsigned char *out, size_t from, size_t to)
{
	for (; from < to; from++)
		if (out[from] != 0xee)
			return false;
	return true;
}

/* The first mode of so many bits, or mode_count if there is none. */
static uint32_t mode_of(FIXTURE_DATA(request) * self, uint32_t bits)
{
	uint32_t i;

	for (i = 0; i < self->mode_count; i++)
		if (self->modes[i].BitsPerPlane == bits)
			break;
	return i;
}

/* In a mode in which the row is served. Not all adapters have one with a palette. */
#define FOR_EACH_ROW(row) \
	for (row = rows; row < rows + ARRAY_SIZE(rows); row++) \
		if (!set_mode_for(self, row))

static int set_mode_for(FIXTURE_DATA(request) * self, const struct row *row)
{
	return set_mode(self->session, row->palette ? mode_of(self, 8) : 0);
}

TEST_F(request, exact_and_larger_buffers)
{
	static unsigned char in[64], out[80 * MAX_MODES + 64];
	const struct row *row;
	int more;

	FOR_EACH_ROW(row) for (more = 0; more <= 16; more += 16) {
		uint32_t size = out_size(self, row);

		ASSERT_EQ(0, set_mode_for(self, row));
		good_input(self->session, row, in);
		memset(out, 0xee, sizeof(out));
		EXPECT_EQ(0, call(self->session, row->code, in,
				  row->in_size + more, out, size + more))
			TH_LOG("%s", row->name);
		EXPECT_EQ(size, returned) TH_LOG("%s", row->name);
		EXPECT_TRUE(untouched(out, size, sizeof(out)))
			TH_LOG("%s", row->name);
		drop_output(self->session, row, out);
	}
}

TEST_F(request, short_buffers)
{
	static unsigned char in[64], out[80 * MAX_MODES + 64];
	const struct row *row;

	FOR_EACH_ROW(row) {
		uint32_t size = out_size(self, row);

		good_input(self->session, row, in);
		memset(out, 0xee, sizeof(out));
		if (row->in_size) {
			EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
				  call(self->session, row->code, in,
				       row->in_size - 1, out, size))
				TH_LOG("%s", row->name);
			EXPECT_EQ(0, returned);
		}
		if (row->in_size && row->effect != NO_INPUT_TOO) {
			EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
				  call(self->session, row->code, NULL, 0, out,
				       size));
			EXPECT_EQ(0, returned);
		}
		if (size) {
			EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
				  call(self->session, row->code, in,
				       row->in_size, out, size - 1))
				TH_LOG("%s", row->name);
			EXPECT_EQ(0, returned);
			EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
				  call(self->session, row->code, in,
				       row->in_size, NULL, 0));
			EXPECT_EQ(0, returned);
		}
		EXPECT_TRUE(untouched(out, 0, sizeof(out)))
			TH_LOG("%s", row->name);
		drop_input(self->session, row, in);
	}
}

TEST_F(request, null_buffers)
{
	static unsigned char in[64], out[80 * MAX_MODES + 64];
	static struct maps before, after;
	const struct row *row;

	FOR_EACH_ROW(row) {
		uint32_t size = out_size(self, row);

		good_input(self->session, row, in);
		memset(out, 0xee, sizeof(out));
		read_maps(&before);
		if (row->in_size) {
			EXPECT_EQ(ERROR_INVALID_PARAMETER,
				  call(self->session, row->code, NULL,
				       row->in_size, out, size))
				TH_LOG("%s", row->name);
			EXPECT_EQ(0, returned);
		}
		if (size) {
			EXPECT_EQ(ERROR_INVALID_PARAMETER,
				  call(self->session, row->code, in,
				       row->in_size, NULL, size))
				TH_LOG("%s", row->name);
			EXPECT_EQ(0, returned);
		}
		read_maps(&after);
		EXPECT_TRUE(same_maps(&before, &after));
		EXPECT_TRUE(untouched(out, 0, sizeof(out)));
		drop_input(self->session, row, in);

		/* Nobody need ask how much came back. */
		good_input(self->session, row, in);
		EXPECT_EQ(0, vidmem_request(self->session, row->code, in,
					    row->in_size, out, size, NULL));
		drop_output(self->session, row, out);
	}
}

TEST_F(request, misaligned_and_overlapping_buffers)
{
	static unsigned char buffer[80 * MAX_MODES + 64];
	VIDEO_MEMORY_INFORMATION info;
	const struct row *row;
	int shift;

	FOR_EACH_ROW(row) for (shift = 1; shift < 8; shift++) {
		ASSERT_EQ(0, set_mode_for(self, row));
		good_input(self->session, row, buffer + shift);
		/* One memory for both (G2). */
		EXPECT_EQ(0, call(self->session, row->code, buffer + shift,
				  row->in_size, buffer + shift,
				  out_size(self, row)))
			TH_LOG("%s", row->name);
		drop_output(self->session, row, buffer + shift);
	}
	/* What comes out is right there, too. */
	memset(buffer, 0, 64);
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
			  buffer + 3, sizeof(VIDEO_MEMORY), buffer + 5,
			  sizeof(info)));
	memcpy(&info, buffer + 5, sizeof(info));
	EXPECT_EQ(0, write_signal(info.VideoRamBase));
	EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
}

/* All that is no row of the table: 1, and nothing changes. */
TEST_F(request, other_codes)
{
	static const uint32_t others[] = {
		0, 1, ~0u, IOCTL_VIDEO_MAP_VIDEO_MEMORY | 3,
		IOCTL_VIDEO_MAP_VIDEO_MEMORY | 1u << 14,
		IOCTL_VIDEO_MAP_VIDEO_MEMORY & 0xffff,
		0x00340800, /* FSVIDEO */
		DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY & 0xffffffff,
	};
	static struct maps before, after;
	unsigned char in[512] = { 0 }, out[512];
	VIDEO_MODE_INFORMATION mode;
	uint32_t function, served = 0;
	size_t i;

	ASSERT_EQ(0, set_mode(self->session, 1));
	memset(out, 0xee, sizeof(out));
	read_maps(&before);
	for (function = 0; function < 0x1000; function++) {
		uint32_t code = VIDEO_REQUEST(function);

		for (i = 0; i < ARRAY_SIZE(rows); i++)
			if (rows[i].code == code)
				break;
		if (i < ARRAY_SIZE(rows)) {
			served++;
			continue;
		}
		ASSERT_EQ(ERROR_INVALID_FUNCTION,
			  call(self->session, code, in, sizeof(in), out,
			       sizeof(out))) TH_LOG("%#x", function);
		ASSERT_EQ(0, returned);
		ASSERT_EQ(ERROR_INVALID_FUNCTION,
			  call(self->session, code, NULL, 0, NULL, 0));
	}
	EXPECT_EQ(ARRAY_SIZE(rows), served);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_EQ(ERROR_INVALID_FUNCTION,
			  call(self->session, others[i], in, sizeof(in), out,
			       sizeof(out)));
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
	EXPECT_TRUE(untouched(out, 0, sizeof(out)));
	ASSERT_EQ(0, current_mode(self->session, &mode));
	EXPECT_EQ(1, mode.ModeIndex);
}

TEST_F(request, no_session)
{
	VIDEO_NUM_MODES num;

	EXPECT_EQ(ERROR_INVALID_HANDLE,
		  call(NULL, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0, &num,
		       sizeof(num)));
	EXPECT_EQ(0, returned);
	vidmem_session_close(NULL);
}

/* R1, and the invariants of a mode */
TEST_F(request, R1_modes)
{
	static const struct depth {
		uint32_t bits, bytes, red, green, blue, attributes;
	} depths[] = {
		{ 32, 4, 0xff0000, 0x00ff00, 0x0000ff, 0 },
		{ 24, 3, 0xff0000, 0x00ff00, 0x0000ff, 0 },
		{ 16, 2, 0xf800, 0x07e0, 0x001f, 0 },
		{ 15, 2, 0x7c00, 0x03e0, 0x001f, 0 },
		{ 8, 1, 0, 0, 0, VIDEO_MODE_PALETTE_DRIVEN |
				 VIDEO_MODE_MANAGED_PALETTE },
	};
	const struct depth *depth;
	uint32_t i, j;

	for (i = 0; i < self->mode_count; i++) {
		const VIDEO_MODE_INFORMATION *mode = &self->modes[i];

		EXPECT_EQ(sizeof(*mode), mode->Length);
		EXPECT_EQ(i, mode->ModeIndex);
		EXPECT_EQ(1, mode->NumberOfPlanes);
		EXPECT_GT(mode->Frequency, 0);
		for (depth = depths; depth->bits != mode->BitsPerPlane; depth++)
			ASSERT_LT(depth, depths + ARRAY_SIZE(depths) - 1);
		EXPECT_EQ(depth->red, mode->RedMask);
		EXPECT_EQ(depth->green, mode->GreenMask);
		EXPECT_EQ(depth->blue, mode->BlueMask);
		EXPECT_EQ(depth->attributes, mode->AttributeFlags &
			  (VIDEO_MODE_PALETTE_DRIVEN |
			   VIDEO_MODE_MANAGED_PALETTE));
		EXPECT_GE(mode->ScreenStride,
			  mode->VisScreenWidth * depth->bytes);
		EXPECT_EQ(mode->ScreenStride / depth->bytes,
			  mode->VideoMemoryBitmapWidth);
		EXPECT_EQ(8, mode->NumberRedBits);
		EXPECT_EQ(8, mode->NumberGreenBits);
		EXPECT_EQ(8, mode->NumberBlueBits);
		EXPECT_TRUE(mode->AttributeFlags & VIDEO_MODE_GRAPHICS);
		EXPECT_TRUE(mode->AttributeFlags & VIDEO_MODE_COLOR);
		EXPECT_LE(mode->VisScreenWidth, mode->VideoMemoryBitmapWidth);
		EXPECT_LE(mode->VideoMemoryBitmapWidth, mode->ScreenStride);
		EXPECT_LE(mode->VisScreenHeight,
			  mode->VideoMemoryBitmapHeight);
		EXPECT_EQ(VIDEO_MEMORY_SIZE / mode->ScreenStride,
			  mode->VideoMemoryBitmapHeight);
		for (j = 0; j < i; j++)
			EXPECT_TRUE(memcmp(&self->modes[j].VisScreenWidth,
					   &mode->VisScreenWidth, 28));
	}
}

/* What an adapter can show it offers: VGA and virtual all, the other 32 bits. */
TEST_F(request, depths)
{
	static const uint32_t bits[] = { 32, 24, 16, 15, 8 };
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bits); i++)
		count += mode_of(self, bits[i]) < self->mode_count;
	EXPECT_EQ(0, mode_of(self, 32));
	EXPECT_TRUE(count == 1 || count == ARRAY_SIZE(bits));
	if (getenv("VIDMEM_DEPTHS"))
		EXPECT_EQ(atoi(getenv("VIDMEM_DEPTHS")), count);
}

/* R2: every index, with and without either flag; and what MAP says then */
TEST_F(request, R2_every_mode)
{
	static const uint32_t flags[] = {
		0, VIDEO_MODE_NO_ZERO_MEMORY, VIDEO_MODE_MAP_MEM_LINEAR,
		VIDEO_MODE_NO_ZERO_MEMORY | VIDEO_MODE_MAP_MEM_LINEAR,
	};
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MODE_INFORMATION mode;
	uint32_t i;
	size_t f;

	for (i = 0; i < self->mode_count; i++) {
		/* All four for the first of each depth, one for the rest. */
		bool first = i == mode_of(self, self->modes[i].BitsPerPlane);

		for (f = 0; f < ARRAY_SIZE(flags); f++) {
			if (!first && f != i % ARRAY_SIZE(flags))
				continue;
			ASSERT_EQ(0, set_mode(self->session, i | flags[f]));
			EXPECT_EQ(0, returned);
		}
		/* R4: the index comes back without flags. */
		ASSERT_EQ(0, current_mode(self->session, &mode));
		EXPECT_EQ(0, memcmp(&mode, &self->modes[i], sizeof(mode)));
		ASSERT_EQ(0, map(self->session, &info));
		EXPECT_EQ(mode.VideoMemoryBitmapHeight * mode.ScreenStride,
			  info.VideoRamLength);
		EXPECT_EQ(mode.VisScreenHeight * mode.ScreenStride,
			  info.FrameBufferLength);
		EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
	}
}

/* R2, R3: no other index, whatever the flags; the mode stays */
TEST_F(request, R3_bad_mode)
{
	const uint32_t bad[] = {
		self->mode_count, self->mode_count + 1, 0x3fffffff,
		self->mode_count | VIDEO_MODE_NO_ZERO_MEMORY,
		self->mode_count | VIDEO_MODE_MAP_MEM_LINEAR,
		0x7fffffff, 0xbfffffff, 0xffffffff, 0x10000, 0x10002, 0x100,
	};
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MODE_INFORMATION mode;
	size_t i;

	ASSERT_EQ(0, set_mode(self->session, 2));
	ASSERT_EQ(0, map(self->session, &info));
	memset(info.VideoRamBase, 0x33, info.VideoRamLength);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ERROR_INVALID_PARAMETER,
			  set_mode(self->session, bad[i]));
		EXPECT_EQ(0, returned);
		ASSERT_EQ(0, current_mode(self->session, &mode));
		EXPECT_EQ(2, mode.ModeIndex);
		/* M11: nor is anything cleared before it is refused. */
		EXPECT_EQ(0x33333333, *(ULONG *)info.VideoRamBase);
	}
	EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
}

/* R4: before any mode, and after a reset, there is no current one */
TEST_F(request, R4_no_mode)
{
	VIDEO_MODE_INFORMATION mode;

	EXPECT_EQ(ERROR_INVALID_FUNCTION, current_mode(self->session, &mode));
	EXPECT_EQ(0, returned);
	ASSERT_EQ(0, set_mode(self->session, 0));
	EXPECT_EQ(0, current_mode(self->session, &mode));
	EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_RESET_DEVICE, NULL, 0,
			  NULL, 0));
	EXPECT_EQ(ERROR_INVALID_FUNCTION, current_mode(self->session, &mode));
}

/* R5: RESET_DEVICE succeeds in every state */
TEST_F(request, R5_reset)
{
	int i;

	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_RESET_DEVICE,
				  NULL, 0, NULL, 0));
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, drmDropMaster(self->fd));
	EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_RESET_DEVICE, NULL, 0,
			  NULL, 0));
	EXPECT_EQ(0, set_mode(self->session, 0));
}

/* R5: the display shows again what it showed before the session. */
TEST_F(request, R5_display_given_back)
{
	struct display display;
	drmModeCrtcPtr crtc;
	uint32_t handle, fb;

	ASSERT_EQ(0, get_display(self->fd, &display));
	vidmem_session_close(self->session);
	ASSERT_EQ(0, test_create(self->fd, 2 * MiB, &handle));
	ASSERT_EQ(0, add_fb(self->fd, handle, 640, 480, 2560, 0, &fb));
	ASSERT_EQ(0, set_crtc(self->fd, &display, fb,
			      find_mode(&display, 640, 480)));
	ASSERT_EQ(0, vidmem_session_new(self->fd, 4 * MiB, &self->session));
	ASSERT_EQ(0, set_mode(self->session, 0));
	EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_RESET_DEVICE, NULL, 0,
			  NULL, 0));
	crtc = drmModeGetCrtc(self->fd, display.crtc);
	ASSERT_NE(NULL, crtc);
	EXPECT_EQ(fb, crtc->buffer_id);
	EXPECT_EQ(640, crtc->mode.hdisplay);
	drmModeFreeCrtc(crtc);
	drmModeFreeConnector(display.info);
	drmModeRmFB(self->fd, fb);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* R6: display drivers send SET_CURRENT_MODE with an output buffer */
TEST_F(request, R6_set_mode_with_output)
{
	ULONG mode = 0, remap = 0xeeeeeeee;

	EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_SET_CURRENT_MODE, &mode,
			  sizeof(mode), &remap, sizeof(remap)));
	EXPECT_EQ(0, returned);
	EXPECT_EQ(0xeeeeeeee, remap);
}

/* M11, D2: bit 31 set: leave the memory; clear: zero it, all of it */
TEST_F(request, M11_zero_memory)
{
	VIDEO_MEMORY_INFORMATION info;
	uint32_t i, nonzero = 0;
	ULONG *memory;

	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, map(self->session, &info));
	memory = info.VideoRamBase;
	memset(memory, 0x44, VIDEO_MEMORY_SIZE);
	ASSERT_EQ(0, set_mode(self->session, VIDEO_MODE_NO_ZERO_MEMORY));
	for (i = 0; i < VIDEO_MEMORY_SIZE / 4; i++)
		nonzero += memory[i] == 0x44444444;
	EXPECT_EQ(VIDEO_MEMORY_SIZE / 4, nonzero);
	ASSERT_EQ(0, set_mode(self->session, 0));
	nonzero = 0;
	for (i = 0; i < VIDEO_MEMORY_SIZE / 4; i++)
		nonzero += memory[i] != 0;
	EXPECT_EQ(0, nonzero);
	EXPECT_EQ(0, unmap(self->session, memory));
}

/* The padding of the 64-bit form comes out clear. */
TEST_F(request, M9_padding)
{
	union {
		VIDEO_MEMORY_INFORMATION info;
		unsigned char bytes[sizeof(VIDEO_MEMORY_INFORMATION)];
	} out;

	ASSERT_EQ(0, set_mode(self->session, 0));
	memset(&out, 0xee, sizeof(out));
	ASSERT_EQ(0, map(self->session, &out.info));
	EXPECT_EQ(sizeof(out), returned);
	if (sizeof(void *) == 8) {
		int i;

		for (i = 12; i < 16; i++)
			EXPECT_EQ(0, out.bytes[i]);
		for (i = 28; i < 32; i++)
			EXPECT_EQ(0, out.bytes[i]);
	}
	EXPECT_EQ(0, unmap(self->session, out.info.VideoRamBase));
}

/* M12: before any mode all of the mapping may become the frame buffer. */
TEST_F(request, M12_before_mode)
{
	VIDEO_MEMORY_INFORMATION info;

	ASSERT_EQ(0, map(self->session, &info));
	EXPECT_EQ(VIDEO_MEMORY_SIZE, info.VideoRamLength);
	EXPECT_EQ(VIDEO_MEMORY_SIZE, info.FrameBufferLength);
	EXPECT_EQ(info.VideoRamBase, info.FrameBufferBase);
	EXPECT_EQ(0, write_signal((char *)info.FrameBufferBase +
				  info.FrameBufferLength - 4));
	EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
}

/* M3: the caller's process is where every view goes, so it is no wish. */
TEST_F(request, M3_own_process)
{
	VIDEO_MEMORY memory = { (HANDLE)(LONG_PTR)-1 };
	VIDEO_MEMORY_INFORMATION info;

	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory,
			  sizeof(memory), &info, sizeof(info)));
	EXPECT_EQ(0, write_signal(info.VideoRamBase));
	EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
}

/* E4: a MAP that fails leaves the output buffer alone */
TEST_F(request, E4_failed_map)
{
	unsigned char out[sizeof(VIDEO_MEMORY_INFORMATION)];
	VIDEO_MEMORY memory = { (PVOID)1 };

	ASSERT_EQ(0, set_mode(self->session, 0));
	memset(out, 0xee, sizeof(out));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  call(self->session, IOCTL_VIDEO_MAP_VIDEO_MEMORY, &memory,
		       sizeof(memory), out, sizeof(out)));
	EXPECT_EQ(0, returned);
	EXPECT_TRUE(untouched(out, 0, sizeof(out)));
}

/* Codes that have no row, by name: they need what no frame buffer has. */
TEST_F(request, not_served)
{
	static const uint32_t codes[] = {
		IOCTL_VIDEO_ENABLE_POINTER, IOCTL_VIDEO_DISABLE_POINTER,
		IOCTL_VIDEO_SET_POINTER_ATTR, IOCTL_VIDEO_QUERY_POINTER_ATTR,
		IOCTL_VIDEO_SET_POINTER_POSITION,
		IOCTL_VIDEO_QUERY_POINTER_POSITION,
		IOCTL_VIDEO_LOAD_AND_SET_FONT,
		IOCTL_VIDEO_SET_PALETTE_REGISTERS, IOCTL_VIDEO_ENABLE_CURSOR,
		IOCTL_VIDEO_DISABLE_CURSOR, IOCTL_VIDEO_SET_CURSOR_ATTR,
		IOCTL_VIDEO_QUERY_CURSOR_ATTR, IOCTL_VIDEO_SET_CURSOR_POSITION,
		IOCTL_VIDEO_QUERY_CURSOR_POSITION,
		IOCTL_VIDEO_GET_BANK_SELECT_CODE,
		IOCTL_VIDEO_SET_BANK_POSITION, IOCTL_VIDEO_SET_COLOR_LUT_DATA,
		IOCTL_VIDEO_SWITCH_DUALVIEW,
		IOCTL_VIDEO_ENABLE_VDM,
		IOCTL_VIDEO_DISABLE_VDM, IOCTL_VIDEO_REGISTER_VDM,
		IOCTL_VIDEO_SET_OUTPUT_DEVICE_POWER_STATE,
		IOCTL_VIDEO_GET_OUTPUT_DEVICE_POWER_STATE,
		IOCTL_VIDEO_MONITOR_DEVICE, IOCTL_VIDEO_ENUM_MONITOR_PDO,
		IOCTL_VIDEO_INIT_WIN32K_CALLBACKS,
		IOCTL_VIDEO_HANDLE_VIDEOPARAMETERS, IOCTL_VIDEO_IS_VGA_DEVICE,
		IOCTL_VIDEO_USE_DEVICE_IN_SESSION,
		IOCTL_VIDEO_PREPARE_FOR_EARECOVERY,
		IOCTL_VIDEO_SAVE_HARDWARE_STATE,
		IOCTL_VIDEO_RESTORE_HARDWARE_STATE,
	};
	unsigned char in[512] = { 0 }, out[512];
	size_t i;

	ASSERT_EQ(0, set_mode(self->session, 0));
	memset(out, 0xee, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		EXPECT_EQ(ERROR_INVALID_FUNCTION,
			  call(self->session, codes[i], in, sizeof(in), out,
			       sizeof(out))) TH_LOG("%#x", codes[i]);
		EXPECT_EQ(0, returned);
	}
	EXPECT_TRUE(untouched(out, 0, sizeof(out)));
}

TEST_F(request, pointer_capabilities)
{
	VIDEO_POINTER_CAPABILITIES caps;

	ASSERT_EQ(0, call(self->session,
			  IOCTL_VIDEO_QUERY_POINTER_CAPABILITIES, NULL, 0,
			  &caps, sizeof(caps)));
	EXPECT_EQ(0, caps.Flags);
	EXPECT_EQ(0, caps.MaxWidth);
	EXPECT_EQ(0, caps.MaxHeight);
	EXPECT_EQ(0xffffffff, caps.HWPtrBitmapStart);
	EXPECT_EQ(0xffffffff, caps.HWPtrBitmapEnd);
}

TEST_F(request, color_capabilities)
{
	VIDEO_COLOR_CAPABILITIES caps;
	const LONG *value;

	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_QUERY_COLOR_CAPABILITIES,
			  NULL, 0, &caps, sizeof(caps)));
	EXPECT_EQ(72, caps.Length);
	EXPECT_EQ(VIDEO_DEVICE_COLOR, caps.AttributeFlags);
	/* Chromaticities are less than 1, the gammas are more. */
	for (value = &caps.WhiteChromaticity_x; value < &caps.WhiteGamma;
	     value++)
		EXPECT_LT(*value, 10000);
	for (; value <= &caps.BlueGamma; value++)
		EXPECT_GT(*value, 10000);
}

static uint32_t set_colors(struct vidmem_session *session, uint32_t first,
			   uint32_t count, uint32_t size)
{
	static uint32_t clut[1 + 65536];

	clut[0] = count | first << 16;
	return call(session, IOCTL_VIDEO_SET_COLOR_REGISTERS, clut, size, NULL,
		    0);
}

/* D14, and no entry past the last */
TEST_F(request, color_registers)
{
	uint32_t palette_mode = mode_of(self, 8);

	EXPECT_EQ(ERROR_INVALID_FUNCTION, set_colors(self->session, 0, 1, 8));
	ASSERT_EQ(0, set_mode(self->session, 0));
	EXPECT_EQ(ERROR_INVALID_FUNCTION, set_colors(self->session, 0, 1, 8));
	EXPECT_EQ(0, returned);
	/* What is wrong in any mode is told in any mode. */
	EXPECT_EQ(ERROR_INVALID_PARAMETER, set_colors(self->session, 0, 0, 8));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  set_colors(self->session, 256, 1, 8));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  set_colors(self->session, 1, 256, 4 + 4 * 256));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  set_colors(self->session, 65535, 65535, 4 + 4 * 65535));
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  set_colors(self->session, 0, 1, 3));
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  set_colors(self->session, 0, 2, 11));
	if (palette_mode == self->mode_count)
		return;
	ASSERT_EQ(0, set_mode(self->session, palette_mode));
	EXPECT_EQ(0, set_colors(self->session, 0, 256, 4 + 4 * 256));
	EXPECT_EQ(0, set_colors(self->session, 0, 256, 8 + 4 * 256));
	EXPECT_EQ(0, set_colors(self->session, 255, 1, 8));
	EXPECT_EQ(0, returned);
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  set_colors(self->session, 0, 256, 3 + 4 * 256));
}

/* A session gives the display back with the palette that it found. */
TEST_F(request, palette_given_back)
{
	uint16_t red[256], green[256], blue[256], now[3][256];
	struct display display;
	int i;

	if (mode_of(self, 8) == self->mode_count)
		return;
	ASSERT_EQ(0, get_display(self->fd, &display));
	vidmem_session_close(self->session);
	for (i = 0; i < 256; i++)
		red[i] = green[i] = blue[i] = (i ^ 0x3c) * 0x101;
	ASSERT_EQ(0, drmModeCrtcSetGamma(self->fd, display.crtc, 256, red,
					 green, blue));
	ASSERT_EQ(0, vidmem_session_new(self->fd, VIDEO_MEMORY_SIZE,
					&self->session));
	ASSERT_EQ(0, set_mode(self->session, mode_of(self, 8)));
	ASSERT_EQ(0, set_colors(self->session, 0, 256, 4 + 4 * 256));
	EXPECT_EQ(0, call(self->session, IOCTL_VIDEO_RESET_DEVICE, NULL, 0,
			  NULL, 0));
	ASSERT_EQ(0, drmModeCrtcGetGamma(self->fd, display.crtc, 256, now[0],
					 now[1], now[2]));
	EXPECT_EQ(0, memcmp(now[0], red, sizeof(red)));
	EXPECT_EQ(0, memcmp(now[2], blue, sizeof(blue)));
	drmModeFreeConnector(display.info);
}

static uint32_t set_power(struct vidmem_session *session, uint32_t state)
{
	VIDEO_POWER_MANAGEMENT power = { sizeof(power), 0, state };

	return call(session, IOCTL_VIDEO_SET_POWER_MANAGEMENT, &power,
		    sizeof(power), NULL, 0);
}

TEST_F(request, power_management)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_POWER_MANAGEMENT power;
	uint32_t state;

	/* Not of a display that shows another's picture. */
	EXPECT_EQ(ERROR_INVALID_FUNCTION,
		  set_power(self->session, VideoPowerOff));
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, map(self->session, &info));
	for (state = VideoPowerOn; state < VideoPowerMaximum; state++) {
		EXPECT_EQ(0, set_power(self->session, state));
		EXPECT_EQ(0, returned);
		ASSERT_EQ(0, call(self->session,
				  IOCTL_VIDEO_GET_POWER_MANAGEMENT, NULL, 0,
				  &power, sizeof(power)));
		EXPECT_EQ(12, power.Length);
		EXPECT_EQ(state, power.PowerState);
		EXPECT_EQ(0, write_signal(info.VideoRamBase));
	}
	/* U11: released while the display is off. */
	EXPECT_EQ(0, unmap(self->session, info.VideoRamBase));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  set_power(self->session, VideoPowerUnspecified));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  set_power(self->session, VideoPowerMaximum));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, set_power(self->session, ~0u));
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_GET_POWER_MANAGEMENT,
			  NULL, 0, &power, sizeof(power)));
	EXPECT_EQ(VideoPowerShutdown, power.PowerState);
	/* A set-mode turns the display on. */
	ASSERT_EQ(0, set_mode(self->session, 1));
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_GET_POWER_MANAGEMENT,
			  NULL, 0, &power, sizeof(power)));
	EXPECT_EQ(VideoPowerOn, power.PowerState);
}

static uint32_t child_state(struct vidmem_session *session, ULONG child,
			    ULONG *flags)
{
	return call(session, IOCTL_VIDEO_GET_CHILD_STATE, &child,
		    sizeof(child), flags, sizeof(*flags));
}

TEST_F(request, child_state)
{
	ULONG set[5] = { 1, 0, VIDEO_CHILD_ACTIVE }, flags = 7, go = 7;

	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(VIDEO_CHILD_ACTIVE, flags);
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  child_state(self->session, 1, &flags));
	/* Without an index it is about the only one. */
	flags = 7;
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_GET_CHILD_STATE, NULL, 0,
			  &flags, sizeof(flags)));
	EXPECT_EQ(VIDEO_CHILD_ACTIVE, flags);

	/* Off: GET_CHILD_STATE shows it at once. */
	set[2] = 0;
	ASSERT_EQ(0, call(self->session,
			  IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION, set,
			  12, &go, sizeof(go)));
	EXPECT_EQ(1, go);
	ASSERT_EQ(0, call(self->session,
			  IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION, set, 12,
			  NULL, 0));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(0, flags);
	/* Power and child are two views of one thing. */
	ASSERT_EQ(0, set_power(self->session, VideoPowerOn));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(VIDEO_CHILD_ACTIVE, flags);
	ASSERT_EQ(0, set_power(self->session, VideoPowerOff));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(0, flags);

	/* What cannot be is no error of the question, but of the deed. */
	set[1] = 1;
	set[2] = VIDEO_CHILD_ACTIVE;
	ASSERT_EQ(0, call(self->session,
			  IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION, set,
			  12, &go, sizeof(go)));
	EXPECT_EQ(0, go);
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  call(self->session,
		       IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION, set, 12,
		       NULL, 0));
	set[0] = 0;
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  call(self->session,
		       IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION, set, 12,
		       NULL, 0));
	/* A count that the buffer does not hold, up to one that wraps. */
	set[0] = 2;
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  call(self->session,
		       IOCTL_VIDEO_SET_CHILD_STATE_CONFIGURATION, set, 19,
		       NULL, 0));
	set[0] = 0x20000001;
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  call(self->session,
		       IOCTL_VIDEO_VALIDATE_CHILD_STATE_CONFIGURATION, set,
		       sizeof(set), &go, sizeof(go)));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(0, flags);
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, child_state(self->session, 0, &flags));
	EXPECT_EQ(VIDEO_CHILD_ACTIVE, flags);
}

static uint32_t share(struct vidmem_session *session, HANDLE process,
		      ULONG offset, ULONG size, void *address,
		      VIDEO_SHARE_MEMORY_INFORMATION *info)
{
	VIDEO_SHARE_MEMORY memory = { process, offset, size, address };

	return call(session, IOCTL_VIDEO_SHARE_VIDEO_MEMORY, &memory,
		    sizeof(memory), info, sizeof(*info));
}

static uint32_t end_share(struct vidmem_session *session, HANDLE process,
			void *address)
{
	VIDEO_SHARE_MEMORY memory = { process, 0, 0, address };

	return call(session, IOCTL_VIDEO_UNSHARE_VIDEO_MEMORY, &memory,
		    sizeof(memory), NULL, 0);
}

/* S1: nothing past the end, sums that wrap in 32 bits included */
TEST_F(request, S1_share_past_end)
{
	static const ULONG bad[][2] = {
		{ 0, VIDEO_MEMORY_SIZE + 1 }, { 1, VIDEO_MEMORY_SIZE },
		{ VIDEO_MEMORY_SIZE, 1 }, { 0x1000, 0xfffff800 },
		{ 0xffffffff, 0xffffffff }, { 0xfffff000, 0x2000 },
		{ 0, 0 }, { 4096, 0 },
	};
	static struct maps before, after;
	VIDEO_SHARE_MEMORY_INFORMATION info;
	size_t i;

	read_maps(&before);
	memset(&info, 0xee, sizeof(info));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ERROR_INVALID_PARAMETER,
			  share(self->session, NULL, bad[i][0], bad[i][1],
				NULL, &info));
		EXPECT_EQ(0, returned);
	}
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
	EXPECT_TRUE(untouched((void *)&info, 0, sizeof(info)));
}

/* S2, S4, S5: at the offset, told in 64 KiB, a fresh view each time */
TEST_F(request, S5_share_at_offset)
{
	VIDEO_SHARE_MEMORY_INFORMATION one, two;
	VIDEO_MEMORY_INFORMATION all;
	ULONG *memory;

	ASSERT_EQ(0, map(self->session, &all));
	memory = all.VideoRamBase;
	memory[0x12344 / 4] = 0x77;
	ASSERT_EQ(0, share(self->session, NULL, 0x12344, 0x10001, NULL, &one));
	EXPECT_EQ(0x12344, one.SharedViewOffset);
	EXPECT_EQ(0x20000, one.SharedViewSize);
	EXPECT_EQ(0x77, *(ULONG *)one.VirtualAddress);
	ASSERT_EQ(0, share(self->session, (HANDLE)(LONG_PTR)-1, 0x12344, 4,
			   NULL, &two));
	EXPECT_EQ(0x10000, two.SharedViewSize);
	EXPECT_NE(one.VirtualAddress, two.VirtualAddress);
	*(ULONG *)two.VirtualAddress = 0x88;
	EXPECT_EQ(0x88, memory[0x12344 / 4]);
	EXPECT_EQ(0, end_share(self->session, NULL, one.VirtualAddress));
	EXPECT_EQ(SIGSEGV, read_signal(one.VirtualAddress));
	EXPECT_EQ(0x88, *(ULONG *)two.VirtualAddress);
	/* Independent of MAP. */
	EXPECT_EQ(0, unmap(self->session, all.VideoRamBase));
	EXPECT_EQ(0x88, *(ULONG *)two.VirtualAddress);
	EXPECT_EQ(0, end_share(self->session, NULL, two.VirtualAddress));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  end_share(self->session, NULL, two.VirtualAddress));
}

/* S2: all lines of any mode, up to whole 64 KiB, can be shared. */
TEST_F(request, S2_share_all_lines)
{
	static const uint64_t sizes[] = {
		0, 800 * 600 * 4, 1366 * 768 * 4, 3000000, MiB,
	};
	VIDEO_SHARE_MEMORY_INFORMATION info;
	struct vidmem_session *session;
	uint32_t count, j;
	size_t i;

	vidmem_session_close(self->session);
	self->session = NULL;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, vidmem_session_new(self->fd, sizes[i], &session));
		ASSERT_EQ(0, call(session, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL,
				  0, self->modes, sizeof(self->modes)));
		count = returned / sizeof(self->modes[0]);
		for (j = 0; j < count; j++) {
			ULONG size = self->modes[j].VideoMemoryBitmapHeight *
				     self->modes[j].ScreenStride;

			size = (size + 0xffff) & ~0xffffu;
			ASSERT_EQ(0, share(session, NULL, 0, size, NULL,
					   &info)) TH_LOG("mode %u", j);
			EXPECT_EQ(size, info.SharedViewSize);
			EXPECT_EQ(0, end_share(session, NULL,
					       info.VirtualAddress));
		}
		vidmem_session_close(session);
	}
}

/* S3: an address is taken exactly or refused */
TEST_F(request, S3_share_address)
{
	VIDEO_SHARE_MEMORY_INFORMATION info;
	char *place = free_range(0x10000);

	ASSERT_EQ(0, share(self->session, NULL, 0x1004, 0x2000, place + 4,
			   &info));
	EXPECT_EQ(place + 4, info.VirtualAddress);
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  share(self->session, NULL, 0x1004, 0x2000, place + 4,
			&info));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  share(self->session, NULL, 0x1004, 0x100, place + 0x8000,
			&info));
	/* Its page would begin at 0, which is no wish. */
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  share(self->session, NULL, 0x1004, 0x100, (void *)4, &info));
	EXPECT_EQ(0, end_share(self->session, NULL, place + 4));
}

/* D24: the handle says whose; only the caller's own will do */
TEST_F(request, D24_share_other_process)
{
	VIDEO_SHARE_MEMORY_INFORMATION info;

	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  share(self->session, (HANDLE)4, 0, 4096, NULL, &info));
	ASSERT_EQ(0, share(self->session, NULL, 0, 4096, NULL, &info));
	EXPECT_EQ(ERROR_INVALID_PARAMETER,
		  end_share(self->session, (HANDLE)4, info.VirtualAddress));
	EXPECT_EQ(0, end_share(self->session, NULL, info.VirtualAddress));
}

static int send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(socket, &message, 0) != 1)
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* What another process does that is to draw into the memory of a session. */
static int draw_for_another(int socket)
{
	struct drm_vidmem_map_video_memory map = {
		.view_offset = 4096, .view_size = 4096,
	};
	int buf = receive_fd(socket), fd = test_open();
	struct vidmem_device *dev;

	if (fd < 0 || vidmem_device_new(fd, &dev))
		return 1;
	if (vidmem_import(dev, buf, &map.handle) || vidmem_map(dev, &map))
		return 2;
	*(uint32_t *)(uintptr_t)map.video_ram_base += 1;
	/* Without the dma-buf, the handle: the view lives on. */
	close(buf);
	drmCloseBufferHandle(fd, map.handle);
	if (write(socket, "d", 1) != 1 || receive_fd(socket) < 0)
		return 3;
	if (*(uint32_t *)(uintptr_t)map.video_ram_base != 0x5001)
		return 4;
	if (vidmem_unmap(dev, (char *)(uintptr_t)map.video_ram_base + 77))
		return 5;
	vidmem_device_del(dev);
	return 0;
}

/* Another process gets the memory by a dma-buf, with views of its own. */
TEST_F(request, share_by_dma_buf)
{
	VIDEO_MEMORY_INFORMATION info;
	int sockets[2], status = -1, buf;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = fork();
	if (!pid)
		_exit(draw_for_another(sockets[1]));
	ASSERT_EQ(0, map(self->session, &info));
	((volatile ULONG *)info.VideoRamBase)[1024] = 0x5000;
	ASSERT_EQ(0, vidmem_session_export(self->session, &buf));
	EXPECT_EQ(ERROR_INVALID_HANDLE, vidmem_session_export(NULL, &buf));
	ASSERT_EQ(0, send_fd(sockets[0], buf));
	ASSERT_EQ(1, read(sockets[0], &byte, 1));
	EXPECT_EQ(0x5001, ((volatile ULONG *)info.VideoRamBase)[1024]);
	/* The session ends; what the other has mapped does not. */
	vidmem_session_close(self->session);
	self->session = NULL;
	EXPECT_EQ(SIGSEGV, read_signal(info.VideoRamBase));
	close(buf);
	EXPECT_GT(self->free_before, vram_free(self->fd));
	ASSERT_EQ(0, send_fd(sockets[0], 0));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

/* Two sessions: memory of their own, one display */
TEST_F(request, two_sessions)
{
	VIDEO_MEMORY_INFORMATION one, two;
	struct vidmem_session *other;
	VIDEO_MODE_INFORMATION mode;
	int fd = test_open();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, vidmem_session_new(fd, 1 * MiB, &other));
	/* Nobody is master but the first; the other cannot become it. */
	EXPECT_EQ(ERROR_INVALID_FUNCTION, current_mode(other, &mode));
	ASSERT_EQ(0, map(self->session, &one));
	ASSERT_EQ(0, map(other, &two));
	memset(one.VideoRamBase, 1, one.VideoRamLength);
	memset(two.VideoRamBase, 2, two.VideoRamLength);
	EXPECT_EQ(0x01010101, *(ULONG *)one.VideoRamBase);
	EXPECT_EQ(0x02020202, *(ULONG *)two.VideoRamBase);
	/* Neither releases what the other mapped. */
	EXPECT_EQ(ERROR_INVALID_PARAMETER, unmap(self->session,
						 two.VideoRamBase));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, unmap(other, one.VideoRamBase));
	vidmem_session_close(other);
	/* U12: a session takes its mappings with it. */
	EXPECT_EQ(SIGSEGV, read_signal(two.VideoRamBase));
	EXPECT_EQ(0, read_signal(one.VideoRamBase));
	close(fd);
	EXPECT_EQ(0, unmap(self->session, one.VideoRamBase));
}

TEST_F(request, display_is_taken)
{
	static struct maps before, after;
	VIDEO_MEMORY_INFORMATION info;
	struct vidmem_session *other;
	VIDEO_NUM_MODES num;
	int fd = test_open();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, vidmem_session_new(fd, 2 * MiB, &other));
	ASSERT_EQ(0, call(other, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0,
			  &num, sizeof(num)));
	ASSERT_GT(num.NumModes, 0);
	ASSERT_EQ(0, map(other, &info));
	memset(info.VideoRamBase, 0x66, 2 * MiB);
	read_maps(&before);
	EXPECT_EQ(ERROR_BUSY, set_mode(other, 0));
	EXPECT_EQ(0, returned);
	read_maps(&after);
	EXPECT_TRUE(same_maps(&before, &after));
	EXPECT_EQ(0x66666666, *(ULONG *)info.VideoRamBase);
	/* When the first has left, it is free. */
	vidmem_session_close(self->session);
	self->session = NULL;
	ASSERT_EQ(0, drmDropMaster(self->fd));
	EXPECT_EQ(0, set_mode(other, 0));
	vidmem_session_close(other);
	close(fd);
}

TEST_F(request, session_errors)
{
	struct vidmem_session *session = NULL;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY,
		  vidmem_session_new(self->fd, self->free_before, &session));
	EXPECT_EQ(ERROR_DEV_NOT_EXIST,
		  vidmem_session_new(null, 0, &session));
	EXPECT_EQ(ERROR_DEV_NOT_EXIST, vidmem_session_open(200, &session));
	EXPECT_EQ(NULL, session);
	EXPECT_EQ(-ENODEV, vidmem_open(200));
	close(null);
}

/* M5 holds for a session of an odd size, too: it is rounded up. */
TEST_F(request, M5_odd_size)
{
	struct vidmem_session *session;
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MODE_INFORMATION mode;
	uint32_t i, count;

	/* Rounded up, all 600 lines of that mode fit. */
	ASSERT_EQ(0, vidmem_session_new(self->fd, 3200 * 600 - 1000, &session));
	ASSERT_EQ(0, call(session, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL, 0,
			  self->modes, sizeof(self->modes)));
	count = returned / sizeof(mode);
	for (i = 0; i < count; i++)
		if (self->modes[i].VisScreenWidth == 800)
			break;
	ASSERT_LT(i, count);
	ASSERT_EQ(0, set_mode(session, i));
	ASSERT_EQ(0, current_mode(session, &mode));
	ASSERT_EQ(0, map(session, &info));
	EXPECT_EQ(mode.VideoMemoryBitmapHeight * mode.ScreenStride,
		  info.VideoRamLength);
	EXPECT_EQ(0, unmap(session, info.VideoRamBase));
	vidmem_session_close(session);
}

/* All that is left, by default. */
TEST_F(request, session_takes_all)
{
	struct vidmem_session *all, *none;
	VIDEO_MEMORY_INFORMATION info;
	uint64_t largest;

	vidmem_session_close(self->session);
	self->session = NULL;
	largest = test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	ASSERT_EQ(0, vidmem_session_new(self->fd, 0, &all));
	ASSERT_EQ(0, map(all, &info));
	/* Or a little less, for a place that suits every mode. */
	EXPECT_LE(info.VideoRamLength, largest);
	EXPECT_GE(info.VideoRamLength + 4 * MiB + 65536, largest);
	EXPECT_EQ(0, info.VideoRamLength % 65536);
	EXPECT_EQ(0, unmap(all, info.VideoRamBase));
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY,
		  vidmem_session_new(self->fd, self->free_before, &none));
	vidmem_session_close(all);
}

static uint32_t set_brightness(struct vidmem_session *session, int policy,
			       int mains, int battery)
{
	DISPLAY_BRIGHTNESS brightness = { policy, mains, battery };

	return call(session, IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS, &brightness,
		    sizeof(brightness), NULL, 0);
}

/* One panel for all sessions and processes; it stays when they have gone. */
TEST_F(request, brightness)
{
	DISPLAY_BRIGHTNESS seen;
	unsigned int mains, battery;
	unsigned char levels[256];
	uint32_t i;

	ASSERT_EQ(0, set_brightness(self->session, DISPLAYPOLICY_BOTH, 100,
				    100));
	ASSERT_EQ(0, set_brightness(self->session, DISPLAYPOLICY_AC, 70, 255));
	ASSERT_EQ(0, set_brightness(self->session, DISPLAYPOLICY_DC, 255, 30));
	EXPECT_EQ(87, set_brightness(self->session, 0, 1, 1));
	EXPECT_EQ(87, set_brightness(self->session, 4, 1, 1));
	EXPECT_EQ(87, set_brightness(self->session, DISPLAYPOLICY_AC, 101, 1));
	EXPECT_EQ(87, set_brightness(self->session, DISPLAYPOLICY_BOTH, 1, 101));
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_QUERY_SUPPORTED_BRIGHTNESS,
			  NULL, 0, levels, sizeof(levels)));
	for (i = 0; i < returned; i++)
		EXPECT_EQ(i, levels[i]);

	vidmem_session_close(self->session);
	self->session = NULL;
	vidmem_get_brightness(self->fd, &mains, &battery);
	EXPECT_EQ(70, mains);
	EXPECT_EQ(30, battery);
	ASSERT_EQ(0, vidmem_session_new(self->fd, VIDEO_MEMORY_SIZE,
					&self->session));
	ASSERT_EQ(0, call(self->session, IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS,
			  NULL, 0, &seen, sizeof(seen)));
	EXPECT_EQ(DISPLAYPOLICY_BOTH, seen.ucDisplayPolicy);
	EXPECT_EQ(70, seen.ucACBrightness);
	EXPECT_EQ(30, seen.ucDCBrightness);
	EXPECT_EQ(0, set_brightness(self->session, DISPLAYPOLICY_BOTH, 100,
				    100));
}

/*
 * A second one, when the first has all memory: it tells what there is and what is
 * on display, and has power and panel, but no memory.
 */
TEST_F(request, observer)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MODE_INFORMATION mode;
	VIDEO_SHARE_MEMORY_INFORMATION shared;
	VIDEO_PUBLIC_ACCESS_RANGES range;
	VIDEO_POWER_MANAGEMENT power;
	struct vidmem_session *all, *other;
	uint32_t count, i;
	VIDEO_NUM_MODES num;
	ULONG flags;
	int fd = test_open(), buf;

	ASSERT_GE(fd, 0);
	vidmem_session_close(self->session);
	self->session = NULL;
	ASSERT_EQ(0, vidmem_session_new(self->fd, 0, &all));
	ASSERT_EQ(0, vidmem_session_new(fd, 0, &other));

	ASSERT_EQ(0, call(all, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0,
			  &num, sizeof(num)));
	count = num.NumModes;
	ASSERT_EQ(0, call(other, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0,
			  &num, sizeof(num)));
	/* All that the adapter has, be the memory at the wrong place or not. */
	EXPECT_GE(num.NumModes, count);
	for (i = 0; i < count; i += count - 1) {
		VIDEO_MODE_INFORMATION set;

		ASSERT_EQ(0, set_mode(all, i));
		ASSERT_EQ(0, current_mode(all, &set));
		ASSERT_EQ(0, current_mode(other, &mode));
		EXPECT_EQ(set.VisScreenWidth, mode.VisScreenWidth);
		EXPECT_EQ(set.VisScreenHeight, mode.VisScreenHeight);
		EXPECT_EQ(set.ScreenStride, mode.ScreenStride);
		EXPECT_EQ(set.BitsPerPlane, mode.BitsPerPlane);
		EXPECT_EQ(set.Frequency, mode.Frequency);
	}

	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY, map(other, &info));
	EXPECT_EQ(0, returned);
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY,
		  share(other, NULL, 0, 4096, NULL, &shared));
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY,
		  call(other, IOCTL_VIDEO_QUERY_PUBLIC_ACCESS_RANGES, NULL, 0,
		       &range, sizeof(range)));
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY, vidmem_session_export(other, &buf));
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY, set_mode(other, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, set_mode(other, num.NumModes));
	ASSERT_EQ(0, map(all, &info));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, unmap(other, info.VideoRamBase));

	/* Power by way of the one that has the display; both know of it. */
	EXPECT_EQ(0, set_power(other, VideoPowerOff));
	for (i = 0; i < 2; i++) {
		struct vidmem_session *one = i ? other : all;

		ASSERT_EQ(0, call(one, IOCTL_VIDEO_GET_POWER_MANAGEMENT, NULL,
				  0, &power, sizeof(power)));
		EXPECT_EQ(VideoPowerOff, power.PowerState);
		ASSERT_EQ(0, child_state(one, 0, &flags));
		EXPECT_EQ(0, flags);
	}
	EXPECT_EQ(0, set_power(other, VideoPowerOn));
	ASSERT_EQ(0, child_state(all, 0, &flags));
	EXPECT_EQ(VIDEO_CHILD_ACTIVE, flags);

	/* It neither had nor takes the display. */
	EXPECT_FALSE(drmIsMaster(fd));
	EXPECT_EQ(0, set_brightness(other, DISPLAYPOLICY_BOTH, 100, 100));
	vidmem_session_close(other);
	EXPECT_EQ(0, write_signal(info.VideoRamBase));
	vidmem_session_close(all);
	close(fd);
}

static void *map_and_unmap(void *data)
{
	struct vidmem_session *session = data;
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY memory = { NULL };
	long i, failures = 0;

	for (i = 0; i < 200; i++) {
		if (vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				   &memory, sizeof(memory), &info,
				   sizeof(info), NULL)) {
			failures++;
			continue;
		}
		*(volatile ULONG *)info.VideoRamBase = i;
		memory.RequestedVirtualAddress = info.VideoRamBase;
		failures += !!vidmem_request(session,
					     IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
					     &memory, sizeof(memory), NULL, 0,
					     NULL);
		memory.RequestedVirtualAddress = NULL;
	}
	return (void *)failures;
}

TEST_F(request, threads)
{
	pthread_t threads[4];
	void *failures;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, map_and_unmap,
					    self->session));
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], &failures);
		EXPECT_EQ(NULL, failures);
	}
}

TEST_HARNESS_MAIN
