// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/gfp.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "memory/internal.h"

/**
 * DOC: after the adapter
 *
 * Once video memory has gone, one page of system memory stands for every page of
 * an object, in all of its mappings. It reads as zero at first, and no other
 * object has the same, so that nobody sees what others write.
 */

/**
 * vidmem_gone_page - the page that stands for those of an object
 * @vobj: the object, whose video memory has gone
 *
 * Returns: the page, which lives as long as the object, or NULL when there is no
 * memory for it.
 */
struct page *vidmem_gone_page(struct vidmem_object *vobj)
{
	struct page *page = READ_ONCE(vobj->gone_page), *other;

	if (page)
		return page;

	page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!page)
		return NULL;
	other = cmpxchg(&vobj->gone_page, NULL, page);
	if (!other)
		return page;
	__free_page(page);

	return other;
}

/**
 * vidmem_gone_vmap - map what stands for an object into the kernel
 * @vobj: the object, whose video memory has gone
 * @map: set to the mapping, for vunmap()
 *
 * A kernel client may not see the end of the adapter before it maps its next
 * frame: the console and importers of a dma-buf draw into nothing then.
 *
 * Returns: 0 or -ENOMEM.
 */
int vidmem_gone_vmap(struct vidmem_object *vobj, struct iosys_map *map)
{
	unsigned long i, count = vobj->base.size >> PAGE_SHIFT;
	struct page *page = vidmem_gone_page(vobj), **pages;
	void *vaddr;

	if (!page)
		return -ENOMEM;
	pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		pages[i] = page;
	vaddr = vmap(pages, count, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	if (!vaddr)
		return -ENOMEM;
	iosys_map_set_vaddr(map, vaddr);

	return 0;
}
