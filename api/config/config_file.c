// SPDX-License-Identifier: Apache-2.0
//
// config_file: Hand the file to inih without inih's own rules: it would cut a line at 199 bytes, end a
// value at a ';' and take an indented line for the rest of the one before. What it would silently skip is
// looked for first.

#include "api/config/config_file.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK_AND_ENDS = 8 }; // what inih needs beyond a line: a byte order mark, CR, LF, NUL

struct reading {
    const char *section;
    config_file_option *option;
    void *ctx;
    const char *open_to;
    struct failure fault; // the first; inih returns its line only at the end
};

static int on_option(void *ctx, const char *section, const char *name, const char *value)
{
    struct reading *reading = ctx;
    if (reading->fault.status != STATUS_OK)
        return 0;
    if (strcmp(section, reading->section) != 0)
        return 1;
    return reading->option(reading->ctx, name, value, reading->open_to, &reading->fault);
}

// Whoever can write it decides what it says.
static const char *open_to_whom(const struct stat *about)
{
    if (about->st_uid != geteuid() && about->st_uid != 0)
        return "its owner, who isn't you";
    if ((about->st_mode & S_IWOTH) != 0)
        return "everybody";
    return (about->st_mode & S_IWGRP) != 0 ? "its group" : NULL;
}

static enum status read_text(int fd, const char *path, struct bytebuf *text, struct failure *why)
{
    switch (file_read_all(fd, text)) {
    case STATUS_OK:
        return STATUS_OK;
    case STATUS_TOO_LARGE:
        return fail(why, STATUS_BAD_ARGUMENT, "%s is larger than %d KiB", path, CONFIG_FILE_MAX >> 10);
    default:
        return fail(why, STATUS_BAD_ARGUMENT, "%s: %s", path, strerror(errno));
    }
}

// [keys] alone on its line.
static bool is_section(const char *line, size_t size)
{
    static const char only[] = "[keys]";
    size_t blank = strspn(line, " \t");
    while (size > blank && (line[size - 1] == ' ' || line[size - 1] == '\t' || line[size - 1] == '\r'))
        size--;
    return size - blank == strlen(only) && memcmp(line + blank, only, strlen(only)) == 0;
}

// What inih would cut, misread or pass over.
static enum status check_lines(const char *path, const char *text, size_t length, struct failure *why)
{
    const char *end = text + length;
    int number = 1;
    for (const char *line = text; line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((stop != NULL ? stop : end) - line);
        if (memchr(line, '\0', size) != NULL)
            return fail(why, STATUS_BAD_ARGUMENT, "%s:%d: this line contains a NUL", path, number);
        if (size > CONFIG_LINE_MAX)
            return fail(why, STATUS_BAD_ARGUMENT, "%s:%d: this line has %zu characters; the limit is %d",
                        path, number, size, CONFIG_LINE_MAX);
        if (line[strspn(line, " \t")] == '[' && !is_section(line, size))
            return advise(why,
                          fail(why, STATUS_BAD_ARGUMENT, "%s:%d: '%.*s': not a section", path, number,
                               size < 60 ? (int)size : 60, line),
                          "the only one is [keys], after the options");
        line += size + 1;
    }
    return STATUS_OK;
}

static enum status parse(const char *path, const char *text, struct reading *reading, struct failure *why)
{
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    ini_allow_no_value = false;
    ini_use_stack = false;
    ini_allow_realloc = false;
    ini_initial_alloc = ini_max_line = CONFIG_LINE_MAX + MARK_AND_ENDS;
    int line = ini_parse_string(text, on_option, reading);
    if (line == 0)
        return STATUS_OK;
    if (line < 0)
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", path);
    const struct failure *fault = &reading->fault;
    (void)fail(why, STATUS_BAD_ARGUMENT, "%s:%d: %s", path, line,
               fault->status != STATUS_OK ? fault->message : "not of the form 'name = value'");
    if (fault->advice[0] != '\0')
        (void)advise(why, STATUS_BAD_ARGUMENT, "%s", fault->advice);
    return STATUS_BAD_ARGUMENT;
}

enum status config_file_read(const char *path, const char *section, config_file_option *option, void *ctx,
                             struct failure *why)
{
    struct reading reading = {.section = section, .option = option, .ctx = ctx};
    struct stat about;
    struct bytebuf text = BYTEBUF(CONFIG_FILE_MAX);
    // A FIFO in its place must not hold up the start.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    if (fd < 0 || fstat(fd, &about) != 0) {
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return STATUS_BAD_ARGUMENT;
    }
    reading.open_to = open_to_whom(&about);
    enum status status = read_text(fd, path, &text, why);
    (void)close(fd);
    if (status == STATUS_OK)
        status = check_lines(path, bytebuf_text(&text), text.length, why);
    if (status == STATUS_OK)
        status = parse(path, bytebuf_text(&text), &reading, why);
    bytebuf_free(&text);
    return status;
}
