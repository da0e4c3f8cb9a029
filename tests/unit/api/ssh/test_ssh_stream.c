// SPDX-License-Identifier: Apache-2.0
//
// ssh_stream against a real OpenSSH server: several channels on one connection, each with its own pace and
// end.

#include "tests/support/skip.h"
#include "tests/support/sshd.h"
#include "tests/unit/api/ssh/stream_run.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sshd sshd;
static struct stream_run run;

static void begin_with(const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL)
        SKIP_TEST("%s", missing);
    cr_assert(sshd_start(&sshd, options));
    stream_run_begin(&run, sshd.port, SSHD_USER, SSHD_PASSWORD);
}

static void end(void)
{
    if (sshd.pid == 0)
        return;
    stream_run_end(&run);
    sshd_stop(&sshd);
}

TestSuite(ssh_stream, .fini = end, .timeout = 120);

static void begin(void)
{
    begin_with(NULL);
    stream_run_open(&run);
}

static size_t sign_ins(void)
{
    size_t count = 0;
    char *log = sshd_log(&sshd);
    cr_assert_not_null(log);
    for (const char *at = strstr(log, "Accepted password"); at != NULL;
         at = strstr(at + 1, "Accepted password"))
        count++;
    free(log);
    return count;
}

Test(ssh_stream, several_commands_run_on_one_connection)
{
    begin();
    struct stream_seen *first = stream_run_command(&run, "cat; printf err >&2; exit 3");
    struct stream_seen *second = stream_run_command(&run, "echo second");
    struct stream_seen *third = stream_run_command(&run, "kill -TERM $$");
    cr_assert(stream_run_closed(second));
    cr_assert(stream_run_closed(third));
    stream_run_type(first, "typed");
    ssh_stream_send_eof(first->stream);
    cr_assert(stream_run_closed(first));
    cr_expect_str_eq(first->out, "typed");
    cr_expect_str_eq(first->err, "err");
    cr_expect_eq(first->exit_status, 3);
    cr_expect_gt(first->drained, 0);
    cr_expect_str_eq(second->out, "second\n");
    cr_expect(second->exited && second->exit_status == 0 && second->closed_in_order);
    cr_expect_not(third->exited);
    cr_expect_str_eq(third->signal, "TERM");
    for (size_t i = 0; i < run.count; i++)
        cr_expect(run.seen[i].opened == 1 && run.seen[i].granted == 1 && run.seen[i].closed == 1);
    cr_expect_eq(run.ended, 0, "the connection goes on without streams");
    cr_expect_eq(sign_ins(), 1);
    ssh_connection_close(run.connection);
    cr_assert(stream_run_until(&run, stream_run_has_ended));
    cr_expect(run.end.by_us);
}

// --- requests ---

Test(ssh_stream, requests_are_answered_in_order_and_a_refusal_is_told)
{
    begin();
    struct stream_seen *seen = stream_run_command(&run, NULL);
    stream_run_request(seen, SSH_REQUEST_KIND_PTY, "xterm");
    stream_run_request(seen, SSH_REQUEST_KIND_ENV, "SBXDECK_ONE");
    stream_run_request(seen, SSH_REQUEST_KIND_ENV, "REFUSED");
    stream_run_request(seen, SSH_REQUEST_KIND_SUBSYSTEM, "there-is-no-such");
    stream_run_request(seen, SSH_REQUEST_KIND_EXEC, "echo \"[$SBXDECK_ONE]\"; stty size");
    ssh_stream_resize(seen->stream, 41, 42);
    cr_assert(stream_run_closed(seen));
    cr_expect_eq(seen->granted, 3);
    cr_expect_eq(seen->denied, 2);
    cr_expect_not_null(strstr(seen->out, "[v]"));
}

Test(ssh_stream, requests_of_a_closed_stream_are_answered_first)
{
    begin();
    struct stream_seen *seen = stream_run_command(&run, NULL);
    stream_run_request(seen, SSH_REQUEST_KIND_EXEC, "sleep 100");
    ssh_stream_close(seen->stream);
    const struct ssh_stream_request late = {.kind = SSH_REQUEST_KIND_SHELL};
    cr_expect_eq(ssh_stream_send_request(seen->stream, &late, NULL, NULL), STATUS_CANCELLED);
    cr_expect_eq(ssh_stream_write(seen->stream, "x", 1, false), STATUS_CANCELLED);
    cr_assert(stream_run_closed(seen));
    cr_expect_eq(seen->granted + seen->denied, 1);
}

// --- back-pressure ---

enum { FLOOD = 20 * 1024 * 1024, HOLD_MOST = 2 * 1024 * 1024 };

static uint64_t zeros_and_newlines(size_t length)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum = sum * 31 + (unsigned char)(i % 16 == 15 ? '\n' : "0123456789abcdef"[i % 16]);
    return sum;
}

static size_t waiting_in(const struct stream_seen *seen)
{
    struct ssh_stream_facts facts;
    ssh_stream_facts(seen->stream, &facts);
    return facts.waiting;
}

static size_t most_waiting;
static bool window_is_used_up(struct stream_run *of)
{
    static size_t before, same;
    size_t waiting = waiting_in(&of->seen[0]);
    same = waiting == before && waiting > 1000000 ? same + 1 : 0;
    before = waiting;
    return same > 10;
}

static bool takes_a_little_each_turn(struct stream_run *of)
{
    struct stream_seen *seen = &of->seen[0];
    for (int i = 0; i < 20 && seen->closed == 0; i++) {
        size_t waiting = waiting_in(seen);
        if (waiting > most_waiting)
            most_waiting = waiting;
        ssh_stream_resume(seen->stream);
        (void)uv_run(&of->loop, UV_RUN_NOWAIT);
    }
    return seen->closed > 0;
}

Test(ssh_stream, held_stream_waits_in_its_window_and_holds_up_no_other)
{
    begin();
    struct stream_seen *held = stream_run_command(&run, "yes 0123456789abcde | head -c 20971520");
    held->counting = true;
    held->take = 0;
    cr_assert(stream_run_until(&run, window_is_used_up), "%zu", waiting_in(held));
    struct stream_seen *other = stream_run_command(&run, "yes abcdefg | head -c 8000000");
    other->counting = true;
    cr_assert(stream_run_closed(other));
    cr_expect_eq(other->out_length, (size_t)8000000);
    cr_expect_eq(held->closed, 0);
    cr_expect_leq(waiting_in(held), (size_t)HOLD_MOST);
    // One that takes less than comes must not let more wait either.
    held->take = 12345;
    cr_assert(stream_run_until(&run, takes_a_little_each_turn), "%zu of %zu", waiting_in(held),
              held->out_length);
    cr_expect_leq(most_waiting, (size_t)HOLD_MOST);
    cr_expect_eq(held->out_length, (size_t)FLOOD, "%zu", held->out_length);
    cr_expect_eq(held->sum, zeros_and_newlines(FLOOD));
    cr_expect_eq(held->exit_status, 0);
    cr_expect_eq(held->out_at_eof, (size_t)FLOOD, "eof was told before its output");
}

static bool two_kinds_wait(struct stream_run *of)
{
    return waiting_in(&of->seen[0]) > 900000;
}

Test(ssh_stream, both_kinds_of_output_wait_and_come_whole)
{
    begin();
    struct stream_seen *seen = stream_run_command(
        &run, "for i in 1 2 3 4 5 6 7 8; do head -c 400000 /dev/zero; head -c 400000 /dev/zero >&2; done");
    seen->take = 0;
    cr_assert(stream_run_until(&run, two_kinds_wait));
    cr_expect_leq(waiting_in(seen), (size_t)HOLD_MOST + 512 * 1024);
    seen->take = SIZE_MAX;
    ssh_stream_resume(seen->stream);
    cr_assert(stream_run_closed(seen));
    cr_expect_eq(seen->out_length, (size_t)3200000);
    cr_expect_eq(seen->err_length, (size_t)3200000);
}

Test(ssh_stream, output_that_waits_when_the_server_closes_still_comes)
{
    begin();
    struct stream_seen *seen = stream_run_command(&run, "printf 'the whole of it'; exit 4");
    seen->take = 3;
    ssh_stream_hold(seen->stream);
    struct stream_seen *other = stream_run_command(&run, "sleep 0.3");
    cr_assert(stream_run_closed(other));
    cr_expect(seen->closed == 0 && seen->eof == 0 && !seen->exited);
    cr_assert(stream_run_until(&run, takes_a_little_each_turn));
    cr_expect_str_eq(seen->out, "the whole of it");
    cr_expect(seen->eof == 1 && seen->exited && seen->exit_status == 4 && seen->closed_in_order);
}

Test(ssh_stream, queue_has_a_cap_and_says_its_room)
{
    static char block[300 * 1024];
    begin();
    struct stream_seen *seen = stream_run_command(&run, "sleep 100");
    size_t room = ssh_stream_room(seen->stream);
    cr_expect_eq(room, (size_t)256 * 1024);
    cr_expect_eq(ssh_stream_write(seen->stream, block, room + 1, false), STATUS_TOO_LARGE);
    cr_expect_eq(ssh_stream_write(seen->stream, block, room, false), STATUS_OK);
    cr_expect_eq(ssh_stream_room(seen->stream), (size_t)0);
    cr_expect_eq(ssh_stream_queued(seen->stream), room);
}

// --- half-closed ---

static bool first_has_drained(struct stream_run *at)
{
    return at->seen[0].drained > 0;
}

// A program may have ended while others that it left write on.
Test(ssh_stream, room_that_a_programs_end_took_is_told_again)
{
    begin();
    struct stream_seen *seen = stream_run_command(&run, "echo on; cat");
    cr_assert(stream_run_expect(seen, "on\n"));
    cr_assert_eq(seen->drained, 0);
    ssh_stream_exit_status(seen->stream, 0);
    cr_expect_eq(ssh_stream_room(seen->stream), 0);
    cr_assert(stream_run_until(&run, first_has_drained), "who waits for room waits for ever");
    cr_expect_gt(ssh_stream_room(seen->stream), 0);
}

Test(ssh_stream, each_direction_closes_by_itself)
{
    begin();
    struct stream_seen *in = stream_run_command(&run, "cat >/dev/null; echo after the input; exit 6");
    struct stream_seen *out = stream_run_command(&run, "echo first; exec >&- 2>&-; cat >copy");
    ssh_stream_send_eof(in->stream);
    cr_assert(stream_run_closed(in));
    cr_expect_str_eq(in->out, "after the input\n");
    cr_expect_eq(in->exit_status, 6);
    while (out->eof == 0 && out->closed == 0)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    cr_expect_eq(out->closed, 0);
    stream_run_type(out, "written after its eof");
    ssh_stream_send_eof(out->stream);
    cr_assert(stream_run_closed(out));
    struct stream_seen *look = stream_run_command(&run, "cat copy");
    cr_assert(stream_run_closed(look));
    cr_expect_str_eq(look->out, "written after its eof");
}

Test(ssh_stream, late_close_waits_for_its_owner)
{
    begin();
    struct stream_seen *seen = stream_run_next(&run);
    const struct ssh_stream_options options = {.late_close = true};
    struct failure why;
    cr_assert_eq(
        ssh_stream_open_session(run.connection, &options, &stream_run_events, seen, &seen->stream, &why),
        STATUS_OK);
    stream_run_request(seen, SSH_REQUEST_KIND_EXEC, "exit 9");
    while (seen->peer_closed == 0 && run.ended == 0)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    struct stream_seen *other = stream_run_command(&run, "true");
    cr_assert(stream_run_closed(other));
    cr_expect(seen->closed == 0 && seen->exit_status == 9);
    ssh_stream_close(seen->stream);
    cr_assert(stream_run_closed(seen));
    cr_expect(seen->peer_closed == 1 && seen->closed_in_order);
}

// --- refused ---

Test(ssh_stream, session_beyond_the_servers_number_is_refused)
{
    begin_with((const char *const[]){"MaxSessions=1", NULL});
    stream_run_open(&run);
    struct stream_seen *first = stream_run_command(&run, "cat");
    struct stream_seen *second = stream_run_command(&run, "echo never");
    cr_assert(stream_run_closed(second));
    cr_expect(second->refused == 1 && second->denied == 1 && second->out == NULL);
    stream_run_type(first, "still here");
    cr_assert(stream_run_expect(first, "still here"));
}

// --- new keys ---

static size_t sent[3];
static bool feed_all(struct stream_run *of)
{
    char piece[10007];
    for (size_t k = 0; k < 3; k++) {
        struct stream_seen *seen = &of->seen[k];
        while (sent[k] < FLOOD / 5 && seen->closed == 0) {
            size_t count = FLOOD / 5 - sent[k] < sizeof piece ? FLOOD / 5 - sent[k] : sizeof piece;
            for (size_t i = 0; i < count; i++)
                piece[i] = (char)((sent[k] + i) * (7 + k) % 251);
            if (ssh_stream_write(seen->stream, piece, count, false) != STATUS_OK)
                break;
            sent[k] += count;
            if (sent[k] == FLOOD / 5)
                ssh_stream_send_eof(seen->stream);
        }
    }
    return stream_run_all_closed(of);
}

Test(ssh_stream, keys_change_under_several_streams_and_nothing_is_lost)
{
    begin_with((const char *const[]){"RekeyLimit=256K", NULL});
    stream_run_open(&run);
    for (size_t k = 0; k < 3; k++)
        stream_run_command(&run, "cat")->counting = true;
    cr_assert(stream_run_until(&run, feed_all));
    for (size_t k = 0; k < 3; k++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < FLOOD / 5; i++)
            sum = sum * 31 + (unsigned char)(i * (7 + k) % 251);
        cr_expect_eq(run.seen[k].out_length, (size_t)FLOOD / 5, "%zu: %s", run.seen[k].out_length,
                     failure_text(&run.seen[k].why));
        cr_expect_eq(run.seen[k].sum, sum);
        cr_expect_eq(run.seen[k].exit_status, 0);
    }
    char *log = sshd_log(&sshd);
    cr_expect_not_null(strstr(log, "rekey"), "no keys were changed");
    free(log);
}

// --- ends ---

static bool both_talk(struct stream_run *of)
{
    return of->seen[0].out_length > 0 && of->seen[1].out_length > 0;
}

Test(ssh_stream, what_ends_with_the_connection_says_so)
{
    begin();
    struct stream_seen *first = stream_run_command(&run, "echo on; sleep 100");
    struct stream_seen *second = stream_run_command(&run, "echo on; sleep 100");
    cr_assert(stream_run_until(&run, both_talk));
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_assert(stream_run_until(&run, stream_run_has_ended));
    cr_expect_eq(run.closed_before_end, 2);
    cr_expect(first->closed == 1 && second->closed == 1 && !first->closed_in_order);
    cr_expect_str_eq(failure_text(&first->why), failure_text(&run.end.why));
    cr_expect_str_eq(failure_text(&second->why), failure_text(&run.end.why));
    cr_expect_neq(run.end.status, STATUS_OK);
}

static bool all_has_come(struct stream_run *of)
{
    return waiting_in(&of->seen[0]) == 1000000;
}

// A reader that is slow, or a program that waits for one: what came before the cut is his all the same.
Test(ssh_stream, what_waits_when_the_connection_is_cut_still_comes)
{
    begin();
    struct stream_seen *seen = stream_run_command(&run, "head -c 1000000 /dev/zero; sleep 100");
    seen->counting = true;
    ssh_stream_hold(seen->stream);
    cr_assert(stream_run_until(&run, all_has_come), "%zu", waiting_in(seen));
    cr_assert_gt(sshd_signal(&sshd, SIGKILL), 0);
    cr_assert(stream_run_until(&run, stream_run_has_ended));
    cr_expect_eq(seen->out_length, (size_t)1000000, "%zu", seen->out_length);
    cr_expect(seen->closed == 1 && !seen->closed_in_order && !seen->exited);
    cr_expect_str_eq(failure_text(&seen->why), failure_text(&run.end.why));
}

Test(ssh_stream, freed_at_any_time_leaves_the_others_alone)
{
    begin();
    struct stream_seen *other = stream_run_command(&run, "cat");
    struct stream_seen *at_once = stream_run_command(&run, "yes");
    struct stream_seen *at_opened = stream_run_command(&run, "yes");
    struct stream_seen *at_output = stream_run_command(&run, "yes");
    ssh_stream_free(at_once->stream);
    at_once->stream = NULL;
    at_opened->free_at_opened = at_output->free_at_output = true;
    while ((at_opened->stream != NULL || at_output->stream != NULL) && run.ended == 0)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    // While it is being opened.
    struct stream_seen *opening = stream_run_command(&run, "yes");
    (void)uv_run(&run.loop, UV_RUN_NOWAIT);
    ssh_stream_free(opening->stream);
    opening->stream = NULL;
    stream_run_type(other, "one");
    cr_assert(stream_run_expect(other, "one"));
    struct stream_seen *last = stream_run_command(&run, "echo fine");
    cr_assert(stream_run_closed(last));
    cr_expect_str_eq(last->out, "fine\n");
    stream_run_type(other, " two");
    cr_assert(stream_run_expect(other, "one two"));
    cr_expect_eq(ssh_connection_streams(run.connection), (size_t)1);
}

Test(ssh_stream, a_flood_that_nobody_reads_any_more_stops)
{
    begin();
    struct stream_seen *flood = stream_run_next(&run);
    const struct ssh_stream_options wide = {.wide = true};
    struct failure why;
    cr_assert_eq(
        ssh_stream_open_session(run.connection, &wide, &stream_run_events, flood, &flood->stream, &why),
        STATUS_OK);
    stream_run_request(flood, SSH_REQUEST_KIND_EXEC, "yes");
    flood->counting = true;
    while (flood->out_length < FLOOD && run.ended == 0)
        (void)uv_run(&run.loop, UV_RUN_ONCE);
    ssh_stream_free(flood->stream);
    flood->stream = NULL;
    struct stream_seen *last = stream_run_command(&run, "sleep 0.2; echo fine");
    cr_assert(stream_run_closed(last));
    cr_expect_str_eq(last->out, "fine\n");
    cr_expect_eq(run.ended, 0, "%s", failure_text(&run.end.why));
}

Test(ssh_stream, connection_freed_from_inside_a_close)
{
    begin();
    struct stream_seen *first = stream_run_command(&run, "true");
    struct stream_seen *second = stream_run_command(&run, "sleep 100");
    first->free_connection_at_closed = true;
    cr_assert(stream_run_closed(first));
    cr_expect(second->closed == 0 && run.ended == 0, "no event comes after the free");
}

Test(ssh_stream, stream_of_a_connection_that_fails_is_told)
{
    begin_with(NULL);
    run.options.target.port = 1;
    stream_run_open(&run);
    struct stream_seen *seen = stream_run_command(&run, "true");
    cr_assert(stream_run_until(&run, stream_run_has_ended));
    cr_expect(seen->closed == 1 && seen->opened == 0 && seen->denied == 1);
    cr_expect_str_eq(failure_text(&seen->why), failure_text(&run.end.why));
}
