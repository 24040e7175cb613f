// SPDX-License-Identifier: MIT
/* vidmemctl record: what is displayed, as raw YUV4MPEG2. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "live.h"

struct recording {
	struct live *live;
	struct picture picture;
	/* Y, U and V of the picture, each as large as it. */
	unsigned char *planes;
	uint64_t written, repeated;
	int out;
};

/* By BT.601, as those take it who are not told. */
static void convert(void *data, uint32_t x, uint32_t y, uint32_t width,
		    uint32_t height)
{
	const struct recording *recording = data;
	const struct picture *picture = &recording->picture;
	size_t size = (size_t)picture->width * picture->height;
	uint32_t row, column;

	for (row = y; row < y + height; row++) {
		for (column = x; column < x + width; column++) {
			size_t i = (size_t)row * picture->width + column;
			unsigned char *to = recording->planes + i;
			int r = picture->pixels[i] >> 16 & 255;
			int g = picture->pixels[i] >> 8 & 255;
			int b = picture->pixels[i] & 255;

			to[0] = ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
			to[size] = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128;
			to[2 * size] = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128;
		}
	}
}

/* All of it, even if a signal comes; not if a second one does. */
static int write_all(int out, const void *data, size_t size)
{
	while (size) {
		ssize_t done = write(out, data, size);

		if (done < 0 && (errno != EINTR || stopped > 1))
			return fail("record", strerror(errno), NULL);
		if (done > 0) {
			data = (const char *)data + done;
			size -= (size_t)done;
		}
	}

	return 0;
}

static int start(struct recording *recording)
{
	uint32_t width = live_width(recording->live);
	uint32_t height = live_height(recording->live);
	uint64_t frames, seconds;
	char header[128];

	live_fit(recording->live, &recording->picture);
	recording->planes = malloc((size_t)width * height * 3);
	if (!recording->picture.pixels || !recording->planes)
		return fail("record", strerror(errno), NULL);
	/* Black, of which the first look tells only what differs. */
	convert(recording, 0, 0, width, height);
	live_rate(recording->live, &frames, &seconds);
	snprintf(header, sizeof(header), "YUV4MPEG2 W%u H%u F%" PRIu64 ":%" PRIu64
		 " Ip A1:1 C444\n", width, height, frames, seconds);

	return write_all(recording->out, header, strlen(header));
}

/* So often that the recording lasts as long as what it shows. */
static int write_frames(struct recording *recording, uint64_t due)
{
	const struct picture *picture = &recording->picture;
	uint64_t count = due > recording->written ? due - recording->written : 0;
	int ret = 0;

	recording->repeated += count ? count - 1 : 0;
	recording->written += count;
	for (; count && !ret && stopped < 2; count--) {
		ret = write_all(recording->out, "FRAME\n", 6);
		if (!ret)
			ret = write_all(recording->out, recording->planes,
					(size_t)picture->width * picture->height * 3);
	}

	return ret;
}

static int record(struct recording *recording, int limit)
{
	struct live *live = recording->live;
	uint64_t frames, seconds, start_time = 0;
	int ret = 0;

	live_rate(live, &frames, &seconds);
	while (!ret && !stopped) {
		uint64_t due;
		fd_set none;

		FD_ZERO(&none);
		if (!live_wait(live, &none, 0, NULL))
			continue;
		if (!start_time)
			start_time = live_time(live);
		/* To the nearest frame; in floating point, as it is a large product. */
		due = (uint64_t)((double)(live_time(live) - start_time) / 1e9 *
				 (double)frames / (double)seconds + 1.5);
		if (limit >= 0 && due > (uint64_t)limit * frames / seconds)
			due = (uint64_t)limit * frames / seconds;
		if (look("record", live))
			return 1;
		if (live_width(live) != recording->picture.width ||
		    live_height(live) != recording->picture.height)
			return fail("record", "the mode has changed, and a recording "
				    "has but one", "What came before it is there.");
		live_update(live, &recording->picture, convert, recording);
		ret = write_frames(recording, due);
		if (limit >= 0 && due == (uint64_t)limit * frames / seconds)
			break;
	}
	if (recording->repeated)
		fprintf(stderr, "vidmemctl: %" PRIu64 " of %" PRIu64
			" frames are repetitions of the one before, as this took "
			"longer than the display\n", recording->repeated,
			recording->written);

	return ret;
}

static int record_to(struct recording *recording, int limit, const char *file)
{
	int ret;

	if (look("record", recording->live))
		return 1;
	if (!live_is_on(recording->live))
		return fail("record", "the display is off", NULL);
	if (strcmp(file, "-"))
		recording->out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				      0666);
	else
		recording->out = STDOUT_FILENO;
	if (recording->out < 0)
		return fail(file, strerror(errno), NULL);

	ret = start(recording);
	if (!ret)
		ret = record(recording, limit);
	if (close(recording->out) && !ret)
		ret = fail(file, strerror(errno), NULL);

	return ret;
}

int cmd_record(const struct options *options, char **args)
{
	struct recording recording = { .out = -1 };
	int fd = open_live(options->device, &recording.live);
	int ret;

	if (fd < 0)
		return 1;
	/* A reader that ends is told of by write(2). */
	signal(SIGPIPE, SIG_IGN);
	stop_by_signals(NULL);
	ret = record_to(&recording, options->seconds, args[0]);
	free(recording.planes);
	picture_free(&recording.picture);
	live_close(recording.live);
	close(fd);

	return ret;
}
