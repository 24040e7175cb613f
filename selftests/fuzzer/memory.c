// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What Linux's own calls do to views and to plain mappings. */

#include <linux/mempolicy.h>
#include <linux/userfaultfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "fuzz.h"

void op_mmap(void)
{
	struct object *object = PICK_OBJECT();
	int prot = one_in(4) ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = MAP_SHARED, want = 0, got;
	uint64_t offset, size, start = 0;
	bool view = one_in(4), may_write;
	void *base, *address = NULL;

	if (!object)
		return;
	free_area();
	if (map_dumb(object, &offset))
		return;
	/* Behind the object's own offsets are those that make a view. */
	if (view) {
		start = one_in(2) ? 0 : below(object->store->size / PAGE) * PAGE;
		offset += object->store->size + start;
	}
	size = (1 + below((object->store->size - start) / PAGE)) * PAGE;
	if (one_in(2))
		size = object->store->size - start;
	if (one_in(4)) {
		address = arena(size);
		flags |= MAP_FIXED_NOREPLACE;
	}
	if (object->file->read_only && prot & PROT_WRITE)
		want = EACCES;
	if (one_in(16)) {
		flags ^= MAP_SHARED | MAP_PRIVATE;
		want = EINVAL;
	} else if (one_in(16) && object->store->size > PAGE && !view) {
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
	if (view && no_view(object->store, want, got))
		want = got;
	expect(object->file, want, got);
	compare_snapshot(object->file, got);
	if (got)
		return;
	note((uintptr_t)base);
	may_write = view ? prot & PROT_WRITE : !object->file->read_only;
	add_area(base, size, start, object->store, prot, may_write,
		 view ? object->file->serial : 0);
}

void op_munmap(void)
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

void op_mremap(void)
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

void op_mprotect(void)
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

void op_madvise(void)
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

void op_mlock(void)
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

void op_msync(void)
{
	struct area *area = PICK_AREA();

	if (area)
		DO(msync(area->base, area->size, 1 << below(3)), "%p",
		   area->base);
}

void op_mincore(void)
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

void op_vm_readv(void)
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

void op_vmsplice(void)
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

void op_direct_io(void)
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
void op_proc_mem(void)
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
void op_read_into(void)
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

/* What programs are watched by, for checkpoints, by debuggers, by handlers. */

void op_clear_refs(void)
{
	char kind[] = { '1' + below(5), 0 };
	struct area *area = PICK_AREA();
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	DO(write(fd, kind, 1), "%s", kind);
	close(fd);
	if (area)
		check_pages(area, 1);
}

/* Since 6.7: notes writes to any mapping, and asks nobody. */
#define UFFD_WP_UNPOPULATED	(1 << 13)
#define UFFD_WP_ASYNC		(1 << 15)

void op_userfaultfd(void)
{
	static const uint64_t modes[] = {
		UFFDIO_REGISTER_MODE_MISSING, UFFDIO_REGISTER_MODE_WP, 1 << 2, 7,
	};
	static int fds[4] = { -1, -1, -1, -1 };
	int *fd = &ONE_OF(fds), got;
	bool asks_nobody = one_in(2);
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = asks_nobody ? UFFD_WP_ASYNC | UFFD_WP_UNPOPULATED : 0,
	};
	struct area *area = PICK_AREA();
	struct uffdio_register args = {
		.mode = asks_nobody ? UFFDIO_REGISTER_MODE_WP : ONE_OF(modes),
	};
	struct uffdio_writeprotect protect = { .mode = below(2) };

	if (*fd >= 0)
		close(*fd);
	*fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || !area || ioctl(*fd, UFFDIO_API, &api))
		return;
	args.range.start = (uintptr_t)area->base;
	args.range.len = area->size;
	got = DO(ioctl(*fd, UFFDIO_REGISTER, &args),
		 "%p size=%#zx mode=%llu nobody=%d", area->base, area->size,
		 args.mode, asks_nobody);
	/* What would wait for an answer is not for such memory. */
	if (!got && !asks_nobody)
		fail(ANSWERS, "userfaultfd takes it");
	if (!got) {
		protect.range = args.range;
		DO(ioctl(*fd, UFFDIO_WRITEPROTECT, &protect), "mode=%llu",
		   protect.mode);
	}
	check_pages(area, 2);
}

/* Without those that are for broken memory, or take the right to read away. */
void op_process_madvise(void)
{
	static const int advices[] = {
		MADV_WILLNEED, MADV_COLD, MADV_PAGEOUT, MADV_DONTNEED,
		MADV_FREE, 25 /* COLLAPSE */,
	};
	struct area *area = PICK_AREA();
	struct iovec at;
	int fd, advice = ONE_OF(advices);

	if (!area)
		return;
	at = (struct iovec) { area->base, area->size };
	fd = syscall(SYS_pidfd_open, getpid(), 0);
	DO(syscall(SYS_process_madvise, fd, &at, 1, advice, 0), "%p advice=%d",
	   area->base, advice);
	close(fd);
	check_pages(area, 1);
}

/* Of this process, by a child, which attaches and lets go. */
void op_ptrace(void)
{
	struct iovec at;
	size_t page;
	struct area *area = some_page(&page, &at);
	uint32_t value = new_value(), want;
	bool writes = one_in(2);
	pid_t pid, parent = getpid();
	int status;

	if (!area)
		return;
	want = area->store->pages[area->offset / PAGE + page];
	before("%p write=%d value=%#x", at.iov_base, writes, value);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	pid = fork();
	if (!pid) {
		long word, both = (long)value << 32 | value;

		if (ptrace(PTRACE_SEIZE, parent, 0, 0) ||
		    ptrace(PTRACE_INTERRUPT, parent, 0, 0) ||
		    waitpid(parent, &status, __WALL) != parent)
			_exit(2);
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, parent, at.iov_base, 0);
		if (!errno && (uint32_t)word != want && !area->store->unknown)
			_exit(3);
		/* All words of a page are the same, so all are written. */
		for (page = 0; writes && page < PAGE; page += sizeof(both))
			if (ptrace(PTRACE_POKEDATA, parent,
				   (char *)at.iov_base + page, both))
				_exit(page ? 4 : 1);
		ptrace(PTRACE_DETACH, parent, 0, 0);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	after(0);
	if (WEXITSTATUS(status) == 3 && !store_gone(area->store))
		fail(CONTENTS, "a debugger does not see %#x", want);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) > 4 ||
		 (WEXITSTATUS(status) == 1 && area->prot & PROT_WRITE &&
		  !store_gone(area->store)))
		fail(ANSWERS, "a debugger ended with status %#x", status);
	if (WEXITSTATUS(status) == 4)
		area->store->unknown = true;
	page_written(area, ((char *)at.iov_base - area->base) / PAGE, value,
		     writes && !status);
}

void op_pagemap(void)
{
	/* PAGEMAP_SCAN of Linux 6.7. */
	struct {
		uint64_t size, flags, start, end, walk_end, vec, vec_len;
		uint64_t max_pages, category_inverted, category_mask;
		uint64_t category_anyof_mask, return_mask;
	} scan = { .size = sizeof(scan) };
	struct { uint64_t start, end, categories; } found[8];
	static uint64_t entries[1024];
	struct area *area = PICK_AREA();
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (area && one_in(2)) {
		DO(pread(fd, entries, sizeof(entries),
			 (uintptr_t)area->base / PAGE * 8), "%p", area->base);
	} else if (area) {
		scan.start = (uintptr_t)area->base;
		scan.end = scan.start + area->size;
		scan.vec = (uintptr_t)found;
		scan.vec_len = LENGTH(found);
		scan.flags = below(4);
		scan.category_mask = below(16);
		scan.return_mask = below(256);
		DO(ioctl(fd, _IOWR('f', 16, scan), &scan), "%p flags=%lu",
		   area->base, scan.flags);
	}
	close(fd);
	if (area)
		check_pages(area, 1);
}

void op_read_maps(void)
{
	static const char *const names[] = {
		"maps", "smaps", "smaps_rollup", "numa_maps",
	};
	static char text[65536];
	const char *name = ONE_OF(names);
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	before("%s", name);
	while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
		;
	after(0);
	if (fd >= 0)
		close(fd);
}

/* On one node: where pages would be, and how far they may go. */
void op_numa(void)
{
	struct area *area = PICK_AREA();
	unsigned long nodes = 1;
	int status = 0, node = 0;
	void *page;

	if (!area)
		return;
	page = area->base;
	switch (below(4)) {
	case 0:
		DO(syscall(SYS_mbind, area->base, area->size, MPOL_BIND, &nodes,
			   64, MPOL_MF_MOVE), "mbind %p", area->base);
		break;
	case 1:
		DO(syscall(SYS_move_pages, 0, 1, &page,
			   one_in(2) ? &node : NULL, &status, MPOL_MF_MOVE),
		   "move_pages %p", area->base);
		break;
	case 2:
		DO(syscall(SYS_get_mempolicy, &node, NULL, 0, area->base,
			   MPOL_F_NODE | MPOL_F_ADDR), "get_mempolicy %p",
		   area->base);
		break;
	default:
		DO(syscall(SYS_migrate_pages, getpid(), 64, &nodes, &nodes),
		   "migrate_pages");
	}
	check_pages(area, 1);
}
