// SPDX-License-Identifier: Apache-2.0
//
// Alerts by the real console on an emulator whose credentials live for seconds: what it says, rings, sends to
// the desktop and runs, and that no secret goes that way.

#include "tests/e2e/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void write_settings(const struct world *world, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/.config", world->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck", world->home);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/.config/sbxdeck/config", world->home);
    cr_assert(support_file_write(path, text));
}

static bool is_there(void *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

// By the API itself: nothing here knows of it.
static void world_delete(struct world *world, const char *sandbox, const char *id)
{
    char url[512], key[200];
    (void)snprintf(url, sizeof url, "%s/v1/sandbox/%s/ssh/%s", world->emulator.base_url, sandbox, id);
    (void)snprintf(key, sizeof key, "Authorization: Bearer %s", world->emulator.api_key);
    const char *const argv[] = {"curl", "-sS", "-f", "-X", "DELETE", "-H", key, url, NULL};
    struct support_result result;
    cr_assert(support_run(argv, NULL, NULL, 30000, &result));
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
}

// The file that the command of that name has left in the home folder, waited for. The caller frees it.
static char *left_file(const struct world *world, const char *name)
{
    char path[SUPPORT_PATH_CAP + 64];
    size_t length = 0;
    (void)snprintf(path, sizeof path, "%s/%s", world->home, name);
    cr_assert(support_wait_until(is_there, path, CONSOLE_WAIT_MS), "%s never came", name);
    char *text = support_file_read(path, &length);
    cr_assert_not_null(text);
    return text;
}

static void expect_line(const char *text, const char *name, const char *value)
{
    char line[256];
    (void)snprintf(line, sizeof line, "\n%s=%s", name, value);
    cr_expect(strstr(text, line) != NULL, "no %s=%s in:\n%s", name, value, text);
}

Test(alerts, the_command_has_the_facts_and_no_secret)
{
    const char *const options[] = {"--ttl", "12", "--fleet", "plain", NULL};
    struct world world;
    char sandbox[64], id[64], password[256];
    world_begin(&world, options);
    write_settings(&world, "bell = yes\nnotify = yes\n"
                           "alert_command = (echo; env) > $HOME/t.$$ && mv $HOME/t.$$ "
                           "$HOME/alert.$SBXDECK_ALERT\n");
    world_first_sandbox(&world, sandbox, sizeof sandbox);
    struct console *console = world_console(&world, 24, 100, sandbox);
    cJSON *made = world_json(&world, 0, "access", "create", sandbox, "--json", "--show-password", NULL);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    (void)snprintf(password, sizeof password, "%s", json_text(made, "password"));
    cJSON_Delete(made);

    char *critical = left_file(&world, "alert.critical");
    expect_line(critical, "SBXDECK_SANDBOX", sandbox);
    expect_line(critical, "SBXDECK_CREDENTIAL", id);
    expect_line(critical, "SBXDECK_EXPIRES_AT", "2");
    expect_line(critical, "HOME", world.home);
    cr_expect(strstr(critical, "SBXDECK_REMAINING_SECONDS=") != NULL);
    console_wait(console, "is critical");
    char *expired = left_file(&world, "alert.expired");
    expect_line(expired, "SBXDECK_REMAINING_SECONDS", "0");
    console_wait(console, "has ended");
    cr_expect(console_ever_wrote(console, "\033]777;notify;sbxdeck;"));
    cr_expect(console_ever_wrote(console, "\033]9;sbxdeck: "));
    cr_expect(strstr(critical, world.emulator.api_key) == NULL && strstr(critical, "LEAP0_API_KEY") == NULL);
    cr_expect(strstr(expired, world.emulator.api_key) == NULL);
    cr_expect(strstr(critical, password) == NULL && strstr(expired, password) == NULL);
    cr_expect_not(console_ever_wrote(console, password));
    free(critical);
    free(expired);
    world_quit(console);
    world_end(&world);
}

Test(alerts, a_command_that_fails_or_hangs_is_told_of_and_holds_up_nothing)
{
    const char *const options[] = {"--ttl", "60", "--fleet", "plain", NULL};
    struct world world;
    char sandbox[64];
    world_begin(&world, options);
    write_settings(&world, "alert_command = test $SBXDECK_ALERT = expired && exit 0; exit 7\n");
    world_first_sandbox(&world, sandbox, sizeof sandbox);
    struct console *console = world_console(&world, 24, 100, sandbox);
    world_choose(console, sandbox);
    console_type(console, "n");
    console_wait(console, "alert_command: it ended with exit code 7");
    world_quit(console);
    world_end(&world);
}

Test(alerts, one_that_was_deleted_elsewhere_is_found_out)
{
    const char *const options[] = {"--fleet", "plain", "--dialect", "credential", NULL};
    struct world world;
    char sandbox[64], id[64];
    world_begin(&world, options);
    write_settings(&world, "recheck = 1\n");
    world_first_sandbox(&world, sandbox, sizeof sandbox);
    cJSON *made = world_json(&world, 0, "access", "create", sandbox, "--json", NULL);
    (void)snprintf(id, sizeof id, "%s", json_text(made, "id"));
    cJSON_Delete(made);
    struct console *console = world_console(&world, 24, 100, "valid");
    world_delete(&world, sandbox, id);
    console_wait(console, "1 credential is no longer valid, the server says");
    console_wait(console, "invalid");
    world_quit(console);
    world_end(&world);
}
