// SPDX-License-Identifier: Apache-2.0
//
// input_event: whether a key types a character, and what Ctrl makes of one.

#include "tui/base/input_event.h"

bool input_event_is_text(const struct input_event *event)
{
    return event->kind == INPUT_KEY && event->key < INPUT_KEY_NAMED && event->key >= 0x20 &&
           (event->modifiers & (INPUT_CTRL | INPUT_ALT)) == 0;
}

bool input_event_is_cancel(const struct input_event *event)
{
    return event->kind == INPUT_KEY &&
           (event->key == INPUT_KEY_ESC || (event->key == 'c' && event->modifiers == INPUT_CTRL));
}

uint32_t input_event_with_control(uint32_t codepoint)
{
    static const char digits[] = {0, 27, 28, 29, 30, 31, 127}; // Ctrl-2 to Ctrl-8
    if ((codepoint >= '@' && codepoint <= '_') || (codepoint >= 'a' && codepoint <= 'z'))
        return codepoint & 0x1f;
    if (codepoint >= '2' && codepoint <= '8')
        return (uint32_t)digits[codepoint - '2'];
    if (codepoint == ' ' || codepoint == '`')
        return 0;
    if (codepoint == '/')
        return 31;
    if (codepoint == '?')
        return 127;
    return codepoint == '~' ? 30 : codepoint;
}
