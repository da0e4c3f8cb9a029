// SPDX-License-Identifier: Apache-2.0
//
// phrases: write parts of sentences that several wings show.

#include "views/labels/phrases.h"

#include "api/base/time_util.h"
#include "views/command/commands.h"

#include <stdio.h>
#include <string.h>

enum { SSH_PORT = 22 };

void phrase_move_failure(const struct failure *why, const struct fleet_row *row, struct failure *out)
{
    static const char *const ways[SANDBOX_STATE_COUNT] = {
        [SANDBOX_paused] = "wakes it", [SANDBOX_stopped] = "starts it"};
    *out = *why;
    bool of_state = why->status == STATUS_CONFLICT || why->status == STATUS_NOT_FOUND ||
                    why->status == STATUS_OUTCOME_UNKNOWN;
    if (!of_state)
        return;
    size_t state = row != NULL && !row->gone ? (size_t)row->sandbox.state : (size_t)SANDBOX_deleted;
    if (why->status == STATUS_CONFLICT && state < SANDBOX_STATE_COUNT && ways[state] != NULL)
        (void)advise(out, why->status, "%s %s", command_key(COMMAND_sandbox_start), ways[state]);
    else if (why->status == STATUS_CONFLICT && state == (size_t)SANDBOX_running)
        (void)advise(out, why->status, "nothing is left to do");
    else
        (void)advise(out, why->status, "%s asks again", command_key(COMMAND_refresh));
}

char *phrase_host(const char *base_url, char *out, size_t cap)
{
    const char *scheme = strstr(base_url, "://");
    const char *host = scheme != NULL ? scheme + 3 : base_url;
    (void)snprintf(out, cap, "%.*s", (int)strcspn(host, "/?#"), host);
    return out;
}

char *phrase_ssh_command(const struct ssh_target *target, char *out, size_t cap)
{
    char port[16] = "";
    if (target->port != SSH_PORT)
        (void)snprintf(port, sizeof port, "-p %d ", target->port);
    (void)snprintf(out, cap, "ssh -o StrictHostKeyChecking=accept-new %s%s@%s", port, target->user,
                   target->host); // ssh takes an IPv6 address without brackets only
    return out;
}

char *phrase_end(const struct credential *credential, int64_t now_ms, char out[PHRASE_END_CAP])
{
    char left[16];
    if (credential->expires_at > 0 && credential->expires_at <= now_ms)
        (void)snprintf(out, PHRASE_END_CAP, "past its expiry");
    else if (credential->expires_at > 0)
        (void)snprintf(out, PHRASE_END_CAP, "ends in %s",
                       time_format_span(credential_remaining(credential, now_ms), left));
    else
        (void)snprintf(out, PHRASE_END_CAP, "its expiry is not known");
    return out;
}

char *phrase_sandbox(const struct fleet *fleet, const char *sandbox_id, char out[PHRASE_SANDBOX_CAP])
{
    const struct sandbox_label *label = fleet_label(fleet, sandbox_id);
    if (label != NULL && label->name[0] != '\0')
        (void)snprintf(out, PHRASE_SANDBOX_CAP, "%s (%s)", label->name, sandbox_id);
    else
        (void)snprintf(out, PHRASE_SANDBOX_CAP, "%s", sandbox_id);
    return out;
}

char *phrase_count(size_t count, const char *one, const char *many, char *out, size_t cap)
{
    (void)snprintf(out, cap, "%zu %s", count, count == 1 ? one : many);
    return out;
}
