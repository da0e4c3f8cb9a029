// SPDX-License-Identifier: Apache-2.0
//
// The program among others: what stands behind its standard input, output and error, and what becomes of it
// when they end, fail, or take nothing. The scripts are run by bash with the program as $0 and a running
// sandbox as $1.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCRIPT_MS = 120000 };

static struct fixture fixture;
static char sandbox[64], program[PATH_MAX]; // which scripts that change their folder need whole

static void begin(void)
{
    fixture_begin(&fixture, NULL);
    cr_assert_not_null(realpath(fixture.program, program));
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
}

static void end(void)
{
    fixture_end(&fixture);
}

static void expect_script(int exit_code, const char *out, const char *err, const char *script)
{
    const char *const argv[] = {"bash", "-c", script, program, sandbox, NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    cr_expect(support_run(argv, fixture.environment, NULL, SCRIPT_MS, &result), "%s: does not end", script);
    cr_expect_eq(result.exit_code, exit_code, "%s: exit %d instead of %d: %s", script, result.exit_code,
                 exit_code, result.err);
    if (out != NULL)
        cr_expect_str_eq(result.out, out, "%s: '%s' instead of '%s'", script, result.out, out);
    if (err != NULL && err[0] == '\0')
        cr_expect_str_eq(result.err, "", "%s: on stderr: %s", script, result.err);
    else if (err != NULL)
        cr_expect(strstr(result.err, err) != NULL, "%s: no '%s' in: %s", script, err, result.err);
    support_result_free(&result);
}

// --- what is read -------------------------------------------------------------------------

Test(pipes, a_file_is_sent_whole, .init = begin, .fini = end)
{
    expect_script(0, "1\n", "", "cd ~; printf x >f; $0 ssh $1 'wc -c' <f");
    expect_script(0, "0\n", "", "$0 ssh $1 'wc -c' </dev/null");
    expect_script(0, "16384\n", "", "cd ~; head -c 16384 /dev/zero >f; $0 ssh $1 'wc -c' <f");
    expect_script(0, "same\n", "",
                  "cd ~; head -c 30000000 /dev/urandom >f; a=$(sha256sum <f); b=$($0 ssh $1 sha256sum <f); "
                  "[ \"$a\" = \"$b\" ] && echo same || echo \"$a, $b\"");
    expect_script(0, "100001\n", "", "$0 ssh $1 'wc -c' <<<\"$(head -c 100000 /dev/zero | tr '\\0' x)\"");
    expect_script(0, "1000000\n", "", "$0 ssh $1 'head -c 1000000 | wc -c' </dev/zero");
    expect_script(0, "5\n", "", "cd ~; echo 123456789 >f; { head -c 5 >/dev/null; $0 ssh $1 'wc -c'; } <f");
}

Test(pipes, what_is_piped_in_is_sent_whole, .init = begin, .fini = end)
{
    expect_script(0, "same\n", "",
                  "cd ~; head -c 30000000 /dev/urandom >f; a=$(sha256sum <f); "
                  "b=$(cat f | $0 ssh $1 sha256sum | cat); [ \"$a\" = \"$b\" ] && echo same");
    expect_script(0, "3\n", "", "(printf a; sleep 0.2; printf b; sleep 0.2; printf c) | $0 ssh $1 'wc -c'");
}

Test(pipes, a_socket_may_be_all_three, .init = begin, .fini = end)
{
    const char *const argv[] = {program, "ssh", sandbox, "tr a-z A-Z", NULL};
    struct support_heard heard = {0};
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t pid = support_spawn(argv, fixture.environment, ends[1], ends[1], ends[1]);
    cr_assert_gt(pid, 0);
    (void)close(ends[1]);
    cr_assert(support_type(ends[0], "hello\n", 6));
    cr_assert_eq(shutdown(ends[0], SHUT_WR), 0);
    cr_expect(support_expect(ends[0], &heard, NULL, NULL, SCRIPT_MS));
    cr_expect_str_eq(heard.text, "HELLO\n");
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
    support_heard_free(&heard);
    (void)close(ends[0]);
}

// As ssh does, it takes all of the loop's input but with -n, and leaves it as it was.
Test(pipes, in_a_loop_it_reads_the_rest_and_with_n_nothing, .init = begin, .fini = end)
{
    expect_script(0, "a\nb\nc\n", "",
                  "cd ~; printf 'a\\nb\\nc\\n' >f; while read x; do echo $x; $0 ssh -n $1 cat; done <f");
    expect_script(0, "a\nb\nc\n", "",
                  "cd ~; printf 'a\\nb\\nc\\n' >f; while read x; do echo $x; $0 ssh $1 cat; done <f");
    expect_script(0, "a\nb\nc\n", "",
                  "printf 'a\\nb\\nc\\n' | while read x; do echo $x; $0 ssh -n $1 cat; done");
    // The pipe that is shared does not become one that does not wait.
    expect_script(0, "a\nlater\n", "",
                  "(printf 'a\\n'; sleep 1; echo later) | { read x; echo $x; $0 ssh -n $1 true; "
                  "$0 ssh --no-stdin $1 true; read x; echo $x; }");
}

Test(pipes, what_is_closed_or_unreadable_is_the_end_of_input, .init = begin, .fini = end)
{
    expect_script(0, "0\n", "", "$0 ssh $1 'wc -c' <&-");
    expect_script(255, "0\n", "can't read stdin: Is a directory", "$0 ssh $1 'wc -c' </tmp");
    expect_script(7, NULL, "Is a directory", "$0 ssh $1 'cat; exit 7' </tmp");
}

// --- what is written ----------------------------------------------------------------------

Test(pipes, a_closed_output_of_ssh_is_as_dev_null, .init = begin, .fini = end)
{
    expect_script(0, "", "to stderr\n", "$0 ssh $1 'echo out; echo to stderr >&2' >&-");
    expect_script(0, "out\n", "", "$0 ssh $1 'echo out; echo to stderr >&2' 2>&-");
    expect_script(3, "", "", "$0 ssh $1 'cat; exit 3' <&- >&- 2>&-");
}

Test(pipes, output_is_whole_in_files_and_pipes, .init = begin, .fini = end)
{
    expect_script(0, "5000000\n5000000\n", "",
                  "cd ~; $0 ssh $1 'head -c 5000000 /dev/zero' >f; wc -c <f; "
                  "$0 ssh $1 'head -c 5000000 /dev/zero' | { sleep 0.5; wc -c; }");
    expect_script(0, "1\n2\n3\n", "",
                  "cd ~; $0 ssh $1 'echo 1; sleep 0.2; echo 2 >&2; sleep 0.2; echo 3' >f 2>&1; cat f");
    expect_script(0, "before\nout\nafter\n", "",
                  "cd ~; (echo before; $0 ssh $1 echo out; echo after) >f; cat f");
}

Test(pipes, a_full_disk_is_told_and_is_no_success, .init = begin, .fini = end)
{
    expect_script(255, "", "No space left on device", "$0 ssh $1 'echo hi' >/dev/full");
    expect_script(0, "", "", "$0 ssh $1 'echo hi >&2' 2>/dev/full");
    expect_script(255, "", "File too large", "ulimit -f 1024; $0 ssh $1 'head -c 3000000 /dev/zero' >~/f");
    static const char *const printing[] = {"ls",
                                           "ls --json",
                                           "access ls $1",
                                           "access ls $1 --json",
                                           "access validate $1",
                                           "events",
                                           "events --json",
                                           "--help",
                                           "--man",
                                           "--version",
                                           "--version --json",
                                           "--docs verbs",
                                           "help keys",
                                           "ls --help",

                                           "watch",
                                           "watch --json",
                                           "demo --json"};
    for (size_t i = 0; i < sizeof printing / sizeof printing[0]; i++) {
        char script[128];
        (void)snprintf(script, sizeof script, "$0 %s >/dev/full", printing[i]);
        expect_script(1, "", "output: could not be written: No space left on device (is the disk full?)\n",
                      script);
        (void)snprintf(script, sizeof script, "$0 %s >&-", printing[i]);
        expect_script(1, "",
                      "output: could not be written: Bad file descriptor (check where the output goes)\n",
                      script);
    }
}

Test(pipes, a_full_disk_does_not_hide_that_a_credential_was_made, .init = begin, .fini = end)
{
    expect_script(1, "", "the credential was created and stored: sbxdeck access ls ",
                  "$0 access regen $1 --show-password >/dev/full");
}

Test(pipes, without_a_reader_it_ends_quietly_as_by_sigpipe, .init = begin, .fini = end)
{
    static const char *const printing[] = {"ls --json",
                                           "--help",
                                           "--man",
                                           "events --json",
                                           "watch --json",
                                           "ssh $1 'yes'",
                                           "ssh $1 'sleep 0.2; echo late; sleep 0.2; echo later'"};
    for (size_t i = 0; i < sizeof printing / sizeof printing[0]; i++) {
        char script[160];
        // Those that print little may have printed it before their reader has gone.
        (void)snprintf(script, sizeof script,
                       "mkfifo ~/p%zu; exec 3<>~/p%zu 4>~/p%zu 3>&-; $0 %s >&4; echo $?", i, i, i,
                       printing[i]);
        expect_script(0, "141\n", "", script);
    }
    expect_script(0, "[{\n", "", "$0 ls --json | head -1");
    expect_script(0, "", "", "$0 --help | true");
}

Test(pipes, watch_ends_with_its_reader, .init = begin, .fini = end)
{
    // Nothing changes and nothing is written when the reader goes.
    expect_script(0, "141 0\n", "",
                  "$0 watch --json | grep -m1 running >/dev/null; echo ${PIPESTATUS[0]} ${PIPESTATUS[1]}");
    expect_script(0, "141\n", "", "$0 watch | head -1 >/dev/null; echo ${PIPESTATUS[0]}");
    // Also while it waits for a server.
    expect_script(0, "141\n", NULL,
                  "export LEAP0_BASE_URL=http://127.0.0.1:9; $0 watch | true; echo ${PIPESTATUS[0]}");
}

// --- a reader that takes nothing ----------------------------------------------------------

static void expect_end_while_blocked(const char *const argv[], int number, int code)
{
    int ends[2];
    char first;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = support_spawn(argv, fixture.environment, -1, ends[1], STDERR_FILENO);
    cr_assert_gt(pid, 0);
    cr_assert_eq(fcntl(ends[0], F_SETPIPE_SZ, 4096), 4096);
    (void)close(ends[1]);
    cr_assert_eq(read(ends[0], &first, 1), 1); // it writes
    cr_assert_eq(kill(pid, number), 0);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), code, "%s by signal %d", argv[1], number);
    (void)kill(pid, SIGKILL);
    (void)close(ends[0]);
}

Test(pipes, a_signal_ends_what_nobody_reads, .init = begin, .fini = end)
{
    const char *const ssh[] = {fixture.program, "ssh", sandbox, "exec yes", NULL};
    const char *const watch[] = {fixture.program, "watch", "--json", NULL};
    expect_end_while_blocked(ssh, SIGTERM, 128 + SIGTERM);
    expect_end_while_blocked(ssh, SIGINT, 128 + SIGINT);
    expect_end_while_blocked(ssh, SIGHUP, 128 + SIGHUP);
    expect_end_while_blocked(watch, SIGTERM, 0);
}

// As nohup and a job in the background want it.
Test(pipes, an_ignored_signal_stays_ignored, .init = begin, .fini = end)
{
    expect_script(0, "up\ndown\n0\n", "",
                  "touch ~/f; $0 ssh $1 'mkfifo ~/go'; trap '' HUP INT; "
                  "$0 ssh $1 'echo up; read x <~/go; echo down' </dev/null >~/f & p=$!; "
                  "until grep -q up ~/f; do sleep 0.05; done; kill -HUP $p; kill -INT $p; "
                  "$0 ssh -n $1 'echo >~/go'; wait $p; code=$?; cat ~/f; echo $code");
    expect_script(
        0, "0\n", "",
        "touch ~/f ~/w; trap '' HUP INT; SBXDECK_REFRESH=1 $0 watch >~/w & p=$!; "
        "until grep -q running ~/w; do sleep 0.05; done; kill -HUP $p; kill -INT $p; "
        "$0 pause $1 >/dev/null; until grep -q \"$1: paus\" ~/w; do sleep 0.05; done; kill $p; wait $p; "
        "echo $?");
}

// What waits is bounded, whichever side does not take it.
static long peak_kb(pid_t pid)
{
    char path[64], *text = NULL;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    text = support_file_read(path, NULL);
    cr_assert_not_null(text);
    const char *at = strstr(text, "VmHWM:");
    long kb = at != NULL ? strtol(at + 6, NULL, 10) : -1;
    free(text);
    return kb;
}

Test(pipes, what_waits_is_bounded, .init = begin, .fini = end)
{
    char path[SUPPORT_PATH_CAP + 8];
    (void)snprintf(path, sizeof path, "%s/big", fixture.home);
    expect_script(0, NULL, "", "head -c 100000000 /dev/zero >~/big");
    const char *const argv[] = {fixture.program, "ssh", sandbox, "echo here; read x <~/go; wc -c", NULL};
    int file = open(path, O_RDONLY | O_CLOEXEC), ends[2];
    expect_script(0, NULL, "", "$0 ssh $1 'mkfifo ~/go'");
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = support_spawn(argv, fixture.environment, file, ends[1], STDERR_FILENO);
    (void)close(ends[1]);
    (void)close(file);
    struct support_heard heard = {0};
    cr_assert(support_expect(ends[0], &heard, NULL, "here\n", SUPPORT_WAIT_MS));
    long before = peak_kb(pid);
    expect_script(0, NULL, "", "$0 ssh -n $1 'echo >~/go'");
    cr_assert(support_expect(ends[0], &heard, NULL, "100000000\n", SCRIPT_MS));
    long after = peak_kb(pid);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
#ifndef __SANITIZE_ADDRESS__ // which keeps what was freed
    cr_expect_lt(after - before, 8 * 1024, "%ld KB more", after - before);
#else
    cr_expect_geq(after, before);
#endif
    support_heard_free(&heard);
    (void)close(ends[0]);
}
