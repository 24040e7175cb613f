// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What mappings and displays cost: vidmem beside the other DRM drivers that this machine
 * has, and beside a memfd. Prints CSV. A benchmark is no test: it fails only
 * where something cannot be done at all.
 *
 * Meant for a machine whose clock counts instructions, see vm/bench.py. On any
 * other it tells the time.
 */

#include <getopt.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <linux/capability.h>
#include <linux/netlink.h>

#include "vidmem_calls.h"

/* Without a call. */
#define PAGE_BYTES	4096ul
#define MAX_ROUNDS	101
#define MAX_CARDS	16

#define WIDTH		1920
#define HEIGHT		1080
/* The picture is a dumb buffer of this size where the driver makes its own. */
#define PICTURE		(WIDTH * HEIGHT * 4ul)

struct subject;

struct buffer {
	int fd;
	uint32_t handle;
	uint32_t pitch;
	uint64_t size;
};

struct ways {
	struct buffer (*create)(const struct subject *subject, uint64_t size);
	void *(*map)(const struct subject *subject,
		     const struct buffer *buffer);
	void (*unmap)(const struct buffer *buffer, void *base);
	void (*free)(const struct buffer *buffer);
};

struct subject {
	const char *name;
	const struct ways *ways;
	int fd;
	unsigned int map_flags;
};

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void request(int fd, unsigned long number, void *args, const char *name)
{
	if (drmIoctl(fd, number, args))
		die(name);
}

static struct buffer create_vidmem(const struct subject *subject,
				   uint64_t size)
{
	struct drm_vidmem_create args = { .size = size };

	request(subject->fd, DRM_IOCTL_VIDMEM_CREATE, &args, "CREATE");
	return (struct buffer){ subject->fd, args.handle, WIDTH * 4, size };
}

static void *map_vidmem(const struct subject *subject,
			const struct buffer *buffer)
{
	struct drm_vidmem_map_video_memory args = {
		.handle = buffer->handle,
		.flags = subject->map_flags,
	};

	request(buffer->fd, DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, &args, "MAP");
	return (void *)(uintptr_t)args.video_ram_base;
}

static void unmap_vidmem(const struct buffer *buffer, void *base)
{
	struct drm_vidmem_unmap_video_memory args = {
		.requested_virtual_address = (uintptr_t)base,
	};

	request(buffer->fd, DRM_IOCTL_VIDMEM_UNMAP_VIDEO_MEMORY, &args,
		"UNMAP");
}

static void gem_free(const struct buffer *buffer)
{
	struct drm_gem_close args = { .handle = buffer->handle };

	request(buffer->fd, DRM_IOCTL_GEM_CLOSE, &args, "GEM_CLOSE");
}

static const struct ways vidmem_ways = {
	create_vidmem, map_vidmem, unmap_vidmem, gem_free,
};

/* Lines of 4096 bytes, so that the size comes out as asked for. */
static struct buffer dumb_create(const struct subject *subject, uint64_t size)
{
	struct drm_mode_create_dumb args = {
		.width = 1024, .height = size / PAGE_BYTES, .bpp = 32,
	};

	if (size == PICTURE) {
		args.width = WIDTH;
		args.height = HEIGHT;
	}
	request(subject->fd, DRM_IOCTL_MODE_CREATE_DUMB, &args, "CREATE_DUMB");
	return (struct buffer){ subject->fd, args.handle, args.pitch, size };
}

static void *dumb_map(const struct subject *subject,
		      const struct buffer *buffer)
{
	struct drm_mode_map_dumb args = { .handle = buffer->handle };
	void *base;

	request(buffer->fd, DRM_IOCTL_MODE_MAP_DUMB, &args, "MAP_DUMB");
	base = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    buffer->fd, args.offset);
	if (base == MAP_FAILED)
		die("mmap");
	return base;
}

static void plain_unmap(const struct buffer *buffer, void *base)
{
	if (munmap(base, buffer->size))
		die("munmap");
}

static const struct ways dumb_ways = {
	dumb_create, dumb_map, plain_unmap, gem_free,
};

static struct buffer memfd_create_buffer(const struct subject *subject,
					 uint64_t size)
{
	struct buffer buffer = { memfd_create("bench", MFD_CLOEXEC) };

	buffer.size = size;
	if (buffer.fd < 0 || ftruncate(buffer.fd, size))
		die("memfd");
	return buffer;
}

static void *memfd_map(const struct subject *subject,
		       const struct buffer *buffer)
{
	void *base = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | subject->map_flags, buffer->fd, 0);

	if (base == MAP_FAILED)
		die("mmap");
	return base;
}

static void memfd_free(const struct buffer *buffer)
{
	close(buffer->fd);
}

static const struct ways memfd_ways = {
	memfd_create_buffer, memfd_map, plain_unmap, memfd_free,
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median(uint64_t *values, int count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

static void report(const struct subject *subject, const char *operation,
		   uint64_t size, uint64_t *values, int count,
		   const char *unit)
{
	printf("%s,%s,%llu,%llu,%s\n", subject->name, operation,
	       (unsigned long long)size,
	       (unsigned long long)median(values, count), unit);
	fflush(stdout);
}

/* Map, write a word in each of the first @touched bytes' pages, unmap. */
static void bench_map(const struct subject *subject, uint64_t size,
		      uint64_t touched, const char *prefix, int rounds)
{
	struct buffer buffer = subject->ways->create(subject, size);
	uint64_t results[5][MAX_ROUNDS];
	static const char * const names[] = {
		"map", "touch", "unmap", "total", "faults",
	};
	int i, round;

	/* The first one is for the driver to get the memory. */
	for (round = -1; round < rounds; round++) {
		int slot = round < 0 ? 0 : round;
		uint64_t times[4], before = faults();
		volatile char *base;
		uint64_t offset;

		times[0] = now();
		base = subject->ways->map(subject, &buffer);
		times[1] = now();
		for (offset = 0; offset < touched; offset += PAGE_BYTES)
			*(volatile uint32_t *)(base + offset) = round;
		times[2] = now();
		subject->ways->unmap(&buffer, (void *)base);
		times[3] = now();
		for (i = 0; i < 3; i++)
			results[i][slot] = times[i + 1] - times[i];
		results[3][slot] = times[3] - times[0];
		results[4][slot] = faults() - before;
	}

	for (i = 0; i < 5; i++) {
		char operation[32];

		snprintf(operation, sizeof(operation), "%s%s", prefix,
			 names[i]);
		report(subject, operation, size, results[i], rounds,
		       i < 4 ? "ns" : "");
	}
	subject->ways->free(&buffer);
}

/*
 * Map and unmap a page again and again, with @others mappings of the same kind
 * around. What it costs goes up and down with the shape of the kernel's tree of
 * mappings, so a page of another kind comes in before each round, and the
 * second time after that is measured.
 */
static void bench_round_trip(const struct subject *subject, int others)
{
	struct buffer buffer = subject->ways->create(subject, PAGE_BYTES);
	void **bases = calloc(others, sizeof(*bases));
	void *pages[MAX_ROUNDS];
	uint64_t results[MAX_ROUNDS];
	char operation[32];
	int i, round;

	for (i = 0; i < others; i++)
		bases[i] = subject->ways->map(subject, &buffer);
	for (round = 0; round < MAX_ROUNDS; round++) {
		uint64_t start;

		pages[round] = mmap(NULL, PAGE_BYTES, round & 1 ? PROT_READ :
				    PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				    0);
		subject->ways->unmap(&buffer,
				     subject->ways->map(subject, &buffer));
		start = now();
		subject->ways->unmap(&buffer,
				     subject->ways->map(subject, &buffer));
		results[round] = now() - start;
	}
	for (round = 0; round < MAX_ROUNDS; round++)
		munmap(pages[round], PAGE_BYTES);
	for (i = 0; i < others; i++)
		subject->ways->unmap(&buffer, bases[i]);

	snprintf(operation, sizeof(operation), "round_trip_%d", others);
	report(subject, operation, PAGE_BYTES, results, MAX_ROUNDS, "ns");
	free(bases);
	subject->ways->free(&buffer);
}

static void bench_create(const struct subject *subject, const char *operation,
			 uint64_t size, int rounds)
{
	uint64_t results[MAX_ROUNDS];
	int round;

	for (round = -1; round < rounds; round++) {
		uint64_t start = now();
		struct buffer buffer = subject->ways->create(subject, size);

		subject->ways->free(&buffer);
		if (round >= 0)
			results[round] = now() - start;
	}
	report(subject, operation, size, results, rounds, "ns");
}

/*
 * Create and map, when what was freed before has had the time to be cleared. On the
 * clock of instructions a second of sleep is over at once.
 */
static void bench_create_map(const struct subject *subject, uint64_t size)
{
	uint64_t results[MAX_ROUNDS];
	int round;

	for (round = 0; round < 5; round++) {
		struct buffer buffer;
		uint64_t start;
		void *base;

		sleep(1);
		start = now();
		buffer = subject->ways->create(subject, size);
		base = subject->ways->map(subject, &buffer);
		results[round] = now() - start;
		memset(base, 1, size);
		subject->ways->unmap(&buffer, base);
		subject->ways->free(&buffer);
	}
	report(subject, "create_map", size, results, 5, "ns");
}

/* How large an object could be. */
static void bench_largest_free(const struct subject *subject, const char *operation)
{
	struct drm_vidmem_get_param largest = {
		.param = DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE,
	};
	uint64_t results[MAX_ROUNDS], start;
	int round;

	for (round = 0; round < MAX_ROUNDS; round++) {
		start = now();
		request(subject->fd, DRM_IOCTL_VIDMEM_GET_PARAM, &largest,
			"GET_PARAM");
		results[round] = now() - start;
	}
	report(subject, operation, PAGE_BYTES, results, MAX_ROUNDS, "ns");
}

/* A page, with @others objects of a page around, and with @holes between them. */
static void bench_create_beside(const struct subject *subject, int others,
				bool holes)
{
	struct buffer *buffers = calloc(others, sizeof(*buffers));
	char operation[32], beside[16];
	int i;

	for (i = 0; i < others; i++)
		buffers[i] = subject->ways->create(subject, PAGE_BYTES);
	for (i = 0; holes && i < others; i += 2)
		subject->ways->free(&buffers[i]);
	sleep(5);
	snprintf(beside, sizeof(beside), "%s%d", holes ? "holes_" : "",
		 holes ? others / 2 : others);
	snprintf(operation, sizeof(operation), "create_free_%s", beside);
	bench_create(subject, operation, PAGE_BYTES, MAX_ROUNDS);
	snprintf(operation, sizeof(operation), "largest_free_%s", beside);
	bench_largest_free(subject, operation);
	for (i = holes; i < others; i += 1 + holes)
		subject->ways->free(&buffers[i]);
	free(buffers);
	sleep(5);
}

/* Ask the virtual machine for a picture of the display. */
static void take_picture(const char *name)
{
	const char *control = getenv("VIDMEM_CONTROL");
	char answer[16];
	int fd;

	if (!control)
		return;
	fd = open(control, O_RDWR | O_NOCTTY);
	if (fd < 0)
		die(control);
	dprintf(fd, "screendump bench-%s %s\n", name, name);
	if (read(fd, answer, sizeof(answer)) <= 0)
		die("screendump");
	close(fd);
}

/* A picture that differs from round to round. */
static uint32_t pixel(int round, int x, int y)
{
	return round * 0x102030 + x * 0x10000 / WIDTH * 0x100 +
	       y * 0x100 / HEIGHT;
}

/* The display of a subject, and what it can show. */
struct screen {
	int fd;
	drmModeRes *resources;
	drmModeConnector *connector;
};

static void screen_open(struct screen *screen, int fd)
{
	screen->fd = fd;
	screen->resources = drmModeGetResources(fd);
	if (!screen->resources || !screen->resources->count_connectors)
		die("no connector");
	screen->connector =
		drmModeGetConnector(fd, screen->resources->connectors[0]);
	if (!screen->connector)
		die("GETCONNECTOR");
}

static drmModeModeInfo *screen_mode(struct screen *screen, int width, int height)
{
	drmModeConnector *connector = screen->connector;
	int i;

	for (i = 0; i < connector->count_modes; i++)
		if (connector->modes[i].hdisplay == width &&
		    connector->modes[i].vdisplay == height)
			return &connector->modes[i];
	fprintf(stderr, "bench: no mode of %dx%d\n", width, height);
	exit(1);
}

static void screen_show(struct screen *screen, uint32_t frame_buffer,
			drmModeModeInfo *mode)
{
	if (drmModeSetCrtc(screen->fd, screen->resources->crtcs[0],
			   frame_buffer, 0, 0,
			   &screen->connector->connector_id, 1, mode))
		die("SETCRTC");
}

static void screen_close(struct screen *screen)
{
	drmModeSetCrtc(screen->fd, screen->resources->crtcs[0], 0, 0, 0, NULL,
		       0, NULL);
	drmModeFreeConnector(screen->connector);
	drmModeFreeResources(screen->resources);
}

static uint32_t add_frame_buffer(const struct buffer *buffer)
{
	uint32_t frame_buffer;

	if (drmModeAddFB(buffer->fd, WIDTH, HEIGHT, 24, 32, buffer->pitch,
			 buffer->handle, &frame_buffer))
		die("ADDFB");

	return frame_buffer;
}

/*
 * Whatever the processor does meanwhile, in any process and in none, by how much is
 * left to a program that takes all that nobody else wants. Waiting costs nothing.
 */
struct load {
	pid_t idler;
	clockid_t clock;
	uint64_t start, idle;
};

static uint64_t idle_time(const struct load *load)
{
	struct timespec spec;

	if (clock_gettime(load->clock, &spec))
		die("the idler's clock");
	return spec.tv_sec * 1000000000ull + spec.tv_nsec;
}

static void load_begin(struct load *load)
{
	const struct sched_param none = { 0 };
	volatile unsigned long counter = 0;

	load->idler = fork();
	if (!load->idler) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (sched_setscheduler(0, SCHED_IDLE, &none))
			_exit(1);
		for (;;)
			counter++;
	}
	if (load->idler < 0 ||
	    clock_getcpuclockid(load->idler, &load->clock))
		die("fork");
	usleep(100000);
	load->start = now();
	load->idle = idle_time(load);
}

static uint64_t load_end(struct load *load)
{
	uint64_t idle = idle_time(load) - load->idle;
	uint64_t busy = now() - load->start - idle;

	kill(load->idler, SIGKILL);
	waitpid(load->idler, NULL, 0);

	return busy;
}

static void wait_for_flip(int fd)
{
	drmEventContext events = { .version = 2 };

	if (drmHandleEvent(fd, &events))
		die("no event");
}

#define FRAMES	60

static void bench_flip(const struct subject *subject, const char *operation,
		       uint32_t crtc, const uint32_t *frame_buffers)
{
	struct load load;
	uint64_t busy;
	int i;

	load_begin(&load);
	for (i = 0; i < FRAMES; i++) {
		if (drmModePageFlip(subject->fd, crtc, frame_buffers[i % 2 ^ 1],
				    DRM_MODE_PAGE_FLIP_EVENT, NULL))
			die("PAGE_FLIP");
		wait_for_flip(subject->fd);
	}
	busy = load_end(&load) / FRAMES;
	report(subject, operation, PICTURE, &busy, 1, "ns");
}

/* Flips between dumb buffers in system memory, as video memory had no room for them. */
static void bench_flip_copied(const struct subject *subject, struct screen *screen)
{
	drmModeModeInfo *mode = screen_mode(screen, WIDTH, HEIGHT);
	uint64_t room = PICTURE + MiB - PICTURE % MiB;
	struct drm_vidmem_get_param largest = {
		.param = DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE,
	};
	struct buffer filling[64], buffers[2];
	uint32_t frame_buffers[2];
	int i, count;

	for (count = 0; count < 64; count++) {
		request(subject->fd, DRM_IOCTL_VIDMEM_GET_PARAM, &largest,
			"GET_PARAM");
		if (largest.value < PICTURE)
			break;
		filling[count] = create_vidmem(subject, largest.value < room ?
					       largest.value : room);
	}
	for (i = 0; i < 2; i++) {
		buffers[i] = dumb_create(subject, PICTURE);
		frame_buffers[i] = add_frame_buffer(&buffers[i]);
	}
	/* Where they are copied to, when it has been cleared. */
	gem_free(&filling[0]);
	sleep(2);
	screen_show(screen, frame_buffers[0], mode);
	bench_flip(subject, "flip_copied", screen->resources->crtcs[0], frame_buffers);
	for (i = 0; i < 2; i++) {
		drmModeRmFB(subject->fd, frame_buffers[i]);
		gem_free(&buffers[i]);
	}
	while (--count)
		gem_free(&filling[count]);
}

static void compose(const struct subject *subject, const struct writeback *writeback,
		    uint32_t crtc, uint32_t target, uint32_t flags)
{
	drmVBlank next = {
		.request = { .type = DRM_VBLANK_RELATIVE, .sequence = 1 },
	};

	errno = write_back(subject->fd, writeback, crtc, target, flags);
	if (errno)
		die("writeback");
	/* vkms loses one that is asked for as soon as the last is there. */
	if (drmWaitVBlank(subject->fd, &next))
		die("WAIT_VBLANK");
}

/* Frames composed into another buffer, where the display does that. */
static void bench_composed(const struct subject *subject, uint32_t crtc, uint32_t target)
{
	struct writeback writeback;
	struct load load;
	uint64_t busy;
	int i;

	if (!find_writeback(subject->fd, &writeback))
		return;
	compose(subject, &writeback, crtc, target, DRM_MODE_ATOMIC_ALLOW_MODESET);
	load_begin(&load);
	for (i = 0; i < FRAMES; i++)
		compose(subject, &writeback, crtc, target, 0);
	busy = load_end(&load) / FRAMES;
	report(subject, "composed", PICTURE, &busy, 1, "ns");
}

/* How often the processor's timer has interrupted it. */
static uint64_t timer_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	unsigned long long count = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file) &&
	       sscanf(line, " LOC: %llu", &count) != 1)
		;
	if (!file || !count)
		die("/proc/interrupts");
	fclose(file);

	return count;
}

/* Nobody draws, looks or waits for anything: what interrupts is not for a program. */
static void bench_idle(const struct subject *subject, const char *operation)
{
	uint64_t before, count;

	/* Vertical blanks are kept for some seconds after the last who waited. */
	sleep(7);
	before = timer_interrupts();
	sleep(10);
	count = timer_interrupts() - before;
	report(subject, operation, 0, &count, 1, "count");
}

/* What a display costs that is used, each operation FRAMES times. */
static void bench_display(const struct subject *subject)
{
	drmModeClip clip = { 100, 100, 164, 164 };
	struct buffer buffers[2], image;
	uint32_t frame_buffers[2];
	drmModeModeInfo *mode, *other;
	struct screen screen;
	struct load load;
	uint64_t busy;
	uint32_t crtc;
	int i;

	screen_open(&screen, subject->fd);
	crtc = screen.resources->crtcs[0];
	mode = screen_mode(&screen, WIDTH, HEIGHT);
	other = screen_mode(&screen, 1024, 768);
	for (i = 0; i < 2; i++) {
		buffers[i] = dumb_create(subject, PICTURE);
		frame_buffers[i] = add_frame_buffer(&buffers[i]);
	}
	screen_show(&screen, frame_buffers[0], mode);
	bench_idle(subject, "idle_on");

	bench_flip(subject, "flip", crtc, frame_buffers);

	load_begin(&load);
	for (i = 0; i < FRAMES; i++)
		if (drmModeDirtyFB(subject->fd, frame_buffers[0], &clip, 1) &&
		    errno != ENOSYS)
			die("DIRTYFB");
	busy = load_end(&load) / FRAMES;
	report(subject, "dirty", 64 * 64 * 4, &busy, 1, "ns");

	load_begin(&load);
	for (i = 0; i < FRAMES; i++)
		screen_show(&screen, frame_buffers[0], i % 2 ? mode : other);
	busy = load_end(&load) / FRAMES;
	report(subject, "mode", PICTURE, &busy, 1, "ns");

	image = dumb_create(subject, 64 * PAGE_BYTES);
	if (!drmModeSetCursor(subject->fd, crtc, image.handle, 64, 64)) {
		drmModeMoveCursor(subject->fd, crtc, 100, 100);
		load_begin(&load);
		for (i = 0; i < FRAMES; i++)
			if (drmModeMoveCursor(subject->fd, crtc, 100 + i, 100))
				die("CURSOR");
		busy = load_end(&load) / FRAMES;
		report(subject, "cursor", 64 * 64 * 4, &busy, 1, "ns");
		bench_composed(subject, crtc, frame_buffers[1]);
		drmModeSetCursor(subject->fd, crtc, 0, 0, 0);
	}
	gem_free(&image);
	if (!strcmp(subject->name, "vidmem-pci"))
		bench_flip_copied(subject, &screen);

	screen_close(&screen);
	bench_idle(subject, "idle_off");
	for (i = 0; i < 2; i++) {
		drmModeRmFB(subject->fd, frame_buffers[i]);
		gem_free(&buffers[i]);
	}
}

/* A virtual display that is made while the machine runs, as a user would make it. */
struct making {
	const char *folder;
	/* What to make in it and what to link to what, and write; each ends by NULL. */
	const char *const *folders;
	const char *const (*links)[2];
	const char *const (*files)[2];
};

static const char *const no_folders[] = { NULL };
static const char *const no_links[][2] = { { NULL } };
static const char *const vidmem_files[][2] = { { "vram_mb", "16" }, { NULL } };
static const struct making vidmem_making = {
	"/sys/kernel/config/vidmem/bench", no_folders, no_links, vidmem_files,
};

static const char *const vkms_folders[] = {
	"planes/p", "crtcs/c", "encoders/e", "connectors/k", NULL,
};
static const char *const vkms_links[][2] = {
	{ "crtcs/c", "planes/p/possible_crtcs/c" },
	{ "crtcs/c", "encoders/e/possible_crtcs/c" },
	{ "encoders/e", "connectors/k/possible_encoders/e" },
	{ NULL },
};
static const char *const vkms_files[][2] = { { "planes/p/type", "1" }, { NULL } };
static const struct making vkms_making = {
	"/sys/kernel/config/vkms/bench", vkms_folders, vkms_links, vkms_files,
};

static void path_in(const struct making *making, char *path, const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", making->folder, name);
}

static void write_in(const struct making *making, const char *name, const char *text)
{
	errno = write_file(making->folder, name, text);
	if (errno)
		die(name);
}

static void make_display(const struct making *making)
{
	char path[PATH_MAX], target[PATH_MAX];
	int i;

	if (mkdir(making->folder, 0755))
		die(making->folder);
	for (i = 0; making->folders[i]; i++) {
		path_in(making, path, making->folders[i]);
		if (mkdir(path, 0755))
			die(path);
	}
	for (i = 0; making->files[i][0]; i++)
		write_in(making, making->files[i][0], making->files[i][1]);
	for (i = 0; making->links[i][0]; i++) {
		path_in(making, target, making->links[i][0]);
		path_in(making, path, making->links[i][1]);
		if (symlink(target, path))
			die(path);
	}
	write_in(making, "enabled", "1");
}

static void unmake_display(const struct making *making)
{
	char path[PATH_MAX];
	int i;

	write_in(making, "enabled", "0");
	for (i = 0; making->links[i][0]; i++) {
		path_in(making, path, making->links[i][1]);
		unlink(path);
	}
	for (i = 0; making->folders[i]; i++)
		;
	while (i--) {
		path_in(making, path, making->folders[i]);
		rmdir(path);
	}
	if (rmdir(making->folder))
		die(making->folder);
}

static int listen_to_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("uevents");

	return fd;
}

/* Until the kernel says that there is a new card; opens it. */
static int open_new_card(int uevents)
{
	char event[4096], path[64];

	for (;;) {
		ssize_t size = recv(uevents, event, sizeof(event) - 1, 0);
		const char *word = event;
		int card = -1, fd;

		if (size < 0)
			die("uevents");
		event[size] = '\0';
		if (strncmp(event, "add@", 4))
			continue;
		for (; word < event + size; word += strlen(word) + 1)
			sscanf(word, "DEVNAME=dri/card%d", &card);
		if (card < 0)
			continue;
		snprintf(path, sizeof(path), "/dev/dri/card%d", card);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			die(path);
		return fd;
	}
}

/* From nothing to a picture, and back. */
static void bench_add(const struct subject *subject, const struct making *making)
{
	uint64_t added[5], removed[5];
	int uevents, i;

	uevents = listen_to_uevents();
	for (i = 0; i < 5; i++) {
		struct drm_mode_create_dumb dumb = {
			.width = 1024, .height = 768, .bpp = 32,
		};
		uint64_t start = now();
		struct screen screen;
		uint32_t frame_buffer;
		int fd;

		make_display(making);
		fd = open_new_card(uevents);
		request(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb, "CREATE_DUMB");
		if (drmModeAddFB(fd, 1024, 768, 24, 32, dumb.pitch, dumb.handle,
				 &frame_buffer))
			die("ADDFB");
		screen_open(&screen, fd);
		screen_show(&screen, frame_buffer, screen_mode(&screen, 1024, 768));
		added[i] = now() - start;

		screen_close(&screen);
		close(fd);
		start = now();
		unmake_display(making);
		removed[i] = now() - start;
	}
	close(uevents);
	report(subject, "add", 0, added, 5, "ns");
	report(subject, "remove", 0, removed, 5, "ns");
}

/* A frame buffer on display, drawn to from end to end. */
static void bench_redraw(const struct subject *subject, int rounds)
{
	uint64_t copied[MAX_ROUNDS], drawn[MAX_ROUNDS];
	struct buffer buffer = subject->ways->create(subject, PICTURE);
	struct screen screen;
	uint32_t frame_buffer;
	char *base, *ready;
	int x, y, round;

	frame_buffer = add_frame_buffer(&buffer);
	screen_open(&screen, subject->fd);
	screen_show(&screen, frame_buffer, screen_mode(&screen, WIDTH, HEIGHT));

	base = subject->ways->map(subject, &buffer);
	ready = aligned_alloc(PAGE_BYTES, PICTURE + PAGE_BYTES - PICTURE % PAGE_BYTES);
	for (round = -2; round < rounds; round++) {
		uint64_t start;
		int slot = round < 0 ? 0 : round;

		/* A picture that stands ready in memory. */
		for (y = 0; y < HEIGHT; y++)
			for (x = 0; x < WIDTH; x++)
				((uint32_t *)ready)[y * WIDTH + x] =
					pixel(round, x, y);
		start = now();
		for (y = 0; y < HEIGHT; y++)
			memcpy(base + (size_t)y * buffer.pitch,
			       ready + y * WIDTH * 4, WIDTH * 4);
		if (drmModeDirtyFB(subject->fd, frame_buffer, NULL, 0) &&
		    errno != ENOSYS)
			die("DIRTYFB");
		copied[slot] = now() - start;

		/* One that comes into being where it is shown. */
		start = now();
		for (y = 0; y < HEIGHT; y++) {
			uint32_t *line = (uint32_t *)(base + (size_t)y *
						      buffer.pitch);

			for (x = 0; x < WIDTH; x++)
				line[x] = round + x + y;
		}
		if (drmModeDirtyFB(subject->fd, frame_buffer, NULL, 0) &&
		    errno != ENOSYS)
			die("DIRTYFB");
		drawn[slot] = now() - start;
	}
	report(subject, "redraw_copy", PICTURE, copied, rounds, "ns");
	report(subject, "redraw_draw", PICTURE, drawn, rounds, "ns");
	if (strcmp(subject->name, "vidmem-virtual"))
		take_picture(subject->name);

	free(ready);
	screen_close(&screen);
	drmModeRmFB(subject->fd, frame_buffer);
	subject->ways->unmap(&buffer, base);
	subject->ways->free(&buffer);
}

static void bench(const struct subject *subject, bool display)
{
	static const int others[] = { 1, 1000, 10000 };
	int i;

	/* Nothing of what others have freed is still being cleared. */
	sleep(2);
	bench_map(subject, 4 * KiB, 4 * KiB, "", MAX_ROUNDS);
	bench_map(subject, 4 * MiB, 4 * MiB, "", 31);
	bench_map(subject, 64 * MiB, 64 * MiB, "", 9);
	bench_map(subject, 64 * MiB, PAGE_BYTES, "single_", 31);
	for (i = 0; i < 3; i++)
		bench_round_trip(subject, others[i]);
	bench_create(subject, "create_free", 4 * KiB, MAX_ROUNDS);
	bench_create(subject, "create_free", 4 * MiB, 9);
	bench_create(subject, "create_free", 64 * MiB, 3);
	bench_create_map(subject, 4 * KiB);
	bench_create_map(subject, 64 * MiB);
	if (display)
		bench_redraw(subject, 5);
}

/* By one without privileges, who may have no large pages of a PCI adapter. */
static void bench_as_user(const char *path)
{
	struct subject subject = {
		.name = "vidmem-pci-user", .ways = &vidmem_ways,
	};
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (syscall(SYS_capset, &header, none))
			die("capset");
		subject.fd = open(path, O_RDWR | O_CLOEXEC);
		if (subject.fd < 0)
			die(path);
		bench(&subject, false);
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("fork");
	if (status)
		exit(1);
}

static void bench_card(const char *path, int fd)
{
	struct drm_vidmem_get_param param = {
		.param = DRM_VIDMEM_PARAM_ADAPTER,
	};
	drmVersion *version = drmGetVersion(fd);
	struct subject subject = { .fd = fd };

	if (!version)
		die("VERSION");
	if (!strcmp(version->name, "vidmem")) {
		bool pci;

		request(fd, DRM_IOCTL_VIDMEM_GET_PARAM, &param, "GET_PARAM");
		pci = param.value == DRM_VIDMEM_ADAPTER_BOCHS;
		subject.ways = &vidmem_ways;
		subject.name = pci ? "vidmem-pci" : "vidmem-virtual";
		bench(&subject, true);
		bench_display(&subject);
		if (!pci) {
			/* Here is enough of it. */
			bench_create_beside(&subject, 1, false);
			bench_create_beside(&subject, 100000, false);
			bench_create_beside(&subject, 2 * 65536, true);
			bench_add(&subject, &vidmem_making);
		}
		subject.name = pci ? "vidmem-pci-populate" :
				     "vidmem-virtual-populate";
		subject.map_flags = DRM_VIDMEM_MAP_POPULATE;
		bench(&subject, false);
		if (pci)
			bench_as_user(path);
	} else if (!strcmp(version->name, "bochs-drm") ||
		   !strcmp(version->name, "vkms") ||
		   !strcmp(version->name, "vgem")) {
		subject.ways = &dumb_ways;
		subject.name = version->name;
		bench(&subject, !strcmp(version->name, "bochs-drm"));
		if (strcmp(version->name, "vgem"))
			bench_display(&subject);
		/* Where it can be made at any time. */
		if (!access("/sys/kernel/config/vkms", W_OK) &&
		    !strcmp(version->name, "vkms"))
			bench_add(&subject, &vkms_making);
	}
	drmFreeVersion(version);
}

int main(int argc, char **argv)
{
	struct subject memfd = { "memfd", &memfd_ways, -1, 0 };
	int i;

	if (argc > 1) {
		puts("usage: bench\n"
		     "Measure what mappings and displays of all DRM devices of vidmem, bochs-drm, vkms\n"
		     "and vgem cost, and what a memfd does. Needs root, and displays that nobody uses. Prints CSV:\n"
		     "driver,operation,size,value,unit");
		return strcmp(argv[1], "--help") ? 2 : 0;
	}

	for (i = 0; i < MAX_CARDS; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		bench_card(path, fd);
		close(fd);
	}

	bench(&memfd, false);
	memfd.name = "memfd-populate";
	memfd.map_flags = MAP_POPULATE;
	bench(&memfd, false);

	return 0;
}
