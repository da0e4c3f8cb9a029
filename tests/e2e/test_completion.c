// SPDX-License-Identifier: Apache-2.0
//
// Tab in real shells: verbs, options, settings and the names of sandboxes come from the program, from a file
// that it keeps by itself, without a server and without the vault.

#include "tests/e2e/fixture.h"
#include "tests/support/skip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(completion, .timeout = 120);

static struct fixture fixture;
static char sandbox[64], folder[SUPPORT_PATH_CAP], cache[SUPPORT_PATH_CAP + 64];

// With a list that was read once, and a server that is gone.
static void begin(void)
{
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    fixture_expect(&fixture, 0, NULL, NULL, "access", "create", sandbox, NULL);
    fixture_expect(&fixture, 0, NULL, NULL, "ls", NULL);
    (void)support_emulator_stop(&fixture.emulator);
    char *whole = realpath(fixture.program, NULL);
    cr_assert_not_null(whole);
    *strrchr(whole, '/') = '\0';
    (void)snprintf(folder, sizeof folder, "%s", whole);
    free(whole);
    (void)snprintf(cache, sizeof cache, "%s/.local/state/sbxdeck/completion", fixture.home);
}

static void expect(const char *wanted, const char *const words[])
{
    const char *all[8] = {"__complete"};
    for (size_t i = 0; i < 6 && words[i] != NULL; i++)
        all[i + 1] = words[i];
    struct support_result result =
        fixture_run(&fixture, all[0], all[1], all[2], all[3], all[4], all[5], all[6], NULL);
    cr_expect_eq(result.exit_code, 0);
    cr_expect_not_null(strstr(result.out, wanted), "'%s' lacks '%s'", result.out, wanted);
    cr_expect_str_eq(result.err, "");
    support_result_free(&result);
}

Test(completion, the_cache_is_private_holds_no_secret_and_answers_without_server_and_vault)
{
    struct stat facts;
    begin();
    char *text = support_file_read(cache, NULL);
    cr_assert_not_null(text);
    cr_expect_not_null(strstr(text, sandbox));
    cr_expect_null(strstr(text, strchr(fixture.key, '=') + 1));
    cr_assert_eq(stat(cache, &facts), 0);
    cr_expect_eq(facts.st_mode & 0777, 0600u);
    const char *id = strstr(text, "\n\t"); // of the credential
    cr_assert_not_null(id);
    char credential[80];
    (void)snprintf(credential, sizeof credential, "\n%.*s\t", (int)strcspn(id + 2, "\n"), id + 2);
    free(text);
    char vault[SUPPORT_PATH_CAP + 64];
    (void)snprintf(vault, sizeof vault, "%s/.local/state/sbxdeck/vault.db", fixture.home);
    cr_assert_eq(unlink(vault), 0);
    char start[16];
    (void)snprintf(start, sizeof start, "%.8s", sandbox);
    expect(sandbox, (const char *[]){"access", "create", start, NULL});
    expect(credential, (const char *[]){"access", "delete", sandbox, "--id", "", NULL});
    expect("--json\t", (const char *[]){"access", "ls", "--", NULL});
    expect("words\nauto\ndark\n", (const char *[]){"config", "set", "scheme", "", NULL});
    expect("files\n", (const char *[]){"play", "", NULL});
    // A filter's words: each of them, several values, '!', templates that are there, saved ones.
    expect("cred:expiring", (const char *[]){"ls", "state:running", "cred:exp", NULL});
    expect("cred:expiring", (const char *[]){"exec", "state:running", "cred:exp", NULL});
    expect("!state:running,paused", (const char *[]){"ls", "!state:running,pau", NULL});
    expect("tpl:system/debian", (const char *[]){"ls", "tpl:system/deb", NULL});
    fixture_expect(&fixture, 0, NULL, NULL, "config", "set", "filters.mine", "state:running", NULL);
    expect("@mine\tstate:running", (const char *[]){"ls", "@m", NULL});
    // A profile that isn't there has no names, and no other's.
    expect("words\n", (const char *[]){"--profile", "nobody", "ssh", "", NULL});
    cr_expect_neq(access(vault, F_OK), 0, "it opened the vault");
    // What others may have written is not typed into a command line.
    cr_assert_eq(chmod(cache, 0666), 0);
    expect("words\n", (const char *[]){"access", "create", start, NULL});
    struct support_result result = fixture_run(&fixture, "__complete", "start", start, NULL);
    cr_expect_str_eq(result.out, "words\n");
    support_result_free(&result);
    cr_assert_eq(chmod(cache, 0600), 0);
    cr_assert(support_file_write(cache, "sbxdeck-completion 1 http://elsewhere\nsbx-a\t\tx\n"));
    result = fixture_run(&fixture, "__complete", "start", "", NULL);
    cr_expect_str_eq(result.out, "words\n", "another server's");
    support_result_free(&result);
    fixture_end(&fixture);
}

Test(completion, verbs_that_read_no_list_keep_the_cache_too)
{
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    (void)snprintf(cache, sizeof cache, "%s/.local/state/sbxdeck/completion", fixture.home);
    fixture_expect(&fixture, 0, NULL, NULL, "ls", NULL);
    char names[256];
    (void)snprintf(names, sizeof names,
                   "[{\"sandbox_id\": \"%s\", \"name\": \"imported\", \"note\": null, \"pinned\": false}]",
                   sandbox);
    const char *const import[] = {fixture.program, "names", "import", NULL};
    struct support_result result;
    cr_assert(support_run(import, fixture.environment, names, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 0);
    support_result_free(&result);
    expect("imported\t", (const char *[]){"ssh", "imp", NULL});
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "create", "--name", "brand-new", NULL);
    expect("brand-new\t", (const char *[]){"ssh", "bra", NULL});
    expect("imported\t", (const char *[]){"ssh", "imp", NULL});
    // Without its vault ls knows no names: those that are kept stay.
    char vault[SUPPORT_PATH_CAP + 64], aside[SUPPORT_PATH_CAP + 64];
    (void)snprintf(vault, sizeof vault, "%s/.local/state/sbxdeck/vault.db", fixture.home);
    (void)snprintf(aside, sizeof aside, "%s/aside", fixture.home);
    cr_assert_eq(rename(vault, aside), 0);
    cr_assert_eq(mkdir(vault, 0700), 0);
    fixture_expect(&fixture, 0, NULL, "continuing without it", "ls", NULL);
    expect("imported\t", (const char *[]){"ssh", "imp", NULL});
    cr_assert_eq(rmdir(vault), 0);
    cr_assert_eq(rename(aside, vault), 0);
    fixture_expect(&fixture, 0, NULL, NULL, "sandbox", "delete", "--yes", "imported", NULL);
    result = fixture_run(&fixture, "__complete", "ssh", "imp", NULL);
    cr_expect_str_eq(result.out, "words\n");
    support_result_free(&result);
    expect("brand-new\t", (const char *[]){"ssh", "bra", NULL});
    fixture_end(&fixture);
}

Test(completion, the_console_keeps_the_cache_too)
{
    fixture_begin_first(&fixture, NULL, sandbox, sizeof sandbox);
    (void)snprintf(cache, sizeof cache, "%s/.local/state/sbxdeck/completion", fixture.home);
    (void)unlink(cache);
    struct console *console = fixture_console(&fixture, 24, 80, sandbox);
    for (int tries = 0; access(cache, F_OK) != 0 && tries < 300; tries++)
        console_take(console);
    char *text = support_file_read(cache, NULL);
    cr_assert_not_null(text);
    cr_expect_not_null(strstr(text, sandbox));
    free(text);
    fixture_leave(&fixture, console);
}

// --- shells -------------------------------------------------------------------------------

static struct console *shell(const char *const argv[], const char *path, const char *text)
{
    char script[2 * SUPPORT_PATH_CAP];
    if (path != NULL) {
        (void)snprintf(script, sizeof script, "PATH=%s:$PATH\n%s", folder, text);
        cr_assert(support_file_write(path, script));
    }
    struct console *console = console_start(24, 100, argv, fixture.environment);
    console_wait(console, "ready>");
    return console;
}

// A word's rest, a group's verb, the id of a sandbox, a value behind '=' and ':', a word with none.
static void complete(struct console *console)
{
    char wanted[160], start[16];
    (void)snprintf(start, sizeof start, "%.8s", sandbox);
    console_type(console, "sbxdeck acc\t");
    console_wait(console, "ready> sbxdeck access");
    console_type(console, "crea\t");
    console_wait(console, "ready> sbxdeck access create");
    console_type(console, start);
    console_type(console, "\t");
    (void)snprintf(wanted, sizeof wanted, "ready> sbxdeck access create %s", sandbox);
    console_wait(console, wanted);
    console_type(console, "--js\t");
    (void)snprintf(wanted, sizeof wanted, "ready> sbxdeck access create %s --json", sandbox);
    console_wait(console, wanted);
    console_type(console, KEY_CTRL_U "sbxdeck config set sche\tdar\t");
    console_wait(console, "ready> sbxdeck config set scheme dark");
    console_type(console, KEY_CTRL_U "sbxdeck exec state:runn\t");
    console_wait(console, "ready> sbxdeck exec state:running");
    console_type(console, KEY_CTRL_U "sbxdeck events --kind=regen\t");
    console_wait(console, "ready> sbxdeck events --kind=regenerated");
}

static void leave(struct console *console)
{
    console_free(console);
    fixture_end(&fixture);
}

Test(completion, tab_completes_in_bash)
{
    char script[SUPPORT_PATH_CAP + 16];
    begin();
    (void)snprintf(script, sizeof script, "%s/rc", fixture.home);
    const char *argv[] = {"bash", "--noprofile", "--rcfile", script, "-i", NULL};
    struct console *console =
        shell(argv, script, "source <(sbxdeck completion bash)\nbind 'set bell-style none'\nPS1='ready> '\n");
    complete(console);
    console_type(console, KEY_CTRL_U "sbxdeck play rc\t");
    console_wait(console, "ready> sbxdeck play rc");
    leave(console);
}

Test(completion, tab_completes_in_zsh)
{
    char script[SUPPORT_PATH_CAP + 16], home[SUPPORT_PATH_CAP + 16];
    if (!support_has_program("zsh"))
        SKIP_TEST("zsh is not installed");
    begin();
    (void)snprintf(script, sizeof script, "%s/.zshrc", fixture.home);
    (void)snprintf(home, sizeof home, "ZDOTDIR=%s", fixture.home);
    fixture_variable(&fixture, home);
    const char *argv[] = {"zsh", "-d", "-i", NULL};
    struct console *console =
        shell(argv, script,
              "autoload -Uz compinit\ncompinit -u -D\nsource <(sbxdeck completion zsh)\n"
              "unsetopt beep\nPS1='ready> '\n");
    complete(console);
    leave(console);
}

Test(completion, tab_completes_in_fish)
{
    char script[SUPPORT_PATH_CAP + 16], source[SUPPORT_PATH_CAP + 32];
    if (!support_has_program("fish"))
        SKIP_TEST("fish is not installed");
    begin();
    (void)snprintf(script, sizeof script, "%s/setup.fish", fixture.home);
    (void)snprintf(source, sizeof source, "source %s", script);
    char text[2 * SUPPORT_PATH_CAP];
    (void)snprintf(text, sizeof text,
                   "set -x PATH %s $PATH\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\n"
                   "sbxdeck completion fish | source\nfunction fish_prompt\n  echo -n 'ready> '\nend\n",
                   folder);
    cr_assert(support_file_write(script, text));
    const char *argv[] = {"fish", "--no-config", "-C", source, "-i", NULL};
    struct console *console = shell(argv, NULL, NULL);
    complete(console);
    leave(console);
}
