// SPDX-License-Identifier: Apache-2.0
//
// forward_spec: what the grammar takes, that it takes nothing else, and how a forward is shown.

#include "api/forward/forward_spec.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *text, *address;
    int local_port;
    const char *host;
    int port;
} good[] = {
    {"8080", "127.0.0.1", 8080, "localhost", 8080},
    {"1", "127.0.0.1", 1, "localhost", 1},
    {"65535", "127.0.0.1", 65535, "localhost", 65535},
    {"3000:8080", "127.0.0.1", 3000, "localhost", 8080},
    {":8080", "127.0.0.1", 0, "localhost", 8080},
    {"0:8080", "127.0.0.1", 0, "localhost", 8080},
    {"db:5432", "127.0.0.1", 5432, "db", 5432},
    {"db.internal.:5432", "127.0.0.1", 5432, "db.internal", 5432},
    {"10.0.0.7:80", "127.0.0.1", 80, "10.0.0.7", 80},
    {"[fd00::7]:80", "127.0.0.1", 80, "fd00::7", 80},
    {"3000:db:5432", "127.0.0.1", 3000, "db", 5432},
    {":db:5432", "127.0.0.1", 0, "db", 5432},
    {"3000:[::1]:80", "127.0.0.1", 3000, "::1", 80},
    {"127.0.0.1:3000:db:5432", "127.0.0.1", 3000, "db", 5432},
    {"127.0.0.2:3000:8080", "127.0.0.2", 3000, "localhost", 8080},
    {"localhost:3000:db:80", "127.0.0.1", 3000, "db", 80},
    {"LOCALHOST::8080", "127.0.0.1", 0, "localhost", 8080},
    {"[::1]:3000:host:80", "::1", 3000, "host", 80},
    {"[::1]::[::1]:80", "::1", 0, "::1", 80},
    {"*:3000:db:5432", "*", 3000, "db", 5432},
    {"0.0.0.0:3000:8080", "0.0.0.0", 3000, "localhost", 8080},
    {"[::]:3000:8080", "::", 3000, "localhost", 8080},
    {"[fe80::1%eth0]:3000:8080", "fe80::1%eth0", 3000, "localhost", 8080},
};

static const char *const bad[] = {
    "",
    ":",
    "::",
    ":::",
    "::::",
    "0",
    "65536",
    "99999999999999999999",
    "-1",
    "+80",
    " 80",
    "80 ",
    "8o80",
    "0x50",
    "80/tcp",
    "http://127.0.0.1:80",
    "70000:80",
    "80:0",
    "80:70000",
    "80:",
    "db:",
    "db",
    "3000:db",
    "3000:db:",
    "3000::80",
    "3000:-db:80",
    "3000:d b:80",
    "3000:d\nb:80",
    "3000:$(id):80",
    "3000:db;id:80",
    "3000:/run/sock:80",
    "3000:1.2.3:80",
    "3000:\xff\xfe:80",
    "::1:3000:80",
    "::1",
    "3000:::1:80",
    "3000:[::1:80",
    "3000:[]:80",
    "3000:[db]:80",
    "3000:[127.0.0.1]:80",
    "3000:[::1]x:80",
    "[::1",
    "db:3000:80",
    "db:3000:db:80",
    ":3000:db:80",
    "**:3000:80",
    "[127.0.0.1]:3000:80",
    "[::1]:3000:db:80:1",
    "127.0.0.1:x:db:80",
    "127.1:3000:80",
    "[fe80::1%et/h0]:3000:80",
};

Test(forward_spec, takes_what_kubectl_and_ssh_know)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct forward_spec spec;
        struct failure why = {.status = STATUS_OK};
        enum status status = forward_spec_parse(good[i].text, &spec, &why);
        cr_assert_eq(status, STATUS_OK, "%s: %s", good[i].text, failure_text(&why));
        cr_expect_str_eq(spec.address, good[i].address, "%s: %s", good[i].text, spec.address);
        cr_expect_str_eq(spec.host, good[i].host, "%s: %s", good[i].text, spec.host);
        cr_expect_eq(spec.local_port, good[i].local_port, "%s: %d", good[i].text, spec.local_port);
        cr_expect_eq(spec.port, good[i].port, "%s: %d", good[i].text, spec.port);
    }
}

Test(forward_spec, refuses_all_else_by_name_and_changes_nothing)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct forward_spec spec, before;
        struct failure why = {.status = STATUS_OK};
        memset(&spec, 'x', sizeof spec);
        before = spec;
        cr_assert_eq(forward_spec_parse(bad[i], &spec, &why), STATUS_BAD_ARGUMENT, "%s", bad[i]);
        cr_expect_eq(memcmp(&spec, &before, sizeof spec), 0, "%s", bad[i]);
        cr_expect(strchr(failure_text(&why), '\'') != NULL && strlen(failure_text(&why)) > 4, "%s", bad[i]);
        cr_expect(strstr(failure_advice(&why), "3000:8080") != NULL, "%s", bad[i]);
    }
}

Test(forward_spec, a_text_without_end_is_refused)
{
    static char text[100000];
    struct forward_spec spec;
    struct failure why;
    memset(text, ':', sizeof text - 1);
    cr_expect_eq(forward_spec_parse(text, &spec, &why), STATUS_BAD_ARGUMENT);
    memset(text, '8', sizeof text - 1);
    cr_expect_eq(forward_spec_parse(text, &spec, &why), STATUS_BAD_ARGUMENT);
    memset(text, 'a', 300);
    memcpy(text + 300, ":80", 4);
    cr_expect_eq(forward_spec_parse(text, &spec, &why), STATUS_BAD_ARGUMENT);
}

static struct forward_spec spec_of(const char *text)
{
    struct forward_spec spec;
    struct failure why = {.status = STATUS_OK};
    cr_assert_eq(forward_spec_parse(text, &spec, &why), STATUS_OK, "%s: %s", text, failure_text(&why));
    return spec;
}

Test(forward_spec, is_shown_as_a_browser_opens_it)
{
    static const struct {
        const char *text, *url, *local, *remote;
    } shown[] = {
        {"8080", "http://127.0.0.1:8080", "127.0.0.1:8080", ":8080"},
        {"3000:db:5432", "http://127.0.0.1:3000", "127.0.0.1:3000", "db:5432"},
        {"[::1]:3000:[fd00::7]:80", "http://[::1]:3000", "[::1]:3000", "[fd00::7]:80"},
        {"*:3000:80", "http://127.0.0.1:3000", "*:3000", ":80"},
        {"[::]:3000:80", "http://127.0.0.1:3000", "[::]:3000", ":80"},
        {"3000:443", "https://127.0.0.1:3000", "127.0.0.1:3000", ":443"},
    };
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        char text[FORWARD_URL_CAP], remote[FORWARD_REMOTE_CAP];
        struct forward_spec spec = spec_of(shown[i].text);
        cr_expect_str_eq(forward_spec_url(&spec, text), shown[i].url);
        cr_expect_str_eq(forward_spec_local(&spec, text), shown[i].local);
        cr_expect_str_eq(forward_spec_remote(&spec, remote), shown[i].remote);
    }
}

Test(forward_spec, knows_what_others_can_reach_and_what_clashes)
{
    struct forward_spec loopback = spec_of("3000:80"), six = spec_of("[::1]:3000:80"),
                        all = spec_of("*:3000:80"), one = spec_of("192.0.2.1:3000:80"), any = spec_of(":80");
    cr_expect_not(forward_spec_is_exposed(&loopback));
    cr_expect_not(forward_spec_is_exposed(&six));
    cr_expect(forward_spec_is_exposed(&all));
    cr_expect(forward_spec_is_exposed(&one));
    cr_expect(forward_spec_clashes(&loopback, &loopback));
    cr_expect(forward_spec_clashes(&loopback, &all));
    cr_expect(forward_spec_clashes(&all, &six));
    cr_expect_not(forward_spec_clashes(&loopback, &six));
    cr_expect_not(forward_spec_clashes(&any, &any));
}
