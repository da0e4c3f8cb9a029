// SPDX-License-Identifier: Apache-2.0
//
// strike: owns what goes out for it. Curses sets attributes as terminfo's sgr says, which begins with 0 and
// has a number for each; colours come in sequences of their own, so an 8 there is always invisible's.

#include "tui/strike.h"

#include <string.h>
#include <term.h>

static attr_t attribute = A_NORMAL;

void strike_begin(void)
{
    const char *strike = tigetstr("smxx"), *set = tigetstr("sgr");
    bool can = strike != NULL && strike != (char *)-1 && strcmp(strike, "\033[9m") == 0 && set != NULL &&
               set != (char *)-1 && strstr(set, "\033[0") != NULL && strstr(set, "%?%p7%t;8%;") != NULL;
    attribute = can ? A_INVIS : A_NORMAL;
}

attr_t strike_attribute(void)
{
    return attribute;
}

void strike_rewrite(char *bytes, size_t length)
{
    static const char head[] = "\033[0";
    enum { HEAD = sizeof head - 1 };
    char *end = bytes + length, *at = bytes;
    while (attribute != A_NORMAL && (at = memchr(at, head[0], (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) < HEAD || memcmp(at, head, HEAD) != 0) {
            at++;
            continue;
        }
        for (at += HEAD; end - at > 2 && at[0] == ';'; at += 2)
            if (at[1] == '8' && (at[2] == ';' || at[2] == 'm'))
                at[1] = '9';
    }
}
