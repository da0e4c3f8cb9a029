// SPDX-License-Identifier: Apache-2.0
//
// verb_setup_ssh: `setup ssh`: have ssh, and all that runs it, reach sandboxes by their names; `--undo` takes
// that out again. It shows what it will write, and asks.

#include "api/tools/ssh_setup.h"
#include "tui/base/text.h"
#include "views/cli/cli_arguments.h"
#include "views/cli/cli_ask.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_ssh_block.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char verb[] = "setup ssh";

static int complain(const struct failure *why)
{
    cli_complain(verb, why);
    return status_exit_code(why->status);
}

// --- what will be done --------------------------------------------------------------------

static void print_path(const char *before, const char *path, const char *after)
{
    char shown[4 * PATH_MAX];
    (void)printf("%s%s%s", before, display(path, strlen(path), shown, sizeof shown), after);
}

// Each line moved in.
static void print_text(const char *text)
{
    char shown[4 * 1024];
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        (void)printf("    %s\n", display(text, length, shown, sizeof shown));
        text += length + (text[length] == '\n' ? 1 : 0);
    }
}

// The user's file, where it is a link with what it leads to.
static void print_user(const char *before, const struct ssh_setup *setup, const char *after)
{
    bool same = strcmp(setup->user.path, setup->config) == 0;
    print_path(before, setup->config, same ? "" : " (");
    if (!same)
        print_path("a link to ", setup->user.path, ")");
    (void)fputs(after, stdout);
}

static void print_put(const struct ssh_setup *setup)
{
    if (setup->block.changes) {
        print_path(setup->block.exists ? "New content of " : "New file ", setup->block.path, ":\n\n");
        print_text(bytebuf_text(&setup->block.wanted));
        (void)putchar('\n');
    }
    if (setup->user.changes) {
        print_user(setup->user.exists ? "New first line of " : "New file ", setup, ":\n\n");
        print_text(bytebuf_text(&setup->include));
        (void)putchar('\n');
    }
}

static void print_take(const struct ssh_setup *setup)
{
    if (setup->user.changes) {
        print_user(setup->user.goes ? "Removed, since nothing else is in it: " : "Removed from ", setup,
                   ":\n\n");
        print_text(bytebuf_text(&setup->include));
        (void)putchar('\n');
    }
    if (setup->block.changes)
        print_path("Removed: ", setup->block.path, "\n");
}

static void print_plan(const struct ssh_setup *setup)
{
    if (setup->undo)
        print_take(setup);
    else
        print_put(setup);
    if (setup->backup[0] != '\0')
        print_path("Copy of what it is now: ", setup->backup, "\n");
    (void)fflush(stdout);
}

// --- whether ------------------------------------------------------------------------------

// Returns 0, or the exit code.
static int ask(const struct ssh_setup *setup, bool yes)
{
    struct failure why;
    if (yes)
        return 0;
    if (isatty(STDIN_FILENO) == 0) {
        (void)advise(&why,
                     fail(&why, STATUS_BAD_ARGUMENT, "this needs a confirmation, and stdin isn't a terminal"),
                     "add --yes to do it; nothing was changed");
        return complain(&why);
    }
    if (cli_ask_yes(setup->undo ? "Take this out?" : "Write this?"))
        return 0;
    (void)fail(&why, STATUS_CANCELLED, "not confirmed, nothing was changed");
    return complain(&why);
}

// --- after it -----------------------------------------------------------------------------

static void tell_proxy(void)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (getenv(names[i]) != NULL) {
            cli_say("%s isn't written there, since it may have a password in it: a tool needs it in its own "
                    "environment",
                    names[i]);
            return;
        }
    }
}

static void tell_next(const struct config *config)
{
    (void)printf("Done. Now: ssh NAME" LOCAL_NAME_END
                 ", where NAME is a sandbox's id or how it begins; scp, sftp, rsync, git and others "
                 "likewise.\n");
    if (config->profile_count > 0)
        (void)printf("Those of a profile: NAME.%s" LOCAL_NAME_END "\n", config->profiles[0]);
    if (config->key_command[0] == '\0' && config->key_file[0] == '\0')
        (void)printf(
            "A tool takes the API key from LEAP0_API_KEY in its environment. For those that don't have it "
            "there, set api_key_command or api_key_file in the settings.\n");
    tell_proxy();
}

static int apply(struct ssh_setup *setup, const struct config *config)
{
    struct failure why = {.status = STATUS_OK};
    enum status status = setup->undo ? STATUS_OK : local_keys_make(config->base_folder, NULL, &why);
    if (status == STATUS_OK)
        status = ssh_setup_apply(setup, cli_ssh_block_try, NULL, &why);
    if (status != STATUS_OK)
        return complain(&why);
    if (setup->undo)
        print_path("Done. The keys stay in ", setup->keys.folder, ", for sbxdeck ssh-config.\n");
    else
        tell_next(config);
    return cli_stdout_failed() ? 1 : 0;
}

// Also mends the keys, where there is nothing else to do. To undo it, it names what was looked for: another
// state folder has another line.
static int say_done_already(const struct config *config, const struct ssh_setup *setup)
{
    struct failure why = {.status = STATUS_OK};
    if (!setup->undo && local_keys_make(config->base_folder, NULL, &why) != STATUS_OK)
        return complain(&why);
    if (setup->undo) {
        print_path("Nothing to do: ", setup->config, " doesn't have the line\n\n");
        print_text(bytebuf_text(&setup->include));
    } else {
        (void)printf("Nothing to do: it is set up already.\n");
    }
    return cli_stdout_failed() ? 1 : 0;
}

static int run(const struct config *config, const struct cli_arguments *arguments)
{
    struct cli_ssh_block gathered;
    struct ssh_setup setup;
    char home[PATH_MAX];
    struct failure why = {.status = STATUS_OK};
    int code = 0;
    memset(&setup, 0, sizeof setup);
    enum status status = ssh_setup_home(home, &why);
    if (status == STATUS_OK)
        status = cli_ssh_block_gather(config, &gathered, &why);
    if (status == STATUS_OK)
        status = ssh_setup_plan(home, &gathered.keys, arguments->undo ? NULL : &gathered.block, &setup, &why);
    if (status != STATUS_OK) {
        code = complain(&why);
    } else if (!setup.block.changes && !setup.user.changes) {
        code = say_done_already(config, &setup);
    } else {
        print_plan(&setup);
        code = ask(&setup, arguments->yes);
        if (code == 0)
            code = apply(&setup, config);
    }
    ssh_setup_free(&setup);
    return code;
}

int verb_setup_ssh(const struct cli_arguments *arguments)
{
    struct config config;
    struct failure why = {.status = STATUS_OK};
    if (config_load(&config, &why) == STATUS_OK)
        return run(&config, arguments);
    cli_complain("settings", &why);
    return status_exit_code(STATUS_BAD_ARGUMENT);
}
