/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef FUZZ_H
#define FUZZ_H

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
 *
 *   main.c       options, processes, what is reported
 *   watchdog.c   tasks that wait or run for ever
 *   common.c     what all see, random numbers, the record of what is done,
 *                accesses that fault
 *   model.c      what a process has, and checks of it
 *   steer.c      --steer: more of what has reached new code
 *
 * and the operations:
 *
 *   requests.c   vidmem's own, and reading and writing mappings
 *   handles.c    DRM's files, handles, dma-bufs and dumb buffers
 *   display.c    modesetting
 *   memory.c     what Linux does to mappings
 *   processes.c  fork, and threads that race
 *   folders.c    virtual adapters by configfs
 */

#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include "../vidmem_calls.h"

#define LENGTH(a)	(sizeof(a) / sizeof((a)[0]))
#define WORDS		1024u			/* of a page */
#define ARENA		0x100000000ul		/* the kernel chooses nothing here */
#define ARENA_SIZE	(256 * MiB)
#define ANY		-1			/* no opinion on the error */
#define RING		16
#define MAX_PROCESSES	16
#define MAX_ERRNO	140
#define REACHED		65536			/* bits, of a hash */

/* Each is a function op_NAME(); how often, beside the others. */
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
	x(direct_io, 4) x(proc_mem, 6) x(read_into, 6) x(clear_refs, 4) \
	x(userfaultfd, 6) x(process_madvise, 4) x(ptrace, 2) x(pagemap, 4) \
	x(read_maps, 1) x(numa, 3) x(fork, 3) x(threads, 3) \
	x(folder_make, 3) x(folder_remove, 1) x(folder_write, 14) x(folder_use, 8)

#define NAME(name, weight)	OP_##name,
enum { OPERATIONS(NAME) OP_COUNT };
#undef NAME
#define NAME(name, weight)	void op_##name(void);
OPERATIONS(NAME)
#undef NAME

extern const char *const op_names[];

/* What can go wrong, each a test of its own. */
enum {
	ENDS, HANGS, ANSWERS, PLACES, CONTENTS, SIGNALS, REFUSALS, SUCCESS, VRAM,
	CLASSES
};

/* What all processes see. */
extern struct shared {
	struct {
		unsigned long done, in_children;
		unsigned int next;
		char text[RING][200];
	} workers[MAX_PROCESSES];
	unsigned long counts[OP_COUNT][MAX_ERRNO];
	unsigned int failures[CLASSES], printed;
	unsigned long cycles;
	uint8_t reached[REACHED / 8];
	bool stop;
} *shared;

extern struct options {
	unsigned int processes, rounds, only;
	unsigned long operations, seconds;
	uint64_t seed;
	bool unbind, steer;
	const char *module;
	int trace;
} options;

extern char adapter[];				/* its folder in sysfs */
extern uint64_t vram_size, random_state;
extern unsigned int me;				/* number of this process */
extern bool in_child;
extern int current_op;

/* common.c */
uint64_t mix(uint64_t x);
uint64_t next_random(uint64_t *state);
uint64_t below(uint64_t n);
bool one_in(unsigned int n);
uint64_t wild(void);
unsigned int some_operation(void);
__attribute__((format(printf, 2, 3)))
void say(int fd, const char *format, ...);
void print_ring(unsigned int worker);
__attribute__((format(printf, 2, 3)))
void fail(int class, const char *format, ...);
__attribute__((format(printf, 1, 2)))
void before(const char *format, ...);
void count(int op, int error);
int after(long ret);
void note(uint64_t address);
void on_fault(int signal, siginfo_t *info, void *context);
int access_page(char *page, unsigned int word, const uint32_t *value,
		uint32_t *seen);

#define ONE_OF(array) ((array)[below(LENGTH(array))])

/* Write down, call, count: 0 or the error. */
#define DO(call, ...) (before(__VA_ARGS__), after((long)(call)))

/* model.c */
struct store {					/* an object's memory */
	uint32_t *pages;
	size_t size;
	unsigned int refs, file;		/* serial number of a file */
	bool unknown;				/* the adapter has gone */
	bool may_be_elsewhere;			/* than in video memory */
};

extern struct file {
	int fd;
	unsigned int serial;			/* 0: none */
	bool gone, read_only;
} files[3];

extern struct object {
	struct file *file;
	uint32_t handle;
	struct store *store;			/* NULL: a free slot, as below */
} objects[24];

extern struct area {
	char *base;
	size_t size, offset;
	struct store *store;
	unsigned int file;			/* serial number, of a view */
	int prot;
	bool view, may_write, split;		/* by madvise, in the kernel */
} areas[24];

extern struct dma_buf {
	int fd;
	bool writable;
	struct store *store;
} dma_bufs[6];

extern struct fb {
	uint32_t id;
	struct file *file;
} fbs[8];

extern uint32_t blobs[8];
extern int foreign[4];				/* files of other devices */

extern struct kms {
	dev_t device;
	uint32_t crtc, connector, plane;
	struct {
		uint32_t object, id;
		char name[DRM_PROP_NAME_LEN];
	} props[64];
	unsigned int prop_count, mode_count;
	drmModeModeInfo modes[6];
} kms;

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

struct file *file_of(unsigned int serial);
bool has_gone(struct file *file);
bool store_gone(struct store *store);
struct store *new_store(size_t size, struct file *file);
struct store *get_store(struct store *store);
void put_store(struct store **store);
struct file *pick_file(void);
struct object *find_object(struct file *file, uint32_t handle,
			   struct store *store);
struct area *find_area(uint64_t start, uint64_t size);
char *arena(size_t size);
bool is_free(const char *start, size_t size);
void forget_area(struct area *area);
void drop_area(struct area *area);
struct area *free_area(void);
void add_area(char *base, size_t size, size_t offset, struct store *store,
	      int prot, bool may_write, unsigned int view_of);
void close_handle(struct object *object);
struct object *add_object(struct file *file, uint32_t handle,
			  struct store *store);
void close_file(struct file *file);
void check_page(struct area *area, size_t page);
void check_pages(struct area *area, unsigned int pages);
uint32_t new_value(void);
void page_written(struct area *area, size_t page, uint32_t value, bool written);
void created(struct file *file, uint32_t handle, size_t size, bool is_dumb);
void make_room(void);
void take_snapshot(struct file *file);
void compare_snapshot(struct file *file, int error);
void expect(struct file *file, int want, int got);
bool no_view(struct store *store, int want, int got);

/* watchdog.c */
bool watch_tasks(const pid_t *pids, unsigned int count);

/* handles.c */
int open_adapter(int flags);
int map_dumb(struct object *object, uint64_t *offset);

/* display.c */
void learn_display(int fd, dev_t device);

/* requests.c */
void map_shape_pages(void);

/* folders.c */
bool can_make_folders(void);
bool remove_folders(void);

/* steer.c */
void start_steering(void);
unsigned int steer(void);
void learn(void);

#endif
