#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run-valgrind.sh PROGRAM...: the unit tests under valgrind; any error or definite leak fails.
set -u
failed=0
home=$(mktemp -d "${TMPDIR:-/tmp}/sbxdeck-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
for program in "$@"; do
    echo "== valgrind $program" >&2
    env -i PATH="$PATH:/usr/sbin:/sbin" HOME="$home" TERM=xterm-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 \
        BUILD="${BUILD:-build}" \
        valgrind --quiet --trace-children=yes --trace-children-skip='*/sshd,*/ssh,*/bash,*/leap0-emulator,*/bwrap,/bin/*,/usr/*' \
        --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        --suppressions=tests/setup/valgrind.supp "$program" --timeout 600 -j1 || failed=1
done
exit $failed
