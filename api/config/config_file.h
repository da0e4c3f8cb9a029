// SPDX-License-Identifier: Apache-2.0
//
// config_file: Read the settings file line by line: "name = value", a comment, or "[keys]". A value goes to
// the end of its line: nothing in it is a comment, and no line continues on the next one.

#ifndef SBXDECK_API_CONFIG_CONFIG_FILE_H
#define SBXDECK_API_CONFIG_CONFIG_FILE_H

#include "api/base/status.h"

#include <stdbool.h>

enum {
    CONFIG_LINE_MAX = 4096,       // bytes of a line without its end; a longer one is refused
    CONFIG_FILE_MAX = 1024 * 1024 // of the whole file
};

// Takes one option, or says in *why (message, advice) what is wrong with it; the place is put before that.
// Not called any more after that. open_to: who else may write the file, so that what runs programs or passes
// on the key must not be taken from it; NULL: nobody.
typedef bool config_file_option(void *ctx, const char *name, const char *value, const char *open_to,
                                struct failure *why);

// The options of a section, "" the lines before any. A file that is not there has none: OK. BAD_ARGUMENT
// names the file and the line.
enum status config_file_read(const char *path, const char *section, config_file_option *option, void *ctx,
                             struct failure *why);

#endif
