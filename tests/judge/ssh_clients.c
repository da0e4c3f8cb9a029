// SPDX-License-Identifier: Apache-2.0
//
// ssh_clients: Clients that break the protocol in front of sbxdeck ssh-proxy, with a server that does not
// behind it. It must end soon after such a client has gone, not by a signal, and stay small.

#include "tests/judge/ssh_bench.h"
#include "tests/support/access_server.h"
#include "tests/support/raw_client.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LIMIT_MS = 20000,
    MEMORY_OVER_KB = 8 * 1024,
    FLOOD = 3000,
    GARBAGE = 40000,
    STAGES = RAW_SSH_STARTED + 1
};

static uint64_t next(uint64_t *random)
{
    *random = *random * 6364136223846793005U + 1442695040888963407U;
    return *random >> 33;
}

static size_t garbage(uint64_t *random, char *bytes, size_t most)
{
    size_t length = next(random) % (most + 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)next(random);
    return length;
}

// --- what a client does at its stage. false: the connection is over ---

static bool close_there(struct raw_ssh_peer *client, uint64_t *random)
{
    (void)client;
    return next(random) > 0;
}

static bool bytes_in_clear(struct raw_ssh_peer *client, uint64_t *random)
{
    static char bytes[GARBAGE];
    return raw_ssh_bytes(client, bytes, garbage(random, bytes, sizeof bytes));
}

static bool any_message(struct raw_ssh_peer *client, uint64_t *random)
{
    char payload[512];
    bool sent = true;
    for (int i = 0; i < 20 && sent; i++) {
        int type = (int)(next(random) % 256);
        sent = raw_ssh_packet(client, type, payload, garbage(random, payload, sizeof payload));
    }
    return sent;
}

// Of the kinds that a client sends, with numbers of channels that may be there.
static bool likely_message(struct raw_ssh_peer *client, uint64_t *random)
{
    static const char *const words[] = {"session",
                                        "direct-tcpip",
                                        "exec",
                                        "shell",
                                        "env",
                                        "pty-req",
                                        "signal",
                                        "eow@openssh.com",
                                        "break",
                                        "x11-req",
                                        "auth-agent-req@openssh.com",
                                        "tcpip-forward",
                                        "cancel-tcpip-forward",
                                        "subsystem",
                                        "window-change",
                                        "exit-status",
                                        "keepalive@openssh.com",
                                        ""};
    bool sent = true;
    for (int i = 0; i < 60 && sent; i++) {
        const char *word = words[next(random) % (sizeof words / sizeof words[0])];
        const char *other = words[next(random) % (sizeof words / sizeof words[0])];
        uint32_t number = next(random) % 3 != 0 ? raw_client_channel(client) : (uint32_t)next(random);
        int type = RAW_SSH_CHANNEL_OPEN + (int)(next(random) % 11);
        if (next(random) % 4 == 0)
            sent = raw_ssh_message(client, RAW_SSH_GLOBAL_REQUEST, "sbsu", word, (int)(next(random) % 2),
                                   other, number);
        else if (type == RAW_SSH_CHANNEL_OPEN)
            sent = raw_ssh_message(client, type, "suuususu", word, number, number, (uint32_t)next(random),
                                   other, number, other, number);
        else
            sent = raw_ssh_message(client, type, "usbssuu", number, word, (int)(next(random) % 2), other,
                                   word, number, number);
    }
    return sent;
}

static bool flood(struct raw_ssh_peer *client, uint64_t *random)
{
    static const int types[] = {RAW_SSH_IGNORE,
                                RAW_SSH_DEBUG,
                                RAW_SSH_KEXINIT,
                                RAW_SSH_SERVICE_REQUEST,
                                RAW_SSH_USERAUTH_REQUEST,
                                RAW_SSH_GLOBAL_REQUEST,
                                RAW_SSH_CHANNEL_OPEN,
                                RAW_SSH_CHANNEL_DATA,
                                RAW_SSH_CHANNEL_WINDOW_ADJUST,
                                RAW_SSH_CHANNEL_REQUEST};
    int type = types[next(random) % (sizeof types / sizeof types[0])];
    char payload[1024];
    size_t length = garbage(random, payload, sizeof payload);
    bool sent = true;
    for (int i = 0; i < FLOOD && sent; i++)
        sent = raw_ssh_packet(client, type, payload, length);
    return sent;
}

static bool lying_frame(struct raw_ssh_peer *client, uint64_t *random)
{
    char body[256];
    size_t length = garbage(random, body, sizeof body);
    return raw_ssh_frame(client, (uint32_t)(next(random) % 3 == 0 ? next(random) : length),
                         (uint8_t)next(random), body, length);
}

static const struct {
    const char *name;
    bool (*run)(struct raw_ssh_peer *client, uint64_t *random);
} deeds[] = {
    {"closes", close_there},
    {"bytes in clear", bytes_in_clear},
    {"messages of any kind", any_message},
    {"likely messages", likely_message},
    {"a flood", flood},
    {"a frame that lies", lying_frame},
};
enum { DEEDS = sizeof deeds / sizeof deeds[0] };

// --- a case ---

// Gives what wait4 says, or -1 when it does not end.
static int wait_end(pid_t pid, struct rusage *usage)
{
    int status = -1;
    int64_t deadline = support_now_ms() + LIMIT_MS;
    pid_t got = 0;
    while ((got = wait4(pid, &status, WNOHANG, usage)) == 0 && support_now_ms() < deadline)
        (void)usleep(2000);
    if (got == pid)
        return status;
    (void)kill(pid, SIGKILL);
    (void)wait4(pid, &status, 0, usage);
    return -1;
}

static void run_case(struct ssh_bench *bench, size_t number, uint64_t seed, struct outcome *outcome)
{
    const struct ssh_case quiet = {.name = "nothing wrong", .verdict = SSH_MUST_GO_ON};
    const char *const line[] = {bench->program, "ssh-proxy", ACCESS_SERVER_SANDBOX, NULL};
    struct rusage usage = {0};
    uint64_t random = seed + number * 0x9e3779b97f4a7c15U;
    int ends[2];
    memset(outcome, 0, sizeof *outcome);
    ssh_bench_play(bench, &quiet);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return;
    pid_t pid = support_spawn(line, bench->environment, ends[1], ends[1], -1);
    (void)close(ends[1]);
    struct raw_ssh_peer *client = raw_client_on(ends[0]);
    if (pid <= 0 || client == NULL) {
        outcome_fault(outcome, FAULT_CRASH, "the program can't be started");
        return;
    }
    enum raw_ssh_stage stage = (enum raw_ssh_stage)(number / DEEDS % STAGES);
    if (!raw_client_reach(client, stage, "say it"))
        outcome_fault(outcome, FAULT_CODE, "an honest client does not come as far as %s",
                      raw_ssh_stage_name(stage));
    else if (deeds[number % DEEDS].run(client, &random) && next(&random) % 2 == 0)
        (void)raw_client_read(client, 50);
    raw_client_stop(client);
    int status = wait_end(pid, &usage);
    outcome->rss_kb = usage.ru_maxrss;
    if (status < 0)
        outcome_fault(outcome, FAULT_HANG, "does not end in %d ms after its client", LIMIT_MS);
    else if (WIFSIGNALED(status))
        outcome_fault(outcome, FAULT_CRASH, "ended by signal %d", WTERMSIG(status));
    else
        outcome->code = WEXITSTATUS(status);
    if (bench->baseline_kb > 0 && usage.ru_maxrss > bench->baseline_kb + MEMORY_OVER_KB)
        outcome_fault(outcome, FAULT_MEMORY, "took %ld KB, %ld KB when nothing is wrong", usage.ru_maxrss,
                      bench->baseline_kb);
}

int ssh_clients_work(const struct choice *choice, struct tally *tally)
{
    static struct ssh_bench bench;
    struct outcome outcome;
    size_t number = 0;
    char name[128];
    if (!ssh_bench_prepare(&bench)) {
        atomic_store(&tally->broken, true);
        ssh_bench_end(&bench);
        return 1;
    }
    // One that signs in and goes makes the credential and keeps the host key, another is the measure.
    for (int i = 0; i < 2; i++)
        run_case(&bench, (size_t)RAW_SSH_STARTED * DEEDS, choice->seed, &outcome);
    bench.baseline_kb = outcome.rss_kb;
    tally_at_most(&tally->baseline_kb, bench.baseline_kb);
    while (tally_next(tally, choice, &number) && (choice->only >= 0 || number < (size_t)choice->chances)) {
        run_case(&bench, number, choice->seed, &outcome);
        (void)snprintf(name, sizeof name, "%s, %s",
                       raw_ssh_stage_name((enum raw_ssh_stage)(number / DEEDS % STAGES)),
                       deeds[number % DEEDS].name);
        tally_add(tally, "ssh-clients", choice, number, name, &outcome);
    }
    ssh_bench_end(&bench);
    return 0;
}
