// SPDX-License-Identifier: Apache-2.0
//
// command_state: look up what each command needs, and say which of it is missing. A command that isn't in the
// table always works.

#include "views/command/command_state.h"

// What a command may need: name, what it rests on, whether it is so, and what is said where it isn't ("" for
// what only hints need). Of several that are missing the first here is said.
#define NEED_TABLE(X)                                                                                        \
    X(CHANGE, 0, !facts->read_only, "read-only")                                                             \
    X(KEY, 0, facts->service, "no API key")                                                                  \
    X(ROW, KEY, facts->row, "no sandbox is selected")                                                        \
    X(HERE, ROW, !facts->gone, "the sandbox is gone")                                                        \
    X(STARTABLE, HERE, command_can_start(facts->state), "it is running already")                             \
    X(RUNS, HERE, facts->state != SANDBOX_stopped && facts->state != SANDBOX_paused, "it isn't running")     \
    X(CREDENTIAL, ROW, facts->credential, "no credential")                                                   \
    X(PASSWORD, CREDENTIAL, facts->password, "its password isn't here")                                      \
    X(SEVERAL, CREDENTIAL, facts->credentials > 1, "it has no other credential")                             \
    X(SHOWN, 0, facts->shown > 0, "no sandbox is shown")                                                     \
    X(ALERT, 0, facts->alerts > 0, "no alert")                                                               \
    X(SESSION, 0, facts->sessions > 0, "no session is open")                                                 \
    X(SESSIONS, SESSION, facts->sessions > 1, "no other session is open")                                    \
    X(FORWARD, 0, facts->forwards > 0, "nothing is forwarded")                                               \
    X(MARKS, 0, facts->marked > 0, "nothing is marked")                                                      \
    X(BULK, 0, facts->bulk, "no bulk operation yet")                                                         \
    X(SPLIT, 0, facts->split, "the screen isn't split")                                                      \
    X(SANDBOXES, 0, facts->total > 0, "")                                                                    \
    X(CLEARABLE, 0, facts->marked > 0 || facts->filter, "")                                                  \
    X(UNUSABLE, 0, !facts->usable, "")                                                                       \
    X(LOADED, 0, facts->loaded, "")                                                                          \
    X(UNLOADED, 0, !facts->loaded, "")                                                                       \
    X(EVENTS, 0, facts->events > 0, "")                                                                      \
    X(RUNNING, 0, facts->bulk_running, "")                                                                   \
    X(LEFT, 0, facts->bulk_left > 0, "")                                                                     \
    X(FAILED, 0, facts->bulk_failed > 0, "")                                                                 \
    /* Asked of what is marked, and there where nothing is. */                                               \
    X(MARKED_STARTABLE, 0, facts->marked == 0 || facts->marked_startable, "")                                \
    X(MARKED_CREDENTIAL, 0, facts->marked == 0 || facts->marked_credential, "")                              \
    /* Done to what is marked: what the selected sandbox lacks doesn't matter then. */                       \
    X(MANY, 0, true, "")

enum {
#define X(name, rests_on, is, why) BIT_##name,
    NEED_TABLE(X)
#undef X
};
enum {
#define X(name, rests_on, is, why) name = 1 << BIT_##name | (rests_on),
    NEED_TABLE(X)
#undef X
};

static const unsigned needs[COMMAND_COUNT] = {
    [COMMAND_connect] = HERE,
    [COMMAND_create] = CHANGE | HERE | MANY,
    [COMMAND_validate] = CREDENTIAL | MANY,
    [COMMAND_regenerate] = CHANGE | ROW | MANY,
    [COMMAND_renew] = CHANGE | ROW | MANY,
    [COMMAND_renew_credential] = CHANGE | CREDENTIAL,
    [COMMAND_renew_fleet] = CHANGE | KEY,
    [COMMAND_delete] = CHANGE | CREDENTIAL | MANY,
    [COMMAND_forget] = CREDENTIAL | MANY,
    [COMMAND_import] = ROW,
    [COMMAND_name] = ROW,
    [COMMAND_note] = ROW,
    [COMMAND_pin] = ROW | MANY,
    [COMMAND_reveal] = PASSWORD,
    [COMMAND_copy_command] = CREDENTIAL | MANY,
    [COMMAND_copy_password] = PASSWORD,
    [COMMAND_alert_next] = ALERT,
    [COMMAND_alert_dismiss] = ALERT,
    [COMMAND_alert_dismiss_all] = ALERT,
    [COMMAND_next_credential] = SEVERAL,
    [COMMAND_previous_credential] = SEVERAL,
    [COMMAND_sessions] = SESSION,
    [COMMAND_session_back] = SESSION,
    [COMMAND_sandbox_new] = CHANGE | KEY,
    [COMMAND_sandbox_start] = CHANGE | STARTABLE | MANY,
    [COMMAND_sandbox_stop] = CHANGE | HERE | MANY,
    [COMMAND_sandbox_pause] = CHANGE | RUNS | MANY,
    [COMMAND_sandbox_delete] = CHANGE | HERE | MANY,
    [COMMAND_forward_new] = HERE,
    [COMMAND_forward_connect] = FORWARD,
    [COMMAND_forward_copy] = FORWARD,
    [COMMAND_forward_stop] = FORWARD,
    [COMMAND_forward_details] = FORWARD,
    [COMMAND_mark] = SHOWN,
    [COMMAND_mark_range] = ROW,
    [COMMAND_mark_shown] = SHOWN,
    [COMMAND_mark_expiring] = SHOWN,
    [COMMAND_mark_invert] = SHOWN,
    [COMMAND_mark_none] = MARKS,
    [COMMAND_exec] = RUNS | MANY,
    [COMMAND_bulk] = BULK,
    [COMMAND_revoke_all] = CHANGE | KEY,
    [COMMAND_refresh] = KEY,
    [COMMAND_session_regenerate] = CHANGE,
    [COMMAND_session_next] = SESSIONS,
    [COMMAND_session_previous] = SESSIONS,
    [COMMAND_session_last] = SESSIONS,
    [COMMAND_session_zoom] = SPLIT,
    [COMMAND_session_other] = SPLIT,
};

// What a command needs besides to be worth a hint.
static const unsigned hint_needs[COMMAND_COUNT] = {
    [COMMAND_create] = UNUSABLE | MANY,
    [COMMAND_regenerate] = CREDENTIAL | MARKED_CREDENTIAL | MANY,
    [COMMAND_sandbox_start] = MARKED_STARTABLE | MANY,
    [COMMAND_validate] = MARKED_CREDENTIAL | MANY,
    [COMMAND_delete] = MARKED_CREDENTIAL | MANY,
    [COMMAND_copy_command] = MARKED_CREDENTIAL | MANY,
    [COMMAND_filter] = SANDBOXES,
    [COMMAND_details] = SHOWN,
    [COMMAND_timeline] = SHOWN,
    [COMMAND_clear] = CLEARABLE,
    [COMMAND_sandbox_new] = LOADED,
    [COMMAND_refresh] = UNLOADED,
    [COMMAND_log_details] = EVENTS,
    [COMMAND_log_export] = EVENTS,
    [COMMAND_bulk_again] = LEFT,
    [COMMAND_bulk_mark] = FAILED,
    [COMMAND_bulk_cancel] = RUNNING,
};

bool command_can_start(enum sandbox_state state)
{
    return state == SANDBOX_paused || state == SANDBOX_stopped || state == SANDBOX_other;
}

static unsigned missing(unsigned wanted, const struct command_facts *facts)
{
    unsigned had = 0;
#define X(name, rests_on, is, why) had |= (is) ? 1U << BIT_##name : 0U;
    NEED_TABLE(X)
#undef X
    if ((wanted & MANY) != 0 && facts->marked > 0)
        wanted = KEY | (wanted & (CHANGE | MARKED_STARTABLE | MARKED_CREDENTIAL));
    return wanted & ~had;
}

const char *command_reason(enum command command, const struct command_facts *facts)
{
    static const char *const reasons[] = {
#define X(name, rests_on, is, why) why,
        NEED_TABLE(X)
#undef X
    };
    if (command < 0 || command >= COMMAND_COUNT)
        return NULL;
    unsigned lacks = missing(needs[command], facts);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if ((lacks & 1U << i) != 0)
            return reasons[i];
    return NULL;
}

bool command_changes(enum command command)
{
    return command >= 0 && command < COMMAND_COUNT && (needs[command] & 1U << BIT_CHANGE) != 0;
}

bool command_is_useful(enum command command, const struct command_facts *facts)
{
    return command_reason(command, facts) == NULL && missing(hint_needs[command], facts) == 0;
}
