// SPDX-License-Identifier: Apache-2.0
//
// completion_cache: Lines of a sandbox, TAB, its name, TAB, its template; and below it a TAB and the id of
// each of its credentials. The first line has the form's number and the server.

#include "api/fleet/completion_cache.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ABOUT_CAP = 128 };

static const char first_line[] = "sbxdeck-completion 1 ";

bool completion_cache_path(const char *state_folder, char *out, size_t cap)
{
    int length = snprintf(out, cap, "%s/completion", state_folder);
    return state_folder[0] == '/' && length > 0 && (size_t)length < cap;
}

// --- writing ------------------------------------------------------------------------------

// A template is the server's: what would break the line, or a terminal, is left out with all behind it.
static size_t plain_length(const char *text)
{
    size_t length = 0;
    while (text[length] > ' ' && text[length] <= '~' && length + 1 < ABOUT_CAP)
        length++;
    return length;
}

static enum status add_sandbox(const char *id, const struct sandbox_label *label, const char *about,
                               struct bytebuf *out)
{
    char line[ID_CAP + LABEL_NAME_CAP + ABOUT_CAP + 8];
    char *at = stpcpy(line, id); // valid, so that it fits, as a name does
    *at++ = '\t';
    at = stpcpy(at, label != NULL ? label->name : "");
    *at++ = '\t';
    at = mempcpy(at, about, plain_length(about));
    *at++ = '\n';
    return bytebuf_add(out, line, (size_t)(at - line));
}

// about: where the row has no template.
static enum status add_row(const struct fleet_row *row, const char *about, struct bytebuf *out)
{
    const char *template_id = row->sandbox.template_id;
    enum status status =
        add_sandbox(row->sandbox.id, row->label, template_id[0] != '\0' ? template_id : about, out);
    for (size_t i = 0; status == STATUS_OK && i < row->credential_count; i++)
        if (id_is_valid(row->credentials[i].id))
            status = bytebuf_print(out, "\t%s\n", row->credentials[i].id);
    return status;
}

enum status completion_cache_compose_part(const struct fleet *fleet, const char *base_url, size_t *from,
                                          size_t most, struct bytebuf *out)
{
    enum status status = *from == 0 ? bytebuf_print(out, "%s%s\n", first_line, base_url) : STATUS_OK;
    size_t end = *from + most < fleet_count(fleet) ? *from + most : fleet_count(fleet);
    for (; status == STATUS_OK && *from < end; ++*from) {
        const struct fleet_row *row = fleet_row(fleet, *from);
        if (id_is_valid(row->sandbox.id) && !row->gone)
            status = add_row(row, "", out);
    }
    return status;
}

enum status completion_cache_compose(const struct fleet *fleet, const char *base_url, struct bytebuf *out)
{
    size_t from = 0;
    return completion_cache_compose_part(fleet, base_url, &from, fleet_count(fleet), out);
}

struct renewing {
    const struct fleet *fleet;
    const char *gone;
    struct bytebuf *out;
    bool *named; // by slot: it stands in the file
    enum status status;
};

static void renew_one(void *ctx, const char *sandbox_id, const char *name, const char *about,
                      const char *credential_id)
{
    struct renewing *renewing = ctx;
    const struct fleet_row *row = fleet_find(renewing->fleet, sandbox_id);
    (void)name;
    (void)credential_id;
    if (row != NULL)
        renewing->named[row->slot] = true;
    if (renewing->status != STATUS_OK || strcmp(sandbox_id, renewing->gone) == 0 ||
        (row != NULL && row->gone))
        return;
    renewing->status =
        row != NULL ? add_row(row, about, renewing->out)
                    : add_sandbox(sandbox_id, fleet_label(renewing->fleet, sandbox_id), about, renewing->out);
}

enum status completion_cache_renew(const struct fleet *fleet, const char *base_url, const char *path,
                                   const char *gone, struct bytebuf *out)
{
    struct renewing renewing = {.fleet = fleet, .gone = gone, .out = out};
    renewing.named = calloc(fleet_slot_count(fleet) + 1, sizeof *renewing.named);
    if (renewing.named == NULL)
        return STATUS_NO_MEMORY;
    renewing.status = bytebuf_print(out, "%s%s\n", first_line, base_url);
    completion_cache_read(path, base_url, false, renew_one, &renewing);
    for (size_t i = 0; renewing.status == STATUS_OK && i < fleet_count(fleet); i++) {
        const struct fleet_row *row = fleet_row(fleet, i);
        if (!renewing.named[row->slot] && row->fresh_ms > 0 && !row->gone && id_is_valid(row->sandbox.id) &&
            strcmp(row->sandbox.id, gone) != 0)
            renewing.status = add_row(row, "", out);
    }
    free(renewing.named);
    return renewing.status;
}

struct saving {
    uv_work_t work; // first
    char *path;
    struct bytebuf text;
};

static bool is_same(const struct saving *saving)
{
    struct stat facts;
    bool same = false;
    int fd = open(saving->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && (facts.st_mode & 077) == 0 &&
        (size_t)facts.st_size == saving->text.length) {
        struct bytebuf old = BYTEBUF(COMPLETION_CACHE_MAX);
        same = file_read_all(fd, &old) == STATUS_OK && old.length == saving->text.length &&
               memcmp(bytebuf_text(&old), bytebuf_text(&saving->text), old.length) == 0;
        bytebuf_free(&old);
    }
    (void)close(fd);
    return same;
}

static void save(uv_work_t *work)
{
    struct saving *saving = (struct saving *)work;
    if (!is_same(saving))
        (void)file_replace_bytes(AT_FDCWD, saving->path, 0600, saving->text.data, saving->text.length);
}

static void saved(uv_work_t *work, int status)
{
    struct saving *saving = (struct saving *)work;
    (void)status;
    bytebuf_free(&saving->text);
    free(saving->path);
    free(saving);
}

void completion_cache_save(uv_loop_t *loop, const char *path, struct bytebuf *text)
{
    struct saving *saving = calloc(1, sizeof *saving);
    if (saving == NULL || (saving->path = strdup(path)) == NULL) {
        free(saving);
        bytebuf_free(text);
        return;
    }
    saving->text = *text;
    *text = BYTEBUF(text->cap);
    if (uv_queue_work(loop, &saving->work, save, saved) != 0)
        saved(&saving->work, 0);
}

// --- reading ------------------------------------------------------------------------------

struct reading {
    char sandbox_id[ID_CAP], name[LABEL_NAME_CAP], about[ABOUT_CAP];
    completion_cache_take *take;
    void *ctx;
};

static bool copy(const char *from, size_t length, char *out, size_t cap)
{
    if (length >= cap)
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    return true;
}

static void take_line(struct reading *reading, const char *line, size_t length)
{
    char credential[ID_CAP];
    const char *tab = memchr(line, '\t', length);
    if (tab == line) {
        if (reading->sandbox_id[0] != '\0' && copy(line + 1, length - 1, credential, sizeof credential) &&
            id_is_valid(credential))
            reading->take(reading->ctx, reading->sandbox_id, reading->name, reading->about, credential);
        return;
    }
    reading->sandbox_id[0] = '\0';
    if (tab == NULL || !copy(line, (size_t)(tab - line), reading->sandbox_id, sizeof reading->sandbox_id) ||
        !id_is_valid(reading->sandbox_id)) {
        reading->sandbox_id[0] = '\0';
        return;
    }
    const char *name = tab + 1, *end = line + length;
    const char *second = memchr(name, '\t', (size_t)(end - name));
    if (second == NULL || !copy(name, (size_t)(second - name), reading->name, sizeof reading->name) ||
        (reading->name[0] != '\0' && sandbox_label_check_name(reading->name, NULL) != STATUS_OK))
        reading->name[0] = '\0';
    if (second == NULL ||
        !copy(second + 1, (size_t)(end - second - 1), reading->about, sizeof reading->about) ||
        plain_length(reading->about) != strlen(reading->about))
        reading->about[0] = '\0';
    reading->take(reading->ctx, reading->sandbox_id, reading->name, reading->about, "");
}

static bool is_of(const char *line, size_t length, const char *base_url)
{
    size_t before = sizeof first_line - 1;
    return length > before && memcmp(line, first_line, before) == 0 && strlen(base_url) == length - before &&
           memcmp(line + before, base_url, length - before) == 0;
}

void completion_cache_read(const char *path, const char *base_url, bool credentials,
                           completion_cache_take *take, void *ctx)
{
    struct reading reading = {.take = take, .ctx = ctx};
    struct stat facts;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    // Only what is ours alone: others' names would be typed into the operator's command line.
    bool ours = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == geteuid() &&
                (facts.st_mode & 022) == 0;
    size_t size =
        ours && facts.st_size > 0 && facts.st_size <= COMPLETION_CACHE_MAX ? (size_t)facts.st_size : 0;
    // It is replaced, never written into, so that what is mapped stays whole.
    const char *text =
        size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : (const char *)MAP_FAILED;
    (void)close(fd);
    if (text == MAP_FAILED)
        return;
    const char *at = text, *end = text + size;
    bool right = false, first = true;
    while (at < end && (first || right)) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = stop != NULL ? (size_t)(stop - at) : (size_t)(end - at);
        if (first)
            right = is_of(at, length, base_url);
        else if (stop != NULL && (credentials || *at != '\t'))
            take_line(&reading, at, length);
        first = false;
        at += length + 1;
    }
    (void)munmap((void *)text, size);
}
