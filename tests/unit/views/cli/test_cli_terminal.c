// SPDX-License-Identifier: Apache-2.0
//
// The escapes of `sbxdeck ssh`: what reaches the remote program and what is ours, with the typed bytes whole
// and cut at every place.

#include "views/cli/cli_terminal.h"

#include <criterion/criterion.h>
#include <string.h>

struct escape_case {
    const char *typed;
    const char *sent;
    const char *actions; // c close, s stop, h help, in order
};

static const struct escape_case cases[] = {
    {"", "", ""},          {"ls\r", "ls\r", ""},
    {"~.", "", "c"},       {"a~.", "a~.", ""},
    {"a\r~.", "a\r", "c"}, {"a\n~.b", "a\nb", "c"},
    {"~~", "~", ""},       {"~~.", "~.", ""},
    {"~x", "~x", ""},      {"x\r~x~.", "x\r~x~.", ""},
    {"~?~?", "", "hh"},    {"~\x1a", "", "s"},
    {"~\r~.", "~\r", "c"}, {"\r\r~?ok\r", "\r\rok\r", "h"},
};

struct outcome {
    char sent[64];
    char actions[16];
};

static void feed(struct escape_filter *filter, const char *bytes, size_t length, struct outcome *outcome)
{
    static const char letters[] = {[ESCAPE_CLOSE] = 'c', [ESCAPE_STOP] = 's', [ESCAPE_HELP] = 'h'};
    while (length > 0) {
        char out[64];
        size_t out_length = 0;
        size_t used = 0;
        enum escape_action action = cli_terminal_escape(filter, bytes, length, out, &out_length, &used);
        cr_assert_leq(out_length, length + ESCAPE_SPARE);
        cr_assert_leq(used, length);
        cr_assert_gt(used, 0);
        strncat(outcome->sent, out, out_length);
        if (action != ESCAPE_NONE)
            strncat(outcome->actions, &letters[action], 1);
        bytes += used;
        length -= used;
    }
}

Test(cli_terminal, escapes_whole_and_cut_at_every_place)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = strlen(cases[i].typed);
        for (size_t cut = 0; cut <= length; cut++) {
            struct escape_filter filter = {0};
            struct outcome outcome = {.sent = "", .actions = ""};
            feed(&filter, cases[i].typed, cut, &outcome);
            feed(&filter, cases[i].typed + cut, length - cut, &outcome);
            cr_assert_str_eq(outcome.sent, cases[i].sent, "case %zu cut at %zu", i, cut);
            cr_assert_str_eq(outcome.actions, cases[i].actions, "case %zu cut at %zu", i, cut);
        }
    }
}
