// SPDX-License-Identifier: Apache-2.0
//
// Profiles: their settings over the others, a folder of their own, and a key that goes to its own server or
// nowhere.

#include "api/config/api_key.h"
#include "api/config/config_check.h"
#include "api/config/config_profile.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32], state[SUPPORT_PATH_CAP + 64];
static struct config config;
static struct failure why;

static void begin(void)
{
    char path[SUPPORT_PATH_CAP + 16];
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (config_option(i)->env[0] != '\0')
            (void)unsetenv(config_option(i)->env);
    (void)unsetenv("LEAP0_API_KEY");
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    (void)unsetenv("XDG_STATE_HOME");
    (void)setenv("HOME", folder, 1);
    (void)setenv("XDG_CONFIG_HOME", folder, 1);
    (void)snprintf(path, sizeof path, "%s/sbxdeck", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/config", path);
    (void)snprintf(state, sizeof state, "%s/.local/state/sbxdeck", folder);
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(config_profile, .init = begin, .fini = end);

static void write_file(const char *text)
{
    cr_assert(support_file_write(file, text));
    cr_assert_eq(chmod(file, 0600), 0);
}

static void load(const char *profile)
{
    if (profile != NULL)
        (void)setenv("SBXDECK_PROFILE", profile, 1);
    cr_assert_eq(config_load(&config, &why), STATUS_OK, "%s", why.message);
}

static void refuse(const char *profile, const char *part)
{
    char line[FAILURE_LINE_CAP];
    (void)setenv("SBXDECK_PROFILE", profile, 1);
    cr_assert_eq(config_load(&config, &why), STATUS_BAD_ARGUMENT, "%s", part);
    cr_expect_not_null(strstr(failure_line(&why, line), part), "'%s' is not in: %s", part, line);
}

// What the key is; "": there is none, and why says why.
static const char *key(void)
{
    static char out[64];
    struct secret *found = NULL;
    out[0] = '\0';
    if (api_key_find(&config, &found, &why) == STATUS_OK)
        (void)snprintf(out, sizeof out, "%s", secret_text(found));
    secret_free(found);
    cr_expect_null(getenv("LEAP0_API_KEY"), "it stayed in the environment");
    return out;
}

static const char two[] = "base_url = https://prod.example\n"
                          "sandbox_domain = box.prod.example\n"
                          "api_key_command = echo prod-key\n"
                          "refresh = 7\n"
                          "[profile staging]\n"
                          "base_url = https://staging.example\n"
                          "api_key_command = echo staging-key\n"
                          "refresh = 9\n"
                          "color = red\n"
                          "[profile watch]\n"
                          "read_only = yes\n"
                          "[profile other_org]\n"
                          "api_key_command = echo other-key\n"
                          "[profile keyless]\n"
                          "base_url = https://keyless.example\n"
                          "[profile empty]\n";

Test(config_profile, its_settings_go_over_the_others_and_it_has_a_folder_of_its_own)
{
    char path[sizeof state + 64];
    write_file(two);
    load(NULL);
    cr_expect_str_eq(config.profile, "");
    cr_expect_str_eq(config.state_folder, state);
    cr_expect_eq(config.profile_count, 5U);
    load("staging");
    cr_expect_str_eq(config.profile, "staging");
    cr_expect_str_eq(config.base_url, "https://staging.example");
    cr_expect_str_eq(config.sandbox_domain, "sandbox.leap0.dev", "the other server's");
    cr_expect_str_eq(config.color, "red");
    cr_expect_eq(config.refresh_s, 9);
    (void)snprintf(path, sizeof path, "%s/profiles/staging", state);
    cr_expect_str_eq(config.state_folder, path);
    (void)snprintf(path, sizeof path, "%s/profiles/staging/known_hosts", state);
    cr_expect_str_eq(config.known_hosts, path);
    load("watch");
    cr_expect(config.read_only);
    cr_expect_eq(config.refresh_s, 7);
    cr_expect_str_eq(config.base_url, "https://prod.example");
    cr_expect_str_eq(config.sandbox_domain, "box.prod.example");
    load("empty");
    cr_expect_str_eq(config.profile, "empty");
    load("default");
    cr_expect_str_eq(config.profile, "");
    cr_expect_str_eq(config.state_folder, state);
}

Test(config_profile, the_settings_name_one_and_the_variable_another)
{
    char path[sizeof state + 64];
    write_file("profile = staging\nstate_folder = /var/tmp/decks\n[profile staging]\nbell = yes\n"
               "[profile own]\nstate_folder = /var/tmp/own\n");
    load(NULL);
    cr_expect_str_eq(config.profile, "staging");
    cr_expect(config.bell);
    cr_expect_str_eq(config.state_folder, "/var/tmp/decks/profiles/staging");
    load("own");
    cr_expect_str_eq(config.state_folder, "/var/tmp/own");
    cr_expect_not(config.bell);
    (void)setenv("SBXDECK_STATE", folder, 1);
    load("own");
    cr_expect_str_eq(config.state_folder, "/var/tmp/own");
    cr_expect_str_eq(config.base_folder, folder);
    load("staging");
    (void)snprintf(path, sizeof path, "%s/profiles/staging", folder);
    cr_expect_str_eq(config.state_folder, path);
    load("default");
    cr_expect_str_eq(config.state_folder, folder);
}

Test(config_profile, what_is_none_is_named)
{
    write_file(two);
    refuse("stagin", "did you mean staging?");
    refuse("nothing-near", "no [profile nothing-near] in ");
    refuse("nothing-near", "there are staging, watch, other_org");
    refuse("a b", "SBXDECK_PROFILE is 'a b': it takes 1 to 32 letters");
    refuse("../up", "it takes 1 to 32 letters");
    write_file("[profile x]\nrefresh = never\n");
    refuse("x", "config:2: refresh = 'never'");
    write_file("[profile x]\nprofile = y\n");
    refuse("x", "profile can't stand in a profile");
    write_file("bell = yes\n");
    refuse("x", "add its section");
}

Test(config_profile, a_key_goes_to_its_own_server_only)
{
    write_file(two);
    (void)setenv("LEAP0_API_KEY", "environment-key", 1);
    load("staging");
    cr_expect_str_eq(key(), "staging-key");
    (void)setenv("LEAP0_API_KEY", "environment-key", 1);
    load("other_org");
    cr_expect_str_eq(key(), "other-key");
    cr_expect_str_eq(config.base_url, "https://prod.example");
    (void)setenv("LEAP0_API_KEY", "environment-key", 1);
    load("watch");
    cr_expect_str_eq(key(), "environment-key");
    load("watch");
    cr_expect_str_eq(key(), "prod-key");
    (void)setenv("LEAP0_API_KEY", "environment-key", 1);
    load("keyless");
    cr_expect_str_eq(key(), "", "a key of another server");
    cr_expect_eq(why.status, STATUS_KEY_REFUSED);
    cr_expect_not_null(strstr(why.message, "the profile keyless has a base_url of its own"), "%s",
                       why.message);
    cr_expect_not_null(strstr(why.advice, "in [profile keyless]"), "%s", why.advice);
}

// Of two servers in one vault each would take the other's sandboxes for gone.
Test(config_profile, a_vault_is_of_one_profile)
{
    write_file("[profile a]\nstate_folder = ~/both\n[profile b]\nbell = yes\nstate_folder = ~/both/\n"
               "[profile c]\nstate_folder = ~/.local/state/sbxdeck\n[profile d]\nstate_folder = ~/other\n");
    refuse("a", "config:2: state_folder = '~/both': the profile b has that, too (line 5)");
    refuse("b", "config:5: state_folder = '~/both/': the profile a has that, too (line 2)");
    refuse("c", "the state_folder of the profile c is that without a profile");
    load("d");
}

Test(config_profile, a_host_name_tells_them_apart)
{
    write_file("[profile Beta]\n[profile beta]\n[profile other]\n");
    refuse("beta", "the profiles beta and Beta differ in capitals alone (give one of them another name)");
    refuse("Beta", "the profiles Beta and beta differ in capitals alone");
    load("other");
}

// What the file names is for the file's server.
Test(config_profile, beside_a_server_of_the_environment_only_its_key_counts)
{
    write_file("base_url = https://prod.example\napi_key_command = echo prod-key\n[profile keyless]\n"
               "base_url = https://keyless.example\n");
    (void)setenv("LEAP0_BASE_URL", "https://keyless.example", 1);
    (void)setenv("LEAP0_API_KEY", "environment-key", 1);
    load("keyless");
    cr_expect_str_eq(key(), "environment-key");
    load("keyless");
    cr_expect_str_eq(key(), "", "a key of another server");
    cr_expect_eq(why.status, STATUS_KEY_REFUSED);
    (void)setenv("LEAP0_API_KEY", "", 1);
    load("keyless");
    cr_expect_str_eq(key(), "", "a key of another server");
}

Test(config_profile, its_file_takes_the_place_of_the_others_command)
{
    char path[SUPPORT_PATH_CAP + 16], text[SUPPORT_PATH_CAP + 256];
    (void)snprintf(path, sizeof path, "%s/key", folder);
    cr_assert(support_file_write(path, "file-key\n"));
    cr_assert_eq(chmod(path, 0600), 0);
    (void)snprintf(text, sizeof text,
                   "api_key_command = echo prod-key\n[profile staging]\nbase_url = https://s.example\n"
                   "api_key_file = %s\n",
                   path);
    write_file(text);
    load("staging");
    cr_expect_str_eq(key(), "file-key");
}

Test(config_profile, the_environment_does_not_send_its_key_elsewhere)
{
    write_file(two);
    (void)setenv("LEAP0_BASE_URL", "https://elsewhere.example", 1);
    refuse("staging", "LEAP0_BASE_URL is 'https://elsewhere.example', and the profile staging is of "
                      "'https://staging.example'");
    refuse("other_org", "the profile other_org is of 'https://prod.example'");
    load("watch"); // has neither: as without a profile
    cr_expect_str_eq(config.base_url, "https://elsewhere.example");
    (void)setenv("LEAP0_BASE_URL", "https://staging.example", 1);
    load("staging");
    (void)unsetenv("LEAP0_BASE_URL");
    (void)setenv("LEAP0_SANDBOX_DOMAIN", "box.elsewhere.example", 1);
    refuse("staging", "unset LEAP0_SANDBOX_DOMAIN");
}

static void on_fault(void *ctx, int line, const struct failure *fault)
{
    char *all = ctx;
    size_t used = strlen(all);
    (void)snprintf(all + used, 2048 - used, "%d: %s\n", line, fault->message);
}

Test(config_profile, all_that_is_wrong_in_any_of_them_is_found)
{
    static const char text[] = "[profile a]\nrefresh = x\nnonsense = 1\n[profile a.b]\nbell = yes\n"
                               "[profile default]\n[profile a]\nprofile = b\n";
    char all[2048] = "";
    struct config_text *parsed = NULL;
    cr_assert_eq(config_text_parse("f", text, strlen(text), &parsed, &why), STATUS_OK);
    config_check(parsed, on_fault, all);
    static const char *const parts[] = {"2: refresh = 'x'", "3: 'nonsense' is not an option",
                                        "4: 'a.b' can't be the name", "6: 'default' can't be the name",
                                        "8: profile can't stand"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_expect_not_null(strstr(all, parts[i]), "%s is not in:\n%s", parts[i], all);
    config_text_free(parsed);
}
