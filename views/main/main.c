// SPDX-License-Identifier: Apache-2.0
//
// main: sets up the process (locale, locked memory, the standard file descriptors), then the console or a
// verb.

#include "api/base/secret.h"
#include "api/base/status.h"
#include "api/config/config.h"
#include "views/app/app.h"
#include "views/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// A program started with 0, 1 or 2 closed would give those numbers to a socket or the vault. What is printed
// to a closed standard output fails as it would have.
static int hold_standard_fds(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR) != fd)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    if (hold_standard_fds() < 0)
        return CLI_EXIT_NO_ANSWER;
    (void)setlocale(LC_ALL, "");
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); // the write fails then, and says so
    if (secret_init() < 0) {
        (void)fputs("sbxdeck: start: libsodium doesn't start (reinstall it)\n", stderr);
        return CLI_EXIT_NO_ANSWER;
    }
    return cli_run(argc, argv);
}
