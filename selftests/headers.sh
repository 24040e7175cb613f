#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The headers and the library as others meet them: each header compiles alone in
# the oldest dialects, layouts and numbers stand, and nothing is exported that
# is not listed. Needs no adapter.

cd "$(dirname "$0")" || exit 1
. ./tap.sh
CC=${CC:-cc}
CXX=${CXX:-c++}
uapi=../uapi
drm=$(pkg-config --cflags libdrm)
include="-I$uapi/drm -I$uapi/libdrm_vidmem -I$uapi/windows $drm"
# drm.h itself uses what C++98 and C90 have not: it is a system header here.
include=$(echo "$include" | sed "s,-I/usr,-isystem /usr,g")
work=$(mktemp -d)

alone() {
	compiler=$1
	language=$2
	header=$3
	shift 3
	printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' \
		"$header" "$header" >"$work/alone"
	$compiler -x "$language" "$@" -Wall -Wextra -Werror -pedantic-errors \
		-Wno-long-long $include -fsyntax-only "$work/alone"
}

for header in vidmem_drm.h vidmem_drmif.h vidmem_request.h \
		$(cd "$uapi/windows" && ls -- *.h); do
	check "$header.c90" alone "$CC" c "$header" -std=c90 \
		-Werror=implicit-function-declaration
	check "$header.c++98" alone "$CXX" c++ "$header" -std=c++98
	check "$header.c++20" alone "$CXX" c++ "$header" -std=c++20
done

# min() and max() of Windows in C++, where the language's own are not to suffer.
min_max() {
	cat >"$work/min.cpp" <<-END &&
	extern "C" {
	#include <windef.h>
	}
	#include <algorithm>
	#include <limits>
	using namespace std;
	ULONG mixed(ULONG a, USHORT b) { return min(a, b) + max(b, 1); }
	char *pointers(char *a, char *b) { return min(a, b); }
	int own() { return std::min(1, 2) - numeric_limits<int>::max(); }
	END
		$CXX -Wall -Wextra -Werror -Wno-sign-compare "$1" \
			"-I$uapi/windows" -fsyntax-only "$work/min.cpp"
}

# A source may have brought its own before.
min_max_own() {
	printf '#define min(a, b) ((a) < (b) ? (a) : (b))\n#include <windef.h>\n' \
		>"$work/min.cpp" &&
		$CXX -Wall -Wextra -Werror "-I$uapi/windows" -fsyntax-only \
			"$work/min.cpp"
}

check min_max.own min_max_own
check min_max.c++98 min_max -std=c++98
check min_max.c++20 min_max -std=c++20

layout() {
	$CC -std=gnu11 -Wall -Werror $include -fsyntax-only "$@" layout.c
}

check layout.64 layout -m64 -DWITH_DRM
check layout.64.short_wchar layout -m64 -fshort-wchar
# Freestanding: no 32-bit C library is needed to compute a layout.
check layout.32 layout -m32 -ffreestanding
check layout.32.short_wchar layout -m32 -ffreestanding -fshort-wchar

# Those of the DDK also stand in front of a stranger's base headers, as Wine's.
in_front() {
	mkdir -p "$work/base" &&
		cp "$uapi"/windows/guiddef.h "$uapi"/windows/win*.h "$work/base" &&
		rm "$work/base/winddi.h" "$work/base/winioctl.h" &&
		printf '#include <%s>\n' windef.h wingdi.h winddi.h devioctl.h \
			ntddvdeo.h ioaccess.h dderror.h >"$work/front.c" &&
		$CC -Wall -Werror "-I$uapi/windows/ddk" "-I$work/base" \
			-fsyntax-only "$work/front.c"
}

check ddk.in_front in_front

library=${VIDMEM_LIB:-lib}

exported() {
	nm -D --defined-only "$library/libdrm_vidmem.so" |
		awk '{ print $3 }' | sort >"$work/exported"
	sort "$uapi/libdrm_vidmem/symbols.txt" | diff - "$work/exported"
}

check library.symbols exported

# All that the static library defines beyond that stays hidden in a program.
hidden() {
	! readelf -sW "$library/libdrm_vidmem.a" |
		awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" {
			print $8 }' | sort -u |
		grep -vxFf "$uapi/libdrm_vidmem/symbols.txt" | grep .
}

check library.hidden hidden

needed() {
	readelf -d "$library/libdrm_vidmem.so" >"$work/dynamic"
	grep -q 'SONAME.*\[libdrm_vidmem.so.1\]' "$work/dynamic" &&
		grep -q 'NEEDED.*\[libdrm.so.2\]' "$work/dynamic"
}

check library.needed needed

# As a stranger would use what `make install` leaves: by pkg-config.
installed() {
	make -s -C "$uapi" install PREFIX="$work/usr" O="$work/build" &&
		cat >"$work/user.c" <<-END &&
		#include <ntddvdeo.h>
		#include <winddi.h>
		#include <vidmem_drmif.h>
		#include <vidmem_request.h>
		int main(void)
		{
			struct vidmem_session *session;
			return vidmem_session_open(200, &session) != 55;
		}
		END
		flags=$(PKG_CONFIG_PATH=$work/usr/lib/pkgconfig \
			pkg-config --cflags --libs libdrm_vidmem) &&
		$CC -Wall -Werror -o "$work/user" "$work/user.c" $flags &&
		LD_LIBRARY_PATH=$work/usr/lib "$work/user"
}

check library.installed installed

# A display driver, the same way: it links with what there is, and what there is
# not is told by its name.
driver() {
	printf '#include <winddi.h>\n#include <ioaccess.h>\nPFN f(void) { return (PFN)%s; }\n' "$1" \
		>"$work/driver.c" &&
		flags=$(PKG_CONFIG_PATH=$work/usr/lib/pkgconfig \
			pkg-config --cflags --libs libvidmem_ddi) &&
		$CC -fPIC -shared -Wl,-z,defs -o "$work/driver.so" \
			"$work/driver.c" $flags 2>"$work/told"
}

not_there() {
	! driver "$1" && grep -q "undefined reference to .$1" "$work/told"
}

check ddi.installed driver EngCreateBitmap
check ddi.requests driver EngDeviceIoControl
check ddi.missing_by_name not_there EngStretchBlt
check ddi.no_ports not_there READ_PORT_UCHAR

rm -rf "$work"
tap_exit
