// SPDX-License-Identifier: Apache-2.0
//
// completion_cache: The names that a shell completes: sandboxes with the operator's names for them, and the
// ids of credentials. They are kept in a file, so that a Tab asks no server and opens no vault. No secret is
// in it.

#ifndef SBXDECK_API_FLEET_COMPLETION_CACHE_H
#define SBXDECK_API_FLEET_COMPLETION_CACHE_H

#include "api/base/bytebuf.h"
#include "api/fleet/fleet.h"

#include <stdbool.h>
#include <uv.h>

enum { COMPLETION_CACHE_MAX = 64 * 1024 * 1024 };

// <state_folder>/completion. False: it does not fit.
bool completion_cache_path(const char *state_folder, char *out, size_t cap);

// What is to stand in the file, for that server. NO_MEMORY, TOO_LARGE.
enum status completion_cache_compose(const struct fleet *fleet, const char *base_url, struct bytebuf *out)
    __attribute__((warn_unused_result));
// The same in parts, for a loop that has other things to do: the rows from *from on (0 at first), so many at
// most; *from moves on, to fleet_count at the end.
enum status completion_cache_compose_part(const struct fleet *fleet, const char *base_url, size_t *from,
                                          size_t most, struct bytebuf *out)
    __attribute__((warn_unused_result));
// What is to stand there of a fleet whose list hasn't been read: what the file has, as the fleet knows it
// now, and below it the sandboxes that the server has told of since; without gone, which has been deleted (""
// none). Blocks on the disk.
enum status completion_cache_renew(const struct fleet *fleet, const char *base_url, const char *path,
                                   const char *gone, struct bytebuf *out) __attribute__((warn_unused_result));
// Puts it there on a worker thread, mode 0600, whole or not at all; failures are nobody's concern. Takes the
// bytes, also where it fails. A file that is the same already stays.
void completion_cache_save(uv_loop_t *loop, const char *path, struct bytebuf *text);

// Calls take for each sandbox of that server's, and with credentials for each of those too (credential_id "":
// the sandbox itself). name: the operator's, "" none. What is no id or name is left out, whatever wrote the
// file. No file or another server's: nothing. Blocks on the disk.
typedef void completion_cache_take(void *ctx, const char *sandbox_id, const char *name, const char *about,
                                   const char *credential_id);
void completion_cache_read(const char *path, const char *base_url, bool credentials,
                           completion_cache_take *take, void *ctx);

#endif
