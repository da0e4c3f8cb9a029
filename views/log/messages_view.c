// SPDX-License-Identifier: Apache-2.0
//
// messages_view: List the messages that went by, newest first, filter them by words, show one whole and copy
// it. The selected message stays selected when others come above it.

#include "views/log/messages_view.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/filter_line.h"
#include "views/app/clipboard_copy.h"
#include "views/app/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ROWS_FOR_TITLE = 8,
    COLUMNS_FOR_MARGIN = 60,
    NARROW = 48,
    WHEEL = 3,
    SECOND_MS = 1000,
    MINUTE_MS = 60000,
    FILTER_CAP = 200,
    FILTER_COUNT_COLUMNS = 24
};

struct messages_view {
    struct view view;
    struct app *app;
    struct table table;
    struct line_edit filter;
    bool filtering, details;
    int detail_top, detail_end;
    int table_y;
    size_t shown[MESSAGES_KEPT]; // the messages that match, newest first: indexes at `seen`
    size_t count;
    uint64_t seen;     // messages_total when shown was made
    bool anew;         // the filter has changed
    uint64_t selected; // the message's number; 0: the newest is followed
};

static struct messages_view *of(struct view *view)
{
    return (struct messages_view *)view;
}

static bool message_of(const struct messages_view *list, size_t row, struct message *out)
{
    return row < list->count && messages_at(list->app->messages, list->shown[row], out);
}

// --- what is shown --------------------------------------------------------------------------

static void take(struct messages_view *list)
{
    const struct messages *messages = list->app->messages;
    struct message message;
    if (!list->anew && list->seen == messages_total(messages))
        return;
    list->anew = false;
    list->seen = messages_total(messages);
    list->count = 0;
    size_t selected = 0;
    for (size_t i = 0; messages_at(messages, i, &message); i++) {
        if (!message_matches(&message, list->filter.text))
            continue;
        if (message.number == list->selected)
            selected = list->count;
        list->shown[list->count++] = i;
    }
    list->table.rows = list->count;
    list->table.selected = selected;
}

static void moved(struct messages_view *list)
{
    struct message message;
    bool follows = list->table.selected == 0;
    list->selected = !follows && message_of(list, list->table.selected, &message) ? message.number : 0;
    list->detail_top = 0;
    app_dirty(list->app);
}

// --- drawing --------------------------------------------------------------------------------

enum column { COLUMN_TIME, COLUMN_LEVEL, COLUMN_ABOUT, COLUMN_TEXT };

static const struct table_column wide[] = {
    [COLUMN_TIME] = {.title = "TIME", .min = 8, .ideal = 12},
    [COLUMN_LEVEL] = {.title = "LEVEL", .min = 9, .ideal = 9},
    [COLUMN_ABOUT] = {.title = "ABOUT", .min = 10, .ideal = 18, .drop = 1},
    [COLUMN_TEXT] = {.title = "MESSAGE", .min = 16, .ideal = 40, .weight = 1},
};
static const struct table_column narrow[] = {
    {.title = "TIME", .min = 5, .ideal = 8, .drop = 1},
    {.title = "", .min = 1, .ideal = 1},
    {.title = "MESSAGE", .min = 6, .ideal = 16, .weight = 1},
};
static const enum column of_narrow[] = {COLUMN_TIME, COLUMN_LEVEL, COLUMN_TEXT};

static enum theme_role level_role(enum toast_level level)
{
    static const enum theme_role roles[TOAST_LEVEL_COUNT] = {
        [TOAST_INFO] = ROLE_DIM, [TOAST_WARN] = ROLE_WARN, [TOAST_ERROR] = ROLE_BAD};
    return roles[level];
}

static char *whole_text(const struct message *message, char *out, size_t cap)
{
    if (message->times > 1) // in front, where no narrow screen cuts it off
        (void)snprintf(out, cap, "(%zu times) %s", message->times, message->text);
    else
        (void)snprintf(out, cap, "%s", message->text);
    return out;
}

static void fill(void *context, size_t row, size_t column, struct table_cell *cell)
{
    const struct messages_view *list = context;
    char text[TOAST_TEXT_MAX + 32], clock[MESSAGE_CLOCK_CAP];
    struct message message;
    bool is_narrow = list->table.columns == narrow;
    if (!message_of(list, row, &message))
        return;
    switch (is_narrow ? of_narrow[column] : (enum column)column) {
    case COLUMN_TIME:
        cell->role = ROLE_DIM;
        (void)snprintf(cell->text, sizeof cell->text, "%s",
                       message_clock(message.at_ms, time_wall_ms(), clock));
        break;
    case COLUMN_LEVEL:
        cell->role = level_role(message.level);
        cell->glyph = toast_glyph(message.level);
        if (!is_narrow)
            (void)snprintf(cell->text, sizeof cell->text, "%s", message_level_word(message.level));
        break;
    case COLUMN_ABOUT:
        (void)snprintf(cell->text, sizeof cell->text, "%s", message.about);
        break;
    case COLUMN_TEXT:
        (void)snprintf(cell->text, sizeof cell->text, "%.*s", TABLE_CELL_MAX - 1,
                       whole_text(&message, text, sizeof text));
        break;
    }
}

static void draw_title(const struct messages_view *list, int y, int x, int cols)
{
    char right[96], position[48];
    uint64_t dropped = messages_dropped(list->app->messages);
    (void)snprintf(right, sizeof right, "%s ", table_position(&list->table, position, sizeof position));
    if (dropped > 0)
        (void)snprintf(right, sizeof right, "%llu older dropped   %s ", (unsigned long long)dropped,
                       position);
    int used = text_put(stdscr, y, x + 1, cols - 1, ROLE_TITLE, "Messages") + 3;
    if (used + text_width(right) <= cols)
        (void)text_put_right(stdscr, y, x, cols, ROLE_DIM, right);
}

static void draw_table(struct messages_view *list, int y, int x, int rows, int cols)
{
    char empty[96] = "No message yet";
    if (list->filter.length > 0)
        (void)snprintf(empty, sizeof empty, "No message matches\n%s clears the filter",
                       command_key(COMMAND_messages_back));
    bool is_narrow = cols < NARROW;
    list->table.columns = is_narrow ? narrow : wide;
    list->table.column_count = is_narrow ? sizeof narrow / sizeof *narrow : sizeof wide / sizeof *wide;
    list->table.fill = fill;
    list->table.context = list;
    list->table.margin = cols >= COLUMNS_FOR_MARGIN ? 1 : 0;
    list->table.empty = empty;
    list->table_y = y;
    (void)table_draw(&list->table, stdscr, y, x, rows, cols);
    list->table.empty = NULL;
}

// Returns the lines that it has; drawn are those in sight.
static int draw_paragraph(const struct messages_view *list, int line, enum theme_role role, const char *text,
                          const int place[4])
{
    int first = line;
    for (const char *rest = text; rest != NULL && *rest != '\0'; line++) {
        const char *next = NULL;
        size_t length = text_wrap(rest, place[3] > 3 ? place[3] - 2 : 1, &next);
        int at = line - list->detail_top;
        if (at >= 0 && at < place[2])
            (void)text_putf(stdscr, place[0] + at, place[1] + 1, place[3] - 1, role, "%.*s", (int)length,
                            rest);
        rest = next;
    }
    return line - first;
}

static void draw_details(struct messages_view *list, int y, int x, int rows, int cols)
{
    char text[TOAST_TEXT_MAX + 32], head[MESSAGE_ABOUT_CAP + 96], clock[48] = "";
    const int place[4] = {y, x, rows, cols};
    struct message message;
    if (!message_of(list, list->table.selected, &message))
        return;
    time_t at = (time_t)(message.at_ms / SECOND_MS);
    struct tm local;
    if (localtime_r(&at, &local) != NULL)
        (void)strftime(clock, sizeof clock, "%Y-%m-%d %H:%M:%S", &local);
    (void)snprintf(head, sizeof head, "%s %s   %s%s%s", glyph(toast_glyph(message.level)),
                   message_level_word(message.level), clock, message.about[0] != '\0' ? "   " : "",
                   message.about);
    for (int pass = 0; pass < 2; pass++) { // again where it was scrolled too far for this screen
        int line = draw_paragraph(list, 0, level_role(message.level), head, place) + 1;
        line += draw_paragraph(list, line, ROLE_TEXT, whole_text(&message, text, sizeof text), place);
        list->detail_end = line > rows ? line - rows : 0;
        if (list->detail_top <= list->detail_end)
            break;
        list->detail_top = list->detail_end;
        text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    }
}

static int draw_filter(struct messages_view *list, int y, int x, int cols)
{
    char count[48];
    (void)snprintf(count, sizeof count, "%zu/%zu", list->count, messages_count(list->app->messages));
    return filter_line_draw(&list->filter, stdscr, y, x, cols,
                            &(struct filter_line_look){.key = command_key(COMMAND_messages_filter),
                                                       .hint = "words in any order",
                                                       .count = count,
                                                       .columns_for_count = FILTER_COUNT_COLUMNS,
                                                       .typing = list->filtering});
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct messages_view *list = of(view);
    bool filter = (list->filtering || list->filter.length > 0) && rows > 1;
    int title = rows >= ROWS_FOR_TITLE ? 2 : 0;
    (void)all; // it draws whole each time; curses sends what differs
    take(list);
    messages_mark_read(list->app->messages);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    if (title > 0)
        draw_title(list, y, x, cols);
    int body = rows - title - (filter ? 1 : 0);
    if (list->details && list->count > 0)
        draw_details(list, y + title, x, body, cols);
    else
        draw_table(list, y + title, x, body, cols);
    if (!filter)
        return false;
    int cursor = draw_filter(list, y + rows - 1, x, cols);
    if (list->filtering)
        (void)wmove(stdscr, y + rows - 1, cursor);
    return list->filtering;
}

// --- input ----------------------------------------------------------------------------------

static void scroll_details(struct messages_view *list, long by)
{
    long top = list->detail_top + by;
    list->detail_top = top < 0 ? 0 : top > list->detail_end ? list->detail_end : (int)top;
    app_dirty(list->app);
}

static void go(struct view *view, enum table_step step, long by)
{
    struct messages_view *list = of(view);
    take(list);
    if (step == TABLE_PAGES && list->details)
        scroll_details(list, by * 5);
    else if (table_go(&list->table, step, by) != 0)
        moved(list);
}

static void filter_changed(struct messages_view *list)
{
    list->anew = true;
    list->selected = 0;
    list->table.top = 0;
    app_dirty(list->app);
}

static bool filter_input(struct messages_view *list, const struct input_event *event)
{
    enum filter_line_result result = filter_line_input(&list->filter, event);
    switch (result) {
    case FILTER_LINE_CHANGED:
        filter_changed(list);
        break;
    case FILTER_LINE_ENTER:
        list->filtering = false;
        app_dirty(list->app);
        break;
    case FILTER_LINE_CLEAR:
        list->filtering = false;
        line_edit_set(&list->filter, "");
        filter_changed(list);
        break;
    case FILTER_LINE_UP:
    case FILTER_LINE_DOWN:
        go(&list->view, TABLE_ROWS, result == FILTER_LINE_UP ? -1 : 1);
        break;
    case FILTER_LINE_TAB:
    case FILTER_LINE_TAKEN:
        app_dirty(list->app);
        break;
    case FILTER_LINE_IGNORED:
        return false;
    }
    return true;
}

static void mouse(struct messages_view *list, const struct input_event *event)
{
    if (!list->app->config.mouse || event->mouse.action != INPUT_MOUSE_PRESS)
        return;
    int wheel = event->mouse.button == INPUT_WHEEL_UP     ? -WHEEL
                : event->mouse.button == INPUT_WHEEL_DOWN ? WHEEL
                                                          : 0;
    if (wheel != 0 && list->details)
        scroll_details(list, wheel);
    else if (wheel != 0)
        go(&list->view, TABLE_ROWS, wheel);
    if (event->mouse.button != INPUT_BUTTON_LEFT || list->details)
        return;
    enum table_click click = table_click(&list->table, list->table_y, event->mouse.y, time_monotonic_ms());
    if (click != TABLE_CLICK_NONE)
        moved(list);
    if (click == TABLE_CLICK_TWICE)
        app_run_command(list->app, COMMAND_messages_details);
}

static bool input(struct view *view, const struct input_event *event)
{
    struct messages_view *list = of(view);
    if (event->kind == INPUT_MOUSE) {
        mouse(list, event);
        return true;
    }
    if (list->filtering)
        return filter_input(list, event);
    return event->kind != INPUT_KEY;
}

static enum scope scope_of(const struct view *view)
{
    (void)view;
    return SCOPE_MESSAGES;
}

static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    (void)view;
    return now_ms + MINUTE_MS; // what was of today becomes yesterday's
}

static enum hint_layer hint_layer(const struct view *view)
{
    return ((const struct messages_view *)view)->filtering ? HINT_FILTER : HINT_LAYER_COUNT;
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_methods messages_methods = {
    .name = "messages",
    .scope = scope_of,
    .draw = draw,
    .input = input,
    .go = go,
    .next_tick = next_tick,
    .hint_layer = hint_layer,
    .hint_bar = true,
    .free = free_view,
};

struct view *messages_view_new(struct app *app)
{
    struct messages_view *list = xcalloc(1, sizeof *list);
    list->view.methods = &messages_methods;
    list->app = app;
    list->anew = true;
    line_edit_begin(&list->filter, FILTER_CAP, NULL);
    return &list->view;
}

// --- commands -------------------------------------------------------------------------------

enum change messages_toggle(struct app *app, int argument)
{
    struct messages_view *list = of(app->message_list);
    (void)argument;
    if (app->top == app->message_list) {
        app_show_below(app); // the same key leads out again
        return CHANGED_VIEW;
    }
    line_edit_set(&list->filter, "");
    list->filtering = list->details = false;
    filter_changed(list);
    (void)toasts_dismiss(app->toasts); // all of them are read here
    app_show_over(app, app->message_list);
    return CHANGED_VIEW;
}

// One that is read whole stays, also the newest.
enum change messages_details(struct app *app, int argument)
{
    struct messages_view *list = of(app->message_list);
    struct message message;
    (void)argument;
    take(list);
    list->details = !list->details && list->count > 0;
    list->detail_top = 0;
    if (list->details && message_of(list, list->table.selected, &message))
        list->selected = message.number;
    else if (list->table.selected == 0)
        list->selected = 0;
    return CHANGED_VIEW;
}

enum change messages_filter(struct app *app, int argument)
{
    struct messages_view *list = of(app->message_list);
    (void)argument;
    list->filtering = true;
    list->details = false;
    return CHANGED_VIEW;
}

enum change messages_copy(struct app *app, int argument)
{
    struct messages_view *list = of(app->message_list);
    struct message message;
    (void)argument;
    take(list); // one may have come since it was drawn
    if (message_of(list, list->table.selected, &message)) {
        char *text = xstrdup(message.text); // saying what became of it adds another message
        clipboard_copy(app, text, strlen(text), "the message", NULL);
        free(text);
    }
    return CHANGED_NOTHING;
}

// What lies in front of the list goes first.
static bool give_up(struct messages_view *list)
{
    if (list->details) {
        (void)messages_details(list->app, 0);
        return true;
    }
    if (list->filter.length == 0)
        return toasts_dismiss(list->app->toasts);
    line_edit_set(&list->filter, "");
    filter_changed(list);
    return true;
}

enum change messages_close(struct app *app, int step_by_step)
{
    if (step_by_step == 0 || !give_up(of(app->message_list)))
        app_show_below(app);
    return CHANGED_VIEW;
}
