// SPDX-License-Identifier: Apache-2.0
//
// `setup ssh` and `ssh-config` with the real ssh, in a home of their own: what they write is what ssh reads,
// for no host but ours; a person is asked; what is refused changes nothing. The API key by way of its other
// places.

#include "tests/e2e/fixture.h"
#include "tests/support/own_home.h"
#include "tests/support/skip.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = SUPPORT_PATH_CAP + 128, ARGUMENTS = OWN_HOME_ARGUMENTS + 10 };

static struct fixture fixture;
static struct own_home own;
static char program[SUPPORT_PATH_CAP], config[ROOM], block[ROOM], folder[ROOM], include[ROOM * 2];
static struct support_result result;

static void begin_with(const char *const options[])
{
    const char *missing = own_home_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    if (options == NULL)
        fixture_begin_without(&fixture);
    else
        fixture_begin(&fixture, options);
    char *whole = realpath(fixture.program, NULL);
    cr_assert_not_null(whole);
    (void)snprintf(program, sizeof program, "%s", whole);
    free(whole);
    (void)snprintf(folder, sizeof folder, "%s/.ssh", fixture.home);
    (void)snprintf(config, sizeof config, "%s/.ssh/config", fixture.home);
    (void)snprintf(block, sizeof block, "%s/.local/state/sbxdeck/ssh/config", fixture.home);
    (void)snprintf(include, sizeof include, "Include %s\n", block);
}

static void begin(void)
{
    begin_with(NULL);
}

static void end(void)
{
    support_result_free(&result);
    if (fixture.home[0] == '\0')
        return;
    if (own.passwd[0] != '\0')
        (void)unlink(own.passwd);
    fixture_end(&fixture);
}

TestSuite(setup_ssh, .init = begin, .fini = end);

static size_t command_line(const char *argv[ARGUMENTS], const char *first, va_list more)
{
    size_t count = own_home_begin(&own, fixture.home, argv);
    for (const char *at = first; at != NULL && count + 1 < ARGUMENTS; at = va_arg(more, const char *))
        argv[count++] = at;
    argv[count] = NULL;
    return count;
}

// In that home, with nothing but HOME and PATH.
static void run(int exit_code, const char *first, ...) __attribute__((sentinel));
static void run(int exit_code, const char *first, ...)
{
    const char *argv[ARGUMENTS];
    va_list more;
    va_start(more, first);
    (void)command_line(argv, first, more);
    va_end(more);
    support_result_free(&result);
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, exit_code, "%s: %d, %s%s", first, result.exit_code, result.out,
                 result.err);
}

static void expect(const char *stream, const char *text)
{
    cr_expect_not_null(strstr(stream, text), "'%s' is not in: %s", text, stream);
}

static void write_config(const char *text)
{
    (void)mkdir(folder, 0700);
    cr_assert(support_file_write(config, text));
}

static void expect_config(const char *text)
{
    char *found = support_file_read(config, NULL);
    cr_assert_not_null(found);
    cr_expect_str_eq(found, text);
    free(found);
}

Test(setup_ssh, is_read_by_ssh_for_our_names_and_changes_no_other_host)
{
    static const char *const others[] = {"other", "sbx.leap0.dev", "bastion"};
    char *before[3], line[ROOM * 3];
    write_config("Host bastion\n  User me\n  Ciphers aes256-ctr\nHost *\n  ServerAliveInterval 7\n");
    for (size_t i = 0; i < 3; i++) {
        run(0, "ssh", "-G", others[i], NULL);
        before[i] = strdup(result.out);
    }
    run(0, program, "setup", "ssh", "--yes", NULL);
    for (size_t i = 0; i < 3; i++) {
        run(0, "ssh", "-G", others[i], NULL);
        cr_expect_str_eq(result.out, before[i], "%s is another one after the setup", others[i]);
        free(before[i]);
    }
    run(0, "ssh", "-G", "sbx-4f.leap0", NULL);
    (void)snprintf(line, sizeof line,
                   "proxycommand /usr/bin/env SBXDECK_STATE=%s/.local/state/sbxdeck %s ssh-proxy '%%h'\n",
                   fixture.home, program);
    expect(result.out, line);
    expect(result.out, "hostkeyalias sbxdeck-proxy\n");
    expect(result.out, "serveraliveinterval 7\n");
    run(0, "ssh", "-G", "sbx-4f.leap0.", NULL); // as DNS has names too
    expect(result.out, line);
    run(0, program, "setup", "ssh", "--yes", NULL);
    expect(result.out, "Nothing to do");
    run(0, program, "setup", "ssh", "--undo", "--yes", NULL);
    expect_config("Host bastion\n  User me\n  Ciphers aes256-ctr\nHost *\n  ServerAliveInterval 7\n");
    run(0, program, "setup", "ssh", "--undo", "--yes", NULL);
    expect(result.out, "Nothing to do");
    expect(result.out, include);
}

Test(setup_ssh, needs_a_yes)
{
    write_config("Host a\n");
    run(2, program, "setup", "ssh", NULL);
    expect(result.out, "Match originalhost *.leap0");
    expect(result.out, include);
    expect(result.err, "add --yes");
    expect_config("Host a\n");
    cr_expect_eq(access(block, F_OK), -1);
    cr_expect_null(strstr(result.out, "\033"), "an escape is printed");
}

static struct console *ask(void)
{
    const char *argv[ARGUMENTS];
    size_t count = own_home_begin(&own, fixture.home, argv);
    argv[count++] = program;
    argv[count++] = "setup";
    argv[count++] = "ssh";
    argv[count] = NULL;
    struct console *console = console_start(60, 110, argv, fixture.environment);
    console_wait(console, "Write this? [y/N]");
    return console;
}

Test(setup_ssh, asks_on_a_terminal_and_takes_only_a_y)
{
    write_config("Host a\n");
    struct console *console = ask();
    console_type(console, "\r");
    console_wait(console, "not confirmed, nothing was changed");
    cr_expect_eq(console_wait_exit(console), 1);
    console_free(console);
    expect_config("Host a\n");
    console = ask();
    console_type(console, "y\r");
    console_wait(console, "Done.");
    cr_expect_eq(console_wait_exit(console), 0);
    console_free(console);
    char whole[ROOM * 2 + 16];
    (void)snprintf(whole, sizeof whole, "%sHost a\n", include);
    expect_config(whole);
}

Test(setup_ssh, is_refused_where_ssh_reads_another_home)
{
    write_config("Host a\n");
    const char *const argv[] = {program, "setup", "ssh", "--yes", NULL};
    support_result_free(&result);
    cr_assert(support_run(argv, fixture.environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_eq(result.exit_code, 2);
    expect(result.err, "HOME is ");
    expect(result.err, "ssh-config");
    expect_config("Host a\n");
}

Test(setup_ssh, changes_nothing_where_ssh_does_not_take_the_settings)
{
    char bin[ROOM], path[ROOM * 2];
    write_config("Host a\n");
    (void)snprintf(bin, sizeof bin, "%s/bin", fixture.home);
    (void)snprintf(path, sizeof path, "%s/ssh", bin);
    cr_assert_eq(mkdir(bin, 0700), 0);
    cr_assert(
        support_file_write(path, "#!/bin/sh\necho 'Bad configuration option: hostkeyalias' >&2\nexit 255\n"));
    cr_assert_eq(chmod(path, 0700), 0);
    (void)snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", bin);
    run(255, "env", path, program, "setup", "ssh", "--yes", NULL);
    expect(result.err, "Bad configuration option: hostkeyalias");
    expect_config("Host a\n");
    cr_expect_eq(access(block, F_OK), -1);
}

Test(setup_ssh, carries_what_it_was_set_up_with_but_no_key)
{
    char state[ROOM], line[ROOM * 3];
    (void)snprintf(state, sizeof state, "SBXDECK_STATE=%s/my state", fixture.home);
    run(0, "env", state, "LEAP0_BASE_URL=http://127.0.0.1:9", "LEAP0_API_KEY=lp0-canary", program,
        "ssh-config", NULL);
    (void)snprintf(
        line, sizeof line,
        "ProxyCommand /usr/bin/env SBXDECK_STATE='%s/my state' LEAP0_BASE_URL=http://127.0.0.1:9 %s ",
        fixture.home, program);
    expect(result.out, line);
    (void)snprintf(line, sizeof line, "UserKnownHostsFile \"%s/my state/ssh/known_hosts\"\n", fixture.home);
    expect(result.out, line);
    cr_expect_null(strstr(result.out, "canary"), "the key is in it");
    cr_expect_eq(strncmp(result.out, "Match originalhost *.leap0,*.leap0.\n", 36), 0, "%s", result.out);
    cr_expect_str_empty(result.err);
}

Test(setup_ssh, refuses_a_state_folder_that_ssh_config_can_not_hold)
{
    char state[ROOM];
    (void)snprintf(state, sizeof state, "SBXDECK_STATE=%s/100%%", fixture.home);
    run(2, "env", state, program, "setup", "ssh", "--yes", NULL);
    expect(result.err, "has a %, which ssh_config can't hold");
    expect(result.err, "set state_folder to another folder");
    cr_expect_eq(access(folder, F_OK), -1);
}

// --- with the emulator --------------------------------------------------------------------

static char sandbox[64], file[ROOM];

static void begin_emulator(void)
{
    static const char *const options[] = {"--sandboxes", "2", NULL};
    begin_with(options);
    fixture_first_sandbox(&fixture, sandbox, sizeof sandbox);
    (void)snprintf(file, sizeof file, "%s/ssh.conf", fixture.home);
}

static void print_config(const char *of)
{
    struct support_result printed = fixture_run(&fixture, "ssh-config", of, NULL);
    cr_assert_eq(printed.exit_code, 0, "%s", printed.err);
    cr_assert(support_file_write(file, printed.out));
    support_result_free(&printed);
}

static void run_ssh(const char *host, const char *command)
{
    const char *const argv[] = {"ssh", "-F", file, "-o", "BatchMode=yes", host, command, NULL};
    support_result_free(&result);
    memset(&result, 0, sizeof result);
    cr_assert(support_run(argv, fixture.environment, NULL, SUPPORT_WAIT_MS, &result));
}

Test(setup_ssh, prints_what_ssh_connects_by, .init = begin_emulator, .fini = end)
{
    char host[80], line[96];
    (void)snprintf(host, sizeof host, "%s.leap0", sandbox);
    print_config(NULL);
    run_ssh(host, "echo in; exit 7");
    cr_expect_eq(result.exit_code, 7, "%s", result.err);
    cr_expect_str_eq(result.out, "in\n");
    print_config(sandbox);
    char *text = support_file_read(file, NULL);
    (void)snprintf(line, sizeof line, "Host %s\n", host);
    cr_expect_eq(strncmp(text, line, strlen(line)), 0, "%s", text);
    free(text);
    run_ssh(host, "echo in");
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    const char *const sftp[] = {"sftp", "-F", file, "-b", "/dev/stdin", host, NULL};
    if (access("/usr/lib/openssh/sftp-server", X_OK) == 0) {
        support_result_free(&result);
        cr_assert(support_run(sftp, fixture.environment, "pwd\n", SUPPORT_WAIT_MS, &result));
        cr_expect_eq(result.exit_code, 0, "%s", result.err);
        expect(result.out, "Remote working directory");
    }
    fixture_expect(&fixture, 4, NULL, "no sandbox is named 'nosuch'", "ssh-config", "nosuch", NULL);
    fixture_expect(&fixture, 2, NULL, "not a sandbox id", "ssh-config", "no such", NULL);
}

// The key comes by a command; the environment has none.
Test(setup_ssh, lets_a_tool_in_by_a_key_from_elsewhere, .init = begin_emulator, .fini = end)
{
    char host[80], settings[ROOM * 2], key_file[ROOM];
    (void)snprintf(host, sizeof host, "%s.leap0", sandbox);
    (void)snprintf(key_file, sizeof key_file, "%s/key", fixture.home);
    cr_assert(support_file_write(key_file, fixture.emulator.api_key));
    (void)snprintf(settings, sizeof settings, "base_url = %s\napi_key_command = cat %s\n",
                   fixture.emulator.base_url, key_file);
    fixture_settings(&fixture, settings);
    run(0, program, "setup", "ssh", "--yes", NULL);
    cr_expect_null(strstr(result.out, "api_key_file"), "it is told what is set already");
    run(0, "ssh", "-o", "BatchMode=yes", host, NULL);
    run(0, program, "ls", NULL);
    expect(result.out, sandbox);
    cr_assert_eq(chmod(key_file, 0000), 0);
    cr_assert_eq(unlink(key_file), 0);
    run(3, program, "ls", NULL);
    expect(result.err, "api_key_command exited with code 1");
    run(255, "ssh", "-o", "BatchMode=yes", host, NULL);
    expect(result.err, "api_key_command exited with code 1");
}

static bool tools_are(void *ctx)
{
    cJSON *list = fixture_json(&fixture, 0, "ls", "--json", NULL);
    double count = 0;
    for (const cJSON *at = list->child; at != NULL; at = at->next)
        count += strcmp(json_text(at, "id"), sandbox) == 0 ? json_number(at, "connected_tools") : 0;
    cJSON_Delete(list);
    return count == *(const double *)ctx;
}

static pid_t connect_tool(const char *host, int *in)
{
    const char *const argv[] = {"ssh", "-F", file, "-o", "BatchMode=yes", host, "cat", NULL};
    int ends[2] = {-1, -1};
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = support_spawn(argv, fixture.environment, ends[0], -1, -1);
    cr_assert_gt(pid, 0);
    (void)close(ends[0]);
    *in = ends[1];
    return pid;
}

// Those that end in order, and one that is killed with its proxy.
Test(setup_ssh, counts_the_tools_that_are_connected, .init = begin_emulator, .fini = end)
{
    char host[80];
    int in[2];
    double none = 0, one = 1, two = 2;
    (void)snprintf(host, sizeof host, "%s.leap0", sandbox);
    print_config(NULL);
    cr_expect(tools_are(&none));
    pid_t first = connect_tool(host, &in[0]);
    cr_assert(support_wait_until(tools_are, &one, SUPPORT_WAIT_MS));
    pid_t second = connect_tool(host, &in[1]);
    cr_assert(support_wait_until(tools_are, &two, SUPPORT_WAIT_MS));
    struct console *console = fixture_console(&fixture, 40, 110, sandbox);
    fixture_choose(console, sandbox);
    console_wait(console, "2 tools connected, OpenSSH_");
    console_type(console, "T");
    console_wait(console, "2 connected tools will be disconnected.");
    console_type(console, "n");
    console_wait_gone(console, "Stop the sandbox?");
    (void)close(in[0]);
    cr_expect_eq(support_wait_exit(first, SUPPORT_WAIT_MS), 0);
    console_wait(console, "1 tool connected, OpenSSH_");
    char proxy[96];
    (void)snprintf(proxy, sizeof proxy, "ssh-proxy %s", host);
    cr_expect_eq(support_signal_processes_with(proxy, SIGKILL), 1);
    cr_expect_eq(support_wait_exit(second, SUPPORT_WAIT_MS), 255);
    console_wait_gone(console, "tool connected");
    (void)close(in[1]);
    fixture_quit(console);
    cr_expect(tools_are(&none));
}
