// SPDX-License-Identifier: Apache-2.0
//
// service_clock: Asks for more answers when the first ones and our own clock say different times: one of the
// two is wrong, and a run that asks once must not show by a wrong clock what has ended. Where both say the
// same, nothing is asked.

#include "api/service/credential_service_private.h"

#include <stdlib.h>

enum { CLOCK_ASKS_MAX = 4 }; // one wrong answer, and three that agree

struct doubt {
    struct credential_service *service;
    void (*sure)(struct credential_service *service);
    int asks;
};

static void ask(struct doubt *doubt);

static void on_answer(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct doubt *doubt = ctx;
    (void)page; // its Date is what it was asked for
    if (why->status == STATUS_CANCELLED || doubt->service->closing)
        free(doubt);
    else
        ask(doubt);
}

static void ask(struct doubt *doubt)
{
    static const struct leap0_query least = {.page = 1, .page_size = 1};
    struct credential_service *service = doubt->service;
    if (server_clock_is_in_doubt(leap0_clock(service->client)) && doubt->asks++ < CLOCK_ASKS_MAX &&
        leap0_sandboxes(service->client, &least, on_answer, doubt) != NULL)
        return;
    void (*sure)(struct credential_service *) = doubt->sure;
    free(doubt);
    sure(service);
}

void service_check_clock(struct credential_service *service, void (*sure)(struct credential_service *service))
{
    struct doubt *doubt = calloc(1, sizeof *doubt);
    if (doubt == NULL)
        abort();
    doubt->service = service;
    doubt->sure = sure;
    ask(doubt);
}
