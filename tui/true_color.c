// SPDX-License-Identifier: Apache-2.0
//
// true_color: owns which number stands in for which colour. 240 colours at a time are more than a screen of
// text has; a picture that wants more gets the nearest ones.

#include "tui/true_color.h"

#include "tui/vt_colors.h"

#include <curses.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

// The first 16 are the user's own choice and stay what they are.
enum { FIRST = 16, NUMBERS = 256, SLOTS = 1024, AGAIN_MS = 1000, SEQUENCE_MAX = 24 };

enum use { FREE, KEPT, PLAIN, STAND_IN };

static struct {
    bool on, full;
    int64_t reset_at; // monotonic ms; INT64_MIN never
    int next;         // where the search for a free number goes on, downwards
    enum use use[NUMBERS];
    uint32_t rgb[NUMBERS];
    unsigned char slots[SLOTS]; // numbers by their colours' hash; 0: none
    size_t standing_in;
} colors;

// xterm takes COLORTERM away from its programs, but tells them its version; what runs inside of something
// else there has another TERM.
static bool environment_says_so(void)
{
    enum { SINCE_XTERM = 331 };
    const char *said = getenv("COLORTERM"), *term = getenv("TERM"), *version = getenv("XTERM_VERSION");
    if (said != NULL && (strcmp(said, "truecolor") == 0 || strcmp(said, "24bit") == 0))
        return true;
    return term != NULL && strncmp(term, "xterm", 5) == 0 && version != NULL &&
           strncmp(version, "XTerm(", 6) == 0 && strtol(version + 6, NULL, 10) >= SINCE_XTERM;
}

static bool terminal_can(void)
{
    char *select = tigetstr("setaf");
    if (!environment_says_so() || COLORS != NUMBERS || select == NULL || select == (char *)-1)
        return false;
    const char *sequence = tparm(select, 200L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
    return sequence != NULL && strcmp(sequence, "\033[38;5;200m") == 0;
}

void true_color_begin(void)
{
    bool shown = colors.standing_in > 0;
    memset(&colors, 0, sizeof colors);
    colors.on = terminal_can();
    colors.full = shown; // what is on the screen is wrong from now on
    colors.reset_at = INT64_MIN;
    colors.next = NUMBERS - 1;
}

bool true_color_is_on(void)
{
    return colors.on;
}

void true_color_keep(int number)
{
    if (!colors.on || number < FIRST || number >= NUMBERS)
        return;
    if (colors.use[number] == STAND_IN)
        colors.full = true; // what is shown with it is wrong from now on
    colors.use[number] = KEPT;
}

int true_color_plain(int number)
{
    if (!colors.on || number < FIRST || number >= NUMBERS)
        return number;
    if (colors.use[number] == STAND_IN)
        return true_color(vt_color_of_index((unsigned)number));
    if (colors.use[number] == FREE)
        colors.use[number] = PLAIN;
    return number;
}

static int distance(uint32_t a, uint32_t b)
{
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int apart = (int)(a >> shift & 255) - (int)(b >> shift & 255);
        sum += apart * apart;
    }
    return sum;
}

static int nearest(uint32_t rgb)
{
    int best = FIRST, least = INT_MAX;
    for (int i = FIRST; i < NUMBERS; i++) {
        int far = distance(rgb, colors.use[i] == STAND_IN ? colors.rgb[i] : vt_color_of_index((unsigned)i));
        if (far < least) {
            least = far;
            best = i;
        }
    }
    return best;
}

static size_t slot_of(uint32_t rgb)
{
    size_t at = rgb * 2654435761u >> 22 & (SLOTS - 1);
    while (colors.slots[at] != 0 && colors.rgb[colors.slots[at]] != rgb)
        at = (at + 1) & (SLOTS - 1);
    return at;
}

int true_color(uint32_t rgb)
{
    size_t at = slot_of(rgb);
    if (colors.slots[at] != 0 && colors.use[colors.slots[at]] == STAND_IN)
        return colors.slots[at];
    while (colors.next >= FIRST && colors.use[colors.next] != FREE)
        colors.next--;
    if (colors.next < FIRST) {
        colors.full = true;
        return nearest(rgb);
    }
    int number = colors.next--;
    colors.use[number] = STAND_IN;
    colors.rgb[number] = rgb;
    colors.slots[at] = (unsigned char)number;
    colors.standing_in++;
    return number;
}

bool true_color_is_worn(int64_t now_ms)
{
    if (!colors.full || (colors.reset_at != INT64_MIN && now_ms - colors.reset_at < AGAIN_MS))
        return false;
    colors.reset_at = now_ms;
    return true;
}

void true_color_reset(void)
{
    for (int i = FIRST; i < NUMBERS; i++)
        if (colors.use[i] != KEPT)
            colors.use[i] = FREE;
    memset(colors.slots, 0, sizeof colors.slots);
    colors.next = NUMBERS - 1;
    colors.standing_in = 0;
    colors.full = false;
}

// The length of "ESC [ 38 ; 5 ; number m" at the beginning of bytes, or of the same with 48; 0: it is none.
static size_t selection(const char *bytes, size_t length, int *number)
{
    *number = 0;
    if (length < 9 || bytes[1] != '[' || (bytes[2] != '3' && bytes[2] != '4') ||
        memcmp(bytes + 3, "8;5;", 4) != 0)
        return 0;
    size_t at = 7;
    for (; at < length && at < 10 && bytes[at] >= '0' && bytes[at] <= '9'; at++)
        *number = *number * 10 + (bytes[at] - '0');
    return at > 7 && at < length && bytes[at] == 'm' && *number < NUMBERS ? at + 1 : 0;
}

void true_color_put(const char *bytes, size_t length, void (*put)(const void *bytes, size_t length))
{
    size_t from = 0;
    for (size_t at = 0; colors.standing_in > 0 && at < length;) {
        char sequence[SEQUENCE_MAX];
        int number = 0;
        const char *escape = memchr(bytes + at, '\033', length - at);
        if (escape == NULL)
            break;
        at = (size_t)(escape - bytes);
        size_t taken = selection(escape, length - at, &number);
        if (taken == 0 || colors.use[number] != STAND_IN) {
            at += taken > 0 ? taken : 1;
            continue;
        }
        uint32_t rgb = colors.rgb[number];
        int size = snprintf(sequence, sizeof sequence, "\033[%c8;2;%u;%u;%um", escape[2], rgb >> 16 & 255,
                            rgb >> 8 & 255, rgb & 255);
        if (at > from)
            put(bytes + from, at - from);
        put(sequence, (size_t)size);
        at += taken;
        from = at;
    }
    if (length > from)
        put(bytes + from, length - from);
}
