// SPDX-License-Identifier: MIT
/*
 * The brightness of an adapter's panel: two numbers, one for mains and one for
 * batteries, that all programs see. Nothing is brighter for it, as no adapter has
 * a backlight. They are kept in a file that goes with the machine, which those
 * may read and write who may open the device.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vidmem_drmif.h"
#include "vidmem_priv.h"
#include "vidmem_request.h"
#include "vidmem_session.h"

#define MAX_LEVEL 100

struct levels {
	uint8_t mains, battery;
};

/* O_EXCL and O_NOFOLLOW: others can put files and links into that folder. */
static int open_levels(int fd, int flags)
{
	struct stat card;
	char path[48];
	int levels;

	if (fstat(fd, &card))
		return -1;
	snprintf(path, sizeof(path), "/dev/shm/vidmem-brightness-%u",
		 minor(card.st_rdev));
	levels = open(path, flags | O_NOFOLLOW | O_CLOEXEC);
	if (levels >= 0 || errno != ENOENT || flags == O_RDONLY)
		return levels;

	levels = open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	/* Who cannot share the file keeps it: the next one is told. */
	if (levels >= 0 && !fchown(levels, -1, card.st_gid))
		fchmod(levels, 0660);

	return levels;
}

static struct levels read_levels(int fd)
{
	struct levels levels = { MAX_LEVEL, MAX_LEVEL }, read;
	int file = open_levels(fd, O_RDONLY);

	if (file < 0)
		return levels;
	if (pread(file, &read, sizeof(read), 0) == sizeof(read) &&
	    read.mains <= MAX_LEVEL && read.battery <= MAX_LEVEL)
		levels = read;
	close(file);

	return levels;
}

static uint32_t write_levels(int fd, const struct levels *levels)
{
	int file = open_levels(fd, O_RDWR);
	uint32_t status = NO_ERROR;

	if (file < 0)
		return to_win32(-errno);
	if (pwrite(file, levels, sizeof(*levels), 0) != sizeof(*levels))
		status = ERROR_NOT_ENOUGH_MEMORY;
	close(file);

	return status;
}

vidmem_public void vidmem_get_brightness(int fd, unsigned int *mains,
					 unsigned int *battery)
{
	struct levels levels = read_levels(fd);

	*mains = levels.mains;
	*battery = levels.battery;
}

uint32_t query_supported_brightness(struct vidmem_session *session,
				    struct call *call)
{
	UCHAR level;
	uint32_t status = check_output(call, MAX_LEVEL + 1);

	(void)session;
	if (status)
		return status;

	for (level = 0; level <= MAX_LEVEL; level++)
		put_output(call, &level, sizeof(level));
	return NO_ERROR;
}

uint32_t query_display_brightness(struct vidmem_session *session,
				  struct call *call)
{
	DISPLAY_BRIGHTNESS brightness;
	struct levels levels;
	uint32_t status = check_output(call, sizeof(brightness));

	if (status)
		return status;

	levels = read_levels(session->fd);
	brightness.ucDisplayPolicy = DISPLAYPOLICY_BOTH;
	brightness.ucACBrightness = levels.mains;
	brightness.ucDCBrightness = levels.battery;
	put_output(call, &brightness, sizeof(brightness));
	return NO_ERROR;
}

uint32_t set_display_brightness(struct vidmem_session *session,
				struct call *call)
{
	DISPLAY_BRIGHTNESS request;
	struct levels levels;
	uint32_t status = get_input(call, &request, sizeof(request));

	if (status)
		return status;
	levels = read_levels(session->fd);
	if (request.ucDisplayPolicy & DISPLAYPOLICY_AC)
		levels.mains = request.ucACBrightness;
	if (request.ucDisplayPolicy & DISPLAYPOLICY_DC)
		levels.battery = request.ucDCBrightness;
	if (!request.ucDisplayPolicy ||
	    request.ucDisplayPolicy > DISPLAYPOLICY_BOTH ||
	    levels.mains > MAX_LEVEL || levels.battery > MAX_LEVEL)
		return ERROR_INVALID_PARAMETER;

	return write_levels(session->fd, &levels);
}
