// SPDX-License-Identifier: Apache-2.0
//
// hop: OpenSSH by a sandbox's name, which goes through `sbxdeck ssh-proxy`, against the same OpenSSH straight
// to the same server. Runs are interleaved.

#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/support.h"

#define MEGABYTE 1e6
#define REST     0.3 // seconds

enum {
    STARTS = 10, // of a run
    AT_ONCE = 50,
    SCP_PART = 2,   // BENCH_MB is half of what scp copies,
    FLOW_PART = 10, // and a tenth of what goes through while the memory is looked at
    WAY_MS = 25,
    SESSIONS = 5, // of a run, each way
    PIECE = 65536,
    PATH_ROOM = SUPPORT_PATH_CAP + 64,
};

// --- one program ---

static void expect_end(pid_t pid, const char *what)
{
    int code = pid > 0 ? support_wait_exit(pid, BENCH_WAIT_MS) : -1;
    if (code != 0)
        bench_die("%s: exit code %d", what, code);
}

static pid_t ssh_spawn(struct fixture *fixture, enum hop hop, const char *command, int in, int out)
{
    const char *const argv[] = {"ssh",   "-F", fixture_ssh_config(fixture, hop), fixture_ssh_name(hop),
                                command, NULL};
    return support_spawn(argv, fixture_environment(fixture), in, out, STDERR_FILENO);
}

// Milliseconds from the start to the command's first byte.
static double first_byte(struct fixture *fixture, enum hop hop)
{
    int ends[2];
    char byte;
    if (pipe2(ends, O_CLOEXEC) != 0)
        bench_die("no pipe");
    double start = bench_now();
    pid_t pid = ssh_spawn(fixture, hop, "echo", -1, ends[1]);
    (void)close(ends[1]);
    ssize_t count = read(ends[0], &byte, 1);
    double took = bench_now() - start;
    expect_end(pid, "ssh echo");
    if (count != 1)
        bench_die("ssh echo says nothing");
    (void)close(ends[0]);
    return took * 1000;
}

// Ours or the peer's first, in turn.
static void first_byte_pair(struct fixture *fixture, int number, struct pairs *pairs)
{
    bool ours_first = number % 2 == 0;
    double first = first_byte(fixture, ours_first ? HOP_THROUGH : HOP_QUICKEST);
    double second = first_byte(fixture, ours_first ? HOP_QUICKEST : HOP_THROUGH);
    pairs_add_difference(pairs, ours_first ? first : second, ours_first ? second : first);
}

void figure_hop_first_byte(const char *name)
{
    struct fixture *fixture = fixture_start_hop(0);
    struct pairs pairs = {0};
    (void)first_byte(fixture, HOP_THROUGH); // makes the credential and keeps the host key
    (void)first_byte(fixture, HOP_QUICKEST);
    for (int i = 0; i < STARTS * bench_runs(); i++)
        first_byte_pair(fixture, i, &pairs);
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// --- copies ---

static double scp_once(struct fixture *fixture, enum hop hop, bool up, int megabytes)
{
    char there[PATH_ROOM], here[PATH_ROOM];
    (void)snprintf(there, sizeof there, "%s:%s", fixture_ssh_name(hop), up ? "copy" : "data");
    (void)snprintf(here, sizeof here, "%s/%s", fixture_home(fixture), up ? "data" : "copy");
    const char *const argv[] = {
        "scp", "-q", "-F", fixture_ssh_config(fixture, hop), up ? here : there, up ? there : here, NULL};
    double start = bench_now();
    expect_end(support_spawn(argv, fixture_environment(fixture), -1, -1, STDERR_FILENO), "scp");
    return megabytes / (bench_now() - start);
}

void figure_hop_scp(const char *name)
{
    struct fixture *fixture = fixture_start_hop(0);
    struct pairs against_defaults = {0}, against_quickest = {0};
    size_t length = 0;
    int megabytes = SCP_PART * bench_megabytes();
    bool up = strstr(name, "-up") != NULL;
    char *bytes = data_make(DATA_PLAIN, (size_t)(megabytes * MEGABYTE), &length);
    if (up)
        fixture_home_file(fixture, "data", bytes, length);
    else
        fixture_file(fixture, "data", bytes, length);
    free(bytes);
    (void)scp_once(fixture, HOP_THROUGH, up, megabytes);
    for (int i = 0; i < bench_runs(); i++) {
        double ours = scp_once(fixture, HOP_THROUGH, up, megabytes);
        pairs_add(&against_defaults, ours, scp_once(fixture, HOP_DEFAULTS, up, megabytes));
        pairs_add(&against_quickest, ours, scp_once(fixture, HOP_QUICKEST, up, megabytes));
    }
    bench_report(name, "", &against_defaults);
    bench_report(name, "/quickest", &against_quickest);
    fixture_end(fixture);
}

// --- memory ---

static double proc_status_mb(pid_t pid, const char *field)
{
    char path[64], line[256];
    unsigned long kilobytes = 0;
    size_t length = strlen(field);
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        bench_die("process %d has ended", (int)pid);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, length) == 0 && line[length] == ':')
            kilobytes = strtoul(line + length + 1, NULL, 10);
    (void)fclose(file);
    return (double)kilobytes / 1024;
}

struct search {
    pid_t found;
};

static void find_proxy(pid_t pid, void *ctx)
{
    struct search *search = ctx;
    char path[64];
    size_t length = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    char *line = support_file_read(path, &length);
    if (line != NULL && memmem(line, length, "\0ssh-proxy\0", 11) != NULL &&
        memmem(line, length, "sbxdeck\0ssh-proxy", 17) != NULL)
        search->found = pid;
    free(line);
}

static void read_bytes(int fd, size_t length)
{
    static char piece[PIECE];
    while (length > 0) {
        ssize_t count = read(fd, piece, length < sizeof piece ? length : sizeof piece);
        if (count <= 0)
            bench_die("the stream ends %zu bytes early", length);
        length -= (size_t)count;
    }
}

// What the proxy had in memory at most, after a tenth and after all; the peer is the OpenSSH in front. The
// command ends when its input does, so that both are still there.
static void flow_once(struct fixture *fixture, struct pairs *against_ssh, struct pairs *flat)
{
    int in[2], out[2];
    struct search search = {0};
    size_t tenth = (size_t)(bench_megabytes() * MEGABYTE);
    char command[64];
    (void)snprintf(command, sizeof command, "head -c %zu /dev/zero; cat", FLOW_PART * tenth);
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        bench_die("no pipe");
    pid_t pid = ssh_spawn(fixture, HOP_THROUGH, command, in[0], out[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    read_bytes(out[0], tenth);
    support_descendants(pid, find_proxy, &search);
    if (search.found == 0)
        bench_die("ssh has no proxy");
    double early = proc_status_mb(search.found, "VmHWM");
    read_bytes(out[0], (FLOW_PART - 1) * tenth);
    double late = proc_status_mb(search.found, "VmHWM");
    pairs_add(against_ssh, late, proc_status_mb(pid, "VmHWM"));
    pairs_add(flat, late, early);
    (void)close(in[1]);
    expect_end(pid, "ssh head");
    (void)close(out[0]);
}

void figure_hop_memory(const char *name)
{
    struct fixture *fixture = fixture_start_hop(0);
    struct pairs against_ssh = {0}, flat = {0};
    (void)first_byte(fixture, HOP_THROUGH);
    for (int i = 0; i < bench_runs(); i++)
        flow_once(fixture, &against_ssh, &flat);
    bench_report(name, "", &against_ssh);
    bench_report(name, "/flat", &flat);
    fixture_end(fixture);
}

// --- many ---

static double all_at_once(struct fixture *fixture, enum hop hop)
{
    pid_t pids[AT_ONCE];
    double start = bench_now();
    for (int i = 0; i < AT_ONCE; i++)
        pids[i] = ssh_spawn(fixture, hop, "true", -1, -1);
    for (int i = 0; i < AT_ONCE; i++)
        expect_end(pids[i], "one of many");
    return bench_now() - start;
}

void figure_hop_many(const char *name)
{
    struct fixture *fixture = fixture_start_hop(0);
    struct pairs pairs = {0};
    (void)first_byte(fixture, HOP_THROUGH);
    for (int i = 0; i < bench_runs(); i++) {
        double ours = all_at_once(fixture, HOP_THROUGH);
        pairs_add(&pairs, ours, all_at_once(fixture, HOP_QUICKEST));
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// --- a second session on the connection that is there ---

// From the key to the prompt, on a link of so many milliseconds each way.
static void second_sessions(int way_ms, struct samples *samples)
{
    struct fixture *fixture = fixture_start(way_ms);
    struct terminal *deck = fixture_deck(fixture);
    for (int i = 0; i < SESSIONS; i++) {
        terminal_type(deck, "PS1=was:; clear\r");
        terminal_wait_gone(deck, BENCH_PROMPT);
        terminal_read_for(deck, REST);
        double start = bench_now();
        terminal_type(deck, "\035c");
        samples_add(samples, (terminal_wait(deck, BENCH_PROMPT) - start) * 1000);
    }
    fixture_end(fixture);
}

// The peer is one round trip and what the server and its shell need: the same on a link without a delay.
void figure_second_session(const char *name)
{
    struct pairs pairs = {0};
    for (int run = 0; run < bench_runs(); run++) {
        struct samples near = {0}, far = {0};
        second_sessions(0, &near);
        second_sessions(WAY_MS, &far);
        for (int i = 0; i < SESSIONS; i++)
            pairs_add_difference(&pairs, far.values[i], near.values[i] + 2 * WAY_MS);
    }
    bench_report(name, "", &pairs);
}
