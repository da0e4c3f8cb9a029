// SPDX-License-Identifier: Apache-2.0
//
// credential_choice: decide with which credential to connect, and make or replace one where none can be used.

#include "api/service/credential_choice.h"

#include <stdio.h>
#include <string.h>

static enum status several(const struct fleet_row *row, struct failure *why)
{
    char ids[256] = "";
    for (size_t i = 0; i < row->credential_count; i++) {
        size_t used = strlen(ids);
        const char *id = row->credentials[i].id;
        (void)snprintf(ids + used, sizeof ids - used, "%s%s", used > 0 ? ", " : "",
                       id[0] != '\0' ? id : "unknown");
    }
    return advise(why,
                  fail(why, STATUS_BAD_ARGUMENT, "%s has %zu credentials here: %s", row->sandbox.id,
                       row->credential_count, ids),
                  "choose one by --id");
}

enum status credential_choice_known(const struct credential_service *service, const char *sandbox_id,
                                    const char *id, bool exact, const struct credential **out,
                                    struct failure *why)
{
    const struct fleet_row *row = fleet_find(service_fleet(service), sandbox_id);
    if (row == NULL)
        return fail(why, STATUS_NOT_FOUND, "%s no longer exists", sandbox_id);
    if (id != NULL) {
        for (size_t i = 0; i < row->credential_count; i++) {
            if (strcmp(row->credentials[i].id, id) == 0) {
                *out = &row->credentials[i];
                return STATUS_OK;
            }
        }
        return advise(
            why, fail(why, STATUS_NOT_FOUND, "no credential %s of %s is known here", id, row->sandbox.id),
            "sbxdeck access ls %s", row->sandbox.id);
    }
    *out = fleet_row_best(row, service_now(service));
    if (*out == NULL)
        return advise(why,
                      fail(why, STATUS_NO_CREDENTIAL, "no credential of %s is known here", row->sandbox.id),
                      "create one: sbxdeck access create %s", row->sandbox.id);
    if (exact && row->credential_count > 1)
        return several(row, why);
    return STATUS_OK;
}

static void fail_choice(struct credential_choice *choice, const struct failure *why)
{
    choice->done(choice->ctx, why, NULL, NULL);
}

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct credential_choice *choice = ctx;
    choice->done(choice->ctx, why, why->status == STATUS_OK ? &choice->chosen : NULL, password);
}

static void use(struct credential_choice *choice, const struct credential *credential)
{
    choice->chosen = *credential;
    service_password(choice->service, credential->vault_row, on_password, choice);
}

static void on_made(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct credential_choice *choice = ctx;
    struct failure mine = *why;
    if (why->status == STATUS_CONFLICT && why->http_status != 0) {
        (void)fail(&mine, STATUS_CONFLICT, "%s already has a credential, which is not known here",
                   choice->sandbox_id);
        (void)advise(&mine, mine.status, "sbxdeck access regen %s makes a new one; the old one stops working",
                     choice->sandbox_id);
    }
    if (mine.status != STATUS_OK) {
        fail_choice(choice, &mine);
        return;
    }
    choice->is_new = true;
    choice->chosen = *credential;
    if (choice->made != NULL)
        choice->made(choice->ctx, credential);
    use(choice, &choice->chosen);
}

static void make(struct credential_choice *choice)
{
    if (choice->making != NULL)
        choice->making(choice->ctx);
    else
        credential_choice_make(choice);
}

static void on_expired_validated(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct credential_choice *choice = ctx;
    if (why->status != STATUS_OK)
        fail_choice(choice, why);
    else if (credential->verdict == VERDICT_VALID)
        use(choice, credential);
    else
        make(choice);
}

static void refuse_unknown(struct credential_choice *choice, const struct credential *credential)
{
    struct failure why;
    (void)advise(&why,
                 fail(&why, STATUS_OUTCOME_UNKNOWN,
                      "it is unknown whether the last credential of %s was created", choice->sandbox_id),
                 "sbxdeck access regen %s makes one that works%s", choice->sandbox_id,
                 credential->id[0] == '\0' ? ", or access create where a sandbox has several" : "");
    fail_choice(choice, &why);
}

// What to connect with: a usable one; else a new one in its place. One whose create or regenerate has an
// unknown outcome is not replaced without being asked: it may be in somebody's use.
void credential_choice_begin(struct credential_choice *choice)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    enum status status =
        credential_choice_known(choice->service, choice->sandbox_id, choice->id, false, &credential, &why);
    const int64_t now = service_now(choice->service);
    if (status == STATUS_NO_CREDENTIAL) {
        make(choice);
    } else if (status != STATUS_OK || credential == NULL) {
        fail_choice(choice, &why);
    } else if (credential_is_usable(credential, now) || credential->damaged) {
        // A damaged one is refused by name: what was changed in the vault is not to be hidden by a new one.
        use(choice, credential);
    } else if (credential->verdict == VERDICT_UNKNOWN || credential->id[0] == '\0') {
        refuse_unknown(choice, credential);
    } else if (credential->sealed_elsewhere) {
        (void)fail(&why, STATUS_OTHER_KEY, "credential %s is sealed with another key", credential->id);
        fail_choice(choice, &why);
    } else if (credential->has_password && credential_state(credential, now) == CREDENTIAL_expired) {
        // A clock says so; the server knows.
        service_validate(choice->service, choice->sandbox_id, credential->id, on_expired_validated, choice);
    } else {
        make(choice);
    }
}

void credential_choice_make(struct credential_choice *choice)
{
    const struct credential *credential = NULL;
    struct failure why = {.status = STATUS_OK};
    enum status status =
        credential_choice_known(choice->service, choice->sandbox_id, choice->id, false, &credential, &why);
    if (status == STATUS_NO_CREDENTIAL)
        service_create(choice->service, choice->sandbox_id, on_made, choice);
    else if (status != STATUS_OK || credential == NULL)
        fail_choice(choice, &why);
    else
        service_regenerate(choice->service, choice->sandbox_id, credential->id, on_made, choice);
}
