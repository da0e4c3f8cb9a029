// SPDX-License-Identifier: Apache-2.0
//
// lifetime_fixture: Make a credential with a given lifetime.

#include "tests/unit/api/expiry/lifetime_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>

void life_put(struct fleet *fleet, int64_t row, int64_t born, int64_t life, enum credential_verdict verdict)
{
    struct credential one = {.vault_row = row,
                             .verdict = verdict,
                             .has_password = true,
                             .created_at = born,
                             .updated_at = born,
                             .expires_at = born + life};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "sbx-%lld", (long long)row);
    (void)snprintf(one.id, sizeof one.id, "ssh-%lld", (long long)row);
    cr_assert_eq(fleet_take_credential(fleet, &one), STATUS_OK);
}
