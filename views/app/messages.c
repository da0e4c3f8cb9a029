// SPDX-License-Identifier: Apache-2.0
//
// messages: Keep what the console has said in a ring, so that nothing that went by is lost unseen.

#include "views/app/messages.h"

#include "tui/base/text.h"
#include "tui/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECOND_MS = 1000, WORD_CAP = 128 };

struct slot {
    uint64_t number;
    enum toast_level level;
    int64_t at_ms;
    size_t times;
    char *about, *text;
};

struct messages {
    struct slot ring[MESSAGES_KEPT];
    size_t count, next;
    uint64_t total, numbers, dropped;
    size_t unread;
};

static const char *const level_words[TOAST_LEVEL_COUNT] = {
    [TOAST_INFO] = "info", [TOAST_WARN] = "warning", [TOAST_ERROR] = "error"};

struct messages *messages_new(void)
{
    return xcalloc(1, sizeof(struct messages));
}

static void slot_clear(struct slot *slot)
{
    free(slot->about);
    free(slot->text);
    *slot = (struct slot){0};
}

void messages_free(struct messages *messages)
{
    if (messages == NULL)
        return;
    for (size_t i = 0; i < MESSAGES_KEPT; i++)
        slot_clear(&messages->ring[i]);
    free(messages);
}

static struct slot *slot_at(const struct messages *messages, size_t index)
{
    size_t at = (messages->next + 2 * MESSAGES_KEPT - 1 - index) % MESSAGES_KEPT;
    return (struct slot *)&messages->ring[at];
}

static void add_new(struct messages *messages, enum toast_level level, const char *about, const char *text,
                    int64_t wall_ms)
{
    struct slot *slot = &messages->ring[messages->next];
    if (messages->count == MESSAGES_KEPT)
        messages->dropped++;
    else
        messages->count++;
    slot_clear(slot);
    *slot = (struct slot){.number = ++messages->numbers,
                          .level = level,
                          .at_ms = wall_ms,
                          .times = 1,
                          .about = xstrdup(about),
                          .text = xstrdup(text)};
    messages->next = (messages->next + 1) % MESSAGES_KEPT;
}

void messages_add(struct messages *messages, enum toast_level level, const char *about, const char *text,
                  int64_t wall_ms)
{
    char clean[TOAST_TEXT_MAX], clean_about[MESSAGE_ABOUT_CAP];
    display(text, strlen(text), clean, sizeof clean);
    display(about, strlen(about), clean_about, sizeof clean_about);
    struct slot *last = messages->count > 0 ? slot_at(messages, 0) : NULL;
    if (last != NULL && last->level == level && strcmp(last->text, clean) == 0 &&
        strcmp(last->about, clean_about) == 0) {
        last->times++;
        last->at_ms = wall_ms;
    } else {
        add_new(messages, level, clean_about, clean, wall_ms);
    }
    messages->total++;
    messages->unread += level == TOAST_ERROR ? 1 : 0;
}

size_t messages_count(const struct messages *messages)
{
    return messages->count;
}

bool messages_at(const struct messages *messages, size_t index, struct message *out)
{
    if (index >= messages->count)
        return false;
    const struct slot *slot = slot_at(messages, index);
    *out = (struct message){.number = slot->number,
                            .level = slot->level,
                            .at_ms = slot->at_ms,
                            .times = slot->times,
                            .about = slot->about,
                            .text = slot->text};
    return true;
}

uint64_t messages_dropped(const struct messages *messages)
{
    return messages->dropped;
}

uint64_t messages_total(const struct messages *messages)
{
    return messages->total;
}

size_t messages_unread(const struct messages *messages)
{
    return messages->unread;
}

void messages_mark_read(struct messages *messages)
{
    messages->unread = 0;
}

const char *message_level_word(enum toast_level level)
{
    return level_words[level];
}

bool message_matches(const struct message *message, const char *words)
{
    char word[WORD_CAP];
    for (const char *at = words + strspn(words, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        bool out = *at == '!';
        (void)snprintf(word, sizeof word, "%.*s", (int)length - (out ? 1 : 0), at + (out ? 1 : 0));
        at += length;
        if (word[0] == '\0')
            continue;
        bool found = strcasestr(message_level_word(message->level), word) != NULL ||
                     strcasestr(message->about, word) != NULL || strcasestr(message->text, word) != NULL;
        if (found == out)
            return false;
    }
    return true;
}

char *message_clock(int64_t at_ms, int64_t now_ms, char out[MESSAGE_CLOCK_CAP])
{
    time_t at = (time_t)(at_ms / SECOND_MS), now = (time_t)(now_ms / SECOND_MS);
    struct tm then, today;
    out[0] = '\0';
    if (localtime_r(&at, &then) == NULL || localtime_r(&now, &today) == NULL)
        return out;
    bool same = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    if (strftime(out, MESSAGE_CLOCK_CAP, same ? "%H:%M:%S" : "%b %d %H:%M", &then) == 0)
        out[0] = '\0';
    return out;
}
