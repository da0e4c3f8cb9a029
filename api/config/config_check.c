// SPDX-License-Identifier: Apache-2.0
//
// config_check: Ask everybody for faults, and sort them by line.

#include "api/config/config_check.h"

#include "api/config/config.h"
#include "api/config/config_profile.h"

#include <stdlib.h>
#include <string.h>

enum { KINDS_MAX = 16 };

static struct {
    const char *kind;
    config_section_check *check, *notes;
} checks[KINDS_MAX];

static size_t place_of(const char *kind)
{
    size_t i = 0;
    while (i + 1 < KINDS_MAX && checks[i].kind != NULL && strcmp(checks[i].kind, kind) != 0)
        i++;
    checks[i].kind = kind;
    return i;
}

void config_section_set_check(const char *kind, config_section_check *check)
{
    checks[place_of(kind)].check = check;
}

void config_section_set_notes(const char *kind, config_section_check *notes)
{
    checks[place_of(kind)].notes = notes;
}

void config_check(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    for (size_t i = 0; i < text->fault_count; i++)
        fault(ctx, text->faults[i].line, &text->faults[i].why);
    config_check_options(text, fault, ctx);
    config_profile_check(text, fault, ctx);
    for (size_t i = 0; i < KINDS_MAX && checks[i].kind != NULL; i++)
        if (checks[i].check != NULL)
            checks[i].check(text, fault, ctx);
}

void config_check_notes(const struct config_text *text, config_fault_take *note, void *ctx)
{
    for (size_t i = 0; i < KINDS_MAX && checks[i].kind != NULL; i++)
        if (checks[i].notes != NULL)
            checks[i].notes(text, note, ctx);
}

// --- all of them, by line -----------------------------------------------------------------

struct list {
    struct config_fault *faults;
    size_t count;
};

static void on_fault(void *ctx, int line, const struct failure *why)
{
    struct list *list = ctx;
    size_t at = list->count;
    for (size_t i = 0; i < list->count; i++)
        if (line > 0 && list->faults[i].line == line)
            return;
    if (list->count == CONFIG_FAULTS_MAX)
        return;
    while (at > 0 && list->faults[at - 1].line > line)
        at--;
    memmove(list->faults + at + 1, list->faults + at, (list->count - at) * sizeof *list->faults);
    list->faults[at] = (struct config_fault){line, *why};
    list->count++;
}

size_t config_check_all(const struct config_text *text, struct config_fault out[CONFIG_FAULTS_MAX])
{
    struct list list = {.faults = out};
    config_check(text, on_fault, &list);
    return list.count;
}

// --- the same name twice ------------------------------------------------------------------

struct named {
    const struct config_line *line;
};

static int compare_named(const void *a, const void *b)
{
    const struct config_line *left = ((const struct named *)a)->line,
                             *right = ((const struct named *)b)->line;
    int order = strcmp(left->section, right->section);
    if (order == 0)
        order = strcmp(left->name, right->name);
    return order != 0 ? order : (left->number > right->number) - (left->number < right->number);
}

static bool is_same_name(const struct config_line *a, const struct config_line *b)
{
    return strcmp(a->section, b->section) == 0 && strcmp(a->name, b->name) == 0;
}

void config_check_repeated(const struct config_text *text, config_fault_take *fault, void *ctx)
{
    struct named *sorted = calloc(text->count + 1, sizeof *sorted);
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < text->count; i++)
        sorted[i].line = &text->lines[i];
    qsort(sorted, text->count, sizeof *sorted, compare_named);
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct config_line *line = sorted[i].line, *next = sorted[i + 1].line;
        struct failure why = {.status = STATUS_OK};
        if (!is_same_name(line, next))
            continue;
        (void)fail(&why, STATUS_BAD_ARGUMENT, "%.60s counts for nothing: line %d sets it again", line->name,
                   next->number);
        fault(ctx, line->number, &why);
    }
    free(sorted);
}
