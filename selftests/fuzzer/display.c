// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The display. Only the master may most of it, and few arguments are valid. */

#include "fuzz.h"

/* What there is to name in calls. */
void learn_display(int fd, dev_t device)
{
	static const uint32_t types[] = {
		DRM_MODE_OBJECT_CRTC, DRM_MODE_OBJECT_CONNECTOR,
		DRM_MODE_OBJECT_PLANE,
	};
	drmModePlaneResPtr planes = drmModeGetPlaneResources(fd);
	uint32_t ids[LENGTH(types)];
	struct display display;
	unsigned int i, j;

	if (!planes || !planes->count_planes || get_display(fd, &display))
		return;
	memset(&kms, 0, sizeof(kms));
	kms.crtc = display.crtc;
	kms.connector = display.connector;
	kms.plane = planes->planes[0];
	ids[0] = kms.crtc;
	ids[1] = kms.connector;
	ids[2] = kms.plane;
	drmModeFreePlaneResources(planes);
	/* Small ones, so that there is memory for several. */
	for (i = 0; i < display.info->count_modes; i++)
		if (kms.mode_count < LENGTH(kms.modes) &&
		    display.info->modes[i].hdisplay <= 1024)
			kms.modes[kms.mode_count++] = display.info->modes[i];
	drmModeFreeConnector(display.info);
	for (i = 0; i < LENGTH(ids); i++) {
		drmModeObjectPropertiesPtr props =
			drmModeObjectGetProperties(fd, ids[i], types[i]);

		for (j = 0; props && j < props->count_props &&
		     kms.prop_count < LENGTH(kms.props); j++) {
			drmModePropertyPtr prop =
				drmModeGetProperty(fd, props->props[j]);

			if (!prop)
				continue;
			kms.props[kms.prop_count].object = ids[i];
			kms.props[kms.prop_count].id = prop->prop_id;
			strcpy(kms.props[kms.prop_count++].name, prop->name);
			drmModeFreeProperty(prop);
		}
		drmModeFreeObjectProperties(props);
	}
	kms.device = device;
}

static void take_master(struct file *file)
{
	unsigned int i;

	if (one_in(3))
		return;
	for (i = 0; i < LENGTH(files); i++)
		if (files[i].serial)
			ioctl(files[i].fd, DRM_IOCTL_DROP_MASTER, 0);
	DO(ioctl(file->fd, DRM_IOCTL_SET_MASTER, 0), "take master fd=%d",
	   file->fd);
}

/* Other processes want it, too. */
static void leave_master(struct file *file)
{
	if (options.processes > 1 && one_in(2))
		ioctl(file->fd, DRM_IOCTL_DROP_MASTER, 0);
}

void op_rm_fb(void)
{
	struct fb *fb = PICK_FB();

	if (!fb)
		return;
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_RMFB, &fb->id), "fd=%d fb=%u",
	   fb->file->fd, fb->id);
	fb->id = 0;
}

void op_add_fb(void)
{
	static const uint32_t formats[] = {
		DRM_FORMAT_XRGB8888, DRM_FORMAT_XRGB8888, DRM_FORMAT_RGB565,
		DRM_FORMAT_XRGB1555, DRM_FORMAT_C8, DRM_FORMAT_RGB888,
		DRM_FORMAT_NV12,
	};
	drmModeModeInfo *mode = &kms.modes[below(kms.mode_count ?: 1)];
	struct object *object = PICK(objects, _x->store &&
				     _x->store->size >= 256 * KiB);
	struct fb *fb = PICK(fbs, !_x->id);
	struct drm_mode_fb_cmd2 args = {
		.pixel_format = ONE_OF(formats),
		.width = one_in(4) || !mode->hdisplay ? 1 + below(2048) :
			 mode->hdisplay,
		.height = one_in(4) || !mode->vdisplay ? 1 + below(2048) :
			  mode->vdisplay,
	};
	struct drm_mode_fb_cmd old = { .bpp = 32, .depth = 24 };
	uint32_t room;
	int got;

	if (!object)
		return;
	if (!fb) {
		op_rm_fb();
		return;
	}
	args.handles[0] = object->handle;
	args.pitches[0] = ((args.width + 7) & ~7u) * (1 + below(4));
	if (!one_in(4)) {
		args.pixel_format = DRM_FORMAT_XRGB8888;
		args.pitches[0] = ((args.width + 7) & ~7u) * 4;
		/* What an adapter may find too odd to show. */
		if (one_in(6))
			args.pitches[0] += below(64);
		if (one_in(4))
			args.offsets[0] = one_in(2) ? below(8 * KiB) :
					  below(8) * PAGE;
		room = (object->store->size - args.offsets[0]) /
		       args.pitches[0];
		if (args.height > room)
			args.height = room;
	}
	if (one_in(12))
		args.pitches[0] = wild();
	if (one_in(12))
		args.offsets[0] = wild();
	if (one_in(20))
		args.pixel_format = wild();
	if (one_in(20))
		args.flags = wild();
	if (one_in(20))
		args.handles[below(4)] = wild();
	old.width = args.width;
	old.height = args.height;
	old.pitch = args.pitches[0];
	old.handle = args.handles[0];
	if (one_in(4)) {
		got = DO(ioctl(object->file->fd, DRM_IOCTL_MODE_ADDFB, &old),
			 "old fd=%d %ux%u pitch=%u handle=%u", object->file->fd,
			 old.width, old.height, old.pitch, old.handle);
		args.fb_id = old.fb_id;
	} else {
		got = DO(ioctl(object->file->fd, DRM_IOCTL_MODE_ADDFB2, &args),
			 "fd=%d %ux%u %#x pitch=%u offset=%#x handle=%u",
			 object->file->fd, args.width, args.height,
			 args.pixel_format, args.pitches[0], args.offsets[0],
			 args.handles[0]);
	}
	if (!got)
		*fb = (struct fb) { args.fb_id, object->file };
}

void op_dirty_fb(void)
{
	struct fb *fb = PICK_FB();
	struct drm_clip_rect clip = { below(100), below(100), wild(), wild() };
	struct drm_mode_fb_dirty_cmd args = {
		.num_clips = below(2), .clips_ptr = (uintptr_t)&clip,
	};

	if (!fb)
		return;
	args.fb_id = fb->id;
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_DIRTYFB, &args), "fd=%d fb=%u",
	   fb->file->fd, fb->id);
}

void op_set_crtc(void)
{
	struct fb *fb = PICK_FB();
	struct file *file = fb ? fb->file : pick_file();
	struct drm_mode_crtc args = { .crtc_id = kms.crtc };

	if (fb && !one_in(6) && kms.mode_count) {
		args.fb_id = fb->id;
		args.mode_valid = 1;
		args.set_connectors_ptr = (uintptr_t)&kms.connector;
		args.count_connectors = 1;
		memcpy(&args.mode, &ONE_OF(kms.modes), sizeof(args.mode));
		if (!*args.mode.name)
			memcpy(&args.mode, kms.modes, sizeof(args.mode));
		if (one_in(4)) {
			args.x = below(64);
			args.y = below(64);
		}
		if (one_in(8))
			((uint32_t *)&args.mode)[below(12)] = wild();
	}
	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_SETCRTC, &args),
	   "fd=%d fb=%u %ux%u at %u,%u", file->fd, args.fb_id,
	   args.mode.hdisplay, args.mode.vdisplay, args.x, args.y);
	leave_master(file);
}

void op_page_flip(void)
{
	struct fb *fb = PICK_FB();
	struct drm_mode_crtc_page_flip args = {
		.crtc_id = kms.crtc, .flags = one_in(8) ? wild() :
				     below(2) * DRM_MODE_PAGE_FLIP_EVENT,
		.user_data = wild(),
	};

	if (!fb)
		return;
	args.fb_id = fb->id;
	take_master(fb->file);
	DO(ioctl(fb->file->fd, DRM_IOCTL_MODE_PAGE_FLIP, &args),
	   "fd=%d fb=%u flags=%#x", fb->file->fd, fb->id, args.flags);
	leave_master(fb->file);
}

static uint64_t atomic_value(const char *name, struct fb *fb, uint32_t blob)
{
	drmModeModeInfo *mode = &kms.modes[0];

	if (one_in(40))
		return wild();
	if (!strcmp(name, "CRTC_ID"))
		return kms.crtc;
	if (!strcmp(name, "FB_ID"))
		return fb ? fb->id : 0;
	if (!strcmp(name, "MODE_ID"))
		return blob;
	if (!strcmp(name, "ACTIVE"))
		return !one_in(4);
	if (!strcmp(name, "SRC_W") || !strcmp(name, "SRC_H"))
		return (uint64_t)(name[4] == 'W' ? mode->hdisplay :
				  mode->vdisplay) << 16;
	if (!strcmp(name, "CRTC_W"))
		return mode->hdisplay;
	return strcmp(name, "CRTC_H") ? 0 : mode->vdisplay;
}

/* All that a mode takes, with some of it left out or wrong. */
void op_atomic(void)
{
	uint32_t objs[3] = { kms.crtc, kms.connector, kms.plane };
	uint32_t counts[3] = { 0 }, props[LENGTH(kms.props)], blob = 0;
	static const char *const of_a_mode[] = {
		"CRTC_ID", "FB_ID", "MODE_ID", "ACTIVE", "SRC_X", "SRC_Y",
		"SRC_W", "SRC_H", "CRTC_X", "CRTC_Y", "CRTC_W", "CRTC_H",
	};
	uint64_t values[LENGTH(kms.props)];
	struct fb *fb = PICK_FB();
	struct file *file = fb ? fb->file : pick_file();
	unsigned int i, j, n = 0, leave_out = one_in(3) ? below(16) : 99;
	struct drm_mode_atomic args = {
		.flags = one_in(8) ? wild() : DRM_MODE_ATOMIC_ALLOW_MODESET |
			 one_in(4) * DRM_MODE_ATOMIC_TEST_ONLY |
			 one_in(4) * DRM_MODE_ATOMIC_NONBLOCK,
		.count_objs = 3, .objs_ptr = (uintptr_t)objs,
		.count_props_ptr = (uintptr_t)counts,
		.props_ptr = (uintptr_t)props,
		.prop_values_ptr = (uintptr_t)values,
	};
	bool off = one_in(6);

	drmModeCreatePropertyBlob(file->fd, kms.modes, sizeof(kms.modes[0]),
				  &blob);
	for (i = 0; i < kms.prop_count; i++) {
		bool take = one_in(20);

		for (j = 0; j < LENGTH(of_a_mode); j++)
			take |= !strcmp(kms.props[i].name, of_a_mode[j]);
		if (!take || i == leave_out)
			continue;
		for (j = 0; objs[j] != kms.props[i].object; j++)
			;
		counts[j]++;
		props[n] = kms.props[i].id;
		values[n++] = off ? 0 : atomic_value(kms.props[i].name, fb,
						     blob);
	}
	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_ATOMIC, &args),
	   "fd=%d flags=%#x fb=%u %u properties off=%d", file->fd, args.flags,
	   fb ? fb->id : 0, n, off);
	drmModeDestroyPropertyBlob(file->fd, blob);
	leave_master(file);
}

void op_get_property(void)
{
	struct file *file = pick_file();
	struct drm_mode_get_property args = {
		.prop_id = one_in(4) ? wild() : ONE_OF(kms.props).id,
	};

	DO(ioctl(file->fd, DRM_IOCTL_MODE_GETPROPERTY, &args), "fd=%d prop=%u",
	   file->fd, args.prop_id);
}

void op_set_property(void)
{
	struct file *file = pick_file();
	unsigned int i = below(kms.prop_count ?: 1);
	struct drm_mode_obj_set_property args = {
		.value = one_in(2) ? wild() : below(4),
		.prop_id = kms.props[i].id, .obj_id = kms.props[i].object,
	};

	take_master(file);
	DO(ioctl(file->fd, DRM_IOCTL_MODE_OBJ_SETPROPERTY, &args),
	   "fd=%d object=%u prop=%u value=%#llx", file->fd, args.obj_id,
	   args.prop_id, args.value);
}

void op_gamma(void)
{
	struct file *file = pick_file();
	uint16_t table[3][256];
	struct drm_mode_crtc_lut args = {
		.crtc_id = kms.crtc,
		.gamma_size = one_in(4) ? below(257) : 256,
		.red = (uintptr_t)table[0], .green = (uintptr_t)table[1],
		.blue = (uintptr_t)table[2],
	};

	memset(table, below(256), sizeof(table));
	take_master(file);
	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_MODE_SETGAMMA, &args),
		   "set fd=%d size=%u", file->fd, args.gamma_size);
	else
		DO(ioctl(file->fd, DRM_IOCTL_MODE_GETGAMMA, &args),
		   "get fd=%d size=%u", file->fd, args.gamma_size);
}

void op_cursor(void)
{
	struct object *object = PICK_OBJECT();
	struct file *file = object ? object->file : pick_file();
	struct drm_mode_cursor args = {
		.flags = below(4), .crtc_id = kms.crtc, .width = 64,
		.height = 64, .handle = object ? object->handle : 0,
	};

	DO(ioctl(file->fd, DRM_IOCTL_MODE_CURSOR, &args), "fd=%d flags=%u",
	   file->fd, args.flags);
}

void op_blob(void)
{
	struct file *file = pick_file();
	uint32_t *blob = &ONE_OF(blobs);
	struct drm_mode_create_blob args = {
		.data = one_in(8) ? wild() : (uintptr_t)kms.modes,
		/* The kernel takes lengths that leave it without memory. */
		.length = one_in(8) ? below(MiB) : below(sizeof(kms.modes)),
	};

	if (*blob) {
		DO(drmModeDestroyPropertyBlob(file->fd, *blob),
		   "destroy fd=%d blob=%u", file->fd, *blob);
		*blob = 0;
	} else if (!DO(ioctl(file->fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &args),
		       "create fd=%d length=%u", file->fd, args.length)) {
		*blob = args.blob_id;
	}
}

/* To a lease our requests are the same; handle 0 is for its holder too. */
void op_lease(void)
{
	uint32_t ids[3] = { kms.crtc, kms.connector, kms.plane };
	struct file *file = pick_file();
	struct drm_vidmem_map_video_memory map = { .flags = 1 };
	struct drm_mode_create_lease args = {
		.object_ids = (uintptr_t)ids,
		.object_count = one_in(6) ? below(4) : 3,
		.flags = one_in(6) ? wild() : O_CLOEXEC,
	};
	struct drm_mode_revoke_lease revoke;
	int fd;

	take_master(file);
	if (DO(ioctl(file->fd, DRM_IOCTL_MODE_CREATE_LEASE, &args),
	       "fd=%d count=%u", file->fd, args.object_count))
		return;
	fd = args.fd;
	revoke.lessee_id = args.lessee_id;
	if (!DO(ioctl(fd, DRM_IOCTL_VIDMEM_MAP_VIDEO_MEMORY, &map),
		"map by fd=%d", fd))
		fail(ANSWERS, "MAP of what a lessee has no handle of");
	if (one_in(2))
		DO(ioctl(file->fd, DRM_IOCTL_MODE_REVOKE_LEASE, &revoke),
		   "revoke fd=%d %u", file->fd, revoke.lessee_id);
	close(fd);
}

void op_read_events(void)
{
	struct file *file = pick_file();
	char buffer[1024];

	DO(read(file->fd, buffer, sizeof(buffer)), "fd=%d", file->fd);
}
