// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream between a real OpenSSH server and other places: connections through it, and those that come
// back.

#include "api/ssh/ssh_connection_private.h"
#include "tests/support/loopback.h"
#include "tests/support/raw_ssh_private.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/stream_run.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sshd sshd;
static struct stream_run run;

static void begin_with(const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, options));
    stream_run_begin(&run, sshd.port, SSHD_USER, SSHD_PASSWORD);
}

static void begin(void)
{
    begin_with(NULL);
    stream_run_open(&run);
}

static void end(void)
{
    if (sshd.pid == 0)
        return;
    stream_run_end(&run);
    sshd_stop(&sshd);
}

TestSuite(ssh_stream_forward, .fini = end, .timeout = 120);

// --- to other places ---

static int accept_one(int listener)
{
    int fd = accept(listener, NULL, NULL);
    cr_assert_geq(fd, 0);
    return fd;
}

static bool first_is_open(struct stream_run *of)
{
    return of->seen[0].opened > 0 || of->seen[0].closed > 0;
}

static void talk_both_ways(struct stream_seen *seen, int listener)
{
    char heard[16] = "";
    cr_assert(stream_run_until(&run, first_is_open));
    cr_assert_eq(seen->opened, 1, "%s", failure_text(&seen->why));
    int fd = accept_one(listener);
    cr_assert_eq(write(fd, "hello", 5), 5);
    cr_assert(stream_run_expect(seen, "hello"));
    stream_run_type(seen, "there");
    ssh_stream_send_eof(seen->stream);
    (void)uv_run(&run.loop, UV_RUN_NOWAIT);
    for (size_t got = 0; got < 5;) {
        ssize_t count = read(fd, heard + got, sizeof heard - 1 - got);
        cr_assert_gt(count, 0);
        got += (size_t)count;
    }
    cr_expect_str_eq(heard, "there");
    cr_assert_eq(write(fd, "bye", 3), 3); // its half stays open
    cr_assert(stream_run_expect(seen, "hellobye"));
    (void)close(fd);
    cr_assert(stream_run_closed(seen));
    cr_expect(seen->closed_in_order);
}

Test(ssh_stream_forward, direct_connection_goes_both_ways)
{
    int port = 0;
    struct failure why;
    begin();
    int listener = loopback_listen(4, &port);
    struct stream_seen *seen = stream_run_next(&run);
    cr_assert_eq(ssh_stream_open_direct(run.connection, "127.0.0.1", port, "127.0.0.1", 1, NULL,
                                        &stream_run_events, seen, &seen->stream, &why),
                 STATUS_OK);
    talk_both_ways(seen, listener);
    (void)close(listener);
}

Test(ssh_stream_forward, unix_socket_goes_both_ways)
{
    struct failure why;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    begin();
    cr_assert_lt(snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", sshd.folder),
                 (int)sizeof address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 4), 0);
    struct stream_seen *seen = stream_run_next(&run);
    cr_assert_eq(ssh_stream_open_unix(run.connection, address.sun_path, NULL, &stream_run_events, seen,
                                      &seen->stream, &why),
                 STATUS_OK);
    talk_both_ways(seen, listener);
    (void)close(listener);
}

Test(ssh_stream_forward, refused_connection_is_told_in_the_servers_words_and_ends_nothing_else)
{
    int port = 0;
    struct failure why;
    begin();
    int unheard = loopback_listen(-1, &port);
    struct stream_seen *seen = stream_run_next(&run);
    cr_assert_eq(ssh_stream_open_direct(run.connection, "127.0.0.1", port, "127.0.0.1", 1, NULL,
                                        &stream_run_events, seen, &seen->stream, &why),
                 STATUS_OK);
    struct stream_seen *other = stream_run_command(&run, "echo fine");
    cr_assert(stream_run_closed(seen));
    cr_assert(stream_run_closed(other));
    cr_expect(seen->refused == 1 && seen->opened == 0);
    cr_expect_str_eq(failure_text(&seen->why), "Connection refused");
    cr_expect_str_eq(other->out, "fine\n");
    (void)close(unheard);
}

// What a server answers to what it was asked for is no noise, however often that is.
enum { MANY = 600, AT_ONCE = 6, HARDLY_ANY = 16 * 1024 };
Test(ssh_stream_forward, answers_to_what_was_asked_are_no_noise)
{
    int port = 0;
    size_t refused = 0;
    struct failure why;
    begin();
    int unheard = loopback_listen(-1, &port);
    while (refused < MANY && run.ended == 0) {
        for (size_t i = 0; i < AT_ONCE; i++) {
            struct stream_seen *seen = run.count < AT_ONCE ? stream_run_next(&run) : &run.seen[i];
            if (seen->stream != NULL && seen->closed == 0)
                continue;
            refused += (size_t)seen->refused;
            seen->refused = seen->closed = 0;
            ssh_stream_free(seen->stream);
            cr_assert_eq(ssh_stream_open_direct(run.connection, "127.0.0.1", port, "127.0.0.1", 1, NULL,
                                                &stream_run_events, seen, &seen->stream, &why),
                         STATUS_OK);
        }
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    }
    cr_expect_eq(run.ended, 0, "after %zu: %s", refused, failure_text(&run.end.why));
    cr_expect_lt(run.connection->noise, (uint64_t)HARDLY_ANY, "%zu", (size_t)run.connection->noise);
    (void)close(unheard);
}

// --- what the server opens ---

static void on_listening(void *ctx, const struct failure *why, int port)
{
    struct stream_run *of = ctx;
    of->listened++;
    of->port = why == NULL ? port : 0;
}

static bool is_answered(struct stream_run *of)
{
    return of->listened > 0 || of->ended > 0;
}

static bool has_stream(struct stream_run *of)
{
    return of->count > 0;
}

static void listen_there(void)
{
    struct failure why;
    run.wants_incoming = true;
    stream_run_open(&run);
    cr_assert_eq(ssh_connection_listen(run.connection, "localhost", 0, on_listening, &run, &why), STATUS_OK);
    cr_assert(stream_run_until(&run, is_answered));
    cr_assert_gt(run.port, 0);
}

Test(ssh_stream_forward, server_that_listens_for_us_opens_streams)
{
    char heard[8] = "";
    struct failure why;
    begin_with(NULL);
    listen_there();
    int fd = loopback_connect(run.port);
    cr_assert_geq(fd, 0);
    cr_assert(stream_run_until(&run, has_stream));
    cr_expect_eq(run.incoming_port, run.port);
    cr_expect_str_eq(run.incoming_address, "localhost");
    struct stream_seen *seen = &run.seen[0];
    cr_assert_eq(write(fd, "knock", 5), 5);
    cr_assert(stream_run_expect(seen, "knock"));
    stream_run_type(seen, "enter");
    ssh_stream_close(seen->stream);
    (void)uv_run(&run.loop, UV_RUN_NOWAIT);
    cr_expect_eq(read(fd, heard, 5), 5);
    cr_expect_str_eq(heard, "enter");
    (void)close(fd);
    cr_assert(stream_run_closed(seen));
    run.listened = 0;
    cr_assert_eq(ssh_connection_unlisten(run.connection, "localhost", run.port, on_listening, &run, &why),
                 STATUS_OK);
    ssh_connection_probe(run.connection); // a global request too: one after the other
    cr_assert(stream_run_until(&run, is_answered));
    cr_expect_gt(run.port, 0, "it would not stop");
    cr_expect_lt(loopback_connect(run.port), 0);
}

static bool was_asked(struct stream_run *of)
{
    return of->incoming > 0;
}

Test(ssh_stream_forward, refused_incoming_is_closed_there)
{
    char heard[8];
    begin_with(NULL);
    run.refuses_incoming = true;
    listen_there();
    int fd = loopback_connect(run.port);
    cr_assert(stream_run_until(&run, was_asked));
    while (recv(fd, heard, sizeof heard, MSG_DONTWAIT) < 0)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    (void)close(fd);
    cr_expect_eq(run.ended, 0);
}

Test(ssh_stream_forward, listening_may_be_refused)
{
    struct failure why;
    begin_with((const char *const[]){"AllowTcpForwarding=no", NULL});
    stream_run_open(&run);
    cr_assert_eq(ssh_connection_listen(run.connection, "localhost", 2222, on_listening, &run, &why),
                 STATUS_OK);
    cr_assert(stream_run_until(&run, is_answered));
    cr_expect_eq(run.port, 0);
}

// --- a server that says it all in one breath ---

static void say_all_at_once(struct raw_ssh_peer *peer, void *ctx)
{
    const char *text = ctx;
    const int on = 1, off = 0;
    const size_t before = 1 + 4; // of the kind: the message's type, its length
    if (!raw_ssh_reach(peer, RAW_SSH_SIGNED_IN) || !raw_ssh_await(peer, RAW_SSH_CHANNEL_OPEN))
        return;
    uint32_t channel = raw_wire_u32(peer->packet + before + raw_wire_u32(peer->packet + 1));
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_OPEN_CONFIRMATION, "uuuu", channel, (uint32_t)0,
                          (uint32_t)1 << 20, (uint32_t)1 << 15);
    if (text[0] != '\0')
        (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "us", channel, text);
    (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_CLOSE, "u", channel);
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
    (void)raw_ssh_silence(peer, -1);
}

Test(ssh_stream_forward, what_comes_and_ends_with_the_yes_arrives)
{
    static char texts[][8] = {"hello", ""};
    for (size_t i = 0; i < 2; i++) {
        struct failure why;
        struct raw_ssh *server = raw_ssh_start(say_all_at_once, texts[i]);
        cr_assert_not_null(server);
        stream_run_begin(&run, raw_ssh_port(server), RAW_SSH_USER, RAW_SSH_PASSWORD);
        stream_run_open(&run);
        struct stream_seen *seen = stream_run_next(&run);
        cr_assert_eq(ssh_stream_open_direct(run.connection, "127.0.0.1", 1, "127.0.0.1", 1, NULL,
                                            &stream_run_events, seen, &seen->stream, &why),
                     STATUS_OK);
        cr_assert(stream_run_closed(seen));
        cr_expect(seen->opened == 1 && !seen->refused && seen->closed_in_order, "%s: %s", texts[i],
                  failure_text(&seen->why));
        cr_expect_eq(seen->out_length, strlen(texts[i]));
        stream_run_end(&run);
        raw_ssh_stop(server);
    }
}

// Grants the command, runs it and disconnects; text: its output.
static void run_and_disconnect(struct raw_ssh_peer *peer, void *ctx)
{
    const char *text = ctx;
    const int on = 1, off = 0;
    if (!raw_ssh_reach(peer, RAW_SSH_CHANNEL) || !raw_ssh_await(peer, RAW_SSH_CHANNEL_REQUEST))
        return;
    uint32_t channel = raw_ssh_channel(peer);
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_SUCCESS, "u", channel);
    if (text[0] != '\0')
        (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_DATA, "us", channel, text);
    (void)raw_ssh_message(peer, RAW_SSH_CHANNEL_REQUEST, "usbu", channel, "exit-status", 0, (uint32_t)7);
    (void)raw_ssh_message(peer, RAW_SSH_DISCONNECT, "uss", (uint32_t)11, "done", "");
    (void)setsockopt(peer->fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
    (void)raw_ssh_silence(peer, -1);
}

Test(ssh_stream_forward, a_program_that_ran_was_granted_though_the_server_disconnects_at_once)
{
    static char texts[][8] = {"hello", ""};
    for (size_t i = 0; i < 2; i++) {
        struct raw_ssh *server = raw_ssh_start(run_and_disconnect, texts[i]);
        cr_assert_not_null(server);
        stream_run_begin(&run, raw_ssh_port(server), RAW_SSH_USER, RAW_SSH_PASSWORD);
        stream_run_open(&run);
        struct stream_seen *seen = stream_run_command(&run, "run");
        cr_assert(stream_run_until(&run, stream_run_has_ended));
        cr_expect(seen->granted == 1 && seen->denied == 0, "'%s': granted %d, denied %d", texts[i],
                  seen->granted, seen->denied);
        cr_expect(seen->exited && seen->exit_status == 7, "'%s'", texts[i]);
        cr_expect_eq(seen->out_length, strlen(texts[i]));
        stream_run_end(&run);
        raw_ssh_stop(server);
    }
}
