// SPDX-License-Identifier: Apache-2.0
//
// auto_renew: Decide which credential to regenerate, and when: whenever the fleet has changed and when the
// next one is due. The outcome of each call is shown; one whose answer was lost is never repeated.

#include "views/background/auto_renew_private.h"

#include "api/base/secret.h"
#include "api/base/time_util.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "views/app/questions.h"
#include "views/labels/phrases.h"
#include "views/session/session.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, FAR_MS = 24 * 3600 * 1000, AGAIN_MS = 5000, REREAD_MS = 60000, TEXT_CAP = 1024 };

// --- one renewal ---

static struct renewing *renewing_new(struct auto_renew *auto_renew, const struct renewal_due *due)
{
    struct renewing *one = xcalloc(1, sizeof *one);
    one->owner = auto_renew;
    one->app = auto_renew->app;
    one->due = *due;
    one->next = auto_renew->calls;
    auto_renew->calls = one;
    return one;
}

static void renewing_free(struct renewing *one)
{
    struct renewing **link = one->owner != NULL ? &one->owner->calls : NULL;
    while (link != NULL && *link != one)
        link = &(*link)->next;
    if (link != NULL)
        *link = one->next;
    free(one);
}

static void tell_outcome(const struct renewing *one, const struct failure *why, int64_t wait_ms)
{
    char again[16];
    if (why->status == STATUS_OUTCOME_UNKNOWN)
        app_toast(one->app, TOAST_WARN,
                  "%s: outcome unknown, its auto-renewal may have replaced the credential (%s validates, %s "
                  "replaces it); it is not retried",
                  one->due.sandbox_id, command_key(COMMAND_validate), command_key(COMMAND_regenerate));
    else if (wait_ms > 0)
        app_toast(one->app, TOAST_WARN, "%s could not be renewed: %s; again in %s", one->due.sandbox_id,
                  failure_text(why), time_format_span(wait_ms, again));
    else
        app_toast(one->app, TOAST_ERROR, "%s could not be renewed: %s", one->due.sandbox_id,
                  failure_text(why));
}

// A choice of one credential is meant for what takes its place, too.
static void carry_over(struct auto_renew *auto_renew, const struct renewal_due *due,
                       const struct credential *credential)
{
    if (strcmp(due->id, credential->id) == 0)
        return;
    struct flags_job *job = auto_renew_add_job(auto_renew, true);
    (void)snprintf(job->change.sandbox_id, ID_CAP, "%s", due->sandbox_id);
    (void)snprintf(job->change.id, ID_CAP, "%s", due->id);
    (void)snprintf(job->change.to_id, ID_CAP, "%s", credential->id);
    auto_renew_start_job(auto_renew);
}

static void on_renewed(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct renewing *one = ctx;
    struct auto_renew *auto_renew = one->owner;
    if (auto_renew == NULL || one->app->quitting) {
        renewing_free(one);
        return;
    }
    enum renewal_outcome outcome = why->status == STATUS_OK ? RENEWAL_DONE
                                   : why->status == STATUS_OUTCOME_UNKNOWN || why->maybe_done
                                       ? RENEWAL_UNKNOWN
                                       : RENEWAL_FAILED;
    int64_t wait = renewal_end(auto_renew->renewal, &one->due, outcome, app_now(one->app));
    if (why->status == STATUS_OK) {
        char end[PHRASE_END_CAP];
        app_toast_many(one->app, TOAST_INFO, "credentials auto-renewed",
                       "Auto-renewed the credential of %s: %s", one->due.sandbox_id,
                       phrase_end(credential, app_now(one->app), end));
        if (renewal_scope_of(auto_renew->renewal, one->due.sandbox_id, one->due.id) == RENEWAL_CREDENTIAL)
            carry_over(auto_renew, &one->due, credential);
    } else {
        tell_outcome(one, why, wait);
    }
    renewing_free(one);
    auto_renew_look(auto_renew);
}

static void renew(struct renewing *one)
{
    service_renew(one->app->service, one->due.sandbox_id, one->due.id, on_renewed, one);
}

// --- asking, while a session is open with it ---

enum { NOT_NOW = 1, RENEW };

static void wait_for_answer(struct renewing *one);

static void on_answer(void *context, struct dialog *dialog, int result)
{
    struct renewing *one = context;
    (void)dialog;
    if (one->owner == NULL || one->app->quitting) {
        renewing_free(one);
    } else if (result == RENEW) {
        one->asked = false;
        renew(one);
    } else if (result == NOT_NOW) {
        (void)renewal_end(one->owner->renewal, &one->due, RENEWAL_REFUSED, app_now(one->app));
        renewing_free(one);
    } else { // no answer
        wait_for_answer(one);
    }
}

static void ask(void *context)
{
    struct renewing *one = context;
    char text[TEXT_CAP], left[16], end[32] = "has expired";
    int64_t remaining = one->due.expires_at - app_now(one->app);
    if (remaining > 0)
        (void)snprintf(end, sizeof end, "expires in %s", time_format_span(remaining, left));
    (void)snprintf(
        text, sizeof text,
        "The credential %s of %s %s and is set to auto-renew. A session is open with it, which may be "
        "disconnected when it is replaced.\n\nNot this time: it is no longer auto-renewed.",
        one->due.id, one->due.sandbox_id, end);
    const struct dialog_options options = {
        .title = "Renew the credential now?",
        .text = text,
        .level = DIALOG_WARN,
        .buttons = {{.label = "Not this time", .result = NOT_NOW}, {.label = "Renew", .result = RENEW}},
        .button_count = 2,
    };
    app_ask(one->app, &options, on_answer, one);
}

// Nobody has asked for it: it waits in a line.
static void wait_for_answer(struct renewing *one)
{
    (void)snprintf(one->question.text, sizeof one->question.text, "Renew %s's credential?",
                   one->due.sandbox_id);
    one->asked = true;
    one->question.ask = ask;
    one->question.context = one;
    question_add(one->app, &one->question);
}

static struct renewing *asked(const struct auto_renew *auto_renew)
{
    struct renewing *one = auto_renew->calls;
    while (one != NULL && !one->asked)
        one = one->next;
    return one;
}

static bool is_there(const struct app *app, const struct renewal_due *due)
{
    const struct fleet_row *row = fleet_find(service_fleet(app->service), due->sandbox_id);
    for (size_t i = 0; row != NULL && i < row->credential_count; i++)
        if (row->credentials[i].vault_row == due->vault_row && strcmp(row->credentials[i].id, due->id) == 0 &&
            row->credentials[i].expires_at == due->expires_at)
            return true;
    return false;
}

// The question goes with its reason: the credential was replaced or deleted, or no session is open with it
// any more.
static void look_at_question(struct auto_renew *auto_renew)
{
    struct app *app = auto_renew->app;
    struct renewing *one = asked(auto_renew);
    if (one == NULL || !one->question.waits ||
        (is_there(app, &one->due) && session_uses(app, one->due.vault_row)))
        return;
    question_drop(app, &one->question);
    renewal_put_off(auto_renew->renewal, &one->due, app_now(app), 0);
    renewing_free(one);
}

// By the setting; one question at a time.
static void begin_one(struct auto_renew *auto_renew, const struct renewal_due *due)
{
    struct app *app = auto_renew->app;
    bool open = session_uses(app, due->vault_row);
    bool asks = open && strcmp(app->config.renew_open, "ask") == 0;
    if (open && strcmp(app->config.renew_open, "no") == 0) {
        // Until its session has been closed.
        renewal_put_off(auto_renew->renewal, due, app_now(app), AGAIN_MS);
    } else if (asks && asked(auto_renew) != NULL) {
        renewal_put_off(auto_renew->renewal, due, app_now(app), AGAIN_MS);
    } else if (asks) {
        wait_for_answer(renewing_new(auto_renew, due));
    } else {
        renew(renewing_new(auto_renew, due));
    }
}

// --- looking ---

static void read_again(struct auto_renew *auto_renew)
{
    if (auto_renew->job != NULL)
        return;
    auto_renew->read_at = time_monotonic_ms();
    (void)auto_renew_add_job(auto_renew, false);
    auto_renew_start_job(auto_renew);
}

static void on_timer(uv_timer_t *timer)
{
    struct auto_renew *auto_renew = timer->data;
    if (auto_renew->held)
        read_again(auto_renew);
    else
        auto_renew_look(auto_renew);
}

void auto_renew_wake(struct auto_renew *auto_renew, int64_t wait_ms)
{
    uv_update_time(auto_renew->app->loop);
    (void)uv_timer_start(auto_renew->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void arm(struct auto_renew *auto_renew)
{
    int64_t now = app_now(auto_renew->app);
    int64_t next = renewal_next(auto_renew->renewal);
    (void)uv_timer_stop(auto_renew->timer);
    if (next <= 0)
        return;
    int64_t wait = next > now ? next - now : 1;
    if (wait > SECOND_MS) // with the tick of the countdowns
        wait += SECOND_MS - (now + wait) % SECOND_MS + 1;
    auto_renew_wake(auto_renew, wait < FAR_MS ? wait : FAR_MS);
}

void auto_renew_look(struct auto_renew *auto_renew)
{
    struct app *app = auto_renew->app;
    struct renewal_due due;
    if (app->quitting || !renewal_knows_flags(auto_renew->renewal) ||
        !fleet_is_loaded(service_fleet(app->service)))
        return;
    look_at_question(auto_renew);
    while (renewal_due(auto_renew->renewal, service_fleet(app->service), app_now(app), &due))
        begin_one(auto_renew, &due);
    arm(auto_renew);
}

// What another console has chosen is heard of in a minute.
static void on_changed(void *ctx)
{
    struct auto_renew *auto_renew = ctx;
    if (!auto_renew->held && time_monotonic_ms() - auto_renew->read_at > REREAD_MS)
        read_again(auto_renew);
    auto_renew_look(auto_renew);
}

// --- beginning and ending ---

struct auto_renew *auto_renew_begin(struct app *app)
{
    uint64_t seed = 0;
    if (app->service == NULL)
        return NULL;
    randombytes_buf(&seed, sizeof seed);
    struct auto_renew *auto_renew = xcalloc(1, sizeof *auto_renew);
    auto_renew->app = app;
    auto_renew->renewal = renewal_new(seed, strcmp(app->config.renew, "all") == 0);
    if (auto_renew->renewal == NULL)
        abort();
    auto_renew->timer = app_timer_new(app, auto_renew);
    auto_renew->read_at = time_monotonic_ms();
    (void)auto_renew_add_job(auto_renew, false);
    auto_renew_start_job(auto_renew);
    auto_renew->watch = (struct app_watch){.changed = on_changed, .ctx = auto_renew};
    app_watch_add(app, &auto_renew->watch);
    return auto_renew;
}

void auto_renew_end(struct auto_renew *auto_renew)
{
    if (auto_renew == NULL)
        return;
    app_watch_remove(auto_renew->app, &auto_renew->watch);
    app_timer_free(&auto_renew->timer);
    for (struct renewing *one = auto_renew->calls, *next; one != NULL; one = next) {
        next = one->next;
        one->owner = NULL; // whoever answers frees it
        if (!one->question.waits)
            continue;
        question_drop(one->app, &one->question);
        free(one);
    }
    if (auto_renew->job != NULL)
        auto_renew->job->owner = NULL; // it is written to its end
    while (auto_renew->next_job != NULL) {
        struct flags_job *next = auto_renew->next_job->next;
        free(auto_renew->next_job);
        auto_renew->next_job = next;
    }
    renewal_free(auto_renew->renewal);
    free(auto_renew);
}
