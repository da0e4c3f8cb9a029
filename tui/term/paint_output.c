// SPDX-License-Identifier: Apache-2.0
//
// paint_output: rewrite what curses writes for attributes and colours. It is taken as a wish; when something
// follows that isn't about attributes, one sequence sends what the terminal doesn't have yet. So a change
// that is taken back costs nothing, and a frame without changes sends nothing.
//
// Only where it is understood: each sequence of the terminal's description that curses could use is read
// once at the start, and if one of them doesn't say what it should, everything is passed on unchanged.

#include "tui/term/paint_private.h"
#include "tui/term/terminfo_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODES_MAX = 16, SGR_MAX = 160, SHIFT_OUT = 14, SHIFT_IN = 15, UNSET = -1 };

enum { BOLD = 1, DIM = 2, ITALIC = 4, BLINK = 8, REVERSE = 16, UNDERLINE = 32, INVISIBLE = 64 };

// What curses has asked for last.
struct wish {
    unsigned bits;
    int foreground, background; // UNSET: the terminal's own
    char set, shift;            // the character set in G0, SHIFT_OUT or SHIFT_IN; 0: never asked for
};

// The look that the terminal has now.
struct look {
    unsigned bits;
    struct paint paint;
    char set, shift;
};

static struct {
    bool on, known; // known: the terminal's look is the one in told
    bool shifts;    // the terminal's description has SHIFT_OUT and SHIFT_IN
    struct wish wish;
    struct look told;
} output;

// --- what curses writes ---

static const struct {
    unsigned clear, set;
} simple[] = {
    [0] = {~0u, 0},         [1] = {0, BOLD},       [2] = {0, DIM},        [3] = {0, ITALIC},
    [4] = {0, UNDERLINE},   [5] = {0, BLINK},      [7] = {0, REVERSE},    [8] = {0, INVISIBLE},
    [22] = {BOLD | DIM, 0}, [23] = {ITALIC, 0},    [24] = {UNDERLINE, 0}, [25] = {BLINK, 0},
    [27] = {REVERSE, 0},    [28] = {INVISIBLE, 0},
};

// Parameters of a sequence; bit i of colons: the one at i has a colon before it.
struct codes {
    int values[CODES_MAX], count;
    unsigned colons;
};

// 38 or 48 at i: 38;5;N, 38;2;R;G;B, or either with colons, and with one part more before the three. Returns
// how many parameters it takes; 0: it is none of these.
static int take_color(const struct codes *codes, int i, int *color)
{
    const int *values = codes->values + i;
    int left = codes->count - i, used = 1;
    while (used < left && (codes->colons >> (i + used) & 1) != 0)
        used++;
    if (left >= 3 && values[1] == 5 && used <= 3) {
        *color = values[2];
        return 3;
    }
    used = used == 1 ? 5 : used;
    if (left < used || (used != 5 && used != 6) || values[1] != 2)
        return 0;
    *color = values[used - 3] << 16 | values[used - 2] << 8 | values[used - 1];
    return used;
}

// Returns how many parameters it takes; 0: it is not known.
static int take_code(struct wish *wish, const struct codes *codes, int i)
{
    int code = codes->values[i];
    if (code == 38 || code == 48)
        return take_color(codes, i, code == 38 ? &wish->foreground : &wish->background);
    if ((code >= 30 && code <= 37) || code == 39) {
        wish->foreground = code == 39 ? UNSET : code - 30;
    } else if ((code >= 40 && code <= 47) || code == 49) {
        wish->background = code == 49 ? UNSET : code - 40;
    } else if (code >= 90 && code <= 97) {
        wish->foreground = code - 90 + 8;
    } else if (code >= 100 && code <= 107) {
        wish->background = code - 100 + 8;
    } else if (code < (int)(sizeof simple / sizeof simple[0]) &&
               (simple[code].clear != 0 || simple[code].set != 0)) {
        wish->bits = (wish->bits & ~simple[code].clear) | simple[code].set;
        if (code == 0)
            wish->foreground = wish->background = UNSET;
    } else {
        return 0;
    }
    return 1;
}

static size_t take_sgr(struct wish *wish, const char *bytes, size_t length)
{
    struct codes codes = {.count = 1};
    size_t at = 2;
    for (; at < length && bytes[at] != 'm'; at++) {
        int *value = &codes.values[codes.count - 1];
        if (bytes[at] >= '0' && bytes[at] <= '9' && *value < 1000) {
            *value = *value * 10 + (bytes[at] - '0');
            continue;
        }
        if ((bytes[at] != ';' && bytes[at] != ':') || codes.count == CODES_MAX)
            return 0;
        codes.colons |= (unsigned)(bytes[at] == ':') << codes.count;
        codes.count++;
    }
    if (at == length)
        return 0;
    struct wish after = *wish;
    for (int i = 0, used = 0; i < codes.count; i += used)
        if ((codes.colons >> i & 1) != 0 || (used = take_code(&after, &codes, i)) == 0)
            return 0;
    *wish = after;
    return at + 1;
}

// The length of what stands at the beginning and is about looks alone; 0: something else stands there.
static size_t take(struct wish *wish, const char *bytes, size_t length)
{
    if (bytes[0] == SHIFT_OUT || bytes[0] == SHIFT_IN) {
        wish->shift = bytes[0];
        output.shifts = true;
        return 1;
    }
    if (length < 3 || bytes[0] != '\033')
        return 0;
    if (bytes[1] == '(') {
        wish->set = bytes[2];
        return 3;
    }
    return bytes[1] == '[' ? take_sgr(wish, bytes, length) : 0;
}

// --- whether it is understood ---

// An absent string ("") is understood, and wishes nothing.
static bool understood(const char *bytes, struct wish *wish)
{
    if (bytes == NULL)
        return false;
    for (size_t length = strlen(bytes); length > 0;) {
        size_t taken = take(wish, bytes, length);
        if (taken == 0)
            return false;
        bytes += taken;
        length -= taken;
    }
    return true;
}

static bool colors_are_understood(const char *name, int colors, bool foreground)
{
    const char *select = terminfo_text(name);
    for (int i = 0; i < colors && i < 256; i++) {
        struct wish wish = {.foreground = UNSET, .background = UNSET};
        if (!understood(tparm(select, (long)i, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L), &wish) ||
            (foreground ? wish.foreground : wish.background) != i)
            return false;
    }
    return true;
}

static bool attributes_are_understood(void)
{
    static const unsigned order[] = {0, UNDERLINE, REVERSE, BLINK, DIM, BOLD, INVISIBLE};
    enum { COUNT = sizeof order / sizeof order[0] };
    const char *set = terminfo_text("sgr");
    for (int i = 0; i < COUNT; i++) {
        long on[COUNT] = {0};
        struct wish wish = {.bits = ~0u};
        on[i] = i > 0;
        if (!understood(tparm(set, 0L, on[1], on[2], on[3], on[4], on[5], on[6], 0L, 0L), &wish) ||
            wish.bits != order[i])
            return false;
    }
    return true;
}

bool paint_output_begin(int colors)
{
    static const char *const others[] = {"bold", "dim",  "blink", "rev",   "smso",  "rmso", "smul",
                                         "rmul", "sitm", "ritm",  "invis", "smacs", "rmacs"};
    struct wish wish = {.bits = ~0u, .foreground = 1, .background = 1};
    paint_output_end();
    if (colors < 8 || (colors < 256 && terminfo_text("smxx")[0] == '\0'))
        return false;
    if (!understood(terminfo_text("sgr0"), &wish) || wish.bits != 0 || wish.foreground != UNSET)
        return false;
    wish.foreground = wish.background = 1;
    if (!understood(terminfo_text("op"), &wish) || wish.foreground != UNSET || wish.background != UNSET)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (!understood(terminfo_text(others[i]), &wish))
            return false;
    output.on = attributes_are_understood() && colors_are_understood("setaf", colors, true) &&
                colors_are_understood("setab", colors, false);
    return output.on;
}

void paint_output_end(void)
{
    memset(&output, 0, sizeof output);
    output.wish.foreground = output.wish.background = UNSET;
}

const char *paint_link_end(void)
{
    return paint_known.links ? "\033]8;;\033\\" : "";
}

void paint_lost(void)
{
    output.known = false;
}

// --- what is sent ---

struct text {
    char bytes[SGR_MAX];
    size_t length;
};

// Not by printf: it is asked for each change of a colour.
static void add(struct text *text, unsigned number, char after)
{
    char digits[10];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    if (count + 1 > SGR_MAX - text->length)
        return;
    while (count > 0)
        text->bytes[text->length++] = digits[--count];
    text->bytes[text->length++] = after;
}

static void add_rgb(struct text *text, unsigned value, char between)
{
    add(text, value >> 16 & 255, between);
    add(text, value >> 8 & 255, between);
    add(text, value & 255, ';');
}

static void add_color(struct text *text, unsigned base, cell_color color)
{
    unsigned value = CELL_COLOR_VALUE(color);
    if (CELL_COLOR_KIND(color) == CELL_COLOR_DEFAULT) {
        add(text, base + 9, ';');
    } else if (CELL_COLOR_KIND(color) == CELL_COLOR_RGB) {
        add(text, base + 8, ';');
        add(text, 2, ';');
        add_rgb(text, value, ';');
    } else if (value < 16) {
        add(text, value < 8 ? base + value : base + 60 + value - 8, ';');
    } else {
        add(text, base + 8, ';');
        add(text, 5, ';');
        add(text, value, ';');
    }
}

static void add_underline_color(struct text *text, cell_color color)
{
    char between = paint_known.between;
    if (CELL_COLOR_KIND(color) == CELL_COLOR_DEFAULT) {
        add(text, 59, ';');
        return;
    }
    add(text, 58, between);
    if (CELL_COLOR_KIND(color) == CELL_COLOR_INDEXED) {
        add(text, 5, between);
        add(text, CELL_COLOR_VALUE(color), ';');
        return;
    }
    add(text, 2, between);
    if (paint_known.space)
        text->bytes[text->length++] = between;
    add_rgb(text, CELL_COLOR_VALUE(color), between);
}

static void add_underline(struct text *text, const struct look *look)
{
    if ((look->bits & UNDERLINE) == 0) {
        add(text, 24, ';');
    } else if (look->paint.underline == 0) {
        add(text, 4, ';');
    } else {
        add(text, 4, ':');
        add(text, look->paint.underline, ';');
    }
}

static bool is_plain(const struct look *look)
{
    return look->bits == 0 && look->paint.strokes == 0 && look->paint.fg == CELL_COLOR_DEFAULT &&
           look->paint.bg == CELL_COLOR_DEFAULT && look->paint.underline_color == CELL_COLOR_DEFAULT;
}

// The codes that lead from one look to the other, each ended by ';'.
static void add_difference(struct text *text, const struct look *from, const struct look *to)
{
    static const struct {
        unsigned bit, on, off;
    } bits[] = {{BOLD, 1, 22}, {DIM, 2, 22}, {ITALIC, 3, 23}, {BLINK, 5, 25}, {REVERSE, 7, 27}};
    static const struct {
        unsigned bit, on, off;
    } strokes[] = {{PAINT_STRUCK, 9, 29}, {PAINT_OVERLINED, 53, 55}};
    unsigned had = from->bits;
    if ((had & ~to->bits & (BOLD | DIM)) != 0) {
        add(text, 22, ';');
        had &= ~(unsigned)(BOLD | DIM);
    }
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        if (((had ^ to->bits) & bits[i].bit) != 0)
            add(text, (to->bits & bits[i].bit) != 0 ? bits[i].on : bits[i].off, ';');
    for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++)
        if (((unsigned)(from->paint.strokes ^ to->paint.strokes) & strokes[i].bit) != 0)
            add(text, (to->paint.strokes & strokes[i].bit) != 0 ? strokes[i].on : strokes[i].off, ';');
    if (((from->bits ^ to->bits) & UNDERLINE) != 0 || from->paint.underline != to->paint.underline)
        add_underline(text, to);
    if (from->paint.fg != to->paint.fg)
        add_color(text, 30, to->paint.fg);
    if (from->paint.bg != to->paint.bg)
        add_color(text, 40, to->paint.bg);
    if (from->paint.underline_color != to->paint.underline_color)
        add_underline_color(text, to->paint.underline_color);
}

static struct look wished(void)
{
    struct look look = {output.wish.bits & ~(unsigned)INVISIBLE,
                        paint_of_colors(output.wish.foreground, output.wish.background), output.wish.set,
                        output.wish.shift};
    if ((output.wish.bits & INVISIBLE) != 0 && paint_known.struck_by_attribute)
        look.paint.strokes = PAINT_STRUCK;
    if ((look.bits & UNDERLINE) == 0) {
        look.paint.underline = 0;
        look.paint.underline_color = CELL_COLOR_DEFAULT;
    }
    return look;
}

static void tell_sets(const struct look *look, void (*put)(const void *bytes, size_t length))
{
    const char set[] = {'\033', '(', look->set};
    if (look->set != 0 && (!output.known || look->set != output.told.set))
        put(set, sizeof set);
    if (look->shift != 0 && (!output.known || look->shift != output.told.shift))
        put(&look->shift, 1);
}

static void tell_link(uint16_t link, void (*put)(const void *bytes, size_t length))
{
    char head[32];
    const char *target = paint_link_target(link);
    if (target[0] == '\0') {
        put(paint_link_end(), strlen(paint_link_end()));
        return;
    }
    put(head, (size_t)snprintf(head, sizeof head, "\033]8;id=sbxdeck-%u;", (unsigned)link));
    put(target, strlen(target));
    put("\033\\", 2);
}

static void tell(void (*put)(const void *bytes, size_t length))
{
    static const struct look plain;
    struct look look = wished();
    struct text text = {"\033[", 2};
    bool reset = !output.known || (is_plain(&look) && !is_plain(&output.told));
    tell_sets(&look, put);
    if (reset)
        add(&text, 0, ';');
    add_difference(&text, reset ? &plain : &output.told, &look);
    if (text.length > 2) {
        text.bytes[text.length - 1] = 'm'; // in place of the last ';'
        if (text.length == 4 && text.bytes[2] == '0')
            put("\033[m", 3);
        else
            put(text.bytes, text.length);
    }
    if (paint_known.links && (!output.known || look.paint.link != output.told.paint.link))
        tell_link(look.paint.link, put);
    output.told = look;
    output.known = true;
}

// Where what stands at the beginning, and is not about looks, ends.
static size_t other_length(const char *bytes, size_t length)
{
    const char *escape = length > 1 ? memchr(bytes + 1, '\033', length - 1) : NULL;
    size_t end = escape != NULL ? (size_t)(escape - bytes) : length;
    for (size_t i = 1; i < end && output.shifts; i++)
        if (bytes[i] == SHIFT_OUT || bytes[i] == SHIFT_IN)
            return i;
    return end;
}

void paint_put(const char *bytes, size_t length, void (*put)(const void *bytes, size_t length))
{
    bool asked = !output.known;
    if (!output.on) {
        if (length > 0)
            put(bytes, length);
        return;
    }
    for (size_t at = 0; at < length;) {
        size_t taken = take(&output.wish, bytes + at, length - at);
        if (taken > 0) {
            at += taken;
            asked = true;
            continue;
        }
        if (asked)
            tell(put);
        asked = false;
        taken = other_length(bytes + at, length - at);
        put(bytes + at, taken);
        at += taken;
    }
    if (asked && length > 0)
        tell(put);
}
