// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Options, processes, and what is reported. */

#include <getopt.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "../watch.h"
#include "fuzz.h"

/* Seconds in one operation. The watchdog comes first, and says where it is. */
#define STUCK		(2 * WATCH_SECONDS)

#define NAME(name, weight)	op_##name,
static void (*const ops[])(void) = { OPERATIONS(NAME) };
#undef NAME

static const char *const class_names[] = {
	"processes end as they should",
	"no task waits or runs for ever",
	"requests answer what they should",
	"views are where MAP says, and gone after UNMAP",
	"memory is zero at first, then what was written",
	"accesses fault where they should and nowhere else",
	"refused calls change nothing",
	"most requests to map succeed",
	"video memory comes back",
};

/* An adapter that has gone keeps its memory for as long as it is in use. */
static void leave_gone(void)
{
	struct area *area = PICK(areas, _x->store &&
				 !file_of(_x->store->file));
	struct dma_buf *buf = PICK(dma_bufs, _x->store &&
				   !file_of(_x->store->file));
	unsigned int i;

	for (i = 0; i < LENGTH(files); i++)
		if (files[i].serial && files[i].gone && one_in(4))
			close_file(&files[i]);
	if (area && one_in(4))
		drop_area(area);
	if (buf && one_in(4)) {
		close(buf->fd);
		put_store(&buf->store);
	}
}

static void run_operations(unsigned long n)
{
	bool steered = options.steer, was_child = in_child;

	for (; n && !shared->stop; n--) {
		if (!pick_file()) {
			current_op = OP_open;
			op_open();
			continue;
		}
		current_op = steered ? steer() : some_operation();
		if (in_child &&
		    (current_op == OP_fork || current_op == OP_threads))
			continue;
		ops[current_op]();
		if (in_child && !was_child) {
			/* This is the child that it has made. */
			was_child = true;
			steered = false;
			n = 2 + below(40);
			continue;
		}
		if (steered)
			learn();
		/* A child may be killed at any time: it would shift the rest. */
		if (in_child)
			shared->workers[me].in_children++;
		else
			shared->workers[me].done++;
		if (options.unbind)
			leave_gone();
	}
	_exit(0);
}

static void open_foreign(void)
{
	unsigned int i, n = 0;
	char path[PATH_MAX], link[64];
	struct stat stat;

	for (i = 0; i < 8 && n < LENGTH(foreign); i++) {
		drmVersionPtr version;
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%u", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		fstat(fd, &stat);
		snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device",
			 major(stat.st_rdev), minor(stat.st_rdev));
		if (version && realpath(link, path) && strcmp(path, adapter) &&
		    (!strcmp(version->name, "vgem") ||
		     !strcmp(version->name, "vidmem")))
			foreign[n++] = fd;
		else
			close(fd);
		drmFreeVersion(version);
	}
}

static void worker(unsigned int number)
{
	struct sigaction action = {
		.sa_sigaction = on_fault, .sa_flags = SA_NODEFER | SA_SIGINFO,
	};

	me = number;
	setpgid(0, 0);
	random_state = mix(options.seed + mix(number + 1));
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	open_foreign();
	map_shape_pages();
	if (options.steer)
		start_steering();
	run_operations(options.operations / options.rounds);
}

/* Ends, with the adapter bound, when it is told to. */
static void unbinder(const char *driver)
{
	const char *device = strrchr(adapter, '/') + 1;
	uint64_t state = options.seed;
	int error, tries;

	while (!shared->stop) {
		tries = 0;
		usleep(next_random(&state) % 300000);
		if (write_file(driver, "unbind", device))
			_exit(1);
		usleep(next_random(&state) % 20000);
		/* There is no memory for another while the old is in use. */
		while ((error = write_file(driver, "bind", device)) &&
		       tries++ < 1000)
			usleep(20000);
		if (error)
			_exit(2);
		shared->cycles++;
	}
	_exit(0);
}

static void read_parameter(char *to, const char *name)
{
	char path[64], value[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/vidmem/parameters/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, value, sizeof(value) - 1) > 0)
		sprintf(to + strlen(to), "%s=%.*s ", name,
			(int)strcspn(value, "\n"), value);
	close(fd);
}

static bool reload_module(void)
{
	char parameters[400] = "";
	int fd = open(options.module, O_RDONLY | O_CLOEXEC), ret, tries = 0;

	/* It may come to lie elsewhere. */
	memset(shared->reached, 0, sizeof(shared->reached));
	read_parameter(parameters, "adapters");
	read_parameter(parameters, "vram_mb");
	read_parameter(parameters, "mode");
	read_parameter(parameters, "desktop");
	/* Files that a process left open at its end are closed soon after. */
	while ((ret = syscall(SYS_delete_module, "vidmem", O_NONBLOCK)) &&
	       errno != ENOENT && tries++ < 50)
		usleep(100000);
	if (!ret)
		ret = syscall(SYS_finit_module, fd, parameters, 0);
	if (ret)
		say(1, "# reloading %s: %m", options.module);
	close(fd);
	return !ret;
}

/* By all processes together. */
static unsigned int reached(void)
{
	unsigned int i, sum = 0;

	for (i = 0; i < sizeof(shared->reached); i++)
		sum += __builtin_popcount(shared->reached[i]);
	return sum;
}

static uint64_t free_now(void)
{
	struct drm_vidmem_get_param args = { DRM_VIDMEM_PARAM_VRAM_FREE };
	int fd = open_adapter(O_RDWR), error;

	error = fd < 0 || test_ioctl(fd, DRM_IOCTL_VIDMEM_GET_PARAM, &args);
	close(fd);
	return error ? UINT64_MAX : args.value;
}

/* Who has what of it, and what is shown. */
static void print_vram(void)
{
	static const char *const files[] = { "vidmem_layout", "vidmem_views", "state" };
	int fd = open_adapter(O_RDWR);
	char path[64], line[200];
	struct stat stat;
	unsigned int i;

	if (fd < 0 || fstat(fd, &stat))
		return;
	close(fd);
	for (i = 0; i < LENGTH(files); i++) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/%s",
			 minor(stat.st_rdev), files[i]);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file))
			say(1, "# %s: %.*s", files[i], (int)strcspn(line, "\n"), line);
		if (file)
			fclose(file);
	}
}

static void report(void)
{
	unsigned long done = 0, of_op;
	unsigned int i, j;
	char line[300];

	for (i = 0; i < OP_COUNT; i++) {
		int length = snprintf(line, sizeof(line), "#  %-14s %8lu",
				      op_names[i], shared->counts[i][0]);

		for (j = 1, of_op = shared->counts[i][0]; j < MAX_ERRNO; j++) {
			if (!shared->counts[i][j])
				continue;
			of_op += shared->counts[i][j];
			length += snprintf(line + length, sizeof(line) - length,
					   " %s %lu", strerrorname_np(j),
					   shared->counts[i][j]);
		}
		done += of_op;
		say(1, "%s", line);
	}
	say(1, "# %lu calls, by name: successes, then errors", done);
}

/* One round: all processes from start to end. */
static void run_round(const char *driver, double deadline)
{
	pid_t pids[MAX_PROCESSES] = { 0 }, unbind_pid = 0, pid;
	unsigned long seen[MAX_PROCESSES] = { 0 };
	time_t since[MAX_PROCESSES] = { 0 };
	unsigned int left = 0, i;
	time_t watched = 0;
	struct timespec now;
	double last = 0;
	int status, fd = -1;

	shared->stop = false;
	if (options.module)
		fd = open_adapter(O_RDWR);
	for (i = 0; i < options.processes; i++) {
		if (options.only != UINT_MAX && i != options.only)
			continue;
		pids[i] = fork();
		if (!pids[i])
			worker(i);
		left++;
	}
	if (options.unbind) {
		unbind_pid = fork();
		if (!unbind_pid)
			unbinder(driver);
	}
	while (left) {
		pid = waitpid(-1, &status, WNOHANG);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (pid > 0 && pid != unbind_pid) {
			for (i = 0; i < options.processes && pids[i] != pid; i++)
				;
			if (i == options.processes)
				continue;
			pids[i] = 0;
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status) > 3) {
				say(1, "# p%u ended with status %#x; last:", i,
				    status);
				print_ring(i);
				shared->failures[ENDS]++;
				shared->stop = true;
			}
			continue;
		} else if (pid > 0) {
			unbind_pid = 0;
			if (status) {
				say(1, "# cannot unbind or bind %s: status %#x",
				    adapter, status);
				shared->failures[ENDS]++;
			}
		}
		if (now.tv_sec > deadline)
			shared->stop = true;
		/* In use as it is, it cannot be unloaded. */
		if (fd >= 0 && !syscall(SYS_delete_module, "vidmem",
					O_NONBLOCK))
			shared->failures[REFUSALS]++;
		for (i = 0; i < options.processes; i++) {
			if (!since[i] || !pids[i] ||
			    shared->workers[i].done != seen[i])
				since[i] = now.tv_sec;
			seen[i] = shared->workers[i].done;
			if (now.tv_sec <= since[i] + STUCK)
				continue;
			say(1, "# p%u does not end; last:", i);
			print_ring(i);
			kill(pids[i], SIGKILL);
			pids[i] = 0;
			left--;
			shared->failures[ENDS]++;
			shared->stop = true;
		}
		/* Once is enough. */
		if (!shared->failures[HANGS] && now.tv_sec > watched) {
			watched = now.tv_sec;
			if (!watch_tasks(pids, options.processes)) {
				say(1, "# The last operations of all processes:");
				for (i = 0; i < options.processes; i++)
					print_ring(i);
				shared->failures[HANGS]++;
				shared->stop = true;
			}
		}
		if (now.tv_sec >= last + 10) {
			unsigned long done = 0;

			for (i = 0; i < options.processes; i++)
				done += shared->workers[i].done;
			if (last)
				say(1, "# %lu operations", done);
			last = now.tv_sec;
		}
		usleep(20000);
	}
	shared->stop = true;
	if (unbind_pid && (waitpid(unbind_pid, &status, 0) < 0 || status)) {
		say(1, "# cannot unbind or bind %s: status %#x", adapter,
		    status);
		shared->failures[ENDS]++;
	}
	if (fd >= 0)
		close(fd);
}

static void usage(FILE *file)
{
	fputs("fuzz: random calls on the adapter in $VIDMEM_DEVICE\n"
	      "  --seed S          what to begin with (default: from the clock)\n"
	      "  --processes N     at the same time, 1 to 16 (default 4)\n"
	      "  --operations N    of each process (default: 5000, or no end)\n"
	      "  --seconds N       end after so many\n"
	      "  --rounds N        all processes anew, N times (default 1)\n"
	      "  --only N          of these processes, run number N alone\n"
	      "  --unbind          unbind and bind the adapter meanwhile (root)\n"
	      "  --reload          unload the module between rounds, and load the\n"
	      "                    file $VIDMEM_MODULE, or vidmem.ko, with the same\n"
	      "                    parameters (root)\n"
	      "  --steer           by KCOV: more of what has reached new code (root, a\n"
	      "                    kernel and a module that are built with it)\n"
	      "  --trace FILE      append each operation to the file before it is\n"
	      "                    done, and its outcome after it; - for stdout\n"
	      "One process with the same seed does the same operations each time,\n"
	      "as long as no other program uses the adapter; but what the kernel\n"
	      "numbers may get other numbers, as a child was killed sooner or\n"
	      "later. Other adapters of vidmem, and vgem, are used to pass dma-bufs\n"
	      "to and from.\n", file);
}

static bool parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seed", 1, NULL, 's' }, { "processes", 1, NULL, 'p' },
		{ "operations", 1, NULL, 'o' }, { "seconds", 1, NULL, 't' },
		{ "rounds", 1, NULL, 'r' }, { "only", 1, NULL, 'n' },
		{ "unbind", 0, NULL, 'u' }, { "reload", 0, NULL, 'm' },
		{ "steer", 0, NULL, 'k' },
		{ "trace", 1, NULL, 'T' }, { "help", 0, NULL, 'h' }, { 0 },
	};
	struct timespec now;
	int c;

	clock_gettime(CLOCK_REALTIME, &now);
	options.seed = mix(now.tv_sec ^ (uint64_t)now.tv_nsec << 20) >> 32;
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		unsigned long n = 0;
		char *end = "";

		if (strchr("ptorns", c))
			n = strtoul(optarg, &end, 0);
		if (*end || c == '?') {
			usage(stderr);
			return false;
		}
		if (c == 's')
			options.seed = n;
		else if (c == 'p')
			options.processes = n;
		else if (c == 'o')
			options.operations = n;
		else if (c == 't')
			options.seconds = n;
		else if (c == 'r')
			options.rounds = n;
		else if (c == 'n')
			options.only = n;
		else if (c == 'u')
			options.unbind = true;
		else if (c == 'k')
			options.steer = true;
		else if (c == 'm')
			options.module = getenv("VIDMEM_MODULE") ?: "vidmem.ko";
		else if (c == 'T')
			options.trace = strcmp(optarg, "-") ?
				open(optarg, O_WRONLY | O_APPEND | O_CREAT |
				     O_CLOEXEC, 0644) : 1;
		else if (c == 'h') {
			usage(stdout);
			exit(0);
		}
	}
	if (optind < argc || !options.rounds || !options.processes ||
	    options.processes > MAX_PROCESSES ||
	    (options.only != UINT_MAX && options.only >= options.processes)) {
		usage(stderr);
		return false;
	}
	if (!options.operations)
		options.operations = options.seconds ? ULONG_MAX : 5000;
	return true;
}

int main(int argc, char **argv)
{
	char link[64], driver[PATH_MAX], path[PATH_MAX + 16];
	unsigned int i, round, failed = 0, tries;
	uint64_t free_before, free_after = 0;
	drmVersionPtr version;
	struct timespec start, end;
	unsigned long done = 0;
	struct stat stat;
	double seconds;
	int fd;

	/* Addresses are a part of what is done: the same each time. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE) &&
	    personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE) >= 0)
		execv("/proc/self/exe", argv);
	if (!parse(argc, argv))
		return 2;
	fd = test_open();
	if (fd < 0) {
		if (getenv("VIDMEM_DEVICE")) {
			say(1, "%s: %m\nnot ok 1 open\n1..1",
			    getenv("VIDMEM_DEVICE"));
			return 1;
		}
		say(1, "1..0 # SKIP no vidmem adapter that may be opened");
		return 4;
	}
	fstat(fd, &stat);
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u/device",
		 major(stat.st_rdev), minor(stat.st_rdev));
	snprintf(path, sizeof(path), "%s/driver", link);
	version = drmGetVersion(fd);
	if (!version || strcmp(version->name, "vidmem") ||
	    !realpath(link, adapter) || !realpath(path, driver)) {
		say(1, "# no vidmem adapter\nnot ok 1 open\n1..1");
		return 1;
	}
	drmFreeVersion(version);
	vram_size = test_param(fd, DRM_VIDMEM_PARAM_VRAM_SIZE);
	close(fd);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	say(1, "TAP version 13");
	say(1, "# --seed %lu --processes %u --operations %lu --seconds %lu "
	    "--rounds %u", options.seed, options.processes, options.operations,
	    options.seconds, options.rounds);
	if (!can_make_folders())
		say(1, "# no virtual adapters are made: it takes root and configfs");
	free_before = free_now();

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (round = 0; round < options.rounds; round++) {
		if (round && options.module && !reload_module()) {
			shared->failures[ENDS]++;
			break;
		}
		run_round(driver, options.seconds ? start.tv_sec +
			  (double)options.seconds * (round + 1) /
			  options.rounds : 1e18);
		if (!remove_folders())
			shared->failures[ENDS]++;
		options.seed = mix(options.seed);
		/*
		 * What processes leave at their end goes a little later. The
		 * console's buffer may have moved out, and not be shown.
		 */
		for (tries = 0; tries < 100; tries++) {
			free_after = free_now();
			if (free_after != UINT64_MAX &&
			    free_after >= free_before)
				break;
			usleep(100000);
		}
		if (tries == 100) {
			say(1, "# free video memory: %lu before, %lu after",
			    free_before, free_after);
			print_vram();
			shared->failures[VRAM]++;
			break;
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	report();
	for (i = 0; i < options.processes; i++)
		done += shared->workers[i].done;
	seconds = end.tv_sec - start.tv_sec +
		  (end.tv_nsec - start.tv_nsec) / 1e9;
	say(1, "# %lu operations in %.1f s, %.0f a second", done, seconds,
	    done / seconds);
	if (options.unbind)
		say(1, "# unbound and bound %lu times", shared->cycles);
	if (options.steer) {
		say(1, "# %u steps from place to place in the module%s", reached(),
		    reached() ? "" : ": build it with KCOV_INSTRUMENT=y");
		shared->failures[ENDS] += !reached();
	}
	for (i = 1; i < MAX_ERRNO; i++)
		failed += shared->counts[OP_map][i];
	if (!options.unbind && done > 1000 && shared->counts[OP_map][0] < failed)
		shared->failures[SUCCESS]++;
	failed = 0;
	for (i = 0; i < CLASSES; i++) {
		failed += shared->failures[i];
		say(1, "%sok %u %s", shared->failures[i] ? "not " : "", i + 1,
		    class_names[i]);
	}
	say(1, "1..%u", CLASSES);
	return failed != 0;
}
