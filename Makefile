# SPDX-License-Identifier: MIT
#
# make            the module for the running kernel, the library, vidmemctl
# make demo       a picture through MAP, in a virtual machine, and its screenshot
# make check      all tests, in virtual machines
# make help       the rest

VERSION := 1.0.0
OUT := $(CURDIR)/out
CACHE := $(or $(VIDMEM_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vidmem)
KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local

all: module lib tools

help:
	@sed -n 's/^# make/make/p' $(CURDIR)/Makefile
	@echo 'make check-kernels  the tests of the module on 6.12 and 7.2'
	@echo 'make bench      what mappings cost, beside other drivers, on 6.1, 6.12 and 7.2'
	@echo 'make check-fuzz the fuzzer on the stock kernel, for two minutes'
	@echo 'make check-soak the fuzzer for 2 million operations on each adapter'
	@echo 'make check-32   the tests in C, built for 32 bits'
	@echo 'make check-sanitizers  the library by sanitizers and valgrind'
	@echo 'make check-debug    all on debug kernels, with KASAN, lockdep, kmemleak'
	@echo 'make check-lifecycle  adapters and module come and go, ROUNDS=500 times'
	@echo "make check-clients  Debian's graphical programs on the adapters, 6.1 and 7.2"
	@echo 'make load       load the module, with a virtual adapter (root)'
	@echo 'make unload     remove it again (root)'
	@echo 'make install    library, headers, vidmemctl and man page to PREFIX'
	@echo 'make lint       checkpatch, sparse and W=1 over the sources'
	@echo 'make setup      install what building and testing need'
	@echo 'make clean      remove all that was built'

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

lib:
	$(MAKE) -C uapi O=$(OUT)/lib

tools: lib
	$(MAKE) -C tools O=$(OUT)/tools LIB=$(OUT)/lib

# The machine's kernel is the stock one that setup fetched.
stock_kdir = /lib/modules/$(shell ls $(CACHE)/kernel/lib/modules)/build

setup:
	sh selftests/vm/setup

build-for-machine: setup
	$(MAKE) module KDIR=$(stock_kdir)
	$(MAKE) tools
	$(MAKE) -C selftests

demo: build-for-machine
	python3 selftests/vm/demo.py $(OUT)/demo

check: build-for-machine
	python3 selftests/vm/check.py $(OUT)/check

# On the kernels beside the stock one. The first time, one of them is built.
check-kernels: $(addprefix check-kernel-,6.12 7.2)

check-kernel-%: module-% tools
	$(MAKE) -C selftests
	sh selftests/foreign/build-mm $$(sh selftests/vm/kernels 7.2) $(OUT)/mm
	python3 selftests/vm/check.py $(OUT)/check-$* \
		$$(sh selftests/vm/kernels $*) $(OUT)/module-$*/vidmem.ko

module-%: setup
	mkdir -p $(OUT)/module-$*
	cp -r Kbuild drv uapi $(OUT)/module-$*
	kernel=$$(sh selftests/vm/kernels $*) && \
		$(MAKE) -C $$kernel/build M=$(OUT)/module-$* modules

# What mappings cost on each kernel: tables, out/bench/bench.csv and bench.svg.
bench: build-for-machine module-6.12 module-7.2
	python3 selftests/vm/bench.py $(OUT)/bench \
		6.1 $(CACHE)/kernel vidmem.ko \
		6.12 $$(sh selftests/vm/kernels 6.12) $(OUT)/module-6.12/vidmem.ko \
		7.2 $$(sh selftests/vm/kernels 7.2) $(OUT)/module-7.2/vidmem.ko

# Random calls on the stock kernel for 2 minutes.
check-fuzz: build-for-machine
	python3 selftests/vm/check.py --fuzz $(OUT)/check-fuzz

# 2 million of them on each adapter: about 15 minutes.
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
		CC="$(SANITIZE_ADDRESS)"
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
	mkdir -p $(OUT)/module-debug-$*
	cp -r Kbuild drv uapi $(OUT)/module-debug-$*
	kernel=$$(sh selftests/vm/kernels debug-$*) && \
		$(MAKE) -C $$kernel/build M=$(OUT)/module-debug-$* \
			KCOV_INSTRUMENT=y GCOV_PROFILE=$(GCOV) KCFLAGS=-g \
			modules

# A smaller number gives a shorter test.
ROUNDS ?= 500

check-lifecycle: build-for-machine
	python3 selftests/vm/lifecycle.py $(OUT)/lifecycle $(ROUNDS)

# Debian's graphical programs; what they show is in out/check-clients-*. CLIENTS may
# have arguments of clients.py, such as "--devices VGA --cases xorg weston".
check-clients: check-clients-6.1 check-clients-7.2

check-clients-6.1: build-for-machine
	python3 selftests/clients/clients.py $(OUT)/check-clients-6.1 $(CLIENTS)

check-clients-7.2: module-7.2 tools
	python3 selftests/clients/clients.py $(OUT)/check-clients-7.2 \
		--kernel 7.2 $$(sh selftests/vm/kernels 7.2) \
		$(OUT)/module-7.2/vidmem.ko $(CLIENTS)

lint: setup
	sh selftests/lint $(stock_kdir)

load: module
	modprobe -a drm drm_kms_helper
	insmod vidmem.ko adapters=1

unload:
	rmmod vidmem

install: lib tools
	$(MAKE) -C uapi install O=$(OUT)/lib PREFIX=$(PREFIX)
	$(MAKE) -C tools install O=$(OUT)/tools LIB=$(OUT)/lib PREFIX=$(PREFIX)
	install -D -m 644 Documentation/man/vidmemctl.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/vidmemctl.1

clean:
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C selftests clean
	rm -rf $(OUT)

.PHONY: all help module lib tools setup build-for-machine demo check \
	check-kernels check-32 check-sanitizers check-debug check-fuzz \
	check-soak check-lifecycle check-clients check-clients-6.1 \
	check-clients-7.2 bench lint load unload install clean
