// SPDX-License-Identifier: Apache-2.0
//
// app_fixture: An app without a terminal, with a service that has a vault and no server, for tests of views.

#ifndef SBXDECK_TESTS_UNIT_VIEWS_APP_FIXTURE_H
#define SBXDECK_TESTS_UNIT_VIEWS_APP_FIXTURE_H

#include "api/vault/event_log.h"
#include "views/app/app.h"

extern struct app app_fixture;

// For each test. What the test has made with the app is freed before app_fixture_end, which runs the loop
// until nothing is on it.
void app_fixture_begin(void);
void app_fixture_end(void);

// The fleet is those sandboxes, as if the server had listed them.
void app_fixture_list(const struct sandbox *sandboxes, size_t count);
void app_fixture_add(const struct credential *credential);
// Into the vault's log, as another program does it.
void app_fixture_log(const struct event *events, size_t count);

#endif
