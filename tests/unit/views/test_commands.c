// SPDX-License-Identifier: Apache-2.0
//
// The table of commands holds together: names, keys, and what is made from it.

#include "tests/unit/views/paper.h"
#include "tui/keymap.h"
#include "tui/text.h"
#include "views/command_state.h"
#include "views/commands.h"
#include "views/help_view.h"
#include "views/hint_bar.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

Test(commands, names_are_unique_and_every_one_has_help)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        cr_expect(command_table[i].name[0] != '\0' && command_table[i].help[0] != '\0', "%s",
                  command_table[i].id);
        cr_expect_not_null(command_table[i].run);
        for (int k = i + 1; k < COMMAND_COUNT; k++)
            cr_expect_str_neq(command_table[i].name, command_table[k].name);
    }
}

// The sandboxes' and the credentials' verbs may share a word; no other commands that are offered together.
static bool may_share(enum command a, enum command b)
{
    const char *last_a = strrchr(command_table[a].name, ' '), *last_b = strrchr(command_table[b].name, ' ');
    bool together = command_table[a].scope == command_table[b].scope ||
                    command_table[a].scope == SCOPE_GLOBAL || command_table[b].scope == SCOPE_GLOBAL;
    return !together || (last_a != NULL && last_b != NULL && strcmp(last_a, last_b) == 0) ||
           (strncmp(command_table[a].name, "renewal ", 8) == 0 &&
            strncmp(command_table[b].name, "renewal ", 8) == 0) ||
           (strncmp(command_table[a].id, "session_sync", 12) == 0 &&
            strncmp(command_table[b].id, "session_sync", 12) == 0);
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

Test(commands, another_name_means_one_command)
{
    size_t words = 0;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        char copy[256], *rest = copy;
        (void)snprintf(copy, sizeof copy, "%s", command_aliases((enum command)i));
        for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
            words++;
            cr_expect_not(has_word(command_table[i].name, word), "%s: %s", command_table[i].id, word);
            for (int k = 0; k < COMMAND_COUNT; k++) {
                cr_expect(k == i || may_share((enum command)i, (enum command)k) ||
                              !has_word(command_aliases((enum command)k), word),
                          "%s and %s: %s", command_table[i].id, command_table[k].id, word);
            }
        }
    }
    cr_expect_gt(words, 50);
    cr_expect_str_eq(command_aliases(COMMAND_NONE), "");
}

// What a command means wherever it stands: its name without its scope's word.
static const char *meaning(int command)
{
    static const char *const own[] = {"log ", "timeline ", "bulk ", "wall "};
    const char *name = command_table[command].name;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strncmp(name, own[i], strlen(own[i])) == 0)
            return name + strlen(own[i]);
    return name;
}

static bool is_list(enum scope scope)
{
    return scope == SCOPE_DECK || scope == SCOPE_TIMELINE || scope == SCOPE_LOG || scope == SCOPE_BULK ||
           scope == SCOPE_WALL;
}

// Enter goes into what is selected, Esc and q lead out; a list's own name opens it and closes it again.
static bool leads_in_or_out(const char *key, const char *meaning_of)
{
    static const char *const out[] = {"quit", "close", "back", "clear", "timeline", "bulk", "log"};
    bool leads_out = false;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        leads_out |= strcmp(meaning_of, out[i]) == 0;
    if (strcmp(key, "Enter") == 0)
        return leads_out || strcmp(meaning_of, "connect") == 0 || strcmp(meaning_of, "details") == 0;
    return leads_out;
}

static void expect_one_meaning(int a, int b)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX], others[KEYMAP_KEYS_MAX];
    int count = keymap_parse_list(command_table[a].keys, keys, KEYMAP_KEYS_MAX);
    int other = keymap_parse_list(command_table[b].keys, others, KEYMAP_KEYS_MAX);
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < other; k++) {
            char name[KEYMAP_NAME_MAX];
            if (keys[i].key != others[k].key || keys[i].modifiers != others[k].modifiers)
                continue;
            keymap_format(keys[i], name);
            cr_expect(strcmp(meaning(a), meaning(b)) == 0 ||
                          (leads_in_or_out(name, meaning(a)) && leads_in_or_out(name, meaning(b))),
                      "%s is %s and %s", name, command_table[a].id, command_table[b].id);
        }
    }
}

Test(commands, a_key_means_the_same_in_every_list)
{
    for (int a = 0; a < COMMAND_COUNT; a++)
        for (int b = a + 1; b < COMMAND_COUNT; b++)
            if (is_list(command_table[a].scope) && is_list(command_table[b].scope))
                expect_one_meaning(a, b);
}

// "Make a credential for …": a capital, a verb's plain form as far as that can be seen, no full stop.
Test(commands, help_is_a_short_sentence)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const char *help = command_table[i].help;
        size_t length = strlen(help);
        cr_expect(help[0] >= 'A' && help[0] <= 'Z', "%s: %s", command_table[i].id, help);
        cr_expect_neq(help[length - 1], '.', "%s: %s", command_table[i].id, help);
        cr_expect_leq(length, 90, "%s: %s", command_table[i].id, help);
        size_t verb = strcspn(help, " ,;:");
        cr_expect(verb > 1 && help[verb - 1] != 's', "%s: %s", command_table[i].id, help);
    }
}

Test(commands, every_key_parses_and_is_written_as_it_parses)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        struct keymap_key keys[KEYMAP_KEYS_MAX], again;
        int count = keymap_parse_list(command_table[i].keys, keys, KEYMAP_KEYS_MAX);
        cr_assert_geq(count, 0, "%s: %s", command_table[i].id, command_table[i].keys);
        for (int k = 0; k < count; k++) {
            char name[KEYMAP_NAME_MAX];
            keymap_format(keys[k], name);
            cr_assert(keymap_parse(name, &again), "%s", name);
            cr_expect(keymap_key_equal(keys[k], again), "%s", name);
        }
    }
}

Test(commands, no_key_means_two_things_in_a_scope)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        for (int k = i + 1; k < COMMAND_COUNT; k++) {
            enum scope a = command_table[i].scope, b = command_table[k].scope;
            // In a session only what follows the prefix is ours: nothing there counts everywhere.
            bool together = a == b || (a == SCOPE_GLOBAL && b != SCOPE_SESSION) ||
                            (b == SCOPE_GLOBAL && a != SCOPE_SESSION);
            struct keymap_key of_i[KEYMAP_KEYS_MAX], of_k[KEYMAP_KEYS_MAX];
            int i_count = keymap_parse_list(command_table[i].keys, of_i, KEYMAP_KEYS_MAX);
            int k_count = keymap_parse_list(command_table[k].keys, of_k, KEYMAP_KEYS_MAX);
            for (int m = 0; together && m < i_count; m++)
                for (int n = 0; n < k_count; n++)
                    cr_expect(!keymap_key_equal(of_i[m], of_k[n]), "%s and %s", command_table[i].id,
                              command_table[k].id);
        }
    }
}

Test(commands, in_the_timeline_the_decks_keys_mean_what_they_mean_in_the_deck)
{
    size_t shared = 0;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!command_counts((enum command)i, SCOPE_TIMELINE))
            continue;
        shared += command_table[i].scope == SCOPE_DECK;
        struct keymap_key of_i[KEYMAP_KEYS_MAX], of_k[KEYMAP_KEYS_MAX];
        int i_count = keymap_parse_list(command_table[i].keys, of_i, KEYMAP_KEYS_MAX);
        for (int k = 0; k < COMMAND_COUNT; k++) {
            bool both = k != i && (command_counts((enum command)k, SCOPE_TIMELINE) ||
                                   command_table[k].scope == SCOPE_GLOBAL);
            int k_count = both ? keymap_parse_list(command_table[k].keys, of_k, KEYMAP_KEYS_MAX) : 0;
            for (int m = 0; m < i_count; m++)
                for (int n = 0; n < k_count; n++)
                    cr_expect(!keymap_key_equal(of_i[m], of_k[n]), "%s and %s", command_table[i].id,
                              command_table[k].id);
        }
    }
    cr_expect_gt(shared, 0);
    cr_expect(command_counts(COMMAND_regenerate, SCOPE_TIMELINE));
    cr_expect_not(command_counts(COMMAND_up, SCOPE_TIMELINE), "it would move what is not seen");
    for (int i = 0; i < COMMAND_COUNT; i++)
        cr_expect_eq(command_counts((enum command)i, SCOPE_WALL), command_table[i].scope == SCOPE_WALL);
}

Test(commands, the_keys_the_operator_was_promised)
{
    cr_expect_str_eq(command_key(COMMAND_connect), "Enter");
    cr_expect_str_eq(command_key(COMMAND_refresh), "Ctrl-R");
    cr_expect_str_eq(command_key(COMMAND_help), "?");
    char keys[64];
    cr_expect_str_eq(command_keys(COMMAND_up, keys, sizeof keys), "Up k");
    cr_expect_str_eq(command_keys(COMMAND_up, keys, 3), "Up");
    cr_expect_str_eq(command_key(COMMAND_NONE), "");
}

static int hints_width(const enum command *commands, size_t count)
{
    int width = 1;
    for (size_t i = 0; i < count; i++)
        width += (i > 0 ? 2 : 0) + text_width(command_key(commands[i])) + 1 +
                 text_width(command_table[commands[i]].hint);
    return width;
}

Test(hint_bar, whole_hints_only_and_help_to_the_last)
{
    enum command commands[COMMAND_COUNT];
    size_t before = 0;
    for (int columns = 1; columns < 300; columns++) {
        size_t count = hint_bar_commands(SCOPE_DECK, NULL, columns, commands);
        cr_expect_leq(count == 0 ? 0 : hints_width(commands, count), columns, "%d columns", columns);
        if (columns >= 7)
            cr_expect_eq(commands[count - 1], COMMAND_help);
        if (columns >= 7 + 2 + 14)
            cr_expect_eq(commands[count - 2], COMMAND_session_back);
        before = count;
    }
    size_t hints = 0;
    for (int i = 0; i < COMMAND_COUNT; i++)
        hints += (command_table[i].scope == SCOPE_DECK || command_table[i].scope == SCOPE_GLOBAL) &&
                 command_table[i].hint[0] != '\0';
    cr_expect_eq(before, hints, "all of them where there is room");
}

// What is on the line as things are.
static const char *hints(const struct command_facts *facts, int columns)
{
    static char text[512];
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(SCOPE_DECK, facts, columns, commands), used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i > 0 ? "  " : "",
                                 command_key(commands[i]), command_table[commands[i]].hint);
    return text;
}

Test(hint_bar, only_what_does_something_for_the_selected_sandbox)
{
    struct command_facts facts = {.keeper = true, .loaded = true};
    cr_expect_str_eq(hints(&facts, 40), "N new sandbox  : commands  ? help");
    cr_expect_str_eq(hints(&facts, 80), "N new sandbox  : commands  q quit  ? help");
    facts.total = facts.shown = 3;
    facts.row = true;
    facts.state = SANDBOX_running;
    cr_expect_str_eq(hints(&facts, 40), "Enter connect  n new  / filter  ? help");
    facts.credentials = 1;
    facts.credential = facts.password = facts.usable = true;
    cr_expect(strncmp(hints(&facts, 80), "Enter connect  r regen  / filter  v validate  x delete", 54) == 0,
              "%s", hints(&facts, 80));
    facts.usable = false; // it has ended
    cr_expect_not_null(strstr(hints(&facts, 80), "n new  r regen"));
    facts.state = SANDBOX_stopped;
    cr_expect_eq(strncmp(hints(&facts, 40), "S start  Enter connect", 22), 0, "%s", hints(&facts, 40));
    facts.sessions = facts.alive = 1;
    cr_expect_not_null(strstr(hints(&facts, 40), "  Ctrl-] session  ? help"), "%s", hints(&facts, 40));
    facts.filter = true;
    cr_expect_not_null(strstr(hints(&facts, 80), "Esc clear"));
    // With marks what the selected one lacks is no matter.
    facts.credential = facts.row = false;
    facts.marked = 2;
    cr_expect_null(strstr(hints(&facts, 80), "connect"));
    cr_expect_not_null(strstr(hints(&facts, 80), "r regen"));
    facts = (struct command_facts){.keeper = false};
    cr_expect_str_eq(hints(&facts, 80), ": commands  q quit  ? help");
}

Test(hint_bar, a_notice_leaves_room_for_help)
{
    for (int columns = 12; columns < 60; columns++) {
        paper_begin(1, columns);
        hint_bar_draw(stdscr, 0, 0, columns, SCOPE_DECK, NULL, "regenerating 14/40, 2 failed (B) 12 marked");
        cr_expect_eq(paper_find("? help"), 0, "%d columns: %s", columns, paper_line(0));
        paper_end();
    }
}

Test(command_state, says_why_a_command_can_do_nothing)
{
    static const struct {
        enum command command;
        const char *why; // NULL: it can
    } cases[] = {
        {COMMAND_connect, NULL},
        {COMMAND_validate, "no credential"},
        {COMMAND_reveal, "no credential"},
        {COMMAND_create, NULL},
        {COMMAND_sandbox_start, "it is running already"},
        {COMMAND_sandbox_pause, NULL},
        {COMMAND_mark_none, "nothing is marked"},
        {COMMAND_alert_next, "no alert"},
        {COMMAND_sessions, "no session is open"},
        {COMMAND_bulk, "no bulk operation yet"},
        {COMMAND_quit, NULL},
    };
    struct command_facts facts = {
        .keeper = true, .loaded = true, .total = 1, .shown = 1, .row = true, .state = SANDBOX_running};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = command_reason(cases[i].command, &facts);
        cr_expect_eq(why == NULL, cases[i].why == NULL, "%s: %s", command_table[cases[i].command].id, why);
        if (why != NULL && cases[i].why != NULL)
            cr_expect_str_eq(why, cases[i].why);
    }
    facts.gone = true;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "the sandbox is gone");
    facts.row = false;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "no sandbox is selected");
    facts.keeper = false;
    cr_expect_str_eq(command_reason(COMMAND_connect, &facts), "no API key");
    cr_expect_null(command_reason(COMMAND_NONE, &facts));
}

Test(help_view, every_key_of_every_scope_is_told_once_at_every_width)
{
    static struct help_page page;
    cr_assert(setlocale(LC_ALL, "C.UTF-8") != NULL);
    for (int columns = 20; columns <= 320; columns += 5) {
        int seen[COMMAND_COUNT] = {0}, titles = 0;
        help_build(SCOPE_DECK, columns, &page);
        cr_assert_lt(page.count, (size_t)HELP_LINES_MAX);
        for (size_t i = 0; i < page.count; i++) {
            titles += page.lines[i].title != NULL;
            if (page.lines[i].command != COMMAND_NONE)
                seen[page.lines[i].command]++;
            cr_expect_leq((int)page.lines[i].length, page.width - page.keys);
        }
        cr_expect_eq(titles, SCOPE_COUNT);
        for (int i = 0; i < COMMAND_COUNT; i++)
            cr_expect_eq(seen[i], command_table[i].keys[0] != '\0', "%s at %d", command_table[i].id, columns);
        for (int i = 0; i < page.columns; i++)
            cr_expect_leq(page.starts[i], page.starts[i + 1]);
        cr_expect_eq(page.starts[page.columns], page.count);
        cr_expect_leq(page.columns * page.width, columns);
    }
}

Test(hint_bar, a_layer_has_its_own_keys)
{
    static const struct {
        enum hint_layer layer;
        const char *line, *narrow;
    } cases[] = {
        {HINT_DIALOG, "Esc cancel  Enter choose  Tab next button", "Esc cancel"},
        {HINT_FORM, "Esc cancel  Enter go on  Tab next field", "Esc cancel"},
        {HINT_PALETTE, "Esc close  Enter run  Up Down select", "Esc close"},
        {HINT_FILTER, "Esc clear  Enter keep  Up Down select", "Esc clear"},
        {HINT_FILTER_CONNECT, "Enter connect  Esc clear  Tab keep  Up Down select", "Enter connect"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        paper_begin(2, 80);
        hint_bar_draw_layer(stdscr, 0, 0, 80, cases[i].layer);
        hint_bar_draw_layer(stdscr, 1, 0, 20, cases[i].layer);
        cr_expect_eq(paper_find(cases[i].line), 0, "%s", cases[i].line);
        cr_expect(strncmp(paper_line(1) + 1, cases[i].narrow, strlen(cases[i].narrow)) == 0, "%s",
                  paper_line(1));
        paper_end();
    }
}
