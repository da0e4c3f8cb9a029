// SPDX-License-Identifier: Apache-2.0
//
// fleet_filter_complete: what is offered for the word at the cursor.

#include "api/fleet/fleet_filter_complete.h"
#include "api/leap0/leap0.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fleet *fleet;
static struct fleet_filter_completion completion;

static void begin(void)
{
    static const char *const templates[] = {"system/debian:bookworm", "system/alpine", "two words",
                                            "system/debian:bookworm"};
    struct sandbox boxes[4] = {0};
    fleet = fleet_new();
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(boxes[i].id, sizeof boxes[i].id, "sbx-%zu", i);
        (void)snprintf(boxes[i].template_id, sizeof boxes[i].template_id, "%s", templates[i]);
        boxes[i].state = SANDBOX_running;
    }
    cr_assert_eq(fleet_take_page(fleet, &(const struct leap0_page){.sandboxes = boxes, .count = 4}, 0),
                 STATUS_OK);
    const struct sandbox_label label = {.name = "db-test"};
    cr_assert_eq(fleet_set_label(fleet, "sbx-1", &label), STATUS_OK);
}

static void end(void)
{
    fleet_free(fleet);
}

TestSuite(fleet_filter_complete, .init = begin, .fini = end);

static const char *saved_name(void *ctx, size_t index)
{
    static const char *const names[] = {"mine", "prod", NULL};
    (void)ctx;
    return index < 2 ? names[index] : NULL;
}

// "from: word word"; the cursor is at '|', or at the end.
static const char *offered(const char *text)
{
    static char out[512];
    char plain[256];
    const struct fleet_filter_names saved = {saved_name, NULL};
    size_t cursor = strcspn(text, "|");
    (void)snprintf(plain, sizeof plain, "%.*s%s", (int)cursor, text,
                   text[cursor] != '\0' ? text + cursor + 1 : "");
    fleet_filter_complete(plain, cursor, fleet, &saved, &completion);
    int used = snprintf(out, sizeof out, "%zu:", completion.from);
    for (size_t i = 0; i < completion.count; i++)
        used += snprintf(out + used, sizeof out - (size_t)used, " %s", completion.words[i]);
    return completion.count > 0 ? out : "";
}

Test(fleet_filter_complete, offers_what_the_word_can_become)
{
    static const struct {
        const char *text, *offered;
    } cases[] = {
        {"", ""},
        {"alpha ", ""},
        {"alpha", ""},
        {"s", "0: state:"},
        {"ST", "0: state:"},
        {"state", "0: state:"},
        {"n", "0: name: note:"},
        {"a", "0: age>"},
        {"e", "0: ends< expires<"},
        {"x e", "2: ends< expires<"},
        {"!e", "1: ends< expires<"},
        {"e|x", ""},
        {"e| x", "0: ends< expires<"},
        {"state:",
         "6: starting running snapshotting paused unpausing stopping stopped deleting deleted unknown gone"},
        {"state:p", "6: paused"},
        {"!state:p", "7: paused"},
        {"state:paused", ""},
        {"state:running,p", "14: paused"},
        {"cred:ex", "5: expiring expired"},
        {"pinned:", "7: yes no"},
        {"tpl:", "4: system/debian:bookworm system/alpine"},
        {"tpl:SYSTEM/d", "4: system/debian:bookworm"},
        {"tpl:system/debian:", "4: system/debian:bookworm"},
        {"tpl:\"sys", ""},
        {"name:", "5: db-test"},
        {"id:", ""},
        {"age>", ""},
        {"foo:", ""},
        {"@", "0: @mine @prod"},
        {"x @p", "2: @prod"},
        {"@prod", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_str_eq(offered(cases[i].text), cases[i].offered, "%s -> %s", cases[i].text,
                         offered(cases[i].text));
}

// The same numbers each time.
static size_t random_below(size_t most)
{
    static uint32_t state = 3;
    state = state * 1664525U + 1013904223U;
    return (state >> 16) % most;
}

Test(fleet_filter_complete, no_text_breaks_it)
{
    static const char *const pieces[] = {"state:", "\"",   "'",    ",",        " ", "!",
                                         "@",      "tpl:", "\xff", "\xc3\xbc", "s", "<"};
    for (size_t run = 0; run < 5000; run++) {
        char text[128] = "";
        size_t used = 0;
        for (size_t i = random_below(10); i > 0; i--)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s",
                                     pieces[random_below(sizeof pieces / sizeof pieces[0])]);
        for (size_t cursor = 0; cursor <= used; cursor++) {
            fleet_filter_complete(text, cursor, fleet, NULL, &completion);
            cr_assert_leq(completion.from, cursor);
            for (size_t i = 0; i < completion.count; i++)
                cr_assert_gt(strlen(completion.words[i]), cursor - completion.from, "%s", text);
        }
    }
}
