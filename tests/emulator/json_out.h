// SPDX-License-Identifier: Apache-2.0
//
// json_out: the API's objects as JSON.

#ifndef SBXDECK_TESTS_EMULATOR_JSON_OUT_H
#define SBXDECK_TESTS_EMULATOR_JSON_OUT_H

#include "tests/emulator/store.h"

#include <cjson/cJSON.h>

// Each is the caller's (cJSON_Delete).
cJSON *json_out_listed(const struct store_sandbox *sandbox);
cJSON *json_out_sandbox(const struct store_sandbox *sandbox);
cJSON *json_out_access(const struct store *store, const struct store_sandbox *sandbox,
                       const struct store_credential *credential);

#endif
