/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_IOACCESS_H
#define VIDMEM_IOACCESS_H

/*
 * Access to registers in memory, as it is on all processors that keep the order
 * of accesses to one device. Nobody has ports here: code that touches them
 * compiles, and fails to link by the name of what it calls.
 */

#include <windef.h>

#define READ_REGISTER_UCHAR(at)		(*(volatile UCHAR *)(at))
#define READ_REGISTER_USHORT(at)	(*(volatile USHORT *)(at))
#define READ_REGISTER_ULONG(at)		(*(volatile ULONG *)(at))
#define WRITE_REGISTER_UCHAR(at, value) \
	((void)(*(volatile UCHAR *)(at) = (UCHAR)(value)))
#define WRITE_REGISTER_USHORT(at, value) \
	((void)(*(volatile USHORT *)(at) = (USHORT)(value)))
#define WRITE_REGISTER_ULONG(at, value) \
	((void)(*(volatile ULONG *)(at) = (ULONG)(value)))

#ifdef __cplusplus
extern "C" {
#endif

UCHAR READ_PORT_UCHAR(PVOID port);
USHORT READ_PORT_USHORT(PVOID port);
ULONG READ_PORT_ULONG(PVOID port);
void WRITE_PORT_UCHAR(PVOID port, ULONG value);
void WRITE_PORT_USHORT(PVOID port, ULONG value);
void WRITE_PORT_ULONG(PVOID port, ULONG value);

#ifdef __cplusplus
}
#endif

#ifndef MEMORY_BARRIER
#define MEMORY_BARRIER()		__sync_synchronize()
#endif

#endif /* VIDMEM_IOACCESS_H */
