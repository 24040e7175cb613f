/* SPDX-License-Identifier: MIT */
#ifndef VIDMEM_LOCK_H
#define VIDMEM_LOCK_H

/*
 * Locks for programs that fork while threads are at work: the child has only the
 * thread that called fork(2), so what another one had locked would stay so for
 * ever. These are free in a child, whoever had them in the parent.
 */

#include <pthread.h>
#include <stdbool.h>

struct vidmem_lock {
	pthread_mutex_t mutex;
	/* How often the process had been forked when the mutex was made. */
	unsigned int forks;
};

#define VIDMEM_LOCK_INITIALIZER { .mutex = PTHREAD_MUTEX_INITIALIZER }

void vidmem_lock_init(struct vidmem_lock *lock);
void vidmem_lock_destroy(struct vidmem_lock *lock);

/*
 * True if this process is a child that takes the lock for the first time: then
 * what it protects is as some thread of the parent left it, perhaps half done.
 */
bool vidmem_lock(struct vidmem_lock *lock);
void vidmem_unlock(struct vidmem_lock *lock);

#endif /* VIDMEM_LOCK_H */
