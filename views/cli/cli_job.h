// SPDX-License-Identifier: Apache-2.0
//
// cli_job: run one verb: its loop, the service, what is waited for, and the exit code.

#ifndef SBXDECK_VIEWS_CLI_CLI_JOB_H
#define SBXDECK_VIEWS_CLI_CLI_JOB_H

#include "api/config/config.h"
#include "api/service/credential_service.h"
#include "views/cli/cli_output.h"
#include "views/cli/cli_signals.h"
#include "views/cli/cli_verb.h"

// The program could not begin, or a question (VERB_ANSWERS) could not be answered.
enum { CLI_EXIT_NO_ANSWER = 9, CLI_KNOWN_CAP = 512 };

struct cli_job_memory;

struct cli_job {
    const struct cli_verb *verb;
    struct cli_arguments arguments;
    uv_loop_t *loop;
    struct config config;
    struct credential_service *service;
    char sandbox_id[ID_CAP]; // resolved, for verbs with a SANDBOX
    void *state;             // the verb's own, of cli_job_state
    // For a verb that stays: the service's events. NULL: none are wanted, and a broken vault ends the verb.
    void (*changed)(struct cli_job *job);
    void (*trouble)(struct cli_job *job, const struct failure *why);
    void (*written)(struct cli_job *job); // some of its lines are; NULL: not asked for
    void (*ended)(struct cli_job *job);   // closes what the verb has on the loop; before the service goes
    uv_timer_t retry;                     // of a verb that stays: asks again for the fleet
    int retry_ms;                         // 0: not begun
    struct cli_signals signals;
    char known[CLI_KNOWN_CAP];   // what is said when one comes
    struct cli_output *output;   // of a verb that stays
    struct cli_job_memory *kept; // of cli_job_alloc
    int exit_code;
    bool finished;
    bool without_vault; // which has been said
};

// The settings and the keys, as the operator has set them. Returns 0, or the exit code of what is wrong with
// them, which has been said.
int cli_load_settings(struct config *config);
// Returns the exit code.
int cli_job_run(const struct cli_verb *verb, const struct cli_arguments *arguments);

// The first call counts.
void cli_finish(struct cli_job *job, int exit_code);
// Prints the failure and finishes with its exit code.
void cli_fail(struct cli_job *job, const struct failure *why);
// For what comes back from the service: true when there is nothing to go on with: the verb is over already
// (by a signal, which has been said), or this was a failure and is now reported.
bool cli_failed(struct cli_job *job, const struct failure *why);
// From here on Ctrl-C and the like end the verb with 128 + the signal and say what is then known. What the
// service has under way comes to its end.
void cli_interruptible(struct cli_job *job, const char *known, ...) __attribute__((format(printf, 2, 3)));

// Zeroed memory that stays until the loop has run out, for handles and callbacks that outlive the verb's end.
// NULL: none is left, and the verb has failed.
void *cli_job_alloc(struct cli_job *job, size_t size);
// The same, as job->state.
void *cli_job_state(struct cli_job *job, size_t size);

// For a verb that stays: writes a line at once and holds nobody up. The job is finished when it can't be
// written any more, or its reader has gone.
void cli_line(struct cli_job *job, const char *text);

#endif
