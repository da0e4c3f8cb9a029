// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against a server that floods it with what is no output.

#include "tests/unit/api/ssh/ssh_play.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
enum { FREED_STAYS = 256 * 1024 * 1024 }; // the sanitizer keeps what was freed
#else
enum { FREED_STAYS = 0 };
#endif
enum { FLOOD_BYTES_MAX = 64 * 1024 * 1024, GROWTH_MAX = 8 * 1024 * 1024 };

TestSuite(ssh_session_flood, .timeout = 240);

// --- floods ---

enum flood {
    FLOOD_IGNORE,
    FLOOD_DEBUG,
    FLOOD_UNIMPLEMENTED,
    FLOOD_UNKNOWN,
    FLOOD_GLOBAL,
    FLOOD_GLOBAL_ASKS,
    FLOOD_OPEN_SESSION,
    FLOOD_OPEN_FORWARDED,
    FLOOD_OPEN_X11,
    FLOOD_OPEN_AGENT,
    FLOOD_OPEN_UNKNOWN,
    FLOOD_REQUEST,
    FLOOD_REQUEST_ASKS,
    FLOOD_EOF,
    FLOOD_WINDOW,
    FLOOD_NO_DATA,
    FLOOD_EXT_INFO,
    FLOOD_AFTER_AN_ERROR,
    FLOODS
};

static bool flood_one(struct raw_ssh_peer *peer, enum flood kind, uint32_t at)
{
    static const char filler[1000];
    uint32_t channel = raw_ssh_channel(peer);
    static const char *const opens[] = {"session", "forwarded-tcpip", "x11", "auth-agent@openssh.com", "new"};
    switch (kind) {
    case FLOOD_IGNORE:
        return raw_ssh_message(peer, RAW_SSH_IGNORE, "x", filler, sizeof filler);
    case FLOOD_DEBUG:
        return raw_ssh_message(peer, RAW_SSH_DEBUG, "bxs", 1, filler, sizeof filler, "");
    case FLOOD_UNIMPLEMENTED:
        return raw_ssh_message(peer, RAW_SSH_UNIMPLEMENTED, "u", at);
    case FLOOD_UNKNOWN:
        return raw_ssh_message(peer, 200, "u", at);
    case FLOOD_GLOBAL:
    case FLOOD_GLOBAL_ASKS:
        return raw_ssh_message(peer, RAW_SSH_GLOBAL_REQUEST, "sb", "new", kind == FLOOD_GLOBAL_ASKS);
    case FLOOD_OPEN_SESSION:
    case FLOOD_OPEN_FORWARDED:
    case FLOOD_OPEN_X11:
    case FLOOD_OPEN_AGENT:
    case FLOOD_OPEN_UNKNOWN:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN, "suuususu", opens[kind - FLOOD_OPEN_SESSION], at,
                               1000U, 1000U, "host", 1U, "origin", 2U);
    case FLOOD_REQUEST:
    case FLOOD_REQUEST_ASKS:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usb", channel, "new",
                               kind == FLOOD_REQUEST_ASKS);
    case FLOOD_EOF:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_EOF, "u", channel);
    case FLOOD_WINDOW:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_WINDOW_ADJUST, "uu", channel, 1U);
    case FLOOD_NO_DATA:
        return raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "us", channel, "");
    case FLOOD_EXT_INFO:
        return raw_ssh_message(peer, RAW_SSH_EXT_INFO, "uss", 1U, "new", "value");
    default: // USERAUTH_SUCCESS, and then much
        return raw_ssh_message(peer, at == 0 ? RAW_SSH_USERAUTH_SUCCESS : RAW_SSH_IGNORE, "x", filler,
                               sizeof filler);
    }
}

static bool flood(struct raw_ssh_peer *peer, const struct play *play)
{
    for (uint32_t at = 0; at < FLOOD_BYTES_MAX / 16; at++)
        if (!flood_one(peer, (enum flood)play->kind, at))
            return false;
    return true;
}

static long resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    cr_assert_not_null(file);
    cr_assert_eq(fscanf(file, "%*s %ld", &pages), 1);
    (void)fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

static long most;

static bool has_ended_or_grown(struct ssh_run *at)
{
    long now = resident();
    most = now > most ? now : most;
    return at->ended > 0;
}

Test(ssh_session_flood, flood_of_what_is_no_output_ends_the_session_and_takes_no_memory)
{
    for (int kind = 0; kind < FLOODS; kind++) {
        struct play play = {.stage = RAW_SSH_STARTED, .act = flood, .kind = kind, .name = "flood"};
        play_open(&play);
        ssh_run_open(&run);
        cr_assert(ssh_run_until(&run, ssh_run_is_open));
        long before = most = resident();
        cr_assert(ssh_run_until(&run, has_ended_or_grown), "%d: no end", kind);
        cr_expect_eq(run.end.status, STATUS_SSH_FAILED, "%d: %s", kind, run.end.why.message);
        cr_expect_str_not_empty(run.end.why.message);
        cr_expect_lt(most - before, GROWTH_MAX + FREED_STAYS, "%d: grew by %ld KiB", kind,
                     (most - before) / 1024);
        play_part();
    }
}

static bool talk(struct raw_ssh_peer *peer, const struct play *play)
{
    static char text[1001];
    memset(text, 'x', sizeof text - 1);
    (void)play;
    for (int i = 0; i < 6000; i++)
        if (!raw_ssh_output(peer, i % 2 == 0 ? text : "y"))
            return false;
    return true;
}

Test(ssh_session_flood, much_output_in_small_pieces_is_no_flood)
{
    static const struct play play = {
        .stage = RAW_SSH_STARTED, .act = talk, .goes_on = true, .name = "output"};
    play_open(&play);
    run.counting = true;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_assert_eq(run.end.exit_status, 7);
    cr_assert_eq(run.out_length, 3000 * 1001 + strlen("after"));
    play_part();
}
