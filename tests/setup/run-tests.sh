#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run-tests.sh PROGRAM...: runs the test programs one after the other, all of them even when one
# fails, in a clean environment and a home of their own. The last output is Criterion's summary.
set -u
failed=0
home=$(mktemp -d "${TMPDIR:-/tmp}/sbxdeck-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM
for program in "$@"; do
    echo "== $program" >&2
    env -i PATH="$PATH:/usr/sbin:/sbin" HOME="$home" TERM=xterm-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 \
        BUILD="${BUILD:-build}" ${CI:+CI="$CI"} ${CRITERION_ARGS:+CRITERION_ARGS="$CRITERION_ARGS"} \
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:handle_segv=0:handle_abort=0" UBSAN_OPTIONS="print_stacktrace=1" \
        LSAN_OPTIONS="suppressions=$PWD/tests/setup/lsan.supp:print_suppressions=0" \
        "$program" --timeout 120 || failed=1
done
exit $failed
