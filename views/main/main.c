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
#include <stdlib.h>
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

enum { NOTICE_CAP = FAILURE_LINE_CAP + PROFILE_CAP + 16 };

// The settings of the profile that the operator has changed to; where they can't be taken, those before stay
// and *notice says why.
static void change_profile(struct config *config, const char *profile, char notice[NOTICE_CAP])
{
    struct config *next = malloc(sizeof *next);
    struct failure why = {.status = STATUS_NO_MEMORY};
    const char *before = config->profile[0] != '\0' ? config->profile : "default";
    notice[0] = '\0';
    if (next != NULL && setenv("SBXDECK_PROFILE", profile, 1) == 0 &&
        settings_load(next, &why) == STATUS_OK) {
        *config = *next;
        if (config->profile[0] != '\0')
            (void)snprintf(notice, NOTICE_CAP, "Profile %s", config->profile);
        else
            (void)snprintf(notice, NOTICE_CAP, "The default profile");
    } else {
        char line[FAILURE_LINE_CAP];
        (void)snprintf(notice, NOTICE_CAP, "Profile %s: %s", profile, failure_line(&why, line));
        (void)setenv("SBXDECK_PROFILE", before, 1);
    }
    free(next);
}

// One run for each profile that is changed to: of the one before nothing is left then, and no key of it.
static int run_console(bool wall)
{
    struct config config;
    char profile[PROFILE_CAP], notice[NOTICE_CAP] = "";
    int code = cli_load_settings(&config);
    if (code != 0)
        return code;
    api_key_keep(true);
    do {
        struct failure key_failure = {.status = STATUS_OK};
        struct secret *key = NULL;
        (void)api_key_find(&config, &key, &key_failure);
        config_drop_old_key();
        const struct app_options options = {.config = &config,
                                            .api_key = key,
                                            .key_failure = &key_failure,
                                            .notice = notice[0] != '\0' ? notice : NULL,
                                            .next_profile = profile};
        profile[0] = '\0';
        code = console_run(&options, wall);
        secret_free(key);
        if (profile[0] != '\0')
            change_profile(&config, profile, notice);
    } while (profile[0] != '\0');
    api_key_keep(false);
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
    console_begin();
    const struct cli_request request = cli_run(argc, argv);
    int code = run(&request);
    cli_stdout_end();
    return code;
}
