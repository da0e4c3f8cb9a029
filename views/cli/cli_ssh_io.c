// SPDX-License-Identifier: Apache-2.0
//
// cli_ssh_io: join the remote side of `sbxdeck ssh` to our stdin and stdout. What one side does not take
// holds up the other: the remote side by its window, ours by not being read.

#include "views/cli/cli_ssh_io.h"

#include "api/base/time_util.h"
#include "api/ssh/ssh_session.h"
#include "views/cli/cli_expiry.h"
#include "views/cli/cli_input.h"
#include "views/cli/cli_message.h"
#include "views/cli/cli_output.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/cli_target.h"
#include "views/cli/cli_terminal.h"
#include "views/session/remote_env.h"
#include "views/session/session_banner.h"
#include "views/session/session_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUEUE_HIGH = 256 * 1024 };

struct shell {
    struct cli_job *job;
    struct credential credential;
    struct ssh_session *session;
    bool has_command;
    struct cli_input *input; // NULL before there is a shell
    int input_error;         // an errno
    struct escape_filter escape;
    bool raw;
    struct cli_output *output;
    bool held; // the remote side, until output is written
    struct cli_expiry expiry;
    struct cli_signals signals;
    int killed_by, exit_code;
    bool ended;
    struct ssh_end end;
    struct host_key_report new_key;
    int64_t begun_at, opened_at; // monotonic ms
};

static void shell_settle(struct shell *shell);

// --- output ---

// EBADF: it was closed when we were started, as nobody does who wants to have it.
static bool is_broken(const struct shell *shell)
{
    int error = cli_output_error(shell->output);
    return error != 0 && error != EBADF;
}

static void on_written(void *ctx)
{
    struct shell *shell = ctx;
    if (shell->session == NULL)
        return;
    if (shell->held && cli_output_waiting(shell->output) < QUEUE_HIGH / 2) {
        shell->held = false;
        ssh_session_hold(shell->session, false);
    }
    if (is_broken(shell))
        ssh_session_close(shell->session);
    shell_settle(shell);
}

static void on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct shell *shell = ctx;
    if (shell->killed_by != 0)
        return;
    if (!cli_output_put(shell->output, is_stderr ? STDERR_FILENO : STDOUT_FILENO, bytes, length) ||
        is_broken(shell)) {
        ssh_session_close(shell->session);
        return;
    }
    if (cli_output_waiting(shell->output) > QUEUE_HIGH && !shell->held) {
        shell->held = true;
        ssh_session_hold(shell->session, true);
    }
}

// A line of ours while the session goes on.
static void say_beside(void *ctx, const char *text)
{
    struct shell *shell = ctx;
    char line[256];
    int length = snprintf(line, sizeof line, "%ssbxdeck: %s%s\n", shell->raw ? "\r\n" : "", text,
                          shell->raw ? "\r" : "");
    if (isatty(STDERR_FILENO) && !shell->ended)
        (void)cli_output_put(shell->output, STDERR_FILENO, line, (size_t)length);
}

// --- input ---

static void escape_help(void)
{
    (void)fputs("\r\n ~.   close the connection\r\n ~^Z  suspend\r\n ~~   a ~\r\n ~?   this\r\n", stderr);
}

static void send_typed(struct shell *shell, const char *bytes, size_t length)
{
    char out[CLI_INPUT_SLICE + ESCAPE_SPARE];
    while (length > 0) {
        size_t out_length = 0;
        size_t used = 0;
        enum escape_action action =
            cli_terminal_escape(&shell->escape, bytes, length, out, &out_length, &used);
        if (out_length > 0)
            (void)ssh_session_write(shell->session, out, out_length);
        bytes += used;
        length -= used;
        if (action == ESCAPE_CLOSE)
            ssh_session_close(shell->session);
        else if (action == ESCAPE_STOP)
            cli_terminal_stop();
        else if (action == ESCAPE_HELP)
            escape_help();
    }
}

static void on_input(void *ctx, const char *bytes, size_t length, int error)
{
    struct shell *shell = ctx;
    if (shell->ended || shell->session == NULL)
        return;
    if (length == 0) {
        shell->input_error = error;
        if (error != 0)
            cli_say("ssh: can't read stdin: %s", strerror(error));
        (void)ssh_session_send_eof(shell->session);
        return;
    }
    if (shell->raw)
        send_typed(shell, bytes, length);
    else
        (void)ssh_session_write(shell->session, bytes, length);
    if (shell->session != NULL && ssh_session_queued(shell->session) > QUEUE_HIGH)
        cli_input_stop(shell->input); // until on_drained
}

static void on_drained(void *ctx)
{
    struct shell *shell = ctx;
    if (shell->input != NULL && !shell->ended)
        cli_input_go(shell->input);
}

static void input_begin(struct shell *shell)
{
    shell->input = cli_input_new(shell->job->loop, STDIN_FILENO, on_input, shell);
    if (shell->input == NULL)
        ssh_session_close(shell->session);
    else
        cli_input_go(shell->input);
}

// --- signals ---

static void on_signal(void *ctx, int number)
{
    struct shell *shell = ctx;
    int rows = 0;
    int cols = 0;
    if (shell->session == NULL)
        return;
    if (number == SIGWINCH) {
        cli_terminal_size(&rows, &cols);
        ssh_session_resize(shell->session, rows, cols);
        return;
    }
    if (shell->killed_by != 0) { // asked twice: at once
        cli_terminal_take_back(false);
        (void)signal(number, SIG_DFL);
        (void)raise(number);
    }
    shell->killed_by = number;
    cli_output_drop(shell->output); // it may never be taken
    ssh_session_close(shell->session);
    shell_settle(shell); // when that was all that it waited for
}

// --- the end ---

// 0: none that is known here.
static int signal_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } names[] = {{"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE},   {"HUP", SIGHUP},
                 {"ILL", SIGILL},   {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE},
                 {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"TERM", SIGTERM}, {"USR1", SIGUSR1},
                 {"USR2", SIGUSR2}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].number;
    return 0;
}

static int exit_code_of(const struct shell *shell)
{
    const struct ssh_end *end = &shell->end;
    const int failed = status_exit_code(STATUS_SSH_FAILED);
    if (shell->killed_by != 0)
        return 128 + shell->killed_by;
    if (is_broken(shell))
        return failed;
    if (end->exited) // what it was given may not have been all
        return shell->input_error != 0 && end->exit_status == 0 ? failed : end->exit_status;
    int number = signal_number(end->exit_signal);
    return number != 0 ? 128 + number : failed;
}

// A signal that is known shows in the exit code.
static void say_no_status(const struct shell *shell)
{
    const char *name = shell->end.exit_signal;
    if (name[0] == '\0')
        cli_say("ssh: %s closed the session without an exit status", shell->job->sandbox_id);
    else if (signal_number(name) == 0)
        cli_say("ssh: the command was killed by signal %s", name);
}

static void say_end(const struct shell *shell)
{
    const struct ssh_end *end = &shell->end;
    if (end->status == STATUS_HOST_KEY_CHANGED) {
        cli_say("the host key of %s is not the known one", end->host_key.host);
        cli_say("  known: %s %s (line %d of %s)", end->host_key.known_type, end->host_key.known,
                end->host_key.line, shell->job->config.known_hosts);
        cli_say("  shown: %s %s", end->host_key.seen_type, end->host_key.seen);
        cli_say("  no password was sent; if you know why the key changed, remove that line from the file");
    }
    if (is_broken(shell))
        cli_stdout_complain(cli_output_error(shell->output));
    else if (end->status != STATUS_OK && !end->by_us && shell->opened_at != 0 &&
             cli_expiry_is_over(&shell->expiry))
        cli_say(
            "ssh: the credential expired and the session was cut off: %s (sbxdeck ssh %s makes a new one)",
            failure_text(&end->why), shell->job->sandbox_id);
    else if (end->status != STATUS_OK && !(end->by_us && end->stage == SSH_STAGE_OPEN))
        cli_complain("ssh", &end->why);
    else if (end->by_us && shell->raw)
        (void)fprintf(stderr, "Connection to %s closed.\n", shell->job->sandbox_id);
    else if (!end->by_us && !end->exited)
        say_no_status(shell);
}

static void refusal_checked(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct shell *shell = ctx;
    if (why->status == STATUS_OK && credential->verdict != VERDICT_VALID)
        cli_tell("the server says %s is no longer valid (sbxdeck access regen %s)", credential->id,
                 credential->sandbox_id);
    cli_finish(shell->job, shell->exit_code);
}

// What the sandbox is in explains the end better than what the network says.
static void state_checked(void *ctx, const struct failure *why)
{
    struct shell *shell = ctx;
    const char *id = shell->job->sandbox_id;
    const struct fleet_row *row = cli_target_row(shell->job);
    enum sandbox_state state = row != NULL ? row->sandbox.state : SANDBOX_deleted;
    if (failure_is_absence(why) || (why->status == STATUS_OK && (row == NULL || row->gone)))
        cli_say("ssh: %s is deleted", id);
    else if (why->status == STATUS_OK && (state == SANDBOX_paused || state == SANDBOX_stopped))
        cli_say("ssh: %s is %s (sbxdeck start %s %s it)", id, fleet_state_text(row), id,
                state == SANDBOX_paused ? "wakes" : "starts");
    else if (why->status == STATUS_OK && state != SANDBOX_running)
        cli_say("ssh: %s is %s (sbxdeck ls)", id, fleet_state_text(row));
    cli_finish(shell->job, shell->exit_code);
}

// The connection failed or was lost: neither the remote side nor we ended it.
static bool is_cut(const struct ssh_end *end)
{
    return end->status != STATUS_OK && !end->by_us && end->status != STATUS_CANCELLED &&
           end->status != STATUS_HOST_KEY_CHANGED;
}

// Over when the remote side has ended and all its output is written.
static void shell_settle(struct shell *shell)
{
    if (!shell->ended || shell->session == NULL || cli_output_waiting(shell->output) > 0)
        return;
    // From here on a signal ends us as it does others: what is said may not be taken either.
    cli_signals_end(&shell->signals);
    if (shell->opened_at != 0)
        cli_expiry_end(&shell->expiry);
    cli_input_free(shell->input);
    shell->input = NULL;
    cli_terminal_take_back(shell->end.exited || shell->end.exit_signal[0] != '\0');
    say_end(shell);
    shell->exit_code = exit_code_of(shell);
    cli_output_free(shell->output);
    ssh_session_free(shell->session);
    shell->session = NULL;
    if (shell->end.status == STATUS_SIGN_IN_REFUSED)
        service_validate(shell->job->service, shell->job->sandbox_id, shell->credential.id, refusal_checked,
                         shell);
    else if (is_cut(&shell->end) && shell->killed_by == 0)
        service_detail(shell->job->service, shell->job->sandbox_id, state_checked, shell);
    else
        cli_finish(shell->job, shell->exit_code);
}

static struct session_log log_of(const struct shell *shell)
{
    return (struct session_log){.sandbox_id = shell->credential.sandbox_id,
                                .id = shell->credential.id,
                                .number = -1,
                                .begun_at = shell->begun_at,
                                .opened_at = shell->opened_at};
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct shell *shell = ctx;
    const struct session_log log = log_of(shell);
    struct event event;
    if (session_log_ended(&log, end, &event))
        service_log(shell->job->service, &event);
    shell->ended = true;
    shell->end = *end;
    if (shell->input != NULL)
        cli_input_stop(shell->input);
    shell_settle(shell);
}

// It comes before the sign-in, so no output of the remote side waits yet.
static void on_banner(void *ctx, const char *text, size_t length)
{
    char clean[SESSION_BANNER_TEXT_CAP];
    (void)ctx;
    if (session_banner_clean(text, length, clean, sizeof clean) > 0)
        (void)fputs(clean, stderr);
}

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct shell *shell = ctx;
    struct event event;
    if (report != NULL) {
        shell->new_key = *report;
        if (report->unkept[0] == '\0')
            cli_tell("saved the new host key of %s: %s %s", report->host, report->seen_type, report->seen);
        else
            cli_say("new host key of %s: %s %s; it could not be saved: %s", report->host, report->seen_type,
                    report->seen, report->unkept);
    }
    if (stage != SSH_STAGE_OPEN)
        return;
    shell->opened_at = time_monotonic_ms();
    const struct session_log log = log_of(shell);
    session_log_opened(&log, &shell->new_key, &event);
    service_log(shell->job->service, &event);
    if (isatty(STDIN_FILENO) && !shell->job->arguments.no_tty &&
        (!shell->has_command || shell->job->arguments.tty)) {
        cli_terminal_lend();
        shell->raw = cli_terminal_raw();
    }
    cli_expiry_begin(&shell->expiry, shell->job->loop);
    input_begin(shell);
}

// --- the beginning ---

static void read_nothing(void)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
        (void)close(STDIN_FILENO);
    if (nothing > STDIN_FILENO)
        (void)close(nothing);
}

void cli_ssh_io_open(struct cli_job *job, const struct credential *credential, const char *command,
                     const struct secret *password)
{
    static const struct ssh_session_events events = {.stage = on_stage,
                                                     .output = on_output,
                                                     .banner = on_banner,
                                                     .ended = on_ended,
                                                     .drained = on_drained};
    struct failure why = {.status = STATUS_OK};
    struct remote_env environment;
    struct shell *shell = cli_job_alloc(job, sizeof *shell);
    if (shell == NULL)
        return;
    if (job->arguments.no_stdin)
        read_nothing();
    const char *term = getenv("TERM");
    struct ssh_session_options options = {
        .password = password,
        .known_hosts = job->config.known_hosts,
        .pty = !job->arguments.no_tty && (job->arguments.tty || (command == NULL && isatty(STDIN_FILENO))),
        .term = term != NULL && term[0] != '\0' ? term : "dumb",
        .command = command,
        .environment = environment.list,
        .connect_timeout_ms = job->config.connect_timeout_s * 1000,
    };
    remote_env_make(&environment, false);
    cli_terminal_size(&options.rows, &options.cols);
    const struct fleet_row *row = cli_target_row(job);
    *shell = (struct shell){.job = job,
                            .credential = *credential,
                            .has_command = command != NULL,
                            .begun_at = time_monotonic_ms(),
                            .output = cli_output_new(job->loop, on_written, shell),
                            .expiry = {.service = job->service,
                                       .expires_at = credential->expires_at,
                                       .timeout_at = row != NULL ? deadline_timeout(row) : 0,
                                       .warn_ms = job->config.ssh_warning_s * INT64_C(1000),
                                       .say = say_beside,
                                       .ctx = shell}};
    if (shell->output == NULL)
        (void)fail(&why, STATUS_NO_MEMORY, "%s", "");
    else if (service_target(job->service, credential, &options.target, &why) == STATUS_OK &&
             ssh_session_open(job->loop, &options, &events, shell, &shell->session, &why) == STATUS_OK)
        cli_signals_begin(&shell->signals, job->loop, true, on_signal, shell);
    if (why.status != STATUS_OK) {
        cli_output_free(shell->output);
        cli_fail(job, &why);
    }
}
