// SPDX-License-Identifier: Apache-2.0
//
// fixture: The surroundings of a tool that reaches sandboxes by `NAME.leap0`: a home of its own in which
// `sbxdeck setup ssh --yes` was run, sandboxes of the emulator or on a real sshd, somebody who replaces their
// credentials all the time, and a canary that looks for secrets meanwhile. A tool gets HOME and PATH and
// nothing else, no terminal unless it needs one, and an OpenSSH that may ask nothing (BatchMode).

#ifndef SBXDECK_TESTS_TOOLS_FIXTURE_H
#define SBXDECK_TESTS_TOOLS_FIXTURE_H

#include "tests/support/own_home.h"
#include "tests/support/pty.h"
#include "tests/support/sshd.h"
#include "tests/support/support.h"

#include <criterion/parameterized.h>
#include <pthread.h>

enum tools_server {
    TOOLS_EMULATOR,
    TOOLS_SSHD,
    TOOLS_SERVERS,
    // The same sshd without sbxdeck, by a key: what tests of OpenSSH's own tools are measured by.
    TOOLS_DIRECT = TOOLS_SERVERS,
};
enum { TOOLS_SANDBOXES_MAX = SSHD_ACCOUNTS, TOOLS_ID_CAP = 64 };

struct tools {
    enum tools_server server;
    char folder[SUPPORT_PATH_CAP];                 // all is below it
    char home[SUPPORT_PATH_CAP + 16];              // the tool's, here
    char names[TOOLS_SANDBOXES_MAX][TOOLS_ID_CAP]; // "sbx-….leap0"
    char ids[TOOLS_SANDBOXES_MAX][TOOLS_ID_CAP];
    int count;
    char program[SUPPORT_PATH_CAP]; // sbxdeck, from the root
    struct own_home own;
    struct support_emulator emulator;
    struct sshd sshd;
    struct access_server *api;
    struct canary *canary;
    char ledger[SUPPORT_PATH_CAP + 16];
    pthread_t replacer;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    int replaced[TOOLS_SANDBOXES_MAX];
    int failed; // replacements
    bool over;
};

// One test for both servers: TOOL_TEST(mc, there_and_back, "mc", "mc", 1) { … tools … }. It is skipped when
// the command isn't there. sandboxes: how many.
#define TOOL_TEST(suite, name, command, package, sandboxes)                                                  \
    TOOL_TEST_ON(tools_servers, suite, name, command, package, sandboxes)
// The same for OpenSSH's own tools and what runs them: also without sbxdeck.
#define OPENSSH_TEST(suite, name, command, package)                                                          \
    TOOL_TEST_ON(tools_servers_and_direct, suite, name, command, package, 1)
#define TOOL_TEST_ON(servers, suite, name, command, package, sandboxes)                                      \
    static void suite##_##name(struct tools *tools);                                                         \
    ParameterizedTestParameters(suite, name)                                                                 \
    {                                                                                                        \
        return servers();                                                                                    \
    }                                                                                                        \
    ParameterizedTest(const enum tools_server *server, suite, name)                                          \
    {                                                                                                        \
        static struct tools tools;                                                                           \
        tools_need(*server, command, package);                                                               \
        tools_begin(&tools, *server, sandboxes);                                                             \
        suite##_##name(&tools);                                                                              \
        tools_end(&tools);                                                                                   \
    }                                                                                                        \
    static void suite##_##name(struct tools *tools)

struct criterion_test_params tools_servers(void);
struct criterion_test_params tools_servers_and_direct(void);
// Skips the test when the command or the server can't be had.
void tools_need(enum tools_server server, const char *command, const char *package);
// Fail the test when something can't be done. tools_end fails it too when a secret showed, when a credential
// couldn't be replaced, or when none was.
void tools_begin(struct tools *tools, enum tools_server server, int sandboxes);
void tools_end(struct tools *tools);

// Whether to do it once more: until each sandbox's credential has been replaced a few times meanwhile. 0 in
// *round before the first call; it counts.
bool tools_again(struct tools *tools, int *round);

// Runs the command line, NULL-ended, to its end; input may be NULL. The result is the caller's to free.
struct support_result tools_try(struct tools *tools, const char *input, const char *const argv[]);
// Starts it with these standard files (-1: /dev/null), in a group of its own; the caller waits for its end.
pid_t tools_start(struct tools *tools, const char *const argv[], int in, int out, int err);
// Runs it to its end, which must be exit code 0; input may be NULL. Gives its
// stdout, of the caller to free.
char *tools_run(struct tools *tools, const char *input, const char *const argv[]);
// The same by the shell.
char *tools_shell(struct tools *tools, const char *format, ...) __attribute__((format(printf, 2, 3)));
// In a terminal of 80x24 with TERM besides; of the caller to close.
struct pty *tools_terminal(struct tools *tools, const char *const argv[]);
// Until the screen has the text, or has it no more; fails the test when that doesn't come.
void tools_wait(struct pty *pty, const char *text);
void tools_wait_gone(struct pty *pty, const char *text);
void tools_wait_end(struct pty *pty, int exit_code);

// A file in the tool's home: some kilobytes of text that begin with its name and the round.
void tools_file(struct tools *tools, const char *name, int round);
// Two files in the tool's home are the same, which is no more than a few bytes long.
void tools_expect_same(struct tools *tools, const char *one, const char *other);

#endif
