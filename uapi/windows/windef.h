/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_WINDEF_H
#define VIDMEM_WINDEF_H

/*
 * The base types of Windows. ULONG, LONG and DWORD have 32 bits everywhere, as
 * on Windows and unlike Linux's long. WCHAR is the compiler's wchar_t, so that
 * L"" is made of it: 4 bytes, and with -fshort-wchar the 2 of Windows.
 */

#include <stddef.h>
#include <stdint.h>
#if __STDC_HOSTED__
#include <string.h>
#endif

/*
 * Which Windows a source is for: the last one whose display drivers are of this
 * model, unless its makefile says another. The headers are the same for all.
 */
#ifndef WINVER
#define WINVER			0x0501
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT		0x0501
#endif
#define NTDDI_WIN2K		0x05000000
#define NTDDI_WINXP		0x05010000
#define NTDDI_WS03		0x05020000
#define NTDDI_VISTA		0x06000000
#define NTDDI_LONGHORN		NTDDI_VISTA
#define NTDDI_WIN7		0x06010000
#ifndef NTDDI_VERSION
#define NTDDI_VERSION		NTDDI_WINXP
#endif

/* Words that say nothing here: how functions are called, what pointers mean. */
#ifndef VOID
#define VOID			void
#endif
#ifndef CONST
#define CONST			const
#endif
#ifndef FAR
#define FAR
#endif
#ifndef NEAR
#define NEAR
#endif
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#ifndef UNALIGNED
#define UNALIGNED
#endif
#ifndef WINAPI
#define WINAPI
#endif
#ifndef APIENTRY
#define APIENTRY		WINAPI
#endif
#ifndef CALLBACK
#define CALLBACK
#endif
#ifndef NTAPI
#define NTAPI
#endif
#ifndef CDECL
#define CDECL
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef FASTCALL
#define FASTCALL		__fastcall
#endif
#ifndef _inline
#define _inline			__inline__
#endif
#ifndef __GNU_EXTENSION
#define __GNU_EXTENSION		__extension__
#endif
#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C		extern "C"
#else
#define EXTERN_C		extern
#endif
#endif
#ifndef __declspec
#define __declspec(what)
#endif
#ifndef __forceinline
#define __forceinline		__inline__ __attribute__((__always_inline__))
#endif
#ifndef FORCEINLINE
#define FORCEINLINE		static __forceinline
#endif
#ifndef __int64
#define __int64			long long
#endif

#ifndef NULL
#define NULL			0
#endif
#ifndef FALSE
#define FALSE			0
#endif
#ifndef TRUE
#define TRUE			1
#endif
#ifndef MAX_PATH
#define MAX_PATH		260
#endif

typedef char CHAR, CCHAR, *PCHAR, *PCH, *LPCH, *PSZ, *PSTR, *LPSTR;
typedef const char *PCSTR, *LPCSTR, *PCCH, *LPCCH, *PCSZ;
typedef wchar_t WCHAR, *PWCHAR, *LPWCH, *PWCH, *PWSTR, *LPWSTR;
typedef const wchar_t *PCWSTR, *LPCWSTR, *PCWCH;
typedef uint8_t UCHAR, *PUCHAR;
typedef const uint8_t *PCUCHAR, *LPCBYTE;
typedef uint8_t BYTE, *PBYTE, *LPBYTE;
typedef uint8_t BOOLEAN, *PBOOLEAN;
typedef int16_t SHORT, *PSHORT, FSHORT;
typedef uint16_t USHORT, *PUSHORT;
typedef uint16_t WORD, *PWORD, *LPWORD;
typedef int INT, *PINT, *LPINT;
typedef unsigned int UINT, *PUINT, *LPUINT;
typedef int BOOL, *PBOOL, *LPBOOL;
typedef int32_t LONG, *PLONG, *LPLONG;
typedef uint32_t ULONG, *PULONG, FLONG;
typedef uint32_t DWORD, *PDWORD, *LPDWORD;
typedef float FLOAT, *PFLOAT;
typedef double DOUBLE;
typedef int64_t LONGLONG, *PLONGLONG;
typedef uint64_t ULONGLONG, *PULONGLONG;
typedef uint64_t DWORDLONG, *PDWORDLONG;
typedef int8_t INT8;
typedef uint8_t UINT8;
typedef int16_t INT16;
typedef uint16_t UINT16;
typedef int32_t INT32, LONG32;
typedef uint32_t UINT32, ULONG32, DWORD32;
typedef int64_t INT64, LONG64;
typedef uint64_t UINT64, ULONG64, DWORD64;
typedef intptr_t LONG_PTR, *PLONG_PTR, INT_PTR, *PINT_PTR;
typedef uintptr_t ULONG_PTR, *PULONG_PTR, UINT_PTR, *PUINT_PTR;
typedef uintptr_t DWORD_PTR, *PDWORD_PTR;
typedef uintptr_t SIZE_T, *PSIZE_T;
typedef intptr_t SSIZE_T;

typedef LONG NTSTATUS, *PNTSTATUS;
typedef LONG HRESULT;
typedef LONG VP_STATUS, *PVP_STATUS;

/* As programs have them. A driver of the kernel has its own, as NTSTATUS. */
#ifndef STATUS_ACCESS_VIOLATION
#define STATUS_ACCESS_VIOLATION	((DWORD)0xc0000005)
#define STATUS_INVALID_HANDLE	((DWORD)0xc0000008)
#define STATUS_INVALID_PARAMETER ((DWORD)0xc000000d)
#define STATUS_NO_MEMORY	((DWORD)0xc0000017)
#endif

typedef DWORD COLORREF, *LPCOLORREF;
typedef DWORD LCID;
typedef UINT_PTR WPARAM;
typedef LONG_PTR LPARAM, LRESULT;

typedef void *PVOID, *LPVOID, **PPVOID;
typedef const void *PCVOID, *LPCVOID;
typedef PVOID HANDLE, *PHANDLE, *LPHANDLE;
/* One kind of handle will do: nothing here is told apart by its type. */
#define DECLARE_HANDLE(name)	typedef HANDLE name

DECLARE_HANDLE(HGDIOBJ);
DECLARE_HANDLE(HBITMAP);
DECLARE_HANDLE(HBRUSH);
DECLARE_HANDLE(HCOLORSPACE);
DECLARE_HANDLE(HDC);
DECLARE_HANDLE(HFONT);
DECLARE_HANDLE(HGLRC);
DECLARE_HANDLE(HINSTANCE);
DECLARE_HANDLE(HKEY);
DECLARE_HANDLE(HMODULE);
DECLARE_HANDLE(HMONITOR);
DECLARE_HANDLE(HPALETTE);
DECLARE_HANDLE(HPEN);
DECLARE_HANDLE(HRGN);
DECLARE_HANDLE(HWND);

typedef INT_PTR (WINAPI *FARPROC)(void);

/* Aligned as Windows has it for 32 bits, too. */
typedef LONGLONG VIDMEM_QUAD __attribute__((__aligned__(8)));
typedef ULONGLONG VIDMEM_UQUAD __attribute__((__aligned__(8)));
/* GCC's word for members of unnamed parts, which C90 and C++98 have not. */
#define VIDMEM_UNNAMED	__extension__

typedef union _LARGE_INTEGER {
	VIDMEM_UNNAMED struct {
		ULONG LowPart;
		LONG HighPart;
	};
	struct {
		ULONG LowPart;
		LONG HighPart;
	} u;
	VIDMEM_QUAD QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER, PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef union _ULARGE_INTEGER {
	VIDMEM_UNNAMED struct {
		ULONG LowPart;
		ULONG HighPart;
	};
	struct {
		ULONG LowPart;
		ULONG HighPart;
	} u;
	VIDMEM_UQUAD QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
	ULONG LowPart;
	LONG HighPart;
} LUID, *PLUID;

typedef struct _LIST_ENTRY {
	struct _LIST_ENTRY *Flink;
	struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _UNICODE_STRING {
	USHORT Length;
	USHORT MaximumLength;
	PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;

#include "guiddef.h"

typedef struct tagPOINT {
	LONG x;
	LONG y;
} POINT, *PPOINT, *LPPOINT;

typedef struct _POINTL {
	LONG x;
	LONG y;
} POINTL, *PPOINTL;

typedef struct tagPOINTS {
	SHORT x;
	SHORT y;
} POINTS, *PPOINTS, *LPPOINTS;

typedef struct tagSIZE {
	LONG cx;
	LONG cy;
} SIZE, *PSIZE, *LPSIZE, SIZEL, *PSIZEL, *LPSIZEL;

typedef struct tagRECT {
	LONG left;
	LONG top;
	LONG right;
	LONG bottom;
} RECT, *PRECT, *LPRECT;
typedef const RECT *LPCRECT;

typedef struct _RECTL {
	LONG left;
	LONG top;
	LONG right;
	LONG bottom;
} RECTL, *PRECTL, *LPRECTL;
typedef const RECTL *LPCRECTL;

/*
 * Macros in C. In C++ they would break what the language's own headers call min,
 * and functions do as well, of which std's are preferred where both fit; also
 * for those who include this within extern "C".
 */
#ifndef NOMINMAX
#ifndef __cplusplus
#ifndef min
#define min(a, b)		((a) < (b) ? (a) : (b))
#endif
#ifndef max
#define max(a, b)		((a) > (b) ? (a) : (b))
#endif
#elif !defined(min) && !defined(max)
#if __cplusplus >= 201103L
#define VIDMEM_CONSTEXPR	constexpr
#else
#define VIDMEM_CONSTEXPR	inline
#endif
extern "C++" {
template <typename A, typename B>
VIDMEM_CONSTEXPR __typeof__(true ? A() : B()) min(const A &a, const B &b)
{
	return a < b ? a : b;
}

template <typename A, typename B>
VIDMEM_CONSTEXPR __typeof__(true ? A() : B()) max(const A &a, const B &b)
{
	return a > b ? a : b;
}
}
#undef VIDMEM_CONSTEXPR
#endif
#endif

#ifndef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(p)	((void)(p))
#define UNREFERENCED_LOCAL_VARIABLE(v)	((void)(v))
#define DBG_UNREFERENCED_PARAMETER(p)	((void)(p))
#endif

#define MAKEWORD(low, high) \
	((WORD)((BYTE)(low) | (WORD)(BYTE)(high) << 8))
#define MAKELONG(low, high) \
	((LONG)((WORD)(low) | (DWORD)(WORD)(high) << 16))
#define LOBYTE(value)		((BYTE)((DWORD_PTR)(value) & 0xff))
#define HIBYTE(value)		((BYTE)((DWORD_PTR)(value) >> 8 & 0xff))
#define LOWORD(value)		((WORD)((DWORD_PTR)(value) & 0xffff))
#define HIWORD(value)		((WORD)((DWORD_PTR)(value) >> 16 & 0xffff))

#define MAXLONG			0x7fffffff
#define MAXULONG		0xffffffffu
#define MAXUSHORT		0xffff
#define MAXSHORT		0x7fff
#define MAXDWORD		0xffffffffu

#ifndef ARRAYSIZE
#define ARRAYSIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif
#define FIELD_OFFSET(type, member)	((LONG)offsetof(type, member))
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, member) \
	((type *)((char *)(address) - offsetof(type, member)))
#endif
#ifndef C_ASSERT
#define C_ASSERT(condition) \
	extern char vidmem_c_assert[(condition) ? 1 : -1]
#endif
#ifndef TEXT
#ifdef UNICODE
#define TEXT(text)		L##text
#else
#define TEXT(text)		text
#endif
#endif

#define RtlZeroMemory(to, size)		memset(to, 0, size)
#define RtlFillMemory(to, size, byte)	memset(to, byte, size)
#define RtlCopyMemory(to, from, size)	memcpy(to, from, size)
#define RtlMoveMemory(to, from, size)	memmove(to, from, size)
#define RtlEqualMemory(a, b, size)	(!memcmp(a, b, size))
#define ZeroMemory			RtlZeroMemory
#define FillMemory			RtlFillMemory
#define CopyMemory			RtlCopyMemory
#define MoveMemory			RtlMoveMemory

#define InterlockedIncrement(p)		__sync_add_and_fetch(p, 1)
#define InterlockedDecrement(p)		__sync_sub_and_fetch(p, 1)
#define InterlockedExchangeAdd(p, n)	__sync_fetch_and_add(p, n)
#define InterlockedExchange(p, n)	__atomic_exchange_n(p, n, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange(p, n, old) \
	__sync_val_compare_and_swap(p, old, n)

#endif /* VIDMEM_WINDEF_H */
