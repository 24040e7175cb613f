// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* vidmem's own requests, and mappings read and written. */

#include "fuzz.h"

#define HIGH		0x7fff00000000ul	/* above it a CPU may have more */

/*
 * A request in an odd shape: of another size or direction, or in memory that
 * cannot be read or written. The structure ends where its page ends.
 */
enum { NORMAL, READ_ONLY, NOWHERE };

struct shape {
	unsigned int dir, size, place;
};

/* Where such structures are, and behind them nothing. */
static char *shape_pages;

void map_shape_pages(void)
{
	shape_pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(shape_pages + PAGE, PAGE, PROT_NONE);
}

static struct shape shape_of(unsigned int dir, unsigned int size, bool odd)
{
	struct shape shape = { dir, size, NORMAL };

	if (!odd)
		return shape;
	switch (below(4)) {
	case 0:
		shape.size = below(2 * size + 2);
		break;
	case 1:
		shape.dir = below(4);
		break;
	default:
		shape.place = 1 + below(2);
	}
	return shape;
}

/* What of the arguments reaches the kernel. */
static void effective(const struct shape *shape, const void *args, size_t size,
		      void *to)
{
	memset(to, 0, size);
	if (shape->dir & _IOC_WRITE)
		memcpy(to, args, shape->size < size ? shape->size : size);
}

static int shaped_ioctl(struct file *file, const struct shape *shape,
			unsigned int nr, void *args, size_t size)
{
	char *pages = shape_pages;
	size_t part = shape->size < size ? shape->size : size;
	char *place;
	int ret, error;

	place = pages + PAGE - shape->size;
	memcpy(place, args, part);
	if (shape->place == READ_ONLY)
		mprotect(pages, PAGE, PROT_READ);
	else if (shape->place == NOWHERE)
		place = pages + PAGE;
	ret = ioctl(file->fd, _IOC(shape->dir, 'd', nr, shape->size), place);
	error = errno;
	if (shape->place == READ_ONLY)
		mprotect(pages, PAGE, PROT_READ | PROT_WRITE);
	else if (!ret && shape->dir & _IOC_READ && shape->place == NORMAL)
		memcpy(args, place, part);
	errno = error;
	return ret;
}

/* The error that a shape alone leads to, or the one given. */
static int shape_error(const struct shape *shape, bool returns, int error)
{
	bool in = shape->size && shape->dir & _IOC_WRITE;
	bool out = returns && shape->size && shape->dir & _IOC_READ;

	if (shape->place == NOWHERE && (in || out))
		return EFAULT;
	return shape->place == READ_ONLY && out ? EFAULT : error;
}

static int map_error(struct file *file,
		     const struct drm_vidmem_map_video_memory *args,
		     size_t *size)
{
	struct object *object = find_object(file, args->handle, NULL);
	uint64_t address = args->requested_virtual_address, left;

	*size = 0;
	if (args->flags & ~3u || address % PAGE || args->view_offset % PAGE)
		return EINVAL;
	if (!args->handle)
		return ANY;
	if (!object)
		return ENOENT;
	left = object->store->size - args->view_offset;
	if (args->view_offset >= object->store->size || args->view_size > left)
		return EINVAL;
	*size = args->view_size ? (args->view_size + PAGE - 1) & -PAGE : left;
	if (address + *size < address)
		return EINVAL;
	if (address + *size > HIGH || (address && address < 16 * PAGE))
		return ANY;
	if (address && find_area(address, *size))
		return EEXIST;
	/* Outside the arena there may be anything. */
	if (address && (address < ARENA ||
			address + *size > ARENA + ARENA_SIZE))
		return ANY;
	if (file->read_only && !(args->flags & DRM_VIDMEM_MAP_READ_ONLY))
		return EACCES;
	return 0;
}

static void check_place(const char *base, size_t size, int prot)
{
	const char *want = prot & PROT_WRITE ? "rw-s" : "r--s";
	static struct maps maps;
	char line[64];

	if (is_free(base, size)) {
		fail(PLACES, "nothing is mapped at %p", base);
		return;
	}
	if (!one_in(16))
		return;
	read_maps(&maps);
	snprintf(line, sizeof(line), "%08lx-%08lx %s ", (unsigned long)base,
		 (unsigned long)base + size, want);
	if (!strstr(maps.text, line))
		fail(PLACES, "no \"%s\" in /proc/self/maps", line);
}

static void spoil_map(struct drm_vidmem_map_video_memory *args, size_t size)
{
	switch (below(9)) {
	case 0:
		args->flags |= 1u << below(32);
		break;
	case 1:
		args->view_offset += 1 + below(PAGE - 1);
		break;
	case 2:
		args->view_offset = wild();
		break;
	case 3:
		args->view_size = wild();
		break;
	case 4:
		args->requested_virtual_address = wild();
		break;
	case 5:
		args->handle = wild();
		break;
	case 6:
		/* Just over the end, and just not. */
		args->view_size = size - args->view_offset + below(3);
		break;
	case 7:
		args->view_offset = size - below(2) * PAGE;
		break;
	default:
		args->requested_virtual_address += 1 + below(PAGE - 1);
	}
}

void op_map(void)
{
	struct drm_vidmem_map_video_memory in, args = { 0 };
	struct object *object = PICK_OBJECT();
	struct file *file = object && !one_in(20) ? object->file : pick_file();
	struct shape shape = shape_of(_IOC_READ | _IOC_WRITE, sizeof(args),
				      one_in(20));
	bool known, effect;
	int want, got, prot;
	size_t size = 0;

	free_area();
	args.flags = one_in(3) ? below(4) : 0;
	if (file->read_only && !one_in(8))
		args.flags |= DRM_VIDMEM_MAP_READ_ONLY;
	if (object && !one_in(40)) {
		size = object->store->size;
		args.handle = object->handle;
		if (one_in(2)) {
			args.view_offset = below(size / PAGE) * PAGE;
			args.view_size = below(size - args.view_offset + 1);
		}
		if (one_in(4))
			args.requested_virtual_address = (uintptr_t)arena(size);
		if (one_in(12))
			args.requested_virtual_address = (uintptr_t)
				areas[below(LENGTH(areas))].base;
	}
	if (one_in(12))
		spoil_map(&args, size);
	/* What tells no address must be told one. */
	known = shape.dir == (_IOC_READ | _IOC_WRITE) && shape.place == NORMAL &&
		shape.size >= 48;
	if (!known)
		args.requested_virtual_address = (uintptr_t)arena(16 * MiB);
	effective(&shape, &args, sizeof(args), &in);
	if (!known && !in.handle)
		return;
	want = map_error(file, &in, &size);
	effect = !want && shape.place != NOWHERE;
	want = shape_error(&shape, true, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_MAP_VIDEO_MEMORY, &args, sizeof(args)),
		 "fd=%d shape=%u,%u,%u address=%#llx handle=%u flags=%#x offset=%#llx size=%#llx",
		 file->fd, shape.dir, shape.size, shape.place,
		 args.requested_virtual_address, args.handle, args.flags,
		 args.view_offset, args.view_size);
	object = find_object(file, in.handle, NULL);
	if (object && no_view(object->store, want, got))
		want = got;
	expect(file, want, got);
	if (got == EFAULT && effect && !file->gone) {
		/* Documented: it is there, and nobody was told. */
		munmap((void *)(uintptr_t)in.requested_virtual_address, size);
		return;
	}
	compare_snapshot(file, got);
	if (got)
		return;
	if (known) {
		uint64_t wish = in.requested_virtual_address;

		note(args.video_ram_base);
		if (args.video_ram_base % PAGE ||
		    (wish && args.video_ram_base != wish) ||
		    (size && args.video_ram_length != size))
			fail(PLACES, "view at %#llx, %#llx bytes",
			     args.video_ram_base, args.video_ram_length);
		if (args.frame_buffer_length &&
		    (args.frame_buffer_base < args.video_ram_base ||
		     args.frame_buffer_base + args.frame_buffer_length >
		     args.video_ram_base + args.video_ram_length))
			fail(PLACES, "frame buffer outside the view");
		size = args.video_ram_length;
	} else {
		args.video_ram_base = in.requested_virtual_address;
	}
	prot = in.flags & DRM_VIDMEM_MAP_READ_ONLY ? PROT_READ :
						     PROT_READ | PROT_WRITE;
	check_place((char *)(uintptr_t)args.video_ram_base, size, prot);
	object = find_object(file, in.handle, NULL);
	if (!object) {
		/* Handle 0: which object that is, is not known here. */
		if (test_unmap(file->fd, args.video_ram_base) &&
		    !has_gone(file))
			fail(ANSWERS, "no UNMAP of what handle 0 gave");
		return;
	}
	add_area((char *)(uintptr_t)args.video_ram_base, size, in.view_offset,
		 object->store, prot, prot & PROT_WRITE, file->serial);
	check_pages(find_area(args.video_ram_base, 1), 2);
}

void op_unmap(void)
{
	struct drm_vidmem_unmap_video_memory in, args = { 0 };
	struct area *area = one_in(16) ? PICK_AREA() :
			    PICK(areas, _x->store && file_of(_x->file));
	struct file *file = area ? file_of(area->file) : NULL;
	struct shape shape = shape_of(_IOC_WRITE, sizeof(args), one_in(20));
	int want = EINVAL, got;

	if (!area && !one_in(8))
		return;
	if (!file || one_in(16))
		file = pick_file();
	if (area)
		args.requested_virtual_address = (uintptr_t)area->base +
			(one_in(2) ? 0 : below(area->size));
	if (!area || one_in(20))
		args.requested_virtual_address = one_in(4) ? (uintptr_t)&args :
						 wild();
	if (one_in(24))
		args.flags = wild();
	effective(&shape, &args, sizeof(args), &in);
	area = find_area(in.requested_virtual_address, 1);
	if (area && area->view && area->file == file->serial && !in.flags)
		want = 0;
	want = shape_error(&shape, false, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_UNMAP_VIDEO_MEMORY, &args,
			      sizeof(args)),
		 "fd=%d shape=%u,%u,%u address=%#llx flags=%#llx", file->fd,
		 shape.dir, shape.size, shape.place,
		 args.requested_virtual_address, args.flags);
	expect(file, want, got);
	compare_snapshot(file, got);
	if (!got && area) {
		if (!is_free(area->base, area->size))
			fail(PLACES, "%p is not free after UNMAP", area->base);
		forget_area(area);
	} else if (area) {
		check_pages(area, 1);
	}
}

static size_t some_size(void)
{
	switch (below(8)) {
	case 0:
		return 1 + below(4 * MiB);
	case 1:
		return 2 * MiB * (1 + below(2));
	default:
		return 1 + below(16 * PAGE);
	}
}

void op_create(void)
{
	struct file *file = pick_file();
	struct drm_vidmem_create in, args = { .size = some_size() };
	struct shape shape = shape_of(_IOC_READ | _IOC_WRITE, sizeof(args),
				      one_in(30));
	int want = 0, got;

	if (one_in(16))
		args.size = wild();
	if (one_in(24))
		args.flags = 1u << below(32);
	/* A handle that nobody tells is one more that is never closed. */
	if (shape.place == READ_ONLY || !(shape.dir & _IOC_READ) ||
	    shape.size < sizeof(args))
		args.size = 0;
	effective(&shape, &args, sizeof(args), &in);
	if (in.flags || !in.size || in.size > SIZE_MAX - PAGE)
		want = EINVAL;
	else if (in.size > vram_size)
		want = ENOSPC;
	want = shape_error(&shape, true, want);
	take_snapshot(file);
	got = DO(shaped_ioctl(file, &shape, DRM_COMMAND_BASE +
			      DRM_VIDMEM_CREATE, &args, sizeof(args)),
		 "fd=%d shape=%u,%u,%u size=%#llx flags=%#x", file->fd,
		 shape.dir, shape.size, shape.place, args.size, args.flags);
	if (want || got != ENOSPC)
		expect(file, want, got);
	compare_snapshot(file, got);
	if (got == ENOSPC)
		make_room();
	if (!got && args.size != ((in.size + PAGE - 1) & -PAGE))
		fail(ANSWERS, "%#llx bytes became %#llx", in.size, args.size);
	else if (!got)
		created(file, args.handle, args.size, false);
}

void op_get_param(void)
{
	struct file *file = pick_file();
	struct drm_vidmem_get_param args = { one_in(4) ? wild() : below(6) };
	bool known = args.param <= DRM_VIDMEM_PARAM_ADAPTER;
	int got = DO(ioctl(file->fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args),
		     "fd=%d param=%#llx", file->fd, args.param);

	expect(file, known ? 0 : EINVAL, got);
	if (!got && (args.param == DRM_VIDMEM_PARAM_VRAM_SIZE ?
		     args.value != vram_size : args.value > vram_size))
		fail(ANSWERS, "parameter %llu is %llu", args.param, args.value);
}

/* Any request of ours, or none of ours, with anything in it. */
void op_wild_ioctl(void)
{
	struct file *file = pick_file();
	uint64_t args[16];
	unsigned int nr = one_in(2) ? DRM_COMMAND_BASE + 1 + 2 * below(2) :
			  DRM_COMMAND_BASE + 4 + below(92), i;
	struct shape shape = { below(4), below(sizeof(args) + 1), below(3) };

	for (i = 0; i < LENGTH(args); i++)
		args[i] = wild();
	/* Not what unmaps: an address could be one of ours by chance. */
	if (nr == DRM_COMMAND_BASE + DRM_VIDMEM_UNMAP_VIDEO_MEMORY) {
		args[1] |= 1;
		shape.size = 64;
		shape.dir |= _IOC_WRITE;
	}
	DO(shaped_ioctl(file, &shape, nr, args, sizeof(args)),
	   "fd=%d nr=%#x shape=%u,%u,%u args=%#lx,%#lx,%#lx", file->fd, nr,
	   shape.dir, shape.size, shape.place, args[0], args[1], args[2]);
}

void op_check(void)
{
	struct area *area = PICK_AREA();

	if (!area)
		return;
	before("%p size=%#zx", area->base, area->size);
	check_pages(area, 4);
	after(0);
}

void op_fill(void)
{
	struct area *area = PICK_AREA();
	size_t page;
	uint32_t value = new_value();
	int signal;

	if (!area)
		return;
	page = below(area->size / PAGE);
	before("%p page=%zu of %#zx value=%#x", area->base, page, area->size,
	       value);
	signal = access_page(area->base + page * PAGE, 0, &value, NULL);
	after(0);
	if (signal != (area->prot & PROT_WRITE ? 0 : SIGSEGV))
		fail(SIGNALS, "writing %p (prot %d, %s): signal %d", area->base,
		     area->prot, area->view ? "view" : "plain", signal);
	page_written(area, page, value, !signal);
}
