// SPDX-License-Identifier: Apache-2.0
//
// renewal: when what is replaced, on a clock that the test drives; and the file that keeps the choice.

#include "api/expiry/renewal.h"
#include "tests/support/support.h"
#include "tests/unit/api/expiry/lifetime_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DUE  (40 * MINUTE)      // of an hour
#define SURE (DUE + 6 * MINUTE) // with all the jitter there is

static struct fleet *fleet;
static struct renewal *renewal;
static struct renewal_due due;

static void begin(void)
{
    fleet = fleet_new();
    renewal = renewal_new(7, true);
    cr_assert(fleet != NULL && renewal != NULL);
    renewal_take_flags(renewal, renewal_flags_new()); // none
}

static void end(void)
{
    renewal_free(renewal);
    fleet_free(fleet);
}

TestSuite(renewal, .init = begin, .fini = end);

static void put_as(int64_t row, int64_t born, int64_t life, enum credential_verdict verdict)
{
    struct sandbox box = {.state = SANDBOX_running};
    (void)snprintf(box.id, sizeof box.id, "sbx-%lld", (long long)row);
    cr_assert_eq(fleet_take_sandbox(fleet, &box, 0), STATUS_OK);
    life_put(fleet, row, born, life, verdict);
}

static void put(int64_t row, int64_t born)
{
    put_as(row, born, HOUR, VERDICT_VALID);
}

static bool is_due(int64_t at)
{
    return renewal_due(renewal, fleet, BORN + at, &due);
}

static void choose(const char *text)
{
    struct renewal_flags *flags = renewal_flags_new();
    cr_assert_eq(renewal_flags_parse(flags, text), 0);
    renewal_take_flags(renewal, flags);
}

Test(renewal, at_two_thirds_of_its_life_and_once)
{
    put(1, BORN);
    cr_expect_not(is_due(DUE - 1));
    int64_t next = renewal_next(renewal) - BORN;
    cr_assert(next >= DUE && next < SURE, "%lld", (long long)next);
    cr_expect_not(is_due(next - 1));
    cr_assert(is_due(next));
    cr_expect_str_eq(due.id, "ssh-1");
    cr_expect_not(is_due(next + HOUR / 10)); // under way
    put(1, BORN + next);                     // replaced
    cr_expect_eq(renewal_end(renewal, &due, RENEWAL_DONE, BORN + next), 0);
    cr_expect_not(is_due(next + DUE - 1));
    cr_expect(is_due(next + SURE)); // a new life
}

Test(renewal, what_is_of_no_use_or_not_known_is_left_alone)
{
    put_as(1, BORN, HOUR, VERDICT_UNVERIFIED);
    put_as(2, BORN, HOUR, VERDICT_INVALID);
    put_as(3, BORN, HOUR, VERDICT_REVOKED);
    put_as(4, BORN, HOUR, VERDICT_UNKNOWN);
    put_as(5, BORN, RENEWAL_LIFE_LEAST_MS - 1, VERDICT_VALID);
    put_as(6, BORN - HOUR, HOUR, VERDICT_VALID); // ended
    cr_expect_not(is_due(SURE));
    cr_expect_not(is_due(RENEWAL_LIFE_LEAST_MS - 2));
}

Test(renewal, what_has_ended_by_the_clock_but_is_valid_is_left_alone)
{
    put(1, BORN);
    const struct fleet_row *row = fleet_find(fleet, "sbx-1");
    struct credential valid = row->credentials[0];
    valid.validated_at = BORN + 2 * HOUR; // so the server said
    cr_assert_eq(fleet_take_credential(fleet, &valid), STATUS_OK);
    cr_expect(credential_is_usable(&valid, BORN + 2 * HOUR));
    cr_expect_not(is_due(2 * HOUR));
    cr_expect(is_due(HOUR - 1));
}

Test(renewal, a_failure_is_tried_again_ever_later_within_the_life)
{
    put_as(1, BORN, 10 * HOUR, VERDICT_VALID);
    int64_t at = 8 * HOUR, waited = 0;
    cr_assert(is_due(at));
    for (int i = 0; i < 8; i++) {
        int64_t wait = renewal_end(renewal, &due, RENEWAL_FAILED, BORN + at);
        cr_assert_gt(wait, 0);
        cr_expect(i == 0 ? wait == RENEWAL_FAILED_MS : wait >= waited);
        cr_expect_leq(wait, RENEWAL_FAILED_MAX_MS);
        cr_expect_not(is_due(at + wait - 1));
        at += wait;
        waited = wait;
        cr_assert(is_due(at));
    }
    cr_expect_eq(waited, RENEWAL_FAILED_MAX_MS);
    cr_expect_eq(renewal_end(renewal, &due, RENEWAL_FAILED, BORN + 10 * HOUR - 1), 0); // no more time
}

Test(renewal, an_unknown_outcome_is_never_repeated_in_that_life)
{
    put(1, BORN);
    cr_assert(is_due(SURE));
    put_as(1, BORN, HOUR, VERDICT_UNKNOWN);
    cr_expect_eq(renewal_end(renewal, &due, RENEWAL_UNKNOWN, BORN + SURE), 0);
    put(1, BORN); // validated by the operator: the same life
    for (int64_t at = SURE; at < HOUR; at += MINUTE)
        cr_expect_not(is_due(at));
    put(1, BORN + 50 * MINUTE);
    cr_expect(is_due(50 * MINUTE + SURE));
}

Test(renewal, a_no_holds_for_the_life_and_a_put_off_for_a_while)
{
    put(1, BORN);
    cr_assert(is_due(SURE));
    renewal_put_off(renewal, &due, BORN + SURE, 5000);
    cr_expect_not(is_due(SURE + 4999));
    cr_assert(is_due(SURE + 5000));
    (void)renewal_end(renewal, &due, RENEWAL_REFUSED, BORN + SURE + 5000);
    for (int64_t at = SURE; at < HOUR; at += MINUTE)
        cr_expect_not(is_due(at));
}

Test(renewal, the_choice_is_of_a_credential_a_sandbox_or_the_fleet)
{
    put(1, BORN);
    choose("fleet off\n");
    cr_expect_not(is_due(SURE));
    cr_expect_eq(renewal_scope_of(renewal, "sbx-1", "ssh-1"), RENEWAL_OFF);
    choose("fleet off\nsbx-1 ssh-2\nsbx-2\n");
    cr_expect_not(is_due(SURE));
    cr_expect_eq(renewal_scope_of(renewal, "sbx-2", "ssh-9"), RENEWAL_SANDBOX);
    choose("fleet off\nsbx-1 ssh-1\n");
    cr_expect_eq(renewal_scope_of(renewal, "sbx-1", "ssh-1"), RENEWAL_CREDENTIAL);
    cr_expect_eq(renewal_scope_of(renewal, "sbx-1", "ssh-2"), RENEWAL_OFF);
    cr_expect(is_due(SURE));
    renewal_put_off(renewal, &due, BORN + SURE, 0);
    choose("");
    cr_expect_eq(renewal_scope_of(renewal, "sbx-1", "ssh-1"), RENEWAL_FLEET); // by the setting
}

// The setting says all; what the file says is not known.
Test(renewal, until_the_choices_can_be_read_nothing_is_renewed)
{
    struct renewal *unread = renewal_new(7, true);
    put(1, BORN);
    cr_expect_not(renewal_knows_flags(unread));
    cr_expect_not(renewal_due(unread, fleet, BORN + SURE, &due));
    cr_expect_eq(renewal_scope_of(unread, "sbx-1", "ssh-1"), RENEWAL_OFF);
    renewal_free(unread);
    renewal_take_flags(renewal, NULL); // can be read no more
    cr_expect_not(is_due(SURE));
    choose("fleet off\n");
    cr_expect_not(is_due(SURE));
    choose("fleet on\n");
    cr_expect(is_due(SURE));
}

Test(renewal, a_fleet_made_at_once_is_spread_and_kept_within_the_budget)
{
    enum { COUNT = 600 };
    int started = 0, this_minute = 0, running = 0;
    int64_t first = 0, last = 0;
    struct renewal_due under_way[RENEWALS_AT_ONCE];
    for (int64_t row = 1; row <= COUNT; row++)
        put(row, BORN);
    for (int64_t at = 0; at < HOUR; at += 100) {
        if (at % MINUTE == 0)
            this_minute = 0;
        // Each takes a tenth of a second.
        while (running > 0) {
            struct renewal_due *one = &under_way[--running];
            put(one->vault_row, BORN + at);
            (void)renewal_end(renewal, one, RENEWAL_DONE, BORN + at);
        }
        if (at < DUE - 1000 && at > 0)
            continue;
        while (is_due(at)) {
            cr_assert_lt(running, RENEWALS_AT_ONCE);
            under_way[running++] = due;
            first = started++ == 0 ? at : first;
            last = at;
            this_minute++;
        }
        cr_expect_leq(this_minute, 201);
        if (started == COUNT)
            break;
    }
    cr_expect_eq(started, COUNT);
    cr_expect_gt(last - first, 4 * MINUTE);
}

Test(renewal, a_clock_that_jumps_by_a_day_renews_nothing_twice)
{
    put(1, BORN);
    cr_expect_not(is_due(0));
    cr_expect_not(is_due(24 * HOUR)); // it has ended
    cr_expect_not(is_due(-24 * HOUR));
    cr_assert(is_due(SURE));
    cr_expect_not(is_due(SURE - 24 * HOUR));
    cr_expect_not(is_due(SURE));
}

// --- the file ---

static char folder[SUPPORT_PATH_CAP];

static void make_folder(void)
{
    cr_assert(support_folder_make(folder));
}

static void drop_folder(void)
{
    cr_expect(support_folder_remove(folder));
}

TestSuite(renewal_flags, .init = make_folder, .fini = drop_folder);

static void change(const char *sandbox, const char *id, const char *to_id, bool on)
{
    struct renewal_change one = {.on = on};
    struct renewal_flags *flags = NULL;
    struct failure why;
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "%s", sandbox);
    (void)snprintf(one.id, sizeof one.id, "%s", id);
    (void)snprintf(one.to_id, sizeof one.to_id, "%s", to_id);
    cr_assert_eq(renewal_flags_change(folder, &one, &flags, &why), STATUS_OK, "%s", why.message);
    renewal_flags_free(flags);
}

static void expect_file(const char *text)
{
    struct renewal_flags *flags = NULL;
    struct failure why;
    cr_assert_eq(renewal_flags_load(folder, &flags, &why), STATUS_OK);
    struct bytebuf found = BYTEBUF(RENEWAL_FILE_CAP);
    cr_assert_eq(renewal_flags_format(flags, &found), STATUS_OK);
    cr_expect_str_eq(bytebuf_text(&found), text);
    bytebuf_free(&found);
    renewal_flags_free(flags);
}

Test(renewal_flags, changes_add_up_on_disk)
{
    char path[SUPPORT_PATH_CAP + 16];
    struct stat facts;
    expect_file("");
    change("sbx-1", "", "", true);
    change("sbx-2", "ssh-2", "", true);
    expect_file("sbx-1\nsbx-2 ssh-2\n");
    change("sbx-2", "ssh-2", "ssh-3", false); // renewed: the choice goes with it
    change("sbx-2", "ssh-7", "ssh-8", false); // never chosen: nothing goes
    expect_file("sbx-1\nsbx-2 ssh-3\n");
    change("sbx-1", "", "", false);
    expect_file("sbx-2 ssh-3\n");
    (void)snprintf(path, sizeof path, "%s/renewal", folder);
    cr_assert_eq(stat(path, &facts), 0);
    cr_expect_eq(facts.st_mode & 0777, 0600);
}

Test(renewal_flags, a_folder_that_is_not_there_is_empty_and_a_link_is_refused)
{
    char path[SUPPORT_PATH_CAP + 16];
    struct renewal_flags *flags = NULL;
    struct failure why;
    (void)snprintf(path, sizeof path, "%s/none", folder);
    cr_assert_eq(renewal_flags_load(path, &flags, &why), STATUS_OK);
    renewal_flags_free(flags);
    (void)snprintf(path, sizeof path, "%s/renewal", folder);
    cr_assert_eq(symlink("/etc/hostname", path), 0);
    cr_expect_eq(renewal_flags_load(folder, &flags, &why), STATUS_STORE_FAILED);
}

Test(renewal_flags, a_file_that_is_not_understood_is_a_failure_and_is_not_written_over)
{
    static const char *const texts[] = {"fleet of\n", "sbx-1\nfleet  off\n", "fleet off\r\n", "sbx-1 a b\n"};
    char path[SUPPORT_PATH_CAP + 16];
    struct renewal_flags *flags = NULL;
    struct failure why;
    const struct renewal_change one = {.sandbox_id = "sbx-9", .on = true};
    size_t length = 0;
    (void)snprintf(path, sizeof path, "%s/renewal", folder);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_assert(support_file_write(path, texts[i]));
        cr_expect_eq(renewal_flags_load(folder, &flags, &why), STATUS_STORE_FAILED);
        cr_expect_null(flags);
        cr_expect_not_null(strstr(why.message, i == 1 ? "/renewal:2" : "/renewal:1"), "%s", why.message);
        cr_expect_eq(renewal_flags_change(folder, &one, &flags, &why), STATUS_STORE_FAILED);
        char *text = support_file_read(path, &length);
        cr_expect_str_eq(text, texts[i]);
        free(text);
    }
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(renewal_flags_load(folder, &flags, &why), STATUS_STORE_FAILED);
}

Test(renewal_flags, hostile_text_is_skipped)
{
    struct renewal_flags *flags = renewal_flags_new();
    int wrong =
        renewal_flags_parse(flags, "../x\nsbx-1 ../y\n\nsbx-2 \n sbx-3\nfleet maybe so\nfleet on\nsbx-4");
    struct bytebuf text = BYTEBUF(RENEWAL_FILE_CAP);
    cr_assert_eq(renewal_flags_format(flags, &text), STATUS_OK);
    cr_expect_eq(wrong, 1);
    cr_expect_str_eq(text.data, "fleet on\nsbx-4\n");
    bytebuf_free(&text);
    renewal_flags_free(flags);
}
