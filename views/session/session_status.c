// SPDX-License-Identifier: Apache-2.0
//
// session_status: Fit the status line to its width. An operator in a shell must see at any width which
// sandbox this is and how long it lasts; everything else gives way.

#include "views/session/session_status.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <string.h>

enum {
    MARGIN = 1,
    GAP = 2,
    TITLE_MIN = 6,
    ID_MIN = 4,
    PREFIX_MIN = 32,
    COUNTDOWN = 6,
    // Beside a notice: so much of the id stays on a line of so many columns, on a shorter one nothing.
    ID_BESIDE_NOTICE = 14,
    COLUMNS_FOR_BOTH = 60,
    ROOM_FOR_KEY = 40
};

// What the parts of the left side take; a part of width 0 is not shown.
struct layout {
    char id[TEXT_PIECE_CAP];
    char countdown[24]; // of what ends first; it stands in a place of COUNTDOWN columns at least
    char clock[16];     // whose that is; without room for it, a mark before the countdown means the sandbox
    char mark[8];
    char glyph[8];
    char word[32];
    char other[48]; // what ends later
    char hints[TEXT_PIECE_CAP];
    char together[48]; // and that it is recorded; never gives way
    int kept;          // columns at the right for the prefix, which doesn't give way either
};

enum theme_role session_status_role(const struct session_status_facts *facts)
{
    enum gauge_stage timeout = facts->timeout ? state_label_stage(facts->timeout_state) : GAUGE_OK;
    enum gauge_stage stage = state_label_stage(facts->credential);
    if (timeout > stage)
        stage = timeout;
    if (facts->mode == SESSION_STATUS_ENDED || facts->mode == SESSION_STATUS_PREFIX)
        return facts->unfocused ? ROLE_DIM : ROLE_SESSION_STATUS;
    if (facts->together > 1 || stage >= GAUGE_BAD)
        return ROLE_SESSION_STATUS_BAD;
    if (stage == GAUGE_WARN)
        return ROLE_SESSION_STATUS_WARN;
    return facts->unfocused ? ROLE_DIM : ROLE_SESSION_STATUS;
}

// --- hints ------------------------------------------------------------------------------

static int command_width(enum command command)
{
    return text_width(command_key(command)) + 1 + text_width(command_table[command].hint);
}

static int add_hint(struct text_pieces *line, int x, enum command command)
{
    const char *key = command_key(command), *hint = command_table[command].hint;
    text_pieces_add(line, 0, x, line->role, "%s", key)->strong = true;
    (void)text_pieces_add(line, 0, x + text_width(key) + 1, line->role, "%s", hint);
    return x + command_width(command) + GAP;
}

// Whole hints of what follows the prefix from x on, as many as there is room for; help is kept to the last.
static void add_hints(struct text_pieces *line, int x, int end, bool alone)
{
    int help = command_width(COMMAND_session_help);
    bool helps = x + help <= end;
    if (helps)
        end -= help + GAP;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const struct command_entry *entry = &command_table[i];
        bool works = i != COMMAND_session_next || !alone;
        if (command_counts((enum command)i, SCOPE_SESSION) && command_has_key((enum command)i) &&
            entry->hint[0] != '\0' && works && i != COMMAND_session_help &&
            x + command_width((enum command)i) <= end)
            x = add_hint(line, x, (enum command)i);
    }
    if (helps)
        (void)add_hint(line, x, COMMAND_session_help);
}

// The prefix and the first commands behind it, in as many words as there is room for.
static void prefix_hint(char *out, size_t cap, int columns)
{
    const char *prefix = command_key(COMMAND_session_prefix);
    (void)snprintf(out, cap, "%s then %s %s, %s %s, %s %s", prefix, command_key(COMMAND_session_deck),
                   command_table[COMMAND_session_deck].hint, command_key(COMMAND_session_close),
                   command_table[COMMAND_session_close].hint, command_key(COMMAND_session_help),
                   command_table[COMMAND_session_help].hint);
    if (text_width(out) <= columns)
        return;
    (void)snprintf(out, cap, "%s keys", prefix);
    if (text_width(out) > columns)
        (void)snprintf(out, cap, "%s", prefix);
    if (text_width(out) > columns)
        out[0] = '\0';
}

// --- the line ---------------------------------------------------------------------------

// Both clocks by name, the one that ends first in front.
static void fill_ends(const struct session_status_facts *facts, struct layout *part)
{
    char left[TIME_SPAN_CAP], timeout[TIME_SPAN_CAP];
    bool runs = facts->countdown && facts->remaining_ms > 0 && facts->credential >= CREDENTIAL_unverified &&
                facts->credential <= CREDENTIAL_critical;
    bool comes = facts->timeout && facts->timeout_ms > 0;
    bool sandbox = comes && (!runs || facts->timeout_ms < facts->remaining_ms);
    (void)time_format_remaining(facts->remaining_ms, left);
    (void)time_format_remaining(facts->timeout_ms, timeout);
    if (runs || sandbox)
        (void)snprintf(part->countdown, sizeof part->countdown, "%s", sandbox ? timeout : left);
    else if (facts->past_end)
        (void)snprintf(part->countdown, sizeof part->countdown, "past end");
    if (part->countdown[0] != '\0')
        (void)snprintf(part->clock, sizeof part->clock, "%s",
                       deadline_clock_name(sandbox ? DEADLINE_SANDBOX : DEADLINE_CREDENTIAL));
    if (sandbox)
        (void)snprintf(part->mark, sizeof part->mark, "%s", glyph(state_label_clock(DEADLINE_SANDBOX)));
    if (sandbox && runs)
        (void)snprintf(part->other, sizeof part->other, "%s %s", deadline_clock_name(DEADLINE_CREDENTIAL),
                       left);
    else if (comes && !sandbox)
        (void)snprintf(part->other, sizeof part->other, "%s %s", deadline_clock_name(DEADLINE_SANDBOX),
                       timeout);
    else if (facts->timeout && !comes)
        (void)snprintf(part->other, sizeof part->other, "time-out due");
}

static void fill(const struct session_status_facts *facts, struct layout *part)
{
    struct state_label word = state_label_credential(facts->credential);
    memset(part, 0, sizeof *part);
    (void)display(facts->sandbox, strlen(facts->sandbox), part->id, sizeof part->id);
    if (facts->together > 1)
        (void)snprintf(part->together, sizeof part->together, "TYPING INTO %zu%s", facts->together,
                       facts->recorded ? " REC" : "");
    else if (facts->recorded)
        (void)snprintf(part->together, sizeof part->together, "REC");
    (void)snprintf(part->glyph, sizeof part->glyph, "%s", glyph(word.glyph));
    (void)snprintf(part->word, sizeof part->word, "%s", word.text);
    fill_ends(facts, part);
}

static int width_with_gap(const char *text, int gap)
{
    return text[0] != '\0' ? gap + text_width(text) : 0;
}

static int countdown_width(const struct layout *part)
{
    int width = text_width(part->countdown);
    if (width == 0)
        return 0;
    return GAP + (width < COUNTDOWN ? COUNTDOWN : width) + text_width(part->mark);
}

// Drops parts until the rest fits; what is left is what is drawn.
static void give_way(struct layout *part, int columns)
{
    char *const order[] = {part->other, part->word, part->clock, part->glyph};
    int fixed = 2 * MARGIN + text_width(part->id) + countdown_width(part) +
                width_with_gap(part->together, GAP) + part->kept;
    for (size_t i = 0; i <= sizeof order / sizeof *order; i++) {
        int wanted = fixed + width_with_gap(part->glyph, part->countdown[0] != '\0' ? 1 : GAP) +
                     width_with_gap(part->word, 1) + width_with_gap(part->clock, GAP) +
                     width_with_gap(part->other, GAP);
        if (wanted <= columns || i == sizeof order / sizeof *order)
            break;
        order[i][0] = '\0';
    }
}

// The countdown of what ends first, by name or by its mark.
static int put_end(struct text_pieces *line, const struct layout *part, int x, int columns)
{
    const char *mark = part->clock[0] == '\0' ? part->mark : "";
    if (part->clock[0] != '\0') {
        x += part->word[0] != '\0' || part->glyph[0] != '\0' ? GAP - 1 : 0;
        (void)text_pieces_add(line, 0, x, line->role, "%s", part->clock);
        x += text_width(part->clock) + 1;
    }
    // Flush right in its place: a second less moves nothing but its figures.
    int width = text_width(part->countdown), place = width < COUNTDOWN ? COUNTDOWN : width;
    if (part->countdown[0] != '\0' && x + place + text_width(mark) <= columns) {
        x += place - width;
        text_pieces_add(line, 0, x, line->role, "%s%s", mark, part->countdown)->strong = true;
        x += text_width(mark) + text_width(part->countdown) + 1;
    }
    return x + GAP - 1;
}

// The columns that the id gets beside a notice of that width (0: there is none).
static int room_for_id(const struct layout *part, int columns, int notice)
{
    int room =
        columns - 2 * MARGIN - countdown_width(part) - width_with_gap(part->together, GAP) - part->kept;
    if (notice == 0)
        return room < ID_MIN ? ID_MIN : room;
    int least = columns < COLUMNS_FOR_BOTH ? 0 : room < ID_BESIDE_NOTICE ? room : ID_BESIDE_NOTICE;
    return room - notice < least ? least : room - notice;
}

static int put_left(struct text_pieces *line, const struct layout *part, int columns, int notice)
{
    int x = MARGIN;
    int room = room_for_id(part, columns, notice);
    char id[TEXT_PIECE_CAP];
    if (part->together[0] != '\0') {
        text_pieces_add(line, 0, x, line->role, "%s", part->together)->strong = true;
        x += text_width(part->together) + GAP;
    }
    if (room >= ID_MIN) {
        int used = text_fit(part->id, room, false, id, sizeof id);
        text_pieces_add(line, 0, x, line->role, "%s", id)->strong = true;
        x += used + GAP;
    }
    if (part->glyph[0] != '\0') {
        (void)text_pieces_add(line, 0, x, line->role, "%s", part->glyph);
        x += text_width(part->glyph) + 1;
    }
    if (part->word[0] != '\0') {
        (void)text_pieces_add(line, 0, x, line->role, "%s", part->word);
        x += text_width(part->word) + 1;
    }
    x = put_end(line, part, x, columns);
    if (part->other[0] != '\0') {
        (void)text_pieces_add(line, 0, x, line->role, "%s", part->other);
        x += text_width(part->other) + GAP;
    }
    return x;
}

static void put_title(struct text_pieces *line, const struct session_status_facts *facts, int x, int end)
{
    char title[TEXT_PIECE_CAP];
    if (facts->title == NULL || facts->title[0] == '\0' || end - x < TITLE_MIN)
        return;
    (void)text_fit(facts->title, end - x, false, title, sizeof title);
    (void)text_pieces_add(line, 0, x, line->role, "%s", title);
}

// --- the notice -------------------------------------------------------------------------

// What stands behind it: how many wait.
static int more_width(const struct session_status_facts *facts)
{
    char more[16];
    return facts->notices_more > 0 ? 1 + snprintf(more, sizeof more, "+%zu", facts->notices_more) : 0;
}

static int notice_width(const struct session_status_facts *facts)
{
    return facts->notice != NULL ? text_width(facts->notice) + more_width(facts) : 0;
}

// How many wait behind it stays whole; where it is cut, the key that shows it whole is there too.
static void put_notice(struct text_pieces *line, const struct session_status_facts *facts, int x, int end)
{
    char text[TEXT_PIECE_CAP];
    int room = end - x - more_width(facts);
    enum theme_role role = facts->notice_level > TOAST_INFO ? toast_role(facts->notice_level) : line->role;
    char key[32];
    (void)snprintf(key, sizeof key, "%s %s", command_key(COMMAND_session_prefix),
                   command_key(COMMAND_session_messages));
    if (text_width(facts->notice) > room && room > ROOM_FOR_KEY && !facts->unfocused) {
        room -= text_width(key) + 1;
        text_pieces_add(line, 0, end - text_width(key), line->role, "%s", key)->strong = true;
    }
    if (room < 1)
        return;
    int used = text_fit(facts->notice, room, false, text, sizeof text);
    text_pieces_add(line, 0, x, role, "%s", text)->strong = true;
    if (facts->notices_more > 0)
        (void)text_pieces_add(line, 0, x + used + 1, line->role, "+%zu", facts->notices_more);
}

// A question that nobody asked for stands where the title and the keys else stand, with the key that takes it
// up: in the longest words that leave the id and the countdown in sight.
static void fit_question_key(const struct session_status_facts *facts, const struct layout *part, int columns,
                             char *out, size_t cap)
{
    const char *prefix = facts->unfocused ? "" : command_key(COMMAND_session_prefix);
    const char *blank = facts->unfocused ? "" : " ", *key = command_key(COMMAND_session_answer);
    int room = columns - 2 * MARGIN - ID_MIN - width_with_gap(part->countdown, GAP) -
               width_with_gap(part->together, GAP) - GAP;
    (void)snprintf(out, cap, "%s%s%s answers", prefix, blank, key);
    if (text_width(out) > room)
        (void)snprintf(out, cap, "%s%s%s", prefix, blank, key);
    if (text_width(out) > room)
        (void)snprintf(out, cap, "?");
}

static void build_question(const struct session_status_facts *facts, struct layout *part, int columns,
                           struct text_pieces *out)
{
    char key[64], text[TEXT_PIECE_CAP];
    fit_question_key(facts, part, columns, key, sizeof key);
    // The sandbox's time-out, the word and the glyph give way to it; the id does not.
    part->kept = width_with_gap(key, GAP) + width_with_gap(facts->question, GAP);
    give_way(part, columns);
    part->kept = width_with_gap(key, GAP);
    int x = put_left(out, part, columns, 0), end = columns - MARGIN - text_width(key);
    text_pieces_add(out, 0, end, out->role, "%s", key)->strong = true;
    end -= GAP;
    if (end - x < TITLE_MIN)
        return;
    if (facts->notice != NULL) {
        put_notice(out, facts, x, end);
        return;
    }
    (void)text_fit(facts->question, end - x, false, text, sizeof text);
    text_pieces_add(out, 0, x, out->role, "%s", text)->strong = true;
}

static void deck_hint(char *out, size_t cap, int columns)
{
    (void)snprintf(out, cap, "%s %s, %s %s session", command_key(COMMAND_help),
                   command_table[COMMAND_help].hint, command_key(COMMAND_session_prefix),
                   command_key(COMMAND_session_other));
    if (text_width(out) > columns)
        (void)snprintf(out, cap, "%s %s, %s %s", command_key(COMMAND_help), command_table[COMMAND_help].hint,
                       command_key(COMMAND_session_prefix), command_key(COMMAND_session_other));
    if (text_width(out) > columns)
        (void)snprintf(out, cap, "%s %s", command_key(COMMAND_help), command_table[COMMAND_help].hint);
    if (text_width(out) > columns)
        out[0] = '\0';
}

// The columns that are kept for the keys: no key falls out for what is known from the deck as well.
static int kept_for_keys(const struct session_status_facts *facts, int columns)
{
    char hint[TEXT_PIECE_CAP];
    if (!facts->unfocused && columns >= PREFIX_MIN)
        return width_with_gap(command_key(COMMAND_session_prefix), GAP);
    if (!facts->unfocused || !facts->deck_above)
        return 0;
    deck_hint(hint, sizeof hint, columns / 2);
    return width_with_gap(hint, GAP);
}

static void build_open(const struct session_status_facts *facts, int columns, struct text_pieces *out)
{
    struct layout part;
    int notice = notice_width(facts) > 0 ? notice_width(facts) + GAP : 0;
    fill(facts, &part);
    if (facts->question != NULL) {
        build_question(facts, &part, columns, out);
        return;
    }
    part.kept = notice == 0 ? kept_for_keys(facts, columns) : 0;
    give_way(&part, columns - notice);
    int x = put_left(out, &part, columns, notice);
    int end = columns - MARGIN;
    part.hints[0] = '\0';
    if (!facts->unfocused)
        prefix_hint(part.hints, sizeof part.hints, end - x - notice);
    else if (facts->deck_above)
        deck_hint(part.hints, sizeof part.hints, end - x - notice);
    if (part.hints[0] != '\0') {
        int at = end - text_width(part.hints);
        (void)text_pieces_add(out, 0, at, out->role, "%s", part.hints);
        end = at - GAP;
    }
    if (facts->notice != NULL)
        put_notice(out, facts, x, end);
    else
        put_title(out, facts, x, end);
}

// --- the keys that count now --------------------------------------------------------------

struct hint {
    char key[32], word[48];
};

static int hint_width(const struct hint *hint)
{
    return text_width(hint->key) + 1 + text_width(hint->word);
}

static int put_hint(struct text_pieces *line, int x, const struct hint *hint)
{
    text_pieces_add(line, 0, x, line->role, "%s", hint->key)->strong = true;
    (void)text_pieces_add(line, 0, x + text_width(hint->key) + 1, line->role, "%s", hint->word);
    return x + hint_width(hint) + GAP;
}

static struct hint hint_of(enum command command, bool prefixed, const char *word)
{
    struct hint hint;
    (void)snprintf(hint.key, sizeof hint.key, "%s%s%s", prefixed ? command_key(COMMAND_session_prefix) : "",
                   prefixed ? " " : "", command_key(command));
    (void)snprintf(hint.word, sizeof hint.word, "%s", word);
    return hint;
}

// Whether Enter takes another credential than the session had.
static bool wants_new_credential(enum credential_state state)
{
    return state == CREDENTIAL_expired || state == CREDENTIAL_invalid || state == CREDENTIAL_revoked ||
           state == CREDENTIAL_none;
}

// The columns for the id of one that has ended, of what its first key leaves.
static int room_for_ended(int room, int columns, int notice)
{
    if (notice == 0)
        return room;
    return columns < COLUMNS_FOR_BOTH ? 0 : room < ID_BESIDE_NOTICE ? room : ID_BESIDE_NOTICE;
}

// The id, that it has ended, and what can be done: the first of it goes last.
static void build_ended(const struct session_status_facts *facts, int columns, struct text_pieces *out)
{
    const char *word = "ended", *again = command_table[COMMAND_session_again].hint;
    bool fresh = wants_new_credential(facts->credential);
    char id[TEXT_PIECE_CAP];
    const struct hint hints[] = {
        hint_of(COMMAND_session_again, false, again),
        hint_of(COMMAND_session_leave, false, command_table[COMMAND_session_leave].hint),
        hint_of(COMMAND_session_forget_host, true, "forget host key"),
        hint_of(COMMAND_session_answer, true, "answers"),
        hint_of(COMMAND_session_help, true, "keys"),
    };
    const struct hint renewed = hint_of(COMMAND_session_again, false, "reconnect with a new credential");
    int x = MARGIN, end = columns - MARGIN;
    int first = facts->held ? 0 : hint_width(&hints[0]) + GAP;
    int notice = notice_width(facts) > 0 ? notice_width(facts) + GAP : 0;
    int room = room_for_ended(columns - 2 * MARGIN - first, columns, notice);
    if (room >= ID_MIN) {
        int used = text_fit(facts->sandbox, room, false, id, sizeof id);
        text_pieces_add(out, 0, x, out->role, "%s", id)->strong = true;
        x += used + 1;
        if (x + text_width(word) + first <= end) {
            (void)text_pieces_add(out, 0, x, out->role, "%s", word);
            x += text_width(word);
        }
        x += GAP;
    }
    // A notice leaves the first of the keys.
    int keys_end = end - notice > x + first ? end - notice : x + first;
    for (size_t i = 0; i < sizeof hints / sizeof *hints && !facts->held; i++) {
        const struct hint *hint = &hints[i];
        if (i == 0 && fresh && x + hint_width(&renewed) <= keys_end)
            hint = &renewed;
        if (x + hint_width(hint) <= keys_end && x + hint_width(hint) <= end &&
            (i != 2 || facts->host_key_changed) && (i != 3 || facts->question != NULL))
            x = put_hint(out, x, hint);
    }
    if (notice > 0)
        put_notice(out, facts, x, end);
    else if (facts->question != NULL && x + text_width(facts->question) <= end)
        text_pieces_add(out, 0, x, out->role, "%s", facts->question)->strong = true;
}

static void build_prefix(const struct session_status_facts *facts, int columns, struct text_pieces *out)
{
    int x = MARGIN;
    text_pieces_add(out, 0, x, out->role, "%s", command_key(COMMAND_session_prefix))->strong = true;
    x += text_width(command_key(COMMAND_session_prefix)) + GAP;
    if (facts->question != NULL) {
        const struct hint answer = hint_of(COMMAND_session_answer, false, "answer");
        x = put_hint(out, x, &answer);
    }
    add_hints(out, x, columns - MARGIN, facts->alone);
}

void session_status_build(const struct session_status_facts *facts, int columns, struct text_pieces *out)
{
    text_pieces_clear(out, session_status_role(facts));
    if (columns < 1)
        return;
    if (facts->mode == SESSION_STATUS_PREFIX)
        build_prefix(facts, columns, out);
    else if (facts->mode == SESSION_STATUS_ENDED)
        build_ended(facts, columns, out);
    else
        build_open(facts, columns, out);
}
