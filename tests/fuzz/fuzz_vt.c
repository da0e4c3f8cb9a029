// SPDX-License-Identifier: Apache-2.0
//
// fuzz_vt: the terminal emulator under libFuzzer. The first bytes of an input choose the size, the history
// and a seed; the rest is written in pieces of a length the seed chooses, with resizes, reads of what waits
// and pastes in between. What must hold of every terminal is asked for after each step that could break it.
// Or, by a bit of the fourth byte, the rest is written whole to one terminal and byte by byte to another,
// which must end the same.

#include "tui/vt/vt_keys.h"
#include "tui/vt/vt_screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 8, HISTORY_STEPS = 4, WHOLE_LOOKS = 6 };

#define HOLD(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            (void)fprintf(stderr, "fuzz_vt: does not hold: %s\n", #condition);                               \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static uint32_t seed;

static unsigned next(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static bool is_clean_text(const char *text, size_t cap)
{
    const char *end = memchr(text, '\0', cap);
    if (end == NULL)
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static void hold_row(const struct vt *vt, int y)
{
    static struct vt_glyph glyphs[VT_COLS_MAX];
    static char text[VT_COLS_MAX * VT_TEXT_MAX + 1];
    int count = vt_row_read(vt, y, glyphs, VT_COLS_MAX);
    HOLD(count == vt_cols(vt));
    for (int x = 0; x < count; x++) {
        const struct vt_glyph *glyph = &glyphs[x];
        HOLD(glyph->width <= 2 && is_clean_text(glyph->text, sizeof glyph->text));
        HOLD(glyph->width != 2 || (x + 1 < count && glyphs[x + 1].width == 0));
        HOLD(glyph->width != 0 || (x > 0 && glyphs[x - 1].width == 2 && glyph->text[0] == '\0'));
        HOLD(glyph->style.link == 0 || vt_link(vt, glyph->style.link) != NULL);
    }
    HOLD(vt_row_text(vt, y, text, sizeof text) == strlen(text));
    (void)vt_row_wraps(vt, y);
}

// All of it: slow, so not after every step.
static void hold_screen(const struct vt *vt, int history)
{
    HOLD(vt_history_rows(vt) <= history);
    HOLD((uint64_t)vt_history_rows(vt) <= vt_history_pushed(vt) || history > 0);
    for (int y = -vt_history_rows(vt); y < vt_rows(vt); y++)
        hold_row(vt, y);
    struct vt_glyph glyph;
    HOLD(vt_row_read(vt, vt_rows(vt), &glyph, 1) == 0);
    HOLD(vt_row_read(vt, -vt_history_rows(vt) - 1, &glyph, 1) == 0);
}

static bool begins_answer(char byte)
{
    // ESC, or the C1 controls of a CSI, a DCS, an OSC and their end for who has asked for those.
    return byte == '\033' || byte == '\233' || byte == '\220' || byte == '\235' || byte == '\234';
}

// Answers are of printable characters between those, and whole ones.
static void hold_replies(struct vt *vt)
{
    static char replies[VT_REPLY_MAX + 1];
    size_t length = vt_reply_take(vt, replies, sizeof replies);
    HOLD(length <= VT_REPLY_MAX);
    HOLD(length == 0 || begins_answer(replies[0]));
    for (size_t i = 0; i < length; i++)
        HOLD(begins_answer(replies[i]) || (replies[i] >= 0x20 && replies[i] < 0x7f));
}

static void hold_cheap(const struct vt *vt)
{
    struct vt_cursor cursor = vt_cursor(vt);
    HOLD(cursor.y >= 0 && cursor.y < vt_rows(vt) && cursor.x >= 0 && cursor.x < vt_cols(vt));
    HOLD(cursor.shape >= 0 && cursor.shape <= 6);
    HOLD(is_clean_text(vt_title(vt), VT_TITLE_MAX));
    HOLD(vt_modes(vt).mouse <= VT_MOUSE_MOTION && vt_modes(vt).mouse_encoding <= VT_MOUSE_URXVT);
}

static void take_clipboard(struct vt *vt)
{
    size_t length = 0;
    char *text = vt_clipboard_take(vt, &length);
    HOLD(text == NULL || length <= VT_CLIPBOARD_MAX);
    free(text);
}

// Input for the program, from the same bytes: never a key out of a paste.
static void type_at(const struct vt *vt, const uint8_t *bytes, size_t length)
{
    static char out[4096 * 2];
    char key[VT_KEY_MAX];
    struct vt_paste paste;
    size_t most = length < 4096 ? length : 4096;
    (void)vt_paste_begin(&paste, vt, key);
    size_t at = vt_paste_piece(&paste, (const char *)bytes, most, out);
    HOLD(at <= most + 4 && memchr(out, '\033', at) == NULL && memchr(out, '\003', at) == NULL);
    (void)vt_paste_end(&paste, key);
    const struct input_event event = {
        .kind = INPUT_MOUSE,
        .modifiers = next(8),
        .mouse = {INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, (int)next(600), (int)next(1100)}};
    (void)vt_event_encode(vt, &event, 0, 0, key);
    (void)vt_key_encode(vt, next(2) == 0 ? next(0x110000) : INPUT_KEY_NAMED + next(64), next(8), key);
}

static void step(struct vt *vt, const uint8_t *bytes, size_t length, int history)
{
    static const int rows[] = {1, 2, 3, 5, 24, 50, VT_ROWS_MAX}, cols[] = {1, 2, 3, 8, 80, 132, VT_COLS_MAX};
    vt_write(vt, bytes, length);
    hold_cheap(vt);
    switch (next(16)) {
    case 0: // the largest ones seldom: they are slow
        vt_resize(vt, rows[next(next(64) == 0 ? 7 : 6)], cols[next(next(64) == 0 ? 7 : 6)]);
        break;
    case 1:
        vt_resize(vt, (int)next(40) + 1, (int)next(90) + 1);
        break;
    case 2:
        hold_replies(vt);
        break;
    case 3:
        take_clipboard(vt);
        break;
    case 4:
        type_at(vt, bytes, length);
        break;
    case 5:
        vt_damage_clear(vt);
        for (int y = 0; y < vt_rows(vt); y++)
            HOLD(!vt_damage_row(vt, y));
        break;
    case 6:
        if (next(WHOLE_LOOKS) == 0)
            hold_screen(vt, history);
        break;
    default:
        break;
    }
    hold_cheap(vt);
}

static bool same_glyph(const struct vt_glyph *a, const struct vt_glyph *b)
{
    return a->width == b->width && strcmp(a->text, b->text) == 0 && a->style.fg == b->style.fg &&
           a->style.bg == b->style.bg && a->style.underline == b->style.underline &&
           a->style.attributes == b->style.attributes && a->style.link == b->style.link;
}

static void hold_same(struct vt *a, struct vt *b)
{
    static struct vt_glyph left[VT_COLS_MAX], right[VT_COLS_MAX];
    static char replies[2][VT_REPLY_MAX];
    HOLD(vt_cursor(a).y == vt_cursor(b).y && vt_cursor(a).x == vt_cursor(b).x);
    HOLD(vt_history_rows(a) == vt_history_rows(b) && vt_history_pushed(a) == vt_history_pushed(b));
    HOLD(strcmp(vt_title(a), vt_title(b)) == 0 && vt_bells(a) == vt_bells(b));
    for (int y = -vt_history_rows(a); y < vt_rows(a); y++) {
        int count = vt_row_read(a, y, left, VT_COLS_MAX);
        HOLD(vt_row_read(b, y, right, VT_COLS_MAX) == count && vt_row_wraps(a, y) == vt_row_wraps(b, y));
        for (int x = 0; x < count; x++)
            HOLD(same_glyph(&left[x], &right[x]));
    }
    size_t length = vt_reply_take(a, replies[0], VT_REPLY_MAX);
    HOLD(vt_reply_take(b, replies[1], VT_REPLY_MAX) == length && memcmp(replies[0], replies[1], length) == 0);
}

// The short ways of whole text and whole sequences must do what the long ones do byte by byte.
static void hold_any_split(const uint8_t *data, size_t size, int rows, int cols, struct vt_options *options)
{
    struct vt *whole = vt_new(rows, cols, options), *single = vt_new(rows, cols, options);
    vt_write(whole, data, size);
    for (size_t i = 0; i < size; i++)
        vt_write(single, data + i, 1);
    hold_same(whole, single);
    vt_free(whole);
    vt_free(single);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int histories[HISTORY_STEPS] = {0, 1, 7, 200};
    if (size < HEAD)
        return 0;
    struct vt_options options = {.history = histories[data[2] % HISTORY_STEPS]};
    if (data[3] >= 0x80) {
        hold_any_split(data + HEAD, size - HEAD, data[0] % 60, data[1], &options);
        return 0;
    }
    struct vt *vt = vt_new(data[0] % 60, data[1], &options);
    memcpy(&seed, data + 4, sizeof seed);
    unsigned longest = data[3] % 8 == 0 ? 1 : data[3] % 8 * 16u;
    data += HEAD;
    size -= HEAD;
    while (size > 0) {
        size_t piece = 1 + next(longest);
        if (piece > size)
            piece = size;
        step(vt, data, piece, options.history);
        data += piece;
        size -= piece;
    }
    hold_screen(vt, options.history);
    hold_replies(vt);
    take_clipboard(vt);
    vt_free(vt);
    return 0;
}
