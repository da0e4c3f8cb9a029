// SPDX-License-Identifier: Apache-2.0
//
// leap0: The client and the calls on sandboxes. Lists are in leap0_list, credentials in leap0_access.

#include "api/leap0/leap0_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 10000, TIMEOUT_MS = 30000 };

// --- what changes nothing ---

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t size = strlen(end);
    return length >= size && memcmp(text + length - size, end, size) == 0;
}

bool leap0_changes_nothing(const char *method, const char *path)
{
    static const char list[] = "/v1/sandboxes", one[] = "/v1/sandbox/";
    size_t length = strcspn(path, "?");
    if (strcmp(method, "GET") == 0 && length == strlen(list) && memcmp(path, list, length) == 0)
        return true;
    if (strncmp(path, one, strlen(one)) != 0 || path[length] != '\0')
        return false;
    const char *after_id = strchr(path + strlen(one), '/');
    if (strcmp(method, "GET") == 0) // what is asked of the system inside wakes it
        return after_id != NULL && strcmp(after_id, "/") == 0;
    return strcmp(method, "POST") == 0 && after_id != NULL && strncmp(after_id, "/ssh/", 5) == 0 &&
           ends_with(path, length, "/validate");
}

// --- the client ---

enum status leap0_new(uv_loop_t *loop, const struct leap0_options *options, struct leap0 **out,
                      struct failure *why)
{
    if (options->api_key == NULL || secret_length(options->api_key) == 0)
        return fail(why, STATUS_KEY_MISSING, "no API key");
    struct leap0 *client = calloc(1, sizeof *client);
    if (client == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the client");
    const struct http_options http = {
        .base_url = options->base_url,
        .api_key = options->api_key,
        .ca_file = options->ca_file,
        .leap0_header = options->leap0_header,
        .connect_timeout_ms =
            options->connect_timeout_ms > 0 ? options->connect_timeout_ms : CONNECT_TIMEOUT_MS,
        .timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS,
        .quota = options->quota,
        .background_share = options->background_share,
        .may_send = options->read_only ? leap0_changes_nothing : NULL,
    };
    enum status status = http_new(loop, &http, &client->http, why);
    if (status != STATUS_OK) {
        free(client);
        return status;
    }
    client->dialect = options->dialect;
    (void)snprintf(client->base_url, sizeof client->base_url, "%s", options->base_url);
    *out = client;
    return STATUS_OK;
}

void leap0_free(struct leap0 *client)
{
    if (client == NULL)
        return;
    http_free(client->http); // ends every call
    free(client);
}

static const char *const dialect_names[] = {
    [DIALECT_AUTO] = "auto", [DIALECT_SANDBOX] = "sandbox", [DIALECT_CREDENTIAL] = "credential"};

enum dialect leap0_dialect(const struct leap0 *client)
{
    return client->dialect;
}

const char *dialect_name(enum dialect dialect)
{
    return dialect_names[dialect];
}

bool dialect_parse(const char *name, enum dialect *out)
{
    for (size_t i = 0; i < sizeof dialect_names / sizeof dialect_names[0]; i++) {
        if (strcmp(dialect_names[i], name) == 0) {
            *out = (enum dialect)i;
            return true;
        }
    }
    return false;
}

void leap0_health(const struct leap0 *client, struct leap0_health *out)
{
    struct http_health http;
    http_health(client->http, &http);
    *out = (struct leap0_health){.latency_ms = http.latency_ms,
                                 .last_answer_at = http.answered_at,
                                 .requests_last_minute = http.requests,
                                 .background = http.background,
                                 .background_share = http.background_share,
                                 .held = http.held};
}

int64_t leap0_free_at(const struct leap0 *client, enum http_urgency urgency)
{
    return http_free_at(client->http, urgency);
}

void leap0_hurry(struct leap0 *client)
{
    http_hurry(client->http);
}

void leap0_network_changed(struct leap0 *client)
{
    http_network_changed(client->http);
}

const struct server_clock *leap0_clock(const struct leap0 *client)
{
    return http_clock(client->http);
}

// --- calls ---

struct leap0_call *leap0_call_new(struct leap0 *client, leap0_step *step, union leap0_callback cb, void *ctx)
{
    struct leap0_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        return NULL;
    call->client = client;
    call->step = step;
    call->cb = cb;
    call->ctx = ctx;
    return call;
}

void leap0_call_free(struct leap0_call *call)
{
    secret_free(call->password);
    id_map_free(&call->list.items);
    id_map_free(&call->list.seen);
    free(call->list.hashes);
    free(call->list.known);
    free(call);
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
    struct leap0_call *call = ctx;
    call->step(call, answer);
}

static void send_request(struct leap0_call *call, const struct http_request *request)
{
    if (http_send(call->client->http, request, on_answer, call))
        return;
    if (!call->begun) {
        call->unsent = true;
        return;
    }
    // The client is being freed (or memory is out): there is no next turn to report it in.
    struct http_answer answer = {.body = ""};
    (void)fail(&answer.why, STATUS_CANCELLED, "cancelled");
    call->step(call, &answer);
}

void leap0_call_send(struct leap0_call *call, const char *method, const char *path, const char *body,
                     bool changes)
{
    const struct http_request request = {
        .method = method, .path = path, .body = body, .changes = changes, .urgency = call->urgency};
    send_request(call, &request);
}

void leap0_call_refuse(struct leap0_call *call, const struct failure *why)
{
    const struct http_request request = {.method = "", .path = "", .refused = why};
    send_request(call, &request);
}

struct leap0_call *leap0_call_begun(struct leap0_call *call)
{
    if (call->unsent) {
        leap0_call_free(call);
        return NULL;
    }
    call->begun = true;
    return call;
}

enum status leap0_check_id(const char *what, const char *id, struct failure *why)
{
    if (id_is_valid(id))
        return STATUS_OK;
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.80s' is not a %s id", id, what),
                  "1 to 64 of letters, digits, '.', '_' and '-'");
}

enum status leap0_refuse_answer(const struct http_answer *answer, const char *fault, struct failure *why)
{
    (void)fail(why, STATUS_MALFORMED, "the status %ld %s", answer->status, fault);
    why->http_status = answer->status;
    why->maybe_done = true;
    return STATUS_MALFORMED;
}

// The answer (a 2xx) is the API's: nothing at all, or an object. A proxy's page of welcome says nothing of
// what was asked for: then why says so, and that it may have been done.
static enum status check_done(const struct http_answer *answer, struct failure *why)
{
    cJSON *tree = NULL;
    struct failure ignored;
    if (answer->status == 204 || strspn(answer->body, " \t\r\n") == answer->length)
        return STATUS_OK;
    bool is_object =
        json_parse(answer->body, answer->length, &tree, &ignored) == STATUS_OK && cJSON_IsObject(tree);
    cJSON_Delete(tree);
    return is_object ? STATUS_OK : leap0_refuse_answer(answer, "is not one of the API's", why);
}

// A delete is answered 204 and nothing else; who thinks it is done leaves alone what still opens or costs.
enum status leap0_check_deleted(const struct http_answer *answer, struct failure *why)
{
    return answer->status == 204 ? STATUS_OK
                                 : leap0_refuse_answer(answer, "does not confirm the deletion", why);
}

// --- one sandbox ---

// The one that was asked for, or a new one with an id.
static enum status read_sandbox(const struct leap0_call *call, const cJSON *tree, struct sandbox *sandbox,
                                struct failure *why)
{
    enum status status = sandbox_from_json(tree, sandbox, why);
    if (status != STATUS_OK)
        return status;
    if (call->sandbox_id[0] != '\0' && strcmp(sandbox->id, call->sandbox_id) != 0)
        return fail(why, STATUS_MALFORMED, "the response is about sandbox %s, not %s", sandbox->id,
                    call->sandbox_id);
    if (sandbox->id_malformed)
        return fail(why, STATUS_MALFORMED, "the new sandbox has a malformed id: %s", sandbox->id);
    return STATUS_OK;
}

static void sandbox_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    struct sandbox sandbox;
    cJSON *tree = NULL;
    if (why.status == STATUS_OK && json_parse(answer->body, answer->length, &tree, &why) == STATUS_OK)
        (void)read_sandbox(call, tree, &sandbox, &why);
    // A create that was answered with something else was done all the same.
    if (answer->why.status == STATUS_OK && why.status != STATUS_OK)
        why.maybe_done = call->sandbox_id[0] == '\0';
    call->cb.sandbox(call->ctx, &why, why.status == STATUS_OK ? &sandbox : NULL);
    cJSON_Delete(tree);
    leap0_call_free(call);
}

// A call on one sandbox, by the rest of its path.
static struct leap0_call *call_sandbox(struct leap0_call *call, const char *method, const char *sandbox_id,
                                       const char *rest, bool changes)
{
    char path[LEAP0_PATH_CAP];
    struct failure why;
    if (call == NULL)
        return NULL;
    (void)snprintf(call->sandbox_id, sizeof call->sandbox_id, "%s", sandbox_id);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/%s", call->sandbox_id, rest);
    if (leap0_check_id("sandbox", sandbox_id, &why) != STATUS_OK)
        leap0_call_refuse(call, &why);
    else
        leap0_call_send(call, method, path, NULL, changes);
    return leap0_call_begun(call);
}

struct leap0_call *leap0_sandbox(struct leap0 *client, const char *sandbox_id, leap0_sandbox_cb *cb,
                                 void *ctx)
{
    return leap0_sandbox_quietly(client, HTTP_PERSON, sandbox_id, cb, ctx);
}

struct leap0_call *leap0_sandbox_quietly(struct leap0 *client, enum http_urgency urgency,
                                         const char *sandbox_id, leap0_sandbox_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.sandbox = cb};
    struct leap0_call *call = leap0_call_new(client, sandbox_step, callback, ctx);
    if (call != NULL)
        call->urgency = urgency;
    return call_sandbox(call, "GET", sandbox_id, "", false);
}

static void add_env(cJSON *object, const char *const *env)
{
    for (; *env != NULL; env++) {
        const char *value = strchr(*env, '=');
        char *name = value != NULL ? strndup(*env, (size_t)(value - *env)) : NULL;
        if (name != NULL)
            (void)cJSON_AddStringToObject(object, name, value + 1);
        free(name);
    }
}

static cJSON *new_sandbox_json(const struct leap0_new_sandbox *wanted)
{
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "template_name",
                                  wanted->template_name != NULL ? wanted->template_name
                                                                : "system/debian:bookworm");
    (void)cJSON_AddNumberToObject(tree, "vcpu", wanted->vcpu > 0 ? wanted->vcpu : 1);
    (void)cJSON_AddNumberToObject(tree, "memory", wanted->memory_mib > 0 ? wanted->memory_mib : 1024);
    (void)cJSON_AddNumberToObject(tree, "timeout", wanted->timeout_s > 0 ? wanted->timeout_s : 300);
    (void)cJSON_AddBoolToObject(tree, "auto_pause", wanted->auto_pause);
    if (wanted->network_mode != NULL) {
        cJSON *policy = cJSON_AddObjectToObject(tree, "network_policy");
        (void)cJSON_AddStringToObject(policy, "mode", wanted->network_mode);
    }
    if (wanted->env != NULL && wanted->env[0] != NULL)
        add_env(cJSON_AddObjectToObject(tree, "env_vars"), wanted->env);
    return tree;
}

struct leap0_call *leap0_sandbox_create(struct leap0 *client, const struct leap0_new_sandbox *wanted,
                                        leap0_sandbox_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.sandbox = cb};
    struct leap0_call *call = leap0_call_new(client, sandbox_step, callback, ctx);
    cJSON *tree = call != NULL ? new_sandbox_json(wanted) : NULL;
    char *body = tree != NULL ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    if (body == NULL) {
        if (call != NULL)
            leap0_call_free(call);
        return NULL;
    }
    leap0_call_send(call, "POST", "/v1/sandbox/", body, true);
    free(body);
    return leap0_call_begun(call);
}

static const struct {
    const char *name, *method, *path;
} moves[] = {[MOVE_PAUSE] = {"pause", "POST", "pause"},
             [MOVE_STOP] = {"stop", "POST", "stop"},
             [MOVE_START] = {"start", "POST", "start"},
             [MOVE_DELETE] = {"delete", "DELETE", ""},
             [MOVE_WAKE] = {"wake", "GET", "system/workdir"}};

const char *sandbox_move_name(enum sandbox_move move)
{
    return moves[move].name;
}

static void move_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    if (why.status == STATUS_OK)
        (void)check_done(answer, &why);
    call->cb.done(call->ctx, &why);
    leap0_call_free(call);
}

static void delete_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    if (why.status == STATUS_OK)
        (void)leap0_check_deleted(answer, &why);
    call->cb.done(call->ctx, &why);
    leap0_call_free(call);
}

struct leap0_call *leap0_sandbox_move(struct leap0 *client, const char *sandbox_id, enum sandbox_move move,
                                      leap0_done_cb *cb, void *ctx)
{
    const union leap0_callback callback = {.done = cb};
    leap0_step *step = move == MOVE_DELETE ? delete_step : move_step;
    return call_sandbox(leap0_call_new(client, step, callback, ctx), moves[move].method, sandbox_id,
                        moves[move].path, move != MOVE_WAKE);
}
