// SPDX-License-Identifier: Apache-2.0
//
// sandbox_forward: Answer a forward that wants to connect: look at the sandbox, look at the credential, give
// it what to sign in with, or say what it waits for. Before it connects again the server is asked how the
// sandbox is, since that is often why it was cut.

#include "api/forward/sandbox_forward.h"

#include "api/forward/forward_log.h"
#include "api/forward/forward_plan.h"
#include "api/service/credential_choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What WAITING waits for.
enum waiting {
    FOR_PERSON,    // who asks for it by sandbox_forward_again
    FOR_SANDBOX,   // to run
    FOR_CREDENTIAL // one that can be used
};

struct sandbox_forward {
    struct forward *link;
    const struct sandbox_forward_events *events;
    void *ctx;
    struct credential_service *service;
    char sandbox_id[ID_CAP], credential_id[ID_CAP];
    struct credential used; // id "": none yet
    struct credential_choice choice;
    bool may_wake, alone, begun, tried, gone;
    bool again, by_person; // of the attempt under way
    bool asked;            // a person asks for the next one
    bool validated;        // the server was asked about a credential that the sandbox refused
    bool doubted;          // the sandbox is seen to rest, so that the connection is probed
    enum waiting waiting;
    int calls; // of the service that will still answer
    bool freed;
};

// --- life ---------------------------------------------------------------------------------

// A call of the service has answered. False: there is nobody left to go on for.
static bool answered(struct sandbox_forward *forward)
{
    forward->calls--;
    if (!forward->freed)
        return true;
    if (forward->calls == 0)
        free(forward);
    return false;
}

static const struct fleet_row *row_of(const struct sandbox_forward *forward)
{
    return fleet_find(service_fleet(forward->service), forward->sandbox_id);
}

static void doing(const struct sandbox_forward *forward, const char *what)
{
    if (forward->events->doing != NULL)
        forward->events->doing(forward->ctx, what);
}

static void wait_for(struct sandbox_forward *forward, enum waiting waiting, const struct failure *why)
{
    forward->waiting = waiting;
    forward_wait(forward->link, why);
}

// What may be over by itself, and has had no effect.
static bool may_pass(const struct failure *why)
{
    static const enum status passing[] = {STATUS_NO_NAME,      STATUS_NO_CONNECTION, STATUS_TIMED_OUT,
                                          STATUS_RATE_LIMITED, STATUS_NO_CAPACITY,   STATUS_SERVER_ERROR,
                                          STATUS_NO_MEMORY,    STATUS_STORE_LOCKED};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (passing[i] == why->status)
            return !why->maybe_done;
    return false;
}

static void call_failed(struct sandbox_forward *forward, const struct failure *why)
{
    if (why->status == STATUS_CANCELLED)
        return; // the service ends
    if (may_pass(why))
        forward_retry(forward->link, why);
    else
        wait_for(forward, FOR_CREDENTIAL, why);
}

// --- the credential -----------------------------------------------------------------------

static const char *chosen_id(const struct sandbox_forward *forward)
{
    return forward->credential_id[0] != '\0' ? forward->credential_id : NULL;
}

static const struct credential *known(const struct sandbox_forward *forward)
{
    const struct credential *credential = NULL;
    struct failure ignored;
    return credential_choice_known(forward->service, forward->sandbox_id, chosen_id(forward), false,
                                   &credential, &ignored) == STATUS_OK
               ? credential
               : NULL;
}

// The one that was signed in with last, and not replaced since.
static bool is_used(const struct sandbox_forward *forward, const struct credential *credential)
{
    return credential != NULL && strcmp(credential->id, forward->used.id) == 0 &&
           credential->updated_at == forward->used.updated_at;
}

static void on_chosen(void *ctx, const struct failure *why, const struct credential *credential,
                      struct secret *password)
{
    struct sandbox_forward *forward = ctx;
    struct ssh_target target;
    struct failure mine = *why;
    if (answered(forward)) {
        if (why->status == STATUS_OK)
            (void)service_target(forward->service, credential, &target, &mine);
        if (mine.status == STATUS_OK) {
            forward->validated = forward->validated && is_used(forward, credential);
            forward->used = *credential;
            forward_sign_in(forward->link, &target, password);
        } else {
            call_failed(forward, &mine);
        }
    }
    secret_free(password);
}

static void on_made(void *ctx, const struct credential *credential)
{
    struct sandbox_forward *forward = ctx;
    if (!forward->freed && forward->events->made != NULL)
        forward->events->made(forward->ctx, credential);
}

static void choose(struct sandbox_forward *forward);

static void on_renewed(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct sandbox_forward *forward = ctx;
    if (!answered(forward))
        return;
    if (why->status != STATUS_OK) {
        call_failed(forward, why);
        return;
    }
    on_made(forward, credential);
    choose(forward);
}

static void no_credential(struct sandbox_forward *forward, const struct credential *credential)
{
    struct failure why;
    const char *id = forward->sandbox_id;
    if (credential == NULL)
        (void)fail(&why, STATUS_NO_CREDENTIAL, "%s has no credential here any more", id);
    else
        (void)fail(&why, STATUS_NOT_VALID, "credential %s of %s was revoked or replaced elsewhere",
                   credential->id, id);
    (void)advise(&why, why.status, "it connects when there is one: sbxdeck access %s %s",
                 credential == NULL ? "create" : "regen", id);
    wait_for(forward, FOR_CREDENTIAL, &why);
}

// None can be used.
static void on_making(void *ctx)
{
    struct sandbox_forward *forward = ctx;
    const struct credential *credential = known(forward);
    if (forward->freed) {
        (void)answered(forward);
        return;
    }
    if (!forward->again) {
        doing(forward, "making a credential");
        credential_choice_make(&forward->choice);
        return;
    }
    if (!forward_plan_may_make(credential, service_now(forward->service))) {
        forward->calls--; // the choice is given up
        no_credential(forward, credential);
        return;
    }
    doing(forward, "replacing the expired credential");
    if (forward->alone) {
        credential_choice_make(&forward->choice);
        return;
    }
    // Not as a person's wish: it would allow tools again what one has forbidden.
    service_renew(forward->service, forward->sandbox_id, credential->id, on_renewed, forward);
}

static void choose(struct sandbox_forward *forward)
{
    forward->choice = (struct credential_choice){.service = forward->service,
                                                 .sandbox_id = forward->sandbox_id,
                                                 .id = chosen_id(forward),
                                                 .ctx = forward,
                                                 .done = on_chosen,
                                                 .making = on_making,
                                                 .made = on_made};
    forward->calls++;
    credential_choice_begin(&forward->choice);
}

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct sandbox_forward *forward = ctx;
    (void)credential; // it is in the fleet
    if (!answered(forward))
        return;
    if (why->status != STATUS_OK && !failure_is_absence(why))
        call_failed(forward, why);
    else
        choose(forward);
}

static bool was_refused(const struct sandbox_forward *forward)
{
    struct forward_facts facts;
    forward_facts(forward->link, &facts);
    return facts.end.status == STATUS_SIGN_IN_REFUSED && !forward->validated && forward->used.id[0] != '\0';
}

// The server knows whether one that the sandbox has refused is good.
static void look_at_credential(struct sandbox_forward *forward)
{
    const struct credential *credential = known(forward);
    if (!is_used(forward, credential) || !was_refused(forward)) {
        choose(forward);
        return;
    }
    forward->validated = true;
    forward->calls++;
    service_validate(forward->service, forward->sandbox_id, credential->id, on_validated, forward);
}

// --- the sandbox --------------------------------------------------------------------------

static void on_woken(void *ctx, const struct failure *why)
{
    struct sandbox_forward *forward = ctx;
    struct failure mine = *why;
    if (!answered(forward))
        return;
    const struct fleet_row *row = row_of(forward);
    // A server that does not know the call may wake it at the connection.
    bool still_paused = row != NULL && !row->gone && row->sandbox.state == SANDBOX_paused;
    if (why->status == STATUS_OK || (why->status == STATUS_NOT_FOUND && still_paused)) {
        look_at_credential(forward);
        return;
    }
    (void)fail(&mine, why->status, "%s: %s", forward->sandbox_id, failure_text(why));
    (void)advise(&mine, mine.status, "%s", failure_advice(why));
    wait_for(forward, FOR_SANDBOX, &mine);
}

static void say_rests(struct sandbox_forward *forward, const struct fleet_row *row, bool moves)
{
    struct failure why;
    const char *id = forward->sandbox_id;
    (void)fail(&why, STATUS_CONFLICT, "%s is %s", id, fleet_state_text(row));
    (void)advise(&why, why.status, "it connects when it runs%s%s", moves ? "" : ": sbxdeck start ",
                 moves ? "" : id);
    wait_for(forward, FOR_SANDBOX, &why);
}

static void say_gone(struct sandbox_forward *forward)
{
    struct failure why;
    forward->gone = true;
    (void)advise(&why, fail(&why, STATUS_NOT_FOUND, "%s is deleted", forward->sandbox_id), "sbxdeck ls");
    wait_for(forward, FOR_SANDBOX, &why);
}

static void look_at_sandbox(struct sandbox_forward *forward)
{
    const struct fleet_row *row = row_of(forward);
    forward->gone = false;
    switch (forward_plan_sandbox(row, !forward->by_person, forward->may_wake)) {
    case FORWARD_STEP_GO:
        look_at_credential(forward);
        break;
    case FORWARD_STEP_WAKE:
        doing(forward, row->sandbox.state == SANDBOX_paused ? "waking it" : "waiting until it runs");
        forward->calls++;
        service_move(forward->service, forward->sandbox_id, MOVE_WAKE, on_woken, forward);
        break;
    case FORWARD_STEP_MOVES:
        say_rests(forward, row, true);
        break;
    case FORWARD_STEP_RESTS:
        say_rests(forward, row, false);
        break;
    case FORWARD_STEP_GONE:
        say_gone(forward);
        break;
    }
}

static void on_detail(void *ctx, const struct failure *why)
{
    struct sandbox_forward *forward = ctx;
    if (!answered(forward))
        return;
    if (failure_is_absence(why))
        say_gone(forward);
    else if (why->status != STATUS_CANCELLED)
        look_at_sandbox(forward); // as it was known last, when the server does not answer
}

static void on_wanted(void *ctx, bool again)
{
    struct sandbox_forward *forward = ctx;
    forward->again = again && !forward->asked;
    forward->by_person = !forward->tried || forward->asked; // not every try until the first one that connects
    forward->asked = false;
    if (forward->by_person)
        service_person_connects(forward->service, forward->sandbox_id);
    else if (forward->alone)
        service_act_for_tools(forward->service);
    if (!forward->tried) {
        forward->tried = true;
        look_at_sandbox(forward);
        return;
    }
    forward->calls++;
    service_detail(forward->service, forward->sandbox_id, on_detail, forward);
}

// --- what the link reports ----------------------------------------------------------------

static void on_changed(void *ctx)
{
    struct sandbox_forward *forward = ctx;
    struct forward_facts facts;
    forward_facts(forward->link, &facts);
    if (facts.state == FORWARD_CONNECTED)
        forward->validated = false;
    else if (facts.state == FORWARD_WAITING && facts.end.status == STATUS_HOST_KEY_CHANGED)
        forward->waiting = FOR_PERSON;
    forward->events->changed(forward->ctx);
}

static void on_new_key(void *ctx, const struct host_key_report *report)
{
    const struct sandbox_forward *forward = ctx;
    if (forward->events->new_key != NULL)
        forward->events->new_key(forward->ctx, report);
}

static void on_refused(void *ctx, const struct forward_port *port, const struct failure *why)
{
    const struct sandbox_forward *forward = ctx;
    if (forward->events->refused != NULL)
        forward->events->refused(forward->ctx, port, why);
}

static void on_full(void *ctx)
{
    const struct sandbox_forward *forward = ctx;
    if (forward->events->full != NULL)
        forward->events->full(forward->ctx);
}

// --- ports, and their entries in the log --------------------------------------------------

static void log_port(const struct sandbox_forward *forward, const struct forward_port *port,
                     enum event_kind kind)
{
    struct event event;
    forward_log_event(port, kind, forward->sandbox_id, forward->used.id, &event);
    service_log(forward->service, &event);
}

enum status sandbox_forward_listen(struct sandbox_forward *forward, const struct forward_spec *spec,
                                   struct forward_port **out, struct failure *why)
{
    enum status status = forward_listen(forward->link, spec, out, why);
    if (status == STATUS_OK && forward->begun)
        log_port(forward, *out, EVENT_FORWARDED);
    return status;
}

void sandbox_forward_unlisten(struct sandbox_forward *forward, struct forward_port *port)
{
    if (forward->begun)
        log_port(forward, port, EVENT_FORWARD_ENDED);
    forward_unlisten(forward->link, port);
}

// --- what is asked of it ------------------------------------------------------------------

void sandbox_forward_begin(struct sandbox_forward *forward)
{
    struct forward_port *port = forward->begun ? NULL : forward_port_first(forward->link);
    for (; port != NULL; port = forward_port_next(port))
        log_port(forward, port, EVENT_FORWARDED);
    forward->begun = true;
    forward_begin(forward->link);
}

void sandbox_forward_again(struct sandbox_forward *forward, bool by_person)
{
    struct forward_facts facts;
    forward_facts(forward->link, &facts);
    forward->asked = by_person && (facts.state == FORWARD_CUT || facts.state == FORWARD_WAITING);
    forward_again(forward->link);
}

static bool is_there(const struct sandbox_forward *forward)
{
    const struct credential *credential = known(forward);
    if (forward_plan_sandbox(row_of(forward), true, false) != FORWARD_STEP_GO)
        return false;
    if (forward->waiting == FOR_SANDBOX)
        return true;
    return forward->waiting == FOR_CREDENTIAL && credential != NULL && credential->busy == NULL &&
           credential_is_usable(credential, service_now(forward->service));
}

void sandbox_forward_fleet_changed(struct sandbox_forward *forward)
{
    struct forward_facts facts;
    enum forward_step step = forward_plan_sandbox(row_of(forward), true, false);
    forward_facts(forward->link, &facts);
    bool rests = step == FORWARD_STEP_RESTS || step == FORWARD_STEP_GONE;
    bool doubt = rests && facts.state == FORWARD_CONNECTED && !forward->doubted;
    forward->doubted = rests;
    // A connection to one that rests says nothing any more; whether it is lost, a probe tells.
    if (doubt || (facts.state == FORWARD_WAITING && is_there(forward)))
        forward_again(forward->link);
}

void sandbox_forward_facts(const struct sandbox_forward *forward, struct sandbox_forward_facts *out)
{
    forward_facts(forward->link, &out->link);
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", forward->sandbox_id);
    (void)snprintf(out->credential_id, sizeof out->credential_id, "%s", forward->used.id);
    out->expired = forward->used.expires_at > 0 && forward->used.expires_at <= service_now(forward->service);
    out->gone = forward->gone;
}

struct forward_port *sandbox_forward_port_first(const struct sandbox_forward *forward)
{
    return forward_port_first(forward->link);
}

enum status sandbox_forward_new(uv_loop_t *loop, const struct sandbox_forward_options *options,
                                const struct sandbox_forward_events *events, void *ctx,
                                struct sandbox_forward **out, struct failure *why)
{
    static const struct forward_events link_events = {.wanted = on_wanted,
                                                      .changed = on_changed,
                                                      .new_key = on_new_key,
                                                      .refused = on_refused,
                                                      .full = on_full};
    const struct forward_options link_options = {.known_hosts = options->config->known_hosts,
                                                 .connect_timeout_ms =
                                                     options->config->connect_timeout_s * 1000};
    struct sandbox_forward *forward = calloc(1, sizeof *forward);
    if (forward == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    forward->events = events;
    forward->ctx = ctx;
    forward->service = options->service;
    forward->may_wake = options->may_wake;
    forward->alone = options->alone;
    (void)snprintf(forward->sandbox_id, sizeof forward->sandbox_id, "%s", options->sandbox_id);
    (void)snprintf(forward->credential_id, sizeof forward->credential_id, "%s",
                   options->credential_id != NULL ? options->credential_id : "");
    enum status status = forward_new(loop, &link_options, &link_events, forward, &forward->link, why);
    if (status == STATUS_OK)
        *out = forward;
    else
        free(forward);
    return status;
}

void sandbox_forward_free(struct sandbox_forward *forward)
{
    if (forward == NULL)
        return;
    struct forward_port *port = NULL;
    while ((port = forward_port_first(forward->link)) != NULL)
        sandbox_forward_unlisten(forward, port);
    forward->freed = true;
    forward_free(forward->link);
    if (forward->calls == 0)
        free(forward);
}
