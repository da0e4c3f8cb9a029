// SPDX-License-Identifier: Apache-2.0
//
// file_util: Read whole files, make folders, and replace a file so that whoever opens it sees the old or the
// new one. All of it blocks on the disk.

#ifndef SBXDECK_API_BASE_FILE_UTIL_H
#define SBXDECK_API_BASE_FILE_UTIL_H

#include "api/base/bytebuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

// What is left to read of fd, behind what the buffer has. TOO_LARGE: more than the buffer's cap. NO_MEMORY.
// STORE_FAILED: errno says why.
enum status file_read_all(int fd, struct bytebuf *out) __attribute__((warn_unused_result));
// False: errno says why; a part may have been written.
bool file_write_all(int fd, const void *bytes, size_t length) __attribute__((warn_unused_result));

// Makes the folder and those above it that are missing, each of mode 0700. Returns 0 or an errno, and then
// *length (may be NULL) is how much of path names the one that could not be made.
int file_make_folders(const char *path, size_t *length);
// The same for the folders above path, which names a file.
int file_make_parents(const char *path, size_t *length);

// Writes a new file's bytes to fd, which stays open. Returns 0 or an errno. May be called twice.
typedef int file_fill(void *ctx, int fd);
enum file_over {
    FILE_OVER_NOTHING, // EEXIST where there is one already
    FILE_OVER_OLD
};
// Puts a new file of exactly that mode at path, relative to the folder `at` (AT_FDCWD), after its bytes are
// on the disk. Until then it has no name, so that a kill leaves nothing behind; where the file system can't
// do that, it is path with a random end. Over an old one it is path with FILE_BESIDE for an instant, and what
// a kill has left there is removed; so it is a name that nobody else gives a file. Returns 0 or an errno.
#define FILE_BESIDE ".sbxdeck-new"
int file_replace(int at, const char *path, mode_t mode, enum file_over over, file_fill *fill, void *ctx);
// With these bytes, over an old one.
int file_replace_bytes(int at, const char *path, mode_t mode, const void *bytes, size_t length);

// A file without a name on the disk of path, for reading and writing, of mode 0600; -1: errno says why.
int file_unnamed(const char *path);

#endif
