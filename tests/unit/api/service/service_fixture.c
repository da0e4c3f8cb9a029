// SPDX-License-Identifier: Apache-2.0
//
// service_fixture: Starts the emulator, opens services, and waits for their callbacks.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

struct support_emulator service_fixture_emulator;
char service_fixture_top[SUPPORT_PATH_CAP];

// --- callbacks ---

void service_fixture_on_done(void *ctx, const struct failure *why)
{
    struct service_fixture_answer *answer = ctx;
    answer->calls++;
    answer->why = *why;
}

void service_fixture_on_credential(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct service_fixture_answer *answer = ctx;
    service_fixture_on_done(answer, why);
    cr_assert_eq(credential != NULL, why->status == STATUS_OK);
    answer->has_credential = credential != NULL;
    if (credential != NULL)
        answer->credential = *credential;
}

void service_fixture_on_secret(void *ctx, const struct failure *why, struct secret *password)
{
    struct service_fixture_answer *answer = ctx;
    service_fixture_on_done(answer, why);
    cr_assert_eq(password != NULL, why->status == STATUS_OK);
    answer->password[0] = '\0';
    if (password != NULL)
        (void)snprintf(answer->password, sizeof answer->password, "%s", secret_text(password));
    secret_free(password);
}

void service_fixture_on_sandbox(void *ctx, const struct failure *why, const struct sandbox *sandbox)
{
    struct service_fixture_answer *answer = ctx;
    service_fixture_on_done(answer, why);
    cr_assert_eq(sandbox != NULL, why->status == STATUS_OK);
    if (sandbox != NULL)
        (void)snprintf(answer->sandbox_id, sizeof answer->sandbox_id, "%s", sandbox->id);
}

static void on_changed(void *ctx)
{
    struct service_fixture *fixture = ctx;
    fixture->changes++;
}

static void on_trouble(void *ctx, const struct failure *why)
{
    struct service_fixture *fixture = ctx;
    fixture->troubles++;
    fixture->trouble = *why;
}

// --- around a test ---

void service_fixture_begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(service_fixture_top));
}

void service_fixture_emulate(const char *const options[])
{
    const char *all[24] = {"--fleet", "plain", "--rate-limit", "1000000", "--move-ms", "150"};
    size_t count = 6;
    for (; options != NULL && *options != NULL; options++) {
        cr_assert_lt(count, 23);
        all[count++] = *options;
    }
    cr_assert(support_emulator_start(&service_fixture_emulator, all));
}

void service_fixture_end(void)
{
    cr_expect_eq(support_emulator_stop(&service_fixture_emulator), 0);
    cr_expect(support_folder_remove(service_fixture_top));
}

// --- a service ---

void service_fixture_open(struct service_fixture *fixture, const char *name, enum dialect dialect)
{
    const struct service_events events = {.changed = on_changed, .trouble = on_trouble};
    struct config config = {.dialect = dialect,
                            .refresh_s = 5,
                            .timeout_s = 20,
                            .connect_timeout_s = 5,
                            .prune_h = fixture->prune_h,
                            .rate_limit = fixture->rate_limit,
                            .background_share = fixture->background_share,
                            .tools_start = fixture->tools_start,
                            .tools_wake = fixture->tools_wake,
                            .tools_credentials = fixture->tools_credentials};
    struct failure why = {.status = STATUS_OK};
    struct secret *key =
        secret_new(service_fixture_emulator.api_key, strlen(service_fixture_emulator.api_key));
    memset(fixture, 0, sizeof *fixture);
    (void)snprintf(fixture->folder, sizeof fixture->folder, "%s/%s", service_fixture_top, name);
    (void)snprintf(config.base_url, sizeof config.base_url, "%s", service_fixture_emulator.base_url);
    (void)snprintf(config.sandbox_domain, sizeof config.sandbox_domain, "boxes.example");
    (void)snprintf(config.state_folder, sizeof config.state_folder, "%s", fixture->folder);
    cr_assert_eq(uv_loop_init(&fixture->loop), 0);
    cr_assert_eq(service_new(&fixture->loop, &config, key, &events, fixture, &fixture->service, &why),
                 STATUS_OK, "%s", why.message);
    secret_free(key);
}

void service_fixture_load(struct service_fixture *fixture, const char *name, enum dialect dialect)
{
    service_fixture_open(fixture, name, dialect);
    cr_assert_eq(service_fixture_refresh(fixture), STATUS_OK, "%s", fixture->answer.why.message);
}

void service_fixture_start(struct service_fixture *fixture, const char *const options[], enum dialect dialect,
                           char box[ID_CAP])
{
    service_fixture_emulate(options);
    service_fixture_load(fixture, "vault", dialect);
    (void)snprintf(box, ID_CAP, "%s", service_fixture_sandbox(fixture, 0));
}

void service_fixture_close(struct service_fixture *fixture)
{
    service_free(fixture->service);
    cr_assert_eq(uv_run(&fixture->loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&fixture->loop), 0, "handles stayed on the loop");
    fixture->service = NULL;
}

static void on_deadline(uv_timer_t *timer)
{
    cr_assert_fail("nothing came in %d ms", SUPPORT_WAIT_MS);
    (void)timer;
}

static void on_pulse(uv_timer_t *timer)
{
    (void)timer; // wakes the loop, so that the condition is asked again
}

void service_fixture_run_until(struct service_fixture *fixture, bool (*ready)(void *ctx), void *ctx)
{
    uv_timer_t deadline, pulse;
    cr_assert_eq(uv_timer_init(&fixture->loop, &deadline), 0);
    cr_assert_eq(uv_timer_init(&fixture->loop, &pulse), 0);
    (void)uv_timer_start(&deadline, on_deadline, SUPPORT_WAIT_MS, 0);
    (void)uv_timer_start(&pulse, on_pulse, 5, 5);
    while (!ready(ctx))
        (void)uv_run(&fixture->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&deadline, NULL);
    uv_close((uv_handle_t *)&pulse, NULL);
    (void)uv_run(&fixture->loop, UV_RUN_NOWAIT); // they are on this stack
    (void)uv_run(&fixture->loop, UV_RUN_NOWAIT);
}

static bool has_come(void *ctx)
{
    return ((struct service_fixture_answer *)ctx)->calls > 0;
}

void service_fixture_wait(struct service_fixture *fixture, struct service_fixture_answer *answer)
{
    service_fixture_run_until(fixture, has_come, answer);
    cr_assert_eq(answer->calls, 1);
}

static enum status answered(struct service_fixture *fixture)
{
    cr_assert_eq(fixture->answer.calls, 0, "the callback came from inside the call");
    service_fixture_wait(fixture, &fixture->answer);
    return fixture->answer.why.status;
}

static void *asked(struct service_fixture *fixture)
{
    memset(&fixture->answer, 0, sizeof fixture->answer);
    return &fixture->answer;
}

enum status service_fixture_refresh(struct service_fixture *fixture)
{
    service_refresh(fixture->service, service_fixture_on_done, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_create(struct service_fixture *fixture, const char *sandbox)
{
    service_create(fixture->service, sandbox, service_fixture_on_credential, asked(fixture));
    return answered(fixture);
}

void service_fixture_made(struct service_fixture *fixture, const char *sandbox, struct credential *out)
{
    cr_assert_eq(service_fixture_create(fixture, sandbox), STATUS_OK, "%s", fixture->answer.why.message);
    *out = fixture->answer.credential;
}

enum status service_fixture_validate(struct service_fixture *fixture, const char *sandbox, const char *id)
{
    service_validate(fixture->service, sandbox, id, service_fixture_on_credential, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_regenerate(struct service_fixture *fixture, const char *sandbox, const char *id)
{
    service_regenerate(fixture->service, sandbox, id, service_fixture_on_credential, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_delete(struct service_fixture *fixture, const char *sandbox, const char *id)
{
    service_delete(fixture->service, sandbox, id, service_fixture_on_done, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_validate_all(struct service_fixture *fixture)
{
    service_validate_all(fixture->service, service_fixture_on_done, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_password(struct service_fixture *fixture, int64_t row)
{
    service_password(fixture->service, row, service_fixture_on_secret, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_forget(struct service_fixture *fixture, int64_t row)
{
    service_forget(fixture->service, row, service_fixture_on_done, asked(fixture));
    return answered(fixture);
}

enum status service_fixture_move(struct service_fixture *fixture, const char *sandbox, enum sandbox_move move)
{
    service_move(fixture->service, sandbox, move, service_fixture_on_done, asked(fixture));
    return answered(fixture);
}

// --- looking ---

const char *service_fixture_sandbox(const struct service_fixture *fixture, size_t index)
{
    const struct fleet_row *row = fleet_row(service_fleet(fixture->service), index);
    cr_assert_not_null(row, "there is no sandbox %zu", index);
    return row->sandbox.id;
}

const struct credential *service_fixture_credential(const struct service_fixture *fixture,
                                                    const char *sandbox, size_t index)
{
    const struct fleet_row *row = fleet_find(service_fleet(fixture->service), sandbox);
    return row != NULL && index < row->credential_count ? &row->credentials[index] : NULL;
}

size_t service_fixture_count(const struct service_fixture *fixture, const char *sandbox)
{
    const struct fleet_row *row = fleet_find(service_fleet(fixture->service), sandbox);
    return row != NULL ? row->credential_count : 0;
}

struct vault *service_fixture_vault(const struct service_fixture *fixture)
{
    struct vault *vault = NULL;
    struct failure why;
    struct secret *key =
        secret_new(service_fixture_emulator.api_key, strlen(service_fixture_emulator.api_key));
    cr_assert_eq(vault_open(fixture->folder, service_fixture_emulator.base_url, key, &vault, &why), STATUS_OK,
                 "%s", why.message);
    secret_free(key);
    return vault;
}

size_t service_fixture_on_disk(const struct service_fixture *fixture, const char *sandbox,
                               struct credential *first)
{
    struct credential *list = NULL;
    struct failure why;
    size_t count = 0, found = 0;
    struct vault *vault = service_fixture_vault(fixture);
    cr_assert_eq(vault_list(vault, &list, &count, &why), STATUS_OK, "%s", why.message);
    for (size_t i = 0; i < count; i++)
        if ((sandbox == NULL || strcmp(list[i].sandbox_id, sandbox) == 0) && found++ == 0 && first != NULL)
            *first = list[i];
    free(list);
    vault_close(vault);
    return found;
}

// --- the disk ---

static struct rlimit before;

void service_fixture_fill_disk(const struct service_fixture *fixture)
{
    struct stat facts;
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/vault.db-wal", fixture->folder);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit full = {stat(path, &facts) == 0 ? (rlim_t)facts.st_size : 0, before.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
}

void service_fixture_free_disk(void)
{
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
}
