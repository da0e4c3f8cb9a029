// SPDX-License-Identifier: Apache-2.0
//
// notices: keep what any part of the console reports, show the latest on one line, list them again on
// request.

#include "views/app/notices.h"

#include "api/base/time_util.h"
#include "tui/base/text.h"
#include "tui/base/xalloc.h"
#include "tui/widget/dialog.h"
#include "views/app/app_private.h"
#include "views/app/questions.h"
#include "views/app/split_view.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARGIN = 1, GAP = 2, COLUMNS_FOR_MORE = 36, COLUMNS_FOR_HELP = 60 };

// --- showing ------------------------------------------------------------------------------

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
    int for_more = text_width(command_key(COMMAND_notices)) + 1 + text_width(more) + MARGIN;
    if (keys == NOTICE_HELP &&
        (end - x >= COLUMNS_FOR_HELP || width + for_help + GAP + (line.more > 0 ? for_more : 0) <= end - x)) {
        end -= for_help;
        (void)put(y, end, end + for_help, COMMAND_help, command_table[COMMAND_help].hint);
        end -= GAP;
    }
    if (keys != NOTICE_NO_KEYS && (line.more > 0 || width > end - x) && end - x >= COLUMNS_FOR_MORE) {
        end -= for_more;
        (void)put(y, end, end + for_more, COMMAND_notices, more);
        end -= MARGIN;
    }
    if (width > end - x)
        width = end - x;
    text_fill(stdscr, y, x, 1, width, toast_role(line.level));
    text_putf(stdscr, y, x, width, toast_role(line.level), " %s %s", glyph(toast_glyph(line.level)),
              line.text);
    return x + width - from;
}

// --- reading again ------------------------------------------------------------------------

static const char *const level_words[TOAST_LEVEL_COUNT] = {
    [TOAST_INFO] = "info", [TOAST_WARN] = "warning", [TOAST_ERROR] = "error"};

// Where the one is that was picked may have changed: it is found by its instant and text.
struct listing {
    struct app *app;
    size_t count;
    struct toast_kept kept[TOASTS_KEPT];
    char texts[TOASTS_KEPT][TOAST_TEXT_MAX + 32]; // with how often
};

static void on_picked(void *context, int id)
{
    struct listing *listing = context;
    struct app *app = listing->app;
    if (id >= 0 && (size_t)id < listing->count && !app->quitting) {
        const struct toast_kept *kept = &listing->kept[id];
        const struct dialog_options options = {
            .title = level_words[kept->level],
            .text = listing->texts[id],
            .level = kept->level == TOAST_INFO ? DIALOG_INFO : DIALOG_WARN,
            .buttons = {{.label = "Close", .result = DIALOG_CANCELLED}},
            .button_count = 1,
        };
        app_open_dialog(app, dialog_new(&options, NULL, NULL));
    }
    free(listing);
}

enum change notices_list(struct app *app, int argument)
{
    struct listing *listing = xcalloc(1, sizeof *listing);
    struct palette_entry entries[TOASTS_KEPT];
    char names[TOASTS_KEPT][48];
    int64_t now = time_monotonic_ms();
    (void)argument;
    listing->app = app;
    while (toasts_kept(app->toasts, listing->count, &listing->kept[listing->count]) &&
           ++listing->count < TOASTS_KEPT)
        ;
    for (size_t i = 0; i < listing->count; i++) {
        const struct toast_kept *kept = &listing->kept[i];
        char age[16];
        if (kept->times > 1)
            (void)snprintf(listing->texts[i], sizeof listing->texts[i], "%s (%zu times)", kept->text,
                           kept->times);
        else
            (void)snprintf(listing->texts[i], sizeof listing->texts[i], "%s", kept->text);
        (void)snprintf(names[i], sizeof names[i], "%s %s ago", level_words[kept->level],
                       time_format_age(now - kept->at_ms, age));
        entries[i] =
            (struct palette_entry){.id = (int)i, .name = names[i], .keys = "", .help = listing->texts[i]};
    }
    if (listing->count == 0) {
        free(listing);
        app_toast(app, TOAST_INFO, "No notice yet");
        return CHANGED_NOTHING;
    }
    (void)toasts_dismiss(app->toasts); // all of them are read here
    struct palette *palette = palette_new("Notices", entries, listing->count, on_picked, listing);
    palette_set_words(palette, &(struct palette_words){"Notice", "", "Text", "show"});
    app_palette_open(app, palette);
    return CHANGED_NOTHING;
}
