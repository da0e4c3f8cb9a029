// SPDX-License-Identifier: Apache-2.0
//
// session_ssh: What is asked of the server for a shell, now or ahead.

#include "views/session/session_private.h"

struct ssh_session_options session_ssh_options(const struct session *session, const struct secret *password,
                                               struct remote_env *environment)
{
    const struct app *app = session->app;
    remote_env_make(environment, true);
    return (struct ssh_session_options){
        .target = session->target,
        .password = password,
        .known_hosts = app->config.known_hosts,
        .pty = true,
        .term = "xterm-256color",
        .rows = vt_rows(session->vt),
        .cols = vt_cols(session->vt),
        .environment = environment->list,
        .connect_timeout_ms = app->config.connect_timeout_s * 1000,
    };
}

void session_prepare_next(const struct session *session)
{
    struct remote_env environment;
    const struct ssh_session_options options = session_ssh_options(session, NULL, &environment);
    if (session->ssh != NULL)
        ssh_session_prepare(session->ssh, &options);
}
