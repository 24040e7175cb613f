// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The life of the module under use: adapters that come and go, the module that
 * is loaded and removed, sleep, and the end of the machine; while a program
 * draws into views, has a picture on display and a dma-buf exported, and the
 * console is on the adapter.
 *
 *   lifecycle PHASE...
 *
 * For the virtual machine alone: it takes adapters away from everybody, and
 * asks the host for what only the host can do. $VIDMEM_ROUNDS is how often
 * everything is done.
 */

#include <dirent.h>
#include <limits.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

#include "copier.h"
#include "vidmem_test.h"
#include "watch.h"

#define WIDTH 1024
#define HEIGHT 768
#define DRAWN (4 * MiB)
#define HELD (2 * MiB)
/* The words at the end of each page that the drawing thread leaves alone. */
#define SPARE 16

#define VIRTUAL_DEVICE "/sys/bus/platform/devices/vidmem-virtual.0"
#define VIRTUAL_DRIVER "/sys/bus/platform/drivers/vidmem-virtual"
#define PCI_DRIVER "/sys/bus/pci/drivers/vidmem"
#define FOLDER "/sys/kernel/config/vidmem/comes"
/* The second one: the first is that of the parameter. */
#define FOLDER_DEVICE "/sys/bus/platform/devices/vidmem-virtual.1"

static int rounds = 20, round_now, results;
static char pci[PATH_MAX];

/* Whatever is wrong ends the phase. */
#define NEED(what) do { \
	if (!(what)) { \
		printf("# round %d, line %d: %s (errno %d: %s)\n", round_now, \
		       __LINE__, #what, errno, strerror(errno)); \
		return false; \
	} \
} while (0)

#define NEED_EQ(want, is) do { \
	long long _want = (want), _is = (is); \
	if (_want != _is) { \
		printf("# round %d, line %d: %s is %lld, not %lld\n", \
		       round_now, __LINE__, #is, _is, _want); \
		return false; \
	} \
} while (0)

/* Until it is so. The host's limit of time ends it if it never is. */
#define WAIT(what) do { \
	while (!(what)) \
		usleep(1000); \
} while (0)

static bool put(const char *dir, const char *name, const char *text)
{
	char path[2 * PATH_MAX];
	ssize_t done;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text));
	close(fd);			/* succeeds, and leaves errno alone */
	return done == (ssize_t)strlen(text);
}

/* Lines of a file with one of these words in them. */
static int count_lines(const char *path, const char *word, const char *other)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	int count = 0;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		count += strstr(line, word) || (other && strstr(line, other));
	fclose(file);
	return count;
}

/*
 * Kernel mappings of any video memory, as each lives as long as the DRM device:
 * one more than before is a device that was not released. The kernel tells them
 * in pieces, and a line is left out when another before it goes in between (the
 * stack of a program that has ended, say): so a number is believed that was
 * expected, or that is read time and again.
 */
static int kernel_mappings(int expected)
{
	int count, last = expected, same = 0;

	for (;;) {
		count = count_lines("/proc/vmallocinfo", " vmap", " ioremap");
		same = count == last ? same + 1 : 0;
		if (count == expected || same == 20)
			return count;
		last = count;
		usleep(10000);
	}
}

/* So many as wanted, where the kernel does not tell. */
static int consoles(int want)
{
	return access("/proc/fb", F_OK) ? want :
	       count_lines("/proc/fb", "vidmem", NULL);
}

/* Device file of the adapter in this folder of sysfs. */
static bool card_of(const char *device, char *card)
{
	char path[PATH_MAX + 8];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/drm", device);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = sscanf(entry->d_name, "card%7[0-9]", card) == 1;
	closedir(dir);
	snprintf(path, sizeof(path), "/dev/dri/card%s", card);
	strcpy(card, path);
	return found && !access(card, R_OK | W_OK);
}

static bool pci_find(void)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *entry;
	char path[PATH_MAX];

	while (dir && !pci[0] && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/device",
			 entry->d_name);
		if (count_lines(path, "0x1111", NULL) == 1)
			snprintf(pci, sizeof(pci), "/sys/bus/pci/devices/%s",
				 entry->d_name);
	}
	closedir(dir);
	return pci[0];
}

/*
 * The user of an adapter: a picture on display, a view of it, another object
 * with a view, a mapping by mmap(2) of its dma-buf, and a thread that draws
 * into all three.
 */
struct user {
	struct vidmem_device *dev;
	uint32_t handle, drawn, pitch, fb;
	uint32_t *screen, *view, *shared;
	size_t screen_size;
	int fd, buf;
	uint64_t vram_free;
	struct display display;
	pthread_t thread;
	atomic_bool stop, still;
	atomic_ulong frames;
};

static void draw_one(struct user *u, uint32_t *at, size_t size)
{
	size_t page;

	for (page = 0; page < size && !u->stop; page += PAGE)
		memset((char *)at + page, u->frames, PAGE - 4 * SPARE);
}

static void *draw(void *data)
{
	struct user *u = data;

	while (!u->stop) {
		if (!u->still)
			draw_one(u, u->screen, u->screen_size);
		draw_one(u, u->view, DRAWN);
		draw_one(u, u->shared, DRAWN);
		u->frames++;
	}
	return NULL;
}

/* It goes on drawing, and all it has mapped can be written and read. */
static bool user_lives(struct user *u)
{
	uint32_t *all[] = { u->screen, u->view, u->shared };
	unsigned long frames = u->frames;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		size_t size = i ? DRAWN : u->screen_size;
		volatile uint32_t *last = all[i] + size / 4 - 1 - i;
		volatile uint32_t *first = all[i] + PAGE / 4 - 4 - i;

		*last = 0x600d0000 + i;
		NEED_EQ(0x600d0000 + i, *last);
		*first = 0x900d0000 + i;
		NEED_EQ(0x900d0000 + i, *first);
	}
	WAIT(u->frames > frames + 1);
	return true;
}

static int frame_buffer(struct user *u, uint32_t handle, uint32_t format,
			uint32_t *fb)
{
	uint32_t handles[4] = { handle }, pitches[4] = { u->pitch },
		 offsets[4] = { 0 };

	return drmModeAddFB2(u->fd, WIDTH, HEIGHT, format, handles, pitches,
			     offsets, fb, 0);
}

static bool user_start(struct user *u, const char *device, uint32_t format)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	struct drm_mode_create_dumb dumb = {
		.width = WIDTH, .height = HEIGHT,
		.bpp = format == DRM_FORMAT_C8 ? 8 : 32,
	};
	char card[PATH_MAX];
	uint64_t size = DRAWN;
	drmModeModeInfo *mode;

	memset(u, 0, sizeof(*u));
	NEED(card_of(device, card));
	u->fd = open(card, O_RDWR | O_CLOEXEC);
	NEED(u->fd >= 0);
	u->vram_free = vram_free(u->fd);
	NEED_EQ(0, vidmem_device_new(u->fd, &u->dev));

	NEED_EQ(0, test_ioctl(u->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	u->handle = dumb.handle;
	u->pitch = dumb.pitch;
	u->screen_size = dumb.size;
	NEED_EQ(0, frame_buffer(u, u->handle, format, &u->fb));
	NEED_EQ(0, get_display(u->fd, &u->display));
	mode = find_mode(&u->display, WIDTH, HEIGHT);
	NEED(mode);
	NEED_EQ(0, set_crtc(u->fd, &u->display, u->fb, mode));
	/* What is on display, by what it is. */
	NEED_EQ(0, vidmem_map(u->dev, &map));
	u->screen = (void *)(uintptr_t)map.video_ram_base;
	NEED_EQ(map.video_ram_base, map.frame_buffer_base);

	NEED_EQ(0, vidmem_create(u->dev, &size, &u->drawn));
	memset(&map, 0, sizeof(map));
	map.handle = u->drawn;
	NEED_EQ(0, vidmem_map(u->dev, &map));
	u->view = (void *)(uintptr_t)map.video_ram_base;
	NEED_EQ(0, drmPrimeHandleToFD(u->fd, u->drawn, DRM_CLOEXEC | DRM_RDWR,
				      &u->buf));
	u->shared = mmap(NULL, DRAWN, PROT_READ | PROT_WRITE, MAP_SHARED,
			 u->buf, 0);
	NEED(u->shared != MAP_FAILED);

	NEED_EQ(0, pthread_create(&u->thread, NULL, draw, u));
	return user_lives(u);
}

static void user_pause(struct user *u)
{
	u->stop = true;
	pthread_join(u->thread, NULL);
}

/* UNMAP by any address, with the adapter there or not. */
static bool user_end(struct user *u)
{
	user_pause(u);
	NEED_EQ(0, vidmem_unmap(u->dev, (char *)u->screen + 4097));
	NEED_EQ(SIGSEGV, read_signal(u->screen));
	NEED_EQ(-EINVAL, vidmem_unmap(u->dev, u->screen));
	NEED_EQ(0, vidmem_unmap(u->dev, u->view));
	NEED_EQ(SIGSEGV, read_signal(u->view + DRAWN / 4 - 1));
	NEED_EQ(0, read_signal(u->shared));
	NEED_EQ(0, munmap(u->shared, DRAWN));
	close(u->buf);
	drmModeFreeConnector(u->display.info);
	vidmem_device_del(u->dev);
	NEED_EQ(0, close(u->fd));
	return true;
}

/* A console that scrolls all the time, whatever it is on. */
static atomic_bool talk_stop;

static void *talk(void *unused)
{
	int fd = open("/dev/tty1", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	while (!talk_stop) {
		dprintf(fd, "The quick brown fox jumps over the lazy dog\r\n");
		usleep(2000);
	}
	close(fd);
	return NULL;
}

/* How an adapter goes, and how it comes back. */
struct way {
	bool (*gone)(const char *device);
	bool (*back)(const char *device);
};

static bool pci_unbind(const char *device)
{
	return put(PCI_DRIVER, "unbind", strrchr(device, '/') + 1);
}

static bool pci_bind(const char *device)
{
	return put(PCI_DRIVER, "bind", strrchr(device, '/') + 1);
}

static bool virtual_unbind(const char *device)
{
	return put(VIRTUAL_DRIVER, "unbind", strrchr(device, '/') + 1);
}

static bool virtual_bind(const char *device)
{
	return put(VIRTUAL_DRIVER, "bind", strrchr(device, '/') + 1);
}

static bool folder_remove(const char *device)
{
	return !rmdir(FOLDER) && access(device, F_OK);
}

static bool folder_make(const char *device)
{
	return !mkdir(FOLDER, 0755) && put(FOLDER, "enabled", "1");
}

static bool pci_remove(const char *device)
{
	return put(device, "remove", "1") && access(device, F_OK);
}

static bool pci_rescan(const char *device)
{
	return put("/sys/bus/pci", "rescan", "1");
}

/* $VIDMEM_HOTPLUG is as in QEMU's -device, with its id= as adapter. */
static bool unplug(const char *device)
{
	NEED_EQ(0, strcmp(ask_host("device_del adapter\n"), "done"));
	WAIT(access(device, F_OK));
	return true;
}

static bool plug(const char *device)
{
	char card[PATH_MAX];

	NEED_EQ(0, strcmp(ask_host("device_add %s\n",
				   getenv("VIDMEM_HOTPLUG")),
			  "done"));
	/* Its console is the last that it gets. */
	WAIT(card_of(device, card) && consoles(2) == 2);
	return true;
}

/*
 * A program that keeps DRM's modeset locks: it waits with them for a page that
 * nobody gives it. Meanwhile it does to its view what makes accesses fault.
 */
static void hold_locks(const char *card, int ready)
{
	int fd = open(card, O_RDWR | O_CLOEXEC);
	struct copier waits, faults;
	pthread_t thread;
	char *own, *drawn;
	int uffd;

	if (fd < 0 || !open_copier(&waits, fd, HELD) ||
	    !open_copier(&faults, fd, HELD))
		_exit(1);
	uffd = absent_page(&own);
	if (uffd < 0)
		_exit(1);
	drawn = map_whole(fd, waits.handle);
	if (!drawn)
		_exit(1);
	waits.own = own;
	pthread_create(&thread, NULL, copy_properties, &waits);
	pthread_create(&thread, NULL, copy_properties, &faults);
	if (!absent_page_asked(uffd) || write(ready, "r", 1) != 1)
		_exit(2);
	for (;;) {
		put("/proc/self", "clear_refs", "4");
		count_lines("/proc/self/smaps", "Rss", NULL);
		memset(drawn, 1, HELD);
	}
}

static pid_t start_holding(const char *device,
			   void (*hold)(const char *card, int ready))
{
	char card[PATH_MAX], byte;
	int ready[2];
	pid_t pid;

	if (!card_of(device, card) || pipe(ready))
		return -1;
	pid = fork();
	if (!pid)
		hold(card, ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		pid = -1;
	close(ready[0]);
	return pid;
}

/* Nobody but its end helps those who wait for the locks. */
static void *end_holding(void *pid)
{
	usleep(20000);
	kill((pid_t)(intptr_t)pid, SIGKILL);
	return NULL;
}

static bool gone_meanwhile(const char *device, const struct way *way)
{
	pid_t pid = start_holding(device, hold_locks);
	pthread_t thread;
	int status;

	NEED(pid > 0);
	NEED_EQ(0, pthread_create(&thread, NULL, end_holding,
				  (void *)(intptr_t)pid));
	NEED(way->gone(device));
	pthread_join(thread, NULL);
	NEED_EQ(pid, waitpid(pid, &status, 0));
	NEED_EQ(SIGKILL, status);
	return true;
}

static bool come_and_go(const char *device, const struct way *way)
{
	int mappings = kernel_mappings(0), fbs = consoles(1);
	uint64_t free_first = 0;
	struct user user;
	char card[PATH_MAX];

	NEED(fbs > 0);
	for (round_now = 1; round_now <= rounds; round_now++) {
		NEED_EQ(fbs, consoles(fbs));
		NEED(user_start(&user, device, DRM_FORMAT_XRGB8888));
		if (!free_first)
			free_first = user.vram_free;
		NEED_EQ(free_first, user.vram_free);

		NEED(gone_meanwhile(device, way));
		NEED(!card_of(device, card));
		NEED(user_lives(&user));
		/* Every other user outlives even the next adapter's coming. */
		if (round_now % 2)
			NEED(user_end(&user));
		NEED_EQ(fbs - 1, consoles(fbs - 1));
		NEED(way->back(device));
		if (round_now % 2 == 0) {
			NEED(user_lives(&user));
			NEED(user_end(&user));
		}
		NEED_EQ(mappings, kernel_mappings(mappings));
	}
	NEED(user_start(&user, device, DRM_FORMAT_XRGB8888));
	NEED_EQ(free_first, user.vram_free);
	return user_end(&user);
}

static bool phase_unbind(void)
{
	static const struct way way = { pci_unbind, pci_bind };

	return come_and_go(pci, &way);
}

/* Without the PCI adapter, so that the console is on the virtual one. */
static bool phase_unbind_virtual(void)
{
	static const struct way way = { virtual_unbind, virtual_bind };
	bool ok;

	NEED(pci_unbind(pci));
	ok = come_and_go(VIRTUAL_DEVICE, &way);
	NEED(pci_bind(pci));
	return ok;
}

struct connector_reader {
	int fd;
	uint32_t connector;
	char *own;
};

static void *read_connector(void *arg)
{
	struct connector_reader *reader = arg;
	struct drm_mode_get_connector args = {
		.count_modes = 1000,
		.connector_id = reader->connector,
		.modes_ptr = (uintptr_t)reader->own,
	};

	test_ioctl(reader->fd, DRM_IOCTL_MODE_GETCONNECTOR, &args);
	return NULL;
}

/* A program that keeps the lock of connectors, likewise. */
static void hold_connector(const char *card, int ready)
{
	struct connector_reader reader;
	struct display display;
	pthread_t thread;
	int uffd;

	reader.fd = open(card, O_RDWR | O_CLOEXEC);
	if (reader.fd < 0 || get_display(reader.fd, &display))
		_exit(1);
	reader.connector = display.connector;
	uffd = absent_page(&reader.own);
	if (uffd < 0)
		_exit(1);
	pthread_create(&thread, NULL, read_connector, &reader);
	if (!absent_page_asked(uffd) || write(ready, "r", 1) != 1)
		_exit(2);
	pthread_join(thread, NULL);
	_exit(3);
}

/* Until a child sleeps in this call. False if it ends before. */
static bool sleeps_in(pid_t pid, long call)
{
	char task[32], text[128];
	int status;

	snprintf(task, sizeof(task), "/proc/%d", pid);
	while (!waitpid(pid, &status, WNOHANG)) {
		char *end;

		watch_read(task, "syscall", text, sizeof(text));
		if (strtol(text, &end, 10) == call && end != text)
			return true;
		usleep(1000);
	}
	return false;
}

/*
 * Who plugs the screen in or out waits for a program that has DRM's locks, but ends when
 * it is told to, with nothing changed.
 */
static bool screen_can_wait(const char *device)
{
	pid_t holder = start_holding(device, hold_connector), waiter, reader;
	int status;

	NEED(holder > 0);
	waiter = fork();
	if (!waiter)
		_exit(!put(FOLDER, "plugged", "0"));
	NEED(sleeps_in(waiter, SYS_write));
	/* So does whoever waits for that one. */
	reader = fork();
	if (!reader)
		_exit(count_lines(FOLDER "/mode", "x", NULL));
	NEED(sleeps_in(reader, SYS_read));
	NEED_EQ(0, kill(reader, SIGTERM));
	NEED_EQ(reader, waitpid(reader, &status, 0));
	NEED_EQ(SIGTERM, status);
	NEED_EQ(0, kill(waiter, SIGTERM));
	NEED_EQ(waiter, waitpid(waiter, &status, 0));
	NEED_EQ(SIGTERM, status);
	NEED_EQ(1, count_lines(FOLDER "/plugged", "1", NULL));
	NEED_EQ(0, kill(holder, SIGKILL));
	NEED_EQ(holder, waitpid(holder, &status, 0));
	NEED(put(FOLDER, "plugged", "0"));
	NEED_EQ(1, count_lines(FOLDER "/plugged", "0", NULL));
	NEED(put(FOLDER, "plugged", "1"));
	return true;
}

/* The console waits for a screen, until the adapter goes; a client does not mind. */
static bool never_plugged(void)
{
	char card[PATH_MAX];
	int fd;

	NEED(!mkdir(FOLDER, 0755));
	NEED(put(FOLDER, "plugged", "0"));
	NEED(put(FOLDER, "enabled", "1"));
	NEED(card_of(FOLDER_DEVICE, card));
	fd = open(card, O_RDWR | O_CLOEXEC);
	NEED(fd >= 0);
	NEED(folder_remove(FOLDER_DEVICE));
	NEED(!close(fd));
	return true;
}

/* The console is on each that comes. */
static bool phase_folder(void)
{
	static const struct way way = { folder_remove, folder_make };

	mount("none", "/sys/kernel/config", "configfs", 0, NULL);
	NEED(never_plugged());
	NEED(folder_make(FOLDER_DEVICE));
	NEED(screen_can_wait(FOLDER_DEVICE));
	NEED(come_and_go(FOLDER_DEVICE, &way));
	NEED(folder_remove(FOLDER_DEVICE));
	return true;
}

static bool phase_remove(void)
{
	static const struct way way = { pci_remove, pci_rescan };

	return come_and_go(pci, &way);
}

static bool phase_hotplug(void)
{
	static const struct way way = { unplug, plug };

	return come_and_go(pci, &way);
}

static int load(void)
{
	int fd = open(getenv("VIDMEM_MODULE"), O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd,
			  "adapters=1 vram_mb=16 desktop=1", 0) ? errno : 0;

	close(fd);
	return ret;
}

static int unload(void)
{
	return syscall(SYS_delete_module, "vidmem", O_NONBLOCK) ? errno : 0;
}

/*
 * In each round another reason why it cannot go: an open file, a view, a
 * dma-buf, all of them. And in every other round it just goes.
 */
static bool refuse_unload(const char *device, int reason)
{
	uint64_t size = DRAWN, free_first;
	struct vidmem_device *dev;
	uint32_t handle, other;
	struct user user;
	char card[PATH_MAX];
	uint32_t *view;
	int fd, buf;

	if (reason == 3) {
		NEED(user_start(&user, device, DRM_FORMAT_XRGB8888));
		NEED_EQ(EWOULDBLOCK, unload());
		NEED(user_lives(&user));
		return user_end(&user);
	}

	NEED(card_of(device, card));
	fd = open(card, O_RDWR | O_CLOEXEC);
	NEED(fd >= 0);
	NEED_EQ(0, vidmem_device_new(fd, &dev));
	NEED_EQ(0, vidmem_create(dev, &size, &handle));
	view = map_whole(fd, handle);
	NEED(view);
	NEED_EQ(0, drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR,
				      &buf));
	view[1] = reason;
	free_first = vram_free(fd);
	vidmem_device_del(dev);
	if (reason != 0)
		close(fd);
	if (reason != 1)
		munmap(view, DRAWN);
	if (reason != 2)
		close(buf);

	NEED_EQ(EWOULDBLOCK, unload());
	/* Nothing has changed. */
	NEED(card_of(device, card));
	if (reason == 0) {
		view = map_whole(fd, handle);
		NEED(view);
		NEED_EQ(free_first, vram_free(fd));
	}
	if (reason == 2) {
		fd = open(card, O_RDWR | O_CLOEXEC);
		NEED(fd >= 0);
		NEED_EQ(0, drmPrimeFDToHandle(fd, buf, &other));
		view = map_whole(fd, other);
		NEED(view);
		close(buf);
	}
	NEED_EQ(reason, view[1]);
	NEED_EQ(0, munmap(view, DRAWN));
	if (reason != 1)
		close(fd);
	return true;
}

static bool phase_reload(void)
{
	int mappings;

	NEED_EQ(0, unload());
	mappings = kernel_mappings(0);
	for (round_now = 1; round_now <= rounds; round_now++) {
		NEED_EQ(0, load());
		NEED_EQ(2, consoles(2));
		if (round_now % 2)
			NEED(refuse_unload(round_now / 8 % 2 ? pci :
					   VIRTUAL_DEVICE, round_now / 2 % 4));
		NEED_EQ(0, unload());
		NEED_EQ(0, consoles(0));
		NEED_EQ(mappings, kernel_mappings(mappings));
	}
	NEED_EQ(0, load());
	return true;
}

static uint32_t test_color(size_t i)
{
	return (i * 2654435761u) >> 8 & 0xffffff;
}

static bool before_sleep(const char *state)
{
	/* No page of this program comes from a file any more. */
	NEED_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
	if (!strcmp(state, "disk"))
		NEED(put("/sys/power", "disk", "shutdown"));
	else
		NEED(put("/sys/power", "mem_sleep", state));
	return true;
}

/* To sleep, and awake again. */
static bool sleep_once(const char *state)
{
	bool deep = !strcmp(state, "deep"), disk = !strcmp(state, "disk");

	NEED_EQ(0, strcmp(ask_host(disk ? "hibernate\n" : deep ?
				   "wake\n" : "press\n"), "done"));
	/* The button may be pressed before it sleeps. */
	while (!put("/sys/power", "state", disk ? "disk" : "mem"))
		NEED(!deep && !disk && errno == EBUSY);
	return true;
}

/* Objects of CREATE in all there is of video memory: they read zero, and go again. */
static bool crowd(const char *device)
{
	uint32_t handle, *pixels;
	char card[PATH_MAX];
	int fd, count = 0;
	uint64_t size, i;

	NEED(card_of(device, card));
	fd = open(card, O_RDWR | O_CLOEXEC);
	NEED(fd >= 0);
	size = test_param(fd, DRM_VIDMEM_PARAM_VRAM_SIZE);
	for (; size >= 256 * KiB; size /= 2) {
		while (!test_create(fd, size, &handle)) {
			pixels = map_whole(fd, handle);
			NEED(pixels);
			for (i = 0; i < size / 4; i++)
				NEED_EQ(0, pixels[i]);
			memset(pixels, 0xa5, size);
			munmap(pixels, size);
			count++;
		}
	}
	NEED(count);
	close(fd);
	return true;
}

/*
 * A picture is on display, the machine sleeps, and there it is again: seen from
 * outside and from inside. The machine's files are out of reach after the first
 * time, as the device that they come by does not survive it.
 */
static bool sleep_with(const char *device, uint32_t format, const char *state)
{
	uint16_t red[256], green[256], blue[256];
	bool c8 = format == DRM_FORMAT_C8, outside = device == pci;
	drmModeModeInfo *mode;
	uint32_t other;
	struct user u;
	size_t i;

	NEED(before_sleep(state));
	for (round_now = 1; round_now <= rounds; round_now++) {
		NEED(user_start(&u, device, format));
		mode = find_mode(&u.display, WIDTH, HEIGHT);
		if (c8) {
			for (i = 0; i < 256; i++) {
				red[i] = test_color(i) >> 8;
				green[i] = test_color(i + 256) >> 8;
				blue[i] = test_color(i + 512) >> 8;
			}
			NEED_EQ(0, drmModeCrtcSetGamma(u.fd, u.display.crtc,
						       256, red, green, blue));
		}
		user_pause(&u);
		u.stop = false;
		u.still = true;
		NEED_EQ(0, pthread_create(&u.thread, NULL, draw, &u));
		for (i = 0; i < u.screen_size / 4; i++)
			u.screen[i] = test_color(i + round_now);
		u.view[DRAWN / 4 - 3] = 0xbeef;
		if (outside)
			NEED_EQ(0, strcmp(ask_host("screendump before\n"), "done"));

		NEED(crowd(device));
		NEED(sleep_once(state));
		/* Nor does what was in free memory come back, or anything else. */
		NEED(crowd(device));

		for (i = 0; i < u.screen_size / 4; i++)
			if (u.screen[i] != test_color(i + round_now))
				break;
		NEED_EQ(u.screen_size / 4, i);
		NEED_EQ(0xbeef, u.view[DRAWN / 4 - 3]);
		if (outside) {
			NEED_EQ(0, strcmp(ask_host("screendump after\n"), "done"));
			NEED_EQ(0, strcmp(ask_host("compare before after\n"),
					  "same"));
			/*
			 * That QEMU's picture of a display that is off is still
			 * video memory does not count: it must follow a flip.
			 */
			NEED_EQ(0, frame_buffer(&u, u.drawn, format, &other));
			NEED_EQ(0, set_crtc(u.fd, &u.display, other, mode));
			NEED_EQ(0, strcmp(ask_host("screendump other\n"), "done"));
			NEED_EQ(0, strcmp(ask_host("compare before other\n"),
					  "differs"));
			NEED_EQ(0, set_crtc(u.fd, &u.display, u.fb, mode));
			NEED_EQ(0, strcmp(ask_host("screendump after\n"), "done"));
			NEED_EQ(0, strcmp(ask_host("compare before after\n"),
					  "same"));
			/* And that it shows what the view has. */
			for (i = 0; i < u.screen_size / 4; i++)
				u.screen[i] = test_color(i);
			NEED_EQ(0, strcmp(ask_host("screendump drawn\n"), "done"));
			NEED_EQ(0, strcmp(ask_host("compare before drawn\n"),
					  "differs"));
		}
		NEED(user_lives(&u));
		NEED(user_end(&u));
	}
	return true;
}

/*
 * The same with a picture that is copied, from video memory and from elsewhere: its
 * lines are no multiple of what hardware counts in.
 */
static bool sleep_copied(const char *state)
{
	uint32_t pitch = WIDTH * 4 + 4, pitches[4] = { pitch }, handles[4] = { 0 };
	uint32_t offsets[4] = { 0 }, *pixels, fb;
	size_t count = (size_t)pitch * HEIGHT / 4, i;
	struct drm_mode_create_dumb dumb;
	struct display display;
	char card[PATH_MAX];
	int fd;

	NEED(before_sleep(state));
	NEED(card_of(pci, card));
	for (round_now = 1; round_now <= rounds; round_now++) {
		fd = open(card, O_RDWR | O_CLOEXEC);
		NEED(fd >= 0);
		NEED_EQ(0, get_display(fd, &display));
		dumb = (struct drm_mode_create_dumb) {
			.width = WIDTH + 8, .height = HEIGHT, .bpp = 32,
		};
		NEED_EQ(0, test_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
		handles[0] = dumb.handle;
		NEED_EQ(0, drmModeAddFB2(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
					 handles, pitches, offsets, &fb, 0));
		pixels = mmap_object(fd, dumb.handle, dumb.size,
				     PROT_READ | PROT_WRITE, MAP_SHARED);
		NEED(pixels);
		for (i = 0; i < count; i++)
			pixels[i] = test_color(i + round_now);
		if (round_now % 2)
			NEED(crowd(pci));
		NEED_EQ(0, strcmp(ask_host("screendump first\n"), "done"));
		NEED_EQ(0, set_crtc(fd, &display, fb,
				    find_mode(&display, WIDTH, HEIGHT)));
		NEED_EQ(0, strcmp(ask_host("screendump before\n"), "done"));
		NEED_EQ(0, strcmp(ask_host("compare first before\n"), "differs"));

		NEED(sleep_once(state));

		for (i = 0; i < count; i++)
			if (pixels[i] != test_color(i + round_now))
				break;
		NEED_EQ(count, i);
		NEED_EQ(0, strcmp(ask_host("screendump after\n"), "done"));
		NEED_EQ(0, strcmp(ask_host("compare before after\n"), "same"));
		/* And what is drawn from now on is seen, too. */
		for (i = 0; i < count; i++)
			pixels[i] = test_color(i);
		NEED_EQ(0, -drmModeDirtyFB(fd, fb, NULL, 0));
		NEED_EQ(0, strcmp(ask_host("screendump drawn\n"), "done"));
		NEED_EQ(0, strcmp(ask_host("compare before drawn\n"), "differs"));
		munmap(pixels, dumb.size);
		drmModeFreeConnector(display.info);
		close(fd);
	}
	return true;
}

static bool phase_s2idle(void)
{
	return sleep_with(pci, DRM_FORMAT_XRGB8888, "s2idle");
}

static bool phase_s3(void)
{
	return sleep_with(pci, DRM_FORMAT_XRGB8888, "deep");
}

static bool phase_s3_palette(void)
{
	return sleep_with(pci, DRM_FORMAT_C8, "deep");
}

static bool phase_s3_copied(void)
{
	return sleep_copied("deep");
}

static bool phase_s3_virtual(void)
{
	return sleep_with(VIRTUAL_DEVICE, DRM_FORMAT_XRGB8888, "deep");
}

static bool phase_s4(void)
{
	return sleep_with(pci, DRM_FORMAT_XRGB8888, "disk");
}

static bool phase_s4_copied(void)
{
	return sleep_copied("disk");
}

static bool phase_s4_virtual(void)
{
	return sleep_with(VIRTUAL_DEVICE, DRM_FORMAT_XRGB8888, "disk");
}

/* A panic, with a picture on display. Comes back only if it failed. */
static bool phase_panic(void)
{
	struct user user;
	size_t i, room;
	char *memory;

	round_now = 1;
	NEED(user_start(&user, pci, DRM_FORMAT_XRGB8888));
	user_pause(&user);
	for (i = 0; i < user.screen_size / 4; i++)
		user.screen[i] = test_color(i);
	NEED_EQ(0, strcmp(ask_host("screendump before\n"), "done"));
	NEED_EQ(0, strcmp(ask_host("panic\n"), "done"));
	/* Needs neither a key nor a module. */
	NEED(put("/proc/sys/vm", "panic_on_oom", "1"));
	room = sysconf(_SC_PHYS_PAGES) * PAGE * 2;
	NEED(put("/proc/sys/vm", "overcommit_memory", "1"));
	memory = mmap(NULL, room, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(memory != MAP_FAILED);
	memset(memory, 1, room);
	return false;
}

/* In full use, and then there is nothing. Comes back only if it failed. */
static bool phase_off(void)
{
	struct user one, two;

	round_now = 1;
	NEED(user_start(&one, pci, DRM_FORMAT_XRGB8888));
	NEED(user_start(&two, VIRTUAL_DEVICE, DRM_FORMAT_XRGB8888));
	/* QEMU shows nothing until it was asked once. */
	NEED_EQ(0, strcmp(ask_host("screendump on\n"), "done"));
	NEED_EQ(0, strcmp(ask_host("off\n"), "done"));
	NEED_EQ(0, reboot(RB_POWER_OFF));
	return false;
}

static bool second_kernel(void)
{
	return count_lines("/proc/cmdline", "vidmem_second", NULL) == 1;
}

/* The kernel is replaced by itself, and the same once more in the new one. */
static bool phase_kexec(void)
{
	char line[2048], path[PATH_MAX];
	struct user one, two;
	FILE *file = fopen("/proc/cmdline", "r");
	int kernel, initrd;

	NEED(fgets(line, sizeof(line), file));
	fclose(file);
	line[strcspn(line, "\n")] = 0;
	NEED(user_start(&one, pci, DRM_FORMAT_XRGB8888));
	NEED(user_start(&two, VIRTUAL_DEVICE, DRM_FORMAT_XRGB8888));
	if (second_kernel()) {
		NEED(user_end(&one));
		return user_end(&two);
	}

	strcat(line, " vidmem_second");
	snprintf(path, sizeof(path), "%s/vmlinuz", getenv("VIDMEM_KERNEL"));
	kernel = open(path, O_RDONLY | O_CLOEXEC);
	NEED(kernel >= 0);
	initrd = open("/out/initramfs.cpio", O_RDONLY | O_CLOEXEC);
	NEED(initrd >= 0);
	NEED(!syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1,
		      line, 0));
	NEED_EQ(0, reboot(LINUX_REBOOT_CMD_KEXEC));
	return false;
}

/* Debug kernels only: what is left when everything has gone. */
static bool phase_no_leaks(void)
{
	NEED_EQ(0, unload());
	/* Its lines would be counted as phases. */
	NEED_EQ(0, system("bash -o pipefail -c "
			  "\"selftests/debug.sh | sed 's/^/# /'\""));
	return true;
}

static const struct phase {
	const char *name;
	bool (*run)(void);
	bool once;
} phases[] = {
	{ "unbind", phase_unbind },
	{ "unbind_virtual", phase_unbind_virtual },
	{ "folder", phase_folder },
	{ "remove", phase_remove },
	{ "hotplug", phase_hotplug },
	{ "reload", phase_reload },
	{ "no_leaks", phase_no_leaks, true },
	{ "s2idle", phase_s2idle },
	{ "s3", phase_s3 },
	{ "s3_palette", phase_s3_palette },
	{ "s3_copied", phase_s3_copied },
	{ "s3_virtual", phase_s3_virtual },
	{ "s4", phase_s4 },
	{ "s4_copied", phase_s4_copied },
	{ "s4_virtual", phase_s4_virtual },
	{ "panic", phase_panic, true },
	{ "off", phase_off, true },
	{ "kexec", phase_kexec, true },
	{ }
};

static void died(int number)
{
	static const char text[] = "# SIGBUS: a view is not to be had\n";

	if (write(1, text, sizeof(text) - 1) >= 0)
		_exit(1);
}

static bool run_phase(const char *name)
{
	const struct phase *phase;
	struct timespec begin, end;
	int count;
	bool ok;

	for (phase = phases; phase->name; phase++)
		if (!strcmp(phase->name, name))
			break;
	if (!phase->name) {
		printf("Bail out! no phase %s\n", name);
		exit(1);
	}
	round_now = 0;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	ok = phase->run();
	clock_gettime(CLOCK_MONOTONIC, &end);
	count = phase->once ? 1 : rounds;
	printf("# %s: %d of %d in %ld s\n", name,
	       ok ? count : round_now ? round_now - 1 : 0, count,
	       (long)(end.tv_sec - begin.tv_sec));
	printf("%sok %d %s\n", ok ? "" : "not ", ++results, name);
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = true;
	pthread_t talker;
	int i;

	(void)test_harness_run;			/* has no use for it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!getenv("VIDMEM_MODULE") || !getenv("VIDMEM_CONTROL")) {
		puts("1..0 # SKIP VIDMEM_MODULE does not name the module to load");
		return 4;
	}
	if (getenv("VIDMEM_ROUNDS"))
		rounds = atoi(getenv("VIDMEM_ROUNDS"));
	signal(SIGBUS, died);
	printf("TAP version 13\n1..%d\n", argc - 1);
	if (!pci_find() || load() ||
	    pthread_create(&talker, NULL, talk, NULL)) {
		puts("Bail out! no adapter, or the module is not to be loaded");
		return 1;
	}
	for (i = 1; i < argc; i++)
		ok &= run_phase(argv[i]);
	talk_stop = true;
	pthread_join(talker, NULL);
	fflush(stdout);
	tcdrain(1);
	/* After sleep, not even exit(2) comes to an end. */
	ask_host("exit %d\n", !ok);
	return 1;
}
