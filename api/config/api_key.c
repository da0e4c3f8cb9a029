// SPDX-License-Identifier: Apache-2.0
//
// api_key: The places in their order, read at once or on a worker thread.

#include "api/config/api_key.h"

#include "api/base/file_util.h"
#include "api/base/private_path.h"
#include "api/config/key_command.h"
#include "api/config/key_text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 64 * 1024 };

static const char no_key[] = "no API key";
static const char all_ways[] =
    "set LEAP0_API_KEY, or api_key_command or api_key_file in the settings, or give "
    "the systemd credential leap0_api_key";

// What is read without the loop's thread: all of it its own.
struct places {
    char *command, *file, *credential; // NULL: not set
    char **environment;                // a list of its own, whose texts are the program's
    enum key_place place;
    char profile[PROFILE_CAP]; // whose server the key must be of; "" none
};

// --- the places ---------------------------------------------------------------------------

static bool is_variable(const char *pair, const char *name)
{
    size_t length = strlen(name);
    return strncmp(pair, name, length) == 0 && pair[length] == '=';
}

static char **environment_without_keys(void)
{
    size_t count = 0, used = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        if (!is_variable(environ[i], "LEAP0_API_KEY") && !is_variable(environ[i], "LEAP0_OLD_API_KEY"))
            list[used++] = environ[i];
    return list;
}

static void places_free(struct places *places)
{
    free(places->command);
    free(places->file);
    free(places->credential);
    free(places->environment);
}

// "": NULL. False: no memory.
static bool copy(const char *text, char **out)
{
    *out = text[0] != '\0' ? strdup(text) : NULL;
    return text[0] == '\0' || *out != NULL;
}

// To be freed also when it fails.
static enum status places_take(const struct config *config, struct places *out, struct failure *why)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char path[PATH_MAX] = "";
    if (folder != NULL && folder[0] == '/' &&
        snprintf(path, sizeof path, "%s/leap0_api_key", folder) >= (int)sizeof path)
        return fail(why, STATUS_KEY_REFUSED, "the path of CREDENTIALS_DIRECTORY is too long");
    out->environment = environment_without_keys();
    out->place = config->key_place;
    (void)snprintf(out->profile, sizeof out->profile, "%s", config->profile);
    if (out->environment != NULL && copy(config->key_command, &out->command) &&
        copy(config->key_file, &out->file) && copy(path, &out->credential))
        return STATUS_OK;
    return fail(why, STATUS_NO_MEMORY, "no memory for the API key's places");
}

// --- a file -------------------------------------------------------------------------------

// systemd's are root's or ours, and where an ACL lets us read one its mode shows that as the group's.
static enum status check_credential(const char *path, const struct stat *facts, struct failure *why)
{
    if (!S_ISREG(facts->st_mode))
        return fail(why, STATUS_STORE_UNSAFE, "%s is not a file", path);
    if (facts->st_uid != geteuid() && facts->st_uid != 0)
        return fail(why, STATUS_STORE_UNSAFE, "%s belongs to user %u, not to you (%u) or root", path,
                    (unsigned)facts->st_uid, (unsigned)geteuid());
    if ((facts->st_mode & (S_IWGRP | S_IRWXO)) != 0)
        return fail(why, STATUS_STORE_UNSAFE, "%s is accessible to others, mode %03o", path,
                    (unsigned)facts->st_mode & 0777);
    return STATUS_OK;
}

static enum status read_key(int fd, const char *name, const char *path, struct secret **key,
                            struct failure *why)
{
    struct bytebuf text = BYTEBUF(KEY_FILE_MAX);
    enum status status = file_read_all(fd, &text);
    if (status == STATUS_STORE_FAILED)
        status = fail(why, STATUS_KEY_REFUSED, "%s %s: %s", name, path, strerror(errno));
    else if (status == STATUS_TOO_LARGE)
        status = fail(why, STATUS_KEY_REFUSED, "%s %s is larger than %d KiB", name, path, KEY_FILE_MAX >> 10);
    else if (status != STATUS_OK)
        status = fail(why, status, "no memory for %s", path);
    else {
        char what[512];
        (void)snprintf(what, sizeof what, "%s %.400s", name, path);
        status = key_from_text(what, bytebuf_text(&text), strcspn(bytebuf_text(&text), "\n"), key, why);
        status = key_misread(status, "write the API key on its first line", why);
    }
    bytebuf_free(&text);
    return status;
}

// What was opened is what is looked at, through links too: where they lead is ours alone, or refused.
static enum status key_of_file(const char *name, const char *path, bool of_systemd, struct secret **key,
                               struct failure *why)
{
    struct stat facts;
    struct failure more = {.status = STATUS_OK};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &facts) != 0) {
        (void)fail(why, STATUS_KEY_REFUSED, "%s %s: %s", name, path, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return advise(why, STATUS_KEY_REFUSED, "make it, with the API key on its first line and mode 0600");
    }
    enum status status =
        of_systemd ? check_credential(path, &facts, &more) : private_check(path, &facts, false, &more);
    if (status == STATUS_OK) {
        status = read_key(fd, name, path, key, why);
    } else {
        status = fail(why, STATUS_KEY_REFUSED, "%s: %s", name, more.message);
        (void)advise(why, status, "%s", more.advice[0] != '\0' ? more.advice : failure_advice(&more));
    }
    (void)close(fd);
    return status;
}

// --- in their order -----------------------------------------------------------------------

static enum status key_of_places(const struct places *places, int cancel_fd, struct secret **key,
                                 struct failure *why)
{
    const struct key_command run = {.command = places->command,
                                    .environment = places->environment,
                                    .timeout_ms = API_KEY_COMMAND_MS,
                                    .cancel_fd = cancel_fd};
    *key = NULL;
    if (places->place == KEY_NOT_OF_PROFILE || places->place == KEY_OF_VARIABLE)
        return advise(why,
                      fail(why, STATUS_KEY_REFUSED,
                           "the profile %s has a base_url of its own and no API key for it", places->profile),
                      "set api_key_command or api_key_file in [profile %s]", places->profile);
    if (places->command != NULL)
        return key_command_run(&run, key, why);
    if (places->file != NULL)
        return key_of_file("api_key_file", places->file, false, key, why);
    if (places->credential != NULL && (access(places->credential, F_OK) == 0 || errno != ENOENT))
        return key_of_file("the systemd credential", places->credential, true, key, why);
    return advise(why, fail(why, STATUS_KEY_MISSING, "%s", no_key), "%s", all_ways);
}

static bool keeps;
static struct secret *kept; // what the environment had

void api_key_keep(bool keep)
{
    keeps = keep;
    if (keep)
        return;
    secret_free(kept);
    kept = NULL;
}

static enum status take_or_keep(struct secret **key, struct failure *why)
{
    enum status status = config_take_api_key(key, why);
    if (status == STATUS_OK && keeps) {
        secret_free(kept);
        kept = secret_copy(*key);
    } else if (status == STATUS_KEY_MISSING && kept != NULL) {
        *key = secret_copy(kept);
        status = *key != NULL ? STATUS_OK : fail(why, STATUS_NO_MEMORY, "no memory for the API key");
    }
    return status;
}

// LEAP0_API_KEY. False: it is to be looked for elsewhere; a variable that is empty says as much.
static bool key_of_environment(const struct places *places, struct secret **key, struct failure *why,
                               enum status *status)
{
    bool set = getenv("LEAP0_API_KEY") != NULL;
    bool elsewhere = places->place != KEY_ANY || places->command != NULL || places->file != NULL ||
                     places->credential != NULL;
    *status = take_or_keep(key, why);
    if (places->place != KEY_ANY &&
        places->place !=
            KEY_OF_VARIABLE) { // it is another server's, or may be: out of the environment, unused
        secret_free(*key);
        *key = NULL;
        *status = STATUS_OK;
        return false;
    }
    if (*status == STATUS_KEY_MISSING && set && !elsewhere)
        (void)advise(why, *status, "%s", all_ways);
    return *status != STATUS_KEY_MISSING || (set && !elsewhere);
}

enum status api_key_find(const struct config *config, struct secret **key, struct failure *why)
{
    struct places places = {.command = NULL};
    *key = NULL;
    enum status status = places_take(config, &places, why);
    if (status == STATUS_OK && !key_of_environment(&places, key, why, &status))
        status = key_of_places(&places, -1, key, why);
    places_free(&places);
    return status;
}

// --- beside the loop ----------------------------------------------------------------------

struct api_key_request {
    uv_work_t work;
    struct places places;
    bool found; // in the environment, or refused there
    int cancel[2];
    struct secret *key;
    struct failure why;
    api_key_done *done; // NULL: cancelled
    void *ctx;
};

static void on_worker(uv_work_t *work)
{
    struct api_key_request *request = work->data;
    if (!request->found &&
        key_of_places(&request->places, request->cancel[0], &request->key, &request->why) == STATUS_OK)
        request->why.status = STATUS_OK;
}

static void request_free(struct api_key_request *request)
{
    places_free(&request->places);
    for (size_t i = 0; i < 2; i++)
        if (request->cancel[i] >= 0)
            (void)close(request->cancel[i]);
    free(request);
}

static void on_done(uv_work_t *work, int status)
{
    struct api_key_request *request = work->data;
    api_key_done *done = request->done;
    void *ctx = request->ctx;
    struct secret *key = request->key;
    struct failure why = request->why;
    (void)status;
    request_free(request);
    if (done != NULL)
        done(ctx, key, &why);
    else
        secret_free(key);
}

enum status api_key_ask(uv_loop_t *loop, const struct config *config, api_key_done *done, void *ctx,
                        struct api_key_request **out, struct failure *why)
{
    struct api_key_request *request = calloc(1, sizeof *request);
    enum status status = STATUS_OK;
    *out = NULL;
    if (request == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the API key");
    request->cancel[0] = request->cancel[1] = -1;
    status = places_take(config, &request->places, why);
    if (status == STATUS_OK && pipe2(request->cancel, O_CLOEXEC | O_NONBLOCK) != 0)
        status = fail(why, STATUS_NO_MEMORY, "no pipe for the API key: %s", strerror(errno));
    if (status == STATUS_OK) {
        enum status found = STATUS_OK;
        request->found = key_of_environment(&request->places, &request->key, &request->why, &found);
        request->done = done;
        request->ctx = ctx;
        request->work.data = request;
        if (uv_queue_work(loop, &request->work, on_worker, on_done) != 0)
            status = fail(why, STATUS_NO_MEMORY, "no worker for the API key");
    }
    if (status != STATUS_OK) {
        secret_free(request->key);
        request_free(request);
        return status;
    }
    *out = request;
    return STATUS_OK;
}

void api_key_cancel(struct api_key_request *request)
{
    if (request == NULL)
        return;
    request->done = NULL;
    if (uv_cancel((uv_req_t *)&request->work) == 0)
        return; // on_done comes all the same
    (void)close(request->cancel[1]);
    request->cancel[1] = -1;
}
