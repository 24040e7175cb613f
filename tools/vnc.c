// SPDX-License-Identifier: MIT
/* vidmemctl vnc: what is displayed, for those who look on by VNC. */

#ifdef HAVE_VNC

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rfb/rfb.h>
#include <rfb/rfbregion.h>

#include "command.h"
#include "input.h"
#include "live.h"

/* VNC's passwords have no more. */
#define PASSWORD_SIZE 8

struct server {
	struct live *live;
	struct picture picture;
	rfbScreenInfoPtr screen;
	int socket;
	char password[PASSWORD_SIZE + 1];
	char *passwords[2];
	bool has_input;
	struct input input;
	unsigned int buttons;
	/* Something is in the way of looking. */
	bool has_failed;
};

static struct server *server_of(rfbClientPtr client)
{
	return client->screen->screenData;
}

typedef void (*client_fn)(rfbClientPtr client);

static void call_clients(rfbScreenInfoPtr screen, client_fn call)
{
	rfbClientIteratorPtr all = rfbGetClientIterator(screen);
	rfbClientPtr client;

	while ((client = rfbClientIteratorNext(all)))
		call(client);
	rfbReleaseClientIterator(all);
}

static void set_format(rfbScreenInfoPtr screen)
{
	screen->serverFormat.redShift = 16;
	screen->serverFormat.greenShift = 8;
	screen->serverFormat.blueShift = 0;
}

/* One that cannot be told of another size has to ask again. */
static void follow_size(rfbClientPtr client)
{
	client->screen->setTranslateFunction(client);
	if (client->state == RFB_NORMAL && !client->useNewFBSize)
		rfbCloseClient(client);
}

static void changed(void *data, uint32_t x, uint32_t y, uint32_t width,
		    uint32_t height)
{
	rfbMarkRectAsModified(data, (int)x, (int)y, (int)(x + width),
			      (int)(y + height));
}

/* Bring the server's frame buffer up to what is displayed. */
static void update(struct server *server)
{
	rfbScreenInfoPtr screen = server->screen;
	struct picture old = server->picture;

	server->has_failed = server->has_failed || look("vnc", server->live);
	if (server->has_failed)
		return;
	if (live_fit(server->live, &server->picture)) {
		if (!server->picture.pixels) {
			fail("vnc", strerror(ENOMEM), NULL);
			server->picture = old;
			server->has_failed = true;
			return;
		}
		rfbNewFramebuffer(screen, (char *)server->picture.pixels,
				  (int)server->picture.width,
				  (int)server->picture.height, 8, 3, 4);
		picture_free(&old);
		set_format(screen);
		call_clients(screen, follow_size);
	}
	live_update(server->live, &server->picture, changed, screen);
}

static void asks_for_update(rfbClientPtr client, rfbFramebufferUpdateRequestMsg *request)
{
	/* That is answered at once, and not by what was there at some time. */
	if (!request->incremental)
		update(server_of(client));
}

static void client_gone(rfbClientPtr client)
{
	struct server *server = server_of(client);

	if (!server->has_input)
		return;
	server->buttons = 0;
	input_release(&server->input);
}

static enum rfbNewClientAction new_client(rfbClientPtr client)
{
	client->clientFramebufferUpdateRequestHook = asks_for_update;
	client->clientGoneHook = client_gone;
	/* It is told the size soon. */
	update(server_of(client));

	return RFB_CLIENT_ACCEPT;
}

static void on_key(rfbBool is_down, rfbKeySym symbol, rfbClientPtr client)
{
	input_key(&server_of(client)->input, symbol, is_down);
}

static void on_pointer(int buttons, int x, int y, rfbClientPtr client)
{
	struct server *server = server_of(client);
	uint32_t width = server->picture.width, height = server->picture.height;

	if (x < 0 || y < 0 || (uint32_t)x >= width || (uint32_t)y >= height)
		return;
	input_point(&server->input, (uint32_t)x, width, (uint32_t)y, height,
		    (unsigned int)buttons, server->buttons);
	server->buttons = (unsigned int)buttons;
}

static int read_password(struct server *server, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	ssize_t size;

	if (fd < 0)
		return fail(path, strerror(errno), NULL);
	if (fstat(fd, &status) || status.st_mode & 077) {
		close(fd);
		return fail(path, "others than its owner may read the password",
			    "Make it private: chmod 600 FILE");
	}
	size = read(fd, server->password, PASSWORD_SIZE);
	close(fd);
	if (size < 0)
		return fail(path, strerror(errno), NULL);
	server->password[size] = 0;
	server->password[strcspn(server->password, "\r\n")] = 0;
	if (!*server->password)
		return fail(path, "there is no password in it", NULL);
	server->passwords[0] = server->password;

	return 0;
}

static bool is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;

	return (address->sa_family == AF_INET6 &&
		IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr)) ||
	       (address->sa_family == AF_INET &&
		ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET);
}

static int listen_at(struct server *server, const struct addrinfo *info,
		     const char *address)
{
	int on = 1;

	if (!is_loopback(info->ai_addr) && !server->passwords[0])
		return fail(address, "reachable from other machines, but without a "
			    "password", "Write one into a file of your own (chmod 600)"
			    " and add --password-file FILE; or listen at 127.0.0.1 and"
			    " come by ssh -L.");
	server->socket = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
				SOCK_NONBLOCK, 0);
	if (server->socket < 0 ||
	    setsockopt(server->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(server->socket, info->ai_addr, info->ai_addrlen) ||
	    listen(server->socket, 8))
		return fail(address, strerror(errno), errno == EADDRINUSE ?
			    "Choose another port: --listen 127.0.0.1:PORT" : NULL);

	return 0;
}

/* ADDRESS:PORT, where an address with colons has brackets around it. */
static int start_listening(struct server *server, const char *address)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *info;
	char host[256], *colon, *start = host;
	int ret;

	snprintf(host, sizeof(host), "%s", address);
	colon = strrchr(host, ':');
	if (!colon || colon == host || !colon[1])
		return wrong("not ADDRESS:PORT", address);
	*colon = 0;
	if (*host == '[' && colon[-1] == ']') {
		colon[-1] = 0;
		start++;
	}
	ret = getaddrinfo(start, colon + 1, &hints, &info);
	if (ret)
		return fail(address, gai_strerror(ret), NULL);
	ret = listen_at(server, info, address);
	freeaddrinfo(info);

	return ret;
}

static int start_serving(struct server *server, const char *name)
{
	rfbScreenInfoPtr screen;

	rfbLogEnable(FALSE);
	live_fit(server->live, &server->picture);
	if (!server->picture.pixels)
		return fail("vnc", strerror(ENOMEM), NULL);
	screen = rfbGetScreen(NULL, NULL, (int)server->picture.width,
			      (int)server->picture.height, 8, 3, 4);
	if (!screen)
		return fail("vnc", strerror(ENOMEM), NULL);
	server->screen = screen;
	screen->screenData = server;
	screen->frameBuffer = (char *)server->picture.pixels;
	set_format(screen);
	screen->desktopName = name;
	/* Ours is in the picture; and so is the socket. */
	rfbSetCursor(screen, NULL);
	screen->port = 0;
	screen->ipv6port = 0;
	screen->alwaysShared = TRUE;
	screen->deferUpdateTime = 0;
	/* One that takes nothing for so long keeps the others waiting, and goes. */
	screen->maxClientWait = 5000;
	screen->newClientHook = new_client;
	if (server->passwords[0]) {
		screen->authPasswdData = server->passwords;
		screen->passwordCheck = rfbCheckPasswordByList;
	}
	if (server->has_input) {
		screen->kbdAddEvent = on_key;
		screen->ptrAddEvent = on_pointer;
	}
	rfbInitServer(screen);

	return 0;
}

/* Whether somebody waits for the picture to change, and whether there is anybody. */
static bool is_looked_at(rfbScreenInfoPtr screen, bool *has_clients)
{
	rfbClientIteratorPtr all = rfbGetClientIterator(screen);
	rfbClientPtr client;
	bool found = false;

	*has_clients = false;
	while ((client = rfbClientIteratorNext(all))) {
		*has_clients = true;
		if (!sraRgnEmpty(client->requestedRegion))
			found = true;
	}
	rfbReleaseClientIterator(all);

	return found;
}

static int serve(struct server *server, const sigset_t *mask)
{
	rfbScreenInfoPtr screen = server->screen;

	while (!server->has_failed) {
		int client, max = screen->maxFd;
		fd_set files = screen->allFds;
		bool has_clients;

		FD_SET(server->socket, &files);
		max = max > server->socket ? max : server->socket;
		if (is_looked_at(screen, &has_clients)) {
			if (live_wait(server->live, &files, max, mask))
				update(server);
		} else {
			if (!has_clients)
				live_forget(server->live);
			if (pselect(max + 1, &files, NULL, NULL, NULL, mask) < 0)
				FD_ZERO(&files);
		}
		if (stopped)
			return 0;
		if (FD_ISSET(server->socket, &files)) {
			client = accept4(server->socket, NULL, NULL, SOCK_CLOEXEC);
			if (client >= 0)
				rfbNewClient(screen, client);
		}
		rfbProcessEvents(screen, 0);
	}

	return 1;
}

static int prepare(struct server *server, const struct options *options,
		   const char *name)
{
	const char *reason;
	int ret;

	if (options->password_file) {
		ret = read_password(server, options->password_file);
		if (ret)
			return ret;
	}
	ret = start_listening(server, options->listen);
	if (!ret)
		ret = look("vnc", server->live);
	if (!ret && options->input) {
		reason = input_open(&server->input, name);
		if (reason)
			return fail("/dev/uinput", reason, "Run as root, with uinput "
				    "loaded (modprobe uinput), or without --input.");
		server->has_input = true;
	}

	return ret ? ret : start_serving(server, name);
}

int cmd_vnc(const struct options *options, char **args)
{
	struct server server = { .socket = -1 };
	int fd = open_live(options->device, &server.live);
	char name[32];
	sigset_t mask;
	int ret;

	(void)args;
	if (fd < 0)
		return 1;
	stop_by_signals(&mask);
	ret = prepare(&server, options, device_name(fd, name, sizeof(name)));
	if (!ret) {
		printf("serving %s at %s\n", name, options->listen);
		fflush(stdout);
		ret = serve(&server, &mask);
	}
	if (server.screen) {
		rfbShutdownServer(server.screen, TRUE);
		rfbScreenCleanup(server.screen);
	}
	if (server.has_input)
		input_close(&server.input);
	if (server.socket >= 0)
		close(server.socket);
	picture_free(&server.picture);
	live_close(server.live);
	close(fd);

	return ret;
}

#endif /* HAVE_VNC */
