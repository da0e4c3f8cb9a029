// SPDX-License-Identifier: Apache-2.0
//
// What the Makefile does with what is given to it: other flags, and names with blanks. Mostly by what make
// says it would do, since a whole build is minutes.

#include "tests/support/skip.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const ours[] = {"-std=gnu11",   "-Wall",   "-Wextra", "-Wshadow",
                                   "-Wconversion", " -fPIE ", "-I. ",    "-D_GNU_SOURCE"};

static struct support_result make(const char *first, const char *second, const char *third,
                                  const char *fourth)
{
    // Not the flags of a make that runs the tests, nor its folder.
    static const char *const environment[] = {"MAKEFLAGS=", "MAKELEVEL=0", "MFLAGS=", "BUILD=build", NULL};
    const char *const argv[] = {"make", first, second, third, fourth, NULL};
    struct support_result result = {0};
    cr_assert(support_run(argv, environment, NULL, 3 * SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    return result;
}

// The line of a dry run that has the text; the caller's to free.
static char *line_with(const char *out, const char *text)
{
    const char *at = strstr(out, text);
    cr_assert_not_null(at, "no '%s' in %s", text, out);
    while (at > out && at[-1] != '\n')
        at--;
    return strndup(at, strcspn(at, "\n"));
}

Test(makefile, flags_of_whoever_builds_replace_none_of_ours)
{
    static const struct {
        const char *given, *seen, *not_seen;
        bool linking;
    } flags[] = {
        {"CFLAGS=-O0", " -O0 ", "_FORTIFY_SOURCE", false},
        {"CFLAGS=-O3 -march=native", " -O3 -march=native ", NULL, false},
        {"CPPFLAGS=-D_FORTIFY_SOURCE=3", "-D_FORTIFY_SOURCE=3", "-D_FORTIFY_SOURCE=2", false},
        {"LDFLAGS=-s", " -s ", NULL, true},
        {"LDLIBS=-lresolv", " -lresolv ", NULL, true},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct support_result said = make("-nB", "V=1", flags[i].given, "build/leap0-emulator");
        char *compile = line_with(said.out, " -c tests/emulator/main.c ");
        for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++)
            cr_expect_not_null(strstr(compile, ours[k]), "%s: no %s in %s", flags[i].given, ours[k], compile);
        cr_expect_not_null(strstr(said.out, " -pie -Wl,-z,relro,-z,now "), "%s", flags[i].given);
        cr_expect_not_null(strstr(flags[i].linking ? said.out : compile, flags[i].seen), "%s: %s",
                           flags[i].given, compile);
        if (flags[i].not_seen != NULL)
            cr_expect_null(strstr(compile, flags[i].not_seen), "%s: %s", flags[i].given, compile);
        free(compile);
        support_result_free(&said);
    }
}

Test(makefile, names_with_blanks_are_one_name)
{
    char folder[SUPPORT_PATH_CAP], given[SUPPORT_PATH_CAP + 32], object[SUPPORT_PATH_CAP + 64], target[64];
    cr_assert(support_folder_make(folder));
    (void)snprintf(given, sizeof given, "BUILD=%s/it's a build", folder);
    struct support_result said = make("-n", given, "all", NULL);
    char *link = line_with(said.out, "-o .build-");
    const char *name = strstr(link, "-o .build-") + 3;
    (void)snprintf(target, sizeof target, "%.*s/api/base/utf8.o", (int)strcspn(name, "/"), name);
    free(link);
    support_result_free(&said);

    said = make(given, target, NULL, NULL);
    support_result_free(&said);
    (void)snprintf(object, sizeof object, "%s/it's a build/api/base/utf8.o", folder);
    cr_expect_eq(access(object, R_OK), 0, "%s is not there", object);

    said = make(given, "clean", NULL, NULL);
    support_result_free(&said);
    cr_expect_neq(access(object, F_OK), 0);
    *strchr(target, '/') = '\0';
    cr_expect_neq(access(target, F_OK), 0, "the link stays");

    (void)snprintf(given, sizeof given, "DESTDIR=%s/x y", folder);
    said = make("-n", given, "install", NULL);
    (void)snprintf(object, sizeof object, "\"%s/x y/usr/local/bin/sbxdeck\"", folder);
    cr_expect_not_null(strstr(said.out, object), "%s", said.out);
    support_result_free(&said);
    cr_expect(support_folder_remove(folder));
}

Test(makefile, it_builds_on_all_cores_unless_told_otherwise)
{
    struct support_result said = make("-pn", "help", NULL, NULL);
    char *flags = line_with(said.out, "MAKEFLAGS = ");
    cr_expect_not_null(strstr(flags, " -j"), "%s", flags);
    free(flags);
    support_result_free(&said);
    said = make("-pn", "-j3", "help", NULL);
    flags = line_with(said.out, "MAKEFLAGS = ");
    cr_expect_not_null(strstr(flags, " -j3 "), "%s", flags);
    free(flags);
    support_result_free(&said);
}

// A package is made of what is built, with all that a Debian package has; lintian looks at it in `make deb`.
Test(makefile, deb_has_programs_manual_completions_and_what_they_depend_on)
{
    static const char *const files[] = {
        "./usr/bin/sbxdeck\n",
        "./usr/bin/leap0-emulator\n",
        "./usr/share/man/man1/sbxdeck.1.gz\n",
        "./usr/share/man/man1/leap0-emulator.1.gz\n",
        "./usr/share/bash-completion/completions/sbxdeck\n",
        "./usr/share/zsh/vendor-completions/_sbxdeck\n",
        "./usr/share/fish/vendor_completions.d/sbxdeck.fish\n",
        "./usr/share/doc/sbxdeck/copyright\n",
        "./usr/share/doc/sbxdeck/changelog.gz\n",
        "./usr/share/doc/sbxdeck/changelog.Debian.gz\n",
    };
    static const char *const environment[] = {"MAKEFLAGS=",
                                              "MAKELEVEL=0",
                                              "MFLAGS=",
                                              "LINTIAN=none",
                                              "DEB_MAINTAINER=",
                                              "DEBFULLNAME=Packer Person",
                                              "DEBEMAIL=packer@example.org",
                                              NULL};
    const char *set = getenv("BUILD");
    const char *build = set != NULL ? set : "build";
    if (!support_has_program("dpkg-shlibdeps"))
        SKIP_TEST("dpkg-shlibdeps is not installed");
    if (strstr(build, "asan") != NULL)
        SKIP_TEST("its programs are not those that are packed");
    struct support_result result = {0};
    const char *const making[] = {"sh", "tests/setup/deb.sh", build, NULL};
    cr_assert(support_run(making, environment, NULL, 3 * SUPPORT_WAIT_MS, &result));
    cr_assert_eq(result.exit_code, 0, "%s", result.err);
    char package[SUPPORT_PATH_CAP];
    (void)snprintf(package, sizeof package, "%.*s", (int)strcspn(result.out, "\n"), result.out);
    support_result_free(&result);
    const char *const listing[] = {"dpkg-deb", "-c", package, NULL};
    cr_assert(support_run(listing, environment, NULL, SUPPORT_WAIT_MS, &result));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        cr_expect_not_null(strstr(result.out, files[i]), "no %s in %s", files[i], result.out);
    cr_expect_null(strstr(result.out, "LICENSE"), "Debian has it once for all");
    support_result_free(&result);
    const char *const asking[] = {"dpkg-deb", "-f", package, "Depends", "Maintainer", NULL};
    cr_assert(support_run(asking, environment, NULL, SUPPORT_WAIT_MS, &result));
    cr_expect_not_null(strstr(result.out, "libssh-4 (>= "), "%s", result.out);
    cr_expect_not_null(strstr(result.out, "libcurl4 (>= "), "%s", result.out);
    cr_expect_not_null(strstr(result.out, "Packer Person <packer@example.org>"), "%s", result.out);
    support_result_free(&result);
}

// Which the package asks for, and the man page shows.
Test(makefile, the_version_is_that_of_the_changelog)
{
    char program[SUPPORT_PATH_CAP];
    support_program("sbxdeck", program);
    const char *const argv[] = {program, "--version", NULL};
    struct support_result told = {0};
    char *text = support_file_read("CHANGELOG.md", NULL), wanted[64];
    cr_assert_not_null(text);
    char *heading = strstr(text, "\n## ");
    cr_assert_not_null(heading);
    heading += 4;
    size_t number = strspn(heading, "0123456789."), line = strcspn(heading, "\n");
    bool released = memmem(heading, line, "(unreleased)", 12) == NULL;
    (void)snprintf(wanted, sizeof wanted, "sbxdeck %.*s%s\n", (int)number, heading, released ? "" : "~dev");
    cr_assert(support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &told));
    cr_expect_str_eq(told.out, wanted);
    support_result_free(&told);
    free(text);
}
