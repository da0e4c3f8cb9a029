// SPDX-License-Identifier: Apache-2.0
//
// verb_names: `names export` and `names import`: all names, notes and pins as JSON, from the vault and into
// it. What is imported is checked as a whole before anything is changed. Nothing is asked of the server.

#include "api/base/bytebuf.h"
#include "api/base/file_util.h"
#include "api/base/json.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char wanted[] = "expected what sbxdeck names export prints";

// --- export -------------------------------------------------------------------------------

static void on_read(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    const char *sandbox_id = NULL;
    if (cli_failed(job, why))
        return;
    const struct label_map *labels = fleet_labels(service_fleet(job->service));
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < label_map_count(labels); i++) {
        const struct sandbox_label *label = label_map_at(labels, i, &sandbox_id);
        cJSON *object = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(object, "sandbox_id", sandbox_id);
        cli_json_add_label(object, label);
        (void)cJSON_AddItemToArray(array, object);
    }
    cli_result_json(job, array, 0);
}

void verb_names_export(struct cli_job *job)
{
    service_read(job->service, on_read, job);
}

// --- import: reading ----------------------------------------------------------------------

static enum status read_stdin(cJSON **out, struct failure *why)
{
    struct bytebuf text = BYTEBUF(JSON_BYTES_MAX);
    enum status status = file_read_all(STDIN_FILENO, &text);
    if (status == STATUS_STORE_FAILED)
        status = fail(why, STATUS_BAD_ARGUMENT, "stdin: %s", strerror(errno));
    else if (status == STATUS_TOO_LARGE)
        status = advise(why, fail(why, STATUS_BAD_ARGUMENT, "stdin has more than %d bytes", JSON_BYTES_MAX),
                        "%s", wanted);
    else if (status != STATUS_OK)
        status = fail(why, status, "no memory");
    else if ((status = json_parse(text.data, text.length, out, why)) == STATUS_TOO_LARGE)
        status = advise(why,
                        fail(why, STATUS_BAD_ARGUMENT, "stdin has more than %d values, or is nested too deep",
                             JSON_VALUES_MAX),
                        "import it in parts");
    else if (status != STATUS_OK)
        status = advise(why, fail(why, STATUS_BAD_ARGUMENT, "stdin is not JSON"), "%s", wanted);
    else if (!cJSON_IsArray(*out))
        status = advise(why, fail(why, STATUS_BAD_ARGUMENT, "stdin is not an array"), "%s", wanted);
    bytebuf_free(&text);
    return status;
}

// The number of the entry in front of what is wrong with it.
static enum status in_entry(size_t index, const struct failure *told, struct failure *why)
{
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "entry %zu: %s", index + 1, failure_text(told)), "%s",
                  told->advice[0] != '\0' ? told->advice : wanted);
}

// The texts of any length: what is too long is to be told as such.
static enum status take_text(const cJSON *item, const char *name, const char **out, struct failure *why)
{
    bool twice = false;
    const cJSON *member = json_member(item, name, &twice);
    *out = "";
    if (twice)
        return fail(why, STATUS_BAD_ARGUMENT, "%s stands there twice", name);
    if (member != NULL && !cJSON_IsString(member))
        return fail(why, STATUS_BAD_ARGUMENT, "%s is not a text", name);
    if (member != NULL)
        *out = member->valuestring;
    return STATUS_OK;
}

static enum status read_entry(const cJSON *item, struct labelled_sandbox *out, struct failure *why)
{
    const char *id = "", *name = "", *note = "";
    if (!cJSON_IsObject(item))
        return fail(why, STATUS_BAD_ARGUMENT, "not an object");
    enum status status = take_text(item, "sandbox_id", &id, why);
    if (status == STATUS_OK && !id_is_valid(id))
        status = fail(why, STATUS_BAD_ARGUMENT, "sandbox_id '%.80s' can't be an id", id);
    if (status == STATUS_OK)
        status = take_text(item, "name", &name, why);
    if (status == STATUS_OK && name[0] != '\0')
        status = sandbox_label_check_name(name, why);
    if (status == STATUS_OK)
        status = take_text(item, "note", &note, why);
    if (status == STATUS_OK)
        status = sandbox_label_check_note(note, why);
    if (status == STATUS_OK && !json_get_bool(item, "pinned", &out->label.pinned))
        status = fail(why, STATUS_BAD_ARGUMENT, "pinned is neither true nor false");
    if (status != STATUS_OK)
        return status;
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", id);
    (void)snprintf(out->label.name, sizeof out->label.name, "%s", name);
    (void)snprintf(out->label.note, sizeof out->label.note, "%s", note);
    return STATUS_OK;
}

// --- import: what stands there twice ------------------------------------------------------

static int by_id(const void *a, const void *b)
{
    const struct labelled_sandbox *left = a, *right = b;
    return strcmp(left->sandbox_id, right->sandbox_id);
}

static int by_name(const void *a, const void *b)
{
    const struct labelled_sandbox *left = a, *right = b;
    return strcasecmp(left->label.name, right->label.name);
}

static enum status check_twice(struct labelled_sandbox *list, size_t count, struct failure *why)
{
    qsort(list, count, sizeof *list, by_id);
    for (size_t i = 1; i < count; i++)
        if (by_id(&list[i - 1], &list[i]) == 0)
            return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s stands there twice", list[i].sandbox_id),
                          "give each sandbox one entry");
    qsort(list, count, sizeof *list, by_name);
    for (size_t i = 1; i < count; i++)
        if (list[i].label.name[0] != '\0' && by_name(&list[i - 1], &list[i]) == 0)
            return advise(why,
                          fail(why, STATUS_BAD_ARGUMENT, "'%s' is the name of %s and of %s",
                               list[i].label.name, list[i - 1].sandbox_id, list[i].sandbox_id),
                          "give each sandbox a name of its own");
    return STATUS_OK;
}

// --- import -------------------------------------------------------------------------------

static void on_imported(void *ctx, const struct failure *why, size_t changed)
{
    struct cli_job *job = ctx;
    if (cli_failed(job, why))
        return;
    cli_target_keep_names(job);
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddNumberToObject(tree, "changed", (double)changed);
        cli_result_json(job, tree, 0);
        return;
    }
    (void)printf("%zu changed\n", changed);
    cli_finish(job, 0);
}

static enum status read_all(struct cli_job *job, const cJSON *array, struct labelled_sandbox **list,
                            size_t *count, struct failure *why)
{
    struct failure told = {.status = STATUS_OK};
    const cJSON *item = NULL;
    *list = cli_job_alloc(job, ((size_t)cJSON_GetArraySize(array) + 1) * sizeof **list);
    if (*list == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory");
    cJSON_ArrayForEach(item, array)
    {
        if (read_entry(item, &(*list)[*count], &told) != STATUS_OK)
            return in_entry(*count, &told, why);
        ++*count;
    }
    return check_twice(*list, *count, why);
}

void verb_names_import(struct cli_job *job)
{
    struct failure why = {.status = STATUS_OK};
    struct labelled_sandbox *list = NULL;
    cJSON *array = NULL;
    size_t count = 0;
    enum status status = read_stdin(&array, &why);
    if (status == STATUS_OK)
        status = read_all(job, array, &list, &count, &why);
    cJSON_Delete(array);
    if (status == STATUS_OK)
        service_import_labels(job->service, list, count,
                              job->arguments.force ? LABEL_IMPORT_FORCE : LABEL_IMPORT_STRICT, on_imported,
                              job);
    else
        cli_fail(job, &why);
}
