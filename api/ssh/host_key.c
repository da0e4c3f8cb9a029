// SPDX-License-Identifier: Apache-2.0
//
// host_key: Check a server's host key against a known_hosts file, and add or remove keys there.
//
// The file is read whole and each line of the host judged; libssh's own reader is not used because it takes
// the user's files into account and cannot say which line it was. Writers lock the file itself and look again
// whether it is still the one in the folder, since forgetting replaces it.

#include "api/ssh/host_key.h"

#include "api/base/file_util.h"
#include "api/ssh/host_key_line.h"
#include "api/ssh/host_key_pins.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FILE_CAP = 4 * 1024 * 1024,
    KEY_CAP = 8192, // bytes of one key; RSA of 16384 bits has about 2100
    PORT_OF_SSH = 22,
    LOCK_TRIES = 500, // of 10 ms each
    LOCK_PAUSE_NS = 10 * 1000 * 1000,
    OPEN_TRIES = 1000, // each ends only when another process has put a new file in its place
};

// --- keys ---

// The key's bytes; 0 when it is not base64 or not a key of that type.
static size_t key_decode(const char *type, const char *base64, size_t base64_length,
                         unsigned char key[KEY_CAP])
{
    size_t length = 0;
    size_t type_length = strlen(type);
    if (sodium_base642bin(key, KEY_CAP, base64, base64_length, NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length < 4 + type_length)
        return 0;
    size_t named = (size_t)key[0] << 24 | (size_t)key[1] << 16 | (size_t)key[2] << 8 | key[3];
    return named == type_length && memcmp(key + 4, type, type_length) == 0 ? length : 0;
}

static void fingerprint_of(const unsigned char *key, size_t length, char out[FINGERPRINT_CAP])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
    (void)crypto_hash_sha256(hash, key, length);
    (void)sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    (void)snprintf(out, FINGERPRINT_CAP, "SHA256:%s", text);
}

static void host_name(const char *host, int port, char *out, size_t cap)
{
    if (port == PORT_OF_SSH)
        (void)snprintf(out, cap, "%s", host);
    else
        (void)snprintf(out, cap, "[%s]:%d", host, port);
    for (char *c = out; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

// --- the file ---

static enum status file_failed(const char *file, const char *doing, struct failure *why)
{
    return fail(why, STATUS_STORE_FAILED, "%s: cannot %s: %s", file, doing, strerror(errno));
}

static enum status file_lock(int fd, const char *file, int how, struct failure *why)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, how | LOCK_NB) == 0)
            return STATUS_OK;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return file_failed(file, "lock it", why);
        (void)nanosleep(&pause, NULL);
    }
    return fail(why, STATUS_STORE_FAILED, "%s: locked by another process", file);
}

static enum status file_is_private(const char *file, const struct stat *about, struct failure *why)
{
    if (!S_ISREG(about->st_mode))
        return fail(why, STATUS_STORE_FAILED, "%s: not a regular file", file);
    if (about->st_uid != geteuid() && about->st_uid != 0)
        return fail(why, STATUS_STORE_UNSAFE, "%s: belongs to another user", file);
    if ((about->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fail(why, STATUS_STORE_UNSAFE, "%s: others can write it: chmod 600 it", file);
    if (about->st_size > FILE_CAP)
        return fail(why, STATUS_STORE_FAILED, "%s: larger than %d MiB", file, FILE_CAP / (1024 * 1024));
    return STATUS_OK;
}

// Opened and locked, and the one that stands in the folder. *fd is -1 when there is none and create is false.
static enum status file_open(const char *file, bool create, int how, int *fd, struct failure *why)
{
    struct stat opened;
    struct stat standing;
    int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (how == LOCK_EX ? O_RDWR | O_APPEND : O_RDONLY);
    enum status status = STATUS_OK;
    for (int i = 0; i < OPEN_TRIES; i++) {
        *fd = open(file, create ? flags | O_CREAT : flags, 0600);
        if (*fd < 0)
            return (errno == ENOENT || errno == ENOTDIR) && !create ? STATUS_OK
                                                                    : file_failed(file, "open it", why);
        status = file_lock(*fd, file, how, why);
        if (status == STATUS_OK && fstat(*fd, &opened) != 0)
            status = file_failed(file, "look at it", why);
        if (status == STATUS_OK)
            status = file_is_private(file, &opened, why);
        if (status == STATUS_OK && stat(file, &standing) == 0 && standing.st_ino == opened.st_ino &&
            standing.st_dev == opened.st_dev)
            return STATUS_OK;
        (void)close(*fd);
        *fd = -1;
        if (status != STATUS_OK)
            return status;
    }
    return fail(why, STATUS_STORE_FAILED, "%s: it keeps being replaced by another program", file);
}

// All of it, from the beginning.
static enum status file_read(int fd, const char *file, struct bytebuf *text, struct failure *why)
{
    enum status status = fd >= 0 ? file_read_all(fd, text) : STATUS_OK;
    if (status == STATUS_STORE_FAILED)
        return file_failed(file, "read it", why);
    return status == STATUS_OK ? STATUS_OK : fail(why, status, "%s", "");
}

static enum status file_load(const char *file, struct bytebuf *text, struct failure *why)
{
    int fd = -1;
    enum status status = file_open(file, false, LOCK_SH, &fd, why);
    if (status == STATUS_OK)
        status = file_read(fd, file, text, why);
    if (fd >= 0)
        (void)close(fd);
    return status;
}

// --- verdicts ---

static void report_known(struct host_key_report *out, const struct host_key_line *line,
                         const unsigned char *key, size_t length)
{
    // The line of the same type tells most; else the first one.
    bool same_type = strlen(out->seen_type) == line->type_length &&
                     memcmp(out->seen_type, line->type, line->type_length) == 0;
    if (out->verdict == HOST_KEY_CHANGED && !same_type)
        return;
    out->verdict = HOST_KEY_CHANGED;
    out->line = line->number;
    (void)snprintf(out->known_type, sizeof out->known_type, "%.*s", (int)line->type_length, line->type);
    fingerprint_of(key, length, out->known);
}

// What the lines of the host come to.
struct judgement {
    const unsigned char *seen;
    size_t seen_length;
    bool known;
    int revoked;              // the line that says so; 0 none
    int unclear;              // the first line that may be about this host and can't be read or followed
    enum host_key_marker why; // its marker
    struct host_key_report *report;
};

static void judge_line(struct judgement *judgement, const struct host_key_line *line)
{
    unsigned char key[KEY_CAP];
    char type[sizeof judgement->report->known_type];
    enum host_key_naming naming = host_key_line_names(line, judgement->report->host);
    if (naming == HOST_KEY_NAMES_OTHERS)
        return;
    (void)snprintf(type, sizeof type, "%.*s", (int)line->type_length, line->type);
    size_t length = key_decode(type, line->key, line->key_length, key);
    bool same = length == judgement->seen_length && memcmp(key, judgement->seen, length) == 0;
    bool followed = naming != HOST_KEY_NAMES_UNCLEAR && length > 0 &&
                    (line->marker == HOST_KEY_UNMARKED || line->marker == HOST_KEY_MARKED_REVOKED);
    if (line->marker == HOST_KEY_MARKED_REVOKED && same && judgement->revoked == 0)
        judgement->revoked = line->number;
    if (!followed && judgement->unclear == 0) {
        judgement->unclear = line->number;
        judgement->why = line->marker;
    }
    if (!followed || line->marker == HOST_KEY_MARKED_REVOKED)
        return;
    if (same)
        judgement->known = true;
    else
        report_known(judgement->report, line, key, length);
}

static enum status judge_unclear(const char *file, const struct judgement *judgement, struct failure *why)
{
    judgement->report->verdict = HOST_KEY_UNREADABLE;
    judgement->report->line = judgement->unclear;
    if (judgement->why == HOST_KEY_MARKED_AUTHORITY)
        return advise(
            why,
            fail(why, STATUS_STORE_FAILED,
                 "%s line %d: %s is to be verified by a certificate authority, which sbxdeck doesn't support",
                 file, judgement->unclear, judgement->report->host),
            "add a line with the host's own key, or set known_hosts to another file");
    return advise(why,
                  fail(why, STATUS_STORE_FAILED, "%s line %d: the key of %s can't be parsed", file,
                       judgement->unclear, judgement->report->host),
                  "correct or remove the line");
}

// Fills all but what the caller has set: host, seen, seen_type.
static enum status judge(const char *file, const struct bytebuf *text, const unsigned char *seen,
                         size_t seen_length, struct host_key_report *out, struct failure *why)
{
    struct judgement judgement = {.seen = seen, .seen_length = seen_length, .report = out};
    struct host_key_line line = {0};
    const char *at = bytebuf_text(text), *end = at + text->length;
    out->verdict = HOST_KEY_NEW;
    while (host_key_line_next(&at, end, &line))
        judge_line(&judgement, &line);
    if (judgement.revoked != 0) {
        out->verdict = HOST_KEY_REVOKED;
        out->line = judgement.revoked;
        return advise(why,
                      fail(why, STATUS_SSH_FAILED,
                           "%s line %d: the key of %s is marked as revoked; no password was sent", file,
                           judgement.revoked, out->host),
                      "ask whoever runs it");
    }
    if (judgement.known)
        out->verdict = HOST_KEY_KNOWN;
    else if (judgement.unclear != 0)
        return judge_unclear(file, &judgement, why);
    return STATUS_OK;
}

static enum status report_begin(const char *host, int port, const char *type, const char *key_base64,
                                unsigned char key[KEY_CAP], size_t *length, struct host_key_report *out,
                                struct failure *why)
{
    memset(out, 0, sizeof *out);
    out->verdict = HOST_KEY_UNREADABLE;
    host_name(host, port, out->host, sizeof out->host);
    (void)snprintf(out->seen_type, sizeof out->seen_type, "%s", type);
    *length = key_decode(out->seen_type, key_base64, strlen(key_base64), key);
    if (*length == 0 || strcspn(out->host, " \t\r\n,#|@") != strlen(out->host))
        return fail(why, STATUS_SSH_FAILED, "the host key of %s can't be parsed", out->host);
    fingerprint_of(key, *length, out->seen);
    return STATUS_OK;
}

enum status host_key_check(const char *file, const char *host, int port, const char *type,
                           const char *key_base64, struct host_key_report *out, struct failure *why)
{
    unsigned char key[KEY_CAP];
    size_t key_length = 0;
    struct bytebuf text = BYTEBUF(FILE_CAP);
    enum status status = report_begin(host, port, type, key_base64, key, &key_length, out, why);
    if (status == STATUS_OK)
        status = file_load(file, &text, why);
    if (status == STATUS_OK)
        status = judge(file, &text, key, key_length, out, why);
    if (status == STATUS_OK && out->verdict == HOST_KEY_NEW) {
        bytebuf_clear(&text);
        status = host_key_pins_text(out->host, &text);
        if (status == STATUS_OK)
            status = judge("memory", &text, key, key_length, out, why);
        out->line = 0;
        out->pinned = out->verdict != HOST_KEY_NEW;
    }
    bytebuf_free(&text);
    return status;
}

bool host_key_pin(const char *host, int port, const char *type, const char *key_base64)
{
    char name[sizeof((struct host_key_report *)0)->host];
    host_name(host, port, name, sizeof name);
    return host_key_pins_add(name, type, key_base64);
}

enum status host_key_types(const char *file, const char *host, int port, char *types, size_t cap,
                           struct failure *why)
{
    char name[sizeof((struct host_key_report *)0)->host];
    size_t used = 0;
    struct bytebuf text = BYTEBUF(FILE_CAP);
    enum status status = file_load(file, &text, why);
    types[0] = '\0';
    if (status == STATUS_OK) {
        struct host_key_line line = {0};
        const char *at = bytebuf_text(&text), *end = at + text.length;
        host_name(host, port, name, sizeof name);
        while (host_key_line_next(&at, end, &line)) {
            enum host_key_naming naming = host_key_line_names(&line, name);
            if ((naming != HOST_KEY_NAMES_IT && naming != HOST_KEY_NAMES_A_PATTERN) ||
                line.marker != HOST_KEY_UNMARKED || used + line.type_length + 2 > cap)
                continue;
            used += (size_t)snprintf(types + used, cap - used, "%s%.*s", used > 0 ? "," : "",
                                     (int)line.type_length, line.type);
        }
    }
    bytebuf_free(&text);
    return status;
}

// --- changes ---

static enum status folder_make(const char *file, struct failure *why)
{
    size_t length = 0;
    errno = file_make_parents(file, &length);
    if (errno == ENAMETOOLONG && length == 0)
        return fail(why, STATUS_STORE_FAILED, "%.100s…: the path is too long", file);
    if (errno != 0)
        return fail(why, STATUS_STORE_FAILED, "%.*s: cannot make the folder: %s", (int)length, file,
                    strerror(errno));
    return STATUS_OK;
}

static enum status line_append(int fd, const char *file, bool at_line_start, const char *name,
                               const char *type, const char *key_base64, struct failure *why)
{
    struct bytebuf line = BYTEBUF(FILE_CAP);
    off_t before = lseek(fd, 0, SEEK_END);
    enum status status =
        bytebuf_print(&line, "%s%s %s %s\n", at_line_start ? "" : "\n", name, type, key_base64);
    if (status != STATUS_OK)
        return fail(why, status, "%s", "");
    if (before < 0 || !file_write_all(fd, line.data, line.length) || fsync(fd) != 0) {
        status = file_failed(file, "write it", why);
        if (before >= 0 && ftruncate(fd, before) != 0)
            status = file_failed(file, "undo a half-written line", why);
    }
    bytebuf_free(&line);
    return status;
}

enum status host_key_add(const char *file, const char *host, int port, const char *type,
                         const char *key_base64, struct failure *why)
{
    struct host_key_report report;
    unsigned char key[KEY_CAP];
    size_t key_length = 0;
    struct bytebuf text = BYTEBUF(FILE_CAP);
    int fd = -1;
    enum status status = report_begin(host, port, type, key_base64, key, &key_length, &report, why);
    if (status == STATUS_OK)
        status = folder_make(file, why);
    if (status == STATUS_OK)
        status = file_open(file, true, LOCK_EX, &fd, why);
    if (status == STATUS_OK)
        status = file_read(fd, file, &text, why);
    if (status == STATUS_OK)
        status = judge(file, &text, key, key_length, &report, why);
    if (status == STATUS_OK && report.verdict == HOST_KEY_CHANGED)
        status = fail(why, STATUS_HOST_KEY_CHANGED, "%s line %d now has another key for %s", file,
                      report.line, report.host);
    else if (status == STATUS_OK && report.verdict == HOST_KEY_NEW)
        status = line_append(fd, file, text.length == 0 || text.data[text.length - 1] == '\n', report.host,
                             type, key_base64, why);
    bytebuf_free(&text);
    if (fd >= 0)
        (void)close(fd);
    return status;
}

// Puts what is to stay in the file's place. The file is locked.
static enum status put_in_place(int fd, const char *file, const struct bytebuf *text, struct failure *why)
{
    struct stat about;
    errno = fstat(fd, &about) != 0
                ? errno
                : file_replace_bytes(AT_FDCWD, file, about.st_mode & 0777, text->data, text->length);
    return errno == 0 ? STATUS_OK : file_failed(file, "write it", why);
}

// Takes the lines that are of this host alone out of text. A pattern or a marker says more than that: the
// number of the first such line, or 0.
static int lines_drop(struct bytebuf *text, const char *name)
{
    struct host_key_line line = {0};
    const char *at = text->data;
    size_t kept = 0;
    int left = 0;
    while (host_key_line_next(&at, text->data + text->length, &line)) {
        enum host_key_naming naming = host_key_line_names(&line, name);
        if (naming == HOST_KEY_NAMES_IT && line.marker == HOST_KEY_UNMARKED)
            continue;
        if (naming != HOST_KEY_NAMES_OTHERS && left == 0)
            left = line.number;
        memmove(text->data + kept, line.start, line.length);
        kept += line.length;
    }
    text->length = kept;
    return left;
}

enum status host_key_forget(const char *file, const char *host, int port, struct failure *why)
{
    char name[sizeof((struct host_key_report *)0)->host];
    struct bytebuf text = BYTEBUF(FILE_CAP);
    int left = 0;
    int fd = -1;
    enum status status = file_open(file, false, LOCK_EX, &fd, why);
    host_name(host, port, name, sizeof name);
    host_key_pins_drop(name);
    if (status == STATUS_OK)
        status = file_read(fd, file, &text, why);
    if (status == STATUS_OK) {
        size_t before = text.length;
        left = lines_drop(&text, name);
        if (text.length < before)
            status = put_in_place(fd, file, &text, why);
    }
    if (status == STATUS_OK && left != 0)
        status = advise(why,
                        fail(why, STATUS_STORE_FAILED,
                             "%s line %d also matches %s, by a pattern or a marker, and was kept", file, left,
                             name),
                        "edit that line yourself");
    bytebuf_free(&text);
    if (fd >= 0)
        (void)close(fd);
    return status;
}
