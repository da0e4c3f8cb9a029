// SPDX-License-Identifier: Apache-2.0
//
// ssh_run: Run an ssh_session on a loop of its own, and keep what it reports.

#include "tests/unit/api/ssh/ssh_run.h"

#include "tests/support/sshd.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PULSE_MS = 20 };

static void on_stage(void *ctx, enum ssh_stage stage, const struct host_key_report *report)
{
    struct ssh_run *run = ctx;
    cr_assert_eq(run->ended, 0, "a stage after the end");
    if (report != NULL) {
        run->key_kept = true;
        run->kept = *report;
    } else {
        run->stages[stage]++;
    }
    if (stage < run->last_stage)
        run->stages_in_order = false;
    run->last_stage = stage;
    if (stage == run->close_at)
        ssh_session_close(run->session);
}

static void keep(char **text, size_t *length, const char *bytes, size_t count)
{
    char *more = realloc(*text, *length + count + 1);
    cr_assert_not_null(more);
    memcpy(more + *length, bytes, count);
    *text = more;
    *length += count;
    more[*length] = '\0';
}

static void on_output(void *ctx, const char *bytes, size_t length, bool is_stderr)
{
    struct ssh_run *run = ctx;
    cr_assert_eq(run->ended, 0, "output after the end");
    if (length > run->largest)
        run->largest = length;
    if (run->counting) {
        for (size_t i = 0; i < length; i++)
            run->sum = run->sum * 31 + (unsigned char)bytes[i];
        run->out_length += length;
    } else if (is_stderr) {
        keep(&run->err, &run->err_length, bytes, length);
    } else {
        keep(&run->out, &run->out_length, bytes, length);
    }
    const char *answer = run->answer;
    run->answer = NULL;
    if (answer != NULL)
        ssh_run_type(run, answer);
}

static void on_banner(void *ctx, const char *text, size_t length)
{
    struct ssh_run *run = ctx;
    cr_assert_eq(run->last_stage, SSH_STAGE_SIGN_IN);
    cr_assert_eq(run->ended, 0, "a banner after the end");
    keep(&run->banner, &run->banner_length, text, length);
}

static void on_ended(void *ctx, const struct ssh_end *end)
{
    struct ssh_run *run = ctx;
    run->ended++;
    run->end = *end;
    if (run->free_at_end) {
        ssh_session_free(run->session);
        run->session = NULL;
    }
    if (run->frees != NULL) {
        ssh_session_free(run->frees->session);
        run->frees->session = NULL;
    }
}

static void on_drained(void *ctx)
{
    struct ssh_run *run = ctx;
    run->drained++;
}

static void on_pulse(uv_timer_t *timer)
{
    (void)timer;
}

void ssh_run_password(struct ssh_run *run, const char *password)
{
    secret_free((struct secret *)run->options.password);
    run->options.password = secret_new(password, strlen(password));
    cr_assert_not_null(run->options.password);
}

static void loop_begin(struct ssh_run *run)
{
    cr_assert_eq(uv_loop_init(&run->loop), 0);
    cr_assert_eq(uv_timer_init(&run->loop, &run->pulse), 0);
    cr_assert_eq(uv_timer_start(&run->pulse, on_pulse, PULSE_MS, PULSE_MS), 0);
    run->close_at = SSH_STAGE_ENDED;
    run->stages_in_order = true;
}

void ssh_run_begin(struct ssh_run *run, int port)
{
    memset(run, 0, sizeof *run);
    cr_assert_eq(secret_init(), 0);
    cr_assert(support_folder_make(run->folder));
    (void)snprintf(run->known_hosts, sizeof run->known_hosts, "%s/known_hosts", run->folder);
    run->options.target.port = port;
    (void)snprintf(run->options.target.host, sizeof run->options.target.host, "%s", SSHD_HOST);
    (void)snprintf(run->options.target.user, sizeof run->options.target.user, "%s", SSHD_USER);
    run->options.known_hosts = run->known_hosts;
    run->options.term = "xterm-256color";
    run->options.rows = 24;
    run->options.cols = 80;
    ssh_run_password(run, SSHD_PASSWORD);
    loop_begin(run);
}

static const struct ssh_session_events events = {
    .stage = on_stage, .output = on_output, .banner = on_banner, .ended = on_ended, .drained = on_drained};

void ssh_run_open_beside(struct ssh_run *run, struct ssh_session *other)
{
    struct failure why = {.status = STATUS_OK};
    enum status status = ssh_session_open_beside(other, &run->options, &events, run, &run->session, &why);
    cr_assert_eq(status, STATUS_OK, "%s", failure_text(&why));
}

void ssh_run_open_on(struct ssh_run *run, uv_loop_t *loop)
{
    struct failure why = {.status = STATUS_OK};
    enum status status = ssh_session_open(loop, &run->options, &events, run, &run->session, &why);
    cr_assert_eq(status, STATUS_OK, "%s", failure_text(&why));
}

void ssh_run_open(struct ssh_run *run)
{
    ssh_run_open_on(run, &run->loop);
}

bool ssh_run_until(struct ssh_run *run, bool (*ready)(struct ssh_run *run))
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (!ready(run)) {
        if (support_now_ms() > deadline)
            return false;
        (void)uv_run(&run->loop, UV_RUN_ONCE);
    }
    return true;
}

bool ssh_run_is_open(struct ssh_run *run)
{
    return run->stages[SSH_STAGE_OPEN] > 0 || run->ended > 0;
}

bool ssh_run_has_ended(struct ssh_run *run)
{
    return run->ended > 0;
}

bool ssh_run_expect(struct ssh_run *run, const char *text)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (run->out == NULL || strstr(run->out, text) == NULL) {
        if (support_now_ms() > deadline || run->ended > 0) {
            (void)fprintf(stderr, "'%s' did not come; heard:\n%s\n", text, run->out != NULL ? run->out : "");
            return false;
        }
        (void)uv_run(&run->loop, UV_RUN_ONCE);
    }
    return true;
}

void ssh_run_type(struct ssh_run *run, const char *text)
{
    cr_assert_eq(ssh_session_write(run->session, text, strlen(text)), STATUS_OK);
}

static void loop_end(struct ssh_run *run)
{
    ssh_session_free(run->session);
    run->session = NULL;
    uv_close((uv_handle_t *)&run->pulse, NULL);
    (void)uv_run(&run->loop, UV_RUN_DEFAULT);
    cr_assert_eq(uv_loop_close(&run->loop), 0, "a handle is still on the loop");
    free(run->out);
    free(run->err);
    free(run->banner);
}

void ssh_run_again(struct ssh_run *run)
{
    struct ssh_run fresh;
    loop_end(run);
    memset(&fresh, 0, sizeof fresh);
    fresh.options = run->options;
    memcpy(fresh.folder, run->folder, sizeof fresh.folder);
    memcpy(fresh.known_hosts, run->known_hosts, sizeof fresh.known_hosts);
    *run = fresh;
    run->options.known_hosts = run->known_hosts;
    loop_begin(run);
}

void ssh_run_end(struct ssh_run *run)
{
    loop_end(run);
    secret_free((struct secret *)run->options.password);
    cr_expect(support_folder_remove(run->folder));
}
