// SPDX-License-Identifier: Apache-2.0
//
// cli_filter: The sandboxes that a verb's words mean, as a filter.

#ifndef SBXDECK_VIEWS_CLI_CLI_FILTER_H
#define SBXDECK_VIEWS_CLI_CLI_FILTER_H

#include "views/cli/cli_job.h"

// The words, apart by a blank; of the job. NULL: they have no room in cap, and the verb has failed; what:
// they are, for the message.
char *cli_join(struct cli_job *job, char **words, int count, size_t cap, const char *what);

// Of the arguments, read strictly with the saved filters. Ended by NULL, of the job; the rows stay as long as
// they are in the fleet. NULL: the verb has failed.
const struct fleet_row **cli_filter_rows(struct cli_job *job);

// The ids of such rows, ended by "", of the job; a row may go while something is waited for. NULL: no memory,
// and the verb has failed.
char (*cli_filter_ids(struct cli_job *job, const struct fleet_row **rows))[ID_CAP];
// Those of them that are still there, into rows.
void cli_filter_find_again(const struct cli_job *job, char (*ids)[ID_CAP], const struct fleet_row **rows);

#endif
