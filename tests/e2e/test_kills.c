// SPDX-License-Identifier: Apache-2.0
//
// The real program killed at any instant, by its verbs and as the console in the middle of a create: what the
// server has given out is in the vault with its password, or the vault says `unknown`. How many are killed:
// SBXDECK_KILLS, of which one in fifty is a verb and one in a hundred the console.

#include "tests/e2e/fixture.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(kills, .timeout = 3600);

enum { VERBS = 40, VERB_SHARE = 50, CONSOLES = 6, CONSOLE_SHARE = 100, BOXES = 6 };

static char ledger_path[SUPPORT_PATH_CAP + 16], boxes[BOXES][64];

static int share_of(int part, int otherwise)
{
    const char *text = getenv("SBXDECK_KILLS");
    int wanted = text != NULL ? atoi(text) / part : 0;
    return wanted > 0 ? wanted : otherwise;
}

static void begin(struct fixture *fixture)
{
    fixture_begin_without(fixture);
    (void)snprintf(ledger_path, sizeof ledger_path, "%s.ledger", fixture->home);
    cr_assert(support_file_write(ledger_path, ""));
    // No limit: a flood of short programs is what is tested.
    const char *const options[] = {"--fleet",  "plain",     "--sandboxes",  "6",       "--dialect", "sandbox",
                                   "--ledger", ledger_path, "--rate-limit", "1000000", NULL};
    cr_assert(support_emulator_start(&fixture->emulator, options));
    fixture_point_at(fixture, fixture->emulator.base_url, fixture->emulator.api_key);
    cJSON *list = fixture_json(fixture, 0, "ls", "--json", NULL);
    cr_assert_eq(cJSON_GetArraySize(list), BOXES);
    for (int i = 0; i < BOXES; i++)
        (void)snprintf(boxes[i], sizeof boxes[i], "%s", json_text(cJSON_GetArrayItem(list, i), "id"));
    cJSON_Delete(list);
    srandom((unsigned)time(NULL));
}

// --- what the server has given out ----------------------------------------------------------------

// The last word of the ledger on a sandbox. False: it has no credential there.
static bool server_has(const char *ledger, const char *box, char id[64], char password[128])
{
    bool has = false;
    for (const char *line = ledger; line != NULL && *line != '\0';) {
        char of[64], its_id[64], its_password[128];
        if (sscanf(line, "%63s %63s %127s", of, its_id, its_password) == 3 && strcmp(of, box) == 0) {
            has = strcmp(its_password, "-") != 0;
            (void)snprintf(id, 64, "%s", its_id);
            (void)snprintf(password, 128, "%s", its_password);
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return has;
}

enum account { LOST, UNKNOWN, KEPT };

// Whether the vault has it with that password, or at least says that something there is not known.
static enum account account_of(struct fixture *fixture, const char *box, const char *id, const char *password)
{
    enum account account = LOST;
    cJSON *list = fixture_json(fixture, 0, "access", "ls", box, "--json", "--show-password", NULL);
    const cJSON *access = NULL;
    cJSON_ArrayForEach(access, list)
    {
        const cJSON *its_id = cJSON_GetObjectItemCaseSensitive(access, "id");
        const cJSON *its_password = cJSON_GetObjectItemCaseSensitive(access, "password");
        if (strcmp(json_text(access, "state"), "unknown") == 0 && account == LOST)
            account = UNKNOWN;
        if (cJSON_IsString(its_id) && strcmp(its_id->valuestring, id) == 0 && cJSON_IsString(its_password) &&
            strcmp(its_password->valuestring, password) == 0)
            account = KEPT;
    }
    cJSON_Delete(list);
    return account;
}

static void check(struct fixture *fixture, const char *box, const char *what)
{
    char id[64] = "", password[128] = "";
    char *ledger = support_file_read(ledger_path, NULL);
    cr_assert_not_null(ledger);
    bool has = server_has(ledger, box, id, password);
    free(ledger);
    enum account account = account_of(fixture, box, id, password);
    cr_assert(!has || account != LOST, "%s: %s of %s is lost", what, id, box);
    if (account != UNKNOWN)
        return;
    // The way out, or what is unknown now would hide what gets lost later. What the killed one has asked for
    // may be done only now, after the ledger was read: then it is the other way.
    struct support_result way = fixture_run(fixture, "access", has ? "regen" : "create", box, NULL);
    if (way.exit_code != 0)
        fixture_expect(fixture, 0, NULL, NULL, "access", has ? "create" : "regen", box, NULL);
    support_result_free(&way);
    ledger = support_file_read(ledger_path, NULL);
    cr_assert(ledger != NULL && server_has(ledger, box, id, password));
    free(ledger);
    cr_assert_eq(account_of(fixture, box, id, password), KEPT, "%s: the way out of unknown loses %s", what,
                 id);
}

// --- nothing in clear -----------------------------------------------------------------------------

static const char *needle;
static char found_in[SUPPORT_PATH_CAP];

static int look_into(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    size_t length = 0;
    (void)facts;
    (void)where;
    if (kind != FTW_F)
        return 0;
    char *bytes = support_file_read(path, &length);
    if (bytes != NULL && memmem(bytes, length, needle, strlen(needle)) != NULL)
        (void)snprintf(found_in, sizeof found_in, "%s", path);
    free(bytes);
    return 0;
}

static void expect_nowhere(const struct fixture *fixture, const char *secret)
{
    needle = secret;
    found_in[0] = '\0';
    cr_assert_eq(nftw(fixture->home, look_into, 16, FTW_PHYS), 0);
    cr_expect_str_empty(found_in, "a secret stands in %s", found_in);
}

static void end(struct fixture *fixture)
{
    char *ledger = support_file_read(ledger_path, NULL), *rest = NULL;
    for (char *line = strtok_r(ledger, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        const char *password = strrchr(line, ' ');
        if (password != NULL && strlen(password + 1) > 1)
            expect_nowhere(fixture, password + 1);
    }
    expect_nowhere(fixture, fixture->emulator.api_key);
    free(ledger);
    (void)unlink(ledger_path);
    fixture_end(fixture);
}

// --- the kills ------------------------------------------------------------------------------------

static void kill_at_any_time(pid_t pid, int within_us)
{
    int status = 0;
    (void)usleep((useconds_t)(random() % within_us));
    (void)kill(pid, SIGKILL);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
}

Test(kills, a_killed_verb_loses_no_credential)
{
    enum { LIFE_US = 90000, VERB_COUNT = 3 };
    static const char *const verbs[VERB_COUNT] = {"create", "regen", "delete"};
    struct fixture fixture;
    begin(&fixture);
    int wanted = share_of(VERB_SHARE, VERBS);
    for (int i = 0; i < wanted; i++) {
        const char *box = boxes[i % BOXES], *verb = verbs[random() % VERB_COUNT];
        const char *const argv[] = {fixture.program, "access", verb, box, "--json", NULL};
        pid_t pid = support_spawn(argv, fixture.environment, -1, -1, -1);
        cr_assert_gt(pid, 0);
        kill_at_any_time(pid, LIFE_US);
        check(&fixture, box, verb);
    }
    end(&fixture);
}

Test(kills, a_console_killed_in_the_middle_of_a_create_loses_none)
{
    enum { LIFE_US = 60000 };
    struct fixture fixture;
    begin(&fixture);
    int wanted = share_of(CONSOLE_SHARE, CONSOLES);
    for (int i = 0; i < wanted; i++) {
        const char *box = boxes[i % BOXES];
        struct console *console = fixture_console(&fixture, 24, 80, boxes[0]);
        fixture_choose(console, box);
        // The first of each makes one, the next ones replace it.
        bool create = i < BOXES;
        console_type(console, create ? "n" : "r");
        if (!create) {
            console_wait(console, "Cancel");
            console_type(console, KEY_TAB KEY_ENTER);
        }
        (void)usleep((useconds_t)(random() % LIFE_US));
        console_free(console); // by SIGKILL
        check(&fixture, box, create ? "n" : "r");
    }
    end(&fixture);
}
