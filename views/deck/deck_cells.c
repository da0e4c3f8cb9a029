// SPDX-License-Identifier: Apache-2.0
//
// deck_cells: The text of each cell in the deck's table. A cell without a value is empty, not filled
// with a placeholder that would have to be read.

#include "views/deck/deck_cells.h"

#include "api/base/time_util.h"
#include "views/labels/state_labels.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    NARROW = 48,
    ID_WIDE = 20,
    ID_WIDEST = 40,
    NAME_WIDEST = 24,
    ID_AND_NAME = 27,
    GIB_MIB = 1024,
    MS = 1000
};

static const enum deck_column narrow[] = {DECK_COLUMN_CALLED, DECK_COLUMN_SESSIONS, DECK_COLUMN_MARK,
                                          DECK_COLUMN_SHORT};

static void narrow_layout(struct deck_layout *out)
{
    out->count = sizeof narrow / sizeof *narrow;
    for (size_t i = 0; i < out->count; i++) {
        out->kinds[i] = narrow[i];
        out->columns[i] = deck_column_table[narrow[i]].column;
    }
}

// An id is there to be read whole, as far as that leaves room for anything else.
static void fit_id(struct table_column *column, int id_width)
{
    int whole = id_width < ID_WIDE ? id_width : ID_WIDE;
    if (whole > column->min)
        column->min = whole;
    if (id_width < ID_WIDEST && id_width > column->ideal)
        column->ideal = id_width;
}

// Short names leave their room to others; longer ones are read whole too, as far as the time-out keeps its
// place beside id and name on 80 columns.
static void fit_name(struct table_column *column, int name_width, int id_width)
{
    int title = (int)strlen(column->title), beside = ID_AND_NAME - (id_width < ID_WIDE ? id_width : ID_WIDE);
    int whole = name_width > title ? name_width : title;
    int most = beside > column->min ? beside : column->min;
    column->ideal = whole < NAME_WIDEST ? whole : NAME_WIDEST;
    column->min = whole < most ? whole : most;
}

void deck_cells_layout(int width, int id_width, int name_width, const struct deck_columns *columns,
                       struct deck_layout *out)
{
    if (width < NARROW) {
        narrow_layout(out);
        return;
    }
    out->count = columns->count < TABLE_COLUMNS_MAX ? columns->count : TABLE_COLUMNS_MAX;
    for (size_t i = 0; i < out->count; i++) {
        out->kinds[i] = columns->kinds[i];
        out->columns[i] = deck_column_table[out->kinds[i]].column;
        if (out->kinds[i] == DECK_COLUMN_SANDBOX)
            fit_id(&out->columns[i], id_width);
        else if (out->kinds[i] == DECK_COLUMN_NAME)
            fit_name(&out->columns[i], name_width, id_width);
    }
}

size_t deck_cells_sorted(const struct deck_layout *layout, enum deck_column by)
{
    size_t found = 0;
    for (size_t i = 0; i < layout->count && by < DECK_COLUMN_COUNT; i++)
        if (layout->kinds[i] == by ||
            deck_column_table[layout->kinds[i]].sort_key == deck_column_table[by].sort_key)
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

void deck_cell_sessions(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char count[24] = "";
    size_t sessions = facts->sessions;
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

void deck_cell_fresh(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char age[TIME_SPAN_CAP];
    if (facts->told_ago >= 0 && !facts->row->gone)
        put(cell, ROLE_DIM, facts->row->missed ? GLYPH_WARNING : GLYPH_NONE,
            time_format_age(facts->told_ago, age));
}

void deck_cell_age(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char age[TIME_SPAN_CAP];
    int64_t created = facts->row->sandbox.created_at;
    if (created > 0 && facts->now >= created)
        put(cell, ROLE_DIM, GLYPH_NONE, time_format_age(facts->now - created, age));
}

void deck_cell_since(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char age[TIME_SPAN_CAP];
    int64_t since = facts->row->sandbox.state_change_time;
    if (since > 0 && facts->now >= since)
        put(cell, ROLE_DIM, GLYPH_NONE, time_format_age(facts->now - since, age));
}

// The day and the minute, in local time.
void deck_cell_created(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    time_t seconds = (time_t)(facts->row->sandbox.created_at / MS);
    struct tm local;
    char at[16];
    if (seconds > 0 && localtime_r(&seconds, &local) != NULL &&
        strftime(at, sizeof at, "%m-%d %H:%M", &local) > 0)
        put(cell, ROLE_DIM, GLYPH_NONE, at);
}

void deck_cell_pod(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    put(cell, ROLE_DIM, GLYPH_NONE, facts->row->sandbox.pod_id);
}

void deck_cell_network(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    put(cell, ROLE_DIM, GLYPH_NONE, facts->row->sandbox.network_mode);
}

void deck_cell_vcpu(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char count[24];
    if (facts->row->sandbox.vcpu <= 0)
        return;
    (void)snprintf(count, sizeof count, "%d", facts->row->sandbox.vcpu);
    put(cell, ROLE_DIM, GLYPH_NONE, count);
}

// "512M", "4G", "1.5G".
static void size_cell(int64_t mib, struct table_cell *cell)
{
    char size[32];
    if (mib <= 0)
        return;
    if (mib < GIB_MIB)
        (void)snprintf(size, sizeof size, "%lldM", (long long)mib);
    else if (mib % GIB_MIB == 0)
        (void)snprintf(size, sizeof size, "%lldG", (long long)(mib / GIB_MIB));
    else
        (void)snprintf(size, sizeof size, "%.1fG", (double)mib / GIB_MIB);
    put(cell, ROLE_DIM, GLYPH_NONE, size);
}

void deck_cell_memory(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    size_cell(facts->row->sandbox.memory_mib, cell);
}

void deck_cell_disk(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    size_cell(facts->row->sandbox.disk_mib, cell);
}

void deck_cell_timeout(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char left[TIME_SPAN_CAP];
    enum credential_state state = deadline_timeout_state(facts->row, facts->now);
    if (state == CREDENTIAL_none)
        return;
    put(cell, state_label_role(state), state >= CREDENTIAL_critical ? GLYPH_WARNING : GLYPH_NONE,
        state == CREDENTIAL_expired ? "due"
                                    : time_format_remaining(deadline_timeout(facts->row) - facts->now, left));
}

void deck_cell_credential(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    const struct fleet_row *row = facts->row;
    const struct credential *best = facts->best;
    int64_t now = facts->now;
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

void deck_cell_bar(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    const struct deadline *end = &facts->end;
    const struct credential *best = facts->best;
    int64_t now = facts->now;
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

void deck_cell_left(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    left_cell(&facts->end, facts->best, facts->now, false, cell);
}

void deck_cell_short(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    left_cell(&facts->end, facts->best, facts->now, true, cell);
}

// Ids stand below each other: that a row is pinned is told in the margin.
static void sandbox_cell(const struct fleet_row *row, const char *called, struct table_cell *cell)
{
    if (row->sandbox.id_malformed)
        put(cell, ROLE_WARN, GLYPH_WARNING, called);
    else
        put(cell, row->gone ? ROLE_DIM : ROLE_TEXT, GLYPH_NONE, called);
    cell->name = true;
}

void deck_cell_sandbox(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    sandbox_cell(facts->row, facts->row->sandbox.id, cell);
}

void deck_cell_called(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    sandbox_cell(facts->row, fleet_row_name(facts->row), cell);
}

void deck_cell_name(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    if (facts->row->label != NULL)
        put(cell, facts->row->gone ? ROLE_DIM : ROLE_ACCENT, GLYPH_NONE, facts->row->label->name);
    cell->name = true;
}

void deck_cell_note(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    if (facts->row->label != NULL)
        put(cell, ROLE_DIM, GLYPH_NONE, facts->row->label->note);
}

void deck_cell_state(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    char age[TIME_SPAN_CAP];
    size_t used = 0;
    state_cell(facts->row, true, cell);
    if (facts->told_ago < DECK_OLD_MS || facts->row->gone || facts->row->busy != NULL)
        return;
    used = strlen(cell->text); // it may have another state by now
    (void)snprintf(cell->text + used, sizeof cell->text - used, " %s", time_format_age(facts->told_ago, age));
    cell->role = ROLE_DIM;
}

void deck_cell_mark(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    state_cell(facts->row, false, cell);
}

void deck_cell_template_id(const struct deck_cell_facts *facts, struct table_cell *cell)
{
    put(cell, ROLE_DIM, GLYPH_NONE, facts->row->sandbox.template_id);
    cell->path = true;
}

void deck_cell(const struct fleet_row *row, enum deck_column column, int64_t server_now_ms, size_t sessions,
               struct table_cell *cell)
{
    const struct credential *best = fleet_row_best(row, server_now_ms);
    const struct deck_cell_facts facts = {.row = row,
                                          .best = best,
                                          .end = end_of(row, best, server_now_ms, sessions),
                                          .now = server_now_ms,
                                          .sessions = sessions,
                                          .told_ago =
                                              row->fresh_ms > 0 ? time_monotonic_ms() - row->fresh_ms : -1};
    deck_column_table[column].cell(&facts, cell);
}
