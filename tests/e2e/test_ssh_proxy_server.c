// SPDX-License-Identifier: Apache-2.0
//
// OpenSSH behind `sbxdeck ssh-proxy` against a real OpenSSH server and a server that records what it is told:
// a changed host key, a server or an API that is away, a key that is missing.

#include "tests/e2e/proxy_fixture.h"
#include "tests/support/access_server.h"
#include "tests/support/raw_ssh.h"
#include "tests/support/skip.h"
#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API_KEY "key-of-the-proxy-tests"
#define NAME    ACCESS_SERVER_SANDBOX ".leap0"

static struct proxy_fixture fixture;
static struct sshd sshd;
static struct access_server *server;

static void begin_with(const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, options));
    server = access_server_start(SSHD_HOST, sshd.port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(server);
    proxy_fixture_begin_at(&fixture, access_server_url(server), API_KEY, NULL);
    canary_secret(fixture.canary, API_KEY);
    canary_secret(fixture.canary, SSHD_PASSWORD);
}

static void begin(void)
{
    begin_with(NULL);
}

static void end(void)
{
    if (server == NULL)
        return;
    proxy_fixture_end(&fixture);
    access_server_stop(server);
    sshd_stop(&sshd);
    server = NULL;
}

TestSuite(ssh_proxy_server, .timeout = 240);

Test(ssh_proxy_server, a_real_server_is_as_it_is_without_the_proxy, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 0, "out\n", "", NAME, "echo out");
    proxy_expect(&fixture, 42, "", "err\n", NAME, "echo err >&2; exit 42");
    proxy_expect(&fixture, 0, "5000000\n", "", NAME, "head -c 5000000 /dev/zero | wc -c");
}

Test(ssh_proxy_server, its_banner_is_handed_on_and_cleaned, .fini = end)
{
    char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 32], option[SUPPORT_PATH_CAP + 64];
    cr_assert(support_folder_make(folder));
    (void)snprintf(path, sizeof path, "%s/banner", folder);
    cr_assert(support_file_write(path, "be welcome\n\x1b[31mhere\n"));
    (void)snprintf(option, sizeof option, "Banner=%s", path);
    const char *const options[] = {option, NULL};
    begin_with(options);
    struct support_result result = proxy_ssh(&fixture, NAME, "echo hi");
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_str_eq(result.out, "hi\n");
    cr_expect_not_null(strstr(result.err, "be welcome"), "%s", result.err);
    cr_expect_null(strchr(result.err, '\x1b'));
    support_result_free(&result);
    cr_expect(support_folder_remove(folder));
}

static const char *second_print(const char *text)
{
    const char *first = strstr(text, "SHA256:");
    return first != NULL ? strstr(first + 1, "SHA256:") : NULL;
}

Test(ssh_proxy_server, a_changed_host_key_is_refused_with_both, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 0, "once\n", "", NAME, "echo once");
    cr_assert(sshd_rekey(&sshd, "ed25519"));
    struct support_result refused = proxy_ssh(&fixture, NAME, "echo twice");
    cr_expect_eq(refused.exit_code, 255);
    cr_expect_str_eq(refused.out, "");
    cr_expect_not_null(second_print(refused.err), "not both fingerprints: %s", refused.err);
    cr_expect_not_null(strstr(refused.err, "no password was sent"), "%s", refused.err);
    support_result_free(&refused);
    struct support_result log = fixture_run(&fixture.base, "events", "--kind", "connected", NULL);
    cr_expect_not_null(second_print(log.out), "%s", log.out);
    support_result_free(&log);
}

// --- one that records ---

static atomic_int asked; // to sign in, on the second connection and later

static void count_sign_ins(struct raw_ssh_peer *peer, void *ctx)
{
    (void)ctx;
    if (raw_ssh_reach(peer, RAW_SSH_KEYED))
        (void)raw_ssh_serve(peer, -1);
    atomic_fetch_add(&asked, (int)raw_ssh_count(peer, RAW_SSH_USERAUTH_REQUEST));
}

Test(ssh_proxy_server, a_changed_key_gets_no_password)
{
    struct raw_ssh *raw = raw_ssh_start(count_sign_ins, NULL);
    cr_assert_not_null(raw);
    server = access_server_start(RAW_SSH_HOST, raw_ssh_port(raw), RAW_SSH_USER, RAW_SSH_PASSWORD);
    cr_assert_not_null(server);
    proxy_fixture_begin_at(&fixture, access_server_url(server), API_KEY, NULL);
    char path[SUPPORT_PATH_CAP + 64], line[256];
    fixture_expect(&fixture.base, 0, NULL, NULL, "ls", NULL); // makes the folder
    (void)snprintf(path, sizeof path, "%s/known_hosts", fixture.state);
    (void)snprintf(line, sizeof line,
                   "[%s]:%d ssh-ed25519 "
                   "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n",
                   RAW_SSH_HOST, raw_ssh_port(raw));
    cr_assert(support_file_write(path, line));
    struct support_result refused = proxy_ssh(&fixture, NAME, "true");
    cr_expect_eq(refused.exit_code, 255);
    cr_expect_not_null(second_print(refused.err), "%s", refused.err);
    support_result_free(&refused);
    cr_expect_geq(raw_ssh_connections(raw), 1);
    raw_ssh_stop(raw);
    cr_expect_eq(atomic_load(&asked), 0, "%d", atomic_load(&asked));
    proxy_fixture_end(&fixture);
    access_server_stop(server);
}

// --- what is away ---

Test(ssh_proxy_server, a_credential_in_the_vault_needs_no_api, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 0, "once\n", "", NAME, "echo once");
    access_server_stop(server);
    proxy_expect(&fixture, 0, "twice\n", "", NAME, "echo twice");
    sshd_stop(&sshd);
    struct support_result refused = proxy_ssh(&fixture, NAME, "true");
    cr_expect_eq(refused.exit_code, 255);
    cr_expect_not_null(strstr(refused.err, "refused the connection"), "%s", refused.err);
    cr_expect_not_null(strstr(refused.err, "asking the server failed"), "%s", refused.err);
    support_result_free(&refused);
    server = access_server_start(SSHD_HOST, 1, SSHD_USER, SSHD_PASSWORD); // for the end
}

Test(ssh_proxy_server, a_server_that_is_down_is_named, .init = begin, .fini = end)
{
    sshd_stop(&sshd);
    proxy_expect(&fixture, 255, "", "refused the connection", NAME, "true");
}

Test(ssh_proxy_server, without_the_api_its_reason_is_told)
{
    proxy_fixture_begin_at(&fixture, "http://127.0.0.1:1", API_KEY, NULL);
    proxy_expect(&fixture, 255, "", "sbxdeck: ", NAME, "true");
    proxy_fixture_end(&fixture);
}

Test(ssh_proxy_server, a_missing_key_is_told_with_the_way_out)
{
    proxy_fixture_begin_at(&fixture, "http://127.0.0.1:1", NULL, NULL);
    proxy_expect(&fixture, 255, "", "api_key_file", NAME, "true");
    proxy_fixture_end(&fixture);
}

Test(ssh_proxy_server, the_wrong_password_is_asked_about_and_replaced_once, .init = begin, .fini = end)
{
    proxy_expect(&fixture, 0, "once\n", "", NAME, "echo once");
    cr_assert(sshd_password(&sshd, 0, "another-password-by-now"));
    // The API gives the old one again and calls it valid: it does not go on for ever.
    proxy_expect(&fixture, 255, "", "sbxdeck: ", NAME, "true");
    cr_assert(sshd_password(&sshd, 0, SSHD_PASSWORD));
    proxy_expect(&fixture, 0, "twice\n", "", NAME, "echo twice");
}
