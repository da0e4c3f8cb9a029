// SPDX-License-Identifier: Apache-2.0
//
// file_util: whoever opens a replaced file sees one state or the other, and nothing is left beside it.

#include "api/base/file_util.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CAP = 100000, BIG = 70000 };

static char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16];
static char big[BIG];

static void begin(void)
{
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 31 + i / 256);
}

static void end(void)
{
    cr_assert(support_folder_remove(folder));
}

TestSuite(file_util, .init = begin, .fini = end);

static size_t names_in_folder(void)
{
    size_t count = 0;
    DIR *listing = opendir(folder);
    cr_assert_not_null(listing);
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        count += entry->d_name[0] != '.';
    (void)closedir(listing);
    return count;
}

static void expect_text(const char *text, mode_t mode)
{
    struct stat about;
    char *found = support_file_read(path, NULL);
    cr_expect_str_eq(found, text);
    free(found);
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 07777, mode, "%o", (unsigned)about.st_mode);
}

static int fill_text(void *ctx, int fd)
{
    return file_write_all(fd, ctx, strlen(ctx)) ? 0 : errno;
}

static int fill_half(void *ctx, int fd)
{
    (void)fill_text(ctx, fd);
    return ENOSPC;
}

Test(file_util, puts_a_new_file_and_replaces_it)
{
    char text[] = "one\n", other[] = "two\n";
    (void)umask(0177);
    cr_expect_eq(file_replace_bytes(AT_FDCWD, path, 0640, "", 0), 0);
    expect_text("", 0640);
    cr_expect_eq(file_replace_bytes(AT_FDCWD, path, 0600, "old\n", 4), 0);
    expect_text("old\n", 0600);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0644, FILE_OVER_NOTHING, fill_text, text), EEXIST);
    expect_text("old\n", 0600);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0644, FILE_OVER_OLD, fill_half, text), ENOSPC);
    expect_text("old\n", 0600);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0644, FILE_OVER_NOTHING, fill_half, text), ENOSPC);
    cr_expect_eq(names_in_folder(), 0);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0644, FILE_OVER_NOTHING, fill_text, other), 0);
    expect_text("two\n", 0644);
    cr_expect_eq(names_in_folder(), 1);
}

// From now on that system call of this process fails where its argument has all of those flags.
static void refuse(uint32_t call, uint32_t argument, uint32_t flags, uint32_t error)
{
    const uint32_t at = (uint32_t)offsetof(struct seccomp_data, args) + argument * 8; // the lower half
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, flags),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, flags, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof steps / sizeof steps[0], steps};
    cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0), 0);
}

static void replace_in_every_way(void)
{
    char text[] = "one\n";
    cr_expect_eq(file_replace(AT_FDCWD, path, 0640, FILE_OVER_NOTHING, fill_text, text), 0);
    expect_text("one\n", 0640);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0600, FILE_OVER_NOTHING, fill_text, text), EEXIST);
    cr_expect_eq(file_replace_bytes(AT_FDCWD, path, 0600, "two\n", 4), 0);
    expect_text("two\n", 0600);
    cr_expect_eq(file_replace(AT_FDCWD, path, 0644, FILE_OVER_OLD, fill_half, text), ENOSPC);
    expect_text("two\n", 0600);
    int fd = file_unnamed(path);
    cr_expect_geq(fd, 0);
    (void)close(fd);
    cr_expect_eq(names_in_folder(), 1);
}

Test(file_util, works_where_no_file_can_be_without_a_name)
{
    refuse(SYS_openat, 2, O_TMPFILE, EOPNOTSUPP);
    replace_in_every_way();
}

Test(file_util, works_without_proc)
{
    refuse(SYS_linkat, 0, 0, ENOENT);
    replace_in_every_way();
}

Test(file_util, works_where_renaming_knows_no_flags)
{
    refuse(SYS_openat, 2, O_TMPFILE, EOPNOTSUPP);
    refuse(SYS_renameat2, 0, 0, EINVAL);
    replace_in_every_way();
}

Test(file_util, takes_a_path_of_a_folder_that_is_open)
{
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(at, 0);
    cr_expect_eq(file_replace_bytes(at, "file", 0600, "a", 1), 0);
    cr_expect_eq(file_replace_bytes(at, "file", 0600, "b", 1), 0);
    expect_text("b", 0600);
    cr_expect_eq(file_replace_bytes(at, "none/file", 0600, "b", 1), ENOENT);
    cr_expect_eq(names_in_folder(), 1);
    (void)close(at);
}

// What stands at that name from a kill is in nobody's way.
Test(file_util, something_at_the_name_between_is_replaced)
{
    char beside[sizeof path + sizeof FILE_BESIDE];
    (void)snprintf(beside, sizeof beside, "%s" FILE_BESIDE, path);
    cr_assert_eq(symlink("/nowhere", beside), 0);
    cr_expect_eq(file_replace_bytes(AT_FDCWD, path, 0600, "1", 1), 0);
    cr_expect_eq(file_replace_bytes(AT_FDCWD, path, 0600, "2", 1), 0);
    expect_text("2", 0600);
    cr_expect_eq(names_in_folder(), 1);
    cr_assert_eq(mkdir(beside, 0700), 0); // nothing that can be unlinked
    cr_expect_neq(file_replace_bytes(AT_FDCWD, path, 0600, "3", 1), 0);
    expect_text("2", 0600);
}

// Each process writes all of one byte. What stands there is never of two, whoever was killed when.
Test(file_util, is_whole_whenever_somebody_is_killed)
{
    enum { WRITERS = 3, KILLS = 60 };
    pid_t writers[WRITERS];
    static char bytes[BIG];
    for (int kill_number = 0; kill_number < KILLS; kill_number++) {
        for (int i = 0; i < WRITERS; i++) {
            writers[i] = fork();
            if (writers[i] != 0)
                continue;
            memset(bytes, 'a' + i, sizeof bytes);
            for (;;)
                (void)file_replace_bytes(AT_FDCWD, path, 0600, bytes, sizeof bytes);
        }
        struct bytebuf text = BYTEBUF(CAP);
        for (int look = 0; look < 5 * kill_number % 40; look++) {
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd < 0)
                continue;
            bytebuf_clear(&text);
            cr_assert_eq(file_read_all(fd, &text), STATUS_OK);
            (void)close(fd);
            cr_assert_eq(text.length, BIG);
            cr_assert_eq(strspn(text.data, (char[]){text.data[0], '\0'}), BIG);
        }
        bytebuf_free(&text);
        for (int i = 0; i < WRITERS; i++) {
            (void)kill(writers[i], SIGKILL);
            cr_assert_eq(waitpid(writers[i], NULL, 0), writers[i]);
        }
        cr_assert_leq(names_in_folder(), 2); // the file, and perhaps the one name between
    }
}

Test(file_util, reads_all_up_to_the_cap)
{
    struct bytebuf text = BYTEBUF(BIG);
    cr_assert_eq(file_replace_bytes(AT_FDCWD, path, 0600, big, BIG), 0);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_expect_eq(file_read_all(fd, &text), STATUS_OK);
    cr_expect(text.length == BIG && memcmp(text.data, big, BIG) == 0);
    bytebuf_free(&text);
    cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
    text.cap = BIG - 1;
    cr_expect_eq(file_read_all(fd, &text), STATUS_TOO_LARGE);
    (void)close(fd);
    bytebuf_free(&text);
    fd = open(folder, O_RDONLY | O_CLOEXEC);
    cr_expect_eq(file_read_all(fd, &text), STATUS_STORE_FAILED);
    cr_expect_eq(errno, EISDIR);
    (void)close(fd);
}

Test(file_util, makes_the_folders_that_are_missing)
{
    char deep[sizeof path + 32];
    size_t length = 0;
    struct stat about;
    (void)umask(0);
    (void)snprintf(deep, sizeof deep, "%s/a//b/c/", folder);
    cr_expect_eq(file_make_folders(deep, NULL), 0);
    cr_expect_eq(file_make_folders(deep, NULL), 0);
    cr_assert_eq(stat(deep, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0700);
    (void)snprintf(deep, sizeof deep, "%s/d/e/file", folder);
    cr_expect_eq(file_make_parents(deep, NULL), 0);
    cr_expect_eq(access(deep, F_OK), -1);
    deep[strlen(deep) - 5] = '\0';
    cr_expect_eq(access(deep, F_OK), 0);
    cr_assert_eq(file_replace_bytes(AT_FDCWD, path, 0600, "", 0), 0);
    (void)snprintf(deep, sizeof deep, "%s/below/more", path);
    cr_expect_eq(file_make_folders(deep, &length), ENOTDIR);
    cr_expect_eq(length, strlen(path) + strlen("/below"));
    cr_expect_eq(file_make_parents("file", NULL), 0);
}

Test(file_util, a_file_without_a_name_stays_without_one)
{
    int fd = file_unnamed(path);
    cr_assert_geq(fd, 0);
    cr_expect(file_write_all(fd, big, BIG));
    cr_expect_eq(names_in_folder(), 0);
    (void)close(fd);
}
