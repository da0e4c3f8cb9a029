// SPDX-License-Identifier: Apache-2.0
//
// credential: from nothing to a prompt: a new credential made and used by `sbxdeck ssh`, against curl for the
// credential and sshpass with ssh for the rest. And a Tab, against what git's completion asks git for.

#include "tests/bench/bench.h"
#include "tests/support/access_server.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STARTS = 10, TABS = 20, VARIABLES = 32, NAMES = 10000, PATH_ROOM = SUPPORT_PATH_CAP + 64 };

// The fixture's, with one more.
static void with(const struct fixture *fixture, const char *more, const char *out[VARIABLES])
{
    size_t count = 0;
    for (; fixture_environment(fixture)[count] != NULL && count + 2 < VARIABLES; count++)
        out[count] = fixture_environment(fixture)[count];
    out[count] = more;
    out[count + 1] = NULL;
}

static const char *value_of(const struct fixture *fixture, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; fixture_environment(fixture)[i] != NULL; i++)
        if (strncmp(fixture_environment(fixture)[i], name, length) == 0 &&
            fixture_environment(fixture)[i][length] == '=')
            return fixture_environment(fixture)[i] + length + 1;
    bench_die("no %s", name);
}

// To the prompt.
static double start_of(const char *const argv[], const char *const environment[])
{
    double start = bench_now();
    struct terminal *terminal = terminal_start(argv, environment, true);
    double took = terminal_wait(terminal, BENCH_PROMPT) - start;
    terminal_end(terminal);
    return took * 1000;
}

// The vault and the host key are there, a credential isn't.
static double ours_once(struct fixture *fixture)
{
    char program[SUPPORT_PATH_CAP];
    struct support_result result;
    support_program("sbxdeck", program);
    const char *const forget[] = {program, "access", "forget", ACCESS_SERVER_SANDBOX, NULL};
    const char *const argv[] = {program, "ssh", ACCESS_SERVER_SANDBOX, NULL};
    memset(&result, 0, sizeof result);
    (void)support_run(forget, fixture_environment(fixture), NULL, BENCH_WAIT_MS,
                      &result); // the first has none
    support_result_free(&result);
    return start_of(argv, fixture_environment(fixture));
}

// As somebody would write it who has curl, a shell and sshpass.
static void write_script(struct fixture *fixture)
{
    char text[4096];
    const char *command = fixture_ssh_command(fixture);
    (void)snprintf(
        text, sizeof text,
        "unset SSH_ASKPASS SSH_ASKPASS_REQUIRE BENCH_ASKPASS\n"
        "answer=$(curl -s -X POST -H 'authorization: Bearer any-key' %s/v1/sandbox/%s/ssh/access)\n"
        "SSHPASS=${answer#*'\"password\":\"'}\nexport SSHPASS=\"${SSHPASS%%%%'\"'*}\"\n"
        "exec sshpass -e %s\n",
        value_of(fixture, "LEAP0_BASE_URL"), ACCESS_SERVER_SANDBOX,
        strncmp(command, "exec ", 5) == 0 ? command + 5 : command);
    fixture_home_file(fixture, "by-hand", text, strlen(text));
}

void figure_new_credential(const char *name)
{
    struct pairs pairs = {0};
    char script[PATH_ROOM];
    if (!support_has_program("sshpass") || !support_has_program("curl"))
        bench_skip_figure("curl or sshpass is missing");
    struct fixture *fixture = fixture_start(0);
    write_script(fixture);
    (void)snprintf(script, sizeof script, "%s/by-hand", fixture_home(fixture));
    const char *const by_hand[] = {"sh", script, NULL};
    (void)ours_once(fixture);
    (void)start_of(by_hand, fixture_environment(fixture));
    for (int i = 0; i < STARTS * bench_runs(); i++) {
        double ours = ours_once(fixture);
        pairs_add(&pairs, ours, start_of(by_hand, fixture_environment(fixture)));
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}

// --- Tab ----------------------------------------------------------------------------------

static void write_names(struct fixture *fixture)
{
    char path[PATH_ROOM], line[128];
    size_t used = 0, cap = (size_t)NAMES * sizeof line + 4096;
    char *text = malloc(cap);
    if (text == NULL)
        bench_die("no memory");
    (void)snprintf(path, sizeof path, "%s/names", fixture_home(fixture));
    if (mkdir(path, 0700) != 0)
        bench_die("%s cannot be made", path);
    used += (size_t)snprintf(text, cap, "sbxdeck-completion 1 %s\n", value_of(fixture, "LEAP0_BASE_URL"));
    for (int i = 0; i < NAMES; i++)
        used += (size_t)snprintf(text + used, cap - used,
                                 "sbx-%010d\tname-%d\tsystem/debian:bookworm\n\tssh-%d\n", i, i, i);
    fixture_home_file(fixture, "names/completion", text, used);
    free(text);
    (void)snprintf(path, sizeof path, "%s/names/completion", fixture_home(fixture));
    if (chmod(path, 0600) != 0)
        bench_die("%s: no rights", path);
}

static double run_once(const char *const argv[], const char *const environment[], const char *expected)
{
    struct support_result result;
    memset(&result, 0, sizeof result);
    double start = bench_now();
    bool ran = support_run(argv, environment, NULL, BENCH_WAIT_MS, &result);
    double took = bench_now() - start;
    if (!ran || result.exit_code != 0 || strstr(result.out, expected) == NULL)
        bench_die("%s: not what was expected: %.200s", argv[0], result.out != NULL ? result.out : "");
    support_result_free(&result);
    return took * 1000;
}

void figure_tab(const char *name)
{
    struct pairs pairs = {0};
    char state[PATH_ROOM], program[SUPPORT_PATH_CAP];
    const char *environment[VARIABLES];
    if (!support_has_program("git"))
        bench_skip_figure("git is missing");
    struct fixture *fixture = fixture_start_fleet();
    write_names(fixture);
    support_program("sbxdeck", program);
    (void)snprintf(state, sizeof state, "SBXDECK_STATE=%s/names", fixture_home(fixture));
    with(fixture, state, environment);
    const char *const ours[] = {program, "__complete", "ssh", "name-99", NULL};
    const char *const peer[] = {"git", "--list-cmds=list-mainporcelain", NULL};
    for (int i = 0; i < TABS * bench_runs(); i++) {
        double took = run_once(ours, environment, "name-9999");
        pairs_add(&pairs, took, run_once(peer, environment, "commit"));
    }
    bench_report(name, "", &pairs);
    fixture_end(fixture);
}
