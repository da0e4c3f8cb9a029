// SPDX-License-Identifier: Apache-2.0
//
// vault: 10,000 credentials from a closed vault into memory, each with its password opened, against the way
// without a console: for each a JSON file that a create was written into, and curl to ask whether it is still
// valid. The latter is timed over a sample and multiplied.

#include "api/vault/vault.h"
#include "api/base/json.h"
#include "tests/bench/bench.h"
#include "tests/support/support.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1775044800000)

enum { CREDENTIALS = 10000, SAMPLE = 100, LIFE_MS = 3600 * 1000, WAIT_MS = 30000 };

static const char url[] = "https://api.example";

static struct vault *opened(const char *folder)
{
    struct vault *vault = NULL;
    struct failure why;
    struct secret *key = secret_new("lp0-key", 7);
    if (vault_open(folder, url, key, &vault, &why) != STATUS_OK)
        bench_die("%s", why.message);
    secret_free(key);
    return vault;
}

static void fill(const char *folder)
{
    struct vault *vault = opened(folder);
    struct failure why;
    for (int i = 0; i < CREDENTIALS; i++) {
        int64_t row = 0;
        char password[32];
        struct access access = {
            .created_at = NOW, .updated_at = NOW, .expires_at = NOW + LIFE_MS, .port = 22};
        (void)snprintf(access.sandbox_id, sizeof access.sandbox_id, "sbx-%06d", i);
        (void)snprintf(access.id, sizeof access.id, "ssh-%06d", i);
        (void)snprintf(password, sizeof password, "password-%06d", i);
        access.password = secret_new(password, strlen(password));
        if (vault_keep(vault, 0, &access, &row, &why) != STATUS_OK)
            bench_die("%s", why.message);
        access_clear(&access);
    }
    vault_close(vault);
}

static double open_all(const char *folder)
{
    struct credential *list = NULL;
    size_t count = 0;
    struct failure why;
    double start = bench_now();
    struct vault *vault = opened(folder);
    if (vault_list(vault, &list, &count, &why) != STATUS_OK || count != CREDENTIALS)
        bench_die("%zu credentials: %s", count, why.message);
    for (size_t i = 0; i < count; i++) {
        struct secret *password = NULL;
        if (vault_password(vault, list[i].vault_row, &password, &why) != STATUS_OK)
            bench_die("%s", why.message);
        secret_free(password);
    }
    double took = bench_now() - start;
    free(list);
    vault_close(vault);
    return took;
}

// --- by hand ------------------------------------------------------------------------------------

static void run(const char *const argv[], struct support_result *result)
{
    memset(result, 0, sizeof *result);
    if (!support_run(argv, NULL, NULL, WAIT_MS, result) || result->exit_code != 0)
        bench_die("%s does not work: %s", argv[0], result->err != NULL ? result->err : "");
}

// The file's password in a request's body, as a script would do it.
static void body_of(const char *file, char *out, size_t cap)
{
    size_t length = 0;
    cJSON *json = NULL;
    struct failure why;
    char *text = support_file_read(file, &length);
    if (text == NULL || json_parse(text, length, &json, &why) != STATUS_OK)
        bench_die("%s is no JSON", file);
    (void)snprintf(out, cap, "{\"id\": \"%s\", \"password\": \"%s\"}",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "id")),
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "password")));
    cJSON_Delete(json);
    free(text);
}

static double ask_by_hand(const struct support_emulator *emulator, const char *file, const char *sandbox)
{
    char body[256], key[200], where[300];
    struct support_result result;
    (void)snprintf(key, sizeof key, "authorization: Bearer %s", emulator->api_key);
    (void)snprintf(where, sizeof where, "%s/v1/sandbox/%s/ssh/validate", emulator->base_url, sandbox);
    double start = bench_now();
    for (int i = 0; i < SAMPLE; i++) {
        body_of(file, body, sizeof body);
        const char *const argv[] = {
            "curl", "-sS", "-f",  "-X", "POST", "-H", key, "-H", "content-type: application/json",
            "-d",   body,  where, NULL};
        run(argv, &result);
        if (strstr(result.out, "true") == NULL)
            bench_die("not valid: %s", result.out);
        support_result_free(&result);
    }
    return (bench_now() - start) * CREDENTIALS / SAMPLE;
}

static void make_by_hand(const struct support_emulator *emulator, const char *file, char sandbox[64])
{
    char key[200], where[300];
    struct support_result result;
    (void)snprintf(key, sizeof key, "authorization: Bearer %s", emulator->api_key);
    (void)snprintf(where, sizeof where, "%s/v1/sandboxes?page-size=1", emulator->base_url);
    const char *const list[] = {"curl", "-sS", "-f", "-H", key, where, NULL};
    run(list, &result);
    if (!support_json_find(result.out, "id", sandbox, 64))
        bench_die("no sandbox: %s", result.out);
    support_result_free(&result);
    (void)snprintf(where, sizeof where, "%s/v1/sandbox/%s/ssh/access", emulator->base_url, sandbox);
    const char *const create[] = {"curl", "-sS", "-f", "-X", "POST", "-H", key, "-o", file, where, NULL};
    run(create, &result);
    support_result_free(&result);
}

void figure_vault_open(void)
{
    static const char *const options[] = {"--rate-limit", "1000000", "--dialect", "sandbox", NULL};
    struct support_emulator emulator;
    struct samples ours = {0}, peers = {0};
    char top[SUPPORT_PATH_CAP], folder[SUPPORT_PATH_CAP + 8], file[SUPPORT_PATH_CAP + 16], sandbox[64];
    if (sodium_init() < 0 || !support_folder_make(top) || !support_emulator_start(&emulator, options))
        bench_die("no folder or no emulator");
    (void)snprintf(folder, sizeof folder, "%s/vault", top);
    (void)snprintf(file, sizeof file, "%s/access.json", top);
    fill(folder);
    make_by_hand(&emulator, file, sandbox);
    for (int i = 0; i < bench_runs(); i++) {
        samples_add(&ours, open_all(folder));
        samples_add(&peers, ask_by_hand(&emulator, file, sandbox));
    }
    bench_report("vault-open", "s", samples_at(&ours, 0.5), samples_at(&peers, 0.5), RATIO_AT_MOST, 0.1);
    (void)support_emulator_stop(&emulator);
    (void)support_folder_remove(top);
}
