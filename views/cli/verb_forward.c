// SPDX-License-Identifier: Apache-2.0
//
// verb_forward: `forward SANDBOX [LOCAL:][HOST:]PORT...`: listen on local ports and forward what connects
// into the sandbox, until stopped. The addresses go to stdout once they can be used, what becomes of the
// connection to stderr; with --json all is on stdout, a line for each event.

#include "api/forward/sandbox_forward.h"
#include "api/net/net_watch.h"
#include "views/cli/cli_job.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <string.h>

enum { LINE_CAP = 1024, SECOND_MS = 1000 };

struct forwarding {
    struct cli_job *job;
    struct sandbox_forward *forward;
    struct net_watch *network; // NULL: it can't be watched here
    struct cli_signals stops;
    bool was_connected;
    bool told; // that it is not connected
    enum status told_why;
};

static int64_t now_here(const struct forwarding *forwarding)
{
    return service_now(forwarding->job->service);
}

// --- lines --------------------------------------------------------------------------------

// Takes the tree.
static void json_line(struct forwarding *forwarding, cJSON *tree)
{
    char *text = json_output_text(tree, false);
    if (text != NULL)
        cli_line(forwarding->job, text);
    json_output_free(text);
}

static cJSON *event(const struct forwarding *forwarding, const char *type)
{
    cJSON *tree = cli_json_event(type, now_here(forwarding));
    (void)cJSON_AddStringToObject(tree, "sandbox_id", forwarding->job->sandbox_id);
    return tree;
}

static void add_remote(cJSON *tree, const struct forward_spec *spec)
{
    (void)cJSON_AddStringToObject(tree, "remote_host", spec->host);
    json_output_add_number(tree, "remote_port", true, spec->port);
}

static void tell_listening(struct forwarding *forwarding, const struct forward_port *port)
{
    struct forward_port_facts facts;
    char url[FORWARD_URL_CAP], local[FORWARD_URL_CAP], remote[FORWARD_REMOTE_CAP], line[LINE_CAP];
    forward_port_facts(port, &facts);
    const struct forward_spec *spec = &facts.spec;
    const char *id = forwarding->job->sandbox_id;
    (void)forward_spec_url(spec, url);
    (void)forward_spec_remote(spec, remote);
    if (forward_spec_is_exposed(spec))
        cli_say("forward: %s is open to other machines, to everybody who can reach this one",
                forward_spec_local(spec, local));
    if (forwarding->job->arguments.json) {
        cJSON *tree = event(forwarding, "listening");
        (void)cJSON_AddStringToObject(tree, "url", url);
        (void)cJSON_AddStringToObject(tree, "local_address", spec->address);
        json_output_add_number(tree, "local_port", true, spec->local_port);
        add_remote(tree, spec);
        json_line(forwarding, tree);
        return;
    }
    bool itself = forward_spec_is_local_there(spec);
    (void)snprintf(line, sizeof line, "%s -> %s%s%s", url, itself ? id : remote, itself ? remote : " via ",
                   itself ? "" : id);
    cli_line(forwarding->job, line);
}

static void tell_connected(struct forwarding *forwarding, const struct sandbox_forward_facts *facts)
{
    const struct forward_port *port = sandbox_forward_port_first(forwarding->forward);
    bool again = forwarding->was_connected;
    forwarding->was_connected = true;
    forwarding->told = false;
    for (; !again && port != NULL; port = forward_port_next(port))
        tell_listening(forwarding, port);
    if (forwarding->job->arguments.json) {
        cJSON *tree = event(forwarding, "connected");
        json_output_add_text(tree, "id", facts->credential_id);
        json_line(forwarding, tree);
    } else if (again) {
        cli_say("forward: connected to %s again", facts->sandbox_id);
    }
}

static void say_changed_key(const struct forwarding *forwarding, const struct host_key_report *key)
{
    cli_say("the host key of %s is not the known one", key->host);
    cli_say("  known: %s %s (line %d of %s)", key->known_type, key->known, key->line,
            forwarding->job->config.known_hosts);
    cli_say("  shown: %s %s", key->seen_type, key->seen);
    cli_say("  no password was sent; if you know why the key changed, remove that line from the file");
}

// An outage is told once, and again when it is for another reason.
static void tell_apart(struct forwarding *forwarding, const struct sandbox_forward_facts *facts)
{
    const struct failure *why = &facts->link.why;
    const char *type = facts->link.state == FORWARD_WAITING ? "waiting" : "cut";
    const char *reason = facts->link.state == FORWARD_CUT && facts->expired && !forwarding->told
                             ? "its credential expired"
                             : failure_text(why);
    char line[FAILURE_LINE_CAP];
    if (forwarding->told && forwarding->told_why == why->status)
        return;
    if (why->status == STATUS_HOST_KEY_CHANGED)
        say_changed_key(forwarding, &facts->link.end.host_key);
    if (forwarding->job->arguments.json) {
        cJSON *tree = event(forwarding, type);
        (void)cJSON_AddStringToObject(tree, "error", reason);
        json_line(forwarding, tree);
    } else if (facts->link.state == FORWARD_WAITING) {
        cli_say("forward: not connected: %s", failure_line(why, line));
    } else {
        cli_say("forward: the connection to %s was cut: %s; connecting again", facts->sandbox_id, reason);
    }
    forwarding->told = true;
    forwarding->told_why = why->status;
}

// --- the end ------------------------------------------------------------------------------

// The first connection could not be made, or none can be made any more.
static void give_up(struct forwarding *forwarding, const struct sandbox_forward_facts *facts)
{
    if (facts->link.end.status == STATUS_HOST_KEY_CHANGED)
        say_changed_key(forwarding, &facts->link.end.host_key);
    cli_fail(forwarding->job, &facts->link.why);
}

static void tell_ended(struct forwarding *forwarding)
{
    struct sandbox_forward_facts facts;
    sandbox_forward_facts(forwarding->forward, &facts);
    cJSON *tree = event(forwarding, "ended");
    json_output_add_number(tree, "connections", true, (int64_t)facts.link.opened);
    json_output_add_number(tree, "bytes_in", true, (int64_t)facts.link.bytes_in);
    json_output_add_number(tree, "bytes_out", true, (int64_t)facts.link.bytes_out);
    json_line(forwarding, tree);
}

static void on_stop(void *ctx, int number)
{
    struct forwarding *forwarding = ctx;
    if (forwarding->job->finished)
        return;
    if (forwarding->job->arguments.json && forwarding->was_connected)
        tell_ended(forwarding);
    // To be stopped is its way to end, once it has begun.
    cli_finish(forwarding->job, forwarding->was_connected ? 0 : 128 + number);
}

static void on_ended(struct cli_job *job)
{
    struct forwarding *forwarding = job->state;
    cli_signals_end(&forwarding->stops);
    net_watch_free(forwarding->network);
    sandbox_forward_free(forwarding->forward);
}

// --- what it reports ----------------------------------------------------------------------

static void on_link_changed(void *ctx)
{
    struct forwarding *forwarding = ctx;
    struct sandbox_forward_facts facts;
    if (forwarding->job->finished)
        return;
    sandbox_forward_facts(forwarding->forward, &facts);
    bool apart = facts.link.state == FORWARD_CUT || facts.link.state == FORWARD_WAITING;
    if (facts.link.state == FORWARD_CONNECTED)
        tell_connected(forwarding, &facts);
    else if (apart && (facts.gone || !forwarding->was_connected))
        give_up(forwarding, &facts);
    else if (apart)
        tell_apart(forwarding, &facts);
}

static void on_new_key(void *ctx, const struct host_key_report *report)
{
    (void)ctx;
    if (report->unkept[0] == '\0')
        cli_tell("saved the new host key of %s: %s %s", report->host, report->seen_type, report->seen);
    else
        cli_say("new host key of %s: %s %s; it could not be saved: %s", report->host, report->seen_type,
                report->seen, report->unkept);
}

static void on_refused(void *ctx, const struct forward_port *port, const struct failure *why)
{
    struct forwarding *forwarding = ctx;
    struct forward_port_facts facts;
    char remote[FORWARD_REMOTE_CAP];
    forward_port_facts(port, &facts);
    if (forwarding->job->arguments.json) {
        cJSON *tree = event(forwarding, "refused");
        json_output_add_number(tree, "local_port", true, facts.spec.local_port);
        add_remote(tree, &facts.spec);
        (void)cJSON_AddStringToObject(tree, "error", failure_text(why));
        json_line(forwarding, tree);
    } else {
        const char *far = forward_spec_remote(&facts.spec, remote);
        cli_say("forward: %s refused a connection to %s%s (does anything listen there?)",
                forwarding->job->sandbox_id, far[0] == ':' ? "port " : "", far + (far[0] == ':'));
    }
}

static void on_full(void *ctx)
{
    struct forwarding *forwarding = ctx;
    if (forwarding->job->arguments.json)
        json_line(forwarding, event(forwarding, "full"));
    else
        cli_say("forward: %d connections are open; others wait until one is closed", FORWARD_CONNECTIONS_MAX);
}

static void on_doing(void *ctx, const char *what)
{
    const struct forwarding *forwarding = ctx;
    cli_tell("%s: %s", forwarding->job->sandbox_id, what);
}

static void on_made(void *ctx, const struct credential *credential)
{
    const struct forwarding *forwarding = ctx;
    cli_complain_unparsed(forwarding->job->verb->name, &credential->unparsed);
    cli_tell("credential %s made for %s", credential->id, credential->sandbox_id);
}

static void on_fleet_changed(struct cli_job *job)
{
    const struct forwarding *forwarding = job->state;
    if (forwarding->forward != NULL)
        sandbox_forward_fleet_changed(forwarding->forward);
}

static void on_network_changed(void *ctx, const struct net_change *change)
{
    const struct forwarding *forwarding = ctx;
    if (forwarding->job->finished || change->kind == NET_NO_WAY)
        return;
    service_network_changed(forwarding->job->service);
    sandbox_forward_again(forwarding->forward, false);
}

static size_t on_addresses_used(void *ctx, struct net_address *out, size_t cap)
{
    const struct forwarding *forwarding = ctx;
    struct sandbox_forward_facts facts;
    sandbox_forward_facts(forwarding->forward, &facts);
    return cap > 0 && facts.link.local_address[0] != '\0' && net_address_parse(facts.link.local_address, out)
               ? 1
               : 0;
}

// --- begin --------------------------------------------------------------------------------

// All of them, or the verb has failed.
static bool listen_on_all(struct forwarding *forwarding)
{
    const struct cli_arguments *arguments = &forwarding->job->arguments;
    struct forward_spec spec;
    struct failure why = {.status = STATUS_OK};
    for (int i = 1; i < arguments->value_count; i++) {
        struct forward_port *port = NULL;
        if (forward_spec_parse(arguments->values[i], &spec, &why) != STATUS_OK ||
            sandbox_forward_listen(forwarding->forward, &spec, &port, &why) != STATUS_OK) {
            cli_fail(forwarding->job, &why);
            return false;
        }
    }
    return true;
}

static void watch_network(struct forwarding *forwarding)
{
    static const struct net_watch_events events = {.changed = on_network_changed, .used = on_addresses_used};
    struct failure ignored;
    (void)net_watch_new(forwarding->job->loop, 0, &events, forwarding, &forwarding->network, &ignored);
}

void verb_forward(struct cli_job *job)
{
    static const struct sandbox_forward_events events = {.changed = on_link_changed,
                                                         .new_key = on_new_key,
                                                         .refused = on_refused,
                                                         .full = on_full,
                                                         .doing = on_doing,
                                                         .made = on_made};
    const struct sandbox_forward_options options = {.service = job->service,
                                                    .config = &job->config,
                                                    .sandbox_id = job->sandbox_id,
                                                    .credential_id = job->arguments.id,
                                                    .may_wake = true,
                                                    .alone = true};
    struct forwarding *forwarding = cli_job_state(job, sizeof *forwarding);
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    if (forwarding == NULL)
        return;
    forwarding->job = job;
    if (job->arguments.id != NULL)
        (void)cli_target_credential(job, false, &credential, &why);
    if (cli_failed(job, &why))
        return;
    (void)sandbox_forward_new(job->loop, &options, &events, forwarding, &forwarding->forward, &why);
    if (cli_failed(job, &why))
        return;
    job->ended = on_ended;
    if (!listen_on_all(forwarding))
        return;
    cli_signals_begin(&forwarding->stops, job->loop, false, on_stop, forwarding);
    watch_network(forwarding);
    job->changed = on_fleet_changed;
    service_watch_only(job->service, job->sandbox_id);
    service_set_interval(job->service, job->config.refresh_s * SECOND_MS);
    sandbox_forward_begin(forwarding->forward);
}
