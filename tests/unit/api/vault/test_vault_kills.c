// SPDX-License-Identifier: Apache-2.0
//
// Tests writers that are killed at any instant, and many that write at once. What was reported to a writer as
// on disk is there, whole and openable; what it was about to do is done or not, and nothing between. How many
// are killed: SBXDECK_KILLS, of which 97 in a hundred are writers.

#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(vault_kills, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 3600);

enum { KILLS = 150, SHARE = 97, LIFE_US = 12000, STEPS_MAX = 4096, WRITERS = 16, EACH = 12 };
#define SECRET_PART "-never-in-clear"

// What a writer does with a credential, in this order; each is told before and after.
enum step { INTEND, KEEP, REPLACE, VERDICT, FORGET, STEP_COUNT };

struct told {
    int number; // of the credential
    enum step step;
    bool done;
    int64_t row;
};

static int kills_wanted(void)
{
    const char *text = getenv("SBXDECK_KILLS");
    int wanted = text != NULL ? atoi(text) * SHARE / 100 : 0;
    return wanted > 0 ? wanted : KILLS;
}

static struct access access_of(int round, int number, bool replaced)
{
    char sandbox[ID_CAP], id[ID_CAP], password[ID_CAP + 32];
    (void)snprintf(sandbox, sizeof sandbox, "sbx-%d", number % 5);
    (void)snprintf(id, sizeof id, "ssh-%d-%d%s", round, number, replaced ? "r" : "");
    (void)snprintf(password, sizeof password, "pw-%s" SECRET_PART, id);
    return vault_fixture_access_of(sandbox, id, password);
}

// --- the writer -------------------------------------------------------------------------------

static void tell(int fd, struct told *told, bool done)
{
    told->done = done;
    if (write(fd, told, sizeof *told) != (ssize_t)sizeof *told)
        _exit(2);
}

static enum status take_step(struct vault *vault, int round, struct told *told)
{
    struct failure why;
    struct access access = access_of(round, told->number, told->step == REPLACE);
    enum status status = STATUS_OK;
    if (told->step == INTEND)
        status = vault_intend(vault, access.sandbox_id, VAULT_FIXTURE_NOW, told->row = vault_row_new(), &why);
    else if (told->step == KEEP || told->step == REPLACE)
        status = vault_fixture_write(vault, told->row, &access, &why);
    else if (told->step == VERDICT)
        status = vault_set_verdict(vault, told->row, NULL, VERDICT_INVALID, VAULT_FIXTURE_NOW, &why);
    else
        status = vault_forget(vault, told->row, &why);
    access_clear(&access);
    return status;
}

static void write_until_killed(int round, int fd)
{
    struct vault *vault = NULL;
    if (vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &vault) != STATUS_OK)
        _exit(3);
    for (int number = 0; number < STEPS_MAX; number++) {
        struct told told = {.number = number};
        // Each goes a step further than the one before, so that all of them are left behind.
        for (int step = INTEND; step <= INTEND + number % STEP_COUNT; step++) {
            told.step = (enum step)step;
            tell(fd, &told, false);
            if (take_step(vault, round, &told) != STATUS_OK)
                _exit(4);
            tell(fd, &told, true);
        }
    }
    _exit(0);
}

// --- what must be there -------------------------------------------------------------------------

struct expected {
    int64_t row;
    int last, begun; // steps; -1 none
};

static const struct credential *row_of(const struct credential *rows, size_t count, int64_t row)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].vault_row == row)
            return &rows[i];
    return NULL;
}

static bool fits(const struct credential *credential, int round, int number, int step)
{
    struct access access = access_of(round, number, step >= REPLACE);
    bool gone = step < 0 || step == FORGET, right = false;
    if (gone || credential == NULL) {
        right = gone && credential == NULL;
    } else if (step == INTEND) {
        right = credential->id[0] == '\0' && credential->verdict == VERDICT_UNKNOWN;
    } else {
        struct secret *password = NULL;
        bool opens =
            vault_password(vault_fixture.vault, credential->vault_row, &password, NULL) == STATUS_OK &&
            strcmp(secret_text(password), secret_text(access.password)) == 0;
        right = opens && strcmp(credential->id, access.id) == 0 &&
                credential->verdict == (step == VERDICT ? VERDICT_INVALID : VERDICT_VALID);
        secret_free(password);
    }
    access_clear(&access);
    return right;
}

static void check_round(int round, const struct expected *all, int count)
{
    struct credential *rows = NULL;
    size_t found = 0, accounted = 0;
    cr_assert_eq(vault_list(vault_fixture.vault, &rows, &found, NULL), STATUS_OK);
    for (int i = 0; i < count; i++) {
        const struct credential *there = all[i].row > 0 ? row_of(rows, found, all[i].row) : NULL;
        // An intent that was begun and not told of has a row that nobody knows.
        if (all[i].row == 0)
            continue;
        accounted += there != NULL ? 1 : 0;
        cr_assert(fits(there, round, i, all[i].last) || fits(there, round, i, all[i].begun),
                  "round %d, credential %d: done to step %d, begun %d; on disk: %s", round, i, all[i].last,
                  all[i].begun, there == NULL ? "nothing" : there->id);
    }
    cr_assert(found - accounted <= 1, "%zu rows that nobody has made", found - accounted);
    for (size_t i = 0; i < found; i++)
        cr_assert_eq(vault_forget(vault_fixture.vault, rows[i].vault_row, NULL), STATUS_OK);
    free(rows);
}

static int take_in(int fd, struct expected all[STEPS_MAX])
{
    struct told told;
    int count = 0;
    while (read(fd, &told, sizeof told) == (ssize_t)sizeof told) {
        struct expected *one = &all[told.number];
        if (told.number == count) {
            *one = (struct expected){0, -1, -1};
            count++;
        }
        if (told.row > 0)
            one->row = told.row;
        if (told.done)
            one->last = (int)told.step;
        one->begun = (int)told.step;
    }
    return count;
}

static void integrity(void)
{
    vault_fixture_sql("CREATE TEMP TABLE IF NOT EXISTS whole (word CHECK (word = 'ok'));"
                      "INSERT INTO whole SELECT integrity_check FROM pragma_integrity_check");
}

Test(vault_kills, a_killed_writer_leaves_what_it_was_told_and_nothing_torn)
{
    enum { CHECK_EACH = 50 };
    int wanted = kills_wanted();
    static struct expected all[STEPS_MAX];
    srandom((unsigned)time(NULL));
    for (int round = 0; round < wanted; round++) {
        int ends[2], status = 0;
        cr_assert_eq(pipe(ends), 0);
        pid_t writer = fork();
        cr_assert_geq(writer, 0);
        if (writer == 0) {
            (void)close(ends[0]);
            write_until_killed(round, ends[1]);
        }
        (void)close(ends[1]);
        // Its first word, or its end when it could not begin; then any instant.
        struct pollfd ready = {.fd = ends[0], .events = POLLIN};
        cr_assert_eq(poll(&ready, 1, SUPPORT_WAIT_MS), 1);
        (void)usleep((useconds_t)(random() % LIFE_US));
        (void)kill(writer, SIGKILL);
        cr_assert_eq(waitpid(writer, &status, 0), writer);
        cr_assert(WIFSIGNALED(status), "round %d: the writer ended by itself: %d", round,
                  WEXITSTATUS(status));
        int count = take_in(ends[0], all);
        (void)close(ends[0]);
        check_round(round, all, count);
        if (round % CHECK_EACH == CHECK_EACH - 1 || round == wanted - 1) {
            integrity();
            cr_assert_not(vault_fixture_on_disk(SECRET_PART), "a password in clear, round %d", round);
        }
    }
}

// --- many at once -------------------------------------------------------------------------------

static void write_some(int writer)
{
    struct vault *vault = NULL;
    struct failure why;
    if (vault_fixture_open_as(VAULT_FIXTURE_URL, "lp0-key", &vault) != STATUS_OK)
        _exit(3);
    for (int number = 0; number < EACH; number++) {
        struct told told = {.number = number};
        for (int step = INTEND; step <= REPLACE; step++) {
            told.step = (enum step)step;
            if (take_step(vault, writer, &told) != STATUS_OK)
                _exit(4);
        }
        if (number % 3 == 0 && vault_forget(vault, told.row, &why) != STATUS_OK)
            _exit(5);
    }
    vault_close(vault);
    _exit(0);
}

Test(vault_kills, sixteen_that_write_at_once_lose_nothing)
{
    struct credential *rows = NULL;
    size_t found = 0;
    pid_t writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        cr_assert_geq(writers[i], 0);
        if (writers[i] == 0)
            write_some(i);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = 0;
        cr_assert_eq(waitpid(writers[i], &status, 0), writers[i]);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "writer %d: %d", i, WEXITSTATUS(status));
    }
    cr_assert_eq(vault_list(vault_fixture.vault, &rows, &found, NULL), STATUS_OK);
    cr_expect_eq(found, (size_t)(WRITERS * (EACH - EACH / 3)), "%zu", found);
    for (size_t i = 0; i < found; i++) {
        int writer = 0, number = 0;
        cr_assert_eq(sscanf(rows[i].id, "ssh-%d-%dr", &writer, &number), 2, "%s", rows[i].id);
        cr_expect(fits(&rows[i], writer, number, REPLACE), "%s", rows[i].id);
    }
    free(rows);
    integrity();
}
