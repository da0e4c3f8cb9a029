// SPDX-License-Identifier: Apache-2.0
//
// palette_view: the palette over the table of commands: those that count where it was opened.

#include "views/app_private.h"

#include <stddef.h>

static void on_picked(void *context, int id)
{
    struct app *app = context;
    if (id != PALETTE_NONE && !app->quitting)
        app_run_command(app, (enum command)id);
}

void command_palette(struct app *app)
{
    struct palette_entry entries[COMMAND_COUNT];
    size_t count = 0;
    enum scope scope = app->top->class->scope(app->top);
    const enum scope scopes[] = {scope, SCOPE_GLOBAL};
    for (size_t s = 0; s < (scope == SCOPE_GLOBAL ? 1U : 2U); s++) {
        for (int i = 0; i < COMMAND_COUNT; i++) {
            const struct command_entry *command = &command_table[i];
            if (!command_counts((enum command)i, scopes[s]) || i == COMMAND_palette)
                continue;
            entries[count] = (struct palette_entry){
                .id = i,
                .name = command->name,
                .keys = command_key((enum command)i),
                .help = command->help,
            };
            count++;
        }
    }
    app_palette_open(app, palette_new("Commands", entries, count, on_picked, app));
}
