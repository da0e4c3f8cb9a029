// SPDX-License-Identifier: Apache-2.0
//
// main: set up the process (locale, locked memory, the standard file descriptors), then run the console or a
// verb.

#include "api/base/secret.h"
#include "api/base/status.h"
#include "api/config/api_key.h"
#include "views/cli/cli.h"
#include "views/cli/cli_job.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/complete.h"
#include "views/command/settings.h"
#include "views/console/console.h"
#include "views/main/demo.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// GnuTLS comes along where libcurl speaks LDAP and RTMP, which we never do; its start would cost each process
// most of a megabyte. This is GNUTLS_SKIP_GLOBAL_INIT without its header. Where libcurl's own TLS is GnuTLS,
// libcurl starts it.
// NOLINTNEXTLINE(*-reserved-identifier,cert-dcl*)
int _gnutls_global_init_skip(void);
__attribute__((visibility("default"))) int
_gnutls_global_init_skip(void) // NOLINT(*-reserved-identifier,cert-dcl*)
{
    return 1;
}

// A program started with 0, 1 or 2 closed would give those numbers to a socket or the vault. What is printed
// to a closed standard output fails as it would have.
static int hold_standard_fds(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR) != fd)
            return -1;
    return 0;
}

static int run_console(bool wall)
{
    struct config config;
    struct failure key_failure = {.status = STATUS_OK};
    struct secret *key = NULL;

    int code = cli_load_settings(&config);
    if (code != 0)
        return code;
    (void)api_key_find(&config, &key, &key_failure);
    config_drop_old_key();
    const struct app_options options = {.config = &config, .api_key = key, .key_failure = &key_failure};
    code = console_run(&options, wall);
    secret_free(key);
    return code;
}

static int run(const struct cli_request *request)
{
    switch (request->next) {
    case CLI_CONSOLE:
        return run_console(request->wall);
    case CLI_DEMO:
        return demo_run(request->json, request->wall);
    default:
        return request->exit_code;
    }
}

int main(int argc, char **argv)
{
    if (hold_standard_fds() < 0)
        return CLI_EXIT_NO_ANSWER;
    if (argc > 1 && strcmp(argv[1], "__complete") == 0) // a person waits at each Tab: nothing else is started
        return complete_run(argc - 2, argv + 2);
    (void)setlocale(LC_ALL, "");
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); // the write fails then, and says so
    if (secret_init() < 0) {
        (void)fputs("sbxdeck: start: libsodium doesn't start (reinstall it)\n", stderr);
        return CLI_EXIT_NO_ANSWER;
    }
    settings_begin();
    const struct cli_request request = cli_run(argc, argv);
    int code = run(&request);
    cli_stdout_end();
    return code;
}
