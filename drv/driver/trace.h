/* SPDX-License-Identifier: GPL-2.0-only OR MIT */

/*
 * Tracepoints: what becomes of objects and mappings, and what the display shows. A
 * place is one in video memory, an address one of the program's; no event has an
 * address of the kernel.
 */

#undef TRACE_SYSTEM
#define TRACE_SYSTEM vidmem

#if !defined(_VIDMEM_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _VIDMEM_TRACE_H_

#include <linux/tracepoint.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_modes.h>

#include "memory/memory.h"

/*
 * Where an object is that is not in video memory. Not by vidmem_object_is_in_vram(), as
 * the files that have events would need this one, and it one of them.
 */
#ifndef VIDMEM_TRACE_ELSEWHERE
#define VIDMEM_TRACE_ELSEWHERE	(~0ull)

static inline u64 vidmem_trace_place(const struct vidmem_object *vobj)
{
	return vobj->pages || vobj->import ? VIDMEM_TRACE_ELSEWHERE :
					     vobj->range.node.start;
}
#endif

DECLARE_EVENT_CLASS(vidmem_object_event,
	TP_PROTO(const struct vidmem_object *vobj),
	TP_ARGS(vobj),
	TP_STRUCT__entry(
		__field(int, card)
		__field(u64, place)
		__field(u64, size)
	),
	TP_fast_assign(
		__entry->card = vobj->base.dev->primary->index;
		__entry->place = vidmem_trace_place(vobj);
		__entry->size = vobj->base.size;
	),
	TP_printk("card=%d place=%lld size=%llu", __entry->card,
		  (s64)__entry->place, __entry->size)
);

DEFINE_EVENT(vidmem_object_event, vidmem_create,
	TP_PROTO(const struct vidmem_object *vobj),
	TP_ARGS(vobj)
);

DEFINE_EVENT(vidmem_object_event, vidmem_free,
	TP_PROTO(const struct vidmem_object *vobj),
	TP_ARGS(vobj)
);

TRACE_EVENT(vidmem_map,
	TP_PROTO(const struct vidmem_object *vobj, u64 offset, u64 size,
		 unsigned long address, u32 flags),
	TP_ARGS(vobj, offset, size, address, flags),
	TP_STRUCT__entry(
		__field(int, card)
		__field(u64, place)
		__field(u64, offset)
		__field(u64, size)
		__field(unsigned long, address)
		__field(u32, flags)
	),
	TP_fast_assign(
		__entry->card = vobj->base.dev->primary->index;
		__entry->place = vidmem_trace_place(vobj);
		__entry->offset = offset;
		__entry->size = size;
		__entry->address = address;
		__entry->flags = flags;
	),
	TP_printk("card=%d place=%lld offset=%llu size=%llu address=%#lx flags=%#x",
		  __entry->card, (s64)__entry->place, __entry->offset,
		  __entry->size, __entry->address, __entry->flags)
);

TRACE_EVENT(vidmem_unmap,
	TP_PROTO(const struct drm_device *drm, unsigned long address,
		 int status),
	TP_ARGS(drm, address, status),
	TP_STRUCT__entry(
		__field(int, card)
		__field(unsigned long, address)
		__field(int, status)
	),
	TP_fast_assign(
		__entry->card = drm->primary->index;
		__entry->address = address;
		__entry->status = status;
	),
	TP_printk("card=%d address=%#lx status=%d", __entry->card,
		  __entry->address, __entry->status)
);

TRACE_EVENT(vidmem_fault,
	TP_PROTO(const struct vidmem_object *vobj, const struct vm_fault *vmf,
		 unsigned int order, vm_fault_t result),
	TP_ARGS(vobj, vmf, order, result),
	TP_STRUCT__entry(
		__field(int, card)
		__field(u64, place)
		__field(unsigned long, address)
		__field(unsigned int, order)
		__field(bool, write)
		__field(unsigned int, result)
	),
	TP_fast_assign(
		__entry->card = vobj->base.dev->primary->index;
		__entry->place = vidmem_trace_place(vobj);
		__entry->address = vmf->address;
		__entry->order = order;
		__entry->write = vmf->flags & FAULT_FLAG_WRITE;
		__entry->result = (__force unsigned int)result;
	),
	TP_printk("card=%d place=%lld address=%#lx order=%u write=%d result=%#x",
		  __entry->card, (s64)__entry->place, __entry->address,
		  __entry->order, __entry->write, __entry->result)
);

TRACE_EVENT(vidmem_mode,
	TP_PROTO(const struct drm_device *drm,
		 const struct drm_display_mode *mode),
	TP_ARGS(drm, mode),
	TP_STRUCT__entry(
		__field(int, card)
		__field(unsigned int, width)
		__field(unsigned int, height)
		__field(int, refresh)
	),
	TP_fast_assign(
		__entry->card = drm->primary->index;
		__entry->width = mode->hdisplay;
		__entry->height = mode->vdisplay;
		__entry->refresh = drm_mode_vrefresh(mode);
	),
	TP_printk("card=%d mode=%ux%u@%d", __entry->card, __entry->width,
		  __entry->height, __entry->refresh)
);

TRACE_EVENT(vidmem_frame,
	TP_PROTO(const struct vidmem_object *vobj, bool is_direct),
	TP_ARGS(vobj, is_direct),
	TP_STRUCT__entry(
		__field(int, card)
		__field(u64, place)
		__field(bool, is_direct)
	),
	TP_fast_assign(
		__entry->card = vobj->base.dev->primary->index;
		__entry->place = vidmem_trace_place(vobj);
		__entry->is_direct = is_direct;
	),
	TP_printk("card=%d place=%lld direct=%d", __entry->card,
		  (s64)__entry->place, __entry->is_direct)
);

#endif /* _VIDMEM_TRACE_H_ */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH driver
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
