// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Tasks that hang: those that wait in the kernel and cannot be killed, of this
 * program or any other; and those of this program that run and run in one
 * operation. Counted in seconds of waiting, and in seconds of a processor.
 */

#include <dirent.h>

#include "../watch.h"
#include "fuzz.h"

#define WAITS_TOO_LONG	20
#define KERNEL_THREAD	0x00200000

struct task {
	pid_t tid, pid, group;
	char state;
	unsigned long flags, ticks, switches;
};

static struct waiting {
	pid_t tid;
	unsigned long switches, look;		/* when it was last seen so */
	time_t since;
} waiting[256];

static unsigned long looks;

static struct {
	unsigned long progress, ticks;
} workers[MAX_PROCESSES];

static bool read_task(pid_t pid, const char *tid, struct task *task)
{
	char path[300], text[4096], *rest, *line;
	unsigned long user, system;

	snprintf(path, sizeof(path), "/proc/%d/task/%s", pid, tid);
	watch_read(path, "stat", text, sizeof(text));
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest, ") %c %*d %d %*d %*d %*d %lu %*u %*u %*u %*u "
			    "%lu %lu", &task->state, &task->group, &task->flags,
			    &user, &system) != 5)
		return false;
	task->pid = pid;
	task->tid = atoi(tid);
	task->ticks = user + system;

	task->switches = 0;
	watch_read(path, "status", text, sizeof(text));
	line = strstr(text, "\nvoluntary_ctxt_switches:");
	if (line)
		task->switches = strtoul(strchr(line, ':') + 1, NULL, 10);
	return true;
}

/* The same wait as before, and too long? */
static bool waits_too_long(const struct task *task, time_t now)
{
	struct waiting *free = NULL, *found = NULL;
	unsigned int i;

	for (i = 0; i < LENGTH(waiting); i++) {
		/* It may have ended as it was. */
		if (waiting[i].look + 1 < looks)
			waiting[i].tid = 0;
		if (waiting[i].tid == task->tid)
			found = &waiting[i];
		else if (!waiting[i].tid)
			free = &waiting[i];
	}
	if (task->state != 'D' || task->flags & KERNEL_THREAD) {
		if (found)
			found->tid = 0;
		return false;
	}
	if (!found && !free)
		return false;
	if (!found || found->switches != task->switches) {
		found = found ?: free;
		*found = (struct waiting) {
			.tid = task->tid, .switches = task->switches,
			.since = now,
		};
	}
	found->look = looks;
	return now > found->since + WAITS_TOO_LONG;
}

/* Since its worker has last finished an operation, or one of its children has. */
static bool runs_too_long(const struct task *task, const pid_t *pids,
			  unsigned int count)
{
	unsigned long progress;
	unsigned int i;

	for (i = 0; i < count && (!pids[i] || pids[i] != task->group); i++)
		;
	if (i == count)
		return false;
	progress = shared->workers[i].done + shared->workers[i].in_children;
	if (progress != workers[i].progress || task->ticks < workers[i].ticks) {
		workers[i].progress = progress;
		workers[i].ticks = task->ticks;
	}
	return task->ticks > workers[i].ticks +
	       WATCH_SECONDS * (unsigned long)sysconf(_SC_CLK_TCK);
}

static bool watch_process(pid_t pid, const pid_t *pids, unsigned int count,
			  time_t now)
{
	struct dirent *entry;
	struct task task;
	bool fine = true;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (fine && dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    !read_task(pid, entry->d_name, &task))
			continue;
		if (waits_too_long(&task, now)) {
			watch_report(pid, "a task that cannot be killed");
			fine = false;
		} else if (runs_too_long(&task, pids, count)) {
			watch_report(pid, "an operation that does not end");
			fine = false;
		}
	}
	if (dir)
		closedir(dir);
	return fine;
}

/*
 * To be called every second or so. The workers, each the leader of its process
 * group, are told. False if some task hangs, which stderr says of.
 */
bool watch_tasks(const pid_t *pids, unsigned int count)
{
	struct dirent *entry;
	struct timespec now;
	bool fine = true;
	DIR *dir;

	looks++;
	clock_gettime(CLOCK_MONOTONIC, &now);
	dir = opendir("/proc");
	while (fine && dir && (entry = readdir(dir)))
		if (*entry->d_name >= '1' && *entry->d_name <= '9')
			fine = watch_process(atoi(entry->d_name), pids, count,
					     now.tv_sec);
	if (dir)
		closedir(dir);
	return fine;
}
