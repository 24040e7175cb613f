// SPDX-License-Identifier: MIT
/*
 * Video memory as a picture in the terminal, from what the driver tells root of it in
 * debugfs.
 */

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <vidmem_drmif.h>

#include "command.h"

#define COLUMNS	64
#define CELLS	(16 * COLUMNS)
#define PAGE	4096

/* In the order in which one of them has a sign that stands for several. */
static const struct kind {
	const char *name, *about;
	char sign;
	const char *color;
} kinds[] = {
	{ "free",	"free, reads zero",		'.', "" },
	{ "unready",	"free, to be cleared",		'~', "\033[33m" },
	{ "object",	"objects",			'#', "\033[32m" },
	{ "dumb",	"dumb buffers",			'=', "\033[36m" },
	{ "area",	"what the display copies to",	'+', "\033[35m" },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

struct layout {
	/* Bytes of a sign. */
	uint64_t cell;
	/* The whole, and what of it is of each kind. */
	uint64_t size, bytes[KINDS];
	unsigned int parts[KINDS];
	unsigned char cells[CELLS];
};

/* Parts come in their order, and leave no gap. */
static bool add_part(struct layout *layout, uint64_t start, uint64_t size,
		     const char *name)
{
	uint64_t cell, last;
	unsigned int kind;

	for (kind = 0; kind < KINDS && strcmp(name, kinds[kind].name); kind++)
		;
	if (kind == KINDS || !size || start != layout->size)
		return false;
	layout->size += size;
	layout->bytes[kind] += size;
	layout->parts[kind]++;
	last = (start + size - 1) / layout->cell;
	for (cell = start / layout->cell; cell <= last && cell < CELLS; cell++)
		if (layout->cells[cell] < kind)
			layout->cells[cell] = kind;
	return true;
}

/* Returns 0 or an error number. */
static int read_layout(const char *path, struct layout *layout)
{
	FILE *file = fopen(path, "re");
	uint64_t start, size;
	char name[16];
	int count, ret = 0;

	if (!file)
		return errno;
	while (!ret && (count = fscanf(file, "%" SCNu64 "%" SCNu64 "%15s",
				       &start, &size, name)) != EOF)
		ret = count == 3 && add_part(layout, start, size, name) ? 0 : EPROTO;
	if (ferror(file))
		ret = EIO;
	fclose(file);

	return ret ?: layout->size ? 0 : ENODEV;
}

static void print_signs(const unsigned char *cells, uint64_t count, bool in_color)
{
	unsigned int last = 0;
	uint64_t i;

	for (i = 0; i < count; i++) {
		if (in_color && cells[i] != last)
			printf("\033[0m%s", kinds[cells[i]].color);
		last = cells[i];
		putchar(kinds[last].sign);
	}
	if (in_color && last)
		fputs("\033[0m", stdout);
}

static void print_layout(const char *name, const struct layout *layout)
{
	uint64_t count = (layout->size + layout->cell - 1) / layout->cell, i;
	bool in_color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	char size[16], cell[16];
	unsigned char kind;

	printf("%s: %s of video memory, %s a sign\n\n", name,
	       size_text(layout->size, size, sizeof(size)),
	       size_text(layout->cell, cell, sizeof(cell)));
	for (i = 0; i < count; i += COLUMNS) {
		printf("%10.1f  ", i * layout->cell / 1048576.0);
		print_signs(layout->cells + i, count - i < COLUMNS ? count - i : COLUMNS,
			    in_color);
		putchar('\n');
	}
	putchar('\n');
	for (kind = KINDS; kind--;) {
		if (!layout->parts[kind])
			continue;
		printf("  ");
		print_signs(&kind, 1, in_color);
		printf("  %-27s%s in %u part%s\n", kinds[kind].about,
		       size_text(layout->bytes[kind], size, sizeof(size)),
		       layout->parts[kind], layout->parts[kind] == 1 ? "" : "s");
	}
}

/* Where the driver tells of this adapter, and how much its signs stand for. */
static int find_layout(int fd, char *path, size_t size, uint64_t *cell)
{
	struct vidmem_device *dev;
	struct stat stat;
	uint64_t vram = 0;
	int ret;

	if (fstat(fd, &stat))
		return errno;
	snprintf(path, size, DEBUGFS_DRI "/%u/vidmem_layout",
		 minor(stat.st_rdev));
	ret = -vidmem_device_new(fd, &dev);
	if (ret)
		return ret;
	ret = -vidmem_get_param(dev, DRM_VIDMEM_PARAM_VRAM_SIZE, &vram);
	vidmem_device_del(dev);
	for (*cell = PAGE; vram > *cell * CELLS; *cell *= 2)
		;

	return ret;
}

int cmd_vram(const struct options *options, char **args)
{
	int fd = open_device(options->device), ret;
	static struct layout layout;
	char path[PATH_MAX], name[64];

	(void)args;
	if (fd < 0)
		return 1;
	device_name(fd, name, sizeof(name));
	ret = find_layout(fd, path, sizeof(path), &layout.cell);
	close(fd);
	if (!ret)
		ret = read_layout(path, &layout);
	if (ret)
		return fail_debugfs("vram", path, ret);
	print_layout(name, &layout);

	return 0;
}
