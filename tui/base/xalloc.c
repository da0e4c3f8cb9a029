// SPDX-License-Identifier: Apache-2.0
//
// xalloc: allocate, or restore the terminal and quit. Allocations here are of widget size; when one fails
// nothing sensible can be drawn any more.

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*restore_hook)(void);

void xalloc_set_restore(void (*restore)(void))
{
    restore_hook = restore;
}

void xalloc_fatal(void)
{
    static const char message[] =
        "sbxdeck: out of memory: the console quits (close other programs and try again)\n";
    void (*restore)(void) = restore_hook;
    restore_hook = NULL;
    if (restore != NULL)
        restore();
    // write, not stdio: stdio may want memory itself.
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(EXIT_FAILURE);
}

void *xmalloc(size_t size)
{
    void *memory = malloc(size == 0 ? 1 : size);
    if (memory == NULL)
        xalloc_fatal();
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    void *memory = count == 0 || size == 0 ? calloc(1, 1) : calloc(count, size);
    if (memory == NULL)
        xalloc_fatal();
    return memory;
}

void *xrealloc(void *old, size_t size)
{
    void *memory = realloc(old, size == 0 ? 1 : size);
    if (memory == NULL)
        xalloc_fatal();
    return memory;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes))
        xalloc_fatal();
    return xrealloc(old, bytes);
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(xmalloc(size), text, size);
}
