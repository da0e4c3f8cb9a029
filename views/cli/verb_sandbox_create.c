// SPDX-License-Identifier: Apache-2.0
//
// cli_sandbox: the verbs on sandboxes themselves. A create is sent once: when its answer is lost, that is
// said and nothing is sent again.

#include "api/base/utf8.h"
#include "tui/base/text.h"
#include "views/cli/cli.h"
#include "views/cli/cli_json.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_json(struct cli_job *job, cJSON *tree)
{
    const struct failure why = {.status = STATUS_NO_MEMORY};
    if (json_output_print(stdout, tree, true))
        cli_finish(job, 0);
    else
        cli_fail(job, job->verb->name, &why);
}

// --- moves ---

static void moved(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    const struct fleet_row *row = cli_row(job);
    char state[4 * STATE_CAP];
    if (job->finished) // by a signal, which has been said
        return;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    const char *name = row != NULL ? sandbox_state_text(&row->sandbox) : "deleted";
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "id", job->sandbox_id);
        (void)cJSON_AddStringToObject(tree, "state", name);
        print_json(job, tree);
        return;
    }
    (void)display(name, strlen(name), state, sizeof state);
    (void)printf("%s: %s\n", job->sandbox_id, state);
    cli_finish(job, 0);
}

static void begin_move(struct cli_job *job, enum sandbox_move move)
{
    char known[ID_CAP + 128];
    (void)snprintf(known, sizeof known, "%s may %s all the same (check with sbxdeck ls)", job->sandbox_id,
                   move == MOVE_DELETE ? "be deleted" : sandbox_move_name(move));
    cli_interruptible(job, known);
    service_move(job->service, job->sandbox_id, move, moved, job);
}

void cli_start(struct cli_job *job)
{
    const struct fleet_row *row = cli_row(job);
    bool paused = row->sandbox.state == SANDBOX_paused;
    if (paused && isatty(STDERR_FILENO) != 0)
        (void)fprintf(stderr, "sbxdeck: %s is paused: waking it\n", job->sandbox_id);
    begin_move(job, paused ? MOVE_WAKE : MOVE_START);
}

void cli_stop(struct cli_job *job)
{
    begin_move(job, MOVE_STOP);
}

void cli_pause(struct cli_job *job)
{
    begin_move(job, MOVE_PAUSE);
}

void cli_sandbox_delete(struct cli_job *job)
{
    char does[ID_CAP + 64];
    (void)snprintf(does, sizeof does, "deletes %s with its disk and every credential of it", job->sandbox_id);
    if (cli_is_meant(job, does, job->sandbox_id))
        begin_move(job, MOVE_DELETE);
}

// --- create ---

static void print_line(const char *name, const char *value)
{
    char shown[4 * TEMPLATE_CAP];
    if (value[0] != '\0')
        (void)printf("%-9s %s\n", name, display(value, strlen(value), shown, sizeof shown));
}

static void made(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct cli_job *job = ctx;
    if (job->finished) // by a signal, which has been said
        return;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
    } else if (job->arguments.json) {
        print_json(job, cli_json_new_sandbox(sandbox));
    } else {
        print_line("sandbox", sandbox->id);
        print_line("state", sandbox_state_text(sandbox));
        print_line("template", sandbox->template_id);
        (void)printf("%-9s sbxdeck ssh %s\n", "shell", sandbox->id);
        cli_finish(job, 0);
    }
}

static bool is_utf8(const char *text)
{
    while (*text != '\0' && utf8_length(text) > 0)
        text += utf8_length(text);
    return *text == '\0';
}

// NAME=VALUE of an --env; NULL: why says what is wrong with it. The caller's to free.
static char *env_pair(const char *given, struct failure *why)
{
    char *pair = NULL;
    bool whole = strchr(given, '=') != NULL;
    const char *here = whole ? "" : getenv(given);
    int length = (int)strcspn(given, "=");
    if (here == NULL)
        (void)advise(why, fail(why, STATUS_BAD_ARGUMENT, "--env: %s is not set here", given),
                     "set it, or give %.100s=VALUE", given);
    else if (!is_utf8(given) || !is_utf8(here))
        (void)advise(why,
                     fail(why, STATUS_BAD_ARGUMENT, "--env: the value of %.*s is not UTF-8", length, given),
                     "the API accepts only text: encode it");
    else if (asprintf(&pair, "%s%s%s", given, whole ? "" : "=", here) < 0)
        (void)fail(why, STATUS_NO_MEMORY, "no memory for --env");
    else
        return pair;
    return NULL;
}

void cli_sandbox_create(struct cli_job *job)
{
    const struct cli_arguments *arguments = &job->arguments;
    char *env[CLI_ENV_MAX + 1] = {NULL};
    struct failure why;
    int count = 0;
    while (count < arguments->env_count && (env[count] = env_pair(arguments->env[count], &why)) != NULL)
        count++;
    const struct leap0_new_sandbox wanted = {.template_name = arguments->template_name,
                                             .vcpu = arguments->vcpu,
                                             .memory_mib = arguments->memory_mib,
                                             .timeout_s = arguments->timeout_s,
                                             .auto_pause = arguments->auto_pause,
                                             .env = (const char *const *)env};
    if (count == arguments->env_count) {
        cli_interruptible(
            job, "it is not known whether a sandbox was made (check with sbxdeck ls before you try again)");
        service_sandbox_create(job->service, &wanted, made, job);
    } else {
        cli_fail(job, job->verb->name, &why);
    }
    while (count > 0)
        free(env[--count]);
}
