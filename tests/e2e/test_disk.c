// SPDX-License-Identifier: Apache-2.0
//
// The vault on file systems that fail: full, read-only, and locked by another program. Found before the
// server is asked for anything, said, and over as soon as it is. A small tmpfs in a mount namespace of the
// test's own.

#include "tests/e2e/fixture.h"
#include "tests/support/skip.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(disk, .timeout = 300);

static const char *settings = "";
static char folder[SUPPORT_PATH_CAP + 64], ledger[SUPPORT_PATH_CAP + 16], first[64], second[64];

// False: this machine does not let a test mount anything.
static bool small_disk(const struct fixture *fixture)
{
    static const char *const steps[] = {"/.local", "/.local/state", "/.local/state/sbxdeck"};
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        (void)snprintf(folder, sizeof folder, "%s%s", fixture->home, steps[i]);
        cr_assert_eq(mkdir(folder, 0700), 0);
    }
    return mount("tmpfs", folder, "tmpfs", 0, "size=1m,mode=0700") == 0;
}

// A console on a small disk with one credential of its first sandbox. NULL: skipped.
static struct console *begin(struct fixture *fixture)
{
    fixture_begin_without(fixture);
    fixture_settings(fixture, settings);
    if (!small_disk(fixture)) {
        (void)support_folder_remove(fixture->home);
        SKIP_TEST("no mounts here (root and unshare -m are needed): %s", strerror(errno));
        return NULL;
    }
    (void)snprintf(ledger, sizeof ledger, "%s.ledger", fixture->home);
    cr_assert(support_file_write(ledger, ""));
    const char *const options[] = {"--fleet", "plain",    "--sandboxes", "2", "--dialect",
                                   "sandbox", "--ledger", ledger,        NULL};
    cr_assert(support_emulator_start(&fixture->emulator, options));
    fixture_point_at(fixture, fixture->emulator.base_url, fixture->emulator.api_key);
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    (void)snprintf(first, sizeof first, "%s", json_text(cJSON_GetArrayItem(list, 0), "id"));
    (void)snprintf(second, sizeof second, "%s", json_text(cJSON_GetArrayItem(list, 1), "id"));
    cJSON_Delete(list);
    struct console *console = fixture_console(fixture, 24, 110, first);
    fixture_choose(console, first);
    console_type(console, "n");
    console_wait_match(console, "valid .* 59m[0-9][0-9]s");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/2");
    fixture_choose(console, second);
    console_wait_match(console, "none");
    return console;
}

static void end(struct fixture *fixture, struct console *console)
{
    fixture_quit(console);
    (void)unlink(ledger);
    cr_expect_eq(umount2(folder, MNT_DETACH), 0);
    fixture_end(fixture);
}

static int given_out(void)
{
    int lines = 0;
    char *text = support_file_read(ledger, NULL);
    for (const char *at = text; at != NULL && (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    free(text);
    return lines;
}

static char filler[sizeof folder + 16];

static void fill_disk(void)
{
    static const char block[4096];
    (void)snprintf(filler, sizeof filler, "%s/filler", folder);
    int fd = open(filler, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert_geq(fd, 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    cr_assert_eq(errno, ENOSPC);
    (void)close(fd);
}

// While it can't be written: the create is refused and asks; the first credential is still there; the verb
// says so too. Nothing is asked of the server.
static void expect_refused(struct fixture *fixture, struct console *console, const char *why)
{
    int before = given_out();
    console_type(console, "n");
    console_wait(console, "The vault can't be written");
    console_wait(console, why);
    console_wait(console, "Nothing was sent");
    console_wait(console, "[>Cancel<]"); // it came by itself: for a moment it takes no key
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Nothing was sent");
    fixture_expect(fixture, 1, NULL, why, "access", "create", second, NULL);
    cr_expect_eq(given_out(), before, "the server was asked");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/2");
    console_wait_match(console, "valid .* 5[0-9]m[0-9][0-9]s");
    fixture_choose(console, second);
}

static void expect_works(struct console *console)
{
    console_type(console, "n");
    console_wait_match(console, "valid .* 5[0-9]m[0-9][0-9]s");
    console_wait_gone(console, "none ");
}

Test(disk, that_is_full_is_found_before_a_create_and_used_again_when_there_is_room)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    if (console == NULL)
        return;
    fill_disk();
    expect_refused(&fixture, console, "no space left");
    cr_assert_eq(unlink(filler), 0);
    expect_works(console);
    end(&fixture, console);
}

// The emulator, which does not run just now, has something to read.
static bool has_been_asked(void *ctx)
{
    const struct fixture *fixture = ctx;
    const char *port = strrchr(fixture->emulator.base_url, ':');
    unsigned wanted = port != NULL ? (unsigned)strtoul(port + 1, NULL, 10) : 0, local, waiting;
    char *table = support_file_read("/proc/net/tcp", NULL);
    bool asked = false;
    for (const char *line = table; line != NULL && !asked; line = strchr(line + 1, '\n'))
        asked = sscanf(line, " %*u: %*8x:%x %*8x:%*x 01 %*x:%x", &local, &waiting) == 2 && local == wanted &&
                waiting > 0;
    free(table);
    return asked;
}

Test(disk, that_fills_while_the_server_answers_loses_nothing)
{
    struct fixture fixture;
    settings = "refresh = 3600\nrecheck = 0\n"; // no other question than the create
    struct console *console = begin(&fixture);
    if (console == NULL)
        return;
    cr_assert_eq(kill(fixture.emulator.pid, SIGSTOP), 0);
    console_type(console, "n");
    cr_expect(support_wait_until(has_been_asked, &fixture, SUPPORT_WAIT_MS));
    fill_disk();
    cr_assert_eq(kill(fixture.emulator.pid, SIGCONT), 0);
    console_wait(console, "2 valid");
    cr_expect(!console_shows(console, "not on disk"), "its room was not there");
    cr_expect_eq(given_out(), 2);
    cr_assert_eq(unlink(filler), 0);
    cJSON *list = fixture_json(&fixture, 0, "access", "ls", second, "--json", "--show-password", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), 1);
    (void)json_text(cJSON_GetArrayItem(list, 0), "password");
    cJSON_Delete(list);
    end(&fixture, console);
}

Test(disk, that_turns_read_only_is_found_before_a_create)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    if (console == NULL)
        return;
    // As after an error of the disk: what is open for writing stays open.
    if (mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m,mode=0700") != 0) {
        cr_expect_eq(errno, EBUSY);
        cr_assert_eq(mount(folder, folder, NULL, MS_BIND, NULL), 0);
        cr_assert_eq(mount(NULL, folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
        fixture_expect(&fixture, 1, NULL, "Read-only file system", "access", "create", second, NULL);
        cr_expect_eq(given_out(), 1);
        cr_assert_eq(umount2(folder, MNT_DETACH), 0);
    } else {
        expect_refused(&fixture, console, "Read-only file system");
        cr_assert_eq(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=1m,mode=0700"), 0);
    }
    expect_works(console);
    end(&fixture, console);
}

// All but that many pages are taken.
static void leave_free(int pages)
{
    static const char block[4096];
    char spare[sizeof folder + 16];
    (void)snprintf(spare, sizeof spare, "%s/spare", folder);
    int fd = open(spare, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert_geq(fd, 0);
    for (int i = 0; i < pages; i++)
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
            break; // so many are not free
    (void)close(fd);
    fill_disk();
    cr_assert_eq(unlink(spare), 0);
}

// With that many pages free the verb either asks the server for nothing, or has what it brought, and the
// vault has it too.
static void expect_kept_or_not_asked(struct fixture *fixture, const char *verb, int pages, int *kept,
                                     int *refused)
{
    char password[128], on_disk[128];
    leave_free(pages);
    int before = given_out();
    struct support_result result =
        fixture_run(fixture, "access", verb, second, "--json", "--show-password", NULL);
    cr_assert_eq(unlink(filler), 0);
    cr_expect_null(strstr(result.err, "until"), "%s", result.err);
    if (given_out() == before) {
        cr_expect_eq(result.exit_code, 1, "%s with %d pages: %d", verb, pages, result.exit_code);
        cr_expect_not_null(strstr(result.err, "no space left"), "%s with %d pages: %s", verb, pages,
                           result.err);
        (*refused)++;
    } else {
        cr_assert_eq(result.exit_code, 0, "%s with %d pages: %d %s", verb, pages, result.exit_code,
                     result.err);
        cJSON *made = cJSON_Parse(result.out);
        (void)snprintf(password, sizeof password, "%s", json_text(made, "password"));
        cJSON_Delete(made);
        fixture_password(fixture, second, on_disk, sizeof on_disk);
        cr_expect_str_eq(on_disk, password, "%s with %d pages", verb, pages);
        (*kept)++;
    }
    support_result_free(&result);
}

Test(disk, with_any_number_of_free_pages_what_the_call_brings_is_kept)
{
    static const int numbers[] = {1, 6, 10, 13, 14, 16, 17, 18, 19, 20, 22, 24, 25, 28, 40};
    struct fixture fixture;
    int kept = 0, refused = 0;
    struct console *console = begin(&fixture);
    if (console == NULL)
        return;
    fixture_quit(console);
    cr_assert_eq(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=256k,mode=0700"), 0);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        expect_kept_or_not_asked(&fixture, "create", numbers[i], &kept, &refused);
        cJSON *list = fixture_json(&fixture, 0, "access", "ls", second, "--json", NULL);
        bool there = cJSON_GetArraySize(list) > 0;
        cJSON_Delete(list);
        if (!there)
            cJSON_Delete(fixture_json(&fixture, 0, "access", "create", second, "--json", NULL));
        expect_kept_or_not_asked(&fixture, "regen", numbers[i], &kept, &refused);
        cJSON_Delete(fixture_json(&fixture, 0, "access", "delete", second, "--json", NULL));
    }
    cr_expect_gt(kept, 0);
    cr_expect_gt(refused, 0);
    fixture_expect(&fixture, 0, NULL, NULL, "ls", NULL);
    (void)unlink(ledger);
    cr_expect_eq(umount2(folder, MNT_DETACH), 0);
    fixture_end(&fixture);
}

static bool knows_host(void)
{
    char file[sizeof folder + 16];
    (void)snprintf(file, sizeof file, "%s/known_hosts", folder);
    char *text = support_file_read(file, NULL);
    bool knows = text != NULL && strstr(text, "ssh-") != NULL;
    free(text);
    return knows;
}

Test(disk, that_is_read_only_from_the_start_still_gives_what_is_there)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    if (console == NULL)
        return;
    fixture_quit(console);
    cr_assert_eq(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m,mode=0700"), 0);
    fixture_expect(&fixture, 0, "password", NULL, "access", "ls", first, "--json", "--show-password", NULL);
    fixture_expect(&fixture, 1, NULL, "can't be written", "access", "create", second, NULL);
    cr_expect_eq(given_out(), 1);
    console = fixture_console(&fixture, 24, 110, first);
    fixture_choose(console, first);
    console_wait_match(console, "valid .* 5[0-9]m[0-9][0-9]s");
    // Into a sandbox whose host key was never seen, as ssh lets one in.
    for (int i = 0; i < 2; i++) {
        console_type(console, KEY_ENTER);
        if (i == 0)
            console_wait(console, "Can't save the new host key");
        console_wait_match(console, "[$#] *$");
        console_type(console, KEY_PREFIX "x");
        console_wait(console, "SANDBOX");
        cr_expect(!knows_host());
    }
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/2");
    fixture_choose(console, second);
    expect_refused(&fixture, console, "can't be written");
    cr_assert_eq(mount("tmpfs", folder, "tmpfs", MS_REMOUNT, "size=1m,mode=0700"), 0);
    expect_works(console);
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1/2");
    fixture_connect(console, first);
    cr_expect(knows_host(), "the key is not kept once it can be");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "SANDBOX");
    end(&fixture, console);
}

Test(disk, a_vault_that_another_holds_is_waited_for_while_keys_answer)
{
    struct fixture fixture;
    struct console *console = begin(&fixture);
    char shared[sizeof folder + 32];
    if (console == NULL)
        return;
    // The lock that SQLite's writers take.
    (void)snprintf(shared, sizeof shared, "%s/vault.db-shm", folder);
    int fd = open(shared, O_RDWR | O_CLOEXEC);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1};
    cr_assert_geq(fd, 0);
    cr_assert_eq(fcntl(fd, F_SETLKW, &lock), 0);
    console_type(console, "n");
    console_wait(console, "creating");
    console_type(console, "?"); // meanwhile
    console_wait(console, "Show the keys");
    console_type(console, "q");
    console_wait_gone(console, "Show the keys");
    console_wait(console, "The vault can't be written");
    console_wait(console, "in use");
    console_wait(console, "[>Cancel<]"); // it came by itself: for a moment it takes no key
    console_type(console, KEY_ESC);
    console_wait_gone(console, "Nothing was sent");
    cr_expect_eq(given_out(), 1);
    lock.l_type = F_UNLCK;
    cr_assert_eq(fcntl(fd, F_SETLK, &lock), 0);
    (void)close(fd);
    expect_works(console);
    end(&fixture, console);
}
