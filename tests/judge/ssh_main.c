// SPDX-License-Identifier: Apache-2.0
//
// ssh_main: Choose which cases with an SSH server are run, and run them.

#include "tests/judge/ssh_main.h"

#include "tests/judge/ssh_bench.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHANCES = 300, QUICK_CHANCES = 60, QUICK_PART = 6, QUICK_PART_PROXY = 30 };

// In the quick judge one of some of those cases of which there are many alike.
static bool is_chosen(const struct choice *choice, const struct ssh_case *what, unsigned part)
{
    bool alike = what->deed == ssh_deed_type_alone || what->deed == ssh_deed_lie ||
                 what->deed == ssh_deed_frame || what->deed == ssh_deed_flood;
    if (choice->only >= 0 || !choice->quick)
        return true;
    return !what->slow && (!alike || what->random % part == 0);
}

// Who is judged with those servers.
static const struct subject {
    const char *name;
    bool (*begin)(struct ssh_bench *bench);
    void (*run)(struct ssh_bench *bench, const struct ssh_case *what, bool verbose, struct outcome *outcome);
    unsigned quick_part; // of cases that are alike
} verb = {"ssh", ssh_bench_begin, ssh_bench_run, QUICK_PART},
  exec = {"ssh-exec", ssh_bench_begin_exec, ssh_bench_run, QUICK_PART_PROXY},
  proxy = {"ssh-proxy", ssh_through_begin, ssh_through_run, QUICK_PART_PROXY};

static int work_with(const struct subject *subject, const struct choice *choice, struct tally *tally)
{
    static struct ssh_bench bench;
    struct outcome outcome;
    struct ssh_case what;
    char name[sizeof what.name + 64];
    size_t number = 0;
    size_t end = ssh_case_fixed_count() + (size_t)choice->chances;
    if (!subject->begin(&bench)) {
        atomic_store(&tally->broken, true);
        ssh_bench_end(&bench);
        return 1;
    }
    tally_at_most(&tally->baseline_kb, bench.baseline_kb);
    while (tally_next(tally, choice, &number) && (choice->only >= 0 || number < end)) {
        ssh_case_at(number, choice->seed, choice->quick, &what);
        if (!is_chosen(choice, &what, subject->quick_part))
            continue;
        subject->run(&bench, &what, choice->only >= 0, &outcome);
        (void)snprintf(name, sizeof name, "%s, %s", raw_ssh_stage_name(what.stage), what.name);
        tally_add(tally, subject->name, choice, number, name, &outcome);
    }
    ssh_bench_end(&bench);
    return 0;
}

static int work(const struct choice *choice, struct tally *tally)
{
    return work_with(&verb, choice, tally);
}

static int work_proxy(const struct choice *choice, struct tally *tally)
{
    return work_with(&proxy, choice, tally);
}

static int work_exec(const struct choice *choice, struct tally *tally)
{
    return work_with(&exec, choice, tally);
}

static int judge_console(const struct choice *choice)
{
    static struct ssh_bench bench;
    struct tally tally = {0};
    bool ok = ssh_console_bench(&bench);
    if (ok)
        ssh_console_judge(&bench, choice, &tally);
    ssh_bench_end(&bench);
    return tally_print(&tally, "ssh --console", choice) && ok ? 0 : 1;
}

int judge_ssh(int argc, char **argv)
{
    struct choice choice;
    if (!choice_read(argc, argv,
                     "judge ssh [--quick] [--chances N] [--only N] [--seed S] [--jobs J] [--console] [-v]",
                     &choice))
        return 2;
    if (choice.chances < 0)
        choice.chances = choice.quick ? QUICK_CHANCES : CHANCES;
    (void)signal(SIGPIPE, SIG_IGN);
    if (choice.console)
        return judge_console(&choice);
    if (choice.only >= 0)
        return tally_judge("ssh", &choice, work);
    // Both at once: each waits most of its time.
    (void)fflush(stdout);
    pid_t console = fork();
    if (console == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        _exit(judge_console(&choice));
    }
    int status = 0;
    bool ok = tally_judge("ssh", &choice, work) == 0;
    ok = console > 0 && waitpid(console, &status, 0) > 0 && status == 0 && ok;
    return ok ? 0 : 1;
}

// With a verb of its own.
static int judge_subject(int argc, char **argv, const char *usage, const char *name,
                         int (*work_of)(const struct choice *choice, struct tally *tally))
{
    struct choice choice;
    if (!choice_read(argc, argv, usage, &choice))
        return 2;
    if (choice.chances < 0)
        choice.chances = choice.quick ? QUICK_CHANCES : CHANCES;
    (void)signal(SIGPIPE, SIG_IGN);
    return tally_judge(name, &choice, work_of);
}

int judge_ssh_proxy(int argc, char **argv)
{
    return judge_subject(argc, argv,
                         "judge ssh-proxy [--quick] [--chances N] [--only N] [--seed S] [--jobs J] [-v]",
                         "ssh-proxy", work_proxy);
}

int judge_ssh_exec(int argc, char **argv)
{
    return judge_subject(argc, argv,
                         "judge ssh-exec [--quick] [--chances N] [--only N] [--seed S] [--jobs J] [-v]",
                         "ssh-exec", work_exec);
}

int judge_ssh_clients(int argc, char **argv)
{
    return judge_subject(argc, argv,
                         "judge ssh-clients [--quick] [--chances N] [--only N] [--seed S] [--jobs J] [-v]",
                         "ssh-clients", ssh_clients_work);
}
