// SPDX-License-Identifier: Apache-2.0
//
// sandbox_match: Score each word by the place where it is found best: id and name before template, state and
// note.

#include "views/labels/sandbox_match.h"

#include <stdint.h>
#include <string.h>

enum { LESS_TEMPLATE = 700, LESS_STATE = 600, LESS_NOTE = 800, FOR_A_NAME = 50, TEMPLATES = 16 };

void sandbox_match_begin(struct sandbox_match *match, const char *typed)
{
    match->count = 0;
    memset(match->templates, 0, sizeof match->templates);
    (void)fleet_filter_parse_keys(typed, &match->keys, match->plain, sizeof match->plain, NULL);
    for (const char *at = match->plain + strspn(match->plain, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        bool inverse = at[0] == '!';
        if (length > (inverse ? 1U : 0U) && match->count < SANDBOX_MATCH_WORDS) {
            match->words[match->count].text = at + inverse;
            match->words[match->count].length = length - inverse;
            match->words[match->count++].inverse = inverse;
        }
        at += length;
    }
}

bool sandbox_match_is_empty(const struct sandbox_match *match)
{
    return match->count == 0 && match->keys.term_count == 0;
}

static int better(int one, int other)
{
    return one > other ? one : other;
}

static int lessened(int score, int by)
{
    return score == FUZZY_NONE ? score : score > by ? score - by : 1;
}

// What that template is worth for a word. Texts are shared, so its address is what it is known by.
static int template_score(struct sandbox_match *match, const char *text, size_t word)
{
    size_t place = ((uintptr_t)text >> 4 ^ (uintptr_t)text >> 10) % TEMPLATES;
    if (match->templates[place].text != text) {
        size_t size = strlen(text);
        match->templates[place].text = text;
        for (size_t i = 0; i < match->count; i++)
            match->templates[place].scores[i] =
                lessened(fuzzy_word_score(text, size, match->words[i].text, match->words[i].length, NULL),
                         LESS_TEMPLATE);
    }
    return match->templates[place].scores[word];
}

// Only as it is: the letters of "running" are in many words.
static int states_score(const struct fleet_row *row, const char *word, size_t length, int64_t now)
{
    const char *state = row->gone ? "gone" : fleet_state_text(row);
    const char *credential = credential_state_name(credential_state(fleet_row_best(row, now), now));
    int score = better(fuzzy_whole_score(state, strlen(state), word, length, NULL),
                       fuzzy_whole_score(credential, strlen(credential), word, length, NULL));
    return lessened(score, LESS_STATE);
}

static int word_score(struct sandbox_match *match, size_t index, const struct fleet_row *row, int64_t now)
{
    const char *word = match->words[index].text;
    size_t length = match->words[index].length;
    int best = fuzzy_word_score(row->sandbox.id, strlen(row->sandbox.id), word, length, NULL);
    if (row->label != NULL) {
        const char *name = row->label->name, *note = row->label->note;
        int score = fuzzy_word_score(name, strlen(name), word, length, NULL);
        best = better(best, score == FUZZY_NONE ? score : score + FOR_A_NAME);
        best = better(best, lessened(fuzzy_whole_score(note, strlen(note), word, length, NULL), LESS_NOTE));
    }
    best = better(best, template_score(match, row->sandbox.template_id, index));
    return best != FUZZY_NONE ? best : states_score(row, word, length, now);
}

// As it is in none of them.
static bool is_without(const struct fleet_row *row, const char *word, size_t length, int64_t now)
{
    const char *const texts[] = {row->sandbox.id, row->sandbox.template_id,
                                 row->label != NULL ? row->label->name : "",
                                 row->label != NULL ? row->label->note : ""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (fuzzy_whole_score(texts[i], strlen(texts[i]), word, length, NULL) != FUZZY_NONE)
            return false;
    return states_score(row, word, length, now) == FUZZY_NONE;
}

int sandbox_match_score(struct sandbox_match *match, const struct fleet_row *row, int64_t server_now_ms)
{
    int sum = 0;
    if (!fleet_filter_matches(&match->keys, row, server_now_ms))
        return FUZZY_NONE;
    for (size_t i = 0; i < match->count; i++) {
        const char *word = match->words[i].text;
        size_t length = match->words[i].length;
        int score = match->words[i].inverse ? (is_without(row, word, length, server_now_ms) ? 0 : FUZZY_NONE)
                                            : word_score(match, i, row, server_now_ms);
        if (score == FUZZY_NONE)
            return FUZZY_NONE;
        sum += score;
    }
    return sum;
}
