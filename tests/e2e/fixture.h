// SPDX-License-Identifier: Apache-2.0
//
// fixture: The surroundings of an end-to-end test: the emulator of Leap0 with given options, a home folder of
// its own, and the program run with both, on a screen (console) or without one.

#ifndef SBXDECK_TESTS_E2E_FIXTURE_H
#define SBXDECK_TESTS_E2E_FIXTURE_H

#include "tests/e2e/console.h"
#include "tests/support/support.h"

#include <cjson/cJSON.h>

struct fixture {
    struct support_emulator emulator;
    char home[SUPPORT_PATH_CAP];
    char program[SUPPORT_PATH_CAP];
    char key[160], url[160], home_variable[SUPPORT_PATH_CAP + 16];
    char preload[SUPPORT_PATH_CAP + 16];
    const char *environment[8]; // for the program: key, URL, HOME, NULL-ended
};

// emulator_options: as for support_emulator_start; a NULL list starts none (fixture_point_at says where to).
// Everything fails the test when it can't be done.
void fixture_begin(struct fixture *fixture, const char *const emulator_options[]);
// The same, with the id of the sandbox that is always running (see fixture_first_sandbox).
void fixture_begin_first(struct fixture *fixture, const char *const emulator_options[], char *sandbox,
                         size_t cap);
void fixture_begin_without(struct fixture *fixture);
void fixture_end(struct fixture *fixture);
// Takes the place of the emulator's URL and key; NULL leaves the variable out.
void fixture_point_at(struct fixture *fixture, const char *base_url, const char *api_key);

// What the settings file of that home holds; before the program is run, and once.
void fixture_settings(const struct fixture *fixture, const char *text);

// One variable more for the program, "NAME=value", of the caller for as long as the fixture is.
void fixture_variable(struct fixture *fixture, const char *variable);
// The program runs with the library of tests/preload, which that variable tells what to do.
void fixture_preload(struct fixture *fixture, const char *variable);

// The console on a terminal of that size, waited for until the text is shown.
struct console *fixture_console(struct fixture *fixture, int rows, int cols, const char *until);
// In the deck: shows only that sandbox and selects it.
void fixture_choose(struct console *console, const char *sandbox);
// A fixture of that kind with the console in its deck, when its first sandbox is shown.
struct console *fixture_deck(struct fixture *fixture, const char *const emulator_options[], int rows,
                             int cols);
// In the deck: into a shell of that sandbox, up to its prompt.
void fixture_connect(struct console *console, const char *sandbox);
// A fixture of that kind with the console in a shell of its first sandbox, whose id is put into sandbox.
struct console *fixture_shell(struct fixture *fixture, const char *const emulator_options[], int rows,
                              int cols, char *sandbox, size_t cap);
// In the only session's shell: a second tab with one; "in one" is in the first, "in two" in the second, which
// is in front.
void fixture_second_shell(struct console *console);
// The console has been told to quit: expects it to end in order, with the terminal as it was. Frees it.
void fixture_wait_quit(struct console *console);
// From the deck without sessions: quits, and expects all to be in order. Frees the console.
void fixture_quit(struct console *console);
// The same, and ends the fixture; the second one from its only session, which it closes first.
void fixture_leave(struct fixture *fixture, struct console *console);
void fixture_leave_shell(struct fixture *fixture, struct console *console);

// Runs the program with up to seven arguments, NULL-ended. The caller frees the result.
struct support_result fixture_run(struct fixture *fixture, const char *first, ...) __attribute__((sentinel));
// The same; the exit code must be that one. Returns stdout as JSON, of the caller to delete; fails the test
// when it is none.
cJSON *fixture_json(struct fixture *fixture, int exit_code, const char *first, ...) __attribute__((sentinel));
// The same for what is text: the test fails unless the exit code is that one and the stream has the text.
void fixture_expect(struct fixture *fixture, int exit_code, const char *out, const char *err,
                    const char *first, ...) __attribute__((sentinel));

// Members of an object; the test fails when one is missing or of another type.
const char *json_text(const cJSON *object, const char *name);
double json_number(const cJSON *object, const char *name);
bool json_true(const cJSON *object, const char *name);

// The id of the emulator's sandbox that is always running.
void fixture_first_sandbox(struct fixture *fixture, char *id, size_t cap);

// The password of the only credential of that sandbox, by the program without a screen.
void fixture_password(struct fixture *fixture, const char *sandbox, char *out, size_t cap);
// Until there is another one than before, which takes its place there.
void fixture_wait_other_password(struct fixture *fixture, const char *sandbox, char *before, size_t cap);

// Until the list says that the sandbox is in that state.
void fixture_wait_state(struct fixture *fixture, const char *sandbox, const char *state);

#endif
