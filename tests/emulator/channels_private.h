// SPDX-License-Identifier: Apache-2.0
//
// channels_private: What the files of the channels share: the table of a connection's channels, and the pump
// between a channel and descriptors.

#ifndef SBXDECK_TESTS_EMULATOR_CHANNELS_PRIVATE_H
#define SBXDECK_TESTS_EMULATOR_CHANNELS_PRIVATE_H

#include "tests/emulator/channels.h"

#include <libssh/callbacks.h>
#include <libssh/server.h>
#include <stdint.h>

enum { PIECE = 32768, ADDRESS_CAP = 256, LISTENERS_MAX = 32 };

// One channel. With a process: what runs is ended when the client closes the channel. With a socket: what the
// client sent still goes out then.
struct channel {
    struct channels *all;
    ssh_channel ssh; // NULL once it is closed on both sides
    struct ssh_channel_callbacks_struct callbacks;
    bool is_session;
    bool opening; // asked for by us, not answered yet
    bool closed;  // by the client
    bool stuck;   // nothing is taken until something comes: keys are being exchanged
    bool eof_sent;
    int in, out, err;                 // -1: none
    bool out_over, err_over, in_over; // in_over: the client sends no more
    bool out_drained;                 // there was nothing to read at the last look
    char *input;                      // for the other side, not taken yet
    size_t input_length, input_at;
    char piece[PIECE]; // for the client, not taken yet
    size_t piece_length, piece_at;
    bool piece_is_stderr;
    // Of a session.
    bool started, pty, exited;
    int status;
    int64_t kill_at; // 0: not yet
    int rows, cols;
    char term[64];
    char *environment[SHELL_ENVIRONMENT_MAX + 1];
    size_t environment_count;
    struct shell shell;
    // Of a connection to a listener of the client's.
    char host[ADDRESS_CAP], origin[64];
    int port, origin_port;
};

struct channel_listener {
    int fd; // -1: free
    char address[ADDRESS_CAP];
    int port;
};

struct channels {
    ssh_session session;
    struct shell_place place;
    int max_sessions;
    struct channel *list[CHANNELS_MAX];
    size_t count;
    struct channel_listener listeners[LISTENERS_MAX];
    bool news;   // something came for a channel that this pass had already looked at
    bool broken; // the connection is
};

// A new channel with its callbacks' user data set; NULL: there are too many.
struct channel *channel_add(struct channels *all);
// Takes the callbacks over into the channel's; it is then to be told of data, eof and close as well.
void channel_watch(struct channel *channel);
// Both files must be non-blocking; -1: none.
void channel_join(struct channel *channel, int in, int out, int err);

// Session channels.
ssh_channel channel_session_open(struct channels *all);
void channel_session_reap(struct channel *channel);
// The shell has ended and what it wrote is out.
bool channel_session_is_over(const struct channel *channel);
void channel_session_say_end(const struct channel *channel);
// The client has closed it: what runs hears of it, and a moment later it is killed.
void channel_session_abandon(struct channel *channel);
void channel_session_free(struct channel *channel);

// Connections, in either direction.
void channel_tcp_begin(struct channels *all);
void channel_tcp_end(struct channels *all);
// What the client asks for. False: refused.
bool channel_tcp_connect(struct channels *all, ssh_message message);
bool channel_tcp_listen(struct channels *all, ssh_message message);
bool channel_tcp_cancel(struct channels *all, ssh_message message);
void channel_tcp_accept(struct channels *all);
// Of one that is being opened.
void channel_tcp_open(struct channel *channel);

int64_t channels_now_ms(void);

#endif
