// SPDX-License-Identifier: Apache-2.0
//
// copy_fixture: Drive copy mode over a terminal by the bytes of keys.

#include "tests/unit/tui/pane/copy_fixture.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vt *copying_vt;
struct copy_mode *copying_mode;
struct copy_verdict copying_verdict;

static struct input *input;
static char row[8192];

static void drop_text(void)
{
    free(copying_verdict.text);
    copying_verdict.text = NULL;
}

static void on_event(void *context, const struct input_event *event)
{
    (void)context;
    if (copying_mode == NULL)
        return;
    drop_text();
    copy_mode_input(copying_mode, event, 0, 0, 0, &copying_verdict);
    while (copying_verdict.result == COPY_STAYS && copying_verdict.more)
        copy_mode_work(copying_mode, &copying_verdict);
    if (copying_verdict.result != COPY_STAYS) {
        copy_mode_free(copying_mode);
        copying_mode = NULL;
    }
}

void copying_begin(int rows, int cols, int history)
{
    const struct vt_options options = {.history = history};
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    copying_vt = vt_new(rows, cols, &options);
    input = input_new(on_event, NULL);
}

void copying_end(void)
{
    drop_text();
    copy_mode_free(copying_mode);
    copying_mode = NULL;
    vt_free(copying_vt);
    input_free(input);
}

void copying_write(const char *bytes)
{
    vt_write(copying_vt, bytes, strlen(bytes));
}

void copying_lines(int first, int last)
{
    char line[32];
    for (int i = first; i <= last; i++) {
        (void)snprintf(line, sizeof line, "line %d\r\n", i);
        copying_write(line);
    }
}

void copying_enter(enum copy_entry entry)
{
    copy_mode_free(copying_mode);
    copying_mode = copy_mode_new(copying_vt, entry);
}

void copying_keys(const char *bytes)
{
    input_feed(input, bytes, strlen(bytes));
    if (input_timeout_ms(input) >= 0)
        input_timeout(input);
}

void copying_mouse(enum input_mouse_action action, enum input_mouse_button button, int y, int x,
                   int64_t now_ms)
{
    const struct input_event event = {.kind = INPUT_MOUSE,
                                      .mouse = {.action = action, .button = button, .y = y, .x = x}};
    drop_text();
    copy_mode_input(copying_mode, &event, 0, 0, now_ms, &copying_verdict);
    if (copying_verdict.result != COPY_STAYS) {
        copy_mode_free(copying_mode);
        copying_mode = NULL;
    }
}

static const char *row_from(int y, int x)
{
    struct vt_glyph *glyphs = calloc(VT_COLS_MAX, sizeof *glyphs);
    cr_assert_not_null(glyphs);
    int count = vt_row_read(copying_vt, y, glyphs, VT_COLS_MAX);
    size_t used = 0, end = 0;
    for (; x < count; x++) {
        if (glyphs[x].width == 0)
            continue;
        const char *text = glyphs[x].text[0] != '\0' ? glyphs[x].text : " ";
        used += (size_t)snprintf(row + used, sizeof row - used, "%s", text);
        if (strcmp(text, " ") != 0)
            end = used;
    }
    row[end] = '\0';
    free(glyphs);
    return row;
}

const char *copying_here(void)
{
    int scrolled = copy_mode_scrolled(copying_mode);
    const struct vt_pane_overlay *overlay = copy_mode_overlay(copying_mode);
    return row_from(overlay->cursor_y - scrolled, overlay->cursor_x);
}

const char *copying_top(void)
{
    return row_from(-copy_mode_scrolled(copying_mode), 0);
}

const char *copying_yank(void)
{
    copying_keys("y");
    if (copying_mode == NULL)
        copying_enter(COPY_FULL);
    return copying_verdict.text != NULL ? copying_verdict.text : "";
}

const char *copying_marks(int y)
{
    const struct vt_pane_overlay *overlay = copy_mode_overlay(copying_mode);
    int end = 0;
    for (int x = 0; x < overlay->cols; x++) {
        unsigned char mark = overlay->marks[y * overlay->cols + x];
        row[x] = (mark & VT_PANE_SELECTED) != 0   ? 's'
                 : (mark & VT_PANE_HIT_HERE) != 0 ? 'H'
                 : (mark & VT_PANE_HIT) != 0      ? 'h'
                                                  : '.';
        if (mark != 0)
            end = x + 1;
    }
    row[end] = '\0';
    return row;
}
