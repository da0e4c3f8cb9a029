// SPDX-License-Identifier: Apache-2.0
//
// renewal: Keep the state of each lifetime's renewal. One whose outcome is unknown is never repeated: the
// operator decides.

#include "api/expiry/renewal.h"

#include "api/base/time_util.h"
#include "api/fleet/lifetime_map.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum stage { IDLE, UNDER_WAY, NEVER };

struct renewal {
    struct lifetime_map *lives;  // at: not before; tries: failures
    struct renewal_flags *flags; // NULL: not known
    uint64_t seed;
    bool by_default;
    size_t under_way;
    int64_t started_at; // the last
    int64_t next;
};

struct renewal *renewal_new(uint64_t seed, bool by_default)
{
    struct renewal *renewal = calloc(1, sizeof *renewal);
    if (renewal == NULL)
        return NULL;
    renewal->seed = seed;
    renewal->by_default = by_default;
    renewal->lives = lifetime_map_new();
    if (renewal->lives != NULL)
        return renewal;
    renewal_free(renewal);
    return NULL;
}

void renewal_free(struct renewal *renewal)
{
    if (renewal == NULL)
        return;
    if (renewal->lives != NULL)
        lifetime_map_free(renewal->lives);
    renewal_flags_free(renewal->flags);
    free(renewal);
}

void renewal_take_flags(struct renewal *renewal, struct renewal_flags *flags)
{
    renewal_flags_free(renewal->flags);
    renewal->flags = flags;
}

bool renewal_knows_flags(const struct renewal *renewal)
{
    return renewal->flags != NULL;
}

bool renewal_of_fleet(const struct renewal *renewal)
{
    if (renewal->flags == NULL)
        return false;
    enum renewal_fleet fleet = renewal_flags_fleet(renewal->flags);
    return fleet == RENEWAL_FLEET_DEFAULT ? renewal->by_default : fleet == RENEWAL_FLEET_ON;
}

enum renewal_scope renewal_scope_of(const struct renewal *renewal, const char *sandbox_id, const char *id)
{
    if (renewal->flags == NULL)
        return RENEWAL_OFF;
    if (renewal_of_fleet(renewal))
        return RENEWAL_FLEET;
    if (renewal_flags_get(renewal->flags, sandbox_id, ""))
        return RENEWAL_SANDBOX;
    if (id[0] != '\0' && renewal_flags_get(renewal->flags, sandbox_id, id))
        return RENEWAL_CREDENTIAL;
    return RENEWAL_OFF;
}

// --- when ---

// The same for the same life, another for each console.
static uint64_t dice_of(const struct renewal *renewal, const struct credential *credential)
{
    const uint64_t key[] = {renewal->seed, (uint64_t)credential->expires_at};
    uint64_t dice = 0;
    _Static_assert(sizeof key == crypto_shorthash_KEYBYTES && sizeof dice == crypto_shorthash_BYTES, "fits");
    (void)crypto_shorthash((unsigned char *)&dice, (const unsigned char *)credential->id,
                           strlen(credential->id), (const unsigned char *)key);
    return dice;
}

// 0: it is of no life that can be renewed.
static int64_t time_of(const struct renewal *renewal, const struct credential *credential)
{
    int64_t from = credential->updated_at > 0 ? credential->updated_at : credential->created_at;
    int64_t life = credential->expires_at - from;
    if (from <= 0 || life < RENEWAL_LIFE_LEAST_MS)
        return 0;
    return from + life / 3 * 2 + (int64_t)(dice_of(renewal, credential) % (uint64_t)(life / 10));
}

static bool is_wanted(const struct renewal *renewal, const struct fleet_row *row,
                      const struct credential *credential, int64_t now)
{
    return !row->gone && row->busy == NULL && credential->busy == NULL && credential->id[0] != '\0' &&
           credential->verdict == VERDICT_VALID && credential_is_usable(credential, now) &&
           credential->expires_at > now && // else a clock is wrong: no time to replace what works
           renewal_scope_of(renewal, credential->sandbox_id, credential->id) != RENEWAL_OFF;
}

// The instant from which it may go; 0: never.
static int64_t due_at(struct renewal *renewal, const struct credential *credential)
{
    bool made = false;
    int64_t at = time_of(renewal, credential);
    struct life *life = lifetime_map_add(renewal->lives, credential->sandbox_id, credential->id, &made);
    if (life == NULL)
        return 0;
    if (life->expires_at != credential->expires_at && life->stage != UNDER_WAY) {
        life->expires_at = credential->expires_at;
        life->stage = IDLE;
        life->tries = 0;
        life->at = 0;
    }
    if (at == 0 || life->stage != IDLE)
        return 0;
    return at > life->at ? at : life->at;
}

static void take(struct renewal_due *out, const struct credential *credential)
{
    memset(out, 0, sizeof *out);
    memcpy(out->sandbox_id, credential->sandbox_id, sizeof out->sandbox_id);
    memcpy(out->id, credential->id, sizeof out->id);
    out->vault_row = credential->vault_row;
    out->expires_at = credential->expires_at;
}

static bool find_due(struct renewal *renewal, const struct fleet *fleet, int64_t now, struct renewal_due *out)
{
    bool found = false;
    lifetime_map_begin(renewal->lives);
    const struct fleet_row *row = NULL;
    for (size_t from = 0; (row = fleet_with_credentials(fleet, &from)) != NULL;) {
        for (size_t c = 0; c < row->credential_count; c++) {
            const struct credential *one = &row->credentials[c];
            int64_t at = one->expires_at > 0 ? due_at(renewal, one) : 0; // known also while it is not wanted
            if (at == 0 || !is_wanted(renewal, row, one, now))
                continue;
            if (at > now && (renewal->next == 0 || at < renewal->next))
                renewal->next = at;
            if (at > now || (found && one->expires_at >= out->expires_at))
                continue;
            take(out, one);
            found = true;
        }
    }
    lifetime_map_end(renewal->lives, NULL, NULL);
    return found;
}

bool renewal_due(struct renewal *renewal, const struct fleet *fleet, int64_t server_now_ms,
                 struct renewal_due *out)
{
    renewal->next = 0;
    if (!find_due(renewal, fleet, server_now_ms, out) || renewal->under_way >= RENEWALS_AT_ONCE)
        return false;
    int64_t free_at = renewal->started_at + RENEWAL_GAP_MS;
    // A clock that went back must not hold it up.
    if (server_now_ms >= renewal->started_at && server_now_ms < free_at) {
        renewal->next = free_at;
        return false;
    }
    struct life *life = lifetime_map_get(renewal->lives, out->sandbox_id, out->id);
    if (life == NULL)
        return false;
    life->stage = UNDER_WAY;
    renewal->under_way++;
    renewal->started_at = server_now_ms;
    renewal->next = free_at;
    return true;
}

int64_t renewal_next(const struct renewal *renewal)
{
    return renewal->next;
}

static struct life *leave(struct renewal *renewal, const struct renewal_due *due)
{
    struct life *life = lifetime_map_get(renewal->lives, due->sandbox_id, due->id);
    if (renewal->under_way > 0)
        renewal->under_way--;
    return life != NULL && life->expires_at == due->expires_at ? life : NULL;
}

void renewal_put_off(struct renewal *renewal, const struct renewal_due *due, int64_t server_now_ms,
                     int64_t wait_ms)
{
    struct life *life = leave(renewal, due);
    if (life == NULL)
        return;
    life->stage = IDLE;
    life->at = server_now_ms + wait_ms;
}

int64_t renewal_end(struct renewal *renewal, const struct renewal_due *due, enum renewal_outcome outcome,
                    int64_t server_now_ms)
{
    struct life *life = leave(renewal, due);
    if (life == NULL)
        return 0;
    life->stage = outcome == RENEWAL_FAILED ? IDLE : NEVER; // a new life begins anew
    if (outcome != RENEWAL_FAILED)
        return 0;
    int64_t wait = time_backoff(life->tries++, RENEWAL_FAILED_MS, RENEWAL_FAILED_MAX_MS);
    life->at = server_now_ms + wait;
    return life->at < due->expires_at ? wait : 0;
}
