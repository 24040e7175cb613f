// SPDX-License-Identifier: MIT
/*
 * vidmem-run: a display driver of Windows, built as a shared object, on an adapter
 * of this machine. What win32k would have it do comes in Windows' order.
 */

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vidmem_drmif.h>
#include <windows.h>

#include "driver.h"
#include "screenshot.h"
#include "trace.h"

#define VERSION "1.0.0"

static const char usage[] =
"Usage: vidmem-run [OPTIONS] DRIVER.so\n"
"\n"
"Takes a display driver from DrvEnableDriver() to its end: draws a test card or\n"
"a picture, changes the mode and draws again, gives the display back and takes\n"
"it again.\n"
"\n"
"Options:\n"
"  -a, --adapter N             on this adapter, counted from 0 (default 0)\n"
"  -m, --mode WxH[xBITS[@HZ]]  in this mode (default: the driver's first)\n"
"  -n, --then WxH[xBITS[@HZ]]  change to this one (default: the driver's first\n"
"                              of another size and the same depth)\n"
"  -p, --picture FILE.png      draw this, scaled to fit (default: a test card)\n"
"  -s, --screenshot OUT.png    save what the display shows in the end\n"
"  -k, --keep                  show the last picture until Enter is pressed or a\n"
"                              signal comes\n"
"  -e, --exec COMMAND          run it whenever a picture is complete, as COMMAND\n"
"                              drawn|changed|asserted WIDTH HEIGHT BITS\n"
"  -l, --list                  only list the modes that the driver offers\n"
"  -z, --lazy                  load a driver although functions that it may call\n"
"                              are missing: calling one ends it, by its name\n"
"  -t, --trace                 tell each call, and each request in a line\n"
"  -h, --help                  this help\n"
"  -V, --version               the version\n"
"\n"
"Exit status: 0 done, 1 failed, 2 called wrongly.\n";

struct options {
	unsigned int adapter;
	struct driver_mode mode, then;
	const char *picture, *screenshot, *command;
	bool keep, list, lazy, trace;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "vidmem-run: %s: %s\n", what, why);
	return 1;
}

static int wrong(const char *what, const char *which)
{
	fprintf(stderr, "vidmem-run: %s%s%s\nTry 'vidmem-run --help'.\n", what,
		which ? ": " : "", which ? which : "");
	return 2;
}

/* Color bars above, ramps of each primary color and of gray, a fine grid. */
static uint32_t card_color(const struct picture *card, uint32_t x, uint32_t y)
{
	static const uint32_t bars[] = {
		0xffffff, 0xffff00, 0x00ffff, 0x00ff00,
		0xff00ff, 0xff0000, 0x0000ff, 0x000000,
	};
	static const uint32_t primaries[] = {
		0x010000, 0x000100, 0x000001, 0x010101,
	};
	uint32_t edge = card->height / 16 + 1;

	/* A corner each, so that no turn or flip goes unnoticed. */
	if (x < edge && y < edge)
		return 0xff0000;
	if (x >= card->width - edge && y < edge)
		return 0x00ff00;
	if (x < edge && y >= card->height - edge)
		return 0x0000ff;
	if (x >= card->width - edge && y >= card->height - edge)
		return 0xffff00;
	if (y < card->height / 3)
		return bars[x * 8 / card->width];
	if (y < card->height * 2 / 3)
		return primaries[(y * 12 / card->height) & 3] *
		       (x * 255 / (card->width - 1));

	return (x ^ y) & 1 ? 0xffffff : ((x & 0xff) << 16 | (y & 0xff) << 8);
}

static bool make_card(struct picture *card, const struct driver_mode *mode)
{
	uint32_t x, y;

	card->width = mode->width;
	card->height = mode->height;
	card->pixels = malloc((size_t)card->width * card->height * 4);
	if (!card->pixels)
		return false;
	for (y = 0; y < card->height; y++)
		for (x = 0; x < card->width; x++)
			card->pixels[(size_t)y * card->width + x] =
				card_color(card, x, y);

	return true;
}

/* Draw, and tell whoever wants to look at it. */
static int show(struct driver_pdev *pdev, const struct options *options,
		const char *stage)
{
	const struct driver_mode *mode = &pdev->mode;
	struct picture picture;
	char *command;
	bool done;
	int ret;

	if (options->picture ? picture_load(&picture, options->picture) :
			       !make_card(&picture, mode))
		return 1;
	done = driver_draw(pdev, &picture);
	picture_free(&picture);
	if (!done)
		return 1;
	printf("%s: %ux%u, %u bits, %u Hz\n", stage, mode->width, mode->height,
	       mode->bits, mode->hertz);
	fflush(stdout);

	if (!options->command)
		return 0;
	if (asprintf(&command, "%s %s %u %u %u", options->command, stage,
		     mode->width, mode->height, mode->bits) < 0)
		return fail("exec", "out of memory");
	/* It is the user's own command, as for a shell. NOLINTNEXTLINE */
	ret = system(command);
	free(command);

	return ret ? fail(options->command, "it failed") : 0;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void wait_for_end(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	if (!stopped)
		poll(&terminal, 1, -1);
}

static int take_screenshot(const struct options *options)
{
	int fd = vidmem_open(options->adapter);
	struct vidmem_device *dev;
	struct picture picture;
	const char *reason;
	int ret;

	if (fd < 0 || vidmem_device_new(fd, &dev))
		return fail("screenshot", "the adapter cannot be opened");
	reason = screenshot_take(dev, &picture);
	ret = reason ? fail("screenshot", reason) :
	      picture_save(&picture, options->screenshot) != 0;
	picture_free(&picture);
	vidmem_device_del(dev);
	close(fd);

	return ret;
}

static int last_picture(struct driver_pdev *pdev, const struct options *options)
{
	int ret;

	if (!driver_assert_mode(pdev, false) || !driver_assert_mode(pdev, true))
		return 1;
	/* The system has all windows drawn again. */
	ret = show(pdev, options, "asserted");
	if (!ret && options->screenshot)
		ret = take_screenshot(options);
	if (!ret && options->keep)
		wait_for_end();

	return ret;
}

/* The mode to change to, or -1 for no change. */
static int next_mode(struct driver *driver, const struct options *options,
		     int first)
{
	struct driver_mode now = driver_mode(driver, first), other;
	unsigned int i;

	if (options->then.width)
		return driver_find_mode(driver, &options->then);
	for (i = 0; i < driver->mode_count; i++) {
		other = driver_mode(driver, i);
		if (other.bits == now.bits &&
		    (other.width != now.width || other.height != now.height))
			return i;
	}

	return -1;
}

/*
 * The new PDEV is enabled in full before the old one ends, so that for a while
 * both have video memory mapped.
 */
static int change_mode(struct driver *driver, struct driver_pdev **pdev,
		       const struct options *options, int mode)
{
	struct driver_pdev *old = *pdev;

	if (!driver_assert_mode(old, false))
		return 1;
	*pdev = driver_enable(driver, mode);
	driver_disable(old);

	return *pdev ? show(*pdev, options, "changed") : 1;
}

static int list_modes(const struct driver *driver)
{
	unsigned int i;

	for (i = 0; i < driver->mode_count; i++) {
		struct driver_mode mode = driver_mode(driver, i);

		printf("%ux%ux%u@%u\n", mode.width, mode.height, mode.bits,
		       mode.hertz);
	}

	return 0;
}

/* What it has forgotten is no failure: so it was on Windows. */
static void tell_left(void)
{
	struct vidmem_ddi_left left;

	vidmem_ddi_left(&left);
	if (left.allocations || left.surfaces || left.palettes ||
	    left.semaphores)
		printf("left behind: %u allocations, %u surfaces, %u palettes, "
		       "%u semaphores\n", left.allocations, left.surfaces,
		       left.palettes, left.semaphores);
}

static int run(struct driver *driver, const struct options *options)
{
	int first = driver_find_mode(driver, &options->mode), then, ret;
	struct driver_pdev *pdev;

	if (options->list)
		return list_modes(driver);
	if (first < 0)
		return fail("mode", "the driver does not offer it; see --list");
	then = next_mode(driver, options, first);
	if (then < 0 && options->then.width)
		return fail("then", "the driver does not offer it; see --list");

	pdev = driver_enable(driver, first);
	if (!pdev)
		return 1;
	ret = show(pdev, options, "drawn");
	if (!ret && then >= 0)
		ret = change_mode(driver, &pdev, options, then);
	if (!ret)
		ret = last_picture(pdev, options);
	if (pdev)
		driver_disable(pdev);

	return ret;
}

static int run_on_adapter(const char *path, const struct options *options)
{
	HANDLE device = vidmem_open_adapter(options->adapter);
	struct driver driver;
	int ret = 1;

	if (device == INVALID_HANDLE_VALUE) {
		fprintf(stderr, "vidmem-run: adapter %u: error %u\n",
			options->adapter, GetLastError());
		return 1;
	}
	if (options->trace)
		trace_start();
	if (driver_load(&driver, path, device, options->lazy))
		ret = run(&driver, options);
	driver_unload(&driver);
	tell_left();
	CloseHandle(device);

	return ret;
}

static bool parse_mode(const char *text, struct driver_mode *mode)
{
	char rest;
	int count;

	memset(mode, 0, sizeof(*mode));
	count = sscanf(text, "%5ux%5ux%2u@%4u%c", &mode->width, &mode->height,
		       &mode->bits, &mode->hertz, &rest);
	/* Whatever is behind the last number is none of it. */
	return count >= 2 && count <= 4 && mode->width && mode->height &&
	       strspn(text, "0123456789x@") == strlen(text);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "adapter",	required_argument,	NULL, 'a' },
		{ "mode",	required_argument,	NULL, 'm' },
		{ "then",	required_argument,	NULL, 'n' },
		{ "picture",	required_argument,	NULL, 'p' },
		{ "screenshot",	required_argument,	NULL, 's' },
		{ "exec",	required_argument,	NULL, 'e' },
		{ "keep",	no_argument,		NULL, 'k' },
		{ "list",	no_argument,		NULL, 'l' },
		{ "lazy",	no_argument,		NULL, 'z' },
		{ "trace",	no_argument,		NULL, 't' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	struct sigaction action = { .sa_handler = stop };
	struct options options = { 0 };
	int option;
	char rest;

	while ((option = getopt_long(argc, argv, "a:m:n:p:s:e:klzthV", longs,
				     NULL)) != -1) {
		switch (option) {
		case 'a':
			if (sscanf(optarg, "%3u%c", &options.adapter,
				   &rest) != 1)
				return wrong("not a number", optarg);
			break;
		case 'm':
			if (!parse_mode(optarg, &options.mode))
				return wrong("not a mode", optarg);
			break;
		case 'n':
			if (!parse_mode(optarg, &options.then))
				return wrong("not a mode", optarg);
			break;
		case 'p':
			options.picture = optarg;
			break;
		case 's':
			options.screenshot = optarg;
			break;
		case 'e':
			options.command = optarg;
			break;
		case 'k':
			options.keep = true;
			break;
		case 'l':
			options.list = true;
			break;
		case 'z':
			options.lazy = true;
			break;
		case 't':
			options.trace = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			puts("vidmem-run " VERSION);
			return 0;
		default:
			fputs("Try 'vidmem-run --help'.\n", stderr);
			return 2;
		}
	}
	if (argc - optind != 1)
		return wrong(optind < argc ? "unexpected argument" :
			     "no driver", argv[optind + (optind < argc)]);

	/* The display goes back to whoever had it, also then. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	return run_on_adapter(argv[optind], &options);
}
