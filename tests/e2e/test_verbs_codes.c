// SPDX-License-Identifier: Apache-2.0
//
// The exit code of every verb for every way in which a server can say no, or nothing.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 5, ANY = -1 };
static const char *const ways[WAYS] = {"404", "409", "429", "500", NULL}; // NULL: the answer is lost

// BOX stands for a running sandbox with a credential, NEW for one without.
struct verb_row {
    char words[4][24]; // parametrised tests take no pointers
    char call[16];     // the emulator's name for what it asks
    int codes[WAYS];   // a call that may have changed something is unknown after a 500: 7
};

ParameterizedTestParameters(verbs_codes, each_way_to_fail_has_its_code)
{
    static struct verb_row rows[] = {
        {{"ls"}, "list", {4, 5, 6, 1, 7}},
        {{"access", "create", "NEW"}, "create", {4, 5, 6, 7, 7}},
        {{"access", "validate", "BOX"}, "validate", {ANY, 5, 6, 1, 7}},
        {{"access", "needs-renewal", "BOX"}, "validate", {ANY, 5, 6, 9, 7}},
        {{"access", "regen", "BOX"}, "regen", {4, 5, 6, 7, 7}},
        {{"access", "delete", "BOX"}, "delete", {ANY, 5, 6, 7, 7}},
        {{"ssh", "NEW", "true"}, "create", {4, 5, 6, 7, 7}},
        {{"start", "BOX"}, "start", {4, 5, 6, 7, 7}},
        {{"stop", "BOX"}, "stop", {4, 5, 6, 7, 7}},
        {{"pause", "BOX"}, "pause", {4, 5, 6, 7, 7}},
        {{"sandbox", "create"}, "new", {4, 5, 6, 7, 7}},
        {{"sandbox", "delete", "BOX", "--yes"}, "remove", {4, 5, 6, 7, 7}},
    };
    return cr_make_param_array(struct verb_row, rows, sizeof rows / sizeof rows[0]);
}

static void two_sandboxes(struct fixture *fixture, char box[64], char other[64])
{
    fixture_first_sandbox(fixture, box, 64);
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    const cJSON *row = NULL;
    other[0] = '\0';
    cJSON_ArrayForEach(row, list)
    {
        if (strcmp(json_text(row, "id"), box) != 0)
            (void)snprintf(other, 64, "%s", json_text(row, "id"));
    }
    cr_assert_str_not_empty(other);
    cJSON_Delete(list);
}

static struct support_result run(struct fixture *fixture, const struct verb_row *row, const char *box,
                                 const char *other)
{
    const char *words[4];
    for (size_t i = 0; i < 4; i++)
        words[i] = strcmp(row->words[i], "BOX") == 0   ? box
                   : strcmp(row->words[i], "NEW") == 0 ? other
                   : row->words[i][0] != '\0'          ? row->words[i]
                                                       : NULL;
    return fixture_run(fixture, words[0], words[1], words[2], words[3], NULL);
}

static void expect_code(struct fixture *fixture, const struct verb_row *row, const char *ids[2], int code,
                        const char *way)
{
    struct support_result result = run(fixture, row, ids[0], ids[1]);
    cr_expect_eq(result.exit_code, code, "%s %s: %s: %d instead of %d: %s%s", row->words[0], row->words[1],
                 way, result.exit_code, code, result.out, result.err);
    cr_expect_not_null(strstr(result.err, "sbxdeck: "), "%s %s: %s: nothing was said", row->words[0],
                       row->words[1], way);
    support_result_free(&result);
}

// NOLINTNEXTLINE(readability-non-const-parameter): Criterion's type
ParameterizedTest(struct verb_row *row, verbs_codes, each_way_to_fail_has_its_code)
{
    char box[64] = "sbx-any", other[64] = "", fault[48];
    const char *ids[2] = {box, other};
    for (int way = 0; way < WAYS; way++) {
        const char *const options[] = {"--fleet",
                                       "plain",
                                       "--sandboxes",
                                       "2",
                                       "--seed",
                                       "7",
                                       ways[way] != NULL ? "--fail" : "--drop-answer-to",
                                       fault,
                                       NULL};
        struct fixture fixture;
        if (row->codes[way] == ANY)
            continue;
        (void)snprintf(fault, sizeof fault, "%s%s%s", row->call, ways[way] != NULL ? ":" : "",
                       ways[way] != NULL ? ways[way] : "");
        fixture_begin(&fixture, options);
        if (strcmp(row->call, "list") != 0)
            two_sandboxes(&fixture, box, other);
        if (strcmp(row->call, "list") != 0 && strcmp(row->call, "create") != 0)
            fixture_expect(&fixture, 0, NULL, NULL, "access", "create", box, NULL);
        expect_code(&fixture, row, ids, row->codes[way], ways[way] != NULL ? ways[way] : "no answer");
        fixture_end(&fixture);
    }
}

Test(verbs_codes, without_a_key_or_a_sandbox_nothing_is_done)
{
    static const struct verb_row rows[] = {
        {.words = {"access", "ls", "NEW"}},
        {.words = {"access", "create", "NEW"}},
        {.words = {"access", "validate", "NEW"}},
        {.words = {"access", "regen", "NEW"}},
        {.words = {"access", "delete", "NEW"}},
        {.words = {"access", "forget", "NEW"}},
        {.words = {"access", "needs-renewal", "NEW"}},
        {.words = {"ssh", "NEW"}},
        {.words = {"start", "NEW"}},
        {.words = {"stop", "NEW"}},
        {.words = {"pause", "NEW"}},
        {.words = {"sandbox", "delete", "NEW", "--yes"}},
        {.words = {"ls"}},
        {.words = {"sandbox", "create"}},
        {.words = {"watch"}},
        {.words = {"events"}},
        {.words = {"access", "revoke-all"}},
        {.words = {"vault", "rekey"}},
        {.words = {"access", "import"}},
    };
    const char *ids[2] = {"", "sbx-nosuchone"};
    struct fixture fixture;
    fixture_begin(&fixture, NULL);
    for (size_t i = 0; strcmp(rows[i].words[0], "ls") != 0; i++)
        expect_code(&fixture, &rows[i], ids, 4, "no such sandbox");
    fixture_point_at(&fixture, fixture.emulator.base_url, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_code(&fixture, &rows[i], ids, 3, "no key");
    fixture_end(&fixture);
}

Test(verbs_codes, needs_renewal_tells_no_from_not_known)
{
    const char *const options[] = {"--fail", "validate:500:3", NULL};
    struct fixture fixture;
    char box[64];
    fixture_begin_first(&fixture, options, box, sizeof box);
    fixture_expect(&fixture, 0, "there is none", NULL, "access", "needs-renewal", box, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", box, NULL);
    fixture_expect(&fixture, 9, NULL, "sbxdeck: access needs-renewal: ", "access", "needs-renewal", box,
                   NULL);
    fixture_expect(&fixture, 1, "needs no renewal", NULL, "access", "needs-renewal", box, NULL);
    // What can't be printed is no answer either.
    char command[2 * SUPPORT_PATH_CAP];
    struct support_result result = {0};
    (void)snprintf(command, sizeof command, "'%s' access needs-renewal %s >/dev/full", fixture.program, box);
    const char *const argv[] = {"sh", "-c", command, NULL};
    cr_assert(support_run(argv, fixture.environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 9, "%d %s", result.exit_code, result.err);
    support_result_free(&result);
    fixture_end(&fixture);
}

Test(verbs_codes, a_deleted_sandbox_with_a_credential_is_named_as_that)
{
    const char *const options[] = {"--move-ms", "0", NULL};
    struct fixture fixture;
    char box[64];
    fixture_begin_first(&fixture, options, box, sizeof box);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", box, NULL);
    fixture_expect(&fixture, 0, "deleted", NULL, "sandbox", "delete", box, "--yes", NULL);
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    const cJSON *row = NULL;
    bool found = false;
    cJSON_ArrayForEach(row, list)
    {
        if (strcmp(json_text(row, "id"), box) != 0)
            continue;
        found = true;
        cr_expect_str_eq(json_text(row, "state"), "deleted");
    }
    cr_expect(found, "its credential may be of use: it has a row");
    cJSON_Delete(list);
    fixture_expect(&fixture, 4, NULL, "is deleted", "ssh", box, "true", NULL);
    fixture_expect(&fixture, 4, NULL, "is deleted", "access", "needs-renewal", box, NULL);
    fixture_end(&fixture);
}
