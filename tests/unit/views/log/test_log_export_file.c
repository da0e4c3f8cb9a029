// SPDX-License-Identifier: Apache-2.0
//
// log_export_file: the exported log is whole, private and replaces nothing unasked.

#include "tests/support/support.h"
#include "views/log/log_export_file.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 16];

static void begin(void)
{
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/out.json", folder);
}

static void end(void)
{
    (void)unlink(file);
    cr_expect_eq(rmdir(folder), 0, "something was left in %s", folder);
}

static cJSON *read_file(void)
{
    char text[4096];
    FILE *in = fopen(file, "r");
    cr_assert_not_null(in);
    size_t length = fread(text, 1, sizeof text - 1, in);
    text[length] = '\0';
    (void)fclose(in);
    return cJSON_Parse(text);
}

TestSuite(log_export_file, .init = begin, .fini = end);

Test(log_export_file, is_private_whole_and_oldest_first)
{
    struct event list[] = {{.kind = EVENT_DELETED}, {.kind = EVENT_CREATED}};
    struct stat facts;
    (void)umask(0);
    cr_assert_eq(log_export_file(file, list, 2, false), 0);
    cr_assert_eq(stat(file, &facts), 0);
    cr_expect_eq(facts.st_mode & 07777, 0600);
    cJSON *tree = read_file();
    cr_assert_eq(cJSON_GetArraySize(tree), 2);
    cr_expect_str_eq(cJSON_GetObjectItem(cJSON_GetArrayItem(tree, 0), "kind")->valuestring, "created");
    cJSON_Delete(tree);
}

Test(log_export_file, replaces_nothing_unless_it_is_told_to)
{
    struct event event = {.kind = EVENT_CREATED};
    cr_assert_eq(log_export_file(file, &event, 1, false), 0);
    cr_expect_eq(log_export_file(file, &event, 0, false), EEXIST);
    cJSON *tree = read_file();
    cr_expect_eq(cJSON_GetArraySize(tree), 1);
    cJSON_Delete(tree);
    cr_expect_eq(log_export_file(file, &event, 0, true), 0);
    tree = read_file();
    cr_assert(cJSON_IsArray(tree));
    cr_expect_eq(cJSON_GetArraySize(tree), 0);
    cJSON_Delete(tree);
}

Test(log_export_file, names_what_is_wrong_and_leaves_nothing)
{
    struct event event = {.kind = EVENT_CREATED};
    char path[SUPPORT_PATH_CAP + 32];
    (void)snprintf(path, sizeof path, "%s/none/out.json", folder);
    cr_expect_eq(log_export_file(path, &event, 1, false), ENOENT);
    cr_expect_eq(log_export_file(folder, &event, 1, false), EEXIST);
    cr_expect_eq(log_export_file(folder, &event, 1, true), EISDIR);
}

Test(log_export_file, an_exported_log_is_escaped_too)
{
    struct event event = {.kind = EVENT_VALIDATED, .message = "said \u202ethat"};
    char *out = NULL;
    size_t length = 0;
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    FILE *stream = open_memstream(&out, &length);
    cr_assert_not_null(stream);
    cr_expect(log_print_json(stream, &event, 1));
    (void)fclose(stream);
    cr_expect_not_null(strstr(out, "said \\u202ethat"), "%s", out);
    free(out);
}
