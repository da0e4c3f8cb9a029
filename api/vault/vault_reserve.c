// SPDX-License-Identifier: Apache-2.0
//
// vault_room: owns the room on the disk that is taken before a call for what its answer brings. In a file
// without a name, which goes with the process: what SQLite writes where cannot be foretold (its log grows, is
// begun anew, is put into the database), but room that is given back can be written to by anything.

#include "api/base/file_util.h"
#include "api/vault/vault_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The pages that a row with all fields at their caps changes in the database and its index, each whole in the
// log, and what the log has around them.
enum { ROOM_BYTES = 48 * 1024 };

// To what is still taken. All of it goes where a part can't.
static void shrink(struct vault *vault)
{
    if (vault->room_fd < 0 ||
        (vault->rooms > 0 && ftruncate(vault->room_fd, (off_t)vault->rooms * ROOM_BYTES) == 0))
        return;
    (void)close(vault->room_fd);
    vault->room_fd = -1;
}

enum status vault_room_take(struct vault *vault, struct failure *why)
{
    if (vault->room_fd < 0)
        vault->room_fd = file_unnamed(vault->path);
    int error = errno;
    if (vault->room_fd >= 0)
        error = posix_fallocate(vault->room_fd, (off_t)vault->rooms * ROOM_BYTES, ROOM_BYTES);
    // Where room can't be taken for another reason, the writing itself tells.
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        shrink(vault);
        return advise(why,
                      fail(why, STATUS_STORE_FAILED,
                           "no space left for the result of the call in the vault %s", vault->path),
                      "free some disk space");
    }
    vault->rooms++;
    return STATUS_OK;
}

void vault_room_give(struct vault *vault)
{
    if (vault->rooms == 0)
        return;
    vault->rooms--;
    shrink(vault);
}
