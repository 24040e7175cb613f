// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/spinlock.h>

#include <drm/drm_gem.h>

#include "driver/device.h"
#include "memory/internal.h"

/**
 * DOC: what is on display
 *
 * MAP says where in a view the displayed part lies, and maps what is on display
 * when it is asked to. The display's own state is under a lock that another
 * client may hold for as long as it likes: one that waits for a page of its own,
 * for example. So the display leaves a note here whenever it has changed, and
 * nobody has to wait.
 */

/**
 * vidmem_displayed_set - note what is on display
 * @vdev: the adapter
 * @obj: the object, or NULL for nothing
 * @offset: its first byte on display
 * @length: visible lines times bytes per line, or 0 if a copy is on display
 *
 * The caller has a reference to @obj and keeps it until it says that something
 * else is on display.
 */
void vidmem_displayed_set(struct vidmem_device *vdev,
			  struct drm_gem_object *obj, u64 offset, u64 length)
{
	struct vidmem_displayed *displayed = &vdev->displayed;

	spin_lock(&displayed->lock);
	WRITE_ONCE(displayed->obj, obj);
	displayed->offset = offset;
	displayed->length = length;
	spin_unlock(&displayed->lock);
}

/**
 * vidmem_displayed_object - the object that is on display
 * @vdev: the adapter
 *
 * Returns: the object, with a reference, or NULL.
 */
struct drm_gem_object *vidmem_displayed_object(struct vidmem_device *vdev)
{
	struct vidmem_displayed *displayed = &vdev->displayed;
	struct drm_gem_object *obj;

	spin_lock(&displayed->lock);
	obj = displayed->obj;
	if (obj)
		drm_gem_object_get(obj);
	spin_unlock(&displayed->lock);

	return obj;
}

/**
 * vidmem_displayed_part - which part of an object is on display
 * @vdev: the adapter
 * @obj: the object
 * @offset: set to its first byte on display
 * @length: set to visible lines times bytes per line
 *
 * Returns: whether any of it is. What is shown by copying it is not.
 */
bool vidmem_displayed_part(struct vidmem_device *vdev,
			   struct drm_gem_object *obj, u64 *offset, u64 *length)
{
	struct vidmem_displayed *displayed = &vdev->displayed;
	bool found;

	/* Most objects are not, and see so without a lock. */
	if (READ_ONCE(displayed->obj) != obj)
		return false;

	spin_lock(&displayed->lock);
	found = displayed->obj == obj && displayed->length;
	*offset = displayed->offset;
	*length = displayed->length;
	spin_unlock(&displayed->lock);

	return found;
}

/**
 * vidmem_displayed_is_direct - whether what is drawn into an object is seen at once
 * @vdev: the adapter
 * @obj: the object
 */
bool vidmem_displayed_is_direct(struct vidmem_device *vdev,
				struct drm_gem_object *obj)
{
	u64 offset, length;

	return vidmem_displayed_part(vdev, obj, &offset, &length);
}
