// SPDX-License-Identifier: Apache-2.0
//
// requests: Count requests. A ring of seconds holds the last hour; the sums since the start stand beside it.

#include "tests/emulator/requests.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const kinds[] = {"list",  "get",    "new",           "start",   "stop",
                                    "pause", "wake",   "remove",        "create",  "validate",
                                    "regen", "delete", "list_by_state", "refused", "other"};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

struct requests {
    pthread_mutex_t lock;
    int64_t second; // the newest of the ring
    unsigned ring[REQUESTS_SECONDS_MAX][KIND_COUNT];
    unsigned sums[KIND_COUNT];
};

static int64_t now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

struct requests *requests_new(void)
{
    struct requests *requests = calloc(1, sizeof *requests);
    if (requests == NULL)
        return NULL;
    (void)pthread_mutex_init(&requests->lock, NULL);
    requests->second = now_s();
    return requests;
}

void requests_free(struct requests *requests)
{
    if (requests == NULL)
        return;
    (void)pthread_mutex_destroy(&requests->lock);
    free(requests);
}

// With the lock held: empties the seconds since the last one that was counted in.
static void turn(struct requests *requests)
{
    int64_t now = now_s();
    if (now - requests->second >= REQUESTS_SECONDS_MAX)
        memset(requests->ring, 0, sizeof requests->ring);
    else
        for (int64_t at = requests->second + 1; at <= now; at++)
            memset(requests->ring[at % REQUESTS_SECONDS_MAX], 0, sizeof requests->ring[0]);
    requests->second = now;
}

void requests_count(struct requests *requests, const char *kind)
{
    size_t which = 0;
    while (which < KIND_COUNT - 1 && strcmp(kinds[which], kind) != 0)
        which++;
    (void)pthread_mutex_lock(&requests->lock);
    turn(requests);
    requests->ring[requests->second % REQUESTS_SECONDS_MAX][which]++;
    requests->sums[which]++;
    (void)pthread_mutex_unlock(&requests->lock);
}

cJSON *requests_json(struct requests *requests, int seconds)
{
    unsigned counts[KIND_COUNT] = {0}, total = 0;
    (void)pthread_mutex_lock(&requests->lock);
    turn(requests);
    if (seconds == 0)
        memcpy(counts, requests->sums, sizeof counts);
    for (int i = 0; i < seconds && i < REQUESTS_SECONDS_MAX && i <= requests->second; i++)
        for (size_t kind = 0; kind < KIND_COUNT; kind++)
            counts[kind] += requests->ring[(requests->second - i) % REQUESTS_SECONDS_MAX][kind];
    (void)pthread_mutex_unlock(&requests->lock);
    cJSON *tree = cJSON_CreateObject();
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        (void)cJSON_AddNumberToObject(tree, kinds[kind], counts[kind]);
        total += counts[kind];
    }
    (void)cJSON_AddNumberToObject(tree, "total", total);
    return tree;
}
