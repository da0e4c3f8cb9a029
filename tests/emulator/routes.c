// SPDX-License-Identifier: Apache-2.0
//
// routes: Find the call for a path and answer it. One table; a path that is known with another method is 405.

#include "tests/emulator/routes.h"

#include "tests/emulator/json_out.h"
#include "tests/emulator/routes_private.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void routes_error(struct answer *answer, int status, const char *text)
{
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "message", text);
    answer->status = status;
    answer->body = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
}

void routes_give(struct exchange *exchange, int status, cJSON *tree)
{
    exchange->answer->status = status;
    exchange->answer->body = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
}

void routes_add_error(struct exchange *exchange, const char *field, const char *text)
{
    cJSON *error = cJSON_CreateObject();
    if (exchange->errors == NULL)
        exchange->errors = cJSON_CreateArray();
    (void)cJSON_AddStringToObject(error, "field", field);
    (void)cJSON_AddStringToObject(error, "error", text);
    (void)cJSON_AddItemToArray(exchange->errors, error);
}

// True when something was wrong; it is then answered.
bool routes_refused(struct exchange *exchange)
{
    if (exchange->errors == NULL)
        return false;
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "message", "Invalid request");
    (void)cJSON_AddItemToObject(tree, "errors", exchange->errors);
    exchange->errors = NULL;
    routes_give(exchange, 400, tree);
    return true;
}

bool routes_failed(struct exchange *exchange, enum store_result result, const char *conflict)
{
    if (result == STORE_NOT_FOUND)
        routes_error(exchange->answer, 404, "not found");
    else if (result == STORE_CONFLICT)
        routes_error(exchange->answer, 409, conflict);
    else if (result == STORE_LIMIT)
        routes_error(exchange->answer, 409, "limit reached");
    return result != STORE_OK;
}

// --- sandboxes ---

static long query_number(struct exchange *exchange, const char *name, long fallback, long least, long most)
{
    const char *text = exchange->request->query(exchange->request->ctx, name);
    char *end = NULL;
    if (text == NULL)
        return fallback;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < least || value > most)
        routes_add_error(exchange, name, "out of range");
    return value;
}

static enum store_order query_order(struct exchange *exchange)
{
    const char *sort = exchange->request->query(exchange->request->ctx, "sort");
    const char *by = exchange->request->query(exchange->request->ctx, "order-by");
    bool by_state = sort != NULL && strcmp(sort, "state") == 0;
    bool ascending = by != NULL && strcmp(by, "asc") == 0;
    if (sort != NULL && !by_state && strcmp(sort, "created_at") != 0)
        routes_add_error(exchange, "sort", "must be created_at or state");
    if (by != NULL && !ascending && strcmp(by, "desc") != 0)
        routes_add_error(exchange, "order-by", "must be asc or desc");
    if (by_state)
        return ascending ? STORE_BY_STATE : STORE_BY_STATE_DESC;
    return ascending ? STORE_OLDEST : STORE_NEWEST;
}

// NULL: all. One that is deleted is in no list, and can't be asked for.
static const char *query_state(struct exchange *exchange)
{
    const char *state = exchange->request->query(exchange->request->ctx, "state");
    for (int i = STORE_STARTING; i < STORE_DELETED; i++)
        if (state == NULL || strcmp(state, store_state_name((enum store_state)i)) == 0)
            return state;
    routes_add_error(exchange, "state", "no such state");
    return NULL;
}

static void do_list(struct exchange *exchange)
{
    struct store_sandbox page[100];
    long number = query_number(exchange, "page", 1, 1, 1000000);
    long size = query_number(exchange, "page-size", 20, 1, 100);
    enum store_order order = query_order(exchange);
    const char *state = query_state(exchange);
    if (routes_refused(exchange))
        return;
    size_t from = (size_t)(number - 1) * (size_t)size;
    size_t total = store_list(exchange->store, state, order, from, page, (size_t)size);
    cJSON *tree = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(tree, "items");
    for (size_t i = 0; i < (size_t)size && from + i < total; i++)
        (void)cJSON_AddItemToArray(items, json_out_listed(&page[i]));
    (void)cJSON_AddNumberToObject(tree, "total_items", (double)total);
    routes_give(exchange, 200, tree);
}

static void do_get(struct exchange *exchange)
{
    struct store_sandbox sandbox;
    if (store_get(exchange->store, exchange->sandbox, &sandbox))
        routes_give(exchange, 200, json_out_sandbox(&sandbox));
    else
        routes_error(exchange->answer, 404, "sandbox not found");
}

static void do_pause(struct exchange *exchange)
{
    struct store_sandbox sandbox;
    if (!routes_failed(exchange, store_pause(exchange->store, exchange->sandbox, &sandbox),
                       "sandbox is not running"))
        routes_give(exchange, 201, json_out_sandbox(&sandbox));
}

static void do_stop(struct exchange *exchange)
{
    struct store_sandbox sandbox;
    if (!routes_failed(exchange, store_stop(exchange->store, exchange->sandbox, &sandbox),
                       "sandbox is not running"))
        routes_give(exchange, 200, json_out_sandbox(&sandbox));
}

// Waits until it runs. False: no answer is to be given, or another one was.
static bool runs(struct exchange *exchange, struct store_sandbox *sandbox)
{
    while (!exchange->unanswered && (sandbox->state == STORE_STARTING || sandbox->state == STORE_UNPAUSING)) {
        int64_t left = sandbox->changed_at + exchange->options->move_ms - store_now(exchange->store);
        if (!exchange->request->wait_ms(exchange->request->ctx, left > 0 ? (int)left + 1 : 1))
            return false; // as it is: no status
        if (!store_get(exchange->store, exchange->sandbox, sandbox)) {
            routes_error(exchange->answer, 404, "not found");
            return false;
        }
    }
    return true;
}

static void do_start(struct exchange *exchange)
{
    struct store_sandbox sandbox;
    if (!routes_failed(exchange, store_start(exchange->store, exchange->sandbox, &sandbox),
                       "sandbox is not stopped") &&
        runs(exchange, &sandbox))
        routes_give(exchange, 200, json_out_sandbox(&sandbox));
}

// A call to the system inside, which wakes it. It changes nothing there.
static void tell(struct exchange *exchange, const char *name, const char *value)
{
    struct store_sandbox sandbox;
    if (routes_failed(exchange, store_wake(exchange->store, exchange->sandbox, &sandbox),
                      "sandbox is not running") ||
        !runs(exchange, &sandbox))
        return;
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, name, value);
    routes_give(exchange, 200, tree);
}

static void do_workdir(struct exchange *exchange)
{
    tell(exchange, "workdir", "/home/user");
}

static void do_home(struct exchange *exchange)
{
    tell(exchange, "user_home_dir", "/home/user");
}

static void do_remove(struct exchange *exchange)
{
    if (!routes_failed(exchange, store_remove(exchange->store, exchange->sandbox),
                       "sandbox is in transition"))
        exchange->answer->status = 204;
}

// --- credentials ---

static void give_access(struct exchange *exchange, int status, struct store_credential *credential)
{
    struct store_sandbox sandbox;
    if (store_get(exchange->store, exchange->sandbox, &sandbox))
        routes_give(exchange, status, json_out_access(exchange->store, &sandbox, credential));
    else
        routes_error(exchange->answer, 404, "sandbox not found");
    sodium_memzero(credential, sizeof *credential);
}

static void do_create(struct exchange *exchange)
{
    struct store_credential credential;
    // Where both dialects are spoken there may be several.
    bool single = exchange->options->dialects == DIALECTS_SANDBOX;
    enum store_result result = store_access_create(exchange->store, exchange->sandbox, single, &credential);
    if (!routes_failed(exchange, result, "ssh access already exists for this sandbox"))
        give_access(exchange, 201, &credential);
}

static const char *body_text(struct exchange *exchange, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(exchange->body, name));
    if (text == NULL)
        routes_add_error(exchange, name, "is required");
    return text;
}

static void do_validate(struct exchange *exchange)
{
    bool valid = false;
    const char *id = exchange->single ? body_text(exchange, "id") : exchange->id;
    const char *password = body_text(exchange, "password");
    if (routes_refused(exchange))
        return;
    enum store_result result =
        store_access_validate(exchange->store, exchange->sandbox, exchange->single, id, password, &valid);
    if (routes_failed(exchange, result, ""))
        return;
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddBoolToObject(tree, "valid", valid);
    (void)cJSON_AddStringToObject(tree, "sandbox_id", exchange->sandbox);
    routes_give(exchange, 200, tree);
}

static const char *named(const struct exchange *exchange)
{
    return exchange->single ? NULL : exchange->id;
}

static void do_regen(struct exchange *exchange)
{
    struct store_credential credential;
    if (!routes_failed(exchange,
                       store_access_regen(exchange->store, exchange->sandbox, exchange->single,
                                          named(exchange), &credential),
                       ""))
        give_access(exchange, 200, &credential);
}

static void do_delete(struct exchange *exchange)
{
    if (!routes_failed(
            exchange,
            store_access_delete(exchange->store, exchange->sandbox, exchange->single, named(exchange)), ""))
        exchange->answer->status = 204;
}

// --- the table ---

// %s is the sandbox, %i a credential's id. A slash at the end may be left out.
static const struct route {
    const char *method, *path, *call;
    unsigned dialects; // in which it is there
    bool single;
    void (*run)(struct exchange *exchange);
} routes[] = {
    {"GET", "/v1/sandboxes", "list", DIALECTS_BOTH, false, do_list},
    {"POST", "/v1/sandbox/", "new", DIALECTS_BOTH, false, routes_new},
    {"GET", "/v1/sandbox/%s/", "get", DIALECTS_BOTH, false, do_get},
    {"DELETE", "/v1/sandbox/%s/", "remove", DIALECTS_BOTH, false, do_remove},
    {"POST", "/v1/sandbox/%s/pause", "pause", DIALECTS_BOTH, false, do_pause},
    {"POST", "/v1/sandbox/%s/stop", "stop", DIALECTS_BOTH, false, do_stop},
    {"POST", "/v1/sandbox/%s/start", "start", DIALECTS_BOTH, false, do_start},
    {"GET", "/v1/sandbox/%s/system/workdir", "wake", DIALECTS_BOTH, false, do_workdir},
    {"GET", "/v1/sandbox/%s/system/user-home-dir", "wake", DIALECTS_BOTH, false, do_home},
    {"POST", "/v1/sandbox/%s/ssh/access", "create", DIALECTS_BOTH, false, do_create},
    {"POST", "/v1/sandbox/%s/ssh/validate", "validate", DIALECTS_SANDBOX, true, do_validate},
    {"POST", "/v1/sandbox/%s/ssh/regen", "regen", DIALECTS_SANDBOX, true, do_regen},
    {"DELETE", "/v1/sandbox/%s/ssh/access", "delete", DIALECTS_SANDBOX, true, do_delete},
    {"POST", "/v1/sandbox/%s/ssh/%i/validate", "validate", DIALECTS_CREDENTIAL, false, do_validate},
    {"POST", "/v1/sandbox/%s/ssh/%i/regen", "regen", DIALECTS_CREDENTIAL, false, do_regen},
    {"DELETE", "/v1/sandbox/%s/ssh/%i", "delete", DIALECTS_CREDENTIAL, false, do_delete},
};

static bool take_part(const char **at, char out[STORE_ID_CAP])
{
    size_t length = strcspn(*at, "/");
    if (length == 0 || length >= STORE_ID_CAP)
        return false;
    (void)snprintf(out, STORE_ID_CAP, "%.*s", (int)length, *at);
    *at += length;
    return true;
}

static bool fits(const char *pattern, const char *path, struct exchange *exchange)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '%') {
            pattern++;
            if (!take_part(&path, *pattern == 's' ? exchange->sandbox : exchange->id))
                return false;
        } else if (*path == '\0' && *pattern == '/' && pattern[1] == '\0') {
            return true;
        } else if (*path++ != *pattern) {
            return false;
        }
    }
    return *path == '\0';
}

// Whether a text of the JSON has a NUL, which who reads it as a C string takes for its end.
static bool has_nul(const char *body, size_t length)
{
    if (memchr(body, '\0', length) != NULL)
        return true;
    for (const char *at = body; *at != '\0'; at++) {
        if (*at != '\\')
            continue;
        if (strncmp(at + 1, "u0000", 5) == 0)
            return true;
        if (*++at == '\0')
            break;
    }
    return false;
}

// Sets exchange->body, or answers.
static bool read_body(struct exchange *exchange)
{
    const struct request *request = exchange->request;
    const char *wrong = "the body is not a JSON object";
    if (request->body == NULL)
        exchange->body = cJSON_CreateObject();
    else if (has_nul(request->body, request->body_length))
        wrong = "the body has a NUL";
    else
        exchange->body = cJSON_ParseWithOpts(request->body, NULL, true);
    if (cJSON_IsObject(exchange->body))
        return true;
    routes_error(exchange->answer, 400, wrong);
    return false;
}

static void run(const struct route *route, struct exchange *exchange)
{
    bool by_state =
        route->run == do_list && exchange->request->query(exchange->request->ctx, "state") != NULL;
    requests_count(store_requests(exchange->store), by_state ? "list_by_state" : route->call);
    int fault = store_fault(exchange->store, route->call);
    exchange->single = route->single;
    exchange->unanswered = fault == 0;
    if (fault > 0) {
        routes_error(exchange->answer, fault, "a fault that was ordered");
        return;
    }
    if (read_body(exchange))
        route->run(exchange);
    cJSON_Delete(exchange->body);
    if (fault == 0) {
        free(exchange->answer->body);
        exchange->answer->body = NULL;
        exchange->answer->status = 0;
    }
}

bool routes_tell_requests(struct store *store, const struct request *request, struct answer *answer)
{
    struct exchange exchange = {.store = store, .request = request, .answer = answer};
    if (strcmp(request->path, "/emulator/requests") != 0)
        return false;
    long seconds = query_number(&exchange, "seconds", 0, 1, REQUESTS_SECONDS_MAX);
    if (!routes_refused(&exchange))
        routes_give(&exchange, 200, requests_json(store_requests(store), (int)seconds));
    return true;
}

void routes_answer(struct store *store, const struct options *options, const struct request *request,
                   struct answer *answer)
{
    struct exchange exchange = {.store = store, .options = options, .request = request, .answer = answer};
    bool known = false;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct route *route = &routes[i];
        if ((route->dialects & options->dialects) == 0 || !fits(route->path, request->path, &exchange))
            continue;
        known = true;
        if (strcmp(route->method, request->method) != 0)
            continue;
        run(route, &exchange);
        return;
    }
    requests_count(store_requests(store), "other");
    if (known)
        routes_error(answer, 405, "method not allowed");
    else
        routes_error(answer, 404, "not found");
}
