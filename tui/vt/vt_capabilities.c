// SPDX-License-Identifier: Apache-2.0
//
// vt_capabilities: answer XTGETTCAP, which asks for capabilities by their names in terminfo or termcap. Keys
// are reported as vt_key_encode encodes them now.

#include "tui/vt/vt_keys.h"
#include "tui/vt/vt_screen_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 16, VALUE_MAX = 128, ANSWER_MAX = 1024, FUNCTION_KEYS = 63 };

static const struct {
    const char *terminfo, *termcap, *value;
} texts[] = {
    {"TN", "name", "xterm-256color"},
    {"colors", "Co", "256"},
    {"RGB", NULL, "8"},
    {"Tc", NULL, ""},
    {"Su", NULL, ""},
    {"Smulx", NULL, "\033[4:%p1%dm"},
    {"Setulc", NULL, "\033[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%dm"},
    {"Ss", NULL, "\033[%p1%d q"},
    {"Se", NULL, "\033[0 q"},
    {"Ms", NULL, "\033]52;%p1%s;%p2%s\a"},
};

static const struct {
    const char *terminfo, *termcap;
    uint32_t key;
    unsigned modifiers;
} keys[] = {
    {"kcuu1", "ku", INPUT_KEY_UP, 0},
    {"kcud1", "kd", INPUT_KEY_DOWN, 0},
    {"kcuf1", "kr", INPUT_KEY_RIGHT, 0},
    {"kcub1", "kl", INPUT_KEY_LEFT, 0},
    {"khome", "kh", INPUT_KEY_HOME, 0},
    {"kend", "@7", INPUT_KEY_END, 0},
    {"kpp", "kP", INPUT_KEY_PAGE_UP, 0},
    {"knp", "kN", INPUT_KEY_PAGE_DOWN, 0},
    {"kich1", "kI", INPUT_KEY_INSERT, 0},
    {"kdch1", "kD", INPUT_KEY_DELETE, 0},
    {"kbs", "kb", INPUT_KEY_BACKSPACE, 0},
    {"kcbt", "kB", INPUT_KEY_TAB, INPUT_SHIFT},
    {"kri", "kR", INPUT_KEY_UP, INPUT_SHIFT},
    {"kind", "kF", INPUT_KEY_DOWN, INPUT_SHIFT},
    {NULL, "k;", INPUT_KEY_F1 + 9, 0},
    {NULL, "F1", INPUT_KEY_F1 + 10, 0},
    {NULL, "F2", INPUT_KEY_F1 + 11, 0},
    {NULL, "#4", INPUT_KEY_LEFT, INPUT_SHIFT},
    {NULL, "%i", INPUT_KEY_RIGHT, INPUT_SHIFT},
    {NULL, "#2", INPUT_KEY_HOME, INPUT_SHIFT},
    {NULL, "*7", INPUT_KEY_END, INPUT_SHIFT},
    {NULL, "*4", INPUT_KEY_DELETE, INPUT_SHIFT},
    {NULL, "#3", INPUT_KEY_INSERT, INPUT_SHIFT},
    {NULL, "%e", INPUT_KEY_PAGE_UP, INPUT_SHIFT},
    {NULL, "%c", INPUT_KEY_PAGE_DOWN, INPUT_SHIFT},
};

// With modifiers: the name alone is Shift, a digit behind it xterm's number of them.
static const struct {
    const char *name;
    uint32_t key;
} modified[] = {
    {"kUP", INPUT_KEY_UP},         {"kDN", INPUT_KEY_DOWN},   {"kRIT", INPUT_KEY_RIGHT},
    {"kLFT", INPUT_KEY_LEFT},      {"kHOM", INPUT_KEY_HOME},  {"kEND", INPUT_KEY_END},
    {"kDC", INPUT_KEY_DELETE},     {"kIC", INPUT_KEY_INSERT}, {"kPRV", INPUT_KEY_PAGE_UP},
    {"kNXT", INPUT_KEY_PAGE_DOWN},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool is_name(const char *name, const char *terminfo, const char *termcap)
{
    return (terminfo != NULL && strcmp(name, terminfo) == 0) ||
           (termcap != NULL && strcmp(name, termcap) == 0);
}

// kf1 to kf63, twelve for each set of modifiers; k1 to k9 are the first ones' names in termcap.
static bool function_key(const char *name, uint32_t *key, unsigned *modifiers)
{
    static const unsigned sets[] = {
        0, INPUT_SHIFT, INPUT_CTRL, INPUT_CTRL | INPUT_SHIFT, INPUT_ALT, INPUT_ALT | INPUT_SHIFT};
    const char *digits = name[0] == 'k' && name[1] == 'f' ? name + 2 : name + 1;
    char *end = NULL;
    long number = isdigit((unsigned char)digits[0]) ? strtol(digits, &end, 10) : 0;
    if (name[0] != 'k' || number < 1 || number > (digits == name + 1 ? 9 : FUNCTION_KEYS) || *end != '\0')
        return false;
    *key = (uint32_t)(INPUT_KEY_F1 + (number - 1) % 12);
    *modifiers = sets[(number - 1) / 12];
    return true;
}

static bool modified_key(const char *name, uint32_t *key, unsigned *modifiers)
{
    for (size_t i = 0; i < COUNT(modified); i++) {
        size_t length = strlen(modified[i].name);
        const char *digit = name + length;
        if (strncmp(name, modified[i].name, length) != 0 ||
            (*digit != '\0' && (*digit < '3' || *digit > '8' || digit[1] != '\0')))
            continue;
        unsigned bits = *digit == '\0' ? 1 : (unsigned)(*digit - '1');
        *key = modified[i].key;
        *modifiers = ((bits & 1) != 0 ? INPUT_SHIFT : 0u) | ((bits & 2) != 0 ? INPUT_ALT : 0u) |
                     ((bits & 4) != 0 ? INPUT_CTRL : 0u);
        return true;
    }
    return false;
}

// The value of a capability and its length; false: it is not known.
static bool value_of(const struct vt *vt, const char *name, char out[VALUE_MAX], size_t *length)
{
    uint32_t key = 0;
    unsigned modifiers = 0;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (is_name(name, texts[i].terminfo, texts[i].termcap)) {
            *length = strlen(texts[i].value);
            memcpy(out, texts[i].value, *length);
            return true;
        }
    for (size_t i = 0; key == 0 && i < COUNT(keys); i++)
        if (is_name(name, keys[i].terminfo, keys[i].termcap)) {
            key = keys[i].key;
            modifiers = keys[i].modifiers;
        }
    if (key == 0 && !function_key(name, &key, &modifiers) && !modified_key(name, &key, &modifiers))
        return false;
    *length = vt_key_encode(vt, key, modifiers, out);
    return *length > 0;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

// A name in hexadecimal up to ';' or the end; its digits, 0: it is none.
static size_t take_name(const char *from, char name[NAME_MAX_BYTES])
{
    size_t at = 0;
    for (; from[at] != '\0' && from[at] != ';'; at += 2) {
        int high = hex_digit(from[at]), low = high < 0 ? -1 : hex_digit(from[at + 1]);
        if (low < 0 || high * 16 + low == 0 || at / 2 + 1 >= NAME_MAX_BYTES)
            return 0;
        name[at / 2] = (char)(high * 16 + low);
    }
    name[at / 2] = '\0';
    return at;
}

void vt_report_capabilities(struct vt *vt, const char *names)
{
    char answer[ANSWER_MAX] = "";
    size_t used = 0;
    bool known = true;
    for (const char *at = names; known; at++) {
        char name[NAME_MAX_BYTES], value[VALUE_MAX];
        size_t length = 0, digits = take_name(at, name);
        known = digits > 0 && value_of(vt, name, value, &length) &&
                used + 1 + digits + 1 + 2 * length < sizeof answer;
        if (!known)
            break;
        used += (size_t)snprintf(answer + used, sizeof answer - used, "%s%.*s%s", used > 0 ? ";" : "",
                                 (int)digits, at, length > 0 ? "=" : "");
        for (size_t i = 0; i < length; i++)
            used += (size_t)snprintf(answer + used, sizeof answer - used, "%02X", (unsigned char)value[i]);
        at += digits;
        if (*at == '\0')
            break;
    }
    // As xterm does: what is known before the first that is not.
    vt_reply(vt, "\033P%d+r%s\033\\", used > 0 ? 1 : 0, answer);
}
