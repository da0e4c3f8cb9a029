// SPDX-License-Identifier: Apache-2.0
//
// Several channels on one connection of the emulator's SSH side, as OpenSSH's ssh sees them: sessions up to
// the bound, sftp, forwards either way, signals, and one channel that stalls while others go on.

#include "tests/e2e/foreign_client.h"
#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct master {
    struct foreign_client client;
    struct foreign_client_access access;
    char path[SUPPORT_PATH_CAP + 32];
    pid_t pid;
};

static bool has_socket(void *ctx)
{
    return access(((const struct master *)ctx)->path, F_OK) == 0;
}

// A connection that others share.
static void begin(struct master *master, const char *option, const char *value)
{
    const char *const fleet[] = {"--fleet", "plain", "--sandboxes", "1", option, value, NULL};
    const char *words[FOREIGN_CLIENT_WORDS_MAX];
    const char *const options[] = {"-M", "-N", "-o", "ControlPersist=no", "-S", master->path, NULL};
    char sandbox[80];
    memset(master, 0, sizeof *master);
    foreign_client_begin(&master->client, fleet);
    foreign_client_sandbox(&master->client, 0, sandbox);
    foreign_client_access(&master->client, sandbox, &master->access);
    (void)snprintf(master->path, sizeof master->path, "%s/control", master->client.folder);
    foreign_client_words(&master->client, &master->access, options, NULL, words);
    master->pid = support_spawn(words, master->client.environment, -1, -1, 2);
    cr_assert_gt(master->pid, 0);
    cr_assert(support_wait_until(has_socket, master, SUPPORT_WAIT_MS));
}

// Over that connection and no other: no password is there for one.
static struct support_result run(struct master *master, const char *const more[], const char *command,
                                 const char *input)
{
    const char *words[24] = {"ssh",           "-F", "none",          "-S", master->path, "-o",
                             "BatchMode=yes", "-o", "LogLevel=ERROR"};
    size_t count = 9;
    struct support_result result = {0};
    for (size_t i = 0; more != NULL && more[i] != NULL; i++)
        words[count++] = more[i];
    words[count++] = "there";
    words[count] = command;
    cr_assert(support_run(words, NULL, input, SUPPORT_WAIT_MS, &result), "%s", command);
    return result;
}

static void expect_run(struct master *master, const char *const more[], const char *command, const char *out,
                       int code)
{
    struct support_result result = run(master, more, command, NULL);
    cr_expect_eq(result.exit_code, code, "%s: %d, %s", command, result.exit_code, result.err);
    cr_expect_str_eq(result.out, out);
    support_result_free(&result);
}

static void end(struct master *master)
{
    const char *const leave[] = {"-O", "exit", NULL};
    struct support_result result = run(master, leave, NULL, NULL);
    support_result_free(&result);
    (void)support_wait_exit(master->pid, SUPPORT_WAIT_MS);
    foreign_client_end(&master->client);
}

// A session on that connection whose other side stays in the test's hands.
static pid_t start(struct master *master, const char *command, int in, int out)
{
    const char *const words[] = {"ssh",           "-F",    "none",  "-S", master->path, "-o",
                                 "BatchMode=yes", "there", command, NULL};
    pid_t pid = support_spawn(words, NULL, in, out, 2);
    cr_assert_gt(pid, 0);
    return pid;
}

Test(emulator_channels, sessions_up_to_the_bound)
{
    struct master master;
    struct support_heard heard[2] = {{0}, {0}};
    int in[2][2], out[2][2];
    pid_t pids[2];
    begin(&master, "--max-sessions", "2");
    for (int i = 0; i < 2; i++) {
        cr_assert(pipe2(in[i], O_CLOEXEC) == 0 && pipe2(out[i], O_CLOEXEC) == 0);
        pids[i] = start(&master, "echo up; cat; exit 7", in[i][0], out[i][1]);
        (void)close(in[i][0]);
        (void)close(out[i][1]);
        cr_assert(support_expect(out[i][0], &heard[i], NULL, "up", SUPPORT_WAIT_MS));
    }
    struct support_result third = run(&master, NULL, "echo third", NULL);
    cr_expect_str_eq(third.out, "");
    cr_expect_neq(third.exit_code, 0);
    support_result_free(&third);
    for (int i = 0; i < 2; i++) {
        cr_expect(support_type(in[i][1], "still\n", 6));
        cr_expect(support_expect(out[i][0], &heard[i], NULL, "still", SUPPORT_WAIT_MS));
        (void)close(in[i][1]);
        cr_expect_eq(support_wait_exit(pids[i], SUPPORT_WAIT_MS), 7);
        (void)close(out[i][0]);
        support_heard_free(&heard[i]);
    }
    // There is room again.
    expect_run(&master, NULL, "echo third", "third\n", 0);
    end(&master);
}

// One that takes no output and one that takes no input, both with more under way than any buffer holds.
Test(emulator_channels, a_stalled_one_stalls_no_other)
{
    enum { LENGTH = 6 * 1000 * 1000 };
    struct master master;
    int out[2], in[2], unused[2];
    char *flood = calloc(1, LENGTH + 1), size[32];
    begin(&master, NULL, NULL);
    cr_assert(flood != NULL && pipe2(out, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0 &&
              pipe2(unused, O_CLOEXEC) == 0);
    memset(flood, 'x', LENGTH);
    pid_t talks = start(&master, "head -c 50000000 /dev/zero", -1, out[1]);
    pid_t deaf = start(&master, "sleep 1000", in[0], unused[1]);
    (void)close(out[1]);
    (void)close(in[0]);
    // As much as it takes: its ssh stops reading when the window is used up.
    (void)fcntl(in[1], F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 200; i++)
        (void)!write(in[1], flood, 65536);
    for (int i = 0; i < 3; i++) {
        struct support_result result = run(&master, NULL, "wc -c", flood);
        (void)snprintf(size, sizeof size, "%d\n", LENGTH);
        cr_expect_str_eq(result.out, size);
        support_result_free(&result);
        result = run(&master, NULL, "head -c 6000000 /dev/zero", NULL);
        cr_expect_eq(result.out_length, LENGTH);
        support_result_free(&result);
    }
    // What was held back comes whole.
    size_t total = 0;
    for (ssize_t count = 1; count > 0; total += (size_t)(count > 0 ? count : 0))
        count = read(out[0], flood, LENGTH);
    cr_expect_eq(total, 50000000, "%zu", total);
    cr_expect_eq(support_wait_exit(talks, SUPPORT_WAIT_MS), 0);
    (void)kill(deaf, SIGKILL);
    (void)support_wait_exit(deaf, SUPPORT_WAIT_MS);
    (void)close(out[0]);
    (void)close(in[1]);
    (void)close(unused[0]);
    (void)close(unused[1]);
    free(flood);
    end(&master);
}

static bool has_none_with(void *ctx)
{
    return support_processes_with(ctx) == 0;
}

// A session that its client leaves takes what it ran along; the connection goes on.
Test(emulator_channels, a_session_that_is_left_ends)
{
    struct master master;
    struct support_heard heard = {0};
    char command[96], marker[48];
    int out[2];
    begin(&master, NULL, NULL);
    (void)snprintf(marker, sizeof marker, "sleep 86397.%d", (int)getpid());
    (void)snprintf(command, sizeof command, "echo up; trap '' HUP; while :; do %s; done", marker);
    cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = start(&master, command, -1, out[1]);
    (void)close(out[1]);
    cr_assert(support_expect(out[0], &heard, NULL, "up", SUPPORT_WAIT_MS));
    (void)kill(pid, SIGKILL);
    (void)support_wait_exit(pid, SUPPORT_WAIT_MS);
    cr_expect(support_wait_until(has_none_with, marker, SUPPORT_WAIT_MS), "%s still runs", marker);
    expect_run(&master, NULL, "echo on", "on\n", 0);
    (void)close(out[0]);
    support_heard_free(&heard);
    end(&master);
}

static int accept_one(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    cr_assert_geq(fd, 0);
    return fd;
}

// Both ways, each direction ended by itself.
static void expect_halves(int one, int other)
{
    char bytes[16] = "";
    cr_expect_eq(write(one, "ping", 4), 4);
    cr_expect_eq(shutdown(one, SHUT_WR), 0);
    cr_expect_eq(recv(other, bytes, 4, MSG_WAITALL), 4);
    cr_expect_str_eq(bytes, "ping");
    cr_expect_eq(read(other, bytes, sizeof bytes), 0, "no end of file");
    cr_expect_eq(write(other, "pong", 4), 4);
    cr_expect_eq(recv(one, bytes, 4, MSG_WAITALL), 4);
    cr_expect_str_eq(bytes, "pong");
    (void)close(other);
    cr_expect_eq(read(one, bytes, sizeof bytes), 0, "no end of file");
    (void)close(one);
}

static bool refuses(void *ctx)
{
    int fd = loopback_connect(*(const int *)ctx);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0;
}

Test(emulator_channels, forwards_either_way)
{
    struct master master;
    char from_here[64], from_there[64];
    int port = 0, local = 0;
    begin(&master, NULL, NULL);
    int listener = loopback_listen(8, &port), unused = loopback_listen(-1, &local);
    cr_assert(listener >= 0 && unused >= 0);
    (void)close(unused);
    (void)snprintf(from_here, sizeof from_here, "%d:localhost:%d", local, port);
    (void)snprintf(from_there, sizeof from_there, "0:127.0.0.1:%d", port);
    const char *const forward[] = {"-O", "forward", "-L", from_here, NULL};
    expect_run(&master, forward, NULL, "", 0);
    int fd = loopback_connect(local);
    cr_assert_geq(fd, 0);
    expect_halves(fd, accept_one(listener));

    const char *const back[] = {"-O", "forward", "-R", from_there, NULL};
    struct support_result result = run(&master, back, NULL, NULL);
    int remote = (int)strtol(result.out, NULL, 10);
    cr_assert_gt(remote, 0, "%s%s", result.out, result.err);
    support_result_free(&result);
    fd = loopback_connect(remote);
    cr_assert_geq(fd, 0);
    expect_halves(fd, accept_one(listener));
    const char *const cancel[] = {"-O", "cancel", "-R", from_there, NULL};
    result = run(&master, cancel, NULL, NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
    // ssh does not wait for the answer.
    cr_expect(support_wait_until(refuses, &remote, SUPPORT_WAIT_MS), "it still listens");
    (void)close(listener);
    end(&master);
}

// Only what is on this machine's loopback, and what listens there.
Test(emulator_channels, connects_to_loopback_alone)
{
    static const char *const places[] = {"10.0.0.1:80", "example.org:80", "0.0.0.0:80", "127.0.0.1:1",
                                         "[::]:80"};
    struct master master;
    begin(&master, NULL, NULL);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *const forward[] = {"-W", places[i], NULL};
        struct support_result result = run(&master, forward, NULL, "hello");
        cr_expect_str_eq(result.out, "");
        cr_expect_neq(result.exit_code, 0, "%s", places[i]);
        support_result_free(&result);
    }
    expect_run(&master, NULL, "echo on", "on\n", 0);
    end(&master);
}

// New keys all the time, with floods either way.
Test(emulator_channels, exchanges_keys_in_a_flood)
{
    enum { LENGTH = 7 * 1000 * 1000 };
    static const char *const plain[] = {"--fleet", "plain", "--sandboxes", "1", NULL};
    static const char *const often[] = {"-o", "RekeyLimit=1M", NULL};
    struct foreign_client client;
    struct foreign_client_access access;
    char sandbox[80], *input = malloc(LENGTH + 1);
    cr_assert_not_null(input);
    for (size_t i = 0; i < LENGTH; i++)
        input[i] = (char)('!' + (i * 7 + i / 93) % 93);
    input[LENGTH] = '\0';
    foreign_client_begin(&client, plain);
    foreign_client_sandbox(&client, 0, sandbox);
    foreign_client_access(&client, sandbox, &access);
    struct support_result result = foreign_client_ssh(&client, &access, often, "cat", input);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect(result.out_length == LENGTH && memcmp(result.out, input, LENGTH) == 0);
    support_result_free(&result);
    free(input);
    foreign_client_end(&client);
}
