// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/iosys-map.h>

#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_damage_helper.h>
#include <drm/drm_drv.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_print.h>
#include <drm/drm_property.h>

#include "display/internal.h"
#include "driver/device.h"
#include "driver/trace.h"

/**
 * DOC: scanout
 *
 * How the picture comes to the screen, and the only file here that tells hardware
 * to do anything. A frame buffer that hardware can show from its place is shown
 * directly: what is drawn is on screen without a further call, and a page flip is a
 * new start address. Any other is copied to the area, a part of video memory, where
 * it has changed. So is the whole picture while there is a cursor, or gamma, which
 * hardware has not; as a cursor can be all there is, the area belongs to the state of
 * the primary plane even if that shows nothing. What CREATE has made is shown directly
 * or not at all: its owner draws through a mapping, and tells nobody.
 *
 * An adapter without hardware shows everything by leaving it where it is.
 */

/* Lines are counted in groups of pixels by some hardware: the area's are whole. */
#define VIDMEM_AREA_PIXELS	8

static struct vidmem_object *vidmem_fb_object(const struct drm_framebuffer *fb)
{
	return to_vidmem_object(fb->obj[0]);
}

/*
 * Of a frame buffer of the primary plane, with black below it: pixels with alpha are
 * premultiplied, so that black adds nothing to their colors.
 */
static const struct drm_format_info *
vidmem_opaque_format(const struct drm_framebuffer *fb)
{
	return fb->format->has_alpha ? drm_format_info(DRM_FORMAT_XRGB8888) :
				       fb->format;
}

/* How hardware would show it from where it is. */
static struct vidmem_scanout
vidmem_direct_scanout(const struct drm_framebuffer *fb, u64 offset)
{
	return (struct vidmem_scanout) {
		.format	= vidmem_opaque_format(fb),
		.start	= vidmem_fb_object(fb)->range.node.start +
			  fb->offsets[0] + offset,
		.pitch	= fb->pitches[0],
	};
}

static bool vidmem_can_be_direct(struct vidmem_device *vdev,
				 const struct drm_framebuffer *fb, u32 width,
				 u64 offset)
{
	struct vidmem_scanout scanout = vidmem_direct_scanout(fb, offset);

	return !vdev->funcs ||
	       (vidmem_object_is_in_vram(vidmem_fb_object(fb)) &&
		vdev->funcs->scanout_valid(vdev, width, &scanout));
}

/**
 * vidmem_scanout_could_show - whether a frame buffer could be on the screen
 * @vdev: the adapter
 * @fb: the frame buffer
 *
 * What is as small as no mode could be is for a cursor, or for a program that tries
 * what works.
 */
bool vidmem_scanout_could_show(struct vidmem_device *vdev,
			       const struct drm_framebuffer *fb)
{
	return vidmem_fb_object(fb)->is_dumb ||
	       (fb->width <= 64 && fb->height <= 64) ||
	       vidmem_can_be_direct(vdev, fb, 0, 0);
}

/* What a plane shows after an update, or NULL. */
static struct drm_framebuffer *vidmem_new_fb(struct drm_atomic_state *atomic,
					     struct drm_plane *plane)
{
	const struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);

	return state ? state->fb : plane->state->fb;
}

/**
 * vidmem_scanout_add_primary - have an update contain all that it changes
 * @atomic: the update
 *
 * A cursor that comes or goes, and gamma, change how the primary plane is shown. One
 * that shows nothing is left out by the kernel's helpers when a mode changes, but a
 * cursor over it is not: here it comes with its CRTC, and its CRTC with it. Unless a
 * cursor moves, which happens at once when it is alone.
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_scanout_add_primary(struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(atomic->dev);
	struct drm_plane *cursor = &vdev->display.planes[VIDMEM_CURSOR];
	struct drm_plane *plane = &vdev->display.planes[VIDMEM_PRIMARY];
	struct drm_crtc *crtc = &vdev->display.crtc;
	struct drm_plane_state *old, *new, *primary;
	struct drm_crtc_state *crtc_state;

	primary = drm_atomic_get_new_plane_state(atomic, plane);
	crtc_state = drm_atomic_get_new_crtc_state(atomic, crtc);
	if (!vdev->funcs || (primary && crtc_state))
		return 0;

	old = drm_atomic_get_old_plane_state(atomic, cursor);
	new = drm_atomic_get_new_plane_state(atomic, cursor);
	if (!primary && !(new && !old->fb != !new->fb) &&
	    !(crtc_state && crtc_state->color_mgmt_changed) &&
	    !(crtc_state && !plane->state->fb && !atomic->legacy_cursor_update))
		return 0;

	crtc_state = drm_atomic_get_crtc_state(atomic, crtc);
	if (IS_ERR(crtc_state))
		return PTR_ERR(crtc_state);
	primary = drm_atomic_get_plane_state(atomic, plane);

	return PTR_ERR_OR_ZERO(primary);
}

static bool vidmem_needs_composing(const struct drm_plane_state *state,
				   const struct drm_framebuffer *cursor,
				   const struct drm_crtc_state *crtc_state)
{
	const struct drm_display_mode *mode = &crtc_state->mode;

	if (cursor && crtc_state->enable)
		return true;

	return state->visible &&
	       (to_vidmem_crtc_state(crtc_state)->has_gamma ||
		drm_rect_width(&state->dst) < mode->hdisplay ||
		drm_rect_height(&state->dst) < mode->vdisplay);
}

/**
 * vidmem_scanout_check - find out whether hardware can show the picture
 * @atomic: the update, otherwise found right
 *
 * Returns: 0 or -EINVAL.
 */
int vidmem_scanout_check(struct drm_atomic_state *atomic)
{
	struct vidmem_device *vdev = to_vidmem_device(atomic->dev);
	struct drm_plane *plane = &vdev->display.planes[VIDMEM_PRIMARY];
	struct drm_plane *cursor = &vdev->display.planes[VIDMEM_CURSOR];
	struct drm_plane_state *state =
		drm_atomic_get_new_plane_state(atomic, plane);
	const struct drm_crtc_state *crtc_state;
	struct vidmem_plane_state *vstate;

	if (!vdev->funcs || !state)
		return 0;
	crtc_state = drm_atomic_get_new_crtc_state(atomic,
						   &vdev->display.crtc);
	vstate = to_vidmem_plane_state(state);
	vstate->width = crtc_state->mode.hdisplay;
	vstate->height = crtc_state->mode.vdisplay;
	vstate->is_composed =
		vidmem_needs_composing(state, vidmem_new_fb(atomic, cursor),
				       crtc_state);
	if (!state->visible || vidmem_fb_object(state->fb)->is_dumb)
		return 0;

	if (vstate->is_composed ||
	    !vidmem_can_be_direct(vdev, state->fb, vstate->width,
				  vidmem_src_offset(state))) {
		drm_dbg_kms(plane->dev,
			    "an object of CREATE is shown as it is, or not at all\n");
		return -EINVAL;
	}

	return 0;
}

static int vidmem_state_map(struct drm_plane_state *state)
{
	struct vidmem_fb_map *map = &to_vidmem_plane_state(state)->map;
	int ret;

	if (!state->fb)
		return 0;
	ret = drm_gem_fb_vmap(state->fb, map->objects, map->pixels);
	map->is_there = !ret;

	return ret;
}

static void vidmem_state_unmap(struct drm_plane_state *state)
{
	struct vidmem_fb_map *map = &to_vidmem_plane_state(state)->map;

	if (map->is_there)
		drm_gem_fb_vunmap(state->fb, map->objects);
	map->is_there = false;
}

/*
 * From where frames can start depends on the length of lines: longer ones reach
 * further, and take more. So the shortest that there is a place for.
 */
static int vidmem_area_for(struct vidmem_device *vdev,
			   struct drm_plane_state *state)
{
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);
	struct vidmem_scanout *scanout = &vstate->scanout;
	u32 cpp = scanout->format->cpp[0];
	u32 width = ALIGN(vstate->width, VIDMEM_AREA_PIXELS);
	const struct drm_framebuffer *shown = state->plane->state->fb;
	int ret = -ENOSPC;
	u64 size;

	for (; width <= vdev->max_width && ret == -ENOSPC; width *= 2) {
		scanout->pitch = width * cpp;
		size = PAGE_ALIGN(mul_u32_u32(scanout->pitch, vstate->height));
		if (size > vdev->vram.size)
			break;
		ret = vidmem_area_get(vdev, &vstate->area, size,
				      size + vdev->funcs->scanout_end(vdev,
						scanout->format,
						scanout->pitch),
				      shown ? vidmem_fb_object(shown) : NULL,
				      &scanout->start);
	}

	return ret;
}

static int vidmem_prepare_area(struct vidmem_device *vdev,
			       struct drm_plane_state *state)
{
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);
	struct vidmem_display *display = &vdev->display;
	int ret;

	mutex_lock(&display->lock);
	ret = vidmem_picture_grow(&display->picture, vstate->width);
	mutex_unlock(&display->lock);
	if (ret)
		return ret;

	vstate->way = vstate->is_composed ? VIDMEM_COMPOSED : VIDMEM_COPIED;
	vstate->scanout.format = vstate->is_composed ?
				 drm_format_info(DRM_FORMAT_XRGB8888) :
				 vidmem_opaque_format(state->fb);

	return vidmem_area_for(vdev, state);
}

/**
 * vidmem_scanout_prepare - have what it takes to show a plane
 * @state: the plane's state, found right
 *
 * Returns: 0, or a negative error number.
 */
int vidmem_scanout_prepare(struct drm_plane_state *state)
{
	struct vidmem_device *vdev = to_vidmem_device(state->plane->dev);
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);
	int ret;

	vstate->way = VIDMEM_HIDDEN;
	/* A frame buffer stays where it is as long as it is mapped. */
	ret = vidmem_state_map(state);
	if (ret || state->plane->type != DRM_PLANE_TYPE_PRIMARY ||
	    !(state->visible || vstate->is_composed))
		return ret;

	if (!vstate->is_composed &&
	    vidmem_can_be_direct(vdev, state->fb, drm_rect_width(&state->dst),
				 vidmem_src_offset(state))) {
		vstate->way = VIDMEM_DIRECT;
		vstate->scanout = vidmem_direct_scanout(state->fb,
							vidmem_src_offset(state));
		return 0;
	}

	/* The area may have to be where it is now. */
	vidmem_state_unmap(state);
	ret = vidmem_prepare_area(vdev, state);
	if (!ret)
		ret = vidmem_state_map(state);
	if (ret)
		vidmem_scanout_cleanup(state);

	return ret;
}

/**
 * vidmem_scanout_cleanup - give back what vidmem_scanout_prepare() has taken
 * @state: the plane's state
 */
void vidmem_scanout_cleanup(struct drm_plane_state *state)
{
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);

	vidmem_state_unmap(state);
	if (vstate->area.size)
		vidmem_area_put(to_vidmem_device(state->plane->dev),
				&vstate->area);
}

/* With the device present, as all below. */
static void vidmem_copy_rect(struct vidmem_device *vdev,
			     const struct vidmem_layer *layer,
			     const struct drm_rect *rect)
{
	const struct vidmem_scanout *scanout = &vdev->display.scanout;
	u32 cpp = scanout->format->cpp[0];
	size_t bytes = drm_rect_width(rect) * cpp;
	struct iosys_map from = layer->map, to = vdev->vram.map;
	u32 lines = drm_rect_height(rect);

	iosys_map_incr(&from, (size_t)rect->y1 * layer->pitch + rect->x1 * cpp);
	iosys_map_incr(&to, scanout->start + (u64)rect->y1 * scanout->pitch +
		       rect->x1 * cpp);
	for (; lines; lines--) {
		if (!from.is_iomem) {
			iosys_map_memcpy_to(&to, 0, from.vaddr, bytes);
		} else {
			/* From one place in video memory to another. */
			memcpy_fromio(vdev->display.picture.line,
				      from.vaddr_iomem, bytes);
			iosys_map_memcpy_to(&to, 0, vdev->display.picture.line,
					    bytes);
		}
		iosys_map_incr(&from, layer->pitch);
		iosys_map_incr(&to, scanout->pitch);
	}
}

static void vidmem_compose_rect(struct vidmem_device *vdev,
				const struct drm_rect *rect)
{
	const struct vidmem_picture *picture = &vdev->display.picture;
	const struct vidmem_scanout *scanout = &vdev->display.scanout;
	u32 width = drm_rect_width(rect);
	int y;

	for (y = rect->y1; y < rect->y2; y++) {
		vidmem_compose_line(picture, rect->x1, y, width, picture->line);
		cpu_to_le32_array(picture->line, width);
		iosys_map_memcpy_to(&vdev->vram.map,
				    scanout->start + (u64)y * scanout->pitch +
				    rect->x1 * 4, picture->line, width * 4);
	}
}

static void vidmem_draw(struct vidmem_device *vdev, const struct drm_rect *rect)
{
	struct vidmem_display *display = &vdev->display;
	struct drm_rect all = DRM_RECT_INIT(0, 0, display->picture.width,
					    display->picture.height);

	if (display->way < VIDMEM_COPIED || !drm_rect_intersect(&all, rect))
		return;

	vidmem_area_lock(vdev);
	if (!vidmem_area_is_at(vdev, display->scanout.start))
		drm_dbg_kms(&vdev->drm, "the area has moved\n");
	else if (display->way == VIDMEM_COPIED)
		vidmem_copy_rect(vdev,
				 &display->picture.layers[VIDMEM_PRIMARY],
				 &all);
	else
		vidmem_compose_rect(vdev, &all);
	vidmem_area_unlock(vdev);
}

/* Where a layer was and is: at once if they overlap, so that it does not flicker. */
static void vidmem_draw_move(struct vidmem_device *vdev,
			     const struct drm_rect *before,
			     const struct drm_rect *now)
{
	struct drm_rect common = *before;
	struct drm_rect both = {
		.x1 = min(before->x1, now->x1), .y1 = min(before->y1, now->y1),
		.x2 = max(before->x2, now->x2), .y2 = max(before->y2, now->y2),
	};

	if (drm_rect_intersect(&common, now)) {
		vidmem_draw(vdev, &both);
		return;
	}
	vidmem_draw(vdev, before);
	vidmem_draw(vdev, now);
}

/* What has changed since the last frame that was drawn in the same place. */
static void vidmem_draw_damage(struct vidmem_device *vdev,
			       struct drm_plane_state *old,
			       struct drm_plane_state *state)
{
	struct drm_atomic_helper_damage_iter iter;
	struct drm_rect damage;

	drm_atomic_helper_damage_iter_init(&iter, old, state);
	drm_atomic_for_each_plane_damage(&iter, &damage) {
		drm_rect_translate(&damage,
				   state->dst.x1 - (state->src.x1 >> 16),
				   state->dst.y1 - (state->src.y1 >> 16));
		vidmem_draw(vdev, &damage);
	}
}

static bool vidmem_scanout_equals(const struct vidmem_scanout *a,
				  const struct vidmem_scanout *b)
{
	return a->format == b->format && a->start == b->start &&
	       a->pitch == b->pitch;
}

static void vidmem_set_layer(struct vidmem_layer *layer,
			     struct drm_plane_state *state)
{
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);

	layer->format = NULL;
	if (!state->visible)
		return;
	layer->format = state->plane->type == DRM_PLANE_TYPE_PRIMARY ?
			vidmem_opaque_format(state->fb) : state->fb->format;
	layer->pitch = state->fb->pitches[0];
	layer->dst = state->dst;
	layer->alpha = state->alpha;
	layer->blend = state->pixel_blend_mode;
	layer->map = vstate->map.pixels[0];
	iosys_map_incr(&layer->map, vidmem_src_offset(state));
}

static void vidmem_load_palette(struct vidmem_device *vdev)
{
	const struct drm_property_blob *lut = vdev->display.picture.lut;
	const struct drm_format_info *format = vdev->display.scanout.format;

	if (vdev->funcs && vdev->display.is_on &&
	    format->format == DRM_FORMAT_C8)
		vdev->funcs->load_palette(vdev, lut ? lut->data : NULL);
}

/* Under &vidmem_display.lock. */
static void vidmem_turn_on(struct vidmem_device *vdev)
{
	struct vidmem_display *display = &vdev->display;

	if (vdev->funcs)
		vdev->funcs->set_mode(vdev, &display->crtc.state->mode,
				      &display->scanout);
	display->is_on = true;
	vidmem_load_palette(vdev);
}

static void vidmem_turn_off(struct vidmem_device *vdev)
{
	if (vdev->funcs && vdev->display.is_on)
		vdev->funcs->blank(vdev);
	vdev->display.is_on = false;
}

static void vidmem_update_primary(struct vidmem_device *vdev,
				  struct drm_plane_state *old,
				  struct drm_plane_state *state)
{
	struct vidmem_display *display = &vdev->display;
	struct vidmem_plane_state *vstate = to_vidmem_plane_state(state);
	struct vidmem_scanout before = display->scanout;
	enum vidmem_way way = display->way;
	struct drm_rect all = DRM_RECT_INIT(0, 0, display->picture.width,
					    display->picture.height);

	display->way = vstate->way;
	/* The hardware has no screen without a picture. */
	if (display->way == VIDMEM_HIDDEN) {
		vidmem_turn_off(vdev);
		return;
	}

	display->scanout = vstate->scanout;
	if (display->way == way && old->visible && state->visible &&
	    drm_rect_equals(&old->dst, &state->dst) &&
	    vidmem_scanout_equals(&before, &vstate->scanout))
		vidmem_draw_damage(vdev, old, state);
	else
		vidmem_draw(vdev, &all);

	/* To the hardware the format is a part of the mode, to KMS it is not. */
	if (!display->is_on || before.format != vstate->scanout.format)
		vidmem_turn_on(vdev);
	else if (vdev->funcs)
		vdev->funcs->set_start(vdev, &vstate->scanout);
	if (state->fb)
		trace_vidmem_frame(vidmem_fb_object(state->fb),
				   display->way == VIDMEM_DIRECT);
}

/**
 * vidmem_scanout_update - show a plane as its new state says
 * @vdev: the adapter
 * @old: its old state
 * @state: its new state
 *
 * While the display is on.
 */
void vidmem_scanout_update(struct vidmem_device *vdev,
			   struct drm_plane_state *old,
			   struct drm_plane_state *state)
{
	struct vidmem_display *display = &vdev->display;
	int id = state->plane - display->planes;
	struct vidmem_layer *layer = &display->picture.layers[id];
	const struct drm_rect nowhere = { }, before = layer->dst;
	bool was_there = layer->format;
	int idx;

	mutex_lock(&display->lock);
	vidmem_set_layer(layer, state);
	if (drm_dev_enter(&vdev->drm, &idx)) {
		if (id == VIDMEM_PRIMARY) {
			vidmem_update_primary(vdev, old, state);
		} else if (display->way == VIDMEM_COMPOSED) {
			vidmem_draw_move(vdev, was_there ? &before : &nowhere,
					 layer->format ? &layer->dst : &nowhere);
		}
		drm_dev_exit(idx);
	}
	mutex_unlock(&display->lock);
}

/**
 * vidmem_scanout_update_hidden - show what there is without a primary plane
 * @vdev: the adapter
 * @atomic: the update
 *
 * Before all other planes, while the display is on. A plane without a CRTC is one that
 * the kernel's helpers leave out.
 */
void vidmem_scanout_update_hidden(struct vidmem_device *vdev,
				  struct drm_atomic_state *atomic)
{
	struct drm_plane *plane = &vdev->display.planes[VIDMEM_PRIMARY];
	struct drm_plane_state *old =
		drm_atomic_get_old_plane_state(atomic, plane);
	struct drm_plane_state *new =
		drm_atomic_get_new_plane_state(atomic, plane);

	if (new && !old->crtc && !new->crtc)
		vidmem_scanout_update(vdev, old, new);
}

/**
 * vidmem_scanout_set_mode - begin to show the CRTC's mode
 * @vdev: the adapter
 *
 * Hardware is told when the primary plane has something to show.
 */
void vidmem_scanout_set_mode(struct vidmem_device *vdev)
{
	struct vidmem_display *display = &vdev->display;
	const struct drm_display_mode *mode = &display->crtc.state->mode;

	mutex_lock(&display->lock);
	display->picture.width = mode->hdisplay;
	display->picture.height = mode->vdisplay;
	display->way = VIDMEM_HIDDEN;
	mutex_unlock(&display->lock);
}

/**
 * vidmem_scanout_set_lut - take over the CRTC's gamma table
 * @vdev: the adapter
 */
void vidmem_scanout_set_lut(struct vidmem_device *vdev)
{
	struct vidmem_display *display = &vdev->display;
	struct vidmem_picture *picture = &display->picture;
	const struct drm_crtc_state *state = display->crtc.state;
	int idx;

	mutex_lock(&display->lock);
	drm_property_replace_blob(&picture->lut, state->gamma_lut);
	picture->has_gamma = to_vidmem_crtc_state(state)->has_gamma;
	if (drm_dev_enter(&vdev->drm, &idx)) {
		vidmem_load_palette(vdev);
		drm_dev_exit(idx);
	}
	mutex_unlock(&display->lock);
}

/**
 * vidmem_scanout_blank - turn the display off
 * @vdev: the adapter
 */
void vidmem_scanout_blank(struct vidmem_device *vdev)
{
	struct vidmem_display *display = &vdev->display;
	int idx, i;

	mutex_lock(&display->lock);
	for (i = 0; i < VIDMEM_LAYERS; i++)
		display->picture.layers[i].format = NULL;
	display->way = VIDMEM_HIDDEN;
	if (drm_dev_enter(&vdev->drm, &idx)) {
		vidmem_turn_off(vdev);
		drm_dev_exit(idx);
	}
	display->is_on = false;
	mutex_unlock(&display->lock);
}

#ifdef VIDMEM_HAS_DRM_PANIC
/**
 * vidmem_scanout_panic_buffer - where a panic can be shown
 * @plane: the primary plane
 * @buffer: set to the place
 *
 * Called when the machine has come to its end: no lock can be waited for.
 *
 * Returns: 0, or -ENODEV when the display is off.
 */
int vidmem_scanout_panic_buffer(struct drm_plane *plane,
				struct drm_scanout_buffer *buffer)
{
	struct vidmem_device *vdev = to_vidmem_device(plane->dev);
	const struct vidmem_display *display = &vdev->display;
	const struct vidmem_layer *layer =
		&display->picture.layers[VIDMEM_PRIMARY];

	if (!display->is_on || vidmem_vram_has_gone(&vdev->vram))
		return -ENODEV;

	if (display->way == VIDMEM_DIRECT) {
		if (!layer->format)
			return -ENODEV;
		buffer->width = drm_rect_width(&layer->dst);
		buffer->height = drm_rect_height(&layer->dst);
		buffer->format = layer->format;
		buffer->pitch[0] = layer->pitch;
		buffer->map[0] = layer->map;
	} else {
		buffer->width = display->picture.width;
		buffer->height = display->picture.height;
		buffer->format = display->scanout.format;
		buffer->pitch[0] = display->scanout.pitch;
		buffer->map[0] = vdev->vram.map;
		iosys_map_incr(&buffer->map[0], display->scanout.start);
	}

	return 0;
}
#endif
