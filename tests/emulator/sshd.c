// SPDX-License-Identifier: Apache-2.0
//
// sshd: Keep the listeners, the host keys, the sandboxes' folders and the processes of the connections. One
// thread polls all of it.

#include "tests/emulator/sshd.h"
#include "tests/emulator/folder.h"

#include "tests/emulator/ssh_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 512, TICK_MS = 50, PORT_TRIES = 50, END_MS = 3000 };

struct listener {
    int fd;
    char sandbox[STORE_ID_CAP];
    char host_key[HOST_KEY_CAP]; // made at the first connection
    bool has_place;
};

struct connection {
    pid_t pid; // 0: free
    int control;
    char sandbox[STORE_ID_CAP], user[STORE_ID_CAP];
    uint64_t serial; // of the credential that let it in; 0: not in yet
    bool asked;      // its question waits for the sandbox to wake
    struct ssh_wire_ask ask;
};

// What another thread has begun to listen at.
struct reached {
    size_t index;
    int fd;
};

struct sshd {
    struct store *store;
    struct options options;
    pthread_t thread;
    int wake[2]; // a struct reached: one listener more; closed: stop
    int port;
    enum shell_isolation isolation;
    char folder[256];
    struct listener **listeners;
    size_t listener_count, listener_cap;
    struct connection connections[CONNECTIONS_MAX];
};

// --- listening ---

static int listen_at(size_t index, int port)
{
    char text[16];
    int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    store_address(index, text);
    (void)inet_pton(AF_INET, text, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static int port_of(int fd)
{
    struct sockaddr_in address = {.sin_port = 0};
    socklen_t length = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &length) == 0 ? ntohs(address.sin_port) : 0;
}

// Takes the fd over, also when it fails.
static bool add_listener(struct sshd *sshd, size_t index, int fd)
{
    struct store_sandbox sandbox = {.id = ""};
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener != NULL && sshd->listener_count == sshd->listener_cap) {
        size_t cap = sshd->listener_cap * 2 + 64;
        struct listener **grown = realloc(sshd->listeners, cap * sizeof(void *));
        if (grown != NULL) {
            sshd->listeners = grown;
            sshd->listener_cap = cap;
        }
    }
    if (listener == NULL || sshd->listener_count == sshd->listener_cap) {
        free(listener);
        (void)close(fd);
        return false;
    }
    (void)store_at(sshd->store, index, &sandbox);
    listener->fd = fd;
    (void)snprintf(listener->sandbox, sizeof listener->sandbox, "%s", sandbox.id);
    sshd->listeners[sshd->listener_count++] = listener;
    return true;
}

// Listeners for the sandboxes of the start. False when an address can't be had.
static bool add_listeners(struct sshd *sshd)
{
    size_t count = store_count(sshd->store);
    for (size_t i = 0; i < count && i < STORE_REACHED_AT_START; i++) {
        int fd = listen_at(i, sshd->port);
        if (fd < 0)
            return false;
        if (sshd->port == 0)
            sshd->port = port_of(fd);
        if (!add_listener(sshd, i, fd))
            return false;
    }
    return true;
}

static void close_listeners(struct sshd *sshd)
{
    for (size_t i = 0; i < sshd->listener_count; i++) {
        (void)close(sshd->listeners[i]->fd);
        sodium_memzero(sshd->listeners[i]->host_key, HOST_KEY_CAP);
        free(sshd->listeners[i]);
    }
    sshd->listener_count = 0;
}

// One port that is free on every address. Without sandboxes a first one is tried on the first address.
static bool find_port(struct sshd *sshd)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        sshd->port = sshd->options.ssh_port;
        if (store_count(sshd->store) == 0 && sshd->port == 0) {
            int fd = listen_at(0, 0);
            sshd->port = fd >= 0 ? port_of(fd) : 0;
            if (fd >= 0)
                (void)close(fd);
        }
        if (add_listeners(sshd))
            return true;
        close_listeners(sshd);
        if (sshd->options.ssh_port != 0)
            return false;
    }
    return false;
}

// --- connections ---

static bool make_host_key(struct listener *listener)
{
    ssh_key key = NULL;
    char *text = NULL;
    if (listener->host_key[0] != '\0')
        return true;
    bool made = ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK &&
                ssh_pki_export_privkey_base64(key, NULL, NULL, NULL, &text) == SSH_OK &&
                strlen(text) < HOST_KEY_CAP;
    if (made)
        (void)snprintf(listener->host_key, HOST_KEY_CAP, "%s", text);
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    ssh_string_free_char(text);
    ssh_key_free(key);
    return made;
}

static bool make_hello(struct sshd *sshd, struct listener *listener, struct ssh_wire_hello *hello)
{
    char err[256];
    memset(hello, 0, sizeof *hello);
    (void)snprintf(hello->place.sandbox, sizeof hello->place.sandbox, "%s", listener->sandbox);
    (void)snprintf(hello->place.folder, sizeof hello->place.folder, "%.180s/%.64s", sshd->folder,
                   listener->sandbox);
    hello->place.isolation = sshd->isolation;
    hello->max_sessions = sshd->options.max_sessions;
    if (!listener->has_place && !shell_place_make(&hello->place, err, sizeof err)) {
        (void)fprintf(stderr, "leap0-emulator: %s\n", err);
        return false;
    }
    listener->has_place = true;
    if (!make_host_key(listener))
        return false;
    memcpy(hello->host_key, listener->host_key, HOST_KEY_CAP);
    return true;
}

static pid_t spawn(int socket_fd, int control)
{
    char *const argv[] = {"leap0-emulator", "--ssh-connection", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    pid_t pid = -1;
    (void)sigemptyset(&none);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    (void)posix_spawn_file_actions_init(&actions);
    // Both are above 4: the emulator's own files are opened before.
    (void)posix_spawn_file_actions_adddup2(&actions, socket_fd, SSH_WIRE_SOCKET);
    (void)posix_spawn_file_actions_adddup2(&actions, control, SSH_WIRE_CONTROL);
    if (posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv, environ) != 0)
        pid = -1;
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return pid;
}

static struct connection *free_place(struct sshd *sshd)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (sshd->connections[i].pid == 0)
            return &sshd->connections[i];
    return NULL;
}

static void serve(struct sshd *sshd, struct listener *listener, int fd)
{
    struct ssh_wire_hello hello;
    struct connection *connection = free_place(sshd);
    int pair[2] = {-1, -1}, yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connection == NULL || !store_ssh_wake(sshd->store, listener->sandbox) ||
        !make_hello(sshd, listener, &hello) ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return; // closed by the caller: nobody is at home
    memset(connection, 0, sizeof *connection);
    pid_t pid = spawn(fd, pair[1]);
    (void)close(pair[1]);
    if (pid > 0 && send(pair[0], &hello, sizeof hello, MSG_NOSIGNAL) == (ssize_t)sizeof hello) {
        connection->pid = pid;
        connection->control = pair[0];
        (void)snprintf(connection->sandbox, sizeof connection->sandbox, "%s", listener->sandbox);
    } else {
        (void)close(pair[0]);
    }
    sodium_memzero(&hello, sizeof hello);
}

static void accept_all(struct sshd *sshd, struct listener *listener)
{
    int fd;
    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        serve(sshd, listener, fd);
        (void)close(fd);
    }
}

static void answer(struct sshd *sshd, struct connection *connection)
{
    struct store_sandbox sandbox;
    struct ssh_wire_verdict verdict = {false};
    bool there = store_get(sshd->store, connection->sandbox, &sandbox);
    if (there && sandbox.state == STORE_UNPAUSING)
        return; // it will run in a moment
    verdict.admitted =
        store_ssh_admit(sshd->store, connection->sandbox, connection->ask.user, connection->ask.password);
    if (verdict.admitted) {
        (void)snprintf(connection->user, sizeof connection->user, "%s", connection->ask.user);
        connection->serial = store_ssh_serial(sshd->store, connection->sandbox, connection->user);
    }
    connection->asked = false;
    sodium_memzero(&connection->ask, sizeof connection->ask);
    (void)send(connection->control, &verdict, sizeof verdict, MSG_NOSIGNAL);
}

static void forget(struct connection *connection)
{
    (void)close(connection->control);
    (void)waitpid(connection->pid, NULL, 0);
    sodium_memzero(connection, sizeof *connection);
}

static void hear(struct sshd *sshd, struct connection *connection)
{
    ssize_t count = recv(connection->control, &connection->ask, sizeof connection->ask, MSG_DONTWAIT);
    if (count == (ssize_t)sizeof connection->ask) {
        connection->ask.user[STORE_ID_CAP - 1] = '\0';
        connection->ask.password[sizeof connection->ask.password - 1] = '\0';
        connection->asked = true;
        answer(sshd, connection);
    } else if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
        forget(connection);
    }
}

// A session of a sandbox that no longer runs, or of a credential that has ended, is cut.
static bool may_go_on(struct sshd *sshd, const struct connection *connection)
{
    struct store_sandbox sandbox;
    if (!store_get(sshd->store, connection->sandbox, &sandbox) ||
        (sandbox.state != STORE_RUNNING && sandbox.state != STORE_UNPAUSING))
        return false;
    return connection->serial == 0 || !sshd->options.cut_on_expiry ||
           store_ssh_is_live(sshd->store, connection->sandbox, connection->user, connection->serial);
}

static void look_after(struct sshd *sshd)
{
    const struct ssh_wire_verdict end = {false};
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &sshd->connections[i];
        if (connection->pid == 0)
            continue;
        if (connection->asked)
            answer(sshd, connection);
        if (!may_go_on(sshd, connection))
            (void)send(connection->control, &end, sizeof end, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

// --- the thread ---

static void end_connections(struct sshd *sshd)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (sshd->connections[i].pid == 0)
            continue;
        (void)close(sshd->connections[i].control); // its process ends itself
        if (sshd->connections[i].serial == 0) // not signed in: it has no shell, and may wait for its peer
            (void)kill(sshd->connections[i].pid, SIGKILL);
    }
    for (int waited = 0; waited < END_MS; waited += TICK_MS) {
        bool any = false;
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            struct connection *connection = &sshd->connections[i];
            if (connection->pid != 0 && waitpid(connection->pid, NULL, WNOHANG) == connection->pid)
                connection->pid = 0;
            any = any || connection->pid != 0;
        }
        if (!any)
            break;
        struct timespec tick = {0, TICK_MS * 1000000L};
        (void)nanosleep(&tick, NULL);
    }
    shell_kill_descendants();
}

struct polls {
    struct pollfd *list;
    size_t cap;
    struct connection *of[CONNECTIONS_MAX];
    size_t count, connections;
};

static bool fill(struct sshd *sshd, struct polls *polls)
{
    size_t needed = 1 + sshd->listener_count + CONNECTIONS_MAX;
    if (polls->list == NULL || polls->cap < needed) {
        struct pollfd *grown = realloc(polls->list, needed * 2 * sizeof *grown);
        if (grown == NULL)
            return false;
        polls->list = grown;
        polls->cap = needed * 2;
    }
    polls->count = polls->connections = 0;
    polls->list[polls->count++] = (struct pollfd){.fd = sshd->wake[0], .events = POLLIN};
    for (size_t i = 0; i < sshd->listener_count; i++)
        polls->list[polls->count++] = (struct pollfd){.fd = sshd->listeners[i]->fd, .events = POLLIN};
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (sshd->connections[i].pid == 0)
            continue;
        polls->of[polls->connections++] = &sshd->connections[i];
        polls->list[polls->count++] = (struct pollfd){.fd = sshd->connections[i].control, .events = POLLIN};
    }
    return true;
}

static void *run(void *ctx)
{
    struct sshd *sshd = ctx;
    struct polls polls = {.list = NULL};
    struct reached reached;
    while (fill(sshd, &polls)) {
        size_t listeners = sshd->listener_count;
        if (poll(polls.list, polls.count, polls.connections > 0 ? TICK_MS : -1) < 0 && errno != EINTR)
            break;
        if (polls.list[0].revents != 0) {
            if (read(sshd->wake[0], &reached, sizeof reached) != (ssize_t)sizeof reached)
                break;
            (void)add_listener(sshd, reached.index, reached.fd);
        }
        for (size_t i = 0; i < listeners; i++)
            if (polls.list[1 + i].revents != 0)
                accept_all(sshd, sshd->listeners[i]);
        for (size_t i = 0; i < polls.connections; i++)
            if (polls.list[1 + listeners + i].revents != 0)
                hear(sshd, polls.of[i]);
        look_after(sshd);
    }
    free(polls.list);
    // Here and not in sshd_stop: the processes are killed when the thread that made them ends.
    end_connections(sshd);
    return NULL;
}

// --- start and end ---

// From any thread. It listens when this returns; who connects waits for the other thread to look.
static void on_reached(void *ctx, size_t index)
{
    struct sshd *sshd = ctx;
    struct reached reached;
    memset(&reached, 0, sizeof reached);
    reached.index = index;
    reached.fd = listen_at(index, sshd->port);
    if (reached.fd < 0)
        (void)fprintf(stderr, "leap0-emulator: no address for a sandbox: %s\n", strerror(errno));
    else if (write(sshd->wake[1], &reached, sizeof reached) != (ssize_t)sizeof reached)
        (void)close(reached.fd);
}

// A listener for each sandbox is more than the usual bound on open files.
static void raise_bound(void)
{
    struct rlimit bound;
    if (getrlimit(RLIMIT_NOFILE, &bound) == 0) {
        bound.rlim_cur = bound.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &bound);
    }
}

struct sshd *sshd_start(struct store *store, const struct options *options, char *err, size_t cap)
{
    struct sshd *sshd = calloc(1, sizeof *sshd);
    if (sshd == NULL)
        return NULL;
    sshd->store = store;
    sshd->options = *options;
    (void)ssh_init();
    raise_bound();
    // What a connection's process leaves behind becomes ours, to be ended.
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    sshd->isolation = shell_probe();
    if (sshd->isolation != SHELL_BWRAP) // less than the best is said
        (void)fprintf(stderr, "leap0-emulator: shells run %s\n", shell_isolation_name(sshd->isolation));
    if (!folder_make(sshd->folder, sizeof sshd->folder)) {
        (void)snprintf(err, cap, "no folder for the sandboxes: %s", strerror(errno));
    } else if (!find_port(sshd)) {
        (void)snprintf(err, cap, "no port for SSH on the sandboxes' addresses: %s", strerror(errno));
    } else if (pipe2(sshd->wake, O_CLOEXEC) == 0) {
        store_on_reached(store, on_reached, sshd);
        if (pthread_create(&sshd->thread, NULL, run, sshd) == 0)
            return sshd;
        (void)snprintf(err, cap, "no thread for SSH");
    }
    close_listeners(sshd);
    free(sshd->listeners);
    (void)rmdir(sshd->folder);
    free(sshd);
    return NULL;
}

int sshd_port(const struct sshd *sshd)
{
    return sshd->port;
}

void sshd_stop(struct sshd *sshd)
{
    store_on_reached(sshd->store, NULL, NULL);
    (void)close(sshd->wake[1]);
    (void)pthread_join(sshd->thread, NULL);
    close_listeners(sshd);
    free(sshd->listeners);
    (void)close(sshd->wake[0]);
    folder_remove(sshd->folder);
    sodium_memzero(&sshd->options, sizeof sshd->options);
    free(sshd);
}
