// SPDX-License-Identifier: Apache-2.0
//
// tmux as a second judge: the same bytes to it and to the vt. Where the two differ on purpose the table says
// why, and fails when they no longer do; anything else that differs is a fault of one of them to be looked
// into.

#include "tests/unit/tui/vt/vt_judge.h"
#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define E    "\033"
#define C    "\033["
#define NI   "\344\275\240"
#define TEXT "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven\r\neight"

struct judged {
    const char *bytes;
    const char *why; // NULL: both must show the same
};

static const struct judged table[] = {
    // plain agreement
    {"hello\r\nworld", NULL},
    {"abcdefghijklmnopqrstuvwxyz", NULL},
    {TEXT "\r\nnine\r\nten", NULL},
    {TEXT C "2;4r" C "4H\n\nx", NULL},
    {TEXT C "2;4r" C "2H" E "M" E "My", NULL},
    {TEXT C "3;2H" C "L"
            "\r"
            "x",
     NULL},
    {TEXT C "3;2H" C "2M"
            "\r"
            "x",
     NULL},
    {TEXT C "3;2H" C "2@x", NULL},
    {TEXT C "3;2H" C "2Px", NULL},
    {TEXT C "3;2H" C "2Xx", NULL},
    {TEXT C "3;2H" C "J", NULL},
    {TEXT C "3;2H" C "1J", NULL},
    {TEXT C "3;2H" C "K" C "4;2H" C "1K" C "5;2H" C "2K", NULL},
    {TEXT C "2S", NULL},
    {TEXT C "2T", NULL},
    {"a\tb\tc", NULL},
    {C "5G" E "H\r" C "9G" C "g\ra\tb\tc", NULL},
    {C "18Ga" C "Zb" C "2Zc", NULL},
    {"a" C "5bb", NULL},
    {E "(0lqqk" E "(B" C "2H" E ")0\016x\017x", NULL},
    {"ab" E "7" C "5;5Hx" E "8y", NULL},
    {C "3;6r" C "?6h" C "Hx" C "9;9Hy" C "?6lz", NULL},
    {"ab" C "?1049hcd" C "?1049lef", NULL},
    {"abc\r" C "4hxy" C "4lz", NULL},
    {C "?7labcdefghijklmnopqrstuvwxyz" C "?7h", NULL},
    {NI "a" NI C "2;20H" NI "b", NULL},
    {"e\314\201a\314\201" NI "\314\201x", NULL},
    {C "1;3;4;7;9mx" C "22;23;24;27;29my" C "2;5;8mz", NULL},
    {C "31;42mx" C "91;102my" C "39mz" C "49mw", NULL},
    {C "38;5;208;48;5;17mx" C "38:5:9my", NULL},
    {C "38;2;1;2;3;48;2;4;5;6mx" C "38:2::7:8:9my", NULL},
    {C "4:3mx" C "4:2my" C "4:4mz" C "4:5mw" C "24mv", NULL},
    {C "53mx" C "55my", "tmux 3.3 captures an overline as blinking and italic"},
    {C "44mab" C "K" C "2;5H" C "3X" C "3H" C "L" C "5H" C "J", NULL},
    {C "44m" C "8H\n\nx", NULL},
    {E "#8" C "3;3H" C "1J", NULL},
    {"ab\rc\bd\ve\ff", NULL},
    {"a\377b\342\202x", "broken UTF-8 shows U+FFFD here and in xterm; tmux shows nothing"},
    {E "]0;title" E "\\a" E "]8;;http://x" E "\\b" E "]8;;" E "\\c", NULL},
    {E "Pnothing" E "\\a" E "_nothing" E "\\b" E "^no" E "\\c", NULL},
    {C "31\030ma" C "3" C "5Gb", NULL},
    {C "?25la" C "5 qb" C "?2004hc" C "?1002;1006hd", NULL},
    // differences
    {"abcdefghijklmnopqrst\nx", "a line feed takes a waiting wrap back here and in xterm; tmux keeps it"},
    {"abcdefghijklmnopqrst\bx", "tmux counts the waiting wrap as a column, so one step back is the edge"},
    {"abcdefghijklmnopqrst" C "Dx", "tmux counts the waiting wrap as a column, so one step back is the edge"},
    {"abcdefghijklmnopqrst" C "Kx", "erasing takes a waiting wrap back here and in xterm; tmux keeps it"},
    {TEXT C "3;2H" C "Lx", "inserting lines goes to the first column here and in xterm; tmux stays"},
    {TEXT C "3;2H" C "Mx", "deleting lines goes to the first column here and in xterm; tmux stays"},
    {TEXT C "3;4r" C "6;1H" C "L", "outside of the region nothing is inserted here and in xterm"},
    {TEXT C "3;4r" C "6;1H" C "M", "outside of the region nothing is deleted here and in xterm"},
    {C "?6h" C "3;6rx", "with origin mode the region's home is meant here and in xterm"},
    {C "?69h" C "3;6s" C "1;5Habc", "tmux has no margins at the sides"},
    {"abc" C "H" C " @", "tmux does not scroll to the side"},
    {"abc" C "H" C "'}", "tmux does not insert columns"},
    {C "18Gz" C "6b", "repeating goes on in the next line here and in xterm; tmux stops at the edge"},
    {"ab" C "?1049lx",
     "leaving the alternate screen restores the cursor here and in xterm, also when not on it"},
    {C "3;3H" E "7" C "?1049h" E "8x", "each screen has its own place saved here and in xterm; tmux has one"},
    {C "?1049h"
       "abc" C "?1049h",
     "entering the alternate screen clears it here and in xterm, also when on it"},
    {C "44m" NI "\r" C "mx", NULL},
    {"abcdefghijklmnopqrst" C "1;20H" NI, NULL},
    {C "44m" NI "\r" C "41mx",
     "the half of a wide character that is left is erased in today's colour here and in xterm"},
    {"a" NI NI "b" C "1;1H" C "2P", "half of a wide character leaves a blank here; tmux 3.3 leaves none"},
    {"abcdefghijklmnopqrst" C "1;16H" C "5@", "tmux 3.3 does nothing when cells up to the edge are inserted"},
    {"abcdefghijklmnopqrst" C "2Jx", "erasing takes a waiting wrap back here and in xterm; tmux keeps it"},
    {E "(0" C "?1049h" E "(B" C "?1049la", "character sets come back with the cursor here and in xterm"},
    {NI NI C "1;2H" C "K", "half of a wide character that is erased leaves a blank here and in xterm"},
    {"abcdefghijklmnopqrstu\b\bx",
     "tmux steps back into a line that was broken; here and in xterm by mode 45 alone"},
    {C "2;3r" C "3H" C "44mabcdefghijklmnopqrstuvw" C "m" C "3;8Hx",
     "a line that comes in by wrapping has the background here and in xterm, not in tmux"},
    {"abcdefghijklmnopqrst" C "?1049h" C "?1049lx",
     "a waiting wrap comes back with the cursor here and in xterm; tmux forgets it"},
    {"a" C "2Ib", "tmux has no forward tab"},
    {"ab" C "!p" C "4hx", NULL},
    {C "1\"qab" C "0\"qc" C "?2J", "tmux has no protected cells"},
    {C "21mx", NULL},
    {"\342\235\244\357\270\217x", NULL},
    {"\360\237\221\251\342\200\215\360\237\222\273x",
     "a joiner joins in tmux; here and in xterm when a program asks for clusters"},
    {"\360\237\221\215\360\237\217\275x", NULL},
    {"\360\237\207\251\360\237\207\252x", NULL},
};

static struct vt_judge judge;

static void begin(void)
{
    vt_judge_begin(&judge);
}

static void end(void)
{
    vt_judge_end(&judge);
}

static const char *readable(const char *bytes)
{
    static char out[8192];
    size_t at = 0;
    for (; *bytes != '\0' && at < sizeof out - 3; bytes++) {
        unsigned char byte = (unsigned char)*bytes;
        if (byte < 0x20 || byte == 0x7f) {
            out[at++] = '^';
            byte ^= 0x40;
        }
        out[at++] = (char)byte;
    }
    out[at] = '\0';
    return out;
}

// --- streams by chance ---

enum { STREAMS = 1500, OPS_MAX = 40, OP_CAP = 64, STREAM_CAP = OPS_MAX * OP_CAP };

struct stream {
    char ops[OPS_MAX][OP_CAP];
    int count;
};

static unsigned seed;

static unsigned next(unsigned below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

// What may come after anything: '#' is a number, '$' a row and '%' a column of the screen. Left out is
// what the table above names: forward tabs, margins at the sides, protected cells, insert and delete of lines
// outside of the region. Places are absolute where it would matter that a wrap may wait.
static const char *const grammar[] = {
    C "49mword ",
    C "49mlonger text of more ",
    C "49m" NI NI,
    C "49me\314\201",
    "\r\n",
    "\r",
    C "$;%H",
    C "$;%H" C "#A",
    C "$;%H" C "#B",
    C "$;%H" C "#C",
    C "$;%H" C "#D",
    C "$;4H\b\b",
    C "$;%H\n",
    C "$;%H\t",
    C "$;%H" C "%G",
    C "$;%H" C "$d",
    C "$;%H" C "#E",
    C "$;%H" C "#F",
    C "$;%H" C "J",
    C "$;%H" C "1J",
    C "$;%H" C "2J",
    C "$;%H" C "K",
    C "$;%H" C "1K",
    C "$;%H" C "2K",
    C "$;%H" C "#X",
    C "$;5H" C "#@",
    C "$;%H" C "#P",
    C "r" C "$;%H" C "#L\r",
    C "r" C "$;%H" C "#M\r",
    C "#S",
    C "#T",
    C "2;5r",
    C "3;8r",
    C "r",
    C "4;1H" C "3;7r" C "5;%H" C "#L\r",
    C "4;1H" C "3;7r" C "5;%H" C "#M\r",
    C "$;%H" E "M",
    C "$;%H" E "D",
    C "$;%H" E "E",
    C "$;%H" E "7",
    E "8",
    C "49m" C "$;4Hz" C "#b",
    C "m",
    C "1m",
    C "4m",
    C "7m",
    C "3#m",
    C "4#m",
    C "9#m",
    C "38;5;10#m",
    C "48;2;1;#;3m",
    C "22;24;27m",
    C "39;49m",
    E "(0",
    E "(B",
    C "r" C "49m" C "$;%H" C "4hab" C "4l",
};

static void make_op(char out[OP_CAP], const char *pattern)
{
    size_t at = 0;
    for (; *pattern != '\0'; pattern++) {
        unsigned below = *pattern == '$' ? JUDGE_ROWS : *pattern == '%' ? JUDGE_COLS - 1 : 6;
        if (strchr("#$%", *pattern) != NULL)
            at += (size_t)snprintf(out + at, OP_CAP - at, "%u", 1 + next(below));
        else
            out[at++] = *pattern;
    }
    out[at] = '\0';
}

static const char *joined(const struct stream *stream)
{
    static char bytes[STREAM_CAP];
    size_t at = 0;
    for (int i = 0; i < stream->count; i++)
        at += (size_t)snprintf(bytes + at, sizeof bytes - at, "%s", stream->ops[i]);
    bytes[at] = '\0';
    return bytes;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), most = strlen(end);
    return length >= most && strcmp(text + length - most, end) == 0;
}

// What the table names of two kinds of sequences that do not go together.
static bool is_left_out(const char *op, unsigned number)
{
    bool wide = number % 2 == 0, alternate = number % 4 == 0;
    if (!wide && ends_with(op, NI))
        return true;
    static const char *const cutting[] = {"@", "P", "J", "K", "X", "4l"};
    for (size_t i = 0; wide && i < sizeof cutting / sizeof cutting[0]; i++)
        if (ends_with(op, cutting[i]))
            return true;
    return alternate && (ends_with(op, E "7") || ends_with(op, E "8"));
}

// Every fourth stream ends on the alternate screen, or comes back from it.
static void make_stream(struct stream *stream, unsigned number)
{
    stream->count = 4 + (int)next(OPS_MAX - 4);
    for (int i = 0; i < stream->count; i++) {
        do
            make_op(stream->ops[i], grammar[next(sizeof grammar / sizeof grammar[0])]);
        while (is_left_out(stream->ops[i], number));
    }
    if (number % 4 == 0)
        (void)strcpy(stream->ops[stream->count / 3], C "m" E "(B" C "H" C "?1049h" C "2H");
    if (number % 8 == 0)
        (void)strcpy(stream->ops[stream->count / 3 * 2], C "?1049l" E "(B");
}

// Takes away what is not needed for the difference.
static void shrink(struct stream *stream, char words[JUDGE_WORDS])
{
    for (int i = stream->count - 1; i >= 0; i--) {
        if (strstr(stream->ops[i], "?1049") != NULL)
            continue; // these belong together
        struct stream less = *stream;
        memmove(less.ops[i], less.ops[i + 1], (size_t)(less.count - i - 1) * OP_CAP);
        less.count--;
        if (!vt_judge_agrees(&judge, joined(&less), words))
            *stream = less;
    }
    (void)vt_judge_agrees(&judge, joined(stream), words);
}

Test(vt_judge, streams_by_chance, .init = begin, .fini = end)
{
    char words[JUDGE_WORDS];
    struct stream stream;
    for (unsigned i = 0; i < STREAMS; i++) {
        seed = i + 1;
        make_stream(&stream, i);
        if (vt_judge_agrees(&judge, joined(&stream), words))
            continue;
        shrink(&stream, words);
        cr_expect(false, "stream %u: %s: %s", i, readable(joined(&stream)), words);
    }
}

Test(vt_judge, table, .init = begin, .fini = end)
{
    char words[JUDGE_WORDS];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bool agrees = vt_judge_agrees(&judge, table[i].bytes, words);
        if (table[i].why == NULL)
            cr_expect(agrees, "%s: %s", readable(table[i].bytes), words);
        else
            cr_expect(!agrees, "%s: no longer differs (%s)", readable(table[i].bytes), table[i].why);
    }
}
