// SPDX-License-Identifier: Apache-2.0
//
// support: what tests need of the machine: temporary folders, programs run to their end, programs in a PTY,
// conditions waited for, and the emulator of Leap0 as a child. It needs nothing but the C library, so that
// the tests of every floor link it. Nothing here sleeps for a fixed time in the hope that something has
// happened.
//
// Functions that can fail say why on stderr and return false (or -1, or NULL).

#ifndef SBXDECK_TESTS_SUPPORT_SUPPORT_H
#define SBXDECK_TESTS_SUPPORT_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SUPPORT_PATH_CAP = 512,
    SUPPORT_OUTPUT_CAP = 8 * 1024 * 1024, // of each stream of a program that is run
    SUPPORT_WAIT_MS = 20000,              // long enough for a slow machine under valgrind
};

// Milliseconds on the monotonic clock.
int64_t support_now_ms(void);

// The path of a program that the build made: $BUILD/name, BUILD being "build" when not set.
void support_program(const char *name, char path[SUPPORT_PATH_CAP]);

// A program of that name is in PATH.
bool support_has_program(const char *name);

// A new folder of mode 0700 under $TMPDIR or /tmp; path is its name.
bool support_folder_make(char path[SUPPORT_PATH_CAP]);
// Removes it with all in it, links not followed, folders without rights too. A path that is not there is
// fine.
bool support_folder_remove(const char *path);
// Writes the file whole, mode 0600.
bool support_file_write(const char *path, const char *text);
// The file's bytes, NUL-ended, of the caller to free; NULL when it cannot be read.
char *support_file_read(const char *path, size_t *length);

// Waits until ready(ctx) says true, asking about every 5 ms; false when it has not in timeout_ms.
bool support_wait_until(bool (*ready)(void *ctx), void *ctx, int timeout_ms);
// Waits for the child's end and gives its exit code, or 128 + the signal; -1 when it lives on after
// timeout_ms (it is not ended then).
int support_wait_exit(pid_t pid, int timeout_ms);
// How many processes there are that are not zombies and whose command line, arguments joined by spaces, or
// environment has the text. The caller itself is not counted.
int support_processes_with(const char *text);
// The same, and sends each of them a signal.
int support_signal_processes_with(const char *text, int number);
// The process's parent; 0: it has gone. cpu_ticks: CPU time that it has used (sysconf _SC_CLK_TCK); may be
// NULL.
pid_t support_parent(pid_t pid, unsigned long *cpu_ticks);
// Calls each for the process and for all that it has made.
void support_descendants(pid_t from, void (*each)(pid_t pid, void *ctx), void *ctx);

// What a program did.
struct support_result {
    int exit_code; // or 128 + the signal; -1 when it could not be started or had to be killed at the deadline
    char *out;     // NUL-ended, never NULL after a run
    size_t out_length;
    char *err;
    size_t err_length;
};
// Runs argv[0] (looked for in PATH when without a slash) with input on its stdin (NULL: nothing) in a session
// of its own, without a terminal. environment: "NAME=value" pairs added to this process's own, NULL-ended;
// NULL: none. At the deadline its whole session's group is killed. False when it could not be started or was
// killed.
bool support_run(const char *const argv[], const char *const environment[], const char *input, int timeout_ms,
                 struct support_result *result);
// Frees what a run gave; all zero is fine.
void support_result_free(struct support_result *result);

// Starts argv as a child with the given standard files (-1: /dev/null) in a group of its own. -1 when it
// cannot.
pid_t support_spawn(const char *const argv[], const char *const environment[], int in, int out, int err);

// Starts argv in a PTY of that size, as the leader of a session of its own; with bare, in an environment of
// nothing but what is given. master, and slave where it is not NULL, are the caller's to close, also when
// this fails with -1 (then -1 when there are none); close-on-exec, master non-blocking. See pty.h for a
// screen to look at.
pid_t support_pty_spawn(const char *const argv[], const char *const environment[], bool bare, int rows,
                        int cols, int *master, int *slave);
// What has come out of a descriptor so far. Zero it before the first use.
struct support_heard {
    char *text; // NUL-ended once something came
    size_t length, capacity;
    bool ended; // end of file, or the PTY's other side is closed
};
void support_heard_free(struct support_heard *heard);
// Reads on until text occurs at or after *from (then *from is set past it) or timeout_ms are over; reads what
// is there when text is NULL until the end of file. from NULL: anywhere. On failure what was heard goes to
// stderr.
bool support_expect(int fd, struct support_heard *heard, size_t *from, const char *text, int timeout_ms);
// Writes all of it, waiting for room where needed.
bool support_type(int fd, const char *bytes, size_t length);

// The emulator of Leap0, running.
struct support_emulator {
    pid_t pid;
    char base_url[128];
    char api_key[128];
    int ssh_port;
    int out; // its stdout
};
// Starts $BUILD/leap0-emulator with these options more (NULL-ended; NULL: none) and reads its line of JSON.
// It ends with this process (--die-with-parent). Its stderr is this one's.
bool support_emulator_start(struct support_emulator *emulator, const char *const options[]);
// SIGTERM, then its exit code (0 when all went well); killed when it does not end in SUPPORT_WAIT_MS. All
// zero, or stopped already, is fine and gives 0.
int support_emulator_stop(struct support_emulator *emulator);
// The emulator's environment for a program under test: "LEAP0_API_KEY=…", "LEAP0_BASE_URL=…", NULL.
struct support_emulator_environment {
    char key[160], url[160];
    const char *list[3];
};
void support_emulator_environment(const struct support_emulator *emulator,
                                  struct support_emulator_environment *environment);

// The value of a string or a number of a flat JSON object, found by its name; false when it is not there or
// longer than cap. Knows no escapes but \" and \\ and \/: for the emulator's own answers only.
bool support_json_find(const char *json, const char *name, char *value, size_t cap);

#endif
