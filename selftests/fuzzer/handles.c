// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* DRM's files, handles, dma-bufs and dumb buffers. */

#include <dirent.h>

#include "fuzz.h"

/* The adapter may have another number each time that it is bound. */
int open_adapter(int flags)
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

void op_open(void)
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

void op_close(void)
{
	struct file *file = pick_file();

	before("fd=%d", file->fd);
	close_file(file);
	after(0);
}

void op_dup(void)
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

void op_gem_close(void)
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

void op_master(void)
{
	struct file *file = pick_file();

	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_SET_MASTER, 0), "set fd=%d",
		   file->fd);
	else
		DO(ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0), "drop fd=%d",
		   file->fd);
}

void op_version(void)
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

void op_close_dma_buf(void)
{
	struct dma_buf *buf = PICK(dma_bufs, _x->store);

	if (!buf)
		return;
	DO(close(buf->fd), "fd=%d", buf->fd);
	put_store(&buf->store);
}

void op_export(void)
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

void op_import(void)
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
	/*
	 * Or one that a child has from its parent; or that of an adapter that has
	 * gone, which is another device's to the one that came after it.
	 */
	if (!buf || (options.unbind && store_gone(buf->store))) {
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

void op_mmap_dma_buf(void)
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
void op_foreign(void)
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

void op_create_dumb(void)
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
	created(file, args.handle, args.size, true);
}

int map_dumb(struct object *object, uint64_t *offset)
{
	struct drm_mode_map_dumb args = { .handle = object->handle };
	int got = test_ioctl(object->file->fd, DRM_IOCTL_MODE_MAP_DUMB, &args);

	expect(object->file, 0, got);
	*offset = args.offset;
	return got;
}

void op_map_dumb(void)
{
	struct file *file = pick_file();
	struct drm_mode_map_dumb args = { .handle = below(32) };

	expect(file, find_object(file, args.handle, NULL) ? 0 : ENOENT,
	       DO(ioctl(file->fd, DRM_IOCTL_MODE_MAP_DUMB, &args),
		  "fd=%d handle=%u", file->fd, args.handle));
}
