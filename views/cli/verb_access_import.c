// SPDX-License-Identifier: Apache-2.0
//
// cli_import: takes in a credential that was made elsewhere, by the API's own access object on standard input
// or by questions on a terminal. The password is never an argument, and is in locked memory as soon as it is
// read.

#include "api/base/file_util.h"
#include "api/base/json.h"
#include "api/base/server_time.h"
#include "views/cli/cli.h"
#include "views/cli/cli_terminal.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_CAP = 64 * 1024, ANSWER_CAP = SECRET_MAX + 2 };

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

// --- questions on a terminal ----------------------------------------------------------------

// A line without its end. False: the end of input, or the operator gave up.
static bool answer(const char *question, char line[ANSWER_CAP])
{
    (void)fprintf(stderr, "%s: ", question);
    if (fgets(line, ANSWER_CAP, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

// Typed without being shown, byte by byte: the terminal is raw meanwhile.
static bool hidden_answer(const char *question, char line[ANSWER_CAP])
{
    enum {
        CTRL_C = 3,
        CTRL_D = 4,
        BACKSPACE = 8,
        CTRL_U = 21,
        CTRL_Z = 26,
        CTRL_BACKSLASH = 28,
        DELETE = 127
    };
    size_t length = 0;
    char byte = 0;
    bool done = false;
    // Before it is asked: who types at once must not see it either.
    if (!terminal_raw())
        return false;
    (void)fprintf(stderr, "%s (not shown): ", question);
    while (!done && read(STDIN_FILENO, &byte, 1) == 1 && byte != CTRL_C && byte != CTRL_D) {
        done = byte == '\r' || byte == '\n';
        if (byte == BACKSPACE || byte == DELETE) {
            length -= length > 0 ? 1 : 0;
        } else if (byte == CTRL_U) {
            length = 0;
        } else if (byte == CTRL_Z || byte == CTRL_BACKSLASH) { // what the terminal does when it is not raw
            (void)kill(0, byte == CTRL_Z ? SIGTSTP : SIGQUIT);
            (void)fprintf(stderr, "%s (not shown): ", question);
        } else if (!done && length + 1 < ANSWER_CAP) {
            line[length++] = byte;
        }
    }
    line[length] = '\0';
    terminal_restore();
    (void)fputc('\n', stderr);
    return done;
}

bool cli_ask_secret(const char *question, struct secret **secret)
{
    static char line[ANSWER_CAP];
    *secret = NULL;
    if (isatty(STDIN_FILENO) != 0 && hidden_answer(question, line) && line[0] != '\0')
        *secret = secret_new(line, strlen(line));
    sodium_memzero(line, sizeof line);
    return *secret != NULL;
}

static enum status from_questions(struct access *access, struct failure *why)
{
    char line[ANSWER_CAP];
    enum status status = STATUS_OK;
    memset(access, 0, sizeof *access);
    if (!answer("Credential id", line))
        return fail(why, STATUS_CANCELLED, "nothing was imported");
    if (!id_is_valid(line))
        return fail(why, STATUS_BAD_ARGUMENT, "'%.80s' is not a credential id", line);
    (void)snprintf(access->id, sizeof access->id, "%.*s", ID_CAP - 1, line);
    if (!answer("Expires at (like 2026-01-31T12:00:00Z; empty if not known)", line))
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
    if (why->status != STATUS_OK)
        cli_fail(job, job->verb->name, why);
    else {
        cli_tell_odd(job, &credential->odd);
        service_validate(job->service, credential->sandbox_id, credential->id, cli_validated, job);
    }
}

void cli_access_import(struct cli_job *job)
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
        cli_fail(job, job->verb->name, &why);
    access_clear(&access);
}
