// SPDX-License-Identifier: Apache-2.0
//
// config_watch on a real folder: each way in which a file is changed is told once, with what it says then;
// what says the same is not told.

#include "api/config/config_watch.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = SUPPORT_PATH_CAP + 64 };

static char folder[SUPPORT_PATH_CAP], file[PATH_ROOM];
static uv_loop_t loop;
static struct config_watch *watch;
static uv_timer_t too_long;
static struct {
    int times;
    bool read, there;
    char text[256], why[512];
} told;

static void on_changed(void *ctx, const struct config_text *text, const struct failure *why)
{
    (void)ctx;
    told.times++;
    told.read = text != NULL;
    told.there = text != NULL && text->there;
    (void)snprintf(told.text, sizeof told.text, "%s", text != NULL ? bytebuf_text(&text->raw) : "");
    (void)snprintf(told.why, sizeof told.why, "%s", why->message);
    uv_stop(&loop);
}

static void on_too_long(uv_timer_t *timer)
{
    (void)timer;
    cr_assert_fail("nothing was told");
}

static void start(void)
{
    watch = config_watch_new(&loop, file, on_changed, NULL);
    cr_assert_not_null(watch);
}

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/config", folder);
    cr_assert_eq(uv_loop_init(&loop), 0);
    (void)uv_timer_init(&loop, &too_long);
    memset(&told, 0, sizeof told);
}

static void end(void)
{
    config_watch_free(watch);
    uv_close((uv_handle_t *)&too_long, NULL);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&loop), 0);
    (void)support_folder_remove(folder);
}

TestSuite(config_watch, .init = begin, .fini = end);

// What is told next is that text, and nothing was told before.
static void expect(const char *text)
{
    int before = told.times;
    (void)uv_timer_start(&too_long, on_too_long, SUPPORT_WAIT_MS, 0);
    while (told.times == before)
        (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_timer_stop(&too_long);
    cr_expect_eq(told.times, before + 1);
    cr_expect_str_eq(told.text, text, "'%s': %s", told.text, told.why);
}

static void replace(const char *text)
{
    char beside[PATH_ROOM + 8];
    (void)snprintf(beside, sizeof beside, "%s~new", file);
    cr_assert(support_file_write(beside, text));
    cr_assert_eq(rename(beside, file), 0);
}

Test(config_watch, in_place_by_another_file_and_gone)
{
    cr_assert(support_file_write(file, "refresh = 1\n"));
    start();
    cr_assert(support_file_write(file, "refresh = 2\n"));
    expect("refresh = 2\n");
    replace("refresh = 3\n");
    expect("refresh = 3\n");
    replace("refresh = 3\n"); // the same is no news
    replace("refresh = 4\n");
    expect("refresh = 4\n");
    cr_assert_eq(unlink(file), 0);
    expect("");
    cr_expect(told.read);
    cr_expect_not(told.there);
    cr_assert(support_file_write(file, "refresh = 5\n"));
    expect("refresh = 5\n");
    // As vi does without a swap for the name: away, and a new one.
    cr_assert_eq(unlink(file), 0);
    cr_assert(support_file_write(file, "refresh = 6\n"));
    expect("refresh = 6\n");
    cr_expect_eq(told.times, 6);
}

Test(config_watch, who_may_write_it_is_news_too)
{
    cr_assert(support_file_write(file, "refresh = 1\n"));
    start();
    cr_assert_eq(chmod(file, 0666), 0);
    expect("refresh = 1\n");
}

Test(config_watch, what_cannot_be_read_is_told_once)
{
    start();
    cr_assert_eq(mkdir(file, 0700), 0);
    expect("");
    cr_expect_not(told.read);
    cr_expect_not_null(strstr(told.why, file), "%s", told.why);
    config_watch_look(watch);
    expect(""); // asked for
    cr_assert_eq(rmdir(file), 0);
    cr_assert_eq(mkfifo(file, 0600), 0);
    expect("");
    cr_expect_not_null(strstr(told.why, "is not a file"), "%s", told.why);
    cr_assert_eq(unlink(file), 0);
    replace("refresh = 1\n");
    expect("refresh = 1\n");
}

Test(config_watch, behind_a_link_and_in_a_folder_that_comes_later)
{
    char real[PATH_ROOM], target[PATH_ROOM + 8], below[PATH_ROOM];
    (void)snprintf(below, sizeof below, "%s/later", folder);
    (void)snprintf(file, sizeof file, "%s/later/config", folder);
    (void)snprintf(real, sizeof real, "%s/dotfiles", folder);
    (void)snprintf(target, sizeof target, "%s/sbxdeck", real);
    cr_assert_eq(mkdir(real, 0700), 0);
    cr_assert(support_file_write(target, "refresh = 1\n"));
    start();
    cr_assert_eq(mkdir(below, 0700), 0);
    cr_assert_eq(symlink(target, file), 0);
    expect("refresh = 1\n");
    cr_assert(support_file_write(target, "refresh = 2\n"));
    expect("refresh = 2\n");
    char beside[PATH_ROOM + 16];
    (void)snprintf(beside, sizeof beside, "%s~", target);
    cr_assert(support_file_write(beside, "refresh = 3\n"));
    cr_assert_eq(rename(beside, target), 0);
    expect("refresh = 3\n");
    // The folder goes with all that is in it, and another one comes.
    cr_assert_eq(unlink(file), 0);
    cr_assert_eq(rmdir(below), 0);
    expect("");
    cr_assert_eq(mkdir(below, 0700), 0);
    cr_assert(support_file_write(file, "refresh = 4\n"));
    expect("refresh = 4\n");
}

// As when another branch of one's own files is checked out, and the first one again.
Test(config_watch, behind_a_link_whose_end_goes_and_comes_again)
{
    char target[PATH_ROOM], between[PATH_ROOM];
    (void)snprintf(target, sizeof target, "%s/files", folder);
    cr_assert_eq(mkdir(target, 0700), 0);
    (void)snprintf(target, sizeof target, "%s/files/config", folder);
    (void)snprintf(between, sizeof between, "%s/files/link", folder);
    cr_assert(support_file_write(target, "refresh = 1\n"));
    cr_assert_eq(symlink("config", between), 0);
    cr_assert_eq(symlink("files/link", file), 0);
    start();
    cr_assert_eq(unlink(target), 0);
    expect("");
    cr_assert(support_file_write(target, "refresh = 2\n"));
    expect("refresh = 2\n");
    cr_assert_eq(unlink(target), 0);
    cr_assert_eq(symlink("link", target), 0); // round and round
    expect("");
    cr_assert_eq(unlink(target), 0);
    cr_assert(support_file_write(target, "refresh = 3\n"));
    expect("refresh = 3\n");
}

Test(config_watch, ended_in_the_middle_of_a_reading)
{
    start();
    cr_assert(support_file_write(file, "refresh = 1\n"));
    config_watch_look(watch);
    for (int i = 0; i < 3; i++)
        (void)uv_run(&loop, UV_RUN_ONCE);
}
