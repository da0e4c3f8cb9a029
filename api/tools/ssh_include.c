// SPDX-License-Identifier: Apache-2.0
//
// ssh_include: Reads lines as OpenSSH does: blanks, a keyword in any case, blanks or one '=', and arguments
// which may stand in quotes.

#include "api/tools/ssh_include.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t\r\f";

struct line {
    const char *start;
    size_t length;       // without "\n" and the "\r" before it
    size_t whole;        // with them
    const char *keyword; // NULL: none, or a comment
    size_t keyword_length;
};

static bool next_line(const char **at, const char *end, struct line *line)
{
    if (*at == end)
        return false;
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    const char *last = stop != NULL ? stop : end;
    line->start = *at;
    line->whole = (size_t)((stop != NULL ? stop + 1 : end) - *at);
    line->length = (size_t)(last - *at);
    if (line->length > 0 && last[-1] == '\r')
        line->length--;
    *at = line->start + line->whole;
    const char *word = line->start;
    while (word < last && strchr(blanks, *word) != NULL)
        word++;
    line->keyword = word;
    while (word < last && strchr(blanks, *word) == NULL && *word != '=')
        word++;
    line->keyword_length = (size_t)(word - line->keyword);
    if (line->keyword_length == 0 || line->keyword[0] == '#')
        line->keyword = NULL;
    return true;
}

static bool is_keyword(const struct line *line, const char *name)
{
    return line->keyword != NULL && line->keyword_length == strlen(name) &&
           strncasecmp(line->keyword, name, line->keyword_length) == 0;
}

static bool is_path(const struct ssh_include *include, const char *argument, size_t length)
{
    char whole[PATH_MAX];
    bool below_home = length > 1 && argument[0] == '~' && argument[1] == '/';
    int size = snprintf(whole, sizeof whole, "%s%.*s", below_home ? include->home : "",
                        (int)(length - (below_home ? 1 : 0)), argument + (below_home ? 1 : 0));
    return size > 0 && size < (int)sizeof whole && strcmp(whole, include->path) == 0;
}

// An Include line with our path among its arguments.
static bool names_it(const struct ssh_include *include, const struct line *line)
{
    const char *at = line->keyword + line->keyword_length, *end = line->start + line->length;
    while (at < end) {
        while (at < end && (strchr(blanks, *at) != NULL || *at == '='))
            at++;
        char quote = at < end && (*at == '"' || *at == '\'') ? *at++ : '\0';
        const char *argument = at;
        while (at < end && (quote != '\0' ? *at != quote : strchr(blanks, *at) == NULL))
            at++;
        if (at > argument && is_path(include, argument, (size_t)(at - argument)))
            return true;
        if (at < end)
            at++;
    }
    return false;
}

static bool is_ours(const struct ssh_include *include, const struct line *line)
{
    return line->length == strlen(include->line) && memcmp(line->start, include->line, line->length) == 0;
}

enum ssh_include_state ssh_include_find(const struct ssh_include *include, const char *text, size_t length,
                                        struct ssh_include_place *place)
{
    const char *at = text, *end = text + length;
    struct line line;
    bool in_block = false;
    enum ssh_include_state state = SSH_INCLUDE_ABSENT;
    memset(place, 0, sizeof *place);
    if (length == 0)
        return SSH_INCLUDE_ABSENT;
    if (memchr(text, '\0', length) != NULL || (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0))
        return SSH_INCLUDE_NO_TEXT;
    for (int number = 1; next_line(&at, end, &line); number++) {
        in_block = in_block || is_keyword(&line, "Host") || is_keyword(&line, "Match");
        if (!is_keyword(&line, "Include") || !names_it(include, &line))
            continue;
        if (state == SSH_INCLUDE_THERE)
            state = SSH_INCLUDE_TWICE;
        else if (!is_ours(include, &line))
            state = SSH_INCLUDE_ALTERED;
        else
            state = in_block ? SSH_INCLUDE_BEHIND : SSH_INCLUDE_THERE;
        *place = (struct ssh_include_place){number, (size_t)(line.start - text), line.whole};
        if (state != SSH_INCLUDE_THERE)
            return state;
    }
    return state;
}

enum status ssh_include_put(const struct ssh_include *include, const char *text, size_t length,
                            struct bytebuf *out)
{
    const char *stop = length > 0 ? memchr(text, '\n', length) : NULL;
    const char *line_end = stop != NULL && stop > text && stop[-1] == '\r' ? "\r\n" : "\n";
    enum status status = bytebuf_add_text(out, include->line);
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, line_end);
    return status == STATUS_OK && length > 0 ? bytebuf_add(out, text, length) : status;
}

enum status ssh_include_take(const struct ssh_include_place *place, const char *text, size_t length,
                             struct bytebuf *out)
{
    size_t after = place->start + place->length;
    enum status status = bytebuf_add(out, text, place->start);
    return status == STATUS_OK ? bytebuf_add(out, text + after, length - after) : status;
}
