// SPDX-License-Identifier: Apache-2.0
//
// Control characters and escape sequences: line ends, indexes, saving, character sets, alignment, resets; and
// what the parser does with sequences that are broken, cut short or of no meaning.

#include "tests/unit/tui/vt/vt_rows.h"

#include <criterion/criterion.h>

#define E "\033"
#define C "\033["

static const struct vt_row_sample control_samples[] = {
    {"line feed", 3, 6, "ab\ncd", "ab|  cd|", 1, 4, NULL},
    {"vertical tab and form feed", 3, 6, "ab\vc\fd", "ab|  c|   d", 2, 4, NULL},
    {"carriage return", 2, 6, "ab\rc", "cb|", 0, 1, NULL},
    {"backspace", 2, 6, "abc\b\bx", "axc|", 0, 2, NULL},
    {"backspace stops at the edge", 2, 6, "ab\b\b\b\bx", "xb|", 0, 1, NULL},
    {"backspace from a waiting wrap", 2, 4, "abcd\bx", "abxd|", 0, 3, NULL},
    {"line feed from a waiting wrap", 3, 4, "abcd\nx", "abcd|   x|", 1, 3, NULL},
    {"line feed from a waiting wrap at the bottom", 2, 4, "abcd\r\nefgh\nx", "efgh|   x", 1, 3, NULL},
    {"line feed scrolls", 2, 4, "a\r\nb\nx", "b| x", 1, 2, NULL},
    {"shift out and in", 2, 6, E ")0\016q\017q", "\342\224\200q|", 0, 2, NULL},
    {"those of no meaning", 2, 6,
     "a\001\002\003\004\006\020\021\022\023\024\025\026\027\031\034\035\036\037"
     "b\177c",
     "abc|", 0, 3, NULL},
};

Test(vt_escape, control_characters)
{
    VT_ROWS_CHECK(control_samples);
}

static const struct vt_row_sample escape_samples[] = {
    {"index", 3, 6, "ab" E "Dc", "ab|  c|", 1, 3, NULL},
    {"index scrolls", 2, 6, "ab\r\ncd" E "De", "cd|  e", 1, 3, NULL},
    {"next line", 3, 6, "ab" E "Ec", "ab|c|", 1, 1, NULL},
    {"reverse index", 3, 6, "ab\r\ncd" E "Me", "abe|cd|", 0, 3, NULL},
    {"reverse index scrolls", 3, 6, "ab\r\ncd" C "H" E "Me", "e|ab|cd", 0, 1, NULL},
    {"save and restore", 3, 6, "ab" E "7" C "3;3Hx" E "8c", "abc||  x", 0, 3, NULL},
    {"restore without save goes home", 3, 6, "ab\r\ncd" E "8x", "xb|cd|", 0, 1, NULL},
    {"restore twice", 3, 6, "ab" E "7" C "3Hx" E "8c" E "8d", "abd||x", 0, 3, NULL},
    {"save keeps a waiting wrap", 3, 4, "abcd" E "7" C "3Hx" E "8y", "abcd|y|x", 1, 1, NULL},
    {"save keeps character sets", 3, 4, E "(0" E "7" E "(Bq" E "8q", "\342\224\200||", 0, 1, NULL},
    {"save keeps shifts", 3, 4, E ")0\016" E "7\017q" E "8q", "\342\224\200||", 0, 1, NULL},
    {"each screen has its own place saved", 3, 6,
     "ab" E "7" C "?47h" C "3;3H" E "7" C "?47l" E "8x" C "?47h" E "8y", "||  y", 2, 3, NULL},
    {"alignment", 2, 4, "ab" E "#8", "EEEE|EEEE", 0, 0, NULL},
    {"alignment takes the margins away", 3, 4, C "2;3r" E "#8" C "3H\nx", "EEEE|EEEE|x", 2, 1, NULL},
    {"keypad modes show nothing", 2, 6, "a" E "=b" E ">c", "abc|", 0, 3, NULL},
};

Test(vt_escape, short_sequences)
{
    VT_ROWS_CHECK(escape_samples);
}

#define LINES "\342\224\230\342\224\220\342\224\214\342\224\224\342\224\274"
static const struct vt_row_sample charset_samples[] = {
    {"line drawing in G0", 2, 8, E "(0jklmn" E "(Bj", LINES "j|", 0, 6, NULL},
    {"line drawing in G1", 2, 8, E ")0j\016jklmn\017j", "j" LINES "j|", 0, 7, NULL},
    {"line drawing in G2 by shift", 2, 8, E "*0" E "njklmn\017j", LINES "j|", 0, 6, NULL},
    {"line drawing in G3 by shift", 2, 8, E "+0" E "ojklmn\017j", LINES "j|", 0, 6, NULL},
    {"single shift 2", 2, 8, E "*0" E "Nqq", "\342\224\200q|", 0, 2, NULL},
    {"single shift 3", 2, 8, E "+0" E "Oqq", "\342\224\200q|", 0, 2, NULL},
    {"all of line drawing", 2, 40, E "(0`abcdefghijklmnopqrstuvwxyz{|}~",
     "\342\227\206\342\226\222\342\220\211\342\220\214\342\220\215\342\220\212\302\260\302\261\342\220\244"
     "\342\220\213" LINES
     "\342\216\272\342\216\273\342\224\200\342\216\274\342\216\275\342\224\234\342\224\244"
     "\342\224\264\342\224\254\342\224\202\342\211\244\342\211\245\317\200\342\211\240\302\243\302\267|",
     0, 31, NULL},
    {"capitals and digits are themselves", 2, 16, E "(0ABCxyz019",
     "ABC\342\224\202\342\211\244\342\211\245"
     "019|",
     0, 9, NULL},
    {"British", 2, 8, E "(A#" E "(B#", "\302\243#|", 0, 2, NULL},
    {"unknown sets are plain", 2, 8, E "(0" E "(Yq", "q|", 0, 1, NULL},
    {"text of its own is not touched", 2, 8, E "(0\303\251q", "\303\251\342\224\200|", 0, 2, NULL},
    {"reset takes them back", 2, 8, E "(0" E "cq", "q|", 0, 1, NULL},
    {"soft reset takes them back", 2, 8, E ")0\016" C "!pq", "q|", 0, 1, NULL},
};

Test(vt_escape, character_sets)
{
    VT_ROWS_CHECK(charset_samples);
}

static const struct vt_row_sample reset_samples[] = {
    {"all", 3, 6, "ab" C "?6h" C "2;3r" C "4h" C "?7l" E "cabcdefg", "abcdef|g|", 1, 1, NULL},
    {"all, from the alternate screen", 3, 6, "ab" C "?1049hcd" E "cx", "x||", 0, 1, NULL},
    {"all: the saved place", 3, 6, C "3;3H" E "7" E "c" C "2;2H" E "8x", "x||", 0, 1, NULL},
    {"soft: the screen stays", 3, 6, "ab" C "!px", "abx||", 0, 3, NULL},
    {"soft: margins", 3, 6, C "2;3r" C "!p" C "3Ha\nx", "|a| x", 2, 2, NULL},
    {"soft: side margins", 3, 6, "abcdef" C "?69h" C "2;3s" C "!p" C "1;2H" C "P", "acdef||", 0, 1, NULL},
    {"soft: origin", 3, 6, C "2;3r" C "?6h" C "!p" C "Hx", "x||", 0, 1, NULL},
    {"soft: insert mode", 3, 6, "ab" C "4h" C "!p\rx", "xb||", 0, 1, NULL},
    {"soft: the saved place", 3, 6, C "3;3H" E "7" C "!p" E "8x", "x||", 0, 1, NULL},
    {"soft: wraps again", 3, 4, C "?7l" C "!pabcde", "abcd|e|", 1, 1, NULL},
    {"soft: a waiting wrap waits on", 3, 4, "abcd" C "!px", "abcd|x|", 1, 1, NULL},
    {"soft: the cursor's place stays", 3, 6, C "2;3H" C "!px", "|  x|", 1, 3, NULL},
    {"soft: what the other screen saved stays", 2, 10, "TestTest" C "?1049h" C "!pTest" C "?1049l+",
     "TestTest+|", 0, 9, NULL},
    {"soft: and the other way round", 3, 6, C "?47h" C "2;2H" E "7" C "?47l" C "!p" C "?47h" E "8+", "| +|",
     1, 2, NULL},
    {"soft: this screen's does not", 3, 6, C "?47h" C "2;2H" E "7" C "!p" E "8+", "+||", 0, 1, NULL},
};

Test(vt_escape, resets)
{
    VT_ROWS_CHECK(reset_samples);
}

static const struct vt_row_sample parser_samples[] = {
    {"cancelled by CAN", 2, 8, C "31\030ma", "ma|", 0, 2, NULL},
    {"cancelled by SUB", 2, 8, E "\032Ma", "Ma|", 0, 2, NULL},
    {"an escape begins anew", 2, 8, "ab" C "31" C "Dx", "ax|", 0, 2, NULL},
    {"controls act inside", 2, 8, "ab" C "\r2\bCx", "abx|", 0, 3, NULL},
    {"line feed inside", 3, 8, "ab" C "2\nCx", "ab|    x|", 1, 5, NULL},
    {"DEL inside is nothing", 2, 8, "ab" C "1\177Gx", "xb|", 0, 1, NULL},
    {"parameters left out", 3, 8, "ab" C ";Hx", "xb||", 0, 1, NULL},
    {"zeros before", 3, 8, C "0002;00003Hx", "|  x|", 1, 3, NULL},
    {"prefix of no meaning", 2, 8, "ab" C "<5Hx" C "=3Gy", "abxy|", 0, 4, NULL},
    {"intermediate of no meaning", 2, 8, "ab" C "2 Hx" C "1!Gy", "abxy|", 0, 4, NULL},
    {"prefix in a wrong place", 2, 8, "ab" C "1?Gx", "abx|", 0, 3, NULL},
    {"parameter after an intermediate", 2, 8, "ab" C " 1Gx", "abx|", 0, 3, NULL},
    {"a colon where none belongs", 3, 8, "ab" C "3:3Hx", "abx||", 0, 3, NULL},
    {"too many parameters", 2, 8,
     "ab" C "1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1Hx", "xb|", 0, 1, NULL},
    {"finals of no meaning", 2, 8, "a" C "3yb" C "5{c" C "vd", "abcd|", 0, 4, NULL},
    {"escapes of no meaning", 2, 8, "a" E "Qb" E "1c" E "%Gd" E " Fe", "abcde|", 0, 5, NULL},
    {"intermediates without end", 2, 8, "a" E "((((((((((Bb", "ab|", 0, 2, NULL},
    {"APC, PM and SOS are nothing", 2, 8, "a" E "_x" E "\\b" E "^y" E "\\c" E "Xz" E "\\d", "abcd|", 0, 4,
     NULL},
    {"BEL does not end them", 2, 8, "a" E "_x\007y" E "\\b", "ab|", 0, 2, NULL},
    {"a string given up", 2, 8, "a" E "Pq" C "5Gb", "a   b|", 0, 5, NULL},
    {"a string cancelled", 2, 8, "a" E "]0;t\030b", "ab|", 0, 2, NULL},
    {"a string cancelled after its escape", 2, 8, "a" E "]0;t" E "\030b", "ab|", 0, 2, NULL},
    {"an end of a string alone", 2, 8, "a" E "\\b", "ab|", 0, 2, NULL},
    {"C1 written in UTF-8 is nothing", 2, 12, "ab\302\2333Gx\302\205y", "ab3Gxy|", 0, 6, NULL},
    {"C1 string in UTF-8 is none", 2, 8, "a\302\2350;t\007b", "a0;tb|", 0, 5, NULL},
    {"C1 bytes are not UTF-8", 2, 8, "a\233Hb", "a\357\277\275Hb|", 0, 4, NULL},
    {"a DCS of no meaning", 2, 8, "a" E "P1;2+zabc" E "\\b", "ab|", 0, 2, NULL},
};

Test(vt_escape, parser)
{
    VT_ROWS_CHECK(parser_samples);
}
