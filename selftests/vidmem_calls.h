/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VIDMEM_CALLS_H
#define VIDMEM_CALLS_H

/*
 * What the test programs do and ask. Each ioctl has a function that returns 0 or
 * the error number, so that a test reads as a sentence.
 *
 * The adapter under test is the device file in $VIDMEM_DEVICE, else the first
 * one there is.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/stat.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <vidmem_drm.h>
#include <vidmem_drmif.h>

#define KiB 1024ul
#define MiB (1024ul * KiB)
#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))

static inline int test_open(void)
{
	const char *path = getenv("VIDMEM_DEVICE");

	return path ? open(path, O_RDWR | O_CLOEXEC) : vidmem_open(0);
}

static inline int test_ioctl(int fd, unsigned long request, void *args)
{
	int ret;

	do
		ret = ioctl(fd, request, args);
	while (ret && errno == EINTR);

	return ret ? errno : 0;
}

static inline int test_map(int fd, struct drm_vidmem_map_video_memory *args)
{
	return test_ioctl(fd, DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, args);
}

static inline int test_unmap(int fd, uint64_t address)
{
	struct drm_vidmem_unmap_video_memory args = {
		.requested_virtual_address = address,
	};

	return test_ioctl(fd, DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY, &args);
}

static inline int test_create(int fd, uint64_t size, uint32_t *handle)
{
	struct drm_vidmem_create args = { .size = size };
	int ret = test_ioctl(fd, DRM_IOCTL_VIDMEM_CREATE, &args);

	*handle = args.handle;
	return ret;
}

static inline uint64_t test_param(int fd, uint64_t param)
{
	struct drm_vidmem_get_param args = { .param = param };

	if (test_ioctl(fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args))
		abort();
	return args.value;
}

static inline uint64_t vram_free(int fd)
{
	return test_param(fd, DRM_VIDMEM_PARAM_VRAM_FREE);
}

/*
 * The same, when what is under way has come to its end: a page flip tells of itself
 * a little before it lets go of the last frame buffer.
 */
static inline uint64_t vram_free_in_the_end(int fd, uint64_t want)
{
	int tries;

	for (tries = 0; vram_free(fd) != want && tries < 500; tries++)
		usleep(10000);
	return vram_free(fd);
}

/* Of what debugfs says of video memory, or -1. */
static inline long long debugfs_vram(int fd, const char *key)
{
	char path[64], line[128];
	long long value = -1;
	struct stat st;
	FILE *file;

	if (fstat(fd, &st))
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/vidmem_vram",
		 minor(st.st_rdev));
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		size_t length = strlen(key);

		if (!strncmp(line, key, length) && line[length] == ':')
			value = atoll(line + length + 1);
	}
	if (file)
		fclose(file);

	return value;
}

/* Whether what is free gets cleared in the background: then it lies as if it were new. */
static inline bool all_is_clear_in_the_end(int fd)
{
	int tries;

	for (tries = 0; tries < 3000 && debugfs_vram(fd, "waiting") > 0; tries++)
		usleep(10000);

	return !debugfs_vram(fd, "waiting");
}

/* A view of the whole object, or NULL. */
static inline void *map_whole(int fd, uint32_t handle)
{
	struct drm_vidmem_map_video_memory args = { .handle = handle };

	if (test_map(fd, &args))
		return NULL;
	return (void *)(uintptr_t)args.video_ram_base;
}

/* mmap(2) of the object by its offset, or NULL. */
static inline void *mmap_object(int fd, uint32_t handle, size_t size, int prot,
				int flags)
{
	struct drm_mode_map_dumb args = { .handle = handle };
	void *base;

	if (test_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &args))
		return NULL;
	base = mmap(NULL, size, prot, flags, fd, args.offset);
	return base == MAP_FAILED ? NULL : base;
}

/* To a file of the kernel's, in one piece. Returns 0 or the error number. */
static inline int write_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX + 16];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	ret = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return ret;
}

/* The name of the adapter's device, and the folder of its driver in sysfs. */
static inline bool find_driver(int fd, char device[64], char driver[PATH_MAX])
{
	char path[PATH_MAX], link[64];
	struct stat stat;

	if (fstat(fd, &stat))
		return false;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device", major(stat.st_rdev),
		 minor(stat.st_rdev));
	if (!realpath(link, path))
		return false;
	snprintf(device, 64, "%.60s", strrchr(path, '/') + 1);
	strcat(link, "/driver");

	return realpath(link, driver);
}

static inline bool kernel_is_at_least(int major, int minor)
{
	struct utsname name;
	int is_major, is_minor;

	return !uname(&name) &&
	       sscanf(name.release, "%d.%d", &is_major, &is_minor) == 2 &&
	       (is_major > major || (is_major == major && is_minor >= minor));
}

/* A free range of this size with a page behind it that nobody may touch. */
static inline char *free_range(size_t size)
{
	char *range = mmap(NULL, size + PAGE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (range == MAP_FAILED)
		abort();
	munmap(range, size);
	return range;
}

static sigjmp_buf fault_return;

static inline void fault_handler(int signal)
{
	siglongjmp(fault_return, signal);
}

/* The signal that an access gives: 0, SIGSEGV or SIGBUS. */
static inline int access_signal(volatile uint32_t *address, bool write)
{
	struct sigaction action = { .sa_handler = fault_handler };
	struct sigaction segv, bus;
	int ret;

	sigaction(SIGSEGV, &action, &segv);
	sigaction(SIGBUS, &action, &bus);
	ret = sigsetjmp(fault_return, 1);
	if (!ret) {
		uint32_t value = *address;

		if (write)
			*address = value;
	}
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGBUS, &bus, NULL);

	return ret;
}

#define read_signal(address) access_signal((void *)(uintptr_t)(address), false)
#define write_signal(address) access_signal((void *)(uintptr_t)(address), true)

/*
 * The mappings of this process, save for those that grow by themselves. Two
 * texts that are equal say that nothing was mapped or unmapped in between.
 */
struct maps {
	char text[64 * 1024];
};

static inline void read_maps(struct maps *maps)
{
	static char all[sizeof(maps->text)];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	char *line, *deleted, *rest = all;
	ssize_t n;

	while ((n = read(fd, all + length, sizeof(all) - 1 - length)) > 0)
		length += n;
	close(fd);
	all[length] = 0;
	maps->text[0] = 0;
	while ((line = strsep(&rest, "\n")))
		if (!strstr(line, "[heap]") && !strstr(line, "[stack]")) {
			/* Of the file's name, which others may take away. */
			deleted = strstr(line, " (deleted)");
			if (deleted)
				*deleted = '\0';
			strcat(maps->text, line);
			strcat(maps->text, "\n");
		}
}

/* Are they equal? If not, what is only in one of them goes to stderr. */
static inline bool same_maps(const struct maps *before,
			     const struct maps *after)
{
	const struct maps *in[2] = { before, after };
	static char copy[sizeof(before->text)];
	char *line, *rest;
	int i;

	if (!strcmp(before->text, after->text))
		return true;
	for (i = 0; i < 2; i++) {
		strcpy(copy, in[i]->text);
		rest = copy;
		while ((line = strsep(&rest, "\n")))
			if (!strstr(in[!i]->text, line))
				fprintf(stderr, "# %c%s\n", i ? '+' : '-', line);
	}
	return false;
}

/* Page faults of this process so far. */
static inline long fault_count(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* The faults that it takes to touch every page. */
static inline long faults_of(const struct drm_vidmem_map_video_memory *args)
{
	volatile char *base = (char *)(uintptr_t)args->video_ram_base;
	uint64_t offset, page = PAGE;
	long faults;

	/* None of this process's own, of code or stack. */
	if (mlockall(MCL_CURRENT))
		abort();
	faults = fault_count();
	for (offset = 0; offset < args->video_ram_length; offset += page) {
		if (args->flags & DRM_VIDMEM_MAP_READ_ONLY)
			base[offset];
		else
			base[offset] = 1;
	}
	faults = fault_count() - faults;
	munlockall();

	return faults;
}

/* The line of /proc/self/maps with this address: its permissions, or "". */
static inline const char *permissions(const void *address)
{
	static char found[8];
	static struct maps maps;
	char *line, *rest = maps.text;

	read_maps(&maps);
	found[0] = 0;
	while ((line = strsep(&rest, "\n"))) {
		unsigned long start, end;
		char perms[8];

		if (sscanf(line, "%lx-%lx %7s", &start, &end, perms) == 3 &&
		    (unsigned long)address >= start &&
		    (unsigned long)address < end)
			strcpy(found, perms);
	}
	return found;
}

/* The only connector and CRTC of an adapter, and its modes. */
struct display {
	uint32_t connector, crtc;
	drmModeConnectorPtr info;
};

static inline int get_display(int fd, struct display *display)
{
	drmModeResPtr res = drmModeGetResources(fd);

	if (!res || !res->count_connectors || !res->count_crtcs)
		return ENODEV;
	display->connector = res->connectors[0];
	display->crtc = res->crtcs[0];
	display->info = drmModeGetConnector(fd, display->connector);
	drmModeFreeResources(res);

	return display->info ? 0 : ENODEV;
}

static inline drmModeModeInfo *find_mode(struct display *display, int width,
					 int height)
{
	int i;

	for (i = 0; i < display->info->count_modes; i++)
		if (display->info->modes[i].hdisplay == width &&
		    display->info->modes[i].vdisplay == height)
			return &display->info->modes[i];

	return NULL;
}

static inline int add_fb(int fd, uint32_t handle, uint32_t width,
			 uint32_t height, uint32_t pitch, uint32_t offset,
			 uint32_t *fb)
{
	uint32_t handles[4] = { handle }, pitches[4] = { pitch },
		 offsets[4] = { offset };

	return -drmModeAddFB2(fd, width, height, DRM_FORMAT_XRGB8888, handles,
			      pitches, offsets, fb, 0);
}

/* The property of this name of an object of KMS, or 0. */
static inline uint32_t find_property(int fd, uint32_t object, uint32_t type,
				     const char *name)
{
	drmModeObjectPropertiesPtr all = drmModeObjectGetProperties(fd, object, type);
	uint32_t i, id = 0;

	for (i = 0; all && i < all->count_props; i++) {
		drmModePropertyPtr property = drmModeGetProperty(fd, all->props[i]);

		if (property && !strcmp(property->name, name))
			id = property->prop_id;
		drmModeFreeProperty(property);
	}
	drmModeFreeObjectProperties(all);
	return id;
}

/* The connector that writes into memory what is shown, and its properties. */
struct writeback {
	uint32_t connector, crtc_id, fb_id, fence_ptr;
};

static inline bool find_writeback(int fd, struct writeback *writeback)
{
	uint32_t type = DRM_MODE_OBJECT_CONNECTOR, id = 0;
	drmModeResPtr resources;
	int i;

	if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) ||
	    drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
		return false;
	resources = drmModeGetResources(fd);
	for (i = 0; resources && i < resources->count_connectors; i++) {
		drmModeConnectorPtr connector =
			drmModeGetConnectorCurrent(fd, resources->connectors[i]);

		if (connector &&
		    connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK)
			id = connector->connector_id;
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(resources);
	writeback->connector = id;
	writeback->crtc_id = find_property(fd, id, type, "CRTC_ID");
	writeback->fb_id = find_property(fd, id, type, "WRITEBACK_FB_ID");
	writeback->fence_ptr = find_property(fd, id, type,
					     "WRITEBACK_OUT_FENCE_PTR");
	return id;
}

/* A frame into @fb; returns when it is there. */
static inline int write_back(int fd, const struct writeback *writeback, uint32_t crtc,
			     uint32_t fb, uint32_t flags)
{
	struct pollfd fence = { .fd = -1, .events = POLLIN };
	drmModeAtomicReqPtr commit = drmModeAtomicAlloc();
	uint32_t connector = writeback->connector;
	int ret;

	drmModeAtomicAddProperty(commit, connector, writeback->crtc_id, crtc);
	drmModeAtomicAddProperty(commit, connector, writeback->fb_id, fb);
	drmModeAtomicAddProperty(commit, connector, writeback->fence_ptr,
				 (uintptr_t)&fence.fd);
	ret = -drmModeAtomicCommit(fd, commit, flags, NULL);
	drmModeAtomicFree(commit);
	if (ret)
		return ret;
	ret = poll(&fence, 1, 10000) == 1 ? 0 : ETIME;
	close(fence.fd);
	return ret;
}

static inline int set_crtc(int fd, struct display *display, uint32_t fb,
			   drmModeModeInfo *mode)
{
	return -drmModeSetCrtc(fd, display->crtc, fb, 0, 0,
			       &display->connector, mode ? 1 : 0, mode);
}

/* Whether the display can be looked at from outside; see display.c. */
static inline bool has_outside(void)
{
	return getenv("VIDMEM_CONTROL") && getenv("VIDMEM_SCREEN");
}

/* A request to the host; see Machine.serve() in vm/vm.py. Its answer, or "". */
__attribute__((format(printf, 1, 2)))
static inline const char *ask_host(const char *format, ...)
{
	static char answer[64];
	int fd = open(getenv("VIDMEM_CONTROL"), O_RDWR | O_NOCTTY);
	size_t got = 0;
	va_list args;
	char *end;

	va_start(args, format);
	vdprintf(fd, format, args);
	va_end(args);
	while (got < sizeof(answer) - 1 && read(fd, answer + got, 1) == 1 &&
	       answer[got] != '\n')
		got++;
	answer[got] = 0;
	end = strchr(answer, '\r');
	if (end)
		*end = 0;
	close(fd);
	return answer;
}

/*
 * What the display shows, seen from outside, as XRGB8888 with X 0. NULL if it
 * shows nothing of this size. To be freed.
 */
static inline uint32_t *take_screenshot(uint32_t width, uint32_t height)
{
	unsigned int wide, high;
	uint32_t *pixels = NULL;
	unsigned char *line;
	uint32_t x, y, pitch;
	struct stat info;
	FILE *file;

	if (strcmp(ask_host("screendump test\n"), "done"))
		return NULL;
	file = fopen("/out/test.ppm", "r");
	if (!file)
		return NULL;
	if (fscanf(file, "P6 %u %u 255", &wide, &high) == 2 &&
	    fgetc(file) == '\n' && wide == width && high == height &&
	    !fstat(fileno(file), &info)) {
		/* QEMU's lines are multiples of 4 bytes. */
		pitch = (info.st_size - ftell(file)) / height;
		line = malloc(pitch);
		pixels = malloc(4ul * width * height);
		for (y = 0; y < height; y++) {
			if (fread(line, 1, pitch, file) != pitch)
				abort();
			for (x = 0; x < width; x++)
				pixels[y * width + x] = line[3 * x] << 16 |
							line[3 * x + 1] << 8 |
							line[3 * x + 2];
		}
		free(line);
	}
	fclose(file);

	return pixels;
}

/* How wide the display is, seen from outside; 0 if it cannot be seen. */
static inline uint32_t take_screenshot_width(void)
{
	unsigned int wide = 0, high;
	FILE *file;

	if (strcmp(ask_host("screendump test\n"), "done"))
		return 0;
	file = fopen("/out/test.ppm", "r");
	if (!file)
		return 0;
	if (fscanf(file, "P6 %u %u 255", &wide, &high) != 2)
		wide = 0;
	fclose(file);

	return wide;
}

#endif /* VIDMEM_CALLS_H */
