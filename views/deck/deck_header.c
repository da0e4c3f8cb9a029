// SPDX-License-Identifier: Apache-2.0
//
// deck_header: Build and draw the deck's header, and decide what is left out first on a narrow screen.

#include "views/deck/deck_header.h"

#include "api/base/time_util.h"
#include "tui/widget/toast.h"
#include "views/command/commands.h"
#include "views/labels/phrases.h"
#include "views/labels/state_labels.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MARGIN = 1,
    GAP = 3,
    ROWS_FOR_TWO = 10,
    ROWS_FOR_THREE = 16,
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    OLDEST_MS = 30 * SECOND_MS, // older data than that is shown, and than so many intervals
    OLD_INTERVALS = 6
};
enum { NICE = 20 }; // drop numbers from here on: only nice to know

int deck_header_rows(int screen_rows)
{
    if (screen_rows >= ROWS_FOR_THREE)
        return 3;
    return screen_rows >= ROWS_FOR_TWO ? 2 : 1;
}

static struct deck_header_part *add(struct deck_header_line *line, enum glyph glyph_before,
                                    enum theme_role role, int drop, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static struct deck_header_part *add(struct deck_header_line *line, enum glyph glyph_before,
                                    enum theme_role role, int drop, const char *format, ...)
{
    static struct deck_header_part beyond; // a line that is full takes no more
    struct deck_header_part *part = line->count < DECK_HEADER_PARTS ? &line->parts[line->count++] : &beyond;
    va_list arguments;
    *part = (struct deck_header_part){.glyph = glyph_before, .role = role, .drop = drop};
    va_start(arguments, format);
    (void)vsnprintf(part->text, sizeof part->text, format, arguments);
    va_end(arguments);
    return part;
}

static void brief(struct deck_header_part *part, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void brief(struct deck_header_part *part, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(part->brief, sizeof part->brief, format, arguments);
    va_end(arguments);
}

// Of a large fleet what is not looked at is refreshed as the budget allows: how old the oldest of it is,
// where that is more than some intervals.
static void add_oldest(struct deck_header_line *line, const struct deck_header_facts *facts)
{
    char age[16];
    int64_t old = facts->oldest_ms > 0 ? facts->monotonic_ms - facts->oldest_ms : 0;
    int64_t shown =
        facts->refresh_ms * OLD_INTERVALS > OLDEST_MS ? facts->refresh_ms * OLD_INTERVALS : OLDEST_MS;
    bool held = facts->health->held;
    if (old < shown && !held)
        return;
    time_format_age(old, age);
    struct deck_header_part *part =
        add(line, held ? GLYPH_WARNING : GLYPH_NONE, held ? ROLE_WARN : ROLE_DIM, held ? 2 : NICE - 1,
            held ? "rate limited: oldest %s" : "oldest %s", age);
    brief(part, held ? "rate limited" : "%s", age);
    part->right = true;
}

// How fresh the list is: only trouble is loud.
static void add_freshness(struct deck_header_line *line, const struct deck_header_facts *facts)
{
    const struct service_health *health = facts->health;
    struct deck_header_part *part = NULL;
    if (health->last.status != STATUS_OK && health->refreshed_at > 0) {
        char age[16];
        time_format_age(facts->monotonic_ms - health->refreshed_at, age);
        part = add(line, GLYPH_WARNING, ROLE_BAD, 0, "stale %s: %s", age, status_text(health->last.status));
        brief(part, "stale %s", age);
    } else if (health->last.status != STATUS_OK) {
        part = add(line, GLYPH_WARNING, ROLE_BAD, 0, "%s", status_text(health->last.status));
        brief(part, "failed");
    } else if (health->refreshed_at > 0) {
        time_t at = (time_t)((facts->wall_ms - (facts->monotonic_ms - health->refreshed_at)) / SECOND_MS);
        struct tm local;
        char clock[16] = "";
        if (localtime_r(&at, &local) != NULL)
            (void)strftime(clock, sizeof clock, "%H:%M:%S", &local);
        part = add(line, GLYPH_NONE, ROLE_DIM, NICE, "as of %s", clock);
        add_oldest(line, facts);
    } else {
        part = add(line, GLYPH_NONE, ROLE_DIM, NICE, "asking");
    }
    part->right = true;
}

static void add_clock(struct deck_header_line *line, int64_t offset_ms)
{
    char span[16];
    int64_t size = offset_ms < 0 ? -offset_ms : offset_ms;
    if (size <= DECK_HEADER_CLOCK_MS)
        return;
    if (size >= 2 * (int64_t)MINUTE_MS) // a clock set by a day is not off by 23h59m
        size = (size + MINUTE_MS / 2) / MINUTE_MS * MINUTE_MS;
    time_format_span(size, span);
    struct deck_header_part *part =
        add(line, GLYPH_WARNING, ROLE_WARN, 2, "clock %c%s", offset_ms < 0 ? '-' : '+', span);
    part->right = true;
}

static void build_wire(const struct deck_header_facts *facts, struct deck_header_line *line)
{
    line->count = 0;
    (void)add(line, GLYPH_NONE, ROLE_TITLE, 4, "sbxdeck");
    if (facts->profile != NULL && facts->profile[0] != '\0')
        (void)add(line, GLYPH_NONE, facts->profile_role, 0, "%s", facts->profile);
    if (facts->read_only)
        (void)add(line, GLYPH_NONE, ROLE_ACCENT, 0, "read-only");
    (void)add(line, GLYPH_NONE, ROLE_DIM, 5, "%s", facts->host);
    if (facts->sessions > 0) {
        char text[48];
        struct deck_header_part *part =
            add(line, GLYPH_SESSION, ROLE_ACCENT, 3, "%s",
                phrase_count(facts->sessions, "session", "sessions", text, sizeof text));
        brief(part, "%zu", facts->sessions);
    }
    if (facts->unread_errors > 0) { // calm: what is wrong now says so itself
        char text[48];
        struct deck_header_part *part =
            add(line, toast_glyph(TOAST_ERROR), ROLE_WARN, 2, "%s, %s",
                phrase_count(facts->unread_errors, "error", "errors", text, sizeof text),
                command_key(COMMAND_messages));
        brief(part, "%zu", facts->unread_errors);
    }
    if (facts->health == NULL)
        return;
    const struct service_health *health = facts->health;
    if (health->unsaved > 0) {
        struct deck_header_part *part =
            add(line, GLYPH_WARNING, ROLE_BAD, 1, "%zu not on disk", health->unsaved);
        brief(part, "%zu", health->unsaved);
        part->right = true;
    }
    if (health->vault.status != STATUS_OK) {
        struct deck_header_part *part =
            add(line, GLYPH_WARNING, ROLE_BAD, 1, "vault: %s", status_text(health->vault.status));
        brief(part, "vault");
        part->right = true;
    }
    add_clock(line, health->clock_offset_ms);
    if (health->dialect == DIALECT_SANDBOX)
        add(line, GLYPH_NONE, ROLE_DIM, NICE + 2, "one credential per sandbox")->right = true;
    if (health->latency_ms >= 0)
        add(line, GLYPH_NONE, health->latency_ms > SECOND_MS ? ROLE_WARN : ROLE_DIM, NICE + 1, "API %lld ms",
            (long long)health->latency_ms)
            ->right = true;
    add_freshness(line, facts);
}

// What the server reported and was not understood: here in numbers, in full in the details.
static void add_unparsed(const struct fleet_counts *counts, struct deck_header_line *line)
{
    const struct {
        size_t count;
        const char *format, *brief;
    } parts[] = {{counts->malformed_ids, "%zu with a malformed id", "%zu ids?"},
                 {counts->left_out, "%zu without id left out", "%zu without id"},
                 {counts->unparsed_objects, "%zu partly understood", "%zu in part"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].count == 0)
            continue;
        struct deck_header_part *part = add(line, GLYPH_WARNING, ROLE_WARN, i == 0 ? 1 : 2, "%s", "");
        (void)snprintf(part->text, sizeof part->text, parts[i].format, parts[i].count);
        (void)snprintf(part->brief, sizeof part->brief, parts[i].brief, parts[i].count);
    }
    if (counts->incomplete)
        brief(add(line, GLYPH_WARNING, ROLE_WARN, 2, "list may be incomplete"), "incomplete?");
}

static void build_sandboxes(const struct deck_header_facts *facts, struct deck_header_line *line)
{
    const struct fleet_counts *counts = facts->counts;
    const struct service_health *health = facts->health;
    char text[48];
    line->count = 0;
    struct deck_header_part *part =
        add(line, GLYPH_NONE, ROLE_TEXT, 1, "%s",
            phrase_count(counts->sandboxes, "sandbox", "sandboxes", text, sizeof text));
    brief(part, "%zu", counts->sandboxes);
    if (health != NULL && !health->complete && health->total > counts->sandboxes) { // the rest is on its way
        (void)snprintf(part->text, sizeof part->text, "%zu of %zu sandboxes", counts->sandboxes,
                       health->total);
        brief(part, "%zu of %zu", counts->sandboxes, health->total);
    }
    for (int i = 0; i < SANDBOX_STATE_COUNT; i++) {
        struct state_label word = state_label_sandbox((enum sandbox_state)i, "other");
        if (counts->by_state[i] == 0)
            continue;
        part = add(line, word.glyph, word.role, 3 + i, "%zu %s", counts->by_state[i], word.text);
        brief(part, "%zu", counts->by_state[i]);
    }
    add_unparsed(counts, line);
}

// In the order of urgency: what wants a look is the last to be left out.
static void build_credentials(const struct fleet_counts *counts, struct deck_header_line *line)
{
    static const enum credential_state order[] = {
        CREDENTIAL_critical,   CREDENTIAL_expiring, CREDENTIAL_expired,
        CREDENTIAL_invalid,    CREDENTIAL_unknown,  CREDENTIAL_valid,
        CREDENTIAL_unverified, CREDENTIAL_revoked,  CREDENTIAL_none,
    };
    char text[48];
    size_t known = 0;
    for (int i = CREDENTIAL_none + 1; i < CREDENTIAL_STATE_COUNT; i++)
        known += counts->by_credential[i];
    line->count = 0;
    struct deck_header_part *part = add(line, GLYPH_NONE, ROLE_TEXT, 2, "%s",
                                        phrase_count(known, "credential", "credentials", text, sizeof text));
    brief(part, "%zu", known);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct state_label word = state_label_credential(order[i]);
        size_t count = counts->by_credential[order[i]];
        if (count == 0)
            continue;
        part = add(line, word.glyph, word.role, 3 + (int)i, "%zu %s", count, word.text);
        if (order[i] == CREDENTIAL_none)
            (void)snprintf(part->text, sizeof part->text, "%zu without", count);
        brief(part, "%zu", count);
    }
}

// Which clock, since another thing helps against each. The countdown is padded, so that nothing moves.
static void add_soonest(const struct deck_header_facts *facts, struct deck_header_line *line)
{
    char left[TIME_SPAN_CAP];
    const struct deadline *end = &facts->soonest;
    if (end->clock == DEADLINE_NONE)
        return;
    time_format_remaining(end->at - facts->server_now_ms, left);
    struct deck_header_part *part =
        add(line, state_label_credential(end->state).glyph, state_label_role(end->state), 1,
            "soonest %s %s %6s", facts->soonest_id, deadline_clock_name(end->clock), left);
    brief(part, "%s %s", deadline_clock_name(end->clock), left);
    part->right = true;
}

void deck_header_build(const struct deck_header_facts *facts, int rows,
                       struct deck_header_line lines[DECK_HEADER_LINES])
{
    build_wire(facts, &lines[0]);
    if (rows < 2)
        return;
    for (int i = 1; i < rows; i++)
        lines[i].count = 0;
    if (facts->counts == NULL)
        return;
    build_sandboxes(facts, &lines[1]);
    if (rows > 2)
        build_credentials(facts->counts, &lines[2]);
    add_soonest(facts, &lines[rows - 1]);
}

static int part_width(const struct deck_header_part *part, enum deck_header_form form)
{
    if (form == DECK_HEADER_GONE)
        return 0;
    int width = text_width(form == DECK_HEADER_BRIEF ? part->brief : part->text);
    return width + (part->glyph != GLYPH_NONE ? 2 : 0) + GAP;
}

// The three ways to save room, in this order: leave out what is only nice to know, say what is left shorter,
// leave out that too. Each takes the least important part first.
enum saving { LEAVE_OUT_NICE, SHORTEN, LEAVE_OUT };

static bool can_save(const struct deck_header_part *part, enum deck_header_form form, enum saving saving)
{
    if (form == DECK_HEADER_GONE)
        return false;
    switch (saving) {
    case LEAVE_OUT_NICE:
        return part->drop >= NICE;
    case SHORTEN:
        return form == DECK_HEADER_WHOLE && part->brief[0] != '\0';
    case LEAVE_OUT:
        return part->drop > 0;
    }
    return false;
}

static int weakest(const struct deck_header_line *line, const enum deck_header_form *forms,
                   enum saving saving)
{
    int found = -1;
    for (size_t i = 0; i < line->count; i++)
        if (can_save(&line->parts[i], forms[i], saving) &&
            (found < 0 || line->parts[i].drop > line->parts[found].drop))
            found = (int)i;
    return found;
}

void deck_header_fit(const struct deck_header_line *line, int columns,
                     enum deck_header_form forms[DECK_HEADER_PARTS])
{
    int used = MARGIN * 2 - GAP;
    for (size_t i = 0; i < line->count; i++) {
        forms[i] = DECK_HEADER_WHOLE;
        used += part_width(&line->parts[i], DECK_HEADER_WHOLE);
    }
    for (int saving = LEAVE_OUT_NICE; saving <= LEAVE_OUT; saving++) {
        int at = -1;
        while (used > columns && (at = weakest(line, forms, (enum saving)saving)) >= 0) {
            enum deck_header_form next = saving == SHORTEN ? DECK_HEADER_BRIEF : DECK_HEADER_GONE;
            used -= part_width(&line->parts[at], forms[at]) - part_width(&line->parts[at], next);
            forms[at] = next;
        }
    }
}

static int put_part(WINDOW *window, int y, int x, int end, const struct deck_header_part *part,
                    bool short_form)
{
    int start = x;
    if (part->glyph != GLYPH_NONE)
        x += text_put(window, y, x, end - x, part->role, glyph(part->glyph)) + 1;
    x += text_put(window, y, x, end - x, part->role, short_form ? part->brief : part->text);
    return x - start;
}

static void draw_line(WINDOW *window, int y, int x, int columns, const struct deck_header_line *line)
{
    enum deck_header_form forms[DECK_HEADER_PARTS];
    int end = x + columns, right = 0;
    deck_header_fit(line, columns, forms);
    for (size_t i = 0; i < line->count; i++)
        if (line->parts[i].right)
            right += part_width(&line->parts[i], forms[i]);
    int at[2] = {x + MARGIN, right > 0 ? end - MARGIN - (right - GAP) : end};
    if (at[1] < at[0])
        at[1] = at[0];
    for (size_t i = 0; i < line->count; i++) {
        const struct deck_header_part *part = &line->parts[i];
        int *place = &at[part->right ? 1 : 0];
        if (forms[i] != DECK_HEADER_GONE)
            *place += put_part(window, y, *place, end, part, forms[i] == DECK_HEADER_BRIEF) + GAP;
    }
}

void deck_header_draw(WINDOW *window, int y, int x, int columns, const struct deck_header_facts *facts,
                      int rows)
{
    struct deck_header_line lines[DECK_HEADER_LINES];
    deck_header_build(facts, rows, lines);
    text_fill(window, y, x, rows, columns, ROLE_TEXT);
    for (int i = 0; i < rows; i++)
        draw_line(window, y + i, x, columns, &lines[i]);
}
