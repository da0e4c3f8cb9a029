// SPDX-License-Identifier: Apache-2.0
//
// private_path: Check owner and mode. Nobody else can put anything into a folder of mode 0700 that is ours.

#include "api/base/private_path.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum status private_check(const char *path, const struct stat *facts, bool folder, struct failure *why)
{
    if (folder ? !S_ISDIR(facts->st_mode) : !S_ISREG(facts->st_mode))
        return fail(why, STATUS_STORE_UNSAFE, "%s is not a %s", path,
                    folder ? "folder (links are refused)" : "file");
    if (facts->st_uid != geteuid())
        return fail(why, STATUS_STORE_UNSAFE, "%s belongs to user %u, not to you (%u)", path,
                    (unsigned)facts->st_uid, (unsigned)geteuid());
    if ((facts->st_mode & 077) != 0)
        return advise(why,
                      fail(why, STATUS_STORE_UNSAFE, "%s is accessible to others, mode %03o", path,
                           (unsigned)facts->st_mode & 0777),
                      "chmod %s %s", folder ? "700" : "600", path);
    if (!folder && facts->st_nlink != 1)
        return fail(why, STATUS_STORE_UNSAFE, "%s has a second name (a hard link)", path);
    return STATUS_OK;
}

enum status private_folder_make(const char *path, struct failure *why)
{
    struct stat facts;
    size_t length = 0;
    int error = file_make_folders(path, &length);
    if (error != 0)
        return advise(
            why, fail(why, STATUS_STORE_FAILED, "can't create %.*s: %s", (int)length, path, strerror(error)),
            "check the disk and your permissions");
    if (lstat(path, &facts) < 0)
        return fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(errno));
    return private_check(path, &facts, true, why);
}
