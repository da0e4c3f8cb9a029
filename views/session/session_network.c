// SPDX-License-Identifier: Apache-2.0
//
// session_network: What a change of this machine's network means for open sessions. A connection over an
// address that is gone gets no answers, but the address may come back: so it is reported and probed, not
// closed from here.

#include "api/net/net_watch.h"
#include "views/session/session_private.h"

#include <stdio.h>

static bool local_address(const struct session *session, struct net_address *out)
{
    struct ssh_session_facts facts;
    if (session->ssh == NULL)
        return false;
    ssh_session_facts(session->ssh, &facts);
    return facts.local_address[0] != '\0' && net_address_parse(facts.local_address, out);
}

bool session_network_is_lost(const struct session *session)
{
    struct net_address address;
    const struct net_watch *network = session->app->network;
    return network != NULL && local_address(session, &address) && !net_watch_has(network, &address);
}

size_t session_network_used(const struct app *app, struct net_address *out, size_t cap)
{
    size_t count = 0;
    for (const struct session *session = session_first(app); session != NULL && count < cap;
         session = session->next)
        if (session_is_alive(session) && local_address(session, &out[count]))
            count++;
    return count;
}

size_t session_network_probe(const struct app *app, size_t *lost)
{
    size_t count = 0;
    *lost = 0;
    for (struct session *session = session_first(app); session != NULL; session = session->next) {
        if (session->ended || session->ssh == NULL)
            continue;
        count++;
        ssh_session_probe(session->ssh);
        if (session_network_is_lost(session)) {
            ++*lost;
            session_notice(session, "its network address is gone: checking the connection");
        } else {
            session_notice(session, "checking the connection");
        }
    }
    return count;
}
