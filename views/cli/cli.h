// SPDX-License-Identifier: Apache-2.0
//
// cli: the same verbs without a screen. One table of verbs and one of their options; parsing, --help, the
// README and the man page are made from them.

#ifndef SBXDECK_VIEWS_CLI_H
#define SBXDECK_VIEWS_CLI_H

#include "api/config/config.h"
#include "api/service/credential_service.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_job;

// id, name, arguments, least and most number of them (-1: any), options it takes, help
#define VERB_TABLE(X)                                                                                        \
    X(ls, "ls", "", 0, 0, CLI_JSON | CLI_PASSWORD | CLI_NO_VAULT,                                            \
      "List the sandboxes with the credentials known here")                                                  \
    X(access_ls, "access ls", "SANDBOX", 1, 1, CLI_JSON | CLI_PASSWORD,                                      \
      "List the credentials of a sandbox known here")                                                        \
    X(access_create, "access create", "SANDBOX", 1, 1, CLI_JSON | CLI_PASSWORD | CLI_MEMORY,                 \
      "Make a credential")                                                                                   \
    X(access_validate, "access validate", "SANDBOX", 1, 1, CLI_JSON | CLI_ID | CLI_IN_MEMORY,                \
      "Ask the server whether a credential is valid")                                                        \
    X(access_regen, "access regen", "SANDBOX", 1, 1, CLI_JSON | CLI_ID | CLI_PASSWORD | CLI_MEMORY,          \
      "Replace a credential; the old one stops working")                                                     \
    X(access_delete, "access delete", "SANDBOX", 1, 1, CLI_JSON | CLI_ID, "Delete a credential")             \
    X(access_import, "access import", "[SANDBOX]", 0, 1, CLI_JSON,                                           \
      "Import a credential made elsewhere: the API's response to its create on stdin, or prompts")           \
    X(access_forget, "access forget", "SANDBOX", 1, 1, CLI_JSON | CLI_ID,                                    \
      "Remove a credential from this machine only; the server is not told")                                  \
    X(access_revoke_all, "access revoke-all", "", 0, 0, CLI_JSON | CLI_YES,                                  \
      "Delete every credential made here that may still work; asks first")                                   \
    X(access_needs_renewal, "access needs-renewal", "SANDBOX", 1, 1, CLI_JSON | CLI_ID | CLI_ANSWERS,        \
      "Exit with 0 when a credential has a third of its life or less left or none works, with 1 when it "    \
      "needs no renewal, with more when that could not be found out")                                        \
    X(watch, "watch", "", 0, 0, CLI_JSON | CLI_STAYS,                                                        \
      "Print the current state, then each change and alert as a line, until stopped")                        \
    X(events, "events", "[SANDBOX]", 0, 1, CLI_JSON | CLI_EVENTS | CLI_LOCAL,                                \
      "Print the log of credentials and sessions; reads the vault only")                                     \
    X(vault_rekey, "vault rekey", "", 0, 0, CLI_JSON | CLI_LOCAL,                                            \
      "Seal the vault with LEAP0_API_KEY; the old key is LEAP0_OLD_API_KEY or asked for")                    \
    X(ssh, "ssh", "SANDBOX [COMMAND...]", 1, -1, CLI_ID | CLI_TTY | CLI_IN_MEMORY,                           \
      "Open a shell in a sandbox, or run a command there")                                                   \
    X(sandbox_create, "sandbox create", "", 0, 0, CLI_JSON | CLI_NEW | CLI_LOCAL | CLI_NO_VAULT,             \
      "Create a sandbox; never sent twice, even when the response is lost")                                  \
    X(sandbox_delete, "sandbox delete", "SANDBOX", 1, 1, CLI_JSON | CLI_YES | CLI_NO_VAULT,                  \
      "Delete a sandbox with its disk and its credentials; asks first")                                      \
    X(start, "start", "SANDBOX", 1, 1, CLI_JSON | CLI_NO_VAULT,                                              \
      "Start a stopped sandbox, or wake a paused one")                                                       \
    X(stop, "stop", "SANDBOX", 1, 1, CLI_JSON | CLI_NO_VAULT, "Stop a sandbox; its disk is kept")            \
    X(pause, "pause", "SANDBOX", 1, 1, CLI_JSON | CLI_NO_VAULT,                                              \
      "Pause a sandbox; its memory and disk are kept")                                                       \
    X(play, "play", "FILE", 1, 1, CLI_PLAY, "Play a recorded session (asciicast v2)")                        \
    X(demo, "demo", "", 0, 0, CLI_JSON | CLI_WALL, "Run the console against a local emulator of Leap0")

// Some are no options. CLI_NO_VAULT: it goes on when the vault can't be read, since it needs nothing of it;
// CLI_IN_MEMORY: when there is none and none can be made, keeping what it makes in memory. CLI_LOCAL: the
// verb is started without the fleet. CLI_STAYS: a network or server that is away at the start is waited for.
// CLI_ANSWERS: 0 and 1 are answers, and a failure exits with more.
enum cli_option_bit {
    CLI_JSON = 1,
    CLI_ID = 2,
    CLI_PASSWORD = 4,
    CLI_TTY = 8,
    CLI_PLAY = 16,
    CLI_YES = 32,
    CLI_MEMORY = 64,
    CLI_EVENTS = 4096,
    CLI_LOCAL = 8192,
    CLI_STAYS = 16384,
    CLI_WALL = 32768,
    CLI_NEW = 65536,
    CLI_ANSWERS = 131072,
    CLI_NO_VAULT = 262144,
    CLI_IN_MEMORY = 524288
};

// long name, short letter (0 none), argument's name (NULL none), bit (0: everywhere), help
#define OPTION_TABLE(X)                                                                                      \
    X("json", 0, NULL, CLI_JSON, "Print JSON")                                                               \
    X("id", 'i', "ID", CLI_ID, "The credential to use, where a sandbox has several")                         \
    X("show-password", 0, NULL, CLI_PASSWORD, "Include passwords in the output")                             \
    X("memory-only", 0, NULL, CLI_MEMORY,                                                                    \
      "Continue when the vault can't be written; add --show-password to get the password")                   \
    X("yes", 'y', NULL, CLI_YES, "Don't ask for confirmation")                                               \
    X("tty", 't', NULL, CLI_TTY, "Request a remote terminal, even for a command")                            \
    X("no-tty", 'T', NULL, CLI_TTY, "Don't request a remote terminal")                                       \
    X("no-stdin", 'n', NULL, CLI_TTY, "Read nothing: use /dev/null as stdin")                                \
    X("since", 0, "WHEN", CLI_EVENTS, "How far back: 30m, 2h, 1d, or a date or time (default: 24h)")         \
    X("kind", 0, "KIND", CLI_EVENTS, "Only events of these kinds, separated by commas")                      \
    X("speed", 's', "N", CLI_PLAY, "Play N times as fast: 0.01 to 1000")                                     \
    X("idle-limit", 0, "SECONDS", CLI_PLAY, "Longest pause in seconds; 0 keeps the recorded pauses")         \
    X("wall", 0, NULL, CLI_WALL, "Counts, timeline and alerts for a big screen; read-only")                  \
    X("template", 0, "NAME", CLI_NEW, "Template (default: system/debian:bookworm)")                          \
    X("vcpu", 0, "N", CLI_NEW, "CPUs: 1 to 8 (default: 1)")                                                  \
    X("memory", 0, "MIB", CLI_NEW, "Memory: 512 to 8192 MiB, even (default: 1024)")                          \
    X("timeout", 0, "TIME", CLI_NEW, "Time-out: 1s to 8h, as 90s, 30m or 2h (default: 5m)")                  \
    X("auto-pause", 0, NULL, CLI_NEW, "Pause it at its time-out instead of ending it")                       \
    X("env", 'e', "NAME=VALUE", CLI_NEW,                                                                     \
      "Environment variable; NAME alone copies its local value; can be repeated")                            \
    X("help", 'h', NULL, 0, "Show what this does")

enum { CLI_ENV_MAX = 64 };

struct cli_arguments {
    bool json, show_password, tty, no_tty, no_stdin, yes, memory_only, wall, auto_pause, help;
    double speed;                    // 0: not given
    int64_t idle_limit_ms;           // -1: not given
    const char *id;                  // NULL: not given
    int64_t since_ms;                // server's clock; 0: not given
    unsigned kinds;                  // as of an event_query; 0: not given
    const char *template_name;       // NULL: not given
    int vcpu, memory_mib, timeout_s; // 0: not given
    const char *env[CLI_ENV_MAX];    // NAME=VALUE, or NAME
    int env_count;
    char **values; // what stands after the verb, without options
    int value_count;
};

struct cli_retry;
struct cli_output;
struct cli_verb {
    const char *name;
    const char *arguments;
    int least, most;
    int options;
    const char *help;
    // Starts the work on job->loop; it ends by cli_finish or cli_fail. NULL for verbs that bring their own
    // loop.
    void (*start)(struct cli_job *job);
};
const struct cli_verb *cli_verb_at(size_t index); // NULL beyond the end

// One run of one verb.
struct cli_job {
    const struct cli_verb *verb;
    struct cli_arguments arguments;
    uv_loop_t *loop;
    struct config config;
    struct credential_service *service;
    char sandbox_id[ID_CAP]; // resolved, for verbs with a SANDBOX
    // For a verb that stays: the service's events. NULL: none are wanted, and a broken vault ends the verb.
    void (*changed)(struct cli_job *job);
    void (*trouble)(struct cli_job *job, const struct failure *why);
    void (*ended)(struct cli_job *job);   // closes what the verb has on the loop; before the service goes
    struct cli_retry *again;              // NULL: the server was there
    struct cli_output *output;            // of a verb that stays
    void (*written)(struct cli_job *job); // some of it is; NULL: not asked for
    int exit_code;
    bool finished;
    bool without_vault; // which has been said
};

// Runs what argv says: a verb, --help, --version, or with no argument the console. Output to stdout, errors
// to stderr as `sbxdeck: what: why (what to do)`. Returns the exit code: status.h's table; 2 for a usage
// error.
int cli_run(int argc, char **argv);

void cli_finish(struct cli_job *job, int exit_code);
// From here on Ctrl-C and the like end the verb with 128 + the signal and say what is then known, which is
// copied. What the service has under way comes to its end. In cli_interrupt.c.
void cli_interruptible(struct cli_job *job, const char *known);
// Prints the failure and finishes with its exit code.
void cli_fail(struct cli_job *job, const char *what, const struct failure *why);
// For a verb that stays, when the fleet was asked for the first time: on a failure that may pass by itself
// says so once, asks again after a while and returns true; false for all else, a good answer too.
bool cli_retry_later(struct cli_job *job, const struct failure *why, service_done_cb *ask);
void cli_retry_end(struct cli_job *job); // fine when it never began
// What is wrong with argv, on stderr. Returns the exit code of a usage error.
int cli_usage_error(const char *what, const char *advice, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// A typed word before something that can't be undone: `This <does>. Type <word> to go on: `. True with --yes;
// false: the verb has failed, nothing was done.
bool cli_is_meant(struct cli_job *job, const char *does, const char *word);
// The exit code for a failure of that verb.
int cli_failure_code(const struct cli_verb *verb, enum status status);
// `sbxdeck: what: why (what to do)` on stderr; foreign characters made harmless.
void cli_complain(const char *what, const struct failure *why);

// Printed results. In cli_stdout.c.
void cli_stdout_begin(void);
// `sbxdeck: verb: expires_at not understood: "never"` on stderr, for what an answer had that was not
// understood; nothing where all was.
void cli_tell_odd(const struct cli_job *job, const struct oddities *odd);
// The failure of a printed result: a full disk or closed pipe behind stdout must not pass for success. Says
// so, as cli_output_complain does.
bool cli_output_failed(void);
// Says that standard output could not be written, and why (an errno, 0 not known). When it is EPIPE nothing
// is said, and cli_stdout_end ends the process as SIGPIPE does.
void cli_output_complain(int error);
// A credential of that sandbox was made and is on disk: said when what is printed of it can't be written.
void cli_output_made(const char *sandbox_id);
void cli_stdout_end(void);

// For a verb that stays: lines that are written at once and hold nobody up. The job is finished when they
// can't be written any more, or whoever reads them has gone.
bool cli_lines_begin(struct cli_job *job); // false: no memory
void cli_line(struct cli_job *job, const char *text);
void cli_lines_end(struct cli_job *job);

// The program could not begin, or a question (CLI_ANSWERS) could not be answered.
enum { CLI_EXIT_NO_ANSWER = 9 };

// The sandbox's row in the fleet, NULL when it has gone meanwhile.
const struct fleet_row *cli_row(const struct cli_job *job);
// NOT_FOUND: that sandbox is deleted, while a credential of it is known here.
enum status cli_deleted(const char *sandbox_id, struct failure *why);
// The credential meant by --id, or the only or best one; NOT_FOUND, NO_CREDENTIAL, or BAD_ARGUMENT when
// several could be meant and exact is asked for.
enum status cli_credential(const struct cli_job *job, bool exact, const struct credential **out,
                           struct failure *why);

// A line with a password that was asked for, after a label. What a terminal must not get of it is replaced,
// which is then said on stderr.
void cli_print_password(const struct cli_job *job, const char *label, const char *password);
// Verbs, in cli_access.c, cli_sandbox.c, cli_ls.c, cli_renewal.c, cli_watch.c, cli_ssh.c. Each is called when
// the fleet is there and SANDBOX is resolved.
void cli_ls(struct cli_job *job);
void cli_access_ls(struct cli_job *job);
void cli_access_create(struct cli_job *job);
void cli_access_validate(struct cli_job *job);
void cli_access_revoke_all(struct cli_job *job);
void cli_access_import(struct cli_job *job);
void cli_access_forget(struct cli_job *job);
void cli_vault_rekey(struct cli_job *job);
// Tells what a validate has found, and finishes: a service_credential_cb with the job as its context.
void cli_validated(void *ctx, const struct failure *why, const struct credential *credential);
// Asks on the terminal, not showing what is typed. False: there is none, or nothing was typed. *secret is the
// caller's.
bool cli_ask_secret(const char *question, struct secret **secret);
void cli_access_regen(struct cli_job *job);
void cli_access_delete(struct cli_job *job);
void cli_access_needs_renewal(struct cli_job *job);
void cli_watch(struct cli_job *job);
void cli_ssh(struct cli_job *job);
void cli_events(struct cli_job *job);
void cli_sandbox_create(struct cli_job *job);
void cli_sandbox_delete(struct cli_job *job);
void cli_start(struct cli_job *job);
void cli_stop(struct cli_job *job);
void cli_pause(struct cli_job *job);

// The console on an emulator started for it. In views/demo.c. Returns the exit code.
int demo_run(const struct cli_arguments *arguments);

// A recording in a terminal. In views/play.c. Returns the exit code.
int play_run(const struct cli_arguments *arguments);

// Help, the man page and the README's generated parts, from the tables. In views/docs.c.
void docs_usage(void);
void docs_verb(const struct cli_verb *verb);
void docs_group(const char *group); // the verbs whose first word that is
void docs_man(void);
bool docs_part(const char *name); // "keys", "verbs", "options", "exit-codes"; false: no such part

#endif
