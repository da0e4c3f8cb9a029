// SPDX-License-Identifier: Apache-2.0
//
// config_edit: Change the bytes of one line, or put one in where its section ends, and replace the file. What
// was written is parsed again before: it must say what was asked for.

#include "api/config/config_edit.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NEW_MODE = 0600 };

// --- names and values ---------------------------------------------------------------------

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 && *text != '\t')
            return true;
    return false;
}

static enum status check_section(const char *section, struct failure *why)
{
    char line[CONFIG_SECTION_CAP + 2], parsed[CONFIG_SECTION_CAP];
    if (section[0] == '\0')
        return STATUS_OK;
    int length = snprintf(line, sizeof line, "[%s]", section);
    if (length < (int)sizeof line && config_section_parse(line, (size_t)length, parsed, why) &&
        strcmp(parsed, section) == 0)
        return STATUS_OK;
    return fail(why, STATUS_BAD_ARGUMENT, "'%.60s' is not a section", section);
}

static enum status check_name(const char *name, struct failure *why)
{
    size_t length = strlen(name);
    bool fine = length > 0 && length < CONFIG_LINE_MAX && !has_control(name) &&
                strpbrk(name, "=:\t") == NULL && strchr("[;# ", name[0]) == NULL &&
                !is_blank(name[length - 1]);
    if (fine)
        return STATUS_OK;
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.60s' can't be a name in the settings", name),
                  "write it without '=', ':' and control characters, and not with [, ; or # first");
}

static enum status check_value(const char *name, const char *value, struct failure *why)
{
    size_t length = strlen(value);
    if (has_control(value))
        return advise(why, fail(why, STATUS_BAD_ARGUMENT, "the value of %.60s has a control character", name),
                      "a value is the rest of one line");
    if (length > 0 && (is_blank(value[0]) || is_blank(value[length - 1])))
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT, "the value of %.60s begins or ends with a blank", name),
                      "blanks around a value don't count: leave them away");
    return STATUS_OK;
}

// --- the text -----------------------------------------------------------------------------

static const char *line_end(const struct config_text *text)
{
    const char *first = memchr(bytebuf_text(&text->raw), '\n', text->raw.length);
    return first != NULL && first > text->raw.data && first[-1] == '\r' ? "\r\n" : "\n";
}

// Where the value of that line begins, behind its "=" and the blanks; the '\r' of its end is left.
static void value_of(const struct config_text *text, const struct config_line *line, size_t *from, size_t *to)
{
    const char *bytes = text->raw.data;
    size_t at = line->at, end = line->at + line->length;
    while (at < end && bytes[at] != '=' && bytes[at] != ':')
        at++;
    for (at += at < end; at < end && is_blank(bytes[at]); at++)
        ;
    if (end > at && bytes[end - 1] == '\r')
        end--;
    *from = at;
    *to = end;
}

// raw[0..at), between, raw[rest..)
static enum status put_between(const struct config_text *text, size_t at, const char *between, size_t rest,
                               struct bytebuf *out)
{
    const char *bytes = bytebuf_text(&text->raw);
    enum status status = bytebuf_add(out, bytes, at);
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, between);
    if (status == STATUS_OK && rest < text->raw.length)
        status = bytebuf_add(out, bytes + rest, text->raw.length - rest);
    return status;
}

// Behind the line that ends there, at the beginning of the next one.
static size_t after(const struct config_text *text, size_t at, size_t length)
{
    return at + length < text->raw.length ? at + length + 1 : text->raw.length;
}

// Where a new line of that section goes: behind its last option or its header, or before the first section.
// False: there is no such section.
static bool find_place(const struct config_text *text, const char *section, size_t *place)
{
    bool found = section[0] == '\0';
    size_t marked = text->raw.length >= 3 && memcmp(text->raw.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *place = text->header_count > 0 ? marked : text->raw.length;
    for (size_t i = 0; i < text->header_count; i++) {
        const struct config_header *header = &text->headers[i];
        if (strcmp(header->section, section) == 0) {
            *place = after(text, header->at, header->length);
            found = true;
        }
    }
    for (size_t i = 0; i < text->count; i++) {
        const struct config_line *line = &text->lines[i];
        if (strcmp(line->section, section) == 0 && after(text, line->at, line->length) > *place)
            *place = after(text, line->at, line->length);
    }
    return found;
}

static enum status add_line(const struct config_text *text, const char *section, const char *name,
                            const char *value, struct bytebuf *out)
{
    size_t place = 0;
    const char *end = line_end(text);
    struct bytebuf between = BYTEBUF(2 * CONFIG_LINE_MAX);
    bool found = find_place(text, section, &place);
    enum status status = STATUS_OK;
    if (!found)
        place = text->raw.length;
    if (place > 0 && text->raw.data[place - 1] != '\n' &&
        (place != 3 || memcmp(text->raw.data, "\xef\xbb\xbf", 3) != 0))
        status = bytebuf_add_text(&between, end);
    if (status == STATUS_OK && !found)
        status = bytebuf_print(&between, "%s[%s]%s", text->raw.length > 0 ? end : "", section, end);
    if (status == STATUS_OK)
        status = bytebuf_print(&between, "%s = %s%s", name, value, end);
    if (status == STATUS_OK)
        status = put_between(text, place, bytebuf_text(&between), place, out);
    bytebuf_free(&between);
    return status;
}

// The new text says what was asked for, and no line of it is lost.
static enum status check_made(const struct config_text *text, const char *section, const char *name,
                              const char *value, const struct bytebuf *made, struct failure *why)
{
    struct config_text *again = NULL;
    enum status status = config_text_parse(text->path, bytebuf_text(made), made->length, &again, why);
    if (status != STATUS_OK)
        return status;
    const struct config_line *line = config_text_find(again, section, name);
    bool says = line != NULL && strcmp(line->value, value) == 0 && again->count >= text->count;
    config_text_free(again);
    if (says)
        return STATUS_OK;
    return advise(
        why,
        fail(why, STATUS_BAD_ARGUMENT, "%.60s = '%.100s' can't be written into the settings", name, value),
        "a line has at most %d characters", CONFIG_LINE_MAX);
}

static enum status no_room(enum status status, struct failure *why)
{
    if (status == STATUS_TOO_LARGE)
        return fail(why, STATUS_BAD_ARGUMENT, "the settings would be larger than %d KiB",
                    CONFIG_FILE_MAX >> 10);
    return status == STATUS_OK ? status : fail(why, status, "no memory for the settings");
}

enum status config_edit_text_set(const struct config_text *text, const char *section, const char *name,
                                 const char *value, struct bytebuf *out, struct failure *why)
{
    size_t from = 0, to = 0;
    enum status status = check_section(section, why);
    if (status == STATUS_OK)
        status = check_name(name, why);
    if (status == STATUS_OK)
        status = check_value(name, value, why);
    if (status != STATUS_OK)
        return status;
    const struct config_line *line = config_text_find(text, section, name);
    out->cap = CONFIG_FILE_MAX;
    if (line != NULL) {
        value_of(text, line, &from, &to);
        status = put_between(text, from, value, to, out);
    } else {
        status = add_line(text, section, name, value, out);
    }
    status = no_room(status, why);
    return status == STATUS_OK ? check_made(text, section, name, value, out, why) : status;
}

enum status config_edit_text_unset(const struct config_text *text, const char *section, const char *name,
                                   struct bytebuf *out, bool *found, struct failure *why)
{
    const char *bytes = bytebuf_text(&text->raw);
    size_t kept = 0;
    enum status status = STATUS_OK;
    *found = false;
    out->cap = CONFIG_FILE_MAX;
    for (size_t i = 0; status == STATUS_OK && i < text->count; i++) {
        const struct config_line *line = &text->lines[i];
        if (strcmp(line->section, section) != 0 || strcmp(line->name, name) != 0)
            continue;
        status = bytebuf_add(out, bytes + kept, line->at - kept);
        kept = after(text, line->at, line->length);
        *found = true;
    }
    if (status == STATUS_OK)
        status = bytebuf_add(out, bytes + kept, text->raw.length - kept);
    return no_room(status, why);
}

// --- the file -----------------------------------------------------------------------------

static enum status fail_write(const char *path, int error, struct failure *why)
{
    return advise(why, fail(why, STATUS_STORE_FAILED, "can't write %s: %s", path, strerror(error)),
                  "the file is as it was; check the disk and the folder's permissions");
}

// Where the file itself is, or will be: behind links, also one that leads to nothing yet.
static int find_target(const char *path, char out[PATH_MAX])
{
    char link[PATH_MAX];
    if (realpath(path, out) != NULL)
        return 0;
    if (errno != ENOENT || strlen(path) >= PATH_MAX)
        return errno == ENOENT ? ENAMETOOLONG : errno;
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length < 0) {
        (void)snprintf(out, PATH_MAX, "%s", path);
        return 0;
    }
    link[length] = '\0';
    const char *slash = strrchr(path, '/');
    int folder = link[0] != '/' && slash != NULL ? (int)(slash - path) + 1 : 0;
    return snprintf(out, PATH_MAX, "%.*s%s", folder, path, link) < PATH_MAX ? 0 : ENAMETOOLONG;
}

// The lock is on the folder: the file itself is replaced. -1: an errno in *error.
static int lock_folder(const char *path, int *error)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int locked = -1;
    do
        locked = fd >= 0 ? flock(fd, LOCK_EX) : 0;
    while (locked != 0 && errno == EINTR);
    *error = fd < 0 || locked != 0 ? errno : 0;
    return fd;
}

static enum status write_new(const char *path, const struct bytebuf *bytes, struct failure *why)
{
    struct stat about;
    bool there = stat(path, &about) == 0;
    mode_t mode = there ? about.st_mode & 07777 : NEW_MODE;
    // The one that replaces it would be ours, and its owner could no longer write it.
    if (there && about.st_uid != geteuid())
        return advise(why,
                      fail(why, STATUS_STORE_FAILED, "%s belongs to user %u, not to you (%u)", path,
                           (unsigned)about.st_uid, (unsigned)geteuid()),
                      "edit it as that user");
    int error = file_replace_bytes(AT_FDCWD, path, mode, bytebuf_text(bytes), bytes->length);
    return error == 0 ? STATUS_OK : fail_write(path, error, why);
}

static enum status change(const char *path, config_edit_make *make, void *ctx, struct failure *why)
{
    struct config_text *text = NULL;
    struct bytebuf out = BYTEBUF(CONFIG_FILE_MAX);
    enum status status = config_text_read(path, &text, why);
    if (status == STATUS_OK)
        status = make(ctx, text, &out, why);
    if (status == STATUS_OK && (out.length != text->raw.length ||
                                (out.length > 0 && memcmp(out.data, text->raw.data, out.length) != 0)))
        status = write_new(path, &out, why);
    bytebuf_free(&out);
    config_text_free(text);
    return status;
}

enum status config_edit_run(const char *path, config_edit_make *make, void *ctx, struct failure *why)
{
    char target[PATH_MAX];
    if (path[0] != '/')
        return fail(why, STATUS_BAD_ARGUMENT,
                    "there is no folder for the settings: neither XDG_CONFIG_HOME "
                    "nor the home folder is an absolute path");
    int error = find_target(path, target);
    if (error == 0)
        error = file_make_parents(target, NULL);
    if (error != 0)
        return fail_write(path, error, why);
    int lock = lock_folder(target, &error);
    enum status status = error == 0 ? change(target, make, ctx, why) : fail_write(target, error, why);
    if (lock >= 0)
        (void)close(lock);
    return status;
}

struct wish {
    const char *section, *name, *value;
    bool found;
};

static enum status make_set(void *ctx, const struct config_text *text, struct bytebuf *out,
                            struct failure *why)
{
    const struct wish *wish = ctx;
    return config_edit_text_set(text, wish->section, wish->name, wish->value, out, why);
}

static enum status make_unset(void *ctx, const struct config_text *text, struct bytebuf *out,
                              struct failure *why)
{
    struct wish *wish = ctx;
    return config_edit_text_unset(text, wish->section, wish->name, out, &wish->found, why);
}

enum status config_edit_set(const char *path, const char *section, const char *name, const char *value,
                            struct failure *why)
{
    struct wish wish = {.section = section, .name = name, .value = value};
    return config_edit_run(path, make_set, &wish, why);
}

enum status config_edit_unset(const char *path, const char *section, const char *name, bool *found,
                              struct failure *why)
{
    struct wish wish = {.section = section, .name = name};
    enum status status = config_edit_run(path, make_unset, &wish, why);
    if (found != NULL)
        *found = wish.found;
    return status;
}
