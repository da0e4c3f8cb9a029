// SPDX-License-Identifier: Apache-2.0
//
// bench: the list of figures, their goals, and the printed table. `bench` runs all figures, `bench NAME`
// those whose name begins so. It is also the program that ssh asks for the password (SSH_ASKPASS).

#include "tests/bench/bench.h"

#include "tests/support/sshd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NAME_COLUMNS = 23 }; // as in LINE
#define LINE        "%-23s %17s %17s %7s %14s %8s  %s\n"
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct figure {
    const char *name;
    void (*run)(const char *name);
} figures[] = {
    {"parse-plain", figure_parse},
    {"parse-colour", figure_parse},
    {"parse-unicode", figure_parse},
    {"timeline", figure_timeline},
    {"deck", figure_deck},
    {"vault-open", figure_vault_open},
    {"idle", figure_idle},
    {"stream-plain", figure_stream},
    {"stream-colour", figure_stream},
    {"stream-unicode", figure_stream},
    {"echo-p50", figure_echo_idle},
    {"echo-flood-p99", figure_echo_flood},
    {"ctrl-c", figure_ctrl_c},
    {"connect", figure_connect},
    {"bandwidth", figure_bandwidth},
    {"memory", figure_memory},
    {"second-session", figure_second_session},
    {"new-credential", figure_new_credential},
    {"tab", figure_tab},
    {"hop-first-byte", figure_hop_first_byte},
    {"hop-scp-down", figure_hop_scp},
    {"hop-scp-up", figure_hop_scp},
    {"hop-memory", figure_hop_memory},
    {"hop-many", figure_hop_many},
    {"keys", figure_keys},
    {"ls", figure_ls},
    {"ls-memory", figure_fleet_memory},
    {"console-memory", figure_fleet_memory},
    {"first-rows", figure_first_rows},
    {"requests", figure_requests},
};

// What is compared, in which unit, and the goal: on the ratio of ours to the peer's, on how much more ours is
// (pairs_add_difference), or on ours alone.
enum bound { NO_GOAL, AT_MOST, AT_LEAST, MORE_BY, ALONE };
static const struct goal {
    const char *name, *unit;
    enum bound bound;
    double ratio;
} goals[] = {
    {"parse-plain/libvterm", "MB/s", AT_LEAST, 25},
    {"parse-plain/libtsm", "MB/s", AT_LEAST, 8},
    {"parse-colour/libvterm", "MB/s", AT_LEAST, 5},
    {"parse-colour/libtsm", "MB/s", AT_LEAST, 2.5},
    {"parse-unicode/libvterm", "MB/s", AT_LEAST, 9},
    {"parse-unicode/libtsm", "MB/s", AT_LEAST, 3.5},
    {"timeline", "ms", AT_MOST, 15},
    {"timeline-worst", "ms", AT_MOST, 20},
    {"deck", "ms", AT_MOST, 20},
    {"deck-worst", "ms", AT_MOST, 25},
    {"vault-open", "ms", AT_MOST, 5},
    {"idle", "wake-ups/s", AT_MOST, 1.5},
    {"stream-plain", "MB/s", AT_LEAST, 1.6},
    {"stream-plain/cpu", "s", AT_MOST, 0.2},
    {"stream-plain/dvtm", "MB/s", AT_LEAST, 1},
    {"stream-plain/ssh", "MB/s", AT_LEAST, 1},
    {"stream-colour", "MB/s", AT_LEAST, 3},
    {"stream-colour/cpu", "s", AT_MOST, 0.2},
    {"stream-colour/dvtm", "MB/s", AT_LEAST, 1},
    {"stream-colour/ssh", "MB/s", AT_LEAST, 1},
    {"stream-unicode", "MB/s", AT_LEAST, 5},
    {"stream-unicode/cpu", "s", AT_MOST, 0.2},
    {"stream-unicode/dvtm", "MB/s", AT_LEAST, 1},
    {"stream-unicode/ssh", "MB/s", AT_LEAST, 1},
    {"echo-p50", "ms", AT_MOST, 1},
    {"echo-flood-p99", "ms", AT_MOST, 1.2},
    {"ctrl-c", "ms", AT_MOST, 0.6},
    {"ctrl-c/ssh", "ms", NO_GOAL, 0}, // draws nothing
    {"connect", "ms", AT_MOST, 0.4},
    {"bandwidth", "MB/s", AT_LEAST, 1.5},
    {"memory", "MB/session", AT_MOST, 0.3},
    {"second-session", "ms", MORE_BY, 20},
    {"new-credential", "ms", AT_MOST, 0.5},
    {"tab", "ms", ALONE, 30},
    {"hop-first-byte", "ms", MORE_BY, 15},
    {"hop-scp-down", "MB/s", AT_LEAST, 0.8},
    {"hop-scp-down/quickest", "MB/s", NO_GOAL, 0}, // both cores are busy with half of it
    {"hop-scp-up", "MB/s", AT_LEAST, 0.8},
    {"hop-scp-up/quickest", "MB/s", NO_GOAL, 0},
    {"hop-memory", "MB", ALONE, 14},
    {"hop-memory/flat", "MB", AT_MOST, 1.05},
    {"hop-many", "s", AT_MOST, 2},
    // At p99, from a key to the frame that shows what it did.
    {"keys-scroll/10", "ms", ALONE, 16},
    {"keys-sort/10", "ms", ALONE, 16},
    {"keys-filter/10", "ms", ALONE, 16},
    {"keys-scroll/10000", "ms", ALONE, 16},
    {"keys-sort/10000", "ms", ALONE, 16},
    {"keys-filter/10000", "ms", ALONE, 16},
    {"keys-scroll/100000", "ms", ALONE, 16},
    {"keys-sort/100000", "ms", ALONE, 16},
    {"keys-filter/100000", "ms", ALONE, 16},
    // The peer is the same with ten sandboxes. 1.2 KB for each after 10,000.
    {"ls", "s", AT_MOST, 0.1},
    {"ls-memory/10000", "MB", ALONE, 26},
    {"ls-memory/json", "MB", ALONE, 26},
    {"ls-memory/100000", "MB", ALONE, 134},
    {"console-memory/10000", "MB", ALONE, 26},
    {"console-memory/100000", "MB", ALONE, 134},
    {"first-rows/10000", "ms", MORE_BY, 20},
    {"first-rows/100000", "ms", MORE_BY, 20},
    // A quarter of what Leap0 allows an organization, which is what nobody asked for takes at most.
    {"requests/10", "requests/min", ALONE, 250},
    {"requests/10000", "requests/min", ALONE, 250},
    {"requests/100000", "requests/min", ALONE, 250},
};

static const char *running; // the figure of this process

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

void pairs_add_difference(struct pairs *pairs, double ours, double peer)
{
    samples_add(&pairs->ours, ours);
    samples_add(&pairs->peer, peer);
    samples_add(&pairs->ratios, ours - peer);
}

void pairs_add(struct pairs *pairs, double ours, double peer)
{
    samples_add(&pairs->ours, ours);
    samples_add(&pairs->peer, peer);
    samples_add(&pairs->ratios, ours / peer);
}

static const struct goal *goal_of(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < COUNT(goals); i++)
        if (strncmp(goals[i].name, name, length) == 0 && strcmp(goals[i].name + length, suffix) == 0)
            return &goals[i];
    bench_die("no goal is set for '%s%s'", name, suffix);
}

void bench_report(const char *name, const char *suffix, struct pairs *pairs)
{
    const struct goal *goal = goal_of(name, suffix);
    double ratio = samples_at(&pairs->ratios, 0.5);
    double bounded = goal->bound == ALONE ? samples_at(&pairs->ours, 0.5) : ratio;
    bool holds = goal->bound == AT_LEAST ? bounded >= goal->ratio : bounded <= goal->ratio;
    static const char *const signs[] = {
        [AT_MOST] = "<= ", [AT_LEAST] = ">= ", [MORE_BY] = "<= +", [ALONE] = "us <= "};
    char ours[32], peer[32], middle[32], spread[32], bound[32] = "-";
    (void)snprintf(ours, sizeof ours, "%.2f %s", samples_at(&pairs->ours, 0.5), goal->unit);
    (void)snprintf(peer, sizeof peer, "%.2f %s", samples_at(&pairs->peer, 0.5), goal->unit);
    (void)snprintf(middle, sizeof middle, goal->bound == MORE_BY ? "%+.2f" : "%.2f", ratio);
    (void)snprintf(spread, sizeof spread, "%.2f-%.2f", samples_at(&pairs->ratios, 0.25),
                   samples_at(&pairs->ratios, 0.75));
    if (goal->bound != NO_GOAL)
        (void)snprintf(bound, sizeof bound, "%s%g", signs[goal->bound], goal->ratio);
    (void)printf(LINE, goal->name, ours, peer, middle, spread, bound,
                 goal->bound == NO_GOAL ? "-"
                 : holds                ? "holds"
                                        : "short");
    (void)fflush(stdout);
}

void bench_skip(const char *name, const char *suffix, const char *why)
{
    (void)printf("%s%-*s skipped: %s\n", name, NAME_COLUMNS - (int)strlen(name), suffix, why);
    (void)fflush(stdout);
}

void bench_skip_figure(const char *why)
{
    bench_skip(running, "", why);
    exit(0);
}

static bool run_apart(const struct figure *figure)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        running = figure->name;
        figure->run(figure->name);
        exit(0);
    }
    if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    (void)printf("%-*s could not be measured\n", NAME_COLUMNS, figure->name);
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
    (void)printf(LINE, "name", "ours", "peer", "ratio", "quartiles", "goal", "result");
    for (size_t i = 0; i < COUNT(figures); i++) {
        if (strncmp(figures[i].name, only, strlen(only)) != 0)
            continue;
        found = true;
        all_measured = run_apart(&figures[i]) && all_measured;
    }
    if (!found) {
        (void)fprintf(stderr, "bench: no figure '%s'. There are:", only);
        for (size_t i = 0; i < COUNT(figures); i++)
            (void)fprintf(stderr, " %s", figures[i].name);
        (void)fputc('\n', stderr);
        return 2;
    }
    return all_measured ? 0 : 1;
}
