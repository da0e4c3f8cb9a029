// SPDX-License-Identifier: Apache-2.0
//
// private_path: Check that a folder or file is this user's alone, and say what to do where it isn't.

#ifndef SBXDECK_API_BASE_PRIVATE_PATH_H
#define SBXDECK_API_BASE_PRIVATE_PATH_H

#include "api/base/status.h"

#include <stdbool.h>
#include <sys/stat.h>

// STORE_UNSAFE: it isn't a folder (or a file), not ours, open to others, or a file with a second name.
enum status private_check(const char *path, const struct stat *facts, bool folder, struct failure *why);

// The folder, with those above it that are missing, each 0700; what is there already is checked. A link is
// refused. STORE_UNSAFE, STORE_FAILED. It blocks on the disk.
enum status private_folder_make(const char *path, struct failure *why);

#endif
