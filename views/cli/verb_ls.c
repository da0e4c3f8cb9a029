// SPDX-License-Identifier: Apache-2.0
//
// verb_ls: `ls` and `access ls`: list sandboxes and credentials, for people as a table and for scripts as
// JSON. The passwords that --show-password asks for are fetched from the vault one after the other, then all
// is printed at once.

#include "api/base/time_util.h"
#include "api/fleet/completion_cache.h"
#include "api/fleet/deadline.h"
#include "tui/base/text.h"
#include "views/cli/cli_json.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_result.h"
#include "views/cli/cli_target.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// One line of the list: a sandbox with one of its credentials, or with none.
struct line {
    struct fleet_sandbox sandbox;
    struct credential credential;
    bool has_credential;
    bool first;          // of its sandbox
    struct deadline end; // the earlier of both clocks
    int64_t timeout_at;  // that runs; 0 none
    struct secret *password;
};

struct listing {
    struct cli_job *job;
    struct line *lines;
    size_t count;
    size_t next; // whose password comes next
    bool failed; // a password could not be had, which has been said
};

static const char *password_of(const struct line *line)
{
    return line->password != NULL ? secret_text(line->password) : NULL;
}

static const struct sandbox_label *label_of(const struct listing *listing, const struct line *line)
{
    return fleet_label(service_fleet(listing->job->service), line->sandbox.id);
}

// --- JSON ---

static cJSON *access_array(const struct listing *listing, size_t first, size_t *end, int64_t now)
{
    cJSON *array = cJSON_CreateArray();
    size_t i = first;
    do {
        const struct line *line = &listing->lines[i];
        if (line->has_credential)
            (void)cJSON_AddItemToArray(array, cli_json_credential(&line->credential, password_of(line), now));
        i++;
    } while (i < listing->count && !listing->lines[i].first);
    *end = i;
    return array;
}

static cJSON *json_of(const struct listing *listing, bool only_access)
{
    int64_t now = service_now(listing->job->service);
    size_t i = 0;
    if (only_access && listing->count > 0)
        return access_array(listing, 0, &i, now);
    cJSON *array = cJSON_CreateArray();
    while (i < listing->count) {
        const struct line *line = &listing->lines[i];
        cJSON *object = cli_json_sandbox(&line->sandbox, access_array(listing, i, &i, now));
        cli_json_add_label(object, label_of(listing, line));
        cli_json_add_timeout(object, line->timeout_at, now);
        size_t tools = 0;
        (void)service_tools(listing->job->service, line->sandbox.id, &tools);
        (void)cJSON_AddNumberToObject(object, "connected_tools", (double)tools);
        (void)cJSON_AddItemToArray(array, object);
    }
    return array;
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
    const struct fleet_sandbox *sandbox = &line->sandbox;
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
                   label->name[0] != '\0' && label->pinned ? ", " : "", label->pinned ? "pinned" : "");
    (void)display(text, strlen(text), cells->text[COLUMN_NAME], CELL_CAP);
}

static void fill_credential(struct cells *cells, const struct line *line, int64_t now)
{
    const struct credential *credential = line->has_credential ? &line->credential : NULL;
    (void)snprintf(cells->text[COLUMN_CREDENTIAL], CELL_CAP, "%s",
                   credential_state_name(credential_state(credential, now)));
    if (credential == NULL)
        return;
    if (credential->sealed_elsewhere || credential->damaged)
        (void)snprintf(cells->text[COLUMN_CREDENTIAL], CELL_CAP, "%s, %s",
                       credential_state_name(credential_state(credential, now)),
                       credential->damaged ? "damaged here" : "sealed with another key");
    (void)snprintf(cells->text[COLUMN_ID], CELL_CAP, "%s", credential->id[0] != '\0' ? credential->id : "?");
    if (credential_is_past_end(credential, now))
        (void)snprintf(cells->text[COLUMN_LEFT], CELL_CAP, "past end");
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

// Columns of the terminal, or what COLUMNS says; 0: no limit, as for a pipe.
static int columns_there(void)
{
    const char *told = getenv("COLUMNS");
    struct winsize size = {0};
    long columns = told != NULL ? strtol(told, NULL, 10) : 0;
    if (columns <= 0 && isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    return columns > 0 && columns < 10000 ? (int)columns : 0;
}

// A width of 0 leaves the column out: as many of them, the least needed first, as have no room. What ends
// first can be read from the two clocks' own columns, so that goes before them.
static void leave_out(int widths[COLUMN_COUNT])
{
    static const int least_needed[] = {COLUMN_TEMPLATE, COLUMN_AGE, COLUMN_FIRST, COLUMN_ID, COLUMN_TIMEOUT};
    int room = columns_there();
    int total = -BETWEEN;
    for (int c = 0; c < COLUMN_COUNT; c++)
        total += widths[c] > 0 ? widths[c] + BETWEEN : 0;
    for (size_t i = 0; room > 0 && total > room && i < sizeof least_needed / sizeof least_needed[0]; i++) {
        int *width = &widths[least_needed[i]];
        total -= *width > 0 ? *width + BETWEEN : 0;
        *width = 0;
    }
}

static bool has_names(const struct cells *rows, size_t count)
{
    size_t r = 1;
    while (r < count && rows[r].text[COLUMN_NAME][0] == '\0')
        r++;
    return r < count;
}

// Columns as wide as their widest cell; empty cells show "-". Names that nobody has given have no column.
static void print_cells(const struct cells *rows, size_t count, int first)
{
    int widths[COLUMN_COUNT] = {0};
    for (size_t r = 0; r < count; r++) {
        for (int c = first; c < COLUMN_COUNT; c++) {
            int width = text_width(rows[r].text[c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    if (!has_names(rows, count))
        widths[COLUMN_NAME] = 0;
    leave_out(widths);
    for (size_t r = 0; r < count; r++) {
        for (int c = first; c < COLUMN_COUNT; c++) {
            const char *text = rows[r].text[c][0] != '\0' ? rows[r].text[c] : "-";
            int pad = c + 1 < COLUMN_COUNT ? widths[c] - text_width(text) + BETWEEN : 0;
            if (widths[c] > 0)
                (void)printf("%s%*s", text, pad > 0 ? pad : 0, "");
        }
        (void)putchar('\n');
    }
}

static void print_password(const struct listing *listing, const struct line *line)
{
    char label[ID_CAP + 16];
    (void)snprintf(label, sizeof label, "%s password", line->credential.id);
    cli_result_password(listing->job, label, password_of(line));
}

static bool print_table(const struct listing *listing, bool only_access)
{
    static const char *const titles[COLUMN_COUNT] = {"SANDBOX", "NAME",      "STATE",      "TEMPLATE",
                                                     "AGE",     "TIMEOUT",   "CREDENTIAL", "CREDENTIAL ID",
                                                     "LEFT",    "ENDS FIRST"};
    int64_t now = service_now(listing->job->service);
    struct cells *rows = cli_job_alloc(listing->job, (listing->count + 1) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (int c = 0; c < COLUMN_COUNT; c++)
        (void)snprintf(rows[0].text[c], CELL_CAP, "%s", titles[c]);
    for (size_t i = 0; i < listing->count; i++) {
        fill_sandbox(&rows[i + 1], &listing->lines[i], now);
        fill_name(&rows[i + 1], label_of(listing, &listing->lines[i]));
        fill_credential(&rows[i + 1], &listing->lines[i], now);
        fill_first(&rows[i + 1], &listing->lines[i], now);
    }
    print_cells(rows, listing->count + 1, only_access ? COLUMN_CREDENTIAL : COLUMN_SANDBOX);
    if (listing->job->arguments.show_password) {
        for (size_t i = 0; i < listing->count; i++) {
            if (listing->lines[i].password != NULL)
                print_password(listing, &listing->lines[i]);
        }
    }
    return true;
}

// What can be done about those of which an answer was lost, on stderr: the list itself has no room for it.
static void tell_unknown(const struct listing *listing)
{
    size_t more = 0;
    for (size_t i = 0; i < listing->count; i++) {
        const struct line *line = &listing->lines[i];
        struct failure why;
        if (!line->has_credential || line->credential.verdict != VERDICT_UNKNOWN)
            continue;
        if (++more > UNKNOWN_TOLD_MAX)
            continue;
        (void)advise(&why,
                     fail(&why, STATUS_OUTCOME_UNKNOWN,
                          "%s: a response was lost; its credential may have been replaced", line->sandbox.id),
                     "sbxdeck access regen %s makes a new one%s, access forget removes this one here",
                     line->sandbox.id,
                     line->credential.id[0] == '\0' ? ", or access create where a sandbox has several" : "");
        cli_complain(listing->job->verb->name, &why);
    }
    if (more > UNKNOWN_TOLD_MAX)
        (void)fprintf(stderr, "sbxdeck: %s: %zu more like that\n", listing->job->verb->name,
                      more - UNKNOWN_TOLD_MAX);
}

static void print_listing(struct listing *listing)
{
    struct cli_job *job = listing->job;
    bool only_access = job->verb->least > 0;
    int code = listing->failed ? 1 : 0;
    tell_unknown(listing);
    if (job->arguments.json)
        cli_result_json(job, json_of(listing, only_access), code);
    else if (print_table(listing, only_access))
        cli_finish(job, code);
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
        cli_complain(listing->lines[listing->next].credential.sandbox_id, why);
        listing->failed = true;
    }
    listing->lines[listing->next++].password = password;
    next_password(listing);
}

static void next_password(struct listing *listing)
{
    for (; listing->next < listing->count; listing->next++) {
        const struct line *line = &listing->lines[listing->next];
        if (line->has_credential && line->credential.has_password) {
            service_password(listing->job->service, line->credential.vault_row, on_password, listing);
            return;
        }
    }
    print_listing(listing);
}

static void on_ended(struct cli_job *job)
{
    const struct listing *listing = job->state;
    for (size_t i = 0; i < listing->count; i++)
        secret_free(listing->lines[i].password);
}

static size_t lines_of(const struct fleet_row *row)
{
    return row->credential_count > 0 ? row->credential_count : 1;
}

static void take_row(struct listing *listing, const struct fleet_row *row)
{
    int64_t now = service_now(listing->job->service);
    for (size_t i = 0; i < lines_of(row); i++) {
        struct line *line = &listing->lines[listing->count++];
        line->sandbox = row->sandbox;
        line->first = i == 0;
        line->has_credential = row->credential_count > 0;
        if (line->has_credential)
            line->credential = row->credentials[i];
        line->timeout_at = deadline_timeout(row);
        line->end = deadline_of(row, line->has_credential ? &row->credentials[i] : NULL, now, NULL);
    }
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

static void list_rows(struct cli_job *job, const struct fleet_row *only)
{
    const struct fleet *fleet = service_fleet(job->service);
    size_t count = only != NULL ? lines_of(only) : 0;
    for (size_t i = 0; only == NULL && i < fleet_count(fleet); i++)
        count += lines_of(fleet_row(fleet, i));

    struct listing *listing = cli_job_state(job, sizeof *listing);
    if (listing == NULL)
        return;
    listing->job = job;
    listing->lines = cli_job_alloc(job, count * sizeof *listing->lines);
    if (listing->lines == NULL)
        return;
    job->ended = on_ended;
    if (only != NULL)
        take_row(listing, only);
    for (size_t i = 0; only == NULL && i < fleet_count(fleet); i++)
        take_row(listing, fleet_row(fleet, i));
    if (job->arguments.show_password)
        next_password(listing);
    else
        print_listing(listing);
}

// What is listed now is what a shell completes next.
static void keep_names(struct cli_job *job)
{
    struct bytebuf text = BYTEBUF(COMPLETION_CACHE_MAX);
    char path[PATH_CAP + 16];
    if (completion_cache_path(job->config.state_folder, path, sizeof path) &&
        completion_cache_compose(service_fleet(job->service), job->config.base_url, &text) == STATUS_OK)
        completion_cache_save(job->loop, path, &text);
    else
        bytebuf_free(&text);
}

void verb_ls(struct cli_job *job)
{
    tell_unparsed(job);
    keep_names(job);
    list_rows(job, NULL);
}

void verb_access_ls(struct cli_job *job)
{
    list_rows(job, cli_target_row(job));
}
