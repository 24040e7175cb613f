// SPDX-License-Identifier: MIT
/*
 * Virtual adapters while the machine runs: each is a folder of configfs, whose files
 * say what it shall be.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "displays.h"

#define ROOT "/sys/kernel/config/vidmem"

/* What a file of configfs takes at once. */
#define FILE_MAX 4096

static int path_of(char *path, const char *name, const char *file)
{
	int len = snprintf(path, PATH_MAX, "%s/%s%s%s", ROOT, name,
			   file ? "/" : "", file ? file : "");

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Returns 0 or a negative error number. */
static int write_file(const char *name, const char *file, const void *data,
		      size_t size)
{
	char path[PATH_MAX];
	int fd, ret = path_of(path, name, file);

	if (ret)
		return ret;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* All at once: the driver takes it as a whole or not at all. */
	ret = write(fd, data, size) < 0 ? -errno : 0;
	close(fd);

	return ret;
}

static int write_text(const char *name, const char *file, const char *text)
{
	return write_file(name, file, text, strlen(text));
}

/* Returns the number of bytes, or a negative error number; with a 0 behind them. */
static int read_path(const char *path, char *data, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, data, size - 1);
	if (len < 0)
		len = -errno;
	else
		data[len] = '\0';
	close(fd);

	return len;
}

/* One line of a file, without its end. */
static int read_text(const char *name, const char *file, char *text, size_t size)
{
	char path[PATH_MAX];
	int ret = path_of(path, name, file);

	if (ret)
		return ret;
	ret = read_path(path, text, size);
	if (ret < 0)
		return ret;
	text[strcspn(text, "\n")] = '\0';

	return 0;
}

static int fail_access(const char *what, int error)
{
	if (access(ROOT, F_OK))
		return fail(what, "the driver is not loaded, or configfs is not mounted",
			    "Load it (sudo insmod vidmem.ko adapters=0); sudo mount -t "
			    "configfs none /sys/kernel/config");

	switch (-error) {
	case ENOENT:
		return fail(what, "no virtual adapter of that name",
			    "See " ROOT ".");
	case EEXIST:
		return fail(what, "there is a virtual adapter of that name already",
			    NULL);
	case EACCES:
	case EPERM:
		return fail(what, "permission denied", "Run as root.");
	default:
		return fail(what, strerror(-error), NULL);
	}
}

/* 64M or 2G, in MiB. Returns whether it is one. */
static bool parse_vram(const char *text, unsigned int *mib)
{
	char unit, rest;

	if (sscanf(text, "%6u%c%c", mib, &unit, &rest) != 2)
		return false;
	if (unit == 'G' || unit == 'g')
		*mib *= 1024;

	return *mib && strchr("MmGg", unit);
}

/* Enough for four buffers of the mode, where that is more than is usual. */
static int choose_vram(const char *name, const char *mode, unsigned int *mib)
{
	unsigned int width, height, usual;
	char text[32];
	int ret;

	ret = read_text(name, "vram_mb", text, sizeof(text));
	if (ret)
		return ret;
	usual = strtoul(text, NULL, 10);
	*mib = usual;
	if (mode && sscanf(mode, "%5ux%5u", &width, &height) == 2) {
		*mib = ((unsigned long long)width * height * 16 >> 20) + 1;
		if (*mib < usual)
			*mib = usual;
		if (*mib > 16384)
			*mib = 16384;
	}

	return 0;
}

/* Of a file, as the driver is to check it. */
static int set_edid(const char *name, const char *file)
{
	char data[FILE_MAX + 1];
	int len, ret;

	if (!strcmp(file, "none")) {
		ret = write_text(name, "edid", "\n");
		return ret ? fail_access(name, ret) : 0;
	}
	len = read_path(file, data, sizeof(data));
	if (len < 0)
		return fail(file, strerror(-len), NULL);
	if (!len || len == FILE_MAX)
		return fail(file, "not an EDID", "It has 128 to 3968 bytes.");
	ret = write_file(name, "edid", data, len);
	if (ret == -EINVAL)
		return fail(file, "not an EDID",
			    "It is blocks of 128 bytes, as many as the first one "
			    "says, each with its checksum.");

	return ret ? fail_access(name, ret) : 0;
}

static int configure(const struct options *options, const char *name,
		     unsigned int mib)
{
	char text[32];
	int ret;

	if (!mib) {
		ret = choose_vram(name, options->mode, &mib);
		if (ret)
			return fail_access(name, ret);
	}
	snprintf(text, sizeof(text), "%u", mib);
	ret = write_text(name, "vram_mb", text);
	if (ret == -EINVAL)
		return fail(options->vram, "not a size of video memory",
			    "It is 1M to 16G.");
	if (!ret && options->mode) {
		ret = write_text(name, "mode", options->mode);
		if (ret == -EINVAL)
			return fail(options->mode, "not a mode",
				    "It is WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, up to "
				    "16384x16384, 24 to 360 Hz.");
	}
	if (!ret)
		ret = write_text(name, "desktop", options->desktop ? "1" : "0");
	if (ret)
		return fail_access(name, ret);
	if (options->edid) {
		ret = set_edid(name, options->edid);
		if (ret)
			return ret;
	}

	ret = write_text(name, "enabled", "1");
	if (ret == -EINVAL)
		return fail(name, "the mode needs more video memory",
			    "Give it more by --vram.");
	if (ret == -ENOMEM)
		return fail(name, "not enough memory for its video memory",
			    "Give it less by --vram.");

	return ret ? fail_access(name, ret) : 0;
}

int displays_add(const struct options *options, char **args)
{
	char path[PATH_MAX], card[32];
	const char *name = args[0];
	unsigned int mib = 0;
	int ret;

	if (options->vram && !parse_vram(options->vram, &mib))
		return wrong("not a size such as 64M or 2G", options->vram);
	if (!*name || strchr(name, '/') || path_of(path, name, NULL))
		return wrong("not a name", name);
	if (mkdir(path, 0755))
		return fail_access(name, -errno);

	ret = configure(options, name, mib);
	if (!ret) {
		ret = read_text(name, "card", card, sizeof(card));
		if (!ret)
			printf("%s is /dev/dri/%s\n", name, card);
		else
			ret = fail_access(name, ret);
	}
	if (ret)
		rmdir(path);

	return ret;
}

int displays_remove(const struct options *options, char **args)
{
	const char *name = args[0];
	char path[PATH_MAX];
	int ret;

	(void)options;
	if (path_of(path, name, NULL))
		return wrong("not a name", name);
	if (!rmdir(path))
		return 0;
	ret = -errno;
	/* One of the module's parameters has its folder for as long as the module. */
	if (ret == -EPERM && !geteuid())
		ret = write_text(name, "enabled", "0");

	return ret ? fail_access(name, ret) : 0;
}

static int set_plugged(const char *name, const char *text)
{
	int ret = write_text(name, "plugged", text);

	return ret ? fail_access(name, ret) : 0;
}

int displays_plug(const struct options *options, char **args)
{
	(void)options;
	return set_plugged(args[0], "1");
}

int displays_unplug(const struct options *options, char **args)
{
	(void)options;
	return set_plugged(args[0], "0");
}

int displays_edid(const struct options *options, char **args)
{
	(void)options;
	return set_edid(args[0], args[1]);
}

void displays_name(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');
	DIR *dir = opendir(ROOT);
	struct dirent *entry;
	char card[32];

	*name = '\0';
	while (dir && base && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.' &&
		    !read_text(entry->d_name, "card", card, sizeof(card)) &&
		    !strcmp(card, base + 1)) {
			snprintf(name, size, "%s", entry->d_name);
			break;
		}
	}
	if (dir)
		closedir(dir);
}
