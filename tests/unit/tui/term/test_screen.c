// SPDX-License-Identifier: Apache-2.0
//
// On real pseudo-terminals: what the terminal is sent, the modes before and after, a terminal that takes
// nothing.

#include "tests/support/support.h"
#include "tests/unit/tui/canvas.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "tui/term/screen.h"
#include "tui/term/screen_output.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1 << 20 };
static char output[OUTPUT_MAX];

static bool sent(const char *text)
{
    return strstr(output, text) != NULL;
}

static bool echoes(void)
{
    struct termios modes;
    cr_assert_eq(tcgetattr(canvas_slave(), &modes), 0);
    return (modes.c_lflag & ECHO) != 0;
}

Test(screen, sets_up_and_restores)
{
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    cr_expect(sent("\033[?1049h"), "no alternate screen");
    cr_expect(sent("\033[?2004h"), "no bracketed paste");
    cr_expect(sent("\033[?1004h"), "no focus events");
    cr_expect(sent("\033[?1h\033="), "no application keys");
    cr_expect_not(echoes());
    cr_expect_eq(screen_rows(), 24);
    cr_expect_eq(screen_cols(), 80);
    cr_expect_not(screen_too_small());
    screen_set_mouse(SCREEN_MOUSE_BUTTONS);
    screen_set_cursor_shape(6);
    canvas_output(output, sizeof output);
    cr_expect(sent("\033[?1002h") && sent("\033[?1006h") && sent("\033[6 q"));
    screen_end();
    canvas_output(output, sizeof output);
    static const char *const off[] = {"\033[?1049l",   "\033[?2004l", "\033[?1004l",
                                      "\033[?1l\033>", "\033[?1002l", "\033[0 q"};
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        cr_expect(sent(off[i]), "not turned off: %s", off[i] + 1);
    cr_expect(echoes());
    screen_end(); // again: nothing
    cr_expect_eq(canvas_output(output, sizeof output), 0);
    canvas_end();
}

Test(screen, comes_up_a_second_time)
{
    for (int i = 0; i < 3; i++) {
        canvas_begin(24, 80, "xterm-256color");
        cr_assert(screen_frame_begin());
        text_put(stdscr, 3, 3, 20, ROLE_TEXT, "again");
        screen_frame_end(-1, 0);
        canvas_output(output, sizeof output);
        cr_expect(sent("again"));
        canvas_end();
    }
}

Test(screen, sends_differences_only_and_in_brackets)
{
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    cr_assert(screen_frame_begin());
    text_put(stdscr, 5, 10, 40, ROLE_TEXT, "first line");
    screen_frame_end(-1, 0);
    canvas_output(output, sizeof output);
    cr_expect_eq(strncmp(output, "\033[?2026h", 8), 0);
    cr_expect_str_eq(output + strlen(output) - 8, "\033[?2026l");
    cr_expect(sent("first line"));
    cr_expect_not(screen_is_dirty());

    cr_assert(screen_frame_begin());
    text_put(stdscr, 5, 10, 40, ROLE_TEXT, "first line"); // the same
    screen_frame_end(-1, 0);
    cr_expect_eq(canvas_output(output, sizeof output), 0, "sent %zu bytes for nothing", strlen(output));

    cr_assert(screen_frame_begin());
    text_put(stdscr, 5, 10, 40, ROLE_TEXT, "fXrst line");
    screen_frame_end(7, 3);
    size_t length = canvas_output(output, sizeof output);
    cr_expect(sent("X") && sent("\033[8;4H"), "the cursor is not placed");
    cr_expect_lt(length, 80);

    screen_redraw();
    cr_expect(screen_is_dirty());
    cr_assert(screen_frame_begin());
    screen_frame_end(-1, 0);
    canvas_output(output, sizeof output);
    cr_expect(sent("fXrst line"), "a redraw does not send everything");
    canvas_end();
}

static void draw_noise(int round)
{
    for (int y = 0; y < 50; y++)
        for (int x = 0; x < 200; x++)
            mvwaddch(stdscr, y, x, (chtype)('!' + (x * 7 + y * 3 + round) % 90));
}

Test(screen, a_stalled_terminal_holds_nobody)
{
    canvas_begin(50, 200, "xterm-256color");
    canvas_output(output, sizeof output);
    int frames = 0, round = 0;
    for (; round < 200; round++) { // nobody reads the other end
        if (screen_frame_begin()) {
            draw_noise(round);
            screen_frame_end(-1, 0);
            frames++;
        }
    }
    cr_expect(screen_output_pending());
    cr_expect_lt(frames, round, "frames are begun though the last one is not out");
    // It comes back: what is left goes out, then the newest picture.
    for (int i = 0; i < 1000 && screen_output_pending(); i++) {
        canvas_output(output, sizeof output);
        cr_assert(screen_flush());
    }
    cr_expect_not(screen_output_pending());
    cr_assert(screen_frame_begin());
    werase(stdscr);
    text_put(stdscr, 0, 0, 20, ROLE_TEXT, "newest");
    screen_frame_end(-1, 0);
    canvas_output(output, sizeof output);
    cr_expect(sent("newest"));
    canvas_end();
}

Test(screen, the_way_out_does_not_wait_for_a_reader)
{
    canvas_begin(50, 200, "xterm-256color");
    for (int round = 0; round < 20 && screen_frame_begin(); round++) {
        draw_noise(round);
        screen_frame_end(-1, 0);
    }
    cr_assert(screen_output_pending());
    screen_end(); // for ever, if it waited for the reader
    cr_expect(echoes());
    canvas_end();
}

Test(screen, does_not_make_the_terminal_non_blocking_for_others)
{
    canvas_begin(24, 80, "xterm-256color");
    cr_expect_eq(fcntl(canvas_slave(), F_GETFL) & O_NONBLOCK, 0);
    canvas_end();
}

Test(screen, resizes)
{
    static const int sizes[][2] = {{50, 200}, {5, 20}, {24, 80}, {1, 1}, {4, 100}, {300, 500}};
    canvas_begin(24, 80, "xterm-256color");
    cr_expect_not(screen_resize());
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        canvas_resize(sizes[i][0], sizes[i][1]);
        cr_expect(screen_resize());
        cr_expect_eq(screen_rows(), sizes[i][0]);
        cr_expect_eq(screen_cols(), sizes[i][1]);
        cr_expect_eq(getmaxy(stdscr), sizes[i][0]);
        cr_expect_eq(getmaxx(stdscr), sizes[i][1]);
        cr_expect_eq(screen_too_small(), sizes[i][0] < 5 || sizes[i][1] < 20);
        cr_assert(screen_frame_begin());
        if (screen_too_small())
            screen_draw_too_small();
        screen_frame_end(-1, 0);
        canvas_output(output, sizeof output);
    }
    canvas_resize(3, 30);
    screen_resize();
    screen_draw_too_small();
    cr_expect(canvas_has("20x5"));
    canvas_end();
}

Test(screen, suspends_and_comes_back)
{
    canvas_begin(24, 80, "xterm-256color");
    cr_assert(screen_frame_begin());
    text_put(stdscr, 0, 0, 20, ROLE_TEXT, "picture");
    screen_frame_end(-1, 0);
    canvas_output(output, sizeof output);
    screen_suspend();
    canvas_output(output, sizeof output);
    cr_expect(sent("\033[?1049l") && sent("\033[?2004l"));
    cr_expect(echoes());
    cr_expect_not(screen_frame_begin());
    screen_resume();
    cr_expect_not(echoes());
    cr_expect(screen_is_dirty());
    cr_assert(screen_frame_begin());
    screen_frame_end(-1, 0);
    canvas_output(output, sizeof output);
    cr_expect(sent("\033[?1049h") && sent("\033[?2004h") && sent("picture"));
    canvas_end();
}

static void answer(const char *text, const char *wanted)
{
    cr_expect(screen_reply(text, strlen(text)), "%s", text + 1);
    canvas_output(output, sizeof output);
    cr_expect_str_eq(output, wanted, "%s: %s", text + 1, output + 1);
}

// Only a terminal that says it can is asked to tell keys apart; with every way out it stops.
Test(screen, tells_keys_apart_where_the_terminal_can)
{
    static const struct {
        const char *answers[2];
        const char *on, *off; // NULL: nothing is asked for
    } terminals[] = {
        {{"\033[?0u", "\033[>1;4000;29c"}, "\033[>5u", "\033[<u"},
        {{"\033[?1u", "\033[>41;379;0c"}, "\033[>5u", "\033[<u"},
        {{"\033[>41;379;0c"}, "\033[>4;1m", "\033[>4m"},
        {{"\033[>84;0;0c"}, "\033[>4;1m", "\033[>4m"},
        {{"\033[>65;7200;1c"}, NULL, NULL},
        {{NULL}, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof terminals / sizeof terminals[0]; i++) {
        const char *on = terminals[i].on, *off = terminals[i].off;
        canvas_begin(24, 80, "xterm-256color");
        screen_ask_terminal();
        canvas_output(output, sizeof output);
        cr_expect(sent("\033[?u\033[>c") && sent("\033]11;?\a") && sent("\033]4;15;?\a"));
        for (size_t j = 0; j < 2 && terminals[i].answers[j] != NULL; j++)
            answer(terminals[i].answers[j], j == 0 && on != NULL ? on : "");
        cr_expect_not(screen_reply("\033]11;rgb:0/0/0\a", 16) || screen_reply("\033[?62c", 6));
        screen_suspend();
        canvas_output(output, sizeof output);
        cr_expect(off == NULL ? !sent("\033[<u") && !sent("\033[>4m") : sent(off));
        screen_resume();
        canvas_output(output, sizeof output);
        cr_expect(on == NULL ? !sent("\033[>5u") && !sent("\033[>4;1m") : sent(on));
        screen_end();
        canvas_output(output, sizeof output);
        cr_expect(off == NULL || sent(off));
        canvas_end();
    }
}

// Who leaves at once does not find them typed to his shell; what was answered in time is not waited for.
Test(screen, late_answers_go_with_the_screen)
{
    char left[64];
    int master = -1, slave = -1;
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    struct screen_options options = {.input_fd = slave, .output_fd = slave, .term = "xterm-256color"};
    cr_assert_null(screen_begin(&options));
    screen_ask_terminal();
    static const char answers[] = "\033]11;rgb:0000/0000/0000\a\033[?0u\033[>1;4000;29c";
    cr_assert_eq(write(master, answers, sizeof answers - 1), (ssize_t)sizeof answers - 1);
    screen_end();
    cr_assert_eq(fcntl(slave, F_SETFL, O_NONBLOCK), 0);
    cr_expect_eq(read(slave, left, sizeof left), -1);
    close(slave);
    close(master);
}

Test(screen, the_cursor_gets_its_own_colour_back)
{
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    screen_set_cursor_color(0xff8700);
    screen_set_cursor_color(0xff8700);
    canvas_output(output, sizeof output);
    cr_expect_str_eq(output, "\033]12;rgb:ff/87/00\a");
    screen_suspend();
    canvas_output(output, sizeof output);
    cr_expect(sent("\033]112\a"));
    screen_resume();
    canvas_output(output, sizeof output);
    cr_expect(sent("\033]12;rgb:ff/87/00\a"));
    screen_set_cursor_color(-1);
    canvas_output(output, sizeof output);
    cr_expect(sent("\033]112\a"));
    canvas_end();
}

Test(screen, a_fatal_signal_leaves_a_usable_terminal)
{
    int master = -1, slave = -1;
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        struct screen_options options = {.input_fd = slave, .output_fd = slave, .term = "xterm-256color"};
        signal(SIGSEGV, SIG_DFL); // where the test program has a handler
        if (screen_begin(&options) == NULL && screen_reply("\033[?0u", 5))
            raise(SIGSEGV);
        _exit(9);
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    struct support_heard heard = {0};
    cr_assert(support_expect(master, &heard, NULL, "\033[?1049l", SUPPORT_WAIT_MS));
    const char *on = strstr(heard.text, "\033[?1049h");
    cr_expect(on != NULL && strstr(on, "\033[?1049l") != NULL);
    const char *exact = on != NULL ? strstr(on, "\033[>5u") : NULL,
               *usual = exact != NULL ? strstr(exact, "\033[<u") : NULL;
    cr_expect(usual != NULL && strstr(usual, "\033[?1049l") != NULL, "the keys are not as they were");
    support_heard_free(&heard);
    struct termios modes;
    cr_assert_eq(tcgetattr(slave, &modes), 0);
    cr_expect(modes.c_lflag & ECHO);
    close(slave);
    close(master);
}

// A text that stands nowhere in this program but where it has been drawn.
enum { SHOWN_LENGTH = 40 };
static char shown_byte(size_t i)
{
    return (char)('a' + (i * 7 + i * i) % 26);
}

static size_t count_in(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t at = 0; at + SHOWN_LENGTH <= length; at++) {
        size_t same = 0;
        while (same < SHOWN_LENGTH && bytes[at + same] == shown_byte(same))
            same++;
        count += same == SHOWN_LENGTH;
    }
    return count;
}

// How often it stands in the memory of this process, read as another process would.
static size_t count_in_memory(void)
{
    enum { CHUNK = 1 << 20, MAPPING_MOST = 1 << 30 };
    static char chunk[CHUNK];
    char line[512];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    cr_assert(maps != NULL && memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        char *end = NULL;
        off_t from = (off_t)strtoull(line, &end, 16), to = (off_t)strtoull(end + 1, &end, 16);
        if (strncmp(end, " rw", 3) != 0 || to - from > MAPPING_MOST) // a sanitizer's own
            continue;
        for (off_t at = from; at < to; at += CHUNK - SHOWN_LENGTH) {
            ssize_t got = pread(memory, chunk, to - at < CHUNK ? (size_t)(to - at) : CHUNK, at);
            count += got > 0 ? count_in(chunk, (size_t)got) : 0;
        }
    }
    explicit_bzero(chunk, sizeof chunk);
    close(memory);
    fclose(maps);
    return count;
}

// A password may have been among it.
Test(screen, what_the_terminal_has_taken_is_wiped)
{
    char text[SHOWN_LENGTH];
    canvas_begin(24, 80, "xterm-256color");
    for (size_t i = 0; i < SHOWN_LENGTH; i++)
        text[i] = shown_byte(i);
    cr_expect_geq(count_in_memory(), 1);
    cr_assert(screen_write_raw(text, sizeof text));
    explicit_bzero(text, sizeof text);
    cr_expect_eq(count_in_memory(), 0, "in the queue");
    cr_expect_eq(canvas_output(output, sizeof output) > 0 && count_in(output, sizeof output) == 1, true);
    explicit_bzero(output, sizeof output);
    canvas_end();
}

Test(screen, says_why_it_does_not_start)
{
    int master = -1, slave = -1, pipe_ends[2];
    cr_assert_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
    cr_assert_eq(pipe(pipe_ends), 0);
    struct {
        struct screen_options options;
        const char *says;
    } rows[] = {
        {{.input_fd = slave, .output_fd = slave, .term = "no-such-terminal"}, "\"no-such-terminal\""},
        {{.input_fd = slave, .output_fd = slave, .term = "dumb"}, "\"dumb\""},
        {{.input_fd = slave, .output_fd = slave, .term = ""}, "TERM"},
        {{.input_fd = slave, .output_fd = pipe_ends[1], .term = "xterm"}, "standard output"},
        {{.input_fd = pipe_ends[0], .output_fd = slave, .term = "xterm"}, "standard input"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *error = screen_begin(&rows[i].options);
        cr_assert_not_null(error, "row %zu", i);
        cr_expect_not_null(strstr(error, rows[i].says), "row %zu: %s", i, error);
        screen_end();
    }
    struct pollfd anything = {.fd = master, .events = POLLIN};
    cr_expect_eq(poll(&anything, 1, 0), 0, "something was written to the terminal");
}

Test(screen, terminals_without_private_modes_are_sent_none)
{
    canvas_begin(24, 80, "vt100");
    screen_set_title("title");
    screen_set_mouse(SCREEN_MOUSE_ALL);
    screen_set_cursor_shape(2);
    cr_assert(screen_frame_begin());
    text_put(stdscr, 1, 1, 20, ROLE_WARN, "plain");
    screen_frame_end(-1, 0);
    screen_end();
    canvas_output(output, sizeof output);
    cr_expect(sent("plain"));
    cr_expect_not(sent("\033]") || sent("?2004") || sent("?1003") || sent("?2026") || sent(" q"));
    cr_expect_eq(theme_current(), THEME_MONO);
    canvas_end();
}

Test(screen, titles_are_clean)
{
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    screen_set_title("a\033]0;evil\a\xe2\x80\xae z");
    canvas_output(output, sizeof output);
    cr_expect_eq(strncmp(output, "\033]2;a", 5), 0);
    cr_expect_eq(strcspn(output + 1, "\033"), strlen(output) - 1, "a second ESC");
    cr_expect_eq(strcspn(output, "\a"), strlen(output) - 1, "a second BEL");
    cr_expect_not(sent("\xe2\x80\xae"));
    screen_set_title("a\033]0;evil\a\xe2\x80\xae z"); // the same
    cr_expect_eq(canvas_output(output, sizeof output), 0);
    canvas_end();
}

Test(screen, raw_bytes_are_capped)
{
    static char much[SCREEN_RAW_MAX + 1];
    memset(much, 'x', sizeof much);
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    cr_expect_not(screen_write_raw(much, sizeof much));
    cr_expect(screen_write_raw(much, SCREEN_RAW_MAX));
    cr_expect_not(screen_write_raw(much, SCREEN_RAW_MAX));
    cr_expect_not(screen_frame_begin());
    size_t got = 0;
    for (int i = 0; i < 10000 && got < SCREEN_RAW_MAX; i++) {
        got += canvas_output(output, sizeof output);
        screen_flush();
    }
    cr_expect_eq(got, SCREEN_RAW_MAX);
    canvas_end();
}

Test(screen, a_terminal_that_hangs_up_is_told)
{
    canvas_begin(24, 80, "xterm-256color");
    canvas_output(output, sizeof output);
    close(canvas_master());
    screen_write_raw("x", 1);
    cr_expect_not(screen_flush());
    cr_expect_not(screen_frame_begin());
    screen_end();
}
