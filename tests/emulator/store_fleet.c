// SPDX-License-Identifier: Apache-2.0
//
// store_fleet: Make the sandboxes that there are at the start. The first sandbox always runs and is far from
// its time-out; the others of the demo's fleet are in the states that a day brings.

#include "tests/emulator/store_private.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static const struct {
    enum store_state state;
    const char *template_name;
    int vcpu, memory_mib, timeout_s;
    bool auto_pause;
    int64_t age_ms, ran_ms; // since it was made; since it last started
} kinds[] = {
    {STORE_RUNNING, "system/debian:bookworm", 2, 2048, 28800, false, 4 * MINUTE, 4 * MINUTE},
    {STORE_RUNNING, "system/code-interpreter:v0.1.0", 4, 4096, 7200, true, 3 * HOUR, 55 * MINUTE},
    {STORE_PAUSED, "system/desktop:v0.1.0", 4, 8192, 3600, true, 26 * HOUR, 0},
    {STORE_RUNNING, "system/debian:bookworm", 1, 1024, 1800, false, 21 * MINUTE, 21 * MINUTE},
    {STORE_STOPPED, "system/debian:bookworm", 1, 1024, 300, false, 5 * HOUR, 0},
    {STORE_RUNNING, "system/code-interpreter:v0.1.0", 2, 2048, 14400, true, 9 * MINUTE, 9 * MINUTE},
    {STORE_RUNNING, "system/debian:bookworm", 8, 8192, 28800, false, 7 * HOUR, 7 * HOUR},
    {STORE_STOPPED, "system/desktop:v0.1.0", 2, 4096, 3600, false, 50 * HOUR, 0},
    {STORE_PAUSED, "system/debian:bookworm", 1, 512, 900, true, 12 * HOUR, 0},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

// xorshift: the same sandboxes for the same seed, nothing more.
static uint64_t next_random(struct store *store)
{
    uint64_t value = store->random;
    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
    store->random = value;
    return value * 0x2545f4914f6cdd1dULL;
}

void store_random_id(struct store *store, const char *prefix, int digits, char out[STORE_ID_CAP])
{
    static const char hex[] = "0123456789abcdef";
    size_t at = strlen(prefix);
    unsigned char random[STORE_ID_CAP];
    bool seeded = store->random != 0 && strcmp(prefix, "sbx-") == 0;
    (void)snprintf(out, STORE_ID_CAP, "%s", prefix);
    if (!seeded)
        randombytes_buf(random, (size_t)digits);
    for (int i = 0; i < digits; i++)
        out[at++] = hex[seeded ? next_random(store) >> 60 : random[i] & 15u];
    out[at] = '\0';
}

// The next state of one that is changed: no transition, so that the fleet stays in proportion.
static enum store_state churned(enum store_state state)
{
    return state == STORE_RUNNING ? STORE_PAUSED : state == STORE_PAUSED ? STORE_STOPPED : STORE_RUNNING;
}

// Any but the first, which always runs.
void store_churn(struct store *store, int64_t now)
{
    int64_t a_second = (int64_t)store->alive * store->options.churn_percent / 100;
    int64_t count = (now - store->churned_at) * a_second / 1000;
    if (count <= 0)
        return;
    store->churned_at += count * 1000 / a_second;
    for (int64_t i = 0; i < count && i < (int64_t)store->alive; i++) {
        store->churn_random = store->churn_random * 6364136223846793005ULL + 1442695040888963407ULL;
        struct store_entry *entry = store->by_age[(store->churn_random >> 33) % store->alive];
        enum store_state state = entry->sandbox.state;
        if (entry->sandbox.index > 0 &&
            (state == STORE_RUNNING || state == STORE_PAUSED || state == STORE_STOPPED))
            store_enter(store, entry, churned(state), now);
    }
}

void store_fill(struct store *store)
{
    int64_t now = store_now(store);
    for (int i = 0; i < store->options.sandboxes; i++) {
        size_t kind = store->options.demo_fleet ? (size_t)i % KIND_COUNT : 0;
        struct store_sandbox sandbox = {
            .state = kinds[kind].state,
            .vcpu = kinds[kind].vcpu,
            .memory_mib = kinds[kind].memory_mib,
            .disk_mib = 10240,
            .timeout_s = kinds[kind].timeout_s,
            .auto_pause = kinds[kind].auto_pause,
            // Older ones later, so that the first is the newest of the list.
            .created_at = now - kinds[kind].age_ms - (int64_t)(i / KIND_COUNT) * HOUR - i,
        };
        (void)snprintf(sandbox.template_name, sizeof sandbox.template_name, "%s", kinds[kind].template_name);
        sandbox.launched_at = sandbox.state == STORE_RUNNING ? now - kinds[kind].ran_ms : sandbox.created_at;
        sandbox.changed_at = sandbox.state == STORE_RUNNING ? sandbox.launched_at : now - 2 * HOUR;
        if (sandbox.state == STORE_RUNNING)
            sandbox.timeout_at = sandbox.launched_at + (int64_t)sandbox.timeout_s * 1000;
        struct store_entry *entry = store_add(store, &sandbox);
        if (entry != NULL)
            entry->reached = i < STORE_REACHED_AT_START;
    }
}
