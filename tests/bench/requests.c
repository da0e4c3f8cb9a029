// SPDX-License-Identifier: Apache-2.0
//
// requests: figures of a console in front of many sandboxes: how long until its first rows are there, against
// ten sandboxes, and how many requests it makes in a minute when it is left alone.

#include "tests/bench/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/support.h"

enum { FEW = 10, STARTS = 5 };
#define MINUTE 60.0
#define MS     1000

static const int sizes[] = {10000, 100000};

// ms from its start until rows are shown.
static double first_rows(int sandboxes)
{
    struct fixture *fixture = fixture_start_fleet_of(sandboxes);
    double start = bench_now();
    (void)fixture_fleet(fixture);
    double took = bench_now() - start;
    fixture_end(fixture);
    return took * MS;
}

void figure_first_rows(const char *name)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct pairs pairs = {0};
        char suffix[16];
        (void)snprintf(suffix, sizeof suffix, "/%d", sizes[i]);
        for (int run = 0; run < STARTS * bench_runs(); run++) {
            double few = run % 2 == 0 ? first_rows(FEW) : 0;
            double many = first_rows(sizes[i]);
            pairs_add_difference(&pairs, many, run % 2 == 0 ? few : first_rows(FEW));
        }
        bench_report(name, suffix, &pairs);
    }
}

// All that the emulator has been asked in the last minute.
static double asked(struct fixture *fixture)
{
    static const char script[] = "curl -sSf -H \"Authorization: Bearer $LEAP0_API_KEY\""
                                 " \"$LEAP0_BASE_URL/emulator/requests?seconds=60\"";
    static const char total[] = "\"total\":";
    const char *const argv[] = {"sh", "-c", script, NULL};
    char path[SUPPORT_PATH_CAP + 16], text[1024] = "";
    int status = 0;
    (void)snprintf(path, sizeof path, "%s/asked", fixture_home(fixture));
    int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    pid_t pid = support_spawn(argv, fixture_environment(fixture), -1, out, STDERR_FILENO);
    if (pid <= 0 || waitpid(pid, &status, 0) != pid || status != 0)
        bench_die("curl fails");
    ssize_t size = pread(out, text, sizeof text - 1, 0);
    (void)close(out);
    const char *at = size > 0 ? strstr(text, total) : NULL;
    if (at == NULL)
        bench_die("the emulator tells no total");
    return strtod(at + sizeof total - 1, NULL);
}

// From its start on, by the settings that it has by itself; then a minute more.
static void requests_of(const char *name, int sandboxes, double few)
{
    struct fixture *fixture = fixture_start_fleet_of(sandboxes);
    struct pairs pairs = {0};
    char suffix[16];
    (void)snprintf(suffix, sizeof suffix, "/%d", sandboxes);
    fixture_home_file(fixture, "sbxdeck/config", "\n", 1);
    struct terminal *deck = fixture_fleet(fixture);
    for (int minute = 0; minute < 2; minute++) {
        terminal_read_for(deck, MINUTE);
        pairs_add(&pairs, asked(fixture), few);
    }
    fixture_end(fixture);
    bench_report(name, suffix, &pairs);
}

void figure_requests(const char *name)
{
    static const double one_page = MINUTE / 5; // at the interval by default
    requests_of(name, FEW, one_page);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        requests_of(name, sizes[i], one_page);
}
