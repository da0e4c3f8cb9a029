// SPDX-License-Identifier: Apache-2.0
//
// theme_settings: read the colours that the operator has chosen from the settings' section [theme].

#ifndef SBXDECK_VIEWS_COMMAND_THEME_SETTINGS_H
#define SBXDECK_VIEWS_COMMAND_THEME_SETTINGS_H

#include "api/config/config_text.h"

// "role = colours", a line each: all count from the next theme_begin on, or BAD_ARGUMENT names the first that
// is wrong and none does. Roles that are not set have the scheme's again.
enum status theme_settings_of_text(const struct config_text *text, struct failure *why);
// For config_check.h.
void theme_settings_check(const struct config_text *text, config_fault_take *fault, void *ctx);

#endif
