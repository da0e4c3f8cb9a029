// SPDX-License-Identifier: Apache-2.0
//
// cli_message: print messages on stderr, with foreign characters made harmless.

#ifndef SBXDECK_VIEWS_CLI_CLI_MESSAGE_H
#define SBXDECK_VIEWS_CLI_CLI_MESSAGE_H

#include "api/base/status.h"
#include "api/leap0/model.h"

// `sbxdeck: what: why (what to do)`
void cli_complain(const char *what, const struct failure *why);
// The same for a command line that is wrong. Returns the exit code of a usage error.
int cli_usage_error(const char *what, const char *advice, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// `sbxdeck: what: expires_at not understood: "never"`, for what a response had that was not understood;
// nothing when all was.
void cli_complain_unparsed(const char *what, const struct unparsed *unparsed);
// `sbxdeck: text`
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Progress for a person who waits: only when stderr is a terminal.
void cli_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
