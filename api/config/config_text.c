// SPDX-License-Identifier: Apache-2.0
//
// config_text: Cut the file into lines and give each to inih, without inih's own rules: it would cut a line
// at 199 bytes, end a value at a ';' and take an indented line for the rest of the one before. What it would
// silently skip is looked for first.

#include "api/config/config_text.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MARK_AND_ENDS = 8, // what inih needs beyond a line: a byte order mark, CR, LF, NUL
    FAULTS_MAX = 200,
    GROW_BY = 64
};

static const char mark[] = "\xef\xbb\xbf";      // a byte order mark
static const char unknown_section[] = "\x01 ?"; // of lines below a header that is none: nobody's

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
    case STATUS_NO_MEMORY:
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", path);
    default:
        return fail(why, STATUS_BAD_ARGUMENT, "%s: %s", path, strerror(errno));
    }
}

// --- one line -----------------------------------------------------------------------------

// Makes room for one more behind count of them. False: no memory.
static bool grow(void **list, size_t count, size_t size)
{
    if (count % GROW_BY != 0)
        return true;
    void *larger = reallocarray(*list, count + GROW_BY, size);
    if (larger != NULL)
        *list = larger;
    return larger != NULL;
}

static bool add_fault(struct config_text *text, int number, const struct failure *why)
{
    if (text->fault_count == FAULTS_MAX)
        return true;
    if (!grow((void **)&text->faults, text->fault_count, sizeof *text->faults))
        return false;
    text->faults[text->fault_count++] = (struct config_fault){number, *why};
    return true;
}

struct capture {
    char *name, *value;
    bool no_memory;
};

static int on_option(void *ctx, const char *section, const char *name, const char *value)
{
    struct capture *capture = ctx;
    (void)section;
    capture->name = strdup(name);
    capture->value = strdup(value);
    capture->no_memory = capture->name == NULL || capture->value == NULL;
    return 1;
}

// By inih. False: not of the form.
static bool parse_line(const char *line, size_t length, struct capture *out)
{
    char copy[CONFIG_LINE_MAX + MARK_AND_ENDS];
    memcpy(copy, line, length);
    copy[length] = '\0';
    *out = (struct capture){.name = NULL};
    bool fine = ini_parse_string(copy, on_option, out) == 0;
    if (fine && (out->name == NULL || out->name[0] != '\0'))
        return true;
    free(out->name);
    free(out->value);
    return false;
}

static bool add_option(struct config_text *text, struct config_line line)
{
    struct capture capture;
    struct failure why = {.status = STATUS_OK};
    const char *bytes = text->raw.data + line.at;
    bool marked = line.length >= 3 && memcmp(bytes, mark, 3) == 0; // only the file's first may be
    if (marked || !parse_line(bytes, line.length, &capture)) {
        (void)fail(&why, STATUS_BAD_ARGUMENT, "not of the form 'name = value'");
        return add_fault(text, line.number, &why);
    }
    line.name = capture.name;
    line.value = capture.value;
    if (capture.name == NULL && !capture.no_memory)
        return true; // a comment or nothing
    if (capture.no_memory || !grow((void **)&text->lines, text->count, sizeof *text->lines)) {
        free(capture.name);
        free(capture.value);
        return false;
    }
    text->lines[text->count++] = line;
    return true;
}

// *section: the one that the next lines are in.
static bool add_header(struct config_text *text, const struct config_line *line, int *section)
{
    struct failure why = {.status = STATUS_OK};
    struct config_header header = {.number = line->number, .at = line->at, .length = line->length};
    *section = -1;
    if (!config_section_parse(text->raw.data + line->at, line->length, header.section, &why))
        return add_fault(text, line->number, &why);
    if (!grow((void **)&text->headers, text->header_count, sizeof *text->headers))
        return false;
    text->headers[text->header_count++] = header;
    *section = (int)text->header_count;
    return true;
}

// False: no memory.
static bool add_line(struct config_text *text, const struct config_line *line, int *section)
{
    struct failure why = {.status = STATUS_OK};
    const char *bytes = text->raw.data + line->at;
    size_t blank = 0;
    while (blank < line->length && (bytes[blank] == ' ' || bytes[blank] == '\t'))
        blank++;
    if (memchr(bytes, '\0', line->length) != NULL)
        (void)fail(&why, STATUS_BAD_ARGUMENT, "this line contains a NUL");
    else if (line->length > CONFIG_LINE_MAX)
        (void)fail(&why, STATUS_BAD_ARGUMENT, "this line has %zu characters; the limit is %d", line->length,
                   CONFIG_LINE_MAX);
    if (why.status != STATUS_OK)
        return add_fault(text, line->number, &why);
    if (blank < line->length && bytes[blank] == '[')
        return add_header(text, line, section);
    return add_option(text, *line);
}

// False: there are more of them than anybody has, which is told at that line.
static bool is_within_limit(struct config_text *text, int number)
{
    struct failure why = {.status = STATUS_OK};
    if (text->count + text->header_count <= CONFIG_SETTINGS_MAX)
        return true;
    (void)fail(&why, STATUS_BAD_ARGUMENT, "more than %d settings", CONFIG_SETTINGS_MAX);
    (void)add_fault(text, number, &why);
    return false;
}

// --- all of them --------------------------------------------------------------------------

// The headers have stopped moving: their names can be pointed to.
static void name_sections(struct config_text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        struct config_line *line = &text->lines[i];
        line->section = line->header == 0  ? ""
                        : line->header < 0 ? unknown_section
                                           : text->headers[line->header - 1].section;
    }
}

static bool cut(struct config_text *text)
{
    const char *bytes = bytebuf_text(&text->raw);
    size_t at = text->raw.length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    int section = 0;
    bool fine = true;
    for (int number = 1; fine && at < text->raw.length; number++) {
        const char *stop = memchr(bytes + at, '\n', text->raw.length - at);
        size_t length = (stop != NULL ? (size_t)(stop - bytes) : text->raw.length) - at;
        struct config_line line = {.number = number, .at = at, .length = length, .header = section};
        fine = add_line(text, &line, &section);
        at += length + 1;
        if (!is_within_limit(text, number))
            break;
    }
    if (fine)
        name_sections(text);
    return fine;
}

static struct config_text *text_new(const char *path)
{
    struct config_text *text = calloc(1, sizeof *text);
    if (text == NULL)
        return NULL;
    text->raw = BYTEBUF(CONFIG_FILE_MAX);
    text->path = strdup(path);
    if (text->path != NULL)
        return text;
    free(text);
    return NULL;
}

void config_text_free(struct config_text *text)
{
    if (text == NULL)
        return;
    for (size_t i = 0; i < text->count; i++) {
        free((char *)text->lines[i].name);
        free((char *)text->lines[i].value);
    }
    free(text->lines);
    free(text->headers);
    free(text->faults);
    free(text->path);
    bytebuf_free(&text->raw);
    free(text);
}

// Of what is in raw.
static enum status parse(struct config_text *text, struct failure *why)
{
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    ini_allow_no_value = false;
    ini_use_stack = false;
    ini_allow_realloc = false;
    ini_initial_alloc = ini_max_line = CONFIG_LINE_MAX + MARK_AND_ENDS;
    return cut(text) ? STATUS_OK : fail(why, STATUS_NO_MEMORY, "no memory for %s", text->path);
}

enum status config_text_parse(const char *path, const char *bytes, size_t length, struct config_text **out,
                              struct failure *why)
{
    struct config_text *text = text_new(path);
    enum status status = text != NULL ? bytebuf_add(&text->raw, bytes, length) : STATUS_NO_MEMORY;
    *out = NULL;
    if (status == STATUS_TOO_LARGE)
        status = fail(why, STATUS_BAD_ARGUMENT, "%s is larger than %d KiB", path, CONFIG_FILE_MAX >> 10);
    else if (status != STATUS_OK)
        status = fail(why, STATUS_NO_MEMORY, "no memory for %s", path);
    else
        status = parse(text, why);
    if (status == STATUS_OK) {
        text->there = true;
        *out = text;
    } else {
        config_text_free(text);
    }
    return status;
}

// What stands there: no file is OK and leaves text as it is.
static enum status take_file(struct config_text *text, struct failure *why)
{
    struct stat about;
    // A FIFO in its place must not hold anything up.
    int fd = open(text->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return STATUS_OK;
    enum status status = STATUS_OK;
    if (fd < 0 || fstat(fd, &about) != 0) {
        status = fail(why, STATUS_BAD_ARGUMENT, "%s: %s", text->path, strerror(errno));
    } else if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode) && !S_ISCHR(about.st_mode)) {
        status = fail(why, STATUS_BAD_ARGUMENT, "%s is not a file", text->path);
    } else {
        text->there = true;
        text->open_to = open_to_whom(&about);
        status = read_text(fd, text->path, &text->raw, why);
    }
    if (fd >= 0)
        (void)close(fd);
    return status;
}

enum status config_text_read(const char *path, struct config_text **out, struct failure *why)
{
    struct config_text *text = text_new(path);
    *out = NULL;
    if (text == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", path);
    enum status status = take_file(text, why);
    if (status == STATUS_OK)
        status = parse(text, why);
    if (status == STATUS_OK)
        *out = text;
    else
        config_text_free(text);
    return status;
}

// --- what is asked of it ------------------------------------------------------------------

const struct config_line *config_text_find(const struct config_text *text, const char *section,
                                           const char *name)
{
    for (size_t i = text->count; i > 0; i--)
        if (strcmp(text->lines[i - 1].section, section) == 0 && strcmp(text->lines[i - 1].name, name) == 0)
            return &text->lines[i - 1];
    return NULL;
}

enum status config_text_fail(const struct config_text *text, int line, const struct failure *fault,
                             struct failure *why)
{
    if (line > 0)
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s:%d: %s", text->path, line, fault->message);
    else
        (void)fail(why, STATUS_BAD_ARGUMENT, "%s", fault->message);
    if (fault->advice[0] != '\0')
        (void)advise(why, STATUS_BAD_ARGUMENT, "%s", fault->advice);
    return STATUS_BAD_ARGUMENT;
}

enum status config_text_each(const struct config_text *text, const char *section, config_line_take *take,
                             void *ctx, struct failure *why)
{
    struct failure fault = {.status = STATUS_OK};
    for (size_t i = 0; i < text->count; i++)
        if (strcmp(text->lines[i].section, section) == 0 &&
            !take(ctx, &text->lines[i], text->open_to, &fault))
            return config_text_fail(text, text->lines[i].number, &fault, why);
    return STATUS_OK;
}

void config_text_check_each(const struct config_text *text, const char *section, config_line_take *take,
                            void *ctx, config_fault_take *fault, void *fault_ctx)
{
    size_t told = 0;
    for (size_t i = 0; i < text->count && told < FAULTS_MAX; i++) {
        struct failure why = {.status = STATUS_OK};
        if (strcmp(text->lines[i].section, section) != 0 || take(ctx, &text->lines[i], text->open_to, &why))
            continue;
        fault(fault_ctx, text->lines[i].number, &why);
        told++;
    }
}
