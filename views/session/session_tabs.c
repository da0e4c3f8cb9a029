// SPDX-License-Identifier: Apache-2.0
//
// session_tabs: The sessions as tabs: numbers, names and marks. A number is the lowest that was free, stays
// with its session and is its key, as in tmux; the list of sessions is kept in that order.

#include "views/session/session_tabs.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "tui/widget/palette.h"
#include "views/labels/state_labels.h"
#include "views/session/session_private.h"
#include "views/session/tab_line.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABS_MIN_ROWS = 8, LIST_TEXT_CAP = 256, LIST_NAME_COLUMNS = 24, NUMBER_WAIT_MS = 1000 };

// --- numbers, names, marks ----------------------------------------------------------------

static struct session *of_number(const struct app *app, int number)
{
    struct session *session = session_first(app);
    while (session != NULL && session->number != number)
        session = session->next;
    return session;
}

// Whether there is a line of tabs now: with several sessions, in a view that wants it and where there is
// room.
static bool has_line(const struct app *app)
{
    return session_count(app) > 1 && app->rows >= TABS_MIN_ROWS && app->top != NULL &&
           app->top->methods->tab_bar;
}

// Foreign text.
static const char *name_of(const struct session *session)
{
    return session->name[0] != '\0'
               ? session->name
               : fleet_name_of(service_fleet(session->app->service), session->sandbox_id);
}

const char *session_tab_name(const struct session *session)
{
    return name_of(session);
}

int session_tab_number(const struct session *session)
{
    return session->number;
}

void session_tabs_output(struct session *session)
{
    session->output_at = time_monotonic_ms();
    if (session_is_shown(session) || session->activity)
        return;
    session->activity = true;
    if (has_line(session->app))
        app_dirty(session->app);
}

// What ends first for it with that credential; NONE: nothing that is known.
static struct deadline ends_of_session(const struct session *session, const struct credential *credential)
{
    static const struct fleet_row gone = {.gone = true};
    const struct app *app = session->app;
    const struct deadline_scope scope = session_ends_scope(app);
    const struct fleet_row *row = fleet_find(service_fleet(app->service), session->sandbox_id);
    return deadline_of(row != NULL ? row : &gone, credential, app_now(app), &scope);
}

static unsigned marks_of(const struct session *session, int64_t now)
{
    struct credential credential = session_credential(session);
    enum gauge_stage stage = state_label_stage(credential_state(&credential, app_now(session->app)));
    const struct deadline end = ends_of_session(session, &credential);
    unsigned marks = 0;
    if (end.clock == DEADLINE_SANDBOX && state_label_stage(end.state) > stage)
        stage = state_label_stage(end.state);
    if (session->bell_told)
        marks |= TAB_BELL;
    if (session->ended)
        marks |= TAB_ENDED;
    else if (session->activity)
        marks |= now - session->output_at >= SESSION_SILENCE_MS ? TAB_SILENCE : TAB_ACTIVITY;
    if (session->synced)
        marks |= TAB_SYNC;
    if (session_is_recorded(session))
        marks |= TAB_RECORDING;
    if (!session->ended && stage != GAUGE_OK)
        marks |= TAB_EXPIRING;
    return marks;
}

static int64_t next_tick(const struct view *view, int64_t now_ms)
{
    const struct session_tabs *tabs = (const struct session_tabs *)view;
    const struct app *app = tabs->app;
    int64_t next = tabs->number_until;
    if (!has_line(app))
        return next;
    for (const struct session *session = tabs->first; session != NULL; session = session->next) {
        int64_t silent = session->output_at + SESSION_SILENCE_MS;
        if (session->activity && !session->ended && silent > now_ms && (next == 0 || silent < next))
            next = silent;
    }
    return next;
}

// --- the line -----------------------------------------------------------------------------

static int rows_now(const struct view *view)
{
    return has_line(((const struct session_tabs *)view)->app) ? 1 : 0;
}

static size_t fill(const struct app *app, struct tab_facts facts[TAB_LINE_MAX])
{
    const struct view *focus = app_focus(app);
    int64_t now = time_monotonic_ms();
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL && count < TAB_LINE_MAX;
         session = session->next)
        facts[count++] = (struct tab_facts){.number = session->number,
                                            .name = name_of(session),
                                            .active = &session->view == focus,
                                            .shown = session_is_shown(session),
                                            .marks = marks_of(session, now)};
    tab_line_tell_apart(facts, count);
    return count;
}

static bool draw(struct view *view, int y, int x, int rows, int cols, bool all)
{
    struct tab_facts facts[TAB_LINE_MAX];
    struct text_pieces line;
    (void)all;
    tab_line_build(facts, fill(((struct session_tabs *)view)->app, facts), cols, &line);
    text_pieces_draw(stdscr, y, x, rows, cols, &line);
    return false;
}

static bool tabs_mouse(struct app *app, const struct input_event *event)
{
    struct tab_facts facts[TAB_LINE_MAX];
    struct text_pieces line;
    if (event->kind != INPUT_MOUSE || event->mouse.y != 0 || !has_line(app) ||
        event->mouse.action != INPUT_MOUSE_PRESS)
        return false;
    size_t count = fill(app, facts);
    tab_line_build(facts, count, app->cols, &line);
    size_t tab = tab_line_at(&line, count, event->mouse.x);
    if (tab < count && event->mouse.button == INPUT_BUTTON_LEFT)
        session_show(app, of_number(app, facts[tab].number));
    return true;
}

// --- by number ----------------------------------------------------------------------------

static void go_to(struct app *app, int number)
{
    struct session *session = of_number(app, number);
    if (session != NULL)
        session_show(app, session);
    else
        app_toast(app, TOAST_INFO, "There is no session %d (%s %s lists them)", number,
                  command_key(COMMAND_session_prefix), command_key(COMMAND_session_list));
}

// The least number of a session that begins with that one and has more digits; -1: there is none.
static int longer(const struct app *app, int number)
{
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        for (int of = session->number / 10; of > 0; of /= 10)
            if (of == number)
                return session->number;
    return -1;
}

// A digit that may be the first of two waits for the second, or Enter, or a moment.
static void take_number(struct app *app, int number)
{
    struct session *session = session_on_top(app);
    int other = longer(app, number);
    if (other < 0) {
        go_to(app, number);
        return;
    }
    session_tabs_of(app)->number = number;
    session_tabs_of(app)->number_until = time_monotonic_ms() + NUMBER_WAIT_MS;
    if (session != NULL)
        session_notice(session, "%d: one more digit for %d and the like, or Enter", number, other);
    app_dirty(app);
}

static bool is_digit(uint32_t key)
{
    return key >= '0' && key <= '9';
}

static void end_number(struct app *app, bool go)
{
    struct session *session = session_on_top(app);
    session_tabs_of(app)->number_until = 0;
    if (session != NULL)
        session->notice_until = 0;
    if (go)
        go_to(app, session_tabs_of(app)->number);
    app_dirty(app);
}

static void tick(struct view *view, int64_t now_ms)
{
    const struct session_tabs *tabs = (const struct session_tabs *)view;
    if (tabs->number_until > 0 && now_ms >= tabs->number_until)
        end_number(tabs->app, true);
}

// Any other key is meant for the session that was called.
static bool number_input(struct app *app, const struct input_event *event)
{
    if (session_tabs_of(app)->number_until == 0 || event->kind == INPUT_MOUSE ||
        event->kind == INPUT_FOCUS_IN || event->kind == INPUT_FOCUS_OUT)
        return false;
    bool plain = event->kind == INPUT_KEY && event->modifiers == 0;
    if (plain && is_digit(event->key)) {
        int number = 10 * session_tabs_of(app)->number + (int)(event->key - '0');
        end_number(app, false);
        take_number(app, number);
        return true;
    }
    end_number(app, !(plain && event->key == INPUT_KEY_ESC));
    return plain && (event->key == INPUT_KEY_ESC || event->key == INPUT_KEY_ENTER);
}

enum change session_go_to_number(struct app *app, int argument)
{
    (void)argument;
    if (is_digit(app->key))
        take_number(app, (int)(app->key - '0'));
    else
        return session_pick(app, 0);
    return CHANGED_NOTHING;
}

// A key of a number that is being typed, or a press of the mouse on the line.
static bool input(struct view *view, const struct input_event *event)
{
    struct app *app = ((struct session_tabs *)view)->app;
    return number_input(app, event) || tabs_mouse(app, event);
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_methods tabs_methods = {
    .name = "tabs",
    .draw = draw,
    .input = input,
    .next_tick = next_tick,
    .rows = rows_now,
    .tick = tick,
    .free = free_view,
};

struct view *session_tabs_new(struct app *app)
{
    struct session_tabs *tabs = xcalloc(1, sizeof *tabs);
    tabs->view.methods = &tabs_methods;
    tabs->app = app;
    return &tabs->view;
}

void session_tabs_say_none(struct app *app)
{
    app_toast(app, TOAST_INFO, "No session is open (%s connects to the selected sandbox)",
              command_key(COMMAND_connect));
}

// --- the list -----------------------------------------------------------------------------

static void on_listed(void *context, int number)
{
    struct app *app = context;
    struct session *session = number != PALETTE_NONE && !app->quitting ? of_number(app, number) : NULL;
    if (session != NULL)
        session_show(app, session);
}

static void describe(const struct session *session, char out[LIST_TEXT_CAP])
{
    char left[TIME_SPAN_CAP];
    struct credential credential = session_credential(session);
    unsigned marks = marks_of(session, time_monotonic_ms());
    int64_t now = app_now(session->app);
    const struct deadline end = ends_of_session(session, &credential);
    bool named = strcmp(name_of(session), session->sandbox_id) != 0; // else the name is the id
    (void)snprintf(out, LIST_TEXT_CAP, "%s%s%s%s", named ? session->sandbox_id : "", named ? ", " : "",
                   end.clock == DEADLINE_NONE ? "credential " : "",
                   credential_state_name(credential_state(&credential, now)));
    if (end.clock != DEADLINE_NONE)
        (void)text_append(out, LIST_TEXT_CAP, ", %s %s", deadline_clock_name(end.clock),
                          time_format_remaining(end.at - now, left));
    for (int bit = 0; bit < TAB_MARKS; bit++)
        if ((marks & (1U << bit)) != 0)
            (void)text_append(out, LIST_TEXT_CAP, ", %s", tab_mark_word((enum tab_mark_bit)bit));
}

enum change session_pick(struct app *app, int argument)
{
    (void)argument;
    size_t count = session_count(app), i = 0;
    if (count == 0) {
        session_tabs_say_none(app);
        return CHANGED_NOTHING;
    }
    const struct session *front = session_on_top(app);
    const struct session *last = session_last_used(app, front);
    struct tab_facts *facts = xcalloc(count, sizeof *facts);
    struct palette_entry *entries = xcalloc(count, sizeof *entries);
    char(*texts)[LIST_TEXT_CAP] = xcalloc(count, sizeof *texts);
    char(*names)[LIST_TEXT_CAP] = xcalloc(count, sizeof *names);
    for (const struct session *session = session_first(app); session != NULL; session = session->next)
        facts[i++].name = name_of(session);
    tab_line_tell_apart(facts, count);
    i = 0;
    for (const struct session *session = session_first(app); session != NULL; session = session->next, i++) {
        char name[TAB_TEXT_CAP];
        describe(session, texts[i]);
        int used = snprintf(names[i], sizeof names[i], "%d%s ", session->number, session == front ? "*" : "");
        (void)snprintf(names[i] + used, sizeof names[i] - (size_t)used, "%s",
                       tab_line_name(&facts[i], LIST_NAME_COLUMNS - used, name, sizeof name));
        entries[i] = (struct palette_entry){.id = session->number,
                                            .name = names[i],
                                            .keys = session == front  ? "current"
                                                    : session == last ? "last"
                                                                      : "",
                                            .help = texts[i]};
    }
    struct palette *palette = palette_new("Sessions", entries, count, on_listed, app);
    palette_set_words(palette, &(struct palette_words){"Session", "", "State", "go to"});
    if (front != NULL)
        palette_select(palette, front->number);
    app_palette_open(app, palette);
    free(facts);
    free(entries);
    free(texts);
    free(names);
    return CHANGED_NOTHING;
}

// --- names --------------------------------------------------------------------------------

static void on_renamed(void *context, struct dialog *dialog, int result)
{
    struct session *session = session_ref_take(context);
    if (result == 1 && session != NULL)
        (void)snprintf(session->name, sizeof session->name, "%s", form_value(dialog_form(dialog), 0));
}

enum change session_rename(struct app *app, int argument)
{
    const struct session *session = session_on_top(app);
    (void)argument;
    if (session == NULL)
        return CHANGED_NOTHING;
    const struct form_field field = {
        .label = "Name", .kind = FORM_TEXT, .value = session->name, .hint = "Empty: use the sandbox's name"};
    const struct dialog_options options = {
        .title = "Name this session",
        .yes = "Name",
        .focus = 1,
        .fields = &field,
        .field_count = 1,
    };
    app_ask(app, &options, on_renamed, session_ref_new(session));
    return CHANGED_NOTHING;
}
