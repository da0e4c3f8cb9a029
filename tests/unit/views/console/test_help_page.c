// SPDX-License-Identifier: Apache-2.0
//
// The lines of the help: which keys, which states, and what is found among them.

#include "tui/base/text.h"
#include "views/console/help_page.h"
#include "views/labels/state_labels.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <string.h>

static struct help_page page;

static void build(enum scope scope, bool looks_back, bool all, int columns)
{
    const struct help_wish wish = {.scope = scope, .looks_back = looks_back, .all = all};
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
    help_build(&wish, columns, &page);
    cr_assert_lt(page.count, (size_t)HELP_LINES_MAX);
}

static size_t times(enum help_kind kind, const char *label)
{
    size_t count = 0;
    for (size_t i = 0; i < page.count; i++)
        count += page.lines[i].kind == kind && page.lines[i].label != NULL &&
                 strcmp(page.lines[i].label, label) == 0;
    return count;
}

// Scopes under whose titles it stands.
static int places_of(enum command command)
{
    int places = 0;
    for (int i = 0; i < SCOPE_COUNT && command_table[command].keys[0] != '\0'; i++)
        places += command_counts(command, (enum scope)i) && !command_is_borrowed(command, (enum scope)i);
    return places;
}

Test(help_page, every_key_of_every_scope_is_told_once_at_every_width_where_all_are_wanted)
{
    for (int columns = 20; columns <= 320; columns += 5) {
        int seen[COMMAND_COUNT] = {0};
        build(SCOPE_DECK, false, true, columns);
        for (size_t i = 0; i < page.count; i++) {
            if (page.lines[i].kind == HELP_ENTRY && page.lines[i].command != COMMAND_NONE)
                seen[page.lines[i].command]++;
            cr_expect_leq((int)page.lines[i].length, page.width - page.lines[i].indent);
        }
        for (int i = 0; i < SCOPE_COUNT; i++)
            cr_expect_eq(times(HELP_TITLE, scope_title((enum scope)i)), 1, "%s", scope_title((enum scope)i));
        for (int i = 0; i < COMMAND_COUNT; i++)
            cr_expect_eq(seen[i], places_of((enum command)i), "%s at %d", command_table[i].id, columns);
        for (int i = 0; i < page.columns; i++)
            cr_expect_leq(page.starts[i], page.starts[i + 1]);
        cr_expect_eq(page.starts[page.columns], page.count);
        cr_expect_leq(page.columns * page.width, columns);
    }
}

Test(help_page, only_keys_that_count_where_it_was_opened)
{
    static const enum scope scopes[] = {SCOPE_DECK, SCOPE_SESSION,  SCOPE_ENDED,
                                        SCOPE_LOG,  SCOPE_TIMELINE, SCOPE_BULK};
    for (size_t s = 0; s < sizeof scopes / sizeof *scopes; s++) {
        size_t told = 0, counting = 0;
        bool session = scopes[s] == SCOPE_SESSION || scopes[s] == SCOPE_ENDED;
        build(scopes[s], false, false, 80);
        for (int i = 0; i < COMMAND_COUNT; i++) {
            enum command command = (enum command)i;
            if (command_table[i].keys[0] == '\0')
                continue;
            counting += command_counts(command, scopes[s]) + command_counts(command, SCOPE_HELP);
            counting += session ? command_counts(command, SCOPE_SESSION) && scopes[s] == SCOPE_ENDED
                                : command_counts(command, SCOPE_GLOBAL);
        }
        for (size_t i = 0; i < page.count; i++) {
            if (page.lines[i].kind != HELP_ENTRY || page.lines[i].command == COMMAND_NONE)
                continue;
            told++;
            unsigned of = command_table[page.lines[i].command].scopes;
            cr_expect(!session || (of & (SCOPES_SESSION | SCOPES_ENDED | SCOPES_HELP)) != 0, "%s",
                      command_table[page.lines[i].command].id);
        }
        cr_expect_eq(told, counting, "%s: %zu, not %zu", scope_title(scopes[s]), told, counting);
    }
    build(SCOPE_SESSION, true, false, 80);
    cr_expect_str_eq(page.lines[0].label, "In copy mode");
    cr_expect_eq(times(HELP_ENTRY, "y Enter"), 1);
    build(SCOPE_SESSION, false, false, 80);
    cr_expect_eq(times(HELP_TITLE, "In copy mode"), 0);
}

Test(help_page, every_state_has_its_glyph_and_its_meaning)
{
    for (int columns = 40; columns <= 200; columns += 40) {
        build(SCOPE_DECK, false, false, columns);
        for (int i = 0; i < CREDENTIAL_STATE_COUNT; i++) {
            struct state_label word = state_label_credential((enum credential_state)i);
            size_t found = 0;
            for (size_t k = 0; k < page.count; k++) {
                const struct help_line *line = &page.lines[k];
                char label[HELP_KEYS_CAP];
                if (line->kind != HELP_ENTRY || line->command != COMMAND_NONE || line->glyph != word.glyph ||
                    line->role != word.role || strcmp(line->label, word.text) != 0)
                    continue;
                found++;
                cr_expect_gt(strlen(line->whole), 8);
                cr_expect_lt(text_width(help_label(&page, line, label, sizeof label)), line->indent, "%s",
                             label);
            }
            cr_expect_geq(found, 1, "%s at %d", word.text, columns);
        }
        for (int i = 0; i < SANDBOX_STATE_COUNT; i++)
            cr_expect_geq(times(HELP_ENTRY, state_label_sandbox((enum sandbox_state)i, NULL).text), 1);
    }
}

Test(help_page, is_searched_by_any_words)
{
    size_t number = 0;
    build(SCOPE_DECK, false, false, 80);
    size_t at = help_find(&page, "credential replace", 0, false);
    cr_assert_lt(at, page.count);
    cr_expect_eq(page.lines[at].command, COMMAND_regenerate);
    cr_expect_eq(help_hits(&page, "credential replace", at, &number), 1);
    cr_expect_eq(number, 1);
    at = help_find(&page, "rm sandbox", 0, false); // by another name
    cr_assert_lt(at, page.count);
    cr_expect_eq(page.lines[at].command, COMMAND_sandbox_delete);
    at = help_find(&page, "third less", 0, false); // a state
    cr_assert_lt(at, page.count);
    cr_expect_eq(page.lines[at].command, COMMAND_NONE);
    cr_expect_eq(help_find(&page, "zzz", 0, false), page.count);
    cr_expect_eq(help_find(&page, "  ", 0, false), page.count);
    // Forward and back round the same hits.
    size_t hits = help_hits(&page, "sandbox", 0, &number), forward[64], from = page.count - 1;
    cr_assert(hits > 3 && hits < 64);
    for (size_t i = 0; i < hits; i++) {
        forward[i] = from = help_find(&page, "sandbox", from, false);
        (void)help_hits(&page, "sandbox", from, &number);
        cr_expect_eq(number, i + 1);
    }
    cr_expect_eq(help_find(&page, "sandbox", from, false), forward[0]);
    for (size_t i = hits - 1; i-- > 0;)
        cr_expect_eq(from = help_find(&page, "sandbox", from, true), forward[i]);
    cr_expect_eq(help_row(&page, page.starts[0]), 0);
}
