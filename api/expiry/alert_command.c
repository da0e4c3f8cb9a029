// SPDX-License-Identifier: Apache-2.0
//
// alert_command: Run the operator's command at an alert, each in a process group of its own that is killed
// as a whole at the deadline. A slow command holds up nothing but those that wait for its place. The group
// ends with the console however that ends, also by SIGKILL: one process of it waits for the end of a pipe
// whose other end only we have. (A signal at the parent's death would reach the shell alone, and not what
// it has started.)

#include "api/expiry/alert_command.h"

#include "api/base/time_util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The command, with /dev/null and nothing else open, and who waits for the console's end beside it. What
// ended by a signal is reported by the same one.
static char supervisor[] =
    "/bin/sh -c \"$1\" 3<&- &\n"
    "command=$!\n"
    "{ read -r line <&3; trap '' TERM; kill -TERM 0; sleep 2; kill -KILL 0; } &\n"
    "watcher=$!\n"
    "exec 3<&-\n"
    "wait \"$command\"\n"
    "status=$?\n"
    "kill -KILL \"$watcher\"\n"
    "if [ \"$status\" -gt 128 ]; then ulimit -c 0; kill -\"$((status - 128))\" $$; fi\n"
    "exit \"$status\"";

enum { FACTS = 7, FACT_CAP = 160 };

struct run {
    uv_process_t process;
    uv_timer_t deadline;
    struct alert_commands *commands; // NULL: they have gone
    struct run *next;
    int handles;
    int alive; // our end of the pipe; -1: closed
    bool late;
};

struct alert_commands {
    uv_loop_t *loop;
    char *command;
    int deadline_ms;
    void (*trouble)(void *ctx, const struct failure *why);
    void *ctx;
    struct run *runs;
    size_t running;
    struct alert *waiting; // a ring of ALERT_COMMANDS_WAITING
    size_t first, count;
};

struct alert_commands *alert_commands_new(uv_loop_t *loop, const char *command, int deadline_ms,
                                          void (*trouble)(void *ctx, const struct failure *why), void *ctx)
{
    struct alert_commands *commands = calloc(1, sizeof *commands);
    if (commands == NULL)
        return NULL;
    commands->loop = loop;
    commands->deadline_ms = deadline_ms > 0 ? deadline_ms : ALERT_COMMAND_MS;
    commands->trouble = trouble;
    commands->ctx = ctx;
    commands->command = strdup(command);
    commands->waiting = calloc(ALERT_COMMANDS_WAITING, sizeof *commands->waiting);
    if (commands->command != NULL && commands->waiting != NULL)
        return commands;
    alert_commands_free(commands);
    return NULL;
}

static void run_next(struct alert_commands *commands);

static void on_closed(uv_handle_t *handle)
{
    struct run *run = handle->data;
    if (--run->handles == 0)
        free(run);
}

// What still runs of it ends.
static void let_go(struct run *run)
{
    if (run->alive >= 0)
        (void)close(run->alive);
    run->alive = -1;
}

// Takes it off the list, so that its place is free.
static void drop(struct run *run)
{
    struct alert_commands *commands = run->commands;
    for (struct run **link = &commands->runs; *link != NULL; link = &(*link)->next) {
        if (*link != run)
            continue;
        *link = run->next;
        commands->running--;
        return;
    }
}

__attribute__((format(printf, 2, 3))) static void report(struct alert_commands *commands, const char *format,
                                                         ...)
{
    struct failure why = {.status = STATUS_INTERNAL};
    va_list list;
    va_start(list, format);
    (void)vsnprintf(why.message, sizeof why.message, format, list);
    va_end(list);
    if (commands->trouble != NULL)
        commands->trouble(commands->ctx, &why);
}

static void on_exit_of(uv_process_t *process, int64_t code, int signal)
{
    struct run *run = process->data;
    struct alert_commands *commands = run->commands;
    bool late = run->late;
    if (commands != NULL)
        drop(run);
    let_go(run);
    uv_close((uv_handle_t *)&run->process, on_closed);
    uv_close((uv_handle_t *)&run->deadline, on_closed);
    if (commands == NULL)
        return;
    run_next(commands); // first: the callback may end all
    if (late)
        report(commands, "it took longer than %gs and was killed", commands->deadline_ms / 1000.0);
    else if (signal != 0)
        report(commands, "it was killed by signal %d (%s)", signal, strsignal(signal));
    else if (code != 0)
        report(commands, "it exited with code %d", (int)code);
}

static void on_deadline(uv_timer_t *timer)
{
    struct run *run = timer->data;
    run->late = true;
    (void)kill(-run->process.pid, SIGKILL);
}

// --- its environment ---

static const char *const fact_names[FACTS] = {
    "SBXDECK_ALERT",      "SBXDECK_SANDBOX",           "SBXDECK_CREDENTIAL",
    "SBXDECK_EXPIRES_AT", "SBXDECK_REMAINING_SECONDS", "SBXDECK_CLOCK",
    "SBXDECK_NAME"};

static bool is_name(const char *pair, const char *name)
{
    size_t length = strlen(name);
    return strncmp(pair, name, length) == 0 && pair[length] == '=';
}

static bool is_left_out(const char *pair)
{
    if (is_name(pair, "LEAP0_API_KEY"))
        return true;
    for (size_t i = 0; i < FACTS; i++)
        if (is_name(pair, fact_names[i]))
            return true;
    return false;
}

static void write_facts(const struct alert *alert, char facts[FACTS][FACT_CAP])
{
    char end[40] = "";
    (void)time_format_rfc3339(alert->credential.expires_at, end, sizeof end);
    (void)snprintf(facts[0], FACT_CAP, "%s=%s", fact_names[0], alert_stage_name(alert->stage));
    (void)snprintf(facts[1], FACT_CAP, "%s=%s", fact_names[1], alert->credential.sandbox_id);
    (void)snprintf(facts[2], FACT_CAP, "%s=%s", fact_names[2], alert->credential.id);
    (void)snprintf(facts[3], FACT_CAP, "%s=%s", fact_names[3], end);
    (void)snprintf(facts[4], FACT_CAP, "%s=%lld", fact_names[4], (long long)(alert->remaining_ms / 1000));
    (void)snprintf(facts[5], FACT_CAP, "%s=%s", fact_names[5], deadline_clock_name(alert->clock));
    (void)snprintf(facts[6], FACT_CAP, "%s=%s", fact_names[6], alert->name);
}

// Ours without the key, and the facts. The list alone is the caller's to free.
static char **environment_with(char facts[FACTS][FACT_CAP])
{
    size_t count = 0, used = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    char **list = calloc(count + FACTS + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        if (!is_left_out(environ[i]))
            list[used++] = environ[i];
    for (size_t i = 0; list != NULL && i < FACTS; i++)
        list[used++] = facts[i];
    return list;
}

// --- running ---

// Nothing of ours is for a child, also what our own parent left open: its end is then the child's. libuv
// passes on what it was given all the same.
static void close_all_on_exec(void)
{
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    long most = sysconf(_SC_OPEN_MAX); // a kernel before 5.11
    for (int fd = STDERR_FILENO + 1; fd < most; fd++)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int spawn(struct alert_commands *commands, struct run *run, const struct alert *alert)
{
    char facts[FACTS][FACT_CAP];
    char shell[] = "/bin/sh", flag[] = "-c";
    char *arguments[] = {shell, flag, supervisor, shell, commands->command, NULL};
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return uv_translate_sys_error(errno);
    uv_stdio_container_t stdio[] = {{.flags = UV_IGNORE},
                                    {.flags = UV_IGNORE},
                                    {.flags = UV_IGNORE},
                                    {.flags = UV_INHERIT_FD, .data.fd = ends[0]}};
    run->alive = ends[1];
    write_facts(alert, facts);
    char **environment = environment_with(facts);
    if (environment == NULL) {
        (void)close(ends[0]);
        return UV_ENOMEM;
    }
    const uv_process_options_t options = {
        .exit_cb = on_exit_of,
        .file = shell,
        .args = arguments,
        .env = environment,
        .flags = UV_PROCESS_DETACHED, // a group of its own
        .stdio_count = sizeof stdio / sizeof stdio[0],
        .stdio = stdio,
    };
    close_all_on_exec();
    int error = uv_spawn(commands->loop, &run->process, &options);
    (void)close(ends[0]);
    free(environment);
    return error;
}

static void start(struct alert_commands *commands, const struct alert *alert)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL)
        return;
    run->handles = 2;
    run->alive = -1;
    run->process.data = run;
    (void)uv_timer_init(commands->loop, &run->deadline);
    run->deadline.data = run;
    int error = spawn(commands, run, alert);
    run->process.data = run; // uv_spawn sets the handle up anew
    if (error != 0) {
        let_go(run);
        uv_close((uv_handle_t *)&run->process, on_closed);
        uv_close((uv_handle_t *)&run->deadline, on_closed);
        report(commands, "/bin/sh could not be started: %s", uv_strerror(error));
        return;
    }
    run->commands = commands;
    run->next = commands->runs;
    commands->runs = run;
    commands->running++;
    uv_update_time(commands->loop);
    (void)uv_timer_start(&run->deadline, on_deadline, (uint64_t)commands->deadline_ms, 0);
}

static void run_next(struct alert_commands *commands)
{
    while (commands->count > 0 && commands->running < ALERT_COMMANDS_AT_ONCE) {
        const struct alert alert = commands->waiting[commands->first];
        commands->first = (commands->first + 1) % ALERT_COMMANDS_WAITING;
        commands->count--;
        start(commands, &alert);
    }
}

bool alert_commands_run(struct alert_commands *commands, const struct alert *alert)
{
    if (commands->count == ALERT_COMMANDS_WAITING)
        return false;
    commands->waiting[(commands->first + commands->count++) % ALERT_COMMANDS_WAITING] = *alert;
    run_next(commands);
    return true;
}

void alert_commands_free(struct alert_commands *commands)
{
    if (commands == NULL)
        return;
    for (struct run *run = commands->runs; run != NULL; run = run->next) {
        run->commands = NULL;
        let_go(run);
        // Its end is not waited for: it must not hold up ours.
        uv_close((uv_handle_t *)&run->process, on_closed);
        uv_close((uv_handle_t *)&run->deadline, on_closed);
    }
    free(commands->command);
    free(commands->waiting);
    free(commands);
}
