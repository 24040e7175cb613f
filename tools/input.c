// SPDX-License-Identifier: MIT

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/uinput.h>

#include "input.h"

/* The pointer's range, whatever the mode. */
#define RANGE 65535

/* A key has two symbols; both go where one is. */
static const struct {
	uint16_t code;
	uint32_t symbol, shifted;
} keys[] = {
	{ KEY_SPACE, ' ', 0 },		{ KEY_APOSTROPHE, '\'', '"' },
	{ KEY_COMMA, ',', '<' },	{ KEY_MINUS, '-', '_' },
	{ KEY_DOT, '.', '>' },		{ KEY_SLASH, '/', '?' },
	{ KEY_0, '0', ')' },		{ KEY_1, '1', '!' },
	{ KEY_2, '2', '@' },		{ KEY_3, '3', '#' },
	{ KEY_4, '4', '$' },		{ KEY_5, '5', '%' },
	{ KEY_6, '6', '^' },		{ KEY_7, '7', '&' },
	{ KEY_8, '8', '*' },		{ KEY_9, '9', '(' },
	{ KEY_SEMICOLON, ';', ':' },	{ KEY_EQUAL, '=', '+' },
	{ KEY_LEFTBRACE, '[', '{' },	{ KEY_BACKSLASH, '\\', '|' },
	{ KEY_RIGHTBRACE, ']', '}' },	{ KEY_GRAVE, '`', '~' },
	{ KEY_A, 'a', 'A' }, { KEY_B, 'b', 'B' }, { KEY_C, 'c', 'C' },
	{ KEY_D, 'd', 'D' }, { KEY_E, 'e', 'E' }, { KEY_F, 'f', 'F' },
	{ KEY_G, 'g', 'G' }, { KEY_H, 'h', 'H' }, { KEY_I, 'i', 'I' },
	{ KEY_J, 'j', 'J' }, { KEY_K, 'k', 'K' }, { KEY_L, 'l', 'L' },
	{ KEY_M, 'm', 'M' }, { KEY_N, 'n', 'N' }, { KEY_O, 'o', 'O' },
	{ KEY_P, 'p', 'P' }, { KEY_Q, 'q', 'Q' }, { KEY_R, 'r', 'R' },
	{ KEY_S, 's', 'S' }, { KEY_T, 't', 'T' }, { KEY_U, 'u', 'U' },
	{ KEY_V, 'v', 'V' }, { KEY_W, 'w', 'W' }, { KEY_X, 'x', 'X' },
	{ KEY_Y, 'y', 'Y' }, { KEY_Z, 'z', 'Z' },
	{ KEY_BACKSPACE, 0xff08, 0 },	{ KEY_TAB, 0xff09, 0xfe20 },
	{ KEY_ENTER, 0xff0d, 0 },	{ KEY_PAUSE, 0xff13, 0xff6b },
	{ KEY_SCROLLLOCK, 0xff14, 0 },	{ KEY_SYSRQ, 0xff15, 0xff61 },
	{ KEY_ESC, 0xff1b, 0 },		{ KEY_HOME, 0xff50, 0xff95 },
	{ KEY_LEFT, 0xff51, 0xff96 },	{ KEY_UP, 0xff52, 0xff97 },
	{ KEY_RIGHT, 0xff53, 0xff98 },	{ KEY_DOWN, 0xff54, 0xff99 },
	{ KEY_PAGEUP, 0xff55, 0xff9a },	{ KEY_PAGEDOWN, 0xff56, 0xff9b },
	{ KEY_END, 0xff57, 0xff9c },	{ KEY_INSERT, 0xff63, 0xff9e },
	{ KEY_MENU, 0xff67, 0 },	{ KEY_NUMLOCK, 0xff7f, 0 },
	{ KEY_KPENTER, 0xff8d, 0 },	{ KEY_KPASTERISK, 0xffaa, 0 },
	{ KEY_KPPLUS, 0xffab, 0 },	{ KEY_KPMINUS, 0xffad, 0 },
	{ KEY_KPDOT, 0xffae, 0xff9f },	{ KEY_KPSLASH, 0xffaf, 0 },
	{ KEY_KP0, 0xffb0, 0 },		{ KEY_KP1, 0xffb1, 0 },
	{ KEY_KP2, 0xffb2, 0 },		{ KEY_KP3, 0xffb3, 0 },
	{ KEY_KP4, 0xffb4, 0 },		{ KEY_KP5, 0xffb5, 0xff9d },
	{ KEY_KP6, 0xffb6, 0 },		{ KEY_KP7, 0xffb7, 0 },
	{ KEY_KP8, 0xffb8, 0 },		{ KEY_KP9, 0xffb9, 0 },
	{ KEY_F1, 0xffbe, 0 },		{ KEY_F2, 0xffbf, 0 },
	{ KEY_F3, 0xffc0, 0 },		{ KEY_F4, 0xffc1, 0 },
	{ KEY_F5, 0xffc2, 0 },		{ KEY_F6, 0xffc3, 0 },
	{ KEY_F7, 0xffc4, 0 },		{ KEY_F8, 0xffc5, 0 },
	{ KEY_F9, 0xffc6, 0 },		{ KEY_F10, 0xffc7, 0 },
	{ KEY_F11, 0xffc8, 0 },		{ KEY_F12, 0xffc9, 0 },
	{ KEY_LEFTSHIFT, 0xffe1, 0 },	{ KEY_RIGHTSHIFT, 0xffe2, 0 },
	{ KEY_LEFTCTRL, 0xffe3, 0 },	{ KEY_RIGHTCTRL, 0xffe4, 0 },
	{ KEY_CAPSLOCK, 0xffe5, 0 },	{ KEY_LEFTALT, 0xffe9, 0xffe7 },
	{ KEY_RIGHTALT, 0xffea, 0xfe03 }, { KEY_LEFTMETA, 0xffeb, 0 },
	{ KEY_RIGHTMETA, 0xffec, 0 },	{ KEY_DELETE, 0xffff, 0 },
};

static const uint16_t button_codes[] = { BTN_LEFT, BTN_MIDDLE, BTN_RIGHT };

#define KEYS (sizeof(keys) / sizeof(keys[0]))
#define BUTTONS (sizeof(button_codes) / sizeof(button_codes[0]))

static int create(int fd, const char *display, const char *kind, uint16_t product)
{
	struct uinput_setup setup = {
		.id = { .bustype = BUS_VIRTUAL, .product = product },
	};

	snprintf(setup.name, sizeof(setup.name), "vidmem %s %s", display, kind);

	return ioctl(fd, UI_DEV_SETUP, &setup) || ioctl(fd, UI_DEV_CREATE);
}

static int open_keyboard(const char *display)
{
	int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
	int ret;
	size_t i;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, UI_SET_EVBIT, EV_KEY);
	for (i = 0; i < KEYS && !ret; i++)
		ret = ioctl(fd, UI_SET_KEYBIT, keys[i].code);
	if (!ret && !create(fd, display, "keyboard", 1))
		return fd;
	close(fd);

	return -1;
}

static int open_pointer(const char *display)
{
	struct uinput_abs_setup x = { ABS_X, { .maximum = RANGE } };
	struct uinput_abs_setup y = { ABS_Y, { .maximum = RANGE } };
	int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
	int ret;
	size_t i;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, UI_SET_EVBIT, EV_KEY) || ioctl(fd, UI_SET_EVBIT, EV_REL) ||
	      ioctl(fd, UI_SET_EVBIT, EV_ABS) ||
	      ioctl(fd, UI_SET_RELBIT, REL_WHEEL) ||
	      ioctl(fd, UI_SET_RELBIT, REL_HWHEEL) ||
	      ioctl(fd, UI_ABS_SETUP, &x) || ioctl(fd, UI_ABS_SETUP, &y);
	for (i = 0; i < BUTTONS && !ret; i++)
		ret = ioctl(fd, UI_SET_KEYBIT, button_codes[i]);
	if (!ret && !create(fd, display, "pointer", 2))
		return fd;
	close(fd);

	return -1;
}

const char *input_open(struct input *input, const char *display)
{
	input->pointer = -1;
	input->keyboard = open_keyboard(display);
	if (input->keyboard >= 0)
		input->pointer = open_pointer(display);
	if (input->pointer >= 0)
		return NULL;
	input_close(input);

	return strerror(errno);
}

/* The devices go with their files. */
void input_close(struct input *input)
{
	int error = errno;

	if (input->keyboard >= 0)
		close(input->keyboard);
	if (input->pointer >= 0)
		close(input->pointer);
	input->keyboard = -1;
	input->pointer = -1;
	errno = error;
}

/* One that is lost is as if it had not been sent. */
static void send_event(int fd, uint16_t type, uint16_t code, int32_t value)
{
	struct input_event event = { .type = type, .code = code, .value = value };

	if (write(fd, &event, sizeof(event)) < 0)
		return;
}

void input_key(const struct input *input, uint32_t symbol, bool is_down)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (!symbol || (keys[i].symbol != symbol && keys[i].shifted != symbol))
			continue;
		send_event(input->keyboard, EV_KEY, keys[i].code, is_down);
		send_event(input->keyboard, EV_SYN, SYN_REPORT, 0);
		return;
	}
}

static void turn_wheel(const struct input *input, unsigned int pressed, uint16_t code,
		       unsigned int forth, unsigned int back)
{
	if (pressed & forth)
		send_event(input->pointer, EV_REL, code, 1);
	if (pressed & back)
		send_event(input->pointer, EV_REL, code, -1);
}

void input_point(const struct input *input, uint32_t x, uint32_t width, uint32_t y,
		 uint32_t height, unsigned int buttons, unsigned int before)
{
	unsigned int pressed = buttons & ~before;
	size_t i;

	send_event(input->pointer, EV_ABS, ABS_X,
		   (int32_t)((uint64_t)x * RANGE / (width > 1 ? width - 1 : 1)));
	send_event(input->pointer, EV_ABS, ABS_Y,
		   (int32_t)((uint64_t)y * RANGE / (height > 1 ? height - 1 : 1)));
	for (i = 0; i < BUTTONS; i++)
		send_event(input->pointer, EV_KEY, button_codes[i], buttons >> i & 1);
	turn_wheel(input, pressed, REL_WHEEL, 1 << 3, 1 << 4);
	turn_wheel(input, pressed, REL_HWHEEL, 1 << 6, 1 << 5);
	send_event(input->pointer, EV_SYN, SYN_REPORT, 0);
}

/* Input drops what changes nothing. */
void input_release(const struct input *input)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		send_event(input->keyboard, EV_KEY, keys[i].code, 0);
	send_event(input->keyboard, EV_SYN, SYN_REPORT, 0);
	for (i = 0; i < BUTTONS; i++)
		send_event(input->pointer, EV_KEY, button_codes[i], 0);
	send_event(input->pointer, EV_SYN, SYN_REPORT, 0);
}
