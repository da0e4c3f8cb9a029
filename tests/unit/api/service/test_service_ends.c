// SPDX-License-Identifier: Apache-2.0
//
// Tests a service that ends in the middle, freed or killed. Every callback runs once, and what the server has
// made is known here afterwards.

#include "tests/unit/api/service/service_fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(service_ends, .init = service_fixture_begin, .fini = service_fixture_end, .timeout = 120);

static struct service_fixture fixture;
static char box[ID_CAP];

static void emulate(enum dialect dialect, const char *option, const char *value)
{
    const char *const options[] = {"--dialect", dialect_name(dialect), option, value, NULL};
    service_fixture_start(&fixture, options, dialect, box);
}

// --- ends in the middle ---

static void start_everything(struct service_fixture_answer answers[10])
{
    const struct credential *one = service_fixture_credential(&fixture, box, 0);
    struct credential_service *service = fixture.service;
    char id[ID_CAP], second[ID_CAP];
    int64_t row = one->vault_row;
    const struct leap0_new_sandbox wanted = {.vcpu = 1};
    (void)snprintf(id, sizeof id, "%s", one->id);
    (void)snprintf(second, sizeof second, "%s", service_fixture_sandbox(&fixture, 1));
    memset(answers, 0, 10 * sizeof *answers);
    service_refresh(service, service_fixture_on_done, &answers[0]);
    service_validate(service, box, id, service_fixture_on_credential, &answers[1]);
    service_password(service, row, service_fixture_on_secret, &answers[2]);
    service_create(service, second, service_fixture_on_credential, &answers[3]);
    service_regenerate(service, box, id, service_fixture_on_credential, &answers[4]);
    service_delete(service, service_fixture_sandbox(&fixture, 2), "ssh-nobody", service_fixture_on_done,
                   &answers[5]);
    service_move(service, service_fixture_sandbox(&fixture, 3), MOVE_PAUSE, service_fixture_on_done,
                 &answers[6]);
    service_sandbox_create(service, &wanted, service_fixture_on_sandbox, &answers[7]);
    service_detail(service, second, service_fixture_on_done, &answers[8]);
    service_validate_all(service, service_fixture_on_done, &answers[9]);
}

static bool all_answered(const struct service_fixture_answer answers[10])
{
    for (int i = 0; i < 10; i++)
        if (answers[i].calls == 0)
            return false;
    return true;
}

Test(service_ends, it_can_be_freed_in_the_middle_of_anything)
{
    enum { TURNS = 40 };
    struct credential first;
    struct service_fixture_answer answers[10];
    emulate(DIALECT_CREDENTIAL, "--latency", "2");
    service_fixture_made(&fixture, box, &first);
    for (int turns = 0; turns < TURNS; turns++) {
        int cancelled = 0;
        service_set_interval(fixture.service, 1000);
        start_everything(answers);
        for (int i = 0; i < turns && !all_answered(answers); i++)
            (void)uv_run(&fixture.loop, UV_RUN_ONCE);
        service_fixture_close(&fixture);
        for (int i = 0; i < 10; i++) {
            cr_assert_eq(answers[i].calls, 1, "callback %d ran %d times after %d turns", i, answers[i].calls,
                         turns);
            cancelled += answers[i].why.status == STATUS_CANCELLED;
        }
        cr_assert(turns > 0 || cancelled >= 9, "%d were cancelled at once", cancelled);
        service_fixture_open(&fixture, "vault", DIALECT_CREDENTIAL);
        cr_assert_eq(service_fixture_refresh(&fixture), STATUS_OK);
        cr_assert_eq(service_fixture_count(&fixture, box), 1, "the credential was lost after %d turns",
                     turns);
    }
    service_fixture_close(&fixture);
}

static void on_rekeyed(void *ctx, const struct failure *why, const struct vault_rekeyed *counts)
{
    struct service_fixture_answer *answer = ctx;
    cr_expect_not_null(counts);
    service_fixture_on_done(answer, why);
}

static void on_events(void *ctx, const struct failure *why, struct event *list, size_t count)
{
    (void)count;
    service_fixture_on_done(ctx, why);
    free(list);
}

Test(service_ends, every_question_to_the_vault_is_answered_once_also_at_the_end)
{
    struct service_fixture_answer answers[4];
    const struct event_query query = {.most = 10};
    emulate(DIALECT_CREDENTIAL, NULL, NULL);
    for (int turns = 0; turns < 12; turns++) {
        struct secret *old = secret_new("lp0-before", 10);
        memset(answers, 0, sizeof answers);
        service_rekey(fixture.service, old, on_rekeyed, &answers[0]);
        service_events(fixture.service, &query, on_events, &answers[1]);
        service_password(fixture.service, 1, service_fixture_on_secret, &answers[2]);
        service_forget(fixture.service, 77, service_fixture_on_done, &answers[3]);
        secret_free(old);
        for (int i = 0; i < turns; i++)
            (void)uv_run(&fixture.loop, UV_RUN_NOWAIT);
        service_fixture_close(&fixture);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(answers[i].calls, 1, "callback %d ran %d times after %d turns", i, answers[i].calls,
                         turns);
        service_fixture_open(&fixture, "vault", DIALECT_CREDENTIAL);
    }
    service_fixture_close(&fixture);
}

static void free_in_callback(void *ctx, const struct failure *why)
{
    (void)why;
    (*(int *)ctx)++;
    service_free(fixture.service);
}

Test(service_ends, it_can_be_freed_by_its_own_callback)
{
    int calls = 0;
    struct service_fixture_answer second = {.calls = 0};
    emulate(DIALECT_CREDENTIAL, NULL, NULL);
    service_refresh(fixture.service, free_in_callback, &calls);
    service_refresh(fixture.service, service_fixture_on_done, &second);
    cr_assert_eq(uv_run(&fixture.loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&fixture.loop), 0);
    cr_expect_eq(calls, 1);
    cr_expect_eq(second.calls, 1);
}

// --- a death in the middle ---

enum { BOXES = 300, CHILDREN = 30, EACH = BOXES / CHILDREN };

struct creator {
    int told, next, until;
};

static void create_next(struct creator *creator);

static void on_child_created(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct creator *creator = ctx;
    if (why->status != STATUS_OK || write(creator->told, credential->sandbox_id, ID_CAP) != ID_CAP)
        _exit(1);
    create_next(creator);
}

static void create_next(struct creator *creator)
{
    if (creator->next < creator->until)
        service_create(fixture.service, service_fixture_sandbox(&fixture, (size_t)creator->next++),
                       on_child_created, creator);
}

// Creates in a row of sandboxes, two at once, telling of each; never ends by itself.
static void be_child(int told, int from)
{
    struct creator creator = {told, from, from + EACH};
    service_fixture_open(&fixture, "vault", DIALECT_SANDBOX);
    if (service_fixture_refresh(&fixture) != STATUS_OK)
        _exit(1);
    create_next(&creator);
    create_next(&creator);
    for (;;)
        if (uv_run(&fixture.loop, UV_RUN_DEFAULT) == 0)
            (void)pause();
}

static char told_ids[BOXES][ID_CAP];
static size_t told_count;

static void kill_a_child(int from, int creates)
{
    int told[2];
    cr_assert_eq(pipe(told), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        be_child(told[1], from);
    (void)close(told[1]);
    // After some of its creates: the next two are somewhere on their way.
    for (int i = 0; i < creates; i++)
        cr_assert_eq(read(told[0], told_ids[told_count++], ID_CAP), ID_CAP);
    cr_assert_eq(kill(child, SIGKILL), 0);
    cr_assert_eq(support_wait_exit(child, SUPPORT_WAIT_MS), 128 + SIGKILL);
    while (told_count < BOXES && read(told[0], told_ids[told_count], ID_CAP) == ID_CAP)
        told_count++;
    (void)close(told[0]);
}

static bool was_told(const char *sandbox)
{
    for (size_t i = 0; i < told_count; i++)
        if (strcmp(told_ids[i], sandbox) == 0)
            return true;
    return false;
}

// With one a sandbox, another create tells whether the server had one: then it must be known here, as it is
// or as unknown.
Test(service_ends, nothing_that_was_made_is_unknown_after_a_kill, .timeout = 300)
{
    const char *const options[] = {"--dialect", "sandbox", "--sandboxes", "300", "--latency", "3", NULL};
    size_t kept = 0, unknown = 0, lost = 0;
    service_fixture_emulate(options);
    for (int i = 0; i < CHILDREN; i++)
        kill_a_child(i * EACH, i % EACH);
    service_fixture_load(&fixture, "vault", DIALECT_SANDBOX);
    for (size_t i = 0; i < BOXES; i++) {
        (void)snprintf(box, sizeof box, "%s", service_fixture_sandbox(&fixture, i));
        size_t known = service_fixture_count(&fixture, box);
        bool has_id = known == 1 && service_fixture_credential(&fixture, box, 0)->id[0] != '\0';
        cr_assert_leq(known, 1);
        cr_assert(!was_told(box) || has_id, "%s was told of and is not kept", box);
        enum status status = service_fixture_create(&fixture, box);
        cr_assert(status == STATUS_OK || status == STATUS_CONFLICT, "%s", fixture.answer.why.message);
        lost += status == STATUS_CONFLICT && known == 0;
        cr_assert(!(status == STATUS_OK && has_id), "%s is kept and was never made", box);
        kept += has_id;
        unknown += known == 1 && !has_id;
    }
    cr_expect_eq(lost, 0, "%zu were made and are not known", lost);
    cr_expect_geq(kept, told_count);
    cr_expect_leq(unknown / 2, CHILDREN);
    cr_expect_gt(kept, CHILDREN);
    service_fixture_close(&fixture);
}

static void be_deleting(const char *id)
{
    struct service_fixture_answer answer = {.calls = 0};
    service_fixture_open(&fixture, "vault", DIALECT_CREDENTIAL);
    if (service_fixture_refresh(&fixture) != STATUS_OK)
        _exit(1);
    service_delete(fixture.service, box, id, service_fixture_on_done, &answer);
    while (answer.calls == 0)
        (void)uv_run(&fixture.loop, UV_RUN_ONCE);
    (void)pause();
}

static bool is_unknown_on_disk(void *ctx)
{
    struct credential disk;
    (void)ctx;
    return service_fixture_on_disk(&fixture, box, &disk) == 1 && disk.verdict == VERDICT_UNKNOWN;
}

Test(service_ends, a_delete_killed_on_its_way_is_not_taken_for_a_valid_credential)
{
    struct credential first;
    emulate(DIALECT_CREDENTIAL, "--latency", "500");
    service_fixture_made(&fixture, box, &first);
    service_fixture_close(&fixture);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        be_deleting(first.id);
    // Before the call is answered: after that the row is gone.
    cr_expect(support_wait_until(is_unknown_on_disk, NULL, SUPPORT_WAIT_MS));
    cr_assert_eq(kill(child, SIGKILL), 0);
    cr_assert_eq(support_wait_exit(child, SUPPORT_WAIT_MS), 128 + SIGKILL);
    cr_expect(is_unknown_on_disk(NULL));
}
