// SPDX-License-Identifier: Apache-2.0
//
// filter_line: The line below a list that it is filtered or searched by: which keys mean what while it is
// typed, and how it looks.

#ifndef SBXDECK_TUI_WIDGET_FILTER_LINE_H
#define SBXDECK_TUI_WIDGET_FILTER_LINE_H

#include "tui/widget/line_edit.h"

enum filter_line_result {
    FILTER_LINE_CHANGED, // the text is another
    FILTER_LINE_ENTER,
    FILTER_LINE_TAB,
    FILTER_LINE_CLEAR, // Esc, or Backspace in an empty line as in less and vi: it ends, emptied
    FILTER_LINE_UP,
    FILTER_LINE_DOWN,
    FILTER_LINE_TAKEN,  // nothing to do but draw: also any plain key, which must not run a command meanwhile
    FILTER_LINE_IGNORED // Ctrl-C and the like
};
enum filter_line_result filter_line_input(struct line_edit *edit, const struct input_event *event);

// What stands in the line besides the text.
struct filter_line_look {
    const char *key;       // in front: the key that begins it
    const char *hint;      // in an empty line that is typed in; "" none
    const char *count;     // at the right ...
    int columns_for_count; // ... when there are more columns than that
    const char *ghost;     // dim behind the text, how it can go on; NULL none
    const char *note;      // behind that, where there is room; NULL none
    enum theme_role note_role;
    bool typing; // the keys go to it
};
// The column of the cursor.
int filter_line_draw(struct line_edit *edit, WINDOW *window, int y, int x, int columns,
                     const struct filter_line_look *look);

#endif
