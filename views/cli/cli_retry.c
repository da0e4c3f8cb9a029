// SPDX-License-Identifier: Apache-2.0
//
// cli_retry: wait for a server that is away when a verb that stays begins: say so once, then ask again at
// growing intervals.

#include "views/cli/cli_retry.h"

#include "views/cli/cli_message.h"

enum { FIRST_MS = 1000, MOST_MS = 30000 };

static void on_again(uv_timer_t *timer)
{
    struct cli_retry *retry = timer->data;
    retry->ask(retry->ctx);
}

// What may be over by itself: nothing that is wrong with the key, the settings or the disk.
static bool may_pass(enum status status)
{
    static const enum status passing[] = {STATUS_NO_NAME,      STATUS_NO_CONNECTION, STATUS_TIMED_OUT,
                                          STATUS_RATE_LIMITED, STATUS_NO_CAPACITY,   STATUS_SERVER_ERROR};
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (passing[i] == status)
            return true;
    return false;
}

bool cli_retry_later(struct cli_retry *retry, const struct failure *why)
{
    if (why->status == STATUS_OK && retry->wait_ms > 0)
        cli_say("%s: the server answers again", retry->verb);
    if (!may_pass(why->status))
        return false;
    if (retry->wait_ms == 0) {
        retry->wait_ms = FIRST_MS;
        (void)uv_timer_init(retry->loop, &retry->timer);
        retry->timer.data = retry;
        cli_complain(retry->verb, why);
        cli_say("%s: retrying until the server answers", retry->verb);
    }
    int told_ms = why->retry_after_s * 1000;
    (void)uv_timer_start(&retry->timer, on_again,
                         (uint64_t)(told_ms > retry->wait_ms ? told_ms : retry->wait_ms), 0);
    retry->wait_ms = 2 * retry->wait_ms < MOST_MS ? 2 * retry->wait_ms : MOST_MS;
    return true;
}

void cli_retry_end(struct cli_retry *retry)
{
    if (retry->wait_ms > 0)
        uv_close((uv_handle_t *)&retry->timer, NULL);
}
