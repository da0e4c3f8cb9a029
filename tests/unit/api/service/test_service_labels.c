// SPDX-License-Identifier: Apache-2.0
//
// Names, notes and pins through the service: into the vault and the fleet, known to another service of the
// same vault, refused where they clash, and what becomes of them when a sandbox goes.

#include "api/base/time_util.h"
#include "api/vault/vault_labels.h"
#include "api/vault/vault_private.h"
#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(service_labels, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture, other;
static char box[ID_CAP];

struct label_answer {
    int calls;
    struct failure why;
    struct sandbox_label before, after;
};

static void on_label(void *ctx, const struct failure *why, const struct sandbox_label *before,
                     const struct sandbox_label *after)
{
    struct label_answer *answer = ctx;
    answer->calls++;
    answer->why = *why;
    if (before != NULL)
        answer->before = *before;
    if (after != NULL)
        answer->after = *after;
}

static bool is_answered(void *ctx)
{
    return ((struct label_answer *)ctx)->calls > 0;
}

static enum status name(struct service_fixture *in, const char *sandbox, const char *text)
{
    static struct label_answer answer;
    struct label_change change = {.sets_name = true};
    (void)snprintf(change.to.name, sizeof change.to.name, "%s", text);
    answer = (struct label_answer){.calls = 0};
    service_change_label(in->service, sandbox, &change, on_label, &answer);
    cr_assert_eq(answer.calls, 0, "not from inside the call");
    service_fixture_run_until(in, is_answered, &answer);
    cr_assert_eq(answer.calls, 1);
    in->trouble = answer.why;
    return answer.why.status;
}

static const char *name_of(const struct service_fixture *in, const char *sandbox)
{
    return fleet_name_of(service_fleet(in->service), sandbox);
}

static bool has_name(void *ctx)
{
    return strcmp(name_of(ctx, box), "web") == 0;
}

Test(service_labels, a_name_is_in_the_fleet_and_known_to_another_program_at_once)
{
    service_fixture_start(&fixture, NULL, DIALECT_SANDBOX, box);
    service_fixture_load(&other, "vault", DIALECT_SANDBOX);
    service_set_interval(other.service, 60000); // watches the vault
    cr_expect_eq(service_fixture_refresh(&other), STATUS_OK);
    cr_expect_eq(name(&fixture, box, "web"), STATUS_OK);
    cr_expect_str_eq(name_of(&fixture, box), "web");
    cr_expect_str_eq(fleet_row_name(fleet_find(service_fleet(fixture.service), box)), "web");
    service_fixture_run_until(&other, has_name, &other);
    const char *second = service_fixture_sandbox(&other, 1);
    cr_expect_eq(name(&other, second, "WEB"), STATUS_CONFLICT);
    cr_expect_not_null(strstr(other.trouble.message, box), "%s", other.trouble.message);
    cr_expect_eq(name(&other, second, "a b"), STATUS_BAD_ARGUMENT);
    cr_expect_eq(name(&other, second, box), STATUS_BAD_ARGUMENT, "an id");
    cr_expect_eq(name(&other, "../x", "x"), STATUS_MALFORMED);
    service_fixture_close(&other);
    service_fixture_close(&fixture);
}

Test(service_labels, the_log_has_the_name_that_a_sandbox_had_then)
{
    struct credential made;
    service_fixture_start(&fixture, NULL, DIALECT_SANDBOX, box);
    cr_assert_eq(name(&fixture, box, "web"), STATUS_OK);
    service_fixture_made(&fixture, box, &made);
    service_fixture_close(&fixture);
    struct vault *vault = NULL;
    struct event *list = NULL;
    size_t count = 0;
    const struct event_query query = {.kinds = 1U << EVENT_CREATED, .most = 10};
    struct failure why;
    struct secret *key =
        secret_new(service_fixture_emulator.api_key, strlen(service_fixture_emulator.api_key));
    cr_assert_eq(vault_open(fixture.folder, service_fixture_emulator.base_url, key, &vault, &why), STATUS_OK,
                 "%s", why.message);
    cr_assert_eq(event_log_query(vault, &query, &list, &count, &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(count, 1);
    cr_expect_str_eq(list[0].name, "web");
    free(list);
    vault_close(vault);
    secret_free(key);
}

static bool is_gone(void *ctx)
{
    const struct service_fixture *in = ctx;
    const struct fleet_row *row = fleet_find(service_fleet(in->service), box);
    return row == NULL || row->gone;
}

Test(service_labels, the_name_of_a_sandbox_that_has_gone_stays_known_and_is_free)
{
    const struct fleet_row *row = NULL;
    char second[ID_CAP];
    service_fixture_start(&fixture, NULL, DIALECT_SANDBOX, box);
    (void)snprintf(second, sizeof second, "%s", service_fixture_sandbox(&fixture, 1));
    cr_assert_eq(name(&fixture, box, "web"), STATUS_OK);
    cr_assert_eq(service_fixture_move(&fixture, box, MOVE_DELETE), STATUS_OK);
    service_set_interval(fixture.service, 50);
    service_fixture_run_until(&fixture, is_gone, &fixture);
    service_set_interval(fixture.service, 0);
    cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
    cr_expect_str_eq(name_of(&fixture, box), "web", "for the log and the timeline");
    cr_expect_eq(fleet_resolve(service_fleet(fixture.service), "web", &row, &fixture.trouble),
                 STATUS_NOT_FOUND);
    cr_expect_not_null(strstr(fixture.trouble.message, box), "%s", fixture.trouble.message);
    cr_expect_eq(name(&fixture, second, "web"), STATUS_OK, "%s", fixture.trouble.message);
    cr_expect_eq(fleet_resolve(service_fleet(fixture.service), "web", &row, &fixture.trouble), STATUS_OK);
    cr_expect_str_eq(row->sandbox.id, second);
    service_fixture_close(&fixture);
}

Test(service_labels, a_disk_that_is_full_changes_nothing_and_says_so)
{
    service_fixture_start(&fixture, NULL, DIALECT_SANDBOX, box);
    cr_assert_eq(name(&fixture, box, "web"), STATUS_OK);
    service_fixture_fill_disk(&fixture);
    enum status status = STATUS_OK;
    char text[32];
    for (int i = 0; i < 1000 && status == STATUS_OK; i++) {
        (void)snprintf(text, sizeof text, "n%d", i);
        status = name(&fixture, box, text);
    }
    cr_expect_eq(status, STATUS_STORE_FAILED);
    cr_expect_str_neq(name_of(&fixture, box), text);
    service_fixture_free_disk();
    cr_expect_eq(name(&fixture, box, "shop"), STATUS_OK, "%s", fixture.trouble.message);
    service_fixture_close(&fixture);
}

// The label as another key of another program has left it, so many hours ago; then a list comes. Whether this
// key has taken it over.
static bool is_taken_over(int hours)
{
    char sql[128];
    struct vault *vault = NULL;
    struct vault_label *list = NULL;
    size_t count = 0;
    struct failure why;
    struct secret *key =
        secret_new(service_fixture_emulator.api_key, strlen(service_fixture_emulator.api_key));
    cr_assert_eq(vault_open(fixture.folder, service_fixture_emulator.base_url, key, &vault, &why), STATUS_OK,
                 "%s", why.message);
    (void)snprintf(sql, sizeof sql, "UPDATE label SET mark = zeroblob(%d), seen_at = %lld", VAULT_MARK_BYTES,
                   (long long)(time_wall_ms() - hours * INT64_C(3600000)));
    cr_assert(vault_exec(vault, sql));
    service_fixture_load(&other, "vault", DIALECT_SANDBOX);
    service_fixture_close(&other); // when all is on the disk
    cr_assert_eq(vault_labels(vault, &list, &count, &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(count, 1);
    bool taken = !list[0].of_other_key;
    cr_expect_eq(list[0].gone_at, 0);
    free(list);
    vault_close(vault);
    secret_free(key);
    return taken;
}

Test(service_labels, a_key_takes_a_label_over_from_one_that_is_used_no_more)
{
    service_fixture_start(&fixture, NULL, DIALECT_SANDBOX, box);
    cr_assert_eq(name(&fixture, box, "web"), STATUS_OK);
    service_fixture_close(&fixture);
    cr_expect_not(is_taken_over(1), "the other one is in use");
    cr_expect(is_taken_over(25), "it was replaced");
}
