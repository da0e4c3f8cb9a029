// SPDX-License-Identifier: Apache-2.0
//
// file_util: A file that is to replace another is written without a name (O_TMPFILE) and linked in when it is
// whole: a temporary file with a name of its own is left behind by every kill.

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_AT_ONCE = 16 * 1024, NAME_TRIES = 10, TAKEN_TRIES = 1000 };

enum status file_read_all(int fd, struct bytebuf *out)
{
    char bytes[READ_AT_ONCE];
    enum status status = STATUS_OK;
    ssize_t count = 1;
    while (status == STATUS_OK && count > 0) {
        do
            count = read(fd, bytes, sizeof bytes);
        while (count < 0 && errno == EINTR);
        if (count > 0)
            status = bytebuf_add(out, bytes, (size_t)count);
    }
    int error = errno;
    explicit_bzero(bytes, sizeof bytes); // it may be a password
    errno = error;
    return count < 0 ? STATUS_STORE_FAILED : status;
}

bool file_write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(fd, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

// --- folders ---

int file_make_folders(const char *path, size_t *length)
{
    char part[PATH_MAX];
    size_t whole = strlen(path), at = 0;
    int error = whole < sizeof part ? 0 : ENAMETOOLONG;
    while (error == 0 && at < whole) {
        at += strspn(path + at, "/");
        at += strcspn(path + at, "/");
        memcpy(part, path, at);
        part[at] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            error = errno;
    }
    if (length != NULL)
        *length = at;
    return error;
}

int file_make_parents(const char *path, size_t *length)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t size = slash != NULL ? (size_t)(slash - path) : 0;
    if (length != NULL)
        *length = 0;
    if (size >= sizeof folder)
        return ENAMETOOLONG;
    memcpy(folder, path, size);
    folder[size] = '\0';
    return file_make_folders(folder, length);
}

// --- replacing ---

static int open_unnamed(int at, const char *path, mode_t mode)
{
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (strlen(path) >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (slash != NULL)
        (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return openat(at, folder, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

int file_unnamed(const char *path)
{
    char *beside = NULL;
    int fd = open_unnamed(AT_FDCWD, path, 0600);
    if (fd >= 0 || asprintf(&beside, "%s-XXXXXX", path) < 0)
        return fd;
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(beside);
    free(beside);
    return fd;
}

static int write_out(int fd, mode_t mode, file_fill *fill, void *ctx)
{
    int error = fill(ctx, fd);
    if (error == 0 && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        error = errno;
    return error;
}

// From a name to the name that it shall have.
static int move_over(int at, const char *from, const char *to, enum file_over over)
{
    if (over == FILE_OVER_OLD)
        return renameat(at, from, at, to) == 0 ? 0 : errno;
    if (renameat2(at, from, at, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system that doesn't know this, but links.
    if (linkat(at, from, at, to, 0) != 0)
        return errno;
    (void)unlinkat(at, from, 0);
    return 0;
}

// Only for a file system without O_TMPFILE, or where /proc is not there.
static int replace_by_name(int at, const char *path, mode_t mode, enum file_over over, file_fill *fill,
                           void *ctx)
{
    char name[PATH_MAX];
    int fd = -1;
    for (int i = 0; i < NAME_TRIES && fd < 0; i++) {
        if (snprintf(name, sizeof name, "%s.%08x", path, randombytes_random()) >= (int)sizeof name)
            return ENAMETOOLONG;
        fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0 && errno != EEXIST)
            return errno;
    }
    if (fd < 0)
        return EEXIST;
    int error = write_out(fd, mode, fill, ctx);
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0)
        error = move_over(at, name, path, over);
    if (error != 0)
        (void)unlinkat(at, name, 0);
    return error;
}

static bool is_file(int fd, int at, const char *path)
{
    struct stat ours, standing;
    return fstat(fd, &ours) == 0 && fstatat(at, path, &standing, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == standing.st_dev && ours.st_ino == standing.st_ino;
}

// Gives the file without a name that one. Processes that do the same at the same time may take each other's
// path.sbxdeck-new: it is always of a file that is whole.
static int give_name(int fd, int at, const char *path, enum file_over over)
{
    char self[64], beside[PATH_MAX];
    int error = EEXIST;
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (linkat(AT_FDCWD, self, at, path, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno != EEXIST || over == FILE_OVER_NOTHING)
        return errno;
    if (snprintf(beside, sizeof beside, "%s" FILE_BESIDE, path) >= (int)sizeof beside)
        return ENAMETOOLONG;
    for (int i = 0; i < TAKEN_TRIES && (error == EEXIST || error == ENOENT); i++) {
        (void)unlinkat(at, beside, 0);
        if ((linkat(AT_FDCWD, self, at, beside, AT_SYMLINK_FOLLOW) == 0 &&
             renameat(at, beside, at, path) == 0) ||
            (errno == ENOENT && is_file(fd, at, path)))
            return 0;
        error = errno;
    }
    (void)unlinkat(at, beside, 0);
    return error == ENOENT ? EBUSY : error; // ENOENT is kept for a machine without /proc
}

int file_replace(int at, const char *path, mode_t mode, enum file_over over, file_fill *fill, void *ctx)
{
    int fd = open_unnamed(at, path, mode);
    if (fd < 0 && errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)
        return errno;
    if (fd < 0)
        return replace_by_name(at, path, mode, over, fill, ctx);
    int error = write_out(fd, mode, fill, ctx);
    bool written = error == 0;
    if (written)
        error = give_name(fd, at, path, over);
    (void)close(fd);
    if (written && error == ENOENT) // no /proc
        error = replace_by_name(at, path, mode, over, fill, ctx);
    return error;
}

struct piece {
    const void *bytes;
    size_t length;
};

static int fill_piece(void *ctx, int fd)
{
    const struct piece *piece = ctx;
    return file_write_all(fd, piece->bytes, piece->length) ? 0 : errno;
}

int file_replace_bytes(int at, const char *path, mode_t mode, const void *bytes, size_t length)
{
    struct piece piece = {bytes, length};
    return file_replace(at, path, mode, FILE_OVER_OLD, fill_piece, &piece);
}
