// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Other processes, other threads. */

#include <sched.h>

#include "fuzz.h"

/*
 * A child has no views, all plain mappings, and the files. It goes on from here:
 * see run_operations().
 */
static void become_child(void)
{
	unsigned int i;
	uint32_t seen;

	in_child = true;
	for (i = 0; i < LENGTH(areas); i++) {
		struct area *area = &areas[i];
		struct file *file = file_of(area->file);

		if (!area->store)
			continue;
		if (!area->view) {
			check_pages(area, 1);
			continue;
		}
		if (access_page(area->base, 0, NULL, &seen) != SIGSEGV)
			fail(SIGNALS, "a child sees the view at %p", area->base);
		if (file && !test_unmap(file->fd, (uintptr_t)area->base))
			fail(ANSWERS, "a child unmaps its parent's view");
		area->store = NULL;
	}
	for (i = 0; i < LENGTH(objects); i++) {
		struct object *object = &objects[i];
		struct drm_vidmem_map_video_memory args = { 0 };
		struct area area = { .prot = PROT_READ, .view = true };

		if (!object->store)
			continue;
		args.handle = object->handle;
		args.flags = DRM_VIDMEM_MAP_READ_ONLY;
		if (one_in(2) && !test_map(object->file->fd, &args)) {
			area.base = (char *)(uintptr_t)args.video_ram_base;
			area.size = args.video_ram_length;
			area.store = object->store;
			check_pages(&area, 1);
		}
		object->store = NULL;
	}
	/* From here on it is a process like any other, with files of its own. */
	for (i = 0; i < LENGTH(areas); i++)
		areas[i].store = NULL;
	for (i = 0; i < LENGTH(dma_bufs); i++)
		dma_bufs[i].store = NULL;
	memset(fbs, 0, sizeof(fbs));
	memset(blobs, 0, sizeof(blobs));
	for (i = 0; i < LENGTH(files); i++)
		files[i].serial = 0;
	/* What the parent has in the arena is here too, so far. */
	munmap((void *)ARENA, ARENA_SIZE);
}

void op_fork(void)
{
	bool kills = one_in(3);
	unsigned int wait = below(20000);
	uint64_t state = next_random(&random_state);
	int status;
	pid_t pid;

	before("kill=%d after=%u", kills, wait);
	pid = fork();
	if (!pid) {
		random_state = state;
		become_child();
		return;
	}
	after(pid);
	if (kills) {
		usleep(wait);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) ? WEXITSTATUS(status) :
	    !kills || WTERMSIG(status) != SIGKILL)
		fail(ENDS, "a child ended with status %#x", status);
}

/*
 * Threads map and unmap one object, at addresses that all know. Each view is
 * released once: as many UNMAPs succeed as MAPs, when all is over.
 */
#define THREADS		3
#define STEPS		24

static struct {
	struct object *object;
	uint64_t seeds[THREADS], published[8], all[THREADS * STEPS];
	unsigned int logged, maps, unmaps, arrived;
	bool bus;
} race;

/*
 * Their stacks lie where they always do, or replays would differ. On arm64 each has
 * 128 KiB at least.
 */
static char stacks[THREADS][256 * 1024] __attribute__((aligned(4096)));

static void race_unmap(uint64_t address)
{
	int error = address ? test_unmap(race.object->file->fd, address) :
			      EINVAL;

	count(OP_unmap, error);
	if (!error)
		__atomic_add_fetch(&race.unmaps, 1, __ATOMIC_RELAXED);
}

static void *race_thread(void *seed)
{
	uint64_t state = *(uint64_t *)seed, size = race.object->store->size;
	unsigned int step;
	uint32_t seen;

	for (step = 0; step < STEPS; step++) {
		uint64_t r = next_random(&state);
		uint64_t *slot = &race.published[r >> 8 & 7], address = *slot;
		struct drm_vidmem_map_video_memory args = {
			.handle = race.object->handle,
			.flags = r >> 16 & 1 ? DRM_VIDMEM_MAP_READ_ONLY : 0,
			.requested_virtual_address = r >> 20 & 3 ? 0 :
				ARENA + ARENA_SIZE,
		};
		int error;

		switch (r & 7) {
		case 0:
		case 1:
		case 2:
			error = test_map(race.object->file->fd, &args);
			count(OP_map, error);
			if (error)
				break;
			race.all[__atomic_fetch_add(&race.logged, 1,
						    __ATOMIC_RELAXED)] =
				*slot = args.video_ram_base;
			__atomic_add_fetch(&race.maps, 1, __ATOMIC_RELAXED);
			break;
		case 3:
		case 4:
			race_unmap(address);
			break;
		case 5:
			if (address)
				mprotect((void *)address, size, r >> 30 & 1);
			break;
		default:
			if (address && access_page((char *)address, 0, NULL,
						   &seen) == SIGBUS)
				race.bus = true;
		}
	}
	/* All for the same view, at the same moment. */
	for (step = 0; step < LENGTH(race.published); step++) {
		__atomic_add_fetch(&race.arrived, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&race.arrived, __ATOMIC_SEQ_CST) <
		       THREADS * (step + 1))
			sched_yield();
		race_unmap(race.published[step]);
	}
	return NULL;
}

void op_threads(void)
{
	pthread_t threads[THREADS];
	pthread_attr_t attr;
	unsigned int i;

	memset(&race, 0, sizeof(race));
	race.object = PICK_OBJECT();
	if (!race.object || race.object->store->size > MiB)
		return;
	before("fd=%d handle=%u", race.object->file->fd, race.object->handle);
	for (i = 0; i < THREADS; i++) {
		race.seeds[i] = next_random(&random_state);
		pthread_attr_init(&attr);
		if (pthread_attr_setstack(&attr, stacks[i],
					  sizeof(stacks[i])) ||
		    pthread_create(&threads[i], &attr, race_thread,
				   &race.seeds[i]))
			abort();
		pthread_attr_destroy(&attr);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	after(0);
	for (i = 0; i < race.logged; i++)
		race_unmap(race.all[i]);
	if (race.bus)
		fail(SIGNALS, "SIGBUS in a thread");
	if (race.maps != race.unmaps && !has_gone(race.object->file))
		fail(ANSWERS, "%u MAPs but %u UNMAPs succeeded", race.maps,
		     race.unmaps);
	if (race.object->file->gone)
		for (i = 0; i < race.logged; i++)
			munmap((void *)race.all[i], race.object->store->size);
}
