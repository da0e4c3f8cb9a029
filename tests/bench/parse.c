// SPDX-License-Identifier: Apache-2.0
//
// parse: the terminal emulator alone against libvterm and libtsm on the same bytes.
//
// By CPU time: nobody else takes part. Pieces end with a line: libvterm 0.1.4 crashes on a character that is
// split between two.

#include "tests/bench/bench.h"
#include "tui/vt/vt_screen.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 16384, PARSE_MB = 8, HISTORY = 10000 };

static void ours_write(void *screen, const char *bytes, size_t length)
{
    vt_write(screen, bytes, length);
}

// A peer whose header isn't installed is left out, and its library is not linked (see the Makefile).
#if __has_include(<vterm.h>)
#include <vterm.h>

static void *libvterm_open(void)
{
    VTerm *vterm = vterm_new(BENCH_ROWS, BENCH_COLS);
    vterm_set_utf8(vterm, 1);
    vterm_screen_reset(vterm_obtain_screen(vterm), 1);
    return vterm;
}

static void libvterm_write(void *screen, const char *bytes, size_t length)
{
    (void)vterm_input_write(screen, bytes, length);
}
#else
#define libvterm_open  NULL
#define libvterm_write NULL
#endif

#if __has_include(<libtsm.h>)
#include <libtsm.h>

static void no_answer(struct tsm_vte *vte, const char *bytes, size_t length, void *data)
{
    (void)vte, (void)bytes, (void)length, (void)data;
}

static void *libtsm_open(void)
{
    struct tsm_screen *screen = NULL;
    struct tsm_vte *vte = NULL;
    if (tsm_screen_new(&screen, NULL, NULL) < 0 || tsm_screen_resize(screen, BENCH_COLS, BENCH_ROWS) < 0 ||
        tsm_vte_new(&vte, screen, no_answer, NULL, NULL, NULL) < 0)
        bench_die("libtsm does not start");
    tsm_screen_set_max_sb(screen, HISTORY);
    return vte;
}

static void libtsm_write(void *screen, const char *bytes, size_t length)
{
    tsm_vte_input(screen, bytes, length);
}
#else
#define libtsm_open  NULL
#define libtsm_write NULL
#endif

// They last to the end of the process.
static const struct peer {
    const char *name, *package;
    void *(*open)(void); // NULL: not built in
    void (*write)(void *screen, const char *bytes, size_t length);
} peers[] = {
    {"/libvterm", "built without libvterm (libvterm-dev)", libvterm_open, libvterm_write},
    {"/libtsm", "built without libtsm (libtsm-dev)", libtsm_open, libtsm_write},
};
enum { PEERS = sizeof peers / sizeof peers[0] };

// As a terminal gets it: a PTY puts a carriage return before each line feed.
static char *as_from_pty(char *bytes, size_t *length)
{
    char *out = malloc(*length * 2);
    size_t used = 0;
    if (out == NULL)
        bench_die("no memory for %zu bytes", *length * 2);
    for (size_t i = 0; i < *length; i++) {
        if (bytes[i] == '\n')
            out[used++] = '\r';
        out[used++] = bytes[i];
    }
    free(bytes);
    *length = used;
    return out;
}

static double rate(void (*write)(void *, const char *, size_t), void *screen, const char *bytes,
                   size_t length)
{
    double start = bench_cpu_now();
    for (size_t at = 0, count = 0; at < length; at += count) {
        count = length - at < PIECE ? length - at : PIECE;
        const char *last = memrchr(bytes + at, '\n', count);
        count = last != NULL ? (size_t)(last - bytes) + 1 - at : count;
        write(screen, bytes + at, count);
    }
    return (double)length / 1e6 / (bench_cpu_now() - start);
}

void figure_parse(const char *name)
{
    size_t length = 0;
    struct pairs against[PEERS] = {0};
    void *screens[PEERS];
    char *bytes = as_from_pty(data_make(data_kind(name), (size_t)(PARSE_MB * 1e6), &length), &length);
    struct vt *vt = vt_new(BENCH_ROWS, BENCH_COLS, NULL);
    for (size_t i = 0; i < PEERS; i++)
        screens[i] = peers[i].open != NULL ? peers[i].open() : NULL;
    for (int run = 0; run < 2 * bench_runs() + 1; run++)
        for (size_t i = 0; i < PEERS; i++)
            if (screens[i] != NULL) {
                double ours = rate(ours_write, vt, bytes, length);
                pairs_add(&against[i], ours, rate(peers[i].write, screens[i], bytes, length));
            }
    for (size_t i = 0; i < PEERS; i++)
        if (screens[i] != NULL)
            bench_report(name, peers[i].name, &against[i]);
        else
            bench_skip(name, peers[i].name, peers[i].package);
    vt_free(vt);
    free(bytes);
}
