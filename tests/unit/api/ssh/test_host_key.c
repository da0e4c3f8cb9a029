// SPDX-License-Identifier: Apache-2.0
//
// host_key against files as they are and as they should not be, against ssh-keygen's word on fingerprints,
// and against other processes at the same file.

#include "api/base/file_util.h"
#include "api/ssh/host_key.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEYS = 3, ADDERS = 8, EACH = 25 };

static char folder[SUPPORT_PATH_CAP];
static char file[SUPPORT_PATH_CAP + 32];
static struct {
    char type[32], base64[1024], fingerprint[64];
} keys[KEYS];

static void make_key(int index, const char *type, const char *bits)
{
    char path[SUPPORT_PATH_CAP + 32];
    struct support_result result = {0};
    (void)snprintf(path, sizeof path, "%s/key%d", folder, index);
    const char *const make[] = {"ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-f", path, NULL};
    cr_assert(support_run(make, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
    const char *const show[] = {"ssh-keygen", "-l", "-f", path, NULL};
    cr_assert(support_run(show, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(sscanf(result.out, "%*s %63s", keys[index].fingerprint), 1);
    support_result_free(&result);
    (void)snprintf(path, sizeof path, "%s/key%d.pub", folder, index);
    char *text = support_file_read(path, NULL);
    cr_assert_eq(sscanf(text, "%31s %1023s", keys[index].type, keys[index].base64), 2);
    free(text);
}

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/deep/er/known_hosts", folder);
    make_key(0, "ed25519", "256");
    make_key(1, "ed25519", "256");
    make_key(2, "rsa", "2048");
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(host_key, .init = begin, .fini = end, .timeout = 120);

static struct host_key_report report;
static struct failure why;

static enum status check(const char *host, int port, int key)
{
    return host_key_check(file, host, port, keys[key].type, keys[key].base64, &report, &why);
}

static void add(const char *host, int port, int key)
{
    cr_assert_eq(host_key_add(file, host, port, keys[key].type, keys[key].base64, &why), STATUS_OK, "%s",
                 why.message);
}

static void put(const char *text)
{
    (void)snprintf(file, sizeof file, "%s/known_hosts", folder);
    cr_assert(support_file_write(file, text));
}

Test(host_key, new_then_known_then_changed)
{
    cr_assert_eq(check("Sbx-1.example", 22, 0), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_NEW);
    cr_assert_str_eq(report.seen, keys[0].fingerprint);
    cr_assert_str_eq(report.seen_type, "ssh-ed25519");
    add("sbx-0.example", 22, 2);
    add("sbx-1.example", 22, 0);
    cr_assert_eq(check("SBX-1.example", 22, 0), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN, "names are the same in any case of letters");
    for (int other = 1; other < KEYS; other++) {
        cr_assert_eq(check("sbx-1.example", 22, other), STATUS_OK);
        cr_assert_eq(report.verdict, HOST_KEY_CHANGED);
        cr_assert_str_eq(report.known, keys[0].fingerprint);
        cr_assert_str_eq(report.known_type, keys[0].type);
        cr_assert_str_eq(report.seen, keys[other].fingerprint);
        cr_assert_eq(report.line, 2);
    }
    cr_assert_eq(check("sbx-1.example", 2222, 1), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_NEW, "another port is another host");
    cr_assert_str_eq(report.host, "[sbx-1.example]:2222");
}

Test(host_key, file_is_private_and_ssh_keygen_reads_it)
{
    struct stat about;
    char deep[SUPPORT_PATH_CAP + 32];
    struct support_result result = {0};
    (void)umask(0);
    add("127.0.0.1", 2222, 0);
    cr_assert_eq(stat(file, &about), 0);
    cr_assert_eq(about.st_mode & 07777, 0600);
    (void)snprintf(deep, sizeof deep, "%s/deep", folder);
    cr_assert_eq(stat(deep, &about), 0);
    cr_assert_eq(about.st_mode & 07777, 0700);
    const char *const find[] = {"ssh-keygen", "-l", "-F", "[127.0.0.1]:2222", "-f", file, NULL};
    cr_assert(support_run(find, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_not_null(strstr(result.out, keys[0].fingerprint), "%s", result.out);
    support_result_free(&result);
}

Test(host_key, adding_twice_adds_once_and_never_another_key)
{
    add("h", 22, 0);
    add("h", 22, 0);
    char *text = support_file_read(file, NULL);
    cr_assert_eq(strchr(text, '\n') - text + 1, (long)strlen(text), "%s", text);
    free(text);
    cr_assert_eq(host_key_add(file, "h", 22, keys[1].type, keys[1].base64, &why), STATUS_HOST_KEY_CHANGED);
    cr_assert_eq(check("h", 22, 0), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
}

Test(host_key, types_of_a_host_in_the_order_of_the_file)
{
    char text[4096];
    char types[64];
    (void)snprintf(text, sizeof text, "h %s %s\nother,h %s %s\nx %s %s\n", keys[2].type, keys[2].base64,
                   keys[0].type, keys[0].base64, keys[1].type, keys[1].base64);
    put(text);
    cr_assert_eq(host_key_types(file, "h", 22, types, sizeof types, &why), STATUS_OK);
    cr_assert_str_eq(types, "ssh-rsa,ssh-ed25519");
    cr_assert_eq(host_key_types(file, "h", 22, types, 8, &why), STATUS_OK);
    cr_assert_str_eq(types, "", "no type that is cut off");
    cr_assert_eq(check("h", 22, 1), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_CHANGED);
    cr_assert_eq(report.line, 2, "the line of the same type tells more");
}

Test(host_key, lines_of_no_use_are_passed_over)
{
    char text[4096];
    (void)snprintf(text, sizeof text,
                   "\n   \n# h %s %s\n@cert-authority hh %s %s\n@revoked hh %s %s\n@new hh x y\nhh x y\n",
                   keys[0].type, keys[0].base64, keys[0].type, keys[0].base64, keys[0].type, keys[0].base64);
    put(text);
    cr_assert_eq(check("h", 22, 0), STATUS_OK, "%s", why.message);
    cr_assert_eq(report.verdict, HOST_KEY_NEW);
}

// The file's lines with their names hashed as OpenSSH does.
static void hash_names(void)
{
    struct support_result result = {0};
    const char *const hash[] = {"ssh-keygen", "-q", "-H", "-f", file, NULL};
    cr_assert(support_run(hash, NULL, NULL, SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    support_result_free(&result);
    char *text = support_file_read(file, NULL);
    cr_assert_eq(strncmp(text, "|1|", 3), 0, "%s", text);
    free(text);
}

Test(host_key, hashed_names_are_known_by_their_host)
{
    char text[4096];
    char types[64];
    (void)snprintf(text, sizeof text, "sbx-1.example %s %s\n[sbx-1.example]:2222 %s %s\n", keys[0].type,
                   keys[0].base64, keys[2].type, keys[2].base64);
    put(text);
    hash_names();
    cr_assert_eq(check("SBX-1.example", 22, 0), STATUS_OK, "%s", why.message);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
    cr_assert_eq(check("sbx-1.example", 22, 1), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_CHANGED);
    cr_assert_eq(report.line, 1);
    cr_assert_eq(check("sbx-1.example", 2222, 2), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
    cr_assert_eq(check("sbx-2.example", 22, 0), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_NEW);
    cr_assert_eq(host_key_types(file, "sbx-1.example", 2222, types, sizeof types, &why), STATUS_OK);
    cr_assert_str_eq(types, "ssh-rsa");
    cr_assert_eq(host_key_forget(file, "sbx-1.example", 22, &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(check("sbx-1.example", 22, 1), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_NEW);
    cr_assert_eq(check("sbx-1.example", 2222, 2), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
}

Test(host_key, hash_that_cannot_be_read_refuses_what_is_not_known_otherwise)
{
    static const char *const hashes[] = {"|1|a=|b=", "|2|AAAA|AAAA", "|", "|1|", "|1||"};
    char text[4096];
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        (void)snprintf(text, sizeof text, "k %s %s\n%s %s %s\n", keys[0].type, keys[0].base64, hashes[i],
                       keys[0].type, keys[0].base64);
        put(text);
        cr_expect_eq(check("h", 22, 0), STATUS_STORE_FAILED, "%s", hashes[i]);
        cr_expect_eq(report.verdict, HOST_KEY_UNREADABLE, "%s", hashes[i]);
        cr_expect_not_null(strstr(why.message, "line 2"), "%s", why.message);
        cr_expect_eq(check("k", 22, 0), STATUS_OK, "%s", hashes[i]);
        cr_expect_eq(report.verdict, HOST_KEY_KNOWN, "%s", hashes[i]);
    }
}

Test(host_key, patterns_name_what_they_match)
{
    static const struct {
        const char *hosts, *host;
        int port;
        bool named;
    } cases[] = {
        {"*", "sbx-1.example", 22, true},
        {"*.example", "sbx-1.example", 22, true},
        {"*.example", "sbx-1.example", 2222, false},
        {"[*.example]:2222", "sbx-1.example", 2222, true},
        {"[*.example]:*", "sbx-1.example", 2222, true},
        {"[sbx-1.example]:22", "sbx-1.example", 22, true},
        {"sbx-?.example", "sbx-1.example", 22, true},
        {"SBX-?.Example", "sbx-1.example", 22, true},
        {"sbx-?.example", "sbx-11.example", 22, false},
        {"*.example,!sbx-1.example", "sbx-1.example", 22, false},
        {"!sbx-1.example,*.example", "sbx-1.example", 22, false},
        {"!sbx-?.example,sbx-1.example", "sbx-1.example", 22, false},
        {"!sbx-1.example", "sbx-2.example", 22, false},
        {"a,*.example,b", "sbx-1.example", 22, true},
        {",,", "sbx-1.example", 22, false},
        {"!", "sbx-1.example", 22, false},
    };
    char text[4096];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "%s %s %s\n", cases[i].hosts, keys[0].type, keys[0].base64);
        put(text);
        cr_expect_eq(check(cases[i].host, cases[i].port, 1), STATUS_OK, "%s", why.message);
        cr_expect_eq(report.verdict, cases[i].named ? HOST_KEY_CHANGED : HOST_KEY_NEW, "%s for %s",
                     cases[i].hosts, cases[i].host);
        cr_expect_eq(check(cases[i].host, cases[i].port, 0), STATUS_OK, "%s", why.message);
        cr_expect_eq(report.verdict, cases[i].named ? HOST_KEY_KNOWN : HOST_KEY_NEW, "%s for %s",
                     cases[i].hosts, cases[i].host);
    }
}

Test(host_key, revoked_key_is_refused_wherever_its_line_stands)
{
    static const char *const orders[] = {"h %s %s\n@revoked * %s %s\n", "@revoked h %s %s\nh %s %s\n"};
    char text[4096];
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        (void)snprintf(text, sizeof text, orders[i], keys[0].type, keys[0].base64, keys[0].type,
                       keys[0].base64);
        put(text);
        cr_expect_eq(check("h", 22, 0), STATUS_SSH_FAILED);
        cr_expect_eq(report.verdict, HOST_KEY_REVOKED);
        cr_expect_not_null(strstr(why.message, i == 0 ? "line 2" : "line 1"), "%s", why.message);
        cr_expect_neq(host_key_add(file, "h", 22, keys[0].type, keys[0].base64, &why), STATUS_OK);
        cr_expect_eq(check("h", 22, 1), STATUS_OK);
        cr_expect_eq(report.verdict, HOST_KEY_CHANGED, "another key is not revoked, but not the known one");
    }
}

Test(host_key, marker_that_cannot_be_followed_refuses_what_is_not_known_otherwise)
{
    static const char *const markers[] = {"@cert-authority", "@new", "@"};
    char text[4096];
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        (void)snprintf(text, sizeof text, "\n%s *.example %s %s\n", markers[i], keys[0].type, keys[0].base64);
        put(text);
        cr_expect_eq(check("sbx-1.example", 22, 0), STATUS_STORE_FAILED, "%s", markers[i]);
        cr_expect_eq(report.verdict, HOST_KEY_UNREADABLE);
        cr_expect_not_null(strstr(why.message, "line 2"), "%s", why.message);
        cr_expect_eq(check("other", 22, 0), STATUS_OK, "%s", markers[i]);
        cr_expect_eq(report.verdict, HOST_KEY_NEW, "%s", markers[i]);
        (void)snprintf(text, sizeof text, "%s *.example x y\nsbx-1.example %s %s\n", markers[i], keys[0].type,
                       keys[0].base64);
        put(text);
        cr_expect_eq(check("sbx-1.example", 22, 0), STATUS_OK, "%s", why.message);
        cr_expect_eq(report.verdict, HOST_KEY_KNOWN, "%s", markers[i]);
    }
}

Test(host_key, forgetting_leaves_patterns_and_markers_and_says_so)
{
    static const char *const lines[] = {"*.example", "@revoked sbx-1.example"};
    char text[8192];
    char left[2048];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        (void)snprintf(left, sizeof left, "%s %s %s\n", lines[i], keys[0].type, keys[0].base64);
        (void)snprintf(text, sizeof text, "sbx-1.example %s %s\n%s", keys[1].type, keys[1].base64, left);
        put(text);
        cr_expect_eq(host_key_forget(file, "sbx-1.example", 22, &why), STATUS_STORE_FAILED);
        cr_expect_not_null(strstr(why.message, "line 2"), "%s", why.message);
        char *now = support_file_read(file, NULL);
        cr_expect_str_eq(now, left);
        free(now);
    }
}

Test(host_key, line_that_makes_no_sense_is_unreadable)
{
    static const char *const lines[] = {"h", "h ssh-ed25519", "h ssh-ed25519 ####", "h ssh-ed25519 AAAA",
                                        "h ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA=="};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        put(lines[i]);
        cr_expect_eq(check("h", 22, 0), STATUS_STORE_FAILED, "%s", lines[i]);
        cr_expect_eq(report.verdict, HOST_KEY_UNREADABLE, "%s", lines[i]);
        cr_expect_not_null(strstr(why.message, "line 1"), "%s", why.message);
        cr_expect_neq(host_key_add(file, "h", 22, keys[0].type, keys[0].base64, &why), STATUS_OK);
    }
}

Test(host_key, file_that_others_may_write_is_unsafe)
{
    put("");
    cr_assert_eq(chmod(file, 0622), 0);
    cr_assert_eq(check("h", 22, 0), STATUS_STORE_UNSAFE);
    cr_assert_eq(report.verdict, HOST_KEY_UNREADABLE);
    cr_assert_eq(host_key_add(file, "h", 22, keys[0].type, keys[0].base64, &why), STATUS_STORE_UNSAFE);
}

Test(host_key, folder_or_pipe_in_its_place_is_unreadable)
{
    (void)snprintf(file, sizeof file, "%s", folder);
    cr_assert_eq(check("h", 22, 0), STATUS_STORE_FAILED);
    (void)snprintf(file, sizeof file, "%s/pipe", folder);
    cr_assert_eq(mkfifo(file, 0600), 0);
    cr_assert_eq(check("h", 22, 0), STATUS_STORE_FAILED, "and it does not wait for a writer");
    cr_assert_eq(report.verdict, HOST_KEY_UNREADABLE);
}

Test(host_key, last_line_without_an_end_is_not_run_into)
{
    char text[4096];
    (void)snprintf(text, sizeof text, "a %s %s", keys[0].type, keys[0].base64);
    put(text);
    add("b", 22, 1);
    cr_assert_eq(check("a", 22, 0), STATUS_OK, "%s", why.message);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
    cr_assert_eq(check("b", 22, 1), STATUS_OK);
    cr_assert_eq(report.verdict, HOST_KEY_KNOWN);
}

Test(host_key, forgetting_takes_out_that_host_only)
{
    char text[8192];
    char beside[sizeof file + sizeof FILE_BESIDE];
    (void)snprintf(text, sizeof text, "# mine\nh %s %s\nhh %s %s\nh %s %s\n\nz %s %s", keys[0].type,
                   keys[0].base64, keys[1].type, keys[1].base64, keys[2].type, keys[2].base64, keys[0].type,
                   keys[0].base64);
    put(text);
    cr_assert_eq(host_key_forget(file, "h", 22, &why), STATUS_OK, "%s", why.message);
    (void)snprintf(text, sizeof text, "# mine\nhh %s %s\n\nz %s %s", keys[1].type, keys[1].base64,
                   keys[0].type, keys[0].base64);
    char *left = support_file_read(file, NULL);
    cr_assert_str_eq(left, text);
    free(left);
    (void)snprintf(beside, sizeof beside, "%s" FILE_BESIDE, file);
    cr_assert_neq(access(beside, F_OK), 0);
    cr_assert_eq(host_key_forget(file, "nobody", 22, &why), STATUS_OK);
    (void)unlink(file);
    cr_assert_eq(host_key_forget(file, "h", 22, &why), STATUS_OK, "nothing is known without a file");
}

Test(host_key, many_processes_lose_no_line)
{
    char host[32];
    pid_t children[ADDERS];
    for (int i = 0; i < ADDERS; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        for (int j = 0; j < EACH; j++) {
            (void)snprintf(host, sizeof host, "host-%d-%d", i, j);
            enum status status = host_key_add(file, host, 22, keys[0].type, keys[0].base64, NULL);
            // One of them takes out what it has put in, while the others go on.
            if (status == STATUS_OK && i == 0)
                status = host_key_forget(file, host, 22, NULL);
            if (status != STATUS_OK)
                _exit(1);
        }
        _exit(0);
    }
    for (int i = 0; i < ADDERS; i++)
        cr_assert_eq(support_wait_exit(children[i], SUPPORT_WAIT_MS), 0);
    for (int i = 0; i < ADDERS; i++)
        for (int j = 0; j < EACH; j++) {
            (void)snprintf(host, sizeof host, "host-%d-%d", i, j);
            cr_assert_eq(check(host, 22, 0), STATUS_OK);
            cr_assert_eq(report.verdict, i == 0 ? HOST_KEY_NEW : HOST_KEY_KNOWN, "%s", host);
        }
}

Test(host_key, host_that_would_break_the_line_is_refused)
{
    static const char *const hosts[] = {"a b", "a\nb", "a,b", "#a", "|1|x", "@revoked"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        cr_expect_neq(host_key_add(file, hosts[i], 22, keys[0].type, keys[0].base64, &why), STATUS_OK, "%s",
                      hosts[i]);
    cr_assert_neq(access(file, F_OK), 0);
}

Test(host_key, what_the_file_could_not_take_is_pinned_until_it_is_forgotten)
{
    cr_assert(host_key_pin("Box.example", 2222, keys[0].type, keys[0].base64));
    cr_assert_eq(host_key_check(file, "box.example", 2222, keys[0].type, keys[0].base64, &report, &why),
                 STATUS_OK);
    cr_expect_eq(report.verdict, HOST_KEY_KNOWN);
    cr_expect(report.pinned);
    cr_assert_eq(host_key_check(file, "box.example", 2222, keys[1].type, keys[1].base64, &report, &why),
                 STATUS_OK);
    cr_expect_eq(report.verdict, HOST_KEY_CHANGED);
    cr_expect_eq(report.line, 0);
    cr_expect_str_eq(report.known, keys[0].fingerprint);
    cr_assert_eq(host_key_check(file, "box.example", 22, keys[1].type, keys[1].base64, &report, &why),
                 STATUS_OK);
    cr_expect_eq(report.verdict, HOST_KEY_NEW);
    // The file goes before.
    cr_assert_eq(host_key_add(file, "box.example", 2222, keys[1].type, keys[1].base64, &why), STATUS_OK);
    cr_assert_eq(host_key_check(file, "box.example", 2222, keys[1].type, keys[1].base64, &report, &why),
                 STATUS_OK);
    cr_expect(report.verdict == HOST_KEY_KNOWN && !report.pinned);
    cr_assert_eq(host_key_forget(file, "box.example", 2222, &why), STATUS_OK);
    cr_assert_eq(host_key_check(file, "box.example", 2222, keys[0].type, keys[0].base64, &report, &why),
                 STATUS_OK);
    cr_expect_eq(report.verdict, HOST_KEY_NEW);
}
