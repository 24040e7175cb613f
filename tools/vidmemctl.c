// SPDX-License-Identifier: MIT
/*
 * vidmemctl: what people do with an adapter from the command line. Pictures are
 * shown by the requests of ntddvdeo.h, the way that programs ported to the
 * library do.
 */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>
#include <xf86drmMode.h>

#include <ntddvdeo.h>
#include <vidmem_drmif.h>
#include <vidmem_request.h>
#include <winerror.h>

#include "command.h"
#include "displays.h"
#include "picture.h"
#include "screenshot.h"

#define VERSION "1.0.0"

static const char usage[] =
"Usage: vidmemctl [--device N|PATH] COMMAND\n"
"\n"
"Commands:\n"
"  list                  the vidmem adapters of this machine\n"
"  info                  an adapter's video memory and what it displays\n"
"  vram                  a map of its video memory: what is where (root)\n"
"  top                   all adapters, second by second: clients, views, frames and\n"
"                        page faults (root)\n"
"  modes                 the modes it can display\n"
"  show FILE.png         display a picture, scaled to fit, until Enter is\n"
"                        pressed or a signal comes\n"
"  screenshot OUT.png    save what it displays\n"
"  vnc                   serve what it displays to VNC clients\n"
"  view [ADAPTER]        show what it displays in a window\n"
"  record OUT            save what it displays as YUV4MPEG2; OUT may be -\n"
"\n"
"Virtual adapters, made while the machine runs (root):\n"
"  add NAME              make one, usable at once\n"
"  remove NAME           take it away, as by unplugging it\n"
"  plug NAME             plug its screen in\n"
"  unplug NAME           plug its screen out\n"
"  edid NAME FILE|none   another screen, with that EDID\n"
"\n"
"Options:\n"
"  -d, --device N|PATH   adapter number as in list (default 0), or device file\n"
"  -m, --mode WxH        show: in this mode (default: the preferred one)\n"
"  -m, --mode WxH[@HZ]   add: the mode that it prefers\n"
"  -t, --seconds S       show, record, top: for so many seconds\n"
"      --vram SIZE       add: video memory, such as 64M or 2G (default: that of\n"
"                        the module, or four frames of the mode)\n"
"      --edid FILE       add: what its screen says of itself\n"
"      --desktop         add: desktops and the console may have it\n"
"      --listen ADDR:PORT  vnc: where clients connect (default 127.0.0.1:5900)\n"
"      --password-file FILE  vnc: what clients must know, 8 characters of a line\n"
"      --input               vnc: clients have a keyboard and a pointer here\n"
"  -h, --help            this help\n"
"  -V, --version         the version\n"
"\n"
"Exit status: 0 done, 1 failed, 2 called wrongly.\n";

static const char *status_text(uint32_t status)
{
	switch (status) {
	case ERROR_INVALID_FUNCTION:
		return "not possible on this adapter";
	case ERROR_NOT_ENOUGH_MEMORY:
		return "not enough free video memory; see vidmemctl info";
	case ERROR_DEV_NOT_EXIST:
		return "the adapter has gone";
	case ERROR_BUSY:
		return "another program has the display; end it first";
	default:
		return "refused";
	}
}

static int fail_status(const char *what, uint32_t status)
{
	fprintf(stderr, "vidmemctl: %s: %s (error %u)\n", what,
		status_text(status), status);
	return 1;
}

static const char *adapter_name(uint64_t adapter)
{
	switch (adapter) {
	case DRM_VIDMEM_ADAPTER_BOCHS:
		return "bochs";
	case DRM_VIDMEM_ADAPTER_VIRTUAL:
		return "virtual";
	default:
		return "unknown";
	}
}

static uint64_t param(struct vidmem_device *dev, uint64_t which)
{
	uint64_t value = 0;
	int ret = vidmem_get_param(dev, which, &value);

	if (ret)
		fail("get parameter", strerror(-ret), NULL);
	return value;
}

static int cmd_list(const struct options *options, char **args)
{
	unsigned int n;
	int fd;

	(void)options;
	(void)args;
	for (n = 0; (fd = vidmem_open(n)) >= 0; n++) {
		struct vidmem_device *dev;
		char *path = drmGetDeviceNameFromFd2(fd);
		char name[NAME_MAX + 1];

		leave_display(fd);
		if (!vidmem_device_new(fd, &dev)) {
			displays_name(path ? path : "", name, sizeof(name));
			printf("%u  %s  %s  %llu MiB%s%s\n", n,
			       path ? path : "?",
			       adapter_name(param(dev,
						  DRM_VIDMEM_PARAM_ADAPTER)),
			       (unsigned long long)
			       param(dev, DRM_VIDMEM_PARAM_VRAM_SIZE) >> 20,
			       *name ? "  " : "", name);
			vidmem_device_del(dev);
		}
		free(path);
		close(fd);
	}

	return n ? 0 : fail_open("list", -fd);
}

/* Sets *crtc to what the adapter displays; its buffer_id is 0 for nothing. */
static int get_crtc(int fd, drmModeCrtcPtr *crtc)
{
	drmModeResPtr res = drmModeGetResources(fd);

	*crtc = NULL;
	if (res && res->count_crtcs)
		*crtc = drmModeGetCrtc(fd, res->crtcs[0]);
	drmModeFreeResources(res);
	if (*crtc)
		return 0;
	fail("display", strerror(errno), NULL);

	return 1;
}

static int cmd_info(const struct options *options, char **args)
{
	int fd = open_device(options->device);
	unsigned int mains, battery;
	struct vidmem_device *dev;
	drmModeCrtcPtr crtc;
	int ret;

	(void)args;
	if (fd < 0)
		return 1;
	ret = vidmem_device_new(fd, &dev);
	if (ret)
		return fail_open(options->device, -ret);

	printf("adapter              %s\n",
	       adapter_name(param(dev, DRM_VIDMEM_PARAM_ADAPTER)));
	printf("video memory         %llu KiB\n", (unsigned long long)
	       param(dev, DRM_VIDMEM_PARAM_VRAM_SIZE) >> 10);
	printf("free                 %llu KiB\n", (unsigned long long)
	       param(dev, DRM_VIDMEM_PARAM_VRAM_FREE) >> 10);
	printf("largest free object  %llu KiB\n", (unsigned long long)
	       param(dev, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE) >> 10);
	printf("largest mapped page  %llu KiB\n", (unsigned long long)
	       param(dev, DRM_VIDMEM_PARAM_MAP_GRANULE) >> 10);

	vidmem_get_brightness(fd, &mains, &battery);
	printf("brightness           %u %%, on battery %u %%\n", mains,
	       battery);

	ret = get_crtc(fd, &crtc);
	if (!ret) {
		if (crtc->mode_valid && crtc->buffer_id)
			printf("display              %ux%u, %u Hz\n",
			       crtc->mode.hdisplay, crtc->mode.vdisplay,
			       crtc->mode.vrefresh);
		else
			printf("display              off\n");
		drmModeFreeCrtc(crtc);
	}
	vidmem_device_del(dev);
	close(fd);

	return ret;
}

static int cmd_modes(const struct options *options, char **args)
{
	int fd = open_device(options->device);
	drmModeConnectorPtr connector = NULL;
	drmModeResPtr res;
	int i;

	(void)args;
	if (fd < 0)
		return 1;

	res = drmModeGetResources(fd);
	if (res && res->count_connectors)
		connector = drmModeGetConnector(fd, res->connectors[0]);
	if (!connector)
		return fail("modes", strerror(errno), NULL);
	for (i = 0; i < connector->count_modes; i++) {
		const drmModeModeInfo *mode = &connector->modes[i];

		printf("%ux%u  %u Hz%s\n", mode->hdisplay, mode->vdisplay,
		       mode->vrefresh, mode->type & DRM_MODE_TYPE_PREFERRED ?
		       "  preferred" : "");
	}
	drmModeFreeConnector(connector);
	drmModeFreeResources(res);
	close(fd);

	return 0;
}

/* Until Enter, a signal, or the time is over. */
static void wait_for_end(int seconds)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t wait;
	struct timespec timeout = { .tv_sec = seconds };
	/* What is typed is for us: not so in the background. */
	bool foreground = isatty(STDIN_FILENO) &&
			  tcgetpgrp(STDIN_FILENO) == getpgrp();

	stop_by_signals(&wait);
	if (!stopped)
		ppoll(&terminal, foreground,
		      seconds >= 0 ? &timeout : NULL, &wait);
	sigprocmask(SIG_SETMASK, &wait, NULL);
}

static bool parse_mode(const char *text, uint32_t *width, uint32_t *height)
{
	char rest;

	return sscanf(text, "%5ux%5u%c", width, height, &rest) == 2 &&
	       *width && *height;
}

static int find_mode(struct vidmem_session *session,
		     const struct options *options,
		     VIDEO_MODE_INFORMATION *found)
{
	VIDEO_MODE_INFORMATION *modes;
	uint32_t i, status, width = 0, height = 0;
	VIDEO_NUM_MODES count;

	if (options->mode)
		parse_mode(options->mode, &width, &height);

	status = vidmem_request(session, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
				NULL, 0, &count, sizeof(count), NULL);
	if (status)
		return fail_status("query modes", status);
	if (!count.NumModes)
		return fail("query modes", "no mode fits into the free video "
			    "memory", "See vidmemctl info.");
	modes = calloc(count.NumModes, sizeof(*modes));
	if (!modes)
		return fail("query modes", strerror(errno), NULL);
	status = vidmem_request(session, IOCTL_VIDEO_QUERY_AVAIL_MODES, NULL,
				0, modes, count.NumModes * sizeof(*modes),
				NULL);
	if (status) {
		free(modes);
		return fail_status("query modes", status);
	}

	/* The preferred one comes first. Pictures are drawn in 32 bits. */
	for (i = 0; i < count.NumModes; i++) {
		if (modes[i].BitsPerPlane != 32)
			continue;
		if (!options->mode || (modes[i].VisScreenWidth == width &&
				       modes[i].VisScreenHeight == height))
			break;
	}
	if (i < count.NumModes)
		*found = modes[i];
	free(modes);
	if (i == count.NumModes)
		return fail("mode", "the adapter has no such mode, or too "
			    "little free video memory for it",
			    "See vidmemctl modes.");

	return 0;
}

/* Whether another program has the display of this open device. */
static bool is_taken(int fd)
{
	return !drmIsMaster(fd) && drmSetMaster(fd);
}

static int show(struct vidmem_session *session, int fd,
		const struct options *options, const struct picture *picture,
		const char *file)
{
	VIDEO_MEMORY_INFORMATION memory;
	VIDEO_MODE_INFORMATION mode = { 0 };
	VIDEO_MEMORY address = { NULL };
	VIDEO_MODE request;
	uint32_t status;

	if (find_mode(session, options, &mode))
		return 1;
	request.RequestedMode = mode.ModeIndex;
	status = vidmem_request(session, IOCTL_VIDEO_SET_CURRENT_MODE,
				&request, sizeof(request), NULL, 0, NULL);
	/* A session without memory of its own does not get as far as that. */
	if (status == ERROR_NOT_ENOUGH_MEMORY && is_taken(fd))
		status = ERROR_BUSY;
	if (status)
		return fail_status("set mode", status);

	status = vidmem_request(session, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
				&address, sizeof(address), &memory,
				sizeof(memory), NULL);
	if (status)
		return fail_status("map video memory", status);
	picture_draw(picture, memory.FrameBufferBase, mode.VisScreenWidth,
		     mode.VisScreenHeight, mode.ScreenStride);

	printf("showing %s at %ux%u%s\n", file, mode.VisScreenWidth,
	       mode.VisScreenHeight, options->seconds < 0 ?
	       "; Enter or Ctrl-C ends it" : "");
	fflush(stdout);
	wait_for_end(options->seconds);

	address.RequestedVirtualAddress = memory.VideoRamBase;
	status = vidmem_request(session, IOCTL_VIDEO_UNMAP_VIDEO_MEMORY,
				&address, sizeof(address), NULL, 0, NULL);
	if (status)
		return fail_status("unmap video memory", status);

	return 0;
}

static int cmd_show(const struct options *options, char **args)
{
	struct vidmem_session *session;
	uint32_t status, width, height;
	struct picture picture;
	int fd, ret;

	if (options->mode && !parse_mode(options->mode, &width, &height))
		return wrong("not WIDTHxHEIGHT", options->mode);
	if (picture_load(&picture, args[0]))
		return 1;
	fd = open_device(options->device);
	if (fd < 0) {
		picture_free(&picture);
		return 1;
	}

	status = vidmem_session_new(fd, 0, &session);
	if (status) {
		ret = fail_status("take video memory", status);
	} else {
		ret = show(session, fd, options, &picture, args[0]);
		vidmem_session_close(session);
	}
	close(fd);
	picture_free(&picture);

	return ret;
}

static int cmd_screenshot(const struct options *options, char **args)
{
	int fd = open_device(options->device);
	struct vidmem_device *dev;
	struct picture picture;
	const char *reason;
	int ret;

	if (fd < 0)
		return 1;
	ret = vidmem_device_new(fd, &dev);
	if (ret)
		return fail_open(options->device, -ret);

	reason = screenshot_take(dev, &picture);
	if (reason)
		ret = fail("screenshot", reason, NULL);
	else
		ret = picture_save(&picture, args[0]) ? 1 : 0;
	picture_free(&picture);
	vidmem_device_del(dev);
	close(fd);

	return ret;
}

#ifndef HAVE_VNC
int cmd_vnc(const struct options *options, char **args)
{
	(void)options;
	(void)args;
	return fail("vnc", "built without libvncserver",
		    "Install libvncserver-dev and run make.");
}
#endif

#ifndef HAVE_SDL
int cmd_view(const struct options *options, char **args)
{
	(void)options;
	(void)args;
	return fail("view", "built without SDL", "Install libsdl2-dev and run make.");
}
#endif

static const struct {
	const char *name;
	int (*run)(const struct options *options, char **args);
	int needs, takes;
	const char *what;
} commands[] = {
	{ "list",	cmd_list,		0, 0, NULL },
	{ "info",	cmd_info,		0, 0, NULL },
	{ "vram",	cmd_vram,		0, 0, NULL },
	{ "top",	cmd_top,		0, 0, NULL },
	{ "modes",	cmd_modes,		0, 0, NULL },
	{ "show",	cmd_show,		1, 1, "needs a file name" },
	{ "screenshot",	cmd_screenshot,		1, 1, "needs a file name" },
	{ "vnc",	cmd_vnc,		0, 0, NULL },
	{ "view",	cmd_view,		0, 1, NULL },
	{ "record",	cmd_record,		1, 1, "needs a file name" },
	{ "add",	displays_add,		1, 1, "needs a name" },
	{ "remove",	displays_remove,	1, 1, "needs a name" },
	{ "plug",	displays_plug,		1, 1, "needs a name" },
	{ "unplug",	displays_unplug,	1, 1, "needs a name" },
	{ "edid",	displays_edid,		2, 2, "needs a name and a file name" },
};

static int run_command(const struct options *options, int argc, char **argv)
{
	size_t i;

	if (!argc)
		return wrong("no command", NULL);

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		if (argc - 1 < commands[i].needs)
			return wrong(commands[i].what, argv[0]);
		if (argc - 1 > commands[i].takes)
			return wrong("unexpected argument",
				     argv[1 + commands[i].takes]);
		return commands[i].run(options, argv + 1);
	}

	return wrong("unknown command", argv[0]);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "device",	required_argument,	NULL, 'd' },
		{ "mode",	required_argument,	NULL, 'm' },
		{ "seconds",	required_argument,	NULL, 't' },
		{ "vram",	required_argument,	NULL, 'v' },
		{ "edid",	required_argument,	NULL, 'e' },
		{ "desktop",	no_argument,		NULL, 'D' },
		{ "listen",	required_argument,	NULL, 'l' },
		{ "password-file", required_argument,	NULL, 'p' },
		{ "input",	no_argument,		NULL, 'i' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	struct options options = {
		.device = "0",
		.seconds = -1,
		.listen = "127.0.0.1:5900",
	};
	int option;
	char rest;

	while ((option = getopt_long(argc, argv, "d:m:t:hV", longs,
				     NULL)) != -1) {
		switch (option) {
		case 'd':
			options.device = optarg;
			break;
		case 'm':
			options.mode = optarg;
			break;
		case 'v':
			options.vram = optarg;
			break;
		case 'e':
			options.edid = optarg;
			break;
		case 'D':
			options.desktop = true;
			break;
		case 't':
			if (sscanf(optarg, "%6d%c", &options.seconds,
				   &rest) != 1 || options.seconds < 0)
				return wrong("not a number of seconds",
					     optarg);
			break;
		case 'l':
			options.listen = optarg;
			break;
		case 'p':
			options.password_file = optarg;
			break;
		case 'i':
			options.input = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 'V':
			puts("vidmemctl " VERSION);
			return 0;
		default:
			fputs("Try 'vidmemctl --help'.\n", stderr);
			return 2;
		}
	}

	return run_command(&options, argc - optind, argv + optind);
}
