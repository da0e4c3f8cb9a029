// SPDX-License-Identifier: Apache-2.0
//
// keymap: the table of key names, and a plain list of bindings: a console has about a hundred, and one is
// looked up when a person presses a key.

#include "tui/term/keymap.h"

#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct binding {
    int scope, command;
    struct keymap_key key;
};

struct keymap {
    struct binding *bindings;
    size_t count;
};

struct key_name {
    const char *name;
    uint32_t key;
};

// The first name of a key is the one keymap_format gives.
static const struct key_name key_names[] = {
    {"Enter", INPUT_KEY_ENTER},
    {"Esc", INPUT_KEY_ESC},
    {"Tab", INPUT_KEY_TAB},
    {"Backspace", INPUT_KEY_BACKSPACE},
    {"Space", ' '},
    {"Up", INPUT_KEY_UP},
    {"Down", INPUT_KEY_DOWN},
    {"Left", INPUT_KEY_LEFT},
    {"Right", INPUT_KEY_RIGHT},
    {"Home", INPUT_KEY_HOME},
    {"End", INPUT_KEY_END},
    {"PageUp", INPUT_KEY_PAGE_UP},
    {"PageDown", INPUT_KEY_PAGE_DOWN},
    {"Insert", INPUT_KEY_INSERT},
    {"Delete", INPUT_KEY_DELETE},
    {"Begin", INPUT_KEY_BEGIN},
    {"Return", INPUT_KEY_ENTER},
    {"Escape", INPUT_KEY_ESC},
    {"PgUp", INPUT_KEY_PAGE_UP},
    {"PgDn", INPUT_KEY_PAGE_DOWN},
    {"Ins", INPUT_KEY_INSERT},
    {"Del", INPUT_KEY_DELETE},
};
static const struct key_name modifier_names[] = {
    {"Ctrl-", INPUT_CTRL}, {"Alt-", INPUT_ALT}, {"Shift-", INPUT_SHIFT}};

enum { KEY_NAMES = sizeof key_names / sizeof key_names[0], MODIFIER_NAMES = 3 };

struct keymap_key keymap_key_of(const struct input_event *event)
{
    struct keymap_key key = {0, 0};
    if (event->kind == INPUT_KEY) {
        key.key = event->key;
        key.modifiers = event->modifiers;
    }
    return key;
}

bool keymap_key_equal(struct keymap_key a, struct keymap_key b)
{
    return a.key == b.key && a.modifiers == b.modifiers;
}

// One character of UTF-8 that is the whole of text; 0 when it is not.
static uint32_t single_codepoint(const char *text)
{
    size_t length = strlen(text);
    uint32_t codepoint = 0;
    if (text_decode(text, length, &codepoint) != length || codepoint == TEXT_INVALID || codepoint <= 0x20 ||
        (codepoint >= 0x7f && codepoint <= 0x9f))
        return 0;
    return codepoint;
}

static uint32_t base_key(const char *name)
{
    for (size_t i = 0; i < KEY_NAMES; i++)
        if (strcasecmp(name, key_names[i].name) == 0)
            return key_names[i].key;
    if ((name[0] == 'F' || name[0] == 'f') && name[1] >= '1' && name[1] <= '9') {
        char *end = NULL;
        long number = strtol(name + 1, &end, 10);
        return *end == '\0' && number <= 20 ? (uint32_t)(INPUT_KEY_F1 + number - 1) : 0;
    }
    return single_codepoint(name);
}

bool keymap_parse(const char *name, struct keymap_key *key)
{
    struct keymap_key parsed = {0, 0};
    for (size_t i = 0; i < MODIFIER_NAMES; i++) {
        size_t length = strlen(modifier_names[i].name);
        if (strncasecmp(name, modifier_names[i].name, length) != 0)
            continue;
        if ((parsed.modifiers & modifier_names[i].key) != 0)
            return false; // the same twice
        parsed.modifiers |= modifier_names[i].key;
        name += length;
        i = (size_t)-1; // from the first again: any order
    }
    parsed.key = base_key(name);
    if (parsed.key == 0)
        return false;
    bool letter = (parsed.key | 0x20) >= 'a' && (parsed.key | 0x20) <= 'z';
    if (parsed.key < INPUT_KEY_NAMED && (parsed.modifiers & INPUT_SHIFT) != 0) {
        if (!letter || (parsed.modifiers & INPUT_CTRL) != 0)
            return false; // no terminal tells these from the key without Shift
        parsed.key &= ~0x20u;
        parsed.modifiers &= ~(unsigned)INPUT_SHIFT;
    }
    if (letter && (parsed.modifiers & INPUT_CTRL) != 0)
        parsed.key |= 0x20;
    *key = parsed;
    return true;
}

const char *keymap_name(size_t index)
{
    return index < KEY_NAMES ? key_names[index].name : NULL;
}

int keymap_parse_list(const char *names, struct keymap_key *keys, size_t cap)
{
    int count = 0;
    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        if (length > 0) {
            char name[KEYMAP_NAME_MAX];
            if (length >= sizeof name || (size_t)count >= cap)
                return -1;
            memcpy(name, names, length);
            name[length] = '\0';
            if (!keymap_parse(name, &keys[count]))
                return -1;
            count++;
        }
        names += length;
        names += strspn(names, " ");
    }
    return count;
}

void keymap_format(struct keymap_key key, char name[KEYMAP_NAME_MAX])
{
    char base[16] = "?";
    bool found = false;
    for (size_t i = 0; i < KEY_NAMES && !found; i++) {
        if (key_names[i].key != key.key)
            continue;
        snprintf(base, sizeof base, "%s", key_names[i].name);
        found = true;
    }
    if (!found && key.key >= INPUT_KEY_F1 && key.key <= INPUT_KEY_F20) {
        snprintf(base, sizeof base, "F%u", (unsigned)(key.key - INPUT_KEY_F1 + 1));
    } else if (!found && key.key < INPUT_KEY_NAMED) {
        uint32_t shown = key.key;
        if ((key.modifiers & INPUT_CTRL) != 0 && shown >= 'a' && shown <= 'z')
            shown &= ~0x20u; // Ctrl-R, as it stands on the key
        size_t length = text_encode(shown, base);
        base[length] = '\0';
    }
    snprintf(name, KEYMAP_NAME_MAX, "%s%s%s%s", (key.modifiers & INPUT_CTRL) != 0 ? "Ctrl-" : "",
             (key.modifiers & INPUT_ALT) != 0 ? "Alt-" : "",
             (key.modifiers & INPUT_SHIFT) != 0 ? "Shift-" : "", base);
}

char *keymap_format_list(const struct keymap_key *keys, size_t count, const char *separator, char *out,
                         size_t cap)
{
    size_t used = 0;
    if (cap > 0)
        out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char name[KEYMAP_NAME_MAX];
        const char *between = i > 0 ? separator : "";
        keymap_format(keys[i], name);
        if (used + strlen(between) + strlen(name) >= cap)
            break;
        used += (size_t)snprintf(out + used, cap - used, "%s%s", between, name);
    }
    return out;
}

struct keymap *keymap_new(void)
{
    return xcalloc(1, sizeof(struct keymap));
}

void keymap_free(struct keymap *keymap)
{
    if (keymap == NULL)
        return;
    free(keymap->bindings);
    free(keymap);
}

static struct binding *find(const struct keymap *keymap, int scope, struct keymap_key key)
{
    for (size_t i = 0; i < keymap->count; i++)
        if (keymap->bindings[i].scope == scope && keymap_key_equal(keymap->bindings[i].key, key))
            return &keymap->bindings[i];
    return NULL;
}

bool keymap_bind(struct keymap *keymap, int scope, const char *names, int command)
{
    struct keymap_key keys[KEYMAP_KEYS_MAX];
    int count = keymap_parse_list(names, keys, KEYMAP_KEYS_MAX);
    for (int i = 0; i < count; i++) {
        struct binding *binding = find(keymap, scope, keys[i]);
        if (binding == NULL) {
            keymap->bindings = xreallocarray(keymap->bindings, keymap->count + 1, sizeof *keymap->bindings);
            binding = &keymap->bindings[keymap->count++];
        }
        *binding = (struct binding){scope, command, keys[i]};
    }
    return count >= 0;
}

int keymap_lookup(const struct keymap *keymap, int scope, struct keymap_key key)
{
    const struct binding *binding = find(keymap, scope, key);
    return binding != NULL ? binding->command : KEYMAP_NONE;
}
