// SPDX-License-Identifier: Apache-2.0
//
// A vault of which a part is damaged or was changed by somebody: the rest is there, and what is wrong is
// named.

#include "tests/e2e/world.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// As somebody with an SQLite shell would.
static void change(const struct world *world, const char *sql)
{
    char file[SUPPORT_PATH_CAP + 64];
    char *error = NULL;
    sqlite3 *db = NULL;
    (void)snprintf(file, sizeof file, "%s/.local/state/sbxdeck/vault.db", world->home);
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &error), SQLITE_OK, "%s", error);
    cr_assert_gt(sqlite3_total_changes(db), 0, "%s changed nothing", sql);
    (void)sqlite3_close(db);
}

static const char *const three[] = {"--fleet", "plain", "--sandboxes", "3", "--dialect", "sandbox", NULL};

// Three sandboxes with a credential each.
static void begin(struct world *world, char boxes[3][64])
{
    world_begin(world, three);
    cJSON *list = world_json(world, 0, "ls", "--json", NULL);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(boxes[i], 64, "%s", json_text(cJSON_GetArrayItem(list, i), "id"));
        cJSON_Delete(world_json(world, 0, "access", "create", boxes[i], "--json", NULL));
    }
    cJSON_Delete(list);
}

Test(vault_damage, one_row_that_cannot_be_opened_is_named_and_the_others_are_listed)
{
    struct world world;
    char boxes[3][64], sql[256];
    begin(&world, boxes);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE credential SET sealed = zeroblob(length(sealed)) WHERE sandbox_id = '%s'",
                   boxes[1]);
    change(&world, sql);
    struct support_result result = world_run(&world, "ls", "--json", "--show-password", NULL);
    cr_expect_eq(result.exit_code, 1, "%d", result.exit_code);
    cr_expect_not_null(strstr(result.err, boxes[1]), "%s", result.err);
    cr_expect_not_null(strstr(result.err, "damaged"), "%s", result.err);
    cJSON *list = cJSON_Parse(result.out);
    cr_assert_eq(cJSON_GetArraySize(list), 3, "%s", result.out);
    for (int i = 0; i < 3; i++) {
        const cJSON *sandbox = cJSON_GetArrayItem(list, i);
        const cJSON *access = cJSON_GetArrayItem(cJSON_GetObjectItem(sandbox, "access"), 0);
        bool damaged = strcmp(json_text(sandbox, "id"), boxes[1]) == 0;
        cr_assert_not_null(access);
        cr_expect_eq(cJSON_HasObjectItem(access, "password"), !damaged, "%s", result.out);
    }
    cJSON_Delete(list);
    support_result_free(&result);
    world_end(&world);
}
