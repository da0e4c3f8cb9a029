// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter: the filter's language: which rows match which words, what is told of wrong ones, and that no
// text at all breaks it.

#include "api/fleet/fleet_filter.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW    INT64_C(1775044800000)
#define MINUTE INT64_C(60000)

static struct fleet_filter filter;
static struct failure why;

static const struct sandbox_label db_label = {
    .name = "DB-test", .note = "Do not delete: Bücher", .pinned = true};
static struct credential soon = {.id = "ssh-77",
                                 .verdict = VERDICT_VALID,
                                 .has_password = true,
                                 .created_at = NOW - 60 * MINUTE,
                                 .expires_at = NOW + 9 * MINUTE,
                                 .vault_row = 1};

// alpha runs, is two hours old, has a credential for nine minutes and times out in an hour; bravo is paused
// and has neither; charlie is in a state that is not known here; delta is gone.
static struct fleet_row rows[] = {
    {.sandbox = {.id = "sbx-alpha",
                 .template_id = "system/debian:bookworm",
                 .state = SANDBOX_running,
                 .state_name = "running",
                 .created_at = NOW - 120 * MINUTE,
                 .timeout_at = NOW + 60 * MINUTE},
     .credentials = &soon,
     .credential_count = 1,
     .label = &db_label},
    {.sandbox = {.id = "sbx-bravo",
                 .template_id = "team/Python, with a blank",
                 .state = SANDBOX_paused,
                 .state_name = "paused",
                 .created_at = NOW - 30 * MINUTE}},
    {.sandbox =
         {.id = "sbx-charlie", .template_id = "", .state = SANDBOX_other, .state_name = "hibernating"}},
    {.sandbox = {.id = "sbx-delta", .template_id = "", .state = SANDBOX_deleted, .state_name = "deleted"},
     .gone = true},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void begin(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
}

TestSuite(fleet_filter, .init = begin);

// The first letters of those that match.
static const char *found(const char *text)
{
    static char out[ROWS + 1];
    size_t count = 0;
    (void)fleet_filter_parse(text, &filter, &why);
    for (size_t i = 0; i < ROWS; i++)
        if (fleet_filter_matches(&filter, &rows[i], NOW))
            out[count++] = rows[i].sandbox.id[4];
    out[count] = '\0';
    return out;
}

Test(fleet_filter, words_and_keys_say_which_rows_match)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", "abcd"},
        {"  \t ", "abcd"},
        {"alpha", "a"},
        {"ALPHA sbx", "a"},
        {"sbx alpha", "a"},
        {"alpha bravo", ""},
        {"!alpha", "bcd"},
        {"!", "abcd"},
        {"alpha !", "a"},
        {"running", "a"},
        {"hibern", "c"},
        {"gone", "d"},
        {"!gone", "abc"},
        {"none", "bcd"},
        {"critical", ""},
        {"expiring", "a"},
        {"ssh-77", "a"},
        {"db-TEST", "a"},
        {"delete", "ad"}, // the note, and a state
        {"BÜCHER", "a"},
        {"ücher", "a"},
        {"pinned", "a"},
        {"!pinned", "bcd"},
        {"system/debian:bookworm", "a"},
        {"debian:bookworm", "a"},
        {"!debian:bookworm", "bcd"},
        {"http://x", ""},
        {"state:running", "a"},
        {"STATE:Running", "a"},
        {"state:run", "a"},
        {"state:running,paused", "ab"},
        {"state:running,", "a"},
        {"!state:running,paused", "cd"},
        {"state:unknown", "c"},
        {"state:gone", "d"},
        {"state:*", "abcd"},
        {"cred:expiring", "a"},
        {"credential:expiring", "a"},
        {"cred:none", "bcd"},
        {"!cred:none", "a"},
        {"tpl:debian", "a"},
        {"template:debian,python", "ab"},
        {"tpl:'python, with'", "b"},
        {"tpl:\"Python, with a blank\"", "b"},
        {"\"with a blank\"", "b"},
        {"!'with a blank'", "acd"},
        {"tpl:*", "ab"},
        {"!tpl:*", "cd"},
        {"'tpl:*'", ""},
        {"\"state:running\"", ""},
        {"name:db", "a"},
        {"name:*", "a"},
        {"!name:*", "bcd"},
        {"name:alpha", ""},
        {"note:bücher", "a"},
        {"note:'not delete'", "a"},
        {"id:br,al", "ab"},
        {"id:running", ""},
        {"pinned:yes", "a"},
        {"pinned:no", "bcd"},
        {"pinned:yes,no", "abcd"},
        {"age>1h", "a"},
        {"age<1h", "b"},
        {"age:<1h", "b"},
        {"age>=1h30m", "a"},
        {"!age>1h", "bcd"},
        {"AGE>1H", "a"},
        {"expires<10m", "a"},
        {"expires<5m", ""},
        {"ends<10m", "a"},
        {"ends>9m", ""},
        {"timeout<10m", ""},
        {"timeout<2h", "a"},
        {"timeout>59m59s", "a"},
        {"state:running cred:expiring tpl:debian age>1h ends<10m !paused name:db", "a"},
        // Not whole yet: as if it were not there.
        {"age>", "abcd"},
        {"age>1", "abcd"},
        {"age:", "abcd"},
        {"state:", "abcd"},
        {"name:", "abcd"},
        {"tpl:''", "abcd"},
        {"alpha tpl:", "a"},
        {"tpl:'pyth", "b"},
        {"''", "abcd"},
        // Wrong: likewise.
        {"state:runing", "abcd"},
        {"alpha cred:tired", "a"},
        {"age>fast", "abcd"},
        {"age>1h30", "abcd"},
        {"pinned:maybe", "abcd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_str_eq(found(cases[i].text), cases[i].rows, "%s: %s", cases[i].text, found(cases[i].text));
}

Test(fleet_filter, what_is_wrong_is_told_with_the_way_out)
{
    static const struct {
        const char *text;
        bool unfinished;
        const char *says, *advises;
    } cases[] = {
        {"state:runing", false, "'state:runing': did you mean running?", "starting, running"},
        {"a state:xyzzy b", false, "'state:xyzzy': not one of its values", "gone"},
        {"!cred:tired", false, "'!cred:tired'", "expiring"},
        {"state:", true, "a value is missing", "state:running"},
        {"state: b", false, "a value is missing", "state:running"},
        {"age>", true, "unit", "age>1h"},
        {"age>90", true, "unit", "age>1h"},
        {"age>90 b", false, "unit", "age>1h"},
        {"age>fast", false, "not a time", "age>1h"},
        {"age>99999999999999999999h", false, "not a time", "age>1h"},
        {"age:", true, "needs < or >", "age>1h"},
        {"age:old", false, "needs < or >", "age>1h"},
        {"pinned:maybe", false, "pinned:maybe", "yes, no"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text;
        cr_assert_eq(fleet_filter_parse(text, &filter, &why), STATUS_BAD_ARGUMENT, "%s", text);
        cr_expect_eq(filter.unfinished, cases[i].unfinished, "%s", text);
        cr_expect_not_null(strstr(failure_text(&why), cases[i].says), "%s: %s", text, failure_text(&why));
        cr_expect_not_null(strstr(failure_advice(&why), cases[i].advises), "%s: %s", text,
                           failure_advice(&why));
    }
    cr_expect_eq(fleet_filter_parse("state:runing", &filter, NULL), STATUS_BAD_ARGUMENT);
}

Test(fleet_filter, a_verb_is_refused_a_mistyped_key_that_would_let_all_in)
{
    static const struct {
        const char *text;
        enum status status;
    } cases[] = {
        {"!sate:paused", STATUS_BAD_ARGUMENT}, {"sate:paused", STATUS_OK},
        {"!\"sate:paused\"", STATUS_OK},       {"!debian:bookworm", STATUS_OK},
        {"!agee>1h", STATUS_BAD_ARGUMENT},     {"!paused", STATUS_OK},
        {"age>", STATUS_BAD_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(fleet_filter_parse_strictly(cases[i].text, &filter, &why), cases[i].status, "%s",
                     cases[i].text);
    (void)fleet_filter_parse_strictly("!sate:paused", &filter, &why);
    cr_expect_not_null(strstr(failure_advice(&why), "did you mean state:?"), "%s", failure_advice(&why));
}

Test(fleet_filter, one_positive_state_can_be_asked_of_the_server)
{
    static const struct {
        const char *text;
        enum sandbox_state state;
    } cases[] = {
        {"", SANDBOX_STATE_COUNT},
        {"running", SANDBOX_STATE_COUNT}, // it may be in an id
        {"state:running", SANDBOX_running},
        {"state:run", SANDBOX_running},
        {"alpha state:paused age>1h", SANDBOX_paused},
        {"!state:running", SANDBOX_STATE_COUNT},
        {"state:running,paused", SANDBOX_STATE_COUNT},
        {"state:stop", SANDBOX_STATE_COUNT},
        {"state:gone", SANDBOX_STATE_COUNT},
        {"state:unknown", SANDBOX_STATE_COUNT},
        {"!state:running state:paused", SANDBOX_paused},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)fleet_filter_parse(cases[i].text, &filter, NULL);
        cr_expect_eq(fleet_filter_state(&filter), cases[i].state, "%s", cases[i].text);
    }
}

Test(fleet_filter, the_beginning_of_a_key_can_be_taken_out_until_it_is_whole)
{
    static const char *const begun[] = {"s", "stat", "state", "alpha st", "templ", "!age", NULL};
    static const char *const others[] = {"",        "states",        "alpha",  "state ",
                                         "\"state", "state:running", "age>1h", NULL};
    for (size_t i = 0; begun[i] != NULL; i++) {
        (void)fleet_filter_parse(begun[i], &filter, NULL);
        size_t count = filter.term_count;
        cr_expect(filter.key_begun, "%s", begun[i]);
        fleet_filter_drop_begun(&filter);
        cr_expect_eq(filter.term_count, count - 1, "%s", begun[i]);
    }
    for (size_t i = 0; others[i] != NULL; i++) {
        (void)fleet_filter_parse(others[i], &filter, NULL);
        size_t count = filter.term_count;
        cr_expect_not(filter.key_begun, "%s", others[i]);
        fleet_filter_drop_begun(&filter);
        cr_expect_eq(filter.term_count, count, "%s", others[i]);
    }
}

Test(fleet_filter, plain_words_can_be_had_apart_from_the_keys)
{
    char plain[64];
    cr_expect_eq(fleet_filter_parse_keys("alp state:running !x \"two words\" age>1h", &filter, plain,
                                         sizeof plain, &why),
                 STATUS_OK);
    cr_expect_str_eq(plain, "alp !x two words");
    cr_expect_eq(filter.term_count, 2);
    char small[4];
    (void)fleet_filter_parse_keys("alpha bravo", &filter, small, sizeof small, &why);
    cr_expect_str_eq(small, "alp");
}

Test(fleet_filter, what_changes_with_time_is_known)
{
    static const char *const run[] = {"age>1h", "cred:expiring", "expiring", "ends<1m", NULL};
    static const char *const stay[] = {"", "alpha", "state:running", "tpl:debian", NULL};
    for (size_t i = 0; run[i] != NULL; i++) {
        (void)fleet_filter_parse(run[i], &filter, NULL);
        cr_expect(fleet_filter_runs(&filter), "%s", run[i]);
    }
    for (size_t i = 0; stay[i] != NULL; i++) {
        (void)fleet_filter_parse(stay[i], &filter, NULL);
        cr_expect_not(fleet_filter_runs(&filter), "%s", stay[i]);
    }
}

// More words and values than there is room for, and a text that is longer than any.
Test(fleet_filter, too_much_is_told_and_costs_nothing)
{
    char text[4096] = "";
    for (size_t i = 0; i < 100; i++)
        (void)snprintf(text + 2 * i, sizeof text - 2 * i, "a ");
    cr_expect_eq(fleet_filter_parse(text, &filter, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(filter.term_count, FLEET_FILTER_TERMS);
    for (size_t i = 0; i < 300; i++)
        (void)snprintf(text + (i > 0 ? 3 + 2 * (i - 1) : 0), sizeof text - 1000, i > 0 ? ",b" : "id:");
    cr_expect_eq(fleet_filter_parse(text, &filter, &why), STATUS_BAD_ARGUMENT);
    cr_expect_leq(filter.value_count, FLEET_FILTER_VALUES);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_expect_eq(fleet_filter_parse(text, &filter, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(filter.term_count, 0);
}

// The same numbers each time.
static size_t random_below(size_t most)
{
    static uint32_t state = 7;
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % most;
}

// Pieces of the language, of UTF-8 and of what is none, in any order.
Test(fleet_filter, no_text_breaks_it)
{
    static const char *const pieces[] = {
        "state:", "age>",  "1h",   "\"",   "'",        "!",    " ",        ",",  "*",
        "name:",  "a",     "\xc3", "\xbc", "\xc3\xbc", "\xff", "\xe2\x80", ":",  "<",
        ">=",     "cred:", "9",    "\x01", "pinned:",  "tpl:", "running",  "no", "\xf0\x9f\x98\x80"};
    struct failure failure;
    for (size_t run = 0; run < 20000; run++) {
        char text[256] = "", plain[64];
        size_t count = random_below(24), used = 0;
        for (size_t i = 0; i < count; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                     pieces[random_below(sizeof pieces / sizeof pieces[0])]);
        enum status status = fleet_filter_parse(text, &filter, &failure);
        cr_assert(status == STATUS_OK || (status == STATUS_BAD_ARGUMENT && failure.message[0] != '\0'));
        cr_assert(filter.term_count <= FLEET_FILTER_TERMS && filter.value_count <= FLEET_FILTER_VALUES);
        for (size_t i = 0; i < ROWS; i++)
            (void)fleet_filter_matches(&filter, &rows[i], NOW);
        (void)fleet_filter_state(&filter);
        (void)fleet_filter_parse_keys(text, &filter, plain, sizeof plain, &failure);
        cr_assert_lt(strlen(plain), sizeof plain);
    }
}
