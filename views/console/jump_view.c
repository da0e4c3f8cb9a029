// SPDX-License-Identifier: Apache-2.0
//
// jump_view: Find anything by a few of its letters: open sessions, sandboxes, saved filters, commands. Enter
// goes there or connects. What is found stays as it is until the next key, whatever changes meanwhile.

#include "views/console/jump_view.h"
#include "api/config/saved_filters.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/palette.h"
#include "views/app/app.h"
#include "views/command/command_state.h"
#include "views/connect/connect.h"
#include "views/console/handlers.h"
#include "views/deck/deck_view.h"
#include "views/labels/sandbox_match.h"
#include "views/session/session.h"
#include "views/session/session_tabs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    FOUND_MAX = 500, // more are not kept: who looks for one of them types another letter
    NAME_CAP = 320,
    HELP_CAP = 640,
    KEYS_CAP = 48,
    FOR_A_SESSION = 300, // more than what matches as well
    LESS_COMMAND = 300   // less
};

enum kind { KIND_SESSION, KIND_SANDBOX, KIND_FILTER, KIND_PROFILE, KIND_COMMAND };

struct found {
    enum kind kind;
    int score;
    size_t order;    // among equals
    uint64_t serial; // of a session
    int number;      // of a filter or command
    char id[ID_CAP]; // of a sandbox
};

struct jump {
    struct app *app;
    struct sandbox_match match;
    struct found found[FOUND_MAX]; // while searching a heap, the worst first
    size_t count;
    struct command_facts facts;
    enum scope scope;
    char name[NAME_CAP], help[HELP_CAP], keys[KEYS_CAP];
};

// --- finding ------------------------------------------------------------------------------

// Negative: one is better.
static int compare(const struct found *one, const struct found *other)
{
    if (one->score != other->score)
        return one->score > other->score ? -1 : 1;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

static int by_score(const void *one, const void *other)
{
    return compare(one, other);
}

static void swap(struct found *one, struct found *other)
{
    struct found kept = *one;
    *one = *other;
    *other = kept;
}

static void sink(struct jump *jump, size_t at)
{
    for (;;) {
        size_t worst = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < jump->count; child++)
            if (compare(&jump->found[child], &jump->found[worst]) > 0)
                worst = child;
        if (worst == at)
            return;
        swap(&jump->found[at], &jump->found[worst]);
        at = worst;
    }
}

// Where one of that score would be kept; NULL: nowhere.
static bool is_wanted(const struct jump *jump, const struct found *one)
{
    return one->score != FUZZY_NONE && (jump->count < FOUND_MAX || compare(one, &jump->found[0]) < 0);
}

static void add(struct jump *jump, const struct found *one)
{
    if (!is_wanted(jump, one))
        return;
    if (jump->count == FOUND_MAX) {
        jump->found[0] = *one;
        sink(jump, 0);
        return;
    }
    size_t at = jump->count++;
    jump->found[at] = *one;
    for (; at > 0 && compare(&jump->found[at], &jump->found[(at - 1) / 2]) > 0; at = (at - 1) / 2)
        swap(&jump->found[at], &jump->found[(at - 1) / 2]);
}

// Of the words that are no keys. With keys only what is a sandbox's is meant.
static int text_score(const struct jump *jump, const char *text)
{
    return jump->match.keys.term_count > 0 ? FUZZY_NONE : fuzzy_score(text, jump->match.plain);
}

static void find_sessions(struct jump *jump)
{
    size_t order = 0;
    for (const struct session *session = session_first(jump->app); session != NULL;
         session = session_next(session), order++) {
        char text[NAME_CAP];
        const struct fleet_row *row = fleet_find(app_fleet(jump->app), session_sandbox(session));
        (void)snprintf(text, sizeof text, "%s %s", session_tab_name(session), session_sandbox(session));
        int score = text_score(jump, text);
        if (score == FUZZY_NONE && row != NULL)
            score = sandbox_match_score(&jump->match, row, app_now(jump->app));
        add(jump, &(struct found){.kind = KIND_SESSION,
                                  .score = score == FUZZY_NONE ? score : score + FOR_A_SESSION,
                                  .order = order,
                                  .serial = session_serial(session)});
    }
}

static void find_sandboxes(struct jump *jump)
{
    const struct fleet *fleet = app_fleet(jump->app);
    size_t count = fleet != NULL ? fleet_count(fleet) : 0;
    bool all = sandbox_match_is_empty(&jump->match);
    int64_t now = app_now(jump->app);
    for (size_t i = 0; i < count; i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        struct found one = {.kind = KIND_SANDBOX, .order = i};
        if (row->gone || row->sandbox.id_malformed)
            continue;
        bool pinned = row->label != NULL && row->label->pinned;
        one.score = all ? (pinned ? 1 : 0) : sandbox_match_score(&jump->match, row, now);
        if (!is_wanted(jump, &one))
            continue;
        (void)snprintf(one.id, sizeof one.id, "%s", row->sandbox.id);
        add(jump, &one);
    }
}

static void find_filters(struct jump *jump)
{
    const struct saved_filters *saved = saved_filters_now();
    for (size_t i = 0; i < saved->count; i++) {
        char text[NAME_CAP];
        (void)snprintf(text, sizeof text, "@%s %s", saved->list[i].name, saved->list[i].words);
        add(jump, &(struct found){
                      .kind = KIND_FILTER, .score = text_score(jump, text), .order = i, .number = (int)i});
    }
}

static void find_profiles(struct jump *jump)
{
    for (size_t i = 0; i < console_profile_count(jump->app) && jump->match.count > 0; i++) {
        char text[NAME_CAP];
        (void)snprintf(text, sizeof text, "profile %s", console_profile_name(jump->app, i));
        add(jump, &(struct found){
                      .kind = KIND_PROFILE, .score = text_score(jump, text), .order = i, .number = (int)i});
    }
}

// Once something is typed: without it there is the palette.
static void find_commands(struct jump *jump)
{
    for (int i = 0; i < COMMAND_COUNT && jump->match.count > 0; i++) {
        bool counts =
            command_counts((enum command)i, jump->scope) || command_counts((enum command)i, SCOPE_GLOBAL);
        if (!counts || i == COMMAND_jump || i == COMMAND_session_jump)
            continue;
        int score = text_score(jump, command_table[i].name);
        score = score <= LESS_COMMAND ? score : score - LESS_COMMAND;
        add(jump, &(struct found){.kind = KIND_COMMAND, .score = score, .order = (size_t)i, .number = i});
    }
}

static size_t search(void *context, const char *typed)
{
    struct jump *jump = context;
    jump->count = 0;
    sandbox_match_begin(&jump->match, typed);
    find_sessions(jump);
    find_sandboxes(jump);
    find_filters(jump);
    find_profiles(jump);
    find_commands(jump);
    qsort(jump->found, jump->count, sizeof jump->found[0], by_score);
    return jump->count;
}

// --- showing ------------------------------------------------------------------------------

static void describe(struct jump *jump, const char *id)
{
    const struct fleet_row *row = fleet_find(app_fleet(jump->app), id);
    if (row == NULL) {
        (void)snprintf(jump->help, sizeof jump->help, "%s, gone", id);
        return;
    }
    const struct credential *best = fleet_row_best(row, app_now(jump->app));
    bool named = row->label != NULL && row->label->name[0] != '\0';
    const char *slash = strrchr(row->sandbox.template_id, '/'); // what tells templates apart is behind it
    (void)snprintf(jump->help, sizeof jump->help, "%s%s%s, %s, %s credential%s%s", named ? id : "",
                   named ? ", " : "", fleet_state_text(row),
                   slash != NULL ? slash + 1 : row->sandbox.template_id,
                   best != NULL ? credential_state_name(credential_state(best, app_now(jump->app))) : "no",
                   row->label != NULL && row->label->note[0] != '\0' ? ", " : "",
                   row->label != NULL ? row->label->note : "");
}

static void show_session(struct jump *jump, const struct found *one)
{
    const struct session *session = session_of_serial(jump->app, one->serial);
    if (session == NULL)
        return;
    (void)snprintf(jump->name, sizeof jump->name, "%s", session_tab_name(session));
    (void)snprintf(jump->keys, sizeof jump->keys, "session %d", session_tab_number(session));
    describe(jump, session_sandbox(session));
}

static void entry(void *context, size_t place, struct palette_entry *out)
{
    struct jump *jump = context;
    const struct found *one = &jump->found[place];
    const struct saved_filters *saved = saved_filters_now();
    jump->name[0] = jump->help[0] = jump->keys[0] = '\0';
    switch (one->kind) {
    case KIND_SESSION:
        show_session(jump, one);
        break;
    case KIND_SANDBOX:
        (void)snprintf(jump->name, sizeof jump->name, "%s", fleet_name_of(app_fleet(jump->app), one->id));
        (void)snprintf(jump->keys, sizeof jump->keys, "sandbox");
        describe(jump, one->id);
        break;
    case KIND_FILTER:
        if ((size_t)one->number >= saved->count)
            break;
        (void)snprintf(jump->name, sizeof jump->name, "@%s", saved->list[one->number].name);
        (void)snprintf(jump->help, sizeof jump->help, "%s", saved->list[one->number].words);
        (void)snprintf(jump->keys, sizeof jump->keys, "filter");
        break;
    case KIND_PROFILE:
        (void)snprintf(jump->name, sizeof jump->name, "%s",
                       console_profile_name(jump->app, (size_t)one->number));
        (void)snprintf(jump->help, sizeof jump->help, "%s",
                       console_profile_help(jump->app, (size_t)one->number));
        (void)snprintf(jump->keys, sizeof jump->keys, "profile");
        out->why = console_profile_why(jump->app, (size_t)one->number);
        break;
    case KIND_COMMAND:
        (void)snprintf(jump->name, sizeof jump->name, "%s", command_table[one->number].name);
        (void)snprintf(jump->help, sizeof jump->help, "%s",
                       command_help((enum command)one->number, jump->scope));
        (void)snprintf(jump->keys, sizeof jump->keys, "command");
        out->why = command_reason((enum command)one->number, &jump->facts);
        break;
    }
    out->name = jump->name;
    out->help = jump->help;
    out->keys = jump->keys;
}

// --- going there --------------------------------------------------------------------------

static void go(struct app *app, const struct found *to)
{
    struct session *session = to->kind == KIND_SESSION ? session_of_serial(app, to->serial) : NULL;
    const struct saved_filters *saved = saved_filters_now();
    char words[SAVED_FILTER_NAME_CAP + 2];
    if (session != NULL)
        session_show(app, session);
    if (to->kind == KIND_SANDBOX) {
        deck_view_find(app->deck, to->id);
        connect_begin(app, to->id, NULL);
    }
    if (to->kind == KIND_FILTER && (size_t)to->number < saved->count) {
        (void)snprintf(words, sizeof words, "@%s", saved->list[to->number].name);
        deck_view_set_filter(app->deck, words);
        app_show(app, app->deck);
    }
    if (to->kind == KIND_PROFILE)
        console_change_profile(app, console_profile_name(app, (size_t)to->number));
    if (to->kind == KIND_COMMAND)
        app_run_command(app, (enum command)to->number);
}

static void on_chosen(void *context, int place)
{
    struct jump *jump = context;
    struct app *app = jump->app;
    struct found to = {.kind = KIND_SESSION};
    bool chosen = place != PALETTE_NONE && (size_t)place < jump->count;
    if (chosen)
        to = jump->found[place];
    free(jump);
    if (chosen && !app->quitting)
        go(app, &to);
}

// --- the palette's sandboxes --------------------------------------------------------------

// "ssh 4f" means a sandbox as "4f" does.
static bool is_verb(const char *word, size_t length)
{
    static const char *const verbs[] = {"connect", "ssh", "shell"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (length > 1 && strncasecmp(verbs[i], word, length) == 0)
            return true;
    return false;
}

static size_t search_sandboxes(void *context, const char *typed)
{
    struct jump *jump = context;
    char rest[FLEET_FILTER_TEXT_CAP] = "";
    size_t used = 0;
    for (const char *at = typed + strspn(typed, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (!is_verb(at, length) && used + length + 2 < sizeof rest)
            used += (size_t)snprintf(rest + used, sizeof rest - used, "%.*s ", (int)length, at);
        at += length;
    }
    jump->count = 0;
    sandbox_match_begin(&jump->match, rest);
    find_sandboxes(jump);
    qsort(jump->found, jump->count, sizeof jump->found[0], by_score);
    return jump->count;
}

static void sandbox_entry(void *context, size_t place, struct palette_entry *out)
{
    struct jump *jump = context;
    const char *id = jump->found[place].id;
    const struct fleet_row *row = fleet_find(app_fleet(jump->app), id);
    bool named = row != NULL && fleet_row_name(row) != row->sandbox.id;
    int64_t now = app_now(jump->app);
    (void)snprintf(jump->name, sizeof jump->name, "connect %s%s%s", named ? fleet_row_name(row) : "",
                   named ? " " : "", id);
    (void)snprintf(jump->help, sizeof jump->help, "%s, credential %s",
                   row != NULL ? fleet_state_text(row) : "gone",
                   credential_state_name(row != NULL ? credential_state(fleet_row_best(row, now), now)
                                                     : CREDENTIAL_none));
    out->name = jump->name;
    out->help = jump->help;
    out->keys = "";
}

const struct palette_source jump_sandboxes = {search_sandboxes, sandbox_entry};

struct jump *jump_new(struct app *app)
{
    struct jump *jump = xcalloc(1, sizeof *jump);
    jump->app = app;
    return jump;
}

const char *jump_sandbox_id(const struct jump *jump, size_t place)
{
    return place < jump->count ? jump->found[place].id : "";
}

void jump_free(struct jump *jump)
{
    free(jump);
}

enum change console_jump(struct app *app, int argument)
{
    static const struct palette_source source = {search, entry};
    struct jump *jump = jump_new(app);
    (void)argument;
    jump->scope = app->top->methods->scope(app->top);
    app->owner->facts(app, &jump->facts);
    struct palette *palette = palette_new_of("Go to", &source, on_chosen, jump);
    palette_set_words(palette, &(struct palette_words){"Name", "", "", "go to or connect"});
    app_palette_open(app, palette);
    return CHANGED_NOTHING;
}
