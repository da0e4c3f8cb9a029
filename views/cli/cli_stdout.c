// SPDX-License-Identifier: Apache-2.0
//
// cli_stdout: what becomes of printed results: whether all of it was written, what is said when not, and the
// quiet end when whoever read it has gone.

#include "views/cli/cli.h"
#include "views/cli/cli_output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// stdio's buffer is ours, so that a printed password can be wiped.
static char printed[16384];
static bool reader_is_gone;
static char kept_for[ID_CAP]; // "": nothing was made

void cli_stdout_begin(void)
{
    (void)setvbuf(stdout, printed, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof printed);
}

void cli_output_complain(int error)
{
    struct failure why = {.status = STATUS_INTERNAL};
    if (error == EPIPE) {
        reader_is_gone = true;
        return;
    }
    (void)fail(&why, STATUS_INTERNAL, "could not be written%s%s", error != 0 ? ": " : "",
               error != 0 ? strerror(error) : "");
    bool full = error == 0 || error == ENOSPC || error == EDQUOT;
    (void)advise(&why, STATUS_INTERNAL, full ? "is the disk full?" : "check where the output goes");
    // Else another one would be made in its place.
    if (kept_for[0] != '\0')
        (void)advise(&why, STATUS_INTERNAL, "the credential was created and stored: sbxdeck access ls %s",
                     kept_for);
    cli_complain("output", &why);
}

void cli_output_made(const char *sandbox_id)
{
    (void)snprintf(kept_for, sizeof kept_for, "%s", sandbox_id);
}

bool cli_output_failed(void)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    int error = errno;
    explicit_bzero(printed, sizeof printed);
    if (!failed)
        return false;
    // It may have failed long ago, when nobody asked why.
    struct pollfd reader = {.fd = STDOUT_FILENO, .events = 0};
    if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0)
        error = EPIPE;
    cli_output_complain(error);
    return true;
}

void cli_stdout_end(void)
{
    if (!reader_is_gone)
        return;
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
}

// --- a verb that stays --------------------------------------------------------------------

static void on_changed(void *ctx)
{
    struct cli_job *job = ctx;
    int error = cli_output_error(job->output);
    if (job->finished)
        return;
    if (error != 0) {
        cli_output_complain(error);
        cli_finish(job, 1);
    } else if (job->written != NULL) {
        job->written(job);
    }
}

bool cli_lines_begin(struct cli_job *job)
{
    job->output = cli_output_new(job->loop, on_changed, job);
    if (job->output != NULL)
        cli_output_watch_reader(job->output);
    return job->output != NULL;
}

void cli_line(struct cli_job *job, const char *text)
{
    if (!cli_output_put(job->output, STDOUT_FILENO, text, strlen(text)) ||
        !cli_output_put(job->output, STDOUT_FILENO, "\n", 1)) {
        cli_output_complain(ENOMEM);
        cli_finish(job, 1);
    } else {
        on_changed(job); // it may have failed at once
    }
}

void cli_lines_end(struct cli_job *job)
{
    // What a file still has to take, it gets; what a reader does not take is lost.
    while (job->output != NULL && cli_output_moves(job->output))
        (void)uv_run(job->loop, UV_RUN_ONCE);
    cli_output_free(job->output);
    job->output = NULL;
}
