// SPDX-License-Identifier: Apache-2.0
//
// What read-only mode sends: only what is known to change nothing.

#include "api/leap0/leap0.h"

#include <criterion/criterion.h>

Test(leap0_read_only, knows_what_changes_nothing_and_refuses_all_else)
{
    static const struct {
        const char *method, *path;
        bool nothing;
    } cases[] = {
        {"GET", "/v1/sandboxes", true},
        {"GET", "/v1/sandboxes?page=1&page-size=100", true},
        {"GET", "/v1/sandboxes?state=running&next=/system/workdir", true},
        {"GET", "/v1/sandbox/sbx-1/", true},
        {"POST", "/v1/sandbox/sbx-1/ssh/validate", true},
        {"POST", "/v1/sandbox/sbx-1/ssh/ssh-1/validate", true},
        {"GET", "/v1/sandbox/sbx-1/system/workdir", false},
        {"GET", "/v1/sandbox/sbx-1/system/workdir?x", false},
        {"GET", "/v1/sandbox/sbx-1/system/user-home-dir", false},
        {"GET", "/v1/snapshots", false},
        {"POST", "/v1/sandbox/", false},
        {"POST", "/v1/sandbox/validate", false},
        {"POST", "/v1/sandbox/validate/ssh/access", false},
        {"POST", "/v1/sandbox/sbx-1/start", false},
        {"POST", "/v1/sandbox/sbx-1/stop", false},
        {"POST", "/v1/sandbox/sbx-1/pause", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/access", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/regen", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/ssh-1/regen", false},
        {"POST", "/v1/sandbox/sbx-1/ssh/access?/ssh/validate", false},
        {"DELETE", "/v1/sandbox/sbx-1/", false},
        {"DELETE", "/v1/sandbox/sbx-1/ssh/access", false},
        {"DELETE", "/v1/sandbox/sbx-1/ssh/validate", false},
        {"PUT", "/v1/sandboxes", false},
        {"get", "/v1/sandboxes", false},
        {"", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(leap0_changes_nothing(cases[i].method, cases[i].path), cases[i].nothing, "%s %s",
                     cases[i].method, cases[i].path);
}
