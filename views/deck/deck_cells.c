// SPDX-License-Identifier: Apache-2.0
//
// deck_cells: The text of each cell in the deck's table. A cell without a value is empty, not filled
// with a placeholder that would have to be read.

#include "views/deck/deck_cells.h"

#include "api/base/time_util.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <string.h>

enum { NARROW = 48, ID_WIDE = 20, ID_WIDEST = 40 };

struct column_choice {
    enum deck_column kind;
    struct table_column column;
};

// The id, the credential and what is left of it stay longest; a template is known by heart. What counts down
// has room for its longest form and stands flush right, so that nothing moves but its figures.
static const struct column_choice wide[] = {
    {DECK_COLUMN_SANDBOX, {.title = "SANDBOX", .min = 12, .ideal = 16, .weight = 1}},
    {DECK_COLUMN_SESSIONS, {.title = "", .min = 2, .ideal = 2, .drop = 1}},
    {DECK_COLUMN_STATE, {.title = "STATE", .min = 9, .ideal = 12, .drop = 2}},
    {DECK_COLUMN_TEMPLATE, {.title = "TEMPLATE", .min = 10, .ideal = 24, .weight = 2, .drop = 6}},
    {DECK_COLUMN_AGE, {.title = "AGE", .min = 4, .ideal = 5, .align = TABLE_RIGHT, .drop = 5}},
    {DECK_COLUMN_TIMEOUT, {.title = "TIMEOUT", .min = 8, .ideal = 8, .align = TABLE_RIGHT, .drop = 4}},
    {DECK_COLUMN_CREDENTIAL, {.title = "CREDENTIAL", .min = 12, .ideal = 14}},
    {DECK_COLUMN_BAR, {.title = "", .min = 6, .ideal = 12, .weight = 3, .drop = 3}},
    {DECK_COLUMN_LEFT, {.title = "LEFT", .min = 8, .ideal = 8, .align = TABLE_RIGHT}},
};

static const struct column_choice narrow[] = {
    {DECK_COLUMN_SANDBOX, {.title = "SANDBOX", .min = 7, .ideal = 12, .weight = 1}},
    {DECK_COLUMN_SESSIONS, {.title = "", .min = 2, .ideal = 2, .drop = 1}},
    {DECK_COLUMN_MARK, {.title = "", .min = 1, .ideal = 1}},
    {DECK_COLUMN_SHORT, {.title = "LEFT", .min = 8, .ideal = 10, .align = TABLE_RIGHT}},
};

void deck_cells_layout(int width, int id_width, struct deck_layout *out)
{
    const struct column_choice *choices = width < NARROW ? narrow : wide;
    out->count = width < NARROW ? sizeof narrow / sizeof *narrow : sizeof wide / sizeof *wide;
    for (size_t i = 0; i < out->count; i++) {
        out->columns[i] = choices[i].column;
        out->kinds[i] = choices[i].kind;
        if (width < NARROW || choices[i].kind != DECK_COLUMN_SANDBOX)
            continue;
        // An id is there to be read whole, as far as that leaves room for anything else.
        int whole = id_width < ID_WIDE ? id_width : ID_WIDE;
        if (whole > out->columns[i].min)
            out->columns[i].min = whole;
        if (id_width < ID_WIDEST && id_width > out->columns[i].ideal)
            out->columns[i].ideal = id_width;
    }
}

enum deck_sort_by deck_column_sort(enum deck_column column)
{
    switch (column) {
    case DECK_COLUMN_SANDBOX:
        return DECK_SORT_NAME;
    case DECK_COLUMN_STATE:
    case DECK_COLUMN_MARK:
        return DECK_SORT_STATE;
    case DECK_COLUMN_TEMPLATE:
        return DECK_SORT_TEMPLATE;
    case DECK_COLUMN_AGE:
        return DECK_SORT_AGE;
    case DECK_COLUMN_TIMEOUT:
        return DECK_SORT_TIMEOUT;
    case DECK_COLUMN_CREDENTIAL:
        return DECK_SORT_CREDENTIAL;
    case DECK_COLUMN_BAR:
    case DECK_COLUMN_LEFT:
    case DECK_COLUMN_SHORT:
        return DECK_SORT_END;
    case DECK_COLUMN_SESSIONS:
        break;
    }
    return DECK_SORT_SERVER;
}

size_t deck_cells_sorted(const struct deck_layout *layout, enum deck_sort_by sort)
{
    size_t found = 0;
    for (size_t i = 0; i < layout->count && sort != DECK_SORT_SERVER; i++)
        if (deck_column_sort(layout->kinds[i]) == sort)
            found = i + 1; // of a bar and its figure, the figure
    return found;
}

static void put(struct table_cell *cell, enum theme_role role, enum glyph glyph_before, const char *text)
{
    cell->role = role;
    cell->glyph = glyph_before;
    (void)snprintf(cell->text, sizeof cell->text, "%s", text);
}

char *deck_cell_countdown(const struct credential *credential, int64_t server_now_ms, char out[24])
{
    char span[16];
    enum credential_state state = credential_state(credential, server_now_ms);
    out[0] = '\0';
    if (credential == NULL || credential->expires_at == 0 || state == CREDENTIAL_invalid ||
        state == CREDENTIAL_revoked || state == CREDENTIAL_none)
        return out;
    if (credential_is_past_end(credential, server_now_ms))
        (void)snprintf(out, 24, "past end");
    else if (state == CREDENTIAL_expired)
        (void)snprintf(out, 24, "%s ago", time_format_age(server_now_ms - credential->expires_at, span));
    else
        (void)snprintf(out, 24, "%s",
                       time_format_remaining(credential_remaining(credential, server_now_ms), span));
    return out;
}

static void sessions_cell(size_t sessions, struct table_cell *cell)
{
    char count[24] = "";
    if (sessions == 0)
        return;
    if (sessions > 9) // more has no room
        (void)snprintf(count, sizeof count, "+");
    else if (sessions > 1)
        (void)snprintf(count, sizeof count, "%zu", sessions);
    put(cell, ROLE_ACCENT, GLYPH_SESSION, count);
    if (sessions > 1) // glyph and number are one thing here
        (void)snprintf(cell->text, sizeof cell->text, "%s%s", glyph(GLYPH_SESSION), count);
    if (sessions > 1)
        cell->glyph = GLYPH_NONE;
}

static void state_cell(const struct fleet_row *row, bool word, struct table_cell *cell)
{
    struct state_label state = state_label_sandbox(row->sandbox.state, row->sandbox.state_name);
    if (row->gone)
        state = (struct state_label){GLYPH_CROSS, ROLE_DIM, "gone"};
    else if (row->busy != NULL && strcmp(row->busy, "creating") != 0)
        state = (struct state_label){GLYPH_MOVING, ROLE_ACCENT, row->busy};
    if (word)
        put(cell, state.role, state.glyph, state.text);
    else // alone in a column of one: the glyph is the text
        put(cell, state.role, GLYPH_NONE, glyph(state.glyph));
}

static void age_cell(const struct fleet_row *row, int64_t now, struct table_cell *cell)
{
    char age[16];
    if (row->sandbox.created_at > 0 && now >= row->sandbox.created_at)
        put(cell, ROLE_DIM, GLYPH_NONE, time_format_age(now - row->sandbox.created_at, age));
}

static void timeout_cell(const struct fleet_row *row, int64_t now, struct table_cell *cell)
{
    char left[TIME_SPAN_CAP];
    enum credential_state state = deadline_timeout_state(row, now);
    if (state == CREDENTIAL_none)
        return;
    put(cell, state_label_role(state), state >= CREDENTIAL_critical ? GLYPH_WARNING : GLYPH_NONE,
        state == CREDENTIAL_expired ? "due" : time_format_remaining(deadline_timeout(row) - now, left));
}

static void credential_cell(const struct fleet_row *row, const struct credential *best, int64_t now,
                            struct table_cell *cell)
{
    const char *busy = best != NULL && best->busy != NULL ? best->busy : NULL;
    struct state_label word = state_label_credential(credential_state(best, now));
    if (busy == NULL && row->busy != NULL && strcmp(row->busy, "creating") == 0)
        busy = row->busy;
    // Its state may be good, but nobody here can use it now.
    if (best != NULL && best->sealed_elsewhere && credential_remaining(best, now) > 0)
        word = (struct state_label){GLYPH_UNKNOWN, ROLE_WARN, "other key"};
    if (best != NULL && best->damaged)
        word = (struct state_label){GLYPH_CROSS, ROLE_BAD, "damaged"};
    if (busy != NULL)
        word = (struct state_label){GLYPH_MOVING, ROLE_ACCENT, busy};
    put(cell, word.role, word.glyph, word.text);
    if (busy == NULL && row->credential_count > 1)
        (void)snprintf(cell->text, sizeof cell->text, "%s +%zu", word.text, row->credential_count - 1);
    size_t used = strlen(cell->text);
    if (busy == NULL && best != NULL && best->in_memory)
        (void)snprintf(cell->text + used, sizeof cell->text - used, " %s", glyph(GLYPH_WARNING));
}

static bool has_sessions(void *ctx, const struct fleet_row *row)
{
    const size_t *sessions = ctx;
    (void)row;
    return *sessions > 0;
}

// What ends first, the credential or the sandbox.
static struct deadline end_of(const struct fleet_row *row, const struct credential *best, int64_t now,
                              size_t sessions)
{
    const struct deadline_scope scope = {.is_open = has_sessions, .ctx = &sessions};
    return deadline_of(row, best, now, &scope);
}

static void bar_cell(const struct deadline *end, const struct credential *best, int64_t now,
                     struct table_cell *cell)
{
    enum credential_state state = credential_state(best, now);
    if (end->clock != DEADLINE_NONE) {
        cell->fraction = deadline_fraction(end, now);
        cell->stage = state_label_stage(end->state);
    } else if (best != NULL && best->expires_at > 0 && state != CREDENTIAL_invalid &&
               state != CREDENTIAL_revoked) {
        cell->fraction = credential_fraction_left(best, now);
        cell->stage = state_label_stage(state);
    }
}

// With the glyph of the clock that it is of, or of the credential's state.
static void left_cell(const struct deadline *end, const struct credential *best, int64_t now, bool with_glyph,
                      struct table_cell *cell)
{
    char left[24], span[TIME_SPAN_CAP];
    enum credential_state state = credential_state(best, now);
    // A wrong clock matters more than a time-out that is far off.
    bool odd = credential_is_past_end(best, now) && end->state == CREDENTIAL_valid;
    if (end->clock == DEADLINE_SANDBOX && !odd) {
        (void)snprintf(left, sizeof left, "%s%s", glyph(state_label_clock(end->clock)),
                       time_format_remaining(end->at - now, span));
        put(cell, state_label_role(end->state), GLYPH_NONE, left);
        return;
    }
    deck_cell_countdown(best, now, left);
    if (best != NULL && best->expires_at == 0 && credential_is_usable(best, now))
        (void)snprintf(left, sizeof left, "unknown");
    enum theme_role role = state == CREDENTIAL_expired         ? ROLE_DIM
                           : credential_is_past_end(best, now) ? ROLE_WARN
                                                               : state_label_role(state);
    put(cell, role, with_glyph ? state_label_credential(state).glyph : GLYPH_NONE, left);
}

void deck_cell(const struct fleet_row *row, enum deck_column column, int64_t server_now_ms, size_t sessions,
               struct table_cell *cell)
{
    const struct credential *best = fleet_row_best(row, server_now_ms);
    const struct deadline end = end_of(row, best, server_now_ms, sessions);
    switch (column) {
    case DECK_COLUMN_SESSIONS:
        sessions_cell(sessions, cell);
        break;
    case DECK_COLUMN_SANDBOX:
        if (row->sandbox.id_malformed)
            put(cell, ROLE_WARN, GLYPH_WARNING, row->sandbox.id);
        else
            put(cell, row->gone ? ROLE_DIM : ROLE_TEXT, GLYPH_NONE, row->sandbox.id);
        cell->name = true;
        break;
    case DECK_COLUMN_STATE:
        state_cell(row, true, cell);
        break;
    case DECK_COLUMN_MARK:
        state_cell(row, false, cell);
        break;
    case DECK_COLUMN_TEMPLATE:
        put(cell, ROLE_DIM, GLYPH_NONE, row->sandbox.template_id);
        cell->path = true;
        break;
    case DECK_COLUMN_AGE:
        age_cell(row, server_now_ms, cell);
        break;
    case DECK_COLUMN_TIMEOUT:
        timeout_cell(row, server_now_ms, cell);
        break;
    case DECK_COLUMN_CREDENTIAL:
        credential_cell(row, best, server_now_ms, cell);
        break;
    case DECK_COLUMN_BAR:
        bar_cell(&end, best, server_now_ms, cell);
        break;
    case DECK_COLUMN_LEFT:
        left_cell(&end, best, server_now_ms, false, cell);
        break;
    case DECK_COLUMN_SHORT:
        left_cell(&end, best, server_now_ms, true, cell);
        break;
    }
}
