// SPDX-License-Identifier: Apache-2.0
//
// verb_sandbox_move: `start`, `stop`, `pause` and `sandbox delete`: move a sandbox to another state.

#include "tui/base/text.h"
#include "views/cli/cli_ask.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void moved(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    const struct fleet_row *row = cli_target_row(job);
    char state[4 * STATE_CAP];
    if (cli_failed(job, why))
        return;
    if (job->verb->start == verb_sandbox_delete)
        cli_target_keep_names_without(job, job->sandbox_id);
    const char *name = row != NULL ? fleet_state_text(row) : "deleted";
    if (job->arguments.json) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "id", job->sandbox_id);
        (void)cJSON_AddStringToObject(tree, "state", name);
        cli_result_json(job, tree, 0);
        return;
    }
    (void)display(name, strlen(name), state, sizeof state);
    (void)printf("%s: %s\n", job->sandbox_id, state);
    cli_finish(job, 0);
}

static void begin_move(struct cli_job *job, enum sandbox_move move)
{
    cli_interruptible(job, "%s may %s all the same (check with sbxdeck ls)", job->sandbox_id,
                      move == MOVE_DELETE ? "be deleted" : sandbox_move_name(move));
    service_move(job->service, job->sandbox_id, move, moved, job);
}

void verb_sandbox_start(struct cli_job *job)
{
    const struct fleet_row *row = cli_target_row(job);
    bool paused = row->sandbox.state == SANDBOX_paused;
    if (paused)
        cli_tell("%s is paused: waking it", job->sandbox_id);
    begin_move(job, paused ? MOVE_WAKE : MOVE_START);
}

void verb_sandbox_stop(struct cli_job *job)
{
    begin_move(job, MOVE_STOP);
}

void verb_sandbox_pause(struct cli_job *job)
{
    begin_move(job, MOVE_PAUSE);
}

// Nobody reads what is asked: the beginning of a name may be the whole name of one that is no more.
static bool is_too_short(struct cli_job *job)
{
    const char *text = job->arguments.values[0], *name = fleet_row_name(cli_target_row(job));
    struct failure why;
    if (!job->arguments.yes || strncmp(job->sandbox_id, text, strlen(text)) == 0 ||
        strcasecmp(name, text) == 0)
        return false;
    (void)advise(&why,
                 fail(&why, STATUS_BAD_ARGUMENT, "'%.80s' is only how the name %s of %s begins", text, name,
                      job->sandbox_id),
                 "with --yes give the whole name, or the id");
    cli_fail(job, &why);
    return true;
}

void verb_sandbox_delete(struct cli_job *job)
{
    char does[ID_CAP + 64];
    if (is_too_short(job))
        return;
    (void)snprintf(does, sizeof does, "deletes %s with its disk and every credential of it", job->sandbox_id);
    if (cli_ask_confirm(job, does, job->sandbox_id))
        begin_move(job, MOVE_DELETE);
}
