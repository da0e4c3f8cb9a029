// SPDX-License-Identifier: Apache-2.0
//
// config_line: Take the value of one option, as a line of the file sets it.

#include "api/base/nearest_word.h"
#include "api/config/config_private.h"

#include <string.h>

bool config_set_value(struct config *config, const struct config_entry *option, const char *value,
                      struct failure *why)
{
    char *member = (char *)config + option->offset;
    memset(member, 0, option->size); // so that two of the same value are equal byte by byte
    return option->set(option, member, value, why);
}

static bool no_such_option(const char *name, struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    for (size_t i = 0; config_option(i) != NULL; i++)
        nearest_word_offer(&nearest, config_option(i)->name);
    (void)fail(why, STATUS_BAD_ARGUMENT, "'%.100s' is not an option", name);
    if (nearest.best != NULL)
        (void)advise(why, why->status, "did you mean %s?", nearest.best);
    else
        (void)advise(why, why->status, "sbxdeck --help lists them");
    return false;
}

static bool open_to_others(const char *name, const char *open_to, struct failure *why)
{
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s is refused from a file that can be changed by %s", name,
               open_to);
    (void)advise(why, why->status, "make yourself the only one who can write it: chown, chmod go-w");
    return false;
}

bool config_set_line(struct config *config, const struct config_line *line, const char *open_to,
                     struct failure *why)
{
    const struct config_entry *option = config_entry_find(line->name);
    struct failure more = {.status = STATUS_OK};
    if (option == NULL)
        return no_such_option(line->name, why);
    if (open_to != NULL && option->sensitive)
        return open_to_others(line->name, open_to, why);
    if (config_set_value(config, option, line->value, &more))
        return true;
    if (more.status != STATUS_OK)
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s: %s", line->name, more.message);
    else
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s = '%.100s': it takes %s", line->name, line->value,
                   option->shown.type);
    if (more.advice[0] != '\0')
        (void)advise(why, why->status, "%s", more.advice);
    return false;
}
