// SPDX-License-Identifier: Apache-2.0
//
// verb_ls: `ls` and `access ls`: list sandboxes and credentials, for people as a table and for scripts as
// JSON. Each line is made as it is printed, so that a long list takes no memory. The passwords that
// --show-password asks for are fetched from the vault before that, one after the other.

#include "api/base/time_util.h"
#include "api/fleet/deadline.h"
#include "tui/base/text.h"
#include "views/cli/cli_filter.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/cli_terminal.h"
#include "views/cli/verbs.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// One line of the list: a sandbox with one of its credentials, or with none.
struct line {
    const struct fleet_row *row;
    const struct credential *credential; // NULL: none
    struct deadline end;                 // the earlier of both clocks
    int64_t timeout_at;                  // that runs; 0 none
};

// A credential whose password is asked for.
struct wanted {
    int64_t vault_row;
    char sandbox_id[ID_CAP];
    struct secret *password; // NULL: it could not be had
};

struct listing {
    struct cli_job *job;
    const struct fleet_row **rows; // ended by NULL; NULL: all
    char (*ids)[ID_CAP];           // of rows, while passwords are waited for
    bool only;                     // the credentials of one sandbox
    struct wanted *wanted;
    size_t count;
    size_t next; // whose password comes next
    bool failed; // a password could not be had, which has been said
};

static const char *password_of(const struct listing *listing, const struct credential *credential)
{
    for (size_t i = 0; credential != NULL && i < listing->count; i++)
        if (listing->wanted[i].vault_row == credential->vault_row)
            return listing->wanted[i].password != NULL ? secret_text(listing->wanted[i].password) : NULL;
    return NULL;
}

// NULL beyond the end.
static const struct fleet_row *row_at(const struct listing *listing, size_t index)
{
    if (listing->rows != NULL)
        return listing->rows[index];
    return fleet_row(service_fleet(listing->job->service), index);
}

static size_t lines_of(const struct fleet_row *row)
{
    return row->credential_count > 0 ? row->credential_count : 1;
}

static struct line line_of(const struct fleet_row *row, size_t index, int64_t now)
{
    const struct credential *credential = row->credential_count > 0 ? &row->credentials[index] : NULL;
    return (struct line){.row = row,
                         .credential = credential,
                         .end = deadline_of(row, credential, now, NULL),
                         .timeout_at = deadline_timeout(row)};
}

// --- JSON ---

static cJSON *access_array(const struct listing *listing, const struct fleet_row *row, int64_t now)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < row->credential_count; i++)
        (void)cJSON_AddItemToArray(
            array,
            cli_json_credential(&row->credentials[i], password_of(listing, &row->credentials[i]), now));
    return array;
}

static cJSON *sandbox_object(const struct listing *listing, const struct fleet_row *row, int64_t now)
{
    cJSON *object = cli_json_sandbox(&row->sandbox, access_array(listing, row, now));
    cli_json_add_label(object, row->label);
    cli_json_add_timeout(object, deadline_timeout(row), now);
    size_t tools = 0;
    (void)service_tools(listing->job->service, row->sandbox.id, &tools);
    (void)cJSON_AddNumberToObject(object, "connected_tools", (double)tools);
    return object;
}

static void print_json(const struct listing *listing, int exit_code)
{
    const struct failure why = {.status = STATUS_NO_MEMORY};
    struct cli_job *job = listing->job;
    int64_t now = service_now(job->service);
    if (listing->only && row_at(listing, 0) != NULL) {
        cli_result_json(job, access_array(listing, row_at(listing, 0), now), exit_code);
        return;
    }
    bool good = true;
    size_t count = 0;
    for (const struct fleet_row *row = NULL; good && (row = row_at(listing, count)) != NULL; count++)
        good = json_output_print_item(stdout, sandbox_object(listing, row, now), count == 0);
    json_output_end_items(stdout, count == 0);
    if (good)
        cli_finish(job, exit_code);
    else
        cli_fail(job, &why);
}

// --- the table ---

enum { CELL_CAP = 160, BETWEEN = 2, UNKNOWN_TOLD_MAX = 3 };
enum {
    COLUMN_SANDBOX,
    COLUMN_NAME, // where any has one
    COLUMN_STATE,
    COLUMN_TEMPLATE,
    COLUMN_AGE,
    COLUMN_TIMEOUT,
    COLUMN_CREDENTIAL,
    COLUMN_ID,
    COLUMN_LEFT,
    COLUMN_FIRST,
    COLUMN_COUNT
};

struct cells {
    char text[COLUMN_COUNT][CELL_CAP];
};

static void put_span(char *out, int64_t ms, char *(*format)(int64_t, char[16]))
{
    char text[16];
    (void)snprintf(out, CELL_CAP, "%s", format(ms, text));
}

static void fill_sandbox(struct cells *cells, const struct line *line, int64_t now)
{
    const struct fleet_sandbox *sandbox = &line->row->sandbox;
    (void)display(sandbox->id, strlen(sandbox->id), cells->text[COLUMN_SANDBOX], CELL_CAP);
    (void)display(sandbox->state_name, strlen(sandbox->state_name), cells->text[COLUMN_STATE], CELL_CAP);
    (void)display(sandbox->template_id, strlen(sandbox->template_id), cells->text[COLUMN_TEMPLATE], CELL_CAP);
    if (sandbox->created_at > 0)
        put_span(cells->text[COLUMN_AGE], now - sandbox->created_at, time_format_age);
    if (line->timeout_at > now)
        put_span(cells->text[COLUMN_TIMEOUT], line->timeout_at - now, time_format_remaining);
    else if (line->timeout_at > 0)
        (void)snprintf(cells->text[COLUMN_TIMEOUT], CELL_CAP, "due");
}

static void fill_name(struct cells *cells, const struct sandbox_label *label)
{
    char text[LABEL_NAME_CAP + 16];
    if (label == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s%s%s", label->name,
                   label->name[0] != '\0' && label->pinned ? " " : "", label->pinned ? "(pinned)" : "");
    (void)display(text, strlen(text), cells->text[COLUMN_NAME], CELL_CAP);
}

static void fill_credential(struct cells *cells, const struct line *line, int64_t now)
{
    const struct credential *credential = line->credential;
    const enum credential_state state = credential_state(credential, now);
    (void)snprintf(cells->text[COLUMN_CREDENTIAL], CELL_CAP, "%s", credential_state_name(state));
    if (credential == NULL)
        return;
    if (credential->sealed_elsewhere || credential->damaged)
        (void)snprintf(cells->text[COLUMN_CREDENTIAL], CELL_CAP, "%s, %s", credential_state_name(state),
                       credential->damaged ? "damaged here" : "sealed with another key");
    (void)snprintf(cells->text[COLUMN_ID], CELL_CAP, "%s", credential->id[0] != '\0' ? credential->id : "?");
    if (credential_is_past_end(credential, now))
        (void)snprintf(cells->text[COLUMN_LEFT], CELL_CAP, "past end");
    else if (state == CREDENTIAL_invalid || state == CREDENTIAL_revoked)
        return; // nothing is left of it
    else if (credential->expires_at > 0)
        put_span(cells->text[COLUMN_LEFT], credential_remaining(credential, now), time_format_remaining);
    else if (credential_is_usable(credential, now))
        (void)snprintf(cells->text[COLUMN_LEFT], CELL_CAP, "unknown");
}

// Which clock, since another thing helps against each.
static void fill_first(struct cells *cells, const struct line *line, int64_t now)
{
    char left[TIME_SPAN_CAP];
    if (line->end.clock != DEADLINE_NONE)
        (void)snprintf(cells->text[COLUMN_FIRST], CELL_CAP, "%s %s", deadline_clock_name(line->end.clock),
                       time_format_remaining(line->end.at - now, left));
}

// A width of 0 leaves the column out: as many of them, the least needed first, as have no room. What ends
// first can be read from the two clocks' own columns, so that goes before them.
static void leave_out(int widths[COLUMN_COUNT])
{
    static const int least_needed[] = {COLUMN_TEMPLATE, COLUMN_AGE, COLUMN_FIRST, COLUMN_ID, COLUMN_TIMEOUT};
    int room = cli_terminal_columns();
    int total = -BETWEEN;
    for (int c = 0; c < COLUMN_COUNT; c++)
        total += widths[c] > 0 ? widths[c] + BETWEEN : 0;
    for (size_t i = 0; room > 0 && total > room && i < sizeof least_needed / sizeof least_needed[0]; i++) {
        int *width = &widths[least_needed[i]];
        total -= *width > 0 ? *width + BETWEEN : 0;
        *width = 0;
    }
}

// Columns of the list, as wide as their widest cell.
struct layout {
    int widths[COLUMN_COUNT]; // 0: left out
    int first;
};

static void fill(struct cells *cells, const struct line *line, int64_t now)
{
    for (int c = 0; c < COLUMN_COUNT; c++)
        cells->text[c][0] = '\0';
    fill_sandbox(cells, line, now);
    fill_name(cells, line->row->label);
    fill_credential(cells, line, now);
    fill_first(cells, line, now);
}

static void widen(struct layout *layout, const struct cells *cells)
{
    for (int c = layout->first; c < COLUMN_COUNT; c++) {
        int width = text_width(cells->text[c]);
        layout->widths[c] = width > layout->widths[c] ? width : layout->widths[c];
    }
}

// Empty cells show "-".
static void print_cells(const struct layout *layout, const struct cells *cells)
{
    for (int c = layout->first; c < COLUMN_COUNT; c++) {
        const char *text = cells->text[c][0] != '\0' ? cells->text[c] : "-";
        int pad = c + 1 < COLUMN_COUNT ? layout->widths[c] - text_width(text) + BETWEEN : 0;
        if (layout->widths[c] > 0)
            (void)printf("%s%*s", text, pad > 0 ? pad : 0, "");
    }
    (void)putchar('\n');
}

static void fill_titles(struct cells *cells)
{
    static const char *const titles[COLUMN_COUNT] = {"SANDBOX", "NAME",      "STATE",      "TEMPLATE",
                                                     "AGE",     "TIMEOUT",   "CREDENTIAL", "CREDENTIAL ID",
                                                     "LEFT",    "ENDS FIRST"};
    for (int c = 0; c < COLUMN_COUNT; c++)
        (void)snprintf(cells->text[c], CELL_CAP, "%s", titles[c]);
}

static void print_lines(const struct listing *listing, struct layout *layout, struct cells *cells,
                        bool measure)
{
    int64_t now = service_now(listing->job->service);
    const struct fleet_row *row = NULL;
    for (size_t r = 0; (row = row_at(listing, r)) != NULL; r++) {
        for (size_t i = 0; i < lines_of(row); i++) {
            const struct line line = line_of(row, i, now);
            fill(cells, &line, now);
            if (measure)
                widen(layout, cells);
            else
                print_cells(layout, cells);
        }
    }
}

static void print_passwords(const struct listing *listing)
{
    const struct fleet_row *row = NULL;
    for (size_t r = 0; listing->count > 0 && (row = row_at(listing, r)) != NULL; r++) {
        for (size_t i = 0; i < row->credential_count; i++) {
            char label[ID_CAP + 16];
            const char *password = password_of(listing, &row->credentials[i]);
            (void)snprintf(label, sizeof label, "%s password", row->credentials[i].id);
            if (password != NULL)
                cli_result_password(listing->job, label, password);
        }
    }
}

static void print_table(const struct listing *listing)
{
    struct layout layout = {.first = listing->only ? COLUMN_CREDENTIAL : COLUMN_SANDBOX};
    struct cells cells;
    print_lines(listing, &layout, &cells, true);
    const bool has_names = layout.widths[COLUMN_NAME] > 0; // else nobody has given any: no column
    fill_titles(&cells);
    widen(&layout, &cells);
    if (!has_names)
        layout.widths[COLUMN_NAME] = 0;
    leave_out(layout.widths);
    print_cells(&layout, &cells);
    print_lines(listing, &layout, &cells, false);
    print_passwords(listing);
}

// What can be done about those of which an answer was lost, on stderr: the list itself has no room for it.
static void tell_one_unknown(const struct cli_job *job, const struct credential *credential)
{
    const char *id = credential->sandbox_id;
    struct failure why;
    (void)advise(&why,
                 fail(&why, STATUS_OUTCOME_UNKNOWN,
                      "%s: a response was lost; its credential may have been replaced", id),
                 "sbxdeck access regen %s makes a new one%s, access forget removes this one here", id,
                 credential->id[0] == '\0' ? ", or access create where a sandbox has several" : "");
    cli_complain(job->verb->name, &why);
}

static void tell_unknown(const struct listing *listing)
{
    const struct fleet_row *row = NULL;
    size_t more = 0;
    for (size_t r = 0; (row = row_at(listing, r)) != NULL; r++)
        for (size_t i = 0; i < row->credential_count; i++)
            if (row->credentials[i].verdict == VERDICT_UNKNOWN && ++more <= UNKNOWN_TOLD_MAX)
                tell_one_unknown(listing->job, &row->credentials[i]);
    if (more > UNKNOWN_TOLD_MAX)
        (void)fprintf(stderr, "sbxdeck: %s: %zu more like that\n", listing->job->verb->name,
                      more - UNKNOWN_TOLD_MAX);
}

static void print_listing(struct listing *listing)
{
    int code = listing->failed ? 1 : 0;
    tell_unknown(listing);
    if (listing->job->arguments.json) {
        print_json(listing, code);
    } else {
        print_table(listing);
        cli_finish(listing->job, code);
    }
}

// --- gathering ---

static void next_password(struct listing *listing);

static void on_password(void *ctx, const struct failure *why, struct secret *password)
{
    struct listing *listing = ctx;
    if (listing->job->finished || (why->status == STATUS_CANCELLED && cli_failed(listing->job, why))) {
        secret_free(password);
        return;
    }
    // The others are listed all the same. One that is sealed with another key is marked as such; one that
    // was removed meanwhile has no password any more.
    if (why->status != STATUS_OK && why->status != STATUS_OTHER_KEY && why->status != STATUS_NOT_FOUND) {
        cli_complain(listing->wanted[listing->next].sandbox_id, why);
        listing->failed = true;
    }
    listing->wanted[listing->next++].password = password;
    next_password(listing);
}

static void next_password(struct listing *listing)
{
    if (listing->next < listing->count) {
        service_password(listing->job->service, listing->wanted[listing->next].vault_row, on_password,
                         listing);
        return;
    }
    if (listing->ids != NULL)
        cli_filter_find_again(listing->job, listing->ids, listing->rows);
    print_listing(listing);
}

static void on_ended(struct cli_job *job)
{
    const struct listing *listing = job->state;
    for (size_t i = 0; i < listing->count; i++)
        secret_free(listing->wanted[i].password);
}

// False: no memory, which has been said.
static bool want_passwords(struct listing *listing)
{
    const struct fleet_row *row = NULL;
    size_t most = 0;
    if (listing->rows != NULL && (listing->ids = cli_filter_ids(listing->job, listing->rows)) == NULL)
        return false;
    for (size_t r = 0; (row = row_at(listing, r)) != NULL; r++)
        most += row->credential_count;
    listing->wanted = cli_job_alloc(listing->job, (most + 1) * sizeof *listing->wanted);
    for (size_t r = 0; listing->wanted != NULL && (row = row_at(listing, r)) != NULL; r++) {
        for (size_t i = 0; i < row->credential_count; i++) {
            if (!row->credentials[i].has_password)
                continue;
            struct wanted *wanted = &listing->wanted[listing->count++];
            wanted->vault_row = row->credentials[i].vault_row;
            (void)snprintf(wanted->sandbox_id, sizeof wanted->sandbox_id, "%s",
                           row->credentials[i].sandbox_id);
        }
    }
    return listing->wanted != NULL;
}

static void tell(const struct cli_job *job, const char *format, size_t count)
    __attribute__((format(printf, 2, 0)));
static void tell(const struct cli_job *job, const char *format, size_t count)
{
    struct failure told = {.status = STATUS_OK};
    if (count == 0)
        return;
    (void)snprintf(told.message, sizeof told.message, format, count);
    cli_complain(job->verb->name, &told);
}

// On stderr, since scripts read the list: what of it can't be relied on.
static void tell_unparsed(const struct cli_job *job)
{
    struct fleet_counts counts;
    struct failure told = {.status = STATUS_OK};
    fleet_count_all(service_fleet(job->service), service_now(job->service), &counts);
    tell(job, "%zu with a malformed id can't be used", counts.malformed_ids);
    tell(job, "%zu left out: no id", counts.left_out);
    if (counts.unparsed_objects == 1)
        (void)snprintf(told.message, sizeof told.message, "%s", counts.first_unparsed);
    else if (counts.unparsed_objects > 1)
        (void)snprintf(told.message, sizeof told.message, "%s; %zu more only partly understood",
                       counts.first_unparsed, counts.unparsed_objects - 1);
    if (counts.unparsed_objects > 0)
        cli_complain(job->verb->name, &told);
    if (counts.incomplete)
        cli_complain(job->verb->name,
                     &(struct failure){.status = STATUS_OK, .message = "the list may be incomplete"});
}

static void list_rows(struct cli_job *job, bool only, const struct fleet_row **rows)
{
    struct listing *listing = cli_job_state(job, sizeof *listing);
    if (listing == NULL)
        return;
    listing->job = job;
    listing->only = only;
    listing->rows = rows;
    job->ended = on_ended;
    if (!job->arguments.show_password)
        print_listing(listing);
    else if (want_passwords(listing))
        next_password(listing);
}

void verb_ls(struct cli_job *job)
{
    const struct fleet_row **rows = NULL;
    if (job->arguments.value_count > 0 && (rows = cli_filter_rows(job)) == NULL)
        return;
    tell_unparsed(job);
    cli_target_keep_names(job);
    if (rows != NULL && rows[0] == NULL)
        cli_say("ls: no sandbox matches");
    list_rows(job, false, rows);
}

void verb_access_ls(struct cli_job *job)
{
    const struct fleet_row **rows = cli_job_alloc(job, 2 * sizeof(struct fleet_row *));
    if (rows == NULL)
        return;
    rows[0] = cli_target_row(job);
    list_rows(job, true, rows);
}
