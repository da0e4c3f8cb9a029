// SPDX-License-Identifier: Apache-2.0
//
// keys: from a key to the frame that shows what it did, in a deck of 10, 10,000 and 100,000 sandboxes of
// which one in a hundred changes its state each second, at p99. The peer is less with a file of as many lines
// on the same terminal: a pager that only scrolls and searches, and knows nothing of sorting.

#include "tests/bench/bench.h"
#include "tests/support/pty.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCROLLS = 200,
    SORTS = 60,
    FILTERS = 30,
    CHURN = 1,
    PAUSE_MS = 23,
    ID_LENGTH = 14,
    DETAILS_FROM = 110,
    LINES_LEAST = 1000
};
#define P99        0.99
#define KEY_WAIT_S 10.0

static struct pty *start(const char *const argv[], const char *const environment[])
{
    struct pty *pty = pty_open(argv, environment, BENCH_ROWS, BENCH_COLS, 0);
    if (pty == NULL)
        bench_die("%s does not start", argv[0]);
    return pty;
}

static void read_for(struct pty *pty, int ms)
{
    for (double until = bench_now() + ms / 1e3; bench_now() < until;)
        (void)pty_take(pty, 1);
}

static void wait_for(struct pty *pty, const char *text)
{
    for (double until = bench_now() + BENCH_WAIT_MS / 1e3; !pty_shows(pty, PTY_ANY_ROW, text);) {
        (void)pty_take(pty, 100);
        if (bench_now() > until || pty_ended(pty)) {
            (void)fputs(pty_text(pty), stderr);
            bench_die("'%s' is not shown", text);
        }
    }
}

// Whether what the key does is to be seen now.
typedef bool seen_it(struct pty *pty, const void *what);

// Milliseconds from the key to the frame. What changes by itself comes meanwhile, and is no answer.
static double key(struct pty *pty, const char *keys, seen_it *seen, const void *what)
{
    read_for(pty, PAUSE_MS);
    double begun = bench_now();
    if (!pty_type(pty, keys, strlen(keys)))
        bench_die("a key can't be typed");
    while (!seen(pty, what)) {
        (void)pty_take(pty, 100);
        if (bench_now() - begun > KEY_WAIT_S) {
            (void)fputs(pty_text(pty), stderr);
            bench_die("the key %s does nothing", keys);
        }
    }
    return (bench_now() - begun) * 1e3;
}

static bool shows(struct pty *pty, const void *what)
{
    return pty_shows(pty, PTY_ANY_ROW, what);
}

// The id that the details are of; "" none.
static void selected(struct pty *pty, char out[ID_LENGTH + 1])
{
    out[0] = '\0';
    for (int row = 0; row < BENCH_ROWS && out[0] == '\0'; row++) {
        const char *line = pty_line(pty, row), *at = line;
        for (; (at = strstr(at, "sbx-")) != NULL; at++) {
            if (at - line < DETAILS_FROM)
                continue;
            (void)snprintf(out, ID_LENGTH + 1, "%.*s", ID_LENGTH, at);
            break;
        }
    }
}

static bool is_other(struct pty *pty, const void *before)
{
    char now[ID_LENGTH + 1];
    selected(pty, now);
    return now[0] != '\0' && strcmp(now, before) != 0;
}

static bool first_line_is_other(struct pty *pty, const void *before)
{
    return strcmp(pty_line(pty, 0), before) != 0;
}

// --- ours -----------------------------------------------------------------------------------

static double scroll_ours(struct pty *deck, bool few)
{
    static const char *const ways_of_few[] = {"j", "k", "G", "g"};
    static const char *const ways[] = {"j", "k", "\033[6~", "j", "j", "\033[6~", "\033[5~", "G", "k", "g"};
    static struct samples samples;
    char before[ID_LENGTH + 1];
    samples.count = 0;
    for (int i = 0; i < SCROLLS; i++) {
        selected(deck, before);
        samples_add(&samples, key(deck, few ? ways_of_few[i % 4] : ways[i % 10], is_other, before));
    }
    return samples_at(&samples, P99);
}

static double sort_ours(struct pty *deck)
{
    static const char *const keys[] = {"H", "H", "P", "W", "U", "O"};
    static const char *const marks[] = {"SANDBOX ▲", "SANDBOX ▼", "TEMPLATE ▲", "AGE ▲", "STATE ▲", "LEFT ▲"};
    static struct samples samples;
    samples.count = 0;
    for (int i = 0; i < SORTS; i++)
        samples_add(&samples, key(deck, keys[i % 6], shows, marks[i % 6]));
    return samples_at(&samples, P99);
}

static double filter_ours(struct pty *deck)
{
    static const char *const texts[] = {"deb", "sbx-1", "ru", "0a", "age>1h"};
    static struct samples samples;
    samples.count = 0;
    for (int i = 0; i < FILTERS; i++) {
        const char *text = texts[i % 5];
        char shown[32], one[2] = "";
        (void)key(deck, "/", shows, "Esc clear");
        for (size_t k = 0; text[k] != '\0'; k++) {
            one[0] = text[k];
            (void)snprintf(shown, sizeof shown, "/%.*s", (int)k + 1, text);
            samples_add(&samples, key(deck, one, shows, shown));
        }
        read_for(deck, PAUSE_MS);
        (void)pty_type(deck, "\033", 1);
        read_for(deck, 300);
    }
    return samples_at(&samples, P99);
}

// --- the peer -------------------------------------------------------------------------------

static struct pty *start_less(struct fixture *fixture, int lines)
{
    static char path[SUPPORT_PATH_CAP + 16];
    const char *const argv[] = {"less", "-n", path, NULL};
    (void)snprintf(path, sizeof path, "%s/lines", fixture_home(fixture));
    FILE *file = fopen(path, "w");
    for (int i = 0; file != NULL && i < LINES_LEAST + lines; i++)
        (void)fprintf(file, "sbx-%010x   running   system/debian:bookworm   %d\n", (unsigned)i * 2654435761U,
                      i);
    if (file == NULL || fclose(file) != 0)
        bench_die("a file can't be written");
    return start(argv, fixture_environment(fixture));
}

static double scroll_less(struct pty *less)
{
    static const char *const ways[] = {"j", "j", " ", "j", "k", " ", "b", "j", "G", "g"};
    static struct samples samples;
    char before[PTY_LINE_CAP];
    samples.count = 0;
    for (int i = 0; i < SCROLLS; i++) {
        (void)snprintf(before, sizeof before, "%s", pty_line(less, 0));
        samples_add(&samples, key(less, ways[i % 10], first_line_is_other, before));
    }
    return samples_at(&samples, P99);
}

static void measure(const char *name, int sandboxes)
{
    struct pairs scroll = {0}, sort = {0}, filter = {0};
    char all[32], suffix[32];
    struct fixture *fixture = fixture_start_fleet_changing(sandboxes, CHURN);
    const char *const argv[] = {fixture_program(fixture), NULL};
    struct pty *deck = start(argv, fixture_environment(fixture)), *less = start_less(fixture, sandboxes);
    (void)snprintf(all, sizeof all, "%d sandboxes", sandboxes);
    wait_for(deck, all);
    wait_for(less, "debian");
    for (int i = 0; i < bench_runs(); i++) {
        double peer = scroll_less(less);
        pairs_add(&scroll, scroll_ours(deck, sandboxes < BENCH_ROWS), peer);
        pairs_add(&sort, sort_ours(deck), peer);
        pairs_add(&filter, filter_ours(deck), peer);
    }
    pty_close(deck);
    pty_close(less);
    fixture_end(fixture);
    (void)snprintf(suffix, sizeof suffix, "-scroll/%d", sandboxes);
    bench_report(name, suffix, &scroll);
    (void)snprintf(suffix, sizeof suffix, "-sort/%d", sandboxes);
    bench_report(name, suffix, &sort);
    (void)snprintf(suffix, sizeof suffix, "-filter/%d", sandboxes);
    bench_report(name, suffix, &filter);
}

void figure_keys(const char *name)
{
    if (!support_has_program("less"))
        bench_skip_figure("less is missing");
    measure(name, 10);
    measure(name, 10000);
    measure(name, 100000);
}
