// SPDX-License-Identifier: Apache-2.0
//
// session_status_drawn: knows what the line that stands on the screen says, so that it is built again only
// when it would say something else.

#include "views/session/session_status.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_MS = 1000 };

// Spans are shown in whole seconds, rounded up or down.
static bool is_same_span(int64_t one, int64_t other)
{
    return one == other || (one > 0 && other > 0 && one / SHOWN_MS == other / SHOWN_MS &&
                            (one - 1) / SHOWN_MS == (other - 1) / SHOWN_MS);
}

static bool is_same(const struct session_status_facts *one, const struct session_status_facts *other)
{
    return one->mode == other->mode && one->sandbox == other->sandbox &&
           one->credential == other->credential && one->countdown == other->countdown &&
           is_same_span(one->remaining_ms, other->remaining_ms) && one->timeout == other->timeout &&
           is_same_span(one->timeout_ms, other->timeout_ms) && one->timeout_state == other->timeout_state &&
           one->past_end == other->past_end && (one->notice == NULL) == (other->notice == NULL) &&
           one->notice_level == other->notice_level && one->notices_more == other->notices_more &&
           (one->question == NULL) == (other->question == NULL) &&
           one->host_key_changed == other->host_key_changed && one->held == other->held &&
           one->unfocused == other->unfocused && one->deck_above == other->deck_above &&
           one->recorded == other->recorded && one->together == other->together;
}

bool session_status_stands(struct session_status_drawn *drawn, const struct session_status_facts *facts,
                           int y, int x, int columns)
{
    const char *notice = facts->notice != NULL ? facts->notice : "";
    const char *question = facts->question != NULL ? facts->question : "";
    if (drawn->columns == columns && drawn->y == y && drawn->x == x && is_same(&drawn->facts, facts) &&
        strcmp(drawn->title, facts->title) == 0 && strcmp(drawn->notice, notice) == 0 &&
        strcmp(drawn->question, question) == 0)
        return true;
    drawn->facts = *facts;
    drawn->y = y;
    drawn->x = x;
    drawn->columns = columns;
    // What does not fit whole is compared in vain, and drawn.
    (void)snprintf(drawn->title, sizeof drawn->title, "%s", facts->title);
    (void)snprintf(drawn->notice, sizeof drawn->notice, "%s", notice);
    (void)snprintf(drawn->question, sizeof drawn->question, "%s", question);
    return false;
}
