// SPDX-License-Identifier: Apache-2.0
//
// json_output: print JSON that is safe to show on a terminal. cJSON escapes what JSON requires; controls,
// reversed and invisible characters are escaped here.

#include "views/output/json_output.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/text_decode.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

// --- members ------------------------------------------------------------------------------

void json_output_add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0')
        (void)cJSON_AddStringToObject(object, name, text);
    else
        (void)cJSON_AddNullToObject(object, name);
}

void json_output_add_number(cJSON *object, const char *name, bool known, int64_t number)
{
    if (known)
        (void)cJSON_AddNumberToObject(object, name, (double)number);
    else
        (void)cJSON_AddNullToObject(object, name);
}

void json_output_add_time(cJSON *object, const char *name, int64_t ms)
{
    char text[40];
    bool known = ms > 0 && time_format_rfc3339(ms, text, sizeof text);
    json_output_add_text(object, name, known ? text : NULL);
}

// --- text ---------------------------------------------------------------------------------

// Escapes what display() would not show as it is; valid JSON has that inside strings only. Writes to out
// unless it is NULL, and returns the length.
static size_t escape(const char *text, char *out)
{
    char unit[16];
    size_t length = 0;
    size_t left = strlen(text);
    int marks = TEXT_COMBINING_MAX; // none may follow a quote or an escape: it would stand on that
    while (left > 0) {
        uint32_t codepoint = 0;
        if ((*text >= ' ' && *text <= '~') || *text == '\n') { // as nearly all is
            if (out != NULL)
                out[length] = *text;
            length++;
            marks = *text == '"' ? TEXT_COMBINING_MAX : 0;
            text++;
            left--;
            continue;
        }
        size_t used = text_decode(text, left, &codepoint);
        bool mark = text_is_mark(codepoint);
        bool fine = codepoint == '\n' || codepoint == '\t' ||
                    (text_is_shown(codepoint) && (!mark || marks < TEXT_COMBINING_MAX));
        int size = 0;
        if (!fine && codepoint > 0xffff && codepoint != TEXT_INVALID)
            size = snprintf(unit, sizeof unit, "\\u%04x\\u%04x", 0xd7c0 + (unsigned)(codepoint >> 10),
                            0xdc00 + (unsigned)(codepoint & 0x3ff));
        else if (!fine)
            size = snprintf(unit, sizeof unit, "\\u%04x",
                            codepoint == TEXT_INVALID ? 0xfffd : (unsigned)codepoint);
        if (out != NULL)
            memcpy(out + length, fine ? text : unit, fine ? used : (size_t)size);
        length += fine ? used : (size_t)size;
        marks = !fine || codepoint == '"' ? TEXT_COMBINING_MAX : mark ? marks + 1 : 0;
        text += used;
        left -= used;
    }
    return length;
}

char *json_output_text(cJSON *tree, bool indented)
{
    char *raw = tree == NULL ? NULL : indented ? cJSON_Print(tree) : cJSON_PrintUnformatted(tree);
    char *text = NULL;
    cJSON_Delete(tree);
    if (raw != NULL)
        text = calloc(1, escape(raw, NULL) + 1);
    if (text != NULL)
        (void)escape(raw, text);
    json_output_free(raw);
    return text;
}

void json_output_free(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    free(text);
}

bool json_output_print(FILE *file, cJSON *tree, bool indented)
{
    char *text = json_output_text(tree, indented);
    if (text == NULL)
        return false;
    (void)fprintf(file, "%s\n", text);
    json_output_free(text);
    return true;
}

bool json_output_print_item(FILE *file, cJSON *item, bool first)
{
    char *text = json_output_text(item, true);
    if (text == NULL)
        return false;
    (void)fputs(first ? "[" : ", ", file);
    // A line end stands between members only; one level deeper in an array.
    for (const char *at = text; *at != '\0'; at += strcspn(at, "\n")) {
        if (*at == '\n') {
            (void)fputs("\n\t", file);
            at++;
        }
        (void)fwrite(at, 1, strcspn(at, "\n"), file);
    }
    json_output_free(text);
    return true;
}

void json_output_end_items(FILE *file, bool none)
{
    (void)fputs(none ? "[]\n" : "]\n", file);
}
