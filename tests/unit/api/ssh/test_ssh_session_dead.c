// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against a server that falls silent, leaves or takes nothing any more, at each stage.

#include "tests/unit/api/ssh/ssh_play.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_OF_TALK = 256 * 1024 * 1024, SOON_MS = 300 };

TestSuite(ssh_session_dead, .timeout = 240);

// --- silence, and leaving ---

static bool leave(struct raw_ssh_peer *peer, const struct play *play)
{
    if (play->kind == 0)
        raw_ssh_close(peer);
    else
        raw_ssh_reset(peer);
    return false;
}

// The stage of ours in which the server stands still at that stage of its own.
static const enum ssh_stage stage_of[] = {
    [RAW_SSH_CONNECTED] = SSH_STAGE_KEY_EXCHANGE,
    [RAW_SSH_GREETED] = SSH_STAGE_KEY_EXCHANGE,
    [RAW_SSH_KEXINIT_SENT] = SSH_STAGE_KEY_EXCHANGE,
    [RAW_SSH_KEX_REPLIED] = SSH_STAGE_KEY_EXCHANGE,
    [RAW_SSH_KEYED] = SSH_STAGE_SIGN_IN,
    [RAW_SSH_SERVICE] = SSH_STAGE_SIGN_IN,
    [RAW_SSH_SIGNED_IN] = SSH_STAGE_SHELL,
    [RAW_SSH_CHANNEL] = SSH_STAGE_SHELL,
};

Test(ssh_session_dead, silence_at_each_stage_is_told_with_the_stage)
{
    for (int stage = RAW_SSH_CONNECTED; stage < RAW_SSH_STARTED; stage++) {
        struct play play = {.stage = (enum raw_ssh_stage)stage, .act = play_silence, .name = "silence"};
        play_open(&play);
        run.options.connect_timeout_ms = SOON_MS;
        ssh_run_open(&run);
        cr_assert(ssh_run_until(&run, ssh_run_has_ended), "%s", raw_ssh_stage_name(play.stage));
        cr_expect_eq(run.end.status, STATUS_TIMED_OUT, "%s: %s", raw_ssh_stage_name(play.stage),
                     run.end.why.message);
        cr_expect_eq(run.end.stage, stage_of[stage], "%s", raw_ssh_stage_name(play.stage));
        cr_expect_not_null(strstr(run.end.why.message, ssh_stage_text(stage_of[stage])), "%s",
                           run.end.why.message);
        play_part();
    }
}

Test(ssh_session_dead, leaving_at_each_stage_is_told_with_the_stage)
{
    for (int stage = RAW_SSH_CONNECTED; stage <= RAW_SSH_STARTED; stage++) {
        for (int kind = 0; kind < 2; kind++) {
            struct play play = {
                .stage = (enum raw_ssh_stage)stage, .act = leave, .kind = kind, .name = "leaving"};
            play_meet(&play);
            enum ssh_stage told = stage == RAW_SSH_STARTED ? SSH_STAGE_OPEN : stage_of[stage];
            // A reset may overtake what came before it.
            cr_expect_eq(run.end.status, STATUS_SSH_FAILED, "%s %d: %s", raw_ssh_stage_name(play.stage), kind,
                         run.end.why.message);
            cr_expect(kind == 1 ? run.end.stage <= told : run.end.stage == told, "%s: %d",
                      raw_ssh_stage_name(play.stage), run.end.stage);
            cr_expect_str_not_empty(run.end.why.message);
            play_part();
        }
    }
}

static const char greeting[] = "SSH-2.0-raw\r\n";

static bool greet_and_leave(struct raw_ssh_peer *peer, const struct play *play)
{
    if (!raw_ssh_bytes(peer, greeting, play->length))
        return false;
    return play->kind == 2 ? raw_ssh_silence(peer, -1) : leave(peer, play);
}

Test(ssh_session_dead, greeting_that_breaks_off_after_any_byte_is_told)
{
    for (size_t length = 0; length < sizeof greeting; length++) {
        for (int kind = 0; kind < 3; kind++) {
            struct play play = {.stage = RAW_SSH_CONNECTED,
                                .act = greet_and_leave,
                                .kind = kind,
                                .length = length,
                                .name = "greeting"};
            play_open(&play);
            if (kind == 2)
                run.options.connect_timeout_ms = SOON_MS / 3;
            ssh_run_open(&run);
            cr_assert(ssh_run_until(&run, ssh_run_has_ended), "%zu bytes, %d", length, kind);
            cr_expect_eq(run.end.status, kind == 2 ? STATUS_TIMED_OUT : STATUS_SSH_FAILED,
                         "%zu bytes, %d: %s", length, kind, run.end.why.message);
            cr_expect(kind == 1 ? run.end.stage <= SSH_STAGE_KEY_EXCHANGE
                                : run.end.stage == SSH_STAGE_KEY_EXCHANGE,
                      "%zu bytes, %d: %s", length, kind, run.end.why.message);
            play_part();
        }
    }
}

// --- an open session that is dead ---

static void expect_ended_by_keepalive(const struct play *play)
{
    play_open(play);
    run.options.keepalive_s = 1;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_TIMED_OUT, "%s", run.end.why.message);
    cr_assert_eq(run.end.stage, SSH_STAGE_OPEN);
    cr_assert_str_not_empty(run.end.why.message);
    play_part();
}

Test(ssh_session_dead, silence_of_an_open_session_ends_it_by_its_keepalive)
{
    static const struct play play = {.stage = RAW_SSH_STARTED, .act = play_silence, .name = "silence"};
    expect_ended_by_keepalive(&play);
}

// Bytes of a packet that never gets whole, for ever.
static bool dribble(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    for (bool going = raw_ssh_frame(peer, 32768, 4, "x", 1); going;)
        going = raw_ssh_silence(peer, 100) && raw_ssh_bytes(peer, "x", 1);
    return false;
}

// Messages without end from a server that reads nothing.
static bool talk_only(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    if (!raw_ssh_message(peer, RAW_SSH_CHANNEL_WINDOW_ADJUST, "uu", raw_ssh_channel(peer), WINDOW_OF_TALK))
        return false;
    while (raw_ssh_output(peer, ".") && raw_ssh_silence(peer, 50))
        ;
    return false;
}

Test(ssh_session_dead, bytes_that_make_no_message_are_no_sign_of_life)
{
    static const struct play play = {.stage = RAW_SSH_STARTED, .act = dribble, .name = "dribble"};
    expect_ended_by_keepalive(&play);
}

Test(ssh_session_dead, server_that_talks_but_takes_nothing_is_given_up)
{
    static char much[1024 * 1024];
    static const struct play play = {.stage = RAW_SSH_STARTED, .act = talk_only, .name = "talk"};
    play_open(&play);
    run.options.keepalive_s = 1;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    // More than the sockets' buffers hold.
    for (int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
         run.ended == 0 && support_now_ms() < deadline;) {
        (void)ssh_session_write(run.session, much, sizeof much - ssh_session_queued(run.session));
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    }
    cr_assert_eq(run.end.status, STATUS_TIMED_OUT, "%s", run.end.why.message);
    play_part();
}
