/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINDEF_H
#define VIDMEM_WINDEF_H

/*
 * The few base types that code written for ntddvdeo.h needs. ULONG and LONG
 * have 32 bits everywhere, as on Windows and unlike Linux's long.
 */

#include <stdint.h>

typedef uint8_t UCHAR, *PUCHAR;
typedef int16_t SHORT, *PSHORT;
typedef uint16_t USHORT, *PUSHORT;
typedef int32_t LONG, *PLONG;
typedef uint32_t ULONG, *PULONG;
typedef uint32_t DWORD, *PDWORD, *LPDWORD;
typedef uintptr_t ULONG_PTR;
typedef intptr_t LONG_PTR;
typedef int BOOL;
typedef LONG VP_STATUS, *PVP_STATUS;
typedef void *PVOID, *LPVOID;
typedef PVOID HANDLE;

#ifndef VOID
#define VOID void
#endif

#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif

#endif /* VIDMEM_WINDEF_H */
