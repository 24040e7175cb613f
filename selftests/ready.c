// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What CREATE gives reads zero, whoever has had it and however soon it is given
 * again; what is free is cleared in the background, and nothing fails for want of
 * memory that is free.
 */

#include "vidmem_test.h"

#define MAX_OBJECTS	64
#define PATTERN		0xa5

struct object {
	uint32_t handle;
	uint64_t size, base;
};

FIXTURE(ready)
{
	int fd;
	uint64_t free_before;
	struct object objects[MAX_OBJECTS];
};

FIXTURE_SETUP(ready)
{
	OPEN_OR_SKIP(self->fd);
	self->free_before = vram_free(self->fd);
}

FIXTURE_TEARDOWN(ready)
{
	if (self->fd < 0)
		return;
	EXPECT_EQ(self->free_before, vram_free(self->fd));
	close(self->fd);
}

static uint64_t largest_free(int fd)
{
	return test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
}

/* A new object, mapped; its words that are not zero, or -1 without one. */
static long create_and_count(int fd, uint64_t size, struct object *object,
			     int *error)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	const uint64_t *words;
	long count = 0;
	uint64_t i;

	*error = test_create(fd, size, &object->handle);
	if (*error)
		return -1;
	map.handle = object->handle;
	*error = test_map(fd, &map);
	if (*error)
		return -1;
	object->size = size;
	object->base = map.video_ram_base;
	words = (const uint64_t *)(uintptr_t)object->base;
	for (i = 0; i < size / sizeof(*words); i++)
		count += !!words[i];

	return count;
}

/* It is left full of what nobody else shall see. */
static int soil_and_close(int fd, struct object *object)
{
	int error;

	memset((void *)(uintptr_t)object->base, PATTERN, object->size);
	error = test_unmap(fd, object->base);
	object->base = 0;

	return error ? error : drmCloseBufferHandle(fd, object->handle);
}

/* All that is free, given back and taken again before anybody could clear it. */
TEST_F(ready, all_at_once)
{
	uint64_t size = largest_free(self->fd);
	struct object object;
	int round, error;

	for (round = 0; round < 3; round++) {
		EXPECT_EQ(size, largest_free(self->fd));
		ASSERT_EQ(0, create_and_count(self->fd, size, &object, &error))
			TH_LOG("round %d: %s", round, strerror(error));
		ASSERT_EQ(0, soil_and_close(self->fd, &object));
	}
}

/* Where what waits for being cleared lies between what is in use. */
TEST_F(ready, between_others)
{
	uint64_t size = largest_free(self->fd) / MAX_OBJECTS / PAGE * PAGE;
	int i, error;

	for (i = 0; i < MAX_OBJECTS; i++)
		ASSERT_EQ(0, create_and_count(self->fd, size,
					      &self->objects[i], &error))
			TH_LOG("%d: %s", i, strerror(error));
	for (i = 0; i < MAX_OBJECTS; i += 2)
		ASSERT_EQ(0, soil_and_close(self->fd, &self->objects[i]));
	for (i = 0; i < MAX_OBJECTS; i += 2)
		ASSERT_EQ(0, create_and_count(self->fd, size,
					      &self->objects[i], &error))
			TH_LOG("%d: %s", i, strerror(error));
	for (i = 0; i < MAX_OBJECTS; i++)
		ASSERT_EQ(0, soil_and_close(self->fd, &self->objects[i]));
}

/* Any order, any size: CREATE fails if there is no such hole, and only then. */
TEST_F(ready, fails_only_without_a_hole)
{
	uint64_t most = largest_free(self->fd);
	unsigned int seed = 1;
	int round, error, failures = 0;

	for (round = 0; round < 400; round++) {
		struct object *object =
			&self->objects[rand_r(&seed) % MAX_OBJECTS];
		uint64_t largest = largest_free(self->fd);
		uint64_t size;

		if (object->base) {
			ASSERT_EQ(0, soil_and_close(self->fd, object));
			continue;
		}
		/* A small one as often as one of several MiB. */
		size = (most >> rand_r(&seed) % 10) / (rand_r(&seed) % 7 + 1);
		size = size / PAGE * PAGE + PAGE;
		if (size > largest) {
			EXPECT_EQ(ENOSPC, test_create(self->fd, size,
						      &object->handle));
			failures++;
			continue;
		}
		ASSERT_EQ(0, create_and_count(self->fd, size, object, &error))
			TH_LOG("round %d: %lu of %lu: %s", round, size, largest,
			       strerror(error));
	}
	EXPECT_GT(failures, 10);

	for (round = 0; round < MAX_OBJECTS; round++)
		if (self->objects[round].base)
			ASSERT_EQ(0, soil_and_close(self->fd,
						    &self->objects[round]));
}

/* Where good starts would take the room of some of them: but for large pages. */
TEST_F(ready, as_many_as_there_is_room_for)
{
	const uint64_t pages[] = { 1, 16, 17, 200, 511, 1000, 1519 };
	uint64_t most = largest_free(self->fd) / PAGE + 4096;
	uint32_t *handles = calloc(most, sizeof(*handles));
	uint64_t want, count, i;
	int size;

	for (size = 0; size < 7; size++) {
		want = largest_free(self->fd) / (pages[size] * PAGE);
		for (count = 0; count < most; count++)
			if (test_create(self->fd, pages[size] * PAGE,
					&handles[count]))
				break;
		EXPECT_GE(count, want) TH_LOG("%lu pages", pages[size]);
		for (i = 0; i < count; i++)
			EXPECT_EQ(0, drmCloseBufferHandle(self->fd,
							  handles[i]));
	}
	free(handles);
}

/* Without anybody who needs it. */
TEST_F(ready, in_the_background)
{
	struct object object;
	int error;

	ASSERT_EQ(0, create_and_count(self->fd, largest_free(self->fd), &object,
				      &error));
	ASSERT_EQ(0, soil_and_close(self->fd, &object));
	EXPECT_EQ(self->free_before, debugfs_vram(self->fd, "unused"));
	EXPECT_EQ(largest_free(self->fd),
		  debugfs_vram(self->fd, "largest free"));
	EXPECT_TRUE(all_is_clear_in_the_end(self->fd));
	ASSERT_EQ(0, create_and_count(self->fd, largest_free(self->fd), &object,
				      &error));
	ASSERT_EQ(0, soil_and_close(self->fd, &object));
}

struct worker {
	int fd;
	unsigned int seed;
	long errors;
};

/* One of several that give each other no time. */
static void *create_often(void *data)
{
	struct worker *worker = data;
	struct object object;
	int round, error;

	for (round = 0; round < 100; round++) {
		uint64_t size = (rand_r(&worker->seed) % 64 + 1) * PAGE;
		long count = create_and_count(worker->fd, size, &object, &error);

		worker->errors += count != 0;
		if (count >= 0)
			worker->errors += !!soil_and_close(worker->fd, &object);
	}

	return NULL;
}

TEST_F(ready, several_clients)
{
	struct worker workers[4];
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++) {
		workers[i] = (struct worker){ test_open(), i };
		ASSERT_GE(workers[i].fd, 0);
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, create_often,
					    &workers[i]));
	}
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, workers[i].errors);
		close(workers[i].fd);
	}
}

TEST_HARNESS_MAIN
