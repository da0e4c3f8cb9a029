// SPDX-License-Identifier: Apache-2.0
//
// ssh_connection_sign_in: Sign in by password, and report the banner that a server may send before or
// instead.

#include "api/ssh/ssh_connection_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Reports a banner that has come. libssh keeps the last one only, so this is after each call that may read.
static void banner_report(struct ssh_connection *connection)
{
    char *banner = connection->ending ? NULL : ssh_get_issue_banner(connection->ssh);
    size_t room = CONNECTION_BANNER_CAP - connection->banner_reported;
    if (banner == NULL)
        return;
    banner[strnlen(banner, CONNECTION_BANNER_CAP)] = '\0';
    secret_hide(connection->password, banner); // what comes back of it is not for the screen
    if (banner[0] == '\0' || room == 0 ||
        (connection->banner != NULL && strcmp(connection->banner, banner) == 0)) {
        ssh_string_free_char(banner);
        return;
    }
    ssh_string_free_char(connection->banner);
    connection->banner = banner;
    size_t length = strnlen(banner, room);
    connection->banner_reported += length;
    if (connection->events.banner != NULL)
        connection->events.banner(connection->ctx, banner, length);
}

static enum step_result signed_in(struct ssh_connection *connection)
{
    secret_free(connection->password);
    connection->password = NULL;
    return STEP_DONE;
}

// reason: what the host does; NULL: no more is known.
static enum step_result refused(struct ssh_connection *connection, const char *reason)
{
    if (reason != NULL)
        return ssh_connection_end(connection, STATUS_SIGN_IN_REFUSED, "%s %s", connection->target.host,
                                  reason);
    return ssh_connection_end(connection, STATUS_SIGN_IN_REFUSED, "%s", "");
}

enum step_result ssh_connection_password(struct ssh_connection *connection)
{
    errno = ECONNRESET; // what libssh reports when it had closed its socket before it writes
    int result = ssh_userauth_password(connection->ssh, NULL, secret_text(connection->password));
    ssh_connection_heard(connection);
    banner_report(connection);
    if (connection->ending || connection->freed)
        return STEP_ENDED;
    if (result == SSH_AUTH_SUCCESS)
        return signed_in(connection);
    if (result == SSH_AUTH_AGAIN)
        return STEP_AGAIN;
    if (result == SSH_AUTH_ERROR)
        return ssh_connection_lost(connection);
    if (result == SSH_AUTH_PARTIAL)
        return refused(connection, "asks for more than a password");
    int methods = ssh_userauth_list(connection->ssh, NULL);
    if ((methods & SSH_AUTH_METHOD_PASSWORD) == 0 && (methods & SSH_AUTH_METHOD_INTERACTIVE) != 0)
        return STEP_DONE; // the next step asks that way
    if ((methods & SSH_AUTH_METHOD_PASSWORD) == 0)
        return refused(connection, "takes no passwords");
    return refused(connection, NULL);
}

// For servers that take the password by keyboard-interactive only: one hidden prompt a round is the
// password's.
enum step_result ssh_connection_kbdint(struct ssh_connection *connection)
{
    if (connection->password == NULL)
        return STEP_DONE;
    int result = ssh_userauth_kbdint(connection->ssh, NULL, NULL);
    ssh_connection_heard(connection);
    banner_report(connection);
    if (connection->ending || connection->freed)
        return STEP_ENDED;
    while (result == SSH_AUTH_INFO) {
        char echo = 1;
        int prompts = ssh_userauth_kbdint_getnprompts(connection->ssh);
        if (prompts < 0 || prompts > 1 || connection->kbdint_rounds++ >= CONNECTION_KBDINT_ROUNDS)
            return refused(connection, "asks for more than a password");
        if (prompts == 1) {
            (void)ssh_userauth_kbdint_getprompt(connection->ssh, 0, &echo);
            if (echo != 0)
                return refused(connection, "asks for something other than a password");
            if (ssh_userauth_kbdint_setanswer(connection->ssh, 0, secret_text(connection->password)) < 0)
                return ssh_connection_lost(connection);
        }
        result = ssh_userauth_kbdint(connection->ssh, NULL, NULL);
    }
    if (result == SSH_AUTH_SUCCESS)
        return signed_in(connection);
    if (result == SSH_AUTH_AGAIN)
        return STEP_AGAIN;
    return result == SSH_AUTH_ERROR ? ssh_connection_lost(connection) : refused(connection, NULL);
}
