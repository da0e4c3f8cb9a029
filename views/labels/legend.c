// SPDX-License-Identifier: Apache-2.0
//
// legend: what each state and mark means, in one line each.

#include "views/labels/legend.h"

#include <stdio.h>

static const char *const credential_meanings[CREDENTIAL_STATE_COUNT] = {
    [CREDENTIAL_none] = "No credential is known here; connecting creates one",
    [CREDENTIAL_unverified] = "Kept from an earlier run; not checked with the server yet",
    [CREDENTIAL_valid] =
        "It works; more than a third of its lifetime is left, or the server says so (past end)",
    [CREDENTIAL_expiring] = "It works; a third of its lifetime or less is left",
    [CREDENTIAL_critical] =
        "It works, for the last tenth of its lifetime or two minutes, at most its last third",
    [CREDENTIAL_expired] = "Past its expiry",
    [CREDENTIAL_invalid] = "The server refuses it, or its sandbox is gone",
    [CREDENTIAL_revoked] = "It was deleted or replaced",
    [CREDENTIAL_unknown] = "A response was lost: it may or may not exist",
};

static const char *const sandbox_meanings[SANDBOX_STATE_COUNT] = {
    [SANDBOX_starting] = "It will be running soon",
    [SANDBOX_running] = "It can be connected to",
    [SANDBOX_snapshotting] = "Its memory is being saved",
    [SANDBOX_paused] = "Memory and disk are kept; connecting wakes it",
    [SANDBOX_unpausing] = "It will be running again soon",
    [SANDBOX_stopping] = "Its programs are being stopped",
    [SANDBOX_stopped] = "Its disk is kept; it must be started first",
    [SANDBOX_deleting] = "It will be gone soon",
    [SANDBOX_deleted] = "It is gone; a credential for it is still known here",
    [SANDBOX_other] = "A state unknown to this version, or no list has told it yet",
};

static const struct {
    struct state_label label;
    const char *meaning;
} marks[] = {
    {{GLYPH_CHECK, ROLE_ACCENT, "marked"}, "In the margin: operations on many take the sandbox"},
    {{GLYPH_PIN, ROLE_ACCENT, "pinned"}, "In the margin: the sandbox is kept at the top"},
    {{GLYPH_SESSION, ROLE_ACCENT, "session"}, "Sessions are open in the sandbox"},
    {{GLYPH_FORWARD, ROLE_DIM, "forward"}, "Local ports are forwarded into the sandbox"},
    {{GLYPH_TOOL, ROLE_DIM, "tool"}, "Tools such as ssh, scp or git are connected to the sandbox"},
    {{GLYPH_MOVING, ROLE_ACCENT, "auto-renew"}, "After a state: the credential is auto-renewed"},
    {{GLYPH_BAR_FULL, ROLE_BAR_OK, "bar"}, "Time left of what ends first"},
    {{GLYPH_MARK, ROLE_WARN, "time-out"},
     "Before a countdown: the sandbox times out before the credential expires"},
    {{GLYPH_UNFOLDED, ROLE_TITLE, "group"},
     "Behind its name: how many sandboxes, and the worst state of their credentials"},
    {{GLYPH_SORT_UP, ROLE_HEADER, "sorted"}, "In a header: the rows are sorted by this column"},
};

const char *legend_title(size_t group)
{
    static const char *const titles[] = {"States of a credential", "States of a sandbox", "Marks"};
    return group < sizeof titles / sizeof *titles ? titles[group] : NULL;
}

// Where the settings say when it is expiring and critical.
static const char *by_settings(enum credential_state state)
{
    static char texts[2][128];
    char limit[LIFE_LIMIT_CAP];
    bool critical = state == CREDENTIAL_critical;
    char *text = texts[critical];
    (void)life_limit_format(critical ? life_limit_critical() : life_limit_expiring(), limit);
    (void)snprintf(text, sizeof texts[0], "It works; %s or less of its lifetime is left%s", limit,
                   critical ? ", at most its last third" : "");
    return text;
}

const char *legend_entry(size_t group, size_t index, struct state_label *label)
{
    if (group == 0 && index < CREDENTIAL_STATE_COUNT) {
        *label = state_label_credential((enum credential_state)index);
        bool limited = index == CREDENTIAL_expiring || index == CREDENTIAL_critical;
        return limited && !life_limits_are_default() ? by_settings((enum credential_state)index)
                                                     : credential_meanings[index];
    }
    if (group == 1 && index < SANDBOX_STATE_COUNT) {
        *label = state_label_sandbox((enum sandbox_state)index, NULL);
        return sandbox_meanings[index];
    }
    if (group == 2 && index < sizeof marks / sizeof *marks) {
        *label = marks[index].label;
        return marks[index].meaning;
    }
    return NULL;
}
