// SPDX-License-Identifier: Apache-2.0
//
// bench: the figures of speed, one line each, measured against others on the same data in the same run. This
// file owns the list of figures, the medians and the lines. `bench` runs all; `bench NAME` those whose name
// begins so. It is also the program that ssh asks for the password (SSH_ASKPASS).

#include "tests/bench/bench.h"

#include "tests/support/sshd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct figure {
    const char *name;
    void (*run)(void);
};

static const struct figure figures[] = {
    {"parse-plain", figure_parse_plain},
    {"parse-colour", figure_parse_colour},
    {"parse-unicode", figure_parse_unicode},
    {"stream-plain", figure_stream_plain},
    {"stream-colour", figure_stream_colour},
    {"stream-unicode", figure_stream_unicode},
    {"echo-p50", figure_echo_idle},
    {"echo-flood-p99", figure_echo_flood},
    {"ctrl-c", figure_ctrl_c},
    {"connect", figure_connect},
    {"bandwidth", figure_bandwidth},
    {"memory", figure_memory},
    {"idle", figure_idle},
    {"timeline", figure_timeline},
    {"vault-open", figure_vault_open},
};

static int number(const char *name, int otherwise, int least, int most)
{
    const char *text = getenv(name);
    long value = text != NULL && text[0] != '\0' ? strtol(text, NULL, 10) : otherwise;
    if (value < least || value > most)
        bench_die("%s=%s: a number from %d to %d is needed", name, text != NULL ? text : "", least, most);
    return (int)value;
}

int bench_megabytes(void)
{
    return number("BENCH_MB", 100, 1, 1000);
}

int bench_runs(void)
{
    return number("BENCH_RUNS", 3, 1, 50);
}

double bench_cpu_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double bench_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void bench_die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)fputs("bench: ", stderr);
    (void)vfprintf(stderr, format, list);
    (void)fputc('\n', stderr);
    va_end(list);
    exit(1);
}

void samples_add(struct samples *samples, double value)
{
    if (samples->count < BENCH_SAMPLES_MAX)
        samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

double samples_at(struct samples *samples, double part)
{
    if (samples->count == 0)
        bench_die("nothing was measured");
    qsort(samples->values, (size_t)samples->count, sizeof samples->values[0], compare);
    double place = part * (samples->count - 1);
    int below = (int)place;
    int above = below + 1 < samples->count ? below + 1 : below;
    return samples->values[below] + (place - below) * (samples->values[above] - samples->values[below]);
}

void bench_report(const char *name, const char *unit, double ours, double peer, enum goal goal, double bound)
{
    bool by_ratio = goal == RATIO_AT_MOST || goal == RATIO_AT_LEAST;
    bool at_most = goal == RATIO_AT_MOST || goal == VALUE_AT_MOST;
    double judged = by_ratio ? ours / peer : ours;
    char values[3][48] = {"", "-", "-"};
    char bounds[48];
    (void)snprintf(values[0], sizeof values[0], "%.2f %s", ours, unit);
    if (peer >= 0) {
        (void)snprintf(values[1], sizeof values[1], "%.2f %s", peer, unit);
        (void)snprintf(values[2], sizeof values[2], "%.2fx", ours / peer);
    }
    (void)snprintf(bounds, sizeof bounds, "%s %g%s%s", at_most ? "<=" : ">=", bound, by_ratio ? "x" : " ",
                   by_ratio ? "" : unit);
    (void)printf("%-22s %14s %14s %8s  %-14s %s\n", name, values[0], values[1], values[2], bounds,
                 (at_most ? judged <= bound : judged >= bound) ? "holds" : "short");
    (void)fflush(stdout);
}

static bool run_apart(const struct figure *figure)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        figure->run();
        exit(0);
    }
    if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    (void)printf("%-22s could not be measured\n", figure->name);
    return false;
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    bool found = false;
    bool all_measured = true;
    if (getenv("BENCH_ASKPASS") != NULL)
        return puts(SSHD_PASSWORD) < 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strncmp(figures[i].name, only, strlen(only)) != 0)
            continue;
        found = true;
        all_measured = run_apart(&figures[i]) && all_measured;
    }
    if (!found) {
        (void)fprintf(stderr, "bench: no figure '%s'. There are:", only);
        for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
            (void)fprintf(stderr, " %s", figures[i].name);
        (void)fputc('\n', stderr);
        return 2;
    }
    return all_measured ? 0 : 1;
}
