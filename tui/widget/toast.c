// SPDX-License-Identifier: Apache-2.0
//
// toast: decide which notice is shown, and for how long. The newest one answers what was just done, so an
// older one delays it only for as long as it takes to read.

#include "tui/widget/toast.h"

#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct toast {
    enum toast_level level;
    int64_t added_ms, first_ms; // first_ms: given out first, -1 not yet
    int64_t held_ms;            // the same, of the first of those that are joined in it
    bool shown;                 // it was given out last
    size_t times;
    char text[TOAST_TEXT_MAX];
    char many[TOAST_TEXT_MAX]; // "" none
};

struct toasts {
    struct toast waiting[TOASTS_WAITING]; // oldest first
    size_t count;
};

enum { INFO_WAITS_MS = 10000 }; // later it would tell what nobody remembers

static const struct {
    int64_t life_ms, hold_ms;
    enum theme_role role;
    enum glyph glyph;
} levels[TOAST_LEVEL_COUNT] = {
    [TOAST_INFO] = {4000, 1500, ROLE_TOAST_INFO, GLYPH_INFO},
    [TOAST_WARN] = {7000, 3000, ROLE_TOAST_WARN, GLYPH_WARNING},
    [TOAST_ERROR] = {12000, 4000, ROLE_TOAST_ERROR, GLYPH_CROSS},
};

enum glyph toast_glyph(enum toast_level level)
{
    return levels[level].glyph;
}

enum theme_role toast_role(enum toast_level level)
{
    return levels[level].role;
}

struct toasts *toasts_new(void)
{
    return xcalloc(1, sizeof(struct toasts));
}

void toasts_free(struct toasts *toasts)
{
    free(toasts);
}

// --- what waits ---------------------------------------------------------------------------

static void drop(struct toasts *toasts, size_t which)
{
    toasts->count--;
    memmove(&toasts->waiting[which], &toasts->waiting[which + 1],
            (toasts->count - which) * sizeof toasts->waiting[0]);
}

// The oldest of the least grave.
static void make_room(struct toasts *toasts)
{
    size_t which = 0;
    for (size_t i = 1; i < toasts->count; i++)
        if (toasts->waiting[i].level < toasts->waiting[which].level)
            which = i;
    drop(toasts, which);
}

static bool is_alike(const struct toast *one, const struct toast *other)
{
    if (one->level != other->level)
        return false;
    return one->many[0] != '\0' ? strcmp(one->many, other->many) == 0 : strcmp(one->text, other->text) == 0;
}

void toasts_add(struct toasts *toasts, enum toast_level level, const char *text, const char *many,
                int64_t now_ms)
{
    struct toast toast = {.level = level, .added_ms = now_ms, .first_ms = -1, .held_ms = -1, .times = 1};
    display(text, strlen(text), toast.text, sizeof toast.text);
    if (many != NULL)
        display(many, strlen(many), toast.many, sizeof toast.many);
    for (size_t i = 0; i < toasts->count; i++) {
        if (!is_alike(&toasts->waiting[i], &toast))
            continue;
        toast.times += toasts->waiting[i].times;
        toast.held_ms = toasts->waiting[i].held_ms;
        toast.shown = toasts->waiting[i].shown;
        drop(toasts, i);
        break;
    }
    if (toasts->count == TOASTS_WAITING)
        make_room(toasts);
    toasts->waiting[toasts->count++] = toast;
}

static bool is_over(const struct toast *toast, int64_t now_ms)
{
    if (toast->first_ms < 0)
        return toast->level == TOAST_INFO && now_ms - toast->added_ms >= INFO_WAITS_MS;
    return now_ms - toast->first_ms >= levels[toast->level].life_ms;
}

// It has not been shown for as long as it takes to read.
static bool holds(const struct toast *toast, int64_t now_ms)
{
    return toast->held_ms < 0 || now_ms - toast->held_ms < levels[toast->level].hold_ms;
}

// Of those that have not had their time the newest of the gravest, else the newest. Only with one or more.
static size_t in_front(const struct toasts *toasts, int64_t now_ms)
{
    size_t found = toasts->count - 1;
    bool holding = holds(&toasts->waiting[found], now_ms);
    for (size_t i = found; i-- > 0;) {
        const struct toast *toast = &toasts->waiting[i];
        if (!holds(toast, now_ms) || (holding && toast->level <= toasts->waiting[found].level))
            continue;
        found = i;
        holding = true;
    }
    return found;
}

bool toasts_expire(struct toasts *toasts, int64_t now_ms)
{
    size_t before = toasts->count;
    for (size_t i = toasts->count; i-- > 0;)
        if (is_over(&toasts->waiting[i], now_ms))
            drop(toasts, i);
    return toasts->count != before;
}

// One that gives way to a graver one before it could be read has its turn, all of it, later.
static void put_off(struct toasts *toasts, const struct toast *front, int64_t now_ms)
{
    for (size_t i = 0; i < toasts->count; i++) {
        struct toast *toast = &toasts->waiting[i];
        if (toast != front && toast->shown && holds(toast, now_ms))
            toast->first_ms = toast->held_ms = -1;
        toast->shown = toast == front;
    }
}

bool toasts_line(struct toasts *toasts, int64_t now_ms, struct toast_line *out)
{
    (void)toasts_expire(toasts, now_ms);
    if (toasts->count == 0)
        return false;
    struct toast *toast = &toasts->waiting[in_front(toasts, now_ms)];
    put_off(toasts, toast, now_ms);
    if (toast->first_ms < 0)
        toast->first_ms = now_ms;
    if (toast->held_ms < 0)
        toast->held_ms = now_ms;
    *out = (struct toast_line){.level = toast->level, .more = toasts->count - 1};
    if (toast->times > 1 && toast->many[0] != '\0')
        (void)snprintf(out->text, sizeof out->text, "%zu %s", toast->times, toast->many);
    else if (toast->times > 1)
        (void)snprintf(out->text, sizeof out->text, "%s (%zu times)", toast->text, toast->times);
    else
        memcpy(out->text, toast->text, sizeof out->text);
    return true;
}

int64_t toasts_next_ms(const struct toasts *toasts, int64_t now_ms)
{
    int64_t next = -1;
    for (size_t i = 0; i < toasts->count; i++) {
        const struct toast *toast = &toasts->waiting[i];
        if (toast->first_ms < 0) // not given out yet: another one's turn ends first
            continue;
        int64_t hold = toast->held_ms + levels[toast->level].hold_ms;
        int64_t at =
            hold > now_ms && toasts->count > 1 ? hold : toast->first_ms + levels[toast->level].life_ms;
        if (next < 0 || at < next)
            next = at;
    }
    return next;
}

bool toasts_dismiss(struct toasts *toasts)
{
    bool any = toasts->count > 0;
    toasts->count = 0;
    return any;
}
