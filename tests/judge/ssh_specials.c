// SPDX-License-Identifier: Apache-2.0
//
// ssh_specials: breaches of the protocol that are one of a kind.

#include "tests/judge/ssh_judge.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

#define EVIL            SSH_JUDGE_EVIL
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum { BIG = 30000, LARGER = 60000, BANNERS = 40 };

typedef bool (*special)(struct raw_ssh_peer *peer);

static bool kexinit_of_zeros(struct raw_ssh_peer *peer)
{
    uint8_t zeros[100] = {0};
    return raw_ssh_packet(peer, RAW_SSH_KEXINIT, zeros, sizeof zeros);
}

static bool kexinit_of_nothing(struct raw_ssh_peer *peer)
{
    uint8_t zeros[61] = {0}; // a cookie, ten empty lists, and what follows them
    return raw_ssh_packet(peer, RAW_SSH_KEXINIT, zeros, sizeof zeros);
}

static bool kexinit_of_strangers(struct raw_ssh_peer *peer)
{
    uint8_t cookie[16] = {0};
    return raw_ssh_message(peer, RAW_SSH_KEXINIT, "rssssssssssbu", cookie, sizeof cookie, EVIL, EVIL, EVIL,
                           EVIL, EVIL, EVIL, EVIL, EVIL, "", "", 0, (uint32_t)0);
}

static bool keys_anew(struct raw_ssh_peer *peer)
{
    return raw_ssh_rekey(peer);
}

static bool newkeys_alone(struct raw_ssh_peer *peer)
{
    return raw_ssh_packet(peer, RAW_SSH_NEWKEYS, NULL, 0);
}

static bool second_success(struct raw_ssh_peer *peer)
{
    return raw_ssh_packet(peer, RAW_SSH_USERAUTH_SUCCESS, NULL, 0);
}

static bool failure_late(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_USERAUTH_FAILURE, "sb", "password", 0);
}

// To each try.
static bool failure_of_all(struct raw_ssh_peer *peer)
{
    while (raw_ssh_await(peer, RAW_SSH_USERAUTH_REQUEST) &&
           raw_ssh_message(peer, RAW_SSH_USERAUTH_FAILURE, "sb", "", 0))
        ;
    return false;
}

static bool failure_evil(struct raw_ssh_peer *peer)
{
    while (raw_ssh_await(peer, RAW_SSH_USERAUTH_REQUEST) &&
           raw_ssh_message(peer, RAW_SSH_USERAUTH_FAILURE, "sb", EVIL ",publickey", 1))
        ;
    return false;
}

static bool refuse_password(struct raw_ssh_peer *peer)
{
    return raw_ssh_await(peer, RAW_SSH_USERAUTH_REQUEST) &&
           raw_ssh_message(peer, RAW_SSH_USERAUTH_FAILURE, "sb", "keyboard-interactive", 0) &&
           raw_ssh_await(peer, RAW_SSH_USERAUTH_REQUEST);
}

static bool prompts_that_lie(struct raw_ssh_peer *peer)
{
    if (refuse_password(peer) &&
        raw_ssh_message(peer, RAW_SSH_USERAUTH_INFO_REQUEST, "sssu", EVIL, EVIL, "", 0xffffffff))
        (void)raw_ssh_await(peer, RAW_SSH_DISCONNECT);
    return false;
}

static bool prompts_without_end(struct raw_ssh_peer *peer)
{
    bool going = refuse_password(peer);
    while (going)
        going = raw_ssh_message(peer, RAW_SSH_USERAUTH_INFO_REQUEST, "sssusb", EVIL, EVIL, "", (uint32_t)1,
                                EVIL, 0) &&
                raw_ssh_await(peer, RAW_SSH_USERAUTH_INFO_RESPONSE);
    return false;
}

static bool banner_evil(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_USERAUTH_BANNER, "ss", "hello " EVIL "\r\nthere\n", "");
}

static bool banners_huge(struct raw_ssh_peer *peer)
{
    static char text[BIG];
    memset(text, 'b', sizeof text - 1);
    for (int i = 0; i < BANNERS; i++)
        if (!raw_ssh_message(peer, RAW_SSH_USERAUTH_BANNER, "ss", text, ""))
            return false;
    return true;
}

static bool disconnect_evil(struct raw_ssh_peer *peer)
{
    (void)raw_ssh_message(peer, RAW_SSH_DISCONNECT, "uss", (uint32_t)2, EVIL " " RAW_SSH_PASSWORD " goodbye",
                          "");
    raw_ssh_close(peer);
    return false;
}

static bool disconnect_and_stay(struct raw_ssh_peer *peer)
{
    (void)raw_ssh_message(peer, RAW_SSH_DISCONNECT, "uss", (uint32_t)11, "", "");
    (void)raw_ssh_silence(peer, -1);
    return false;
}

static bool twice(struct raw_ssh_peer *peer, int type)
{
    for (int i = 0; i < 2; i++)
        if (!raw_ssh_message(peer, type, "u", raw_ssh_channel(peer)))
            return false;
    return true;
}

static bool close_twice(struct raw_ssh_peer *peer)
{
    return twice(peer, RAW_SSH_CHANNEL_CLOSE);
}

static bool close_then_data(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", raw_ssh_channel(peer)) &&
           raw_ssh_output(peer, "too late\n");
}

static bool eof_twice(struct raw_ssh_peer *peer)
{
    return twice(peer, RAW_SSH_CHANNEL_EOF);
}

static bool confirm_again(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN_CONFIRMATION, "uuuu", raw_ssh_channel(peer),
                           (uint32_t)5, (uint32_t)0, (uint32_t)0);
}

static bool open_failure_evil(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN_FAILURE, "uuss", raw_ssh_channel(peer), (uint32_t)1,
                           EVIL, "") &&
           raw_ssh_serve(peer, -1);
}

static bool window_overflow(struct raw_ssh_peer *peer)
{
    for (int i = 0; i < 3; i++)
        if (!raw_ssh_message(peer, RAW_SSH_CHANNEL_WINDOW_ADJUST, "uu", raw_ssh_channel(peer), 0xffffffff))
            return false;
    return true;
}

static bool data_too_large(struct raw_ssh_peer *peer)
{
    static uint8_t bytes[LARGER];
    memset(bytes, 'x', sizeof bytes);
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_EXTENDED_DATA, "uux", raw_ssh_channel(peer), (uint32_t)1,
                           bytes, sizeof bytes);
}

static bool exit_signal_evil(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbsbss", raw_ssh_channel(peer), "exit-signal", 0,
                           EVIL, 1, EVIL, "") &&
           raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", raw_ssh_channel(peer)) &&
           raw_ssh_serve(peer, -1);
}

static bool exit_without_status(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_EOF, "u", raw_ssh_channel(peer)) &&
           raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", raw_ssh_channel(peer)) &&
           raw_ssh_serve(peer, -1);
}

static bool noise(struct raw_ssh_peer *peer)
{
    static const char text[] = "this is not what was agreed on, is it? And it goes on for a while like this.";
    return raw_ssh_text(peer, text) && raw_ssh_silence(peer, -1);
}

static bool no_tag(struct raw_ssh_peer *peer)
{
    uint8_t zeros[64] = {0};
    return raw_ssh_bytes(peer, zeros, sizeof zeros) && raw_ssh_silence(peer, -1);
}

// --- what clients say ---

static bool service_request(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_SERVICE_REQUEST, "s", "ssh-connection");
}

static bool ecdh_init(struct raw_ssh_peer *peer)
{
    uint8_t point[32] = {9};
    return raw_ssh_message(peer, RAW_SSH_KEX_ECDH_INIT, "x", point, sizeof point);
}

static bool ecdh_reply_evil(struct raw_ssh_peer *peer)
{
    uint8_t point[32] = {0};
    return raw_ssh_message(peer, RAW_SSH_KEX_ECDH_REPLY, "sxs", EVIL, point, sizeof point, EVIL);
}

static bool ecdh_reply_lies(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_KEX_ECDH_REPLY, "uuu", 0xffffffff, 0xffffffff, 0xffffffff);
}

static bool userauth_request(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_USERAUTH_REQUEST, "sssbs", "root", "ssh-connection", "password", 0,
                           "x");
}

static bool open_session(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN, "suuu", "session", (uint32_t)7, (uint32_t)1000,
                           (uint32_t)1000);
}

static bool exec_request(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbs", raw_ssh_channel(peer), "exec", 1, "id");
}

static bool pty_request(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbsuuuus", raw_ssh_channel(peer), "pty-req", 1,
                           "xterm", 0xffffffff, 0xffffffff, (uint32_t)0, (uint32_t)0, "");
}

static bool subsystem_request(struct raw_ssh_peer *peer)
{
    return raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbs", raw_ssh_channel(peer), "subsystem", 1,
                           "sftp");
}

static const struct {
    const char *name;
    special play;
    enum raw_ssh_stage stage;
    enum ssh_verdict verdict;
} specials[] = {
    {"KEXINIT of zeros", kexinit_of_zeros, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"KEXINIT of zeros", kexinit_of_zeros, RAW_SSH_SIGNED_IN, SSH_MUST_FAIL},
    {"KEXINIT of zeros", kexinit_of_zeros, RAW_SSH_CHANNEL, SSH_MUST_FAIL},
    {"KEXINIT of zeros", kexinit_of_zeros, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"KEXINIT of nothing", kexinit_of_nothing, RAW_SSH_GREETED, SSH_MUST_FAIL},
    {"KEXINIT of nothing", kexinit_of_nothing, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"KEXINIT of unknown names", kexinit_of_strangers, RAW_SSH_GREETED, SSH_MUST_FAIL},
    {"KEXINIT of unknown names", kexinit_of_strangers, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"keys anew, in order", keys_anew, RAW_SSH_STARTED, SSH_MUST_GO_ON},
    {"NEWKEYS alone", newkeys_alone, RAW_SSH_GREETED, SSH_MUST_FAIL},
    {"NEWKEYS alone", newkeys_alone, RAW_SSH_KEYED, SSH_MAY_GO_ON},
    {"NEWKEYS alone", newkeys_alone, RAW_SSH_SIGNED_IN, SSH_MAY_GO_ON},
    {"NEWKEYS alone", newkeys_alone, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"a success before the sign-in", second_success, RAW_SSH_KEYED, SSH_MAY_GO_ON},
    {"a second success", second_success, RAW_SSH_SIGNED_IN, SSH_MAY_GO_ON},
    {"a second success", second_success, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"a refusal after the success", failure_late, RAW_SSH_SIGNED_IN, SSH_MAY_GO_ON},
    {"a refusal after the success", failure_late, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"a refusal that allows nothing", failure_of_all, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"an evil refusal", failure_evil, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"0xffffffff prompts", prompts_that_lie, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"prompts without end", prompts_without_end, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"an evil banner", banner_evil, RAW_SSH_SERVICE, SSH_MUST_GO_ON},
    {"an evil banner", banner_evil, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"a megabyte of banners", banners_huge, RAW_SSH_SERVICE, SSH_MAY_GO_ON},
    {"an evil DISCONNECT", disconnect_evil, RAW_SSH_GREETED, SSH_MUST_FAIL},
    {"an evil DISCONNECT", disconnect_evil, RAW_SSH_SERVICE, SSH_MUST_FAIL},
    {"an evil DISCONNECT", disconnect_evil, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"DISCONNECT without leaving", disconnect_and_stay, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"the channel closed twice", close_twice, RAW_SSH_CHANNEL, SSH_MUST_FAIL},
    {"the channel closed twice", close_twice, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"data after the close", close_then_data, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"two ends of data", eof_twice, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the channel confirmed again", confirm_again, RAW_SSH_CHANNEL, SSH_MAY_GO_ON},
    {"the channel confirmed again", confirm_again, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the channel refused late", open_failure_evil, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"a window of 12 GB", window_overflow, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"data larger than agreed", data_too_large, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"an evil exit signal", exit_signal_evil, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"an end without a status", exit_without_status, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"bytes under no key", noise, RAW_SSH_KEXINIT_SENT, SSH_MUST_FAIL},
    {"bytes under no key", noise, RAW_SSH_KEYED, SSH_MUST_FAIL},
    {"bytes under no key", noise, RAW_SSH_SIGNED_IN, SSH_MUST_FAIL},
    {"bytes under no key", noise, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"zeros under no key", no_tag, RAW_SSH_STARTED, SSH_MUST_FAIL},
    {"an evil half of the exchange", ecdh_reply_evil, RAW_SSH_KEXINIT_SENT, SSH_MUST_FAIL},
    {"lengths that lie in the exchange", ecdh_reply_lies, RAW_SSH_KEXINIT_SENT, SSH_MUST_FAIL},
    {"a half of an exchange nobody asked for", ecdh_reply_evil, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: service", service_request, RAW_SSH_KEYED, SSH_MAY_GO_ON},
    {"the client's own: service", service_request, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: exchange", ecdh_init, RAW_SSH_KEXINIT_SENT, SSH_MAY_GO_ON},
    {"the client's own: exchange", ecdh_init, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: sign-in", userauth_request, RAW_SSH_SERVICE, SSH_MAY_GO_ON},
    {"the client's own: sign-in", userauth_request, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: channel", open_session, RAW_SSH_SIGNED_IN, SSH_MAY_GO_ON},
    {"the client's own: channel", open_session, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: command", exec_request, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: terminal", pty_request, RAW_SSH_STARTED, SSH_MAY_GO_ON},
    {"the client's own: subsystem", subsystem_request, RAW_SSH_STARTED, SSH_MAY_GO_ON},
};

size_t ssh_special_count(void)
{
    return COUNT_OF(specials);
}

const char *ssh_special_name(size_t number)
{
    return specials[number].name;
}

enum raw_ssh_stage ssh_special_stage(size_t number)
{
    return specials[number].stage;
}

int ssh_special_type(size_t number)
{
    return specials[number].play == eof_twice ? RAW_SSH_CHANNEL_EOF : 0;
}

enum ssh_verdict ssh_special_verdict(size_t number)
{
    return specials[number].verdict;
}

bool ssh_deed_special(struct raw_ssh_peer *peer, const struct ssh_case *what)
{
    return specials[what->number].play(peer);
}
