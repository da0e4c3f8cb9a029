// SPDX-License-Identifier: Apache-2.0
//
// cli_stdout: check that printed results were written, say why when not, and end as by SIGPIPE when their
// reader has gone.

#ifndef SBXDECK_VIEWS_CLI_CLI_STDOUT_H
#define SBXDECK_VIEWS_CLI_CLI_STDOUT_H

#include <stdbool.h>

void cli_stdout_begin(void); // before anything is printed
// A full disk or closed pipe behind stdout must not pass for success: true when something could not be
// written, which is said as cli_stdout_complain does.
bool cli_stdout_failed(void);
// Says that stdout could not be written, and why (an errno, 0 not known). When it is EPIPE nothing is said,
// and cli_stdout_end ends the process as SIGPIPE does.
void cli_stdout_complain(int error);
// A credential of that sandbox was made and is on disk: said when what is printed of it can't be written.
void cli_stdout_made(const char *sandbox_id);
void cli_stdout_end(void); // the last call

#endif
