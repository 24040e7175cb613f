/* SPDX-License-Identifier: MIT */
/* What the commands of vidmemctl share. */
#ifndef COMMAND_H
#define COMMAND_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
	const char *device;
	const char *mode;
	int seconds;
	const char *vram, *edid;
	bool desktop;
	const char *listen, *password_file;
	bool input;
};

/* Say what is in the way; return the exit status for that. */
int fail(const char *what, const char *why, const char *hint);
int wrong(const char *what, const char *which);
int fail_open(const char *device, int error);

/* Where the driver tells root of an adapter, and that this is not to be had. */
#define DEBUGFS_DRI "/sys/kernel/debug/dri"
int fail_debugfs(const char *command, const char *path, int error);

/* A number of bytes for people; returns the text. */
const char *size_text(uint64_t size, char *text, size_t length);

/* The first to open the device file gets the display with it: leave it to others. */
void leave_display(int fd);

/* Returns a file descriptor, or -1 with the reason told. */
int open_device(const char *device);

/* The same, to see what is displayed. */
struct live;
int open_live(const char *device, struct live **live);

/* Find out what is displayed; returns an exit status. */
int look(const char *command, struct live *live);

/* What the device file is called, without its folder. */
const char *device_name(int fd, char *name, size_t size);

/* How many signals to end have come. */
extern volatile sig_atomic_t stopped;

/* With a mask to wait by, they come only while waiting, so that none is missed. */
void stop_by_signals(sigset_t *wait);

int cmd_top(const struct options *options, char **args);
int cmd_vram(const struct options *options, char **args);
int cmd_vnc(const struct options *options, char **args);
int cmd_view(const struct options *options, char **args);
int cmd_record(const struct options *options, char **args);

#endif /* COMMAND_H */
