// SPDX-License-Identifier: Apache-2.0
//
// shell: Run a shell for a sandbox, in namespaces of its own where the kernel allows.

#ifndef SBXDECK_TESTS_EMULATOR_SHELL_H
#define SBXDECK_TESTS_EMULATOR_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum shell_isolation { SHELL_BWRAP, SHELL_UNSHARE, SHELL_PLAIN };

struct shell_place {
    char sandbox[65];
    char folder[256]; // with home/ and tmp/ in it
    enum shell_isolation isolation;
};

// The best that works here, found by running it.
enum shell_isolation shell_probe(void);
const char *shell_isolation_name(enum shell_isolation isolation);

// Makes the folder with what a home needs. False: err says why.
bool shell_place_make(const struct shell_place *place, char *err, size_t cap);

enum { SHELL_ENVIRONMENT_MAX = 32 };

struct shell_wish {
    const char *command; // NULL: a login shell
    bool pty;
    int rows, cols;
    const char *term;
    const char *environment[SHELL_ENVIRONMENT_MAX + 1]; // "NAME=value", NULL-ended
};

struct shell {
    pid_t pid;
    int in, out, err; // with a PTY in and out are the same, err is -1; all non-blocking
    int report;       // where the watch tells how the shell ended
};

// False when it could not be started.
bool shell_start(const struct shell_place *place, const struct shell_wish *wish, struct shell *shell);
// Whether it has ended; status is then as waitpid gives it.
bool shell_reap(struct shell *shell, int *status);
// The watch that stands between the walls and the shell: runs argv[first…] and reports its end. Returns the
// exit code. main's arguments are "--ssh-connection", SHELL_WATCH, then the command.
#define SHELL_WATCH      "watch"
#define SHELL_WATCH_NAME "sshd" // as a list of processes shows it
int shell_watch_main(int argc, char **argv, int first);
void shell_resize(const struct shell *shell, int rows, int cols);
// To the shell and what is of its process group.
void shell_signal(const struct shell *shell, int number);
// Kills every process that descends from this one, also those that left their session.
void shell_kill_descendants(void);

#endif
