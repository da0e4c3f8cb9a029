// SPDX-License-Identifier: Apache-2.0
//
// proxy_private: What the files of the proxy share. proxy.c begins it; proxy_find.c leads from the name to a
// sandbox that runs, proxy_credential.c to a credential, proxy_connect.c to a connection that the tool is let
// into, and proxy_again.c decides what a failed one leads to. They don't call each other but by struct
// proxy_steps. proxy_end.c ends it, proxy_words.c and proxy_log.c tell of it.

#ifndef SBXDECK_VIEWS_SSH_PROXY_PROXY_PRIVATE_H
#define SBXDECK_VIEWS_SSH_PROXY_PROXY_PRIVATE_H

#include "api/config/api_key.h"
#include "api/fleet/deadline.h"
#include "api/relay/relay.h"
#include "api/service/credential_choice.h"
#include "api/ssh/ssh_connection.h"
#include "api/tools/tool_lock.h"
#include "api/tools/tool_registry.h"
#include "views/ssh_proxy/ssh_proxy.h"

enum {
    PROXY_LIMIT_MS = 90 * 1000, // in all, until the tool is let in
    PROXY_LEAVE_MS = 5 * 1000,  // for a refusal to reach the tool
    PROXY_HANG_UP_MS = 200,     // after SIGHUP, for the tool's own end to come
    PROXY_BOOT_MS = 20 * 1000,  // from when it runs until its sshd must answer
    PROXY_LOOK_MS = 1000,       // between two looks at a sandbox that moves
    PROXY_AGAIN_MS = 500,       // between two tries of an sshd that begins
    PROXY_LOCK_MS = 50,         // between two looks at a lock, and at the vault
    PROXY_UNKNOWN_LOOKS = 200,  // at a credential that another call may still be about
    PROXY_STALE_LOOKS = 20,     // at one whose create began longer than that ago:
    PROXY_STALE_MS = 60 * 1000,
    PROXY_SOON_MS = 5 * 60 * 1000, // what ends within that is told
    PROXY_NEWER_MAX = 8,           // sign-ins with ever newer credentials
    PROXY_MOVES_MAX = 5,
    PROXY_TEXT_CAP = 3072,
};

enum { PROXY_SIGNALS = 2 };
enum proxy_timer { PROXY_TIMER_LIMIT, PROXY_TIMER_AGAIN, PROXY_TIMER_COUNT };

struct ssh_proxy;
struct proxy_steps {
    void (*runs)(struct ssh_proxy *proxy); // a credential is to be chosen
    void (*look)(struct ssh_proxy *proxy); // at the sandbox, once more
    void (*chosen)(struct ssh_proxy *proxy, const struct credential *credential,
                   const struct secret *password);
    void (*failed)(struct ssh_proxy *proxy, const struct ssh_end *end); // the connection, which is freed
};

struct ssh_proxy {
    const struct proxy_steps *steps;
    struct ssh_proxy_options options;
    const struct config *config;
    uv_loop_t loop;
    uv_timer_t timers[PROXY_TIMER_COUNT];
    uv_signal_t signals[PROXY_SIGNALS];
    bool over; // nothing more is begun
    int exit_code;
    const char *doing; // what it waits for, for the limit; static
    int64_t begun_at;  // monotonic ms

    struct relay *relay;
    char version[RELAY_VERSION_CAP]; // the tool's; "" not known yet
    bool refused;
    char refusal[PROXY_TEXT_CAP];
    bool hung_up; // by a signal
    int terminated;

    // The look-up.
    uv_work_t prepare_work;
    struct api_key_request *key_request;
    struct credential_service *service;
    char name[ID_CAP];       // what was asked for
    char sandbox_id[ID_CAP]; // "": not known yet
    bool looked_up;          // the list has come
    int64_t looked_at;       // monotonic ms, when it came last
    bool waits_for_state;
    int moves;
    int64_t moved_at; // monotonic ms, when it was seen to run after it had not; 0: not

    // The credential.
    struct credential_choice choice;
    bool is_making; // a call that must come to its end
    bool had_one;   // one that is replaced then
    bool replaced;
    struct tool_lock *lock;
    uv_work_t lock_work;
    bool lock_is_working, lock_for_unknown;
    struct failure lock_why;
    int unknown_looks;
    struct failure unknown_why;

    // The connection.
    struct ssh_connection *connection;
    struct credential used;
    bool has_used;
    struct secret *password; // of it, until the connection is opened; NULL: none
    bool asked_for_note;     // the list, because a person stopped or paused the sandbox by hand
    int note_looks;
    struct failure failed; // the last one of it; status OK: none
    bool sign_in_refused, validated;
    int newer; // sign-ins again with newer credentials
    bool admitted;
    struct host_key_report new_key; // kept with this connection; host "" none
    int64_t opened_at;              // monotonic ms
    uv_work_t registry_work;
    bool registry_is_working;
    struct tool_entry *entry;
};

// --- proxy_end.c ---

int proxy_exit_refused(void);
void proxy_log(struct ssh_proxy *proxy, const struct event *event);

void proxy_start_timer(struct ssh_proxy *proxy, enum proxy_timer timer, uv_timer_cb cb, int wait_ms);
// Tells the tool why, and ends. words NULL: those of why.
void proxy_refuse(struct ssh_proxy *proxy, const struct failure *why, const char *words);
// Ends what can be ended; the loop runs out then.
void proxy_end(struct ssh_proxy *proxy);
// At the end: what kept the service is over.
void proxy_end_service(struct ssh_proxy *proxy);

// --- proxy_find.c ---

void proxy_find(struct ssh_proxy *proxy); // from the API key on
// Asks the server's list, sees that the sandbox runs, and goes on to a credential.
void proxy_look_up(struct ssh_proxy *proxy);
void proxy_fleet_changed(struct ssh_proxy *proxy);

// --- proxy_credential.c ---

void proxy_choose(struct ssh_proxy *proxy);
void proxy_unlock(struct ssh_proxy *proxy); // on a worker; NULL is fine

// --- proxy_connect.c ---

void proxy_connect(struct ssh_proxy *proxy, const struct credential *credential,
                   const struct secret *password);

// --- proxy_again.c ---

void proxy_try_again(struct ssh_proxy *proxy, const struct ssh_end *end);

// --- proxy_words.c: lines for people, each `sbxdeck: …` and safe to show; no end of line at the last ---

// Why the tool isn't let in, with the way out. Returns out, as the next ones.
char *proxy_words_refused(const char *name, const struct failure *why, char out[PROXY_TEXT_CAP]);
// Why a changed key was refused, with both fingerprints.
char *proxy_words_changed_key(const struct ssh_end *end, const char *known_hosts, char out[PROXY_TEXT_CAP]);
// What ends within PROXY_SOON_MS, and when; "": nothing does. at 0: it does not end, or that is not known.
char *proxy_words_ends(const char *sandbox_id, int64_t credential_at, int64_t sandbox_at, int64_t now_ms,
                       char out[PROXY_TEXT_CAP]);
char *proxy_words_replaced(const char *sandbox_id, char out[PROXY_TEXT_CAP]);
// "OpenSSH_9.2p1 Debian-2", of the version line; "a tool" where it is not known. Foreign text.
const char *proxy_words_client(const char *version);
// The tool shows banners to people, so that nothing is to be said on stderr.
bool proxy_words_are_shown(const char *version);

// --- proxy_log.c ---

void proxy_log_opened(const struct ssh_proxy *proxy, struct event *out);
// end NULL: it was cut off by a signal.
void proxy_log_closed(const struct ssh_proxy *proxy, const struct relay_end *end, struct event *out);
void proxy_log_refused(const struct ssh_proxy *proxy, const struct failure *why, struct event *out);

#endif
