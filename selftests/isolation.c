// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What clients of one adapter can see of each other, and what they can take
 * from each other: nothing.
 */

#include <grp.h>
#include <inttypes.h>
#include <libgen.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "vidmem_test.h"

#define NOBODY	65534
#define MAX_OBJECTS 4096

FIXTURE(isolation)
{
	int fd, other;
	uint64_t free_before;
};

FIXTURE_SETUP(isolation)
{
	self->other = -1;
	OPEN_OR_SKIP(self->fd);
	self->other = test_open();
	ASSERT_GE(self->other, 0);
	self->free_before = vram_free(self->fd);
}

FIXTURE_TEARDOWN(isolation)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->other);
	close(self->fd);
}

/* Words of an object that are not zero. */
static uint64_t nonzero_words(const char *base, uint64_t size)
{
	const uint64_t *word = (const uint64_t *)base;
	uint64_t i, count = 0;

	for (i = 0; i < size / 8; i++)
		count += !!word[i];

	return count;
}

/* All of it, the tail of the last page too, also where others have been. */
TEST_F(isolation, new_memory_is_zero)
{
	const uint64_t sizes[] = { 1, PAGE + 1, 3 * MiB + 5 };
	struct drm_vidmem_map_video_memory map;
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 3; i++) {
			struct drm_vidmem_create create = { .size = sizes[i] };

			ASSERT_EQ(0, test_ioctl(self->fd,
						DRM_IOCTL_VIDMEM_CREATE,
						&create));
			map = (struct drm_vidmem_map_video_memory){
				.handle = create.handle,
			};
			ASSERT_EQ(0, test_map(self->fd, &map));
			EXPECT_EQ((sizes[i] + PAGE - 1) / PAGE * PAGE,
				  map.video_ram_length);
			EXPECT_EQ(0, nonzero_words((char *)(uintptr_t)
						   map.video_ram_base,
						   map.video_ram_length));
			memset((char *)(uintptr_t)map.video_ram_base, 0xa5,
			       map.video_ram_length);
			EXPECT_EQ(0, test_unmap(self->fd, map.video_ram_base));
			EXPECT_EQ(0, drmCloseBufferHandle(self->fd,
							  create.handle));
		}
	}
}

/* The number of a handle means nothing to another client. */
TEST_F(isolation, handles_are_private)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	struct drm_mode_map_dumb offset = { 0 };
	uint32_t handle, fb;
	int prime;

	ASSERT_EQ(0, test_create(self->fd, 4 * MiB, &handle));
	map.handle = handle;
	EXPECT_EQ(ENOENT, test_map(self->other, &map));
	offset.handle = handle;
	EXPECT_EQ(ENOENT, test_ioctl(self->other, DRM_IOCTL_MODE_MAP_DUMB,
				     &offset));
	EXPECT_NE(0, drmPrimeHandleToFD(self->other, handle, DRM_CLOEXEC,
					&prime));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_NE(0, drmModeAddFB(self->other, 64, 64, 24, 32, 256, handle,
				  &fb));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_NE(0, drmCloseBufferHandle(self->other, handle));
	/* Its offset is known then, but of no use in the other's file. */
	ASSERT_EQ(0, test_ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &offset));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
				   self->other, offset.offset));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* What is on display: others are told that, but not given it. */
TEST_F(isolation, frame_buffers_are_private)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	uint32_t handle, fb;
	int status;
	pid_t pid;

	ASSERT_EQ(0, test_create(self->fd, 4 * MiB, &handle));
	ASSERT_EQ(0, drmModeAddFB(self->fd, 1024, 64, 24, 32, 4096, handle,
				  &fb));
	EXPECT_EQ(EACCES, test_map(self->other, &map));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		drmModeFBPtr info;

		if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
			_exit(2);
		/* Root is shown handles by KMS itself, others are not. */
		info = drmModeGetFB(self->other, fb);
		_exit(info && info->handle);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, drmModeRmFB(self->fd, fb));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

/* Read-only is for ever: protections, other descriptors, debuggers. */
TEST_F(isolation, read_only_stays)
{
	struct drm_vidmem_map_video_memory map = {
		.flags = DRM_VIDMEM_MAP_READ_ONLY,
	};
	int mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int second = dup(self->fd);
	char *view;

	ASSERT_GE(mem, 0);
	ASSERT_GE(second, 0);
	ASSERT_EQ(0, test_create(self->fd, 4 * MiB, &map.handle));
	ASSERT_EQ(0, test_map(second, &map));
	view = (char *)(uintptr_t)map.video_ram_base;
	EXPECT_EQ(SIGSEGV, write_signal(view));
	EXPECT_EQ(-1, mprotect(view, 4 * MiB, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, pwrite(mem, "x", 1, (off_t)(uintptr_t)view));
	EXPECT_EQ(0, view[0]);
	EXPECT_EQ(-1, read(zero, view, 1));
	EXPECT_EQ(EFAULT, errno);
	close(zero);
	close(second);
	close(mem);
	EXPECT_EQ(0, test_unmap(self->fd, map.video_ram_base));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, map.handle));
}

/* One that takes all gets no more than all, and gives it back when it ends. */
TEST_F(isolation, all_video_memory)
{
	uint32_t handle;
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		int fd = test_open(), ret, count = 0;

		for (ret = 0; !ret; )
			ret = test_create(fd, MiB, &handle);
		for (ret = 0; !ret && count < MAX_OBJECTS; count++)
			ret = test_create(fd, PAGE, &handle);
		if (ret != ENOSPC || vram_free(fd))
			_exit(2);
		/* Until the parent has seen it. */
		raise(SIGSTOP);
		_exit(3);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status)) TH_LOG("status %#x", status);
	EXPECT_EQ(ENOSPC, test_create(self->other, PAGE, &handle));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, test_create(self->other, PAGE, &handle));
	EXPECT_EQ(0, drmCloseBufferHandle(self->other, handle));
}

/* A number of /proc/self/fdinfo in bytes; -1: no such line. */
static long long fdinfo(int fd, const char *key)
{
	char path[64], line[256];
	long long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		size_t length = strlen(key);

		if (!strncmp(line, key, length) && line[length] == ':')
			sscanf(line + length + 1, "%lld KiB", &value);
	}
	if (file)
		fclose(file);

	return value < 0 ? value : value * 1024;
}

TEST_F(isolation, fdinfo_counts)
{
	uint32_t first, second, imported;
	int prime;

	EXPECT_EQ(0, fdinfo(self->fd, "drm-total-vram"));
	ASSERT_EQ(0, test_create(self->fd, 3 * MiB, &first));
	ASSERT_EQ(0, test_create(self->fd, 5 * PAGE, &second));
	EXPECT_EQ(3 * MiB + 5 * PAGE, fdinfo(self->fd, "drm-total-vram"));
	EXPECT_EQ(3 * MiB + 5 * PAGE, fdinfo(self->fd, "drm-resident-vram"));
	EXPECT_EQ(0, fdinfo(self->fd, "drm-shared-vram"));
	EXPECT_EQ(0, fdinfo(self->other, "drm-total-vram"));

	ASSERT_EQ(0, drmPrimeHandleToFD(self->fd, first, DRM_CLOEXEC, &prime));
	ASSERT_EQ(0, drmPrimeFDToHandle(self->other, prime, &imported));
	close(prime);
	EXPECT_EQ(3 * MiB, fdinfo(self->fd, "drm-shared-vram"));
	EXPECT_EQ(3 * MiB, fdinfo(self->other, "drm-shared-vram"));
	EXPECT_EQ(3 * MiB, fdinfo(self->other, "drm-total-vram"));

	EXPECT_EQ(0, drmCloseBufferHandle(self->other, imported));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, first));
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, second));
	EXPECT_EQ(0, fdinfo(self->fd, "drm-total-vram"));
	EXPECT_EQ(0, fdinfo(self->fd, "drm-shared-vram"));
}

/* fdinfo has lines of these names and no others, so no addresses. */
TEST_F(isolation, fdinfo_keys)
{
	static const char * const known[] = {
		"pos", "flags", "mnt_id", "ino", "drm-driver", "drm-client-id",
		"drm-pdev", "drm-total-vram", "drm-shared-vram",
		"drm-resident-vram", "drm-total-memory", "drm-shared-memory",
		"drm-resident-memory",
	};
	char path[64], line[256];
	int i, lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->fd);
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		*strchrnul(line, ':') = 0;
		for (i = 0; i < ARRAY_SIZE(known) && strcmp(line, known[i]); i++)
			;
		EXPECT_LT(i, ARRAY_SIZE(known))
			TH_LOG("%s", line);
		lines++;
	}
	EXPECT_LE(8, lines);
	fclose(file);
}

/* What stands behind the word in a file of a control group, or -1. */
static int64_t read_group(const char *group, const char *name, const char *word)
{
	char path[PATH_MAX], found[128];
	int64_t value = -1, number;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", group, name);
	file = fopen(path, "r");
	while (file && fscanf(file, "%127s %" SCNd64, found, &number) == 2)
		if (!strcmp(found, word))
			value = number;
	if (file)
		fclose(file);

	return value;
}

/* As the kernel names an adapter's video memory to control groups. */
static void region_name(int fd, char *region, size_t size)
{
	char path[64], device[PATH_MAX] = "";
	struct stat info;

	fstat(fd, &info);
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device",
		 major(info.st_rdev), minor(info.st_rdev));
	if (!realpath(path, device))
		abort();
	snprintf(region, size, "drm/%s/vram", basename(device));
}

/* In a group with 2 MiB at most. Returns 0, or in which step it went wrong. */
static int client_in_group(const char *group, const char *region)
{
	uint32_t first, second, none;
	int fd = test_open();

	if (write_file(group, "cgroup.procs", "0"))
		return 1;
	if (test_create(fd, MiB, &first))
		return 2;
	if (read_group(group, "dmem.current", region) != MiB)
		return 3;
	if (test_create(fd, 2 * MiB, &none) != ENOSPC)
		return 4;
	if (read_group(group, "dmem.current", region) != MiB)
		return 5;
	if (test_create(fd, MiB, &second))
		return 6;
	if (test_create(fd, PAGE, &none) != ENOSPC)
		return 7;
	if (drmCloseBufferHandle(fd, second) || test_create(fd, PAGE, &second))
		return 8;

	return 0;
}

/* Where the kernel has the dmem control group, it counts and limits. */
TEST_F(isolation, control_group)
{
	char root[] = "/tmp/vidmem-XXXXXX", group[64], region[128], limit[160];
	int status;
	pid_t pid;

	if (geteuid())
		SKIP(return, "needs root");
	region_name(self->fd, region, sizeof(region));
	snprintf(limit, sizeof(limit), "%s %lu", region, 2 * MiB);
	ASSERT_NE(NULL, mkdtemp(root));
	snprintf(group, sizeof(group), "%s/vidmem", root);
	if (mount("none", root, "cgroup2", 0, NULL) ||
	    write_file(root, "cgroup.subtree_control", "+dmem")) {
		/* Debug kernels since 6.14 are built with it. */
		EXPECT_FALSE(getenv("VIDMEM_DEBUG") &&
			     kernel_is_at_least(6, 14));
		umount(root);
		rmdir(root);
		return;
	}
	EXPECT_EQ(test_param(self->fd, DRM_VIDMEM_PARAM_VRAM_SIZE),
		  read_group(root, "dmem.capacity", region));
	ASSERT_EQ(0, mkdir(group, 0755));
	EXPECT_EQ(0, write_file(group, "dmem.max", limit));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid)
		_exit(client_in_group(group, region));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_TRUE(WIFEXITED(status));
	/* It has ended, so nothing is left of it. */
	EXPECT_EQ(0, read_group(group, "dmem.current", region));
	EXPECT_EQ(0, rmdir(group));
	EXPECT_EQ(0, umount(root));
	EXPECT_EQ(0, rmdir(root));
}

/* One number in a file of a control group. */
static int64_t group_number(const char *group, const char *name)
{
	char path[PATH_MAX];
	int64_t number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", group, name);
	file = fopen(path, "r");
	if (file && fscanf(file, "%" SCNd64, &number) != 1)
		number = -1;
	if (file)
		fclose(file);

	return number;
}

#define CHARGED_OBJECTS 1000
/* Less than what the kernel keeps of an object, more than it counts late. */
#define CHARGED_BYTES 300

/* Returns 0, or in which step it went wrong. */
static int charged_client(const char *group)
{
	int fd = test_open();
	int64_t before;
	uint32_t handle;
	int i;

	if (write_file(group, "cgroup.procs", "0"))
		return 1;
	before = group_number(group, "memory.current");
	for (i = 0; i < CHARGED_OBJECTS; i++)
		if (test_create(fd, PAGE, &handle))
			return 2;
	if (group_number(group, "memory.current") - before <
	    CHARGED_OBJECTS * CHARGED_BYTES)
		return 3;

	return 0;
}

/* What the kernel needs for a client's objects is on the client's account. */
TEST_F(isolation, kernel_memory_is_charged)
{
	char root[] = "/tmp/vidmem-XXXXXX", group[64];
	int status;
	pid_t pid;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_NE(NULL, mkdtemp(root));
	snprintf(group, sizeof(group), "%s/vidmem", root);
	ASSERT_EQ(0, mount("none", root, "cgroup2", 0, NULL));
	ASSERT_EQ(0, write_file(root, "cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(group, 0755));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid)
		(_exit)(charged_client(group));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, rmdir(group));
	EXPECT_EQ(0, umount(root));
	EXPECT_EQ(0, rmdir(root));
}

#define FOLDERS	"/sys/kernel/config/vidmem"
#define FOLDER	FOLDERS "/isolation"
#define ADAPTER_SIZE (4 * MiB)

/* Makes a virtual adapter. Returns its file, or -1. */
static int enable_adapter(void)
{
	char path[64] = "/dev/dri/";
	size_t length = strlen(path);
	ssize_t count;
	int fd;

	if (write_file(FOLDER, "enabled", "1"))
		return -1;
	fd = open(FOLDER "/card", O_RDONLY | O_CLOEXEC);
	count = read(fd, path + length, sizeof(path) - length - 1);
	close(fd);
	if (count <= 0)
		return -1;
	path[length + count - 1] = '\0';

	return open(path, O_RDWR | O_CLOEXEC);
}

/* A view of all that there is, or NULL. */
static char *map_all(int fd)
{
	struct drm_vidmem_map_video_memory map = { 0 };

	if (test_create(fd, ADAPTER_SIZE, &map.handle) || test_map(fd, &map))
		return NULL;

	return (char *)(uintptr_t)map.video_ram_base;
}

/* System memory that was an adapter's, and is another one's. */
TEST_F(isolation, new_adapter_is_zero)
{
	char *old = NULL, *base;
	int fd, round;

	if (access(FOLDERS, W_OK))
		SKIP(return, "needs root and configfs");
	ASSERT_EQ(0, mkdir(FOLDER, 0755));
	EXPECT_EQ(0, write_file(FOLDER, "vram_mb", "4"));
	EXPECT_EQ(0, write_file(FOLDER, "mode", "640x480"));
	for (round = 0; round < 4; round++) {
		fd = enable_adapter();
		ASSERT_GE(fd, 0);
		base = map_all(fd);
		ASSERT_NE(NULL, base);
		EXPECT_EQ(0, nonzero_words(base, ADAPTER_SIZE));
		memset(base, 0x50 + round, ADAPTER_SIZE);
		/* Nor does one that has gone see what its follower has. */
		if (old) {
			EXPECT_EQ(0, nonzero_words(old, ADAPTER_SIZE));
			EXPECT_EQ(0, munmap(old, ADAPTER_SIZE));
			old = NULL;
		}
		close(fd);
		if (round % 2) {
			EXPECT_EQ(0, munmap(base, ADAPTER_SIZE));
		} else {
			old = base;
		}
		EXPECT_EQ(0, write_file(FOLDER, "enabled", "0"));
	}
	EXPECT_EQ(0, rmdir(FOLDER));
}

/* As nobody: what may be opened that is root's alone. Returns 0 or which it is. */
static int open_as_nobody(const char *debugfs)
{
	static const char *const files[] = {
		"vram_mb", "desktop", "mode", "refresh", "size_mm", "edid", "plugged",
		"enabled",
	};
	static const char *const views[] = {
		"vidmem_vram", "vidmem_layout", "vidmem_views",
	};
	unsigned int i;

	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		return 100;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (write_file(FOLDER, files[i], "1") != EACCES)
			return 1 + i;
	for (i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", debugfs, views[i]);
		if (open(path, O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
			return 50 + i;
	}
	if (!mkdir(FOLDERS "/mine", 0755) || errno != EACCES)
		return 90;
	if (!rmdir(FOLDER) || errno != EACCES)
		return 91;

	return 0;
}

/* Who may open an adapter may still not make one, nor see who has what of it. */
TEST_F(isolation, made_by_root_alone)
{
	char debugfs[64];
	struct stat st;
	int status;
	pid_t pid;

	if (access(FOLDERS, W_OK))
		SKIP(return, "needs root and configfs");
	ASSERT_EQ(0, fstat(self->fd, &st));
	snprintf(debugfs, sizeof(debugfs), "/sys/kernel/debug/dri/%u",
		 minor(st.st_rdev));
	ASSERT_EQ(0, mkdir(FOLDER, 0755));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid)
		(_exit)(open_as_nobody(debugfs));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(true, WIFEXITED(status));
	EXPECT_EQ(0, rmdir(FOLDER));
}

/* Lines in the kernel log that are not this test's own. */
static int log_lines(int log)
{
	char line[8192];
	int count = 0;

	while (read(log, line, sizeof(line)) > 0)
		count++;

	return count;
}

/* Whatever a program asks for, the log stays as it is. */
TEST_F(isolation, quiet_log)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct drm_vidmem_map_video_memory map;
	struct drm_vidmem_create create;
	struct drm_vidmem_get_param param;
	uint32_t handle, fb;
	int i;

	ASSERT_GE(log, 0);
	ASSERT_EQ(0, test_create(self->fd, MiB, &handle));
	log_lines(log);
	for (i = 0; i < 100; i++) {
		map = (struct drm_vidmem_map_video_memory){ .flags = ~0u };
		EXPECT_EQ(EINVAL, test_map(self->fd, &map));
		map = (struct drm_vidmem_map_video_memory){
			.handle = handle, .view_offset = 1,
		};
		EXPECT_EQ(EINVAL, test_map(self->fd, &map));
		map = (struct drm_vidmem_map_video_memory){ .handle = ~0u };
		EXPECT_EQ(ENOENT, test_map(self->fd, &map));
		map = (struct drm_vidmem_map_video_memory){
			.handle = handle, .requested_virtual_address = PAGE,
		};
		EXPECT_NE(ENOENT, test_map(self->fd, &map));
		EXPECT_EQ(EINVAL, test_unmap(self->fd, (uintptr_t)&map));
		create = (struct drm_vidmem_create){ .size = 1ull << 62 };
		EXPECT_EQ(ENOSPC, test_ioctl(self->fd, DRM_IOCTL_VIDMEM_CREATE,
					     &create));
		param = (struct drm_vidmem_get_param){ .param = ~0ull };
		EXPECT_EQ(EINVAL, test_ioctl(self->fd,
					     DRM_IOCTL_VIDMEM_GET_PARAM,
					     &param));
		EXPECT_NE(0, drmModeAddFB(self->fd, ~0u, 1, 24, 32, 4, handle,
					  &fb));
		EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED,
					   self->fd, 0));
	}
	EXPECT_EQ(0, log_lines(log));
	close(log);
	/* Root may map below mmap_min_addr: whatever came of that is gone. */
	test_unmap(self->fd, PAGE);
	EXPECT_EQ(0, drmCloseBufferHandle(self->fd, handle));
}

TEST_HARNESS_MAIN
