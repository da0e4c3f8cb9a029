// SPDX-License-Identifier: Apache-2.0
//
// Every row of the table is fed whole, split at every byte, and byte by byte; each time the events are the
// same and their raw bytes put together are what was fed.

#include "tui/term/input.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_MAX = 16384 };

struct log {
    char text[LOG_MAX]; // events by name
    char raw[LOG_MAX * 2];
    size_t raw_length;
    bool joining; // within a paste, pieces are written as one
};

static void put(struct log *log, const char *text)
{
    size_t used = strlen(log->text);
    snprintf(log->text + used, sizeof log->text - used, "%s%s", used > 0 ? " " : "", text);
}

static void record(void *context, const struct input_event *event)
{
    static const char *const kinds[] = {"key",      "mouse",     "paste-begin", "paste",  "paste-end",
                                        "focus-in", "focus-out", "reply",       "unknown"};
    struct log *log = context;
    char text[128];
    cr_assert_lt(log->raw_length + event->raw_length, sizeof log->raw);
    memcpy(log->raw + log->raw_length, event->raw, event->raw_length);
    log->raw_length += event->raw_length;
    if (event->kind == INPUT_PASTE && log->joining)
        return; // pieces come as they come
    log->joining = event->kind == INPUT_PASTE;
    if (event->kind == INPUT_KEY && event->key >= INPUT_KEY_F1 && event->key <= INPUT_KEY_F20)
        snprintf(text, sizeof text, "F%u/%u", (unsigned)(event->key - INPUT_KEY_F1 + 1), event->modifiers);
    else if (event->kind == INPUT_KEY && event->key >= INPUT_KEY_NAMED)
        snprintf(text, sizeof text, "K%u/%u", (unsigned)(event->key - INPUT_KEY_NAMED), event->modifiers);
    else if (event->kind == INPUT_KEY)
        snprintf(text, sizeof text, "U%x/%u", (unsigned)event->key, event->modifiers);
    else if (event->kind == INPUT_MOUSE)
        snprintf(text, sizeof text, "M%d,%d@%d,%d/%u", (int)event->mouse.action, (int)event->mouse.button,
                 event->mouse.y, event->mouse.x, event->modifiers);
    else
        snprintf(text, sizeof text, "%s", kinds[event->kind]);
    put(log, text);
}

struct row {
    const char *bytes;
    const char *events;
    size_t length; // 0: strlen
};

#define UP     "K0/0"
#define DOWN   "K1/0"
#define RIGHT  "K2/0"
#define LEFT   "K3/0"
#define HOME   "K4/0"
#define END    "K5/0"
#define PGUP   "K6/0"
#define PGDN   "K7/0"
#define INS    "K8/0"
#define DEL    "K9/0"
#define BEGIN  "K10/0"
#define ENTER  "K11/0"
#define TAB    "K12/0"
#define BACK   "K13/0"
#define ESCAPE "K14/0"

static const struct row rows[] = {
    {"a", "U61/0", 0},
    {"G~ ", "U47/0 U7e/0 U20/0", 0},
    {"\0", "U20/4", 1},
    {"\001\032", "U61/4 U7a/4", 0},
    {"\034\035\036\037", "U5c/4 U5d/4 U5e/4 U5f/4", 0},
    {"\t\r\n\b\177", TAB " " ENTER " U6a/4 U68/4 " BACK, 0},
    {"\033a\033A", "U61/2 U41/2", 0},
    {"\033\r\033\177\033\001", "K11/2 K13/2 U61/6", 0},
    // cursor keys: CSI, SS3, with modifiers, with an explicit 1
    {"\033[A\033[B\033[C\033[D", UP " " DOWN " " RIGHT " " LEFT, 0},
    {"\033OA\033OB\033OC\033OD", UP " " DOWN " " RIGHT " " LEFT, 0},
    {"\033[1A\033[1;1A", UP " " UP, 0},
    {"\033[1;2A\033[1;3B\033[1;5C\033[1;6D\033[1;8A\033[1;9A", "K0/1 K1/2 K2/4 K3/5 K0/7 K0/2", 0},
    {"\033O5A\033O2P", "K0/4 F1/1", 0},
    {"\033\033[A\033\033OB\033\033[5~", "K0/2 K1/2 K6/2", 0},
    {"\033[a\033[d\033Oa\033Od", "K0/1 K3/1 K0/4 K3/4", 0},
    // home, end, the six, in the variants of xterm, linux, rxvt
    {"\033[H\033[F\033OH\033OF", HOME " " END " " HOME " " END, 0},
    {"\033[1~\033[4~\033[7~\033[8~", HOME " " END " " HOME " " END, 0},
    {"\033[2~\033[3~\033[5~\033[6~", INS " " DEL " " PGUP " " PGDN, 0},
    {"\033[3;5~\033[5;2~\033[3^\033[3$\033[3@", "K9/4 K6/1 K9/4 K9/1 K9/5", 0},
    {"\033[E\033OE", BEGIN " " BEGIN, 0},
    {"\033[Z", "K12/1", 0},
    // function keys
    {"\033OP\033OQ\033OR\033OS", "F1/0 F2/0 F3/0 F4/0", 0},
    {"\033[11~\033[12~\033[13~\033[14~\033[15~", "F1/0 F2/0 F3/0 F4/0 F5/0", 0},
    {"\033[17~\033[21~\033[23~\033[24~", "F6/0 F10/0 F11/0 F12/0", 0},
    {"\033[25~\033[26~\033[28~\033[34~", "F13/0 F14/0 F15/0 F20/0", 0},
    {"\033[[A\033[[E", "F1/0 F5/0", 0},
    {"\033[1;5P\033[1;2S\033[15;3~", "F1/4 F4/1 F5/2", 0},
    // the keypad in application mode
    {"\033OM\033Op\033Oy\033Ok\033On", ENTER " U30/0 U39/0 U2b/0 U2e/0", 0},
    // modifyOtherKeys and CSI u
    {"\033[27;5;97~\033[27;6;65~\033[27;2;13~", "U61/4 U61/4 " ENTER, 0},
    {"\033[97;5u\033[97;2u\033[13;5u\033[9;5u\033[27u", "U61/4 U41/0 " ENTER " K12/0 " ESCAPE, 0},
    {"\033[93;5u\033[228;3u", "U5d/4 Ue4/2", 0},
    {"\033[97:65;5:1u\033[97:65:98;5u", "U61/4 U61/4", 0},
    {"\033[99;9u\033[99;17u\033[99;69u\033[1;9A", "reply reply U63/4 K0/2",
     0}, // Super, Hyper, Caps Lock, Meta
    {"\033[1089::99;5u\033[1089::99;1u\033[1060:1060:97;4u", "U63/4 U441/0 U41/2", 0}, // another layout
    {"\033[105;5u\033[109;5u\033[91;5u\033[106;5u", "K12/0 " ENTER " " ESCAPE " U6a/4", 0},
    {"\033[13;2u\033[9;2u\033[127;5u\033[27;3u", ENTER " K12/1 K13/0 K14/2", 0},
    {"\033[57399u\033[57404;1u\033[57414u\033[57417;5u\033[57427u", "U30/0 U35/0 " ENTER " K3/4 K10/0", 0},
    // UTF-8
    {"\303\244\342\202\254\360\237\230\200", "Ue4/0 U20ac/0 U1f600/0", 0},
    {"\033\303\244", "Ue4/2", 0},
    {"\377", "unknown", 0},
    {"\200a", "unknown U61/0", 0},
    {"\303a", "unknown U61/0", 0},
    {"\303\033[A", "unknown " UP, 0},
    {"\300\200", "unknown unknown", 0},             // overlong
    {"\355\240\200", "unknown unknown unknown", 0}, // a surrogate
    {"\364\220\200\200", "unknown unknown unknown unknown", 0},
    {"\302\200", "unknown", 0}, // a C1 control
    {"\342\202\303\244", "unknown Ue4/0", 0},
    // mouse
    {"\033[<0;1;1M\033[<0;1;1m", "M0,0@0,0/0 M1,0@0,0/0", 0},
    {"\033[<2;80;24M\033[<64;3;4M\033[<65;3;4M", "M0,2@23,79/0 M0,4@3,2/0 M0,5@3,2/0", 0},
    {"\033[<32;5;6M\033[<35;5;6M\033[<4;1;1M\033[<24;1;1M", "M2,0@5,4/0 M2,3@5,4/0 M0,0@0,0/1 M0,0@0,0/6", 0},
    {"\033[<66;1;1M\033[<128;1;1M", "M0,6@0,0/0 M0,8@0,0/0", 0},
    {"\033[M !!\033[M##$", "M0,0@0,0/0 M1,3@3,2/0", 0},
    {"\033[<0;0;1M\033[<0;1M\033[<0;1;1;1M", "unknown unknown unknown", 0},
    // paste
    {"\033[200~hi\033[201~x", "paste-begin paste paste-end U78/0", 0},
    {"\033[200~\033[201~", "paste-begin paste-end", 0},
    {"\033[200~a\033[200~\033[A\003\033[201\033[201~", "paste-begin paste paste-end", 0},
    // focus
    {"\033[I\033[O", "focus-in focus-out", 0},
    // answers
    {"\033[?62;1c\033[>0;276;0c\033[?2026;2$y", "reply reply reply", 0},
    {"\033]11;rgb:0000/0000/0000\033\\x", "reply U78/0", 0},
    {"\033]11;rgb:ffff/ffff/ffff\a", "reply", 0},
    {"\033P>|xterm(1)\033\\", "reply", 0},
    {"\033]11;\033[A", "unknown " UP, 0},
    {"\033]11;\030a", "unknown U61/0", 0},
    // what has no meaning
    {"\033[99~\033[1;2;3;4q", "unknown unknown", 0},
    {"\033[12;40R\033[1;2R", "reply F3/1", 0},
    {"\033[99999999999u", "unknown", 0},
    {"\033[1;1;1;1;1;1;1;1;1;1;1A", "unknown", 0},
    {"\033[\001a", "unknown U61/4 U61/0", 0},
    {"\033[1\033[A", "unknown " UP, 0},
    {"\033O\033[A", "unknown " UP, 0},
    {"\033Oz", "unknown", 0},
    {"\033[57363u\033[57428u\033[63743u", "reply reply reply", 0}, // keys that are none of ours
    {"\033[128u", "unknown", 0},
};

// What was pressed, where the terminal tells more than a byte does.
static void keep_event(void *context, const struct input_event *event)
{
    *(struct input_event *)context = *event;
}

Test(input, exact_keys)
{
    static const struct {
        const char *bytes;
        uint32_t key;
        unsigned modifiers;
    } exact[] = {
        {"\033[105;5u", 'i', INPUT_CTRL},
        {"\033[97;6u", 'a', INPUT_CTRL | INPUT_SHIFT},
        {"\033[27;6;65~", 'a', INPUT_CTRL | INPUT_SHIFT},
        {"\033[27;4;65~", 'a', INPUT_ALT | INPUT_SHIFT},
        {"\033[13;5u", INPUT_KEY_ENTER, INPUT_CTRL},
        {"\033[27;2;13~", INPUT_KEY_ENTER, INPUT_SHIFT},
        {"\033[9;5u", INPUT_KEY_TAB, INPUT_CTRL},
        {"\033[127;5u", INPUT_KEY_BACKSPACE, INPUT_CTRL},
        {"\033[27u", INPUT_KEY_ESC, 0},
        {"\033[1089::99;5u", 0x441, INPUT_CTRL},
        {"\t", 0, 0},
        {"\001", 0, 0},
        {"\033[1;5A", 0, 0},
        {"\033[57399u", 0, 0},
    };
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        struct input_event last = {0};
        struct input *input = input_new(keep_event, &last);
        input_feed(input, exact[i].bytes, strlen(exact[i].bytes));
        cr_expect(last.exact_key == exact[i].key && last.exact_modifiers == exact[i].modifiers,
                  "%s: %x with %u", exact[i].bytes, last.exact_key, last.exact_modifiers);
        input_free(input);
    }
}

static struct log log_whole, log_split;

static void feed(struct log *log, const char *bytes, size_t length, size_t split, size_t step)
{
    memset(log, 0, sizeof *log);
    struct input *input = input_new(record, log);
    if (step > 0) {
        for (size_t i = 0; i < length; i += step)
            input_feed(input, bytes + i, step < length - i ? step : length - i);
    } else {
        input_feed(input, bytes, split);
        input_feed(input, bytes + split, length - split);
    }
    cr_expect_eq(input_timeout_ms(input), -1, "something waits after \"%s\"", log->text);
    input_free(input);
}

Test(input, table_at_every_split)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = rows[i].length != 0 ? rows[i].length : strlen(rows[i].bytes);
        for (size_t split = 0; split <= length; split++) {
            feed(&log_split, rows[i].bytes, length, split, split == length ? 1 : 0);
            cr_expect_str_eq(log_split.text, rows[i].events, "row %zu split at %zu: \"%s\" not \"%s\"", i,
                             split, log_split.text, rows[i].events);
            cr_expect(log_split.raw_length == length && memcmp(log_split.raw, rows[i].bytes, length) == 0,
                      "row %zu split at %zu: the raw bytes differ", i, split);
        }
    }
}

// The cap falls before, on and after each byte of a string's end; none of it is taken for a key.
Test(input, strings_of_any_length_are_no_keys)
{
    static char bytes[3 * INPUT_STRING_MAX];
    static const char *const ends[] = {"\a", "\033\\", "\033[A", "\030"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        for (size_t length = INPUT_STRING_MAX - 6; length < 2 * INPUT_STRING_MAX + 6; length++) {
            if (length > INPUT_STRING_MAX + 6 && length < 2 * INPUT_STRING_MAX - 6)
                continue;
            memset(bytes, 'x', length);
            memcpy(bytes, "\033]", 2);
            memcpy(bytes + length, ends[i], strlen(ends[i]));
            feed(&log_split, bytes, length + strlen(ends[i]), 7, 0);
            cr_expect_eq(log_split.raw_length, length + strlen(ends[i]));
            cr_expect(strstr(log_split.text, "U") == NULL, "%zu bytes: %.80s", length, log_split.text);
            cr_expect_eq(strstr(log_split.text, UP) != NULL, i == 2);
        }
    }
}

Test(input, a_long_string_without_an_end_is_given_up)
{
    static char bytes[INPUT_STRING_MAX];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "\033]", 2);
    memset(&log_whole, 0, sizeof log_whole);
    struct input *input = input_new(record, &log_whole);
    input_feed(input, bytes, sizeof bytes); // exactly the cap: nothing is held, and it is still a string
    cr_expect_eq(log_whole.raw_length, sizeof bytes);
    cr_expect_eq(input_timeout_ms(input), INPUT_STRING_MS);
    input_timeout(input);
    cr_expect_eq(input_timeout_ms(input), -1);
    input_feed(input, "a", 1);
    cr_expect_str_eq(log_whole.text, "unknown U61/0");
    input_free(input);
}

static struct row lone[] = {
    {"\033", ESCAPE, 0},
    {"\033\033", ESCAPE " " ESCAPE, 0},
    {"\033[", "U5b/2", 0},
    {"\033O", "U4f/2", 0},
    {"\033]", "U5d/2", 0},
    {"\033P", "U50/2", 0},
    {"\033\033[", ESCAPE " U5b/2", 0},
    {"\033[1;5", "unknown", 0},
    {"\303", "unknown", 0},
    {"\033\303", "unknown", 0},
    {"\033]11;rgb", "unknown", 0},
    {"\033[M!", "unknown", 0},
    {"\033[[", "unknown", 0},
};

Test(input, what_waits_comes_by_time)
{
    for (size_t i = 0; i < sizeof lone / sizeof lone[0]; i++) {
        memset(&log_whole, 0, sizeof log_whole);
        struct input *input = input_new(record, &log_whole);
        size_t length = strlen(lone[i].bytes);
        input_feed(input, lone[i].bytes, length);
        cr_expect_str_eq(log_whole.text, "", "row %zu does not wait", i);
        int wait = input_timeout_ms(input);
        cr_expect(wait == INPUT_ESC_MS || (wait == INPUT_STRING_MS && lone[i].bytes[1] == ']'));
        input_timeout(input);
        cr_expect_str_eq(log_whole.text, lone[i].events, "row %zu: \"%s\"", i, log_whole.text);
        cr_expect(log_whole.raw_length == length && memcmp(log_whole.raw, lone[i].bytes, length) == 0);
        // and what follows is read from the start
        input_feed(input, "\033[A", 3);
        cr_expect_str_eq(log_whole.text + strlen(lone[i].events), " " UP);
        input_timeout(input); // nothing waits: nothing comes
        cr_expect_eq(log_whole.raw_length, length + 3);
        input_free(input);
    }
}

Test(input, a_paste_waits_for_its_end_without_time)
{
    memset(&log_whole, 0, sizeof log_whole);
    struct input *input = input_new(record, &log_whole);
    input_feed(input, "\033[200~ab\033[20", 12);
    cr_expect_eq(input_timeout_ms(input), -1);
    cr_expect_eq(log_whole.raw_length, 8); // all but what may be the end
    input_timeout(input);
    input_feed(input, "1~", 2);
    cr_expect_str_eq(log_whole.text, "paste-begin paste paste-end");
    cr_expect_eq(log_whole.raw_length, 14);
    input_free(input);
}

static size_t largest_piece;

static void measure(void *context, const struct input_event *event)
{
    if (event->raw_length > largest_piece)
        largest_piece = event->raw_length;
    record(context, event);
}

Test(input, long_things_are_capped_and_lose_nothing)
{
    static char bytes[LOG_MAX];
    static const char *const starts[] = {"\033[200~", "\033]", "\033[", "\033P", ""};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        memset(bytes, '1', sizeof bytes);
        memcpy(bytes, starts[i], strlen(starts[i]));
        memset(&log_whole, 0, sizeof log_whole);
        struct input *input = input_new(measure, &log_whole);
        // In pieces, as a terminal's file gives them
        for (size_t at = 0; at < sizeof bytes; at += 1000)
            input_feed(input, bytes + at, at + 1000 < sizeof bytes ? 1000 : sizeof bytes - at);
        input_timeout(input);
        cr_expect_eq(log_whole.raw_length, sizeof bytes, "%zu of start %zu", log_whole.raw_length, i);
        cr_expect_arr_eq(log_whole.raw, bytes, sizeof bytes);
        input_free(input);
    }
    cr_expect_leq(largest_piece, INPUT_PASTE_PIECE_MAX);
}

// The same numbers in every run.
static size_t random_number(void)
{
    static uint64_t state = 7;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 8);
}

Test(input, any_bytes_lose_nothing)
{
    static char bytes[8000];
    for (int round = 0; round < 200; round++) {
        static const char likely[] = "\033\033[[O]<;;12M~u\\\a200~201~P";
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = random_number() % 3 != 0 ? likely[random_number() % (sizeof likely - 1)]
                                                : (char)random_number();
        size_t length = random_number() % sizeof bytes;
        memset(&log_whole, 0, sizeof log_whole);
        struct input *input = input_new(record, &log_whole);
        for (size_t at = 0; at < length;) {
            size_t piece = 1 + random_number() % 50;
            piece = piece < length - at ? piece : length - at;
            input_feed(input, bytes + at, piece);
            at += piece;
            if (random_number() % 9 == 0)
                input_timeout(input);
        }
        input_timeout(input);
        cr_assert_gt(log_whole.raw_length + 6, length); // in a paste, what may be its end still waits
        input_feed(input, "x\033[201~", 7);
        cr_assert_eq(log_whole.raw_length, length + 7);
        cr_assert_arr_eq(log_whole.raw, bytes, length);
        input_free(input);
    }
}

Test(input, what_is_text)
{
    struct input_event event = {.kind = INPUT_KEY, .key = 'a'};
    cr_expect(input_event_is_text(&event));
    event.modifiers = INPUT_ALT;
    cr_expect_not(input_event_is_text(&event));
    event = (struct input_event){.kind = INPUT_KEY, .key = INPUT_KEY_UP};
    cr_expect_not(input_event_is_text(&event));
    event = (struct input_event){.kind = INPUT_UNKNOWN, .key = 'a'};
    cr_expect_not(input_event_is_text(&event));
}
