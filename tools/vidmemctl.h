/* SPDX-License-Identifier: MIT */
#ifndef VIDMEMCTL_H
#define VIDMEMCTL_H

#include <stdbool.h>
#include <stdint.h>

/* What the command line says beside the command and its arguments. */
struct options {
	const char *device;
	const char *mode;
	const char *vram;
	const char *edid;
	bool desktop;
	int seconds;
};

/* Say on standard error what failed, why, and what to do if that is known. Returns 1. */
int fail(const char *what, const char *why, const char *hint);
/* The same of a wrong command line. Returns 2. */
int wrong(const char *what, const char *which);

#endif /* VIDMEMCTL_H */
