// SPDX-License-Identifier: Apache-2.0
//
// log_export_file: Events in a file, as a JSON array with the oldest first.

#ifndef SBXDECK_VIEWS_LOG_LOG_EXPORT_FILE_H
#define SBXDECK_VIEWS_LOG_LOG_EXPORT_FILE_H

#include "api/vault/event_log.h"

#include <stdio.h>

// list: the newest first. False when out of memory; errors of the file stay with it (ferror).
bool log_print_json(FILE *file, const struct event *list, size_t count);
// Mode 0600, on disk when it returns 0; else errno: EEXIST when there is such a file and it is not to be
// replaced. What was there before stays whole unless all went well. Blocks on the disk.
int log_export_file(const char *path, const struct event *list, size_t count, bool replace);

#endif
