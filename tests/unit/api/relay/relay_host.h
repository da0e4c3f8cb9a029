// SPDX-License-Identifier: Apache-2.0
//
// relay_host: Relays on a loop in a thread of their own: each tool that connects to a port on loopback gets
// one, in front of a connection to the tests' sshd.

#ifndef SBXDECK_TESTS_UNIT_API_RELAY_RELAY_HOST_H
#define SBXDECK_TESTS_UNIT_API_RELAY_RELAY_HOST_H

#include "api/relay/relay.h"
#include "tests/support/sshd.h"
#include "tests/support/support.h"

struct relay_host_options {
    int sshd_port; // 0: the tool is never let in, unless refuse says no
    bool pipes;    // the relay has two pipes instead of the socket
    bool allow_agent, allow_x11;
    bool no_key;        // no key may sign in
    const char *banner; // NULL: none
    const char *refuse; // the text of a refusal; NULL: let in
};

struct relay_host;
struct relay_host *relay_host_start(const struct relay_host_options *options);
// Ends all relays; fails the test when a handle stays on the loop. NULL is fine.
void relay_host_stop(struct relay_host *host);
int relay_host_port(const struct relay_host *host);
const char *relay_host_folder(const struct relay_host *host);
int relay_host_ended(struct relay_host *host);      // relays so far
size_t relay_host_streams(struct relay_host *host); // of all relays at the moment
// How the last one ended, and the version of the last tool.
struct relay_end relay_host_end(struct relay_host *host);
void relay_host_version(struct relay_host *host, char version[RELAY_VERSION_CAP]);
bool relay_host_wait_ended(struct relay_host *host, int count);

enum { RELAY_SSH_ARGS = 48 };
// The command line of OpenSSH's client through the relay: options of its own first, then what is given
// (NULL-ended), which names the host "sandbox".
void relay_ssh_line(struct relay_host *host, const char *program, const char *const arguments[],
                    const char *line[RELAY_SSH_ARGS]);
// Runs it to its end.
void relay_ssh(struct relay_host *host, const char *program, const char *const arguments[], const char *input,
               struct support_result *result);
// Runs a line of bash in the host's folder, where ssh, scp and sftp go through it, and checks its exit code.
void relay_shell(struct relay_host *host, const char *line, int exit_code, struct support_result *result);
// The same, and all that it writes to stdout.
void relay_shell_expect(struct relay_host *host, const char *line, int exit_code, const char *out);

// One that runs beside the test.
struct relay_tool {
    pid_t pid;
    int in, out, err; // -1: closed
    struct support_heard heard, heard_err;
};
void relay_tool_start(struct relay_host *host, struct relay_tool *tool, const char *const arguments[]);
bool relay_tool_expect(struct relay_tool *tool, const char *text);     // on stdout
bool relay_tool_expect_err(struct relay_tool *tool, const char *text); // on stderr
// Closes its input, waits for its end, gives its exit code.
int relay_tool_end(struct relay_tool *tool);

#endif
