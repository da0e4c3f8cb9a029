// SPDX-License-Identifier: Apache-2.0
//
// proxy_log: A tool's connection in the event log: when it is let in, when it ends, or why it was refused,
// with the tool's version.

#include "api/base/time_util.h"
#include "views/ssh_proxy/proxy_private.h"

#include <stdio.h>

static struct event event_of(const struct ssh_proxy *proxy, enum event_kind kind, int64_t since)
{
    struct event event = {.kind = kind, .duration_ms = time_monotonic_ms() - since};
    (void)snprintf(event.sandbox_id, sizeof event.sandbox_id, "%s", proxy->sandbox_id);
    (void)snprintf(event.id, sizeof event.id, "%s", proxy->has_used ? proxy->used.id : "");
    return event;
}

void proxy_log_opened(const struct ssh_proxy *proxy, struct event *out)
{
    const struct host_key_report *key = &proxy->new_key;
    *out = event_of(proxy, EVENT_CONNECTED, proxy->begun_at);
    int length = snprintf(out->message, sizeof out->message, "by %s", proxy_words_client(proxy->version));
    if (key->host[0] != '\0' && length > 0 && (size_t)length < sizeof out->message)
        (void)snprintf(
            out->message + length, sizeof out->message - (size_t)length, "; a new host key %s: %s %s",
            key->unkept[0] == '\0' ? "was saved" : "could not be saved", key->seen_type, key->seen);
}

void proxy_log_closed(const struct ssh_proxy *proxy, const struct relay_end *end, struct event *out)
{
    *out = event_of(proxy, EVENT_DISCONNECTED, proxy->opened_at);
    out->outcome = end != NULL && end->status != STATUS_CANCELLED ? end->status : STATUS_OK;
    if (end == NULL)
        (void)snprintf(out->message, sizeof out->message, "%s was ended by a signal",
                       proxy_words_client(proxy->version));
    else
        (void)snprintf(out->message, sizeof out->message, "%s, %u channel%s%s%s",
                       proxy_words_client(proxy->version), end->channels, end->channels == 1 ? "" : "s",
                       out->outcome != STATUS_OK ? ": " : "",
                       out->outcome != STATUS_OK ? failure_text(&end->why) : "");
}

void proxy_log_refused(const struct ssh_proxy *proxy, const struct failure *why, struct event *out)
{
    *out = event_of(proxy, EVENT_CONNECTED, proxy->begun_at);
    out->outcome = why->status;
    (void)snprintf(out->message, sizeof out->message, "by %s: %s", proxy_words_client(proxy->version),
                   failure_text(why));
}
