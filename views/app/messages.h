// SPDX-License-Identifier: Apache-2.0
//
// messages: The history of what the console has said: each message with its time, level, text and what it was
// about. It holds the last MESSAGES_KEPT and counts those that it had to drop. Knows no screen.

#ifndef SBXDECK_VIEWS_APP_MESSAGES_H
#define SBXDECK_VIEWS_APP_MESSAGES_H

#include "tui/widget/toast.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MESSAGES_KEPT = 1000, MESSAGE_ABOUT_CAP = 80, MESSAGE_CLOCK_CAP = 16 };

struct message {
    uint64_t number; // from 1, each once
    enum toast_level level;
    int64_t at_ms;     // wall clock; of the last time, where it came several times in a row
    size_t times;      // how often in a row
    const char *about; // a sandbox, or what failed; "" nothing in particular. display()-clean
    const char *text;  // display()-clean
};

struct messages;
struct messages *messages_new(void);
void messages_free(struct messages *messages); // NULL is fine

// Copies the texts (foreign is fine). The same message again, right after itself, only counts.
void messages_add(struct messages *messages, enum toast_level level, const char *about, const char *text,
                  int64_t wall_ms);
size_t messages_count(const struct messages *messages);
// 0 is the newest. Its texts are valid until the next message is added. False: there are not so many.
bool messages_at(const struct messages *messages, size_t index, struct message *out);
uint64_t messages_dropped(const struct messages *messages); // the oldest that gave way
// How often one was added: another number tells that the list has changed.
uint64_t messages_total(const struct messages *messages);

size_t messages_unread(const struct messages *messages); // errors that came since they were last read
void messages_mark_read(struct messages *messages);

const char *message_level_word(enum toast_level level); // "info", "warning", "error"
// Its level, what it is about and its text hold each of the words, apart by blanks and in any case and order,
// and none of those after a '!'.
bool message_matches(const struct message *message, const char *words);
// "14:05:09", or with the day in front when that isn't today's: "Apr 01 14:05". Local time.
char *message_clock(int64_t at_ms, int64_t now_ms, char out[MESSAGE_CLOCK_CAP]);

#endif
