// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A display driver of the Windows shape, tools/fbdriver, from its enabling to
 * its end, alone and with a second one; and what handles answer.
 */

#include <sys/stat.h>

#include <ntddvdeo.h>
#include <winddi.h>
#include <windows.h>

#include "../tools/fbdriver/fbdriver.h"
#include "vidmem_test.h"

FIXTURE(pdev)
{
	HANDLE device;
	uint64_t free_before;
};

/* Which number the adapter under test has. */
static int adapter_number(void)
{
	int fd = test_open(), n, other;
	struct stat want, have;

	if (fd < 0 || fstat(fd, &want))
		return -1;
	close(fd);
	for (n = 0; (other = vidmem_open(n)) >= 0; n++) {
		fstat(other, &have);
		close(other);
		if (have.st_rdev == want.st_rdev)
			return n;
	}
	return -1;
}

static uint64_t free_now(void)
{
	int fd = test_open();
	uint64_t free = vram_free(fd);

	close(fd);
	return free;
}

FIXTURE_SETUP(pdev)
{
	int fd;

	OPEN_OR_SKIP(fd);
	self->free_before = vram_free(fd);
	close(fd);
	self->device = vidmem_open_adapter(adapter_number());
	ASSERT_NE(INVALID_HANDLE_VALUE, self->device)
		TH_LOG("error %u", GetLastError());
}

FIXTURE_TEARDOWN(pdev)
{
	if (!self->device)
		return;
	EXPECT_TRUE(CloseHandle(self->device));
	EXPECT_EQ(self->free_before, free_now());
}

/* Points that are not as drawn, seen from outside; -1 for another size. */
static long differs(struct pdev *pdev, ULONG width, ULONG height, ULONG bits,
		    ULONG seed)
{
	/* The low bits of short colors are the display's own business. */
	ULONG mask = bits == 16 ? 0xf8fcf8 : 0xffffff;
	uint32_t *seen;
	long wrong = 0;
	ULONG x, y;

	if (!has_outside())
		return 0;
	seen = take_screenshot(width, height);
	if (!seen)
		return -1;
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			wrong += ((seen[y * width + x] ^
				   picture_color(pdev, x, y, seed)) & mask) !=
				 0;
	free(seen);

	return wrong;
}

/* Steps 2 to 7, in each depth that the adapter has. */
TEST_F(pdev, enable_to_disable)
{
	static const ULONG depths[] = { 8, 16, 24, 32 };
	int shown = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		struct pdev *pdev = enable_pdev(self->device, 640, 480,
						depths[i]);

		if (!pdev)
			continue;
		shown++;
		ASSERT_TRUE(enable_surface(pdev));
		draw_picture(pdev, i);
		EXPECT_EQ(0, differs(pdev, 640, 480, depths[i], i))
			TH_LOG("%u bits", depths[i]);
		/* Step 5: off, drawn into meanwhile, on. No MAP, no UNMAP. */
		EXPECT_TRUE(assert_mode(pdev, FALSE));
		draw_picture(pdev, i + 10);
		EXPECT_TRUE(assert_mode(pdev, TRUE));
		EXPECT_EQ(0, differs(pdev, 640, 480, depths[i], i + 10))
			TH_LOG("%u bits", depths[i]);
		disable_surface(pdev);
		disable_pdev(pdev);
	}
	EXPECT_TRUE(shown == 1 || shown == 4);
	if (getenv("VIDMEM_DEPTHS"))
		EXPECT_EQ(atoi(getenv("VIDMEM_DEPTHS")) == 5 ? 4 : 1, shown);
}

/*
 * Step 6, a change of mode: the new PDEV is enabled in full before the old one
 * is disabled, so that both have video memory mapped.
 */
TEST_F(pdev, mode_change)
{
	struct pdev *old, *new;

	old = enable_pdev(self->device, 640, 480, 32);
	ASSERT_NE(NULL, old);
	ASSERT_TRUE(enable_surface(old));
	draw_picture(old, 1);
	EXPECT_EQ(0, differs(old, 640, 480, 32, 1));

	ASSERT_TRUE(assert_mode(old, FALSE));
	new = enable_pdev(self->device, 800, 600, 32);
	ASSERT_NE(NULL, new);
	ASSERT_TRUE(enable_surface(new));
	draw_picture(new, 2);
	EXPECT_EQ(0, differs(new, 800, 600, 32, 2));
	/* UNMAP of the old one's mapping, in the new one's mode. */
	disable_surface(old);
	disable_pdev(old);
	draw_picture(new, 3);
	EXPECT_EQ(0, differs(new, 800, 600, 32, 3));

	disable_surface(new);
	disable_pdev(new);
}

/* Step 6, the other way: the old PDEV is kept for long, and brought back. */
TEST_F(pdev, old_one_comes_back)
{
	struct pdev *old, *new;
	int round;

	old = enable_pdev(self->device, 640, 480, 32);
	ASSERT_NE(NULL, old);
	ASSERT_TRUE(enable_surface(old));
	for (round = 0; round < 3; round++) {
		ASSERT_TRUE(assert_mode(old, FALSE));
		new = enable_pdev(self->device, 800, 600, 32);
		ASSERT_NE(NULL, new);
		ASSERT_TRUE(enable_surface(new));
		draw_picture(new, 5 + round);
		EXPECT_EQ(0, differs(new, 800, 600, 32, 5 + round));
		ASSERT_TRUE(assert_mode(new, FALSE));
		/* No new MAP: the old pointer works. */
		ASSERT_TRUE(assert_mode(old, TRUE));
		draw_picture(old, round);
		EXPECT_EQ(0, differs(old, 640, 480, 32, round));
		disable_surface(new);
		disable_pdev(new);
		EXPECT_EQ(0, differs(old, 640, 480, 32, round));
	}
	/* And destroyed while another has the display. */
	ASSERT_TRUE(assert_mode(old, FALSE));
	new = enable_pdev(self->device, 800, 600, 32);
	ASSERT_NE(NULL, new);
	ASSERT_TRUE(enable_surface(new));
	disable_surface(old);
	disable_pdev(old);
	draw_picture(new, 9);
	EXPECT_EQ(0, differs(new, 800, 600, 32, 9));
	disable_surface(new);
	disable_pdev(new);
}

TEST_F(pdev, no_such_mode)
{
	EXPECT_EQ(NULL, enable_pdev(self->device, 641, 480, 32));
	EXPECT_EQ(NULL, enable_pdev(self->device, 640, 480, 4));
}

/* Both call shapes, one outcome. */
TEST_F(pdev, call_shapes)
{
	VIDEO_MODE_INFORMATION mode;
	VIDEO_NUM_MODES modes;
	DWORD returned = 7;

	EXPECT_EQ(0, EngDeviceIoControl(self->device,
					IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
					NULL, 0, &modes, sizeof(modes),
					&returned));
	EXPECT_EQ(8, returned);
	returned = 7;
	SetLastError(1234);
	EXPECT_TRUE(DeviceIoControl(self->device,
				    IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL, 0,
				    &modes, sizeof(modes), &returned, NULL));
	EXPECT_EQ(8, returned);
	EXPECT_EQ(1234, GetLastError());

	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER,
		  EngDeviceIoControl(self->device,
				     IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL,
				     0, &modes, 7, &returned));
	EXPECT_EQ(0, returned);
	returned = 7;
	EXPECT_FALSE(DeviceIoControl(self->device,
				     IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES, NULL,
				     0, &modes, 7, &returned, NULL));
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER, GetLastError());
	EXPECT_EQ(0, returned);
	EXPECT_FALSE(DeviceIoControl(self->device,
				     IOCTL_VIDEO_QUERY_CURRENT_MODE, NULL, 0,
				     &mode, sizeof(mode), NULL, NULL));
	EXPECT_EQ(ERROR_INVALID_FUNCTION, GetLastError());
}

/* E1: what is no handle is told so, and nothing worse happens. */
TEST_F(pdev, bad_handles)
{
	HANDLE bad[] = {
		NULL, INVALID_HANDLE_VALUE, (HANDLE)4, (HANDLE)8, &bad,
		(char *)self->device + 1, (char *)self->device + 4,
		(HANDLE)~(ULONG_PTR)self->device,
	};
	VIDEO_NUM_MODES modes;
	DWORD returned;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		returned = 7;
		EXPECT_EQ(ERROR_INVALID_HANDLE,
			  EngDeviceIoControl(bad[i],
					     IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
					     NULL, 0, &modes, sizeof(modes),
					     &returned));
		EXPECT_EQ(0, returned);
		SetLastError(0);
		EXPECT_FALSE(CloseHandle(bad[i]));
		EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
	}
}

TEST_F(pdev, closed_handle)
{
	HANDLE old = self->device;
	VIDEO_NUM_MODES modes;
	DWORD returned;

	ASSERT_TRUE(CloseHandle(old));
	EXPECT_FALSE(CloseHandle(old));
	EXPECT_EQ(ERROR_INVALID_HANDLE,
		  EngDeviceIoControl(old, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
				     NULL, 0, &modes, sizeof(modes),
				     &returned));
	/* A new one is not the old one, though it may take its place. */
	self->device = vidmem_open_adapter(adapter_number());
	ASSERT_NE(INVALID_HANDLE_VALUE, self->device);
	EXPECT_NE(old, self->device);
	EXPECT_EQ(ERROR_INVALID_HANDLE,
		  EngDeviceIoControl(old, IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
				     NULL, 0, &modes, sizeof(modes),
				     &returned));
	EXPECT_EQ(0, EngDeviceIoControl(self->device,
					IOCTL_VIDEO_QUERY_NUM_AVAIL_MODES,
					NULL, 0, &modes, sizeof(modes),
					&returned));
}

TEST_F(pdev, no_such_adapter)
{
	SetLastError(0);
	EXPECT_EQ(INVALID_HANDLE_VALUE, vidmem_open_adapter(200));
	EXPECT_EQ(ERROR_DEV_NOT_EXIST, GetLastError());
}

/* Leaves nothing to a session; until the file is closed. */
static int take_the_rest(void)
{
	int fd = test_open();
	uint64_t largest;
	uint32_t handle;

	do
		largest = test_param(fd, DRM_VIDMEM_PARAM_VRAM_LARGEST_FREE);
	while (largest && !test_create(fd, largest, &handle));

	return fd;
}

/* Devices by their names: panel programs have one open beside the driver. */
TEST_F(pdev, create_file)
{
	static const char *const none[] = {
		"", "DISPLAY1", "\\\\.\\", "\\\\.\\DISPLAY", "\\\\.\\DISPLAY0",
		"\\\\.\\DISPLAY01", "\\\\.\\DISPLAY1x", "\\\\.\\DISPLAY200",
		"\\\\.\\LCD1", "\\\\.\\COM1",
	};
	DISPLAY_BRIGHTNESS brightness = { DISPLAYPOLICY_BOTH, 100, 100 };
	VIDEO_MODE_INFORMATION mode;
	VIDEO_POWER_MANAGEMENT power = { sizeof(power), 0, VideoPowerOff };
	struct pdev *pdev;
	WCHAR wide[32] = { 0 };
	char name[32];
	HANDLE device;
	DWORD returned;
	size_t i;
	int rest;

	pdev = enable_pdev(self->device, 640, 480, 32);
	ASSERT_NE(NULL, pdev);
	ASSERT_TRUE(enable_surface(pdev));
	rest = take_the_rest();

	snprintf(name, sizeof(name), "\\\\.\\DISPLAY%d", adapter_number() + 1);
	for (i = 0; name[i]; i++)
		wide[i] = name[i];
	for (i = 0; i < 2; i++) {
		device = i ? CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0,
					 NULL, OPEN_EXISTING, 0, NULL) :
			     CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0,
					 NULL, OPEN_EXISTING, 0, NULL);
		ASSERT_NE(INVALID_HANDLE_VALUE, device);
		EXPECT_TRUE(DeviceIoControl(device,
					    IOCTL_VIDEO_QUERY_CURRENT_MODE,
					    NULL, 0, &mode, sizeof(mode),
					    &returned, NULL));
		EXPECT_EQ(640, mode.VisScreenWidth);
		EXPECT_EQ(32, mode.BitsPerPlane);
		power.PowerState = i ? VideoPowerOn : VideoPowerOff;
		EXPECT_TRUE(DeviceIoControl(device,
					    IOCTL_VIDEO_SET_POWER_MANAGEMENT,
					    &power, sizeof(power), NULL, 0,
					    &returned, NULL));
		EXPECT_TRUE(CloseHandle(device));
	}
	draw_picture(pdev, 5);
	EXPECT_EQ(0, differs(pdev, 640, 480, 32, 5));
	close(rest);
	disable_surface(pdev);
	disable_pdev(pdev);

	/* The panel, which takes neither memory nor display when they are free. */
	EXPECT_TRUE(CloseHandle(self->device));
	device = CreateFile("\\\\.\\lcd", GENERIC_READ, FILE_SHARE_READ, NULL,
			    OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	ASSERT_NE(INVALID_HANDLE_VALUE, device);
	EXPECT_TRUE(DeviceIoControl(device,
				    IOCTL_VIDEO_SET_DISPLAY_BRIGHTNESS,
				    &brightness, sizeof(brightness), NULL, 0,
				    &returned, NULL));
	EXPECT_TRUE(DeviceIoControl(device,
				    IOCTL_VIDEO_QUERY_DISPLAY_BRIGHTNESS, NULL,
				    0, &brightness, sizeof(brightness),
				    &returned, NULL));
	EXPECT_EQ(3, returned);
	self->device = vidmem_open_adapter(adapter_number());
	ASSERT_NE(INVALID_HANDLE_VALUE, self->device);
	pdev = enable_pdev(self->device, 640, 480, 32);
	ASSERT_NE(NULL, pdev);
	EXPECT_TRUE(enable_surface(pdev));
	disable_surface(pdev);
	disable_pdev(pdev);
	EXPECT_TRUE(CloseHandle(device));

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		SetLastError(0);
		EXPECT_EQ(INVALID_HANDLE_VALUE,
			  CreateFileA(none[i], GENERIC_READ, 0, NULL,
				      OPEN_EXISTING, 0, NULL))
			TH_LOG("%s", none[i]);
		EXPECT_EQ(ERROR_FILE_NOT_FOUND, GetLastError());
	}
}

static void *ask_until_closed(void *data)
{
	VIDEO_MEMORY_INFORMATION info;
	VIDEO_MEMORY memory = { NULL };
	DWORD returned;
	long status;

	do {
		status = EngDeviceIoControl(data, IOCTL_VIDEO_MAP_VIDEO_MEMORY,
					    &memory, sizeof(memory), &info,
					    sizeof(info), &returned);
		if (!status) {
			VIDEO_MEMORY view = { info.VideoRamBase };

			status = EngDeviceIoControl(data,
					IOCTL_VIDEO_UNMAP_VIDEO_MEMORY, &view,
					sizeof(view), NULL, 0, &returned);
		}
	} while (!status);

	return (void *)status;
}

/* A handle is closed while requests on it are under way. */
TEST_F(pdev, close_while_asked)
{
	pthread_t threads[3];
	void *status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    ask_until_closed, self->device));
	usleep(50000);
	EXPECT_TRUE(CloseHandle(self->device));
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], &status);
		EXPECT_EQ((void *)ERROR_INVALID_HANDLE, status);
	}
	EXPECT_EQ(self->free_before, free_now());
	self->device = NULL;
}

TEST_HARNESS_MAIN
