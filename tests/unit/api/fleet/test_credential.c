// SPDX-License-Identifier: Apache-2.0
//
// credential: the states that follow from the server's clock, and the instants at which they change.

#include "api/fleet/credential.h"

#include <criterion/criterion.h>
#include <string.h>

#define MINUTE INT64_C(60000)
#define BORN   INT64_C(1775044800000)

// An hour from BORN.
static struct credential an_hour(enum credential_verdict verdict)
{
    return (struct credential){.verdict = verdict,
                               .has_password = true,
                               .created_at = BORN,
                               .updated_at = BORN,
                               .expires_at = BORN + 60 * MINUTE};
}

Test(credential, a_valid_one_lives_through_its_states_in_order)
{
    static const struct {
        int64_t at;
        enum credential_state state;
    } life[] = {
        {0, CREDENTIAL_valid},
        {40 * MINUTE - 1, CREDENTIAL_valid},
        {40 * MINUTE, CREDENTIAL_expiring}, // a third is left
        {54 * MINUTE - 1, CREDENTIAL_expiring},
        {54 * MINUTE, CREDENTIAL_critical}, // a tenth
        {60 * MINUTE - 1, CREDENTIAL_critical},
        {60 * MINUTE, CREDENTIAL_expired},
        {600 * MINUTE, CREDENTIAL_expired},
    };
    const struct credential one = an_hour(VERDICT_VALID);
    for (size_t i = 0; i < sizeof life / sizeof life[0]; i++)
        cr_expect_eq(credential_state(&one, BORN + life[i].at), life[i].state, "at %lld",
                     (long long)life[i].at);
}

// One of the clocks is wrong; the server knows.
Test(credential, one_that_the_server_called_valid_after_its_end_has_not_ended)
{
    struct credential one = an_hour(VERDICT_VALID);
    one.validated_at = BORN + 61 * MINUTE;
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_valid);
    cr_expect(credential_is_past_end(&one, BORN + 61 * MINUTE));
    cr_expect_not(credential_is_past_end(&one, BORN + 59 * MINUTE), "not before it");
    cr_expect_eq(credential_next_change(&one, BORN + 61 * MINUTE), 0, "no timer waits for the past");
    cr_expect(credential_is_usable(&one, BORN + 62 * MINUTE));
    cr_expect_eq(credential_remaining(&one, BORN + 62 * MINUTE), 0);
    one.validated_at = BORN + 59 * MINUTE;
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_expired);
    cr_expect_not(credential_is_past_end(&one, BORN + 61 * MINUTE));
    one.validated_at = BORN + 61 * MINUTE;
    one.verdict = VERDICT_INVALID;
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_expired);
}

Test(credential, no_life_is_born_critical)
{
    struct credential one = an_hour(VERDICT_VALID);
    one.expires_at = BORN + 10 * MINUTE; // two minutes are more than a tenth, and less than a third
    cr_expect_eq(credential_state(&one, BORN + 8 * MINUTE - 1), CREDENTIAL_expiring);
    cr_expect_eq(credential_state(&one, BORN + 8 * MINUTE), CREDENTIAL_critical);
    for (int seconds = 1; seconds <= 6 * 60; seconds++) { // two minutes are a third or more
        one.expires_at = BORN + seconds * 1000;
        int64_t last = BORN + seconds * 1000 - seconds * 1000 / 3;
        cr_expect_eq(credential_state(&one, BORN), CREDENTIAL_valid, "%d s", seconds);
        cr_expect_eq(credential_state(&one, last - 1), CREDENTIAL_valid, "%d s", seconds);
        cr_expect_eq(credential_state(&one, last), CREDENTIAL_critical, "%d s", seconds);
        cr_expect_eq(credential_next_change(&one, BORN), last, "%d s", seconds);
    }
}

Test(credential, the_settings_say_when_it_is_expiring_and_critical)
{
    struct credential one = an_hour(VERDICT_VALID);
    struct life_limit expiring, critical;
    cr_expect(life_limits_are_default());
    cr_assert(life_limit_parse("50%", &expiring) && life_limit_parse("20m", &critical));
    cr_expect(life_limits_use(&expiring, &critical));
    cr_expect_not(life_limits_use(&expiring, &critical));
    cr_expect_not(life_limits_are_default());
    cr_expect_eq(credential_state(&one, BORN + 30 * MINUTE - 1), CREDENTIAL_valid);
    cr_expect_eq(credential_next_change(&one, BORN), BORN + 30 * MINUTE);
    cr_expect_eq(credential_state(&one, BORN + 30 * MINUTE), CREDENTIAL_expiring);
    cr_expect(credential_is_near_end(&one, BORN + 30 * MINUTE));
    cr_expect_eq(credential_next_change(&one, BORN + 30 * MINUTE), BORN + 40 * MINUTE);
    cr_expect_eq(credential_state(&one, BORN + 40 * MINUTE), CREDENTIAL_critical);
    // At most the last third, whatever is set; and what is less than critical leaves no expiring.
    cr_assert(life_limit_parse("1m", &expiring) && life_limit_parse("100%", &critical));
    (void)life_limits_use(&expiring, &critical);
    cr_expect_eq(credential_state(&one, BORN + 40 * MINUTE - 1), CREDENTIAL_valid);
    cr_expect_eq(credential_state(&one, BORN + 40 * MINUTE), CREDENTIAL_critical);
    (void)life_limits_use(&(struct life_limit){.of = 0}, &(struct life_limit){.of = 0});
    cr_expect(life_limits_are_default());
}

Test(credential, a_regenerate_begins_a_new_life)
{
    struct credential one = an_hour(VERDICT_VALID);
    one.updated_at = BORN + 50 * MINUTE;
    one.expires_at = BORN + 110 * MINUTE;
    cr_expect_eq(credential_state(&one, BORN + 55 * MINUTE), CREDENTIAL_valid);
    cr_expect_float_eq(credential_fraction_left(&one, BORN + 80 * MINUTE), 0.5, 1e-9);
}

Test(credential, what_the_server_said_comes_first)
{
    struct credential one = an_hour(VERDICT_REVOKED);
    cr_expect_eq(credential_state(&one, BORN), CREDENTIAL_revoked);
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_revoked);
    one.verdict = VERDICT_UNKNOWN;
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_unknown);
    one.sandbox_gone = true;
    cr_expect_eq(credential_state(&one, BORN), CREDENTIAL_invalid);
    one.verdict = VERDICT_REVOKED;
    cr_expect_eq(credential_state(&one, BORN), CREDENTIAL_revoked);
    one.verdict = VERDICT_VALID;
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_invalid);
    one.validated_at = BORN + 61 * MINUTE; // said before the sandbox went
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_invalid);
    cr_expect_not(credential_is_usable(&one, BORN));
    cr_expect_not(credential_is_near_end(&one, BORN + 59 * MINUTE));
    cr_expect_eq(credential_remaining(&one, BORN), 0);
    cr_expect_eq(credential_next_change(&one, BORN), 0);
    one.sandbox_gone = false;
    one.validated_at = 0;
    one.verdict = VERDICT_INVALID;
    cr_expect_eq(credential_state(&one, BORN), CREDENTIAL_invalid);
    cr_expect_eq(credential_state(&one, BORN + 61 * MINUTE), CREDENTIAL_expired);
    one.verdict = VERDICT_UNVERIFIED;
    cr_expect_eq(credential_state(&one, BORN + 59 * MINUTE), CREDENTIAL_unverified);
    cr_expect_eq(credential_state(&one, BORN + 60 * MINUTE), CREDENTIAL_expired);
    cr_expect_eq(credential_state(NULL, BORN), CREDENTIAL_none);
}

Test(credential, without_an_expiry_it_stays_as_it_is)
{
    struct credential one = an_hour(VERDICT_VALID);
    one.expires_at = 0;
    cr_expect_eq(credential_state(&one, BORN + 1000000 * MINUTE), CREDENTIAL_valid);
    cr_expect_eq(credential_remaining(&one, BORN), 0);
    cr_expect_eq(credential_next_change(&one, BORN), 0);
    cr_expect_float_eq(credential_fraction_left(&one, BORN), 0, 1e-9);
}

Test(credential, what_remains_is_between_nothing_and_all)
{
    struct credential one = an_hour(VERDICT_VALID);
    cr_expect_eq(credential_remaining(&one, BORN + 59 * MINUTE), MINUTE);
    cr_expect_eq(credential_remaining(&one, BORN + 61 * MINUTE), 0);
    cr_expect_float_eq(credential_fraction_left(&one, BORN), 1, 1e-9);
    cr_expect_float_eq(credential_fraction_left(&one, BORN - 30 * MINUTE), 1, 1e-9);
    cr_expect_float_eq(credential_fraction_left(&one, BORN + 61 * MINUTE), 0, 1e-9);
    one.updated_at = one.created_at = one.expires_at + MINUTE; // nonsense: an hour is taken
    cr_expect_float_eq(credential_fraction_left(&one, one.expires_at - 15 * MINUTE), 0.25, 1e-9);
}

Test(credential, usable_is_what_can_be_signed_in_with)
{
    for (int verdict = VERDICT_UNVERIFIED; verdict <= VERDICT_UNKNOWN; verdict++) {
        struct credential one = an_hour((enum credential_verdict)verdict);
        bool hope = verdict == VERDICT_UNVERIFIED || verdict == VERDICT_VALID;
        cr_expect_eq(credential_is_usable(&one, BORN), hope, "verdict %d", verdict);
        cr_expect_eq(credential_is_usable(&one, BORN + 59 * MINUTE), hope, "verdict %d, critical", verdict);
        cr_expect_not(credential_is_usable(&one, BORN + 60 * MINUTE));
        one.sealed_elsewhere = true;
        cr_expect_not(credential_is_usable(&one, BORN));
        one.sealed_elsewhere = false;
        one.has_password = false;
        cr_expect_not(credential_is_usable(&one, BORN));
    }
}

// At each change told, the state differs from the one a millisecond before, and nothing changes in between.
Test(credential, changes_come_when_they_were_told)
{
    static const int64_t lives[] = {30000, MINUTE, 3 * MINUTE, 5 * MINUTE, 60 * MINUTE, 6000 * MINUTE};
    for (size_t l = 0; l < sizeof lives / sizeof lives[0]; l++) {
        for (int verdict = VERDICT_UNVERIFIED; verdict <= VERDICT_UNKNOWN; verdict++) {
            struct credential one = an_hour((enum credential_verdict)verdict);
            one.expires_at = BORN + lives[l];
            int64_t now = BORN;
            int changes = 0;
            for (int64_t next; (next = credential_next_change(&one, now)) != 0; now = next, changes++) {
                cr_assert_gt(next, now);
                cr_assert_lt(changes, 4);
                cr_expect_eq(credential_state(&one, next - 1), credential_state(&one, now));
                cr_expect_neq(credential_state(&one, next), credential_state(&one, now),
                              "life %lld, verdict %d: no change %lld before the end", (long long)lives[l],
                              verdict, (long long)(one.expires_at - next));
            }
            enum credential_state last = credential_state(&one, BORN + lives[l] * 10);
            cr_expect_eq(credential_state(&one, now), last);
        }
    }
}

Test(credential, each_state_has_a_name_of_its_own)
{
    for (int i = 0; i < CREDENTIAL_STATE_COUNT; i++)
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(credential_state_name((enum credential_state)i),
                              credential_state_name((enum credential_state)k));
    cr_expect_str_eq(credential_state_name(CREDENTIAL_expiring), "expiring");
    cr_expect_str_eq(credential_state_name((enum credential_state)99), "unknown");
}
