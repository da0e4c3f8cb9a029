// SPDX-License-Identifier: Apache-2.0
//
// config_profile: Profiles: settings under a name, [profile NAME] in the file, over the options before any
// section. One is chosen by SBXDECK_PROFILE (which --profile sets), else by the option profile; "default" is
// none.
//
// A key must never go to another server than its own. So a profile with a base_url or an API key of its own
// takes neither from outside: LEAP0_BASE_URL and LEAP0_SANDBOX_DOMAIN are refused where they say something
// else, LEAP0_API_KEY doesn't count where the profile has a key, and a base_url without a key has none; where
// LEAP0_BASE_URL says the same, LEAP0_API_KEY is its key, and what the file names for another server is not.

#ifndef SBXDECK_API_CONFIG_CONFIG_PROFILE_H
#define SBXDECK_API_CONFIG_CONFIG_PROFILE_H

#include "api/config/config.h"

// What a profile has of its own, by which the environment is judged.
struct config_profile {
    char outer_url[URL_CAP];     // without it
    char state_folder[PATH_CAP]; // "": it sets none
    bool key, url;               // it sets an API key's place, a base_url that is not the outer one
    bool variable;               // its base_url is LEAP0_BASE_URL's, and not the file's
};

// The names in the file, and the options of the one that is chosen, over those in config. BAD_ARGUMENT.
enum status config_profile_take(const struct config_text *text, struct config *config,
                                struct config_profile *own, struct failure *why);
// Whether that variable may be taken; false and why: it says something else than the profile.
bool config_profile_admits(const struct config_profile *own, const struct config *config,
                           const char *variable, const char *value, struct failure *why);
// After the environment: where its key comes from, and its folder in config->state_folder.
enum status config_profile_settle(const struct config_profile *own, struct config *config,
                                  struct failure *why);

// All faults of all profiles; for config_check.h.
void config_profile_check(const struct config_text *text, config_fault_take *fault, void *ctx);

#endif
