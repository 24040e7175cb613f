/* SPDX-License-Identifier: MIT */
#ifndef TRACE_H
#define TRACE_H

/* From now on every request of this process is a line on stderr. */
void trace_start(void);

/* A line of the caller's own between these, as what comes next belongs to it. */
void trace_step(const char *what);

#endif /* TRACE_H */
