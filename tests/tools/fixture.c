// SPDX-License-Identifier: Apache-2.0
//
// fixture: Start what a tool needs, run it, and look at what it left. The replacer is a thread that runs
// `sbxdeck access regen` as an operator in another window would.

#include "tests/tools/fixture.h"

#include "tests/support/access_server.h"
#include "tests/support/canary.h"
#include "tests/support/skip.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    ARGUMENTS_MAX = 40,
    COMMAND_CAP = 4096,
    RUN_MS = 60000,
    REPLACE_MS = 2000,  // one credential each, in turn
    REPLACED_LEAST = 3, // replacements while a tool is used
    ROUNDS_MAX = 100,
    FILE_LINES = 200,
    ROWS = 24,
    COLS = 80,
    PATH_ROOM = SUPPORT_PATH_CAP + 128,
};

#define TOOLS_PATH "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

struct criterion_test_params tools_servers(void)
{
    static enum tools_server servers[TOOLS_SERVERS] = {TOOLS_EMULATOR, TOOLS_SSHD};
    return cr_make_param_array(enum tools_server, servers, TOOLS_SERVERS);
}

struct criterion_test_params tools_servers_and_direct(void)
{
    static enum tools_server servers[TOOLS_SERVERS + 1] = {TOOLS_EMULATOR, TOOLS_SSHD, TOOLS_DIRECT};
    return cr_make_param_array(enum tools_server, servers, TOOLS_SERVERS + 1);
}

void tools_need(enum tools_server server, const char *command, const char *package)
{
    char look[192];
    const char *const argv[] = {"sh", "-c", look, NULL};
    struct support_result result = {0};
    const char *missing = server != TOOLS_EMULATOR ? sshd_missing() : NULL;
    (void)snprintf(look, sizeof look, "PATH=" TOOLS_PATH " && { command -v %s; } >/dev/null 2>&1", command);
    if (missing == NULL)
        missing = own_home_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    bool there = support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    support_result_free(&result);
    if (!there)
        SKIP_TEST("%s isn't installed (%s)", command, package);
}

// --- running ---

// more: a variable besides HOME and PATH; may be NULL.
static void argv_make(struct tools *tools, const char *more, const char *const argv[],
                      const char *out[ARGUMENTS_MAX])
{
    size_t count = own_home_begin(&tools->own, tools->home, out);
    if (more != NULL)
        out[count++] = more;
    while (*argv != NULL) {
        cr_assert_lt(count, ARGUMENTS_MAX - 1);
        out[count++] = *argv++;
    }
    out[count] = NULL;
}

static void look_at_output(struct tools *tools, const char *program, const struct support_result *result)
{
    char what[128];
    (void)snprintf(what, sizeof what, "what %s said", program);
    canary_bytes(tools->canary, what, result->out, result->out_length);
    canary_bytes(tools->canary, what, result->err, result->err_length);
}

struct support_result tools_try(struct tools *tools, const char *input, const char *const argv[])
{
    const char *whole[ARGUMENTS_MAX];
    struct support_result result;
    memset(&result, 0, sizeof result);
    argv_make(tools, NULL, argv, whole);
    bool ended = support_run(whole, NULL, input, RUN_MS, &result);
    look_at_output(tools, argv[0], &result);
    cr_assert(ended, "%s %s doesn't end; stdout: %s; stderr: %s", argv[0], argv[1] != NULL ? argv[1] : "",
              result.out, result.err);
    return result;
}

pid_t tools_start(struct tools *tools, const char *const argv[], int in, int out, int err)
{
    const char *whole[ARGUMENTS_MAX];
    argv_make(tools, NULL, argv, whole);
    pid_t pid = support_spawn(whole, NULL, in, out, err);
    cr_assert_gt(pid, 0);
    return pid;
}

char *tools_run(struct tools *tools, const char *input, const char *const argv[])
{
    struct support_result result = tools_try(tools, input, argv);
    cr_assert_eq(result.exit_code, 0, "%s %s: exit code %d; stdout: %s; stderr: %s", argv[0],
                 argv[1] != NULL ? argv[1] : "", result.exit_code, result.out, result.err);
    char *out = result.out;
    result.out = NULL;
    support_result_free(&result);
    return out;
}

char *tools_shell(struct tools *tools, const char *format, ...)
{
    char command[COMMAND_CAP];
    const char *const argv[] = {"sh", "-ec", command, NULL};
    va_list list;
    va_start(list, format);
    int length = vsnprintf(command, sizeof command, format, list);
    va_end(list);
    cr_assert_lt((size_t)length, sizeof command);
    return tools_run(tools, NULL, argv);
}

struct pty *tools_terminal(struct tools *tools, const char *const argv[])
{
    const char *whole[ARGUMENTS_MAX];
    argv_make(tools, "TERM=xterm", argv, whole);
    struct pty *pty = pty_open(whole, NULL, ROWS, COLS, 0);
    cr_assert_not_null(pty);
    return pty;
}

static void wait_shown(struct pty *pty, const char *text, bool shown)
{
    int64_t deadline = support_now_ms() + RUN_MS;
    while (pty_shows(pty, PTY_ANY_ROW, text) != shown) {
        cr_assert(support_now_ms() < deadline && !pty_ended(pty), "'%s' is%s shown:\n%s", text,
                  shown ? "n't" : "", pty_text(pty));
        (void)pty_take(pty, 1000);
    }
}

void tools_wait(struct pty *pty, const char *text)
{
    wait_shown(pty, text, true);
}

void tools_wait_gone(struct pty *pty, const char *text)
{
    wait_shown(pty, text, false);
}

void tools_wait_end(struct pty *pty, int exit_code)
{
    int64_t deadline = support_now_ms() + RUN_MS;
    while (!pty_ended(pty)) {
        cr_assert(support_now_ms() < deadline, "it doesn't end:\n%s", pty_text(pty));
        (void)pty_take(pty, 1000);
    }
    cr_expect_eq(pty_exit_code(pty), exit_code, "%s", pty_text(pty));
}

// --- the home ---

static void write_in(const struct tools *tools, const char *name, const char *text)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", tools->folder, name);
    cr_assert(support_file_write(path, text));
}

static void make_home(struct tools *tools, const char *url, const char *key)
{
    static const char *const folders[] = {"home", "home/.config", "home/.config/sbxdeck", "home/.ssh"};
    char text[2 * PATH_ROOM];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(text, sizeof text, "%s/%s", tools->folder, folders[i]);
        cr_assert_eq(mkdir(text, 0700), 0);
    }
    // A tool has no key in its environment. The file lies outside of the home, which is searched for secrets.
    write_in(tools, "key", key);
    canary_secret(tools->canary, key);
    (void)snprintf(text, sizeof text, "base_url = %s\napi_key_file = %s/key\n", url, tools->folder);
    write_in(tools, "home/.config/sbxdeck/config", text);
    write_in(tools, "home/.ssh/config", "BatchMode yes\n");
}

static void set_up(struct tools *tools)
{
    const char *const argv[] = {tools->program, "setup", "ssh", "--yes", NULL};
    free(tools_run(tools, NULL, argv));
}

// --- servers ---

static bool renew_account(void *ctx, int target, const char *password)
{
    struct tools *tools = ctx;
    canary_secret(tools->canary, password);
    return sshd_password(&tools->sshd, target, password);
}

static void begin_sshd(struct tools *tools, int sandboxes)
{
    char name[SSHD_ACCOUNT_CAP];
    cr_assert(sshd_start(&tools->sshd, NULL));
    tools->api = access_server_start(SSHD_HOST, tools->sshd.port, SSHD_USER, SSHD_PASSWORD);
    cr_assert_not_null(tools->api);
    (void)snprintf(tools->ids[0], TOOLS_ID_CAP, "%s", ACCESS_SERVER_SANDBOX);
    for (int i = 1; i < sandboxes; i++) {
        (void)snprintf(tools->ids[i], TOOLS_ID_CAP, "sbx-opensshd%d", i + 1);
        sshd_account(i, name);
        cr_assert(
            access_server_add(tools->api, tools->ids[i], SSHD_HOST, tools->sshd.port, name, SSHD_PASSWORD));
    }
    access_server_renews(tools->api, renew_account, tools);
    make_home(tools, access_server_url(tools->api), "the-api-key-of-the-tools");
}

static void find_sandboxes(struct tools *tools, int sandboxes)
{
    const char *const argv[] = {tools->program, "ls", "--json", NULL};
    char *text = tools_run(tools, NULL, argv);
    cJSON *list = cJSON_Parse(text);
    cr_assert_eq(cJSON_GetArraySize(list), sandboxes, "%s", text);
    for (int i = 0; i < sandboxes; i++) {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetArrayItem(list, i), "id"));
        cr_assert_not_null(id, "%s", text);
        (void)snprintf(tools->ids[i], TOOLS_ID_CAP, "%s", id);
    }
    cJSON_Delete(list);
    free(text);
}

static void begin_emulator(struct tools *tools, int sandboxes)
{
    char count[16];
    const char *const options[] = {"--fleet", "plain", "--sandboxes", count, "--ledger", tools->ledger, NULL};
    (void)snprintf(count, sizeof count, "%d", sandboxes);
    (void)snprintf(tools->ledger, sizeof tools->ledger, "%s/ledger", tools->folder);
    canary_ledger(tools->canary, tools->ledger);
    cr_assert(support_emulator_start(&tools->emulator, options));
    make_home(tools, tools->emulator.base_url, tools->emulator.api_key);
    find_sandboxes(tools, sandboxes);
}

static void begin_direct(struct tools *tools)
{
    static const char *const folders[] = {"home", "home/.ssh"};
    char text[3 * PATH_ROOM], keys[PATH_ROOM];
    const char *const options[] = {"PubkeyAuthentication=yes", "StrictModes=no", keys, NULL};
    (void)snprintf(keys, sizeof keys, "AuthorizedKeysFile=%s/key.pub", tools->folder);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(text, sizeof text, "%s/%s", tools->folder, folders[i]);
        cr_assert_eq(mkdir(text, 0700), 0);
    }
    free(tools_shell(tools, "ssh-keygen -q -t ed25519 -N '' -f %s/key", tools->folder));
    cr_assert(sshd_start(&tools->sshd, options));
    (void)snprintf(tools->ids[0], TOOLS_ID_CAP, "%s", ACCESS_SERVER_SANDBOX);
    (void)snprintf(
        text, sizeof text,
        "BatchMode yes\nLogLevel ERROR\nStrictHostKeyChecking accept-new\nHost *.leap0\nHostName %s\n"
        "Port %d\nUser %s\nIdentityFile %s/key\n",
        SSHD_HOST, tools->sshd.port, SSHD_USER, tools->folder);
    write_in(tools, "home/.ssh/config", text);
}

// --- the replacer ---

// Until the first tool has made one there is none to replace; with none known, regen would make its own.
static bool is_known(struct tools *tools, int which)
{
    const char *whole[ARGUMENTS_MAX];
    const char *const argv[] = {tools->program, "access", "ls", tools->ids[which], "--json", NULL};
    struct support_result result;
    memset(&result, 0, sizeof result);
    argv_make(tools, NULL, argv, whole);
    bool known = support_run(whole, NULL, NULL, RUN_MS, &result) && strstr(result.out, "\"ssh-") != NULL;
    support_result_free(&result);
    return known;
}

static bool replace(struct tools *tools, int which)
{
    const char *whole[ARGUMENTS_MAX];
    const char *const argv[] = {tools->program, "access", "regen", tools->ids[which], NULL};
    struct support_result result;
    if (tools->replaced[which] == 0 && !is_known(tools, which))
        return false;
    memset(&result, 0, sizeof result);
    argv_make(tools, NULL, argv, whole);
    bool done = support_run(whole, NULL, NULL, RUN_MS, &result) && result.exit_code == 0;
    if (!done && tools->replaced[which] > 0)
        (void)fprintf(stderr, "not replaced: %s\n", result.err != NULL ? result.err : "");
    look_at_output(tools, "access regen", &result);
    support_result_free(&result);
    return done;
}

static bool wait_for_turn(struct tools *tools)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    int64_t nanoseconds = until.tv_nsec + (int64_t)REPLACE_MS / tools->count * 1000000;
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    while (!tools->over && pthread_cond_timedwait(&tools->changed, &tools->lock, &until) == 0)
        ;
    return !tools->over;
}

static void *replace_again(void *data)
{
    struct tools *tools = data;
    (void)pthread_mutex_lock(&tools->lock);
    for (int turn = 0; wait_for_turn(tools); turn++) {
        int which = turn % tools->count;
        (void)pthread_mutex_unlock(&tools->lock);
        bool done = replace(tools, which);
        (void)pthread_mutex_lock(&tools->lock);
        if (done)
            tools->replaced[which]++;
        else if (tools->replaced[which] > 0)
            tools->failed++;
    }
    (void)pthread_mutex_unlock(&tools->lock);
    return NULL;
}

bool tools_again(struct tools *tools, int *round)
{
    bool more = *round == 0;
    (void)pthread_mutex_lock(&tools->lock);
    for (int i = 0; i < tools->count && tools->server != TOOLS_DIRECT; i++)
        more = more || tools->replaced[i] < REPLACED_LEAST;
    (void)pthread_mutex_unlock(&tools->lock);
    cr_assert_lt(++*round, ROUNDS_MAX, "no credential is replaced");
    return more;
}

// --- begin and end ---

void tools_begin(struct tools *tools, enum tools_server server, int sandboxes)
{
    char program[SUPPORT_PATH_CAP];
    memset(tools, 0, sizeof *tools);
    tools->server = server;
    tools->count = sandboxes;
    (void)pthread_mutex_init(&tools->lock, NULL);
    (void)pthread_cond_init(&tools->changed, NULL);
    tools->canary = canary_start();
    cr_assert_not_null(tools->canary);
    cr_assert(support_folder_make(tools->folder));
    (void)snprintf(tools->home, sizeof tools->home, "%s/home", tools->folder);
    support_program("sbxdeck", program);
    char *whole = realpath(program, NULL);
    cr_assert_not_null(whole, "%s", program);
    (void)snprintf(tools->program, sizeof tools->program, "%s", whole);
    free(whole);
    if (server == TOOLS_DIRECT)
        begin_direct(tools);
    else if (server == TOOLS_SSHD)
        begin_sshd(tools, sandboxes);
    else
        begin_emulator(tools, sandboxes);
    for (int i = 0; i < sandboxes; i++)
        (void)snprintf(tools->names[i], TOOLS_ID_CAP, "%.57s.leap0", tools->ids[i]);
    if (server == TOOLS_DIRECT)
        return;
    set_up(tools);
    cr_assert_eq(pthread_create(&tools->replacer, NULL, replace_again, tools), 0);
}

// Masters of connections that a tool leaves for the next time (ControlPersist).
static bool none_is_left(void *ctx)
{
    return support_signal_processes_with(((const struct tools *)ctx)->home, SIGTERM) == 0;
}

static void end_replacing(struct tools *tools)
{
    const char *const argv[] = {tools->program, "events", NULL};
    (void)pthread_mutex_lock(&tools->lock);
    tools->over = true;
    (void)pthread_cond_signal(&tools->changed);
    (void)pthread_mutex_unlock(&tools->lock);
    (void)pthread_join(tools->replacer, NULL);
    free(tools_run(tools, NULL, argv));
}

void tools_end(struct tools *tools)
{
    if (tools->server != TOOLS_DIRECT)
        end_replacing(tools);
    cr_expect(support_wait_until(none_is_left, tools, SUPPORT_WAIT_MS), "a process is left");
    canary_files(tools->canary, tools->home);
    cr_expect_eq(tools->failed, 0, "%d credentials were not replaced", tools->failed);
    cr_expect_gt(canary_looks(tools->canary), 0);
    cr_expect_eq(canary_stop(tools->canary), 0, "a secret was shown: see above");
    if (tools->api != NULL)
        access_server_stop(tools->api);
    sshd_stop(&tools->sshd);
    cr_expect_eq(support_emulator_stop(&tools->emulator), 0);
    cr_expect(support_folder_remove(tools->folder));
    (void)pthread_cond_destroy(&tools->changed);
    (void)pthread_mutex_destroy(&tools->lock);
}

// --- files ---

void tools_file(struct tools *tools, const char *name, int round)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", tools->home, name);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file, "%s", path);
    for (int i = 0; i < FILE_LINES; i++)
        (void)fprintf(file, "%s, round %d, line %d\n", name, round, i);
    cr_assert_eq(fclose(file), 0);
}

void tools_expect_same(struct tools *tools, const char *one, const char *other)
{
    char path[PATH_ROOM];
    size_t one_length = 0, other_length = 0;
    (void)snprintf(path, sizeof path, "%s/%s", tools->home, one);
    char *one_text = support_file_read(path, &one_length);
    (void)snprintf(path, sizeof path, "%s/%s", tools->home, other);
    char *other_text = support_file_read(path, &other_length);
    cr_assert_not_null(one_text, "no file %s", one);
    cr_assert_not_null(other_text, "no file %s", other);
    cr_expect(one_length > 0 && one_length == other_length && memcmp(one_text, other_text, one_length) == 0,
              "%s (%zu bytes) and %s (%zu bytes) differ", one, one_length, other, other_length);
    free(one_text);
    free(other_text);
}
