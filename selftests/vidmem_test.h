/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VIDMEM_TEST_H
#define VIDMEM_TEST_H

/* vidmem_calls.h in tests on the kernel's harness. */

#include "vidmem_calls.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

/* How a test ends, without a look at what it has leaked. */
#define _exit(status) do { \
	int _status = (status); \
	\
	if (!_status && __lsan_do_recoverable_leak_check()) \
		_status = 99; \
	(_exit)(_status); \
} while (0)
#endif

#include "kselftest_harness.h"

/*
 * For what hangs. The harness's 30 seconds are too few on a slow machine with a
 * debug kernel, and slow is no failure.
 */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 600

/*
 * At the start of a fixture or test: opens the adapter into fd. Only if nobody
 * has said which one is there a reason to skip.
 */
#define OPEN_OR_SKIP(fd) do { \
	(fd) = test_open(); \
	if ((fd) < 0 && !getenv("VIDMEM_DEVICE")) \
		SKIP(return, "no vidmem adapter that may be opened"); \
	ASSERT_GE((fd), 0) \
		TH_LOG("%s: %s", getenv("VIDMEM_DEVICE"), strerror(errno)); \
} while (0)

#endif /* VIDMEM_TEST_H */
