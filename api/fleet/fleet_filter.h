// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter: Which sandboxes are meant by words, as they are typed into the deck's filter and given to
// `sbxdeck exec`. Parsed once, then matched against each row. Pure.
//
// Words are apart by blanks and stand in any order; a sandbox must match all of them. Upper and lower case
// are the same. A plain word is looked for in the id, template, state, name and note, and in the ids and
// states of the credentials. KEY:VALUE looks in one place, KEY:ONE,OTHER for either, KEY:* for anything at
// all, and KEY<SPAN or KEY>SPAN compares a time; the keys are in fleet_filter_keys. '!' before a word turns
// it round. Quotes, double or single, keep blanks and commas in a value, and make a plain word of what they
// begin with. What stands before a ':' and is no key is part of a plain word: "debian:bookworm".

#ifndef SBXDECK_API_FLEET_FLEET_FILTER_H
#define SBXDECK_API_FLEET_FLEET_FILTER_H

#include "api/fleet/fleet.h"

enum {
    FLEET_FILTER_TEXT_CAP = 512, // bytes of a filter's text with NUL
    FLEET_FILTER_TERMS = 64,     // words
    FLEET_FILTER_VALUES = 128    // of all words together
};

enum fleet_filter_kind {
    FILTER_WORD, // a plain word
    FILTER_ID,
    FILTER_NAME,
    FILTER_NOTE,
    FILTER_TEMPLATE,
    FILTER_STATE,
    FILTER_CREDENTIAL,
    FILTER_PINNED,
    FILTER_AGE,
    FILTER_ENDS,
    FILTER_EXPIRES,
    FILTER_TIMEOUT
};

struct fleet_filter_value {
    uint16_t at, length;  // in text
    bool any;             // "*"
    bool wide;            // not of ASCII alone
    uint16_t states;      // of a plain word: bits of the sandbox_states with it in their name
    uint16_t credentials; // likewise of the credential_states
    bool gone;            // "gone" has it
    bool pinned;          // it is "pinned"
};

struct fleet_filter_term {
    enum fleet_filter_kind kind;
    bool inverse;
    bool below;            // of a time: '<'
    bool gone;             // of a state: gone ones count
    bool pinned, unpinned; // which of these count
    uint16_t states;       // bits: of a state or credential that is asked for
    uint16_t first, count; // its values
    int64_t span_ms;       // of a time
};

struct fleet_filter {
    struct fleet_filter_term terms[FLEET_FILTER_TERMS];
    size_t term_count; // 0: all match
    struct fleet_filter_value values[FLEET_FILTER_VALUES];
    size_t value_count;
    char text[FLEET_FILTER_TEXT_CAP]; // of the values, as typed
    size_t text_length;
    bool unfinished; // what is wrong is the last word alone, and more typing can make it right
    bool key_begun;  // the last word is plain so far, and could become a key
};

// Never fails to give a filter: what is wrong in text is as if it were not there. BAD_ARGUMENT then, with the
// word and what would be right in why (NULL: not told).
enum status fleet_filter_parse(const char *text, struct fleet_filter *out, struct failure *why);
// For verbs, which must not do more than was meant: also refuses a word after '!' whose key is mistyped.
enum status fleet_filter_parse_strictly(const char *text, struct fleet_filter *out, struct failure *why);
// A plain word that is probably a mistyped key: told in why. For where nothing matches.
bool fleet_filter_mistyped(const char *text, struct failure *why);
// The same without the plain words, which are copied to plain[cap], apart by blanks, without quotes: for
// lists that rank by them (tui/base/fuzzy).
enum status fleet_filter_parse_keys(const char *text, struct fleet_filter *out, char *plain, size_t cap,
                                    struct failure *why);

// Without allocation, so that 100,000 rows are matched within a frame.
bool fleet_filter_matches(const struct fleet_filter *filter, const struct fleet_row *row,
                          int64_t server_now_ms);
// What matches may change as time goes by, without a change of the fleet.
bool fleet_filter_runs(const struct fleet_filter *filter);

// The one state that all that matches is in, for the server's ?state=; SANDBOX_STATE_COUNT: none such.
enum sandbox_state fleet_filter_state(const struct fleet_filter *filter);

// Takes out the last word, where it is the beginning of a key (key_begun): until the ':' is typed, nothing
// has its letters.
void fleet_filter_drop_begun(struct fleet_filter *filter);

// The keys, for help and completion; NULL beyond the end.
struct fleet_filter_key {
    const char *name;
    const char *also; // another name; "" none
    enum fleet_filter_kind kind;
    char after;       // ':' or, of a time, what is meant most often of '<' and '>'
    const char *help; // what it looks at
    const char *example;
};
const struct fleet_filter_key *fleet_filter_key(size_t index);

// The words that may stand behind a key of few values: by index; NULL beyond the end, or of any other key.
const char *fleet_filter_key_value(enum fleet_filter_kind kind, size_t index);

#endif
