#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run-tests.sh PROGRAM...: runs the test programs one after the other, all of them even when one
# fails, in a clean environment and a home of their own. What failed is said again at the end, where
# it is found in a long log, and so is what was skipped. JOBS: how many tests at once; most of a
# test's time is waiting, so that the cores are shared by three each. ONLY: the tests of one wing
# (vault: tests/unit/*/vault/) or of the files so named (tests/e2e/test_vault*.c) instead of all.
set -u
jobs=${JOBS:-$(($(nproc) * 3))}
failed=0
home=$(mktemp -d "${TMPDIR:-/tmp}/sbxdeck-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM
# The suites of ONLY in the program's tests as Criterion's pattern; empty: it has none.
pattern() {
    case ${1##*/} in
    test-e2e | test-tools) folder=tests/${1##*/test-} ;;
    *) folder=tests/unit/${1##*/test-} ;;
    esac
    find "$folder" -name '*.c' \( -path "*/$ONLY/*" -o -name "test_$ONLY.c" -o -name "test_${ONLY}_*.c" \) \
        -exec sed -n 's/^Test(\([a-z0-9_]*\), .*/\1/p; s/^ParameterizedTest([^,]*, \([a-z0-9_]*\), .*/\1/p; s/^\(TOOL\|OPENSSH\)_TEST(\([a-z0-9_]*\), .*/\2/p' {} + |
        sort -u | paste -sd'|' -
}
run() {
    env -i PATH="$PATH:/usr/sbin:/sbin" HOME="$home" TERM=xterm-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 \
        BUILD="${BUILD:-build}" ${CI:+CI="$CI"} ${CRITERION_ARGS:+CRITERION_ARGS="$CRITERION_ARGS"} \
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0" UBSAN_OPTIONS="print_stacktrace=1" \
        LSAN_OPTIONS="suppressions=$PWD/tests/setup/lsan.supp:print_suppressions=0" \
        "$@" --timeout 120 -j"$jobs"
}
# Criterion leaks some bytes of its own when it ends with many suites. A suppression of its name would
# hide every test's leaks too, since it calls the tests; so a report counts unless its frames are all Criterion's.
only_criterion_leaks() {
    grep -aq 'Failing: 0 | Crashing: 0' "$1" && grep -aq 'ERROR: LeakSanitizer' "$1" &&
        ! grep -aqE 'ERROR: [^L]|runtime error:' "$1" && ! grep -aE '^ +#[1-9][0-9]* ' "$1" | grep -qv libcriterion
}
case ${ONLY:-} in
'') ;;
*[!a-z0-9_]*) echo "ONLY=$ONLY: the name of a wing or of a file of tests, such as ONLY=vault" >&2 && exit 2 ;;
*)
    for program in "$@"; do
        suites=$(pattern "$program")
        [ -z "$suites" ] || echo "$program $suites" >>"$home/.suites"
    done
    [ -s "$home/.suites" ] || { echo "ONLY=$ONLY: no tests; wings are" $(cd tests/unit && ls -d ./*/*/ | sed 's|.*/\(.*\)/|\1|' | sort -u) >&2 && exit 2; }
    ;;
esac
for program in "$@"; do
    filter=
    if [ -n "${ONLY:-}" ]; then
        filter=$(sed -n "s|^$program ||p" "$home/.suites")
        [ -n "$filter" ] || continue
    fi
    echo "== $program" >&2
    { run "$program" ${filter:+--filter "@($filter)/*"} 2>&1 || touch "$home/.failed"; } | tee "$home/.log" >&2
    grep -a '^skipped: ' "$home/.log" >>"$home/.skipped" || :
    if [ -e "$home/.failed" ] && only_criterion_leaks "$home/.log"; then
        rm "$home/.failed"
    fi
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
