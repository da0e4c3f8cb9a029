// SPDX-License-Identifier: Apache-2.0
//
// sandbox_match: which sandboxes match, and which of two matches better.

#include "views/labels/sandbox_match.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1775044800000)

static const struct unparsed none;
static const struct sandbox_label db_label = {.name = "db-test", .note = "the old one"};
static const struct sandbox_label web_label = {.name = "web"};

static struct fleet_row row(const char *id, const char *template_id, const struct sandbox_label *label)
{
    return (struct fleet_row){.sandbox = {.id = id,
                                          .template_id = template_id,
                                          .pod_id = "",
                                          .state_name = "running",
                                          .network_mode = "",
                                          .unparsed = &none,
                                          .state = SANDBOX_running},
                              .label = label};
}

static int score(const char *typed, const struct fleet_row *of)
{
    static struct sandbox_match match;
    sandbox_match_begin(&match, typed);
    return sandbox_match_score(&match, of, NOW);
}

Test(sandbox_match, words_are_fuzzy_and_keys_are_the_filters)
{
    static const struct {
        const char *typed;
        bool matches;
    } cases[] = {
        {"", true},           {"4f2", true},          {"dbt", true},
        {"deb", true},        {"dbk", true},          {"old", true},
        {"odl", false},       {"run", true},          {"rng", false}, // letters of a state alone
        {"none", true},       {"!web", true},         {"!db", false},
        {"!running", false},  {"state:run", true},    {"state:paused", false},
        {"4f name:db", true}, {"4f name:web", false}, {"zz state:run", false},
    };
    const struct fleet_row one = row("sbx-4f2a", "system/debian:bookworm", &db_label);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(score(cases[i].typed, &one) != FUZZY_NONE, cases[i].matches, "%s", cases[i].typed);
}

Test(sandbox_match, id_and_name_go_before_what_many_have)
{
    const struct fleet_row named = row("sbx-1", "alpine", &web_label), templated = row("sbx-2", "web", NULL),
                           scattered = row("sbx-w0e0b", "alpine", NULL);
    cr_expect_gt(score("web", &named), score("web", &templated));
    cr_expect_gt(score("web", &templated), score("web", &scattered));
}

Test(sandbox_match, templates_are_not_mixed_up)
{
    static struct sandbox_match match;
    char texts[64][16];
    sandbox_match_begin(&match, "tpl-7x");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 64; i++) {
            (void)snprintf(texts[i], sizeof texts[i], "tpl-%dx", i);
            const struct fleet_row one = row("sbx-1", texts[i], NULL);
            bool has = strstr(texts[i], "7x") != NULL; // as it is, or with a digit between
            cr_expect_eq(sandbox_match_score(&match, &one, NOW) != FUZZY_NONE, has, "%s", texts[i]);
        }
}
