// SPDX-License-Identifier: Apache-2.0
//
// Every key of a terminal, sent through the real console into a remote program that says which bytes it got:
// they must be xterm's for the modes that the program has asked for. The remote program counts what has come
// at the top of its screen, so that one key can be waited for where a byte more would make it another one.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 100, COLS = 100, BYTES_MAX = 5000 };
#define SENTINEL "~END~"

// Perl is on every Debian. The modes are put back at the end.
static const char receiver[] =
    "rx() { stty raw -echo; perl -e '$|=1; print \"\\e[2J\\e[H$ARGV[0]\\e[3;1H<$ARGV[1]>\"; "
    "until ($b =~ /" SENTINEL "$/) { sysread(STDIN, $c, 4096) or last; $b .= $c; "
    "print \"\\e[1;1Hn=\".length($b).\";\\e[K\\e[3;8H\" } $h = unpack(\"H*\", $b); "
    "$h =~ s/(.{80})/$1\\r\\n/g; print \"\\r\\n$h<done $ARGV[1]>"
    "\\e[?1;66;1000;1002;1003;1004;1006;2004l\\e>\\r\\n\"' \"$1\" $2; stty sane; }\r";

struct sent {
    char got[BYTES_MAX]; // what the remote program must have got
    size_t length;
};
static struct sent sent;
static int run; // of the receiver: each marks its screen with its number

static struct console *begin(struct fixture *fixture, char *sandbox, size_t cap)
{
    static const char *const options[] = {"--fleet", "plain", NULL};
    struct console *console = fixture_shell(fixture, options, ROWS, COLS, sandbox, cap);
    console_type(console, receiver);
    console_run(console, "type rx | head -c 20", "rx is a function");
    return console;
}

static void receive(struct console *console, const char *modes)
{
    char command[200], mark[32];
    (void)snprintf(command, sizeof command, "clear; rx $'%s' %d\r", modes, ++run);
    (void)snprintf(mark, sizeof mark, "<%d>", run);
    console_type(console, command);
    console_wait(console, mark);
    sent.length = 0;
}

static void expect(const void *bytes, size_t length)
{
    cr_assert(sent.length + length <= sizeof sent.got);
    memcpy(sent.got + sent.length, bytes, length);
    sent.length += length;
}

// Types bytes of which the remote program gets others, and does not wait.
static void send_as(struct console *console, const char *bytes, const char *got)
{
    console_type(console, bytes);
    expect(got, strlen(got));
}

static void send_same(struct console *console, const void *bytes, size_t length)
{
    console_type_bytes(console, bytes, length);
    expect(bytes, length);
}

// Until all that was sent so far is there.
static void settle(struct console *console)
{
    char count[32];
    (void)snprintf(count, sizeof count, "n=%zu;", sent.length);
    console_wait(console, count);
}

// A key that is over only because nothing follows.
static void send_alone(struct console *console, const void *bytes, size_t length)
{
    send_same(console, bytes, length);
    settle(console);
}

static char *hex(const char *bytes, size_t length)
{
    char *out = malloc(2 * length + 1);
    cr_assert_not_null(out);
    out[0] = '\0';
    for (size_t i = 0; i < length; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
    return out;
}

static void compare(struct console *console, const char *what)
{
    static char shown[2 * BYTES_MAX + 16];
    size_t used = 0;
    char mark[32];
    send_same(console, SENTINEL, strlen(SENTINEL));
    (void)snprintf(mark, sizeof mark, "<done %d>", run);
    console_wait(console, mark);
    (void)snprintf(mark, sizeof mark, "<%d>", run);
    const char *at = strstr(console_screen(console), mark);
    cr_assert_not_null(at, "%s", console_screen(console));
    for (at += strlen(mark); *at != '<' && *at != '\0' && used + 1 < sizeof shown; at++)
        if (*at != '\n' && *at != ' ')
            shown[used++] = *at;
    shown[used] = '\0';
    char *wanted = hex(sent.got, sent.length);
    size_t same = 0;
    while (shown[same] != '\0' && shown[same] == wanted[same])
        same++;
    cr_expect_str_eq(shown, wanted, "%s: they differ from byte %zu on: got %.24s, not %.24s", what, same / 2,
                     shown + same / 2 * 2, wanted + same / 2 * 2);
    free(wanted);
}

Test(every_key, characters_and_controls_arrive_as_they_are)
{
    static const char text[] =
        "\302\200\302\240\303\251\337\277\340\240\200\342\202\254\355\237\277\357\277\275"
        "\360\220\200\200\360\237\230\200\364\217\277\277e\314\201\342\200\215";
    struct fixture fixture;
    char sandbox[64];
    struct console *console = begin(&fixture, sandbox, sizeof sandbox);
    receive(console, "");
    for (int byte = 0; byte < 0x80; byte++) {
        const char one = (char)byte;
        if (byte == 0x1b)
            send_alone(console, &one, 1);
        else if (byte != 0x1d)
            send_same(console, &one, 1);
    }
    settle(console);
    send_same(console, text, sizeof text - 1);
    for (size_t i = 0; i + 1 < sizeof text; i++) // byte by byte
        send_same(console, text + i, 1);
    console_type(console, KEY_PREFIX);
    console_wait(console, "x close"); // alone it is ours
    send_as(console, KEY_PREFIX, "\035");
    settle(console);
    compare(console, "characters");
    fixture_leave_shell(&fixture, console);
}

Test(every_key, alt_with_every_key)
{
    struct fixture fixture;
    char sandbox[64], two[2] = {'\033', 0};
    struct console *console = begin(&fixture, sandbox, sizeof sandbox);
    receive(console, "");
    for (int byte = 0; byte < 0x80; byte++) {
        two[1] = (char)byte;
        // These begin sequences; Esc twice is two keys or one, by what follows.
        if (byte == 0x1b || strchr("[O]P_^X", byte) != NULL)
            send_alone(console, two, byte == 0 ? 1 : 2);
        else
            send_same(console, two, 2);
    }
    send_same(console, "\033\303\251\033\360\237\230\200", 8);
    settle(console);
    compare(console, "Alt");
    fixture_leave_shell(&fixture, console);
}

// --- keys with names ---

static const struct {
    char final; // CSI or SS3 letter; 0: a number and ~
    bool cursor, function;
    int number;
} keys[] = {
    {'A', true, false, 0}, {'B', true, false, 0}, {'C', true, false, 0}, {'D', true, false, 0},
    {'H', true, false, 0}, {'F', true, false, 0}, {'E', true, false, 0}, {0, false, false, 2},
    {0, false, false, 3},  {0, false, false, 5},  {0, false, false, 6},  {'P', false, true, 0},
    {'Q', false, true, 0}, {'R', false, true, 0}, {'S', false, true, 0}, {0, false, false, 15},
    {0, false, false, 17}, {0, false, false, 18}, {0, false, false, 19}, {0, false, false, 20},
    {0, false, false, 21}, {0, false, false, 23}, {0, false, false, 24},
};

static void send_named(struct console *console, size_t index, int modifier, bool application)
{
    char typed[32], got[32];
    if (keys[index].final == 0 && modifier == 1)
        (void)snprintf(typed, sizeof typed, "\033[%d~", keys[index].number);
    else if (keys[index].final == 0)
        (void)snprintf(typed, sizeof typed, "\033[%d;%d~", keys[index].number, modifier);
    else if (modifier > 1)
        (void)snprintf(typed, sizeof typed, "\033[1;%d%c", modifier, keys[index].final);
    else
        (void)snprintf(typed, sizeof typed, "\033%c%c", keys[index].function ? 'O' : '[', keys[index].final);
    (void)snprintf(got, sizeof got, "%s", typed);
    if (modifier == 1 && keys[index].cursor && application)
        got[1] = 'O';
    send_as(console, typed, got);
    // The operator's own terminal may be in its application mode.
    if (modifier > 1 || !keys[index].cursor)
        return;
    typed[1] = 'O';
    send_as(console, typed, got);
}

static void send_all_named(struct console *console, bool application)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (int modifier = 1; modifier <= 8; modifier++)
            if (modifier != 2 || (keys[i].number != 5 && keys[i].number != 6)) // Shift-PgUp looks back
                send_named(console, i, modifier, application);
    send_as(console, "\033[Z", "\033[Z"); // Shift-Tab
}

Test(every_key, named_keys_with_all_modifiers_in_both_cursor_modes)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = begin(&fixture, sandbox, sizeof sandbox);
    receive(console, "");
    send_all_named(console, false);
    settle(console);
    compare(console, "normal");
    receive(console, "\\e[?1h\\e=");
    send_all_named(console, true);
    settle(console);
    compare(console, "application");
    // Cut in the middle they are the same keys.
    receive(console, "\\e[?1h");
    for (const char *at = "\033[1;5A\033[15;3~\033OP"; *at != '\0'; at++)
        send_same(console, at, 1);
    settle(console);
    compare(console, "byte by byte");
    fixture_leave_shell(&fixture, console);
}

Test(every_key, the_keypad_is_digits_or_itself_as_asked_for)
{
    static const char finals[] = "jklmnopqrstuvwxyX";
    static const char digits[] = "*+,-./0123456789=";
    struct fixture fixture;
    char sandbox[64], typed[4] = "\033O?", got[2] = "?";
    struct console *console = begin(&fixture, sandbox, sizeof sandbox);
    receive(console, "");
    for (size_t i = 0; finals[i] != '\0'; i++) {
        typed[2] = finals[i];
        got[0] = digits[i];
        send_as(console, typed, got);
    }
    send_as(console, "\033OM", "\r");
    settle(console);
    compare(console, "numeric");
    receive(console, "\\e=");
    for (size_t i = 0; finals[i] != '\0'; i++) {
        typed[2] = finals[i];
        send_as(console, typed, typed);
    }
    send_as(console, "\033OM", "\033OM");
    send_as(console, "0\r", "0\r"); // the keys above the letters stay themselves
    settle(console);
    compare(console, "application");
    fixture_leave_shell(&fixture, console);
}

Test(every_key, pastes_focus_and_mouse_only_as_asked_for)
{
    struct fixture fixture;
    char sandbox[64];
    struct console *console = begin(&fixture, sandbox, sizeof sandbox);
    receive(console, "");
    send_as(console, "\033[200~one \303\251\033[201~", "one \303\251");
    send_as(console, "\033[I\033[O", "");
    send_as(console, "\033[<0;5;6M\033[<0;5;6m", "");
    settle(console);
    compare(console, "not asked for");
    receive(console, "\\e[?2004h\\e[?1004h\\e[?1000h\\e[?1006h");
    send_as(console, "\033[200~one\rtwo\tthree\033[201~", "\033[200~one\rtwo\tthree\033[201~");
    send_as(console, "\033[O\033[I", "\033[O\033[I");
    send_as(console, "\033[<0;5;6M\033[<0;5;6m", "\033[<0;5;6M\033[<0;5;6m");
    send_as(console, "\033[<2;99;60M\033[<2;99;60m", "\033[<2;99;60M\033[<2;99;60m");
    send_as(console, "\033[<64;1;1M\033[<65;1;1M", "\033[<64;1;1M\033[<65;1;1M");
    send_as(console, "\033[<16;7;8M\033[<16;7;8m", "\033[<16;7;8M\033[<16;7;8m");
    settle(console);
    compare(console, "asked for");
    receive(console, "\\e[?1003h\\e[?1006h");
    send_as(console, "\033[<35;9;9M\033[<0;9;9M\033[<32;10;9M\033[<0;10;9m",
            "\033[<35;9;9M\033[<0;9;9M\033[<32;10;9M\033[<0;10;9m");
    settle(console);
    compare(console, "motion");
    fixture_leave_shell(&fixture, console);
}

// Without a screen of ours nothing is read: all bytes pass, but for the escapes after a line's end.
Test(every_key, sbxdeck_ssh_passes_all_bytes)
{
    struct fixture fixture;
    char sandbox[64];
    unsigned char all[256];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    const char *const argv[] = {fixture.program, "ssh", sandbox, NULL};
    struct console *console = console_start(ROWS, COLS, argv, fixture.environment);
    console_wait_match(console, "[$#] *$");
    console_type(console, receiver);
    console_run(console, "type rx | head -c 20", "rx is a function");
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    receive(console, "");
    send_same(console, all, sizeof all);
    for (size_t i = sizeof all; i > 0; i--)
        send_same(console, &all[i - 1], 1);
    send_as(console, "\r~~x~~", "\r~x~~"); // after a line's end "~~" is one
    settle(console);
    compare(console, "raw");
    console_type(console, "\rexit\r");
    fixture_wait_quit(console);
    fixture_end(&fixture);
}
