// SPDX-License-Identifier: Apache-2.0
//
// verb_events: `events`: print the event log, the oldest first as in any log. It asks the vault alone, so
// that what happened can be read while nothing answers.

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/cli/cli_job.h"
#include "views/cli/verbs.h"
#include "views/log/log_export_file.h"
#include "views/log/log_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, LINE_CAP = 2048, SANDBOX_CAP = ID_CAP + LABEL_NAME_CAP + 4 };

static int longer(int width, const char *text)
{
    int length = (int)strlen(text); // ASCII by their grammar
    return length > width ? length : width;
}

// "sbx-1 (web)". Returns out.
static char *sandbox_of(const struct event *event, char out[SANDBOX_CAP])
{
    const bool named = event->name[0] != '\0';
    (void)snprintf(out, SANDBOX_CAP, "%s%s%s%s", event->sandbox_id, named ? " (" : "", event->name,
                   named ? ")" : "");
    return out;
}

static void print_lines(const struct event *list, size_t count)
{
    char at[LOG_TIME_CAP], sandbox[SANDBOX_CAP], outcome[EVENT_OUTCOME_CAP], took[16], line[LINE_CAP],
        shown[2 * LINE_CAP];
    int kinds = 0, sandboxes = 0, ids = 0, outcomes = 0;
    for (size_t i = 0; i < count; i++) {
        kinds = longer(kinds, event_title(list[i].kind, list[i].outcome));
        sandboxes = longer(sandboxes, sandbox_of(&list[i], sandbox));
        ids = longer(ids, list[i].id);
        outcomes = longer(outcomes, log_outcome(&list[i], outcome));
    }
    for (size_t i = count; i-- > 0;) {
        const struct event *event = &list[i];
        char session[32] = "";
        if (event->session > 0)
            (void)snprintf(session, sizeof session, "session %d", event->session - 1);
        int length = snprintf(line, sizeof line, "%s  %-*s  %-*s  %-*s  %-*s  %6s  %s%s%s", //
                              log_time_full(event->at, at), kinds, event_title(event->kind, event->outcome),
                              outcomes, log_outcome(event, outcome), sandboxes, sandbox_of(event, sandbox),
                              ids, event->id, log_took(event->duration_ms, took), session,
                              session[0] != '\0' && event->message[0] != '\0' ? ": " : "", event->message);
        while (length > 0 && length < LINE_CAP && line[length - 1] == ' ')
            line[--length] = '\0';
        (void)puts(display(line, strlen(line), shown, sizeof shown));
    }
}

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    struct cli_job *job = ctx;
    struct failure mine = {.status = STATUS_NO_MEMORY};
    if (!cli_failed(job, why)) {
        if (!job->arguments.json)
            print_lines(list, count);
        if (job->arguments.json && !log_print_json(stdout, list, count))
            cli_fail(job, &mine);
        else
            cli_finish(job, 0);
    }
    free(list);
}

void verb_events(struct cli_job *job)
{
    const struct cli_arguments *arguments = &job->arguments;
    struct event_query query = {
        .since_ms = arguments->since_ms, .kinds = arguments->kinds, .most = EVENT_LOG_KEPT};
    if (query.since_ms == 0)
        query.since_ms = time_wall_ms() - DAY_MS;
    if (arguments->value_count > 0)
        (void)snprintf(query.sandbox_id, sizeof query.sandbox_id, "%s", arguments->values[0]);
    service_events(job->service, &query, on_events, job);
}
