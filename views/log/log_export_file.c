// SPDX-License-Identifier: Apache-2.0
//
// log_export_file: Write events to a file as JSON, whole or not at all.

#include "views/log/log_export_file.h"

#include "api/base/file_util.h"
#include "views/log/log_rows.h"
#include "views/output/json_output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

// An object a line: the whole can be long, and is never in memory as text.
bool log_print_json(FILE *file, const struct event *list, size_t count)
{
    (void)fputs("[", file);
    for (size_t i = count; i-- > 0;) {
        char *text = json_output_text(log_json(&list[i]), false);
        if (text == NULL)
            return false;
        (void)fprintf(file, "%s\n  %s", i + 1 < count ? "," : "", text);
        json_output_free(text);
    }
    (void)fputs(count > 0 ? "\n]\n" : "]\n", file);
    return true;
}

struct exported {
    const struct event *list;
    size_t count;
};

static int fill(void *ctx, int fd)
{
    const struct exported *events = ctx;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = own >= 0 ? fdopen(own, "w") : NULL;
    if (file == NULL) {
        int error = errno;
        if (own >= 0)
            (void)close(own);
        return error;
    }
    int error = log_print_json(file, events->list, events->count) ? 0 : ENOMEM;
    if (error == 0 && ferror(file))
        error = errno != 0 ? errno : EIO;
    if (fclose(file) != 0 && error == 0)
        error = errno;
    return error;
}

int log_export_file(const char *path, const struct event *list, size_t count, bool replace)
{
    struct exported events = {list, count};
    if (!replace && access(path, F_OK) == 0)
        return EEXIST;
    return file_replace(AT_FDCWD, path, 0600, replace ? FILE_OVER_OLD : FILE_OVER_NOTHING, fill, &events);
}
