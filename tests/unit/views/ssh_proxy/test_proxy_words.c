// SPDX-License-Identifier: Apache-2.0
//
// proxy_words: what is told to the people behind a tool is complete, short and safe to show.

#include "views/ssh_proxy/proxy_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(proxy_words);

enum { MINUTE = 60 * 1000 };
static const int64_t now = 1775044800000;
static char text[PROXY_TEXT_CAP];

Test(proxy_words, a_refusal_names_the_sandbox_once_and_the_way_out)
{
    struct failure why = {.status = STATUS_OK};
    (void)advise(&why, fail(&why, STATUS_CONFLICT, "sbx-a is stopped"), "sbxdeck start sbx-a");
    cr_expect_str_eq(proxy_words_refused("sbx-a", &why, text),
                     "sbxdeck: sbx-a is stopped (sbxdeck start sbx-a)");
    (void)fail(&why, STATUS_TIMED_OUT, "no answer");
    (void)advise(&why, why.status, "try again");
    cr_expect_str_eq(proxy_words_refused("sbx-a", &why, text), "sbxdeck: sbx-a: no answer (try again)");
    cr_expect_str_eq(proxy_words_refused("", &why, text), "sbxdeck: no answer (try again)");
}

Test(proxy_words, a_changed_key_is_told_with_both_and_stays_in_its_lines)
{
    struct ssh_end end;
    memset(&end, 0, sizeof end);
    (void)snprintf(end.host_key.host, sizeof end.host_key.host, "a.example\nsbxdeck: all is well\x1b[2J");
    (void)snprintf(end.host_key.known, sizeof end.host_key.known, "SHA256:one");
    (void)snprintf(end.host_key.seen, sizeof end.host_key.seen, "SHA256:two");
    (void)proxy_words_changed_key(&end, "/home/x/known_hosts", text);
    cr_expect_not_null(strstr(text, "SHA256:one"));
    cr_expect_not_null(strstr(text, "SHA256:two"));
    cr_expect_not_null(strstr(text, "no password was sent"));
    cr_expect_null(strchr(text, '\x1b'));
    cr_expect_null(strstr(text, "\nsbxdeck: all is well"));
    int lines = 1;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n' ? 1 : 0;
    cr_expect_eq(lines, 4, "%d: %s", lines, text);
}

Test(proxy_words, only_what_ends_within_five_minutes_is_told)
{
    cr_expect_str_eq(proxy_words_ends("sbx-a", now + 6 * MINUTE, now + 60 * MINUTE, now, text), "");
    cr_expect_str_eq(proxy_words_ends("sbx-a", 0, 0, now, text), "");
    cr_expect_str_eq(proxy_words_ends("sbx-a", now - 1, now - MINUTE, now, text), "", "over already");
    (void)proxy_words_ends("sbx-a", now + 4 * MINUTE, 0, now, text);
    cr_expect_not_null(strstr(text, "the credential of sbx-a ends in 4m00s, at "), "%s", text);
    (void)proxy_words_ends("sbx-a", now + 4 * MINUTE, now + 3 * MINUTE, now, text);
    cr_expect_not_null(strstr(text, "\nsbxdeck: the time-out of sbx-a ends in 3m00s"), "%s", text);
}

Test(proxy_words, the_clients_name_is_what_follows_the_protocol)
{
    cr_expect_str_eq(proxy_words_client("SSH-2.0-OpenSSH_9.2p1 Debian-2"), "OpenSSH_9.2p1 Debian-2");
    cr_expect_str_eq(proxy_words_client("SSH-1.99-x-y"), "x-y");
    cr_expect_str_eq(proxy_words_client("odd"), "odd");
    cr_expect_str_eq(proxy_words_client(""), "a tool");
    cr_expect_str_eq(proxy_words_client("SSH-2.0-"), "a tool");
    cr_expect(proxy_words_are_shown("SSH-2.0-OpenSSH_9.2p1"));
    cr_expect_not(proxy_words_are_shown("SSH-2.0-paramiko_2.12.0"));
    cr_expect_not(proxy_words_are_shown(""));
}
