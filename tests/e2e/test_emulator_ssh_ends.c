// SPDX-License-Identifier: Apache-2.0
//
// The emulator's SSH side at its edges: walls of each kind, what stays after the end (nothing), credentials
// that end under a session, sandboxes that sleep, and peers that mean no good.

#include "tests/e2e/foreign_client.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void begin(struct foreign_client *foreign_client, struct foreign_client_access *access,
                  const char *option, const char *value)
{
    const char *options[] = {"--fleet", "plain", "--sandboxes", "1", "--move-ms", "50", option, value, NULL};
    char sandbox[80];
    foreign_client_begin(foreign_client, options);
    foreign_client_sandbox(foreign_client, 0, sandbox);
    foreign_client_access(foreign_client, sandbox, access);
}

static void expect_run(struct foreign_client *foreign_client, struct foreign_client_access *access,
                       const char *command, const char *out, int code)
{
    struct support_result result = foreign_client_ssh(foreign_client, access, NULL, command, NULL);
    cr_expect_eq(result.exit_code, code, "%s: %d, %s", command, result.exit_code, result.err);
    cr_expect_str_eq(result.out, out);
    support_result_free(&result);
}

// --- walls ---

// Takes the first so many of bwrap and unshare away, by programs of that name that fail.
static void take_away(size_t count, char folder[SUPPORT_PATH_CAP])
{
    static const char *const names[] = {"bwrap", "unshare"};
    char path[SUPPORT_PATH_CAP + 32], search[4096];
    const char *before = getenv("PATH");
    cr_assert(support_folder_make(folder));
    for (size_t i = 0; i < count && i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        cr_assert(support_file_write(path, "#!/bin/sh\nexit 1\n"));
        cr_assert_eq(chmod(path, 0700), 0);
    }
    (void)snprintf(search, sizeof search, "%s:%s", folder, before != NULL ? before : "/usr/bin:/bin");
    cr_assert_eq(setenv("PATH", search, 1), 0);
}

struct process_wish {
    const char *text;
    bool none;
};

static bool has_processes(void *ctx)
{
    const struct process_wish *wish = ctx;
    return (support_processes_with(wish->text) == 0) == wish->none;
}

static void expect_processes(const char *text, bool none)
{
    struct process_wish wish = {text, none};
    cr_expect(support_wait_until(has_processes, &wish, SUPPORT_WAIT_MS), "%s: %s", text,
              none ? "still runs" : "never ran");
}

ParameterizedTestParameters(emulator_ssh_ends, walls)
{
    static size_t counts[] = {0, 1, 2};
    return cr_make_param_array(size_t, counts, 3);
}

// The same story behind each kind of wall; and at the end no process and no file is left, whatever runs.
ParameterizedTest(const size_t *count, emulator_ssh_ends, walls)
{
    const char *const terminal[] = {"-tt", NULL};
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    char tools[SUPPORT_PATH_CAP], marker[64], command[512];
    int master = -1;
    take_away(*count, tools);
    begin(&foreign_client, &access, NULL, NULL);
    expect_run(&foreign_client, &access, "echo kept > ~/file; cd /; cat ~/file; exit 4", "kept\n", 4);
    expect_run(&foreign_client, &access, "cat file; test \"$HOME\" = \"$PWD\"", "kept\n", 0);
    expect_run(&foreign_client, &access, "kill -9 $$", "", 255);
    expect_run(&foreign_client, &access, "cd ${TMPDIR:-/tmp} && echo x > mine && ls", "mine\n", 0);

    // Jobs that left their terminal, their session and their parent.
    (void)snprintf(marker, sizeof marker, "86399.%d", (int)getpid());
    (void)snprintf(command, sizeof command,
                   "(setsid sleep %s </dev/null >/dev/null 2>&1 &); nohup sleep %s >/dev/null 2>&1 & "
                   "echo ready; sleep %s",
                   marker, marker, marker);
    pid_t pid = foreign_client_terminal(&foreign_client, &access, terminal, command, 24, 80, &master);
    cr_assert(support_expect(master, &heard, NULL, "ready", SUPPORT_WAIT_MS));
    (void)snprintf(command, sizeof command, "sleep %s", marker);
    expect_processes(command, false);
    foreign_client_end(&foreign_client);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 255);
    expect_processes(marker, true);
    (void)close(master);
    support_heard_free(&heard);
    cr_expect(support_folder_remove(tools));
}

// A client that is killed takes its shell along; the emulator goes on.
Test(emulator_ssh_ends, client_that_vanishes)
{
    const char *const terminal[] = {"-tt", NULL};
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    char command[128], marker[64];
    int master = -1;
    begin(&foreign_client, &access, NULL, NULL);
    (void)snprintf(marker, sizeof marker, "86398.%d", (int)getpid());
    (void)snprintf(command, sizeof command, "echo ready; trap '' HUP; while true; do sleep %s; done", marker);
    pid_t pid = foreign_client_terminal(&foreign_client, &access, terminal, command, 24, 80, &master);
    cr_assert(support_expect(master, &heard, NULL, "ready", SUPPORT_WAIT_MS));
    expect_processes(marker, false);
    (void)kill(pid, SIGKILL);
    (void)support_wait_exit(pid, SUPPORT_WAIT_MS);
    expect_processes(marker, true);
    expect_run(&foreign_client, &access, "echo on", "on\n", 0);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

// --- credentials that end ---

static pid_t open_session(struct foreign_client *foreign_client, struct foreign_client_access *access,
                          int *master, struct support_heard *heard)
{
    const char *const terminal[] = {"-tt", NULL};
    pid_t pid = foreign_client_terminal(foreign_client, access, terminal, "stty -echo; echo ready; exec cat",
                                        24, 80, master);
    cr_assert(support_expect(*master, heard, NULL, "ready", SUPPORT_WAIT_MS));
    return pid;
}

static void regenerate(struct foreign_client *foreign_client, struct foreign_client_access *access)
{
    char path[200];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s/regen", access->sandbox, access->id);
    cJSON_Delete(foreign_client_call(foreign_client, "POST", path, NULL, 200));
}

Test(emulator_ssh_ends, session_outlives_its_credential)
{
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    int master = -1;
    begin(&foreign_client, &access, NULL, NULL);
    pid_t pid = open_session(&foreign_client, &access, &master, &heard);
    regenerate(&foreign_client, &access);
    expect_run(&foreign_client, &access, "echo in", "", 255);
    cr_assert(support_type(master, "lives\n", 6));
    cr_expect(support_expect(master, &heard, NULL, "lives", SUPPORT_WAIT_MS));
    cr_assert(support_type(master, "\004", 1));
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 0);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh_ends, session_is_cut_with_its_credential)
{
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    int master = -1;
    begin(&foreign_client, &access, "--cut-on-expiry", NULL);
    pid_t pid = open_session(&foreign_client, &access, &master, &heard);
    regenerate(&foreign_client, &access);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 255);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh_ends, session_is_cut_by_time)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes",     "1",
                                   "--ttl",   "2",     "--cut-on-expiry", NULL};
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    char sandbox[80];
    int master = -1;
    foreign_client_begin(&foreign_client, options);
    foreign_client_sandbox(&foreign_client, 0, sandbox);
    foreign_client_access(&foreign_client, sandbox, &access);
    pid_t pid = open_session(&foreign_client, &access, &master, &heard);
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 255);
    expect_run(&foreign_client, &access, "echo in", "", 255);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

// --- sandboxes that sleep ---

static void move(struct foreign_client *foreign_client, const char *sandbox, const char *move, int status,
                 const char *state)
{
    char path[160];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/%s", sandbox, move);
    cJSON_Delete(foreign_client_call(foreign_client, "POST", path, NULL, status));
    foreign_client_wait_state(foreign_client, sandbox, state);
}

Test(emulator_ssh_ends, nobody_is_at_home)
{
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access, NULL, NULL);
    move(&foreign_client, access.sandbox, "pause", 201, "paused");
    expect_run(&foreign_client, &access, "echo in", "", 255);
    foreign_client_wait_state(&foreign_client, access.sandbox, "paused");
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh_ends, stopped_is_refused_and_cuts)
{
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    int master = -1;
    begin(&foreign_client, &access, "--wake-on-ssh", NULL);
    pid_t pid = open_session(&foreign_client, &access, &master, &heard);
    move(&foreign_client, access.sandbox, "stop", 200, "stopped");
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 255);
    expect_run(&foreign_client, &access, "echo in", "", 255);
    move(&foreign_client, access.sandbox, "start", 200, "running");
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh_ends, wakes_when_asked_to)
{
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access, "--wake-on-ssh", NULL);
    move(&foreign_client, access.sandbox, "pause", 201, "paused");
    expect_run(&foreign_client, &access, "echo awake", "awake\n", 0);
    foreign_client_wait_state(&foreign_client, access.sandbox, "running");
    foreign_client_end(&foreign_client);
}

// --- peers that mean no good ---

static int connect_raw(const struct foreign_client *foreign_client,
                       const struct foreign_client_access *access)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)foreign_client->emulator.ssh_port)};
    cr_assert_eq(inet_pton(AF_INET, strrchr(access->command, '@') + 1, &address.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

// Bytes that are no SSH, after no, a good and an endless greeting. What is sent may be refused midway.
Test(emulator_ssh_ends, survives_any_bytes)
{
    static const char *const greetings[] = {"", "SSH-2.0-peer\r\n", "SSH-2.0-", "GET / HTTP/1.1\r\n\r\n"};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    unsigned char noise[4096];
    unsigned int seed = 12345;
    begin(&foreign_client, &access, NULL, NULL);
    for (size_t round = 0; round < 24; round++) {
        int fd = connect_raw(&foreign_client, &access);
        const char *greeting = greetings[round % 4];
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (unsigned char)((seed = seed * 1103515245U + 12345U) >> 16);
        // A packet that says it is short, and one that says it is endless.
        if (round % 8 >= 4)
            memcpy(noise, round % 3 == 0 ? "\0\0\0\1" : "\xff\xff\xff\xff", 4);
        (void)send(fd, greeting, strlen(greeting), MSG_NOSIGNAL);
        for (int i = 0; i < (round < 12 ? 1 : 64); i++)
            if (send(fd, noise, sizeof noise, MSG_NOSIGNAL) < 0)
                break;
        (void)close(fd);
    }
    // Some that say nothing at all stand by meanwhile.
    int silent[8];
    for (size_t i = 0; i < 8; i++)
        silent[i] = connect_raw(&foreign_client, &access);
    expect_run(&foreign_client, &access, "echo on", "on\n", 0);
    foreign_client_end(&foreign_client);
    for (size_t i = 0; i < 8; i++)
        (void)close(silent[i]);
}
