// SPDX-License-Identifier: Apache-2.0
//
// ssh_play: one ssh_session against a server over a raw socket that does one wrong thing.

#ifndef SBXDECK_TESTS_UNIT_API_SSH_SSH_PLAY_H
#define SBXDECK_TESTS_UNIT_API_SSH_SSH_PLAY_H

#include "tests/support/raw_ssh.h"
#include "tests/unit/api/ssh/ssh_run.h"

// What the server does once that stage is reached.
struct play {
    enum raw_ssh_stage stage;
    bool (*act)(struct raw_ssh_peer *peer, const struct play *play); // false: over
    int type;
    const char *payload;
    size_t length;
    int kind;
    bool goes_on; // ends the command in order afterwards: output "after", exit status 7
    const char *name;
};

extern struct ssh_run run; // of play_open and play_meet

void play_script(struct raw_ssh_peer *peer, void *play); // a raw_ssh_script
// Starts the server; the session of run is ready to be opened.
void play_open(const struct play *play);
// The same, and the session is opened and has ended.
void play_meet(const struct play *play);
void play_part(void);

// Acts: the message of type and payload; nothing any more until the client goes.
bool play_send(struct raw_ssh_peer *peer, const struct play *play);
bool play_silence(struct raw_ssh_peer *peer, const struct play *play);

#endif
