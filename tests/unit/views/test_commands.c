// SPDX-License-Identifier: Apache-2.0
//
// The table of commands holds together: names, keys, and what is made from it.

#include "tests/unit/views/paper.h"
#include "tui/keymap.h"
#include "tui/palette.h"
#include "tui/text.h"
#include "views/command_state.h"
#include "views/commands.h"
#include "views/help_page.h"
#include "views/hint_bar.h"
#include "views/view_words.h"

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

static void on_picked(void *context, int id)
{
    *(int *)context = id;
}

static int picked(enum scope scope, const char *typed)
{
    struct palette_entry entries[COMMAND_COUNT];
    size_t count = 0;
    int id = PALETTE_NONE;
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (command_counts((enum command)i, scope) || command_table[i].scope == SCOPE_GLOBAL)
            entries[count++] = (struct palette_entry){.id = i,
                                                      .name = command_table[i].name,
                                                      .keys = command_key((enum command)i),
                                                      .help = command_table[i].help,
                                                      .also = command_aliases((enum command)i)};
    struct palette *palette = palette_new("Commands", entries, count, on_picked, &id);
    for (; *typed != '\0'; typed++)
        (void)palette_input(palette, &(struct input_event){.kind = INPUT_KEY, .key = (unsigned char)*typed});
    (void)palette_input(palette, &(struct input_event){.kind = INPUT_KEY, .key = INPUT_KEY_ENTER});
    palette_finish(palette);
    return id;
}

Test(commands, every_one_is_found_in_the_palette_by_its_name_and_by_the_words_of_it_turned_round)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        char turned[64];
        const char *name = command_table[i].name, *blank = strrchr(name, ' ');
        int found = picked(command_table[i].scope, name);
        cr_expect_eq(found, i, "%s finds %s", name, found >= 0 ? command_table[found].name : "nothing");
        (void)snprintf(turned, sizeof turned, "%s %.*s", blank != NULL ? blank + 1 : name,
                       (int)(blank != NULL ? blank - name : 0), name);
        found = picked(command_table[i].scope, turned);
        cr_expect_eq(found, i, "%s finds %s", turned, found >= 0 ? command_table[found].name : "nothing");
    }
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
    // After the prefix nothing but what follows it counts.
    enum command commands[COMMAND_COUNT];
    size_t count = hint_bar_commands(SCOPE_SESSION, &facts, 80, commands);
    cr_assert_gt(count, 1);
    cr_expect_eq(commands[count - 1], COMMAND_session_help);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(command_table[commands[i]].scope, SCOPE_SESSION);
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
            cr_expect_eq(seen[i], command_table[i].keys[0] != '\0', "%s at %d", command_table[i].id, columns);
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
            bool here = command_counts((enum command)i, scopes[s]) || command_table[i].scope == SCOPE_HELP ||
                        (session ? command_table[i].scope == SCOPE_SESSION && scopes[s] == SCOPE_ENDED
                                 : command_table[i].scope == SCOPE_GLOBAL);
            counting += here && command_table[i].keys[0] != '\0';
        }
        for (size_t i = 0; i < page.count; i++) {
            if (page.lines[i].kind != HELP_ENTRY || page.lines[i].command == COMMAND_NONE)
                continue;
            told++;
            enum scope of = command_table[page.lines[i].command].scope;
            cr_expect(!session || of == SCOPE_SESSION || of == SCOPE_ENDED || of == SCOPE_HELP, "%s",
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
            struct view_word word = view_word_credential((enum credential_state)i);
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
            cr_expect_geq(times(HELP_ENTRY, view_word_sandbox((enum sandbox_state)i, NULL).text), 1);
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

Test(hint_bar, a_layer_has_its_own_keys)
{
    static const struct {
        enum hint_layer layer;
        const char *line, *narrow;
    } cases[] = {
        {HINT_DIALOG, "Esc cancel  Enter choose  Tab next button", "Esc cancel"},
        {HINT_YES_NO, "y yes  n no  Enter choose  Tab next button", "y yes  n no"},
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
