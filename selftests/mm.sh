#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The kernel's own tests of memory management on mappings of video memory, as
# selftests/foreign/build-mm has built them into $VIDMEM_MM: on plain mappings,
# where all must pass, and on views, where those must fail that do what a view
# refuses.

cd "$(dirname "$0")" || exit 1
. ./tap.sh

[ -n "$VIDMEM_MM" ] || skip_all "VIDMEM_MM does not name the folder of the tests"

# What it said, as TAP. Called with how to map.
run_pfnmap() {
	env "$@" LD_PRELOAD="$VIDMEM_MM/shim.so" "$VIDMEM_MM/pfnmap" -- vidmem 2>&1
}

# Called with how a test must end, and its name. In $results is how all ended.
ended() {
	grep -E "^$1 [0-9]+ pfnmap\.$2\b" "$results" | grep -qv SKIP || {
		cat "$results"
		return 1
	}
}

results=$(mktemp)
run_pfnmap -u VIDMEM_VIEW >"$results"
for test in madvise_disallowed munmap_split mremap_fixed mremap_shrink \
		mremap_expand fork; do
	check "plain_$test" ended ok $test
done

run_pfnmap VIDMEM_VIEW=1 >"$results"
for test in madvise_disallowed mremap_expand; do
	check "view_$test" ended ok $test
done
# A view is one thing, in one place, in one process.
for test in munmap_split mremap_fixed mremap_shrink fork; do
	check "view_refuses_$test" ended "not ok" $test
done

rm -f "$results"
tap_exit
