// SPDX-License-Identifier: Apache-2.0
//
// cli: finds the verb, reads its options, brings the fleet up to date and hands over to the verb. A run of a
// verb is one job on a loop of its own; it is over when the verb has said so and the service has closed what
// it had open.

#include "views/cli/cli.h"

#include "tui/base/text.h"
#include "views/cli/cli_arguments.h"
#include "views/cli/cli_guess.h"
#include "views/console/console.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void cli_no_start(struct cli_job *job)
{
    cli_finish(job, 0);
}
#define cli_demo cli_no_start
#define cli_play cli_no_start

static const struct cli_verb verbs[] = {
#define X(id, name, arguments, least, most, options, help)                                                   \
    {name, arguments, least, most, options, help, cli_##id},
    VERB_TABLE(X)
#undef X
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

const struct cli_verb *cli_verb_at(size_t index)
{
    return index < VERBS ? &verbs[index] : NULL;
}

// --- saying what went wrong ---

static void put_displayed(FILE *file, const char *text)
{
    char shown[4 * FAILURE_LINE_CAP]; // each byte may be shown as four
    (void)display(text, strlen(text), shown, sizeof shown);
    (void)fputs(shown, file);
}

void cli_tell_odd(const struct cli_job *job, const struct oddities *odd)
{
    struct failure told = {.status = STATUS_OK};
    if (odd->count == 0)
        return;
    (void)oddities_text(odd, told.message, sizeof told.message);
    cli_complain(job->verb->name, &told);
}

void cli_complain(const char *what, const struct failure *why)
{
    char line[FAILURE_LINE_CAP];
    (void)fputs("sbxdeck: ", stderr);
    put_displayed(stderr, what);
    (void)fputs(": ", stderr);
    put_displayed(stderr, failure_line(why, line));
    (void)fputc('\n', stderr);
}

int cli_usage_error(const char *what, const char *advice, const char *format, ...)
{
    char text[512];
    struct failure why;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)advise(&why, fail(&why, STATUS_BAD_ARGUMENT, "%s", text), "%s", advice);
    cli_complain(what, &why);
    return status_exit_code(STATUS_BAD_ARGUMENT);
}

int cli_failure_code(const struct cli_verb *verb, enum status status)
{
    int code = status_exit_code(status);
    return (verb->options & CLI_ANSWERS) != 0 && code <= 1 ? CLI_EXIT_NO_ANSWER : code;
}

void cli_finish(struct cli_job *job, int exit_code)
{
    if (job->finished)
        return;
    job->finished = true;
    job->exit_code = exit_code;
    if (job->service != NULL)
        service_set_interval(job->service, 0);
    uv_stop(job->loop);
}

void cli_fail(struct cli_job *job, const char *what, const struct failure *why)
{
    cli_complain(what, why);
    cli_finish(job, cli_failure_code(job->verb, why->status));
}

// --- what the arguments mean ---

const struct fleet_row *cli_row(const struct cli_job *job)
{
    return fleet_find(service_fleet(job->service), job->sandbox_id);
}

enum status cli_deleted(const char *sandbox_id, struct failure *why)
{
    return advise(why, fail(why, STATUS_NOT_FOUND, "%s is deleted", sandbox_id),
                  "sbxdeck access forget %s drops its credential here", sandbox_id);
}

static enum status several(const struct fleet_row *row, struct failure *why)
{
    char ids[256] = "";
    for (size_t i = 0; i < row->credential_count; i++) {
        size_t used = strlen(ids);
        const char *id = row->credentials[i].id;
        (void)snprintf(ids + used, sizeof ids - used, "%s%s", used > 0 ? ", " : "",
                       id[0] != '\0' ? id : "unknown");
    }
    return advise(why,
                  fail(why, STATUS_BAD_ARGUMENT, "%s has %zu credentials here: %s", row->sandbox.id,
                       row->credential_count, ids),
                  "choose one by --id");
}

enum status cli_credential(const struct cli_job *job, bool exact, const struct credential **out,
                           struct failure *why)
{
    const struct fleet_row *row = cli_row(job);
    const char *id = job->arguments.id;
    if (row == NULL)
        return fail(why, STATUS_NOT_FOUND, "%s no longer exists", job->sandbox_id);
    if (id != NULL) {
        for (size_t i = 0; i < row->credential_count; i++) {
            if (strcmp(row->credentials[i].id, id) == 0) {
                *out = &row->credentials[i];
                return STATUS_OK;
            }
        }
        return advise(
            why, fail(why, STATUS_NOT_FOUND, "no credential %s of %s is known here", id, row->sandbox.id),
            "sbxdeck access ls %s", row->sandbox.id);
    }
    if (row->credential_count == 0)
        return advise(why,
                      fail(why, STATUS_NO_CREDENTIAL, "no credential of %s is known here", row->sandbox.id),
                      "create one: sbxdeck access create %s", row->sandbox.id);
    if (exact && row->credential_count > 1)
        return several(row, why);
    *out = fleet_row_best(row, service_now(job->service));
    return STATUS_OK;
}

bool cli_is_meant(struct cli_job *job, const char *does, const char *word)
{
    char line[ID_CAP + 2] = "", expected[ID_CAP + 2];
    struct failure why;
    if (job->arguments.yes)
        return true;
    if (isatty(STDIN_FILENO) == 0) {
        (void)advise(&why,
                     fail(&why, STATUS_BAD_ARGUMENT,
                          "this %s, which needs a confirmation, and stdin isn't a terminal", does),
                     "add --yes to do it");
        cli_fail(job, job->verb->name, &why);
        return false;
    }
    (void)fprintf(stderr, "This %s. Type %s to continue: ", does, word);
    (void)snprintf(expected, sizeof expected, "%s\n", word);
    if (fgets(line, sizeof line, stdin) != NULL && strcmp(line, expected) == 0)
        return true;
    (void)fail(&why, STATUS_CANCELLED, "not confirmed, nothing was deleted");
    cli_fail(job, job->verb->name, &why);
    return false;
}

// --- one verb ---

static void fleet_is_here(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    struct failure mine = {.status = STATUS_OK};
    const struct fleet_row *row = NULL;

    if (job->finished)
        return;
    if ((job->verb->options & CLI_STAYS) != 0 && cli_retry_later(job, why, fleet_is_here))
        return;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    if (job->verb->least > 0) {
        if (fleet_resolve(service_fleet(job->service), job->arguments.values[0], &row, &mine) != STATUS_OK) {
            cli_fail(job, job->verb->name, &mine);
            return;
        }
        (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", row->sandbox.id);
    }
    job->verb->start(job);
}

static void go_without_vault(struct cli_job *job, const struct failure *why)
{
    struct failure told = *why;
    (void)advise(
        &told,
        fail(&told, why->status, "%s; continuing without it, nothing will be stored", failure_text(why)),
        "%s", failure_advice(why));
    cli_complain("vault", &told);
    job->without_vault = true;
    service_memory_only(job->service, true);
}

static void vault_trouble(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    if (job->trouble != NULL && !job->finished) {
        job->trouble(job, why);
        return;
    }
    // The verb's own callback tells a failure of its own; this one is of the vault as a whole. What is
    // written in passing (the log, a verdict) does not stop a verb that needs none of it.
    struct service_health health;
    service_health(job->service, &health);
    bool counts = why->status == STATUS_STORE_FAILED || why->status == STATUS_STORE_UNSAFE ||
                  why->status == STATUS_STORE_LOCKED;
    if (job->finished || job->arguments.memory_only || job->without_vault || health.vault_read || !counts)
        return;
    if ((job->verb->options & CLI_NO_VAULT) != 0 ||
        ((job->verb->options & CLI_IN_MEMORY) != 0 && !vault_is_there(job->config.state_folder)))
        go_without_vault(job, why);
    else
        cli_fail(job, "vault", why);
}

static void fleet_changed(void *ctx)
{
    struct cli_job *job = ctx;
    if (job->changed != NULL && !job->finished)
        job->changed(job);
}

static int run_verb(const struct cli_verb *verb, const struct cli_arguments *arguments)
{
    static const struct service_events events = {.changed = fleet_changed, .trouble = vault_trouble};
    uv_loop_t loop;
    struct cli_job job = {.verb = verb, .arguments = *arguments, .loop = &loop};
    struct failure why = {.status = STATUS_OK};
    struct secret *key = NULL;

    if (config_load(&job.config, &why) != STATUS_OK) {
        cli_complain("settings", &why);
        return status_exit_code(STATUS_BAD_ARGUMENT);
    }
    // Before any child or thread: the key of before is for one verb only.
    if (strcmp(verb->name, "vault rekey") != 0)
        config_drop_old_key();
    if (config_take_api_key(&key, &why) != STATUS_OK) {
        cli_complain(verb->name, &why);
        return cli_failure_code(verb, why.status);
    }
    if (uv_loop_init(&loop) < 0) {
        secret_free(key);
        return cli_failure_code(verb, STATUS_INTERNAL);
    }
    if ((verb->options & CLI_STAYS) != 0 && !cli_lines_begin(&job)) {
        (void)fail(&why, STATUS_NO_MEMORY, "%s", "");
        cli_fail(&job, verb->name, &why);
    } else if (service_new(&loop, &job.config, key, &events, &job, &job.service, &why) == STATUS_OK) {
        if ((verb->options & CLI_LOCAL) != 0)
            verb->start(&job);
        else
            service_refresh(job.service, fleet_is_here, &job);
        while (!job.finished && uv_run(&loop, UV_RUN_DEFAULT) != 0)
            ;
        if (!job.finished) {
            (void)fail(&why, STATUS_INTERNAL, "nothing left to wait for");
            cli_fail(&job, verb->name, &why);
        }
    } else {
        cli_fail(&job, verb->name, &why);
    }
    cli_lines_end(&job);
    if (job.ended != NULL)
        job.ended(&job);
    cli_retry_end(&job);
    secret_free(key);
    service_free(job.service);
    while (uv_run(&loop, UV_RUN_DEFAULT) != 0) // more than once when it was stopped before it began
        ;
    (void)uv_loop_close(&loop);
    return cli_output_failed() && job.exit_code <= 1 ? cli_failure_code(verb, STATUS_INTERNAL)
                                                     : job.exit_code;
}

// --- the start ---

static int run_console(bool wall)
{
    struct app_options options = {0};
    struct config config;
    struct failure why = {.status = STATUS_OK};
    struct failure key_failure = {.status = STATUS_OK};
    struct secret *key = NULL;

    if (config_load(&config, &why) != STATUS_OK) {
        cli_complain("settings", &why);
        return status_exit_code(STATUS_BAD_ARGUMENT);
    }
    (void)config_take_api_key(&key, &key_failure);
    config_drop_old_key();
    options.config = &config;
    options.api_key = key;
    options.key_failure = &key_failure;
    int code = console_run(&options, wall);
    secret_free(key);
    return code;
}

// The length of a verb's first word; *second: the other, NULL where it has none.
static size_t first_word(const char *name, const char **second)
{
    size_t length = strcspn(name, " ");
    *second = name[length] != '\0' ? name + length + 1 : NULL;
    return length;
}

static bool is_first_word(const char *name, const char *word)
{
    const char *second = NULL;
    size_t length = first_word(name, &second);
    return strlen(word) == length && strncmp(word, name, length) == 0;
}

// The verb whose words argv begins with; *words is how many they are. NULL: none.
static const struct cli_verb *find_verb(int argc, char **argv, int *words)
{
    for (size_t i = 0; argc > 1 && cli_verb_at(i) != NULL; i++) {
        const char *second = NULL;
        (void)first_word(verbs[i].name, &second);
        if (!is_first_word(verbs[i].name, argv[1]))
            continue;
        *words = second != NULL ? 2 : 1;
        if (second == NULL || (argc > 2 && strcmp(argv[2], second) == 0))
            return &verbs[i];
    }
    return NULL;
}

static bool is_group(const char *word)
{
    const char *second = NULL;
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        (void)first_word(verbs[i].name, &second);
        if (second != NULL && is_first_word(verbs[i].name, word))
            return true;
    }
    return false;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

// A group without a verb of it.
static int run_group(const char *group, const char *word)
{
    char list[256] = "", what[80], advice[96];
    struct cli_guess guess;
    cli_guess_begin(&guess, word != NULL ? word : "");
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const char *second = NULL;
        (void)first_word(verbs[i].name, &second);
        if (second == NULL || !is_first_word(verbs[i].name, group))
            continue;
        size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", second);
        cli_guess_try(&guess, second, verbs[i].name);
    }
    (void)snprintf(advice, sizeof advice, "sbxdeck %s --help", group);
    if (word == NULL)
        return cli_usage_error(group, advice, "needs one of %s", list);
    if (cli_guess_end(&guess) != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean %s?", cli_guess_end(&guess));
    (void)snprintf(what, sizeof what, "%s %.60s", group, word);
    return cli_usage_error(what, advice, "no such command: %s takes %s", group, list);
}

static int run_nothing(const char *word)
{
    static const char *const others[] = {"--help", "--version", "--wall", "help"};
    char advice[96] = "see sbxdeck --help";
    struct cli_guess guess;
    bool option = word[0] == '-';
    cli_guess_begin(&guess, word);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if ((others[i][0] == '-') == option)
            cli_guess_try(&guess, option ? others[i] + 2 : others[i], others[i]);
    for (size_t i = 0; !option && cli_verb_at(i) != NULL; i++) {
        static char groups[VERBS][32];
        const char *second = NULL;
        size_t length = first_word(verbs[i].name, &second);
        (void)snprintf(groups[i], sizeof groups[i], "%.*s", (int)length, verbs[i].name);
        cli_guess_try(&guess, groups[i], groups[i]);
        cli_guess_try(&guess, verbs[i].name, verbs[i].name); // as access-ls
        if (second != NULL)
            cli_guess_try(&guess, second, verbs[i].name);
    }
    if (cli_guess_end(&guess) != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean %s?", cli_guess_end(&guess));
    return cli_usage_error(word, advice, option ? "no such option" : "no such command");
}

// `help`, `help access`, `help access ls`
static int run_help(int argc, char **argv)
{
    int words = 0;
    const struct cli_verb *verb = find_verb(argc - 1, argv + 1, &words);
    if (argc < 3)
        docs_usage();
    else if (verb != NULL)
        docs_verb(verb);
    else if (!is_group(argv[2]))
        return run_nothing(argv[2]);
    else if (argc > 3)
        return run_group(argv[2], argv[3]);
    else
        docs_group(argv[2]);
    return 0;
}

static int run_word(int argc, char **argv)
{
    const char *word = argv[1];
    int code = 0;
    bool json = argc > 2 && strcmp(argv[2], "--json") == 0;
    if (is_help(word)) {
        code = run_help(argc, argv);
    } else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        (void)puts(json ? "{\"version\": \"" SBXDECK_VERSION "\"}" : "sbxdeck " SBXDECK_VERSION);
    } else if (strcmp(word, "--man") == 0) {
        docs_man();
    } else if (strcmp(word, "--docs") == 0) {
        if (argc < 3 || !docs_part(argv[2]))
            return cli_usage_error("--docs", "see the Makefile",
                                   "needs one of keys, verbs, options, exit-codes");
    } else if (is_group(word)) {
        if (argc < 3 || !is_help(argv[2]))
            return run_group(word, argc > 2 ? argv[2] : NULL);
        docs_group(word);
    } else {
        return run_nothing(word);
    }
    return cli_output_failed() && code == 0 ? 1 : code;
}

static int run(int argc, char **argv)
{
    int words = 0;
    if (argc < 2)
        return run_console(false);
    if (argc == 2 && strcmp(argv[1], "--wall") == 0)
        return run_console(true);
    const struct cli_verb *verb = find_verb(argc, argv, &words);
    if (verb == NULL)
        return run_word(argc, argv);
    struct cli_arguments arguments = {.idle_limit_ms = -1};
    int code = cli_read_arguments(verb, argc - words, argv + words, &arguments);
    if (code != 0)
        return code;
    if (arguments.help) {
        docs_verb(verb);
        return cli_output_failed() ? 1 : 0;
    }
    if (strcmp(verb->name, "demo") == 0)
        return demo_run(&arguments);
    if (strcmp(verb->name, "play") == 0)
        return play_run(&arguments);
    return run_verb(verb, &arguments);
}

int cli_run(int argc, char **argv)
{
    cli_stdout_begin();
    int code = run(argc, argv);
    cli_stdout_end();
    return code;
}
