/* SPDX-License-Identifier: MIT */
#ifndef DISPLAYS_H
#define DISPLAYS_H

#include <stddef.h>

#include "command.h"

/*
 * Virtual adapters while the machine runs, by the driver's files in configfs. All but
 * the last are commands: they return the exit status, with what is wrong told.
 */
int displays_add(const struct options *options, char **args);
int displays_remove(const struct options *options, char **args);
int displays_plug(const struct options *options, char **args);
int displays_unplug(const struct options *options, char **args);
int displays_edid(const struct options *options, char **args);

/* The name of the virtual adapter whose device file is @path; "" if it has none. */
void displays_name(const char *path, char *name, size_t size);

#endif /* DISPLAYS_H */
