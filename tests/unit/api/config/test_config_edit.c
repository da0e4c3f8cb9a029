// SPDX-License-Identifier: Apache-2.0
//
// config_edit: one value is set or removed, and nothing else of the file changes: comments, order, line ends,
// mode, links. What can't be a line is refused and changes nothing.

#include "api/config/config_edit.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32];
static struct failure why;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/config", folder);
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(config_edit, .init = begin, .fini = end);

static const char *content(void)
{
    static char bytes[8192];
    FILE *stream = fopen(file, "r");
    cr_assert_not_null(stream);
    bytes[fread(bytes, 1, sizeof bytes - 1, stream)] = '\0';
    (void)fclose(stream);
    return bytes;
}

Test(config_edit, a_value_is_set_where_it_stands_or_where_its_section_ends)
{
    static const struct {
        const char *before, *section, *name, *value, *after;
    } cases[] = {
        {"", "", "refresh", "9", "refresh = 9\n"},
        {"", "filters", "prod", "tpl:debian", "[filters]\nprod = tpl:debian\n"},
        {"# a\nrefresh = 5\n", "", "refresh", "9", "# a\nrefresh = 9\n"},
        {"  refresh=5", "", "refresh", "9", "  refresh=9"},
        {"refresh = 5\r\n# a\r\n", "", "refresh", "90", "refresh = 90\r\n# a\r\n"},
        {"refresh = 5\r\n", "", "mouse", "no", "refresh = 5\r\nmouse = no\r\n"},
        {"mouse = no", "", "refresh", "9", "mouse = no\nrefresh = 9\n"},
        {"\xef\xbb\xbfrefresh = 5\n", "", "refresh", "9", "\xef\xbb\xbfrefresh = 9\n"},
        {"\xef\xbb\xbf[keys]\na = b\n", "", "refresh", "9", "\xef\xbb\xbfrefresh = 9\n[keys]\na = b\n"},
        // The last of several is the one that counts.
        {"refresh = 5\n# x\nrefresh = 6\n", "", "refresh", "9", "refresh = 5\n# x\nrefresh = 9\n"},
        {"mouse = no\n\n# keys\n[keys]\n# mine\nconnect = o\n\n[theme]\nok = red\n", "", "refresh", "9",
         "mouse = no\nrefresh = 9\n\n# keys\n[keys]\n# mine\nconnect = o\n\n[theme]\nok = red\n"},
        {"[keys]\n# mine\nconnect = o\n\n[theme]\nok = red\n", "keys", "sort", "none",
         "[keys]\n# mine\nconnect = o\nsort = none\n\n[theme]\nok = red\n"},
        {"[keys]\n[theme]\nok = red\n", "keys", "sort", "s", "[keys]\nsort = s\n[theme]\nok = red\n"},
        {"refresh = 5\n", "profile work", "refresh", "9", "refresh = 5\n\n[profile work]\nrefresh = 9\n"},
        {"[profile  work]\nrefresh = 5\n", "profile work", "refresh", "9", "[profile  work]\nrefresh = 9\n"},
        {"alert_command = echo a = b ; c\n", "", "alert_command", "x = y # z", "alert_command = x = y # z\n"},
        {"nonsense\nrefresh = 5\n", "", "refresh", "9", "nonsense\nrefresh = 9\n"},
        {"refresh =\n", "", "refresh", "9", "refresh =9\n"},
        {"[keys]\nrefresh = F5\n", "", "refresh", "9", "refresh = 9\n[keys]\nrefresh = F5\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(support_file_write(file, cases[i].before));
        cr_assert_eq(config_edit_set(file, cases[i].section, cases[i].name, cases[i].value, &why), STATUS_OK,
                     "%zu: %s", i, why.message);
        cr_expect_str_eq(content(), cases[i].after, "%zu: '%s'", i, content());
    }
}

Test(config_edit, a_value_is_removed_wherever_it_stands_in_its_section)
{
    bool found = false;
    cr_assert(support_file_write(file, "refresh = 5\n# a\nrefresh = 6\nmouse = no\n[keys]\nrefresh = F5"));
    cr_assert_eq(config_edit_unset(file, "", "refresh", &found, &why), STATUS_OK);
    cr_expect(found);
    cr_expect_str_eq(content(), "# a\nmouse = no\n[keys]\nrefresh = F5");
    cr_assert_eq(config_edit_unset(file, "", "refresh", &found, &why), STATUS_OK);
    cr_expect_not(found);
    cr_assert_eq(config_edit_unset(file, "keys", "refresh", NULL, &why), STATUS_OK);
    cr_expect_str_eq(content(), "# a\nmouse = no\n[keys]\n");
}

Test(config_edit, what_can_be_no_line_changes_nothing)
{
    static char longer[CONFIG_LINE_MAX + 1];
    memset(longer, 'x', CONFIG_LINE_MAX);
    const struct {
        const char *section, *name, *value;
    } cases[] = {
        {"", "", "1"},        {"", "a=b", "1"},         {"", "a:b", "1"},      {"", "[a", "1"},
        {"", "#a", "1"},      {"", ";a", "1"},          {"", "a\nb", "1"},     {"", "a ", "1"},
        {"", "a", "1\n2"},    {"", "a", " 1"},          {"", "a", "1\t"},      {"", "a", "1\x1b[m"},
        {"nosuch", "a", "1"}, {"keys]", "a", "1"},      {"profile", "a", "1"}, {"profile a b", "a", "1"},
        {"", "a", longer},    {"profile a/b", "a", "1"}};
    cr_assert(support_file_write(file, "refresh = 5\n"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&why, 0, sizeof why);
        cr_expect_eq(config_edit_set(file, cases[i].section, cases[i].name, cases[i].value, &why),
                     STATUS_BAD_ARGUMENT, "%zu", i);
        cr_expect_neq(why.message[0], '\0');
    }
    cr_expect_str_eq(content(), "refresh = 5\n");
}

Test(config_edit, mode_and_link_stay_and_a_new_one_is_private)
{
    char real[SUPPORT_PATH_CAP + 64], deep[SUPPORT_PATH_CAP + 64];
    struct stat about;
    (void)snprintf(real, sizeof real, "%s/dotfiles", folder);
    cr_assert_eq(mkdir(real, 0700), 0);
    (void)snprintf(real, sizeof real, "%s/dotfiles/sbxdeck", folder);
    cr_assert_eq(symlink("dotfiles/sbxdeck", file), 0);
    cr_assert_eq(config_edit_set(file, "", "refresh", "9", &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(lstat(file, &about), 0);
    cr_expect(S_ISLNK(about.st_mode));
    cr_assert_eq(lstat(real, &about), 0);
    cr_expect_eq(about.st_mode & 07777, 0600);
    cr_assert_eq(chmod(real, 0640), 0);
    cr_assert_eq(config_edit_set(file, "", "refresh", "8", &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(lstat(real, &about), 0);
    cr_expect(S_ISREG(about.st_mode) && (about.st_mode & 07777) == 0640);
    cr_assert_eq(lstat(file, &about), 0);
    cr_expect(S_ISLNK(about.st_mode));
    cr_expect_str_eq(content(), "refresh = 8\n");
    (void)snprintf(deep, sizeof deep, "%s/a/b/config", folder);
    cr_assert_eq(config_edit_set(deep, "", "refresh", "9", &why), STATUS_OK, "%s", why.message);
    cr_assert_eq(stat(deep, &about), 0);
    cr_expect_eq(about.st_mode & 07777, 0600);
}

Test(config_edit, what_is_no_file_is_left_alone)
{
    cr_assert_eq(mkfifo(file, 0600), 0);
    cr_expect_neq(config_edit_set(file, "", "refresh", "9", &why), STATUS_OK); // and does not hang
    cr_expect_not_null(strstr(why.message, file), "%s", why.message);
    cr_assert_eq(unlink(file), 0);
    cr_assert_eq(mkdir(file, 0700), 0);
    cr_expect_neq(config_edit_set(file, "", "refresh", "9", &why), STATUS_OK);
    cr_expect_neq(config_edit_set("relative", "", "refresh", "9", &why), STATUS_OK);
}

Test(config_edit, two_that_write_at_once_lose_nothing)
{
    enum { WRITERS = 4, EACH = 25 };
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        cr_assert_geq(children[i], 0);
        if (children[i] != 0)
            continue;
        int wrong = 0;
        for (int k = 0; k < EACH; k++) {
            char name[32];
            (void)snprintf(name, sizeof name, "name_%d_%d", i, k);
            wrong += config_edit_set(file, "filters", name, "x", &why) != STATUS_OK;
        }
        _exit(wrong);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = 0;
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    struct config_text *text = NULL;
    cr_assert_eq(config_text_read(file, &text, &why), STATUS_OK);
    cr_expect_eq(text->count, WRITERS * EACH);
    cr_expect_eq(text->header_count, 1);
    config_text_free(text);
}

Test(config_edit, a_file_too_large_for_one_more_is_left_as_it_was)
{
    FILE *stream = fopen(file, "w");
    cr_assert_not_null(stream);
    for (size_t i = 0; i < CONFIG_FILE_MAX / 64; i++)
        (void)fprintf(stream, "#%062d\n", 7);
    (void)fclose(stream);
    cr_expect_eq(config_edit_set(file, "", "refresh", "9", &why), STATUS_BAD_ARGUMENT);
    cr_expect_not_null(strstr(why.message, "larger than"), "%s", why.message);
    struct stat about;
    cr_assert_eq(stat(file, &about), 0);
    cr_expect_eq(about.st_size, CONFIG_FILE_MAX);
}
