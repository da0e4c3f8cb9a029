// SPDX-License-Identifier: Apache-2.0
//
// access_server: the least of Leap0's API that leads a client to an SSH server of the test's own choice (a
// real OpenSSH sshd): one running sandbox, and one credential whose id and password are an account there.
// HTTP on loopback, in a thread.

#ifndef SBXDECK_TESTS_SUPPORT_ACCESS_SERVER_H
#define SBXDECK_TESTS_SUPPORT_ACCESS_SERVER_H

#include <stdbool.h>

struct access_server;

// host, port, user, password: the SSH server's. NULL when it cannot listen.
struct access_server *access_server_start(const char *host, int port, const char *user, const char *password);
// Another sandbox with a server or an account of its own; before the first call of a client. False: there is
// no room.
bool access_server_add(struct access_server *server, const char *sandbox, const char *host, int port,
                       const char *user, const char *password);
void access_server_stop(struct access_server *server);
// Puts a new password in place for the target'th sandbox's account, in the server's thread. False: it can't.
typedef bool (*access_server_renewer)(void *ctx, int target, const char *password);
// From now on each create and each regenerate gives a new password, after renew has put it in place, and only
// that one is valid. Before the first call of a client.
void access_server_renews(struct access_server *server, access_server_renewer renew, void *ctx);
const char *access_server_url(const struct access_server *server);

// What is said in place of its own: a status (with more header lines, "\r\n" before each, if need be) and a
// body. A NULL status: its own.
struct access_server_reply {
    const char *status, *body;
};
struct access_server_replies {
    struct access_server_reply list, sandbox, create, regenerate, validate, remove;
};
// From the next request on; replies must last. NULL: all its own again.
void access_server_say(struct access_server *server, const struct access_server_replies *replies);

#define ACCESS_SERVER_SANDBOX "sbx-opensshd1"

#endif
