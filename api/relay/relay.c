// SPDX-License-Identifier: Apache-2.0
//
// relay: Make a relay, take it through its turns, and take it down.

#include "api/relay/relay_private.h"

#include <stdlib.h>
#include <string.h>

static void tear_down(struct relay *relay)
{
    relay_channels_free(relay);
    relay_forwards_free(relay);
    if (relay->ssh != NULL)
        ssh_stream_set_over(&relay->set, NULL);
    relay_sign_in_free(relay);
    relay_server_free(relay);
    relay_pump_close(relay);
}

// --- turns ---

// Once nothing is left to send: says goodbye, and ends when that is out too and the tool has gone. One that
// is still sending would otherwise find its pipe broken before it reads why.
static void leave(struct relay *relay)
{
    if (relay->stage == RELAY_LEAVING && (relay->out_ended || relay_server_is_flushed(relay))) {
        ssh_stream_set_over(&relay->set, &relay->end.why);
        relay_channels_detach(relay);
        relay_server_ready_to_write(relay);
        relay_server_disconnect(relay);
        relay->stage = RELAY_GONE;
        (void)relay_pump_out(relay);
    }
    if (relay->stage != RELAY_GONE || !relay_pump_is_empty(relay) || relay->reported)
        return;
    if (relay->goodbye != NULL && !relay_pump_is_deserted(relay))
        return;
    relay->reported = true;
    tear_down(relay);
    if (relay->events.ended != NULL && !relay->freed)
        relay->events.ended(relay->ctx, &relay->end);
}

// One round: from the tool, through libssh, to the tool. True: something moved.
static bool round_go(struct relay *relay)
{
    bool did = false;
    if (relay->stage < RELAY_LEAVING) {
        did = relay_pump_in(relay);
        did = relay_server_read(relay) || did;
        if (relay->stage == RELAY_OPEN) {
            relay_channels_turn(relay);
            ssh_stream_set_turn(&relay->set);
        }
    } else if (relay->stage == RELAY_LEAVING) {
        relay_server_flush(relay);
    }
    did = relay_pump_out(relay) || did;
    if (relay->parting && !relay_is_over(relay))
        relay_part_turn(relay);
    // Gone, or done: what it sent before has been read.
    if (relay->out_ended || (relay->in_ended && !did && relay->counter.in_bytes >= relay->passed_in))
        relay_end(relay, STATUS_OK, NULL, "%s", "");
    return did;
}

static void turn(struct relay *relay)
{
    if (relay->depth > 0 || relay->freed || relay->reported) {
        relay->again = true;
        return;
    }
    int64_t start = relay_now_ms();
    bool did = true;
    relay->depth++;
    while (did && !relay->freed && relay->stage != RELAY_GONE && relay_now_ms() - start < RELAY_TURN_MS) {
        relay->again = false;
        did = round_go(relay);
    }
    if (relay_is_over(relay) && !relay->freed)
        leave(relay);
    relay->depth--;
    if (relay->freed) {
        tear_down(relay);
        relay_life_stop(relay);
    } else if (!relay->reported) {
        if (did || relay->again)
            relay_kick(relay);
        relay_pump_watch(relay);
    }
}

// --- for the owner ---

enum status relay_new(uv_loop_t *loop, const struct relay_options *options, const struct relay_events *events,
                      void *ctx, struct relay **out, struct failure *why)
{
    int local = -1;
    struct relay *relay = calloc(1, sizeof *relay);
    if (relay == NULL)
        return fail(why, STATUS_NO_MEMORY, "%s", "");
    relay->loop = loop;
    relay->events = *events;
    relay->ctx = ctx;
    relay->allow_agent = options->allow_agent;
    relay->allow_x11 = options->allow_x11;
    relay->turn = turn;
    relay->in_fd = relay->out_fd = relay->pair = -1;
    relay_life_start(relay);
    enum status status = relay_sign_in_key(relay, options->client_key, why);
    if (status == STATUS_OK)
        status = relay_pump_open(relay, options->in_fd, options->out_fd, &local, why);
    if (local >= 0 && status == STATUS_OK)
        status = relay_server_open(relay, local, options->host_key, why);
    else if (local >= 0)
        relay_pump_drop(local);
    if (status != STATUS_OK) {
        relay_free(relay);
        return status;
    }
    relay_kick(relay);
    *out = relay;
    return STATUS_OK;
}

void relay_free(struct relay *relay)
{
    if (relay == NULL || relay->freed)
        return;
    relay->freed = true;
    if (relay->depth > 0) // the turn takes it down
        return;
    tear_down(relay);
    relay_life_stop(relay);
}

void relay_banner(struct relay *relay, const char *text)
{
    if (relay_is_over(relay))
        return;
    relay_sign_in_banner(relay, text);
    relay_pump_flush(relay);
}

void relay_admit(struct relay *relay, struct ssh_connection *connection)
{
    if (relay_is_over(relay) || relay->connection != NULL || relay->refusing)
        return;
    relay->connection = connection;
    relay_sign_in_answer(relay);
    relay_kick(relay);
}

void relay_refuse(struct relay *relay, const char *text)
{
    if (relay_is_over(relay) || relay->connection != NULL || relay->refusing)
        return;
    relay_sign_in_banner(relay, text);
    relay->refusing = true;
    relay_sign_in_answer(relay);
    relay_kick(relay);
}

void relay_incoming(struct relay *relay, struct ssh_incoming *incoming)
{
    relay_channel_incoming(relay, incoming);
}

void relay_upstream_ended(struct relay *relay, const struct ssh_end *end)
{
    relay_channels_cut(relay);
    relay->connection = NULL;
    if (!relay_is_over(relay) && !relay->parting)
        relay_part_begin(relay, end);
}

size_t relay_streams(const struct relay *relay)
{
    return relay->channels;
}
