// SPDX-License-Identifier: Apache-2.0
//
// status: The result of anything in api/ that can fail, from one table, and the message that goes with a
// failure.

#ifndef SBXDECK_API_BASE_STATUS_H
#define SBXDECK_API_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

// name, exit code of the command line, what it means, what to do about it.
#define STATUS_TABLE(X)                                                                                      \
    X(OK, 0, "done", "")                                                                                     \
    X(CANCELLED, 1, "cancelled", "")                                                                         \
    X(NO_MEMORY, 1, "out of memory", "close other programs and try again")                                   \
    X(BAD_ARGUMENT, 2, "not a valid value", "see sbxdeck --help")                                            \
    X(TOO_LARGE, 1, "more than is allowed", "")                                                              \
    X(MALFORMED, 1, "the response could not be parsed", "the API may have changed: check for an update")     \
    X(KEY_MISSING, 3, "no API key", "set LEAP0_API_KEY and start again")                                     \
    X(KEY_REFUSED, 3, "the API key was refused",                                                             \
      "check LEAP0_API_KEY, or what api_key_command or api_key_file gives")                                  \
    X(FORBIDDEN, 3, "not allowed for this API key", "use a key that may do this")                            \
    X(NOT_FOUND, 4, "not found", "refresh and check with sbxdeck ls")                                        \
    X(CONFLICT, 5, "conflict with the current state", "refresh and check with sbxdeck ls")                   \
    X(REJECTED, 1, "the server did not accept the request", "")                                              \
    X(RATE_LIMITED, 6, "too many requests", "wait a minute and try again")                                   \
    X(NO_CAPACITY, 1, "no capacity at the moment", "try again later")                                        \
    X(SERVER_ERROR, 1, "the server failed", "try again later")                                               \
    X(NO_NAME, 7, "can't resolve the host name", "check LEAP0_BASE_URL and the network")                     \
    X(NO_CONNECTION, 7, "no connection", "check the network")                                                \
    X(TLS_FAILED, 7, "the TLS connection could not be verified", "check the clock and the CA certificates")  \
    X(TIMED_OUT, 7, "timed out", "check the network and try again")                                          \
    X(OUTCOME_UNKNOWN, 7, "outcome unknown", "validate or regenerate to find out")                           \
    X(READ_ONLY, 10, "not in read-only mode", "start without --read-only, or set read_only = no")            \
    X(STORE_FAILED, 1, "the vault could not be read or written",                                             \
      "check the disk and the folder's permissions")                                                         \
    X(STORE_LOCKED, 1, "the vault is in use", "try again in a moment")                                       \
    X(STORE_UNSAFE, 1, "the vault's folder or file is not private",                                          \
      "make your user its owner, modes 0700 (folder) and 0600 (file)")                                       \
    X(OTHER_KEY, 1, "sealed with another key", "use the API key that made it")                               \
    X(NO_CREDENTIAL, 8, "no credential", "create one: sbxdeck access create")                                \
    X(NOT_VALID, 8, "the credential is not valid", "regenerate it: sbxdeck access regen")                    \
    X(SSH_FAILED, 255, "no SSH connection", "")                                                              \
    X(HOST_KEY_CHANGED, 255, "the host key has changed", "")                                                 \
    X(SIGN_IN_REFUSED, 255, "the sandbox refused the credential", "validate or regenerate it")               \
    X(INTERNAL, 1, "this should not happen", "please report it")

enum status {
#define X(name, code, text, advice) STATUS_##name,
    STATUS_TABLE(X)
#undef X
        STATUS_COUNT
};

// A failure as it is reported: the status, the server's message if there was one (already made safe to
// store, not yet to show: tui/base/text's display() does that), and what follows for trying again.
struct failure {
    enum status status;
    long http_status;  // 0 when no HTTP answer came
    int retry_after_s; // from Retry-After; 0 when there was none
    bool from_api;     // the answer was an error in the API's own form, not some proxy's page
    bool maybe_done;   // the request may have reached the server and taken effect
    char message[512]; // the reason, one line, UTF-8, may be empty; never a secret
    char advice[192];  // the way out where it is another than the table's; empty: the table's
};

// Static text; never NULL, also for a value out of range.
const char *status_name(enum status status);   // "NOT_FOUND"
const char *status_text(enum status status);   // "not found"
const char *status_advice(enum status status); // "refresh and look again: …", may be ""
int status_exit_code(enum status status);

// Fills *why (may be NULL) and returns status, so that a function can end with `return fail(why, …)`.
// Control characters in the result become spaces, bytes that are no UTF-8 question marks; a text too long is
// cut at a character's start.
enum status fail(struct failure *why, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Gives why (may be NULL) a way out of its own, cleaned and cut as fail() does, and returns status:
// `return advise(why, fail(why, …), "sbxdeck access ls %s", id);`. No argument may point into why.
enum status advise(struct failure *why, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The API itself has said that what was asked for is not there: no proxy's page, and no method that it does
// not know.
bool failure_is_absence(const struct failure *why);
// The reason in one line: the message if there is one, else the status's own text. Never NULL.
const char *failure_text(const struct failure *why);
// The way out: its own if there is one, else the table's. Never NULL, may be "".
const char *failure_advice(const struct failure *why);
// Both as one line, "reason (way out)", or the reason alone. Returns out.
enum { FAILURE_LINE_CAP = 768 };
char *failure_line(const struct failure *why, char out[FAILURE_LINE_CAP]);

#endif
