#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# deb.sh BUILD: makes BUILD/sbxdeck_VERSION_ARCH.deb of what is built there: programs, man pages, completions, changelog,
# copyright. DEB_MAINTAINER (or DEBFULLNAME and DEBEMAIL) names who packs it. What it depends on is found by dpkg-shlibdeps. Where lintian is there, its errors and warnings fail.
# The same sources give the same bytes (SOURCE_DATE_EPOCH, else the last commit's time, else CHANGELOG.md's).
set -eu
build=${1:?usage: deb.sh BUILD}
# As Debian's tools take it: DEBFULLNAME and DEBEMAIL. Where nobody is named, an address that can't be anybody's.
maintainer=${DEB_MAINTAINER:-${DEBFULLNAME:-sbxdeck developers} <${DEBEMAIL:-developers@sbxdeck.invalid}>}
umask 022

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
doc=$stage/usr/share/doc/sbxdeck
man=$stage/usr/share/man/man1

# --- files -------------------------------------------------------------------------------------

MAKEFLAGS='' ${MAKE:-make} -s install BUILD="$build" DESTDIR="$stage" PREFIX=/usr
for program in sbxdeck leap0-emulator; do
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/usr/bin/$program"
done
mkdir -p "$stage/usr/share/zsh/vendor-completions"
mv "$stage/usr/share/zsh/site-functions/_sbxdeck" "$stage/usr/share/zsh/vendor-completions/"
rmdir "$stage/usr/share/zsh/site-functions"
gzip -9n "$man/sbxdeck.1"

# The emulator's options are told by itself.
"$stage/usr/bin/leap0-emulator" --help | awk '
    BEGIN {
        print ".TH LEAP0-EMULATOR 1 \"\" \"sbxdeck\" \"User Commands\"\n.SH NAME\nleap0-emulator \\- stand-in for Leap0 on loopback"
        print ".SH SYNOPSIS\n.B leap0-emulator\n.RI [ OPTION ]...\n.SH DESCRIPTION"
    }
    function plain(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); sub(/^\./, "\\\\\\&.", text); return text }
    NR == 1 { next }
    /^  --/ {
        if (!options++) print ".SH OPTIONS"
        text = substr($0, 3)
        at = match(text, /  +/)
        print ".TP\n.B " plain(substr(text, 1, at - 1)) "\n" plain(substr(text, at + RLENGTH))
        next
    }
    /^$/ { print ".PP"; next }
    { sub(/^ +/, ""); print plain($0) }
    END { print ".SH SEE ALSO\n.BR sbxdeck (1)" }' | awk '
    # A blank line before a section is none of its own.
    { lines[NR] = $0 }
    END { for (i = 1; i <= NR; i++) if (!(lines[i] == ".PP" && (lines[i + 1] ~ /^\.(SH|PP)/ || lines[i - 1] ~ /^\.SH/ || i == NR))) print lines[i] }
    ' >"$man/leap0-emulator.1"
gzip -9n "$man/leap0-emulator.1"

# An unreleased version comes before the release of that number.
entries=$(sed -n 's/^## *\([0-9][0-9.]*\) *(unreleased).*/\1~dev/p; t; s/^## *\([0-9][0-9.]*\).*/\1/p' CHANGELOG.md)
version=$("$build/sbxdeck" --version | cut -d' ' -f2)-1 # which is the first of them
days=0
for entry in $entries; do
    printf 'sbxdeck (%s-1) unstable; urgency=medium\n\n  * What is new stands in changelog.gz beside this file.\n\n -- %s  %s\n\n' \
        "$entry" "$maintainer" "$(LC_ALL=C date -u -R -d "@$((SOURCE_DATE_EPOCH - days * 86400))")"
    days=$((days + 1))
done | sed '$d' | gzip -9n >"$doc/changelog.Debian.gz"
gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
rm "$doc/CHANGELOG.md" "$doc/LICENSE"
cat >"$doc/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: sbxdeck

Files: *
Copyright: $(date -u -d "@$SOURCE_DATE_EPOCH" +%Y) the sbxdeck authors
License: Apache-2.0

License: Apache-2.0
 Licensed under the Apache License, Version 2.0 (the "License"); you may not
 use this software except in compliance with the License.
 .
 On Debian systems the complete text of the License is in
 /usr/share/common-licenses/Apache-2.0.
END

# --- control -----------------------------------------------------------------------------------

arch=$(dpkg --print-architecture)
mkdir -p "$work/debian" "$stage/DEBIAN"
printf 'Source: sbxdeck\n\nPackage: sbxdeck\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O -e"$stage/usr/bin/sbxdeck" -e"$stage/usr/bin/leap0-emulator" | sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { echo "deb.sh: dpkg-shlibdeps found nothing" >&2; exit 1; }
cat >"$stage/DEBIAN/control" <<END
Package: sbxdeck
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size "$stage/usr" | cut -f1)
Depends: $depends
Recommends: ca-certificates, sensible-utils
Suggests: bash-completion, bubblewrap, ncurses-term, openssh-client
Section: net
Priority: optional
Description: operator's console for SSH access to Leap0 sandboxes
 sbxdeck keeps the short-lived SSH credentials of Leap0 sandboxes: it stores
 each one sealed the moment it gets it, shows every sandbox with the state of
 its credential and a live countdown, and connects, in a console for the
 terminal or by verbs for scripts. ssh, scp, rsync and git reach sandboxes as
 NAME.leap0.
 .
 An emulator of Leap0 on loopback comes with it, for a demo and for tests.
END
(cd "$stage" && find usr -type f | LC_ALL=C sort | xargs md5sum) >"$stage/DEBIAN/md5sums"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$build/sbxdeck_${version}_$arch.deb
rm -f "$build"/sbxdeck_*.deb
dpkg-deb --root-owner-group -Zxz --build "$stage" "$package" >/dev/null

lintian=${LINTIAN:-lintian}
if command -v "$lintian" >/dev/null 2>&1; then
    "$lintian" --fail-on error,warning --allow-root "$package" || exit 1
else
    echo "deb.sh: not looked at by lintian, which is not installed" >&2
fi
echo "$package"
