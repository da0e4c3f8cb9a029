// SPDX-License-Identifier: Apache-2.0
//
// ssh_setup: both files are written whole or not at all, and what is undone is as it was before; whatever
// isn't as it has to be is named, and nothing changes.

#include "api/tools/ssh_setup.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = SUPPORT_PATH_CAP + 64, KILLS = 60, AT_ONCE = 6 };

static char home[SUPPORT_PATH_CAP], state[PATH_ROOM], ssh[PATH_ROOM], config[PATH_ROOM];
static struct local_keys keys;
static struct ssh_block block;
static struct ssh_setup setup;
static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(home));
    (void)umask(022);
    (void)snprintf(state, sizeof state, "%s/state", home);
    (void)snprintf(ssh, sizeof ssh, "%s/.ssh", home);
    (void)snprintf(config, sizeof config, "%s/.ssh/config", home);
    cr_assert_eq(local_keys_make(state, &keys, &why), STATUS_OK, "%s", why.message);
    block = (struct ssh_block){.keys = &keys, .program = "/usr/bin/sbxdeck", .state_folder = state};
}

static void end(void)
{
    ssh_setup_free(&setup);
    (void)support_folder_remove(home);
}

TestSuite(ssh_setup, .init = begin, .fini = end);

static void plan(bool undo)
{
    ssh_setup_free(&setup);
    memset(&setup, 0, sizeof setup);
    cr_assert_eq(ssh_setup_plan(home, &keys, undo ? NULL : &block, &setup, &why), STATUS_OK, "%s",
                 why.message);
}

static void apply(void)
{
    cr_assert_eq(ssh_setup_apply(&setup, NULL, NULL, &why), STATUS_OK, "%s", why.message);
}

static void make_config(const char *text, mode_t mode)
{
    (void)mkdir(ssh, 0700);
    cr_assert(support_file_write(config, text));
    cr_assert_eq(chmod(config, mode), 0);
}

static void expect_config(const char *text)
{
    char *found = support_file_read(config, NULL);
    cr_assert_not_null(found, "there is no %s", config);
    cr_expect_str_eq(found, text);
    free(found);
}

static size_t names_in(const char *path, const char *part)
{
    size_t count = 0;
    DIR *listing = opendir(path);
    for (const struct dirent *at = listing != NULL ? readdir(listing) : NULL; at != NULL;
         at = readdir(listing))
        count += strstr(at->d_name, part) != NULL;
    if (listing != NULL)
        (void)closedir(listing);
    return count;
}

static mode_t mode_of(const char *path)
{
    struct stat facts;
    cr_assert_eq(stat(path, &facts), 0, "%s", path);
    return facts.st_mode & 07777;
}

Test(ssh_setup, makes_what_is_missing_and_undo_removes_it)
{
    plan(false);
    cr_expect(setup.block.changes && setup.user.changes && !setup.user.exists);
    cr_expect_str_empty(setup.backup);
    cr_expect_eq(access(ssh, F_OK), -1, "the plan has made something");
    cr_expect_eq(access(keys.config, F_OK), -1, "the plan has made something");
    apply();
    cr_expect_eq(mode_of(ssh), 0700);
    cr_expect_eq(mode_of(config), 0600);
    cr_expect_eq(mode_of(keys.config), 0600);
    char line[PATH_ROOM * 2];
    (void)snprintf(line, sizeof line, "Include %s\n", keys.config);
    expect_config(line);
    plan(false);
    cr_expect_not(setup.block.changes || setup.user.changes, "a second time there is something to do");
    plan(true);
    cr_expect(setup.user.goes);
    apply();
    cr_expect_eq(access(config, F_OK), -1);
    cr_expect_eq(access(keys.config, F_OK), -1);
    cr_expect_eq(access(keys.host_key, F_OK), 0);
    plan(true);
    cr_expect_not(setup.block.changes || setup.user.changes);
}

Test(ssh_setup, leaves_the_rest_of_the_file_its_mode_and_a_copy)
{
    static const char *const texts[] = {"Host a\n  User b\n", "Host a\n  User b", "Host a\r\nUser b\r\n",
                                        "\n"};
    static const mode_t modes[] = {0600, 0644, 0640, 0400};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char copy[PATH_MAX];
        make_config(texts[i], modes[i]);
        plan(false);
        (void)snprintf(copy, sizeof copy, "%s", setup.backup);
        apply();
        cr_expect_eq(mode_of(config), modes[i]);
        cr_expect_eq(mode_of(copy), modes[i]);
        char *kept = support_file_read(copy, NULL);
        cr_expect_str_eq(kept, texts[i]);
        free(kept);
        plan(true);
        cr_expect_str_neq(setup.backup, copy, "the first copy would be lost");
        apply();
        expect_config(texts[i]);
        cr_expect_eq(mode_of(config), modes[i]);
        cr_assert_eq(unlink(config), 0);
    }
    cr_expect_eq(names_in(ssh, "config.before-sbxdeck-"), 8);
    cr_expect_eq(names_in(ssh, "config.sbxdeck-new"), 0);
}

// A name that people give what they try out first.
Test(ssh_setup, leaves_a_file_of_the_users_that_is_named_new)
{
    char other[PATH_ROOM + 8];
    make_config("Host a\n", 0600);
    (void)snprintf(other, sizeof other, "%s.new", config);
    cr_assert(support_file_write(other, "Host mine\n"));
    plan(false);
    apply();
    plan(true);
    apply();
    char *text = support_file_read(other, NULL);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "Host mine\n");
    free(text);
}

Test(ssh_setup, follows_a_link_and_keeps_it)
{
    char target[PATH_ROOM];
    struct stat facts;
    (void)snprintf(target, sizeof target, "%s/dotfile", home);
    cr_assert_eq(mkdir(ssh, 0700), 0);
    cr_assert(support_file_write(target, "Host a\n"));
    cr_assert_eq(symlink("../dotfile", config), 0);
    plan(false);
    apply();
    cr_assert_eq(lstat(config, &facts), 0);
    cr_expect(S_ISLNK(facts.st_mode), "the link was replaced");
    char *text = support_file_read(target, NULL);
    cr_expect_eq(strncmp(text, "Include ", 8), 0);
    free(text);
    plan(true);
    apply();
    expect_config("Host a\n");
    cr_assert_eq(lstat(config, &facts), 0);
    cr_expect(S_ISLNK(facts.st_mode));
}

Test(ssh_setup, replaces_the_block_of_a_program_that_moved)
{
    plan(false);
    apply();
    block.program = "/opt/bin/sbxdeck";
    plan(false);
    cr_expect(setup.block.changes && !setup.user.changes);
    cr_expect_str_empty(setup.backup);
    apply();
    char *text = support_file_read(keys.config, NULL);
    cr_expect_not_null(strstr(text, " /opt/bin/sbxdeck ssh-proxy"));
    free(text);
}

// NULL: no file.
static char *text_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode) ? support_file_read(path, NULL) : NULL;
}

static void refuse(const char *part)
{
    static const bool both[] = {false, true};
    char line[FAILURE_LINE_CAP];
    char *before = text_of(config), *old_block = text_of(keys.config);
    for (size_t i = 0; i < 2; i++) {
        ssh_setup_free(&setup);
        memset(&setup, 0, sizeof setup);
        memset(&why, 0, sizeof why);
        cr_expect_neq(ssh_setup_plan(home, &keys, both[i] ? NULL : &block, &setup, &why), STATUS_OK,
                      "%s was taken", part);
        cr_expect_not_null(strstr(failure_line(&why, line), part), "'%s' is not in: %s", part, line);
    }
    char *after = text_of(config), *new_block = text_of(keys.config);
    cr_expect_str_eq(before != NULL ? before : "", after != NULL ? after : "");
    cr_expect_str_eq(old_block != NULL ? old_block : "", new_block != NULL ? new_block : "");
    cr_expect_eq(names_in(ssh, "before-sbxdeck"), 0);
    free(before);
    free(after);
    free(old_block);
    free(new_block);
}

Test(ssh_setup, refuses_a_file_that_it_does_not_understand)
{
    char line[PATH_ROOM * 2], text[PATH_ROOM * 4];
    (void)snprintf(line, sizeof line, "Include %s\n", keys.config);
    (void)snprintf(text, sizeof text, "Host *\n%s", line);
    make_config(text, 0600);
    refuse("config:2: has sbxdeck's line behind a Host or Match");
    (void)snprintf(text, sizeof text, "%s%s", line, line);
    make_config(text, 0600);
    refuse("config:2: has sbxdeck's line twice");
    (void)snprintf(text, sizeof text, "\n  %s", line);
    make_config(text, 0600);
    refuse("config:2: names sbxdeck's settings in a line that was changed");
    make_config("\xef\xbb\xbfHost *\n", 0600);
    refuse("byte order mark");
    cr_assert_eq(truncate(config, 100), 0); // with NULs
    refuse("NUL");
}

Test(ssh_setup, refuses_a_file_that_is_not_the_users_alone)
{
    char other[PATH_ROOM];
    make_config("Host a\n", 0660);
    refuse("can be written by others, mode 660");
    make_config("Host a\n", 0602);
    refuse("chmod go-w");
    make_config("Host a\n", 0600);
    (void)snprintf(other, sizeof other, "%s/second", home);
    cr_assert_eq(link(config, other), 0);
    refuse("second name");
    cr_assert_eq(unlink(other), 0);
    cr_assert_eq(chmod(ssh, 0770), 0);
    refuse("can be written by others, mode 770");
    cr_assert_eq(chmod(ssh, 0700), 0);
    if (geteuid() == 0) {
        cr_assert_eq(chown(config, 65534, (gid_t)-1), 0);
        refuse("belongs to user 65534");
        cr_assert_eq(chown(config, 0, (gid_t)-1), 0);
        cr_assert_eq(chown(ssh, 65534, (gid_t)-1), 0);
        refuse("belongs to user 65534");
    }
}

Test(ssh_setup, refuses_what_is_no_file)
{
    cr_assert_eq(mkdir(ssh, 0700), 0);
    cr_assert_eq(mkdir(config, 0700), 0);
    refuse("is not a file");
    cr_assert_eq(rmdir(config), 0);
    cr_assert_eq(mkfifo(config, 0600), 0);
    refuse("is not a file");
    cr_assert_eq(unlink(config), 0);
    cr_assert_eq(symlink("nowhere", config), 0);
    refuse("a link that leads nowhere");
    cr_assert_eq(unlink(config), 0);
    cr_assert_eq(symlink("config", config), 0);
    refuse("symbolic links");
    cr_assert_eq(unlink(config), 0);
    cr_assert_eq(rmdir(ssh), 0);
    cr_assert(support_file_write(ssh, "x"));
    refuse("is not a folder");
}

Test(ssh_setup, refuses_a_block_that_was_changed_by_hand)
{
    plan(false);
    apply();
    char *text = support_file_read(keys.config, NULL);
    char *more = NULL;
    cr_assert_geq(asprintf(&more, "%sHost *\n", text), 0);
    cr_assert(support_file_write(keys.config, more));
    refuse("was changed by hand");
    free(text);
    free(more);
    cr_assert(support_file_write(keys.config, ""));
    refuse("was changed by hand");
    cr_assert_eq(chmod(keys.config, 0644), 0);
    refuse("accessible to others");
}

Test(ssh_setup, changes_nothing_when_a_file_changes_after_the_plan)
{
    make_config("Host a\n", 0600);
    plan(false);
    make_config("Host b\n", 0600);
    cr_expect_eq(ssh_setup_apply(&setup, NULL, NULL, &why), STATUS_CONFLICT);
    cr_expect_not_null(strstr(why.message, "has changed meanwhile"), "%s", why.message);
    expect_config("Host b\n");
    cr_expect_eq(access(keys.config, F_OK), -1);
    cr_expect_eq(names_in(ssh, "before-sbxdeck"), 0);
}

static enum status refuse_block(void *ctx, const char *path, struct failure *reason)
{
    *(bool *)ctx = access(path, F_OK) == 0;
    return fail(reason, STATUS_SSH_FAILED, "ssh doesn't take it");
}

Test(ssh_setup, changes_nothing_when_ssh_does_not_take_the_block)
{
    bool seen = false;
    make_config("Host a\n", 0600);
    plan(false);
    cr_expect_eq(ssh_setup_apply(&setup, refuse_block, &seen, &why), STATUS_SSH_FAILED);
    cr_expect(seen);
    expect_config("Host a\n");
    cr_expect_eq(access(keys.config, F_OK), -1);
    // Nor does it lose the block that there was.
    plan(false);
    apply();
    char *before = support_file_read(keys.config, NULL);
    block.program = "/opt/bin/sbxdeck";
    plan(false);
    cr_expect_eq(ssh_setup_apply(&setup, refuse_block, &seen, &why), STATUS_SSH_FAILED);
    char *after = support_file_read(keys.config, NULL);
    cr_expect_str_eq(before, after);
    free(before);
    free(after);
}

Test(ssh_setup, a_full_disk_changes_nothing)
{
    struct rlimit limit;
    make_config("Host a\n", 0600);
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    // Room for nothing, for the copy alone, and for the block alone.
    static const rlim_t rooms[] = {0, 8, 1200};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        const struct rlimit full = {rooms[i], limit.rlim_max};
        char long_text[4096];
        memset(long_text, '#', sizeof long_text - 1);
        long_text[sizeof long_text - 1] = '\0';
        make_config(i < 2 ? "Host a\n" : long_text, 0600);
        plan(false);
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
        enum status status = ssh_setup_apply(&setup, NULL, NULL, &why);
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        cr_expect_eq(status, STATUS_STORE_FAILED, "room %zu", i);
        expect_config(i < 2 ? "Host a\n" : long_text);
        cr_expect_eq(access(keys.config, F_OK), -1, "room %zu", i);
        cr_expect_eq(names_in(ssh, "before-sbxdeck"), 0, "room %zu", i);
    }
}

Test(ssh_setup, a_folder_that_can_not_be_written_changes_nothing)
{
    if (geteuid() == 0)
        cr_skip("root may write everywhere");
    make_config("Host a\n", 0600);
    cr_assert_eq(chmod(ssh, 0500), 0);
    plan(false);
    cr_expect_eq(ssh_setup_apply(&setup, NULL, NULL, &why), STATUS_STORE_FAILED);
    cr_assert_eq(chmod(ssh, 0700), 0);
    expect_config("Host a\n");
    cr_expect_eq(access(keys.config, F_OK), -1);
}

// Whole: as it was, or as it shall be.
static void expect_whole(const char *before)
{
    char *text = support_file_read(config, NULL);
    cr_assert_not_null(text);
    bool in = strncmp(text, "Include ", 8) == 0;
    cr_expect_str_eq(in ? strchr(text, '\n') + 1 : text, before);
    if (in)
        cr_expect_eq(access(keys.config, F_OK), 0, "the line is in and the block isn't");
    free(text);
}

Test(ssh_setup, a_kill_at_any_moment_leaves_the_old_or_the_new)
{
    make_config("Host a\n", 0600);
    for (int i = 0; i < KILLS; i++) {
        pid_t child = fork();
        for (bool undo = false; child == 0; undo = !undo) {
            static struct ssh_setup own;
            memset(&own, 0, sizeof own);
            if (ssh_setup_plan(home, &keys, undo ? NULL : &block, &own, NULL) != STATUS_OK)
                _exit(1);
            if (own.backup[0] != '\0' && ssh_setup_apply(&own, NULL, NULL, NULL) == STATUS_OK)
                (void)unlink(own.backup);
            ssh_setup_free(&own);
        }
        (void)usleep((useconds_t)(300 + i * 311 % 5000));
        (void)kill(child, SIGKILL);
        cr_assert_eq(support_wait_exit(child, SUPPORT_WAIT_MS), 128 + SIGKILL);
        expect_whole("Host a\n");
        cr_assert_eq(ssh_setup_plan(home, &keys, &block, &setup, &why), STATUS_OK, "%s", why.message);
        ssh_setup_free(&setup);
        memset(&setup, 0, sizeof setup);
    }
}

Test(ssh_setup, several_at_once_write_one_line)
{
    pid_t children[AT_ONCE];
    make_config("Host a\n", 0600);
    for (size_t i = 0; i < AT_ONCE; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        static struct ssh_setup own;
        enum status status = ssh_setup_plan(home, &keys, &block, &own, NULL);
        if (status == STATUS_OK && own.user.changes)
            status = ssh_setup_apply(&own, NULL, NULL, NULL);
        _exit(status == STATUS_OK || status == STATUS_CONFLICT ? 0 : 1);
    }
    for (size_t i = 0; i < AT_ONCE; i++)
        cr_expect_eq(support_wait_exit(children[i], SUPPORT_WAIT_MS), 0);
    plan(false);
    cr_expect_not(setup.block.changes || setup.user.changes);
    char *text = support_file_read(config, NULL);
    cr_expect_str_eq(strchr(text, '\n') + 1, "Host a\n");
    free(text);
}
