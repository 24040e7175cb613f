// SPDX-License-Identifier: MIT

#include "vidmem_lock.h"

/* Changes in a new child only, while that has one thread. */
static unsigned int forks;

/* Held while a child makes a lock its own. */
static pthread_mutex_t renewal = PTHREAD_MUTEX_INITIALIZER;

static void in_child(void)
{
	forks++;
	pthread_mutex_init(&renewal, NULL);
}

__attribute__((constructor))
static void watch_forks(void)
{
	pthread_atfork(NULL, NULL, in_child);
}

void vidmem_lock_init(struct vidmem_lock *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
	lock->forks = forks;
}

void vidmem_lock_destroy(struct vidmem_lock *lock)
{
	if (lock->forks == forks)
		pthread_mutex_destroy(&lock->mutex);
}

bool vidmem_lock(struct vidmem_lock *lock)
{
	bool renewed = false;

	/* An atomic one, as another thread may be the one that renews it. */
	if (__atomic_load_n(&lock->forks, __ATOMIC_ACQUIRE) != forks) {
		pthread_mutex_lock(&renewal);
		renewed = lock->forks != forks;
		if (renewed) {
			pthread_mutex_init(&lock->mutex, NULL);
			/* Taken before any other thread can. */
			pthread_mutex_lock(&lock->mutex);
			__atomic_store_n(&lock->forks, forks, __ATOMIC_RELEASE);
		}
		pthread_mutex_unlock(&renewal);
	}
	if (!renewed)
		pthread_mutex_lock(&lock->mutex);

	return renewed;
}

void vidmem_unlock(struct vidmem_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}
