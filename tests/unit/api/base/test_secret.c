// SPDX-License-Identifier: Apache-2.0
//
// secret: what is kept is a copy, ends with NUL, and stands in memory that is guarded and left out of dumps.

#include "api/base/secret.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void begin(void)
{
    cr_assert_eq(secret_init(), 0);
}

TestSuite(secret, .init = begin);

Test(secret, is_a_copy_of_its_own)
{
    char source[] = "a1b2c3d4";
    struct secret *secret = secret_new(source, 6);
    cr_assert_not_null(secret);
    memset(source, 'x', sizeof source - 1);
    cr_expect_str_eq(secret_text(secret), "a1b2c3");
    cr_expect_eq(secret_length(secret), 6);
    struct secret *copy = secret_copy(secret);
    secret_free(secret);
    cr_assert_not_null(copy);
    cr_expect_str_eq(secret_text(copy), "a1b2c3");
    cr_expect_eq(secret_length(copy), 6);
    secret_free(copy);
    cr_expect_null(secret_copy(NULL));
    secret_free(NULL);
}

// libsodium puts the end of the memory at a page's end: each length must be aligned and writable to its end.
Test(secret, any_length_up_to_the_cap_fits)
{
    char *text = malloc(SECRET_MAX + 1);
    cr_assert_not_null(text);
    for (size_t i = 0; i <= SECRET_MAX; i++)
        text[i] = (char)('!' + i % 90);
    for (size_t length = 0; length <= SECRET_MAX; length += length < 40 ? 1 : 507) {
        struct secret *secret = secret_new(text, length);
        cr_assert_not_null(secret, "%zu bytes", length);
        cr_expect_eq(secret_length(secret), length);
        cr_expect_eq(memcmp(secret_text(secret), text, length), 0);
        cr_expect_eq(secret_text(secret)[length], '\0');
        secret_free(secret);
    }
    struct secret *most = secret_new(text, SECRET_MAX);
    cr_expect_not_null(most);
    secret_free(most);
    cr_expect_null(secret_new(text, SECRET_MAX + 1));
    cr_expect_null(secret_new(text, SIZE_MAX));
    free(text);
}

Test(secret, may_hold_any_byte)
{
    static const char bytes[] = {'a', '\0', '\xff', '\n', 'z'};
    struct secret *secret = secret_new(bytes, sizeof bytes);
    cr_assert_not_null(secret);
    cr_expect_eq(secret_length(secret), sizeof bytes);
    cr_expect_eq(memcmp(secret_text(secret), bytes, sizeof bytes), 0);
    secret_free(secret);
}

// The line of /proc/self/smaps that tells the flags of the pages where address is: "lo" locked, "dd" left out
// of dumps.
static bool page_has(const void *address, const char *flag)
{
    char line[512];
    bool here = false, found = false;
    FILE *maps = fopen("/proc/self/smaps", "re");
    cr_assert_not_null(maps);
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from = 0, to = 0;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = (uintptr_t)address >= from && (uintptr_t)address < to;
        else if (here && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, flag) != NULL;
    }
    (void)fclose(maps);
    return found;
}

Test(secret, stands_in_pages_that_are_not_dumped)
{
    const char *ordinary = strdup("an ordinary text");
    struct secret *secret = secret_new("correct horse", 13);
    cr_assert_not_null(secret);
    cr_expect(page_has(secret_text(secret), " dd"), "the pages would be in a core dump");
    cr_expect_not(page_has(ordinary, " dd"), "the test would find that anywhere");
    secret_free(secret);
    free((void *)(uintptr_t)ordinary);
}

Test(secret, a_process_with_secrets_leaves_no_core)
{
    struct rlimit limit = {1, 1};
    cr_expect_eq(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    cr_assert_eq(getrlimit(RLIMIT_CORE, &limit), 0);
    cr_expect_eq(limit.rlim_cur, 0);
    cr_expect_eq(limit.rlim_max, 0);
}

// Reading on after the end must end the process rather than give bytes away.
Test(secret, a_guard_page_follows)
{
    struct secret *secret = secret_new("correct horse battery", 21);
    cr_assert_not_null(secret);
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t next = (uintptr_t)secret_text(secret) / page * page + page;
    cr_expect(page_has((const void *)next, " mr"), "there is no page"); // may be made readable, but is not
    cr_expect_not(page_has((const void *)next, " rd"), "the next page can be read");
    cr_expect(page_has(secret_text(secret), " rd"));
    secret_free(secret);
}

Test(secret, is_taken_out_of_what_others_say)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"", ""},
        {"nothing of it", "nothing of it"},
        {"correct-horse", "***"},
        {"'correct-horse' is no key", "'***' is no key"},
        {"correct-horsecorrect-horse, correct-horse", "******, ***"},
        {"cut in the middle: correct-hors", "cut in the middle: ***"},
        {"cut in the middle: correct-", "cut in the middle: ***"},
        {"an ordinary word: correct", "an ordinary word: correct"},
        {"correct-hors is not its end", "correct-hors is not its end"},
        {"correct-correct-horse", "correct-***"},
    };
    struct secret *secret = secret_new("correct-horse", 13);
    struct secret *brief = secret_new("correct", 7);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = strdup(cases[i].text); // of exactly its size
        cr_assert_not_null(text);
        secret_hide(secret, text);
        cr_expect_str_eq(text, cases[i].shown, "'%s' became '%s'", cases[i].text, text);
        secret_hide(NULL, text);
        cr_expect_str_eq(text, cases[i].shown);
        free(text);
    }
    char text[] = "a correct word";
    secret_hide(brief, text);
    cr_expect_str_eq(text, "a correct word");
    secret_free(secret);
    secret_free(brief);
}

Test(secret, is_found_by_its_mark_when_it_is_gone)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"", ""},
        {"nothing of it", "nothing of it"},
        {"correct-horse", "***"},
        {"'correct-horse' is no key", "'***' is no key"},
        {"correct-horsecorrect-horse, correct-horse", "******, ***"},
        {"correct-correct-horse", "correct-***"},
        {"correct-hors", "correct-hors"},
    };
    struct secret_mark mark;
    struct secret_mark none;
    struct secret *secret = secret_new("correct-horse", 13);
    struct secret *brief = secret_new("correct", 7);
    secret_mark_of(secret, &mark);
    secret_free(secret);
    secret_mark_of(brief, &none);
    secret_free(brief);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = strdup(cases[i].text); // of exactly its size
        cr_assert_not_null(text);
        secret_mark_hide(&mark, text);
        cr_expect_str_eq(text, cases[i].shown, "'%s' became '%s'", cases[i].text, text);
        free(text);
    }
    char text[] = "a correct word";
    secret_mark_hide(&none, text);
    cr_expect_str_eq(text, "a correct word");
    secret_mark_of(NULL, &none);
    secret_mark_hide(&none, text);
    cr_expect_str_eq(text, "a correct word");
}
