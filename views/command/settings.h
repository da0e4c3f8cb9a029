// SPDX-License-Identifier: Apache-2.0
//
// settings: all that the settings file decides besides the options' table: keys, colours and saved filters.

#ifndef SBXDECK_VIEWS_COMMAND_SETTINGS_H
#define SBXDECK_VIEWS_COMMAND_SETTINGS_H

#include "api/config/config.h"

// Once at the start: says who checks which section.
void settings_begin(void);
// The file as it is now; all of it counts, or nothing. BAD_ARGUMENT names the place.
enum status settings_load(struct config *config, struct failure *why);
// The same of a file that is read.
enum status settings_of_text(const struct config_text *text, struct config *config, struct failure *why);

#endif
