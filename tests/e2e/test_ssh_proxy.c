// SPDX-License-Identifier: Apache-2.0
//
// OpenSSH behind `sbxdeck ssh-proxy`: which sandbox a name means, what is made or woken on the way, what is
// refused and how that is told. Nothing is asked, and no secret is seen.

#include "tests/e2e/proxy_fixture.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static struct proxy_fixture fixture;
static char box[64], name[128];

static void begin_with(const char *const options[], const char *settings, const char *state)
{
    proxy_fixture_begin(&fixture, options, settings);
    proxy_sandbox(&fixture, state, 0, box);
    (void)snprintf(name, sizeof name, "%s.leap0", box);
}

static void begin(void)
{
    static const char *const plain[] = {"--fleet", "plain", NULL};
    begin_with(plain, NULL, "running");
}

static void end(void)
{
    proxy_fixture_end(&fixture);
}

TestSuite(ssh_proxy, .timeout = 240);

static char *events(const char *kinds)
{
    struct support_result result = fixture_run(&fixture.base, "events", "--kind", kinds, NULL);
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    free(result.err);
    return result.out;
}

// --- names ---

Test(ssh_proxy, a_name_is_enough, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 7, "out\n", "", name, "echo out; exit 7");
    proxy_expect(&fixture, 0, "", "err\n", name, "echo err >&2");
    cr_expect_eq(proxy_given_out(&fixture, box), 1, "the second one takes what is there");
    char *log = events("connected,disconnected");
    cr_expect_not_null(strstr(log, "connected     ok"), "%s", log);
    cr_expect_not_null(strstr(log, "by OpenSSH_"), "%s", log);
    cr_expect_not_null(strstr(log, ", 1 channel"), "%s", log);
    free(log);
}

Test(ssh_proxy, a_name_of_the_operators_is_enough_in_any_case, .init = begin, .fini = end)
{
    fixture_expect(&fixture.base, 0, NULL, NULL, "name", box, "DB-test", NULL);
    proxy_expect(&fixture, 0, "out\n", "", "db-test.leap0", "echo out");
    proxy_expect(&fixture, 0, "out\n", "", "DB-Test.leap0", "echo out");
    cr_expect_eq(proxy_given_out(&fixture, box), 1, "the second one takes what the vault has");
    fixture_expect(&fixture.base, 0, NULL, NULL, "name", box, "", NULL);
    proxy_expect(&fixture, 255, "", "no sandbox is named 'db-test'", "db-test.leap0", "echo out");
}

Test(ssh_proxy, a_name_is_an_id_or_how_it_begins, .init = begin, .fini = end)
{
    char part[128];
    (void)snprintf(part, sizeof part, "%.*s.leap0", (int)strlen(box) - 1, box);
    proxy_expect(&fixture, 0, "hi\n", "", part, "echo hi");
    proxy_expect(&fixture, 255, "", "is ambiguous: 6 sandboxes match", "sbx-.leap0", "true");
    proxy_expect(&fixture, 255, "", "no sandbox is named 'nobody'", "nobody.leap0", "true");
    proxy_expect(&fixture, 255, "", "can't be the name of a sandbox", ".x.leap0", "true");
}

Test(ssh_proxy, what_is_refused_is_told_once, .init = begin, .fini = end)
{
    struct support_result result = proxy_ssh(&fixture, "nobody.leap0", "true");
    const char *first = strstr(result.err, "no sandbox is named");
    cr_assert_not_null(first, "%s", result.err);
    cr_expect_null(strstr(first + 1, "no sandbox is named"), "%s", result.err);
    support_result_free(&result);
    char *log = events("connected");
    cr_expect_not_null(strstr(log, "no sandbox is named 'nobody'"), "%s", log);
    free(log);
}

// --- states ---

// As the web console does it, or the time-out.
static void pause_from_elsewhere(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/pause", box);
    cJSON_Delete(ask_for(&fixture.base.emulator, 201, "POST", path, "{}"));
    fixture_wait_state(&fixture.base, box, "paused");
}

static void begin_paused(void)
{
    static const char *const woken[] = {"--wake-on-ssh", NULL};
    begin_with(woken, NULL, "paused");
}

Test(ssh_proxy, a_paused_sandbox_is_woken_unless_a_person_paused_it, .init = begin_paused, .fini = end)
{
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    fixture_expect(&fixture.base, 0, NULL, NULL, "pause", box, NULL);
    fixture_wait_state(&fixture.base, box, "paused");
    proxy_expect(&fixture, 255, "", "was paused by hand", name, "true");
    proxy_expect(&fixture, 255, "", "sbxdeck start", name, "true");
    fixture_wait_state(&fixture.base, box, "paused");
    fixture_expect(&fixture.base, 0, NULL, NULL, "start", box, NULL);
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
}

static void begin_unwoken(void)
{
    static const char *const woken[] = {"--wake-on-ssh", NULL};
    begin_with(woken, "tools_wake = no", "paused");
}

Test(ssh_proxy, a_paused_one_stays_so_where_the_setting_says_so, .init = begin_unwoken, .fini = end)
{
    fixture_expect(&fixture.base, 0, NULL, NULL, "ssh", box, "true", NULL); // a person wakes it
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    pause_from_elsewhere();
    proxy_expect(&fixture, 255, "", "tools_wake = yes", name, "true");
    fixture_wait_state(&fixture.base, box, "paused");
}

static void begin_stopped(void)
{
    begin_with(NULL, NULL, "stopped");
}

Test(ssh_proxy, a_stopped_sandbox_is_not_started, .init = begin_stopped, .fini = end)
{
    proxy_expect(&fixture, 255, "", "is stopped (sbxdeck start", name, "true");
    fixture_wait_state(&fixture.base, box, "stopped");
    cr_expect_eq(proxy_given_out(&fixture, box), 0);
}

static void begin_started(void)
{
    begin_with(NULL, "tools_start = yes", "stopped");
}

Test(ssh_proxy, a_stopped_one_is_started_by_the_setting_unless_a_person_stopped_it, .init = begin_started,
     .fini = end)
{
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    fixture_expect(&fixture.base, 0, NULL, NULL, "stop", box, NULL);
    fixture_wait_state(&fixture.base, box, "stopped");
    proxy_expect(&fixture, 255, "", "was stopped by hand", name, "true");
    fixture_wait_state(&fixture.base, box, "stopped");
}

// --- credentials ---

Test(ssh_proxy, what_a_person_deleted_is_made_again_by_a_person, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    fixture_expect(&fixture.base, 0, NULL, NULL, "access", "delete", box, NULL);
    proxy_expect(&fixture, 255, "", "deleted by hand", name, "true");
    cr_expect_eq(proxy_given_out(&fixture, box), 1);
    char *log = events("connected");
    cr_expect_not_null(strstr(log, "connect failed"), "%s", log);
    free(log);
    fixture_expect(&fixture.base, 0, "me\n", NULL, "ssh", box, "echo me", NULL);
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    cr_expect_eq(proxy_given_out(&fixture, box), 2);
    // All of them: the credential of another sandbox goes too.
    fixture_expect(&fixture.base, 0, NULL, NULL, "access", "revoke-all", "--yes", NULL);
    proxy_expect(&fixture, 255, "", "deleted by hand", name, "true");
}

static void begin_limited(void)
{
    static const char *const plain[] = {"--fleet", "plain", NULL};
    begin_with(plain, "tools_credentials = 0", "running");
}

Test(ssh_proxy, the_limit_of_credentials_is_named_with_its_setting, .init = begin_limited, .fini = end)
{
    proxy_expect(&fixture, 255, "", "tools_credentials = 0", name, "true");
    cr_expect_eq(proxy_given_out(&fixture, box), 0);
    fixture_expect(&fixture.base, 0, NULL, NULL, "access", "create", box, NULL);
    proxy_expect(&fixture, 0, "hi\n", "", name, "echo hi");
}

Test(ssh_proxy, many_at_once_make_one_credential, .init = begin, .fini = end)
{
    enum { MANY = 20 };
    pid_t pids[MANY];
    for (int i = 0; i < MANY; i++)
        pids[i] = proxy_spawn(&fixture, name, "exit 3", -1, -1, STDERR_FILENO);
    for (int i = 0; i < MANY; i++)
        cr_expect_eq(support_wait_exit(pids[i], 2 * SUPPORT_WAIT_MS), 3, "%d", i);
    cr_expect_eq(proxy_given_out(&fixture, box), 1, "%d", proxy_given_out(&fixture, box));
}

Test(ssh_proxy, a_replaced_credential_cuts_nobody_off_and_the_next_takes_the_new_one, .init = begin,
     .fini = end)
{
    int in[2], out[2];
    struct support_heard heard;
    memset(&heard, 0, sizeof heard);
    cr_assert_eq(pipe(in), 0);
    cr_assert_eq(pipe(out), 0);
    pid_t running = proxy_spawn(&fixture, name, "echo begun; cat", in[0], out[1], STDERR_FILENO);
    (void)close(in[0]);
    (void)close(out[1]);
    cr_assert(support_expect(out[0], &heard, NULL, "begun", SUPPORT_WAIT_MS));
    for (int i = 0; i < 3; i++) {
        fixture_expect(&fixture.base, 0, NULL, NULL, "access", "regen", box, NULL);
        proxy_expect(&fixture, 0, "hi\n", "", name, "echo hi");
    }
    cr_assert(support_type(in[1], "still here\n", 11));
    cr_expect(support_expect(out[0], &heard, NULL, "still here", SUPPORT_WAIT_MS));
    (void)close(in[1]);
    cr_expect_eq(support_wait_exit(running, SUPPORT_WAIT_MS), 0);
    (void)close(out[0]);
    support_heard_free(&heard);
    cr_expect_eq(proxy_given_out(&fixture, box), 4);
}

static void begin_ending(void)
{
    static const char *const soon[] = {"--fleet", "plain", "--ttl", "240", NULL};
    begin_with(soon, NULL, "running");
}

Test(ssh_proxy, what_ends_soon_is_told, .init = begin_ending, .fini = end)
{
    proxy_expect(&fixture, 0, "hi\n", "sbxdeck: the credential of ", name, "echo hi");
    proxy_expect(&fixture, 0, "hi\n", " ends in 3m", name, "echo hi");
}

// --- ends ---

static bool proxy_is_gone(void *ctx)
{
    (void)ctx;
    char what[256];
    (void)snprintf(what, sizeof what, "ssh-proxy %s", name);
    return support_processes_with(what) == 0;
}

Test(ssh_proxy, a_proxy_that_is_killed_ends_its_tool_and_nothing_else, .init = begin, .fini = end)
{
    int out[2];
    struct support_heard heard;
    char what[256];
    memset(&heard, 0, sizeof heard);
    cr_assert_eq(pipe(out), 0);
    pid_t running = proxy_spawn(&fixture, name, "echo begun; exec sleep 1000", -1, out[1], -1);
    (void)close(out[1]);
    cr_assert(support_expect(out[0], &heard, NULL, "begun", SUPPORT_WAIT_MS));
    (void)snprintf(what, sizeof what, "sbxdeck ssh-proxy %s", name);
    cr_assert_gt(support_signal_processes_with(what, SIGKILL), 0);
    cr_expect_eq(support_wait_exit(running, SUPPORT_WAIT_MS), 255);
    proxy_expect(&fixture, 0, "hi\n", "", name, "echo hi");
    cr_expect_eq(proxy_given_out(&fixture, box), 1);
    (void)close(out[0]);
    support_heard_free(&heard);
}

Test(ssh_proxy, a_tool_that_is_killed_takes_its_proxy_along, .init = begin, .fini = end)
{
    int out[2];
    struct support_heard heard;
    memset(&heard, 0, sizeof heard);
    cr_assert_eq(pipe(out), 0);
    pid_t running = proxy_spawn(&fixture, name, "echo begun; exec sleep 1000", -1, out[1], -1);
    (void)close(out[1]);
    cr_assert(support_expect(out[0], &heard, NULL, "begun", SUPPORT_WAIT_MS));
    (void)kill(running, SIGKILL);
    (void)support_wait_exit(running, SUPPORT_WAIT_MS);
    cr_expect(support_wait_until(proxy_is_gone, NULL, SUPPORT_WAIT_MS));
    char *log = events("disconnected");
    cr_expect_not_null(strstr(log, box), "%s", log);
    free(log);
    (void)close(out[0]);
    support_heard_free(&heard);
}

// --- in the middle of a create ---

static void begin_slow(void)
{
    static const char *const slow[] = {"--fleet", "plain", "--latency", "700", NULL};
    begin_with(slow, NULL, "running");
}

static bool is_making(void *ctx)
{
    char path[SUPPORT_PATH_CAP + 128];
    (void)ctx;
    (void)snprintf(path, sizeof path, "%s/locks/%s", fixture.state, box);
    return access(path, F_OK) == 0;
}

Test(ssh_proxy, a_tool_that_leaves_meanwhile_does_not_lose_what_is_made, .init = begin_slow, .fini = end)
{
    pid_t running = proxy_spawn(&fixture, name, "true", -1, -1, -1);
    cr_assert(support_wait_until(is_making, NULL, SUPPORT_WAIT_MS));
    (void)kill(running, SIGKILL);
    (void)support_wait_exit(running, SUPPORT_WAIT_MS);
    cr_assert(support_wait_until(proxy_is_gone, NULL, SUPPORT_WAIT_MS));
    proxy_expect(&fixture, 0, "hi\n", "", name, "echo hi");
    cr_expect_eq(proxy_given_out(&fixture, box), 1);
}

Test(ssh_proxy, a_proxy_that_is_killed_meanwhile_leaves_an_outcome_that_is_called_unknown, .init = begin_slow,
     .fini = end)
{
    char what[256];
    pid_t running = proxy_spawn(&fixture, name, "true", -1, -1, -1);
    cr_assert(support_wait_until(is_making, NULL, SUPPORT_WAIT_MS));
    (void)snprintf(what, sizeof what, "sbxdeck ssh-proxy %s", name);
    cr_assert_gt(support_signal_processes_with(what, SIGKILL), 0);
    cr_expect_eq(support_wait_exit(running, SUPPORT_WAIT_MS), 255);
    // Whether it was sent by then is not known here: it is made, or it was not begun.
    struct support_result next = proxy_ssh(&fixture, name, "echo hi");
    bool unknown = next.exit_code == 255 && strstr(next.err, "unknown whether") != NULL;
    cr_expect(next.exit_code == 0 || unknown, "%d: %s", next.exit_code, next.err);
    support_result_free(&next);
    if (unknown) {
        fixture_expect(&fixture.base, 0, NULL, NULL, "access", "create", box, NULL);
        proxy_expect(&fixture, 0, "hi\n", "", name, "echo hi");
    }
}

// They share a terminal.
Test(ssh_proxy, keys_that_interrupt_or_quit_are_for_the_tool, .init = begin_slow, .fini = end)
{
    char what[256];
    pid_t running = proxy_spawn(&fixture, name, "true", -1, -1, -1);
    cr_assert(support_wait_until(is_making, NULL, SUPPORT_WAIT_MS));
    (void)snprintf(what, sizeof what, "sbxdeck ssh-proxy %s", name);
    cr_assert_gt(support_signal_processes_with(what, SIGINT), 0);
    cr_assert_gt(support_signal_processes_with(what, SIGQUIT), 0);
    cr_expect_eq(support_wait_exit(running, SUPPORT_WAIT_MS), 0);
}

// --- a person meanwhile ---

static void begin_waking(void)
{
    static const char *const woken[] = {"--fleet", "plain", "--wake-on-ssh", NULL};
    begin_with(woken, NULL, "running");
}

// As another tool has it that makes a credential for long.
static int take_lock(int *opened)
{
    char path[SUPPORT_PATH_CAP + 128];
    (void)snprintf(path, sizeof path, "%s/locks", fixture.state);
    cr_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
    (void)snprintf(path, sizeof path, "%s/locks/%s", fixture.state, box);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(lock, 0);
    cr_assert_eq(flock(lock, LOCK_EX), 0);
    *opened = inotify_init1(IN_CLOEXEC);
    cr_assert_geq(inotify_add_watch(*opened, path, IN_OPEN), 0);
    return lock;
}

// The sandbox ran when the tool looked at it.
Test(ssh_proxy, what_a_person_pauses_while_a_credential_is_waited_for_stays_so, .init = begin_waking,
     .fini = end)
{
    int opened = -1, lock = take_lock(&opened);
    pid_t running = proxy_spawn(&fixture, name, "true", -1, -1, -1);
    struct pollfd tried = {.fd = opened, .events = POLLIN};
    cr_assert_eq(poll(&tried, 1, SUPPORT_WAIT_MS), 1);
    fixture_expect(&fixture.base, 0, NULL, NULL, "pause", box, NULL);
    fixture_wait_state(&fixture.base, box, "paused");
    (void)close(lock);
    cr_expect_eq(support_wait_exit(running, SUPPORT_WAIT_MS), 255);
    fixture_wait_state(&fixture.base, box, "paused");
    char *log = events("connected");
    cr_expect_not_null(strstr(log, "was paused by hand"), "%s", log);
    free(log);
    (void)close(opened);
}

static void wake_from_elsewhere(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/start", box);
    cJSON_Delete(ask_for(&fixture.base.emulator, 200, "POST", path, "{}"));
    fixture_wait_state(&fixture.base, box, "running");
}

// The person's note is older than what the server says then.
Test(ssh_proxy, what_is_started_elsewhere_is_connected_to, .init = begin_waking, .fini = end)
{
    fixture_expect(&fixture.base, 0, NULL, NULL, "stop", box, NULL);
    fixture_wait_state(&fixture.base, box, "stopped");
    proxy_expect(&fixture, 255, "", "was stopped by hand", name, "true");
    wake_from_elsewhere();
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
    proxy_expect(&fixture, 0, "hi\n", NULL, name, "echo hi");
}
