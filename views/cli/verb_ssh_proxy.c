// SPDX-License-Identifier: Apache-2.0
//
// verb_ssh_proxy: `ssh-proxy NAME`: what a tool runs as its ProxyCommand. Nothing but SSH goes to stdout.

#include "views/cli/cli_arguments.h"
#include "views/cli/cli_message.h"
#include "views/cli/verbs.h"
#include "views/ssh_proxy/proxy_name.h"
#include "views/ssh_proxy/ssh_proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void say(const char *text)
{
    (void)fprintf(stderr, "%s\n", text);
}

int verb_ssh_proxy(const struct cli_arguments *arguments)
{
    struct config config;
    struct failure why = {.status = STATUS_OK};
    char name[ID_CAP];
    enum status status = config_load(&config, &why);
    const char *profile =
        status == STATUS_OK
            ? proxy_name_profile(arguments->values[0], (const char(*)[PROFILE_CAP])config.profiles,
                                 config.profile_count, name)
            : NULL;
    if (profile != NULL) // NAME.PROFILE.leap0
        status = setenv("SBXDECK_PROFILE", profile, 1) == 0 ? config_load(&config, &why) : STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        cli_complain("settings", &why);
        return status_exit_code(STATUS_SSH_FAILED);
    }
    config_drop_old_key();
    const struct ssh_proxy_options options = {.config = &config,
                                              .name = profile != NULL ? name : arguments->values[0],
                                              .in_fd = STDIN_FILENO,
                                              .out_fd = STDOUT_FILENO,
                                              .say = say};
    return ssh_proxy_run(&options);
}
