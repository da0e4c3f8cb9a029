// SPDX-License-Identifier: Apache-2.0
//
// timeline_draw: Draw the timeline. Bars are made of the gauge's pieces, one kind a state, so that states
// differ without colour. Beyond the sandbox's time-out a bar is thin: the credential would still be good, but
// its sandbox is gone.

#include "views/timeline/timeline_draw.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/theme.h"
#include "views/deck/deck_cells.h"
#include "views/labels/state_labels.h"
#include "views/timeline/timeline_scale.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    SECOND_MS = 1000,
    COLUMNS_FOR_MARGIN = 30,
    COLUMNS_FOR_CLOCK = 72,
    COLUMNS_FOR_WORD = 90,
    COLUMNS_FOR_FIRST = 110,
    ROWS_FOR_AXIS = 3,
    ROWS_FOR_DENSITY = 5,
    ROWS_FOR_TITLE = 6,
    WORD = 10,
    LEFT = 7,       // "┆59m59s"
    LEFT_TIGHT = 6, // without the mark, which stands in the bar too
    CLOCK = 7,
    CLOCK_FIRST = 13,
    TICK = 7,
    TICK_CLOCK = 12,
    LEVEL_DIGITS = 9,
    RUN = 200 // pieces drawn at once
};

static int between(int value, int low, int high)
{
    if (value > high)
        value = high;
    return value < low ? low : value;
}

// --- where everything stands ------------------------------------------------------------

static int name_columns(int cols, int longest)
{
    int most = cols >= 120 ? 40 : cols >= 80 ? 24 : cols >= 50 ? 16 : cols / 3;
    return between(longest, 6, most);
}

void timeline_place(int rows, int cols, int longest, struct timeline_places *out)
{
    int line = 0;
    *out = (struct timeline_places){.title = -1, .density = -1, .axis = -1};
    if (rows >= ROWS_FOR_TITLE)
        out->title = line++;
    if (rows >= ROWS_FOR_DENSITY)
        out->density = line++;
    if (rows >= ROWS_FOR_AXIS)
        out->axis = line++;
    out->body = line;
    out->body_rows = rows > line ? rows - line : 0;

    out->margin = cols >= COLUMNS_FOR_MARGIN ? 1 : 0;
    int x = out->margin + 2; // behind the glyph
    out->name_x = x;
    out->name = name_columns(cols, longest);
    x += out->name + 1;
    if (cols >= COLUMNS_FOR_WORD) {
        out->word_x = x;
        out->word = WORD;
        x += WORD + 1;
    }
    out->left_x = x;
    out->left = cols >= COLUMNS_FOR_MARGIN ? LEFT : LEFT_TIGHT;
    x += out->left + 1;
    int right = cols - out->margin;
    if (cols >= COLUMNS_FOR_CLOCK) {
        out->clock = cols >= COLUMNS_FOR_FIRST ? CLOCK_FIRST : CLOCK;
        out->clock_x = right - out->clock;
        right = out->clock_x - 1;
    }
    out->plot_x = x;
    out->plot = between(right - x, 0, TIMELINE_COLUMNS_MAX);
}

size_t timeline_scroll(size_t top, size_t selected, size_t count, int body_rows)
{
    size_t page = body_rows > 0 ? (size_t)body_rows : 1;
    if (selected != TIMELINE_NONE) {
        if (selected < top)
            top = selected;
        if (selected >= top + page)
            top = selected - page + 1;
    }
    size_t last = count > page ? count - page : 0;
    return top < last ? top : last;
}

// --- pieces -------------------------------------------------------------------------------

struct pen {
    WINDOW *window;
    int y, x; // of the upper left corner
    const struct timeline_facts *facts;
    struct timeline_places at;
};

static void run(const struct pen *pen, int y, int x, int count, enum glyph piece, struct theme_style style)
{
    char pieces[RUN * 4 + 1];
    size_t length = strlen(glyph(piece));
    while (count > 0 && length > 0) {
        int now = count < RUN ? count : RUN;
        for (int i = 0; i < now; i++)
            memcpy(pieces + (size_t)i * length, glyph(piece), length);
        pieces[(size_t)now * length] = '\0';
        (void)text_put_style(pen->window, y, x, now, style, pieces);
        x += now;
        count -= now;
    }
}

static const struct {
    enum glyph piece;
    enum theme_role role;
} bars[GAUGE_STAGE_COUNT] = {
    [GAUGE_OK] = {GLYPH_BAR_FULL, ROLE_BAR_OK},
    [GAUGE_WARN] = {GLYPH_BAR_WARN, ROLE_BAR_WARN},
    [GAUGE_BAD] = {GLYPH_BAR_BAD, ROLE_BAR_BAD},
    [GAUGE_OVER] = {GLYPH_BAR_OVER, ROLE_BAR_EMPTY},
};

static struct theme_style style_of(enum theme_role role, bool selected)
{
    return selected ? theme_on_selected(role) : theme_style(role);
}

static void put(const struct pen *pen, int y, int x, int columns, enum theme_role role, bool selected,
                const char *text)
{
    if (columns > 0)
        (void)text_put_style(pen->window, y, x, columns, style_of(role, selected), text);
}

static void put_right(const struct pen *pen, int y, int x, int columns, enum theme_role role, bool selected,
                      const char *text)
{
    int width = text_width(text);
    put(pen, y, x + (width < columns ? columns - width : 0), width < columns ? width : columns, role,
        selected, text);
}

// --- a row ----------------------------------------------------------------------------------

static void draw_mark(const struct pen *pen, int y, int64_t timeout_left, bool first, bool selected)
{
    int column = timeline_column(timeout_left, pen->facts->span_ms, pen->at.plot);
    if (column >= 0 && column < pen->at.plot)
        put(pen, y, pen->x + pen->at.plot_x + column, 1, first ? ROLE_WARN : ROLE_DIM, selected,
            glyph(GLYPH_MARK));
}

static void draw_bar(const struct pen *pen, int y, int64_t left, int64_t timeout_left,
                     enum credential_state state, bool selected)
{
    const struct timeline_places *at = &pen->at;
    int x = pen->x + at->plot_x;
    int end = timeline_column(left, pen->facts->span_ms, at->plot);
    bool on = end >= at->plot; // beyond the right edge
    int columns = on ? at->plot - 1 : end + 1;
    bool first = timeout_left >= 0 && timeout_left < left; // the sandbox ends before the credential
    int whole = columns;
    if (first) {
        int stop = timeline_column(timeout_left, pen->facts->span_ms, at->plot);
        whole = stop < columns ? stop : columns;
    }
    enum gauge_stage stage = state_label_stage(state);
    if (at->plot <= 0)
        return;
    // The mark of a sandbox that goes on for longer stands behind the bar, not in it.
    if (!first && timeout_left >= 0)
        draw_mark(pen, y, timeout_left, false, selected);
    run(pen, y, x, whole, bars[stage].piece, style_of(bars[stage].role, selected));
    run(pen, y, x + whole, columns - whole, bars[GAUGE_OVER].piece,
        style_of(bars[GAUGE_OVER].role, selected));
    if (on)
        put(pen, y, x + columns, 1, whole < columns ? ROLE_DIM : bars[stage].role, selected,
            glyph(GLYPH_RIGHT));
    if (first)
        draw_mark(pen, y, timeout_left, true, selected);
}

// "┆12:05 first"
static void draw_clock(const struct pen *pen, int y, int64_t timeout_left, bool first, bool selected)
{
    char span[16], text[48];
    if (pen->at.clock <= 0 || timeout_left < 0)
        return;
    (void)snprintf(text, sizeof text, "%s%s%s", glyph(GLYPH_MARK), time_format_remaining(timeout_left, span),
                   first && pen->at.clock >= CLOCK_FIRST ? " first" : "");
    put(pen, y, pen->x + pen->at.clock_x, pen->at.clock, first ? ROLE_WARN : ROLE_DIM, selected, text);
}

// What stands where there is no bar.
static void draw_words(const struct pen *pen, int y, const struct credential *credential,
                       const struct state_label *word, bool selected)
{
    char countdown[24], text[80];
    int64_t now = pen->facts->server_now_ms;
    enum credential_state state = credential_state(credential, now);
    if (state == CREDENTIAL_expired)
        (void)snprintf(text, sizeof text, "%s %s", word->text,
                       deck_cell_countdown(credential, now, countdown));
    else if (credential_is_past_end(credential, now))
        (void)snprintf(text, sizeof text, "%s, past its expiry", word->text);
    else if (credential->expires_at == 0 && state != CREDENTIAL_revoked && state != CREDENTIAL_invalid)
        (void)snprintf(text, sizeof text, "%s, its expiry is not known", word->text);
    else
        (void)snprintf(text, sizeof text, "%s", word->text);
    put(pen, y, pen->x + pen->at.plot_x, pen->at.plot, ROLE_DIM, selected, text);
}

// What ends first in figures, marked when it is the sandbox; the credential as a bar.
static void draw_live(const struct pen *pen, int y, const struct timeline_entry *entry,
                      const struct fleet_row *row, int64_t timeout_left, bool selected)
{
    const struct credential *credential = &row->credentials[entry->credential];
    int64_t now = pen->facts->server_now_ms;
    const struct deadline end = deadline_of(row, credential, now, NULL);
    int64_t end_left = end.at > now ? end.at - now : 0;
    int64_t left = credential->expires_at > now ? credential->expires_at - now : end_left;
    bool first = end.clock == DEADLINE_SANDBOX;
    char span[TIME_SPAN_CAP], countdown[TIME_SPAN_CAP + 8];
    (void)snprintf(countdown, sizeof countdown, "%s%s",
                   pen->at.left < LEFT ? "" : glyph(state_label_clock(end.clock)),
                   time_format_remaining(end_left, span));
    put_right(pen, y, pen->x + pen->at.left_x, pen->at.left, state_label_role(end.state), selected,
              countdown);
    draw_bar(pen, y, left, timeout_left, credential_state(credential, now), selected);
    draw_clock(pen, y, timeout_left, first, selected);
}

static void draw_row(const struct pen *pen, int y, size_t index)
{
    const struct timeline_facts *facts = pen->facts;
    const struct timeline_entry *entry = &facts->rows->entries[index];
    const struct timeline_places *at = &pen->at;
    const struct fleet_row *row = fleet_slot(facts->fleet, entry->slot);
    if (row == NULL || entry->credential >= row->credential_count)
        return;
    const struct credential *credential = &row->credentials[entry->credential];
    bool selected = index == facts->selected;
    enum credential_state state = credential_state(credential, facts->server_now_ms);
    struct state_label word = state_label_credential(state);
    if (credential->busy != NULL)
        word = (struct state_label){GLYPH_MOVING, ROLE_ACCENT, credential->busy};
    char name[TIMELINE_NAME_CAP];
    int64_t timeout = deadline_timeout(row);
    int64_t timeout_left = timeout > facts->server_now_ms ? timeout - facts->server_now_ms : -1;

    put(pen, y, pen->x + at->margin, 1, word.role, selected, glyph(word.glyph));
    put(pen, y, pen->x + at->name_x, at->name, row->gone ? ROLE_DIM : ROLE_TEXT, selected,
        timeline_rows_name(row, credential, name));
    put(pen, y, pen->x + at->word_x, at->word, word.role, selected, word.text);
    if (entry->rank != TIMELINE_LIVE) {
        draw_words(pen, y, credential, &word, selected);
        return;
    }
    draw_live(pen, y, entry, row, timeout_left, selected);
}

// --- above the rows ----------------------------------------------------------------------

static void draw_title(const struct pen *pen, int cols)
{
    const struct timeline_facts *facts = pen->facts;
    char span[TIME_SPAN_CAP], legend[160];
    size_t within = 0;
    while (within < facts->rows->live &&
           facts->rows->entries[within].ends_at - facts->server_now_ms < facts->span_ms)
        within++;
    int x = pen->x + pen->at.margin, y = pen->y + pen->at.title, end = pen->x + cols - pen->at.margin;
    time_format_span(facts->span_ms, span);
    x += text_put(pen->window, y, x, end - x, ROLE_TITLE, "Timeline ") + 0;
    x += text_putf(pen->window, y, x, end - x, ROLE_ACCENT, "%s", span);
    x += text_putf(pen->window, y, x, end - x, ROLE_DIM, "  %zu of %zu end within it", within,
                   facts->rows->total);
    (void)snprintf(legend, sizeof legend, "%s valid  %s expiring  %s critical  %s sandbox's time-out",
                   glyph(GLYPH_BAR_FULL), glyph(GLYPH_BAR_WARN), glyph(GLYPH_BAR_BAD), glyph(GLYPH_MARK));
    if (text_width(legend) + 3 <= end - x)
        (void)text_put_right(pen->window, y, x, end - x, ROLE_DIM, legend);
}

// Counts as they are where one figure is enough, else heights.
static void draw_density(const struct pen *pen)
{
    const struct timeline_facts *facts = pen->facts;
    const struct timeline_places *at = &pen->at;
    unsigned counts[TIMELINE_COLUMNS_MAX] = {0}, most = 0;
    int y = pen->y + at->density;
    for (size_t i = 0; i < facts->rows->live && at->plot > 0; i++) {
        int column =
            timeline_column(facts->rows->entries[i].ends_at - facts->server_now_ms, facts->span_ms, at->plot);
        if (column >= at->plot)
            break;
        if (column >= 0 && ++counts[column] > most)
            most = counts[column];
    }
    for (int i = 0; i < at->plot; i++) {
        char figure[2] = {(char)('0' + (counts[i] <= LEVEL_DIGITS ? counts[i] : 0)), '\0'};
        if (counts[i] > 0)
            (void)text_put(pen->window, y, pen->x + at->plot_x + i, 1, ROLE_ACCENT,
                           most <= LEVEL_DIGITS
                               ? figure
                               : glyph(GLYPH_BLOCK_1 + (enum glyph)(timeline_level(counts[i], most) - 1)));
    }
    char text[32];
    int room = at->plot_x - at->margin - 1;
    if (most > LEVEL_DIGITS)
        (void)snprintf(text, sizeof text, room >= 16 ? "ends, at most %u" : "to %u", most);
    else
        (void)snprintf(text, sizeof text, "ends");
    put_right(pen, y, pen->x + at->margin, room, ROLE_DIM, false, text);
}

static void draw_tick(const struct pen *pen, int64_t tick, int room, bool clock)
{
    const struct timeline_facts *facts = pen->facts;
    char label[TIME_SPAN_CAP], text[48];
    int column = timeline_column(tick, facts->span_ms, pen->at.plot);
    int x = pen->x + pen->at.plot_x + column;
    int end = pen->x + pen->at.plot_x + pen->at.plot;
    time_t at = (time_t)((facts->server_now_ms + tick) / SECOND_MS);
    struct tm local;
    (void)snprintf(text, sizeof text, "%s%s", glyph(GLYPH_LINE_V),
                   tick == 0 ? "now" : time_format_span(tick, label));
    size_t used = strlen(text);
    if (clock && localtime_r(&at, &local) != NULL)
        (void)strftime(text + used, sizeof text - used, " %H:%M", &local);
    int width = text_width(text);
    if (width <= room && x + width <= end)
        (void)text_put(pen->window, pen->y + pen->at.axis, x, width, ROLE_DIM, text);
}

static void draw_axis(const struct pen *pen)
{
    const struct timeline_facts *facts = pen->facts;
    const struct timeline_places *at = &pen->at;
    if (at->plot <= 0)
        return;
    int64_t step = timeline_tick_ms(facts->span_ms, at->plot, TICK);
    int room = (int)(step * at->plot / facts->span_ms);
    bool clock = room > TICK_CLOCK;
    char span[TIME_SPAN_CAP];
    text_hline(pen->window, pen->y + at->axis, pen->x + at->plot_x, at->plot, ROLE_BORDER);
    for (int64_t tick = 0; tick < facts->span_ms; tick += step)
        draw_tick(pen, tick, room, clock);
    put(pen, pen->y + at->axis, pen->x + at->margin, 5, ROLE_ACCENT, false,
        at->title < 0 ? time_format_span(facts->span_ms, span) : "");
}

void timeline_draw(WINDOW *window, int y, int x, int rows, int cols, const struct timeline_facts *facts)
{
    struct pen pen = {.window = window, .y = y, .x = x, .facts = facts};
    timeline_place(rows, cols, facts->rows->longest, &pen.at);
    text_fill(window, y, x, rows, cols, ROLE_TEXT);
    if (pen.at.title >= 0)
        draw_title(&pen, cols);
    if (pen.at.density >= 0)
        draw_density(&pen);
    if (pen.at.axis >= 0)
        draw_axis(&pen);
    for (int i = 0; i < pen.at.body_rows && facts->top + (size_t)i < facts->rows->count; i++) {
        size_t index = facts->top + (size_t)i;
        if (index == facts->selected) {
            text_fill(window, y + pen.at.body + i, x, 1, cols, ROLE_SELECTED);
            text_rest_at(y + pen.at.body + i, x + 1);
        }
        draw_row(&pen, y + pen.at.body + i, index);
    }
}

int64_t timeline_soonest(const struct timeline_facts *facts, int body_rows)
{
    int64_t soonest = 0, now = facts->server_now_ms;
    for (size_t i = facts->top; i < facts->rows->count && i < facts->top + (size_t)body_rows; i++) {
        const struct timeline_entry *entry = &facts->rows->entries[i];
        const struct fleet_row *row = fleet_slot(facts->fleet, entry->slot);
        if (row == NULL)
            continue;
        const int64_t ends[] = {entry->rank == TIMELINE_LIVE ? entry->ends_at : 0, deadline_timeout(row)};
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            if (ends[k] > now && (soonest == 0 || ends[k] < soonest))
                soonest = ends[k];
    }
    return soonest;
}
