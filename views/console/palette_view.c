// SPDX-License-Identifier: Apache-2.0
//
// palette_view: open the palette with the commands that count here; what can't be done now stands there with
// its reason. Once something is typed each sandbox is there too, to connect to.

#include "tui/base/xalloc.h"
#include "tui/widget/palette.h"
#include "views/app/app.h"
#include "views/command/command_state.h"
#include "views/connect/connect.h"
#include "views/console/handlers.h"
#include "views/console/jump_view.h"
#include "views/deck/deck_view.h"
#include "views/run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHORD_CAP = 32, NAME_CAP = PROFILE_CAP + 16, WORDS_CAP = 96 };

// When each was picked last: by the count of all picks. Kept for the run.
static unsigned used[COMMAND_COUNT], picks;

struct picking {
    struct app *app;
    struct jump *jump;       // the sandboxes that are found
    int profiles_at, own_at; // the ids of the first profile's, of the first own command's
    char (*own)[OWN_NAME_CAP];
};

static void on_picked(void *context, int id)
{
    struct picking *picking = context;
    struct app *app = picking->app;
    char sandbox[ID_CAP] = "";
    char own[OWN_NAME_CAP] = "";
    if (id >= PALETTE_MORE)
        (void)snprintf(sandbox, sizeof sandbox, "%s",
                       jump_sandbox_id(picking->jump, (size_t)(id - PALETTE_MORE)));
    else if (id >= picking->own_at)
        (void)snprintf(own, sizeof own, "%s", picking->own[id - picking->own_at]);
    jump_free(picking->jump);
    free(picking->own);
    free(picking);
    if (id == PALETTE_NONE || app->quitting)
        return;
    if (own[0] != '\0') {
        run_own(app, own);
        return;
    }
    if (id >= COMMAND_COUNT && id < PALETTE_MORE) {
        console_change_profile(app, console_profile_name(app, (size_t)(id - COMMAND_COUNT)));
        return;
    }
    used[id < COMMAND_COUNT ? id : (int)COMMAND_connect] = ++picks;
    if (id < COMMAND_COUNT) {
        app_run_command(app, (enum command)id);
        return;
    }
    deck_view_find(app->deck, sandbox);
    connect_begin(app, sandbox, NULL);
}

// In a session the prefix comes first.
static const char *keys_of(enum command command, char out[CHORD_CAP])
{
    if (!command_counts(command, SCOPE_SESSION) || !command_has_key(command))
        return command_has_key(command) ? command_key(command) : "";
    (void)snprintf(out, CHORD_CAP, "%s %s", command_key(COMMAND_session_prefix), command_key(command));
    return out;
}

// A command of several lists is found by the name of the one in front, too: "log up".
static const char *words_of(enum command command, enum scope scope, char out[WORDS_CAP])
{
    bool here = command_counts(command, scope);
    (void)snprintf(out, WORDS_CAP, "%s %s", command_aliases(command), here ? scope_word(scope) : "");
    return out;
}

static bool is_offered(enum command command, enum scope scope)
{
    return (command_counts(command, scope) || command_counts(command, SCOPE_GLOBAL)) &&
           command != COMMAND_palette && command != COMMAND_session_palette &&
           !(command == COMMAND_jump && command_counts(COMMAND_session_jump, scope));
}

// Behind the commands.
static size_t add_profiles(struct app *app, int first, struct palette_entry *entries, size_t count,
                           char (*names)[NAME_CAP])
{
    for (size_t i = 0; i < console_profile_count(app); i++) {
        (void)snprintf(names[i], NAME_CAP, "profile %s", console_profile_name(app, i));
        entries[count++] = (struct palette_entry){.id = first + (int)i,
                                                  .name = names[i],
                                                  .keys = "",
                                                  .help = console_profile_help(app, i),
                                                  .why = console_profile_why(app, i),
                                                  .hidden = true};
    }
    return count;
}

// Behind all else.
static size_t add_own(struct picking *picking, const struct command_facts *facts, enum scope scope,
                      struct palette_entry *entries, size_t count)
{
    const struct own_command *own = NULL;
    picking->own = xcalloc(own_command_count() + 1, sizeof *picking->own);
    for (size_t i = 0; (own = own_command_at(i)) != NULL; i++) {
        if (!own_command_counts(own, scope))
            continue;
        (void)snprintf(picking->own[i], OWN_NAME_CAP, "%s", own->name);
        entries[count++] = (struct palette_entry){.id = picking->own_at + (int)i,
                                                  .name = own->name,
                                                  .keys = own->key,
                                                  .help = own_command_help(own),
                                                  .also = "own command plugin",
                                                  .why = run_reason(own, facts)};
    }
    return count;
}

enum change console_palette(struct app *app, int argument)
{
    size_t count = 0;
    struct palette_entry *entries =
        xcalloc(COMMAND_COUNT + console_profile_count(app) + own_command_count(), sizeof *entries);
    char profiles[PROFILES_MAX + 1][NAME_CAP];
    struct picking *picking = xcalloc(1, sizeof *picking);
    static char chords[COMMAND_COUNT][CHORD_CAP], words[COMMAND_COUNT][WORDS_CAP];
    enum scope scope = app->top->methods->scope(app->top);
    struct command_facts facts;
    (void)argument;
    app->owner->facts(app, &facts);
    picking->app = app;
    picking->jump = jump_new(app);
    picking->profiles_at = COMMAND_COUNT;
    picking->own_at = picking->profiles_at + PROFILES_MAX + 1;
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        const struct command_entry *command = &command_table[i];
        if (!is_offered(i, scope))
            continue;
        entries[count++] = (struct palette_entry){.id = i,
                                                  .name = command->name,
                                                  .keys = keys_of(i, chords[i]),
                                                  .help = command_help(i, scope),
                                                  .also = words_of(i, scope, words[i]),
                                                  .why = command_reason(i, &facts),
                                                  .used = used[i]};
    }
    count = add_profiles(app, picking->profiles_at, entries, count, profiles);
    count = add_own(picking, &facts, scope, entries, count);
    struct palette *palette = palette_new("Commands", entries, count, on_picked, picking);
    palette_set_more(palette, &jump_sandboxes, picking->jump);
    app_palette_open(app, palette);
    free(entries);
    return CHANGED_NOTHING;
}
