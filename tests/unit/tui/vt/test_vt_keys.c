// SPDX-License-Identifier: Apache-2.0
//
// vt_keys: keys, mouse, focus and pastes are encoded as xterm does.

#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/term/input.h"
#include "tui/vt/vt_keys.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Bytes as they are written in a table: ESC is ^[, others below blank ^A and so on.
static const char *readable(const char *bytes, size_t length)
{
    static char out[1024];
    size_t at = 0;
    for (size_t i = 0; i < length && at < sizeof out - 3; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x20 || byte == 0x7f) {
            out[at++] = '^';
            byte ^= 0x40;
        }
        out[at++] = (char)byte;
    }
    out[at] = '\0';
    return out;
}

struct key_sample {
    const char *modes; // for the vt first
    uint32_t key;
    unsigned modifiers;
    const char *bytes;
};

static void check(const struct key_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[VT_KEY_MAX];
        struct vt *vt = vt_new(24, 80, NULL);
        vt_write(vt, samples[i].modes, strlen(samples[i].modes));
        size_t length = vt_key_encode(vt, samples[i].key, samples[i].modifiers, out);
        cr_expect_str_eq(readable(out, length), samples[i].bytes, "key %x modifiers %u: %s", samples[i].key,
                         samples[i].modifiers, readable(out, length));
        vt_free(vt);
    }
}

Test(vt_keys, xterm_forms)
{
    static const struct key_sample samples[] = {
        {"", 'a', 0, "a"},
        {"", 0xe9, 0, "\303\251"},
        {"", 'a', INPUT_CTRL, "^A"},
        {"", ' ', INPUT_CTRL, "^@"},
        {"", ']', INPUT_CTRL, "^]"},
        {"", '/', INPUT_CTRL, "^_"},
        {"", 'x', INPUT_ALT, "^[x"},
        {"", 'x', INPUT_ALT | INPUT_CTRL, "^[^X"},
        {"", INPUT_KEY_UP, 0, "^[[A"},
        {"\033[?1h", INPUT_KEY_UP, 0, "^[OA"},
        {"\033[?1h", INPUT_KEY_UP, INPUT_CTRL, "^[[1;5A"},
        {"", INPUT_KEY_HOME, INPUT_SHIFT, "^[[1;2H"},
        {"\033[?1h", INPUT_KEY_END, 0, "^[OF"},
        {"", INPUT_KEY_PAGE_UP, 0, "^[[5~"},
        {"", INPUT_KEY_DELETE, INPUT_CTRL | INPUT_SHIFT, "^[[3;6~"},
        {"", INPUT_KEY_F1, 0, "^[OP"},
        {"", INPUT_KEY_F1 + 3, INPUT_ALT, "^[[1;3S"},
        {"", INPUT_KEY_F1 + 4, 0, "^[[15~"},
        {"", INPUT_KEY_F1 + 11, 0, "^[[24~"},
        {"", INPUT_KEY_F20, 0, "^[[34~"},
        {"", INPUT_KEY_ENTER, 0, "^M"},
        {"\033[20h", INPUT_KEY_ENTER, 0, "^M^J"},
        {"", INPUT_KEY_TAB, 0, "^I"},
        {"", INPUT_KEY_TAB, INPUT_SHIFT, "^[[Z"},
        {"", INPUT_KEY_BACKSPACE, 0, "^?"},
        {"", INPUT_KEY_BACKSPACE, INPUT_CTRL, "^H"},
        {"\033[?67h", INPUT_KEY_BACKSPACE, 0, "^H"},
        {"", INPUT_KEY_BACKSPACE, INPUT_ALT, "^[^?"},
        {"", INPUT_KEY_ESC, 0, "^["},
        {"", INPUT_KEY_END_OF_NAMED, 0, ""},
        {"", 0xd800, 0, ""},
    };
    check(samples, sizeof samples / sizeof samples[0]);
}

#define C      "\033["
#define KITTY  "\033[>1u"
#define OTHER1 "\033[>4;1m"
#define OTHER2 "\033[>4;2m"
Test(vt_keys, exact)
{
    static const struct key_sample samples[] = {
        // kitty
        {KITTY, 'a', 0, "a"},
        {KITTY, 'A', 0, "A"},
        {KITTY, INPUT_KEY_ENTER, 0, "^M"},
        {KITTY, INPUT_KEY_TAB, 0, "^I"},
        {KITTY, INPUT_KEY_BACKSPACE, 0, "^?"},
        {KITTY, INPUT_KEY_ESC, 0, "^[[27u"},
        {KITTY, INPUT_KEY_ENTER, INPUT_CTRL, "^[[13;5u"},
        {KITTY, INPUT_KEY_ENTER, INPUT_SHIFT, "^[[13;2u"},
        {KITTY, INPUT_KEY_TAB, INPUT_SHIFT, "^[[9;2u"},
        {KITTY, INPUT_KEY_BACKSPACE, INPUT_CTRL, "^[[127;5u"},
        {KITTY, 'i', INPUT_CTRL, "^[[105;5u"},
        {KITTY, 'a', INPUT_CTRL | INPUT_SHIFT, "^[[97;6u"},
        {KITTY, 'x', INPUT_ALT, "^[[120;3u"},
        {KITTY, 'X', INPUT_ALT, "^[[120;4u"},
        {KITTY, ' ', INPUT_CTRL, "^[[32;5u"},
        {KITTY, ']', INPUT_CTRL, "^[[93;5u"},
        {KITTY, 0xe4, INPUT_ALT, "^[[228;3u"},
        {KITTY, INPUT_KEY_UP, 0, "^[[A"},
        {KITTY "\033[?1h", INPUT_KEY_UP, 0, "^[[A"},
        {KITTY, INPUT_KEY_UP, INPUT_CTRL, "^[[1;5A"},
        {KITTY, INPUT_KEY_DELETE, 0, "^[[3~"},
        {KITTY, INPUT_KEY_F1, 0, "^[[P"},
        {KITTY, INPUT_KEY_F1 + 2, 0, "^[[13~"},
        {KITTY, INPUT_KEY_F1 + 2, INPUT_SHIFT, "^[[13;2~"},
        {KITTY, INPUT_KEY_F1 + 4, 0, "^[[15~"},
        {KITTY "\033[<u", INPUT_KEY_ESC, 0, "^["},
        {KITTY "\033[?1049h", INPUT_KEY_ESC, 0, "^["}, // each screen has its own
        {KITTY "\033[?1049h\033[?1049l", INPUT_KEY_ESC, 0, "^[[27u"},
        {KITTY "\033c", INPUT_KEY_ESC, 0, "^["},
        {KITTY "\033[!p", INPUT_KEY_ESC, 0, "^["},
        {KITTY OTHER2, 'a', INPUT_CTRL, "^[[97;5u"},
        // modifyOtherKeys
        {OTHER1, INPUT_KEY_ENTER, INPUT_CTRL, "^[[27;5;13~"},
        {OTHER1, INPUT_KEY_ENTER, INPUT_SHIFT, "^[[27;2;13~"},
        {OTHER1, INPUT_KEY_ENTER, 0, "^M"},
        {OTHER1, INPUT_KEY_TAB, INPUT_CTRL, "^[[27;5;9~"},
        {OTHER1, INPUT_KEY_TAB, INPUT_SHIFT, "^[[Z"},
        {OTHER1, INPUT_KEY_BACKSPACE, INPUT_CTRL, "^H"},
        {OTHER1, 'a', INPUT_CTRL, "^A"},
        {OTHER1, 'i', INPUT_CTRL, "^I"},
        {OTHER1, 'a', INPUT_CTRL | INPUT_SHIFT, "^[[27;6;65~"},
        {OTHER1, 'x', INPUT_ALT, "^[x"},
        {OTHER1, '.', INPUT_CTRL, "^[[27;5;46~"},
        {OTHER1, ' ', INPUT_CTRL, "^@"},
        {OTHER2, 'a', INPUT_CTRL, "^[[27;5;97~"},
        {OTHER2, 'i', INPUT_CTRL, "^[[27;5;105~"},
        {OTHER2, 'x', INPUT_ALT, "^[[27;3;120~"},
        {OTHER2, 'X', INPUT_ALT, "^[[27;4;88~"},
        {OTHER2, 'X', 0, "X"},
        {OTHER2, ' ', INPUT_CTRL, "^[[27;5;32~"},
        {OTHER2, INPUT_KEY_TAB, 0, "^I"},
        {OTHER2, INPUT_KEY_TAB, INPUT_SHIFT, "^[[27;2;9~"},
        {OTHER2, INPUT_KEY_ESC, 0, "^["},
        {OTHER2, INPUT_KEY_BACKSPACE, INPUT_CTRL, "^H"},
        {OTHER2, INPUT_KEY_BACKSPACE, INPUT_ALT, "^[[27;3;127~"},
        {OTHER2, INPUT_KEY_UP, INPUT_CTRL, "^[[1;5A"},
        {OTHER2 "\033[>4n", 'a', INPUT_CTRL, "^A"},
        {OTHER2 "\033[>4m", 'a', INPUT_CTRL, "^A"},
        {OTHER2 "\033[>m", 'a', INPUT_CTRL, "^A"},
        {OTHER2 "\033[>2;0m", 'a', INPUT_CTRL, "^[[27;5;97~"},
        {OTHER2 "\033c", 'a', INPUT_CTRL, "^A"},
        // who has not asked gets what there always was
        {"", 'i', INPUT_CTRL, "^I"},
        {"", 'a', INPUT_CTRL | INPUT_SHIFT, "^A"},
        {"", 'a', INPUT_ALT | INPUT_SHIFT, "^[A"},
        {"", INPUT_KEY_ENTER, INPUT_CTRL | INPUT_SHIFT, "^M"},
        {"", INPUT_KEY_TAB, INPUT_CTRL, "^I"},
    };
    check(samples, sizeof samples / sizeof samples[0]);
}

static const struct vt_row_sample question_samples[] = {
    {"kitty's flags", 1, 8, C "?u" C ">1u" C "?u" C "<u" C "?u", "", 0, 0, C "?0u" C "?1u" C "?0u"},
    {"what is not there is not told", 1, 8, C ">31u" C "?u", "", 0, 0, C "?1u"},
    {"set, added and taken away", 1, 8, C "=1u" C "?u" C "=1;3u" C "?u" C "=1;2u" C "?u" C "=0;1u" C "?u", "",
     0, 0, C "?1u" C "?0u" C "?1u" C "?0u"},
    {"the stack", 1, 8,
     C ">1u" C ">0u" C ">1u" C "?u" C "<u" C "?u" C "<u" C "?u" C "<u" C "?u" C "<9u" C "?u", "", 0, 0,
     C "?1u" C "?0u" C "?1u" C "?0u" C "?0u"},
    {"several at once", 1, 8, C ">1u" C ">1u" C ">1u" C "<2u" C "?u" C "<16000u" C "?u", "", 0, 0,
     C "?1u" C "?0u"},
    {"the oldest goes", 1, 8,
     C "=1u" C ">u" C ">u" C ">u" C ">u" C ">u" C ">u" C ">u" C ">u" C ">u" C "<9u" C "?u", "", 0, 0,
     C "?0u"},
    {"each screen has its own", 1, 8,
     C ">1u" C "?1049h" C "?u" C ">1u" C "?1049l" C "<u" C "?u" C "?1049h" C "?u", "", 0, 0,
     C "?0u" C "?0u" C "?1u"},
    {"modifyOtherKeys", 1, 8, C "?4m" C ">4;2m" C "?4m" C ">4m" C "?4;1m" C ">4;9m" C "?4m", "", 0, 0,
     C ">4;0m" C ">4;2m" C ">4;0m" C ">1;2m" C ">4;0m"},
    {"the cursor is still restored", 1, 8,
     "ab" C "s"
     "cd" C "ux",
     "abxd", 0, 3, NULL},
};

Test(vt_keys, questions)
{
    VT_ROWS_CHECK(question_samples);
}

// What the input side reads from the bytes must be the key they were made of.
static struct input_event heard;
static void hear(void *context, const struct input_event *event)
{
    (void)context;
    heard = *event;
}

Test(vt_keys, every_named_key_is_read_back)
{
    static const char *const modes[] = {"", "\033[?1h\033="};
    for (size_t mode = 0; mode < 2; mode++) {
        struct vt *vt = vt_new(24, 80, NULL);
        vt_write(vt, modes[mode], strlen(modes[mode]));
        for (uint32_t key = INPUT_KEY_NAMED; key < INPUT_KEY_END_OF_NAMED; key++) {
            char out[VT_KEY_MAX];
            struct input *input = input_new(hear, NULL);
            size_t length = vt_key_encode(vt, key, 0, out);
            cr_expect_gt(length, 0);
            memset(&heard, 0, sizeof heard);
            input_feed(input, out, length);
            if (input_timeout_ms(input) >= 0)
                input_timeout(input);
            cr_expect(heard.kind == INPUT_KEY && heard.key == key && heard.modifiers == 0,
                      "%x came back as %x with %u", key, heard.key, heard.modifiers);
            input_free(input);
        }
        vt_free(vt);
    }
}

struct mouse_sample {
    const char *modes;
    enum input_mouse_action action;
    enum input_mouse_button button;
    unsigned modifiers;
    int y, x;
    const char *bytes;
};

Test(vt_keys, mouse)
{
    static const struct mouse_sample samples[] = {
        {"", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 0, 0, 0, ""},
        {"\033[?9h", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, INPUT_CTRL, 0, 0, "^[[M !!"},
        {"\033[?9h", INPUT_MOUSE_RELEASE, INPUT_BUTTON_LEFT, 0, 0, 0, ""},
        {"\033[?1000h", INPUT_MOUSE_RELEASE, INPUT_BUTTON_LEFT, 0, 1, 2, "^[[M##\""},
        {"\033[?1000h", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 0, 0, 223, ""},
        {"\033[?1000h", INPUT_MOUSE_MOTION, INPUT_BUTTON_LEFT, 0, 1, 2, ""},
        {"\033[?1000;1006h", INPUT_MOUSE_PRESS, INPUT_BUTTON_RIGHT, 0, 1, 2, "^[[<2;3;2M"},
        {"\033[?1000;1006h", INPUT_MOUSE_RELEASE, INPUT_BUTTON_RIGHT, 0, 1, 2, "^[[<2;3;2m"},
        {"\033[?1000;1006h", INPUT_MOUSE_PRESS, INPUT_WHEEL_DOWN, INPUT_SHIFT, 1, 2, "^[[<69;3;2M"},
        {"\033[?1002;1006h", INPUT_MOUSE_MOTION, INPUT_BUTTON_LEFT, 0, 1, 2, "^[[<32;3;2M"},
        {"\033[?1002;1006h", INPUT_MOUSE_MOTION, INPUT_BUTTON_NONE, 0, 1, 2, ""},
        {"\033[?1003;1006h", INPUT_MOUSE_MOTION, INPUT_BUTTON_NONE, 0, 1, 2, "^[[<35;3;2M"},
        {"\033[?1000;1015h", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 0, 1, 2, "^[[32;3;2M"},
        {"\033[?1000;1006h", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 0, 24, 0, ""},
        {"\033[?1000;1006h", INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 0, -1, 0, ""},
        {"\033[?1049h\033[?1007h", INPUT_MOUSE_PRESS, INPUT_WHEEL_UP, 0, 1, 2, "^[[A^[[A^[[A"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char out[VT_KEY_MAX];
        struct vt *vt = vt_new(24, 300, NULL);
        vt_write(vt, samples[i].modes, strlen(samples[i].modes));
        const struct input_event event = {
            .kind = INPUT_MOUSE,
            .modifiers = samples[i].modifiers,
            .mouse = {samples[i].action, samples[i].button, samples[i].y + 3, samples[i].x + 5}};
        size_t length = vt_event_encode(vt, &event, 3, 5, out);
        cr_expect_str_eq(readable(out, length), samples[i].bytes, "%zu: %s", i, readable(out, length));
        vt_free(vt);
    }
}

Test(vt_keys, focus_only_when_asked_for)
{
    char out[VT_KEY_MAX];
    struct vt *vt = vt_new(24, 80, NULL);
    const struct input_event in = {.kind = INPUT_FOCUS_IN}, out_of = {.kind = INPUT_FOCUS_OUT};
    cr_expect_eq(vt_event_encode(vt, &in, 0, 0, out), 0);
    vt_write(vt, "\033[?1004h", 8);
    cr_expect_str_eq(readable(out, vt_event_encode(vt, &in, 0, 0, out)), "^[[I");
    cr_expect_str_eq(readable(out, vt_event_encode(vt, &out_of, 0, 0, out)), "^[[O");
    vt_free(vt);
}

static size_t paste(const struct vt *vt, const char *text, size_t length, size_t split, char *out)
{
    struct vt_paste state;
    size_t at = vt_paste_begin(&state, vt, out);
    at += vt_paste_piece(&state, text, split, out + at);
    at += vt_paste_piece(&state, text + split, length - split, out + at);
    return at + vt_paste_end(&state, out + at);
}

Test(vt_keys, nothing_in_a_paste_acts_as_a_key)
{
    static const char text[] = "a\r\nb\nc\033[201~\003\tx\302\233y\303\251\377\342\202z\xf0\x9f\x98\x80";
    char out[256];
    struct vt *vt = vt_new(24, 80, NULL);
    vt_write(vt, "\033[?2004h", 8);
    for (size_t split = 0; split < sizeof text; split++) {
        size_t length = paste(vt, text, sizeof text - 1, split, out);
        cr_expect_str_eq(readable(out, length), "^[[200~a^Mb^Mc[201~^Ixy\303\251z\xf0\x9f\x98\x80^[[201~",
                         "split at %zu: %s", split, readable(out, length));
    }
    vt_free(vt);
}

Test(vt_keys, a_paste_has_no_brackets_unasked)
{
    char out[64];
    struct vt *vt = vt_new(24, 80, NULL);
    cr_expect_str_eq(readable(out, paste(vt, "a b", 3, 1, out)), "a b");
    vt_free(vt);
}
