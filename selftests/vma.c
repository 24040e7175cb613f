// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A view is one thing: what Linux's calls for parts of mappings, for copies of
 * them and for pages behind them may do to it. Beside it the plain mmap(2) of
 * an object, which keeps Linux's usual rules.
 */

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include "vidmem_test.h"

#define SIZE (4 * MiB)

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

FIXTURE(vma)
{
	int fd;
	uint32_t handle;
	uint64_t free_before;
	char *view;
	struct maps before, after;
};

FIXTURE_SETUP(vma)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
	ASSERT_EQ(0, test_create(self->fd, SIZE, &self->handle));
	self->view = map_whole(self->fd, self->handle);
	ASSERT_NE(NULL, self->view);
	read_maps(&self->before);
}

FIXTURE_TEARDOWN(vma)
{
	if (self->fd < 0)
		return;
	/* The view is whole and where it was, unless the test took it. */
	if (self->view) {
		EXPECT_EQ(0, write_signal(self->view));
		EXPECT_EQ(0, write_signal(self->view + SIZE - 4));
		EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)self->view));
		EXPECT_STREQ("", permissions(self->view));
	}
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, self->handle));
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

#define EXPECT_FAILS(error, call) do { \
	EXPECT_EQ(-1, (long)(call)); \
	EXPECT_EQ(error, errno); \
	read_maps(&self->after); \
	EXPECT_TRUE(same_maps(&self->before, &self->after)); \
} while (0)

TEST_F(vma, munmap_part)
{
	EXPECT_FAILS(EINVAL, munmap(self->view, PAGE));
	EXPECT_FAILS(EINVAL, munmap(self->view + PAGE, PAGE));
	EXPECT_FAILS(EINVAL, munmap(self->view + SIZE - PAGE, PAGE));
	EXPECT_FAILS(EINVAL, munmap(self->view, SIZE - PAGE));
}

TEST_F(vma, munmap_whole)
{
	EXPECT_EQ(0, munmap(self->view, SIZE));
	EXPECT_EQ(SIGSEGV, read_signal(self->view));
	EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)self->view));
	self->view = NULL;
}

TEST_F(vma, mmap_over_part)
{
	EXPECT_EQ(MAP_FAILED, mmap(self->view + PAGE, PAGE, PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				   -1, 0));
	read_maps(&self->after);
	EXPECT_TRUE(same_maps(&self->before, &self->after));
}

/* The place of the last view is MAP's first choice only if all of it is free. */
TEST_F(vma, taken_place)
{
	const size_t taken[] = { 0, SIZE / 2, SIZE - PAGE };
	char *other, *view = self->view;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(taken); i++) {
		ASSERT_EQ(0, test_unmap(self->fd, (uintptr_t)view));
		other = mmap(view + taken[i], PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			     -1, 0);
		ASSERT_EQ(view + taken[i], other);
		strcpy(other, "mine");
		self->view = map_whole(self->fd, self->handle);
		ASSERT_NE(NULL, self->view);
		EXPECT_NE(view, self->view);
		EXPECT_STREQ("mine", other);
		ASSERT_EQ(0, munmap(other, PAGE));
		view = self->view;
	}
}

/* Nor is the place of a small view enough for a large one. */
TEST_F(vma, too_small_place)
{
	struct drm_vidmem_map_video_memory args = {
		.handle = self->handle,
		.view_size = SIZE / 2,
	};

	ASSERT_EQ(0, test_unmap(self->fd, (uintptr_t)self->view));
	read_maps(&self->before);
	ASSERT_EQ(0, test_map(self->fd, &args));
	ASSERT_EQ(0, test_unmap(self->fd, args.video_ram_base));
	self->view = map_whole(self->fd, self->handle);
	ASSERT_NE(NULL, self->view);
	ASSERT_EQ(0, test_unmap(self->fd, (uintptr_t)self->view));
	read_maps(&self->after);
	EXPECT_TRUE(same_maps(&self->before, &self->after));
	self->view = NULL;
}

TEST_F(vma, mprotect_part)
{
	EXPECT_FAILS(EINVAL, mprotect(self->view, PAGE, PROT_READ));
	EXPECT_FAILS(EINVAL, mprotect(self->view + PAGE, PAGE, PROT_NONE));
	EXPECT_FAILS(EINVAL, mprotect(self->view + SIZE - PAGE, PAGE,
				      PROT_READ));
}

TEST_F(vma, mprotect_whole)
{
	EXPECT_EQ(0, mprotect(self->view, SIZE, PROT_READ));
	EXPECT_EQ(SIGSEGV, write_signal(self->view));
	EXPECT_EQ(0, mprotect(self->view, SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, write_signal(self->view));
	EXPECT_FAILS(EACCES, mprotect(self->view, SIZE, PROT_EXEC));
}

/*
 * UNMAP claims the view, fails to release it, and gives the claim up. In a
 * child, as only its end can end the view.
 */
TEST_F(vma, sealed)
{
	int status;
	pid_t pid;

	/* Nor can programs of 32 bits seal anything. */
	if (!kernel_is_at_least(6, 10) || sizeof(long) == 4)
		return;
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		char *view = map_whole(self->fd, self->handle);

		EXPECT_NE(NULL, view);
		EXPECT_EQ(0, syscall(SYS_mseal, view, SIZE, 0));
		EXPECT_EQ(EPERM, test_unmap(self->fd, (uintptr_t)view));
		EXPECT_EQ(EPERM, test_unmap(self->fd, (uintptr_t)view + PAGE));
		EXPECT_EQ(0, write_signal(view));
		EXPECT_EQ(0, write_signal(view + SIZE - 4));
		_exit(!__test_passed(_metadata));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(vma, mremap)
{
	char *place = mmap(NULL, 2 * SIZE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, place);
	read_maps(&self->before);
	/* grow */
	EXPECT_FAILS(EFAULT, mremap(self->view, SIZE, SIZE + PAGE,
				    MREMAP_MAYMOVE));
	/* shrink */
	EXPECT_FAILS(EINVAL, mremap(self->view, SIZE, SIZE - PAGE, 0));
	/* a second one of the same memory */
	EXPECT_EQ(-1, (long)mremap(self->view, 0, SIZE, MREMAP_MAYMOVE));
	/* leave it behind */
	EXPECT_EQ(-1, (long)mremap(self->view, SIZE, SIZE, MREMAP_MAYMOVE |
				   4 /* DONTUNMAP */, 0));
	/* move a part; what was at its goal goes first, so let it be free */
	munmap(place, 2 * SIZE);
	read_maps(&self->before);
	EXPECT_FAILS(EINVAL, mremap(self->view, PAGE, PAGE, MREMAP_MAYMOVE |
				    MREMAP_FIXED, place));
	/* move all of it: the base it is known by would be another */
	EXPECT_FAILS(EINVAL, mremap(self->view, SIZE, SIZE, MREMAP_MAYMOVE |
				    MREMAP_FIXED, place));
	*(volatile int *)self->view = 5;
	EXPECT_EQ(5, *(volatile int *)self->view);
}

TEST_F(vma, madvise)
{
	static const int advices[] = {
		MADV_DOFORK, MADV_DODUMP, MADV_REMOVE, MADV_POPULATE_READ,
		MADV_POPULATE_WRITE, MADV_FREE,
	};
	size_t i;

	*(volatile int *)self->view = 7;
	for (i = 0; i < ARRAY_SIZE(advices); i++)
		EXPECT_EQ(-1, madvise(self->view, SIZE, advices[i]));
	madvise(self->view, SIZE, MADV_DONTNEED);
	madvise(self->view, SIZE, MADV_HUGEPAGE);
	madvise(self->view, SIZE, MADV_NOHUGEPAGE);
	madvise(self->view, PAGE, MADV_NOHUGEPAGE);
	madvise(self->view, PAGE, MADV_RANDOM);
	EXPECT_EQ(7, *(volatile int *)self->view);
	read_maps(&self->after);
	EXPECT_TRUE(same_maps(&self->before, &self->after));
}

TEST_F(vma, mlock)
{
	mlock(self->view, SIZE);
	munlock(self->view, SIZE);
	mlock(self->view + PAGE, PAGE);
	read_maps(&self->after);
	EXPECT_TRUE(same_maps(&self->before, &self->after));
}

static unsigned int smaps_flags_have(const void *address, const char *flag)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	unsigned long start, end;
	unsigned int found = 0, have = 0;
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			found = (unsigned long)address >= start &&
				(unsigned long)address < end;
		else if (found && !strncmp(line, "VmFlags:", 8))
			have = strstr(line, flag) != NULL;
	}
	fclose(file);
	return have;
}

/* No fork, no expansion, no core dump; and the page tables are all of it. */
TEST_F(vma, flags)
{
	EXPECT_TRUE(smaps_flags_have(self->view, " dc"));
	EXPECT_TRUE(smaps_flags_have(self->view, " de"));
	EXPECT_TRUE(smaps_flags_have(self->view, " dd"));
	EXPECT_TRUE(smaps_flags_have(self->view, " io"));
	EXPECT_TRUE(smaps_flags_have(self->view, " pf"));
	EXPECT_FALSE(smaps_flags_have(self->view, " me"));
	EXPECT_FALSE(smaps_flags_have(self->view, " ex"));
}

TEST_F(vma, private_mapping)
{
	struct drm_mode_map_dumb args = { .handle = self->handle };

	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &args));
	EXPECT_FAILS(EINVAL, mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE, self->fd, args.offset));
	EXPECT_FAILS(EINVAL, mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE,
				  self->fd, args.offset));
	EXPECT_FAILS(EINVAL, mmap(NULL, SIZE + PAGE, PROT_READ, MAP_SHARED,
				  self->fd, args.offset));
}

/* mmap(2) at the offsets behind the object's own makes a view like any other. */
TEST_F(vma, view_by_mmap)
{
	struct drm_mode_map_dumb args = { .handle = self->handle };
	int both = PROT_READ | PROT_WRITE, other = test_open();
	uint64_t offset;
	char *view;

	ASSERT_GE(other, 0);
	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &args));
	offset = args.offset + SIZE;
	EXPECT_FAILS(EINVAL, mmap(NULL, SIZE, both, MAP_PRIVATE, self->fd,
				  offset));
	EXPECT_FAILS(EINVAL, mmap(NULL, SIZE + PAGE, both, MAP_SHARED, self->fd,
				  offset));
	EXPECT_FAILS(EINVAL, mmap(NULL, 2 * PAGE, both, MAP_SHARED, self->fd,
				  offset + SIZE - PAGE));
	EXPECT_FAILS(EINVAL, mmap(NULL, PAGE, both, MAP_SHARED, self->fd,
				  offset + SIZE));
	EXPECT_FAILS(EACCES, mmap(NULL, SIZE, both, MAP_SHARED, other, offset));
	/* Nor is there a plain mapping from one half into the other. */
	EXPECT_FAILS(EINVAL, mmap(NULL, 2 * SIZE, both, MAP_SHARED, self->fd,
				  args.offset));
	close(other);

	view = mmap(NULL, SIZE - PAGE, both, MAP_SHARED, self->fd,
		    offset + PAGE);
	ASSERT_NE(MAP_FAILED, view);
	EXPECT_TRUE(smaps_flags_have(view, " dc"));
	read_maps(&self->before);
	EXPECT_FAILS(EINVAL, munmap(view, PAGE));
	EXPECT_FAILS(EINVAL, mprotect(view + PAGE, PAGE, PROT_READ));
	EXPECT_FAILS(EACCES, mprotect(view, SIZE - PAGE, PROT_EXEC));
	*(volatile int *)view = 77;
	EXPECT_EQ(77, *(volatile int *)(self->view + PAGE));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)view + SIZE - PAGE - 1));
	EXPECT_EQ(SIGSEGV, read_signal(view));

	/* Read-only from its beginning is read-only to its end. */
	view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd,
		    offset + SIZE - PAGE);
	ASSERT_NE(MAP_FAILED, view);
	EXPECT_EQ(-1, mprotect(view, PAGE, both));
	EXPECT_EQ(0, munmap(view, PAGE));
}

/* mmap(2) by offset: a child inherits it, and it can be cut. */
TEST_F(vma, plain_mapping)
{
	volatile int *mapped = mmap_object(self->fd, self->handle, SIZE,
					   PROT_READ | PROT_WRITE, MAP_SHARED);
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	int status = -1, seen = 0;
	pid_t pid;

	ASSERT_NE(NULL, mapped);
	mapped[0] = 3;
	EXPECT_EQ(4, pread(mem, &seen, 4, (off_t)(uintptr_t)mapped));
	EXPECT_EQ(3, seen);
	close(mem);
	mapped[3 * PAGE / 4] = 4;
	pid = fork();
	if (!pid) {
		mapped[1] = mapped[0] + 1;
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(4, mapped[1]);

	EXPECT_EQ(0, mprotect((char *)mapped + PAGE, PAGE, PROT_READ));
	EXPECT_EQ(0, munmap((char *)mapped, PAGE));
	EXPECT_EQ(SIGSEGV, read_signal(mapped));
	EXPECT_EQ(SIGSEGV, write_signal((char *)mapped + PAGE));
	EXPECT_EQ(0, madvise((char *)mapped + 2 * PAGE, PAGE, MADV_DONTFORK));
	/* What is left shows the same part of the object as before. */
	EXPECT_EQ(4, mapped[3 * PAGE / 4]);
	EXPECT_EQ(4, *(volatile int *)(self->view + 3 * PAGE));
	EXPECT_EQ(0, munmap((char *)mapped + PAGE, SIZE - PAGE));
	read_maps(&self->after);
	EXPECT_TRUE(same_maps(&self->before, &self->after));
}

#define SMALL		(64 * KiB)

/* One of the three ways to map an object, which take it for the same. */
static uint32_t *map_by(int fd, uint32_t handle, int way)
{
	void *base;
	int buf;

	switch (way) {
	case 0:
		return map_whole(fd, handle);
	case 1:
		return mmap_object(fd, handle, SMALL, PROT_READ | PROT_WRITE,
				   MAP_SHARED);
	default:
		if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR, &buf))
			return NULL;
		base = mmap(NULL, SMALL, PROT_READ | PROT_WRITE, MAP_SHARED, buf, 0);
		close(buf);
		return base == MAP_FAILED ? NULL : base;
	}
}

/* Whoever comes first, all map the same: this object, and none of the others. */
TEST_F(vma, ways_in_any_order)
{
	uint32_t handles[3], *bases[3][3];
	int object, turn, way, i, wrong;

	for (object = 0; object < 3; object++)
		ASSERT_EQ(0, test_create(self->fd, SMALL, &handles[object]));
	/* None is touched before all are there. */
	for (turn = 0; turn < 3; turn++) {
		for (object = 0; object < 3; object++) {
			way = (object + turn) % 3;
			bases[object][way] = map_by(self->fd, handles[object], way);
			ASSERT_NE(NULL, bases[object][way]);
		}
	}
	for (object = 0; object < 3; object++)
		for (i = 0; i < SMALL / 4; i++)
			bases[object][0][i] = object * SMALL + i;
	for (object = 0; object < 3; object++) {
		for (way = 0; way < 3; way++) {
			for (i = wrong = 0; i < SMALL / 4; i++)
				wrong += bases[object][way][i] != object * SMALL + i;
			EXPECT_EQ(0, wrong);
			EXPECT_EQ(0, munmap(bases[object][way], SMALL));
		}
		EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handles[object]));
	}
}

/* The pages behind a view cannot be had; asking is an error, no crash. */
TEST_F(vma, get_user_pages)
{
	struct iovec local = { .iov_base = self->view, .iov_len = PAGE };
	char buffer[16] = "fifteen letters";
	struct iovec other = { .iov_base = buffer, .iov_len = 16 };
	int pipes[2];

	memcpy(self->view, buffer, 16);
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_FAILS(EFAULT, vmsplice(pipes[1], &local, 1, 0));
	EXPECT_FAILS(EFAULT, vmsplice(pipes[1], &local, 1, SPLICE_F_GIFT));
	/* Copying goes by the processor and is fine. */
	EXPECT_EQ(16, write(pipes[1], self->view, 16));
	EXPECT_EQ(16, read(pipes[0], self->view + 32, 16));
	EXPECT_EQ(0, memcmp(self->view + 32, buffer, 16));
	/* Of the own process the pages are asked for. */
	local.iov_len = 16;
	EXPECT_FAILS(EFAULT, process_vm_readv(getpid(), &other, 1, &local, 1,
					      0));
	EXPECT_FAILS(EFAULT, process_vm_writev(getpid(), &other, 1, &local, 1,
					       0));
}

TEST_F(vma, o_direct)
{
	/* A file system may take O_DIRECT and copy all the same. */
	int fd = open("/dev/ram0", O_RDWR | O_CLOEXEC | O_DIRECT);

	if (fd < 0)
		SKIP(return, "no /dev/ram0 (modprobe brd)");
	*self->view = 1;
	EXPECT_EQ(-1, write(fd, self->view, PAGE));
	EXPECT_EQ(EFAULT, errno);
	close(fd);
}

/* A debugger reads and writes a view: /proc/PID/mem, ptrace(2). */
TEST_F(vma, debugger)
{
	struct drm_vidmem_map_video_memory args = { .handle = self->handle };
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	int status = -1, sync[2];
	char buffer[64], *whole;
	pid_t pid;
	long word;

	ASSERT_GE(mem, 0);
	strcpy(self->view + PAGE - 8, "across a page boundary");
	EXPECT_EQ(23, pread(mem, buffer, 23, (off_t)(uintptr_t)
			    (self->view + PAGE - 8)));
	EXPECT_STREQ("across a page boundary", buffer);
	EXPECT_EQ(5, pwrite(mem, "ACROS", 5, (off_t)(uintptr_t)
			    (self->view + PAGE - 8)));
	EXPECT_STREQ("ACROSs a page boundary", self->view + PAGE - 8);
	/* Behind its end comes what is mapped there, no more video memory. */
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)self->view));
	args.requested_virtual_address = (uintptr_t)free_range(SIZE);
	args.view_size = SIZE - PAGE;
	ASSERT_EQ(0, test_map(self->fd, &args));
	self->view = (char *)(uintptr_t)args.video_ram_base;
	whole = map_whole(self->fd, self->handle);
	ASSERT_NE(NULL, whole);
	memset(whole, 0x77, SIZE);
	EXPECT_EQ(4, pread(mem, buffer, 23, (off_t)(uintptr_t)
			   (self->view + SIZE - PAGE - 4)));
	EXPECT_EQ(0, test_unmap(self->fd, (uintptr_t)self->view));
	self->view = whole;
	close(mem);

	ASSERT_EQ(0, pipe(sync));
	pid = fork();
	if (!pid) {
		uint32_t handle;
		char *own;

		if (test_create(self->fd, PAGE, &handle))
			_exit(1);
		own = map_whole(self->fd, handle);
		*(volatile long *)own = (long)0x1122334455667788;
		if (write(sync[1], &own, sizeof(own)) != sizeof(own) ||
		    ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(2);
		raise(SIGSTOP);
		_exit(*(volatile long *)own == 42 ? 0 : 3);
	}
	ASSERT_EQ(sizeof(buffer + 0), read(sync[0], buffer, sizeof(char *)));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, *(void **)buffer, 0);
	EXPECT_EQ(0, errno);
	EXPECT_EQ((long)0x1122334455667788, word);
	EXPECT_EQ(0, ptrace(PTRACE_POKEDATA, pid, *(void **)buffer, 42));
	EXPECT_EQ(0, ptrace(PTRACE_CONT, pid, 0, 0));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
	/* The child's object was made through the shared file. */
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, self->handle + 1));
}

/* Nor may a debugger write where the process itself may not for ever. */
TEST_F(vma, read_only_debugger)
{
	struct drm_vidmem_map_video_memory args = {
		.handle = self->handle, .flags = DRM_VIDMEM_MAP_READ_ONLY,
	};
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	ASSERT_GE(mem, 0);
	*(volatile int *)self->view = 1;
	ASSERT_EQ(0, test_map(self->fd, &args));
	EXPECT_EQ(-1, pwrite(mem, "abcd", 4, args.video_ram_base));
	EXPECT_EQ(1, *(volatile int *)self->view);
	close(mem);
	EXPECT_EQ(0, test_unmap(self->fd, args.video_ram_base));
}

/* Views and objects are independent: either may go first. */
TEST_F(vma, outlives_handle_and_file)
{
	struct drm_vidmem_map_video_memory args = { 0 };
	int fd = test_open();
	volatile int *base;
	uint32_t handle;

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, test_create(fd, SIZE, &handle));
	args.handle = handle;
	ASSERT_EQ(0, test_map(fd, &args));
	base = (volatile int *)(uintptr_t)args.video_ram_base;
	base[0] = 11;
	EXPECT_EQ(0, drmCloseBufferHandle(fd, handle));
	EXPECT_EQ(11, base[0]);
	base[1] = 12;
	close(fd);
	EXPECT_EQ(12, base[1]);
	EXPECT_EQ(0, write_signal(&base[SIZE / 4 - 1]));
	EXPECT_EQ(0, munmap((void *)base, SIZE));
}

TEST_HARNESS_MAIN
