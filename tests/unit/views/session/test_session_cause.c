// SPDX-License-Identifier: Apache-2.0
//
// session_cause: why a session ended, by its credential and by the state of its sandbox.

#include "api/base/time_util.h"
#include "tests/unit/views/app_fixture.h"
#include "tests/unit/views/paper.h"
#include "views/session/session_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct session_tabs tabs;
static struct session session;

static void in_state(enum sandbox_state state)
{
    const struct sandbox sandbox = paper_sandbox("sbx-1", state);
    app_fixture_list(&sandbox, 1);
}

static struct credential credential_of(int64_t left_ms, enum credential_verdict verdict)
{
    struct credential credential = paper_credential("sbx-1", "ssh-1", 7, left_ms);
    credential.expires_at += time_wall_ms() - PAPER_NOW;
    credential.verdict = verdict;
    return credential;
}

// A session that was open and was cut off.
static void begin(void)
{
    app_fixture_begin();
    in_state(SANDBOX_running);
    session = (struct session){.app = &app_fixture, .serial = 1, .opened = true, .ended = true};
    (void)snprintf(session.sandbox_id, sizeof session.sandbox_id, "sbx-1");
    session.end.status = STATUS_SSH_FAILED;
    tabs = (struct session_tabs){.app = &app_fixture, .first = &session, .count = 1};
    app_fixture.bar = &tabs.view;
}

TestSuite(session_cause, .init = begin, .fini = app_fixture_end);

static const char *found(const struct credential *credential)
{
    app_fixture_add(credential);
    session.credential = *credential;
    session.finding[0] = '\0';
    session_cause_find(&session);
    return session.finding;
}

Test(session_cause, a_credential_that_works_no_more_may_be_why)
{
    static const struct {
        int64_t left_ms;
        enum credential_verdict verdict;
        const char *state; // NULL: nothing is found
    } cases[] = {
        {600000, VERDICT_VALID, NULL},        {-1000, VERDICT_VALID, "expired"},
        {1000, VERDICT_VALID, "expired"}, // the clocks differ by as much
        {600000, VERDICT_INVALID, "invalid"}, {600000, VERDICT_UNVERIFIED, NULL},
        {600000, VERDICT_UNKNOWN, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct credential credential = credential_of(cases[i].left_ms, cases[i].verdict);
        char expected[64];
        (void)snprintf(expected, sizeof expected, "its credential is %s,",
                       cases[i].state != NULL ? cases[i].state : "");
        const char *finding = found(&credential);
        cr_expect(cases[i].state == NULL ? finding[0] == '\0' : strstr(finding, expected) == finding,
                  "case %zu: %s", i, finding);
    }
}

// Another run of the program, or another program, has deleted it.
Test(session_cause, a_credential_that_is_gone_from_the_fleet_was_revoked)
{
    const struct credential credential = credential_of(600000, VERDICT_VALID);
    app_fixture_add(&credential);
    session.credential = credential;
    fleet_drop_credential((struct fleet *)app_fleet(&app_fixture), credential.vault_row);
    session_cause_find(&session);
    cr_expect_eq(strstr(session.finding, "its credential is revoked,"), session.finding, "%s",
                 session.finding);
}

Test(session_cause, an_end_of_ones_own_and_a_connection_that_never_was_have_none)
{
    const struct credential credential = credential_of(-1000, VERDICT_VALID);
    session.opened = false;
    cr_expect_str_eq(found(&credential), "");
    session.opened = true;
    session.end.by_us = true;
    cr_expect_str_eq(found(&credential), "");
    session.end = (struct ssh_end){.status = STATUS_OK, .exited = true};
    cr_expect_str_eq(found(&credential), "");
}

Test(session_cause, what_is_said_of_the_sandbox_follows_its_state)
{
    static const struct {
        enum sandbox_state state;
        const char *beginning, *way;
    } cases[] = {
        {SANDBOX_paused, "the sandbox is paused (", " wakes it and connects)"},
        {SANDBOX_stopped, "the sandbox is stopped (", " starts it and connects)"},
        {SANDBOX_starting, "the sandbox is starting (", " connects when it runs)"},
        {SANDBOX_running, "the sandbox runs again (", " connects)"},
        {SANDBOX_deleting, "the sandbox is being deleted (", " leads to the deck)"},
        {SANDBOX_deleted, "the sandbox is deleted (", " leads to the deck)"},
    };
    session.found_state = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        in_state(cases[i].state);
        session_states_changed(&app_fixture);
        cr_expect_eq(strstr(session.finding, cases[i].beginning), session.finding, "%s", session.finding);
        cr_expect_not_null(strstr(session.finding, cases[i].way), "%s", session.finding);
    }
    // It is in no list any more; its row stays for its credential.
    const struct credential credential = credential_of(600000, VERDICT_VALID);
    in_state(SANDBOX_paused);
    app_fixture_add(&credential);
    app_fixture_list(NULL, 0);
    session_states_changed(&app_fixture);
    cr_expect_eq(strstr(session.finding, "the sandbox is deleted ("), session.finding, "%s", session.finding);
}

Test(session_cause, another_finding_and_an_open_session_are_left_alone)
{
    (void)snprintf(session.finding, sizeof session.finding, "the network changed");
    in_state(SANDBOX_paused);
    session_states_changed(&app_fixture);
    cr_expect_str_eq(session.finding, "the network changed");
    session.found_state = true;
    session.ended = false;
    session_states_changed(&app_fixture);
    cr_expect_str_eq(session.finding, "the network changed");
}
