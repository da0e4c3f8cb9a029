// SPDX-License-Identifier: Apache-2.0
//
// event_log: what comes back of what was written, from which time on, and how much.

#include "api/event_log.h"
#include "tests/unit/api/vault_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(event_log, .init = vault_rig_begin, .fini = vault_rig_end, .timeout = 120);

static void append(int64_t at, enum event_kind kind, const char *message)
{
    struct event event = {.at = at, .wall_at = at + 7, .kind = kind, .session = 3, .duration_ms = 12};
    event.outcome = STATUS_CONFLICT;
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "sbx-a");
    (void)snprintf(event.id, sizeof event.id, "ssh-1");
    (void)snprintf(event.message, sizeof event.message, "%s", message);
    cr_assert_eq(event_log_append(vault_rig.vault, &event, &vault_rig.why), STATUS_OK, "%s",
                 vault_rig.why.message);
}

Test(event_log, a_vault_without_events_has_an_empty_log)
{
    struct event *list = NULL;
    size_t count = 1;
    cr_assert_eq(event_log_list(vault_rig.vault, 0, 10, &list, &count, &vault_rig.why), STATUS_OK);
    cr_expect_eq(count, 0);
    cr_expect_null(list);
}

Test(event_log, each_kind_comes_back_as_it_was_written)
{
    struct event *list = NULL;
    size_t count = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
        append(1000 + kind, (enum event_kind)kind, event_kind_name((enum event_kind)kind));
    cr_assert_eq(event_log_list(vault_rig.vault, 0, 100, &list, &count, &vault_rig.why), STATUS_OK);
    cr_assert_eq(count, EVENT_KIND_COUNT);
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        const struct event *event = &list[kind];
        cr_expect_eq(event->kind, (enum event_kind)kind);
        cr_expect_eq(event->at, 1000 + kind);
        cr_expect_eq(event->wall_at, 1007 + kind);
        cr_expect_eq(event->outcome, STATUS_CONFLICT);
        cr_expect_eq(event->session, 3);
        cr_expect_eq(event->duration_ms, 12);
        cr_expect_str_eq(event->sandbox_id, "sbx-a");
        cr_expect_str_eq(event->id, "ssh-1");
        cr_expect_str_eq(event->message, event_kind_name((enum event_kind)kind));
    }
    free(list);
}

Test(event_log, the_newest_since_a_time_come_oldest_first)
{
    struct event *list = NULL;
    size_t count = 0;
    for (int64_t at = 1; at <= 9; at++)
        append(at, EVENT_CREATED, "");
    cr_assert_eq(event_log_list(vault_rig.vault, 4, 100, &list, &count, &vault_rig.why), STATUS_OK);
    cr_assert_eq(count, 6);
    cr_expect_eq(list[0].at, 4);
    cr_expect_eq(list[5].at, 9);
    free(list);
    cr_assert_eq(event_log_list(vault_rig.vault, 0, 2, &list, &count, &vault_rig.why), STATUS_OK);
    cr_assert_eq(count, 2);
    cr_expect_eq(list[0].at, 8);
    cr_expect_eq(list[1].at, 9);
    free(list);
}

Test(event_log, an_unknown_kind_is_refused)
{
    enum event_kind kind = EVENT_ALERT;
    cr_expect(event_kind_parse("deleted", &kind));
    cr_expect_eq(kind, EVENT_DELETED);
    cr_expect_not(event_kind_parse("delete", &kind));
}
