// SPDX-License-Identifier: Apache-2.0
//
// sandbox_forward: A forward that signs in by itself: it takes the credential of its sandbox as `sbxdeck ssh`
// does, and comes back with the renewed one when it is cut. When the sandbox rests, or its credential was
// revoked, it waits until a person has changed that. Its ports are in the event log.

#ifndef SBXDECK_API_FORWARD_SANDBOX_FORWARD_H
#define SBXDECK_API_FORWARD_SANDBOX_FORWARD_H

#include "api/forward/forward.h"
#include "api/service/credential_service.h"

struct sandbox_forward;

// Each but changed may be NULL. It may be freed from inside changed only.
struct sandbox_forward_events {
    void (*changed)(void *ctx); // the state is another one: see sandbox_forward_facts
    void (*new_key)(void *ctx, const struct host_key_report *report);
    void (*refused)(void *ctx, const struct forward_port *port, const struct failure *why); // see forward.h
    void (*full)(void *ctx);
    void (*doing)(void *ctx, const char *what); // "waking it", "making a credential"; static
    void (*made)(void *ctx, const struct credential *credential);
};

struct sandbox_forward_options {
    struct credential_service *service;
    const struct config *config;
    const char *sandbox_id;    // in the fleet; copied
    const char *credential_id; // of the only one that counts; NULL or "": the best; copied
    bool may_wake;             // at the first time it wakes a paused sandbox
    // The service is the forward's alone: after the first time it acts for a tool (service_act_for_tools).
    bool alone;
};

// *events stays the caller's. *out is ended by sandbox_forward_free.
enum status sandbox_forward_new(uv_loop_t *loop, const struct sandbox_forward_options *options,
                                const struct sandbox_forward_events *events, void *ctx,
                                struct sandbox_forward **out, struct failure *why);
// The same as forward_free. What was asked of the service comes to its end.
void sandbox_forward_free(struct sandbox_forward *forward);

// As forward_listen and forward_unlisten. In the log from sandbox_forward_begin on.
enum status sandbox_forward_listen(struct sandbox_forward *forward, const struct forward_spec *spec,
                                   struct forward_port **out, struct failure *why);
void sandbox_forward_unlisten(struct sandbox_forward *forward, struct forward_port *port);

void sandbox_forward_begin(struct sandbox_forward *forward);
// The fleet has changed: what it waited for may be there, or what it uses be gone.
void sandbox_forward_fleet_changed(struct sandbox_forward *forward);
// As forward_again: the network is another one, or a person asks for it, who may have a credential made.
void sandbox_forward_again(struct sandbox_forward *forward, bool by_person);

struct sandbox_forward_facts {
    struct forward_facts link;
    char sandbox_id[ID_CAP];
    char credential_id[ID_CAP]; // that it is or was signed in with; "" none yet
    bool expired;               // that one has
    bool gone;                  // WAITING: the sandbox is deleted, so that it never connects again
};
void sandbox_forward_facts(const struct sandbox_forward *forward, struct sandbox_forward_facts *out);
struct forward_port *sandbox_forward_port_first(const struct sandbox_forward *forward); // see forward.h

#endif
