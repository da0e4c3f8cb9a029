// SPDX-License-Identifier: Apache-2.0
//
// relay_forward: Have the server listen for the tool (tcpip-forward), and take it back.

#include "api/relay/relay_private.h"

#include <stdlib.h>
#include <string.h>

// --- who listens ---

static struct relay_forward **forward_find(struct relay *relay, const char *address, int port)
{
    struct relay_forward **link = &relay->forwards;
    while (*link != NULL && ((*link)->port != port || strcmp((*link)->address, address) != 0))
        link = &(*link)->next;
    return link;
}

static void forward_remove(struct relay *relay, const char *address, int port)
{
    struct relay_forward **link = forward_find(relay, address, port);
    struct relay_forward *forward = *link;
    if (forward == NULL)
        return;
    *link = forward->next;
    relay->forward_count--;
    free(forward);
}

bool relay_forward_is_ours(const struct relay *relay, int port)
{
    const struct relay_forward *forward = relay->forwards;
    while (forward != NULL && forward->port != port)
        forward = forward->next;
    return forward != NULL;
}

// --- answers, in the order of the requests ---

static void answers_send(struct relay *relay)
{
    while (relay->first_global != NULL && relay->first_global->answered) {
        struct relay_request *request = relay->first_global;
        relay->first_global = request->next;
        relay->globals--;
        if (request->granted)
            (void)ssh_message_global_request_reply_success(request->message, (uint16_t)request->port);
        else
            (void)ssh_message_reply_default(request->message);
        ssh_message_free(request->message);
        free(request->forward);
        free(request);
    }
    relay_pump_flush(relay);
}

static void on_listening(void *ctx, const struct failure *why, int port)
{
    struct relay_request *request = ctx;
    struct relay *relay = request->relay;
    struct relay_forward *forward = request->forward;
    if (relay == NULL) { // freed meanwhile
        free(forward);
        free(request);
        return;
    }
    request->answered = true;
    request->granted = why == NULL;
    if (why == NULL) {
        request->port = forward->port = port;
        forward->next = relay->forwards;
        relay->forwards = forward;
        relay->forward_count++;
        request->forward = NULL;
    }
    answers_send(relay);
}

static void on_cancelled(void *ctx, const struct failure *why, int port)
{
    struct relay_request *request = ctx;
    struct relay *relay = request->relay;
    (void)port;
    if (relay == NULL) {
        free(request->forward);
        free(request);
        return;
    }
    request->answered = true;
    request->granted = why == NULL;
    forward_remove(relay, request->forward->address, request->forward->port);
    answers_send(relay);
}

// --- requests ---

static struct relay_request *request_new(struct relay *relay, ssh_message message, const char *address)
{
    struct relay_request **end = &relay->first_global;
    struct relay_request *request = calloc(1, sizeof *request);
    struct relay_forward *forward = calloc(1, sizeof *forward + strlen(address) + 1);
    if (request == NULL || forward == NULL) {
        free(request);
        free(forward);
        return NULL;
    }
    forward->address = (char *)(forward + 1);
    memcpy(forward->address, address, strlen(address) + 1);
    forward->port = ssh_message_global_request_port(message);
    request->relay = relay;
    request->message = message;
    request->forward = forward;
    while (*end != NULL)
        end = &(*end)->next;
    *end = request;
    relay->globals++;
    return request;
}

static enum status request_pass(struct relay *relay, struct relay_request *request, int type)
{
    struct relay_forward *forward = request->forward;
    if (type == SSH_GLOBAL_REQUEST_TCPIP_FORWARD && relay->forward_count < RELAY_FORWARDS_MAX)
        return ssh_connection_listen(relay->connection, forward->address, forward->port, on_listening,
                                     request, NULL);
    if (type == SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD &&
        *forward_find(relay, forward->address, forward->port) != NULL)
        return ssh_connection_unlisten(relay->connection, forward->address, forward->port, on_cancelled,
                                       request, NULL);
    return STATUS_REJECTED;
}

void relay_forward_request(struct relay *relay, ssh_message message)
{
    const char *address = ssh_message_global_request_address(message);
    bool fits = address != NULL && strlen(address) < RELAY_HOST_CAP && relay->connection != NULL;
    struct relay_request *request = NULL;
    if (relay->globals >= RELAY_GLOBALS_MAX)
        relay_end(relay, STATUS_SSH_FAILED, "too many requests",
                  "the SSH client sent too many requests at once");
    else
        request = request_new(relay, message, fits ? address : "");
    if (request == NULL) {
        ssh_message_free(message);
        return;
    }
    // A refusal has its place among the answers too.
    if (!fits || request_pass(relay, request, ssh_message_subtype(message)) != STATUS_OK) {
        request->answered = true;
        answers_send(relay);
    }
}

void relay_forwards_free(struct relay *relay)
{
    while (relay->first_global != NULL) {
        struct relay_request *request = relay->first_global;
        relay->first_global = request->next;
        ssh_message_free(request->message);
        request->message = NULL;
        request->relay = NULL;
        if (request->answered || relay->connection == NULL) { // else its answer frees it
            free(request->forward);
            free(request);
        }
    }
    while (relay->forwards != NULL) {
        struct relay_forward *forward = relay->forwards;
        relay->forwards = forward->next;
        free(forward);
    }
}
