/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef WATCH_H
#define WATCH_H

/*
 * Children that may hang, and in the kernel so that no signal ends them: a test
 * says who hangs where, and goes on.
 */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Longer than anything takes, on a slow machine with a debug kernel, too. */
#define WATCH_SECONDS 120

/* The text of a file of a task in /proc, empty if there is none. */
static inline void watch_read(const char *task, const char *name, char *text,
			      size_t size)
{
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", task, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
}

/* The same, printed in one line. */
static inline void watch_print(const char *task, const char *name)
{
	char text[4096], *c;

	watch_read(task, name, text, sizeof(text));
	for (c = text; *c; c++)
		if (*c == '\n')
			*c = c[1] ? ',' : 0;
	fprintf(stderr, "#   %s: %.2000s\n", name, text);
}

/*
 * The end of the kernel's log. What goes wrong with the console's lock held is told
 * nowhere else.
 */
static inline void watch_print_log(void)
{
	enum { READ_ALL = 3 };
	static char text[8192];
	char *line, *rest = text;
	int n = klogctl(READ_ALL, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = 0;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			fprintf(stderr, "#   log: %s\n", line);
}

/* Where all threads of a process are, and what the kernel says. */
static inline void watch_report(pid_t pid, const char *what)
{
	struct dirent *entry;
	char path[300];
	DIR *dir;

	fprintf(stderr, "# %s hangs, process %d:\n", what, pid);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s", pid,
			 entry->d_name);
		fprintf(stderr, "#  thread %s\n", entry->d_name);
		watch_print(path, "stat");
		watch_print(path, "syscall");
		watch_print(path, "stack");
	}
	if (dir)
		closedir(dir);
	watch_print_log();
}

/* Its status, or -1 if it does not end within so many seconds. */
static inline int watch_wait(pid_t pid, int seconds)
{
	struct timespec now;
	time_t end;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + seconds;
	while (now.tv_sec <= end) {
		pid_t done = waitpid(pid, &status, WNOHANG);

		if (done == pid)
			return status;
		if (done < 0)
			return -1;
		usleep(5000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	return -1;
}

/*
 * Wait for a child's end. Returns its status as of waitpid(2); -1 if it hung, and
 * was killed, and -2 if even that did not end it. In both cases stderr says where.
 */
static inline int watch_child(pid_t pid, const char *what)
{
	int status = watch_wait(pid, WATCH_SECONDS);

	if (status != -1)
		return status;
	watch_report(pid, what);
	kill(pid, SIGKILL);
	if (watch_wait(pid, 10) != -1)
		return -1;
	fprintf(stderr, "# and SIGKILL does not end it\n");
	watch_report(pid, what);
	return -2;
}

#endif /* WATCH_H */
