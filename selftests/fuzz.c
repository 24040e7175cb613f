// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Random calls on an adapter, from several processes at once, against a model
 * of what must come of them.
 *
 * Each process keeps a model of its files, objects and mappings, so that most
 * calls are ones that can succeed, and so that what comes back can be checked:
 * the error of each request of ours, what memory holds, which accesses fault,
 * what is mapped. An operation is written down before it is done: with --trace
 * to a file, always to a small ring that is printed when something is wrong.
 *
 * Memory is written by whole pages, all words of a page the same and naming the
 * process. So the model of an object is one word for each page, 0 at first.
 */

#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>

/* Of the harness, only what vidmem_test.h brings. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "vidmem_test.h"

#define LENGTH(a)	(sizeof(a) / sizeof((a)[0]))
#define WORDS		1024u			/* of a page */
#define ARENA		0x100000000ul		/* the kernel chooses nothing here */
#define ARENA_SIZE	(256 * MiB)
#define HIGH		0x7fff00000000ul	/* above it a CPU may have more */
#define ANY		-1			/* no opinion on the error */
#define RING		16
#define MAX_PROCESSES	16
#define MAX_ERRNO	140
#define MAX_FAILURES	10			/* then all end */
#define STUCK		60			/* seconds in one operation */

#define OPERATIONS(x) \
	x(map, 90) x(unmap, 60) x(create, 30) x(get_param, 6) x(wild_ioctl, 8) \
	x(check, 70) x(fill, 70) \
	x(open, 3) x(close, 2) x(dup, 3) x(gem_close, 14) x(master, 4) \
	x(version, 3) x(export, 8) x(import, 8) x(close_dma_buf, 3) \
	x(mmap_dma_buf, 5) x(foreign, 3) x(create_dumb, 14) x(map_dumb, 4) \
	x(add_fb, 10) x(rm_fb, 5) x(dirty_fb, 2) x(set_crtc, 6) x(page_flip, 6) \
	x(atomic, 12) x(get_property, 3) x(set_property, 4) x(gamma, 3) \
	x(cursor, 2) x(blob, 3) x(lease, 2) x(read_events, 2) \
	x(mmap, 20) x(munmap, 20) x(mremap, 10) x(mprotect, 12) x(madvise, 12) \
	x(mlock, 5) x(msync, 3) x(mincore, 3) x(vm_readv, 4) x(vmsplice, 4) \
	x(direct_io, 4) x(proc_mem, 6) x(read_into, 6) x(fork, 3) x(threads, 3)

#define NAME(name, weight)	OP_##name,
enum { OPERATIONS(NAME) OP_COUNT };
#undef NAME
#define NAME(name, weight)	#name,
static const char *const op_names[] = { OPERATIONS(NAME) };
#undef NAME
#define NAME(name, weight)	static void op_##name(void);
OPERATIONS(NAME)
#undef NAME
#define NAME(name, weight)	{ op_##name, weight },
static const struct {
	void (*run)(void);
	unsigned int weight;
} ops[] = { OPERATIONS(NAME) };

/* What can go wrong, each a test of its own. */
enum {
	ENDS, ANSWERS, PLACES, CONTENTS, SIGNALS, REFUSALS, SUCCESS, VRAM,
	CLASSES
};

static const char *const class_names[] = {
	"processes end as they should",
	"requests answer what they should",
	"views are where MAP says, and gone after UNMAP",
	"memory is zero at first, then what was written",
	"accesses fault where they should and nowhere else",
	"refused calls change nothing",
	"most requests to map succeed",
	"video memory comes back",
};

/* What all processes see. */
static struct shared {
	struct {
		unsigned long done;
		unsigned int next;
		char text[RING][200];
	} workers[MAX_PROCESSES];
	unsigned long counts[OP_COUNT][MAX_ERRNO];
	unsigned int failures[CLASSES], printed;
	unsigned long cycles;
	bool stop;
} *shared;

static struct {
	unsigned int processes, rounds, only;
	unsigned long operations, seconds;
	uint64_t seed;
	bool unbind;
	const char *module;
	int trace;
} options = { .processes = 4, .rounds = 1, .only = UINT_MAX, .trace = -1 };

static char adapter[PATH_MAX];			/* its folder in sysfs */
static uint64_t vram_size, random_state;
static unsigned int me;				/* number of this process */
static bool in_child;
static int current_op;

struct store {					/* an object's memory */
	uint32_t *pages;
	size_t size;
	unsigned int refs, file;		/* serial number of a file */
	bool unknown;				/* the adapter has gone */
};

static struct file {
	int fd;
	unsigned int serial;			/* 0: none */
	bool gone, read_only;
} files[3];

static struct object {
	struct file *file;
	uint32_t handle;
	struct store *store;			/* NULL: a free slot, as below */
} objects[24];

static struct area {
	char *base;
	size_t size, offset;
	struct store *store;
	unsigned int file;			/* serial number, of a view */
	int prot;
	bool view, may_write, split;		/* by madvise, in the kernel */
} areas[24];

static struct dma_buf {
	int fd;
	bool writable;
	struct store *store;
} dma_bufs[6];

static struct fb {
	uint32_t id;
	struct file *file;
} fbs[8];

static uint32_t blobs[8];
static int foreign[4] = { -1, -1, -1, -1 };

static struct kms {
	dev_t device;
	uint32_t crtc, connector, plane;
	struct {
		uint32_t object, id;
		char name[DRM_PROP_NAME_LEN];
	} props[64];
	unsigned int prop_count, mode_count;
	drmModeModeInfo modes[6];
} kms;

/* Random numbers, the same for the same seed. */

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static uint64_t next_random(uint64_t *state)
{
	return mix(*state += 0x9e3779b97f4a7c15);
}

static uint64_t below(uint64_t n)
{
	return next_random(&random_state) % n;
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

#define ONE_OF(array) ((array)[below(LENGTH(array))])

/* A number of the kind that is often got wrong. */
static uint64_t wild(void)
{
	switch (below(6)) {
	case 0:
		return below(16);
	case 1:
		return (1ull << below(64)) - below(3);
	case 2:
		return below(1 << 20) * PAGE;
	case 3:
		return -below(3 * PAGE);
	case 4:
		return 0x7ffffffff000 - below(4) * PAGE + below(3);
	default:
		return next_random(&random_state) >> below(64);
	}
}

/* What is done, and how it went. */

static void vsay(int fd, const char *format, va_list list)
{
	char text[400];
	int length = vsnprintf(text, sizeof(text) - 1, format, list);

	if (length > (int)sizeof(text) - 2)
		length = sizeof(text) - 2;
	text[length++] = '\n';
	if (write(fd, text, length) != length)
		_exit(2);
}

__attribute__((format(printf, 2, 3)))
static void say(int fd, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsay(fd, format, list);
	va_end(list);
}

static void print_ring(unsigned int worker)
{
	unsigned int i, next = shared->workers[worker].next;

	for (i = 0; i < RING; i++)
		if (*shared->workers[worker].text[(next + i) % RING])
			say(1, "#   %s", shared->workers[worker].text[(next + i) % RING]);
}

__attribute__((format(printf, 2, 3)))
static void fail(int class, const char *format, ...)
{
	char text[300];
	va_list list;

	__atomic_add_fetch(&shared->failures[class], 1, __ATOMIC_RELAXED);
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	say(1, "# p%u%s, operation %lu (%s): %s; last:", me,
	    in_child ? "c" : "", shared->workers[me].done,
	    op_names[current_op], text);
	print_ring(me);
	if (__atomic_add_fetch(&shared->printed, 1, __ATOMIC_RELAXED) >=
	    MAX_FAILURES) {
		shared->stop = true;
		_exit(3);
	}
}

__attribute__((format(printf, 1, 2)))
static void before(const char *format, ...)
{
	char *line = shared->workers[me].text[shared->workers[me].next++ % RING];
	size_t size = sizeof(shared->workers[me].text[0]);
	int length = snprintf(line, size, "p%u%s %lu %s ", me,
			      in_child ? "c" : "", shared->workers[me].done,
			      op_names[current_op]);
	va_list list;

	va_start(list, format);
	vsnprintf(line + length, size - length, format, list);
	va_end(list);
	if (options.trace >= 0)
		say(options.trace, "%s", line);
}

static void count(int op, int error)
{
	__atomic_add_fetch(&shared->counts[op][error < MAX_ERRNO ? error : 0], 1,
			   __ATOMIC_RELAXED);
}

static int after(long ret)
{
	int error = ret == -1 ? errno : 0;
	unsigned int last = (shared->workers[me].next - 1) % RING;
	char *line = shared->workers[me].text[last];
	size_t length = strlen(line);

	count(current_op, error);
	snprintf(line + length, sizeof(shared->workers[me].text[0]) - length,
		 " = %s", error ? strerrorname_np(error) : "0");
	if (options.trace >= 0)
		say(options.trace, "p%u%s %lu%s", me, in_child ? "c" : "",
		    shared->workers[me].done, line + length);
	return error;
}

/* What a call answered beside its error. */
static void note(uint64_t address)
{
	unsigned int last = (shared->workers[me].next - 1) % RING;
	char *line = shared->workers[me].text[last];
	size_t length = strlen(line);

	snprintf(line + length, sizeof(shared->workers[me].text[0]) - length,
		 " at %#lx", address);
	if (options.trace >= 0)
		say(options.trace, "p%u%s %lu%s", me, in_child ? "c" : "",
		    shared->workers[me].done, line + length);
}

/* Write down, call, count: 0 or the error. */
#define DO(call, ...) (before(__VA_ARGS__), after((long)(call)))

/* Accesses that may fault. */

static __thread sigjmp_buf jump;
static __thread volatile sig_atomic_t armed;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	if (armed)
		siglongjmp(jump, signal);
	say(1, "# p%u: signal %d at %p in the fuzzer itself", me, signal,
	    info->si_addr);
	print_ring(me);
	_exit(4);
}

/* The signal that the access gives, or 0. With a value: writes all the page. */
static int access_page(char *page, unsigned int word, const uint32_t *value,
		       uint32_t *seen)
{
	volatile uint32_t *words = (volatile uint32_t *)page;
	unsigned int i;
	int ret = sigsetjmp(jump, 0);

	if (!ret) {
		armed = 1;
		if (value)
			for (i = 0; i < WORDS; i++)
				words[i] = *value;
		else
			*seen = words[word];
	}
	armed = 0;
	return ret;
}

/* The model. */

static struct file *file_of(unsigned int serial)
{
	unsigned int i;

	for (i = 0; i < LENGTH(files); i++)
		if (serial && files[i].serial == serial)
			return &files[i];
	return NULL;
}

static bool has_gone(struct file *file)
{
	struct drm_vidmem_get_param args = { DRM_VIDMEM_PARAM_VRAM_SIZE };

	if (options.unbind && !file->gone)
		file->gone = test_ioctl(file->fd, DRM_IOCTL_VIDMEM_GET_PARAM,
					&args) == ENODEV;
	return file->gone;
}

static bool store_gone(struct store *store)
{
	struct file *file = file_of(store->file);

	/* Of a file that is closed nothing can be asked any more. */
	if (!store->unknown && options.unbind)
		store->unknown = file ? has_gone(file) : true;
	return store->unknown;
}

static struct store *new_store(size_t size, struct file *file)
{
	struct store *store = calloc(1, sizeof(*store));

	store->pages = calloc(size / PAGE, sizeof(*store->pages));
	store->size = size;
	store->file = file->serial;
	return store;
}

static struct store *get_store(struct store *store)
{
	store->refs++;
	return store;
}

static void put_store(struct store **store)
{
	if (!--(*store)->refs) {
		free((*store)->pages);
		free(*store);
	}
	*store = NULL;
}

/* Some used slot, or some free one, at random; NULL if there is none. */
#define PICK(array, used) ({						\
	unsigned int _i, _start = below(LENGTH(array));			\
	typeof(&(array)[0]) _found = NULL, _x;				\
	for (_i = 0; _i < LENGTH(array) && !_found; _i++) {		\
		_x = &(array)[(_start + _i) % LENGTH(array)];		\
		if (used)						\
			_found = _x;					\
	}								\
	_found; })
#define PICK_OBJECT()	PICK(objects, _x->store)
#define PICK_AREA()	PICK(areas, _x->store)
#define PICK_FB()	PICK(fbs, _x->id)

static struct file *pick_file(void)
{
	return PICK(files, _x->serial);
}

static struct object *find_object(struct file *file, uint32_t handle,
				  struct store *store)
{
	unsigned int i;

	for (i = 0; i < LENGTH(objects); i++)
		if (objects[i].store && objects[i].file == file &&
		    (store ? objects[i].store == store :
		     objects[i].handle == handle))
			return &objects[i];
	return NULL;
}

static struct area *find_area(uint64_t start, uint64_t size)
{
	unsigned int i;

	for (i = 0; i < LENGTH(areas); i++)
		if (areas[i].store && start < (uintptr_t)areas[i].base +
		    areas[i].size && start + size > (uintptr_t)areas[i].base)
			return &areas[i];
	return NULL;
}

/* A place in the arena, free in most cases. */
static char *arena(size_t size)
{
	return (char *)ARENA + below((ARENA_SIZE - size) / PAGE) * PAGE;
}

static bool is_free(const char *start, size_t size)
{
	unsigned char present;
	size_t pages[] = { 0, size / PAGE / 2, size / PAGE - 1 };
	unsigned int i;

	for (i = 0; i < LENGTH(pages); i++)
		if (!mincore((void *)(start + pages[i] * PAGE), PAGE, &present))
			return false;
	return true;
}

static void forget_area(struct area *area)
{
	put_store(&area->store);
}

static void drop_area(struct area *area)
{
	if (munmap(area->base, area->size))
		fail(ANSWERS, "munmap of a whole mapping: %m");
	else if (!is_free(area->base, area->size))
		fail(PLACES, "%p is not free after munmap", area->base);
	forget_area(area);
}

/* A slot for a mapping of this size, which must not have too many before it. */
static struct area *free_area(void)
{
	struct area *area = PICK(areas, !_x->store);

	if (!area) {
		area = PICK_AREA();
		drop_area(area);
	}
	return area;
}

static void add_area(char *base, size_t size, size_t offset,
		     struct store *store, int prot, bool may_write,
		     unsigned int view_of)
{
	struct area *area = free_area();

	*area = (struct area) {
		base, size, offset, get_store(store), view_of, prot,
		view_of != 0, may_write, false,
	};
}

static void close_handle(struct object *object)
{
	struct drm_gem_close args = { object->handle };
	int error = test_ioctl(object->file->fd, DRM_IOCTL_GEM_CLOSE, &args);

	if (error && !has_gone(object->file))
		fail(ANSWERS, "GEM_CLOSE: %s", strerrorname_np(error));
	put_store(&object->store);
}

static struct object *add_object(struct file *file, uint32_t handle,
				 struct store *store)
{
	struct object *object = find_object(file, handle, NULL);

	if (object) {
		if (object->store != store)
			fail(ANSWERS, "handle %u was given twice", handle);
		return object;
	}
	object = PICK(objects, !_x->store);
	if (!object) {
		object = PICK_OBJECT();
		close_handle(object);
	}
	*object = (struct object) { file, handle, get_store(store) };
	return object;
}

static void close_file(struct file *file)
{
	unsigned int i;

	for (i = 0; i < LENGTH(objects); i++)
		if (objects[i].store && objects[i].file == file)
			put_store(&objects[i].store);
	for (i = 0; i < LENGTH(fbs); i++)
		if (fbs[i].file == file)
			fbs[i].id = 0;
	/* A view keeps the file open, and would keep it master. */
	if (!one_in(8))
		ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0);
	close(file->fd);
	file->serial = 0;
}

/* Is memory what it was left as, and does it fault where it should? */
static void check_page(struct area *area, size_t page)
{
	char *address = area->base + page * PAGE;
	unsigned int words[] = { 0, WORDS - 1, below(WORDS) }, i;
	uint32_t seen = 0, want = area->store->pages[area->offset / PAGE + page];

	for (i = 0; i < LENGTH(words); i++) {
		int signal = access_page(address, words[i], NULL, &seen);

		if (signal != (area->prot & PROT_READ ? 0 : SIGSEGV))
			fail(SIGNALS, "reading %p (prot %d, %s): signal %d",
			     address, area->prot, area->view ? "view" : "plain",
			     signal);
		if (signal || area->store->unknown || seen == want)
			continue;
		if (!store_gone(area->store))
			fail(CONTENTS, "%p word %u of page %zu: %#x, not %#x",
			     address, words[i], area->offset / PAGE + page,
			     seen, want);
		return;
	}
}

static void check_pages(struct area *area, unsigned int pages)
{
	for (; pages; pages--)
		check_page(area, below(area->size / PAGE));
}

static uint32_t new_value(void)
{
	static uint32_t values;

	return 0xa0000000 | me << 20 | in_child << 24 | (++values & 0xfffff);
}

/* Have something else than the processor write a page. */
static void page_written(struct area *area, size_t page, uint32_t value,
			 bool written)
{
	if (written)
		area->store->pages[area->offset / PAGE + page] = value;
	check_page(area, page);
}

/* What a refused call must leave as it was. */
static struct {
	struct maps maps;
	uint64_t free;
	bool taken;
} snapshot;

static void take_snapshot(struct file *file)
{
	snapshot.taken = one_in(24) && !options.unbind;
	if (!snapshot.taken)
		return;
	read_maps(&snapshot.maps);
	snapshot.free = vram_free(file->fd);
}

static void compare_snapshot(struct file *file, int error)
{
	static struct maps now;

	if (!snapshot.taken || !error)
		return;
	read_maps(&now);
	if (!same_maps(&snapshot.maps, &now))
		fail(REFUSALS, "%s, yet other mappings", strerrorname_np(error));
	if (options.processes == 1 && vram_free(file->fd) != snapshot.free)
		fail(REFUSALS, "%s, yet other free video memory",
		     strerrorname_np(error));
}

static void expect(struct file *file, int want, int got)
{
	if (want == ANY || got == want)
		return;
	if (options.unbind && (got == ENODEV || file->gone) && has_gone(file))
		return;
	fail(ANSWERS, "%s, not %s", strerrorname_np(got), strerrorname_np(want));
}

/*
 * A request in an odd shape: of another size or direction, or in memory that
 * cannot be read or written. The structure ends where its page ends.
 */
enum { NORMAL, READ_ONLY, NOWHERE };

struct shape {
	unsigned int dir, size, place;
};

/* Where such structures are, and behind them nothing. */
static char *shape_pages;

static void map_shape_pages(void)
{
	shape_pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(shape_pages + PAGE, PAGE, PROT_NONE);
}

static struct shape shape_of(unsigned int dir, unsigned int size, bool odd)
{
	struct shape shape = { dir, size, NORMAL };

	if (!odd)
		return shape;
	switch (below(4)) {
	case 0:
		shape.size = below(2 * size + 2);
		break;
	case 1:
		shape.dir = below(4);
		break;
	default:
		shape.place = 1 + below(2);
	}
	return shape;
}

/* What of the arguments reaches the kernel. */
static void effective(const struct shape *shape, const void *args, size_t size,
		      void *to)
{
	memset(to, 0, size);
	if (shape->dir & _IOC_WRITE)
		memcpy(to, args, shape->size < size ? shape->size : size);
}

static int shaped_ioctl(struct file *file, const struct shape *shape,
			unsigned int nr, void *args, size_t size)
{
	char *pages = shape_pages;
	size_t part = shape->size < size ? shape->size : size;
	char *place;
	int ret, error;

	place = pages + PAGE - shape->size;
	memcpy(place, args, part);
	if (shape->place == READ_ONLY)
		mprotect(pages, PAGE, PROT_READ);
	else if (shape->place == NOWHERE)
		place = pages + PAGE;
	ret = ioctl(file->fd, _IOC(shape->dir, 'd', nr, shape->size), place);
	error = errno;
	if (shape->place == READ_ONLY)
		mprotect(pages, PAGE, PROT_READ | PROT_WRITE);
	else if (!ret && shape->dir & _IOC_READ && shape->place == NORMAL)
		memcpy(args, place, part);
	errno = error;
	return ret;
}

/* The error that a shape alone leads to, or the one given. */
static int shape_error(const struct shape *shape, bool returns, int error)
{
	bool in = shape->size && shape->dir & _IOC_WRITE;
	bool out = returns && shape->size && shape->dir & _IOC_READ;

	if (shape->place == NOWHERE && (in || out))
		return EFAULT;
	return shape->place == READ_ONLY && out ? EFAULT : error;
}

/* Our own requests. */

static int map_error(struct file *file,
		     const struct drm_vidmem_map_video_memory *args,
		     size_t *size)
{
	struct object *object = find_object(file, args->handle, NULL);
	uint64_t address = args->requested_virtual_address, left;

	*size = 0;
	if (args->flags & ~3u || address % PAGE || args->view_offset % PAGE)
		return EINVAL;
	if (!args->handle)
		return ANY;
	if (!object)
		return ENOENT;
	left = object->store->size - args->view_offset;
	if (args->view_offset >= object->store->size || args->view_size > left)
		return EINVAL;
	*size = args->view_size ? (args->view_size + PAGE - 1) & -PAGE : left;
	if (address + *size < address)
		return EINVAL;
	if (address + *size > HIGH || (address && address < 16 * PAGE))
		return ANY;
	if (address && find_area(address, *size))
		return EEXIST;
	/* Outside the arena there may be anything. */
	if (address && (address < ARENA ||
			address + *size > ARENA + ARENA_SIZE))
		return ANY;
	if (file->read_only && !(args->flags & DRM_VIDMEM_MAP_READ_ONLY))
		return EACCES;
	return 0;
}

static void check_place(const char *base, size_t size, int prot)
{
	const char *want = prot & PROT_WRITE ? "rw-s" : "r--s";
	static struct maps maps;
	char line[64];

	if (is_free(base, size)) {
		fail(PLACES, "nothing is mapped at %p", base);
		return;
	}
	if (!one_in(16))
		return;
	read_maps(&maps);
	snprintf(line, sizeof(line), "%08lx-%08lx %s ", (unsigned long)base,
		 (unsigned long)base + size, want);
	if (!strstr(maps.text, line))
		fail(PLACES, "no \"%s\" in /proc/self/maps", line);
}

static void spoil_map(struct drm_vidmem_map_video_memory *args, size_t size)
{
	switch (below(9)) {
	case 0:
		args->flags |= 1u << below(32);
		break;
	case 1:
		args->view_offset += 1 + below(PAGE - 1);
		break;
	case 2:
		args->view_offset = wild();
		break;
	case 3:
		args->view_size = wild();
		break;
	case 4:
		args->requested_virtual_address = wild();
		break;
	case 5:
		args->handle = wild();
		break;
	case 6:
		/* Just over the end, and just not. */
		args->view_size = size - args->view_offset + below(3);
		break;
	case 7:
		args->view_offset = size - below(2) * PAGE;
		break;
	default:
		args->requested_virtual_address += 1 + below(PAGE - 1);
	}
}

static void op_map(void)
{
	struct drm_vidmem_map_video_memory in, args = { 0 };
	struct object *object = PICK_OBJECT();
	struct file *file = object && !one_in(20) ? object->file : pick_file();
	struct shape shape = shape_of(_IOC_READ | _IOC_WRITE, sizeof(args),
				      one_in(20));
	bool known, effect;
	int want, got, prot;
	size_t size = 0;

	free_area();
	args.flags = one_in(3) ? below(4) : 0;
	if (file->read_only && !one_in(8))
		args.flags |= DRM_VIDMEM_MAP_READ_ONLY;
	if (object && !one_in(40)) {
		size = object->store->size;
		args.handle = object->handle;
		if (one_in(2)) {
			args.view_offset = below(size / PAGE) * PAGE;
			args.view_size = below(size - args.view_offset + 1);
		}
		if (one_in(4))
			args.requested_virtual_address = (uintptr_t)arena(size);
		if (one_in(12))
			args.requested_virtual_address = (uintptr_t)
				areas[below(LENGTH(areas))].base;
	}
	if (one_in(12))
		spoil_map(&args, size);
	/* What tells no address must be told one. */
	known = shape.dir == (_IOC_READ | _IOC_WRITE) && shape.place == NORMAL &&
		shape.size >= 48;
	if (!known)
		args.requested_virtual_address = (uintptr_t)arena(16 * MiB);
	effective(&shape, &args, sizeof(args), &in);
	if (!known && !in.handle)
		return;
	want = map_error(file, &in, &size);
	effect = !want && shape.place != NOWHERE;
	want = shape_error(&shape, true, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_MAP_VIDEO_MEMORY, &args, sizeof(args)),
		 "fd=%d shape=%u,%u,%u address=%#llx handle=%u flags=%#x offset=%#llx size=%#llx",
		 file->fd, shape.dir, shape.size, shape.place,
		 args.requested_virtual_address, args.handle, args.flags,
		 args.view_offset, args.view_size);
	expect(file, want, got);
	if (got == EFAULT && effect && !file->gone) {
		/* Documented: it is there, and nobody was told. */
		munmap((void *)(uintptr_t)in.requested_virtual_address, size);
		return;
	}
	compare_snapshot(file, got);
	if (got)
		return;
	if (known) {
		uint64_t wish = in.requested_virtual_address;

		note(args.video_ram_base);
		if (args.video_ram_base % PAGE ||
		    (wish && args.video_ram_base != wish) ||
		    (size && args.video_ram_length != size))
			fail(PLACES, "view at %#llx, %#llx bytes",
			     args.video_ram_base, args.video_ram_length);
		if (args.frame_buffer_length &&
		    (args.frame_buffer_base < args.video_ram_base ||
		     args.frame_buffer_base + args.frame_buffer_length >
		     args.video_ram_base + args.video_ram_length))
			fail(PLACES, "frame buffer outside the view");
		size = args.video_ram_length;
	} else {
		args.video_ram_base = in.requested_virtual_address;
	}
	prot = in.flags & DRM_VIDMEM_MAP_READ_ONLY ? PROT_READ :
						     PROT_READ | PROT_WRITE;
	check_place((char *)(uintptr_t)args.video_ram_base, size, prot);
	object = find_object(file, in.handle, NULL);
	if (!object) {
		/* Handle 0: which object that is, is not known here. */
		if (test_unmap(file->fd, args.video_ram_base) &&
		    !has_gone(file))
			fail(ANSWERS, "no UNMAP of what handle 0 gave");
		return;
	}
	add_area((char *)(uintptr_t)args.video_ram_base, size, in.view_offset,
		 object->store, prot, prot & PROT_WRITE, file->serial);
	check_pages(find_area(args.video_ram_base, 1), 2);
}

static void op_unmap(void)
{
	struct drm_vidmem_unmap_video_memory in, args = { 0 };
	struct area *area = one_in(16) ? PICK_AREA() :
			    PICK(areas, _x->store && file_of(_x->file));
	struct file *file = area ? file_of(area->file) : NULL;
	struct shape shape = shape_of(_IOC_WRITE, sizeof(args), one_in(20));
	int want = EINVAL, got;

	if (!area && !one_in(8))
		return;
	if (!file || one_in(16))
		file = pick_file();
	if (area)
		args.requested_virtual_address = (uintptr_t)area->base +
			(one_in(2) ? 0 : below(area->size));
	if (!area || one_in(20))
		args.requested_virtual_address = one_in(4) ? (uintptr_t)&args :
						 wild();
	if (one_in(24))
		args.flags = wild();
	effective(&shape, &args, sizeof(args), &in);
	area = find_area(in.requested_virtual_address, 1);
	if (area && area->view && area->file == file->serial && !in.flags)
		want = 0;
	want = shape_error(&shape, false, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_UNMAP_VIDEO_MEMORY, &args,
			      sizeof(args)),
		 "fd=%d shape=%u,%u,%u address=%#llx flags=%#llx", file->fd,
		 shape.dir, shape.size, shape.place,
		 args.requested_virtual_address, args.flags);
	expect(file, want, got);
	compare_snapshot(file, got);
	if (!got && area) {
		if (!is_free(area->base, area->size))
			fail(PLACES, "%p is not free after UNMAP", area->base);
		forget_area(area);
	} else if (area) {
		check_pages(area, 1);
	}
}

static size_t some_size(void)
{
	switch (below(8)) {
	case 0:
		return 1 + below(4 * MiB);
	case 1:
		return 2 * MiB * (1 + below(2));
	default:
		return 1 + below(16 * PAGE);
	}
}

/* What is new must read as zero. */
static void created(struct file *file, uint32_t handle, size_t size)
{
	struct store *store = new_store(size, file);
	struct object *object = add_object(file, handle, store);
	struct drm_vidmem_map_video_memory args = {
		.handle = handle, .flags = DRM_VIDMEM_MAP_READ_ONLY,
	};
	struct area area;

	if (one_in(4) || test_map(file->fd, &args))
		return;
	area = (struct area) {
		(char *)(uintptr_t)args.video_ram_base, size, 0, object->store,
		file->serial, PROT_READ, true, false,
	};
	check_pages(&area, 24);
	check_page(&area, 0);
	if (test_unmap(file->fd, args.video_ram_base) && !has_gone(file))
		fail(ANSWERS, "no UNMAP of a new view");
	if (file->gone)
		munmap(area.base, size);
}

/* Full means that there is too much of it, and not only of ours. */
static void make_room(void)
{
	struct object *object = PICK_OBJECT();
	struct area *area = PICK_AREA();

	if (object)
		close_handle(object);
	if (area)
		drop_area(area);
}

static void op_create(void)
{
	struct file *file = pick_file();
	struct drm_vidmem_create in, args = { .size = some_size() };
	struct shape shape = shape_of(_IOC_READ | _IOC_WRITE, sizeof(args),
				      one_in(30));
	int want = 0, got;

	if (one_in(16))
		args.size = wild();
	if (one_in(24))
		args.flags = 1u << below(32);
	/* A handle that nobody tells is one more that is never closed. */
	if (shape.place == READ_ONLY || !(shape.dir & _IOC_READ) ||
	    shape.size < sizeof(args))
		args.size = 0;
	effective(&shape, &args, sizeof(args), &in);
	if (in.flags || !in.size || in.size > SIZE_MAX - PAGE)
		want = EINVAL;
	else if (in.size > vram_size)
		want = ENOSPC;
	want = shape_error(&shape, true, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_CREATE, &args, sizeof(args)),
		 "fd=%d shape=%u,%u,%u size=%#llx flags=%#x", file->fd,
		 shape.dir, shape.size, shape.place, args.size, args.flags);
	if (want || got != ENOSPC)
		expect(file, want, got);
	compare_snapshot(file, got);
	if (got == ENOSPC)
		make_room();
	if (!got && args.size != ((in.size + PAGE - 1) & -PAGE))
		fail(ANSWERS, "%#llx bytes became %#llx", in.size, args.size);
	else if (!got)
		created(file, args.handle, args.size);
}

static void op_get_param(void)
{
	struct file *file = pick_file();
	struct drm_vidmem_get_param args = { one_in(4) ? wild() : below(6) };
	bool known = args.param <= DRM_VIDMEM_PARAM_ADAPTER;
	int got = DO(ioctl(file->fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args),
		     "fd=%d param=%#llx", file->fd, args.param);

	expect(file, known ? 0 : EINVAL, got);
	if (!got && (args.param == DRM_VIDMEM_PARAM_VRAM_SIZE ?
		     args.value != vram_size : args.value > vram_size))
		fail(ANSWERS, "parameter %llu is %llu", args.param, args.value);
}

/* Any request of ours, or none of ours, with anything in it. */
static void op_wild_ioctl(void)
{
	struct file *file = pick_file();
	uint64_t args[16];
	unsigned int nr = one_in(2) ? DRM_COMMAND_BASE + 1 + 2 * below(2) :
			  DRM_COMMAND_BASE + 4 + below(92), i;
	struct shape shape = { below(4), below(sizeof(args) + 1), below(3) };

	for (i = 0; i < LENGTH(args); i++)
		args[i] = wild();
	/* Not what unmaps: an address could be one of ours by chance. */
	if (nr == DRM_COMMAND_BASE + DRM_VIDMEM_UNMAP_VIDEO_MEMORY) {
		args[1] |= 1;
		shape.size = 64;
		shape.dir |= _IOC_WRITE;
	}
	DO(shaped_ioctl(file, &shape, nr, args, sizeof(args)),
	   "fd=%d nr=%#x shape=%u,%u,%u args=%#lx,%#lx,%#lx", file->fd, nr,
	   shape.dir, shape.size, shape.place, args[0], args[1], args[2]);
}

static void op_check(void)
{
	struct area *area = PICK_AREA();

	if (!area)
		return;
	before("%p size=%#zx", area->base, area->size);
	check_pages(area, 4);
	after(0);
}

static void op_fill(void)
{
	struct area *area = PICK_AREA();
	size_t page;
	uint32_t value = new_value();
	int signal;

	if (!area)
		return;
	page = below(area->size / PAGE);
	before("%p page=%zu of %#zx value=%#x", area->base, page, area->size,
	       value);
	signal = access_page(area->base + page * PAGE, 0, &value, NULL);
	after(0);
	if (signal != (area->prot & PROT_WRITE ? 0 : SIGSEGV))
		fail(SIGNALS, "writing %p (prot %d, %s): signal %d", area->base,
		     area->prot, area->view ? "view" : "plain", signal);
	page_written(area, page, value, !signal);
}

/* Files, handles and dma-bufs. */

static void learn_display(int fd, dev_t device)
{
	static const uint32_t types[] = {
		DRM_MODE_OBJECT_CRTC, DRM_MODE_OBJECT_CONNECTOR,
		DRM_MODE_OBJECT_PLANE,
	};
	drmModePlaneResPtr planes = drmModeGetPlaneResources(fd);
	uint32_t ids[LENGTH(types)];
	struct display display;
	unsigned int i, j;

	if (!planes || !planes->count_planes || get_display(fd, &display))
		return;
	memset(&kms, 0, sizeof(kms));
	kms.crtc = display.crtc;
	kms.connector = display.connector;
	kms.plane = planes->planes[0];
	ids[0] = kms.crtc;
	ids[1] = kms.connector;
	ids[2] = kms.plane;
	drmModeFreePlaneResources(planes);
	/* Small ones, so that there is memory for several. */
	for (i = 0; i < display.info->count_modes; i++)
		if (kms.mode_count < LENGTH(kms.modes) &&
		    display.info->modes[i].hdisplay <= 1024)
			kms.modes[kms.mode_count++] = display.info->modes[i];
	drmModeFreeConnector(display.info);
	for (i = 0; i < LENGTH(ids); i++) {
		drmModeObjectPropertiesPtr props =
			drmModeObjectGetProperties(fd, ids[i], types[i]);

		for (j = 0; props && j < props->count_props &&
		     kms.prop_count < LENGTH(kms.props); j++) {
			drmModePropertyPtr prop =
				drmModeGetProperty(fd, props->props[j]);

			if (!prop)
				continue;
			kms.props[kms.prop_count].object = ids[i];
			kms.props[kms.prop_count].id = prop->prop_id;
			strcpy(kms.props[kms.prop_count++].name, prop->name);
			drmModeFreeProperty(prop);
		}
		drmModeFreeObjectProperties(props);
	}
	kms.device = device;
}

/* The adapter may have another number each time that it is bound. */
static int open_adapter(int flags)
{
	char path[PATH_MAX + 8];
	struct dirent *entry;
	int fd = -1;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/drm", adapter);
	dir = opendir(path);
	if (!dir)
		return -1;
	errno = ENOENT;
	while ((entry = readdir(dir)) && fd < 0)
		if (!strncmp(entry->d_name, "card", 4) &&
		    !strchr(entry->d_name, '-')) {
			snprintf(path, sizeof(path), "/dev/dri/%.16s",
				 entry->d_name);
			fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
		}
	closedir(dir);
	return fd;
}

static void op_open(void)
{
	static unsigned int serials;
	struct file *file = PICK(files, !_x->serial);
	bool read_only = serials && one_in(8);
	int fd, error;
	struct stat stat;

	if (!file)
		return;
	before("%s", read_only ? "O_RDONLY" : "O_RDWR");
	fd = open_adapter(read_only ? O_RDONLY : O_RDWR);
	error = after(fd);
	if (fd < 0) {
		if (!options.unbind)
			fail(ANSWERS, "open: %s", strerrorname_np(error));
		else
			usleep(1000);
		return;
	}
	*file = (struct file) { fd, ++serials, false, read_only };
	drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
	drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, !one_in(4));
	if (!fstat(fd, &stat) && stat.st_rdev != kms.device)
		learn_display(fd, stat.st_rdev);
}

static void op_close(void)
{
	struct file *file = pick_file();

	before("fd=%d", file->fd);
	close_file(file);
	after(0);
}

static void op_dup(void)
{
	struct file *file = pick_file();
	int fd;

	before("fd=%d", file->fd);
	fd = fcntl(file->fd, F_DUPFD_CLOEXEC, 0);
	if (after(fd))
		return;
	close(file->fd);
	file->fd = fd;
}

static void op_gem_close(void)
{
	struct object *object = PICK_OBJECT();
	struct file *file = object ? object->file : pick_file();
	uint32_t handle = object ? object->handle : 0;
	struct drm_mode_destroy_dumb dumb = { 0 };
	struct drm_gem_close args = { 0 };
	int got;

	if (one_in(10))
		handle = wild();
	object = find_object(file, handle, NULL);
	dumb.handle = handle;
	args.handle = handle;
	take_snapshot(file);
	if (one_in(3))
		got = DO(ioctl(file->fd, DRM_IOCTL_MODE_DESTROY_DUMB, &dumb),
			 "dumb fd=%d handle=%u", file->fd, handle);
	else
		got = DO(ioctl(file->fd, DRM_IOCTL_GEM_CLOSE, &args),
			 "fd=%d handle=%u", file->fd, handle);
	expect(file, object ? 0 : EINVAL, got);
	compare_snapshot(file, got);
	if (object)
		put_store(&object->store);
}

static void op_master(void)
{
	struct file *file = pick_file();

	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_SET_MASTER, 0), "set fd=%d",
		   file->fd);
	else
		DO(ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0), "drop fd=%d",
		   file->fd);
}

static void op_version(void)
{
	struct file *file = pick_file();
	char name[16], desc[16];
	struct drm_version version = {
		.name = name, .name_len = below(16), .desc = desc,
		.desc_len = below(16),
	};
	struct drm_get_cap cap = { one_in(4) ? wild() : below(24) };
	struct drm_set_client_cap client = { below(8), below(3) };

	switch (below(3)) {
	case 0:
		expect(file, 0, DO(ioctl(file->fd, DRM_IOCTL_VERSION, &version),
				   "fd=%d", file->fd));
		break;
	case 1:
		DO(ioctl(file->fd, DRM_IOCTL_GET_CAP, &cap), "cap fd=%d %#llx",
		   file->fd, cap.capability);
		break;
	default:
		DO(ioctl(file->fd, DRM_IOCTL_SET_CLIENT_CAP, &client),
		   "client fd=%d %llu=%llu", file->fd, client.capability,
		   client.value);
	}
}

static void op_close_dma_buf(void)
{
	struct dma_buf *buf = PICK(dma_bufs, _x->store);

	if (!buf)
		return;
	DO(close(buf->fd), "fd=%d", buf->fd);
	put_store(&buf->store);
}

static void op_export(void)
{
	struct object *object = PICK_OBJECT();
	struct dma_buf *buf = PICK(dma_bufs, !_x->store);
	struct drm_prime_handle args = { .flags = DRM_CLOEXEC | DRM_RDWR };
	int want = 0, got;

	if (!object)
		return;
	if (!buf) {
		op_close_dma_buf();
		buf = PICK(dma_bufs, !_x->store);
	}
	args.handle = object->handle;
	if (one_in(12))
		args.handle = wild();
	if (one_in(6))
		args.flags = one_in(2) ? DRM_CLOEXEC : wild();
	if (args.flags & ~(DRM_CLOEXEC | DRM_RDWR))
		want = EINVAL;
	else if (!find_object(object->file, args.handle, NULL))
		want = ENOENT;
	object = find_object(object->file, args.handle, NULL) ?: object;
	got = DO(ioctl(object->file->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &args),
		 "fd=%d handle=%u flags=%#x", object->file->fd, args.handle,
		 args.flags);
	expect(object->file, want, got);
	/* Whether it may be written is what its first export said. */
	if (!got)
		*buf = (struct dma_buf) {
			args.fd, (fcntl(args.fd, F_GETFL) & O_ACCMODE) == O_RDWR,
			get_store(object->store),
		};
}

static void op_import(void)
{
	struct dma_buf *buf = PICK(dma_bufs, _x->store);
	struct file *file = pick_file();
	struct drm_prime_handle args = { .fd = buf ? buf->fd : -1 };
	struct object *object;
	int got;

	if (one_in(12)) {
		args.fd = wild();
		buf = NULL;
	}
	got = DO(ioctl(file->fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args),
		 "fd=%d dma_buf=%d", file->fd, args.fd);
	if (buf && !options.unbind)
		expect(file, 0, got);
	if (got)
		return;
	if (!buf)		/* a wild number, yet one of ours */
		buf = PICK(dma_bufs, _x->store && _x->fd == args.fd);
	if (!buf) {		/* or one that a child has from its parent */
		if (!find_object(file, args.handle, NULL))
			drmCloseBufferHandle(file->fd, args.handle);
		return;
	}
	object = find_object(file, 0, buf->store);
	if (object && object->handle != args.handle)
		fail(ANSWERS, "handle %u and %u of one object", object->handle,
		     args.handle);
	add_object(file, args.handle, buf->store);
}

static void op_mmap_dma_buf(void)
{
	struct dma_buf *buf = PICK(dma_bufs, _x->store);
	bool writes = !one_in(4);
	size_t offset, size;
	void *base;
	int got;

	if (!buf)
		return;
	free_area();
	offset = below(buf->store->size / PAGE) * PAGE;
	size = (1 + below((buf->store->size - offset) / PAGE)) * PAGE;
	got = DO(base = mmap(NULL, size, writes ? PROT_READ | PROT_WRITE :
			     PROT_READ, MAP_SHARED, buf->fd, offset),
		 "fd=%d size=%#zx offset=%#zx write=%d", buf->fd, size, offset,
		 writes);
	if (got != (writes && !buf->writable ? EACCES : 0))
		fail(ANSWERS, "mmap of a dma-buf: %s", strerrorname_np(got));
	if (!got)
		add_area(base, size, offset, buf->store,
			 writes ? PROT_READ | PROT_WRITE : PROT_READ,
			 buf->writable, 0);
}

/* Between this adapter and another device: vgem or another adapter of ours. */
static void op_foreign(void)
{
	struct drm_mode_create_dumb dumb = { 16, 16, 32 };
	struct object *object = PICK_OBJECT();
	struct file *file = pick_file();
	int other = ONE_OF(foreign), fd, error;
	uint32_t handle;

	if (other < 0)
		return;
	if (object && one_in(2)) {
		if (drmPrimeHandleToFD(object->file->fd, object->handle,
				       DRM_CLOEXEC, &fd))
			return;
		error = DO(drmPrimeFDToHandle(other, fd, &handle),
			   "to fd=%d dma_buf=%d", other, fd);
		if (!error)
			drmCloseBufferHandle(other, handle);
		close(fd);
	} else if (!test_ioctl(other, DRM_IOCTL_MODE_CREATE_DUMB, &dumb)) {
		if (!drmPrimeHandleToFD(other, dumb.handle, DRM_CLOEXEC, &fd)) {
			error = DO(drmPrimeFDToHandle(file->fd, fd, &handle),
				   "from fd=%d to fd=%d", fd, file->fd);
			if (!error)
				drmCloseBufferHandle(file->fd, handle);
			close(fd);
		}
		drmCloseBufferHandle(other, dumb.handle);
	}
}

static void op_create_dumb(void)
{
	struct file *file = pick_file();
	struct drm_mode_create_dumb args = { .bpp = 8 * (1 + below(4)) };
	drmModeModeInfo *mode = &kms.modes[below(kms.mode_count ?: 1)];
	int got;

	args.width = one_in(2) ? mode->hdisplay : 1 + below(100);
	args.height = one_in(2) ? mode->vdisplay : 1 + below(100);
	if (args.height * args.width * 4ul > vram_size / options.processes)
		args.height = 50;
	if (one_in(10))
		args.width = wild();
	if (one_in(10))
		args.height = wild();
	if (one_in(10))
		args.bpp = wild();
	take_snapshot(file);
	got = DO(ioctl(file->fd, DRM_IOCTL_MODE_CREATE_DUMB, &args),
		 "fd=%d %ux%u bpp=%u", file->fd, args.width, args.height,
		 args.bpp);
	compare_snapshot(file, got);
	if (got == ENOSPC)
		make_room();
	if (got)
		return;
	if (args.size < (uint64_t)args.pitch * args.height || args.size % PAGE)
		fail(ANSWERS, "dumb buffer of %#llx bytes", args.size);
	created(file, args.handle, args.size);
}

static int map_dumb(struct object *object, uint64_t *offset)
{
	struct drm_mode_map_dumb args = { .handle = object->handle };
	int got = test_ioctl(object->file->fd, DRM_IOCTL_MODE_MAP_DUMB, &args);

	expect(object->file, 0, got);
	*offset = args.offset;
	return got;
}

static void op_map_dumb(void)
{
	struct file *file = pick_file();
	struct drm_mode_map_dumb args = { .handle = below(32) };

	expect(file, find_object(file, args.handle, NULL) ? 0 : ENOENT,
	       DO(ioctl(file->fd, DRM_IOCTL_MODE_MAP_DUMB, &args),
		  "fd=%d handle=%u", file->fd, args.handle));
}

/* The display. Only the master may most of it, and few arguments are valid. */

static void take_master(struct file *file)
{
	unsigned int i;

	if (one_in(3))
		return;
	for (i = 0; i < LENGTH(files); i++)
		if (files[i].serial)
			ioctl(files[i].fd, DRM_IOCTL_DROP_MASTER, 0);
	DO(ioctl(file->fd, DRM_IOCTL_SET_MASTER, 0), "take master fd=%d",
	   file->fd);
}

/* Other processes want it, too. */
static void leave_master(struct file *file)
{
	if (options.processes > 1 && one_in(2))
		ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0);
}

static void op_rm_fb(void)
{
	struct fb *fb = PICK_FB();

	if (!fb)
		return;
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_RMFB, &fb->id), "fd=%d fb=%u",
	   fb->file->fd, fb->id);
	fb->id = 0;
}

static void op_add_fb(void)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_XRGB8888, DRM_FORMAT_RGB565,
		DRM_FORMAT_XRGB1555, DRM_FORMAT_C8, DRM_FORMAT_RGB888,
		DRM_FORMAT_NV12,
	};
	drmModeModeInfo *mode = &kms.modes[below(kms.mode_count ?: 1)];
	struct object *object = PICK(objects, _x->store &&
				     _x->store->size >= 256 * KiB);
	struct fb *fb = PICK(fbs, !_x->id);
	struct drm_mode_fb_cmd2 args = {
		.pixel_format = ONE_OF(formats),
		.width = one_in(4) || !mode->hdisplay ? 1 + below(2048) :
			 mode->hdisplay,
		.height = one_in(4) || !mode->vdisplay ? 1 + below(2048) :
			  mode->vdisplay,
	};
	struct drm_mode_fb_cmd old = { .bpp = 32, .depth = 24 };
	uint32_t room;
	int got;

	if (!object)
		return;
	if (!fb) {
		op_rm_fb();
		return;
	}
	args.handles[0] = object->handle;
	args.pitches[0] = ((args.width + 7) & ~7u) * (1 + below(4));
	if (!one_in(4)) {
		args.pixel_format = DRM_FORMAT_XRGB8888;
		args.pitches[0] = ((args.width + 7) & ~7u) * 4;
		/* What an adapter may find too odd to show. */
		if (one_in(6))
			args.pitches[0] += below(64);
		if (one_in(4))
			args.offsets[0] = one_in(2) ? below(8 * KiB) :
					  below(8) * PAGE;
		room = (object->store->size - args.offsets[0]) /
		       args.pitches[0];
		if (args.height > room)
			args.height = room;
	}
	if (one_in(12))
		args.pitches[0] = wild();
	if (one_in(12))
		args.offsets[0] = wild();
	if (one_in(20))
		args.pixel_format = wild();
	if (one_in(20))
		args.flags = wild();
	if (one_in(20))
		args.handles[below(4)] = wild();
	old.width = args.width;
	old.height = args.height;
	old.pitch = args.pitches[0];
	old.handle = args.handles[0];
	if (one_in(4)) {
		got = DO(ioctl(object->file->fd, DRM_IOCTL_MODE_ADDFB, &old),
			 "old fd=%d %ux%u pitch=%u handle=%u", object->file->fd,
			 old.width, old.height, old.pitch, old.handle);
		args.fb_id = old.fb_id;
	} else {
		got = DO(ioctl(object->file->fd, DRM_IOCTL_MODE_ADDFB2, &args),
			 "fd=%d %ux%u %#x pitch=%u offset=%#x handle=%u",
			 object->file->fd, args.width, args.height,
			 args.pixel_format, args.pitches[0], args.offsets[0],
			 args.handles[0]);
	}
	if (!got)
		*fb = (struct fb) { args.fb_id, object->file };
}

static void op_dirty_fb(void)
{
	struct fb *fb = PICK_FB();
	struct drm_clip_rect clip = { below(100), below(100), wild(), wild() };
	struct drm_mode_fb_dirty_cmd args = {
		.num_clips = below(2), .clips_ptr = (uintptr_t)&clip,
	};

	if (!fb)
		return;
	args.fb_id = fb->id;
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_DIRTYFB, &args), "fd=%d fb=%u",
	   fb->file->fd, fb->id);
}

static void op_set_crtc(void)
{
	struct fb *fb = PICK_FB();
	struct file *file = fb ? fb->file : pick_file();
	struct drm_mode_crtc args = { .crtc_id = kms.crtc };

	if (fb && !one_in(6) && kms.mode_count) {
		args.fb_id = fb->id;
		args.mode_valid = 1;
		args.set_connectors_ptr = (uintptr_t)&kms.connector;
		args.count_connectors = 1;
		memcpy(&args.mode, &ONE_OF(kms.modes), sizeof(args.mode));
		if (!*args.mode.name)
			memcpy(&args.mode, kms.modes, sizeof(args.mode));
		if (one_in(4)) {
			args.x = below(64);
			args.y = below(64);
		}
		if (one_in(8))
			((uint32_t *)&args.mode)[below(12)] = wild();
	}
	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_SETCRTC, &args),
	   "fd=%d fb=%u %ux%u at %u,%u", file->fd, args.fb_id,
	   args.mode.hdisplay, args.mode.vdisplay, args.x, args.y);
	leave_master(file);
}

static void op_page_flip(void)
{
	struct fb *fb = PICK_FB();
	struct drm_mode_crtc_page_flip args = {
		.crtc_id = kms.crtc, .flags = one_in(8) ? wild() :
				     below(2) * DRM_MODE_PAGE_FLIP_EVENT,
		.user_data = wild(),
	};

	if (!fb)
		return;
	args.fb_id = fb->id;
	take_master(fb->file);
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_PAGE_FLIP, &args),
	   "fd=%d fb=%u flags=%#x", fb->file->fd, fb->id, args.flags);
	leave_master(fb->file);
}

static uint64_t atomic_value(const char *name, struct fb *fb, uint32_t blob)
{
	drmModeModeInfo *mode = &kms.modes[0];

	if (one_in(40))
		return wild();
	if (!strcmp(name, "CRTC_ID"))
		return kms.crtc;
	if (!strcmp(name, "FB_ID"))
		return fb ? fb->id : 0;
	if (!strcmp(name, "MODE_ID"))
		return blob;
	if (!strcmp(name, "ACTIVE"))
		return !one_in(4);
	if (!strcmp(name, "SRC_W") || !strcmp(name, "SRC_H"))
		return (uint64_t)(name[4] == 'W' ? mode->hdisplay :
				  mode->vdisplay) << 16;
	if (!strcmp(name, "CRTC_W"))
		return mode->hdisplay;
	return strcmp(name, "CRTC_H") ? 0 : mode->vdisplay;
}

/* All that a mode takes, with some of it left out or wrong. */
static void op_atomic(void)
{
	uint32_t objs[3] = { kms.crtc, kms.connector, kms.plane };
	uint32_t counts[3] = { 0 }, props[LENGTH(kms.props)], blob = 0;
	static const char *const of_a_mode[] = {
		"CRTC_ID", "FB_ID", "MODE_ID", "ACTIVE", "SRC_X", "SRC_Y",
		"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H",
	};
	uint64_t values[LENGTH(kms.props)];
	struct fb *fb = PICK_FB();
	struct file *file = fb ? fb->file : pick_file();
	unsigned int i, j, n = 0, leave_out = one_in(3) ? below(16) : 99;
	struct drm_mode_atomic args = {
		.flags = one_in(8) ? wild() : DRM_MODE_ATOMIC_ALLOW_MODESET |
			 one_in(4) * DRM_MODE_ATOMIC_TEST_ONLY |
			 one_in(4) * DRM_MODE_ATOMIC_NONBLOCK,
		.count_objs = 3, .objs_ptr = (uintptr_t)objs,
		.count_props_ptr = (uintptr_t)counts,
		.props_ptr = (uintptr_t)props,
		.prop_values_ptr = (uintptr_t)values,
	};
	bool off = one_in(6);

	drmModeCreatePropertyBlob(file->fd, kms.modes, sizeof(kms.modes[0]),
				  &blob);
	for (i = 0; i < kms.prop_count; i++) {
		bool take = one_in(20);

		for (j = 0; j < LENGTH(of_a_mode); j++)
			take |= !strcmp(kms.props[i].name, of_a_mode[j]);
		if (!take || i == leave_out)
			continue;
		for (j = 0; objs[j] != kms.props[i].object; j++)
			;
		counts[j]++;
		props[n] = kms.props[i].id;
		values[n++] = off ? 0 : atomic_value(kms.props[i].name, fb,
						     blob);
	}
	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_ATOMIC, &args),
	   "fd=%d flags=%#x fb=%u %u properties off=%d", file->fd, args.flags,
	   fb ? fb->id : 0, n, off);
	drmModeDestroyPropertyBlob(file->fd, blob);
	leave_master(file);
}

static void op_get_property(void)
{
	struct file *file = pick_file();
	struct drm_mode_get_property args = {
		.prop_id = one_in(4) ? wild() : ONE_OF(kms.props).id,
	};

	DO(ioctl(file->fd, DRM_IOCTL_MODE_GETPROPERTY, &args), "fd=%d prop=%u",
	   file->fd, args.prop_id);
}

static void op_set_property(void)
{
	struct file *file = pick_file();
	unsigned int i = below(kms.prop_count ?: 1);
	struct drm_mode_obj_set_property args = {
		.value = one_in(2) ? wild() : below(4),
		.prop_id = kms.props[i].id, .obj_id = kms.props[i].object,
	};

	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_OBJ_SETPROPERTY, &args),
	   "fd=%d object=%u prop=%u value=%#llx", file->fd, args.obj_id,
	   args.prop_id, args.value);
}

static void op_gamma(void)
{
	struct file *file = pick_file();
	uint16_t table[3][256];
	struct drm_mode_crtc_lut args = {
		.crtc_id = kms.crtc,
		.gamma_size = one_in(4) ? below(257) : 256,
		.red = (uintptr_t)table[0], .green = (uintptr_t)table[1],
		.blue = (uintptr_t)table[2],
	};

	memset(table, below(256), sizeof(table));
	take_master(file);
	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_MODE_SETGAMMA, &args),
		   "set fd=%d size=%u", file->fd, args.gamma_size);
	else
		DO(ioctl(file->fd, DRM_IOCTL_MODE_GETGAMMA, &args),
		   "get fd=%d size=%u", file->fd, args.gamma_size);
}

static void op_cursor(void)
{
	struct object *object = PICK_OBJECT();
	struct file *file = object ? object->file : pick_file();
	struct drm_mode_cursor args = {
		.flags = below(4), .crtc_id = kms.crtc, .width = 64,
		.height = 64, .handle = object ? object->handle : 0,
	};

	DO(ioctl(file->fd, DRM_IOCTL_MODE_CURSOR, &args), "fd=%d flags=%u",
	   file->fd, args.flags);
}

static void op_blob(void)
{
	struct file *file = pick_file();
	uint32_t *blob = &ONE_OF(blobs);
	struct drm_mode_create_blob args = {
		.data = one_in(8) ? wild() : (uintptr_t)kms.modes,
		/* The kernel takes lengths that leave it without memory. */
		.length = one_in(8) ? below(MiB) : below(sizeof(kms.modes)),
	};

	if (*blob) {
		DO(drmModeDestroyPropertyBlob(file->fd, *blob),
		   "destroy fd=%d blob=%u", file->fd, *blob);
		*blob = 0;
	} else if (!DO(ioctl(file->fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &args),
		       "create fd=%d length=%u", file->fd, args.length)) {
		*blob = args.blob_id;
	}
}

/* To a lease our requests are the same; handle 0 is for its holder too. */
static void op_lease(void)
{
	uint32_t ids[3] = { kms.crtc, kms.connector, kms.plane };
	struct file *file = pick_file();
	struct drm_vidmem_map_video_memory map = { .flags = 1 };
	struct drm_mode_create_lease args = {
		.object_ids = (uintptr_t)ids,
		.object_count = one_in(6) ? below(4) : 3,
		.flags = one_in(6) ? wild() : O_CLOEXEC,
	};
	struct drm_mode_revoke_lease revoke;
	int fd;

	take_master(file);
	if (DO(ioctl(file->fd, DRM_IOCTL_MODE_CREATE_LEASE, &args),
	       "fd=%d count=%u", file->fd, args.object_count))
		return;
	fd = args.fd;
	revoke.lessee_id = args.lessee_id;
	if (!DO(ioctl(fd, DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, &map),
		"map by fd=%d", fd))
		fail(ANSWERS, "MAP of what a lessee has no handle of");
	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_MODE_REVOKE_LEASE, &revoke),
		   "revoke fd=%d %u", file->fd, revoke.lessee_id);
	close(fd);
}

static void op_read_events(void)
{
	struct file *file = pick_file();
	char buffer[1024];

	DO(read(file->fd, buffer, sizeof(buffer)), "fd=%d", file->fd);
}

/* What Linux's own calls do to views and to plain mappings. */

static void op_mmap(void)
{
	struct object *object = PICK_OBJECT();
	int prot = one_in(4) ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = MAP_SHARED, want = 0, got;
	uint64_t offset, size;
	void *base, *address = NULL;

	if (!object)
		return;
	free_area();
	if (map_dumb(object, &offset))
		return;
	size = (1 + below(object->store->size / PAGE)) * PAGE;
	if (one_in(2))
		size = object->store->size;
	if (one_in(4)) {
		address = arena(size);
		flags |= MAP_FIXED_NOREPLACE;
	}
	if (object->file->read_only && prot & PROT_WRITE)
		want = EACCES;
	if (one_in(16)) {
		flags ^= MAP_SHARED | MAP_PRIVATE;
		want = EINVAL;
	} else if (one_in(16) && object->store->size > PAGE) {
		offset += PAGE;
		want = want ?: EINVAL;
	}
	if (address && find_area((uintptr_t)address, size))
		want = EEXIST;
	take_snapshot(object->file);
	got = DO(base = mmap(address, size, prot, flags, object->file->fd,
			     offset),
		 "%p size=%#lx prot=%d flags=%#x fd=%d offset=%#lx", address,
		 size, prot, flags, object->file->fd, offset);
	expect(object->file, want, got);
	compare_snapshot(object->file, got);
	if (got)
		return;
	note((uintptr_t)base);
	add_area(base, size, 0, object->store, prot, !object->file->read_only,
		 0);
}

static void op_munmap(void)
{
	struct file *file = pick_file();
	struct area *area, tail;
	size_t start, end;
	int got;

	free_area();
	area = PICK_AREA();
	if (!area)
		return;
	start = one_in(2) ? 0 : below(area->size / PAGE) * PAGE;
	end = one_in(2) ? area->size : start + PAGE +
	      below((area->size - start) / PAGE) * PAGE;
	take_snapshot(file);
	got = DO(munmap(area->base + start, end - start),
		 "%p size=%#zx of %p size=%#zx", area->base + start,
		 end - start, area->base, area->size);
	if (got != (area->view && end - start < area->size ? EINVAL : 0))
		fail(ANSWERS, "munmap: %s", strerrorname_np(got));
	compare_snapshot(file, got);
	if (got) {
		check_pages(area, 1);
		return;
	}
	if (!is_free(area->base + start, end - start))
		fail(PLACES, "not free after munmap");
	tail = *area;
	tail.base += end;
	tail.offset += end;
	tail.size -= end;
	area->size = start;
	if (!start && tail.size)
		*area = tail;
	else if (!start)
		forget_area(area);
	else if (tail.size)
		add_area(tail.base, tail.size, tail.offset, tail.store,
			 tail.prot, tail.may_write, 0);
	if (start && tail.size)
		find_area((uintptr_t)tail.base, 1)->split = tail.split;
}

static void op_mremap(void)
{
	struct area *area = PICK_AREA();
	struct file *file = pick_file();
	size_t old, new;
	int flags, got;
	char *goal, *base;
	bool may;

	if (!area || area->split)
		return;
	old = one_in(2) ? area->size : below(area->size / PAGE + 1) * PAGE;
	/* 0 as a new size is refused before all else, so it shows nothing. */
	new = old && one_in(2) ? old : (1 + below(2 * area->size / PAGE)) * PAGE;
	flags = below(8);
	goal = arena(new);
	if (find_area((uintptr_t)goal, new))
		return;
	/* A plain mapping: whole, to a place of its own or smaller. */
	if (!area->view) {
		old = area->size;
		if (flags & MREMAP_FIXED)
			flags = MREMAP_FIXED | MREMAP_MAYMOVE;
		else
			flags &= MREMAP_MAYMOVE;
	}
	/* The kernel clears the goal first: it must be nobody's. */
	may = (!area->view && new <= old) ||
	      (new == old && old && !(flags & ~MREMAP_MAYMOVE));
	take_snapshot(file);
	got = DO(base = mremap(area->base, old, new, flags, goal),
		 "%p size=%#zx old=%#zx new=%#zx flags=%d goal=%p view=%d",
		 area->base, area->size, old, new, flags, goal, area->view);
	compare_snapshot(file, got);
	if (!got != may)
		fail(ANSWERS, "mremap: %s", strerrorname_np(got));
	if (!got && !area->view) {
		area->base = base;
		area->size = new;
	}
	check_pages(area, 1);
}

static void op_mprotect(void)
{
	static const int prots[] = {
		PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
	};
	struct area *area = PICK_AREA();
	struct file *file = pick_file();
	int prot = ONE_OF(prots), want = 0, got;
	size_t start = 0, end;

	if (!area)
		return;
	end = area->size;
	if (!area->view) {
		prot &= ~PROT_EXEC;
	} else if (one_in(3)) {
		start = below(area->size / PAGE) * PAGE;
		end = start + PAGE + below((area->size - start) / PAGE) * PAGE;
	}
	if (prot == area->prot)
		want = ANY;
	else if ((prot & PROT_WRITE && !area->may_write) || prot & PROT_EXEC)
		want = EACCES;
	else if (end - start < area->size)
		want = EINVAL;
	take_snapshot(file);
	got = DO(mprotect(area->base + start, end - start, prot),
		 "%p size=%#zx of %p size=%#zx prot=%d view=%d",
		 area->base + start, end - start, area->base, area->size, prot,
		 area->view);
	compare_snapshot(file, got);
	if (want != ANY && got != want)
		fail(ANSWERS, "mprotect: %s", strerrorname_np(got));
	if (!got)
		area->prot = prot;
	check_pages(area, 1);
}

static void op_madvise(void)
{
	static const int advices[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED,
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DOFORK,
		MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE,
		MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK,
		MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT, 22, 23, 24, 25,
		102, 103,
	};
	struct area *area = PICK_AREA();
	int advice = ONE_OF(advices), got;
	size_t start, size;

	if (!area)
		return;
	start = one_in(2) ? 0 : below(area->size / PAGE) * PAGE;
	size = one_in(2) ? area->size - start : PAGE;
	got = DO(madvise(area->base + start, size, advice),
		 "%p size=%#zx of %p size=%#zx advice=%d view=%d",
		 area->base + start, size, area->base, area->size, advice,
		 area->view);
	if (!got && (advice == MADV_DOFORK || advice == MADV_DODUMP ||
		     advice == MADV_FREE || advice == 22 || advice == 23))
		fail(ANSWERS, "madvise %d succeeds", advice);
	area->split |= !got && size < area->size;
	check_pages(area, 1);
}

static void op_mlock(void)
{
	struct area *area = PICK_AREA();
	size_t start;

	if (!area)
		return;
	start = one_in(2) ? 0 : below(area->size / PAGE) * PAGE;
	switch (below(3)) {
	case 0:
		DO(mlock(area->base + start, area->size - start), "%p",
		   area->base + start);
		break;
	case 1:
		DO(mlock2(area->base + start, area->size - start,
			  MLOCK_ONFAULT), "onfault %p", area->base + start);
		break;
	default:
		DO(munlock(area->base + start, area->size - start),
		   "munlock %p", area->base + start);
	}
	check_pages(area, 1);
}

static void op_msync(void)
{
	struct area *area = PICK_AREA();

	if (area)
		DO(msync(area->base, area->size, 1 << below(3)), "%p",
		   area->base);
}

static void op_mincore(void)
{
	struct area *area = PICK_AREA();
	unsigned char present[4096];
	size_t size;

	if (!area)
		return;
	size = area->size < 16 * MiB ? area->size : 16 * MiB;
	if (DO(mincore(area->base, size, present), "%p size=%#zx", area->base,
	       size))
		fail(PLACES, "%p is not mapped", area->base);
}

/* An area and a page of it for a test of what gets at it from elsewhere. */
static struct area *some_page(size_t *page, struct iovec *at)
{
	struct area *area = PICK_AREA();

	if (!area)
		return NULL;
	*page = below(area->size / PAGE);
	*at = (struct iovec) { area->base + *page * PAGE, PAGE };
	return area;
}

static uint32_t buffer[WORDS] __attribute__((aligned(4096)));

static void op_vm_readv(void)
{
	struct iovec at, local = { buffer, PAGE };
	bool writes = one_in(2);
	size_t page;
	struct area *area = some_page(&page, &at);
	int got;

	if (!area)
		return;
	if (writes)
		got = DO(process_vm_writev(getpid(), &local, 1, &at, 1, 0),
			 "write %p", at.iov_base);
	else
		got = DO(process_vm_readv(getpid(), &local, 1, &at, 1, 0),
			 "read %p", at.iov_base);
	if (got != EFAULT)
		fail(ANSWERS, "process_vm_%sv: %s", writes ? "write" : "read",
		     strerrorname_np(got));
	check_page(area, page);
}

static void op_vmsplice(void)
{
	struct iovec at;
	size_t page;
	struct area *area = some_page(&page, &at);
	int pipes[2], got;

	if (!area || pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return;
	got = DO(vmsplice(pipes[1], &at, 1, below(16)), "%p", at.iov_base);
	if (got != EFAULT)
		fail(ANSWERS, "vmsplice: %s", strerrorname_np(got));
	close(pipes[0]);
	close(pipes[1]);
	check_page(area, page);
}

static void op_direct_io(void)
{
	static int fd = -2;
	struct iovec at;
	size_t page;
	struct area *area = some_page(&page, &at);
	bool writes = one_in(2);
	int got;

	if (fd == -2)
		fd = open("/dev/ram0", O_RDWR | O_DIRECT | O_CLOEXEC);
	if (!area || fd < 0)
		return;
	if (writes)
		got = DO(pwrite(fd, at.iov_base, PAGE, 0), "write %p",
			 at.iov_base);
	else
		got = DO(pread(fd, at.iov_base, PAGE, 0), "read %p",
			 at.iov_base);
	if (got != EFAULT)
		fail(ANSWERS, "direct %s: %s", writes ? "write" : "read",
		     strerrorname_np(got));
	check_page(area, page);
}

static void fill_buffer(uint32_t value)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		buffer[i] = value;
}

static void check_buffer(struct area *area, size_t page)
{
	uint32_t want = area->store->pages[area->offset / PAGE + page];
	uint32_t seen = buffer[below(WORDS)];

	if (!area->store->unknown && seen != want && !store_gone(area->store))
		fail(CONTENTS, "copied %#x, not %#x", seen, want);
}

/* What a debugger does. */
static void op_proc_mem(void)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC), want = 0, got;
	struct iovec at;
	size_t page;
	struct area *area = some_page(&page, &at);
	bool writes = one_in(2);
	uint32_t value = new_value();

	if (!area) {
		close(fd);
		return;
	}
	if (writes) {
		fill_buffer(value);
		got = DO(pwrite(fd, buffer, PAGE, (off_t)at.iov_base),
			 "write %p value=%#x prot=%d", at.iov_base, value,
			 area->prot);
		want = area->prot & PROT_WRITE ? 0 : EIO;
	} else {
		got = DO(pread(fd, buffer, PAGE, (off_t)at.iov_base),
			 "read %p", at.iov_base);
		if (!got)
			check_buffer(area, page);
	}
	close(fd);
	if (got != want && !store_gone(area->store))
		fail(ANSWERS, "/proc/self/mem: %s", strerrorname_np(got));
	page_written(area, page, value, writes && !got);
}

/* Copies by the kernel are fine. */
static void op_read_into(void)
{
	uint32_t value = new_value();
	int pipes[2], want, got;
	struct iovec at;
	size_t page;
	struct area *area = some_page(&page, &at);
	bool into = one_in(2);

	if (!area || pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return;
	if (into) {
		fill_buffer(value);
		if (write(pipes[1], buffer, PAGE) != PAGE)
			fail(ANSWERS, "write to a pipe: %m");
		got = DO(read(pipes[0], at.iov_base, PAGE), "%p value=%#x",
			 at.iov_base, value);
		want = area->prot & PROT_WRITE ? 0 : EFAULT;
	} else {
		got = DO(write(pipes[1], at.iov_base, PAGE), "write %p",
			 at.iov_base);
		want = area->prot & PROT_READ ? 0 : EFAULT;
		if (!got && read(pipes[0], buffer, PAGE) == PAGE)
			check_buffer(area, page);
	}
	if (got != want)
		fail(ANSWERS, "%s a mapping: %s", into ? "read into" :
		     "write from", strerrorname_np(got));
	close(pipes[0]);
	close(pipes[1]);
	page_written(area, page, value, into && !got);
}

/* Other processes, other threads. */

static void run_operations(unsigned long n);

/* A child has no views, all plain mappings, and the files. */
static void child(void)
{
	unsigned int i;
	uint32_t seen;

	in_child = true;
	for (i = 0; i < LENGTH(areas); i++) {
		struct area *area = &areas[i];
		struct file *file = file_of(area->file);

		if (!area->store)
			continue;
		if (!area->view) {
			check_pages(area, 1);
			continue;
		}
		if (access_page(area->base, 0, NULL, &seen) != SIGSEGV)
			fail(SIGNALS, "a child sees the view at %p", area->base);
		if (file && !test_unmap(file->fd, (uintptr_t)area->base))
			fail(ANSWERS, "a child unmaps its parent's view");
		area->store = NULL;
	}
	for (i = 0; i < LENGTH(objects); i++) {
		struct object *object = &objects[i];
		struct drm_vidmem_map_video_memory args = { 0 };
		struct area area = { .prot = PROT_READ, .view = true };

		if (!object->store)
			continue;
		args.handle = object->handle;
		args.flags = DRM_VIDMEM_MAP_READ_ONLY;
		if (one_in(2) && !test_map(object->file->fd, &args)) {
			area.base = (char *)(uintptr_t)args.video_ram_base;
			area.size = args.video_ram_length;
			area.store = object->store;
			check_pages(&area, 1);
		}
		object->store = NULL;
	}
	/* From here on it is a process like any other, with files of its own. */
	for (i = 0; i < LENGTH(areas); i++)
		areas[i].store = NULL;
	for (i = 0; i < LENGTH(dma_bufs); i++)
		dma_bufs[i].store = NULL;
	memset(fbs, 0, sizeof(fbs));
	memset(blobs, 0, sizeof(blobs));
	for (i = 0; i < LENGTH(files); i++)
		files[i].serial = 0;
	/* What the parent has in the arena is here too, so far. */
	munmap((void *)ARENA, ARENA_SIZE);
	run_operations(1 + below(40));
	_exit(0);
}

static void op_fork(void)
{
	bool kills = one_in(3);
	unsigned int wait = below(20000);
	uint64_t state = next_random(&random_state);
	int status;
	pid_t pid;

	before("kill=%d after=%u", kills, wait);
	pid = fork();
	if (!pid) {
		random_state = state;
		child();
	}
	after(pid);
	if (kills) {
		usleep(wait);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) ? WEXITSTATUS(status) :
	    !kills || WTERMSIG(status) != SIGKILL)
		fail(ENDS, "a child ended with status %#x", status);
}

/*
 * Threads map and unmap one object, at addresses that all know. Each view is
 * released once: as many UNMAPs succeed as MAPs, when all is over.
 */
#define THREADS		3
#define STEPS		24

static struct {
	struct object *object;
	uint64_t seeds[THREADS], published[8], all[THREADS * STEPS];
	unsigned int logged, maps, unmaps, arrived;
	bool bus;
} race;

/* Their stacks lie where they always do, or replays would differ. */
static char stacks[THREADS][64 * 1024] __attribute__((aligned(4096)));

static void race_unmap(uint64_t address)
{
	int error = address ? test_unmap(race.object->file->fd, address) :
			      EINVAL;

	count(OP_unmap, error);
	if (!error)
		__atomic_add_fetch(&race.unmaps, 1, __ATOMIC_RELAXED);
}

static void *race_thread(void *seed)
{
	uint64_t state = *(uint64_t *)seed, size = race.object->store->size;
	unsigned int step;
	uint32_t seen;

	for (step = 0; step < STEPS; step++) {
		uint64_t r = next_random(&state);
		uint64_t *slot = &race.published[r >> 8 & 7], address = *slot;
		struct drm_vidmem_map_video_memory args = {
			.handle = race.object->handle,
			.flags = r >> 16 & 1 ? DRM_VIDMEM_MAP_READ_ONLY : 0,
			.requested_virtual_address = r >> 20 & 3 ? 0 :
				ARENA + ARENA_SIZE,
		};
		int error;

		switch (r & 7) {
		case 0:
		case 1:
		case 2:
			error = test_map(race.object->file->fd, &args);
			count(OP_map, error);
			if (error)
				break;
			race.all[__atomic_fetch_add(&race.logged, 1,
						    __ATOMIC_RELAXED)] =
				*slot = args.video_ram_base;
			__atomic_add_fetch(&race.maps, 1, __ATOMIC_RELAXED);
			break;
		case 3:
		case 4:
			race_unmap(address);
			break;
		case 5:
			if (address)
				mprotect((void *)address, size, r >> 30 & 1);
			break;
		default:
			if (address && access_page((char *)address, 0, NULL,
						   &seen) == SIGBUS)
				race.bus = true;
		}
	}
	/* All for the same view, at the same moment. */
	for (step = 0; step < LENGTH(race.published); step++) {
		__atomic_add_fetch(&race.arrived, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&race.arrived, __ATOMIC_SEQ_CST) <
		       THREADS * (step + 1))
			sched_yield();
		race_unmap(race.published[step]);
	}
	return NULL;
}

static void op_threads(void)
{
	pthread_t threads[THREADS];
	pthread_attr_t attr;
	unsigned int i;

	memset(&race, 0, sizeof(race));
	race.object = PICK_OBJECT();
	if (!race.object || race.object->store->size > MiB)
		return;
	before("fd=%d handle=%u", race.object->file->fd, race.object->handle);
	for (i = 0; i < THREADS; i++) {
		race.seeds[i] = next_random(&random_state);
		pthread_attr_init(&attr);
		if (pthread_attr_setstack(&attr, stacks[i],
					  sizeof(stacks[i])) ||
		    pthread_create(&threads[i], &attr, race_thread,
				   &race.seeds[i]))
			abort();
		pthread_attr_destroy(&attr);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	after(0);
	for (i = 0; i < race.logged; i++)
		race_unmap(race.all[i]);
	if (race.bus)
		fail(SIGNALS, "SIGBUS in a thread");
	if (race.maps != race.unmaps && !has_gone(race.object->file))
		fail(ANSWERS, "%u MAPs but %u UNMAPs succeeded", race.maps,
		     race.unmaps);
	if (race.object->file->gone)
		for (i = 0; i < race.logged; i++)
			munmap((void *)race.all[i], race.object->store->size);
}

/* The whole. */

/* An adapter that has gone keeps its memory for as long as it is in use. */
static void leave_gone(void)
{
	struct area *area = PICK(areas, _x->store &&
				 !file_of(_x->store->file));
	struct dma_buf *buf = PICK(dma_bufs, _x->store &&
				   !file_of(_x->store->file));
	unsigned int i;

	for (i = 0; i < LENGTH(files); i++)
		if (files[i].serial && files[i].gone && one_in(4))
			close_file(&files[i]);
	if (area && one_in(4))
		drop_area(area);
	if (buf && one_in(4)) {
		close(buf->fd);
		put_store(&buf->store);
	}
}

static void run_operations(unsigned long n)
{
	unsigned int total = 0, i, r;

	for (i = 0; i < OP_COUNT; i++)
		total += ops[i].weight;
	for (; n && !shared->stop; n--) {
		if (!pick_file()) {
			current_op = OP_open;
			op_open();
			continue;
		}
		for (i = 0, r = below(total); r >= ops[i].weight; i++)
			r -= ops[i].weight;
		current_op = i;
		if (in_child && (i == OP_fork || i == OP_threads))
			continue;
		ops[i].run();
		/* A child may be killed at any time: it would shift the rest. */
		if (!in_child)
			shared->workers[me].done++;
		if (options.unbind)
			leave_gone();
	}
}

static void open_foreign(void)
{
	unsigned int i, n = 0;
	char path[PATH_MAX], link[64];
	struct stat stat;

	for (i = 0; i < 8 && n < LENGTH(foreign); i++) {
		drmVersionPtr version;
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%u", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		fstat(fd, &stat);
		snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device",
			 major(stat.st_rdev), minor(stat.st_rdev));
		if (version && realpath(link, path) && strcmp(path, adapter) &&
		    (!strcmp(version->name, "vgem") ||
		     !strcmp(version->name, "vidmem")))
			foreign[n++] = fd;
		else
			close(fd);
		drmFreeVersion(version);
	}
}

static void worker(unsigned int number)
{
	struct sigaction action = {
		.sa_sigaction = on_fault, .sa_flags = SA_NODEFER | SA_SIGINFO,
	};

	me = number;
	random_state = mix(options.seed + mix(number + 1));
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	open_foreign();
	map_shape_pages();
	run_operations(options.operations / options.rounds);
	_exit(0);
}

/* Ends, with the adapter bound, when it is told to. */
static void unbinder(const char *driver)
{
	const char *device = strrchr(adapter, '/') + 1;
	uint64_t state = options.seed;
	int error, tries;

	while (!shared->stop) {
		tries = 0;
		usleep(next_random(&state) % 300000);
		if (write_file(driver, "unbind", device))
			_exit(1);
		usleep(next_random(&state) % 20000);
		/* There is no memory for another while the old is in use. */
		while ((error = write_file(driver, "bind", device)) &&
		       tries++ < 1000)
			usleep(20000);
		if (error)
			_exit(2);
		shared->cycles++;
	}
	_exit(0);
}

static void read_parameter(char *to, const char *name)
{
	char path[64], value[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/vidmem/parameters/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, value, sizeof(value) - 1) > 0)
		sprintf(to + strlen(to), "%s=%.*s ", name,
			(int)strcspn(value, "\n"), value);
	close(fd);
}

static bool reload_module(void)
{
	char parameters[400] = "";
	int fd = open(options.module, O_RDONLY | O_CLOEXEC), ret, tries = 0;

	read_parameter(parameters, "adapters");
	read_parameter(parameters, "vram_mb");
	read_parameter(parameters, "mode");
	read_parameter(parameters, "desktop");
	/* Files that a process left open at its end are closed soon after. */
	while ((ret = syscall(SYS_delete_module, "vidmem", O_NONBLOCK)) &&
	       errno != ENOENT && tries++ < 50)
		usleep(100000);
	if (!ret)
		ret = syscall(SYS_finit_module, fd, parameters, 0);
	if (ret)
		say(1, "# reloading %s: %m", options.module);
	close(fd);
	return !ret;
}

static uint64_t free_now(void)
{
	struct drm_vidmem_get_param args = { DRM_VIDMEM_PARAM_VRAM_FREE };
	int fd = open_adapter(O_RDWR), error;

	error = fd < 0 || test_ioctl(fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args);
	close(fd);
	return error ? UINT64_MAX : args.value;
}

static void report(void)
{
	unsigned long done = 0, of_op;
	unsigned int i, j;
	char line[300];

	for (i = 0; i < OP_COUNT; i++) {
		int length = snprintf(line, sizeof(line), "#  %-14s %8lu",
				      op_names[i], shared->counts[i][0]);

		for (j = 1, of_op = shared->counts[i][0]; j < MAX_ERRNO; j++) {
			if (!shared->counts[i][j])
				continue;
			of_op += shared->counts[i][j];
			length += snprintf(line + length, sizeof(line) - length,
					   " %s %lu", strerrorname_np(j),
					   shared->counts[i][j]);
		}
		done += of_op;
		say(1, "%s", line);
	}
	say(1, "# %lu calls, by name: successes, then errors", done);
}

/* One round: all processes from start to end. */
static void run_round(const char *driver, double deadline)
{
	pid_t pids[MAX_PROCESSES] = { 0 }, unbind_pid = 0, pid;
	unsigned long seen[MAX_PROCESSES] = { 0 };
	time_t since[MAX_PROCESSES] = { 0 };
	unsigned int left = 0, i;
	struct timespec now;
	double last = 0;
	int status, fd = -1;

	shared->stop = false;
	if (options.module)
		fd = open_adapter(O_RDWR);
	for (i = 0; i < options.processes; i++) {
		if (options.only != UINT_MAX && i != options.only)
			continue;
		pids[i] = fork();
		if (!pids[i])
			worker(i);
		left++;
	}
	if (options.unbind) {
		unbind_pid = fork();
		if (!unbind_pid)
			unbinder(driver);
	}
	while (left) {
		pid = waitpid(-1, &status, WNOHANG);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (pid > 0 && pid != unbind_pid) {
			for (i = 0; i < options.processes && pids[i] != pid; i++)
				;
			if (i == options.processes)
				continue;
			pids[i] = 0;
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status) > 3) {
				say(1, "# p%u ended with status %#x; last:", i,
				    status);
				print_ring(i);
				shared->failures[ENDS]++;
				shared->stop = true;
			}
			continue;
		} else if (pid > 0) {
			unbind_pid = 0;
			if (status) {
				say(1, "# cannot unbind or bind %s: status %#x",
				    adapter, status);
				shared->failures[ENDS]++;
			}
		}
		if (now.tv_sec > deadline)
			shared->stop = true;
		/* In use as it is, it cannot be unloaded. */
		if (fd >= 0 && !syscall(SYS_delete_module, "vidmem",
					O_NONBLOCK))
			shared->failures[REFUSALS]++;
		for (i = 0; i < options.processes; i++) {
			if (!since[i] || !pids[i] ||
			    shared->workers[i].done != seen[i])
				since[i] = now.tv_sec;
			seen[i] = shared->workers[i].done;
			if (now.tv_sec <= since[i] + STUCK)
				continue;
			say(1, "# p%u does not end; last:", i);
			print_ring(i);
			kill(pids[i], SIGKILL);
			pids[i] = 0;
			left--;
			shared->failures[ENDS]++;
			shared->stop = true;
		}
		if (now.tv_sec >= last + 10) {
			unsigned long done = 0;

			for (i = 0; i < options.processes; i++)
				done += shared->workers[i].done;
			if (last)
				say(1, "# %lu operations", done);
			last = now.tv_sec;
		}
		usleep(20000);
	}
	shared->stop = true;
	if (unbind_pid && (waitpid(unbind_pid, &status, 0) < 0 || status)) {
		say(1, "# cannot unbind or bind %s: status %#x", adapter,
		    status);
		shared->failures[ENDS]++;
	}
	if (fd >= 0)
		close(fd);
}

static void usage(FILE *file)
{
	fputs("fuzz: random calls on the adapter in $VIDMEM_DEVICE\n"
	      "  --seed S          what to begin with (default: from the clock)\n"
	      "  --processes N     at the same time, 1 to 16 (default 4)\n"
	      "  --operations N    of each process (default: 5000, or no end)\n"
	      "  --seconds N       end after so many\n"
	      "  --rounds N        all processes anew, N times (default 1)\n"
	      "  --only N          of these processes, run number N alone\n"
	      "  --unbind          unbind and bind the adapter meanwhile (root)\n"
	      "  --reload MODULE   unload the module between rounds, and load\n"
	      "                    this file with the same parameters (root)\n"
	      "  --trace FILE      append each operation to the file before it is\n"
	      "                    done, and its outcome after it; - for stdout\n"
	      "One process with the same seed does the same operations each time,\n"
	      "as long as no other program uses the adapter; but what the kernel\n"
	      "numbers may get other numbers, as a child was killed sooner or\n"
	      "later. Other adapters of vidmem, and vgem, are used to pass dma-bufs\n"
	      "to and from.\n", file);
}

static bool parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seed", 1, NULL, 's' }, { "processes", 1, NULL, 'p' },
		{ "operations", 1, NULL, 'o' }, { "seconds", 1, NULL, 't' },
		{ "rounds", 1, NULL, 'r' }, { "only", 1, NULL, 'n' },
		{ "unbind", 0, NULL, 'u' }, { "reload", 1, NULL, 'm' },
		{ "trace", 1, NULL, 'T' }, { "help", 0, NULL, 'h' }, { 0 },
	};
	struct timespec now;
	int c;

	clock_gettime(CLOCK_REALTIME, &now);
	options.seed = mix(now.tv_sec ^ (uint64_t)now.tv_nsec << 20) >> 32;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		unsigned long n = 0;
		char *end = "";

		if (c != 'u' && c != 'm' && c != 'T' && c != 'h' && c != '?')
			n = strtoul(optarg, &end, 0);
		if (*end || c == '?') {
			usage(stderr);
			return false;
		}
		if (c == 's')
			options.seed = n;
		else if (c == 'p')
			options.processes = n;
		else if (c == 'o')
			options.operations = n;
		else if (c == 't')
			options.seconds = n;
		else if (c == 'r')
			options.rounds = n;
		else if (c == 'n')
			options.only = n;
		else if (c == 'u')
			options.unbind = true;
		else if (c == 'm')
			options.module = optarg;
		else if (c == 'T')
			options.trace = strcmp(optarg, "-") ?
				open(optarg, O_WRONLY | O_APPEND | O_CREAT |
				     O_CLOEXEC, 0644) : 1;
		else if (c == 'h') {
			usage(stdout);
			exit(0);
		}
	}
	if (optind < argc || !options.rounds || !options.processes ||
	    options.processes > MAX_PROCESSES ||
	    (options.only != UINT_MAX && options.only >= options.processes)) {
		usage(stderr);
		return false;
	}
	if (!options.operations)
		options.operations = options.seconds ? ULONG_MAX : 5000;
	return true;
}

int main(int argc, char **argv)
{
	char link[64], driver[PATH_MAX], path[PATH_MAX + 16];
	unsigned int i, round, failed = 0, tries;
	uint64_t free_before, free_after = 0;
	drmVersionPtr version;
	struct timespec start, end;
	unsigned long done = 0;
	struct stat stat;
	double seconds;
	int fd;

	/* Addresses are a part of what is done: the same each time. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE) &&
	    personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE) >= 0)
		execv("/proc/self/exe", argv);
	if (!parse(argc, argv))
		return 2;
	fd = test_open();
	if (fd < 0) {
		if (getenv("VIDMEM_DEVICE")) {
			say(1, "%s: %m\nnot ok 1 open\n1..1",
			    getenv("VIDMEM_DEVICE"));
			return 1;
		}
		say(1, "1..0 # SKIP no vidmem adapter that may be opened");
		return 4;
	}
	fstat(fd, &stat);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device",
		 major(stat.st_rdev), minor(stat.st_rdev));
	snprintf(path, sizeof(path), "%s/driver", link);
	version = drmGetVersion(fd);
	if (!version || strcmp(version->name, "vidmem") ||
	    !realpath(link, adapter) || !realpath(path, driver)) {
		say(1, "# no vidmem adapter\nnot ok 1 open\n1..1");
		return 1;
	}
	drmFreeVersion(version);
	vram_size = test_param(fd, DRM_VIDMEM_PARAM_VRAM_SIZE);
	close(fd);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	say(1, "TAP version 13");
	say(1, "# --seed %lu --processes %u --operations %lu --seconds %lu "
	    "--rounds %u", options.seed, options.processes, options.operations,
	    options.seconds, options.rounds);
	free_before = free_now();

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (round = 0; round < options.rounds; round++) {
		if (round && options.module && !reload_module()) {
			shared->failures[ENDS]++;
			break;
		}
		run_round(driver, options.seconds ? start.tv_sec +
			  (double)options.seconds * (round + 1) /
			  options.rounds : 1e18);
		options.seed = mix(options.seed);
		/* What processes leave at their end goes a little later. */
		for (tries = 0; tries < 100; tries++) {
			free_after = free_now();
			if (free_after == free_before)
				break;
			usleep(100000);
		}
		if (free_after != free_before) {
			say(1, "# free video memory: %lu before, %lu after",
			    free_before, free_after);
			shared->failures[VRAM]++;
			break;
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	report();
	for (i = 0; i < options.processes; i++)
		done += shared->workers[i].done;
	seconds = end.tv_sec - start.tv_sec +
		  (end.tv_nsec - start.tv_nsec) / 1e9;
	say(1, "# %lu operations in %.1f s, %.0f a second", done, seconds,
	    done / seconds);
	if (options.unbind)
		say(1, "# unbound and bound %lu times", shared->cycles);
	for (i = 1; i < MAX_ERRNO; i++)
		failed += shared->counts[OP_map][i];
	if (!options.unbind && done > 1000 && shared->counts[OP_map][0] < failed)
		shared->failures[SUCCESS]++;
	failed = 0;
	for (i = 0; i < CLASSES; i++) {
		failed += shared->failures[i];
		say(1, "%sok %u %s", shared->failures[i] ? "not " : "", i + 1,
		    class_names[i]);
	}
	say(1, "1..%u", CLASSES);
	return failed != 0;
}
