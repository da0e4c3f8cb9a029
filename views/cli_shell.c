// SPDX-License-Identifier: Apache-2.0
//
// cli_shell: joins the far side of `sbxdeck ssh` to our standard input and output. Output is written on a
// worker thread, one piece at a time, because a terminal or a pipe that nobody reads would block the loop;
// when too much waits, the far side is held by its window.

#include "views/cli_shell.h"

#include "api/server_time.h"
#include "api/ssh_session.h"
#include "tui/text.h"
#include "views/cli_terminal.h"
#include "views/far_environment.h"
#include "views/session_log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_SLICE = 16384, QUEUE_HIGH = 256 * 1024 };

struct piece {
    struct piece *next;
    int fd;
    size_t length;
    char bytes[];
};

struct shell {
    struct cli_job *job;
    struct credential credential;
    struct ssh_session *session;
    bool has_command;
    // input
    uv_poll_t input;
    uv_fs_t input_file; // for what can't be polled
    bool input_polled, input_open;
    char input_bytes[INPUT_SLICE];
    struct escape_filter escape;
    bool raw;
    // output
    uv_work_t writer;
    struct piece *first, *last;
    size_t queued;
    bool writing, held, output_broken;
    // signals
    uv_signal_t signals[4];
    int signal_count;
    int killed_by;
    bool ended;
    struct ssh_end end;
    struct host_key_report new_key;
    int64_t begun_at, opened_at; // monotonic ms
};

static void shell_settle(struct shell *shell);

void cli_say(const char *format, ...)
{
    char text[512];
    char shown[1024];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)display(text, strlen(text), shown, sizeof shown);
    (void)fprintf(stderr, "sbxdeck: %s\n", shown);
}

// --- output ---

static void write_piece(uv_work_t *work)
{
    struct shell *shell = work->data;
    const struct piece *piece = shell->first;
    size_t done = 0;
    while (done < piece->length && !shell->output_broken) {
        ssize_t count = write(piece->fd, piece->bytes + done, piece->length - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = piece->fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            shell->output_broken = true;
        }
    }
}

static void write_next(struct shell *shell);

static void piece_written(uv_work_t *work, int status)
{
    struct shell *shell = work->data;
    struct piece *piece = shell->first;
    (void)status;
    shell->writing = false;
    shell->first = piece->next;
    if (shell->first == NULL)
        shell->last = NULL;
    shell->queued -= piece->length;
    free(piece);
    if (shell->held && shell->queued < QUEUE_HIGH / 2) {
        shell->held = false;
        if (shell->session != NULL)
            ssh_session_hold(shell->session, false);
    }
    if (shell->output_broken && shell->session != NULL && !shell->ended)
        ssh_session_close(shell->session);
    write_next(shell);
    shell_settle(shell);
}

static void write_next(struct shell *shell)
{
    if (shell->writing || shell->first == NULL)
        return;
    shell->writing = true;
    shell->writer.data = shell;
    (void)uv_queue_work(shell->job->loop, &shell->writer, write_piece, piece_written);
}

static void on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct shell *shell = ctx;
    struct piece *piece = malloc(sizeof *piece + length);
    if (piece == NULL) {
        ssh_session_close(shell->session);
        return;
    }
    piece->next = NULL;
    piece->fd = is_stderr ? STDERR_FILENO : STDOUT_FILENO;
    piece->length = length;
    memcpy(piece->bytes, bytes, length);
    if (shell->last != NULL)
        shell->last->next = piece;
    else
        shell->first = piece;
    shell->last = piece;
    shell->queued += length;
    if (shell->queued > QUEUE_HIGH && !shell->held) {
        shell->held = true;
        ssh_session_hold(shell->session, true);
    }
    write_next(shell);
}

// --- input ---

static void input_stop(struct shell *shell)
{
    if (shell->input_polled)
        (void)uv_poll_stop(&shell->input);
}

static void escape_help(void)
{
    (void)fputs("\r\n ~.   close the connection\r\n ~^Z  suspend\r\n ~~   a ~\r\n ~?   this\r\n", stderr);
}

static void send_typed(struct shell *shell, const char *bytes, size_t length)
{
    char out[INPUT_SLICE + ESCAPE_SPARE];
    while (length > 0) {
        size_t out_length = 0;
        size_t used = 0;
        enum escape_action action = escape_feed(&shell->escape, bytes, length, out, &out_length, &used);
        if (out_length > 0)
            (void)ssh_session_write(shell->session, out, out_length);
        bytes += used;
        length -= used;
        if (action == ESCAPE_CLOSE)
            ssh_session_close(shell->session);
        else if (action == ESCAPE_STOP)
            terminal_stop();
        else if (action == ESCAPE_HELP)
            escape_help();
    }
}

static void on_input(struct shell *shell, ssize_t length)
{
    if (shell->ended || shell->session == NULL)
        return;
    if (length <= 0) {
        shell->input_open = false;
        input_stop(shell);
        (void)ssh_session_send_eof(shell->session);
    } else if (shell->raw) {
        send_typed(shell, shell->input_bytes, (size_t)length);
    } else {
        (void)ssh_session_write(shell->session, shell->input_bytes, (size_t)length);
    }
}

static void input_ready(uv_poll_t *poll, int status, int events)
{
    struct shell *shell = poll->data;
    (void)events;
    ssize_t length = status < 0 ? 0 : read(STDIN_FILENO, shell->input_bytes, sizeof shell->input_bytes);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    on_input(shell, length);
    if (shell->input_open && ssh_session_queued(shell->session) > QUEUE_HIGH)
        input_stop(shell);
}

static void input_read_file(struct shell *shell);

static void file_read(uv_fs_t *request)
{
    struct shell *shell = request->data;
    ssize_t length = request->result;
    uv_fs_req_cleanup(request);
    on_input(shell, length);
    if (shell->input_open && !shell->ended && ssh_session_queued(shell->session) <= QUEUE_HIGH)
        input_read_file(shell);
}

static void input_read_file(struct shell *shell)
{
    uv_buf_t buffer = uv_buf_init(shell->input_bytes, sizeof shell->input_bytes);
    shell->input_file.data = shell;
    (void)uv_fs_read(shell->job->loop, &shell->input_file, STDIN_FILENO, &buffer, 1, -1, file_read);
}

static void input_go_on(struct shell *shell)
{
    if (!shell->input_open)
        return;
    if (shell->input_polled)
        (void)uv_poll_start(&shell->input, UV_READABLE, input_ready);
    else
        input_read_file(shell);
}

static void on_drained(void *ctx)
{
    input_go_on(ctx);
}

static void input_begin(struct shell *shell)
{
    shell->input_open = true;
    shell->input_polled = uv_poll_init(shell->job->loop, &shell->input, STDIN_FILENO) == 0;
    shell->input.data = shell;
    input_go_on(shell);
}

// --- signals ---

static void on_signal(uv_signal_t *handle, int number)
{
    struct shell *shell = handle->data;
    int rows = 0;
    int cols = 0;
    if (shell->session == NULL)
        return;
    if (number == SIGWINCH) {
        terminal_size(&rows, &cols);
        ssh_session_resize(shell->session, rows, cols);
        return;
    }
    shell->killed_by = number;
    ssh_session_close(shell->session);
}

static void signals_begin(struct shell *shell)
{
    static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        uv_signal_t *handle = &shell->signals[shell->signal_count++];
        (void)uv_signal_init(shell->job->loop, handle);
        handle->data = shell;
        (void)uv_signal_start(handle, on_signal, numbers[i]);
        uv_unref((uv_handle_t *)handle);
    }
}

// --- the end ---

static int exit_code_of(const struct shell *shell)
{
    const struct ssh_end *end = &shell->end;
    if (shell->killed_by != 0)
        return 128 + shell->killed_by;
    if (end->exited)
        return end->exit_status;
    if (end->exit_signal[0] != '\0') {
        static const struct {
            const char *name;
            int number;
        } names[] = {{"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE},   {"HUP", SIGHUP},
                     {"ILL", SIGILL},   {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE},
                     {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"TERM", SIGTERM}, {"USR1", SIGUSR1},
                     {"USR2", SIGUSR2}};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcmp(end->exit_signal, names[i].name) == 0)
                return 128 + names[i].number;
        }
    }
    return status_exit_code(STATUS_SSH_FAILED);
}

static void say_end(const struct shell *shell)
{
    const struct ssh_end *end = &shell->end;
    if (end->status == STATUS_HOST_KEY_CHANGED) {
        cli_say("the host key of %s is not the one that was kept", end->host_key.host);
        cli_say("  kept:  %s %s (line %d of %s)", end->host_key.known_type, end->host_key.known,
                end->host_key.line, shell->job->config.known_hosts);
        cli_say("  shown: %s %s", end->host_key.seen_type, end->host_key.seen);
        cli_say(
            "  no password was sent; if you know why the key has changed, take that line out of the file");
    }
    if (end->status != STATUS_OK && !(end->by_us && end->stage == SSH_STAGE_OPEN))
        cli_complain("ssh", &end->why);
    else if (end->by_us && shell->raw)
        (void)fprintf(stderr, "Connection to %s closed.\n", shell->job->sandbox_id);
}

static void signal_closed(uv_handle_t *handle)
{
    (void)handle;
}

static void shell_done(struct shell *shell)
{
    struct cli_job *job = shell->job;
    int code = exit_code_of(shell);
    // The struct stays: handles that are closing live in it until the loop has run out; the process ends
    // next.
    cli_finish(job, code);
}

static void refusal_checked(void *ctx, const struct failure *why, const struct credential *credential)
{
    struct shell *shell = ctx;
    if (why->status == STATUS_OK && credential->verdict != VERDICT_VALID)
        cli_tell("the server says that %s is not valid any more (sbxdeck access regen %s)", credential->id,
                 credential->sandbox_id);
    shell_done(shell);
}

// Over when the far side has ended and all that it said is written.
static void shell_settle(struct shell *shell)
{
    if (!shell->ended || shell->writing || shell->first != NULL)
        return;
    terminal_take_back(shell->end.exited || shell->end.exit_signal[0] != '\0');
    say_end(shell);
    if (shell->input_polled)
        uv_close((uv_handle_t *)&shell->input, NULL);
    for (int i = 0; i < shell->signal_count; i++)
        uv_close((uv_handle_t *)&shell->signals[i], signal_closed);
    ssh_session_free(shell->session);
    shell->session = NULL;
    if (shell->end.status == STATUS_SIGN_IN_REFUSED)
        keeper_validate(shell->job->keeper, shell->job->sandbox_id, shell->credential.id, refusal_checked,
                        shell);
    else
        shell_done(shell);
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
        keeper_log(shell->job->keeper, &event);
    shell->ended = true;
    shell->end = *end;
    shell->input_open = false;
    input_stop(shell);
    shell_settle(shell);
}

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct shell *shell = ctx;
    struct event event;
    if (report != NULL) {
        shell->new_key = *report;
        if (report->unkept[0] == '\0')
            cli_tell("new host key of %s kept: %s %s", report->host, report->seen_type, report->seen);
        else
            cli_say("new host key of %s: %s %s; it could not be kept: %s", report->host, report->seen_type,
                    report->seen, report->unkept);
    }
    if (stage != SSH_STAGE_OPEN)
        return;
    shell->opened_at = time_monotonic_ms();
    const struct session_log log = log_of(shell);
    session_log_opened(&log, &shell->new_key, &event);
    keeper_log(shell->job->keeper, &event);
    if (isatty(STDIN_FILENO) && !shell->job->arguments.no_tty &&
        (!shell->has_command || shell->job->arguments.tty)) {
        terminal_lend();
        shell->raw = terminal_raw();
    }
    input_begin(shell);
}

// --- the beginning ---

void cli_shell_open(struct cli_job *job, const struct credential *credential, const char *command,
                    const struct secret *password)
{
    static const struct ssh_session_events events = {
        .stage = on_stage, .output = on_output, .ended = on_ended, .drained = on_drained};
    // Handles of the loop live in it until the loop has run out, which is after this job's end.
    static struct shell shell;
    struct failure why = {.status = STATUS_OK};
    struct far_environment environment;
    const char *term = getenv("TERM");
    struct ssh_session_options options = {
        .password = password,
        .known_hosts = job->config.known_hosts,
        .pty = !job->arguments.no_tty && (job->arguments.tty || (command == NULL && isatty(STDIN_FILENO))),
        .term = term != NULL && term[0] != '\0' ? term : "dumb",
        .command = command,
        .environment = environment.list,
    };
    shell.job = job;
    shell.credential = *credential;
    shell.has_command = command != NULL;
    shell.begun_at = time_monotonic_ms();
    far_environment_make(&environment, false);
    terminal_size(&options.rows, &options.cols);
    if (keeper_target(job->keeper, credential, &options.target, &why) != STATUS_OK ||
        ssh_session_open(job->loop, &options, &events, &shell, &shell.session, &why) != STATUS_OK) {
        cli_fail(job, "ssh", &why);
        return;
    }
    signals_begin(&shell);
}
