// SPDX-License-Identifier: Apache-2.0
//
// stdscr: Read lines of curses' screen as UTF-8.

#include "tests/support/stdscr.h"

#include "tui/base/text_decode.h"

#include <curses.h>
#include <string.h>
#include <wchar.h>

const char *stdscr_line(int y)
{
    static char line[STDSCR_LINE_MAX];
    wchar_t wide[1024] = {0};
    (void)mvwinnwstr(stdscr, y, 0, wide, 1000);
    size_t size = 0;
    for (const wchar_t *at = wide; *at != L'\0' && size + 8 < sizeof line; at++)
        size += text_encode((uint32_t)*at, line + size);
    while (size > 0 && line[size - 1] == ' ')
        size--;
    line[size] = '\0';
    return line;
}

int stdscr_find(const char *text)
{
    for (int y = 0; y < LINES; y++)
        if (strstr(stdscr_line(y), text) != NULL)
            return y;
    return -1;
}
