// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh_block: gather what the lines for ssh_config are made of, and have ssh itself read them.

#include "views/cli/cli_ssh_block.h"

#include "api/base/file_util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 4096 };

// --- this program -------------------------------------------------------------------------

static bool is_this(const char *path)
{
    struct stat found, ours;
    return stat(path, &found) == 0 && stat("/proc/self/exe", &ours) == 0 && found.st_dev == ours.st_dev &&
           found.st_ino == ours.st_ino;
}

// In the folders of PATH.
static bool find_in_path(const char *name, char out[PATH_MAX])
{
    const char *at = getenv("PATH");
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ":");
        if (*at == '/' && snprintf(out, PATH_MAX, "%.*s/%s", (int)length, at, name) < PATH_MAX &&
            is_this(out))
            return true;
        at += length + (at[length] == ':' ? 1 : 0);
    }
    return false;
}

// As it was called, where that is a whole path or in PATH: a link there follows an update, and what it leads
// to doesn't.
static enum status find_program(char out[PATH_MAX], struct failure *why)
{
    const char *name = program_invocation_name;
    if (name[0] == '/' && strlen(name) < PATH_MAX && is_this(name)) {
        (void)snprintf(out, PATH_MAX, "%s", name);
        return STATUS_OK;
    }
    if (strchr(name, '/') == NULL && find_in_path(name, out))
        return STATUS_OK;
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[length > 0 ? length : 0] = '\0';
    if (length > 0 && is_this(out))
        return STATUS_OK;
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "can't find where this program is"),
                  "call it by its whole path");
}

// --- its settings -------------------------------------------------------------------------

// Not the proxies of the API's calls: they may have a password in them, and a command line is seen by all.
static void gather_variables(const struct config *config, struct ssh_block *block)
{
    static const struct {
        const char *name;
        bool path;
    } carried[] = {{"XDG_CONFIG_HOME", true},  {"LEAP0_BASE_URL", false}, {"LEAP0_SANDBOX_DOMAIN", false},
                   {"SBXDECK_DIALECT", false}, {"CURL_CA_BUNDLE", true},  {"SSL_CERT_FILE", true},
                   {"SSL_CERT_DIR", true}};
    block->state_folder = config->base_folder;
    for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
        const char *value = getenv(carried[i].name);
        if (value == NULL || value[0] == '\0' || (carried[i].path && value[0] != '/'))
            continue;
        block->variables[block->variable_count].name = carried[i].name;
        block->variables[block->variable_count++].value = value;
    }
}

enum status cli_ssh_block_gather(const struct config *config, struct cli_ssh_block *out, struct failure *why)
{
    memset(out, 0, sizeof *out);
    enum status status = find_program(out->program, why);
    if (status == STATUS_OK)
        status = local_keys_paths(config->base_folder, &out->keys, why);
    out->block.keys = &out->keys;
    out->block.program = out->program;
    out->block.agent = config->tools_agent;
    gather_variables(config, &out->block);
    return status;
}

// --- ssh itself ---------------------------------------------------------------------------

static int start_ssh(const char *path, int said, pid_t *pid)
{
    char file[PATH_MAX], home[PATH_MAX + 8], search[PATH_MAX + 8];
    char ssh[] = "ssh", flag_file[] = "-F", flag_show[] = "-G", host[] = "any" LOCAL_NAME_END;
    char *arguments[] = {ssh, flag_file, file, flag_show, host, NULL};
    char *environment[] = {home, search, NULL}; // the API key is none of its business
    posix_spawn_file_actions_t files;
    (void)snprintf(file, sizeof file, "%s", path);
    (void)snprintf(home, sizeof home, "HOME=%s", getenv("HOME") != NULL ? getenv("HOME") : "/");
    (void)snprintf(search, sizeof search, "PATH=%s",
                   getenv("PATH") != NULL ? getenv("PATH") : "/usr/bin:/bin");
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    int error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&files, said, STDERR_FILENO);
    if (error == 0)
        error = posix_spawnp(pid, ssh, &files, NULL, arguments, environment);
    (void)posix_spawn_file_actions_destroy(&files);
    return error;
}

static enum status refused(const char *said, struct failure *why)
{
    return advise(why,
                  fail(why, STATUS_SSH_FAILED, "ssh doesn't take these settings: %.*s",
                       (int)strcspn(said, "\r\n"), said[0] != '\0' ? said : "it says nothing"),
                  "OpenSSH 7.3 or later is needed; nothing was changed");
}

enum status cli_ssh_block_try(void *ctx, const char *path, struct failure *why)
{
    struct bytebuf said = BYTEBUF(SAID_MAX);
    int ends[2] = {-1, -1}, state = 0;
    pid_t pid = -1;
    (void)ctx;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail(why, STATUS_NO_MEMORY, "no pipe to ask ssh: %s", strerror(errno));
    int error = start_ssh(path, ends[1], &pid);
    (void)close(ends[1]);
    enum status status = STATUS_OK;
    if (error == 0) {
        if (file_read_all(ends[0], &said) != STATUS_OK)
            bytebuf_clear(&said); // more than anybody reads
        (void)close(ends[0]);
        while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
            ;
        if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
            status = refused(bytebuf_text(&said), why);
    } else {
        (void)close(ends[0]);
    }
    bytebuf_free(&said);
    return status;
}
