// SPDX-License-Identifier: Apache-2.0
//
// Looking back through a session in the real console, what gets into the clipboard and what into a recording.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char sandbox[64];

Test(look_back, search_select_and_copy_by_the_keys_of_vi)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_run(console, "seq -f 'line %g of many' 500; echo done-$((1 + 1))", "done-2");
    console_type(console, KEY_PREFIX "[");
    console_wait(console, "COPY");
    console_type(console, "g");
    console_wait_match(console, "^line 3 of many");
    console_type(console, "/of many");
    console_wait_match(console, "^/of many");
    console_type(console, KEY_ENTER);
    console_wait(console, "of 501");
    console_type(console, "/line 250" KEY_ENTER);
    console_wait(console, "match 1 of 1");
    console_type(console, "V");
    console_wait(console, "1 line selected");
    console_type(console, "jy");
    console_wait(console, "bytes (needs OSC 52)");
    console_wait(console, "done-2");
    // "line 250 of many\nline 251 of many\n"
    cr_expect(console_ever_wrote(console, "\033]52;c;bGluZSAyNTAgb2YgbWFueQpsaW5lIDI1MSBvZiBtYW55"));
    console_run(console, "echo typed-$((3 + 4))", "typed-7");
    fixture_leave_shell(&fixture, console);
}

Test(look_back, the_wheel_and_shift_page_up_scroll_and_a_key_comes_back)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_run(console, "seq -f 'line %g of many' 200; echo done-$((1 + 1))", "done-2");
    console_type(console, "\033[<64;5;5M\033[<64;5;5M\033[<64;5;5M\033[<64;5;5M");
    console_wait(console, "COPY");
    console_wait_gone(console, "done-2");
    console_run(console, "echo back-$((3 + 4))", "back-7");
    console_type(console, "\033[5;2~");
    console_wait(console, "COPY");
    console_type(console, "q");
    console_wait_gone(console, "COPY");
    console_type(console, "\177"); // if the q was the program's
    // Without a program that wants the mouse, a drag selects and copies.
    console_run(console, "clear; printf 'wo%s apple\\n' rd", "word apple");
    console_wait_match(console, "^word apple");
    console_type(console, "\033[<0;1;1M\033[<32;3;1M\033[<32;4;1M\033[<0;4;1m");
    console_wait(console, "Copied 4 bytes");
    cr_expect(console_ever_wrote(console, "\033]52;c;d29yZA=="));
    fixture_leave_shell(&fixture, console);
}

Test(look_back, a_program_must_ask_for_the_clipboard)
{
    struct fixture fixture;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_type(console, "printf '\\033]52;c;c2VjcmV0\\007'; echo asked-$((1 + 1))" KEY_ENTER);
    console_wait(console, "asked-2");
    console_wait(console, "Let the program copy 6 bytes?");
    console_type(console, KEY_PREFIX "Q");
    console_wait(console, "It begins: secret");
    console_type(console, KEY_ENTER); // Refuse has the focus
    console_wait_gone(console, "Let the program");
    console_run(console, "printf '\\033]52;c;c2VjcmV0\\007'; echo again-$((2 + 1))", "again-3");
    console_wait(console, "refused");
    cr_expect_not(console_ever_wrote(console, "c2VjcmV0\007"));
    // Reading is never answered.
    console_run(console, "printf '\\033]52;c;?\\007'; read -t 1 -n 1 x; echo \"got:$x:\"", "got::");
    fixture_leave_shell(&fixture, console);
}

Test(look_back, a_recording_holds_what_was_shown_and_plays)
{
    struct fixture fixture;
    char pattern[SUPPORT_PATH_CAP + 64];
    glob_t found;
    struct console *console = fixture_shell(&fixture, NULL, 24, 100, sandbox, sizeof sandbox);
    console_type(console, KEY_PREFIX "R");
    console_wait(console, "REC");
    console_run(console, "read -s -p 'Pass''word: ' x; echo; echo read-$((2 + 2))", "Password:");
    console_type(console, "hunter2hunter2" KEY_ENTER);
    console_wait(console, "read-4");
    console_resize_shell(console, 20, 90, "19 90");
    console_run(console, "echo resized-$((2 + 3))", "resized-5");
    console_type(console, KEY_PREFIX "R");
    console_wait(console, "Recorded to");
    (void)snprintf(pattern, sizeof pattern, "%s/.local/state/sbxdeck/recordings/*.cast", fixture.home);
    cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "%s", pattern);
    cr_assert_eq(found.gl_pathc, 1u);
    char *text = support_file_read(found.gl_pathv[0], NULL);
    cr_assert_not_null(text);
    cr_expect_not_null(strstr(text, "read-4"));
    cr_expect_not_null(strstr(text, "\"r\",\"90x19\""));
    cr_expect_null(strstr(text, "hunter2"), "what is typed is not recorded");
    free(text);
    fixture_leave_shell(&fixture, console);
    globfree(&found);
}

Test(look_back, a_recording_is_played)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16], program[SUPPORT_PATH_CAP];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/a.cast", folder);
    cr_assert(support_file_write(path, "{\"version\": 2, \"width\": 40, \"height\": 10}\n"
                                       "[0.1, \"o\", \"first \\u001b[1mwords\\u001b[0m\\r\\n\"]\n"
                                       "[900.5, \"o\", \"later\\u0007 words\"]\n"));
    support_program("sbxdeck", program);
    const char *const argv[] = {program, "play", "--speed", "100", "--idle-limit", "1", path, NULL};
    struct console *console = console_start(24, 80, argv, NULL);
    console_wait(console, "first words");
    console_wait(console, "later words");
    console_wait(console, "ended");
    console_type(console, "r");
    console_wait(console, "ended");
    console_type(console, "q");
    fixture_wait_quit(console);
    (void)support_folder_remove(folder);
}

Test(look_back, a_file_that_is_no_recording_is_named)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16], program[SUPPORT_PATH_CAP];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/b.cast", folder);
    cr_assert(support_file_write(path, "no recording\n"));
    support_program("sbxdeck", program);
    const char *const argv[] = {program, "play", path, NULL};
    struct console *console = console_start(24, 120, argv, NULL);
    console_wait(console, "b.cast:1:");
    cr_expect_eq(console_wait_exit(console), 2);
    console_free(console);
    (void)support_folder_remove(folder);
}
