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
	@echo 'make check-lifecycle  adapters and module come and go, ROUNDS=500 times'
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

check-kernel-%: setup tools
	$(MAKE) -C selftests
	mkdir -p $(OUT)/module-$*
	cp -r Kbuild drv uapi $(OUT)/module-$*
	kernel=$$(sh selftests/vm/kernels $*) && \
		$(MAKE) -C $$kernel/build M=$(OUT)/module-$* modules && \
		python3 selftests/vm/check.py $(OUT)/check-$* $$kernel \
			$(OUT)/module-$*/vidmem.ko

# A smaller number gives a shorter test.
ROUNDS ?= 500

check-lifecycle: build-for-machine
	python3 selftests/vm/lifecycle.py $(OUT)/lifecycle $(ROUNDS)

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
	check-kernels check-lifecycle lint load \
	unload install clean
