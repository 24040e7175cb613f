// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What all files use: the state that all see, random numbers, the record of what
 * is done, and accesses that may fault.
 */

#include "fuzz.h"

#define MAX_FAILURES	10			/* then all end */

#define NAME(name, weight)	#name,
const char *const op_names[] = { OPERATIONS(NAME) };
#undef NAME
#define NAME(name, weight)	weight,
static const unsigned int op_weights[] = { OPERATIONS(NAME) };
#undef NAME

struct shared *shared;
struct options options = {
	.processes = 4, .rounds = 1, .only = UINT_MAX, .trace = -1,
};
char adapter[PATH_MAX];
uint64_t vram_size, random_state;
unsigned int me;
bool in_child;
int current_op;

/* Random numbers, the same for the same seed. */

uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint64_t next_random(uint64_t *state)
{
	return mix(*state += 0x9e3779b97f4a7c15);
}

uint64_t below(uint64_t n)
{
	return next_random(&random_state) % n;
}

bool one_in(unsigned int n)
{
	return !below(n);
}

/* A number of the kind that is often got wrong. */
uint64_t wild(void)
{
	switch (below(6)) {
	case 0:
		return below(16);
	case 1:
		return (1ull << below(64)) - below(3);
	case 2:
		return below(1 << 20) * PAGE;
	case 3:
		return -below(3 * PAGE);
	case 4:
		return 0x7ffffffff000 - below(4) * PAGE + below(3);
	default:
		return next_random(&random_state) >> below(64);
	}
}

/* One by its weight. */
unsigned int some_operation(void)
{
	unsigned int total = 0, i, r;

	for (i = 0; i < OP_COUNT; i++)
		total += op_weights[i];
	for (i = 0, r = below(total); r >= op_weights[i]; i++)
		r -= op_weights[i];
	return i;
}

/* What is done, and how it went. */

static void vsay(int fd, const char *format, va_list list)
{
	char text[400];
	int length = vsnprintf(text, sizeof(text) - 1, format, list);

	if (length > (int)sizeof(text) - 2)
		length = sizeof(text) - 2;
	text[length++] = '\n';
	if (write(fd, text, length) != length)
		_exit(2);
}

__attribute__((format(printf, 2, 3)))
void say(int fd, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsay(fd, format, list);
	va_end(list);
}

void print_ring(unsigned int worker)
{
	unsigned int i, next = shared->workers[worker].next;

	for (i = 0; i < RING; i++)
		if (*shared->workers[worker].text[(next + i) % RING])
			say(1, "#   %s", shared->workers[worker].text[(next + i) % RING]);
}

__attribute__((format(printf, 2, 3)))
void fail(int class, const char *format, ...)
{
	char text[300];
	va_list list;

	__atomic_add_fetch(&shared->failures[class], 1, __ATOMIC_RELAXED);
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	say(1, "# p%u%s, operation %lu (%s): %s; last:", me,
	    in_child ? "c" : "", shared->workers[me].done,
	    op_names[current_op], text);
	print_ring(me);
	if (__atomic_add_fetch(&shared->printed, 1, __ATOMIC_RELAXED) >=
	    MAX_FAILURES) {
		shared->stop = true;
		_exit(3);
	}
}

__attribute__((format(printf, 1, 2)))
void before(const char *format, ...)
{
	char *line = shared->workers[me].text[shared->workers[me].next++ % RING];
	size_t size = sizeof(shared->workers[me].text[0]);
	int length = snprintf(line, size, "p%u%s %lu %s ", me,
			      in_child ? "c" : "", shared->workers[me].done,
			      op_names[current_op]);
	va_list list;

	va_start(list, format);
	vsnprintf(line + length, size - length, format, list);
	va_end(list);
	if (options.trace >= 0)
		say(options.trace, "%s", line);
}

void count(int op, int error)
{
	__atomic_add_fetch(&shared->counts[op][error < MAX_ERRNO ? error : 0], 1,
			   __ATOMIC_RELAXED);
}

int after(long ret)
{
	int error = ret == -1 ? errno : 0;
	unsigned int last = (shared->workers[me].next - 1) % RING;
	char *line = shared->workers[me].text[last];
	size_t length = strlen(line);

	count(current_op, error);
	snprintf(line + length, sizeof(shared->workers[me].text[0]) - length,
		 " = %s", error ? strerrorname_np(error) : "0");
	if (options.trace >= 0)
		say(options.trace, "p%u%s %lu%s", me, in_child ? "c" : "",
		    shared->workers[me].done, line + length);
	return error;
}

/* What a call answered beside its error. */
void note(uint64_t address)
{
	unsigned int last = (shared->workers[me].next - 1) % RING;
	char *line = shared->workers[me].text[last];
	size_t length = strlen(line);

	snprintf(line + length, sizeof(shared->workers[me].text[0]) - length,
		 " at %#lx", address);
	if (options.trace >= 0)
		say(options.trace, "p%u%s %lu%s", me, in_child ? "c" : "",
		    shared->workers[me].done, line + length);
}

/* Accesses that may fault. */

static __thread sigjmp_buf jump;
static __thread volatile sig_atomic_t armed;

void on_fault(int signal, siginfo_t *info, void *context)
{
	if (armed)
		siglongjmp(jump, signal);
	say(1, "# p%u: signal %d at %p in the fuzzer itself", me, signal,
	    info->si_addr);
	print_ring(me);
	_exit(4);
}

/* The signal that the access gives, or 0. With a value: writes all the page. */
int access_page(char *page, unsigned int word, const uint32_t *value,
		uint32_t *seen)
{
	volatile uint32_t *words = (volatile uint32_t *)page;
	unsigned int i;
	int ret = sigsetjmp(jump, 0);

	if (!ret) {
		armed = 1;
		if (value)
			for (i = 0; i < WORDS; i++)
				words[i] = *value;
		else
			*seen = words[word];
	}
	armed = 0;
	return ret;
}
