// SPDX-License-Identifier: Apache-2.0
//
// verb_access_import: `access import`: take in a credential that was made elsewhere, from the API's own
// access object on stdin or from prompts on a terminal. The password is never an argument, and is in locked
// memory as soon as it is read.

#include "api/base/file_util.h"
#include "api/base/json.h"
#include "api/base/time_util.h"
#include "views/cli/cli_ask.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_CAP = 64 * 1024 };

static const char wanted[] = "expected the API's response to a create, as JSON";

static enum status bad(struct failure *why, const char *what, const char *advice)
{
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "%s", what), "%s", advice);
}

// --- an access object on standard input -----------------------------------------------------

static enum status read_stdin(struct bytebuf *text, struct failure *why)
{
    enum status status = file_read_all(STDIN_FILENO, text);
    if (status == STATUS_STORE_FAILED)
        return fail(why, STATUS_BAD_ARGUMENT, "standard input: %s", strerror(errno));
    if (status == STATUS_TOO_LARGE)
        return advise(why, fail(why, status, "stdin has more than %d bytes", INPUT_CAP), "%s", wanted);
    return status == STATUS_OK ? status : fail(why, status, "no memory");
}

static enum status from_stdin(struct access *access, struct failure *why)
{
    struct bytebuf text = BYTEBUF(INPUT_CAP);
    cJSON *json = NULL;
    enum status status = read_stdin(&text, why);
    if (status == STATUS_OK && text.length == 0)
        status = bad(why, "stdin is empty", wanted);
    if (status == STATUS_OK && json_parse(text.data, text.length, &json, why) != STATUS_OK)
        status = bad(why, "stdin is not JSON", wanted);
    bytebuf_free(&text);
    if (status != STATUS_OK)
        return status;
    status = access_from_json(json, access, why);
    if (status == STATUS_MALFORMED) {
        const struct failure told = *why;
        status = advise(why, fail(why, STATUS_BAD_ARGUMENT, "standard input: %s", failure_text(&told)), "%s",
                        wanted);
    }
    cJSON *password = cJSON_GetObjectItemCaseSensitive(json, "password");
    if (cJSON_IsString(password))
        sodium_memzero(password->valuestring, strlen(password->valuestring));
    cJSON_Delete(json);
    return status;
}

// --- prompts on a terminal ----------------------------------------------------------------

static enum status from_questions(struct access *access, struct failure *why)
{
    char line[CLI_ANSWER_CAP];
    enum status status = STATUS_OK;
    memset(access, 0, sizeof *access);
    if (!cli_ask_line("Credential id", line))
        return fail(why, STATUS_CANCELLED, "nothing was imported");
    if (!id_is_valid(line))
        return fail(why, STATUS_BAD_ARGUMENT, "'%.80s' is not a credential id", line);
    (void)snprintf(access->id, sizeof access->id, "%.*s", ID_CAP - 1, line);
    if (!cli_ask_line("Expires at (like 2026-01-31T12:00:00Z; empty if not known)", line))
        return fail(why, STATUS_CANCELLED, "nothing was imported");
    if (line[0] != '\0' && !time_parse_rfc3339(line, &access->expires_at))
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.80s' is not a time", line),
                      "write it as 2026-01-31T12:00:00Z");
    if (!cli_ask_secret("Password", &access->password))
        status = fail(why, STATUS_CANCELLED, "no password, nothing was imported");
    return status;
}

// --- what is meant --------------------------------------------------------------------------

static enum status choose_sandbox(struct cli_job *job, struct access *access, struct failure *why)
{
    const struct fleet *fleet = service_fleet(job->service);
    const struct fleet_row *row = NULL;
    bool given = job->arguments.value_count > 0;
    if (!given && access->sandbox_id[0] == '\0')
        return bad(why, "its sandbox is missing", "name the sandbox: sbxdeck access import SANDBOX");
    enum status status =
        fleet_resolve(fleet, given ? job->arguments.values[0] : access->sandbox_id, &row, why);
    if (status != STATUS_OK)
        return status;
    if (access->sandbox_id[0] != '\0' && strcmp(access->sandbox_id, row->sandbox.id) != 0)
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT, "the credential belongs to %s, not to %s",
                           access->sandbox_id, row->sandbox.id),
                      "leave the name out");
    (void)snprintf(access->sandbox_id, sizeof access->sandbox_id, "%s", row->sandbox.id);
    (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", row->sandbox.id);
    return STATUS_OK;
}

static enum status check(const struct access *access, struct failure *why)
{
    if (access->id[0] == '\0')
        return bad(why, "the access object has no id", wanted);
    if (access->password == NULL)
        return bad(why, "the access object has no password", "it is shown only once, at create");
    return STATUS_OK;
}

static void on_imported(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct cli_job *job = ctx;
    if (cli_failed(job, why))
        return;
    cli_target_keep_names(job);
    cli_complain_unparsed(job->verb->name, &credential->unparsed);
    verb_validate_one(job, credential);
}

void verb_access_import(struct cli_job *job)
{
    struct access access = {.id = ""};
    struct failure why = {.status = STATUS_OK};
    enum status status =
        isatty(STDIN_FILENO) != 0 ? from_questions(&access, &why) : from_stdin(&access, &why);
    if (status == STATUS_OK)
        status = check(&access, &why);
    if (status == STATUS_OK)
        status = choose_sandbox(job, &access, &why);
    if (status == STATUS_OK)
        service_import(job->service, &access, on_imported, job);
    else
        cli_fail(job, &why);
    access_clear(&access);
}
