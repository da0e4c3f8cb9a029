// SPDX-License-Identifier: Apache-2.0
//
// paint: allocate a colour pair for each look in use, and a number for each link on the screen.
//
// Curses keeps a number for each cell, its pair, and a terminal of 256 colours or more has 65,536 of them: as
// many as two bytes have values. Pair P is set up as colour P / 256 on colour P % 256 (below 256, which few
// screens exceed, as P on nothing: one sequence less), so that what curses writes for a pair names the pair,
// and paint_output puts the look in its place. So no look ever stands in for another that is shown too,
// curses' own idea of what differs stays right, and its description of the terminal is left alone. The
// alternative was to draw the pane without curses: then two would write to one screen, and everything that
// overlaps a pane, erases it or moves it would have to say so.
//
// A pair is freed when no cell has it any more, which is checked only when pairs run low; so nothing on the
// screen changes by it. On terminals with fewer colours or other sequences a pair has its real colours, and
// what curses writes is left as it is.
//
// A cell with more than curses knows of has the attribute "invisible", which nothing else here uses: so
// curses doesn't clear the end of a row to blanks that would be visible. It means struck through where the
// terminal has nothing else.

#include "tui/term/paint.h"

#include "tui/base/color_reduce.h"
#include "tui/base/hash.h"
#include "tui/base/theme.h"
#include "tui/base/xalloc.h"
#include "tui/term/paint_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

enum { PAIRS = 65536, SLOTS = 2 * PAIRS, FIRST = THEME_PAIRS + 1, LINKS = 4096, ROOM = PAIRS / 2 };

struct paint_known paint_known;

static struct {
    bool by_number; // a pair's colours are its number
    int most;       // the last number there is; 0: not started
    int next, used; // where the search for a free one goes on; how many are taken
    struct paint paints[PAIRS];
    bool taken[PAIRS];
    bool set_up[PAIRS];    // curses knows it, by_number
    uint16_t slots[SLOTS]; // pairs by their looks' hash; 0: none
} pairs;

static struct {
    struct link {
        char *text; // "id;target"; NULL: free
        size_t hash;
    } all[LINKS];
    int used, last;
} links;

static void forget(void)
{
    for (int i = 0; i < LINKS; i++)
        free(links.all[i].text);
    memset(&links, 0, sizeof links);
    if (pairs.used > 0) { // else nobody has touched them, and they cost no memory yet
        memset(pairs.taken, 0, sizeof pairs.taken);
        memset(pairs.slots, 0, sizeof pairs.slots);
    }
    pairs.next = FIRST;
    pairs.used = 0;
    memset(pairs.set_up, 0, sizeof pairs.set_up);
}

void paint_begin(void)
{
    bool was = pairs.by_number;
    int colors = has_colors() ? COLORS : 0;
    bool rewritten = paint_output_begin(colors);
    pairs.by_number = rewritten && colors >= 256;
    paint_known = rewritten ? paint_known_now(colors) : (struct paint_known){0};
    if (!pairs.by_number)
        paint_known = (struct paint_known){.struck = paint_known.struck, .struck_by_attribute = true};
    if (pairs.most == 0 || was != pairs.by_number)
        forget();
    pairs.most = COLOR_PAIRS - 1 < PAIRS - 1 ? COLOR_PAIRS - 1 : PAIRS - 1;
}

void paint_end(void)
{
    paint_output_end();
    paint_known = (struct paint_known){0};
    pairs.by_number = false;
    pairs.most = 0;
    forget();
}

// --- what the terminal can show of it ---

static cell_color brought_down(cell_color color, attr_t *attributes)
{
    bool bold = false;
    if (paint_known.rgb && CELL_COLOR_KIND(color) == CELL_COLOR_RGB)
        return color;
    int number = color_reduce_number(color, pairs.by_number ? 256 : COLORS, &bold);
    if (bold)
        *attributes |= A_BOLD;
    return number < 0 ? CELL_COLOR_DEFAULT : CELL_COLOR_INDEXED | (cell_color)number;
}

static struct paint shown(const struct paint *wanted, attr_t *attributes)
{
    struct paint paint = {0};
    attr_t no_bold = 0;
    if (has_colors()) {
        paint.fg = brought_down(wanted->fg, attributes);
        paint.bg = brought_down(wanted->bg, &no_bold);
    }
    if (wanted->underline != CELL_UNDERLINE_NONE) {
        *attributes |= A_UNDERLINE;
        if (paint_known.kinds && wanted->underline != CELL_UNDERLINE_SINGLE)
            paint.underline = wanted->underline;
        if (paint_known.underline_colors)
            paint.underline_color = wanted->underline_color;
    }
    if (paint_known.struck)
        paint.strokes |= wanted->strokes & PAINT_STRUCK;
    if (paint_known.overline)
        paint.strokes |= wanted->strokes & PAINT_OVERLINED;
    if (paint_known.links)
        paint.link = wanted->link;
    if (paint.strokes != 0 || paint.link != 0)
        *attributes |= A_INVIS;
    if (paint_known.struck_by_attribute)
        paint.strokes = 0;
    return paint;
}

// --- pairs ---

static bool is_plain(const struct paint *paint)
{
    return paint->fg == CELL_COLOR_DEFAULT && paint->bg == CELL_COLOR_DEFAULT &&
           paint->underline_color == CELL_COLOR_DEFAULT && paint->link == 0 && paint->underline == 0 &&
           paint->strokes == 0;
}

static bool same(const struct paint *a, const struct paint *b)
{
    return a->fg == b->fg && a->bg == b->bg && a->underline_color == b->underline_color &&
           a->link == b->link && a->underline == b->underline && a->strokes == b->strokes;
}

static size_t slot_of(const struct paint *paint)
{
    uint64_t colors = (uint64_t)paint->fg << 32 | paint->bg;
    uint64_t rest = (uint64_t)paint->underline_color << 32 | (uint32_t)paint->link << 16 |
                    (uint32_t)paint->underline << 8 | paint->strokes;
    size_t at = hash_words(colors, rest) & (SLOTS - 1);
    while (pairs.slots[at] != 0 && !same(&pairs.paints[pairs.slots[at]], paint))
        at = (at + 1) & (SLOTS - 1);
    return at;
}

static int number_of(cell_color color)
{
    return CELL_COLOR_KIND(color) == CELL_COLOR_DEFAULT ? -1 : (int)CELL_COLOR_VALUE(color);
}

static bool set_up(int pair, const struct paint *paint)
{
    if (!pairs.by_number)
        return init_extended_pair(pair, number_of(paint->fg), number_of(paint->bg)) != ERR;
    if (!pairs.set_up[pair])
        pairs.set_up[pair] = init_extended_pair(pair, pair < 256 ? -1 : pair >> 8, pair & 255) != ERR;
    return pairs.set_up[pair];
}

static int find(const struct paint *paint)
{
    if (is_plain(paint))
        return 0;
    size_t at = slot_of(paint);
    if (pairs.slots[at] != 0)
        return pairs.slots[at];
    while (pairs.next <= pairs.most && pairs.taken[pairs.next])
        pairs.next++;
    if (pairs.next > pairs.most || !set_up(pairs.next, paint))
        return -1;
    int pair = pairs.next++;
    pairs.taken[pair] = true;
    pairs.used++;
    pairs.paints[pair] = *paint;
    pairs.slots[at] = (uint16_t)pair;
    return pair;
}

int paint_pair(const struct paint *wanted, attr_t *attributes)
{
    struct paint paint = shown(wanted, attributes);
    int pair = find(&paint);
    return pair >= 0 ? pair : 0;
}

void paint_fixed_pair(int pair, int foreground, int background)
{
    if (pair <= 0 || pair > THEME_PAIRS || pair >= COLOR_PAIRS)
        return;
    struct paint paint = {
        .fg = foreground < 0 ? CELL_COLOR_DEFAULT : CELL_COLOR_INDEXED | (cell_color)foreground,
        .bg = background < 0 ? CELL_COLOR_DEFAULT : CELL_COLOR_INDEXED | (cell_color)background};
    pairs.paints[pair] = paint;
    (void)set_up(pair, &paint);
}

struct paint paint_of_pair(int pair)
{
    return pair > 0 && pair < PAIRS ? pairs.paints[pair] : (struct paint){0};
}

struct paint paint_of_colors(int foreground, int background)
{
    if (pairs.by_number)
        return paint_of_pair(background < 0 ? 0 : foreground < 0 ? background : foreground << 8 | background);
    return (struct paint){
        .fg = foreground < 0 ? CELL_COLOR_DEFAULT : CELL_COLOR_INDEXED | (cell_color)foreground,
        .bg = background < 0 ? CELL_COLOR_DEFAULT : CELL_COLOR_INDEXED | (cell_color)background};
}

// --- links ---

uint16_t paint_link(const char *text)
{
    // A file would be one of the operator's, and not the one that the program means.
    if (!paint_known.links || text == NULL || strncasecmp(strchr(text, ';'), ";file:", 6) == 0)
        return 0;
    size_t hash = hash_text(text);
    int unused = -1;
    for (int i = 0; i < LINKS; i++) {
        const struct link *link = &links.all[i];
        if (link->text == NULL) {
            unused = unused < 0 ? i : unused;
            if (i >= links.last)
                break;
        } else if (link->hash == hash && strcmp(link->text, text) == 0) {
            return (uint16_t)(i + 1);
        }
    }
    if (unused < 0)
        return 0;
    links.all[unused] = (struct link){xstrdup(text), hash};
    links.used++;
    if (links.last <= unused)
        links.last = unused + 1;
    return (uint16_t)(unused + 1);
}

const char *paint_link_target(uint16_t link)
{
    const char *text = link > 0 && link <= LINKS ? links.all[link - 1].text : NULL;
    return text != NULL ? strchr(text, ';') + 1 : "";
}

// --- taking back ---

static void mark_window(WINDOW *window, bool seen[PAIRS])
{
    static cchar_t cells[PAINT_COLS_MAX + 1];
    int rows = getmaxy(window), cols = getmaxx(window), y0 = 0, x0 = 0;
    getyx(window, y0, x0);
    for (int y = 0; y < rows; y++) {
        if (mvwin_wchnstr(window, y, 0, cells, cols < PAINT_COLS_MAX ? cols : PAINT_COLS_MAX) == ERR)
            continue;
        for (int x = 0; x < cols && x < PAINT_COLS_MAX && cells[x].chars[0] != L'\0'; x++) {
            wchar_t text[CCHARW_MAX + 1];
            attr_t attributes = 0;
            short pair = 0;
            int wide = 0;
            if (getcchar(&cells[x], text, &attributes, &pair, &wide) != ERR && wide > 0 && wide < PAIRS)
                seen[wide] = true;
        }
    }
    wmove(window, y0, x0);
}

void paint_make_room(int cells)
{
    static bool seen[PAIRS];
    bool link_seen[LINKS + 1] = {false};
    int wanted = cells < ROOM ? cells : ROOM;
    if (wanted > pairs.most / 2)
        wanted = pairs.most / 2;
    if (FIRST + pairs.used + wanted <= pairs.most && links.used < LINKS * 3 / 4)
        return;
    memset(seen, 0, sizeof seen);
    mark_window(stdscr, seen);
    mark_window(newscr, seen);
    mark_window(curscr, seen);
    memset(pairs.slots, 0, sizeof pairs.slots);
    pairs.used = 0;
    pairs.next = FIRST;
    for (int pair = FIRST; pair <= pairs.most; pair++) {
        pairs.taken[pair] = pairs.taken[pair] && seen[pair];
        if (!pairs.taken[pair])
            continue;
        pairs.used++;
        pairs.slots[slot_of(&pairs.paints[pair])] = (uint16_t)pair;
        link_seen[pairs.paints[pair].link] = true;
    }
    for (int i = 0; i < links.last; i++)
        if (!link_seen[i + 1] && links.all[i].text != NULL) {
            free(links.all[i].text);
            links.all[i].text = NULL;
            links.used--;
        }
}
