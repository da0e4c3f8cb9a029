// SPDX-License-Identifier: Apache-2.0
//
// prefix: recognise the prefix key and look up the command of the key after it. The prefix is the key of the
// command that sends it ("session prefix"), so that pressing it twice means itself and it stands in one table
// only.

#include "views/command/prefix.h"

static bool has_key(enum command command, struct keymap_key key)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    int count = keymap_parse_list(command_key_names(command), keys, KEYMAP_KEYS_MAX);
    for (int i = 0; i < count; i++)
        if (keymap_key_equal(keys[i], key))
            return true;
    return false;
}

static enum command command_of(enum scope scope, const struct input_event *event)
{
    struct keymap_key key = keymap_key_of(event);
    if (event->kind != INPUT_KEY)
        return COMMAND_NONE;
    for (enum command i = 0; i < COMMAND_COUNT; i++)
        if (command_counts(i, scope) && has_key(i, key))
            return (enum command)i;
    return COMMAND_NONE;
}

enum command prefix_ended_command(const struct input_event *event)
{
    return command_of(SCOPE_ENDED, event);
}

struct keymap_key prefix_key(void)
{
    struct keymap_key key = {0, 0};
    (void)keymap_parse_list(command_key_names(COMMAND_session_prefix), &key, 1);
    return key;
}

bool prefix_is(const struct input_event *event)
{
    return event->kind == INPUT_KEY && keymap_key_equal(prefix_key(), keymap_key_of(event));
}

enum prefix_verdict prefix_take(struct prefix *prefix, const struct input_event *event, enum command *command)
{
    *command = COMMAND_NONE;
    if (!prefix->active) {
        if (!prefix_is(event))
            return PREFIX_PASS;
        prefix->active = true;
        return PREFIX_BEGUN;
    }
    if (event->kind == INPUT_MOUSE || event->kind == INPUT_UNKNOWN)
        return PREFIX_TAKEN;
    if (event->kind != INPUT_KEY)
        return PREFIX_PASS;
    prefix->active = false;
    if (event->key == INPUT_KEY_ESC)
        return PREFIX_LEFT;
    *command = command_of(SCOPE_SESSION, event);
    return *command == COMMAND_NONE ? PREFIX_UNKNOWN : PREFIX_COMMAND;
}
