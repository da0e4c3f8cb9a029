// SPDX-License-Identifier: Apache-2.0
//
// color_spec: parse colours as XParseColor does, to eight bits a channel, which is what terminals have.

#include "tui/base/color_spec.h"

#include "tui/base/color_cie.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    uint32_t rgb;
} names[] = {
    {"black", 0x000000},      {"white", 0xffffff},         {"red", 0xff0000},
    {"green", 0x00ff00},      {"blue", 0x0000ff},          {"cyan", 0x00ffff},
    {"magenta", 0xff00ff},    {"yellow", 0xffff00},        {"gray", 0xbebebe},
    {"darkgray", 0xa9a9a9},   {"lightgray", 0xd3d3d3},     {"dimgray", 0x696969},
    {"slategray", 0x708090},  {"darkslategray", 0x2f4f4f}, {"lightslategray", 0x778899},
    {"darkred", 0x8b0000},    {"darkgreen", 0x006400},     {"darkblue", 0x00008b},
    {"darkcyan", 0x008b8b},   {"darkmagenta", 0x8b008b},   {"lightgreen", 0x90ee90},
    {"lightblue", 0xadd8e6},  {"lightcyan", 0xe0ffff},     {"lightyellow", 0xffffe0},
    {"navy", 0x000080},       {"navyblue", 0x000080},      {"midnightblue", 0x191970},
    {"royalblue", 0x4169e1},  {"steelblue", 0x4682b4},     {"skyblue", 0x87ceeb},
    {"dodgerblue", 0x1e90ff}, {"turquoise", 0x40e0d0},     {"aquamarine", 0x7fffd4},
    {"seagreen", 0x2e8b57},   {"forestgreen", 0x228b22},   {"limegreen", 0x32cd32},
    {"olivedrab", 0x6b8e23},  {"khaki", 0xf0e68c},         {"gold", 0xffd700},
    {"goldenrod", 0xdaa520},  {"orange", 0xffa500},        {"darkorange", 0xff8c00},
    {"orangered", 0xff4500},  {"coral", 0xff7f50},         {"salmon", 0xfa8072},
    {"tomato", 0xff6347},     {"firebrick", 0xb22222},     {"brown", 0xa52a2a},
    {"maroon", 0xb03060},     {"chocolate", 0xd2691e},     {"tan", 0xd2b48c},
    {"wheat", 0xf5deb3},      {"beige", 0xf5f5dc},         {"ivory", 0xfffff0},
    {"snow", 0xfffafa},       {"pink", 0xffc0cb},          {"hotpink", 0xff69b4},
    {"deeppink", 0xff1493},   {"purple", 0xa020f0},        {"violet", 0xee82ee},
    {"orchid", 0xda70d6},     {"plum", 0xdda0dd},          {"indianred", 0xcd5c5c},
    {"lavender", 0xe6e6fa},   {"linen", 0xfaf0e6},         {"antiquewhite", 0xfaebd7},
    {"ghostwhite", 0xf8f8ff},
};

static uint32_t rgb_of(const unsigned values[3])
{
    return values[0] << 16 | values[1] << 8 | values[2];
}

// --- hexadecimal --------------------------------------------------------------------------

static bool hex(const char *text, size_t digits, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isxdigit(c))
            return false;
        *value = *value * 16 + (unsigned)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    return digits > 0;
}

// Three parts of digits alone, their first bits: #abc is a0 b0 c0.
static bool parse_sharp(const char *digits, uint32_t *rgb)
{
    size_t length = strlen(digits), each = length / 3;
    unsigned values[3];
    if (length % 3 != 0 || each < 1 || each > 4)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!hex(digits + i * each, each, &values[i]))
            return false;
        values[i] = each == 1 ? values[i] << 4 : values[i] >> (4 * each - 8);
    }
    *rgb = rgb_of(values);
    return true;
}

// Parts apart by '/', each scaled by what its digits could be: f, ff and ffff are all of it.
static bool parse_rgb(const char *text, size_t parts, uint32_t *rgb)
{
    unsigned values[4] = {0};
    for (size_t i = 0; i < parts; i++) {
        size_t digits = strcspn(text, "/");
        if (digits > 4 || !hex(text, digits, &values[i]) || (text[digits] == '/') != (i + 1 < parts))
            return false;
        unsigned full = (1u << 4 * digits) - 1;
        values[i] = values[i] * 0xffff / full >> 8;
        text += digits + 1;
    }
    *rgb = rgb_of(values);
    return true;
}

// --- names --------------------------------------------------------------------------------

// gray0 to gray100; X11 rounds two of them down.
static bool parse_gray(const char *digits, uint32_t *rgb)
{
    char *end = NULL;
    long percent = isdigit((unsigned char)digits[0]) ? strtol(digits, &end, 10) : -1;
    if (percent < 0 || percent > 100 || *end != '\0')
        return false;
    unsigned value = (unsigned)(percent * 255 + 50) / 100 - (percent == 50 || percent == 90);
    *rgb = value << 16 | value << 8 | value;
    return true;
}

static bool parse_name(const char *text, uint32_t *rgb)
{
    char name[COLOR_SPEC_MAX];
    size_t used = 0;
    for (; *text != '\0'; text++)
        if (*text != ' ')
            name[used++] = (char)tolower((unsigned char)*text);
    name[used] = '\0';
    for (char *grey = strstr(name, "grey"); grey != NULL; grey = strstr(grey, "grey"))
        grey[2] = 'a';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0) {
            *rgb = names[i].rgb;
            return true;
        }
    return strncmp(name, "gray", 4) == 0 && parse_gray(name + 4, rgb);
}

bool color_spec_parse(const char *text, size_t length, uint32_t *rgb)
{
    char spec[COLOR_SPEC_MAX];
    if (length == 0 || length >= sizeof spec || memchr(text, '\0', length) != NULL)
        return false;
    memcpy(spec, text, length);
    spec[length] = '\0';
    if (spec[0] == '#')
        return parse_sharp(spec + 1, rgb);
    if (strncasecmp(spec, "rgb:", 4) == 0)
        return parse_rgb(spec + 4, 3, rgb);
    if (strncasecmp(spec, "rgba:", 5) == 0)
        return parse_rgb(spec + 5, 4, rgb);
    if (strchr(spec, ':') != NULL)
        return color_cie_parse(spec, rgb);
    return parse_name(spec, rgb);
}
