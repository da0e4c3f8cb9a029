// SPDX-License-Identifier: Apache-2.0
//
// cli_verb: the table of verbs. A new one is a line here, its handler in verb_NAME.c and a prototype in
// verbs.h.

#include "views/cli/cli_verb.h"

#include "views/cli/verbs.h"

#include <string.h>

// What a verb takes on one line, what it does on the next.
// clang-format off
static const struct cli_verb verbs[] = {
    {"ls", "[FILTER]", 0, 256, CLI_JSON | CLI_PASSWORD, VERB_NO_VAULT,
     "List the sandboxes, or those that the filter matches, with the credentials known here", verb_ls, NULL},
    {"access ls", "SANDBOX", 1, 1, CLI_JSON | CLI_PASSWORD, 0,
     "List the credentials of a sandbox known here", verb_access_ls, NULL},
    {"access create", "SANDBOX", 1, 1, CLI_JSON | CLI_PASSWORD | CLI_MEMORY, VERB_CHANGES,
     "Make a credential", verb_access_create, NULL},
    {"access validate", "SANDBOX", 1, 1, CLI_JSON | CLI_ID, VERB_IN_MEMORY,
     "Ask the server whether a credential is valid", verb_access_validate, NULL},
    {"access regen", "SANDBOX", 1, 1, CLI_JSON | CLI_ID | CLI_PASSWORD | CLI_MEMORY, VERB_CHANGES,
     "Replace a credential; the old one stops working", verb_access_regen, NULL},
    {"access delete", "SANDBOX", 1, 1, CLI_JSON | CLI_ID, VERB_CHANGES,
     "Delete a credential", verb_access_delete, NULL},
    {"access import", "[SANDBOX]", 0, 1, CLI_JSON, 0,
     "Import a credential made elsewhere: the API's response to its create on stdin, or prompts",
     verb_access_import, NULL},
    {"access forget", "SANDBOX", 1, 1, CLI_JSON | CLI_ID, 0,
     "Remove a credential from this machine only; the server is not told", verb_access_forget, NULL},
    {"access revoke-all", "", 0, 0, CLI_JSON | CLI_YES, VERB_CHANGES,
     "Delete every credential made here that may still work; asks first", verb_access_revoke_all, NULL},
    {"access needs-renewal", "SANDBOX", 1, 1, CLI_JSON | CLI_ID, VERB_ANSWERS,
     "Exit with 0 when a credential is expiring or none works, with 1 when it needs no renewal, with more when "
     "that could not be found out",
     verb_access_needs_renewal, NULL},
    {"name", "SANDBOX [NAME]", 1, 2, CLI_JSON, VERB_LOCAL,
     "Show or give a sandbox a name of your own; '' takes it off", verb_name, NULL},
    {"note", "SANDBOX [TEXT]", 1, 2, CLI_JSON, VERB_LOCAL,
     "Show or write a note on a sandbox; '' takes it off", verb_note, NULL},
    {"pin", "SANDBOX", 1, 1, CLI_JSON, VERB_LOCAL,
     "Keep a sandbox at the top of the deck", verb_pin, NULL},
    {"unpin", "SANDBOX", 1, 1, CLI_JSON, VERB_LOCAL,
     "Take its pin off a sandbox", verb_unpin, NULL},
    {"names export", "", 0, 0, CLI_JSON, VERB_LOCAL,
     "Print all names, notes and pins as JSON", verb_names_export, NULL},
    {"names import", "", 0, 0, CLI_JSON | CLI_FORCE, VERB_LOCAL,
     "Import names, notes and pins from stdin, as exported: all, or none where they clash", verb_names_import,
     NULL},
    {"watch", "", 0, 0, CLI_JSON, VERB_STAYS,
     "Print the current state, then each change and alert as a line, until stopped", verb_watch, NULL},
    {"events", "[SANDBOX]", 0, 1, CLI_JSON | CLI_EVENTS, VERB_LOCAL,
     "Print the log of credentials and sessions; reads the vault only", verb_events, NULL},
    {"vault rekey", "", 0, 0, CLI_JSON, VERB_LOCAL | VERB_OLD_KEY,
     "Seal the vault with LEAP0_API_KEY; the old key is LEAP0_OLD_API_KEY or asked for",
     verb_vault_rekey, NULL},
    {"ssh", "[SANDBOX] [COMMAND...]", 0, -1, CLI_ID | CLI_TTY | CLI_SSH | CLI_NEW, VERB_IN_MEMORY | VERB_PICKS,
     "Open a shell in a sandbox, or run a command there; without SANDBOX choose one on the terminal", verb_ssh,
     NULL},
    {"exec", "FILTER -- COMMAND...", 1, 256, CLI_JSON | CLI_EXEC, VERB_COMMAND | VERB_IN_MEMORY,
     "Run a command in all running sandboxes that the filter matches (help filter), several at a time", verb_exec,
     NULL},
    {"setup ssh", "", 0, 0, CLI_YES | CLI_UNDO, 0,
     "Let ssh, scp, rsync, git and other tools reach sandboxes as NAME.leap0: shows what it writes for them, and "
     "asks first", NULL, verb_setup_ssh},
    {"ssh-config", "[SANDBOX]", 0, 1, 0, 0,
     "Print the settings for NAME.leap0, for all sandboxes or for one, as a file for ssh -F", NULL, verb_ssh_config},
    {"ssh-proxy", "NAME", 1, 1, 0, 0,
     "Let a tool into a sandbox by its name, as its ProxyCommand: SSH on stdin and stdout", NULL,
     verb_ssh_proxy},
    {"forward", "SANDBOX [LOCAL:][HOST:]PORT...", 2, 1 + CLI_PORTS_MAX, CLI_JSON | CLI_ID,
     VERB_STAYS | VERB_IN_MEMORY,
     "Forward local ports into a sandbox until stopped; connects again when it is cut", verb_forward, NULL},
    {"sandbox create", "", 0, 0, CLI_JSON | CLI_NEW, VERB_LOCAL | VERB_NO_VAULT | VERB_CHANGES,
     "Create a sandbox; never sent twice, even when the response is lost", verb_sandbox_create, NULL},
    {"sandbox delete", "SANDBOX", 1, 1, CLI_JSON | CLI_YES, VERB_NO_VAULT | VERB_CHANGES,
     "Delete a sandbox with its disk and its credentials; asks first", verb_sandbox_delete, NULL},
    {"start", "SANDBOX", 1, 1, CLI_JSON, VERB_NO_VAULT | VERB_CHANGES,
     "Start a stopped sandbox, or wake a paused one", verb_sandbox_start, NULL},
    {"stop", "SANDBOX", 1, 1, CLI_JSON, VERB_NO_VAULT | VERB_CHANGES,
     "Stop a sandbox; its disk is kept", verb_sandbox_stop, NULL},
    {"pause", "SANDBOX", 1, 1, CLI_JSON, VERB_NO_VAULT | VERB_CHANGES,
     "Pause a sandbox; its memory and disk are kept", verb_sandbox_pause, NULL},
    {"config list", "", 0, 0, CLI_JSON, 0,
     "List the settings and where each comes from", NULL, verb_config_list},
    {"config get", "NAME", 1, 1, CLI_JSON, 0,
     "Print a setting; exits with 1 when it has no value", NULL, verb_config_get},
    {"config set", "NAME VALUE", 2, 2, 0, 0,
     "Change a setting in the file", NULL, verb_config_set},
    {"config unset", "NAME", 1, 1, 0, 0,
     "Remove it from the file", NULL, verb_config_unset},
    {"config edit", "", 0, 0, 0, 0,
     "Edit the file in $VISUAL or $EDITOR", NULL, verb_config_edit},
    {"config check", "", 0, 0, CLI_JSON, 0,
     "Print all that is wrong with them", NULL, verb_config_check},
    {"config path", "", 0, 0, 0, 0,
     "Print the file's path", NULL, verb_config_path},
    {"completion", "SHELL", 1, 1, 0, 0,
     "Print the completion for bash, zsh or fish", NULL, verb_completion},
    {"doctor", "", 0, 0, CLI_JSON, 0,
     "Say what is right and wrong with key, network, clock, vault, terminal and ssh", NULL, verb_doctor},
    {"play", "FILE", 1, 1, CLI_PLAY, 0,
     "Play a recorded session (asciicast v2)", NULL, verb_play},
    {"demo", "", 0, 0, CLI_JSON | CLI_WALL, 0,
     "Run the console against a local emulator of Leap0", NULL, NULL},
};
// clang-format on

// Of the groups with several verbs.
static const struct {
    const char *name, *help;
} groups[] = {
    {"access", "The credentials of a sandbox"},
    {"names", "Export and import names, notes and pins"},
    {"sandbox", "Create or delete a sandbox"},
    {"config", "Show, change and check the settings"},
};

const char *cli_verb_group_help(const char *group)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strcmp(groups[i].name, group) == 0)
            return groups[i].help;
    return NULL;
}

const struct cli_verb *cli_verb_at(size_t index)
{
    return index < sizeof verbs / sizeof verbs[0] ? &verbs[index] : NULL;
}

const char *cli_verb_in_group(const struct cli_verb *verb, const char *group)
{
    size_t length = strlen(group);
    bool in = strncmp(verb->name, group, length) == 0 && verb->name[length] == ' ';
    return in ? verb->name + length + 1 : NULL;
}

const struct cli_verb *cli_verb_find(int argc, char **argv, int *words)
{
    for (size_t i = 0; argc > 1 && cli_verb_at(i) != NULL; i++) {
        const char *second = cli_verb_in_group(&verbs[i], argv[1]);
        *words = second != NULL ? 2 : 1;
        if (second != NULL ? argc > 2 && strcmp(argv[2], second) == 0 : strcmp(verbs[i].name, argv[1]) == 0)
            return &verbs[i];
    }
    return NULL;
}
