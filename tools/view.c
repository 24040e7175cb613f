// SPDX-License-Identifier: MIT
/* vidmemctl view: what is displayed, in a window. */

#ifdef HAVE_SDL

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <SDL.h>

#include "command.h"
#include "live.h"

struct view {
	struct live *live;
	struct picture picture;
	SDL_Window *window;
	SDL_Renderer *renderer;
	SDL_Texture *texture;
	bool is_old;
};

static int fail_sdl(void)
{
	return fail("view", SDL_GetError(), NULL);
}

static void changed(void *data, uint32_t x, uint32_t y, uint32_t width,
		    uint32_t height)
{
	struct view *view = data;
	const SDL_Rect part = { (int)x, (int)y, (int)width, (int)height };

	SDL_UpdateTexture(view->texture, &part, view->picture.pixels +
			  (size_t)y * view->picture.width + x,
			  (int)view->picture.width * 4);
	view->is_old = true;
}

/* For a picture of another size. */
static int fit(struct view *view)
{
	int width, height;

	picture_free(&view->picture);
	live_fit(view->live, &view->picture);
	if (!view->picture.pixels)
		return fail("view", strerror(ENOMEM), NULL);
	width = (int)view->picture.width;
	height = (int)view->picture.height;
	if (view->texture)
		SDL_DestroyTexture(view->texture);
	view->texture = SDL_CreateTexture(view->renderer, SDL_PIXELFORMAT_RGB888,
					  SDL_TEXTUREACCESS_STREAMING, width, height);
	if (!view->texture || SDL_RenderSetLogicalSize(view->renderer, width, height))
		return fail_sdl();
	changed(view, 0, 0, view->picture.width, view->picture.height);

	return 0;
}

static int show_frame(struct view *view)
{
	if (look("view", view->live))
		return 1;
	if ((live_width(view->live) != view->picture.width ||
	     live_height(view->live) != view->picture.height) && fit(view))
		return 1;
	live_update(view->live, &view->picture, changed, view);
	if (!view->is_old)
		return 0;
	view->is_old = false;
	SDL_RenderClear(view->renderer);
	SDL_RenderCopy(view->renderer, view->texture, NULL, NULL);
	SDL_RenderPresent(view->renderer);

	return 0;
}

/* Returns whether the window has been closed. */
static bool handle_events(struct view *view)
{
	SDL_Event event;

	while (SDL_PollEvent(&event)) {
		if (event.type == SDL_QUIT)
			return true;
		if (event.type == SDL_WINDOWEVENT)
			view->is_old = true;
		/* Its memory may be gone, whatever the window shows. */
		if (event.type == SDL_RENDER_TARGETS_RESET && view->texture)
			changed(view, 0, 0, view->picture.width,
				view->picture.height);
	}

	return false;
}

static int open_window(struct view *view, const char *title)
{
	/* Not what would take a display for itself. */
	SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11,wayland");
	SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
	SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
	/* Whoever looks on types nothing: screens may go dark as they do. */
	SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
	if (SDL_Init(SDL_INIT_VIDEO))
		return fail("view", SDL_GetError(), "It needs a desktop to open a "
			    "window on; from elsewhere, see vidmemctl vnc.");
	view->window = SDL_CreateWindow(title, SDL_WINDOWPOS_UNDEFINED,
					SDL_WINDOWPOS_UNDEFINED,
					(int)live_width(view->live),
					(int)live_height(view->live),
					SDL_WINDOW_RESIZABLE);
	if (view->window)
		view->renderer = SDL_CreateRenderer(view->window, -1, 0);

	return view->renderer ? 0 : fail_sdl();
}

static int show_frames(struct view *view, const char *title)
{
	int ret = look("view", view->live);

	if (!ret)
		ret = open_window(view, title);
	if (!ret)
		ret = fit(view);
	while (!ret && !stopped && !handle_events(view)) {
		fd_set none;

		ret = show_frame(view);
		FD_ZERO(&none);
		if (!ret)
			live_wait(view->live, &none, 0, NULL);
	}
	SDL_Quit();

	return ret;
}

int cmd_view(const struct options *options, char **args)
{
	struct view view = { 0 };
	char title[64], name[32];
	int fd = open_live(args[0] ? args[0] : options->device, &view.live);
	int ret;

	if (fd < 0)
		return 1;
	stop_by_signals(NULL);
	snprintf(title, sizeof(title), "vidmem %s", device_name(fd, name, sizeof(name)));
	ret = show_frames(&view, title);
	picture_free(&view.picture);
	live_close(view.live);
	close(fd);

	return ret;
}

#endif /* HAVE_SDL */
