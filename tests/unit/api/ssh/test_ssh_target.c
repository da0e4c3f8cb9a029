// SPDX-License-Identifier: Apache-2.0
//
// ssh_target: what the grammar takes, and that it takes nothing else.

#include "api/ssh/ssh_target.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *command, *user, *host;
    int port;
} good[] = {
    {"ssh a@b", "a", "b", 22},
    {"ssh -o StrictHostKeyChecking=accept-new ssh-bb961077616ff86f@sbx-abc123.sandbox.leap0.dev",
     "ssh-bb961077616ff86f", "sbx-abc123.sandbox.leap0.dev", 22},
    {"ssh -oStrictHostKeyChecking=no -p 2222 u@127.0.0.1", "u", "127.0.0.1", 2222},
    {"ssh -p2222 -l u host", "u", "host", 2222},
    {"ssh -lu host.name", "u", "host.name", 22},
    {"  ssh   -p 65535  u@[::1] ", "u", "::1", 65535},
    {"ssh _u.v-w@a_b-c.d", "_u.v-w", "a_b-c.d", 22},
    {"ssh id@host -p 53783", "id", "host", 53783},
    {"ssh id@host -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null", "id", "host", 22},
    {"ssh -o Port=2222 id@host", "id", "host", 2222},
    {"ssh -oport=2222 -p 2222 id@host", "id", "host", 2222},
    {"ssh -o User=id host", "id", "host", 22},
    {"ssh -t id@host", "id", "host", 22},
    {"ssh -C -4 id@host", "id", "host", 22},
    {"ssh -6 id@host", "id", "host", 22},
    {"ssh -tt4Cp 2222 id@host", "id", "host", 2222},
    {"ssh -- id@host", "id", "host", 22},
    {"ssh -p 7 -- id@host", "id", "host", 7},
    {"ssh -l id host", "id", "host", 22},
    {"ssh -l id id@host", "id", "host", 22},
    {"ssh host -l id", "id", "host", 22},
    {"ssh id@host.", "id", "host", 22},
    {"ssh id@a.b.", "id", "a.b", 22},
    {"ssh ssh://id@host:2222", "id", "host", 2222},
    {"ssh ssh://id@host", "id", "host", 22},
    {"ssh ssh://id@[::1]:2222/", "id", "::1", 2222},
    {"ssh://id@host:2222", "id", "host", 2222},
    {"ssh id@::1", "id", "::1", 22},
    {"ssh id@[::1] -p 2222", "id", "::1", 2222},
    {"ssh id@fe80::1%eth0", "id", "fe80::1%eth0", 22},
    {"ssh id@[fe80::1%eth0.7]", "id", "fe80::1%eth0.7", 22},
    // Never used, so that they do no harm.
    {"ssh -o ProxyCommand=x -J evil -F /etc/x -i ~/.ssh/key -L 1:b:2 a@b", "a", "b", 22},
    {"ssh -oProxyCommand=x a@b", "a", "b", 22},
    {"ssh -v a@b", "a", "b", 22},
};

static const char *const bad[] = {
    "",
    " ",
    "ssh",
    "ssh ",
    "scp a@b",
    "SSH a@b",
    "/usr/bin/ssh a@b",
    "ssh -p",
    "ssh -p 22",
    "ssh -p 0 a@b",
    "ssh -p 65536 a@b",
    "ssh -p 022 a@b",
    "ssh -p -1 a@b",
    "ssh -p 1x a@b",
    "ssh -p 1 -p 2 a@b",
    "ssh -l a -l b c",
    "ssh -l a b@c",
    "ssh a@b c",
    "ssh a@b c@d",
    "ssh a@b ls",
    "ssh -o a@b",
    "ssh -o StrictHostKeyChecking a@b",
    "ssh -o StrictHostKeyChecking= a@b",
    "ssh - a@b",
    "ssh -Z a@b",
    "ssh -- -v a@b",
    "ssh -o =x a@b",
    "ssh -o Port=0 a@b",
    "ssh -o Port=22 -p 23 a@b",
    "ssh -o User=c a@b",
    "ssh a@b..",
    "ssh a@.",
    "ssh ssh://a@b:0",
    "ssh ssh://a@b:",
    "ssh ssh://a@b/path",
    "ssh ssh://a@::1:22x",
    "ssh ssh://",
    "ssh://",
    "ssh http://a@b",
    "ssh a@[fe80::1%]",
    "ssh a@fe80::1%a/b",
    "ssh a@host%eth0",
    "ssh ssh-1@sbx-abc123.${env.LEAP0_SANDBOX_DOMAIN}",
    "ssh @b",
    "ssh a@",
    "ssh a@@b",
    "ssh a@b@c",
    "ssh -a@b",
    "ssh a@-b",
    "ssh a@-oProxyCommand=x",
    "ssh a@b-",
    "ssh a@.b",
    "ssh a@b..c",
    "ssh a@b;ls",
    "ssh a@b|ls",
    "ssh a@b&",
    "ssh a@$(ls)",
    "ssh a@`ls`",
    "ssh 'a@b'",
    "ssh \"a@b\"",
    "ssh a@b\n",
    "ssh\ta@b",
    "ssh a@b\\",
    "ssh a@b/c",
    "ssh a@b%c",
    "ssh a@b:22",
    "ssh a@[::1",
    "ssh a@[]",
    "ssh a@[b]",
    "ssh a@[127.0.0.1]",
    "ssh a@[::1]x",
    "ssh a@1.2.3",
    "ssh a@127.1",
    "ssh a@1.2.3.4.5",
    "ssh a@256.1.1.1",
    "ssh a@2130706433",
    "ssh a@0x7f000001",
    "ssh a@b.0x1",
    "ssh a b@c",
    "ssh \xc3\xa4@b",
    "ssh a@b\x7f",
};

// By the command alone: without a domain there is nothing else to fall back on.
static enum status by_command(const char *user, const char *command, struct ssh_target *out,
                              struct failure *why)
{
    return ssh_target_of("x", NULL, NULL, 0, user, command, NULL, out, why);
}

Test(ssh_target, what_is_of_the_grammar_is_read)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct ssh_target target = {0};
        struct failure why = {0};
        cr_expect_eq(by_command(good[i].user, good[i].command, &target, &why), STATUS_OK, "%s: %s",
                     good[i].command, why.message);
        cr_expect_str_eq(target.user, good[i].user);
        cr_expect_str_eq(target.host, good[i].host);
        cr_expect_eq(target.port, good[i].port);
    }
}

Test(ssh_target, all_else_is_malformed_and_touches_nothing)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ssh_target target = {.user = "as", .host = "before", .port = 7};
        struct failure why = {0};
        cr_expect_eq(by_command("a", bad[i], &target, &why), STATUS_MALFORMED, "'%s'", bad[i]);
        cr_expect_str_eq(target.user, "as", "'%s'", bad[i]);
        cr_expect_str_eq(target.host, "before", "'%s'", bad[i]);
        cr_expect_eq(target.port, 7, "'%s'", bad[i]);
        cr_expect_neq(why.message[0], '\0', "'%s'", bad[i]);
    }
}

Test(ssh_target, no_byte_outside_the_grammar_passes)
{
    for (int c = 1; c < 256; c++) {
        char command[] = "ssh a?b@c?d", user[] = "a?b";
        struct ssh_target target;
        bool in_user = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
        command[5] = command[9] = user[1] = (char)c;
        cr_expect_eq(by_command(user, command, &target, NULL) == STATUS_OK, in_user, "0x%02x", (unsigned)c);
    }
}

Test(ssh_target, lengths_have_caps)
{
    char command[COMMAND_CAP + 64];
    char label[80];
    struct ssh_target target;
    for (size_t length = 62; length <= 66; length++) {
        memset(label, 'u', length);
        label[length] = '\0';
        (void)snprintf(command, sizeof command, "ssh %s@h", label);
        cr_expect_eq(by_command(label, command, &target, NULL) == STATUS_OK, length < ID_CAP, "user %zu",
                     length);
        (void)snprintf(command, sizeof command, "ssh u@%s", label);
        cr_expect_eq(by_command("u", command, &target, NULL) == STATUS_OK, length <= 63, "label %zu", length);
    }
    (void)snprintf(command, sizeof command, "ssh %*s", COMMAND_CAP, "a@b");
    cr_expect_eq(by_command("a", command, &target, NULL), STATUS_MALFORMED);
}

static enum status of(const char *host, int port, const char *username, const char *command,
                      struct ssh_target *out)
{
    return ssh_target_of("ssh-1", "sbx-1", host, port, username, command, "sandbox.example", out, NULL);
}

Test(ssh_target, own_fields_come_before_the_command_and_the_name)
{
    struct ssh_target target;
    cr_assert_eq(of("own.host", 2200, "own", "ssh -p 1 ssh-1@other", &target), STATUS_OK);
    cr_assert_str_eq(target.host, "own.host");
    cr_assert_str_eq(target.user, "own");
    cr_assert_eq(target.port, 2200);
    cr_assert_eq(of("", 0, "", "ssh -p 77 ssh-1@other", &target), STATUS_OK);
    cr_assert_str_eq(target.host, "other");
    cr_assert_eq(target.port, 77);
    cr_assert_eq(of("", 0, "", "", &target), STATUS_OK);
    cr_assert_str_eq(target.host, "sbx-1.sandbox.example");
    cr_assert_str_eq(target.user, "ssh-1");
    cr_assert_eq(target.port, 22);
    cr_assert_eq(of("::1", 0, NULL, NULL, &target), STATUS_OK);
    cr_assert_str_eq(target.host, "::1");
    cr_assert_eq(of(NULL, 0, NULL, "ssh other", &target), STATUS_OK, "the id stands in for the user");
    cr_assert_str_eq(target.user, "ssh-1");
    cr_assert_eq(of("own.host", 0, NULL, "ssh; rm", &target), STATUS_OK, "it needs no command");
    cr_assert_str_eq(target.host, "own.host");
    cr_assert_eq(of("", 0, "root", "ssh root@other", &target), STATUS_OK);
    cr_assert_str_eq(target.user, "root");
    cr_assert_eq(of("", 0, "own", "ssh ssh-1@other", &target), STATUS_OK);
    cr_assert_str_eq(target.host, "other");
    cr_assert_str_eq(target.user, "own");
}

// What can't be used is as good as absent, and that can be told.
Test(ssh_target, what_cannot_be_read_gives_way_to_the_sandboxs_own_name)
{
    static const struct {
        const char *host, *username, *command;
        int port, expected_port;
        bool told;
    } cases[] = {
        {"", "", "ssh ssh-1@sbx-1.${env.LEAP0_SANDBOX_DOMAIN}", 0, 22, false},
        {"", "", "ssh; rm -rf", 0, 22, false},
        {"", "", "connect with any client", 2200, 2200, false},
        {"", "", "ssh -p 7 root@other", 0, 22, false}, // signs in as somebody else
        {"-oProxyCommand=x", "", "", 0, 22, true},
        {"a host", "", "ssh; rm", 0, 22, false},
        {"", "-l", "", 0, 22, true},
        {"", "", "", 65536, 22, true},
        {"", "", "", -1, 22, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ssh_target target = {0};
        cr_assert_eq(of(cases[i].host, cases[i].port, cases[i].username, cases[i].command, &target),
                     STATUS_OK, "case %zu", i);
        cr_expect_str_eq(target.host, "sbx-1.sandbox.example", "case %zu", i);
        cr_expect_str_eq(target.user, "ssh-1", "case %zu", i);
        cr_expect_eq(target.port, cases[i].expected_port, "case %zu: %d", i, target.port);
        cr_expect_eq(ssh_target_is_understood("ssh-1", cases[i].host, cases[i].username, cases[i].command),
                     cases[i].told, "case %zu", i);
    }
}

Test(ssh_target, without_a_usable_name_or_user_there_is_none)
{
    struct ssh_target target;
    cr_expect_eq(ssh_target_of("ssh-1", "sbx/1", "", 0, "", "", "example", &target, NULL), STATUS_MALFORMED);
    cr_expect_eq(ssh_target_of("ssh-1", "sbx-1", "", 0, "", "", "", &target, NULL), STATUS_MALFORMED);
    cr_expect_eq(ssh_target_of("ssh 1", "sbx-1", "h", 0, "", "", "", &target, NULL), STATUS_MALFORMED);
}
