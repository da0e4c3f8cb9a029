// SPDX-License-Identifier: Apache-2.0
//
// tool_registry: A locked file for each connection. It gets its name when it is locked and whole, so that
// nobody takes it for one of a process that has gone.

#include "api/tools/tool_registry.h"

#include "api/base/bytebuf.h"
#include "api/base/file_util.h"
#include "api/base/private_path.h"
#include "api/base/time_util.h"
#include "api/base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { NAME_CAP_TOOL = 48, ENTRY_MAX = 1024, OPEN_TRIES = 50, PREFIX = 4 };

// Of a file that isn't whole yet; the rest is the name that it gets.
static const char unfinished[] = "new.";

struct tool_entry {
    int folder, fd;
    char name[NAME_CAP_TOOL];
};

static enum status failed(const char *path, int error, struct failure *why)
{
    return advise(why, fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(error)), "%s",
                  error == ENOSPC || error == EDQUOT ? "free some disk space"
                                                     : "check the disk and your permissions");
}

static enum status folder_path(const char *state_folder, char path[PATH_MAX], struct failure *why)
{
    return snprintf(path, PATH_MAX, "%s/tools", state_folder) < PATH_MAX
               ? STATUS_OK
               : fail(why, STATUS_BAD_ARGUMENT, "the path of state_folder is too long: %.200s", state_folder);
}

// The folder above it is watched: it tells of a change of this one's times, but not of what is in it.
static void tell_watchers(int folder)
{
    (void)futimens(folder, NULL);
}

// --- entering -----------------------------------------------------------------------------

// A new file that is locked and still there: whoever reads the folder removes what isn't locked.
static int open_locked(int folder, const char *name)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat facts = {.st_nlink = 0};
        int fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return -1;
        int error = flock(fd, LOCK_EX) == 0 && fstat(fd, &facts) == 0 ? 0 : errno;
        if (error == 0 && facts.st_nlink > 0)
            return fd;
        (void)close(fd);
        if (error != 0) {
            (void)unlinkat(folder, name, 0);
            errno = error;
            return -1;
        }
    }
    errno = EBUSY;
    return -1;
}

static int write_entry(int fd, const char *sandbox_id, const char *version)
{
    char clean[TOOL_VERSION_CAP], text[ENTRY_MAX];
    (void)utf8_copy(version, clean, sizeof clean);
    (void)snprintf(text, sizeof text, "%s\n%d\n%" PRId64 "\n%s\n", sandbox_id, (int)getpid(), time_wall_ms(),
                   clean);
    return file_write_all(fd, text, strlen(text)) ? 0 : errno;
}

static enum status enter(struct tool_entry *entry, const char *path, const char *sandbox_id,
                         const char *version, struct failure *why)
{
    char early[NAME_CAP_TOOL + PREFIX];
    entry->folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (entry->folder < 0)
        return failed(path, errno, why);
    (void)snprintf(entry->name, sizeof entry->name, "%d-%08x%08x", (int)getpid(), randombytes_random(),
                   randombytes_random());
    (void)snprintf(early, sizeof early, "%s%s", unfinished, entry->name);
    entry->fd = open_locked(entry->folder, early);
    if (entry->fd < 0)
        return failed(path, errno, why);
    int error = write_entry(entry->fd, sandbox_id, version);
    if (error == 0 && renameat(entry->folder, early, entry->folder, entry->name) != 0)
        error = errno;
    if (error != 0) {
        (void)unlinkat(entry->folder, early, 0);
        return failed(path, error, why);
    }
    tell_watchers(entry->folder);
    return STATUS_OK;
}

static void free_entry(struct tool_entry *entry)
{
    if (entry->fd >= 0)
        (void)close(entry->fd);
    if (entry->folder >= 0)
        (void)close(entry->folder);
    free(entry);
}

enum status tool_registry_enter(const char *state_folder, const char *sandbox_id, const char *version,
                                struct tool_entry **out, struct failure *why)
{
    char path[PATH_MAX];
    struct tool_entry *entry = calloc(1, sizeof *entry);
    *out = NULL;
    if (entry == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the list of connected tools");
    entry->folder = entry->fd = -1;
    enum status status = id_is_valid(sandbox_id) ? folder_path(state_folder, path, why)
                                                 : fail(why, STATUS_BAD_ARGUMENT, "not a sandbox's id");
    if (status == STATUS_OK)
        status = private_folder_make(path, why);
    if (status == STATUS_OK)
        status = enter(entry, path, sandbox_id, version, why);
    if (status != STATUS_OK) {
        free_entry(entry);
        return status;
    }
    *out = entry;
    return STATUS_OK;
}

void tool_registry_leave(struct tool_entry *entry)
{
    if (entry == NULL)
        return;
    (void)unlinkat(entry->folder, entry->name, 0);
    tell_watchers(entry->folder);
    free_entry(entry);
}

// --- listing ------------------------------------------------------------------------------

// The next line of *at, ended by NUL in its place; NULL when none is whole.
static char *take_line(char **at)
{
    char *line = *at, *stop = strchr(line, '\n');
    if (stop == NULL)
        return NULL;
    *stop = '\0';
    *at = stop + 1;
    return line;
}

static bool read_number(const char *text, long long *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool parse(char *text, struct connected_tool *out)
{
    char *at = text, *lines[4];
    long long pid = 0, since = 0;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if ((lines[i] = take_line(&at)) == NULL)
            return false;
    if (!id_is_valid(lines[0]) || !read_number(lines[1], &pid) || !read_number(lines[2], &since) ||
        pid > INT_MAX)
        return false;
    memset(out, 0, sizeof *out);
    (void)snprintf(out->sandbox_id, sizeof out->sandbox_id, "%s", lines[0]);
    (void)utf8_copy(lines[3], out->version, sizeof out->version);
    out->pid = (pid_t)pid;
    out->since_ms = since;
    return true;
}

// True: a tool is connected. What nobody has locked is of a process that has gone, and is removed.
static bool read_entry(int folder, const char *name, struct connected_tool *out)
{
    struct bytebuf text = BYTEBUF(ENTRY_MAX);
    bool connected = false;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        (void)unlinkat(folder, name, 0);
    else if (errno == EWOULDBLOCK && strncmp(name, unfinished, PREFIX) != 0)
        connected = file_read_all(fd, &text) == STATUS_OK && text.length > 0 && parse(text.data, out);
    (void)close(fd);
    bytebuf_free(&text);
    return connected;
}

static int by_sandbox_and_age(const void *one, const void *other)
{
    const struct connected_tool *a = one, *b = other;
    int order = strcmp(a->sandbox_id, b->sandbox_id);
    if (order != 0)
        return order;
    return a->since_ms != b->since_ms ? (a->since_ms > b->since_ms ? 1 : -1)
                                      : (a->pid > b->pid) - (a->pid < b->pid);
}

static enum status read_folder(DIR *listing, struct connected_tool **list, size_t *count, struct failure *why)
{
    size_t room = 0;
    for (const struct dirent *at = readdir(listing); at != NULL && *count < TOOLS_MAX;
         at = readdir(listing)) {
        struct connected_tool tool;
        if (at->d_name[0] == '.' || !read_entry(dirfd(listing), at->d_name, &tool))
            continue;
        if (*count == room) {
            room = room > 0 ? 2 * room : 8;
            struct connected_tool *more = reallocarray(*list, room, sizeof *more);
            if (more == NULL)
                return fail(why, STATUS_NO_MEMORY, "no memory for the list of connected tools");
            *list = more;
        }
        (*list)[(*count)++] = tool;
    }
    if (*count > 0)
        qsort(*list, *count, sizeof **list, by_sandbox_and_age);
    return STATUS_OK;
}

enum status tool_registry_list(const char *state_folder, struct connected_tool **list, size_t *count,
                               struct failure *why)
{
    char path[PATH_MAX];
    struct stat facts;
    *list = NULL;
    *count = 0;
    enum status status = folder_path(state_folder, path, why);
    if (status != STATUS_OK)
        return status;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OK : failed(path, errno, why);
    status = fstat(fd, &facts) == 0 ? private_check(path, &facts, true, why) : failed(path, errno, why);
    DIR *listing = status == STATUS_OK ? fdopendir(fd) : NULL;
    if (status == STATUS_OK && listing == NULL)
        status = failed(path, errno, why);
    if (listing == NULL) {
        (void)close(fd);
        return status;
    }
    status = read_folder(listing, list, count, why);
    (void)closedir(listing);
    if (status != STATUS_OK || *count == 0) {
        free(*list);
        *list = NULL;
        *count = 0;
    }
    return status;
}
