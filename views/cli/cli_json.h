// SPDX-License-Identifier: Apache-2.0
//
// cli_json: make the JSON objects that verbs print. Field names and forms are the API's own, so that a script
// can read both.

#ifndef SBXDECK_VIEWS_CLI_CLI_JSON_H
#define SBXDECK_VIEWS_CLI_CLI_JSON_H

#include "api/fleet/fleet.h"

#include <cjson/cJSON.h>

// All return a tree of the caller's (json_output_print ends it); NULL when out of memory. password may be
// NULL: left out. It is referred to, not copied, and has to outlive the tree.

// id, state, expires_at, remaining_seconds (both null when not known), password; sealed_with_another_key
// where that is so
cJSON *cli_json_credential(const struct credential *credential, const char *password, int64_t now_ms);
// The access object of the API: id, sandbox_id, password, expires_at, created_at, updated_at, ssh_command,
// the last as it works here (NULL: none does)
cJSON *cli_json_access(const struct credential *credential, const char *password, const char *ssh_command);
// id, state (null when not known), template_id, created_at, timeout_at, access ([]); id_not_understood where
// that is so
cJSON *cli_json_sandbox(const struct fleet_sandbox *sandbox, cJSON *access);

// One that was just made: id, state, template_id, created_at, vcpu, memory, disk, timeout, auto_pause, each
// null where the response did not have it
cJSON *cli_json_new_sandbox(const struct sandbox *sandbox);

// expires_at and remaining_seconds, both null when not known, into an object.
void cli_json_add_end(cJSON *object, const struct credential *credential, int64_t now_ms);
// timeout_remaining_seconds of the sandbox's time-out as deadline_timeout gives it, null when none runs.
void cli_json_add_timeout(cJSON *object, int64_t timeout_at, int64_t now_ms);
// What happened: type, at. The rest is the caller's to add.
cJSON *cli_json_event(const char *type, int64_t now_ms);

// name, note (null where there is none) and pinned. label NULL: none.
void cli_json_add_label(cJSON *object, const struct sandbox_label *label);

#endif
