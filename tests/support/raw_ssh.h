// SPDX-License-Identifier: Apache-2.0
//
// raw_ssh: an SSH server over a raw socket that can break the protocol anywhere. It listens on loopback in a
// thread, and each connection runs a script of the test's in a thread of its own. What a script sends is sent
// as it is; only the ciphers (curve25519-sha256, ssh-ed25519, chacha20-poly1305@openssh.com, of libsodium)
// are always right.
//
// A program that uses it links libsodium; see support.h for what needs nothing but the C library.

#ifndef SBXDECK_TESTS_SUPPORT_RAW_SSH_H
#define SBXDECK_TESTS_SUPPORT_RAW_SSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAW_SSH_HOST     "127.0.0.1"
#define RAW_SSH_USER     "ssh-raw0123456789"
#define RAW_SSH_PASSWORD "raw-password-of-the-tests" // any password is taken

// Numbers of messages, as RFC 4250 has them.
enum raw_ssh_message {
    RAW_SSH_DISCONNECT = 1,
    RAW_SSH_IGNORE = 2,
    RAW_SSH_UNIMPLEMENTED = 3,
    RAW_SSH_DEBUG = 4,
    RAW_SSH_SERVICE_REQUEST = 5,
    RAW_SSH_SERVICE_ACCEPT = 6,
    RAW_SSH_EXT_INFO = 7,
    RAW_SSH_KEXINIT = 20,
    RAW_SSH_NEWKEYS = 21,
    RAW_SSH_KEX_ECDH_INIT = 30,
    RAW_SSH_KEX_ECDH_REPLY = 31,
    RAW_SSH_USERAUTH_REQUEST = 50,
    RAW_SSH_USERAUTH_FAILURE = 51,
    RAW_SSH_USERAUTH_SUCCESS = 52,
    RAW_SSH_USERAUTH_BANNER = 53,
    RAW_SSH_USERAUTH_INFO_REQUEST = 60,
    RAW_SSH_USERAUTH_INFO_RESPONSE = 61,
    RAW_SSH_GLOBAL_REQUEST = 80,
    RAW_SSH_REQUEST_SUCCESS = 81,
    RAW_SSH_REQUEST_FAILURE = 82,
    RAW_SSH_CHANNEL_OPEN = 90,
    RAW_SSH_CHANNEL_OPEN_CONFIRMATION = 91,
    RAW_SSH_CHANNEL_OPEN_FAILURE = 92,
    RAW_SSH_CHANNEL_WINDOW_ADJUST = 93,
    RAW_SSH_CHANNEL_DATA = 94,
    RAW_SSH_CHANNEL_EXTENDED_DATA = 95,
    RAW_SSH_CHANNEL_EOF = 96,
    RAW_SSH_CHANNEL_CLOSE = 97,
    RAW_SSH_CHANNEL_REQUEST = 98,
    RAW_SSH_CHANNEL_SUCCESS = 99,
    RAW_SSH_CHANNEL_FAILURE = 100,
};

// How far a connection has come, each after the one before. The client's next message is not read yet.
enum raw_ssh_stage {
    RAW_SSH_CONNECTED,    // nothing is said
    RAW_SSH_GREETED,      // the server's line is sent, the client's is read
    RAW_SSH_KEXINIT_SENT, // both have said what they can do
    RAW_SSH_KEX_REPLIED,  // the server's half of the exchange and its signature are sent, NEWKEYS not
    RAW_SSH_KEYED,        // all that follows is under keys, both ways
    RAW_SSH_SERVICE,      // "ssh-userauth" is accepted
    RAW_SSH_SIGNED_IN,    // USERAUTH_SUCCESS is sent
    RAW_SSH_CHANNEL,      // the session channel is confirmed
    RAW_SSH_STARTED,      // the shell or the command is accepted
};
const char *raw_ssh_stage_name(enum raw_ssh_stage stage);

struct raw_ssh;      // the server
struct raw_ssh_peer; // one connection, of its script

// Runs in a thread of its own. When it returns the connection is closed in order (FIN).
typedef void (*raw_ssh_script)(struct raw_ssh_peer *peer, void *ctx);

// NULL when it cannot listen. script and ctx must last until raw_ssh_stop.
struct raw_ssh *raw_ssh_start(raw_ssh_script script, void *ctx);
// Cuts what still runs and waits for all scripts to return: one that waits or sends for ever gets false from
// every step. NULL is fine.
void raw_ssh_stop(struct raw_ssh *server);
int raw_ssh_port(const struct raw_ssh *server);
int raw_ssh_connections(struct raw_ssh *server); // so far

// --- for scripts. false: the client has gone, or the server is being stopped ---

// Goes on in order until that stage; nothing when it is reached already.
bool raw_ssh_reach(struct raw_ssh_peer *peer, enum raw_ssh_stage stage);
// Answers the client as a server does (requests, window, channels, close, password) for that time, or until
// the client goes (false). -1: until it goes.
bool raw_ssh_serve(struct raw_ssh_peer *peer, int ms);
// Reads and answers nothing, for that time; -1: until raw_ssh_stop or the client closes its side.
bool raw_ssh_silence(struct raw_ssh_peer *peer, int ms);

// A message with its payload after the type; under keys once KEYED.
bool raw_ssh_packet(struct raw_ssh_peer *peer, int type, const void *payload, size_t length);
// The same, of its parts: 'b' byte (int), 'u' number of 32 bits (uint32_t), 's' text with its length before
// it, 'x' bytes with their length before (pointer, size_t), 'r' bytes alone (pointer, size_t).
bool raw_ssh_message(struct raw_ssh_peer *peer, int type, const char *format, ...);
// A frame that need not be true: what it claims as the packet's and the padding's length. The MAC is right
// for the bytes that are sent: the length, the padding's length and body.
bool raw_ssh_frame(struct raw_ssh_peer *peer, uint32_t packet_length, uint8_t padding_length,
                   const void *body, size_t length);
// Bytes as they are, under no keys.
bool raw_ssh_bytes(struct raw_ssh_peer *peer, const void *bytes, size_t length);
bool raw_ssh_text(struct raw_ssh_peer *peer, const char *text);
// Replaces the greeting, "SSH-2.0-raw" with CRLF, before GREETED. text is sent as it is; the line of the
// exchange is its last one.
void raw_ssh_greeting(struct raw_ssh_peer *peer, const char *text);
// What it offers to compress by, before KEXINIT_SENT; a constant text, names joined by commas.
void raw_ssh_compression(struct raw_ssh_peer *peer, const char *names);
// GREETED, when the line (without its end) went out in another way.
bool raw_ssh_greeted(struct raw_ssh_peer *peer, const char *line);
// Reads on until the client has sent a message of that type, which is not answered; others are. KEYED at
// least.
bool raw_ssh_await(struct raw_ssh_peer *peer, int type);
// Answers what the client has sent so far, without waiting.
bool raw_ssh_drain(struct raw_ssh_peer *peer);
// Keys anew, both ways, from now on. The session must be KEYED at least.
bool raw_ssh_rekey(struct raw_ssh_peer *peer);

// Output of the command, and its end in order: exit status, EOF, close.
bool raw_ssh_output(struct raw_ssh_peer *peer, const char *text);
bool raw_ssh_exit(struct raw_ssh_peer *peer, uint32_t exit_status);

// A channel beyond the first is refused, unless this was called: then it takes the place of the one before.
void raw_ssh_take_more(struct raw_ssh_peer *peer);
// From now on what the client types comes back.
void raw_ssh_echo(struct raw_ssh_peer *peer);

void raw_ssh_close(struct raw_ssh_peer *peer); // FIN
void raw_ssh_reset(struct raw_ssh_peer *peer); // RST

// The client's number of the session channel; 0 before CHANNEL.
uint32_t raw_ssh_channel(const struct raw_ssh_peer *peer);
// What the client asked to run, "" for a shell or when it has not yet asked.
const char *raw_ssh_command(const struct raw_ssh_peer *peer);
// Bytes of channel data that came from the client, and how many messages of that type.
size_t raw_ssh_heard(const struct raw_ssh_peer *peer);
unsigned raw_ssh_count(const struct raw_ssh_peer *peer, int type);

#endif
