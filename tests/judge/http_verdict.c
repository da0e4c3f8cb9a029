// SPDX-License-Identifier: Apache-2.0
//
// http_verdict: Judge a run: what it must and must not do, from what the API was asked, said and delivered.
// It knows the service's words and the documented exit codes, and nothing else of the program.

#include "tests/judge/http_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_MAX = 9, CODE_NOT_VALID = 8, CODE_SSH = 255 };

// --- what was delivered ---

static bool core_is_right(const struct judged *judged, enum call call);

// cJSON takes no half surrogate; a reader may, but not where the text itself counts.
static cJSON *delivered(const struct judged *judged, const struct exchange *exchange)
{
    if (exchange == NULL || exchange->wire.body == NULL)
        return NULL;
    cJSON *tree = cJSON_ParseWithLength(exchange->wire.body, exchange->wire.length);
    char *half = tree == NULL ? strstr(exchange->wire.body, "\\ud800") : NULL;
    if (half != NULL && core_is_right(judged, exchange->call)) {
        memcpy(half, "\\u0020", 6);
        tree = cJSON_ParseWithLength(exchange->wire.body, exchange->wire.length);
    }
    return tree;
}

// Whether the program may take it for a yes.
static bool may_be_yes(const struct exchange *exchange)
{
    // Behind a 204 nothing has to be read.
    return exchange != NULL && !exchange->wire.lost && exchange->wire.status / 100 == 2 &&
           (exchange->sent || exchange->wire.status == 204);
}

// Whether it must: everything that counts has arrived.
static bool must_be_yes(const struct exchange *exchange, int status)
{
    return may_be_yes(exchange) && exchange->wire.whole && exchange->wire.sound &&
           exchange->wire.status == status && exchange->status == status;
}

static const char *text_of(const cJSON *tree, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, name));
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static const char *altered_field(const struct judged *judged, enum call call)
{
    const char *field = alter_field(&judged->alteration);
    return field != NULL && judged->alteration.call == call ? field : "";
}

// Whether the answer's own core was left alone.
static bool core_is_right(const struct judged *judged, enum call call)
{
    const char *field = altered_field(judged, call);
    return strcmp(field, "id") != 0 && strcmp(field, "password") != 0 && strcmp(field, "sandbox_id") != 0;
}

// Some servers write null where there is nothing in a list.
static bool is_list(const cJSON *items)
{
    return cJSON_IsArray(items) || cJSON_IsNull(items);
}

static bool understood(const struct judged *judged, const struct exchange *exchange)
{
    cJSON *tree = delivered(judged, exchange);
    bool yes = cJSON_IsObject(tree);
    if (yes && (exchange->call == CALL_CREATE || exchange->call == CALL_REGEN))
        yes = text_of(tree, "id") != NULL && text_of(tree, "password") != NULL;
    else if (yes && exchange->call == CALL_NEW)
        yes = text_of(tree, "id") != NULL;
    else if (yes && exchange->call == CALL_VALIDATE)
        yes = cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(tree, "valid"));
    else if (yes && exchange->call == CALL_LIST)
        yes = is_list(cJSON_GetObjectItemCaseSensitive(tree, "items"));
    cJSON_Delete(tree);
    bool deletes = exchange->call == CALL_DELETE || exchange->call == CALL_REMOVE;
    return yes || (deletes && exchange->wire.status == 204);
}

// --- outputs ---

void verdict_output(struct judged *judged, const char *text, size_t length, const char *what,
                    bool show_password)
{
    const char *key = judged->bench->emulators[judged->emulator].api_key;
    const char *raw = run_raw(text, length);
    if (raw != NULL)
        outcome_fault(&judged->outcome, FAULT_RAW, "%s on %s", raw, what);
    if (strstr(text, key) != NULL)
        outcome_fault(&judged->outcome, FAULT_SECRET, "the API key is on %s", what);
    for (size_t i = 0; i < judged->secret_count && !show_password; i++)
        if (strstr(text, judged->secrets[i]) != NULL)
            outcome_fault(&judged->outcome, FAULT_SECRET, "a password is on %s", what);
}

// To be taken away after the case.
static void remember_sandbox(struct judged *judged, const char *body)
{
    cJSON *tree = cJSON_Parse(body);
    const char *id = text_of(tree, "id");
    if (id != NULL)
        (void)snprintf(judged->own_sandbox, sizeof judged->own_sandbox, "%s", id);
    cJSON_Delete(tree);
}

// The passwords of what the emulator has given out in this turn.
void verdict_secrets(struct judged *judged)
{
    size_t count = 0;
    const struct exchange *log = proxy_log(judged->bench->proxy, &count);
    for (size_t i = 0; i < count && judged->secret_count < SECRETS_MAX; i++) {
        if (log[i].call == CALL_NEW && log[i].status == 201)
            remember_sandbox(judged, log[i].body);
        if (log[i].body == NULL || (log[i].call != CALL_CREATE && log[i].call != CALL_REGEN))
            continue;
        cJSON *tree = cJSON_Parse(log[i].body);
        const char *password = text_of(tree, "password"), *id = text_of(tree, "id");
        int base = (int)(strstr(log[i].path, "/ssh/") - log[i].path);
        if (password != NULL && id != NULL) {
            bool single = judged->emulator == 1; // there the credential has no path of its own
            (void)snprintf(judged->made[judged->secret_count], sizeof judged->made[0], "%.*s/ssh/%s", base,
                           log[i].path, single ? "access" : id);
            (void)snprintf(judged->secrets[judged->secret_count++], sizeof judged->secrets[0], "%s",
                           password);
        }
        cJSON_Delete(tree);
    }
}

static bool is_json(const struct run *run)
{
    cJSON *tree = cJSON_ParseWithOpts(run->out, NULL, true);
    bool yes = tree != NULL;
    cJSON_Delete(tree);
    return yes;
}

// --- exit codes ---

static void judge_yes(struct judged *judged, const struct exchange *target)
{
    enum verb verb = judged->scenario->verb;
    if (target == NULL)
        outcome_fault(&judged->outcome, FAULT_CODE, "exit 0, but the API was never asked to %s",
                      call_name(judged->scenario->decides));
    else if (!may_be_yes(target))
        outcome_fault(&judged->outcome, FAULT_CODE, "exit 0, but the API said %d%s", target->wire.status,
                      target->wire.lost ? " and it was lost on its way" : "");
    else if ((verb == VERB_DELETE || verb == VERB_REMOVE) && target->wire.status != 204)
        outcome_fault(&judged->outcome, FAULT_CODE, "said to be deleted after a status %d",
                      target->wire.status);
    else if (!understood(judged, target) &&
             !(verb == VERB_MOVE && may_be_yes(proxy_last(judged->bench->proxy, CALL_GET))))
        outcome_fault(&judged->outcome, FAULT_CODE,
                      "exit 0 after what can't be understood as the answer to %s", call_name(target->call));
}

static bool is_documented(enum verb verb, int code)
{
    return (code >= 0 && code <= CODE_MAX) || (verb == VERB_SSH && code == CODE_SSH);
}

static void judge_valid(struct judged *judged, const struct run *run)
{
    cJSON *tree = delivered(judged, proxy_last(judged->bench->proxy, CALL_VALIDATE));
    if (run->code == 0 && !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(tree, "valid")))
        outcome_fault(&judged->outcome, FAULT_CODE, "said to be valid, but the API did not say so");
    cJSON_Delete(tree);
}

static void judge_needs(struct judged *judged, const struct run *run)
{
    const struct exchange *list = proxy_last(judged->bench->proxy, CALL_LIST);
    if (run->code <= 1 && !may_be_yes(list))
        outcome_fault(&judged->outcome, FAULT_CODE, "exit %d, but the list could not be had", run->code);
}

// With id and password right, whatever else is told, it connects.
static void judge_connects(struct judged *judged, const struct run *run)
{
    static const char *const where[] = {"ssh_command", "host", "port", "username", "hostname"};
    const struct exchange *made = proxy_last(judged->bench->proxy, CALL_CREATE);
    if (judged->alteration.level != LEVEL_FIELD || judged->alteration.call != CALL_CREATE ||
        !must_be_yes(made, 201) || !core_is_right(judged, CALL_CREATE))
        return;
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++)
        if (strcmp(altered_field(judged, CALL_CREATE), where[i]) == 0)
            return;
    if (run->code != 0)
        outcome_fault(&judged->outcome, FAULT_CODE,
                      "exit %d, but id and password are right, and it could connect", run->code);
}

static void judge_code(struct judged *judged, const struct run *run)
{
    enum verb verb = judged->scenario->verb;
    if (verb == VERB_WATCH)
        return;
    if (!is_documented(verb, run->code))
        outcome_fault(&judged->outcome, FAULT_CODE, "exit %d is not documented", run->code);
    if (run->code != 0 && run->err_length == 0 && !(verb == VERB_NEEDS && run->code == 1) &&
        !(verb == VERB_VALIDATE && run->code == CODE_NOT_VALID))
        outcome_fault(&judged->outcome, FAULT_CODE, "exit %d without a word on stderr", run->code);
    if (verb == VERB_NEEDS)
        judge_needs(judged, run);
    else if (run->code == 0 && judged->scenario->decides != CALL_OTHER)
        judge_yes(judged, proxy_last(judged->bench->proxy, judged->scenario->decides));
    if (verb == VERB_SSH && run->code == 0 && strcmp(run->out, "hi\n") != 0)
        outcome_fault(&judged->outcome, FAULT_CODE, "exit 0, but the command did not run");
    if (verb == VERB_VALIDATE)
        judge_valid(judged, run);
    if (verb == VERB_SSH)
        judge_connects(judged, run);
    if (run->code == 0 && strstr(judged->scenario->words, "--json") != NULL && !is_json(run))
        outcome_fault(&judged->outcome, FAULT_CODE, "exit 0, but the output is no JSON");
}

// The sandbox that was made is told, and is not made again.
static void judge_new(struct judged *judged, const struct run *run)
{
    size_t count = 0, made = 0;
    const struct exchange *log = proxy_log(judged->bench->proxy, &count);
    const struct exchange *last = proxy_last(judged->bench->proxy, CALL_NEW);
    for (size_t i = 0; i < count; i++)
        made += log[i].call == CALL_NEW && log[i].status == 201 ? 1 : 0;
    if (made > 1)
        outcome_fault(&judged->outcome, FAULT_REPEAT, "a sandbox was created %zu times", made);
    if (!must_be_yes(last, 201) || !core_is_right(judged, CALL_NEW))
        return;
    cJSON *tree = cJSON_Parse(last->body);
    const char *id = text_of(tree, "id");
    if (run->code != 0 || id == NULL || strstr(run->out, id) == NULL)
        outcome_fault(&judged->outcome, FAULT_LOST, "exit %d, and the new sandbox is not told", run->code);
    cJSON_Delete(tree);
}

// --- lists ---

static const cJSON *row_of(const cJSON *list, const char *sandbox)
{
    const cJSON *row = NULL;
    cJSON_ArrayForEach(row, list)
    {
        const char *id = text_of(row, "id");
        if (id != NULL && strcmp(id, sandbox) == 0)
            return row;
    }
    return NULL;
}

// Each sandbox of an answer that could be understood is in the list.
static void judge_sandboxes(struct judged *judged, const struct run *run)
{
    const struct exchange *told = proxy_last(judged->bench->proxy, CALL_LIST);
    const char *field = altered_field(judged, CALL_LIST);
    if (!must_be_yes(told, 200) || strcmp(field, "items") == 0)
        return;
    bool first_too = strcmp(field, "items.0") != 0 && strcmp(field, "items.0.id") != 0;
    cJSON *list = cJSON_Parse(run->out), *tree = cJSON_Parse(told->body);
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(tree, "items");
    for (int i = first_too ? 0 : 1; i < cJSON_GetArraySize(items); i++) {
        const char *id = text_of(cJSON_GetArrayItem(items, i), "id");
        if (id != NULL && row_of(list, id) == NULL)
            outcome_fault(&judged->outcome, FAULT_LOST, "the sandbox %s is not in the list",
                          i == 0 ? "altered" : "beside it");
    }
    cJSON_Delete(tree);
    cJSON_Delete(list);
}

void verdict_list(struct judged *judged, const struct run *run)
{
    cJSON *list = cJSON_Parse(run->out);
    const cJSON *access = cJSON_GetObjectItemCaseSensitive(row_of(list, judged->owner), "access");
    const cJSON *one = NULL;
    bool found = false, right = false;
    if (run->code != 0)
        outcome_fault(&judged->outcome, FAULT_LOST, "the list can't be had after it: exit %d, %.200s",
                      run->code, run->err);
    cJSON_ArrayForEach(one, access)
    {
        const char *id = text_of(one, "id"), *password = text_of(one, "password");
        if (id == NULL || strcmp(id, judged->id) != 0)
            continue;
        found = true;
        right = right || (password != NULL && strcmp(password, judged->password) == 0);
    }
    if (judged->must_have && !found)
        outcome_fault(&judged->outcome, FAULT_LOST, "the credential is not in the list");
    else if (judged->must_have && !right)
        outcome_fault(&judged->outcome, FAULT_LOST, "the credential is in the list without its password");
    if (judged->must_have_any && !judged->must_have && cJSON_GetArraySize(access) == 0)
        outcome_fault(&judged->outcome, FAULT_LOST, "nothing says that there may be a credential");
    cJSON_Delete(list);
}

// --- what has to be found again ---

static void must_have(struct judged *judged, const struct exchange *exchange)
{
    cJSON *tree = exchange->body != NULL ? cJSON_Parse(exchange->body) : NULL;
    const char *id = text_of(tree, "id"), *password = text_of(tree, "password");
    judged->must_have = id != NULL && password != NULL;
    if (judged->must_have) {
        (void)snprintf(judged->id, sizeof judged->id, "%s", id);
        (void)snprintf(judged->password, sizeof judged->password, "%s", password);
    }
    cJSON_Delete(tree);
}

static bool is_gone(const struct exchange *deleted)
{
    int status = deleted->wire.status;
    return !deleted->wire.lost && (status / 100 == 2 || status == 404 || status == 410);
}

// From the turn's log: which credential the vault must have now.
void verdict_demands(struct judged *judged)
{
    size_t count = 0, creates = 0;
    const struct exchange *log = proxy_log(judged->bench->proxy, &count);
    for (size_t i = 0; i < count; i++) {
        const struct exchange *exchange = &log[i];
        bool makes = exchange->call == CALL_CREATE || exchange->call == CALL_REGEN;
        int wanted = exchange->call == CALL_CREATE ? 201 : 200;
        if (exchange->call == CALL_DELETE && exchange->passed) {
            judged->must_have = judged->must_have && !is_gone(exchange);
            judged->must_have_any = false;
        }
        if (!makes || !exchange->passed || exchange->status != wanted)
            continue;
        creates += exchange->call == CALL_CREATE ? 1 : 0;
        if (creates > 1 && exchange->call == CALL_CREATE)
            outcome_fault(&judged->outcome, FAULT_REPEAT, "create was sent again after %d",
                          log[i - 1].wire.status);
        judged->must_have = false;
        // A 429 or a redirect that arrived says that nothing was done.
        judged->must_have_any =
            exchange->wire.status < 200 || (exchange->wire.lost && exchange->wire.status / 100 == 2);
        (void)snprintf(judged->owner, sizeof judged->owner, "%.*s",
                       (int)strcspn(exchange->path + strlen("/v1/sandbox/"), "/"),
                       exchange->path + strlen("/v1/sandbox/"));
        if (must_be_yes(exchange, wanted) && core_is_right(judged, exchange->call))
            must_have(judged, exchange);
    }
}

// --- the whole ---

void verdict_run(struct judged *judged, const struct run *run, bool show_password)
{
    verdict_secrets(judged);
    if (run->hung)
        outcome_fault(&judged->outcome, FAULT_HANG, "does not end in %d ms", run->ms);
    if (run->signal != 0)
        outcome_fault(&judged->outcome, FAULT_CRASH, "ended by signal %d", run->signal);
    if (judged->scenario->verb != VERB_SSH || run->code != 0)
        verdict_output(judged, run->out, run->out_length, "stdout", show_password);
    verdict_output(judged, run->err, run->err_length, "stderr", false);
    if (run->hung || run->signal != 0)
        return;
    judge_code(judged, run);
    if (judged->scenario->verb == VERB_NEW)
        judge_new(judged, run);
    if (judged->scenario->verb == VERB_LS && strstr(judged->scenario->words, "--json") != NULL)
        judge_sandboxes(judged, run);
}
