/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef ENTRY_TYPE_H
#define ENTRY_TYPE_H

/* To ask the module entry_type, which VIDMEM_ENTRY_TYPE names. */

#include <sys/syscall.h>

#include "vidmem_calls.h"

#define ENTRY_TYPE "/sys/module/entry_type/parameters"

/* Whether it can be asked, after it has been loaded if it was not. */
static inline bool can_ask_types(void)
{
	const char *module = getenv("VIDMEM_ENTRY_TYPE");
	bool ok = !access(ENTRY_TYPE, F_OK);
	int file;

	if (ok || !module)
		return ok;
	file = open(module, O_RDONLY | O_CLOEXEC);
	ok = file >= 0 && !syscall(SYS_finit_module, file, "", 0);
	close(file);

	return ok;
}

/* Of what is mapped there, after it has been read. */
static inline const char *type_at(const void *address)
{
	static char answer[32];
	char text[32];
	ssize_t got;
	int file;

	*(const volatile char *)address;
	snprintf(text, sizeof(text), "%#lx", (unsigned long)address);
	if (write_file(ENTRY_TYPE, "address", text))
		return "?";
	file = open(ENTRY_TYPE "/address", O_RDONLY | O_CLOEXEC);
	got = read(file, answer, sizeof(answer) - 1);
	close(file);
	answer[got > 0 ? got - 1 : 0] = 0;

	return answer;
}

#endif /* ENTRY_TYPE_H */
