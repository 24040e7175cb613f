/* SPDX-License-Identifier: MIT */
/* Copyright the vidmem developers */
#ifndef VIDMEM_SPECSTRINGS_H
#define VIDMEM_SPECSTRINGS_H

/*
 * Annotations of parameters, which say nothing to this compiler. Not for C++,
 * whose library uses some of these names for variables.
 */

#ifndef __cplusplus
#ifndef __in
#define __in
#define __in_opt
#define __in_bcount(size)
#define __in_bcount_opt(size)
#define __in_ecount(count)
#define __in_ecount_opt(count)
#define __out
#define __out_opt
#define __out_bcount(size)
#define __out_bcount_opt(size)
#define __out_bcount_part(size, length)
#define __out_ecount(count)
#define __out_ecount_opt(count)
#define __out_ecount_part(count, length)
#define __inout
#define __inout_opt
#define __inout_bcount(size)
#define __inout_ecount(count)
#define __deref_out
#define __deref_out_opt
#define __checkReturn
#endif
#ifndef _In_
#define _In_
#define _In_opt_
#define _In_reads_(count)
#define _In_reads_opt_(count)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_z_
#define _Out_
#define _Out_opt_
#define _Out_writes_(count)
#define _Out_writes_opt_(count)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Inout_updates_bytes_(size)
#define _Outptr_
#define _Must_inspect_result_
#define _Success_(condition)
#define _IRQL_requires_max_(level)
#endif
#endif

#endif /* VIDMEM_SPECSTRINGS_H */
