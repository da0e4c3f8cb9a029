// SPDX-License-Identifier: Apache-2.0
//
// cli_filter: Join a verb's words to a filter, and collect the rows that match.

#include "views/cli/cli_filter.h"

#include "api/config/saved_filters.h"
#include "views/cli/cli_result.h"

#include <stdio.h>
#include <string.h>

char *cli_join(struct cli_job *job, char **words, int count, size_t cap, const char *what)
{
    struct failure why;
    size_t length = 1, used = 0;
    for (int i = 0; i < count; i++)
        length += strlen(words[i]) + 1;
    if (length > cap) {
        (void)fail(&why, STATUS_TOO_LARGE, "the %s is longer than %zu bytes", what, cap - 1);
        cli_fail(job, &why);
        return NULL;
    }
    char *text = cli_job_alloc(job, length);
    for (int i = 0; text != NULL && i < count; i++)
        used += (size_t)snprintf(text + used, length - used, "%s%s", i > 0 ? " " : "", words[i]);
    return text;
}

const struct fleet_row **cli_filter_rows(struct cli_job *job)
{
    const struct fleet *fleet = service_fleet(job->service);
    struct fleet_filter filter;
    struct failure why;
    size_t count = 0;
    const char *text =
        cli_join(job, job->arguments.values, job->arguments.value_count, FLEET_FILTER_TEXT_CAP, "filter");
    if (text == NULL)
        return NULL;
    if (saved_filters_parse(text, &filter, &why) != STATUS_OK) {
        cli_fail(job, &why);
        return NULL;
    }
    const struct fleet_row **rows = cli_job_alloc(job, (fleet_count(fleet) + 1) * sizeof(struct fleet_row *));
    for (size_t i = 0; rows != NULL && i < fleet_count(fleet); i++)
        if (fleet_filter_matches(&filter, fleet_row(fleet, i), service_now(job->service)))
            rows[count++] = fleet_row(fleet, i);
    return rows;
}

char (*cli_filter_ids(struct cli_job *job, const struct fleet_row **rows))[ID_CAP]
{
    size_t count = 0;
    while (rows[count] != NULL)
        count++;
    char(*ids)[ID_CAP] = cli_job_alloc(job, (count + 1) * sizeof *ids);
    for (size_t i = 0; ids != NULL && i < count; i++)
        (void)snprintf(ids[i], sizeof *ids, "%s", rows[i]->sandbox.id);
    return ids;
}

void cli_filter_find_again(const struct cli_job *job, char (*ids)[ID_CAP], const struct fleet_row **rows)
{
    const struct fleet *fleet = service_fleet(job->service);
    size_t used = 0;
    for (size_t i = 0; ids[i][0] != '\0'; i++)
        if (fleet_find(fleet, ids[i]) != NULL)
            rows[used++] = fleet_find(fleet, ids[i]);
    rows[used] = NULL;
}
