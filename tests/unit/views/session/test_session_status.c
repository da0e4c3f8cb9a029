// SPDX-License-Identifier: Apache-2.0
//
// What a session's one line says at each width, and how it speaks up.

#include "views/session/session_status.h"

#include "tui/base/text.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 4096, WIDEST = 240, NARROWEST = 20 };

static void setup(void)
{
    (void)setlocale(LC_ALL, "C.UTF-8");
}

TestSuite(session_status, .init = setup);

static struct session_status_facts example(void)
{
    return (struct session_status_facts){
        .mode = SESSION_STATUS_OPEN,
        .sandbox = "sbx-36a8c193e9",
        .credential = CREDENTIAL_valid,
        .countdown = true,
        .remaining_ms = 14 * 60000 + 33000,
        .timeout = true,
        .timeout_ms = 7 * 3600000 + 55 * 60000,
        .title = "vim notes.txt",
    };
}

static int by_column(const void *a, const void *b)
{
    return ((const struct text_piece *)a)->x - ((const struct text_piece *)b)->x;
}

// The line as it stands on the screen, and checks that hold at any width.
static char *line_of(const struct session_status_facts *facts, int columns, char out[CAP])
{
    struct text_pieces line;
    int at = 0;
    size_t length = 0;
    session_status_build(facts, columns, &line);
    qsort(line.pieces, line.count, sizeof line.pieces[0], by_column);
    for (size_t i = 0; i < line.count; i++) {
        const struct text_piece *piece = &line.pieces[i];
        cr_expect_geq(piece->x, at, "%d columns: %s overlaps", columns, piece->text);
        for (; at < piece->x; at++)
            out[length++] = ' ';
        length += (size_t)snprintf(out + length, CAP - length, "%s", piece->text);
        at += text_width(piece->text);
    }
    out[length] = '\0';
    cr_expect_leq(at, columns, "%d columns: \"%s\" takes %d", columns, out, at);
    return out;
}

static void expect_all(const char *line, const char *const parts[], bool there)
{
    for (size_t i = 0; parts[i] != NULL; i++)
        cr_expect_eq(strstr(line, parts[i]) != NULL, there, "%s in \"%s\"", parts[i], line);
}

Test(session_status, a_wide_line_has_everything)
{
    struct session_status_facts facts = example();
    char line[CAP];
    expect_all(line_of(&facts, 200, line),
               (const char *const[]){"sbx-36a8c193e9", "● valid", "credential 14m33s", "sandbox 7h55m",
                                     "vim notes.txt", "Ctrl-] then d deck, x close, ? help", NULL},
               true);
}

Test(session_status, eighty_columns_keep_the_keys)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.title = "";
    expect_all(line_of(&facts, 80, line),
               (const char *const[]){"sbx-36a8c193e9", "● valid", "credential 14m33s", "sandbox 7h55m",
                                     "Ctrl-]", NULL},
               true);
}

Test(session_status, twenty_columns_keep_sandbox_and_countdown)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.sandbox = "sbx-36a8c1";
    cr_expect_str_eq(line_of(&facts, 20, line), " sbx-36a8c1  14m33s");
    facts.sandbox = "sbx-36a8c193e9-with-a-longer-name";
    (void)line_of(&facts, 20, line);
    expect_all(line, (const char *const[]){"sbx-36", "…", "14m33s", NULL}, true);
}

Test(session_status, the_prefix_and_help_never_fall_out)
{
    struct session_status_facts facts = example();
    char line[CAP];
    const char *const ids[] = {"sbx-36a8c193e9",
                               "sbx-36a8c193e9-with-a-much-longer-name-than-there-is-room-for"};
    for (size_t i = 0; i < 2; i++) {
        for (int columns = 40; columns <= WIDEST; columns++) {
            facts.sandbox = ids[i];
            facts.mode = SESSION_STATUS_OPEN;
            cr_expect_not_null(strstr(line_of(&facts, columns, line), "Ctrl-]"), "%d: %s", columns, line);
            facts.mode = SESSION_STATUS_PREFIX;
            cr_expect_not_null(strstr(line_of(&facts, columns, line), "? help"), "%d: %s", columns, line);
        }
    }
}

Test(session_status, parts_give_way_in_order)
{
    struct session_status_facts facts = example();
    static const char *const order[] = {"vim", "sandbox", "valid", "credential", "●"};
    int gone_below[sizeof order / sizeof order[0]] = {0};
    char line[CAP];
    for (int columns = WIDEST; columns >= NARROWEST; columns--) {
        (void)line_of(&facts, columns, line);
        for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
            if (gone_below[i] == 0 && strstr(line, order[i]) == NULL)
                gone_below[i] = columns;
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        cr_expect_gt(gone_below[i], 0, "%s never went", order[i]);
    for (size_t i = 1; i < sizeof order / sizeof order[0]; i++)
        cr_expect_leq(gone_below[i], gone_below[i - 1], "%s went before %s", order[i], order[i - 1]);
}

Test(session_status, any_width_and_mode_fits)
{
    static const enum session_status_mode modes[] = {SESSION_STATUS_CONNECTING, SESSION_STATUS_OPEN,
                                                     SESSION_STATUS_PREFIX, SESSION_STATUS_ENDED};
    char line[CAP];
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        for (int columns = NARROWEST; columns <= WIDEST; columns++) {
            struct session_status_facts facts = example();
            facts.mode = modes[i];
            facts.host_key_changed = true;
            facts.notice = columns % 2 == 0 ? "no command on Ctrl-] z" : NULL;
            facts.title = "ワイド wide title 題名";
            (void)line_of(&facts, columns, line);
        }
    }
}

Test(session_status, awaiting_a_key_tells_the_keys)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.mode = SESSION_STATUS_PREFIX;
    expect_all(line_of(&facts, 100, line),
               (const char *const[]){"Ctrl-]", "d deck", "x close", "send it", "r regen", "? help", NULL},
               true);
}

Test(session_status, an_end_tells_the_way_on)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.mode = SESSION_STATUS_ENDED;
    (void)line_of(&facts, 100, line);
    expect_all(
        line,
        (const char *const[]){"sbx-36a8c193e9 ended", "Enter reconnect", "Esc close", "Ctrl-] ? keys", NULL},
        true);
    expect_all(line, (const char *const[]){"host key", "14m33s", NULL}, false);
    facts.host_key_changed = true;
    expect_all(line_of(&facts, 100, line), (const char *const[]){"F forget host key", NULL}, true);
    expect_all(line_of(&facts, 20, line), (const char *const[]){"Enter reconnect", NULL}, true);
}

Test(session_status, an_end_tells_no_key_while_none_counts)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.mode = SESSION_STATUS_ENDED;
    facts.held = true;
    (void)line_of(&facts, 100, line);
    expect_all(line, (const char *const[]){"sbx-36a8c193e9 ended", NULL}, true);
    expect_all(line, (const char *const[]){"Enter", "Esc", "Ctrl-]", NULL}, false);
}

Test(session_status, an_end_tells_when_the_next_credential_is_another)
{
    static const struct {
        enum credential_state state;
        bool fresh;
    } rows[] = {{CREDENTIAL_valid, false},  {CREDENTIAL_critical, false}, {CREDENTIAL_expired, true},
                {CREDENTIAL_invalid, true}, {CREDENTIAL_revoked, true},   {CREDENTIAL_unknown, false}};
    char line[CAP];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session_status_facts facts = example();
        facts.mode = SESSION_STATUS_ENDED;
        facts.credential = rows[i].state;
        (void)line_of(&facts, 100, line);
        cr_expect_eq(strstr(line, "Enter reconnect with a new credential") != NULL, rows[i].fresh, "%s",
                     line);
        cr_expect_not_null(strstr(line, "Enter reconnect"), "%s", line);
    }
}

// With it the key that answers; the countdown stays as long as there is room for anything.
Test(session_status, a_question_waits_beside_the_countdown)
{
    static const enum session_status_mode modes[] = {SESSION_STATUS_CONNECTING, SESSION_STATUS_OPEN,
                                                     SESSION_STATUS_PREFIX, SESSION_STATUS_ENDED};
    struct session_status_facts facts = example();
    char line[CAP];
    facts.question = "Let the program copy 12 bytes?";
    expect_all(line_of(&facts, 80, line),
               (const char *const[]){"sbx-36a8c193e9", "14m33s", facts.question, "Ctrl-] Q answers", NULL},
               true);
    expect_all(line_of(&facts, 40, line), (const char *const[]){"sbx-", "14m33s", "Ctrl-] Q", NULL}, true);
    expect_all(line_of(&facts, 20, line), (const char *const[]){"sbx-", "14m33s", "?", NULL}, true);
    facts.unfocused = true; // there the key counts without the prefix
    expect_all(line_of(&facts, 80, line), (const char *const[]){" Q answers", NULL}, true);
    expect_all(line, (const char *const[]){"Ctrl-]", NULL}, false);
    facts.unfocused = false;
    facts.mode = SESSION_STATUS_PREFIX;
    expect_all(line_of(&facts, 40, line), (const char *const[]){"Q answer", NULL}, true);
    facts.question = NULL;
    expect_all(line_of(&facts, 80, line), (const char *const[]){"Q answer", NULL}, false);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        for (int columns = NARROWEST; columns <= WIDEST; columns++) {
            facts.mode = modes[i];
            facts.question = "Renew the credential of sbx-36a8c193e9 now?";
            facts.notice = columns % 2 == 0 ? "no command on Ctrl-] z" : NULL;
            (void)line_of(&facts, columns, line);
        }
}

Test(session_status, it_speaks_up_by_credential_and_time_out)
{
    static const struct {
        enum credential_state credential;
        enum credential_state timeout;
        enum theme_role role;
    } cases[] = {
        {CREDENTIAL_valid, CREDENTIAL_valid, ROLE_SESSION_STATUS},
        {CREDENTIAL_expiring, CREDENTIAL_valid, ROLE_SESSION_STATUS_WARN},
        {CREDENTIAL_critical, CREDENTIAL_valid, ROLE_SESSION_STATUS_BAD},
        {CREDENTIAL_expired, CREDENTIAL_valid, ROLE_SESSION_STATUS_BAD},
        {CREDENTIAL_valid, CREDENTIAL_expiring, ROLE_SESSION_STATUS_WARN},
        {CREDENTIAL_valid, CREDENTIAL_critical, ROLE_SESSION_STATUS_BAD},
        {CREDENTIAL_valid, CREDENTIAL_expired, ROLE_SESSION_STATUS_BAD},
        {CREDENTIAL_expiring, CREDENTIAL_critical, ROLE_SESSION_STATUS_BAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct session_status_facts facts = example();
        facts.credential = cases[i].credential;
        facts.timeout_state = cases[i].timeout;
        cr_expect_eq(session_status_role(&facts), cases[i].role, "case %zu", i);
    }
}

// A new credential helps against one clock and not against the other: at any width it is told which it is.
Test(session_status, what_ends_first_stands_in_front_and_is_named)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.timeout_ms = 536000;
    expect_all(line_of(&facts, 120, line),
               (const char *const[]){"● valid  sandbox  8m56s  credential 14m33s", NULL}, true);
    facts.sandbox = "sbx-36a8c1";
    cr_expect_str_eq(line_of(&facts, 22, line), " sbx-36a8c1   ┆8m56s");
    facts.credential = CREDENTIAL_expired;
    facts.remaining_ms = 0;
    (void)line_of(&facts, 120, line);
    expect_all(line, (const char *const[]){"○ expired  sandbox  8m56s", NULL}, true);
    expect_all(line, (const char *const[]){"credential", "0s", NULL}, false);
    facts.timeout = false;
    (void)line_of(&facts, 120, line);
    expect_all(line, (const char *const[]){"sandbox", "0s", NULL}, false);
    facts.credential = CREDENTIAL_valid;
    facts.past_end = true;
    expect_all(line_of(&facts, 120, line), (const char *const[]){"● valid  credential past end", NULL}, true);
}

Test(session_status, a_second_less_moves_nothing_but_figures)
{
    struct session_status_facts facts = example();
    char line[CAP];
    ptrdiff_t at = 0;
    facts.title = "vim";
    for (facts.remaining_ms = 600000; facts.remaining_ms > 0; facts.remaining_ms -= 1000) {
        const char *title = strstr(line_of(&facts, 160, line), "vim");
        cr_assert_not_null(title);
        cr_assert(at == 0 || title - line == at, "%s", line);
        at = title - line;
    }
}

Test(session_status, the_title_is_foreign)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.title = "a\033[31mred\xe2\x80\xae"
                  "b";
    (void)line_of(&facts, 200, line);
    cr_expect_null(strchr(line, '\033'));
    cr_expect_null(strstr(line, "\xe2\x80\xae"));
    cr_expect_not_null(strstr(line, "red"));
}

Test(session_status, a_notice_goes_before_title_and_hints)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.notice = "no command on Ctrl-] z";
    (void)line_of(&facts, 80, line);
    expect_all(line, (const char *const[]){"no command on Ctrl-] z", "14m33s", NULL}, true);
    expect_all(line, (const char *const[]){"vim", NULL}, false);
}

static const char long_notice[] =
    "⚠ sbx-36a8c193e9: the connection was lost: api.leap0.dev closed it while something was on its way";

Test(session_status, a_notice_leaves_the_countdown_in_sight_at_every_width)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.notice = long_notice;
    facts.notice_level = TOAST_WARN;
    facts.notices_more = 3;
    for (int columns = NARROWEST; columns <= WIDEST; columns++) {
        const char *text = line_of(&facts, columns, line);
        cr_expect_not_null(strstr(text, "14m33s"), "%d: %s", columns, text);
        cr_expect_not_null(strstr(text, "⚠"), "%d: %s", columns, text);
        cr_expect_not_null(strstr(text, "+3"), "%d: %s", columns, text);
        cr_expect_null(strstr(text, "vim"), "%d: %s", columns, text);
    }
    expect_all(line_of(&facts, 80, line),
               (const char *const[]){"sbx-36a8c193e9", "connection was lost", NULL}, true);
    facts.notice = "• ok";
    facts.notices_more = 0;
    expect_all(line_of(&facts, 120, line),
               (const char *const[]){"sbx-36a8c193e9", "● valid", "credential 14m33s", "sandbox 7h55m",
                                     "• ok", "Ctrl-] then d deck", NULL},
               true);
}

Test(session_status, a_notice_leaves_an_ended_session_its_first_key)
{
    struct session_status_facts facts = example();
    char line[CAP];
    facts.mode = SESSION_STATUS_ENDED;
    facts.notice = long_notice;
    for (int columns = 40; columns <= WIDEST; columns++)
        expect_all(line_of(&facts, columns, line), (const char *const[]){"Enter", "⚠", NULL}, true);
}
