// SPDX-License-Identifier: Apache-2.0
//
// app_fixture: Fills struct app by hand, and a fleet and a log that no server and no command has filled.

#include "tests/unit/views/app_fixture.h"

#include "tests/support/support.h"
#include "views/app/app_private.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NO_SERVER "http://127.0.0.1:1"
#define KEY       "lp0-key"

struct app app_fixture;
static struct app_private own;
static char folder[SUPPORT_PATH_CAP];

void app_fixture_begin(void)
{
    struct failure why;
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    memset(&own, 0, sizeof own);
    cr_assert_eq(uv_loop_init(&own.loop), 0);
    app_fixture = (struct app){.internals = &own, .loop = &own.loop};
    struct config *config = &app_fixture.config;
    *config = (struct config){.refresh_s = 3600, .timeout_s = 20, .connect_timeout_s = 5, .reveal_s = 10};
    (void)snprintf(config->base_url, sizeof config->base_url, NO_SERVER);
    (void)snprintf(config->state_folder, sizeof config->state_folder, "%s/state", folder);
    struct secret *key = secret_new(KEY, strlen(KEY));
    cr_assert_eq(service_new(&own.loop, config, key, NULL, NULL, &app_fixture.service, &why), STATUS_OK, "%s",
                 why.message);
    secret_free(key);
}

void app_fixture_end(void)
{
    app_fixture.quitting = true;
    service_free(app_fixture.service);
    cr_assert_eq(uv_run(&own.loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&own.loop), 0, "something stays on the loop");
    cr_expect(support_folder_remove(folder));
}

static struct fleet *fleet(void)
{
    return (struct fleet *)service_fleet(app_fixture.service);
}

void app_fixture_list(const struct sandbox *sandboxes, size_t count)
{
    cr_assert_eq(
        fleet_take_list(fleet(), &(const struct leap0_page){.sandboxes = sandboxes, .count = count}, 0),
        STATUS_OK);
}

void app_fixture_add(const struct credential *credential)
{
    cr_assert_eq(fleet_take_credential(fleet(), credential), STATUS_OK);
}

void app_fixture_log(const struct event *events, size_t count)
{
    struct failure why;
    struct vault *vault = NULL;
    struct secret *key = secret_new(KEY, strlen(KEY));
    cr_assert_eq(vault_open(app_fixture.config.state_folder, NO_SERVER, key, &vault, &why), STATUS_OK, "%s",
                 why.message);
    cr_assert_eq(event_log_append(vault, events, count, &why), STATUS_OK, "%s", why.message);
    vault_close(vault);
    secret_free(key);
}
