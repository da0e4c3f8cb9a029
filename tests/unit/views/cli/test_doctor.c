// SPDX-License-Identifier: Apache-2.0
//
// doctor: what is judged without a machine: versions of libssh, and how a line's level and text grow.

#include "views/cli/doctor.h"

#include <criterion/criterion.h>
#include <string.h>

Test(doctor, versions_of_libssh_are_judged)
{
    static const struct {
        const char *version;
        int fixed;
    } cases[] = {
        {"0.10.6-0+deb12u3", 1},
        {"0.10.6-0+deb12u4", 1},
        {"0.10.6-0+deb12u10", 1},
        {"0.10.6-0+deb12u2", 0},
        {"0.10.6-0+deb12u1", 0},
        {"0.10.6", 0},
        {"0.11.4", 1},
        {"0.12.0-1", 1},
        {"1:0.12.1-2", 1},
        {"0.11.3", 0},
        {"0.11.3-1ubuntu0.2", -1},
        {"0.10.6-2ubuntu0.3", -1},
        {"0.9.8-0+deb11u1", -1},
        {"", -1},
        {"unknown", -1},
        {"0.10.5-0+deb12u3", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(doctor_libssh_is_fixed(cases[i].version), cases[i].fixed, "%s", cases[i].version);
}

Test(doctor, a_line_is_as_bad_as_the_worst_that_is_said_of_it)
{
    static struct doctor doctor;
    struct doctor_line *line = doctor_add(&doctor, "one");
    doctor_say(line, DOCTOR_WARN, "first");
    doctor_say(line, DOCTOR_OK, "second");
    doctor_advise(line, "do this");
    doctor_advise(line, "and that");
    cr_expect_eq(line->level, DOCTOR_WARN);
    cr_expect_str_eq(line->text, "first; second");
    cr_expect_str_eq(line->advice, "do this");
    for (int i = 0; i < 2 * DOCTOR_LINES; i++)
        doctor_say(doctor_add(&doctor, "more"), DOCTOR_FAIL, "x");
    cr_expect_eq(doctor.count, (size_t)DOCTOR_LINES, "none is written beyond the end");
}
