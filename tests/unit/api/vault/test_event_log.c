// SPDX-License-Identifier: Apache-2.0
//
// Tests the event log: what comes back of what was written, from which time on, and how much.

#include "api/vault/event_log.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(event_log, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

static void append(int64_t at, enum event_kind kind, const char *message)
{
    struct event event = {.at = at, .wall_at = at + 7, .kind = kind, .session = 3, .duration_ms = 12};
    event.outcome = STATUS_CONFLICT;
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "sbx-a");
    (void)snprintf(event.id, sizeof event.id, "ssh-1");
    (void)snprintf(event.message, sizeof event.message, "%s", message);
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
}

Test(event_log, a_vault_without_events_has_an_empty_log)
{
    struct event *list = NULL;
    size_t count = 1;
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 0, 10, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_expect_eq(count, 0);
    cr_expect_null(list);
}

Test(event_log, each_kind_comes_back_as_it_was_written)
{
    struct event *list = NULL;
    size_t count = 0;
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
        append(1000 + kind, (enum event_kind)kind, event_kind_name((enum event_kind)kind));
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 0, 100, &list, &count, &vault_fixture.why),
                 STATUS_OK);
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
    for (int64_t at = 100; at <= 900; at += 100)
        append(at, EVENT_CREATED, "");
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 400, 100, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(count, 6);
    cr_expect_eq(list[0].at, 400);
    cr_expect_eq(list[5].at, 900);
    free(list);
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 0, 2, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(count, 2);
    cr_expect_eq(list[0].at, 800);
    cr_expect_eq(list[1].at, 900);
    free(list);
}

// The server's clock may be hours behind ours, or ours hours wrong: what has just happened is there.
Test(event_log, since_counts_by_the_clock_that_finds_it)
{
    static const int64_t hour = 3600000, now = 1775044800000;
    const struct event events[] = {
        {.at = now - 2 * hour, .wall_at = now, .kind = EVENT_CREATED},
        {.at = now, .wall_at = now - 2 * hour, .kind = EVENT_DELETED},
        {.at = now - 2 * hour, .wall_at = now - 2 * hour, .kind = EVENT_FORGOTTEN},
    };
    struct event *list = NULL;
    size_t count = 0;
    cr_assert_eq(event_log_append(vault_fixture.vault, events, 3, &vault_fixture.why), STATUS_OK);
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, now - hour, 9, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(count, 2);
    cr_expect_eq(list[0].kind, EVENT_CREATED);
    cr_expect_eq(list[1].kind, EVENT_DELETED);
    free(list);
}

Test(event_log, an_unknown_kind_is_refused)
{
    enum event_kind kind = EVENT_ALERT;
    cr_expect(event_kind_parse("deleted", &kind));
    cr_expect_eq(kind, EVENT_DELETED);
    cr_expect_not(event_kind_parse("delete", &kind));
}

// --- questions ---

static size_t ask(const struct event_query *query, struct event **list)
{
    size_t count = 0;
    cr_assert_eq(event_log_query(vault_fixture.vault, query, list, &count, &vault_fixture.why), STATUS_OK,
                 "%s", vault_fixture.why.message);
    return count;
}

static void append_of(const char *sandbox, enum event_kind kind, enum status outcome, const char *message)
{
    struct event event = {.at = 5000, .wall_at = 5000, .kind = kind, .outcome = outcome, .duration_ms = -1};
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", sandbox);
    (void)snprintf(event.id, sizeof event.id, "ssh-%s", sandbox);
    (void)snprintf(event.message, sizeof event.message, "%s", message);
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, &vault_fixture.why), STATUS_OK);
}

Test(event_log, pages_follow_each_other_without_a_gap)
{
    struct event_query query = {.most = 4};
    struct event *list = NULL;
    int64_t expected = 10;
    for (int64_t at = 1; at <= 10; at++)
        append(at, EVENT_CREATED, "");
    for (size_t count = 4; count == 4;) {
        count = ask(&query, &list);
        for (size_t i = 0; i < count; i++)
            cr_expect_eq(list[i].at, expected--);
        query.before = count > 0 ? list[count - 1].number : 0;
        free(list);
    }
    cr_expect_eq(expected, 0);
}

Test(event_log, is_asked_for_a_kind_a_sandbox_and_a_text)
{
    static const struct {
        struct event_query query;
        size_t count;
    } cases[] = {
        {{.most = 9}, 4},
        {{.most = 9, .kinds = 1U << EVENT_CREATED}, 2},
        {{.most = 9, .kinds = 1U << EVENT_ALERT | 1U << EVENT_FAILURE}, 2},
        {{.most = 9, .sandbox_id = "sbx-b"}, 2},
        {{.most = 9, .sandbox_id = "sbx"}, 4},
        {{.most = 9, .sandbox_id = "bx"}, 0},
        {{.most = 9, .text = "NOT FOUND"}, 1},     // the outcome, in words
        {{.most = 9, .text = "critical"}, 1},      // the message
        {{.most = 9, .text = "ssh-sbx-b"}, 2},     // the id
        {{.most = 9, .text = "failure"}, 1},       // the kind
        {{.most = 9, .text = "create failed"}, 1}, // as it is shown
        {{.most = 9, .text = "alert failed"}, 0},
        {{.most = 9, .text = "  such  FAILED create "}, 1}, // in any order
        {{.most = 9, .text = "created !such"}, 1},
        {{.most = 9, .text = "!created !alert"}, 1},
        {{.most = 9, .text = "created !"}, 2},                       // is being typed
        {{.most = 9, .text = "a b c d e f g h i j k l m n o p"}, 0}, // more words than are looked for singly
        {{.most = 9, .text = "100%'; --"}, 0},                       // no pattern, no SQL
        {{.most = 9, .text = "_"}, 0},
        {{.most = 9, .text = "created", .sandbox_id = "sbx-a"}, 1},
        {{.most = 9, .since_ms = 5000}, 4},
        {{.most = 9, .since_ms = 5001}, 0},
    };
    append_of("sbx-a", EVENT_CREATED, STATUS_OK, "");
    append_of("sbx-b", EVENT_CREATED, STATUS_NOT_FOUND, "no such sandbox");
    append_of("sbx-a", EVENT_ALERT, STATUS_OK, "critical: ends soon");
    append_of("sbx-b", EVENT_FAILURE, STATUS_SIGN_IN_REFUSED, "no");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event *list = NULL;
        cr_expect_eq(ask(&cases[i].query, &list), cases[i].count, "case %zu", i);
        free(list);
    }
}

Test(event_log, another_servers_events_are_not_shown)
{
    struct vault *other = vault_fixture_opened("https://other.example", "lp0-key");
    struct event event = {.at = 1, .kind = EVENT_CREATED}, *list = NULL;
    cr_assert_eq(event_log_append(other, &event, 1, &vault_fixture.why), STATUS_OK);
    vault_close(other);
    cr_expect_eq(ask(&(struct event_query){.most = 9}, &list), 0);
    free(list);
}

// --- what is kept ---

Test(event_log, an_alert_is_kept_once_whoever_tells_it)
{
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    struct event event = {.at = 5, .kind = EVENT_ALERT, .sandbox_id = "sbx-a", .id = "ssh-1"}, *list = NULL;
    (void)snprintf(event.message, sizeof event.message, "critical: ends at 12:00");
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, &vault_fixture.why), STATUS_OK);
    event.at = 900;
    cr_assert_eq(event_log_append(other, &event, 1, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(ask(&(struct event_query){.most = 9}, &list), 1);
    free(list);
    (void)snprintf(event.message, sizeof event.message, "critical: ends at 13:00"); // its next life
    cr_assert_eq(event_log_append(other, &event, 1, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(ask(&(struct event_query){.most = 9}, &list), 2);
    free(list);
    vault_close(other);
}

Test(event_log, a_message_is_one_line_of_text)
{
    struct event *list = NULL;
    append(1, EVENT_FAILURE,
           "one\ntwo\033[31m three\x7f\xc2\x9b"
           "four \xff \xe2\x9c\x93");
    cr_assert_eq(ask(&(struct event_query){.most = 9}, &list), 1);
    cr_expect_str_eq(list[0].message, "one two [31m three  four ? \xe2\x9c\x93");
    free(list);
}

Test(event_log, the_oldest_go_beyond_what_is_kept)
{
    struct event *list = NULL;
    char sql[512];
    append(1, EVENT_CREATED, "the first");
    append(2, EVENT_CREATED, "the second");
    (void)snprintf(
        sql, sizeof sql,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO event (at, wall_at, session, duration, outcome, base_url, kind, sandbox_id, id,"
        " message) SELECT 3, 3, 0, -1, 'OK', '%s', 'created', '', '', 'filler' FROM n",
        EVENT_LOG_KEPT - 2, VAULT_FIXTURE_URL);
    vault_fixture_sql(sql);
    cr_expect_eq(ask(&(struct event_query){.most = EVENT_LOG_KEPT + 9}, &list), EVENT_LOG_KEPT);
    free(list);
    append(4, EVENT_CREATED, "the last");
    cr_assert_eq(ask(&(struct event_query){.most = EVENT_LOG_KEPT + 9}, &list), EVENT_LOG_KEPT);
    cr_expect_str_eq(list[0].message, "the last");
    cr_expect_str_eq(list[EVENT_LOG_KEPT - 1].message, "the second");
    free(list);
}

// --- several at once ---

enum { WRITERS = 6, EACH = 40, BATCH = 4 };

static int write_many(int writer)
{
    struct vault *vault = NULL;
    struct failure why;
    if (vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, vault_fixture.key, &vault, &why) != STATUS_OK)
        return 1;
    for (int i = 0; i < EACH; i += BATCH) {
        struct event events[BATCH] = {0};
        for (int k = 0; k < BATCH; k++) {
            events[k].at = i + k + 1;
            (void)snprintf(events[k].message, sizeof events[k].message, "%d of %d", i + k, writer);
        }
        if (event_log_append(vault, events, BATCH, &why) != STATUS_OK)
            return 2;
    }
    vault_close(vault);
    return 0;
}

Test(event_log, processes_that_write_at_once_lose_nothing)
{
    pid_t children[WRITERS];
    bool seen[WRITERS][EACH] = {0};
    struct event *list = NULL;
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        cr_assert_geq(children[i], 0);
        if (children[i] == 0)
            _exit(write_many(i));
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = -1;
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_expect_eq(status, 0, "writer %d: %d", i, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    size_t count = ask(&(struct event_query){.most = EVENT_LOG_KEPT}, &list);
    cr_expect_eq(count, WRITERS * EACH);
    for (size_t i = 0; i < count; i++) {
        int number = -1, writer = -1;
        cr_assert_eq(sscanf(list[i].message, "%d of %d", &number, &writer), 2);
        cr_expect_not(seen[writer][number], "%s is there twice", list[i].message);
        seen[writer][number] = true;
    }
    free(list);
}

Test(event_log, all_of_a_batch_or_none)
{
    struct event events[2] = {{.at = 1, .kind = EVENT_CREATED}, {.at = 2, .kind = EVENT_CREATED}},
                 *list = NULL;
    append(1, EVENT_CREATED, "");
    vault_fixture_sql(
        "CREATE TRIGGER no BEFORE INSERT ON event WHEN NEW.at = 2 BEGIN SELECT raise(ABORT, 'no'); END");
    cr_expect_neq(event_log_append(vault_fixture.vault, events, 2, &vault_fixture.why), STATUS_OK);
    cr_expect_eq(ask(&(struct event_query){.most = 9}, &list), 1);
    free(list);
}
