// SPDX-License-Identifier: Apache-2.0
//
// screen_questions: query the terminal at the start. The last query is one that every terminal answers:
// after its answer there is nothing more to come.

#include "tui/term/screen_questions.h"

#include "tui/base/text.h"
#include "tui/term/screen_modes.h"
#include "tui/term/term_clusters.h"
#include "tui/term/term_colors.h"

#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 100, LATEST_MS = 2000 };

static int64_t asked_at; // monotonic ms; 0: nothing was asked, or the last answer has come

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void screen_questions_begin(void)
{
    asked_at = 0;
    term_clusters_begin();
}

const char *screen_questions(void)
{
    screen_questions_begin();
    asked_at = now_ms();
    return text_is_utf8() ? TERM_CLUSTERS_QUESTIONS TERM_COLORS_QUESTIONS SCREEN_KEYS_QUESTIONS
                          : TERM_COLORS_QUESTIONS SCREEN_KEYS_QUESTIONS;
}

void screen_questions_answered(const char *raw, size_t length)
{
    if (length > 0 && raw[length - 1] == 'c')
        asked_at = 0;
}

void screen_questions_discard(int fd)
{
    int64_t now = now_ms(), until = now + PATIENCE_MS;
    char bytes[512];
    if (asked_at == 0 || now - asked_at > LATEST_MS)
        return;
    for (; now < until && asked_at != 0; now = now_ms()) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, (int)(until - now)) <= 0 || (poll_fd.revents & POLLIN) == 0)
            break;
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got <= 0)
            break;
        screen_questions_answered(bytes, (size_t)got);
    }
    asked_at = 0;
    explicit_bzero(bytes, sizeof bytes); // something may have been typed
}
