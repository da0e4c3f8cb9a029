// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_health: Judge whether a connection can go on: count what comes in, cap what is no output, and
// send keepalives.

#include "api/base/time_util.h"
#include "api/ssh/ssh_session_private.h"

#include <libssh/server.h> // ssh_send_keepalive is declared there, for clients too
#include <linux/sockios.h>
#include <sys/ioctl.h>

// A call that failed without having read anything has found the connection closed or reset.
enum step_result ssh_session_lost(struct ssh_session *session)
{
    const char *host = session->target.host;
    const char *doing = ssh_stage_text(session->stage);
    const char *reason = ssh_get_error(session->ssh);
    int port = session->target.port;
    session->end.quoted = session->brought && reason[0] != '\0';
    if (!session->brought && session->running)
        return ssh_session_end(session, STATUS_SSH_FAILED, "%s closed the connection", host);
    if (!session->brought)
        return ssh_session_end(session, STATUS_SSH_FAILED, "%s port %d closed the connection while %s", host,
                               port, doing);
    if (reason[0] == '\0')
        reason = "the server broke the protocol";
    if (session->running)
        return ssh_session_end(session, STATUS_SSH_FAILED, "%s: %s", host, reason);
    return ssh_session_end(session, STATUS_SSH_FAILED, "%s port %d: failed while %s: %s", host, port, doing,
                           reason);
}

void ssh_session_heard(struct ssh_session *session)
{
    session->brought = session->counter.in_bytes != session->heard_bytes;
    session->heard_bytes = session->counter.in_bytes;
    // A sign of life is a whole message: bytes that only fill libssh's buffer are none.
    if (session->messages.in_packets != session->heard_messages)
        session->facts.heard_at = ssh_session_now_ms();
    session->heard_messages = session->messages.in_packets;
}

// Whether the server sends much that is no output. Each such message costs time, and many of them memory
// inside libssh: answers that wait to be sent. Input that goes out makes up for what the server says about
// it.
static bool is_noisy(struct ssh_session *session)
{
    int64_t now = ssh_session_now_ms();
    uint64_t cost = session->messages.in_bytes + session->messages.in_packets * SESSION_NOISE_MESSAGE -
                    session->output_cost;
    uint64_t worn = (uint64_t)(now - session->noise_at) * SESSION_NOISE_RATE / 1000 +
                    (session->facts.bytes_out - session->noise_sent);
    session->noise = session->noise > worn ? session->noise - worn : 0;
    session->noise += cost - session->noise_cost;
    session->noise_cost = cost;
    session->noise_sent = session->facts.bytes_out;
    session->noise_at = now;
    return session->noise > SESSION_NOISE_CAP;
}

bool ssh_session_is_broken(struct ssh_session *session)
{
    if (session->ssh == NULL || session->fd >= 0 || session->ending) // not started, or over
        return session->ending;
    // After an error libssh says AGAIN for ever and keeps all that comes.
    if (ssh_is_connected(session->ssh) == 0 || (ssh_get_status(session->ssh) & SSH_CLOSED_ERROR) != 0 ||
        ssh_get_error_code(session->ssh) == SSH_FATAL)
        (void)ssh_session_lost(session);
    else if (is_noisy(session))
        ssh_session_end(session, STATUS_SSH_FAILED,
                        "%s kept sending messages that carry no output; the connection was closed",
                        session->target.host);
    return session->ending;
}

// --- keepalives ---

static void on_keepalive(uv_timer_t *timer);

static void ask(struct ssh_session *session)
{
    session->missed++;
    session->asked_at = ssh_session_now_ms();
    // The request waits inside libssh for its answer. The first call ends one that was answered, the second
    // asks anew; with one still unanswered both do nothing, and that one is enough.
    (void)ssh_send_keepalive(session->ssh);
    (void)ssh_send_keepalive(session->ssh);
    ssh_session_heard(session);
    (void)ssh_session_is_broken(session);
}

// Something is to go out, and nothing has for long: a server that talks but takes nothing. On a slow line the
// kernel may take no more for long, but what it has gets less.
static bool is_stuck(struct ssh_session *session)
{
    int waiting = 0;
    (void)ioctl(session->watched, SIOCOUTQ, &waiting);
    bool moves = !ssh_session_write_pending(session) || session->counter.out_bytes != session->out_mark ||
                 waiting < session->out_waiting;
    int64_t now = ssh_session_now_ms();
    if (moves)
        session->moved_at = now;
    session->out_mark = session->counter.out_bytes;
    session->out_waiting = waiting;
    return now - session->moved_at >= (int64_t)SESSION_KEEPALIVES * session->keepalive_ms;
}

static void keepalive(struct ssh_session *session)
{
    char span[TIME_SPAN_CAP];
    int64_t silent = ssh_session_now_ms() - session->facts.heard_at;
    // What is held back is not listened to either.
    if (session->held || session->facts.heard_at >= session->asked_at)
        session->missed = 0;
    if (session->probing && session->missed == 0) {
        session->probing = false;
        ssh_session_keepalive_every(session, session->keepalive_ms);
    }
    if (session->held) {
        session->moved_at = ssh_session_now_ms();
        return;
    }
    if (is_stuck(session)) {
        ssh_session_end(session, STATUS_TIMED_OUT, "%s has accepted no data for %s", session->target.host,
                        time_format_span((int64_t)SESSION_KEEPALIVES * session->keepalive_ms, span));
        return;
    }
    if (!session->probing && silent < session->keepalive_ms) {
        (void)uv_timer_start(&session->keepalive, on_keepalive, (uint64_t)(session->keepalive_ms - silent),
                             uv_timer_get_repeat(&session->keepalive)); // the next one; the others as before
        return;
    }
    if (session->missed >= SESSION_KEEPALIVES) {
        ssh_session_end(session, STATUS_TIMED_OUT, "%s has not answered for %s", session->target.host,
                        time_format_span(silent, span));
        return;
    }
    ask(session);
}

static void on_keepalive(uv_timer_t *timer)
{
    struct ssh_session *session = timer->data;
    ssh_session_turn_begin(session);
    if (session->running && !session->ending)
        keepalive(session);
    ssh_session_turn_end(session);
}

void ssh_session_keepalive_every(struct ssh_session *session, int interval_ms)
{
    (void)uv_timer_start(&session->keepalive, on_keepalive, (uint64_t)interval_ms, (uint64_t)interval_ms);
}

void ssh_session_doubt(struct ssh_session *session)
{
    int interval = session->keepalive_ms < SESSION_PROBE_MS ? session->keepalive_ms : SESSION_PROBE_MS;
    if (session->held)
        return;
    session->probing = true;
    session->missed = 0;
    ask(session);
    ssh_session_keepalive_every(session, interval);
}
