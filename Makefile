# SPDX-License-Identifier: MIT
#
# make            the module for the running kernel, the libraries, the tools
# make demo       a picture through MAP, in a virtual machine, and its screenshot
# make check      each test program in C, in virtual machines
# make help       the rest

VERSION := 1.0.0
OUT := $(CURDIR)/out
CACHE := $(or $(VIDMEM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vidmem)
KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
UDEVDIR ?= $(PREFIX)/lib/udev/rules.d

all: module lib tools

help:
	@sed -n 's/^# make/make/p' $(CURDIR)/Makefile
	@echo 'make check-devices  all tests on each kind of device, the tools and drivers'
	@echo 'make check-kernels  the tests of the module on 6.12, 6.12-rt, 7.2, the newest'
	@echo 'make check-builds   the module for every kernel in Debian, by gcc and clang (root)'
	@echo 'make check-cross  the module built for arm64, and for 32 bits and big endian'
	@echo 'make check-arm64  the tests of the module on an emulated arm64'
	@echo 'make check-distros  the README on minimal installs of Debian 12, 13, sid (root)'
	@echo 'make check-secure-boot  what the README says of Secure Boot, in a machine with it'
	@echo 'make bench      what mappings cost, beside other drivers, on 6.1, 6.12 and 7.2'
	@echo 'make check-fuzz the fuzzer on the stock kernel, for two minutes'
	@echo 'make check-soak  a minute of flips in each mode, 2 million calls of the fuzzer'
	@echo 'make check-32   the tests in C, built for 32 bits'
	@echo 'make check-sanitizers  the library by sanitizers and valgrind'
	@echo 'make check-debug    all on debug kernels, with KASAN, lockdep, kmemleak'
	@echo 'make check-lifecycle  adapters and module come and go, ROUNDS=500 times'
	@echo 'make tools-32   libraries and vidmem-run for display drivers of 32 bits'
	@echo 'make check-igt  IGT on vidmem beside bochs-drm and vkms, on 6.1 and 7.2'
	@echo 'make check-igt-small  some of it, on vidmem and 6.1 alone'
	@echo "make check-clients  Debian's graphical programs on the adapters, 6.1 and 7.2"
	@echo 'make load       load the module, with a virtual adapter (root)'
	@echo 'make unload     remove it again (root)'
	@echo 'make install    libraries, headers, tools, man pages and udev rule to PREFIX'
	@echo 'make uninstall  remove them from there'
	@echo 'make deb        packages for Debian, in out/deb'
	@echo 'make check-deb  these installed, upgraded and purged on a minimal install (root)'
	@echo 'make lint       checkpatch, sparse and W=1 over the sources'
	@echo 'make docs       a book of Documentation, in out/html'
	@echo 'make setup      install what building and testing need'
	@echo 'make clean      remove all that was built'
	@echo 'make clean-cache  remove what was downloaded, and kernels built from it'

module:
	@[ -e $(KDIR)/Makefile ] || { echo "no headers of the running kernel in" \
		"$(KDIR): install linux-headers-$(shell uname -r)," \
		"or boot a kernel that has such" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

lib:
	$(MAKE) -C uapi O=$(OUT)/lib

tools: lib
	$(MAKE) -C tools O=$(OUT)/tools LIB=$(OUT)/lib

# The same for display drivers of 32 bits, in out/32/lib and out/32/tools.
# Their own libraries' libraries are found as well: by RPATH, not RUNPATH.
tools-32: setup
	libdrm=$$(sh selftests/vm/setup-32) && for part in uapi tools; do \
		$(MAKE) -C $$part O=$(OUT)/32/$$(echo $$part | sed s/uapi/lib/) \
			LIB=$(OUT)/32/lib CC="gcc -m32" \
			LDFLAGS="-L$$libdrm -Wl,--disable-new-dtags \
				-Wl,-rpath,$$libdrm" || exit 1; \
	done

# The machine's kernel is the stock one that setup fetched.
stock_kdir = $(CACHE)/kernel/build

setup:
	sh selftests/vm/setup

build-for-machine: setup
	$(MAKE) module KDIR=$(stock_kdir)
	$(MAKE) tools
	$(MAKE) -C selftests

demo: build-for-machine
	python3 selftests/vm/demo.py $(OUT)/demo

# What tests load beside ours, on the stock kernel, which has kprobes.
module-for-tests-%: setup
	mkdir -p $(OUT)/$*
	cp selftests/$*/* $(OUT)/$*
	$(MAKE) -C $(stock_kdir) M=$(OUT)/$* modules

# Less than three minutes, on two processors; what takes longer has its own target.
check: build-for-machine module-for-tests-slow_vblank module-for-tests-entry_type
	python3 selftests/vm/check.py $(OUT)/check

check-devices: build-for-machine tools-32 module-for-tests-slow_vblank \
		module-for-tests-entry_type
	python3 selftests/vm/check.py --devices $(OUT)/check-devices

# On the kernels beside the stock one. The first time, one of them is built.
check-kernels: $(addprefix check-kernel-,6.12 6.12-rt 7.2 newest)

check-kernel-%: module-% tools
	$(MAKE) -C selftests
	sh selftests/foreign/build-mm $$(sh selftests/vm/kernels 7.2) $(OUT)/mm
	python3 selftests/vm/check.py $(OUT)/check-$* \
		$$(sh selftests/vm/kernels $*) $(OUT)/module-$*/vidmem.ko

# Kernels that are built here have KUnit.
module-7.2: KUNIT := y

module-%: setup
	mkdir -p $(OUT)/module-$*/selftests
	cp -r Kbuild drv uapi $(OUT)/module-$*
	cp -r selftests/kunit $(OUT)/module-$*/selftests
	kernel=$$(sh selftests/vm/kernels $*) && \
		$(MAKE) -C $$kernel/build M=$(OUT)/module-$* \
			VIDMEM_KUNIT=$(KUNIT) modules

# In an install of the release that has it, by its compiler.
module-newest: setup
	mkdir -p $(OUT)/module-newest
	kernel=$$(sh selftests/vm/kernels newest) && \
		version=$${kernel##*/kernel-} && \
		VIDMEM_KERNELS="^$$(echo $$version | sed 's/[.+]/\\&/g')$$" \
			sh selftests/distros/builds $(OUT)/builds-newest && \
		cp $(OUT)/builds-newest/$$version.ko $(OUT)/module-newest/vidmem.ko

# The module for every kernel that Debian's suites have headers of; root.
check-builds:
	sh selftests/distros/builds $(OUT)/builds

# The module by cross compilers.
check-cross: setup
	sh selftests/vm/kernels 7.2
	sh selftests/cross $(OUT)/cross

# The module and its tests on a processor of arm64, built by a cross compiler.
arm64_cc = aarch64-linux-gnu-gcc -L$$libraries -Wl,-rpath-link,$$libraries

check-arm64: setup
	mkdir -p $(OUT)/arm64/module
	cp -r Kbuild drv uapi $(OUT)/arm64/module
	cp -r selftests/entry_type $(OUT)/arm64
	arm64=$$(sh selftests/vm/setup-arm64) && \
		libraries=$$arm64/tree/usr/lib/aarch64-linux-gnu && \
		$(MAKE) -C $$arm64/kernel/build M=$(OUT)/arm64/module \
			CROSS_COMPILE=aarch64-linux-gnu- modules && \
		$(MAKE) -C $$arm64/kernel/build M=$(OUT)/arm64/entry_type \
			CROSS_COMPILE=aarch64-linux-gnu- modules && \
		$(MAKE) -C selftests OUTPUT=$(OUT)/arm64 \
			TEST_GEN_FILES=$(OUT)/arm64/fuzz CC="$(arm64_cc)" \
			AR=aarch64-linux-gnu-ar && \
		$(MAKE) -C tools O=$(OUT)/arm64 LIB=$(OUT)/arm64/lib \
			CC="$(arm64_cc)" && \
		python3 selftests/vm/check.py --arm64 $(OUT)/check-arm64 $$arm64 \
			$(OUT)/arm64/module/vidmem.ko

# The commands of the README on a minimal install of each release; root.
check-distros:
	sh selftests/distros/check $(OUT)/distros

# Those for Secure Boot, in a machine that has it.
check-secure-boot: build-for-machine
	signed=$$(sh selftests/vm/firmware) && \
		python3 selftests/vm/secure_boot.py $(OUT)/check-secure-boot "$$signed"

# What mappings cost on each kernel: tables, out/bench/bench.csv and bench.svg.
bench: build-for-machine module-6.12 module-7.2
	python3 selftests/vm/bench.py $(OUT)/bench \
		6.1 $(CACHE)/kernel vidmem.ko \
		6.12 $$(sh selftests/vm/kernels 6.12) $(OUT)/module-6.12/vidmem.ko \
		7.2 $$(sh selftests/vm/kernels 7.2) $(OUT)/module-7.2/vidmem.ko

# Random calls on the stock kernel for 2 minutes.
check-fuzz: build-for-machine
	python3 selftests/vm/check.py --fuzz $(OUT)/check-fuzz

# 2 million of them on each adapter, after flips in all modes: about 20 minutes.
check-soak: build-for-machine
	python3 selftests/vm/check.py --soak $(OUT)/check-soak

# As programs of 32 bits, on a kernel of 64.
check-32: build-for-machine
	libdrm=$$(sh selftests/vm/setup-32) && $(MAKE) -C selftests \
		OUTPUT=$(OUT)/32 TEST_GEN_FILES= CC="gcc -m32 -L$$libdrm -Wl,-rpath,$$libdrm"
	python3 selftests/vm/check.py $(OUT)/check-32 32

# What compilers and valgrind see of the library while the tests use it.
SANITIZE_ADDRESS := gcc -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZE_THREAD := gcc -fsanitize=thread

check-sanitizers: build-for-machine
	$(MAKE) -C selftests OUTPUT=$(OUT)/address CC="$(SANITIZE_ADDRESS)" \
		LDFLAGS=-Wl,-z,undefs
	$(MAKE) -C tools O=$(OUT)/address LIB=$(OUT)/address/lib \
		CC="$(SANITIZE_ADDRESS)" LDFLAGS=-Wl,-z,undefs
	$(MAKE) -C selftests OUTPUT=$(OUT)/thread CC="$(SANITIZE_THREAD)" \
		LDFLAGS=-Wl,-z,undefs $(OUT)/thread/threads
	python3 selftests/vm/check.py $(OUT)/check-sanitizers \
		address,thread,valgrind

# On kernels that look for bugs, built the first time. KCOV for programs that ask
# what they have reached. GCOV=y counts lines, too; see selftests/vm/coverage.
check-debug: ROUNDS = 20
check-debug: $(addprefix check-debug-,7.2 6.1) \
	$(addprefix check-lifecycle-debug-,7.2 6.1)

check-debug-%: module-debug-% tools
	$(MAKE) -C selftests
	python3 selftests/vm/check.py --debug $(OUT)/check-debug-$* \
		$$(sh selftests/vm/kernels debug-$*) \
		$(OUT)/module-debug-$*/vidmem.ko

check-lifecycle-debug-%: module-debug-%
	$(MAKE) -C selftests
	python3 selftests/vm/lifecycle.py --debug \
		$(OUT)/check-lifecycle-debug-$* $(ROUNDS) \
		$$(sh selftests/vm/kernels debug-$*) \
		$(OUT)/module-debug-$*/vidmem.ko

module-debug-%: setup
	mkdir -p $(OUT)/module-debug-$*/selftests
	cp -r Kbuild drv uapi $(OUT)/module-debug-$*
	cp -r selftests/kunit $(OUT)/module-debug-$*/selftests
	kernel=$$(sh selftests/vm/kernels debug-$*) && \
		$(MAKE) -C $$kernel/build M=$(OUT)/module-debug-$* \
			KCOV_INSTRUMENT=y GCOV_PROFILE=$(GCOV) KCFLAGS=-g \
			VIDMEM_KUNIT=y modules

# A smaller number gives a shorter test.
ROUNDS ?= 500

check-lifecycle: build-for-machine
	python3 selftests/vm/lifecycle.py $(OUT)/lifecycle $(ROUNDS)

check-lifecycle-%: module-%
	$(MAKE) -C selftests
	python3 selftests/vm/lifecycle.py $(OUT)/lifecycle-$* $(ROUNDS) \
		$$(sh selftests/vm/kernels $*) $(OUT)/module-$*/vidmem.ko

# Another project's tests of modesetting, on our adapters and other drivers. With
# IGT="--drivers vkms --programs kms_vblank" only those; igt.py --help has the rest.
IGT ?=

check-igt: build-for-machine module-7.2
	sh selftests/foreign/build-vkms $(stock_kdir) $(OUT)/vkms-6.1
	python3 selftests/foreign/igt.py --vkms $(OUT)/vkms-6.1/vkms.ko $(IGT) \
		$(OUT)/check-igt "$$(sh selftests/foreign/fetch-igt)" \
		6.1 $(CACHE)/kernel vidmem.ko \
		7.2 "$$(sh selftests/vm/kernels 7.2)" $(OUT)/module-7.2/vidmem.ko

check-igt-small: build-for-machine
	python3 selftests/foreign/igt.py --small \
		--drivers vidmem-pci,vidmem-virtual $(IGT) \
		$(OUT)/check-igt-small "$$(sh selftests/foreign/fetch-igt)" \
		6.1 $(CACHE)/kernel vidmem.ko

# Debian's graphical programs; what they show is in out/check-clients-*. CLIENTS may
# have arguments of clients.py, such as "--devices VGA --cases xorg weston".
check-clients: check-clients-6.1 check-clients-7.2

check-clients-6.1: build-for-machine
	sh selftests/foreign/build-vkms $(stock_kdir) $(OUT)/vkms-6.1
	python3 selftests/clients/clients.py $(OUT)/check-clients-6.1 \
		--vkms $(OUT)/vkms-6.1/vkms.ko $(CLIENTS)

check-clients-7.2: module-7.2 tools
	python3 selftests/clients/clients.py $(OUT)/check-clients-7.2 \
		--kernel 7.2 $$(sh selftests/vm/kernels 7.2) \
		$(OUT)/module-7.2/vidmem.ko $(CLIENTS)

lint: setup
	sh selftests/lint $(stock_kdir)

# A warning is an error.
docs:
	@command -v sphinx-build >/dev/null || { \
		echo "no sphinx-build: install python3-sphinx"; exit 1; }
	sphinx-build -q -W --keep-going Documentation $(OUT)/html

load: module
	modinfo -F depends vidmem.ko | tr , '\n' | xargs -r modprobe -a
	insmod vidmem.ko adapters=1

unload:
	rmmod vidmem

man := $(DESTDIR)$(PREFIX)/share/man
man_pages := $(notdir $(wildcard Documentation/man/*.[134]))
rules := $(DESTDIR)$(UDEVDIR)/72-vidmem.rules

install: lib tools
	$(MAKE) -C uapi install O=$(OUT)/lib PREFIX=$(PREFIX) LIBDIR=$(LIBDIR)
	$(MAKE) -C tools install O=$(OUT)/tools LIB=$(OUT)/lib PREFIX=$(PREFIX)
	for page in $(man_pages); do \
		install -D -m 644 Documentation/man/$$page \
			$(man)/man$${page##*.}/$$page || exit 1; \
	done
	install -D -m 644 tools/72-vidmem.rules $(rules)

# With the PREFIX, LIBDIR and UDEVDIR that it was installed with.
uninstall:
	$(MAKE) -C uapi uninstall PREFIX=$(PREFIX) LIBDIR=$(LIBDIR)
	$(MAKE) -C tools uninstall PREFIX=$(PREFIX)
	rm -f $(foreach page,$(man_pages),$(man)/man$(subst .,,$(suffix $(page)))/$(page)) \
		$(rules)

# Debian's packages, in out/deb: what is in git, built in a copy of it.
deb: copy := $(OUT)/deb/vidmem-$(VERSION)
deb:
	rm -rf $(OUT)/deb
	mkdir -p $(copy)
	git ls-files -z | xargs -0 cp --parents -t $(copy)
	cd $(copy) && dpkg-buildpackage -b -us -uc
	rm -rf $(copy)

# Built twice, looked at by lintian, installed, upgraded and purged, in an install of
# its own; root.
check-deb:
	sh selftests/distros/packages $(OUT)/check-deb

# By name: the folder may be somebody's own, by VIDMEM_CACHE.
clean-cache:
	rm -rf $(addprefix $(CACHE)/,apt arm64 clients clients-* igt kernel kernel-* \
		kselftest kselftest-* kvm-usable libdrm-i386 roots secure-boot)
	-rmdir $(CACHE)

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C selftests clean
	rm -rf $(OUT)

.PHONY: all help module lib tools tools-32 setup build-for-machine demo check \
	check-devices check-kernels check-builds check-cross check-arm64 check-distros \
	check-secure-boot check-32 check-sanitizers \
	check-debug check-fuzz check-soak check-lifecycle check-igt \
	check-igt-small \
	check-clients check-clients-6.1 check-clients-7.2 bench lint docs load unload \
	install uninstall deb check-deb clean clean-cache
