// SPDX-License-Identifier: Apache-2.0
//
// recording: Write a recording to its file on a worker thread: open, write what waits, close, one job at a
// time. That keeps the order; the loop only swaps buffers.

#include "views/session/recording.h"

#include "api/base/file_util.h"
#include "api/base/time_util.h"
#include "tui/base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_CAP = 192, PATH_ROOM = PATH_CAP + NAME_CAP + 64, TRIES = 100, WRITE_EVERY_MS = 500 };

struct recording {
    struct app *app;
    struct cast_writer *writer;
    int64_t began;
    uv_timer_t *timer; // to the next write
    uv_work_t work;
    bool working, ending, told_full;

    // The job's, while working.
    char folder[PATH_CAP + 16], name[NAME_CAP], path[PATH_ROOM];
    int file; // -1 before it is open and after a failure
    char *bytes;
    size_t length;
    bool closing;
    int trouble; // errno, 0 none
};

static void next_job(struct recording *recording);

// --- on the worker ------------------------------------------------------------------------

static int open_new(struct recording *recording)
{
    struct stat status;
    int error = file_make_folders(recording->folder, NULL);
    if (error != 0)
        return error;
    if (lstat(recording->folder, &status) != 0)
        return errno;
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        return ENOTDIR;
    for (int i = 0; i < TRIES; i++) {
        char suffix[16] = "";
        if (i > 0)
            (void)snprintf(suffix, sizeof suffix, "-%d", i);
        (void)snprintf(recording->path, sizeof recording->path, "%s/%s%s.cast", recording->folder,
                       recording->name, suffix);
        recording->file = open(recording->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (recording->file >= 0)
            return 0;
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

static void run(uv_work_t *work)
{
    struct recording *recording = work->data;
    if (recording->file < 0)
        recording->trouble = open_new(recording);
    if (recording->trouble == 0 && !file_write_all(recording->file, recording->bytes, recording->length))
        recording->trouble = errno;
    if (recording->trouble == 0 && recording->closing && fsync(recording->file) != 0)
        recording->trouble = errno;
    if ((recording->closing || recording->trouble != 0) && recording->file >= 0) {
        (void)close(recording->file);
        recording->file = -1;
    }
}

// --- on the loop --------------------------------------------------------------------------

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void free_all(struct recording *recording)
{
    uv_close((uv_handle_t *)recording->timer, on_timer_closed);
    cast_writer_free(recording->writer);
    free(recording);
}

static void tell(const struct recording *recording)
{
    if (recording->app->quitting)
        return;
    if (recording->trouble != 0)
        app_toast(recording->app, TOAST_ERROR, "Recording stopped, %s: %s", strerror(recording->trouble),
                  recording->path);
    else
        app_toast(recording->app, TOAST_INFO, "Recorded to %s (sbxdeck play shows it)", recording->path);
}

static void on_run(uv_work_t *work, int status)
{
    struct recording *recording = work->data;
    bool over = recording->closing || recording->trouble != 0;
    (void)status;
    recording->working = false;
    if (recording->bytes != NULL)
        explicit_bzero(recording->bytes, recording->length);
    free(recording->bytes);
    recording->bytes = NULL;
    recording->length = 0;
    if (over && (recording->ending || recording->trouble != 0) && !recording->told_full) {
        recording->told_full = true;
        tell(recording);
    }
    if (!recording->ending)
        return;
    if (over)
        free_all(recording);
    else
        next_job(recording);
}

static void next_job(struct recording *recording)
{
    if (recording->working || recording->trouble != 0)
        return;
    recording->bytes = cast_writer_take(recording->writer, &recording->length);
    recording->closing = recording->ending;
    if (recording->bytes == NULL && !recording->closing)
        return;
    recording->work.data = recording;
    recording->working = uv_queue_work(recording->app->loop, &recording->work, run, on_run) == 0;
}

static void on_timer(uv_timer_t *timer)
{
    next_job(timer->data);
}

// A write a while after the first byte that waits: a quiet session wakes nothing.
static void arm(struct recording *recording)
{
    if (!uv_is_active((uv_handle_t *)recording->timer))
        (void)uv_timer_start(recording->timer, on_timer, WRITE_EVERY_MS, 0);
}

struct recording *recording_begin(struct app *app, const char *name, const struct cast_header *header)
{
    struct recording *recording = xcalloc(1, sizeof *recording);
    char when[32];
    time_t now = (time_t)header->timestamp;
    struct tm parts;
    recording->app = app;
    recording->file = -1;
    recording->began = time_monotonic_ms();
    recording->writer = cast_writer_new(header);
    recording->timer = xcalloc(1, sizeof *recording->timer);
    (void)uv_timer_init(app->loop, recording->timer);
    recording->timer->data = recording;
    (void)strftime(when, sizeof when, "%Y%m%d-%H%M%S", localtime_r(&now, &parts));
    (void)snprintf(recording->folder, sizeof recording->folder, "%s/recordings", app->config.state_folder);
    (void)snprintf(recording->name, sizeof recording->name, "%.128s-%s", name, when);
    (void)snprintf(recording->path, sizeof recording->path, "%s", recording->folder);
    next_job(recording);
    return recording;
}

bool recording_is_over(const struct recording *recording)
{
    return recording->told_full || (!recording->working && recording->trouble != 0);
}

static void check_room(struct recording *recording)
{
    if (!cast_writer_full(recording->writer) || recording->told_full)
        return;
    recording->told_full = true;
    app_toast(recording->app, TOAST_WARN, "Recording stopped, the disk is too slow: %s", recording->path);
}

// Since it began.
static int64_t elapsed_ms(const struct recording *recording)
{
    return time_monotonic_ms() - recording->began;
}

void recording_output(struct recording *recording, const void *bytes, size_t length)
{
    if (recording->trouble == 0)
        (void)cast_writer_output(recording->writer, elapsed_ms(recording), bytes, length);
    check_room(recording);
    if (cast_writer_waiting(recording->writer) > CAST_WAITING_MAX / 4)
        next_job(recording);
    arm(recording);
}

void recording_resize(struct recording *recording, int rows, int cols)
{
    (void)cast_writer_resize(recording->writer, elapsed_ms(recording), cols, rows);
    arm(recording);
}

void recording_end(struct recording *recording)
{
    if (recording == NULL)
        return;
    (void)cast_writer_finish(recording->writer, elapsed_ms(recording));
    recording->ending = true;
    (void)uv_timer_stop(recording->timer);
    if (!recording->working && recording->trouble != 0)
        free_all(recording); // there is nothing left to do
    else
        next_job(recording);
}
