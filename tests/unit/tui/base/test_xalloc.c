// SPDX-License-Identifier: Apache-2.0
//
// xalloc: out of memory, the terminal is restored before the process ends.

#include "tui/base/xalloc.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(xalloc, gives_memory)
{
    char *copy = xstrdup("7-");
    cr_expect_str_eq(copy, "7-");
    int *numbers = xcalloc(4, sizeof *numbers);
    cr_expect_eq(numbers[3], 0);
    numbers = xreallocarray(numbers, 400, sizeof *numbers);
    numbers[399] = 1;
    void *nothing = xmalloc(0);
    cr_expect_not_null(nothing);
    free(nothing);
    free(numbers);
    free(copy);
}

static int told = -1;

static void restore(void)
{
    ssize_t written = write(told, "restored ", 9);
    (void)written;
}

// The terminal first, then the message: both go into one pipe.
Test(xalloc, out_of_memory_restores_the_terminal_first)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        told = ends[1];
        xalloc_set_restore(restore);
        volatile size_t count = SIZE_MAX / 2;
        xreallocarray(NULL, count, 8);
        _exit(0);
    }
    close(ends[1]);
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
    char text[256] = "";
    cr_assert_gt(read(ends[0], text, sizeof text - 1), 0);
    cr_expect_eq(strncmp(text, "restored sbxdeck: out of memory", 31), 0, "%s", text);
    close(ends[0]);
}
