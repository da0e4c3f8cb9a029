// SPDX-License-Identifier: Apache-2.0
//
// screen_modes: the terminal's modes, and the few terminfo strings that are needed without curses (on
// suspend, on resume, and in the handler of a fatal signal). A terminal that has a mouse in terminfo gets
// xterm's private modes; others get none.

#include "tui/term/screen_modes.h"

#include "tui/term/paint.h"
#include "tui/term/terminfo_text.h"

#include <stdio.h>
#include <string.h>

enum { CAP_MAX = 64, CURSOR_COLOR_MAX = 32 };

static struct {
    bool rich, focus, shape_changed;
    int mouse, shape;
    int cursor_rgb; // -1: its own
    enum key_protocol { KEYS_USUAL, KEYS_KITTY, KEYS_XTERM } keys;
    char smcup[CAP_MAX], rmcup[CAP_MAX], smkx[CAP_MAX], rmkx[CAP_MAX], sgr0[CAP_MAX], op[CAP_MAX],
        cnorm[CAP_MAX], cup_template[CAP_MAX];
    char change[CAP_MAX]; // what was returned last
} modes;

// Without padding marks ($<5>), which only terminals of another age need.
static void take(char out[CAP_MAX], const char *name)
{
    const char *value = terminfo_text(name);
    size_t size = 0;
    while (*value != '\0' && size + 1 < CAP_MAX) {
        if (value[0] == '$' && value[1] == '<' && strchr(value, '>') != NULL) {
            value = strchr(value, '>') + 1;
            continue;
        }
        out[size++] = *value++;
    }
    out[size] = '\0';
}

bool screen_modes_able(void)
{
    return terminfo_text("cup")[0] != '\0' && terminfo_text("clear")[0] != '\0';
}

void screen_modes_begin(bool focus_events)
{
    memset(&modes, 0, sizeof modes);
    modes.cursor_rgb = -1;
    modes.rich = terminfo_text("kmous")[0] != '\0';
    modes.focus = focus_events;
    take(modes.smcup, "smcup");
    take(modes.rmcup, "rmcup");
    take(modes.smkx, "smkx");
    take(modes.rmkx, "rmkx");
    take(modes.sgr0, "sgr0");
    take(modes.op, "op");
    take(modes.cnorm, "cnorm");
    take(modes.cup_template, "cup");
}

bool screen_modes_rich(void)
{
    return modes.rich;
}

bool screen_modes_rich_by_name(const char *name, int fd)
{
    int result = 0;
    if (setupterm(name, fd, &result) != OK)
        return false;
    bool rich = terminfo_text("kmous")[0] != '\0';
    del_curterm(cur_term);
    return rich;
}

static const char *const mouse_on[] = {"", "\033[?1002h\033[?1006h", "\033[?1003h\033[?1006h"};
#define MOUSE_OFF "\033[?1003l\033[?1002l\033[?1006l"

// xterm's OSC 12 and 112.
static void write_cursor_color(char *out, size_t cap)
{
    unsigned rgb = (unsigned)modes.cursor_rgb;
    if (modes.cursor_rgb < 0)
        snprintf(out, cap, "\033]112\a");
    else
        snprintf(out, cap, "\033]12;rgb:%02x/%02x/%02x\a", rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
}

// kitty: Esc, Ctrl and Alt as numbers, with the key of a Latin keyboard where another layout is in use.
static const char *const keys_on[] = {"", "\033[>5u", "\033[>4;1m"};
static const char *const keys_off[] = {"", "\033[<u", "\033[>4m"};

// Terminals by their answer to CSI > c: xterm, tmux, mintty. Others take CSI > 4 m for something else, or
// have kitty's protocol.
static bool has_modify_other_keys(const char *answer, size_t length)
{
    static const char *const known[] = {"\033[>41;", "\033[>84;", "\033[>77;"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (length > strlen(known[i]) && memcmp(answer, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

bool screen_modes_keys(const char *raw, size_t length, const char **change)
{
    if (length < 4 || memcmp(raw, "\033[", 2) != 0)
        return false;
    bool kitty = raw[2] == '?' && raw[length - 1] == 'u', who = raw[2] == '>' && raw[length - 1] == 'c';
    enum key_protocol before = modes.keys;
    if (modes.rich && kitty && before == KEYS_USUAL)
        modes.keys = KEYS_KITTY;
    else if (modes.rich && who && before == KEYS_USUAL && has_modify_other_keys(raw, length))
        modes.keys = KEYS_XTERM;
    *change = modes.keys != before ? keys_on[modes.keys] : "";
    return kitty || who;
}

char *screen_modes_enter(char *out, size_t cap, bool whole)
{
    char shape[16] = "", color[CURSOR_COLOR_MAX] = "";
    if (modes.cursor_rgb >= 0)
        write_cursor_color(color, sizeof color);
    if (modes.rich && modes.shape_changed)
        snprintf(shape, sizeof shape, "\033[%d q", modes.shape);
    snprintf(out, cap, "%s%s%s%s%s%s%s%s", whole ? modes.smcup : "",
             modes.rich ? "\033[22;2t\033[?2004h" : "", modes.smkx,
             modes.rich && modes.focus ? "\033[?1004h" : "", modes.rich ? mouse_on[modes.mouse] : "",
             keys_on[modes.keys], shape, color);
    return out;
}

char *screen_modes_leave(char *out, size_t cap, int rows)
{
    char bottom[CAP_MAX * 2] = "";
    if (modes.rmcup[0] == '\0' && modes.cup_template[0] != '\0') {
        // No alternate screen: what the shell writes goes below the picture.
        const char *place = tiparm(modes.cup_template, rows > 0 ? rows - 1 : 0, 0);
        snprintf(bottom, sizeof bottom, "%s\r\n", place != NULL ? place : "");
    }
    snprintf(out, cap, "%s%s%s%s%s%s%s%s%s%s%s%s",
             modes.rich ? SCREEN_SYNC_END MOUSE_OFF "\033[?1004l\033[?2004l" : "", paint_link_end(),
             keys_off[modes.keys], modes.rich && modes.shape_changed ? "\033[0 q" : "",
             modes.cursor_rgb >= 0 ? "\033]112\a" : "", modes.sgr0, modes.op, modes.rmkx, modes.cnorm, bottom,
             modes.rmcup, modes.rich ? "\033[23;2t" : "");
    return out;
}

const char *screen_modes_mouse(int mouse)
{
    if (!modes.rich || mouse == modes.mouse || mouse < 0 ||
        mouse >= (int)(sizeof mouse_on / sizeof mouse_on[0]))
        return "";
    modes.mouse = mouse;
    snprintf(modes.change, sizeof modes.change, "%s%s", MOUSE_OFF, mouse_on[mouse]);
    return modes.change;
}

const char *screen_modes_cursor_color(int rgb)
{
    if (!modes.rich || rgb == modes.cursor_rgb)
        return "";
    modes.cursor_rgb = rgb;
    write_cursor_color(modes.change, sizeof modes.change);
    return modes.change;
}

const char *screen_modes_shape(int decscusr)
{
    if (!modes.rich || decscusr < 0 || decscusr > 6 || decscusr == modes.shape)
        return "";
    modes.shape = decscusr;
    modes.shape_changed = true;
    snprintf(modes.change, sizeof modes.change, "\033[%d q", decscusr);
    return modes.change;
}
