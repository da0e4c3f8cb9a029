// SPDX-License-Identifier: Apache-2.0
//
// A vault of which a part is damaged or was changed by hand: the rest is there, and what is wrong is named.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// As somebody with an SQLite shell would.
static void change(const struct fixture *fixture, const char *sql)
{
    char file[SUPPORT_PATH_CAP + 64];
    char *error = NULL;
    sqlite3 *db = NULL;
    (void)snprintf(file, sizeof file, "%s/.local/state/sbxdeck/vault.db", fixture->home);
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &error), SQLITE_OK, "%s", error);
    cr_assert_gt(sqlite3_total_changes(db), 0, "%s changed nothing", sql);
    (void)sqlite3_close(db);
}

static const char *const three[] = {"--fleet", "plain", "--sandboxes", "3", "--dialect", "sandbox", NULL};

// Three sandboxes with a credential each.
static void begin(struct fixture *fixture, char boxes[3][64])
{
    fixture_begin(fixture, three);
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(boxes[i], 64, "%s", json_text(cJSON_GetArrayItem(list, i), "id"));
        cJSON_Delete(fixture_json(fixture, 0, "access", "create", boxes[i], "--json", NULL));
    }
    cJSON_Delete(list);
}

Test(vault_damage, a_changed_host_is_refused_and_shown_as_such)
{
    struct fixture fixture;
    char boxes[3][64], sql[256];
    begin(&fixture, boxes);
    (void)snprintf(sql, sizeof sql, "UPDATE credential SET host = 'evil.example' WHERE sandbox_id = '%s'",
                   boxes[1]);
    change(&fixture, sql);
    fixture_expect(&fixture, 0, "damaged here", NULL, "ls", NULL);
    struct support_result result = fixture_run(&fixture, "ssh", boxes[1], "true", NULL);
    cr_expect_eq(result.exit_code, 1, "%d", result.exit_code);
    cr_expect_not_null(strstr(result.err, "evil.example"), "%s", result.err);
    support_result_free(&result);
    struct console *console = fixture_console(&fixture, 40, 120, boxes[1]);
    fixture_choose(console, boxes[1]);
    console_wait(console, "damaged");
    fixture_quit(console);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "regen", boxes[1], NULL); // the way out
    fixture_expect(&fixture, 0, "fine", NULL, "ssh", boxes[1], "echo fine", NULL);
    fixture_end(&fixture);
}

// The vault's log may grow by so much and no more.
static struct support_result create_with_limit(const struct fixture *fixture, const char *sandbox, long bytes)
{
    char blocks[32];
    (void)snprintf(blocks, sizeof blocks, "%ld", bytes / 512);
    const char *const argv[] = {"sh",
                                "-c",
                                "ulimit -f $1; shift; exec \"$@\"",
                                "sh",
                                blocks,
                                fixture->program,
                                "access",
                                "create",
                                sandbox,
                                "--json",
                                "--show-password",
                                NULL};
    struct support_result result;
    cr_assert(support_run(argv, fixture->environment, NULL, 60000, &result));
    return result;
}

static bool is_in_vault(struct fixture *fixture, const char *sandbox, const char *password)
{
    struct support_result result =
        fixture_run(fixture, "access", "ls", sandbox, "--json", "--show-password", NULL);
    bool found = strstr(result.out, password) != NULL;
    support_result_free(&result);
    return found;
}

Test(vault_damage, what_the_vault_does_not_take_is_printed_with_the_way_to_keep_it)
{
    enum { FRAME = 4096 + 24 };
    struct fixture fixture;
    char boxes[3][64], log[SUPPORT_PATH_CAP + 96], file[SUPPORT_PATH_CAP + 64], password[128];
    sqlite3 *db = NULL;
    int printed = 0, kept = 0;
    begin(&fixture, boxes);
    (void)snprintf(file, sizeof file, "%s/.local/state/sbxdeck/vault.db", fixture.home);
    (void)snprintf(log, sizeof log, "%s-wal", file);
    // Somebody else has it open, so that its log stays and is longer than what may be taken before the call.
    cr_assert_eq(sqlite3_open(file, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, "SELECT count(*) FROM credential", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 14; i++)
        cr_assert_eq(sqlite3_exec(db, "UPDATE vault SET value = value", NULL, NULL, NULL), SQLITE_OK);
    for (int frames = 1; frames <= 12; frames++) {
        struct stat facts;
        cJSON_Delete(fixture_json(&fixture, 0, "access", "delete", boxes[0], "--json", NULL));
        cr_assert_eq(stat(log, &facts), 0);
        struct support_result result =
            create_with_limit(&fixture, boxes[0], (long)facts.st_size + (long)frames * FRAME + 512);
        cJSON *made = cJSON_Parse(result.out);
        cr_expect_null(strstr(result.err, "until"), "%s", result.err);
        if (made != NULL) {
            (void)snprintf(password, sizeof password, "%s", json_text(made, "password"));
            bool there = is_in_vault(&fixture, boxes[0], password);
            cr_expect_eq(result.exit_code, there ? 0 : 1, "%d %s", result.exit_code, result.err);
            if (!there) {
                // By what was printed it is had back.
                cr_expect_not_null(strstr(result.err, "only in memory"), "%s", result.err);
                cr_expect_not_null(strstr(result.err, "sbxdeck access import"), "%s", result.err);
                const char *const argv[] = {fixture.program, "access", "import", boxes[0], NULL};
                struct support_result taken;
                cr_assert(support_run(argv, fixture.environment, result.out, 60000, &taken));
                cr_expect_eq(taken.exit_code, 0, "%s%s", taken.out, taken.err);
                support_result_free(&taken);
                cr_expect(is_in_vault(&fixture, boxes[0], password));
            }
            printed += !there;
            kept += there;
        } else {
            cr_expect_eq(result.exit_code, 1);
            cr_expect_not_null(strstr(result.err, "vault.db"), "%s", result.err);
            cJSON_Delete(fixture_json(&fixture, 0, "access", "create", boxes[0], "--json", NULL));
        }
        cJSON_Delete(made);
        support_result_free(&result);
    }
    cr_expect_gt(printed, 0);
    cr_expect_gt(kept, 0);
    (void)sqlite3_close(db);
    fixture_end(&fixture);
}

Test(vault_damage, one_row_that_cannot_be_opened_is_named_and_the_others_are_listed)
{
    struct fixture fixture;
    char boxes[3][64], sql[256];
    begin(&fixture, boxes);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE credential SET sealed = zeroblob(length(sealed)) WHERE sandbox_id = '%s'",
                   boxes[1]);
    change(&fixture, sql);
    struct support_result result = fixture_run(&fixture, "ls", "--json", "--show-password", NULL);
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
    fixture_end(&fixture);
}
