// SPDX-License-Identifier: Apache-2.0
//
// saved_filters: Read them from the settings' lines, keep them for the process, and put their words where
// they are named.

#include "api/config/saved_filters.h"

#include "api/base/nearest_word.h"
#include "api/base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// --- what may be saved ---

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool saved_filter_is_name(const char *name)
{
    size_t length = 0;
    for (; isalnum((unsigned char)name[length]) != 0 || name[length] == '-' || name[length] == '_'; length++)
        ;
    return length > 0 && name[length] == '\0' && length < SAVED_FILTER_NAME_CAP;
}

static enum status check_name(const char *name, struct failure *why)
{
    if (saved_filter_is_name(name))
        return STATUS_OK;
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.60s': not a name for a filter", name),
                  "use 1 to %d letters, digits, '-' and '_'", SAVED_FILTER_NAME_CAP - 1);
}

// The end of the word; *open: a quote in it is not closed.
static const char *word_end(const char *at, bool *open)
{
    char quote = '\0';
    for (; *at != '\0' && (quote != '\0' || !is_blank(*at)); at++)
        if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'')
            quote = quote != '\0' ? '\0' : *at;
    *open = quote != '\0';
    return at;
}

enum status saved_filter_check(const char *name, const char *words, struct failure *why)
{
    struct fleet_filter filter;
    bool open = false;
    if (check_name(name, why) != STATUS_OK)
        return STATUS_BAD_ARGUMENT;
    if (words[strspn(words, " \t")] == '\0' || strlen(words) >= SAVED_FILTER_WORDS_CAP)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s: not a filter's words", name),
                      "give 1 to %d bytes", SAVED_FILTER_WORDS_CAP - 1);
    for (const char *at = words; *at != '\0';) {
        at += strspn(at, " \t");
        if (at[*at == '!'] == '@')
            return advise(why,
                          fail(why, STATUS_BAD_ARGUMENT, "'%.40s': a saved filter can't name another", at),
                          "write its words out");
        at = word_end(at, &open);
    }
    if (open)
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.60s': a quote is not closed", words),
                      "close it with the same quote");
    if (!utf8_is_clean(words))
        return fail(why, STATUS_BAD_ARGUMENT, "%s: its words are not clean UTF-8", name);
    return fleet_filter_parse_strictly(words, &filter, why);
}

// --- reading ---

static bool put_filter(struct saved_filters *out, const char *name, const char *words)
{
    struct saved_filter *one = NULL;
    for (size_t i = 0; i < out->count && one == NULL; i++)
        one = strcasecmp(out->list[i].name, name) == 0 ? &out->list[i] : NULL;
    if (one == NULL && out->count == SAVED_FILTERS_MAX)
        return false;
    if (one == NULL)
        one = &out->list[out->count++];
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    (void)snprintf(one->words, sizeof one->words, "%s", words);
    return true;
}

static bool take_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *why)
{
    (void)open_to;
    if (saved_filter_check(line->name, line->value, why) != STATUS_OK)
        return false;
    if (put_filter(ctx, line->name, line->value))
        return true;
    (void)advise(why, fail(why, STATUS_BAD_ARGUMENT, "too many saved filters"), "at most %d",
                 SAVED_FILTERS_MAX);
    return false;
}

enum status saved_filters_take(struct saved_filters *out, const struct config_text *text, struct failure *why)
{
    out->count = 0;
    return config_text_each(text, "filters", take_line, out, why);
}

void saved_filters_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct saved_filters saved = {.count = 0};
    config_text_check_each(text, "filters", take_line, &saved, fault, ctx);
}

// --- in a filter's text ---

const struct saved_filter *saved_filters_find(const struct saved_filters *saved, const char *name)
{
    for (size_t i = 0; i < saved->count; i++)
        if (strcasecmp(saved->list[i].name, name) == 0)
            return &saved->list[i];
    return NULL;
}

static enum status not_there(const struct saved_filters *saved, const char *name, bool last, bool *unfinished,
                             struct failure *why)
{
    struct nearest_word nearest = {.word = name};
    size_t length = strlen(name);
    *unfinished = last && length == 0;
    for (size_t i = 0; i < saved->count; i++) {
        nearest_word_offer(&nearest, saved->list[i].name);
        *unfinished = *unfinished || (last && strncasecmp(saved->list[i].name, name, length) == 0);
    }
    enum status status = fail(why, STATUS_BAD_ARGUMENT, "'@%.40s': no filter is saved under this name", name);
    if (nearest.best != NULL)
        return advise(why, status, "did you mean @%s?", nearest.best);
    return advise(why, status, "@ in the deck shows them; in quotes it is a text");
}

static bool put(char *out, size_t cap, const char *from, size_t length)
{
    size_t used = strlen(out);
    if (used + length >= cap)
        return false;
    memcpy(out + used, from, length);
    out[used + length] = '\0';
    return true;
}

// One word, with the blanks behind it.
static enum status expand_word(const struct saved_filters *saved, const char *at, const char *end, char *out,
                               size_t cap, bool *unfinished, struct failure *why)
{
    char name[FLEET_FILTER_TEXT_CAP];
    bool room = false, inverse = *at == '!';
    if (at[inverse] != '@') {
        room = put(out, cap, at, (size_t)(end - at));
        return room ? STATUS_OK : fail(why, STATUS_TOO_LARGE, "the filter is too long");
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)(end - at - 1 - inverse), at + 1 + inverse);
    const struct saved_filter *one = saved_filters_find(saved, name);
    if (one != NULL && inverse)
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT, "'!@%s': a saved filter can't be turned round", name),
                      "write its words out");
    if (one == NULL)
        return not_there(saved, name, *end == '\0', unfinished, why);
    room = put(out, cap, one->words, strlen(one->words));
    return room ? STATUS_OK : fail(why, STATUS_TOO_LARGE, "the filter is too long");
}

enum status saved_filters_expand(const struct saved_filters *saved, const char *text, char *out, size_t cap,
                                 bool *unfinished, struct failure *why)
{
    enum status first = STATUS_OK;
    bool open = false;
    out[0] = '\0';
    *unfinished = false;
    for (const char *at = text; *at != '\0';) {
        size_t blanks = strspn(at, " \t\r\n");
        struct failure here;
        if (!put(out, cap, at, blanks))
            break;
        at += blanks;
        const char *end = word_end(at, &open);
        enum status status = end > at ? expand_word(saved, at, end, out, cap, unfinished, &here) : STATUS_OK;
        if (status != STATUS_OK && first == STATUS_OK) {
            first = status;
            if (why != NULL)
                *why = here;
        }
        at = end;
    }
    return first;
}

// --- those of this process ---

static struct saved_filters ours;
static unsigned version;

enum status saved_filters_of_text(const struct config_text *text, struct failure *why)
{
    static struct saved_filters taken; // large
    enum status status = saved_filters_take(&taken, text, why);
    if (status == STATUS_OK) {
        ours = taken;
        version++;
    }
    return status;
}

const struct saved_filters *saved_filters_now(void)
{
    return &ours;
}

unsigned saved_filters_version(void)
{
    return version;
}

bool saved_filters_set(const char *name, const char *words)
{
    bool done = words == NULL || put_filter(&ours, name, words);
    for (size_t i = 0; i < ours.count && words == NULL; i++) {
        if (strcasecmp(ours.list[i].name, name) != 0)
            continue;
        ours.count--;
        memmove(&ours.list[i], &ours.list[i + 1], (ours.count - i) * sizeof ours.list[0]);
    }
    version++;
    return done;
}

enum status saved_filters_parse(const char *text, struct fleet_filter *out, struct failure *why)
{
    char expanded[FLEET_FILTER_TEXT_CAP];
    bool unfinished = false;
    enum status status = saved_filters_expand(&ours, text, expanded, sizeof expanded, &unfinished, why);
    return status != STATUS_OK ? status : fleet_filter_parse_strictly(expanded, out, why);
}
