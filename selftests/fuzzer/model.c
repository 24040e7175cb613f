// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a process has, as far as it knows, and checks of it. */

#include "fuzz.h"

struct file files[LENGTH(files)];
struct object objects[LENGTH(objects)];
struct area areas[LENGTH(areas)];
struct dma_buf dma_bufs[LENGTH(dma_bufs)];
struct fb fbs[LENGTH(fbs)];
uint32_t blobs[LENGTH(blobs)];
int foreign[] = { -1, -1, -1, -1 };
struct kms kms;

struct file *file_of(unsigned int serial)
{
	unsigned int i;

	for (i = 0; i < LENGTH(files); i++)
		if (serial && files[i].serial == serial)
			return &files[i];
	return NULL;
}

bool has_gone(struct file *file)
{
	struct drm_vidmem_get_param args = { DRM_VIDMEM_PARAM_VRAM_SIZE };

	if (options.unbind && !file->gone)
		file->gone = test_ioctl(file->fd, DRM_IOCTL_VIDMEM_GET_PARAM,
					&args) == ENODEV;
	return file->gone;
}

bool store_gone(struct store *store)
{
	struct file *file = file_of(store->file);

	/* Of a file that is closed nothing can be asked any more. */
	if (!store->unknown && options.unbind)
		store->unknown = file ? has_gone(file) : true;
	return store->unknown;
}

struct store *new_store(size_t size, struct file *file)
{
	struct store *store = calloc(1, sizeof(*store));

	store->pages = calloc(size / PAGE, sizeof(*store->pages));
	store->size = size;
	store->file = file->serial;
	return store;
}

struct store *get_store(struct store *store)
{
	store->refs++;
	return store;
}

void put_store(struct store **store)
{
	if (!--(*store)->refs) {
		free((*store)->pages);
		free(*store);
	}
	*store = NULL;
}

struct file *pick_file(void)
{
	return PICK(files, _x->serial);
}

struct object *find_object(struct file *file, uint32_t handle,
			   struct store *store)
{
	unsigned int i;

	for (i = 0; i < LENGTH(objects); i++)
		if (objects[i].store && objects[i].file == file &&
		    (store ? objects[i].store == store :
		     objects[i].handle == handle))
			return &objects[i];
	return NULL;
}

struct area *find_area(uint64_t start, uint64_t size)
{
	unsigned int i;

	for (i = 0; i < LENGTH(areas); i++)
		if (areas[i].store && start < (uintptr_t)areas[i].base +
		    areas[i].size && start + size > (uintptr_t)areas[i].base)
			return &areas[i];
	return NULL;
}

/* A place in the arena, free in most cases. */
char *arena(size_t size)
{
	return (char *)ARENA + below((ARENA_SIZE - size) / PAGE) * PAGE;
}

bool is_free(const char *start, size_t size)
{
	unsigned char present;
	size_t pages[] = { 0, size / PAGE / 2, size / PAGE - 1 };
	unsigned int i;

	for (i = 0; i < LENGTH(pages); i++)
		if (!mincore((void *)(start + pages[i] * PAGE), PAGE, &present))
			return false;
	return true;
}

void forget_area(struct area *area)
{
	put_store(&area->store);
}

void drop_area(struct area *area)
{
	if (munmap(area->base, area->size))
		fail(ANSWERS, "munmap of a whole mapping: %m");
	else if (!is_free(area->base, area->size))
		fail(PLACES, "%p is not free after munmap", area->base);
	forget_area(area);
}

/* A slot for a mapping of this size, which must not have too many before it. */
struct area *free_area(void)
{
	struct area *area = PICK(areas, !_x->store);

	if (!area) {
		area = PICK_AREA();
		drop_area(area);
	}
	return area;
}

void add_area(char *base, size_t size, size_t offset,
	      struct store *store, int prot, bool may_write,
	      unsigned int view_of)
{
	struct area *area = free_area();

	*area = (struct area) {
		base, size, offset, get_store(store), view_of, prot,
		view_of != 0, may_write, false,
	};
}

void close_handle(struct object *object)
{
	struct drm_gem_close args = { object->handle };
	int error = test_ioctl(object->file->fd, DRM_IOCTL_GEM_CLOSE, &args);

	if (error && !has_gone(object->file))
		fail(ANSWERS, "GEM_CLOSE: %s", strerrorname_np(error));
	put_store(&object->store);
}

struct object *add_object(struct file *file, uint32_t handle,
			  struct store *store)
{
	struct object *object = find_object(file, handle, NULL);

	if (object) {
		if (object->store != store)
			fail(ANSWERS, "handle %u was given twice", handle);
		return object;
	}
	object = PICK(objects, !_x->store);
	if (!object) {
		object = PICK_OBJECT();
		close_handle(object);
	}
	*object = (struct object) { file, handle, get_store(store) };
	return object;
}

void close_file(struct file *file)
{
	unsigned int i;

	for (i = 0; i < LENGTH(objects); i++)
		if (objects[i].store && objects[i].file == file)
			put_store(&objects[i].store);
	for (i = 0; i < LENGTH(fbs); i++)
		if (fbs[i].file == file)
			fbs[i].id = 0;
	/* A view keeps the file open, and would keep it master. */
	if (!one_in(8))
		ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0);
	close(file->fd);
	file->serial = 0;
}

/* Is memory what it was left as, and does it fault where it should? */
void check_page(struct area *area, size_t page)
{
	char *address = area->base + page * PAGE;
	unsigned int words[] = { 0, WORDS - 1, below(WORDS) }, i;
	uint32_t seen = 0, want = area->store->pages[area->offset / PAGE + page];

	for (i = 0; i < LENGTH(words); i++) {
		int signal = access_page(address, words[i], NULL, &seen);

		if (signal != (area->prot & PROT_READ ? 0 : SIGSEGV))
			fail(SIGNALS, "reading %p (prot %d, %s): signal %d",
			     address, area->prot, area->view ? "view" : "plain",
			     signal);
		if (signal || area->store->unknown || seen == want)
			continue;
		if (!store_gone(area->store))
			fail(CONTENTS, "%p word %u of page %zu: %#x, not %#x",
			     address, words[i], area->offset / PAGE + page,
			     seen, want);
		return;
	}
}

void check_pages(struct area *area, unsigned int pages)
{
	for (; pages; pages--)
		check_page(area, below(area->size / PAGE));
}

uint32_t new_value(void)
{
	static uint32_t values;

	return 0xa0000000 | me << 20 | in_child << 24 | (++values & 0xfffff);
}

/* Have something else than the processor write a page. */
void page_written(struct area *area, size_t page, uint32_t value,
		  bool written)
{
	if (written)
		area->store->pages[area->offset / PAGE + page] = value;
	check_page(area, page);
}

/* What is new must read as zero. */
void created(struct file *file, uint32_t handle, size_t size, bool is_dumb)
{
	struct store *store = new_store(size, file);
	struct object *object = add_object(file, handle, store);
	struct drm_vidmem_map_video_memory args = {
		.handle = handle, .flags = DRM_VIDMEM_MAP_READ_ONLY,
	};
	struct area area;
	int error;

	store->may_be_elsewhere = is_dumb;
	if (one_in(4))
		return;
	error = test_map(file->fd, &args);
	no_view(store, 0, error);
	if (error)
		return;
	area = (struct area) {
		(char *)(uintptr_t)args.video_ram_base, size, 0, object->store,
		file->serial, PROT_READ, true, false,
	};
	check_pages(&area, 24);
	check_page(&area, 0);
	if (test_unmap(file->fd, args.video_ram_base) && !has_gone(file))
		fail(ANSWERS, "no UNMAP of a new view");
	if (file->gone)
		munmap(area.base, size);
}

/* Full means that there is too much of it, and not only of ours. */
void make_room(void)
{
	struct object *object = PICK_OBJECT();
	struct area *area = PICK_AREA();

	if (object)
		close_handle(object);
	if (area)
		drop_area(area);
}

/* What a refused call must leave as it was. */
static struct {
	struct maps maps;
	uint64_t free;
	bool taken;
} snapshot;

void take_snapshot(struct file *file)
{
	snapshot.taken = one_in(24) && !options.unbind;
	if (!snapshot.taken)
		return;
	read_maps(&snapshot.maps);
	snapshot.free = vram_free(file->fd);
}

void compare_snapshot(struct file *file, int error)
{
	static struct maps now;

	if (!snapshot.taken || !error)
		return;
	read_maps(&now);
	if (!same_maps(&snapshot.maps, &now))
		fail(REFUSALS, "%s, yet other mappings", strerrorname_np(error));
	/* Dumb buffers may have moved out for it. */
	if (options.processes == 1 && vram_free(file->fd) < snapshot.free)
		fail(REFUSALS, "%s, yet less free video memory",
		     strerrorname_np(error));
}

void expect(struct file *file, int want, int got)
{
	if (want == ANY || got == want)
		return;
	if (options.unbind && (got == ENODEV || file->gone) && has_gone(file))
		return;
	fail(ANSWERS, "%s, not %s", strerrorname_np(got), strerrorname_np(want));
}

/*
 * A dumb buffer may be where no view can be made of it. Once one was made, it stays
 * in video memory.
 */
bool no_view(struct store *store, int want, int got)
{
	if (!got)
		store->may_be_elsewhere = false;
	return got == EOPNOTSUPP && store->may_be_elsewhere &&
	       want != EINVAL && want != ENOENT;
}
