// SPDX-License-Identifier: Apache-2.0
//
// palette: pick one of a list of named entries by typing. The words typed may stand in any order, each in the
// name, in the other names or in the help; the best match is first. Where no entry has all words,
// letters that follow one another in a name count. The letters that were found stand out. Ends like a dialog:
// palette_input returns true, the caller takes it away and calls palette_finish.

#ifndef SBXDECK_TUI_WIDGET_PALETTE_H
#define SBXDECK_TUI_WIDGET_PALETTE_H

#include "tui/base/input_event.h"

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum { PALETTE_NONE = -1 };

struct palette_entry {
    int id; // 0 or more; passed to the callback
    const char *name;
    const char *keys; // shown beside; may be ""
    const char *help; // shown where there is room, and searched after the name; may be ""
    const char *also; // other words that it is found by; NULL none
    const char *why; // why it can't be done now: shown dim, in the place of help, behind equals; NULL: it can
    unsigned used;   // of equals those with the higher number are first; 0: never used
    bool hidden;     // until something is typed
};

// The words of a palette that is not one of commands: the headers of its columns, and what Enter does.
struct palette_words {
    const char *name, *keys, *help, *verb;
};

struct palette;
typedef void palette_done(void *context, int id); // PALETTE_NONE: left without a choice

// Copies title, entries and their strings.
struct palette *palette_new(const char *title, const struct palette_entry *entries, size_t count,
                            palette_done *done, void *context);
// The same of a list that is too long to be copied: its owner finds what matches, the best first.
struct palette_source {
    size_t (*search)(void *context, const char *typed); // how many there are now, each with its place
    // The texts are valid until the next call. id is not read: what is chosen is told by its place.
    void (*entry)(void *context, size_t place, struct palette_entry *out);
};
struct palette *palette_new_of(const char *title, const struct palette_source *source, palette_done *done,
                               void *context);
// Of a palette with entries of its own: once something is typed, those of the source stand behind what
// matches. They are chosen as PALETTE_MORE + their place.
enum { PALETTE_MORE = 1 << 20 };
void palette_set_more(struct palette *palette, const struct palette_source *source, void *context);
void palette_finish(struct palette *palette); // calls done, frees; NULL is fine

// Else they are those of commands: "Name", "Key", "", "run". Of literals, which are not copied.
void palette_set_words(struct palette *palette, const struct palette_words *words);
const char *palette_verb(const struct palette *palette);

void palette_select(struct palette *palette, int id); // before anything is typed

bool palette_input(struct palette *palette, const struct input_event *event);
// Draws at the top of the rectangle; the cursor belongs at *cursor_y, *cursor_x.
void palette_draw(struct palette *palette, WINDOW *window, int y, int x, int rows, int columns, int *cursor_y,
                  int *cursor_x);

// How well typed matches: below 0 not at all, more is better. Upper and lower case are the same (ASCII). By
// words: the whole name, a whole word of it, of the other names, the beginning of the name, of a word of it,
// of another name, a part of the name, a word's beginning in the help, a part of it.
int palette_score(const char *typed, const struct palette_entry *entry);

#endif
