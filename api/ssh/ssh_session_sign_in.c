// SPDX-License-Identifier: Apache-2.0
//
// ssh_session_sign_in: Sign in by password, and report the banner that a server may send before or instead.

#include "api/ssh/ssh_session_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Reports a banner that has come. libssh keeps the last one only, so this is after each call that may read.
static void banner_report(struct ssh_session *session)
{
    char *banner = session->ending ? NULL : ssh_get_issue_banner(session->ssh);
    size_t room = SESSION_BANNER_CAP - session->banner_reported;
    if (banner == NULL)
        return;
    banner[strnlen(banner, SESSION_BANNER_CAP)] = '\0';
    secret_hide(session->password, banner); // what comes back of it is not for the screen
    if (banner[0] == '\0' || room == 0 || (session->banner != NULL && strcmp(session->banner, banner) == 0)) {
        ssh_string_free_char(banner);
        return;
    }
    ssh_string_free_char(session->banner);
    session->banner = banner;
    size_t length = strnlen(banner, room);
    session->banner_reported += length;
    if (session->events.banner != NULL)
        session->events.banner(session->ctx, banner, length);
}

static enum step_result signed_in(struct ssh_session *session)
{
    secret_free(session->password);
    session->password = NULL;
    return STEP_DONE;
}

// reason: what the host does; NULL: no more is known.
static enum step_result refused(struct ssh_session *session, const char *reason)
{
    if (reason != NULL)
        return ssh_session_end(session, STATUS_SIGN_IN_REFUSED, "%s %s", session->target.host, reason);
    return ssh_session_end(session, STATUS_SIGN_IN_REFUSED, "%s", "");
}

enum step_result ssh_session_password(struct ssh_session *session)
{
    errno = ECONNRESET; // what libssh reports when it had closed its socket before it writes
    int result = ssh_userauth_password(session->ssh, NULL, secret_text(session->password));
    ssh_session_heard(session);
    banner_report(session);
    if (session->ending || session->freed)
        return STEP_ENDED;
    if (result == SSH_AUTH_SUCCESS)
        return signed_in(session);
    if (result == SSH_AUTH_AGAIN)
        return STEP_AGAIN;
    if (result == SSH_AUTH_ERROR)
        return ssh_session_lost(session);
    if (result == SSH_AUTH_PARTIAL)
        return refused(session, "asks for more than a password");
    int methods = ssh_userauth_list(session->ssh, NULL);
    if ((methods & SSH_AUTH_METHOD_PASSWORD) == 0 && (methods & SSH_AUTH_METHOD_INTERACTIVE) != 0)
        return STEP_DONE; // the next step asks that way
    if ((methods & SSH_AUTH_METHOD_PASSWORD) == 0)
        return refused(session, "takes no passwords");
    return refused(session, NULL);
}

// For servers that take the password by keyboard-interactive only: one hidden prompt a round is the
// password's.
enum step_result ssh_session_kbdint(struct ssh_session *session)
{
    if (session->password == NULL)
        return STEP_DONE;
    int result = ssh_userauth_kbdint(session->ssh, NULL, NULL);
    ssh_session_heard(session);
    banner_report(session);
    if (session->ending || session->freed)
        return STEP_ENDED;
    while (result == SSH_AUTH_INFO) {
        char echo = 1;
        int prompts = ssh_userauth_kbdint_getnprompts(session->ssh);
        if (prompts < 0 || prompts > 1 || session->kbdint_rounds++ >= SESSION_KBDINT_ROUNDS)
            return refused(session, "asks for more than a password");
        if (prompts == 1) {
            (void)ssh_userauth_kbdint_getprompt(session->ssh, 0, &echo);
            if (echo != 0)
                return refused(session, "asks for something other than a password");
            if (ssh_userauth_kbdint_setanswer(session->ssh, 0, secret_text(session->password)) < 0)
                return ssh_session_lost(session);
        }
        result = ssh_userauth_kbdint(session->ssh, NULL, NULL);
    }
    if (result == SSH_AUTH_SUCCESS)
        return signed_in(session);
    if (result == SSH_AUTH_AGAIN)
        return STEP_AGAIN;
    return result == SSH_AUTH_ERROR ? ssh_session_lost(session) : refused(session, NULL);
}
