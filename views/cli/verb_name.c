// SPDX-License-Identifier: Apache-2.0
//
// verb_name: `name`, `note`, `pin` and `unpin`: show or change what the operator calls a sandbox. The server
// is asked for the list only, to know which sandbox is meant; one that has a label is found without it.

#include "tui/base/text.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <string.h>

struct naming {
    struct label_change change;
    const char *doing; // "name": what is shown or changed
};

// --- what is printed ----------------------------------------------------------------------

static const char *part_of(const struct naming *naming, const struct sandbox_label *label)
{
    return naming->change.sets_note || strcmp(naming->doing, "note") == 0 ? label->note : label->name;
}

static void print_json(struct cli_job *job, const struct sandbox_label *label)
{
    cJSON *tree = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(tree, "sandbox_id", job->sandbox_id);
    cli_json_add_label(tree, label);
    cli_result_json(job, tree, 0);
}

static void print_changed(struct cli_job *job, const struct sandbox_label *label)
{
    const struct naming *naming = job->state;
    const char *text = part_of(naming, label);
    char shown[4 * LABEL_NOTE_CAP];
    if (naming->change.sets_pin)
        (void)printf("%s: %s\n", job->sandbox_id, label->pinned ? "pinned" : "not pinned");
    else if (text[0] == '\0')
        (void)printf("%s: no %s\n", job->sandbox_id, naming->doing);
    else
        (void)printf("%s: %s %s\n", job->sandbox_id, naming->doing,
                     display(text, strlen(text), shown, sizeof shown));
    cli_finish(job, 0);
}

static void show(struct cli_job *job)
{
    static const struct sandbox_label none = {.name = ""};
    const struct naming *naming = job->state;
    const struct sandbox_label *label = fleet_label(service_fleet(job->service), job->sandbox_id);
    char shown[4 * LABEL_NOTE_CAP];
    struct failure why;
    if (label == NULL)
        label = &none;
    const char *text = part_of(naming, label);
    if (job->arguments.json) {
        print_json(job, label);
    } else if (text[0] == '\0') {
        (void)advise(&why, fail(&why, STATUS_NOT_FOUND, "%s has no %s", job->sandbox_id, naming->doing),
                     "sbxdeck %s %s TEXT gives it one", naming->doing, job->sandbox_id);
        cli_fail(job, &why);
    } else {
        (void)puts(display(text, strlen(text), shown, sizeof shown));
        cli_finish(job, 0);
    }
}

static void on_changed(void *ctx, const struct failure *why, const struct sandbox_label *before,
                       const struct sandbox_label *after)
{
    struct cli_job *job = ctx;
    (void)before;
    if (cli_failed(job, why))
        return;
    cli_target_keep_names(job);
    if (job->arguments.json)
        print_json(job, after);
    else
        print_changed(job, after);
}

// --- which sandbox ------------------------------------------------------------------------

// It has a label: whatever the list says of it, that can be changed.
static const char *labelled(const struct cli_job *job, const char *text)
{
    const struct fleet *fleet = service_fleet(job->service);
    return fleet_label(fleet, text) != NULL ? text : label_map_named(fleet_labels(fleet), text);
}

static enum status resolve(struct cli_job *job, const struct failure *list, struct failure *why)
{
    const struct fleet *fleet = service_fleet(job->service);
    const char *text = job->arguments.values[0], *id = labelled(job, text);
    const struct fleet_row *row = NULL;
    enum status status = list->status;
    *why = *list;
    if (status == STATUS_OK)
        status = fleet_resolve(fleet, text, &row, why);
    if (row != NULL && status == STATUS_OK)
        id = row->sandbox.id;
    else if (id == NULL || (status != STATUS_NOT_FOUND && list->status == STATUS_OK))
        return status;
    (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", id);
    return STATUS_OK;
}

static void on_list(void *ctx, const struct failure *list)
{
    struct cli_job *job = ctx;
    const struct naming *naming = job->state;
    struct failure why = {.status = STATUS_OK};
    if (job->finished)
        return;
    if (resolve(job, list, &why) != STATUS_OK)
        cli_fail(job, &why);
    else if (naming->change.sets_name || naming->change.sets_note || naming->change.sets_pin)
        service_change_label(job->service, job->sandbox_id, &naming->change, on_changed, job);
    else
        show(job);
}

static struct naming *begin(struct cli_job *job, const char *doing)
{
    struct naming *naming = cli_job_state(job, sizeof *naming);
    if (naming != NULL)
        naming->doing = doing;
    return naming;
}

static void go_on(struct cli_job *job, const struct failure *why)
{
    if (why->status != STATUS_OK)
        cli_fail(job, why);
    else
        service_refresh(job->service, on_list, job);
}

// --- the verbs ----------------------------------------------------------------------------

void verb_name(struct cli_job *job)
{
    struct naming *naming = begin(job, "name");
    struct failure why = {.status = STATUS_OK};
    if (naming == NULL)
        return;
    if (job->arguments.value_count > 1) {
        const char *text = job->arguments.values[1];
        naming->change.sets_name = true;
        if (text[0] == '\0' || sandbox_label_check_name(text, &why) == STATUS_OK)
            (void)snprintf(naming->change.to.name, sizeof naming->change.to.name, "%s", text);
    }
    go_on(job, &why);
}

void verb_note(struct cli_job *job)
{
    struct naming *naming = begin(job, "note");
    struct failure why = {.status = STATUS_OK};
    if (naming == NULL)
        return;
    if (job->arguments.value_count > 1) {
        const char *text = job->arguments.values[1];
        naming->change.sets_note = true;
        if (sandbox_label_check_note(text, &why) == STATUS_OK)
            (void)snprintf(naming->change.to.note, sizeof naming->change.to.note, "%s", text);
    }
    go_on(job, &why);
}

static void set_pin(struct cli_job *job, bool pinned)
{
    const struct failure fine = {.status = STATUS_OK};
    struct naming *naming = begin(job, "pin");
    if (naming == NULL)
        return;
    naming->change.sets_pin = true;
    naming->change.to.pinned = pinned;
    go_on(job, &fine);
}

void verb_pin(struct cli_job *job)
{
    set_pin(job, true);
}

void verb_unpin(struct cli_job *job)
{
    set_pin(job, false);
}
