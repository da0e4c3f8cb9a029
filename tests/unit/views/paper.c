// SPDX-License-Identifier: Apache-2.0
//
// paper: Set up a curses screen that goes nowhere, and make a fleet by hand.

#include "tests/unit/views/paper.h"

#include "tui/base/theme.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static FILE *nowhere;
static SCREEN *screen;

void paper_begin(int rows, int cols)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    nowhere = fopen("/dev/null", "r+");
    cr_assert_not_null(nowhere);
    screen = newterm("xterm-256color", nowhere, nowhere);
    cr_assert_not_null(screen);
    cr_assert_eq(resizeterm(rows, cols), OK);
    (void)start_color();
    theme_begin(THEME_DARK);
}

void paper_end(void)
{
    (void)endwin();
    delscreen(screen);
    (void)fclose(nowhere);
}

struct sandbox paper_sandbox(const char *id, enum sandbox_state state)
{
    struct sandbox sandbox = {.state = state, .created_at = PAPER_NOW - 90 * INT64_C(60000)};
    static const char *const names[SANDBOX_STATE_COUNT] = {
#define X(name) #name,
        SANDBOX_STATE_TABLE(X)
#undef X
            "hibernating"};
    (void)snprintf(sandbox.id, sizeof sandbox.id, "%s", id);
    (void)snprintf(sandbox.template_id, sizeof sandbox.template_id, "system/debian:bookworm");
    (void)snprintf(sandbox.state_name, sizeof sandbox.state_name, "%s", names[state]);
    return sandbox;
}

struct fleet_sandbox paper_row_sandbox(const char *id, enum sandbox_state state)
{
    static const struct unparsed nothing;
    static struct sandbox known[SANDBOX_STATE_COUNT];
    known[state] = paper_sandbox(id, state);
    return (struct fleet_sandbox){.id = id,
                                  .template_id = known[state].template_id,
                                  .pod_id = "",
                                  .state_name = known[state].state_name,
                                  .network_mode = "",
                                  .unparsed = &nothing,
                                  .state = state,
                                  .created_at = known[state].created_at};
}

struct credential paper_credential(const char *sandbox_id, const char *id, int64_t row, int64_t left_ms)
{
    struct credential credential = {.verdict = VERDICT_VALID, .has_password = true, .vault_row = row};
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "%s", sandbox_id);
    (void)snprintf(credential.id, sizeof credential.id, "%s", id);
    credential.expires_at = PAPER_NOW + left_ms;
    credential.created_at = credential.updated_at = credential.expires_at - 3600 * INT64_C(1000);
    return credential;
}
