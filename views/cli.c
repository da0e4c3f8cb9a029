// SPDX-License-Identifier: Apache-2.0
//
// cli: finds the verb, reads its options, brings the fleet up to date and hands over to the verb. A run of a
// verb is one job on a loop of its own; it is over when the verb has said so and the keeper has closed what
// it had open.

#include "views/cli.h"

#include "api/server_time.h"
#include "tui/cast_reader.h"
#include "tui/text.h"
#include "views/app.h"
#include "views/log_rows.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

const struct cli_verb *cli_verb_at(size_t index)
{
    return index < sizeof verbs / sizeof verbs[0] ? &verbs[index] : NULL;
}

// --- saying what went wrong ---

static void put_displayed(FILE *file, const char *text)
{
    char shown[4 * FAILURE_LINE_CAP]; // each byte may be shown as four
    (void)display(text, strlen(text), shown, sizeof shown);
    (void)fputs(shown, file);
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

__attribute__((format(printf, 2, 3))) static int usage_error(const char *what, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    struct failure why = {.status = STATUS_BAD_ARGUMENT};
    (void)snprintf(why.message, sizeof why.message, "%s", text);
    cli_complain(what, &why);
    return status_exit_code(STATUS_BAD_ARGUMENT);
}

void cli_finish(struct cli_job *job, int exit_code)
{
    if (job->finished)
        return;
    job->finished = true;
    job->exit_code = exit_code;
    if (job->keeper != NULL)
        keeper_set_interval(job->keeper, 0);
    uv_stop(job->loop);
}

void cli_fail(struct cli_job *job, const char *what, const struct failure *why)
{
    cli_complain(what, why);
    cli_finish(job, status_exit_code(why->status));
}

// --- what the arguments mean ---

const struct fleet_row *cli_row(const struct cli_job *job)
{
    return fleet_find(keeper_fleet(job->keeper), job->sandbox_id);
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
        return fail(why, STATUS_NOT_FOUND, "%s is not there any more", job->sandbox_id);
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
    *out = fleet_row_best(row, keeper_now(job->keeper));
    return STATUS_OK;
}

// --- one verb ---

static void fleet_is_here(void *ctx, const struct failure *why)
{
    struct cli_job *job = ctx;
    struct failure mine = {.status = STATUS_OK};
    const struct fleet_row *row = NULL;

    if (job->finished)
        return;
    if ((job->verb->options & CLI_STAYS) != 0 && cli_again_later(job, why, fleet_is_here))
        return;
    if (why->status != STATUS_OK) {
        cli_fail(job, job->verb->name, why);
        return;
    }
    if (job->verb->least > 0) {
        if (fleet_resolve(keeper_fleet(job->keeper), job->arguments.values[0], &row, &mine) != STATUS_OK) {
            cli_fail(job, job->verb->name, &mine);
            return;
        }
        (void)snprintf(job->sandbox_id, sizeof job->sandbox_id, "%s", row->sandbox.id);
    }
    job->verb->start(job);
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
    struct keeper_health health;
    keeper_health(job->keeper, &health);
    if (!job->finished && !job->arguments.memory_only && !health.vault_read &&
        (why->status == STATUS_STORE_FAILED || why->status == STATUS_STORE_UNSAFE ||
         why->status == STATUS_STORE_LOCKED))
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
    static const struct keeper_events events = {.changed = fleet_changed, .trouble = vault_trouble};
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
        return status_exit_code(why.status);
    }
    if (uv_loop_init(&loop) < 0) {
        secret_free(key);
        return 1;
    }
    if ((verb->options & CLI_STAYS) != 0 && !cli_lines_begin(&job)) {
        (void)fail(&why, STATUS_NO_MEMORY, "%s", "");
        cli_fail(&job, verb->name, &why);
    } else if (keeper_new(&loop, &job.config, key, &events, &job, &job.keeper, &why) == STATUS_OK) {
        if ((verb->options & CLI_LOCAL) != 0)
            verb->start(&job);
        else
            keeper_refresh(job.keeper, fleet_is_here, &job);
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
    cli_again_end(&job);
    secret_free(key);
    keeper_free(job.keeper);
    while (uv_run(&loop, UV_RUN_DEFAULT) != 0) // more than once when it was stopped before it began
        ;
    (void)uv_loop_close(&loop);
    return cli_output_failed() && job.exit_code == 0 ? 1 : job.exit_code;
}

// --- reading argv ---

static const struct {
    const char *name;
    int letter;
    const char *argument;
    int bit;
} option_facts[] = {
#define X(name, letter, argument, bit, help) {name, letter, argument, bit},
    OPTION_TABLE(X)
#undef X
};
enum { OPTION_COUNT = sizeof option_facts / sizeof option_facts[0], IDLE_LIMIT_MAX_S = 86400 };

static bool take_number(const char *text, double least, double most, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out >= least && *out <= most;
}

// What a value of the option must be.
static const char *value_rule(const char *name)
{
    if (strcmp(name, "since") == 0)
        return LOG_WHEN_RULE;
    if (strcmp(name, "kind") == 0)
        return log_kinds_rule();
    if (strcmp(name, "speed") == 0)
        return "a number from 0.01 to 1000";
    if (strcmp(name, "idle-limit") == 0)
        return "a number of seconds from 0 to 86400";
    return "an id (letters, digits, '-', '_' and '.', at most 64)";
}

static bool take_option(struct cli_arguments *arguments, const char *name, const char *value)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"json", &arguments->json},         {"show-password", &arguments->show_password},
        {"tty", &arguments->tty},           {"no-tty", &arguments->no_tty},
        {"no-stdin", &arguments->no_stdin}, {"yes", &arguments->yes},
        {"wall", &arguments->wall},         {"memory-only", &arguments->memory_only},
        {"help", &arguments->help},
    };
    if (strcmp(name, "id") == 0) {
        arguments->id = value;
        return id_is_valid(value);
    }
    if (strcmp(name, "since") == 0)
        return log_when_parse(value, time_wall_ms(), &arguments->since_ms) && arguments->since_ms > 0;
    if (strcmp(name, "kind") == 0)
        return log_kinds_parse(value, &arguments->kinds);
    if (strcmp(name, "speed") == 0)
        return take_number(value, CAST_SPEED_MIN, CAST_SPEED_MAX, &arguments->speed);
    if (strcmp(name, "idle-limit") == 0) {
        double seconds = 0;
        bool fine = take_number(value, 0, IDLE_LIMIT_MAX_S, &seconds);
        arguments->idle_limit_ms = (int64_t)(seconds * 1000);
        return fine;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0)
            *flags[i].flag = true;
    }
    return true;
}

// The options of one verb as getopt wants them.
static void getopt_tables(const struct cli_verb *verb, struct option options[OPTION_COUNT + 1],
                          char letters[32])
{
    size_t count = 0;
    size_t used = 0;
    // As with OpenSSH, a command's own options are the command's: '+' stops at the first word.
    if (verb->most < 0)
        letters[used++] = '+';
    letters[used++] = ':';
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (option_facts[i].bit != 0 && (verb->options & option_facts[i].bit) == 0)
            continue;
        options[count++] =
            (struct option){.name = option_facts[i].name,
                            .has_arg = option_facts[i].argument != NULL ? required_argument : no_argument,
                            .flag = NULL,
                            .val = 1000 + i};
        if (option_facts[i].letter != 0) {
            letters[used++] = (char)option_facts[i].letter;
            if (option_facts[i].argument != NULL)
                letters[used++] = ':';
        }
    }
    options[count] = (struct option){0};
    letters[used] = '\0';
}

static int option_index(int code)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (code == 1000 + i || (option_facts[i].letter != 0 && code == option_facts[i].letter))
            return i;
    }
    return -1;
}

// argv[0] is the verb's last word. Returns 0 or the exit code of a usage error.
static int read_options(const struct cli_verb *verb, int argc, char **argv, struct cli_arguments *arguments)
{
    struct option options[OPTION_COUNT + 1];
    char letters[32];
    getopt_tables(verb, options, letters);
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, letters, options, NULL);
        if (code == -1)
            return 0;
        const char *word = argv[optind - 1];
        if (code == ':')
            return usage_error(verb->name, "%s needs a value", word);
        int index = option_index(code);
        if (index < 0)
            return usage_error(verb->name, "there is no option %s here", word);
        if (!take_option(arguments, option_facts[index].name, optarg))
            return usage_error(verb->name, "--%s: '%s' is not %s", option_facts[index].name, optarg,
                               value_rule(option_facts[index].name));
    }
}

static int read_arguments(const struct cli_verb *verb, int argc, char **argv, struct cli_arguments *arguments)
{
    optind = 0;
    int code = read_options(verb, argc, argv, arguments);
    if (code != 0)
        return code;
    int first = optind;
    if (verb->most < 0 && first < argc) {
        // ssh allows options on both sides of the host.
        char **rest = argv + first;
        optind = 0;
        code = read_options(verb, argc - first, rest, arguments);
        if (code != 0)
            return code;
        char *sandbox = rest[0];
        int after = first + optind;
        argv[after - 1] = sandbox;
        first = after - 1;
    }
    arguments->values = argv + first;
    arguments->value_count = argc - first;
    if (arguments->help)
        return 0;
    if (arguments->value_count < verb->least)
        return usage_error(verb->name, "needs %s", verb->arguments);
    if (verb->most >= 0 && arguments->value_count > verb->most)
        return usage_error(verb->name, "'%s' is one argument too many", arguments->values[verb->most]);
    return 0;
}

// The verb whose words argv begins with; *words is how many they are. NULL: none.
static const struct cli_verb *find_verb(int argc, char **argv, int *words)
{
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const char *name = verbs[i].name;
        const char *blank = strchr(name, ' ');
        size_t first = blank != NULL ? (size_t)(blank - name) : strlen(name);
        if (strlen(argv[1]) != first || strncmp(argv[1], name, first) != 0)
            continue;
        *words = blank != NULL ? 2 : 1;
        if (blank == NULL || (argc > 2 && strcmp(argv[2], blank + 1) == 0))
            return &verbs[i];
    }
    return NULL;
}

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
    options.wall = wall;
    config_drop_old_key();
    options.config = &config;
    options.api_key = key;
    options.key_failure = &key_failure;
    int code = app_run(&options);
    secret_free(key);
    return code;
}

static int run_word(int argc, char **argv)
{
    const char *word = argv[1];
    bool json = argc > 2 && strcmp(argv[2], "--json") == 0;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        docs_usage();
    } else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        (void)puts(json ? "{\"version\": \"" SBXDECK_VERSION "\"}" : "sbxdeck " SBXDECK_VERSION);
    } else if (strcmp(word, "--man") == 0) {
        docs_man();
    } else if (strcmp(word, "--docs") == 0) {
        if (argc < 3 || !docs_part(argv[2]))
            return usage_error("--docs", "needs one of keys, verbs, options, exit-codes");
    } else if (strcmp(word, "access") == 0) {
        return usage_error("access",
                           "needs one of ls, create, validate, regen, delete, import, forget, revoke-all, "
                           "needs-renewal");
    } else if (strcmp(word, "vault") == 0) {
        return usage_error("vault", "needs rekey");
    } else {
        return usage_error(word, "no such command");
    }
    return cli_output_failed() ? 1 : 0;
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
    int code = read_arguments(verb, argc - words, argv + words, &arguments);
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
