// SPDX-License-Identifier: Apache-2.0
//
// vault_reserve: Reserves room on the disk, before a call, for what its answer brings. In a file without a
// name, which goes with the process: what SQLite writes where can't be foretold (its log grows, is begun
// anew, is put into the database), but room that is given back can be written to by anything.

#include "api/base/file_util.h"
#include "api/vault/vault_private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

// The pages that a row with all fields at their caps changes in the database and its index, each whole in the
// log, and what the log has around them.
enum { RESERVE_BYTES = 48 * 1024 };

// To what is still taken. All of it goes where a part can't.
static void shrink(struct vault *vault)
{
    if (vault->reserve_fd < 0 ||
        (vault->reserves > 0 && ftruncate(vault->reserve_fd, (off_t)vault->reserves * RESERVE_BYTES) == 0))
        return;
    (void)close(vault->reserve_fd);
    vault->reserve_fd = -1;
}

enum status vault_reserve_take(struct vault *vault, struct failure *why)
{
    if (vault->reserve_fd < 0)
        vault->reserve_fd = file_unnamed(vault->path);
    int error = errno;
    if (vault->reserve_fd >= 0)
        error = posix_fallocate(vault->reserve_fd, (off_t)vault->reserves * RESERVE_BYTES, RESERVE_BYTES);
    // Where room can't be taken for another reason, the writing itself tells.
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        shrink(vault);
        return advise(why,
                      fail(why, STATUS_STORE_FAILED,
                           "no space left for the result of the call in the vault %s", vault->path),
                      "free some disk space");
    }
    vault->reserves++;
    return STATUS_OK;
}

void vault_reserve_give(struct vault *vault)
{
    if (vault->reserves == 0)
        return;
    vault->reserves--;
    shrink(vault);
}
