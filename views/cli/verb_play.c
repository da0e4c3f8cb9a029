// SPDX-License-Identifier: Apache-2.0
//
// verb_play: `play FILE`: show a recording. It goes through the terminal emulator and never to the operator's
// terminal itself, since the file may be anybody's.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/cast/cast_reader.h"
#include "tui/pane/vt_pane.h"
#include "tui/term/input.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_option.h"
#include "views/cli/verbs.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_CAP = 65536, SLICE = 200, SECOND_MS = 1000, DEFAULT_IDLE_MS = 3000 };

#define SPEED_STEP 1.5

struct player {
    const char *path;
    int file;
    struct cast_reader *reader;
    struct cast_pace pace;
    double speed;
    int64_t idle_limit_ms;
    struct vt *vt; // NULL before the header
    struct cast_event event;
    bool waiting;       // event is read and not due yet
    int64_t due;        // of it, on the play's clock
    int64_t played, at; // the play's clock, when it was set (monotonic ms)
    bool paused, ended, quit, all;
    char bytes[READ_CAP];
};

static volatile sig_atomic_t stopped, resized, suspended, continued;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else if (number == SIGTSTP)
        suspended = 1;
    else if (number == SIGCONT)
        continued = 1;
    else
        stopped = number;
}

// --- reading ------------------------------------------------------------------------------

static bool begin(struct player *player, struct failure *why)
{
    if (player->file >= 0)
        (void)close(player->file);
    cast_reader_free(player->reader);
    vt_free(player->vt);
    player->vt = NULL;
    player->reader = NULL;
    player->waiting = player->ended = false;
    player->played = 0;
    player->at = time_monotonic_ms();
    player->file = open(player->path, O_RDONLY | O_CLOEXEC);
    if (player->file < 0) {
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s: %s", player->path, strerror(errno));
        return false;
    }
    player->reader = cast_reader_new(player->path);
    return true;
}

static enum cast_kind next_event(struct player *player)
{
    for (;;) {
        enum cast_kind kind = cast_reader_next(player->reader, &player->event);
        if (kind != CAST_MORE)
            return kind;
        ssize_t count = read(player->file, player->bytes, sizeof player->bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count > 0)
            cast_reader_feed(player->reader, player->bytes, (size_t)count);
        else
            cast_reader_finish(player->reader);
    }
}

static bool read_header(struct player *player, struct failure *why)
{
    if (next_event(player) != CAST_HEADER) {
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s", cast_reader_error(player->reader));
        return false;
    }
    const struct cast_header *header = cast_reader_header(player->reader);
    int64_t idle = player->idle_limit_ms >= 0 ? player->idle_limit_ms : header->idle_limit_ms;
    player->vt = vt_new(header->height, header->width, NULL);
    cast_pace_begin(&player->pace, player->speed,
                    idle > 0 || player->idle_limit_ms == 0 ? idle : DEFAULT_IDLE_MS);
    player->all = true;
    return true;
}

// --- the clock ----------------------------------------------------------------------------

static int64_t clock_now(struct player *player)
{
    int64_t now = time_monotonic_ms();
    if (!player->paused)
        player->played += now - player->at;
    player->at = now;
    return player->played;
}

static bool take_event(struct player *player, struct failure *why)
{
    switch (next_event(player)) {
    case CAST_OUTPUT:
    case CAST_RESIZE:
        player->waiting = true;
        player->due = cast_pace_due(&player->pace, player->event.at_ms);
        return true;
    case CAST_ERROR:
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s", cast_reader_error(player->reader));
        player->quit = true;
        return false;
    default:
        player->ended = true;
        return false;
    }
}

// What is due by now; false: nothing more is. A flood is cut into slices, so that keys are heard.
static bool advance(struct player *player, struct failure *why)
{
    char reply[VT_REPLY_MAX];
    for (int i = 0; i < SLICE; i++) {
        if (player->ended || player->quit || player->paused || (!player->waiting && !take_event(player, why)))
            return false;
        if (player->due > clock_now(player))
            return false;
        if (player->event.kind == CAST_RESIZE) {
            vt_resize(player->vt, player->event.height, player->event.width);
            player->all = true;
        } else {
            vt_write(player->vt, player->event.text, player->event.length);
        }
        while (vt_reply_take(player->vt, reply, sizeof reply) > 0)
            ; // nobody is there to hear it
        player->waiting = false;
        screen_dirty();
    }
    return true;
}

// --- the screen ---------------------------------------------------------------------------

static void draw(struct player *player)
{
    int rows = screen_rows(), cols = screen_cols();
    if (!screen_is_dirty() || !screen_frame_begin())
        return;
    if (screen_too_small()) {
        screen_draw_too_small();
        screen_frame_end(-1, -1);
        return;
    }
    struct vt_pane_cursor cursor =
        vt_pane_draw(stdscr, player->vt, 0, 0, rows - 1, cols, 0, player->all ? VT_PANE_ALL : 0U);
    char time[16];
    const char *state = player->ended ? "ended, r again" : player->paused ? "paused" : "playing";
    text_fill(stdscr, rows - 1, 0, 1, cols, ROLE_SESSION_STATUS);
    int x = 1 + text_putf(stdscr, rows - 1, 1, cols - 1, ROLE_SESSION_STATUS, "%s  %s  %.4gx  ",
                          time_format_remaining(player->played, time), state, player->pace.speed);
    static const char keys[] = "Space pause  + - speed  q quit";
    int end = cols - 1 - text_width(keys);
    (void)text_put(stdscr, rows - 1, x, (end > x ? end : cols) - x, ROLE_SESSION_STATUS, player->path);
    if (end > x)
        (void)text_put(stdscr, rows - 1, end, cols - end, ROLE_SESSION_STATUS, keys);
    player->all = false;
    screen_frame_end(cursor.visible ? cursor.y : -1, cursor.x);
}

static void on_key(void *context, const struct input_event *event)
{
    struct player *player = context;
    struct failure why;
    if (event->kind != INPUT_KEY)
        return;
    bool ctrl_c = event->key == 'c' && event->modifiers == INPUT_CTRL;
    if (event->key == 'q' || event->key == INPUT_KEY_ESC || ctrl_c)
        player->quit = true;
    else if (event->key == 'z' && event->modifiers == INPUT_CTRL)
        suspended = 1;
    else if (event->key == ' ') {
        (void)clock_now(player);
        player->paused = !player->paused;
    } else if (event->key == '+' || event->key == '=' || event->key == '-') {
        player->speed = event->key == '-' ? player->pace.speed / SPEED_STEP : player->pace.speed * SPEED_STEP;
        cast_pace_set_speed(&player->pace, player->speed);
    } else if (event->key == 'r' && player->ended) {
        if (!begin(player, &why) || !read_header(player, &why))
            player->quit = true;
    }
    screen_dirty();
}

static int wait_ms(struct player *player, const struct input *input, bool more)
{
    int esc = input_timeout_ms(input);
    int64_t wait = player->paused || player->ended ? SECOND_MS : player->due - clock_now(player);
    if (more)
        wait = 0;
    if (wait > SECOND_MS)
        wait = SECOND_MS; // the clock in the status line goes on
    if (esc >= 0 && esc < wait)
        wait = esc;
    return wait > 0 ? (int)wait : 0;
}

static void watch_signals(void)
{
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};
    struct sigaction action = {.sa_handler = on_signal};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)sigaction(numbers[i], &action, NULL);
}

// As Ctrl-Z in a shell: the whole job, and the play's clock stands meanwhile.
static void suspend(struct player *player)
{
    struct sigaction mine, usual = {.sa_handler = SIG_DFL};
    (void)clock_now(player);
    screen_suspend();
    (void)sigaction(SIGTSTP, &usual, &mine);
    (void)kill(0, SIGTSTP);
    (void)sigaction(SIGTSTP, &mine, NULL);
    screen_resume();
    player->at = time_monotonic_ms();
    resized = 1;
}

static void heed_signals(struct player *player)
{
    if (suspended != 0) {
        suspended = 0;
        suspend(player);
    }
    if (continued != 0) {
        continued = 0;
        screen_again();
    }
    if (resized != 0) {
        resized = 0;
        (void)screen_resize();
        player->all = true;
        screen_dirty();
    }
}

static void run(struct player *player, struct failure *why)
{
    char bytes[256];
    struct input *input = input_new(on_key, player);
    player->at = time_monotonic_ms();
    screen_dirty();
    while (!player->quit && stopped == 0) {
        bool more = advance(player, why);
        heed_signals(player);
        draw(player);
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = screen_output_fd(), .events = POLLOUT}};
        int ready = poll(fds, screen_output_pending() ? 2 : 1, wait_ms(player, input, more));
        if (screen_output_pending() && !screen_flush())
            break;
        if (ready > 0 && (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
            if (count <= 0 && errno != EINTR && errno != EAGAIN)
                break;
            input_feed(input, bytes, count > 0 ? (size_t)count : 0);
        } else if (ready == 0) {
            if (input_timeout_ms(input) >= 0)
                input_timeout(input);
            screen_dirty();
        }
    }
    input_free(input);
}

int verb_play(const struct cli_arguments *arguments)
{
    struct player player = {.path = arguments->values[0],
                            .file = -1,
                            .speed = arguments->speed > 0 ? arguments->speed : 1,
                            .idle_limit_ms = arguments->idle_limit_ms};
    struct failure why = {.status = STATUS_OK};
    const char *trouble = NULL;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        (void)fail(&why, STATUS_BAD_ARGUMENT, "a recording needs a terminal to play in");
    else if (begin(&player, &why) && read_header(&player, &why)) {
        watch_signals();
        trouble = screen_begin(
            &(struct screen_options){.input_fd = STDIN_FILENO, .output_fd = STDOUT_FILENO, .term = NULL});
        if (trouble == NULL) {
            theme_begin(THEME_AUTO);
            run(&player, &why);
            screen_end();
        } else {
            (void)fail(&why, STATUS_BAD_ARGUMENT, "%s", trouble);
        }
    }
    if (why.status != STATUS_OK)
        cli_complain("play", &why);
    if (player.file >= 0)
        (void)close(player.file);
    cast_reader_free(player.reader);
    vt_free(player.vt);
    if (stopped != 0)
        return 128 + (int)stopped;
    return status_exit_code(why.status);
}
