// SPDX-License-Identifier: Apache-2.0
//
// session_messages: Word what happened to a session: what, then why, then what to do, and never more than is
// known. An operator reads it once, at night.

#include "views/session/session_messages.h"

#include "views/command/commands.h"

#include <stdio.h>
#include <string.h>

const struct session_step session_steps[SESSION_STEPS] = {
    {"look up the host", SSH_STAGE_RESOLVE, SSH_STAGE_RESOLVE},
    {"connect", SSH_STAGE_CONNECT, SSH_STAGE_CONNECT},
    {"check the host key", SSH_STAGE_KEY_EXCHANGE, SSH_STAGE_HOST_KEY},
    {"sign in", SSH_STAGE_SIGN_IN, SSH_STAGE_SIGN_IN},
    {"start the shell", SSH_STAGE_SHELL, SSH_STAGE_SHELL},
};

enum session_step_mark session_messages_step(size_t step, enum ssh_stage stage, bool failed)
{
    if (step >= SESSION_STEPS || stage < session_steps[step].first)
        return SESSION_STEP_TO_COME;
    if (stage > session_steps[step].last)
        return SESSION_STEP_DONE;
    return failed ? SESSION_STEP_FAILED : SESSION_STEP_NOW;
}

bool session_messages_is_calm(const struct ssh_end *end)
{
    return end->by_us || end->status == STATUS_OK || end->status == STATUS_CANCELLED;
}

const char *session_messages_title(const struct ssh_end *end, bool opened)
{
    if (end->status == STATUS_HOST_KEY_CHANGED)
        return "The host key has changed";
    if (end->status == STATUS_SIGN_IN_REFUSED)
        return "Sign-in refused";
    if (session_messages_is_calm(end))
        return opened ? "Ended" : "Not connected";
    return opened ? "Connection lost" : "Not connected";
}

char *session_messages_end(const struct ssh_end *end, bool opened, char *out, size_t cap)
{
    const char *reason = end->why.message[0] != '\0' ? end->why.message : status_text(end->status);
    if (end->status == STATUS_HOST_KEY_CHANGED)
        (void)snprintf(out, cap, "the host key of %s is not the known one; no password was sent",
                       end->host_key.host[0] != '\0' ? end->host_key.host : "this sandbox");
    else if (end->by_us || end->status == STATUS_CANCELLED)
        (void)snprintf(out, cap, "%s", opened ? "closed by you" : "cancelled");
    else if (end->status == STATUS_OK && end->exited)
        (void)snprintf(out, cap, "the shell exited with %d", end->exit_status);
    else if (end->status == STATUS_OK && end->exit_signal[0] != '\0')
        (void)snprintf(out, cap, "the shell was killed by signal %s", end->exit_signal);
    else if (end->status == STATUS_OK)
        (void)snprintf(out, cap, "the sandbox closed the session without an exit status");
    else if (end->status == STATUS_SIGN_IN_REFUSED)
        (void)snprintf(out, cap, "the sandbox refused the credential%s%s",
                       end->why.message[0] != '\0' ? ": " : "", end->why.message);
    else if (opened)
        (void)snprintf(out, cap, "the connection was lost: %s", reason);
    else
        (void)snprintf(out, cap, "%s", reason);
    return out;
}

static void advise_host_key(const struct host_key_report *key, const char *sandbox, char *out, size_t cap)
{
    char where[48] = "in memory only, seen in this run";
    if (key->line > 0)
        (void)snprintf(where, sizeof where, "in line %d of the known hosts", key->line);
    (void)snprintf(out, cap,
                   "known here  %s\n"
                   "shown now   %s\n"
                   "The known key is %s, %s; the new one is %s.\n"
                   "Either %s was recreated under its old name, or someone intercepts the connection. Ask "
                   "whoever runs it. Only if you know why it changed: %s %s forgets the old key.",
                   key->known, key->seen, key->known_type, where, key->seen_type, sandbox,
                   command_key(COMMAND_session_prefix), command_key(COMMAND_session_forget_host));
}

char *session_messages_advice(const struct ssh_end *end, bool opened, const char *sandbox, char *out,
                              size_t cap)
{
    out[0] = '\0';
    if (end->status == STATUS_HOST_KEY_CHANGED)
        advise_host_key(&end->host_key, sandbox, out, cap);
    else if (session_messages_is_calm(end))
        return out;
    else if (end->status == STATUS_SIGN_IN_REFUSED)
        (void)snprintf(out, cap, "checking whether the credential is still valid…");
    else if (opened)
        (void)snprintf(out, cap, "programs in the shell may have ended with it");
    else
        (void)snprintf(out, cap, "%s",
                       end->why.advice[0] != '\0' ? end->why.advice : status_advice(end->status));
    return out;
}
