// SPDX-License-Identifier: Apache-2.0
//
// copy_search: search the history and the screen for plain text. Wrapped rows count as one line; case is
// ignored when the pattern has no upper case. Matches are kept in an index that is built in slices, so that
// no call takes long whatever the history holds; the history never changes, so the index only grows at its
// ends.

#include "tui/pane/copy_mode_private.h"

#include "tui/base/text.h"
#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

// Cells looked at in one call: two to four milliseconds. A row costs something even when it is narrow.
enum { SLICE_CELLS = 300000, ROW_COST = 40 };

// Cells of a stream: a row and what a pattern can reach into the following ones.
enum { MARKS_OF_CELL = VT_TEXT_MAX, STREAM_MAX = VT_COLS_MAX * 2 + COPY_PATTERN_MAX * 2 };

// --- hits ---

static void hits_clear(struct copy_hits *hits)
{
    free(hits->at);
    memset(hits, 0, sizeof *hits);
}

static void hits_add(struct copy_hits *hits, struct copy_pos at)
{
    if (hits->count == hits->capacity) {
        hits->capacity = hits->capacity == 0 ? 64 : 2 * hits->capacity;
        hits->at = xreallocarray(hits->at, hits->capacity, sizeof *hits->at);
    }
    hits->at[hits->count++] = at;
}

static size_t hits_count(const struct copy_index *index)
{
    return index->older.count + (index->newer.count - index->newer.first) + index->screen.count;
}

// Hit i from the oldest.
static struct copy_pos hit_at(const struct copy_index *index, size_t i)
{
    size_t newer = index->newer.count - index->newer.first;
    if (i < index->older.count)
        return index->older.at[index->older.count - 1 - i];
    i -= index->older.count;
    return i < newer ? index->newer.at[index->newer.first + i] : index->screen.at[i - newer];
}

// How many hits are before a place.
static size_t hits_before(const struct copy_index *index, struct copy_pos at)
{
    size_t low = 0, high = hits_count(index);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (copy_compare(hit_at(index, middle), at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// --- a row as a stream of characters ---

static uint32_t folded(const struct copy_search *search, uint32_t codepoint)
{
    if (!search->fold)
        return codepoint;
    if (codepoint < 0x80)
        return codepoint >= 'A' && codepoint <= 'Z' ? codepoint + ('a' - 'A') : codepoint;
    return (uint32_t)towlower((wint_t)codepoint);
}

static void put(struct copy_search *search, uint32_t codepoint, int64_t line, int col)
{
    if (search->stream_length == STREAM_MAX)
        return;
    search->stream[search->stream_length] = folded(search, codepoint);
    search->places[search->stream_length++] = (struct copy_pos){line, col};
}

// Up to most columns of the row.
static void put_row(struct copy_search *search, const struct copy_row *row, int most)
{
    int end = row->used < most ? row->used : most;
    for (int x = 0; x < end; x++) {
        const struct vt_glyph *glyph = &row->glyphs[x];
        if (glyph->width == 0)
            continue;
        if ((unsigned char)glyph->text[0] < 0x80 && (glyph->text[0] == '\0' || glyph->text[1] == '\0')) {
            put(search, glyph->text[0] != '\0' ? (uint32_t)(unsigned char)glyph->text[0] : ' ', row->line, x);
            continue;
        }
        size_t length = strlen(glyph->text);
        for (size_t at = 0; at < length;) {
            uint32_t codepoint = 0;
            at += text_decode(glyph->text + at, length - at, &codepoint);
            put(search, codepoint, row->line, x);
        }
    }
}

typedef void on_hit(struct copy_mode *copy, void *context, struct copy_pos first, struct copy_pos last);

// Hits that begin in the row, from left to right. Returns what it cost.
static int scan_row(struct copy_mode *copy, int64_t line, on_hit *found, void *context)
{
    struct copy_search *search = &copy->search;
    size_t length = search->length;
    int cost = ROW_COST;
    search->stream_length = 0;
    copy_row_read(copy, line, &copy->row);
    if (!copy->row.valid)
        return cost;
    put_row(search, &copy->row, VT_COLS_MAX);
    cost += copy->row.cols;
    size_t starts = search->stream_length, wanted = starts + length - 1;
    for (int64_t next = line + 1; copy->row.wraps && search->stream_length < wanted; next++) {
        copy_row_read(copy, next, &copy->row);
        if (!copy->row.valid)
            break;
        put_row(search, &copy->row, 2 * (int)(wanted - search->stream_length));
        cost += copy->row.cols;
    }
    for (size_t i = 0; i < starts && i + length <= search->stream_length; i++)
        if (search->stream[i] == search->pattern[0] &&
            memcmp(search->stream + i, search->pattern, length * sizeof *search->pattern) == 0)
            found(copy, context, search->places[i], search->places[i + length - 1]);
    return cost;
}

// --- the index ---

static void index_clear(struct copy_mode *copy)
{
    struct copy_index *index = &copy->search.index;
    hits_clear(&index->older);
    hits_clear(&index->newer);
    hits_clear(&index->screen);
    memset(index, 0, sizeof *index);
    index->low = index->high = (int64_t)vt_history_pushed(copy->vt);
}

// Forgets what has left the history.
static void index_trim(struct copy_mode *copy)
{
    struct copy_index *index = &copy->search.index;
    int64_t oldest = copy_oldest(copy);
    while (index->older.count > 0 && index->older.at[index->older.count - 1].line < oldest)
        index->older.count--;
    while (index->newer.first < index->newer.count && index->newer.at[index->newer.first].line < oldest)
        index->newer.first++;
    if (index->newer.first > 0 && index->newer.first * 2 >= index->newer.count) {
        struct copy_hits *newer = &index->newer;
        memmove(newer->at, newer->at + newer->first, (newer->count - newer->first) * sizeof *newer->at);
        newer->count -= newer->first;
        newer->first = 0;
    }
    if (index->low < oldest)
        index->low = oldest;
    if (index->high < index->low)
        index->high = index->low;
}

static void add_hit(struct copy_mode *copy, void *context, struct copy_pos first, struct copy_pos last)
{
    (void)copy;
    (void)last;
    hits_add(context, first);
}

static void reverse(struct copy_pos *at, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct copy_pos other = at[i];
        at[i] = at[count - 1 - i];
        at[count - 1 - i] = other;
    }
}

static int64_t past(const struct copy_mode *copy)
{
    return copy->search.index.full ? copy->search.index.low : copy_oldest(copy);
}

static bool is_complete(const struct copy_mode *copy)
{
    const struct copy_index *index = &copy->search.index;
    return index->high == (int64_t)vt_history_pushed(copy->vt) && index->low == past(copy) &&
           index->screen_known && index->generation == vt_generation(copy->vt);
}

static void search_screen(struct copy_mode *copy)
{
    struct copy_index *index = &copy->search.index;
    index->screen.count = 0;
    for (int64_t line = index->high; line <= copy_newest(copy); line++)
        (void)scan_row(copy, line, add_hit, &index->screen);
    index->screen_known = true;
    index->generation = vt_generation(copy->vt);
}

// More hits than are kept: the oldest go, whole rows of them.
static void index_cap(struct copy_index *index)
{
    while (hits_count(index) > COPY_HITS_MAX && hits_count(index) > index->screen.count) {
        int64_t line = hit_at(index, 0).line;
        while (index->older.count > 0 && index->older.at[index->older.count - 1].line <= line)
            index->older.count--;
        while (index->newer.first < index->newer.count && index->newer.at[index->newer.first].line <= line)
            index->newer.first++;
        index->low = line + 1;
        index->full = true;
    }
}

// One slice: first what has come, then the screen, then further into the past.
static void index_work(struct copy_mode *copy)
{
    struct copy_index *index = &copy->search.index;
    int64_t pushed = (int64_t)vt_history_pushed(copy->vt);
    int left = SLICE_CELLS;
    index_trim(copy);
    if (index->high < pushed)
        index->screen.count = 0; // it has moved on: those hits are found again in the history
    for (; index->high < pushed && left > 0; index->high++)
        left -= scan_row(copy, index->high, add_hit, &index->newer);
    index_cap(index);
    if (index->high == pushed && left > 0 &&
        (!index->screen_known || index->generation != vt_generation(copy->vt))) {
        search_screen(copy);
        left -= copy->rows * (copy->cols + ROW_COST);
    }
    while (index->low > past(copy) && left > 0) {
        size_t before = index->older.count;
        left -= scan_row(copy, --index->low, add_hit, &index->older);
        reverse(index->older.at + before, index->older.count - before);
        index->full = hits_count(index) >= COPY_HITS_MAX;
    }
}

// --- going to a hit ---

static void go_to(struct copy_mode *copy, struct copy_pos at)
{
    copy->cursor = at;
    copy->wanted_col = at.col;
    // With a few rows around it when it was out of sight.
    if (at.line < copy->top || at.line > copy->top + copy->rows - 1) {
        copy->top = at.line - copy->rows / 2;
        copy_scroll_by(copy, 0);
        copy->cursor = at;
    }
    copy_show_cursor(copy);
}

static void tell_nothing(const struct copy_mode *copy, struct copy_verdict *verdict)
{
    char shown[128];
    (void)display(copy->search.text, strlen(copy->search.text), shown, sizeof shown);
    copy_notice(verdict, "Not found: %s", shown);
}

// Goes there when the index is far enough to say which is next.
static void resolve(struct copy_mode *copy, struct copy_verdict *verdict)
{
    struct copy_search *search = &copy->search;
    const struct copy_index *index = &search->index;
    size_t count = hits_count(index), next = hits_before(index, search->from);
    bool complete = is_complete(copy);
    // Between the place and what it may reach by then nothing is left unsearched.
    bool known = complete || (index->screen_known && search->from.line >= index->low);
    if (search->pending_backward)
        next = next > 0 ? next - 1 : count;
    else if (next < count && copy_compare(hit_at(index, next), search->from) == 0)
        next++;
    if (known && next < count) {
        go_to(copy, hit_at(index, next));
    } else if (!complete) {
        return;
    } else if (count == 0) {
        tell_nothing(copy, verdict);
    } else {
        go_to(copy, hit_at(index, search->pending_backward ? count - 1 : 0));
        copy_notice(verdict, search->pending_backward ? "Search wrapped to the newest match"
                                                      : "Search wrapped to the oldest match");
    }
    search->pending = false;
}

void copy_search_work(struct copy_mode *copy, struct copy_verdict *verdict)
{
    struct copy_search *search = &copy->search;
    if (search->length == 0)
        return;
    index_work(copy);
    if (search->pending)
        resolve(copy, verdict);
    verdict->more = !is_complete(copy);
}

void copy_search_next(struct copy_mode *copy, bool backward, struct copy_verdict *verdict)
{
    struct copy_search *search = &copy->search;
    if (search->length == 0) {
        copy_notice(verdict, "No search yet: / searches forward, ? backward");
        return;
    }
    search->pending = true;
    search->pending_backward = backward;
    search->from = copy->cursor;
    copy_search_work(copy, verdict);
}

// --- the pattern ---

void copy_search_set(struct copy_mode *copy, const char *text)
{
    struct copy_search *search = &copy->search;
    size_t length = strlen(text), at = 0;
    if (search->pattern == NULL) {
        search->pattern = xcalloc(COPY_PATTERN_MAX, sizeof *search->pattern);
        search->stream = xcalloc(STREAM_MAX, sizeof *search->stream);
        search->places = xcalloc(STREAM_MAX, sizeof *search->places);
    }
    if (length >= COPY_PATTERN_MAX)
        length = COPY_PATTERN_MAX - 1;
    memmove(search->text, text, length);
    search->text[length] = '\0';
    search->length = 0;
    search->fold = true;
    while (at < length) {
        at += text_decode(search->text + at, length - at, &search->pattern[search->length]);
        if (iswupper((wint_t)search->pattern[search->length]) != 0)
            search->fold = false;
        search->length++;
    }
    for (size_t i = 0; i < search->length; i++)
        search->pattern[i] = folded(search, search->pattern[i]);
    search->pending = false;
    index_clear(copy);
}

void copy_search_reset(struct copy_mode *copy)
{
    index_clear(copy);
    copy->search.from = copy->cursor;
}

void copy_search_end(struct copy_mode *copy)
{
    struct copy_search *search = &copy->search;
    hits_clear(&search->index.older);
    hits_clear(&search->index.newer);
    hits_clear(&search->index.screen);
    free(search->pattern);
    free(search->stream);
    free(search->places);
}

// --- what is shown ---

static void mark_hit(struct copy_mode *copy, void *context, struct copy_pos first, struct copy_pos last)
{
    bool here = copy_compare(first, copy->cursor) == 0;
    unsigned char mark = here ? VT_PANE_HIT | VT_PANE_HIT_HERE : VT_PANE_HIT;
    (void)context;
    for (int64_t line = first.line; line <= last.line; line++)
        copy_mark(copy, line, line == first.line ? first.col : 0,
                  line == last.line ? last.col : copy->cols - 1, mark);
}

// Afresh from the rows in view, with those above from where a hit may reach into it.
void copy_mark_hits(struct copy_mode *copy)
{
    int64_t line = copy->top;
    if (copy->search.length == 0)
        return;
    for (size_t i = 1; i < copy->search.length && copy_wraps(copy, line - 1); i++)
        line--;
    for (; line < copy->top + copy->rows; line++)
        (void)scan_row(copy, line, mark_hit, NULL);
}

void copy_search_status(struct copy_mode *copy, struct copy_status *status)
{
    const struct copy_search *search = &copy->search;
    status->pattern = search->text;
    if (search->length == 0)
        return;
    size_t count = hits_count(&search->index), before = hits_before(&search->index, copy->cursor);
    status->hits = (int)count;
    status->hits_more = search->index.full;
    status->searching = !is_complete(copy);
    if (before < count && copy_compare(hit_at(&search->index, before), copy->cursor) == 0)
        status->hit = (int)before + 1;
}
