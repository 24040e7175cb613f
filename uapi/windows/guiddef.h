/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_GUIDDEF_H
#define VIDMEM_GUIDDEF_H

#include <stdint.h>
#if __STDC_HOSTED__
#include <string.h>
#endif

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
} GUID, *LPGUID;
typedef const GUID *LPCGUID;
#endif

/* With INITGUID set, the definition itself, else that there is one. */
#ifndef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, a, b, c, d0, d1, d2, d3, d4, d5, d6, d7) \
	const GUID name = { a, b, c, { d0, d1, d2, d3, d4, d5, d6, d7 } }
#else
#define DEFINE_GUID(name, a, b, c, d0, d1, d2, d3, d4, d5, d6, d7) \
	extern const GUID name
#endif
#endif

#define IsEqualGUID(a, b)	(!memcmp(a, b, sizeof(GUID)))

#endif /* VIDMEM_GUIDDEF_H */
