// SPDX-License-Identifier: Apache-2.0
//
// renewal_flags: Read, change and replace the file "renewal" under a lock of its own, so that readers see
// one state or the other.

#include "api/expiry/renewal_flags.h"

#include "api/base/file_util.h"
#include "api/fleet/lifetime_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name[] = "renewal", name_lock[] = "renewal.lock";

struct renewal_flags {
    struct lifetime_map *table; // stage 1: on
    enum renewal_fleet fleet;
};

struct renewal_flags *renewal_flags_new(void)
{
    struct renewal_flags *flags = calloc(1, sizeof *flags);
    if (flags == NULL)
        return NULL;
    flags->table = lifetime_map_new();
    if (flags->table != NULL)
        return flags;
    free(flags);
    return NULL;
}

void renewal_flags_free(struct renewal_flags *flags)
{
    if (flags == NULL)
        return;
    lifetime_map_free(flags->table);
    free(flags);
}

static bool set_flag(struct renewal_flags *flags, const char *sandbox_id, const char *id, bool on)
{
    bool made = false;
    struct life *flag = lifetime_map_get(flags->table, sandbox_id, id);
    if (flag == NULL && !on)
        return true;
    if (flag == NULL && lifetime_map_count(flags->table) < RENEWAL_FLAGS_MAX)
        flag = lifetime_map_add(flags->table, sandbox_id, id, &made);
    if (flag == NULL)
        return false;
    flag->stage = on;
    return true;
}

bool renewal_flags_get(const struct renewal_flags *flags, const char *sandbox_id, const char *id)
{
    const struct life *flag = lifetime_map_get(flags->table, sandbox_id, id);
    return flag != NULL && flag->stage != 0;
}

enum renewal_fleet renewal_flags_fleet(const struct renewal_flags *flags)
{
    return flags->fleet;
}

// --- its text ---

static bool parse_line(struct renewal_flags *flags, char *line)
{
    char *blank = strchr(line, ' ');
    const char *id = "";
    if (strncmp(line, "fleet ", 6) == 0) { // also a cut one is no sandbox of that name
        bool on = strcmp(line + 6, "on") == 0;
        flags->fleet = on ? RENEWAL_FLEET_ON : RENEWAL_FLEET_OFF;
        return on || strcmp(line + 6, "off") == 0;
    }
    if (blank != NULL) {
        *blank = '\0';
        id = blank + 1;
        if (!id_is_valid(id))
            return false;
    }
    return id_is_valid(line) && set_flag(flags, line, id, true);
}

int renewal_flags_parse(struct renewal_flags *flags, const char *text)
{
    char line[LIFE_KEY_CAP + 1];
    int wrong = 0;
    for (int number = 1; *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        bool good = length < sizeof line;
        if (good) {
            memcpy(line, text, length);
            line[length] = '\0';
            good = length == 0 || parse_line(flags, line);
        }
        if (!good && wrong == 0)
            wrong = number;
        text += length + (text[length] == '\n');
    }
    return wrong;
}

enum status renewal_flags_format(const struct renewal_flags *flags, struct bytebuf *out)
{
    static const char *const fleet[] = {"", "fleet off\n", "fleet on\n"};
    enum status status = bytebuf_add_text(out, fleet[flags->fleet]);
    for (size_t i = 0; status == STATUS_OK && i < lifetime_map_count(flags->table); i++) {
        const struct life *flag = lifetime_map_at(flags->table, i);
        size_t length = strlen(flag->key);
        if (flag->key[length - 1] == ' ') // of a whole sandbox
            length--;
        if (flag->stage != 0)
            status = bytebuf_print(out, "%.*s\n", (int)length, flag->key);
    }
    return status;
}

// --- the file ---

static enum status trouble(const char *folder, const char *what, struct failure *why)
{
    return fail(why, STATUS_STORE_FAILED, "%s/%s: %s", folder, what, strerror(errno));
}

static enum status read_into(int at, const char *folder, struct renewal_flags *flags, struct failure *why)
{
    struct bytebuf text = BYTEBUF(RENEWAL_FILE_CAP);
    struct stat about;
    int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OK : trouble(folder, name, why);
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) { // a pipe would read as empty
        (void)close(fd);
        return fail(why, STATUS_STORE_FAILED, "%s/%s is not a regular file", folder, name);
    }
    enum status status = file_read_all(fd, &text);
    if (status == STATUS_OK || status == STATUS_TOO_LARGE) {
        const char *lines = bytebuf_text(&text);
        bool whole = status == STATUS_OK && strlen(lines) == text.length; // no NUL in it
        int wrong = whole ? renewal_flags_parse(flags, lines) : 1;
        status =
            wrong == 0
                ? STATUS_OK
                : advise(why, fail(why, STATUS_STORE_FAILED, "can't parse %s/%s:%d", folder, name, wrong),
                         "correct that line, or remove the file and choose again");
    } else {
        status = trouble(folder, name, why);
    }
    bytebuf_free(&text);
    (void)close(fd);
    return status;
}

static enum status write_out(int at, const char *folder, const struct renewal_flags *flags,
                             struct failure *why)
{
    struct bytebuf text = BYTEBUF(RENEWAL_FILE_CAP);
    enum status status = renewal_flags_format(flags, &text);
    if (status != STATUS_OK)
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", name);
    errno = file_replace_bytes(at, name, 0600, bytebuf_text(&text), text.length);
    if (errno != 0)
        status = trouble(folder, name, why);
    bytebuf_free(&text);
    return status;
}

static bool apply(struct renewal_flags *flags, const struct renewal_change *change)
{
    if (change->fleet != RENEWAL_FLEET_DEFAULT)
        flags->fleet = change->fleet;
    if (change->sandbox_id[0] == '\0')
        return true;
    if (change->to_id[0] == '\0')
        return set_flag(flags, change->sandbox_id, change->id, change->on);
    if (!renewal_flags_get(flags, change->sandbox_id, change->id))
        return true;
    return set_flag(flags, change->sandbox_id, change->id, false) &&
           set_flag(flags, change->sandbox_id, change->to_id, true);
}

static enum status read_change_write(const char *folder, const struct renewal_change *change,
                                     struct renewal_flags *flags, struct failure *why)
{
    enum status status = STATUS_OK;
    int lock = -1;
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (at < 0)
        return errno == ENOENT && change == NULL ? STATUS_OK : trouble(folder, "", why);
    if (change != NULL) {
        lock = openat(at, name_lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (lock < 0 || flock(lock, LOCK_EX) != 0)
            status = trouble(folder, name_lock, why);
    }
    if (status == STATUS_OK)
        status = read_into(at, folder, flags, why);
    if (status == STATUS_OK && change != NULL && !apply(flags, change))
        status = fail(why, STATUS_BAD_ARGUMENT,
                      "%d sandboxes are already set to auto-renew (set it for the whole fleet)",
                      RENEWAL_FLAGS_MAX);
    if (status == STATUS_OK && change != NULL)
        status = write_out(at, folder, flags, why);
    if (lock >= 0)
        (void)close(lock);
    (void)close(at);
    return status;
}

enum status renewal_flags_change(const char *folder, const struct renewal_change *change,
                                 struct renewal_flags **out, struct failure *why)
{
    struct renewal_flags *flags = renewal_flags_new();
    *out = NULL;
    if (flags == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", name);
    enum status status = read_change_write(folder, change, flags, why);
    if (status == STATUS_OK)
        *out = flags;
    else
        renewal_flags_free(flags);
    return status;
}

enum status renewal_flags_load(const char *folder, struct renewal_flags **out, struct failure *why)
{
    return renewal_flags_change(folder, NULL, out, why);
}
