// SPDX-License-Identifier: Apache-2.0
//
// local_keys: made once and kept; what is missing or damaged is made anew with what depends on it; a folder
// or file that isn't the user's alone is refused; a kill at any moment leaves what the next call mends.

#include "api/tools/local_keys.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KINDS = 4, MAKERS = 8, KILLS = 40 };

static char folder[SUPPORT_PATH_CAP], state[SUPPORT_PATH_CAP + 16];
static struct local_keys keys;
static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(state, sizeof state, "%s/state", folder);
    cr_assert_eq(local_keys_paths(state, &keys, &why), STATUS_OK);
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(local_keys, .init = begin, .fini = end);

static const char *path_of(size_t kind)
{
    const char *const paths[KINDS] = {keys.host_key, keys.known_hosts, keys.identity, keys.identity_pub};
    return paths[kind];
}

static void make(void)
{
    cr_assert_eq(local_keys_make(state, &keys, &why), STATUS_OK, "%s", why.message);
}

static void read_all(char *texts[KINDS])
{
    for (size_t i = 0; i < KINDS; i++) {
        texts[i] = support_file_read(path_of(i), NULL);
        cr_assert_not_null(texts[i], "%s", path_of(i));
    }
}

static void free_all(char *texts[KINDS])
{
    for (size_t i = 0; i < KINDS; i++)
        free(texts[i]);
}

// The public half of the private key, as libssh reads both.
static void expect_pair(const char *private_path, const char *public_text)
{
    ssh_key key = NULL;
    char *text = NULL;
    cr_assert_eq(ssh_pki_import_privkey_file(private_path, NULL, NULL, NULL, &key), SSH_OK);
    cr_assert_eq(ssh_pki_export_pubkey_base64(key, &text), SSH_OK);
    cr_expect_not_null(strstr(public_text, text), "%s: another key than in %s", private_path, public_text);
    ssh_string_free_char(text);
    ssh_key_free(key);
}

static void expect_whole(void)
{
    char *texts[KINDS];
    read_all(texts);
    expect_pair(keys.host_key, texts[1]);
    expect_pair(keys.identity, texts[3]);
    cr_expect_eq(strncmp(texts[1], "sbxdeck-proxy ssh-ed25519 AAAA", 30), 0, "%s", texts[1]);
    cr_expect_eq(strchr(texts[1], '\n')[1], '\0', "more than one line");
    free_all(texts);
}

static mode_t mode_of(const char *path)
{
    struct stat facts;
    cr_assert_eq(stat(path, &facts), 0, "%s", path);
    return facts.st_mode & 0777;
}

Test(local_keys, are_made_for_the_user_alone_whatever_the_umask)
{
    (void)umask(0);
    make();
    cr_expect_eq(mode_of(state), 0700);
    cr_expect_eq(mode_of(keys.folder), 0700);
    for (size_t i = 0; i < KINDS; i++)
        cr_expect_eq(mode_of(path_of(i)), 0600, "%s", path_of(i));
    expect_whole();
}

Test(local_keys, that_are_whole_stay_as_they_are)
{
    char *before[KINDS], *after[KINDS];
    make();
    read_all(before);
    make();
    read_all(after);
    for (size_t i = 0; i < KINDS; i++)
        cr_expect_str_eq(before[i], after[i]);
    free_all(before);
    free_all(after);
}

Test(local_keys, are_openssh_s)
{
    struct support_result result = {.exit_code = 0};
    make();
    const char *const argv[] = {"ssh-keygen", "-y", "-f", keys.host_key, NULL};
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    char *known = support_file_read(keys.known_hosts, NULL);
    result.out[strcspn(result.out, "\n")] = '\0';
    cr_expect_not_null(strstr(known, result.out), "%s is not in %s", result.out, known);
    free(known);
    support_result_free(&result);
}

// Programs that read strictly take no other padding and no longer lines.
Test(local_keys, have_the_shape_that_ssh_keygen_writes)
{
    struct support_result result = {.exit_code = 0};
    const char *const argv[] = {"ssh-keygen", "-p", "-q", "-N", "", "-P", "", "-f", keys.identity, NULL};
    make();
    char *ours = support_file_read(keys.identity, NULL);
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    char *rewritten = support_file_read(keys.identity, NULL);
    cr_assert(ours != NULL && rewritten != NULL);
    for (const char *one = ours, *other = rewritten; *one != '\0' || *other != '\0';) {
        cr_assert_eq(strcspn(one, "\n"), strcspn(other, "\n"), "%s\n%s", ours, rewritten);
        one += strcspn(one, "\n") + 1;
        other += strcspn(other, "\n") + 1;
    }
    make();
    expect_whole();
    free(ours);
    free(rewritten);
    support_result_free(&result);
}

// What each of them looks like when it is broken, and whether the other pair and the own private key stay.
Test(local_keys, that_are_damaged_are_made_anew_with_what_depends_on_them)
{
    static const char *const damage[] = {"", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "\n\n",
                                         "ssh-ed25519 AAAA"};
    make();
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
            char *before[KINDS], *after[KINDS];
            read_all(before);
            cr_assert(support_file_write(path_of(kind), damage[i]));
            make();
            expect_whole();
            read_all(after);
            for (size_t other = 0; other < KINDS; other++) {
                bool follows = other / 2 == kind / 2 && kind % 2 == 0;
                cr_expect_eq(strcmp(before[other], after[other]) != 0, follows, "damage %zu of %s: %s", i,
                             path_of(kind), path_of(other));
            }
            free_all(before);
            free_all(after);
        }
        cr_assert_eq(unlink(path_of(kind)), 0);
        make();
        expect_whole();
    }
}

Test(local_keys, half_of_a_private_key_is_none)
{
    make();
    size_t length = 0;
    char *whole = support_file_read(keys.host_key, &length);
    for (size_t cut = 0; cut < length - 1; cut += 7) {
        char *half = strndup(whole, cut);
        cr_assert(support_file_write(keys.host_key, half));
        free(half);
        make();
        expect_whole();
    }
    free(whole);
}

static void refuse(const char *part, const char *advice)
{
    memset(&why, 0, sizeof why);
    cr_expect_eq(local_keys_make(state, NULL, &why), STATUS_STORE_UNSAFE, "%s was taken: %s", part,
                 why.message);
    cr_expect_not_null(strstr(why.message, part), "'%s' is not in: %s", part, why.message);
    cr_expect_not_null(strstr(why.advice, advice), "'%s' is not in: %s", advice, why.advice);
}

Test(local_keys, open_to_others_are_refused_and_stay)
{
    make();
    for (size_t kind = 0; kind < KINDS; kind++) {
        char *before[KINDS], *after[KINDS];
        read_all(before);
        cr_assert_eq(chmod(path_of(kind), 0640), 0);
        refuse(path_of(kind), "chmod 600");
        read_all(after);
        for (size_t i = 0; i < KINDS; i++)
            cr_expect_str_eq(before[i], after[i]);
        free_all(before);
        free_all(after);
        cr_assert_eq(chmod(path_of(kind), 0600), 0);
    }
    cr_assert_eq(chmod(keys.folder, 0755), 0);
    refuse(keys.folder, "chmod 700");
}

Test(local_keys, links_are_refused)
{
    char aside[SUPPORT_PATH_CAP + 32];
    make();
    (void)snprintf(aside, sizeof aside, "%s/aside", folder);
    for (size_t kind = 0; kind < KINDS; kind++) {
        cr_assert_eq(rename(path_of(kind), aside), 0);
        cr_assert_eq(symlink(aside, path_of(kind)), 0);
        refuse("symbolic link", "");
        cr_assert_eq(rename(aside, path_of(kind)), 0);
    }
    cr_assert_eq(rename(keys.folder, aside), 0);
    cr_assert_eq(symlink(aside, keys.folder), 0);
    refuse("links are refused", "");
}

Test(local_keys, of_another_user_are_refused)
{
    if (geteuid() != 0)
        cr_skip("only root can give a file away");
    make();
    cr_assert_eq(chown(keys.host_key, 65534, (gid_t)-1), 0);
    refuse("belongs to user 65534", "");
}

Test(local_keys, a_disk_that_is_full_changes_nothing)
{
    struct rlimit limit, full;
    char *before[KINDS];
    make();
    read_all(before);
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(unlink(keys.known_hosts), 0);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    full = (struct rlimit){0, limit.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    enum status status = local_keys_make(state, NULL, &why);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(status, STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(why.message, keys.known_hosts), "%s", why.message);
    cr_expect_eq(access(keys.known_hosts, F_OK), -1);
    make();
    char *after[KINDS];
    read_all(after);
    for (size_t i = 0; i < KINDS; i++)
        cr_expect_str_eq(before[i], after[i]);
    free_all(before);
    free_all(after);
}

Test(local_keys, several_processes_make_the_same)
{
    pid_t makers[MAKERS];
    for (size_t i = 0; i < MAKERS; i++) {
        makers[i] = fork();
        if (makers[i] == 0)
            _exit(local_keys_make(state, NULL, NULL) == STATUS_OK ? 0 : 1);
    }
    for (size_t i = 0; i < MAKERS; i++)
        cr_expect_eq(support_wait_exit(makers[i], SUPPORT_WAIT_MS), 0);
    expect_whole();
}

Test(local_keys, a_kill_at_any_moment_is_mended)
{
    for (int i = 0; i < KILLS; i++) {
        pid_t maker = fork();
        if (maker == 0) {
            for (;;) {
                (void)unlink(path_of((size_t)i % KINDS));
                if (local_keys_make(state, NULL, NULL) != STATUS_OK)
                    _exit(1);
            }
        }
        // Spread over what a round takes; where it hits doesn't matter.
        (void)usleep((useconds_t)(500 + i * 211 % 4000));
        (void)kill(maker, SIGKILL);
        cr_assert_eq(support_wait_exit(maker, SUPPORT_WAIT_MS), 128 + SIGKILL);
        make();
        expect_whole();
    }
}

Test(local_keys, a_path_that_is_too_long_or_not_whole_is_refused)
{
    char longer[2048];
    memset(longer, 'x', sizeof longer - 1);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    cr_expect_eq(local_keys_make(longer, NULL, &why), STATUS_BAD_ARGUMENT);
    cr_expect_eq(local_keys_make("state", NULL, &why), STATUS_BAD_ARGUMENT);
    (void)snprintf(longer, sizeof longer, "%s//", state);
    cr_assert_eq(local_keys_make(longer, &keys, &why), STATUS_OK, "%s", why.message);
    cr_expect_null(strstr(keys.host_key, "//"), "%s", keys.host_key);
}
