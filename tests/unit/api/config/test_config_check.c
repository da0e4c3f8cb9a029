// SPDX-License-Identifier: Apache-2.0
//
// config_check: all faults by line, of everybody who checks; names that are there twice; sections by their
// names; a hostile file costs no more than others.

#include "api/config/config.h"
#include "api/config/config_check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct failure why;

static void begin(void)
{
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (config_option(i)->env[0] != '\0')
            (void)unsetenv(config_option(i)->env);
}

TestSuite(config_check, .init = begin);

static struct config_text *parse(const char *bytes, size_t length)
{
    struct config_text *text = NULL;
    cr_assert_eq(config_text_parse("/x/config", bytes, length, &text, &why), STATUS_OK, "%s", why.message);
    return text;
}

static bool on_line(void *ctx, const struct config_line *line, const char *open_to, struct failure *fault)
{
    (void)ctx;
    (void)open_to;
    return strcmp(line->value, "wrong") != 0 || fail(fault, STATUS_BAD_ARGUMENT, "bad key") == STATUS_OK;
}

static void check_keys(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    config_text_check_each(text, "keys", on_line, NULL, fault, ctx);
}

Test(config_check, faults_come_by_line_and_one_a_line)
{
    static struct config_fault faults[CONFIG_FAULTS_MAX];
    static const char bytes[] =
        "[keys]\na = wrong\n[nosuch]\nb = wrong\nnonsense\n[keys]\nc = wrong\nd = fine\n";
    config_section_set_check("keys", check_keys);
    struct config_text *text = parse(bytes, sizeof bytes - 1);
    size_t count = config_check_all(text, faults);
    cr_assert_eq(count, 4, "%zu", count);
    cr_expect(faults[0].line == 2 && strcmp(faults[0].why.message, "bad key") == 0);
    cr_expect(faults[1].line == 3 && strstr(faults[1].why.message, "not a section") != NULL);
    cr_expect(faults[2].line == 5 && strstr(faults[2].why.message, "name = value") != NULL);
    cr_expect(faults[3].line == 7);
    config_text_free(text);
    config_section_set_check("keys", NULL);
}

// Whatever the file has: what a console checks between two frames is bounded.
Test(config_check, more_settings_than_anybody_has_are_refused)
{
    static struct config_fault faults[CONFIG_FAULTS_MAX];
    static char bytes[CONFIG_FILE_MAX];
    static const char *const lines[] = {"color=red\n", "[keys]\n", "[profile p]\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t length = 0;
        for (; length + strlen(lines[i]) < sizeof bytes; length += strlen(lines[i]))
            memcpy(bytes + length, lines[i], strlen(lines[i]));
        struct config_text *text = parse(bytes, length);
        cr_expect_leq(text->count + text->header_count, CONFIG_SETTINGS_MAX + 1);
        cr_assert_eq(config_check_all(text, faults), 1);
        cr_expect_eq(faults[0].line, CONFIG_SETTINGS_MAX + 1);
        cr_expect_str_eq(faults[0].why.message, "more than 2048 settings");
        config_text_free(text);
    }
}

Test(config_check, a_profile_too_many_is_named)
{
    static struct config_fault faults[CONFIG_FAULTS_MAX];
    char bytes[4096] = "";
    size_t length = 0;
    for (int i = 0; i < 2 * (PROFILES_MAX + 1); i++)
        length += (size_t)sprintf(bytes + length, "[profile p%d]\n", i / 2);
    struct config_text *text = parse(bytes, length);
    cr_assert_eq(config_check_all(text, faults), 1);
    cr_expect_eq(faults[0].line, 2 * PROFILES_MAX + 1);
    cr_expect_str_eq(faults[0].why.message, "more than 32 profiles");
    config_text_free(text);
}

Test(config_check, the_environment_has_no_line)
{
    static struct config_fault faults[CONFIG_FAULTS_MAX];
    (void)setenv("SBXDECK_REFRESH", "soon", 1);
    struct config_text *text = parse("refresh = 0\n", 12);
    cr_assert_eq(config_check_all(text, faults), 2);
    cr_expect_eq(faults[0].line, 0);
    cr_expect_not_null(strstr(faults[0].why.message, "SBXDECK_REFRESH is 'soon'"));
    cr_expect_eq(faults[1].line, 1);
    config_text_free(text);
    (void)unsetenv("SBXDECK_REFRESH");
}

static void on_repeated(void *ctx, int line, const struct failure *fault)
{
    char *all = ctx;
    (void)snprintf(all + strlen(all), 96, "%d: %.80s;", line, fault->message);
}

Test(config_check, names_that_are_there_twice_are_told_in_their_section)
{
    static const char bytes[] = "a = 1\nb = 2\na = 3\n[keys]\na = 4\nb = 5\na = 6\n";
    char all[512] = "";
    struct config_text *text = parse(bytes, sizeof bytes - 1);
    config_check_repeated(text, on_repeated, all);
    cr_expect_str_eq(all, "1: a counts for nothing: line 3 sets it again;"
                          "5: a counts for nothing: line 7 sets it again;");
    config_text_free(text);
}

Test(config_check, sections_are_known_by_their_names)
{
    static const struct {
        const char *line, *section; // NULL: none
        const char *told;
    } cases[] = {
        {"[keys]", "keys", NULL},
        {" [ keys ]\t\r", "keys", NULL},
        {"[profile work]", "profile work", NULL},
        {"[profile\t  a.b_c-9 ]", "profile a.b_c-9", NULL},
        {"[profile]", NULL, "did you mean [profile NAME]?"},
        {"[profile a b]", NULL, "a name is one word"},
        {"[keys x]", NULL, "did you mean [keys]?"},
        {"[Keys]", NULL, "did you mean [keys]?"},
        {"[]", NULL, "there are [keys], [theme]"},
        {"[", NULL, "not a section"},
        {"[keys] x", NULL, "not a section"},
        {"[keys]]", NULL, "not a section"},
        {"[profile a/b]", NULL, "not a section"},
        {"[profile \xc3\xa9]", NULL, "not a section"},
        {"[profile 12345678901234567890123456789012345678901234567890123456789012345]", NULL, "one word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char section[CONFIG_SECTION_CAP], line[FAILURE_LINE_CAP];
        memset(&why, 0, sizeof why);
        bool is = config_section_parse(cases[i].line, strlen(cases[i].line), section, &why);
        cr_assert_eq(is, cases[i].section != NULL, "%s", cases[i].line);
        if (cases[i].section != NULL)
            cr_expect_str_eq(section, cases[i].section);
        else if (cases[i].told != NULL)
            cr_expect_not_null(strstr(failure_line(&why, line), cases[i].told), "%s: %s", cases[i].line,
                               line);
    }
}

// A text cut at every byte is read without harm, and what is whole of it is there.
Test(config_check, a_text_may_end_anywhere)
{
    static const char bytes[] =
        "\xef\xbb\xbf# a\r\nrefresh = 7\r\n[profile w]\nbase_url = x=y\n\n[\x01]\n=\n; b";
    for (size_t length = 0; length < sizeof bytes; length++) {
        struct config_text *text = parse(bytes, length);
        cr_expect_leq(text->count, 2);
        for (size_t i = 0; i < text->count; i++)
            cr_expect(text->lines[i].at + text->lines[i].length <= length);
        config_text_free(text);
    }
}

Test(config_check, a_file_of_nothing_but_faults_is_cut_short)
{
    static struct config_fault faults[CONFIG_FAULTS_MAX];
    static char bytes[CONFIG_FILE_MAX];
    for (size_t i = 0; i + 4 <= sizeof bytes; i += 4)
        memcpy(bytes + i, "a=b\n", 4);
    struct config_text *text = parse(bytes, sizeof bytes);
    cr_expect_eq(text->count, CONFIG_SETTINGS_MAX + 1);
    cr_expect_eq(config_check_all(text, faults), CONFIG_FAULTS_MAX);
    config_text_free(text);
    memset(bytes, '[', sizeof bytes);
    for (size_t i = 1; i < sizeof bytes; i += 2)
        bytes[i] = '\n';
    text = parse(bytes, sizeof bytes);
    cr_expect_eq(config_check_all(text, faults), CONFIG_FAULTS_MAX);
    config_text_free(text);
}
