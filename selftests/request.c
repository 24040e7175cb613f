// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The requests of ntddvdeo.h: buffers of every kind, statuses, the number of
 * bytes returned, and what the mode requests do.
 */

#include <ntddvdeo.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "vidmem_test.h"

#define VIDEO_MEMORY_SIZE (8 * MiB)
#define MAX_MODES 128

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
 * cannot serve, or that are not served yet, there is no row: they answer 1.
 */
static const struct row {
	const char *name;
	uint32_t code;
	uint32_t in_size, out_size;
	/* Needs a mode to be set, else answers 1. */
	bool modal;
} rows[] = {
	{ "QUERY_NUM_AVAIL_MODES", IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, 0, 8 },
	{ "QUERY_AVAIL_MODES", IOCTL_VIDEO_QUERY_AVAIL_MODES, 0,
	  0 /* times the number of modes */ },
	{ "QUERY_CURRENT_MODE", IOCTL_VIDEO_QUERY_CURRENT_MODE, 0, 80, true },
	{ "SET_CURRENT_MODE", IOCTL_VIDEO_SET_CURRENT_MODE, 4, 0 },
	{ "RESET_DEVICE", IOCTL_VIDEO_RESET_DEVICE, 0, 0 },
	{ "MAP_VIDEO_MEMORY", IOCTL_VIDEO_MAP_VIDEO_MEMORY,
	  sizeof(VIDEO_MEMORY), sizeof(VIDEO_MEMORY_INFORMATION) },
	{ "UNMAP_VIDEO_MEMORY", IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
	  sizeof(VIDEO_MEMORY), 0 },
};

static uint32_t out_size(FIXTURE_DATA(request) * self, const struct row *row)
{
	if (row->code == IOCTL_VIDEO_QUERY_AVAIL_MODES)
		return 80 * self->mode_count;
	return row->out_size;
}

/* An input that is right: mode 0 for a mode, a live view for an UNMAP. */
static void good_input(struct vidmem_session *session, const struct row *row,
		       void *in)
{
	VIDEO_MEMORY_INFORMATION info;

	memset(in, 0, 64);
	if (row->code == IOCTL_VIDEO_UNMAP_VIDEO_MEMORY) {
		if (map(session, &info))
			abort();
		memcpy(in, &info.VideoRamBase, sizeof(info.VideoRamBase));
	}
}

/* Views that good_input() made and that were not unmapped go here. */
static void drop_input(struct vidmem_session *session, const struct row *row,
		       void *in)
{
	void *base;

	memcpy(&base, in, sizeof(base));
	if (row->code == IOCTL_VIDEO_UNMAP_VIDEO_MEMORY &&
	    unmap(session, base))
		abort();
}

/* A view that a good MAP made. */
static void drop_output(struct vidmem_session *session, const struct row *row,
			void *out)
{
	VIDEO_MEMORY_INFORMATION info;

	memcpy(&info, out, sizeof(info));
	if (row->code == IOCTL_VIDEO_MAP_VIDEO_MEMORY &&
	    unmap(session, info.VideoRamBase))
		abort();
}

static bool untouched(const unsigned char *out, size_t from, size_t to)
{
	for (; from < to; from++)
		if (out[from] != 0xee)
			return false;
	return true;
}

#define FOR_EACH_ROW(row) \
	for (row = rows; row < rows + ARRAY_SIZE(rows); row++)

TEST_F(request, exact_and_larger_buffers)
{
	static unsigned char in[64], out[80 * MAX_MODES + 64];
	const struct row *row;
	int more;

	FOR_EACH_ROW(row) for (more = 0; more <= 16; more += 16) {
		uint32_t size = out_size(self, row);

		ASSERT_EQ(0, set_mode(self->session, 0));
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

	ASSERT_EQ(0, set_mode(self->session, 0));
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

	ASSERT_EQ(0, set_mode(self->session, 0));
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
		if (row->code == IOCTL_VIDEO_RESET_DEVICE)
			ASSERT_EQ(0, set_mode(self->session, 0));
	}
}

TEST_F(request, misaligned_and_overlapping_buffers)
{
	static unsigned char buffer[80 * MAX_MODES + 64];
	VIDEO_MEMORY_INFORMATION info;
	const struct row *row;
	int shift;

	FOR_EACH_ROW(row) for (shift = 1; shift < 8; shift++) {
		ASSERT_EQ(0, set_mode(self->session, 0));
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
	uint32_t i, j;

	for (i = 0; i < self->mode_count; i++) {
		const VIDEO_MODE_INFORMATION *mode = &self->modes[i];

		EXPECT_EQ(sizeof(*mode), mode->Length);
		EXPECT_EQ(i, mode->ModeIndex);
		EXPECT_EQ(1, mode->NumberOfPlanes);
		EXPECT_EQ(32, mode->BitsPerPlane);
		EXPECT_GT(mode->Frequency, 0);
		EXPECT_EQ(0xff0000, mode->RedMask);
		EXPECT_EQ(0x00ff00, mode->GreenMask);
		EXPECT_EQ(0x0000ff, mode->BlueMask);
		EXPECT_EQ(8, mode->NumberRedBits);
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
		for (f = 0; f < ARRAY_SIZE(flags); f++) {
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
		0x7fffffff, 0xbfffffff, 0xffffffff,
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
	struct vidmem_session *other;
	VIDEO_NUM_MODES num;
	int fd = test_open();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, set_mode(self->session, 0));
	ASSERT_EQ(0, vidmem_session_new(fd, 4 * MiB, &other));
	ASSERT_EQ(0, call(other, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0,
			  &num, sizeof(num)));
	ASSERT_GT(num.NumModes, 0);
	EXPECT_EQ(ERROR_BUSY, set_mode(other, 0));
	EXPECT_EQ(0, returned);
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
	uint64_t largest = test_param(self->fd,
				      DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	VIDEO_MEMORY_INFORMATION info;

	ASSERT_EQ(0, vidmem_session_new(self->fd, 0, &all));
	ASSERT_EQ(0, map(all, &info));
	EXPECT_EQ(largest, info.VideoRamLength);
	EXPECT_EQ(0, unmap(all, info.VideoRamBase));
	EXPECT_EQ(ERROR_NOT_ENOUGH_MEMORY,
		  vidmem_session_new(self->fd, largest, &none));
	vidmem_session_close(all);
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
