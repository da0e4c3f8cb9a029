// SPDX-License-Identifier: Apache-2.0
//
// console: build the views and the jobs beside them on app's loop and screen, and end them in order.

#include "views/console/console.h"

#include "api/expiry/alert_queue.h"
#include "views/actions/bulk_view.h"
#include "views/app/split_view.h"
#include "views/background/alert_notifier.h"
#include "views/background/auto_renew.h"
#include "views/background/completion_names.h"
#include "views/background/network.h"
#include "views/console/handlers.h"
#include "views/console/help_view.h"
#include "views/deck/columns_view.h"
#include "views/deck/deck_columns.h"
#include "views/deck/deck_view.h"
#include "views/forward/forward_commands.h"
#include "views/forward/forwards.h"
#include "views/log/log_view.h"
#include "views/log/messages_view.h"
#include "views/run/run.h"
#include "views/session/session.h"
#include "views/session/session_tabs.h"
#include "views/timeline/timeline_view.h"
#include "views/timeline/wall_view.h"

struct console {
    struct app_owner owner; // first
    bool wall;
    struct app_watch deck, sessions;           // called at each change of the fleet
    struct alert_notifier *alert_notifier;     // NULL: no service
    struct completion_names *completion_names; // NULL: no service
};

static struct console *of(const struct app *app)
{
    return (struct console *)app->owner;
}

static const struct deck_facts deck_facts = {.sessions = session_count_alive,
                                             .session_sandbox = session_alive_sandbox,
                                             .ends = session_ends_scope,
                                             .renewal = auto_renew_scope,
                                             .renewal_is_held = auto_renew_is_held,
                                             .bulk = bulk_view_line,
                                             .forwards = forwards_of_sandbox};

static void deck_changed(void *ctx)
{
    struct app *app = ctx;
    deck_view_changed(app->deck);
}

static void sessions_changed(void *ctx)
{
    session_states_changed(ctx);
}

static void begin(struct app *app)
{
    struct console *console = of(app);
    app->deck = deck_view_new(app, &deck_facts);
    app->help = help_view_new(app);
    app->log = log_view_new(app);
    app->timeline = timeline_view_new(app);
    app->forward_list = forwards_view_new(app);
    app->columns = columns_view_new(app);
    app->message_list = messages_view_new(app);
    app->wall = console->wall ? wall_view_new(app) : NULL;
    app->bar = session_tabs_new(app);
    app->top = console->wall ? app->wall : app->deck;
    // The last one added is called first: the deck before the sessions, both after the jobs.
    console->sessions = (struct app_watch){.changed = sessions_changed, .ctx = app};
    console->deck = (struct app_watch){.changed = deck_changed, .ctx = app};
    app_watch_add(app, &console->sessions);
    app_watch_add(app, &console->deck);
    console->alert_notifier = alert_notifier_begin(app);
    if (!console->wall) { // which only looks
        if (!app->config.read_only)
            app->auto_renew = auto_renew_begin(app);
        forwards_begin(app);
    }
    console->completion_names = completion_names_begin(app);
    network_begin(app);
}

static void end_jobs(struct app *app)
{
    alert_notifier_end(of(app)->alert_notifier);
    completion_names_end(of(app)->completion_names);
    of(app)->completion_names = NULL;
    network_end(app);
    forwards_end(app);
    auto_renew_end(app->auto_renew);
    app->auto_renew = NULL;
    bulk_view_end(app);
    run_end_all(app);
}

static void end_views(struct app *app)
{
    struct view **const views[] = {&app->bar,     &app->deck,         &app->help,
                                   &app->log,     &app->timeline,     &app->forward_list,
                                   &app->columns, &app->message_list, &app->wall};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (*views[i] != NULL)
            (*views[i])->methods->free(*views[i]);
        *views[i] = NULL;
    }
}

static void facts(const struct app *app, struct command_facts *out)
{
    const struct alert *list = NULL;
    *out = (struct command_facts){.service = app->service != NULL,
                                  .read_only = app->config.read_only,
                                  .sessions = session_count(app),
                                  .forwards = forwards_count(app),
                                  .events = log_view_count(app->log),
                                  .split = split_is_in_front(app)};
    if (app->alert_queue != NULL)
        out->alerts = alert_queue_list(app->alert_queue, &list);
    deck_view_command_facts(app->deck, out);
    bulk_view_command_facts(app, out);
}

void console_begin(void)
{
    config_set_columns_check(deck_columns_check);
}

int console_run(const struct app_options *options, bool wall)
{
    struct console console = {.owner = {.begin = begin,
                                        .hang_up = session_free_all,
                                        .end_jobs = end_jobs,
                                        .end_views = end_views,
                                        .run_own = run_own,
                                        .quit_asks = console_quit_asks,
                                        .handlers = handlers,
                                        .facts = facts},
                              .wall = wall};
    return app_run(options, &console.owner);
}
