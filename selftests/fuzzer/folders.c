// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Virtual adapters by configfs. Each process has a folder of its own, of which it knows
 * what every file must answer; all of them, and their children, share another one.
 */

#include <dirent.h>

#include "fuzz.h"

#define ROOT		"/sys/kernel/config/vidmem"
#define OF_ALL		"fuzz"
#define EDID		128u

enum setting { VRAM_MB, DESKTOP, MODE, REFRESH, SIZE_MM, PLUGGED, ENABLED, EDID_FILE, FILES };

static const char *const file_names[FILES] = {
	"vram_mb", "desktop", "mode", "refresh", "size_mm", "plugged", "enabled", "edid",
};

/* What an adapter is, as this process has set it. */
struct config {
	unsigned int vram_mb, width, height, refresh, width_mm, height_mm;
	bool desktop, plugged, enabled;
	unsigned int edid_size;
	unsigned char edid[EDID];
};

static struct {
	bool exists;
	struct config config;
	/* A view that outlives the adapter it is of. */
	char *view;
	bool view_gone;
} mine;

/* What is written, and what must come of it. */
struct change {
	struct config config;
	char text[EDID + 1];
	size_t size;
	int error;
};

static const char *own_name(void)
{
	static char name[16];

	snprintf(name, sizeof(name), "fuzz%u", me);
	return name;
}

static void path_of(char *path, const char *folder, const char *file)
{
	snprintf(path, PATH_MAX, "%s/%s%s%s", ROOT, folder, file ? "/" : "",
		 file ? file : "");
}

static bool is_possible(int error)
{
	switch (error) {
	case 0:
	case EINVAL:
	case ERANGE:
	case EFBIG:
	case EBUSY:
	case EEXIST:
	case ENOENT:
	case ENODEV:
	case ENOMEM:
	case ENOSPC:
	case EINTR:
		return true;
	default:
		return false;
	}
}

/* Of one's own folder it is known what must come; short of memory it may not. */
static void expect_folder(bool own, int want, int got)
{
	if (own ? got != want && got != ENOMEM && got != EINTR : !is_possible(got))
		fail(ANSWERS, "%s: %s, not %s", own ? own_name() : OF_ALL,
		     strerrorname_np(got), own ? strerrorname_np(want) : "a usual one");
}

static void forget_view(void)
{
	if (mine.view)
		munmap(mine.view, PAGE);
	mine.view = NULL;
}

static ssize_t read_at(const char *folder, enum setting file, char *text, size_t size)
{
	char path[PATH_MAX];
	ssize_t length;
	int fd, error;

	path_of(path, folder, file_names[file]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, size);
	error = errno;
	close(fd);

	return length < 0 ? -error : length;
}

/* What a file must say. */
static size_t text_of(const struct config *config, enum setting file, char *text)
{
	switch (file) {
	case VRAM_MB:
		return sprintf(text, "%u\n", config->vram_mb);
	case DESKTOP:
		return sprintf(text, "%d\n", config->desktop);
	case MODE:
		return sprintf(text, "%ux%u\n", config->width, config->height);
	case REFRESH:
		return sprintf(text, "%u\n", config->refresh);
	case SIZE_MM:
		return sprintf(text, "%ux%u\n", config->width_mm, config->height_mm);
	case PLUGGED:
		return sprintf(text, "%d\n", config->plugged);
	case ENABLED:
		return sprintf(text, "%d\n", config->enabled);
	default:
		memcpy(text, config->edid, config->edid_size);
		return config->edid_size;
	}
}

static void check_file(enum setting file)
{
	char want[EDID + 1] = "", got[EDID + 1] = "";
	size_t size = text_of(&mine.config, file, want);
	ssize_t length = read_at(own_name(), file, got, EDID + 1);

	if (length == -EINTR || length == -ENOMEM)
		return;
	if (length < 0 || (size_t)length != size || memcmp(want, got, size))
		fail(REFUSALS, "%s/%s has %zd bytes '%.20s', not '%.20s'", own_name(),
		     file_names[file], length, got, want);
}

static void learn_config(void)
{
	struct config *config = &mine.config;
	char text[EDID];
	ssize_t length;

	*config = (struct config){ .plugged = true };
#define LEARN(file, format, ...)						\
	do {									\
		length = read_at(own_name(), file, text, sizeof(text) - 1);	\
		text[length > 0 ? length : 0] = '\0';				\
		if (!sscanf(text, format, __VA_ARGS__))				\
			fail(ANSWERS, "%s: '%s'", file_names[file], text);	\
	} while (0)
	LEARN(VRAM_MB, "%u", &config->vram_mb);
	LEARN(MODE, "%ux%u", &config->width, &config->height);
	LEARN(REFRESH, "%u", &config->refresh);
	LEARN(SIZE_MM, "%ux%u", &config->width_mm, &config->height_mm);
#undef LEARN
}

bool can_make_folders(void)
{
	return !access(ROOT, W_OK);
}

/* In the folder of all, what it does not find is as likely as what it does. */
static bool choose_folder(void)
{
	return !in_child && !one_in(4);
}

void op_folder_make(void)
{
	bool own = choose_folder();
	char path[PATH_MAX];
	int error;

	if (!can_make_folders())
		return;
	path_of(path, own ? own_name() : OF_ALL, NULL);
	error = DO(mkdir(path, 0755), "%s", path);
	expect_folder(own, mine.exists ? EEXIST : 0, error);
	if (own && !error) {
		mine.exists = true;
		learn_config();
	}
}

void op_folder_remove(void)
{
	bool own = choose_folder();
	char path[PATH_MAX];
	int error;

	if (!can_make_folders())
		return;
	path_of(path, own ? own_name() : OF_ALL, NULL);
	error = DO(rmdir(path), "%s", path);
	expect_folder(own, mine.exists ? 0 : ENOENT, error);
	if (own && !error) {
		mine.exists = false;
		mine.view_gone = true;
	}
}

static bool mode_fits(const struct config *config)
{
	return (uint64_t)config->width * config->height * 4 <= config->vram_mb * MiB;
}

static int choose_number(unsigned int *number, unsigned int min, unsigned int max,
			 char *text)
{
	static const struct {
		const char *text;
		int error;
	} wrong[] = {
		{ "", EINVAL }, { "x", EINVAL }, { "-1", EINVAL }, { "0", EINVAL },
		{ "1 2", EINVAL }, { "1000000", EINVAL }, { "4294967296", ERANGE },
		{ "99999999999999999999", ERANGE },
	};
	unsigned int i = below(LENGTH(wrong));

	if (one_in(4) && *wrong[i].text) {
		strcpy(text, wrong[i].text);
		return wrong[i].error;
	}
	*number = min + below(max - min + 1);
	sprintf(text, "%u%s", *number, one_in(2) ? "\n" : "");

	return 0;
}

static int choose_pair(unsigned int *first, unsigned int *second, unsigned int min,
		       unsigned int max, char *text)
{
	static const char *const wrong[] = { "x", "1x", "axb", "640x480y", "1x2x3" };

	if (one_in(4)) {
		if (one_in(4))
			sprintf(text, "%ux%u", max, (unsigned int)below(min));
		else
			strcpy(text, ONE_OF(wrong));
		return EINVAL;
	}
	*first = min + below(max - min + 1);
	*second = min + below(max - min + 1);
	sprintf(text, "%ux%u", *first, *second);

	return 0;
}

static int choose_bool(bool *value, char *text)
{
	if (one_in(8)) {
		strcpy(text, "perhaps");
		return EINVAL;
	}
	*value = one_in(2);
	strcpy(text, *value ? "1" : "0");

	return 0;
}

static int choose_edid(struct config *config, char *text, size_t *size)
{
	static const unsigned char header[] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	unsigned char *edid = config->edid, sum = 0;
	unsigned int i;

	if (one_in(4)) {
		config->edid_size = 0;
		strcpy(text, "\n");
		*size = 1;
		return 0;
	}
	memset(edid, 0, EDID);
	memcpy(edid, header, sizeof(header));
	for (i = sizeof(header); i < EDID; i++)
		edid[i] = next_random(&random_state);
	/* No block follows. */
	edid[126] = 0;
	for (i = 0; i < EDID - 1; i++)
		sum += edid[i];
	edid[127] = -sum;
	config->edid_size = EDID;
	memcpy(text, edid, EDID);
	*size = EDID;
	if (one_in(4)) {
		text[below(EDID)] ^= 1 + below(255);
		return EINVAL;
	}
	if (one_in(8)) {
		*size = 2 + below(EDID - 2);
		return EINVAL;
	}

	return 0;
}

/* Of the file alone: its error comes before those of what else there is. */
static void choose(struct change *change, enum setting file)
{
	struct config *config = &change->config;

	switch (file) {
	case VRAM_MB:
		change->error = choose_number(&config->vram_mb, 1, 8, change->text);
		break;
	case DESKTOP:
		change->error = choose_bool(&config->desktop, change->text);
		break;
	case MODE:
		change->error = choose_pair(&config->width, &config->height, 32, 2048,
					    change->text);
		break;
	case REFRESH:
		change->error = choose_number(&config->refresh, 24, 360, change->text);
		break;
	case SIZE_MM:
		change->error = choose_pair(&config->width_mm, &config->height_mm, 1,
					    999, change->text);
		break;
	case PLUGGED:
		change->error = choose_bool(&config->plugged, change->text);
		break;
	case ENABLED:
		change->error = choose_bool(&config->enabled, change->text);
		break;
	default:
		change->error = choose_edid(config, change->text, &change->size);
		return;
	}
	change->size = strlen(change->text);
}

static int write_at(const char *folder, enum setting file, const struct change *change)
{
	char path[PATH_MAX];
	int fd, error = 0;

	path_of(path, folder, file_names[file]);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, change->text, change->size) < 0)
		error = errno;
	close(fd);
	errno = error;

	return error;
}

static int expected(const struct change *change, enum setting file)
{
	const struct config *now = &mine.config;

	if (!mine.exists)
		return ENOENT;
	if (change->error)
		return change->error;
	if (file == ENABLED)
		return !now->enabled && change->config.enabled && !mode_fits(now) ?
		       EINVAL : 0;
	if (now->enabled && (file == VRAM_MB || file == DESKTOP))
		return EBUSY;

	return now->enabled && !mode_fits(&change->config) ? EINVAL : 0;
}

void op_folder_write(void)
{
	bool own = choose_folder();
	const char *folder = own ? own_name() : OF_ALL;
	enum setting file = one_in(4) ? ENABLED : below(FILES);
	struct change change = { .config = mine.config };
	int error;

	if (!can_make_folders())
		return;
	choose(&change, file);
	error = DO(write_at(folder, file, &change) ? -1 : 0, "%s/%s %.*s", folder,
		   file_names[file], file == EDID_FILE ? 0 : (int)change.size,
		   change.text);
	expect_folder(own, expected(&change, file), error);
	if (!own || !mine.exists)
		return;
	if (!error) {
		mine.view_gone |= mine.config.enabled && !change.config.enabled;
		mine.config = change.config;
	}
	check_file(file);
	check_file(below(FILES));
}

/* As any program would, with an adapter that may go at any time. */
static void use(const char *path, bool own)
{
	struct drm_vidmem_map_video_memory map = { 0 };
	uint32_t value = new_value(), seen = 0;
	int fd, error;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		error = errno;
	else if (own && test_param(fd, DRM_VIDMEM_PARAM_VRAM_SIZE) !=
		 mine.config.vram_mb * MiB)
		error = EPROTO;
	else
		error = test_create(fd, PAGE, &map.handle);
	if (!error)
		error = test_map(fd, &map);
	errno = error;
	after(error ? -1 : 0);
	/* The console's buffer may be as large as its video memory. */
	if (!own || !mine.config.desktop || error != ENOSPC)
		expect_folder(own, 0, error);
	if (!error && !own) {
		munmap((void *)(uintptr_t)map.video_ram_base, PAGE);
	} else if (!error) {
		forget_view();
		mine.view = (char *)(uintptr_t)map.video_ram_base;
		mine.view_gone = false;
		if (access_page(mine.view, 0, &value, NULL) ||
		    access_page(mine.view, 1, NULL, &seen) || seen != value)
			fail(CONTENTS, "%s has %#x, not %#x", path, seen, value);
	}
	if (fd >= 0)
		close(fd);
}

void op_folder_use(void)
{
	bool own = choose_folder();
	char path[PATH_MAX], card[32] = "", device[64];
	uint32_t seen;
	int fd;

	/* What outlives its adapter reads as something, and faults no more. */
	if (mine.view && mine.view_gone && !in_child &&
	    access_page(mine.view, 0, NULL, &seen))
		fail(SIGNALS, "a view of an adapter that has gone");
	path_of(path, own ? own_name() : OF_ALL, "card");
	before("%s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, card, sizeof(card) - 1) < 0)
		*card = '\0';
	close(fd);
	if (own && !*card == mine.config.enabled)
		fail(ANSWERS, "%s/card is '%s'", own_name(), card);
	if (!*card)
		return;
	card[strcspn(card, "\n")] = '\0';
	snprintf(device, sizeof(device), "/dev/dri/%s", card);
	use(device, own);
}

/* Whoever made them has ended. */
bool remove_folders(void)
{
	DIR *dir = opendir(ROOT);
	struct dirent *entry;
	char path[PATH_MAX];
	bool done = true;

	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, OF_ALL, strlen(OF_ALL)))
			continue;
		path_of(path, entry->d_name, NULL);
		if (rmdir(path)) {
			say(1, "# rmdir %s: %m", path);
			done = false;
		}
	}
	if (dir)
		closedir(dir);

	return done;
}
