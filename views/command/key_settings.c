// SPDX-License-Identifier: Apache-2.0
//
// key_settings: check the chosen keys against the table of commands before any of them counts. Whether two
// commands share a key shows only when all lines are read. A key that a line chooses is taken from the
// command that only has it by default, so that a later table's new keys never make an older file wrong.

#include "views/command/key_settings.h"

#include "api/base/nearest_word.h"
#include "api/config/config.h"
#include "tui/base/char_width.h"
#include "tui/term/keymap.h"
#include "views/command/commands.h"
#include "views/command/own_commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct choice {
    int line; // of the file; 0: the table's keys, without those that lines have taken
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    int count;
    int taken; // of them, by lines
};

struct settings {
    struct choice of[COMMAND_COUNT];
    struct own_key own[OWN_COMMANDS_MAX]; // of own commands
    size_t own_count;
};

// There must be a way out, to the keys, and out of each list and session.
static const enum command needed[] = {
    COMMAND_quit,         COMMAND_quit_now,       COMMAND_wall_quit,    COMMAND_help,
    COMMAND_session_help, COMMAND_session_prefix, COMMAND_session_deck, COMMAND_help_close,
    COMMAND_log_close,    COMMAND_messages_close, COMMAND_bulk_back,    COMMAND_timeline_close,
};

__attribute__((format(printf, 3, 4))) static bool refuse(struct failure *why, const char *advice,
                                                         const char *format, ...)
{
    char text[160];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s", text), "%s", advice) == STATUS_OK;
}

// --- one line -----------------------------------------------------------------------------

const char *key_settings_name(enum command command)
{
    static char names[COMMAND_COUNT][NEAREST_WORD_CAP];
    if (names[command][0] != '\0')
        return names[command];
    (void)snprintf(names[command], sizeof names[command], "%s", command_table[command].name);
    for (char *at = names[command]; *at != '\0'; at++)
        *at = *at == ' ' ? '_' : *at;
    return names[command];
}

// Settings files have them still.
static const struct {
    const char *name;
    enum command command;
} earlier_names[] = {{"notices", COMMAND_messages}, {"session_notices", COMMAND_session_messages}};

static enum command find_command(const char *typed, struct failure *why)
{
    char name[NEAREST_WORD_CAP];
    struct nearest_word nearest = {.word = name};
    (void)snprintf(name, sizeof name, "%s", typed);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == ' ' || *at == '-' ? '_' : *at;
    for (size_t i = 0; i < sizeof earlier_names / sizeof *earlier_names; i++)
        if (strcmp(name, earlier_names[i].name) == 0)
            return earlier_names[i].command;
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, key_settings_name(i)) == 0)
            return (enum command)i;
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        nearest_word_offer(&nearest, key_settings_name(i));
    (void)refuse(why, "sbxdeck help keys lists them", "'%.60s' is not a command", typed);
    if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    return COMMAND_NONE;
}

static bool no_such_key(const char *name, struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    for (size_t i = 0; keymap_name(i) != NULL; i++)
        nearest_word_offer(&nearest, keymap_name(i));
    (void)refuse(why, "write x, Ctrl-x, Alt-x, F1, PageUp; several apart by blanks; or none",
                 "'%.40s' is not a key", name);
    if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    return false;
}

// What no terminal sends, or nothing ever looks up.
static bool is_reachable(bool in_session, struct keymap_key key, struct failure *why)
{
    static const struct {
        uint32_t key;
        const char *is;
    } same[] = {{'i', "Tab"}, {'m', "Enter"}, {'[', "Esc"}, {'?', "Backspace"}, {'@', "Ctrl-Space"}};
    char name[KEYMAP_NAME_MAX];
    keymap_format(key, name);
    if (key.key < INPUT_KEY_NAMED && char_width(key.key) < 1)
        return refuse(why, "choose another key", "it can't be shown");
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (key.modifiers == INPUT_CTRL && key.key == same[i].key)
            return refuse(why, "choose another key", "%s is %s to a terminal", name, same[i].is);
    if (in_session && key.key == INPUT_KEY_ESC && key.modifiers == 0)
        return refuse(why, "choose another key", "%s after the prefix gives it up", name);
    return true;
}

static bool can_be_prefix(struct keymap_key key, struct failure *why)
{
    char name[KEYMAP_NAME_MAX];
    keymap_format(key, name);
    return (key.modifiers & (INPUT_CTRL | INPUT_ALT)) != 0 ||
           (key.key >= INPUT_KEY_F1 && key.key <= INPUT_KEY_F20) ||
           refuse(why, "the prefix is a key with Ctrl- or Alt-, or F1 to F20", "%s is typed in a session",
                  name);
}

static bool parse_keys(enum command command, const char *value, struct choice *out, struct failure *why)
{
    char name[KEYMAP_NAME_MAX];
    size_t most = command == COMMAND_session_prefix ? 1 : KEYMAP_KEYS_MAX;
    out->count = 0;
    for (const char *at = value + strspn(value, " \t"); *at != '\0'; at += strspn(at, " \t")) {
        struct keymap_key *key = &out->keys[out->count];
        size_t length = strcspn(at, " \t");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
        at += length;
        if ((size_t)out->count == most)
            return refuse(why, "leave some away", "more than %zu key%s", most, most == 1 ? "" : "s");
        if (length >= sizeof name || !keymap_parse(name, key))
            return no_such_key(name, why);
        if (!is_reachable(command_counts(command, SCOPE_SESSION), *key, why) ||
            (command == COMMAND_session_prefix && !can_be_prefix(*key, why)))
            return false;
        out->count++;
    }
    return out->count > 0 || no_such_key("", why);
}

static bool is_needed(enum command command)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i] == command)
            return true;
    return false;
}

static bool take(enum command command, const char *value, struct choice *choice, struct failure *why)
{
    if (command == COMMAND_session_number) // it is the digit that says where to
        return refuse(why, "remove this line", "its keys are the digits");
    choice->count = 0;
    if (strcmp(value, "none") != 0 && !parse_keys(command, value, choice, why))
        return false;
    if (choice->count > 0 || !is_needed(command))
        return true;
    return refuse(why, "give it one", "it needs a key");
}

static bool on_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    struct settings *settings = ctx;
    struct failure more = {.status = STATUS_OK};
    enum command command = find_command(line->name, why);
    (void)open_to;
    if (command == COMMAND_NONE)
        return false;
    struct choice *choice = &settings->of[command];
    choice->line = line->number;
    if (take(command, line->value, choice, &more))
        return true;
    choice->line = 0; // it clashes with nothing
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%.60s': %s", line->name, line->value, more.message);
    (void)advise(why, why->status, "%s", more.advice);
    return false;
}

// --- whose key it is ----------------------------------------------------------------------

static bool has_key(const struct choice *choice, struct keymap_key key)
{
    for (int i = 0; i < choice->count; i++)
        if (keymap_key_equal(choice->keys[i], key))
            return true;
    return false;
}

// Own commands are asked for after what counts everywhere, except in a session.
static bool meets_own(enum command command, const struct own_key *own)
{
    unsigned in = own->scopes == SCOPES_SESSION ? own->scopes : own->scopes | SCOPES_GLOBAL;
    return (command_table[command].scopes & in) != 0;
}

// A line of the operator's gives that key to something else where this command has it, too.
static bool is_claimed(const struct settings *settings, enum command command, struct keymap_key key)
{
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (settings->of[i].line > 0 && command_meets(i, command) && has_key(&settings->of[i], key))
            return true;
    for (size_t i = 0; i < settings->own_count; i++)
        if (meets_own(command, &settings->own[i]) && keymap_key_equal(settings->own[i].key, key))
            return true;
    return false;
}

// What is left of the table's keys. Of a command that needs one its last one stays, and clashes.
static void give_way(struct settings *settings)
{
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        struct choice *choice = &settings->of[i];
        struct keymap_key left[KEYMAP_KEYS_MAX];
        int count = 0;
        if (choice->line > 0)
            continue;
        for (int k = 0; k < choice->count; k++)
            if (!is_claimed(settings, i, choice->keys[k]))
                left[count++] = choice->keys[k];
        if (count == 0 && is_needed(i))
            continue;
        choice->taken = choice->count - count;
        choice->count = count;
        memcpy(choice->keys, left, sizeof left[0] * (size_t)count);
    }
}

static void read_all(const struct config_text *text, struct settings *settings, config_fault_take *fault,
                     void *ctx)
{
    memset(settings, 0, sizeof *settings);
    config_text_check_each(text, "keys", on_line, settings, fault, ctx);
    // From the deck the same key leads back to a session.
    struct choice *back = &settings->of[COMMAND_session_back];
    if (back->line == 0)
        *back = settings->of[COMMAND_session_prefix];
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (settings->of[i].line == 0)
            settings->of[i].count =
                keymap_parse_list(command_table[i].keys, settings->of[i].keys, KEYMAP_KEYS_MAX);
    settings->own_count = own_commands_keys(text, settings->own);
    give_way(settings);
}

// --- clashes ------------------------------------------------------------------------------

// The first key that both have; false: none.
static bool share_key(const struct choice *a, const struct choice *b, struct keymap_key *shared)
{
    for (int i = 0; i < a->count; i++) {
        *shared = a->keys[i];
        if (has_key(b, *shared))
            return true;
    }
    return false;
}

// What makes room for the key, and can be done.
static const char *way_out(enum command other, char advice[], size_t cap)
{
    (void)snprintf(advice, cap, "set %s to another key%s", key_settings_name(other),
                   is_needed(other) ? "" : ", or to none");
    return advice;
}

// As the line names it: the way back from the deck is the prefix, unless it has a line of its own.
static const char *name_in(const struct settings *settings, enum command command)
{
    bool of_prefix = command == COMMAND_session_back && settings->of[command].line > 0 &&
                     settings->of[command].line == settings->of[COMMAND_session_prefix].line;
    return key_settings_name(of_prefix ? COMMAND_session_prefix : command);
}

static void place_of(int line, char place[32])
{
    place[0] = '\0';
    if (line > 0)
        (void)snprintf(place, 32, " (line %d)", line);
}

static void clash(const struct settings *settings, enum command command, enum command other,
                  struct keymap_key key, struct failure *why)
{
    char advice[NEAREST_WORD_CAP + 40], place[32] = "";
    char name[KEYMAP_NAME_MAX];
    keymap_format(key, name);
    if (settings->of[other].line != settings->of[command].line)
        place_of(settings->of[other].line, place);
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%s': that is the key of %s, too%s",
               name_in(settings, command), name, name_in(settings, other), place);
    (void)advise(why, STATUS_BAD_ARGUMENT, "%s", way_out(other, advice, sizeof advice));
}

// Each two that share a key, told at the later line.
static void find_clashes(const struct settings *settings, config_fault_take *fault, void *ctx)
{
    struct keymap_key key;
    for (enum command a = 0; a < COMMAND_COUNT; a++) {
        for (enum command b = a + 1; b < COMMAND_COUNT; b++) {
            int line_a = settings->of[a].line, line_b = settings->of[b].line;
            struct failure why = {.status = STATUS_OK};
            if ((line_a == 0 && line_b == 0) || !command_meets(a, b) ||
                !share_key(&settings->of[a], &settings->of[b], &key))
                continue;
            enum command later = line_a > line_b ? a : b;
            clash(settings, later, later == a ? b : a, key, &why);
            fault(ctx, settings->of[later].line, &why);
        }
    }
}

static void own_clash(const struct own_key *own, const char *other, int line, config_fault_take *fault,
                      void *ctx)
{
    struct failure why = {.status = STATUS_OK};
    char name[KEYMAP_NAME_MAX], place[32];
    keymap_format(own->key, name);
    place_of(line, place);
    (void)fail(&why, STATUS_BAD_ARGUMENT, "key = '%s' of the command %s: that is the key of %s, too%s", name,
               own->name, other, place);
    (void)advise(&why, why.status, "choose another key");
    fault(ctx, own->line, &why);
}

static void find_own_clashes(const struct settings *settings, size_t index, config_fault_take *fault,
                             void *ctx)
{
    const struct own_key *own = &settings->own[index];
    char other[OWN_NAME_CAP + 16];
    struct failure why = {.status = STATUS_OK};
    if (!is_reachable(own->scopes == SCOPES_SESSION, own->key, &why))
        fault(ctx, own->line, &why);
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (meets_own(i, own) && has_key(&settings->of[i], own->key))
            own_clash(own, key_settings_name(i), settings->of[i].line, fault, ctx);
    for (size_t i = 0; i < index; i++) {
        if ((settings->own[i].scopes & own->scopes) == 0 || !keymap_key_equal(settings->own[i].key, own->key))
            continue;
        (void)snprintf(other, sizeof other, "the command %s", settings->own[i].name);
        own_clash(own, other, settings->own[i].line, fault, ctx);
    }
}

static void check_all(const struct config_text *text, struct settings *settings, config_fault_take *fault,
                      void *ctx)
{
    read_all(text, settings, fault, ctx);
    find_clashes(settings, fault, ctx);
    for (size_t i = 0; i < settings->own_count; i++)
        find_own_clashes(settings, i, fault, ctx);
}

void key_settings_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct settings settings;
    check_all(text, &settings, fault, ctx);
}

// --- what a line has taken ----------------------------------------------------------------

static void tell_taken(const struct settings *settings, enum command from, struct keymap_key key,
                       const char *line_says, int line, config_fault_take *note, void *ctx)
{
    struct failure why = {.status = STATUS_OK};
    const struct choice *left = &settings->of[from];
    char keys[COMMAND_KEYS_CAP], name[KEYMAP_NAME_MAX];
    keymap_format(key, name);
    (void)keymap_format_list(left->keys, (size_t)left->count, " ", keys, sizeof keys);
    (void)fail(&why, STATUS_BAD_ARGUMENT, "%s has %s now, which was a key of %s: that has %s", line_says,
               name, key_settings_name(from), left->count > 0 ? keys : "none left");
    note(ctx, line, &why);
}

static void tell_of(const struct settings *settings, enum command from, config_fault_take *note, void *ctx)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    char name[OWN_NAME_CAP + 16];
    int count = keymap_parse_list(command_table[from].keys, keys, KEYMAP_KEYS_MAX);
    for (int k = 0; k < count; k++) {
        if (has_key(&settings->of[from], keys[k]))
            continue;
        for (enum command i = 0; i < COMMAND_COUNT; i++)
            if (settings->of[i].line > 0 && command_meets(i, from) && has_key(&settings->of[i], keys[k]))
                tell_taken(settings, from, keys[k], name_in(settings, i), settings->of[i].line, note, ctx);
        for (size_t i = 0; i < settings->own_count; i++) {
            if (!meets_own(from, &settings->own[i]) || !keymap_key_equal(settings->own[i].key, keys[k]))
                continue;
            (void)snprintf(name, sizeof name, "the command %s", settings->own[i].name);
            tell_taken(settings, from, keys[k], name, settings->own[i].line, note, ctx);
        }
    }
}

static void ignore(void *ctx, int line, const struct failure *why)
{
    (void)ctx;
    (void)line;
    (void)why;
}

void key_settings_notes(const struct config_text *text, config_fault_take *note, void *ctx)
{
    struct settings settings;
    read_all(text, &settings, ignore, NULL);
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (settings.of[i].taken > 0)
            tell_of(&settings, i, note, ctx);
}

// --- binding ------------------------------------------------------------------------------

static void bind_all(const struct settings *settings)
{
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        const struct choice *choice = &settings->of[i];
        char names[COMMAND_KEYS_CAP];
        if (choice->line != 0 || choice->taken > 0)
            command_set_keys(
                i, keymap_format_list(choice->keys, (size_t)choice->count, " ", names, sizeof names));
        else
            command_set_keys(i, NULL);
    }
}

// The one that stands first.
static void keep_first(void *ctx, int line, const struct failure *why)
{
    struct config_fault *first = ctx;
    if (first->why.status == STATUS_OK || line < first->line)
        *first = (struct config_fault){line, *why};
}

enum status key_settings_of_text(const struct config_text *text, struct failure *why)
{
    struct settings settings;
    struct config_fault first = {.line = 0};
    check_all(text, &settings, keep_first, &first);
    if (first.why.status != STATUS_OK)
        return config_text_fail(text, first.line, &first.why, why);
    bind_all(&settings);
    return STATUS_OK;
}

enum status key_settings_load(struct failure *why)
{
    struct config_text *text = NULL;
    enum status status = config_read(&text, why);
    if (status == STATUS_OK && text->fault_count > 0)
        status = config_text_fail(text, text->faults[0].line, &text->faults[0].why, why);
    if (status == STATUS_OK)
        status = key_settings_of_text(text, why);
    config_text_free(text);
    return status;
}
