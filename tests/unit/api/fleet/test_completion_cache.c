// SPDX-License-Identifier: Apache-2.0
//
// completion_cache: what is written is read back; what somebody else wrote is taken by its grammar or not at
// all, cut anywhere.

#include "api/fleet/completion_cache.h"
#include "api/leap0/leap0.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define URL "https://api.example"

static char folder[SUPPORT_PATH_CAP], path[SUPPORT_PATH_CAP + 16], seen[1024];

static void begin(void)
{
    cr_assert(support_folder_make(folder));
    cr_assert(completion_cache_path(folder, path, sizeof path));
    seen[0] = '\0';
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(completion_cache, .init = begin, .fini = end);

static void take(void *ctx, const char *sandbox_id, const char *name, const char *about,
                 const char *credential_id)
{
    size_t used = strlen(seen);
    (void)ctx;
    (void)snprintf(seen + used, sizeof seen - used, "%s %s %s %s;", sandbox_id, name, about, credential_id);
}

static const char *read_back(const char *url, bool credentials)
{
    seen[0] = '\0';
    completion_cache_read(path, url, credentials, take, NULL);
    return seen;
}

static struct fleet *fleet_of_two(void)
{
    struct sandbox two[2];
    struct fleet *fleet = fleet_new();
    cr_assert_not_null(fleet);
    memset(two, 0, sizeof two);
    (void)snprintf(two[0].id, sizeof two[0].id, "sbx-a");
    (void)snprintf(two[0].template_id, sizeof two[0].template_id, "system/debian:bookworm");
    (void)snprintf(two[1].id, sizeof two[1].id, "sbx-b");
    (void)snprintf(two[1].template_id, sizeof two[1].template_id, "bad\ttemplate");
    const struct leap0_page page = {.sandboxes = two, .count = 2, .total = 2};
    cr_assert_eq(fleet_take_list(fleet, &page, 0), STATUS_OK);
    struct credential credential;
    memset(&credential, 0, sizeof credential);
    (void)snprintf(credential.id, sizeof credential.id, "ssh-1");
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "sbx-a");
    credential.vault_row = 1;
    credential.verdict = VERDICT_VALID;
    cr_assert_eq(fleet_take_credentials(fleet, &credential, 1), STATUS_OK);
    const struct sandbox_label label = {.name = "db-test"};
    cr_assert_eq(fleet_set_label(fleet, "sbx-b", &label), STATUS_OK);
    return fleet;
}

Test(completion_cache, what_is_written_is_read_back_by_its_server_alone)
{
    struct fleet *fleet = fleet_of_two();
    struct bytebuf text = BYTEBUF(COMPLETION_CACHE_MAX);
    struct stat facts;
    uv_loop_t loop;
    cr_assert_eq(completion_cache_compose(fleet, URL, &text), STATUS_OK);
    struct bytebuf parts = BYTEBUF(COMPLETION_CACHE_MAX);
    for (size_t from = 0; from < fleet_count(fleet);)
        cr_assert_eq(completion_cache_compose_part(fleet, URL, &from, 1, &parts), STATUS_OK);
    cr_expect_str_eq(bytebuf_text(&parts), bytebuf_text(&text));
    bytebuf_free(&parts);
    cr_assert_eq(uv_loop_init(&loop), 0);
    completion_cache_save(&loop, path, &text);
    cr_assert_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    cr_assert_eq(uv_loop_close(&loop), 0);
    cr_assert_eq(stat(path, &facts), 0);
    cr_expect_eq(facts.st_mode & 0777, 0600u);
    cr_expect_str_eq(
        read_back(URL, true),
        "sbx-a  system/debian:bookworm ;sbx-a  system/debian:bookworm ssh-1;sbx-b db-test bad ;");
    cr_expect_str_eq(read_back(URL, false), "sbx-a  system/debian:bookworm ;sbx-b db-test bad ;");
    cr_expect_str_eq(read_back(URL "/", true), "");
    fleet_free(fleet);
}

Test(completion_cache, a_fleet_that_was_not_listed_renews_what_it_knows)
{
    struct bytebuf text = BYTEBUF(COMPLETION_CACHE_MAX);
    struct fleet *fleet = fleet_new();
    struct sandbox made;
    const struct sandbox_label label = {.name = "web"};
    cr_assert_not_null(fleet);
    memset(&made, 0, sizeof made);
    (void)snprintf(made.id, sizeof made.id, "sbx-new");
    (void)snprintf(made.template_id, sizeof made.template_id, "t");
    cr_assert_eq(fleet_take_sandbox(fleet, &made, 5), STATUS_OK);
    cr_assert_eq(fleet_set_label(fleet, "sbx-b", &label), STATUS_OK);
    struct credential credential;
    memset(&credential, 0, sizeof credential);
    (void)snprintf(credential.id, sizeof credential.id, "ssh-1");
    (void)snprintf(credential.sandbox_id, sizeof credential.sandbox_id, "sbx-a");
    credential.vault_row = 1;
    credential.verdict = VERDICT_VALID;
    cr_assert_eq(fleet_take_credentials(fleet, &credential, 1), STATUS_OK);
    cr_assert(support_file_write(path,
                                 "sbxdeck-completion 1 " URL "\nsbx-a\told\tabout\nsbx-b\t\tx\n\tssh-2\n"
                                 "sbx-gone\t\tx\n"));
    cr_assert_eq(completion_cache_renew(fleet, URL, path, "sbx-gone", &text), STATUS_OK);
    cr_expect_str_eq(bytebuf_text(&text),
                     "sbxdeck-completion 1 " URL "\nsbx-a\t\tabout\n\tssh-1\nsbx-b\tweb\tx\nsbx-new\t\tt\n");
    bytebuf_free(&text);
    // Another server's is not taken over.
    text = BYTEBUF(COMPLETION_CACHE_MAX);
    cr_assert_eq(completion_cache_renew(fleet, "http://other", path, "", &text), STATUS_OK);
    cr_expect_str_eq(bytebuf_text(&text), "sbxdeck-completion 1 http://other\nsbx-new\t\tt\n");
    bytebuf_free(&text);
    fleet_free(fleet);
}

Test(completion_cache, hostile_lines_are_left_out_and_any_cut_is_stood)
{
    static const char text[] = "sbxdeck-completion 1 " URL "\n"
                               "\tssh-lost\n"
                               "sbx-a\tname\tabout\n"
                               "\t$(reboot)\n"
                               "\tssh-1\n"
                               "sbx-b; reboot\tname\tabout\n"
                               "\tssh-2\n"
                               "sbx-c\t`id`\t\033]0;x\n"
                               "no tabs at all\n"
                               "-rf\t\t\n"
                               "sbx-d\t\n"
                               "sbx-e\t\t\n";
    cr_assert(support_file_write(path, text));
    cr_expect_str_eq(read_back(URL, true),
                     "sbx-a name about ;sbx-a name about ssh-1;sbx-c   ;sbx-d   ;sbx-e   ;");
    for (size_t length = 0; length < sizeof text; length++) {
        char part[sizeof text];
        memcpy(part, text, length);
        part[length] = '\0';
        cr_assert(support_file_write(path, part));
        (void)read_back(URL, true);
        cr_expect_null(strstr(seen, "reboot"));
        cr_expect_null(strchr(seen, '\033'));
    }
    cr_assert_eq(chmod(path, 0622), 0);
    cr_expect_str_eq(read_back(URL, true), "", "others can write it");
    cr_assert_eq(unlink(path), 0);
    cr_expect_str_eq(read_back(URL, true), "");
    cr_assert_eq(symlink("/etc/passwd", path), 0);
    cr_expect_str_eq(read_back(URL, true), "");
}
