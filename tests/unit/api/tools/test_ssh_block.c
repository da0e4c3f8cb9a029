// SPDX-License-Identifier: Apache-2.0
//
// ssh_block: what is quoted arrives as it was, by the real ssh and by the shells that there are; what can't
// be quoted is refused; a changed file isn't taken for ours.

#include "api/tools/ssh_block.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32];
static struct local_keys keys;
static struct ssh_block block;
static struct bytebuf text;
static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/config", folder);
    cr_assert_eq(local_keys_paths("/var/lib/me", &keys, &why), STATUS_OK);
    block = (struct ssh_block){.keys = &keys, .program = "/usr/bin/sbxdeck", .state_folder = "/var/lib/me"};
    text = BYTEBUF(SSH_BLOCK_MAX);
}

static void end(void)
{
    bytebuf_free(&text);
    (void)support_folder_remove(folder);
}

TestSuite(ssh_block, .init = begin, .fini = end);

static void write_block(void)
{
    bytebuf_clear(&text);
    cr_assert_eq(ssh_block_write(&block, &text, &why), STATUS_OK, "%s", why.message);
}

static void refuse(const char *part)
{
    bytebuf_clear(&text);
    cr_expect_eq(ssh_block_write(&block, &text, &why), STATUS_BAD_ARGUMENT, "%s was taken", part);
    cr_expect_not_null(strstr(why.message, part), "'%s' is not in: %s", part, why.message);
}

// What ssh makes of the block for that host; the caller's to free.
static char *ask_ssh(const char *host)
{
    const char *const argv[] = {"ssh", "-F", file, "-G", host, NULL};
    struct support_result result = {.exit_code = 0};
    cr_assert(support_file_write(file, bytebuf_text(&text)));
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    char *out = strdup(result.out);
    support_result_free(&result);
    return out;
}

static void expect_ssh(const char *host, const char *line)
{
    char *out = ask_ssh(host);
    char whole[1024];
    (void)snprintf(whole, sizeof whole, "\n%s\n", line);
    cr_expect_not_null(strstr(out, whole), "'%s' is not what ssh reads for %s", line, host);
    free(out);
}

Test(ssh_block, is_for_names_that_end_in_leap0_and_for_no_other)
{
    write_block();
    expect_ssh("sbx-4f.leap0", "hostkeyalias sbxdeck-proxy");
    expect_ssh("sbx-4f.leap0", "userknownhostsfile /var/lib/me/ssh/known_hosts");
    expect_ssh("sbx-4f.leap0", "identityfile /var/lib/me/ssh/identity");
    expect_ssh("sbx-4f.leap0", "identityagent none");
    expect_ssh("sbx-4f.leap0", "identitiesonly yes");
    expect_ssh("sbx-4f.leap0", "stricthostkeychecking true");
    expect_ssh("sbx-4f.leap0", "updatehostkeys false");
    expect_ssh("sbx-4f.leap0",
               "proxycommand /usr/bin/env SBXDECK_STATE=/var/lib/me /usr/bin/sbxdeck ssh-proxy '%h'");
    static const char *const others[] = {"other", "leap0", "sbx.leap0.dev", "sbx-leap0", "10.0.0.1"};
    char *with[2];
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        with[0] = ask_ssh(others[i]);
        bytebuf_clear(&text);
        with[1] = ask_ssh(others[i]);
        cr_expect_str_eq(with[0], with[1], "%s is another one with the block", others[i]);
        free(with[0]);
        free(with[1]);
        write_block();
    }
}

// A keyword that is new stops an old ssh for all hosts, also where it stands in a block for others.
Test(ssh_block, has_no_keyword_that_openssh_7_3_does_not_know)
{
    static const char known[] =
        " Match Host HostName ProxyCommand UserKnownHostsFile IdentityFile HostKeyAlias GlobalKnownHostsFile"
        " StrictHostKeyChecking UpdateHostKeys CheckHostIP VerifyHostKeyDNS HostKeyAlgorithms KexAlgorithms "
        "Ciphers"
        " MACs Compression IdentitiesOnly IdentityAgent PubkeyAuthentication PreferredAuthentications"
        " CanonicalizeHostname ProxyUseFdpass ";
    write_block();
    for (const char *at = text.data; *at != '\0'; at += strcspn(at, "\n") + 1) {
        char word[64];
        const char *start = at + strspn(at, " ");
        (void)snprintf(word, sizeof word, " %.*s ", (int)strcspn(start, " "), start);
        cr_expect_not_null(strstr(known, word), "%s", word);
    }
}

Test(ssh_block, of_one_sandbox_is_for_that_one_alone)
{
    block.sandbox = "sbx-4f";
    write_block();
    cr_expect_eq(strncmp(text.data, "Host sbx-4f.leap0\n", 18), 0, "%s", text.data);
    expect_ssh("sbx-4f.leap0", "hostkeyalias sbxdeck-proxy");
    char *out = ask_ssh("sbx-4fa.leap0");
    cr_expect_null(strstr(out, "sbxdeck-proxy"));
    free(out);
}

// Settings of the user's own for all hosts, which would break it.
Test(ssh_block, goes_before_what_stands_for_all_hosts)
{
    write_block();
    cr_assert_eq(bytebuf_add_text(&text,
                                  "Host *\n HostName elsewhere\n ProxyJump bastion\n Ciphers aes256-cbc\n"
                                  " KexAlgorithms diffie-hellman-group14-sha256\n StrictHostKeyChecking no\n"
                                  " HostKeyAlgorithms rsa-sha2-512\n Compression yes\n IdentityAgent /x\n"
                                  " PreferredAuthentications password\n ProxyUseFdpass yes\n"
                                  " CanonicalizeHostname always\n LogLevel VERBOSE\n"),
                 STATUS_OK);
    expect_ssh("a.leap0", "hostname a.leap0");
    expect_ssh("a.leap0", "ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr");
    expect_ssh("a.leap0", "kexalgorithms curve25519-sha256@libssh.org,ecdh-sha2-nistp256");
    expect_ssh("a.leap0", "hostkeyalgorithms ssh-ed25519");
    expect_ssh("a.leap0", "compression no");
    expect_ssh("a.leap0", "preferredauthentications publickey");
    expect_ssh("a.leap0", "proxyusefdpass no");
    expect_ssh("a.leap0", "canonicalizehostname false");
    expect_ssh("a.leap0", "loglevel VERBOSE");
    expect_ssh("other", "hostname elsewhere");
    char *out = ask_ssh("a.leap0");
    cr_expect_null(strstr(out, "bastion"), "it goes by way of a bastion");
    free(out);
}

Test(ssh_block, leaves_the_agent_to_the_user_where_it_may_be_forwarded)
{
    block.agent = true;
    write_block();
    cr_assert_eq(bytebuf_add_text(&text, "IdentityAgent /x\nForwardAgent yes\n"), STATUS_OK);
    expect_ssh("a.leap0", "identityagent /x");
    expect_ssh("a.leap0", "forwardagent yes");
    expect_ssh("a.leap0", "identitiesonly yes");
}

Test(ssh_block, quotes_paths_with_blanks_and_quotes)
{
    cr_assert_eq(local_keys_paths("/home/o'neil x/my state", &keys, &why), STATUS_OK);
    block.state_folder = "/home/o'neil x/my state";
    write_block();
    expect_ssh("a.leap0", "userknownhostsfile /home/o'neil x/my state/ssh/known_hosts");
    expect_ssh("a.leap0", "identityfile /home/o'neil x/my state/ssh/identity");
}

// A program at that path which prints what it was given.
static void make_program(const char *path)
{
    cr_assert(support_file_write(
        path, "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" \"$SBXDECK_STATE\" \"$LEAP0_BASE_URL\" >&2\n"));
    cr_assert_eq(chmod(path, 0700), 0);
}

// Through ssh itself, which expands it and gives it to the user's shell.
static void expect_run(const char *shell, const char *path, const char *host)
{
    const char *const argv[] = {"ssh", "-F", file, host, "true", NULL};
    char variable[64], expected[2048];
    struct support_result result = {.exit_code = 0};
    (void)snprintf(variable, sizeof variable, "SHELL=%s", shell);
    const char *const environment[] = {variable, NULL};
    write_block();
    cr_assert(support_file_write(file, bytebuf_text(&text)));
    cr_assert(support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result));
    (void)snprintf(expected, sizeof expected, "%s|ssh-proxy|%s|%s|%s|", path, host, block.state_folder,
                   block.variable_count > 0 ? block.variables[0].value : "");
    cr_expect_eq(strncmp(result.err, expected, strlen(expected)), 0, "%s: expected %s, not %s", shell,
                 expected, result.err);
    support_result_free(&result);
}

Test(ssh_block, calls_the_program_by_any_path_from_any_shell)
{
    static const char *const names[] = {"plain", "two words", "it's", "100%h", "a\"b", "$HOME", "a;b",
                                        "a&b",   "#a",        "`id`", "a*",    "~",    "!x",    "ä"};
    static const char *const shells[] = {"/bin/sh", "/bin/bash", "/bin/zsh", "/usr/bin/fish", "/bin/csh"};
    char path[SUPPORT_PATH_CAP + 64];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        make_program(path);
        block.program = path;
        block.variables[0].name = "LEAP0_BASE_URL";
        block.variables[0].value = names[i];
        block.variable_count = 1;
        for (size_t s = 0; s < sizeof shells / sizeof shells[0]; s++)
            if (access(shells[s], X_OK) == 0)
                expect_run(shells[s], path, "a.leap0");
    }
}

Test(ssh_block, that_can_not_be_quoted_is_refused)
{
    static const char *const folders[] = {"/a\"b", "/a\\b",    "/a*",   "/a?",   "/a[b]",
                                          "/a%h",  "/${HOME}", "/a\nb", "/a\x7f"};
    struct bytebuf line = BYTEBUF(4096);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        cr_assert_eq(local_keys_paths(folders[i], &keys, &why), STATUS_OK);
        refuse("");
        cr_expect_eq(ssh_block_include(keys.config, &line, &why), STATUS_BAD_ARGUMENT, "%s", folders[i]);
        bytebuf_clear(&line);
    }
    cr_assert_eq(local_keys_paths("/var/lib/me", &keys, &why), STATUS_OK);
    block.program = "/a\\b";
    refuse("/a\\b");
    block.program = "/a\nProxyCommand id";
    refuse("control character");
    block.program = "/a=b/sbxdeck"; // env would take it for a variable
    refuse("/a=b/sbxdeck");
    block.program = "/usr/bin/sbxdeck";
    block.variables[0].name = "LEAP0_BASE_URL";
    block.variables[0].value = "a\nb";
    block.variable_count = 1;
    refuse("LEAP0_BASE_URL");
    bytebuf_free(&line);
}

Test(ssh_block, of_a_file_is_ours_until_a_byte_of_it_changes)
{
    cr_assert_eq(ssh_block_file(&block, &text, &why), STATUS_OK, "%s", why.message);
    cr_expect_eq(ssh_block_judge(text.data, text.length), SSH_BLOCK_OURS);
    size_t changed = 0;
    size_t words = strcspn(text.data, "\n") - 32; // what stands before the checksum is words alone
    for (size_t i = words; i < text.length; i++) {
        text.data[i] ^= 1;
        changed += ssh_block_judge(text.data, text.length) == SSH_BLOCK_CHANGED;
        text.data[i] ^= 1;
    }
    cr_expect_eq(changed, text.length - words);
    for (size_t cut = 0; cut < text.length; cut++)
        cr_expect_eq(ssh_block_judge(text.data, cut), SSH_BLOCK_CHANGED, "cut at %zu", cut);
    cr_expect_eq(ssh_block_judge("", 0), SSH_BLOCK_CHANGED);
    expect_ssh("a.leap0", "hostkeyalias sbxdeck-proxy");
}
