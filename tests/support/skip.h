// SPDX-License-Identifier: Apache-2.0
//
// skip: Skip a test where the machine lacks what it needs, and name what is missing: Criterion shows that
// only on request, and run-tests.sh lists at the end what was not tested and why.

#ifndef SBXDECK_TESTS_SUPPORT_SKIP_H
#define SBXDECK_TESTS_SUPPORT_SKIP_H

#include <criterion/criterion.h>
#include <stdio.h>

// printf's arguments: the reason, in one line. Returns from the test (or its init) by cr_skip_test.
#define SKIP_TEST(...)                                                                                       \
    do {                                                                                                     \
        char reason_[512];                                                                                   \
        (void)snprintf(reason_, sizeof reason_, __VA_ARGS__);                                                \
        (void)fprintf(stderr, "skipped: %s::%s: %s\n", criterion_current_test->category,                     \
                      criterion_current_test->name, reason_);                                                \
        cr_skip_test("%s", reason_);                                                                         \
    } while (0)

#endif
