// SPDX-License-Identifier: Apache-2.0
//
// cli_ask: ask the operator on the terminal.

#ifndef SBXDECK_VIEWS_CLI_CLI_ASK_H
#define SBXDECK_VIEWS_CLI_CLI_ASK_H

#include "views/cli/cli_job.h"

enum { CLI_ANSWER_CAP = SECRET_MAX + 2 };

// A typed word before something that can't be undone: `This <does>. Type <word> to continue: `. True with
// --yes; false: the verb has failed, nothing was done.
bool cli_ask_confirm(struct cli_job *job, const char *does, const char *word);
// Anything but y is a no.
bool cli_ask_yes(const char *question);
// A line without its end. False: the end of input, or the operator gave up.
bool cli_ask_line(const char *question, char line[CLI_ANSWER_CAP]);
// Doesn't show what is typed. False: stdin isn't a terminal, or nothing was typed. *secret is the caller's.
bool cli_ask_secret(const char *question, struct secret **secret);

#endif
