// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Whatever Linux's calls have done to a mapping, an access to it comes to an end:
 * by the program, and by the kernel for it, under whatever locks. For views and
 * plain mappings, made of pages of each size.
 *
 * What each call answers is for vma.c to say; here it may answer what it likes.
 */

#include <linux/futex.h>
#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "vidmem_test.h"
#include "watch.h"

#define GiB (1024 * MiB)

#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif

/* Since 6.7: the argument of PAGEMAP_SCAN. */
struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask;
	uint64_t return_mask;
};
#define SCAN _IOWR('f', 16, struct scan)
#define SCAN_WRITE_PROTECT 1
#define SCAN_IS_WRITTEN 2

/* A mapping under test, and another one of the same memory to look at it by. */
struct place {
	int fd;
	uint32_t handle, crtc;
	char *base;
	size_t size;
	volatile char *mirror;
	int uffd;
	/* mbind(2) may look at all pages: see "large pages" in mapping.rst. */
	bool strict;
};

/* The calls. */

static void read_whole(const char *path)
{
	static char buffer[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (fd >= 0)
		close(fd);
}

static void nothing(struct place *place)
{
}

static void clear_refs(struct place *place)
{
	static const char *const kinds[] = { "1", "2", "3", "4", "5" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		write_file("/proc/self", "clear_refs", kinds[i]);
}

static void clear_soft_dirty(struct place *place)
{
	write_file("/proc/self", "clear_refs", "4");
}

static void protect(struct place *place, int prot)
{
	mprotect(place->base, place->size, prot);
}

static void mprotect_read(struct place *place)
{
	protect(place, PROT_READ);
	protect(place, PROT_READ | PROT_WRITE);
}

static void mprotect_none(struct place *place)
{
	protect(place, PROT_NONE);
	protect(place, PROT_READ | PROT_WRITE);
}

static void mprotect_after_clearing(struct place *place)
{
	clear_soft_dirty(place);
	mprotect_read(place);
	mprotect_none(place);
}

/* Parts of it, which a view refuses. */
static void mprotect_parts(struct place *place)
{
	size_t part;

	for (part = PAGE; part < place->size; part = 3 * part) {
		mprotect(place->base + part, PAGE, PROT_READ);
		mprotect(place->base, part, PROT_NONE);
		mprotect(place->base, place->size - part,
			 PROT_READ | PROT_WRITE);
	}
	protect(place, PROT_READ | PROT_WRITE);
}

static void protection_key(struct place *place)
{
	int key = syscall(SYS_pkey_alloc, 0, 0);

	if (key < 0)
		return;
	syscall(SYS_pkey_mprotect, place->base, place->size,
		PROT_READ | PROT_WRITE, key);
	*(volatile char *)place->base = 1;
	syscall(SYS_pkey_mprotect, place->base, place->size, PROT_READ, key);
	syscall(SYS_pkey_mprotect, place->base, place->size,
		PROT_READ | PROT_WRITE, 0);
	syscall(SYS_pkey_free, key);
}

/* Those of hardware errors are for pages, which there are none of. */
static const int advices[] = {
	0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, 100, 101, 102, 103,
};

static void madvise_all(struct place *place)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(advices); i++) {
		madvise(place->base, place->size, advices[i]);
		madvise(place->base + place->size / 2, PAGE, advices[i]);
	}
}

static void process_madvise_all(struct place *place)
{
	struct iovec at = { place->base, place->size };
	int fd = syscall(SYS_pidfd_open, getpid(), 0);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(advices); i++)
		syscall(SYS_process_madvise, fd, &at, 1, advices[i], 0);
	close(fd);
}

static void locks(struct place *place)
{
	mlock(place->base, place->size);
	munlock(place->base, place->size);
	mlock2(place->base, place->size, MLOCK_ONFAULT);
	mlockall(MCL_CURRENT | MCL_ONFAULT);
	munlockall();
}

static void sync_and_core(struct place *place)
{
	static unsigned char present[GiB / 4096];

	msync(place->base, place->size, MS_ASYNC);
	msync(place->base, place->size, MS_SYNC | MS_INVALIDATE);
	mincore(place->base, place->size, present);
}

/* In place, or not at all. */
static void mremap_in_place(struct place *place)
{
	mremap(place->base, place->size, place->size, 0);
	mremap(place->base, place->size, place->size, MREMAP_MAYMOVE);
	mremap(place->base, place->size, place->size + PAGE, 0);
}

static void numa(struct place *place)
{
	unsigned long node = 1, all = 1;
	void *page = place->base;
	int mode, status;

	syscall(SYS_mbind, place->base, place->size, MPOL_BIND, &node, 64,
		MPOL_MF_MOVE);
	if (place->strict) {
		syscall(SYS_mbind, place->base, place->size, MPOL_BIND, &node,
			64, MPOL_MF_MOVE | MPOL_MF_STRICT);
		syscall(SYS_mbind, place->base, place->size, MPOL_BIND, &node,
			64, MPOL_MF_STRICT);
	}
	syscall(SYS_get_mempolicy, &mode, NULL, 0, place->base,
		MPOL_F_NODE | MPOL_F_ADDR);
	syscall(SYS_migrate_pages, getpid(), 64, &all, &node);
	syscall(SYS_move_pages, 0, 1, &page, NULL, &status, 0);
	status = 0;
	syscall(SYS_move_pages, 0, 1, &page, &status, &mode, MPOL_MF_MOVE);
	syscall(SYS_mbind, place->base, place->size, MPOL_DEFAULT, NULL, 0, 0);
}

static void huge_page_switches(struct place *place)
{
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	*(volatile char *)(place->base + place->size / 2) = 1;
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0);
	prctl(PR_SET_MEMORY_MERGE, 0, 0, 0, 0);
}

static void read_proc(struct place *place)
{
	read_whole("/proc/self/maps");
	read_whole("/proc/self/smaps");
	read_whole("/proc/self/smaps_rollup");
	read_whole("/proc/self/numa_maps");
}

static void read_pagemap(struct place *place)
{
	static uint64_t entries[512];
	struct { uint64_t start, end, categories; } found[16];
	struct scan scan = {
		.size = sizeof(scan), .start = (uintptr_t)place->base,
		.end = (uintptr_t)place->base + place->size,
		.vec = (uintptr_t)found, .vec_len = ARRAY_SIZE(found),
		.return_mask = 0xff,
	};
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (pread(fd, entries, sizeof(entries),
		  (uintptr_t)place->base / PAGE * 8) < 0)
		read_whole("/proc/self/maps");
	ioctl(fd, SCAN, &scan);
	/* Takes the right to write away, where userfaultfd watches. */
	scan.flags = SCAN_WRITE_PROTECT;
	scan.category_mask = scan.return_mask = SCAN_IS_WRITTEN;
	ioctl(fd, SCAN, &scan);
	close(fd);
}

static void proc_mem(struct place *place)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	char buffer[64];

	if (pread(fd, buffer, sizeof(buffer), (off_t)(uintptr_t)place->base) < 0 ||
	    pwrite(fd, buffer, sizeof(buffer),
		   (off_t)(uintptr_t)place->base) < 0)
		read_proc(place);
	close(fd);
}

/* All that want pages, of which there are none. */
static void want_pages(struct place *place)
{
	struct iovec at = { place->base, PAGE };
	char buffer[64];
	struct iovec local = { buffer, sizeof(buffer) };
	int pipes[2];

	if (!pipe(pipes)) {
		vmsplice(pipes[1], &at, 1, SPLICE_F_NONBLOCK);
		close(pipes[0]);
		close(pipes[1]);
	}
	at.iov_len = sizeof(buffer);
	process_vm_readv(getpid(), &local, 1, &at, 1, 0);
	process_vm_writev(getpid(), &local, 1, &at, 1, 0);
	/* Shared futexes are known by their page. */
	syscall(SYS_futex, place->base, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void watch_by(struct place *place, uint64_t features, uint64_t mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register args = {
		.range = { (uintptr_t)place->base, place->size },
		.mode = mode,
	};
	struct uffdio_writeprotect protect = {
		.range = args.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};

	if (place->uffd >= 0)
		close(place->uffd);
	place->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK |
			      (geteuid() ? 1 /* UFFD_USER_MODE_ONLY */ : 0));
	if (place->uffd < 0 || ioctl(place->uffd, UFFDIO_API, &api) ||
	    ioctl(place->uffd, UFFDIO_REGISTER, &args))
		return;
	/* Unless it asks nobody, nobody would answer. */
	if (!(features & UFFD_FEATURE_WP_ASYNC)) {
		fprintf(stderr, "# userfaultfd takes it, mode %#llx\n",
			(unsigned long long)mode);
		ioctl(place->uffd, UFFDIO_UNREGISTER, &args.range);
		return;
	}
	ioctl(place->uffd, UFFDIO_WRITEPROTECT, &protect);
}

static void userfaultfd_asking(struct place *place)
{
	watch_by(place, 0, UFFDIO_REGISTER_MODE_MISSING);
	watch_by(place, 0, UFFDIO_REGISTER_MODE_WP);
	watch_by(place, 0, 1 << 2 /* minor */);
	watch_by(place, UFFD_FEATURE_WP_UNPOPULATED, UFFDIO_REGISTER_MODE_WP);
}

/* The kernel notes which pages are written to, and asks nobody. */
static void userfaultfd_noting(struct place *place)
{
	watch_by(place, UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED,
		 UFFDIO_REGISTER_MODE_WP);
}

static void userfaultfd_noted(struct place *place)
{
	struct uffdio_range range = { (uintptr_t)place->base, place->size };

	userfaultfd_noting(place);
	read_pagemap(place);
	if (place->uffd >= 0)
		ioctl(place->uffd, UFFDIO_UNREGISTER, &range);
}

/* Fill it, from another place, as a handler would. */
static void userfaultfd_fill(struct place *place)
{
	static char page[4096] __attribute__((aligned(4096)));
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_copy copy = {
		.dst = (uintptr_t)place->base, .src = (uintptr_t)page,
		.len = sizeof(page),
	};
	struct uffdio_zeropage zero = {
		.range = { (uintptr_t)place->base, sizeof(page) },
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	ioctl(fd, UFFDIO_API, &api);
	ioctl(fd, UFFDIO_COPY, &copy);
	ioctl(fd, UFFDIO_ZEROPAGE, &zero);
	close(fd);
}

static void fork_child(struct place *place)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		(_exit)(0);
	waitpid(pid, &status, 0);
}

/* For good, so it comes last. */
static void seal(struct place *place)
{
	syscall(SYS_mseal, place->base, place->size, 0);
}

#define CALL(name) { #name, name }
static const struct {
	const char *name;
	void (*run)(struct place *place);
} calls[] = {
	CALL(nothing), CALL(clear_refs), CALL(clear_soft_dirty),
	CALL(mprotect_read), CALL(mprotect_none),
	CALL(mprotect_after_clearing), CALL(mprotect_parts),
	CALL(protection_key), CALL(madvise_all), CALL(process_madvise_all),
	CALL(locks), CALL(sync_and_core), CALL(mremap_in_place), CALL(numa),
	CALL(huge_page_switches), CALL(read_proc), CALL(read_pagemap),
	CALL(proc_mem), CALL(want_pages), CALL(userfaultfd_asking),
	CALL(userfaultfd_noting), CALL(userfaultfd_noted),
	CALL(userfaultfd_fill), CALL(fork_child), CALL(seal),
};

/* The accesses. Each writes a byte or says which it has read. */

static int by_program(struct place *place, size_t at, char value)
{
	*(volatile char *)(place->base + at) = value;
	return 0;
}

static int by_read(struct place *place, size_t at, char value)
{
	int pipes[2], ret = -1;

	if (pipe(pipes))
		return -1;
	if (write(pipes[1], &value, 1) == 1 &&
	    read(pipes[0], place->base + at, 1) == 1)
		ret = 0;
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

/* DRM copies properties out with all modeset locks held. */
static int by_modesetting(struct place *place, size_t at, char value)
{
	uint64_t values[64];
	struct drm_mode_obj_get_properties args = {
		.obj_id = place->crtc, .obj_type = DRM_MODE_OBJECT_CRTC,
	};
	uint32_t *ids = (uint32_t *)(place->base + (at & ~3ul));

	if (ioctl(place->fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &args) ||
	    args.count_props > ARRAY_SIZE(values))
		return -1;
	/* One that fits into the page. */
	args.count_props = 1;
	args.props_ptr = (uintptr_t)ids;
	args.prop_values_ptr = (uintptr_t)values;
	if (ioctl(place->fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &args))
		return -1;
	*(volatile char *)(place->base + at) = value;
	return 0;
}

/* An atomic operation of the kernel's on the program's memory. */
static int by_futex(struct place *place, size_t at, char value)
{
	uint32_t *word = (uint32_t *)(place->base + (at & ~3ul)), own = 0;

	if (syscall(SYS_futex, &own, FUTEX_WAKE_OP_PRIVATE, 0, NULL, word,
		    FUTEX_OP(FUTEX_OP_SET, 0, FUTEX_OP_CMP_EQ, 0)) < 0)
		return -1;
	*(volatile char *)(place->base + at) = value;
	return 0;
}

static volatile char signaled;

static void on_signal(int number)
{
	signaled = 1;
}

/* The kernel saves registers there. */
static int by_signal(struct place *place, size_t at, char value)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = SA_ONSTACK,
	};
	size_t room = 64 * KiB < place->size ? 64 * KiB : place->size;
	size_t start = at & ~(PAGE - 1);
	stack_t stack = { .ss_size = room }, old;

	if (start > place->size - room)
		start = place->size - room;
	stack.ss_sp = place->base + start;
	if (sigaltstack(&stack, &old))
		return -1;
	sigaction(SIGUSR1, &action, NULL);
	signaled = 0;
	raise(SIGUSR1);
	sigaltstack(&old, NULL);
	*(volatile char *)(place->base + at) = value;
	return signaled ? 0 : -1;
}

#define ACCESS(name) { #name, name }
static const struct {
	const char *name;
	int (*run)(struct place *place, size_t at, char value);
} accesses[] = {
	ACCESS(by_program), ACCESS(by_read), ACCESS(by_modesetting),
	ACCESS(by_futex), ACCESS(by_signal),
};

static int read_by_write(struct place *place, size_t at, char *value)
{
	int pipes[2], ret = -1;

	if (pipe(pipes))
		return -1;
	if (write(pipes[1], place->base + at, 1) == 1 &&
	    read(pipes[0], value, 1) == 1)
		ret = 0;
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

FIXTURE(faults)
{
	struct place place;
	uint64_t free_before;
};

FIXTURE_VARIANT(faults)
{
	bool view;
	size_t size;
	/* Who may do nothing that others may not. */
	bool nobody;
};

FIXTURE_VARIANT_ADD(faults, view_of_4K)
{
	.view = true,
	.size = 256 * KiB,
};

FIXTURE_VARIANT_ADD(faults, view_of_2M)
{
	.view = true,
	.size = 4 * MiB,
};

FIXTURE_VARIANT_ADD(faults, view_of_1G)
{
	.view = true,
	.size = GiB,
};

FIXTURE_VARIANT_ADD(faults, mmap_of_4K)
{
	.size = 256 * KiB,
};

FIXTURE_VARIANT_ADD(faults, mmap_of_2M)
{
	.size = 4 * MiB,
};

FIXTURE_VARIANT_ADD(faults, mmap_of_1G)
{
	.size = GiB,
};

FIXTURE_VARIANT_ADD(faults, view_of_nobody)
{
	.view = true,
	.size = 4 * MiB,
	.nobody = true,
};

FIXTURE_VARIANT_ADD(faults, mmap_of_nobody)
{
	.size = 4 * MiB,
	.nobody = true,
};

FIXTURE_SETUP(faults)
{
	struct place *place = &self->place;
	struct display display;

	OPEN_OR_SKIP(place->fd);
	self->free_before = vram_free(place->fd);
	place->uffd = -1;
	place->size = variant->size;
	place->strict = variant->nobody ||
			test_param(place->fd, DRM_VIDMEM_PARAM_ADAPTER) ==
			DRM_VIDMEM_ADAPTER_VIRTUAL;
	/* Only where there are pages of this size. */
	if (place->size == GiB &&
	    test_param(place->fd, DRM_VIDMEM_PARAM_MAP_GRANULE) < GiB) {
		place->size = 0;
		return;
	}
	ASSERT_EQ(0, test_create(place->fd, place->size, &place->handle));
	ASSERT_EQ(0, get_display(place->fd, &display));
	place->crtc = display.crtc;
	drmModeFreeConnector(display.info);
	place->mirror = map_whole(place->fd, place->handle);
	ASSERT_NE(NULL, place->mirror);
}

FIXTURE_TEARDOWN(faults)
{
	struct place *place = &self->place;

	if (place->fd < 0)
		return;
	if (place->size) {
		EXPECT_EQ(0, test_unmap(place->fd, (uintptr_t)place->mirror));
		EXPECT_EQ(0, drmCloseBufferHandle(place->fd, place->handle));
	}
	EXPECT_EQ(self->free_before, vram_free(place->fd));
	close(place->fd);
}

/* In a child: views are each process's own. */
static void open_place(struct place *place, bool view, bool nobody)
{
	if (nobody && (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
		       setresuid(65534, 65534, 65534)))
		(_exit)(1);
	/* Files in /proc/self are the user's again. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	place->mirror = map_whole(place->fd, place->handle);
	if (view)
		place->base = map_whole(place->fd, place->handle);
	else
		place->base = mmap_object(place->fd, place->handle, place->size,
					  PROT_READ | PROT_WRITE, MAP_SHARED);
	if (!place->base || !place->mirror)
		(_exit)(2);
}

/* Each access, at the beginning, in the middle and at the end. */
static void access_all(struct place *place, const char *after)
{
	const size_t where[] = {
		0, place->size / 2 + 5, place->size - 1,
	};
	static char value;
	size_t i, j;
	char seen;

	for (i = 0; i < ARRAY_SIZE(accesses); i++)
		for (j = 0; j < ARRAY_SIZE(where); j++) {
			value++;
			if (accesses[i].run(place, where[j], value)) {
				fprintf(stderr, "# %s after %s: %s\n",
					accesses[i].name, after,
					strerror(errno));
				(_exit)(3);
			}
			if (place->mirror[where[j]] != value ||
			    read_by_write(place, where[j], &seen) ||
			    seen != value) {
				fprintf(stderr, "# %s after %s has not written\n",
					accesses[i].name, after);
				(_exit)(4);
			}
		}
}

/* A call, then all accesses; before that all of it has been touched, or none. */
static int run_call(struct place *place, bool view, bool nobody, size_t call,
		    bool touched)
{
	char what[100];
	pid_t pid = fork();

	if (!pid) {
		open_place(place, view, nobody);
		if (touched)
			access_all(place, "nothing");
		calls[call].run(place);
		access_all(place, calls[call].name);
		calls[call].run(place);
		access_all(place, calls[call].name);
		(_exit)(0);
	}
	snprintf(what, sizeof(what), "an access after %s, %s", calls[call].name,
		 touched ? "to a mapping in use" : "to a fresh mapping");
	return watch_child(pid, what);
}

TEST_F_TIMEOUT(faults, fresh, 3600)
{
	size_t i;

	for (i = 0; self->place.size && i < ARRAY_SIZE(calls); i++) {
		EXPECT_EQ(0, run_call(&self->place, variant->view,
				      variant->nobody, i, false))
			TH_LOG("after %s", calls[i].name);
	}
}

TEST_F_TIMEOUT(faults, in_use, 3600)
{
	size_t i;

	for (i = 0; self->place.size && i < ARRAY_SIZE(calls); i++) {
		EXPECT_EQ(0, run_call(&self->place, variant->view,
				      variant->nobody, i, true))
			TH_LOG("after %s", calls[i].name);
	}
}

static struct {
	struct place *place;
	volatile bool stop;
	unsigned long accesses;
} race;

/* What the page was made unable to do for a moment is tried again. */
static void *access_thread(void *unused)
{
	struct place *place = race.place;
	unsigned int seed = 1;

	while (!race.stop) {
		size_t at = (size_t)rand_r(&seed) * 64 % place->size & ~3ul;
		uint32_t own = 0;

		/* As the kernel, which gets an error where we get a signal. */
		syscall(SYS_futex, &own, FUTEX_WAKE_OP_PRIVATE, 0, NULL,
			place->base + at,
			FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 0));
		if (read(-1, place->base + at, 1) != -1)
			(_exit)(5);
		by_read(place, at, 1);
		race.accesses++;
	}
	return NULL;
}

/* The calls, while two threads access what they are about. */
TEST_F_TIMEOUT(faults, meanwhile, 3600)
{
	pid_t pid;
	size_t i;

	for (i = 0; self->place.size && i < ARRAY_SIZE(calls); i++) {
		pid = fork();
		if (!pid) {
			pthread_t threads[2];
			int n;

			open_place(&self->place, variant->view,
				   variant->nobody);
			race.place = &self->place;
			pthread_create(&threads[0], NULL, access_thread, NULL);
			pthread_create(&threads[1], NULL, access_thread, NULL);
			for (n = 0; n < 20 || race.accesses < 20; n++) {
				calls[i].run(&self->place);
				sched_yield();
			}
			race.stop = true;
			pthread_join(threads[0], NULL);
			pthread_join(threads[1], NULL);
			access_all(&self->place, calls[i].name);
			(_exit)(0);
		}
		EXPECT_EQ(0, watch_child(pid, calls[i].name))
			TH_LOG("with %s", calls[i].name);
	}
}

TEST_HARNESS_MAIN
