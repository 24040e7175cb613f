// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The display has a clock: vblanks come at the mode's rate, are counted, and have
 * times. Nothing here measures time: what is compared is what vblanks say of
 * themselves.
 */

#include <fcntl.h>
#include <sched.h>
#include <sys/poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>

#include "vidmem_test.h"

struct flip_event {
	uint32_t sequence;
	uint64_t us;
};

FIXTURE(clock)
{
	int fd;
	struct display display;
	drmModeModeInfo *mode;
	uint32_t fbs[2], handles[2];
	uint64_t free_before;
	uint64_t frame_ns;
};

static uint64_t frame_of(const drmModeModeInfo *mode)
{
	return 1000000ull * mode->htotal * mode->vtotal / mode->clock;
}

static int make_fb(int fd, drmModeModeInfo *mode, uint32_t *handle, uint32_t *fb)
{
	struct drm_mode_create_dumb args = {
		.width = mode->hdisplay, .height = mode->vdisplay, .bpp = 32,
	};
	int ret = test_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &args);

	*handle = args.handle;

	return ret ?: add_fb(fd, args.handle, mode->hdisplay, mode->vdisplay,
			     args.pitch, 0, fb);
}

FIXTURE_SETUP(clock)
{
	int i;

	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, get_display(self->fd, &self->display));
	self->mode = find_mode(&self->display, 640, 480);
	ASSERT_NE(NULL, self->mode);
	self->frame_ns = frame_of(self->mode);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, make_fb(self->fd, self->mode, &self->handles[i],
				     &self->fbs[i]));
	ASSERT_EQ(0, set_crtc(self->fd, &self->display, self->fbs[0],
			      self->mode));
}

FIXTURE_TEARDOWN(clock)
{
	if (self->fd < 0)
		return;
	drmModeFreeConnector(self->display.info);
	close(self->fd);
	self->fd = test_open();
	ASSERT_GE(self->fd, 0);
	EXPECT_EQ(self->free_before,
		  vram_free_in_the_end(self->fd, self->free_before));
	close(self->fd);
}

/* Whether so much time is so many frames, to the microsecond events have. */
static bool is_frames(uint64_t ns, uint64_t frames, uint64_t frame_ns)
{
	int64_t rest = ns - frames * frame_ns;

	return rest >= -2000 && rest <= 2000;
}

/*
 * The same of two flips. The clock may have stood still in between, as nobody wanted
 * it, and begun anew: then it counts as many frames as would have been, about.
 */
static bool is_frames_apart(uint64_t ns, uint64_t frames, uint64_t frame_ns)
{
	int64_t rest = ns - frames * frame_ns;

	return frames && ns + 2000 >= frame_ns &&
	       rest >= -(int64_t)frame_ns * 3 / 2 &&
	       rest <= (int64_t)frame_ns * 3 / 2;
}

TEST_F(clock, wait_vblank)
{
	drmVBlank wait = { 0 };
	uint64_t first, second;
	uint32_t sequence;

	wait.request.type = DRM_VBLANK_RELATIVE;
	wait.request.sequence = 1;
	ASSERT_EQ(0, drmWaitVBlank(self->fd, &wait));
	sequence = wait.reply.sequence;
	first = wait.reply.tval_sec * 1000000ull + wait.reply.tval_usec;
	wait.request.type = DRM_VBLANK_ABSOLUTE;
	wait.request.sequence = sequence + 10;
	ASSERT_EQ(0, drmWaitVBlank(self->fd, &wait));
	EXPECT_LE(10, wait.reply.sequence - sequence);
	second = wait.reply.tval_sec * 1000000ull + wait.reply.tval_usec;
	EXPECT_TRUE(is_frames((second - first) * 1000,
			      wait.reply.sequence - sequence, self->frame_ns))
		TH_LOG("%u frames in %llu us", wait.reply.sequence - sequence,
		       (unsigned long long)(second - first));
}

static uint64_t queued_sequence, queued_ns;

static void note_sequence(int fd, uint64_t sequence, uint64_t ns, uint64_t data)
{
	queued_sequence = sequence;
	queued_ns = ns;
}

TEST_F(clock, crtc_sequence)
{
	drmEventContext events = {
		.version = 4, .sequence_handler = note_sequence,
	};
	struct pollfd ready = { .fd = self->fd, .events = POLLIN };
	uint64_t sequence, ns, queued;

	ASSERT_EQ(0, drmCrtcGetSequence(self->fd, self->display.crtc, &sequence,
					&ns));
	ASSERT_EQ(0, drmCrtcQueueSequence(self->fd, self->display.crtc,
					  DRM_CRTC_SEQUENCE_RELATIVE, 3,
					  &queued, 1));
	EXPECT_LE(sequence + 3, queued);
	ASSERT_EQ(1, poll(&ready, 1, 20000));
	ASSERT_EQ(0, drmHandleEvent(self->fd, &events));
	EXPECT_LE(queued, queued_sequence);
	EXPECT_TRUE(queued_ns > ns);
}

static struct flip_event last_flip;

static void note_flip(int fd, unsigned int sequence, unsigned int sec,
		      unsigned int usec, void *data)
{
	last_flip.sequence = sequence;
	last_flip.us = sec * 1000000ull + usec;
}

static int flip(int fd, uint32_t crtc, uint32_t fb, uint32_t flags)
{
	drmEventContext events = {
		.version = 2, .page_flip_handler = note_flip,
	};
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int ret = drmModePageFlip(fd, crtc, fb, DRM_MODE_PAGE_FLIP_EVENT | flags,
				  NULL);

	if (ret)
		return -ret;
	if (poll(&ready, 1, 20000) != 1)
		return ETIMEDOUT;

	return drmHandleEvent(fd, &events) ? EIO : 0;
}

/* One flip a frame at most, and each at the end of a frame. */
TEST_F(clock, flips)
{
	struct flip_event before;
	int i;

	ASSERT_EQ(0, flip(self->fd, self->display.crtc, self->fbs[1], 0));
	for (i = 0; i < 30; i++) {
		uint32_t frames;

		before = last_flip;
		ASSERT_EQ(0, flip(self->fd, self->display.crtc,
				  self->fbs[i % 2], 0));
		frames = last_flip.sequence - before.sequence;
		EXPECT_TRUE(is_frames_apart((last_flip.us - before.us) * 1000,
					    frames, self->frame_ns))
			TH_LOG("%u frames in %llu us", frames,
			       (unsigned long long)(last_flip.us - before.us));
	}
}

/* Those that do not wait for the end of a frame. */
TEST_F(clock, async_flips)
{
	uint64_t value;
	int i;

	ASSERT_EQ(0, drmGetCap(self->fd, DRM_CAP_ASYNC_PAGE_FLIP, &value));
	EXPECT_EQ(1, value);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, flip(self->fd, self->display.crtc,
				  self->fbs[i % 2], DRM_MODE_PAGE_FLIP_ASYNC));
}

/*
 * In each mode, at its own rate; for VIDMEM_FLIP_SECONDS, where somebody has the
 * time.
 */
TEST_F_TIMEOUT(clock, every_mode, 7000)
{
	const char *seconds = getenv("VIDMEM_FLIP_SECONDS");
	drmModeConnector *info = self->display.info;
	int i, j;

	/* What others have, too. */
	if (!seconds)
		alarm(30);
	for (i = 0; i < info->count_modes; i++) {
		drmModeModeInfo *mode = &info->modes[i];
		uint32_t handle, fb, frames;
		struct flip_event before;
		int flips = 3;

		if (seconds)
			flips = atoi(seconds) * 1000000000ull / frame_of(mode);

		ASSERT_EQ(0, make_fb(self->fd, mode, &handle, &fb));
		ASSERT_EQ(0, set_crtc(self->fd, &self->display, fb, mode));
		ASSERT_EQ(0, flip(self->fd, self->display.crtc, fb, 0));
		for (j = 0; j < flips; j++) {
			before = last_flip;
			ASSERT_EQ(0, flip(self->fd, self->display.crtc, fb, 0));
			frames = last_flip.sequence - before.sequence;
			EXPECT_TRUE(is_frames_apart((last_flip.us - before.us) *
						    1000, frames,
						    frame_of(mode)))
				TH_LOG("%s: %u frames in %llu us", mode->name,
				       frames,
				       (unsigned long long)(last_flip.us -
							    before.us));
		}
		drmModeRmFB(self->fd, fb);
		drmCloseBufferHandle(self->fd, handle);
	}
}

/* A display that is off has no vblanks; who waits for one is told. */
TEST_F(clock, off)
{
	struct pollfd ready = { .fd = self->fd, .events = POLLIN };
	drmVBlank wait = { 0 };
	uint64_t queued;

	ASSERT_EQ(0, drmCrtcQueueSequence(self->fd, self->display.crtc,
					  DRM_CRTC_SEQUENCE_RELATIVE, 1000000,
					  &queued, 1));
	EXPECT_EQ(0, poll(&ready, 1, 0));
	ASSERT_EQ(0, -drmModeSetCrtc(self->fd, self->display.crtc, 0, 0, 0, NULL,
				     0, NULL));
	EXPECT_EQ(1, poll(&ready, 1, 20000));
	wait.request.type = DRM_VBLANK_RELATIVE;
	wait.request.sequence = 1;
	EXPECT_NE(0, drmWaitVBlank(self->fd, &wait));
	EXPECT_EQ(EINVAL, errno);
}

/* Timers of vblanks that are running, on all processors. */
static int running_timers(void)
{
	char line[256];
	FILE *file = fopen("/proc/timer_list", "r");
	int count = 0;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		count += !!strstr(line, "vidmem_vblank_expired");
	fclose(file);

	return count;
}

/* Nobody waits: nothing wakes the machine up. */
TEST_F(clock, no_timer_for_nobody)
{
	uint64_t queued;
	int tries;

	if (access("/proc/timer_list", R_OK))
		SKIP(return, "no /proc/timer_list");
	ASSERT_EQ(0, flip(self->fd, self->display.crtc, self->fbs[1], 0));
	/* The last one that it had been set for may be to come. */
	for (tries = 0; running_timers() && tries < 100; tries++)
		usleep(10000);
	EXPECT_EQ(0, running_timers());
	ASSERT_EQ(0, drmCrtcQueueSequence(self->fd, self->display.crtc,
					  DRM_CRTC_SEQUENCE_RELATIVE, 1000000,
					  &queued, 1));
	EXPECT_EQ(1, running_timers());
}

/* Where there is but one processor, on that. */
static int run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % get_nprocs(), &set);

	return sched_setaffinity(0, sizeof(set), &set);
}

/*
 * Without a processor that idles: one that QEMU emulates may sleep on when a process
 * comes to it. Until the parent ends.
 */
static void keep_busy(void)
{
	int cpu;

	for (cpu = 0; cpu < get_nprocs(); cpu++)
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			syscall(SYS_close_range, 3, ~0u, 0);
			nice(19);
			run_on(cpu);
			for (;;)
				;
		}
}

/*
 * The clock is stopped and started again by one processor while another is still
 * at the last vblank: neither may wait for the other. VIDMEM_SLOW_VBLANK names the
 * module that makes this last, where the kernel can be told such.
 */
TEST_F_TIMEOUT(clock, restarted_while_late, 120)
{
	struct pollfd event = { .fd = self->fd, .events = POLLIN };
	const char *slow = getenv("VIDMEM_SLOW_VBLANK");
	char events[4096];
	int i, file;

	if (slow) {
		file = open(slow, O_RDONLY);
		ASSERT_GE(file, 0);
		ASSERT_EQ(0, syscall(SYS_finit_module, file, "", 0));
		close(file);
	}
	keep_busy();
	for (i = 0; i < 100; i++) {
		uint64_t queued;

		/* The timer is that processor's. */
		EXPECT_EQ(0, run_on(i % 2));
		EXPECT_EQ(0, drmCrtcQueueSequence(self->fd, self->display.crtc,
						  DRM_CRTC_SEQUENCE_RELATIVE,
						  1000, &queued, 1));
		EXPECT_EQ(0, run_on(1 - i % 2));
		usleep(self->frame_ns / 1000 + i * 100);
		EXPECT_EQ(0, -drmModeSetCrtc(self->fd, self->display.crtc, 0, 0,
					     0, NULL, 0, NULL));
		EXPECT_EQ(0, set_crtc(self->fd, &self->display, self->fbs[0],
				      self->mode));
		/* That of the display that was turned off. */
		ASSERT_EQ(1, poll(&event, 1, 0));
		EXPECT_LT(0, read(self->fd, events, sizeof(events)));
	}
	EXPECT_EQ(0, flip(self->fd, self->display.crtc, self->fbs[1], 0));
	if (slow)
		EXPECT_EQ(0, syscall(SYS_delete_module, "slow_vblank", 0));
}

/* No rate that no clock could keep. */
TEST_F(clock, absurd_rates)
{
	drmModeModeInfo mode = *self->mode;

	mode.clock = 0x7fffffff;
	EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, self->fbs[0],
				   &mode));
	mode.clock = 1;
	EXPECT_EQ(EINVAL, set_crtc(self->fd, &self->display, self->fbs[0],
				   &mode));
	EXPECT_EQ(0, set_crtc(self->fd, &self->display, self->fbs[0],
			      self->mode));
}

TEST_HARNESS_MAIN
