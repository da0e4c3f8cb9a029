// SPDX-License-Identifier: Apache-2.0
//
// notices: show the latest of what any part of the console reports on one line.

#include "views/app/notices.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "views/app/app_private.h"
#include "views/app/questions.h"
#include "views/app/split_view.h"

#include <curses.h>
#include <stdio.h>

enum { MARGIN = 1, GAP = 2, COLUMNS_FOR_MORE = 36, COLUMNS_FOR_HELP = 60 };

bool notices_in(const struct app *app, const struct view *terminal, struct toast_line *out)
{
    const struct view *place = app_focus(app);
    // With the deck in focus above it, the terminal's line is the lowest.
    if (split_is_in_front(app) && !place->methods->terminal && app_shows(app, split_half(app, 1)))
        place = split_half(app, 1);
    return terminal == place && toasts_line(app->toasts, time_monotonic_ms(), out);
}

static int put(int y, int x, int end, enum command command, const char *word)
{
    x += text_put(stdscr, y, x, end - x, ROLE_KEY_HINT, command_key(command)) + 1;
    return x + text_put(stdscr, y, x, end - x, ROLE_HINT_TEXT, word);
}

// A question or marks that stand there keep their place, in few words where there is little of it.
static int put_before(int y, int x, int cols, const char *before, bool asks)
{
    char brief[32];
    if (asks && text_width(before) > cols / 2) {
        (void)snprintf(brief, sizeof brief, "%s answers", command_key(COMMAND_answer));
        before = brief;
    }
    if (before[0] == '\0' || text_width(before) > cols / 2)
        return x;
    return x + MARGIN + text_put(stdscr, y, x + MARGIN, cols, ROLE_ACCENT, before) + MARGIN;
}

// Help keeps its place but on a narrow screen, which is the text's where it needs all of it.
int notices_draw_bar(const struct app *app, int y, int x, int cols, const char *before, enum notice_keys keys)
{
    struct toast_line line;
    char more[32] = "more";
    int from = x, end = x + cols;
    if (!toasts_line(app->toasts, time_monotonic_ms(), &line))
        return 0;
    text_fill(stdscr, y, x, 1, cols, ROLE_HINT_TEXT);
    x = put_before(y, x, cols, before, question_first(app, NULL) != NULL);
    int width = text_width(line.text) + 2 + 2 * MARGIN;
    int for_help =
        text_width(command_key(COMMAND_help)) + 1 + text_width(command_table[COMMAND_help].hint) + MARGIN;
    if (line.more > 0)
        (void)snprintf(more, sizeof more, "%zu more", line.more);
    int for_more = text_width(command_key(COMMAND_messages)) + 1 + text_width(more) + MARGIN;
    if (keys == NOTICE_HELP &&
        (end - x >= COLUMNS_FOR_HELP || width + for_help + GAP + (line.more > 0 ? for_more : 0) <= end - x)) {
        end -= for_help;
        (void)put(y, end, end + for_help, COMMAND_help, command_table[COMMAND_help].hint);
        end -= GAP;
    }
    if (keys != NOTICE_NO_KEYS && (line.more > 0 || width > end - x) && end - x >= COLUMNS_FOR_MORE) {
        end -= for_more;
        (void)put(y, end, end + for_more, COMMAND_messages, more);
        end -= MARGIN;
    }
    if (width > end - x)
        width = end - x;
    text_fill(stdscr, y, x, 1, width, toast_role(line.level));
    text_putf(stdscr, y, x, width, toast_role(line.level), " %s %s", glyph(toast_glyph(line.level)),
              line.text);
    return x + width - from;
}
