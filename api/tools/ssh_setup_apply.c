// SPDX-License-Identifier: Apache-2.0
//
// ssh_setup_apply: Change the files as planned. The block comes first, since nobody reads it before the line
// in the user's file says so, and goes last; so a kill at any moment leaves ssh as it was or as it shall be.

#include "api/base/file_util.h"
#include "api/tools/ssh_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status failed(const char *path, int error, struct failure *why)
{
    return advise(
        why, fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(error)), "%s; nothing was changed",
        error == ENOSPC || error == EDQUOT ? "free some disk space" : "check the disk and your permissions");
}

// --- one file -----------------------------------------------------------------------------

struct filling {
    const struct bytebuf *text;
    gid_t group; // -1: the one that comes
};

static int fill(void *ctx, int fd)
{
    const struct filling *filling = ctx;
    if (!file_write_all(fd, bytebuf_text(filling->text), filling->text->length))
        return errno;
    return filling->group == (gid_t)-1 || fchown(fd, (uid_t)-1, filling->group) == 0 ? 0 : errno;
}

static enum status put(const struct ssh_setup_file *file, const struct bytebuf *text, bool over,
                       struct failure *why)
{
    struct filling filling = {text, file->exists ? file->group : (gid_t)-1};
    int error = file_replace(AT_FDCWD, file->path, file->mode, over ? FILE_OVER_OLD : FILE_OVER_NOTHING, fill,
                             &filling);
    return error == 0 ? STATUS_OK : failed(file->path, error, why);
}

static enum status change(const struct ssh_setup_file *file, struct failure *why)
{
    if (!file->changes)
        return STATUS_OK;
    if (!file->goes)
        return put(file, &file->wanted, file->exists, why);
    return unlink(file->path) == 0 || errno == ENOENT ? STATUS_OK : failed(file->path, errno, why);
}

// As it was before.
static void change_back(const struct ssh_setup_file *file)
{
    if (file->changes && file->exists)
        (void)put(file, &file->old, true, NULL);
    else if (file->changes)
        (void)unlink(file->path);
}

// --- since the plan -----------------------------------------------------------------------

static enum status is_as_planned(const struct ssh_setup_file *file, struct failure *why)
{
    struct bytebuf now = BYTEBUF(SSH_CONFIG_MAX);
    bool same = false;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        same = errno == ENOENT && !file->exists;
    } else {
        same = file->exists && file_read_all(fd, &now) == STATUS_OK && now.length == file->old.length &&
               (now.length == 0 || memcmp(now.data, file->old.data, now.length) == 0);
        (void)close(fd);
    }
    bytebuf_free(&now);
    return same ? STATUS_OK
                : advise(why, fail(why, STATUS_CONFLICT, "%s has changed meanwhile", file->path),
                         "run it again; nothing was changed");
}

// --- both ---------------------------------------------------------------------------------

static enum status keep_copy(const struct ssh_setup *setup, struct failure *why)
{
    struct filling filling = {&setup->user.old, setup->user.group};
    if (setup->backup[0] == '\0')
        return STATUS_OK;
    int error = file_replace(AT_FDCWD, setup->backup, setup->user.mode, FILE_OVER_NOTHING, fill, &filling);
    return error == 0 ? STATUS_OK : failed(setup->backup, error, why);
}

static enum status change_user(const struct ssh_setup *setup, struct failure *why)
{
    if (!setup->user.changes)
        return STATUS_OK;
    if (!setup->user.exists && mkdir(setup->folder, 0700) != 0 && errno != EEXIST)
        return failed(setup->folder, errno, why);
    enum status status = keep_copy(setup, why);
    if (status != STATUS_OK)
        return status;
    status = is_as_planned(&setup->user, why);
    if (status == STATUS_OK)
        status = change(&setup->user, why);
    if (status != STATUS_OK && setup->backup[0] != '\0')
        (void)unlink(setup->backup);
    return status;
}

static enum status apply(const struct ssh_setup *setup, ssh_setup_check *check, void *ctx,
                         struct failure *why)
{
    enum status status = setup->undo ? change_user(setup, why) : change(&setup->block, why);
    if (status != STATUS_OK)
        return status;
    if (setup->undo) {
        status = change(&setup->block, why);
        return status == STATUS_OK ? status : advise(why, status, "ssh doesn't read it any more: remove it");
    }
    if (check != NULL && setup->block.changes)
        status = check(ctx, setup->block.path, why);
    if (status == STATUS_OK)
        status = change_user(setup, why);
    if (status != STATUS_OK)
        change_back(&setup->block);
    return status;
}

enum status ssh_setup_apply(struct ssh_setup *setup, ssh_setup_check *check, void *ctx, struct failure *why)
{
    struct stat facts;
    int fd = -1;
    // To undo it needs no folder of ours.
    enum status status =
        stat(setup->keys.folder, &facts) == 0 ? local_keys_lock(&setup->keys, &fd, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = is_as_planned(&setup->user, why);
    if (status == STATUS_OK)
        status = is_as_planned(&setup->block, why);
    if (status == STATUS_OK)
        status = apply(setup, check, ctx, why);
    if (fd >= 0)
        (void)close(fd);
    return status;
}
