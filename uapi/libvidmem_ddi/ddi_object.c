// SPDX-License-Identifier: MIT
/* What drivers have been given, and have to give back. */

#include <pthread.h>

#include "ddi_priv.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
struct objects allocations, semaphores, surfaces, palettes;

void add_object(struct objects *list, struct object *object)
{
	pthread_mutex_lock(&lock);
	object->next = list->first;
	list->first = object;
	list->count++;
	pthread_mutex_unlock(&lock);
}

static struct object **find(struct objects *list, const void *object)
{
	struct object **at;

	for (at = &list->first; *at; at = &(*at)->next)
		if (*at == object)
			break;

	return at;
}

bool has_object(struct objects *list, const void *object)
{
	bool found;

	pthread_mutex_lock(&lock);
	found = object && *find(list, object);
	pthread_mutex_unlock(&lock);

	return found;
}

bool remove_object(struct objects *list, const void *object)
{
	struct object **at;
	bool found;

	pthread_mutex_lock(&lock);
	at = find(list, object);
	found = object && *at;
	if (found) {
		*at = (*at)->next;
		list->count--;
	}
	pthread_mutex_unlock(&lock);

	return found;
}

ddi_public void vidmem_ddi_left(struct vidmem_ddi_left *left)
{
	pthread_mutex_lock(&lock);
	left->allocations = allocations.count;
	left->surfaces = surfaces.count;
	left->palettes = palettes.count;
	left->semaphores = semaphores.count;
	pthread_mutex_unlock(&lock);
}
