// SPDX-License-Identifier: Apache-2.0
//
// vt_pool: intern styles and clusters. A screen has few different ones, so each is kept once and cells name
// it by a number. A hostile stream can invent new ones without end: when a table is full, what no cell names
// any more is dropped, and the history keeps coarser colours and no combining marks; when that doesn't help,
// the plain style and U+FFFD stand in.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/hash.h"
#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { STYLES_MAX = 32768, CLUSTERS_MAX = 16384, FIRST = 64, REST = 65536 };

// Every change of style asks for it.
static size_t hash_style(const struct cell_style *style)
{
    uint64_t colors = (uint64_t)style->fg << 32 | style->bg;
    uint64_t rest = (uint64_t)style->underline << 32 | (uint32_t)style->attributes << 16 | style->link;
    return hash_words(colors, rest);
}

static void slot_styles(struct vt_pool *pool)
{
    free(pool->style_slots);
    pool->style_slot_count = pool->style_capacity * 2;
    pool->style_slots = xcalloc(pool->style_slot_count, sizeof *pool->style_slots);
    for (size_t i = 0; i < pool->style_count; i++) {
        size_t at = hash_style(&pool->styles[i]) % pool->style_slot_count;
        while (pool->style_slots[at] != 0)
            at = (at + 1) % pool->style_slot_count;
        pool->style_slots[at] = (uint16_t)(i + 1);
    }
}

static void slot_clusters(struct vt_pool *pool)
{
    free(pool->cluster_slots);
    pool->cluster_slot_count = pool->cluster_capacity * 2;
    pool->cluster_slots = xcalloc(pool->cluster_slot_count, sizeof *pool->cluster_slots);
    for (size_t i = 0; i < pool->cluster_count; i++) {
        const char *text = pool->clusters[i].text;
        size_t at = hash_text(text) % pool->cluster_slot_count;
        while (pool->cluster_slots[at] != 0)
            at = (at + 1) % pool->cluster_slot_count;
        pool->cluster_slots[at] = (uint32_t)(i + 1);
    }
}

void vt_pool_begin(struct vt_pool *pool)
{
    memset(pool, 0, sizeof *pool);
    pool->style_capacity = pool->cluster_capacity = FIRST;
    pool->styles = xcalloc(FIRST, sizeof *pool->styles);
    pool->clusters = xcalloc(FIRST, sizeof *pool->clusters);
    pool->style_count = 1;
    slot_styles(pool);
    slot_clusters(pool);
}

void vt_pool_end(struct vt_pool *pool)
{
    free(pool->styles);
    free(pool->style_slots);
    free(pool->clusters);
    free(pool->cluster_slots);
}

// --- styles by their numbers ---

static inline bool find_style(const struct vt_pool *pool, const struct cell_style *style, uint16_t *index)
{
    const size_t mask = pool->style_slot_count - 1; // a power of two
    size_t at = hash_style(style) & mask;
    for (; pool->style_slots[at] != 0; at = (at + 1) & mask) {
        *index = (uint16_t)(pool->style_slots[at] - 1);
        if (cell_style_equal(&pool->styles[*index], style))
            return true;
    }
    return false;
}

// The index of a style that is new; the plain one's when no number is left.
static uint16_t add_style(struct vt_pool *pool, const struct cell_style *style)
{
    if (pool->style_count == UINT16_MAX)
        return 0;
    if (pool->style_count == pool->style_capacity) {
        pool->style_capacity *= 2;
        pool->styles = xrealloc(pool->styles, pool->style_capacity * sizeof *pool->styles);
        slot_styles(pool);
    }
    pool->styles[pool->style_count++] = *style;
    size_t at = hash_style(style) % pool->style_slot_count;
    while (pool->style_slots[at] != 0)
        at = (at + 1) % pool->style_slot_count;
    pool->style_slots[at] = (uint16_t)pool->style_count;
    return (uint16_t)(pool->style_count - 1);
}

// --- throwing out what is unused ---

struct renaming {
    uint16_t *styles;  // old index → new + 1; 0: unused
    uint16_t *coarser; // for the history: index → index; NULL: as it is
    bool bare;         // for the history: first characters for clusters
    uint32_t *clusters;
    size_t style_count, cluster_count;
};

static void rename_cell(struct vt_cell *cell, struct renaming *names)
{
    if (names->styles[cell->style] == 0)
        names->styles[cell->style] = (uint16_t)(++names->style_count);
    cell->style = (uint16_t)(names->styles[cell->style] - 1);
    if ((cell->ch & VT_CLUSTER) == 0)
        return;
    uint32_t *name = &names->clusters[cell->ch & ~(uint32_t)VT_CLUSTER];
    if (*name == 0)
        *name = (uint32_t)(++names->cluster_count);
    cell->ch = VT_CLUSTER | (*name - 1);
}

static void rename_screen(struct vt *vt, struct vt_screen *screen, struct renaming *names)
{
    for (int y = 0; y < vt->rows; y++)
        for (int x = 0; x < vt->cols; x++)
            rename_cell(&screen->lines[y].cells[x], names);
}

static uint32_t first_of(const struct vt_cluster *cluster)
{
    uint32_t codepoint = 0;
    (void)text_decode(cluster->text, strlen(cluster->text), &codepoint);
    return codepoint;
}

// Unpacks, renames and packs each line of the history.
static void rename_history(struct vt *vt, struct renaming *names)
{
    struct vt_cell *cells = xcalloc(VT_COLS_MAX, sizeof *cells);
    size_t count = vt->history.count;
    uint64_t pushed = vt->history.pushed;
    struct vt_history packed;
    vt_history_begin(&packed, (int)vt->history.limit);
    for (size_t i = 0; i < count; i++) {
        bool wraps = false;
        int length = vt_history_length(&vt->history, i);
        (void)vt_history_read(&vt->history, i, cells, length, &wraps);
        for (int x = 0; x < length; x++) {
            if (names->coarser != NULL)
                cells[x].style = names->coarser[cells[x].style];
            if (names->bare && (cells[x].ch & VT_CLUSTER) != 0)
                cells[x].ch = first_of(&vt->pool.clusters[cells[x].ch & ~(uint32_t)VT_CLUSTER]);
            rename_cell(&cells[x], names);
        }
        vt_history_push(&packed, cells, length, wraps);
    }
    vt_history_end(&vt->history);
    vt->history = packed;
    vt->history.pushed = pushed;
    free(cells);
}

static cell_color coarse_color(cell_color color)
{
    return CELL_COLOR_KIND(color) == CELL_COLOR_RGB ? (color & ~(cell_color)0x3f3f3f) | 0x202020 : color;
}

// For each style one with four steps of red, green and blue. A picture has as many styles as it has cells,
// and the history holds many pictures: without it, new ones would find no room and have no colours at all.
static uint16_t *coarser_styles(struct vt_pool *pool)
{
    size_t count = pool->style_count;
    uint16_t *coarser = xcalloc(count, sizeof *coarser);
    for (size_t i = 0; i < count; i++) {
        struct cell_style style = pool->styles[i];
        style.fg = coarse_color(style.fg);
        style.bg = coarse_color(style.bg);
        style.underline = coarse_color(style.underline);
        if (!find_style(pool, &style, &coarser[i]))
            coarser[i] = add_style(pool, &style);
    }
    return coarser;
}

void vt_pool_collect(struct vt *vt)
{
    struct vt_pool *pool = &vt->pool;
    vt->work += VT_WORK_MAX; // it is enough for one turn
    struct renaming names = {.coarser = pool->crowded ? coarser_styles(pool) : NULL, .bare = pool->bare};
    struct vt_cell pen = {.style = vt->style_index}, eraser = {.style = vt->erase_index};
    names.styles = xcalloc(pool->style_count, sizeof *names.styles);
    names.clusters = xcalloc(pool->cluster_count + 1, sizeof *names.clusters);
    names.styles[0] = 1;
    names.style_count = 1;
    rename_cell(&pen, &names);
    rename_cell(&eraser, &names);
    vt->style_index = pen.style;
    vt->erase_index = eraser.style;
    rename_screen(vt, &vt->main, &names);
    rename_screen(vt, &vt->alternate, &names);
    rename_history(vt, &names);
    struct cell_style *styles = xcalloc(pool->style_capacity, sizeof *styles);
    struct vt_cluster *clusters = xcalloc(pool->cluster_capacity, sizeof *clusters);
    for (size_t i = 0; i < pool->style_count; i++)
        if (names.styles[i] != 0)
            styles[names.styles[i] - 1] = pool->styles[i];
    for (size_t i = 0; i < pool->cluster_count; i++)
        if (names.clusters[i] != 0)
            clusters[names.clusters[i] - 1] = pool->clusters[i];
    free(pool->styles);
    free(pool->clusters);
    pool->styles = styles;
    pool->clusters = clusters;
    pool->style_count = names.style_count;
    pool->cluster_count = names.cluster_count;
    slot_styles(pool);
    slot_clusters(pool);
    memset(pool->pairs, 0, sizeof pool->pairs);
    free(names.styles);
    free(names.clusters);
    free(names.coarser);
}

// --- taking in ---

// After one that brought little, many requests do without.
static void collect(struct vt *vt)
{
    struct vt_pool *pool = &vt->pool;
    if (pool->resting > 0) {
        pool->resting--;
        return;
    }
    vt_pool_collect(vt);
    if (pool->style_count > STYLES_MAX / 8 * 7)
        pool->resting = pool->crowded ? REST : 0;
    pool->crowded = pool->style_count > (pool->crowded ? STYLES_MAX / 8 : STYLES_MAX / 2);
}

// The same for clusters: first those that no cell names go, then those of the history.
static void collect_clusters(struct vt *vt)
{
    struct vt_pool *pool = &vt->pool;
    if (pool->cluster_rest > 0) {
        pool->cluster_rest--;
        return;
    }
    vt_pool_collect(vt);
    if (pool->cluster_count <= CLUSTERS_MAX / 4 * 3)
        return;
    pool->bare = true;
    vt_pool_collect(vt);
    pool->bare = false;
    if (pool->cluster_count > CLUSTERS_MAX / 4 * 3)
        pool->cluster_rest = REST;
}

uint16_t vt_style_index(struct vt *vt, const struct cell_style *style)
{
    struct vt_pool *pool = &vt->pool;
    uint16_t index = 0;
    if (find_style(pool, style, &index))
        return index;
    for (int tries = 0; tries < 2 && pool->style_count >= STYLES_MAX; tries++)
        collect(vt);
    if (pool->style_count >= STYLES_MAX)
        return 0;
    return add_style(pool, style);
}

uint32_t vt_cluster_ch(struct vt *vt, const char *text)
{
    struct vt_pool *pool = &vt->pool;
    size_t hash = hash_text(text);
    size_t at = hash % pool->cluster_slot_count;
    for (; pool->cluster_slots[at] != 0; at = (at + 1) % pool->cluster_slot_count)
        if (strcmp(pool->clusters[pool->cluster_slots[at] - 1].text, text) == 0)
            return VT_CLUSTER | (pool->cluster_slots[at] - 1);
    if (pool->cluster_count == CLUSTERS_MAX)
        collect_clusters(vt);
    if (pool->cluster_count == CLUSTERS_MAX)
        return 0xfffd;
    if (pool->cluster_count == pool->cluster_capacity) {
        pool->cluster_capacity *= 2;
        pool->clusters = xrealloc(pool->clusters, pool->cluster_capacity * sizeof *pool->clusters);
        slot_clusters(pool);
    }
    struct vt_cluster *cluster = &pool->clusters[pool->cluster_count++];
    memset(cluster, 0, sizeof *cluster);
    memcpy(cluster->text, text, strlen(text));
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult,clang-analyzer-core.DivideZero)
    at = hash % pool->cluster_slot_count;
    while (pool->cluster_slots[at] != 0)
        at = (at + 1) % pool->cluster_slot_count;
    pool->cluster_slots[at] = (uint32_t)pool->cluster_count;
    return VT_CLUSTER | (uint32_t)(pool->cluster_count - 1);
}

uint32_t vt_cluster_of_two(struct vt *vt, uint32_t first, uint32_t mark)
{
    struct vt_pair *pair = &vt->pool.pairs[(first * 31 + mark) % VT_PAIRS];
    if (pair->first != first || pair->mark != mark) {
        char text[VT_TEXT_MAX] = "";
        size_t length = text_encode(first, text);
        length += text_encode(mark, text + length);
        text[length] = '\0';
        uint32_t ch = vt_cluster_ch(vt, text);
        *pair = (struct vt_pair){first, mark, ch};
    }
    return pair->ch;
}

void vt_cell_text(const struct vt *vt, uint32_t ch, char out[VT_TEXT_MAX])
{
    if ((ch & VT_CLUSTER) != 0) {
        memcpy(out, vt->pool.clusters[ch & ~(uint32_t)VT_CLUSTER].text, VT_TEXT_MAX);
        return;
    }
    size_t length = ch != 0 ? text_encode(ch, out) : 0;
    out[length] = '\0';
}
