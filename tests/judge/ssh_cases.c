// SPDX-License-Identifier: Apache-2.0
//
// ssh_cases: which cases there are, by number.

#include "tests/judge/ssh_judge.h"

#include <stdio.h>
#include <string.h>

enum { STAGES = RAW_SSH_STARTED + 1, LINE = 13, FLOOD_MS = 5000, QUICK_FLOOD_MS = 150, CHANCE_MAX = 96 };

static const int types[] = {1,  2,  3,  4,  5,  6,  7,  20, 21, 30, 31, 50, 51, 52,  53, 60,
                            80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 0,  200};
static const enum raw_ssh_stage type_stages[] = {RAW_SSH_GREETED, RAW_SSH_KEXINIT_SENT, RAW_SSH_KEYED,
                                                 RAW_SSH_SERVICE, RAW_SSH_SIGNED_IN,    RAW_SSH_CHANNEL,
                                                 RAW_SSH_STARTED};
static const enum raw_ssh_stage lie_stages[] = {RAW_SSH_SERVICE, RAW_SSH_CHANNEL, RAW_SSH_STARTED};
static const enum raw_ssh_stage frame_stages[] = {RAW_SSH_GREETED, RAW_SSH_KEYED, RAW_SSH_STARTED};
static const enum raw_ssh_stage flood_stages[] = {RAW_SSH_STARTED, RAW_SSH_SERVICE};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

// --- kinds: each fills in the case with that number of its own ---

static void case_end(size_t number, struct ssh_case *out)
{
    out->stage = (enum raw_ssh_stage)(number / 2);
    out->deed = number % 2 == 0 ? ssh_deed_close : ssh_deed_reset;
    out->verdict = SSH_MUST_FAIL;
    (void)snprintf(out->name, sizeof out->name, "%s", number % 2 == 0 ? "close" : "reset");
}

static void case_part(size_t number, struct ssh_case *out)
{
    out->number = number / 2;
    out->deed = number % 2 == 0 ? ssh_deed_part : ssh_deed_part_reset;
    out->verdict = SSH_MUST_FAIL;
    (void)snprintf(out->name, sizeof out->name, "%s after %zu bytes of the greeting",
                   number % 2 == 0 ? "close" : "reset", out->number);
}

static void case_silence(size_t number, struct ssh_case *out)
{
    out->stage = (enum raw_ssh_stage)number;
    out->deed = ssh_deed_silence;
    out->verdict = SSH_MUST_FAIL;
    out->waits = true;
    out->slow = true;
    (void)snprintf(out->name, sizeof out->name, "silence");
}

static void case_greeting(size_t number, struct ssh_case *out)
{
    out->number = number;
    out->deed = ssh_deed_greeting;
    out->verdict = ssh_greeting_verdict(number);
    (void)snprintf(out->name, sizeof out->name, "greeting: %s", ssh_greeting_name(number));
}

static void case_type(size_t number, struct ssh_case *out)
{
    out->stage = type_stages[number / COUNT_OF(types)];
    out->type = types[number % COUNT_OF(types)];
    out->deed = ssh_deed_type_alone;
    (void)snprintf(out->name, sizeof out->name, "message %d without its payload", out->type);
}

static bool speaks(int type)
{
    return type == RAW_SSH_CHANNEL_DATA || type == RAW_SSH_CHANNEL_EXTENDED_DATA;
}

static void case_lie(size_t number, struct ssh_case *out)
{
    out->number = number % ssh_lie_count();
    number /= ssh_lie_count();
    out->type = types[number % COUNT_OF(types)];
    out->stage = lie_stages[number / COUNT_OF(types)];
    out->deed = ssh_deed_lie;
    // It may be as good an end as any, or output.
    if (out->type == RAW_SSH_CHANNEL_REQUEST || out->type == RAW_SSH_CHANNEL_CLOSE || speaks(out->type))
        out->verdict = SSH_MUST_END_IT;
    out->speaks = speaks(out->type);
    (void)snprintf(out->name, sizeof out->name, "message %d with lengths that lie, form %zu", out->type,
                   out->number);
}

static void case_frame(size_t number, struct ssh_case *out)
{
    out->number = number % ssh_frame_count();
    out->stage = frame_stages[number / ssh_frame_count()];
    out->deed = ssh_deed_frame;
    out->waits = true; // for the rest of it, until the keepalive ends that
    (void)snprintf(out->name, sizeof out->name, "frame %zu with lengths that lie", out->number);
}

static void case_flood(size_t number, struct ssh_case *out)
{
    out->number = number % ssh_flood_count();
    out->stage = flood_stages[number / ssh_flood_count()];
    out->deed = ssh_deed_flood;
    out->flood_ms = FLOOD_MS;
    out->speaks = ssh_flood_speaks(out->number);
    (void)snprintf(out->name, sizeof out->name, "flood: %s", ssh_flood_name(out->number));
}

static void case_special(size_t number, struct ssh_case *out)
{
    out->number = number;
    out->stage = ssh_special_stage(number);
    out->deed = ssh_deed_special;
    out->verdict = ssh_special_verdict(number);
    out->type = ssh_special_type(number);
    (void)snprintf(out->name, sizeof out->name, "%s", ssh_special_name(number));
}

static void case_chance(struct ssh_case *out)
{
    out->stage = (enum raw_ssh_stage)(RAW_SSH_GREETED + out->random % RAW_SSH_STARTED);
    out->type = types[out->random / 16 % COUNT_OF(types)];
    out->deed = ssh_deed_chance;
    out->verdict = SSH_MUST_END_IT;
    out->speaks = speaks(out->type);
    (void)snprintf(out->name, sizeof out->name, "message %d of chance", out->type);
}

size_t ssh_case_fixed_count(void)
{
    return (size_t)(STAGES * 2 + (LINE + 1) * 2 + STAGES) + ssh_greeting_count() +
           COUNT_OF(types) * COUNT_OF(type_stages) +
           COUNT_OF(types) * COUNT_OF(lie_stages) * ssh_lie_count() +
           ssh_frame_count() * COUNT_OF(frame_stages) + ssh_flood_count() * COUNT_OF(flood_stages) +
           ssh_special_count();
}

void ssh_case_at(size_t number, uint64_t seed, bool quick, struct ssh_case *out)
{
    const struct {
        size_t count;
        void (*fill)(size_t number, struct ssh_case *out);
    } kinds[] = {
        {(size_t)STAGES * 2, case_end},
        {(size_t)(LINE + 1) * 2, case_part},
        {STAGES, case_silence},
        {ssh_greeting_count(), case_greeting},
        {COUNT_OF(types) * COUNT_OF(type_stages), case_type},
        {COUNT_OF(types) * COUNT_OF(lie_stages) * ssh_lie_count(), case_lie},
        {ssh_frame_count() * COUNT_OF(frame_stages), case_frame},
        {ssh_flood_count() * COUNT_OF(flood_stages), case_flood},
        {ssh_special_count(), case_special},
    };
    size_t left = number;
    memset(out, 0, sizeof *out);
    out->random = mix(mix(seed) ^ number);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (left < kinds[i].count) {
            kinds[i].fill(left, out);
            break;
        }
        left -= kinds[i].count;
    }
    if (out->deed == NULL)
        case_chance(out);
    if (quick && out->flood_ms > 0)
        out->flood_ms = QUICK_FLOOD_MS;
}

bool ssh_deed_chance(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    uint8_t payload[CHANCE_MAX];
    uint64_t random = what->random;
    size_t length = random / 1024 % sizeof payload;
    for (size_t i = 0; i < length; i++) {
        random = mix(random);
        // Mostly small numbers, as in messages, some large ones, and noise.
        unsigned choice = random % 8;
        payload[i] = choice < 5 ? 0 : choice == 5 ? 0xff : (uint8_t)(random >> 8);
    }
    return raw_ssh_packet(peer, what->type, payload, length);
}

// --- playing ---

void ssh_case_play(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    if (!raw_ssh_reach(peer, what->stage) || (what->deed != NULL && !what->deed(peer, what)))
        return;
    if (raw_ssh_reach(peer, RAW_SSH_STARTED) && raw_ssh_output(peer, SSH_JUDGE_OUTPUT) &&
        raw_ssh_exit(peer, 0))
        (void)raw_ssh_serve(peer, -1);
}

void ssh_case_play_shell(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    if (!raw_ssh_reach(peer, what->stage) || (what->deed != NULL && !what->deed(peer, what)))
        return;
    if (raw_ssh_reach(peer, RAW_SSH_STARTED) && raw_ssh_output(peer, SSH_JUDGE_OUTPUT))
        (void)raw_ssh_serve(peer, -1);
}
