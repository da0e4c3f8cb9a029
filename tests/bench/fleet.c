// SPDX-License-Identifier: Apache-2.0
//
// fleet: figures of many sandboxes: the time of `ls` against a script of curl and jq, and the memory of `ls`
// and of the console.

#include "tests/bench/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/support.h"

#define MEGABYTE 1e6
#define SETTLE   3.0 // seconds after the last page

enum { FEW = 10, MANY = 10000, MOST = 100000 };

// One page after the other, as the API's pages show it: until one is not full.
static const char script[] =
    "page=1\n"
    "while :; do\n"
    "  items=$(curl -sSf -H \"Authorization: Bearer $LEAP0_API_KEY\""
    " \"$LEAP0_BASE_URL/v1/sandboxes?page=$page&page-size=100\" |"
    " jq -r '.items[] | [.id, .state, .template_id, .timeout_at] | @tsv') || exit 1\n"
    "  [ -n \"$items\" ] || exit 0\n"
    "  printf '%s\\n' \"$items\"\n"
    "  page=$((page + 1))\n"
    "done\n";

// Runs it to its end, with its output in a file; how many lines that has and the most memory that it took go
// to *lines and *bytes. The seconds.
static double run(struct fixture *fixture, const char *const argv[], size_t *lines, double *bytes)
{
    char path[SUPPORT_PATH_CAP + 16], buffer[4096];
    struct rusage usage;
    int status = 0;
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%s/out", fixture_home(fixture));
    int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    double start = bench_now();
    pid_t pid = support_spawn(argv, fixture_environment(fixture), -1, out, STDERR_FILENO);
    if (pid <= 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
        bench_die("%s fails", argv[0]);
    double took = bench_now() - start;
    *bytes = (double)usage.ru_maxrss * 1024;
    *lines = 0;
    (void)lseek(out, 0, SEEK_SET);
    for (ssize_t size = 0; (size = read(out, buffer, sizeof buffer)) > 0;)
        for (ssize_t i = 0; i < size; i++)
            count += buffer[i] == '\n';
    (void)close(out);
    *lines = count;
    return took;
}

void figure_ls(const char *name)
{
    struct fixture *fixture = fixture_start_fleet_of(MANY);
    const char *const ours[] = {fixture_program(fixture), "ls", NULL};
    const char *const peer[] = {"sh", "-c", script, NULL};
    struct pairs pairs = {0};
    for (int i = 0; i < bench_runs(); i++) {
        size_t our_lines = 0, peer_lines = 0;
        double ignored = 0;
        double took = run(fixture, ours, &our_lines, &ignored);
        pairs_add(&pairs, took, run(fixture, peer, &peer_lines, &ignored));
        if (our_lines != MANY + 1 || peer_lines != MANY)
            bench_die("%zu lines of ours, %zu of curl and jq", our_lines, peer_lines);
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// --- memory ---

static double memory_of_ls(int sandboxes, bool json)
{
    struct fixture *fixture = fixture_start_fleet_of(sandboxes);
    const char *const argv[] = {fixture_program(fixture), "ls", json ? "--json" : NULL, NULL};
    double bytes = 0;
    size_t lines = 0;
    (void)run(fixture, argv, &lines, &bytes);
    if (lines <= (size_t)sandboxes)
        bench_die("only %zu lines", lines);
    fixture_end(fixture);
    return bytes / MEGABYTE;
}

static double memory_of_console(int sandboxes)
{
    char all[32], part[40];
    (void)snprintf(all, sizeof all, "%d sandboxes", sandboxes);
    (void)snprintf(part, sizeof part, " of %s", all);
    struct fixture *fixture = fixture_start_fleet_of(sandboxes);
    struct terminal *deck = fixture_fleet(fixture);
    (void)terminal_wait(deck, all);
    terminal_wait_gone(deck, part); // so many have come so far
    terminal_read_for(deck, SETTLE);
    double bytes = process_resident(terminal_pid(deck));
    fixture_end(fixture);
    return bytes / MEGABYTE;
}

static double memory_of(const char *name, int sandboxes)
{
    return strcmp(name, "ls-memory") == 0 ? memory_of_ls(sandboxes, false) : memory_of_console(sandboxes);
}

void figure_fleet_memory(const char *name)
{
    struct pairs many = {0}, most = {0}, json = {0};
    const bool is_ls = strcmp(name, "ls-memory") == 0;
    const double few = memory_of(name, FEW);
    pairs_add(&many, memory_of(name, MANY), few);
    bench_report(name, "/10000", &many);
    if (is_ls) {
        pairs_add(&json, memory_of_ls(MANY, true), few);
        bench_report(name, "/json", &json);
    }
    pairs_add(&most, memory_of(name, MOST), few);
    bench_report(name, "/100000", &most);
}
