// SPDX-License-Identifier: Apache-2.0
//
// profile_name: What may be the name of a profile.

#ifndef SBXDECK_API_CONFIG_PROFILE_NAME_H
#define SBXDECK_API_CONFIG_PROFILE_NAME_H

#include <stdbool.h>

enum { PROFILE_CAP = 33 };

#define PROFILE_NAME_RULE "1 to 32 letters, digits, '-' and '_', and no '-' first"

bool profile_name_is_valid(const char *text); // also "default"

#endif
