// SPDX-License-Identifier: Apache-2.0
//
// ssh_play: Run an ssh_session against a server that does one wrong thing.

#include "tests/unit/api/ssh/ssh_play.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct ssh_run run;
static struct raw_ssh *server;

void play_script(struct raw_ssh_peer *peer, void *ctx)
{
    const struct play *play = ctx;
    if (!raw_ssh_reach(peer, play->stage) || !play->act(peer, play))
        return;
    if (play->goes_on && raw_ssh_reach(peer, RAW_SSH_STARTED) && raw_ssh_output(peer, "after"))
        (void)raw_ssh_exit(peer, 7);
    (void)raw_ssh_serve(peer, -1);
}

void play_open(const struct play *play)
{
    server = raw_ssh_start(play_script, (void *)play);
    cr_assert_not_null(server);
    ssh_run_begin(&run, raw_ssh_port(server));
    (void)snprintf(run.options.target.user, sizeof run.options.target.user, "%s", RAW_SSH_USER);
    run.options.command = "true";
}

void play_meet(const struct play *play)
{
    play_open(play);
    ssh_run_open(&run);
    cr_assert(ssh_run_until(&run, ssh_run_has_ended), "%s: no end", play->name);
    cr_assert_eq(run.ended, 1);
}

void play_part(void)
{
    ssh_run_end(&run);
    raw_ssh_stop(server);
}

bool play_send(struct raw_ssh_peer *peer, const struct play *play)
{
    return raw_ssh_packet(peer, play->type, play->payload, play->length);
}

bool play_silence(struct raw_ssh_peer *peer, const struct play *play)
{
    (void)play;
    return raw_ssh_silence(peer, -1);
}
