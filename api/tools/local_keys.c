// SPDX-License-Identifier: Apache-2.0
//
// local_keys: Two key pairs in a folder. What is whole is only read, so that a disk that can't be written any
// more stops nobody; what is missing or damaged is made under a lock.

#include "api/tools/local_keys.h"

#include "api/base/bytebuf.h"
#include "api/base/file_util.h"
#include "api/base/private_path.h"
#include "api/tools/key_text.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 16 * 1024, LINE_CAP = 256, LOCK_TRIES = 1000, LOCK_LOOK_MS = 5 };

// A private key, and the line with its public half, which follows it.
struct pair {
    const char *private_path, *public_path;
    const char *before, *after; // the public half's, on that line
};

// --- paths --------------------------------------------------------------------------------

enum status local_keys_paths(const char *state_folder, struct local_keys *out, struct failure *why)
{
    char *const paths[] = {out->folder,   out->host_key,     out->known_hosts,
                           out->identity, out->identity_pub, out->config};
    static const char *const names[] = {"",          "/host_key",     "/known_hosts",
                                        "/identity", "/identity.pub", "/config"};
    size_t length = strlen(state_folder);
    while (length > 1 && state_folder[length - 1] == '/') // "link/" would be looked at through the link
        length--;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (snprintf(paths[i], LOCAL_PATH_CAP, "%.*s/ssh%s", (int)length, state_folder, names[i]) >=
            LOCAL_PATH_CAP)
            return fail(why, STATUS_BAD_ARGUMENT, "the path of state_folder is too long: %.200s",
                        state_folder);
    return STATUS_OK;
}

// --- one file -----------------------------------------------------------------------------

static enum status failed(const char *path, int error, struct failure *why)
{
    return advise(why, fail(why, STATUS_STORE_FAILED, "%s: %s", path, strerror(error)), "%s",
                  error == ENOSPC || error == EDQUOT ? "free some disk space"
                                                     : "check the disk and your permissions");
}

// Its text; empty where there is none, and where it is longer than any of ours.
static enum status read_own(const char *path, struct bytebuf *text, struct failure *why)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return STATUS_OK;
    if (fd < 0 && errno == ELOOP)
        return advise(why, fail(why, STATUS_STORE_UNSAFE, "%s is a symbolic link, which is refused", path),
                      "remove it, and it is made anew");
    if (fd < 0 && errno == EACCES && lstat(path, &facts) == 0 && facts.st_uid == geteuid())
        return advise(why, fail(why, STATUS_STORE_UNSAFE, "%s: you may not read it", path), "chmod 600 %s",
                      path);
    if (fd < 0)
        return failed(path, errno, why);
    enum status status =
        fstat(fd, &facts) != 0 ? failed(path, errno, why) : private_check(path, &facts, false, why);
    if (status == STATUS_OK) {
        status = file_read_all(fd, text);
        if (status == STATUS_STORE_FAILED)
            status = failed(path, errno, why);
        else if (status == STATUS_NO_MEMORY)
            status = fail(why, status, "no memory for %s", path);
        else if (status == STATUS_TOO_LARGE) {
            bytebuf_clear(text);
            status = STATUS_OK;
        }
    }
    (void)close(fd);
    return status;
}

static enum status write_own(const char *path, const char *text, struct failure *why)
{
    int error = file_replace_bytes(AT_FDCWD, path, 0600, text, strlen(text));
    return error == 0 ? STATUS_OK : failed(path, error, why);
}

// --- a key --------------------------------------------------------------------------------

// *key is NULL when there is none, or one that isn't ours or isn't whole.
static enum status load_key(const char *path, ssh_key *key, struct failure *why)
{
    struct bytebuf text = BYTEBUF(KEY_FILE_MAX);
    enum status status = read_own(path, &text, why);
    *key = NULL;
    if (status == STATUS_OK && text.length > 0 && strlen(text.data) == text.length &&
        ssh_pki_import_privkey_base64(text.data, NULL, NULL, NULL, key) != SSH_OK)
        *key = NULL;
    if (*key != NULL && ssh_key_type(*key) != SSH_KEYTYPE_ED25519) {
        ssh_key_free(*key);
        *key = NULL;
    }
    bytebuf_free(&text);
    return status;
}

static enum status new_key(const char *path, ssh_key *key, struct failure *why)
{
    char text[KEY_TEXT_CAP];
    *key = NULL;
    if (!key_text_new(text) || ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, key) != SSH_OK)
        return fail(why, STATUS_NO_MEMORY, "can't make a key for %s", path);
    enum status status = write_own(path, text, why);
    explicit_bzero(text, sizeof text);
    return status;
}

static enum status public_line(const struct pair *pair, ssh_key key, char line[LINE_CAP], struct failure *why)
{
    char *text = NULL;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
        return fail(why, STATUS_NO_MEMORY, "no memory for %s", pair->public_path);
    (void)snprintf(line, LINE_CAP, "%sssh-ed25519 %s%s\n", pair->before, text, pair->after);
    ssh_string_free_char(text);
    return STATUS_OK;
}

// --- a pair -------------------------------------------------------------------------------

// Whole: both are there, and the public line is the private key's. With `mend`, what isn't is made.
static enum status see_to(const struct pair *pair, bool mend, bool *whole, struct failure *why)
{
    char line[LINE_CAP] = "";
    ssh_key key = NULL;
    struct bytebuf text = BYTEBUF(KEY_FILE_MAX);
    enum status status = load_key(pair->private_path, &key, why);
    if (status == STATUS_OK)
        status = read_own(pair->public_path, &text, why);
    if (status == STATUS_OK && key == NULL && mend)
        status = new_key(pair->private_path, &key, why);
    if (status == STATUS_OK && key != NULL)
        status = public_line(pair, key, line, why);
    *whole = status == STATUS_OK && key != NULL && strcmp(bytebuf_text(&text), line) == 0 &&
             text.length == strlen(line);
    if (status == STATUS_OK && !*whole && mend)
        status = write_own(pair->public_path, line, why);
    bytebuf_free(&text);
    ssh_key_free(key);
    return status;
}

static enum status see_to_all(const struct local_keys *keys, bool mend, bool *whole, struct failure *why)
{
    const struct pair pairs[] = {{keys->host_key, keys->known_hosts, LOCAL_HOST_ALIAS " ", ""},
                                 {keys->identity, keys->identity_pub, "", " sbxdeck"}};
    bool first = false, second = false;
    enum status status = see_to(&pairs[0], mend, &first, why);
    if (status == STATUS_OK)
        status = see_to(&pairs[1], mend, &second, why);
    *whole = first && second;
    return status;
}

// Whoever else makes them is at it for a moment only.
enum status local_keys_lock(const struct local_keys *keys, int *fd, struct failure *why)
{
    char path[LOCAL_PATH_CAP + 8];
    const struct timespec pause = {.tv_nsec = LOCK_LOOK_MS * 1000000L};
    (void)snprintf(path, sizeof path, "%s/.lock", keys->folder);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        return failed(path, errno, why);
    int error = EWOULDBLOCK;
    for (int i = 0; i < LOCK_TRIES && (error == EWOULDBLOCK || error == EINTR); i++) {
        if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
            return STATUS_OK;
        error = errno;
        (void)nanosleep(&pause, NULL);
    }
    (void)close(*fd);
    *fd = -1;
    return error == EWOULDBLOCK ? fail(why, STATUS_STORE_LOCKED, "%s: locked by another process", path)
                                : failed(path, error, why);
}

enum status local_keys_make(const char *state_folder, struct local_keys *out, struct failure *why)
{
    struct local_keys keys;
    bool whole = false;
    int fd = -1;
    enum status status = local_keys_paths(state_folder, &keys, why);
    if (status == STATUS_OK && state_folder[0] != '/')
        status =
            fail(why, STATUS_BAD_ARGUMENT, "state_folder '%.200s' is not an absolute path", state_folder);
    if (status == STATUS_OK)
        status = private_folder_make(keys.folder, why);
    if (status == STATUS_OK)
        status = see_to_all(&keys, false, &whole, why);
    if (status == STATUS_OK && !whole) {
        status = local_keys_lock(&keys, &fd, why);
        if (status == STATUS_OK)
            status = see_to_all(&keys, true, &whole, why);
        if (fd >= 0)
            (void)close(fd);
    }
    if (status == STATUS_OK && out != NULL)
        *out = keys;
    return status;
}
