// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/configfs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "adapters/adapter.h"
#include "adapters/config.h"
#include "adapters/virtual.h"
#include "driver/device.h"

/**
 * DOC: virtual adapters by configfs
 *
 * Each folder of /sys/kernel/config/vidmem is a virtual adapter, whose files say what it
 * shall be: see &vidmem_config. It exists while ``enabled`` is 1. What cannot change by
 * then is EBUSY; another screen is told to programs. To remove the folder is to unplug
 * the adapter. Those that the module's parameters ask for are here as well, and cannot
 * be removed, but disabled.
 */

struct vidmem_folder {
	struct config_group group;
	/*
	 * Protects all below. The device's lock is taken under it, and what a program
	 * may keep from others: who can be interrupted waits so that he can be.
	 */
	struct mutex lock;
	struct vidmem_config config;
	/* NULL: not enabled. */
	struct platform_device *pdev;
};

static struct vidmem_folder *to_vidmem_folder(struct config_item *item)
{
	return container_of(to_config_group(item), struct vidmem_folder, group);
}

/* The change is made to a copy, which is what holds if all went well. */
static ssize_t vidmem_folder_change(struct config_item *item, const char *text,
				    size_t size, bool is_screen,
				    vidmem_config_set_fn set)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);
	struct vidmem_config *config;
	int ret;

	config = kmalloc(sizeof(*config), GFP_KERNEL);
	if (!config)
		return -ENOMEM;

	ret = mutex_lock_interruptible(&folder->lock);
	if (ret)
		goto out_free;
	*config = folder->config;
	ret = set(config, text, size);
	if (!ret && folder->pdev)
		ret = is_screen ?
		      vidmem_virtual_set_screen(folder->pdev, config) : -EBUSY;
	if (!ret)
		folder->config = *config;
	mutex_unlock(&folder->lock);
out_free:
	kfree(config);

	return ret ?: size;
}

/* What can be written and read; of a screen also while it is there. */
#define VIDMEM_FOLDER_FILE(name, is_screen, format, ...)		\
static ssize_t vidmem_folder_##name##_store(struct config_item *item,	\
					    const char *text, size_t size) \
{									\
	return vidmem_folder_change(item, text, size, is_screen,	\
				    vidmem_config_set_##name);		\
}									\
									\
static ssize_t vidmem_folder_##name##_show(struct config_item *item,	\
					   char *page)			\
{									\
	struct vidmem_folder *folder = to_vidmem_folder(item);		\
	const struct vidmem_config *config = &folder->config;		\
	ssize_t size;							\
									\
	if (mutex_lock_interruptible(&folder->lock))			\
		return -EINTR;						\
	size = sysfs_emit(page, format "\n", __VA_ARGS__);		\
	mutex_unlock(&folder->lock);					\
									\
	return size;							\
}									\
									\
CONFIGFS_ATTR(vidmem_folder_, name)

VIDMEM_FOLDER_FILE(vram_mb, false, "%u", config->vram_mb);
VIDMEM_FOLDER_FILE(desktop, false, "%d", config->is_desktop);
VIDMEM_FOLDER_FILE(mode, true, "%ux%u", config->screen.width,
		   config->screen.height);
VIDMEM_FOLDER_FILE(refresh, true, "%u", config->screen.refresh);
VIDMEM_FOLDER_FILE(size_mm, true, "%ux%u", config->screen.width_mm,
		   config->screen.height_mm);
VIDMEM_FOLDER_FILE(plugged, true, "%d", config->screen.is_plugged);

static ssize_t vidmem_folder_edid_store(struct config_item *item,
					const char *edid, size_t size)
{
	return vidmem_folder_change(item, edid, size, true, vidmem_config_set_edid);
}

static ssize_t vidmem_folder_edid_show(struct config_item *item, char *page)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);
	ssize_t size;

	if (mutex_lock_interruptible(&folder->lock))
		return -EINTR;
	size = folder->config.screen.edid_size;
	memcpy(page, folder->config.screen.edid, size);
	mutex_unlock(&folder->lock);

	return size;
}

CONFIGFS_ATTR(vidmem_folder_, edid);

/* Under its lock. */
static int vidmem_folder_enable(struct vidmem_folder *folder)
{
	struct platform_device *pdev;

	pdev = vidmem_virtual_add(&folder->config);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	folder->pdev = pdev;

	return 0;
}

/* Under its lock. */
static void vidmem_folder_disable(struct vidmem_folder *folder)
{
	vidmem_virtual_remove(folder->pdev);
	folder->pdev = NULL;
}

static ssize_t vidmem_folder_enabled_store(struct config_item *item,
					   const char *text, size_t size)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);
	bool enable;
	int ret;

	ret = kstrtobool(text, &enable);
	if (!ret)
		ret = mutex_lock_interruptible(&folder->lock);
	if (ret)
		return ret;

	if (enable && !folder->pdev)
		ret = vidmem_folder_enable(folder);
	else if (!enable && folder->pdev)
		vidmem_folder_disable(folder);
	mutex_unlock(&folder->lock);

	return ret ?: size;
}

static ssize_t vidmem_folder_enabled_show(struct config_item *item, char *page)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);
	bool is_enabled;

	if (mutex_lock_interruptible(&folder->lock))
		return -EINTR;
	is_enabled = folder->pdev;
	mutex_unlock(&folder->lock);

	return sysfs_emit(page, "%d\n", is_enabled);
}

CONFIGFS_ATTR(vidmem_folder_, enabled);

/* Nothing while there is none: it is not enabled, or is not bound to the driver. */
static ssize_t vidmem_folder_card_show(struct config_item *item, char *page)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);
	int card = -ENODEV;

	if (mutex_lock_interruptible(&folder->lock))
		return -EINTR;
	if (folder->pdev)
		card = vidmem_virtual_card(folder->pdev);
	mutex_unlock(&folder->lock);

	return card < 0 ? 0 : sysfs_emit(page, "card%d\n", card);
}

CONFIGFS_ATTR_RO(vidmem_folder_, card);

static struct configfs_attribute *vidmem_folder_attrs[] = {
	&vidmem_folder_attr_vram_mb,
	&vidmem_folder_attr_desktop,
	&vidmem_folder_attr_mode,
	&vidmem_folder_attr_refresh,
	&vidmem_folder_attr_size_mm,
	&vidmem_folder_attr_edid,
	&vidmem_folder_attr_plugged,
	&vidmem_folder_attr_enabled,
	&vidmem_folder_attr_card,
	NULL
};

static void vidmem_folder_release(struct config_item *item)
{
	struct vidmem_folder *folder = to_vidmem_folder(item);

	mutex_destroy(&folder->lock);
	kfree(folder);
}

static struct configfs_item_operations vidmem_folder_ops = {
	.release	= vidmem_folder_release,
};

static const struct config_item_type vidmem_folder_type = {
	.ct_item_ops	= &vidmem_folder_ops,
	.ct_attrs	= vidmem_folder_attrs,
	.ct_owner	= THIS_MODULE,
};

static struct vidmem_folder *vidmem_folder_new(const char *name)
{
	struct vidmem_folder *folder;

	folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	if (!folder)
		return NULL;
	mutex_init(&folder->lock);
	folder->config = *vidmem_virtual_config();
	config_group_init_type_name(&folder->group, name, &vidmem_folder_type);

	return folder;
}

static struct config_group *vidmem_folder_make(struct config_group *parent,
					       const char *name)
{
	struct vidmem_folder *folder = vidmem_folder_new(name);

	return folder ? &folder->group : ERR_PTR(-ENOMEM);
}

static void vidmem_folder_end(struct vidmem_folder *folder)
{
	mutex_lock(&folder->lock);
	if (folder->pdev)
		vidmem_folder_disable(folder);
	mutex_unlock(&folder->lock);
}

static void vidmem_folder_drop(struct config_group *parent,
			       struct config_item *item)
{
	vidmem_folder_end(to_vidmem_folder(item));
	config_item_put(item);
}

static struct configfs_group_operations vidmem_folders_ops = {
	.make_group	= vidmem_folder_make,
	.drop_item	= vidmem_folder_drop,
};

static const struct config_item_type vidmem_folders_type = {
	.ct_group_ops	= &vidmem_folders_ops,
	.ct_owner	= THIS_MODULE,
};

static struct configfs_subsystem vidmem_folders = {
	.su_group = {
		.cg_item = {
			.ci_namebuf	= VIDMEM_NAME,
			.ci_type	= &vidmem_folders_type,
		},
	},
};

static void vidmem_folders_end(void)
{
	struct config_group *group;

	list_for_each_entry(group, &vidmem_folders.su_group.default_groups,
			    group_entry)
		vidmem_folder_end(to_vidmem_folder(&group->cg_item));
	configfs_remove_default_groups(&vidmem_folders.su_group);
	mutex_destroy(&vidmem_folders.su_mutex);
}

/**
 * vidmem_configfs_init - let there be virtual adapters
 * @count: how many at once, as the parameters say
 *
 * Returns: 0, or a negative error number with nothing created.
 */
int vidmem_configfs_init(int count)
{
	struct config_group *root = &vidmem_folders.su_group;
	struct vidmem_folder *folder;
	char name[20];
	int i, ret;

	config_group_init(root);
	mutex_init(&vidmem_folders.su_mutex);

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "virtual%d", i);
		folder = vidmem_folder_new(name);
		if (!folder) {
			ret = -ENOMEM;
			goto out_end;
		}
		configfs_add_default_group(&folder->group, root);
		mutex_lock(&folder->lock);
		ret = vidmem_folder_enable(folder);
		mutex_unlock(&folder->lock);
		if (ret)
			goto out_end;
	}

	/* Last: what users make from now on keeps the module. */
	ret = configfs_register_subsystem(&vidmem_folders);
	if (ret)
		goto out_end;

	return 0;

out_end:
	vidmem_folders_end();
	return ret;
}

/**
 * vidmem_configfs_exit - have no more virtual adapters
 */
void vidmem_configfs_exit(void)
{
	configfs_unregister_subsystem(&vidmem_folders);
	vidmem_folders_end();
}
