// SPDX-License-Identifier: Apache-2.0
//
// data: makes the streams: lines of a build's log, the same with colours as `ls` and compilers use them, and
// text of several scripts with wide characters, combining marks and emoji.

#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_CAP = 1024 };

static const char *const words[] = {"compile",  "main.c",   "linking", "warning:", "unused", "variable",
                                    "in",       "function", "parse",   "done",     "0.42s",  "[ok]",
                                    "/usr/lib", "tests",    "passed",  "module",   "cache",  "hit"};
static const char *const unicode_words[] = {"日本語の端末",
                                            "Grüße",
                                            "naïve",
                                            "e\xcc\x81te\xcc\x81",
                                            "한국어",
                                            "Привет",
                                            "мир",
                                            "漢字と仮名",
                                            "🚀",
                                            "✓ gut",
                                            "Ελληνικά",
                                            "a\xcc\x8ao\xcc\x88",
                                            "中文字符",
                                            "──┼──",
                                            "שלום",
                                            "👩‍💻"};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

// The same numbers each time.
static unsigned next(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static size_t line_make(enum data kind, unsigned long number, unsigned *state, char line[LINE_CAP])
{
    int length = snprintf(line, LINE_CAP, "%08lu", number);
    int count = 4 + (int)(next(state) % 10);
    for (int i = 0; i < count; i++) {
        unsigned pick = next(state);
        char *at = line + length;
        size_t room = LINE_CAP - (size_t)length - 1;
        if (kind == DATA_PLAIN)
            length += snprintf(at, room, " %s", words[pick % COUNT(words)]);
        else if (kind == DATA_UNICODE)
            length += snprintf(at, room, " %s", unicode_words[pick % COUNT(unicode_words)]);
        else if (pick % 3 == 0)
            length += snprintf(at, room, " \033[38;5;%um%s\033[0m", pick % 256, words[pick % COUNT(words)]);
        else
            length += snprintf(at, room, " \033[%u;%um%s\033[m", pick & 1, 31 + pick % 6,
                               words[pick % COUNT(words)]);
    }
    line[length++] = '\n';
    return (size_t)length;
}

enum data data_kind(const char *figure)
{
    if (strstr(figure, "-colour") != NULL)
        return DATA_COLOUR;
    return strstr(figure, "-unicode") != NULL ? DATA_UNICODE : DATA_PLAIN;
}

char *data_make(enum data kind, size_t about, size_t *length)
{
    char *bytes = malloc(about + LINE_CAP);
    unsigned state = 1;
    size_t used = 0;
    if (bytes == NULL)
        bench_die("no memory for %zu bytes", about);
    for (unsigned long number = 1; used < about; number++)
        used += line_make(kind, number, &state, bytes + used);
    *length = used;
    return bytes;
}
