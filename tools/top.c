// SPDX-License-Identifier: MIT
/*
 * What happens on all adapters, second by second: what the driver tells root of it in
 * debugfs, and how often its tracepoints are passed, which perf counts.
 */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "displays.h"

static const char *const tracing[] = {
	"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
};

/* What is counted. */
enum event { FRAME, FAULT, EVENTS };

static const char *const event_names[EVENTS] = { "vidmem_frame", "vidmem_fault" };

struct adapter {
	int card;
	/* Of each event one counter a processor, or -1; NULL if there are none. */
	int *counters[EVENTS];
	uint64_t counts[EVENTS];
	double rates[EVENTS];
	/* Its events have been counted before. */
	bool is_counted;
	uint64_t size, unused, largest;
	unsigned int clients, views;
};

struct process {
	int pid, card;
	unsigned int views;
	uint64_t mapped;
};

struct top {
	struct adapter *adapters;
	size_t adapter_count;
	struct process *processes;
	size_t process_count;
	long processors;
	/* The kernel's number of each, or -1. */
	int event_ids[EVENTS];
	struct timespec sampled;
};

static FILE *open_file(const struct adapter *adapter, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), DEBUGFS_DRI "/%d/%s", adapter->card, name);
	return fopen(path, "re");
}

static int event_id(const char *name)
{
	int id = -1;
	size_t i;

	for (i = 0; i < sizeof(tracing) / sizeof(tracing[0]) && id < 0; i++) {
		char path[PATH_MAX];
		FILE *file;

		snprintf(path, sizeof(path), "%s/events/vidmem/%s/id", tracing[i],
			 name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%d", &id) != 1)
			id = -1;
		fclose(file);
	}

	return id;
}

/* Of this card, on that processor, whoever runs there. Returns -1 if it cannot be. */
static int open_counter(int id, int card, int processor)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};
	char filter[32];
	int fd;

	fd = syscall(SYS_perf_event_open, &attr, -1, processor, -1,
		     PERF_FLAG_FD_CLOEXEC);
	snprintf(filter, sizeof(filter), "card==%d", card);
	if (fd >= 0 && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter)) {
		close(fd);
		fd = -1;
	}

	return fd;
}

static void open_counters(const struct top *top, struct adapter *adapter)
{
	int event, i;

	for (event = 0; event < EVENTS; event++) {
		if (top->event_ids[event] < 0)
			continue;
		adapter->counters[event] = calloc(top->processors, sizeof(int));
		for (i = 0; adapter->counters[event] && i < top->processors; i++)
			adapter->counters[event][i] =
				open_counter(top->event_ids[event], adapter->card, i);
	}
}

static void close_counters(const struct top *top, struct adapter *adapter)
{
	int event, i;

	for (event = 0; event < EVENTS; event++) {
		for (i = 0; adapter->counters[event] && i < top->processors; i++)
			if (adapter->counters[event][i] >= 0)
				close(adapter->counters[event][i]);
		free(adapter->counters[event]);
	}
}

/* Less than 0 for what cannot be counted, or not yet. */
static void count_events(const struct top *top, struct adapter *adapter,
			 double seconds)
{
	int event, i;

	for (event = 0; event < EVENTS; event++) {
		const int *counters = adapter->counters[event];
		uint64_t sum = 0, count;
		bool is_counted = false;

		for (i = 0; counters && i < top->processors; i++) {
			if (counters[i] < 0 ||
			    read(counters[i], &count, sizeof(count)) != sizeof(count))
				continue;
			sum += count;
			is_counted = true;
		}
		adapter->rates[event] = is_counted && seconds > 0 ?
			(sum - adapter->counts[event]) / seconds : -1;
		adapter->counts[event] = sum;
	}
}

/* Returns whether it is one of ours, and still there. */
static bool read_vram(struct adapter *adapter)
{
	FILE *file = open_file(adapter, "vidmem_vram");
	bool is_read;

	if (!file)
		return false;
	is_read = fscanf(file, "size: %" SCNu64 " unused: %" SCNu64
			 " largest free: %" SCNu64, &adapter->size,
			 &adapter->unused, &adapter->largest) == 3;
	fclose(file);

	return is_read;
}

/* A line each, below a headline. */
static void read_clients(struct adapter *adapter)
{
	FILE *file = open_file(adapter, "clients");
	unsigned int lines = 0;
	int c;

	while (file && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file)
		fclose(file);
	adapter->clients = lines ? lines - 1 : 0;
}

static int add_view(struct top *top, int pid, int card, uint64_t size)
{
	struct process *process = top->processes, *more;

	while (process < top->processes + top->process_count &&
	       (process->pid != pid || process->card != card))
		process++;
	if (process == top->processes + top->process_count) {
		more = realloc(top->processes,
			       (top->process_count + 1) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		top->processes = more;
		process = more + top->process_count++;
		*process = (struct process){ .pid = pid, .card = card };
	}
	process->views++;
	process->mapped += size;

	return 0;
}

static int read_views(struct top *top, struct adapter *adapter)
{
	FILE *file = open_file(adapter, "vidmem_views");
	uint64_t size;
	int pid, ret = 0;

	while (file && !ret &&
	       fscanf(file, "%d %*s %" SCNu64 " %*[^\n]", &pid, &size) == 2) {
		adapter->views++;
		ret = add_view(top, pid, adapter->card, size);
	}
	if (file)
		fclose(file);

	return ret;
}

static int add_adapter(struct top *top, int card)
{
	struct adapter *more, new = { .card = card };
	size_t i;

	for (i = 0; i < top->adapter_count; i++)
		if (top->adapters[i].card == card)
			return 0;
	if (!read_vram(&new))
		return 0;
	more = realloc(top->adapters, (top->adapter_count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	top->adapters = more;
	open_counters(top, &new);
	more[top->adapter_count++] = new;

	return 0;
}

static int by_card(const void *a, const void *b)
{
	return ((const struct adapter *)a)->card - ((const struct adapter *)b)->card;
}

/* The largest first. */
static int by_size(const void *a, const void *b)
{
	const struct process *one = a, *other = b;

	return (one->mapped < other->mapped) - (one->mapped > other->mapped);
}

/* Returns 0 or a negative error number. */
static int find_adapters(struct top *top)
{
	DIR *dir = opendir(DEBUGFS_DRI);
	const struct dirent *entry;
	int ret = 0;

	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir)))
		/* Each adapter by its card's number; perhaps by other names, too. */
		if (isdigit(entry->d_name[0]) &&
		    strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
			ret = add_adapter(top, atoi(entry->d_name));
	closedir(dir);

	return ret;
}

static void forget_adapter(struct top *top, size_t i)
{
	close_counters(top, &top->adapters[i]);
	top->adapters[i] = top->adapters[--top->adapter_count];
}

static int sample(struct top *top)
{
	struct timespec now;
	double seconds;
	size_t i;
	int ret = find_adapters(top);

	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = now.tv_sec - top->sampled.tv_sec +
		  (now.tv_nsec - top->sampled.tv_nsec) / 1e9;
	top->process_count = 0;
	for (i = 0; i < top->adapter_count && !ret;) {
		struct adapter *adapter = &top->adapters[i];

		if (!read_vram(adapter)) {
			forget_adapter(top, i);
			continue;
		}
		/* There is nothing to compare the first counts with. */
		count_events(top, adapter, adapter->is_counted ? seconds : 0);
		adapter->is_counted = true;
		adapter->views = 0;
		read_clients(adapter);
		ret = read_views(top, adapter);
		i++;
	}
	top->sampled = now;
	if (!ret && !top->adapter_count)
		ret = -ENODEV;
	if (top->adapter_count)
		qsort(top->adapters, top->adapter_count, sizeof(*top->adapters),
		      by_card);
	if (top->process_count)
		qsort(top->processes, top->process_count, sizeof(*top->processes),
		      by_size);

	return ret;
}

static void print_rate(double rate)
{
	if (rate < 0)
		printf(" %9s", "-");
	else
		printf(" %9.1f", rate);
}

static void print_adapter(const struct adapter *adapter)
{
	char card[32], name[NAME_MAX + 1], path[64];
	char size[16], used[16], largest[16];
	int event;

	snprintf(card, sizeof(card), "card%d", adapter->card);
	snprintf(path, sizeof(path), "/dev/dri/%s", card);
	displays_name(path, name, sizeof(name));
	printf("%-8s%-12s %9s %9s %9s %7u %6u", card, *name ? name : "-",
	       size_text(adapter->size, size, sizeof(size)),
	       size_text(adapter->size - adapter->unused, used, sizeof(used)),
	       size_text(adapter->largest, largest, sizeof(largest)),
	       adapter->clients, adapter->views);
	for (event = 0; event < EVENTS; event++)
		print_rate(adapter->rates[event]);
	putchar('\n');
}

static void print_process(const struct process *process)
{
	char path[64], name[32] = "?", mapped[16], card[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", process->pid);
	file = fopen(path, "re");
	if (file) {
		if (fscanf(file, "%31[^\n]", name) != 1)
			strcpy(name, "?");
		fclose(file);
	}
	snprintf(card, sizeof(card), "card%d", process->card);
	printf("%-8d%-22s %-8s %6u %9s\n", process->pid, name, card, process->views,
	       size_text(process->mapped, mapped, sizeof(mapped)));
}

static void print_top(const struct top *top)
{
	bool is_terminal = isatty(STDOUT_FILENO);
	size_t i, processes = top->process_count;
	struct winsize window;

	if (is_terminal) {
		size_t rows = top->adapter_count + 4;

		/* As many as the terminal has lines for, if it knows. */
		if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) && window.ws_row &&
		    processes + rows > window.ws_row)
			processes = window.ws_row > rows ? window.ws_row - rows : 0;
		fputs("\033[H\033[J", stdout);
	}
	printf("%-8s%-12s %9s %9s %9s %7s %6s %9s %9s\n", "CARD", "NAME", "VRAM",
	       "USED", "LARGEST", "CLIENTS", "VIEWS", "FRAMES/S", "FAULTS/S");
	for (i = 0; i < top->adapter_count; i++)
		print_adapter(&top->adapters[i]);
	printf("\n%-8s%-22s %-8s %6s %9s\n", "PID", "PROGRAM", "CARD", "VIEWS",
	       "MAPPED");
	for (i = 0; i < processes; i++)
		print_process(&top->processes[i]);
	if (!is_terminal)
		putchar('\n');
	fflush(stdout);
}

/* A counter is a file, and there may be many. */
static void allow_files(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool wait_a_second(const sigset_t *mask)
{
	const struct timespec second = { .tv_sec = 1 };

	return !ppoll(NULL, 0, &second, mask) && !stopped;
}

int cmd_top(const struct options *options, char **args)
{
	struct top top = { .processors = sysconf(_SC_NPROCESSORS_CONF) };
	int event, ret, left = options->seconds;
	sigset_t mask;

	(void)args;
	allow_files();
	for (event = 0; event < EVENTS; event++)
		top.event_ids[event] = event_id(event_names[event]);
	stop_by_signals(&mask);
	do {
		ret = sample(&top);
		if (!ret)
			print_top(&top);
	} while (!ret && (left < 0 || left--) && wait_a_second(&mask));

	while (top.adapter_count)
		forget_adapter(&top, 0);
	free(top.adapters);
	free(top.processes);
	if (ret == -ENODEV)
		return fail_open("top", -ret);
	return ret ? fail_debugfs("top", DEBUGFS_DRI, -ret) : 0;
}
