// SPDX-License-Identifier: Apache-2.0
//
// input: split the terminal's bytes into events. The bytes of an incomplete sequence are kept in one buffer,
// which is also the event's raw bytes, so nothing can be lost between the two: each state either waits or
// emits all it holds. input_decode.c says what a complete sequence means.

#include "tui/term/input.h"

#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"
#include "tui/term/input_decode.h"

#include <stdlib.h>
#include <string.h>

enum state {
    GROUND,
    UTF8,       // within a character
    ESCAPE,     // after ESC (or ESC ESC)
    CSI,        // after ESC [
    CSI_LINUX,  // after ESC [ [ : one more byte
    SS3,        // after ESC O
    MOUSE_X10,  // after ESC [ M : three more bytes
    STRING,     // in an OSC, DCS, APC or PM answer
    STRING_ESC, // after ESC in one
    PASTE       // between ESC [ 200 ~ and ESC [ 201 ~
};

static const char PASTE_END_BYTES[] = "\033[201~";
// The ESC at a string's end is looked at with the byte behind it, also when the string has its full length.
enum { PASTE_END_LENGTH = 6, HELD_MAX = INPUT_STRING_MAX + 2 };

struct input {
    input_callback *callback;
    void *context;
    enum state state;
    size_t need;    // MOUSE_X10: bytes of the whole
    size_t start;   // first byte after the ESC of Alt
    bool in_pieces; // STRING: its beginning has been emitted
    char held[HELD_MAX];
    size_t length;
};

_Static_assert((int)INPUT_PASTE_PIECE_MAX <= (int)INPUT_STRING_MAX,
               "a paste piece is kept in the same buffer");

struct input *input_new(input_callback *callback, void *context)
{
    struct input *input = xcalloc(1, sizeof *input);
    input->callback = callback;
    input->context = context;
    return input;
}

void input_free(struct input *input)
{
    if (input == NULL)
        return;
    // What was typed may have been a password.
    explicit_bzero(input->held, sizeof input->held);
    free(input);
}

// Tells the first length bytes held as one event; the rest moves to the front.
static void emit(struct input *input, struct input_event *event, size_t length)
{
    char raw[HELD_MAX];
    memcpy(raw, input->held, length);
    memmove(input->held, input->held + length, input->length - length);
    input->length -= length;
    event->raw = raw;
    event->raw_length = length;
    input->callback(input->context, event);
    explicit_bzero(raw, length);
}

static void emit_kind(struct input *input, enum input_kind kind)
{
    struct input_event event = {.kind = kind};
    input->state = GROUND;
    if (input->length > 0) // of a string emitted in pieces nothing may be left
        emit(input, &event, input->length);
}

static void emit_key(struct input *input, uint32_t key, unsigned modifiers)
{
    struct input_event event = {.kind = INPUT_KEY, .key = key, .modifiers = modifiers};
    input->state = GROUND;
    emit(input, &event, input->length);
}

static void decoded(struct input *input, bool known, struct input_event *event)
{
    if (!known)
        *event = (struct input_event){.kind = INPUT_UNKNOWN};
    else if (event->kind == INPUT_KEY && input->start > 2)
        event->modifiers |= INPUT_ALT; // ESC ESC [ A
    input->state = event->kind == INPUT_PASTE_BEGIN ? PASTE : GROUND;
    emit(input, event, input->length);
}

static void feed_byte(struct input *input, unsigned char byte);

// The bytes before the last mean nothing; the last begins something new.
static void unknown_then(struct input *input, unsigned char byte)
{
    input->length--;
    emit_kind(input, INPUT_UNKNOWN);
    feed_byte(input, byte);
}

// A first byte of a key: alone, or after the ESC of Alt.
static void ground_byte(struct input *input, unsigned char byte, unsigned modifiers)
{
    uint32_t key = 0;
    if (byte < 0x20 || byte == 0x7f) {
        input_decode_control(byte, &key, &modifiers);
        emit_key(input, key, modifiers);
    } else if (byte < 0x7f) {
        emit_key(input, byte, modifiers);
    } else if (text_decode_size(byte) > 1) {
        input->state = UTF8;
        input->start = input->length - 1;
    } else {
        emit_kind(input, INPUT_UNKNOWN);
    }
}

static void utf8_byte(struct input *input, unsigned char byte)
{
    const char *bytes = input->held + input->start;
    size_t have = input->length - input->start;
    uint32_t codepoint = 0;
    if (text_decode_incomplete(bytes, have) == have)
        return;
    (void)text_decode(bytes, have, &codepoint);
    if (codepoint == TEXT_INVALID)
        unknown_then(input, byte);
    else if (codepoint < 0xa0) // C1 controls: nothing to type
        emit_kind(input, INPUT_UNKNOWN);
    else
        emit_key(input, codepoint, input->start > 0 ? INPUT_ALT : 0);
}

static void escape_byte(struct input *input, unsigned char byte)
{
    input->start = input->length;
    switch (byte) {
    case '[':
        input->state = CSI;
        return;
    case 'O':
        input->state = SS3;
        return;
    case ']':
    case 'P':
    case '_':
    case '^':
        // Only answers of the terminal come so; Alt with such a key is recognised by the timer.
        if (input->length == 2) {
            input->state = STRING;
            input->in_pieces = false;
            return;
        }
        break;
    case 0x1b:
        if (input->length == 2)
            return; // rxvt's Alt: a second ESC before the sequence
        unknown_then(input, byte);
        return;
    default:
        break;
    }
    if (input->length > 2) { // ESC ESC and no sequence: Esc, then Alt with a key
        struct input_event event = {.kind = INPUT_KEY, .key = INPUT_KEY_ESC};
        emit(input, &event, 1);
    }
    ground_byte(input, byte, INPUT_ALT);
}

static void csi_byte(struct input *input, unsigned char byte)
{
    const char *parameters = input->held + input->start;
    size_t length = input->length - input->start;
    struct input_event event = {.kind = INPUT_UNKNOWN};
    if (byte == '[' && length == 1) {
        input->state = CSI_LINUX;
    } else if (byte == 'M' && length == 1) {
        input->state = MOUSE_X10;
        input->need = input->length + 3;
    } else if ((byte >= 0x40 && byte <= 0x7e) ||
               (byte == '$' && length > 1 && parameters[0] >= '0' && parameters[0] <= '9')) {
        // rxvt ends shifted keys by '$', which is no final byte otherwise
        if (byte == '$' && memchr(parameters, ';', length) != NULL)
            return;
        decoded(input, input_decode_csi(parameters, length, &event), &event);
    } else if (byte < 0x20 || byte >= 0x7f) {
        unknown_then(input, byte);
    } else if (input->length >= INPUT_SEQUENCE_MAX) {
        emit_kind(input, INPUT_UNKNOWN);
    }
}

static void string_byte(struct input *input, unsigned char byte)
{
    if (input->state == STRING_ESC && byte != '\\') {
        // An ESC that ends nothing begins something: the string is over.
        char both[2] = {0x1b, (char)byte};
        input->length -= 2;
        emit_kind(input, INPUT_UNKNOWN);
        input_feed(input, both, 2);
        return;
    }
    if (byte == 0x07 || input->state == STRING_ESC)
        emit_kind(input, input->in_pieces ? INPUT_UNKNOWN : INPUT_REPLY);
    else if (byte == 0x1b)
        input->state = STRING_ESC;
    else if (byte == 0x18 || byte == 0x1a)
        emit_kind(input, INPUT_UNKNOWN);
    else if (input->length >= INPUT_STRING_MAX) {
        // Told in pieces, and still a string: its bytes must not be taken for keys.
        emit_kind(input, INPUT_UNKNOWN);
        input->state = STRING;
        input->in_pieces = true;
    }
}

// The end mark may be split anywhere: as much of it as stands at the end of what is held stays there.
static size_t paste_end_prefix(const struct input *input)
{
    size_t longest = input->length < PASTE_END_LENGTH ? input->length : PASTE_END_LENGTH;
    for (size_t n = longest; n > 0; n--)
        if (memcmp(input->held + input->length - n, PASTE_END_BYTES, n) == 0)
            return n;
    return 0;
}

static void emit_paste(struct input *input, size_t length)
{
    struct input_event event = {.kind = INPUT_PASTE};
    if (length > 0)
        emit(input, &event, length);
}

static void paste_byte(struct input *input)
{
    size_t prefix = paste_end_prefix(input);
    if (prefix == PASTE_END_LENGTH) {
        emit_paste(input, input->length - PASTE_END_LENGTH);
        emit_kind(input, INPUT_PASTE_END);
    } else if (input->length == INPUT_PASTE_PIECE_MAX) {
        emit_paste(input, input->length - prefix);
    }
}

static void feed_byte(struct input *input, unsigned char byte)
{
    input->held[input->length++] = (char)byte;
    struct input_event event = {.kind = INPUT_UNKNOWN};
    switch (input->state) {
    case GROUND:
        input->start = 0;
        if (byte == 0x1b)
            input->state = ESCAPE;
        else
            ground_byte(input, byte, 0);
        break;
    case UTF8:
        utf8_byte(input, byte);
        break;
    case ESCAPE:
        escape_byte(input, byte);
        break;
    case CSI:
        csi_byte(input, byte);
        break;
    case CSI_LINUX:
        decoded(input, input_decode_linux(byte, &event), &event);
        break;
    case SS3:
        // Some put a modifier between: ESC O 5 A
        if (byte >= '0' && byte <= '9' && input->length - input->start < 3)
            break;
        if (byte < 0x20 || byte >= 0x7f)
            unknown_then(input, byte);
        else
            decoded(input, input_decode_ss3(input->held + input->start, input->length - input->start, &event),
                    &event);
        break;
    case MOUSE_X10:
        if (input->length == input->need)
            decoded(input, input_decode_x10(input->held + input->length - 3, &event), &event);
        break;
    case STRING:
    case STRING_ESC:
        string_byte(input, byte);
        break;
    case PASTE:
        paste_byte(input);
        break;
    }
}

void input_feed(struct input *input, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++)
        feed_byte(input, byte[i]);
    // A paste is passed on as it comes; only what may be the end mark waits.
    if (input->state == PASTE)
        emit_paste(input, input->length - paste_end_prefix(input));
}

static bool in_string(const struct input *input)
{
    return (input->state == STRING || input->state == STRING_ESC) && (input->length > 2 || input->in_pieces);
}

int input_timeout_ms(const struct input *input)
{
    if (input->state == GROUND || input->state == PASTE)
        return -1;
    return in_string(input) ? INPUT_STRING_MS : INPUT_ESC_MS;
}

void input_timeout(struct input *input)
{
    if (input->state == GROUND || input->state == PASTE)
        return;
    if (input->length == 0) { // a string emitted in pieces has no end
        input->state = GROUND;
        return;
    }
    struct input_event event = {.kind = INPUT_KEY, .key = INPUT_KEY_ESC};
    const unsigned char *held = (const unsigned char *)input->held;
    if (input->state == ESCAPE) {
        input->state = GROUND;
        while (input->length > 0)
            emit(input, &event, 1);
    } else if (!in_string(input) && input->length == 2 && held[0] == 0x1b &&
               held[1] < 0x80) { // Alt-[ Alt-O Alt-] Alt-P …
        emit_key(input, held[1], INPUT_ALT);
    } else if (!in_string(input) && input->length == 3 && held[0] == 0x1b && held[1] == 0x1b) {
        emit(input, &event, 1);
        emit_key(input, held[1], INPUT_ALT);
    } else {
        emit_kind(input, INPUT_UNKNOWN);
    }
}
