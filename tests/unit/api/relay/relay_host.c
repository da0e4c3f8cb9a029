// SPDX-License-Identifier: Apache-2.0
//
// relay_host: the thread, the relays, and the command lines of the tools. See relay_host.h.

#include "tests/unit/api/relay/relay_host.h"
#include "api/ssh/ssh_connection.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATH_ROOM = SUPPORT_PATH_CAP + 32, TEXT_ROOM = 2 * SUPPORT_PATH_CAP };

// One tool.
struct visit {
    struct relay_host *host;
    struct visit *next;
    struct relay *relay;
    struct ssh_connection *connection;
    int in_fd, out_fd;
    // with pipes: what copies between them and the socket
    bool copies;
    int socket, to_relay, from_relay;
    pthread_t copier;
};

struct relay_host {
    struct relay_host_options options;
    char folder[SUPPORT_PATH_CAP];
    char host_key[PATH_ROOM], identity[PATH_ROOM], client_key[PATH_ROOM], known_hosts[PATH_ROOM];
    char texts[4][TEXT_ROOM]; // of the command line
    char port_text[16];
    struct secret *password;
    int listener, port;
    pthread_t thread;
    uv_loop_t loop;
    uv_poll_t accepts;
    uv_async_t stop;
    uv_timer_t pulse;
    struct visit *visits;
    pthread_mutex_t lock;
    struct relay_end end;
    char version[RELAY_VERSION_CAP];
    atomic_int ended;
    atomic_size_t streams;
};

// --- a tool's pipes ---

static void *copy(void *data)
{
    struct visit *visit = data;
    char bytes[16 * 1024];
    struct pollfd ready[2] = {{.fd = visit->socket, .events = POLLIN},
                              {.fd = visit->from_relay, .events = POLLIN}};
    while (ready[0].fd >= 0 || ready[1].fd >= 0) {
        if (poll(ready, 2, -1) < 0)
            break;
        for (int i = 0; i < 2; i++) {
            if (ready[i].fd < 0 || ready[i].revents == 0)
                continue;
            ssize_t got = read(ready[i].fd, bytes, sizeof bytes);
            if (got > 0 && support_type(i == 0 ? visit->to_relay : visit->socket, bytes, (size_t)got))
                continue;
            ready[i].fd = -1;
            if (i == 0) {
                (void)close(visit->to_relay);
                visit->to_relay = -1;
            } else {
                (void)shutdown(visit->socket, SHUT_WR);
            }
        }
    }
    return NULL;
}

static void pipes_make(struct visit *visit, int socket)
{
    int in[2];
    int out[2];
    cr_assert_eq(pipe2(in, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
    visit->copies = true;
    visit->socket = socket;
    visit->in_fd = in[0];
    visit->to_relay = in[1];
    visit->from_relay = out[0];
    visit->out_fd = out[1];
    cr_assert_eq(pthread_create(&visit->copier, NULL, copy, visit), 0);
}

static void visit_free(struct visit *visit)
{
    relay_free(visit->relay);
    ssh_connection_free(visit->connection);
    (void)close(visit->in_fd);
    if (visit->copies) {
        (void)close(visit->out_fd);
        (void)shutdown(visit->socket, SHUT_RDWR);
        (void)pthread_join(visit->copier, NULL);
        (void)close(visit->socket);
        (void)close(visit->from_relay);
        if (visit->to_relay >= 0)
            (void)close(visit->to_relay);
    }
    free(visit);
}

// --- events ---

static void on_client(void *ctx, const char *version)
{
    struct visit *visit = ctx;
    (void)pthread_mutex_lock(&visit->host->lock);
    (void)snprintf(visit->host->version, sizeof visit->host->version, "%s", version);
    (void)pthread_mutex_unlock(&visit->host->lock);
}

static void on_relay_ended(void *ctx, const struct relay_end *end)
{
    struct visit *visit = ctx;
    struct relay_host *host = visit->host;
    struct visit **link = &host->visits;
    (void)pthread_mutex_lock(&host->lock);
    host->end = *end;
    (void)pthread_mutex_unlock(&host->lock);
    while (*link != visit)
        link = &(*link)->next;
    *link = visit->next;
    visit_free(visit);
    host->ended++;
}

static void on_ready(void *ctx)
{
    struct visit *visit = ctx;
    relay_admit(visit->relay, visit->connection);
}

static void on_incoming(void *ctx, struct ssh_incoming *incoming)
{
    struct visit *visit = ctx;
    relay_incoming(visit->relay, incoming);
}

static void on_connection_ended(void *ctx, const struct ssh_end *end)
{
    struct visit *visit = ctx;
    if (end->stage < SSH_STAGE_OPEN)
        relay_refuse(visit->relay, failure_text(&end->why));
    else
        relay_upstream_ended(visit->relay, end);
}

static void connect_to_sshd(struct visit *visit)
{
    static const struct ssh_connection_events events = {
        .ready = on_ready, .incoming = on_incoming, .ended = on_connection_ended};
    struct relay_host *host = visit->host;
    struct ssh_connection_options options = {.password = host->password, .known_hosts = host->known_hosts};
    (void)snprintf(options.target.host, sizeof options.target.host, "%s", SSHD_HOST);
    (void)snprintf(options.target.user, sizeof options.target.user, "%s", SSHD_USER);
    options.target.port = host->options.sshd_port;
    cr_assert_eq(ssh_connection_open(&host->loop, &options, &events, visit, &visit->connection, NULL),
                 STATUS_OK);
}

static void visit_begin(struct relay_host *host, int fd)
{
    static const struct relay_events events = {.client = on_client, .ended = on_relay_ended};
    struct failure why = {.status = STATUS_OK};
    struct visit *visit = calloc(1, sizeof *visit);
    cr_assert_not_null(visit);
    visit->host = host;
    visit->in_fd = visit->out_fd = fd;
    if (host->options.pipes)
        pipes_make(visit, fd);
    const struct relay_options options = {.in_fd = visit->in_fd,
                                          .out_fd = visit->out_fd,
                                          .host_key = host->host_key,
                                          .client_key = host->options.no_key ? NULL : host->client_key,
                                          .allow_agent = host->options.allow_agent,
                                          .allow_x11 = host->options.allow_x11};
    enum status status = relay_new(&host->loop, &options, &events, visit, &visit->relay, &why);
    cr_assert_eq(status, STATUS_OK, "%s", failure_text(&why));
    visit->next = host->visits;
    host->visits = visit;
    if (host->options.banner != NULL)
        relay_banner(visit->relay, host->options.banner);
    if (host->options.refuse != NULL)
        relay_refuse(visit->relay, host->options.refuse);
    else if (host->options.sshd_port != 0)
        connect_to_sshd(visit);
}

// --- the thread ---

static void on_accept(uv_poll_t *poll, int status, int events)
{
    struct relay_host *host = poll->data;
    (void)status;
    (void)events;
    int fd = accept4(host->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        visit_begin(host, fd);
}

static void on_pulse(uv_timer_t *timer)
{
    struct relay_host *host = timer->data;
    size_t streams = 0;
    for (struct visit *visit = host->visits; visit != NULL; visit = visit->next)
        streams += relay_streams(visit->relay);
    host->streams = streams;
}

static void on_stop(uv_async_t *async)
{
    struct relay_host *host = async->data;
    while (host->visits != NULL) {
        struct visit *visit = host->visits;
        host->visits = visit->next;
        visit_free(visit);
    }
    uv_close((uv_handle_t *)&host->accepts, NULL);
    uv_close((uv_handle_t *)&host->pulse, NULL);
    uv_close((uv_handle_t *)&host->stop, NULL);
}

static void *run(void *data)
{
    struct relay_host *host = data;
    (void)uv_run(&host->loop, UV_RUN_DEFAULT);
    return NULL;
}

static void keys_make(struct relay_host *host)
{
    struct support_result result = {0};
    (void)snprintf(host->host_key, sizeof host->host_key, "%s/host_key", host->folder);
    (void)snprintf(host->identity, sizeof host->identity, "%s/identity", host->folder);
    (void)snprintf(host->client_key, sizeof host->client_key, "%s/identity.pub", host->folder);
    (void)snprintf(host->known_hosts, sizeof host->known_hosts, "%s/sandboxes", host->folder);
    const char *const files[] = {host->host_key, host->identity};
    for (int i = 0; i < 2; i++) {
        const char *const line[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                                    "-C",         "",   "-f", files[i],  NULL};
        cr_assert(support_run(line, NULL, NULL, SUPPORT_WAIT_MS, &result));
        cr_assert_eq(result.exit_code, 0, "%s", result.err);
        support_result_free(&result);
    }
    char path[PATH_ROOM + 8];
    char line[1024];
    (void)snprintf(path, sizeof path, "%s.pub", host->host_key);
    char *key = support_file_read(path, NULL);
    cr_assert_not_null(key);
    (void)snprintf(line, sizeof line, "sbxdeck-proxy %s", key);
    free(key);
    (void)snprintf(path, sizeof path, "%s/known_hosts", host->folder);
    cr_assert(support_file_write(path, line));
}

struct relay_host *relay_host_start(const struct relay_host_options *options)
{
    struct relay_host *host = calloc(1, sizeof *host);
    cr_assert_not_null(host);
    (void)signal(SIGPIPE, SIG_IGN);
    host->options = *options;
    cr_assert_eq(secret_init(), 0);
    cr_assert(support_folder_make(host->folder));
    keys_make(host);
    host->password = secret_new(SSHD_PASSWORD, strlen(SSHD_PASSWORD));
    host->listener = loopback_listen(16, &host->port);
    cr_assert_geq(host->listener, 0);
    cr_assert_eq(uv_loop_init(&host->loop), 0);
    cr_assert_eq(uv_poll_init(&host->loop, &host->accepts, host->listener), 0);
    host->accepts.data = host->pulse.data = host->stop.data = host;
    cr_assert_eq(uv_poll_start(&host->accepts, UV_READABLE, on_accept), 0);
    cr_assert_eq(uv_async_init(&host->loop, &host->stop, on_stop), 0);
    cr_assert_eq(uv_timer_init(&host->loop, &host->pulse), 0);
    cr_assert_eq(uv_timer_start(&host->pulse, on_pulse, 5, 5), 0);
    (void)pthread_mutex_init(&host->lock, NULL);
    cr_assert_eq(pthread_create(&host->thread, NULL, run, host), 0);
    return host;
}

void relay_host_stop(struct relay_host *host)
{
    if (host == NULL)
        return;
    (void)uv_async_send(&host->stop);
    (void)pthread_join(host->thread, NULL);
    cr_assert_eq(uv_loop_close(&host->loop), 0, "a handle is still on the loop");
    (void)close(host->listener);
    (void)pthread_mutex_destroy(&host->lock);
    secret_free(host->password);
    cr_expect(support_folder_remove(host->folder));
    free(host);
}

int relay_host_port(const struct relay_host *host)
{
    return host->port;
}

const char *relay_host_folder(const struct relay_host *host)
{
    return host->folder;
}

int relay_host_ended(struct relay_host *host)
{
    return host->ended;
}

size_t relay_host_streams(struct relay_host *host)
{
    return host->streams;
}

struct relay_end relay_host_end(struct relay_host *host)
{
    (void)pthread_mutex_lock(&host->lock);
    struct relay_end end = host->end;
    (void)pthread_mutex_unlock(&host->lock);
    return end;
}

void relay_host_version(struct relay_host *host, char version[RELAY_VERSION_CAP])
{
    (void)pthread_mutex_lock(&host->lock);
    memcpy(version, host->version, RELAY_VERSION_CAP);
    (void)pthread_mutex_unlock(&host->lock);
}

struct ended_wait {
    struct relay_host *host;
    int count;
};

static bool has_ended(void *ctx)
{
    const struct ended_wait *wait = ctx;
    return relay_host_ended(wait->host) >= wait->count;
}

bool relay_host_wait_ended(struct relay_host *host, int count)
{
    struct ended_wait wait = {.host = host, .count = count};
    return support_wait_until(has_ended, &wait, SUPPORT_WAIT_MS);
}

// --- tools ---

void relay_ssh_line(struct relay_host *host, const char *program, const char *const arguments[],
                    const char *line[RELAY_SSH_ARGS])
{
    size_t count = 0;
    (void)snprintf(host->texts[0], TEXT_ROOM, "UserKnownHostsFile=%s/known_hosts", host->folder);
    (void)snprintf(host->texts[1], TEXT_ROOM, "IdentityFile=%s", host->identity);
    (void)snprintf(host->texts[2], TEXT_ROOM, "Port=%d", host->port);
    const char *const options[] = {host->texts[0],
                                   host->texts[1],
                                   host->texts[2],
                                   "HostName=127.0.0.1",
                                   "StrictHostKeyChecking=yes",
                                   "GlobalKnownHostsFile=none",
                                   "UpdateHostKeys=no",
                                   "HostKeyAlias=sbxdeck-proxy",
                                   "IdentitiesOnly=yes",
                                   "IdentityAgent=none",
                                   "BatchMode=yes",
                                   "Ciphers=aes128-gcm@openssh.com"};
    line[count++] = program;
    line[count++] = "-F";
    line[count++] = "none";
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        // Without an agent for its own sign-in OpenSSH forwards none either.
        if (host->options.allow_agent && strcmp(options[i], "IdentityAgent=none") == 0)
            continue;
        line[count++] = "-o";
        line[count++] = options[i];
    }
    for (; *arguments != NULL; arguments++) {
        cr_assert_lt(count, RELAY_SSH_ARGS - 1);
        line[count++] = *arguments;
    }
    line[count] = NULL;
}

void relay_ssh(struct relay_host *host, const char *program, const char *const arguments[], const char *input,
               struct support_result *result)
{
    const char *line[RELAY_SSH_ARGS];
    relay_ssh_line(host, program, arguments, line);
    cr_assert(support_run(line, NULL, input, 2 * SUPPORT_WAIT_MS, result), "%s did not end", program);
}

void relay_shell(struct relay_host *host, const char *line, int exit_code, struct support_result *result)
{
    static const char *const programs[] = {"ssh", "scp", "sftp"};
    const char *words[RELAY_SSH_ARGS];
    const char *const none[] = {NULL};
    char *all = NULL;
    size_t length = 0;
    FILE *text = open_memstream(&all, &length);
    cr_assert_not_null(text);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        relay_ssh_line(host, programs[i], none, words);
        (void)fprintf(text, "%s() { command", programs[i]);
        for (size_t word = 0; words[word] != NULL; word++)
            (void)fprintf(text, " '%s'", words[word]);
        (void)fprintf(text, " \"$@\"; }\n");
    }
    (void)fprintf(text, "cd '%s' || exit\n%s", host->folder, line);
    (void)fclose(text);
    const char *const argv[] = {"bash", "-c", all, NULL};
    cr_assert(support_run(argv, NULL, NULL, 3 * SUPPORT_WAIT_MS, result), "it did not end: %s", line);
    cr_expect_eq(result->exit_code, exit_code, "%s\nexit code %d, stdout %s, stderr %s", line,
                 result->exit_code, result->out, result->err);
    free(all);
}

void relay_shell_expect(struct relay_host *host, const char *line, int exit_code, const char *out)
{
    struct support_result result = {0};
    relay_shell(host, line, exit_code, &result);
    cr_expect_str_eq(result.out, out, "%s\nstdout %s, stderr %s", line, result.out, result.err);
    support_result_free(&result);
}

void relay_tool_start(struct relay_host *host, struct relay_tool *tool, const char *const arguments[])
{
    const char *line[RELAY_SSH_ARGS];
    int in[2];
    int out[2];
    int err[2];
    memset(tool, 0, sizeof *tool);
    relay_ssh_line(host, "ssh", arguments, line);
    cr_assert_eq(pipe2(in, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
    cr_assert_eq(pipe2(err, O_CLOEXEC), 0);
    tool->pid = support_spawn(line, NULL, in[0], out[1], err[1]);
    cr_assert_gt(tool->pid, 0);
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    tool->in = in[1];
    tool->out = out[0];
    tool->err = err[0];
}

bool relay_tool_expect(struct relay_tool *tool, const char *text)
{
    return support_expect(tool->out, &tool->heard, NULL, text, SUPPORT_WAIT_MS);
}

bool relay_tool_expect_err(struct relay_tool *tool, const char *text)
{
    return support_expect(tool->err, &tool->heard_err, NULL, text, SUPPORT_WAIT_MS);
}

int relay_tool_end(struct relay_tool *tool)
{
    if (tool->in >= 0)
        (void)close(tool->in);
    int code = support_wait_exit(tool->pid, SUPPORT_WAIT_MS);
    cr_expect_geq(code, 0, "it did not end");
    if (code < 0) {
        (void)kill(tool->pid, SIGKILL);
        (void)support_wait_exit(tool->pid, SUPPORT_WAIT_MS);
    }
    (void)close(tool->out);
    (void)close(tool->err);
    support_heard_free(&tool->heard);
    support_heard_free(&tool->heard_err);
    return code;
}
