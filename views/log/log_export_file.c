// SPDX-License-Identifier: Apache-2.0
//
// log_export_file: owns the file from its first byte to its name.

#include "views/log/log_export_file.h"

#include "views/cli/cli_json.h"
#include "views/log/log_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

// An object a line: the whole can be long, and is never in memory as text.
bool log_print_json(FILE *file, const struct event *list, size_t count)
{
    (void)fputs("[", file);
    for (size_t i = count; i-- > 0;) {
        char *text = cli_json_text(log_json(&list[i]), false);
        if (text == NULL)
            return false;
        (void)fprintf(file, "%s\n  %s", i + 1 < count ? "," : "", text);
        cli_json_text_free(text);
    }
    (void)fputs(count > 0 ? "\n]\n" : "]\n", file);
    return true;
}

static int write_all(int fd, const struct event *list, size_t count)
{
    FILE *file = fdopen(fd, "w");
    if (file == NULL) {
        int error = errno;
        (void)close(fd);
        return error;
    }
    int error = log_print_json(file, list, count) ? 0 : ENOMEM;
    if (error == 0 && (ferror(file) || fflush(file) != 0 || fsync(fileno(file)) != 0))
        error = errno != 0 ? errno : EIO;
    if (fclose(file) != 0 && error == 0)
        error = errno;
    return error;
}

static int give_name(const char *from, const char *to, bool replace)
{
    if (replace)
        return rename(from, to) == 0 ? 0 : errno;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system that does not know of this, but of links.
    if (link(from, to) != 0)
        return errno;
    (void)unlink(from);
    return 0;
}

int log_export_file(const char *path, const struct event *list, size_t count, bool replace)
{
    char *beside = NULL;
    if (!replace && access(path, F_OK) == 0)
        return EEXIST;
    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        return ENOMEM;
    int fd = mkostemp(beside, O_CLOEXEC); // 0600, whatever the umask
    int error = fd < 0 ? errno : write_all(fd, list, count);
    if (error == 0)
        error = give_name(beside, path, replace);
    if (error != 0 && fd >= 0)
        (void)unlink(beside);
    free(beside);
    return error;
}
