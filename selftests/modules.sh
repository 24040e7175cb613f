# SPDX-License-Identifier: GPL-2.0-only OR MIT
# For the shell tests that run in the virtual machine.

# place_modules MODULE...: these and what they need where modprobe looks for modules, and
# the headers where a package has them. Not all the modules: depmod would take minutes.
place_modules() {
	placed=/lib/modules/$(uname -r)
	mkdir -p "$placed"
	modprobe -d "$VIDMEM_KERNEL" --show-depends -a "$@" |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | xargs -r cp -t "$placed"
	cp "$VIDMEM_KERNEL/lib/modules/$(uname -r)"/modules.{order,builtin*} "$placed"
	ln -s "$VIDMEM_KERNEL/build" "$placed/build"
	depmod
}
