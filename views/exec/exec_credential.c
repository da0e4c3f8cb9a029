// SPDX-License-Identifier: Apache-2.0
//
// exec_credential: Choose a credential as `sbxdeck ssh` does, and fetch its password from the vault.

#include "views/exec/exec_credential.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

struct request {
    struct credential_service *service;
    char sandbox_id[ID_CAP];
    struct credential credential;
    exec_in_use *in_use;
    void *in_use_ctx;
    exec_credential_cb *done;
    void *ctx;
};

static void finish(struct request *request, const struct failure *why, struct secret *password)
{
    request->done(request->ctx, why, password != NULL ? &request->credential : NULL, password);
    free(request);
}

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    finish(ctx, why, password);
}

static void use(struct request *request, const struct credential *credential)
{
    request->credential = *credential;
    service_password(request->service, credential->vault_row, on_password, request);
}

static void on_credential(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct request *request = ctx;
    struct failure mine = *why;
    if (why->status == STATUS_OK) {
        use(request, credential);
        return;
    }
    if (why->status == STATUS_CONFLICT)
        (void)advise(
            &mine, fail(&mine, STATUS_CONFLICT, "it already has a credential, which is not known here"),
            "sbxdeck access regen %s makes a new one; the old one stops working", request->sandbox_id);
    finish(request, &mine, NULL);
}

static enum status replace(struct request *request, const struct credential *credential, struct failure *why)
{
    if (request->in_use != NULL && request->in_use(request->in_use_ctx, credential->vault_row))
        return advise(
            why, fail(why, STATUS_CONFLICT, "its credential no longer works, and a session still uses it"),
            "sbxdeck access regen %s replaces it", request->sandbox_id);
    service_regenerate(request->service, request->sandbox_id, credential->id, on_credential, request);
    return STATUS_OK;
}

static void on_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct request *request = ctx;
    struct failure mine = *why;
    if (why->status == STATUS_OK && credential->verdict == VERDICT_VALID)
        use(request, credential);
    else if (why->status != STATUS_OK || replace(request, credential, &mine) != STATUS_OK)
        finish(request, &mine, NULL);
}

static enum status choose(struct request *request, struct failure *why)
{
    const struct fleet_row *row = fleet_find(service_fleet(request->service), request->sandbox_id);
    int64_t now = service_now(request->service);
    if (row == NULL || row->gone)
        return fail(why, STATUS_NOT_FOUND, "it no longer exists");
    const struct credential *best = fleet_row_best(row, now);
    bool is_unknown = best != NULL && (best->verdict == VERDICT_UNKNOWN || best->id[0] == '\0');
    if (best == NULL)
        service_create(request->service, request->sandbox_id, on_credential, request);
    else if (credential_is_usable(best, now) || best->damaged)
        use(request, best); // a damaged one is refused by name: it is not to be hidden by a new one
    else if (is_unknown)
        return advise(
            why, fail(why, STATUS_OUTCOME_UNKNOWN, "it is unknown whether its last credential was created"),
            "sbxdeck access regen %s makes one that works", request->sandbox_id);
    else if (best->sealed_elsewhere)
        return fail(why, STATUS_OTHER_KEY, "credential %s is sealed with another key", best->id);
    else if (best->has_password && credential_state(best, now) == CREDENTIAL_expired)
        service_validate(request->service, request->sandbox_id, best->id, on_validated,
                         request); // by a clock
    else if (credential_state(best, now) == CREDENTIAL_revoked)
        service_create(request->service, request->sandbox_id, on_credential, request);
    else
        return replace(request, best, why);
    return STATUS_OK;
}

void exec_credential_get(struct credential_service *service, const char *sandbox_id, exec_in_use *in_use,
                         void *in_use_ctx, exec_credential_cb *done, void *ctx)
{
    struct failure why = {.status = STATUS_OK};
    struct request *request = xcalloc(1, sizeof *request);
    *request = (struct request){
        .service = service, .in_use = in_use, .in_use_ctx = in_use_ctx, .done = done, .ctx = ctx};
    (void)snprintf(request->sandbox_id, sizeof request->sandbox_id, "%s", sandbox_id);
    if (choose(request, &why) != STATUS_OK)
        finish(request, &why, NULL);
}
