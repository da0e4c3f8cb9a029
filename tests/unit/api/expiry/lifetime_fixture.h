// SPDX-License-Identifier: Apache-2.0
//
// lifetime_fixture: credentials and times for tests whose clock the test drives.

#ifndef SBXDECK_TESTS_UNIT_API_EXPIRY_LIFETIME_FIXTURE_H
#define SBXDECK_TESTS_UNIT_API_EXPIRY_LIFETIME_FIXTURE_H

#include "api/fleet/fleet.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define BORN   INT64_C(1775044800000)

// Puts a credential with a password into the fleet: of sandbox "sbx-ROW", with the id "ssh-ROW".
void life_put(struct fleet *fleet, int64_t row, int64_t born, int64_t life, enum credential_verdict verdict);

#endif
