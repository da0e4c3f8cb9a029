// SPDX-License-Identifier: Apache-2.0
//
// tool_lock: Lock a file that is named for the sandbox. It is removed before it is let go, so that none stay
// behind; who has locked one that is not there any more by its name tries again with the one that is.

#include "api/tools/tool_lock.h"

#include "api/base/file_util.h"
#include "api/base/private_path.h"
#include "api/leap0/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_PATH_CAP = 1024 + ID_CAP + 16, TRIES = 100 };

struct tool_lock {
    int fd;
    char path[LOCK_PATH_CAP];
};

static enum status failed(const char *path, int error, struct failure *why)
{
    return fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(error));
}

// The file of that name is the open one.
static bool is_still_there(const struct tool_lock *lock)
{
    struct stat open_one, named;
    return fstat(lock->fd, &open_one) == 0 && lstat(lock->path, &named) == 0 &&
           open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

static enum status open_and_lock(struct tool_lock *lock, struct failure *why)
{
    lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (lock->fd < 0)
        return failed(lock->path, errno, why);
    if (flock(lock->fd, LOCK_EX | LOCK_NB) == 0)
        return STATUS_OK;
    enum status status = errno == EWOULDBLOCK
                             ? fail(why, STATUS_CONFLICT, "another tool is making a credential")
                             : failed(lock->path, errno, why);
    (void)close(lock->fd);
    lock->fd = -1;
    return status;
}

static enum status make_folder(const char *state_folder, const char *sandbox_id, struct tool_lock *lock,
                               struct failure *why)
{
    struct stat facts;
    size_t length = 0;
    if (!id_is_valid(sandbox_id) || sandbox_id[0] == '.' ||
        snprintf(lock->path, sizeof lock->path, "%s/locks", state_folder) >=
            (int)(sizeof lock->path - ID_CAP - 1))
        return fail(why, STATUS_BAD_ARGUMENT, "no lock can be named for %.80s", sandbox_id);
    int error = file_make_folders(lock->path, &length);
    if (error != 0 || lstat(lock->path, &facts) < 0)
        return failed(lock->path, error != 0 ? error : errno, why);
    enum status status = private_check(lock->path, &facts, true, why);
    if (status == STATUS_OK)
        (void)snprintf(lock->path + strlen(lock->path), ID_CAP + 1, "/%s", sandbox_id);
    return status;
}

enum status tool_lock_try(const char *state_folder, const char *sandbox_id, struct tool_lock **out,
                          struct failure *why)
{
    struct tool_lock *lock = calloc(1, sizeof *lock);
    if (lock == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for a lock");
    lock->fd = -1;
    enum status status = make_folder(state_folder, sandbox_id, lock, why);
    for (int i = 0; i < TRIES && status == STATUS_OK; i++) {
        status = open_and_lock(lock, why);
        if (status != STATUS_OK || is_still_there(lock))
            break;
        (void)close(lock->fd); // its owner before has just removed it
        lock->fd = -1;
    }
    if (status == STATUS_OK && lock->fd < 0)
        status = fail(why, STATUS_CONFLICT, "another tool is making a credential");
    if (status == STATUS_OK)
        *out = lock;
    else
        free(lock);
    return status;
}

void tool_lock_end(struct tool_lock *lock)
{
    if (lock == NULL)
        return;
    if (is_still_there(lock))
        (void)unlink(lock->path);
    (void)close(lock->fd);
    free(lock);
}
