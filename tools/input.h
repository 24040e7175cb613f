/* SPDX-License-Identifier: MIT */
/* A keyboard and a pointer for who looks at a display from elsewhere. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct input {
	int keyboard, pointer;
};

/* Named after the display. Returns NULL, or what is in the way. */
const char *input_open(struct input *input, const char *display);
void input_close(struct input *input);

/* A key by X's number of its symbol, as it lies on a keyboard of the US. */
void input_key(const struct input *input, uint32_t symbol, bool is_down);

/* Where on the picture; buttons as VNC counts them, four of them wheels. */
void input_point(const struct input *input, uint32_t x, uint32_t width, uint32_t y,
		 uint32_t height, unsigned int buttons, unsigned int before);

/* Nothing is pressed any more. */
void input_release(const struct input *input);

#endif /* INPUT_H */
