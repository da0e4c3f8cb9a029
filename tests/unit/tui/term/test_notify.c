// SPDX-License-Identifier: Apache-2.0
//
// notify: the sequences, and that no text can end them.

#include "tui/term/notify.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(notify, both_forms_one_after_the_other)
{
    char out[NOTIFY_CAP];
    size_t length = notify_sequence("deck", "ssh-1 ends", CLIPBOARD_PLAIN, out);
    cr_expect_str_eq(out, "\033]9;deck: ssh-1 ends\a\033]777;notify;deck;ssh-1 ends\a");
    cr_expect_eq(length, strlen(out));
}

Test(notify, tmux_and_screen_hand_it_through)
{
    char out[NOTIFY_CAP];
    (void)notify_sequence("d", "t", CLIPBOARD_TMUX, out);
    cr_expect_str_eq(out, "\033Ptmux;\033\033]9;d: t\a\033\\\033Ptmux;\033\033]777;notify;d;t\a\033\\");
    (void)notify_sequence("d", "t", CLIPBOARD_SCREEN, out);
    cr_expect_str_eq(out, "\033P\033]9;d: t\a\033\\\033P\033]777;notify;d;t\a\033\\");
}

Test(notify, no_text_ends_the_sequence_or_adds_a_field)
{
    char out[NOTIFY_CAP], text[4096];
    for (int byte = 1; byte < 256; byte++) {
        (void)snprintf(text, sizeof text, "a%cb;c\033\\\a", byte);
        size_t length = notify_sequence("deck", text, CLIPBOARD_PLAIN, out);
        cr_expect_eq(length, strlen(out));
        size_t bells = 0, escapes = 0, semicolons = 0;
        for (const char *at = out; *at != '\0'; at++) {
            bells += *at == '\a';
            escapes += *at == '\033';
            semicolons += *at == ';';
        }
        cr_expect_eq(bells, 2, "byte %d", byte);
        cr_expect_eq(escapes, 2, "byte %d", byte);
        cr_expect_eq(semicolons, 4, "byte %d", byte);
    }
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_expect_lt(notify_sequence(text, text, CLIPBOARD_TMUX, out), NOTIFY_CAP);
    cr_expect_str_eq(out + strlen(out) - 3, "\a\033\\");
}
