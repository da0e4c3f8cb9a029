// SPDX-License-Identifier: Apache-2.0
//
// cli_stdout: check that printed results were written, say why when not, and end as by SIGPIPE when their
// reader has gone.

#include "views/cli/cli_stdout.h"

#include "api/leap0/model.h"
#include "views/cli/cli_message.h"

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

void cli_stdout_complain(int error)
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

void cli_stdout_made(const char *sandbox_id)
{
    (void)snprintf(kept_for, sizeof kept_for, "%s", sandbox_id);
}

bool cli_stdout_failed(void)
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
    else if (error == 0 && write(STDOUT_FILENO, "\n", 1) < 0) // what is there is cut off anyway
        error = errno;
    cli_stdout_complain(error);
    return true;
}

void cli_stdout_end(void)
{
    if (!reader_is_gone)
        return;
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
}
