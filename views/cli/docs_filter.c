// SPDX-License-Identifier: Apache-2.0
//
// docs_filter: Explain the filter's language. The keys are those of its own table.

#include "views/cli/docs_filter.h"

#include "api/fleet/fleet_filter.h"
#include "views/command/commands.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_CAP = 512 };

static void write_key(struct docs_writer *writer, const struct fleet_filter_key *key)
{
    char text[TEXT_CAP];
    const char *value = NULL;
    int used = snprintf(text, sizeof text, "%s", key->help);
    for (size_t i = 0; (value = fleet_filter_key_value(key->kind, i)) != NULL && used < TEXT_CAP; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%s%s", i == 0 ? ": " : ", ", value);
    if (key->also[0] != '\0' && used < TEXT_CAP)
        (void)snprintf(text + used, sizeof text - (size_t)used, "; also %s", key->also);
    docs_item(writer, key->example, text);
}

void docs_write_filter(struct docs_writer *writer)
{
    char text[TEXT_CAP];
    (void)snprintf(
        text, sizeof text,
        "A filter is typed in the deck (%s) and the timeline, given to sbxdeck exec and ls, and known to the "
        "list of sbxdeck ssh and to going anywhere (%s).",
        command_key(COMMAND_filter), command_key(COMMAND_jump));
    docs_paragraph(writer, text);
    docs_paragraph(writer,
                   "Its words are apart by blanks, in any order; a sandbox must match all of them. Upper "
                   "and lower case are the same. These are words:");
    docs_item(writer, "WORD",
              "Is looked for in id, name, note, template and state, and in the ids and states of "
              "the credentials");
    docs_item(writer, "!WORD", "Turns any word round, also one with a key");
    docs_item(writer, "KEY:VALUE", "Looks in one place; KEY:ONE,OTHER for either; KEY:* for anything at all");
    docs_item(writer, "KEY<TIME", "Compares a time, as KEY>TIME does; TIME is as 90s, 10m, 1h30m, 2d or 1w");
    docs_item(writer, "'A B'",
              "Quotes, single or double, keep blanks and commas, and make a plain word of what "
              "they begin with");
    docs_item(writer, "@NAME", "Stands for the words of a saved filter");
    docs_paragraph(writer,
                   "What stands before a ':' and is no key is part of a plain word, as in debian:bookworm. "
                   "These are the keys:");
    const struct fleet_filter_key *key = NULL;
    for (size_t i = 0; (key = fleet_filter_key(i)) != NULL; i++)
        write_key(writer, key);
    (void)snprintf(
        text, sizeof text,
        "In the deck Tab completes what is shown dim behind the text, Up in an empty line calls earlier "
        "filters back, and Alt-Up does so always. A word that is wrong is told and counts for nothing; a "
        "verb refuses it. %s saves the filter under a name, lists those that are saved and takes one; "
        "they are the lines NAME = WORDS of the settings' section [filters].",
        command_key(COMMAND_filters));
    docs_paragraph(writer, text);
}
