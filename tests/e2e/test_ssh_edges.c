// SPDX-License-Identifier: Apache-2.0
//
// `sbxdeck ssh` and a session in the console where the server has something to say before the sign-in, does
// not answer, or is one that a known_hosts file of OpenSSH's own speaks of.

#include "tests/e2e/fixture.h"
#include "tests/support/access_server.h"
#include "tests/support/loopback.h"
#include "tests/support/raw_ssh.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char banner[] = "Only for those who may\n\n\033[2J\033]0;mine\ahidden\n";

static struct sshd sshd;
static struct access_server *server;
static struct fixture fixture;
static char folder[SUPPORT_PATH_CAP];

static void point_at(const char *password)
{
    if (server != NULL)
        access_server_stop(server);
    server = access_server_start(SSHD_HOST, sshd.port, SSHD_USER, password);
    cr_assert_not_null(server);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
}

static void begin(void)
{
    char option[2 * SUPPORT_PATH_CAP];
    char path[SUPPORT_PATH_CAP + 16];
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/banner", folder);
    cr_assert(support_file_write(path, banner));
    (void)snprintf(option, sizeof option, "Banner=%s", path);
    cr_assert(sshd_start(&sshd, (const char *const[]){option, NULL}));
    fixture_begin_without(&fixture);
    point_at(SSHD_PASSWORD);
}

static void end(void)
{
    if (server == NULL)
        return;
    fixture_end(&fixture);
    access_server_stop(server);
    sshd_stop(&sshd);
    (void)support_folder_remove(folder);
}

static void expect_banner(const char *text)
{
    cr_expect_not_null(strstr(text, "Only for those who may\n"), "%s", text);
    cr_expect_not_null(strstr(text, "hidden\n"), "%s", text);
    cr_expect_null(strchr(text, '\033'), "%s", text);
    cr_expect_null(strchr(text, '\a'), "%s", text);
}

Test(ssh_edges, banner_is_on_stderr_and_clean, .init = begin, .fini = end)
{
    struct support_result result = fixture_run(&fixture, "ssh", ACCESS_SERVER_SANDBOX, "echo out", NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_str_eq(result.out, "out\n");
    expect_banner(result.err);
    support_result_free(&result);
}

Test(ssh_edges, banner_is_there_when_the_sign_in_is_refused, .init = begin, .fini = end)
{
    point_at("not-the-password");
    struct support_result result = fixture_run(&fixture, "ssh", ACCESS_SERVER_SANDBOX, "echo out", NULL);
    cr_expect_eq(result.exit_code, 255);
    cr_expect_str_eq(result.out, "");
    expect_banner(result.err);
    cr_expect_not_null(strstr(result.err, "refused"), "%s", result.err);
    support_result_free(&result);
}

Test(ssh_edges, banner_stands_above_the_shell_of_a_session, .init = begin, .fini = end)
{
    struct console *console = fixture_console(&fixture, 30, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_wait(console, "Only for those who may");
    console_wait(console, "hidden");
    console_free(console);
}

Test(ssh_edges, banner_is_in_the_panel_of_a_session_that_is_refused, .init = begin, .fini = end)
{
    point_at("not-the-password");
    struct console *console = fixture_console(&fixture, 30, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait(console, "Sign-in refused");
    console_wait(console, "Only for those who may");
    console_free(console);
}

// Writes what is asked for to a known_hosts file that the settings name. "%s" is the server's key.
static void known_hosts(const char *format)
{
    char path[SUPPORT_PATH_CAP + 64];
    char settings[SUPPORT_PATH_CAP + 96];
    char text[2048];
    char key[1024];
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/known_hosts", fixture.home);
    char *known = support_file_read(path, NULL);
    cr_assert_not_null(known);
    cr_assert_eq(sscanf(known, "%*s %1023[^\n]", key), 1);
    free(known);
    (void)snprintf(text, sizeof text, format, key);
    (void)snprintf(path, sizeof path, "%s/openssh", folder);
    cr_assert(support_file_write(path, text));
    (void)snprintf(settings, sizeof settings, "known_hosts = %s\n", path);
    fixture_settings(&fixture, settings);
}

static void expect_refusal(const char *format, const char *line, const char *advice)
{
    fixture_expect(&fixture, 0, NULL, NULL, "ssh", ACCESS_SERVER_SANDBOX, "true", NULL);
    known_hosts(format);
    struct support_result result = fixture_run(&fixture, "ssh", ACCESS_SERVER_SANDBOX, "echo out", NULL);
    cr_expect_eq(result.exit_code, 255);
    cr_expect_str_eq(result.out, "");
    cr_expect_not_null(strstr(result.err, line), "%s", result.err);
    cr_expect_not_null(strstr(result.err, advice), "%s", result.err);
    support_result_free(&result);
}

Test(ssh_edges, revoked_host_key_is_refused, .init = begin, .fini = end)
{
    expect_refusal("# OpenSSH's own\n@revoked * %s\n", "line 2", "(ask whoever runs it)");
    char *log = sshd_log(&sshd); // the last connection must not have come to the sign-in
    const char *last = NULL;
    for (const char *at = log; (at = strstr(at, "Connection from")) != NULL; at++)
        last = at;
    cr_assert_not_null(last, "%s", log);
    cr_expect_null(strstr(last, "userauth-request"), "%s", last);
    free(log);
}

Test(ssh_edges, host_known_by_an_authority_only_is_refused, .init = begin, .fini = end)
{
    expect_refusal("@cert-authority * %s\n", "line 1", "(add a line with the host's own key");
}

Test(ssh_edges, silent_server_is_told_after_the_time_that_is_set, .init = begin, .fini = end)
{
    int port = 0;
    int listener = loopback_listen(4, &port); // the kernel takes the connection, and nobody speaks
    cr_assert_geq(listener, 0);
    access_server_stop(server);
    server = access_server_start(SSHD_HOST, port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(server);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
    fixture_settings(&fixture, "connect_timeout = 1\n");
    fixture_expect(&fixture, 255, NULL, "did not answer within 1s while agreeing on keys", "ssh",
                   ACCESS_SERVER_SANDBOX, "true", NULL);
    (void)close(listener);
}

// --- a session's failure is its own ---

// A shell that says its name and then hears; asked for an end by a line, it exchanges keys that make no
// sense.
static void odd_shell(struct raw_ssh_peer *peer, void *ctx)
{
    static const char nonsense[100];
    char name[32];
    struct raw_ssh *const *raw = ctx;
    (void)snprintf(name, sizeof name, "shell-%d\r\n", raw_ssh_connections(*raw));
    if (!raw_ssh_reach(peer, RAW_SSH_STARTED) || !raw_ssh_output(peer, name))
        return;
    while (raw_ssh_heard(peer) == 0)
        if (!raw_ssh_serve(peer, 1))
            return;
    (void)raw_ssh_output(peer, "heard\r\n");
    (void)raw_ssh_packet(peer, RAW_SSH_KEXINIT, nonsense, sizeof nonsense);
    (void)raw_ssh_serve(peer, -1);
}

Test(ssh_edges, server_that_breaks_the_protocol_ends_its_session_and_no_other)
{
    static struct raw_ssh *raw;
    raw = raw_ssh_start(odd_shell, &raw);
    cr_assert_not_null(raw);
    server = access_server_start(RAW_SSH_HOST, raw_ssh_port(raw), RAW_SSH_USER, RAW_SSH_PASSWORD);
    cr_assert_not_null(server);
    fixture_begin_without(&fixture);
    fixture_point_at(&fixture, access_server_url(server), "any-key");
    struct console *console = fixture_console(&fixture, 30, 100, ACCESS_SERVER_SANDBOX);
    console_type(console, KEY_ENTER);
    console_wait(console, "shell-1");
    console_type(console, KEY_PREFIX "c");
    console_wait(console, "shell-2");
    console_type(console, "x");
    console_wait(console, "the connection was lost");
    console_wait(console, "Enter reconnect");
    console_type(console, KEY_ESC);
    console_wait(console, "SANDBOX");
    console_type(console, KEY_ENTER); // to the one that is alive
    console_wait(console, "shell-1");
    console_type(console, "y");
    console_wait(console, "heard");
    console_free(console);
    fixture_end(&fixture);
    access_server_stop(server);
    raw_ssh_stop(raw);
}
