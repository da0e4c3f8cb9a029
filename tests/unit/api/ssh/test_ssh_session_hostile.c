// SPDX-License-Identifier: Apache-2.0
//
// ssh_session against peers that are not there, not SSH, silent, flooding, slow or cut off: each must end it
// once, with a reason, in time. A thread plays the peer; where it stands for a real server it passes bytes on
// to an OpenSSH one.

#include "tests/support/loopback.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/ssh_run.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ENDLESS = -1 };

struct peer {
    int listener, port;
    pthread_t thread;
    const char *text; // sent at once, this often
    size_t length;
    int times;
    bool stays;       // open and silent after that, until the client leaves
    bool resets;      // the connection, once the client has greeted it, instead of closing it
    int sshd_port;    // 0: none to pass bytes on to
    size_t chunk;     // of bytes passed on
    size_t cut_after; // bytes from the server
    size_t passed;
};

static bool send_all(int fd, const char *bytes, size_t length, size_t chunk)
{
    for (; length > chunk; bytes += chunk, length -= chunk)
        if (!loopback_send(fd, bytes, chunk))
            return false;
    return loopback_send(fd, bytes, length);
}

static void pass_on(struct peer *peer, int client)
{
    char bytes[4096];
    int on = 1;
    int server = loopback_connect(peer->sshd_port);
    (void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (bool going = server >= 0; going;) {
        struct pollfd ready[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
        (void)poll(ready, 2, -1);
        for (int i = 0; i < 2 && going; i++) {
            if (ready[i].revents == 0)
                continue;
            ssize_t count = recv(ready[i].fd, bytes, sizeof bytes, 0);
            if (count <= 0)
                going = false;
            else if (i == 0)
                going = send_all(server, bytes, (size_t)count, peer->chunk);
            else {
                size_t left = peer->cut_after - peer->passed;
                size_t now = (size_t)count < left ? (size_t)count : left;
                going = send_all(client, bytes, now, peer->chunk) && now < left;
                peer->passed += now;
            }
        }
    }
    if (server >= 0)
        (void)close(server);
}

static void *play(void *data)
{
    struct peer *peer = data;
    int on = 1;
    char byte;
    int client = accept(peer->listener, NULL, NULL);
    if (client < 0)
        return NULL;
    (void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool going = true;
    for (int i = 0; going && (peer->times == ENDLESS || i < peer->times); i++)
        going = send_all(client, peer->text, peer->length, peer->chunk);
    if (peer->sshd_port != 0)
        pass_on(peer, client);
    while (going && peer->stays && recv(client, &byte, 1, 0) > 0)
        ;
    if (peer->resets && recv(client, &byte, 1, 0) == 1)
        (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
                         sizeof(struct linger));
    (void)close(client);
    return NULL;
}

static void peer_start(struct peer *peer)
{
    if (peer->chunk == 0)
        peer->chunk = SIZE_MAX;
    if (peer->text != NULL && peer->length == 0)
        peer->length = strlen(peer->text);
    peer->passed = 0;
    peer->listener = loopback_listen(4, &peer->port);
    cr_assert_geq(peer->listener, 0);
    cr_assert_eq(pthread_create(&peer->thread, NULL, play, peer), 0);
}

static void peer_stop(struct peer *peer)
{
    (void)shutdown(peer->listener, SHUT_RDWR);
    (void)pthread_join(peer->thread, NULL);
    (void)close(peer->listener);
}

static struct ssh_run run;

// Opens to that peer and waits for the end.
static void meet(struct peer *peer)
{
    peer_start(peer);
    ssh_run_begin(&run, peer->port);
    run.options.command = "true";
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.ended, 1);
}

static void part(struct peer *peer)
{
    ssh_run_end(&run);
    peer_stop(peer);
}

TestSuite(ssh_session_hostile, .timeout = 120);

Test(ssh_session_hostile, refused_port_is_named)
{
    struct peer peer = {0};
    peer_start(&peer);
    peer_stop(&peer);
    char expected[128];
    ssh_run_begin(&run, peer.port);
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    (void)snprintf(expected, sizeof expected, "127.0.0.1 port %d refused the connection", peer.port);
    cr_assert_eq(run.end.status, STATUS_SSH_FAILED);
    cr_assert_eq(run.end.stage, SSH_STAGE_CONNECT);
    cr_assert_str_eq(run.end.why.message, expected);
    ssh_run_end(&run);
}

Test(ssh_session_hostile, unknown_name_is_named)
{
    ssh_run_begin(&run, 22);
    (void)snprintf(run.options.target.host, sizeof run.options.target.host, "nowhere.invalid");
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_neq(run.end.status, STATUS_OK);
    cr_assert_eq(run.end.stage, SSH_STAGE_RESOLVE);
    cr_assert_not_null(strstr(run.end.why.message, "nowhere.invalid"), "%s", run.end.why.message);
    ssh_run_end(&run);
}

Test(ssh_session_hostile, silent_peer_times_out)
{
    struct peer peer = {.stays = true};
    peer_start(&peer);
    ssh_run_begin(&run, peer.port);
    run.options.connect_timeout_ms = 300;
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_TIMED_OUT);
    cr_assert_eq(run.end.stage, SSH_STAGE_KEY_EXCHANGE);
    part(&peer);
}

Test(ssh_session_hostile, peer_that_is_not_ssh_is_told_apart)
{
    static char noise[8192];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 131 + i / 7);
    struct peer peers[] = {
        {.text = ""},
        {.text = "HTTP/1.1 400 Bad Request\r\n\r\n", .times = 1},
        {.text = "HTTP/1.1 400 Bad Request\r\n\r\n", .times = 1, .chunk = 1},
        {.text = "HTTP/1.1 400 Bad Request\r\n\r\n", .times = 1, .resets = true},
        {.text = "SSH-1.5-old\r\n", .times = 1, .stays = true},
        {.text = noise, .length = sizeof noise, .times = 1, .stays = true},
        {.text = "a line before the greeting\r\n", .times = ENDLESS},
        {.text = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", .times = ENDLESS},
        {.text = "SSH-2.0-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", .times = ENDLESS},
        {.text = "SSH-2.0-server\r\nand then nothing that makes sense, for long", .times = 20},
        {.text = "SSH-2.0-server\r\n", .times = ENDLESS},
    };
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        meet(&peers[i]);
        cr_expect_neq(run.end.status, STATUS_OK, "%zu", i);
        cr_expect_neq(run.end.status, STATUS_TIMED_OUT, "%zu: only by the deadline", i);
        cr_expect_eq(run.end.stage, SSH_STAGE_KEY_EXCHANGE, "%zu", i);
        cr_expect_neq(run.end.why.message[0], '\0', "%zu", i);
        part(&peers[i]);
    }
}

static void with_sshd(struct sshd *sshd)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(sshd, NULL));
}

Test(ssh_session_hostile, server_whose_bytes_come_one_by_one_is_understood)
{
    struct sshd sshd = {0};
    with_sshd(&sshd);
    struct peer peer = {.sshd_port = sshd.port, .chunk = 1, .cut_after = SIZE_MAX};
    peer_start(&peer);
    ssh_run_begin(&run, peer.port);
    run.options.command = "printf '%s' split; exit 5";
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended));
    cr_assert_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    cr_assert_eq(run.end.exit_status, 5);
    cr_assert_str_eq(run.out, "split");
    part(&peer);
    sshd_stop(&sshd);
}

Test(ssh_session_hostile, connection_cut_anywhere_ends_it)
{
    struct sshd sshd = {0};
    struct peer whole = {.cut_after = SIZE_MAX};
    with_sshd(&sshd);
    whole.sshd_port = sshd.port;
    meet(&whole);
    cr_assert_eq(run.end.status, STATUS_OK, "%s", run.end.why.message);
    part(&whole);
    cr_assert_gt(whole.passed, 1000u);
    size_t step = whole.passed / 60;
    for (size_t at = 0; at + 200 < whole.passed; at += step) {
        struct peer peer = {.sshd_port = sshd.port, .cut_after = at};
        meet(&peer);
        cr_assert_eq(run.end.status, STATUS_SSH_FAILED, "after %zu bytes: %s", at, run.end.why.message);
        cr_assert_neq(run.end.why.message[0], '\0');
        part(&peer);
    }
    sshd_stop(&sshd);
}
