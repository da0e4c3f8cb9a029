// SPDX-License-Identifier: Apache-2.0
//
// http_bench: Start what a worker of the judge needs: an emulator for each dialect, a server before them, and
// a home for the program that is new for each case.

#include "tests/judge/http_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool find_sandboxes(struct bench *bench, size_t emulator)
{
    char *body = NULL;
    int status = proxy_ask(&bench->emulators[emulator], "GET", "/v1/sandboxes", NULL, &body);
    cJSON *tree = status == 200 && body != NULL ? cJSON_Parse(body) : NULL;
    const cJSON *item = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(tree, "items"))
    {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "id"));
        if (id != NULL && count < SANDBOXES)
            (void)snprintf(bench->sandboxes[emulator][count++], sizeof bench->sandboxes[0][0], "%s", id);
    }
    cJSON_Delete(tree);
    free(body);
    return count == SANDBOXES;
}

bool bench_begin(struct bench *bench)
{
    static const char *const dialects[EMULATORS] = {"credential", "sandbox"};
    support_program("sbxdeck", bench->program);
    bench->proxy = proxy_new();
    bool ok = bench->proxy != NULL && support_folder_make(bench->folder);
    for (size_t i = 0; i < EMULATORS && ok; i++) {
        const char *const options[] = {"--fleet", "plain",        "--sandboxes", "3",         "--move-ms",
                                       "0",       "--rate-limit", "1000000",     "--dialect", dialects[i],
                                       NULL};
        ok = support_emulator_start(&bench->emulators[i], options) && find_sandboxes(bench, i);
    }
    (void)snprintf(bench->home, sizeof bench->home, "%s/home", bench->folder);
    return ok;
}

void bench_end(struct bench *bench)
{
    for (size_t i = 0; i < EMULATORS; i++)
        (void)support_emulator_stop(&bench->emulators[i]);
    proxy_free(bench->proxy);
    (void)support_folder_remove(bench->folder);
}

bool bench_new_home(struct bench *bench, const struct support_emulator *emulator)
{
    char path[SUPPORT_PATH_CAP + 64];
    char(*variables)[SUPPORT_PATH_CAP + 64] = bench->variables;
    (void)support_folder_remove(bench->home);
    bool ok = mkdir(bench->home, 0700) == 0;
    (void)snprintf(path, sizeof path, "%s/.config", bench->home);
    ok = ok && mkdir(path, 0700) == 0;
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck", bench->home);
    ok = ok && mkdir(path, 0700) == 0;
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", bench->home);
    // A name that is not there is asked for nowhere.
    ok = ok && support_file_write(
                   path, "timeout = 2\nconnect_timeout = 2\nrefresh = 1\nsandbox_domain = localhost\n");
    (void)snprintf(variables[0], sizeof variables[0], "HOME=%s", bench->home);
    (void)snprintf(variables[1], sizeof variables[1], "LEAP0_API_KEY=%s", emulator->api_key);
    (void)snprintf(variables[2], sizeof variables[2], "LEAP0_BASE_URL=%s", proxy_url(bench->proxy));
    (void)snprintf(variables[3], sizeof variables[3], "PATH=/usr/local/bin:/usr/bin:/bin");
    (void)snprintf(variables[4], sizeof variables[4], "LANG=C.UTF-8");
    (void)snprintf(variables[5], sizeof variables[5], "TERM=xterm-256color");
    size_t count = 6;
    // Built with a sanitizer, a program that it stops has an exit code that is no other's.
    static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (getenv(kept[i]) != NULL)
            (void)snprintf(variables[count++], sizeof variables[0], "%s=%s", kept[i], getenv(kept[i]));
    for (size_t i = 0; i < count; i++)
        bench->environment[i] = variables[i];
    bench->environment[count] = NULL;
    return ok;
}

void bench_tidy(struct judged *judged)
{
    const struct support_emulator *emulator = &judged->bench->emulators[judged->emulator];
    char path[300];
    char *body = NULL;
    if (judged->scenario->verb == VERB_MOVE) {
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s/start", judged->sandbox);
        (void)proxy_ask(emulator, "POST", path, NULL, &body);
        free(body);
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s/system/workdir", judged->sandbox);
        (void)proxy_ask(emulator, "GET", path, NULL, &body);
        free(body);
    }
    if (judged->own_sandbox[0] != '\0') {
        (void)snprintf(path, sizeof path, "/v1/sandbox/%s", judged->own_sandbox);
        (void)proxy_ask(emulator, "DELETE", path, NULL, &body);
        free(body);
    }
    for (size_t i = 0; i < judged->secret_count; i++) {
        (void)proxy_ask(emulator, "DELETE", judged->made[i], NULL, &body);
        free(body);
    }
}
