// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Short of memory at any place: a call is made again and again, and each time
 * the next one of the allocations and copies in it fails, until none is left to
 * fail. Each time it must succeed all the same, or say why not and have changed
 * nothing, and must work when called once more.
 *
 * Needs a kernel with fault injection, two adapters and vgem. The memory of the
 * kernel that is lost is what kmemleak finds in the end: by the name of the
 * scenario, as that is the name of the process, too.
 *
 * $VIDMEM_SCENARIO names the only one to run.
 */

#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>

#include "vidmem_test.h"

#define DEBUGFS		"/sys/kernel/debug"
#define SYSCTL		"/proc/sys/kernel"
#define FOLDER_PATH	"/sys/kernel/config/vidmem/failnth"
#define SIZE		(4 * MiB)
#define WIDTH		1024
#define HEIGHT		768
#define PITCH		(4 * WIDTH)
/* More places than any call has. */
#define MAX_NTH		100000

/* 64 TiB: far from all else, so that no page table is there. */
#define LARGE_PLACE	((char *)0x400000000000)
#define SMALL_PLACE	(LARGE_PLACE + PAGE)

#define ERROR(e)	(1ull << (e))

/* What there must be before a call. */
enum {
	OPEN		= 1 << 0,
	OBJECT		= 1 << 1,
	VIEW		= 1 << 2,
	/* At an address that large pages do not fit. */
	SMALL_VIEW	= 1 << 3,
	FB		= 1 << 4,
	SHOWN		= 1 << 5,
	DMABUF		= 1 << 6,
	/* Another file: of the adapter, of another one, of vgem. */
	OTHER_FILE	= 1 << 7,
	OTHER_ADAPTER	= 1 << 8,
	VGEM		= 1 << 9,
	/* The adapter has gone, or goes or comes by the call. */
	GONE		= 1 << 10,
	REPLUGS		= 1 << 11,
	/* It comes by the call, and until that works it stays away. */
	COMES		= 1 << 13,
	/* By mmap(2). */
	MAPPED		= 1 << 12,
	/* A virtual adapter by configfs, and whether it is there. */
	FOLDER		= 1 << 14,
	ENABLED		= 1 << 15,
	/* DRM's own, which short of memory keeps a lock and its frame buffer. */
	NO_CONSOLE	= 1 << 16,
	NEEDS_OBJECT	= VIEW | SMALL_VIEW | FB | SHOWN | DMABUF | MAPPED,
};

struct round {
	int fd, other, dmabuf;
	uint32_t handle, fb[2];
	char *view, *mapped;
	uint64_t offset;
	bool event;
};

FIXTURE(failnth)
{
	/* Not under test: to look at the adapter. -1: it may have to go. */
	int control;
	int nth, bind, unbind, pipe[2];
	char device[64], log_level[64];
	char other[32];
	dev_t dev;
	struct display display;
	drmModeModeInfo mode;
	uint32_t plane, fb_property, gamma_size;
	bool skip;
	struct round r;
};

FIXTURE_VARIANT(failnth)
{
	const char *name;
	unsigned int needs;
	int (*call)(FIXTURE_DATA(failnth) *self);
	/* Errors, beside ENOMEM and EFAULT. */
	uint64_t errors;
	/* What some adapters do not do at all. */
	int refused;
	/* From where to where nothing is to fail, as DRM itself goes wrong then. */
	const char *spare[2];
	/* A file of the folder, and what it says until the call is done. */
	const char *file, *text;
};

#define result(ret) ((long)(ret) < 0 ? errno : 0)

static bool folder_says(const char *name, const char *text)
{
	char path[64], got[32] = "";
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), FOLDER_PATH "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = read(fd, got, sizeof(got) - 1);
	close(fd);

	return length > 0 && got[length - 1] == '\n' &&
	       !strncmp(got, text, length - 1) && !text[length - 1];
}

static bool asked_for(const char *name)
{
	const char *only = getenv("VIDMEM_SCENARIO");

	return !only || !strcmp(only, name);
}

static unsigned long symbol(const char *name)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	unsigned long address, found = 0;
	char other[128];

	while (symbols && fscanf(symbols, "%lx %*c %127s%*[^\n]", &address,
				 other) == 2)
		if (!strcmp(other, name))
			found = address;
	if (symbols)
		fclose(symbols);

	return found;
}

/*
 * Nothing is to fail in or below the kernel's functions from one to before the
 * other, or, with NULL, anything may again.
 */
static int spare_functions(const char *from, const char *to)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	unsigned long start = from ? symbol(from) : 0;
	unsigned long end = from ? symbol(to) : 0;
	char dir[64], text[32];
	int i, ret = 0;

	if (from && (!start || end <= start))
		return ENOENT;
	for (i = 0; i < 2 && !ret; i++) {
		snprintf(dir, sizeof(dir), DEBUGFS "/%s", kinds[i]);
		snprintf(text, sizeof(text), "%#lx", start);
		ret = write_file(dir, "reject-start", text);
		snprintf(text, sizeof(text), "%#lx", end);
		ret = ret ?: write_file(dir, "reject-end", text);
		ret = ret ?: write_file(dir, "stacktrace-depth", "32");
	}
	return ret;
}

/* A card of this driver that is not the one under test. */
static bool find_card(const char *driver, dev_t except, char path[32])
{
	struct stat stat;
	int i, fd;

	for (i = 0; i < 16; i++) {
		drmVersionPtr version;
		bool found;

		snprintf(path, 32, "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		fstat(fd, &stat);
		found = version && !strcmp(version->name, driver) &&
			stat.st_rdev != except;
		drmFreeVersion(version);
		close(fd);
		if (found)
			return true;
	}
	return false;
}

/* For the atomic request: the plane, and the property that is its buffer. */
static void find_plane(FIXTURE_DATA(failnth) *self)
{
	drmModePlaneResPtr planes;

	drmSetClientCap(self->control, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	planes = drmModeGetPlaneResources(self->control);
	self->plane = planes->planes[0];
	drmModeFreePlaneResources(planes);
	drmSetClientCap(self->control, DRM_CLIENT_CAP_ATOMIC, 1);
	self->fb_property = find_property(self->control, self->plane,
					  DRM_MODE_OBJECT_PLANE, "FB_ID");
}

static int bind_adapter(FIXTURE_DATA(failnth) *self)
{
	return result(write(self->bind, self->device, strlen(self->device)));
}

static int unbind_adapter(FIXTURE_DATA(failnth) *self)
{
	return result(write(self->unbind, self->device, strlen(self->device)));
}

/* The adapter anew, with DRM's console on it or without. */
static int set_console(FIXTURE_DATA(failnth) *self, const char *text)
{
	int ret;

	close(self->control);
	unbind_adapter(self);
	ret = write_file("/sys/module/drm_kms_helper/parameters",
			 "fbdev_emulation", text);
	ret = ret ?: bind_adapter(self);
	self->control = test_open();
	drmDropMaster(self->control);

	return ret;
}

FIXTURE_SETUP(failnth)
{
	static const char *const settings[][2] = {
		{ "failslab/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/verbose", "0" },
		{ "fail_usercopy/verbose", "0" },
	};
	char path[PATH_MAX];
	drmModeCrtcPtr crtc;
	struct stat stat;
	int level;
	size_t i;

	self->skip = true;
	if (!asked_for(variant->name))
		SKIP(return, "not asked for");
	self->nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->nth < 0 || access(DEBUGFS "/failslab", F_OK))
		SKIP(return, "no fault injection in this kernel, or not root");
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		ASSERT_EQ(0, write_file(DEBUGFS, settings[i][0], settings[i][1]))
			TH_LOG("%s", settings[i][0]);
	}
	if (variant->spare[0] && access(DEBUGFS "/failslab/reject-start", F_OK) &&
	    !kernel_is_at_least(6, 12)) {
		TH_LOG("not on 6.1, which has no such filter on x86");
		return;
	}
	if (variant->spare[0] &&
	    spare_functions(variant->spare[0], variant->spare[1]))
		SKIP(return, "this kernel cannot be kept from an oops of its own");
	/*
	 * The kernel warns of memory that it could not get: not on the console,
	 * where a warning is a failure. Its errors go there as ever.
	 */
	level = open(SYSCTL "/printk", O_RDONLY | O_CLOEXEC);
	ASSERT_LT(0, read(level, self->log_level, sizeof(self->log_level) - 1));
	close(level);
	ASSERT_EQ(0, write_file(SYSCTL, "printk", "4"));
	OPEN_OR_SKIP(self->control);
	ASSERT_EQ(0, fstat(self->control, &stat));
	self->dev = stat.st_rdev;
	if (variant->needs & OTHER_ADAPTER &&
	    !find_card("vidmem", self->dev, self->other))
		SKIP(return, "no second adapter");
	if (variant->needs & VGEM && !find_card("vgem", 0, self->other))
		SKIP(return, "vgem is not there");

	/* Master is to be who comes next. */
	drmDropMaster(self->control);
	ASSERT_EQ(0, get_display(self->control, &self->display));
	ASSERT_NE(NULL, find_mode(&self->display, WIDTH, HEIGHT));
	self->mode = *find_mode(&self->display, WIDTH, HEIGHT);
	drmModeFreeConnector(self->display.info);
	crtc = drmModeGetCrtc(self->control, self->display.crtc);
	self->gamma_size = crtc->gamma_size;
	drmModeFreeCrtc(crtc);
	find_plane(self);

	ASSERT_TRUE(find_driver(self->control, self->device, path));
	strcat(path, "/bind");
	self->bind = open(path, O_WRONLY | O_CLOEXEC);
	strcpy(strrchr(path, '/'), "/unbind");
	self->unbind = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, self->bind);
	ASSERT_LE(0, self->unbind);
	if (variant->needs & NO_CONSOLE)
		ASSERT_EQ(0, set_console(self, "N"));
	ASSERT_EQ(0, pipe(self->pipe));
	self->skip = false;
}

FIXTURE_TEARDOWN(failnth)
{
	if (variant->spare[0])
		spare_functions(NULL, NULL);
	if (variant->needs & NO_CONSOLE && !self->skip)
		set_console(self, "Y");
	if (self->log_level[0])
		write_file(SYSCTL, "printk", self->log_level);
}

static int call_open(FIXTURE_DATA(failnth) *self)
{
	self->r.fd = test_open();
	return result(self->r.fd);
}

static int call_get_param(FIXTURE_DATA(failnth) *self)
{
	struct drm_vidmem_get_param args = {
		.param = DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE,
	};

	return test_ioctl(self->r.fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args);
}

static int call_create(FIXTURE_DATA(failnth) *self)
{
	return test_create(self->r.fd, SIZE, &self->r.handle);
}

static int call_create_dumb(FIXTURE_DATA(failnth) *self)
{
	struct drm_mode_create_dumb args = {
		.width = WIDTH, .height = HEIGHT, .bpp = 32,
	};

	return test_ioctl(self->r.fd, DRM_IOCTL_MODE_CREATE_DUMB, &args);
}

static int map(FIXTURE_DATA(failnth) *self, uint32_t flags, char *address)
{
	struct drm_vidmem_map_video_memory args = {
		.handle = self->r.handle,
		.flags = flags,
		.requested_virtual_address = (uintptr_t)address,
	};
	int ret = test_map(self->r.fd, &args);

	if (!ret)
		self->r.view = (char *)(uintptr_t)args.video_ram_base;
	return ret;
}

static int call_map(FIXTURE_DATA(failnth) *self)
{
	return map(self, 0, NULL);
}

static int call_map_populate(FIXTURE_DATA(failnth) *self)
{
	return map(self, DRM_VIDMEM_MAP_POPULATE, LARGE_PLACE);
}

static int call_map_fixed(FIXTURE_DATA(failnth) *self)
{
	return map(self, 0, LARGE_PLACE);
}

static int call_map_populate_small(FIXTURE_DATA(failnth) *self)
{
	return map(self, DRM_VIDMEM_MAP_POPULATE, SMALL_PLACE);
}

static int call_unmap(FIXTURE_DATA(failnth) *self)
{
	int ret = test_unmap(self->r.fd, (uintptr_t)self->r.view);

	if (!ret)
		self->r.view = NULL;
	return ret;
}

static int call_mmap(FIXTURE_DATA(failnth) *self)
{
	void *base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  self->r.fd, self->r.offset);

	if (base == MAP_FAILED)
		return errno;
	self->r.mapped = base;
	return 0;
}

static int call_mmap_dmabuf(FIXTURE_DATA(failnth) *self)
{
	void *base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			  self->r.dmabuf, 0);

	if (base == MAP_FAILED)
		return errno;
	self->r.mapped = base;
	return 0;
}

/* By the kernel, for which a page that cannot be had is an error. */
static int call_touch(FIXTURE_DATA(failnth) *self)
{
	return result(write(self->pipe[1], self->r.view, 1));
}

/* By ourselves: without memory for it, the kernel has us try again. */
static int call_touch_directly(FIXTURE_DATA(failnth) *self)
{
	*(volatile char *)self->r.view = 1;
	return 0;
}

/* What opens the mapping a second time. */
static int call_mremap(FIXTURE_DATA(failnth) *self)
{
	return result(mremap(self->r.mapped, SIZE, SIZE,
			     MREMAP_MAYMOVE | MREMAP_FIXED, SMALL_PLACE));
}

static int call_get_connector(FIXTURE_DATA(failnth) *self)
{
	/* To ask for no modes is to ask the display again. */
	struct drm_mode_get_connector args = {
		.connector_id = self->display.connector,
	};

	return test_ioctl(self->r.fd, DRM_IOCTL_MODE_GETCONNECTOR, &args);
}

static int call_add_fb(FIXTURE_DATA(failnth) *self)
{
	uint32_t fb;

	return add_fb(self->r.fd, self->r.handle, WIDTH, HEIGHT, PITCH, 0, &fb);
}

static int call_set_crtc(FIXTURE_DATA(failnth) *self)
{
	return set_crtc(self->r.fd, &self->display, self->r.fb[0], &self->mode);
}

static int call_atomic(FIXTURE_DATA(failnth) *self)
{
	uint64_t fb = self->r.fb[1];
	uint32_t one = 1;
	struct drm_mode_atomic args = {
		.count_objs = 1,
		.objs_ptr = (uintptr_t)&self->plane,
		.count_props_ptr = (uintptr_t)&one,
		.props_ptr = (uintptr_t)&self->fb_property,
		.prop_values_ptr = (uintptr_t)&fb,
	};

	return test_ioctl(self->r.fd, DRM_IOCTL_MODE_ATOMIC, &args);
}

static int call_page_flip(FIXTURE_DATA(failnth) *self)
{
	struct drm_mode_crtc_page_flip args = {
		.crtc_id = self->display.crtc,
		.fb_id = self->r.fb[1],
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	int ret;

	/* Busy is the second call, when only the answer to the first failed. */
	do
		ret = test_ioctl(self->r.fd, DRM_IOCTL_MODE_PAGE_FLIP, &args);
	while (ret == EBUSY && !usleep(1000));
	if (!ret)
		self->r.event = true;
	return ret;
}

static int call_gamma(FIXTURE_DATA(failnth) *self)
{
	static uint16_t table[256];

	return -drmModeCrtcSetGamma(self->r.fd, self->display.crtc, 256, table,
				    table, table);
}

static int call_display_off(FIXTURE_DATA(failnth) *self)
{
	return set_crtc(self->r.fd, &self->display, 0, NULL);
}

static int call_export(FIXTURE_DATA(failnth) *self)
{
	return result(drmPrimeHandleToFD(self->r.fd, self->r.handle,
					 DRM_CLOEXEC | DRM_RDWR,
					 &self->r.dmabuf));
}

static int call_import(FIXTURE_DATA(failnth) *self)
{
	uint32_t handle;

	return result(drmPrimeFDToHandle(self->r.other, self->r.dmabuf,
					 &handle));
}

static int call_folder_make(FIXTURE_DATA(failnth) *self)
{
	return result(mkdir(FOLDER_PATH, 0755));
}

static int call_folder_remove(FIXTURE_DATA(failnth) *self)
{
	return result(rmdir(FOLDER_PATH));
}

static int call_folder_mode(FIXTURE_DATA(failnth) *self)
{
	return write_file(FOLDER_PATH, "mode", "1280x800");
}

static int call_folder_plug(FIXTURE_DATA(failnth) *self)
{
	return write_file(FOLDER_PATH, "plugged", "0");
}

static int call_folder_enable(FIXTURE_DATA(failnth) *self)
{
	return write_file(FOLDER_PATH, "enabled", "1");
}

static int call_folder_disable(FIXTURE_DATA(failnth) *self)
{
	return write_file(FOLDER_PATH, "enabled", "0");
}

#define SCENARIO(scenario, ...) \
FIXTURE_VARIANT_ADD(failnth, scenario) { \
	.name = #scenario, .call = call_##scenario, __VA_ARGS__ \
}

SCENARIO(open);
SCENARIO(get_param, .needs = OPEN);
SCENARIO(create, .needs = OPEN);
SCENARIO(create_dumb, .needs = OPEN);
SCENARIO(map, .needs = OBJECT);
SCENARIO(map_populate, .needs = OBJECT);
SCENARIO(map_populate_small, .needs = OBJECT);
SCENARIO(map_fixed, .needs = OBJECT);
SCENARIO(unmap, .needs = VIEW);
SCENARIO(mmap, .needs = OBJECT);
SCENARIO(mmap_dmabuf, .needs = DMABUF);
SCENARIO(mremap, .needs = MAPPED);
SCENARIO(get_connector, .needs = OPEN);
SCENARIO(add_fb, .needs = OBJECT);
SCENARIO(set_crtc, .needs = FB);
SCENARIO(atomic, .needs = SHOWN);
SCENARIO(page_flip, .needs = SHOWN);
/* Hardware shows what CREATE has made from its place, without gamma. */
SCENARIO(gamma, .needs = SHOWN, .refused = EINVAL);
SCENARIO(export, .needs = OBJECT);

#define VARIANT(scenario, does, ...) \
FIXTURE_VARIANT_ADD(failnth, scenario) { \
	.name = #scenario, .call = does, __VA_ARGS__ \
}

VARIANT(touch, call_touch, .needs = VIEW);
VARIANT(touch_small, call_touch, .needs = SMALL_VIEW);
VARIANT(touch_directly, call_touch_directly, .needs = VIEW);
VARIANT(touch_small_directly, call_touch_directly, .needs = SMALL_VIEW);
VARIANT(touch_gone, call_touch, .needs = VIEW | GONE | REPLUGS);
SCENARIO(display_off, .needs = SHOWN);
VARIANT(import_own, call_import, .needs = DMABUF | OTHER_FILE);
VARIANT(import_adapter, call_import, .needs = DMABUF | OTHER_ADAPTER,
	.refused = EINVAL);
VARIANT(import_vgem, call_import, .needs = DMABUF | VGEM,
	.refused = EOPNOTSUPP);

#define ENABLED_FOLDER	(FOLDER | ENABLED | NO_CONSOLE)

SCENARIO(folder_make);
SCENARIO(folder_mode, .needs = FOLDER, .file = "mode", .text = "1024x768");
VARIANT(folder_mode_enabled, call_folder_mode, .needs = ENABLED_FOLDER,
	.file = "mode", .text = "1024x768");
SCENARIO(folder_plug, .needs = ENABLED_FOLDER, .file = "plugged", .text = "1");
SCENARIO(folder_disable, .needs = ENABLED_FOLDER, .file = "enabled", .text = "1");
SCENARIO(folder_remove, .needs = ENABLED_FOLDER, .file = "enabled", .text = "1");
VARIANT(unbind, unbind_adapter, .needs = VIEW | SHOWN | REPLUGS);
/*
 * A device comes, but for what DRM's drm_drv.c does, from drm_dev_init() to
 * drm_dev_register(): half a minor is released as if it were whole, and a device
 * that failed late counts as registered.
 */
#define BUT_FOR_DRM	{ "drm_dev_init_release", "drm_stub_open" }

/* A device that the kernel has no memory to name is none to it. */
SCENARIO(folder_enable, .needs = FOLDER | NO_CONSOLE, .file = "enabled",
	 .text = "0", .errors = ERROR(EINVAL), .spare = BUT_FOR_DRM);
/* And a region that the kernel has no memory to note is in use. */
VARIANT(bind, bind_adapter, .needs = GONE | REPLUGS | COMES | NO_CONSOLE,
	.errors = ERROR(EBUSY), .spare = BUT_FOR_DRM);

static void prepare(struct __test_metadata *_metadata,
		    FIXTURE_DATA(failnth) *self, unsigned int needs)
{
	struct round *r = &self->r;
	struct drm_mode_map_dumb offset = { 0 };
	int i;

	*r = (struct round){ .fd = -1, .other = -1, .dmabuf = -1 };
	if (needs & (OPEN | OBJECT | NEEDS_OBJECT)) {
		r->fd = test_open();
		ASSERT_LE(0, r->fd);
		drmSetClientCap(r->fd, DRM_CLIENT_CAP_ATOMIC, 1);
	}
	if (needs & (OBJECT | NEEDS_OBJECT)) {
		ASSERT_EQ(0, test_create(r->fd, SIZE, &r->handle));
		offset.handle = r->handle;
		ASSERT_EQ(0, test_ioctl(r->fd, DRM_IOCTL_MODE_MAP_DUMB,
					&offset));
		r->offset = offset.offset;
	}
	if (needs & (VIEW | SMALL_VIEW))
		ASSERT_EQ(0, map(self, 0, needs & VIEW ? LARGE_PLACE :
				 SMALL_PLACE));
	for (i = 0; i < 2 && needs & (FB | SHOWN); i++)
		ASSERT_EQ(0, add_fb(r->fd, r->handle, WIDTH, HEIGHT, PITCH,
				    i * 4 * PITCH, &r->fb[i]));
	if (needs & SHOWN)
		ASSERT_EQ(0, call_set_crtc(self));
	if (needs & DMABUF)
		ASSERT_EQ(0, call_export(self));
	if (needs & MAPPED)
		ASSERT_EQ(0, call_mmap(self));
	if (needs & OTHER_FILE)
		r->other = test_open();
	if (needs & (OTHER_ADAPTER | VGEM))
		r->other = open(self->other, O_RDWR | O_CLOEXEC);
	if (needs & FOLDER)
		ASSERT_EQ(0, call_folder_make(self)) TH_LOG("%m");
	if (needs & ENABLED)
		ASSERT_EQ(0, call_folder_enable(self)) TH_LOG("%m");
	if (needs & GONE) {
		i = unbind_adapter(self);
		ASSERT_TRUE(!i || (i == ENODEV && needs & COMES))
			TH_LOG("%s", strerror(i));
	}
}

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* Whatever is mapped of a device, file or not. */
static void unmap_all(FIXTURE_DATA(failnth) *self)
{
	static struct maps maps;
	char *line, *rest = maps.text;
	unsigned long start, end;

	read_maps(&maps);
	while ((line = strsep(&rest, "\n")))
		if ((strstr(line, "/dev/dri/") || strstr(line, "dmabuf")) &&
		    sscanf(line, "%lx-%lx", &start, &end) == 2)
			munmap((void *)start, end - start);
}

static void release(struct __test_metadata *_metadata,
		    FIXTURE_DATA(failnth) *self, unsigned int needs,
		    int first_fd)
{
	struct pollfd events = { .fd = self->r.fd, .events = POLLIN };

	if (self->r.event)
		EXPECT_EQ(1, poll(&events, 1, 10000));
	unmap_all(self);
	syscall(SYS_close_range, first_fd, ~0u, 0);
	EXPECT_TRUE(!rmdir(FOLDER_PATH) || errno == ENOENT) TH_LOG("%m");
	if (needs & REPLUGS && !(needs & COMES))
		EXPECT_EQ(0, bind_adapter(self));
}

static bool arm(FIXTURE_DATA(failnth) *self, int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	return pwrite(self->nth, text, length, 0) == length;
}

/*
 * How many calls more until one fails: 0 when one has failed. What is left can
 * still hit the calls in here.
 */
static int disarm(FIXTURE_DATA(failnth) *self)
{
	char text[16] = "";
	ssize_t length = pread(self->nth, text, sizeof(text) - 1, 0);

	while (pwrite(self->nth, "0", 1, 0) != 1)
		;
	return length > 0 ? atoi(text) : 1;
}

/* Returns whether there was something to fail. */
static bool nth_round(struct __test_metadata *_metadata,
		      FIXTURE_DATA(failnth) *self,
		      const FIXTURE_VARIANT(failnth) *variant, int n,
		      int expected)
{
	static struct maps before, after;
	uint64_t allowed = ERROR(ENOMEM) | ERROR(EFAULT) | variant->errors;
	uint64_t free_before = 0;
	bool injected;
	int fd, error;

	prepare(_metadata, self, variant->needs);
	fd = next_fd();
	read_maps(&before);
	if (self->control >= 0)
		free_before = vram_free(self->control);

	ASSERT_TRUE(arm(self, n));
	error = variant->call(self);
	injected = disarm(self) == 0;

	if (!injected) {
		EXPECT_EQ(expected, error);
		return false;
	}
	if (!error || error == expected)
		return true;
	EXPECT_TRUE(error < 64 && allowed >> error & 1)
		TH_LOG("%s", strerror(error));
	if (variant->file)
		EXPECT_TRUE(folder_says(variant->file, variant->text));
	/* This can be said of a call that was done, too. */
	if (error != EFAULT) {
		EXPECT_EQ(fd, next_fd());
		read_maps(&after);
		EXPECT_TRUE(same_maps(&before, &after));
		if (self->control >= 0)
			EXPECT_EQ(free_before, vram_free(self->control));
	} else if (variant->needs == OBJECT) {
		unmap_all(self);
	}
	if (!(variant->needs & COMES))
		EXPECT_EQ(expected, variant->call(self));
	return true;
}

TEST_F_TIMEOUT(failnth, sweep, 3600)
{
	static struct maps before, after;
	uint64_t free_before;
	bool injected = true;
	int n, expected, fd;

	if (self->skip)
		return;
	prctl(PR_SET_NAME, variant->name);
	free_before = vram_free(self->control);
	if (variant->needs & REPLUGS) {
		/* The number stays in use. */
		dup2(self->nth, self->control);
		self->control = -1;
	}
	fd = next_fd();
	read_maps(&before);

	/* The first time without. */
	prepare(_metadata, self, variant->needs);
	ASSERT_TRUE(arm(self, MAX_NTH));
	expected = variant->call(self);
	TH_LOG("%s: about %d places", variant->name, MAX_NTH - disarm(self));
	EXPECT_TRUE(!expected || expected == variant->refused)
		TH_LOG("%s", strerror(expected));
	release(_metadata, self, variant->needs, fd);

	for (n = 1; injected && n < MAX_NTH && __test_passed(_metadata); n++) {
		injected = nth_round(_metadata, self, variant, n, expected);
		release(_metadata, self, variant->needs, fd);
		read_maps(&after);
		EXPECT_TRUE(same_maps(&before, &after));
		if (self->control >= 0)
			EXPECT_EQ(free_before, vram_free(self->control));
		if (!__test_passed(_metadata))
			TH_LOG("%s: failure %d", variant->name, n);
	}
	if (self->control < 0) {
		self->control = test_open();
		EXPECT_EQ(free_before, vram_free(self->control));
	}
	EXPECT_FALSE(injected);
	EXPECT_LT(2, n);
	TH_LOG("%s: %d failures injected", variant->name, n - 2);
}

FIXTURE(memory)
{
};

FIXTURE_SETUP(memory)
{
}

FIXTURE_TEARDOWN(memory)
{
}

/* It looks at what is 5 seconds old. */
TEST_F_TIMEOUT(memory, no_leaks, 600)
{
	char line[256];
	int lines = 0;
	FILE *report;

	if (!asked_for("no_leaks"))
		SKIP(return, "not asked for");
	if (access(DEBUGFS "/kmemleak", F_OK))
		SKIP(return, "no kmemleak in this kernel");
	sleep(6);
	ASSERT_EQ(0, write_file(DEBUGFS, "kmemleak", "scan"));
	sleep(6);
	ASSERT_EQ(0, write_file(DEBUGFS, "kmemleak", "scan"));
	report = fopen(DEBUGFS "/kmemleak", "r");
	ASSERT_NE(NULL, report);
	while (fgets(line, sizeof(line), report) && lines++ < 200)
		fprintf(stderr, "# %s", line);
	fclose(report);
	EXPECT_EQ(0, lines);
}

TEST_HARNESS_MAIN
