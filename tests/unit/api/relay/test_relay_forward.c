// SPDX-License-Identifier: Apache-2.0
//
// Tests of what goes through the relay beside sessions: connections either way, the agent, X11.

#include "tests/support/loopback.h"
#include "tests/support/skip.h"
#include "tests/unit/api/relay/relay_host.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAYLOAD = 3 * 1000 * 1000, WORD_ROOM = 128 };

static struct sshd sshd;
static struct relay_host *host;

static void begin_with(struct relay_host_options options)
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    static const char *const settings[] = {"MaxSessions=100", "X11Forwarding=yes", "XAuthLocation=/bin/true",
                                           NULL};
    cr_assert(sshd_start(&sshd, settings));
    options.sshd_port = sshd.port;
    host = relay_host_start(&options);
}

static void begin(void)
{
    begin_with((struct relay_host_options){.pipes = false});
}

static void begin_allowed(void)
{
    begin_with((struct relay_host_options){.allow_agent = true, .allow_x11 = true});
}

static void end(void)
{
    relay_host_stop(host);
    host = NULL;
    sshd_stop(&sshd);
}

// --- a server that answers only once it has read all ---

struct reader {
    int listener, port;
    pthread_t thread;
    size_t read;
    bool same;
};

static char byte_at(size_t at)
{
    return (char)(at * 2654435761U >> 13);
}

static void *reader_run(void *data)
{
    struct reader *reader = data;
    char bytes[64 * 1024];
    char answer[WORD_ROOM];
    int fd = accept(reader->listener, NULL, NULL);
    ssize_t got = 0;
    reader->same = true;
    while (fd >= 0 && (got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        for (ssize_t i = 0; i < got; i++)
            reader->same = reader->same && bytes[i] == byte_at(reader->read++);
    (void)snprintf(answer, sizeof answer, "%zu and the end\n", reader->read);
    (void)loopback_send(fd, answer, strlen(answer));
    (void)close(fd);
    return NULL;
}

static void reader_start(struct reader *reader)
{
    memset(reader, 0, sizeof *reader);
    reader->listener = loopback_listen(4, &reader->port);
    cr_assert_geq(reader->listener, 0);
    cr_assert_eq(pthread_create(&reader->thread, NULL, reader_run, reader), 0);
}

// Sends all, closes that direction, and reads the answer.
static void half_close_through(int port, struct reader *reader)
{
    char *bytes = malloc(PAYLOAD);
    char answer[WORD_ROOM] = "";
    char wanted[WORD_ROOM];
    size_t length = 0;
    ssize_t got = 0;
    int fd = loopback_connect(port);
    cr_assert_geq(fd, 0);
    cr_assert_not_null(bytes);
    for (size_t i = 0; i < PAYLOAD; i++)
        bytes[i] = byte_at(i);
    cr_expect(loopback_send(fd, bytes, PAYLOAD));
    cr_expect_eq(shutdown(fd, SHUT_WR), 0);
    while ((got = recv(fd, answer + length, sizeof answer - 1 - length, 0)) > 0)
        length += (size_t)got;
    (void)snprintf(wanted, sizeof wanted, "%d and the end\n", PAYLOAD);
    cr_expect_str_eq(answer, wanted);
    (void)close(fd);
    (void)pthread_join(reader->thread, NULL);
    (void)close(reader->listener);
    cr_expect(reader->same);
    free(bytes);
}

static bool listens(void *ctx)
{
    const int *port = ctx;
    char line[WORD_ROOM];
    (void)snprintf(line, sizeof line, "0100007F:%04X 00000000:0000 0A", (unsigned)*port);
    char *table = support_file_read("/proc/net/tcp", NULL);
    bool found = table != NULL && strstr(table, line) != NULL;
    free(table);
    return found;
}

static int free_port(void)
{
    int port = 0;
    int fd = loopback_listen(1, &port);
    (void)close(fd);
    return port;
}

Test(relay_forward, a_local_forward_stays_open_one_way, .init = begin, .fini = end)
{
    struct relay_tool tool;
    struct reader reader;
    char forward[WORD_ROOM];
    int port = free_port();
    reader_start(&reader);
    (void)snprintf(forward, sizeof forward, "%d:127.0.0.1:%d", port, reader.port);
    const char *const arguments[] = {"-N", "-L", forward, "sandbox", NULL};
    relay_tool_start(host, &tool, arguments);
    cr_assert(support_wait_until(listens, &port, SUPPORT_WAIT_MS));
    half_close_through(port, &reader);
    (void)kill(tool.pid, SIGTERM);
    (void)relay_tool_end(&tool);
    cr_expect(relay_host_wait_ended(host, 1));
}

Test(relay_forward, a_remote_forward_tells_its_port_and_stays_open_one_way, .init = begin, .fini = end)
{
    struct relay_tool tool;
    struct reader reader;
    char forward[WORD_ROOM];
    unsigned port = 0;
    reader_start(&reader);
    (void)snprintf(forward, sizeof forward, "0:127.0.0.1:%d", reader.port);
    const char *const arguments[] = {"-R", forward, "sandbox", "echo there; cat", NULL};
    relay_tool_start(host, &tool, arguments);
    cr_assert(relay_tool_expect(&tool, "there"));
    cr_assert(relay_tool_expect_err(&tool, "remote forward"));
    const char *text = strstr(tool.heard_err.text, "Allocated port ");
    cr_assert(text != NULL && sscanf(text, "Allocated port %u", &port) == 1, "%s", tool.heard_err.text);
    half_close_through((int)port, &reader);
    cr_expect_eq(relay_tool_end(&tool), 0);
}

Test(relay_forward, the_server_says_which_port_it_does_not_listen_on, .init = begin, .fini = end)
{
    struct support_result result = {0};
    struct sockaddr_in6 other = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    char line[2 * WORD_ROOM];
    int port = 0;
    int four = loopback_listen(1, &port);
    int six = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    other.sin6_port = htons((uint16_t)port);
    // Taken in both, if there are both.
    if (six >= 0 && bind(six, (const struct sockaddr *)&other, sizeof other) == 0)
        (void)listen(six, 1);
    (void)snprintf(line, sizeof line, "ssh -o ExitOnForwardFailure=yes -R %d:127.0.0.1:1 sandbox true", port);
    relay_shell(host, line, 255, &result);
    cr_expect(strstr(result.err, "remote port forwarding failed") != NULL, "%s", result.err);
    support_result_free(&result);
    (void)close(four);
    if (six >= 0)
        (void)close(six);
}

Test(relay_forward, a_single_connection_is_joined_to_the_tools_own_streams, .init = begin, .fini = end)
{
    struct relay_tool tool;
    char target[WORD_ROOM];
    (void)snprintf(target, sizeof target, "127.0.0.1:%d", sshd.port);
    const char *const arguments[] = {"-W", target, "sandbox", NULL};
    relay_tool_start(host, &tool, arguments);
    cr_expect(relay_tool_expect(&tool, "SSH-2.0-"));
    cr_expect_eq(relay_tool_end(&tool), 0);
}

Test(relay_forward, a_connection_that_fails_there_is_refused, .init = begin, .fini = end)
{
    struct support_result result = {0};
    char line[2 * WORD_ROOM];
    (void)snprintf(line, sizeof line, "ssh -W 127.0.0.1:%d sandbox", free_port());
    relay_shell(host, line, 255, &result);
    cr_expect(strstr(result.err, "open failed") != NULL, "%s", result.err);
    support_result_free(&result);
}

// --- agent and X11 ---

static const char with_agent[] = "eval $(ssh-agent) >/dev/null; trap 'kill $SSH_AGENT_PID' EXIT\n"
                                 "ssh-keygen -q -t ed25519 -N '' -C mykey -f key && ssh-add -q key\n"
                                 "ssh -A sandbox 'ssh-add -l 2>&1; exit 6'";

Test(relay_forward, an_agent_is_not_forwarded_unless_it_is_allowed, .init = begin, .fini = end)
{
    struct support_result result = {0};
    relay_shell(host, with_agent, 6, &result);
    cr_expect(strstr(result.out, "mykey") == NULL, "%s", result.out);
    support_result_free(&result);
}

Test(relay_forward, an_agent_is_forwarded_when_it_is_allowed, .init = begin_allowed, .fini = end)
{
    struct support_result result = {0};
    relay_shell(host, with_agent, 6, &result);
    cr_expect(strstr(result.out, "mykey") != NULL, "%s %s", result.out, result.err);
    support_result_free(&result);
}

// What stands in for an X server: it says who connects.
static const char with_x11[] =
    "DISPLAY=127.0.0.1:7 ssh -Y -o XAuthLocation=/bin/true sandbox 'echo \"display ${DISPLAY%%:*}\"; exit 6'";

Test(relay_forward, x11_is_not_forwarded_unless_it_is_allowed, .init = begin, .fini = end)
{
    relay_shell_expect(host, with_x11, 6, "display \n");
}

Test(relay_forward, x11_is_forwarded_when_it_is_allowed, .init = begin_allowed, .fini = end)
{
    relay_shell_expect(host, with_x11, 6, "display localhost\n");
}
