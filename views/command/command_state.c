// SPDX-License-Identifier: Apache-2.0
//
// command_state: owns what each command needs, as a table of bits, and the one reason that is told when
// several are missing. A command that isn't in the table always works.

#include "views/command/command_state.h"

enum {
    KEY = 1 << 0,
    SHOWN = 1 << 1,
    ROW = 1 << 2 | KEY,
    HERE = 1 << 3 | ROW,
    STARTABLE = 1 << 4 | HERE,
    RUNS = 1 << 5 | HERE,
    CREDENTIAL = 1 << 6 | ROW,
    PASSWORD = 1 << 7 | CREDENTIAL,
    SEVERAL = 1 << 8 | CREDENTIAL,
    ALERT = 1 << 9,
    SESSION = 1 << 10,
    SESSIONS = 1 << 11 | SESSION,
    MARKS = 1 << 12,
    BULK = 1 << 13,
    SPLIT = 1 << 14,
    CLEARABLE = 1 << 15,
    UNUSABLE = 1 << 16,
    EMPTY = 1 << 17,
    LOADED = 1 << 19,
    UNLOADED = 1 << 20,
    EVENTS = 1 << 21,
    RUNNING = 1 << 22,
    LEFT = 1 << 23,
    FAILED = 1 << 24,
    MARKED_STARTABLE = 1 << 25, // these two are asked of what is marked, and are there where nothing is
    MARKED_CREDENTIAL = 1 << 26,
    MANY = 1 << 18 // done to what is marked; what the selected sandbox lacks doesn't matter then
};

static const unsigned needs[COMMAND_COUNT] = {
    [COMMAND_connect] = HERE,
    [COMMAND_create] = HERE | MANY,
    [COMMAND_validate] = CREDENTIAL | MANY,
    [COMMAND_regenerate] = ROW | MANY,
    [COMMAND_renew] = ROW | MANY,
    [COMMAND_renew_credential] = CREDENTIAL,
    [COMMAND_renew_fleet] = KEY,
    [COMMAND_delete] = CREDENTIAL | MANY,
    [COMMAND_forget] = CREDENTIAL | MANY,
    [COMMAND_import] = ROW,
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
    [COMMAND_sandbox_new] = KEY,
    [COMMAND_sandbox_start] = STARTABLE | MANY,
    [COMMAND_sandbox_stop] = HERE | MANY,
    [COMMAND_sandbox_pause] = RUNS | MANY,
    [COMMAND_sandbox_delete] = HERE | MANY,
    [COMMAND_mark] = ROW,
    [COMMAND_mark_range] = ROW,
    [COMMAND_mark_shown] = SHOWN,
    [COMMAND_mark_expiring] = SHOWN,
    [COMMAND_mark_invert] = SHOWN,
    [COMMAND_mark_none] = MARKS,
    [COMMAND_bulk] = BULK,
    [COMMAND_revoke_all] = KEY,
    [COMMAND_refresh] = KEY,
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
    [COMMAND_filter] = EMPTY,
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

// In the order in which they are told. Each name above is one of these bits, and those that it rests on.
static const struct {
    unsigned bit;
    const char *why;
} reasons[] = {
    {KEY, "no API key"},
    {ROW & ~KEY, "no sandbox is selected"},
    {HERE & ~ROW, "the sandbox is gone"},
    {STARTABLE & ~HERE, "it is running already"},
    {RUNS & ~HERE, "it isn't running"},
    {CREDENTIAL & ~ROW, "no credential"},
    {PASSWORD & ~CREDENTIAL, "its password isn't here"},
    {SEVERAL & ~CREDENTIAL, "it has no other credential"},
    {SHOWN, "no sandbox is shown"},
    {EMPTY, "there is no sandbox"},
    {ALERT, "no alert"},
    {SESSION, "no session is open"},
    {SESSIONS & ~SESSION, "no other session is open"},
    {MARKS, "nothing is marked"},
    {BULK, "no bulk operation yet"},
    {SPLIT, "the screen isn't split"},
    {CLEARABLE, "nothing to clear"},
    {UNUSABLE, "it has a credential"},
    {LOADED, "the sandboxes are not listed yet"},
    {UNLOADED, "the sandboxes are listed"},
    {EVENTS, "no event is shown"},
    {RUNNING, "nothing is under way"},
    {LEFT, "none failed or was cancelled"},
    {FAILED, "none failed"},
};

bool command_can_start(enum sandbox_state state)
{
    return state == SANDBOX_paused || state == SANDBOX_stopped || state == SANDBOX_other;
}

static unsigned had(const struct command_facts *facts)
{
    const struct {
        bool is;
        unsigned bits;
    } all[] = {
        {facts->service, KEY},
        {facts->shown > 0, SHOWN},
        {facts->row, ROW & ~KEY},
        {!facts->gone, HERE & ~ROW},
        {command_can_start(facts->state), STARTABLE & ~HERE},
        {facts->state != SANDBOX_stopped && facts->state != SANDBOX_paused, RUNS & ~HERE},
        {facts->credential, CREDENTIAL & ~ROW},
        {facts->password, PASSWORD & ~CREDENTIAL},
        {facts->credentials > 1, SEVERAL & ~CREDENTIAL},
        {facts->alerts > 0, ALERT},
        {facts->sessions > 0, SESSION},
        {facts->sessions > 1, SESSIONS & ~SESSION},
        {facts->marked > 0, MARKS},
        {facts->bulk, BULK},
        {facts->split, SPLIT},
        {facts->marked > 0 || facts->filter, CLEARABLE},
        {!facts->usable, UNUSABLE},
        {facts->total > 0, EMPTY},
        {facts->loaded, LOADED},
        {!facts->loaded, UNLOADED},
        {facts->events > 0, EVENTS},
        {facts->bulk_running, RUNNING},
        {facts->bulk_left > 0, LEFT},
        {facts->bulk_failed > 0, FAILED},
        {facts->marked == 0 || facts->marked_startable, MARKED_STARTABLE},
        {facts->marked == 0 || facts->marked_credential, MARKED_CREDENTIAL},
    };
    unsigned bits = MANY;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bits |= all[i].is ? all[i].bits : 0U;
    return bits;
}

static unsigned missing(unsigned wanted, const struct command_facts *facts)
{
    if ((wanted & MANY) != 0 && facts->marked > 0)
        wanted = KEY | (wanted & (MARKED_STARTABLE | MARKED_CREDENTIAL));
    return wanted & ~had(facts);
}

const char *command_reason(enum command command, const struct command_facts *facts)
{
    if (command < 0 || command >= COMMAND_COUNT)
        return NULL;
    unsigned lacks = missing(needs[command], facts);
    for (size_t i = 0; lacks != 0 && i < sizeof reasons / sizeof *reasons; i++)
        if ((lacks & reasons[i].bit) != 0)
            return reasons[i].why;
    return NULL;
}

bool command_is_useful(enum command command, const struct command_facts *facts)
{
    return command_reason(command, facts) == NULL && missing(hint_needs[command], facts) == 0;
}
