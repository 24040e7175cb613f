#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# What a debug kernel knows in the end, when all programs have run and the module
# is removed. Runs in the virtual machine only, by make check-debug.

cd "$(dirname "$0")" || exit 1
. ./tap.sh

removed() { ! grep '^vidmem ' /proc/modules; }
check removed removed

# It counts what nobody points to, from 5 seconds of age on. An address that
# lies around somewhere hides a leak, but hardly twice.
leaks() {
	kmemleak=/sys/kernel/debug/kmemleak
	echo scan >$kmemleak && sleep 6 && echo scan >$kmemleak || return 1
	# One leak looks much like the next.
	head -n 60 $kmemleak
	grep -c '^unreferenced' $kmemleak
	[ -z "$(cat $kmemleak)" ] && ! dmesg | grep 'kmemleak: .*disabled'
}
check no_leaks leaks

# After its first report, or short of memory, lockdep watches no more.
lockdep() {
	grep debug_locks: /proc/lockdep_stats
	grep -Eq 'debug_locks: +1$' /proc/lockdep_stats
}
check lockdep_still_on lockdep

tap_exit
