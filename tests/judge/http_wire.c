// SPDX-License-Identifier: Apache-2.0
//
// http_wire: The table of what can be wrong with an answer's HTTP.

#include "tests/judge/http_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum form {
    FORM_PLAIN,   // with a header more (text)
    FORM_LENGTH,  // Content-Length is this text; "": none; "+n" or "-n": so far from the right one
    FORM_CHUNKED, // in chunks, ended as text says
    FORM_CUT,     // ends after so many of a thousand bytes (number)
    FORM_LINE,    // another status line
    FORM_BEFORE,  // this text before the whole
    FORM_BEHIND,  // and after it
    FORM_INSTEAD, // and in its place
    FORM_DATE,    // Date is so many seconds off
    FORM_NO_DATE,
    FORM_FLOOD,      // so many headers of 1 KB
    FORM_ONE_HEADER, // one header of so many bytes
    FORM_DELAY,      // after so many ms
    FORM_TRICKLE,    // a byte each so many ms
    FORM_RESET,      // after so many bytes of a thousand
    FORM_UNPASSED,   // nothing is passed on; 0: closed, 1: reset, 2: silence
    FORM_REDIRECT,
    FORM_RETRY, // with that status and Retry-After
    FORM_EARLY, // so many answers 103 first
};

static const struct wrong {
    const char *name;
    enum form form;
    const char *text;
    int number;
    bool whole;
} wrongs[] = {
    {"as HTML by its type", FORM_PLAIN, "Content-Type: text/html\r\n", 0, true},
    {"without a type", FORM_PLAIN, "X-Nothing: 1\r\n", 0, true},
    {"said to be gzip", FORM_PLAIN, "Content-Encoding: gzip\r\n", 0, false},
    {"said to be br", FORM_PLAIN, "Content-Encoding: br, deflate\r\n", 0, false},
    {"cookies", FORM_PLAIN, "Set-Cookie: a=b; Domain=example.com\r\nSet-Cookie: c=\r\n", 0, true},
    {"header with controls", FORM_PLAIN, "X-Odd: \x1b[31m\x07\xff\r\n", 0, true},
    {"header without colon", FORM_PLAIN, "this is no header\r\n", 0, false},
    {"folded header", FORM_PLAIN, "X-Folded: a\r\n b\r\n\tc\r\n", 0, false},
    {"header with a blank name", FORM_PLAIN, " : x\r\n", 0, false},
    {"Connection: close twice", FORM_PLAIN, "Connection: close\r\nConnection: keep-alive\r\n", 0, true},
    {"Trailer and Upgrade", FORM_PLAIN, "Trailer: X\r\nUpgrade: h2c\r\n", 0, true},
    {"Date twice", FORM_PLAIN, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0, true},
    {"no Content-Length", FORM_LENGTH, "", 0, true},
    {"Content-Length too small", FORM_LENGTH, "-", 7, false},
    {"Content-Length too large", FORM_LENGTH, "+", 7, false},
    {"Content-Length 0", FORM_LENGTH, "0", 0, false},
    {"Content-Length negative", FORM_LENGTH, "-1", 0, false},
    {"Content-Length huge", FORM_LENGTH, "99999999999999999999999", 0, false},
    {"Content-Length 2 GB", FORM_LENGTH, "2147483648", 0, false},
    {"Content-Length a word", FORM_LENGTH, "many", 0, false},
    {"Content-Length twice", FORM_LENGTH, "5\r\nContent-Length: 7", 0, false},
    {"chunked", FORM_CHUNKED, "0\r\n\r\n", 0, true},
    {"chunked, no end", FORM_CHUNKED, "", 0, false},
    {"chunked, a trailer", FORM_CHUNKED, "0\r\nX-Trailer: 1\r\n\r\n", 0, true},
    {"chunked, a size of no hex", FORM_CHUNKED, "zz\r\nx\r\n0\r\n\r\n", 0, false},
    {"chunked, a huge size", FORM_CHUNKED, "ffffffffffffffffff\r\nx\r\n", 0, false},
    {"chunked, a negative size", FORM_CHUNKED, "-5\r\nx\r\n0\r\n\r\n", 0, false},
    {"cut at 1/1000", FORM_CUT, NULL, 1, false},
    {"cut at 30/1000", FORM_CUT, NULL, 30, false},
    {"cut at 100/1000", FORM_CUT, NULL, 100, false},
    {"cut at 200/1000", FORM_CUT, NULL, 200, false},
    {"cut at 300/1000", FORM_CUT, NULL, 300, false},
    {"cut at 400/1000", FORM_CUT, NULL, 400, false},
    {"cut at 500/1000", FORM_CUT, NULL, 500, false},
    {"cut at 600/1000", FORM_CUT, NULL, 600, false},
    {"cut at 700/1000", FORM_CUT, NULL, 700, false},
    {"cut at 800/1000", FORM_CUT, NULL, 800, false},
    {"cut at 900/1000", FORM_CUT, NULL, 900, false},
    {"cut at 995/1000", FORM_CUT, NULL, 995, false},
    {"cut anywhere", FORM_CUT, NULL, -1, false},
    {"cut anywhere else", FORM_CUT, NULL, -2, false},
    {"HTTP/0.9", FORM_LINE, "", 0, false},
    {"HTTP/2", FORM_LINE, "HTTP/2 200\r\n", 0, false},
    {"HTTP/3.7", FORM_LINE, "HTTP/3.7 200 OK\r\n", 0, false},
    {"no status", FORM_LINE, "HTTP/1.1 OK\r\n", 0, false},
    {"status 99999", FORM_LINE, "HTTP/1.1 99999 OK\r\n", 0, false},
    {"status -1", FORM_LINE, "HTTP/1.1 -1 OK\r\n", 0, false},
    {"a reason with controls", FORM_LINE, "HTTP/1.1 500 \x1b[31m\x07no\r\n", 0, false},
    {"100 first", FORM_BEFORE, "HTTP/1.1 100 Continue\r\n\r\n", 0, true},
    {"101 first", FORM_BEFORE,
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", 0, false},
    {"junk before", FORM_BEFORE, "\r\n\r\nxyz\r\n", 0, false},
    {"junk behind", FORM_BEHIND, "HTTP/1.1 500 No\r\n\r\n\x1b[31m", 0, true},
    {"an SSH server instead", FORM_INSTEAD, "SSH-2.0-OpenSSH_9.2\r\n", 0, false},
    {"TLS instead", FORM_INSTEAD, "\x15\x03\x01\x02\x02\x16", 0, false},
    {"nothing but a newline", FORM_INSTEAD, "\n", 0, false},
    {"Date an hour ahead", FORM_DATE, NULL, 3600, true},
    {"Date 26 hours ahead", FORM_DATE, NULL, 93600, true},
    {"Date 26 hours behind", FORM_DATE, NULL, -93600, true},
    {"Date a year ahead", FORM_DATE, NULL, 31536000, true},
    {"no Date", FORM_NO_DATE, NULL, 0, true},
    {"Date junk", FORM_NO_DATE, "Date: yesterday\r\n", 0, true},
    {"Date of year 99999", FORM_NO_DATE, "Date: Thu, 01 Jan 99999 00:00:00 GMT\r\n", 0, true},
    {"Date of 1970", FORM_NO_DATE, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 0, true},
    {"50 headers of 1 KB", FORM_FLOOD, NULL, 50, true},
    {"1000 headers of 1 KB", FORM_FLOOD, NULL, 1000, false},
    {"20000 headers of 1 KB", FORM_FLOOD, NULL, 20000, false},
    {"a header of 60 KB", FORM_ONE_HEADER, NULL, 60000, true},
    {"a header of 5 MB", FORM_ONE_HEADER, NULL, 5000000, false},
    {"after 300 ms", FORM_DELAY, NULL, 300, true},
    {"shortly before the time-out", FORM_DELAY, NULL, JUDGE_TIMEOUT_MS - 600, true},
    {"after the time-out", FORM_DELAY, NULL, JUDGE_TIMEOUT_MS + 1500, false},
    {"a byte each 2 ms", FORM_TRICKLE, NULL, 2, false},
    {"a byte each 300 ms", FORM_TRICKLE, NULL, 300, false},
    {"reset after the request", FORM_RESET, NULL, 0, false},
    {"reset in the headers", FORM_RESET, NULL, 50, false},
    {"reset in the body", FORM_RESET, NULL, 900, false},
    {"closed before the request is passed on", FORM_UNPASSED, NULL, 0, false},
    {"reset before the request is passed on", FORM_UNPASSED, NULL, 1, false},
    {"silence, and nothing passed on", FORM_UNPASSED, NULL, 2, false},
    {"redirected to another host", FORM_REDIRECT, "http://127.0.0.1:9/v1/sandboxes", 302, false},
    {"redirected to itself", FORM_REDIRECT, "/v1/sandboxes", 307, false},
    {"redirected to a file", FORM_REDIRECT, "file:///etc/passwd", 301, false},
    {"redirected nowhere", FORM_REDIRECT, "\x1b[31m:", 308, false},
    {"429, Retry-After 0", FORM_RETRY, "0", 429, false},
    {"429, Retry-After 1", FORM_RETRY, "1", 429, false},
    {"429, Retry-After 3600", FORM_RETRY, "3600", 429, false},
    {"429, Retry-After -1", FORM_RETRY, "-1", 429, false},
    {"429, Retry-After 1e300", FORM_RETRY, "1e300", 429, false},
    {"429, Retry-After 30 digits", FORM_RETRY, "999999999999999999999999999999", 429, false},
    {"503, Retry-After a date", FORM_RETRY, "Wed, 21 Oct 2099 07:28:00 GMT", 503, false},
    {"503, Retry-After junk", FORM_RETRY, "soon \x1b[31m", 503, false},
    {"503, Retry-After twice", FORM_RETRY, "1\r\nRetry-After: 900", 503, false},
    {"1000 answers 103 first", FORM_EARLY, NULL, 1000, false},
    {"3 answers 103 first", FORM_EARLY, NULL, 3, true},
};

size_t alter_http_kinds(void)
{
    return sizeof wrongs / sizeof wrongs[0];
}

const char *wire_name(const struct alteration *alteration)
{
    return wrongs[alteration->kind].name;
}

// --- bytes ---

struct buffer {
    char *bytes;
    size_t length, cap;
    bool failed;
};

static void put(struct buffer *buffer, const void *bytes, size_t length)
{
    if (buffer->bytes == NULL || buffer->length + length > buffer->cap) {
        size_t cap = 2 * (buffer->length + length) + 1024;
        char *grown = realloc(buffer->bytes, cap);
        if (grown == NULL) {
            buffer->failed = true;
            return;
        }
        buffer->bytes = grown;
        buffer->cap = cap;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

static void put_text(struct buffer *buffer, const char *text)
{
    put(buffer, text, strlen(text));
}

static void put_date(struct buffer *buffer, int off_s)
{
    char text[64];
    struct tm parts;
    time_t now = time(NULL) + off_s;
    (void)gmtime_r(&now, &parts);
    (void)strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    put_text(buffer, text);
}

static void put_header(struct buffer *buffer, size_t value_length)
{
    char block[1024];
    memset(block, 'h', sizeof block);
    put_text(buffer, "X-Long: ");
    for (size_t left = value_length; left > 0;) {
        size_t count = left < sizeof block ? left : sizeof block;
        put(buffer, block, count);
        left -= count;
    }
    put_text(buffer, "\r\n");
}

static void put_length(struct buffer *buffer, const struct wrong *wrong, size_t length)
{
    char text[96];
    const char *told = wrong != NULL && wrong->form == FORM_LENGTH ? wrong->text : NULL;
    long off = wrong != NULL ? wrong->number : 0;
    if (wrong != NULL && wrong->form == FORM_CHUNKED) {
        put_text(buffer, "Transfer-Encoding: chunked\r\n");
        return;
    }
    if (told == NULL)
        (void)snprintf(text, sizeof text, "Content-Length: %zu\r\n", length);
    else if (told[0] == '\0')
        return;
    else if (off != 0)
        (void)snprintf(text, sizeof text, "Content-Length: %ld\r\n",
                       told[0] == '-' ? (long)length - off : (long)length + off);
    else
        (void)snprintf(text, sizeof text, "Content-Length: %s\r\n", told);
    put_text(buffer, text);
}

static void put_chunks(struct buffer *buffer, const struct wire *wire, const char *end)
{
    char size[32];
    for (size_t at = 0; at < wire->length;) {
        size_t piece = wire->length - at < 100 ? wire->length - at : 100;
        (void)snprintf(size, sizeof size, "%zx;ext=1\r\n", piece);
        put_text(buffer, size);
        put(buffer, wire->body + at, piece);
        put_text(buffer, "\r\n");
        at += piece;
    }
    put_text(buffer, end);
}

static void put_head(struct buffer *buffer, const struct wrong *wrong, const struct wire *wire)
{
    char line[128];
    enum form form = wrong != NULL ? wrong->form : FORM_DELAY;
    (void)snprintf(line, sizeof line, "HTTP/1.1 %d As Told\r\n", wire->status);
    if (form == FORM_BEFORE)
        put_text(buffer, wrong->text);
    for (int i = 0; form == FORM_EARLY && i < wrong->number; i++)
        put_text(buffer, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
    put_text(buffer, form == FORM_LINE ? wrong->text : line);
    if (form == FORM_LINE && wrong->text[0] == '\0')
        return;
    if (form != FORM_NO_DATE)
        put_date(buffer, form == FORM_DATE ? wrong->number : 0);
    else if (wrong->text != NULL)
        put_text(buffer, wrong->text);
    if (form == FORM_PLAIN)
        put_text(buffer, wrong->text);
    else
        put_text(buffer, "Content-Type: application/json\r\n");
    for (int i = 0; form == FORM_FLOOD && i < wrong->number; i++)
        put_header(buffer, 1000);
    if (form == FORM_ONE_HEADER)
        put_header(buffer, (size_t)wrong->number);
    if (form == FORM_REDIRECT || form == FORM_RETRY) {
        put_text(buffer, form == FORM_REDIRECT ? "Location: " : "Retry-After: ");
        put_text(buffer, wrong->text);
        put_text(buffer, "\r\n");
    }
    if (wire->status != 204 && wire->status / 100 != 1)
        put_length(buffer, wrong, wire->length);
    put_text(buffer, "\r\n");
}

static size_t cut_at(const struct alteration *alteration, const struct wrong *wrong, size_t length)
{
    size_t at = wrong->number >= 0 ? length * (size_t)wrong->number / 1000 : alteration->random % length;
    return at > 0 ? at : 1;
}

bool alter_passes(const struct alteration *alteration)
{
    return alteration == NULL || alteration->level != LEVEL_HTTP ||
           wrongs[alteration->kind].form != FORM_UNPASSED;
}

// --- statuses ---

enum { STATUS_BODIES = 4 };
static const char *const status_bodies[STATUS_BODIES] = {"with its body", "with a message", "with HTML",
                                                         "with nothing"};

const char *wire_status_body(const struct alteration *alteration)
{
    return status_bodies[alteration->random % STATUS_BODIES];
}

static bool take_status(const struct alteration *alteration, struct wire *wire)
{
    static const char *const texts[STATUS_BODIES] = {
        NULL, "{\"message\":\"told so\",\"errors\":[{\"field\":\"x\",\"error\":\"y\"}]}",
        "<html><head><title>told so</title></head><body>\x1b[31m</body></html>", ""};
    const char *text = texts[alteration->random % STATUS_BODIES];
    wire->whole = wire->status == (int)alteration->kind && text == NULL;
    wire->status = (int)alteration->kind;
    if (text == NULL)
        return true;
    char *copy = strdup(text);
    if (copy == NULL)
        return false;
    free(wire->body);
    wire->body = copy;
    wire->length = strlen(copy);
    return true;
}

// --- the whole ---

static void how_it_is_sent(const struct alteration *alteration, const struct wrong *wrong, struct wire *wire)
{
    wire->lost = wrong->form == FORM_INSTEAD || wrong->form == FORM_REDIRECT || wrong->form == FORM_RETRY;
    switch (wrong->form) {
    case FORM_DELAY:
        wire->delay_ms = wrong->number;
        wire->lost = wrong->number > JUDGE_TIMEOUT_MS;
        break;
    case FORM_TRICKLE:
        wire->trickle_ms = wrong->number;
        wire->lost = wrong->number > 100;
        break;
    case FORM_CUT:
        wire->size = cut_at(alteration, wrong, wire->size);
        wire->lost = wire->length > 0;
        break;
    case FORM_RESET:
        wire->size = wire->size * (size_t)wrong->number / 1000;
        wire->lost = wire->reset = true;
        break;
    case FORM_UNPASSED:
        wire->size = 0;
        wire->lost = true;
        wire->reset = wrong->number == 1;
        wire->delay_ms = wrong->number == 2 ? JUDGE_TIMEOUT_MS + 1500 : 0;
        break;
    default:
        break;
    }
}

bool wire_make(const struct alteration *alteration, struct wire *wire)
{
    struct buffer buffer = {.bytes = NULL};
    const struct wrong *wrong =
        alteration != NULL && alteration->level == LEVEL_HTTP ? &wrongs[alteration->kind] : NULL;
    if (alteration != NULL && alteration->level == LEVEL_STATUS && !take_status(alteration, wire))
        return false;
    if (wrong != NULL) {
        wire->whole = wrong->whole;
        if (wrong->form == FORM_REDIRECT || wrong->form == FORM_RETRY)
            wire->status = wrong->number;
    }
    if (wrong != NULL && wrong->form == FORM_INSTEAD) {
        put_text(&buffer, wrong->text);
    } else {
        put_head(&buffer, wrong, wire);
        if (wrong != NULL && wrong->form == FORM_CHUNKED)
            put_chunks(&buffer, wire, wrong->text);
        else if (wire->length > 0)
            put(&buffer, wire->body, wire->length);
        if (wrong != NULL && wrong->form == FORM_BEHIND)
            put_text(&buffer, wrong->text);
    }
    wire->bytes = buffer.bytes;
    wire->size = buffer.length;
    if (wrong != NULL)
        how_it_is_sent(alteration, wrong, wire);
    return !buffer.failed;
}
