// SPDX-License-Identifier: Apache-2.0
//
// foreign_client: Run curl and ssh, with the key and the password in no argument: by stdin, and by the
// program that ssh asks.

#include "tests/e2e/foreign_client.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void foreign_client_begin(struct foreign_client *foreign_client, const char *const options[])
{
    static char ask_variable[SUPPORT_PATH_CAP + 64];
    memset(foreign_client, 0, sizeof *foreign_client);
    cr_assert(support_folder_make(foreign_client->folder));
    (void)snprintf(foreign_client->inner, sizeof foreign_client->inner, "%.400s/inner",
                   foreign_client->folder);
    (void)snprintf(foreign_client->ask, sizeof foreign_client->ask, "%s/ask", foreign_client->folder);
    (void)snprintf(foreign_client->known_hosts, sizeof foreign_client->known_hosts,
                   "UserKnownHostsFile=%s/known_hosts", foreign_client->folder);
    cr_assert_eq(mkdir(foreign_client->inner, 0700), 0);
    cr_assert_eq(setenv("TMPDIR", foreign_client->inner, 1), 0);
    cr_assert(support_emulator_start(&foreign_client->emulator, options));
    cr_assert_eq(unsetenv("TMPDIR"), 0);
    (void)snprintf(ask_variable, sizeof ask_variable, "SSH_ASKPASS=%s", foreign_client->ask);
    foreign_client->environment[0] = ask_variable;
    foreign_client->environment[1] = "SSH_ASKPASS_REQUIRE=force";
}

static int entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count++;
    if (folder != NULL)
        (void)closedir(folder);
    return count;
}

static bool has_no_processes(void *ctx)
{
    return support_processes_with(ctx) == 0;
}

void foreign_client_end(struct foreign_client *foreign_client)
{
    cr_expect_eq(support_emulator_stop(&foreign_client->emulator), 0);
    cr_expect_eq(entries(foreign_client->inner), 0, "the emulator left files behind");
    // What it has killed may still be on its way out.
    cr_expect(support_wait_until(has_no_processes, foreign_client->inner, SUPPORT_WAIT_MS),
              "the emulator left processes behind");
    cr_expect(support_folder_remove(foreign_client->folder));
}

cJSON *foreign_client_call(struct foreign_client *foreign_client, const char *method, const char *path,
                           const char *body, int status)
{
    const char *const argv[] = {"curl", "-q", "-K", "-", NULL};
    char config[2048];
    struct support_result result = {0};
    int used = snprintf(config, sizeof config,
                        "silent\nshow-error\nnoproxy = \"*\"\nrequest = \"%s\"\nurl = \"%s%s\"\n"
                        "header = \"authorization: %s\"\nwrite-out = \"\\n%%{http_code}\"\n",
                        method, foreign_client->emulator.base_url, path, foreign_client->emulator.api_key);
    if (body != NULL)
        (void)snprintf(config + used, sizeof config - (size_t)used, "data = \"%s\"\n", body);
    cr_assert(support_run(argv, NULL, config, SUPPORT_WAIT_MS, &result));
    char *code = strrchr(result.out, '\n');
    cr_assert_not_null(code);
    cr_assert_eq(strtol(code + 1, NULL, 10), status, "%s %s: %s%s", method, path, result.out, result.err);
    *code = '\0';
    cJSON *tree = cJSON_Parse(result.out);
    support_result_free(&result);
    return tree;
}

static void copy_text(const cJSON *object, const char *name, char *text, size_t cap)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    cr_assert_not_null(value, "no %s", name);
    (void)snprintf(text, cap, "%s", value);
}

void foreign_client_sandbox(struct foreign_client *foreign_client, int number, char id[80])
{
    cJSON *list = foreign_client_call(
        foreign_client, "GET", "/v1/sandboxes?sort=created_at&order-by=asc&page=1&page-size=100", NULL, 200);
    copy_text(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(list, "items"), number), "id", id, 80);
    cJSON_Delete(list);
}

void foreign_client_access(struct foreign_client *foreign_client, const char *sandbox,
                           struct foreign_client_access *access)
{
    char path[160];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/access", sandbox);
    cJSON *tree = foreign_client_call(foreign_client, "POST", path, NULL, 201);
    copy_text(tree, "sandbox_id", access->sandbox, sizeof access->sandbox);
    copy_text(tree, "id", access->id, sizeof access->id);
    copy_text(tree, "password", access->password, sizeof access->password);
    copy_text(tree, "ssh_command", access->command, sizeof access->command);
    cJSON_Delete(tree);
}

struct state_wish {
    struct foreign_client *foreign_client;
    const char *sandbox, *state;
};

static bool has_state(void *ctx)
{
    const struct state_wish *wish = ctx;
    char path[160], state[32];
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/", wish->sandbox);
    cJSON *tree = foreign_client_call(wish->foreign_client, "GET", path, NULL, 200);
    copy_text(tree, "state", state, sizeof state);
    cJSON_Delete(tree);
    return strcmp(state, wish->state) == 0;
}

void foreign_client_wait_state(struct foreign_client *foreign_client, const char *sandbox, const char *state)
{
    struct state_wish wish = {foreign_client, sandbox, state};
    cr_assert(support_wait_until(has_state, &wish, SUPPORT_WAIT_MS), "never %s", state);
}

void foreign_client_words(struct foreign_client *foreign_client, struct foreign_client_access *access,
                          const char *const options[], const char *command,
                          const char *words[FOREIGN_CLIENT_WORDS_MAX])
{
    static char copy[sizeof access->command];
    static const char *const quiet[] = {"-F", "none", "-o", "LogLevel=ERROR", "-o"};
    char script[256], *rest = NULL;
    size_t count = 0;
    // The password is hex: nothing in it means anything to a shell.
    (void)snprintf(script, sizeof script, "#!/bin/sh\necho '%s'\n", access->password);
    cr_assert(support_file_write(foreign_client->ask, script));
    cr_assert_eq(chmod(foreign_client->ask, 0700), 0);
    (void)snprintf(copy, sizeof copy, "%s", access->command);
    char *word = strtok_r(copy, " ", &rest);
    cr_assert_str_eq(word, "ssh");
    words[count++] = word;
    for (size_t i = 0; options != NULL && options[i] != NULL && count < FOREIGN_CLIENT_WORDS_MAX / 2; i++)
        words[count++] = options[i];
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        words[count++] = quiet[i];
    words[count++] = foreign_client->known_hosts;
    while ((word = strtok_r(NULL, " ", &rest)) != NULL && count < FOREIGN_CLIENT_WORDS_MAX - 2)
        words[count++] = word;
    if (command != NULL)
        words[count++] = command;
    words[count] = NULL;
}

struct support_result foreign_client_ssh(struct foreign_client *foreign_client,
                                         struct foreign_client_access *access, const char *const options[],
                                         const char *command, const char *input)
{
    const char *words[FOREIGN_CLIENT_WORDS_MAX];
    struct support_result result = {0};
    foreign_client_words(foreign_client, access, options, command, words);
    cr_assert(support_run(words, foreign_client->environment, input, SUPPORT_WAIT_MS, &result));
    return result;
}

pid_t foreign_client_terminal(struct foreign_client *foreign_client, struct foreign_client_access *access,
                              const char *const options[], const char *command, int rows, int cols,
                              int *master)
{
    const char *words[FOREIGN_CLIENT_WORDS_MAX];
    foreign_client_words(foreign_client, access, options, command, words);
    pid_t pid = support_pty_spawn(words, foreign_client->environment, false, rows, cols, master, NULL);
    cr_assert_gt(pid, 0);
    return pid;
}
