// SPDX-License-Identifier: Apache-2.0
//
// ssh_deeds: The breaches of the protocol that the server commits.

#include "tests/judge/ssh_judge.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVIL            SSH_JUDGE_EVIL
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum { BIG = 1000, LIE = -1 };

bool ssh_deed_close(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    (void)what;
    raw_ssh_close(peer);
    return false;
}

bool ssh_deed_reset(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    (void)what;
    raw_ssh_reset(peer);
    return false;
}

bool ssh_deed_silence(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    (void)what;
    (void)raw_ssh_silence(peer, -1);
    return false;
}

// --- greetings ---

static const char line[] = "SSH-2.0-raw\r\n";

static const struct {
    const char *name, *text;
    enum ssh_verdict verdict;
} greetings[] = {
    {"a line before it", "hello\r\nSSH-2.0-raw\r\n", SSH_MAY_GO_ON},
    {"an evil line before it", EVIL "\r\nSSH-2.0-raw\r\n", SSH_MAY_GO_ON},
    {"no CR", "SSH-2.0-raw\n", SSH_MAY_GO_ON},
    {"a comment", "SSH-2.0-raw a comment\r\n", SSH_MUST_GO_ON},
    {"an evil comment", "SSH-2.0-raw " EVIL "\r\n", SSH_MAY_GO_ON},
    {"1.99", "SSH-1.99-raw\r\n", SSH_MAY_GO_ON},
    {"1.5", "SSH-1.5-raw\r\n", SSH_MUST_FAIL},
    {"3.0", "SSH-3.0-raw\r\n", SSH_MAY_GO_ON},
    {"no version", "SSH-\r\n", SSH_MUST_FAIL},
    {"no name", "SSH-2.0-\r\n", SSH_MAY_GO_ON},
    {"an answer of HTTP", "HTTP/1.1 400 Bad Request\r\nServer: " EVIL "\r\n\r\n", SSH_MUST_FAIL},
    {"an evil answer", EVIL "\r\n" EVIL "\r\n", SSH_MUST_FAIL},
    {"empty lines", "\r\n\r\n\r\n\r\n", SSH_MUST_FAIL},
    {"OpenSSH 6.6", "SSH-2.0-OpenSSH_6.6\r\n", SSH_MUST_GO_ON},
    {"OpenSSH of a huge version", "SSH-2.0-OpenSSH_99999999999999999999.99999999999\r\n", SSH_MAY_GO_ON},
    {"a name of 200", NULL, SSH_MAY_GO_ON},
    {"a name of 900", NULL, SSH_MAY_GO_ON},
    {"no end", NULL, SSH_MUST_FAIL},
    {"lines without end", NULL, SSH_MUST_FAIL},
    {"byte by byte", NULL, SSH_MUST_GO_ON},
};

size_t ssh_greeting_count(void)
{
    return COUNT_OF(greetings);
}

const char *ssh_greeting_name(size_t number)
{
    return greetings[number].name;
}

enum ssh_verdict ssh_greeting_verdict(size_t number)
{
    return greetings[number].verdict;
}

static bool greet_endlessly(struct raw_ssh_peer *peer, const char *text)
{
    while (raw_ssh_text(peer, text))
        ;
    return false;
}

bool ssh_deed_greeting(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    char long_line[1000];
    const char *name = greetings[what->number].name;
    if (greetings[what->number].text != NULL) {
        raw_ssh_greeting(peer, greetings[what->number].text);
    } else if (strcmp(name, "no end") == 0) {
        return greet_endlessly(peer,
                               "SSH-2.0-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    } else if (strcmp(name, "lines without end") == 0) {
        return greet_endlessly(peer, "hello\r\n");
    } else if (strcmp(name, "byte by byte") == 0) {
        for (size_t i = 0; i + 1 < sizeof line; i++) {
            if (!raw_ssh_bytes(peer, line + i, 1) || !raw_ssh_silence(peer, 2))
                return false;
        }
        return raw_ssh_greeted(peer, "SSH-2.0-raw");
    } else {
        size_t length = strcmp(name, "a name of 200") == 0 ? 200 : 900;
        (void)snprintf(long_line, sizeof long_line, "SSH-2.0-");
        memset(long_line + 8, 'x', length);
        (void)snprintf(long_line + 8 + length, sizeof long_line - 8 - length, "\r\n");
        raw_ssh_greeting(peer, long_line);
    }
    return true;
}

bool ssh_deed_part(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    (void)raw_ssh_bytes(peer, line, what->number);
    raw_ssh_close(peer);
    return false;
}

bool ssh_deed_part_reset(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    (void)raw_ssh_bytes(peer, line, what->number);
    (void)raw_ssh_silence(peer, 20); // else the bytes may never arrive
    raw_ssh_reset(peer);
    return false;
}

// --- messages ---

bool ssh_deed_type_alone(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    return raw_ssh_packet(peer, what->type, NULL, 0);
}

size_t ssh_lie_count(void)
{
    return 6;
}

bool ssh_deed_lie(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    const uint32_t lie = (uint32_t)LIE;
    switch (what->number) {
    case 0:
        return raw_ssh_message(peer, what->type, "u", lie);
    case 1:
        return raw_ssh_message(peer, what->type, "uu", raw_ssh_channel(peer), lie);
    case 2:
        return raw_ssh_message(peer, what->type, "uuu", raw_ssh_channel(peer), (uint32_t)1, lie);
    case 3:
        return raw_ssh_message(peer, what->type, "ur", (uint32_t)0x7fffffff, EVIL, sizeof EVIL);
    case 4:
        return raw_ssh_message(peer, what->type, "usbu", raw_ssh_channel(peer), "exit-signal", 1, lie);
    default:
        return raw_ssh_message(peer, what->type, "sbu", EVIL, 1, lie);
    }
}

static const struct {
    uint32_t length;
    uint8_t padding;
    size_t body;
} frames[] = {
    {0, 0, 7},
    {1, 0, 7},
    {4, 4, 7},
    {5, 4, 7},
    {0xffffffff, 4, 15},
    {8, 255, 7},
    {8, 0, 7},
    {16, 16, 15},
    {35000, 4, 15},
    {262145, 4, 15},
    {17, 4, 16},
    {0x80000000, 4, 15},
    {0x7fffffff, 255, 15},
    {24, 22, 23},
    {8, 7, 7},
};

size_t ssh_frame_count(void)
{
    return COUNT_OF(frames);
}

bool ssh_deed_frame(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    uint8_t body[64];
    memset(body, RAW_SSH_IGNORE, sizeof body);
    return raw_ssh_frame(peer, frames[what->number].length, frames[what->number].padding, body,
                         frames[what->number].body);
}

// --- floods ---

static const struct {
    const char *name;
    int type;
    const char *format; // c: the channel, n: one that is not there, 0/1/9: numbers, f/t: a byte, B: 1,000
                        // bytes, e: nothing as a string, words between / as strings
} floods[] = {
    {"IGNORE", RAW_SSH_IGNORE, "B"},
    {"DEBUG", RAW_SSH_DEBUG, "tBe"},
    {"UNIMPLEMENTED", RAW_SSH_UNIMPLEMENTED, "0"},
    {"unknown messages", 200, "B"},
    {"EXT_INFO", RAW_SSH_EXT_INFO, "1BB"},
    {"banners", RAW_SSH_USERAUTH_BANNER, "Be"},
    {"global requests", RAW_SSH_GLOBAL_REQUEST, "/hostkeys-00@openssh.com/fB"},
    {"global requests with a reply", RAW_SSH_GLOBAL_REQUEST, "/keepalive@openssh.com/t"},
    {"successes of nothing", RAW_SSH_REQUEST_SUCCESS, ""},
    {"opened sessions", RAW_SSH_CHANNEL_OPEN, "/session/999"},
    {"opened forwardings", RAW_SSH_CHANNEL_OPEN, "/forwarded-tcpip/999/x/1/y/1"},
    {"opened direct forwardings", RAW_SSH_CHANNEL_OPEN, "/direct-tcpip/999/x/1/y/1"},
    {"opened X11", RAW_SSH_CHANNEL_OPEN, "/x11/999/x/1"},
    {"opened agents", RAW_SSH_CHANNEL_OPEN, "/auth-agent@openssh.com/999"},
    {"opened unknowns", RAW_SSH_CHANNEL_OPEN, "B999"},
    {"confirmations", RAW_SSH_CHANNEL_OPEN_CONFIRMATION, "c099"},
    {"failures of opening", RAW_SSH_CHANNEL_OPEN_FAILURE, "c1Be"},
    {"windows by 0", RAW_SSH_CHANNEL_WINDOW_ADJUST, "c0"},
    {"windows by 1", RAW_SSH_CHANNEL_WINDOW_ADJUST, "c1"},
    {"windows by much", RAW_SSH_CHANNEL_WINDOW_ADJUST, "c9"},
    {"windows of no channel", RAW_SSH_CHANNEL_WINDOW_ADJUST, "n1"},
    {"empty data", RAW_SSH_CHANNEL_DATA, "ce"},
    {"empty data of stderr", RAW_SSH_CHANNEL_EXTENDED_DATA, "c1e"},
    {"data of an unknown kind", RAW_SSH_CHANNEL_EXTENDED_DATA, "c9B"},
    {"data to no channel", RAW_SSH_CHANNEL_DATA, "nB"},
    {"requests", RAW_SSH_CHANNEL_REQUEST, "c/keepalive@openssh.com/f"},
    {"requests with a reply", RAW_SSH_CHANNEL_REQUEST, "c/keepalive@openssh.com/t"},
    {"exit statuses", RAW_SSH_CHANNEL_REQUEST, "c/exit-status/f0"},
    {"successes of no request", RAW_SSH_CHANNEL_SUCCESS, "c"},
    {"failures of no request", RAW_SSH_CHANNEL_FAILURE, "c"},
    {"ends of data", RAW_SSH_CHANNEL_EOF, "c"},
};

size_t ssh_flood_count(void)
{
    return COUNT_OF(floods);
}

const char *ssh_flood_name(size_t number)
{
    return floods[number].name;
}

bool ssh_flood_speaks(size_t number)
{
    return floods[number].type == RAW_SSH_CHANNEL_EXTENDED_DATA;
}

static size_t put_u32(uint8_t *out, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
    return 4;
}

static size_t flood_payload(const struct raw_ssh_peer *peer, const char *format, uint8_t *out)
{
    size_t at = 0;
    for (; *format != '\0'; format++) {
        size_t length = 0;
        switch (*format) {
        case 'c':
            at += put_u32(out + at, raw_ssh_channel(peer));
            break;
        case 'n':
            at += put_u32(out + at, 4711);
            break;
        case 'f':
        case 't':
            out[at++] = *format == 't' ? 1 : 0;
            break;
        case 'e':
            at += put_u32(out + at, 0);
            break;
        case 'B':
            at += put_u32(out + at, BIG);
            memset(out + at, 'B', BIG);
            memcpy(out + at, EVIL, sizeof EVIL);
            at += BIG;
            break;
        case '/':
            length = strcspn(format + 1, "/");
            if (length == 0 || format[1 + length] == '\0')
                break;
            at += put_u32(out + at, (uint32_t)length);
            memcpy(out + at, format + 1, length);
            at += length;
            format += 1 + length;
            break;
        default:
            at += put_u32(out + at, *format == '9' ? 999999 : (uint32_t)(*format - '0'));
        }
    }
    return at;
}

bool ssh_deed_flood(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    uint8_t payload[4 * BIG];
    size_t length = flood_payload(peer, floods[what->number].format, payload);
    int64_t end = support_now_ms() + what->flood_ms;
    while (support_now_ms() < end) {
        // What the client answers is read, else both wait for room.
        for (int i = 0; i < 50; i++)
            if (!raw_ssh_packet(peer, floods[what->number].type, payload, length))
                return false;
        if (!raw_ssh_drain(peer))
            return false;
    }
    return true;
}
