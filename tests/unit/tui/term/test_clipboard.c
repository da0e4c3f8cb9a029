// SPDX-License-Identifier: Apache-2.0
//
// clipboard: the sequences for each terminal and multiplexer, and their cap.

#include "tui/term/clipboard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    enum clipboard_wrap wrap;
    const char *sequence;
} rows[] = {
    {"a", CLIPBOARD_PLAIN, "\033]52;c;YQ==\a"},
    {"ab", CLIPBOARD_PLAIN, "\033]52;c;YWI=\a"},
    {"abc", CLIPBOARD_PLAIN, "\033]52;c;YWJj\a"},
    {"\377\376\375\033\a", CLIPBOARD_PLAIN, "\033]52;c;//79Gwc=\a"},
    {"abc", CLIPBOARD_TMUX, "\033Ptmux;\033\033]52;c;YWJj\a\033\\"},
    {"abc", CLIPBOARD_SCREEN, "\033P\033]52;c;YWJj\a\033\\"},
};

Test(clipboard, sequences)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = 0;
        char *sequence = clipboard_sequence(rows[i].text, strlen(rows[i].text), rows[i].wrap, &length);
        cr_assert_not_null(sequence);
        cr_expect_str_eq(sequence, rows[i].sequence, "row %zu", i);
        cr_expect_eq(length, strlen(rows[i].sequence));
        free(sequence);
    }
}

// base64(1) of coreutils is the judge.
Test(clipboard, is_the_base64_others_read)
{
    static char text[1000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 37 + i / 256);
    char path[] = "/tmp/clipboard-XXXXXX", command[64], decoded[1200];
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    size_t length = 0;
    char *sequence = clipboard_sequence(text, sizeof text, CLIPBOARD_PLAIN, &length);
    FILE *file = fdopen(fd, "w");
    fwrite(sequence + 7, 1, length - 8, file);
    fclose(file);
    free(sequence);
    snprintf(command, sizeof command, "base64 -d %s", path);
    // NOLINTNEXTLINE(cert-env33-c): a fixed command on a file of our own
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    size_t got = fread(decoded, 1, sizeof decoded, pipe);
    cr_expect_eq(pclose(pipe), 0);
    remove(path);
    cr_expect_eq(got, sizeof text);
    cr_expect_arr_eq(decoded, text, sizeof text);
}

Test(clipboard, the_way_goes_by_what_is_around)
{
    static const struct {
        const char *setting, *tmux, *sty, *term;
        enum clipboard_route route;
    } ways[] = {
        {"auto", NULL, NULL, "xterm-256color", CLIPBOARD_BY_OSC52},
        {"auto", "/tmp/tmux-0/default,1,0", NULL, "screen-256color", CLIPBOARD_BY_TMUX},
        {"auto", "", NULL, "tmux-256color", CLIPBOARD_BY_OSC52}, // by ssh out of a tmux
        {"auto", NULL, "1.pts-0.host", "screen.xterm-256color", CLIPBOARD_BY_SCREEN},
        {"auto", NULL, NULL, "screen-256color", CLIPBOARD_BY_ALL},
        {"auto", NULL, NULL, NULL, CLIPBOARD_BY_OSC52},
        {"osc52", "/tmp/tmux-0/default,1,0", "1.pts-0.host", "screen", CLIPBOARD_BY_OSC52},
        {"passthrough", "/tmp/tmux-0/default,1,0", NULL, "tmux-256color", CLIPBOARD_BY_PASSTHROUGH},
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        cr_expect_eq(clipboard_route_for(ways[i].setting, ways[i].tmux, ways[i].sty, ways[i].term),
                     ways[i].route, "row %zu", i);
}

Test(clipboard, is_capped)
{
    static char text[CLIPBOARD_TEXT_MAX + 1];
    memset(text, 'x', sizeof text);
    size_t length = 0;
    cr_expect_null(clipboard_sequence(text, sizeof text, CLIPBOARD_PLAIN, &length));
    cr_expect_null(clipboard_sequence(text, 0, CLIPBOARD_PLAIN, &length));
    for (int wrap = CLIPBOARD_PLAIN; wrap <= CLIPBOARD_SCREEN; wrap++) {
        char *sequence = clipboard_sequence(text, CLIPBOARD_TEXT_MAX, (enum clipboard_wrap)wrap, &length);
        cr_assert_not_null(sequence);
        cr_expect_eq(strlen(sequence), length);
        free(sequence);
    }
}

Test(clipboard, pieces_for_screen_are_short)
{
    static char text[5000];
    memset(text, 'x', sizeof text);
    size_t length = 0;
    char *sequence = clipboard_sequence(text, sizeof text, CLIPBOARD_SCREEN, &length);
    for (char *at = strstr(sequence, "\033P"); at != NULL;) {
        char *end = strstr(at, "\033\\"), *next = strstr(at + 2, "\033P");
        cr_assert_not_null(end);
        cr_expect(end - at <= 256 && (next == NULL || next > end));
        at = next;
    }
    free(sequence);
}

Test(clipboard, knows_where_it_is)
{
    cr_expect_eq(clipboard_wrap_for(NULL, NULL), CLIPBOARD_PLAIN);
    cr_expect_eq(clipboard_wrap_for("", "xterm-256color"), CLIPBOARD_PLAIN);
    cr_expect_eq(clipboard_wrap_for("/tmp/tmux-0/default,1,0", "screen-256color"), CLIPBOARD_TMUX);
    cr_expect_eq(clipboard_wrap_for(NULL, "screen.xterm-256color"), CLIPBOARD_SCREEN);
    cr_expect_eq(clipboard_wrap_for(NULL, "screenish"), CLIPBOARD_PLAIN);
}
