// SPDX-License-Identifier: MIT
/*
 * What all requests do with their buffers and with errors. Rule numbers (G2, ...)
 * are those of Documentation/contract.rst.
 */

#include <errno.h>
#include <string.h>

#include "vidmem_session.h"

uint32_t to_win32(int error)
{
	switch (error) {
	case 0:
		return NO_ERROR;
	case -ENOMEM:
	case -ENOSPC:
	case -EMFILE:
	case -ENFILE:
		return ERROR_NOT_ENOUGH_MEMORY;
	case -ENODEV:
	case -ENXIO:
		return ERROR_DEV_NOT_EXIST;
	case -EACCES:
	case -EBUSY:
		return ERROR_BUSY;
	case -ENOTTY:
	case -EOPNOTSUPP:
		return ERROR_INVALID_FUNCTION;
	default:
		return ERROR_INVALID_PARAMETER;
	}
}

/* Reads all input before anything is written: they may be one (rule G2). */
uint32_t get_input(const struct call *call, void *to, uint32_t size)
{
	if (call->input_size < size)
		return ERROR_INSUFFICIENT_BUFFER;
	if (!call->input)
		return ERROR_INVALID_PARAMETER;

	memcpy(to, call->input, size);
	return NO_ERROR;
}

uint32_t check_output(const struct call *call, uint64_t size)
{
	if (call->output_size < size)
		return ERROR_INSUFFICIENT_BUFFER;
	if (!call->output)
		return ERROR_INVALID_PARAMETER;

	return NO_ERROR;
}

void put_output(struct call *call, const void *from, uint32_t size)
{
	memcpy((char *)call->output + call->written, from, size);
	call->written += size;
}
