// SPDX-License-Identifier: Apache-2.0
//
// tty_guard: install the handlers that restore the terminal. They use only what was prepared for them: two
// buffers of text, so that one is whole at any moment, and the terminal's modes, which don't change while
// the guard is on.

#include "tui/term/tty_guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024 };

static struct tty_guard guard;
static char texts[2][TTY_GUARD_TEXT_MAX];
static volatile sig_atomic_t which_text;
static volatile sig_atomic_t armed;

void tty_guard_restore(void)
{
    if (!armed)
        return;
    armed = 0;
    int kept = errno;
    const char *text = texts[which_text];
    if (guard.put != NULL && text[0] != '\0')
        guard.put(text, strlen(text));
    (void)tcsetattr(guard.fd, TCSANOW, &guard.before);
    errno = kept;
}

// --- the ends -----------------------------------------------------------------------------

// A fault is of the thread that made it.
static bool is_fault(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
           number == SIGTRAP || number == SIGABRT || number == SIGSYS;
}

static void on_end(int number)
{
    // On another thread the main one would go on to write to the terminal after this.
    if (!is_fault(number) && gettid() != getpid()) {
        (void)tgkill(getpid(), getpid(), number);
        return;
    }
    tty_guard_restore();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

// What ends a process by default, and is not asked for by name: PIPE and XFSZ are ignored in all our
// programs.
static bool ends_us(int number)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN,  SIGTTOU, SIGCONT,
                                 SIGCHLD, SIGURG,  SIGPIPE, SIGWINCH, SIGXFSZ};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (number == others[i])
            return false;
    return true;
}

static bool is_free(int number)
{
    struct sigaction present;
    return sigaction(number, NULL, &present) == 0 && (present.sa_flags & SA_SIGINFO) == 0 &&
           present.sa_handler == SIG_DFL;
}

// On a stack of its own: an overflow of ours is one of the ways to get there.
static void catch_ends(void)
{
    static char stack[STACK_BYTES];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, present;
    if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE) != 0)
        (void)sigaltstack(&alternate, NULL);
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction action = {.sa_handler = on_end, .sa_flags = SA_NODEFER | SA_ONSTACK};
        if (!ends_us(number) || !is_free(number))
            continue;
        (void)sigfillset(&action.sa_mask); // one end at a time
        (void)sigdelset(&action.sa_mask, number);
        (void)sigaction(number, &action, NULL);
    }
}

// --- stop and go on -----------------------------------------------------------------------

// Stopped by SIGSTOP, the shell has taken the terminal for itself meanwhile: what is typed next must not be
// shown.
static void on_continue(int number)
{
    int kept = errno;
    (void)number;
    if (armed && tcgetpgrp(guard.fd) == getpgrp())
        (void)tcsetattr(guard.fd, TCSANOW, &guard.raw);
    errno = kept;
}

static void on_stop(int number)
{
    int kept = errno;
    struct sigaction mine, usual = {.sa_handler = SIG_DFL};
    sigset_t this_one, before;
    if (armed)
        (void)tcsetattr(guard.fd, TCSANOW, &guard.before);
    (void)sigaction(number, &usual, &mine);
    (void)sigemptyset(&this_one);
    (void)sigaddset(&this_one, number);
    (void)raise(number);
    (void)pthread_sigmask(SIG_UNBLOCK, &this_one, &before); // stops here
    (void)sigaction(number, &mine, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    on_continue(SIGCONT);
    errno = kept;
}

static void catch_stops(void)
{
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    struct sigaction go_on = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
    (void)sigemptyset(&stop.sa_mask);
    (void)sigemptyset(&go_on.sa_mask);
    if (is_free(SIGTSTP))
        (void)sigaction(SIGTSTP, &stop, NULL);
    if (is_free(SIGCONT))
        (void)sigaction(SIGCONT, &go_on, NULL);
}

// ------------------------------------------------------------------------------------------

void tty_guard_begin(const struct tty_guard *terminal)
{
    armed = 0;
    guard = *terminal;
    tty_guard_text("");
    armed = 1;
    catch_ends();
    catch_stops();
}

void tty_guard_text(const char *text)
{
    int other = !which_text;
    (void)snprintf(texts[other], sizeof texts[other], "%s", text);
    which_text = other;
}

void tty_guard_end(void)
{
    armed = 0;
}
