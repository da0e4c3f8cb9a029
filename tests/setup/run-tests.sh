#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run-tests.sh PROGRAM...: runs the test programs one after the other, all of them even when one
# fails, in a clean environment and a home of their own. What failed is said again at the end, where
# it is found in a long log, and so is what was skipped. JOBS: how many tests at once; most of a
# test's time is waiting, so that the cores are shared by three each.
set -u
jobs=${JOBS:-$(($(nproc) * 3))}
failed=0
home=$(mktemp -d "${TMPDIR:-/tmp}/sbxdeck-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM
run() {
    env -i PATH="$PATH:/usr/sbin:/sbin" HOME="$home" TERM=xterm-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 \
        BUILD="${BUILD:-build}" ${CI:+CI="$CI"} ${CRITERION_ARGS:+CRITERION_ARGS="$CRITERION_ARGS"} \
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0" UBSAN_OPTIONS="print_stacktrace=1" \
        LSAN_OPTIONS="suppressions=$PWD/tests/setup/lsan.supp:print_suppressions=0" \
        "$1" --timeout 120 -j"$jobs"
}
for program in "$@"; do
    echo "== $program" >&2
    { run "$program" 2>&1 || touch "$home/.failed"; } | tee "$home/.log" >&2
    grep -a '^skipped: ' "$home/.log" >>"$home/.skipped" || :
    if [ -e "$home/.failed" ]; then
        failed=1
        rm "$home/.failed"
        grep -a '^\[\(FAIL\|CRASH\|----\)\]' "$home/.log" | sed 's/^/    /' >>"$home/.again"
        grep -a '^\[====\]' "$home/.log" >>"$home/.again"
    fi
done
if [ -s "$home/.skipped" ]; then
    echo "== not tested here: $(wc -l <"$home/.skipped")" >&2
    sort "$home/.skipped" | sed 's/^skipped: /    /' >&2
fi
[ $failed = 0 ] || { echo "== failed" && cat "$home/.again"; } >&2
exit $failed
