// SPDX-License-Identifier: Apache-2.0
//
// messages: the newest first, the same again is counted, the oldest gives way and is said to, words find.

#include "views/app/messages.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(messages, are_kept_newest_first_and_the_same_again_is_counted)
{
    struct messages *messages = messages_new();
    struct message message;
    cr_expect_not(messages_at(messages, 0, &message));
    messages_add(messages, TOAST_INFO, "", "one", 1000);
    messages_add(messages, TOAST_ERROR, "sbx-1", "two\033[31m", 2000);
    messages_add(messages, TOAST_ERROR, "sbx-1", "two\033[31m", 3000);
    cr_expect_eq(messages_count(messages), 2u);
    cr_expect_eq(messages_total(messages), 3u);
    cr_assert(messages_at(messages, 0, &message));
    cr_expect_eq(message.times, 2u);
    cr_expect_eq(message.at_ms, 3000);
    cr_expect_str_eq(message.about, "sbx-1");
    cr_expect_null(strchr(message.text, '\033'), "what came from elsewhere is clean");
    cr_assert(messages_at(messages, 1, &message));
    cr_expect_str_eq(message.text, "one");
    cr_expect_eq(messages_unread(messages), 2u, "errors alone");
    messages_mark_read(messages);
    cr_expect_eq(messages_unread(messages), 0u);
    messages_free(messages);
}

Test(messages, the_oldest_gives_way_and_that_is_told)
{
    struct messages *messages = messages_new();
    struct message message;
    for (int i = 0; i < MESSAGES_KEPT + 7; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "message %d", i);
        cr_expect_eq(messages_dropped(messages), (uint64_t)(i > MESSAGES_KEPT ? i - MESSAGES_KEPT : 0));
        messages_add(messages, TOAST_INFO, "", text, i);
    }
    cr_expect_eq(messages_dropped(messages), 7u);
    cr_expect_eq(messages_count(messages), (size_t)MESSAGES_KEPT);
    cr_assert(messages_at(messages, MESSAGES_KEPT - 1, &message));
    cr_expect_str_eq(message.text, "message 7");
    cr_expect_eq(message.number, 8u);
    cr_expect_not(messages_at(messages, MESSAGES_KEPT, &message));
    messages_free(messages);
}

Test(messages, words_are_found_in_any_order_and_case)
{
    const struct message message = {
        .level = TOAST_WARN, .about = "sbx-1", .text = "The connection was lost", .times = 1};
    cr_expect(message_matches(&message, ""));
    cr_expect(message_matches(&message, "LOST connection sbx-1 warn"));
    cr_expect(message_matches(&message, " lost !error ! "));
    cr_expect_not(message_matches(&message, "lost error"));
    cr_expect_not(message_matches(&message, "!lost"));
}

Test(messages, the_day_is_told_where_it_is_another)
{
    char clock[MESSAGE_CLOCK_CAP];
    (void)setenv("TZ", "UTC", 1);
    cr_expect_str_eq(message_clock(3661000, 7200000, clock), "01:01:01");
    cr_expect_str_eq(message_clock(3661000, INT64_C(86400000) * 3, clock), "Jan 01 01:01");
}
