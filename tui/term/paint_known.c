// SPDX-License-Identifier: Apache-2.0
//
// paint_known: find out what the operator's terminal can show, from its description and from the
// environment. What isn't known is not sent: a terminal that reads 4:3 as 4;3 would show italics. Only links
// go to every terminal that is known to ignore the strings it doesn't understand.

#include "tui/term/paint_private.h"
#include "tui/term/terminfo_text.h"

#include <stdlib.h>
#include <string.h>

enum known { RGB = 1, KINDS = 2, OVERLINE = 4, LINKS = 8 };

static bool flag_of(const char *name)
{
    return tigetflag(name) == 1;
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

// "3.4" or "20240203": whether it is that version or a later one.
static bool since(const char *text, long major, long minor)
{
    char *end = NULL;
    long first = strtol(text, &end, 10), second = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return first > major || (first == major && second >= minor);
}

// A terminal that hands its environment to us: the variable, what it begins with, and from which version on.
struct says {
    const char *name, *value, *version;
    long major, minor;
    unsigned known;
};

static unsigned said(const struct says *all, size_t count)
{
    unsigned known = 0;
    for (size_t i = 0; i < count; i++)
        if (variable(all[i].name)[0] != '\0' && begins(variable(all[i].name), all[i].value) &&
            (all[i].version == NULL || since(variable(all[i].version), all[i].major, all[i].minor)))
            known |= all[i].known;
    return known;
}

static unsigned known_by_environment(bool inside)
{
    enum { MODERN = KINDS | OVERLINE | LINKS };
    // tmux brings colours down to what is outside of it by itself.
    static const struct says multiplexer[] = {
        {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", 3, 2, RGB | KINDS | OVERLINE},
        {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", 3, 4, LINKS}};
    static const struct says outermost[] = {
        {"VTE_VERSION", "", "VTE_VERSION", 5202, 0, MODERN},
        {"TERM_PROGRAM", "WezTerm", NULL, 0, 0, MODERN},
        {"TERM_PROGRAM", "ghostty", NULL, 0, 0, MODERN},
        {"TERM_PROGRAM", "iTerm.app", "TERM_PROGRAM_VERSION", 3, 5, KINDS},
    };
    // What runs inside of something else, or was started from it, has its variables, but not its screen.
    if (inside ? variable("STY")[0] != '\0' : variable("XTERM_VERSION")[0] != '\0')
        return 0;
    return inside ? said(multiplexer, sizeof multiplexer / sizeof multiplexer[0])
                  : said(outermost, sizeof outermost / sizeof outermost[0]);
}

// xterm takes COLORTERM away from its programs, but tells them its version.
static bool environment_has_rgb(const char *term)
{
    enum { SINCE_XTERM = 331 };
    const char *version = variable("XTERM_VERSION");
    return strcmp(variable("COLORTERM"), "truecolor") == 0 || strcmp(variable("COLORTERM"), "24bit") == 0 ||
           (begins(term, "xterm") && begins(version, "XTerm(") &&
            strtol(version + strlen("XTerm("), NULL, 10) >= SINCE_XTERM);
}

// GNU screen and the consoles of kernels show what is left of a string they find too long, or all of it.
static bool ignores_strings(const char *term)
{
    static const char *const names[] = {"xterm",     "tmux",   "vte",   "gnome",   "konsole",
                                        "alacritty", "kitty",  "foot",  "wezterm", "ghostty",
                                        "contour",   "mintty", "iterm", "iTerm2",  "rio"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (begins(term, names[i]))
            return true;
    return false;
}

static void take_underline_color(struct paint_known *known)
{
    static const struct {
        const char *sequence;
        char between;
        bool space;
    } forms[] = {
        {"\033[58:2:1:2:3m", ':', false}, {"\033[58:2::1:2:3m", ':', true}, {"\033[58;2;1;2;3m", ';', false}};
    const char *set = terminfo_text("Setulc");
    const char *sequence = set[0] != '\0' ? tparm(set, 0x010203L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L) : NULL;
    // Who takes 4:3 skips a parameter with colons that it doesn't know.
    known->underline_colors = known->kinds;
    known->between = ':';
    known->space = true;
    for (size_t i = 0; sequence != NULL && i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(sequence, forms[i].sequence) == 0) {
            known->underline_colors = true;
            known->between = forms[i].between;
            known->space = forms[i].space;
        }
}

struct paint_known paint_known_now(int colors)
{
    const char *term = termname();
    bool inside = begins(term, "tmux") || begins(term, "screen");
    unsigned environment = known_by_environment(inside);
    const char *kinds = terminfo_text("Smulx");
    const char *curly = kinds[0] != '\0' ? tparm(kinds, 3L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L) : NULL;
    struct paint_known known = {0};
    known.rgb = colors > 256 || (colors == 256 && ((environment & RGB) != 0 || environment_has_rgb(term) ||
                                                   flag_of("RGB") || flag_of("Tc")));
    known.struck = strcmp(terminfo_text("smxx"), "\033[9m") == 0;
    known.overline = (environment & OVERLINE) != 0 || strcmp(terminfo_text("Smol"), "\033[53m") == 0;
    known.kinds =
        (environment & KINDS) != 0 || flag_of("Su") || (curly != NULL && strcmp(curly, "\033[4:3m") == 0);
    known.links = (environment & LINKS) != 0 || terminfo_text("Hls")[0] != '\0' || ignores_strings(term);
    take_underline_color(&known);
    return known;
}
