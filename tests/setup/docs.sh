#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs.sh PROGRAM write|check: the README's parts between `<!-- NAME -->` and `<!-- /NAME -->` come from the program's own
# tables. `write` rewrites them; `check` fails when they differ, or when groff has warnings on the man page.
set -eu
program=${1:?usage: docs.sh PROGRAM write|check}
mode=${2:?usage: docs.sh PROGRAM write|check}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for part in verbs ten-keys; do
    "$program" --docs "$part" >"$work/$part"
done
awk -v work="$work" '
    /^<!-- (verbs|ten-keys) -->$/ {
        print
        while ((getline line < (work "/" $2)) > 0) print line
        skipping = 1
        next
    }
    /^<!-- \/(verbs|ten-keys) -->$/ { skipping = 0 }
    !skipping { print }
' README.md >"$work/README.md"
if [ "$mode" = write ]; then
    cat "$work/README.md" >README.md
elif command -v groff >/dev/null && [ -n "$("$program" --man | groff -man -Tutf8 -ww -z 2>&1)" ]; then
    "$program" --man | groff -man -Tutf8 -ww -z
    echo "groff has warnings on the man page" >&2
    exit 1
elif ! diff -u README.md "$work/README.md"; then
    echo "README.md differs from the program's tables (make docs)" >&2
    exit 1
fi
