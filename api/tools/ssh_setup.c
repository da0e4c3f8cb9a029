// SPDX-License-Identifier: Apache-2.0
//
// ssh_setup: Look at the files of both sides and plan what becomes of them.

#include "api/tools/ssh_setup.h"

#include "api/base/file_util.h"
#include "api/base/private_path.h"
#include "api/tools/ssh_include.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char nothing_changed[] = "nothing was changed";

static enum status failed(const char *path, int error, struct failure *why)
{
    return advise(why, fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(error)), "%s; %s",
                  error == ENOSPC || error == EDQUOT ? "free some disk space"
                                                     : "check the disk and your permissions",
                  nothing_changed);
}

// --- the home -----------------------------------------------------------------------------

enum status ssh_setup_home(char out[PATH_MAX], struct failure *why)
{
    const struct passwd *account = getpwuid(geteuid());
    const char *home = getenv("HOME");
    struct stat ours, theirs;
    if (account == NULL || account->pw_dir == NULL || account->pw_dir[0] != '/')
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT,
                           "user %u has no home in /etc/passwd, where ssh looks for it", (unsigned)geteuid()),
                      "use sbxdeck ssh-config > FILE, then ssh -F FILE");
    if (snprintf(out, PATH_MAX, "%s", account->pw_dir) >= PATH_MAX)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of your home is too long");
    size_t length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        out[--length] = '\0';
    if (home == NULL || home[0] == '\0' || strcmp(home, account->pw_dir) == 0)
        return STATUS_OK;
    if (stat(home, &ours) == 0 && stat(out, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
        ours.st_ino == theirs.st_ino)
        return STATUS_OK;
    return advise(
        why,
        fail(why, STATUS_BAD_ARGUMENT, "HOME is %.200s, but ssh reads the settings of %.200s (user %u)", home,
             out, (unsigned)geteuid()),
        "run it as the user whose home that is, without sudo; or use sbxdeck ssh-config > FILE, then "
        "ssh -F FILE");
}

// --- a file as it is ----------------------------------------------------------------------

static enum status read_text(int fd, struct ssh_setup_file *file, struct failure *why)
{
    switch (file_read_all(fd, &file->old)) {
    case STATUS_OK:
        file->exists = true;
        return STATUS_OK;
    case STATUS_TOO_LARGE:
        return advise(
            why, fail(why, STATUS_BAD_ARGUMENT, "%s is larger than %d KiB", file->path, SSH_CONFIG_MAX >> 10),
            "use sbxdeck ssh-config > FILE, then ssh -F FILE; %s", nothing_changed);
    case STATUS_NO_MEMORY:
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", file->path);
    default:
        return failed(file->path, errno, why);
    }
}

// Others must not have a say in it: what it says is run.
static enum status check_owner(const char *path, const struct stat *facts, struct failure *why)
{
    if (facts->st_uid != geteuid())
        return advise(why,
                      fail(why, STATUS_STORE_UNSAFE, "%s belongs to user %u, not to you (%u)", path,
                           (unsigned)facts->st_uid, (unsigned)geteuid()),
                      "run it as that user; %s", nothing_changed);
    if ((facts->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return advise(why,
                      fail(why, STATUS_STORE_UNSAFE, "%s can be written by others, mode %03o", path,
                           (unsigned)facts->st_mode & 0777),
                      "chmod go-w %s; %s", path, nothing_changed);
    return STATUS_OK;
}

static enum status check_file(const char *path, const struct stat *facts, struct failure *why)
{
    if (!S_ISREG(facts->st_mode))
        return advise(why, fail(why, STATUS_STORE_UNSAFE, "%s is not a file", path), "%s", nothing_changed);
    if (facts->st_nlink != 1)
        return advise(why, fail(why, STATUS_STORE_UNSAFE, "%s has a second name (a hard link)", path),
                      "make it a file of its own; %s", nothing_changed);
    return check_owner(path, facts, why);
}

// path: with links resolved. Not there: an empty one.
static enum status look_at(struct ssh_setup_file *file, bool is_private, struct failure *why)
{
    struct stat facts;
    file->old = BYTEBUF(SSH_CONFIG_MAX);
    file->wanted = BYTEBUF(SSH_CONFIG_MAX + SSH_BLOCK_MAX);
    file->mode = 0600;
    file->group = (gid_t)-1;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return STATUS_OK;
    if (fd < 0)
        return failed(file->path, errno, why);
    enum status status = fstat(fd, &facts) != 0 ? failed(file->path, errno, why)
                         : is_private           ? private_check(file->path, &facts, false, why)
                                                : check_file(file->path, &facts, why);
    if (status == STATUS_OK) {
        file->mode = facts.st_mode & 07777;
        file->group = facts.st_gid;
        status = read_text(fd, file, why);
    }
    (void)close(fd);
    return status;
}

// --- the user's file ----------------------------------------------------------------------

static enum status find_folder(struct ssh_setup *setup, const char *home, struct failure *why)
{
    struct stat facts;
    if (snprintf(setup->folder, sizeof setup->folder, "%s/.ssh", home) >= PATH_MAX - 64 ||
        snprintf(setup->config, sizeof setup->config, "%s/.ssh/config", home) >= PATH_MAX)
        return fail(why, STATUS_BAD_ARGUMENT, "the path of your home is too long");
    bool there = stat(setup->folder, &facts) == 0;
    if (!there && (errno != ENOENT || lstat(setup->folder, &facts) == 0))
        return failed(setup->folder, ENOENT, why);
    if (!there && stat(home, &facts) != 0)
        return failed(home, errno, why);
    const char *path = there ? setup->folder : home;
    if (!S_ISDIR(facts.st_mode))
        return advise(why, fail(why, STATUS_STORE_UNSAFE, "%s is not a folder", path), "%s", nothing_changed);
    if (!there)
        facts.st_mode &= ~(mode_t)(S_IWGRP | S_IWOTH); // a home may be open to its group
    return check_owner(path, &facts, why);
}

static enum status find_config(struct ssh_setup *setup, struct failure *why)
{
    struct stat facts;
    char resolved[PATH_MAX];
    if (lstat(setup->config, &facts) != 0) {
        if (errno != ENOENT)
            return failed(setup->config, errno, why);
        (void)snprintf(setup->user.path, sizeof setup->user.path, "%s", setup->config);
        return STATUS_OK;
    }
    if (realpath(setup->config, resolved) == NULL)
        return errno == ENOENT
                   ? advise(why,
                            fail(why, STATUS_STORE_UNSAFE, "%s is a link that leads nowhere", setup->config),
                            "make the file that it leads to, or remove it; %s", nothing_changed)
                   : failed(setup->config, errno, why);
    (void)snprintf(setup->user.path, sizeof setup->user.path, "%s", resolved);
    return STATUS_OK;
}

static enum status not_understood(const struct ssh_setup *setup, enum ssh_include_state state, int line,
                                  struct failure *why)
{
    static const char *const what[] = {
        [SSH_INCLUDE_ALTERED] = "names sbxdeck's settings in a line that was changed",
        [SSH_INCLUDE_BEHIND] = "has sbxdeck's line behind a Host or Match, where it isn't for all hosts",
        [SSH_INCLUDE_TWICE] = "has sbxdeck's line twice",
        [SSH_INCLUDE_NO_TEXT] = "begins with a byte order mark, or has a NUL, which ssh doesn't take"};
    if (line == 0)
        return advise(why, fail(why, STATUS_CONFLICT, "%s %s", setup->config, what[state]),
                      "write it anew as plain text; %s", nothing_changed);
    return advise(why, fail(why, STATUS_CONFLICT, "%s:%d: %s", setup->config, line, what[state]),
                  "remove that line and run it again; %s", nothing_changed);
}

// A name that isn't taken, in the order of their dates.
static void name_backup(struct ssh_setup *setup)
{
    char when[32] = "";
    time_t now = time(NULL);
    struct tm local;
    struct stat facts;
    if (localtime_r(&now, &local) != NULL)
        (void)strftime(when, sizeof when, "%Y%m%d-%H%M%S", &local);
    for (int i = 1; i < 100; i++) {
        int length =
            snprintf(setup->backup, sizeof setup->backup, "%s/config.before-sbxdeck-%s", setup->folder, when);
        if (i > 1 && length < (int)sizeof setup->backup)
            (void)snprintf(setup->backup + length, sizeof setup->backup - (size_t)length, "-%d", i);
        if (lstat(setup->backup, &facts) != 0)
            return;
    }
}

static enum status plan_user(struct ssh_setup *setup, const char *home, struct failure *why)
{
    struct ssh_setup_file *file = &setup->user;
    const struct ssh_include include = {bytebuf_text(&setup->include), setup->keys.config, home};
    struct ssh_include_place place;
    enum status status = STATUS_OK;
    enum ssh_include_state state = ssh_include_find(&include, file->old.data, file->old.length, &place);
    if (state != SSH_INCLUDE_ABSENT && state != SSH_INCLUDE_THERE)
        return not_understood(setup, state, place.line, why);
    if (setup->undo && state == SSH_INCLUDE_THERE) {
        status = ssh_include_take(&place, file->old.data, file->old.length, &file->wanted);
        file->changes = true;
        // It was made for this line alone.
        file->goes = file->wanted.length == 0 && strcmp(file->path, setup->config) == 0;
    } else if (!setup->undo && state == SSH_INCLUDE_ABSENT) {
        status = ssh_include_put(&include, file->old.data, file->old.length, &file->wanted);
        file->changes = true;
    }
    if (status != STATUS_OK)
        return fail(why, status, "%s: %s", file->path, status_text(status));
    if (file->changes && file->exists && !file->goes)
        name_backup(setup);
    return STATUS_OK;
}

// --- both ---------------------------------------------------------------------------------

static enum status plan_block(struct ssh_setup *setup, const struct ssh_block *block, struct failure *why)
{
    struct ssh_setup_file *file = &setup->block;
    if (file->exists && ssh_block_judge(bytebuf_text(&file->old), file->old.length) != SSH_BLOCK_OURS)
        return advise(why, fail(why, STATUS_CONFLICT, "%s was changed by hand", file->path),
                      "move your lines to %s, remove that file and run it again; %s", setup->config,
                      nothing_changed);
    file->goes = setup->undo;
    file->changes = file->exists;
    if (setup->undo)
        return STATUS_OK;
    enum status status = ssh_block_file(block, &file->wanted, why);
    file->changes = !file->exists || strcmp(bytebuf_text(&file->old), bytebuf_text(&file->wanted)) != 0;
    return status;
}

enum status ssh_setup_plan(const char *home, const struct local_keys *keys, const struct ssh_block *block,
                           struct ssh_setup *out, struct failure *why)
{
    out->undo = block == NULL;
    out->keys = *keys;
    out->include = BYTEBUF(PATH_MAX + 64);
    (void)snprintf(out->block.path, sizeof out->block.path, "%s", keys->config);
    enum status status = ssh_block_include(keys->config, &out->include, why);
    if (status == STATUS_OK)
        status = find_folder(out, home, why);
    if (status == STATUS_OK)
        status = find_config(out, why);
    if (status == STATUS_OK)
        status = look_at(&out->user, false, why);
    if (status == STATUS_OK)
        status = look_at(&out->block, true, why);
    if (status == STATUS_OK)
        status = plan_user(out, home, why);
    if (status == STATUS_OK)
        status = plan_block(out, block, why);
    return status;
}

void ssh_setup_free(struct ssh_setup *setup)
{
    bytebuf_free(&setup->include);
    bytebuf_free(&setup->block.old);
    bytebuf_free(&setup->block.wanted);
    bytebuf_free(&setup->user.old);
    bytebuf_free(&setup->user.wanted);
}
