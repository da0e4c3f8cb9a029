// SPDX-License-Identifier: Apache-2.0
//
// leap0_access: The SSH calls in both dialects, whose paths are in one table. While the dialect is not
// known a validate finds it out, the only call that changes nothing.

#include "api/leap0/leap0_private.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// An id that no credential has, to ask for the dialect when none is known.
static const char no_credential[] = "ssh-0000000000000000";

static const struct {
    const char *method;
    const char *by_sandbox; // after /v1/sandbox/ID/ssh/
    const char *by_id;      // after /v1/sandbox/ID/ssh/CREDENTIAL; NULL: as by_sandbox
} paths[] = {
    [ACCESS_CREATE] = {"POST", "access", NULL},
    [ACCESS_VALIDATE] = {"POST", "validate", "/validate"},
    [ACCESS_REGENERATE] = {"POST", "regen", "/regen"},
    [ACCESS_DELETE] = {"DELETE", "access", ""},
};

// {"id", "password"} or {"password"}; the caller wipes and frees it. NULL: out of memory.
static char *validate_body(const struct leap0_call *call, const char *id)
{
    char *body = NULL;
    cJSON *tree = cJSON_CreateObject();
    if (call->trying == DIALECT_SANDBOX)
        (void)cJSON_AddStringToObject(tree, "id", id);
    cJSON *password =
        cJSON_AddStringToObject(tree, "password", call->password != NULL ? secret_text(call->password) : "");
    if (password != NULL) {
        body = cJSON_PrintUnformatted(tree);
        sodium_memzero(password->valuestring, strlen(password->valuestring));
    }
    cJSON_Delete(tree);
    return body;
}

static void request(struct leap0_call *call, enum access_verb verb, enum dialect dialect)
{
    char path[LEAP0_PATH_CAP];
    const char *id = call->id[0] != '\0' ? call->id : no_credential;
    char *body = NULL;
    call->trying = dialect;
    if (dialect == DIALECT_CREDENTIAL && paths[verb].by_id != NULL)
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s%s", call->sandbox_id, id, paths[verb].by_id);
    else
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s", call->sandbox_id, paths[verb].by_sandbox);
    if (verb == ACCESS_VALIDATE)
        body = validate_body(call, id);
    leap0_call_send(call, paths[verb].method, path, body, verb != ACCESS_VALIDATE);
    if (body != NULL)
        sodium_memzero(body, strlen(body));
    free(body);
}

// --- ends ---

static void end_failed(struct leap0_call *call, const struct failure *cause)
{
    struct failure why = *cause;
    secret_hide(call->password, why.message); // a server may quote what it does not like
    if (call->verb == ACCESS_VALIDATE)
        call->cb.valid(call->ctx, &why, false);
    else if (call->verb == ACCESS_DELETE)
        call->cb.done(call->ctx, &why);
    else
        call->cb.access(call->ctx, &why, NULL);
    leap0_call_free(call);
}

static void wipe_password(cJSON *tree)
{
    const cJSON *password = cJSON_GetObjectItemCaseSensitive(tree, "password");
    if (cJSON_IsString(password))
        sodium_memzero(password->valuestring, strlen(password->valuestring));
}

static enum status read_access(const struct leap0_call *call, const struct http_answer *answer,
                               struct access *access, struct failure *why)
{
    cJSON *tree = NULL;
    enum status status = json_parse(answer->body, answer->length, &tree, why);
    if (status == STATUS_OK)
        status = access_from_json(tree, access, why);
    wipe_password(tree);
    cJSON_Delete(tree);
    if (status != STATUS_OK)
        return status;
    if (access->sandbox_id[0] == '\0')
        (void)snprintf(access->sandbox_id, sizeof access->sandbox_id, "%s", call->sandbox_id);
    if (strcmp(access->sandbox_id, call->sandbox_id) != 0)
        status = fail(why, STATUS_MALFORMED, "the response is a credential of %s, not of %s",
                      access->sandbox_id, call->sandbox_id);
    else if (access->password == NULL)
        status = fail(why, STATUS_MALFORMED, "the response has a credential without a password");
    if (status != STATUS_OK)
        access_clear(access);
    return status;
}

static void end_access(struct leap0_call *call, const struct http_answer *answer)
{
    struct access access;
    struct failure why = answer->why;
    memset(&access, 0, sizeof access);
    if (read_access(call, answer, &access, &why) != STATUS_OK) {
        why.maybe_done = true; // it was done; what came of it can't be read
        end_failed(call, &why);
        return;
    }
    call->cb.access(call->ctx, &why, &access);
    access_clear(&access);
    leap0_call_free(call);
}

static enum status read_verdict(const struct leap0_call *call, const struct http_answer *answer, bool *valid,
                                struct failure *why)
{
    cJSON *tree = NULL;
    bool twice = false;
    enum status status = json_parse(answer->body, answer->length, &tree, why);
    const cJSON *sandbox_id = json_member(tree, "sandbox_id", &twice);
    const char *of = cJSON_GetStringValue(sandbox_id);
    if (status == STATUS_OK &&
        (twice || (sandbox_id != NULL && (of == NULL || strcmp(of, call->sandbox_id) != 0))))
        status = fail(why, STATUS_MALFORMED, "the response is about a credential of %s, not of %s",
                      of != NULL ? of : "something else", call->sandbox_id);
    else if (status == STATUS_OK &&
             (!cJSON_IsBool(json_member(tree, "valid", &twice)) || !json_get_bool(tree, "valid", valid)))
        status = fail(why, STATUS_MALFORMED, "the response does not say whether the credential is valid");
    cJSON_Delete(tree);
    return status;
}

static void end_ok(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    bool valid = false;
    if (call->verb == ACCESS_DELETE) {
        (void)leap0_check_deleted(answer, &why);
        call->cb.done(call->ctx, &why);
        leap0_call_free(call);
    } else if (call->verb != ACCESS_VALIDATE) {
        end_access(call, answer);
    } else if (read_verdict(call, answer, &valid, &why) != STATUS_OK) {
        end_failed(call, &why);
    } else {
        call->cb.valid(call->ctx, &why, valid);
        leap0_call_free(call);
    }
}

// --- steps ---

// What was to be done, now that the dialect is known.
static void proceed(struct leap0_call *call)
{
    enum dialect dialect = call->client->dialect;
    struct failure why;
    call->probing = false;
    bool needs_id = call->verb == ACCESS_REGENERATE || call->verb == ACCESS_DELETE;
    if (dialect == DIALECT_CREDENTIAL && needs_id && call->id[0] == '\0') {
        (void)advise(&why,
                     fail(&why, STATUS_NO_CREDENTIAL,
                          "no credential of %s is known here, and this server needs its id",
                          call->sandbox_id),
                     "create one: sbxdeck access create %s", call->sandbox_id);
        leap0_call_refuse(call, &why);
        return;
    }
    request(call, call->verb, dialect);
}

// The answer to a validate sent while the dialect is not known.
static void probe_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    bool valid = false;
    if (why.status == STATUS_OK) {
        // A 200 of something else than the API (a proxy's page of welcome) says nothing of the dialect.
        if (read_verdict(call, answer, &valid, &why) != STATUS_OK) {
            end_failed(call, &why);
            return;
        }
        if (call->client->dialect == DIALECT_AUTO)
            call->client->dialect = call->trying;
        if (call->verb == ACCESS_VALIDATE)
            end_ok(call, answer);
        else
            proceed(call);
        return;
    }
    bool not_there = answer->status == 404 || answer->status == 405;
    if (not_there && call->trying == DIALECT_CREDENTIAL) {
        call->path_refused = answer->status == 405;
        request(call, ACCESS_VALIDATE, DIALECT_SANDBOX);
        return;
    }
    if (not_there && call->verb == ACCESS_DELETE) {
        // Whether the credential is gone or this is no server of the API can't be told apart, and no delete
        // was sent.
        if (call->id[0] == '\0')
            (void)fail(&why, STATUS_OUTCOME_UNKNOWN,
                       "no delete was sent: the id of the credential is not known");
        else
            (void)fail(&why, STATUS_OUTCOME_UNKNOWN,
                       "no delete was sent: the server has neither of the paths to validate it (%ld)",
                       answer->status);
        why.http_status = answer->status;
    } else if (answer->status == 405 && call->path_refused) { // of the credential nothing was said
        (void)fail(&why, STATUS_MALFORMED, "the server has neither of the paths to validate it (405)");
        why.http_status = answer->status;
    } else if (not_there) { // asked in both dialects; one that does not know the other's path may say 405
                            // there
        (void)fail(&why, STATUS_NOT_FOUND, "%s", answer->status == 404 ? answer->why.message : "not found");
        why.http_status = 404;
        why.from_api = answer->why.from_api;
    }
    why.maybe_done = false; // nothing but a validate was sent
    end_failed(call, &why);
}

// Not there any more, by the word of the API itself. A page of some proxy says nothing of what was done.
static bool is_not_the_api(const struct leap0_call *call, const struct http_answer *answer)
{
    return call->verb == ACCESS_DELETE && answer->why.status == STATUS_NOT_FOUND && !answer->why.from_api;
}

static void access_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    if (call->probing && answer->status != 0)
        probe_step(call, answer);
    else if (is_not_the_api(call, answer)) {
        (void)leap0_refuse_answer(answer, "is not one of the API's", &why);
        end_failed(call, &why);
    } else if (why.status != STATUS_OK)
        end_failed(call, &why);
    else
        end_ok(call, answer);
}

static void begin(struct leap0_call *call, const char *sandbox_id, const char *id)
{
    struct failure why;
    if (leap0_check_id("sandbox", sandbox_id, &why) != STATUS_OK ||
        (id[0] != '\0' && leap0_check_id("credential", id, &why) != STATUS_OK)) {
        leap0_call_refuse(call, &why);
    } else if (call->verb == ACCESS_CREATE) {
        request(call, ACCESS_CREATE, DIALECT_SANDBOX); // the same path in both
    } else if (call->client->dialect == DIALECT_AUTO) {
        call->probing = true;
        request(call, ACCESS_VALIDATE, DIALECT_CREDENTIAL);
    } else {
        proceed(call);
    }
}

// call may be NULL: out of memory.
static struct leap0_call *start(struct leap0_call *call, enum access_verb verb, const char *sandbox_id,
                                const char *id, const struct secret *password)
{
    if (call == NULL)
        return NULL;
    call->verb = verb;
    call->password = secret_copy(password);
    if (password != NULL && call->password == NULL) {
        leap0_call_free(call); // an empty one in its place would be found not valid
        return NULL;
    }
    id = id != NULL ? id : "";
    (void)snprintf(call->sandbox_id, sizeof call->sandbox_id, "%s", sandbox_id);
    (void)snprintf(call->id, sizeof call->id, "%s", id);
    begin(call, sandbox_id, id);
    return leap0_call_begun(call);
}

struct leap0_call *leap0_access_create(struct leap0 *client, const char *sandbox_id, leap0_access_cb *cb,
                                       void *ctx)
{
    const union leap0_callback callback = {.access = cb};
    return start(leap0_call_new(client, access_step, callback, ctx), ACCESS_CREATE, sandbox_id, NULL, NULL);
}

struct leap0_call *leap0_access_validate(struct leap0 *client, const char *sandbox_id, const char *id,
                                         const struct secret *password, leap0_valid_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.valid = cb};
    return start(leap0_call_new(client, access_step, callback, ctx), ACCESS_VALIDATE, sandbox_id, id,
                 password);
}

struct leap0_call *leap0_access_validate_quietly(struct leap0 *client, const char *sandbox_id, const char *id,
                                                 const struct secret *password, leap0_valid_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.valid = cb};
    struct leap0_call *call = leap0_call_new(client, access_step, callback, ctx);
    if (call != NULL)
        call->urgency = HTTP_SWEEP;
    return start(call, ACCESS_VALIDATE, sandbox_id, id, password);
}

struct leap0_call *leap0_access_regenerate(struct leap0 *client, const char *sandbox_id, const char *id,
                                           const struct secret *password, leap0_access_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.access = cb};
    return start(leap0_call_new(client, access_step, callback, ctx), ACCESS_REGENERATE, sandbox_id, id,
                 password);
}

struct leap0_call *leap0_access_delete(struct leap0 *client, const char *sandbox_id, const char *id,
                                       const struct secret *password, leap0_done_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.done = cb};
    return start(leap0_call_new(client, access_step, callback, ctx), ACCESS_DELETE, sandbox_id, id, password);
}
