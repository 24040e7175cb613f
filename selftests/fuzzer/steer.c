// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steering by KCOV, which records where in the module each call has been. When
 * an operation takes a step, from one place to the next, that none before it has
 * taken, it is kept with the ones before it. Now and then such a sequence is done
 * again, some of its operations with other arguments.
 *
 * Each process keeps its own, or what it does would depend on the others' speed.
 */

#include <linux/kcov.h>

#include "fuzz.h"

#define SEQUENCE	4			/* operations */
#define MAX_KEPT	512			/* then new ones replace old ones */
#define PLACES_A_CALL	65536

struct step {
	unsigned int op;
	uint64_t random_state;
};

static struct step kept[MAX_KEPT][SEQUENCE], recent[SEQUENCE];
static unsigned int kept_count, playing, next = SEQUENCE;
static uint64_t stream, *places;
static uint8_t reached[REACHED / 8];

void start_steering(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && !ioctl(fd, KCOV_INIT_TRACE, PLACES_A_CALL))
		places = mmap(NULL, PLACES_A_CALL * sizeof(*places),
			      PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!places || places == MAP_FAILED ||
	    ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		say(1, "# p%u: /sys/kernel/debug/kcov: %m; --steer needs root "
		    "and a kernel with KCOV, as check-debug builds", me);
		_exit(5);
	}
	stream = mix(random_state);
}

/* The operation that is next, and its random numbers. */
unsigned int steer(void)
{
	struct step step;

	random_state = next_random(&stream);
	if (next == SEQUENCE && kept_count && one_in(8)) {
		playing = below(kept_count < MAX_KEPT ? kept_count : MAX_KEPT);
		next = 0;
	}
	if (next < SEQUENCE) {
		step = kept[playing][next++];
		if (one_in(2))
			step.random_state = next_random(&stream);
	} else {
		step.op = some_operation();
		step.random_state = next_random(&stream);
	}
	memmove(recent, recent + 1, sizeof(recent) - sizeof(recent[0]));
	recent[SEQUENCE - 1] = step;
	random_state = step.random_state;
	__atomic_store_n(&places[0], 0, __ATOMIC_RELAXED);
	return step.op;
}

/* After the operation: has it been where none was before? */
void learn(void)
{
	uint64_t count = __atomic_load_n(&places[0], __ATOMIC_RELAXED), i;
	uint64_t last = 0;
	bool new = false;

	for (i = 1; i <= count && i < PLACES_A_CALL; i++) {
		unsigned int bit = mix(last ^ mix(places[i])) % REACHED;

		last = places[i];
		if (reached[bit / 8] & 1 << bit % 8)
			continue;
		new = true;
		reached[bit / 8] |= 1 << bit % 8;
		__atomic_fetch_or(&shared->reached[bit / 8], 1 << bit % 8,
				  __ATOMIC_RELAXED);
	}
	/* One that closes files would leave little to go on with. */
	for (i = 0; i < SEQUENCE; i++)
		new = new && recent[i].op != OP_close;
	if (new)
		memcpy(kept[kept_count++ % MAX_KEPT], recent, sizeof(recent));
}
