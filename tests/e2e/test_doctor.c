// SPDX-License-Identifier: Apache-2.0
//
// `sbxdeck doctor`: says what is right and wrong whatever is broken, with an exit code, and changes and leaks
// nothing.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(doctor, .timeout = 120);

static struct fixture fixture;

static const char *const names[] = {"settings", "network",  "clock",  "API key", "quota",
                                    "vault",    "terminal", "libssh", "ssh"};
enum { CHECKS = sizeof names / sizeof names[0] };

// Its JSON; the exit code must go with it.
static cJSON *ask(void)
{
    struct support_result result = fixture_run(&fixture, "doctor", "--json", NULL);
    cJSON *root = cJSON_Parse(result.out);
    cr_assert_not_null(root, "%s%s", result.out, result.err);
    const cJSON *checks = cJSON_GetObjectItem(root, "checks");
    bool failed = false;
    cr_assert_eq(cJSON_GetArraySize(checks), (int)CHECKS);
    for (int i = 0; i < (int)CHECKS; i++) {
        const cJSON *check = cJSON_GetArrayItem(checks, i);
        cr_expect_str_eq(json_text(check, "name"), names[i]);
        failed = failed || strcmp(json_text(check, "level"), "fail") == 0;
    }
    cr_expect_eq(json_true(root, "ok"), !failed);
    cr_expect_eq(result.exit_code, failed ? 1 : 0);
    support_result_free(&result);
    return root;
}

static void expect(const cJSON *root, const char *name, const char *level, const char *text)
{
    const cJSON *check = NULL;
    cJSON_ArrayForEach(check, cJSON_GetObjectItem(root, "checks"))
    {
        if (strcmp(json_text(check, "name"), name) != 0)
            continue;
        cr_expect_str_eq(json_text(check, "level"), level, "%s: %s", name, json_text(check, "text"));
        cr_expect_not_null(strstr(json_text(check, "text"), text), "%s: '%s' lacks '%s'", name,
                           json_text(check, "text"), text);
        return;
    }
    cr_expect_fail("no line %s", name);
}

Test(doctor, all_is_well_with_a_key_a_server_and_a_vault)
{
    char sandbox[64];
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    cJSON *root = ask();
    expect(root, "settings", "ok", "");
    expect(root, "network", "ok", "answers");
    expect(root, "clock", "ok", "against the server's");
    expect(root, "API key", "ok", "from LEAP0_API_KEY; accepted by 127.0.0.1");
    expect(root, "quota", "ok", "not used up");
    expect(root, "vault", "ok", "1 credential; sealed with this key");
    cJSON_Delete(root);
    struct support_result result = fixture_run(&fixture, "doctor", NULL);
    cr_expect_null(strstr(result.out, fixture.emulator.api_key), "the key shows");
    cr_expect_not_null(strstr(result.out, " ok    vault     opens"), "%s", result.out);
    support_result_free(&result);
    fixture_end(&fixture);
}

Test(doctor, each_fault_is_named_with_the_way_out)
{
    const char *const options[] = {"--clock-skew", "-3600", NULL};
    fixture_begin(&fixture, options);
    cJSON *root = ask();
    expect(root, "clock", "fail", "1h ahead of the server's");
    cJSON_Delete(root);
    fixture_point_at(&fixture, fixture.emulator.base_url, "lp0-not-the-key");
    root = ask();
    expect(root, "API key", "fail", "from LEAP0_API_KEY");
    expect(root, "network", "ok", "answers");
    cJSON_Delete(root);
    (void)support_emulator_stop(&fixture.emulator);
    root = ask();
    expect(root, "network", "fail", "refused");
    expect(root, "API key", "warn", "can't be reached");
    expect(root, "quota", "warn", "not known");
    cJSON_Delete(root);
    fixture_end(&fixture);
}

static void list_files(const char *folder, char *out, size_t cap)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[2 * SUPPORT_PATH_CAP];
        struct stat facts;
        size_t used = strlen(out);
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' || entries[i]->d_name[1] > '.') {
            cr_assert_eq(lstat(path, &facts), 0);
            (void)snprintf(out + used, cap - used, "%s %o %lld %lld.%09ld\n", path, (unsigned)facts.st_mode,
                           (long long)facts.st_size, (long long)facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
            if (S_ISDIR(facts.st_mode))
                list_files(path, out, cap);
        }
        free(entries[i]);
    }
    free(entries);
}

Test(doctor, works_with_everything_broken_and_changes_nothing)
{
    static char before[65536], after[65536];
    char vault[SUPPORT_PATH_CAP + 80], folder[SUPPORT_PATH_CAP + 64];
    static const char *const steps[] = {"/.local", "/.local/state", "/.local/state/sbxdeck"};
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, "http://127.0.0.1:9", NULL);
    fixture_settings(&fixture, "refresh = never\n");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        (void)snprintf(folder, sizeof folder, "%s%s", fixture.home, steps[i]);
        cr_assert_eq(mkdir(folder, 0700), 0);
    }
    (void)snprintf(vault, sizeof vault, "%s/vault.db", folder);
    cr_assert(support_file_write(vault, "not a database at all, and longer than nothing\n"));
    cr_assert_eq(chmod(vault, 0600), 0);
    list_files(fixture.home, before, sizeof before);
    cJSON *root = ask();
    expect(root, "settings", "fail", "refresh");
    expect(root, "network", "fail", "127.0.0.1:9");
    expect(root, "API key", "fail", "no API key");
    expect(root, "vault", "fail", "not a vault");
    cJSON_Delete(root);
    list_files(fixture.home, after, sizeof after);
    cr_expect_str_eq(after, before);
    // Nor is anything made where there is nothing.
    cr_assert(support_folder_remove(folder));
    before[0] = after[0] = '\0';
    list_files(fixture.home, before, sizeof before);
    root = ask();
    expect(root, "vault", "ok", "none yet");
    cJSON_Delete(root);
    list_files(fixture.home, after, sizeof after);
    cr_expect_str_eq(after, before);
    // Where none can be made, that is told.
    (void)snprintf(folder, sizeof folder, "%s%s", fixture.home, steps[1]);
    cr_assert_eq(rmdir(folder), 0);
    cr_assert(support_file_write(folder, ""));
    root = ask();
    expect(root, "vault", "fail", ".local/state is not a folder");
    cJSON_Delete(root);
    fixture_end(&fixture);
}

// With settings that can't be read nobody knows whose the key is: it is sent nowhere.
Test(doctor, sends_no_key_while_the_settings_cant_be_read)
{
    fixture_begin(&fixture, NULL);
    fixture_settings(&fixture, "base_url = https://elsewhere.example\nrefresh = never\n");
    cJSON *root = ask();
    expect(root, "settings", "fail", "refresh");
    expect(root, "network", "ok", "answers");
    expect(root, "API key", "warn", "from LEAP0_API_KEY; not tried");
    expect(root, "quota", "warn", "not known");
    cJSON_Delete(root);
    fixture_end(&fixture);
}
