// SPDX-License-Identifier: MIT
/*
 * What drivers ask of the system: memory, locks, time, a place for messages.
 */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ddi_priv.h"

static __thread ULONG last_error;

ddi_public void EngSetLastError(ULONG iError)
{
	last_error = iError;
}

ddi_public ULONG EngGetLastError(void)
{
	return last_error;
}

/* Before each piece of memory; of a size that keeps that aligned. */
union allocation {
	struct object object;
	max_align_t align;
};

static void *allocate(SIZE_T size, bool zero)
{
	union allocation *head;

	if (size > SIZE_MAX - sizeof(*head))
		return NULL;
	head = malloc(sizeof(*head) + size);
	if (!head)
		return NULL;
	if (zero)
		memset(head + 1, 0, size);
	add_object(&allocations, &head->object);

	return head + 1;
}

ddi_public PVOID EngAllocMem(ULONG Flags, ULONG MemSize, ULONG Tag)
{
	(void)Tag;
	return allocate(MemSize, Flags & FL_ZERO_MEMORY);
}

ddi_public void EngFreeMem(PVOID Mem)
{
	union allocation *head = Mem;

	if (!Mem)
		return;
	if (!remove_object(&allocations, &head[-1].object)) {
		fprintf(stderr, "%s: %p is not allocated\n", __func__, Mem);
		return;
	}
	free(&head[-1]);
}

/* All memory is the user's here. */
ddi_public PVOID EngAllocUserMem(SIZE_T cj, ULONG tag)
{
	(void)tag;
	return allocate(cj, true);
}

ddi_public void EngFreeUserMem(PVOID pv)
{
	EngFreeMem(pv);
}

ddi_public PVOID EngAllocPrivateUserMem(PDD_SURFACE_LOCAL psl, SIZE_T cj,
					ULONG tag)
{
	(void)psl;
	return EngAllocUserMem(cj, tag);
}

ddi_public void EngFreePrivateUserMem(PDD_SURFACE_LOCAL psl, PVOID pv)
{
	(void)psl;
	EngFreeMem(pv);
}

/* Nobody takes memory away from a program behind its back. */
ddi_public HANDLE EngSecureMem(PVOID Address, ULONG Length)
{
	(void)Length;
	return Address;
}

ddi_public void EngUnsecureMem(HANDLE hSecure)
{
	(void)hSecure;
}

struct semaphore {
	struct object object;
	pthread_mutex_t mutex;
	pthread_t owner;
	unsigned int depth;
};

ddi_public HSEMAPHORE EngCreateSemaphore(void)
{
	struct semaphore *semaphore = calloc(1, sizeof(*semaphore));
	pthread_mutexattr_t recursive;

	if (!semaphore)
		return NULL;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&semaphore->mutex, &recursive);
	pthread_mutexattr_destroy(&recursive);
	add_object(&semaphores, &semaphore->object);

	return semaphore;
}

ddi_public void EngDeleteSemaphore(HSEMAPHORE hsem)
{
	struct semaphore *semaphore = hsem;

	if (!remove_object(&semaphores, hsem))
		return;
	pthread_mutex_destroy(&semaphore->mutex);
	free(semaphore);
}

ddi_public void EngAcquireSemaphore(HSEMAPHORE hsem)
{
	struct semaphore *semaphore = hsem;

	if (!has_object(&semaphores, hsem))
		return;
	pthread_mutex_lock(&semaphore->mutex);
	semaphore->owner = pthread_self();
	__atomic_add_fetch(&semaphore->depth, 1, __ATOMIC_RELAXED);
}

ddi_public void EngReleaseSemaphore(HSEMAPHORE hsem)
{
	struct semaphore *semaphore = hsem;

	if (!has_object(&semaphores, hsem))
		return;
	__atomic_sub_fetch(&semaphore->depth, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&semaphore->mutex);
}

ddi_public BOOL EngIsSemaphoreOwned(HSEMAPHORE hsem)
{
	struct semaphore *semaphore = hsem;

	return has_object(&semaphores, hsem) &&
	       __atomic_load_n(&semaphore->depth, __ATOMIC_RELAXED);
}

ddi_public BOOL EngIsSemaphoreOwnedByCurrentThread(HSEMAPHORE hsem)
{
	struct semaphore *semaphore = hsem;

	return EngIsSemaphoreOwned(hsem) &&
	       pthread_equal(semaphore->owner, pthread_self());
}

/* Made by the first and deleted with the last that counts itself in. */
ddi_public BOOL EngInitializeSafeSemaphore(struct _ENGSAFESEMAPHORE *pssem)
{
	if (InterlockedIncrement(&pssem->lCount) == 1)
		pssem->hsem = EngCreateSemaphore();

	return !!pssem->hsem;
}

ddi_public void EngDeleteSafeSemaphore(ENGSAFESEMAPHORE *pssem)
{
	if (InterlockedDecrement(&pssem->lCount))
		return;
	EngDeleteSemaphore(pssem->hsem);
	pssem->hsem = NULL;
}

/*
 * A format of Windows in the words of Linux: there long is 32 bits, and so are
 * the arguments; wide strings have a width that only the driver knows.
 */
static void translate(const char *from, char *to, size_t size)
{
	char *end = to + size - 4;

	while (*from && to < end) {
		*to++ = *from;
		if (*from++ != '%')
			continue;
		while (*from && strchr("-+ #0123456789.*", *from) && to < end)
			*to++ = *from++;
		if (!strncmp(from, "I64", 3)) {
			*to++ = 'l';
			*to++ = 'l';
			from += 3;
		} else if (!strncmp(from, "I32", 3)) {
			from += 3;
		} else if (!strncmp(from, "ll", 2)) {
			*to++ = *from++;
			*to++ = *from++;
		} else if (*from == 'l' || *from == 'w') {
			from++;
			if (*from == 's' || *from == 'Z') {
				*to++ = 'p';
				from++;
				continue;
			}
		} else if (*from == 'S') {
			*to++ = 'p';
			from++;
			continue;
		}
		if (*from)
			*to++ = *from++;
	}
	*to = '\0';
}

static void print(const char *prefix, const char *message, va_list arguments)
{
	char format[1024];

	translate(message, format, sizeof(format));
	fputs(prefix ? prefix : "", stderr);
	/* Clang takes a list that was handed on for none. NOLINTNEXTLINE */
	vfprintf(stderr, format, arguments);
}

ddi_public void EngDebugPrint(PCHAR StandardPrefix, PCHAR DebugMessage,
			      va_list ap)
{
	print(StandardPrefix, DebugMessage, ap);
}

ddi_public void vidmem_video_debug_print(ULONG level, const char *message, ...)
{
	va_list arguments;

	(void)level;
	va_start(arguments, message);
	print(NULL, message, arguments);
	va_end(arguments);
}

/*
 * Of the kernel, and in no header for display drivers: those that use it have it
 * from elsewhere, or say themselves what it is.
 */
ULONG DbgPrint(const char *message, ...);

ddi_public ULONG DbgPrint(const char *message, ...)
{
	va_list arguments;

	va_start(arguments, message);
	print(NULL, message, arguments);
	va_end(arguments);

	return 0;
}

/* Into a debugger, or the end. */
ddi_public void EngDebugBreak(void)
{
	fputs("the driver has stopped itself for a debugger\n", stderr);
	raise(SIGTRAP);
}

ddi_public int EngMulDiv(int a, int b, int c)
{
	long long product = (long long)a * b;
	long long result;

	if (!c)
		return -1;
	/* To the nearest, halves away from 0. */
	result = (product < 0) == (c < 0) ? product + c / 2 : product - c / 2;
	result /= c;

	return result == (int)result ? (int)result : -1;
}

ddi_public void EngQueryPerformanceCounter(LONGLONG *pPerformanceCount)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	*pPerformanceCount = now.tv_sec * 1000000000LL + now.tv_nsec;
}

ddi_public void EngQueryPerformanceFrequency(LONGLONG *pFrequency)
{
	*pFrequency = 1000000000;
}

ddi_public void EngQueryLocalTime(PENG_TIME_FIELDS ptf)
{
	struct timespec now;
	struct tm local;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	ptf->usYear = local.tm_year + 1900;
	ptf->usMonth = local.tm_mon + 1;
	ptf->usDay = local.tm_mday;
	ptf->usHour = local.tm_hour;
	ptf->usMinute = local.tm_min;
	ptf->usSecond = local.tm_sec;
	ptf->usMilliseconds = now.tv_nsec / 1000000;
	ptf->usWeekday = local.tm_wday;
}

ddi_public HANDLE EngGetCurrentProcessId(void)
{
	return (HANDLE)(ULONG_PTR)getpid();
}

ddi_public HANDLE EngGetCurrentThreadId(void)
{
	return (HANDLE)pthread_self();
}

ddi_public HANDLE EngGetProcessHandle(void)
{
	/* The caller's own, as GetCurrentProcess() names it. */
	return (HANDLE)(LONG_PTR)(-1);
}

ddi_public BOOL EngQuerySystemAttribute(ENG_SYSTEM_ATTRIBUTE CapNum,
					PDWORD pCapability)
{
	switch (CapNum) {
	case EngProcessorFeature:
		*pCapability = 0;
		return TRUE;
	case EngNumberOfProcessors:
		*pCapability = sysconf(_SC_NPROCESSORS_ONLN);
		return TRUE;
	default:
		return FALSE;
	}
}

/* A program has the registers to itself: there is nothing to save. */
ddi_public ULONG EngSaveFloatingPointState(void *pBuffer, ULONG cjBufferSize)
{
	(void)pBuffer;
	(void)cjBufferSize;
	return 1;
}

ddi_public BOOL EngRestoreFloatingPointState(void *pBuffer)
{
	(void)pBuffer;
	return TRUE;
}

ddi_public void EngSort(PBYTE pjBuf, ULONG c, ULONG cjElem, SORTCOMP pfnComp)
{
	qsort(pjBuf, c / (cjElem ? cjElem : 1), cjElem, pfnComp);
}
