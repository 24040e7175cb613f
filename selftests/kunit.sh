#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The tests inside the kernel, of what needs no adapter: VIDMEM_KUNIT is their module.
# Prints TAP from what KUnit says of them.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
[ -n "$VIDMEM_KUNIT" ] || skip_all "VIDMEM_KUNIT does not name their module"

modprobe -d "$VIDMEM_KERNEL" kunit || exit 1
mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
check loads insmod "$VIDMEM_KUNIT"
results=/sys/kernel/debug/kunit
check suites eval '[ "$(ls $results | tr "\n" " ")" = "vidmem-config vidmem-vram " ]'
for suite in vidmem-config vidmem-vram; do
	# Those of a suite are indented by four; what a failure says, by more.
	while read -r ok number name; do
		[ "$ok" = ok ] || grep -v '^    ok' $results/$suite/results |
			sed 's/^/# /'
		check "$suite.${name#- }" test "$ok" = ok
	done <<<"$(sed -n -E 's/^    not ok /not /p; s/^    ok /ok /p' \
		$results/$suite/results)"
	check "$suite.all" grep -qE "^ok [0-9]+ (- )?$suite" $results/$suite/results
done
check unloads rmmod vidmem_kunit
tap_exit
