// SPDX-License-Identifier: Apache-2.0
//
// relay_life: Start and stop the relay's turns and timers, and settle how it ends.

#include "api/relay/relay_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t relay_now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

bool relay_is_over(const struct relay *relay)
{
    return relay->stage >= RELAY_LEAVING;
}

static void on_kick(uv_timer_t *timer)
{
    struct relay *relay = timer->data;
    relay->turn(relay);
}

void relay_kick(struct relay *relay)
{
    relay->again = true;
    if (relay->depth == 0 && !relay->freed && uv_is_active((uv_handle_t *)&relay->kick) == 0)
        (void)uv_timer_start(&relay->kick, on_kick, 0, 0);
}

// --- the connection has ended; what came of it goes out first ---

static bool part_has_lost(const struct relay *relay)
{
    const struct relay_channel *channel = relay->first;
    while (channel != NULL && !channel->lost)
        channel = channel->next;
    return channel != NULL;
}

static size_t part_queued(const struct relay *relay)
{
    size_t queued = 0;
    for (const struct relay_channel *channel = relay->first; channel != NULL; channel = channel->next)
        queued += channel->tool != NULL ? ssh_stream_queued(channel->tool) : 0;
    return queued;
}

// One whose server has closed in order is done when the tool has closed too.
static bool part_waits(const struct relay *relay)
{
    const struct relay_channel *channel = relay->first;
    while (channel != NULL &&
           (channel->tool == NULL || (channel->lost && ssh_stream_queued(channel->tool) == 0)))
        channel = channel->next;
    return channel != NULL;
}

static void part(struct relay *relay)
{
    relay_end(relay, relay->end.why.status, failure_text(&relay->end.why), "%s",
              failure_text(&relay->end.why));
}

// Whoever does not take what he is sent is left.
static void on_deadline(uv_timer_t *timer)
{
    struct relay *relay = timer->data;
    size_t left = part_queued(relay);
    if (relay->parting && !relay_is_over(relay) && left < relay->parting_left) { // it takes it, slowly
        relay->parting_left = left;
        relay_deadline(relay, RELAY_GOODBYE_MS);
        return;
    }
    if (relay->parting && !relay_is_over(relay))
        part(relay);
    else
        relay->out_ended = true;
    relay->turn(relay);
}

void relay_deadline(struct relay *relay, int timeout_ms)
{
    (void)uv_timer_start(&relay->deadline, on_deadline, (uint64_t)timeout_ms, 0);
}

void relay_part_begin(struct relay *relay, const struct ssh_end *end)
{
    // First goes out what came before: a server may close right behind its program's end.
    relay->parting = true;
    (void)fail(&relay->end.why, end->status == STATUS_OK ? STATUS_SSH_FAILED : end->status, "%s",
               failure_text(&end->why));
    relay->in_order = relay->channels > 0 && !part_has_lost(relay);
    relay->parting_left = part_queued(relay);
    relay_deadline(relay, RELAY_GOODBYE_MS);
    relay_kick(relay);
}

// A tool whose programs have all come to their end leaves by itself, and would take our word for a failure.
void relay_part_turn(struct relay *relay)
{
    if (part_waits(relay))
        return;
    if (!relay->in_order)
        part(relay);
    else if (!relay->lingers)
        relay_deadline(relay, RELAY_LINGER_MS);
    relay->lingers = true;
}

void relay_end(struct relay *relay, enum status status, const char *goodbye, const char *format, ...)
{
    va_list list;
    char text[sizeof relay->end.why.message];
    if (relay_is_over(relay))
        return;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    relay->stage = RELAY_LEAVING;
    relay->end.status = status;
    relay->end.why.status = status;
    // One that can't be told is not told.
    if (goodbye != NULL)
        relay->goodbye = strdup(goodbye);
    if (status != STATUS_OK)
        (void)fail(&relay->end.why, status, "%s", text);
    relay_deadline(relay, RELAY_GOODBYE_MS);
    relay_kick(relay);
}

// --- handles ---

void relay_life_start(struct relay *relay)
{
    uv_timer_t *timers[] = {&relay->kick, &relay->deadline};
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        (void)uv_timer_init(relay->loop, timers[i]);
        timers[i]->data = relay;
        relay->handles_open++;
    }
}

static void handle_closed(uv_handle_t *handle)
{
    struct relay *relay = handle->data;
    if (--relay->handles_open > 0)
        return;
    free(relay->goodbye);
    free(relay->banner);
    free(relay->copy);
    free(relay);
}

void relay_life_stop(struct relay *relay)
{
    uv_close((uv_handle_t *)&relay->kick, handle_closed);
    uv_close((uv_handle_t *)&relay->deadline, handle_closed);
}
