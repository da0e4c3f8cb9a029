// SPDX-License-Identifier: Apache-2.0
//
// config_watch: An event in one of two folders, that of the path and that of what a link there leads to,
// starts a short wait; then the file is read, and read again a moment later: it counts when both are the
// same. Folders are watched, not the file, since editors put another one in its place.

#include "api/config/config_watch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FOLDERS = 2,
    LINKS_MAX = 40,       // one behind another
    SETTLE_MS = 150,      // from an event to the first reading, and to the second
    SETTLE_GONE_MS = 1000 // the same for a file that is gone or empty: another one may be coming
};

// What a reading found.
struct found {
    struct config_text *text; // NULL: why
    struct failure why;
};

struct config_watch {
    uv_loop_t *loop;
    config_watch_changed *changed;
    void *ctx;
    char *path;
    uv_fs_event_t events[FOLDERS];
    char *folders[FOLDERS]; // that are watched; NULL none
    uv_timer_t timer;
    uv_work_t work;
    int handles; // that are not closed yet, and the work
    bool working, closing;
    bool again; // something has happened since the reading began
    bool tell;  // also when nothing has changed
    struct found told, pending;
    bool is_pending;
    // The worker's.
    struct found read;
    char *found_folders[FOLDERS];
};

static void found_free(struct found *found)
{
    config_text_free(found->text);
    *found = (struct found){.text = NULL};
}

static bool is_same(const struct found *a, const struct found *b)
{
    if (a->text == NULL || b->text == NULL)
        return a->text == b->text && strcmp(a->why.message, b->why.message) == 0;
    return a->text->there == b->text->there && a->text->open_to == b->text->open_to &&
           a->text->raw.length == b->text->raw.length &&
           (a->text->raw.length == 0 ||
            memcmp(a->text->raw.data, b->text->raw.data, a->text->raw.length) == 0);
}

// --- on the worker ------------------------------------------------------------------------

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? NULL : strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

// The folder of the path, or the nearest above it that is there.
static char *standing_folder(const char *path)
{
    char *folder = folder_of(path);
    while (folder != NULL && access(folder, F_OK) != 0 && strcmp(folder, "/") != 0) {
        char *above = folder_of(folder);
        free(folder);
        folder = above;
    }
    return folder;
}

// What a link there says, as a path; NULL: there is no link.
static char *link_target(const char *path)
{
    char link[PATH_MAX];
    char *target = NULL;
    ssize_t length = readlink(path, link, sizeof link - 1);
    const char *slash = strrchr(path, '/');
    if (length < 0 || slash == NULL)
        return NULL;
    link[length] = '\0';
    int folder = link[0] == '/' ? 0 : (int)(slash - path) + 1;
    return asprintf(&target, "%.*s%s", folder, path, link) >= 0 ? target : NULL;
}

// Where links lead whose end is not there: it comes again, as when other people's files are checked out.
static char *folder_behind_links(const char *path)
{
    char *at = link_target(path), *folder = NULL;
    for (int links = 0; at != NULL && links < LINKS_MAX; links++) {
        char *next = link_target(at);
        if (next == NULL || links + 1 == LINKS_MAX)
            folder = standing_folder(at);
        free(at);
        at = next;
    }
    free(at);
    return folder;
}

static void find_folders(const char *path, char *out[FOLDERS])
{
    char real[PATH_MAX];
    out[0] = standing_folder(path);
    out[1] = realpath(path, real) != NULL ? folder_of(real) : folder_behind_links(path);
}

static void read_file(const char *path, struct found *out)
{
    *out = (struct found){.text = NULL};
    (void)config_text_read(path, &out->text, &out->why);
}

static void on_work(uv_work_t *work)
{
    struct config_watch *watch = work->data;
    find_folders(watch->path, watch->found_folders);
    read_file(watch->path, &watch->read);
}

// --- on the loop --------------------------------------------------------------------------

static void look(struct config_watch *watch);

static void watch_free(struct config_watch *watch)
{
    found_free(&watch->told);
    found_free(&watch->pending);
    found_free(&watch->read);
    for (size_t i = 0; i < FOLDERS; i++) {
        free(watch->folders[i]);
        free(watch->found_folders[i]);
    }
    free(watch->path);
    free(watch);
}

static void let_go(struct config_watch *watch)
{
    if (--watch->handles == 0)
        watch_free(watch);
}

static void on_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

static void look_in(struct config_watch *watch, uint64_t ms)
{
    watch->again = true;
    if (!watch->working && !uv_is_active((uv_handle_t *)&watch->timer))
        (void)uv_timer_start(&watch->timer, on_timer, ms, 0);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct config_watch *watch = event->data;
    (void)name;
    (void)events;
    (void)status;
    if (!watch->closing)
        look_in(watch, SETTLE_MS);
}

// Each time anew: the folder of that name may be another one by now.
static void watch_folders(struct config_watch *watch)
{
    for (size_t i = 0; i < FOLDERS; i++) {
        (void)uv_fs_event_stop(&watch->events[i]);
        if (watch->folders[i] != NULL)
            (void)uv_fs_event_start(&watch->events[i], on_event, watch->folders[i], 0);
    }
}

static bool is_same_folder(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

// True: they are others than those watched, so that a change may have been missed.
static bool take_folders(struct config_watch *watch)
{
    bool others = false;
    for (size_t i = 0; i < FOLDERS; i++) {
        others = others || !is_same_folder(watch->folders[i], watch->found_folders[i]);
        free(watch->folders[i]);
        watch->folders[i] = watch->found_folders[i];
        watch->found_folders[i] = NULL;
    }
    watch_folders(watch);
    return others;
}

static void tell(struct config_watch *watch)
{
    watch->tell = false;
    found_free(&watch->told);
    watch->told = watch->read;
    watch->read = (struct found){.text = NULL};
    watch->changed(watch->ctx, watch->told.text, &watch->told.why);
}

static void take_reading(struct config_watch *watch)
{
    const struct config_text *text = watch->read.text;
    bool settled = watch->is_pending && is_same(&watch->read, &watch->pending);
    bool news = watch->tell || !is_same(&watch->read, &watch->told);
    found_free(&watch->pending);
    watch->is_pending = news && !settled;
    if (!news) {
        found_free(&watch->read);
    } else if (settled) {
        tell(watch);
    } else {
        bool gone = text != NULL && text->raw.length == 0;
        watch->pending = watch->read;
        watch->read = (struct found){.text = NULL};
        look_in(watch, gone ? SETTLE_GONE_MS : SETTLE_MS);
    }
}

static void on_work_done(uv_work_t *work, int status)
{
    struct config_watch *watch = work->data;
    watch->working = false;
    if (!watch->closing && status == 0) {
        bool again = watch->again;
        watch->again = false;
        if (take_folders(watch) || again)
            look_in(watch, SETTLE_MS);
        take_reading(watch);
    }
    let_go(watch);
}

static void look(struct config_watch *watch)
{
    if (watch->closing || watch->working)
        return;
    watch->again = false;
    watch->working = uv_queue_work(watch->loop, &watch->work, on_work, on_work_done) == 0;
    watch->handles += watch->working;
}

// --- beginning and ending -----------------------------------------------------------------

struct config_watch *config_watch_new(uv_loop_t *loop, const char *path, config_watch_changed *changed,
                                      void *ctx)
{
    struct config_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->path = strdup(path);
    if (watch->path == NULL) {
        free(watch);
        return NULL;
    }
    watch->loop = loop;
    watch->changed = changed;
    watch->ctx = ctx;
    watch->work.data = watch;
    (void)uv_timer_init(loop, &watch->timer);
    watch->timer.data = watch;
    for (size_t i = 0; i < FOLDERS; i++) {
        (void)uv_fs_event_init(loop, &watch->events[i]);
        watch->events[i].data = watch;
        uv_unref((uv_handle_t *)&watch->events[i]);
    }
    watch->handles = 1 + FOLDERS;
    find_folders(path, watch->folders);
    watch_folders(watch);
    read_file(path, &watch->told);
    return watch;
}

void config_watch_look(struct config_watch *watch)
{
    watch->tell = true;
    look_in(watch, 0);
}

void config_watch_free(struct config_watch *watch)
{
    if (watch == NULL)
        return;
    watch->closing = true;
    if (watch->working)
        (void)uv_cancel((uv_req_t *)&watch->work); // on_work_done comes all the same
    uv_close((uv_handle_t *)&watch->timer, on_closed);
    for (size_t i = 0; i < FOLDERS; i++)
        uv_close((uv_handle_t *)&watch->events[i], on_closed);
}
