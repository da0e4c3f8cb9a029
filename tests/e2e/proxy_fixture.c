// SPDX-License-Identifier: Apache-2.0
//
// proxy_fixture: write the settings and ssh's configuration, and run ssh with nothing else.

#include "tests/e2e/proxy_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUN_MS = 120000, ARGUMENTS = 16, TEXT_CAP = 4096 };

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert(support_file_write(path, text));
}

static void write_files(struct proxy_fixture *fixture, const char *base_url, const char *api_key,
                        const char *settings)
{
    char text[TEXT_CAP];
    const char *home = fixture->base.home;
    char *program = realpath(fixture->base.program, NULL);
    cr_assert_not_null(program);
    (void)snprintf(fixture->state, sizeof fixture->state, "%s/.local/state/sbxdeck", home);
    (void)snprintf(fixture->config, sizeof fixture->config, "%s/ssh_config", home);
    (void)snprintf(text, sizeof text, "base_url = %s\n%s%s/key\n%s\n", base_url,
                   api_key != NULL ? "api_key_file = " : "; ", home, settings != NULL ? settings : "");
    fixture_settings(&fixture->base, text);
    if (api_key != NULL)
        write_text(home, "key", api_key);
    (void)snprintf(text, sizeof text,
                   "Match originalhost *.leap0\n"
                   " ProxyCommand %s ssh-proxy %%h\n"
                   " HostKeyAlias sbxdeck-proxy\n"
                   " UserKnownHostsFile %s/ssh/known_hosts\n"
                   " GlobalKnownHostsFile /dev/null\n"
                   " IdentityFile %s/ssh/identity\n"
                   " IdentitiesOnly yes\n IdentityAgent none\n StrictHostKeyChecking yes\n"
                   " UpdateHostKeys no\n BatchMode yes\n",
                   program, fixture->state, fixture->state);
    write_text(home, "ssh_config", text);
    free(program);
    fixture_point_at(&fixture->base, NULL, NULL); // the verbs find the key in the file too
}

void proxy_fixture_begin(struct proxy_fixture *fixture, const char *const emulator_options[],
                         const char *settings)
{
    const char *options[ARGUMENTS] = {"--ledger", fixture->ledger};
    size_t count = 2;
    char folder[SUPPORT_PATH_CAP];
    memset(fixture, 0, sizeof *fixture);
    fixture->canary = canary_start();
    cr_assert_not_null(fixture->canary);
    cr_assert(support_folder_make(folder));
    (void)snprintf(fixture->ledger, sizeof fixture->ledger, "%s/ledger", folder);
    for (; emulator_options != NULL && *emulator_options != NULL; emulator_options++)
        options[count++] = *emulator_options;
    fixture_begin(&fixture->base, options);
    canary_ledger(fixture->canary, fixture->ledger);
    canary_secret(fixture->canary, fixture->base.emulator.api_key);
    write_files(fixture, fixture->base.emulator.base_url, fixture->base.emulator.api_key, settings);
}

void proxy_fixture_begin_at(struct proxy_fixture *fixture, const char *base_url, const char *api_key,
                            const char *settings)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->canary = canary_start();
    cr_assert_not_null(fixture->canary);
    fixture_begin_without(&fixture->base);
    write_files(fixture, base_url, api_key, settings);
}

void proxy_fixture_end(struct proxy_fixture *fixture)
{
    char path[SUPPORT_PATH_CAP + 64];
    // What the test itself has put there.
    (void)snprintf(path, sizeof path, "%s/key", fixture->base.home);
    (void)unlink(path);
    canary_files(fixture->canary, fixture->base.home);
    cr_expect_gt(canary_looks(fixture->canary), 0);
    cr_expect_eq(canary_stop(fixture->canary), 0, "a secret was seen");
    fixture_end(&fixture->base);
    if (fixture->ledger[0] != '\0') {
        *strrchr(fixture->ledger, '/') = '\0';
        cr_expect(support_folder_remove(fixture->ledger));
    }
}

struct command_line {
    char home[SUPPORT_PATH_CAP + 16], path[1024];
    const char *argv[ARGUMENTS];
};

static void make_command_line(const struct proxy_fixture *fixture, const char *name, const char *command,
                              struct command_line *line)
{
    (void)snprintf(line->home, sizeof line->home, "HOME=%s", fixture->base.home);
    (void)snprintf(line->path, sizeof line->path, "PATH=%s", getenv("PATH"));
    const char *const argv[ARGUMENTS] = {"/usr/bin/env",  "-i", line->home, line->path, "ssh", "-F",
                                         fixture->config, name, command};
    memcpy(line->argv, argv, sizeof argv);
}

struct support_result proxy_ssh(struct proxy_fixture *fixture, const char *name, const char *command)
{
    struct command_line line;
    struct support_result result;
    memset(&result, 0, sizeof result);
    make_command_line(fixture, name, command, &line);
    cr_assert(support_run(line.argv, NULL, NULL, RUN_MS, &result), "%s: %s", name,
              result.err != NULL ? result.err : "");
    canary_bytes(fixture->canary, "ssh's stderr", result.err, result.err_length);
    return result;
}

pid_t proxy_spawn(struct proxy_fixture *fixture, const char *name, const char *command, int in, int out,
                  int err)
{
    struct command_line line;
    make_command_line(fixture, name, command, &line);
    pid_t pid = support_spawn(line.argv, NULL, in, out, err);
    cr_assert(pid > 0);
    return pid;
}

static bool has(const char *text, const char *part)
{
    return part == NULL || (part[0] == '\0' ? text[0] == '\0' : strstr(text, part) != NULL);
}

void proxy_expect(struct proxy_fixture *fixture, int exit_code, const char *out, const char *err,
                  const char *name, const char *command)
{
    struct support_result result = proxy_ssh(fixture, name, command);
    cr_expect_eq(result.exit_code, exit_code, "%s: %s: %d: %s", name, command, result.exit_code, result.err);
    cr_expect(has(result.out, out), "%s: %s: stdout: %s", name, command, result.out);
    cr_expect(has(result.err, err), "%s: %s: stderr: %s", name, command, result.err);
    support_result_free(&result);
}

void proxy_sandbox(struct proxy_fixture *fixture, const char *state, int n, char id[64])
{
    cJSON *list = fixture_json(&fixture->base, 0, "ls", "--json", NULL);
    const cJSON *one = NULL;
    id[0] = '\0';
    cJSON_ArrayForEach(one, list)
    {
        if (strcmp(json_text(one, "state"), state) == 0 && n-- == 0)
            (void)snprintf(id, 64, "%s", json_text(one, "id"));
    }
    cr_assert(id[0] != '\0', "no sandbox is %s", state);
    cJSON_Delete(list);
}

int proxy_given_out(const struct proxy_fixture *fixture, const char *sandbox)
{
    size_t length = 0;
    int count = 0;
    char *text = access(fixture->ledger, F_OK) == 0 ? support_file_read(fixture->ledger, &length) : NULL;
    // A line each: sandbox, id, password, or "-" for one that was deleted.
    for (char *line = text != NULL ? strtok(text, "\n") : NULL; line != NULL; line = strtok(NULL, "\n"))
        if (strncmp(line, sandbox, strlen(sandbox)) == 0 && line[strlen(line) - 1] != '-')
            count++;
    free(text);
    return count;
}
