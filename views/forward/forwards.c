// SPDX-License-Identifier: Apache-2.0
//
// forwards: Keep the console's forwards: a connection for each sandbox that has any, with a port for each
// forward. What becomes of a connection is told by a notice, once; the deck and the list show it for as long
// as it lasts.

#include "views/forward/forwards.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "views/app/app.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct forward_link {
    struct app *app;
    struct forward_link *next;
    char sandbox_id[ID_CAP];
    struct sandbox_forward *forward;
    bool was_connected, told; // told: that it is not connected
    int cuts;                 // since it was connected
};

struct forward_entry {
    struct forward_entry *next;
    char sandbox_id[ID_CAP];
    struct forward_spec asked; // for
    struct forward_link *link; // NULL: stopped
    struct forward_port *port;
    struct forward_port_facts last; // stopped: as it was
};

struct forwards {
    struct app *app;
    struct forward_link *links;
    struct forward_entry *entries;
    struct app_watch watch;
};

// --- what a connection reports --------------------------------------------------------------

// One forward alone is named.
static void tell_connected(const struct forward_link *link)
{
    const struct forward_port *port = sandbox_forward_port_first(link->forward);
    struct forward_port_facts facts;
    char url[FORWARD_URL_CAP];
    if (port == NULL)
        return;
    forward_port_facts(port, &facts);
    if (link->was_connected)
        app_toast(link->app, TOAST_INFO, "The forwards of %s were cut and are connected again",
                  link->sandbox_id);
    else
        app_toast(link->app, TOAST_INFO, "%s goes to %s, port %d", forward_spec_url(&facts.spec, url),
                  forward_spec_is_local_there(&facts.spec) ? link->sandbox_id : facts.spec.host,
                  facts.spec.port);
}

// To be told now. One that is cut and comes back at the next try is told then, in one notice.
static bool is_trouble(struct forward_link *link, const struct forward_facts *facts)
{
    bool first = !link->was_connected;
    if (facts->state == FORWARD_CUT)
        link->cuts++;
    return !link->told &&
           (facts->state == FORWARD_WAITING || (facts->state == FORWARD_CUT && (first || link->cuts > 1)));
}

// With the key that helps in the place of the verb.
static void tell_trouble(const struct forward_link *link, const char *what,
                         const struct sandbox_forward_facts *facts)
{
    static const struct {
        enum status status;
        enum command command;
        const char *does;
    } ways_out[] = {{STATUS_CONFLICT, COMMAND_sandbox_start, "starts it"},
                    {STATUS_NO_CREDENTIAL, COMMAND_create, "creates one"},
                    {STATUS_NOT_VALID, COMMAND_regenerate, "makes a new one"}};
    const struct fleet_row *row = fleet_find(service_fleet(link->app->service), link->sandbox_id);
    bool startable = row != NULL && command_can_start(row->sandbox.state);
    struct failure why = facts->link.why;
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++)
        if (facts->link.state == FORWARD_WAITING && why.status == ways_out[i].status &&
            (ways_out[i].command != COMMAND_sandbox_start || startable))
            (void)advise(&why, why.status, "%s %s", command_key(ways_out[i].command), ways_out[i].does);
    app_toast_failure(link->app, what, &why);
}

static void on_changed(void *ctx)
{
    struct forward_link *link = ctx;
    struct sandbox_forward_facts facts;
    char what[ID_CAP + 32];
    sandbox_forward_facts(link->forward, &facts);
    app_dirty(link->app);
    if (link->app->quitting)
        return;
    if (facts.link.state == FORWARD_CONNECTED) {
        tell_connected(link);
        link->was_connected = true;
        link->told = false;
        link->cuts = 0;
    } else if (is_trouble(link, &facts.link)) {
        link->told = true;
        (void)snprintf(what, sizeof what, "the forwards of %s", link->sandbox_id);
        tell_trouble(link, what, &facts);
    }
}

static void on_new_key(void *ctx, const struct host_key_report *report)
{
    const struct forward_link *link = ctx;
    app_toast(link->app, report->unkept[0] == '\0' ? TOAST_INFO : TOAST_WARN, "New host key of %s: %s %s%s%s",
              report->host, report->seen_type, report->seen,
              report->unkept[0] == '\0' ? "" : "; it could not be saved: ", report->unkept);
}

static void on_refused(void *ctx, const struct forward_port *port, const struct failure *why)
{
    const struct forward_link *link = ctx;
    struct forward_port_facts facts;
    char remote[FORWARD_REMOTE_CAP];
    (void)why; // as the server words it
    forward_port_facts(port, &facts);
    const char *far = forward_spec_remote(&facts.spec, remote);
    app_toast(link->app, TOAST_INFO, "%s refused a connection to %s%s: does anything listen there?",
              link->sandbox_id, far[0] == ':' ? "port " : "", far + (far[0] == ':'));
}

static void on_full(void *ctx)
{
    const struct forward_link *link = ctx;
    app_toast(link->app, TOAST_WARN, "%d connections to %s are open; others wait until one is closed",
              FORWARD_CONNECTIONS_MAX, link->sandbox_id);
}

static void on_made(void *ctx, const struct credential *credential)
{
    const struct forward_link *link = ctx;
    char end[PHRASE_END_CAP];
    app_toast(link->app, TOAST_INFO, "Created a credential for %s, %s", link->sandbox_id,
              phrase_end(credential, app_now(link->app), end));
}

static void on_fleet_changed(void *ctx)
{
    const struct forwards *forwards = ctx;
    for (struct forward_link *link = forwards->links; link != NULL; link = link->next)
        sandbox_forward_fleet_changed(link->forward);
}

// --- connections ----------------------------------------------------------------------------

static struct forward_link *link_of(const struct forwards *forwards, const char *sandbox_id)
{
    struct forward_link *link = forwards->links;
    while (link != NULL && strcmp(link->sandbox_id, sandbox_id) != 0)
        link = link->next;
    return link;
}

static void link_end(struct forwards *forwards, struct forward_link *link)
{
    struct forward_link **at = &forwards->links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    sandbox_forward_free(link->forward);
    free(link);
}

static enum status link_begin(struct forwards *forwards, const char *sandbox_id, struct forward_link **out,
                              struct failure *why)
{
    static const struct sandbox_forward_events events = {.changed = on_changed,
                                                         .new_key = on_new_key,
                                                         .refused = on_refused,
                                                         .full = on_full,
                                                         .made = on_made};
    struct app *app = forwards->app;
    const struct sandbox_forward_options options = {
        .service = app->service, .config = &app->config, .sandbox_id = sandbox_id};
    struct forward_link *link = xcalloc(1, sizeof *link);
    link->app = app;
    (void)snprintf(link->sandbox_id, sizeof link->sandbox_id, "%s", sandbox_id);
    enum status status = sandbox_forward_new(app->loop, &options, &events, link, &link->forward, why);
    if (status != STATUS_OK) {
        free(link);
        return status;
    }
    link->next = forwards->links;
    forwards->links = link;
    *out = link;
    return STATUS_OK;
}

// Of the entry, which is stopped.
static enum status begin(struct forwards *forwards, struct forward_entry *entry, struct failure *why)
{
    struct forward_link *link = link_of(forwards, entry->sandbox_id);
    bool is_new = link == NULL;
    enum status status = is_new ? link_begin(forwards, entry->sandbox_id, &link, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = sandbox_forward_listen(link->forward, &entry->asked, &entry->port, why);
    if (status != STATUS_OK) {
        if (is_new && link != NULL)
            link_end(forwards, link);
        return status;
    }
    entry->link = link;
    sandbox_forward_begin(link->forward);
    app_dirty(forwards->app);
    return STATUS_OK;
}

static void end(struct forwards *forwards, struct forward_entry *entry)
{
    struct forward_link *link = entry->link;
    forward_port_facts(entry->port, &entry->last);
    entry->asked = entry->last.spec; // begun again, its URL is the same
    sandbox_forward_unlisten(link->forward, entry->port);
    entry->port = NULL;
    entry->link = NULL;
    if (sandbox_forward_port_first(link->forward) == NULL)
        link_end(forwards, link);
    app_dirty(forwards->app);
}

// --- entries --------------------------------------------------------------------------------

static struct forward_entry *entry_like(const struct forwards *forwards, const char *sandbox_id,
                                        const struct forward_spec *spec)
{
    struct forward_entry *entry = forwards->entries;
    while (entry != NULL &&
           !(strcmp(entry->sandbox_id, sandbox_id) == 0 && entry->link == NULL &&
             entry->asked.local_port == spec->local_port && entry->asked.port == spec->port &&
             strcmp(entry->asked.host, spec->host) == 0 && strcmp(entry->asked.address, spec->address) == 0))
        entry = entry->next;
    return entry;
}

enum status forwards_open(struct app *app, const char *sandbox_id, const struct forward_spec *spec,
                          struct failure *why)
{
    struct forwards *forwards = app->forwards;
    if (forwards == NULL)
        return fail(why, STATUS_KEY_MISSING, "%s", "");
    struct forward_entry *entry = entry_like(forwards, sandbox_id, spec);
    if (entry != NULL)
        return begin(forwards, entry, why);
    entry = xcalloc(1, sizeof *entry);
    (void)snprintf(entry->sandbox_id, sizeof entry->sandbox_id, "%s", sandbox_id);
    entry->asked = *spec;
    enum status status = begin(forwards, entry, why);
    if (status != STATUS_OK) {
        free(entry);
        return status;
    }
    struct forward_entry **at = &forwards->entries;
    while (*at != NULL)
        at = &(*at)->next;
    *at = entry;
    return STATUS_OK;
}

void forwards_stop(struct app *app, struct forward_entry *entry)
{
    if (entry->link != NULL)
        end(app->forwards, entry);
}

enum status forwards_start(struct app *app, struct forward_entry *entry, struct failure *why)
{
    return entry->link == NULL ? begin(app->forwards, entry, why) : STATUS_OK;
}

void forwards_drop(struct app *app, struct forward_entry *entry)
{
    struct forward_entry **at = &app->forwards->entries;
    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    free(entry);
    app_dirty(app);
}

void forwards_connect(struct app *app, const struct forward_entry *entry)
{
    (void)app;
    if (entry->link != NULL)
        sandbox_forward_again(entry->link->forward, true);
}

// --- the network ----------------------------------------------------------------------------

void forwards_network_changed(const struct app *app)
{
    for (struct forward_link *link = app->forwards != NULL ? app->forwards->links : NULL; link != NULL;
         link = link->next)
        sandbox_forward_again(link->forward, false);
}

size_t forwards_network_used(const struct app *app, struct net_address *out, size_t cap)
{
    struct sandbox_forward_facts facts;
    size_t count = 0;
    for (const struct forward_link *link = app->forwards != NULL ? app->forwards->links : NULL;
         link != NULL && count < cap; link = link->next) {
        sandbox_forward_facts(link->forward, &facts);
        if (facts.link.local_address[0] != '\0' && net_address_parse(facts.link.local_address, &out[count]))
            count++;
    }
    return count;
}

// --- asked of them --------------------------------------------------------------------------

static const struct forward_entry *first(const struct app *app)
{
    return app->forwards != NULL ? app->forwards->entries : NULL;
}

size_t forwards_count(const struct app *app)
{
    size_t count = 0;
    for (const struct forward_entry *entry = first(app); entry != NULL; entry = entry->next)
        count++;
    return count;
}

size_t forwards_open_count(const struct app *app, const char *sandbox_id)
{
    size_t count = 0;
    for (const struct forward_entry *entry = first(app); entry != NULL; entry = entry->next)
        if (entry->link != NULL && (sandbox_id == NULL || strcmp(entry->sandbox_id, sandbox_id) == 0))
            count++;
    return count;
}

struct forward_entry *forwards_at(const struct app *app, size_t index)
{
    struct forward_entry *entry = app->forwards != NULL ? app->forwards->entries : NULL;
    while (entry != NULL && index-- > 0)
        entry = entry->next;
    return entry;
}

bool forwards_of_sandbox(const struct app *app, const char *sandbox_id, struct deck_forwards *out)
{
    const struct forward_link *link = app->forwards != NULL ? link_of(app->forwards, sandbox_id) : NULL;
    struct sandbox_forward_facts facts;
    *out = (struct deck_forwards){.count = 0};
    if (link == NULL)
        return false;
    sandbox_forward_facts(link->forward, &facts);
    out->connected = facts.link.state == FORWARD_CONNECTED;
    for (const struct forward_port *port = sandbox_forward_port_first(link->forward); port != NULL;
         port = forward_port_next(port)) {
        struct forward_port_facts of_port;
        char local[FORWARD_URL_CAP], remote[FORWARD_REMOTE_CAP];
        forward_port_facts(port, &of_port);
        (void)text_append(out->text, sizeof out->text, "%s%s to %s", out->count++ > 0 ? ", " : "",
                          forward_spec_local(&of_port.spec, local),
                          forward_spec_remote(&of_port.spec, remote));
    }
    if (!out->connected)
        (void)text_append(out->text, sizeof out->text, " (%s)", forward_state_text(facts.link.state));
    return out->count > 0;
}

void forward_entry_facts(const struct forward_entry *entry, struct forward_entry_facts *out)
{
    *out = (struct forward_entry_facts){.sandbox_id = entry->sandbox_id, .stopped = entry->link == NULL};
    if (entry->link == NULL) {
        out->port = entry->last;
        return;
    }
    forward_port_facts(entry->port, &out->port);
    sandbox_forward_facts(entry->link->forward, &out->link);
}

// --- life -----------------------------------------------------------------------------------

void forwards_begin(struct app *app)
{
    if (app->service == NULL)
        return;
    struct forwards *forwards = xcalloc(1, sizeof *forwards);
    forwards->app = app;
    forwards->watch = (struct app_watch){.changed = on_fleet_changed, .ctx = forwards};
    app_watch_add(app, &forwards->watch);
    app->forwards = forwards;
}

void forwards_end(struct app *app)
{
    struct forwards *forwards = app->forwards;
    if (forwards == NULL)
        return;
    app_watch_remove(app, &forwards->watch);
    while (forwards->links != NULL)
        link_end(forwards, forwards->links);
    while (forwards->entries != NULL) {
        struct forward_entry *entry = forwards->entries;
        forwards->entries = entry->next;
        free(entry);
    }
    app->forwards = NULL;
    free(forwards);
}
