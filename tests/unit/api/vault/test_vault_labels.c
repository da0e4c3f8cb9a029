// SPDX-License-Identifier: Apache-2.0
//
// Tests what the vault keeps of names, notes and pins: one name for one sandbox, whoever writes; what is not
// changed stays; imports are whole or nothing; what has gone goes after a while.

#include "api/vault/vault_labels.h"
#include "api/vault/vault_private.h"
#include "tests/unit/api/vault/vault_fixture.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(vault_labels, .init = vault_fixture_begin, .fini = vault_fixture_end, .timeout = 120);

static enum status rename_in(struct vault *vault, const char *sandbox, const char *name)
{
    struct label_change change = {.sets_name = true};
    (void)snprintf(change.to.name, sizeof change.to.name, "%s", name);
    return vault_label_change(vault, sandbox, &change, NULL, NULL, &vault_fixture.why);
}

static enum status name(const char *sandbox, const char *text)
{
    return rename_in(vault_fixture.vault, sandbox, text);
}

static void note(const char *sandbox, const char *text)
{
    struct label_change change = {.sets_note = true};
    (void)snprintf(change.to.note, sizeof change.to.note, "%s", text);
    cr_assert_eq(vault_label_change(vault_fixture.vault, sandbox, &change, NULL, NULL, &vault_fixture.why),
                 STATUS_OK, "%s", vault_fixture.why.message);
}

// "sbx-a=web/note*": the labels in one line.
static const char *all_of(struct vault *vault)
{
    static char text[4096];
    struct vault_label *list = NULL;
    size_t count = 0, used = 0;
    text[0] = '\0';
    cr_assert_eq(vault_labels(vault, &list, &count, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%s/%s%s%s", i > 0 ? " " : "",
                                 list[i].of.sandbox_id, list[i].of.label.name, list[i].of.label.note,
                                 list[i].of.label.pinned ? "*" : "", list[i].gone_at != 0 ? "!" : "");
    free(list);
    return text;
}

static const char *all(void)
{
    return all_of(vault_fixture.vault);
}

Test(vault_labels, each_part_is_changed_by_itself_and_an_empty_label_goes)
{
    const struct label_change pin = {.sets_pin = true, .to = {.pinned = true}};
    const struct label_change nothing = {.sets_pin = true, .sets_note = true, .sets_name = true};
    struct sandbox_label before, after;
    cr_expect_eq(name("sbx-a", "web"), STATUS_OK);
    note("sbx-a", "of Anna's");
    cr_expect_eq(vault_label_change(vault_fixture.vault, "sbx-a", &pin, &before, &after, NULL), STATUS_OK);
    cr_expect_not(before.pinned);
    cr_expect(after.pinned);
    cr_expect_str_eq(after.name, "web");
    cr_expect_str_eq(all(), "sbx-a=web/of Anna's*");
    cr_expect_eq(vault_label_change(vault_fixture.vault, "sbx-a", &nothing, NULL, NULL, NULL), STATUS_OK);
    cr_expect_str_eq(all(), "");
}

Test(vault_labels, a_name_is_one_sandboxs_in_any_case_and_of_one_server)
{
    struct vault *elsewhere = vault_fixture_opened("https://other.example", "lp0-key");
    cr_expect_eq(name("sbx-a", "Web"), STATUS_OK);
    cr_expect_eq(name("sbx-b", "web"), STATUS_CONFLICT);
    cr_expect_not_null(strstr(vault_fixture.why.message, "sbx-a"), "%s", vault_fixture.why.message);
    cr_expect_eq(rename_in(elsewhere, "sbx-b", "web"), STATUS_OK);
    cr_expect_eq(name("sbx-a", "wEB"), STATUS_OK, "its own, written otherwise");
    cr_expect_str_eq(all(), "sbx-a=wEB/");
    cr_expect_str_eq(all_of(elsewhere), "sbx-b=web/");
    cr_expect_eq(name("sbx-a", ""), STATUS_OK);
    cr_expect_eq(name("sbx-b", "web"), STATUS_OK);
    vault_close(elsewhere);
}

Test(vault_labels, of_programs_that_give_one_name_at_once_one_succeeds)
{
    enum { PROCESSES = 8 };
    int given = 0;
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();
        cr_assert(pid >= 0);
        if (pid == 0) {
            char sandbox[32];
            struct vault *own = NULL;
            struct secret *key = vault_fixture_text_secret("lp0-key");
            (void)snprintf(sandbox, sizeof sandbox, "sbx-%d", i);
            if (vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, key, &own, NULL) != STATUS_OK)
                _exit(2);
            enum status status = rename_in(own, sandbox, "db-test");
            _exit(status == STATUS_OK ? 0 : status == STATUS_CONFLICT ? 1 : 2);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;
        cr_assert(wait(&status) > 0);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1, "%d", status);
        given += WEXITSTATUS(status) == 0 ? 1 : 0;
    }
    cr_expect_eq(given, 1, "%d", given);
}

Test(vault_labels, a_program_that_is_killed_leaves_the_old_name_or_the_new_one)
{
    enum { ROUNDS = 20 };
    for (int i = 0; i < ROUNDS; i++) {
        int ready[2];
        cr_assert_eq(pipe(ready), 0);
        pid_t pid = fork();
        cr_assert(pid >= 0);
        if (pid == 0) {
            struct vault *own = NULL;
            struct secret *key = vault_fixture_text_secret("lp0-key");
            if (vault_open(vault_fixture.folder, VAULT_FIXTURE_URL, key, &own, NULL) != STATUS_OK)
                _exit(2);
            for (int k = 0;; k++) {
                (void)rename_in(own, "sbx-a", k % 2 == 0 ? "even" : "odd");
                if (k == i && write(ready[1], "", 1) != 1)
                    _exit(2);
            }
        }
        char byte = 0;
        (void)close(ready[1]);
        cr_assert_eq(read(ready[0], &byte, 1), 1);
        cr_assert_eq(kill(pid, SIGKILL), 0);
        cr_assert(waitpid(pid, NULL, 0) == pid);
        (void)close(ready[0]);
        const char *now = all();
        cr_expect(strcmp(now, "sbx-a=even/") == 0 || strcmp(now, "sbx-a=odd/") == 0, "%s", now);
        cr_expect_eq(name("sbx-b", i % 2 == 0 ? "b" : "c"), STATUS_OK, "%s", vault_fixture.why.message);
        cr_expect_eq(name("sbx-b", ""), STATUS_OK);
    }
}

static struct labelled_sandbox labelled(const char *sandbox, const char *text)
{
    struct labelled_sandbox one = {.sandbox_id = ""};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "%s", sandbox);
    (void)snprintf(one.label.name, sizeof one.label.name, "%s", text);
    return one;
}

static enum status import(const struct labelled_sandbox *list, size_t length, enum label_import how,
                          size_t *count)
{
    return vault_labels_import(vault_fixture.vault, list, length, how, count, &vault_fixture.why);
}

Test(vault_labels, an_import_that_clashes_changes_nothing_unless_it_is_forced)
{
    size_t count = 9;
    const struct labelled_sandbox list[] = {labelled("sbx-new", "new"), labelled("sbx-a", "other"),
                                            labelled("sbx-c", "b")};
    cr_assert_eq(name("sbx-a", "a"), STATUS_OK);
    cr_assert_eq(name("sbx-b", "b"), STATUS_OK);
    cr_expect_eq(import(list, 3, LABEL_IMPORT_STRICT, &count), STATUS_CONFLICT);
    cr_expect_not_null(strstr(vault_fixture.why.message, "sbx-a has another name"), "%s",
                       vault_fixture.why.message);
    cr_expect_not_null(strstr(vault_fixture.why.message, "1 more"), "%s", vault_fixture.why.message);
    cr_expect_str_eq(all(), "sbx-a=a/ sbx-b=b/");
    cr_expect_eq(import(list, 3, LABEL_IMPORT_FORCE, &count), STATUS_OK);
    cr_expect_eq(count, 3);
    cr_expect_str_eq(all(), "sbx-a=other/ sbx-c=b/ sbx-new=new/");
    cr_expect_eq(import(list, 3, LABEL_IMPORT_STRICT, &count), STATUS_OK,
                 "what is there already is no clash");
    cr_expect_eq(count, 0);
}

Test(vault_labels, names_can_be_swapped_by_an_import)
{
    size_t count = 0;
    const struct labelled_sandbox list[] = {labelled("sbx-a", "b"), labelled("sbx-b", "a")};
    cr_assert_eq(name("sbx-a", "a"), STATUS_OK);
    cr_assert_eq(name("sbx-b", "b"), STATUS_OK);
    cr_expect_eq(import(list, 2, LABEL_IMPORT_FORCE, &count), STATUS_OK, "%s", vault_fixture.why.message);
    cr_expect_eq(count, 2);
    cr_expect_str_eq(all(), "sbx-a=b/ sbx-b=a/");
}

static void sighted(struct vault *vault, const char *sandbox, bool there, int64_t at)
{
    struct label_sighting one = {.there = there};
    (void)snprintf(one.sandbox_id, sizeof one.sandbox_id, "%s", sandbox);
    cr_assert_eq(vault_labels_sighted(vault, &one, 1, at, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
}

Test(vault_labels, what_has_gone_is_kept_for_a_while_and_its_name_is_free)
{
    const int64_t at = VAULT_FIXTURE_NOW;
    cr_assert_eq(name("sbx-a", "web"), STATUS_OK);
    note("sbx-a", "old");
    sighted(vault_fixture.vault, "sbx-a", false, at);
    cr_expect_str_eq(all(), "sbx-a=web/old!");
    sighted(vault_fixture.vault, "sbx-a", true, at + 1);
    cr_expect_str_eq(all(), "sbx-a=web/old", "a list that was wrong has lost nothing");
    sighted(vault_fixture.vault, "sbx-a", false, at + 2);
    cr_expect_eq(name("sbx-b", "web"), STATUS_OK);
    cr_expect_str_eq(all(), "sbx-a=/old! sbx-b=web/");
    sighted(vault_fixture.vault, "sbx-b", true, at + 1 + VAULT_LABEL_KEPT_MS);
    cr_expect_str_eq(all(), "sbx-a=/old! sbx-b=web/");
    sighted(vault_fixture.vault, "sbx-b", true, at + 2 + VAULT_LABEL_KEPT_MS);
    cr_expect_str_eq(all(), "sbx-b=web/");
}

Test(vault_labels, a_list_got_with_another_key_takes_no_label)
{
    struct vault *other = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-other");
    cr_assert_eq(name("sbx-a", "web"), STATUS_OK);
    sighted(other, "sbx-a", false, VAULT_FIXTURE_NOW);
    cr_expect_str_eq(all(), "sbx-a=web/");
    sighted(other, "sbx-a", true, VAULT_FIXTURE_NOW); // it is the other's too
    sighted(other, "sbx-a", false, VAULT_FIXTURE_NOW);
    cr_expect_str_eq(all(), "sbx-a=web/!");
    vault_close(other);
}

Test(vault_labels, what_others_have_put_into_the_file_is_cleaned)
{
    vault_fixture_sql("INSERT INTO label VALUES ('" VAULT_FIXTURE_URL
                      "', 'sbx-a', 'a b;rm' || char(27), 'one' || char(10) || 'two' || char(27) || x'ff', 1,"
                      " x'00', 0, 0)");
    vault_fixture_sql("INSERT INTO label VALUES ('" VAULT_FIXTURE_URL
                      "', 'sbx-b', printf('%.2000c', 'x'), printf('%.5000c', 'y'), 1, x'00', 0, 0)");
    struct vault_label *list = NULL;
    size_t count = 0;
    cr_assert_eq(vault_labels(vault_fixture.vault, &list, &count, NULL), STATUS_OK);
    cr_assert(list != NULL && count == 2);
    cr_expect_str_eq(list[0].of.label.name, "");
    cr_expect_str_eq(list[0].of.label.note, "one two ?");
    cr_expect(list[0].of.label.pinned);
    cr_expect_eq(strlen(list[1].of.label.note), LABEL_NOTE_CAP - 1);
    free(list);
}

Test(vault_labels, a_vault_of_the_form_before_is_brought_up_to_date_with_its_log)
{
    struct event event = {.kind = EVENT_CREATED, .at = 5, .wall_at = 5, .sandbox_id = "sbx-a"}, *list = NULL;
    size_t count = 0;
    vault_close(vault_fixture.vault);
    vault_fixture_sql("DROP TABLE label; DROP TABLE event; PRAGMA user_version = 3;"
                      "CREATE TABLE event (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
                      " wall_at INTEGER NOT NULL, outcome TEXT NOT NULL, session INTEGER NOT NULL,"
                      " duration INTEGER NOT NULL, base_url TEXT NOT NULL, kind TEXT NOT NULL,"
                      " sandbox_id TEXT NOT NULL, id TEXT NOT NULL, message TEXT NOT NULL);"
                      "INSERT INTO event VALUES (1, 1, 1, 'OK', 0, 0, '" VAULT_FIXTURE_URL
                      "', 'created', 'sbx-a', 'ssh-1', 'before')");
    vault_fixture.vault = vault_fixture_opened(VAULT_FIXTURE_URL, "lp0-key");
    cr_assert_eq(name("sbx-a", "web"), STATUS_OK);
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, &vault_fixture.why), STATUS_OK, "%s",
                 vault_fixture.why.message);
    cr_assert_eq(vault_fixture_events(vault_fixture.vault, 0, 10, &list, &count, &vault_fixture.why),
                 STATUS_OK);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(list[0].name, "");
    cr_expect_str_eq(list[1].name, "web");
    free(list);
}

Test(vault_labels, a_vault_that_had_no_room_has_no_labels_until_it_has)
{
    vault_fixture_sql("DROP TABLE label; PRAGMA user_version = 3");
    vault_fixture.vault->form = 3; // as after a full disk
    cr_expect_str_eq(all(), "");
    vault_fixture_sql("DROP TABLE label; PRAGMA user_version = 3");
    vault_fixture.vault->form = 3;
    cr_expect_eq(name("sbx-a", "web"), STATUS_OK, "%s", vault_fixture.why.message);
    cr_expect_str_eq(all(), "sbx-a=web/");
}

Test(vault_labels, a_vault_that_cant_be_written_is_read_and_says_so)
{
    cr_assert_eq(name("sbx-a", "web"), STATUS_OK);
    cr_assert(vault_exec(vault_fixture.vault, "PRAGMA query_only = ON"));
    cr_expect_eq(name("sbx-a", "shop"), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "can't be written"), "%s",
                       vault_fixture.why.message);
    cr_expect_str_eq(all(), "sbx-a=web/");
    vault_fixture.vault->read_only = true;
    sighted(vault_fixture.vault, "sbx-a", false, VAULT_FIXTURE_NOW); // nobody has asked for it
    vault_fixture.vault->form = 3;                                   // and an older one, which has none
    cr_expect_str_eq(all(), "");
    cr_expect_eq(name("sbx-a", "shop"), STATUS_STORE_FAILED);
    cr_expect_not_null(strstr(vault_fixture.why.message, "can't be written"), "%s",
                       vault_fixture.why.message);
}

static size_t found(const char *sandbox, const char *text)
{
    struct event *list = NULL;
    size_t count = 0;
    struct event_query query = {.most = 10};
    (void)snprintf(query.sandbox_id, sizeof query.sandbox_id, "%s", sandbox);
    (void)snprintf(query.text, sizeof query.text, "%s", text);
    cr_assert_eq(event_log_query(vault_fixture.vault, &query, &list, &count, &vault_fixture.why), STATUS_OK,
                 "%s", vault_fixture.why.message);
    free(list);
    return count;
}

Test(vault_labels, the_log_keeps_the_name_that_a_sandbox_had)
{
    struct event event = {.kind = EVENT_CREATED, .at = 5, .wall_at = 5, .sandbox_id = "sbx-a"};
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, NULL), STATUS_OK);
    cr_assert_eq(name("sbx-a", "web"), STATUS_OK);
    cr_assert_eq(event_log_append(vault_fixture.vault, &event, 1, NULL), STATUS_OK);
    cr_expect_eq(found("WEB", ""), 2, "all of the sandbox that has the name now");
    cr_assert_eq(name("sbx-a", "shop"), STATUS_OK);
    cr_expect_eq(found("web", ""), 1, "what it was then");
    cr_expect_eq(found("shop", ""), 2);
    cr_expect_eq(found("sbx-", ""), 2);
    cr_expect_eq(found("", "web"), 1);
    cr_expect_eq(found("", "!web"), 1);
    cr_expect_eq(found("we", ""), 0);
}
