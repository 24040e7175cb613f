# SPDX-License-Identifier: GPL-2.0-only OR MIT
# TAP for the shell tests: check NAME COMMAND..., in the end tap_exit.

tap_count=0
tap_failed=0
tap_log=$(mktemp)

echo "TAP version 13"

# Passes when the command does. What it printed is shown when it does not.
check() {
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$tap_log" 2>&1; then
		echo "ok $tap_count $tap_name"
	else
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$tap_log"
		echo "not ok $tap_count $tap_name"
	fi
}

# For a test program that has nothing to run on.
skip_all() {
	echo "1..0 # SKIP $1"
	rm -f "$tap_log"
	exit 4
}

tap_exit() {
	echo "1..$tap_count"
	rm -f "$tap_log"
	[ "$tap_failed" = 0 ]
	exit
}
