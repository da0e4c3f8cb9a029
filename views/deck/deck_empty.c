// SPDX-License-Identifier: Apache-2.0
//
// deck_empty: The texts of an empty deck. Keys in them come from the table of commands.

#include "views/deck/deck_empty.h"

#include "views/command/commands.h"

#include <ctype.h>
#include <stdio.h>

enum { ADVICE_CAP = 256 };

// The advice stands on a line of its own here, as a sentence.
static const char *advice_of(const struct failure *why, char out[ADVICE_CAP])
{
    (void)snprintf(out, ADVICE_CAP, "%s", failure_advice(why));
    out[0] = (char)toupper((unsigned char)out[0]);
    return out;
}

static void key_text(const struct failure *why, char *out, size_t cap)
{
    char advice[ADVICE_CAP];
    if (why->status == STATUS_KEY_MISSING)
        (void)snprintf(out, cap,
                       "No API key\n\nSet LEAP0_API_KEY and start again:\nexport LEAP0_API_KEY=...\n"
                       "or set api_key_command or api_key_file in the settings\n\n"
                       "Without a key: sbxdeck demo\n%s quits",
                       command_key(COMMAND_quit));
    else
        (void)snprintf(out, cap, "sbxdeck can't start\n\n%s\n%s\n\n%s quits", failure_text(why),
                       advice_of(why, advice), command_key(COMMAND_quit));
}

static void failure_lines(const struct deck_empty *empty, char *out, size_t cap)
{
    const struct failure *why = empty->last;
    char advice[ADVICE_CAP];
    if (why->status == STATUS_KEY_REFUSED)
        (void)snprintf(
            out, cap,
            "The API key was refused\n\n%s says: %s\n\nCheck LEAP0_API_KEY, or what api_key_command or\n"
            "api_key_file gives, and start again\n%s asks again, %s quits",
            empty->host, failure_text(why), command_key(COMMAND_refresh), command_key(COMMAND_quit));
    else if (status_exit_code(why->status) == status_exit_code(STATUS_NO_CONNECTION))
        (void)snprintf(out, cap, "No answer from %s\n\n%s\n%s\n\nIt retries automatically; %s retries now",
                       empty->host, failure_text(why), advice_of(why, advice), command_key(COMMAND_refresh));
    else
        (void)snprintf(
            out, cap,
            "The sandboxes can't be listed\n\n%s: %s\n%s\n\nIt retries automatically; %s retries now",
            empty->host, failure_text(why), advice_of(why, advice), command_key(COMMAND_refresh));
}

char *deck_empty_text(const struct deck_empty *empty, char *out, size_t cap)
{
    if (empty->key_failure != NULL)
        key_text(empty->key_failure, out, cap);
    else if (!empty->loaded && empty->last != NULL && empty->last->status != STATUS_OK)
        failure_lines(empty, out, cap);
    else if (!empty->loaded)
        (void)snprintf(out, cap, "Loading the sandboxes of %s…", empty->host);
    else if (empty->filter[0] != '\0' && empty->total > 0)
        (void)snprintf(out, cap, "None of %zu matches '%s'\n\n%s clears the filter", empty->total,
                       empty->filter, command_key(COMMAND_clear));
    else
        (void)snprintf(out, cap, "No sandboxes\n\n%s creates one", command_key(COMMAND_sandbox_new));
    return out;
}
