// SPDX-License-Identifier: Apache-2.0
//
// Tests of the relay with clients that break the protocol: each is left or served, none holds up the next,
// and the process stays small.

#include "tests/support/loopback.h"
#include "tests/support/raw_client.h"
#include "tests/support/raw_ssh_private.h"
#include "tests/support/skip.h"
#include "tests/unit/api/relay/relay_host.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GROWTH_MAX_KB = 24 * 1024, CHUNK = 32 * 1024 };

static struct sshd sshd;
static struct relay_host *host;
static long memory_before;

static long memory_kb(void)
{
    long kb = 0;
    char *status = support_file_read("/proc/self/status", NULL);
    const char *line = status != NULL ? strstr(status, "VmRSS:") : NULL;
    if (line != NULL)
        kb = strtol(line + strlen("VmRSS:"), NULL, 10);
    free(status);
    return kb;
}

static void expect_small(void)
{
    const char *preload = getenv("LD_PRELOAD");
    bool keeps_much = preload != NULL && strstr(preload, "vgpreload") != NULL; // valgrind's own
#ifdef __SANITIZE_ADDRESS__                                                    // which keeps what was freed
    keeps_much = true;
#endif
    long kb = memory_kb() - memory_before;
    cr_expect(keeps_much || kb < GROWTH_MAX_KB, "%ld KB more", kb);
}

static void begin(void)
{
    host = relay_host_start(&(struct relay_host_options){.refuse = NULL});
}

static void begin_sshd(void)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, NULL));
    host = relay_host_start(&(struct relay_host_options){.sshd_port = sshd.port});
    memory_before = memory_kb();
}

static void end(void)
{
    relay_host_stop(host);
    host = NULL;
    sshd_stop(&sshd);
}

static struct raw_ssh_peer *client_at(enum raw_ssh_stage stage, const char *command)
{
    struct raw_ssh_peer *client = raw_client_start(relay_host_port(host));
    cr_assert_not_null(client);
    cr_assert(raw_client_reach(client, stage, command), "it did not come so far: %s",
              raw_ssh_stage_name(stage));
    return client;
}

// It has been left, or leaves now; its relay ends.
static void leave(struct raw_ssh_peer *client, int ended)
{
    cr_expect(raw_client_is_left(client), "the relay did not close");
    raw_client_stop(client);
    cr_expect(relay_host_wait_ended(host, ended), "the relay did not end");
}

// --- before the sign-in ---

Test(relay_hostile, what_is_not_ssh_is_left, .init = begin, .fini = end)
{
    static const char *const texts[] = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                        "\n\n\n",
                                        "SSH-1.5-old\r\n",
                                        "SSH-2.0-\r\n",
                                        "SSH-2.0-x\r\n\xff\xff\xff\xff\xff\xff\xff\xff",
                                        "SSH-2.0-x\r\n\0\0\0\0"};
    int ended = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct raw_ssh_peer *client = client_at(RAW_SSH_CONNECTED, NULL);
        (void)raw_ssh_bytes(client, texts[i], i + 1 < sizeof texts / sizeof texts[0] ? strlen(texts[i]) : 15);
        leave(client, ++ended);
        cr_expect_not(relay_host_end(host).admitted);
    }
}

Test(relay_hostile, a_line_without_end_is_left, .init = begin, .fini = end)
{
    char bytes[CHUNK];
    struct raw_ssh_peer *client = client_at(RAW_SSH_CONNECTED, NULL);
    memset(bytes, 'x', sizeof bytes);
    for (int i = 0; i < 64 && raw_ssh_bytes(client, bytes, sizeof bytes); i++)
        ;
    leave(client, 1);
    cr_expect_eq(relay_host_end(host).status, STATUS_SSH_FAILED);
}

Test(relay_hostile, a_version_with_control_characters_is_told_clean, .init = begin, .fini = end)
{
    char version[RELAY_VERSION_CAP];
    struct raw_ssh_peer *client = client_at(RAW_SSH_CONNECTED, NULL);
    (void)raw_ssh_text(client, "SSH-2.0-\x1b[31mred \xc3\x28\r\n");
    leave(client, 1);
    relay_host_version(host, version);
    for (const char *c = version; *c != '\0'; c++)
        cr_expect(*c >= ' ' || *c < 0, "%s", version);
}

// What a client sends up to the sign-in, ended after each of its bytes.
Test(relay_hostile, a_client_cut_at_every_byte_is_left, .init = begin, .fini = end)
{
    int ended = 0;
    bool whole = false;
    for (size_t cut = 0; !whole; cut++) {
        struct raw_ssh_peer *client = client_at(RAW_SSH_CONNECTED, NULL);
        raw_client_cut(client, cut);
        whole = raw_client_reach(client, RAW_SSH_SERVICE, NULL);
        leave(client, ++ended);
        cr_assert_lt(cut, (size_t)2000);
    }
    cr_expect_gt(ended, 300, "only %d", ended);
}

Test(relay_hostile, tries_to_sign_in_have_an_end, .init = begin, .fini = end)
{
    int refused = 0;
    int type = RAW_SSH_USERAUTH_FAILURE;
    struct raw_ssh_peer *client = client_at(RAW_SSH_SERVICE, NULL);
    while (type == RAW_SSH_USERAUTH_FAILURE && refused < 100) {
        (void)raw_ssh_message(client, RAW_SSH_USERAUTH_REQUEST, "sssbs", "root", "ssh-connection", "password",
                              0, "a guess");
        type = raw_client_read(client, SUPPORT_WAIT_MS);
        refused += type == RAW_SSH_USERAUTH_FAILURE;
    }
    cr_expect_leq(refused, 10);
    cr_expect_eq(type, RAW_SSH_DISCONNECT);
    leave(client, 1);
    cr_expect_eq(relay_host_end(host).status, STATUS_SIGN_IN_REFUSED);
}

// Sign-ins that nobody waits for, before the first is answered.
Test(relay_hostile, a_flood_of_sign_ins_is_left, .init = begin, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_SERVICE, NULL);
    for (int i = 0; i < 2000; i++)
        if (!raw_ssh_message(client, RAW_SSH_USERAUTH_REQUEST, "sss", "root", "ssh-connection", "none"))
            break;
    leave(client, 1);
}

Test(relay_hostile, nothing_is_opened_before_the_sign_in, .init = begin, .fini = end)
{
    static const int types[] = {RAW_SSH_CHANNEL_OPEN,    RAW_SSH_CHANNEL_DATA,     RAW_SSH_GLOBAL_REQUEST,
                                RAW_SSH_CHANNEL_REQUEST, RAW_SSH_USERAUTH_SUCCESS, RAW_SSH_KEX_ECDH_REPLY};
    int ended = 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct raw_ssh_peer *client = client_at(RAW_SSH_SERVICE, NULL);
        (void)raw_ssh_message(client, types[i], "suuu", "session", (uint32_t)0, (uint32_t)CHUNK,
                              (uint32_t)CHUNK);
        int type = raw_client_read(client, 100);
        cr_expect(type <= 0 || type == RAW_SSH_DISCONNECT || type == RAW_SSH_UNIMPLEMENTED, "%d", type);
        leave(client, ++ended);
        cr_expect_not(relay_host_end(host).admitted);
    }
}

// --- after it ---

Test(relay_hostile, channels_opened_without_end_are_refused, .init = begin_sshd, .fini = end)
{
    int opened = 0;
    int refused = 0;
    struct raw_ssh_peer *client = client_at(RAW_SSH_SIGNED_IN, NULL);
    for (uint32_t i = 0; i < 1000; i++)
        cr_assert(raw_ssh_message(client, RAW_SSH_CHANNEL_OPEN, "suuu", "session", i, (uint32_t)CHUNK,
                                  (uint32_t)CHUNK));
    while (opened + refused < 1000) {
        int type = raw_client_read(client, SUPPORT_WAIT_MS);
        cr_assert_gt(type, 0, "%d opened, %d refused", opened, refused);
        opened += type == RAW_SSH_CHANNEL_OPEN_CONFIRMATION;
        refused += type == RAW_SSH_CHANNEL_OPEN_FAILURE;
    }
    cr_expect_leq(opened, 10, "%d", opened); // sshd's MaxSessions
    leave(client, 1);
}

Test(relay_hostile, unknown_requests_and_channels_are_refused, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "cat");
    uint32_t channel = raw_client_channel(client);
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usb", channel, "no-such@thing", 1));
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_FAILURE));
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usbu", channel, "break", 1, (uint32_t)500));
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_SUCCESS)); // libssh sends it, and asks for no answer
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_OPEN, "suuusss", "direct-streamlocal@openssh.com",
                              (uint32_t)1, (uint32_t)CHUNK, (uint32_t)CHUNK, "/tmp/x", "", ""));
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_OPEN_FAILURE));
    cr_expect(raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sbs", "streamlocal-forward@openssh.com", 1,
                              "/tmp/x"));
    cr_expect(raw_client_await(client, RAW_SSH_REQUEST_FAILURE));
    cr_expect(raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sb", "keepalive@openssh.com", 1));
    cr_expect(raw_client_await(client, RAW_SSH_REQUEST_SUCCESS));
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_DATA, "us", channel, "still here"));
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_DATA));
    leave(client, 1);
}

Test(relay_hostile, a_request_on_a_channel_that_is_gone_ends_it, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "true");
    uint32_t channel = raw_client_channel(client);
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_CLOSE));
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_CLOSE, "u", channel));
    for (int i = 0; i < 20; i++)
        (void)raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usbs", channel, "exec", 1, "true");
    leave(client, 1);
    client = client_at(RAW_SSH_STARTED, "cat"); // and all in one breath
    channel = raw_client_channel(client);
    (void)raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usb", channel, "shell", 1);
    (void)raw_ssh_message(client, RAW_SSH_CHANNEL_CLOSE, "u", channel);
    (void)raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usb", channel, "eow@openssh.com", 0);
    (void)raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usb", channel, "shell", 1);
    (void)raw_ssh_message(client, RAW_SSH_CHANNEL_DATA, "us", (uint32_t)4711, "nowhere");
    leave(client, 2);
}

// OpenSSH grants no window any more then, so that what waits for it never goes.
Test(relay_hostile, what_nobody_reads_any_more_does_not_hold_up_the_end, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "cat /dev/zero");
    const size_t window = 2 * 1024 * 1024; // of raw_client, which never grants more
    const size_t head = 9;                 // of a message with output
    for (size_t heard = 0; heard < window - CHUNK; heard += client->packet_length - head)
        cr_assert(raw_client_await(client, RAW_SSH_CHANNEL_DATA));
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usb", raw_client_channel(client),
                              "eow@openssh.com", 0));
    cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_CLOSE));
    leave(client, 1);
}

static void send_data(struct raw_ssh_peer *client, size_t length)
{
    char bytes[CHUNK] = {0};
    for (size_t sent = 0; sent < length; sent += sizeof bytes)
        cr_assert(raw_ssh_message(client, RAW_SSH_CHANNEL_DATA, "ux", raw_client_channel(client), bytes,
                                  sizeof bytes));
}

static bool none_runs(void *ctx)
{
    return support_processes_with(ctx) == 0;
}

// Its input waits for the program, whose output waits for the tool, which takes none any more.
Test(relay_hostile, a_channel_closed_with_all_its_ways_full_does_not_stay, .init = begin_sshd, .fini = end)
{
    enum { FIRST = 1200 * 1024, NEXT = 600 * 1024 };
    char mark[64], command[160];
    (void)snprintf(mark, sizeof mark, "mark-of-the-test-%d", (int)getpid());
    (void)snprintf(command, sizeof command, "head -c 3000000 /dev/zero; cat >/dev/null; : %s", mark);
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, command);
    send_data(client, FIRST);
    for (int i = 0; i < 3; i++) {
        cr_assert(raw_client_await(client, RAW_SSH_CHANNEL_WINDOW_ADJUST));
        send_data(client, NEXT);
    }
    cr_assert(raw_ssh_message(client, RAW_SSH_CHANNEL_CLOSE, "u", raw_client_channel(client)));
    cr_expect(support_wait_until(none_runs, mark, SUPPORT_WAIT_MS), "it runs on");
    leave(client, 1);
}

Test(relay_hostile, a_forward_of_a_name_that_is_too_long_is_refused, .init = begin_sshd, .fini = end)
{
    char name[2000];
    struct raw_ssh_peer *client = client_at(RAW_SSH_SIGNED_IN, NULL);
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_expect(raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sbsu", "tcpip-forward", 1, name, (uint32_t)0));
    cr_expect(raw_client_await(client, RAW_SSH_REQUEST_FAILURE));
    leave(client, 1);
}

// It takes a forwarded connection, and has written and closed before anybody has joined the two.
Test(relay_hostile, what_is_sent_and_closed_with_the_yes_arrives, .init = begin_sshd, .fini = end)
{
    enum { ROUNDS = 5, LONG = 30000 };
    const int on = 1, off = 0;
    const size_t before = 1 + 4; // of a channel's kind: the message's type, its length
    static char text[LONG + 1];
    int port = 0;
    (void)close(loopback_listen(1, &port));
    memset(text, 'x', LONG);
    struct raw_ssh_peer *client = client_at(RAW_SSH_SIGNED_IN, NULL);
    cr_assert(raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sbsu", "tcpip-forward", 1, "127.0.0.1",
                              (uint32_t)port));
    cr_assert(raw_client_await(client, RAW_SSH_REQUEST_SUCCESS));
    for (uint32_t i = 0; i < ROUNDS; i++) {
        char heard[LONG + 1];
        size_t length = 0;
        ssize_t got = 0;
        int fd = loopback_connect(port);
        cr_assert_geq(fd, 0);
        cr_assert(raw_client_await(client, RAW_SSH_CHANNEL_OPEN));
        uint32_t channel = raw_wire_u32(client->packet + before + raw_wire_u32(client->packet + 1));
        (void)setsockopt(client->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
        (void)raw_ssh_message(client, RAW_SSH_CHANNEL_OPEN_CONFIRMATION, "uuuu", channel, i, (uint32_t)CHUNK,
                              (uint32_t)CHUNK);
        (void)raw_ssh_message(client, RAW_SSH_CHANNEL_DATA, "us", channel, i % 2 == 0 ? "hello" : text);
        (void)raw_ssh_message(client, RAW_SSH_CHANNEL_CLOSE, "u", channel);
        (void)setsockopt(client->fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
        while (length < LONG && (got = recv(fd, heard + length, LONG - length, 0)) > 0)
            length += (size_t)got;
        cr_expect_eq(length, i % 2 == 0 ? strlen("hello") : LONG, "%zu in round %u", length, i);
        (void)close(fd);
        cr_expect(raw_client_await(client, RAW_SSH_CHANNEL_CLOSE));
    }
    raw_client_stop(client);
    cr_expect(relay_host_wait_ended(host, 1), "the relay did not end");
}

Test(relay_hostile, a_flood_of_requests_is_left, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_CHANNEL, NULL);
    for (int i = 0; i < 5000; i++)
        if (!raw_ssh_message(client, RAW_SSH_CHANNEL_REQUEST, "usbss", raw_client_channel(client), "env", 1,
                             "A", "b"))
            break;
    leave(client, 1);
    expect_small();
}

Test(relay_hostile, data_beyond_the_window_does_not_pile_up, .init = begin_sshd, .fini = end)
{
    char bytes[CHUNK] = {0};
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "sleep 1000");
    for (int i = 0; i < 2000; i++)
        if (!raw_ssh_message(client, RAW_SSH_CHANNEL_DATA, "ux", raw_client_channel(client), bytes,
                             sizeof bytes))
            break;
    expect_small();
    leave(client, 1);
}

Test(relay_hostile, one_that_never_reads_costs_little, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "yes");
    cr_expect(raw_ssh_message(client, RAW_SSH_CHANNEL_WINDOW_ADJUST, "uu", raw_client_channel(client),
                              (uint32_t)0x7f000000));
    // Each of these is answered, and no answer is read.
    for (int i = 0; i < 100000; i++)
        if (!raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sb", "keepalive@openssh.com", 1))
            break;
    expect_small();
    raw_client_stop(client);
    cr_expect(relay_host_wait_ended(host, 1));
}

Test(relay_hostile, an_honest_tool_works_beside_them, .init = begin_sshd, .fini = end)
{
    struct raw_ssh_peer *client = client_at(RAW_SSH_STARTED, "yes");
    struct raw_ssh_peer *silent = client_at(RAW_SSH_CONNECTED, NULL);
    relay_shell_expect(host, "ssh sandbox 'echo there; exit 3'; echo $?", 0, "there\n3\n");
    raw_client_stop(client);
    raw_client_stop(silent);
    cr_expect(relay_host_wait_ended(host, 3));
}
