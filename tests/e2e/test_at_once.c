// SPDX-License-Identifier: Apache-2.0
//
// Sixteen of the real program regenerate the same credentials at once: what the server has given out last is
// what the vault has, whatever the order in which the answers were written.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(at_once, .timeout = 600);

enum { ROUNDS = 8, PROGRAMS = 16, BOXES = 2, CODE_CONFLICT = 5 };

static char ledger[SUPPORT_PATH_CAP + 16], boxes[BOXES][64];

static void begin(struct fixture *fixture, const char *dialect)
{
    fixture_begin_without(fixture);
    (void)snprintf(ledger, sizeof ledger, "%s.ledger", fixture->home);
    cr_assert(support_file_write(ledger, ""));
    const char *const options[] = {"--fleet",  "plain", "--sandboxes",  "2",       "--dialect", dialect,
                                   "--ledger", ledger,  "--rate-limit", "1000000", NULL};
    cr_assert(support_emulator_start(&fixture->emulator, options));
    fixture_point_at(fixture, fixture->emulator.base_url, fixture->emulator.api_key);
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), BOXES);
    for (int i = 0; i < BOXES; i++) {
        (void)snprintf(boxes[i], sizeof boxes[i], "%s", json_text(cJSON_GetArrayItem(list, i), "id"));
        fixture_expect(fixture, 0, NULL, NULL, "access", "create", boxes[i], NULL);
    }
    cJSON_Delete(list);
}

// The last that the server has given out for a sandbox.
static void last_of(const char *box, char id[64], char password[128])
{
    char *text = support_file_read(ledger, NULL), *rest = NULL;
    id[0] = '\0';
    cr_assert_not_null(text);
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char of[64], its_id[64], its_password[128];
        cr_assert_eq(sscanf(line, "%63s %63s %127s", of, its_id, its_password), 3, "%s", line);
        if (strcmp(of, box) == 0) {
            memcpy(id, its_id, sizeof its_id);
            memcpy(password, its_password, sizeof its_password);
        }
    }
    free(text);
    cr_assert_str_not_empty(id);
}

static void expect_kept(struct fixture *fixture, const char *box, int round)
{
    char id[64], password[128];
    bool found = false;
    last_of(box, id, password);
    cJSON *list = fixture_json(fixture, 0, "access", "ls", box, "--json", "--show-password", NULL);
    const cJSON *access = NULL;
    cJSON_ArrayForEach(access, list)
    {
        const cJSON *its_password = cJSON_GetObjectItemCaseSensitive(access, "password");
        // Two that were given in one millisecond leave it unknown.
        found = found || strcmp(json_text(access, "state"), "unknown") == 0 ||
                (cJSON_IsString(its_password) && strcmp(its_password->valuestring, password) == 0);
    }
    cJSON_Delete(list);
    cr_expect(found, "round %d: %s of %s is lost", round, id, box);
}

static void regenerate_at_once(const char *dialect)
{
    struct fixture fixture;
    begin(&fixture, dialect);
    for (int round = 0; round < ROUNDS; round++) {
        pid_t programs[PROGRAMS];
        int worked = 0;
        for (int i = 0; i < PROGRAMS; i++) {
            const char *const argv[] = {fixture.program, "access", "regen", boxes[i % BOXES], NULL};
            programs[i] = support_spawn(argv, fixture.environment, -1, -1, -1);
            cr_assert_gt(programs[i], 0);
        }
        for (int i = 0; i < PROGRAMS; i++) {
            int code = support_wait_exit(programs[i], 4 * SUPPORT_WAIT_MS);
            cr_expect(code == 0 || code == CODE_CONFLICT, "exit %d", code);
            worked += code == 0 ? 1 : 0;
        }
        cr_expect_geq(worked, BOXES);
        for (int i = 0; i < BOXES; i++)
            expect_kept(&fixture, boxes[i], round);
    }
    (void)unlink(ledger);
    fixture_end(&fixture);
}

Test(at_once, one_credential_a_sandbox)
{
    regenerate_at_once("sandbox");
}

Test(at_once, several_by_id)
{
    regenerate_at_once("credential");
}
