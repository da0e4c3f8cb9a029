// SPDX-License-Identifier: Apache-2.0
//
// ssh_main: the judge's part with an SSH server that breaks the protocol.

#ifndef SBXDECK_TESTS_JUDGE_SSH_MAIN_H
#define SBXDECK_TESTS_JUDGE_SSH_MAIN_H

// argv: what stands behind the word ssh. 0: nothing is wrong; 1: something is, and was printed; 2: usage.
int judge_ssh(int argc, char **argv);
// The same servers behind the proxy, and what stands between OpenSSH and the proxy there.
int judge_ssh_proxy(int argc, char **argv);
int judge_ssh_exec(int argc, char **argv);    // before `sbxdeck exec`
int judge_ssh_clients(int argc, char **argv); // clients that break the protocol, in front of the proxy
int judge_through(int argc, char **argv);

#endif
