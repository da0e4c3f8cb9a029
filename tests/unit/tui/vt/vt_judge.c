// SPDX-License-Identifier: Apache-2.0
//
// vt_judge: Run a tmux server on a socket of its own. Its pane reads a FIFO; it is asked through one client
// in control mode, which costs no process a question. That the pane has taken in a stream is known by a title
// at the stream's end.

#include "tests/unit/tui/vt/vt_judge.h"

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEARD_CAP = 262144, ANSWER_CAP = 65536, PATIENCE_MS = 2 };

static void folder_variable(const struct vt_judge *judge, char *out, size_t cap)
{
    (void)snprintf(out, cap, "TMUX_TMPDIR=%s", judge->folder);
}

// Runs a tmux command of the server to its end.
static bool run(const struct vt_judge *judge, const char *const argv[])
{
    char folder[SUPPORT_PATH_CAP + 16];
    folder_variable(judge, folder, sizeof folder);
    const char *const environment[] = {
        folder, "TMUX=", "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "SHELL=/bin/sh", NULL};
    struct support_result result = {0};
    bool done = support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    if (!done)
        (void)fprintf(stderr, "tmux: %s\n", result.err != NULL ? result.err : "");
    support_result_free(&result);
    return done;
}

// --- the client in control mode ---

// Takes the next line the client says off what was heard; waits for it.
static bool next_line(struct vt_judge *judge, char *line, size_t cap)
{
    for (;;) {
        char *end = memchr(judge->heard, '\n', judge->heard_length);
        if (end != NULL) {
            size_t length = (size_t)(end - judge->heard);
            (void)snprintf(line, cap, "%.*s", (int)length, judge->heard);
            judge->heard_length -= length + 1;
            memmove(judge->heard, end + 1, judge->heard_length);
            return true;
        }
        struct pollfd ready = {.fd = judge->from, .events = POLLIN};
        if (poll(&ready, 1, SUPPORT_WAIT_MS) <= 0 || judge->heard_length == HEARD_CAP)
            return false;
        ssize_t count =
            read(judge->from, judge->heard + judge->heard_length, HEARD_CAP - judge->heard_length);
        if (count <= 0)
            return false;
        judge->heard_length += (size_t)count;
    }
}

// What the client says to the oldest command not answered yet, its lines ended by line feeds.
static bool answer_of(struct vt_judge *judge, char *answer, size_t cap)
{
    char line[8192];
    size_t used = 0;
    bool inside = false;
    answer[0] = '\0';
    while (next_line(judge, line, sizeof line)) {
        if (strncmp(line, "%begin ", 7) == 0) {
            inside = true;
        } else if (strncmp(line, "%error ", 7) == 0) {
            return false;
        } else if (strncmp(line, "%end ", 5) == 0) {
            return true;
        } else if (inside) {
            int length = snprintf(answer + used, cap - used, "%s\n", line);
            if (length < 0 || (size_t)length >= cap - used)
                return false;
            used += (size_t)length;
        }
    }
    return false;
}

static bool ask(struct vt_judge *judge, const char *command, char *answer, size_t cap)
{
    return dprintf(judge->to, "%s\n", command) > 0 && answer_of(judge, answer, cap);
}

void vt_judge_begin(struct vt_judge *judge)
{
    char path[SUPPORT_PATH_CAP + 16], feed[SUPPORT_PATH_CAP + 16], command[SUPPORT_PATH_CAP + 64],
        folder[SUPPORT_PATH_CAP + 16], answer[256], rows[16], cols[16];
    int to[2], from[2];
    memset(judge, 0, sizeof *judge);
    cr_assert(support_folder_make(judge->folder));
    (void)snprintf(path, sizeof path, "%s/conf", judge->folder);
    (void)snprintf(feed, sizeof feed, "%s/feed", judge->folder);
    (void)snprintf(command, sizeof command, "stty raw -echo; exec cat '%s'", feed);
    (void)snprintf(rows, sizeof rows, "%d", JUDGE_ROWS);
    (void)snprintf(cols, sizeof cols, "%d", JUDGE_COLS);
    cr_assert(support_file_write(path, "set -g status off\nset -g default-size 20x8\n"
                                       "set -g default-terminal tmux-256color\nset -g history-limit 50\n"));
    cr_assert_eq(mkfifo(feed, 0600), 0);
    const char *const start[] = {"tmux", "-L", "judge", "-f", path,    "new-session", "-d",
                                 "-x",   cols, "-y",    rows, command, NULL};
    cr_assert(run(judge, start), "tmux does not start");
    judge->feed = open(feed, O_WRONLY | O_CLOEXEC);
    cr_assert(judge->feed >= 0 && pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
    folder_variable(judge, folder, sizeof folder);
    const char *const client[] = {"tmux", "-L", "judge", "-C", "attach", "-f", "no-output,ignore-size", NULL};
    const char *const environment[] = {folder, "TMUX=", "TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    judge->client = support_spawn(client, environment, to[0], from[1], STDERR_FILENO);
    cr_assert_gt(judge->client, 0);
    (void)close(to[0]);
    (void)close(from[1]);
    judge->to = to[1];
    judge->from = from[0];
    judge->heard = malloc(HEARD_CAP);
    cr_assert_not_null(judge->heard);
    // The answer to attaching itself comes first. (The option in the file would end tmux 3.3.)
    cr_assert(answer_of(judge, answer, sizeof answer));
    cr_assert(ask(judge, "set -g window-size manual", answer, sizeof answer));
    cr_assert(ask(judge, "display-message -p '#{pane_height}x#{pane_width}'", answer, sizeof answer));
    cr_assert_str_eq(answer, "8x20\n", "the pane is %s", answer);
}

void vt_judge_end(struct vt_judge *judge)
{
    const char *const stop[] = {"tmux", "-L", "judge", "kill-server", NULL};
    if (judge->folder[0] == '\0')
        return;
    (void)run(judge, stop);
    if (judge->client > 0 && support_wait_exit(judge->client, SUPPORT_WAIT_MS) < 0)
        (void)kill(judge->client, SIGKILL);
    (void)close(judge->to);
    (void)close(judge->from);
    (void)close(judge->feed);
    free(judge->heard);
    (void)support_folder_remove(judge->folder);
    memset(judge, 0, sizeof *judge);
}

// --- one stream ---

static void feed_pane(struct vt_judge *judge, const char *bytes, int *y, int *x)
{
    static const char fresh[] = "\033[?1049l\033[?6;45l\033[?7;25h\033[4l\033[m\033c\033[H\033[2J";
    char mark[64], wanted[32], answer[512];
    (void)snprintf(mark, sizeof mark, "\033]2;mark%d\033\\", ++judge->marks);
    (void)snprintf(wanted, sizeof wanted, "mark%d ", judge->marks);
    cr_assert(support_type(judge->feed, fresh, sizeof fresh - 1));
    cr_assert(support_type(judge->feed, bytes, strlen(bytes)));
    cr_assert(support_type(judge->feed, mark, strlen(mark)));
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    for (;;) {
        cr_assert(
            ask(judge, "display-message -p '#{pane_title} #{cursor_y} #{cursor_x}'", answer, sizeof answer),
            "tmux does not answer");
        if (strncmp(answer, wanted, strlen(wanted)) == 0)
            break;
        cr_assert(support_now_ms() < deadline, "tmux has not taken it in: %s", answer);
        (void)poll(NULL, 0, PATIENCE_MS);
    }
    cr_assert_eq(sscanf(answer + strlen(wanted), "%d %d", y, x), 2);
    // It counts a waiting wrap as one column more.
    *x = *x < JUDGE_COLS ? *x : JUDGE_COLS - 1;
}

// The pane as a vt: what is captured is text with SGR alone.
static struct vt *captured(struct vt_judge *judge)
{
    static char answer[ANSWER_CAP];
    char place[32];
    struct vt *vt = vt_new(JUDGE_ROWS, JUDGE_COLS, NULL);
    cr_assert(ask(judge, "capture-pane -p -e -N", answer, sizeof answer));
    vt_rows_put(vt, "\033[?7l\033)0"); // line drawing comes between SO and SI
    char *line = answer;
    for (int y = 0; y < JUDGE_ROWS && *line != '\0'; y++) {
        size_t length = strcspn(line, "\n");
        (void)snprintf(place, sizeof place, "\033[%d;1H", y + 1);
        vt_rows_put(vt, place);
        vt_write(vt, line, length);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return vt;
}

static bool same_glyph(const struct vt_glyph *ours, const struct vt_glyph *theirs)
{
    const char *a = ours->text[0] != '\0' ? ours->text : " ";
    const char *b = theirs->text[0] != '\0' ? theirs->text : " ";
    if (ours->width == 0 || theirs->width == 0)
        return ours->width == theirs->width;
    if (strcmp(a, b) != 0)
        return false;
    if (theirs->text[0] == '\0')
        return true; // what was only erased is not captured, nor its colour
    bool blank = strcmp(a, " ") == 0;
    return ours->style.bg == theirs->style.bg &&
           (blank ||
            (ours->style.fg == theirs->style.fg && ours->style.attributes == theirs->style.attributes));
}

static bool same_screen(const struct vt *ours, const struct vt *theirs, char words[JUDGE_WORDS])
{
    static struct vt_glyph a[JUDGE_COLS], b[JUDGE_COLS];
    for (int y = 0; y < JUDGE_ROWS; y++) {
        (void)vt_row_read(ours, y, a, JUDGE_COLS);
        (void)vt_row_read(theirs, y, b, JUDGE_COLS);
        for (int x = 0; x < JUDGE_COLS; x++) {
            if (same_glyph(&a[x], &b[x]))
                continue;
            char mine[512], other[512];
            vt_rows_screen(ours, mine, sizeof mine);
            vt_rows_screen(theirs, other, sizeof other);
            (void)snprintf(words, JUDGE_WORDS,
                           "%d,%d is '%s' %08x %08x %x, tmux has '%s' %08x %08x %x\n  ours '%s'\n  tmux '%s'",
                           y, x, a[x].text, a[x].style.fg, a[x].style.bg, a[x].style.attributes, b[x].text,
                           b[x].style.fg, b[x].style.bg, b[x].style.attributes, mine, other);
            return false;
        }
    }
    return true;
}

bool vt_judge_agrees(struct vt_judge *judge, const char *bytes, char words[JUDGE_WORDS])
{
    int y = 0, x = 0;
    struct vt *ours = vt_new(JUDGE_ROWS, JUDGE_COLS, NULL);
    vt_rows_put(ours, bytes);
    feed_pane(judge, bytes, &y, &x);
    struct vt *theirs = captured(judge);
    struct vt_cursor cursor = vt_cursor(ours);
    bool agrees = same_screen(ours, theirs, words);
    if (agrees && (cursor.y != y || cursor.x != x)) {
        agrees = false;
        (void)snprintf(words, JUDGE_WORDS, "the cursor is at %d,%d, tmux has it at %d,%d", cursor.y, cursor.x,
                       y, x);
    }
    vt_free(ours);
    vt_free(theirs);
    return agrees;
}
