// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter_parse: Read the words of a filter. A word that is wrong is left out and told; one that is
// still being typed is left out, too, so that the list doesn't jump until it is whole.

#include "api/base/nearest_word.h"
#include "api/fleet/fleet_filter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WORD_SHOWN = 60, SECOND_MS = 1000 };

static const struct fleet_filter_key keys[] = {
    {"state", "", FILTER_STATE, ':', "The sandbox's state, by its beginning (gone: no longer listed)",
     "state:running,paused"},
    {"cred", "credential", FILTER_CREDENTIAL, ':', "The state of one of its credentials, by its beginning",
     "cred:expiring"},
    {"tpl", "template", FILTER_TEMPLATE, ':', "The template", "tpl:debian"},
    {"name", "", FILTER_NAME, ':', "The name that you gave it", "name:db"},
    {"note", "", FILTER_NOTE, ':', "The note that you wrote", "note:'do not delete'"},
    {"id", "", FILTER_ID, ':', "The sandbox's id", "id:4f"},
    {"pinned", "", FILTER_PINNED, ':', "Whether you pinned it", "pinned:yes"},
    {"age", "", FILTER_AGE, '>', "How long ago it was created", "age>1h"},
    {"ends", "", FILTER_ENDS, '<', "What is left until its credential expires or it times out, the earlier",
     "ends<10m"},
    {"expires", "", FILTER_EXPIRES, '<', "What is left until its credential expires", "expires<1h30m"},
    {"timeout", "", FILTER_TIMEOUT, '<', "What is left until the sandbox times out", "timeout>2h"},
};
enum { KEYS = sizeof keys / sizeof keys[0], KEY_PINNED = 6 };

const struct fleet_filter_key *fleet_filter_key(size_t index)
{
    return index < KEYS ? &keys[index] : NULL;
}

static const char *const states[] = {
#define X(name) #name,
    SANDBOX_STATE_TABLE(X)
#undef X
        "unknown",
    "gone"};
static const char *const credential_states[] = {
#define X(name) #name,
    CREDENTIAL_STATE_TABLE(X)
#undef X
};
static const char *const pinned[] = {"yes", "no"};
enum { STATES = sizeof states / sizeof states[0], STATE_GONE = STATES - 1 };

// The values of a key that has few; *count 0: it has not.
static const char *const *values_of(enum fleet_filter_kind kind, size_t *count)
{
    static const struct {
        enum fleet_filter_kind kind;
        const char *const *words;
        size_t count;
    } lists[] = {{FILTER_STATE, states, STATES},
                 {FILTER_CREDENTIAL, credential_states, CREDENTIAL_STATE_COUNT},
                 {FILTER_PINNED, pinned, 2}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (lists[i].kind != kind)
            continue;
        *count = lists[i].count;
        return lists[i].words;
    }
    *count = 0;
    return NULL;
}

const char *fleet_filter_key_value(enum fleet_filter_kind kind, size_t index)
{
    size_t count = 0;
    const char *const *words = values_of(kind, &count);
    return index < count ? words[index] : NULL;
}

struct parsing {
    struct fleet_filter *out;
    struct failure *why;
    enum status status;
    const char *begin, *end; // the word that is read now, in the filter's text, '!' included
    bool strictly, keys_only;
    bool hints, mistyped; // only a mistyped key is wrong, and that is one
    char *plain;          // where words go with keys_only
    size_t plain_cap;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// --- what is wrong ---

// The first mistake is told; one in the last word, which is still being typed, only where it is the only one.
static void wrong(struct parsing *parsing, bool unfinished, const char *what, const char *right)
{
    int length =
        parsing->end - parsing->begin < WORD_SHOWN ? (int)(parsing->end - parsing->begin) : WORD_SHOWN;
    if (parsing->status != STATUS_OK || (parsing->hints && !parsing->mistyped))
        return;
    parsing->out->unfinished = unfinished && *parsing->end == '\0';
    parsing->status = fail(parsing->why, STATUS_BAD_ARGUMENT, "'%.*s': %s", length, parsing->begin, what);
    (void)advise(parsing->why, parsing->status, "%s", right);
}

static void list_words(const char *const *words, size_t count, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i > 0 ? ", " : "", words[i]);
}

// --- values ---

// A copy of what stands there, without its quotes, in lower case as far as it is ASCII.
static struct fleet_filter_value *add_value(struct parsing *parsing, const char *from, const char *to)
{
    struct fleet_filter *out = parsing->out;
    char quote = '\0';
    if (out->value_count == FLEET_FILTER_VALUES ||
        out->text_length + (size_t)(to - from) + 1 > sizeof out->text)
        return NULL;
    struct fleet_filter_value *value = &out->values[out->value_count++];
    *value = (struct fleet_filter_value){.at = (uint16_t)out->text_length};
    value->any = to - from == 1 && *from == '*';
    for (; from < to; from++) {
        if (quote != '\0' ? *from == quote : *from == '"' || *from == '\'') {
            quote = quote != '\0' ? '\0' : *from;
            continue;
        }
        value->wide = value->wide || ((unsigned char)*from & 0x80) != 0;
        char letter = *from >= 'A' && *from <= 'Z' ? (char)(*from + ('a' - 'A')) : *from;
        out->text[out->text_length++] = letter;
        value->length++;
    }
    out->text[out->text_length++] = '\0';
    return value;
}

static void drop_value(struct parsing *parsing)
{
    struct fleet_filter *out = parsing->out;
    out->text_length = out->values[--out->value_count].at;
}

static struct fleet_filter_term *add_term(struct parsing *parsing, enum fleet_filter_kind kind)
{
    struct fleet_filter *out = parsing->out;
    if (out->term_count == FLEET_FILTER_TERMS) {
        wrong(parsing, false, "too many words", "use fewer than 64");
        return NULL;
    }
    struct fleet_filter_term *term = &out->terms[out->term_count++];
    *term = (struct fleet_filter_term){
        .kind = kind, .inverse = *parsing->begin == '!', .first = (uint16_t)out->value_count};
    return term;
}

// Where the value ends: at a comma outside quotes, or at the word's end.
static const char *value_end(const char *from, const char *end, bool *closed)
{
    char quote = '\0';
    for (; from < end && (quote != '\0' || *from != ','); from++) {
        if (quote != '\0' ? *from == quote : *from == '"' || *from == '\'')
            quote = quote != '\0' ? '\0' : *from;
    }
    *closed = quote == '\0';
    return from;
}

// --- the kinds of words ---

static uint16_t bits_with(const char *const *words, size_t count, const char *part)
{
    uint16_t bits = 0;
    for (size_t i = 0; i < count; i++)
        if (strstr(words[i], part) != NULL)
            bits = (uint16_t)(bits | 1U << i);
    return bits;
}

static void mistyped_key(struct parsing *parsing, const char *at)
{
    char typed[NEAREST_WORD_CAP], way[96];
    size_t length = strcspn(at, ":<> \t\"'");
    struct nearest_word nearest = {.word = typed};
    if (length == 0 || length >= sizeof typed || at + length >= parsing->end || is_blank(at[length]) ||
        at[length] == '"' || at[length] == '\'')
        return;
    (void)snprintf(typed, sizeof typed, "%.*s", (int)length, at);
    for (size_t i = 0; i < KEYS; i++)
        nearest_word_offer(&nearest, keys[i].name);
    if (nearest.best == NULL)
        return;
    (void)snprintf(way, sizeof way, "did you mean %s%c? In quotes it is a text", nearest.best, at[length]);
    parsing->mistyped = true;
    wrong(parsing, false, "not a key", way);
}

static void take_plain(struct parsing *parsing, const char *at)
{
    struct fleet_filter *out = parsing->out;
    if (parsing->keys_only) {
        size_t used = strlen(parsing->plain);
        char quote = '\0';
        (void)snprintf(parsing->plain + used, parsing->plain_cap - used, "%s%s", used > 0 ? " " : "",
                       at > parsing->begin ? "!" : "");
        used = strlen(parsing->plain);
        for (; at < parsing->end && used + 1 < parsing->plain_cap; at++) {
            bool mark = quote != '\0' ? *at == quote : *at == '"' || *at == '\'';
            if (mark)
                quote = quote != '\0' ? '\0' : *at;
            else
                parsing->plain[used++] = *at;
        }
        parsing->plain[used] = '\0';
        return;
    }
    if (parsing->hints || (parsing->strictly && at > parsing->begin))
        mistyped_key(parsing, at);
    struct fleet_filter_value *value = add_value(parsing, at, parsing->end);
    if (value == NULL) {
        wrong(parsing, false, "too long", "use fewer words");
        return;
    }
    value->any = false;       // "*" is a text here
    if (value->length == 0) { // quotes with nothing in them yet
        drop_value(parsing);
        return;
    }
    const char *word = out->text + value->at;
    value->states = bits_with(states, SANDBOX_other, word);
    value->credentials = bits_with(credential_states, CREDENTIAL_STATE_COUNT, word);
    value->gone = strstr(states[STATE_GONE], word) != NULL;
    value->pinned = strcmp(word, keys[KEY_PINNED].name) == 0;
    struct fleet_filter_term *term = add_term(parsing, FILTER_WORD);
    if (term == NULL)
        return;
    term->first = (uint16_t)(out->value_count - 1);
    term->count = 1;
    out->key_begun = false;
    bool typed_now = *parsing->end == '\0' && parsing->end - at == value->length; // and has no quotes
    for (size_t i = 0; i < KEYS && typed_now; i++)
        out->key_begun = out->key_begun || strncmp(keys[i].name, word, value->length) == 0 ||
                         strncmp(keys[i].also, word, value->length) == 0;
}

// One value of a key that has few.
static bool take_word_value(struct parsing *parsing, struct fleet_filter_term *term, bool last)
{
    const struct fleet_filter *out = parsing->out;
    const char *typed = out->text + out->values[out->value_count - 1].at;
    size_t length = strlen(typed), count = 0;
    const char *const *words = values_of(term->kind, &count);
    unsigned bits = out->values[out->value_count - 1].any ? (1U << count) - 1 : 0;
    char list[160], what[96];
    for (size_t i = 0; bits == 0 && i < count; i++)
        if (strcmp(words[i], typed) == 0)
            bits = 1U << i;
    for (size_t i = 0; i < count && (bits == 0 || length < strlen(words[i])); i++)
        if (strncmp(words[i], typed, length) == 0 && length > 0)
            bits |= 1U << i;
    drop_value(parsing);
    if (bits == 0) {
        struct nearest_word nearest = {.word = typed};
        for (size_t i = 0; i < count; i++)
            nearest_word_offer(&nearest, words[i]);
        list_words(words, count, list, sizeof list);
        (void)snprintf(what, sizeof what, nearest.best != NULL ? "did you mean %s?" : "not one of its values",
                       nearest.best);
        wrong(parsing, last && length == 0, what, list);
        return false;
    }
    if (term->kind == FILTER_STATE) {
        term->gone = term->gone || (bits >> STATE_GONE & 1) != 0;
        bits &= (1U << STATE_GONE) - 1;
    }
    term->pinned = term->pinned || (bits & 1) != 0;
    term->unpinned = term->unpinned || (bits & 2) != 0;
    term->states = (uint16_t)(term->states | bits);
    return true;
}

static void take_values(struct parsing *parsing, const struct fleet_filter_key *key, const char *at)
{
    struct fleet_filter_term *term = add_term(parsing, key->kind);
    size_t few = 0, given = 0;
    (void)values_of(key->kind, &few);
    for (bool more = term != NULL; more;) {
        bool closed = true;
        const char *end = value_end(at, parsing->end, &closed);
        struct fleet_filter_value *value = add_value(parsing, at, end);
        more = end < parsing->end;
        at = end + 1;
        if (value == NULL) {
            wrong(parsing, false, "too long", "use fewer words");
            break;
        }
        if (value->length == 0) { // behind a comma one more is being typed
            drop_value(parsing);
            continue;
        }
        if (few > 0) {
            given += take_word_value(parsing, term, !more) ? 1 : 0;
        } else {
            term->count++;
            given++;
        }
    }
    if (term == NULL || given > 0)
        return;
    parsing->out->term_count--;
    wrong(parsing, true, "a value is missing", key->example);
}

// --- times ---

enum span { SPAN_RIGHT, SPAN_UNFINISHED, SPAN_WRONG };

static enum span parse_span(const char *at, const char *end, int64_t *ms)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
    int64_t seconds = 0;
    if (at == end)
        return SPAN_UNFINISHED;
    for (size_t unit = 0; at < end; unit++, at++) {
        int64_t number = 0;
        const char *digits = at;
        for (; at < end && isdigit((unsigned char)*at); at++)
            number = number < INT32_MAX ? number * 10 + (*at - '0') : number;
        if (at == end)
            return SPAN_UNFINISHED;
        while (unit < sizeof units / sizeof units[0] && units[unit].letter != tolower((unsigned char)*at))
            unit++;
        if (at == digits || unit == sizeof units / sizeof units[0] || number > INT32_MAX)
            return SPAN_WRONG;
        seconds += number * units[unit].seconds;
    }
    *ms = seconds * SECOND_MS;
    return SPAN_RIGHT;
}

static void take_time(struct parsing *parsing, const struct fleet_filter_key *key, const char *at)
{
    int64_t ms = 0;
    char way[96];
    (void)snprintf(way, sizeof way, "%s, with s, m, h, d or w: %s", key->name, key->example);
    if (*at == ':')
        at++;
    if (at == parsing->end || (*at != '<' && *at != '>')) {
        wrong(parsing, at == parsing->end, "needs < or >", key->example);
        return;
    }
    bool below = *at == '<';
    at += at + 1 < parsing->end && at[1] == '=' ? 2 : 1;
    enum span span = parse_span(at, parsing->end, &ms);
    if (span != SPAN_RIGHT) {
        wrong(parsing, span == SPAN_UNFINISHED,
              span == SPAN_UNFINISHED ? "a time with its unit is missing" : "not a time", key->example);
        return;
    }
    struct fleet_filter_term *term = add_term(parsing, key->kind);
    if (term == NULL)
        return;
    term->below = below;
    term->span_ms = ms;
}

// --- words ---

static const struct fleet_filter_key *key_at(const char *at, size_t length)
{
    for (size_t i = 0; i < KEYS; i++) {
        const char *const names[] = {keys[i].name, keys[i].also};
        for (size_t k = 0; k < 2; k++)
            if (length > 0 && strlen(names[k]) == length && strncasecmp(names[k], at, length) == 0)
                return &keys[i];
    }
    return NULL;
}

static const char *word_end(const char *at)
{
    char quote = '\0';
    for (; *at != '\0' && (quote != '\0' || !is_blank(*at)); at++) {
        if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'')
            quote = quote != '\0' ? '\0' : *at;
    }
    return at;
}

static void take_word(struct parsing *parsing)
{
    const char *at = parsing->begin + (*parsing->begin == '!' ? 1 : 0);
    if (at == parsing->end)
        return; // "!" alone is still being typed
    size_t length = strcspn(at, ":<>\"'");
    const struct fleet_filter_key *key =
        at + length < parsing->end && at[length] != '"' && at[length] != '\'' ? key_at(at, length) : NULL;
    if (key == NULL || (key->after == ':' && at[length] != ':')) {
        take_plain(parsing, at);
        return;
    }
    parsing->out->key_begun = false;
    if (key->after == ':')
        take_values(parsing, key, at + length + 1);
    else
        take_time(parsing, key, at + length);
}

static enum status parse(struct parsing *parsing, const char *text)
{
    struct fleet_filter *out = parsing->out;
    out->term_count = out->value_count = out->text_length = 0;
    out->unfinished = out->key_begun = false;
    parsing->status = STATUS_OK;
    for (const char *at = text; *at != '\0';) {
        while (is_blank(*at))
            at++;
        parsing->begin = at;
        parsing->end = at = word_end(at);
        out->key_begun = false;
        if (parsing->begin < parsing->end)
            take_word(parsing);
    }
    return parsing->status;
}

enum status fleet_filter_parse(const char *text, struct fleet_filter *out, struct failure *why)
{
    return parse(&(struct parsing){.out = out, .why = why}, text);
}

enum status fleet_filter_parse_strictly(const char *text, struct fleet_filter *out, struct failure *why)
{
    return parse(&(struct parsing){.out = out, .why = why, .strictly = true}, text);
}

bool fleet_filter_mistyped(const char *text, struct failure *why)
{
    struct fleet_filter ignored;
    return parse(&(struct parsing){.out = &ignored, .why = why, .hints = true}, text) != STATUS_OK;
}

enum status fleet_filter_parse_keys(const char *text, struct fleet_filter *out, char *plain, size_t cap,
                                    struct failure *why)
{
    plain[0] = '\0';
    return parse(
        &(struct parsing){.out = out, .why = why, .keys_only = true, .plain = plain, .plain_cap = cap}, text);
}

void fleet_filter_drop_begun(struct fleet_filter *filter)
{
    if (!filter->key_begun || filter->term_count == 0)
        return;
    filter->term_count--;
    filter->key_begun = false;
}
