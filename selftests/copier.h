/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef COPIER_H
#define COPIER_H

/*
 * A program that DRM copies to with all modeset locks held: into a view, and into
 * a page of its own, which is there only when the program wants it to be.
 */

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/syscall.h>

#include "vidmem_calls.h"

struct copier {
	int fd;
	uint32_t crtc, handle;
	char *view, *own;
	size_t size;
	volatile bool stop;
	volatile unsigned long done;
};

static inline void *copy_properties(void *data)
{
	struct copier *c = data;
	struct drm_mode_obj_get_properties args;
	size_t at = 0;

	do {
		memset(&args, 0, sizeof(args));
		args.obj_id = c->crtc;
		args.obj_type = DRM_MODE_OBJECT_CRTC;
		args.count_props = 1;
		args.props_ptr = (uintptr_t)(c->own ?: c->view + at + 8);
		args.prop_values_ptr = (uintptr_t)(c->view + at);
		ioctl(c->fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &args);
		c->done++;
		at = (at + 5 * PAGE) % (c->size - 16) & ~7ul;
		/* So that each is a fault again. */
		if (!c->own) {
			mprotect(c->view, c->size, PROT_NONE);
			mprotect(c->view, c->size, PROT_READ | PROT_WRITE);
		}
	} while (!c->stop);
	return NULL;
}

static inline bool open_copier(struct copier *c, int fd, size_t size)
{
	struct display display;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->size = size;
	if (get_display(fd, &display) || test_create(fd, size, &c->handle))
		return false;
	drmModeFreeConnector(display.info);
	c->crtc = display.crtc;
	c->view = map_whole(fd, c->handle);
	return c->view;
}

/* A page that is there when its owner says so. */
static inline int absent_page(char **page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register args = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	*page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	args.range.start = (uintptr_t)*page;
	args.range.len = PAGE;
	if (uffd < 0 || *page == MAP_FAILED || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &args))
		return -1;
	return uffd;
}

/* Waits until somebody waits for that page. */
static inline bool absent_page_asked(int uffd)
{
	struct pollfd asked = { .fd = uffd, .events = POLLIN };

	return poll(&asked, 1, -1) == 1 && asked.revents == POLLIN;
}

#endif /* COPIER_H */
