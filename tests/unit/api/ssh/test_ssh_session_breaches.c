// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against a server that signs anybody in and then breaks the protocol, and what it says before:
// each session ends once, with a reason, and takes nobody with it.

#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/ssh_play.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(ssh_session_breaches, .timeout = 240);

// --- a session's failure is its own ---

static const char zeros[100];

// Once the client has typed something, so that the session is open for it too.
static bool send_when_typed(struct raw_ssh_peer *peer, const struct play *play)
{
    while (raw_ssh_heard(peer) == 0)
        if (!raw_ssh_serve(peer, 1))
            return false;
    return play_send(peer, play);
}

// Sends much first, so that the client is in the middle of it.
static bool send_after_much(struct raw_ssh_peer *peer, const struct play *play)
{
    static char text[30001];
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < 150 + play->kind; i++)
        if (!raw_ssh_output(peer, text))
            return false;
    return play_send(peer, play);
}

static bool other_has_ended(struct ssh_run *at)
{
    const struct ssh_run *other = at->beside;
    return other->ended > 0;
}

static void nonsense_beside_another(const struct play *play)
{
    static const struct play good = {
        .stage = RAW_SSH_STARTED, .act = play_send, .type = RAW_SSH_IGNORE, .name = "the other"};
    struct ssh_run bad = {.close_at = SSH_STAGE_ENDED, .counting = true};
    play_open(&good);
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_is_open));
    struct raw_ssh *second = raw_ssh_start(play_script, (void *)play);
    cr_assert_not_null(second);
    run.beside = &bad;
    bad.options = run.options;
    bad.options.target.port = raw_ssh_port(second);
    ssh_run_open_on(&bad, &run.loop);
    (void)ssh_session_write(bad.session, "typed", 5);
    cr_assert(ssh_run_until(&run, other_has_ended), "%s", play->name);
    cr_expect_eq(bad.end.status, STATUS_SSH_FAILED, "%s", play->name);
    cr_expect_str_not_empty(bad.end.why.message, "%s", play->name);
    cr_expect_eq(run.ended, 0, "%s: %s", play->name, run.end.why.message);
    ssh_session_free(bad.session);
    // The first still has its connection: it is there to be closed in order.
    ssh_session_close(run.session);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_expect(run.end.by_us);
    cr_expect_eq(run.end.stage, SSH_STAGE_OPEN);
    play_part();
    raw_ssh_stop(second);
}

Test(ssh_session_breaches, key_exchange_of_nonsense_ends_that_session_and_no_other)
{
    struct play play = {.act = play_send,
                        .type = RAW_SSH_KEXINIT,
                        .payload = zeros,
                        .length = sizeof zeros,
                        .name = "at a stage"};
    for (play.stage = RAW_SSH_KEYED; play.stage <= RAW_SSH_STARTED; play.stage++)
        nonsense_beside_another(&play);
    play.stage = RAW_SSH_STARTED;
    play.act = send_when_typed;
    play.name = "when open";
    nonsense_beside_another(&play);
    play.act = send_after_much;
    play.name = "after much";
    for (play.kind = 0; play.kind < 20; play.kind++)
        nonsense_beside_another(&play);
}

// --- what a server may not say once the session is open ---

// Of these libssh takes no notice, or they say nothing that counts: then the session goes on.
static const int tolerated[] = {RAW_SSH_IGNORE,          RAW_SSH_UNIMPLEMENTED,  RAW_SSH_DEBUG,
                                RAW_SSH_EXT_INFO,        RAW_SSH_GLOBAL_REQUEST, RAW_SSH_REQUEST_SUCCESS,
                                RAW_SSH_REQUEST_FAILURE, RAW_SSH_CHANNEL_OPEN};

static bool is_tolerated(int type)
{
    for (size_t i = 0; i < sizeof tolerated / sizeof tolerated[0]; i++)
        if (tolerated[i] == type)
            return true;
    return false;
}

Test(ssh_session_breaches, message_without_its_content_ends_the_session_or_counts_for_nothing)
{
    for (int type = 1; type <= 255; type++) {
        struct play play = {
            .stage = RAW_SSH_STARTED, .act = play_send, .type = type, .goes_on = true, .name = "empty"};
        if (type > 100 && type < 250)
            continue; // nobody knows these
        play_meet(&play);
        if (run.end.status == STATUS_OK)
            cr_expect(run.end.exited && run.end.exit_status == 7, "type %d: ended without a word", type);
        else
            cr_expect_str_not_empty(run.end.why.message, "type %d", type);
        cr_expect_neq(run.end.status, STATUS_TIMED_OUT, "type %d: only by its keepalive", type);
        if (is_tolerated(type))
            cr_expect_eq(run.end.status, STATUS_OK, "type %d: %s", type, run.end.why.message);
        play_part();
    }
}

Test(ssh_session_breaches, message_that_is_out_of_place_ends_the_session)
{
    static const struct play plays[] = {
        {.type = RAW_SSH_DISCONNECT, .name = "DISCONNECT"},
        {.type = RAW_SSH_NEWKEYS, .name = "NEWKEYS alone"},
        {.type = RAW_SSH_KEX_ECDH_INIT, .name = "ECDH_INIT"},
        {.type = RAW_SSH_KEX_ECDH_REPLY, .name = "ECDH_REPLY"},
        {.type = RAW_SSH_SERVICE_REQUEST, .name = "SERVICE_REQUEST"},
        {.type = RAW_SSH_USERAUTH_REQUEST, .name = "USERAUTH_REQUEST"},
        {.type = RAW_SSH_USERAUTH_FAILURE, .name = "USERAUTH_FAILURE"},
        {.type = RAW_SSH_USERAUTH_SUCCESS, .name = "USERAUTH_SUCCESS"},
        {.type = RAW_SSH_USERAUTH_BANNER, .name = "USERAUTH_BANNER"},
        {.type = RAW_SSH_USERAUTH_INFO_REQUEST, .name = "USERAUTH_INFO_REQUEST"},
        {.type = RAW_SSH_CHANNEL_OPEN_CONFIRMATION, .payload = zeros, .length = 16, .name = "CONFIRMATION"},
        {.type = RAW_SSH_CHANNEL_OPEN_FAILURE, .payload = zeros, .length = 16, .name = "OPEN_FAILURE"},
        {.type = RAW_SSH_CHANNEL_WINDOW_ADJUST, .payload = zeros, .length = 8, .name = "no channel's window"},
        {.type = RAW_SSH_CHANNEL_DATA, .payload = zeros, .length = 8, .name = "no channel's data"},
        {.type = RAW_SSH_CHANNEL_EXTENDED_DATA,
         .payload = zeros,
         .length = 12,
         .name = "no channel's stderr"},
        {.type = RAW_SSH_CHANNEL_EOF, .payload = zeros, .length = 4, .name = "no channel's end"},
        {.type = RAW_SSH_CHANNEL_CLOSE, .payload = zeros, .length = 4, .name = "no channel's close"},
        {.type = RAW_SSH_CHANNEL_REQUEST, .payload = zeros, .length = 9, .name = "no channel's request"},
    };
    for (size_t i = 0; i < sizeof plays / sizeof plays[0]; i++) {
        struct play play = plays[i];
        play.stage = RAW_SSH_STARTED;
        play.act = play_send;
        play_meet(&play);
        cr_expect_eq(run.end.status, STATUS_SSH_FAILED, "%s", play.name);
        cr_expect_geq(run.end.stage, SSH_STAGE_SHELL, "%s", play.name); // it may come with the shell's start
        cr_expect_str_not_empty(run.end.why.message, "%s", play.name);
        cr_expect_null(strstr(run.end.why.message, "refused"), "%s: %s", play.name, run.end.why.message);
        play_part();
    }
}

static bool close_twice(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    for (int i = 0; i < 2; i++)
        if (!raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", raw_ssh_channel(peer)))
            return false;
    return true;
}

Test(ssh_session_breaches, channel_closed_twice_is_closed_once)
{
    static const struct play play = {.stage = RAW_SSH_STARTED, .act = close_twice, .name = "closed twice"};
    play_meet(&play);
    cr_expect_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_expect_not(run.end.exited);
    play_part();
}

static bool close_and_go_on(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    uint32_t channel = raw_ssh_channel(peer);
    return raw_ssh_output(peer, "before") && raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", channel) &&
           raw_ssh_output(peer, "after") &&
           raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbu", channel, "exit-status", 0, 0U);
}

Test(ssh_session_breaches, what_comes_after_the_close_counts_for_nothing)
{
    static const struct play play = {
        .stage = RAW_SSH_STARTED, .act = close_and_go_on, .name = "on after the close"};
    play_meet(&play);
    cr_expect_not(run.end.exited);
    cr_expect_str_eq(run.out, "before");
    play_part();
}

static bool exit_and_break(struct raw_ssh_peer *peer, const struct play *play)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbu", raw_ssh_channel(peer), "exit-status", 0,
                           0U) &&
           play_send(peer, play);
}

Test(ssh_session_breaches, exit_status_of_a_session_that_fails_afterwards_does_not_count)
{
    static const struct play play = {.stage = RAW_SSH_STARTED,
                                     .act = exit_and_break,
                                     .type = RAW_SSH_USERAUTH_SUCCESS,
                                     .name = "failing after its exit status"};
    play_meet(&play);
    cr_expect_eq(run.end.status, STATUS_SSH_FAILED);
    cr_expect_not(run.end.exited);
    play_part();
}

static bool quote_password(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    return raw_ssh_message(peer, RAW_SSH_DISCONNECT, "uss", 2U,
                           "your password is " SSHD_PASSWORD ", not that of others", "en");
}

Test(ssh_session_breaches, password_in_the_servers_last_words_is_not_shown)
{
    struct play play = {.act = quote_password, .name = "password"};
    for (play.stage = RAW_SSH_KEYED; play.stage <= RAW_SSH_STARTED; play.stage++) {
        play_meet(&play);
        cr_expect_eq(run.end.status, STATUS_SSH_FAILED, "%s", run.end.why.message);
        cr_expect_null(strstr(run.end.why.message, SSHD_PASSWORD), "%s", run.end.why.message);
        // libssh forgets the server's words when it writes after them in the same call.
        if (play.stage > RAW_SSH_SERVICE)
            cr_expect_not_null(strstr(run.end.why.message, "***, not that"), "%s", run.end.why.message);
        cr_expect(run.end.quoted, "stage %d", (int)play.stage);
        play_part();
    }
}

// Lengths that are not those of what follows: of a packet, its padding, a text in it.
static bool lie(struct raw_ssh_peer *peer, const struct play *play)
{
    static const uint32_t packets[] = {0, 1, 4, 5, 11, 0x00040001, 0x7fffffff, 0x80000000, 0xffffffff};
    static const uint8_t text[] = {94, 0, 0, 0, 43, 0xff, 0xff, 0xff, 0xff, 'x', 0, 0, 0, 0, 0};
    enum { PACKETS = sizeof packets / sizeof packets[0] };
    if (play->kind < PACKETS)
        return raw_ssh_frame(peer, packets[play->kind], 4, text, sizeof text);
    if (play->kind == PACKETS)
        return raw_ssh_frame(peer, sizeof text + 1, 255, text, sizeof text);
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "uur", raw_ssh_channel(peer), 0xffffffffU, "x",
                           (size_t)1);
}

Test(ssh_session_breaches, length_that_lies_ends_the_session_or_brings_nothing)
{
    for (int kind = 0; kind <= 10; kind++) {
        struct play play = {.stage = RAW_SSH_STARTED, .act = lie, .kind = kind, .name = "lie"};
        play_open(&play);
        run.options.keepalive_s = 1;
        ssh_run_open(&run);
        // The last is a text longer than its message: it is no output, and the session goes on without it.
        if (kind == 10) {
            cr_assert(ssh_run_until(&run, ssh_run_is_open));
            ssh_session_close(run.session);
        }
        cr_assert(ssh_run_until(&run, ssh_run_has_ended), "%d", kind);
        cr_expect_neq(run.end.status, STATUS_OK, "%d", kind);
        if (kind < 10)
            cr_expect_str_not_empty(run.end.why.message, "%d", kind);
        cr_expect_eq(run.out_length, 0, "%d", kind);
        play_part();
    }
}

// --- the banner ---

static bool say_banner(struct raw_ssh_peer *peer, const struct play *play)
{
    return raw_ssh_message(peer, RAW_SSH_USERAUTH_BANNER, "ss", play->payload, "en");
}

Test(ssh_session_breaches, banner_is_told_before_the_shell)
{
    static const struct play play = {.stage = RAW_SSH_SERVICE,
                                     .act = say_banner,
                                     .payload = "Only for\r\nthose who may\033[2J\n",
                                     .goes_on = true,
                                     .name = "banner"};
    play_meet(&play);
    cr_assert_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_assert_str_eq(run.banner, play.payload);
    play_part();
}

static bool say_banners(struct raw_ssh_peer *peer, const struct play *play)
{
    static char text[3001];
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < play->kind; i++) {
        text[0] = (char)('a' + i % 26);
        if (!raw_ssh_message(peer, RAW_SSH_USERAUTH_BANNER, "ss", text, "") ||
            (play->goes_on && !raw_ssh_silence(peer, 1)))
            return false;
    }
    return true;
}

Test(ssh_session_breaches, banners_are_capped_together)
{
    static const struct play play = {
        .stage = RAW_SSH_SERVICE, .act = say_banners, .kind = 30, .goes_on = true, .name = "banners"};
    play_meet(&play);
    cr_assert_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_assert_gt(run.banner_length, 0);
    cr_assert_leq(run.banner_length, 4096);
    play_part();
}

Test(ssh_session_breaches, flood_of_banners_ends_it)
{
    static const struct play play = {
        .stage = RAW_SSH_SERVICE, .act = say_banners, .kind = 100000, .name = "banners"};
    play_meet(&play);
    cr_assert_eq(run.end.status, STATUS_SSH_FAILED, "%s", run.end.why.message);
    cr_assert_eq(run.end.stage, SSH_STAGE_SIGN_IN);
    cr_assert_leq(run.banner_length, 4096);
    play_part();
}

// --- what is agreed on ---

static bool offer_compression(struct raw_ssh_peer *peer, const struct play *play)
{
    raw_ssh_compression(peer, play->payload);
    return raw_ssh_reach(peer, RAW_SSH_STARTED);
}

// A few bytes may become gigabytes: none is taken, before or after the sign-in.
Test(ssh_session_breaches, no_compression_is_agreed_on)
{
    static const char *const offers[] = {"zlib@openssh.com", "zlib"};
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        const struct play play = {
            .stage = RAW_SSH_CONNECTED, .act = offer_compression, .payload = offers[i], .name = offers[i]};
        play_meet(&play);
        cr_expect_eq(run.end.status, STATUS_SSH_FAILED, "%s: %s", offers[i], run.end.why.message);
        cr_expect_eq(run.end.stage, SSH_STAGE_KEY_EXCHANGE, "%s: %s", offers[i], run.end.why.message);
        play_part();
    }
}
