// SPDX-License-Identifier: Apache-2.0
//
// proxy_name: reads what tools make of a name, and names one sandbox or says why not.

#include "views/ssh_proxy/proxy_name.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct fleet *fleet;
static struct failure why;

static void begin(void)
{
    fleet = fleet_new();
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(proxy_name, .init = begin, .fini = end);

static const char *parsed(const char *text)
{
    static char name[ID_CAP];
    return proxy_name_parse(text, name, &why) == STATUS_OK ? name : NULL;
}

Test(proxy_name, the_end_may_be_there_in_any_case_or_not)
{
    static const char *const forms[] = {"sbx-4f", "sbx-4f.leap0", "sbx-4f.LEAP0", "sbx-4f.Leap0.", "sbx-4f."};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        cr_assert_not_null(parsed(forms[i]), "%s: %s", forms[i], why.message);
        cr_expect_str_eq(parsed(forms[i]), "sbx-4f", "%s", forms[i]);
    }
    cr_expect_str_eq(parsed("a.b.leap0"), "a.b");
    cr_expect_str_eq(parsed("xleap0"), "xleap0");
}

Test(proxy_name, what_can_name_no_sandbox_is_refused_by_name)
{
    char longest[2 * ID_CAP];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const char *const wrong[] = {"",     ".leap0", "..",    "-oProxyCommand=x", "a b.leap0", "a/b",
                                 "a\nb", "a;b",    longest, "\xff.leap0"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_null(parsed(wrong[i]), "%s", wrong[i]);
        cr_expect_eq(why.status, STATUS_BAD_ARGUMENT);
        cr_expect_not_null(strstr(failure_advice(&why), "sbxdeck ls"));
    }
    memset(longest, 'a', ID_CAP - 1);
    (void)snprintf(longest + ID_CAP - 1, sizeof longest - ID_CAP + 1, ".leap0");
    cr_expect_not_null(parsed(longest), "the longest id with its end");
}

static void add(const char *id)
{
    struct sandbox sandbox;
    memset(&sandbox, 0, sizeof sandbox);
    (void)snprintf(sandbox.id, sizeof sandbox.id, "%s", id);
    cr_assert_eq(fleet_take_sandbox(fleet, &sandbox, 0), STATUS_OK);
}

static const char *resolved(const char *name)
{
    const struct fleet_row *row = NULL;
    return proxy_name_resolve(fleet, name, &row, &why) == STATUS_OK ? row->sandbox.id : NULL;
}

Test(proxy_name, an_id_or_how_it_begins)
{
    add("sbx-4f");
    add("sbx-4f0");
    add("sbx-5a");
    cr_expect_str_eq(resolved("sbx-4f"), "sbx-4f", "a whole id is no prefix");
    cr_expect_str_eq(resolved("sbx-5"), "sbx-5a");
    cr_expect_null(resolved("sbx-"));
    cr_expect_eq(why.status, STATUS_CONFLICT);
    cr_expect_null(resolved("nobody"));
    cr_expect_eq(why.status, STATUS_NOT_FOUND);
}

Test(proxy_name, tools_make_names_small)
{
    add("Sbx-AbC1");
    add("Sbx-abd2");
    add("SBX-ABD2");
    cr_expect_str_eq(resolved("sbx-abc1"), "Sbx-AbC1");
    cr_expect_str_eq(resolved("sbx-abc"), "Sbx-AbC1");
    cr_expect_str_eq(resolved("SBX-ABD2"), "SBX-ABD2", "the same is the one");
    cr_expect_null(resolved("sbx-abd2"), "two that only their case tells apart");
}

Test(proxy_name, the_name_of_one_that_is_gone_means_no_other)
{
    static const struct sandbox_label label = {.name = "db"};
    add("db-9");
    cr_expect_str_eq(resolved("DB"), "db-9");
    cr_assert_eq(fleet_set_label(fleet, "sbx-gone", &label), STATUS_OK);
    cr_expect_null(resolved("DB"));
    cr_expect_eq(why.status, STATUS_NOT_FOUND);
}

Test(proxy_name, a_profile_stands_behind_the_name)
{
    static const char names[][PROFILE_CAP] = {"staging", "eu-1"};
    static const struct {
        const char *text, *profile, *name;
    } cases[] = {
        {"sbx-1.staging.leap0", "staging", "sbx-1"},
        {"sbx-1.STAGING.LEAP0.", "staging", "sbx-1"},
        {"sbx-1.eu-1", "eu-1", "sbx-1"},
        {"a.b.staging.leap0", "staging", "a.b"},
        {"sbx-1.leap0", NULL, NULL},
        {"staging.leap0", NULL, NULL},
        {".staging.leap0", NULL, NULL},
        {"sbx-1.staging.other.leap0", NULL, NULL},
        {"sbx-1staging.leap0", NULL, NULL},
        {"sbx-1.prod.leap0", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[ID_CAP] = "";
        const char *profile = proxy_name_profile(cases[i].text, names, 2, name);
        cr_expect_eq(profile == NULL, cases[i].profile == NULL, "%s", cases[i].text);
        if (profile == NULL || cases[i].profile == NULL)
            continue;
        cr_expect_str_eq(profile, cases[i].profile, "%s", cases[i].text);
        cr_expect_str_eq(name, cases[i].name, "%s", cases[i].text);
    }
    char longest[ID_CAP + 32], name[ID_CAP];
    memset(longest, 'x', sizeof longest);
    (void)snprintf(longest + ID_CAP, 32, ".staging");
    cr_expect_null(proxy_name_profile(longest, names, 2, name), "longer than an id");
}
