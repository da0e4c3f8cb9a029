// SPDX-License-Identifier: Apache-2.0
//
// sshd: a real OpenSSH server on loopback with accounts that sign in by a password, as a sandbox has one. The
// accounts exist for this server alone: it runs in a mount namespace of its own with account files of its own
// over /etc/passwd and /etc/shadow. That needs root; sshd_missing says when it cannot be had.

#ifndef SBXDECK_TESTS_SUPPORT_SSHD_H
#define SBXDECK_TESTS_SUPPORT_SSHD_H

#include "tests/support/support.h"

#define SSHD_HOST     "127.0.0.1"
#define SSHD_USER     "ssh-0123456789abcdef"
#define SSHD_PASSWORD "only-for-the-tests"

enum { SSHD_ACCOUNTS = 10, SSHD_ACCOUNT_CAP = 32 };

struct sshd {
    pid_t pid; // 0 when it does not run
    int port;
    char folder[SUPPORT_PATH_CAP]; // the homes are in it: home/ of the first account, home-1/ of the next
};

// NULL when sshd_start can work here, else why not, for the message of a test that is left out.
const char *sshd_missing(void);
// Starts it and waits until it listens. options: "Name=value" of sshd_config more, NULL-ended; may be NULL.
// It ends with this process. Zero *sshd before the first start.
bool sshd_start(struct sshd *sshd, const char *const options[]);
// Ends it and all its children and removes its folder. All zero, or stopped already, is fine.
void sshd_stop(struct sshd *sshd);
// The name of an account, 0 to SSHD_ACCOUNTS - 1; the first is SSHD_USER. All begin with SSHD_PASSWORD.
void sshd_account(int account, char name[SSHD_ACCOUNT_CAP]);
// From the next sign-in on the account has that password and no other.
bool sshd_password(const struct sshd *sshd, int account, const char *password);
// Makes it present a new host key from the next connection on. key_type as ssh-keygen's -t.
bool sshd_rekey(struct sshd *sshd, const char *key_type);
// Sends a signal to it and to all its descendants; gives how many there are.
int sshd_signal(const struct sshd *sshd, int number);
// Its log so far (level DEBUG1), of the caller to free.
char *sshd_log(const struct sshd *sshd);

#endif
